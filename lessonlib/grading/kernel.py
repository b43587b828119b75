"""A submission's kernel that goes on when its process does not: restarted, and played again."""

import time
from dataclasses import dataclass, field

from lessonlib.grading.isolation import Server
from lessonlib.grading.limits import Limits
from lessonlib.grading.remote import Far
from lessonlib.grading.session import Gone, Ran, Session

MAX_LIVES = 100  # each end takes a cell or a function out of play, and the time is bounded too


class OutOfLives(Exception):
    """The submission's process ended again and again, or its time for everything is over."""


@dataclass
class Kernel:
    """Runs the cells of one submission, in as many processes as it takes.

    aside: functions that did not come to an end, or took their process with them, with the number
           of cells that had run by then. As those cells define them they are not called again, so
           a loop costs its time once; a later cell may define a better one.
    """

    server: Server
    limits: Limits
    files: dict[str, bytes]
    aside: dict[str, int] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    lives: int = 0
    session: Session | None = None
    far: Far | None = None
    deadline: float = 0.0

    def __post_init__(self):
        self.deadline = time.monotonic() + self.limits.total_seconds

    def run(self, source: str) -> Ran:
        """Run a cell. Raises OutOfLives when there is no process for it."""
        self.revive()
        try:
            ran = self.session.run(source, self._seconds(), [])
        except Gone as gone:
            self._bury()
            return Ran(how=gone.how)
        self.done.append(source)
        self._put_aside(ran.late or [])
        return ran

    def blame(self, names: list[str]) -> None:
        """Note which functions the process ended in, so that the next one keeps clear of them."""
        self._put_aside(names)
        self._bury()

    def _put_aside(self, names: list[str]) -> None:
        self.aside.update(dict.fromkeys(filter(None, names), len(self.done)))

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
            aside = [name for name, cells in self.aside.items() if place < cells]
            try:
                ran = self.session.run(source, self._seconds(), aside)
            except Gone:
                self._forget(place)  # this one ends processes, if not each time
                self._bury()
                return
            self.aside.update(dict.fromkeys(ran.late or [], place + 1))

    def _forget(self, place: int) -> None:
        del self.done[place]
        self.aside = {name: cells - (cells > place) for name, cells in self.aside.items()}

    def _seconds(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            self._bury()
            raise OutOfLives
        return min(self.limits.cell_seconds, left)

    def _bury(self) -> None:
        if self.session is not None:
            self.session.close()
        self.session = self.far = None

    def close(self) -> None:
        """End the process, if there is one."""
        self._bury()
