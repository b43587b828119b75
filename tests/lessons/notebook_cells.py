"""Takes an exercise's answer out of a notebook: its stub or its solution."""

from pathlib import Path

from lessonlib.checks import Exercise
from lessonlib.lessons import lesson, lesson_of
from lessonlib.proof.answers import answer_in
from lessonlib.proof.answers import namespace as namespace_of

ROOT = Path(__file__).parents[2]


def answers_in(folder: str, exercise: Exercise):
    """Return the function, class or dict of values that a notebook defines for an exercise."""
    return answer_in(ROOT, folder, lesson_of(exercise.id).name, exercise)


def namespace(folder: str, lesson_name: str) -> dict:
    """Return the names that a notebook's code cells define, the checks left out."""
    return namespace_of(ROOT, folder, lesson(lesson_name).name)
