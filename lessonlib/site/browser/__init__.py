"""The browser edition: JupyterLite with the course, as a folder for any static web server.

`build` takes Pyodide (Python for browsers) from a folder or an address, adds lessonlib to it and
the lessons beside it. Nothing of it needs code on a server, and with a folder no other host either.
"""

from pathlib import Path

from lessonlib.site.browser import first_page, lite, offline, starting, wheels
from lessonlib.site.browser.distribution import Distribution
from lessonlib.site.putting import replaced


def build(root: Path, out: Path, pyodide: str) -> None:
    """Make the browser edition of a clone's course.

    root:    the clone.
    out:     the folder to make; what a former build has left there is replaced.
    pyodide: the folder with Pyodide's release, or its public address; then lessonlib's wheel lies
             in the site, and the rest is loaded from there.

    Raises UserError for a folder with something else in it, and for one that is not Pyodide's.
    """
    with replaced(out, lite.MARK) as beside:
        release = Distribution(pyodide)
        lite.build(root / "course", beside)
        lite.set_plugins(beside)
        ours = wheels.made(root, beside / lite.PYODIDE)
        release.write(beside / lite.PYODIDE, [*ours, *lite.kernel_wheels(beside)])
        starting.write(beside, release)
        size = None if release.is_remote else size_of(beside / lite.PYODIDE)
        first_page.write(beside, root / "course", size)
        offline.write(beside)


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
