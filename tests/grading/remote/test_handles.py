"""Handles on what a submission defined: what the judge can do with them, and what it must not."""

import inspect
import time

import numpy as np
import pytest

from lessonlib.checks.reading import surroundings
from lessonlib.grading.remote import protocol
from lessonlib.grading.remote.handles import Far, OutOfTime, Remote, RemoteError
from lessonlib.grading.remote.session import Gone

VECTOR = """
class Vector:
    def __init__(self, *parts):
        self.parts = list(parts)

    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))

    def __mul__(self, factor):
        return Vector(*(factor * each for each in self.parts))

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and self.parts == other.parts

    def __lt__(self, other):
        return len(self.parts) < len(other.parts)

    def __len__(self):
        return len(self.parts)

    def __getitem__(self, place):
        return self.parts[place]

    def __setitem__(self, place, value):
        self.parts[place] = value

    def __contains__(self, value):
        return value in self.parts

    def __abs__(self):
        return max(map(abs, self.parts))

    def __neg__(self):
        return -1 * self

    def __bool__(self):
        return any(self.parts)

    def __hash__(self):
        return 7

    def __call__(self, t):
        return [t * each for each in self.parts]

    def __repr__(self):
        return f"Vector{tuple(self.parts)}"

    def copy(self):
        return Vector(*self.parts)
"""
ALL = frozenset(protocol.SPECIAL)


@pytest.fixture
def make(define):
    """The class of vectors as an exercise that asks for it has it."""
    return define(VECTOR, "Vector", classes={"Vector": ALL})


# --- functions -----------------------------------------------------------------------------------


def test_a_function_takes_and_gives_plain_data(define):
    f = define("def f(x, *, scale=1):\n    return {'double': 2 * x * scale}", "f")
    assert f(3) == {"double": 6}
    assert f(x=3, scale=10) == {"double": 60}
    assert f(np.array([1.0, 2.0]))["double"].tolist() == [2, 4]


def test_names_that_are_plain_data_are_plain_data(define):
    found = define("a, b, c = 3, [1.5], {'k': (1, None)}", "a", "b", "c")
    assert found == [3, [1.5], {"k": (1, None)}]


def test_names_that_are_not_defined_are_not_found(session):
    session.run("x = 1", 5.0, {})
    assert Far(session, 1.0).find(["x", "y"], {}) == {"x": 1}


def test_a_function_has_a_name_a_text_and_a_signature(define):
    f = define('def f(W, b=0, *more, key, **rest):\n    """Says what."""', "f")
    assert (f.__name__, f.__doc__) == ("f", "Says what.")
    assert callable(f)
    signature = inspect.signature(f)
    assert list(signature.parameters) == ["W", "b", "more", "key", "rest"]
    signature.bind(1, key=2)
    with pytest.raises(TypeError):
        signature.bind(key=2)


def test_a_class_and_a_library_function_have_signatures_as_far_as_python_tells(define):
    kind, ufunc = define("import numpy as np\nclass A:\n    def __init__(self, n):\n        pass\n"
                         "g = np.maximum", "A", "g")  # fmt: skip
    assert list(inspect.signature(kind).parameters) == ["n"]
    assert ufunc(-1.0, 2.0) == 2.0


def test_what_a_function_reads_of_its_notebook_is_known(define):
    f = define(
        "rate = 3\ndef helper(x):\n    return x\ndef f(x):\n    return helper(x) * rate", "f"
    )
    read = surroundings(f)
    assert (read.data, read.functions) == (["rate"], ["helper"])


def test_its_globals_can_be_looked_up(define):
    f = define("rate = 3\ndef f(x):\n    return x", "f")
    assert f.__globals__.get("rate") == 3
    assert f.__globals__.get("nothing", "none") == "none"


def test_the_same_value_is_the_same_handle(define):
    first, second = define("def f():\n    return f\ng = f", "f", "g")
    assert first is second
    assert first() is first


def test_a_lambda_a_partial_and_a_method_are_functions_too(define):
    found = define(
        "from functools import partial\nclass A:\n    def m(self, x):\n        return x + 1\n"
        "f = lambda x: x + 1\ng = partial(lambda a, b: a + b, 1)\nh = A().m",
        "f", "g", "h",
    )  # fmt: skip
    assert [each(2) for each in found] == [3, 3, 3]


