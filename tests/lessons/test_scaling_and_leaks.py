"""Lesson 10: what counts as right and wrong, and what seed 003 printed of its scaling."""

import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge, nn
from lessonlib.data import line
from lessonlib.lessons import find
from lessonlib.lessons import scaling_and_leaks as two
from lessonlib.lessons.linear_regression import fit, gradients

# --- other right answers -----------------------------------------------------------------------


def normal_equations(X, Y):
    X_ones = np.column_stack([np.ones(len(X)), X])
    S = np.linalg.solve(X_ones.T @ X_ones, X_ones.T @ Y)
    return S[1:], S[0]


def centred(X, Y):
    W = np.linalg.pinv(X - X.mean(axis=0)) @ (Y - Y.mean(axis=0))
    return W, Y.mean(axis=0) - X.mean(axis=0) @ W


def scale_by_loops(X, lo, hi):
    scaled = np.zeros(X.shape)
    for k in range(X.shape[1]):
        if hi[k] != lo[k]:
            scaled[:, k] = (X[:, k] - lo[k]) / (hi[k] - lo[k])
    return scaled


def scale_with_nan_to_num(X, lo, hi):
    """Warns where a column is constant, which costs nothing."""
    return np.nan_to_num((X - lo) / (hi - lo))


class TestScalingAndLeaks(LessonContract):
    lesson_name = "10-scaling-and-leaks"
    variants = {
        "linreg.recall_2": [{"hidden_units": "B"}, {"hidden_units": " (b) "}],
        "linreg.min_max_fit": [
            lambda X: [np.amin(X, 0), np.amax(X, 0)],
            lambda X: (np.sort(X, axis=0)[0], np.sort(X, axis=0)[-1]),
            lambda X: ([min(c) for c in X.T], [max(c) for c in X.T]),
        ],
        "linreg.min_max_transform": [scale_by_loops, scale_with_nan_to_num],
        "linreg.mae": [
            lambda P, Y: np.abs(Y - P).sum() / Y.size,
            lambda P, Y: np.mean(np.where(P > Y, P - Y, Y - P)),
        ],
        "linreg.mae_gradient": [
            lambda P, Y: ((P > Y).astype(float) - (P < Y)) / Y.size,
            lambda P, Y: np.where(P == Y, 0, np.where(P > Y, 1, -1)) / P.size,
        ],
        "linreg.leak": [
            {"leaky_mae": 0, "honest_mae": 0.1056},
            {"leaky_mae": np.float64(1e-17), "honest_mae": np.array([24.5 / 232])},
        ],
        "linreg.closed_form": [normal_equations, centred],
    }


# --- seed 003: the data and their scaling ------------------------------------------------------


def seed_parts():
    X, Y = line()
    return X[16:], X[:16], Y[16:], Y[:16]


def scaled(values, ruler):
    return two.min_max_transform(values, *two.min_max_fit(ruler))


def test_the_scaled_training_part_has_the_printed_digits():
    x, _, y, _ = seed_parts()
    printed = [0.0, 0.01724138, 0.03448276, 0.05172414, 0.06896552, 0.0862069, 0.10344828]
    assert np.round(scaled(x, x)[:7, 0], 8).tolist() == printed
    last = [0.94827586, 0.96551724, 0.98275862, 1.0]
    assert np.round(scaled(x, x)[-4:, 0], 8).tolist() == last
    assert np.allclose(scaled(x, x), scaled(y, y), atol=1e-15)


def test_the_seeds_scaler_makes_y_equal_x_in_both_parts_whatever_the_truth_is():
    x_train, x_test, y_train, y_test = seed_parts()
    for x, y in ((x_train, y_train), (x_test, y_test), (x_test, 0.5 * x_test - 100)):
        assert np.allclose(scaled(x, x), scaled(y, y), atol=1e-14)


def test_an_honest_scaling_of_the_test_part_lies_outside_0_to_1():
    x_train, x_test, _, _ = seed_parts()
    assert scaled(x_test, x_train).max() < 0


def test_the_printed_first_bias_of_keras_is_the_mean_of_32_signs():
    signs = np.repeat([1.0, -1.0], [17, 15]).reshape(-1, 1)
    step = -0.01 * two.mae_gradient(signs, np.zeros((32, 1))).sum()
    assert step == pytest.approx(-0.000625, rel=1e-12)


# --- the notebook ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook():
    return namespace("solutions", "10-scaling-and-leaks")


def test_the_planted_scaler_is_the_seeds(notebook):
    x_train, x_test, _, _ = seed_parts()
    train, test = notebook["planted_scaler"](x_train, x_test)
    assert train.min() == test.min() == 0 and train.max() == test.max() == 1


def test_the_model_that_was_fitted_to_scaled_data_is_the_seeds_line(notebook):
    assert notebook["w_back"] == pytest.approx(2, abs=2e-3)
    assert notebook["b_back"] == pytest.approx(3, abs=1e-2)


def test_the_nudges_in_the_text_are_right():
    x = seed_parts()[0]
    assert np.mean(x**2) == pytest.approx(1260)
    assert np.mean(scaled(x, x) ** 2) == pytest.approx(0.336, abs=5e-4)


# --- the mathematics ---------------------------------------------------------------------------


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    return rng.normal(size=(7, 3)), rng.normal(size=(7, 2))


def test_the_absolute_errors_gradient_is_the_one_that_is_measured(batch):
    P, Y = batch[0][:, :2], batch[1]
    measured = nn.numeric_gradient(lambda P: two.mae(P, Y), P)
    assert nn.relative_error(two.mae_gradient(P, Y), measured) < 1e-8
    assert two.mae(P, Y) == pytest.approx(nn.mae(P, Y), rel=1e-14)


def test_the_closed_form_is_where_the_gradient_is_zero_and_descent_ends_there(batch):
    X, Y = batch
    W, b = two.closed_form(X, Y)
    assert max(np.abs(g).max() for g in gradients(X, Y, W, b)) < 1e-14
    V, c, _ = fit(X, Y, 0.2, 4000)
    assert np.allclose(V, W, atol=1e-10) and np.allclose(c, b, atol=1e-10)


def test_the_closed_form_finds_the_seeds_line():
    W, b = two.closed_form(*line())
    assert W.item() == pytest.approx(2, rel=1e-12) and b.item() == pytest.approx(3, rel=1e-12)


# --- what is rejected, and in which words ------------------------------------------------------


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.mae_gradient", lambda P, Y: two.mae_gradient(P, Y).mean(axis=0)),
        ("linreg.closed_form", lambda X, Y: fit(X, Y, 0.05, 200)[:2]),
    ],
)
def test_a_wrong_answer_without_a_name_is_rejected_too(exercise_id, answer):
    for seed in range(3):
        assert not verdict_on(find(exercise_id), answer, seed).passed


def scale_in_place(X, lo, hi):
    X -= lo
    return np.where(hi > lo, X / np.where(hi > lo, hi - lo, 1), 0)


def test_arguments_must_be_left_as_they_are():
    verdict = verdict_on(find("linreg.min_max_transform"), scale_in_place)
    assert not verdict.passed and verdict.mistake


def test_values_that_cannot_be_read_are_told_so():
    assert "one letter in quotes" in judge("linreg.recall_2", hidden_units="e").message
    assert "one number" in judge("linreg.leak", leaky_mae="zero", honest_mae=0.1).message


def test_the_leak_never_shows_the_right_value():
    assert "0.1056" not in judge("linreg.leak", leaky_mae=0, honest_mae=7.0).message
