"""`nbgrader autograde` and `lessonlib grade` are two ways to one gradebook."""

import pytest
from graded_course import LESSON, dump, executed, grade, make, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same class, graded in both ways; nbgrader itself cannot open what is no notebook."""
    ours, theirs = (
        make(tmp_path_factory.mktemp(name), unreadable=False) for name in ("ours", "theirs")
    )
    grade(ours)
    for step in ("generate_assignment", "autograde"):
        told = run(theirs, "nbgrader", step, LESSON)
        assert told.returncode == 0, told.stderr
    return ours, theirs


def test_the_gradebooks_are_the_same(both):
    ours, theirs = both
    assert dump(ours) == dump(theirs)


def test_the_executed_notebooks_are_the_same(both):
    ours, theirs = map(executed, both)
    assert ours.keys() == theirs.keys()
    for student in ours:
        cells = [cell["outputs"] for cell in ours[student]["cells"] if "outputs" in cell]
        others = [cell["outputs"] for cell in theirs[student]["cells"] if "outputs" in cell]
        assert cells == others, student


def test_what_nbgrader_has_graded_is_not_graded_again(both):
    _, theirs = both
    assert "0 graded now" in grade(theirs)


@pytest.mark.parametrize("which", [0, 1])
def test_feedback_and_export_work_on_both(both, which):
    root = both[which]
    for command in (["generate_feedback", LESSON], ["export"]):
        told = run(root, "nbgrader", *command)
        assert told.returncode == 0, told.stderr
    page = (root / "feedback/cleo" / LESSON / f"{LESSON}.html").read_text()
    assert "Looks like" in page
    assert (root / "grades.csv").read_text().count(LESSON) >= 6
