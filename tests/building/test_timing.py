"""What counts towards a lesson's minutes, and the header that is made of it."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from lessonlib.building.timing import (
    LINES_PER_MINUTE,
    MINUTES_PER_POINT,
    MINUTES_PER_STOP,
    WORDS_PER_MINUTE,
    Content,
    claim,
    content,
    header,
    time_before_break,
    time_before_sections,
    words,
)

HEAD = "# A\n\n**Time**: some hours{}. **Builds on**: lesson 00\n(shapes), and\nmore.\n\nNext."


def exercise(points, source="check('a', a)"):
    return new_code_cell(source, metadata={"nbgrader": {"grade": True, "points": points}})


def section(number, count):
    return new_markdown_cell(f"## {number}. " + "word " * count)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("## 2. Two *plain* words\n\n- and - three\nmore", 7),
        ("| unit | `W @ X` |\n|---|---|\n| 1 | 2.5 |", 5),
        ('a <dfn>hinge</dfn> <img alt="no words here"> ends', 3),
        ("so $z = -2.5$ and $x$", 7),
        (r"$$dW_l = A_{l-1}^\top\, dZ_l$$", 10),
        (r"$\left(\mathrm{relu}(z)\right)$", 2),
    ],
)
def test_words_of_prose_tables_and_formulas(text, count):
    assert words(text) == count


def test_what_is_read_and_what_is_done():
    cells = [
        new_markdown_cell("**Decide, then run.** Three more words.\n\n**Now with gaps.**"),
        new_code_cell("import numpy\n\nx = 1\n"),
        exercise(4),
        new_markdown_cell("<details><summary>Hints</summary>\n\n**Decide** not.\n\n</details>"),
        new_markdown_cell("Say it.", metadata={"nbgrader": {"grade": True, "points": 2}}),
    ]
    assert content(cells) == Content(words=11, lines=2, stops=2, exercises=2, points=6)


def test_minutes_are_the_sum_of_the_four_parts():
    assert Content(0, 0, 0, 0, 0).minutes == 0
    parts = Content(WORDS_PER_MINUTE, LINES_PER_MINUTE, 1, 9, 1)
    assert parts.minutes == 1 + 1 + MINUTES_PER_STOP + MINUTES_PER_POINT


def test_a_claim_is_round():
    counted = Content(words=3_460, lines=0, stops=0, exercises=4, points=20)
    assert claim(counted) == "about 70 minutes for 3,500 words to read and 4 exercises"


def test_the_time_before_a_section():
    cells = [section(1, 99), section(2, 298), new_code_cell("")]
    assert time_before_sections(cells) == {1: 0, 2: pytest.approx(0.25, abs=0.01)}
    assert time_before_break(cells, "a good place for a break is before section 2") > 0.2
    assert time_before_break(cells, "with a good place for a\nbreak after section 1") > 0.2
    assert time_before_break(cells, "no rest") is None


def test_a_header_keeps_what_the_lesson_builds_on_and_where_its_break_is():
    said = HEAD.format(", with a good place for a\nbreak after section 1")
    assert header([new_markdown_cell(said), section(1, 9)]) == (
        "# **Time**: about 0 minutes for 0 words to read and 0 exercises; a good place for a break "
        "is after\n# section 1. **Builds on**: lesson 00 (shapes), and more."
    )


def test_only_a_long_lesson_without_a_break_gets_one_near_its_middle():
    short, long = exercise(10), exercise(40)
    head = new_markdown_cell(HEAD.format(""))
    assert "break" not in header([head, section(1, 9), short])
    cells = [head, section(1, 9), long, section(2, 9), long, section(3, 9), short]
    assert "a good place for a break is before section 2." in " ".join(header(cells).split("\n# "))
