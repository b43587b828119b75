"""Scripts run beside a submission: they know nothing, and what they return cannot be guessed."""

import ast
import functools
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from lessonlib.checks import Malformed
from lessonlib.checks.comparing import agree
from lessonlib.checks.plain import plain
from lessonlib.lessons import LESSONS, scripts

MODULES = [path for path in Path(scripts.__file__).parent.glob("*.py") if path.stem != "__init__"]
EXERCISES = [each for lesson in LESSONS for each in lesson.exercises if each.script]

# Plain results that are the same whatever goes in, each among others that are not.
CONSTANT = {
    "autodiff.value": r"relu\.0|.*grad.*",  # ReLU(0); nobody has asked for a gradient yet
    "autodiff.backward": r"relu\.0\.0|the end itself\.a \* b\.grad|.*\.a \+ a\.0",  # 1, and 2
    "training.should_stop": r"0|1",  # no patience of 1 or more is used up by the first two losses
    "deep.initialize": r"\w+\.\d\.1",  # biases start at 0
    "twolayer.initialize_parameters": r"\d\.b[12]",
}


def test_fourteen_exercises_have_a_script():
    assert len(EXERCISES) == 14


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_script_needs_numpy_and_the_standard_library_alone(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in {"numpy", *sys.stdlib_module_names}, name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_a_script_is_a_function_whose_text_can_be_sent(exercise):
    script = exercise.script
    if isinstance(script, functools.partial):
        script = script.func
    assert getattr(inspect.getmodule(script), script.__name__) is script
    assert Path(inspect.getsourcefile(script)) in MODULES


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_no_part_of_what_a_script_returns_is_the_same_for_every_right_answer(exercise):
    seen = {}
    for seed in range(3):
        for case in exercise.cases(np.random.default_rng(seed)):
            value = plain(exercise.use(exercise.reference, case.fresh_args()))
            for place, leaf in leaves(value):
                seen.setdefault(place, set()).add(leaf)
    assert len(seen) > 1
    constant = {place for place, values in seen.items() if len(values) == 1}
    allowed = CONSTANT.get(exercise.id, "(?!)")
    assert [place for place in constant if not re.fullmatch(allowed, place)] == []


def leaves(value, place=""):
    """Yield (where, what) for each number, text or array in a plain value."""
    if isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, np.ndarray):
        yield place, (value.shape, value.tobytes())
    else:
        yield place, repr(value)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_a_reply_that_was_right_once_is_wrong_for_other_cases(exercise):
    """What a right answer gave to one teacher's cases is handed in for those of another."""
    pairs = zip(*(exercise.cases(np.random.default_rng(seed)) for seed in (0, 1)), strict=True)
    assert not all(
        agree(_outputs(exercise, case, other), exercise.right(other), exercise.rtol)
        for case, other in pairs
    )


def _outputs(exercise, case, other):
    """Return the outputs that a right answer's value for `case` has where it is for `other`."""
    try:
        return exercise.values(plain(exercise.use(exercise.reference, case.fresh_args())), other)
    except Malformed:
        return None
