"""How much memory a submission's processes take, all together."""

import os
import resource
import time

from lessonlib.grading.protocol.limits import Limits

_PARENT, _THREADS, _RESIDENT = 1, 17, 21  # fields of /proc/PID/stat behind the command's name


class Usage:
    """What a process and all its descendants use; where there is no /proc nothing is known."""

    def __init__(self, pid: int):
        self.pid, self.page = pid, resource.getpagesize()

    def count(self) -> int:
        """Return how many processes there are."""
        return len(self._family())

    def within(self, limits: Limits) -> bool:
        """Return whether they are within the limits of memory and of processes."""
        family = self._family()
        if sum(int(fields[_THREADS]) for fields in family.values()) > 2 * limits.processes:
            return False
        resident = sum(int(fields[_RESIDENT]) for fields in family.values()) * self.page
        # What forks share is counted in each; only if that may matter is it looked at closely.
        return resident <= limits.memory or sum(map(self._own, family)) <= limits.memory

    def wait_until_still(self, seconds: float) -> None:
        """Wait until all have stopped that were told to, so long at most."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(
            fields[0] != "T" for fields in self._family().values()
        ):
            time.sleep(0.001)

    def _family(self) -> dict[int, list[str]]:
        found = {pid: fields for pid in _processes() if (fields := _stat(pid)) and fields[0] != "Z"}
        family, grown = {self.pid}, True
        while grown:
            more = {pid for pid, fields in found.items() if int(fields[_PARENT]) in family} - family
            family |= more
            grown = bool(more)
        return {pid: found[pid] for pid in family if pid in found}

    def _own(self, pid: int) -> int:
        """Return a process's share of the memory that it uses, in bytes."""
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                lines = [line for line in file if line.startswith("Pss:")]
            return int(lines[0].split()[1]) * 1024
        except (OSError, IndexError):
            fields = _stat(pid)
            return int(fields[_RESIDENT]) * self.page if fields else 0


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _stat(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/stat", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
