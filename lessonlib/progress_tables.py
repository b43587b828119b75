"""What the `lessonlib` command shows: tables of points."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from lessonlib import standings
from lessonlib.checks.wording import listing, number, points_of
from lessonlib.earned import Earned
from lessonlib.errors import UserError
from lessonlib.lessons import lessons
from lessonlib.project import lessons_in

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def show_lesson(notebook: Path, results: list[Earned]) -> None:
    """Print a table with a row for each exercise, then the messages of those not yet right.

    Where nothing is answered yet, one line says so.
    """
    console = Console()
    todo = [result.exercise for result in results if not result.answered]
    if len(todo) == len(results):
        text = f"{notebook.stem}: nothing is answered yet, {_sum(results)}. Begin with {todo[0]}."
        console.print(text, highlight=False, soft_wrap=True)
        return
    table = Table("exercise", "", "points")
    for result in results:
        table.add_row(result.exercise, _mark(result), _points(result))
    console.print(table)
    for result in results:
        if result.answered and not result.passed:
            console.print(f"\n{escape(_message(result))}", highlight=False)
    if todo:
        console.print(f"\nNot answered yet: {listing(todo)}.", highlight=False)
    console.print(f"\n{_sum(results)}.", highlight=False)


def show_progress(home: Path, run: Callable[[Path], list[Earned]]) -> None:
    """Print a row for each lesson that is there, all of them together, and what comes next."""
    course = lessons_in(home)
    notebooks = [course / each.name / f"{each.name}.ipynb" for each in lessons()]
    notebooks = [path for path in notebooks if path.exists()]
    if not notebooks:
        raise UserError(f"There are no lessons in {course}.")
    found = standings.standings(home, notebooks, run, _as_it_goes)
    table = Table("lesson", "exercises", "points", "written answers", show_footer=True)
    for standing in found:
        table.add_row(standing.notebook.stem, *_row(standing))
    every = [result for standing in found for result in standing.results]
    written, asked = (sum(getattr(s, name) for s in found) for name in ("written", "questions"))
    footers = ("all", _right(every), _sum(every), f"{written} of {asked}")
    for column, text in zip(table.columns, footers, strict=True):
        column.footer = text
    console = Console()
    console.print(table)
    for standing in found:
        if standing.fault:
            console.print(escape(standing.fault), highlight=False, soft_wrap=True)
    following = standings.next_of(found)
    if following:
        exercise, notebook = following
        where = Path(os.path.relpath(notebook)).as_posix()
        console.print(f"Next: {exercise}, in {where}", highlight=False, soft_wrap=True)


def _as_it_goes(work: Collection) -> Iterable:
    return track(work, "Running what has changed", transient=True, total=len(work))


def _row(standing: standings.Standing) -> tuple[str, str, str]:
    """Return a lesson's row; one that cannot be run keeps nobody from seeing the others."""
    if standing.fault:
        return "", "see below", ""
    written = f"{standing.written} of {standing.questions}" if standing.questions else ""
    return _right(standing.results), _sum(standing.results), written


def _right(results: Sequence[Earned]) -> str:
    return f"{sum(result.passed for result in results)} of {len(results)}"


def _mark(result: Earned) -> str:
    return "✓" if result.passed else "·" if result.points == 0 else "~"


def _points(result: Earned) -> str:
    return f"{number(result.points)} of {number(result.max_points)}"


def _sum(results: Sequence[Earned]) -> str:
    return points_of(sum(r.points for r in results), sum(r.max_points for r in results))


def _message(result: Earned) -> str:
    text = ANSI.sub("", result.message)
    return text if result.exercise in text else f"✗ {result.exercise}\n{text}"
