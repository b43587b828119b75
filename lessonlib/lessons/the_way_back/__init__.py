"""Lesson 02: back-propagation, from one box to a layer of ReLU units. Samples stand in columns."""

import re

import numpy as np

from lessonlib.checks.evidence import UNTOLD
from lessonlib.checks.plain import Opaque
from lessonlib.checks.wording import listing
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import case_of, layer, quarters
from lessonlib.lessons.questions import single_numbers
from lessonlib.nn import relu_derivative

# --- gates ---------------------------------------------------------------------------------------

_NODES = ("a", "b", "c", "u", "v", "s")


@gives(*_NODES)
def _gradient_of_each_node(raw: dict, case: Case) -> dict:
    """Return a number for each node; what is still `...` beside numbers stays so."""
    grads = raw["grads"]
    if not isinstance(grads, dict):
        raise Malformed("grads should be a dictionary: a name in quotes, a colon, its gradient.")
    missing = [node for node in _NODES if node not in grads]
    if missing:
        raise Malformed(f"grads lacks {listing(missing)}. It needs one number for each node.")
    if all(_is_open(grads[node]) for node in _NODES):
        raise Malformed("Every gradient is still `...`. Begin with s, next to the end.")
    found = single_numbers(*(node for node in _NODES if not _is_open(grads[node])))(grads, case)
    return {node: found.get(node, grads[node]) for node in _NODES}


def _is_open(value) -> bool:
    return isinstance(value, Opaque) and value.kind == "ellipsis"


@exercise("back.gates", points=3, unpack=_gradient_of_each_node, rtol=1e-6, reveal=False)
def back_gates():
    """-> grads = {"a": …, "b": …, "c": …, "u": …, "v": …, "s": …}."""
    a, b, c = 5, 3, -2
    u = a * b
    v = max(b, c)
    s = u + v  # and L = s · c
    ds = c
    du = ds
    dv = ds
    da = du * b
    db = du * a + dv
    dc = s
    grads = dict(zip(_NODES, [da, db, dc, du, dv, ds], strict=True))
    return grads


# --- a layer's backward pass ---------------------------------------------------------------------


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_in, n, m, *tags):
        W, b, X = layer(rng, n_in, n, m)
        return case_of((quarters(rng, n, m), W @ X + b, W, X), *tags, n_in=n_in, n=n, m=m)

    return [
        case(2, 3, 4),
        case(3, 2, 1, "one sample"),
        case(4, 1, 3, "one unit"),
        case(5, 4, 7),
        case(3, 5, 6),
    ]


@exercise("relu.layer_backward", points=4, cases=_gradient_cases)
def layer_backward(dA, Z, W, X):
    """Gradients of a ReLU layer, summed over the samples (chain rule).

    dA, Z (n, m); W (n, n_in); X (n_in, m). Returns dW (n, n_in), db (n, 1), dX (n_in, m).
    """
    dZ = dA * relu_derivative(Z)
    dW = dZ @ X.T
    db = dZ.sum(axis=1, keepdims=True)
    dX = W.T @ dZ
    return dW, db, dX


# --- its lines in order --------------------------------------------------------------------------

BACKWARD_LINES = {  # as the notebook shows them
    "a": "dX = sum_over_units(W, dZ)",
    "b": "W = W - learning_rate * dW",
    "c": "dZ = dA * mask",
    "d": "mask = Z > 0",
    "e": "dW = sum_over_samples(dZ, X)",
    "f": "db = sum_over_samples(dZ)",
    "g": "b = b - learning_rate * db",
}
_SUMS = {  # what they call
    "sum_over_units": lambda W, dZ: W.T @ dZ,
    "sum_over_samples": lambda dZ, X=None: dZ @ (np.ones((dZ.shape[1], 1)) if X is None else X.T),
}
_RUNS, _RESULTS = "the run", "the result"


@gives(_RUNS, _RESULTS)
def _run_in_order(raw: dict, case: Case) -> dict:
    """Run our lines in the order of the letters, on a small layer, and say what comes of it."""
    found = _start()
    for letter in _letters(raw["order"]):
        try:
            exec(BACKWARD_LINES[letter], dict(_SUMS), found)
        except NameError as error:
            stop = f"line ({letter}) stops: there is no {error.name} yet"
            return {_RUNS: stop, _RESULTS: f"{UNTOLD}, since the lines stop"}
    return {_RUNS: "every line finds what it uses", _RESULTS: _judged(found)}


def _start() -> dict[str, object]:
    """Return what is there before the first line: the layer on which the lines are run."""
    rng = np.random.default_rng(0)
    W, b, X = layer(rng, 2, 3, 4)
    return dict(W=W, b=b, X=X, Z=W @ X + b, dA=quarters(rng, 3, 4), learning_rate=0.5)


def _judged(found: dict) -> str:
    start = _start()
    learning_rate = start.pop("learning_rate")
    dW, db, dX = layer_backward(*(start[name] for name in ("dA", "Z", "W", "X")))
    right = {"dX": dX, "W": start["W"] - learning_rate * dW, "b": start["b"] - learning_rate * db}
    wrong = [name for name, value in right.items() if not np.allclose(found[name], value)]
    if wrong:
        return f"wrong numbers in {listing(wrong)}"
    return f"{listing(list(right))} as they should be"


def _letters(order) -> str:
    """Return the letters of an order, however they are set apart. Raises Malformed."""
    if not isinstance(order, str):
        raise Malformed('order should be a text of letters in quotes, such as "gfedcba".')
    letters = re.sub(r"[^a-z]", "", order.lower())
    strangers = sorted(set(letters) - set(BACKWARD_LINES))
    if strangers:
        raise Malformed(f"There is no line {listing(strangers)}. The lines are a to g.")
    twice = sorted(letter for letter in BACKWARD_LINES if letters.count(letter) > 1)
    if twice:
        raise Malformed(f"order has {listing(twice)} more than once. Each line runs once.")
    missing = sorted(set(BACKWARD_LINES) - set(letters))
    if missing:
        raise Malformed(f"order lacks {listing(missing)}. Each of the seven lines runs once.")
    return letters


@exercise("back.order", points=2, unpack=_run_in_order, reveal=False)
def back_order():
    order = "dceafbg"
    return order


@exercise("relu.bug_hunt", points=1, reveal=False)
def bug_hunt():
    wrong_line = 1
    return wrong_line


# --- dead units ----------------------------------------------------------------------------------


def _dead_cases(rng: np.random.Generator) -> list[Case]:
    def mixed(n, m):
        """Two dead units, one of them with a 0; one alive for a single sample; one mostly alive."""
        Z = quarters(rng, n, m)
        Z[:2] = -np.abs(Z[:2])
        Z[0, -1] = 0.0
        Z[2], Z[2, 0] = -2.0, 0.25
        Z[3], Z[3, 0] = 1.5, -0.25
        return case_of((rng.permutation(Z),), n=n, m=m)

    cases = [mixed(4, 3), mixed(5, 6), mixed(6, 2)]
    silent = np.minimum(quarters(rng, 3, 2), 0)
    return [*cases, Case((silent,), "3 units, 2 samples, all of them silent", {"n": 3, "m": 2})]


@exercise("relu.dead_units", points=2, cases=_dead_cases)
def dead_units(Z):
    """Which units (rows) are never above 0 on any sample (column)? Z (n, m) -> (n,) bool."""
    return ~np.any(np.asarray(Z) > 0, axis=1)