# --- what it did to its arguments ----------------------------------------------------------------


def test_an_array_that_was_changed_is_changed_here(define):
    f = define("def f(X, out):\n    X += 1\n    out.append(X.sum())\n    out[0] = 'first'", "f")
    X, out = np.zeros(3), [None]
    f(X, out)
    assert X.tolist() == [1, 1, 1]
    assert out == ["first", 3.0]


def test_a_dictionary_of_arrays_is_changed_in_place(define):
    f = define("def f(params):\n    params['W'] *= 2\n    params['b'] = 0", "f")
    W = np.ones(2)
    params = {"W": W, "b": 5}
    f(params)
    assert params["W"] is W and W.tolist() == [2, 2]
    assert params["b"] == 0


def test_what_was_not_changed_is_not_touched(define):
    f = define("def f(X):\n    return X.copy()", "f")
    X = np.arange(3.0)
    X.flags.writeable = False
    assert f(X).tolist() == [0, 1, 2]


def test_a_generator_goes_on_where_the_function_left_it(define):
    f = define("def f(rng):\n    return rng.normal(size=3)", "f")
    here, same = np.random.default_rng(5), np.random.default_rng(5)
    np.testing.assert_array_equal(f(here), same.normal(size=3))
    assert here.random() == same.random()


def test_what_is_handed_over_by_name_is_changed_too(define):
    f = define("def f(x, *, params, rng):\n    params['W'] += rng.random()", "f")
    W, here, same = np.zeros(1), np.random.default_rng(5), np.random.default_rng(5)
    f(1, params={"W": W}, rng=here)
    assert W[0] == same.random()
    assert here.random() == same.random()


def test_a_generator_function_changes_its_arguments_when_it_gets_to_it(define):
    f = define("def f(X, rng):\n    for k in range(2):\n        X[k] = rng.random()\n"
               "        yield X.copy()", "f")  # fmt: skip
    X, here, same = np.zeros(2), np.random.default_rng(5), np.random.default_rng(5)
    values = f(X, here)
    assert X.tolist() == [0, 0]
    first = next(values)
    assert X.tolist() == first.tolist() == [same.random(), 0]
    rest = list(values)
    assert X.tolist() == rest[-1].tolist()
    same.random()
    assert here.random() == same.random()


def test_two_walks_over_batches_go_on_with_the_random_numbers(define):
    """As a training loop has it: one generator for all epochs."""
    f = define("def batches(n, rng):\n    yield from rng.permutation(n)", "batches")
    here, same = np.random.default_rng(5), np.random.default_rng(5)
    for _ in range(2):
        assert list(f(6, here)) == same.permutation(6).tolist()


def test_an_object_may_change_what_it_was_made_of_later(define):
    source = (
        "class Net:\n    def __init__(self, W):\n        self.W = W\n"
        "    def step(self):\n        self.W -= 1\n"
        "    def __iter__(self):\n        self.W *= 0\n        yield 1"
    )
    make = define(source, "Net")
    W, other = np.ones(2), np.ones(2)
    net, twin = make(W), make(W=other)
    assert W.tolist() == [1, 1]
    net.step()
    assert (W.tolist(), other.tolist()) == ([0, 0], [1, 1])
    step = twin.step
    step()
    step()
    assert other.tolist() == [-1, -1]
    assert list(net) == list(twin) == [1]
    assert other.tolist() == [0, 0]


def test_a_global_generator_stays_the_submissions(define):
    f, g = define("import numpy as np\ndef f():\n    np.random.seed(0)\ndef g():\n"
                  "    return np.random.rand()", "f", "g")  # fmt: skip
    before = np.random.get_state()[1].tolist()
    f()
    first = g()
    f()
    assert g() == first
    assert np.random.get_state()[1].tolist() == before


# --- functions of the judge's --------------------------------------------------------------------


def test_a_function_that_is_handed_over_is_called_here(define):
    f = define("def f(g, x):\n    return g(x) + g(2 * x)", "f")
    asked = []

    def g(x):
        asked.append(x)
        return x**2

    assert f(g, 3) == 45
    assert asked == [3, 6]


