"""Activation functions and their derivatives."""

import numpy as np


def relu(z):
    """relu(z) = max(z, 0), element by element; float array of z's shape.

    Nair and Hinton (2010), "Rectified linear units improve restricted Boltzmann machines".
    """
    return np.maximum(z, 0.0)


def relu_derivative(z):
    """1.0 where z > 0 and 0.0 elsewhere; float array of z's shape.

    relu has a kink at 0 and no derivative there; this course takes 0, as PyTorch and Keras do.
    """
    return (np.asarray(z) > 0).astype(float)


def sigmoid(z):
    """sigmoid(z) = 1 / (1 + exp(-z)), element by element; float array of z's shape.

    Exact to rounding on both sides: exp only ever sees a number <= 0, so nothing overflows.
    """
    z = np.multiply(z, 1.0)  # whole numbers become floats, complex ones stay complex
    positive = np.real(z) >= 0
    with np.errstate(under="ignore"):  # exp(-1000) is 0 to every digit a float has
        e = np.exp(np.where(positive, -z, z))
        return np.where(positive, 1.0, e) / (1.0 + e)


def sigmoid_derivative(a):
    """sigmoid'(z) = a (1 - a), from the activation a = sigmoid(z), not from z; a's shape."""
    a = np.multiply(a, 1.0)
    with np.errstate(under="ignore"):
        return a * (1.0 - a)


def tanh_derivative(a):
    """tanh'(z) = 1 - a^2, from the activation a = tanh(z), not from z; a's shape."""
    a = np.multiply(a, 1.0)
    return (1.0 - a) * (1.0 + a)  # keeps its digits where a is close to 1


def softmax(Z):
    """softmax(Z)[i, k] = exp(Z[i, k]) / sum_j exp(Z[i, j]): each row (sample) sums to 1.

    Z (m, n) -> P (m, n). Subtracting a row's own largest entry changes nothing in exact
    arithmetic and keeps exp from overflowing (Goodfellow, Bengio, Courville 2016, section 4.1).
    """
    Z = np.multiply(Z, 1.0)
    with np.errstate(under="ignore"):  # an entry far below its row's largest is 0
        E = np.exp(Z - Z.max(axis=-1, keepdims=True))
        return E / E.sum(axis=-1, keepdims=True)
