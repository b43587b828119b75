"""Run a learner's notebook in a fresh kernel and collect what its checks say."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from lessonlib.errors import UserError
from lessonlib.kernels import environment, notebook_client
from lessonlib.lessons import Lesson
from lessonlib.lessons import lesson as find_lesson
from lessonlib.notebook import RECORD

SECONDS_PER_CELL = 120


@dataclass(frozen=True)
class Result:
    """How one exercise of a notebook did."""

    exercise: str
    points: float
    max_points: float
    message: str

    @property
    def passed(self) -> bool:
        """Whether all points were earned."""
        return self.points == self.max_points


def find_notebook(name: str, find_root: Callable[[], Path]) -> Path:
    """Return the notebook at this path, or the learner's copy of the lesson with this name."""
    path = Path(name)
    if path.suffix:
        return path
    lesson = find_lesson(name)
    return find_root() / "course" / lesson.name / f"{lesson.name}.ipynb"


def read(path: Path) -> NotebookNode:
    """Return the notebook at `path`. Raises UserError where there is none."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise UserError(f"There is no notebook {path}.") from None
    except (nbformat.reader.NotJSONError, UnicodeDecodeError, IsADirectoryError, KeyError):
        raise UserError(f"{path} is not a notebook. Is it the right file, saved whole?") from None
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        raise UserError(f"{path} is damaged: {str(error).splitlines()[0]}") from None


def results(path: Path) -> list[Result]:
    """Run the notebook and return one result for each exercise of its lesson, in order.

    The file itself stays as it is. Raises UserError if it is no notebook of a lesson.
    """
    notebook = read(path)
    lesson = _lesson_of(notebook, path)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "verdicts.jsonl"
        _run(notebook, path.resolve().parent, record)
        verdicts = _verdicts(record)
    cells = {_exercise_of(cell): cell for cell in notebook.cells}
    return [
        verdicts.get(e.id) or Result(e.id, 0.0, e.points, _why_not(cells.get(e.id)))
        for e in lesson.exercises
    ]


def _run(notebook: NotebookNode, folder: Path, record: Path) -> None:
    options = {"allow_errors": True, "interrupt_on_timeout": True}
    with notebook_client(notebook, folder, SECONDS_PER_CELL, **options) as client:
        try:
            client.execute(env=environment(**{RECORD: str(record)}))
        except DeadKernelError:
            pass  # what was checked before still counts; the other checks say why they do not


def _verdicts(record: Path) -> dict[str, Result]:
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    verdicts = map(json.loads, lines)
    keys = ("exercise", "points", "max_points", "message")
    return {verdict["exercise"]: Result(*(verdict[key] for key in keys)) for verdict in verdicts}


def _exercise_of(cell: NotebookNode) -> str:
    """Return the id of the exercise that a cell checks, or ""."""
    start = 'check("'
    line = next((line for line in cell.source.splitlines() if line.startswith(start)), "")
    return line.removeprefix(start).split('"')[0]


def _lesson_of(notebook: NotebookNode, path: Path) -> Lesson:
    prefixes = [_exercise_of(cell).split(".")[0] for cell in notebook.cells]
    prefix = next(filter(None, prefixes), "")
    if not prefix:
        raise UserError(f"{path} has no checks in it: it is not a notebook of this course.")
    return find_lesson(prefix)


def _why_not(cell: NotebookNode | None) -> str:
    if cell is None:
        return "The notebook has no check cell for this exercise any more."
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return "\n".join(output.traceback)
    return "The check was not reached: the kernel ended in a cell above."
