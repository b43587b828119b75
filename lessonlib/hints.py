"""`hint`: one hint of an exercise, in a cell or in a terminal."""

from lessonlib.checks.wording import paragraph
from lessonlib.errors import UserError
from lessonlib.lessons import find


def hint(exercise_id: str, number: int = 1, /) -> None:
    """Print one hint of an exercise: the first is a nudge, the last nearly tells.

    Raises UserError for an unknown id and for a hint that there is not.
    """
    hints = find(exercise_id).hints
    if number not in range(1, len(hints) + 1):
        raise UserError(f"{exercise_id} has {len(hints)} hints. Ask for number 1 to {len(hints)}.")
    print(f"Hint {number} of {len(hints)} for {exercise_id}:\n\n{paragraph(hints[number - 1])}")
