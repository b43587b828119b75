"""Lesson 02: its exercises, gradients against differentiation, and orders that are run."""

from itertools import permutations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons.the_way_back import BACKWARD_LINES, back_gates, layer_backward
from lessonlib.project import find_root

GRADS = {"a": -6, "b": -12, "c": 18, "u": -2, "v": -2, "s": -2}


def backward_sample_by_sample(dA, Z, W, X):
    dW, db, dX = np.zeros(W.shape), np.zeros((len(W), 1)), np.zeros(X.shape)
    for k in range(X.shape[1]):
        dz = np.where(Z[:, k] > 0, dA[:, k], 0)
        dW += np.outer(dz, X[:, k])
        db[:, 0] += dz
        dX[:, k] = dz @ W
    return [dW, db, dX]


def backward_from_the_activation(dA, Z, W, X):
    A = np.maximum(Z, 0)
    dZ = np.copy(dA)
    dZ[A == 0] = 0
    return (X @ dZ.T).T, dZ @ np.ones((X.shape[1], 1)), (dZ.T @ W).T


def dead_by_loop(Z):
    return [max(row) <= 0 for row in Z.tolist()]


class TestTheWayBack(LessonContract):
    lesson_name = "02-the-way-back"
    variants = {
        "back.gates": [
            {"grads": {name: np.array([float(value)]) for name, value in GRADS.items()}},
            {"grads": {**dict(reversed(GRADS.items())), "L": 1}},
        ],
        "back.order": [{"order": "d, c, a, f, g, e, b"}, {"order": "DCFGAEB"}],
        "relu.layer_backward": [backward_sample_by_sample, backward_from_the_activation],
        "relu.bug_hunt": [{"wrong_line": np.int64(1)}, {"wrong_line": 1.0}],
        "relu.dead_units": [dead_by_loop, lambda Z: Z.max(axis=1) <= 0],
    }


# --- gates ---------------------------------------------------------------------------------------


def gates(**changed):
    return judge("back.gates", grads={**GRADS, **changed})


def test_the_gradients_of_the_graph_are_those_of_differentiation():
    def end(a, b, c):
        return (a * b + np.maximum(b, c)) * c

    h = 1e-6
    for k, name in enumerate("abc"):
        up, down = ([5.0, 3.0, -2.0] for _ in range(2))
        up[k] += h
        down[k] -= h
        measured = (end(*up) - end(*down)) / (2 * h)
        assert back_gates()[name] == pytest.approx(measured, rel=1e-6)


@pytest.mark.parametrize(
    ("changed", "name", "word"),
    [
        ({"s": 18, "c": -2}, "product not swapped at the end", "swaps"),
        ({"b": -10, "c": 16}, "max sends to the loser", "larger"),
        ({"c": 16}, "max sends to both", "winner alone"),
        ({"b": -10}, "b: only the path through u", "Two arrows"),
        ({"b": -2}, "b: only the path through v", "Two arrows"),
        ({"b": 20}, "b: messages multiplied", "added"),
    ],
)
def test_the_gates_mistake_is_named_and_the_other_nodes_are_paid(changed, name, word):
    verdict = gates(**changed)
    assert verdict.mistake == name
    assert word in " ".join(verdict.message.split())
    assert verdict.points == pytest.approx(3 - len(changed) / 2)


def test_a_slip_further_up_is_named_at_its_gate():
    """Whoever adds wrongly at s takes the wrong messages on: the name is that of the addition."""
    ds, u, v = -2, 15, 3
    du, dv = ds * v, ds * u
    verdict = gates(u=du, v=dv, a=du * 3, b=du * 5 + dv)
    assert verdict.mistake == "add swapped like a product"


def test_what_is_filled_in_is_judged_while_the_rest_is_open():
    verdict = gates(a=..., b=...)
    assert not verdict.passed
    assert verdict.points == 2
    assert "..." in verdict.message


def test_the_right_gradients_are_never_shown():
    assert "-12" not in gates(b=1).message


@pytest.mark.parametrize("grads", [[1, 2], {"a": 1}, {**GRADS, "a": "x"}, {**GRADS, "a": [1, 2]}])
def test_another_form_is_told(grads):
    verdict = judge("back.gates", grads=grads)
    assert verdict.points == 0
    assert "should be" in verdict.message or "lacks" in verdict.message


# --- a layer -------------------------------------------------------------------------------------


