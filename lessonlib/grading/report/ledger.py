"""Reads what the gradebook knows of a lesson, in few queries: a class may be large."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import func
from sqlalchemy.engine import make_url

from lessonlib.errors import UserError

Key = tuple[str, str]  # a notebook's name, a cell's name


@dataclass(frozen=True)
class Points:
    """A learner's points in a cell.

    points: automatic, or a person's, which win; None while a person has to say.
    stale:  whether a person gave them, and the submission was graded again since.
    waits:  whether a person should look at them.
    """

    points: float | None
    stale: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Ledger:
    """What the gradebook knows of a lesson.

    notebooks: their names, in order.
    most:      the most that each graded cell gives.
    by_person: the cells that a person grades.
    stubs:     what each cell holds when it is handed out.
    students:  all learners of the course.
    penalties: for each learner who handed in, the points taken off for lateness.
    grades:    for each learner who handed in, the points in each cell.
    times:     when each of them handed in; None where that is not known.
    ids:       the gradebook's ids of each one's notebooks, by the notebooks' names.
    """

    notebooks: tuple[str, ...]
    most: dict[Key, float]
    by_person: frozenset[Key]
    stubs: dict[Key, str]
    students: frozenset[str]
    penalties: dict[str, float]
    grades: dict[str, dict[Key, Points]]
    times: dict[str, datetime | None]
    ids: dict[str, dict[str, str]]


def read_ledger(course: CourseDirectory, lesson: str) -> Ledger:
    """Return what the gradebook knows. Raises UserError if nothing of the lesson is graded yet."""
    nothing = UserError(f"Nothing of {lesson} is graded yet. First run: lessonlib grade {lesson}")
    if not _exists(course.db_url):
        raise nothing
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(lesson)
        except MissingEntry:
            raise nothing from None
        penalties = _penalties(gradebook, assignment)
        if not penalties:
            raise nothing
        students = frozenset(student.id for student in gradebook.students)
        grades = _grades(gradebook, assignment, penalties)
        handed_in = _handed_in(gradebook, assignment)
        return Ledger(*_cells(assignment), students, penalties, grades, *handed_in)


def graded_lessons(course: CourseDirectory) -> list[str]:
    """Return the lessons of which anything is graded, in order."""
    if not _exists(course.db_url):
        return []
    with Gradebook(course.db_url, course.course_id) as gradebook:
        return sorted(each.name for each in gradebook.assignments if each.num_submissions)


def _exists(url: str) -> bool:
    """Return whether there is a gradebook: only opening one would make an empty file."""
    where = make_url(url)
    return where.get_backend_name() != "sqlite" or Path(where.database or "").is_file()


def _cells(assignment) -> tuple[tuple[str, ...], dict[Key, float], frozenset[Key], dict[Key, str]]:
    most: dict[Key, float] = {}
    by_person: set[Key] = set()
    stubs: dict[Key, str] = {}
    for notebook in assignment.notebooks:
        graded = [*notebook.grade_cells, *notebook.task_cells]
        answers = {cell.name for cell in [*notebook.solution_cells, *notebook.task_cells]}
        most.update({(notebook.name, cell.name): float(cell.max_score) for cell in graded})
        by_person |= {(notebook.name, cell.name) for cell in graded if cell.name in answers}
        stubs.update({(notebook.name, c.name): c.source or "" for c in notebook.source_cells})
    names = tuple(notebook.name for notebook in assignment.notebooks)
    return names, most, frozenset(by_person), stubs


def _penalties(gradebook: Gradebook, assignment) -> dict[str, float]:
    """Return what each learner who handed in loses for lateness, mostly 0."""
    lost = func.coalesce(func.sum(SubmittedNotebook.late_submission_penalty), 0.0)
    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, lost)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .group_by(SubmittedAssignment.student_id)
    )
    return {student: float(penalty) for student, penalty in rows}


def _handed_in(gradebook: Gradebook, assignment) -> tuple[dict, dict]:
    """Return when each learner handed in, and the ids of their notebooks by name."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id, SubmittedAssignment.timestamp,
            Notebook.name, SubmittedNotebook.id,
        )
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )  # fmt: skip
    times: dict[str, datetime | None] = {}
    ids: dict[str, dict[str, str]] = {}
    for student, when, notebook, id_ in rows:
        times[student] = when
        ids.setdefault(student, {})[notebook] = id_
    return times, ids


def _grades(gradebook: Gradebook, assignment, students) -> dict[str, dict[Key, Points]]:
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id, Notebook.name, BaseCell.name,
            Grade.auto_score, Grade.manual_score, Grade.score, Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )  # fmt: skip
    grades: dict[str, dict[Key, Points]] = {student: {} for student in students}
    for student, notebook, cell, auto, manual, score, needs in rows:
        points, needs = None if auto is None and manual is None else float(score), bool(needs)
        grades[student][notebook, cell] = Points(points, needs and manual is not None, needs)
    return grades
