"""Strips that the tests look at, and the page that a browser opens."""

from functools import cache

import numpy as np

from lessonlib import plots

X, Y = np.array([-1, 0.5, 1, 2, 1.5]), np.array([0, 0.9, 2.1, 4, 2.8])
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>A lesson</title>'
    '<meta name="viewport" content="width=device-width">'
    "<style>:root {{ color-scheme: light dark }} body {{ font-family: sans-serif }}</style>"
    "<main><h1>A lesson</h1>{}</main></html>"
)


def downhill(w, learning_rate, steps):
    """The path of one weight; the slope is measured, not derived."""

    def loss(w):
        return np.mean((np.maximum(w * X, 0) - Y) ** 2) / 2

    path = [w]
    for _ in range(steps):
        w = path[-1]
        path.append(w - learning_rate * (loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6)
    return path


def steps_down(steps=4):
    return plots.downhill_steps(X, Y, downhill(0.3, 0.25, steps), 0.25)


def rates():
    return plots.downhill_rates(X, Y, {eta: downhill(0.3, eta, 8) for eta in (0.05, 0.5, 1.4)})


GRAPH = {"a": 2, "b": 3, "c": -1, "u = a·b": 6, "v = u+c": 5, "L = v·b": 15}
EDGES = [
    ("a", "u = a·b", 3),
    ("b", "u = a·b", 2),
    ("u = a·b", "v = u+c", 1),
    ("c", "v = u+c", 1),
    ("v = u+c", "L = v·b", 3),
    ("b", "L = v·b", 5),
]


def messages():
    return plots.messages(GRAPH, EDGES)


CORNERS, CLASSES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


def boundaries(states=3):
    """A line that turns: states {epoch: weights}."""
    angles = np.linspace(0, np.pi, states)
    history = {10 * k: np.array([np.cos(t), np.sin(t)]) for k, t in enumerate(angles)}
    return plots.boundary_steps(
        lambda w, points: 1 / (1 + np.exp(-4 * (points @ w - 0.5))), history, CORNERS, CLASSES
    )


def bowl(w1, w2):
    return (w1**2 + 20 * w2**2) / 2


def ravine(rates=(0.02, 0.09, 0.102)):
    paths = {eta: [(-4 * (1 - eta) ** k, (1 - 20 * eta) ** k) for k in range(21)] for eta in rates}
    return plots.ravine_rates(bowl, paths, ((-5, 1.5), (-1.6, 1.6)), (0, 0))


W, B = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([0.0, 1.0])
SAMPLES, BACK = np.array([[1.0, 2.0], [1.0, -1.5]]), np.array([[0.5, -1.0], [2.0, 1.0]])


def layer():
    return plots.layer_messages(W, B, SAMPLES, BACK)


LINE_X = np.array([0.0, 1.0, 2.0, 3.0])


def fitting(places=((0, 0), (3, 1), (1.5, 2), (2, 3))):
    return plots.fitting_steps(LINE_X, 2 * LINE_X + 3, places, ((-0.5, 4.5), (-0.5, 4.5)), (2, 3))


def fold():
    """Two hinges that do XOR."""
    W1, b1 = np.array([[1, 1], [1, 1]]), np.array([[0], [-1]])
    return plots.fold_steps(W1, b1, CORNERS.T, CLASSES)


TWO_LAYERS = {
    "W1": np.array([[1.0, -2.0], [-1.0, 1.0]]),
    "b1": np.array([[1.0], [1.0]]),
    "W2": np.array([[2.0, -1.0], [0.5, 1.5]]),
    "b2": np.array([[-1.0], [0.0]]),
}
SAMPLE, TARGET = np.array([[2.0], [1.5]]), np.array([[1.0], [0.0]])


def two_layers():
    return plots.two_layer_messages(TWO_LAYERS, SAMPLE, TARGET)


W2, W3 = np.array([[1.0, -1.0]]), np.array([[2.0], [-0.5]])


def network():
    """Three layers; unit 1 of layer 1 is silent."""
    x, z1 = [1.0, -2.0], [-3.0, 2.0]
    a1, z2, z3 = [0.0, 2.0], [1.0], [2.0, -0.5]
    back = [[0.0, 1.5], [-1.5], [-0.5, 1.0]]
    return plots.network_messages([W, W2, W3], [x, a1, z2, z3], [z1, z2, z3], back)


def secants():
    return plots.secants(lambda x: x**3, 2, 12, (0.8, 0.4, 0.2))


DRAW = {
    "steps down": steps_down,
    "learning rates": rates,
    "messages": messages,
    "boundaries": boundaries,
    "ravine": ravine,
    "layer": layer,
    "fitting": fitting,
    "fold": fold,
    "two layers": two_layers,
    "network": network,
    "secants": secants,
}


@cache
def strip(name):
    """A strip, drawn once."""
    return DRAW[name]()


@cache
def page(name):
    """Its HTML, made once."""
    return strip(name).html()
