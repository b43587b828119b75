"""What the tests of a learner's folder share."""

import pytest
from learners import Course

from lessonlib.workspace import release
from lessonlib.workspace.start import start


@pytest.fixture
def course(monkeypatch):
    """The course that is released here."""
    course = Course()
    monkeypatch.setattr(release, "files", lambda: dict(course.files))
    return course


@pytest.fixture
def home(course, tmp_path):
    """A learner's folder, just started."""
    start(tmp_path / "mine")
    return tmp_path / "mine"
