"""How the submissions of the hostile class are made, and what is expected of each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import problem_set
from nbformat import NotebookNode
from submissions import solutions

from lessonlib.lessons import lesson

PS1, RELU = problem_set.NAME, "01-relu-layer"
FULL = {
    PS1: problem_set.POINTS,
    RELU: {f"check-relu-{e.id.partition('.')[2]}": e.points for e in lesson(RELU).exercises},
}
ROOT_MARK = "COURSE-ROOT"  # in a submission's text: stands for the path of the course

Place = Callable[[Path, NotebookNode, Path], None]
Edit = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Submission:
    """What one learner hands in, and what is right for it.

    name:   of the learner, and of what the submission does.
    place:  puts the work into a folder, given the released notebook and the course's root.
    points: what each test is worth for this work, by the test's cell.
    states: one of them is how it ends.
    bomb:   would harm a machine that does not lock it away.
    """

    name: str
    lesson: str
    why: str
    place: Place
    points: dict[str, float]
    states: tuple[str, ...]
    bomb: bool = False

    @property
    def total(self) -> float:
        """The points of the whole submission."""
        return sum(self.points.values())


def answers(lesson: str) -> dict[str, str]:
    """Return right answers, by their cells' ids."""
    return problem_set.answers() if lesson == PS1 else solutions(lesson)


def right(
    lesson: str,
    name: str,
    why: str,
    answers_: dict[str, str] | None = None,
    *,
    first: str = "",
    last: str = "",
    edit: Edit | None = None,
    but: dict[str, float] | None = None,
    states: tuple[str, ...] = ("graded",),
    bomb: bool = False,
) -> Submission:
    """Return a submission that is right, apart from these answers.

    first, last: cells of the learner's own, at the top and at the bottom.
    but:         what is earned where it is not all, by the test's short name.
    """
    points = FULL[lesson] | _long_names(lesson, but or {})
    place = _placing(lesson, True, answers_ or {}, first, last, edit)
    return Submission(name, lesson, why, place, points, states, bomb)


def wrong(
    lesson: str,
    name: str,
    why: str,
    answers_: dict[str, str] | None = None,
    *,
    first: str = "",
    last: str = "",
    edit: Edit | None = None,
    earned: dict[str, float] | None = None,
    states: tuple[str, ...] = ("graded",),
) -> Submission:
    """Return a submission whose exercises are not done, apart from these answers."""
    points = dict.fromkeys(FULL[lesson], 0.0) | _long_names(lesson, earned or {})
    place = _placing(lesson, False, answers_ or {}, first, last, edit)
    return Submission(name, lesson, why, place, points, states)


def _long_names(lesson: str, points: dict[str, float]) -> dict[str, float]:
    start = "test-" if lesson == PS1 else "check-relu-"
    named = {f"{start}{name}": value for name, value in points.items()}
    assert named.keys() <= FULL[lesson].keys(), named
    return named


def _placing(
    lesson: str, done: bool, own: dict[str, str], first: str, last: str, edit: Edit | None
) -> Place:
    start = "" if lesson == PS1 else "relu-"
    own = {f"{start}{name}": text for name, text in own.items()}

    def place(folder: Path, released: NotebookNode, root: Path) -> None:
        notebook = filled(released, answers(lesson) | own if done else own)
        notebook.cells[2:2] = _own_cells(first)  # behind the title and the imports
        notebook.cells += _own_cells(last)
        if edit is not None:
            edit(notebook)
        text = json.dumps(notebook)  # as it is: nbformat would mend what is odd
        text = text.replace(ROOT_MARK, str(root))
        (folder / f"{lesson}.ipynb").write_text(text)

    return place


def _own_cells(text: str) -> list[NotebookNode]:
    """Return a code cell for each part of the text; a line of dashes stands between them."""
    return [nbformat.v4.new_code_cell(part.strip()) for part in text.split("\n----\n") if text]


def filled(released: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """Return a copy of the released notebook with these answers in their cells."""
    notebook = nbformat.from_dict(released)
    left = dict(answers)
    for each in notebook.cells:
        if each.metadata.get("nbgrader", {}).get("solution"):
            each.source = left.pop(each.metadata.nbgrader.grade_id, each.source)
    assert not left, left
    return notebook


def file(lesson: str, name: str, why: str, place: Place, state: str, **points) -> Submission:
    """Return a submission that is no notebook, or an odd one."""
    full = FULL[lesson]
    expected = dict(full) if points.get("all_right") else dict.fromkeys(full, 0.0)
    return Submission(name, lesson, why, place, expected, (state,))


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with this nbgrader id."""
    return notebook.cells[place_of(notebook, name)]


def place_of(notebook: NotebookNode, name: str) -> int:
    """Return where the first cell with this nbgrader id is."""
    return next(
        i for i, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )  # fmt: skip
