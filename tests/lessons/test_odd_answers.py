"""Whatever an answer is or returns, the judge answers with a verdict: it never raises."""

import numpy as np
import pytest
from contract import verdict_on

from lessonlib.lessons import LESSONS

EXERCISES = [exercise for lesson in LESSONS for exercise in lesson.exercises]


class Strange:
    def __eq__(self, other):
        return True

    def __len__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError


VALUES = {
    "None": None,
    "a number": -7.25,
    "nan": float("nan"),
    "a whole number": 10**400,
    "a complex number": 1j,
    "yes": True,
    "text": "dW",
    "a list": [1, 2, 3],
    "a ragged list": [[1], [2, 3]],
    "a nested tuple": ((1, 2), [3, (4,)]),
    "an empty list": [],
    "a dict": {"a": 1, 2: [3]},
    "a set": {"a", 1, (2, 3)},
    "a matrix": np.arange(6.0).reshape(2, 3),
    "a vector of yes and no": np.array([True, False]),
    "an empty array": np.zeros((0, 3)),
    "five dimensions": np.ones((1, 2, 1, 2, 1)),
    "an array of text": np.array(["a", "b"]),
    "an array of objects": np.array([None, {}], dtype=object),
    "infinity": np.array([np.inf, -np.inf]),
    "a function": len,
    "a class": dict,
    "a generator": (i for i in range(3)),
    "strange": Strange(),
    "dots": ...,
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_odd_answers_get_a_verdict(exercise):
    for number, value in enumerate(VALUES.values()):
        for answer in odd_answers(exercise, value):
            verdict = verdict_on(exercise, answer, seed=number % 4)
            assert not verdict.passed or is_right(exercise, value), verdict.message
            assert 0 <= verdict.points <= exercise.points
            assert "Traceback" not in verdict.message


def odd_answers(exercise, value):
    """Yield the value itself, and where a function is asked for, one that returns it."""
    if exercise.returns == "named":
        yield dict.fromkeys(exercise.answer_names, value)
    else:
        yield value
        many = {"tuple": tuple(value for _ in exercise.outputs)}
        many["dict"] = dict.fromkeys(exercise.outputs, value)
        yield lambda *args: many.get(exercise.returns, value)


def is_right(exercise, value) -> bool:
    """A few of the odd values are, by chance, what a value exercise allows: True counts as 1."""
    return exercise.returns == "named" and value is True
