"""Writes grades where nbgrader keeps them; only the process that coordinates does so."""

import io
import logging
import os
import traceback
from copy import deepcopy
from pathlib import Path

import nbformat
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Base, Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import create_engine, inspect
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from lessonlib.building.release import reason_in
from lessonlib.errors import UserError
from lessonlib.project import MARKER


def course_at(root: Path) -> tuple[CourseDirectory, Config]:
    """Return nbgrader's view of the course in this folder, and its settings."""
    config = PyFileConfigLoader(MARKER, path=str(root)).load_config()
    return CourseDirectory(config=config), config


def choose(course: CourseDirectory, name: str) -> str:
    """Return the lesson with this number or name. Raises UserError, naming those there are."""
    source = Path(course.format_path(course.source_directory, ".", "."))
    lessons = sorted(p.name for p in source.glob("*") if any(p.glob("*.ipynb")))
    for lesson in lessons:
        if name.strip("/") == lesson or name.zfill(2) == lesson.split("-")[0]:
            return lesson
    known = f"There are: {', '.join(lessons)}." if lessons else f"{source} holds no lessons."
    raise UserError(f"There is no lesson {name}. {known}")


def notebooks(course: CourseDirectory, lesson: str) -> list[str]:
    """Return the names of a lesson's notebooks, in order."""
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


# --- the lesson itself ---------------------------------------------------------------------------


def enter(course: CourseDirectory, config: Config, lesson: str) -> None:
    """Let the gradebook know the lesson as it is now. Raises UserError if nbgrader cannot."""
    create(course.db_url)
    if _is_known(course, lesson):
        return
    log, told = _log()
    try:
        _Entering(coursedir=_nowhere(config, lesson), config=config, log=log).start()
    except Exception:  # nbgrader says in its log what it is about
        reason = reason_in(told.getvalue() + traceback.format_exc())
        message = f"nbgrader could not enter {lesson} into the gradebook. {reason}"
        raise UserError(message) from None


def create(url: str) -> None:
    """Make the gradebook's tables where there are none: all of them, or none if this is stopped.

    nbgrader would leave some without the rest, and a gradebook that it cannot upgrade.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # Python begins no transaction for a table
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
            connection.exec_driver_sql(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
            )
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{version}')")
        connection.commit()
    engine.dispose()


class _Entering(GenerateAssignment):
    """Enters a lesson as nbgrader does, and writes no learner's copy on the way."""

    def write_single_notebook(self, output: str, resources: dict) -> None:
        """Keep the copy to itself."""


def _nowhere(config: Config, lesson: str) -> CourseDirectory:
    """Return the course without a place for a learner's copy, and with no files to copy there."""
    own = deepcopy(config)
    own.CourseDirectory.release_directory = os.path.join(os.devnull, "nowhere")
    own.CourseDirectory.ignore = ["*"]
    return CourseDirectory(config=own, assignment_id=lesson)


def _log() -> tuple[logging.Logger, io.StringIO]:
    """Return a log for nbgrader, and where it can be read: it is not for the screen."""
    told = io.StringIO()
    log = logging.Logger("nbgrader")
    log.addHandler(logging.StreamHandler(told))
    return log, told


def _is_known(course: CourseDirectory, lesson: str) -> bool:
    """Return whether the gradebook has the lesson's locked cells and points as they are now."""
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(lesson)
        except MissingEntry:
            return False
        known = {notebook.name: _saved(notebook) for notebook in assignment.notebooks}
    return known == {name: _stated(course, lesson, name) for name in notebooks(course, lesson)}


def _saved(notebook) -> dict:
    points = {c.name: float(c.max_score) for c in [*notebook.grade_cells, *notebook.task_cells]}
    return {cell.name: (points.get(cell.name), cell.source if cell.locked else None)
            for cell in notebook.source_cells}  # fmt: skip


def _stated(course: CourseDirectory, lesson: str, notebook: str) -> dict:
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    cells = nbformat.read(folder / f"{notebook}.ipynb", as_version=4).cells
    stated = {}
    for cell in cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if any(nbgrader.get(key) for key in ("grade", "solution", "locked", "task")):
            points = nbgrader.get("points")
            locked = utils.is_locked(cell)
            stated[nbgrader["grade_id"]] = (
                None if points is None else float(points), cell.source if locked else None
            )  # fmt: skip
    return stated


# --- a submission --------------------------------------------------------------------------------


def who_is_in(course: CourseDirectory, lesson: str) -> set[str]:
    """Return the learners whose submission of the lesson the gradebook has."""
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            submissions = gradebook.find_assignment(lesson).submissions
        except MissingEntry:
            return set()
        return {submission.student_id for submission in submissions}


def save(
    gradebook: Gradebook, lesson: str, student: str, notebook: str, executed: NotebookNode
) -> None:
    """Write a submission's automatic points; what people have given by hand stays as it is."""
    gradebook.update_or_create_student(student)
    with gradebook.db.no_autoflush:  # nbgrader builds it piece by piece
        gradebook.update_or_create_submission(lesson, student)
    own = gradebook.find_submission_notebook(notebook, lesson, student)
    grades = {grade.name: grade for grade in own.grades}
    comments = {comment.name: comment for comment in own.comments}
    for cell in executed.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in grades:
            _score(grades[name], cell)
        if name in comments:
            answered = cell.metadata.nbgrader.checksum != utils.compute_checksum(cell)
            comments[name].auto_comment = None if answered else "No response."
    gradebook.db.commit()


def weigh_lateness(
    gradebook: Gradebook, config: Config, lesson: str, student: str, notebook: str, timestamp=None
) -> None:
    """Write when a graded submission was handed in, and what its lateness costs by now."""
    submission = gradebook.find_submission(lesson, student)
    submission.timestamp = timestamp or submission.timestamp
    own = gradebook.find_submission_notebook(notebook, lesson, student)
    own.late_submission_penalty = None
    late = submission.total_seconds_late > 0
    gradebook.db.commit()
    gradebook.db.remove()  # forget the objects: a class may be large
    if late:
        _penalise(gradebook, config, lesson, student, notebook)


def _score(grade, cell: NotebookNode) -> None:
    """As nbgrader's SaveAutoGrades does."""
    grade.auto_score = None if utils.is_task(cell) else utils.determine_grade(cell)[0]
    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _penalise(gradebook, config, lesson, student, notebook) -> None:
    where = {"assignment": lesson, "student": student, "notebook": notebook}
    resources = {"nbgrader": {**where, "db_url": str(gradebook.engine.url)}}
    AssignLatePenalties(config=config).preprocess(nbformat.v4.new_notebook(), resources)
