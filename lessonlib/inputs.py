"""`case`: the inputs that a check tries an answer on, for a cell of the learner's own."""

from collections import namedtuple

import numpy as np

from lessonlib.checks.pasting import pasted
from lessonlib.errors import UserError
from lessonlib.lessons import find


def case(exercise_id: str, n: int = 0, /) -> tuple:
    """Return the inputs of an exercise's n-th case: `dA, Z, W, X = case("relu.layer_backward")`.

    They are those of a notebook's check, new ones at each call: do with them what you like. Each is
    there by name, too: `case("relu.layer_backward").dA`. Where a check uses an answer several times
    the names are those of what it does that with.

    Raises UserError for an unknown id, for a case that there is not, and for an exercise that asks
    for values instead of a function.
    """
    exercise = find(exercise_id)
    cases = exercise.cases(np.random.default_rng(0))
    if exercise.returns == "named" or not cases[0].args:
        raise UserError(f"{exercise_id} asks for values, not for a function: it has no inputs.")
    if n not in range(len(cases)):
        raise UserError(f"{exercise_id} has {len(cases)} cases. Ask for 0 to {len(cases) - 1}.")
    chosen = cases[int(n)]
    kind = _kind(exercise_id, n, chosen.about, exercise.input_names[: len(chosen.args)])
    return kind(*chosen.args)


def _kind(exercise_id: str, n: int, about: str, names: tuple[str, ...]) -> type:
    """Return a tuple with these names that shows what is in it as a cell would make it."""

    def shown(self) -> str:
        title = f"# {exercise_id}, case {n}" + (f": {about}" if about else "")
        text = pasted(names, tuple(self)) or "\n".join(map(_in_short, names, self))
        return f"{title}\n{text}"

    base = namedtuple("Inputs", names, rename=True)
    return type("Inputs", (base,), {"__slots__": (), "__repr__": shown})


def _in_short(name: str, value) -> str:
    """Return an input as NumPy prints it, cut where it is large."""
    with np.printoptions(precision=4, threshold=40, linewidth=68, suppress=True):
        lines = repr(value).split("\n")
    indent = "\n" + " " * (len(name) + 3)
    return f"{name} = {indent.join(lines)}"
