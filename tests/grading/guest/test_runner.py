"""Ordinary tests run as in a notebook, from their own source, and their verdict is a word."""

import pytest
from processes import run

F = "def f(x):\n    return 2 * x"


@pytest.fixture
def attempt(start):
    """Run cells, then a test, and return what came of it."""

    def attempt(code, *cells, given=(), **more):
        if attempt.process:
            attempt.process.close()
        process = attempt.process = start(attributes=["numpy.testing.assert_allclose"])
        for binds, cell in given:
            run(process, cell, given=True, binds=binds)
        for cell in cells:
            run(process, cell)
        return tried(process, code, **more)

    attempt.process = None
    return attempt


def tried(process, code, seconds=5.0, **more):
    """Run a test in a process."""
    empty = {"aside": {}, "binds": [], "restore": [], "exempt": [], "mutants": []}
    flags = {"shows": True, "trusted": False, "quiet": False}
    return process.test({"source": code, "code": code, **empty, **flags, **more}, seconds, 30.0)


def test_a_test_that_runs_through_has_passed(attempt):
    tested = attempt("assert f(3) == 6", F)
    assert (tested.how, tested.score, tested.error, tested.restored) == ("passed", None, None, [])
    assert (tested.survived, tested.evidence) == ([], ())


def test_an_assert_that_fails_is_told_with_its_line(attempt):
    tested = attempt("x = 1\nassert f(3) == 7, 'seven'", F)
    error = {"type": "AssertionError", "text": "seven", "line": 2, "stuck": None}
    assert (tested.how, tested.error) == ("failed", error)


@pytest.mark.parametrize(
    ("last", "score"),
    [("2.5", 2.5), ("np.float64(2.5)", 2.5), ("np.float32(0.5)", 0.5), ("np.int64(3)", 3.0),
     ("1", 1.0), ("-1", -1.0), ("10**400", float("inf")), ("-10**400", float("-inf")),
     ("True", None), ("np.bool_(True)", None), ("'1'", None), ("None", None), ("[1]", None),
     ("np.array(1.5)", None), ("1j", None), ("x = 1", None), ("Own(1)", None), ("Sly(1)", None),
     ("fractions.Fraction(1, 2)", None)],
)  # fmt: skip
def test_only_a_plain_number_at_the_end_is_a_score(attempt, last, score):
    own = (
        "import fractions, numpy as np\nclass Own(float):\n    pass\n"
        "class Meta(type):\n    def __eq__(self, other): return True\n"
        "    def __hash__(self): return hash(float)\n"
        "class Sly(int, metaclass=Meta):\n    def __float__(self): return 99.0"
    )
    tested = attempt(last, own)
    assert (tested.how, tested.score) == ("passed", score)


def test_nan_is_a_score_too(attempt):
    assert attempt("float('nan')").score != attempt("float('nan')").score


def test_a_value_that_is_not_shown_is_no_score(attempt):
    assert attempt("2.5;", shows=False).score is None


@pytest.mark.parametrize("end", ["raise SystemExit", "__import__('sys').exit()", "raise KeyError"])
def test_leaving_is_failing(attempt, end):
    assert attempt(end).how == "failed"


def test_only_the_visible_text_of_a_test_can_be_looked_up(attempt):
    spy = (
        "import linecache\ndef f(x):\n"
        "    lines = [line for each in linecache.cache.values() for line in each[2]]\n"
        "    return any('zeb' + 'ra' in line for line in [*lines, *In])"
    )
    code = "assert not f(1)\nassert 'zebra'"
    assert attempt(code, spy, source="assert not f(1)\n").how == "passed"
    assert attempt(code, spy, source=code).how == "failed"


# --- what a learner's cell has changed -----------------------------------------------------------

LIE = "def f(x):\n    return 0"
IMPORTS = (["np", "assert_allclose", "expect"], (
    "import numpy as np\nfrom numpy.testing import assert_allclose\n"
    "def expect(a, b):\n    assert a == b"
))  # fmt: skip
RESTORE = ["np", "assert_allclose", "expect", "numpy.testing.assert_allclose"]


@pytest.mark.parametrize(
    "trick",
    ["def expect(*_): pass", "expect.__code__ = (lambda a, b: None).__code__",
     "def assert_allclose(*_): pass", "np.testing.assert_allclose = lambda *_: None",
     "class np:\n    class testing:\n        assert_allclose = print",
     "all = lambda _: True", "import builtins\nbuiltins.all = lambda _: True",
     "import builtins\nbuiltins.AssertionError = Warning\nall = any",
     "get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, t: __import__('ast')"
     ".parse('pass')})())",
     "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
     "get_ipython().run_cell = get_ipython().run_line_magic = lambda *_, **__: None",
     "import ast, json\njson.dumps = ast.parse = ast.walk = compile = eval = print",
     "import builtins\nbuiltins.compile = builtins.eval = builtins.sorted = lambda *_, **__: []",
     "import sys\nsys.settrace(lambda *_: None)"],
)  # fmt: skip
def test_no_trick_with_names_makes_a_wrong_answer_right(attempt, trick):
    codes = ["expect(f(1), 2)", "assert_allclose(f(1), 2)", "np.testing.assert_allclose(f(1), 2)",
             "assert all([f(1) == 2])", "get_ipython().run_cell('ran = f(1)')\nassert ran == 2"
             ]  # fmt: skip
    for code in codes:
        assert attempt(code, LIE, trick, given=[IMPORTS], restore=RESTORE).how == "failed", code
        assert attempt(code, F, trick, given=[IMPORTS], restore=RESTORE).how == "passed", code


