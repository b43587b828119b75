"""The class as a table: one row a learner, as RFC 4180 wants it."""

import csv
import io
from collections.abc import Iterable

from lessonlib.grading.report.results import Cell, ClassResults, Learner

# What a spreadsheet takes for the beginning of a formula, in full width too.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def table(results: ClassResults) -> str:
    """Return the class as comma-separated values.

    A cell that waits for a person's points is empty. A text that a spreadsheet would calculate has
    a `'` before it.
    """
    file = io.StringIO(newline="")
    # Quoted: where a semicolon separates, "a;=1+1" would be two cells, and one of them a formula.
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(map(safe, _headings(results.cells)))
    for learner in results.learners:
        writer.writerow(_row(learner, results))
    return file.getvalue()


def safe(text: str) -> str:
    """Return a text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _headings(cells: tuple[Cell, ...]) -> list[str]:
    several = len({cell.notebook for cell in cells}) > 1
    names = [f"{cell.notebook}: {cell.name}" if several else cell.name for cell in cells]
    return ["student", "state", "points", "max_points", *names, "mistakes", "notes"]


def _row(learner: Learner, results: ClassResults) -> Iterable[str | float | None]:
    named = [f"{cell.label}: {mistake}" for cell, entry in zip(
        results.cells, learner.entries, strict=True) for mistake in entry.mistakes]  # fmt: skip
    return [
        safe(learner.name),
        learner.state,
        _number(learner.points),
        _number(results.max_points),
        *(_number(entry.points) for entry in learner.entries),
        safe("; ".join(named)),
        safe(" ".join(learner.notes)),
    ]


def _number(points: float | None) -> float | None:
    """Return points without what adding them up has left in the last digits."""
    rounded = points and float(f"{points:.10g}")
    return int(rounded) if rounded is not None and rounded.is_integer() else rounded
