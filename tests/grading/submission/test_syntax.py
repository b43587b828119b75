"""The names of a cell: what it reads, binds, imports and defines."""

import pytest

from lessonlib.grading.submission.syntax import MAX_CODE, Names, names_in, parsed, plain_python


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("x = a + b", {"a", "b"}),
        ("f(x).y[z]", {"f", "x", "z"}),
        ("def f(x):\n    return x * scale", {"scale"}),
        ("def f(x=first):\n    def g():\n        return deep\n    return g", {"first", "deep"}),
        ("class A(Base):\n    size = wide\n    def m(self):\n        return other",
         {"Base", "wide", "other"}),
        ("[each * k for each in many]", {"many", "k"}),
        ("x += 1", {"x"}),
        ("def f():\n    global x\n    x += 1", {"x"}),
        ("def f(x):\n    x += 1\n    del x", set()),
        ("del x", {"x"}),
        ("assert False\nx", {"x"}),
        ("print(f'{name:{width}}')", {"print", "name", "width"}),
        ("lambda t: t + shift", {"shift"}),
        ("try:\n    f()\nexcept Odd as error:\n    print(error)", {"f", "Odd", "print", "error"}),
    ],
)  # fmt: skip
def test_what_a_cell_looks_up(source, reads):
    assert names_in(source).reads - {"__name__"} == reads  # a class looks its module's name up


@pytest.mark.parametrize(
    ("source", "binds"),
    [
        ("x = y = 1", {"x", "y"}),
        ("(a, *b), c = f()", {"a", "b", "c"}),
        ("def f():\n    inner = 1", {"f"}),
        ("class A:\n    inner = 1", {"A"}),
        ("import numpy as np, os.path", {"np", "os"}),
        ("from math import pi as p", {"p"}),
        ("for i in range(3):\n    pass", {"i"}),
        ("with open('f') as file:\n    pass", {"file"}),
        ("if (n := 3) > 2:\n    pass", {"n"}),
        ("def f():\n    global total\n    total = 1", {"f", "total"}),
        ("x.y = 1\nz[0] = 2", set()),
        ("[each for each in many]", set()),
    ],
)
def test_what_a_cell_gives_a_value(source, binds):
    assert names_in(source).binds == binds


def test_imports_functions_and_classes():
    names = names_in(
        "import numpy as np\n"
        "from lessonlib import check, plots\n"
        "import os.path\n"
        "def f(): pass\n"
        "@decorated\n"
        "class Own:\n"
        "    def size(self): pass\n"
        "class Child(Own): pass\n"
    )
    assert names.imports == {"np", "check", "plots", "os"}
    assert names.functions == {"f"}
    assert names.classes == {"Own", "Child"}


@pytest.mark.parametrize("source", ["def f(:", "x = (", "\0", "    x = 1\n  y", "print 'old'"])
def test_what_is_not_python_has_no_names(source):
    assert names_in(source) == Names()


def test_ipythons_own_syntax_is_turned_into_calls():
    assert "get_ipython" in names_in("%matplotlib inline").reads
    assert names_in("files = !ls").binds == {"files"}
    assert plain_python("x = 1").strip() == "x = 1"
    assert "run_cell_magic" in plain_python("%%time\nx = 1")


def test_ordinary_cells_with_many_magics_are_read():
    source = "import numpy as np\n" + "%pip install thing\n!echo hello\n" * 20 + "x = !ls\n"
    assert names_in(source).binds >= {"np", "x"}


@pytest.mark.parametrize(
    "source",
    ["x = 1\n" * MAX_CODE, "%a\n" * 5_000, "!a\n" * 5_000, "a?\n" * 5_000, "x = !a\n" * 5_000,
     "a." * 20_000 + "\nb?", ",a\n" * 5_000],
    ids=lambda source: repr(source[:8]),
)  # fmt: skip
def test_what_takes_too_long_to_read_is_not_python(source):
    for read in (plain_python, parsed):
        with pytest.raises(SyntaxError, match="than can be read"):
            read(source)
    assert names_in(source) == Names()


@pytest.mark.parametrize("piece", ["lambda:", "(", "[", "{1:", "not ", "-", "f(", "a if b else "])
@pytest.mark.parametrize("depth", [90, 190, 1_000, 5_000])
def test_what_is_nested_too_deep_is_not_python_or_has_names(piece, depth):
    names_in(piece * depth + "1")
    names_in(piece * depth)


def test_a_learners_code_puts_no_warning_on_the_screen(recwarn):
    parsed(r"x = '\d' is 1")
    assert not recwarn.list
