"""Lesson 05: its exercises, the seed's table, and what the references give."""

import warnings

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons import xor as lesson
from lessonlib.lessons.xor import XOR_X, XOR_Y, forward

# --- other right answers -----------------------------------------------------------------------


def sigmoid_of_the_seed(z):
    z = 1 / (1 + np.exp(-z))
    return z


def sigmoid_by_loop(z):
    flat = [1 / (1 + np.exp(-min(max(float(entry), -700), 700))) for entry in np.ravel(z)]
    return np.array(flat).reshape(np.shape(z))


def forward_of_the_seed(W1, W2, X):
    Z1 = np.dot(W1, X)
    A1 = sigmoid_of_the_seed(Z1)
    Z2 = np.dot(W2, A1)
    return Z1, A1, Z2, sigmoid_of_the_seed(Z2)


def forward_sample_by_sample(W1, W2, X):
    columns = [forward(W1, W2, X[:, [k]]) for k in range(X.shape[1])]
    return [np.hstack(arrays) for arrays in zip(*columns, strict=True)]


def bce_with_clip(P, Y):
    P = np.clip(P, 1e-12, 1 - 1e-12)
    return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))


def bce_by_loop(P, Y):
    costs = [-np.log(max(a if t else 1 - a, 1e-300)) for a, t in zip(P[0], Y[0], strict=True)]
    return sum(costs) / len(costs)


def bce_with_a_little_added(P, Y):
    m = Y.shape[1]
    return -(1 / m) * np.sum(Y * np.log(P + 1e-9) + (1 - Y) * np.log(1 - P + 1e-9))


class TestXor(LessonContract):
    lesson_name = "05-xor"
    variants = {
        "xor.recall_1": [{"dz": np.array([[0.0, 0.0, 5.0]])}, {"dz": (0, 0, 5)}],
        "xor.recall_2": [{"verdict": "B"}, {"verdict": "(b)"}],
        "xor.relu_weights": [
            {"W1": [[1, -1], [-1, 1]], "b1": [[0], [0]], "W2": [[1, 1]], "b2": [[0]]},
            {"W1": [[1, 1], [-1, -1]], "b1": [[-1], [1]], "W2": [[-1, -1]], "b2": [[1]]},
            {
                "W1": np.array([[1.0, 1.0], [3.0, 3.0]]),
                "b1": np.array([[0.0], [-3.0]]),
                "W2": np.array([[1.0, -2 / 3]]),
                "b2": np.array([[0.0]]),
            },
        ],
        "xor.sigmoid": [
            sigmoid_of_the_seed,
            sigmoid_by_loop,
            lambda z: (1 + np.tanh(np.multiply(z, 0.5))) / 2,
            lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        ],
        "xor.sigmoid_derivative": [
            lambda a: a - a**2,
            lambda a: 0.25 - (a - 0.5) ** 2,
            lambda a: (np.asarray(a) * (1 - np.asarray(a))).tolist(),
        ],
        "xor.forward": [forward_of_the_seed, forward_sample_by_sample],
        "xor.bce": [bce_with_clip, bce_by_loop, bce_with_a_little_added],
    }


# --- the facts ---------------------------------------------------------------------------------


def test_the_seeds_shapes_and_table():
    assert XOR_X.tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]] and XOR_Y.tolist() == [[0, 1, 1, 0]]
    assert (XOR_X.shape, XOR_Y.shape) == ((2, 4), (1, 4))


def test_no_line_on_a_grid_gets_all_four_right():
    w, v, b = np.meshgrid(*[np.linspace(-3, 3, 25)] * 3)
    heights = [w * x1 + v * x2 + b > 0 for x1, x2 in XOR_X.T]
    assert max(sum(h == t for h, t in zip(heights, XOR_Y[0], strict=True)).flat) == 3


def test_without_biases_the_first_sample_always_sees_the_mean_of_w2():
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(size=(2, 2)), rng.normal(size=(1, 2))
    assert forward(W1, W2, XOR_X)[2][0, 0] == pytest.approx(W2.mean())


# --- the references ----------------------------------------------------------------------------


def test_the_slope_of_the_sigmoid_is_its_derivative():
    z = np.linspace(-6, 6, 41)
    slopes = lesson.sigmoid_derivative(lesson.sigmoid(z))
    oracle = [grad(lambda t: 1 / (1 + anp.exp(-t)))(t) for t in z]
    np.testing.assert_allclose(slopes, oracle, rtol=1e-12)


def test_the_reference_sigmoid_is_silent_and_exact_far_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = lesson.sigmoid(np.array([-1000, -40, 0, 40, 1000]))
    np.testing.assert_allclose(a, [0, np.exp(-40), 0.5, 1, 1], rtol=1e-15)


# --- what must not pass ------------------------------------------------------------------------


def test_the_seeds_sigmoid_passes_with_a_word_about_its_warning():
    verdict = judge("xor.sigmoid", sigmoid_of_the_seed)
    assert verdict.passed
    assert "overflow" in verdict.message and "costs nothing" in verdict.message


def test_two_slips_in_the_loss_get_two_diagnoses():
    def answer(P, Y):
        return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P))

    outputs = judge("xor.bce", answer).outputs
    assert [out.mistake for out in outputs] == ["m times too large", "no guard for log(0)"]


def test_weights_of_the_wrong_shape_are_told_the_shape():
    flat = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [[0]]}
    verdict = verdict_on(find("xor.relu_weights"), flat)
    assert not verdict.passed
    message = " ".join(verdict.message.split())
    assert "b1 is of shape (2,); it should have shape (2, 1)" in message


def test_questions_never_show_the_right_answer():
    for verdict in (
        judge("xor.recall_1", dz=[1, 2, 3]),
        judge("xor.recall_2", verdict="a"),
    ):
        assert not verdict.passed and "expected" not in verdict.message
