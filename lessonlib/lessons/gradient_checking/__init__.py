"""Lesson 04: how to know that a gradient is right. Samples stand in columns."""

from collections.abc import Callable

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.data import seed_001
from lessonlib.exercises import Case, Malformed, exercise
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of, numbers, stretch
from lessonlib.lessons.suspect_gradients import candidates
from lessonlib.lessons.three_layers import backward, forward
from lessonlib.nn import relu  # noqa: F401  in slips

# --- questions on the lessons before -----------------------------------------------------------


@exercise("gradcheck.recall_1", points=1, unpack=numbers(4, "dZ"), reveal=False)
def recall_1():
    Z, dA = np.array([1.5, 0, -2, 0.25]), np.array([3, 4, 5, -6])
    dZ = dA * (Z > 0)
    return dZ


@exercise("gradcheck.recall_2", points=1, unpack=numbers(3, "dz3"), reveal=False)
def recall_2():
    p, y = np.array([0.2, 0.7, 0.1]), np.array([1, 0, 0])
    dz3 = p - y
    return dz3


# --- gradients by small steps ------------------------------------------------------------------


def _coupled(rng: np.random.Generator, *shape: int) -> Callable:
    """Return an f of an array of that shape in which every coordinate feels every other.

    The 1/64 keeps its slopes at whole numbers theta from being whole numbers themselves.
    """
    c, d = quarters(rng, *shape) + 1 / 64, quarters(rng, *shape)
    return lambda theta: np.sum(c * theta**3) + np.sum(d * theta) ** 2


def points(rng: np.random.Generator) -> list[Case]:
    """Cases for any method, all with its own step."""
    table, block = quarters(rng, 3, 2), quarters(rng, 2, 3, 2)
    whole = np.array([[2, -1, 3]])
    return [
        Case((_coupled(rng, 3, 2), table), "a table theta of shape (3, 2)"),
        Case((_coupled(rng, 2, 3, 2), block), "an array theta of shape (2, 3, 2)"),
        Case(
            (_coupled(rng), np.array(1.25)), "one number theta, of shape ()", tags=("one number",)
        ),
        Case((_coupled(rng, 1, 3), whole), "theta = [[2, -1, 3]]", tags=("whole numbers",)),
    ]


def readable_case(*h: float) -> Case:
    step = f" with h = {h[0]}" if h else ""
    text = f"f = theta[0]**3 + 2 * theta[0] * theta[1] at theta = [1, 3]{step}"
    tags = ("a step other than the usual one",) if h else ()
    args = lambda theta: theta[0] ** 3 + 2 * theta[0] * theta[1], np.array([1.0, 3.0]), *h
    return Case(args, text, tags=tags)


@exercise(
    "gradcheck.numeric_gradient",
    points=3,
    cases=lambda rng: [readable_case(0.1), *points(rng), readable_case()],
    outputs=("numeric_gradient(f, theta)",),
    rtol=1e-7,
)
def numeric_gradient(f, theta, h=1e-5):
    """(f(theta + h e_i) - f(theta - h e_i)) / (2 h) for each i. f, theta -> array like theta."""
    theta = np.array(theta, dtype=float)
    grad = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[i] = h
        above = f(theta + step)
        below = f(theta - step)
        grad[i] = (above - below) / (2 * h)
    return grad


# --- comparing gradients, and the best step ----------------------------------------------------


def _pairs(rng: np.random.Generator) -> list[Case]:
    pair = np.array([3.0, 4.0]), np.array([4.0, 3.0])
    tables = quarters(rng, 2, 3), quarters(rng, 2, 3) + 0.125
    small = 1e-4 * quarters(rng, 4), 1e-4 * (quarters(rng, 4) + 0.125)
    return [
        Case(pair, "a = [3, 4], b = [4, 3]"),
        Case(tables, "two tables of shape (2, 3)"),
        Case((np.zeros(3), np.zeros(3)), "two arrays of zeros", tags=("two zeros",)),
        Case((quarters(rng, 2, 2), np.zeros((2, 2))), "a against zeros", tags=("one zero",)),
        Case(small, "two arrays of about 0.0001", tags=("small numbers",)),
    ]


@exercise("gradcheck.relative_error", points=1, cases=_pairs, rtol=1e-6)
def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||) over all entries; 0 for two zeros. a, b -> float."""
    distance = np.linalg.norm(a - b)
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return distance / size if size > 0 else 0.0


_ROUNDING = "left of the lowest stretch, on the rounding branch"
_STRETCHES = (
    (0.0, "not a step: a step is above 0"),
    (1e-15, "too far left: no right digit is left there"),
    (3e-9, _ROUNDING),
    (5e-8, "where the forward difference is best"),
    (0.999e-6, _ROUNDING),
    (1.001e-4, "on the lowest stretch"),
    (1.0, "right of the lowest stretch, on the truncation branch"),
)


@exercise("gradcheck.best_step", points=1, unpack=stretch("best_h", _STRETCHES), reveal=False)
def best_step():
    best_h = 1e-5
    return best_h


# --- seven claims ------------------------------------------------------------------------------


@exercise("gradcheck.suspects", points=3, unpack=names_out_of(candidates()), reveal=False)
def suspects():
    suspects = {"softmax", "product", "tiny"}
    return suspects


# --- an input that shows a missing mask ---------------------------------------------------------


def _what_x_shows(raw: dict, case: Case) -> dict:
    """Return, in words, what leaving out layer 2's mask does on the answer's x."""
    x = as_numbers(raw["x"])
    if x is None or x.shape != (3, 1):
        raise Malformed("x should be a column of three numbers, one in each row: shape (3, 1).")
    if x.dtype.kind not in "biuf" or not np.all(np.abs(x) < 1e6):
        raise Malformed("x should hold three numbers of ordinary size.")
    net = seed_001()
    cache = forward(x, net)
    right = backward(x, net["y"], net, cache)
    all_fire = {**cache, "z2": np.ones_like(cache["z2"])}
    without = backward(x, net["y"], net, all_fire)
    if any(np.max(np.abs(right[name] - without[name])) > 1e-9 for name in ("dW1", "dW2")):
        return {"x": "dW1 or dW2 changes"}
    if np.all(cache["z2"] > 0):
        return {"x": "both units of layer 2 fire"}
    fires = np.any(cache["a1"] > 0)
    silent = "all four units of layer 1 are silent"
    return {"x": "hardly any gradient comes back" if fires else silent}


@exercise("hand.revealing_input", points=3, unpack=_what_x_shows, reveal=False)
def revealing_input():
    x = np.array([[-3.0], [0.0], [4.0]])
    return x
