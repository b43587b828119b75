"""A submission's notebook that goes on when its process does not: started anew, and replayed."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.process import REPLY_SECONDS, Gone, Process, Ran, Tested
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.submission.sanitise import Allowance

AGAIN_SECONDS = 2.0
MAX_LIVES = 100  # each end takes a cell or a function out of play, and the time is bounded too


class OutOfLives(Exception):
    """The submission's process ended again and again, or its time for everything is over."""


class Aside(NamedTuple):
    """Why a function is not called again, and for how long that holds.

    steps: that had been taken by then: what a later cell defines under its name is another one.
    how:   what it did: "timeout" (it did not come to an end) or "died" (it ended its process).
    """

    steps: int
    how: str


@dataclass
class Notebook:
    """Runs the cells and tests of one submission, in as many processes as it takes.

    deadline:   on the monotonic clock, for everything.
    attributes: dotted names that each process watches from its start.
    aside:      functions that are not called again, by name, so that a loop costs its time once.
    late:       cells that were stopped. When they are run again they get less time.
    ended:      how the last process ended that did: "timeout" or "died".

    What its cells may show, in all of its processes together, is its `allowance`.
    """

    server: Server
    limits: Limits
    files: dict[str, bytes]
    deadline: float
    attributes: Iterable[str] = ()
    aside: dict[str, Aside] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    done: list[dict] = field(default_factory=list)
    lives: int = 0
    ended: str = ""
    process: Process | None = None

    def __post_init__(self):
        self.allowance = Allowance(self.limits.output_bytes)

    def run(self, source: str, given: bool, binds: Iterable[str], quiet: bool) -> Ran:
        """Run a cell; `given`: it is the instructor's. Raises OutOfLives where nothing can run."""
        step = {"source": source, "given": given, "binds": sorted(binds), "quiet": quiet}
        try:
            ran = self._living(lambda process: self._run(process, step, len(self.done)))
        except Gone as gone:
            return Ran(how=gone.how)
        self.done.append(step)
        return ran

    def test(self, test: dict, mutant_seconds: float) -> Tested:
        """Run an ordinary test (see `guest.runner.Test`). Raises OutOfLives."""
        try:
            tested = self._living(lambda process: process.test(
                {**test, "aside": {}}, self._seconds(), mutant_seconds
            ))  # fmt: skip
        except Gone as gone:
            return Tested(gone.how)
        if tested.how == "late":
            self.late.add(test["code"])
            self._avoid(tested.late or [], len(self.done) + 1, "timeout")
        self.done.append({**test, "mutants": [], "quiet": True})
        return tested

    def ask(self, question: dict, seconds: float, answer: Callable, blobs: Iterable = ()) -> str:
        """Ask for values in a fork; each message goes to `answer`, until the end: return how.

        answer: gets (message, blobs, reply), where `reply` answers a callback. Raises Gone or
        OutOfLives.
        """
        seconds = min(seconds, self._seconds())

        def asked(process: Process) -> str:
            process.tell({**question, "seconds": seconds}, blobs)
            until = time.monotonic() + seconds + REPLY_SECONDS
            while True:
                message, more = process.hear(max(0.0, until - time.monotonic()))
                if "end" in message:
                    return str(message["end"])
                answer(message, more, process.reply)

        return self._living(asked)

    def describe(self, name: str) -> dict:
        """Return what a name stands for (see `guest.session`); {} where it is not known."""
        return self._living(lambda process: process.ask(
            {"do": "describe", "name": name}, self._seconds()))[0]  # fmt: skip

    def avoid(self, names: Iterable[str], how: str) -> None:
        """Call functions no more that ended badly."""
        names = [name for name in names if name]
        self._avoid(names, len(self.done), how)
        if self.process is not None and names:
            try:
                self.process.ask({"do": "aside", "aside": dict.fromkeys(names, how)}, REPLY_SECONDS)
            except Gone:
                self.close()

    def evidence(self) -> tuple[str, ...]:
        """Return what the evidence pipe of the process has said so far."""
        return self.process.evidence() if self.process else ()

    # --- processes -------------------------------------------------------------------------------

    def _living(self, do: Callable[[Process], object]):
        """Let a process in which all steps up to here were taken do something. Raises Gone."""
        process = self._revived()
        try:
            return do(process)
        except Gone as gone:
            self.ended = gone.how
            self.close()
            raise

    def _run(self, process: Process, step: dict, place: int) -> Ran:
        """Run a cell at its place, and remember what did not end in it."""
        request = {**step, "aside": self._aside_at(place)}
        ran = process.run(request, self._seconds(step["source"]))
        if ran.late is not None:
            self.late.add(step["source"])
            self._avoid(ran.late, place + 1, "timeout")
        return ran

    def _revived(self) -> Process:
        while self.process is None:
            self.lives += 1
            if self.lives > MAX_LIVES:
                raise OutOfLives
            self._seconds()
            self.process = Process(
                self.server, self.limits, self.files, self.attributes, self.allowance
            )
            self._replay(self.process)
        return self.process

    def _replay(self, process: Process) -> None:
        """Take all steps again; tests too, for what they make, but they are not scored anew."""
        for place, step in enumerate(list(self.done)):
            try:
                if "code" in step:
                    again = {**step, "aside": self._aside_at(place)}
                    process.test(again, self._seconds(step["code"]), 0.0)
                else:
                    self._run(process, {**step, "quiet": True}, place)
            except Gone:
                self._forget(place)  # this one ends processes, if not each time
                self.close()
                return

    def _forget(self, place: int) -> None:
        del self.done[place]
        self.aside = {name: Aside(steps - (steps > place), how)
                      for name, (steps, how) in self.aside.items()}  # fmt: skip

    def _avoid(self, names: Iterable[str], steps: int, how: str) -> None:
        self.aside |= {name: Aside(steps, how) for name in names}

    def _aside_at(self, place: int) -> dict[str, str]:
        """Return the functions to put aside behind the step at this place, and why."""
        return {name: how for name, (steps, how) in self.aside.items() if place < steps}

    def _seconds(self, source: str | None = None) -> float:
        """Return what time there is, less for a cell that was stopped before."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise OutOfLives
        again = AGAIN_SECONDS if source in self.late else math.inf
        return min(self.limits.cell_seconds, left, again)

    def end(self) -> NoReturn:
        """End a process that says what no honest one says. Raises Gone."""
        if self.process is not None:
            self.process.close()
        raise Gone("died")

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.close()
        self.process = None
