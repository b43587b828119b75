"""The fast path of `activations` and `losses`: the same functions, writing into given arrays.

`Network`'s inner loop uses them. `activations` and `losses` have the formulas in their own words,
and tests/nn/test_inplace.py holds the two against each other. Samples stand in columns here.
"""

import numpy as np

# --- hidden layers: (from z to a, in place) and (from da to dz, in place; a is scratch) -----------


def _relu(Z):
    np.maximum(Z, 0, out=Z)


def _relu_back(A, dA):
    np.sign(A, out=A)  # A is 0 or more, so its sign is the mask
    np.multiply(dA, A, out=dA)


def _tanh(Z):
    np.tanh(Z, out=Z)


def _tanh_back(A, dA):
    np.multiply(A, A, out=A)
    np.subtract(1, A, out=A)
    np.multiply(dA, A, out=dA)


def _sigmoid(Z):
    """1/(1 + exp(-z)) = (1 + tanh(z/2))/2, which never overflows."""
    np.multiply(Z, 0.5, out=Z)
    np.tanh(Z, out=Z)
    np.add(Z, 1, out=Z)
    np.multiply(Z, 0.5, out=Z)


def _sigmoid_back(A, dA):
    np.multiply(dA, A, out=dA)
    np.subtract(1, A, out=A)
    np.multiply(dA, A, out=dA)


HIDDEN = {
    "relu": (_relu, _relu_back),
    "tanh": (_tanh, _tanh_back),
    "sigmoid": (_sigmoid, _sigmoid_back),
}

# --- the output layer: from logits Z to predictions, and to the loss and its gradient -------------


def _from_linear(Z):
    return Z


def _from_sigmoid(Z):
    _sigmoid(Z)
    return Z


def _from_softmax(Z):
    np.subtract(Z, Z.max(axis=0, keepdims=True), out=Z)
    np.exp(Z, out=Z)
    np.divide(Z, Z.sum(axis=0, keepdims=True), out=Z)
    return Z


def _half_squared_error(Z, Y, dZ):
    """sum (Z - Y)**2 / (2 m); dZ = (Z - Y) / m."""
    np.subtract(Z, Y, out=dZ)
    loss = 0.5 * np.vdot(dZ, dZ) / Z.shape[1]
    np.multiply(dZ, 1 / Z.shape[1], out=dZ)
    return loss


def _binary_cross_entropy(Z, Y, dZ):
    """sum (log(1 + exp(Z)) - Y Z) / m, exact for any Z; dZ = (sigmoid(Z) - Y) / m."""
    loss = (np.logaddexp(0, Z).sum() - np.vdot(Y, Z)) / Z.shape[1]
    np.copyto(dZ, Z)
    _sigmoid(dZ)
    np.subtract(dZ, Y, out=dZ)
    np.multiply(dZ, 1 / Z.shape[1], out=dZ)
    return loss


def _cross_entropy(Z, Y, dZ):
    """sum (log sum exp(Z) - Y Z) / m, exact for any Z; dZ = (softmax(Z) - Y) / m."""
    np.subtract(Z, Z.max(axis=0, keepdims=True), out=Z)
    np.exp(Z, out=dZ)
    total = dZ.sum(axis=0, keepdims=True)
    loss = (np.log(total).sum() - np.vdot(Y, Z)) / Z.shape[1]
    np.divide(dZ, total, out=dZ)
    np.subtract(dZ, Y, out=dZ)
    np.multiply(dZ, 1 / Z.shape[1], out=dZ)
    return loss


OUTPUT = {
    "linear": (_from_linear, _half_squared_error),
    "sigmoid": (_from_sigmoid, _binary_cross_entropy),
    "softmax": (_from_softmax, _cross_entropy),
}
