"""The corpus of wrong answers: readable, the same for a seed, with the lines that were spoilt."""

import inspect
from dataclasses import replace
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import numpy as np
import outcomes
import pytest
from corpus import WrongAnswer, catalogued, planted_lines, slipped
from outcomes import outcome
from right_answers import EXERCISES, reference, right_answers, variants
from slips import KINDS, spoilt

from lessonlib.checks.verdict import Location
from lessonlib.lessons import find
from lessonlib.proof.judging import verdict_on

BACKWARD = find("relu.layer_backward")
QUICK = ["relu.layer_backward", "hand.backward", "xor.train", "linreg.gradients", "autodiff.value"]


def with_slip(kind: str, number: int = 0, exercise=BACKWARD) -> WrongAnswer:
    right = reference(exercise)
    trees = [make() for each, make in spoilt(right.tree) if each.name == kind]
    text = right.changed(trees[number])
    planted = planted_lines(right.lines, text.lines)
    return WrongAnswer(exercise, text, planted, (kind,), True)


def planted_code(wrong: WrongAnswer) -> list[str]:
    return [wrong.text.lines[line - 1].strip() for line in sorted(wrong.planted)]


# --- the answers -----------------------------------------------------------------------------


def test_an_answer_can_be_read_back(tmp_path):
    text = reference(BACKWARD)
    answer = text.loaded(tmp_path)
    assert inspect.getsource(answer) == text.code
    assert answer.__module__ == "__main__"


@pytest.mark.parametrize("exercise_id", QUICK)
def test_right_answers_in_every_style_are_right(exercise_id, tmp_path):
    exercise = find(exercise_id)
    texts = list(right_answers(exercise))
    assert len(texts) >= 3
    for text in texts:
        assert verdict_on(exercise, text.loaded(tmp_path), fork=True).passed, text.code


def test_variants_come_with_what_they_use():
    codes = [text.code for text in variants("twolayer.forward_propagation")]
    assert "def forward_one(" in codes[0] and "def forward_sample_by_sample(" in codes[0]


def test_a_constant_of_the_module_is_written_out():
    assert "LAYERS" not in reference(find("twolayer.update_parameters")).code


def test_styles_change_what_they_are_for():
    codes = {text.label: text.code for text in right_answers(find("twolayer.backward_propagation"))}
    assert "my_dZ2" in codes["reference, renamed"]
    assert "part_1" in codes["reference, split"]
    assert "helper_0(" in codes["reference, with helpers"]
    assert "@" not in codes["reference, idioms"]


# --- the slips -------------------------------------------------------------------------------


def test_every_kind_of_slip_fits_somewhere():
    fitting = {kind.name for e in EXERCISES for kind, _ in spoilt(reference(e).tree)}
    assert {kind.name for kind in KINDS} - fitting == set()


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("keepdims left out", ["db = dZ.sum(axis=1)"]),
        ("elementwise for matrix product", ["dW = dZ * X.T"]),
        ("transposition left out", ["dW = dZ @ X"]),
        ("results exchanged", ["return (db, dW, dX)"]),
        ("a line left out", ["def layer_backward(dA, Z, W, X):", "dW = dZ @ X.T"]),
        ("two lines exchanged", ["dW = dZ @ X.T"]),
    ],
)
def test_the_spoilt_lines_are_known(kind, lines):
    assert planted_code(with_slip(kind))[: len(lines)] == lines


def test_a_seed_gives_the_same_answers():
    drawn = [[w.text.code for w in islice(slipped(np.random.default_rng(3), 2), 8)] for _ in "ab"]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 8


def test_every_catalogued_mistake_is_there_and_does_not_know_itself():
    answers = list(catalogued())
    assert len(answers) == sum(len(exercise.mistakes) for exercise in EXERCISES)
    for wrong in answers:
        assert wrong.slips[0] not in {mistake.name for mistake in wrong.exercise.mistakes}
        assert wrong.planted is None or wrong.planted


# --- what a verdict told ---------------------------------------------------------------------


def told(wrong: WrongAnswer, folder: Path, **fields):
    """Score the verdict on a wrong answer as if it had told something else."""
    judged = outcomes.timed

    def timed(exercise, answer):
        verdict, seconds = judged(exercise, answer)
        return replace(verdict, **{"mistake": None, "step": None, "edit": None, **fields}), seconds

    with patch.object(outcomes, "timed", timed):
        return outcome(wrong, folder)


def test_a_right_line_and_a_wrong_one_are_told_apart(tmp_path):
    wrong = with_slip("keepdims left out")
    (line,) = wrong.planted
    right = told(wrong, tmp_path, edit=Location(line, "", ""))
    assert right.located and right.found and not right.false
    astray = told(wrong, tmp_path, edit=Location(line + 1, "", ""))
    assert astray.misled and astray.false and not astray.found


def test_a_line_that_can_be_mended_is_right_too(tmp_path):
    wrong = with_slip("a factor too many")
    wrong = replace(wrong, planted=wrong.planted - {_line(wrong, "2 * ")})
    assert not wrong.planted
    assert told(wrong, tmp_path, step=Location(_line(wrong, "2 * "), "", "")).located
    assert told(wrong, tmp_path, step=Location(_line(wrong, "return"), "", "")).misled


def _line(wrong: WrongAnswer, start: str) -> int:
    return next(n for n, line in enumerate(wrong.text.lines, start=1) if start in line)


def test_a_name_that_is_not_given_again_is_a_false_one(tmp_path):
    wrong = with_slip("keepdims left out")
    assert told(wrong, tmp_path, mistake="something else").misnamed
    verdict = outcomes.timed(BACKWARD, wrong.text.loaded(tmp_path))[0]
    assert told(wrong, tmp_path, mistake=verdict.mistake).named


def test_an_answer_that_is_right_all_the_same_is_dropped(tmp_path):
    right = WrongAnswer(BACKWARD, reference(BACKWARD), frozenset({2}), (), True)
    assert outcome(right, tmp_path) is None


def test_an_error_in_the_spoilt_line_is_seen(tmp_path):
    wrong = with_slip("transposition left out")
    assert outcome(wrong, tmp_path).error_there
