"""A whole round with nbgrader itself: generate, release, submit, autograde, feedback, export.

The same submissions through `lessonlib grade` give the same gradebook.
"""

import csv
import re
import shutil

import forked
import graded_course
import nbformat
import pytest
from nbgrader.api import Gradebook
from submissions import ROOT, answered, path_of, solutions

from lessonlib.lessons import lesson

pytestmark = pytest.mark.slow

START, RELU = "00-start-here", "01-relu-layer"

# Right in part. The warning costs nothing; z1 is right and a1 is not; three of a tent's four parts
# are right, since a hinge is missing; Z is right and A is not.
PARTIAL = {
    "relu-relu": "import warnings\n\n\ndef relu(z):\n"
    "    warnings.warn('about to compute')\n"
    "    return z * (z > 0)",
    "relu-by_hand": "z1 = [-1, 3, 5, 3]\na1 = [1, 3, 5, 3]",
    "relu-layer_forward": "def layer_forward(W, b, X):\n    Z = W @ X + b\n    return Z, Z.copy()",
    "relu-tent": "w = np.ones(3)\nb = np.array([1, 0, -1])\nv = np.array([1, -2, 0])",
}
# Mistakes out of the catalogue, and some that are in none.
WRONG = {
    "relu-relu": "def relu(z):\n    return np.abs(z)",
    "relu-relu_derivative": "def relu_derivative(z):\n    return (z >= 0).astype(float)",
    "relu-by_hand": "z1 = [4, 3, 4, 5]\na1 = [4, 3, 4, 5]",
    "relu-tent": "w = b = v = np.zeros(4)",
    "relu-layer_forward": "def layer_forward(W, b, X):\n    while True:\n        pass",
    "relu-downhill": "def downhill(w, x, y, learning_rate, steps)\n    return [w]",
    "relu-valley": "",
}
CLASS = {
    START: {"empty": {}, "full": "all"},
    RELU: {"empty": {}, "full": "all", "partial": PARTIAL, "wrong": WRONG},
}
ODD = ("cleo", "dan", "eva", "fay")  # of the other course's class, in lesson 00 only
WORTH = {name: sum(e.points for e in lesson(name).exercises) for name in CLASS}


