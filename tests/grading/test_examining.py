"""Test cells run in the judge's process: what their names mean, what they give, what is told."""

import time
from dataclasses import replace

import numpy as np
import pytest
from conftest import LIMITS
from given_cells import answer, exam, free, lesson_of, locked

from lessonlib.grading import examining
from lessonlib.grading.examining import Examiner
from lessonlib.grading.remote.kernel import Kernel
from lessonlib.lessons import find

IMPORTS = free("import math\nimport numpy as np\nfrom lessonlib import check, judge")
F = answer("f", "def f(x):\n    return 2 * x", "def f(x):\n    raise NotImplementedError")


@pytest.fixture
def examine(server):
    """Return a function that runs a submission's cells and then the tests of a small lesson.

    The lesson has the imports, the answer `f`, and the cells given. It returns what came of the
    last test.
    """
    kernels = []

    def examine(submission, *cells, given=(IMPORTS, F), seed=b"seed", points=4.0, **limits):
        tests = [exam("check-f", each, points) if isinstance(each, str) else each for each in cells]
        materials = lesson_of(*given, *tests)
        while kernels:
            kernels.pop().close()
        kernels.append(Kernel(server, replace(LIMITS, **limits), {}))
        kernels[-1].run(submission)
        examiner = Examiner(materials, kernels[-1], seed)
        for cell in tests[:-1]:
            (examiner.examine if cell.is_test else examiner.prepare)(cell)
            if not cell.is_test:
                kernels[-1].run(cell.source)
        return examiner.examine(tests[-1])

    yield examine
    for kernel in kernels:
        kernel.close()


RIGHT = "def f(x):\n    return 2 * x"
WRONG = "def f(x):\n    return x"


def texts(examined) -> str:
    parts = [o.get("text") or o.get("evalue") or str(o.get("data")) for o in examined.outputs]
    return "\n".join(parts)


def shown(examined) -> str:
    """Return all that a learner gets to see, tracebacks included."""
    return str(examined.outputs)


# --- points --------------------------------------------------------------------------------------


def test_a_test_that_runs_through_gives_all(examine):
    examined = examine(RIGHT, "assert f(3) == 6\nassert f(0) == 0")
    assert (examined.points, examined.state, examined.outputs) == (4.0, "graded", [])


def test_an_assert_that_fails_gives_nothing_and_its_line_is_shown(examine):
    examined = examine(WRONG, "assert f(0) == 0\nassert f(3) == 6, 'should be 6'")
    assert examined.points == 0
    (output,) = examined.outputs
    assert output["ename"] == "AssertionError"
    assert output["traceback"] == [
        "    assert f(3) == 6, 'should be 6'", "AssertionError: should be 6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "points", "note"),
    [
        ("2.5", 2.5, ""),
        ("np.float64(2.5)", 2.5, ""),
        ("np.float32(0.5)", 0.5, ""),
        ("np.int64(3)", 3.0, ""),
        ("np.array(1.5)", 1.5, ""),
        ("1", 1.0, ""),
        ("0", 0.0, ""),
        ("0.0", 0.0, ""),
        ("4", 4.0, ""),
        ("7", 4.0, "The test gives 7 of 4 points."),
        ("-1", 0.0, "The test gives -1 of 4 points."),
        ("float('inf')", 4.0, "The test gives inf of 4 points."),
        ("-np.inf", 0.0, "The test gives -inf of 4 points."),
        ("float('nan')", 0.0, "The test gives nan for points."),
        ("np.float64('nan')", 0.0, "The test gives nan for points."),
        ("True", 4.0, ""),
        ("False", 0.0, ""),
        ("np.bool_(True)", 4.0, ""),
        ("np.bool_(False)", 0.0, ""),
        ("np.array(False)", 0.0, ""),
        ("'done'", 4.0, ""),
        ("None", 4.0, ""),
        ("np.array([1, 2])", 0.0, "The test gives ndarray for points."),
        ("print('fine')", 4.0, ""),
        ("score = 1", 4.0, ""),
        ("f(1)", 2.0, ""),
        ("1.5;", 1.5, ""),
    ],
)
def test_the_last_value_stands_for_points(examine, last, points, note):
    examined = examine(RIGHT, f"assert f(3) == 6\n{last}")
    assert (examined.points, examined.note) == (points, note)


