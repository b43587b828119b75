"""A verdict: what a check says."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OutputResult:
    """How one output of an answer did.

    mistake: the name of the mistake that gives the same values, if one does.
    reason:  the likely reason and where to look, in words.
    """

    name: str
    right: bool
    mistake: str | None = None
    reason: str = ""
    mine: Any = None
    expected: Any = None
    case: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the judge says of an answer.

    mistake: the first mistake that was recognised, by name.
    advice:  what could be better; it costs no points.
    printed: what the answer itself printed while it worked on the first case.
    """

    exercise: str
    passed: bool
    points: float
    max_points: float
    message: str
    mistake: str | None = None
    outputs: tuple[OutputResult, ...] = field(default=(), repr=False)
    advice: tuple[str, ...] = ()
    printed: str = ""

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
