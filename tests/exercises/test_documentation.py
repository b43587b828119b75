"""What docs/writing-exercises.md shows is a lesson: it is built, proved and graded."""

import ast
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lessonlib.building import new

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/writing-exercises.md").read_text(encoding="utf-8")


def block(after):
    """Return the block of code that comes first after some words of the page."""
    return re.search(r"```\w*\n(.*?)```", PAGE[PAGE.index(after) :], re.DOTALL)[1]


CODE = block("`batch_norm/__init__.py`:")
SLIPS = block("`batch_norm/slips.txt` names")
NOTEBOOK = block("## The notebook")


def command(folder, *words):
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "tests/quick")])
    return subprocess.run(
        [sys.executable, "-m", "lessonlib.cli", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The page's lesson as a package that is found; built."""
    folder = tmp_path_factory.mktemp("own")
    names = new.names("20-batch-norm", "bnorm", [])
    texts = {
        "batch_norm/__init__.py": CODE,
        "batch_norm/slips.txt": SLIPS,
        "solutions/20-batch-norm/20-batch-norm.py": NOTEBOOK,
        "nbgrader_config.py": names.fill("nbgrader_config"),
        "batch_norm-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: batch-norm\nVersion: 1\n",
        "batch_norm-1.dist-info/entry_points.txt": block("## Where lessonlib finds it")
        .replace('project.entry-points."lessonlib.lessons"', "lessonlib.lessons")
        .replace('"', ""),
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    built = command(folder, "build")
    assert built.returncode == 0, built.stderr
    return folder


def test_an_exercise_takes_at_most_40_lines_and_20_of_code():
    code = [line for line in CODE.splitlines() if line.strip()]
    slips = [line for line in SLIPS.splitlines() if line.strip()]
    of_code = code + [line for line in slips if re.search(r"\S  # ", line)]
    assert len(CODE.splitlines()) + len(SLIPS.splitlines()) <= 40
    assert len(of_code) <= 20
    assert len(re.findall(r"^\d\. ", SLIPS, re.MULTILINE)) == 3
    assert len(re.findall(r"\S  # (?!also right)", SLIPS)) == 3


@pytest.mark.slow
def test_the_pages_lesson_is_proved(course):
    proved = command(course, "prove", "20")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "0 faults" in proved.stdout


def test_the_mistake_that_no_line_can_say_is_python():
    assert "@mistake(center" in block("What no line can say")
    ast.parse(block("What no line can say"))


@pytest.mark.slow
def test_a_class_of_six_is_graded_and_reported(course):
    folder = course / "handed_in"
    folder.mkdir()
    released = (course / "course/20-batch-norm/20-batch-norm.ipynb").read_text()
    stub = r"    raise NotImplementedError(\"Replace this line with your code.\")"
    assert stub in released
    answers = {
        "ann": "    return X - X.mean(0)",
        "bob": "    return X - X.mean()",
        "cid": "    X -= X.mean(axis=0)\\n    return X",
        "dot": stub,
        "eve": "    import batch_norm\\n    return batch_norm.center(X)",
        "fay": "    return X - X.sum(axis=0) / len(X)",
    }
    for name, answer in answers.items():
        (folder / f"{name}.ipynb").write_text(released.replace(stub, answer))
    for words in (("collect", "20", str(folder)), ("grade", "20"), ("report", "20")):
        done = command(course, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    (table,) = course.glob("reports/*.csv")
    with table.open(newline="") as rows:
        points = {row["student"]: row["points"] for row in csv.DictReader(rows)}
    assert {name: float(points[name]) for name in answers} == {
        "ann": 2, "bob": 0, "cid": 1, "dot": 0, "eve": 0, "fay": 2,
    }  # fmt: skip
