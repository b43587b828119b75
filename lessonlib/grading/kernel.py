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

    aside: functions that did not come to an end, or took their process with them. They are not
           called again, so a loop costs its time once.
    """

    server: Server
    limits: Limits
    files: dict[str, bytes]
    aside: list[str] = field(default_factory=list)
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
            ran = self.session.run(source, self._seconds(), self.aside)
        except Gone as gone:
            self._bury()
            return Ran(how=gone.how)
        self._remember(ran)
        self.done.append(source)
        return ran

    def blame(self, names: list[str]) -> None:
        """Note which functions the process ended in, so that the next one keeps clear of them."""
        self.aside += [name for name in names if name and name not in self.aside]
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
        for source in list(self.done):
            try:
                self._remember(self.session.run(source, self._seconds(), self.aside))
            except Gone:
                self.done.remove(source)  # this one ends processes, if not each time
                self._bury()
                return

    def _remember(self, ran: Ran) -> None:
        self.aside += [name for name in ran.late or [] if name not in self.aside]

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
