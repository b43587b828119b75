"""The class report: how a class did in one lesson, as a page to look at and a table to work with.

`gathering` collects what the gradebook and the executed notebooks know into `results`; `summary`
counts it; `page` and `table` write. `course` counts over all lessons, for a page of its own.

Learners' names, and what their code said, are hostile input: `gathering` takes out what no page may
hold, the template escapes the rest, and the page forbids itself scripts and the network.
"""

from datetime import date
from pathlib import Path
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.report.addresses import REPORTS
from lessonlib.grading.report.gathering import gather
from lessonlib.grading.report.ledger import graded_lessons
from lessonlib.grading.report.page import course_page, page
from lessonlib.grading.report.table import table

__all__ = ["write", "write_course"]


def write(course: CourseDirectory, lesson: str) -> list[Path]:
    """Write reports/LESSON.html and reports/LESSON.csv in the course's folder; return both paths.

    The same grades give the same bytes on the same day. Raises UserError if nothing of the lesson
    is graded yet.
    """
    results = gather(course, lesson)
    folder = _folder(course)
    paths = [folder / f"{lesson}.html", folder / f"{lesson}.csv"]
    paths[0].write_bytes(page(results, date.today()).encode())
    paths[1].write_bytes(table(results).encode())
    return paths


def write_course(course: CourseDirectory) -> Path:
    """Write reports/course.html on all lessons of which anything is graded; return its path.

    Raises UserError if nothing is.
    """
    lessons = [gather(course, lesson) for lesson in graded_lessons(course)]
    if not lessons:
        raise UserError("Nothing is graded yet. First run: lessonlib grade LESSON")
    folder = _folder(course)
    made = {each.lesson: f"{quote(each.lesson)}.html" for each in lessons
            if (folder / f"{each.lesson}.html").is_file()}  # fmt: skip
    path = folder / "course.html"
    path.write_bytes(course_page(lessons, made, date.today()).encode())
    return path


def _folder(course: CourseDirectory) -> Path:
    folder = Path(course.root) / REPORTS
    folder.mkdir(exist_ok=True)
    return folder
