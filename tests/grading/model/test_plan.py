"""The instructor's solution is graded first: what it fails is named, and the result is kept."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from given_cells import answer, course_lesson, exam, free, lesson_of, locked

from lessonlib.grading.grade import Graded, close_servers
from lessonlib.grading.host.round import Round
from lessonlib.grading.model import plan as planning
from lessonlib.grading.protocol.evidence import AGAIN
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record, Result
from lessonlib.grading.task import Plan

LIMITS = Limits()
DOUBLE = answer("double", "def double(x):\n    return 2 * x", "def double(x): ...")
RIGHT = exam("right", "assert double(2) == 4", 1)


@pytest.fixture(scope="module", autouse=True)
def server():
    yield
    close_servers()


def planned(tmp_path, *cells) -> Plan:
    return of(lesson_of(*cells), tmp_path)


def of(materials, folder) -> Plan:
    task = planning.solution(materials, LIMITS, True)
    return planning.remembered(task, folder, lambda: planning.made(task))


def test_a_sound_assignment_has_no_fault(tmp_path):
    made = planned(tmp_path, DOUBLE, RIGHT)
    assert (made.faults, made.advice) == ((), ())
    assert [name for name, _ in made.mutants["right"]] == ["1.0", AGAIN]


def test_each_test_that_the_solution_fails_is_named_with_line_and_error(tmp_path):
    wrong = exam("wrong", "x = 3\nassert double(x) == 7, 'seven'", 1)
    error = exam("error", "double(1, 2)", 1)
    made = planned(tmp_path, DOUBLE, wrong, RIGHT, error)
    assert len(made.faults) == 2
    assert made.faults[0].startswith("wrong, line 2: ") and "seven" in made.faults[0]
    assert made.faults[1].startswith("error, line 1: ") and "TypeError" in made.faults[1]
    assert set(made.mutants) == {"right"}


def test_a_solution_that_gets_a_part_of_the_points_is_a_fault(tmp_path):
    part = exam("part", "sum([double(1) == 2, double(2) == 5])", 2)
    assert planned(tmp_path, DOUBLE, part).faults == ("part: it gives 1 of 2 points.",)


def test_the_error_of_a_hidden_test_is_told(tmp_path):
    hidden = "### BEGIN HIDDEN TESTS\nassert double(2) == 5, 'hidden five'\n### END HIDDEN TESTS"
    made = planned(tmp_path, DOUBLE, exam("hidden", hidden, 1, ""))
    assert "hidden five" in made.faults[0]


def test_a_test_that_comes_out_differently_the_second_time_is_a_fault(monkeypatch):
    coin = lesson_of(DOUBLE, exam("coin", "assert double(2) == 4", 1))
    tries = iter([1.0, 0.0])

    def examine(task):
        result = Result("coin", "coin", next(tries), 1.0, "It failed.")
        return Graded("", Record("graded", "", (result,))), {}

    monkeypatch.setattr(planning, "examine", examine)
    (fault,) = planning.made(planning.solution(coin, LIMITS, True)).faults
    assert fault.startswith("coin: It failed.") and "It passed the first time" in fault


def test_a_test_on_data_without_a_seed_may_be_a_fault(tmp_path):
    coin = exam("coin", "import os\nassert double(os.urandom(9)[0] % 2) in (0, 2)", 1)
    assert planned(tmp_path, DOUBLE, coin).faults == ()


def test_a_check_with_something_beside_it_is_a_fault(tmp_path):
    imports = free("from lessonlib import check")
    mixed = exam("mixed", 'check("relu.relu", double)\nassert double(1) == 2', 1)
    made = planned(tmp_path, imports, DOUBLE, mixed)
    assert made.faults[0] == "mixed: a cell with a check has to be that one check and nothing else."


def test_a_check_of_the_instructors_own_is_none_of_ours(tmp_path):
    own = locked("own", "def check(name, f):\n    assert f(2) == 4, name")
    made = planned(tmp_path, DOUBLE, own, exam("uses", 'check("double", double)\nx = 1', 1))
    assert made.faults == ()


def test_a_test_that_ends_in_a_truth_is_named_as_advice_only():
    def named(end):
        return bool(planning._advice([exam("end", f"y = 2\n{end}", 1)]))

    assert all(map(named, ["double(2) == 4", "not double(0)", "all([double(1)])", "True"]))
    assert not any(map(named, ["double(1)", "x = 1", "2.0", "assert double(1)", ""]))


def test_a_test_for_which_there_was_too_little_time_is_named_and_has_no_mutants(monkeypatch):
    monkeypatch.setattr(Round, "_mutants_seconds", lambda self: 0.5)
    made = planning.made(planning.solution(lesson_of(DOUBLE, RIGHT), LIMITS, True))
    assert (made.faults, made.mutants) == ((), {})
    (advice,) = made.advice
    assert advice.startswith("right: there was too little time to try it with other values")


def test_a_test_that_cannot_be_run_twice_is_not_tried_again(tmp_path):
    once = exam("once", "import os\nos.mkdir('made')\nassert double(2) == 4", 1)
    made = planned(tmp_path, DOUBLE, once)
    assert (made.faults, made.mutants) == ((), {})


def test_what_the_solution_changes_and_does_is_exempt(tmp_path):
    imports = free("import random, sys")
    draws = "random.random = lambda: 0.5\ndef draw():\n    sys._getframe()\n"
    seeded = answer("draw", draws + "    return random.random()", "def draw(): ...")
    made = planned(tmp_path, imports, seeded, exam("drawn", "assert draw() == 0.5", 1))
    assert made.faults == ()
    assert {line.split(" ")[0] for line in made.exempt if " " in line} == {"frames", "patched"}
    assert "patched random.random" in made.exempt


def test_a_plan_is_made_once_and_again_when_something_has_changed(tmp_path, monkeypatch):
    first = planned(tmp_path, DOUBLE, RIGHT)
    monkeypatch.setattr(planning, "made", lambda task: Plan(advice=("made again",)))
    assert planned(tmp_path, DOUBLE, RIGHT) == first
    assert planned(tmp_path, DOUBLE, exam("right", "assert double(3) == 6", 1)).advice
    assert planned(tmp_path, DOUBLE, RIGHT).advice == ("made again",)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"fingerprint": 1}', b"\xff\xfe", b"null"])
def test_a_spoilt_cache_is_made_anew(tmp_path, monkeypatch, text):
    monkeypatch.setattr(planning, "made", lambda task: Plan(advice=("made again",)))
    (tmp_path / "toy.json").write_bytes(text)
    assert planned(tmp_path, DOUBLE, RIGHT).advice == ("made again",)
    assert json.loads((tmp_path / "toy.json").read_bytes())["plan"]["advice"] == ["made again"]
    assert [path.name for path in tmp_path.iterdir()] == ["toy.json"]


def test_where_nothing_can_be_written_a_plan_is_made_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "made", lambda task: Plan(advice=("made again",)))
    (tmp_path / "file").write_text("")
    made = of(lesson_of(DOUBLE, RIGHT), tmp_path / "file" / "model")
    assert made.advice == ("made again",)


def test_a_plan_is_the_same_after_json():
    made = Plan(("a",), ("b",), {"t": [("1.0", "code")]}, frozenset({"c"}))
    assert Plan.of(json.loads(json.dumps(made.as_json()))) == made


def test_a_lesson_of_checks_costs_one_run_and_has_no_mutants(tmp_path, monkeypatch):
    runs = []
    examine = planning.examine
    monkeypatch.setattr(planning, "examine", lambda task: runs.append(1) or examine(task))
    made = of(course_lesson("01-relu-layer"), tmp_path)
    assert (made.faults, made.mutants, len(runs)) == ((), {}, 1)


def test_a_test_that_leaves_it_all_to_a_helper_has_mutants_of_what_is_expected_only(tmp_path):
    helper = locked(
        "helper", "def agrees(f, cases):\n    for x, y in cases:\n        assert f(x) == y"
    )
    made = planned(tmp_path, DOUBLE, helper, exam("all", "agrees(double, [(2, 4), (3, 6)])", 1))
    codes = [code for name, code in made.mutants["all"] if name != AGAIN]
    assert len(codes) == 2 and all("[(2, " in code for code in codes)
    assert any("(3, (_other_value_(6, " in code for code in codes)
