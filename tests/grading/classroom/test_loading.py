"""A lesson's materials: from its notebook in solutions/ and from the gradebook."""

import os

import nbformat
import pytest
from given_cells import ROOT, course_lesson

from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom.loading import load, task
from lessonlib.grading.protocol.limits import Limits

pytestmark = pytest.mark.slow  # nbgrader takes its time to make a gradebook

LESSON = "01-relu-layer"


class Course:
    """A course in a folder of its own, with one lesson that the gradebook knows."""

    def __init__(self, root):
        self.root, self.folder = root, root / "solutions" / LESSON
        self.folder.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
        self.notebook = self.folder / f"{LESSON}.ipynb"
        text = (ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_text()
        self.notebook.write_text(text)
        self.read_settings()

    def read_settings(self):
        self.course, self.config = book.course_at(self.root)

    def enter(self):
        book.enter(self.course, self.config, LESSON)

    def load(self):
        return load(self.course, LESSON, LESSON)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    course.enter()
    return course


def test_the_materials_are_those_of_the_released_course(course):
    found, expected = course.load(), course_lesson(LESSON)
    assert [cell.name for cell in found.cells] == [cell.name for cell in expected.cells]
    for ours, theirs in zip(found.cells, expected.cells, strict=True):
        assert ours == theirs


def test_answers_have_the_solution_and_what_the_learner_saw(course):
    (relu,) = (cell for cell in course.load().cells if cell.name == "relu-relu")
    assert "raise NotImplementedError" in relu.stub
    assert "BEGIN SOLUTION" in relu.source


def test_files_beside_the_notebook_come_along_and_the_lessons_text_does_not(course):
    (course.folder / "data").mkdir()
    (course.folder / "data" / "points.csv").write_bytes(b"1,2\n")
    (course.folder / f"{LESSON}.py").write_text("solution = 42")
    os.symlink(course.notebook, course.folder / "link.csv")
    course.read_settings()
    try:
        assert course.load().files == {"data/points.csv": b"1,2\n"}
    finally:
        (course.folder / "data" / "points.csv").unlink()
        (course.folder / "data").rmdir()
        (course.folder / "link.csv").unlink()
        (course.folder / f"{LESSON}.py").unlink()


def test_a_course_that_a_group_shares_is_entered_too(tmp_path):
    course = Course(tmp_path)
    course.config.CourseDirectory.groupshared = True
    course.enter()
    assert course.load().named
    assert not (tmp_path / ".lessonlib").exists()


def test_too_many_data_are_refused_in_words(course):
    huge = course.folder / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(65 * 2**20)  # takes no room on the disk
    try:
        with pytest.raises(UserError, match="larger than 64 MiB"):
            course.load()
    finally:
        huge.unlink()


def test_a_missing_notebook_is_named(course):
    with pytest.raises(UserError, match="no notebook.*nothing.ipynb"):
        load(course.course, LESSON, "nothing")


def test_a_lesson_that_the_gradebook_does_not_know_is_named(course):
    other = course.root / "solutions" / "other" / "other.ipynb"
    other.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), other)
    with pytest.raises(UserError, match="does not know other yet"):
        load(course.course, "other", "other")


def test_the_gradebook_says_how_many_points_a_cell_gives(course):
    points = {cell.name: cell.points for cell in course.load().cells if cell.is_test}
    assert points["check-relu-downhill"] == 2.0
    assert set(points) == {c.name for c in course_lesson(LESSON).cells if c.is_test}


# --- what there is to grade ----------------------------------------------------------------------


def test_a_task_has_what_lies_in_the_learners_folder(course):
    folder = course.root / "submitted" / "ada" / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_bytes(b"{}")
    (folder / "mine.txt").write_bytes(b"a")
    materials, limits = course.load(), Limits(cell_seconds=3.0)
    found = task(course.course, "ada", materials=materials, limits=limits, secret=b"s")
    assert (found.data, found.files, found.limits) == (b"{}", {"mine.txt": b"a"}, limits)
    assert found.secret == b"s"
    assert (found.materials, found.fault, found.notes) == (materials, "", ())


def test_a_task_of_a_learner_without_a_folder_has_a_fault_or_no_data(course):
    found = task(course.course, "nobody", materials=course.load())
    assert found.data is None
