"""How far a learner is in all lessons, from what the checks have left in the notebooks.

Nothing is run again: for a cell, also where no other kernel can be started, as in a browser.
"""

import json
from pathlib import Path

from lessonlib import standing
from lessonlib.checks import Verdict
from lessonlib.checks.wording import number
from lessonlib.errors import UserError
from lessonlib.lessons import Lesson, lessons

KEY = "lessonlib"  # in the metadata of what a check has shown


def record(verdict: Verdict) -> dict:
    """Return what a check leaves in the notebook beside the words that it shows."""
    return {KEY: {"exercise": verdict.exercise, "points": verdict.points}}


def progress(course: Path) -> str:
    """Return a table of the lessons in a folder: exercises and points, and what is next."""
    found = [(each, _points(course, each)) for each in lessons()]
    found = [(lesson, points) for lesson, points in found if points is not None]
    if not found:
        raise UserError(f"There are no lessons in {course}.")
    rows = [_row(lesson.name, lesson.exercises, points) for lesson, points in found]
    every = [exercise for lesson, _ in found for exercise in lesson.exercises]
    together = {name: value for _, points in found for name, value in points.items()}
    table = "\n".join([f"{'lesson':28}  exercises  points", *rows, _row("all", every, together)])
    return f"{table}\n{_next(found)}"


def _points(course: Path, lesson: Lesson) -> dict[str, float] | None:
    """Return the points of the exercises that were checked; None where there is no notebook."""
    try:
        text = (course / lesson.name / f"{lesson.name}.ipynb").read_text(encoding="utf-8")
        cells = json.loads(text)["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        notes = [output.get("metadata", {}).get(KEY) for output in outputs]
        points = {note["exercise"]: float(note["points"]) for note in notes if note}
    except OSError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return points | standing.points()


def _row(name: str, exercises, points: dict[str, float]) -> str:
    right = sum(points.get(each.id) == each.points for each in exercises)
    earned = sum(points.get(each.id, 0.0) for each in exercises)
    total = sum(each.points for each in exercises)
    return f"{name:28}  {right:3} of {len(exercises):2}  {number(earned):>5} of {number(total)}"


def _next(found: list[tuple[Lesson, dict[str, float]]]) -> str:
    for lesson, points in found:
        for exercise in lesson.exercises:
            if points.get(exercise.id) != exercise.points:
                return f"Next: {exercise.id}, in {lesson.name}."
    return "All is right."