@pytest.mark.parametrize(("points", "kind"), [(1.0, "execute_result"), (0.0, "error")])
def test_nbgrader_reads_the_same_points_from_the_outputs(examine, points, kind):
    import nbformat
    from nbgrader.utils import determine_grade

    given = exam("check-f", str(points), 4.0)
    cell = nbformat.v4.new_code_cell(given.source, metadata={"nbgrader": given.metadata()})
    cell.outputs = [nbformat.from_dict(o) for o in examine(RIGHT, given).outputs]
    assert cell.outputs[-1].output_type == kind
    assert determine_grade(cell)[:2] == (points, 4.0)


def test_a_check_gives_the_points_of_what_is_right(examine):
    source = "def layer_forward(W, b, X):\n    Z = W @ X + b\n    return Z, Z"
    given = (IMPORTS, answer("a", source, ""))
    examined = examine(source, 'check("relu.layer_forward", layer_forward)', given=given)
    assert examined.points == 1.0
    assert "Right: Z." in texts(examined)
    (verdict,) = examined.verdicts
    assert (verdict.exercise, verdict.passed) == ("relu.layer_forward", False)


def test_a_check_that_passes_says_so(examine):
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    examined = examine("def relu(z):\n    return z * (z > 0)", 'check("relu.relu", relu)',
                       given=given)  # fmt: skip
    assert examined.points == 4.0
    assert texts(examined).strip() == "✓ relu.relu: right. 1 of 1 point."


def test_a_check_that_fails_gives_its_message(examine):
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    examined = examine("def relu(z):\n    return abs(z)", 'check("relu.relu", relu)', given=given)
    assert examined.points == 0
    assert "Looks like: absolute value." in texts(examined)
    assert examined.outputs[-1]["ename"] == "CheckFailed"


def test_a_check_of_values_by_name(examine):
    given = (IMPORTS, answer("a", "z1 = ...\na1 = ...", ""))
    test = 'check("relu.by_hand", z1=z1, a1=a1)'
    examined = examine("z1 = [-1, 3, 5, 3]\na1 = [1, 3, 5, 3]", test, given=given)
    assert examined.points == 1.0
    missing = examine("z1 = [-1, 3, 5, 3]", test, given=given)
    assert missing.points == 0


def test_a_test_may_judge_and_make_points_of_it(examine):
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    test = 'verdict = judge("relu.relu", relu)\n3 if verdict.passed else 0.5'
    assert examine("def relu(z):\n    return z * (z > 0)", test, given=given).points == 3.0
    assert examine("def relu(z):\n    return z", test, given=given).points == 0.5


def test_an_unknown_exercise_is_told_in_words(examine):
    examined = examine(RIGHT, 'check("relu.rele", f)')
    assert examined.points == 0
    assert "Did you mean 'relu.relu'?" in " ".join(texts(examined).split())


# --- what the names mean -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trick",
    [
        "np = None",
        "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None",
        "class np:\n    class testing:\n        @staticmethod\n"
        "        def assert_allclose(*a, **k): pass",
        "check = judge = assert_allclose = lambda *a, **k: None",
        "abs = lambda x: 0\nall = any = lambda x: True",
        "get_ipython().ast_transformers.append(lambda tree: tree)",
    ],
)
def test_no_trick_with_names_makes_a_wrong_answer_right(examine, trick):
    test = "np.testing.assert_allclose(f(3.0), 6.0)\nassert abs(f(3.0) - 6.0) < 1e-9\nlen('ab')"
    assert examine(f"{trick}\n{WRONG}", test).points == 0
    assert examine(f"{RIGHT}\n{trick}", test).points == 2.0