def test_the_gradients_agree_with_automatic_differentiation():
    rng = np.random.default_rng(3)
    W, b, X, dA = (rng.normal(size=s) for s in [(3, 2), (3, 1), (2, 5), (3, 5)])

    def loss(W, b, X):
        return anp.sum(dA * anp.maximum(0, W @ X + b))

    ours = layer_backward(dA, W @ X + b, W, X)
    theirs = [grad(loss, k)(W, b, X) for k in range(3)]
    for mine, oracle in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, oracle, rtol=1e-12, atol=1e-12)


def backward(mask=lambda Z: Z > 0, db=lambda dZ: dZ.sum(1, keepdims=True), scale=lambda m: 1):
    def answer(dA, Z, W, X):
        dZ = dA * mask(Z) * scale(X.shape[1])
        return dZ @ X.T, db(dZ), W.T @ dZ

    return answer


@pytest.mark.parametrize(
    ("answer", "name", "word"),
    [
        (backward(mask=lambda Z: 1), "mask left out", "mask"),
        (backward(mask=lambda Z: np.maximum(0, Z) >= 0), "mask left out", "1 everywhere"),
        (backward(mask=lambda Z: Z >= 0), "mask with >=", ">="),
        (backward(db=np.sum), "db summed over everything", "one number"),
        (backward(db=lambda dZ: dZ), "db not summed", "sum over the samples"),
        (backward(scale=lambda m: m), "m times too large", "number of samples"),
        (backward(scale=lambda m: 1 / m), "m times too small", "number of samples"),
        (
            lambda dA, Z, W, X: ((X @ (dA * (Z > 0)).T), *backward()(dA, Z, W, X)[1:]),
            "dW transposed",
            "rows and columns",
        ),
        (
            lambda dA, Z, W, X: (*backward()(dA, Z, W, X)[:2], np.dot(W, dA * (Z > 0))),
            "W not transposed in dX",
            "transposed",
        ),
    ],
)
def test_the_slips_that_everyone_makes_are_named(answer, name, word):
    verdict = judge("relu.layer_backward", answer)
    assert not verdict.passed
    assert verdict.mistake == name
    assert word in " ".join(verdict.message.split())


def test_two_different_slips_get_two_diagnoses():
    def answer(dA, Z, W, X):
        dZ = dA * (Z > 0)
        return X @ dZ.T, np.sum(dZ), W.T @ dZ

    verdict = judge("relu.layer_backward", answer)
    assert [result.mistake for result in verdict.outputs] == [
        "dW transposed",
        "db summed over everything",
        None,
    ]
    assert verdict.points == 1.33


def test_a_slip_on_top_of_a_slip_is_taken_apart():
    verdict = judge("relu.layer_backward", backward(mask=lambda Z: 1, scale=lambda m: m))
    assert verdict.mistake == "mask left out, and m times too large"


# --- its lines in order --------------------------------------------------------------------------

NEEDS = {"a": "c", "b": "ae", "c": "d", "d": "", "e": "c", "f": "c", "g": "f"}


def test_every_order_that_works_counts_and_each_other_one_is_named():
    exercise = find("back.order")
    known = {mistake.name for mistake in exercise.mistakes}
    right = 0
    for k, letters in enumerate(permutations(NEEDS)):
        works = all(set(NEEDS[x]) <= set(letters[:i]) for i, x in enumerate(letters))
        values = exercise.values({"order": "".join(letters)}, exercise.cases(None)[0])
        assert works == (values == exercise.right(exercise.cases(None)[0]))
        right += works
        if not works and k % 500 == 0:
            verdict = verdict_on(exercise, {"order": "".join(letters)}, fork=False)
            assert verdict.mistake in known
    assert right == 20


def test_the_early_step_earns_half_for_nothing_stops():
    verdict = judge("back.order", order="dcebafg")
    assert verdict.mistake == "W moved before dX"
    assert verdict.points == 1
    assert "dX" in verdict.message


@pytest.mark.parametrize(
    ("order", "word"),
    [("dce", "lacks"), ("ddceabfg", "more than once"), ("dcexyz", "no line"), (list("dc"), "text")],
)
def test_an_order_of_another_form_is_told(order, word):
    verdict = judge("back.order", order=order)
    assert verdict.points == 0
    assert word in verdict.message


def test_the_notebook_shows_the_lines_that_are_run():
    text = (find_root() / "solutions/02-the-way-back/02-the-way-back.py").read_text("utf-8")
    for letter, line in BACKWARD_LINES.items():
        assert f"# ({letter})  {line}\n" in text


# --- dead units ----------------------------------------------------------------------------------


def test_a_column_of_answers_is_told_to_be_flat():
    verdict = judge("relu.dead_units", lambda Z: ~np.any(Z > 0, axis=1, keepdims=True))
    assert verdict.mistake == "a column of answers"
    assert "keepdims" in verdict.message
