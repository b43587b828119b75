"""The class report: how a class did in one lesson, as a page to look at and a table to work with.

`gathering` collects what the gradebook and the executed notebooks know into `results`; `summary`
counts it; `charts` says where a picture's parts go; `page` and `table` write.

Learners' names, and what their code said, are hostile input: `cleaning` takes out what no page may
hold, the template escapes the rest, and the page forbids itself scripts and the network.
"""

from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lessonlib.grading.report.gathering import gather
from lessonlib.grading.report.page import page
from lessonlib.grading.report.table import table

__all__ = ["write"]


def write(course: CourseDirectory, lesson: str) -> list[Path]:
    """Write reports/LESSON.html and reports/LESSON.csv in the course's folder; return both paths.

    The same grades give the same bytes. Raises UserError if nothing of the lesson is graded yet.
    """
    results = gather(course, lesson)
    folder = Path(course.root) / "reports"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{lesson}.html", folder / f"{lesson}.csv"]
    paths[0].write_bytes(page(results).encode())
    paths[1].write_bytes(table(results).encode())
    return paths
