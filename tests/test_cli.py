"""The `lessonlib` command, as a learner types it."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]


def lessonlib(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lessonlib.cli", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@cache
def check_of(notebook: str) -> subprocess.CompletedProcess:
    return lessonlib("check", notebook)


@pytest.mark.parametrize("lesson", ["00-start-here", "01-relu-layer", "02-three-layers-by-hand"])
def test_the_solution_gets_all_points_and_the_released_notebook_none(lesson):
    solved = lessonlib("check", f"solutions/{lesson}/{lesson}.ipynb")
    assert "✗" not in solved.stdout
    total = solved.stdout.strip().splitlines()[-1]
    earned, of = total.split(" of ")
    assert earned == of.split()[0] and float(earned) > 5
    released = check_of(lesson)
    assert released.stdout.strip().splitlines()[-1].startswith("0 of ")
    assert "✓" not in released.stdout
    assert "Traceback" not in released.stdout + released.stderr


def test_every_message_of_a_released_notebook_helps():
    out = check_of("01-relu-layer").stdout
    assert out.count("✗") == out.count("is not written yet") + out.count("still `...`") == 8


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
    assert "5 of 16 points" not in out and "4 of 15 points." in out


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("check", "17"), "There is no lesson '17'. The lessons: 00-start-here"),
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
    assert "This is not the course's folder" in done.stderr


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
    for lesson in ("00-start-here", "01-relu-layer", "02-three-layers-by-hand"):
        shutil.copytree(ROOT / "course" / lesson, tmp_path / "course" / lesson)
    (tmp_path / "course/00-start-here/00-start-here.ipynb").write_text("{half a note")
    rows = lessonlib("progress", cwd=tmp_path).stdout.splitlines()
    (start,) = (row for row in rows if "00-start-here " in row)
    assert "00-start-here.ipynb is not a" in start
    for lesson, row in (("01-relu-layer", "0 of 8 │ 0 of 15 points"),
                        ("02-three-layers-by-hand", "0 of 7 │ 0 of 19 points")):  # fmt: skip
        assert row in next(" ".join(each.split()) for each in rows if lesson in each)


def test_without_lessons_progress_says_so(tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    done = lessonlib("progress", cwd=tmp_path)
    assert done.returncode == 1
    assert "There are no lessons in" in done.stderr


def test_a_hint_comes_one_at_a_time():
    first, last = lessonlib("hint", "relu.tent").stdout, lessonlib("hint", "relu.tent", "3").stdout
    assert first.startswith("Hint 1 of 3 for relu.tent:")
    assert "slopes must add up to 0" in " ".join(last.split())
