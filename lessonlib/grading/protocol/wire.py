"""Authenticated messages between the judge and a submission's process, with limits.

A message is a JSON object with arrays of bytes behind it, or a short verdict of plain bytes. It
carries a turn, its place in the turn, and a keyed BLAKE2 digest over both and the direction. What
does not bear the right one is dropped. Whoever reads must expect anything.

The functions of C that seal a message are looked up when this module is imported, before any
submission could replace them.
"""

import json
import socket
import struct
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest

MAX_BODY = 64 * 2**20  # bytes of a message
MAX_JSON = 16 * 2**20  # bytes of the JSON in it
MAX_BRACKETS = 500_000  # lists and dictionaries: each takes far more memory than its text
MAX_QUOTES = 2_000_000  # two for each text
MAX_VERDICT = 4_096
TO_GUEST, TO_HOST = b">", b"<"
JSON, VERDICT = b"j", b"v"
SEAL = "lessonlib.seal"  # the audit event that asks a guest's hook for a seal

_DIGEST = 16
_HEADER = struct.Struct(f"!QQQ{_DIGEST}s")  # length of the body, turn, place in the turn, digest
_PLACE = struct.Struct("!cQQ")
_PARTS = struct.Struct("!II")  # length of the JSON, number of blobs; then the length of each blob
_LENGTH = struct.Struct("!Q")
_pack_header, _pack_place, _dumps = _HEADER.pack, _PLACE.pack, json.dumps
_audit = sys.audit

Message = tuple[dict, list[bytes]]


class Broken(Exception):
    """The other side has gone, or what it sent is no message."""


class Late(Exception):
    """The other side did not answer in time."""


Seal = Callable[[bytes | bytearray, int, int], bytes]


def sealer(key: bytes, direction: bytes) -> Seal:
    """Return a function that gives the digest of (body, turn, place) in one direction.

    The key itself stays in the state of a C object.
    """
    keyed = blake2b(key=key, digest_size=_DIGEST)

    def seal(body: bytes | bytearray, turn: int, place: int, pack=_pack_place) -> bytes:
        digest = keyed.copy()
        digest.update(pack(direction, turn, place))
        digest.update(body)
        return digest.digest()

    return seal


def asked_for_seal(body: bytes | bytearray, turn: int, place: int) -> bytes:
    """Return the digest of (body, turn, place) that the audit hook gives."""
    box: list = [body, turn, place]
    _audit(SEAL, box)
    return box[3]


# --- what is in a message ------------------------------------------------------------------------


def encode(message: dict, blobs: list[bytes] | tuple = ()) -> bytes:
    """Return a message as the body of a frame."""
    text = _dumps(message).encode()
    lengths = [_LENGTH.pack(len(blob)) for blob in blobs]
    return b"".join([JSON, _PARTS.pack(len(text), len(blobs)), *lengths, text, *blobs])


def decode(body: bytes | bytearray | memoryview) -> Message:
    """Return the message in the body of a frame, without its first byte. Raises Broken."""
    view = memoryview(body)
    try:
        length, count = _PARTS.unpack_from(view)
        start = _PARTS.size + _LENGTH.size * count
        if length > MAX_JSON or start + length > len(view):
            raise Broken(f"a message of {length} bytes of JSON")
        lengths = [_LENGTH.unpack_from(view, _PARTS.size + 8 * i)[0] for i in range(count)]
        message = _decoded(bytes(view[start : start + length]))
        return message, _blobs(view[start + length :], lengths)
    except struct.error:
        raise Broken("not a message") from None


def _blobs(view: memoryview, lengths: list[int]) -> list[bytes]:
    if sum(lengths) != len(view):
        raise Broken("a message of another length")
    blobs, at = [], 0
    for length in lengths:
        blobs.append(bytes(view[at : at + length]))
        at += length
    return blobs


def _decoded(text: bytes) -> dict:
    """Return the object in a JSON text, which is refused first if it could take much memory."""
    brackets, quotes = text.count(b"[") + text.count(b"{"), text.count(b'"')
    if not text.isascii() or brackets > MAX_BRACKETS or quotes > MAX_QUOTES:
        raise Broken("a message of too many parts")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Broken(f"not a message: {str(error)[:80]}") from None
    if not isinstance(message, dict):
        raise Broken("not a message")
    return message


# --- the connection ------------------------------------------------------------------------------


class Wire:
    """One end of a connection.

    key:      of both directions; `ours` is the direction in which this end sends.
    patience: how many seconds the other side may take to read.
    turn:     of the request in hand; the end that answers takes it from what it hears.
    """

    def __init__(self, end: socket.socket, key: bytes, ours: bytes, patience: float | None = None):
        self.end, self.patience, self.answers = end, patience, ours == TO_HOST
        self.turn = self.sent = self.heard = 0
        self._data = bytearray()
        self._seal: Seal = sealer(key, ours)
        self._expected = sealer(key, TO_GUEST if ours == TO_HOST else TO_HOST)

    def give_up_seal(self) -> Seal:
        """Return what seals this end's messages; from now on the audit hook is asked for it."""
        seal, self._seal = self._seal, asked_for_seal
        return seal

    def next_turn(self) -> None:
        """Begin a request: what was said to earlier ones is dropped from now on."""
        self.turn, self.sent, self.heard = self.turn + 1, 0, 0

    def send(self, message: dict, blobs: list[bytes] | tuple = ()) -> None:
        """Send a message. Raises Broken where nobody is there to read it."""
        self.send_body(encode(message, blobs))

    def send_body(self, body: bytes) -> None:
        """Send what `encode` made, or a verdict with VERDICT before it."""
        self.sent += 1
        header = _pack_header(
            len(body), self.turn, self.sent, self._seal(body, self.turn, self.sent)
        )
        try:
            self.end.settimeout(self.patience)
            self.end.sendall(header + body if len(body) < 2**16 else header)
            if len(body) >= 2**16:
                self.end.sendall(body)
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Broken(str(error)) from None

    def receive(self, seconds: float | None = None) -> Message:
        """Return the next message. Raises Broken, or Late after that many seconds."""
        body = self.receive_body(seconds)
        if body[:1] != JSON:
            raise Broken("a verdict out of place")
        return decode(memoryview(body)[1:])

    def receive_body(self, seconds: float | None = None) -> bytearray:
        """Return the next body that bears the right digest. Raises Broken or Late."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            self._expect(_HEADER.size, deadline)
            length, turn, place, digest = _HEADER.unpack_from(self._data)
            if not 0 < length <= MAX_BODY:
                raise Broken(f"a message of {length} bytes")
            self._expect(_HEADER.size + length, deadline)
            body = self._data[_HEADER.size : _HEADER.size + length]
            del self._data[: _HEADER.size + length]
            if self._is_next(turn, place) and compare_digest(
                digest, self._expected(body, turn, place)
            ):
                self.sent = self.sent if turn == self.turn else 0
                self.turn, self.heard = turn, place
                return body

    def _is_next(self, turn: int, place: int) -> bool:
        """Return whether a message may come now; the end that answers hears turns begin."""
        begins = self.answers and turn > self.turn
        return begins or (turn == self.turn and place > self.heard)

    def _expect(self, size: int, deadline: float | None) -> None:
        """Wait until so many bytes are there; what has come by the deadline is kept."""
        while len(self._data) < size:
            try:
                self.end.settimeout(_left(deadline))
                chunk = self.end.recv(min(size - len(self._data), 2**20))
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Broken(str(error)) from None
            if not chunk:
                raise Broken("the other side has gone")
            self._data += chunk

    def close(self) -> None:
        """Hang up."""
        self.end.close()


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
