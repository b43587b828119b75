"""Numeric gradients against HIPS autograd, and the errors they must and must not see."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lessonlib import nn

numbers = st.floats(-1e100, 1e100)
METHODS = [(nn.numeric_gradient, 1e-9), (nn.complex_step, 1e-14)]


def wave(theta):
    return anp.sum(anp.sin(theta) * anp.exp(theta / 3))


@pytest.mark.parametrize("method, tolerance", METHODS)
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 1, 3)])
def test_agrees_with_autograd_for_any_shape(method, tolerance, shape):
    theta = np.random.default_rng(1).normal(size=shape)
    gradient = method(wave, theta)
    assert gradient.shape == shape
    assert nn.relative_error(gradient, grad(wave)(theta)) < tolerance


@pytest.mark.parametrize("method, tolerance", METHODS)
def test_whole_numbers_are_not_rounded_and_not_changed(method, tolerance):
    theta = np.array([[1, 2], [3, 4]])
    gradient = method(lambda t: (t**2).sum(), theta)
    np.testing.assert_allclose(gradient, 2 * theta, rtol=1e-9)
    np.testing.assert_array_equal(theta, [[1, 2], [3, 4]])


@pytest.mark.parametrize("method, tolerance", METHODS)
def test_a_function_that_changes_its_argument_does_no_harm(method, tolerance):
    def rude(t):
        value = t[0] * t[1]
        t[:] = 0
        return value

    np.testing.assert_allclose(method(rude, np.array([2.0, 3.0])), [3, 2], rtol=1e-9)


def test_the_difference_is_central():
    assert nn.numeric_gradient(lambda t: t[0] ** 2, np.array([1.0]), h=0.5)[0] == 2.0
    assert nn.numeric_gradient(lambda t: abs(t[0]), np.array([0.0]))[0] == 0.0


def test_an_error_of_a_tenth_of_a_percent_is_seen():
    theta = np.array([0.3, 1.2])
    assert nn.relative_error(nn.numeric_gradient(wave, theta), 1.001 * grad(wave)(theta)) > 1e-4


def test_relative_error_of_known_pairs():
    assert nn.relative_error(np.zeros(3), np.zeros(3)) == 0
    assert nn.relative_error([3, 4], [3, 4]) == 0
    assert nn.relative_error([1.0, 0.0], [-1.0, 0.0]) == 1
    assert nn.relative_error([3.0, 4.0], [0.0, 0.0]) == 1
    assert nn.relative_error(3, 1) == 0.5
    assert type(nn.relative_error([1], [2])) is float


def test_relative_error_is_of_the_whole_array_not_of_its_smallest_entry():
    assert nn.relative_error([1.0, 0.0], [1.0, 1e-12]) < 1e-11


@given(st.data(), array_shapes(max_dims=3))
def test_relative_error_is_symmetric_bounded_and_silent(data, shape):
    a, b = (data.draw(arrays(float, shape, elements=numbers)) for _ in range(2))
    with np.errstate(all="raise"):
        error = nn.relative_error(a, b)
    assert 0 <= error <= 1 + 1e-12
    assert error == nn.relative_error(b, a)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_relative_error_does_not_depend_on_scale(size):
    a, b = np.array([1.0, 2.0]), np.array([2.0, 1.0])
    assert nn.relative_error(size * a, size * b) == pytest.approx(nn.relative_error(a, b))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_relative_error_of_what_is_not_a_number_passes_no_check(bad):
    assert not nn.relative_error([1.0, bad], [1.0, 2.0]) < 1e-6
    assert not nn.relative_error([1.0, 2.0], [1.0, bad]) < 1e-6


def test_relative_error_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"\(3,\).*\(3, 1\)"):
        nn.relative_error(np.ones(3), np.ones((3, 1)))
