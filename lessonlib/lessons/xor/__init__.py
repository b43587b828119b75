"""Lesson 05: XOR, what one layer cannot do. Samples in columns; biases only where set by hand."""

from dataclasses import replace

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import arrays, net_case, quarters
from lessonlib.lessons.questions import numbers, one_letter

XOR_X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
XOR_Y = np.array([[0, 1, 1, 0]])

# --- what is left of lessons 02 and 04 ---------------------------------------------------------


@exercise("xor.recall_1", points=1, unpack=numbers(3, "dz"), reveal=False)
def recall_1():
    dz = [0, 0, 5]
    return dz


@exercise("xor.recall_2", points=1, unpack=one_letter("verdict"), reveal=False)
def recall_2():
    """-> verdict = "a" … "d"."""
    verdict = "b"
    return verdict


# --- two hinges, by hand -----------------------------------------------------------------------

_SHAPES = {"W1": (2, 2), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1)}
_EXAMPLES = {"W1": "[[1, 2], [3, 4]]", "b1": "[[1], [2]]", "W2": "[[1, 2]]", "b2": "[[1]]"}
_ANSWERS = "the output for 00, 01, 10, 11"


@gives(_ANSWERS)
def _net_output(raw: dict, case: Case) -> dict:
    """Return what the net with these weights says to 00, 01, 10 and 11."""
    W1, b1, W2, b2 = (_shaped(name, raw[name]) for name in _SHAPES)
    return {_ANSWERS: (W2 @ np.maximum(0, W1 @ XOR_X + b1) + b2)[0]}


def _shaped(name: str, value) -> np.ndarray:
    numbers = as_numbers(value)
    if numbers is None or numbers.shape != _SHAPES[name]:
        has = "no table of numbers" if numbers is None else f"of shape {numbers.shape}"
        raise Malformed(
            f"{name} is {has}; it should have shape {_SHAPES[name]}, written like "
            f"np.array({_EXAMPLES[name]}). Mind the number of square brackets."
        )
    return numbers.astype(float)


@exercise("xor.relu_weights", points=3, unpack=_net_output, rtol=1e-6)
def relu_weights():
    W1 = [[1, 1], [1, 1]]
    b1 = [[0], [-1]]
    W2 = [[1, -2]]
    b2 = [[0]]
    return W1, b1, W2, b2


# --- the sigmoid and its slope -----------------------------------------------------------------


def _sigmoid_cases(rng: np.random.Generator) -> list[Case]:
    far = np.array([[-1000.0, -30.0, 0.25], [1000.0, 40.0, -2.0]])
    return [
        *arrays(rng),
        Case((far,), "z from -1000 to 1000", tags=("numbers as large as 1000",)),
    ]


@exercise("xor.sigmoid", points=1, cases=_sigmoid_cases)
def sigmoid(z):
    """1 / (1 + exp(-z)); exp only ever sees a number below or at 0. z -> same shape."""
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def _activations(rng: np.random.Generator) -> list[Case]:
    return [
        Case((np.array([0.25, 0.5, 0.9]),), "a = [0.25, 0.5, 0.9]"),
        Case((sigmoid(quarters(rng, 3, 4)),), "a table a of shape (3, 4)"),
        Case((np.array([[0, 1, 1], [1, 0, 0]]),), "a of zeros and ones", tags=("zeros and ones",)),
        Case((sigmoid(quarters(rng, 2, 3, 2)),), "an array a of shape (2, 3, 2)"),
    ]


@exercise("xor.sigmoid_derivative", points=1, cases=_activations)
def sigmoid_derivative(a):
    """The slope of the sigmoid, a (1 - a), where its value is a -> same shape."""
    return a * (1.0 - a)


# --- forward -----------------------------------------------------------------------------------


