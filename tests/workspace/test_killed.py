"""Killed at any moment, `update` loses no answer, and the next one ends where it would have."""

import pickle
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from learners import ANSWER, NOTEBOOK, answered, sources

from lessonlib.workspace.update import is_current, update

pytestmark = pytest.mark.slow

MOMENTS = 20
TEXT, STUB = "cell-dd723bf76b", "relu-relu"
OTHERS = [f"{number:02}-other/{number:02}-other.ipynb" for number in range(40, 48)]
UPDATE = """
import os, pickle, signal, sys
from pathlib import Path
from lessonlib.workspace import release, update
home, released, moment = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), int(sys.argv[3])
replace, fsync, steps = os.replace, os.fsync, 0
def step():
    global steps
    if steps == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    steps += 1
def counted_fsync(file):
    if steps == moment:
        os.ftruncate(file, os.fstat(file).st_size // 2)  # killed while it was being written
    step()
    fsync(file)
def counted_replace(*paths):
    step()
    replace(*paths)
    step()
os.replace, os.fsync = counted_replace, counted_fsync
release.files = lambda: pickle.loads(released)
update.update(home)
print(steps)
"""


@pytest.fixture
def worked_in(course, home):
    """A folder of nine lessons, each answered, one of their texts changed; and a next release."""
    for name in OTHERS:
        course.files[name] = course.files[NOTEBOOK]
    update(home)
    for name in (NOTEBOOK, *OTHERS):
        answered(home / name, STUB)
    answered(home / OTHERS[0], TEXT, "# Mine")
    for name in (NOTEBOOK, *OTHERS):
        course.text("# New", name)
    return home


def updated(home: Path, released: Path, moment: int) -> subprocess.CompletedProcess:
    """Update in a process that is killed at a moment, counted in steps; at -1 it is not."""
    command = [sys.executable, "-c", UPDATE, str(home), str(released), str(moment)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60)


def answers(home: Path) -> list[str]:
    return [sources(home / name)[STUB] for name in (NOTEBOOK, *OTHERS)]


def files(home: Path) -> dict[str, bytes]:
    paths = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".part")
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in paths}


def test_killed_at_twenty_moments(course, worked_in, tmp_path):
    released = tmp_path / "released"
    released.write_bytes(pickle.dumps(course.files))
    whole = shutil.copytree(worked_in, tmp_path / "whole")
    steps = int(updated(whole, released, -1).stdout)
    assert steps > MOMENTS
    expected = files(whole)
    for moment in np.linspace(0, steps - 1, MOMENTS).astype(int):
        home = shutil.copytree(worked_in, tmp_path / f"moment{moment}")
        assert updated(home, released, moment).returncode == -signal.SIGKILL
        assert answers(home) == [ANSWER] * (1 + len(OTHERS))
        update(home)
        assert files(home) == expected and is_current(home)
