"""Asks a learner's function for its values, or for what a name means, in a fork.

Nothing that it does there reaches a later cell, and a fork that dies costs one exercise only. The
fork talks to this process, and this process to the judge: what a killed fork has half said is lost
without harm.
"""

import builtins
import contextlib
import functools
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import astuple
from itertools import islice
from typing import Any

import lessonlib
from lessonlib.checks.asking import respond
from lessonlib.checks.plain import plain
from lessonlib.grading.guest.stopping import ALARM, EVERY, OutOfTime, Stuck, culprits, stoppable
from lessonlib.grading.protocol import wire as protocol
from lessonlib.grading.protocol.values import Unpacker, packed
from lessonlib.grading.protocol.wire import MAX_BODY, Wire
from lessonlib.locating.crossing import recording
from lessonlib.locating.edits import likely
from lessonlib.locating.planted import is_planted
from lessonlib.locating.rules import candidates
from lessonlib.locating.source import source_of
from lessonlib.locating.trying import ORIGINAL, Bench, as_a_fork

GRACE = 1.0  # seconds that a fork gets to notice that its time is up
SCRIPTS = os.path.join(
    os.path.dirname(lessonlib.__file__), "lessons", "scripts"
)  # not the learner's
MAX_WARNINGS = 20
_FRAME = struct.Struct("!cQ")  # what it is, and its length
_SAYS, _ASKS = b"s", b"a"


class Given:
    """Stands for the exercise and its case in `checks.asking.respond`."""

    def __init__(self, script: Callable | None, args: tuple):
        self.script, self.args = script, args

    def use(self, answer, args: tuple):
        """Let an answer work on the arguments."""
        return self.script(answer, *args) if self.script else answer(*args)

    def fresh_args(self) -> tuple:
        """Return the arguments themselves: the judge looks at what has become of them."""
        return self.args


class Drawn:
    """A case whose arguments are made anew of what has come from the judge, each time."""

    def __init__(self, content: list, blobs: list, callback: Callable):
        self.content, self.blobs, self.callback = content, blobs, callback

    @property
    def args(self) -> tuple:
        """The arguments as they were."""
        return self.fresh_args()

    def fresh_args(self) -> tuple:
        """Return the arguments: whoever gets them may spoil them."""
        return tuple(map(Unpacker(self.blobs, self.callback).unpack, self.content))


def script_of(shipped: dict | None) -> Callable | None:
    """Return the function that a shipped script defines, with its first arguments filled in."""
    if shipped is None:
        return None
    names: dict[str, Any] = {
        "__name__": "lessonlib.lessons.scripts", "__builtins__": builtins,
    }  # fmt: skip
    exec(compile(shipped["source"], f"{SCRIPTS}.py", "exec"), names)
    fixed, keywords = shipped["fixed"]
    return functools.partial(names[shipped["function"]], *fixed, **keywords)


