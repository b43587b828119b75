"""Extra x1: the complex step, and where a step crosses a kink."""

import numpy as np
from contract import LessonContract

from lessonlib import judge, nn
from lessonlib.lessons.complex_step_and_kinks import crosses_kink
from lessonlib.lessons.suspect_gradients import candidates, forward, four_points


def complex_in_place(f, theta, h=1e-20):
    t, slopes = theta.astype(complex), np.zeros(theta.shape)
    for i in range(theta.size):
        t.flat[i] += 1j * h
        slopes.flat[i] = f(t).imag / h
        t.flat[i] = theta.flat[i]
    return slopes


def complex_with_a_difference(f, theta, h=1e-20):
    basis = np.eye(theta.size).reshape(theta.size, *theta.shape)
    slopes = [(f(theta + 1j * h * e) - f(theta)).imag / h for e in basis]
    return np.reshape(slopes, theta.shape)


def by_product(z, step):
    return ((z - step) * (z + step) < 0).astype(int)


def by_both_sides(z, step):
    low, high = np.minimum(z - step, z + step), np.maximum(z - step, z + step)
    return (low < 0) & (high > 0)


class TestComplexStepAndKinks(LessonContract):
    lesson_name = "x1-complex-step-and-kinks"
    variants = {
        "gradcheck.complex_step": [
            complex_in_place,
            complex_with_a_difference,
            lambda f, theta, h=1e-20: nn.complex_step(f, theta, h).tolist(),
        ],
        "gradcheck.crosses_kink": [
            by_product,
            by_both_sides,
            lambda z, step: np.abs(z) < np.abs(step),
            lambda z, step: np.abs(z) <= np.abs(step),
        ],
    }


def test_every_unit_on_the_four_points_is_on_its_kink_once_and_then_never():
    for b1, count in ((0.0, 3), (0.1, 0)):
        X, _, parameters = four_points(b1)
        assert np.sum(crosses_kink(forward(X, parameters)[0], 1e-5)) == count


def test_a_central_difference_is_no_complex_step():
    def central(f, theta, h=1e-20):
        return nn.numeric_gradient(f, theta, max(h, 1e-5))

    verdict = judge("gradcheck.complex_step", central)
    assert not verdict.passed
    assert "h = 0.1" in verdict.message


def test_an_error_of_a_tenth_of_a_percent_fails():
    def slightly_off(f, theta, h=1e-5):
        return 1.001 * nn.numeric_gradient(f, theta, h)

    assert not judge("gradcheck.complex_step", slightly_off).passed


def test_of_the_seven_claims_corner_alone_stands_on_a_kink():
    _, theta, _ = candidates()["corner"]
    np.testing.assert_array_equal(crosses_kink(theta, 1e-5), theta == 0)