@pytest.mark.parametrize(
    "sabotage",
    [
        "import builtins\nbuiltins.abs = builtins.len = builtins.str = lambda x: 0",
        "import sys\nsys.modules.clear()",
        "import sys\nfor name in list(sys.modules):\n    if 'lessonlib' in name:\n"
        "        vars(sys.modules[name]).clear()",
    ],
)
def test_who_breaks_the_own_process_gains_nothing(examine, sabotage):
    assert examine(f"{WRONG}\n{sabotage}", "assert f(3) == 6\nassert abs(f(1)) == 2").points == 0


def test_what_the_instructor_prepared_cannot_be_redefined(examine):
    prepared = locked("prepared", "limit = 6\ndef expected(x):\n    return 2 * x")
    test = "assert f(3) == expected(3) == limit"
    trick = f"{WRONG}\nlimit = 3\ndef expected(x):\n    return x"
    assert examine(trick, prepared, test).points == 0
    assert examine(RIGHT, prepared, test).points == 4.0


def test_a_prepared_cell_may_use_the_answer(examine):
    prepared = locked("prepared", "values = [f(k) for k in range(3)]")
    assert examine(RIGHT, prepared, "assert values == [0, 2, 4]").points == 4.0
    assert examine(WRONG, prepared, "assert values == [0, 2, 4]").points == 0


def test_a_value_of_an_earlier_test_is_there(examine):
    first = exam("check-0", "factor = 2\nassert f(1) == factor", 1)
    assert examine(RIGHT, first, "assert f(3) == 3 * factor").points == 4.0
    assert examine(f"{RIGHT}\nfactor = 7", first, "assert f(3) == 3 * factor").points == 4.0


def test_a_name_that_nobody_defined_is_a_name_error(examine):
    examined = examine(RIGHT, "assert f(nothing) == 1")
    assert examined.points == 0
    assert examined.outputs[0]["ename"] == "NameError"


def test_the_stub_gives_nothing(examine):
    examined = examine(F.stub, "assert f(3) == 6")
    assert examined.points == 0
    assert examined.outputs[0]["ename"] == "NotImplementedError"


def test_inputs_depend_on_the_submission_and_repeat_with_it(examine):
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    spy = (
        "seen = []\ndef relu(z):\n    seen.append(z)\n    return abs(z)\n"
        "def told():\n    return seen"
    )
    test = 'try:\n    check("relu.relu", relu)\nexcept Exception:\n    pass\nprint(told())'
    drawn = [texts(examine(spy, test, given=given, seed=seed)) for seed in (b"1", b"2", b"1")]
    assert "array" in drawn[0]
    assert drawn[0] == drawn[2] != drawn[1]


def test_a_magic_in_a_test_does_no_harm(examine):
    assert examine(RIGHT, "%matplotlib inline\nassert f(3) == 6").points == 4.0


def test_the_tests_own_random_numbers_are_its_own(examine):
    trick = f"import numpy as np\nnp.random.seed(0)\nnp.random.default_rng = None\n{RIGHT}"
    test = "rng = np.random.default_rng(1)\nx = rng.random()\nassert f(x) == 2 * x"
    assert examine(trick, test).points == 4.0


# --- objects and callbacks -----------------------------------------------------------------------

STACK = """
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def __len__(self):
        return len(self.items)

    def __eq__(self, other):
        return self.items == other.items
"""


def test_a_class_can_be_tested(examine):
    given = (IMPORTS, answer("a", STACK, "class Stack: ..."))
    test = (
        "s, t = Stack(), Stack()\ns.push(1)\nassert len(s) == 1 and s != t\n"
        "t.push(1)\nassert s == t\nassert isinstance(s, Stack)"
    )
    assert examine(STACK, test, given=given).points == 4.0
    liar = STACK.replace("self.items == other.items", "True")
    assert examine(liar, test, given=given).points == 0


