"""Lets the system count a server's processes, in a control group (cgroup) of its own.

RLIMIT_NPROC does not bind those of root. Where root cannot make a group either, the system asks the
server before each fork (see `guest.forking`); a shell's may then fail when a child of it ends.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT, PREFIX = Path("/sys/fs/cgroup"), "grading-"
LEFT = 60.0  # seconds after which an empty group is one that a killed grader has left


class Group:
    """A group for a server and all that it starts; none where the system gives none."""

    def __init__(self):
        self.path = next(filter(None, map(_made, _parents())), None)

    @property
    def counts(self) -> bool:
        """Whether the system holds a submission to a number of processes."""
        return self.path is not None or os.geteuid() != 0

    def around(self, command: list[str]) -> list[str]:
        """Return a command that is in the group before it begins."""
        if self.path is None:
            return command
        enter = 'echo $$ > "$0"; exec "$@"'
        return ["/bin/sh", "-c", enter, f"{self.path}/cgroup.procs", *command]

    def allow(self, more: int) -> None:
        """Allow so many processes and threads beside those that there are."""
        if self.path is not None:
            now = int((self.path / "pids.current").read_text())
            (self.path / "pids.max").write_text(str(now + more))

    def close(self) -> None:
        """Take the group away, when its last process has ended."""
        if self.path is not None:
            with contextlib.suppress(OSError):
                self.path.rmdir()


def _parents() -> Iterator[Path]:
    """Yield groups in which one can perhaps be made: of this process, by both kinds of cgroup."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "pids" in controllers.split(","):
                yield ROOT / "pids" / path.strip("/")
            elif not controllers:
                own = ROOT / path.strip("/")
                yield from (own, own.parent) if own != ROOT else (own,)


def _made(parent: Path) -> Path | None:
    """Return a new group that counts, or None; take those away that were left."""
    for old in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > LEFT:
                old.rmdir()  # only where nothing is in it
    try:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    except OSError:
        return None
    if os.access(path / "pids.max", os.W_OK) and os.access(path / "cgroup.procs", os.W_OK):
        return path
    path.rmdir()
    return None
