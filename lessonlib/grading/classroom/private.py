"""The course's private folder, `.lessonlib/`: kept out of git, and never shown to a submission."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError

SIZE = 32  # bytes of the secret
DAMAGED = (
    "{path} {why}. The inputs of the checks are drawn from it: put it back from a backup, or "
    "remove it, and a new one is made; then everybody is graded anew, with other inputs."
)


def model_cache(course: CourseDirectory) -> Path:
    """Return where it is remembered how the instructor's solutions did."""
    return _folder(course) / "model"


def secret(course: CourseDirectory) -> bytes:
    """Return the course's secret; it is made the first time, once. Raises UserError if damaged."""
    path = _folder(course) / "secret"
    try:
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise UserError(
            DAMAGED.format(path=path, why=f"cannot be read ({error.strerror})")
        ) from None
    if len(found) != SIZE:
        raise UserError(DAMAGED.format(path=path, why="is damaged"))
    return found


def _make(path: Path) -> None:
    """Write it beside its place, and move it there whole, unless somebody else was first."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fd, beside = tempfile.mkstemp(dir=path.parent)  # mode 600
    with open(fd, "wb") as file:
        file.write(secrets.token_bytes(SIZE))
        file.flush()
        os.fsync(fd)
    with contextlib.suppress(FileExistsError):
        os.link(beside, path)  # where `os.rename` would replace another's
    os.unlink(beside)


def _folder(course: CourseDirectory) -> Path:
    return Path(course.root) / ".lessonlib"
