"""The folder of submissions, read with care.

Nothing here follows a link, waits for a pipe or obeys a name: what is no ordinary file with an
ordinary name is left out and named, and the rest goes on.
"""

import contextlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.submission.reading import MAX_BYTES, encodable
from lessonlib.printable import one_line

MAX_EXTRA = 16 * 2**20  # bytes of other files that a learner may hand in with a notebook
MAX_FILES = 1000  # of them
MAX_NAME = 128  # characters of a learner's name: nbgrader's gradebook holds no more
KINDS = {stat.S_IFLNK: "it is a link", stat.S_IFDIR: "it is a folder"}
IGNORED = re.compile(r"^\.|\.ipynb$|\.pyc$|^timestamp\.txt$|^__pycache__$")


@dataclass(frozen=True)
class HandedIn:
    """What a learner's folder holds: the notebook's bytes, or why there are none."""

    data: bytes | None
    files: dict[str, bytes]
    fault: str = ""
    notes: tuple[str, ...] = ()


# --- names ---------------------------------------------------------------------------------------


def fault_of(name: str) -> str:
    """Return why nbgrader cannot work with a learner of this name; "" if it can.

    A line break would end its feedback for the whole class; `*`, `?` and `[a]` are patterns to it,
    which find nobody's notebooks or another's; and the gradebook holds text only, of some length.
    """
    if name != encodable(name):
        return "its name is not UTF-8"
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name):
        return "its name has control characters"
    if re.search(r"[*?\[\]]", name):
        return "its name has one of * ? [ ], which nbgrader takes for patterns"
    if name.startswith("."):
        return "its name begins with a dot"
    if len(name) > MAX_NAME:
        return f"its name is longer than {MAX_NAME} characters"
    return ""


# --- who is there --------------------------------------------------------------------------------


def students(course: CourseDirectory, lesson: str) -> list[str]:
    """Return the learners who have a folder for this lesson, in order.

    Raises UserError if there are none; those whom `left_out` names are not among them.
    """
    found = _names(course, lesson)
    fit = [name for name in found if not fault_of(name)]
    if not fit:
        root = _root(course, lesson)
        others = "; ".join(f"{who}: {why}" for who, why in left_out(course, lesson).items())
        raise UserError(f"Nobody has handed in {lesson}: {root.name}/*/{lesson} does not exist."
                        + (f" Left out: {others}." if others else ""))  # fmt: skip
    return fit


def left_out(course: CourseDirectory, lesson: str) -> dict[str, str]:
    """Return the folders that cannot be any learner's for their names, and why."""
    found = {one_line(name): fault_of(name) for name in _names(course, lesson)}
    return {name: f"{fault}; please rename the folder" for name, fault in found.items() if fault}


def _names(course: CourseDirectory, lesson: str) -> list[str]:
    root = _root(course, lesson)
    if not root.is_dir():
        raise UserError(
            f"There is no folder {root.name}/ here. Put each notebook at {root.name}/STUDENT/"
            f"{lesson}/{lesson}.ipynb, or let `lessonlib collect {lesson} FOLDER` do it."
        )
    return sorted(name for name in os.listdir(root) if os.path.lexists(root / name / lesson))


def _root(course: CourseDirectory, lesson: str) -> Path:
    return Path(course.format_path(course.submitted_directory, "*", lesson).split("*")[0])


# --- what is there -------------------------------------------------------------------------------


def take(folder: Path, notebook: str) -> HandedIn:
    """Read what is in a learner's folder."""
    if is_linked(folder) or not folder.is_dir():
        return HandedIn(None, {}, "The folder is a link or no folder; it was not followed.")
    notes: tuple[str, ...] = ()
    try:
        path, notes = _find(folder, notebook)
        if path is None:
            return HandedIn(None, {}, notes=notes)
        return HandedIn(read_ordinary(path, MAX_BYTES), _extra(folder), notes=notes)
    except OSError as error:
        name = one_line(Path(error.filename or path or folder).name)
        return HandedIn(None, {}, f"{name} was not read: {reason(error)}.", notes)


def _find(folder: Path, notebook: str) -> tuple[Path | None, tuple[str, ...]]:
    wanted = folder / f"{notebook}.ipynb"
    if os.path.lexists(wanted):
        return wanted, ()
    others = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".ipynb")
    if len(others) == 1:
        return others[0], (f"The file was called {one_line(others[0].name)}.",)
    if not others:
        return None, ()
    names = one_line(", ".join(path.name for path in others))
    return None, (f"There are several notebooks, none called {notebook}.ipynb: {names}.",)


def read_ordinary(path: Path, most: int) -> bytes:
    """Return a regular file's bytes. Raises OSError for a link, a pipe, a device, a huge file."""
    expect_ordinary(path.lstat())
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        expect_ordinary(found)
        if found.st_size > most:
            raise OSError(0, f"it has {found.st_size >> 20} MiB, and at most {most >> 20} are read")
        return file.read(most + 1)


def expect_ordinary(found: os.stat_result) -> None:
    """Raise OSError unless this is a regular file."""
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, KINDS.get(stat.S_IFMT(found.st_mode), "it is no ordinary file"))


def reason(error: OSError) -> str:
    """Return what the system, or we, had against a file."""
    return error.strerror or str(error)


def _extra(folder: Path) -> dict[str, bytes]:
    """Return the other files that were handed in, as far as they are ordinary and small."""
    files, left = {}, MAX_EXTRA
    for path in islice(walk(folder), MAX_FILES):
        with contextlib.suppress(OSError):
            content = read_ordinary(path, left)
            left -= len(content)
            files[path.relative_to(folder).as_posix()] = content
    return files


def walk(folder: Path) -> Iterator[Path]:
    """Yield the other files in a learner's folder; no link to a folder is followed."""
    for top, folders, names in os.walk(folder, followlinks=False):
        folders[:] = filter(counts, sorted(folders))
        yield from (Path(top) / name for name in sorted(names) if counts(name))


def counts(name: str) -> bool:
    """Return whether something of this name is handed on; a name that is no text is not."""
    return not IGNORED.search(name) and encodable(name) == name


def is_linked(folder: Path) -> bool:
    """Return whether a learner's folder leads elsewhere, or is in truth a file."""
    here = (folder.parent, folder)
    return any(each.is_symlink() or each.exists() and not each.is_dir() for each in here)