def drawn_case(rng: np.random.Generator, *sizes, scale=1) -> Case:
    """Return a case with W1, W2 and X, all drawn; sizes: n_x, n_h, n_y, m, perhaps a tag."""
    n_x, n_h, n_y, m, *_ = sizes
    W1, W2, X = quarters(rng, n_h, n_x), quarters(rng, n_y, n_h), quarters(rng, n_x, m)
    return net_case((scale * W1, scale * W2, X), *sizes)


def xor_case(rng: np.random.Generator, *more, about="the XOR table, 3 hidden units") -> Case:
    """The XOR table and three hidden units; `more` follows (W1, W2, X) in the arguments."""
    args = quarters(rng, 3, 2), quarters(rng, 1, 3), XOR_X.copy(), *more
    return replace(net_case(args, 2, 3, 1, 4, "one output unit"), about=about)


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    return [
        xor_case(rng),
        drawn_case(rng, 3, 4, 2, 5),
        drawn_case(rng, 4, 2, 3, 1, "one sample"),
        drawn_case(rng, 3, 2, 4, 6, "numbers as large as 1000", scale=1000),
    ]


@exercise("xor.forward", points=2, cases=_forward_cases)
def forward(W1, W2, X):
    """Two sigmoid layers without biases.

    W1 (n_h, n_x), W2 (n_y, n_h), X (n_x, m). Returns Z1, A1 (n_h, m), Z2, P (n_y, m).
    """
    Z1 = W1 @ X
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1
    P = sigmoid(Z2)
    return Z1, A1, Z2, P


# --- the loss ----------------------------------------------------------------------------------

TINY = np.finfo(float).tiny
_LOSS, _EXACT = "bce(P, Y)", "bce where P is 0 or 1"
_RIGHT = "P = [[0, 1, 1]], Y = [[0, 1, 1]]"
_WRONG = "P = [[0, 1]], Y = [[1, 1]]"


def _bce_cases(rng: np.random.Generator) -> list[Case]:
    def case(about, P, Y, *tags):
        return Case((np.array(P), np.array(Y)), about, {"m": len(Y[0])}, tags)

    return [
        case("the XOR table", [[0.25, 0.75, 0.5, 0.125]], XOR_Y),
        case("1 sample", sigmoid(quarters(rng, 1, 1)), [[1.0]], "one sample"),
        case("7 samples", sigmoid(quarters(rng, 1, 7)), rng.permutation(np.arange(7) % 2)[None]),
        case(_RIGHT, [[0.0, 1.0, 1.0]], [[0, 1, 1]]),
        case(_WRONG, [[0.0, 1.0]], [[1, 1]]),
    ]


@gives(_LOSS, _EXACT)
def _loss_and_guard(raw, case: Case) -> dict:
    """Let the exact cases speak only of their own output, and the others only of theirs.

    How large the loss of a certain mistake becomes is the guard's choice; it must be finite.
    """
    if case.about not in (_RIGHT, _WRONG):
        return {_LOSS: raw, _EXACT: ""}
    number = as_numbers(raw)
    if number is None or number.shape != () or not np.isfinite(number):
        return {_LOSS: 0.0, _EXACT: raw}
    if case.about == _RIGHT:
        return {_LOSS: 0.0, _EXACT: "0, or nearly" if abs(number) < 1e-5 else raw}
    return {_LOSS: 0.0, _EXACT: "large, but finite" if number > 5 else raw}


def _log(p):
    return np.log(np.maximum(p, TINY))


@exercise("xor.bce", points=2, cases=_bce_cases, unpack=_loss_and_guard, rtol=1e-6, guard_rtol=1e-5)
def bce(P, Y):
    """Binary cross-entropy: the mean over the m samples of -(Y log P + (1 - Y) log(1 - P)).

    Finite where P is 0 or 1. P, Y (1, m) -> float.
    """
    m = Y.shape[1]
    ones = Y * _log(P)
    zeros = (1 - Y) * _log(1 - P)
    total = np.sum(ones + zeros)
    return float(-total / m)
