"""What a submission may take: over the limit for a moment is not over the limit."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lessonlib.grading.guest.__main__ import takes_too_much
from lessonlib.grading.guest.usage import Usage
from lessonlib.grading.protocol.limits import Limits


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    # No shell: one that is just starting its program cannot be stopped.
    with subprocess.Popen(["sleep", "100"], start_new_session=True) as process:
        yield process
        os.killpg(process.pid, signal.SIGKILL)


def state_of(process: subprocess.Popen) -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


class Looks(Usage):
    """A usage that sees in turn what it is told, and whether its process stood still."""

    def __init__(self, process: subprocess.Popen, *seen: bool):
        super().__init__(process.pid)
        self.process, self.seen, self.states = process, list(seen), ""

    def within(self, limits: Limits) -> bool:
        self.states += state_of(self.process)
        return self.seen.pop(0)


def test_what_was_given_back_meanwhile_ends_nothing(sleeper):
    looks = Looks(sleeper, False, True)
    assert not takes_too_much(looks, Limits())
    assert looks.states[1] == "T"
    assert state_of(sleeper) != "T"


def test_what_stays_over_the_limit_is_too_much(sleeper):
    assert takes_too_much(Looks(sleeper, False, False), Limits())
    assert takes_too_much(Usage(sleeper.pid), Limits(memory=1))
    assert not takes_too_much(Usage(sleeper.pid), Limits(memory=2**30))
