"""Nobody in the hostile class earns a point too many, loses one, gets lost, or leaves a trace."""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import problem_set
import pytest
from hostile_class import CANARIES, LEFT, PS1, RELU, SUBMISSIONS, name_of
from nbgrader.api import Gradebook
from submissions import ROOT

from lessonlib.grading.record import Record

pytestmark = pytest.mark.slow

PR_SET_CHILD_SUBREAPER = 36
GRADE = """
import sys
from pathlib import Path
from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.limits import Limits
from lessonlib.grading.classroom.workers import local

if __name__ == "__main__":
    limits = Limits(cell_seconds=6, call_seconds=3, total_seconds=90)
    with local(2) as crew:
        Classroom(Path.cwd(), sys.argv[1], limits).grade(crew)
"""


class Course:
    """A course in a folder of its own, with the hostile class handed in."""

    def __init__(self, root: Path):
        self.root, self.temporary = root / "course", root / "temporary"
        self.temporary.mkdir()
        shutil.copytree(ROOT / "solutions" / RELU, self.root / "solutions" / RELU)
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        (self.root / "solutions" / PS1).mkdir()
        nbformat.write(problem_set.source(), self.root / "solutions" / PS1 / f"{PS1}.ipynb")
        for each in SUBMISSIONS:
            folder = self.root / "submitted" / each.name / each.lesson
            folder.mkdir(parents=True)
            each.write(folder)
        (self.root / "grade.py").write_text(GRADE)

    def run(self, *command: str) -> str:
        environment = os.environ | {
            "CANARY": CANARIES["environment"],
            "TMPDIR": str(self.temporary),
        }
        told = subprocess.run(
            [sys.executable, *command], cwd=self.root, env=environment,
            capture_output=True, text=True,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
        return told.stdout

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop")

    def executed(self, each) -> nbformat.NotebookNode:
        folder = self.root / "autograded" / each.name / each.lesson
        return nbformat.read(folder / f"{each.lesson}.ipynb", as_version=4)


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def alive(course) -> set[str]:
    """Return the orphans of the class that still run, by what they are; the ended are buried."""
    left = set(children()) - course.before
    ended = {pid for pid in left if os.waitpid(int(pid), os.WNOHANG)[0]}
    return {Path(f"/proc/{pid}/cmdline").read_text() for pid in left - ended}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The class, graded and with feedback; orphans of it would become our own children."""
    course = Course(tmp_path_factory.mktemp("hostile"))
    with course.gradebook() as gradebook:
        gradebook.add_student("somebody", first_name=CANARIES["gradebook"])
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    course.before = set(children())
    course.files = {path.name for path in course.root.iterdir()}
    for lesson in (PS1, RELU):
        course.run("grade.py", lesson)
    for lesson in (PS1, RELU):
        course.run("-m", "nbgrader", "generate_feedback", lesson)
    yield course
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)  # other tests expect orphans to be init's


@pytest.fixture(scope="module")
def scores(course):
    """The points of each test in the gradebook, by learner and lesson."""
    found: dict = {}
    with course.gradebook() as gradebook:
        for lesson in (PS1, RELU):
            for submission in gradebook.find_assignment(lesson).submissions:
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                points = {grade.name: grade.auto_score for grade in grades}
                found[submission.student_id, lesson] = points
                assert all(0 <= grade.score <= grade.max_score for grade in grades)
    return found


def test_the_class_is_large():
    assert len({(each.name, each.lesson) for each in SUBMISSIONS}) == len(SUBMISSIONS) >= 40


@pytest.mark.parametrize("each", SUBMISSIONS, ids=lambda each: f"{each.lesson}: {each.name}")
def test_everybody_gets_what_they_earned(course, scores, each):
    expected = each.points()
    got = scores[each.name, each.lesson]
    record = Record.read(course.executed(each))
    why = {r.cell: r.message for r in record.results if r.points != expected[r.cell]}
    assert {cell: got[cell] for cell in expected} == expected, (why, record.notes)


@pytest.mark.parametrize("each", SUBMISSIONS, ids=lambda each: f"{each.lesson}: {each.name}")
def test_everybody_ends_in_the_right_state(course, each):
    record = Record.read(course.executed(each))
    states = (each.state,) if isinstance(each.state, str) else each.state
    assert record.state in states, record.notes


def everything_shown(course):
    """Yield what each submission brought about, by name: its outputs, and its feedback page."""
    for each in SUBMISSIONS:
        outputs = [cell.get("outputs", []) for cell in course.executed(each).cells]
        yield each, json.dumps(outputs, ensure_ascii=False)
        page = course.root / "feedback" / each.name / each.lesson / f"{each.lesson}.html"
        yield each, page.read_text()


def test_nothing_leaks(course):
    """No output and no page shows what its learner must not know."""
    own = {"honest with a canary": CANARIES["another"]}
    leaks = [
        (each.name, canary)
        for each, text in everything_shown(course)
        for canary in CANARIES.values()
        if canary in text and own.get(each.name) != canary
    ]
    assert leaks == []


class Acting(HTMLParser):
    """Finds what of a learner's would act in a page: their alerts, in scripts or attributes."""

    def __init__(self):
        super().__init__()
        self.found, self.script = [], False

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script"
        self.found += [name for name, value in attributes if "alert(" in (value or "")]

    def handle_data(self, data):
        self.found += ["script"] if self.script and "alert(" in data else []

    def handle_endtag(self, tag):
        self.script = False


def test_no_script_of_theirs_gets_into_a_page(course):
    for each, text in everything_shown(course):
        page = Acting()
        page.feed(text)
        assert page.found == [], each.name
        assert "application/javascript" not in text


def test_the_instructor_still_sees_the_hidden_tests(course):
    honest = next(each for each in SUBMISSIONS if each.name == "honest")
    cells = {name_of(cell): cell.source for cell in course.executed(honest).cells}
    assert CANARIES["hidden"] in cells["test-words"]


def test_no_process_is_left(course):
    deadline = time.monotonic() + 10
    while alive(course) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert alive(course) == set()


def test_no_file_is_left(course):
    assert list(course.temporary.iterdir()) == []
    made = {path.name for path in course.root.iterdir()} - course.files
    assert made <= {"autograded", "feedback", "gradebook.db"}
    for folder in ("/tmp", "/dev/shm", "/var/tmp"):
        assert [name for name in os.listdir(folder) if name.startswith(LEFT)] == []
    assert not list(course.root.rglob(f"{LEFT}*"))


def test_the_gradebook_was_not_touched_from_inside(course):
    with sqlite3.connect(course.root / "gradebook.db") as database:
        manual = "SELECT count(*) FROM grade WHERE manual_score IS NOT NULL"
        assert database.execute(manual).fetchone() == (0,)
