"""A grader that is killed at any moment leaves nothing that the next run does not mend."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import forked
import numpy as np
import pytest
from graded_course import LESSON, dump, executed, give_secret, gradebook, make

from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.classroom.workers import LocalCrew
from lessonlib.grading.protocol.limits import Limits

pytestmark = pytest.mark.slow

PR_SET_CHILD_SUBREAPER = 36
MOMENTS = 20
SIGNALS = [signal.SIGKILL] * 14 + [signal.SIGTERM] * 3 + [signal.SIGINT] * 3
# One is right, one ends its process, one has to be repaired, one cannot be read.
CLASS = ("ada", "dan", "fay", "gus")
RNG = np.random.default_rng(20)


@pytest.fixture(scope="module")
def crew():
    """Workers that finish what was interrupted; one crew for all, for they start slowly."""
    with LocalCrew(2) as crew:
        yield crew


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A run that nobody interrupts, how long it takes, and what comes of it."""
    root = make(tmp_path_factory.mktemp("undisturbed"), CLASS)
    forked.run(root, "lessonlib.cli", "--help")  # the first waits for the server's own imports
    started = time.monotonic()
    grader = start(root)
    grader.join(120)
    assert grader.exitcode == 0
    seconds = time.monotonic() - started
    return root, seconds, dump(root), executed(root)


@pytest.fixture(scope="module", autouse=True)
def orphans():
    """Let what a killed grader leaves become our own children, so that none is overlooked."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def start(root: Path) -> BaseProcess:
    """Start a grader in a session of its own, with a temporary folder of its own."""
    temporary = root / "temporary"
    temporary.mkdir(exist_ok=True)
    command = ("lessonlib.cli", "grade", LESSON, "--workers", "2")
    return forked.start(root, *command, TMPDIR=str(temporary))


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def alive(since: set[str]) -> set[str]:
    """Return what runs of the processes that are new; those that have ended are buried."""
    new = children() - since
    return {pid for pid in new if not os.waitpid(int(pid), os.WNOHANG)[0]}


def wait_until_all_are_gone(since: set[str]) -> set[str]:
    deadline = time.monotonic() + 15
    while alive(since) and time.monotonic() < deadline:
        time.sleep(0.1)
    return {Path(f"/proc/{pid}/cmdline").read_text() for pid in alive(since)}


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_the_next_run_ends_as_if_nothing_had_happened(
    moment, undisturbed, crew, tmp_path, monkeypatch
):
    reference, seconds, grades, notebooks = undisturbed
    root = tmp_path / "course"
    for step in ("solutions", "submitted"):
        shutil.copytree(reference / step, root / step)
    shutil.copy(reference / "nbgrader_config.py", root)
    give_secret(root)
    Classroom(root, LESSON, Limits())  # imports what the crew needs before it is looked at
    before = children()
    grader = start(root)
    # One moment in each twentieth of the time.
    time.sleep(seconds * (moment + RNG.random()) / MOMENTS)
    with contextlib.suppress(ProcessLookupError):  # it has finished already
        os.kill(grader.pid, SIGNALS[moment])
    grader.join(60)
    assert grader.exitcode is not None
    assert wait_until_all_are_gone(before) == set()
    monkeypatch.setattr(tempfile, "tempdir", str(root / "temporary"))
    Classroom(root, LESSON, Limits()).grade(crew)
    assert list((root / "temporary").iterdir()) == []
    assert dump(root) == grades
    assert executed(root) == notebooks
    assert not [path for path in root.rglob(".*ipynb*") if path.is_file()]


def test_a_second_grader_is_kept_out(undisturbed, crew):
    root = undisturbed[0]
    room = Classroom(root, LESSON, Limits())
    with room._alone():
        told = subprocess.run(
            [sys.executable, "-m", "lessonlib.cli", "grade", LESSON],
            cwd=root, capture_output=True, text=True,
        )  # fmt: skip
    assert told.returncode == 1
    assert "Another `lessonlib grade` is at work" in told.stderr


def test_what_has_not_changed_is_not_graded_again(undisturbed, crew):
    root = undisturbed[0]
    tally = Classroom(root, LESSON, Limits()).grade(crew)
    assert (sum(tally.states.values()), tally.unchanged) == (0, len(CLASS))


def test_a_due_date_that_comes_later_counts_without_grading_anew(undisturbed, crew, tmp_path):
    root = shutil.copytree(undisturbed[0], tmp_path / "course")
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    handed_in = root / "submitted/ada" / LESSON / "timestamp.txt"
    handed_in.write_text("2026-03-02 12:00:00 UTC")
    scores = []
    for due in ("2026-03-02 11:00:00", "2026-03-02 13:00:00"):
        with gradebook(root) as book:
            book.update_or_create_assignment(LESSON, duedate=due)
        tally = Classroom(root, LESSON, Limits()).grade(crew)
        assert (sum(tally.states.values()), tally.unchanged) == (0, len(CLASS))
        with gradebook(root) as book:
            notebook = book.find_submission_notebook(LESSON, LESSON, "ada")
            scores.append(notebook.score - (notebook.late_submission_penalty or 0))
    assert scores == [0, 7]
