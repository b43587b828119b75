"""What a kernel in a browser needs besides: there is no way to interrupt it, and no folder yet.

Each cell is watched. It is stopped when the ■ button is pressed, which makes a file, and at the
latest after `LIMIT` seconds; what it has defined stays. What was handed out of a lesson is noted
when its notebook first runs, so that a later release can be merged into it.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from lessonlib.checks.watchdog import watching
from lessonlib.workspace import folder, release
from lessonlib.workspace.files import read, write

DRIVE = Path("/drive")  # where JupyterLite shows the notebooks to the kernel
LIMIT = 300.0  # seconds that a cell may take
STOP = "stop"  # a file in DRIVE with the time at which the button was pressed
ASKED_EVERY = 2.0  # seconds; to look for the file takes a few milliseconds


class CellStopped(BaseException):
    """A cell was stopped. Not an Exception, so that its own `except Exception` does not stop it."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: IPython asks for it."""
        return [
            "This cell was stopped: by the ■ button, or after "
            f"{LIMIT / 60:.0f} minutes, which is all that a cell gets here.",
            "What it had defined is still there. If it was an endless loop, look for what ends it.",
        ]


def is_here() -> bool:
    """Return whether this Python runs in a browser."""
    return sys.platform == "emscripten"


def settle(shell) -> None:
    """Watch the cells of a notebook from now on, and note what was handed out of its lesson.

    Once in a kernel, however often a notebook imports `check`.
    """
    if "lessonlib_watch" in vars(shell):
        return
    shell.lessonlib_watch = watch = _CellWatch()
    shell.events.register("pre_run_cell", watch.begin)
    shell.events.register("post_run_cell", watch.end)
    lesson = Path.cwd().name
    if DRIVE.is_dir() and f"{lesson}/{lesson}.ipynb" in release.files():
        _note(DRIVE, f"{lesson}/{lesson}.ipynb")


def _note(home: Path, name: str) -> None:
    """Note what was handed out, or say that something newer is."""
    before = read(folder.handed_out(home, name))
    if before is None:
        write(folder.handed_out(home, name), release.files()[name])
        folder.mark(home)
    elif before != release.files()[name]:
        print(
            "There is a newer text of this lesson. To get it into this notebook, with your answers "
            "as they are:\n    import lessonlib; lessonlib.update()"
        )


def note_all(home: Path) -> None:
    """Note of each lesson what was handed out, where that is not known: it was not opened yet."""
    for name, content in release.files().items():
        if not folder.handed_out(home, name).exists():
            write(folder.handed_out(home, name), content)
    folder.mark(home)


class _CellWatch:
    """Watches one cell after the other."""

    def __init__(self):
        self.stack = ExitStack()
        self.started = self.asked = 0.0

    def begin(self, _info) -> None:
        self.end(None)
        self.started = self.asked = time.time()
        self.stack.enter_context(watching(self.is_up, CellStopped))

    def end(self, _result) -> None:
        self.stack.close()

    def is_up(self) -> bool:
        """Return whether the cell has to end: its time is over, or somebody has asked."""
        now = time.time()
        if now - self.asked > ASKED_EVERY:
            self.asked = now
            if self._is_asked():
                self.started = now - LIMIT
        return now - self.started >= LIMIT

    def _is_asked(self) -> bool:
        """Return whether the button was pressed since the cell began, and take the file away."""
        try:
            pressed = float((DRIVE / STOP).read_text())
            (DRIVE / STOP).unlink()
        except (OSError, ValueError):
            return False
        return pressed >= self.started
