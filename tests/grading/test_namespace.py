"""What the names in a test mean, whatever a submission calls so."""

import numpy as np
import pytest

from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.namespace import Namespace


def cell(kind, source):
    """Return a code cell of a lesson: "plain", "answer", "locked" or "test"."""
    solution, grade, locked = kind == "answer", kind == "test", kind in ("locked", "test")
    name = "" if kind == "plain" else f"{kind}-{abs(hash(source))}"
    points = 1.0 if grade else None
    return Given(name, "code", source, source, None, points, grade, solution, locked, False)


class Lesson:
    """A lesson's cells, the last of them a test whose names are asked for."""

    def __init__(self, *cells):
        self.cells = tuple(cell(*each) for each in cells)
        self.namespace = Namespace(Materials("l", "n", self.cells, {}, ()), {np.cos: np.sin})
        self.asked = []

    def names(self, **submission):
        """Return what the names mean to the last cell; `submission` says what it defines."""

        def find(names, classes):
            self.asked += names
            return {name: submission[name] for name in names if name in submission}

        self.namespace.provide(len(self.cells) - 1, find)
        return self.namespace.values

    def runs(self, place):
        """Run an earlier locked cell, as the examiner does."""
        exec(self.cells[place].source, self.namespace.values)


def test_what_learners_write_comes_from_the_submission():
    lesson = Lesson(("answer", "def f(x):\n    return x"), ("test", "assert f(1) == 1"))
    assert lesson.names(f="theirs")["f"] == "theirs"


def test_a_module_is_imported_here_whoever_redefines_it():
    lesson = Lesson(("plain", "import numpy as np"), ("test", "np.testing.assert_equal(1, 1)"))
    assert lesson.names(np="theirs")["np"] is np
    assert lesson.asked == []


def test_an_import_in_an_answer_is_a_module_too():
    lesson = Lesson(("answer", "import math"), ("test", "math.pi"))
    assert lesson.names(math="theirs")["math"].__name__ == "math"


def test_some_imports_are_replaced():
    lesson = Lesson(("plain", "from numpy import cos"), ("test", "cos(0)"))
    assert lesson.names()["cos"] is np.sin


def test_a_helper_of_the_instructors_cannot_be_redefined():
    helper = "import math\ndef close(a, b):\n    return math.isclose(a, b)"
    lesson = Lesson(("plain", helper), ("answer", "f = 1"), ("test", "assert close(f, 1)"))
    names = lesson.names(f=2, close=lambda a, b: True)
    assert not names["close"](names["f"], 1)


def test_a_value_that_depends_on_the_learner_is_asked_for():
    cells = ("answer", "def f(x):\n    return x"), ("plain", "y = f(3)"), ("test", "assert y == 3")
    assert Lesson(*cells).names(y="theirs")["y"] == "theirs"


def test_a_list_that_learners_fill_is_asked_for():
    cells = ("plain", "found = []"), ("answer", "found.append(3)"), ("test", "assert found == [3]")
    assert Lesson(*cells).names(found=[3])["found"] == [3]


@pytest.mark.parametrize("kind", ["plain", "locked"])
def test_data_that_learners_only_read_cannot_be_redefined(kind):
    """Else `prices = [0]` before the answer would make 0 the right total."""
    lesson = Lesson((kind, "prices = [3, 4]"), ("answer", "total = sum(prices)"),
                    ("test", "assert total == sum(prices)"))  # fmt: skip
    if kind == "locked":
        lesson.runs(0)
    names = lesson.names(prices=[0], total=0)
    assert (names["prices"], names["total"]) == ([3, 4], 0)


@pytest.mark.parametrize(
    "answer",
    ["cache[1] = 2", "cache.update({1: 2})", "cache += [1]", "fill(cache)", "np.copyto(cache, 1)",
     "def f(x):\n    cache[x] = x\n    return x", "mine = cache\nmine[1] = 2", "del cache[0]"],
)  # fmt: skip
def test_data_that_answers_change_is_asked_for(answer):
    lesson = Lesson(("locked", "cache = {}"), ("answer", answer), ("test", "assert cache"))
    assert lesson.names(cache={1: 2})["cache"] == {1: 2}


@pytest.mark.parametrize("kind", ["locked", "test"])
def test_what_an_earlier_test_made_stays(kind):
    lesson = Lesson((kind, "expected = 5"), ("answer", "f = 1"), ("test", "assert f == expected"))
    lesson.runs(0)
    assert lesson.names(f=1, expected=1)["expected"] == 5


def test_a_test_that_failed_does_not_let_the_submission_fill_in():
    lesson = Lesson(("test", "assert False\nexpected = 5"), ("test", "assert expected"))
    assert "expected" not in lesson.names(expected=1)


def test_the_last_one_to_bind_a_name_decides():
    cells = ("test", "x = 1"), ("answer", "x = 2"), ("test", "assert x == 2")
    lesson = Lesson(*cells)
    lesson.runs(0)
    assert lesson.names(x="theirs")["x"] == "theirs"


def test_builtins_are_pythons_own_unless_the_lesson_redefines_them():
    assert "sum" not in Lesson(("test", "sum([1])")).names(sum="theirs")
    cells = ("answer", "def sum(x):\n    return 0"), ("test", "sum([1])")
    assert Lesson(*cells).names(sum="theirs")["sum"] == "theirs"


def test_magics_do_nothing():
    lesson = Lesson(("test", "%matplotlib inline\ndisplay(3)"))
    names = lesson.names(get_ipython="theirs", display="theirs")
    assert names["get_ipython"]().run_line_magic("matplotlib", "inline") is None
    assert names["display"](3) is None
    assert lesson.asked == []


def test_a_cell_that_does_not_run_here_is_the_submissions():
    lesson = Lesson(("plain", "data = open('nowhere.csv').read()"), ("test", "assert data"))
    assert lesson.names(data="theirs")["data"] == "theirs"
