"""Where the parts of each picture go; the template draws them.

Widths are percentages of the page's width and heights are pixels, so that a picture stretches and
its letters do not. Every outcome has a colour, and a pattern or a height as well.
"""

from dataclasses import dataclass
from itertools import accumulate

from lessonlib.checks.wording import number
from lessonlib.grading.report.results import Cell, ClassResults, Learner, Outcome
from lessonlib.grading.report.summary import Slip, Spread, Success, by_points

MOST_TICKS = 10
MOST_NAMES = 40  # beyond them the names under the columns would not be readable
LABEL = 14  # characters of a name under a column
MOST_MISTAKES = 12


@dataclass(frozen=True)
class Bar:
    """A rectangle: x and width in percent, height in percent of the highest, and a number on it."""

    x: float
    width: float
    height: float
    count: int
    outcome: Outcome | None = None


# --- points --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Histogram:
    """ticks: (place in percent, label) along the axis; median: its place in percent."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    median: float


def histogram(spread: Spread) -> Histogram:
    """Return the bars of the points."""
    scale, highest = 100 / spread.top, max(each.count for each in spread.bins)
    bars = tuple(
        Bar(b.low * scale, (b.high - b.low) * scale, 100 * b.count / highest, b.count)
        for b in spread.bins
    )
    edges = [spread.bins[0].low, *(each.high for each in spread.bins)]
    step = -(-len(edges) // MOST_TICKS)
    shown = [*edges[:-1:step], edges[-1]] if step > 1 else edges
    if len(shown) > 2 and shown[-1] - shown[-2] < 0.6 * step * (edges[1] - edges[0]):
        del shown[-2]  # the end of the scale would touch its neighbour
    ticks = tuple((edge * scale, number(edge)) for edge in shown)
    return Histogram(bars, ticks, spread.median * scale)


# --- exercises -----------------------------------------------------------------------------------


def stacked(row: Success) -> list[Bar]:
    """Return an exercise's bar: a part for each outcome that there is."""
    counts = [(outcome, count) for outcome, count in row.counts.items() if count]
    ends = list(accumulate((100 * count / row.of for _, count in counts), initial=0.0))
    return [
        Bar(start, 100 * count / row.of, 100.0, count, outcome)
        for start, (outcome, count) in zip(ends, counts, strict=False)
    ]


# --- mistakes ------------------------------------------------------------------------------------


def bars(slips: list[Slip]) -> list[tuple[Slip, float]]:
    """Return the most frequent mistakes, and how long their bars are, in percent."""
    shown = slips[:MOST_MISTAKES]
    return [(slip, 100 * slip.count / shown[0].count) for slip in shown]


# --- learners and exercises ----------------------------------------------------------------------

# How much of its row's height an outcome fills; a part fills its share.
HEIGHTS = {Outcome.RIGHT: 1.0, Outcome.WRONG: 0.3, Outcome.BLANK: 0.0, Outcome.WAITING: 0.12}
LEAST, MOST = 0.4, 0.85  # so that a part is neither taken for wrong nor for right


@dataclass(frozen=True)
class Strip:
    """A cell's row: the path of each outcome, in a box as wide as the class and 1 high."""

    cell: Cell
    paths: tuple[tuple[Outcome, str], ...]


@dataclass(frozen=True)
class Mosaic:
    """Learners side by side, those with the fewest points left, and a strip for each cell.

    names: (place in percent, name) where there is room for them.
    """

    learners: tuple[Learner, ...]
    strips: tuple[Strip, ...]
    names: tuple[tuple[float, str], ...]


def mosaic(results: ClassResults) -> Mosaic:
    """Return the picture of who is stuck where."""
    learners = tuple(by_points(results))
    gap = 0.12 if len(learners) <= MOST_NAMES else 0.0
    strips = tuple(_strip(cell, place, learners, gap) for place, cell in results.scored)
    return Mosaic(learners, strips, _names(learners))


def _strip(cell: Cell, place: int, learners: tuple[Learner, ...], gap: float) -> Strip:
    paths: dict[Outcome, str] = {outcome: "" for outcome in Outcome}
    for column, learner in enumerate(learners):
        entry = learner.entries[place]
        if entry.outcome is not None and entry.outcome is not Outcome.BLANK:
            height = _height(entry.outcome, entry.points or 0.0, cell.max_points)
            box = f"M{_n(column + gap / 2)} 1v{_n(-height)}h{_n(1 - gap)}v{_n(height)}z"
            paths[entry.outcome] += box
    return Strip(cell, tuple((outcome, path) for outcome, path in paths.items() if path))


def _height(outcome: Outcome, points: float, most: float) -> float:
    if outcome is Outcome.PART:
        return LEAST + (MOST - LEAST) * points / most
    return HEIGHTS[outcome]


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _names(learners: tuple[Learner, ...]) -> tuple[tuple[float, str], ...]:
    if len(learners) > MOST_NAMES:
        return ()
    return tuple(
        (100 * (column + 0.5) / len(learners), _shortened(learner.name))
        for column, learner in enumerate(learners)
    )


def _shortened(name: str) -> str:
    return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"
