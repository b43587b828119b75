"""Where more of a learner's is to be seen: files beside the report, and Formgrader."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory

from lessonlib.grading.report.results import Link

REPORTS = "reports"  # the folder of the pages
# Where `jupyter lab`, started in the course's folder, puts it if nothing else is said.
FORMGRADER = "http://localhost:8888/formgrader/submissions/{}/"


def links(
    course: CourseDirectory, lesson: str, student: str, ids: Mapping[str, str]
) -> tuple[Link, ...]:
    """Return a learner's links in one lesson. ids: the gradebook's, by notebook."""
    found: list[Link] = []
    for notebook, id_ in sorted(ids.items()):
        which = f" {notebook}" if len(ids) > 1 else ""
        files = {
            "submission": (course.submitted_directory, "ipynb"),
            "feedback": (course.feedback_directory, "html"),
        }
        for words, (step, ending) in files.items():
            path = Path(course.format_path(step, student, lesson)) / f"{notebook}.{ending}"
            if path.is_file():
                found.append(Link(words + which, _from_reports(course, path)))
        found.append(Link(f"Formgrader{which}", FORMGRADER.format(quote(id_, safe=""))))
    return tuple(found)


def _from_reports(course: CourseDirectory, path: Path) -> str:
    way = os.path.relpath(path, Path(course.root) / REPORTS)
    return quote(way.replace(os.sep, "/"), errors="surrogateescape")
