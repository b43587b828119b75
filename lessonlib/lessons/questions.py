"""Questions answered by a letter or by a set of names, and answers that set values."""

from collections.abc import Callable, Iterable

import numpy as np

from lessonlib.checks import Case, Malformed
from lessonlib.checks.wording import listing


def set_to(**values) -> Callable[[], dict]:
    """Return an answer, right or wrong, that sets these values."""
    return lambda: values


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


def _collected(value) -> set[str] | None:
    """Return the names in a set, a list, a text such as "A, B", or a dict of names to yes or no."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if isinstance(value, dict):
        value = [name for name, wrong in value.items() if wrong is True]  # {} is meant as a set
    if not isinstance(value, set | list | tuple | np.ndarray):
        return None
    return {str(name).strip() for name in value}
