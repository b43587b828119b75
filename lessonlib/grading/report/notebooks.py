"""Reads a lesson's notebook, for its order, and the executed ones, for what learners did."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory

from lessonlib.grading.record import Record, Result
from lessonlib.grading.report.ledger import Key


@dataclass(frozen=True)
class Layout:
    """The places of a notebook's cells, and the answers that each graded one depends on."""

    places: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, cell: str) -> int:
        """Return where a cell is; one that the notebook no longer has comes last."""
        return self.places.get(cell, len(self.places))


def layout(course: CourseDirectory, lesson: str, notebook: str) -> Layout:
    """Return the layout of the instructor's notebook; an empty one where there is none."""
    path = Path(course.format_path(course.source_directory, ".", lesson)) / f"{notebook}.ipynb"
    if not path.is_file():
        return Layout()
    cells = [c for c in nbformat.read(path, as_version=4).cells if "nbgrader" in c.metadata]
    places = {cell.metadata.nbgrader.grade_id: place for place, cell in enumerate(cells)}
    return Layout(places, dict(answers(cells)))


def answers(cells: list) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each graded cell with the answers since the test above; with that one's if none."""
    found: list[str] = []
    tested = False
    for cell in cells:
        name = cell.metadata.nbgrader.grade_id
        if utils.is_solution(cell) and utils.is_grade(cell):
            yield name, (name,)
        elif utils.is_solution(cell):
            found = [name] if tested else [*found, name]
            tested = False
        elif utils.is_grade(cell):
            yield name, tuple(found)
            tested = True


@dataclass(frozen=True)
class Work:
    """What a learner's executed notebooks tell.

    records: for each notebook.
    results: how each test did.
    sources: what stands in each known cell.
    """

    records: dict[str, Record]
    results: dict[Key, Result]
    sources: dict[Key, str]


def work(course: CourseDirectory, lesson: str, student: str, names: tuple[str, ...]) -> Work:
    """Return what a learner's executed notebooks tell; a missing or foreign one tells nothing."""
    folder = Path(course.format_path(course.autograded_directory, student, lesson))
    records, results, sources = {}, {}, {}
    for name in names:
        path = folder / f"{name}.ipynb"
        record = Record.of_file(path)
        if record is not None:
            records[name] = record
            results.update({(name, result.cell): result for result in record.results})
            sources.update({(name, cell): source for cell, source in _sources(path)})
    return Work(records, results, sources)


def _sources(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the known cells of a notebook that was written here: it need not be validated."""
    for cell in json.loads(path.read_bytes())["cells"]:
        if "nbgrader" in cell["metadata"]:
            yield cell["metadata"]["nbgrader"]["grade_id"], "".join(cell["source"])
