"""What `lessonlib` remembers in a learner's folder: what was handed out, and by which version."""

import json
from pathlib import Path

import lessonlib
from lessonlib.errors import UserError
from lessonlib.project import STARTED
from lessonlib.workspace.files import read, write

FORMAT = 1  # of the folder and of a package; another number is another form
HANDED_OUT = ".lessonlib/release"  # each file as it was when the learner got it


def handed_out(home: Path, name: str) -> Path:
    """Return where a file of the course is kept as it was handed out."""
    return home / HANDED_OUT / name


def mark(home: Path) -> None:
    """Note that this folder is a learner's, and which version has handed the course out."""
    write(home / STARTED, json.dumps({"format": FORMAT, "version": lessonlib.__version__}).encode())


def version_of(content: bytes | None, what: str) -> str:
    """Return the version in such a note. Raises UserError for none, and for another form."""
    try:
        note = json.loads(content or b"")
        form, version = int(note["format"]), str(note["version"])
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{what} does not come from this course, or it is damaged.") from None
    if form != FORMAT:
        raise UserError(
            f"{what} was made by lessonlib {version}, in a form that version "
            f"{lessonlib.__version__} here cannot read. Nothing was changed. Get the newer "
            "lessonlib and run the command again."
        )
    return version


def expect_started(home: Path) -> None:
    """Complain about a folder that `lessonlib start` has not made."""
    note = read(home / STARTED)
    if note is None:
        raise UserError(
            f"{home} is not a folder that lessonlib start has made. Make one with: "
            "lessonlib start my-course"
        )
    version_of(note, f"The folder {home}")
