"""The glossary and the formula sheet come from the lessons' own words."""

from pathlib import Path

import pytest

from lessonlib.building.build import find_lessons
from lessonlib.building.sheets import formulas, glossary, write_sheets
from lessonlib.errors import UserError

ROOT = Path(__file__).parents[2]

TEXTS = {
    "01-first": [
        "# First\n\nA sum comes in. It is called the\n<dfn>pre-activation</dfn> of a unit. More.",
        "- a point\n- a <dfn>layer</dfn> is units side by side\n",
        "## End\n\n### The formulas on one card\n\n| $a$ |\n|---|\n\n### What comes next\n\nLater.",
    ],
    "02-second": ["# Second\n\nNothing new."],
}


def test_a_term_is_quoted_in_its_sentence():
    page = glossary(TEXTS)
    assert (
        "- **pre-activation** ([01 first](01-first/01-first.ipynb)): "
        "It is called the *pre-activation* of a unit.\n" in page
    )
    assert "a *layer* is units side by side" in page
    assert page.index("**layer**") < page.index("**pre-activation**")


def test_a_term_that_is_explained_twice_is_refused():
    with pytest.raises(UserError, match="'Layer' is explained twice: mark it in 01-first only"):
        glossary({**TEXTS, "02-second": ["A <dfn>Layer</dfn> again."]})


def test_the_cards_stand_one_below_the_other():
    page = formulas(TEXTS)
    assert "## [01 first](01-first/01-first.ipynb)\n\n| $a$ |\n|---|\n" in page
    assert "Later" not in page and "02 second" not in page


def test_the_courses_sheets_are_up_to_date_and_cover_every_lesson(tmp_path):
    lessons = find_lessons(ROOT / "solutions")
    (tmp_path / "course").mkdir()
    (tmp_path / "solutions").symlink_to(ROOT / "solutions")
    write_sheets(tmp_path, lessons)
    for name in ("glossary.md", "formulas.md"):
        made = (tmp_path / "course" / name).read_text(encoding="utf-8")
        assert made == (ROOT / "course" / name).read_text(encoding="utf-8")
        assert all(f"({lesson}/{lesson}.ipynb)" in made for lesson in lessons[1:])
