"""Who does the work: processes of this machine, or a Dask cluster; and how no job gets lost."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace

from lessonlib.errors import UserError
from lessonlib.grading.grade import code_fingerprint

TRIES = 3  # a job that takes its worker with it that often is given up
PATIENCE = "10s"  # for a Dask cluster to answer

GONE = (
    "The Dask cluster at {address} does not answer any more. What is graded is kept; run the same "
    "command again when the cluster is back."
)


class Crew:
    """An executor, made anew when it breaks.

    places: how many jobs it is given at a time.
    lost:   the errors of a job whose worker ended.
    """

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, make: Callable[[], Executor], workers: int):
        self.make, self.executor, self.places = make, make(), 2 * workers

    def submit(self, function: Callable, *arguments) -> Future:
        """Let a worker call a function."""
        try:
            return self.executor.submit(function, *arguments)
        except BrokenExecutor:
            self.executor.shutdown(wait=False)
            self.executor = self.make()
            return self.executor.submit(function, *arguments)

    def wait(self, futures: list[Future]) -> set[Future]:
        """Return those that are done, at least one. Raises UserError where nobody is at work."""
        return wait(futures, return_when=FIRST_COMPLETED).done

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is not None:  # interrupted: do not wait for what is under way
            _kill_all(self.executor)
        self.executor.shutdown(wait=True, cancel_futures=True)


def _kill_all(executor: Executor) -> None:
    """End all processes of a pool, so that it can be shut down at once.

    One that is killed while it writes leaves half a result, for whose other half the pool's thread
    would wait for ever, as long as this process could still write it.
    """
    for process in multiprocessing.active_children():
        process.kill()
    results = getattr(executor, "_result_queue", None)  # none in a pool that has broken
    if results is not None:
        results._writer.close()


# --- many jobs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Try:
    job: object
    number: int = 1


class Round:
    """Calls a function on every job with a crew, and loses none.

    Nobody knows which job ended a worker, and in a pool all that were under way are lost with it.
    So these are done again, each alone; what still ends its worker then is given up.
    """

    def __init__(self, crew: Crew, function: Callable, jobs: Iterator, task_of: Callable):
        self.crew, self.function, self.jobs, self.task_of = crew, function, jobs, task_of
        self.under_way: dict[Future, _Try] = {}
        self.again: list[_Try] = []

    def results(self) -> Iterator[tuple[object, Future]]:
        """Yield each job and what came of it; never more are under way than can be done."""
        while self._hand_out():
            for future in self.crew.wait(list(self.under_way)):
                this = self.under_way.pop(future)
                if self._is_lost(future) and this.number < TRIES:
                    self.again.append(replace(this, number=this.number + 1))
                else:
                    yield this.job, future

    def _hand_out(self) -> bool:
        """Give the crew what it has room for; return whether there is anything under way."""
        while len(self.under_way) < self._room():
            this = self.again.pop() if self.again else self._next()
            if this is None:
                break
            future = self.crew.submit(self.function, self.task_of(this.job))
            self.under_way[future] = this
        return bool(self.under_way)

    def _room(self) -> int:
        suspects = [*self.again, *(t for t in self.under_way.values() if t.number > 1)]
        return 1 if suspects else self.crew.places

    def _next(self) -> _Try | None:
        job = next(self.jobs, None)
        return None if job is None else _Try(job)

    def _is_lost(self, future: Future) -> bool:
        return future.cancelled() or isinstance(future.exception(), self.crew.lost)


# --- processes of this machine -------------------------------------------------------------------


def local(workers: int) -> Crew:
    """Return a crew of so many processes of this machine."""

    def make() -> Executor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin)

    return Crew(make, workers)


def _begin() -> None:
    """Let a worker end with the process that started it, and leave Ctrl-C to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(OMP_NUM_THREADS="1", MPLBACKEND="agg")
    if sys.platform == "linux":
        from lessonlib.grading.inside.confine import end_with_parent

        end_with_parent()
    if not multiprocessing.parent_process().is_alive():
        os._exit(1)  # it ended before it could take this one along


# --- a Dask cluster ------------------------------------------------------------------------------


class DaskCrew(Crew):
    """The workers of a Dask cluster."""

    def __init__(self, client, address: str, workers: int):
        from distributed import KilledWorker

        self.client, self.address = client, address
        self.lost = (KilledWorker, CancelledError)
        super().__init__(lambda: client.get_executor(pure=False), workers)

    def submit(self, function: Callable, *arguments) -> Future:
        """Let a worker call a function. Raises UserError if the cluster has gone."""
        self._expect_cluster()
        return super().submit(function, *arguments)

    def wait(self, futures: list[Future]) -> set[Future]:
        """Return those that are done. Raises UserError if the cluster has gone."""
        while True:
            done = wait(futures, timeout=1, return_when=FIRST_COMPLETED).done
            self._expect_cluster()
            if done:
                return done

    def _expect_cluster(self) -> None:
        if self.client.status != "running":
            raise UserError(GONE.format(address=self.address))

    def __exit__(self, kind, *_) -> None:
        self.executor.shutdown(wait=False)  # whatever is still under way is not wanted any more
        self.client.close()


def dask(address: str) -> Crew:
    """Return the workers of the Dask cluster at this address. Raises UserError if there are none,
    or if they have another lessonlib than this process."""
    client = _client(address)
    workers = len(client.scheduler_info(n_workers=-1)["workers"])
    if not workers:
        client.close()
        raise UserError(f"The Dask cluster at {address} has no workers.")
    _expect_same_code(client, address)
    return DaskCrew(client, address, workers)


def _client(address: str):
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(
            "For --dask, Dask has to be installed: pip install -c constraints.txt "
            '-e ".[instructor,dask]"'
        ) from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(f"There is no Dask cluster at {address} ({error}).") from None


def _expect_same_code(client, address: str) -> None:
    try:
        known = set(client.run(code_fingerprint).values())
    except Exception as error:
        raise UserError(
            f"The workers of the Dask cluster at {address} cannot use lessonlib: {error}"
        ) from None
    if known != {code_fingerprint()}:
        raise UserError(
            f"The workers of the Dask cluster at {address} have another version of lessonlib than "
            "this machine. Update them, and start them again."
        )
