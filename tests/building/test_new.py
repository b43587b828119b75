"""`lessonlib new`: where a new lesson goes, and what it is called.

That it is green is proved in tests/proof, and that a package of one's own is graded in
tests/exercises/test_documentation.py.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from lessonlib import lessons
from lessonlib.building import new
from lessonlib.errors import UserError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("20-batch-norm", "", ("20-batch-norm", "batchnorm", "batch_norm")),
        ("20-batch-norm", "bnorm", ("20-batch-norm", "bnorm", "batch_norm")),
        ("noise", "", ("12-noise", "noise", "noise")),
    ],
)
def test_names_follow_from_one(name, prefix, expected):
    called = new.names(name, prefix, ["00-a", "11-b"])
    assert (called.name, called.prefix, called.module) == expected


@pytest.mark.parametrize("name", ["Batch", "batch_norm", "1-a", "20-", "a b", "../a", ""])
def test_what_is_no_name_is_told(name):
    with pytest.raises(UserError, match="write it like 20-batch-norm"):
        new.names(name, "", [])
    with pytest.raises(UserError, match="no first part"):
        new.names("20-a", "b-c", [])


def test_elsewhere_a_lesson_is_a_package(tmp_path):
    told = new.begin(tmp_path, "20-batch-norm", "bnorm")
    files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {
        "batch-norm/pyproject.toml",
        "batch-norm/nbgrader_config.py",
        "batch-norm/batch_norm/__init__.py",
        "batch-norm/batch_norm/slips.txt",
        "batch-norm/solutions/20-batch-norm/20-batch-norm.py",
        "batch-norm/tests/test_batch_norm.py",
    }
    assert "cd batch-norm" in told and "lessonlib prove 20-batch-norm" in told
    project = tomllib.loads((tmp_path / "batch-norm/pyproject.toml").read_text())
    assert project["project"]["entry-points"]["lessonlib.lessons"] == {"batch-norm": "batch_norm"}
    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text())
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and "{{" in p.read_text()]


def test_nothing_is_written_over(tmp_path):
    new.begin(tmp_path, "20-batch-norm")
    with pytest.raises(UserError, match="is there already; nothing was written"):
        new.begin(tmp_path, "20-batch-norm")


def test_a_lesson_that_exists_is_not_begun_again(tmp_path):
    for name, prefix in (("01-relu-layer", ""), ("20-new", "relu")):
        with pytest.raises(UserError, match=r"There is a lesson 01-relu-layer \(relu\) already"):
            new.begin(tmp_path, name, prefix)


def test_in_this_repository_a_lesson_is_one_of_ours(monkeypatch):
    written = {}
    monkeypatch.setattr(new, "_write", lambda root, files: written.update({root: files}))
    new.begin(ROOT / "docs", "batch-norm")
    (files,) = [written[ROOT]]
    number = max(int(each.number) for each in lessons.LESSONS if each.number.isdigit()) + 1
    assert set(files) == {
        "lessonlib/lessons/batch_norm/__init__.py",
        "lessonlib/lessons/batch_norm/slips.txt",
        f"solutions/{number}-batch-norm/{number}-batch-norm.py",
        "tests/lessons/test_batch_norm.py",
    }
    assert max(len(line) for text in files.values() for line in text.splitlines()) <= 102


def test_a_package_is_graded_as_this_course_is():
    ours = (ROOT / "nbgrader_config.py").read_text()
    theirs = new.names("20-batch-norm", "", []).fill("nbgrader_config")
    assert re.sub('"batch-norm"', '"relu-to-backprop"', theirs) == ours
