"""Counts how a class did: points, exercises, mistakes, and what is left to a person."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lessonlib.checks.forms import NOTHING_RETURNED
from lessonlib.checks.wording import number
from lessonlib.grading.report.results import (
    ALL_STATES,
    NOT_HANDED_IN,
    Cell,
    ClassResults,
    Entry,
    Learner,
    Outcome,
)

MOST_BINS = 20
WIDTHS = (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100)
GIST = 110  # characters of a message that stand for it


# --- points --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bin:
    """How many learners have at least `low` and less than `high` points; the last takes `high`.

    share: how many that is, in percent of the fullest bin.
    """

    low: float
    high: float
    count: int
    share: float
    last: bool = False

    @property
    def words(self) -> str:
        """The bin as a table calls it."""
        if self.last:
            return f"{number(self.low)} to {number(self.high)}"
        return f"{number(self.low)} to less than {number(self.high)}"


@dataclass(frozen=True)
class Spread:
    """How the points are distributed. deviation: the standard deviation, 0 for one learner."""

    bins: tuple[Bin, ...]
    median: float
    mean: float
    deviation: float


def spread(results: ClassResults) -> Spread:
    """Return the distribution of points among the learners who count; there is at least one."""
    points = [learner.points or 0.0 for learner in results.counted]
    top = max(results.max_points, *points)  # extra credit goes beyond the maximum
    width = next((w for w in WIDTHS if top <= w * MOST_BINS), top / MOST_BINS)
    count = max(1, -int(-top // width))
    edges = [*(width * i for i in range(count)), max(top, width)]
    places = Counter(min(int(each / width), count - 1) for each in points)
    fullest = max(places.values())
    bins = tuple(
        Bin(edges[i], edges[i + 1], places[i], 100 * places[i] / fullest, i == count - 1)
        for i in range(count)
    )
    middle = statistics.median(points), statistics.fmean(points), statistics.pstdev(points)
    return Spread(bins, *middle)


# --- exercises -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Success:
    """How many learners did how in a cell. `of`: all of them."""

    cell: Cell
    counts: dict[Outcome, int]
    of: int

    @property
    def percent(self) -> int | None:
        """The share that is right; None while answers wait for points."""
        if not self.of or self.counts[Outcome.WAITING]:
            return None
        return round(100 * self.counts[Outcome.RIGHT] / self.of)


def success(results: ClassResults) -> list[Success]:
    """Return how the class did in each cell that gives points, in the lesson's order."""
    rows = []
    for place, cell in results.scored:
        found = Counter(learner.entries[place].outcome for learner in results.learners)
        counts = {outcome: found[outcome] for outcome in Outcome}
        rows.append(Success(cell, counts, sum(counts.values())))
    return rows


def by_points(results: ClassResults) -> list[Learner]:
    """Return the learners who count, those with the fewest points first."""
    return sorted(results.counted, key=lambda learner: (learner.points or 0.0, learner.name))


