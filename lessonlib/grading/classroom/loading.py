"""Gathers a lesson's materials from its notebook in solutions/ and from the gradebook."""

from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from lessonlib.building.stubs import SHOWS
from lessonlib.building.withheld import private_texts
from lessonlib.errors import UserError
from lessonlib.grading.classroom import inbox
from lessonlib.grading.classroom.gradebook import opened
from lessonlib.grading.materials import Given, Materials, visible_modules
from lessonlib.grading.task import Task

MAX_FILES = 64 * 2**20  # bytes of data files beside a lesson


def load(course: CourseDirectory, lesson: str, notebook: str) -> Materials:
    """Return the materials of a notebook. Raises UserError if the gradebook lacks it."""
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    path = folder / f"{notebook}.ipynb"
    if not path.is_file():
        raise UserError(f"There is no notebook {path}.")
    with opened(course) as gradebook:
        try:
            known = gradebook.find_notebook(notebook, lesson)
        except MissingEntry:
            raise UserError(f"The gradebook does not know {lesson} yet.") from None
        saved = {cell.name: cell.to_dict() for cell in known.source_cells}
        graded = [*known.grade_cells, *known.task_cells]
        points = {cell.name: float(cell.max_score) for cell in graded}
    source = nbformat.read(path, as_version=4)
    cells = tuple(_given(cell, saved, points) for cell in source.cells)
    files = _files(folder, course.ignore)
    return Materials(lesson, notebook, cells, files, visible_modules(cells))


def task(course: CourseDirectory, student: str, **how) -> Task:
    """Return what there is to grade of a learner's notebook, as it lies in their folder now.

    how: what is the same for the whole class: materials, limits, protected, secret, plan.
    """
    materials = how["materials"]
    folder = Path(course.format_path(course.submitted_directory, student, materials.lesson))
    handed_in = inbox.take(folder, materials.notebook)
    told: dict[str, Any] = {"fault": handed_in.fault, "notes": handed_in.notes}
    return Task(data=handed_in.data, files=handed_in.files, **told, **how)


def _given(cell, saved: dict, points: dict) -> Given:
    nbgrader = cell.metadata.get("nbgrader", {})
    name = nbgrader.get("grade_id", "")
    known = saved.get(name)
    if known is None:
        shows = SHOWS in cell.metadata.get("tags", [])
        return Given(
            "", cell.cell_type, cell.source, cell.source, checksum=None, points=None, grade=False,
            solution=False, locked=False, task=False, shows=shows,
        )  # fmt: skip
    locked = bool(known["locked"])
    return Given(
        name=name,
        cell_type=known["cell_type"] or cell.cell_type,
        source=known["source"] if locked else cell.source,
        stub=known["source"],
        checksum=known["checksum"],
        points=points.get(name),
        grade=bool(utils.is_grade(cell)),
        solution=bool(utils.is_solution(cell)),
        locked=locked,
        task=bool(utils.is_task(cell)),
    )


def _files(folder: Path, ignore: list[str]) -> dict[str, bytes]:
    """Return the files that a learner gets with the notebook; links are not followed."""
    paths = [Path(name) for name in find_all_files(str(folder), [*ignore, "*.ipynb"])]
    private = set(private_texts(folder))  # of assignments newer than the settings, too
    paths = [path for path in paths if path.is_file() and not path.is_symlink()]
    paths = [path for path in paths if path not in private]
    if sum(path.stat().st_size for path in paths) > MAX_FILES:
        raise UserError(f"The files beside {folder.name} are larger than {MAX_FILES >> 20} MiB.")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
