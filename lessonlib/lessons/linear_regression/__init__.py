"""Lesson 09: from columns to rows; one neuron finds a line. Samples in ROWS."""

from dataclasses import replace

import numpy as np

from lessonlib.exercises import Case, exercise
from lessonlib.lessons.drawing import as_tagged, case_of, in_words, quarters
from lessonlib.lessons.questions import single_numbers

# --- what is left of lesson 07 -----------------------------------------------------------------


@exercise("linreg.recall_1", points=1, unpack=single_numbers("dz"), rtol=1e-3, reveal=False)
def recall_1():
    da, a = 2, 0.6
    slope = 1 - a**2
    dz = da * slope
    return dz


# --- from columns to rows ----------------------------------------------------------------------


def _column_layers(rng: np.random.Generator) -> list[Case]:
    def layer(n_out, n_in, *tags):
        args = as_tagged(tags, quarters(rng, n_out, n_in), quarters(rng, n_out, 1))
        about = f"W of shape {(n_out, n_in)}, b of shape {(n_out, 1)}"
        return Case(args, about, {"n_out": n_out, "n_in": n_in}, tags)

    return [
        layer(3, 2),
        layer(1, 4, "one output"),
        layer(5, 3),
        layer(4, 1, "one input"),
        layer(2, 6, "whole numbers"),
    ]


@exercise("linreg.to_rows", points=2, cases=_column_layers)
def to_rows(W, b):
    """A layer written for columns, W (n_out, n_in), b (n_out, 1), rewritten for rows.

    Returns (n_in, n_out) and (n_out,), for (W X + b) transposed = X^T W^T + b^T.
    """
    W_rows = W.T
    b_rows = b.ravel()
    return W_rows, b_rows


def batch(rng: np.random.Generator, m: int, n_in: int, n_out: int) -> tuple:
    """Return X (m, n_in), Y (m, n_out), W (n_in, n_out), b (n_out,)."""
    shapes = (m, n_in), (m, n_out), (n_in, n_out), (n_out,)
    return tuple(quarters(rng, *shape) for shape in shapes)


SIZES = (  # samples, inputs, outputs, perhaps a tag
    (4, 2, 3),
    (1, 4, 2, "one sample"),
    (5, 3, 1, "one output"),
    (7, 4, 2),
    (3, 4, 2, "whole numbers"),
    (6, 1, 3, "one input"),
)


def _layers(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, *tags):
        args = as_tagged(tags, *batch(rng, m, n_in, n_out))
        return case_of(args, *tags, m=m, n_in=n_in, n_out=n_out)

    return [case(*sizes) for sizes in SIZES]


def _models(rng: np.random.Generator) -> list[Case]:
    return [replace(c, args=(c.args[0], *c.args[2:])) for c in _layers(rng)]


@exercise("linreg.predict", points=1, cases=_models)
def predict(X, W, b):
    """P = X W + b. X (m, n_in), W (n_in, n_out), b (n_out,) -> (m, n_out)."""
    return X @ W + b


# --- the loss and its gradient -----------------------------------------------------------------


def predictions(rng: np.random.Generator) -> list[Case]:
    """Return predictions and targets, one of them met exactly where there are several."""

    def case(m, _, n_out, *tags):
        Y_pred, Y = as_tagged(tags, quarters(rng, m, n_out), quarters(rng, m, n_out))
        Y_pred[0, 0] = Y[0, 0] + 1
        Y_pred[-1, -1] = Y[-1, -1]
        about = in_words(sample=m, output=n_out)
        return Case((Y_pred, Y), about, {"m": m, "n_out": n_out}, tags)

    return [case(*sizes) for sizes in SIZES[:-1]]  # the last is about inputs


@exercise("linreg.mse", points=1, cases=predictions)
def mse(Y_pred, Y):
    """The mean of the squared errors over all m n_out entries. Y_pred, Y (m, n_out) -> float."""
    error = Y_pred - Y
    return np.mean(error**2)


@exercise("linreg.mse_gradient", points=2, cases=predictions)
def mse_gradient(Y_pred, Y):
    """How the MSE changes with each prediction: 2 (Y_pred - Y) / (m n_out) -> (m, n_out)."""
    error = Y_pred - Y
    return 2 * error / Y.size


# --- descent -----------------------------------------------------------------------------------


@exercise("linreg.gradients", points=3, cases=_layers)
def gradients(X, Y, W, b):
    """The MSE's gradients of a linear layer: dP = 2 (P - Y) / (m n_out), dW = X^T dP, db = sum dP.

    X (m, n_in), Y (m, n_out), W (n_in, n_out), b (n_out,). Returns dW, shaped like W, and db,
    shaped like b.
    """
    P = predict(X, W, b)
    dP = mse_gradient(P, Y)
    dW = X.T @ dP
    db = dP.sum(axis=0)
    return dW, db


def _fits(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, learning_rate, epochs, *tags):
        X, Y, _, _ = as_tagged(tags, *batch(rng, m, n_in, n_out))
        about = f"{in_words(input=n_in, output=n_out, sample=m)}, {epochs} epochs"
        sizes = {"m": m, "n_in": n_in, "n_out": n_out, "epochs": epochs}
        return Case((X, Y, learning_rate, epochs), about, sizes, tags)

    return [
        case(4, 2, 3, 0.25, 3),
        case(6, 1, 2, 0.125, 5, "one input"),
        case(7, 3, 1, 0.125, 20, "one output"),
        case(1, 4, 2, 0.0625, 3, "one sample"),
        case(5, 4, 3, 0.25 / 16, 4, "whole numbers"),
    ]


@exercise("linreg.fit", points=3, cases=_fits)
def fit(X, Y, learning_rate, epochs):
    """Gradient descent on the MSE from W = 0, b = 0; losses[k] is the MSE before step k.

    X (m, n_in), Y (m, n_out). Returns W (n_in, n_out), b (n_out,) and a list of `epochs` losses.
    """
    W = np.zeros((X.shape[1], Y.shape[1]))
    b = np.zeros(Y.shape[1])
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(X, W, b), Y))
        dW, db = gradients(X, Y, W, b)
        W = W - learning_rate * dW
        b = b - learning_rate * db
    return W, b, losses
