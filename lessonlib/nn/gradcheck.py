"""Numeric gradients to hold a derived one against."""

import numpy as np


def numeric_gradient(f, theta, h=1e-5):
    """Central differences: grad[i] = (f(theta + h e_i) - f(theta - h e_i)) / (2 h).

    f takes an array like theta and returns a number; theta may have any shape and is not
    changed; the gradient has its shape, float. The error is O(h^2) from the formula plus about
    1e-16 / h from rounding, so h near 1e-5 is best (Nocedal and Wright 2006, section 8.1).
    """
    theta = np.array(theta, dtype=float)
    grad = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[i] = h
        grad[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return grad


def complex_step(f, theta, h=1e-20):
    """grad[i] = Im f(theta + i h e_i) / h: no difference is taken, so no digits cancel.

    f must be made of analytic operations that accept complex numbers (no abs, no float()); theta
    is not changed; the gradient has its shape, float, and is exact to rounding.
    Squire and Trapp (1998), "Using complex variables to estimate derivatives of real functions".
    """
    theta = np.array(theta, dtype=float)
    grad = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[i] = h
        grad[i] = np.imag(f(theta + 1j * step)) / h
    return grad


def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||) as a float: 0 for equal arrays (two zeros too), at most 1.

    The norms are over all entries, so that one entry near zero cannot raise a false alarm. nan
    where an entry is nan or infinite. ValueError if the shapes differ.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"cannot compare shape {a.shape} with shape {b.shape}")
    largest = max(np.max(np.abs(a), initial=0.0), np.max(np.abs(b), initial=0.0))
    if largest == 0:
        return 0.0
    _, exponent = np.frexp(largest)
    with np.errstate(under="ignore", invalid="ignore"):
        # Scaled by a power of two, exactly, so that no square in a norm under- or overflows.
        a, b = np.ldexp(a, -exponent), np.ldexp(b, -exponent)
        return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))
