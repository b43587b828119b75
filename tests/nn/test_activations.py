"""Activations against HIPS autograd, and at the edges of float."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, jacobian
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lessonlib import nn

Z = np.array([[-3.0, -0.5, 0.25], [1.0, 2.5, 30.0]])
EXTREME = np.array([[-1000.0, 0.0, 1000.0], [-1000.0, -1000.0, -999.0], [1000.0, 1000.0, 1000.0]])
anything = arrays(float, array_shapes(max_dims=3), elements=st.floats(-1000, 1000))
rows = arrays(float, (4, 3), elements=st.floats(-300, 300))


def test_relu_and_its_derivative_at_small_numbers():
    z = np.array([-2.0, -0.0, 0.0, 3.0])
    np.testing.assert_array_equal(nn.relu(z), [0, 0, 0, 3])
    np.testing.assert_array_equal(nn.relu_derivative(z), [0, 0, 0, 1])


@pytest.mark.parametrize(
    "derivative, f, argument",
    [
        (nn.relu_derivative, lambda z: anp.maximum(z, 0.0), lambda z: z),
        (nn.sigmoid_derivative, lambda z: 1 / (1 + anp.exp(-z)), nn.sigmoid),
        (nn.tanh_derivative, anp.tanh, np.tanh),
    ],
)
def test_derivatives_agree_with_autograd(derivative, f, argument):
    np.testing.assert_allclose(derivative(argument(Z)), elementwise_grad(f)(Z), rtol=0, atol=1e-12)


def test_sigmoid_keeps_its_digits_on_both_sides():
    np.testing.assert_allclose(nn.sigmoid(np.array([-700.0, -40.0])), np.exp([-700.0, -40.0]))
    assert nn.sigmoid(0) == 0.5
    np.testing.assert_allclose(nn.sigmoid(Z) + nn.sigmoid(-Z), 1, rtol=1e-15)


def test_softmax_is_the_formula_and_its_jacobian_autograds():
    def formula(z):
        return anp.exp(z) / anp.sum(anp.exp(z))

    P = nn.softmax(Z)
    np.testing.assert_allclose(P, [formula(z) for z in Z], rtol=1e-14)
    p = P[0]
    np.testing.assert_allclose(np.diag(p) - np.outer(p, p), jacobian(formula)(Z[0]), atol=1e-15)


@given(rows)
def test_softmax_rows_sum_to_one_and_ignore_a_shift(Z):
    P = nn.softmax(Z)
    assert np.all(P >= 0)
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(nn.softmax(Z + 7.0), P, atol=1e-12)


@given(rows)
def test_softmax_treats_each_row_by_itself(Z):
    np.testing.assert_array_equal(nn.softmax(Z)[2:3], nn.softmax(Z[2:3]))


def test_softmax_of_a_row_far_below_the_others_is_not_nan():
    P = nn.softmax(EXTREME)
    np.testing.assert_allclose(P[1], nn.softmax(np.array([[0.0, 0.0, 1.0]]))[0])
    np.testing.assert_allclose(P[2], 1 / 3)


@pytest.mark.parametrize("f", [nn.relu, nn.relu_derivative, nn.sigmoid, nn.softmax, np.tanh])
def test_extremes_are_silent_and_finite(f):
    with np.errstate(all="raise"):
        assert np.all(np.isfinite(f(EXTREME)))


@pytest.mark.parametrize("f", [nn.sigmoid_derivative, nn.tanh_derivative])
def test_derivatives_at_saturation_are_silent(f):
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(f(np.array([1.0])), [0.0])
        assert np.isfinite(f(np.array([5e-324])))


@given(anything)
def test_shapes_stay_and_arguments_are_untouched(z):
    before = z.copy()
    for f in (nn.relu, nn.relu_derivative, nn.sigmoid, nn.softmax, nn.sigmoid_derivative):
        result = f(z)
        assert result.shape == z.shape and result.dtype == float
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool])
@pytest.mark.parametrize(
    "f",
    [
        nn.relu,
        nn.relu_derivative,
        nn.sigmoid,
        nn.sigmoid_derivative,
        nn.tanh_derivative,
        nn.softmax,
    ],
)
def test_whole_numbers_count_as_floats(f, dtype):
    z = np.array([[0, 1, 3], [2, 0, 0]]).astype(dtype)
    result = f(z)
    assert result.dtype == float
    np.testing.assert_array_equal(result, f(z.astype(float)))


def test_complex_step_passes_through_the_smooth_activations():
    z, h = 0.7, 1e-20
    s = nn.sigmoid(z)
    assert np.imag(nn.sigmoid(z + 1j * h)) / h == pytest.approx(nn.sigmoid_derivative(s), rel=1e-14)
