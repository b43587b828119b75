"""The course's private folder: a secret that is made once and then never changes."""

import os
import stat
import threading

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lessonlib.errors import UserError
from lessonlib.grading.classroom import private


@pytest.fixture
def course(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    return CourseDirectory(config=config)


def test_the_secret_is_made_once_for_its_owner_alone(course, tmp_path):
    made = private.secret(course)
    assert len(made) == 32
    assert private.secret(course) == made
    path = tmp_path / ".lessonlib" / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_two_courses_have_two_secrets(course, tmp_path):
    first = private.secret(course)
    course.root = str(tmp_path / "other")
    os.mkdir(course.root)
    assert private.secret(course) != first


def test_who_comes_second_takes_the_first_ones(course):
    found = []
    threads = [threading.Thread(target=lambda: found.append(private.secret(course)))
               for _ in range(8)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_never_replaced_silently(course, tmp_path, content):
    private.secret(course)
    path = tmp_path / ".lessonlib" / "secret"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is damaged.*backup.*graded anew"):
        private.secret(course)
    assert path.read_bytes() == content


def test_a_secret_that_cannot_be_read_is_told(course, tmp_path):
    (tmp_path / ".lessonlib" / "secret").mkdir(parents=True)
    with pytest.raises(UserError, match="cannot be read"):
        private.secret(course)


def test_a_folder_that_cannot_be_made_is_told(course, tmp_path):
    (tmp_path / ".lessonlib").write_text("a file")
    with pytest.raises(UserError, match="cannot be read"):
        private.secret(course)


def test_git_does_not_take_it():
    with open(os.path.join(os.path.dirname(__file__), "../../../.gitignore")) as file:
        assert "/.lessonlib/" in file.read().split()
