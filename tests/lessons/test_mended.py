"""Answers that were once accepted, rejected, misnamed or left without a word. One test for each."""

from dataclasses import replace

import numpy as np
import pytest

from lessonlib.checks import judge
from lessonlib.checks.asking import ask_here
from lessonlib.lessons import find
from lessonlib.lessons.complex_step_and_kinks import complex_step
from lessonlib.lessons.first_training import backward as xor_backward
from lessonlib.lessons.three_layers import forward as by_hand
from lessonlib.lessons.two_layer import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    tanh_derivative,
)


def verdict(exercise_id: str, answer):
    return judge(find(exercise_id), answer, ask=ask_here)


def said(exercise_id: str, answer) -> str:
    """Return the message on an answer that is rejected, in one line."""
    told = verdict(exercise_id, answer)
    assert not told.passed
    return " ".join(told.message.split())


def name(exercise_id: str, answer) -> str | None:
    told = verdict(exercise_id, answer)
    assert not told.passed
    return told.mistake


# --- accepted though wrong -----------------------------------------------------------------------


def test_a_key_that_is_added_to_the_parameters_of_lesson_02_is_noticed():
    def forward(x, parameters):
        cache = by_hand(x, parameters)
        parameters["z1"] = cache["z1"]
        return cache

    assert "changes its argument parameters" in said("hand.forward", forward)


def test_a_key_that_is_added_to_the_parameters_of_lesson_05_is_noticed():
    def forward(X, parameters):
        A2, cache = forward_propagation(X, parameters)
        parameters.update(cache)
        return A2, cache

    assert "changes its argument parameters" in said("twolayer.forward_propagation", forward)


def test_complex_numbers_are_not_what_the_complex_step_is_for():
    def slopes(f, theta, h=1e-20):
        return complex_step(f, theta, h).astype(complex)

    assert name("gradcheck.complex_step", slopes) == "complex numbers"


# --- rejected, or misled -------------------------------------------------------------------------


def guarded_bce(guard):
    return lambda a, y: float(-np.mean(y * np.log(a + guard) + (1 - y) * np.log(1 - a + guard)))


def guarded_cost(guard):
    return lambda A, Y: float(
        -np.sum(Y * np.log(A + guard) + (1 - Y) * np.log(1 - A + guard)) / Y.shape[1]
    )


def guarded_cross_entropy(guard):
    return lambda P, Y: float(-np.sum(Y * np.log(P + guard)) / P.shape[1])


GUARDED = {
    "xor.bce": guarded_bce,
    "twolayer.compute_cost": guarded_cost,
    "hand.cross_entropy": guarded_cross_entropy,
}


@pytest.mark.parametrize("exercise_id", GUARDED)
def test_a_small_guard_is_accepted_with_advice(exercise_id):
    told = verdict(exercise_id, GUARDED[exercise_id](1e-6))
    assert told.passed and told.points == told.max_points
    assert "1e-6 added inside a logarithm" in " ".join(told.message.split())


@pytest.mark.parametrize("exercise_id", GUARDED)
def test_a_tiny_guard_is_accepted_without_a_word(exercise_id):
    told = verdict(exercise_id, GUARDED[exercise_id](1e-15))
    assert told.passed and not told.advice


@pytest.mark.parametrize("exercise_id", GUARDED)
def test_a_large_guard_is_rejected(exercise_id):
    assert not verdict(exercise_id, GUARDED[exercise_id](1e-3)).passed


def test_only_an_exercise_that_declares_it_leaves_room_for_a_guard():
    strict = replace(find("xor.bce"), guard_rtol=0.0)
    assert not judge(strict, guarded_bce(1e-6), ask=ask_here).passed


# --- false names ---------------------------------------------------------------------------------


def test_zeros_for_a_numeric_gradient_have_no_name():
    message = said("gradcheck.numeric_gradient", lambda f, theta, h=1e-5: np.zeros(theta.shape))
    assert "It is 0 throughout, whatever goes in" in message
    assert "Looks like" not in message


def test_a_relative_error_of_0_has_no_name():
    assert name("gradcheck.relative_error", lambda a, b: 0.0) is None


def test_zeros_for_the_gradients_of_xor_have_no_name():
    def zeros(w1, w2, x, y, a1, a2):
        return np.zeros_like(w1), np.zeros_like(w2)

    assert name("xor.backward", zeros) is None


