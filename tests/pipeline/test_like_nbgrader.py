"""Whole assignments score with our grader exactly as with nbgrader as it comes."""

import subprocess
import sys
from pathlib import Path

import algorithms_course
import nbformat
import pandas_course
import public_course
import pytest
import statistics_course
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from tables import handed_in, read, source
from two_graders import Assignment, grade_with_both

pytestmark = pytest.mark.slow

COURSES = {
    "statistics": statistics_course,
    "algorithms": algorithms_course,
    "pandas": pandas_course,
    "public": public_course,
}
EXERCISES = {name: read(course.TEXT) for name, course in COURSES.items()}
LEARNERS = ("model", "wrong-1", "wrong-2", "wrong-3")


def released(notebook):
    """Return what nbgrader makes of an instructor's notebook for learners."""
    for step in (ClearSolutions(), ClearHiddenTests()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def assignment(name: str) -> Assignment:
    """Return one of the courses with its model solution, its stub and its wrong answers."""
    exercises = EXERCISES[name]
    who_differ = LEARNERS[: max(len(exercise.gives) for exercise in exercises)]
    learners = {who: {name: handed_in(exercises, k)} for k, who in enumerate(who_differ)}
    learners["stub"] = {name: released(source(exercises))}
    return Assignment(name, {name: source(exercises)}, COURSES[name].FILES, learners)


# --- nbgrader's own ------------------------------------------------------------------------------

SLIPS = {
    "no errors": {"squares": "def squares(n):\n    return [k**2 for k in range(1, n + 1)]"},
    "not its own": {"sum_of_squares": "def sum_of_squares(n):\n"
                    "    return n * (n + 1) * (2 * n + 1) // 6"},
    "one too few": {"squares": "def squares(n):\n    if n < 1:\n        raise ValueError\n"
                    "    return [k**2 for k in range(1, n)]"},
}  # fmt: skip


def demo(folder: Path) -> Assignment:
    """Return the assignment that `nbgrader quickstart` makes, and a class for it."""
    command = [sys.executable, "-m", "nbgrader", "quickstart", "demo"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    place = folder / "demo/source/ps1"
    files = {path.name: path.read_bytes() for path in place.iterdir() if path.suffix != ".ipynb"}
    texts = {path.stem: path.read_text() for path in place.glob("*.ipynb")}

    def again() -> dict:
        return {name: nbformat.reads(text, as_version=4) for name, text in texts.items()}

    learners = {who: _with(again(), answers) for who, answers in SLIPS.items()}
    learners["model"] = again()
    learners["stub"] = {name: released(notebook) for name, notebook in again().items()}
    return Assignment("ps1", again(), files, learners)


def _with(notebooks: dict, answers: dict[str, str]) -> dict:
    for cell in (cell for notebook in notebooks.values() for cell in notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    return notebooks


# --- the tests -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What ours and what nbgrader gave for all of them."""
    folder = tmp_path_factory.mktemp("assignments")
    statistics, algorithms, pandas, public = map(assignment, COURSES)
    return grade_with_both(folder, [statistics, algorithms, demo(folder)], [pandas, public])


@pytest.mark.parametrize("name", [*COURSES, "ps1"])
def test_an_assignment_scores_as_with_nbgrader(graded, name):
    ours, stock = (
        {key: grade.points for key, grade in grades.items() if key[1] == name} for grades in graded
    )
    assert ours == stock and stock


@pytest.mark.parametrize("name", COURSES)
def test_answers_score_what_their_course_says(graded, name):
    _, stock = graded
    wrong = {}
    for exercise in EXERCISES[name]:
        for k, (who, gives) in enumerate(zip(LEARNERS, exercise.gives, strict=False)):
            got = sum(stock[who, name, name, test].points for test in exercise.tests())
            if got != gives:
                wrong[exercise.name, k] = (got, gives)
    assert wrong == {}


@pytest.mark.parametrize("name", [*COURSES, "ps1"])
def test_a_model_solution_gets_all_points_and_a_stub_none(graded, name):
    ours, _ = graded
    of_model = {key: g.points for key, g in ours.items() if key[:2] == ("model", name)}
    of_stub = {key: g.points for key, g in ours.items() if key[:2] == ("stub", name)}
    assert sum(points or 0 for points in of_model.values()) >= 3
    assert sum(points or 0 for points in of_stub.values()) <= 0.5


@pytest.mark.parametrize("name", [*COURSES, "ps1"])
def test_nobody_is_marked_but_for_a_person_to_grade(graded, name):
    ours, stock = ({key for key, grade in grades.items() if grade.marked} for grades in graded)
    assert {key for key in ours ^ stock if key[1] == name} == set()
