"""What the instructor's side knows of a lesson, and what of the lessons its notebook may see."""

from dataclasses import replace

import pytest
from given_cells import answer, course_lesson, exam, free, lesson_of, locked

from lessonlib.grading.materials import visible_modules
from lessonlib.lessons import LESSONS

F = answer("f", "def f(x):\n    return x", "def f(x):\n    ...")
CHECK = exam("check-f", "assert f(1) == 1", 2)
WORDS = answer("words", "Because.", "?", "markdown", points=3.0)
TOY = lesson_of(free("x = 1"), F, CHECK, WORDS, files={"data.csv": b"1,2"})


def test_what_a_cell_is():
    assert CHECK.is_test and not CHECK.is_answer
    assert F.is_answer and not F.is_test
    assert WORDS.is_answer and not WORDS.is_test
    assert not locked("shown", "x = 1").is_test
    graded_by_hand = answer("code", "x", "y", points=1.0)
    assert graded_by_hand.is_answer and not graded_by_hand.is_test


def test_metadata_is_what_nbgrader_wants():
    assert CHECK.metadata() == {
        "cell_type": "code", "checksum": "c", "grade": True, "grade_id": "check-f", "locked": True,
        "points": 2.0, "schema_version": 3, "solution": False, "task": False,
    }  # fmt: skip
    assert "points" not in F.metadata()


def test_the_cells_that_nbgrader_knows_are_in_the_notebooks_order():
    assert list(TOY.named) == ["f", "check-f", "words"]


@pytest.mark.parametrize(
    "other",
    [
        replace(TOY, files={"data.csv": b"1,3"}),
        replace(TOY, files={"other.csv": b"1,2"}),
        replace(TOY, cells=TOY.cells[1:]),
        replace(TOY, cells=(*TOY.cells[:2], replace(CHECK, points=1.0), WORDS)),
        replace(TOY, cells=(*TOY.cells[:2], replace(CHECK, source="assert True"), WORDS)),
    ],
)
def test_the_fingerprint_tells_apart_what_changes_a_grade(other):
    assert other.fingerprint() != TOY.fingerprint()


def test_the_fingerprint_of_the_same_is_the_same():
    same = lesson_of(*TOY.cells, files={"data.csv": b"1,2"})
    assert same.fingerprint() == TOY.fingerprint()


def imports(*sources: str) -> tuple[str, ...]:
    return visible_modules(tuple(map(free, sources)))


@pytest.mark.parametrize(
    "statement",
    [
        "from lessonlib.lessons.drawing import quarters",
        "import lessonlib.lessons.drawing as q",
        "from lessonlib.lessons import drawing",
        "def f():\n    import lessonlib.lessons.drawing",
    ],
)
def test_what_the_notebook_imports_of_the_lessons_is_visible(statement):
    assert imports(statement) == ("lessonlib.lessons.drawing",)


def test_other_imports_make_nothing_visible():
    assert imports("x = 1", "%matplotlib inline", "import numpy", "from . import a") == ()


def test_what_a_visible_module_imports_is_visible_too():
    seen = imports("from lessonlib.lessons.deep_network import forward")
    names = {"deep_network", "drawing", "questions"}
    assert {f"lessonlib.lessons.{name}" for name in names} <= set(seen)


def test_what_is_no_lesson_is_not_visible():
    assert imports("from lessonlib.lessons.nothing import f", "import lessonlib.lessons") == ()


def test_an_answer_of_the_learners_makes_nothing_visible():
    solution = "from lessonlib.lessons.xor import bce"
    assert visible_modules((answer("f", solution, "def f(): ..."),)) == ()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_lesson_shows_its_own_answers(lesson):
    assert lesson.module not in course_lesson(lesson.name).modules
