"""Plain data: the only thing that passes from an answer to the judge.

Numbers, text, arrays of numbers, and lists, tuples, dictionaries and sets of those. Everything
else arrives as an `Opaque`: a name and a short text, with no behaviour left in it. An object whose
`__eq__` is always true can therefore never take part in a comparison.
"""

import base64
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

MAX_ARRAY_BYTES = 32 * 2**20
MAX_ITEMS = 100_000
MAX_TEXT = 10_000
MAX_DEPTH = 20
PLAIN_KINDS = "biufcU"  # of dtypes: truth values, numbers, text
DTYPE = re.compile(rf"[<>|][{PLAIN_KINDS}]\d+")


@dataclass(frozen=True)
class Opaque:
    """A value that is not plain data: its `kind` (a type's name, or "huge") and a short `text`."""

    kind: str
    text: str

    def __repr__(self) -> str:
        """Show the text alone, also where this stands in a dictionary that a learner is shown."""
        return self.text


READY, SCALARS = bool | Opaque, int | float | complex | str  # made only once: `plain` runs often


def plain(value, inside: tuple[int, ...] = ()):
    """Return `value` as plain data that shares nothing with it; an `Opaque` where that fails.

    inside: the ids of the collections that it is a part of.
    """
    if value is None or isinstance(value, READY):
        return value
    if isinstance(value, np.generic):
        return plain(_as_pythons(value)) if value.dtype.kind in PLAIN_KINDS else _opaque(value)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, SCALARS):
        return _plain_scalar(value)
    if id(value) in inside:  # with two such parts it would double at each depth
        return Opaque("huge", "something that contains itself")
    if len(inside) < MAX_DEPTH:
        return _plain_collection(value, (*inside, id(value)))
    return Opaque("huge", "something nested very deep")


def _as_pythons(value: np.generic):
    """Return a NumPy scalar as a number or text of Python's own."""
    item = value.item()
    if isinstance(item, np.generic):  # Python has nothing as long as a long double
        return complex(item) if isinstance(item, np.complexfloating) else float(item)
    return item


def _plain_array(value: np.ndarray):
    if _is_huge(value):
        return Opaque("huge", f"an array of shape {value.shape}")
    if value.dtype.kind not in PLAIN_KINDS:
        return Opaque("object array", f"an array of dtype {value.dtype}, shape {value.shape}")
    return np.array(value, subok=False)


def _is_huge(array: np.ndarray) -> bool:
    """Return whether an array has too many bytes, or, without any, too many rows to go through."""
    places = math.prod(max(size, 1) for size in array.shape)
    return max(array.nbytes, places) > MAX_ARRAY_BYTES


def _plain_scalar(value):
    if isinstance(value, str):
        return str(value) if len(value) <= MAX_TEXT else Opaque("huge", "a very long text")
    if isinstance(value, int):
        small = value.bit_length() < 10_000
        return int(value) if small else Opaque("huge", "a whole number with thousands of digits")
    return float(value) if isinstance(value, float) else complex(value)


def _plain_collection(value, inside: tuple[int, ...]):
    if isinstance(value, dict):
        pairs = islice(value.items(), MAX_ITEMS)
        return {_plain_key(key): plain(item, inside) for key, item in pairs}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            items = [plain(item, inside) for item in islice(value, MAX_ITEMS)]
            return set(map(_plain_key, items)) if kind in (set, frozenset) else kind(items)
    if isinstance(value, Iterator):
        return [plain(item, inside) for item in islice(value, MAX_ITEMS)]
    return _opaque(value)


def _plain_key(key):
    key = plain(key)
    return key if isinstance(key, str | int | float | bool | tuple | None) else str(type(key))


def _opaque(value) -> Opaque:
    if value is Ellipsis:
        return Opaque("ellipsis", "...")
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:80]  # an address tells nothing
    except Exception:
        text = "something that cannot be printed"
    return Opaque(type(value).__name__, text)


def mark(value):
    """Return what can be a key, and is equal for equal plain values only."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return type(value), *map(mark, value)
    if isinstance(value, dict):
        return dict, tuple(value), *map(mark, value.values())
    return value if isinstance(value, Opaque) else (type(value), repr(value))


def dumps(value) -> bytes:
    """Encode plain data as JSON; arrays travel as their dtype, their shape and their bytes."""
    return json.dumps(pack(value)).encode()


# Whatever a sender can make the decoding stumble over: wrong kinds, wrong nesting, a header that
# promises an array larger than the memory.
NOT_PLAIN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    EOFError,
    MemoryError,
    OverflowError,
)


def loads(data: bytes):
    """Decode what `dumps` made. Nothing in `data` is ever executed.

    Raises ValueError where `data` is not of that form.
    """
    try:
        return _unpack(json.loads(data))
    except NOT_PLAIN as error:
        raise ValueError(f"not plain data: {str(error)[:80]}") from error


def pack(value):
    """Return plain data as JSON has it; what JSON lacks becomes {kind: content}."""
    if isinstance(value, np.ndarray):
        data = base64.b64encode(value.tobytes()).decode()
        return {"array": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, Opaque):
        return {"opaque": [value.kind, value.text]}
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, tuple | set):
        return {type(value).__name__: [pack(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(item)] for key, item in value.items()]}
    return value


def _unpack(value):
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    return UNPACKERS[kind](content)


def _read_array(content: list) -> np.ndarray:
    """Return the array; it gets memory once it is known that its bytes are all there."""
    kind, shape, text = content
    if not DTYPE.fullmatch(kind):
        raise ValueError(f"an array of dtype {kind[:20]}")
    data = base64.b64decode(text)
    array = np.ndarray(tuple(shape), kind, data)
    if list(array.shape) != shape or array.nbytes != len(data) or _is_huge(array):
        raise ValueError(f"an array of shape {array.shape}")
    if not is_sound(array.dtype, data):
        raise ValueError(f"an array of {kind} that no Python makes")
    return array.copy()


def is_sound(dtype: np.dtype, data: bytes) -> bool:
    """Return whether truth values are 0 or 1, and letters are some: NumPy believes its bytes."""
    if dtype.kind == "b":
        return not data.translate(None, b"\0\1")
    letters = np.frombuffer(data, f"{dtype.byteorder}u4") if dtype.kind == "U" else np.zeros(1)
    return letters.max(initial=0) <= sys.maxunicode


UNPACKERS: dict[str, Callable[[Any], Any]] = {
    "array": _read_array,
    "complex": lambda parts: complex(*parts),
    "opaque": lambda parts: Opaque(str(parts[0]), str(parts[1])),
    "tuple": lambda items: tuple(_unpack(items)),
    "set": lambda items: set(_unpack(items)),
    "dict": lambda pairs: {_unpack(key): _unpack(item) for key, item in pairs},
}
