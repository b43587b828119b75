"""Python that makes the inputs of a case, ready to be pasted into a cell."""

from collections.abc import Iterator

import numpy as np

from lessonlib.checks.exercise import Case, Exercise

MOST_NUMBERS = 24
MOST_LINES = 12
WIDTH = 68
DIGITS = 8  # signs of a number that can still be read


class _TooLong(Exception):
    """A value that is better handed out than written down."""


def inputs(exercise: Exercise, case: Case, number: int) -> str:
    """Return statements that give each input its name: in full, or by a call of `case`."""
    names = exercise.input_names[: len(case.args)]
    return pasted(names, case.args) or called(exercise.id, names, number)


def called(exercise_id: str, names: tuple[str, ...], number: int) -> str:
    """Return the call of `case` that hands out the inputs of a case, as statements."""
    call = f'case("{exercise_id}"{f", {number}" if number else ""})'
    taken = f"{', '.join(names)} = {call}" if len(names) > 1 else f"{names[0]} = {call}.{names[0]}"
    taken = taken if len(taken) <= WIDTH else f"inputs = {call}"
    return f"from lessonlib import case\n{taken}"


def pasted(names: tuple[str, ...], args: tuple) -> str:
    """Return the inputs written out, or "" where they are too large to be read."""
    if sum(map(count, args)) > MOST_NUMBERS:
        return ""
    try:
        text = "\n".join(
            f"{name} = {written(arg, len(name) + 3)}"
            for name, arg in zip(names, args, strict=False)
        )
    except _TooLong:
        return ""
    lines = text.split("\n")
    return text if len(lines) <= MOST_LINES and max(map(len, lines)) <= WIDTH else ""


def count(value) -> int:
    """Return how many numbers, or other single values, an input consists of."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    return sum(map(count, value)) if isinstance(value, list | tuple) else 1


def written(value, column: int = 0) -> str:
    """Return the expression that makes a value; `column` is where it begins.

    Raises _TooLong for what cannot be written down, or with so many digits that nobody reads it.
    """
    if isinstance(value, np.ndarray):
        return _array(value, column)
    if isinstance(value, dict):
        items = [f"{key!r}: {written(item, column + 3 + len(repr(key)))}"
                 for key, item in value.items()]  # fmt: skip
        return _joined("{", items, "}", column)
    if isinstance(value, list | tuple):
        items = [written(item, column + 1) for item in value]
        opening, closing = "[]" if isinstance(value, list) else "()"
        closing = ",)" if isinstance(value, tuple) and len(value) == 1 else closing
        return _joined(opening, items, closing, column)
    return _scalar(value)


def _joined(opening: str, items: list[str], closing: str, column: int) -> str:
    """Return items on one line, or each on its own where that gets too long."""
    line = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in line and column + len(line) <= WIDTH:
        return line
    return opening + _below(items, column + 1) + closing


def _below(items: list[str], column: int) -> str:
    return (",\n" + " " * column).join(items)


def _scalar(value) -> str:
    text = repr(value.item() if isinstance(value, np.generic) else value)
    if not isinstance(value, _SCALARS) or text in ("nan", "inf", "-inf"):
        raise _TooLong
    if isinstance(value, float) and len(text.lstrip("-")) > DIGITS:
        raise _TooLong
    return text


_SCALARS = (bool, int, float, str, type(None), np.bool_, np.integer, np.floating)


def _array(array: np.ndarray, column: int) -> str:
    if array.dtype not in (float, int, bool) or not array.size:
        raise _TooLong
    numbers = [_scalar(number) for number in array.ravel()]
    signs = max(map(len, numbers)) if array.ndim > 1 else 0  # one below the other
    return f"np.array({_nested(array.shape, iter([n.rjust(signs) for n in numbers]), column + 9)})"


def _nested(shape: tuple[int, ...], numbers: Iterator[str], column: int) -> str:
    """Return numbers in brackets, row below row."""
    if not shape:
        return next(numbers)
    items = [_nested(shape[1:], numbers, column + 1) for _ in range(shape[0])]
    return f"[{', '.join(items) if len(shape) == 1 else _below(items, column + 1)}]"
