"""No small bug in a reference solution gets past its check.

Where a change makes no difference to any allowed input, it stands in EQUIVALENT with the reason.
"""

from types import FunctionType

import pytest
from contract import verdict_on
from mutants import mutants

from lessonlib.lessons import LESSONS

EXERCISES = [
    exercise
    for lesson in LESSONS
    for exercise in lesson.exercises
    if exercise.returns != "named" and isinstance(exercise.reference, FunctionType)
]

EQUIVALENT: dict[str, set[str]] = {
    # No w x is 0 on the way, and a quotient has the sign of the product.
    "relu.downhill": {
        "slope = np.sum((a - y) * (w * x >= 0) * x) / m",
        "slope = np.sum((a - y) * (w / x > 0) * x) / m",
    },
    # A probability of exactly one half is left free.
    "xor.predict": {"classes = (P[0] > 0.5).astype(int)"},
    # The other order of the product has the same eigenvalues, and zeros.
    "linreg.max_learning_rate": {"hessian = X1 @ (2 * X1.T) / len(X)"},
    # What would be sent below the first layer goes nowhere.
    "deep.backward": {"if layer >= 0:"},
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_no_mutant_survives(exercise):
    survivors = {code for code, mutant in mutants(exercise.reference) if _passes(exercise, mutant)}
    assert survivors - EQUIVALENT.get(exercise.id, set()) == set()


def _passes(exercise, mutant) -> bool:
    return all(verdict_on(exercise, mutant, seed, fork=False).passed for seed in range(2))
