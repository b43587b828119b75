"""Lesson 08: its exercises, and the published bug, run again with seeded data."""

import numpy as np
import pytest
from contract import LessonContract
from test_two_layer import backward_from_the_sums, initialize_scaled, initialize_small

from lessonlib import judge
from lessonlib.data import two_moons
from lessonlib.lessons import find
from lessonlib.lessons.two_layer import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    initialize_parameters,
)
from lessonlib.lessons.two_moons import fit, update_parameters
from lessonlib.nn import numeric_gradient, relative_error, sigmoid, sigmoid_derivative

NAMES = ("W1", "b1", "W2", "b2")


# --- other right answers -----------------------------------------------------------------------


def update_line_by_line(parameters, grads, learning_rate):
    W1 = np.subtract(parameters["W1"], np.multiply(learning_rate, grads["dW1"]))
    b1 = parameters["b1"] + grads["db1"] * -learning_rate
    W2 = parameters["W2"].copy()
    W2 -= learning_rate * grads["dW2"]
    b2 = (parameters["b2"] - learning_rate * grads["db2"]).tolist()
    return dict(W1=W1, b1=b1, W2=W2, b2=b2)


def update_copies(parameters, grads, learning_rate):
    new = {name: np.array(value) for name, value in parameters.items()}
    for name in new:
        new[name] += -learning_rate * grads[f"d{name}"]
    return new


def fit_with_momentum(X, Y, n_h, learning_rate, epochs, rng):
    parameters = initialize_scaled(X.shape[0], n_h, Y.shape[0], rng)
    speed = {f"d{name}": 0.0 for name in NAMES}
    for _ in range(epochs):
        grads = backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y)
        speed = {name: 0.5 * speed[name] + 0.5 * grads[name] for name in speed}
        parameters = update_parameters(parameters, speed, learning_rate)
    return {**parameters, "epochs": epochs}


def fit_from_small_weights(X, Y, n_h, learning_rate, epochs, rng):
    parameters = initialize_small(X.shape[0], n_h, Y.shape[0], rng)
    epoch = 0
    while epoch < epochs:
        _, cache = forward_propagation(X, parameters)
        grads = backward_from_the_sums(parameters, cache, X, Y)
        parameters = update_copies(parameters, grads, learning_rate)
        epoch += 1
    return parameters


class TestTwoMoons(LessonContract):
    lesson_name = "08-two-moons"
    variants = {
        "twolayer.recall_2": [{"verdict": "B"}, {"verdict": "(b)"}],
        "twolayer.update_parameters": [update_line_by_line, update_copies],
        "twolayer.suspects": [{"suspects": ["db1", "dW1"]}, {"suspects": ("dW1", "db1", "dW1")}],
        "twolayer.fit": [fit_with_momentum, fit_from_small_weights],
        "twolayer.random_labels": [{"random_labels": "C"}, {"random_labels": " c"}],
    }


# --- the numbers of the seed -------------------------------------------------------------------


def test_the_sigmoid_gives_the_seeds_printed_numbers():
    assert abs(sigmoid(1.0) - 0.7310585786300049) < 1e-15
    assert abs(sigmoid_derivative(sigmoid(1.0)) - 0.19661193324148185) < 1e-15


def planted_backward(parameters, cache, X, Y):
    """The notebook's bug: the tanh layer differentiated with the sigmoid's a (1 - a)."""
    m, A1 = X.shape[1], cache["A1"]
    dZ1 = parameters["W2"].T @ (cache["A2"] - Y) * A1 * (1 - A1)
    wrong = {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}
    return backward_propagation(parameters, cache, X, Y) | wrong


def run_like_the_seed(backward, seed: int, steps: int):
    """The cost in front of each step: 100 points, coin flips, four hidden units, rate 0.01."""
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((2, 100)), rng.integers(0, 2, size=(1, 100))
    parameters, costs = initialize_parameters(2, 4, 1, rng), []
    for _ in range(steps):
        A2, cache = forward_propagation(X, parameters)
        costs.append(compute_cost(A2, Y))
        parameters = update_parameters(parameters, backward(parameters, cache, X, Y), 0.01)
    return np.array(costs), np.mean((forward_propagation(X, parameters)[0] > 0.5) == Y)


def test_the_planted_cost_rises_where_the_true_one_falls():
    """The seed's run had no seed; 87 of the seeds 0 to 149 shows the same, larger."""
    planted, share = run_like_the_seed(planted_backward, 87, 10_000)
    true, true_share = run_like_the_seed(backward_propagation, 87, 10_000)
    assert np.all(np.diff(true) < 0)
    assert planted[0] == true[0]
    assert planted[300] > planted[0] + 0.1
    assert planted[6000] > planted[3200] + 0.05
    assert (share, true_share) == (0.52, 0.63)


