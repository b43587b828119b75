"""The names of a cell: what it reads, binds, imports and defines."""

import pytest

from lessonlib.grading.submission.names import Names, names_in, plain_python


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


def test_imports_are_kept_as_statements():
    names = names_in("import numpy as np\nfrom lessonlib import check, plots\nimport os.path")
    assert names.imports == {
        "np": "import numpy as np",
        "check": "from lessonlib import check, plots",
        "plots": "from lessonlib import check, plots",
        "os": "import os.path",
    }


def test_functions_and_what_the_objects_of_a_class_can_do():
    names = names_in(
        "def f(): pass\n"
        "class Own:\n"
        "    def __add__(self, other): pass\n"
        "    def size(self): pass\n"
        "    __radd__ = __add__\n"
        "class Child(Own): pass\n"
    )
    assert names.functions == {"f"}
    assert names.classes["Own"] == {"__add__", "size", "__radd__"}
    assert {"__add__", "__matmul__", "__eq__"} <= names.classes["Child"]


def test_a_decorated_class_may_do_anything():
    names = names_in("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int")
    assert "__eq__" in names.classes["P"]


@pytest.mark.parametrize("source", ["def f(:", "x = (", "\0", "    x = 1\n  y", "print 'old'"])
def test_what_is_not_python_has_no_names(source):
    assert names_in(source) == Names()


def test_ipythons_own_syntax_is_turned_into_calls():
    assert "get_ipython" in names_in("%matplotlib inline").reads
    assert names_in("files = !ls").binds == {"files"}
    assert plain_python("x = 1").strip() == "x = 1"
    assert "run_cell_magic" in plain_python("%%time\nx = 1")
