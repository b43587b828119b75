"""From a decorated reference to an exercise."""

import time
from dataclasses import replace

import pytest

from lessonlib.checks import Exercise, judge
from lessonlib.errors import UserError
from lessonlib.exercises import written_in

HEAD = "from lessonlib.exercises import *\ndef cases(rng):\n    return [Case((2.0, 3.0), 'two')]\n"


def made(lesson, code, slips="", parts=("toy.it",)):
    text = "[20-toy: toy]\n" + (slips or "".join(f"[{part}]\n" for part in parts))
    return written_in(lesson(HEAD + code, text).__name__, ("toy",))


@pytest.mark.parametrize(
    ("function", "contract", "returns", "outputs"),
    [
        ("def f(a, b): return a + b", "f(a, b)", "value", ("f(a, b)",)),
        ("def f(a, b=1e-5):\n '''Adds. a -> float.'''\n return a", "f(a, b=1e-5) -> float",
         "value", ("f(a, b)",)),
        ("def f(a, b='he'): return a", 'f(a, b="he")', "value", ("f(a, b)",)),
        ("def f(a, b):\n c = a\n return c, b", "f(a, b) -> (c, b)", "tuple", ("c", "b")),
        ("def f(a, b):\n '''x -> y. Then a -> both.\n\n More.'''\n return a, b", "f(a, b) -> both",
         "tuple", ("a", "b")),
        ("def f(a, b): return {'dW': a, 'db': b}", "f(a, b) -> {'dW', 'db'}", "dict",
         ("dW", "db")),
        ("def f():\n z = 1\n a = 2\n return z, a", "z = …, a = …", "named", ("z", "a")),
        ("def f():\n z = 1\n return z", "z = …", "named", ("z",)),
        ("def f():\n '''-> z = \"a\" … \"d\".'''\n z = 'a'\n return z", 'z = "a" … "d"', "named",
         ("z",)),
        ("class F:\n def __init__(self, data, parents=()): pass", "class F(data)", "value",
         ("F(data)",)),
    ],
)  # fmt: skip
def test_the_contract_is_read_from_the_reference(lesson, function, contract, returns, outputs):
    (exercise,) = made(lesson, f"@exercise('toy.it', points=1, cases=cases)\n{function}\n")
    assert isinstance(exercise, Exercise)
    assert (exercise.signature, exercise.returns, exercise.outputs) == (contract, returns, outputs)


def test_the_contract_of_a_method_is_given(lesson):
    code = "class F:\n    def __init__(self, data): pass\n    def go(self): return 1\n"
    (exercise,) = made(
        lesson, f"@exercise('toy.it', points=1, cases=cases, signature='F.go()')\n{code}"
    )
    assert (exercise.signature, exercise.function) == ("F.go()", "F")


def test_a_default_with_commas_is_one_parameter(lesson):
    (exercise,) = made(
        lesson, "@exercise('toy.it', points=1, cases=cases)\ndef f(x, shape=(2, 3)): return x\n"
    )
    assert exercise.parameters == ("x", "shape")
    assert exercise.function == "f"


def test_a_named_result_may_be_a_dictionary(lesson):
    code = (
        "@exercise('toy.it', points=1, cases=cases, outputs=('s', 'p'), returns='dict')\n"
        "def f(a, b):\n    cache = {'s': a + b, 'p': a * b}\n    return cache\n"
    )
    (exercise,) = made(lesson, code)
    assert judge(exercise, lambda a, b: {"s": 5.0, "p": 6.0, "more": 1}).passed
    assert judge(exercise, lambda a, b: {"s": 5.0, "p": 7.0}).points == 0.5


def test_what_an_unpack_gives_is_read_from_its_result_where_it_is_not_said(lesson):
    code = (
        "@gives()\ndef both(raw, case):\n    return {'its sum': raw[0], 'its product': raw[1]}\n"
        "@exercise('toy.it', points=1, cases=cases, unpack=both)\n"
        "def f(a, b): return a + b, a * b\n"
    )
    (exercise,) = made(lesson, code)
    assert exercise.outputs == ("its sum", "its product")
    assert judge(exercise, lambda a, b: (a + b, a)).points == 0.5


