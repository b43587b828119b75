"""What is said of a line: when edits agree, when they do not, and when one does not do."""

import os
from itertools import islice

import numpy as np
import pytest
from edited_answers import exercise, written

from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case
from lessonlib.checks.verdict import Location
from lessonlib.locating.rules import candidates
from lessonlib.locating.search import Local, Search, line_to_mend
from lessonlib.locating.source import source_of
from lessonlib.locating.trying import Bench

RIGHT = exercise(lambda x, y: (x + y) * 2, 3, 3)
# A minus anywhere mends it.
THREE_LINES = "def f(x, y):\n    a = y - x\n    b = a / 2\n    return 2 * b"


def drawn(asked, seed=0):
    return asked.cases(np.random.default_rng(seed))


def test_a_right_answer_has_no_line():
    assert (
        line_to_mend(RIGHT, written("def f(x, y):\n    return 2 * x + 2 * y"), drawn(RIGHT)) is None
    )


def test_code_that_cannot_be_read_back_has_no_line():
    assert line_to_mend(RIGHT, eval("lambda x, y: x - y"), drawn(RIGHT)) is None


def test_edits_of_different_lines_name_neither():
    asked = exercise(lambda x, y: x - y, 3, 3)
    assert line_to_mend(asked, written(THREE_LINES), drawn(asked)) is None


@pytest.mark.parametrize("line", [2, 3, 4])
def test_the_first_wrong_step_decides_between_lines(line):
    asked = exercise(lambda x, y: x - y, 3, 3)
    step = Location(line, THREE_LINES.splitlines()[line - 1].strip(), "f", "`a` is not right")
    found = line_to_mend(asked, written(THREE_LINES), drawn(asked), step)
    assert (found.line, found.code, found.function) == (line, step.code, "f")
    assert found.about != step.about


def test_what_adds_is_no_rival_of_what_changes_what_is_there():
    asked = exercise(lambda x: np.abs(x), 3)
    answer = written("def f(x):\n    y = np.abs(x)\n    return np.exp(y)")
    assert line_to_mend(asked, answer, drawn(asked)).line == 3


def search_of(asked, answer):
    return Search(Local(source_of(answer), asked), Diagnosis(asked, drawn(asked)))


def test_what_adds_is_not_tried_where_something_else_mends(monkeypatch):
    tried, tries = [], Local.tries

    def noted(self, numbers, cases):
        tried.extend(numbers)
        return tries(self, numbers, cases)

    monkeypatch.setattr(Local, "tries", noted)
    asked = exercise(lambda x, y: x - y, 3, 3)
    for line, adds in {"x + y": False, "x": True}.items():
        answer = written(f"def f(x, y):\n    return {line}")
        assert search_of(asked, answer).location().line == 2
        kinds = {e.where.kind for n, e in enumerate(candidates(source_of(answer))) if n in tried}
        assert ("operator" in kinds, "added" in kinds) == (not adds, adds)
        tried.clear()


@pytest.mark.parametrize("last", ["return 2 * b", "return b", "return b * y + 3", "pass"])
def test_in_one_fork_the_same_is_found(last):
    asked = exercise(lambda x, y: x - y, 3, 3)
    answer = written(THREE_LINES.replace("return 2 * b", last))
    found = []
    for way in (Search.location, Search.in_one_fork):
        search = search_of(asked, answer)
        found.append((way(search), search.found))
    assert found[0] == found[1]


def test_an_edit_that_takes_the_one_fork_along_costs_itself_only(monkeypatch):
    ordinary, parent = Bench.answer, os.getpid()

    def answer(self, number):
        if number == 0 and os.getpid() != parent:
            os._exit(1)
        return ordinary(self, number)

    monkeypatch.setattr(Bench, "answer", answer)
    asked = exercise(lambda x, y: x - y, 3, 3)
    assert search_of(asked, written("def f(x, y):\n    return x + y")).in_one_fork().line == 2


def test_an_edit_that_is_right_on_the_checks_cases_only_is_no_edit():
    asked = exercise(lambda x: x.sum() * 1.0, cases=lambda rng: [Case((np.ones((2, 2)),))])
    fresh = [Case((np.arange(4.0).reshape(2, 2),))]
    answer = written("def f(x):\n    return x[0, 0] * 4 + 1")
    search = Search(Local(source_of(answer), asked), Diagnosis(asked, drawn(asked)))
    assert search.location() is not None
    search = Search(Local(source_of(answer), asked), Diagnosis(asked, [*drawn(asked), *fresh]))
    assert search.location() is None


def test_one_of_two_slips_is_told_as_one_of_two():
    asked = exercise(lambda x, y: (x + y, x * y), 3, 3, outputs=("sum", "product"), returns="tuple")
    answer = written(
        "def f(x, y):\n    s = x - y\n    p = np.sort(x) + np.log(1 + y ** 2)\n    return s, p"
    )
    found = line_to_mend(asked, answer, drawn(asked))
    assert (found.line, found.code) == (2, "s = x - y")
    assert "`sum` is right, and something else is still wrong" in found.about


TWO = exercise(lambda x, y: (x + y, x * y), 3, 3, outputs=("sum", "product"), returns="tuple")


def test_a_part_is_believed_only_where_all_edits_were_tried(monkeypatch):
    answer = written("def f(x, y):\n    s = x - y\n    return s, np.exp(x) * np.log(1 + y ** 2)")
    assert search_of(TWO, answer).location().line == 2
    whole = Local.tries
    monkeypatch.setattr(Local, "tries", lambda *asked: islice(whole(*asked), 150))
    search = search_of(TWO, answer)
    assert (search.location(), search.all_tried) == (None, False)


def test_what_puts_something_in_is_no_part_of_a_mend():
    """The factor x makes the sum of line 3 right, whose mistake is that it is none."""
    answer = written("def f(x, y):\n    s = y / x\n    return (s + 1) , np.exp(x)")
    search = search_of(TWO, answer)
    assert search.location() is None


def test_it_says_where_and_what_kind_and_never_the_mended_code():
    asked = exercise(lambda W, X: W.T @ X, (3, 3), (3, 3))
    found = line_to_mend(asked, written("def f(W, X):\n    Z = W @ X\n    return Z"), drawn(asked))
    assert found.code == "Z = W @ X"
    assert ".T" not in found.about
    assert "@" not in found.about


def test_the_same_is_found_again():
    answer = written("def f(x, y):\n    a = x - y\n    return a * 2")
    found = {line_to_mend(RIGHT, answer, drawn(RIGHT)) for _ in range(3)}
    assert len(found) == 1
    assert found.pop().line == 2


def test_a_line_behind_the_first_wrong_step_is_only_looked_at_in_a_loop():
    straight = "def f(x, y):\n    a = x - y\n    b = -a\n    return b"
    step = Location(2, "a = x - y", "f", "`a` is not right")
    lines = {line for e in candidates(source_of(written(straight)), step) for line in e.where.lines}
    assert lines == {1, 2, 3}  # exchanging lines 2 and 3 changes both
    loop = "def f(x, y):\n    for _ in range(2):\n        a = x - y\n        x = a\n    return x"
    step = Location(3, "a = x - y", "f", "`a` is not right")
    lines = {line for e in candidates(source_of(written(loop)), step) for line in e.where.lines}
    assert lines >= {3, 4, 5}
