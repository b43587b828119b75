"""Lesson 08: two moons. Training, a published bug, and labels that coins decided.

The network is that of lesson 07. Samples stand in columns.
"""

import copy

import numpy as np

from lessonlib.checks.exercise import by_key
from lessonlib.data import two_moons
from lessonlib.exercises import Case, exercise, gives
from lessonlib.lessons.drawing import in_words
from lessonlib.lessons.questions import names_out_of, one_letter
from lessonlib.lessons.scripts import two_moons as scripts
from lessonlib.lessons.two_layer import (
    LAYERS,
    SIZES,
    backward_propagation,
    compute_cost,
    draw,
    forward_propagation,
    initialize_parameters,
)

GRADIENTS = ("dW1", "db1", "dW2", "db2")


# --- what is left of lesson 04 -------------------------------------------------------------------


@exercise("twolayer.recall_2", points=1, unpack=one_letter("verdict"), reveal=False)
def recall_2():
    verdict = "b"
    return verdict


# --- one step ------------------------------------------------------------------------------------


def _updates(rng: np.random.Generator) -> list[Case]:
    def case(rate, n_x, n_h, n_y, m, *_):
        X, Y, parameters = draw(rng, n_x, n_h, n_y, m)
        grads = backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y)
        about = f"{in_words(input=n_x, hidden_unit=n_h, output=n_y)}, learning rate {rate:g}"
        return Case((parameters, grads, rate), about, {"n_x": n_x, "n_h": n_h, "n_y": n_y})

    rates = (0.5, 2.5, 0.3, 1.5, 0.05, 2)
    return [case(rate, *sizes) for sizes, rate in zip(SIZES, rates, strict=True)]


@exercise("twolayer.update_parameters", points=2, cases=_updates, outputs=LAYERS, returns="dict")
def update_parameters(parameters, grads, learning_rate):
    """theta - learning_rate * dtheta for each of the four -> new dict."""
    new = {}
    for name in LAYERS:
        step = learning_rate * grads["d" + name]
        new[name] = parameters[name] - step
    return new


# --- training ------------------------------------------------------------------------------------

ENOUGH = 0.95  # of the points on the right side of the boundary
_SHARES = ("the accuracy on these points", "the accuracy on fresh points")


def _moons(rng: np.random.Generator) -> list[Case]:
    """The moons lie in one of eight ways, so that a network that was trained elsewhere fails."""

    def case(m, n_h, rate, epochs):
        X, Y = two_moons(m, rng)
        fresh, labels = two_moons(400, rng)
        own = np.random.default_rng(rng.integers(2**32))
        signs, order = rng.choice([-1.0, 1.0], size=2), rng.permutation(2)  # of the coordinates
        X, fresh = (signs * points[:, order] for points in (X, fresh))
        args = X.T, Y.T, n_h, rate, epochs, own
        words = f"{m} points, n_h = {n_h}, learning rate {rate:g}, {epochs} epochs"
        return Case(args, words, {"m": m, "n_h": n_h}, hidden=(fresh.T, labels.T))

    return [case(120, 8, 2.0, 3000), case(150, 6, 2.0, 3500), case(100, 10, 1.5, 3500)]


@gives(*_SHARES, script=scripts.train_and_retrain)
def _fit_in_words(raw: dict, case: Case) -> dict:
    trained = by_key(raw["trained"], LAYERS)
    X, Y, n_h, *_, rng = case.args
    start = initialize_parameters(len(X), n_h, len(Y), copy.deepcopy(rng))
    shapes, wanted = _shapes_in_words(trained), _shapes_in_words(start)
    if shapes != wanted:
        return dict.fromkeys(_SHARES, f"wrong shapes: {shapes}")
    shares = [_share_right(trained, *points) for points in ((X, Y), case.hidden)]
    symptom = _symptom(raw["short"], trained, X, Y) if min(shares) < ENOUGH else ""
    return {
        name: "at least 95 %" if share >= ENOUGH else f"below 95 %: {symptom}"
        for name, share in zip(_SHARES, shares, strict=True)
    }


def _shapes_in_words(parameters: dict) -> str:
    return ", ".join(str(np.shape(parameters[name])) for name in LAYERS)


def _share_right(parameters: dict, X, Y) -> float:
    try:
        return float(np.mean((forward_propagation(X, parameters)[0] > 0.5) == (Y > 0.5)))
    except Exception:  # something else than numbers
        return 0.0


def _symptom(short: dict, trained: dict, X, Y) -> str:
    """Return what a failing training does, seen in very short runs from the same start."""
    try:
        names = "one", "two", "three", "one at twice the rate"
        one, two, three, faster = (short[name] for name in names)
        if not all(np.all(np.isfinite(value)) for value in one.values()):
            return "nan or inf after one step"
        if not _near(one, short["one again"]):
            return "the same call gives another result"
        if all(np.all(value == one["W1"].flat[0]) for value in one.values()):
            return "all weights and biases are the same number"
        if _near(one, two):
            return "nothing moves" if _near(one, faster) else "only one step is made"
        if _near(one, faster):
            return "the learning rate makes no difference"
        if not _near(short["one, hardly moving"], short["two, hardly moving"]):
            return "each epoch starts anew"
        still = [name for name in LAYERS if np.array_equal(one[name], two[name])]
        if still:
            return f"{', '.join(still)} never moved"
        if all(_near({"": two[n] - one[n]}, {"": three[n] - two[n]}) for n in LAYERS):
            return "each step is the same as the first"
        if len(trained["W1"]) > 1 and np.allclose(trained["W1"], trained["W1"][0]):
            return "all hidden units are alike"
        slow = (short["one, slowly"], short["twenty, slowly"])
        costs = [compute_cost(forward_propagation(X, each)[0], Y) for each in slow]
        return "the cost rises" if costs[1] > costs[0] else "the cost falls, but not far enough"
    except Exception:
        return "no reason found"


def _near(one: dict, two: dict) -> bool:
    return all(np.allclose(one[name], two[name], rtol=1e-9, atol=1e-11) for name in one)


@exercise("twolayer.fit", points=3, cases=_moons, jointly=True, seconds=20, unpack=_fit_in_words)
def fit(X, Y, n_h, learning_rate, epochs, rng):
    """Train by gradient descent on the whole batch. X (n_x, m), Y (n_y, m) -> parameters."""
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0], rng)
    for _ in range(epochs):
        _, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters


# --- the bug hunt --------------------------------------------------------------------------------


@exercise("twolayer.suspects", points=3, unpack=names_out_of(GRADIENTS), reveal=False)
def suspects():
    suspects = {"dW1", "db1"}
    return suspects


# --- what coin flips teach -----------------------------------------------------------------------


@exercise("twolayer.random_labels", points=2, unpack=one_letter("random_labels"), reveal=False)
def random_labels():
    random_labels = "c"
    return random_labels
