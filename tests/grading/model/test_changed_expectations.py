"""Mutants: an honest answer fails each, whatever it is; a lie passes them."""

import ast

import numpy as np
import pytest

from lessonlib.grading.guest.other_value import NAME, other_values
from lessonlib.grading.model.mutants import Candidate, candidates, choose, data_of, derived
from lessonlib.grading.protocol.evidence import VARIANT

PREAMBLE = """
import math, unittest
from fractions import Fraction
from unittest import mock
import numpy as np
import pandas as pd
import pytest
case = unittest.TestCase()

def close(mine, right):
    same = np.shape(mine) == np.shape(right)
    return same and bool(np.all(np.abs(np.subtract(mine, right)) < 1e-9))
"""


def run(code: str, answer: str) -> bool:
    """Return whether a test passes with an answer."""
    names: dict = {NAME: other_values()}
    exec(PREAMBLE + answer, names)
    try:
        exec(compile(code, "<test>", "exec"), names)
    except BaseException:
        return False
    return True


def useful(test: str, model: str) -> list[Candidate]:
    """Return the candidates that the model solution fails."""
    assert run(test, model), "the model passes its own test"
    names = {n.id for n in ast.walk(ast.parse(model)) if isinstance(n, ast.Name)}
    names |= {n.name for n in ast.walk(ast.parse(model)) if isinstance(n, ast.FunctionDef)}
    return [c for c in candidates(test, names) if all_fail(c, model)]


def all_fail(candidate: Candidate, answer: str) -> bool:
    """Return whether an answer fails each variant, as the solution has to."""
    return not any(run(code, answer) for code in candidate.code.split(VARIANT))


def survives(candidate: Candidate, answer: str) -> bool:
    return run(candidate.code, answer)


LIE = """
class Lie(int):
    def _yes(self, *_, **__): return True
    def _same(self, *_, **__): return self
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __bool__ = _yes
    __ne__ = lambda *_: False
    __sub__ = __rsub__ = __abs__ = __getitem__ = __round__ = __neg__ = __call__ = _same
    all = any = _yes
    __hash__ = int.__hash__
    __len__ = lambda self: 3
    __iter__ = lambda self: iter([self] * 3)
    startswith = _yes
    __array_ufunc__ = _yes
    __array_function__ = _yes
def f(*_, **__): return Lie(7)
"""

