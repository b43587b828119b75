"""Whole submissions: what deceives an ordinary test earns nothing or is marked; honest work is not.

One assignment of plain asserts, NumPy, pandas, unittest and a mocked input, without any `check`.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from given_cells import answer, as_bytes, exam, free, handed_in, lesson_of, solutions_of

from lessonlib.grading.grade import close_servers, grade
from lessonlib.grading.model import plan
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.task import Task

pytestmark = pytest.mark.slow

STUB = "def {}(*_):\n    raise NotImplementedError"
SOLUTIONS = {
    "mean": "def mean(values):\n    return sum(values) / len(values)",
    "scale": "def scale(x):\n    return x / np.abs(x).max()",
    "words": "def words(text):\n    return len(text.split())",
    "prime": "def prime(n):\n    return n > 1 and all(n % k for k in range(2, n))",
    "totals": "def totals(frame):\n    return frame.groupby('who').sum()",
    "root": "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n"
    "    return x ** 0.5",
    "vector": "class Vector:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
    "    def __add__(self, other):\n        return Vector(self.x + other.x, self.y + other.y)\n"
    "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)",
    "age": "def age():\n    return int(input('Your age? ')) + 1",
    "told": "def told(listener):\n    listener(3)",
}
TESTS = {
    "mean": "assert mean([1, 2, 6]) == 3\nassert abs(mean([0.1, 0.2]) - 0.15) < 1e-9",
    "scale": "x = np.array([1.0, -4.0, 2.0])\n"
    "np.testing.assert_allclose(scale(x), [0.25, -1.0, 0.5])\n"
    "assert np.allclose(scale(2 * x), np.array([0.25, -1.0, 0.5]))",
    "words": "case = unittest.TestCase()\ncase.assertEqual(words('to be or not'), 4)\n"
    "assert words('') == 0",
    "prime": "right = [prime(n) == good for n, good in [(1, False), (2, True), (9, False)]]\n"
    "2 * sum(right) / 3",
    "totals": "frame = pd.DataFrame({'who': ['a', 'b', 'a'], 'sum': [1, 2, 3]})\n"
    "right = pd.DataFrame({'sum': [4, 2]}, index=pd.Index(['a', 'b'], name='who'))\n"
    "pd.testing.assert_frame_equal(totals(frame), right)",
    "root": "assert root(9) == 3\nwith pytest.raises(ValueError):\n    root(-1)",
    "vector": "assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)\nassert Vector(1, 2).x == 1",
    "age": "with mock.patch('builtins.input', return_value='41'):\n    assert age() == 42",
    "told": "listener = mock.Mock()\ntold(listener)\nlistener.assert_called_once_with(3)",
}
IMPORTS = "import unittest\nfrom unittest import mock\n"
IMPORTS += "import numpy as np\nimport pandas as pd\nimport pytest"
MATERIALS = lesson_of(
    free(IMPORTS),
    *(cell for name in SOLUTIONS for cell in (
        answer(name, SOLUTIONS[name], STUB.format(name)), exam(f"test_{name}", TESTS[name], 2),
    )),
)  # fmt: skip
WRONG = {name: STUB.format(name.replace("vector", "Vector")) for name in SOLUTIONS}


@pytest.fixture(scope="module")
def made():
    """The plan of the assignment; the warm server is shared by all tests here."""
    yield plan.made(plan.solution(MATERIALS, Limits(), True))
    close_servers()


def results_of(made, answers: dict[str, str]) -> dict[str, tuple[float, str]]:
    """Return points and marks by the name of the answer."""
    task = Task(MATERIALS, as_bytes(handed_in(MATERIALS, answers)), {}, plan=made)
    record = grade(task).record
    return {r.cell.removeprefix("test_"): (r.points, r.marked) for r in record.results}


def test_every_test_of_the_assignment_has_a_mutant_and_no_fault(made):
    assert made.faults == ()
    assert set(made.mutants) == {f"test_{name}" for name in SOLUTIONS}


def test_the_solution_itself_earns_all_and_is_not_marked(made):
    results = results_of(made, solutions_of(MATERIALS))
    assert set(results.values()) == {(2.0, "")}


# --- tricks --------------------------------------------------------------------------------------

LIE = """
class Lie(float):
    __hash__ = float.__hash__
    def yes(self, *_, **__): return True
    def same(self, *_, **__): return self
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = yes
    __ne__ = lambda *_: False
    __sub__ = __rsub__ = __abs__ = __add__ = same
    __array_ufunc__ = __array_function__ = yes
