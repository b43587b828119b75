"""Where a course is: the instructor's, the learner's, and the notebooks in it."""

from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.lessons import lesson

MARKER = "nbgrader_config.py"  # in an instructor's course, a clone for instance
STARTED = ".lessonlib/course.json"  # in a learner's folder, when `lessonlib start` has made it
MY_COURSE = "my-course"  # where `make learn` starts, in a clone
LESSON_FOLDERS = "[0-9x][0-9]-*"  # 01-name; x1-name is an extra, which no lesson needs


def find_root(start: Path | None = None) -> Path:
    """Return the instructor's course: the working directory, or the nearest above it that is."""
    for folder in _upwards(start):
        if (folder / MARKER).is_file():
            return folder
    raise UserError(
        f"This is not an instructor's course: there is no {MARKER} in this folder or above it. "
        "Go to the folder that you cloned and run the command again."
    )


def find_home(start: Path | None = None) -> Path:
    """Return the folder that a learner works in, from the working directory or the nearest above.

    It is one that `lessonlib start` has made: in a clone that is `my-course/`, and the clone itself
    where nobody has started.
    """
    for folder in _upwards(start):
        if is_started(folder):
            return folder
        if (folder / MARKER).is_file():
            return folder / MY_COURSE if is_started(folder / MY_COURSE) else folder
    raise UserError(
        "There is no course in this folder or above it. Go to the folder that has your notebooks "
        f"and run the command again; or make one: lessonlib start {MY_COURSE}"
    )


def _upwards(start: Path | None) -> list[Path]:
    here = (start or Path.cwd()).resolve()
    return [here, *here.parents]


def is_started(folder: Path) -> bool:
    """Return whether a folder is a learner's, made by `lessonlib start`."""
    return (folder / STARTED).is_file()


def lessons_in(home: Path) -> Path:
    """Return the folder that has a folder for each lesson."""
    return home if is_started(home) else home / "course"


def notebook_named(name: str) -> Path:
    """Return the notebook at this path, or the learner's copy of the lesson with this name."""
    path = Path(name)
    if not path.suffix:
        named = lesson(name).name
        path = lessons_in(find_home()) / named / f"{named}.ipynb"
    if not path.exists():
        raise UserError(f"There is no notebook {path}.")
    return path
