"""Code with a planted bug: where finding the bug is the exercise, nobody is told its line.

A notebook that hands out such code calls it `planted_…`, a function or a class.
"""

from lessonlib.checks.asking import respond
from lessonlib.checks.comparing import agree
from lessonlib.checks.exercise import Case, Exercise

PREFIX = "planted"


def is_planted(exercise: Exercise, answer, names: dict, cases: list[Case]) -> bool:
    """Return whether an answer is code that its notebook hands out with a bug, or does the same.

    names: what the notebook has defined.
    """
    planted = [v for name, v in names.items() if name.lower().startswith(PREFIX) and callable(v)]
    if not planted:
        return False
    mine = _values(exercise, answer, cases)
    return any(each is answer or _same(mine, _values(exercise, each, cases)) for each in planted)


def _values(exercise: Exercise, answer, cases: list[Case]) -> list:
    responses = [respond(exercise, answer, case) for case in cases]
    return [None if each.problem else each.value for each in responses]


def _same(mine: list, theirs: list) -> bool:
    """Return whether two give the same values, and give any."""
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if b is not None]
    return bool(pairs) and all(agree(a, b, 1e-9, nan_too=True) for a, b in pairs)
