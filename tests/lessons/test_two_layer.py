"""Lesson 07: its exercises, and the references against automatic differentiation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons.two_layer import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    tanh_derivative,
)
from lessonlib.nn import numeric_gradient, relative_error, sigmoid_derivative

NAMES = ("W1", "b1", "W2", "b2")


# --- other right answers -----------------------------------------------------------------------


def slope_by_loop(a):
    return np.array([1 - float(h) ** 2 for h in np.ravel(a)]).reshape(np.shape(a))


def initialize_with_normal(n_x, n_h, n_y, rng):
    return {
        "W2": rng.normal(size=(n_y, n_h)),
        "W1": rng.normal(size=(n_h, n_x)),
        "b1": [[0]] * n_h,
        "b2": [[0]] * n_y,
        "sizes": (n_x, n_h, n_y),
    }


def initialize_small(n_x, n_h, n_y, rng):
    W1 = rng.standard_normal((n_h, n_x)) * 0.01
    W2 = rng.standard_normal((n_y, n_h)) * 0.01
    return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}


def initialize_scaled(n_x, n_h, n_y, rng):
    return {
        "W1": rng.standard_normal((n_h, n_x)) / np.sqrt(n_x),
        "b1": np.zeros((n_h, 1), dtype=int),
        "W2": rng.standard_normal((n_y, n_h)) / np.sqrt(n_h),
        "b2": np.zeros((n_y, 1), dtype=int),
    }


def forward_sample_by_sample(X, parameters):
    columns = [forward_one(X[:, [k]], parameters) for k in range(X.shape[1])]
    cache = {name: np.hstack([c[name] for c in columns]) for name in columns[0]}
    return [cache["A2"], cache]


def forward_one(x, p):
    z1 = np.dot(p["W1"], x) + p["b1"]
    a1 = (np.exp(z1) - np.exp(-z1)) / (np.exp(z1) + np.exp(-z1))
    z2 = np.dot(p["W2"], a1) + p["b2"]
    return {"Z1": z1, "A1": a1, "Z2": z2, "A2": 1 / (1 + np.exp(-z2)), "x": x}


def forward_as_lists(X, parameters):
    A2, cache = forward_propagation(X, parameters)
    return A2.tolist(), {name: value.tolist() for name, value in cache.items()}


def cost_by_loop(A2, Y):
    total = 0.0
    for row, column in np.ndindex(Y.shape):
        p = A2[row, column] if Y[row, column] else 1 - A2[row, column]
        total -= np.log(max(p, 1e-12))
    return total / Y.shape[1]


def cost_with_tiny_inside(A2, Y):
    terms = np.multiply(Y, np.log(A2 + 1e-10)) + np.multiply(1 - Y, np.log(1 - A2 + 1e-10))
    return np.array(-np.mean(np.sum(terms, axis=0)))


def cost_of_what_is_right(A2, Y):
    P = np.clip(np.where(Y == 1, A2, 1 - A2), 1e-7, 1)
    return float(-np.log(P).sum() / len(Y[0]))


def backward_from_the_sums(parameters, cache, X, Y):
    """1 - tanh(Z1)² in the place of 1 - A1², and the mean taken in dZ2."""
    dZ2 = (cache["A2"] - Y) / X.shape[1]
    dZ1 = np.dot(parameters["W2"].T, dZ2) * (1 - np.tanh(cache["Z1"]) ** 2)
    return {
        "dW1": np.dot(dZ1, X.T),
        "db1": np.sum(dZ1, axis=1, keepdims=True),
        "dW2": np.dot(dZ2, cache["A1"].T),
        "db2": np.sum(dZ2, axis=1, keepdims=True),
    }


def backward_sample_by_sample(parameters, cache, X, Y):
    m = X.shape[1]
    grads = {f"d{name}": np.zeros(np.shape(parameters[name])) for name in NAMES}
    for k in range(m):
        a1 = cache["A1"][:, [k]]
        dz2 = cache["A2"][:, [k]] - Y[:, [k]]
        dz1 = parameters["W2"].T @ dz2 / np.cosh(cache["Z1"][:, [k]]) ** 2
        for name, share in zip(grads, (dz1 @ X[:, [k]].T, dz1, dz2 @ a1.T, dz2), strict=True):
            grads[name] += share / m
    return {**grads, "m": m}


class TestTwoLayer(LessonContract):
    lesson_name = "07-two-layer-network"
    variants = {
        "twolayer.recall_1": [{"db_shape": [4, 1]}, {"db_shape": np.array([4, 1])}],
        "twolayer.tanh_derivative": [
            slope_by_loop,
            lambda a: (1 - a) * (1 + a),
            lambda a: 1 - np.power(a, 2),
            lambda a: -(a * a - 1),
        ],
        "twolayer.initialize_parameters": [
            initialize_with_normal,
            initialize_small,
            initialize_scaled,
        ],
        "twolayer.forward_propagation": [forward_sample_by_sample, forward_as_lists],
        "twolayer.compute_cost": [cost_by_loop, cost_with_tiny_inside, cost_of_what_is_right],
        "twolayer.backward_propagation": [backward_from_the_sums, backward_sample_by_sample],
    }


# --- the references ----------------------------------------------------------------------------


def error_of(derived, name, parameters, X, Y):
    def cost(theta):
        return compute_cost(forward_propagation(X, {**parameters, name: theta})[0], Y)

    return relative_error(derived, numeric_gradient(cost, parameters[name]))


def test_the_gradients_agree_with_automatic_differentiation():
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(3, 6)), rng.integers(0, 2, size=(2, 6))
    theta = [rng.normal(size=s) for s in [(4, 3), (4, 1), (2, 4), (2, 1)]]

    def cost(W1, b1, W2, b2):
        P = 1 / (1 + anp.exp(-(anp.dot(W2, anp.tanh(anp.dot(W1, X) + b1)) + b2)))
        return -anp.sum(Y * anp.log(P) + (1 - Y) * anp.log(1 - P)) / 6

    parameters = dict(zip(NAMES, theta, strict=True))
    A2, cache = forward_propagation(X, parameters)
    grads = backward_propagation(parameters, cache, X, Y)
    assert abs(compute_cost(A2, Y) - cost(*theta)) < 1e-14
    for k, name in enumerate(NAMES):
        np.testing.assert_allclose(grads[f"d{name}"], grad(cost, k)(*theta), rtol=1e-11, atol=1e-13)
        assert error_of(grads[f"d{name}"], name, parameters, X, Y) < 1e-8


def test_the_slope_of_the_tanh():
    z = np.linspace(-3, 3, 13)
    slope = tanh_derivative(np.tanh(z))
    assert relative_error(slope, numeric_gradient(lambda z: np.sum(np.tanh(z)), z)) < 1e-9


# --- what is rejected, and in which words ------------------------------------------------------


def backward(dZ2=lambda A2, Y: A2 - Y, slope=lambda A1: 1 - A1**2, scale=1.0, message=np.matmul):
    def answer(parameters, cache, X, Y):
        m = X.shape[1] * scale
        d2 = dZ2(cache["A2"], Y)
        d1 = message(parameters["W2"].T, d2) * slope(cache["A1"])
        return {
            "dW1": d1 @ X.T / m,
            "db1": d1.sum(axis=1, keepdims=True) / m,
            "dW2": d2 @ cache["A1"].T / m,
            "db2": d2.sum(axis=1, keepdims=True) / m,
        }

    return answer


@pytest.mark.parametrize(
    ("answer", "name", "right"),
    [
        (backward(slope=sigmoid_derivative), "sigmoid's slope on the tanh layer", 2),
        (backward(slope=lambda A1: 1 - np.tanh(A1) ** 2), "tanh applied to A1 again", 2),
        (backward(dZ2=lambda A2, Y: Y - A2), "Y minus A2", 0),
        (backward(dZ2=lambda A2, Y: (A2 - Y) * A2 * (1 - A2)), "sigmoid's slope applied again", 0),
        (backward(message=np.multiply), "star for the matrix product", None),
        (backward(scale=1.001), None, 0),
    ],
)
def test_wrong_gradients_are_told_apart(answer, name, right):
    verdict = verdict_on(find("twolayer.backward_propagation"), answer, seed=9)
    assert not verdict.passed
    assert (verdict.mistake or "").startswith(name or "") and bool(verdict.mistake) == bool(name)
    if right is not None:
        assert sum(output.right for output in verdict.outputs) == right


def test_two_slips_give_two_diagnoses():
    def answer(parameters, cache, X, Y):
        right = backward_propagation(parameters, cache, X, Y)
        wrong = backward(slope=sigmoid_derivative)(parameters, cache, X, Y)
        return {**right, "dW1": wrong["dW1"], "db2": np.sum(right["db2"])}

    verdict = judge("twolayer.backward_propagation", answer)
    found = {output.name: output.mistake for output in verdict.outputs if not output.right}
    assert found == {
        "dW1": "sigmoid's slope on the tanh layer",
        "db2": "db summed over everything",
    }
    assert verdict.points == 3


def test_a_tenth_of_a_percent_is_noticed():
    def cost(A2, Y):
        return compute_cost(A2, Y) * 1.001

    def forward(X, parameters):
        return forward_propagation(X, {**parameters, "b1": parameters["b1"] * 1.001})

    assert not judge("twolayer.compute_cost", cost).passed
    assert not judge("twolayer.forward_propagation", forward).passed


def test_numbers_from_the_global_generator_are_noticed():
    def answer(n_x, n_h, n_y, rng):
        draw = np.random.randn  # what a learner of another course writes
        W1, W2 = draw(n_h, n_x), draw(n_y, n_h)
        return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}

    assert judge("twolayer.initialize_parameters", answer).mistake == "the global generator"


@pytest.mark.parametrize("seed", range(30))
def test_normal_weights_are_never_mistaken_for_others(seed):
    exercise = find("twolayer.initialize_parameters")
    for answer in (initialize_with_normal, initialize_small, initialize_scaled):
        assert verdict_on(exercise, answer, seed).passed


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, p: forward_propagation(X, p)[0], "returns one array"),
        (lambda X, p: forward_propagation(X, p)[1], "returns a dictionary"),
        (lambda X, p: forward_propagation(X, p)[::-1], "dictionary stands first"),
        (lambda X, p: (1, list(forward_propagation(X, p)[1].values())), "a list with 4 items"),
        (lambda X, p: (1, {"Z1": 1, "A1": 2}), "lacks 'Z2', 'A2'"),
    ],
)
def test_other_forms_of_the_forward_pass(answer, words):
    message = " ".join(judge("twolayer.forward_propagation", answer).message.split())
    assert words in message


def test_other_words_for_a_shape():
    assert "whole numbers" in judge("twolayer.recall_1", db_shape="(4, 1)").message


def test_a_shape_is_shown_as_it_is_written():
    message = judge("twolayer.recall_1", db_shape=(4,)).message
    assert "yours     (4,)" in message and "'" not in message