def test_what_was_put_back_is_told(attempt):
    tested = attempt("1", "np = None\nall = any", given=[IMPORTS], restore=RESTORE)
    assert tested.restored == ["all", "np"]


def test_a_learners_function_keeps_what_the_learner_calls_by_a_name(attempt):
    own = "import math as np\ndef max(*_):\n    return 'mine'\ndef f():\n    return max(np.tau)"
    code = "assert f() == 'mine'\nassert max(1, 2) == 2\nassert np.isnan(np.nan)"
    assert attempt(code, own, given=[IMPORTS], restore=RESTORE).how == "passed"


def test_a_name_that_the_test_binds_itself_is_its_own(attempt):
    code = "def all(x): return x\nassert [all(k) for k in [7]] == [7]\nmax = 3\nassert max == 3"
    assert attempt(code, "all = max = print", binds=["all", "max"]).how == "passed"


def test_what_a_trusted_solution_changes_is_only_told(attempt):
    own = "calls = 0\ndef f():\n    global calls\n    calls += 1\nf()\nall = any"
    given = [(["calls"], "calls = 0")]
    code = "assert calls == 1 and all([0, 1])"
    tested = attempt(code, own, given=given, restore=["calls"], trusted=True)
    assert (tested.how, tested.restored) == ("passed", ["all", "calls"])
    exempt = attempt(code, own, given=given, restore=["calls"], exempt=["calls", "all"])
    assert (exempt.how, exempt.restored) == ("passed", [])
    assert attempt(code, own, given=given, restore=["calls"]).how == "failed"


def test_what_a_test_makes_is_there_afterwards(attempt):
    attempt("x = f(3)\ndef g():\n    return x", F)
    assert tried(attempt.process, "assert g() == 6").how == "passed"


def test_a_check_in_an_ordinary_test_is_said_to_be_none(attempt):
    tested = attempt("from lessonlib import check\ncheck('relu.relu', f)\nassert True", F)
    assert tested.how == "failed"
    assert "cell of its own" in tested.error["text"]
    assert run(attempt.process, "check('relu.relu', f)").error is None


# --- mutants -------------------------------------------------------------------------------------

LIAR = "class Liar(int):\n    def __eq__(self, other): return True\ndef f(x):\n    return Liar()"


def test_a_mutant_that_passes_is_told(attempt):
    mutants = ["assert f(1) == 3", "assert f(1) == 2 and False", "assert f(1) == 4"]
    assert attempt("assert f(1) == 2", LIAR, mutants=mutants).survived == [0, 2]
    assert attempt("assert f(1) == 2", F, mutants=mutants).survived == []


def test_mutants_of_a_test_that_fails_are_not_tried(attempt):
    tested = attempt("assert f(1) == 3", F, mutants=["open('left', 'w')"])
    assert (tested.how, tested.survived) == ("failed", [])
    assert run(attempt.process, "import os\nprint(os.listdir())").outputs[0]["text"] == "[]\n"


def test_a_mutant_starts_with_the_names_from_before_the_test_and_leaves_nothing(attempt):
    code = "seen = seen + [f(1)]\nassert seen == [2]"
    tested = attempt(code, F, "seen = []", mutants=[code, code, "del f", code])
    assert tested.survived == [0, 1, 2, 3]
    assert run(attempt.process, "print(seen)").outputs[0]["text"] == "[2]\n"


def test_a_lower_score_is_no_survival(attempt):
    mutants = ["0.5", "0.75", "1.0", "'text'", "1 / 0"]
    assert attempt("0.75", mutants=mutants).survived == [1, 2, 3]
    assert attempt("'all'", mutants=["0.5", "'text'"]).survived == [1]


@pytest.mark.parametrize("end", ["while True: pass", "os.kill(os.getpid(), 9)", "os._exit(0)"])
def test_a_mutant_that_does_not_end_or_ends_its_process_has_not_passed(attempt, end):
    mutants = ["'1'", f"import os\n{end}", "'3'"]
    assert attempt("'all'", mutants=mutants).survived == [0]


def test_a_process_that_ends_itself_when_a_mutant_runs_is_told(attempt):
    assert attempt("'all'", mutants=["import os\nos._exit(0)", "'2'"]).survived is None
    assert attempt("'all'", mutants=["import os\nos.kill(os.getpid(), 9)", "'2'"]).survived == []


def test_a_mutant_may_wait_for_something(attempt):
    code = "import asyncio\nawait asyncio.sleep(0.01)\nassert f(1) == 2"
    assert attempt(code, F, mutants=[code, code.replace("2", "3")]).survived == [0]


# --- time ----------------------------------------------------------------------------------------


def test_a_loop_is_late_and_then_stuck(attempt):
    tested = attempt("f()", "def f():\n    while True: pass", seconds=0.2)
    assert (tested.how, tested.late) == ("late", ["f"])
    again = tried(attempt.process, "f()")
    assert (again.how, again.error["stuck"]) == ("failed", ["f", "timeout"])


def test_figures_of_a_test_are_shown_and_closed(attempt):
    tested = attempt("import matplotlib.pyplot as plt\nplt.plot([1])\nassert plt.gcf().axes")
    assert "image/png" in tested.outputs[-1]["data"]
    assert tried(attempt.process, "assert plt.get_fignums() == []").how == "passed"


def test_a_quiet_test_shows_nothing(attempt):
    assert attempt("print(1)\ndisplay(2)\n[3]", quiet=True).outputs == []
