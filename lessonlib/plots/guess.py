"""A prediction that was written down, beside what came of it."""

import html
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Number

import numpy as np

from lessonlib.plots.picture import Picture, shown
from lessonlib.plots.stepper import Stepper

CLOSE = 1e-6  # relative: a guess that was computed agrees up to rounding
ASK = (
    "Here your guess comes first. Write it above in place of the three dots, run that cell, then"
    " this one. It earns no points, and a wrong one costs none."
)
ANYWAY = "To see the result without a guess, run this cell once more."
SAME = "They agree."
SURPRISE = "They differ. A surprise is worth a second look: what did you not expect?"

_asked: set[tuple[str, int, str]] = set()  # cells, with what they asked in vain, in this kernel


@dataclass(frozen=True, repr=False)
class Resolved:
    """What a cell shows: guess and result beside each other, or the wish for a guess."""

    lines: tuple[tuple[str, str], ...]  # (heading, value): none while a guess is wished for
    remark: str
    figure: Picture | Stepper | None = None

    def __repr__(self):
        lines = [f"{name}: {value}" for name, value in self.lines]
        return "\n".join([*lines, self.remark, *([repr(self.figure)] if self.figure else [])])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": repr(self)}

    def html(self) -> str:
        """A table with a column for each, the remark, and the figure."""
        names = "".join(f'<th scope="col">{html.escape(name)}</th>' for name, _ in self.lines)
        values = "".join(f"<td><pre>{html.escape(value)}</pre></td>" for _, value in self.lines)
        table = f"<table><tr>{names}</tr><tr>{values}</tr></table>" if self.lines else ""
        return (
            f"{table}<p>{html.escape(self.remark)}</p>{self.figure.html() if self.figure else ''}"
        )


def resolve(
    guess, result, figure: Picture | Stepper | None = None, choices: Sequence[str] = ()
) -> Resolved:
    """Show a guess beside the result: numbers, words, arrays, yes and no.

    guess: what the learner wrote. While it is still `...`, or none of the choices, nothing of the
    result is shown but when the cell is run again. figure: what shows the result, and waits with
    it. choices: the words of which the guess is to be one, where there are only so many.
    """
    wish = _wish(guess, choices)
    caller = sys._getframe(1)  # IPython names a cell's code by its text
    if wish and _is_first((caller.f_code.co_filename, caller.f_lineno, wish)):
        return Resolved((), f"{wish} {ANYWAY}")
    if wish:
        return Resolved((("What happens", _text(result)),), "Guess the next one.", figure)
    lines = (("Your guess", _text(guess)), ("What happens", _text(result)))
    return Resolved(lines, _remark(guess, result), figure)


def _wish(guess, choices: Sequence[str]) -> str:
    """What is still to be asked for; "" for a guess that there is something to say about."""
    if guess is ... or guess is None or (isinstance(guess, str) and not guess.strip()):
        return ASK + (f" Choose one of these: {', '.join(choices)}." if choices else "")
    if choices and _word(guess) not in map(_word, choices):
        return f"Your guess is {_text(guess)}. Choose one of these: {', '.join(choices)}."
    return ""


def _is_first(asked: tuple[str, int, str]) -> bool:
    """Whether a cell asks for this for the first time."""
    first = asked not in _asked
    _asked.add(asked)
    return first


def _word(value) -> str:
    return " ".join(str(value).split()).casefold()


def _text(value) -> str:
    if isinstance(value, Number) and not isinstance(value, bool | complex):
        return shown(value)
    if isinstance(value, np.ndarray | list | tuple) and _numbers(value) is not None:
        return _listed(_numbers(value))
    return str(value)[:400]


def _listed(numbers: np.ndarray) -> str:
    """The numbers of an array, whole ones without a point."""
    with np.errstate(invalid="ignore"):
        whole = numbers.astype(int)
    shown = whole if np.array_equal(whole, numbers) else numbers
    return np.array2string(shown, precision=4, suppress_small=True, threshold=40, separator=", ")


def _numbers(value) -> np.ndarray | None:
    """The value as numbers; None where it is something else. "0.5" is a number too."""
    try:
        return None if isinstance(value, bool) else np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def _remark(guess, result) -> str:
    guessed, found = _numbers(guess), _numbers(result)
    if guessed is None or found is None:
        return SAME if _word(guess) == _word(result) else SURPRISE
    if guessed.shape != found.shape:
        return f"The shapes differ: {guessed.shape} and {found.shape}."
    agree = np.isclose(guessed, found, rtol=CLOSE, atol=1e-12, equal_nan=True)
    if agree.all():
        return SAME
    if found.ndim == 0:
        return f"They are {shown(abs(guessed - found))} apart."
    return f"{agree.sum()} of {agree.size} numbers agree."
