"""What stands at a check without being written there: the call, and the exercise's hints below it.

A check's cell names its exercise: `# %% check="relu.relu"`. If nothing stands in the cell, the
call is put in. Each hint comes behind a fold of its own, so that opening the first does not show
the third; a lesson that has a fold of hints there already keeps its own.
"""

import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from lessonlib.checks import Exercise
from lessonlib.errors import UserError

ExerciseOf = Callable[[str], Exercise | None]
_OWN_HINTS = re.compile(r"<summary>\s*hint", re.IGNORECASE)


def exercise_of_course(exercise_id: str) -> Exercise | None:
    """Return an exercise, its slips read and tried; None for an id that is not a lesson's."""
    from lessonlib.lessons import find

    try:
        found = find(exercise_id)
    except UserError:
        return None
    len(found.mistakes)  # a slip that does not fit is told to the author, not to a learner
    return found


def fill_calls(cells: list[NotebookNode], exercise_of: ExerciseOf) -> list[Exercise | None]:
    """Put the call into each check that is empty; return the exercise that each cell checks."""
    checked = [(cell, cell.metadata.get("check")) for cell in cells]
    exercises = [exercise_of(name) if name else None for _, name in checked]
    for cell, exercise in zip(cells, exercises, strict=True):
        if exercise and not cell.source.strip():
            cell.source = call(exercise)
    return exercises


def with_hints(
    cells: list[NotebookNode], exercises: list[Exercise | None]
) -> Iterator[NotebookNode]:
    """Yield the cells, and below each check the hints of its exercise."""
    for cell, exercise, below in zip(cells, exercises, [*cells[1:], None], strict=True):
        yield cell
        if exercise and exercise.hints and not _has_hints(below):
            yield new_markdown_cell(folds(exercise.hints))


def _has_hints(cell: NotebookNode | None) -> bool:
    return (
        cell is not None and cell.cell_type == "markdown" and bool(_OWN_HINTS.search(cell.source))
    )


def call(exercise: Exercise) -> str:
    """Return the code of a check: the exercise's id and the learner's answer."""
    if exercise.returns != "named":
        return f'check("{exercise.id}", {exercise.function})'
    values = ", ".join(f"{name}={name}" for name in exercise.answer_names)
    return f'check("{exercise.id}", {values})'


def folds(hints) -> str:
    """Return Markdown with each hint behind a fold of its own."""
    return "\n\n".join(
        f"<details><summary>Hint {number}</summary>\n\n{_as_markdown(hint)}\n\n</details>"
        for number, hint in enumerate(hints, start=1)
    )


def _as_markdown(text: str) -> str:
    """Return a hint as Markdown: "<" begins no tag, and "__add__" is not bold."""
    parts = re.split(r"(`.*?`)", text)
    plain = (
        p if p.startswith("`") else p.replace("<", "&lt;").replace("__", r"\_\_") for p in parts
    )
    return "".join(plain)
