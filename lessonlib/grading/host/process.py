"""A submission's process, as the judge sees it: requests go out, plain answers come back."""

import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import NoReturn

from lessonlib.errors import UserError
from lessonlib.grading.host.isolation import NOT_ISOLATED, Server
from lessonlib.grading.protocol.evidence import LATE
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.protocol.wire import (
    MAX_VERDICT,
    TO_GUEST,
    VERDICT,
    Broken,
    Late,
    Message,
    Wire,
)
from lessonlib.grading.submission import sanitise

GRACE = 3.0  # seconds that a process gets to notice that its time is up
AGAIN = 0.2  # seconds between alarms
START_SECONDS = 60.0
REPLY_SECONDS = 20.0  # for what takes no time of the submission's own
PART = 2**24  # bytes of a file in one message
MAX_EVIDENCE = 2**16  # bytes that are kept of it


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


@dataclass
class Tested:
    """What came of an ordinary test.

    how:      "passed", "failed" or "late"; "died" or "timeout" if it ended the process.
    score:    the number at its end, if there is one.
    error:    {type, text, line, stuck} of the exception that ended it.
    restored: names of the instructor's that a learner's cell had changed.
    survived: numbers of the mutants that pass as well; None where that could not be told.
    whole:    whether there was time for all mutants, as far as that matters.
    """

    __test__ = False  # for pytest: it is none of its own

    how: str
    score: float | None = None
    outputs: list[dict] = field(default_factory=list)
    error: dict | None = None
    late: list[str] | None = None
    restored: list[str] = field(default_factory=list)
    survived: list[int] | None = field(default_factory=list)
    evidence: tuple[str, ...] = ()
    whole: bool = True


