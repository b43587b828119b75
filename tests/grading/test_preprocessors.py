"""The steps in nbgrader's own lists; whole rounds of them are in tests/pipeline."""

import nbformat
import pytest
from conftest import LIMITS
from given_cells import answer, as_bytes, exam, handed_in, lesson_of
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, Configurable

from lessonlib.errors import UserError
from lessonlib.grading import grade as grading
from lessonlib.grading import preprocessors
from lessonlib.grading.grade import Task, close_servers
from lessonlib.grading.preprocessors import HideTests, RepairAndExecute
from lessonlib.grading.submission.repair import HIDDEN_TEST
from lessonlib.grading.submission.slicing import NOT_RUN

HIDDEN = (
    "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(3) == 6\n### END HIDDEN TESTS\n"
    "assert f(2) == 4\n### BEGIN HIDDEN TESTS\nassert f(4) == 8\n### END HIDDEN TESTS"
)
TOY = lesson_of(answer("f", "def f(x):\n    return 2 * x", "def f(x): ..."),
                exam("check-f", HIDDEN, 2))  # fmt: skip
WHERE = {"nbgrader": {"assignment": "toy", "notebook": "toy", "student": "ada"}}


# --- hidden tests --------------------------------------------------------------------------------


def feedback(source: str, **metadata):
    """Return a cell as a learner's feedback has it."""
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    cell.outputs = [nbformat.v4.new_output("stream", text="shown")]
    return HideTests().preprocess_cell(cell, {}, 0)[0]


def test_a_line_stands_in_the_place_of_each_hidden_region():
    assert feedback(HIDDEN).source.split("\n") == [
        "assert f(1) == 2", HIDDEN_TEST, "assert f(2) == 4", HIDDEN_TEST,
    ]  # fmt: skip


def test_a_region_without_an_end_is_hidden_to_the_end():
    assert feedback("x = 1\n# BEGIN HIDDEN TESTS\ny = 2\nz = 3").source == f"x = 1\n{HIDDEN_TEST}"


def test_two_regions_on_end_leave_nothing_between():
    source = "\n".join(["### BEGIN HIDDEN TESTS", "a", "### END HIDDEN TESTS"] * 2)
    assert "a" not in feedback(source).source.replace(HIDDEN_TEST, "").split()


def test_other_cells_stay_as_they_are():
    cell = feedback("x = 1\n\ny = 2")
    assert cell.source == "x = 1\n\ny = 2"
    assert cell.outputs[0].text == "shown"


def test_a_cell_that_was_not_run_says_so():
    cell = feedback("print(1)", lessonlib={"not_run": NOT_RUN})
    assert [output.text for output in cell.outputs] == [NOT_RUN]


def test_a_text_without_tests_is_left_alone():
    cell = nbformat.v4.new_markdown_cell("# Title")
    assert HideTests().preprocess_cell(cell, {}, 0)[0].source == "# Title"


# --- grading -------------------------------------------------------------------------------------


class Converter(Configurable):
    """Stands for nbgrader's converter, which its preprocessors belong to."""

    def __init__(self, coursedir):
        super().__init__()
        self.coursedir = coursedir


@pytest.fixture(scope="module", autouse=True)
def no_server_is_left():
    yield
    close_servers()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course whose lesson is the small one, and whose learner has handed in `course.data`."""
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    course = CourseDirectory(config=config)
    data = as_bytes(handed_in(TOY, {"f": "def f(x):\n    return 2 * x"}))

    def task(coursedir, materials, student, limits, protected):
        assert (coursedir, materials, student) == (course, TOY, "ada")
        asked.update(limits=limits, protected=protected)
        return Task(materials, data, {}, LIMITS, protected)

    asked = {}
    monkeypatch.setattr(preprocessors, "load", lambda *where: TOY)
    monkeypatch.setattr(preprocessors, "task", task)
    return course, asked


def test_the_notebook_that_nbgrader_goes_on_with_is_the_graded_one(course):
    step = RepairAndExecute(parent=Converter(course[0]))
    done, resources = step.preprocess(nbformat.v4.new_notebook(), WHERE)
    assert resources is WHERE
    assert [cell.id for cell in done.cells] == ["f", "check-f"]
    assert done.metadata.lessonlib.state == "graded"
    assert done.metadata.lessonlib.results[0].points == 2.0
    nbformat.validate(done)


def test_settings_reach_the_grading(course):
    config = Config()
    config.RepairAndExecute.cell_seconds = 7.0
    config.RepairAndExecute.unprotected = True
    step = RepairAndExecute(parent=Converter(course[0]), config=config)
    step.preprocess(nbformat.v4.new_notebook(), WHERE)
    assert course[1]["limits"].cell_seconds == 7.0
    assert course[1]["protected"] is False


def test_a_machine_that_cannot_isolate_is_told(course, monkeypatch):
    def refuse(*_):
        raise UserError("no bubblewrap")

    monkeypatch.setattr(grading, "warm_server", refuse)
    step = RepairAndExecute(parent=Converter(course[0]))
    with pytest.raises(UserError, match="no bubblewrap"):
        step.preprocess(nbformat.v4.new_notebook(), WHERE)


def test_a_step_on_its_own_finds_the_course_by_the_settings(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    assert preprocessors._course_of(HideTests(config=config)).root == str(tmp_path)
