"""Lesson 09: what counts as right and wrong, and what seed 003 printed of its data."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge, nn
from lessonlib.data import line
from lessonlib.lessons import find
from lessonlib.lessons import linear_regression as one

# --- other right answers -----------------------------------------------------------------------


def predict_by_loops(X, W, b):
    P = [[float(bias) for bias in b] for _ in X]
    for i, k, j in np.ndindex(len(X), len(b), len(W)):
        P[i][k] += X[i, j] * W[j, k]
    return P


def gradients_by_loops(X, Y, W, b):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for x, y in zip(X, Y, strict=True):
        for k in range(len(b)):
            slope = 2 * (x @ W[:, k] + b[k] - y[k]) / Y.size
            dW[:, k] += slope * x
            db[k] += slope
    return [dW, db]


def fit_in_place(X, Y, learning_rate, epochs):
    """Its own arrays may be written into."""
    W, b, losses = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), np.zeros(epochs)
    for k in range(epochs):
        error = X @ W + b - Y
        losses[k] = (error**2).mean()
        W -= learning_rate * 2 * X.T @ error / error.size
        b -= learning_rate * 2 * error.mean(axis=0) / error.shape[1]
    return W, b, losses


def fit_with_one_table(X, Y, learning_rate, epochs):
    X_ones = np.column_stack([X, np.ones(len(X))])
    S, losses = np.zeros((X_ones.shape[1], Y.shape[1])), []
    for _ in range(epochs):
        losses.append(float(np.square(X_ones @ S - Y).mean()))
        S = S - learning_rate * 2 / Y.size * X_ones.T @ (X_ones @ S - Y)
    return S[:-1], S[-1], tuple(losses)


class TestLinearRegression(LessonContract):
    lesson_name = "09-linear-regression"
    variants = {
        "linreg.recall_1": [{"dz": np.array([1.28])}, {"dz": 1.279999}, {"dz": 32 / 25}],
        "linreg.to_rows": [
            lambda W, b: [np.transpose(W), b[:, 0]],
            lambda W, b: (np.swapaxes(W, 0, 1).copy(), np.squeeze(b, axis=1)),
            lambda W, b: ([list(column) for column in zip(*W, strict=True)], [x for (x,) in b]),
        ],
        "linreg.predict": [
            lambda X, W, b: np.einsum("ij,jk->ik", X, W) + b.reshape(1, -1),
            lambda X, W, b: (W.T @ X.T + b[:, None]).T,
            predict_by_loops,
        ],
        "linreg.mse": [
            lambda P, Y: np.sum((Y - P) ** 2) / (len(Y) * Y.shape[1]),
            lambda P, Y: float(np.linalg.norm(P - Y) ** 2 / P.size),
            lambda P, Y: np.array(((P - Y) ** 2).mean(axis=0).mean()),
        ],
        "linreg.mse_gradient": [
            lambda P, Y: (P - Y) * 2 / (P.shape[0] * P.shape[1]),
            lambda P, Y: (-2 / Y.size * (Y - P)).tolist(),
        ],
        "linreg.gradients": [
            gradients_by_loops,
            lambda X, Y, W, b: (
                2 / Y.size * (X.T @ X @ W + np.outer(X.sum(0), b) - X.T @ Y),
                2 * np.mean(X @ W + b - Y, axis=0) / Y.shape[1],
            ),
        ],
        "linreg.fit": [fit_in_place, fit_with_one_table],
    }


# --- seed 003's data, and what the notebook says of them ---------------------------------------


def test_the_parts_have_the_printed_extent():
    X, Y = line()
    parts = X[16:], X[:16], Y[16:], Y[:16]
    assert [part.max() for part in parts] == [48, -70, 99, -137]
    assert [part.min() for part in parts] == [-68, -100, -133, -197]


@pytest.fixture(scope="module")
def notebook():
    return namespace("solutions", "09-linear-regression")


def test_the_worked_layers_are_the_same_layer(notebook):
    W, b = one.to_rows(notebook["W_columns"], notebook["b_columns"])
    assert np.array_equal(W, notebook["W_rows"]) and np.array_equal(b, notebook["b_rows"])
    assert np.array_equal(notebook["X_rows"], notebook["X_columns"].T)
    assert not np.array_equal(notebook["rewritten"], notebook["forgotten"])


def test_the_fitted_line_meets_its_test_part_as_the_text_says():
    X, Y = line()
    W, b, _ = one.fit(X[16:], Y[16:], 0.0004, 300)
    assert W.item() == pytest.approx(1.9808, abs=1e-4)
    assert b.item() == pytest.approx(0.5823, abs=1e-4)
    assert (3 - b.item()) / (W.item() - 2) == pytest.approx(-126, abs=0.5)  # both errors cancel
    losses = [one.mse(one.predict(X[part], W, b), Y[part]) for part in (slice(16, None), slice(16))]
    assert losses == pytest.approx([5.381, 0.648], abs=1e-3)


# --- the mathematics ---------------------------------------------------------------------------


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape) for shape in ((7, 3), (7, 2), (3, 2), (2,))]


def test_a_layer_for_rows_says_the_same_as_the_one_for_columns(batch):
    X, _, W, b = batch
    W_rows, b_rows = one.to_rows(W.T, b.reshape(-1, 1))
    assert np.allclose(X @ W_rows + b_rows, (W.T @ X.T + b.reshape(-1, 1)).T)


def test_the_losss_gradient_is_the_one_that_is_measured(batch):
    P, Y = batch[0][:, :2], batch[1]
    measured = nn.numeric_gradient(lambda P: one.mse(P, Y), P)
    assert nn.relative_error(one.mse_gradient(P, Y), measured) < 1e-8


def test_the_loss_is_that_of_the_library(batch):
    P, Y = batch[0][:, :2], batch[1]
    assert one.mse(P, Y) == pytest.approx(nn.mse(P, Y), rel=1e-14)


def test_gradients_are_those_of_automatic_differentiation(batch):
    X, Y, W, b = batch
    loss = autograd.grad(lambda W, b: anp.mean((anp.dot(X, W) + b - Y) ** 2), argnum=(0, 1))
    for mine, theirs in zip(one.gradients(X, Y, W, b), loss(W, b), strict=True):
        assert nn.relative_error(mine, theirs) < 1e-14


# --- what is rejected, and in which words ------------------------------------------------------


def gradients_in_columns(X, Y, W, b):
    dW, db = one.gradients(X, Y, W, b)
    return dW.T, db.reshape(-1, 1)


@pytest.mark.parametrize(
    "exercise_id, answer, word",
    [
        ("linreg.predict", lambda X, W, b: np.dot(W, X) + b, "columns"),
        ("linreg.predict", lambda X, W, b: (X @ W + b).T, "columns"),
        ("linreg.gradients", gradients_in_columns, "columns"),
        ("linreg.to_rows", lambda W, b: (W.copy(), b.copy()), "rows"),
    ],
)
def test_the_other_convention_is_recognised(exercise_id, answer, word):
    verdict = verdict_on(find(exercise_id), answer)
    assert not verdict.passed and verdict.mistake
    assert word in verdict.message


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.mse", lambda P, Y: one.mse(P, Y) * 1.001),
        ("linreg.mse_gradient", lambda P, Y: one.mse_gradient(P, Y) * 0.999),
        ("linreg.gradients", lambda X, Y, W, b: (one.gradients(X, Y, W, b)[0], 0 * b)),
        ("linreg.gradients", lambda X, Y, W, b: one.gradients(X, Y, W, b)[::-1]),
        ("linreg.fit", lambda X, Y, eta, epochs: one.fit(X, Y, eta * 1.001, epochs)),
    ],
)
def test_a_wrong_answer_without_a_name_is_rejected_too(exercise_id, answer):
    for seed in range(3):
        assert not verdict_on(find(exercise_id), answer, seed).passed


def test_a_recall_asks_for_one_number_and_never_shows_it():
    assert "one number" in judge("linreg.recall_1", dz=[1, 2]).message
    assert "1.28" not in judge("linreg.recall_1", dz=7.0).message
