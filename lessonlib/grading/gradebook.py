"""Writes grades where nbgrader keeps them; only the process that coordinates does so."""

import logging
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import capture_log
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
    """Let the gradebook know the lesson as it is now; nbgrader itself writes it.

    The learner's copy that nbgrader makes on the way goes into a folder that is thrown away.
    """
    if _is_known(course, lesson):
        return
    with tempfile.TemporaryDirectory() as folder:
        own = Config(config)
        own.CourseDirectory.update(config.CourseDirectory)
        own.CourseDirectory.release_directory = folder
        there = CourseDirectory(config=own, assignment_id=lesson)
        log = logging.getLogger("lessonlib.grading.gradebook")
        log.propagate = False
        converter = GenerateAssignment(coursedir=there, config=own, log=log, force=True)
        result = capture_log(converter)
    if not result["success"]:
        reason = reason_in(result.get("log", "") + result["error"])
        raise UserError(f"nbgrader could not enter {lesson} into the gradebook. {reason}")


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
    gradebook: Gradebook, config: Config, lesson: str, student: str, notebook: str,
    executed: NotebookNode, timestamp=None,
) -> None:  # fmt: skip
    """Write a submission's automatic points; what people have given by hand stays as it is."""
    gradebook.update_or_create_student(student)
    when = {} if timestamp is None else {"timestamp": timestamp}
    with gradebook.db.no_autoflush:  # nbgrader builds it piece by piece
        submission = gradebook.update_or_create_submission(lesson, student, **when)
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
    own.late_submission_penalty = None
    late = submission.total_seconds_late > 0
    gradebook.db.commit()
    gradebook.db.remove()  # forget the objects: a class may be large
    if late:
        _penalise(gradebook, config, lesson, student, notebook, executed)


def _score(grade, cell: NotebookNode) -> None:
    """As nbgrader's SaveAutoGrades does."""
    grade.auto_score = None if utils.is_task(cell) else utils.determine_grade(cell)[0]
    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _penalise(gradebook, config, lesson, student, notebook, executed) -> None:
    where = {"assignment": lesson, "student": student, "notebook": notebook}
    resources = {"nbgrader": {**where, "db_url": str(gradebook.engine.url)}}
    AssignLatePenalties(config=config).preprocess(executed, resources)
