"""Quick jobs come first, none is lost, and no worker outlives its crew."""

import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from lessonlib.grading.classroom.supervisor import Late, Lost
from lessonlib.grading.classroom.workers import Crew, Queue, Times

HERE = Path(__file__).parent


class Clock(Executor):
    """Does jobs when they are waited for; a job is how many seconds it would take."""

    def __init__(self):
        self.waiting, self.asked, self.most = [], [], 0

    def submit(self, do, seconds, function, task):
        future = Future()
        self.waiting.append((future, seconds, function, task))
        self.asked.append((task, seconds))
        self.most = max(self.most, len(self.waiting))
        return future

    def work(self):
        waiting, self.waiting = self.waiting, []
        for future, seconds, function, task in waiting:
            if task == "deadly":
                future.set_exception(Lost("its process ended"))
            elif float(task) > seconds:
                future.set_exception(Late())
            else:
                future.set_result(function(task))


class PretendedCrew(Crew):
    def __init__(self, places=2, idle=0):
        super().__init__(Clock(), None, places)
        self.idle = idle  # how often nothing is done

    def wait(self, futures, seconds):
        if self.idle:
            self.idle -= 1
            time.sleep(seconds)
            return set()
        self.executor.work()
        return {future for future in futures if future.done()}


def outcome(jobs, crew=None, times=None, waits=lambda jobs: None):
    """Return what came of each job, in the order in which it came."""
    queue = Queue(crew or PretendedCrew(), str.encode, str, times or Times(900), waits)
    return [(job, type(future.exception()) if future.exception() else future.result())
            for job, future in queue.results(iter(jobs))]  # fmt: skip


def test_every_job_is_done_once():
    assert sorted(outcome("12345")) == [(job, job.encode()) for job in "12345"]


def test_no_jobs_are_done_at_once():
    assert outcome("") == []


def test_never_more_are_under_way_than_there_are_places():
    crew = PretendedCrew(places=3)
    outcome("123456789", crew)
    assert crew.executor.most == 3


def test_jobs_are_only_made_when_there_is_room_for_them():
    made = []

    def jobs():
        for job in "12345678":
            made.append(job)
            yield job

    results = Queue(PretendedCrew(2), str.encode, str, Times(900), print).results(jobs())
    next(results)
    assert len(made) <= 3


def test_slow_jobs_come_last_and_have_all_their_time():
    crew = PretendedCrew(places=1)
    assert outcome(["1", "100", "2", "61", "3"], crew) == [
        ("1", b"1"), ("2", b"2"), ("3", b"3"), ("100", b"100"), ("61", b"61"),
    ]  # fmt: skip
    assert crew.executor.asked[-2:] == [("100", 900), ("61", 900)]


def test_a_job_that_is_late_with_all_its_time_is_done_with():
    crew = PretendedCrew()
    assert dict(outcome(["1000", "1"], crew)) == {"1": b"1", "1000": Late}
    assert [seconds for task, seconds in crew.executor.asked if task == "1000"] == [60, 900]


def test_nobody_begins_twice_where_little_would_be_gained():
    crew = PretendedCrew()
    assert outcome(["90"], crew, Times(100)) == [("90", b"90")]
    assert crew.executor.asked == [("90", 100)]


def test_a_lost_job_takes_no_other_with_it():
    assert sorted(outcome(["1", "deadly", "2"])) == [("1", b"1"), ("2", b"2"), ("deadly", Lost)]


def test_after_some_time_it_is_said_again_and_again_what_is_waited_for():
    told = []
    times = Times(900, patience=0.05)
    found = outcome(["100", "1", "2"], PretendedCrew(idle=3), times, told.append)
    assert len(found) == 3
    assert told[:3] == [["100", "1"]] * 3
    assert len(told) <= 4


def test_what_is_put_off_is_waited_for_too():
    told = []

    class Slow(PretendedCrew):
        def wait(self, futures, seconds):
            time.sleep(0.06)
            return super().wait(futures, seconds)

    outcome(["100", "1", "2"], Slow(places=1), Times(900, patience=0.1), told.append)
    assert any(jobs[1:] == ["100"] for jobs in told)


# --- workers of this machine ---------------------------------------------------------------------

INTERRUPTED = """
import sys, time
sys.path.append({tests!r})
from test_supervisor import sleeps, whoami
from lessonlib.grading.classroom import workers

try:
    with workers.LocalCrew(2) as crew:
        print(crew.submit(60, whoami).result().decode(), flush=True)
        under_way = [crew.submit(600, sleeps, 600) for _ in range(5)]
        time.sleep(2)
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("left", flush=True)
"""


@pytest.mark.slow
def test_no_worker_outlives_its_crew_and_nobody_waits_for_it():
    from test_supervisor import ended

    started = time.monotonic()
    script = INTERRUPTED.format(tests=str(HERE))
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    pid, left = told.stdout.split()
    assert (told.returncode, left) == (0, "left"), told.stderr
    assert time.monotonic() - started < 15
    assert ended(int(pid))
