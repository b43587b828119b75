"""What `unpack` functions share: numbers, a letter, a place in a figure, a set of names.

And what can be said of drawn numbers, which no two right answers have in common.
"""

from collections.abc import Callable, Iterable

import numpy as np

from lessonlib.checks import Case, Malformed
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.evidence import UNTOLD
from lessonlib.checks.exercise import by_position
from lessonlib.checks.observing import describe
from lessonlib.checks.wording import listing
from lessonlib.exercises import gives
from lessonlib.lessons.drawing import in_words


def single_numbers(*names: str) -> Callable:
    """Return an `unpack` that takes a single number under each name."""

    def unpack(raw: dict, case: Case) -> dict:
        values = {name: as_numbers(raw[name]) for name in names}
        for name, value in values.items():
            if value is None or value.size != 1 or np.iscomplexobj(value):
                raise Malformed(f"{name} should be one number.")
            if np.isnan(value).any():
                raise Malformed(f"{name} is nan, which is no number.")
        return {name: float(value.ravel()[0]) for name, value in values.items()}

    return unpack


def numbers(count: int, *names: str) -> Callable:
    """Return an `unpack` that takes so many numbers under each name: a list, a row or a column."""

    def unpack(raw: dict, case: Case) -> dict:
        values = {name: as_numbers(raw[name]) for name in names}
        for name, value in values.items():
            if value is None or value.size != count:
                raise Malformed(f"{name} should hold {count} numbers, in the question's order.")
        return {name: value.ravel().astype(float) for name, value in values.items()}

    return unpack


def stretch(name: str, stretches: Iterable[tuple[float, str]]) -> Callable:
    """Return an `unpack` that says on which stretch of an axis a number lies: (its end, words)."""

    def unpack(raw: dict, case: Case) -> dict:
        value = single_numbers(name)(raw, case)[name]
        if not np.isfinite(value):
            raise Malformed(f"{name} should be a finite number.")
        words = (words for end, words in stretches if value <= end)
        return {name: next(words, "beyond the right edge of the figure")}

    return unpack


def one_letter(name: str, letters: str = "abcd") -> Callable:
    """Return an `unpack` that takes one letter: in either case, with or without a bracket."""

    def unpack(raw: dict, case: Case) -> dict:
        value = raw[name]
        given = value.strip(" .()").lower() if isinstance(value, str) else None
        for letter in letters:
            if given == letter.lower():
                return {name: letter}
        raise Malformed(
            f'{name} should be one letter in quotes, "{letters[0]}" to "{letters[-1]}".'
        )

    return unpack


def apart(about: str, **own: str) -> Callable:
    """Return an `unpack` that judges the case of that name by outputs of its own: usual=own."""

    @gives(*own, *own.values())
    def unpack(raw, case: Case) -> dict:
        values = by_position(raw, list(own)) if len(own) > 1 else dict.fromkeys(own, raw)
        here = {own[name] if case.about == about else name: values[name] for name in own}
        return dict.fromkeys([*own, *own.values()]) | here

    return unpack


def names_out_of(known: Iterable[str], name: str = "suspects") -> Callable:
    """Return an `unpack` that takes a set of the known names, in any collection and either case."""
    known = list(known)
    as_known = {each.lower(): each for each in known}

    def unpack(raw: dict, case: Case) -> dict:
        names = _collected(raw[name])
        if names is None:
            example = f'{{"{known[0]}", "{known[1]}"}}'
            raise Malformed(f"{name} should be a set of names in quotes, such as {example}.")
        names = {as_known.get(each.lower(), each) for each in names}
        strangers = sorted(names - set(known))
        if strangers:
            raise Malformed(
                f"There is no {listing(strangers)} here. The names are {listing(known)}."
            )
        return {name: names}

    return unpack


def pairs_of_arrays(raw, count: int, one: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a list of `count` pairs of arrays. Raises Malformed where `raw` is anything else."""
    asked = f"a list with one pair {one} for each layer, the layer next to the input first"
    if not isinstance(raw, list | tuple):
        raise Malformed(f"It should be {asked}. It is {describe(raw)}.")
    if len(raw) == 2 * count and all(as_numbers(item) is not None for item in raw):
        told = f"All arrays stand in one flat list. It should be {asked}."
        raise Malformed(told, "pairs in one flat list")
    if len(raw) != count:
        why = "Is a layer in it twice? A number times a list repeats the list."
        if len(raw) < count:
            why = "Does the loop reach every layer? A return inside it ends it in the first round."
        raise Malformed(
            f"The list has {in_words(item=len(raw))}, for a network with {in_words(layer=count)}. "
            f"It should be {asked}. {why}",
            "too few layers" if len(raw) < count else "too many layers",
        )
    return [_pair(item, place, one) for place, item in enumerate(raw)]


def _pair(item, place: int, one: str) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(item, list | tuple) and len(item) == 2:
        first, second = map(as_numbers, item)
        if first is not None and second is not None:
            return first, second
    has = ": " + ", ".join(map(describe, item)) if isinstance(item, list | tuple) else ""
    raise Malformed(
        f"Item {place} of the list (counted from 0) is {describe(item)}{has}. It should be a pair "
        f"{one} of two arrays."
    )


def use_of_rng(first: list, again: list, other: list) -> str:
    """Say what drawn arrays owe to an rng: `again` came from an equal one, `other` from another."""
    flat = [np.concatenate([np.zeros(0), *map(np.ravel, each)]) for each in (first, again, other)]
    together = np.concatenate(flat)
    if not together.size or not np.all(np.isfinite(together)) or np.ptp(together) == 0:
        return f"{UNTOLD} from these numbers"
    if not np.array_equal(*flat[:2]):
        return "an equal rng gave other numbers"
    return "another rng gave the same numbers" if np.array_equal(*flat[::2]) else "the rng decides"


def rows_of(part, whole: np.ndarray) -> list[int | None]:
    """Return which row of `whole` each row of `part` is; None for one that is not there."""
    places = {tuple(row): i for i, row in enumerate(whole.tolist())}
    return [places.get(tuple(np.ravel(row).tolist())) for row in part]


def _collected(value) -> set[str] | None:
    """Return the names in a set, a list, a text such as "A, B", or a dict of names to yes or no."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if isinstance(value, dict):
        value = [name for name, wrong in value.items() if wrong is True]  # {} is meant as a set
    if not isinstance(value, set | list | tuple | np.ndarray):
        return None
    return {str(name).strip() for name in value}
