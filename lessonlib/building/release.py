"""The learner's copy of a lesson: nbgrader's own generate_assignment, without a gradebook."""

import logging
import re
import shutil
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from lessonlib.errors import UserError
from lessonlib.project import LESSON_FOLDERS, MARKER


def release(root: Path, lessons: list[str]) -> None:
    """Make `course/LESSON` anew from `solutions/LESSON` for each lesson."""
    config = PyFileConfigLoader(MARKER, path=str(root)).load_config()
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    for lesson in lessons:
        _generate(config, lesson)


def _generate(config: Config, lesson: str) -> None:
    course = CourseDirectory(config=config, assignment_id=lesson)
    log = logging.getLogger("lessonlib.building.release")
    log.propagate = False  # nbgrader's log is for the error below, not for the screen
    converter = GenerateAssignment(coursedir=course, config=config, log=log, force=True)
    result = capture_log(converter)
    if not result["success"]:
        reason = reason_in(result.get("log", "") + result["error"])
        raise UserError(f"nbgrader could not make the learner's copy of {lesson}. {reason}")


def reason_in(log: str) -> str:
    """Return the first error in nbgrader's log that has words to it."""
    errors = re.findall(r"^[\w.]*(?:Error|Exception): (.+)", log, flags=re.MULTILINE)
    return f"It says: {errors[0]}" if errors else "It gives no reason."


def remove_departed(course: Path, lessons: list[str]) -> list[str]:
    """Delete the learner's copies of lessons that no longer exist, and return their names.

    Only folders named like a lesson go; anything else in the course is not ours.
    """
    departed = [
        folder
        for folder in sorted(course.glob(LESSON_FOLDERS))
        if folder.is_dir() and folder.name not in lessons
    ]
    for folder in departed:
        shutil.rmtree(folder)
    return [folder.name for folder in departed]
