"""One sample on its way back through a tanh layer and a sigmoid output: who sends what to whom."""

from collections.abc import Iterable, Mapping

import numpy as np

from lessonlib.nn import sigmoid
from lessonlib.plots.diagram import drawn_network
from lessonlib.plots.picture import Picture, listed, shown
from lessonlib.plots.stepper import Stepper, stepper

NAMES = ["input", "hidden: tanh", "output: sigmoid"]


def two_layer_messages(
    parameters: Mapping, x, y, title: str = "One sample, there and back"
) -> Stepper:
    """Two layers in COLUMN convention, a picture for each thing that happens on the way back.

    parameters {"W1", "b1", "W2", "b2"}, x (n_x, 1), y (n_y, 1) of 0 and 1: a tanh in the hidden
    layer, a sigmoid at the output, binary cross-entropy. In the last picture the numbers on the
    edges are gradients. ValueError where sizes do not fit.
    """
    W1, W2 = (np.asarray(parameters[name], dtype=float) for name in ("W1", "W2"))
    b1, b2 = (np.asarray(parameters[name], dtype=float).ravel() for name in ("b1", "b2"))
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    expected = {"W1": (len(b1), len(x)), "W2": (len(y), len(b1)), "b2": (len(y),)}
    for name, array in {"W1": W1, "W2": W2, "b2": b2}.items():
        if array.shape != expected[name]:
            raise ValueError(f"{name} is {array.shape}, and must be {expected[name]} here")
    z1 = W1 @ x + b1
    a1 = np.tanh(z1)
    z2 = W2 @ a1 + b2
    a2 = sigmoid(z2)
    dz2 = a2 - y
    da1 = W2.T @ dz2
    dz1 = da1 * (1 - a1**2)
    story = _Story({"biases": [b1, b2], "values": [x, a1, a2], "z": [z1, z2]}, title)
    story.show(_forward(z1, a1, z2, a2), [W1, W2])
    story.show(_at_the_output(a2, y, dz2), [W1, W2], dz=[None, dz2])
    story.show(_at_w2(dz2, a1), [W1, W2], dz=[None, dz2])
    story.show(_back(W2, dz2), [W1, W2], dz=[None, dz2])
    story.show(_through_the_tanh(da1, a1, dz1), [W1, W2], dz=[dz1, dz2])
    story.show(_at_w1(dz1, x), [W1, W2], dz=[dz1, dz2])
    done = "Done. The numbers on the edges are now the gradients of the weights."
    story.show(done, [np.outer(dz1, x), np.outer(dz2, a1)], "gradient", dz=[dz1, dz2], biases=None)
    return stepper(story.frames, story.captions, " ".join(story.captions), title)


class _Story:
    """The pictures and captions so far; `numbers` are on each picture."""

    def __init__(self, numbers: dict, title: str):
        self.numbers, self.title = numbers, title
        self.frames: list[Picture] = []
        self.captions: list[str] = []

    def show(self, caption: str, on_edges: list, edges: str = "weight", **numbers) -> None:
        """Add a picture."""
        parts = self.numbers | numbers
        figure, said = drawn_network(on_edges, names=NAMES, title=self.title, edges=edges, **parts)
        self.frames.append(Picture(figure, f"{said} {caption}"))
        self.captions.append(caption)


def _forward(z1, a1, z2, a2) -> str:
    return (
        f"Forward. The hidden units have z = {_all(z1)}, and a = tanh(z) = {_all(a1)}."
        f" The output has z = {_all(z2)}, and a = sigmoid(z) = {_all(a2)}."
    )


def _at_the_output(a2, y, dz2) -> str:
    parts = zip(*(map(shown, each) for each in (a2, y, dz2)), strict=True)
    return "At the output, dz is a minus y: " + _each(f"{a} − {t} = {d}" for a, t, d in parts)


def _at_w2(dz2, a1) -> str:
    products = (f"{_factor(d)} · {_factor(a)} = {shown(d * a)}" for d in dz2 for a in a1)
    return (
        f"The gradient of each weight in W2 is dz times what the weight reads: {_each(products)}"
        f" The gradient of b2 is dz itself: {_all(dz2)}."
    )


def _back(W2, dz2) -> str:
    messages = (f"{_products(column, dz2)} to unit {j}" for j, column in enumerate(W2.T, start=1))
    return f"The output sends back dz times the weight: {_each(messages)}"


def _through_the_tanh(da1, a1, dz1) -> str:
    parts = (
        f"{_factor(da)} · {shown(1 - a**2)} = {shown(dz)} for unit {j}"
        for j, (da, a, dz) in enumerate(zip(da1, a1, dz1, strict=True), start=1)
    )
    return f"Each hidden unit multiplies by the slope of its tanh, 1 − a². Its dz is {_each(parts)}"


def _at_w1(dz1, x) -> str:
    parts = (f"{_all(dz * x)} for unit {j}" for j, dz in enumerate(dz1, start=1))
    return (
        f"The gradient of each weight in W1 is dz times its input: {_each(parts)}"
        f" The gradient of b1 is dz itself: {_all(dz1)}."
    )


def _each(parts: Iterable[str]) -> str:
    return f"{'; '.join(parts)}."


def _all(values) -> str:
    return listed([shown(value) for value in values])


def _products(weights, gradients) -> str:
    """'2 · (−0.372) = −0.744', with a product for each output."""
    terms = [f"{_factor(w)} · {_factor(d)}" for w, d in zip(weights, gradients, strict=True)]
    return f"{' + '.join(terms)} = {shown(weights @ gradients)}"


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
