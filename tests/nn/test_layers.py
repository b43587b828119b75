"""The dense layer against HIPS autograd, with m, n_in and n_out all different."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from lessonlib import nn


@pytest.fixture
def layer():
    rng = np.random.default_rng(5)
    return [rng.normal(size=shape) for shape in ((5, 3), (3, 4), (4,), (5, 4))]


def test_forward_adds_the_bias_to_every_sample(layer):
    X, W, b, _ = layer
    Z = nn.dense_forward(X, W, b)
    expected = [
        [sum(X[i, k] * W[k, j] for k in range(3)) + b[j] for j in range(4)] for i in range(5)
    ]
    np.testing.assert_allclose(Z, expected, rtol=1e-14)


def test_backward_agrees_with_autograd(layer):
    X, W, b, dZ = layer

    def L(W, b, X):  # a loss whose gradient in Z is dZ
        return anp.sum((anp.dot(X, W) + b) * dZ)

    for ours, argument in zip(nn.dense_backward(dZ, X, W), range(3), strict=True):
        np.testing.assert_allclose(ours, grad(L, argument)(W, b, X), rtol=1e-12)


def test_backward_has_the_shapes_of_what_it_differentiates(layer):
    X, W, b, dZ = layer
    dW, db, dX = nn.dense_backward(dZ, X, W)
    assert (dW.shape, db.shape, dX.shape) == (W.shape, b.shape, X.shape)


def test_nothing_is_changed(layer):
    X, W, b, dZ = layer
    before = [a.copy() for a in layer]
    nn.dense_forward(X, W, b)
    nn.dense_backward(dZ, X, W)
    for a, was in zip(layer, before, strict=True):
        np.testing.assert_array_equal(a, was)


def test_lists_of_whole_numbers_do():
    np.testing.assert_array_equal(nn.dense_forward([[1, 2]], [[1, 0], [0, 1]], [3, 4]), [[4, 6]])


def test_a_bias_column_is_refused_even_where_it_would_broadcast():
    with pytest.raises(ValueError, match=r"\(4,\).*\(4, 1\)"):
        nn.dense_forward(np.ones((4, 3)), np.ones((3, 4)), np.ones((4, 1)))


def test_seed_001_in_rows_gives_the_columns_of_the_seed():
    from lessonlib.data import seed_001

    s = seed_001()
    Z = nn.dense_forward(s["x"].T, s["W1"].T, s["b1"].ravel())
    np.testing.assert_array_equal(Z, [[-1, 3, 5, 3]])
