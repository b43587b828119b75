"""How far a learner is in a lesson: what the checks of this kernel have said so far."""

from lessonlib.checks import Verdict
from lessonlib.checks.wording import points_of
from lessonlib.lessons import lesson_of

_LAST: dict[str, Verdict] = {}


def note(verdict: Verdict) -> None:
    """Remember what a check said last."""
    _LAST[verdict.exercise] = verdict


def points() -> dict[str, float]:
    """Return the points of all exercises that this kernel has checked."""
    return {name: verdict.points for name, verdict in _LAST.items()}


def so_far(verdict: Verdict) -> str:
    """Return the points of the exercise's lesson so far, and which check comes next."""
    here = lesson_of(verdict.exercise)
    known = [_LAST[each.id] for each in here.exercises if each.id in _LAST]
    points = points_of(sum(v.points for v in known), sum(each.points for each in here.exercises))
    return f"Lesson {here.number}: {points} so far. {_next(here, verdict.exercise)}"


def _next(here, exercise_id: str) -> str:
    """Return the next exercise that is not right yet, those above it last."""
    ids = [each.id for each in here.exercises]
    after = ids.index(exercise_id) + 1
    for each in [*ids[after:], *ids[:after]]:
        if each not in _LAST or not _LAST[each].passed:
            return f"Next: {each}."
    return "All its checks are right."
