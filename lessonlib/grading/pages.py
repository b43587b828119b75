"""What the pages for learners and for instructors have in common: how they are put together."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lessonlib.checks.wording import number

COMMON = Path(__file__).parent / "templates"  # the colours, in light and in dark


def environment(templates: Path, **filters: Callable) -> Environment:
    """Return what fills in the templates of a folder; all that is put into them is escaped."""
    made = Environment(
        loader=FileSystemLoader([templates, COMMON]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(number=number, **filters)
    return made
