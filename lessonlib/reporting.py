"""What the `lessonlib` command shows: tables of points, and hints."""

import re
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from lessonlib.checks import Exercise
from lessonlib.checks.wording import number, paragraph, points_of
from lessonlib.errors import UserError
from lessonlib.lessons import LESSONS
from lessonlib.running import Result

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def show_lesson(results: list[Result]) -> None:
    """Print a table with a row for each exercise, then the messages of those not yet right."""
    console = Console()
    table = Table("exercise", "", "points")
    for result in results:
        table.add_row(result.exercise, _mark(result), _points(result))
    console.print(table)
    for result in results:
        if not result.passed:
            console.print(f"\n{escape(_message(result))}", highlight=False)
    console.print(f"\n{_sum(results)}.", highlight=False)


def show_progress(root: Path, results_of: Callable[[Path], list[Result]]) -> None:
    """Print a table with a row for each lesson that is in course/."""
    notebooks = [root / "course" / each.name / f"{each.name}.ipynb" for each in LESSONS]
    notebooks = [path for path in notebooks if path.exists()]
    if not notebooks:
        raise UserError(f"There are no lessons in {root / 'course'}.")
    table = Table("lesson", "exercises", "points")
    for path in track(notebooks, "Running your lessons", transient=True):
        results = results_of(path)
        right = sum(result.passed for result in results)
        table.add_row(path.stem, f"{right} of {len(results)}", _sum(results))
    Console().print(table)


def show_hint(exercise: Exercise, which: int) -> None:
    """Print one of an exercise's hints."""
    count = len(exercise.hints)
    if which > count:
        raise UserError(f"{exercise.id} has {count} hints. Ask for number 1 to {count}.")
    print(f"Hint {which} of {count} for {exercise.id}:\n\n{paragraph(exercise.hints[which - 1])}")


def _mark(result: Result) -> str:
    return "✓" if result.passed else "·" if result.points == 0 else "~"


def _points(result: Result) -> str:
    return f"{number(result.points)} of {number(result.max_points)}"


def _sum(results: list[Result]) -> str:
    return points_of(sum(r.points for r in results), sum(r.max_points for r in results))


def _message(result: Result) -> str:
    text = ANSI.sub("", result.message)
    return text if result.exercise in text else f"✗ {result.exercise}\n{text}"
