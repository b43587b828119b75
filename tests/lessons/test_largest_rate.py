"""An extra, the largest learning rate: what counts as right, and whether the limit is true."""

import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib.lessons import find
from lessonlib.lessons.largest_rate import max_learning_rate

LESSON = "x2-largest-rate"


def rate_by_singular_value(X):
    return len(X) / np.linalg.norm(np.column_stack([X, np.ones(len(X))]), 2) ** 2


def rate_by_general_eigenvalues(X):
    X1 = np.insert(X.astype(float), 0, 1, axis=1)
    return 2 / max(abs(np.linalg.eigvals(2 * X1.T @ X1 / len(X))))


class TestLargestRate(LessonContract):
    lesson_name = LESSON
    variants = {"linreg.max_learning_rate": [rate_by_singular_value, rate_by_general_eigenvalues]}


def test_a_limit_that_is_a_little_off_is_rejected():
    for seed in range(3):
        answer = lambda X: max_learning_rate(X) * 0.999  # noqa: E731
        assert not verdict_on(find("linreg.max_learning_rate"), answer, seed).passed


def loss_after(X, Y, learning_rate, steps):
    """How far above the lowest MSE descent from zeros is after so many steps."""
    table = np.column_stack([X, np.ones(len(X))])
    theta = np.zeros((table.shape[1], Y.shape[1]))
    best = table @ np.linalg.lstsq(table, Y)[0]
    for _ in range(steps):
        theta = theta - learning_rate * 2 / Y.size * table.T @ (table @ theta - Y)
    return np.mean((table @ theta - Y) ** 2) - np.mean((best - Y) ** 2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_out", [1, 2, 3])
def test_descent_converges_just_below_the_limit_and_diverges_just_above(seed, n_out):
    """The limit is for one output; the mean over m n_out entries raises it n_out times."""
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(1, 3, size=(9, 2)), rng.normal(size=(9, n_out))
    limit = n_out * max_learning_rate(X)
    below, above = 0.99 * limit, 1.01 * limit
    assert loss_after(X, Y, below, 900) < 1e-3 * loss_after(X, Y, below, 300)
    assert loss_after(X, Y, above, 900) > 1e3 * loss_after(X, Y, above, 300)


def test_the_limit_is_2_over_the_largest_curvature_of_the_measured_hessian():
    X, Y = np.random.default_rng(5).normal(2, 1, size=(8, 2)), np.zeros((8, 1))
    gradients = find("linreg.gradients").reference

    def slope(theta):
        dW, db = gradients(X, Y, theta[:2].reshape(2, 1), theta[2:])
        return np.append(dW, db)

    hessian = np.array([slope(e) - slope(np.zeros(3)) for e in np.eye(3)])
    assert max_learning_rate(X) == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1], rel=1e-12)


def test_the_worked_hessian_its_directions_and_the_ratios_are_right():
    names = namespace("solutions", LESSON)
    assert max_learning_rate(names["x_small"]) == pytest.approx(1 / 3)
    assert np.allclose(names["curvatures"](names["x_small"]), [1, 6])
    assert np.allclose(names["H_small"] @ [1, -2], [1, -2])
    assert names["cut"](2, 1)([1.0])[0] == pytest.approx(6 / 2)
    assert names["cut"](1, -2)([1.0])[0] == pytest.approx(1 / 2)
    for X, ratio in ((names["x_train"], 1369), (names["x_scaled"], 19)):
        flat, steep = names["curvatures"](X)
        assert round(steep / flat) == ratio
    assert max_learning_rate(np.array([[2], [2]])) == pytest.approx(0.2)  # the third hint