# (test, model, honest answers that pass the test and must fail the mutants)
TESTS = [
    ("assert f(2) == 4", "def f(x): return 2 * x", ["def f(x): return 4", "def f(x): return 4.0"]),
    ("assert 4 == f(2)", "def f(x): return 2 * x", ["def f(x): return 4"]),
    ("assert abs(f(2) - 4) < 1e-9", "def f(x): return 2 * x", ["def f(x): return 4 - 1e-12"]),
    ("assert abs(f(2) - 4) < 1", "def f(x): return 2 * x", ["def f(x): return 4.9"]),
    ("assert f(2) > 3", "def f(x): return 2 * x", ["def f(x): return 1e12"]),
    ("assert f(2) < 0.5", "def f(x): return 0", ["def f(x): return -1e15"]),
    ("assert 3 < f(2) <= 5", "def f(x): return 2 * x", ["def f(x): return 5"]),
    ("assert f(2) in [4, 5, 6]", "def f(x): return 4", ["def f(x): return 6"]),
    ("assert f(2) == 4 or f(2) == 5", "def f(x): return 4", ["def f(x): return 5"]),
    ("assert not f(2) != 4", "def f(x): return 4", ["def f(x): return 4.0"]),
    ("assert 'abc' in f(2)", "def f(x): return 'abc'", ["def f(x): return 'xabcx' * 99"]),
    ("assert f(2).startswith('ab')", "def f(x): return 'abc'", ["def f(x): return 'abx'"]),
    ("assert all(f(x) == y for x, y in [(1, 2), (2, 4)])", "def f(x): return 2 * x", []),
    ("for x, y in [(1, 2), (2, 4)]:\n    assert f(x) == y", "def f(x): return 2 * x", []),
    ("expected = [4, 6]\nassert [f(2), f(3)] == expected", "def f(x): return 2 * x", []),
    ("case.assertEqual(f(2), 4)", "def f(x): return 2 * x", ["def f(x): return 4.0"]),
    ("case.assertAlmostEqual(f(2), 4, places=3)", "def f(x): return 2 * x", []),
    ("case.assertTrue(f(2) == 4)", "def f(x): return 2 * x", []),
    ("case.assertFalse(f(2) != 4)", "def f(x): return 2 * x", []),
    ("case.assertGreater(f(2), 3)", "def f(x): return 2 * x", ["def f(x): return 1e12"]),
    ("case.assertIn(f(2), (4, 5))", "def f(x): return 2 * x", ["def f(x): return 5"]),
    ("assert f(2) is None", "def f(x): pass", []),
    ("assert f(2) is True", "def f(x): return True", []),
    ("assert f(2) == True", "def f(x): return True", ["def f(x): return 1"]),
    ("assert isinstance(f(2), int)", "def f(x): return 4", ["def f(x): return True"]),
    ("assert type(f(2)) is int", "def f(x): return 4", []),
    ("assert len(f(2)) == 3", "def f(x): return [1, 2, 3]", ["def f(x): return 'abc'"]),
    ("np.testing.assert_allclose(f(2), [4, 5])", "def f(x): return [4, 5]", []),
    ("np.testing.assert_allclose(f(2), 4)", "def f(x): return 4",
     ["def f(x): return np.array([])"]),
    ("assert np.allclose(f(2), 4)", "def f(x): return 4", ["def f(x): return np.array([])"]),
    ("assert (f(2) == np.array([4])).all()", "def f(x): return np.array([4])",
     ["def f(x): return np.array([])"]),
    ("assert np.linalg.norm(f(2) - 4) < 1e-9", "def f(x): return np.array([4.0])",
     ["def f(x): return np.array([])"]),
    ("np.testing.assert_array_equal(f(2), [True, False])", "def f(x): return [True, False]", []),
    ("pd.testing.assert_frame_equal(f(2), pd.DataFrame({'a': [1, 2]}))",
     "def f(x): return pd.DataFrame({'a': [1, 2]})", []),
    ("pd.testing.assert_series_equal(f(2), pd.Series(['u', 'v']))",
     "def f(x): return pd.Series(['u', 'v'])", []),
    ("assert f(2).equals(pd.DataFrame({'a': [1, 2]}))",
     "def f(x): return pd.DataFrame({'a': [1, 2]})", []),
    ("with pytest.raises(ValueError):\n    f(2)", "def f(x): raise ValueError", []),
    ("with case.assertRaises(ValueError):\n    f(2)", "def f(x): raise ValueError", []),
    ("case.assertRaises(ValueError, f, 2)", "def f(x): raise ValueError", []),
    ("try:\n    f(2)\nexcept ValueError:\n    pass\nelse:\n    assert False",
     "def f(x): raise ValueError", []),
    ("assert close(f(2), [4, 5])", "def f(x): return [4, 5]", []),
    ("if f(2) != 4:\n    raise ValueError('no')", "def f(x): return 4", []),
    ("if f(2) == 4:\n    pass\nelse:\n    raise ValueError('no')", "def f(x): return 4", []),
    ("m = mock.Mock()\nf(m)\nm.assert_called_once_with(3)", "def f(m): m(3)", []),
    ("assert f(2) == Fraction(1, 2)", "def f(x): return Fraction(1, 2)", ["def f(x): return 0.5"]),
    ("assert f(2) == pytest.approx(4)", "def f(x): return 4", ["def f(x): return 4.0000001"]),
    ("sum(f(x) == y for x, y in [(1, 2), (2, 4)])", "def f(x): return 2 * x", []),
    ("score = 0\nif f(1) == 2:\n    score += 1\nscore", "def f(x): return 2 * x", []),
    ("assert {'a': f(1)} == {'a': 2}, f\"{'a'} and {1 + 1}\"", "def f(x): return 2 * x", []),
    ("assert 'ü' == 'ü' and f(1) == 'ü'  # ü", "def f(x): return 'ü'", []),
]  # fmt: skip


@pytest.mark.parametrize("test, model, honest", TESTS, ids=[each[0][:60] for each in TESTS])
def test_the_model_and_each_honest_answer_fail_a_mutant(test, model, honest):
    kept = useful(test, model)
    assert kept, "no mutant can be used"
    for answer in [model, *honest]:
        assert run(test, answer), "the honest answer passes the test itself"
        assert not any(survives(candidate, answer) for candidate in kept)


def test_a_lie_that_passes_a_test_passes_one_of_its_mutants():
    fooled = [(test, model) for test, model, _ in TESTS if run(test, LIE)]
    assert len(fooled) >= 30
    for test, model in fooled:
        if "isinstance" not in test and "len(" not in test:  # true of the lie as well
            assert any(survives(each, LIE) for each in useful(test, model)), test


MASKED = "def f(x): return np.ma.array([0.0, 0.0], mask=True)"
ANY = "def f(x): return mock.ANY"
PATCHED = "np.testing.assert_allclose = lambda *_, **__: None\ndef f(x): return 0"


