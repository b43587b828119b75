"""How values cross between the judge and a submission, in either direction.

Plain data (see `checks.plain`) is copied. A random generator crosses as its state. Everything else
stays where it is, and its number crosses: each side says what a number of the other side's means.
"""

import base64
import builtins
from collections.abc import Callable

import numpy as np

from lessonlib.checks import plain as plainly
from lessonlib.checks.plain import MAX_DEPTH, MAX_ITEMS, Opaque

SCALARS = (bool, int, float, complex, str, np.generic, np.ndarray, Opaque)
BIT_GENERATORS = {
    name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
}
SINGLES = {"ellipsis": ..., "not implemented": NotImplemented}
Export = Callable[[object], dict]  # what is said of a value that stays here
Import = Callable[[str, object], object]  # what a number of the other side's becomes here


def pack(value, export: Export, depth: int = 0):
    """Return `value` as JSON. `export` describes what is not plain data, as {kind: content}."""
    if value is None or isinstance(value, SCALARS):
        return _pack_scalar(value, export)
    for kind, single in SINGLES.items():
        if value is single:
            return {"single": kind}
    if depth > MAX_DEPTH:
        return plainly.pack(Opaque("huge", "something nested very deep"))
    pack_it = None if type(value).__module__ == "__main__" else _packer(value)
    return pack_it(value, export, depth + 1) if pack_it else export(value)


def _pack_scalar(value, export: Export):
    copied = plainly.plain(value)
    if isinstance(value, np.number | np.bool_):  # it has a dtype, which Python's numbers lack
        return {"scalar": [value.dtype.str, plainly.pack(copied)]}
    if isinstance(copied, Opaque) and copied.kind == "object array":
        return export(value)
    return plainly.pack(copied)


def _packer(value):
    return next((packer for kind, packer in _PACKERS.items() if isinstance(value, kind)), None)


def _pack_items(value, export: Export, depth: int):
    if len(value) > MAX_ITEMS:
        return plainly.pack(Opaque("huge", f"a {type(value).__name__} of {len(value)} items"))
    items = [pack(item, export, depth) for item in value]
    names = {tuple: "tuple", set: "set", frozenset: "frozenset"}
    name = next((names[kind] for kind in names if isinstance(value, kind)), None)
    return {name: items} if name else items


def _pack_dict(value, export: Export, depth: int):
    if len(value) > MAX_ITEMS:
        return plainly.pack(Opaque("huge", f"a dict of {len(value)} items"))
    pairs = [[pack(key, export, depth), pack(item, export, depth)] for key, item in value.items()]
    return {"dict": pairs}


def _pack_generator(value, export: Export, depth: int):
    state = value.bit_generator.state
    if state["bit_generator"] not in BIT_GENERATORS:
        return export(value)
    return {"generator": pack(state, export, depth)}


def _pack_bytes(value, export: Export, depth: int):
    if len(value) > plainly.MAX_ARRAY_BYTES:
        return plainly.pack(Opaque("huge", f"{len(value)} bytes"))
    return {"bytes": base64.b64encode(value).decode()}


def _pack_range(value, export: Export):
    """Only a short one is copied: whoever has a long one may use up time and memory with it."""
    return {"range": _limits(value)} if _is_short(value) else export(value)


def _limits(value: range) -> list[int]:
    return [value.start, value.stop, value.step]


def _is_short(value: range) -> bool:
    return not value[MAX_ITEMS:]  # len() has limits of its own


def _pack_type(value, export: Export, depth: int):
    known = getattr(builtins, value.__name__, None) is value
    return {"builtin": value.__name__} if known else export(value)


_PACKERS = {
    list | tuple | set | frozenset: _pack_items,
    dict: _pack_dict,
    bytes: _pack_bytes,
    range: lambda value, export, depth: _pack_range(value, export),
    slice: lambda value, export, depth: {
        "slice": [pack(each, export, depth) for each in (value.start, value.stop, value.step)]
    },
    np.random.Generator: _pack_generator,
    type: _pack_type,
}


def unpack(value, import_: Import):
    """Return what `pack` made into JSON on the other side. Raises ValueError for anything else."""
    try:
        return _unpack(value, import_)
    except plainly.NOT_PLAIN as error:
        raise ValueError(f"not plain data: {str(error)[:80]}") from None


