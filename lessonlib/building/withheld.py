"""Which files beside an instructor's notebook hold its solutions as text.

Everything in an assignment's folder is the learner's, modules and data too, except the notebook's
own text: the `.py` that a lesson is written in, and any text that jupytext pairs with a notebook.
"""

import glob
import re
from contextlib import suppress
from pathlib import Path

from nbgrader.preprocessors import NbGraderPreprocessor

TEXTS = {".py", ".md", ".rmd", ".qmd", ".r", ".jl", ".ipy"}  # what jupytext writes notebooks as
HEADER = re.compile(r"\A(?:.*\n){0,5}?.*\bjupytext:(?:.*\n){0,20}?.*\bformats:.*ipynb")
# A cell of the percent format, of the light format, and of what nbconvert exports.
CELL = re.compile(r"^#\s*(?:%%|In\[[\d ]*\]:|\+(?:\s|$))", re.MULTILINE)


def private_texts(folder: Path) -> list[Path]:
    """Return the files below an assignment's folder that must not reach a learner."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    notebooks = {path.stem for path in files if path.suffix == ".ipynb"} | {folder.name}
    texts = (path for path in files if path.suffix.lower() in TEXTS)
    return [path for path in texts if _is_private(path, folder, notebooks)]


def _is_private(path: Path, folder: Path, notebooks: set[str]) -> bool:
    if path == folder / f"{folder.name}.py" and not folder.name.isidentifier():
        return True  # a lesson's text; no module has such a name
    text = path.read_bytes().decode(errors="replace")
    cells = path.suffix.lower() == ".py" and path.stem in notebooks and CELL.search(text)
    return bool(cells or HEADER.match(text[:5_000]))


def private_names(solutions: Path) -> list[str]:
    """Return patterns for nbgrader's `CourseDirectory.ignore`, which knows base names only."""
    folders = (path for path in solutions.glob("*") if path.is_dir())
    return sorted({glob.escape(text.name) for each in folders for text in private_texts(each)})


class WithholdText(NbGraderPreprocessor):
    """Takes the texts out of a release that nbgrader has copied.

    Formgrader reads the settings once, when JupyterLab starts; an assignment may be newer.
    """

    def preprocess(self, nb, resources):
        where = resources["nbgrader"]
        course = self.parent.parent.coursedir  # the exporter's converter
        source, released = (
            Path(course.format_path(step, where["student"], where["assignment"]))
            for step in (course.source_directory, course.release_directory)
        )
        for text in private_texts(source):
            with suppress(OSError):  # there is none, or no release at all is written
                (released / text.relative_to(source)).unlink()
        return nb, resources
