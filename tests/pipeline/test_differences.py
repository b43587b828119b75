"""What docs/differences-from-nbgrader.md says: one class, graded by nbgrader as it comes and by us.

Everybody but ada hands in something that nbgrader has trouble with.
"""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

SET, FIRST, SECOND = "ps1", "first", "second"
STOCK = (
    "\nfor name in ('Autograde', 'GenerateFeedback', 'GenerateAssignment'):\n    c.pop(name, 0)\n"
)
SECRET = "canary of the hidden test"
# By nbgrader's id: the instructor's source; a test has its points.
TESTS = {"test-square": 2, "test-primes": 4, "test-bonus": 3, "test-hidden": 1}
CELLS = {
    "square": "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION",
    "test-square": "assert square(3) == 9",
    "prime": "import numpy as np\n\n\ndef is_prime(n):\n    ### BEGIN SOLUTION\n"
    "    return n > 1 and all(n % k for k in range(2, n))\n    ### END SOLUTION",
    "test-primes": "answers = {1: False, 2: True, 9: False, 13: True}\n"
    "np.float64(sum(is_prime(n) == answer for n, answer in answers.items()))",
    "bonus": "### BEGIN SOLUTION\nbonus = 3\n### END SOLUTION",
    "test-bonus": "bonus",
    "test-hidden": f"assert square(1) == 1\n### BEGIN HIDDEN TESTS\n"
    f'assert square(-2) == 4, "{SECRET}"\n### END HIDDEN TESTS',
}
WARNS = "import warnings\n\n\ndef square(x):\n    warnings.warn('squaring')\n    return x * x"
ANSWERS = {
    "ada": {},
    "warned": {"square": WARNS},
    "half": {
        "prime": "import numpy as np\n\n\ndef is_prime(n):\n    return n == 2 or n == 9 or n < 2"
    },
    "generous": {"bonus": "bonus = 7"},
    "negative": {"square": "def square(x):\n    return x * abs(x)"},
    "deadly": {"prime": "import os\nimport numpy as np\n\n\ndef is_prime(n):\n    os._exit(1)"},
    "doubled": {},
    "deleted": {},
    "damaged": {},
}
# They hand in the second notebook, too, and it is good.
BOTH = ("generous", "deadly", "doubled", "damaged")
SCRIPT = """
import json, subprocess, sys
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

stock, *class_ = sys.argv[1:]
api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
assert api.generate_assignment("ps1")["success"]
if stock == "True":
    graded = {name: api.autograde("ps1", name)["success"] for name in class_}
else:
    done = subprocess.run([sys.executable, "-m", "lessonlib.cli", "grade", "ps1"])
    graded = dict.fromkeys(class_, done.returncode == 0)
for name in filter(graded.get, class_):
    assert api.generate_feedback("ps1", name)["success"]
print(json.dumps(graded))
"""


def notebook(answers=None):
    """Return the instructor's notebook, or that of a learner who has solved all but `answers`."""
    cells = [made(name, source) for name, source in CELLS.items()]
    for cell in cells if answers is not None else []:
        name = cell.metadata.nbgrader.grade_id
        kept = [line for line in cell.source.split("\n") if "SOLUTION" not in line]
        cell.source = answers.get(name, "\n".join(kept))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def made(name, source):
    cell = nbformat.v4.new_code_cell(source, id=name)
    test = {"grade": True, "locked": True, "solution": False, "points": TESTS.get(name)}
    answer = {"grade": False, "locked": False, "solution": True}
    common = {"schema_version": 3, "task": False, "grade_id": name, "cell_type": "code"}
    cell.metadata["nbgrader"] = common | (test if name in TESTS else answer)
    return cell


def hand_in(root):
    for who, answers in ANSWERS.items():
        folder = root / "submitted" / who / SET
        folder.mkdir(parents=True)
        own = notebook(answers)
        names = [cell.metadata.nbgrader.grade_id for cell in own.cells]
        if who == "doubled":
            own.cells.append(own.cells[names.index("test-square")].copy())
        if who == "deleted":
            del own.cells[names.index("test-square")]
        (folder / f"{FIRST}.ipynb").write_text(json.dumps(own))
        if who in BOTH:
            nbformat.write(notebook({}), folder / f"{SECOND}.ipynb")
        if who == "damaged":
            (folder / f"{FIRST}.ipynb").write_text('{"cells": [')


