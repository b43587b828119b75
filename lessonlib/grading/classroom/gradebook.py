"""Writes grades where nbgrader keeps them; only the process that coordinates does so."""

import errno
import io
import logging
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from lessonlib.building.release import reason_in
from lessonlib.errors import UserError
from lessonlib.grading.classroom.treatment import Treated
from lessonlib.grading.record import Record
from lessonlib.printable import one_line
from lessonlib.project import MARKER


def course_at(root: Path) -> tuple[CourseDirectory, Config]:
    """Return nbgrader's view of the course in this folder, and its settings."""
    config = PyFileConfigLoader(MARKER, path=str(root)).load_config()
    config.CourseDirectory.setdefault("root", str(root))
    return CourseDirectory(config=config), config


def choose(course: CourseDirectory, name: str) -> str:
    """Return the lesson with this number or name. Raises UserError, naming those there are."""
    there = lessons(course)
    for lesson in there:
        if name.strip("/") == lesson or name.zfill(2) == lesson.split("-")[0]:
            return lesson
    source = Path(course.format_path(course.source_directory, ".", "."))
    known = f"There are: {', '.join(there)}." if there else f"{source} holds no lessons."
    raise UserError(f"There is no lesson {name}. {known}")


def lessons(course: CourseDirectory) -> list[str]:
    """Return the names of all lessons, in order."""
    source = Path(course.format_path(course.source_directory, ".", "."))
    return sorted(p.name for p in source.glob("*") if any(p.glob("*.ipynb")))


def notebooks(course: CourseDirectory, lesson: str) -> list[str]:
    """Return the names of a lesson's notebooks, in order."""
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


# --- opening it ----------------------------------------------------------------------------------

BUSY_SECONDS = 20  # seconds to wait while another program writes
KEPT = "What is graded is kept; run the same command again when that is mended."
OLD = (
    "The gradebook was made by an older nbgrader. Make a copy of it, run `nbgrader db upgrade`, "
    "and run the same command again."
)
NEW = "The gradebook was made by a newer nbgrader than is installed here. Install that one."
DRIVER = "For PostgreSQL, write db_url as postgresql+psycopg://…: that driver is installed with "
DRIVER += 'pip install "lessonlib[postgres]".'
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
SENTENCES = {  # what the database says, and what that means
    "locked": "The gradebook is in use by another program (Formgrader, nbgrader, a backup). ",
    "readonly|read-only": "The gradebook cannot be written: the file or its folder is read-only. ",
    "full|disk i/o error": "The gradebook cannot be written: the disk is full or broken. ",
    "not a database|malformed": "The gradebook {file} is damaged, or no gradebook: put it back "
    "from a backup, or move it away. ",
    "unable to open": "The gradebook {file} cannot be opened: it is no file, or not yours to use. ",
    "no such (column|table)": "The gradebook lacks a part: if it was made by an older nbgrader, "
    "make a copy of it and run `nbgrader db upgrade`. ",
}


def opened(course: CourseDirectory) -> Gradebook:
    """Open the gradebook."""
    return Gradebook(_patient(course.db_url), course.course_id)


def _patient(url: str) -> str:
    where = make_url(url)
    if where.get_backend_name() == "sqlite" and "timeout" not in where.query:
        where = where.update_query_dict({"timeout": str(BUSY_SECONDS)})
    return where.render_as_string(hide_password=False)


@contextmanager
def plainly(course: CourseDirectory) -> Iterator[None]:
    """Turn what the gradebook or a disk cannot do into a UserError of a sentence."""
    log = logging.getLogger("tornado.application")  # nbgrader writes tracebacks there
    was, log.disabled = log.disabled, True
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        sentence = _sentence(error, make_url(course.db_url).database)
        if sentence is None:
            raise
        raise UserError(sentence) from None
    finally:
        log.disabled = was


