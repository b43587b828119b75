"""`make learn` where something is missing: one clear sentence, and an exit code that is not 0."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lessonlib import lab

ROOT = Path(__file__).parents[2]
PYTHON = getattr(sys, "_base_executable", sys.executable)  # not the .venv's: make makes its own
NO_NETWORK = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # nothing listens there
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_RETRIES": "0",
    "PIP_TIMEOUT": "1",
}


@pytest.fixture
def clone(tmp_path):
    """What `make learn` needs of the repository, without a .venv."""
    for name in ["Makefile", "pyproject.toml", "constraints.txt", "LICENSE"]:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder, *arguments, **environment):
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("MAKE") and name != "PYTHONPATH"}  # fmt: skip
    command = ["make", "learn", f"PYTHON={PYTHON}", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, env=clean | environment
    )


def modified_python(folder, name, text):
    """Return an environment in which every Python starts by finding this module first."""
    folder = folder / "modified"
    folder.mkdir()
    (folder / name).write_text(text)
    return {"PYTHONPATH": str(folder)}


def assert_refused(result, *words):
    assert result.returncode != 0
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_an_old_python_is_named(clone, tmp_path):
    old = modified_python(tmp_path, "sitecustomize.py", "import sys; sys.version_info = (3, 9, 18)")
    result = make(clone, **old)
    assert_refused(result, "needs Python 3.11 or newer", "here is 3.9", "make PYTHON=")
    assert not (clone / ".venv").exists()


def test_no_python_at_all(clone):
    result = make(clone, "PYTHON=python-that-is-not-there")
    assert_refused(result, "there is no python-that-is-not-there here")


def test_a_python_without_venv(clone, tmp_path):
    bare = modified_python(tmp_path, "ensurepip.py", "raise ImportError('left out')")
    result = make(clone, **bare)
    assert_refused(result, "venv module is missing", "apt-get install python3-venv")
    assert not (clone / ".venv").exists()


@pytest.mark.slow
def test_without_network_it_says_so_and_can_be_run_again(clone):
    for _ in range(2):  # a half-made .venv does not count as made
        result = make(clone, **NO_NETWORK)
        assert_refused(result, "ERROR:", "Could not install", "connected to the internet?")
        assert not (clone / ".venv/learn.stamp").exists()


@pytest.mark.slow
def test_an_environment_that_was_interrupted_is_made_anew(clone):
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").write_text("not a Python")
    make(clone, **NO_NETWORK)
    assert subprocess.run([clone / ".venv/bin/python", "-c", ""]).returncode == 0


def test_make_alone_tells_what_there_is(clone):
    told = subprocess.run(["make"], cwd=clone, capture_output=True, text=True).stdout
    for target in ["learn", "test", "quick", "build", "bench", "hostile", "lint", "clean"]:
        assert f"make {target}" in told


def test_a_learner_works_in_a_folder_that_git_ignores(clone):
    told = subprocess.run(["make", "-n", "learn"], cwd=clone, capture_output=True, text=True).stdout
    assert ".venv/bin/lessonlib start my-course --port 8888" in told
    assert "/my-course*" in (ROOT / ".gitignore").read_text().splitlines()


LEARN = [sys.executable, "-m", "lessonlib.cli", "learn", "--no-browser"]


def learn(folder, *arguments):
    return subprocess.run(
        [*LEARN, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def course(tmp_path):
    """The least that `lessonlib learn` takes for a course."""
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / "course/00-start-here").mkdir(parents=True)
    return tmp_path


def test_a_port_in_use(course):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = learn(course, "--port", str(port))
    assert result.returncode == 1
    assert_refused(result, f"Port {port} is in use", "--port ", "make learn PORT=")


def test_a_port_that_does_not_exist(course):
    result = learn(course, "--port", "99999")
    assert_refused(result, "65535")


def test_a_lesson_that_does_not_exist(course):
    result = learn(course, "--lesson", "77")
    assert result.returncode == 1
    assert_refused(result, "There is no lesson 77", "00-start-here")


def test_outside_the_course(tmp_path):
    result = learn(tmp_path)
    assert result.returncode == 1
    assert_refused(result, "There is no course in this folder", "lessonlib start my-course")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_lab_opens_on_the_lesson_from_a_folder_inside_the_course(course, tmp_path):
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as screen:
        command = [*LEARN, "--port", str(port)]
        inside = course / "course"
        lab = subprocess.Popen(command, cwd=inside, stdout=screen, stderr=screen)
        try:
            deadline = time.monotonic() + 60
            while not answers(f"http://127.0.0.1:{port}/api") and time.monotonic() < deadline:
                assert lab.poll() is None, log.read_text()
                time.sleep(0.2)
            told = log.read_text()
        finally:
            lab.terminate()
            lab.wait(timeout=30)
    assert "Opening 00-start-here in JupyterLab" in told
    assert f":{port}/lab/tree/course/00-start-here/00-start-here.ipynb" in told


def test_where_no_process_can_take_anothers_place_it_is_waited_for(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SystemExit) as ended:
        lab._become([sys.executable, "-c", "raise SystemExit(3)"])
    assert ended.value.code == 3
