"""A guess beside the result: nothing is shown before it, and nothing stops."""

import numpy as np
import pytest
from nbformat import v4

from lessonlib import plots
from lessonlib.building.showing import tag_showing
from lessonlib.building.stubs import SHOWS, cleared


@pytest.mark.parametrize(
    ("guess", "result", "remark"),
    [
        (3, 3.0, "They agree."),
        ("0.5", 0.5, "They agree."),
        (0.1 + 0.2, 0.3, "They agree."),
        (3, 3.25, "They are 0.25 apart."),
        (" Falls ", "falls", "They agree."),
        (True, True, "They agree."),
        ("rises", "falls", "They differ."),
        (True, False, "They differ."),
        ("up", 0.3, "They differ."),
        ([1, 2], np.array([1, 3]), "1 of 2 numbers agree."),
        ((2, 3), (3, 2), "0 of 2 numbers agree."),
        ([1, 2], np.ones((2, 2)), "The shapes differ: (2,) and (2, 2)."),
        (len, 3, "They differ."),
    ],
)
def test_guess_and_result_stand_beside_each_other(guess, result, remark):
    shown = plots.resolve(guess, result)
    assert [name for name, _ in shown.lines] == ["Your guess", "What happens"]
    assert shown.remark.startswith(remark)
    assert repr(shown).startswith("Your guess: ") and remark in shown.html()


def test_whole_numbers_are_shown_without_a_point():
    shown = plots.resolve((3, 4), np.array([3.0, 4.5]))
    assert shown.lines == (("Your guess", "[3, 4]"), ("What happens", "[3. , 4.5]"))
    assert ("What happens", "[nan,  1.]") in plots.resolve([1], [np.nan, 1]).lines


@pytest.mark.parametrize("guess", [..., None, "", "  "])
def test_without_a_guess_nothing_is_shown_until_the_cell_is_run_again(guess):
    figure = plots.loss_curve([3.0, 2.0, 12345.0])
    code = compile("shown = plots.resolve(guess, 12345, figure)", f"cell {guess!r}", "exec")
    names = {"plots": plots, "guess": guess, "figure": figure}
    exec(code, names)
    first = names["shown"]
    exec(code, names)
    second = names["shown"]
    assert first.remark.startswith("Here your guess comes first.")
    assert "12345" not in repr(first) + first.html()
    assert ("What happens", "12345") in second.lines and second.figure is figure
    assert "<img" in second.html() and "Figure: " in repr(second)


def test_another_cell_asks_anew():
    names = {"plots": plots}
    for cell in ("cell one", "cell two"):
        exec(compile("shown = plots.resolve(..., 1)", cell, "exec"), names)
        assert names["shown"].lines == ()


def test_a_word_that_is_none_of_the_choices_is_asked_for_again():
    words = ["falls", "rises"]
    first = plots.resolve("fals", "falls", choices=words)
    assert first.remark.startswith("Your guess is fals. Choose one of these: falls, rises.")
    assert first.lines == ()
    assert plots.resolve("Rises", "falls", choices=words).remark.startswith("They differ.")
    assert "Choose one of these: falls, rises." in plots.resolve(..., 1, choices=words).remark


def test_a_word_is_asked_for_again_where_the_cell_has_run_without_a_guess():
    code = compile("shown = plots.resolve(guess, 'falls', None, ['falls', 'rises'])", "c", "exec")
    names = {"plots": plots}
    for names["guess"] in (..., "fals"):
        exec(code, names)
        assert names["shown"].lines == ()
    exec(code, names)
    assert names["shown"].lines == (("What happens", "falls"),)


def test_a_figure_waits_with_the_result_and_comes_with_the_guess():
    strip = plots.stepper([plots.loss_curve([1, k]) for k in (0, 2)], ["a", "b"], "Two runs.")
    shown = plots.resolve("up", "up", strip)
    assert shown.html().endswith(strip.html())
    assert repr(shown).endswith(repr(strip))


def test_what_a_guess_says_cannot_act_on_the_page():
    assert "<script" not in plots.resolve("<script>", "</pre><script>").html()


def test_a_guess_is_left_open_for_the_learner_and_resolving_it_is_not_graded():
    answer = '### BEGIN SOLUTION\nguess = "falls"\n### END SOLUTION'
    assert cleared(answer) == "guess = ..."
    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell("from lessonlib import plots"),
            v4.new_code_cell(answer, metadata={"nbgrader": {"solution": True}}),
            v4.new_code_cell('plots.resolve(guess, "falls")'),
            v4.new_code_cell("check('a.b', f)", metadata={"nbgrader": {"grade": True}}),
        ]
    )
    tag_showing(notebook)
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    assert tags == [[], [], [SHOWS], []]
