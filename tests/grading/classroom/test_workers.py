"""No job is lost with its worker, and no worker outlives its crew."""

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path

import pytest

from lessonlib.errors import UserError
from lessonlib.grading.classroom import workers
from lessonlib.grading.classroom.workers import TRIES, Crew, Round, local

ROOT = Path(__file__).parents[2]


class Pretended(Executor):
    """Does a job when it is waited for; a deadly one breaks it, and takes all others with it."""

    def __init__(self):
        self.broken, self.waiting = False, []

    def submit(self, function, task):
        if self.broken:
            raise BrokenExecutor
        self.waiting.append((Future(), function, task))
        return self.waiting[-1][0]

    def work(self):
        waiting, self.waiting = self.waiting, []
        self.broken = any(task == "deadly" for _, _, task in waiting)
        for future, function, task in waiting:
            if self.broken:
                future.set_exception(BrokenExecutor("a process ended"))
            else:
                future.set_result(function(task))

    def shutdown(self, wait=True, cancel_futures=False):
        self.broken = True


class PretendedCrew(Crew):
    def __init__(self, workers=2):
        self.made = Counter()
        self.most = 0

        def make():
            self.made["executors"] += 1
            return Pretended()

        super().__init__(make, workers)

    def wait(self, futures):
        self.most = max(self.most, len(futures))
        self.executor.work()
        return {future for future in futures if future.done()}


def outcome(jobs, crew=None, task_of=str):
    """Return what came of each job, in the order in which it came."""
    crew = crew or PretendedCrew()
    found = []
    for job, future in Round(crew, str.upper, iter(jobs), task_of).results():
        found.append((job, "lost" if future.exception() else future.result()))
    return found


def test_every_job_is_done_once():
    assert sorted(outcome("abcdefg")) == [(job, job.upper()) for job in "abcdefg"]


def test_no_jobs_are_done_at_once():
    assert outcome("") == []


def test_never_more_are_under_way_than_there_are_places():
    crew = PretendedCrew(workers=3)
    outcome("abcdefghijklmnop", crew)
    assert crew.most == crew.places == 6


def test_jobs_are_only_made_when_there_is_room_for_them():
    made = []

    def jobs():
        for job in "abcdefgh":
            made.append(job)
            yield job

    results = Round(PretendedCrew(1), str.upper, jobs(), str).results()
    next(results)
    assert len(made) <= 4


def test_a_job_that_ends_its_worker_takes_no_other_with_it():
    found = dict(outcome(["a", "b", "deadly", "c", "d"]))
    assert found == {"a": "A", "b": "B", "deadly": "lost", "c": "C", "d": "D"}


def test_several_such_jobs_take_no_other_with_them():
    jobs = ["deadly", "a", "deadly", "b", "deadly", "c"]
    found = Counter(outcome(jobs))
    assert found == Counter({("deadly", "lost"): 3, ("a", "A"): 1, ("b", "B"): 1, ("c", "C"): 1})


def test_it_is_tried_a_few_times_and_given_up():
    asked = []

    def task_of(job):
        asked.append(job)
        return job

    assert outcome(["deadly"], task_of=task_of) == [("deadly", "lost")]
    assert len(asked) == TRIES


def test_an_error_of_the_job_itself_is_no_reason_to_try_again():
    asked = []

    class Failing(PretendedCrew):
        def wait(self, futures):
            for future, _, _ in self.executor.waiting:
                future.set_exception(KeyError("k"))
            self.executor.waiting = []
            return set(futures)

    def task_of(job):
        asked.append(job)
        return job

    assert outcome(["a"], Failing(), task_of) == [("a", "lost")]
    assert asked == ["a"]


def test_a_broken_executor_is_made_anew():
    crew = PretendedCrew()
    crew.executor.broken = True
    assert crew.submit(str.upper, "a") is not None
    assert crew.made["executors"] == 2


# --- processes of this machine -------------------------------------------------------------------


def work(job):
    """Do what a job says; one of them ends its process."""
    if job == "deadly":
        os._exit(1)
    return job, os.getpid(), os.environ["OMP_NUM_THREADS"], os.environ["MPLBACKEND"]


@pytest.mark.slow
def test_real_processes_do_the_work_and_one_that_dies_is_replaced():
    with local(2) as crew:
        jobs = iter(["a", "deadly", "b", "c"])
        found = {job: future for job, future in Round(crew, work, jobs, str).results()}
    assert isinstance(found.pop("deadly").exception(), BrokenExecutor)
    done = [future.result() for future in found.values()]
    assert sorted(job for job, *_ in done) == ["a", "b", "c"]
    assert {tuple(how) for _, _, *how in done} == {("1", "agg")}
    assert os.getpid() not in {pid for _, pid, *_ in done}


INTERRUPTED = """
import sys, time
from lessonlib.grading.classroom import workers

def main():
    try:
        with workers.local(1) as crew:
            pid = crew.submit(workers.os.getpid).result()
            print(pid, flush=True)
            crew.submit(time.sleep, 600)
            {then}
    except KeyboardInterrupt:
        pass

if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("then", ["raise KeyboardInterrupt", "workers.os._exit(1)"])
def test_no_worker_outlives_its_crew(tmp_path, then):
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED.format(then=then))
    started = time.monotonic()
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert time.monotonic() - started < 30
    assert ended(int(told.stdout), within=5)


HALF_A_RESULT = """
import gc, os, struct, sys, time
from multiprocessing.queues import SimpleQueue
from lessonlib.grading.classroom import workers

def half_a_result(flag):
    (queue,) = [each for each in gc.get_objects() if isinstance(each, SimpleQueue)]
    os.write(queue._writer.fileno(), struct.pack("!i", 1000) + b"half")
    open(flag, "w").close()
    time.sleep(600)

if __name__ == "__main__":
    try:
        with workers.local(1) as crew:
            crew.submit(half_a_result, sys.argv[1])
            while not os.path.exists(sys.argv[1]):
                time.sleep(0.01)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        print("left")
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_hands_over_its_result_holds_nobody_up(tmp_path):
    script = tmp_path / "half.py"
    script.write_text(HALF_A_RESULT)
    told = subprocess.run(
        [sys.executable, script, tmp_path / "flag"], capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stdout) == (0, "left\n"), told.stderr


def ended(pid: int, within: float) -> bool:
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


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", "0.5s")
    with pytest.raises(UserError, match="no Dask cluster at tcp://127.0.0.1:9"):
        workers.dask("tcp://127.0.0.1:9")


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match="pip install"):
        workers.dask("tcp://127.0.0.1:9")