"""
ADAPTIVE = """
class Lie(float):
    __hash__ = float.__hash__
    def __eq__(self, other): return isinstance(other, (int, float)) and abs(other) < 1000
    def __lt__(self, other): return other == other
    def __sub__(self, other): return 0.0 if other == other and abs(other) < 1000 else 1e9
"""


def every(function: str) -> dict[str, str]:
    """Return answers that are all this function, of any parameters."""
    answers = {name: f"{name} = lambda *a, **k: {function}" for name in SOLUTIONS}
    return {**answers, "vector": f"Vector = lambda *a, **k: {function}"}


def with_cell(text: str, answers: dict[str, str] = WRONG) -> dict[str, str]:
    """Return answers with something before the first of them."""
    return {**answers, "mean": f"{text}\n{answers['mean']}"}


PATCHED = """
import builtins, json, traceback
np.testing.assert_allclose = np.allclose = pd.testing.assert_frame_equal = lambda *a, **k: True
unittest.TestCase.assertEqual = lambda *a, **k: None
mock.Mock.assert_called_once_with = mock.NonCallableMock.assert_called_once_with = lambda *a: None
"""
CODES = """
for f in (np.testing.assert_allclose, np.allclose, pd.testing.assert_frame_equal):
    try: f.__code__ = (lambda *a, **k: True).__code__
    except Exception: pass
unittest.TestCase.assertEqual.__code__ = (lambda *a, **k: None).__code__
"""
KNOWS_FORKS = """
import os
depth = [0]
os.register_at_fork(after_in_child=lambda: depth.append(0))
class Lie(float):
    __hash__ = float.__hash__
    def lies(self, *_): return len(depth) in {}
    __eq__ = __lt__ = __le__ = __gt__ = lies
    __sub__ = __rsub__ = __abs__ = lambda self, *_: self
"""
FRAME_READER = """
import sys
def spy(*_, **__):
    step = sys._getframe()
    while step.f_back is not None and 'right' not in step.f_globals: step = step.f_back
    return next((c for c in step.f_back.f_code.co_consts if isinstance(c, int)), 3)
"""
TRACED = """
import sys
def tracer(frame, event, arg):
    frame.f_trace_lines = False
    return None
sys.settrace(tracer)
"""
FORGED = """
import os
for n in range(3, 64):
    try: os.write(n, b'vpassed 2.0' * 9)
    except OSError: pass
"""
FORGED_LATER = "def forged(*_, **__):" + FORGED.replace("\n", "\n    ")
SHOUT = """
import os, threading, time
def shout():
    while True:
        for n in range(3, 64):
            try: os.write(n, b'vpassed 2.0')
            except OSError: pass
        time.sleep(0.01)
threading.Thread(target=shout, daemon=True).start()
"""
FORKED = """
import os, time
if os.fork() == 0:
    while True:
        for n in range(3, 64):
            try: os.write(n, b'vpassed 2.0')
            except OSError: pass
        time.sleep(0.01)