def _sentence(error: BaseException | None, file: str | None) -> str | None:
    """Return what the database or the disk had against it; nbgrader wraps that in its own."""
    while error is not None:
        if isinstance(error, DBAPIError):
            said = str(error.orig)
            for pattern, sentence in SENTENCES.items():
                if re.search(pattern, said.lower()):
                    return sentence.format(file=file) + KEPT
            return f"The gradebook cannot be used: {one_line(said, 500).rstrip('.?')}. {KEPT}"
        if isinstance(error, ModuleNotFoundError) and error.name == "psycopg2":
            return DRIVER
        if isinstance(error, OSError) and (error.filename or error.errno in DISK):
            return f"{error.filename or 'The disk'} cannot be used: {error.strerror}. {KEPT}"
        error = error.__cause__ or error.__context__
    return None


# --- the lesson itself ---------------------------------------------------------------------------


def enter(course: CourseDirectory, config: Config, lesson: str) -> None:
    """Let the gradebook know the lesson as it is now. Raises UserError if nbgrader cannot."""
    create(course.db_url)
    log, told = _log()
    try:
        _Entering(coursedir=_nowhere(config, lesson), config=config, log=log).start()
    except Exception as error:  # nbgrader says in its log what it is about
        if _sentence(error, "") is not None:
            raise
        reason = reason_in(told.getvalue() + traceback.format_exc())
        message = f"nbgrader could not enter {lesson} into the gradebook. {reason}"
        raise UserError(message) from None


def create(url: str) -> None:
    """Make the gradebook's tables where there are none: all of them, or none if this is stopped.

    nbgrader would leave some without the rest. Raises UserError where the tables that are there are
    another version's.
    """
    engine = create_engine(_patient(url))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # Python begins no transaction for a table
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        versions, scripts = MigrationContext.configure(connection), ScriptDirectory(ALEMBIC_DIR)
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            versions.stamp(scripts, "head")
        elif versions.get_current_revision() != scripts.get_current_head():
            raise UserError(OLD if _is_older(versions, scripts) else NEW)
        connection.commit()
    engine.dispose()


def _is_older(versions: MigrationContext, scripts: ScriptDirectory) -> bool:
    known = {revision.revision for revision in scripts.walk_revisions()}
    return versions.get_current_revision() in {None, *known}


class _Entering(GenerateAssignment):
    """Enters a lesson as nbgrader does, and writes no learner's copy on the way."""

    def write_single_notebook(self, output: str, resources: dict) -> None:
        """Keep the copy to itself."""

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Leave all as it is: there is no copy."""


def _nowhere(config: Config, lesson: str) -> CourseDirectory:
    """Return the course without a place for a learner's copy, and with no files to copy there."""
    own = deepcopy(config)
    own.CourseDirectory.release_directory = os.path.join(".lessonlib", "nowhere")
    own.CourseDirectory.ignore = ["*"]
    return CourseDirectory(config=own, assignment_id=lesson)


def _log() -> tuple[logging.Logger, io.StringIO]:
    """Return a log for nbgrader, and where it can be read: it is not for the screen."""
    told = io.StringIO()
    log = logging.Logger("nbgrader")
    log.addHandler(logging.StreamHandler(told))
    return log, told


# --- a submission --------------------------------------------------------------------------------


def who_is_in(course: CourseDirectory, lesson: str) -> set[str]:
    """Return the learners whose submission of the lesson the gradebook has."""
    with opened(course) as gradebook:
        rows = (
            gradebook.db.query(SubmittedAssignment.student_id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == lesson)
        )
        return {student for (student,) in rows}


def save(
    gradebook: Gradebook,
    lesson: str,
    student: str,
    notebook: str,
    treated: Treated,
    before: Record | None,
) -> None:
    """Write a submission's automatic points; what people have given by hand stays as it is.

    The transaction stays open: `weigh_lateness` ends it, so that a submission costs one.
    before: the record of the last time, if any; what a person has decided then is not asked again.
    """  # fmt: skip
    _enter_submission(gradebook, lesson, student)
    own = gradebook.find_submission_notebook(notebook, lesson, student)
    now, earlier = marks(treated.record), marks(before)
    for name, grade in _named(gradebook, Grade, own):
        if name in treated.scores:
            _score(grade, treated.scores[name], now.get(name), earlier.get(name))
    for name, comment in _named(gradebook, Comment, own):
        if name in treated.answered:
            comment.auto_comment = None if treated.answered[name] else "No response."


