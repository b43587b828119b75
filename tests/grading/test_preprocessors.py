"""The steps in nbgrader's own lists; whole rounds of them are in tests/pipeline."""

import json

import nbformat
import pytest
from given_cells import answer, as_bytes, exam, handed_in, lesson_of
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, Configurable

from lessonlib.errors import UserError
from lessonlib.grading import preprocessors
from lessonlib.grading.classroom import gradebook as gradebook_module
from lessonlib.grading.classroom.private import secret
from lessonlib.grading.classroom.supervisor import Late
from lessonlib.grading.classroom.treatment import INSTRUCTOR, treat
from lessonlib.grading.grade import NOT_SHOWN
from lessonlib.grading.preprocessors import HideTests, HoldMarked, RepairAndExecute
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record, Result
from lessonlib.grading.submission.repair import HIDDEN_TEST
from lessonlib.grading.task import Plan, Task

LIMITS = Limits(cell_seconds=5.0, total_seconds=60.0)
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
    cell = feedback("print(1)", lessonlib={"not_run": NOT_SHOWN})
    assert [output.text for output in cell.outputs] == [NOT_SHOWN]


def test_what_only_the_instructor_may_read_is_taken_out():
    cell = nbformat.v4.new_code_cell("assert f(1)")
    for_instructor = nbformat.v4.new_output("display_data", metadata={INSTRUCTOR: True})
    shown = nbformat.v4.new_output("stream", text="shown")
    cell.outputs = [for_instructor, shown]
    assert HideTests().preprocess_cell(cell, {}, 0)[0].outputs == [shown]


def test_a_text_without_tests_is_left_alone():
    cell = nbformat.v4.new_markdown_cell("# Title")
    assert HideTests().preprocess_cell(cell, {}, 0)[0].source == "# Title"


# --- grading -------------------------------------------------------------------------------------


class Converter(Configurable):
    """Stands for nbgrader's converter, which its preprocessors belong to."""

    def __init__(self, coursedir):
        super().__init__()
        self.coursedir = coursedir


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course whose lesson is the small one, and whose learner has handed in `course.data`."""
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    course = CourseDirectory(config=config)
    data = as_bytes(handed_in(TOY, {"f": "def f(x):\n    return 2 * x"}))

    def task(coursedir, student, materials, limits, protected, secret, plan):
        assert (coursedir, materials, student) == (course, TOY, "ada")
        asked.update(limits=limits, protected=protected, secret=secret)
        return Task(materials, data, {}, LIMITS, protected, secret=secret, plan=plan)

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
    assert course[1]["secret"] == secret(course[0])
    nbformat.validate(done)


def test_settings_reach_the_grading(course):
    config = Config()
    config.RepairAndExecute.cell_seconds = 7.0
    config.RepairAndExecute.unprotected = True
    step = RepairAndExecute(parent=Converter(course[0]), config=config)
    step.preprocess(nbformat.v4.new_notebook(), WHERE)
    assert course[1]["limits"].cell_seconds == 7.0
    assert course[1]["protected"] is False


def test_by_a_faulty_solution_nobody_is_graded(course, monkeypatch):
    faulty = json.dumps(Plan(faults=("check-f: AssertionError",)).as_json()).encode()
    monkeypatch.setattr(preprocessors, "do_here", lambda *_: faulty)
    step = RepairAndExecute(parent=Converter(course[0]))
    with pytest.raises(UserError, match="nothing was graded:\n  check-f: AssertionError\nMend it"):
        step.preprocess(nbformat.v4.new_notebook(), WHERE)


def fail_with(error):
    """Return what grades the solution, and fails with a submission."""

    def fail(seconds, function, *arguments):
        if function is treat:
            raise error
        return json.dumps(Plan().as_json()).encode()

    return fail


def test_a_machine_that_cannot_isolate_is_told(course, monkeypatch):
    monkeypatch.setattr(preprocessors, "do_here", fail_with(UserError("no bubblewrap")))
    step = RepairAndExecute(parent=Converter(course[0]))
    with pytest.raises(UserError, match="no bubblewrap"):
        step.preprocess(nbformat.v4.new_notebook(), WHERE)


def test_a_submission_whose_treatment_does_not_end_is_named(course, monkeypatch, caplog):
    monkeypatch.setattr(preprocessors, "do_here", fail_with(Late()))
    step = RepairAndExecute(parent=Converter(course[0]))
    done, _ = step.preprocess(nbformat.v4.new_notebook(), WHERE)
    assert done.metadata.lessonlib.state == "failed"
    assert "not done after 960 seconds" in done.metadata.lessonlib.notes[0]


def test_a_marked_test_waits_for_a_person(tmp_path):
    url = f"sqlite:///{tmp_path}/gradebook.db"
    gradebook_module.create(url)
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        for cell in ("check-f", "check-g"):
            gradebook.add_grade_cell(cell, "toy", "toy", max_score=2, cell_type="code")
        gradebook.add_student("ada")
        with gradebook.db.no_autoflush:
            gradebook.add_submission("toy", "ada")
        for cell in ("check-f", "check-g"):
            gradebook.find_grade(cell, "toy", "toy", "ada").needs_manual_grade = False
        gradebook.db.commit()
    notebook = nbformat.v4.new_notebook()
    marked = Result("check-f", "check-f", 2.0, 2.0, marked="It passes whatever is expected.")
    Record("graded", "f", (marked, Result("check-g", "check-g", 2.0, 2.0))).write(notebook)
    resources = {"nbgrader": {**WHERE["nbgrader"], "db_url": url}}
    assert HoldMarked().preprocess(notebook, resources) == (notebook, resources)
    with Gradebook(url) as gradebook:
        assert gradebook.find_grade("check-f", "toy", "toy", "ada").needs_manual_grade
        assert not gradebook.find_grade("check-g", "toy", "toy", "ada").needs_manual_grade


def test_a_step_on_its_own_finds_the_course_by_the_settings(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    assert preprocessors._course_of(HideTests(config=config)).root == str(tmp_path)
