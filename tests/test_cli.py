"""The `lessonlib` command, as a learner types it."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def lessonlib(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lessonlib.cli", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("lesson", ["00-start-here", "01-relu-layer", "03-three-layers-by-hand"])
def test_the_solution_gets_all_points_and_the_released_notebook_none(lesson):
    solved = lessonlib("check", f"solutions/{lesson}/{lesson}.ipynb")
    assert "✗" not in solved.stdout
    total = solved.stdout.strip().splitlines()[-1]
    earned, of = total.split(" of ")
    assert earned == of.split()[0] and float(earned) > 5
    released = lessonlib("check", f"course/{lesson}/{lesson}.ipynb")
    assert released.stdout.count("\n") == 1 and released.stderr == ""
    assert released.stdout.startswith(f"{lesson}: nothing is answered yet, 0 of {of.split()[0]} ")


def test_what_is_not_answered_is_told_in_one_line(tmp_path):
    path = ROOT / "course/01-relu-layer/01-relu-layer.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answer = next(c for c in notebook.cells if c.source.startswith("def relu_derivative"))
    answer.source = "def relu_derivative(z):\n    return z"
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    out = lessonlib("check", str(tmp_path / "mine.ipynb")).stdout
    assert out.count("✗") == 1 and "✗ relu.relu_derivative: not right yet" in out
    left = "relu.relu, relu.by_hand, relu.tent, relu.layer_forward and relu.downhill."
    assert f"Not answered yet: {left}" in " ".join(out.split())
    assert "<" not in out and "0 of 10 points." in out


def test_a_notebook_in_bad_shape_still_gets_a_row_for_each_exercise(tmp_path):
    source = ROOT / "solutions/01-relu-layer/01-relu-layer.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells = [c for c in notebook.cells if "relu.by_hand" not in c.source]
    stop = next(i for i, c in enumerate(notebook.cells) if "relu.layer_forward" in c.source)
    notebook.cells.insert(stop, nbformat.v4.new_code_cell("import os; os._exit(1)"))
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    out = " ".join(lessonlib("check", str(tmp_path / "mine.ipynb")).stdout.split())
    assert "The notebook has no check cell for this exercise any more" in out
    assert "The check was not reached: the kernel ended in a cell above" in out
    assert "5 of 16 points" not in out and "4 of 10 points." in out


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("check", "77"), "There is no lesson '77'. The lessons: 00-start-here"),
        (("check", "missing.ipynb"), "There is no notebook missing.ipynb."),
        (("check", "README.md"), "README.md is not a notebook."),
        (("hint", "relu.tant"), "Did you mean 'relu.tent'?"),
        (("hint", "relu.tent", "9"), "relu.tent has 3 hints."),
    ],
)
def test_bad_input_gets_a_sentence(args, sentence):
    done = lessonlib(*args)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_the_course_the_command_says_where_to_go(tmp_path):
    done = lessonlib("check", "01", cwd=tmp_path)
    assert done.returncode == 1
    assert "There is no course in this folder or above it" in done.stderr


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"cells": 3}', '{"nbformat": 4, "nbformat_minor": 5, "cells": [1]}']
)
def test_a_damaged_notebook_is_no_reason_for_a_traceback(tmp_path, text):
    (tmp_path / "mine.ipynb").write_text(text)
    done = lessonlib("check", str(tmp_path / "mine.ipynb"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "mine.ipynb" in done.stderr


def test_a_foreign_notebook_is_not_ours(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    done = lessonlib("check", str(tmp_path / "mine.ipynb"))
    assert "it is not a notebook of this course" in done.stderr


def test_progress_has_a_row_for_each_lesson_a_damaged_one_too(tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    for lesson in ("00-start-here", "01-relu-layer", "03-three-layers-by-hand"):
        shutil.copytree(ROOT / "course" / lesson, tmp_path / "course" / lesson)
    (tmp_path / "course/00-start-here/00-start-here.ipynb").write_text("{half a note")
    rows = lessonlib("progress", cwd=tmp_path).stdout.splitlines()
    (start,) = (row for row in rows if "00-start-here " in row)
    assert "see below" in start
    assert any(row.startswith("00-start-here.ipynb is not a notebook.") for row in rows)
    for lesson, row in (("01-relu-layer", "0 of 6 │ 0 of 10 points │ 0 of 1 │"),
                        ("03-three-layers-by-hand", "0 of 6 │ 0 of 16 points │ 0 of 1 │"),
                        ("│ all", "0 of 12 │ 0 of 26 points │ 0 of 2 │")):  # fmt: skip
        assert row in next(" ".join(each.split()) for each in rows if lesson in each)
    assert rows[-1] == "Next: relu.relu, in course/01-relu-layer/01-relu-layer.ipynb"


def test_without_lessons_progress_says_so(tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    done = lessonlib("progress", cwd=tmp_path)
    assert done.returncode == 1
    assert "There are no lessons in" in done.stderr


def test_a_hint_comes_one_at_a_time():
    first, last = lessonlib("hint", "relu.tent").stdout, lessonlib("hint", "relu.tent", "3").stdout
    assert first.startswith("Hint 1 of 3 for relu.tent:")
    assert "slopes must add up to 0" in " ".join(last.split())
