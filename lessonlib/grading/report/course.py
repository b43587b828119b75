"""Counts how a class does over the lessons: who handed in what, when, what stays, who is quiet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lessonlib.grading.report.results import (
    NOT_GRADED,
    NOT_HANDED_IN,
    WITHOUT_NOTEBOOK,
    ClassResults,
    Learner,
    Outcome,
)

ENOUGH = 1e-9  # points are sums of shares
LATEST = 2  # lessons: who has handed in none of them has gone quiet

Lessons = list[ClassResults]


# --- learners by lessons -------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """How a learner did in a lesson. outcome: None where there is nothing to tell."""

    points: float | None
    outcome: Outcome | None
    state: str


@dataclass(frozen=True)
class Row:
    """A learner in all lessons. handed_in: how many of them."""

    name: str
    points: float
    handed_in: int
    marks: tuple[Mark, ...]


def rows(lessons: Lessons) -> list[Row]:
    """Return the learners of the course by name, with a mark for each lesson."""
    known = [{learner.name: learner for learner in lesson.learners} for lesson in lessons]
    names = sorted({name for learners in known for name in learners})
    return [_row(name, lessons, [learners.get(name) for learners in known]) for name in names]


def _row(name: str, lessons: Lessons, found: list[Learner | None]) -> Row:
    marks = tuple(
        _mark(each, lesson.max_points) for each, lesson in zip(found, lessons, strict=True)
    )
    points = sum(mark.points or 0.0 for mark in marks)
    return Row(name, points, sum(mark.state != NOT_HANDED_IN for mark in marks), marks)


def _mark(learner: Learner | None, most: float) -> Mark:
    if learner is None or learner.state == NOT_HANDED_IN:
        return Mark(None, Outcome.BLANK, NOT_HANDED_IN)
    if learner.state == NOT_GRADED:
        return Mark(None, None, NOT_GRADED)
    points = learner.points or 0.0
    if any(entry.outcome is Outcome.WAITING for entry in learner.entries):
        return Mark(points, Outcome.WAITING, learner.state)
    if points >= most - ENOUGH:
        return Mark(points, Outcome.RIGHT, learner.state)
    is_nothing = points <= 0 or learner.state in WITHOUT_NOTEBOOK
    return Mark(points, Outcome.WRONG if is_nothing else Outcome.PART, learner.state)


# --- what came in when ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """How many submissions of each lesson came in. monday: None where the time is not known."""

    monday: date | None
    counts: tuple[int, ...]


def weeks(lessons: Lessons) -> list[Week]:
    """Return what came in, week by week; weeks in which nothing did are among them."""
    found = [Counter(_mondays(lesson)) for lesson in lessons]
    known = sorted({monday for counts in found for monday in counts if monday})
    every = list(_every_week(known[0], known[-1])) if known else []
    unknown = [None] if any(counts[None] for counts in found) else []
    return [Week(monday, tuple(c[monday] for c in found)) for monday in [*every, *unknown]]


def _mondays(lesson: ClassResults) -> Iterable[date | None]:
    for learner in lesson.learners:
        if learner.when:
            yield learner.when.date() - timedelta(days=learner.when.weekday())
        elif learner.state != NOT_HANDED_IN:
            yield None


def _every_week(first: date, last: date) -> Iterable[date]:
    for number in range((last - first).days // 7 + 1):
        yield first + timedelta(weeks=number)


# --- mistakes that stay --------------------------------------------------------------------------


@dataclass(frozen=True)
class Lasting:
    """A mistake that was made in more than one lesson.

    counts: how many learners made it, by lesson.
    again:  who made it in more than one.
    """

    mistake: str
    counts: tuple[int, ...]
    again: tuple[str, ...]


def lasting(lessons: Lessons) -> list[Lasting]:
    """Return the mistakes of more than one lesson, those first that most learners repeat."""
    made = [_made(lesson) for lesson in lessons]
    names = {name for lesson in made for name in lesson}
    found = [_lasting(name, [lesson.get(name, set()) for lesson in made]) for name in names]
    several = [each for each in found if sum(map(bool, each.counts)) > 1]
    return sorted(several, key=lambda e: (-len(e.again), -sum(e.counts), e.mistake))


def _made(lesson: ClassResults) -> dict[str, set[str]]:
    """Return who made each mistake."""
    made: dict[str, set[str]] = {}
    for learner in lesson.learners:
        for mistake in (name for entry in learner.entries for name in entry.mistakes):
            made.setdefault(mistake, set()).add(learner.name)
    return made


def _lasting(mistake: str, who: list[set[str]]) -> Lasting:
    times = Counter(name for learners in who for name in learners)
    again = tuple(sorted(name for name, count in times.items() if count > 1))
    return Lasting(mistake, tuple(map(len, who)), again)


# --- who has gone quiet --------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiet:
    """A learner who handed in earlier and has stopped. last: the last lesson; when: the day."""

    name: str
    last: str
    when: date | None


def quiet(lessons: Lessons) -> tuple[list[str], list[Quiet]]:
    """Return the latest lessons that most have handed in, and who of the others had begun.

    A lesson that fewer than half of the class have handed in is not due: it says nothing yet.
    """
    handed_in = [_handed_in(lesson) for lesson in lessons]
    due = [
        place for place, who in enumerate(handed_in) if 2 * len(who) >= len(lessons[place].learners)
    ]
    latest = due[max(1, len(due) - LATEST) :]
    active = {name for place in latest for name in handed_in[place]}
    active |= {name for who in handed_in[max(latest) :] for name in who} if latest else set()
    begun = {name for place in due for name in handed_in[place]} if latest else set()
    gone = [_quiet(name, lessons, handed_in) for name in sorted(begun - active)]
    return [lessons[place].lesson for place in latest], gone


def _handed_in(lesson: ClassResults) -> dict[str, Learner]:
    return {each.name: each for each in lesson.learners if each.state != NOT_HANDED_IN}


def _quiet(name: str, lessons: Lessons, handed_in: list[dict[str, Learner]]) -> Quiet:
    last = max(place for place, who in enumerate(handed_in) if name in who)
    when = handed_in[last][name].when
    return Quiet(name, lessons[last].lesson, when.date() if when else None)
