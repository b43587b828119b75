"""The answers in a lesson's built notebooks: stubs of `course/`, solutions of `solutions/`."""

import contextlib
import io
from functools import cache
from pathlib import Path

import nbformat

from lessonlib.checks import Exercise
from lessonlib.errors import UserError
from lessonlib.exercises.reference import place


def answer_in(root: Path, folder: str, lesson: str, exercise: Exercise):
    """Return the function, class or dict of values that a notebook defines for an exercise.

    folder: "course" or "solutions". Raises UserError where the notebook is not built or its cell
    gives the answer another name.
    """
    names = namespace(root, folder, lesson)
    wanted = exercise.answer_names if exercise.returns == "named" else (exercise.function,)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise UserError(_no_such_name(root, lesson, exercise, missing[0]))
    return {n: names[n] for n in wanted} if exercise.returns == "named" else names[wanted[0]]


def _no_such_name(root: Path, lesson: str, exercise: Exercise, name: str) -> str:
    path = root / "solutions" / lesson / f"{lesson}.py"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    start = f'solution="{exercise.id.replace(".", "-")}"'
    line = next((n for n, text in enumerate(lines, start=1) if start in text), 1)
    return f"{place(str(path), line)}: the solution of {exercise.id} defines no {name}."


@cache
def namespace(root: Path, folder: str, lesson: str) -> dict:
    """Run a notebook's code cells, the checks left out; in `course/` a cell may fail."""
    path = root / folder / lesson / f"{lesson}.ipynb"
    if not path.is_file():
        raise UserError(f"There is no {path} yet: run `lessonlib build {lesson}`.")
    names = {"__name__": "__main__", "display": lambda *_: None}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
            _run(cell, names, f"{path}, cell {cell.id}", may_fail=folder == "course")
    return names


def _run(cell, names: dict, place: str, may_fail: bool) -> None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell.source, "<cell>", "exec", dont_inherit=True), names)
    except Exception as error:
        if not may_fail and "raises-exception" not in cell.metadata.get("tags", []):
            raise UserError(f"{place}: {type(error).__name__}: {error}") from error
