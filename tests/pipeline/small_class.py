"""A course with one small assignment, and a class of any size that hands it in."""

import shutil
from pathlib import Path

import numpy as np
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook
from submissions import ROOT, path_of
from two_graders import cell

from lessonlib.grading.classroom import gradebook as book

LESSON = "small"
COURSE_ID = "relu-to-backprop"
MOST = 2.0
TEST = "assert double(3) == 6\nassert double(-0.5) == -1"
RIGHT, BLANK = "def double(x):\n    return 2 * x", "def double(x):\n    ..."
ANSWERS = [RIGHT, RIGHT, BLANK, "def double(x):\n    return x ** 2", "def double(x:\n    return 2"]
DUE, ON_TIME, LATE = (f"2026-03-0{day} 12:00:00 UTC" for day in (2, 1, 3))


def make(root: Path, count: int, db_url: str = "") -> Path:
    """Make the course; so many learners hand in, one of ten too late. db_url: not SQLite's."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    if db_url:
        with (root / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.CourseDirectory.db_url = {db_url!r}\n")
    _write(notebook(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"), root / "solutions")
    rng = np.random.default_rng(6)
    for number in range(count):
        hand_in(root, number, str(rng.choice(ANSWERS)))
    set_due_date(root)
    return root


def notebook(answer: str) -> NotebookNode:
    """Return the assignment's notebook with this answer."""
    cells = [
        v4.new_markdown_cell("Write a function that doubles a number.", id="text"),
        cell("double", answer, solution=True),
        cell("check-double", TEST, grade=True, locked=True, points=MOST),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def hand_in(root: Path, number: int, answer: str) -> None:
    """Write a learner's submission."""
    folder = root / "submitted" / f"learner-{number:05}"
    _write(notebook(answer), folder)
    (folder / LESSON / "timestamp.txt").write_text(ON_TIME if number % 10 else LATE)


def _write(made: NotebookNode, folder: Path) -> None:
    path = path_of(folder, LESSON)
    path.parent.mkdir(parents=True)
    path.write_text(v4.writes(made))


def opened(root: Path) -> Gradebook:
    """Open the course's gradebook, wherever it is."""
    course, _ = book.course_at(root)
    book.create(course.db_url)
    return book.opened(course)


def set_due_date(root: Path) -> None:
    """Let the gradebook know when the assignment is due."""
    with opened(root) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)


def scores(root: Path) -> list[tuple[str, float | None, bool]]:
    """Return each learner's automatic points, once for each row that the gradebook has."""
    with opened(root) as gradebook:
        return sorted(
            (submission.student_id, grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.find_assignment(LESSON).submissions
            for notebook in submission.notebooks
            for grade in notebook.grades
        )
