"""The workers of a Dask cluster: who is there, who fits, and what becomes of one that goes.

Jobs go only to workers that have been asked what they bring along: where that is something else
than here, a grade could be another, and would count as out of date.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from lessonlib import __version__
from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading.classroom.supervisor import do_here
from lessonlib.grading.classroom.workers import Crew
from lessonlib.grading.host.isolation import PACKAGE, why_not_isolated
from lessonlib.grading.lesson_files import digest, fingerprint
from lessonlib.grading.task import code_fingerprint, versions
from lessonlib.lessons import LESSONS, elsewhere
from lessonlib.printable import one_line

ANSWERS = "10s"  # for a Dask cluster to answer
LOOK_SECONDS = 1.0  # from one look at who is there to the next
OPEN = "not isolated"  # where a worker says why
USED = ("matplotlib", "pandas", "scipy")  # whose versions may decide a grade, beside NumPy's

GONE = (
    "The Dask cluster at {address} does not answer any more. What is graded is kept; run the same "
    "command again when the cluster is back."
)
NONE_FITS = (
    "No worker of the Dask cluster at {address} can be used. Give them what this machine has, and "
    "start them again. {why}"
)


# --- what a worker brings along ------------------------------------------------------------------


def facts(protected: bool = False) -> dict[str, str]:
    """Return what a grade depends on that comes with the machine.

    protected: whether it has to lock submissions away; what keeps it from that is told, too.
    """
    python, *packages = versions(USED)
    why = why_not_isolated() if protected else ""
    return {
        "lessonlib": f"{__version__}, code {code_fingerprint()[:8]}",
        "lessons and data": _data_fingerprint()[:8],
        "Python": python,
        **dict(each.split(" ") for each in packages),
        **({OPEN: why} if why else {}),
    }


def _data_fingerprint() -> str:
    shipped = [path for path in sorted((PACKAGE / "reference").glob("*")) if path.is_file()]
    lessons = [fingerprint(each.name).encode() for each in (*LESSONS, *elsewhere()[0])]
    return digest(*lessons, *(path.read_bytes() for path in shipped))


def unlike(theirs: object, ours: dict[str, str]) -> str:
    """Return why a worker cannot be used; "" if it can. theirs: its facts, or what it raised."""
    if not isinstance(theirs, dict):
        return f"it cannot use this lessonlib ({one_line(theirs)})"
    if OPEN in theirs:
        return f"it cannot lock submissions away ({one_line(theirs[OPEN])})"
    names = [name for name in ours if theirs.get(name) != ours[name]]
    other = [f"{name} {theirs.get(name, 'missing')} (here {ours[name]})" for name in names]
    return f"it has {listing(other)}" if other else ""


# --- the crew ------------------------------------------------------------------------------------


@dataclass
class _Call:
    """What a worker is asked to do, the workers that may do it, and what it will come to."""

    arguments: tuple
    workers: frozenset[str] = frozenset()
    under_way: Future | None = None


class DaskCrew(Crew):
    """The workers of a Dask cluster that have what this machine has, as they come and go.

    A job whose worker ends is given to another by Dask itself. Where none of those is left that it
    might go to, it waits here for one that joins.
    tell: is told, in a sentence, who joins, goes or is left out.
    protected: whether workers have to lock submissions away.
    """

    def __init__(self, client, address: str, tell: Callable[[str], None], protected: bool = True):
        super().__init__(client.get_executor(pure=False), do_here, 1)
        self.protected = protected
        self.client, self.address, self.tell, self.ours = client, address, tell, facts()
        self.fit: dict[str, int] = {}  # the threads of each worker in use, by its address
        self.unfit: dict[str, str] = {}  # why the others are left out
        self.calls: dict[Future, _Call] = {}
        self.next_look = time.monotonic() + LOOK_SECONDS
        for worker in self._look():
            self._say(worker, f"is left out: {self.unfit[worker]}")

    def submit(self, seconds: float, function: Callable[..., bytes], *arguments) -> Future:
        """Let a worker call a function. Raises UserError if the cluster has gone."""
        self._expect_cluster()
        outcome: Future = Future()
        self.calls[outcome] = _Call((seconds, function, *arguments))
        self._give(outcome)
        return outcome

    def wait(self, futures: list[Future], seconds: float) -> set[Future]:
        """Return those that are done. Raises UserError if the cluster has gone."""
        end = time.monotonic() + seconds
        done: set[Future] = set()
        while not done and time.monotonic() < end:
            done = super().wait(futures, LOOK_SECONDS)
            self._expect_cluster()
            self._keep_up()
        if any(future.cancelled() for future in done):
            raise UserError(GONE.format(address=self.address))
        for future in done:
            self.calls.pop(future, None)
        return done

    def _expect_cluster(self) -> None:
        if self.client.status != "running":
            raise UserError(GONE.format(address=self.address))

    def _give(self, outcome: Future) -> None:
        """Hand a job to the workers that fit; where there are none, it waits."""
        call = self.calls[outcome]
        before, call.under_way, call.workers = call.under_way, None, frozenset(self.fit)
        if call.workers:
            call.under_way = self.executor.submit(self.do, *call.arguments)
            call.under_way.add_done_callback(partial(self._pass_on, outcome))
        if before is not None:
            before.cancel()

    def _pass_on(self, outcome: Future, done: Future) -> None:
        """Tell what came of a job, unless it was handed out anew."""
        call = self.calls.get(outcome)
        if call is None or call.under_way is not done:
            return
        if done.cancelled():
            outcome.cancel()
            outcome.set_running_or_notify_cancel()  # else nobody who waits would wake up
        elif error := done.exception():
            outcome.set_exception(error)
        else:
            outcome.set_result(done.result())

    # --- who is there ----------------------------------------------------------------------------

    def _keep_up(self) -> None:
        """Say who has come or gone since the last look, and hand out what nobody can do now."""
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + LOOK_SECONDS
        before = set(self.fit)
        left_out = self._look()
        for address in sorted(before - self.fit.keys()):
            self._say(address, "has gone. What it was doing is done by another")
        for address in sorted(self.fit.keys() - before):
            self._say(address, f"has joined, with {self.fit[address]} at a time")
        for address in left_out:
            self._say(address, f"has joined and is left out: {self.unfit[address]}")
        if before and not self.fit:
            self.tell("No worker is left. Waiting for one to join.")
        for outcome, call in list(self.calls.items()):
            if not outcome.done() and call.workers.isdisjoint(self.fit):
                self._give(outcome)

    def _say(self, address: str, what: str) -> None:
        self.tell(one_line(f"The worker {address} {what}.", 1000))

    def _look(self) -> list[str]:
        """See who is there; return those that are new and left out."""
        found = self.client.scheduler_info(n_workers=-1)["workers"]
        new = sorted(found.keys() - self.fit.keys() - self.unfit.keys())
        options = {"workers": new, "on_error": "return"}
        asked = self.client.run(facts, self.protected, **options) if new else {}
        reasons = {address: unlike(asked.get(address), self.ours) for address in new}
        self.unfit = {a: why for a, why in {**self.unfit, **reasons}.items() if why and a in found}
        fit = {address: each["nthreads"] for address, each in found.items()
               if address not in self.unfit}  # fmt: skip
        if fit != self.fit:
            self.fit, self.workers = fit, sum(fit.values())
            self.places = max(1, 2 * self.workers)
            self.executor = self.client.get_executor(pure=False, workers=sorted(fit))
        return [address for address in new if address in self.unfit]

    def __exit__(self, kind, *_) -> None:
        self.executor.shutdown(wait=False)  # whatever is still under way is not wanted any more
        self.client.close()


def dask(address: str, tell: Callable[[str], None], protected: bool = True) -> Crew:
    """Return the workers of the Dask cluster at this address; `protected`: see `DaskCrew`.

    Raises UserError if there are none, or none that fits.
    """
    crew = DaskCrew(_client(address), address, tell, protected)
    if not crew.fit:
        crew.client.close()
        why = next(iter(crew.unfit.values()), "")
        raise UserError(NONE_FITS.format(address=address, why=f"One says: {why}.") if why else
                        f"The Dask cluster at {address} has no workers.")  # fmt: skip
    return crew


def _client(address: str):
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(
            "For --dask, Dask has to be installed: pip install -c constraints.txt "
            '-e ".[instructor,dask]"'
        ) from None
    try:
        return Client(address, timeout=ANSWERS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(f"There is no Dask cluster at {address} ({error}).") from None
