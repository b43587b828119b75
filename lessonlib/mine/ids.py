"""Which exercises go on: those whose answer is a function or class, with samples in rows."""

from lessonlib.errors import UserError
from lessonlib.lessons import LESSONS, Lesson
from lessonlib.mine import ROWS


def why_not(exercise) -> str:
    """Return why no answer of an exercise goes on; "" where one does."""
    if exercise.returns == "named" or not exercise.parameters:
        return f"{exercise.id} asks for values, not for a function: nothing of it goes on."
    if exercise.may_read_notebook:
        return f"{exercise.id} needs what its own notebook has trained: it does not go on."
    return ""


def going_on(before: str = "") -> list[str]:
    """Return the ids that go on from the lessons before the one of this name; without it, all."""
    lessons = [each for each in LESSONS if not before or each.name < before]
    return [e.id for lesson in lessons for e in _rows(lesson) if not why_not(e)]


def _rows(lesson: Lesson) -> list:
    """Return a lesson's exercises with samples in rows; none of a lesson that is broken."""
    if not set(lesson.prefixes) & set(ROWS):
        return []
    try:
        return [each for each in lesson.exercises if each.id.split(".")[0] in ROWS]
    except UserError:
        return []
