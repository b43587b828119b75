"""The kit with which exercises are written: see docs/writing-exercises.md.

An exercise is its reference, decorated; a slip is the line that a learner wrote instead.

    @exercise("relu.relu", points=1, cases=arrays)
    def relu(z):
        \"""max(0, z), entry by entry: z -> same shape.\"""
        return np.maximum(0, z)

Beside it, in `slips.txt`, stand its hints and slips:

    [relu.relu]
    1. Say in one sentence what happens to a single number. …
    2. The same rule holds for every entry of the array. …

    return np.abs(z)  # absolute value
        The negative entries came out positive. …
"""

from lessonlib.checks import Case, Malformed
from lessonlib.exercises.writing import (
    Written,
    also_right,
    exercise,
    gives,
    mistake,
    written_in,
)

__all__ = [
    "Case",
    "Malformed",
    "Written",
    "also_right",
    "exercise",
    "gives",
    "mistake",
    "written_in",
]
