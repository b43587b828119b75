"""Check cells are read here, answered inside, and judged here on inputs that are drawn now."""

import functools
import time
from dataclasses import replace

import pytest
from processes import run

from lessonlib.errors import UserError
from lessonlib.grading.host import checks
from lessonlib.grading.host.checks import Check, Checker, check_in, shipped
from lessonlib.lessons import find

RELU = 'check("relu.relu", relu)'
RIGHT = "def relu(z):\n    return z * (z > 0)"


@pytest.fixture
def examine(make):
    """Return a function that runs a submission's cell, then a check cell."""

    def examine(submission, source, points=4.0, secret=b"secret", data=b"data", **limits):
        if examine.notebook:
            examine.notebook.close()
        examine.notebook = make(**limits)
        examine.notebook.run(submission, False, (), False)
        return Checker(examine.notebook, secret, data).examine(check_in(source), points)

    examine.notebook = None
    return examine


def texts(examined) -> str:
    shown = [output.get("data", {}).get("text/plain", "") for output in examined.outputs]
    parts = [*shown, *(output.get("evalue", "") for output in examined.outputs)]
    return " ".join(" ".join(parts).split())


# --- which cells are checks ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "check"),
    [(RELU, Check("relu.relu", "relu", {})),
     (f"# a word\n{RELU}  # more\n", Check("relu.relu", "relu", {})),
     ("check('a.b', x=y, z=z)", Check("a.b", "", {"x": "y", "z": "z"})),
     ("check(\n    'a.b',\n    f,\n)", Check("a.b", "f", {}))],
)  # fmt: skip
def test_a_cell_that_is_one_check_is_read(source, check):
    assert check_in(source) == check


@pytest.mark.parametrize(
    "source",
    ["", "1", "x = 1", "check", "check()", "check('a.b')", "check(a, b)", "check('a.b', 3)",
     "check('a.b', f())", "check('a.b', f, g)", "check('a.b', *f)", "check('a.b', **f)",
     "check('a.b', x=1)", "lib.check('a.b', f)", "judge('a.b', f)", f"{RELU}\n{RELU}",
     f"assert True\n{RELU}", f"{RELU}; x = 1", f"x = {RELU}", f"if x:\n    {RELU}",
     "check('a.b', f", "%time " + RELU, "check(1, f)"],
)  # fmt: skip
def test_any_other_cell_is_an_ordinary_test(source):
    assert check_in(source) is None


# --- points and words ----------------------------------------------------------------------------


def test_a_check_that_passes_says_so(examine):
    examined = examine(RIGHT, RELU)
    assert (examined.points, examined.state) == (4.0, "graded")
    assert texts(examined) == "✓ relu.relu: right. 1 of 1 point."


def test_a_check_that_fails_gives_its_message(examine):
    examined = examine("def relu(z):\n    return abs(z)", RELU)
    assert examined.points == 0
    assert "Looks like: absolute value." in texts(examined)
    assert examined.outputs[-1]["ename"] == "CheckFailed"


def test_a_check_gives_the_points_of_what_is_right(examine):
    source = "def layer_forward(W, b, X):\n    Z = W @ X + b\n    return Z, Z"
    examined = examine(source, 'check("relu.layer_forward", layer_forward)')
    assert examined.points == 1.0
    assert "Right: Z." in texts(examined)
    assert examined.outputs[-1]["data"]["text/plain"] == "1"
    (verdict,) = examined.verdicts
    assert (verdict.exercise, verdict.passed) == ("relu.layer_forward", False)


def test_a_check_of_values_by_name(examine):
    source = 'check("relu.by_hand", z1=z1, a1=a1)'
    assert examine("z1 = [-1, 3, 5, 3]\na1 = [1, 3, 5, 3]", source).points == 1.0
    missing = examine("z1 = [-1, 3, 5, 3]", source)
    assert missing.points == 0
    assert texts(missing) == "name 'a1' is not defined"


def test_a_name_that_nobody_defined_is_a_name_error(examine):
    examined = examine("x = 1", RELU)
    assert (examined.points, examined.outputs[0]["ename"]) == (0.0, "NameError")