def _enter_submission(gradebook: Gradebook, lesson: str, student: str) -> None:
    """Let the gradebook have a learner's submission; nbgrader's own way commits three times."""
    if gradebook.db.get(Student, student) is None:
        gradebook.db.add(Student(id=student))
    try:
        gradebook.find_submission(lesson, student)
    except MissingEntry:
        assignment = gradebook.find_assignment(lesson)
        gradebook.db.add(
            SubmittedAssignment(
                assignment_id=assignment.id,
                student_id=student,
                notebooks=[_blank(notebook) for notebook in assignment.notebooks],
            )
        )


def _blank(notebook: Notebook) -> SubmittedNotebook:
    """Return a learner's notebook, ready for its grades and comments."""
    tasks = notebook.task_cells
    return SubmittedNotebook(
        notebook_id=notebook.id,
        grades=[Grade(cell_id=cell.id) for cell in [*notebook.grade_cells, *tasks]],
        comments=[Comment(cell_id=cell.id) for cell in [*notebook.solution_cells, *tasks]],
    )


def _named(gradebook: Gradebook, kind: Any, own: SubmittedNotebook) -> list[tuple[str, Any]]:
    """Return a notebook's grades, or comments, each with its cell's name.

    They are asked for by cell: nbgrader's tables have an index for that, and by the notebook alone
    the whole class's would be read for each submission.
    """
    names = _cells(gradebook, own)
    found = gradebook.db.query(kind).filter(kind.cell_id.in_(names), kind.notebook_id == own.id)
    return [(names[each.cell_id], each) for each in found]


def _cells(gradebook: Gradebook, own: SubmittedNotebook) -> dict[str, str]:
    """Return the names of a notebook's cells by their ids."""
    rows = gradebook.db.query(BaseCell.id, BaseCell.name)
    return dict(rows.filter(BaseCell.notebook_id == own.notebook_id).tuples())


def marks(record: Record | None) -> dict[str, str]:
    """Return why tests are marked for a person, by the names of their cells."""
    return {each.cell: each.marked for each in record.results if each.marked} if record else {}


def _score(grade, score: float | None, reason: str | None, earlier: str | None) -> None:
    """As nbgrader's SaveAutoGrades does; but a marked test, too, waits for a person's points."""
    given = grade.manual_score is not None
    decided = given and not grade.needs_manual_grade and reason == earlier and reason is not None
    grade.auto_score = score
    grade.needs_manual_grade = not decided and (given or score is None or reason is not None)


def weigh_lateness(
    gradebook: Gradebook, config: Config, lesson: str, student: str, notebook: str, timestamp=None
) -> None:
    """Write when a graded submission was handed in, and what its lateness costs by now."""
    submission = gradebook.find_submission(lesson, student)
    submission.timestamp = timestamp or submission.timestamp
    own = gradebook.find_submission_notebook(notebook, lesson, student)
    late = submission.total_seconds_late
    penalty = _penalty(config, student, _points(gradebook, own), late) if late > 0 else None
    own.late_submission_penalty = penalty
    gradebook.db.commit()
    gradebook.db.remove()  # forget the objects: a class may be large


def _points(gradebook: Gradebook, own: SubmittedNotebook) -> float:
    return sum(grade.score for _, grade in _named(gradebook, Grade, own))


def _penalty(config: Config, student: str, points: float, late: float) -> float | None:
    """Return what the course's rule takes off for so many seconds, as nbgrader's step does."""
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(student, points, late)
    return None if penalty is None else min(max(penalty, 0), points)