VALUES = "@exercise('toy.it', points=2)\ndef it():\n    z = 2\n    a = z + 1\n    return z, a\n"


def test_values_are_judged_by_name_and_their_slips_go_on(lesson):
    slips = "[toy.it]\nz = 5  # five\n    Because.\n"
    (exercise,) = made(lesson, VALUES, slips)
    assert judge(exercise, named={"z": 2, "a": 3}).passed
    verdict = judge(exercise, named={"z": 5, "a": 6})
    assert verdict.mistake == "five"
    assert exercise.answer_names == ("z", "a")


SLIPS = """[toy.it]
1. Hint.

c = a  # b left out
    It is.
c = b * a  # also right
"""
CODE = (
    "@exercise('toy.it', points=1, cases=cases)\ndef it(a, b):\n    c = a * b\n    return c\n"
    "@mistake(it, 'added')\ndef added(a, b):\n    '''Plus\n    for times.'''\n    return a + b\n"
)


def test_a_decorated_function_stays_a_function_and_may_be_a_mistake(lesson):
    (exercise,) = made(lesson, CODE, SLIPS)
    assert exercise.reference(2, 3) == 6
    assert [(m.name, m.why, m.wrong(2, 3)) for m in exercise.mistakes] == [
        ("b left out", "It is.", 2),
        ("added", "Plus for times.", 5),
    ]
    assert [answer(2, 3) for _, answer in exercise.also_right] == [6]
    assert list(exercise.hints) == ["Hint."]


def test_slips_are_read_only_when_an_answer_is_wrong(lesson):
    (exercise,) = made(lesson, CODE, "[toy.it]\nnonsense (  # not Python\n")
    assert judge(exercise, lambda a, b: a * b).passed
    with pytest.raises(UserError, match=r"slips.txt, line 3, .* is not Python"):
        judge(exercise, lambda a, b: a)


def test_an_exercise_can_be_changed_in_a_copy(lesson):
    (exercise,) = made(lesson, CODE)
    assert replace(exercise, seconds=0.5).seconds == 0.5


def test_exercises_come_in_the_order_of_the_text(lesson):
    code = "".join(
        f"@exercise('toy.{name}', points=1, cases=cases)\ndef {name}(a, b): return a\n"
        for name in "abc"
    )
    found = made(lesson, code, parts=("toy.c", "toy.a", "toy.b"))
    assert [exercise.id for exercise in found] == ["toy.c", "toy.a", "toy.b"]


TWICE = (
    "@exercise('toy.it', points=1, cases=cases)\ndef f(a, b): return a\n"
    "@exercise('toy.it', points=1, cases=cases)\ndef g(a, b): return a\n"
)


@pytest.mark.parametrize(
    ("code", "parts", "message"),
    [
        ("@exercise('toy.it', points=1)\ndef f(a): return a\n", ("toy.it",),
         r"__init__.py, line 5: the exercise 'toy.it' has no cases"),
        (TWICE, ("toy.it",), r"line 7: the id 'toy.it' is taken by f \(.*line 5\)"),
        (CODE, (), r"__init__.py, line 5: there is no part \[toy.it\] in"),
        (CODE, ("toy.it", "toy.typo"), r"slips.txt, line 3: there is no exercise 'toy.typo'"),
        (CODE.replace("toy.it", "tyo.it"), ("tyo.it",), r"line 5: 'tyo.it' should begin with"),
        ("", (), "has no exercises"),
    ],
)  # fmt: skip
def test_a_faulty_lesson_is_told_with_its_line(lesson, code, parts, message):
    with pytest.raises(UserError, match=message):
        made(lesson, code, parts=parts)


def test_a_lesson_of_twenty_exercises_is_imported_in_no_time(lesson):
    code = "".join(
        f"@exercise('toy.e{n}', points=1, cases=cases)\ndef e{n}(a, b):\n    c = a\n    return c\n"
        for n in range(20)
    )
    started = time.process_time()
    made(lesson, code, parts=[f"toy.e{n}" for n in range(20)])
    assert time.process_time() - started < 0.25
