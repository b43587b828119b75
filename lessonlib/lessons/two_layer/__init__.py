"""Lesson 07: a two-layer network with biases, tanh and a cache. Samples stand in columns."""

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.exercise import by_key, by_position
from lessonlib.checks.observing import describe
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import in_words, net_case, quarters
from lessonlib.lessons.questions import use_of_rng
from lessonlib.lessons.scripts import drawing as scripts
from lessonlib.nn import sigmoid

LAYERS = ("W1", "b1", "W2", "b2")

# --- what is common to the cases ---------------------------------------------------------------


def draw(rng: np.random.Generator, n_x: int, n_h: int, n_y: int, m: int, *tags: str) -> tuple:
    """Return (X, Y, parameters) of a network whose weights and biases are all away from 0."""
    whole = "whole numbers" in tags
    X = rng.choice([-2, -1, 1, 2], size=(n_x, m)) if whole else quarters(rng, n_x, m)
    Y = rng.integers(0, 2, size=(n_y, m))
    parameters = {
        "W1": quarters(rng, n_h, n_x) / 4,
        "b1": quarters(rng, n_h, 1) / 2,
        "W2": quarters(rng, n_y, n_h),
        "b2": quarters(rng, n_y, 1),
    }
    return X, Y if whole else Y.astype(float), parameters


# The last one is for whole numbers; the first is what most messages show.
SIZES = (
    (5, 3, 2, 4),
    (4, 3, 2, 1, "one sample"),
    (2, 4, 1, 3, "one output"),
    (3, 1, 2, 5, "one hidden unit"),
    (4, 5, 3, 7),
    (3, 4, 2, 5, "whole numbers"),
)


# --- what is left of lesson 02 -------------------------------------------------------------------


def _shape_typed_in(raw: dict, case: Case) -> dict:
    numbers = as_numbers(raw["db_shape"])
    if numbers is None or numbers.ndim > 1 or numbers.dtype.kind not in "iu":
        raise Malformed("db_shape should hold whole numbers in parentheses, such as (2, 7).")
    return {"db_shape": str(tuple(np.atleast_1d(numbers).tolist()))}


@exercise("twolayer.recall_1", points=1, unpack=_shape_typed_in, reveal=False)
def recall_1():
    db_shape = (4, 1)
    return db_shape


# --- the slope of the tanh -----------------------------------------------------------------------


def _activations(rng: np.random.Generator) -> list[Case]:
    return [
        Case((np.array([-0.8, 0.0, 0.5]),), "a = [-0.8, 0, 0.5]"),
        Case((np.tanh(quarters(rng, 3, 4)),), "activations of shape (3, 4)"),
        Case((0.6,), "the single number a = 0.6", tags=("a single number",)),
        Case((np.array([[-1, 0], [1, 1]]),), "whole numbers", tags=("whole numbers",)),
    ]


@exercise("twolayer.tanh_derivative", points=1, cases=_activations)
def tanh_derivative(a):
    """tanh'(z) = 1 - a^2 from the activation a = tanh(z), entry by entry: a -> same shape."""
    return 1.0 - np.square(a)


# --- the start -----------------------------------------------------------------------------------


MANY = 500  # numbers from which on a distribution can be told from another


def _starts(rng: np.random.Generator) -> list[Case]:
    def case(n_x, n_h, n_y):
        own = np.random.default_rng(rng.integers(2**32))
        words = in_words(input=n_x, hidden_unit=n_h, output=n_y)
        return Case((n_x, n_h, n_y, own), words, {"n_x": n_x, "n_h": n_h, "n_y": n_y})

    small, large, single = case(3, 4, 2), case(50, 40, 30), case(30, 60, 1)
    return [small, large, single, case(3, 5 + int(rng.integers(5)), 2)]


@gives(*LAYERS, "the use of rng", script=scripts.draw_thrice)
def _start_in_words(raw: list, case: Case) -> dict:
    first, *_ = drawn = [by_key(each, LAYERS) for each in raw]
    values = {name: _array_in_words(name, value) for name, value in first.items()}
    return {**values, "the use of rng": use_of_rng(*([d["W1"], d["W2"]] for d in drawn))}


def _array_in_words(name: str, value) -> str:
    array = as_numbers(value)
    if array is None:
        return describe(value)
    if not array.size:
        words = "no numbers"
    elif not np.all(np.isfinite(array)):
        words = "nan or inf among them"
    elif name in ("b1", "b2"):
        words = "not all 0" if array.any() else "all 0"
    else:
        words = _spread_in_words(array)
    return f"shape {array.shape}: {words}"


def _spread_in_words(W: np.ndarray) -> str:
    flat = W.ravel()
    if not flat.any():
        return "all 0"
    if np.all(flat == flat[0]):
        return "all equal"
    if W.ndim == 2 and len(W) > 1 and np.all(W == W[0]):
        return "each row the same"
    return _distribution_in_words(flat) if flat.size > MANY else "different numbers"


def _distribution_in_words(flat: np.ndarray) -> str:
    spread, middle = np.std(flat), np.mean(flat)
    if np.all(flat >= 0):
        return "all positive"
    if abs(middle) > 0.2 * spread:
        return "not around 0"
    if np.array_equal(flat, np.round(flat)):
        return "whole numbers only"
    if np.max(np.abs(flat)) < 1.8 * spread:
        return "spread evenly between two bounds"
    if spread > 3:
        return "normal, but far too wide"
    if spread < 1e-3:
        return "normal, but hardly different from 0"
    return "normal, around 0"