def test_a_function_handed_over_may_change_its_argument(define):
    f = define("import numpy as np\ndef f(g):\n    X = np.zeros(2)\n    g(X)\n    return X", "f")

    def g(X):
        X += 5

    assert f(g).tolist() == [5, 5]


def test_an_exception_of_a_function_handed_over_goes_all_the_way(define):
    source = (
        "def f(g):\n    return g(1)\n"
        "def careful(g):\n    try:\n        return g(1)\n    except KeyError:\n"
        "        return 'caught'"
    )
    f, careful = define(source, "f", "careful")

    def g(x):
        raise KeyError("no")

    with pytest.raises(KeyError):
        f(g)
    assert careful(g) == "caught"


def test_a_function_that_is_handed_over_may_ask_the_submission(define):
    """As in `numeric_gradient(lambda w: loss(w, X), w)` with both of them the learner's."""
    source = (
        "def slope(f, x):\n    print('slope')\n    return f(x + 1) - f(x)\n"
        "def loss(x):\n    print('loss')\n    return x ** 2"
    )
    slope, loss = define(source, "slope", "loss")
    assert slope(lambda x: loss(x) + 1, 3) == 7


def test_what_is_printed_on_the_way_is_printed_in_order(define, capsys):
    source = "def f(g):\n    print('1')\n    g(0)\n    print('3')\ndef h():\n    print('2')"
    f, h = define(source, "f", "h")
    f(lambda x: h())
    assert sorted(capsys.readouterr().out.split()) == ["1", "2", "3"]


def test_functions_call_each_other_many_times(define):
    f = define("def f(g, n):\n    return 0 if n == 0 else 1 + g(n - 1)", "f")

    def g(n):
        return f(g, n)

    assert f(g, 12) == 12


def test_an_endless_function_behind_ours_is_stopped_and_the_process_lives(session):
    session.run("def f(g):\n    return g(1)\ndef spin(x):\n    while True:\n        pass\n"
                "def fine():\n    return 5", 5.0, {})  # fmt: skip
    far = Far(session, 0.5)
    f, spin, fine = far.find(["f", "spin", "fine"], {}).values()
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        f(lambda x: spin(x))
    assert time.monotonic() - started < 3
    assert fine() == 5


def test_a_loop_around_a_function_of_ours_is_stopped(session):
    session.run("def f(g):\n    while True:\n        g(1)\ndef h(x):\n    return x", 5.0, {})
    far = Far(session, 0.5)
    f, h = far.find(["f", "h"], {}).values()
    started = time.monotonic()
    with pytest.raises((OutOfTime, Gone)):
        f(lambda x: h(x))
    assert time.monotonic() - started < 5


def test_a_handle_can_be_handed_over(define):
    f, g = define("def f(x):\n    return x + 1\ndef g(h, x):\n    return h(h(x))", "f", "g")
    assert g(f, 1) == 3


def test_only_plain_data_and_functions_can_be_handed_over(define):
    f = define("def f(x):\n    return x", "f")
    with pytest.raises(TypeError, match="cannot be handed to a submission"):
        f(inspect.signature(len))


# --- exceptions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, ZeroDivisionError, NotImplementedError, AssertionError, OSError]
)
def test_a_built_in_exception_is_that_exception(define, kind):
    f = define(f"def f():\n    raise {kind.__name__}('why')", "f")
    with pytest.raises(kind, match="why"):
        f()


def test_an_exception_of_the_submissions_can_be_caught_by_its_class(define):
    f, Own = define("class Own(ValueError):\n    pass\ndef f():\n    raise Own('why')", "f", "Own")
    with pytest.raises(Own, match="why"):
        f()
    with pytest.raises(ValueError):
        f()


def test_an_exception_of_a_library_is_of_its_built_in_class_and_keeps_its_name(define):
    f = define("import numpy as np\ndef f():\n    np.linalg.inv(np.zeros((2, 2)))", "f")
    with pytest.raises(ValueError) as raised:
        f()
    assert type(raised.value).__name__ == "LinAlgError"


