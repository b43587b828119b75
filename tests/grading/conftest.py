"""One warm server for all tests here, and sessions in it.

A server has one submission at a time: a test that needs a session takes it from here and gives it
back, also where it has failed.
"""

import pytest

from lessonlib.grading.limits import Limits
from lessonlib.grading.remote.handles import Far
from lessonlib.grading.remote.isolation import Server
from lessonlib.grading.remote.session import Session

LIMITS = Limits(cell_seconds=5.0, call_seconds=2.0, total_seconds=60.0)


@pytest.fixture(scope="session")
def server():
    """The server that submissions are forked from, locked away."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def session(server):
    """A submission's process in which nothing has run yet."""
    session = Session(server, LIMITS, {})
    yield session
    session.close()


@pytest.fixture
def says(session):
    """Run a cell and return what it printed."""
    return speaker(session)


def speaker(session):
    """Return a function that runs a cell in a session and returns what it printed."""

    def says(source):
        ran = session.run(source, 10.0, {})
        assert ran.error is None, ran.outputs
        return "".join(output.get("text", "") for output in ran.outputs).strip()

    return says


@pytest.fixture
def define(session):
    """Run a cell and return what it made of these names, as the judge gets to see it."""
    far = Far(session, LIMITS.call_seconds)

    def define(source, *names, classes=None):
        ran = session.run(source, LIMITS.cell_seconds, {})
        assert ran.error is None, ran.outputs
        found = far.find(list(names), classes or {})
        values = [found[name] for name in names]
        return values[0] if len(values) == 1 else values

    return define