class Course:
    """A course in a folder of its own; `run` is the instructor at the command line."""

    def __init__(self, root):
        self.root = root
        self.exchange = root / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        for name in CLASS:
            shutil.copytree(ROOT / "solutions" / name, root / "solutions" / name)

    def run(self, *command):
        told = forked.run(self.root, "nbgrader", *command, f"--Exchange.root={self.exchange}")
        assert told.returncode == 0, told.stderr
        return told.stderr

    def released(self, name):
        """Return what a learner fetches: the notebook in the exchange."""
        return path_of(self.exchange / "relu-to-backprop/outbound", name)

    def submit(self, student, name, answers):
        path = path_of(self.root / "submitted" / student, name)
        path.parent.mkdir(parents=True)
        answers = solutions(name) if answers == "all" else answers
        nbformat.write(answered(self.released(name), answers), path)

    def gradebook(self):
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop")

    def grades(self, student, name):
        """Return (automatic points, needs a person) of each graded cell."""
        with self.gradebook() as book:
            submission = book.find_submission_notebook(name, name, student)
            return {g.name: (g.auto_score, g.needs_manual_grade) for g in submission.grades}

    def points(self, student, name):
        """Return the points of each check, by the exercise's name."""
        graded = self.grades(student, name).items()
        return {
            cell.rpartition("-")[2]: points
            for cell, (points, _) in graded
            if cell.startswith("check-")
        }

    def feedback(self, student, name):
        """Return the text of a learner's feedback page."""
        page = (self.root / "feedback" / student / name / f"{name}.html").read_text()
        text = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", "", page, flags=re.DOTALL)
        return " ".join(text.split())


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course after the whole round; what autograde told is in `course.log`."""
    course = Course(tmp_path_factory.mktemp("round"))
    course.log = ""
    for name, students in CLASS.items():
        course.run("generate_assignment", name)
        course.run("release_assignment", name)
        for student, answers in students.items():
            course.submit(student, name, answers)
        if name == START:
            graded_course.hand_in_all(course.root, ODD)
        course.log += course.run("autograde", name)
        course.run("generate_feedback", name)
    course.run("export")
    return course


@pytest.fixture(scope="module")
def exported(course):
    with (course.root / "grades.csv").open(newline="") as file:
        return {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", CLASS)
def test_what_is_generated_and_released_is_the_course(course, name):
    expected = path_of(ROOT / "course", name).read_bytes()
    assert path_of(course.root / "course", name).read_bytes() == expected
    assert course.released(name).read_bytes() == expected
    assert [path.suffix for path in course.released(name).parent.iterdir()] == [".ipynb"]


def test_every_submission_was_graded(course):
    for name, students in CLASS.items():
        for student in students:
            assert path_of(course.root / "autograded" / student, name).is_file()
    assert "ERROR" not in course.log


@pytest.mark.parametrize("name", CLASS)
def test_right_answers_get_all_points(course, exported, name):
    expected = {e.id.partition(".")[2]: e.points for e in lesson(name).exercises}
    assert course.points("full", name) == expected
    row = exported["full", name]
    assert float(row["score"]) == WORTH[name]  # the answer in words waits for a person
    assert float(row["max_score"]) == WORTH[name] + 2


@pytest.mark.parametrize("name", CLASS)
def test_an_untouched_notebook_gets_nothing(course, exported, name):
    assert set(course.points("empty", name).values()) == {0}
    assert float(exported["empty", name]["score"]) == 0


def test_what_is_right_in_part_gets_its_part(course, exported):
    assert course.points("partial", RELU) == {
        "relu": 1,
        "relu_derivative": 0,
        "by_hand": 1,
        "tent": 1.5,
        "layer_forward": 1,
        "downhill": 0,
    }
    assert float(exported["partial", RELU]["score"]) == 4.5


def test_mistakes_get_nothing_and_an_endless_loop_stops_nobody(course, exported):
    assert set(course.points("wrong", RELU).values()) == {0}
    assert float(exported["wrong", RELU]["score"]) == 0


@pytest.mark.parametrize("name", CLASS)
def test_words_are_left_to_a_person_and_no_words_get_nothing(course, name):
    full, empty = course.grades("full", name), course.grades("empty", name)
    (written,) = (cell for cell in full if not cell.startswith("check-"))
    assert full[written] == (None, True)
    assert empty[written] == (0, False)


def test_the_table_has_a_row_for_each_student_and_lesson(exported):
    students = {"empty", "full", "partial", "wrong", *ODD}
    assert set(exported) == {(student, name) for student in students for name in CLASS}
    missing = exported["partial", START]
    assert (missing["timestamp"], float(missing["score"])) == ("", 0)
    columns = {"student_id", "assignment", "score", "raw_score", "max_score"}
    assert columns <= set(missing)


def test_feedback_names_the_mistakes(course):
    partial, wrong = course.feedback("partial", RELU), course.feedback("wrong", RELU)
    assert "Looks like: no third hinge." in partial
    assert "Right: Z." in partial
    for mistake in ("absolute value", "1 at zero", "bias left out"):
        assert f"Looks like: {mistake}." in wrong
    assert "layer_forward did not finish within 4 seconds" in wrong
    assert "downhill is not written yet" in course.feedback("empty", RELU)


@pytest.mark.parametrize("name", CLASS)
def test_feedback_on_right_answers_is_a_line_each(course, name):
    text = course.feedback("full", name)
    for exercise in lesson(name).exercises:
        assert f"✓ {exercise.id}: right." in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", CLASS)
def test_no_error_in_feedback_leads_into_the_library(course, name):
    for student in CLASS[name]:
        assert not re.search("lessonlib/|site-packages", course.feedback(student, name)), student


# --- the same by our own command -----------------------------------------------------------------


@pytest.fixture(scope="module")
def ours(course, tmp_path_factory):
    """The folder of a course with the same submissions, graded by `lessonlib grade`."""
    root = tmp_path_factory.mktemp("ours")
    for step in ("solutions", "submitted"):
        shutil.copytree(course.root / step, root / step)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(course.root / ".lessonlib", root / ".lessonlib")  # the same inputs
    for name in CLASS:
        forked.run(root, "lessonlib.cli", "grade", name)
    return root


@pytest.mark.parametrize("name", CLASS)
def test_our_command_writes_the_same_gradebook(course, ours, name):
    assert graded_course.dump(ours, name) == graded_course.dump(course.root, name)


def test_the_executed_notebooks_show_the_same(course, ours):
    mine, theirs = map(graded_course.executed, (ours, course.root))
    assert mine.keys() == theirs.keys()
    for who in mine:
        shown, others = ([cell.get("outputs") for cell in each[who]["cells"]]
                         for each in (mine, theirs))  # fmt: skip
        assert shown == others, who


def test_what_nbgrader_has_graded_is_not_graded_again(course):
    assert "0 graded now" in graded_course.grade(course.root)


def test_feedback_and_export_work_after_our_command(ours):
    for command in (["generate_feedback", START], ["export"]):
        told = forked.run(ours, "nbgrader", *command)
        assert told.returncode == 0, told.stderr
    page = (ours / "feedback/cleo" / START / f"{START}.html").read_text()
    assert "Looks like" in page
    assert (ours / "grades.csv").read_text().count(START) >= 6
