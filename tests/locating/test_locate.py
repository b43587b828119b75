"""`locate`: called after a failed check, with bounds, and silent where a bug hunt asks for it."""

import subprocess
import sys

import numpy as np
import pytest
from slipped import exercises, slipped, written
from test_steps import BACKWARD, UPDATE

from lessonlib import notebook
from lessonlib.checks.asking import can_fork
from lessonlib.lessons import find
from lessonlib.locating.apart import apart
from lessonlib.locating.steps import first_wrong

RELU_BACKWARD = """\
def layer_backward(dA, Z, W, X):
    A = np.maximum(0, Z)
    dZ = dA * (A >= 0)
    dW = dZ @ X.T
    db = dZ.sum(axis=1, keepdims=True)
    dX = W.T @ dZ
    return dW, db, dX
"""


def judged(exercise_id, text, **more):
    answer = written(find(exercise_id), text)
    answer.__globals__.update(more)
    return notebook.judge(exercise_id, answer)


def test_a_failed_check_names_the_line():
    verdict = judged(
        "twolayer.backward_propagation", BACKWARD.replace("dZ1, X.T) / m", "dZ1, X.T)")
    )
    assert verdict.step.line == 8
    assert "line 8, `dW1 = np.dot(dZ1, X.T)`" in " ".join(verdict.message.split())
    assert verdict.points == pytest.approx(4.5)


def test_a_right_answer_imports_nothing_of_this():
    code = (
        "import sys, lessonlib\n"
        "verdict = lessonlib.judge('relu.relu', lambda z: (abs(z) + z) / 2)\n"
        "print(verdict.passed, any('locating' in name for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_planted_code_is_not_located():
    """Neither under its own name nor under another; a bug of one's own is."""
    verdict = judged("relu.layer_backward", RELU_BACKWARD)
    assert verdict.step.line == 3
    planted = written(find("relu.layer_backward"), RELU_BACKWARD)
    verdict = judged("relu.layer_backward", RELU_BACKWARD, planted_backward=planted)
    assert verdict.step is None and not verdict.passed
    own = RELU_BACKWARD.replace("dZ.sum(axis=1, keepdims=True)", "dZ")
    assert judged("relu.layer_backward", own, planted_backward=planted).step is not None


def test_values_by_name_and_code_that_cannot_be_read_back_are_left_as_they_are():
    assert notebook.judge("relu.bug_hunt", 3).step is None
    names = {}
    exec("def relu(z):\n    a = z\n    return abs(a)", names)
    assert notebook.judge("relu.relu", names["relu"]).step is None


@pytest.mark.parametrize("body", ["while True:\n        z = z + 1", "raise SystemExit", "1 / 0"])
def test_an_answer_that_does_what_it_likes_costs_its_own_process_only(body):
    verdict = judged("relu.relu_derivative", f"def relu_derivative(z):\n    {body}\n    return z\n")
    assert not verdict.passed


def test_without_forks_it_is_a_thread(monkeypatch):
    monkeypatch.setattr(sys.modules["lessonlib.locating.apart"], "can_fork", lambda: False)
    wrong = UPDATE.replace('grads["db1"]', 'grads["db2"]')
    assert judged("twolayer.update_parameters", wrong).step.line == 3
    assert apart(lambda: 1 / 0, 1.0) is None


@pytest.mark.skipif(not can_fork(), reason="nothing can be forked here")
def test_what_ends_early_or_takes_longer_is_none():
    import os
    import time

    assert apart(lambda: os._exit(3), 1.0) is None
    assert apart(lambda: time.sleep(5), 0.2) is None
    assert apart(lambda: {"line": 3}, 5.0) == {"line": 3}


def test_a_method_of_a_class_is_found():
    exercise = find("autodiff.value")
    wrong = {s.name: s for s in slipped(exercise)}["sigmoid for the tanh"]
    found = first_wrong(exercise, wrong.answer, exercise.cases(np.random.default_rng(0)))
    assert found.line in wrong.lines
    assert found.function == "Value.tanh"


def test_lines_that_are_named_are_those_of_the_slip():
    """A sample of the catalogue, the names of the values changed; a benchmark takes all of it."""
    right = wrong = 0
    chosen = ("relu.layer_backward", "twolayer.compute_cost", "linreg.gradients", "xor.forward")
    for exercise in (each for each in exercises() if each.id in chosen):
        for each in list(slipped(exercise))[::3]:
            cases = exercise.cases(np.random.default_rng(1))
            found = first_wrong(exercise, each.answer, cases)
            right += found is not None and found.line in each.lines
            wrong += found is not None and found.line not in each.lines
    assert right >= 15
    assert wrong == 0
