"""`lessonlib start`: the course, put into a folder of the learner's."""

from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.project import is_started
from lessonlib.workspace import folder, release
from lessonlib.workspace.files import below, read, write


def start(home: Path) -> bool:
    """Put the course into a new or empty folder and return True; False where it is there already.

    If it is interrupted, the same call goes on. Raises UserError for a folder that is not empty.
    """
    if is_started(home):
        folder.expect_started(home)
        return False
    course = release.files()
    _expect_room(home, course)
    for name, content in course.items():
        write(folder.handed_out(home, name), content)
        write(home / name, content)
    folder.mark(home)  # last: this says that all is there
    return True


def _expect_room(home: Path, course: dict[str, bytes]) -> None:
    """Complain about a folder with something else in it than an interrupted start has left.

    Hidden files, such as an environment in `.venv`, are in nobody's way.
    """
    if home.exists() and not home.is_dir():
        raise UserError(f"{home} is a file. Name a folder, a new one or an empty one.")
    for path in below(home):
        name = path.relative_to(home).as_posix()
        if course.get(name) != read(path):
            raise UserError(
                f"{home} is not empty: it has {name} in it. Name a new folder, or an empty one. "
                "Nothing was changed."
            )