def test_an_unknown_exercise_is_told_in_words(examine):
    examined = examine(RIGHT, 'check("relu.rele", relu)')
    assert examined.points == 0
    assert "Did you mean 'relu.relu'?" in texts(examined)
    assert examined.note


@pytest.mark.parametrize(
    "trick",
    ["from lessonlib import check\ncheck = judge = lambda *_, **__: None", "import numpy as np\n"
     "np.allclose = np.array_equal = lambda *_, **__: True", "import builtins\n"
     "builtins.all = builtins.abs = lambda x: True", "import sys\nsys.modules.clear()",
     "class relu:\n    __eq__ = __array__ = __call__ = lambda *_: True\nrelu = relu()"],
)  # fmt: skip
def test_nothing_in_the_submissions_process_makes_a_wrong_answer_right(examine, trick):
    assert examine(f"def relu(z):\n    return z\n{trick}", RELU).points == 0


def test_nothing_that_an_answer_does_in_a_check_reaches_the_notebook(examine):
    spy = "seen = []\ndef relu(z):\n    seen.append(z)\n    return z * (z > 0)"
    assert examine(spy, RELU).points == 4.0
    assert run(examine.notebook.process, "print(seen)").outputs[0]["text"] == "[]\n"


# --- inputs --------------------------------------------------------------------------------------


def test_inputs_depend_on_the_submission_and_the_secret_and_repeat_with_them():
    def drawn(secret, data, exercise="relu.relu"):
        return tuple(Checker(None, secret, data).rng(exercise).random(3))

    assert drawn(b"s", b"1") == drawn(b"s", b"1")
    others = [(b"t", b"1"), (b"s", b"2"), (b"", b"1"), (b"s", b"1", "relu.tent")]
    assert len({drawn(b"s", b"1"), *(drawn(*other) for other in others)}) == 5


# --- what does not end ---------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(checks, "find", lambda name: replace(find(name), seconds=0.2))


def test_a_check_of_a_loop_says_so_in_its_own_words(examine, impatient):
    examined = examine("def relu(z):\n    while True: pass", RELU)
    assert (examined.points, examined.state) == (0, "timed out")
    assert "did not finish within 0.2 seconds" in texts(examined)


def test_a_loop_costs_its_time_once(examine, impatient):
    examine("def g(z):\n    while True: pass\ndef relu(z):\n    return g(z)", RELU)
    started = time.monotonic()
    checker = Checker(examine.notebook, b"", b"")
    for _ in range(3):
        assert checker.examine(check_in(RELU), 1.0).state == "timed out"
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_an_answer_that_ends_its_process_costs_itself(examine, end):
    examined = examine(f"import os\nx = 1\ndef relu(z):\n    {end}", RELU)
    assert (examined.points, examined.state) == (0, "killed")
    assert "ended the process" in texts(examined)
    assert run(examine.notebook.process, "print(x)").outputs[0]["text"] == "1\n"
    assert examine.notebook.lives == 1


def test_where_no_time_is_left_it_is_said(examine):
    slow = "import time\nfor _ in range(20):\n    time.sleep(0.1)"
    examined = examine(slow, RELU, total_seconds=0.3)
    assert (examined.points, examined.state) == (0, "killed")
    assert "its time was over" in texts(examined)


# --- scripts -------------------------------------------------------------------------------------


def test_a_script_is_shipped_as_text_without_any_reference():
    exercise = find("deep.network")
    parcel = shipped(exercise.script)
    assert f"def {parcel['function']}(" in parcel["source"]
    assert "Exercise(" not in parcel["source"]


def test_the_first_arguments_of_a_script_are_shipped_with_it():
    script = find("deep.network").script
    nested = functools.partial(functools.partial(script, 1), 2, a=3)
    assert shipped(nested)["fixed"] == [[1, 2], {"a": 3}]
    assert shipped(nested)["function"] == script.__qualname__


def test_a_script_beside_its_exercise_is_not_shipped():
    with pytest.raises(UserError, match='Move it to a module called "scripts"'):
        shipped(find)


def test_no_script_is_nothing():
    assert shipped(None) is None
