"""Makes the feedback pages of a lesson, and one file of all of them for a platform to hand back."""

import logging
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.report.addresses import REPORTS
from lessonlib.grading.report.ledger import graded_lessons
from lessonlib.printable import one_line


class _Pages(GenerateFeedback):
    """nbgrader's own, which makes each page anew and says so."""

    force = True  # points given by hand since the last time count, too

    def __init__(self, done: Callable[[], None], **settings: Any):
        super().__init__(**settings)
        self.done = done

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Make the page of one notebook."""
        super().convert_single_notebook(notebook_filename)
        self.done()


def learners(course: CourseDirectory, lesson: str) -> list[str]:
    """Return whose submissions of a lesson are graded, in order. Raises UserError if none is."""
    if lesson not in graded_lessons(course):
        raise UserError(f"Nothing of {lesson} is graded yet. First run: lessonlib grade {lesson}")
    return sorted(book.who_is_in(course, lesson))


def make(config: Config, lesson: str, done: Callable[[], None]) -> None:
    """Make the pages of all learners; `done` is called after each of them.

    A page that cannot be made stops no other; `pack` says whose is missing.
    """
    course = CourseDirectory(config=config, assignment_id=lesson)
    quiet = logging.Logger("nbgrader", logging.CRITICAL)
    try:
        _Pages(done, coursedir=course, config=config, log=quiet).start()
    except NbGraderException:  # the others are made
        pass


Heads = Mapping[str, str]  # what the names of each learner's pages begin with


def pack(course: CourseDirectory, lesson: str, heads: Heads | None = None) -> Path:
    """Write reports/LESSON-feedback.zip, a page for each learner, whose id its name begins with.

    heads: instead of the ids; who is not among them is not in the file.
    Raises UserError, and writes nothing, where nothing is graded or a page is missing.
    """
    heads = {who: f"{who}_" for who in learners(course, lesson)} if heads is None else heads
    pages, missing = _pages(course, lesson, heads)
    if missing:
        whose = one_line(listing(missing), 1_000)
        raise UserError(
            f"The feedback page of {whose} could not be made, so nothing was packed. To see why: "
            f"nbgrader generate_feedback {lesson} --force"
        )
    path = Path(course.root) / REPORTS / f"{lesson}-feedback.zip"
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, page in pages.items():
            packed.write(page, name)
    os.replace(unfinished, path)
    return path


def _pages(course: CourseDirectory, lesson: str, heads: Heads) -> tuple[dict[str, Path], list[str]]:
    """Return the pages by their names in the file, and the learners who have none."""
    names = book.notebooks(course, lesson)
    pages: dict[str, Path] = {}
    missing = []
    for student in [each for each in learners(course, lesson) if each in heads]:
        folder = Path(course.format_path(course.feedback_directory, student, lesson))
        own = {name: folder / f"{name}.html" for name in names}
        found = {name: path for name, path in own.items() if path.is_file()}
        pages |= {heads[student] + _name(lesson, name): path for name, path in found.items()}
        missing += [] if found else [student]
    return pages, missing


def _name(lesson: str, notebook: str) -> str:
    return f"{lesson}.html" if notebook == lesson else f"{lesson}_{notebook}.html"