class Process:
    """One process with one submission in it. After `Gone`, nothing more can be asked of it."""

    def __init__(
        self,
        server: Server,
        limits: Limits,
        files: dict[str, bytes],
        attributes: Iterable[str] = (),
        allowance: sanitise.Allowance | None = None,
    ):
        self.server, self.open, self.key = server, True, secrets.token_bytes(32)
        self.heard, self.pipe = bytearray(), -1
        self.allowance = allowance or sanitise.Allowance(limits.output_bytes)
        self.wire = Wire(self._start(limits, list(attributes)), self.key, TO_GUEST, START_SECONDS)
        ready, _ = self.hear(START_SECONDS)
        if "refused" in ready:
            self.close()
            raise UserError(NOT_ISOLATED.format(reason=str(ready["refused"])[:300]))
        for name, content in files.items():
            self._write(name, content)

    def _start(self, limits: Limits, attributes: list[str]) -> socket.socket:
        record = {"limits": asdict(limits), "key": self.key.hex(), "attributes": attributes,
                  "ask": not self.server.group.counts}  # fmt: skip
        ours, theirs = socket.socketpair()
        self.pipe, writes = os.pipe()
        os.set_blocking(self.pipe, False)
        try:
            self.server.start(json.dumps(record).encode(), limits.processes, theirs, writes)
        except OSError:
            ours.close()
            raise ServerGone from None
        finally:
            theirs.close()
            os.close(writes)
        return ours

    def _write(self, name: str, content: bytes) -> None:
        for start in range(0, len(content) or 1, PART):
            self.ask({"do": "write", "name": name}, START_SECONDS, [content[start : start + PART]])

    # --- requests --------------------------------------------------------------------------------

    def ask(self, request: dict, seconds: float, blobs: Iterable[bytes] = ()) -> Message:
        """Send a request and return the first answer to it. Raises Gone."""
        self.tell(request, blobs)
        return self.hear(seconds)

    def tell(self, request: dict, blobs: Iterable[bytes] = ()) -> None:
        """Send a request. Raises Gone."""
        self.wire.next_turn()
        self.reply(request, blobs)

    def reply(self, message: dict, blobs: Iterable[bytes] = ()) -> None:
        """Send a message that belongs to the request in hand. Raises Gone."""
        if not self.open:
            raise Gone("died")
        try:
            self.wire.send(message, list(blobs))
        except (Broken, Late):
            self.end("died")

    def hear(self, seconds: float) -> Message:
        """Return the next answer to the request in hand. Raises Gone."""
        return self._hear(self.wire.receive, seconds)

    def run(self, request: dict, seconds: float) -> Ran:
        """Run a cell. Raises Gone."""
        reply, _ = self.ask({"do": "run", **request}, seconds)
        with self._expecting():
            error, late = reply["error"], reply["late"]
            return Ran(
                sanitise.outputs(reply["outputs"], self.allowance),
                error and str(error),
                _names(late),
            )

    def test(self, request: dict, seconds: float, more_seconds: float) -> Tested:
        """Run an ordinary test; its mutants have `more_seconds`. Raises Gone.

        The verdict of a test whose process ends after it counts.
        """
        self.tell({"do": "test", **request})
        until = time.monotonic() + seconds
        tested = self._verdict(self._hear_verdict(seconds))
        if time.monotonic() > until:  # where a finaliser was stopped, Python goes on
            tested.how = "late"
        try:
            if request["mutants"]:
                tested.survived = None
                words = self._hear_verdict(more_seconds)
                tested.whole = LATE not in words
                tested.survived = self._survived([word for word in words if word != LATE])
            reply, _ = self.hear(REPLY_SECONDS)
            with self._expecting():
                tested.outputs = sanitise.outputs(reply["outputs"], self.allowance)
                tested.late = _names(reply["late"])
                tested.restored = _names(reply["restored"]) or []
                tested.error = reply["error"] and _error(reply["error"])
        except Gone:
            pass
        tested.evidence = self.evidence()
        return tested

    def _verdict(self, words: list[bytes]) -> Tested:
        with self._expecting():
            how, score = words
            return Tested(
                {b"passed": "passed", b"failed": "failed", b"late": "late"}[how],
                None if score == b"-" else float(score),
            )

    def _survived(self, words: list[bytes]) -> list[int] | None:
        with self._expecting():
            if words == [b"?"]:
                return None
            return [int(number) for word in words for number in word.split(b",") if number]

    def _hear_verdict(self, seconds: float) -> list[bytes]:
        body = self._hear(self.wire.receive_body, seconds)
        if body[:1] != VERDICT or len(body) > MAX_VERDICT:
            self.end("died")
        return bytes(body[1:]).split()

    @contextmanager
    def _expecting(self) -> Iterator[None]:
        """A reply that no honest process gives ends the process."""
        try:
            yield
        except (KeyError, TypeError, AttributeError, ValueError):
            self.end("died")

    # --- hearing ---------------------------------------------------------------------------------

    def _hear(self, receive: Callable, seconds: float):
        """Return what comes within its time, and within GRACE when it was told that it is up."""
        if not self.open:
            raise Gone("died")
        try:
            return receive(seconds)
        except Broken:
            self.end("died")
        except Late:
            return self._hear_late(receive)

    def _hear_late(self, receive: Callable):
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            try:
                self.server.alarm()
                return receive(AGAIN)
            except Late:
                continue
            except (Broken, OSError):
                self.end("died")
        self.end("timeout")

    def evidence(self) -> tuple[str, ...]:
        """Return all that the evidence pipe has said so far, each code once, in order."""
        try:
            while len(self.heard) < MAX_EVIDENCE and (chunk := os.read(self.pipe, 2**16)):
                self.heard += chunk
            if len(self.heard) < MAX_EVIDENCE and self.open:
                self.heard += b"pipe closed\n"
        except OSError:  # there is no more yet, or it was closed here
            pass
        codes = self.heard.decode("ascii", "replace").split("\n")
        return tuple(dict.fromkeys(code for code in codes if code))

    # --- the end ---------------------------------------------------------------------------------

    def end(self, how: str) -> NoReturn:
        """End the process and raise Gone."""
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
                self.evidence()
                os.close(self.pipe)
                self.pipe = -1
                self.wire.close()

    def _drain(self) -> None:
        """Wait for the end of the connection: only when all of the process is gone does it end."""
        deadline = time.monotonic() + START_SECONDS
        self.wire.end.settimeout(START_SECONDS)
        with suppress(OSError):
            while time.monotonic() < deadline and self.wire.end.recv(2**20):
                pass


def _names(names) -> list[str] | None:
    return None if names is None else [str(name)[:200] for name in names]


def _error(error: dict) -> dict:
    stuck = error["stuck"]
    return {
        "type": str(error["type"])[:100], "text": str(error["text"])[:2000],
        "line": int(error["line"]), "stuck": stuck and [str(each)[:100] for each in stuck],
    }  # fmt: skip