class Answers:
    """Lets forks of this process answer, one at a time.

    in_child: what a fork has to do first.
    """

    def __init__(self, names: dict, wire: Wire, in_child: Callable):
        self.names, self.wire, self.in_child = names, wire, in_child

    def ask(self, name: str, script: dict | None, cases: list, blobs: list, seconds: float) -> str:
        """Send one message a case; return how it ended: "ended", "timeout", or "died"."""
        return self._fork(lambda say: self._cases(say, name, script, cases, blobs), seconds)

    def values(self, names: list[str], seconds: float) -> str:
        """Send one message with the plain values of those of the names that are known."""
        return self._fork(lambda say: self._values(say, names), seconds)

    def edited(
        self, name: str, script: dict | None, cases: list, blobs: list, numbers: list, where: list,
        at_once: int, seconds: float,
    ) -> str:  # fmt: skip
        """Send what a function's code is, where some edits of it are, and what others give.

        at_once: of how many edits that is in one message.
        """
        return self._fork(lambda say: self._edited(
            say, name, script, cases, blobs, numbers, where, at_once), seconds)  # fmt: skip

    # --- in this process -------------------------------------------------------------------------

    def _fork(self, work: Callable, seconds: float) -> str:
        ours, theirs = socket.socketpair()
        try:
            pid = os.fork()
        except OSError:  # the submission has as many processes as it may
            return "died"
        if pid == 0:
            try:
                os.setsid()
                ours.close()
                self.in_child()
                self._work(work, theirs)
            finally:
                os._exit(0)
        theirs.close()
        try:
            return self._relay(Frames(ours), pid, time.monotonic() + seconds)
        finally:
            ours.close()
            for kill in (os.kill, os.killpg):  # it may not have its group yet
                with contextlib.suppress(OSError):
                    kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _relay(self, frames: "Frames", pid: int, deadline: float) -> str:
        """Pass on what the fork says, and what the judge answers, until it ends or has to."""
        until, late = deadline, False
        while True:
            kind, body = frames.next(until)
            if kind is None and body is None:
                return "timeout" if late else "ended"
            if kind is None:  # its time is up: it may say yet in which function
                if time.monotonic() > deadline + GRACE:
                    return "timeout"
                os.kill(pid, ALARM)
                late, until = True, time.monotonic() + EVERY
                continue
            self.wire.send_body(body or b"")
            if kind == _ASKS:
                frames.send(_SAYS, bytes(self.wire.receive_body()))

    # --- in the fork -----------------------------------------------------------------------------

    def _work(self, work: Callable, end: socket.socket) -> None:
        frames = Frames(end)

        def say(message: dict, blobs: list[bytes] | tuple = ()) -> None:
            frames.send(_SAYS, protocol.encode(message, blobs))

        self.frames = frames
        try:
            with stoppable():
                work(say)
        except OutOfTime as error:
            say({"late": culprits(error, self.names)})
        except Stuck as error:
            say({"stuck": [error.name, error.how]})

    def _values(self, say: Callable, names: list[str]) -> None:
        for name in filter(self.names.__contains__, names):
            value, blobs = packed(plain(self.names[name]))
            say({"name": name, "value": value}, blobs)

    def _cases(
        self, say: Callable, name: str, script: dict | None, cases: list, blobs: list
    ) -> None:
        use, answer = script_of(script), self.names[name]
        for case in cases:
            unpacker = Unpacker(blobs, self._callback)
            args = tuple(unpacker.unpack(arg) for arg in case)
            self._case(say, Given(use, args), answer)

    def _case(self, say: Callable, given: Any, answer) -> None:  # an exercise and its case in one
        response = respond(given, answer, given)
        problem = response.problem
        # A function among the arguments stays as it is; so does whatever else cannot cross.
        content, blobs = packed([response.value, list(given.args)], lambda function: 0)
        message = {
            "content": content, "printed": response.printed, "seconds": response.seconds,
            "problem": problem and [problem.kind, problem.text, problem.line],
            "warnings": response.warnings[:MAX_WARNINGS],
        }  # fmt: skip
        say(message, blobs)

    def _edited(
        self, say: Callable, name: str, script: dict | None, cases: list, blobs: list,
        numbers: list, where: list, at_once: int,
    ) -> None:  # fmt: skip
        given: Any = Given(script_of(script), ())  # an exercise, as far as an answer needs one
        answer = self.names[name]
        drawn: list[Any] = [Drawn(case, blobs, self._callback) for case in cases]
        source = source_of(answer)
        if source is None or is_planted(given, answer, self.names, drawn):
            return
        edits = candidates(source)
        bench = Bench(source, edits, given.use)
        places = [astuple(edits[n].where) for n in where if n < len(edits)]
        counts = {"count": len(edits), "likely": likely(edits)}
        say({"source": source.text, **counts, "where": places})
        tried = as_a_fork(bench.values(numbers, drawn))
        while some := list(islice(tried, at_once)):
            content, more = packed(some, lambda function: 0)
            say({"tried": content}, more)
        if numbers == [ORIGINAL] and not bench.is_slow:
            content, more = packed(recording(given, answer, drawn))
            say({"recorded": content}, more)
        say({"all": True})

    def _callback(self, number: int) -> Callable:
        """Return a function that asks the judge's function of this number."""

        def asked(*args):
            content, blobs = packed(list(args), lambda value: 0)
            self.frames.send(_ASKS, protocol.encode({"callback": number, "args": content}, blobs))
            reply, blobs = protocol.decode(memoryview(self.frames.next(None)[1])[1:])
            if "error" in reply:
                raise getattr(builtins, reply["error"][0], RuntimeError)(reply["error"][1])
            return Unpacker(blobs).unpack(reply["value"])

        return asked


class Frames:
    """One end of the connection between a fork and the process that it was forked from."""

    def __init__(self, end: socket.socket):
        self.end, self.data = end, bytearray()
        end.setblocking(True)

    def send(self, kind: bytes, body: bytes) -> None:
        """Send a frame."""
        self.end.sendall(_FRAME.pack(kind, len(body)) + body)

    def next(self, deadline: float | None) -> tuple[bytes | None, bytes | None]:
        """Return the next frame; (None, None) at the end, (None, b"") where none comes in time."""
        while True:
            if len(self.data) >= _FRAME.size:
                kind, length = _FRAME.unpack_from(self.data)
                if length > MAX_BODY:
                    return None, None
                if len(self.data) >= _FRAME.size + length:
                    body = bytes(self.data[_FRAME.size : _FRAME.size + length])
                    del self.data[: _FRAME.size + length]
                    return kind, body
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self.end], [], [], left)[0]:
                return None, b""
            chunk = self._receive()
            if not chunk:
                return None, None
            self.data += chunk

    def _receive(self) -> bytes:
        try:
            return self.end.recv(2**20)
        except OSError:
            return b""
