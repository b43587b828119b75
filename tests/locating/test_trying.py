"""Edited answers that loop, end their process or take all memory cost only themselves."""

import ast
import os
import time

import numpy as np
import pytest
from edited_answers import exercise, written

from lessonlib.locating import trying
from lessonlib.locating.rules import candidates
from lessonlib.locating.source import source_of
from lessonlib.locating.trying import ORIGINAL, Bench, in_forks

TOY = exercise(lambda x: x, 3)
CASES = TOY.cases(np.random.default_rng(0))


def bench(code, use=TOY.use):
    source = source_of(written(code))
    return Bench(source, candidates(source), use)


def values(tried):
    """Return what each edited answer gave for the first case; None where it gave nothing."""
    known, found = {}, {}
    for number, (first, *_) in tried:
        known |= dict([first]) if len(first) == 2 else {}
        found[number] = known[first[0]] if first else None
    return found


def mischief(monkeypatch, what, at=(3, 5)):
    """Let some edited answers do something before they answer."""
    ordinary = Bench.answer

    def answer(self, number):
        if number in at:
            what()
        return ordinary(self, number)

    monkeypatch.setattr(Bench, "answer", answer)


COUNT = "def f(x):\n    n = 0\n    while n < 3:\n        n = n + 1\n    return x * n"


def test_a_loop_without_an_end_is_stopped_by_counting_lines():
    edited = bench(COUNT)
    found = values(edited.values(list(range(len(edited.edits))), CASES[:1]))
    assert len(found) == len(edited.edits)
    without = [number for number, value in found.items() if value is None]
    assert 0 < len(without) < len(edited.edits) - 20


@pytest.mark.parametrize(
    "body",
    ["while True:\n        x = x + 1", "for _ in iter(int, 1):\n        x = x + 1",
     "return [i for i in iter(int, 1)]", "return sum(i for i in iter(int, 1))"],
    ids=["while", "for", "list", "generator"],
)  # fmt: skip
def test_every_loop_counts_its_rounds(body):
    endless = bench(f"def f(x):\n    {body}")
    assert list(endless.values([ORIGINAL], CASES[:1])) == []
    assert trying.LINES < endless.all_lines < 3 * trying.LINES


def test_the_code_is_as_it_was_when_its_lines_are_counted():
    edited = bench(COUNT.replace("x * n", "sum(x[i] for i in range(n))"))
    before = edited.source.text
    list(edited.values(list(range(len(edited.edits))), CASES[:1]))
    assert edited.source.text == before


def test_what_cannot_be_added_is_not_multiplied_divided_or_subtracted():
    edited = bench("def f(x, y=(1, 2)):\n    a = x + 1\n    return a")
    asked, ordinary = [], edited.answer
    edited.answer = lambda number: asked.append(number) or ordinary(number)
    list(edited.values(list(range(len(edited.edits))), CASES[:1]))
    codes = {
        ast.unparse(edited.edits[n].new) for n in asked if edited.edits[n].where.kind == "added"
    }
    assert {"x + 1 + x", "(x + 1) * x", "(x + 1) / x", "x + 1 - x", "x + 1 + y"} <= codes
    assert not {"(x + 1) * y", "(x + 1) / y", "x + 1 - y"} & codes


def test_what_is_counted_depends_on_no_machine(monkeypatch):
    def tried():
        return [n for n, _ in bench(COUNT).values(list(range(60)), CASES[:1])]

    monkeypatch.setattr(trying, "ALL_LINES", 400)
    first, burning = tried(), [os.fork()]
    if burning == [0]:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            pass
        os._exit(0)
    try:
        assert 1 < len(first) < 60
        assert tried() == first
    finally:
        os.kill(burning[0], 9)
        os.waitpid(burning[0], 0)


@pytest.mark.parametrize(
    "what",
    [lambda: os._exit(1), lambda: sum(i for i in iter(int, 1)), lambda: np.ones(10**11)],
    ids=["exit", "loop", "memory"],
)
def test_one_that_takes_its_process_along_is_left_out(monkeypatch, what):
    edited = bench("def f(x):\n    y = x + 1\n    return y - 2 * x")
    numbers = list(range(10))
    before = values(in_forks(edited, numbers, CASES[:1]))
    mischief(monkeypatch, what)
    after = values(in_forks(edited, numbers, CASES[:1]))
    assert len(before) == 10
    assert {3, 5} >= set(before) - set(after)
    assert {n for n in after if after[n] is not None} >= {
        n for n in before if before[n] is not None and n not in (3, 5)
    }


def test_after_some_deaths_no_more_is_tried(monkeypatch):
    edited = bench("def f(x):\n    y = x + 1\n    return y - 2 * x")
    mischief(monkeypatch, lambda: os._exit(1), at=range(1, 100))
    assert list(values(in_forks(edited, list(range(20)), CASES[:1]))) == [0]


def test_an_answer_that_runs_long_is_not_tried_at_all():
    slow = bench("def f(x):\n    for i in range(9000):\n        y = x + i\n    return y")
    assert list(slow.values([ORIGINAL, 0, 1], CASES[:1])) == []


def test_an_answer_that_changes_its_arguments_gives_nothing():
    edited = bench("def f(x):\n    x += 1\n    return x")
    assert values(edited.values([ORIGINAL], CASES)) == {ORIGINAL: None}


def test_an_answer_without_any_edit_gives_its_value():
    edited = bench("def f(x):\n    pass")
    edited.edits = []
    assert values(edited.values([ORIGINAL], CASES[:1])) == {ORIGINAL: None}
    assert [first for _, (first, *_) in edited.values([ORIGINAL], CASES[:1])] == [(0, None)]


def test_a_value_crosses_once():
    edited = bench("def f(x):\n    y = x + 1\n    return y")
    tried = list(edited.values([ORIGINAL, ORIGINAL], CASES[:1]))
    assert [len(first) for _, (first, *_) in tried] == [2, 1]


@pytest.mark.parametrize(
    "code",
    ["def f(x, n=3):\n    a = [k * x[-1] for k in range(n)]\n    return np.sum(a) - n",
     "def f(x, n=3):\n    shape = [n, 1]\n    return -x.reshape(*shape) - n"],
    ids=["loop", "star"],
)  # fmt: skip
def test_edits_that_are_compiled_together_do_what_each_does_alone(code):
    together = bench(code)
    alone = bench(code)
    alone._edited = alone._with
    numbers = list(range(len(together.edits)))
    found = values(together.values(numbers, CASES[:1]))
    assert len(found) == len(together.edits) > 10 * len(together.compiled) > 0
    for number, value in values(alone.values(numbers, CASES[:1])).items():
        np.testing.assert_equal(found[number], value)


def test_nothing_that_an_edited_answer_prints_is_seen(capsys):
    edited = bench("def f(x):\n    print(x)\n    return x")
    list(edited.values(list(range(5)), CASES[:1]))
    assert capsys.readouterr() == ("", "")
