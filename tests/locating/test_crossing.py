"""A recording crosses as plain data, and is compared where the right values are."""

import numpy as np
import pytest
from slipped import written
from test_steps import BACKWARD

from lessonlib.checks.plain import dumps, loads
from lessonlib.lessons import find
from lessonlib.locating.crossing import from_data, recording, step_in

EXERCISE = find("twolayer.backward_propagation")
CASES = EXERCISE.cases(np.random.default_rng(3))


def crossed(text):
    return loads(dumps(recording(EXERCISE, written(EXERCISE, text), CASES)))


def test_a_step_is_told_from_a_recording():
    wrong = BACKWARD.replace("np.power(A1, 2)", "A1")
    assert wrong != BACKWARD
    found = step_in(EXERCISE, CASES, crossed(wrong))
    assert (found.line, found.function) == (7, "backward_propagation")
    assert found.about.endswith("`dZ1` is not")


def test_nothing_is_told_of_a_right_answer_nor_of_one_that_takes_the_factor_earlier():
    early = BACKWARD.replace("A2 - Y", "(A2 - Y) / m").replace(" / m\n    db2", "\n    db2")
    for text in (BACKWARD, early):
        assert step_in(EXERCISE, CASES, crossed(text)) is None


def test_what_cannot_be_read_back_gives_no_recording():
    assert recording(EXERCISE, np.sum, CASES) is None
    assert step_in(EXERCISE, CASES, None) is None


@pytest.mark.parametrize("spoil", ["spots", "runs", "order"])
def test_data_of_another_form_is_refused(spoil):
    data = crossed(BACKWARD)
    if spoil == "order":
        data["runs"][0]["trace"]["order"] = ["x"]
    else:
        data[spoil] = [7]
    with pytest.raises(ValueError):
        from_data(data)


def test_numbers_that_lead_out_of_the_list_of_statements_are_left_out():
    data = crossed(BACKWARD)
    data["runs"][0]["trace"]["order"] = [10**6, -5, 0]
    _, runs = from_data(data)
    assert runs[0][1].order == [0]
