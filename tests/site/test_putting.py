"""What is made for the web takes the place of what a former run has made, and of nothing else."""

import pytest

from lessonlib.errors import UserError
from lessonlib.site.putting import replaced


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def make(out, file="new.html"):
    with replaced(out, "mark") as beside:
        beside.mkdir()
        (beside / "mark").write_text("")
        (beside / file).write_text("")
        assert not (out / file).exists()


def test_a_new_folder_is_made_and_an_old_one_replaced(tmp_path):
    make(tmp_path / "a/site", "old.html")
    make(tmp_path / "a/site")
    assert names(tmp_path) == ["a", "a/site", "a/site/mark", "a/site/new.html"]


def test_an_empty_folder_is_as_good_as_none(tmp_path):
    (tmp_path / "site").mkdir()
    make(tmp_path / "site")
    assert names(tmp_path / "site") == ["mark", "new.html"]


def test_what_fails_leaves_the_old_one_and_the_next_run_cleans_up(tmp_path):
    make(tmp_path / "site", "old.html")
    with pytest.raises(OSError, match="disk"), replaced(tmp_path / "site", "mark") as beside:
        beside.mkdir()
        (beside / "half").write_text("")
        raise OSError("the disk is full")
    assert names(tmp_path / "site") == ["mark", "old.html"]
    make(tmp_path / "site")
    assert names(tmp_path) == ["site", "site/mark", "site/new.html"]


def test_a_folder_with_something_else_is_refused_and_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years")
    with pytest.raises(UserError, match="mine has something else in it"):
        make(tmp_path / "mine")
    assert names(tmp_path) == ["mine", "mine/thesis.txt"]
