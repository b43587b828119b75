"""`progress`, `pack`, `unpack` and `update` in a cell: the command, for who has no terminal."""

import json
import sys
import time

import pytest

import lessonlib
from lessonlib import in_browser, judge, recorded
from lessonlib.errors import UserError
from lessonlib.project import STARTED
from lessonlib.workspace import release
from lessonlib.workspace.start import start

NOTEBOOK = "01-relu-layer/01-relu-layer.ipynb"


@pytest.fixture(scope="module")
def course():
    return {name: content for name, content in release.files().items() if name[:2] in ("00", "01")}


@pytest.fixture
def home(course, tmp_path, monkeypatch):
    """A learner's folder with two lessons, in whose lesson 01 this runs."""
    monkeypatch.setattr(release, "files", lambda: dict(course))
    start(tmp_path / "mine")
    monkeypatch.chdir((tmp_path / "mine" / NOTEBOOK).parent)
    return tmp_path / "mine"


def checked(home, *verdicts):
    """Leave in lesson 01's notebook what these checks would."""
    path = home / NOTEBOOK
    notebook = json.loads(path.read_text())
    cell = next(each for each in notebook["cells"] if each["cell_type"] == "code")
    cell["outputs"] = [
        {"output_type": "display_data", "data": {}, "metadata": recorded.record(verdict)}
        for verdict in verdicts
    ]
    path.write_text(json.dumps(notebook))


def test_progress_is_read_from_what_the_checks_left(home, capsys):
    checked(home, judge("relu.relu", abs), judge("relu.relu_derivative", lambda z: z > 0))
    lessonlib.progress()
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "01-relu-layer 1 of 6 1 of 10" in lines
    assert lines[-1] == "Next: start.ready, in 00-start-here."


def test_a_notebook_that_cannot_be_read_counts_nothing(home, capsys):
    (home / NOTEBOOK).write_text("{")
    lessonlib.progress()
    assert "0 of  6" in capsys.readouterr().out


def test_work_goes_into_a_package_and_comes_out_of_it(home, capsys):
    checked(home, judge("relu.relu", abs))
    lessonlib.pack()
    work = (home / NOTEBOOK).read_bytes()
    lessonlib.update()
    (home / NOTEBOOK).write_bytes(release.files()[NOTEBOOK])
    lessonlib.unpack(str(home.with_name("mine.zip")))
    assert (home / NOTEBOOK).read_bytes() == work
    assert "There is nothing new" in capsys.readouterr().out


def test_outside_of_a_course_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no course"):
        lessonlib.pack()


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture
def drive(home, monkeypatch):
    """The same folder as a browser has it: nothing is noted, notebooks have no line breaks."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(in_browser, "DRIVE", home)
    (home / STARTED).unlink()
    for name in release.files():
        (home / ".lessonlib/release" / name).unlink()
        (home / name).write_text(json.dumps(json.loads((home / name).read_text())))
    return home


def test_in_a_browser_notebooks_that_nobody_touched_do_not_count_as_work(drive, capsys):
    lessonlib.pack()
    lessonlib.unpack()
    lessonlib.update()
    said = capsys.readouterr().out
    assert "There is nothing in" in said and "There is nothing new" in said
    assert not list(drive.rglob("*.kept-*"))


def test_a_package_does_not_go_into_the_next(drive):
    lessonlib.pack()
    size = (drive / "my-course.zip").stat().st_size
    lessonlib.pack()
    assert (drive / "my-course-2.zip").stat().st_size < 1.1 * size


def test_a_newer_text_is_told_once_a_lesson_was_handed_out(drive, course, monkeypatch, capsys):
    in_browser.settle(Shell())
    assert capsys.readouterr().out == ""
    newer = course[NOTEBOOK].replace(b"One layer", b"A layer")
    monkeypatch.setattr(release, "files", lambda: {**course, NOTEBOOK: newer})
    in_browser.settle(Shell())
    assert "newer text" in capsys.readouterr().out
    lessonlib.update()
    assert b"A layer" in (drive / NOTEBOOK).read_bytes()


def test_a_kernel_is_watched_once_however_often_check_is_imported(drive):
    shell = Shell()
    in_browser.settle(shell)
    first = dict(shell.calls)
    in_browser.settle(shell)
    assert shell.calls == first


class Shell:
    """The part of IPython's shell that is asked."""

    def __init__(self):
        self.events, self.calls = self, {}

    def register(self, event, call):
        self.calls[event] = call


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
def test_a_cell_is_stopped_when_the_button_is_pressed_and_not_for_an_old_press(drive, monkeypatch):
    monkeypatch.setattr(in_browser, "ASKED_EVERY", 0.1)
    shell = Shell()
    in_browser.settle(shell)
    (drive / in_browser.STOP).write_text(str(time.time() - 60))
    shell.calls["pre_run_cell"](None)
    work(0.3)
    (drive / in_browser.STOP).write_text(str(time.time()))
    with pytest.raises(in_browser.CellStopped):
        work(5.0)
    shell.calls["post_run_cell"](None)
    work(0.3)
    assert not (drive / in_browser.STOP).exists()


def work(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass
