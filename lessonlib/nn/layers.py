"""The dense (fully connected) layer, forward and backward; samples in rows."""

import numpy as np


def dense_forward(X, W, b):
    """Z = X @ W + b.

    X (m, n_in), W (n_in, n_out), b (n_out,) -> Z (m, n_out). ValueError if b is not (n_out,):
    a column (n_out, 1) would broadcast silently whenever m equals n_out.
    """
    X, W, b = np.asarray(X), np.asarray(W), np.asarray(b)
    if b.shape != W.shape[1:]:
        raise ValueError(f"b must be {W.shape[1:]} to go with W {W.shape}, not {b.shape}")
    return X @ W + b


def dense_backward(dZ, X, W):
    """The gradients of a loss L through Z = X @ W + b, given dZ = dL/dZ.

    dZ (m, n_out), X (m, n_in), W (n_in, n_out) -> dW (n_in, n_out), db (n_out,), dX (m, n_in).
    Sums over the samples: a mean over m belongs to the loss, and so is in dZ already.
    Rumelhart, Hinton, Williams (1986), "Learning representations by back-propagating errors".
    """
    dZ, X, W = np.asarray(dZ), np.asarray(X), np.asarray(W)
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    dX = dZ @ W.T
    return dW, db, dX
