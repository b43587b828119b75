"""A notebook of the first edition still checks: its ids, names, points and imports are promises.

`first_edition.txt` has every check of its eleven lessons, frozen: CI has no need of git's history.
"""

import ast
import re
import warnings
from importlib import import_module
from pathlib import Path

import pytest
from contract import verdict_on

from lessonlib.lessons import find, lesson_of

HERE = Path(__file__).parent
ROWS = (HERE / "first_edition.txt").read_text(encoding="utf-8").splitlines()
CHECKS = [row.split(" ", 1) for row in ROWS if row and not row.startswith("#")]

# What the notebooks import from the package, and what of `nn` and `plots` they call.
IMPORTED = {
    "lessonlib": "check nn plots",
    "lessonlib.data": "digits line seed_001 spirals two_moons xor",
    "lessonlib.lessons.deep_network": "backward forward initialize update",
    "lessonlib.lessons.relu_layer": "layer_backward layer_forward",
    "lessonlib.lessons.suspect_gradients": "ONE_OF_THREE PLANTED_BUGS candidates forward gradients "
    "loss small_network xor_network",
    "lessonlib.nn": "binary_cross_entropy cross_entropy numeric_gradient relative_error relu "
    "relu_derivative sigmoid sigmoid_derivative softmax tanh_derivative",
    "lessonlib.nn.network": "Network",
    "lessonlib.plots": "confusion decision_boundary descent digit_grid function graph heatmap "
    "hinge layer_histograms layer_scales loss_curve network optimiser_paths rate_sweep shapes "
    "step_sweep weight_history",
    "lessonlib.reference": "keras_two_hidden_layers",
}


def call_of(row):
    """Return the id, the name of a function or class, and the values by keyword of a check."""
    call = ast.parse(row).body[0].value
    exercise_id, *answer = call.args
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return exercise_id.value, *([each.id for each in answer] or [None]), named


def test_all_checks_of_the_first_edition_are_listed():
    assert len(CHECKS) == len({call_of(row)[0] for _, row in CHECKS}) == 110
    assert sum(int(points) for points, _ in CHECKS) == 236


@pytest.mark.parametrize(("points", "row"), CHECKS, ids=[call_of(row)[0] for _, row in CHECKS])
def test_a_check_of_the_first_edition_still_gives_its_points(points, row):
    exercise_id, name, named = call_of(row)
    exercise = find(exercise_id)
    assert exercise.points == int(points)
    if name:
        assert (exercise.returns != "named", exercise.function) == (True, name)
        answer = exercise.reference
    else:
        assert sorted(named) == sorted(exercise.answer_names)
        answer = {key: given(exercise, key, node) for key, node in named.items()}
    with warnings.catch_warnings(action="ignore"):
        verdict = verdict_on(exercise, answer, seed=1)
    assert (verdict.passed, verdict.points) == (True, int(points)), verdict.message


def given(exercise, key, node):
    """Return the first edition's value; today's where it is too large to be listed."""
    return exercise.reference()[key] if isinstance(node, ast.Name) else ast.literal_eval(node)


@pytest.mark.parametrize(("module", "names"), IMPORTED.items())
def test_what_a_notebook_of_the_first_edition_imports_is_there(module, names):
    loaded = import_module(module)
    missing = [name for name in names.split() if not hasattr(loaded, name)]
    assert [name for name in missing if not import_module(f"{module}.{name}")] == []


def test_a_name_that_was_never_there_is_still_an_error():
    with pytest.raises(ImportError, match="layer_backwards"):
        from lessonlib.lessons.relu_layer import layer_backwards  # noqa: F401


def moved():
    """Return where the exercises of each lesson of the first edition are asked: {"01": {"01"}}."""
    found = {}
    for row in ROWS:
        if name := re.match(r"# (\d\d)-", row):
            now = found.setdefault(name[1], set())
        elif row and not row.startswith("#"):
            now.add(lesson_of(call_of(row.split(" ", 1)[1])[0]).number)
    return found


def test_the_changelog_says_where_each_lesson_went():
    text = (HERE.parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    table = text.split("| first edition | now |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (\d\d) .+? \| (.+) \|$", table, re.MULTILINE)
    said = {old: set(re.findall(r"\b(?:\d\d|x\d)\b", now)) for old, now in rows}
    assert said == moved()
