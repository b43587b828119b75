"""What the `lessonlib` command shows: tables of points, and hints."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(_row, path, results_of) for path in notebooks]
        try:
            for future in track(running, "Running your lessons", transient=True):
                table.add_row(*future.result())
        finally:
            pool.shutdown(cancel_futures=True)  # interrupted: what has not begun is left out
    Console().print(table)


def _row(path: Path, results_of: Callable[[Path], list[Result]]) -> tuple[str, str, str]:
    """Return a lesson's row; one that cannot be run keeps nobody from seeing the others."""
    try:
        results = results_of(path)
    except UserError as error:
        return path.stem, "", escape(str(error).replace(str(path), path.name))
    right = sum(result.passed for result in results)
    return path.stem, f"{right} of {len(results)}", _sum(results)


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