# --- mistakes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """A mistake, and who made it.

    cells:   where it was made: in one, but for mistakes that are the same everywhere.
    title:   the mistake's name, or what the message says in short.
    example: what one of them, `told`, was told.
    """

    cells: tuple[Cell, ...]
    title: str
    who: tuple[str, ...]
    told: str
    example: str

    @property
    def count(self) -> int:
        """How many made it."""
        return len(self.who)


Made = list[tuple[Learner, Entry, Cell]]
EVERYWHERE = {NOTHING_RETURNED}  # says nothing of the exercise that it was made in


def mistakes(results: ClassResults) -> list[Slip]:
    """Return the mistakes that were recognised, the most frequent first."""
    return _slips(results, lambda entry: entry.mistakes)


def others(results: ClassResults) -> list[Slip]:
    """Return the wrong answers in which no mistake was recognised, the most frequent first.

    Those with messages that say the same but for the numbers stand together.
    """
    return _slips(results, _unknown, lambda entry: gist(entry.message))


def _unknown(entry: Entry) -> tuple[str, ...]:
    if entry.outcome not in (Outcome.WRONG, Outcome.PART) or entry.mistakes or not entry.message:
        return ()
    return (re.sub(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", "0", gist(entry.message)),)


def _slips(
    results: ClassResults,
    kinds: Callable[[Entry], Iterable[str]],
    title: Callable[[Entry], str] | None = None,
) -> list[Slip]:
    made: dict[tuple[int, str], Made] = {}
    for learner in results.learners:
        for place, (cell, entry) in enumerate(zip(results.cells, learner.entries, strict=True)):
            for kind in dict.fromkeys(kinds(entry)):
                where = -1 if kind in EVERYWHERE else place
                made.setdefault((where, kind), []).append((learner, entry, cell))
    order = sorted(made.items(), key=lambda each: (-len(_who(each[1])), *each[0]))
    return [_slip(kind, found, title) for (_, kind), found in order]


def _slip(kind: str, made: Made, title: Callable[[Entry], str] | None) -> Slip:
    learner, entry, _ = min(made, key=_clearness)
    cells = tuple(dict.fromkeys(cell for _, _, cell in made))
    named = title(entry) if title else kind
    return Slip(cells, named, _who(made), learner.name, entry.message)


def _who(made: Made) -> tuple[str, ...]:
    return tuple(dict.fromkeys(learner.name for learner, _, _ in made))


def _clearness(one: tuple[Learner, Entry, Cell]) -> tuple:
    """Order examples: a message about nothing else first, then a short one."""
    learner, entry, _ = one
    return len(entry.mistakes), len(entry.message), learner.name


_HEADING = re.compile(r"^✗ \S+: not right yet, \S+ of \S+ points?\.( Right: .*?\.(?= ))? ?")
_CASE = re.compile(r"(stopped with an error) for .*?(?=: )")
_DETAILS = re.compile(
    r"(?<=wrong) for .*|(?<=ran in) for .*|(?<=seconds) for .*|(?<=not written yet):.*"
    r"|:? (yours|in your line:|Inputs like these:|It uses your) .*"
)


def gist(message: str) -> str:
    """Return what a message says in short: without its heading, the case and the values."""
    words = _CASE.sub(r"\1", _HEADING.sub("", " ".join(message.split())))
    words = _DETAILS.sub("", words)
    return words if len(words) <= GIST else f"{words[: GIST - 1].rstrip()}…"


# --- what is left to a person --------------------------------------------------------------------

STATE_WORDS = {
    "graded": "Everything ran.",
    "repaired": "Cells or files were not as they were handed out; put right and graded.",
    "timed out": "Something did not come to an end and was stopped; the rest is graded.",
    "killed": "Something ended the process that it ran in; the rest ran in a new one.",
    "unreadable": "There is no notebook in the file.",
    "refused": "The file was not opened: a link, a device, or too large.",
    "missing": "There is no file.",
    "failed": "The grader itself stumbled. This is not the learner's fault.",
    "not graded yet": "Handed in, and not graded.",
}


def look_at(results: ClassResults) -> list[Learner]:
    """Return those whose submission a person should look at, the worst states first."""
    handed_in = [each for each in results.learners if each.state != NOT_HANDED_IN]
    found = [each for each in handed_in if each.state != "graded" or each.notes]
    return sorted(found, key=lambda each: (-ALL_STATES.index(each.state), each.name))


def absent(results: ClassResults) -> list[str]:
    """Return the learners of the course who have not handed in."""
    return [each.name for each in results.learners if each.state == NOT_HANDED_IN]


@dataclass(frozen=True)
class Pending:
    """Whose answers in a cell wait for a person's points."""

    cell: Cell
    who: tuple[str, ...]


def waiting(results: ClassResults) -> list[Pending]:
    """Return, for each cell, whose answers have no points yet."""
    return _pending(results, lambda entry: entry.outcome is Outcome.WAITING)


def stale(results: ClassResults) -> list[Pending]:
    """Return, for each cell, whose points a person gave before the last grading."""
    return _pending(results, lambda entry: entry.stale)


def _pending(results: ClassResults, wanted: Callable[[Entry], bool]) -> list[Pending]:
    found = []
    for place, cell in enumerate(results.cells):
        who = tuple(each.name for each in results.learners if wanted(each.entries[place]))
        if who:
            found.append(Pending(cell, who))
    return found
