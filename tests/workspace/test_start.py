"""`lessonlib start`: the course, in a folder of the learner's."""

import subprocess

import pytest
from learners import LESSON, NOTEBOOK, ROOT

from lessonlib import project
from lessonlib.errors import UserError
from lessonlib.lessons import lesson
from lessonlib.mine import own
from lessonlib.workspace import commands, files, folder, release
from lessonlib.workspace.start import start


def test_the_course_is_in_the_folder_and_remembered_as_it_was(course, tmp_path):
    assert start(tmp_path / "a/new/one")
    home = tmp_path / "a/new/one"
    for name, content in course.files.items():
        assert (home / name).read_bytes() == content == folder.handed_out(home, name).read_bytes()
    assert not start(home)


def test_an_empty_folder_and_hidden_files_in_it_are_no_obstacle(course, tmp_path):
    (tmp_path / ".venv/lib").mkdir(parents=True)
    (tmp_path / ".venv/lib/module.py").touch()
    assert start(tmp_path)


def test_a_folder_with_something_in_it_is_refused_and_left_alone(course, tmp_path):
    (tmp_path / "taxes").mkdir()
    (tmp_path / "taxes/2026.ods").touch()
    with pytest.raises(UserError, match="is not empty: it has taxes/2026.ods in it"):
        start(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["taxes", "2026.ods"]


@pytest.mark.parametrize("below", [".", "below"])
def test_a_file_in_the_place_of_the_folder(course, tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file|cannot be written: Not a directory"):
        start(tmp_path / "file" / below)


def test_a_folder_that_cannot_be_written_to(course, tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "replace", refused)
    with pytest.raises(UserError, match="cannot be written: Permission denied. Nothing was lost"):
        start(tmp_path)


def test_an_interrupted_start_goes_on(course, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "mark", lambda home: None)
    start(tmp_path)
    (tmp_path / NOTEBOOK).unlink()
    (tmp_path / LESSON / f".{LESSON}.ipynb.part").write_text("{half of it")
    monkeypatch.undo()
    monkeypatch.setattr(release, "files", lambda: dict(course.files))
    assert not project.is_started(tmp_path)
    assert start(tmp_path)
    assert (tmp_path / NOTEBOOK).read_bytes() == course.files[NOTEBOOK]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("{half", "does not come from this course, or it is damaged"),
        ('{"format": 2, "version": "9.1"}', "made by lessonlib 9.1, in a form"),
    ],
)
def test_a_folder_of_another_kind_is_refused(home, note, said):
    (home / project.STARTED).write_text(note)
    with pytest.raises(UserError, match=said):
        start(home)


# --- where it is found -------------------------------------------------------------------------


def test_commands_find_the_folder_from_below(home, monkeypatch):
    monkeypatch.chdir(home / LESSON)
    assert project.find_home() == home
    assert project.notebook_named("01") == home / NOTEBOOK
    with pytest.raises(UserError, match="not an instructor's course"):
        project.find_root()


def test_in_a_clone_it_is_my_course_once_that_is_started(course, tmp_path, monkeypatch):
    (tmp_path / project.MARKER).touch()
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path)
    assert project.lessons_in(project.find_home()) == tmp_path / "course"
    start(tmp_path / "my-course")
    assert project.lessons_in(project.find_home()) == tmp_path / "my-course"
    assert project.find_root() == tmp_path
    monkeypatch.chdir(tmp_path / "my-course" / LESSON)
    assert project.find_root() == tmp_path and not own._is_instructors()


def test_mine_finds_a_lesson_from_anywhere_in_the_folder(home, monkeypatch):
    (home / "my-own-notebooks/deep").mkdir(parents=True)
    monkeypatch.chdir(home / "my-own-notebooks/deep")
    assert own._notebook_of(lesson("01")) == home / NOTEBOOK


# --- what is released --------------------------------------------------------------------------


def test_the_release_is_the_course_without_solutions():
    released = release.files()
    assert {"glossary.md", "formulas.md", NOTEBOOK} <= released.keys()
    notebooks = [name for name in released if name.endswith(".ipynb")]
    assert len(notebooks) == len(list((ROOT / "course").glob("*/*.ipynb")))
    assert b"### BEGIN SOLUTION" not in b"".join(released.values())


def test_a_clone_hands_out_what_is_committed_whatever_was_written_into_it(
    tmp_path, monkeypatch, capsys
):
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", tmp_path]
    path = tmp_path / "course" / NOTEBOOK
    path.parent.mkdir(parents=True)
    path.write_text("as committed")
    for command in (["init", "-q"], ["add", "course"], ["commit", "-qm", "Released"]):
        subprocess.run([*git, *command], check=True)
    path.write_text("with answers")
    assert release.committed(tmp_path) == {NOTEBOOK: b"as committed"}
    monkeypatch.setattr(release, "PACKAGE", tmp_path / "lessonlib")
    assert release.files() == {NOTEBOOK: b"as committed"}
    commands.start(tmp_path / "my-course")
    told = " ".join(capsys.readouterr().out.split())
    assert f"course/ have been changed, {NOTEBOOK} for instance. They stay as they are." in told
    assert path.read_text() == "with answers"
    assert (tmp_path / "my-course" / NOTEBOOK).read_text() == "as committed"


def test_without_git_nothing_is_known_to_be_committed(tmp_path):
    assert release.committed(tmp_path) == {}
