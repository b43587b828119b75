"""What can be said of a wrong value without knowing the exercise.

`PATTERNS` are mistakes that can happen to any array: a factor, a sign, a transposition. `observe`
speaks where no pattern and no mistake of the exercise gives the same values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers, describe
from lessonlib.checks.evidence import constant_factor
from lessonlib.checks.exercise import Case
from lessonlib.checks.plain import Opaque

SIZE_WORDS = {
    "m": "the number of samples",
    "n": "the number of units",
    "n_x": "the number of inputs",
    "n_in": "the number of inputs",
    "n_h": "the number of hidden units",
    "n_y": "the number of outputs",
    "n_out": "the number of outputs",
}


@dataclass(frozen=True)
class Pattern:
    """A way to spoil any right array, with its name and an explanation."""

    name: str
    why: str
    spoil: Callable[[np.ndarray, Case], np.ndarray]


def _times_size(symbol: str) -> Pattern:
    words = SIZE_WORDS.get(symbol, f"the size {symbol}")
    return Pattern(
        f"{symbol} times too large",
        f"Every number is {symbol} times what it should be, and {symbol} is {words}. "
        "A mean became a sum, or a division is missing. Look at where the contract takes the mean.",
        lambda right, case: right * case.sizes[symbol],
    )


def _over_size(symbol: str) -> Pattern:
    words = SIZE_WORDS.get(symbol, f"the size {symbol}")
    return Pattern(
        f"{symbol} times too small",
        f"Every number is {symbol} times too small, and {symbol} is {words}. "
        "A sum became a mean, or the division was done twice. Look at where you divide.",
        lambda right, case: right / case.sizes[symbol],
    )


def _factor(factor: float, name: str, why: str) -> Pattern:
    return Pattern(name, why, lambda right, case: right * factor)


def _rounded(digits: int) -> Pattern:
    return Pattern(
        "rounded",
        "The numbers are right up to a few digits: something is rounded on the way. "
        "Round only what you print, never what you go on calculating with.",
        lambda right, case: np.round(right, digits),
    )


_FIXED = (
    _factor(
        -1.0,
        "sign flipped",
        "The size is right and the sign is not. Look for a missing or "
        "an extra minus, or a difference taken the wrong way round.",
    ),
    _factor(
        2.0,
        "twice too large",
        "Every number is twice what it should be. Look for a factor "
        "of 2 that the contract does not have, or a term that is added twice.",
    ),
    _factor(
        0.5,
        "half of the right value",
        "Every number is half of what it should be. Look for "
        "a division by 2 that the contract does not have.",
    ),
    _factor(
        1 / np.log(10),
        "log10 for the natural logarithm",
        "Every number is 0.434 times what "
        "it should be: that is what log10 gives. The formula has the natural logarithm.",
    ),
    Pattern(
        "transposed",
        "Rows and columns are exchanged. Write down the shape of each factor "
        "and see which order and which transposition gives the shape of the contract.",
        lambda right, case: right.T,
    ),
    Pattern(
        "summed over everything",
        "One number came out, the sum of all those that are asked "
        "for. A sum or a mean without an axis runs over the whole array. Compare the shape "
        "with the one in the contract.",
        lambda right, case: np.sum(right),
    ),
    Pattern(
        "a dimension lost",
        "The numbers are right, but they come as a flat array. The "
        "contract asks for two dimensions here: keep the one that was summed or indexed away.",
        lambda right, case: right.ravel(),
    ),
    Pattern(
        "a column for a flat array",
        "The numbers are right, but each stands in a row of its "
        "own. The contract asks for a flat array here.",
        lambda right, case: right.reshape(-1, 1),
    ),
    Pattern(
        "complex numbers",
        "The numbers are right, but they are complex, and the contract asks "
        "for real ones. Take the part that you need, with .real or .imag.",
        lambda right, case: right.astype(complex),
    ),
    Pattern(
        "cut to whole numbers",
        "The numbers have lost their decimals. An array of integers "
        "can hold integers only: start from floats.",
        lambda right, case: np.trunc(right),
    ),
    *map(_rounded, range(5)),
)


def patterns(cases: list[Case]) -> Iterator[Pattern]:
    """Yield the patterns that these cases can show: with their sizes first, then the fixed ones."""
    symbols = [symbol for symbol in cases[0].sizes if all(symbol in c.sizes for c in cases)]
    for symbol in symbols:
        yield _times_size(symbol)
        yield _over_size(symbol)
    yield from _FIXED


def peculiarities(case: Case) -> set[str]:
    """Return what is special about a case: its tags, and which of its sizes are 1, or all equal."""
    ones = {_ONE.get(symbol, f"{symbol} = 1") for symbol, size in case.sizes.items() if size == 1}
    sizes = list(case.sizes.values())
    equal = {"equal sizes"} if len(sizes) > 1 and len(set(sizes)) == 1 and sizes[0] > 1 else set()
    return {*case.tags, *ones, *equal}


_ONE = {
    "m": "one sample",
    "n": "one unit",
    "n_x": "one input",
    "n_in": "one input",
    "n_h": "one hidden unit",
    "n_y": "one output",
    "n_out": "one output",
}


def is_of_sizes(peculiarity: str) -> bool:
    """Return whether it is the sizes that make a case a special one: "one sample"."""
    return peculiarity == "equal sizes" or peculiarity.startswith("one ")


def observe(mine, right, rtol: float) -> str:
    """Return what can be seen in one wrong value, in one or two sentences."""
    numbers, wanted = as_numbers(mine), as_numbers(right)
    if wanted is None:
        return _about_the_form(mine, right)
    if numbers is None:
        return _about_the_kind(mine, wanted)
    if numbers.shape != wanted.shape:
        listed = isinstance(right, list | tuple) and not isinstance(mine, np.ndarray)
        return _about_the_form(mine, right) if listed else _about_the_shape(numbers, wanted)
    if not np.all(np.isfinite(numbers)):
        return _about_nan(numbers)
    return _about_the_numbers(numbers, wanted, rtol)


def _about_the_form(mine, right) -> str:
    if isinstance(mine, Opaque) and mine.kind == "ellipsis":
        return "It is still `...`: put your answer in its place."
    if isinstance(right, list | tuple) and isinstance(mine, list | tuple):
        if len(mine) != len(right):
            return f"It has {len(mine)} items; the contract asks for {len(right)}."
        wrong = [i for i, (a, b) in enumerate(zip(mine, right, strict=True)) if not agree(a, b, 0)]
        return f"Item {wrong[0]} (counted from 0) is the first that is wrong." if wrong else ""
    if isinstance(right, dict) and isinstance(mine, dict):
        wrong = [key for key in right if key not in mine or not agree(mine[key], right[key], 0)]
        return f"Look at {', '.join(repr(key) for key in wrong)}."
    if isinstance(right, set) and isinstance(mine, set | list | tuple):
        return "Some names are missing, or some are there that do not belong."
    if type(mine) is type(right):
        return ""
    return f"It is {describe(mine)}; the contract asks for {describe(right)}."


def _about_the_kind(mine, wanted: np.ndarray) -> str:
    asked = "one number" if wanted.shape == () else f"an array of shape {wanted.shape}"
    if mine is None:
        return f"It is None; the contract asks for {asked}. Does each branch end in a `return`?"
    if isinstance(mine, Opaque) and mine.kind == "ellipsis":
        return "It is still `...`: put your answer in its place."
    if isinstance(mine, Opaque) and mine.kind == "huge":
        return f"It is {mine.text}; the contract asks for {asked}."
    if isinstance(mine, Opaque) and ("method" in mine.kind or "function" in mine.kind):
        return "It is a function, not its result: a pair of parentheses is missing after it."
    return f"It is {describe(mine)}; the contract asks for {asked}."


def _about_the_shape(mine: np.ndarray, wanted: np.ndarray) -> str:
    text = f"Its shape is {mine.shape}; the contract asks for {wanted.shape}."
    if mine.shape == wanted.shape[::-1]:
        return f"{text} Rows and columns look exchanged: check the order of the factors."
    if mine.shape == (wanted.size, wanted.size) and 1 in wanted.shape:
        return f"{text} Two shapes such as (n, 1) and (n,) were perhaps broadcast to a table."
    if wanted.ndim == 2 and mine.shape[:1] == wanted.shape[:1] and 1 in wanted.shape:
        return f"{text} It should have been summed along the other axis."
    if mine.size == wanted.size:
        return f"{text} The count of numbers is right, their arrangement is not."
    return text


def _about_nan(mine: np.ndarray) -> str:
    bad = ~np.isfinite(mine)
    word = "nan" if np.isnan(mine[bad]).any() else "inf"
    where = f"{bad.sum()} of {bad.size} entries are" if mine.ndim else "It is"
    return (
        f"{where} {word}. That comes from 0/0, the logarithm of 0, or exp of a large number. "
        "Print what goes into that step."
    )


def _about_the_numbers(mine: np.ndarray, wanted: np.ndarray, rtol: float) -> str:
    if mine.dtype.kind == "c" and wanted.dtype.kind != "c":
        return "The numbers are complex, and the contract asks for real ones."
    difference = np.abs(mine.astype(complex) - wanted)
    ratio = constant_factor([mine], [wanted])
    if ratio is not None:
        return f"Here every number is {ratio:.4g} times what it should be: look for a factor."
    close = difference <= max(rtol, 1e-9) * np.max(np.abs(wanted), initial=1e-3)
    if close.any() and not close.all():
        return _about_some_entries(~close)
    if np.linalg.norm(np.ravel(difference)) < 1e-4 * np.linalg.norm(np.ravel(wanted)):
        return "The first digits are right: something is rounded, or done in float32."
    if not np.any(mine):
        return "It is 0 throughout, and no entry should be."
    if not mine.ndim:
        return "Work it out by hand, and compare step by step."
    return "No entry is right. Work the first one out by hand and compare step by step."


def _about_some_entries(wrong: np.ndarray) -> str:
    if wrong.ndim == 2 and wrong.shape[1] > 1 and wrong.any(0).sum() == 1 and wrong.size > 2:
        return f"Only column {int(wrong.any(0).argmax())} (counted from 0) is wrong."
    if wrong.ndim == 2 and wrong.shape[0] > 1 and wrong.any(1).sum() == 1 and wrong.size > 2:
        return f"Only row {int(wrong.any(1).argmax())} (counted from 0) is wrong."
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = first[0] if len(first) == 1 else first
    if wrong.sum() == 1:
        return f"1 of {wrong.size} entries is wrong, at index {place}."
    return f"{wrong.sum()} of {wrong.size} entries are wrong; the first is at index {place}."
