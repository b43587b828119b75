"""A run through a notebook: which cells run, as whose, and what is said of a test that passed."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from given_cells import answer, exam, free, lesson_of

from lessonlib.grading.host.process import Tested
from lessonlib.grading.host.round import Round, _order, not_needed
from lessonlib.grading.protocol.evidence import AGAIN
from lessonlib.grading.submission.repair import Piece

SHOWS = replace(free("table = [1, 2]\nprint(table)"), shows=True)
F = answer("f", "def f(x):\n    return x", "...")
TEST = exam("t", "assert f(1) == 1", 1)
LESSON = lesson_of(free("import math"), SHOWS, F, TEST)


def pieces(*own: str, f="def f(x):\n    return x"):
    given = [Piece(cell.source, "code", cell if cell.name else None) for cell in LESSON.cells]
    given[2] = Piece(f, "code", F)
    return [*given, *(Piece(source, "code") for source in own)]


# --- what need not run ---------------------------------------------------------------------------


def test_a_cell_that_only_shows_is_left_out():
    assert not_needed(pieces("x = 1"), LESSON) == {1}


@pytest.mark.parametrize(
    "own",
    ["print(table)", "table = 3", "def g():\n    return table", "%who", "eval('tab' + 'le')",
     "exec('x')", "globals()", "vars()", "get_ipython()", "locals()", "def f(:"],
)  # fmt: skip
def test_it_runs_where_a_learner_may_use_what_it_makes(own):
    assert not_needed(pieces(own), LESSON) == set()
    assert not_needed(pieces(f=own), LESSON) == set()


def test_it_runs_where_it_was_changed_or_is_an_answer():
    changed = [Piece(p.source + "\n", p.cell_type, p.given) if p.source == SHOWS.source else p
               for p in pieces()]  # fmt: skip
    assert not_needed(changed, LESSON) == set()


def test_a_cell_without_a_tag_runs():
    plain = lesson_of(free("import math"), replace(SHOWS, shows=False), F, TEST)
    assert not_needed(pieces(), plain) == set()


def test_one_that_has_to_run_takes_along_those_whose_names_it_reads():
    first, second, third = (
        replace(free(source), shows=True)
        for source in ("rows = [1]", "table = [rows]", "total = len(table)")
    )
    lesson = lesson_of(first, second, third)
    cells = [Piece(cell.source, "code") for cell in lesson.cells]
    assert not_needed([*cells, Piece("print(table)", "code")], lesson) == {2}
    assert not_needed([*cells, Piece("print(total)", "code")], lesson) == set()
    assert not_needed([*cells, Piece("x = 1", "code")], lesson) == {0, 1, 2}


# --- marks ---------------------------------------------------------------------------------------


@pytest.fixture
def reason():
    """Return the function that says why a passed test should be looked at."""
    task = SimpleNamespace(
        materials=LESSON, files={}, limits=SimpleNamespace(output_bytes=1), secret=b"", data=b"",
        plan=SimpleNamespace(exempt={"known"}), trusted=False,
    )  # fmt: skip
    return Round(task, pieces(), None, 0.0)._reason


def test_there_is_no_reason_to_look_at_an_honest_test(reason):
    assert reason(Tested("passed"), ["1", "2"]) == ""


def test_a_mutant_that_passes_is_a_reason_once_all_of_its_name_do(reason):
    assert "another value" in reason(Tested("passed", survived=[1]), ["1", "2"])
    assert reason(Tested("passed", survived=[0]), ["1", "1"]) == ""
    assert "another value" in reason(Tested("passed", survived=[0, 1]), ["1", "1"])


def test_a_test_that_does_not_pass_once_more_is_a_reason(reason):
    assert "once more" in reason(Tested("passed", survived=[]), ["1", AGAIN])
    assert reason(Tested("passed", survived=[1]), ["1", AGAIN]) == ""


def test_nobody_can_tell_which_of_the_first_two_is_the_test_itself():
    orders = [_order(["1", "2", "3", AGAIN]) for _ in range(200)]
    assert {forks for _, forks in orders} == {2}
    assert all(sorted(order) == [0, 1, 2, 3] and 3 in order[:2] for order, _ in orders)
    assert {order[0] == 3 for order, _ in orders} == {True, False}
    assert _order(["1", "2"]) == ([0, 1], 1)


def test_a_process_that_ends_before_its_mutants_are_tried_is_a_reason(reason):
    assert "could not be tried" in reason(Tested("passed", survived=None), ["1"])


def test_evidence_is_a_reason_unless_it_is_exempt(reason):
    assert "frames of running code" in reason(Tested("passed", evidence=("frames", "known")), [])
    assert reason(Tested("passed", evidence=("known",)), []) == ""