def test_weights_of_a_tenth_are_not_zero_weights():
    def initialize(layer_sizes, rng, scheme="he"):
        pairs = zip(layer_sizes, layer_sizes[1:], strict=False)
        return [(np.full((i, o), 0.1), np.zeros(o)) for i, o in pairs]

    assert name("deep.initialize", initialize) is None


def test_one_mean_for_the_gradient_of_the_mse_is_not_told_to_sum_along_an_axis():
    message = said("linreg.mse_gradient", lambda P, Y: 2 * np.mean(P - Y))
    assert "Sum along one direction only" not in message
    assert "A sum or a mean without an axis" in message


def test_new_arrays_under_the_callers_keys_are_not_called_minus_equals():
    def update(parameters, grads, learning_rate):
        for key in parameters:
            parameters[key] = parameters[key] - learning_rate * grads["d" + key]
        return parameters

    message = said("twolayer.update_parameters", update)
    assert "changes its argument parameters" in message
    assert "-= writes into them" not in message


def test_one_false_for_a_layer_of_mixed_units_has_no_name():
    assert name("relu.dead_units", lambda Z: 0) is None
    assert name("relu.dead_units", lambda Z: np.any(Z.max(axis=1) <= 0)) is None
    assert name("relu.dead_units", lambda Z: np.max(Z) <= 0) == "one answer for the whole layer"


def test_nan_is_not_told_that_the_contract_asks_for_text():
    for exercise_id in ("xor.bce", "twolayer.compute_cost", "hand.cross_entropy"):
        assert "asks for text" not in said(exercise_id, lambda a, y: np.nan)


def test_a_mean_that_is_taken_twice_is_not_said_to_stand_in_dz2():
    def backward(parameters, cache, X, Y):
        m, dZ2 = X.shape[1], cache["A2"] - Y
        dZ1 = parameters["W2"].T @ dZ2 * tanh_derivative(cache["A1"]) / m
        right = backward_propagation(parameters, cache, X, Y)
        return {
            **right,
            "dW1": dZ1 @ X.T / m,
            "db1": dZ1.sum(axis=1, keepdims=True) / m,
        }

    message = said("twolayer.backward_propagation", backward)
    assert "divided by m twice" in message
    assert "once in dZ2" not in message


def test_a_factor_is_seen_beside_entries_that_are_0():
    def relu_and_more(z):
        return 4 * np.maximum(z, 0)

    message = said("relu.relu", relu_and_more)
    assert "Every number is 4 times what it should be" in message


def test_combined_names_do_not_say_that_the_numbers_are_right():
    def flat_log10(A2, Y):
        safe = np.clip(A2, 1e-15, 1 - 1e-15)
        return np.array([compute_cost(safe, Y) / np.log(10)])

    message = said("twolayer.compute_cost", flat_log10)
    assert not ("numbers are right" in message and "0.434" in message)


# --- a crash on one case hides all else ----------------------------------------------------------


def backward_with(dA1, of_a1=lambda A1: 1 - A1**2):
    def backward(parameters, cache, X, Y):
        m, A1, dZ2 = X.shape[1], cache["A1"], cache["A2"] - Y
        dZ1 = dA1(parameters["W2"], dZ2) * of_a1(A1)
        return {
            "dW1": dZ1 @ X.T / m,
            "db1": dZ1.sum(axis=1, keepdims=True) / m,
            "dW2": dZ2 @ A1.T / m,
            "db2": dZ2.sum(axis=1, keepdims=True) / m,
        }

    return backward


@pytest.mark.parametrize(
    "product", [lambda W2, dZ2: W2.T * dZ2, lambda W2, dZ2: dZ2 * W2.T], ids=["W2 first", "W2 last"]
)
def test_a_product_entry_by_entry_is_named_in_either_order(product):
    told = name("twolayer.backward_propagation", backward_with(product))
    assert told == name("twolayer.backward_propagation", backward_with(lambda W, d: W.T * d))
    assert told is not None


def minus_equals(theta, step):
    theta -= step


def plus_equals_minus(theta, step):
    theta += -step


@pytest.mark.parametrize("change", [minus_equals, plus_equals_minus])
def test_a_step_in_place_is_named_however_it_is_written(change):
    def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
        velocity = beta * velocity + grad
        change(theta, learning_rate * velocity)
        return theta, velocity

    assert name("training.momentum_step", momentum_step) == "theta overwritten"


