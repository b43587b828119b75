"""A small exercise for the tests of the checks: the mean and the sum of each row."""

import numpy as np

from lessonlib.checks import Case, Exercise, Mistake


def row_stats(X, scale):
    return scale * X.mean(axis=1), X.sum(axis=1, keepdims=True)


def _cases(rng):
    return [case(rng, 3, 4), case(rng, 2, 1, "one sample"), case(rng, 5, 7)]


def case(rng, n, m, *tags):
    X = rng.integers(1, 9, size=(n, m)) / 4
    return Case((X, 2.0), f"{n} rows, {m} columns", {"n": n, "m": m}, tags)


TOY = Exercise(
    id="toy.row_stats",
    points=3,
    signature="row_stats(X, scale=2.0) -> (mean, total)",
    outputs=("mean", "total"),
    returns="tuple",
    reference=row_stats,
    cases=_cases,
    seconds=1.0,
    mistakes=(
        Mistake(
            "scale left out",
            "The mean was not scaled.",
            wrong=lambda X, scale: (X.mean(axis=1), X.sum(axis=1, keepdims=True)),
        ),
        Mistake(
            "mean of the first column",
            "Only the first column was used.",
            wrong=lambda X, scale: (2 * X[:, 0], X.sum(axis=1, keepdims=True)),
        ),
        Mistake(
            "needs a square",
            "Only a square array can be multiplied by itself.",
            wrong=lambda X, scale: (X @ X, X),
        ),
    ),
)

VALUES = Exercise(
    id="toy.values",
    points=2,
    signature="p = …, q = …",
    outputs=("p", "q"),
    returns="named",
    reference=lambda: {"p": 4.0, "q": np.array([1.0, 2.0])},
    reveal=False,
)
