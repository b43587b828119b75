"""What is counted of how a lesson reads."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from lessonlib.building.readability import Reading, reading, sentences, terms_too_early

OWN = new_code_cell("def relu(z): ...", metadata={"nbgrader": {"solution": True}})
GIVEN = new_code_cell("x = 1", metadata={"nbgrader": {"solution": False}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("It goes\non here.\n\nA new one", ["It goes on here.", "A new one"]),
        ("- a first\n- a second\n  line", ["- a first", "- a second line"]),
        ("Said: *so it is.* Then", ["Said:", "*so it is.", "Then"]),
        ("", []),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


def test_only_prose_is_read():
    fold = "<details><summary>Hint</summary>\n\nMany words that do not count here.\n\n</details>"
    cell = new_markdown_cell(f"# A heading\n\nThree $a + b$ words.\n\n| a | b |\n\n{fold}")
    assert reading([cell]) == Reading(before_code=None, sentence=3, long=0)


def test_a_long_sentence_is_counted():
    cells = [new_markdown_cell("word " * 31), new_markdown_cell("word " * 30)]
    assert reading(cells).long == 1


def test_words_before_the_first_cell_that_the_learner_fills_in():
    before, after = new_markdown_cell("Four words stand here."), new_markdown_cell("More.")
    assert reading([before, GIVEN, OWN, after]).before_code == 4
    assert reading([before, GIVEN, after]).before_code is None


def test_terms_that_are_used_before_they_are_explained():
    first = [new_markdown_cell("Each unit adds a bias. The masks come later.")]
    second = [
        new_markdown_cell("A <dfn>bias</dfn> is added; a <dfn>mask</dfn> stops; a <dfn>kink</dfn>.")
    ]
    assert list(terms_too_early({"00": first, "01": second})) == [
        ("bias", "00", "Each unit adds a bias."),
        ("mask", "00", "The masks come later."),
    ]
    assert list(terms_too_early({"01": second, "02": first})) == []
