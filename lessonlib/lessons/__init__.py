"""The course's lessons, and how to find an exercise by its id.

Each lesson has a module here with a tuple `EXERCISES`. A lesson of your own needs the same and one
call of `register`.
"""

import difflib
from dataclasses import dataclass
from importlib import import_module

from lessonlib.errors import UserError


@dataclass(frozen=True)
class Lesson:
    """A lesson: its folder's name, the first part of its exercises' ids, and its module."""

    name: str
    prefix: str
    module: str

    @property
    def number(self) -> str:
        """The number that the folder's name starts with."""
        return self.name.split("-")[0]

    @property
    def exercises(self) -> tuple:
        """The lesson's exercises, in the order in which the notebook asks them."""
        return import_module(self.module).EXERCISES


LESSONS = [
    Lesson("00-start-here", "start", "lessonlib.lessons.start_here"),
    Lesson("01-relu-layer", "relu", "lessonlib.lessons.relu_layer"),
    Lesson("02-three-layers-by-hand", "hand", "lessonlib.lessons.three_layers"),
    Lesson("03-gradient-checking", "gradcheck", "lessonlib.lessons.gradient_checking"),
    Lesson("04-xor", "xor", "lessonlib.lessons.xor"),
    Lesson("05-two-layer-network", "twolayer", "lessonlib.lessons.two_layer"),
    Lesson("06-linear-regression", "linreg", "lessonlib.lessons.linear_regression"),
    Lesson("07-deep-network", "deep", "lessonlib.lessons.deep_network"),
    Lesson("08-training", "training", "lessonlib.lessons.training"),
    Lesson("09-digits", "digits", "lessonlib.lessons.digits"),
    Lesson("10-autodiff", "autodiff", "lessonlib.lessons.autodiff"),
]


def register(lesson: Lesson) -> None:
    """Add a lesson of your own, so that `check`, `judge` and the command know its exercises."""
    LESSONS.append(lesson)


def find(exercise_id: str):
    """Return the Exercise with this id. Raises UserError, naming the nearest id there is."""
    prefix = str(exercise_id).split(".")[0]
    for lesson in LESSONS:
        if lesson.prefix == prefix:
            for exercise in lesson.exercises:
                if exercise.id == exercise_id:
                    return exercise
    raise UserError(_unknown(str(exercise_id)))


def lesson(name: str) -> Lesson:
    """Return the lesson with this number, folder name or prefix. Raises UserError."""
    for each in LESSONS:
        if name in (each.number, each.name, each.prefix) or name.zfill(2) == each.number:
            return each
    known = ", ".join(each.name for each in LESSONS)
    raise UserError(f"There is no lesson {name!r}. The lessons: {known}.")


def _unknown(exercise_id: str) -> str:
    known = [exercise.id for lesson in LESSONS for exercise in lesson.exercises]
    near = difflib.get_close_matches(exercise_id, known, n=1, cutoff=0.0)
    return f"There is no exercise {exercise_id!r}. Did you mean {near[0]!r}?"