class Course:
    """A course of one set of two notebooks, after a grader has been at it."""

    def __init__(self, root, stock):
        self.root = root
        root.mkdir()
        config = (ROOT / "nbgrader_config.py").read_text()
        (root / "nbgrader_config.py").write_text(config + STOCK * stock)
        (root / "solutions" / SET).mkdir(parents=True)
        for name in (FIRST, SECOND):
            nbformat.write(notebook(), root / "solutions" / SET / f"{name}.ipynb")
        hand_in(root)
        (root / "grade.py").write_text(SCRIPT)
        told = subprocess.run(
            [sys.executable, "grade.py", str(stock), *ANSWERS], cwd=root, capture_output=True,
            text=True, timeout=290,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr[-2000:]
        self.graded = json.loads(told.stdout.splitlines()[-1])

    def points(self, who, name=FIRST):
        """Return each test's automatic points; None where there are none."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop") as book:
            try:
                grades = book.find_submission_notebook(name, SET, who).grades
            except MissingEntry:
                return {}
            return {grade.name: grade.auto_score for grade in grades}

    def waits(self, who):
        """Return the tests that wait for a person."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "relu-to-backprop") as book:
            grades = book.find_submission_notebook(FIRST, SET, who).grades
            return {grade.name for grade in grades if grade.needs_manual_grade}

    def feedback(self, who):
        return (self.root / "feedback" / who / SET / f"{FIRST}.html").read_text()


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("differences") / "ours", stock=False)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("differences") / "stock", stock=True)


ALL = {name: float(points) for name, points in TESTS.items()}
NONE = dict.fromkeys(TESTS)


def test_who_has_done_nothing_odd_gets_the_same(ours, stock):
    assert ours.points("ada") == stock.points("ada") == ALL
    assert ours.points("negative") == stock.points("negative") == ALL | {"test-hidden": 0}


def test_a_warning_costs_nothing(ours, stock):
    assert ours.points("warned") == ALL
    assert stock.points("warned") == ALL | {"test-square": 0, "test-hidden": 0}


def test_a_numpy_number_is_points(ours, stock):
    assert ours.points("half") == ALL | {"test-primes": 1}
    assert stock.points("half") == ALL


def test_more_than_the_maximum_is_the_maximum(ours, stock):
    assert ours.points("generous") == ALL
    assert not stock.graded["generous"]
    assert stock.points("generous")["test-bonus"] is None
    assert stock.points("generous", SECOND) == NONE  # a good notebook of theirs


def test_a_copied_cell_stops_nothing(ours, stock):
    assert ours.points("doubled") == ALL
    assert not stock.graded["doubled"]
    assert stock.points("doubled") == stock.points("doubled", SECOND) == NONE


def test_a_deleted_test_is_put_back(ours, stock):
    assert ours.points("deleted") == ALL
    assert not ours.waits("deleted")
    assert stock.points("deleted")["test-square"] is None
    assert "test-square" in stock.waits("deleted")


def test_a_process_that_ends_costs_the_test_that_it_ends_in(ours, stock):
    assert ours.points("deadly") == ALL | {"test-primes": 0}
    assert not stock.graded["deadly"]
    assert stock.points("deadly") == stock.points("deadly", SECOND) == NONE


def test_a_damaged_file_costs_that_notebook(ours, stock):
    assert ours.points("damaged") == dict.fromkeys(TESTS, 0)
    assert ours.points("damaged", SECOND) == ALL
    assert not stock.graded["damaged"]
    assert stock.points("damaged", SECOND) == NONE


def test_feedback_does_not_show_hidden_tests(ours, stock):
    for who in ("ada", "negative"):
        assert SECRET not in ours.feedback(who)
        assert SECRET in stock.feedback(who)


def test_an_assignment_in_another_language_is_not_graded(tmp_path):
    own = nbformat.v4.new_notebook(metadata={"kernelspec": {**METADATA["kernelspec"]}})
    own.metadata.kernelspec.language = "R"
    own.cells = [
        made("square", "f <- function(x) {\n### BEGIN SOLUTION\nx^2\n### END SOLUTION\n}"),
        made("test-square", "stopifnot(f(3) == 9)"),
    ]
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    for folder in (f"solutions/{SET}", f"submitted/ada/{SET}"):
        (tmp_path / folder).mkdir(parents=True)
        nbformat.write(own, tmp_path / folder / f"{FIRST}.ipynb")
    told = subprocess.run(
        [sys.executable, "-m", "lessonlib.cli", "grade", SET], cwd=tmp_path, capture_output=True,
        text=True, timeout=100,
    )  # fmt: skip
    assert told.returncode == 1
    assert "test-square" in told.stderr
    assert "Traceback" not in told.stderr
    assert not list((tmp_path / "autograded").rglob("*.ipynb"))
