"""What works beside an answer to lesson 12."""

import numpy as np

HIDDEN = ("relu", "tanh", "sigmoid")


def initialize_often(answer, layer_sizes: list, seed: int) -> dict:
    """Let an initialiser draw with the same rng twice, with another one, and with each scheme."""
    return {
        "he": answer(layer_sizes, np.random.default_rng(seed)),
        "again": answer(layer_sizes, np.random.default_rng(seed), "he"),
        "other": answer(layer_sizes, np.random.default_rng(seed + 1), "he"),
        "glorot": answer(layer_sizes, np.random.default_rng(seed), "glorot"),
    }


def make_train_predict(answer, seed, xor, moons, corners, lines, sizes) -> dict:
    """Let a class make networks, train them and predict; return what they say.

    xor, moons, corners, lines: (inputs, targets) to train on. sizes: the network to be summed up.
    """

    def rng(k):
        return np.random.default_rng([seed, k])

    data = xor, moons, corners, lines
    (X, Y), moons, corners, lines = (tuple(map(np.array, pair)) for pair in data)
    for_xor = answer([2, 6, 1], rng(2), "tanh", "sigmoid")
    for_moons = answer([2, 24, 24, 1], rng(3), "relu", "sigmoid")
    for_corners = answer([2, 8, 3], rng(4), "tanh", "softmax")
    for_lines = answer([1, 8, 2], rng(5), "tanh", "linear")
    for_summary = answer(sizes, rng(6), "sigmoid", "softmax")
    for_xor.fit(X, Y, 1.0, 300)
    first = for_xor.predict(X)
    for_xor.fit(X, Y, 0.01, 1)
    for_moons.fit(*moons, 0.5, 350)
    for_corners.fit(*corners, 0.5, 100)
    for_lines.fit(*lines, 0.1, 500)
    return {
        "xor": first,
        "xor again": for_xor.predict(X),
        "xor afterwards": [X, Y],
        "moons": for_moons.predict(moons[0]),
        "corners": for_corners.predict(corners[0]),
        "lines": for_lines.predict(lines[0]),
        "fresh": [_fresh(answer, rng(7), kind).predict(moons[0]) for kind in HIDDEN],
        "twin": _fresh(answer, rng(7), "relu").predict(moons[0]),
        "summary": for_summary.summary(),
    }


def _fresh(answer, rng, hidden: str):
    return answer([2, 5, 2], rng, hidden, "linear")
