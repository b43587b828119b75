"""A submission's kernel that goes on when its process does not: restarted, and played again."""

import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from lessonlib.grading.limits import Limits
from lessonlib.grading.remote.handles import Far
from lessonlib.grading.remote.isolation import Server
from lessonlib.grading.remote.session import Gone, Ran, Session

AGAIN_SECONDS = 2.0
MAX_LIVES = 100  # each end takes a cell or a function out of play, and the time is bounded too


class OutOfLives(Exception):
    """The submission's process ended again and again, or its time for everything is over."""


class Aside(NamedTuple):
    """Why a function is not called again, and for how long that holds.

    cells: that had run by then: what a later cell defines under its name is another function.
    how:   what it did: "timeout" (it did not come to an end) or "died" (it ended its process).
    """

    cells: int
    how: str


@dataclass
class Kernel:
    """Runs the cells of one submission, in as many processes as it takes.

    aside: functions that are not called again, by name, so that a loop costs its time once.
    late:  cells that were stopped. When they are run again they get less time.
    ended: how the last process ended that did: "timeout" or "died".
    """

    server: Server
    limits: Limits
    files: dict[str, bytes]
    aside: dict[str, Aside] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    lives: int = 0
    ended: str = ""
    session: Session | None = None
    far: Far | None = None
    deadline: float = 0.0

    def __post_init__(self):
        self.deadline = time.monotonic() + self.limits.total_seconds

    def run(self, source: str) -> Ran:
        """Run a cell. Raises OutOfLives when there is no process for it."""
        self.revive()
        try:
            ran = self._run(source, len(self.done))
        except Gone as gone:
            self.ended = gone.how
            self._bury()
            return Ran(how=gone.how)
        self.done.append(source)
        return ran

    def _run(self, source: str, place: int) -> Ran:
        """Run a cell at its place, and remember what did not end in it."""
        seconds = min(self._seconds(), AGAIN_SECONDS if source in self.late else math.inf)
        ran = self.session.run(source, seconds, self._aside_at(place))
        if ran.late is not None:
            self.late.add(source)
            self._avoid(ran.late, place + 1, "timeout")
        return ran

    def blame(self, names: list[str], how: str) -> None:
        """Note which functions the process ended in, so that the next one keeps clear of them."""
        self._avoid(names, len(self.done), how)
        self._bury()

    def revive(self) -> None:
        """See to it that there is a process in which all cells up to here have run."""
        while self.session is None:
            self.lives += 1
            if self.lives > MAX_LIVES or time.monotonic() > self.deadline:
                raise OutOfLives
            self.session = Session(self.server, self.limits, self.files)
            self.far = Far(self.session, self.limits.call_seconds)
            self._play_again()

    def _play_again(self) -> None:
        for place, source in enumerate(list(self.done)):
            try:
                self._run(source, place)
            except Gone:
                self._forget(place)  # this one ends processes, if not each time
                self._bury()
                return

    def _forget(self, place: int) -> None:
        del self.done[place]
        self.aside = {name: Aside(cells - (cells > place), how)
                      for name, (cells, how) in self.aside.items()}  # fmt: skip

    def _avoid(self, names: list[str], cells: int, how: str) -> None:
        self.aside |= {name: Aside(cells, how) for name in names if name}

    def _aside_at(self, place: int) -> dict[str, str]:
        """Return the functions to put aside behind the cell at this place, and why."""
        return {name: how for name, (cells, how) in self.aside.items() if place < cells}

    def _seconds(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            self._bury()
            raise OutOfLives
        return min(self.limits.cell_seconds, left)

    def _bury(self) -> None:
        if self.session is not None:
            self._avoid(self.far.late if self.far else [], len(self.done), "timeout")
            self.session.close()
        self.session = self.far = None

    def close(self) -> None:
        """End the process, if there is one."""
        self._bury()
