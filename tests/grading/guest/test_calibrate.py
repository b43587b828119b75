"""Calibration: which mutants of a test can be used, found out on the instructor's solution."""

import contextlib

import pytest
from processes import run

from lessonlib.grading.model.mutants import candidates
from lessonlib.grading.protocol.evidence import VARIANT

HELPERS = "import numpy as np\ndef agrees(f, x, y):\n    assert f(x) == y\n"


def request(test: str, mutants: list[str], **more) -> dict:
    """Return a test of the instructor's as it is sent."""
    return {
        "source": test, "code": test, "shows": True, "binds": [], "restore": [], "exempt": [],
        "trusted": True, "mutants": mutants, "quiet": False, "aside": {}, **more,
    }  # fmt: skip


def usable(process, answer: str, test: str, mutants: list[str]) -> list[int]:
    """Return the numbers of the mutants that can be used."""
    run(process, HELPERS, given=True)
    run(process, answer)
    tested = process.test(request(test, mutants), 20.0, 25.0)
    assert tested.how == "passed"
    return [number for number in range(len(mutants)) if number not in tested.survived]


@pytest.fixture
def of(start):
    """Return a function of (answer, test, mutants); each time in a process of its own."""

    def of(*what):
        with contextlib.closing(start()) as process:
            return usable(process, *what)

    return of


DOUBLE = "def f(x):\n    return 2 * x"


def test_a_mutant_that_the_solution_fails_can_be_used(of):
    assert of(DOUBLE, "assert f(2) == 4", ["assert f(2) == 5", "assert f(2) == 2 + 2"]) == [0]


def test_one_that_changes_what_an_answer_is_called_with_cannot(of):
    changed = ["agrees(f, 3, 4)", "agrees(f, 2, 5)", "f(1)\nagrees(f, 2, 5)"]
    assert of(DOUBLE, "agrees(f, 2, 4)", changed) == [1]


def test_methods_are_watched_and_comparisons_are_not(of):
    box = ("class Box:\n    def __init__(self, n): self.n = n\n"
           "    def add(self, n): return Box(self.n + n)\n"
           "    def __eq__(self, other): return self.n == getattr(other, 'n', None)")  # fmt: skip
    test = "b = Box(2)\nassert b.add(1) == b.add(1)"
    changed = ["b = Box(2)\nassert b.add(1) == None", "b = Box(2)\nassert b.add(7) == b.add(1)"]
    assert of(box, test, changed) == [0]


def test_both_variants_have_to_fail(of):
    high, low = "assert f(2) > 9", "assert f(2) > -9"
    assert of(DOUBLE, "assert f(2) > 3", [high, high + VARIANT + low, high + VARIANT + high]) == [
        0,
        2,
    ]


def test_what_a_plain_constant_passes_too_says_nothing(of):
    test = "for mine, right in zip(f(2), [4, 5]):\n    assert mine == right"
    answer = "def f(x):\n    return [4, 5]"
    assert of(answer, test, [test.replace("[4, 5]", "[8, 9]")]) == []
    length = "assert len(f(2)) == 2\n" + test
    assert of(answer, length, [length.replace("[4, 5]", "[8, 9]")]) == [0]


def test_a_mutant_that_is_not_python_or_lacks_a_name_cannot_be_used(of):
    changed = ["assert f(2) ==", "assert f(2) == five", "assert f(2) == 5"]
    assert of(DOUBLE, "assert f(2) == 4", changed) == [2]


def test_one_that_does_not_end_costs_no_more_than_itself_and_those_after_it(of, monkeypatch):
    changed = ["assert f(2) == 5", "import os\nos._exit(0)", "assert f(2) == 6"]
    assert of(DOUBLE, "assert f(2) == 4", changed) == [0]


def test_it_is_told_where_there_was_no_time_for_all(start):
    with contextlib.closing(start()) as process:
        run(process, DOUBLE)
        changed = ["assert f(2) == 5", "import time\ntime.sleep(9)", "assert f(2) == 6"]
        tested = process.test(request("assert f(2) == 4", changed, seconds=2.0), 20.0, 25.0)
    assert (tested.whole, tested.survived) == (False, [1, 2])


def test_random_numbers_and_names_are_the_same_for_each(of):
    answer = "import random\ndef f(x):\n    return x"
    test = "x = np.random.rand() + random.random()\nn = globals().get('n', 0) + 1\nassert f(n) == 1"
    changed = [test.replace("== 1", f"== {n}") + f"\nf(x)\nassert f(x) == {n}" for n in (2, 3)]
    assert of(answer, test, changed) == [0, 1]


def test_the_candidates_of_a_test_are_such_mutants(of):
    test = "assert f(2) == 4\nassert abs(f(1) - 2) < 1e-9"
    found = candidates(test, {"f"})
    assert len(of(DOUBLE, test, [each.code for each in found])) == len(found) == 3


def test_a_test_that_changes_what_it_was_given_starts_anew_with_each_mutant(of):
    answer = "def f(x):\n    x.append(len(x))\n    return x"
    test = (
        "kept = globals().setdefault('kept', [])\nassert f(f.__dict__.setdefault('a', [])) == [0]"
    )
    assert of(answer, test, [test.replace("[0]", "[1]"), test, test.replace("[0]", "[2]")]) == [
        0,
        2,
    ]
