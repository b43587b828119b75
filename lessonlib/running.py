"""Run a learner's notebook in a fresh kernel and collect what its checks say."""

import ast
import json
import tempfile
from pathlib import Path

import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from lessonlib.checks import Exercise
from lessonlib.checks.wording import is_unanswered
from lessonlib.earned import Earned
from lessonlib.errors import UserError
from lessonlib.kernels import environment, notebook_client
from lessonlib.lessons import Lesson, lesson_of
from lessonlib.notebook import RECORD

SECONDS_PER_CELL = 120


def notebook_at(path: Path) -> NotebookNode:
    """Return the notebook at `path`. Raises UserError where something else is."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, UnicodeDecodeError, IsADirectoryError, KeyError):
        raise UserError(f"{path} is not a notebook. Is it the right file, saved whole?") from None
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        raise UserError(f"{path} is damaged: {str(error).splitlines()[0]}") from None


def results(path: Path) -> list[Earned]:
    """Run the notebook and return one result for each exercise of its lesson, in order.

    One in which nothing is answered yet is not run. The file itself stays as it is. Raises
    UserError if it is no notebook of a lesson.
    """
    notebook = notebook_at(path)
    lesson = _lesson_of(notebook, path)
    if not any(map(_is_answered, notebook.cells)):
        return [Earned(e.id, 0.0, e.points, "", answered=False) for e in lesson.exercises]
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "verdicts.jsonl"
        _run(notebook, path.resolve().parent, record)
        verdicts = _verdicts(record)
    cells = {_exercise_of(cell): cell for cell in notebook.cells}
    return [verdicts.get(e.id) or _unchecked(e, cells.get(e.id)) for e in lesson.exercises]


def _unchecked(exercise: Exercise, cell: NotebookNode | None) -> Earned:
    """Return the result of an exercise that no check has spoken of."""
    why = _why_not(cell)
    return Earned(exercise.id, 0.0, exercise.points, why, not is_unanswered(why))


def _is_answered(cell: NotebookNode) -> bool:
    """Return whether a cell for an answer has something else in it than what was handed out."""
    if cell.cell_type != "code" or not cell.metadata.get("nbgrader", {}).get("solution"):
        return False
    try:
        return not all(map(_is_stub, ast.parse(cell.source).body))
    except (SyntaxError, ValueError):
        return True


def _is_stub(statement: ast.stmt) -> bool:
    """Return whether a statement only says what to do: `z1 = ...`, or a function that raises."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return all(map(_is_stub, statement.body))
    if isinstance(statement, ast.Raise):
        return ast.unparse(statement).startswith("raise NotImplementedError")
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Constant) and (value.value is ... or isinstance(value.value, str))


def _run(notebook: NotebookNode, folder: Path, record: Path) -> None:
    options = {"allow_errors": True, "interrupt_on_timeout": True}
    with notebook_client(notebook, folder, SECONDS_PER_CELL, **options) as client:
        try:
            client.execute(env=environment(**{RECORD: str(record)}))
        except DeadKernelError:
            pass  # what was checked before still counts; the other checks say why they do not


def _verdicts(record: Path) -> dict[str, Earned]:
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    verdicts = map(json.loads, lines)
    return {verdict["exercise"]: _earned(verdict) for verdict in verdicts}


def _earned(verdict: dict) -> Earned:
    told = [verdict[key] for key in ("exercise", "points", "max_points", "message")]
    return Earned(*told, not is_unanswered(verdict["message"]))


def _exercise_of(cell: NotebookNode) -> str:
    """Return the id of the exercise that a cell checks, or ""."""
    start = 'check("'
    line = next((line for line in cell.source.splitlines() if line.startswith(start)), "")
    return line.removeprefix(start).split('"')[0]


def _lesson_of(notebook: NotebookNode, path: Path) -> Lesson:
    first = next(filter(None, map(_exercise_of, notebook.cells)), "")
    if not first:
        raise UserError(f"{path} has no checks in it: it is not a notebook of this course.")
    return lesson_of(first)


def _why_not(cell: NotebookNode | None) -> str:
    if cell is None:
        return "The notebook has no check cell for this exercise any more."
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return "\n".join(output.traceback)
    return "The check was not reached: the kernel ended in a cell above."
