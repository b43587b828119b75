"""Where the course's folder is: the one that holds `nbgrader_config.py`."""

from pathlib import Path

from lessonlib.errors import UserError

MARKER = "nbgrader_config.py"


def find_root(start: Path | None = None) -> Path:
    """Return the course's folder: the working directory, or the nearest one above it that is."""
    here = (start or Path.cwd()).resolve()
    for folder in [here, *here.parents]:
        if (folder / MARKER).is_file():
            return folder
    raise UserError(
        f"This is not the course's folder: there is no {MARKER} in it or above it. "
        "Go to the folder that you cloned and run the command again."
    )
