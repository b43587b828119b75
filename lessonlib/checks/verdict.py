"""A verdict: what a check says."""

from dataclasses import dataclass, field
from typing import Any


class Words(str):
    """What an `unpack` says of an answer, a shape for instance: shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class OutputResult:
    """How one output of an answer did.

    mistake: the name of the mistake that gives the same values, if one does.
    reason:  the likely reason and where to look, in words.
    number:  which of the cases it is shown on; `case` says it in words.
    """

    name: str
    right: bool
    mistake: str | None = None
    reason: str = ""
    mine: Any = None
    expected: Any = None
    case: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Location:
    """A line of the learner's own code, and what is said of it.

    line:     its number in the cell, as JupyterLab counts: the first line is 1.
    code:     its text, without the indentation.
    function: the function that it stands in.
    about:    in plain words: what is right up to there and what is not, or what of it to look at.
    """

    line: int
    code: str
    function: str
    about: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the judge says of an answer; `message` puts it into words, part by part.

    head:    the exercise, the points, what is right.
    mistake: the first mistake that was recognised, by name.
    inputs:  Python that makes the inputs of the smallest failing case, ready to be pasted.
    number:  which of the exercise's cases that is, or was made of: `lessonlib.case(exercise,
             number)` returns it.
    step:    the learner's line at which the first value comes out other than the reference's.
    edit:    the learner's line in which one small change makes every case right.
    advice:  what could be better; it costs no points.
    printed: what the answer itself printed while it worked on the first case.
    wrong:   which output of what is wrong, mine beside expected; or why there is none.
    why:     the likely reason and where to look.
    notes:   what else there is to say.
    doubt:   why the check may have judged another version than the one that can be read.
    """

    exercise: str
    passed: bool
    points: float
    max_points: float
    head: str
    mistake: str | None = None
    outputs: tuple[OutputResult, ...] = field(default=(), repr=False)
    advice: tuple[str, ...] = ()
    printed: str = ""
    inputs: str = ""
    number: int | None = None
    step: Location | None = None
    edit: Location | None = None
    wrong: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def message(self) -> str:
        """The verdict in words, in lines that fit a notebook."""
        from lessonlib.checks.wording import message  # which makes verdicts, too

        return message(self)

    def __str__(self) -> str:
        return self.message

    def as_record(self) -> dict:
        """Return the verdict without its arrays, ready for JSON."""
        return {
            "exercise": self.exercise,
            "passed": self.passed,
            "points": self.points,
            "max_points": self.max_points,
            "mistake": self.mistake,
            "message": self.message,
        }
