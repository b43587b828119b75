"""A gradebook in PostgreSQL: the grader is killed, then the server, and nothing is lost.

`make simulate` does it with 400 learners.
"""

import os
import signal
import time
from pathlib import Path

import forked
import postgres
import pytest
from small_class import LESSON, make, scores

pytestmark = pytest.mark.slow

LEARNERS = int(os.environ.get("LEARNERS", "24"))
GRADE = ("lessonlib.cli", "grade", LESSON, "--workers", "2")


@pytest.fixture(scope="module")
def server():
    """A server; without PostgreSQL the tests are skipped, and on a build machine they fail."""
    if postgres.BIN is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing on the build machine")
        pytest.skip("there is no PostgreSQL here (Debian: apt-get install postgresql)")
    server = postgres.Server()
    yield server
    server.close()


def graded(root: Path) -> int:
    return len(list((root / "autograded").glob("*/*/*.ipynb")))


def wait_for(root: Path, count: int, process) -> None:
    while graded(root) < count:
        assert process.is_alive(), "the grading ended too early"
        time.sleep(0.01)


def run(root: Path, *command: str) -> str:
    told = forked.run(root, *command)
    assert told.returncode == 0, told.stderr
    return told.stdout


def in_reports(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "reports").glob("*.csv")}


def test_killed_cut_off_and_finished_it_is_what_sqlite_has(server, tmp_path):
    here, there = make(tmp_path / "here", LEARNERS), make(tmp_path / "there", LEARNERS, server.url)
    grader = forked.start(there, *GRADE)
    wait_for(there, LEARNERS // 4, grader)
    os.kill(grader.pid, signal.SIGKILL)
    grader.join(30)

    streams = tmp_path / "out", tmp_path / "err"
    cut_off = forked.start(there, *GRADE, streams=streams)
    wait_for(there, LEARNERS // 2, cut_off)
    server.stop()
    cut_off.join(60)
    told = streams[1].read_text()
    assert (cut_off.exitcode, told.count("\n")) == (1, 1)
    assert "The gradebook cannot be used: " in told and "run the same command again" in told

    server.start()
    kept = graded(there)
    assert f"{LEARNERS - kept} graded now" in run(there, *GRADE)
    run(here, *GRADE)
    assert scores(there) == scores(here)
    assert len(scores(there)) == LEARNERS

    for root in (here, there):
        run(root, "lessonlib.cli", "report", LESSON)
        run(root, "lessonlib.cli", "export", LESSON, "--for", "canvas")
    assert in_reports(there) == in_reports(here)
    assert not (there / "gradebook.db").exists()


def test_a_server_that_is_not_there_is_said_in_a_sentence(tmp_path, server):
    root = make(tmp_path, 1, server.url)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("host=/tmp/", "host=/tmp/nowhere/"))
    told = forked.run(root, *GRADE)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "The gradebook cannot be used: connection" in told.stderr