@pytest.mark.parametrize("seed", [17, 49, 98])
def test_other_seeds_show_it_too(seed):
    planted, _ = run_like_the_seed(planted_backward, seed, 1000)
    true, _ = run_like_the_seed(backward_propagation, seed, 1000)
    assert np.all(np.diff(true) < 0)
    assert np.any(np.diff(planted[::100]) > 1e-3)


def test_two_of_the_planted_gradients_are_wrong():
    rng = np.random.default_rng(2)
    X, Y = rng.normal(size=(2, 5)), rng.integers(0, 2, size=(1, 5))
    parameters = initialize_parameters(2, 3, 1, rng)
    planted = planted_backward(parameters, forward_propagation(X, parameters)[1], X, Y)
    errors = {f"d{n}": error_of(planted[f"d{n}"], n, parameters, X, Y) for n in NAMES}
    assert {name for name, error in errors.items() if error > 1e-6} == {"dW1", "db1"}
    assert min(errors["dW1"], errors["db1"]) > 0.1
    assert max(errors["dW2"], errors["db2"]) < 1e-8


def error_of(derived, name, parameters, X, Y):
    def cost(theta):
        return compute_cost(forward_propagation(X, {**parameters, name: theta})[0], Y)

    return relative_error(derived, numeric_gradient(cost, parameters[name]))


# --- the references ----------------------------------------------------------------------------


def test_plain_gradient_descent_parts_the_moons_from_every_start():
    """What the check asks for must not depend on luck: every case of 10 draws, with room."""
    for seed in range(10):
        for case in find("twolayer.fit").cases(np.random.default_rng(seed)):
            trained = fit(*case.fresh_args())
            for X, Y in (case.args[:2], case.hidden):
                share = np.mean((forward_propagation(X, trained)[0] > 0.5) == Y)
                assert share >= 0.97, (seed, case.about)


def test_one_straight_boundary_is_not_enough():
    X, Y = two_moons(200, np.random.default_rng(1))
    trained = fit(X.T, Y.T, 1, 2.0, 2000, np.random.default_rng(3))
    assert np.mean((forward_propagation(X.T, trained)[0] > 0.5) == Y.T) < 0.95


def test_coin_flips_are_learnt_by_heart_and_no_further():
    rng = np.random.default_rng(0)
    X, X_fresh = rng.standard_normal((2, 100)), rng.standard_normal((2, 2000))
    Y, Y_fresh = rng.integers(0, 2, size=(1, 100)), rng.integers(0, 2, size=(1, 2000))
    trained = fit(X, Y, 100, 1.0, 4000, np.random.default_rng(1))
    assert np.mean((forward_propagation(X, trained)[0] > 0.5) == Y) > 0.95
    assert abs(np.mean((forward_propagation(X_fresh, trained)[0] > 0.5) == Y_fresh) - 0.5) < 0.03


# --- what is rejected, and in which words ------------------------------------------------------


def test_a_tenth_of_a_percent_is_noticed():
    def update(parameters, grads, learning_rate):
        return update_parameters(parameters, grads, learning_rate * 1.001)

    assert not judge("twolayer.update_parameters", update).passed


@pytest.mark.parametrize(
    "update",
    [
        lambda p, g, rate: {n: np.subtract(p[n], rate * g["d" + n], out=p[n]) for n in p},
        lambda p, g, rate: p.update({n: p[n] - rate * g["d" + n] for n in NAMES}) or dict(p),
    ],
)
def test_an_update_in_place_is_named(update):
    verdict = judge("twolayer.update_parameters", update)
    assert verdict.mistake == "parameters updated in place"
    assert "Copying the dictionary is not" in " ".join(verdict.message.split())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, Y, *_: None, "returns None"),
        (lambda X, Y, *_: (1, 2), "a tuple with 2 items"),
        (lambda X, Y, *_: {"W1": 1}, "lacks 'b1', 'W2', 'b2'"),
    ],
)
def test_a_training_that_returns_something_else(answer, words):
    assert words in " ".join(judge("twolayer.fit", answer).message.split())


def test_other_words_for_a_letter_or_a_name():
    assert "one letter in quotes" in judge("twolayer.random_labels", random_labels=3).message
    assert "one letter in quotes" in judge("twolayer.recall_2", verdict="yes").message
    assert "There is no W1 here" in judge("twolayer.suspects", suspects={"W1"}).message