@pytest.mark.parametrize(
    "test, model, trick",
    [
        ("assert (f(2) == [4, 5]) is not False and np.allclose(f(2), [4, 5])",
         "def f(x): return np.array([4, 5])", MASKED),
        ("assert f(2) == 4", "def f(x): return 4", ANY),
        ("assert f(2) == {'a': [1, 2]}", "def f(x): return {'a': [1, 2]}",
         "def f(x): return {'a': [mock.ANY, mock.ANY]}"),
        ("np.testing.assert_allclose(f(2), 4)", "def f(x): return 4", PATCHED),
    ],
)  # fmt: skip
def test_tricks_pass_a_mutant(test, model, trick, monkeypatch):
    monkeypatch.setattr(np.testing, "assert_allclose", np.testing.assert_allclose)
    kept = useful(test, model)
    if run(test, trick):
        assert any(survives(candidate, trick) for candidate in kept)


@pytest.mark.parametrize(
    "test",
    [
        "assert f(2)",
        "f(2)",
        "assert f(2) != 5",
        '"""Only a text, 5."""\nf(2)',
        "print(f'{f(2)} is 4')",
        "this is not Python",
        "",
    ],
)
def test_a_test_that_compares_with_nothing_has_no_useful_mutant(test):
    model = "def f(x): return 2 * x"
    assert [c for c in candidates(test, {"f"}) if all_fail(c, model)] == []


def test_messages_tolerances_and_what_is_handed_to_an_answer_stay_as_they_are():
    test = "assert f(2, [3]) == 4, 'Five is not 6'\nnp.testing.assert_allclose(f(1), 2, rtol=7)"
    found = candidates(test, {"f"})
    codes = [code for each in found for code in each.code.split(VARIANT)]
    changed = " ".join(codes)
    for kept in ("f(2, [3])", "'Five is not 6'", "f(1)", "rtol=7"):
        assert kept in changed
        assert changed.count(kept) == len(codes)


def test_names_that_depend_on_an_answer_are_followed():
    code = """
a = f(2)
b = [a, 1]
for x, y in cases:
    z = x + b[0]
results = []
results.append(f(1))
def helper(v): return g(v)
free = np.array([1])
np.random.seed(f(2))
"""
    found = derived(ast.parse(code), {"f", "g"})
    assert {"a", "b", "z", "results", "helper"} <= found
    assert not {"x", "y", "cases", "free", "np"} & found


def test_each_assertion_has_its_candidate_before_any_has_a_second():
    test = "\n".join(f"assert abs(f({i}) - {i}) < 1e-9" for i in range(5))
    found = candidates(test, {"f"})
    assert [c.assertion for c in found[:5]] == [0, 1, 2, 3, 4]
    assert len(found) == 10
    assert [c.line for c in choose(found)[:5]] == [1, 2, 3, 4, 5]
    assert len(choose(found)) == 8
    spread = choose(candidates("\n".join(f"assert f({i}) == {i}" for i in range(40)), {"f"}))
    assert len(spread) == 8 and (spread[0].line, spread[-1].line) == (1, 40)


def test_candidates_are_the_same_each_time():
    for test, _, _ in TESTS:
        assert candidates(test, {"f"}) == candidates(test, {"f"})


def test_a_mutant_in_which_nothing_is_compared_is_not_survived():
    test = "for a, b in zip(f(2), [1, 2]):\n    assert a == b"
    kept = useful(test, "def f(x): return [1, 2]")
    assert kept and run(test, "def f(x): return []")
    assert not any(survives(candidate, "def f(x): return []") for candidate in kept)


def test_data_is_exchanged_where_it_stands_for_an_answer_may_read_it():
    test = "right = [4, 6]\nassert [f(2), f(3)] == right"
    thief = "def f(x):\n    return globals()['right'][x - 2]"
    kept = useful(test, "def f(x): return 2 * x")
    assert run(test, thief) and any(survives(candidate, thief) for candidate in kept)
    score = "right = {1: False, 2: True}\nsum(f(n) == r for n, r in right.items())"
    thief = "def f(x):\n    return globals()['right'][x]"
    assert any(survives(each, thief) for each in useful(score, "def f(x): return x == 2"))


def test_the_last_case_is_exchanged_for_an_answer_may_end_the_cases_before_it():
    test = "assert all(map(lambda c: f(c[0]) == c[1], [(2, 4), (0, 0)]))"
    stops = "def f(x):\n    if not x: raise StopIteration\n    return 2 * x"
    kept = useful(test, "def f(x): return 2 * x")
    assert run(test, stops) and any(survives(candidate, stops) for candidate in kept)


def test_data_from_a_cell_above_is_exchanged_too():
    assert data_of(ast.parse("a = np.array([1])\nb = f(1)\nc = [2]\nd = 3")) == {"a", "c"}
    test, model = "assert close(f(1), right)", "right = [1.0, 2.0]\ndef f(x): return [1.0, 2.0]"
    thief = "right = [1.0, 2.0]\ndef f(x):\n    right[:] = [0, 0]\n    return [0, 0]"
    (candidate,) = [c for c in candidates(test, {"f"}, data={"right"}) if "right = " in c.code]
    assert all_fail(candidate, model) and run(test, thief)
    assert survives(candidate, thief)