def test_an_answer_that_is_equal_to_everything_is_wrong(examine):
    liar = "class Liar:\n    def __eq__(self, other):\n        return True\n    __ne__ = None\n"
    test = "assert f(3) == 6"
    assert examine(f"{liar}\ndef f(x):\n    return Liar()", test).points == 0
    assert examine(f"{liar}\ndef f(x):\n    return Liar()", "assert 6 == f(3)").points == 0


def test_an_assert_for_an_exception_works(examine):
    test = "try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no')"
    careful = "def f(x):\n    if x < 0:\n        raise ValueError\n    return 2 * x"
    assert examine(careful, test).points == 4.0
    assert examine(RIGHT, test).points == 0


def test_a_test_may_hand_a_function_over(examine):
    source = "def f(g):\n    return g(3) + 1"
    assert examine(source, "assert f(lambda x: x * 10) == 31").points == 4.0


def test_a_warning_costs_nothing(examine):
    noisy = (
        "import warnings, sys\ndef f(x):\n    warnings.warn('hm')\n    print('e', file=sys.stderr)"
    )
    assert examine(f"{noisy}\n    return 2 * x", "assert f(3) == 6").points == 4.0


# --- hidden tests --------------------------------------------------------------------------------

HIDDEN = (
    "assert f(0) == 0, 'visible'\n### BEGIN HIDDEN TESTS\n"
    "assert f(31415) == 62830, 'the secret is 62830'\n### END HIDDEN TESTS"
)
SECRETS = ("31415", "62830", "secret")


@pytest.mark.parametrize(
    "source",
    [WRONG, "def f(x):\n    raise ValueError(f'x is {x}')", "def f(x):\n    return nothing",
     "def f(x):\n    print('x is', x)\n    return x", "def f(x):\n    return (0, [x])[x > 0]",
     "import os\ndef f(x):\n    return x if x == 0 else os._exit(1)",
     "def f(x):\n    while x:\n        pass\n    return 0",
     "import warnings\ndef f(x):\n    warnings.warn(f'x is {x}')\n    return x"],
)  # fmt: skip
def test_nothing_of_a_hidden_test_is_shown_when_it_fails(examine, source):
    examined = examine(source, HIDDEN, call_seconds=0.5)
    assert examined.points == 0
    assert not [secret for secret in SECRETS if secret in shown(examined)], shown(examined)


def test_a_visible_line_of_the_same_test_is_shown(examine):
    assert "visible" in shown(examine("def f(x):\n    return 1", HIDDEN))


def test_a_hidden_test_that_fails_is_said_to_be_one(examine):
    assert "A hidden test found something" in shown(examine(WRONG, HIDDEN))


@pytest.mark.parametrize("last", ["", "\n2.0"])
def test_nothing_of_a_hidden_test_is_shown_when_it_passes(examine, last):
    source = "def f(x):\n    print('x is', x)\n    return 2 * x"
    examined = examine(source, f"{HIDDEN}{last}")
    assert examined.points == (2.0 if last else 4.0)
    assert not [secret for secret in SECRETS if secret in shown(examined)], shown(examined)


def test_what_a_hidden_check_says_is_not_shown(examine):
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    test = '### BEGIN HIDDEN TESTS\ncheck("relu.relu", relu)\n### END HIDDEN TESTS'
    examined = examine("def relu(z):\n    return abs(z)", test, given=given)
    assert examined.points == 0
    assert "expected" not in shown(examined)
    assert "A hidden test" in shown(examined)


def test_a_test_with_a_mistake_of_its_own_is_told_without_its_text(examine):
    examined = examine(RIGHT, "assert f(3 == 6  # 62830")
    assert examined.points == 0
    assert "tell your instructor" in shown(examined)
    assert "62830" not in shown(examined)


# --- what does not end ---------------------------------------------------------------------------


def test_a_loop_costs_one_test_and_its_time_once(examine):
    first = exam("check-0", "assert f(1) == 2", 1)
    started = time.monotonic()
    examined = examine("def f(x):\n    while True:\n        pass", first, first, "assert f(3) == 6",
                       call_seconds=0.5)  # fmt: skip
    assert (examined.points, examined.state) == (0, "timed out")
    assert "did not come to an end" in shown(examined)
    assert time.monotonic() - started < 1.5


