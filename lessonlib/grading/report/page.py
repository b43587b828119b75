"""The class as a page: one file that needs no network, no script and no other file."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lessonlib.checks.wording import number
from lessonlib.grading.report import charts, summary
from lessonlib.grading.report.results import ClassResults, Outcome
from lessonlib.plots import picture

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 12  # mistakes with a name that are not folded away
FEW = 12  # names that may stand in a line; more are folded away
COLUMNS = 16  # exercises that fit upright paper
ROOMY = 40  # learners up to whom the long table is open


def page(results: ClassResults) -> str:
    """Return the page as HTML. Everything that is put into it is escaped."""
    return _environment().get_template("page.html").render(_contents(results))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(number=number, percent=_percent, people=_people)
    return environment


def _percent(value: float) -> str:
    """Return a place in a picture: two digits are less than a pixel, and the same everywhere."""
    return f"{value:.2f}%"


def _people(count: int) -> str:
    return f"{count} learner{'s' * (count != 1)}"


def _contents(results: ClassResults) -> dict:
    """Return what the template speaks of."""
    rows = summary.success(results)
    counted = results.counted
    return {
        "results": results,
        "rows": rows,
        "used": [outcome for outcome in Outcome if any(row.counts[outcome] for row in rows)],
        "mistakes": summary.mistakes(results),
        "others": summary.others(results),
        "look_at": summary.look_at(results),
        "absent": summary.absent(results),
        "waiting": summary.waiting(results),
        "stale": summary.stale(results),
        "spread": summary.spread(results) if counted else None,
        "state_words": summary.STATE_WORDS,
        "charts": charts,
        "colours": picture,
        "few": FEW,
        "shown": SHOWN,
        "roomy": ROOMY,
        "columns": COLUMNS,
    }
