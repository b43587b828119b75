"""Lesson 06: the first training, of a network of two sigmoid layers without biases, on XOR."""

import numpy as np

from lessonlib.exercises import Case, exercise
from lessonlib.lessons.questions import one_letter
from lessonlib.lessons.xor import (
    XOR_Y,
    bce,
    described,
    forward,
    net_case,
    sigmoid,  # named in slips.txt
    sigmoid_derivative,
    sizes_of,
    xor_case,
)

__all__ = ["backward", "bug_hunt", "predict", "sigmoid", "symmetry", "train"]

# --- backward ----------------------------------------------------------------------------------


def _with_activations(W1, W2, X, Y) -> tuple:
    _, A1, _, P = forward(W1, W2, X)
    return W1, W2, X, Y, A1, P


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    first = xor_case(rng, XOR_Y.copy())
    return [
        Case(_with_activations(*first.args), first.about, first.sizes, first.tags),
        _backward_case(rng, 3, 4, 2, 5),
        _backward_case(rng, 4, 2, 3, 1, "one sample"),
        _backward_case(rng, 2, 5, 3, 6),
    ]


def _backward_case(rng: np.random.Generator, n_x: int, n_h: int, n_y: int, m: int, *tags) -> Case:
    sizes = n_x, n_h, n_y, m
    W1, W2, X = net_case(rng, sizes).args
    Y = rng.integers(0, 2, (n_y, m))
    return Case(_with_activations(W1, W2, X, Y), described(*sizes), sizes_of(*sizes), tags)


@exercise("xor.backward", points=4, cases=_backward_cases)
def backward(W1, W2, X, Y, A1, P):
    """Gradients of the mean binary cross-entropy.

    W1 (n_h, n_x), W2 (n_y, n_h), X (n_x, m), Y, P (n_y, m), A1 (n_h, m). Returns dW1, shaped like
    W1, and dW2, shaped like W2.
    """
    m = X.shape[1]
    dZ2 = (P - Y) / m
    dW2 = dZ2 @ A1.T
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * sigmoid_derivative(A1)
    dW1 = dZ1 @ X.T
    return dW1, dW2


# --- training ----------------------------------------------------------------------------------


def _train_cases(rng: np.random.Generator) -> list[Case]:
    return [
        xor_case(
            rng, XOR_Y.copy(), 8.0, 1, about="one epoch at learning rate 8", tags=("one epoch",)
        ),
        _train_case(rng, (3, 4, 1, 5), 2.0, 3),
        _train_case(rng, (4, 2, 1, 3), 0.5, 12),
        xor_case(rng, XOR_Y.copy(), 0.1, 25, about="the XOR table, learning rate 0.1, 25 epochs"),
    ]


def _train_case(rng: np.random.Generator, sizes: tuple, learning_rate: float, epochs: int) -> Case:
    case = net_case(rng, sizes)
    Y = rng.permuted(np.arange(sizes[-1])[None] % 2, axis=1)
    about = f"{described(*sizes)}, learning rate {learning_rate:g}, {epochs} epochs"
    return Case((*case.args, Y, learning_rate, epochs), about, case.sizes)


@exercise("xor.train", points=4, cases=_train_cases)
def train(W1, W2, X, Y, learning_rate, epochs):
    """Gradient descent: new weights and the loss of each epoch, taken before its update.

    Both gradients come from the same weights; W1 and W2 of the caller stay as they are.
    """
    losses = []
    for _ in range(epochs):
        _, A1, _, P = forward(W1, W2, X)
        losses.append(bce(P, Y))
        dW1, dW2 = backward(W1, W2, X, Y, A1, P)
        W1 = W1 - learning_rate * dW1
        W2 = W2 - learning_rate * dW2
    return W1, W2, losses


# --- classes -----------------------------------------------------------------------------------


def _predict_cases(rng: np.random.Generator) -> list[Case]:
    seven, one = (_clear_case(rng, *each) for each in ((3, 7), (4, 1, "one sample")))
    return [_clear_case(rng, 2, 4), one, seven, _clear_case(rng, 4, 5, scale=400)]


def _clear_case(rng: np.random.Generator, n_x: int, m: int, *tags: str, scale=1) -> Case:
    """Nothing near 0.5, both classes, and some Z2 between 0 and 0.5 where there is room."""
    sizes = n_x, 3, 1, m
    while True:
        case = net_case(rng, sizes, tags, scale)
        _, _, Z2, P = forward(*case.args)
        if np.min(np.abs(P - 0.5)) > 0.01 and (m == 1 or _is_telling(Z2, scale)):
            return case


def _is_telling(Z2, scale) -> bool:
    small = (0 < Z2) & (Z2 < 0.5)
    return bool((Z2 < 0).any() and (Z2 > 0).any() and (small.any() or scale > 1))


@exercise("xor.predict", points=1, cases=_predict_cases)
def predict(W1, W2, X):
    """The class of each sample: 1 where P is 0.5 or more, else 0; W1, W2, X -> (m,)."""
    P = forward(W1, W2, X)[3]
    classes = (P[0] >= 0.5).astype(int)
    return classes


# --- two questions on training -----------------------------------------------------------------


@exercise("xor.bug_hunt", points=1, reveal=False)
def bug_hunt():
    wrong_line = 3
    return wrong_line


@exercise("xor.symmetry", points=2, unpack=one_letter("symmetry"), reveal=False)
def symmetry():
    """-> symmetry = "a" … "d"."""
    symmetry = "c"
    return symmetry
