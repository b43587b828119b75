"""The course as it is handed out: part of the installed package, or committed in a clone."""

import io
import subprocess
import zipfile
from pathlib import Path

import lessonlib
from lessonlib.workspace.files import below, content_of

PACKAGE = Path(lessonlib.__file__).parent


def files() -> dict[str, bytes]:
    """Return each file of the released course, by its path below the course's folder."""
    installed, clone = PACKAGE / "course", PACKAGE.parent
    if installed.is_dir():
        return files_in(installed)
    return committed(clone) or files_in(clone / "course")


def worked_on() -> list[str]:
    """Return the files in a clone's `course/` that are not as git has them: somebody's work."""
    known = committed(PACKAGE.parent)
    found = files_in(PACKAGE.parent / "course") if known else {}
    return [name for name, content in found.items() if known.get(name) != content]


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, but for hidden ones, by their paths below it."""
    return {path.relative_to(folder).as_posix(): content_of(path) for path in below(folder)}


def committed(clone: Path) -> dict[str, bytes]:
    """Return a clone's `course/` as git has it; nothing where git cannot say.

    In the folder itself somebody may have worked, as learners of the first edition did. Their
    answers must not be taken for what was handed out.
    """
    command = ["git", "-C", str(clone), "archive", "--format=zip", "HEAD", "course"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        names = [each for each in archive.namelist() if not each.endswith("/")]
        return {name.removeprefix("course/"): archive.read(name) for name in names}
