"""The submission's side of the conversation; the judge's side of it is in test_remote."""

import builtins
import operator

import pytest

from lessonlib.grading.inside.serving import OPERATIONS, Table
from lessonlib.grading.remote import protocol
from lessonlib.grading.remote.handles import HARMLESS, REFLECTED, WEIGHED


@pytest.fixture
def ask(session):
    """Run a cell, then put a question to the process as the wire carries it."""

    def ask(source, **question):
        session.run(source, 5.0, {})
        return session.ask(question, 5.0)

    return ask


def found(ask, source, *names):
    return ask(source, do="find", names=list(names), seconds=1.0)["found"]


# --- what is told of a value ---------------------------------------------------------------------


def test_plain_values_are_told_as_they_are(ask):
    assert found(ask, "a, b = 3, [1, None]", "a", "b", "c") == {"a": 3, "b": [1, None]}


def test_a_function_is_described(ask):
    source = "rate = 2\ndef f(x, *more, key=1):\n    return rate * x"
    about = found(ask, source, "f")["f"]["handle"]
    assert (about["name"], about["type"], about["is_class"]) == ("f", "function", False)
    assert about["parameters"] == [["x", 1, False], ["more", 2, False], ["key", 3, True]]
    assert about["reads"] == [["rate"], []]
    assert "__call__" in about["special"]


def test_a_class_and_an_object_are_described(ask):
    source = "class A:\n    def __len__(self):\n        return 2\na = A()"
    told = found(ask, source, "A", "a")
    assert told["A"]["handle"]["is_class"] is True
    assert told["a"]["handle"]["type"] == "A"
    assert "__len__" in told["a"]["handle"]["special"]
    assert "__add__" not in told["a"]["handle"]["special"]


def test_an_exceptions_bases_are_told(ask):
    about = found(ask, "class Own(KeyError):\n    pass", "Own")["Own"]["handle"]
    assert about["bases"] == ["KeyError", "LookupError", "Exception", "BaseException", "object"]


@pytest.mark.parametrize(
    "source",
    ["class A:\n    def __getattr__(self, name):\n        raise RuntimeError\na = A()",
     "class A:\n    def __getattr__(self, name):\n        while True: pass\na = A()",
     "class M(type):\n    def __dir__(self):\n        raise ValueError\n"
     "class A(metaclass=M): pass\na = A()",
     "class A:\n    @property\n    def __signature__(self):\n        raise SystemExit\n"
     "    def __call__(self): pass\na = A()",
     "class A(list):\n    def __iter__(self):\n        while True: pass\n    def __len__(self):\n"
     "        return 1\na = A()"],
)  # fmt: skip
def test_an_odd_object_takes_no_other_with_it(ask, source):
    assert found(ask, f"{source}\nb = 2", "a", "b")["b"] == 2


def test_a_value_has_one_number_however_often_it_is_told():
    table, thing = Table(), object()
    first, again = table.export(thing), table.export(thing)
    assert first["handle"]["number"] == again["handle"]["number"] == 0
    assert table.export(object())["handle"]["number"] == 1


def test_a_value_that_was_told_is_kept():
    """Else another one could get its place in memory, and with it its number."""
    table = Table()
    numbers = {table.export(object())["handle"]["number"] for _ in range(50)}
    assert len(numbers) == 50


def test_containers_of_a_class_of_the_notebook_are_copied_or_stay():
    own = type("Own", (list,), {"__module__": "__main__"})([1, 2])
    table = Table()
    assert table.export(own) == [1, 2]
    table.by_value = False
    assert table.export(own)["handle"]["type"] == "Own"


# --- what is done --------------------------------------------------------------------------------


def operate(ask, source, op, name, *args, **kwargs):
    handle = {"handle": found(ask, source, name)[name]["handle"]["number"]}
    named = {"dict": [[key, value] for key, value in kwargs.items()]}
    return ask("", do="operate", op=op, args=[handle, *args], kwargs=named, seconds=1.0)


def test_a_call_tells_its_value_and_what_happened(ask):
    source = (
        "import warnings\ndef f(x):\n    print('hello')\n    warnings.warn('hm')\n"
        "    x.append(2)\n    return 7"
    )
    reply = operate(ask, source, "call", "f", [1])
    assert reply["value"] == 7
    assert reply["printed"] == "hello\n"
    assert reply["warnings"] == [["UserWarning", "hm"]]
    assert reply["after"] == [None, [1, 2]]


def test_what_is_not_changed_is_not_told_again(ask):
    reply = operate(ask, "def f(x, key=None):\n    return 1", "call", "f", [1], key=[2])
    assert reply["after"] == [None, None, None]


def test_an_error_tells_its_class_its_text_and_its_line(ask):
    reply = operate(ask, "def f(x):\n    return {}[x]  # here", "call", "f", "k")
    assert reply["error"]["type"] == "KeyError"
    assert reply["error"]["text"] == "'k'"
    assert reply["error"]["line"] == "return {}[x]  # here"
    assert reply["error"]["class"] is None


def test_a_loop_is_late_and_then_stuck(ask):
    source = "def f():\n    while True: pass"
    handle = {"handle": found(ask, source, "f")["f"]["handle"]["number"]}
    question = dict(do="operate", op="call", args=[handle], kwargs={"dict": []}, seconds=0.2)
    assert ask("", **question)["late"] == ["f"]
    assert ask("", **question)["stuck"] == "f"


def test_much_that_is_printed_or_warned_of_is_cut(ask):
    source = (
        "import warnings\ndef f():\n    print('a' * 100_000)\n    for k in range(100):\n"
        "        warnings.warn('b' * 1000 + str(k))"
    )
    reply = operate(ask, source, "call", "f")
    assert len(reply["printed"]) == 2_000
    assert len(reply["warnings"]) == 20
    assert max(len(text) for _, text in reply["warnings"]) == 200


def test_files_are_written_into_the_folder_and_no_error_ends_the_process(ask):
    part = {"bytes": "YWJj"}
    for name in ("a/b.txt", "a/b.txt", "/usr/x", "a"):
        assert ask("", do="write", name=name, part=part) == {}
    assert found(ask, "text = open('a/b.txt').read()", "text") == {"text": "abcabc"}


# --- what there is to do -------------------------------------------------------------------------


def test_every_operation_of_the_protocol_is_there_and_no_other():
    expected = {"call", "enter", "exit", *protocol.BUILTINS, *protocol.OPERATORS}
    assert set(OPERATIONS) == expected
    for name in protocol.BUILTINS:
        assert OPERATIONS[name] is getattr(builtins, name)
    for name in protocol.OPERATORS:
        assert OPERATIONS[name] is getattr(operator, name)


def test_what_a_handle_passes_on_can_be_done_there():
    passed_on = {**HARMLESS, **WEIGHED, **REFLECTED}
    assert set(passed_on) == set(protocol.SPECIAL)
    assert set(passed_on.values()) <= set(OPERATIONS)


def test_comparisons_and_arithmetic_are_weighed_and_never_harmless():
    weighed = {protocol.special(n) for n in (*protocol.BINARY, *protocol.COMPARISONS, "contains")}
    assert weighed <= set(WEIGHED)
    assert not weighed & set(HARMLESS)
    assert {"__bool__", "__hash__", "__abs__", "__round__"} <= set(WEIGHED)
