"""Lesson 10: scaling, the absolute error, a leak, the closed form. Samples in ROWS."""

import numpy as np

from lessonlib.data import line
from lessonlib.exercises import Case, exercise
from lessonlib.lessons.drawing import as_tagged, case_of, in_words, quarters
from lessonlib.lessons.linear_regression import batch, predictions
from lessonlib.lessons.questions import one_letter, single_numbers

# --- what is left of lesson 06 ------------------------------------------------------------------


@exercise("linreg.recall_2", points=1, unpack=one_letter("hidden_units"), reveal=False)
def recall_2():
    hidden_units = "b"
    return hidden_units


# --- scaling -----------------------------------------------------------------------------------


def _tables(rng: np.random.Generator) -> list[Case]:
    def case(m, n, *tags):
        (X,) = as_tagged(tags, quarters(rng, m, n) - 3)
        X[:, 0] += 4 + np.arange(m) * 2
        return Case((X,), f"{m} samples, {n} columns", {"m": m, "n": n}, tags)

    return [case(4, 2), case(5, 3), case(3, 1, "one column"), case(6, 4, "whole numbers")]


@exercise("linreg.min_max_fit", points=1, cases=_tables)
def min_max_fit(X):
    """The smallest and the largest value of each column. X (m, n). Returns lo (n,), hi (n,)."""
    lo = X.min(axis=0)
    hi = X.max(axis=0)
    return lo, hi


def _to_scale(rng: np.random.Generator) -> list[Case]:
    """Tables with the statistics of other tables, so that some values lie outside; one constant."""

    def case(m, n, *tags):
        train, X = as_tagged(tags, quarters(rng, 5, n), quarters(rng, m, n))
        train[:2, :] = train.max(axis=0) + 1, train.min(axis=0) - 1
        X[0, 0] = train[0, 0] + 2
        if "a constant column" in tags:
            train[:, -1] = X[:, -1] = train[0, -1]
        args = X, train.min(axis=0), train.max(axis=0)
        return Case(args, in_words(sample=m, column=n), {"m": m, "n": n}, tags)

    return [
        case(4, 2),
        case(5, 3, "a constant column"),
        case(1, 4, "one sample"),
        case(3, 2, "whole numbers"),
        case(6, 5),
    ]


@exercise("linreg.min_max_transform", points=2, cases=_to_scale)
def min_max_transform(X, lo, hi):
    """(X - lo) / (hi - lo), column by column; 0 for a column with hi = lo. X -> same shape."""
    span = np.where(hi == lo, np.inf, hi - lo)
    return (X - lo) / span


# --- the absolute error ------------------------------------------------------------------------


@exercise("linreg.mae", points=1, cases=predictions)
def mae(Y_pred, Y):
    """The mean of the absolute errors over all m n_out entries. Y_pred, Y (m, n_out) -> float."""
    error = Y_pred - Y
    return np.mean(np.abs(error))


@exercise("linreg.mae_gradient", points=2, cases=predictions)
def mae_gradient(Y_pred, Y):
    """How the MAE changes with each prediction: sign(Y_pred - Y) / (m n_out), 0 where equal.

    Y_pred, Y (m, n_out) -> (m, n_out).
    """
    error = Y_pred - Y
    return np.sign(error) / Y.size


# --- a leak ------------------------------------------------------------------------------------


_MAES = single_numbers("leaky_mae", "honest_mae")


@exercise("linreg.leak", points=2, unpack=_MAES, rtol=2e-3, reveal=False)
def leak():
    """Seed 003's line y = 2 x + 3, and a test part that lies on another one, y = 0.5 x - 100."""
    X, Y = line()
    x_train, y_train, x_test = X[16:], Y[16:], X[:16]
    y_false = 0.5 * x_test - 100
    leaky_mae = mae(_scaled(x_test, x_test), _scaled(y_false, y_false))
    x = _scaled(x_test, x_train)
    y = _scaled(y_false, y_train)
    honest_mae = mae(x, y)
    return leaky_mae, honest_mae


def _scaled(values, ruler):
    return min_max_transform(values, *min_max_fit(ruler))


# --- the minimum at once -----------------------------------------------------------------------


def _scatters(rng: np.random.Generator) -> list[Case]:
    """Samples that no direction is missing in, with the sum of a line and some noise."""

    def case(m, n_in, n_out, *tags):
        while True:
            X, Y, W, b = batch(rng, m, n_in, n_out)
            if np.linalg.cond(np.hstack([X, np.ones((m, 1))])) < 8:
                args = (1.0 * a for a in as_tagged(tags, X, X @ W + b + Y))
                return case_of(tuple(args), *tags, m=m, n_in=n_in, n_out=n_out)

    return [
        case(4, 1, 2, "one input"),
        case(6, 2, 3),
        case(7, 3, 1, "one output"),
        case(9, 4, 3),
        case(8, 2, 3, "whole numbers"),
    ]


@exercise("linreg.closed_form", points=2, cases=_scatters)
def closed_form(X, Y):
    """The W and b of the smallest MSE: least squares with a column of ones for the bias.

    X (m, n_in), Y (m, n_out). Returns W (n_in, n_out) and b (n_out,).
    """
    X_ones = np.hstack([X, np.ones((len(X), 1))])
    S = np.linalg.lstsq(X_ones, Y)[0]
    W = S[:-1]
    b = S[-1]
    return W, b
