"""What an exercise of a notebook has earned."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Earned:
    """How one exercise of a notebook did; not `answered` is one that is as it was handed out."""

    exercise: str
    points: float
    max_points: float
    message: str
    answered: bool = True

    @property
    def passed(self) -> bool:
        """Whether all points were earned."""
        return self.points == self.max_points
