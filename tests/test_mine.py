"""`mine`: what a learner wrote goes on, where it passes; the library's goes on, where it does not.

The lessons here are those of the course; the learners' notebooks are made by each test.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lessonlib import mine
from lessonlib.errors import UserError
from lessonlib.lessons import LESSONS, find, lesson_of
from lessonlib.mine import handed, ids, own
from lessonlib.mine.definitions import lines_of, needed

LATEST = "99-a-later-one"
PREDICT = "def predict(X, W, b):\n    return X @ W + b"
CHECK = 'check("linreg.predict", predict)'
IN_ROWS = np.ones((3, 2)), np.ones((2, 1)), np.ones(1)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A learner's course, in which a lesson after all of ours is open and no other ever was."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(own, "_KEPT", {})
    monkeypatch.setattr(own, "_TOLD", set())
    here = tmp_path / "course" / LATEST
    here.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    monkeypatch.chdir(here)
    return Course(here.parent)


class Course:
    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, exercise_id: str, *cells: str) -> Path:
        """Write the notebook of the lesson that asks an exercise."""
        name = lesson_of(exercise_id).name
        path = self.folder / name / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        made = [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
        path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ""}, *made]}))
        return path


def is_librarys(exercise_id: str) -> bool:
    prefix, name = exercise_id.split(".")
    return getattr(getattr(mine, prefix), name) is find(exercise_id).reference


# --- in a learner's notebook -------------------------------------------------------------------


def test_ones_own_goes_on_where_it_passes(course, capsys):
    course.write("linreg.predict", "%time 1\nimport numpy as np", PREDICT, CHECK)
    predict = mine.linreg.predict
    assert not is_librarys("linreg.predict") and mine.linreg.predict is predict
    np.testing.assert_array_equal(predict(*IN_ROWS), np.full((3, 1), 3.0))
    assert capsys.readouterr().out == ""


def test_ones_own_that_fails_is_left_and_that_is_said_once(course, capsys):
    course.write("linreg.predict", PREDICT.replace("+", "-"), CHECK)
    assert is_librarys("linreg.predict") and is_librarys("linreg.predict")
    number = lesson_of("linreg.predict").number
    said = f"mine.linreg.predict is the library's: yours in lesson {number} does not pass its check"
    assert capsys.readouterr().out == f"{said}.\n"


@pytest.mark.parametrize(
    "cells, why",
    [
        ([], "has none of yours yet"),
        (['"""Nothing."""'], "has none of yours yet"),
        (["def predict(X, W, b):\n    raise NotImplementedError", CHECK], "has none of yours yet"),
        (["def predict(X, W, b)\n    return 0", CHECK], "does not compile: line 1"),
        ([PREDICT, PREDICT + ")", CHECK], "does not compile: line 2"),
        (["import numpy.nowhere as predict", CHECK], "stops with ModuleNotFoundError"),
        (["shift = len('')", PREDICT + " + shift", CHECK], "needs shift, which the notebook"),
    ],
)
def test_why_ones_own_is_left_stands_in_the_line(course, capsys, cells, why):
    course.write("linreg.predict", *cells)
    assert is_librarys("linreg.predict")
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "", "[]", '{"cells": 3}'])
def test_a_notebook_that_was_never_opened_or_is_damaged_stops_nobody(course, capsys, text):
    path = course.write("linreg.predict")
    path.unlink() if text is None else path.write_text(text)
    assert is_librarys("linreg.predict")
    assert ("there is no notebook" if text is None else "cannot") in capsys.readouterr().out


def test_an_answer_that_is_mended_goes_on_in_the_same_kernel(course, capsys):
    course.write("linreg.predict", PREDICT.replace("@", "*"), CHECK)
    assert is_librarys("linreg.predict")
    course.write("linreg.predict", PREDICT, CHECK)
    assert not is_librarys("linreg.predict")


def test_what_an_answer_needs_comes_with_it_and_nothing_else_runs(course):
    Path("../ran").unlink(missing_ok=True)
    course.write(
        "linreg.predict",
        "import numpy as np\nopen('../ran', 'w')\nONE, (TWO, _) = 1, (2, -3.5e-1)",
        "def times(a, b):\n    return np.matmul(a, b) * ONE",
        "add = lambda a, b: a + half(b) * TWO\nhalf = lambda a: a / 2",
        "def predict(X, W, b):\n    return add(times(X, W), b)",
        CHECK,
        "def times(a, b):\n    return a  # after the check: another one",
    )
    np.testing.assert_array_equal(mine.linreg.predict(*IN_ROWS), np.full((3, 1), 3.0))
    assert not is_librarys("linreg.predict") and not Path("../ran").exists()


def test_an_answer_below_its_check_counts_too(course):
    course.write("linreg.predict", CHECK, PREDICT)
    assert not is_librarys("linreg.predict")


def test_a_class_goes_on_with_what_was_added_to_it(course):
    reference = Path(sys.modules[find("autodiff.value").reference.__module__].__file__)
    kinds = {node.name: ast.unparse(node) for node in ast.parse(reference.read_text()).body
             if isinstance(node, ast.ClassDef)}  # fmt: skip
    whole, backward = kinds["Value"].split("\n    def backward")
    order = "def topological_order(value):\n    found = []\n    def visit(n):\n" \
            "        if n not in found:\n            [visit(p) for p, _ in n.parents]\n" \
            "            found.append(n)\n    visit(value)\n    return found"  # fmt: skip
    course.write(
        "autodiff.value",
        "import numpy as np",
        whole,
        'check("autodiff.value", Value)',
        order,
        'check("autodiff.topological_order", topological_order)',
        ast.unparse(ast.parse("def backward" + backward.replace("\n    ", "\n"))),
        "Value.backward = backward",
        'check("autodiff.backward", Value)',
    )
    value = mine.autodiff.backward
    assert value is not find("autodiff.backward").reference
    x = value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0
    assert not hasattr(mine.autodiff.value, "backward")
    assert not is_librarys("autodiff.topological_order")


def test_an_error_in_ones_own_shows_the_notebooks_line(course):
    course.write("linreg.predict", PREDICT, CHECK)
    import traceback

    try:
        mine.linreg.predict(np.ones((2, 2)), np.ones((3, 1)), 0)
    except ValueError as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        assert last.line == "return X @ W + b"
        assert last.filename == f"{lesson_of('linreg.predict').name}, code cell 1"


def test_an_answer_runs_where_it_can_harm_nothing(course, capsys):
    course.write("linreg.predict", "import os\n" + PREDICT.replace("X @", "os._exit(3) @"), CHECK)
    assert is_librarys("linreg.predict")
    assert "does not pass" in capsys.readouterr().out


# --- what there is, and what there is not ------------------------------------------------------


@pytest.mark.parametrize(
    "ask, said",
    [
        (lambda: mine.relu, "samples in columns"),
        (lambda: mine.twolayer, "samples in columns"),
        (lambda: mine.gradcheck, "There is no mine.gradcheck"),
        (lambda: mine.deep.forwad, "Did you mean 'deep.forward'?"),
        (lambda: mine.deep.recall_1, "asks for values"),
        (lambda: mine.digits.classifier, "its own notebook"),
    ],
)
def test_what_does_not_go_on_is_said_with_the_reason(course, ask, said):
    with pytest.raises(UserError, match=said.replace("?", r"\?")):
        ask()
    with pytest.raises(AttributeError):
        ask()


def test_a_lesson_gets_nothing_of_its_own_or_of_later_ones(course, monkeypatch):
    lesson = lesson_of("training.minibatches")
    (course.folder / lesson.name).mkdir()
    monkeypatch.chdir(course.folder / lesson.name)
    with pytest.raises(UserError, match="use your own minibatches"):
        mine.training.minibatches  # noqa: B018
    with pytest.raises(UserError, match="comes after this one"):
        mine.autodiff.value  # noqa: B018
    assert "forward" in dir(mine.deep) and "value" not in dir(mine.autodiff)


def test_the_tab_key_finds_lessons_and_exercises(course):
    assert dir(mine) == sorted(mine.ROWS)
    assert {"forward", "backward", "initialize"} <= set(dir(mine.deep))
    assert "recall_1" not in dir(mine.deep) and not hasattr(mine.deep, "recall_1")


def test_in_solutions_it_is_the_librarys_and_nothing_is_said(course, monkeypatch, capsys):
    here = course.folder.with_name("solutions") / LATEST
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert is_librarys("linreg.predict") and is_librarys("deep.network")
    assert capsys.readouterr().out == ""


def test_importing_it_loads_nothing_and_prints_nothing():
    code = "import sys\nfrom lessonlib import mine\nprint('numpy' in sys.modules, dir(mine)[:1])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "False ['autodiff']\n" and ran.stderr == ""


# --- the definitions that a name needs ---------------------------------------------------------


def names_needed(name: str, *cells: str) -> list[str]:
    return [ast.unparse(line.node).split("\n")[0] for line in needed(lines_of(cells), name).lines]


def test_a_name_that_is_made_anew_from_itself_needs_both():
    cells = "def f():\n    return 1", "g = f", "def f():\n    return g()", "def h(): ..."
    assert names_needed("f", *cells) == ["def f():", "g = f", "def f():"]


def test_a_loop_of_functions_ends():
    cells = "def even(n):\n    return n == 0 or odd(n - 1)", "def odd(n):\n    return even(n - 1)"
    assert names_needed("odd", *cells) == ["def even(n):", "def odd(n):"]


def test_local_names_are_not_those_of_the_notebook():
    cells = "W = open('x')", "def f(W):\n    b = W\n    return b", "b = input()"
    need = needed(lines_of(cells), "f")
    assert len(need.lines) == 1 and need.lacking == ()


# --- while a class is graded -------------------------------------------------------------------

LATER = [each for each in LESSONS if ids.going_on(each.name)]


@pytest.mark.parametrize("lesson", LATER, ids=lambda lesson: lesson.name)
def test_all_that_goes_on_is_handed_to_the_grader_and_no_answer_of_the_lesson(lesson):
    files = handed.handed_out(lesson.name)
    assert [*json.loads(files[mine.HANDED])] == ids.going_on(lesson.name)
    told = b"\n".join(files.values()).decode()
    for each in (e for other in LESSONS if other.name >= lesson.name for e in other.exercises):
        kept = ast.parse(ast.unparse(each.source.tree)).body[0]
        kept.decorator_list = []
        assert ast.unparse(kept) not in told, each.id


def test_an_assignment_that_is_no_lesson_is_handed_nothing():
    assert handed.handed_out("homework") == {}


def test_a_function_that_needs_a_later_answer_is_not_handed_out():
    network, forward = (handed.place_of(find(f"deep.{name}")) for name in ("network", "forward"))
    with pytest.raises(handed.NotApart):
        handed.parts_of(network, {forward})
    assert handed.parts_of(network, set())


def test_what_is_handed_out_works_without_any_lesson(tmp_path):
    """As in a grading process: the library without its lessons, and what was handed out."""
    (tmp_path / "lessonlib").mkdir()
    library = handed.TOP / "lessonlib"
    for each in library.iterdir():
        if each.name not in ("lessons", "building", "__init__.py"):
            (tmp_path / "lessonlib" / each.name).symlink_to(each)
    texts = {f"lessonlib{each}/__init__.py": (library / f".{each}/__init__.py").read_bytes()
             for each in ("", "/lessons")}  # fmt: skip
    for path, data in {**handed.handed_out(LATER[-1].name), **texts}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    code = (
        "from lessonlib import mine\nimport numpy as np\n"
        "net = mine.deep.network([2, 3, 1], np.random.default_rng(0), 'relu', 'sigmoid')\n"
        "print(type(net).__module__, dir(mine.linreg)[:2])\n"
        "for prefix in mine.ROWS:\n"
        "    for name in dir(getattr(mine, prefix)):\n"
        "        assert callable(getattr(getattr(mine, prefix), name))\n"
        "try:\n    mine.deep.recall_1\nexcept AttributeError as error:\n    print(error)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NBGRADER_EXECUTION": "autograde"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert ran.stderr == ""
    module = find("deep.network").reference.__module__
    assert ran.stdout.splitlines() == [
        f"{module} ['closed_form', 'count_parameters']",
        "No earlier lesson has a function for deep.recall_1 that goes on.",
    ]
