"""What a failed check shows of its inputs can be pasted, and `case` hands them out."""

import numpy as np
import pytest

from lessonlib import case, check, checks, judge
from lessonlib.checks import Exercise
from lessonlib.checks.comparing import agree, same
from lessonlib.checks.pasting import inputs, pasted
from lessonlib.checks.plain import plain
from lessonlib.checks.shrinking import fewer_samples
from lessonlib.errors import UserError
from lessonlib.lessons import LESSONS, find

OURS = [each for lesson in LESSONS for each in lesson.exercises]
ASKED = [each for each in OURS if each.returns != "named" and each.cases(np.random.default_rng(0))]


def run(text: str) -> dict:
    """Return what statements define, as a cell of a notebook would."""
    names = {"np": np, "inputs": None}
    exec(text, names)
    return names


def given(exercise: Exercise, text: str) -> tuple:
    """Return the inputs that pasted statements make."""
    names = run(text)
    if names["inputs"] is not None:
        return tuple(names["inputs"])
    return tuple(names[name] for name in exercise.input_names if name in names)


def is_the_same(mine, drawn) -> bool:
    if callable(drawn) or isinstance(drawn, np.random.Generator):
        return type(mine) is type(drawn)
    return same(plain(mine), plain(drawn))


@pytest.mark.parametrize("exercise", ASKED, ids=lambda each: each.id)
def test_the_inputs_of_every_case_are_made_by_what_is_shown(exercise):
    cases = exercise.cases(np.random.default_rng(0))
    for number, each in enumerate(cases):
        made = given(exercise, inputs(exercise, each, number))
        assert len(made) == len(each.args)
        assert all(map(is_the_same, made, each.args)), (number, made)


def test_inputs_have_names_and_places():
    dA, Z, W, X = first = case("relu.layer_backward")
    assert first.dA is dA and first.X is X and Z.shape == (3, 4) and W.shape == (3, 2)
    assert case("relu.layer_backward", 1).X.shape == (3, 1)
    assert not np.shares_memory(case("relu.layer_backward").X, X)


def test_inputs_show_themselves_as_a_cell_would_make_them():
    told = repr(case("relu.relu"))
    assert told == "# relu.relu, case 0: z = [-1.5, 0, 2.5]\nz = np.array([-1.5, 0.0, 2.5])"
    assert "X = array([[" in repr(case("digits.classifier"))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("relu.rellu",), "Did you mean 'relu.relu'?"),
        (("relu.relu", 4), "relu.relu has 4 cases. Ask for 0 to 3."),
        (("relu.relu", -1), "Ask for 0 to 3."),
        (("relu.relu", "first"), "Ask for 0 to 3."),
        (("relu.by_hand",), "it has no inputs"),
    ],
)
def test_a_case_that_there_is_not_gets_a_sentence(args, sentence):
    with pytest.raises(UserError, match=sentence.replace("?", r"\?")) as raised:
        case(*args)
    assert " ".join(raised.value._render_traceback_()) == str(raised.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([[1, 2]]), "x = np.array([[1, 2]])"),
        (np.array(0.5), "x = np.array(0.5)"),
        ({"W": np.array([True]), "k": (1,)}, "x = {'W': np.array([True]), 'k': (1,)}"),
        ([1.5, "relu", None], "x = [1.5, 'relu', None]"),
        (np.array([1 / 3]), ""),
        (np.array([np.nan]), ""),
        (float("inf"), ""),
        (np.zeros((5, 5)), ""),
        (np.zeros(2, np.float32), ""),
        (np.zeros((0, 3)), ""),
        (abs, ""),
    ],
)
def test_what_can_be_read_is_written_out(value, text):
    assert pasted(("x",), (value,)) == text
    if text:
        assert same(plain(run(text)["x"]), plain(value))


# --- the smallest case -------------------------------------------------------------------------


def bias_of_the_first_sample(dA, Z, W, X):
    dZ = dA * (Z > 0)
    return dZ @ X.T, dZ[:, :1], W.T @ dZ


def test_a_failing_case_is_shown_with_as_few_samples_as_fail():
    # Without the search for the line to mend, which takes seconds here and is not looked at.
    verdict = checks.judge(find("relu.layer_backward"), bias_of_the_first_sample)
    assert "db is wrong for 2 inputs, 3 units, 2 samples:" in verdict.message
    assert verdict.number == 0
    drawn = given(find("relu.layer_backward"), verdict.inputs)
    assert [each.shape for each in drawn] == [(3, 2), (3, 2), (3, 2), (2, 2)]
    _, right, _ = find("relu.layer_backward").reference(*drawn)
    assert not np.allclose(bias_of_the_first_sample(*drawn)[1], right)
    assert "np.array" in verdict.message


def test_a_wrong_shape_is_shown_as_it_was_drawn():
    verdict = judge("relu.layer_backward", lambda dA, Z, W, X: (W, dA.sum(0), X))
    assert verdict.inputs.endswith('dA, Z, W, X = case("relu.layer_backward")')


@pytest.mark.parametrize("exercise", ASKED, ids=lambda each: each.id)
def test_right_answers_agree_on_every_part_of_a_case(exercise):
    cases = exercise.cases(np.random.default_rng(0))
    for index in range(len(cases)):
        for part in fewer_samples(cases, index, exercise.input_names):
            right = plain(exercise.right(part))
            for where, answer in exercise.also_right:
                other = plain(exercise.values(exercise.use(answer, part.fresh_args()), part))
                assert agree(other, right, max(exercise.rtol, exercise.guard_rtol)), (where, part)


# --- when it may be shown ----------------------------------------------------------------------


def test_secret_inputs_are_not_shown():
    verdict = judge("relu.relu", abs, rng=np.random.default_rng(5))
    assert verdict.inputs == "" and verdict.number == 0
    assert 'Inputs like these: `case("relu.relu")`.' in verdict.message


def test_an_exercise_without_inputs_shows_none():
    verdict = judge("relu.by_hand", z1=[1, 2, 3, 4], a1=[1, 2, 3, 4])
    assert (verdict.inputs, verdict.number) == ("", None)
    assert "case(" not in verdict.message and "with\n" not in verdict.message


def test_errors_and_missing_values_come_with_their_inputs(capsys):
    for answer in (lambda z: z @ z.T, lambda z: None, lambda z: [][1]):
        verdict = judge("relu.relu", answer)
        assert not verdict.passed and given(find("relu.relu"), verdict.inputs)
    check("relu.relu", lambda z: np.maximum(z, 0))
    assert "np.array" not in capsys.readouterr().out
