"""`progress`, `pack`, `unpack` and `update` in a cell: for those who have no terminal."""

from pathlib import Path

from lessonlib import in_browser, recorded
from lessonlib.errors import UserError
from lessonlib.project import find_home, lessons_in
from lessonlib.workspace import commands

PACKAGE = "my-course.zip"


def progress() -> None:
    """Print how far you are in all lessons, from what their checks said when they were saved."""
    print(recorded.progress(lessons_in(_home())))


def pack() -> None:
    """Make one file of your work, to hand in or to take along. Save your notebooks first."""
    home = _home(whole=True)
    commands.pack(home, home / PACKAGE if in_browser.is_here() else None)
    if in_browser.is_here():
        print("Your browser downloads it; it is in the list of your files as well.")


def unpack(file: str = PACKAGE) -> None:
    """Take a packed file in; of what is in both, yours is kept under another name.

    file: in the browser, the name of what you have put into the list of files.
    """
    home = _home(whole=True)
    commands.unpack(Path(home, file), home)


def update() -> None:
    """Bring the newest text of the course into your notebooks; your answers stay as they are."""
    commands.update(_home(whole=True))


def _home(whole: bool = False) -> Path:
    """Return the learner's folder; `whole` if all that was handed out has to be known."""
    if not in_browser.is_here():
        return find_home()
    if not in_browser.DRIVE.is_dir():
        raise UserError(
            "Python cannot reach your notebooks here: this browser, or a private window, allows no "
            "service worker. Use an ordinary window."
        )
    if whole:
        in_browser.note_all(in_browser.DRIVE)
    return in_browser.DRIVE
