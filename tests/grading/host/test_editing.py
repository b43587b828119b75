"""The line that one small edit would mend is looked for inside, and judged here."""

import pytest

from lessonlib.checks.verdict import Location
from lessonlib.grading.host import checks, editing
from lessonlib.grading.host.checks import Check, Checker

BACKWARD = """
import numpy as np

def layer_backward(dA, Z, W, X):
    dZ = dA * (Z > 0)
    dW = dZ @ X.T
    db = np.sum(dZ)
    dX = W.T @ dZ
    return dW, db, dX
"""
CHECK = Check("relu.layer_backward", "layer_backward", {})


@pytest.fixture
def verdict(make):
    """Return a function that runs a submission's cell and judges what it defines."""

    def verdict(submission, check=CHECK, data=b"data", keep=False, behind=0.0, **limits):
        if not keep:
            editing._known.clear()
        notebook = make(**{"total_seconds": 600.0, **limits})
        try:
            notebook.run(submission, False, (), False)
            notebook.deadline -= behind
            return Checker(notebook, b"secret", data).examine(check, 4.0).verdicts[0]
        finally:
            notebook.close()

    return verdict


def test_a_submission_is_told_the_line(verdict):
    found = verdict(BACKWARD)
    assert (found.edit.line, found.edit.code) == (7, "db = np.sum(dZ)")
    assert (found.step.line, "`dZ` and `dW` are right" in found.step.about) == (7, True)
    assert "line 7" in found.message
    assert found.points == pytest.approx(8 / 3, abs=0.01)


def test_a_step_that_no_edit_confirms_is_not_told(verdict, monkeypatch):
    step = Location(5, "dZ = dA * (Z > 0)", "layer_backward", "`dZ` is not right")
    monkeypatch.setattr(editing, "step_in", lambda *_: step)
    found = verdict(BACKWARD)
    assert (found.step, found.edit.line) == (None, 7)


def test_the_same_code_is_searched_once(verdict, monkeypatch):
    tried, asked = [], editing.Inside.tries

    def tries(self, numbers, cases):
        tried.append(len(numbers))
        return asked(self, numbers, cases)

    monkeypatch.setattr(editing.Inside, "tries", tries)
    first = verdict(BACKWARD).edit
    assert max(tried) > 100
    tried.clear()
    assert verdict(BACKWARD + "# a comment more", data=b"other", keep=True).edit == first
    assert tried == [1, 1]


def test_code_that_was_searched_in_vain_is_not_searched_again(verdict, monkeypatch):
    hopeless = "def layer_backward(dA, Z, W, X):\n    return 1, 2, 3"
    assert verdict(hopeless).edit is None
    monkeypatch.setattr(editing.Search, "location", None)
    assert verdict(hopeless, keep=True).edit is None


@pytest.mark.parametrize(
    "code",
    ["def layer_backward(dA, Z, W, X):\n    raise NotImplementedError",
     "def layer_backward(dA, Z, W, X):\n    while True:\n        pass",
     "layer_backward = lambda dA, Z, W, X: __import__('os')._exit(1)"],
    ids=["stub", "loop", "exit"],
)  # fmt: skip
def test_what_gives_no_values_is_not_searched(verdict, monkeypatch, code):
    monkeypatch.setattr(checks, "lines_of", None)
    found = verdict(code, cell_seconds=2.0)
    assert (found.edit, found.points) == (None, 0.0)


def test_a_planted_bug_is_not_located(verdict):
    planted = BACKWARD.replace("layer_backward", "planted_backward")
    assert verdict(planted, Check("relu.layer_backward", "planted_backward", {})).edit is None


ENDING = """
import os, time
def relu(z):
    if "__lessonlib_edit__" in globals():
        {deed}
    return abs(z)
"""


@pytest.mark.parametrize(
    "deed", ["os._exit(0)", "os.kill(os.getppid(), 9)", "time.sleep(100)", "bytearray(2**40)"]
)
def test_code_that_minds_being_tried_gets_the_same_points(verdict, monkeypatch, deed):
    monkeypatch.setattr(editing, "SECONDS", 3.0)
    found = verdict(ENDING.format(deed=deed), Check("relu.relu", "relu", {}))
    assert (found.passed, found.points, found.edit) == (False, 0.0, None)
    assert found.mistake == "absolute value"


DEADLY = """
import numpy as np, os
def layer_backward(dA, Z, W, X):
    if globals().get("__lessonlib_edit__") == {deadly}:
        os._exit(0)
    dZ = dA * (Z > 0)
    return dZ @ X.T, W.T @ dZ, np.sum(dZ, axis=1, keepdims=True)
"""


def test_an_edit_that_ends_its_fork_costs_no_other_one(verdict):
    """The one that mends comes behind it, and less than a message of others before it."""
    alive = verdict(DEADLY.format(deadly=9999))
    assert alive.edit.code.startswith("return dZ @ X.T, W.T @ dZ")
    assert verdict(DEADLY.format(deadly=20)).edit == alive.edit


def test_a_submission_that_tells_of_endless_edits_is_asked_for_some():
    inside = editing.Inside(None, "f", None)
    told = {"source": "", "count": 10**12, "likely": 10**12, "where": []}
    editing._Edited(inside, []).take(told, [])
    assert inside.count == inside.likely == editing.MOST


def test_a_submission_that_has_used_half_its_time_is_not_searched(verdict, monkeypatch):
    monkeypatch.setattr(checks, "lines_of", None)
    found = verdict(BACKWARD, behind=301.0)
    assert (found.edit, found.mistake) == (None, "db summed over everything")
