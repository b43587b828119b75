"""The header of each lesson says how long it takes, and that follows from what is in it."""

from pathlib import Path

import nbformat
import pytest

from lessonlib.building.timing import LONG, TIME, claim, content, time_before_break
from lessonlib.lessons import LESSONS

ROOT = Path(__file__).parents[2]
NAMES = [each.name for each in LESSONS if each.module.startswith("lessonlib.lessons.")]


def cells(name):
    return nbformat.read(ROOT / "course" / name / f"{name}.ipynb", as_version=4).cells


def said(name):
    """Return what the lesson's header says about its time."""
    return " ".join(TIME.search(cells(name)[0].source)[1].split())


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_what_is_counted(name):
    expected = claim(content(cells(name)))
    assert said(name).split(";")[0] == expected, "run: python -m lessonlib.building.timing"


@pytest.mark.parametrize("name", NAMES)
def test_a_long_lesson_has_a_break_between_its_quarters(name):
    before = time_before_break(cells(name), said(name))
    if before is None:
        assert content(cells(name)).minutes <= LONG, "run: python -m lessonlib.building.timing"
    else:
        assert 0.25 <= before <= 0.75
