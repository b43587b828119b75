"""The warm server: imports once what submissions need, then forks a process for each of them.

    python -m lessonlib.grading.inside FD [--unprotected]

Over the socket FD come requests with a socket of their own; the forked process serves that one.
A request is answered when the process is ready ("ready"), or with why there is none.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from contextlib import nullcontext

from lessonlib.grading.inside import confine, notebook_shell
from lessonlib.grading.inside.serving import Server
from lessonlib.grading.limits import Limits
from lessonlib.grading.remote.wire import AnsweringWire

WARM = (
    "numpy", "numpy.random", "numpy.linalg", "matplotlib.pyplot", "lessonlib.nn", "lessonlib.data",
    "lessonlib.plots", "lessonlib.reference",
)  # fmt: skip


def main() -> None:
    """Serve until the judge hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    protected = "--unprotected" not in sys.argv
    if sys.platform == "linux":
        confine.end_with_parent()
    if protected:
        confine.hide_from_others()
    shell = _warm()
    control.sendall(b"warm\n")
    while True:
        request, fds, _, _ = socket.recv_fds(control, 4096, 1)
        if not request:
            return
        limits = Limits(**json.loads(request))
        _let_live(control, socket.socket(fileno=fds[0]), shell, limits, protected)


def _warm() -> notebook_shell.NotebookShell:
    for name in WARM:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    _be_quiet()
    shell = notebook_shell.make_shell()
    shell.run("1")  # compiles, formats and draws once, so that no submission waits for it
    gc.collect()
    gc.freeze()  # the children share these pages
    return shell


def _be_quiet() -> None:
    """A notebook may call `check` anywhere; here it says nothing, and knows no answer."""
    import lessonlib

    def check(*_, **__):
        """Do nothing: the judge runs the checks elsewhere."""

    lessonlib.check = lessonlib.judge = check


def _let_live(control, connection, shell, limits, protected) -> None:
    """Fork a submission's process and wait until it is over."""
    with nullcontext() if protected else tempfile.TemporaryDirectory(prefix="grading-") as folder:
        pid = os.fork()
        if pid == 0:
            try:
                control.close()
                _live(connection, shell, limits, folder)
            finally:
                os._exit(0)
        connection.close()
        # The judge ends a submission by a word on the control socket, even if it is over by then.
        control.recv(1)
        _end(pid)
    control.sendall(b"over\n")


def _end(pid: int) -> None:
    """End a submission's process and whatever it has left, and wait until all of it is gone.

    It may have asked not to be killed with the process that started it. But where it is locked
    away, this server is the first process of its namespace, and all others are the submission's.
    """
    alone = os.getpid() == 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1 if alone else pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _live(connection: socket.socket, shell, limits: Limits, folder: str | None) -> None:
    """Serve one submission; `folder` is where it works if it is not locked away."""
    wire = AnsweringWire(connection)
    try:
        if folder is None:
            _lock_away(connection, limits)
        else:
            os.chdir(folder)
            _bound(limits)
    except (confine.CannotConfine, OSError) as error:
        wire.send({"refused": str(error)})
        return
    _serve(wire, shell)


def _lock_away(connection: socket.socket, limits: Limits) -> None:
    """Go on in a child that is locked away; this process only waits for it, and then ends."""
    used = confine.address_space()
    confine.leave_everything(limits)
    child = os.fork()  # only a child is inside the new process namespace
    if child:
        connection.close()
        os.waitpid(child, 0)
        os._exit(0)
    confine.end_with_parent()
    os.setsid()  # a signal to its group reaches nobody else
    confine.limit(limits, used)
    confine.drop_rights()
    confine.forbid_calls()


def _bound(limits: Limits) -> None:
    """Set what limits there are where nothing is locked away."""
    if sys.platform == "linux":
        confine.end_with_parent()
        confine.limit(limits, confine.address_space())


def _serve(wire: AnsweringWire, shell) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    notebook_shell.take_over_streams(shell)
    wire.send({"ready": True})
    Server(wire, shell).serve()


if __name__ == "__main__":
    main()
