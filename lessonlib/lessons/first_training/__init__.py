"""Lesson 06: the first training, of a network of two sigmoid layers without biases, on XOR."""

from dataclasses import replace

import numpy as np

from lessonlib.exercises import Case, exercise
from lessonlib.lessons.questions import one_letter
from lessonlib.lessons.xor import (
    XOR_Y,
    bce,
    drawn_case,
    forward,
    sigmoid,  # noqa: F401  in slips
    sigmoid_derivative,
    xor_case,
)

# --- backward ----------------------------------------------------------------------------------


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    def with_activations(case, Y):
        _, A1, _, P = forward(*case.args)
        return replace(case, args=(*case.args, Y, A1, P))

    def drawn(*sizes):
        return with_activations(drawn_case(rng, *sizes), rng.integers(0, 2, sizes[2:4]))

    return [
        with_activations(xor_case(rng), XOR_Y.copy()),
        drawn(3, 4, 2, 5),
        drawn(4, 2, 3, 1, "one sample"),
        drawn(2, 5, 3, 6),
    ]


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
    def case(learning_rate, epochs, *sizes):
        drawn = drawn_case(rng, *sizes)
        Y = rng.permuted(np.arange(sizes[-1])[None] % 2, axis=1)
        about = f"{drawn.about}, learning rate {learning_rate:g}, {epochs} epochs"
        return replace(drawn, args=(*drawn.args, Y, learning_rate, epochs), about=about)

    first = xor_case(rng, XOR_Y.copy(), 8.0, 1, about="one epoch at learning rate 8")
    return [
        replace(first, tags=("one output unit", "one epoch")),
        case(2.0, 3, 3, 4, 1, 5),
        case(0.5, 12, 4, 2, 1, 3),
        xor_case(rng, XOR_Y.copy(), 0.1, 25, about="the XOR table, learning rate 0.1, 25 epochs"),
    ]


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
    """Nothing near 0.5, both classes, and some Z2 between 0 and 0.5 where there is room."""

    def case(n_x, m, *tags, scale=1):
        while True:
            drawn = drawn_case(rng, n_x, 3, 1, m, *tags, scale=scale)
            _, _, Z2, P = forward(*drawn.args)
            small = np.any((0 < Z2) & (Z2 < 0.5)) or scale > 1
            telling = m == 1 or (np.any(Z2 < 0) and np.any(Z2 > 0) and small)
            if telling and np.min(np.abs(P - 0.5)) > 0.01:
                return drawn

    seven, one = case(3, 7), case(4, 1, "one sample")
    return [case(2, 4), one, seven, case(4, 5, scale=400)]


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
