"""Nobody in the hostile class earns a point too many, loses one, gets lost, or leaves a trace."""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hostile_class import SUBMISSIONS
from hostile_kit import CANARIES, LEFT, LESSONS, PS1, PS2, RELU, lay_out, name_of
from hostile_pages import EVIL
from nbgrader.api import Gradebook
from submissions import ROOT

from lessonlib.grading.record import Record

pytestmark = pytest.mark.slow

PR_SET_CHILD_SUBREAPER = 36
GRADE = """
import resource, sys
from pathlib import Path
from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.classroom.workers import LocalCrew
from lessonlib.grading.protocol.limits import Limits

if __name__ == "__main__":
    cell_seconds, total_seconds = map(float, sys.argv[1:3])
    with LocalCrew(2) as crew:
        for lesson in sys.argv[3:]:
            Classroom(Path.cwd(), lesson, Limits(cell_seconds, total_seconds)).grade(crew)
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
MOST = 400  # MiB of any process of ours
STOPPED = {"timed out", "killed"}
PATIENT, STRICT = (20, 120), (4, 30)  # seconds for a cell, and in all


# --- memory --------------------------------------------------------------------------------------


@contextmanager
def watched(coordinator: int) -> Iterator[dict[str, int]]:
    """Yield a table that fills with the most memory, in MiB, of each process of the grader's."""
    peaks: dict[str, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            for pid, what in ours(coordinator):
                with suppress(OSError, IndexError):
                    status = Path(f"/proc/{pid}/status").read_text()
                    kib = int(status.split("VmHWM:")[1].split()[0])
                    peaks[f"{what} {pid}"] = max(kib >> 10, peaks.get(f"{what} {pid}", 0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def ours(pid: int, what: str = "coordinator") -> Iterator[tuple[int, str]]:
    """Yield a process and those below it, but for submissions: what a warm server has forked."""
    yield pid, what
    with suppress(OSError):
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if what != "server":
                is_inside = Path(f"/proc/{child}/comm").read_text().strip() != "bwrap"
                below = "server" if name == "bwrap" and is_inside else "worker"
                yield from ours(int(child), below)


# --- the class -----------------------------------------------------------------------------------


class Course:
    """A course in a folder of its own, with the hostile class handed in."""

    def __init__(self, root: Path):
        self.root, self.temporary = root / "course", root / "temporary"
        self.temporary.mkdir()
        self.peaks: dict[str, int] = {}
        shutil.copytree(ROOT / "solutions" / RELU, self.root / "solutions" / RELU)
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        lay_out(self.root, SUBMISSIONS)
        (self.root / "grade.py").write_text(GRADE)
        (self.root / "submitted").rename(root / "waiting")

    def grade(self, submissions, limits: tuple[int, int]) -> None:
        """Hand in and grade a part of the class, as the only part of it."""
        waiting, submitted = self.root.parent / "waiting", self.root / "submitted"
        for each in submissions:
            os.renames(waiting / each.name / each.lesson, submitted / each.name / each.lesson)
        lessons = sorted({each.lesson for each in submissions})
        self.run("grade.py", *map(str, limits), *lessons)
        shutil.rmtree(submitted)

    def run(self, *command: str) -> str:
        environment = os.environ | {
            "CANARY": CANARIES["environment"],
            "TMPDIR": str(self.temporary),
        }
        with subprocess.Popen(
            [sys.executable, *command], cwd=self.root, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process, watched(process.pid) as peaks:  # fmt: skip
            told = process.communicate()[0]
        assert process.returncode == 0, told[-3000:]
        self.peaks |= peaks
        return told

    def give_feedback(self, lesson: str, students: str) -> None:
        """Make the feedback pages of a lesson for learners whose names are like this."""
        self.run("-m", "nbgrader", "generate_feedback", lesson, f"--student={students}")

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop")

    def executed(self, each) -> nbformat.NotebookNode:
        folder = self.root / "autograded" / each.name / each.lesson
        return nbformat.read(folder / f"{each.lesson}.ipynb", as_version=4)


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def is_stopped(each) -> bool:
    """Return whether a submission may end by a limit."""
    return bool(STOPPED & {*([each.state] if isinstance(each.state, str) else each.state)})


def alive(course) -> set[str]:
    """Return the orphans of the class that still run, by what they are; the ended are buried."""
    left = set(children()) - course.before
    ended = {pid for pid in left if os.waitpid(int(pid), os.WNOHANG)[0]}
    return {Path(f"/proc/{pid}/cmdline").read_text() for pid in left - ended}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The class, graded and with feedback; orphans of it would become our own children.

    Who is to be stopped is stopped soon. Nobody else comes near a limit, also on a busy machine.
    """
    course = Course(tmp_path_factory.mktemp("hostile"))
    with course.gradebook() as gradebook:
        gradebook.add_student("somebody", first_name=CANARIES["gradebook"])
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    course.before = set(children())
    course.files = {path.name for path in course.root.iterdir()}
    course.grade([each for each in SUBMISSIONS if not is_stopped(each)], PATIENT)
    course.grade([each for each in SUBMISSIONS if is_stopped(each)], STRICT)
    with ThreadPoolExecutor() as pool:  # nbgrader makes one page at a time
        list(pool.map(course.give_feedback, [PS1, PS1, PS2, RELU], ["[a-h]*", "[!a-h]*", "*", "*"]))
    yield course
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)  # other tests expect orphans to be init's


@pytest.fixture(scope="module")
def scores(course):
    """The points of each test in the gradebook and whether it is marked, by learner and lesson."""
    found: dict = {}
    with course.gradebook() as gradebook:
        for lesson in LESSONS:
            for submission in gradebook.find_assignment(lesson).submissions:
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                found[submission.student_id, lesson] = {
                    grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades
                }
                assert all(0 <= grade.score <= grade.max_score for grade in grades)
    return found


def test_the_class_is_large():
    assert len({(each.name, each.lesson) for each in SUBMISSIONS}) == len(SUBMISSIONS) >= 180


@pytest.mark.parametrize("each", SUBMISSIONS, ids=lambda each: f"{each.lesson}: {each.name}")
def test_everybody_gets_what_they_earned(course, scores, each):
    expected, got = each.points(), scores[each.name, each.lesson]
    record = Record.read(course.executed(each))
    results = {result.cell: result for result in record.results}
    wrong = {
        cell: (got[cell], expected[cell], results[cell].message, results[cell].marked)
        for cell in expected
        if not each.allows(cell, *got[cell])
    }
    assert wrong == {}, record.notes


@pytest.mark.parametrize("each", SUBMISSIONS, ids=lambda each: f"{each.lesson}: {each.name}")
def test_everybody_ends_in_the_right_state(course, each):
    record = Record.read(course.executed(each))
    states = (each.state,) if isinstance(each.state, str) else each.state
    assert record.state in states, record.notes


def everything_shown(course):
    """Yield each submission with what it brought about: its outputs, and its feedback page."""
    for each in SUBMISSIONS:
        yield each, json.dumps(outputs(course, each), ensure_ascii=False)
        yield each, page_of(course, each)


def outputs(course, each) -> list[dict]:
    """Return what a submission shows, without what only the instructor may read."""
    return [
        output
        for cell in course.executed(each).cells
        for output in cell.get("outputs", [])
        if not output.get("metadata", {}).get("lessonlib_instructor")
    ]


def page_of(course, each) -> str:
    """Return a submission's feedback page."""
    return (course.root / "feedback" / each.name / each.lesson / f"{each.lesson}.html").read_text()


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


MARKED_UP = ("text/html", "text/markdown", "image/svg+xml")


class Acting(HTMLParser):
    """Finds what of a learner's would act in a page, cover it, or load something."""

    def __init__(self):
        super().__init__()
        self.found, self.script = [], False

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script"
        for name, value in attributes:
            value = value or ""
            loads = EVIL in value and (tag, name) != ("a", "href")
            if "alert(" in value or loads or "modal-backdrop" in value:
                self.found.append(name)

    def handle_data(self, data):
        self.found += ["script"] if self.script and "alert(" in data else []

    def handle_endtag(self, tag):
        self.script = False


def test_no_script_of_theirs_gets_into_a_page(course):
    for each in SUBMISSIONS:
        shown = [output.get("data", {}) for output in outputs(course, each)]
        marked_up = [text for data in shown for kind in MARKED_UP for text in data.get(kind, [])]
        for text in (page_of(course, each), "".join(marked_up)):
            page = Acting()
            page.feed(text)
            assert page.found == [], each.name
        assert not any("application/javascript" in data for data in shown)


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
    assert made <= {"autograded", "feedback", "gradebook.db", ".lessonlib"}
    for folder in ("/tmp", "/dev/shm", "/var/tmp"):
        assert [name for name in os.listdir(folder) if name.startswith(LEFT)] == []
    assert not list(course.root.rglob(f"{LEFT}*"))


def test_the_gradebook_was_not_touched_from_inside(course):
    with sqlite3.connect(course.root / "gradebook.db") as database:
        manual = "SELECT count(*) FROM grade WHERE manual_score IS NOT NULL"
        assert database.execute(manual).fetchone() == (0,)


def test_no_process_of_ours_takes_much_memory(course):
    assert course.peaks and {k: mib for k, mib in course.peaks.items() if mib > MOST} == {}
