"""One sample's way back through a whole network, layer by layer."""

from collections.abc import Sequence

import numpy as np

from lessonlib.plots.diagram import drawn_network
from lessonlib.plots.picture import Picture, listed, shown
from lessonlib.plots.stepper import MOST_FRAMES, Stepper, stepper


def network_messages(
    weights: Sequence,
    values: Sequence,
    z: Sequence,
    dz: Sequence,
    names: Sequence[str] | None = None,
    title: str = "Messages through a network",
) -> Stepper:
    """A picture for each thing that happens on one sample's way back through ReLU layers.

    weights: one (n_out, n_in) array a layer, in COLUMN convention; values: the input, then each
    layer's output; z and dz: one column a layer. The gradients are drawn as they are given. For
    each layer, from the last: its dz; what its weights get, on the edges; what it sends down.
    ValueError where sizes do not fit, or above 30 pictures.
    """
    weights = [np.atleast_2d(np.asarray(W, dtype=float)) for W in weights]
    values, z, dz = ([np.ravel(each).astype(float) for each in part] for part in (values, z, dz))
    _check(weights, values, z, dz)
    story = _Story(weights, values, z, dz, list(names) if names else None, title)
    for layer in reversed(range(len(weights))):
        story.tell_layer(layer)
    return stepper(story.frames, story.captions, " ".join(story.captions), title)


def _check(weights, values, z, dz) -> None:
    sizes = [weights[0].shape[1], *(len(W) for W in weights)]
    expected = {"values": sizes, "z": sizes[1:], "dz": sizes[1:]}
    for name, arrays in {"values": values, "z": z, "dz": dz}.items():
        found = [len(each) for each in arrays]
        if found != expected[name]:
            raise ValueError(f"{name} have {found} entries, and must have {expected[name]}")
    if 3 * len(weights) - 1 > MOST_FRAMES:
        raise ValueError(f"{len(weights)} layers take more than {MOST_FRAMES} pictures")


class _Story:
    """The pictures and captions so far; below each unit is its dz, as soon as it is known."""

    def __init__(self, weights, values, z, dz, names, title):
        self.weights, self.values, self.z, self.dz = weights, values, z, dz
        self.names, self.title = names, title
        self.known: list = [None] * len(weights)
        self.frames: list[Picture] = []
        self.captions: list[str] = []

    def tell_layer(self, layer: int) -> None:
        """Add the pictures of one layer: its dz, its weights' gradients, what it sends down."""
        dz, at = self.dz[layer], f"Layer {layer + 1}"
        if layer == len(self.weights) - 1:
            self.known[layer] = dz
            self._show(f"{at}, the output: dz is {_all(dz)}.", layer)
        a = "the input x" if layer == 0 else f"a{layer}"
        dW = np.outer(dz, self.values[layer])
        self._show(
            f"{at}: each weight gets its unit's dz times what came in. dW{layer + 1} is dz times"
            f" {a} transposed, row by row: {_rows(dW)}. db{layer + 1} is dz itself.",
            layer,
            dW,
        )
        if layer > 0:
            self._send_down(layer)

    def _send_down(self, layer: int) -> None:
        da, below = self.weights[layer].T @ self.dz[layer], layer - 1
        stopped = [f"unit {j + 1}" for j in np.flatnonzero(self.z[below] <= 0)]
        mask = f"the mask stops {listed(stopped)}" if stopped else "the mask stops none"
        self.known[below] = self.dz[below]
        self._show(
            f"Down to layer {layer}, through W{layer + 1} transposed: the messages add up to"
            f" {_all(da)}; {mask}, so dz is {_all(self.dz[below])}.",
            layer,
        )

    def _show(self, caption: str, layer: int, dW: np.ndarray | None = None) -> None:
        """Add a picture on which one layer's edges have numbers: its weights, or their dW."""
        weights = list(self.weights)
        weights[layer] = self.weights[layer] if dW is None else dW
        figure, _ = drawn_network(
            weights,
            values=self.values,
            z=self.z,
            dz=self.known,
            names=self.names,
            title=self.title,
            edges="weight" if dW is None else "gradient",
            lit=(layer, None),
        )
        sizes = listed([str(len(each)) for each in self.values])
        self.frames.append(Picture(figure, f"{self.title}. A network of {sizes} units. {caption}"))
        self.captions.append(caption)


def _all(values) -> str:
    return listed([shown(value) for value in values])


def _rows(array: np.ndarray) -> str:
    return "; ".join(", ".join(shown(value) for value in row) for row in array)
