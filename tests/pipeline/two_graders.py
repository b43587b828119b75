"""One course, graded by nbgrader as it comes and by ours, and what each of them gave."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "two-graders"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
"""
STOCK = """
import sys
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
for name in sys.argv[1:]:
    told = [api.generate_assignment(name)]
    for student in sorted(api.get_submitted_students(name)):
        told.append(api.autograde(name, student))
        if not told[-1]["success"]:  # a kernel may fail to start on a machine with other work
            told.append(api.autograde(name, student, force=True))
    for each in told:
        print(each.get("log", ""), each.get("error", ""))
"""
OURS = """
import sys
from pathlib import Path
from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.classroom.workers import LocalCrew
from lessonlib.grading.protocol.limits import Limits

if __name__ == "__main__":
    with LocalCrew(1) as crew:
        for name in sys.argv[1:]:
            Classroom(Path.cwd(), name, Limits(cell_seconds=20)).grade(crew)
"""


@dataclass(frozen=True)
class Assignment:
    """An assignment and what was handed in for it.

    notebooks: the instructor's, by name.
    files:     what lies beside them, by relative path.
    handed_in: learners' notebooks, by student and name.
    """

    name: str
    notebooks: dict[str, NotebookNode]
    files: dict[str, str | bytes] = field(default_factory=dict)
    handed_in: dict[str, dict[str, NotebookNode]] = field(default_factory=dict)

    def write(self, course: Path) -> None:
        """Put all of it into a course's folder."""
        self._write(course / "solutions" / self.name, self.notebooks)
        for student, notebooks in self.handed_in.items():
            self._write(course / "submitted" / student / self.name, notebooks)

    def _write(self, folder: Path, notebooks: dict[str, NotebookNode]) -> None:
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder.mkdir(parents=True, exist_ok=True)
        for name, notebook in notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")


@dataclass(frozen=True)
class Grade:
    """What a gradebook says of a graded cell."""

    points: float | None
    marked: bool


Grades = dict[tuple[str, str, str, str], Grade]  # by student, assignment, notebook and cell


class Grading:
    """A grader at work in a course of its own."""

    def __init__(self, root: Path, script: str, assignments: list[Assignment]):
        self.root = root
        for each in assignments:
            each.write(root)
        (root / "nbgrader_config.py").write_text(CONFIG)
        (root / "grade.py").write_text(script)
        names = [each.name for each in assignments]
        self.process = subprocess.Popen(
            [sys.executable, "grade.py", *names],
            cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def grades(self) -> Grades:
        """Wait until all is graded and return it."""
        self.told, _ = self.process.communicate(timeout=600)
        assert self.process.returncode == 0, self.told[-3000:]
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "two-graders") as book:
            return {
                (s.student_id, a.name, n.name, g.name): Grade(g.auto_score, g.needs_manual_grade)
                for a in book.assignments
                for s in a.submissions
                for n in s.notebooks
                for g in n.grades
            }


def grade_with_both(folder: Path, *shares: list[Assignment]) -> tuple[Grades, Grades]:
    """Return what ours and what nbgrader gave; each gets a process for each share."""
    ours, stock = (
        [Grading(folder / f"{name}-{n}", script, share) for n, share in enumerate(shares)]
        for name, script in (("ours", OURS), ("stock", STOCK))
    )
    return _all(ours), _all(stock)


def _all(gradings: list[Grading]) -> Grades:
    return {key: grade for each in gradings for key, grade in each.grades().items()}


# --- cells ---------------------------------------------------------------------------------------


def cell(name: str, text: str, kind: str = "code", **settings) -> NotebookNode:
    """Return a cell that nbgrader knows; settings are its own: grade, solution, locked, points."""
    made = getattr(nbformat.v4, f"new_{kind}_cell")(text.strip("\n"), id=name[:64])
    made.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": name,
        "cell_type": kind,
        **{"grade": False, "locked": False, "solution": False, "task": False},
        **settings,
    }
    return made
