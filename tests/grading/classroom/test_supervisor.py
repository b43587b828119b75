"""A job that takes too long, or takes its process with it, costs nobody else anything."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lessonlib.errors import UserError
from lessonlib.grading.classroom import child, supervisor
from lessonlib.grading.classroom.supervisor import Late, Lost, Supervisor

pytestmark = pytest.mark.slow  # a child takes a second to start


# --- jobs, which the child imports from here -----------------------------------------------------


def whoami() -> bytes:
    return str(os.getpid()).encode()


def sleeps(seconds) -> bytes:
    time.sleep(seconds)
    return b"slept"


def computes() -> bytes:
    while True:
        pass


def dies(code) -> bytes:
    print("last words", flush=True)
    os._exit(code)


def is_killed() -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)


def killed_once(flag) -> bytes:
    """Be killed the first time, and say so the second time."""
    if os.path.exists(flag):
        return b"second"
    Path(flag).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def raises(error) -> bytes:
    raise error


def takes_memory(size) -> bytes:
    return bytes(bytearray(size)[:10])


def result_of(size) -> bytes:
    return bytes(size)


def grows(size) -> bytes:
    global _KEPT
    _KEPT = b"x" * size
    return whoami()


def limits() -> bytes:
    kinds = {"AS": resource.RLIMIT_AS, "CPU": resource.RLIMIT_CPU, "NOFILE": resource.RLIMIT_NOFILE,
             "FSIZE": resource.RLIMIT_FSIZE, "CORE": resource.RLIMIT_CORE}  # fmt: skip
    return json.dumps({name: resource.getrlimit(kind) for name, kind in kinds.items()}).encode()


def about_itself() -> bytes:
    return json.dumps([os.getsid(0) == os.getpid(), os.environ["OMP_NUM_THREADS"],
                       os.environ["MPLBACKEND"]]).encode()  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def importable():
    """Let a child import this file."""
    sys.path.append(str(Path(__file__).parent))
    yield
    sys.path.remove(str(Path(__file__).parent))


@pytest.fixture
def boss():
    boss = Supervisor()
    yield boss
    boss.close(kill=True)


def ended(pid: int, within: float = 5) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


# --- one thread ----------------------------------------------------------------------------------


def test_a_thread_keeps_its_child(boss):
    first, second = boss.do(30, whoami), boss.do(30, whoami)
    assert first == second != str(os.getpid()).encode()


def test_a_job_that_takes_too_long_is_ended_and_the_next_has_a_new_child(boss):
    first = int(boss.do(30, whoami))
    started = time.monotonic()
    with pytest.raises(Late):
        boss.do(0.5, computes)
    assert time.monotonic() - started < 3
    assert ended(first)
    assert int(boss.do(30, whoami)) != first


def test_a_job_that_ends_its_process_is_lost_in_words(boss):
    with pytest.raises(Lost, match=r"^its process ended \(last words\)$"):
        boss.do(30, dies, 3)
    assert boss.do(30, sleeps, 0) == b"slept"


def test_a_job_whose_process_is_killed_is_done_again_in_a_fresh_one(boss, tmp_path):
    assert boss.do(30, killed_once, str(tmp_path / "flag")) == b"second"


def test_a_crash_is_lost_in_words(boss):
    with pytest.raises(Lost, match="^its process was ended by SIGSEGV$"):
        boss.do(30, is_killed)


def test_both_tries_share_the_time(boss, tmp_path):
    with pytest.raises(Late):
        boss.do(1.0, dies_slowly, 0.7)


def dies_slowly(seconds) -> bytes:
    time.sleep(seconds)
    os._exit(1)


def test_too_little_memory_costs_the_job_only(boss):
    with pytest.raises(Lost, match="MemoryError"):
        boss.do(30, takes_memory, 4 * 2**30)
    assert boss.do(30, sleeps, 0) == b"slept"


def test_an_error_is_lost_in_words_and_one_for_the_user_is_passed_on(boss):
    with pytest.raises(Lost, match="ValueError: no such thing"):
        boss.do(30, raises, ValueError("no such thing"))
    with pytest.raises(UserError, match="^no bubblewrap$"):
        boss.do(30, raises, UserError("no bubblewrap"))


def test_a_result_that_is_too_large_is_refused_unread(boss):
    with pytest.raises(Lost, match="its result has 21 MiB; at most 16 are kept"):
        boss.do(30, result_of, 21 * 2**20)


def test_a_child_that_has_grown_is_replaced(boss):
    first = boss.do(30, grows, child.GROWN)
    assert ended(int(first))
    assert boss.do(30, whoami) != first


def test_a_child_that_has_rested_long_is_not_relied_upon(boss, monkeypatch):
    first = boss.do(30, whoami)
    monkeypatch.setattr(supervisor, "REST", 0.0)
    assert boss.do(30, whoami) != first


def test_a_child_has_limits_that_a_submission_may_raise_to_its_own(boss):
    found = json.loads(boss.do(30, limits))
    for name, most in {"AS": 8 * 2**30, "NOFILE": 256, "FSIZE": 256 * 2**20, "CORE": 0}.items():
        assert 0 <= found[name][0] <= most, name
    assert 30 <= found["CPU"][0] <= 60
    assert found["AS"][1] == resource.getrlimit(resource.RLIMIT_AS)[1]


def test_a_child_has_a_session_of_its_own_and_one_thread(boss):
    assert json.loads(boss.do(30, about_itself)) == [True, "1", "agg"]


def test_a_child_that_cannot_start_is_told_in_words(boss, monkeypatch):
    monkeypatch.setattr(supervisor.inside, "__name__", "lessonlib.nothing_here")
    with pytest.raises(UserError, match="could not be started.*nothing_here"):
        boss.do(30, whoami)


def test_what_lies_in_the_working_folder_is_not_imported(boss, tmp_path, monkeypatch):
    (tmp_path / "nbformat.py").write_text("raise SystemExit('a learner wrote this')")
    monkeypatch.chdir(tmp_path)
    assert boss.do(30, sleeps, 0) == b"slept"


# --- several threads -----------------------------------------------------------------------------


def test_neighbours_do_not_notice_a_job_that_is_ended(boss):
    found = {}

    def neighbour():
        found["pid"] = boss.do(30, whoami)
        found["slept"] = boss.do(30, sleeps, 2.0)
        found["same"] = boss.do(30, whoami)

    thread = threading.Thread(target=neighbour)
    thread.start()
    while "pid" not in found:
        time.sleep(0.01)
    with pytest.raises(Late):
        boss.do(0.5, computes)
    thread.join(timeout=30)
    assert found["slept"] == b"slept"
    assert found["same"] == found["pid"]


def test_closing_ends_what_is_under_way_at_once(boss):
    told = []

    def busy():
        try:
            boss.do(60, sleeps, 60)
        except Lost as error:
            told.append(str(error))

    thread = threading.Thread(target=busy)
    thread.start()
    time.sleep(3)
    started = time.monotonic()
    boss.close(kill=True)
    thread.join(timeout=10)
    assert time.monotonic() - started < 2
    assert len(told) == 1
    with pytest.raises(Lost, match="stopped"):
        boss.do(30, whoami)


ENDS = """
import os, sys, threading, time
sys.path.append({tests!r})
from test_supervisor import sleeps, whoami
from lessonlib.grading.classroom.supervisor import Supervisor

boss = Supervisor()
print(boss.do(30, whoami).decode(), flush=True)
threading.Thread(target=boss.do, args=(60, sleeps, 60), daemon=True).start()
time.sleep(2)
os.kill(os.getpid(), 9)
"""


def test_no_child_outlives_a_supervisor_that_is_killed():
    script = ENDS.format(tests=str(Path(__file__).parent))
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == -signal.SIGKILL, told.stderr
    assert ended(int(told.stdout))
