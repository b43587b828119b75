"""Extra x1: a slope without a subtraction, and where a step crosses a corner."""

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.exercises import Case, exercise, gives
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.gradient_checking import points, readable_case

# --- a step without a subtraction --------------------------------------------------------------


def _complex_cases(rng: np.random.Generator) -> list[Case]:
    return [readable_case(), *points(rng), readable_case(0.1)]


@gives("complex_step(f, theta)")
def _real(raw, case: Case) -> dict:
    """Return the slopes; where a part is imaginary only that: no two answers need the same."""
    numbers = as_numbers(raw)
    if numbers is not None and np.iscomplexobj(numbers) and np.any(numbers.imag):
        raw = "complex numbers"
    return {"complex_step(f, theta)": raw}


@exercise("gradcheck.complex_step", points=2, cases=_complex_cases, unpack=_real)
def complex_step(f, theta, h=1e-20):
    """Im f(theta + i h e_k) / h for each k: no digits cancel. f, theta -> array like theta."""
    theta = np.array(theta, dtype=float)
    grad = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[i] = h
        value = f(theta + 1j * step)
        grad[i] = np.imag(value) / h
    return grad


# --- kinks -------------------------------------------------------------------------------------


def _kink_cases(rng: np.random.Generator) -> list[Case]:
    row, whole = np.array([-0.25, 0.5, 0.0, 2.0, -2.0]), np.array([-3, 0, 2, 5])
    still = np.array([-3, 1, 2, 5]), np.full(4, 0.25)
    return [
        Case((row, 0.75), "z = [-0.25, 0.5, 0, 2, -2], step = 0.75"),
        _kink_case(rng, 2, 4),
        _kink_case(rng, 5, 3),
        Case((whole, np.array([4, 1, -3, 1])), "z = [-3, 0, 2, 5], step = [4, 1, -3, 1]"),
        Case((np.array([[0.5]]), np.array([[0.625]])), "one unit, one sample", tags=("one unit",)),
        Case(still, "z = [-3, 1, 2, 5], step = 0.25 everywhere"),
    ]


def _kink_case(rng: np.random.Generator, n: int, m: int) -> Case:
    """Entries that cross, with either sign of z and of step, and some that do not; none touches."""
    z = np.abs(quarters(rng, n, m)) + 0.5
    z.flat[:5] = [0.25, -0.5, 0.0, 0.25, -0.25]
    z.flat[5] *= -1
    step = np.full((n, m), 0.125)
    step.flat[:5] = [0.375, 0.625, 0.125, -0.375, -0.625]
    order = rng.permutation(n * m)
    z, step = (v.ravel()[order].reshape(n, m) for v in (z, step))
    return Case((z, step), f"z and step of shape ({n}, {m})", {"n": n, "m": m})


@exercise("gradcheck.crosses_kink", points=2, cases=_kink_cases)
def crosses_kink(z, step):
    """Where the sign of z changes between z - step and z + step.

    step is a number or an array like z -> bool array.
    """
    below = np.sign(z - step)
    above = np.sign(z + step)
    return below != above
