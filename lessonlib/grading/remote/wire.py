"""Messages between the judge and a submission: JSON, each after its length, with limits.

Whoever reads must expect anything: the other side may be a hostile program.
"""

import json
import socket
import struct
import time

MAX_MESSAGE = 96 * 2**20  # bytes; an array of 32 MiB takes 43 as text
MAX_BRACKETS = 2_000_000  # lists and dictionaries in it: each takes far more memory than text
_LENGTH = struct.Struct("!Q")


class Broken(Exception):
    """The other side has gone, or what it sent is no message."""


class Late(Exception):
    """The other side did not answer in time."""


class Wire:
    """One end of a connection; `patience` is how many seconds the other side may take to read."""

    def __init__(self, end: socket.socket, patience: float | None = None):
        self.end, self.patience = end, patience

    def send(self, message: dict) -> None:
        """Send a message. Raises Broken where nobody is there to read it."""
        data = json.dumps(message).encode()
        try:
            self.end.settimeout(self.patience)
            self.end.sendall(_LENGTH.pack(len(data)) + data)
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Broken(str(error)) from None

    def receive(self, seconds: float | None = None) -> dict:
        """Return the next message. Raises Broken, or Late after that many seconds."""
        deadline = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        if length > MAX_MESSAGE:
            raise Broken(f"a message of {length} bytes")
        text = self._read(length, deadline)
        if text.count(b"[") + text.count(b"{") > MAX_BRACKETS:
            raise Broken("a message of too many parts")
        try:
            message = json.loads(text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise Broken(f"not a message: {str(error)[:80]}") from None
        if not isinstance(message, dict):
            raise Broken("not a message")
        return message

    def _read(self, size: int, deadline: float | None) -> bytearray:
        data = bytearray()
        while len(data) < size:
            try:
                self.end.settimeout(_left(deadline))
                chunk = self.end.recv(min(size - len(data), 2**20))
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Broken(str(error)) from None
            if not chunk:
                raise Broken("the other side has gone")
            data += chunk
        return data

    def close(self) -> None:
        """Hang up."""
        self.end.close()


class AnsweringWire(Wire):
    """The submission's end: whatever it says carries the turn of what it heard last.

    So the judge can tell an answer from one that comes too late, or from one that nobody asked for.
    """

    turn = 0

    def send(self, message: dict) -> None:
        """Send a message. Raises Broken where nobody is there to read it."""
        super().send({**message, "turn": self.turn})

    def receive(self, seconds: float | None = None) -> dict:
        """Return the next message. Raises Broken, or Late after that many seconds."""
        message = super().receive(seconds)
        self.turn = message.pop("turn", 0)
        return message


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
