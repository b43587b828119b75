"""The warm server: imports once what submissions need, then forks a process for each of them.

    python -m lessonlib.grading.guest FD [--unprotected] [MODULE ...]

MODULE: what the assignment imports besides. Over the socket FD come submissions to start, each with
its limits, a key, and the descriptors of its connection and its evidence pipe. While one is at
work the server sends it an alarm when the judge says so, and ends it when it takes too much memory.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time
from contextlib import nullcontext
from typing import Any

import lessonlib
from lessonlib.grading.guest import confine, evidence, shell, stopping
from lessonlib.grading.guest.forking import Gate
from lessonlib.grading.guest.runner import CHECKS
from lessonlib.grading.guest.session import Session
from lessonlib.grading.guest.usage import Usage
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.protocol.wire import TO_HOST, Wire

WARM = (
    "numpy", "numpy.random", "numpy.linalg", "matplotlib.pyplot", "lessonlib.nn", "lessonlib.data",
    "lessonlib.plots", "lessonlib.reference",
)  # fmt: skip
EVERY = 0.25  # seconds between looks at the memory
ALARM, END = b"a", b"x"  # what the judge says of the submission at work
OWN = "lessonlib.grading"
_LENGTH, _PID = struct.Struct("!I"), struct.Struct("!i")


def main() -> None:
    """Serve until the judge hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    protected = "--unprotected" not in sys.argv
    if sys.platform == "linux":
        confine.end_with_parent()
    if protected:
        confine.hide_from_others()
    warm = _warm([name for name in sys.argv[2:] if not name.startswith("-")])
    control.sendall(b"warm\n")
    while True:
        start, fds = _receive(control)
        if not start:
            return
        with (
            nullcontext() if protected else tempfile.TemporaryDirectory(prefix="grading-") as folder
        ):
            _Submission(json.loads(start), fds, folder).live(control, warm)
        control.sendall(b"over\n")


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next submission to start; nothing where the judge has hung up."""
    data, fds, _, _ = socket.recv_fds(control, 2**16, 2)
    while data and len(data) < _LENGTH.size + _LENGTH.unpack_from(data)[0]:
        data += control.recv(2**16)
    return data[_LENGTH.size :], list(fds)


def _warm(modules: list[str]) -> shell.NotebookShell:
    for name in (*WARM, *modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    lessonlib.check = lessonlib.judge = CHECKS.check  # it knows no answer
    warm = shell.make_shell()
    asyncio.run(warm.run("1"))  # compiles, formats and draws once, so that nobody waits for it
    warm.reset(new_session=True)
    evidence.get_ready()
    gc.collect()
    gc.freeze()  # the children share these pages
    return warm


class _Submission:
    """A submission's process, as this server sees it; `folder`: where it works if it is not locked
    away.
    """

    def __init__(self, start: dict, fds: list[int], folder: str | None):
        self.limits, self.folder = Limits(**start["limits"]), folder
        self.key, self.attributes = bytes.fromhex(start["key"]), start["attributes"]
        self.ask = start["ask"]  # before each fork, where the system does not count them
        self.connection, self.evidence = socket.socket(fileno=fds[0]), fds[1]

    def live(self, control: socket.socket, warm: shell.NotebookShell) -> None:
        """Fork the process and watch over it until the judge has enough of it."""
        hears, says = socket.socketpair(type=socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            try:
                control.close()
                hears.close()
                self._be_it(warm, says)
            finally:
                os._exit(0)
        says.close()
        self.connection.close()
        os.close(self.evidence)
        usage, at_work, gate = Usage(pid), pid, None
        while (said := socket.recv_fds(hears, 16, 1))[0]:
            if said[1]:
                gate = Gate(said[1][0], self.limits.processes, usage.count)
            else:
                at_work = _PID.unpack(said[0])[0]  # the one inside the namespace
        hears.close()
        self._watch(control, usage, at_work, gate)
        if gate:
            gate.close()

    def _watch(self, control: socket.socket, usage: Usage, at_work: int, gate: Gate | None) -> None:
        asking: list[Any] = [gate] if gate else []
        looked = 0.0
        while True:
            ready = select.select([control, *asking], [], [], EVERY)[0]
            if control in ready:
                if control.recv(1) != ALARM:
                    return _end(usage.pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(at_work, stopping.ALARM)
            if gate and gate in ready:
                gate.answer()
            if time.monotonic() - looked > EVERY:
                if takes_too_much(usage, self.limits):
                    _end(usage.pid)
                looked = time.monotonic()

    # --- in the fork -----------------------------------------------------------------------------

    def _be_it(self, warm: shell.NotebookShell, says: socket.socket) -> None:
        wire = Wire(self.connection, self.key, TO_HOST)
        del self.key
        try:
            if self.folder is None:
                self._lock_away(says)
            else:
                os.chdir(self.folder)
                self._bound()
            says.close()
        except (confine.CannotConfine, OSError) as error:
            wire.send({"refused": str(error)})
            return
        self._serve(wire, warm)

    def _lock_away(self, says: socket.socket) -> None:
        """Go on in a child that is locked away; this process only waits for it, and then ends."""
        used = confine.address_space()
        confine.leave_everything(self.limits)
        child = os.fork()  # only a child is inside the new process namespace
        if child:
            says.send(_PID.pack(child))
            says.close()
            self.connection.close()
            os.close(self.evidence)
            os.waitpid(child, 0)
            os._exit(0)
        confine.end_with_parent()
        os.setsid()  # a signal to its group reaches nobody else
        confine.limit(self.limits, used)
        confine.drop_rights()
        listener = confine.forbid_calls(self.ask)
        if listener is not None:
            socket.send_fds(says, [b"forks"], [listener])
            os.close(listener)

    def _bound(self) -> None:
        """Set what limits there are where nothing is locked away."""
        os.setsid()
        if sys.platform == "linux":
            confine.end_with_parent()
            confine.limit(self.limits, confine.address_space())

    def _serve(self, wire: Wire, warm: shell.NotebookShell) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nothing, fd)
        os.close(nothing)
        shell.take_over_streams(warm)
        stopping.listen()
        sys.argv[1:], sys.path = [], ["", *(path for path in sys.path if path not in ("", "/"))]
        watching = evidence.Evidence(self.evidence, warm, wire.give_up_seal())
        session = Session(wire, warm, self.attributes, self.evidence, watching)
        for name in [name for name in sys.modules if name.startswith(OWN)]:
            del sys.modules[name]  # what a submission imports by these names is no part of this
        wire.send({"ready": True})
        session.serve()


def takes_too_much(usage: Usage, limits: Limits) -> bool:
    """Return whether a submission is over its limits, also when it stands still.

    While one look lasts, what took too much may be over and given back. It goes on then: the cell
    that has begun meanwhile is not to blame.
    """
    if usage.within(limits):
        return False
    _signal_all(usage.pid, signal.SIGSTOP)
    usage.wait_until_still(EVERY)
    too_much = not usage.within(limits)
    if not too_much:
        _signal_all(usage.pid, signal.SIGCONT)
    return too_much


def _signal_all(pid: int, number: signal.Signals) -> None:
    """Send a signal to a submission's process and whatever it has left.

    It may have asked not to be killed with the process that started it. But where it is locked
    away, this server is the first process of its namespace, and all others are the submission's.
    """
    alone = os.getpid() == 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, number) if alone else os.killpg(pid, number)


def _end(pid: int) -> None:
    """End a submission's processes, and wait until all of them are gone."""
    _signal_all(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


if __name__ == "__main__":
    main()
