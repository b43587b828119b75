"""The learner's own code is read back as it runs, or not at all."""

import ast
import copy
import linecache

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from lessonlib.locating.source import source_of


@pytest.fixture(scope="module")
def shell():
    return InteractiveShell()


def run(shell, *cells):
    for cell in cells:
        shell.run_cell(cell, store_history=True).raise_error()
    return shell.user_ns


def written(lines, answer="f"):
    """Return a function as a module on disk would have it: its text is in linecache."""
    name = f"<written {abs(hash(lines))}>"
    linecache.cache[name] = (len(lines), None, lines.splitlines(keepends=True), name)
    names = {"np": np, "__name__": "__main__"}
    exec(compile(lines, name, "exec"), names)
    return names[answer]


def test_a_function_of_a_cell_with_the_helpers_that_it_uses(shell):
    names = run(
        shell,
        "def half(x):\n    return x / 2",
        "# first line\n\ndef quarter(x):\n    y = half(x)\n    return half(y)",
    )
    source = source_of(names["quarter"])
    assert list(source.functions) == ["quarter", "half"]
    assert source.functions["half"] is names["half"]
    assert source.tree.body[0].lineno == 3
    assert source.lines[3] == "    y = half(x)"
    assert source.compiled(source.tree)(8) == 2


def test_blank_lines_at_the_top_of_a_cell_are_counted_as_jupyterlab_counts_them(shell):
    names = run(shell, "\n\n\ndef f(x):\n    return x")
    source = source_of(names["f"])
    assert source.tree.body[0].lineno == 4
    assert source.lines[3] == "def f(x):"
    names = run(shell, "%%capture\n\ndef f(x):\n    return x + 1")
    assert source_of(names["f"]) is None


def test_a_changed_tree_compiles_and_leaves_the_notebook_as_it_is(shell):
    names = run(shell, "def a(x):\n    return x + 1", "def b(x):\n    return a(x) * 2")
    source = source_of(names["b"])
    tree = copy.deepcopy(source.tree)
    tree.body[1].body[0].value.right = ast.Constant(10)
    assert source.compiled(tree)(1) == 22
    assert names["b"](1) == 4


def test_a_class_with_methods_that_were_attached_later(shell):
    names = run(
        shell,
        "def lifted(x):\n    return x if isinstance(x, V) else V(x)",
        "class V:\n    def __init__(self, x):\n        self.x = x\n\n"
        "    def plus(self, o):\n        return V(self.x + lifted(o).x)",
        "def double(self):\n    return self.plus(self)\n\nV.double = double",
    )
    source = source_of(names["V"])
    assert set(source.functions) == {"V", "lifted", "double"}
    again = source.compiled(source.tree)
    assert again is not names["V"]
    assert again(2).double().plus(1).x == 5
    assert type(again(2).plus(1)) is again


def test_a_lambda_with_a_name(shell):
    names = run(shell, "g = lambda z: z * 3")
    source = source_of(names["g"])
    assert source.compiled(source.tree)(2) == 6


def test_decorators_are_seen_through():
    text = "import functools\n\n@functools.lru_cache\ndef f(x):\n    return x + 1\n"
    answer = written(text)
    source = source_of(answer)
    assert source.tree.body[0].lineno == 4
    assert source.compiled(source.tree)(1) == 2


def test_defaults_and_functions_inside():
    answer = written("def f(x, n=3):\n    def g(y):\n        return y * n\n    return g(x)\n")
    source = source_of(answer)
    assert source.compiled(source.tree)(2) == 6


def closure():
    n = 3

    def made(x):
        return x + n

    return made


def executed():
    names = {}
    exec("def f(x):\n    return x", names)
    return names["f"]


@pytest.mark.parametrize(
    "answer",
    [closure(), executed(), np.maximum, np.sum, len, None, 3, np.zeros(2), "text", int],
    ids=lambda answer: getattr(answer, "__name__", type(answer).__name__),
)
def test_what_cannot_be_read_back_is_none(answer):
    assert source_of(answer) is None


@pytest.mark.parametrize(
    "now",
    [
        "def f(x):\n    return x + 2\n",
        "def f(x):\n    return y + 1\n",
        "\ndef f(x):\n    return x + 1\n",
        "def g(x):\n    return x + 1\n",
        "def f(x):\n    return x +",
        "",
    ],
)
def test_a_text_that_has_changed_is_not_used(now):
    answer = written("def f(x):\n    return x + 1\n")
    assert source_of(answer) is not None
    name = answer.__code__.co_filename
    linecache.cache[name] = (len(now), None, now.splitlines(keepends=True), name)
    assert source_of(answer) is None
