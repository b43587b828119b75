"""How a class did in a lesson: graded cells, learners, and what each learner did in each cell."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lessonlib.grading.record import STATES

NOT_GRADED, NOT_HANDED_IN = "not graded yet", "not handed in"
# From the record's states, best first; the last two are learners without a record.
ALL_STATES = (*STATES, NOT_GRADED, NOT_HANDED_IN)
WITHOUT_NOTEBOOK = frozenset(
    {"unreadable", "refused", "missing", "failed", NOT_GRADED, NOT_HANDED_IN}
)


class Outcome(StrEnum):
    """How a learner did in a graded cell, in words for people."""

    RIGHT = "right"
    PART = "in part"
    WRONG = "wrong"
    BLANK = "not attempted"
    WAITING = "waiting for points"

    @property
    def css(self) -> str:
        """The outcome as a class in the page."""
        return self.name.lower()


@dataclass(frozen=True)
class Cell:
    """A graded cell.

    exercise:  the id of the exercise that it checks; the cell's own where it is another test.
    label:     a short name for pictures.
    by_person: whether a person grades it: an answer in words, or a task.
    """

    notebook: str
    name: str
    exercise: str
    label: str
    max_points: float
    by_person: bool = False


@dataclass(frozen=True)
class Entry:
    """What a learner did in a cell.

    points:   None where none are given yet.
    outcome:  None where there was nothing to grade.
    mistakes: those that were recognised, by name.
    message:  what the learner was told; "" where nothing is known.
    stale:    whether a person gave the points, and the submission was graded again since.
    """

    points: float | None = None
    outcome: Outcome | None = None
    mistakes: tuple[str, ...] = ()
    message: str = ""
    stale: bool = False


@dataclass(frozen=True)
class Link:
    """Where more of a learner's is to be seen, and what that is."""

    words: str
    address: str


@dataclass(frozen=True)
class Learner:
    """A learner.

    points:  all points, a penalty for lateness taken off; None where nothing is graded yet.
    notes:   what a person may want to know, in sentences.
    entries: one for each cell of the lesson, in its order.
    links:   to the submission, the feedback page and Formgrader, as far as there are any.
    when:    when it was handed in, in UTC; None where that is not known.
    """

    name: str
    state: str
    points: float | None
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    when: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether anything of this learner's was there to grade."""
        return any(entry.outcome is not None for entry in self.entries)


@dataclass(frozen=True)
class ClassResults:
    """A class in a lesson; learners in the order of their names."""

    lesson: str
    cells: tuple[Cell, ...]
    learners: tuple[Learner, ...]

    @property
    def max_points(self) -> float:
        """The most that a learner can get."""
        return sum(cell.max_points for cell in self.cells)

    @property
    def scored(self) -> list[tuple[int, Cell]]:
        """The cells that give points, each with its place."""
        return [(place, cell) for place, cell in enumerate(self.cells) if cell.max_points > 0]

    @property
    def counted(self) -> list[Learner]:
        """The learners of whom anything was there to grade."""
        return [learner for learner in self.learners if learner.counts]
