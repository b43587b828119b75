"""Lesson 03: ReLU, ReLU, softmax; a whole backward pass on paper. Samples stand in columns."""

from dataclasses import replace

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.data import seed_001
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import apart
from lessonlib.nn import relu, relu_derivative, sigmoid  # noqa: F401  in slips

TINY = np.finfo(float).tiny  # the smallest normal float: its logarithm is -708, not -infinity

# --- softmax and its loss ----------------------------------------------------------------------

_EXTREME = "entries of ±1000"


def _score_cases(rng: np.random.Generator) -> list[Case]:
    def case(Z, *tags):
        n, m = Z.shape
        return Case((Z,), f"Z of shape {Z.shape}", {"n": n, "m": m}, tags)

    extreme = [[1000, -1000, 0.5, 1000], [998, -1001, -1, -1000], [999, -999.5, 2, -1000]]
    return [
        case(quarters(rng, 3, 2)),
        case(quarters(rng, 4, 1), "one sample"),
        case(rng.integers(-3, 4, size=(2, 3)), "whole numbers"),
        case(quarters(rng, 4, 5)),
        replace(case(np.array(extreme)), about=_EXTREME),
    ]


_PROBABILITIES = apart(_EXTREME, **{"softmax(Z)": "softmax(Z) at ±1000"})


@exercise("hand.softmax", points=2, cases=_score_cases, unpack=_PROBABILITIES)
def softmax(Z):
    """p_i = exp(z_i) / sum_j exp(z_j), down each column. Z (n, m) -> (n, m).

    The largest entry of a column is subtracted first: the quotient stays the same, and exp never
    sees a positive number.
    """
    shifted = Z - np.max(Z, axis=0)  # (m,) is laid along the samples
    E = np.exp(shifted)
    P = E / np.sum(E, axis=0)
    return P


_GUARD = "the guard against log(0)"
_ZEROS = "a P with zeros, one of them at the target"


def _probability_cases(rng: np.random.Generator) -> list[Case]:
    def case(n, m, *tags):
        Y = np.eye(n)[:, rng.integers(n, size=m)]
        P = softmax(quarters(rng, n, m) / 2)
        return Case((P, Y), f"P and Y of shape {P.shape}", {"n": n, "m": m}, tags)

    P = np.array([[0.5, 0.0, 0.75, 0.25], [0.5, 0.25, 0.0, 0.5], [0.0, 0.75, 0.25, 0.25]])
    zeros = Case((P, np.eye(3)[:, [0, 2, 1, 1]]), _ZEROS, {"n": 3, "m": 4})
    return [case(3, 2), case(4, 1, "one sample"), case(2, 3), case(3, 5), zeros]


@gives("loss", _GUARD)
def _loss_apart(raw, case: Case) -> dict:
    """Judge the case with zeros by itself, and there take any large finite loss for the right one.

    How much a sure mistake costs depends on the guard that the answer chose.
    """
    if case.about != _ZEROS:
        return {"loss": raw, _GUARD: None}
    loss = as_numbers(raw)
    if loss is not None and loss.shape == () and np.isfinite(loss) and loss > 2:
        raw = cross_entropy(*case.args)
    return {"loss": None, _GUARD: raw}


@exercise(
    "hand.cross_entropy",
    points=2,
    cases=_probability_cases,
    unpack=_loss_apart,
    rtol=1e-6,
    guard_rtol=1e-5,
)
def cross_entropy(P, Y):
    """-(1/m) sum_j sum_i Y_ij log P_ij: the mean over the columns. P, Y (n, m) -> float.

    Finite where P is 0: a sure mistake costs 708 instead of infinity.
    """
    m = P.shape[1]
    log_P = np.log(np.maximum(P, TINY))
    loss = float(-np.sum(Y * log_P) / m)
    return loss


# --- networks to draw inputs from --------------------------------------------------------------


def _network(rng: np.random.Generator, n_x: int, n_1: int, n_2: int, n_y: int) -> tuple:
    """Return (x, y, parameters, cache) where both masks matter.

    In each hidden layer the first unit has z = 0 exactly, another fires, and the gradient that
    arrives at every unit is not 0. A second layer of one unit fires.
    """
    while True:
        x, y = quarters(rng, n_x, 1), np.eye(n_y)[:, [rng.integers(n_y)]]
        parameters = _parameters(rng, x, n_1, n_2, n_y)
        cache = forward(x, parameters)
        if _both_masks_matter(y, parameters, cache):
            return x, y, parameters, cache


def _parameters(rng: np.random.Generator, x, n_1: int, n_2: int, n_y: int) -> dict:
    W1, b1 = quarters(rng, n_1, len(x)), quarters(rng, n_1, 1)
    W2, b2 = quarters(rng, n_2, n_1), quarters(rng, n_2, 1)
    b1[0] = -(W1[0] @ x)
    if n_2 > 1:
        b2[0] = -(W2[0] @ relu(W1 @ x + b1))
    W3, b3 = quarters(rng, n_y, n_2), quarters(rng, n_y, 1)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}


