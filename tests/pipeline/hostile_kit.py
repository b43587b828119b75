"""With what the hostile class is written: submissions, and what each of them must come to."""

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import problem_set
import second_set
from nbformat import NotebookNode
from submissions import ROOT, answered, path_of, solutions

from lessonlib.grading.submission.repair import visible
from lessonlib.lessons import lesson

RELU, PS1, PS2 = "01-relu-layer", problem_set.NAME, second_set.NAME
LESSONS = (PS1, PS2, RELU)
SOURCES = {PS1: problem_set.source, PS2: second_set.instructor}
FILES = {PS2: second_set.FILES}
CANARIES = {
    "environment": "canary-of-the-environment",
    "gradebook": "canary-of-the-gradebook",
    "another": "canary-of-another-learner",
    "solutions": problem_set.SOLUTION_CANARY,
    "hidden": problem_set.HIDDEN_CANARY,
    "hidden too": second_set.HIDDEN_CANARY,
}
LEFT = "left-by-a-submission"  # a file that must not be there afterwards
WORTH = {
    PS1: dict(problem_set.POINTS),
    PS2: dict(second_set.POINTS),
    RELU: {f"check-{e.id.replace('.', '-')}": e.points for e in lesson(RELU).exercises},
}


@dataclass(frozen=True)
class Submission:
    """What somebody handed in.

    write:   puts it into the learner's folder.
    lost:    what it does not earn, by test: the points, or "all".
    state:   how it must end, or several ways where the machine's load decides, or repairs.
    tampers: whether it deceives tests inside its own process. It may have the points of `lost` as
             with nbgrader, but then these tests are marked for the instructor; others may be.
             Nothing of anybody else is ever marked.
    harms:   whether it may break itself: any test may then give less.
    stock:   whether nbgrader as it comes can be asked to grade it: not what would harm the machine
             without isolation, nor what only our own judge understands.
    """

    name: str
    lesson: str
    write: Callable[[Path], None]
    lost: dict[str, float] | str = field(default_factory=dict)
    state: str | tuple[str, ...] = "graded"
    tampers: bool = False
    harms: bool = False
    stock: bool = True

    def points(self) -> dict[str, float]:
        """Return what each test must give."""
        worth = WORTH[self.lesson]
        lost = worth if self.lost == "all" else self.lost
        return {cell: most - lost.get(cell, 0) for cell, most in worth.items()}

    def allows(self, cell: str, points: float, marked: bool) -> bool:
        """Return whether a test may have given these points, with or without a mark."""
        earned = self.points()[cell]
        if points == earned or (self.harms and points < earned):
            return self.tampers or not marked
        return self.tampers and marked


# --- notebooks -----------------------------------------------------------------------------------


def right(which: str) -> NotebookNode:
    """Return a right submission."""
    if which == RELU:
        return answered(path_of(ROOT / "course", RELU), solutions(RELU))
    if which == PS2:
        return second_set.right()
    notebook = deepcopy(problem_set.source())
    for cell in notebook.cells:
        lines = visible(cell.source).split("\n")
        cell.source = "\n".join(line for line in lines if not _is_instructors(line))
    return notebook


def _is_instructors(line: str) -> bool:
    return "### " in line or any(canary in line for canary in CANARIES.values())


def notebook(which: str, answers: dict[str, str] | None = None, first=(), last=()) -> NotebookNode:
    """Return a right submission with other answers, and cells of its own above and below."""
    made = right(which)
    left = dict(answers or {})
    for cell in made.cells:
        cell.source = left.pop(name_of(cell), cell.source)
    assert not left, f"there are no cells {', '.join(left)}"
    above, below = ([cell_of(text) for text in each] for each in (first, last))
    made.cells = [*made.cells[:2], *above, *made.cells[2:], *below]
    return made


def cell_of(text: str | NotebookNode) -> NotebookNode:
    """Return a learner's own cell: of code, if it is no cell already."""
    return nbformat.v4.new_code_cell(text) if isinstance(text, str) else text


def name_of(cell: NotebookNode) -> str:
    """Return nbgrader's id of a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def file(data: bytes | NotebookNode, called: str = "", **others: str) -> Callable[[Path], None]:
    """Return a `write` for a notebook or for any bytes, with other files beside it."""
    text = data if isinstance(data, bytes) else nbformat.writes(data).encode()
    return made_late(lambda: text, called, **others)


def made_late(data: Callable[[], bytes], called: str = "", **others: str) -> Callable:
    """Return a `write` for what is made only then: to collect the tests takes no class."""

    def write(folder: Path) -> None:
        (folder / (called or f"{folder.name}.ipynb")).write_bytes(data())
        for name, content in others.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return write


SUBMISSIONS: list[Submission] = []


def add(name, which, made, lost=(), state="graded", *, files=None, **how) -> None:
    """Add a submission to the class; `files`: what else is handed in, by relative path."""
    write = made if callable(made) else file(made, **files or {})
    lost = lost if isinstance(lost, str) else dict(lost)
    SUBMISSIONS.append(Submission(name, which, write, lost, state, **how))


def ps1(name, answers=None, lost=(), state="graded", first=(), last=(), **how) -> None:
    """Add a submission of the first ordinary assignment."""
    _add(name, PS1, (answers, first, last), lost, state, **how)


def ps2(name, answers=None, lost=(), state="graded", first=(), last=(), **how) -> None:
    """Add a submission of the second one; answers and tests are named by their exercise."""
    answers = {f"{key}-0": text for key, text in (answers or {}).items()}
    lost = {f"{key}-1": points for key, points in dict(lost).items()}
    _add(name, PS2, (answers, first, last), lost, state, **how)


def relu(name, answers=None, lost=(), state="graded", first=(), last=(), **how) -> None:
    """Add a submission of lesson 01."""
    answers = {f"relu-{key}": text for key, text in (answers or {}).items()}
    lost = {f"check-relu-{key}": points for key, points in dict(lost).items()}
    _add(name, RELU, (answers, first, last), lost, state, **how)


def _add(name, which, cells: tuple, lost, state, *, files=None, **how) -> None:
    made = made_late(lambda: nbformat.writes(notebook(which, *cells)).encode(), **files or {})
    add(name, which, made, lost, state, **how)


def edited(name, change: Callable[[NotebookNode], None], lost=(), state="repaired", answers=None):
    """Add a submission of the first assignment whose cells were tampered with."""
    made = notebook(PS1, answers)
    change(made)
    add(name, PS1, made, lost, state)


NO_WORDS = {"test-words": 2}
NO_MEAN = {"test-mean": 2}
NO_MEAN_NO_HELPER = {"test-mean": 2, "test-scale-again": 1}  # the locked cell between calls mean
NO_SCALE = {"test-scale": 2, "test-scale-again": 1}
WRONG_WORDS = {"words": "def count_words(text):\n    return 0"}
WRONG_MEAN = {"mean": "def mean(values):\n    return 0.0"}
WRONG_SCALE = {"scale": "def scale(x):\n    return 0 * x"}


def words(body: str) -> dict[str, str]:
    """Return an answer for count_words with this body."""
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    return {"words": f"def count_words(text):\n{lines}"}


def lay_out(course: Path, submissions: list[Submission]) -> None:
    """Write the assignments and what was handed in into a course's folder."""
    for name, made in SOURCES.items():
        folder = course / "solutions" / name
        folder.mkdir(parents=True)
        nbformat.write(made(), folder / f"{name}.ipynb")
        for path, content in FILES.get(name, {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
    for each in submissions:
        folder = Path(os.path.join(course, "submitted", each.name, each.lesson))
        folder.mkdir(parents=True)
        each.write(folder)
