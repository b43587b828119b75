"""How values cross between the judge and a submission, in either direction.

Plain data (see `checks.plain`) is copied; arrays go as raw bytes behind the JSON. A random
generator crosses as its state. A function of the judge's crosses as a number, and calls back.
"""

import base64
import math
from collections.abc import Callable

import numpy as np

from lessonlib.checks import plain as plainly
from lessonlib.checks.plain import MAX_ARRAY_BYTES, MAX_DEPTH, MAX_ITEMS, PLAIN_KINDS, Opaque, plain
from lessonlib.grading.protocol.wire import MAX_BODY

MAX_BLOBS = MAX_BODY - 2**24  # bytes of the arrays in one message
MAX_KEYS = 20_000  # of all sets and dictionaries in one value: equal hashes make them slow
SCALARS = (bool, int, float, complex, str, np.generic, Opaque)
BIT_GENERATORS = {
    name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
}
Export = Callable[[Callable], int]  # gives the number of a function that stays here
Import = Callable[[int], Callable]  # gives what a number of the other side's becomes here


def _no_function(function) -> int:
    raise TypeError(f"a {type(function).__name__} cannot cross: hand over plain data or a function")


# --- packing -------------------------------------------------------------------------------------


class Packer:
    """Makes JSON of values, and puts their arrays into `blobs`.

    export: numbers the functions among them; without it none may be there.
    """

    def __init__(self, export: Export = _no_function):
        self.blobs: list[bytes] = []
        self.size, self.keys, self.export = 0, 0, export

    def pack(self, value, depth: int = 0):
        """Return a value as JSON."""
        if value is None or isinstance(value, SCALARS):
            return self._scalar(value)
        if isinstance(value, np.ndarray):
            return self._array(plain(value))
        if depth > MAX_DEPTH:
            return plainly.pack(Opaque("huge", "something nested very deep"))
        return self._collection(value, depth + 1)

    def _scalar(self, value):
        copied = plain(value)
        if isinstance(value, np.number | np.bool_):  # it has a dtype, which Python's numbers lack
            return {"scalar": [value.dtype.str, plainly.pack(copied)]}
        return plainly.pack(copied)

    def _array(self, array):
        if isinstance(array, Opaque):
            return plainly.pack(array)
        self.size += array.nbytes
        if self.size > MAX_BLOBS:
            return plainly.pack(Opaque("huge", f"an array of shape {array.shape}, and others"))
        self.blobs.append(array.tobytes())
        return {"array": [array.dtype.str, list(array.shape), len(self.blobs) - 1]}

    def _collection(self, value, depth: int):
        if isinstance(value, dict):
            return self._few(value, lambda: {"dict": self._pairs(value, depth)})
        for kind in (list, tuple, set, frozenset):
            if isinstance(value, kind):
                return self._few(value, lambda kind=kind: self._items(kind, value, depth))
        if isinstance(value, bytes) and len(value) <= MAX_ARRAY_BYTES:
            return {"bytes": base64.b64encode(value).decode()}
        if isinstance(value, np.random.Generator):
            return self._generator(value, depth)
        if value is Ellipsis:
            return {"ellipsis": None}
        return {"function": self.export(value)}

    def _few(self, value, packed: Callable):
        self.keys += 0 if isinstance(value, list | tuple) else len(value)
        if len(value) <= MAX_ITEMS and self.keys <= MAX_KEYS:
            return packed()
        return plainly.pack(Opaque("huge", f"a {type(value).__name__} of {len(value)} items"))

    def _pairs(self, value: dict, depth: int) -> list:
        return [[self.pack(key, depth), self.pack(item, depth)] for key, item in value.items()]

    def _items(self, kind: type, value, depth: int):
        items = [self.pack(item, depth) for item in value]
        return items if kind is list else {kind.__name__: items}

    def _generator(self, value, depth: int):
        state = value.bit_generator.state
        if state["bit_generator"] not in BIT_GENERATORS:
            raise TypeError(f"a generator of {state['bit_generator']} cannot cross")
        return {"generator": self.pack(state, depth)}


def packed(value, export: Export = _no_function) -> tuple[object, list[bytes]]:
    """Return a value as JSON and blobs; `export` numbers what is not plain data."""
    packer = Packer(export)
    return packer.pack(value), packer.blobs


# --- unpacking -----------------------------------------------------------------------------------


def _nothing_known(number: int):
    raise ValueError("a function cannot come from there")


class Unpacker:
    """Makes values of what a Packer on the other side made into JSON and blobs."""

    def __init__(self, blobs: list[bytes], import_: Import = _nothing_known):
        self.blobs, self.import_, self.keys = blobs, import_, 0

    def unpack(self, value):
        """Return the value. Raises ValueError for what no Packer makes."""
        try:
            return self._unpack(value)
        except plainly.NOT_PLAIN as error:
            raise ValueError(f"not plain data: {str(error)[:80]}") from None

    def _unpack(self, value):
        if isinstance(value, list):
            return [self._unpack(item) for item in value]
        if isinstance(value, str) and len(value) > plainly.MAX_TEXT:
            raise ValueError("a very long text")
        if not isinstance(value, dict):
            return value
        ((kind, content),) = value.items()
        return self._made(kind, content)

    def _made(self, kind: str, content):
        match kind:
            case "array":
                return self._array(*content)
            case "scalar":
                return self._scalar(*content)
            case "generator":
                return self._generator(content)
            case "dict":
                return {self._unpack(key): self._unpack(item) for key, item in self._few(content)}
            case "tuple":
                return tuple(map(self._unpack, content))
            case "set" | "frozenset":
                items = set(map(self._unpack, self._few(content)))
                return items if kind == "set" else frozenset(items)
            case "bytes":
                return base64.b64decode(content)
            case "ellipsis":
                return ...
            case "function":
                return self.import_(int(content))
            case "complex" | "opaque":
                return plainly.UNPACKERS[kind](content)
        raise ValueError(f"no {str(kind)[:20]}")

    def _array(self, kind, shape, place) -> np.ndarray:
        dtype, shape = np.dtype(str(kind)), tuple(map(int, shape))
        places = math.prod(max(size, 1) for size in shape)
        if dtype.kind not in PLAIN_KINDS or dtype.subdtype or places > MAX_ARRAY_BYTES:
            raise ValueError(f"an array of dtype {dtype}, shape {shape}")
        if place < 0 or min(shape, default=0) < 0:
            raise ValueError("no array")
        if dtype.itemsize == 0:
            return np.zeros(shape, dtype)
        if not plainly.is_sound(dtype, self.blobs[place]):
            raise ValueError(f"an array of {dtype} that no Python makes")
        return np.frombuffer(self.blobs[place], dtype).reshape(shape).copy()

    def _scalar(self, kind, number) -> np.generic:
        made = np.dtype(str(kind)).type(self._unpack(number))
        if not isinstance(made, np.number | np.bool_):
            raise ValueError(f"no number: {kind}")
        return made

    def _generator(self, content) -> np.random.Generator:
        state = self._unpack(content)
        # NumPy believes what it is told, and would read beyond the end of its table.
        if not (0 <= state.get("buffer_pos", 0) <= 4 and 0 <= state["state"].get("pos", 0) <= 624):
            raise ValueError("not the state of a generator")
        bits = BIT_GENERATORS[state["bit_generator"]](0)
        bits.state = state
        return np.random.Generator(bits)

    def _few(self, items: list) -> list:
        self.keys += len(items)
        if self.keys > MAX_KEYS:
            raise ValueError(f"{self.keys} keys")
        return items
