"""Grades the hostile class: nobody gains, nobody loses, nobody is lost, nothing leaks or stays."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import problem_set
import pytest
from hostile_class import CLASS, NEIGHBOUR_CANARY, ROW
from hostile_making import PS1, RELU, Submission
from nbgrader.api import Gradebook
from submissions import ROOT

from lessonlib.grading import workers
from lessonlib.grading.classroom import Classroom
from lessonlib.grading.limits import Limits
from lessonlib.grading.record import Record

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=5, call_seconds=3, total_seconds=60)
CANARIES = {
    "environment": "canary-of-the-environment",
    "solutions": problem_set.SOLUTION_CANARY,
    "hidden tests": problem_set.HIDDEN_CANARY,
    "gradebook": "canary-of-the-gradebook",
    "neighbour": NEIGHBOUR_CANARY,
    "course": "canary-of-the-course",
}
LEFT_BEHIND = "left-behind"
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", str(Path.home()), str(ROOT), sys.prefix)


@dataclass(frozen=True)
class Graded:
    """A class after it was graded, and what the machine looked like before and after."""

    root: Path
    seconds: float
    before: set[str]
    after: set[str]

    def path(self, one: Submission, step: str) -> Path:
        return self.root / step / one.name / one.lesson

    def notebook(self, one: Submission):
        return nbformat.read(self.path(one, "autograded") / f"{one.lesson}.ipynb", as_version=4)

    def points(self, one: Submission) -> dict[str, float | None]:
        """Return what the gradebook says, by the test's cell."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop") as book:
            grades = book.find_submission_notebook(one.lesson, one.lesson, one.name).grades
            return {g.name: g.auto_score for g in grades if g.name in one.points}


# --- the class -----------------------------------------------------------------------------------


def course(root: Path, members: list[Submission]) -> Path:
    """Make a course, with a canary in each place that is none of a submission's business."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / RELU, root / "solutions" / RELU)
    shutil.copytree(ROOT / "course" / RELU, root / "course" / RELU)
    (root / "solutions" / PS1).mkdir()
    nbformat.write(problem_set.source(), root / "solutions" / PS1 / f"{PS1}.ipynb")
    (root / "notes.txt").write_text(CANARIES["course"])
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", PS1]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    with Gradebook(f"sqlite:///{root}/gradebook.db", "relu-to-backprop") as book:
        book.update_or_create_student("an-old-hand", last_name=CANARIES["gradebook"])
    hand_in(root, members)
    return root


def hand_in(root: Path, members: list[Submission]) -> None:
    for one in members:
        released = nbformat.read(root / "course" / one.lesson / f"{one.lesson}.ipynb", 4)
        folder = root / "submitted" / one.name / one.lesson
        folder.mkdir(parents=True)
        one.place(folder, released, root)


def listing(root: Path) -> set[str]:
    """Return all files of a course, but those that grading makes, with their times of change."""
    made = ("autograded", "gradebook.db", "feedback", ".nbgrader.log")
    paths = [path for path in root.rglob("*") if path.relative_to(root).parts[0] not in made]
    return {f"{path} {path.lstat().st_mtime_ns}" for path in paths}


def grade(root: Path, count: int) -> Graded:
    """Grade all lessons of a course with so many workers."""
    before, started = listing(root), time.monotonic()
    for name in sorted({path.name for path in root.glob("submitted/*/*")}):
        with workers.local(count) as crew:
            Classroom(root, name, LIMITS).grade(crew)
    return Graded(root, time.monotonic() - started, before, listing(root))


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    """An instructor's session: a secret in its environment, a temporary folder of its own."""
    patch, temporary = pytest.MonkeyPatch(), tmp_path_factory.mktemp("temporary")
    patch.setenv("INSTRUCTORS_PASSWORD", CANARIES["environment"])
    patch.setenv("TMPDIR", str(temporary))
    patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    patch.setenv("PYTHONPATH", str(ROOT))
    patch.setattr("tempfile.tempdir", str(temporary))
    yield temporary
    patch.undo()


@pytest.fixture(scope="module")
def graded(setting, tmp_path_factory):
    """The class, graded once by two workers."""
    return grade(course(tmp_path_factory.mktemp("hostile"), CLASS), 2)


@pytest.fixture(scope="module")
def row(setting, tmp_path_factory):
    """Poisoners and victims, graded by one worker in turn."""
    return grade(course(tmp_path_factory.mktemp("row"), ROW), 1)


# --- nobody gains, nobody loses, nobody is lost --------------------------------------------------


@pytest.mark.parametrize("one", CLASS, ids=lambda each: each.name)
def test_points_are_what_was_earned(graded, one):
    record = Record.read(graded.notebook(one))
    told = {result.cell: (result.points, result.message) for result in record.results}
    points = graded.points(one)
    differing = {c: told.get(c) for c, right in one.points.items() if points.get(c) != right}
    assert not differing, (one.why, record.state, record.notes)


@pytest.mark.parametrize("one", CLASS, ids=lambda each: each.name)
def test_each_ends_in_its_state(graded, one):
    record = Record.read(graded.notebook(one))
    assert record.state in one.states, record.notes
