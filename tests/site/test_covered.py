"""`make test-site` runs again where something that it covers has changed, and only there."""

import subprocess
from pathlib import Path

import pytest
from covered import COVERED, PASSED, fingerprint

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path):
    """A repository with a covered folder, a covered file, and another."""
    for name in ("course/a.txt", "course/b.txt", "Makefile", "README.md", ".gitignore"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("made.txt" if name == ".gitignore" else name)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def of(clone):
    return fingerprint(clone, ["course", "Makefile", "tests/site"])


def test_it_is_the_same_twice_whatever_else_changes(clone):
    before = of(clone)
    (clone / "README.md").write_text("another")
    (clone / "course/made.txt").write_text("git ignores it")
    (clone / PASSED).parent.mkdir(parents=True)
    (clone / PASSED).write_text(before)
    assert of(clone) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda clone: (clone / "course/a.txt").write_text("another"),
        lambda clone: (clone / "Makefile").write_text("another"),
        lambda clone: (clone / "course/new.txt").write_text(""),
        lambda clone: (clone / "course/a.txt").unlink(),
        lambda clone: (clone / "course/a.txt").rename(clone / "course/c.txt"),
    ],
)
def test_each_change_of_what_is_covered_gives_another(clone, change):
    before = of(clone)
    change(clone)
    after = of(clone)
    assert after != before
    subprocess.run(["git", "add", "--all"], cwd=clone, check=True)
    assert of(clone) == after  # so that it can be committed with the change


def test_all_that_is_covered_is_there():
    names = [each.removeprefix(":!") for each in COVERED]
    assert [name for name in names if not (ROOT / name).exists()] == []