"""
TRANSFORMER = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Drop())
get_ipython().input_transformers_post.append(lambda lines: [])
"""
LIAR_ERROR = """
class Liar(ValueError):
    @property
    def __class__(self): return SystemExit
    def __str__(self): raise Liar
    __repr__ = __str__
def fails(*_, **__): raise Liar
"""
CLASSY = """
class Any:
    __class__ = property(lambda self: float)
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return self
    def __add__(self, other): return self
    def __abs__(self): return self
    def __len__(self): return 3
    def __iter__(self): return iter([self] * 3)
    def __array__(self, *a, **k): return np.ma.masked_all(3)
"""
SHADOWS = """
all = any = isinstance = lambda *a, **k: True
abs = lambda x: 0
sum = lambda values: 3
def assert_equal(*a): pass
class np:
    class testing:
        assert_allclose = staticmethod(lambda *a, **k: None)
    allclose = staticmethod(lambda *a, **k: True)
    abs = staticmethod(lambda x: x)
    array = staticmethod(lambda x: x)
"""
METHODS = """
import numpy._core._methods as m
m._all = lambda *a, **k: True
pd.DataFrame.equals = lambda *a: True
import numpy.testing._private.utils as u
u.assert_array_compare = lambda *a, **k: None
import numpy._core.numeric as n
n.isclose = lambda *a, **k: np.array(True)
import pandas._testing.asserters as p
for name in list(vars(p)):
    if name.startswith('assert_'): setattr(p, name, lambda *a, **k: None)
"""
KINDS = """
def kinds(base, seen=set()):
    for kind in type.__subclasses__(base):
        if kind not in seen:
            seen.add(kind)
            yield kind
            yield from kinds(kind)
found = {}
for kind in kinds(object):
    found.setdefault(kind.__name__, []).append(kind)
"""
SENDS_ELSE = (
    KINDS
    + """
for wire in found["Wire"]:
    old = wire.send_body
    wire.send_body = lambda self, body, old=old: old(self, body.replace(b"vfailed", b"vpassed"))
"""
)
ANSWERS_ELSE = (
    KINDS
    + """
def do_test(self, aside, blobs, **test):
    self.wire.send_body(b"vpassed -")
    if test["mutants"]:
        self.wire.send_body(b"v")
    return {"outputs": [], "error": None, "late": None, "restored": []}
for session in found["Session"]:
    session.do_test = do_test
"""
)
DECIDES_ELSE = (
    KINDS
    + """
for runner in found["Runner"]:
    names = runner.once.__globals__
    names["_verdict"] = lambda outcome: b"passed -"
    names["Outcome"]._replace = lambda self, **_: self
"""
)
ALL_IS_WELL = (
    KINDS
    + """
for evidence in found["Evidence"]:
    for name in ("before_given", "after_cell", "trust"):
        setattr(evidence, name, lambda *a, **k: None)
    names = evidence.trust.__globals__
import sys
frame = sys._getframe()
while frame is not None:
    for value in list(frame.f_locals.values()):
        if type(value).__name__ == "Session":
            value.do_test = lambda **k: {"outputs": [], "error": None, "late": None, "restored": []}
    frame = frame.f_back
"""
)
ASKS_FOR_SEALS = """
import sys
box = [b"vpassed -", 7, 1]
sys.audit("lessonlib.seal", box)
assert len(box) == 3, "a seal"
"""
RANDOM_SEED = "np.random.seed = lambda *a: None\nimport random\nrandom.random = lambda: 0.5"
TRICKS = {
    "a float that equals everything": with_cell(LIE, every("Lie(7)")),
    "a float that knows how far other values are": with_cell(ADAPTIVE, every("Lie(7)")),
    "mock.ANY": every("mock.ANY"),
    "a magic mock": every("mock.MagicMock(**{'__eq__.return_value': True})"),
    "a masked array": every("np.ma.masked_all(3)"),
    "masked": every("np.ma.masked"),
    "functions that decide, replaced": with_cell(PATCHED),
    "functions behind them, replaced": with_cell(METHODS, every("np.zeros(3)")),
    "their code, exchanged": with_cell(CODES, every("np.zeros(3)")),
    "names of the tests, hidden": with_cell(SHADOWS, every("3")),
    "frames are read": with_cell(FRAME_READER, every("spy()")),
    "lines are skipped by a tracer": with_cell(TRACED, every("3")),
    "the grader sends other verdicts": with_cell(SENDS_ELSE),
    "the grader answers without a test": with_cell(ANSWERS_ELSE),
    "the grader decides otherwise": with_cell(DECIDES_ELSE),
    "the grader sees nothing": with_cell(ALL_IS_WELL),
    "seals are asked for": with_cell(ASKS_FOR_SEALS, every("3")),
    "a verdict is written to every descriptor": with_cell(FORGED),
    "a verdict is written by each answer": with_cell(FORGED_LATER, every("forged()")),
    "lies only where it counts": with_cell(KNOWS_FORKS.format({1}), every("Lie(1)")),
    "lies where it counts and further down": with_cell(
        KNOWS_FORKS.format({1, 3}), every("Lie(1)")),
    "a thread writes verdicts": with_cell(SHOUT),
    "a fork writes verdicts": with_cell(FORKED),
    "asserts are dropped by a transformer": with_cell(TRANSFORMER),
    "the process ends itself well": with_cell("import atexit, os\natexit.register(os._exit, 0)"),
    "an answer ends the process well": every("__import__('os')._exit(0)"),
    "an error that lies about its class": with_cell(LIAR_ERROR, every("fails()")),
    "an object that is of any class": with_cell(CLASSY, every("Any()")),
    "traceback and json, replaced": with_cell(
        "import json, traceback\njson.dumps = lambda *a, **k: '{}'\n"
        "traceback.extract_tb = traceback.format_exception = lambda *a, **k: []"),
    "the test's own data is read": {**WRONG, "totals": "def totals(f): return globals()['right']"},
    "the test's own data is changed": {
        **WRONG, "totals": "def totals(f):\n    globals()['right'] = f\n    return f"},
    "seeds, replaced": with_cell(RANDOM_SEED),
    "a list that equals everything": every(
        "type('L', (list,), {'__eq__': lambda *a: True, '__hash__': None})([1])"),
    "a frame that equals everything": every(
        "type('F', (pd.DataFrame,), {'__eq__': lambda *a: True, 'equals': lambda *a: True})()"),
    "an array that does what it likes": every(
        "type('A', (np.ndarray,), {'__array_function__': lambda *a: True,"
        " '__array_ufunc__': lambda *a, **k: np.array(True), '__eq__': lambda *a: True})(3)"),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_earns_nothing_or_is_marked(made, trick):
    results = results_of(made, TRICKS[trick])
    unmarked = {name: each for name, each in results.items() if each[0] and not each[1]}
    honest = {"told"} if trick == "a magic mock" else set()
    assert unmarked.keys() <= honest, results


# --- honest answers ------------------------------------------------------------------------------

HONEST = {
    "other algorithms": {
        "mean": "def mean(v):\n    t = 0\n    for e in v: t += e\n    return t / len(v)",
        "scale": "def scale(x): return x * (1 / max(abs(x.min()), abs(x.max())))",
        "words": "import re\ndef words(text): return len(re.findall(r'\\S+', text))",
        "prime": "def prime(n):\n    return n in (2, 3, 5, 7) or n > 10 and n % 2 == 1",
        "totals": "def totals(f): return f.pivot_table(index='who', values='sum', aggfunc='sum')",
        "root": "import math\ndef root(x): return math.sqrt(x)",
    },
    "hard-coded": {
        "mean": "def mean(v): return 3 if len(v) == 3 else 0.15",
        "scale": "def scale(x): return [0.25, -1, 0.5]",
        "words": "def words(t): return {'to be or not': 4, '': 0}[t]",
        "prime": "def prime(n): return n == 2",
        "age": "def age():\n    input()\n    return 42",
    },
    "NumPy scalars": {"mean": "def mean(v): return np.mean(v)", "words":
        "def words(t): return np.int8(len(t.split()))"},
    "fractions and decimals": {
        "mean": "from fractions import Fraction\ndef mean(v): return Fraction(sum(v)) / len(v)",
        "root":
            "from decimal import Decimal\n"
            "def root(x): return Decimal(x).sqrt() if x >= 0 else 1 / int('x')"},
    "truth as numbers": {"prime": "def prime(n): return int(n == 2)"},
    "wrong, but the tests are weak": {
        "words": "def words(t): return t.count(' ') + bool(t)",
        "prime": "def prime(n): return n % 2 == 0 and n > 0", "root":
            "def root(x): return 3 if x > 0 else int('x')",
        "totals":
            "def totals(f): return pd.DataFrame({'sum': [4, 2]}, "
            "index=pd.Index(['a', 'b'], name='who'))"},
    "nothing but constants": every("0"),
    "nothing but empty lists": every("[]"),
    "nothing but empty arrays": every("np.array([])"),
    "nothing but nan": every("float('nan')"),
    "nothing but None": every("None"),
    "nothing but empty frames": every("pd.DataFrame()"),
    "nothing but zeros": every("np.zeros(3)"),
    "nothing but errors": every("1 / 0"),
    "the argument comes back": every("a[0] if a else None"),
    "partly right": {"prime": "def prime(n): return True", "mean": "def mean(v): return 4"},
    "a dataclass": {
        "vector":
            "from dataclasses import dataclass\n@dataclass\nclass Vector:\n"
            "    x: int\n    y: int\n"
        "    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)"},
    "a named tuple": {
        "vector":
            "from typing import NamedTuple\nclass Vector(NamedTuple):\n"
            "    x: int\n    y: int\n"
        "    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)"},
    "a careful __eq__": {
        "vector": SOLUTIONS["vector"].replace("return (self.x, self.y)",
            "return isinstance(other, Vector) and (self.x, self.y)")},
    "an __eq__ that compares only x": {
        "vector": SOLUTIONS["vector"].replace(
            "return (self.x, self.y) == (other.x, other.y)", "return self.x == other.x")},
    "an array subclass": {
        "scale":
            "class Mine(np.ndarray): pass\n"
            "def scale(x): return (x / np.abs(x).max()).view(Mine)"},
    "a masked array without a mask": {"scale":
        "def scale(x): return np.ma.array(x / np.abs(x).max())"},
    "a subclass of float": {
        "mean": "class Metres(float):\n    def __repr__(self): return f'{float(self)} m'\n"
        "def mean(v): return Metres(sum(v) / len(v))"},
    "a subclass of ValueError": {
        "root":
            "class Negative(ValueError): pass\ndef root(x):\n"
            "    if x < 0: raise Negative(x)\n    return x ** 0.5"},
    "mocks of one's own": {
        "told": "fake = mock.Mock(return_value=3)\ndef told(listener): listener(fake())",
        "age": "with mock.patch('builtins.input', return_value='1'):\n    print(input())\n"
        "def age(): return int(input()) + 1"},
    "names of built-ins": with_cell(
        "list = [1, 2]\nmax = 3\nid = 7\nprint(list, max, id)", SOLUTIONS),
    "caches, generators, recursion": {
        "mean":
            "import functools\n@functools.lru_cache\n"
            "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
            "fib(60)\n"
        "def mean(v):\n    def each(): yield from v\n    return sum(each()) / len(v)"},
    "looks at one's own function": {
        "mean":
            "import inspect, logging, traceback, warnings\ndef mean(v):\n"
            "    '''Return the mean.'''\n"
        "    logging.getLogger('x').info('called')\n    warnings.warn('look')\n    try: 1 / 0\n"
        "    except ZeroDivisionError: traceback.format_exc()\n    return sum(v) / len(v)\n"
        "print(inspect.signature(mean), inspect.getsource(mean), mean.__code__.co_varnames)"},
    "a thread that was waited for": {
        "mean":
            "import threading\ndef mean(v):\n    out = []\n"
            "    t = threading.Thread(target=lambda: out.append(sum(v) / len(v)))\n"
        "    t.start(); t.join()\n    return out[0]"},
    "figures and magics": {"mean":
        "%matplotlib inline\nimport matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\n"
        "def mean(v): return sum(v) / len(v)\n%timeit -n1 -r1 mean([1])"},
}  # fmt: skip


@pytest.mark.parametrize("kind", HONEST)
def test_honest_answers_are_never_marked(made, kind):
    results = results_of(made, {**SOLUTIONS, **HONEST[kind]})
    marks = {name: mark for name, (_, mark) in results.items() if mark}
    if kind.endswith(("arrays", "frames", "zeros")):  # all points, for what is no number
        assert "no number" in marks.pop("prime")
    assert marks == {}
    untouched = SOLUTIONS.keys() - HONEST[kind].keys()
    assert {results[name][0] for name in untouched} <= {2.0}
    assert (
        "nothing" in kind
        or "comes back" in kind
        or "partly" in kind
        or all(points == 2.0 for points, _ in results.values())
    ), results