def test_a_loop_in_one_function_leaves_the_others_alone(examine):
    source = "def f(x):\n    while True:\n        pass\ndef g(x):\n    return x"
    first = exam("check-0", "assert f(1) == 2", 1)
    assert examine(source, first, "assert g(3) == 3", call_seconds=0.3).points == 4.0


def test_the_end_of_the_process_costs_one_test(examine):
    source = "import os\ndef f(x):\n    os._exit(1)\ndef g(x):\n    return x"
    first = exam("check-0", "assert f(1) == 2", 1)
    assert examine(source, first, "assert g(3) == 3").points == 4.0
    examined = examine(source, "assert f(1) == 2")
    assert (examined.points, examined.state) == (0, "killed")
    assert "ended the process" in shown(examined)


def test_a_function_that_ended_its_process_is_never_said_to_be_a_loop(examine):
    """Also where it is not called again: by the next test, or by a check."""
    source = "import os\ndef relu(z):\n    os._exit(1)\ndef g(z):\n    return relu(z)"
    given = (IMPORTS, answer("a", "def relu(z):\n    return z\ndef g(z):\n    return z", ""))
    first = exam("check-0", "assert relu(1) == 1", 1)
    for test in ("assert relu(2) == 2", "assert g(2) == 2", 'check("relu.relu", relu)'):
        examined = examine(source, first, test, given=given)
        assert (examined.points, examined.state) == (0, "killed")
        assert "ended the process" in shown(examined), shown(examined)


def test_a_check_of_a_loop_says_so_in_its_own_words(examine, monkeypatch):
    monkeypatch.setattr(examining, "find", lambda name: replace(find(name), seconds=0.2))
    given = (IMPORTS, answer("a", "def relu(z):\n    return z", ""))
    test = 'check("relu.relu", relu)'
    examined = examine("def relu(z):\n    while True: pass", test, given=given)
    assert (examined.points, examined.state) == (0, "timed out")
    assert "did not finish within 0.2 seconds" in " ".join(texts(examined).split())
    killed = examine("import os\ndef relu(z):\n    os._exit(1)", test, given=given)
    assert (killed.points, killed.state) == (0, "killed")
    assert "ended the process" in texts(killed)


def test_a_slow_test_of_the_instructors_ends_too(examine, monkeypatch):
    monkeypatch.setattr(examining, "GRACE", 0.1)
    started = time.monotonic()
    examined = examine(RIGHT, "while True:\n    pass", cell_seconds=0.3)
    assert (examined.points, examined.state) == (0, "timed out")
    assert time.monotonic() - started < 5


def test_leaving_the_program_in_a_test_is_an_error_of_the_test(examine):
    examined = examine(RIGHT, "import sys\nsys.exit(1)")
    assert examined.points == 0
    assert examined.outputs[0]["ename"] == "SystemExit"


def test_when_no_process_is_left_it_is_said(examine, monkeypatch):
    monkeypatch.setattr("lessonlib.grading.remote.kernel.MAX_LIVES", 1)
    first = exam("check-0", "assert f(1) == 2", 1)
    examined = examine("import os\ndef f(x):\n    os._exit(1)", first, "assert f(1) == 2")
    assert (examined.points, examined.state) == (0, "killed")
    assert "ended again and again" in " ".join(texts(examined).split())


def test_numpys_error_settings_are_left_as_they_were(examine):
    before = np.geterr()
    examine(RIGHT, "np.seterr(all='raise')\nassert f(3) == 6")
    assert np.geterr() == before


def test_nothing_of_a_test_is_printed_on_the_graders_screen(examine, capsys):
    source = "def f(x):\n    print('from there')\n    return 2 * x"
    examine(source, "import sys\nprint('here')\nprint('there', file=sys.stderr)\nf(1)")
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
