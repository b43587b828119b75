"""What `lessonlib start`, `update`, `reset`, `pack` and `unpack` do, and say on the screen."""

from pathlib import Path

import lessonlib
from lessonlib.workspace import release
from lessonlib.workspace import start as starting
from lessonlib.workspace import update as updating
from lessonlib.workspace.pack import pack as packed
from lessonlib.workspace.pack import unpack as unpacked
from lessonlib.workspace.update import Changes

RELOAD = "If one of them is open in JupyterLab, choose File, Reload Notebook from Disk."


def start(folder: Path) -> Path:
    """Put the course into a folder, if it is not there; say so, and return the folder's path."""
    home = folder.resolve()
    if starting.start(home):
        print(f"The course is in {home}. Your work stays there.")
        _tell_of_work_elsewhere()
    elif not updating.is_current(home):
        print(
            "There is a newer text of the course. To get it: `lessonlib update`, in your folder "
            "(after `make learn`: `.venv/bin/lessonlib update`, in the clone)."
        )
    return home


def _tell_of_work_elsewhere() -> None:
    """Say how to take along what a learner of the first edition has written into a clone."""
    changed = release.worked_on()
    if changed:
        print(
            f"Files in the clone's course/ have been changed, {changed[0]} for instance. They stay "
            "as they are. To take them along, copy the folder course/ into the new one; the checks "
            "in it work there too."
        )


def update(home: Path) -> None:
    """Bring the course as it is now into a folder."""
    changes = updating.update(home)
    if not changes.new and not changes.unreadable and not changes.departed:
        print("There is nothing new.")
        return
    print("Brought up to date; your answers and your own cells are as they were:")
    _list(changes)


def reset(home: Path, lesson: str) -> None:
    """Put a fresh copy of a lesson into a folder."""
    changes = updating.reset(home, lesson)
    print("As it was handed out:")
    _list(changes)


def pack(home: Path, to: Path | None) -> None:
    """Make one file of a learner's folder."""
    path = packed(home, to)
    print(f"Packed: {path}")
    print(
        "To take it in elsewhere: `lessonlib start my-course --no-open`, go into that folder, then "
        f"`lessonlib unpack` and the path of {path.name}."
    )


def unpack(file: Path, home: Path) -> None:
    """Take a packed folder in."""
    version, changes = unpacked(file, home)
    if not changes.new:
        print(f"There is nothing in {file} that is not here.")
        return
    print(f"Taken from {file}:")
    _list(changes)
    if version != lessonlib.__version__:
        print(
            f"It was made by lessonlib {version}, and this is {lessonlib.__version__}: "
            "`lessonlib update` brings the text of this one."
        )


def _list(changes: Changes) -> None:
    for name in changes.new:
        was = changes.kept.get(name)
        print(f"  {name}" + (f"; as it was: {was.name}" if was else ""))
    for name in changes.unreadable:
        print(f"  {name} is no notebook that can be read; it was left as it is")
    for name in changes.departed:
        print(f"  {name} is no longer part of the course; it was left as it is")
    if changes.new:
        print(RELOAD)
