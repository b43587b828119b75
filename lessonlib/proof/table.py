"""What `lessonlib prove` shows: a row for each exercise, then every fault with its place."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lessonlib.errors import UserError
from lessonlib.lessons import Lesson, faults
from lessonlib.proof.proof import Fault, prove


def show(root: Path, lessons: Iterable[Lesson]) -> bool:
    """Prove lessons and print what came of it; return whether all is well."""
    console = Console()
    found = [Fault("", text.rstrip(".")) for text in faults()]
    for lesson in lessons:
        table = Table("exercise", "slips", "mutants", "ms", "", title=lesson.name)
        found += _rows(table, root, lesson)
        console.print(table)
    for fault in found:
        console.print(escape(str(fault)), highlight=False, soft_wrap=True)
    console.print(f"{len(found)} fault{'s' * (len(found) != 1)}.", highlight=False)
    return not found


def _rows(table: Table, root: Path, lesson: Lesson) -> list[Fault]:
    """Add a row for each exercise; return the faults."""
    found: list[Fault] = []
    try:
        for proof in prove(root, lesson):
            mine = proof.faults
            mark = "✓" if not mine else f"{len(mine)} fault{'s' * (len(mine) > 1)}"
            numbers = len(proof.exercise.mistakes), len(proof.mutants), round(proof.milliseconds, 1)
            table.add_row(proof.exercise.id, *map(str, numbers), mark)
            found += mine
    except UserError as error:
        found.append(Fault("", str(error).rstrip(".")))
    return found
