"""Losses against their formulas in HIPS autograd, and where P is 0 or 1."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from lessonlib import nn

P = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.25, 0.5, 0.25]])
Y = np.array([[0.0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
LOSSES = [nn.cross_entropy, nn.binary_cross_entropy, nn.mse, nn.mae]
FORMULAS = [
    lambda P: -anp.mean(anp.sum(Y * anp.log(P), axis=1)),
    lambda P: -anp.mean(anp.sum(Y * anp.log(P) + (1 - Y) * anp.log(1 - P), axis=1)),
    lambda P: anp.mean((P - Y) ** 2),
    lambda P: anp.mean(anp.abs(P - Y)),
]


@pytest.mark.parametrize("loss, formula", [*zip(LOSSES, FORMULAS, strict=True)])
def test_losses_are_their_formulas_and_so_are_their_gradients(loss, formula):
    assert loss(P, Y) == pytest.approx(formula(P), rel=1e-14)
    numeric = nn.numeric_gradient(lambda P: loss(P, Y), P)
    assert nn.relative_error(numeric, grad(formula)(P)) < 1e-8


def test_known_values():
    assert nn.cross_entropy([[0.25, 0.75]], [[1, 0]]) == pytest.approx(np.log(4))
    assert nn.binary_cross_entropy([[0.5], [0.5]], [[1], [0]]) == pytest.approx(np.log(2))
    assert nn.mse([[1.0, 2.0]], [[0.0, 0.0]]) == 2.5
    assert nn.mae([[1.0, -2.0]], [[0.0, 0.0]]) == 1.5


@pytest.mark.parametrize(
    "loss, activation", [(nn.cross_entropy, nn.softmax), (nn.binary_cross_entropy, nn.sigmoid)]
)
def test_the_gradient_in_z_is_p_minus_y_over_m(loss, activation):
    Z = np.log(P) + 0.3 * Y
    numeric = nn.numeric_gradient(lambda Z: loss(activation(Z), Y), Z)
    assert nn.relative_error(numeric, (activation(Z) - Y) / len(Z)) < 1e-8


@pytest.mark.parametrize("loss", LOSSES)
def test_a_perfect_answer_costs_nothing_and_a_certain_mistake_is_finite(loss):
    with np.errstate(all="raise"):
        assert loss(Y, Y) == 0
        assert 0 < loss(1 - Y, Y) < 3000


@pytest.mark.parametrize("loss", LOSSES)
def test_whole_numbers_give_a_python_float_and_nothing_is_changed(loss):
    P, small = np.array([[0, 1], [1, 0]], dtype=np.uint8), np.array([[1, 0], [1, 0]], np.uint8)
    before = P.copy(), small.copy()
    result = loss(P, small)
    assert type(result) is float
    assert result == loss(P.astype(float), small.astype(float))
    np.testing.assert_array_equal((P, small), before)


@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_that_would_broadcast_are_refused(loss):
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(4,\)"):
        loss(P[:, :1], Y[:, 0])
    with pytest.raises(ValueError, match=r"\(m, n\)"):
        loss(P[0], Y[0])
