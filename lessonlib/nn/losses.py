"""Losses: one float for a batch; predictions P and targets Y both (m, n), samples in rows."""

import numpy as np

# log(0) is -inf, and 0 * -inf is nan. A probability below the smallest normal float, 2.2e-308,
# counts as that: every other logarithm stays exact, and a certain mistake costs 708, not infinity.
TINY = np.finfo(float).tiny


def cross_entropy(P, Y):
    """-(1/m) sum_i sum_k Y[i, k] log P[i, k]: one of n classes, the mean over the m rows.

    P (m, n) probabilities, Y (m, n) one-hot (or any distribution). Finite where P is 0.
    With P = softmax(Z) its gradient in Z is (P - Y) / m. ValueError if the shapes differ.
    """
    P, Y = _pair(P, Y)
    return float(-np.sum(Y * _log(P)) / len(P))


def binary_cross_entropy(P, Y):
    """-(1/m) sum_i sum_k (Y log P + (1 - Y) log(1 - P)): each output a yes or no of its own.

    P (m, n) probabilities, Y (m, n) of 0 and 1: summed over the n outputs, the mean over the
    m rows, so that with P = sigmoid(Z) the gradient in Z is (P - Y) / m. Finite where P is 0
    or 1. ValueError if the shapes differ.
    """
    P, Y = _pair(P, Y)
    return float(-np.sum(Y * _log(P) + (1 - Y) * _log(1 - P)) / len(P))


def mse(P, Y):
    """Mean squared error over all m n entries. ValueError if the shapes of P and Y differ."""
    P, Y = _pair(P, Y)
    return float(np.mean((P - Y) ** 2))


def mae(P, Y):
    """Mean absolute error over all m n entries. ValueError if the shapes of P and Y differ."""
    P, Y = _pair(P, Y)
    return float(np.mean(np.abs(P - Y)))


def _log(P):
    return np.log(np.maximum(P, TINY))


def _pair(P, Y):
    """P and Y as float arrays of one shape: (m, 1) against (m,) would broadcast to (m, m)."""
    P, Y = np.asarray(P, dtype=float), np.asarray(Y, dtype=float)
    if P.shape != Y.shape:
        raise ValueError(f"P has shape {P.shape} and Y has shape {Y.shape}: they must be equal")
    if P.ndim != 2 or P.size == 0:
        raise ValueError(f"P and Y must be (m, n) with m, n >= 1, not {P.shape}")
    return P, Y
