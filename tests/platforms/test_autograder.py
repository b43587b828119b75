"""Gradescope's autograder, run here in its folder layout as Gradescope runs it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import oracles
import pytest
from downloads import zipped
from submissions import ROOT, answered, path_of, solutions

from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.record import Record, Result
from lessonlib.platforms import autograder

pytestmark = pytest.mark.slow
LESSON = "00-start-here"
RIGHT = solutions(LESSON)
WRONG = {**RIGHT, "start-column": "def column(values):\n    return values"}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Return a folder as Gradescope has it when setup.sh has run."""
    base = tmp_path_factory.mktemp("autograder")
    autograder.pack(book.course_at(ROOT)[0], LESSON, base / "lesson.zip")
    with zipfile.ZipFile(base / "lesson.zip") as archive:
        archive.extractall(base / "source")
        modes = {e.filename: e.external_attr >> 16 for e in archive.infolist()}
    assert modes["run_autograder"] == modes["setup.sh"] == 0o755
    (base / "run_autograder").write_bytes((base / "source" / "run_autograder").read_bytes())
    (base / "venv").symlink_to(sys.prefix)  # what setup.sh would install
    return base


def run(base, files):
    """Hand in these files; return what Gradescope reads."""
    for name in ("submission", "results"):
        subprocess.run(["rm", "-rf", str(base / name)], check=True)
    for name, data in files.items():
        path = base / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (base / "submission").mkdir(exist_ok=True)
    done = subprocess.run(
        ["bash", str(base / "run_autograder")], capture_output=True, text=True, timeout=300,
        env={"AUTOGRADER": str(base), "PATH": "/usr/bin:/bin"}, cwd=base,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads((base / "results" / "results.json").read_text())


def notebook(answers):
    return nbformat.writes(answered(path_of(ROOT / "course", LESSON), answers)).encode()


def test_a_right_answer_gets_all_points_and_a_wrong_one_is_told_what_learners_are_told(base):
    right = run(base, {"hw.ipynb": notebook(RIGHT)})
    most = sum(each["max_score"] for each in right["tests"])
    assert oracles.gradescope(right) == most > 5
    wrong = run(base, {"mine.zip": zipped({"hw/x.ipynb": notebook(WRONG), "__MACOSX/._x": b"\0"})})
    failed = [each for each in wrong["tests"] if each["status"] == "failed"]
    assert [each["name"] for each in failed] == ["start.column"]
    assert "not right yet" in failed[0]["output"]
    assert oracles.gradescope(wrong) == most - failed[0]["max_score"] + failed[0]["score"]


def test_without_a_notebook_the_learner_is_told_so(base):
    told = run(base, {"notes.pdf": b"%PDF"})
    assert oracles.gradescope(told) == 0 and told["output"] == autograder.NO_NOTEBOOK
    two = run(base, {"a.ipynb": b"{}", "b.ipynb": b"[]"})
    assert oracles.gradescope(two) == 0 and "a.ipynb and b.ipynb" in two["output"]


def test_what_only_instructors_may_read_is_not_in_the_results():
    result = Result("t", "t", 1.0, 2.0, "told", instructor="the hidden test says 42", marked="odd")
    told = autograder.as_results(Record("graded", "f", (result,)), protected=True)
    assert "42" not in json.dumps(told) and told["extra_data"]["marked"] == ["t"]


def test_the_scripts_are_bash_and_name_no_host():
    for script in (autograder.SETUP, autograder.RUN):
        subprocess.run(["bash", "-n", "-c", script], check=True)
        assert "://" not in script
    assert Path(autograder.BASE).is_absolute()
