"""A lesson, and the course, as a page: one file that needs no network and no script."""

from datetime import date
from pathlib import Path

from lessonlib.checks.wording import listing
from lessonlib.grading.pages import environment
from lessonlib.grading.report import course, summary
from lessonlib.grading.report.results import ClassResults, Outcome

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 12  # mistakes with a name that are not folded away
FEW = 12  # names that may stand in a line; more are folded away
COLUMNS = 16  # exercises that fit upright paper


def page(results: ClassResults, made: date) -> str:
    """Return the page as HTML. Everything that is put into it is escaped. made: the day it is."""
    return _filled("page.html", _contents(results, made))


def course_page(lessons: list[ClassResults], reports: dict[str, str], made: date) -> str:
    """Return the page on all lessons. reports: addresses of the pages on each, as far as made."""
    latest, quiet = course.quiet(lessons)
    return _filled("course.html", {
        "lessons": lessons, "reports": reports, "made": _day(made), "rows": course.rows(lessons),
        "weeks": course.weeks(lessons), "lasting": course.lasting(lessons), "latest": latest,
        "quiet": quiet, "few": FEW, "columns": COLUMNS,
    })  # fmt: skip


def _filled(template: str, contents: dict) -> str:
    ways = environment(
        TEMPLATES, percent=_percent, people=_people, day=_day, short=_short, listing=listing
    )
    return ways.get_template(template).render(contents)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _short(lesson: str) -> str:
    """Return "07" for "07-two-layer-network"; another name as it is."""
    number, dash, _ = lesson.partition("-")
    return number if dash and number[-1:].isdigit() else lesson


def _percent(value: float) -> str:
    """Return the length of a bar: two digits are less than a pixel, and the same everywhere."""
    return f"{value:.2f}%"


def _people(count: int) -> str:
    return f"{count} learner{'s' * (count != 1)}"


def _contents(results: ClassResults, made: date) -> dict:
    """Return what the template speaks of."""
    rows, mistakes = summary.success(results), summary.mistakes(results)
    return {
        "results": results,
        "made": _day(made),
        "rows": rows,
        "used": [outcome for outcome in Outcome if any(row.counts[outcome] for row in rows)],
        "mistakes": mistakes,
        "once": bool(mistakes) and mistakes[0].count == 1,
        "others": summary.others(results),
        "look_at": summary.look_at(results),
        "absent": summary.absent(results),
        "waiting": summary.waiting(results),
        "stale": summary.stale(results),
        "spread": summary.spread(results) if results.counted else None,
        "learners": summary.by_points(results),
        "state_words": summary.STATE_WORDS,
        "few": FEW,
        "shown": SHOWN,
        "columns": COLUMNS,
    }
