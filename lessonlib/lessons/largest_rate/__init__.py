"""An extra to lesson 09: how large the learning rate may be. Samples in ROWS."""

import numpy as np

from lessonlib.exercises import Case, exercise
from lessonlib.lessons.drawing import as_tagged, case_of, quarters


def _inputs(rng: np.random.Generator) -> list[Case]:
    def case(X, *tags):
        return case_of(as_tagged(tags, X), *tags, m=len(X), n_in=X.shape[1])

    return [
        case(quarters(rng, 4, 1), "one input"),
        case(quarters(rng, 7, 3)),
        case(quarters(rng, 1, 3), "one sample"),
        case(10 * quarters(rng, 6, 2)),
        case(quarters(rng, 5, 3), "whole numbers"),
    ]


@exercise("linreg.max_learning_rate", points=2, cases=_inputs)
def max_learning_rate(X):
    """2 / the largest eigenvalue of the MSE's Hessian H = (2/m) [X 1]^T [X 1], for one output.

    X (m, n_in) -> float. Above it `linreg.fit` diverges: a step multiplies the distance from the
    minimum along an eigenvector of H by (1 - learning_rate * eigenvalue). With n_out outputs the
    limit is n_out times this.
    """
    X1 = np.hstack([X, np.ones((len(X), 1))])
    hessian = 2 * X1.T @ X1 / len(X)
    eigenvalues = np.linalg.eigvalsh(hessian)
    return 2 / eigenvalues[-1]
