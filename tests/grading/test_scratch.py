"""A temporary folder goes with its process: at once, or when the next one looks."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

from lessonlib.grading.scratch import PREFIX, scratch, sweep

HOLD = """
from lessonlib.grading.scratch import scratch
with scratch() as folder:
    (folder / "data.csv").write_text("1")
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def other(temporary):
    """Another process that has such a folder in use."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert str(temporary) in process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_the_folder_and_all_in_it_go_at_the_end(temporary):
    with scratch() as folder:
        (folder / "deep").mkdir()
        assert list(temporary.iterdir()) == [folder]
    assert list(temporary.iterdir()) == []


def test_the_folder_goes_when_a_test_fails_and_when_the_test_removed_it(temporary):
    with pytest.raises(ZeroDivisionError), scratch():
        raise ZeroDivisionError
    with scratch() as folder:
        shutil.rmtree(folder)
    assert list(temporary.iterdir()) == []


def test_what_is_in_use_stays(temporary, other):
    with scratch() as folder:
        sweep()
        assert folder.is_dir()
        assert len(list(temporary.iterdir())) == 2


def test_what_a_killed_process_left_is_swept_away(temporary, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert len(list(temporary.iterdir())) == 1
    sweep()
    assert list(temporary.iterdir()) == []


def test_links_and_the_folders_of_others_are_not_touched(temporary):
    (temporary / "precious").mkdir()
    (temporary / f"{PREFIX}link").symlink_to(temporary / "precious")
    sweep()
    assert len(list(temporary.iterdir())) == 2