def _both_masks_matter(y, parameters: dict, cache: dict) -> bool:
    z1, z2 = cache["z1"], cache["z2"]
    da2 = parameters["W3"].T @ (cache["p"] - y)
    da1 = parameters["W2"].T @ (da2 * relu_derivative(z2))
    biases = np.concatenate([parameters["b1"], parameters["b2"]])
    alive = np.any(z2 > 0) and np.any(z1 > 0) and np.any(z1 < 0)
    silent = np.any(z2 < 0) or len(z2) < 3
    arrives = np.min(np.abs(da2)) > 0.05 and np.min(np.abs(da1)) > 0.05
    return bool(alive and silent and arrives and np.all(biases != 0) and np.max(cache["p"]) < 0.95)


def _seed_case() -> Case:
    whole = {name: array.astype(int) for name, array in seed_001().items()}
    x, y = whole.pop("x"), whole.pop("y")
    args = (x, y, whole, forward(x, whole))
    return Case(args, "the network of this lesson", {"n_x": 3, "n_y": 3}, ("whole numbers",))


def backward_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_x, n_1, n_2, n_y, *tags):
        about = f"{n_x} inputs, then {n_1}, {n_2} and {n_y} units"
        return Case(_network(rng, n_x, n_1, n_2, n_y), about, {"n_x": n_x, "n_y": n_y}, tags)

    return [
        case(4, 3, 2, 5),
        _seed_case(),
        case(2, 3, 1, 4, "one unit in layer 2"),
        case(2, 5, 3, 4),
        case(5, 3, 4, 2),
    ]


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    return [replace(case, args=case.args[:3:2]) for case in backward_cases(rng)]


# --- forward and backward ----------------------------------------------------------------------


@exercise("hand.forward", points=3, cases=_forward_cases)
def forward(x, parameters):
    """Forward propagation of one sample: ReLU, ReLU, softmax. x, parameters -> cache.

    x (n_x, 1); parameters W1 b1 W2 b2 W3 b3. The cache has columns, z1 and a1 to z3 and p.
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    z1 = W1 @ x + b1
    a1 = relu(z1)
    z2 = W2 @ a1 + b2
    a2 = relu(z2)
    z3 = W3 @ a2 + b3
    p = softmax(z3)
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "p": p}


def _output_cases(rng: np.random.Generator) -> list[Case]:
    def case(n, *tags):
        y = np.eye(n, dtype=int if tags else float)[:, [rng.integers(n)]]
        return Case((softmax(quarters(rng, n, 1)), y), f"{n} classes", {"n": n}, tags)

    return [case(3, "whole numbers in y"), case(2), case(5), case(4, "whole numbers in y")]


@exercise("hand.output_gradient", points=1, cases=_output_cases, outputs=("dz3",))
def output_gradient(p, y):
    """dL/dz3 of the cross-entropy after a softmax, for one sample. p, y (n, 1) -> dz3."""
    return p - y


@exercise("hand.backward", points=6, cases=backward_cases)
def backward(x, y, parameters, cache):
    """The gradients of the cross-entropy for one sample, each in the shape of its parameter.

    x (n_x, 1), y (n_y, 1), parameters, and the cache of `forward` -> grads.
    """
    z1, a1, z2, a2, p = (cache[name] for name in ("z1", "a1", "z2", "a2", "p"))
    W2, W3 = parameters["W2"], parameters["W3"]
    dz3 = output_gradient(p, y)
    da2 = W3.T @ dz3
    dz2 = da2 * relu_derivative(z2)
    da1 = W2.T @ dz2
    dz1 = da1 * relu_derivative(z1)
    dW1 = dz1 @ x.T
    db1 = dz1
    dW2 = dz2 @ a1.T
    db2 = dz2
    dW3 = dz3 @ a2.T
    db3 = dz3
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}


# --- what rounding does ------------------------------------------------------------------------


def _error_and_yes_or_no(raw: dict, case: Case) -> dict:
    error, reaches = as_numbers(raw["error"]), as_numbers(raw["reaches_layer_2"])
    if error is None or error.size != 1 or error.dtype.kind == "b":
        raise Malformed("error should be one number: the largest error among the entries of dz3.")
    if reaches is None or reaches.size != 1 or reaches.item() not in (0, 1):
        raise Malformed("reaches_layer_2 should be True or False, without quotes.")
    return {"error": float(error.item()), "reaches_layer_2": bool(reaches.item())}


@exercise("hand.rounding", points=2, unpack=_error_and_yes_or_no, rtol=1e-3, reveal=False)
def rounding():
    """What seed 001's rounding of p does: its largest error in dz3, and whether W3^T passes it."""
    net = seed_001()
    p = forward(net["x"], net)["p"]
    difference = output_gradient(np.round(p, 1), net["y"]) - output_gradient(p, net["y"])
    error = np.max(np.abs(difference))
    reaches_layer_2 = bool(np.max(np.abs(net["W3"].T @ difference)) > 1e-12)
    return error, reaches_layer_2
