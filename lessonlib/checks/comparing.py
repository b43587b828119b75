"""Whether two plain values agree: by type, then shape, then the norm of the difference."""

import math

import numpy as np

from lessonlib.checks.plain import Opaque

ATOL = 1e-12  # against a right value of exactly zero, where a relative error has no meaning


def as_numbers(value) -> np.ndarray | None:
    """Return `value` as an array of numbers, or None where it is not one."""
    if value is None or isinstance(value, str | dict | set | Opaque):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biufc" else None


def describe(value) -> str:
    """Return what kind of thing a plain value is, in words."""
    if isinstance(value, Opaque):
        return {"ellipsis": "still `...`", "huge": value.text}.get(value.kind, _a(value.kind))
    if value is None:
        return "None"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list | tuple | dict | set):
        return f"a {type(value).__name__} with {len(value)} item{'s' * (len(value) != 1)}"
    numbers = as_numbers(value)
    if numbers is None:
        return _a(type(value).__name__)
    return "one number" if numbers.shape == () else f"shape {numbers.shape}"


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def agree(mine, right, rtol: float, nan_too: bool = False) -> bool:
    """Return whether `mine` is as good as `right`: same shape, values within tolerance.

    nan and inf are never good, except with `nan_too`: then they must stand in the same places.
    """
    if isinstance(right, dict):
        return isinstance(mine, dict) and all(
            key in mine and agree(mine[key], item, rtol, nan_too) for key, item in right.items()
        )
    if isinstance(right, set):
        return isinstance(mine, set | list | tuple) and set(_hashable(mine)) == right
    if isinstance(right, Opaque):
        return False
    if right is None or isinstance(right, str):
        return type(mine) is type(right) and mine == right
    numbers = as_numbers(right)
    if numbers is not None:
        return _close(as_numbers(mine), numbers, rtol, nan_too)
    return (
        isinstance(mine, list | tuple)
        and len(mine) == len(right)
        and all(agree(a, b, rtol, nan_too) for a, b in zip(mine, right, strict=True))
    )


def same(before, after) -> bool:
    """Return whether two plain values are the same: kinds, keys, shapes, dtypes and numbers."""
    if isinstance(before, np.ndarray):  # 1 and 1.0 are equal, an array of each is not the same
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
        )
    if isinstance(before, dict):
        return (
            isinstance(after, dict)
            and list(before) == list(after)
            and all(same(before[key], after[key]) for key in before)
        )
    if isinstance(before, list | tuple):
        return (
            type(before) is type(after)
            and len(before) == len(after)
            and all(map(same, before, after))
        )
    return type(before) is type(after) and (before == after or before != before)


def _hashable(items):
    return (item if isinstance(item, str | int | float | tuple) else str(item) for item in items)


def _close(mine: np.ndarray | None, right: np.ndarray, rtol: float, nan_too: bool) -> bool:
    if mine is None or mine.shape != right.shape:
        return False
    if mine.dtype.kind == "c" and right.dtype.kind != "c":
        return False  # the contract asks for real numbers
    kind = complex if right.dtype.kind == "c" else float
    a, b = mine.ravel().astype(kind), right.ravel().astype(kind)
    squares = np.vdot(a, a).real, np.vdot(b, b).real  # half of the time goes into functions' heads
    if not all(map(math.isfinite, squares)):
        return _close_where_finite(a, b, rtol, nan_too)
    difference = a - b
    return math.sqrt(np.vdot(difference, difference).real) <= rtol * math.sqrt(squares[1]) + ATOL


def _close_where_finite(a: np.ndarray, b: np.ndarray, rtol: float, nan_too: bool) -> bool:
    """Compare vectors in which something is not finite, or so large that its square is not."""
    finite = np.isfinite(a) & np.isfinite(b)
    if not finite.all():
        return (
            nan_too
            and np.array_equal(a[~finite], b[~finite], equal_nan=True)
            and _close(a[finite], b[finite], rtol, False)
        )
    return bool(np.linalg.norm(a - b) <= rtol * np.linalg.norm(b) + ATOL)
