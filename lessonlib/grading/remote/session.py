"""A submission's process, as the judge sees it: requests go out, plain answers come back."""

import json
import socket
import time
from dataclasses import dataclass, field

from lessonlib.errors import UserError
from lessonlib.grading.limits import Limits
from lessonlib.grading.remote.crossing import pack
from lessonlib.grading.remote.isolation import NOT_ISOLATED, Server
from lessonlib.grading.remote.wire import Broken, Late, Wire
from lessonlib.grading.submission import harmless

GRACE = 3.0  # seconds that a process gets to notice that its time is up
START_SECONDS = 60
PART = 2**24  # bytes of a file in one message


class Gone(BaseException):
    """The process has ended, or had to be: "died" or "timeout". Not for an `except Exception`."""

    def __init__(self, how: str):
        super().__init__(how)
        self.how = how


class ServerGone(BaseException):
    """The warm server itself has ended: that is not the submission's fault. Not an Exception, so
    that nothing on the way takes it for an error of the submission's."""


@dataclass
class Ran:
    """What came of a cell.

    error: the name of the exception that ended it, or None.
    late:  the functions at work when its time was up; None if it was in time.
    how:   "ran", or how the process ended: "died", "timeout".
    """

    outputs: list[dict] = field(default_factory=list)
    error: str | None = None
    late: list[str] | None = None
    how: str = "ran"


class Session:
    """One process with one submission in it. After `Gone`, nothing more can be asked of it."""

    def __init__(self, server: Server, limits: Limits, files: dict[str, bytes]):
        self.server = server
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                server.start(json.dumps(limits.as_record()).encode(), theirs)
            except OSError:
                ours.close()
                raise ServerGone from None
        self.wire, self.open, self.turn = Wire(ours, patience=START_SECONDS), True, 0
        ready = self._receive(START_SECONDS)
        if "refused" in ready:
            self.close()
            raise UserError(NOT_ISOLATED.format(reason=str(ready["refused"])[:300]))
        for name, content in files.items():
            self._write(name, content)

    def _write(self, name: str, content: bytes) -> None:
        for start in range(0, len(content) or 1, PART):
            part = pack(content[start : start + PART], _nothing_else)
            self.ask({"do": "write", "name": name, "part": part}, START_SECONDS)

    def ask(self, request: dict, seconds: float) -> dict:
        """Send a request and return the answer; it may be a question of the submission's."""
        self.tell(request)
        return self._receive(seconds + GRACE)

    def tell(self, message: dict) -> None:
        """Send a message. Raises Gone."""
        self.turn += 1
        try:
            self.wire.send({**message, "turn": self.turn})
        except (Broken, Late):
            self._end("died")

    def hear(self, seconds: float) -> dict:
        """Return the next message. Raises Gone."""
        return self._receive(seconds + GRACE)

    def run(self, source: str, seconds: float, aside: dict[str, str]) -> Ran:
        """Run a cell, then put functions aside, each for its reason. Raises Gone."""
        reply = self.ask(
            {"do": "run", "source": source, "seconds": seconds, "aside": aside}, seconds
        )
        try:
            late = None if reply["late"] is None else [str(name) for name in reply["late"]]
            return Ran(
                harmless.outputs(reply["outputs"]), reply["error"] and str(reply["error"]), late
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            self._end("died")

    def _receive(self, seconds: float) -> dict:
        """Return the answer to what was said last; what comes out of turn is dropped."""
        if not self.open:
            raise Gone("died")
        deadline = time.monotonic() + seconds
        try:
            while True:
                message = self.wire.receive(deadline - time.monotonic())
                if message.pop("turn", None) == self.turn:
                    return message
        except Broken:
            self._end("died")
        except Late:
            self._end("timeout")

    def _end(self, how: str):
        self.close()
        raise Gone(how)

    def close(self) -> None:
        """End the process, and return when nothing is left of it."""
        if self.open:
            self.open = False
            try:
                self.server.stop()
            except (OSError, UserError):
                raise ServerGone from None
            finally:
                self._drain()
                self.wire.close()

    def _drain(self) -> None:
        """Wait for the end of the connection: only when all of the process is gone does it end."""
        deadline = time.monotonic() + START_SECONDS
        self.wire.end.settimeout(START_SECONDS)
        try:
            while time.monotonic() < deadline and self.wire.end.recv(2**20):
                pass
        except OSError:
            pass


def _nothing_else(value) -> dict:
    raise TypeError(f"a {type(value).__name__} cannot go in there")
