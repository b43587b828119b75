"""Who does the work: processes of this machine, or a Dask cluster."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor

from lessonlib.errors import UserError


class Crew:
    """An executor, made anew when it breaks. `places`: how many tasks it is given at a time."""

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

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is not None:  # interrupted: do not wait for what is under way
            for process in multiprocessing.active_children():
                process.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)


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


def dask(address: str) -> Crew:
    """Return the workers of the Dask cluster at this address. Raises UserError if there is none."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(
            "For --dask, Dask has to be installed: pip install -c constraints.txt "
            '-e ".[instructor,dask]"'
        ) from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise UserError(f"There is no Dask cluster at {address} ({error}).") from None
    workers = len(client.scheduler_info(n_workers=-1)["workers"])
    if not workers:
        raise UserError(f"The Dask cluster at {address} has no workers.")
    return Crew(lambda: client.get_executor(pure=False), workers)
