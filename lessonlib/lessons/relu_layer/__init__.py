"""Lesson 01: one layer of ReLU units, and one weight that learns. Samples are columns."""

from importlib import import_module

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.data import seed_001
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import arrays, as_tagged, case_of, in_words, layer, quarters
from lessonlib.lessons.questions import numbers

# --- the ReLU and its slope --------------------------------------------------------------------


@exercise("relu.relu", points=1, cases=arrays)
def relu(z):
    """max(0, z), entry by entry: z -> same shape."""
    return np.maximum(0, z)


@exercise("relu.relu_derivative", points=1, cases=arrays)
def relu_derivative(z):
    """The slope of the ReLU: 1 where z > 0, else 0; 0 at 0 by agreement. z -> same shape."""
    return (np.asarray(z) > 0).astype(float)


# --- a layer on paper, and what hinges build ---------------------------------------------------


@exercise("relu.by_hand", points=2, unpack=numbers(4, "z1", "a1"), rtol=1e-6, reveal=False)
def by_hand():
    net = seed_001()
    x, W1, b1 = net["x"], net["W1"], net["b1"]
    z1 = W1 @ x + b1
    a1 = relu(z1)
    return z1, a1


_PLACES = np.array([[-4, -2.5, -1], [-0.75, -0.5, 0], [0.25, 0.5, 1], [1.5, 2, 4]])
_STRETCHES = {"at x = {:g}, {:g}, {:g}".format(*x): x for x in _PLACES}


@gives(*_STRETCHES)
def _tent_heights(raw: dict, case: Case) -> dict:
    """Return the sum of the three hinges at three points of each stretch."""
    found = {name: as_numbers(value) for name, value in raw.items()}
    for name, value in found.items():
        if value is None or value.shape != (3,):
            raise Malformed(f"{name} should hold three numbers, one for each hinge: shape (3,).")
    w, b, v = (found[name].astype(float) for name in "wbv")
    return {name: relu(np.outer(x, w) + b) @ v for name, x in _STRETCHES.items()}


@exercise("relu.tent", points=2, unpack=_tent_heights, rtol=1e-6)
def tent():
    w = [1.0, 1.0, 1.0]
    b = [1.0, 0.0, -1.0]
    v = [1.0, -2.0, 1.0]
    return w, b, v


# --- many samples at once -----------------------------------------------------------------------


def _layers(rng: np.random.Generator) -> list[Case]:
    def case(n_in, n, m, *tags):
        return case_of(as_tagged(tags, *layer(rng, n_in, n, m)), *tags, n_in=n_in, n=n, m=m)

    return [
        case(2, 3, 4),
        case(3, 2, 1, "one sample"),
        case(4, 1, 3, "one unit"),
        case(5, 4, 7),
        case(3, 4, 2, "whole numbers"),
    ]


@exercise("relu.layer_forward", points=2, cases=_layers)
def layer_forward(W, b, X):
    """Z = W X + b and A = relu(Z). W (n, n_in), b (n, 1), X (n_in, m); both results (n, m)."""
    Z = W @ X + b
    A = relu(Z)
    return Z, A


# --- one weight on its way downhill ------------------------------------------------------------


def _paths(rng: np.random.Generator) -> list[Case]:
    """Each with a sample on which the unit is silent; no w x is 0 on the way."""

    def case(start, x, y, learning_rate, steps, *tags):
        args = (start, np.array(x), np.array(y), learning_rate, steps)
        about = f"{in_words(sample=len(x), step=steps)}, from w = {start}"
        return Case(args, about, {"m": len(x)}, tags)

    return [
        case(1.0, [-1.0, 1.0, 2.0], [0.5, 1.0, 4.0], 0.5, 1),
        case(0.25, [2.0], [1.0], 0.125, 3, "one sample"),
        case(-0.5, *_cold_and_warm(rng, 4), 0.25, 3),
        case(0.5, *_cold_and_warm(rng, 5), 0.75, 4),
        case(2, [1, -3, 2], [1, 2, 5], 0.5, 2, "whole numbers"),
        case(-1.0, [0.5, 1.5], [1.0, 2.0], 0.5, 3, "a unit that is silent on all samples"),
        case(0.75, [1.0, -2.0], [2.0, 1.0], 0.5, 0, "no step"),
    ]


def _cold_and_warm(rng: np.random.Generator, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x on both sides of 0, and targets y, none of which is 0."""
    x = np.abs(quarters(rng, m)) * np.where(np.arange(m) < 2, -1, 1)
    return rng.permutation(x), np.abs(quarters(rng, m)) + 0.375


@exercise("relu.downhill", points=2, cases=_paths)
def downhill(w, x, y, learning_rate, steps):
    """The path of one weight, against the slope of mean((relu(w x) - y)**2)/2: -> list of w."""
    m = len(x)
    path = [w]
    for _ in range(steps):
        a = relu(w * x)
        slope = np.sum((a - y) * (w * x > 0) * x) / m
        w = w - learning_rate * slope
        path.append(w)
    return path


# --- for notebooks of the first edition --------------------------------------------------------


def __getattr__(name: str):
    """Their lesson 03 imports `layer_backward` from here; lesson 02 asks for it now."""
    if name != "layer_backward":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("lessonlib.lessons.the_way_back").layer_backward  # a grader hides it
