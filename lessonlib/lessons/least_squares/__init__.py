"""Extra 3: the least-squares line, and what it says to XOR."""

import numpy as np

from lessonlib.exercises import Case, exercise
from lessonlib.lessons.drawing import case_of, quarters
from lessonlib.lessons.xor import XOR_X, XOR_Y


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_x, m, *tags):
        X, Y = quarters(rng, n_x, m), quarters(rng, 1, m)
        while np.linalg.cond(_with_ones(X)) > 20:  # then not all ways to solve it agree
            X = quarters(rng, n_x, m)
        return case_of((X, Y), *tags, m=m, n_x=n_x)

    return [
        Case((XOR_X.copy(), XOR_Y.copy()), "the XOR table", {"n_x": 2, "m": 4}, ("the XOR table",)),
        Case((XOR_X.copy(), np.array([[0, 0, 0, 1]])), "the AND table", {"n_x": 2, "m": 4}),
        case(3, 7),
        case(1, 5, "one input"),
    ]


def _with_ones(X):
    """Return a row for each sample, with its inputs and then a 1."""
    return np.column_stack([X.T, np.ones(X.shape[1])])


@exercise("xor.linear_fit", points=2, cases=_fit_cases)
def linear_fit(X, Y):
    """The least-squares line w X + b; X (n_x, m), Y (1, m) -> predictions (1, m)."""
    table = _with_ones(X)
    weights = np.linalg.lstsq(table, Y.T)[0]
    predictions = (table @ weights).T
    return predictions