@pytest.mark.parametrize("change", [minus_equals, plus_equals_minus])
def test_an_argument_that_is_scaled_in_place_is_named_however_it_is_written(change):
    def standardize(X_train, X_test):
        mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
        change(X_train, mean)
        change(X_test, mean)
        spread[spread == 0] = 1
        return X_train / spread, X_test / spread

    assert name("digits.standardize", standardize) == "-= on an argument"


def test_a_cost_for_one_output_only_is_told_so():
    def cost(A2, Y):
        A2, m = np.clip(A2, 1e-15, 1 - 1e-15), Y.shape[1]
        return float(-(np.dot(Y, np.log(A2.T)) + np.dot(1 - Y, np.log(1 - A2.T))).item() / m)

    message = said("twolayer.compute_cost", cost)
    assert "It is right with one output only" in message
    assert name("twolayer.compute_cost", cost) == "right with one output only"


def test_an_assertion_of_one_output_is_told_so():
    def forward(X, parameters):
        A2, cache = forward_propagation(X, parameters)
        assert A2.shape == (1, X.shape[1])
        return A2, cache

    message = said("twolayer.forward_propagation", forward)
    assert "AssertionError" in message
    assert "It is right with one output only" in message
    assert name("twolayer.forward_propagation", forward) == "right with one output only"


def test_a_shape_for_one_sample_only_is_told_so():
    def backward(dA, Z, W, X):
        dZ = np.where(Z > 0, dA, 0)
        return dZ @ X.reshape(1, -1), dZ, W.T @ dZ

    message = said("relu.layer_backward", backward)
    assert "It is right with one sample only" in message
    assert name("relu.layer_backward", backward) == "right with one sample only"


def test_a_loop_over_the_first_axis_is_told_where_it_is_right():
    def numeric(f, theta, h=1e-5):
        grad = np.zeros(theta.shape)
        for i in range(len(theta)):
            step = np.zeros(theta.shape)
            step[i] = h
            grad[i] = (f(theta + step) - f(theta - step)) / (2 * h)
        return grad

    assert len(said("gradcheck.numeric_gradient", numeric)) > 0
    assert "stopped with an error" in said("gradcheck.numeric_gradient", numeric)


def test_whole_numbers_that_are_cut_on_the_way_are_named():
    def update(theta, grad, velocity, learning_rate, beta=0.9):
        velocity = beta * velocity + grad
        moved = np.zeros_like(theta)
        for place in np.ndindex(theta.shape):
            moved[place] = theta[place] - learning_rate * velocity[place]
        return moved, velocity

    assert name("training.momentum_step", update) == "whole numbers truncated"


def test_whole_numbers_that_refuse_an_update_in_place_are_named():
    def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
        velocity, theta = beta * velocity + grad, theta.copy()
        theta -= learning_rate * velocity
        return theta, velocity

    told = verdict("training.momentum_step", momentum_step)
    assert told.mistake == "whole numbers truncated"
    assert "+= or -= is refused" in " ".join(told.message.split())


def test_an_answer_that_is_right_with_floats_only_is_asked_with_floats_again():
    exercise = find("linreg.predict")
    asked = []

    def ask(exercise, answer, cases):
        asked.append(cases)
        return ask_here(exercise, answer, cases)

    def predict(X, W, b):
        out = np.zeros((len(X), W.shape[1]), dtype=np.result_type(X, W, b))
        out += (X @ W + b) / 2
        return 2 * out

    told = judge(exercise, predict, ask=ask)
    assert told.mistake == "whole numbers truncated"
    assert len(asked) == 2 and len(asked[1]) < len(asked[0])
    assert not any("whole numbers truncated" in m.name for m in exercise.mistakes)


def test_half_the_cost_with_m_from_the_wrong_axis_is_two_mistakes_at_once():
    def cost(A2, Y):
        return compute_cost(A2, Y) * Y.shape[1] / len(Y) / 2

    told = name("twolayer.compute_cost", cost)
    assert told is not None and ", and " in told


def test_a_mean_over_the_outputs_too_with_log10_is_two_mistakes_at_once():
    told = name("twolayer.compute_cost", lambda A2, Y: compute_cost(A2, Y) / len(Y) / np.log(10))
    assert told is not None and ", and " in told


def test_a_sign_is_one_mistake_and_not_two():
    def upside_down(w1, w2, x, y, a1, a2):
        dw1, dw2 = xor_backward(w1, w2, x, y, a1, a2)
        return -dw1, -dw2

    assert ", and " not in (name("xor.backward", upside_down) or "")