def test_leaving_the_program_is_an_error_here(define):
    for leave in ("raise SystemExit(3)", "exit()", "raise KeyboardInterrupt"):
        f = define(f"def f():\n    {leave}\n    return 5", "f")
        try:
            assert f() == 5
        except RemoteError as error:
            assert type(error).__name__ in ("SystemExit", "KeyboardInterrupt")


@pytest.mark.parametrize(
    "error",
    ["KeyError(0)", "KeyError('k')", "OSError(2, 'no')", "SyntaxError('what')", "ValueError()"],
)
def test_the_text_of_an_exception_is_the_same_here(define, error):
    f = define(f"def f():\n    raise {error}", "f")
    with pytest.raises(Exception) as raised:
        f()
    assert str(raised.value) == str(eval(error))


def test_a_stop_iteration_out_of_a_call_ends_no_loop_of_ours(define):
    f = define("def f():\n    raise StopIteration", "f")
    with pytest.raises(RuntimeError):
        list(f() for _ in range(2))


def test_the_learners_line_of_an_error_is_known(define):
    f = define("def f(x):\n    return 1 / x  # here", "f")
    with pytest.raises(ZeroDivisionError) as raised:
        f(0)
    assert raised.value.learners_place.line == "return 1 / x  # here"


def test_an_exception_that_cannot_be_printed_is_one_all_the_same(define):
    f = define("class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n"
               "def f():\n    raise Odd", "f")  # fmt: skip
    with pytest.raises(Exception, match="cannot be printed"):
        f()


# --- what is printed and warned of ---------------------------------------------------------------


def test_what_is_printed_there_is_printed_here(define, capsys):
    define("def f():\n    print('from there')", "f")()
    assert capsys.readouterr().out == "from there\n"


def test_a_warning_there_is_a_warning_here(define):
    f = define("import warnings, numpy as np\ndef f():\n    return np.log(np.zeros(1))", "f")
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert f()[0] == -np.inf


# --- iteration -----------------------------------------------------------------------------------


def test_a_generator_function_can_be_iterated_as_far_as_wanted(define):
    f = define("def f():\n    k = 0\n    while True:\n        yield k\n        k += 1", "f")
    numbers = f()
    assert [next(numbers) for _ in range(3)] == [0, 1, 2]


def test_a_loop_over_a_generator_ends(define):
    f = define("def f(n):\n    yield from range(n)\n    return 'end'", "f")
    assert list(f(3)) == [0, 1, 2]
    with pytest.raises(StopIteration):
        next(f(0))


def test_an_iterator_class_can_be_iterated(define):
    make = define("class Count:\n    def __init__(self):\n        self.k = 0\n"
                  "    def __iter__(self):\n        return self\n    def __next__(self):\n"
                  "        self.k += 1\n        if self.k > 3:\n            raise StopIteration\n"
                  "        return self.k", "Count")  # fmt: skip
    assert list(make()) == [1, 2, 3]
    assert sum(make()) == 6


def test_a_context_manager_can_be_entered(define):
    source = (
        "class Log:\n    def __init__(self):\n        self.seen = []\n"
        "    def __enter__(self):\n        self.seen.append('in')\n        return self\n"
        "    def __exit__(self, *error):\n        self.seen.append('out')"
    )
    make = define(source, "Log")
    with make() as log:
        assert log.seen == ["in"]
    assert log.seen == ["in", "out"]


# --- objects of a class --------------------------------------------------------------------------


def test_attributes_can_be_read_set_and_deleted(make):
    v = make(1, 2)
    assert v.parts == [1, 2]
    v.parts = [5]
    v.extra = "new"
    assert (v.parts, v.extra) == ([5], "new")
    del v.extra
    assert not hasattr(v, "extra")


def test_methods_take_and_give_objects(make):
    v = make(1, 2)
    twin = v.copy()
    assert twin is not v
    assert twin.parts == [1, 2]


def test_an_object_made_by_the_test_passes_its_operators_on(make):
    v, w = make(1, 2), make(10, 20)
    assert (v + w).parts == [11, 22]
    assert (3 * v).parts == [3, 6]
    assert (v * 3).parts == [3, 6]
    assert (-v).parts == [-1, -2]
    assert abs(make(-3, 2)) == 3
    assert v == make(1, 2)
    assert v != w
    assert make(1) < v
    assert 2 in v and 3 not in v
    assert not make(0, 0)
    assert hash(v) == 7


