"""The folder of submissions: takes notebooks in, and reads them with care.

Nothing here follows a link: a submission that is one would be read from somewhere else.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.submission.reading import MAX_BYTES, encodable

MAX_EXTRA = 16 * 2**20  # bytes of other files that a learner may hand in with a notebook
IGNORED = re.compile(r"^\.|\.ipynb$|\.pyc$|^timestamp\.txt$|^__pycache__$")


@dataclass(frozen=True)
class HandedIn:
    """What a learner's folder holds: the notebook's bytes, or why there are none."""

    data: bytes | None
    files: dict[str, bytes]
    fault: str = ""
    notes: tuple[str, ...] = ()


def students(course: CourseDirectory, lesson: str) -> list[str]:
    """Return the learners who have a folder for this lesson, in order."""
    pattern = course.format_path(course.submitted_directory, "*", lesson)
    root = Path(pattern.split("*")[0])
    if not root.is_dir():
        raise UserError(
            f"There is no folder {root.name}/ here. Put each notebook at {root.name}/STUDENT/"
            f"{lesson}/{lesson}.ipynb, or let `lessonlib collect {lesson} FOLDER` do it."
        )
    found = sorted(each.name for each in root.iterdir() if os.path.lexists(each / lesson))
    if not found:
        raise UserError(f"Nobody has handed in {lesson}: {root.name}/*/{lesson} does not exist.")
    odd = [name for name in found if name != encodable(name)]
    if odd:  # from an archive of another system, for instance; the gradebook cannot hold it
        raise UserError(f"A folder in {root.name}/ has a name that is not UTF-8, {odd[0]!a}. "
                        "Please rename it.")  # fmt: skip
    return found


def take(folder: Path, notebook: str) -> HandedIn:
    """Read what is in a learner's folder."""
    if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
        return HandedIn(None, {}, "The folder is a link or no folder; it was not followed.")
    path, notes = _find(folder, notebook)
    if path is None:
        return HandedIn(None, {}, notes=notes)
    try:
        return HandedIn(_read(path, MAX_BYTES), _extra(folder), notes=notes)
    except OSError as error:
        return HandedIn(
            None, {}, f"{_shown(path.name)} was not read: {error.strerror or error}.", notes
        )


def _find(folder: Path, notebook: str) -> tuple[Path | None, tuple[str, ...]]:
    wanted = folder / f"{notebook}.ipynb"
    if os.path.lexists(wanted):
        return wanted, ()
    others = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".ipynb")
    if len(others) == 1:
        return others[0], (f"The file was called {_shown(others[0].name)}.",)
    if not others:
        return None, ()
    names = _shown(", ".join(path.name for path in others))
    return None, (f"There are several notebooks, none called {notebook}.ipynb: {names}.",)


def _read(path: Path, most: int) -> bytes:
    """Return a regular file's bytes. Raises OSError for a link, a pipe, a device, a huge file."""
    if path.is_symlink():
        raise OSError(0, "it is a link")
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is no ordinary file")
        if found.st_size > most:
            raise OSError(0, f"it has {found.st_size >> 20} MiB, and at most {most >> 20} are read")
        return file.read(most + 1)


def _extra(folder: Path) -> dict[str, bytes]:
    """Return the other files that were handed in, as far as they are ordinary and small."""
    files, left = {}, MAX_EXTRA
    for path in _walk(folder):
        try:
            content = _read(path, left)
        except OSError:
            continue
        left -= len(content)
        files[path.relative_to(folder).as_posix()] = content
    return files


def _walk(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder, followlinks=False):
        folders[:] = filter(_counts, sorted(folders))
        yield from (Path(top) / name for name in sorted(names) if _counts(name))


def _counts(name: str) -> bool:
    """Return whether something of this name is handed on; a name that is no text is not."""
    return not IGNORED.search(name) and _shown(name) == name


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


# --- taking in -----------------------------------------------------------------------------------


def collect(course: CourseDirectory, lesson: str, notebook: str, source: Path) -> dict[str, str]:
    """Copy a folder of notebooks to where nbgrader looks for them; return what became of each.

    A notebook belongs to the learner whose name its file has (`ada.ipynb`,
    `ada_05-two-layer-network.ipynb`), or else the folder that it lies in (`ada/…/any.ipynb`).
    Raises UserError where two would go to one place, or one to none; then nothing is copied.
    """
    if not source.is_dir():
        raise UserError(f"There is no folder {source}.")
    owners: dict[str, Path] = {}
    for path in sorted(p for p in source.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts):
        student = _owner(path.relative_to(source), lesson)
        if student in owners:
            raise UserError(
                f"{owners[student]} and {path} both seem to be {student}'s. Rename or remove one."
            )
        owners[student] = path
    if not owners:
        raise UserError(f"There are no notebooks in {source}.")
    return {
        name: _copy(path, _place(course, name, lesson), notebook) for name, path in owners.items()
    }


def _owner(path: Path, lesson: str) -> str:
    folders = [part for part in path.parts[:-1] if part != lesson]
    name = folders[0].partition("_assignsubmission")[0] if folders else path.stem
    own = re.sub(rf"[\s_.-]*{re.escape(lesson)}[\s_.-]*", " ", name).strip() or name
    if own in ("", ".", ".."):  # a path that would lead elsewhere
        raise UserError(f"The name of {path} does not say whose it is. Rename or remove it.")
    return re.sub(r"\s+", "_", own)


def _place(course: CourseDirectory, student: str, lesson: str) -> Path:
    return Path(course.format_path(course.submitted_directory, student, lesson))


def _copy(path: Path, folder: Path, notebook: str) -> str:
    place = folder / f"{notebook}.ipynb"
    if path.is_symlink():
        return "left out: it is a link"
    if place.is_file() and place.read_bytes() == path.read_bytes():
        return "already there"
    how = "replaced" if place.exists() else "taken in"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)
    return how