def _unpack(value, import_: Import):
    if isinstance(value, list):
        return [_unpack(item, import_) for item in value]
    if isinstance(value, str) and len(value) > plainly.MAX_TEXT:
        raise ValueError("a very long text")
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in _UNPACKERS:
        return _UNPACKERS[kind](content, import_)
    if kind in ("array", "complex", "opaque"):
        return plainly.UNPACKERS[kind](content)
    return import_(kind, content)


def _unpack_scalar(content, import_: Import) -> np.generic:
    kind, number = content
    made = np.dtype(str(kind)).type(_unpack(number, import_))
    if not isinstance(made, np.number | np.bool_):
        raise ValueError(f"no number: {kind}")
    return made


def _unpack_generator(content, import_: Import) -> np.random.Generator:
    state = _unpack(content, import_)
    # NumPy believes what it is told, and would read beyond the end of its table.
    if not (0 <= state.get("buffer_pos", 0) <= 4 and 0 <= state["state"].get("pos", 0) <= 624):
        raise ValueError("not the state of a generator")
    bits = BIT_GENERATORS[state["bit_generator"]](0)
    bits.state = state
    return np.random.Generator(bits)


def _unpack_range(limits, import_: Import) -> range:
    value = range(*map(int, limits))
    if not _is_short(value):
        raise ValueError("a long range")
    return value


def _unpack_type(name: str, import_: Import) -> type:
    known = getattr(builtins, name, None)
    if not isinstance(known, type):
        raise ValueError(f"there is no type {name}")
    return known


def _unpack_dict(pairs, import_: Import) -> dict:
    _expect_few(pairs)
    return {_unpack(key, import_): _unpack(item, import_) for key, item in pairs}


def _unpack_set(items, import_: Import) -> set:
    """Not `set(items)`: where all items collide it takes long, and a loop can be interrupted."""
    _expect_few(items)
    return {_unpack(item, import_) for item in items}


def _expect_few(items) -> None:
    if len(items) > MAX_ITEMS:
        raise ValueError(f"{len(items)} items")


_UNPACKERS = {
    "tuple": lambda items, import_: tuple(_unpack(items, import_)),
    "set": _unpack_set,
    "frozenset": lambda items, import_: frozenset(_unpack_set(items, import_)),
    "dict": _unpack_dict,
    "bytes": lambda text, import_: base64.b64decode(text),
    "range": _unpack_range,
    "slice": lambda limits, import_: slice(*_unpack(limits, import_)),
    "single": lambda kind, import_: SINGLES[kind],
    "generator": _unpack_generator,
    "scalar": _unpack_scalar,
    "builtin": _unpack_type,
}


def write_back(local, after) -> None:
    """Bring a local argument into the state in which the other side left its copy.

    Arrays, lists, dictionaries, sets and generators are changed in place, as a call in this
    process would have changed them.
    """
    if isinstance(local, np.ndarray) and isinstance(after, np.ndarray):
        _write_array(local, after)
    elif isinstance(local, list) and isinstance(after, list):
        merged = [_merged(*pair) for pair in zip(local, after, strict=False)]
        local[:] = merged + after[len(local) :]
    elif isinstance(local, dict) and isinstance(after, dict):
        items = {k: _merged(local[k], v) if k in local else v for k, v in after.items()}
        local.clear()
        local.update(items)
    elif isinstance(local, set) and isinstance(after, set):
        local.intersection_update(after)
        local.update(after)
    elif isinstance(local, tuple) and isinstance(after, tuple):
        for pair in zip(local, after, strict=False):
            write_back(*pair)
    elif isinstance(local, np.random.Generator) and isinstance(after, np.random.Generator):
        if type(local.bit_generator) is type(after.bit_generator):
            local.bit_generator.state = after.bit_generator.state


def _write_array(local: np.ndarray, after: np.ndarray) -> None:
    if local.size == after.size and local.shape != after.shape:
        local.shape = after.shape
    if local.shape == after.shape and local.dtype == after.dtype:
        np.copyto(local, after)
    elif local.dtype == after.dtype and local.base is None:
        local.resize(after.shape, refcheck=False)
        np.copyto(local, after)


def _merged(local, after):
    """Return `after`, in the local container where it is one: others may hold it too."""
    if type(local) is type(after) and isinstance(local, list | dict | set | tuple):
        write_back(local, after)
        return after if isinstance(local, tuple) else local
    same = isinstance(local, np.ndarray) and isinstance(after, np.ndarray)
    if same and (local.shape, local.dtype) == (after.shape, after.dtype):
        write_back(local, after)
        return local
    return after
