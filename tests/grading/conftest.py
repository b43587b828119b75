"""One warm server for all tests here, and processes in it.

A server has one submission at a time: a test that needs a process takes it from here and gives it
back, also where it has failed.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from processes import LIMITS, speaker
from school import School

from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.notebook import Notebook
from lessonlib.grading.host.process import Process


@pytest.fixture(scope="session")
def server():
    """The server that submissions are forked from, locked away."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def start(server):
    """Return a function that starts a process, with files and other limits."""
    started = []

    def start(content=None, attributes=(), **limits):
        started.append(Process(server, replace(LIMITS, **limits), content or {}, attributes))
        return started[-1]

    yield start
    for process in started:
        process.close()


@pytest.fixture
def process(start):
    """A submission's process in which nothing has run yet."""
    return start()


@pytest.fixture
def says(process):
    """Run a cell and return what it printed."""
    return speaker(process)


@pytest.fixture
def make(server):
    """Return a function that makes a notebook which outlives its processes."""
    made = []

    def make(files=None, **limits):
        limits = replace(LIMITS, **limits)
        deadline = time.monotonic() + limits.total_seconds
        made.append(Notebook(server, limits, files or {}, deadline))
        return made[-1]

    yield make
    for notebook in made:
        notebook.close()


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    """A gradebook that knows the toy lesson and nobody; nbgrader looks for alembic on the path."""
    school = School(tmp_path_factory.mktemp("school"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        school.enter()
    return school.root / "gradebook.db"


@pytest.fixture
def school(tmp_path, empty_gradebook):
    """A course with the toy lesson, in which nobody has handed in."""
    return School(tmp_path, empty_gradebook)
