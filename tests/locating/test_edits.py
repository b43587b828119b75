"""Each kind of edit is found in code that a learner may have written, with its line."""

import ast

import numpy as np
import pytest
from edited_answers import exercise, written

from lessonlib.checks.exercise import Case
from lessonlib.locating.edits import ABOUT
from lessonlib.locating.rules import candidates
from lessonlib.locating.search import line_to_mend
from lessonlib.locating.source import source_of

SQUARE = ((3, 3), (3, 3))


def down(theta, rate):
    return {name: value - rate * 2 for name, value in theta.items()}


def thetas(rng):
    return [Case(({"a": rng.normal(size=3), "b": rng.normal(size=2)}, 0.5)) for _ in range(3)]


def whole_numbers(rng):
    return [Case((rng.integers(1, 9, size=4),)) for _ in range(3)]


def total(x):
    s = 0.0
    for value in x:
        s = s + value
    return s


def halves(x):
    return x / 2


# The kind; what is right; what was written; the shapes of the arguments, or the cases; the line.
KINDS = [
    ("product", lambda W, X: W @ X, "def f(W, X):\n    Z = W.T @ X\n    return Z + 0.0", SQUARE, 2),
    ("product", lambda W, X: W @ X, "def f(W, X):\n    return np.dot(X, W)", SQUARE, 2),
    ("axis", lambda x: x.sum(1, keepdims=True), "def f(x):\n    return np.sum(x)", [(3, 3)], 2),
    ("axis", lambda x: x.mean(axis=0), "def f(x):\n    return x.mean(axis=1)", [(3, 3)], 2),
    ("operator", lambda x, y: x - y, "def f(x, y):\n    return x + y", SQUARE, 2),
    ("dropped", lambda x: np.abs(x), "def f(x):\n    y = np.abs(x)\n    return np.exp(y)", [3], 3),
    ("dropped", lambda x, y: x, "def f(x, y):\n    return x * y", SQUARE, 2),
    ("dropped", lambda x: x, "def f(x):\n    return x[0]", [(3, 3)], 2),
    ("transposed", lambda x: np.tanh(x).T, "def f(x):\n    return np.tanh(x)", [(3, 3)], 2),
    ("swapped", lambda x, y: x - y, "def f(x, y):\n    return y - x", SQUARE, 2),
    ("arguments", lambda x: x.reshape(2, 3), "def f(x):\n    return x.reshape(3, 2)", [6], 2),
    ("comparison", lambda x: x > 0, "def f(x):\n    return x < 0", [5], 2),
    ("name", lambda W, b: np.exp(b), "def f(W, b):\n    return np.exp(W)", SQUARE, 2),
    ("index", lambda x: x[1:] * 2, "def f(x):\n    return x[:1] * 2", [4], 2),
    ("constant", lambda x: x / 2, "def f(x):\n    return x / 3", [4], 2),
    ("parentheses", lambda x, y: (x - y) ** 2, "def f(x, y):\n    return x - y ** 2", SQUARE, 2),
    ("sign", lambda x: -np.log(x * x), "def f(x):\n    return np.log(x * x)", [4], 2),
    ("other function", lambda x: np.sqrt(x * x), "def f(x):\n    return np.log(x * x)", [4], 2),
    ("added", lambda x, y: x + y, "def f(x, y):\n    return x * 1.0", SQUARE, 2),
    ("added", lambda x: 1 - x * x, "def f(x):\n    return x * x", [4], 2),
    ("function", lambda x: np.tanh(x), "def f(x):\n    return x", [4], 2),
    ("augmented", lambda x, y: x - y, "def f(x, y):\n    x -= y\n    return x", SQUARE, 2),
    ("indentation", total,
     "def f(x):\n    s = 0.0\n    for v in x:\n        s = s + v\n        return s", [4], 5),
    ("return", lambda x: x * 2, "def f(x):\n    y = x * 2", [4], 2),
    ("order", lambda x: (2 * x + 1) ** 2,
     "def f(x):\n    y = 2 * x\n    y = y ** 2\n    y = y + 1\n    return y", [4], 4),
    ("line too many", lambda x: x * 2,
     "def f(x):\n    y = x * 2\n    y = y / np.linalg.norm(y)\n    return y", [4], 3),
    ("guard", lambda x: np.log(x - x.min() + 1e-15), "def f(x):\n    return np.log(x - x.min())",
     [4], 2),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "right", "code", "shapes", "line"), KINDS)
def test_an_edit_of_each_kind_is_found(kind, right, code, shapes, line):
    asked, answer = exercise(right, *shapes), written(code)
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert (found.line, found.function) == (line, "f")
    assert found.code == code.splitlines()[line - 1].strip()
    assert kind in {e.where.kind for e in candidates(source_of(answer)) if line in e.where.lines}


def test_the_order_of_the_results():
    asked = exercise(lambda x: (x + 1, x + 2), 3, outputs=("a", "b"), returns="tuple")
    answer = written("def f(x):\n    a = x + 1\n    b = x + 2\n    return b, a")
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert (found.line, found.about) == (4, ABOUT["results"])


def test_another_key():
    asked = exercise(lambda p: p["W1"] @ p["W2"], cases=lambda rng: [
        Case(({"W1": rng.normal(size=(2, 2)), "W2": rng.normal(size=(2, 2))},)) for _ in range(3)
    ])  # fmt: skip
    answer = written('def f(p):\n    A = p["W1"]\n    return A @ p["W1"] + 0 * p["W2"]')
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert (found.line, found.about) == (3, ABOUT["key"])


def test_a_write_into_what_the_function_was_given():
    asked = exercise(down, outputs=("a", "b"), returns="dict", cases=thetas)
    answer = written(
        "def f(p, rate):\n    for k in p:\n        p[k] = p[k] - rate * 2\n    return p"
    )
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert (found.line, found.about) == (3, ABOUT["copy"])


def test_whole_numbers_that_cut_what_is_written_into_them():
    asked = exercise(halves, cases=whole_numbers)
    answer = written("def f(x):\n    y = np.zeros_like(x)\n    y[:] = x / 2\n    return y")
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert (found.line, found.about) == (2, ABOUT["floats"])


def test_an_edit_in_a_helper_function():
    asked = exercise(lambda x: 2 * x * x, 3)
    answer = written("def twice(x):\n    return 3 * x\n\ndef f(x):\n    return twice(x * x)")
    found = line_to_mend(asked, answer, asked.cases(np.random.default_rng(0)))
    assert found is None or found.function in ("twice", "f")


def test_no_edit_is_made_twice_and_none_leaves_the_code_as_it_was():
    source = source_of(written("def f(x):\n    y = -1 * x[1]\n    return y.sum(axis=-1) - 1"))
    made = []
    for edit in candidates(source):
        with edit.applied():
            made.append((edit.place, ast.unparse(source.tree)))
    assert len(made) == len(set(made)) > 100
    assert source.text not in {text for _, text in made}


def test_every_edit_compiles_and_the_code_is_left_as_it_was():
    code = (
        "def f(W, p, n=3):\n    out = {}\n    for k in range(1, n):\n        a = p['A'][k, :]\n"
        "        if a.sum() > 0 and n != 2:\n            out[k] = -W.T @ a\n    return out, W[0]"
    )
    source = source_of(written(code))
    before = ast.dump(source.tree, include_attributes=True)
    for edit in candidates(source):
        with edit.applied():
            assert ast.dump(source.tree) != before
            compile(source.tree, "<edited>", "exec")
    assert ast.dump(source.tree, include_attributes=True) == before