def test_it_can_be_measured_indexed_called_and_shown(make):
    v = make(1, 2)
    assert (len(v), v[1], v(3)) == (2, 2, [3, 6])
    v[0] = 9
    assert v.parts == [9, 2]
    assert repr(v) == "Vector(9, 2)"
    assert f"{v}" == str(v) == "Vector(9, 2)"


def test_its_class_can_be_asked_for(make):
    v = make(1)
    assert isinstance(v, make)
    assert not isinstance(3, make)
    assert type(v).__name__ == "Vector"


def test_a_missing_method_is_missing_here_too(define):
    make = define("class Bare:\n    pass", "Bare", classes={"Bare": ALL})
    bare = make()
    with pytest.raises(TypeError):
        bare + 1
    with pytest.raises(TypeError):
        len(bare)
    with pytest.raises(TypeError):
        iter(bare)
    with pytest.raises(AttributeError):
        print(bare.nothing)


# --- impostors -----------------------------------------------------------------------------------

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __bool__(self): return True
    def __hash__(self): return 0
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __radd__ = __abs__ = __neg__ = __sub__
    def __abs__(self): return 0
    def __round__(self, n=0): return 6
    def __array__(self, *args, **kwargs): raise TypeError
    def all(self): return True

class Own:
    def __init__(self): self.value = Liar()
    def get(self): return Liar()
    def __add__(self, other): return self
    def __eq__(self, other): return True

