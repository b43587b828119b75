"""`lessonlib build`: each lesson's text to its executed notebook, and from there to the course."""

import difflib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessonlib.building.attachments import keep_attachments
from lessonlib.building.execute import execute
from lessonlib.building.release import release, remove_departed
from lessonlib.building.sheets import write_sheets
from lessonlib.building.showing import tag_showing
from lessonlib.building.source import METADATA, PointsOf, read_lesson
from lessonlib.errors import UserError
from lessonlib.project import LESSON_FOLDERS


def points_of_exercise(exercise_id: str) -> float:
    """Return what an exercise of the course is worth."""
    from lessonlib.lessons import find

    return find(exercise_id).points


def build(
    root: Path,
    wanted: Iterable[str] = (),
    *,
    force: bool = False,
    points_of: PointsOf = points_of_exercise,
    tell: Callable[[str], None] = print,
) -> None:
    """Pair and execute the wanted lessons (all, if none is named) and make the learners' copies.

    A lesson runs only when its code has changed, or when `force` says so.
    """
    solutions = root / "solutions"
    lessons = find_lessons(solutions)
    chosen = choose(lessons, wanted)
    for lesson in chosen:
        tell(f"{lesson:<24} {_refresh(solutions / lesson, force, points_of)}")
    release(root, chosen)
    write_sheets(root, lessons)
    for lesson in remove_departed(root / "course", lessons):
        tell(f"{lesson:<24} removed from the course")


def find_lessons(solutions: Path) -> list[str]:
    """Return the names of the lessons in order; each is a folder with a text of the same name."""
    if not solutions.is_dir():
        raise UserError("There is no folder solutions/ here, so there is no lesson to build.")
    folders = sorted(path for path in solutions.glob(LESSON_FOLDERS) if path.is_dir())
    for folder in folders:
        _expect_pairs(folder)
    if not folders:
        raise UserError("There is no lesson in solutions/: a lesson is a folder like 01-name.")
    return [folder.name for folder in folders]


def _expect_pairs(folder: Path) -> None:
    """Every notebook beside a lesson is released, so each must be built from the lesson's text."""
    if not (folder / f"{folder.name}.py").is_file():
        raise UserError(f"solutions/{folder.name} has no {folder.name}.py, the lesson's text.")
    stray = [path.name for path in folder.glob("*.ipynb") if path.stem != folder.name]
    if stray:
        raise UserError(f"solutions/{folder.name} has a stray notebook: {', '.join(stray)}.")


def choose(lessons: list[str], wanted: Iterable[str]) -> list[str]:
    """Return the lessons that `wanted` names, by number or by name; all if it names none."""
    numbers = {lesson.split("-")[0]: lesson for lesson in lessons}
    chosen = {_match(name.strip("/"), lessons, numbers) for name in wanted}
    return [lesson for lesson in lessons if lesson in chosen or not chosen]


def _match(name: str, lessons: list[str], numbers: dict[str, str]) -> str:
    lesson = numbers.get(name, name)
    if lesson in lessons:
        return lesson
    nearest = difflib.get_close_matches(name, [*lessons, *numbers], n=1, cutoff=0)
    raise UserError(f"There is no lesson {name}. Did you mean {nearest[0]}?")


def _refresh(folder: Path, force: bool, points_of: PointsOf) -> str:
    """Bring a lesson's notebook up to date with its text, and say what that took."""
    path = folder / f"{folder.name}.ipynb"
    notebook = read_lesson(folder / f"{folder.name}.py", points_of)
    before = path.read_bytes() if path.is_file() else b""
    keep_attachments(notebook, _read(before), folder.name)
    tag_showing(notebook)
    if not force and _keep_outputs(notebook, before):
        how = "text refreshed"
    else:
        started = time.perf_counter()
        execute(notebook, folder)
        how = f"executed in {time.perf_counter() - started:.1f} s"
    after = _bytes(notebook)
    if after == before and how == "text refreshed":
        return "unchanged"
    path.write_bytes(after)
    return how


def _keep_outputs(notebook: NotebookNode, before: bytes) -> bool:
    """Copy the outputs of the notebook as it was, if it ran exactly the code that is there now."""
    old, new = _code_cells(_read(before)), _code_cells(notebook)
    if [cell.source for cell in old] != [cell.source for cell in new]:
        return False
    if any(cell.execution_count is None for cell in old if cell.source.strip()):
        return False
    for was, cell in zip(old, new, strict=True):
        cell.outputs, cell.execution_count = was.outputs, was.execution_count
    return True


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _read(text: bytes) -> NotebookNode:
    """Read a built notebook; one that is missing or damaged counts as empty and is made anew."""
    try:
        return nbformat.reads(text.decode(), as_version=4)
    except (ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError):
        return nbformat.v4.new_notebook()


def _bytes(notebook: NotebookNode) -> bytes:
    """Return the notebook's file: the same bytes for the same lesson, wherever it was built."""
    notebook.metadata = nbformat.from_dict(METADATA)  # the run left the kernel's own version here
    return (nbformat.writes(notebook) + "\n").encode()
