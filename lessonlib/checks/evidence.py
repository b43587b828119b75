"""What wrong values can prove: a name needs values that only this mistake would give.

A constant, zeros and nan agree with too much. Two slips at once show in numbers with many digits,
not in a few truth values.
"""

import re
from collections.abc import Iterable, Iterator

import numpy as np

from lessonlib.checks.comparing import as_numbers

ENOUGH_FOR_ONE, ENOUGH_FOR_TWO = 2, 4  # different numbers that a slip, or two of them, must give
UNTOLD = "cannot be told"  # how an output begins that depends on another one, which is wrong
FACTOR_RTOL, NEAR_1 = 1e-6, 1e-4  # what is nearer to 1 than this is rounded


def is_untold(value) -> bool:
    """Return whether an output says in words that it could not be judged."""
    return isinstance(value, str) and value.startswith(UNTOLD)


def numbers_in(value) -> Iterator[float | complex | str]:
    """Yield the numbers in a plain value, one by one; anything else as text."""
    if isinstance(value, dict):
        value = list(value.values())
    numbers = as_numbers(value)
    if numbers is not None:
        yield from (numbers + 0).ravel().tolist()
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)
    else:
        yield repr(value)


def variety(values: Iterable) -> int:
    """Return how many different finite numbers stand in some plain values, at most a few."""
    seen = set()
    for number in (number for value in values for number in numbers_in(value)):
        if isinstance(number, str) or np.isfinite(number):
            seen.add(number)
        if len(seen) >= ENOUGH_FOR_TWO:
            break
    return len(seen)


def is_typed_with_care(values: list) -> bool:
    """Return whether one number alone has digits enough to come from a calculation: 0.0091."""
    numbers = [number for value in values for number in numbers_in(value)]
    return len(numbers) == 1 and _has_digits(numbers[0])


def _has_digits(number) -> bool:
    if isinstance(number, str | complex) or not np.isfinite(number):
        return False
    return float(f"{number:.0e}") != number


def tells(values: list) -> bool:
    """Return whether it takes a calculation to come upon these numbers: no zeros, no ones."""
    numbers = [number for value in values for number in numbers_in(value)]
    return variety(values) >= ENOUGH_FOR_TWO or any(map(_has_digits, numbers))


def one_constant(values: list) -> float | None:
    """Return the number that several values consist of, nan included; None if they differ."""
    listed = [list(numbers_in(value)) for value in values]
    every = [number for each in listed for number in each]
    numbers = [number for number in every if not isinstance(number, str | complex)]
    if len(values) < 2 or not all(listed) or len(numbers) < len(every):
        return None
    first = float(numbers[0])
    return first if all(n == first or n != n and first != first for n in numbers) else None


def constant_factor(mine: list, right: list) -> float | None:
    """Return the factor by which all numbers are off, zeros being right; None where there is none.

    One number alone shows no factor, nor do equal numbers.
    """
    pairs = [(as_numbers(a), as_numbers(b)) for a, b in zip(mine, right, strict=True)]
    fitting = [(a, b) for a, b in pairs if a is not None and b is not None and a.shape == b.shape]
    if len(fitting) < len(pairs):
        return None
    a = np.concatenate([np.ravel(each).astype(complex) for each, _ in fitting])
    b = np.concatenate([np.ravel(each).astype(complex) for _, each in fitting])
    there = b != 0
    if np.any(a[~there]) or len(np.unique(b[there])) < ENOUGH_FOR_ONE:
        return None
    with np.errstate(all="ignore"):
        ratios = a[there] / b[there]
    factor = ratios[0]
    if not np.all(np.isfinite(ratios)) or factor.imag or not factor or abs(factor - 1) < NEAR_1:
        return None
    return float(factor.real) if np.allclose(ratios, factor, rtol=FACTOR_RTOL, atol=0) else None


def pairs_of_effects(columns: dict, right: list, mine: list) -> Iterator[tuple[str, str, list]]:
    """Yield (name, name, values) for two mistakes whose effects together may give `mine`.

    columns: the values that each mistake gives, case by case. Two factors are multiplied. Two
    differences are put together where they never touch the same entry: else the second one might
    be any amount of the first.
    """
    right, mine = ([as_numbers(value) for value in each] for each in (right, mine))
    if not _all_like(mine, right):
        return
    arrays: dict[str, list] = {
        name: [as_numbers(value) for value in values] for name, values in columns.items()
    }
    fitting = {name: values for name, values in arrays.items() if _all_like(values, right)}
    for one, two in _pairs_that_may(fitting, right, mine):
        cases: list = list(zip(fitting[one], fitting[two], right, strict=True))
        yield one, two, [_product(*case) for case in cases]
        if not any(np.any((a != r) & (b != r)) for a, b, r in cases):
            yield one, two, [a + b - r for a, b, r in cases]


def _pairs_that_may(fitting: dict, right: list, mine: list) -> Iterator[tuple[str, str]]:
    """Yield the pairs that give `mine` in its largest case: all of them are tried there at once."""
    largest = max(range(len(mine)), key=lambda index: mine[index].size)
    names, wanted, r = list(fitting), np.ravel(mine[largest]), np.ravel(right[largest])
    if len(names) < 2:
        return
    values = np.stack([np.ravel(fitting[name][largest]) for name in names])
    a, b = values[:, None], values[None]
    for together in (_product(a, b, r), a + b - r):
        off = np.abs(together - wanted).max(axis=-1, initial=0.0)
        for i, j in zip(
            *np.nonzero(off <= FACTOR_RTOL * np.abs(wanted).max(initial=0.0)), strict=True
        ):
            if i < j:
                yield names[i], names[j]


def _all_like(values: list, right: list) -> bool:
    return all(
        a is not None and b is not None and a.shape == b.shape and a.dtype.kind in "iuf"
        for a, b in zip(values, right, strict=True)
    )


def _product(a: np.ndarray, b: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return `right` times both factors; where it is 0, the sum of both differences."""
    there = right != 0
    return np.where(there, a * b / np.where(there, right, 1.0), a + b)


def together(why: str, more: str) -> str:
    """Return two explanations as one; neither may say that something is right after all."""
    return " ".join([*_without_praise(why), *_without_praise(more)])


def _without_praise(why: str) -> list[str]:
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z\"(])", why)
    return [each for each in sentences if not re.search(r"\b(is|are|was|were) right\b", each)]
