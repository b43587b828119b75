"""Small lessons for tests: cells as the gradebook knows them, and what a learner hands in."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessonlib.grading.materials import Given, Materials, visible_modules

ROOT = Path(__file__).parents[2]


def free(source: str, cell_type: str = "code") -> Given:
    """Return a cell that nbgrader knows nothing of."""
    return Given("", cell_type, source, source, None, None, *[False] * 4)


def answer(name: str, source: str, stub: str, cell_type: str = "code", points=None) -> Given:
    """Return a cell that the learner writes in; with points, a person grades it."""
    graded = points is not None
    return Given(name, cell_type, source, stub, "c", points, graded, True, False, False)


def exam(name: str, source: str, points: float, stub: str | None = None) -> Given:
    """Return a test cell."""
    shown = source if stub is None else stub
    return Given(name, "code", source, shown, "c", float(points), True, False, True, False)


def locked(name: str, source: str, cell_type: str = "code") -> Given:
    """Return a cell that is read-only and gives no points."""
    return Given(name, cell_type, source, source, "c", None, False, False, True, False)


def lesson_of(*cells: Given, files: dict[str, bytes] | None = None) -> Materials:
    """Return a lesson of these cells."""
    return Materials("toy", "toy", cells, files or {}, ())


def cell_of(given: Given, source: str | None = None) -> NotebookNode:
    """Return a cell of the lesson as a learner has it; with a source, as one has filled it in."""
    make = getattr(nbformat.v4, f"new_{given.cell_type}_cell")
    cell = make(given.stub if source is None else source)
    if given.name:
        cell.metadata["nbgrader"] = {"grade_id": given.name}
        cell["id"] = given.name
    return cell


def handed_in(materials: Materials, answers: dict[str, str] | None = None) -> NotebookNode:
    """Return the learner's copy with these answers in the cells of these names."""
    left = dict(answers or {})
    cells = [cell_of(given, left.pop(given.name, None)) for given in materials.cells]
    assert not left, f"there are no cells for {', '.join(left)}"
    for number, cell in enumerate(cells):  # the same bytes each time
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", f"free-{number}")
    return nbformat.v4.new_notebook(cells=cells)


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as a file holds it."""
    return nbformat.writes(notebook).encode()


@cache
def course_lesson(name: str) -> Materials:
    """Return a lesson of this course as `loading.load` gathers it, without a gradebook."""
    solved, released = (
        nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4).cells
        for folder in ("solutions", "course")
    )
    cells = tuple(_given(*pair) for pair in zip(solved, released, strict=True))
    return Materials(name, name, cells, {}, visible_modules(cells))


def _given(solved: NotebookNode, released: NotebookNode) -> Given:
    known = released.metadata.get("nbgrader")
    if known is None:
        shows = "shows" in solved.metadata.get("tags", [])
        return replace(free(solved.source, solved.cell_type), shows=shows)
    return Given(
        known.grade_id, released.cell_type, solved.source, released.source, known.checksum,
        float(known.points) if "points" in known else None,
        known.grade, known.solution, known.locked, known.task,
    )  # fmt: skip


def solutions_of(materials: Materials) -> dict[str, str]:
    """Return the lesson's own answers by their cells' names."""
    return {cell.name: cell.source for cell in materials.cells if cell.is_answer}
