"""Whether two plain values agree: by type, then shape, then the norm of the difference."""

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


def _hashable(items):
    return (item if isinstance(item, str | int | float | tuple) else str(item) for item in items)


def _close(mine: np.ndarray | None, right: np.ndarray, rtol: float, nan_too: bool) -> bool:
    if mine is None or mine.shape != right.shape:
        return False
    finite = np.isfinite(mine) & np.isfinite(right)
    if not finite.all():
        same = np.array_equal(mine[~finite], right[~finite], equal_nan=True)
        return nan_too and same and _close(mine[finite], right[finite], rtol, False)
    difference = np.linalg.norm(np.ravel(mine.astype(complex) - right))
    return bool(difference <= rtol * np.linalg.norm(np.ravel(right)) + ATOL)