def f(x): return Liar()
"""


def test_an_impostor_is_equal_to_nothing(define):
    answer = define(LIAR, "f")(3)
    assert isinstance(answer, Remote)
    assert not answer == 6
    assert answer != 6
    assert not 6 == answer
    assert answer == answer
    assert answer not in [6, "six", None]


def test_an_impostor_has_no_order_and_no_difference(define):
    answer = define(LIAR, "f")(3)
    for compare in (lambda: answer < 6, lambda: 6 > answer, lambda: answer - 6,
                    lambda: 6 - answer, lambda: abs(answer), lambda: round(answer)):  # fmt: skip
        with pytest.raises(TypeError):
            compare()


def test_numpy_does_not_take_an_impostor_for_a_number(define):
    answer = define(LIAR, "f")(3)
    with pytest.raises((AssertionError, TypeError)):
        np.testing.assert_allclose(answer, 6.0)
    with pytest.raises((AssertionError, TypeError)):
        np.testing.assert_array_equal(np.asarray(answer), np.array(6.0))
    for compare in (lambda: np.allclose(answer, 6.0), lambda: np.isclose(6.0, answer),
                    lambda: np.array([6.0]) - answer):  # fmt: skip
        with pytest.raises(TypeError):
            compare()
    assert not np.array_equal(answer, np.array([6.0]))
    assert not np.all(np.array([6.0]) == answer)


def test_what_a_method_or_an_attribute_gives_may_be_an_impostor_too(define):
    make = define(LIAR, "Own", classes={"Own": frozenset({"__add__", "__eq__"})})
    own = make()
    assert not own.value == 6
    assert not own.get() == 6


def test_an_object_is_weighed_only_by_what_the_exercises_class_can_do(define):
    make = define(LIAR, "Liar", classes={"Liar": frozenset({"__add__"})})
    assert not make() == 6  # the lesson's own class has no __eq__
    assert make() + 1 == 0


def test_an_object_that_a_function_gives_is_compared_with_no_plain_number(define):
    f = define(LIAR, "f", classes={"f": ALL})
    assert not f(3) == 6


def test_a_lenient_side_passes_everything_on(define):
    make = define(LIAR, "Liar")
    make._far.lenient = True
    assert make() == 6


def test_it_deceives_no_set_and_no_dictionary(define):
    answer = define(LIAR, "f")(3)
    assert answer not in {0, 6}
    assert {6: "right"}.get(answer) is None


# --- limits --------------------------------------------------------------------------------------


def test_an_endless_function_is_stopped_and_not_run_again(session):
    session.run("def f():\n    while True:\n        pass", 5.0, {})
    far = Far(session, 0.3)
    f = far.find(["f"], {})["f"]
    with pytest.raises(OutOfTime):
        f()
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        f()
    assert time.monotonic() - started < 0.2
    assert far.find(["f"], {})


def test_whoever_calls_the_endless_function_is_stopped_at_once(session):
    session.run("def f():\n    while True:\n        pass\ndef g():\n    return f()\n"
                "def h():\n    return 1", 5.0, {})  # fmt: skip
    far = Far(session, 0.3)
    f, g, h = far.find(["f", "g", "h"], {}).values()
    with pytest.raises(OutOfTime):
        f()
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        g()
    assert time.monotonic() - started < 0.2
    assert h() == 1


def test_all_requests_together_have_an_end(session):
    session.run("import time\ndef f():\n    time.sleep(0.1)\n    return 1", 5.0, {})
    far = Far(session, 5.0)
    f = far.find(["f"], {})["f"]
    far.until = time.monotonic() + 0.35
    with pytest.raises(OutOfTime):
        for _ in range(100):
            f()


def test_after_the_process_has_ended_a_handle_says_so(define):
    f = define("import os\ndef f():\n    os._exit(1)", "f")
    with pytest.raises(Gone):
        f()
    with pytest.raises(Gone):
        f()


def test_a_handle_of_another_process_is_of_no_use(server, session, define):
    f = define("def f(x):\n    return x", "f")
    other = Far(session, 1.0)
    g = other.find(["f"], {})["f"]
    with pytest.raises(Gone):
        f(g)
    session.close()


def test_a_huge_answer_is_a_name_and_not_the_value(define):
    f = define("import numpy as np\ndef f():\n    return np.zeros(10**7)", "f")
    assert "shape (10000000,)" in str(f())


def test_a_recursion_without_end_is_an_error(define):
    f = define("def f(n):\n    return f(n + 1)", "f")
    with pytest.raises(RecursionError):
        f(0)


# --- a forged process ----------------------------------------------------------------------------

FORGED = [
    {"found": 3},
    {"found": {"f": {"handle": {"number": "x"}}}},
    {"found": {"f": {"callback": 1}}},
    {"found": {"f": {"handle": {}}}},
    {"found": {"f": {"handle": {"number": 1, "type": "t\0", "special": [], "is_class": False}}}},
    {"callback": 7, "args": []},
    {"callback": "x", "args": []},
    {"callback": 0, "args": [{"what": 1}]},
    {},
]


@pytest.mark.parametrize("reply", FORGED, ids=str)
def test_an_answer_that_no_honest_process_gives_ends_it(session, monkeypatch, reply):
    far = Far(session, 1.0)
    monkeypatch.setattr(session, "ask", lambda request, seconds: reply)
    with pytest.raises(Gone):
        far.find(["f"], {})
    assert not session.open


ERRORS = [
    {"value": 1},
    {"value": 1, "after": [None, None]},
    {"value": 1, "after": 3},
    {"value": 1, "after": [None], "later": 3},
    {"value": 1, "after": [None], "later": [0, [1, 2]]},
    {"value": 1, "after": [None], "later": [[], {}]},
    {"value": {"what": 1}, "after": [None]},
    {"error": 3, "after": [None]},
    {"after": [None]},
]


@pytest.mark.parametrize("reply", ERRORS, ids=str)
def test_a_forged_result_ends_it(session, define, monkeypatch, reply):
    f = define("def f():\n    return 1", "f")
    monkeypatch.setattr(session, "ask", lambda request, seconds: reply)
    with pytest.raises(Gone):
        f()


@pytest.mark.parametrize(
    "kind",
    ["eval", "BaseException", "SystemExit", "StopIteration", "a\0b", "object", "", None, 7],
)
def test_a_forged_exception_is_an_exception(session, define, monkeypatch, kind):
    f = define("def f():\n    return 1", "f")
    reply = {"error": {"type": kind, "text": "t", "bases": [kind]}, "after": [None]}
    monkeypatch.setattr(session, "ask", lambda request, seconds: reply)
    with pytest.raises(Exception) as raised:
        f()
    assert not isinstance(raised.value, StopIteration)