@exercise("twolayer.initialize_parameters", points=2, cases=_starts, unpack=_start_in_words)
def initialize_parameters(n_x, n_h, n_y, rng):
    """Normal weights W1 (n_h, n_x), W2 (n_y, n_h); zero biases b1 (n_h, 1), b2 (n_y, 1).

    n_x, n_h, n_y, rng -> {"W1", "b1", "W2", "b2"}.
    """
    W1 = rng.standard_normal((n_h, n_x))
    b1 = np.zeros((n_h, 1))
    W2 = rng.standard_normal((n_y, n_h))
    b2 = np.zeros((n_y, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# --- forward -------------------------------------------------------------------------------------


CACHED = ("Z1", "A1", "Z2", "A2")


@gives(*(f'cache["{name}"]' for name in CACHED), "A2")
def _forward_outputs(raw, case: Case) -> dict:
    A2, cache = by_position(raw, ("A2", "cache")).values()
    if isinstance(A2, dict):
        raise Malformed("The dictionary stands first. It should return A2, then the cache.")
    if not isinstance(cache, dict):
        raise Malformed(
            f"The second value is {describe(cache)}. The cache should be a dictionary with the "
            "keys 'Z1', 'A1', 'Z2' and 'A2', so that each is found by its name."
        )
    found = by_key(cache, CACHED)
    return {**{f'cache["{name}"]': value for name, value in found.items()}, "A2": A2}


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    return [net_case(draw(rng, *sizes)[::2], *sizes) for sizes in SIZES]


@exercise("twolayer.forward_propagation", points=2, cases=_forward_cases, unpack=_forward_outputs)
def forward_propagation(X, parameters):
    """Z1 = W1 X + b1, A1 = tanh(Z1), Z2 = W2 A1 + b2, A2 = sigmoid(Z2), samples in columns.

    X (n_x, m), W1 (n_h, n_x), b1 (n_h, 1), W2 (n_y, n_h), b2 (n_y, 1). A2 is (n_y, m); the cache
    has Z1, A1 (n_h, m), Z2, A2 (n_y, m). X, parameters -> (A2, cache).
    """
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sigmoid(Z2)
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache


# --- the cost ------------------------------------------------------------------------------------

SMALLEST = 1e-15  # a probability counts as at least that; so its logarithm is finite


def _cost_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_y, m, *tags):
        A2, Y = sigmoid(quarters(rng, n_y, m)), rng.integers(0, 2, size=(n_y, m)).astype(float)
        Y[0, 0] = 0.0  # both halves of the formula have work to do, also for one sample
        Y[-1, -1] = 1.0
        if "certain" in str(tags):
            Y[0, :2] = [1.0, 0.0]
            A2[0, :2] = Y[0, :2] if "certain and right" in tags else 1 - Y[0, :2]
        words = ", ".join([in_words(output=n_y, sample=m), *tags])
        return Case((A2, Y), words, {"m": m, "n_y": n_y}, tags)

    return [
        case(2, 3),
        case(3, 1, "one sample"),
        case(1, 4, "one output"),
        case(2, 7),
        case(3, 5, "certain and right"),
        case(2, 4, "certain and wrong"),
    ]


AT_CERTAINTY = "the cost where A2 is 0 or 1"


@gives("the cost", AT_CERTAINTY)
def _cost_outputs(raw, case: Case) -> dict:
    """The value twice: without the two cases in which A2 reaches 0 or 1, and with them.

    There the value depends a little on the guard, and for a sample that is certain and wrong it
    depends on nothing else: any finite cost will do.
    """
    certain = {"certain and right", "certain and wrong"} & set(case.tags)
    if not certain:
        return {"the cost": raw, AT_CERTAINTY: raw}
    number, right = as_numbers(raw), compute_cost(*case.args)
    finite = number is not None and np.all(np.isfinite(number))
    near = finite and ("certain and wrong" in certain or np.all(np.abs(number - right) < 1e-5))
    return {"the cost": 0.0, AT_CERTAINTY: right if near else raw}


@exercise(
    "twolayer.compute_cost",
    points=2,
    cases=_cost_cases,
    unpack=_cost_outputs,
    rtol=1e-6,
    guard_rtol=1e-5,
)
def compute_cost(A2, Y):
    """-(1/m) sum of Y log A2 + (1 - Y) log(1 - A2): over outputs summed, over samples the mean.

    Finite where A2 is 0 or 1. A2, Y (n_y, m) -> float.
    """
    m = Y.shape[1]
    yes = np.log(np.maximum(A2, SMALLEST))
    no = np.log(np.maximum(1 - A2, SMALLEST))
    total = np.sum(Y * yes + (1 - Y) * no)
    return float(-total / m)


# --- backward ------------------------------------------------------------------------------------


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    def case(*sizes):
        X, Y, parameters = draw(rng, *sizes)
        return net_case((parameters, forward_propagation(X, parameters)[1], X, Y), *sizes)

    return [case(*sizes) for sizes in SIZES]


@exercise("twolayer.backward_propagation", points=6, cases=_backward_cases)
def backward_propagation(parameters, cache, X, Y):
    """Gradients of the cost, means over the m samples; each has the shape of what it belongs to.

    X (n_x, m), Y (n_y, m) -> {"dW1", "db1", "dW2", "db2"}.
    """
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dA1 = parameters["W2"].T @ dZ2
    dZ1 = dA1 * tanh_derivative(A1)
    dW1 = dZ1 @ X.T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
