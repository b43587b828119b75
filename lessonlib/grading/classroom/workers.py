"""Who does the work: threads, each with a child process. Those of a cluster are in `cluster`."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from lessonlib.grading.classroom.supervisor import Late, Supervisor


class Crew:
    """An executor whose threads have their jobs done in child processes.

    do:      calls a function in the child process of the thread that it runs in, within so many
             seconds; the same as `Supervisor.do`.
    places:  how many jobs are under way at a time; more wait with whoever has them.
    workers: how many are at work at a time.
    others:  how many have nothing to do while one is at work.
    """

    def __init__(self, executor: Executor, do: Callable[..., bytes], places: int, others: int = 0):
        self.executor, self.do, self.places, self.others = executor, do, places, others
        self.workers = others + 1

    def submit(self, seconds: float, function: Callable[..., bytes], *arguments) -> Future:
        """Let a worker call a function."""
        return self.executor.submit(self.do, seconds, function, *arguments)

    def call(self, seconds: float, function: Callable[..., bytes], *arguments) -> bytes:
        """Let a worker call a function, and wait for what it returns."""
        future = self.submit(seconds, function, *arguments)
        while not self.wait([future], 1):
            pass
        return future.result()

    def wait(self, futures: list[Future], seconds: float) -> set[Future]:
        """Return those that are done; none where none is after so many seconds."""
        return wait(futures, timeout=seconds, return_when=FIRST_COMPLETED).done

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind, *_) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)


class LocalCrew(Crew):
    """So many workers of this machine."""

    def __init__(self, workers: int):
        self.supervisor = Supervisor()
        executor = ThreadPoolExecutor(workers)
        super().__init__(executor, self.supervisor.do, workers + 1, workers - 1)
        for _ in range(workers):  # they take a second, in which there is other work here
            executor.submit(self.supervisor.start)

    def __exit__(self, kind, *_) -> None:
        self.supervisor.close(kill=kind is not None)  # interrupted: what is under way is not wanted
        super().__exit__(kind)


# --- many jobs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """How long a job may take, in seconds.

    full:     the most that it gets.
    quick:    what it gets at first, while others wait; what takes longer comes last, and anew.
    patience: after how long it is said, again and again, what is waited for.
    """

    full: float
    quick: float = 60.0
    patience: float = 3600.0

    @property
    def first(self) -> float:
        """The most that a job gets at first; too little is gained where that is nearly all."""
        return self.quick if 2 * self.quick < self.full else self.full


class Queue:
    """Has a function called on the task of every job, the quick ones first.

    task_of: makes a job's task, when there is room for it.
    waits:   is told the jobs that are waited for, when patience ends.
    """

    def __init__(self, crew: Crew, function: Callable[..., bytes], task_of: Callable[[Any], Any],
                 times: Times, waits: Callable[[list], None]):  # fmt: skip
        self.crew, self.function, self.task_of = crew, function, task_of
        self.times, self.waits = times, waits
        self.under_way: dict[Future, tuple[Any, bool]] = {}  # the job, and if it has all its time
        self.slow: deque = deque()
        self.next_word = time.monotonic() + times.patience

    def results(self, jobs: Iterator) -> Iterator[tuple[Any, Future]]:
        """Yield each job and what came of it, in the order in which they end."""
        while self._hand_out(jobs):
            left = max(self.next_word - time.monotonic(), 0)
            done = self.crew.wait(list(self.under_way), left)
            self._say_who_is_waited_for()
            for future in done:
                job, whole = self.under_way.pop(future)
                if not whole and isinstance(future.exception(), Late):
                    self.slow.append(job)
                else:
                    yield job, future

    def _say_who_is_waited_for(self) -> None:
        if time.monotonic() >= self.next_word:
            self.next_word = time.monotonic() + self.times.patience
            self.waits([*(job for job, _ in self.under_way.values()), *self.slow])

    def _hand_out(self, jobs: Iterator) -> bool:
        """Give the crew what it has room for; return whether there is anything under way."""
        while len(self.under_way) < self.crew.places:
            job = next(jobs, None)
            whole = job is None or self.times.first == self.times.full
            if job is None and not self.slow:
                break
            job = self.slow.popleft() if job is None else job
            seconds = self.times.full if whole else self.times.first
            future = self.crew.submit(seconds, self.function, self.task_of(job))
            self.under_way[future] = job, whole
        return bool(self.under_way)
