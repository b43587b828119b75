"""A temporary folder for tests, and the removal of those whose process was killed.

Whoever uses such a folder holds a lock on it, which ends with the process, however that ends.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "lessonlib-tests-"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is removed at the end."""
    path, held = _make()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def _make() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        held = _hold(path)
        if held is not None:
            return path, held


def sweep() -> None:
    """Remove the folders that nobody holds any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        held = _hold(path)
        if held is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)


def _hold(path: Path) -> int | None:
    """Lock a folder and return its handle; None if another holds it, or it is not ours or gone."""
    try:
        held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(held), os.stat(path)):  # not swept in between
            return held
    except OSError:
        pass
    os.close(held)
    return None
