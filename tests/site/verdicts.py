"""Prints the verdicts on what lessons' tests know to be right and wrong, as one line of JSON.

It runs on the desktop and in a browser's Python, which has not all that those tests import.
"""

import importlib
import json
import sys
from unittest.mock import MagicMock

import numpy as np

from lessonlib.checks import judge
from lessonlib.lessons import lesson

NOT_NEEDED = ("pytest", "autograd", "autograd.numpy", "nbformat")


def verdicts(tests):
    """Yield what was judged, and the verdict on it, for the lessons of these test modules."""
    for contract in map(contract_of, tests):
        for exercise in lesson(contract.lesson_name).exercises:
            for number, answer in enumerate(contract.variants[exercise.id]):
                yield f"{exercise.id}, right answer {number}", verdict_on(exercise, answer)
            for mistake in exercise.mistakes:
                answer = mistake.wrong() if exercise.returns == "named" else mistake.wrong
                yield f"{exercise.id}, {mistake.name}", verdict_on(exercise, answer)


def contract_of(test):
    module = importlib.import_module(test)
    classes = [each for each in vars(module).values() if isinstance(each, type)]
    return next(each for each in classes if "variants" in vars(each))


def verdict_on(exercise, answer):
    given, named = ([], answer) if exercise.returns == "named" else ([answer], {})
    verdict = judge(exercise, *given, named=named, rng=np.random.default_rng(0))
    return [verdict.passed, verdict.points, verdict.mistake]


def main(folder, tests):
    sys.path.insert(0, folder)
    sys.modules |= {name: MagicMock() for name in NOT_NEEDED}
    print(json.dumps(dict(verdicts(tests))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
