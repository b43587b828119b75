"""One ReLU layer, forward and back: who sends what to whom, sample by sample."""

import numpy as np

from lessonlib.nn import relu
from lessonlib.plots.diagram import drawn_network
from lessonlib.plots.picture import Picture, listed, shown
from lessonlib.plots.stepper import MOST_FRAMES, Stepper, stepper


def layer_messages(W, b, X, dA, title: str = "Messages through a layer") -> Stepper:
    """A layer in COLUMN convention, a picture for each thing that happens on the way back.

    W (n_out, n_in), b (n_out, 1) or (n_out,), X (n_in, m), dA (n_out, m): the gradient that comes
    back for each output and sample. For each sample: forward; the mask; each unit's messages, which
    add up to dx; what W gains. ValueError where sizes do not fit, or above 30 pictures.
    """
    W, X, dA = (np.atleast_2d(np.asarray(each, dtype=float)) for each in (W, X, dA))
    b = np.asarray(b, dtype=float).reshape(-1, 1)
    expected = {"b": (len(W), 1), "X": (W.shape[1], X.shape[1]), "dA": (len(W), X.shape[1])}
    for name, array in {"b": b, "X": X, "dA": dA}.items():
        if array.shape != expected[name]:
            raise ValueError(f"{name} is {array.shape}, and must be {expected[name]} for this W, X")
    if X.shape[1] * (len(W) + 3) + 1 > MOST_FRAMES:
        raise ValueError(f"this layer takes more than {MOST_FRAMES} pictures: take fewer samples")
    story = _Story(W, b, title)
    for k in range(X.shape[1]):
        story.tell_sample(k + 1, X[:, k], dA[:, k])
    story.tell_sums()
    return stepper(story.frames, story.captions, " ".join(story.captions), title)


class _Story:
    """The pictures and captions so far, and the sums of dW and db over the samples so far."""

    def __init__(self, W: np.ndarray, b: np.ndarray, title: str):
        self.W, self.b, self.title = W, b, title
        self.dW, self.db = np.zeros_like(W), np.zeros(len(W))
        self.frames: list[Picture] = []
        self.captions: list[str] = []

    def tell_sample(self, sample: int, x: np.ndarray, da: np.ndarray) -> None:
        """Add the pictures of one sample."""
        z = self.W @ x + self.b[:, 0]
        a, dz = relu(z), da * (z > 0)
        numbers = {"values": [x, a], "z": [z]}
        at = f"Sample {sample}"
        self._show(f"{at}, forward: z is {_all(z)}, and a = max(z, 0) is {_all(a)}.", **numbers)
        says = "; ".join(
            f"{_unit(j)} gets {shown(da[j])}, its z is {shown(z[j])}: "
            + (f"it passes, dz = {shown(dz[j])}" if z[j] > 0 else "it stops here, dz = 0")
            for j in range(len(z))
        )
        self._show(f"{at}, back: {says}.", **numbers, dz=[dz])
        dx = np.zeros(len(x))
        for j, row in enumerate(self.W):
            dx = dx + row * dz[j]
            parts = listed(
                [
                    f"{_factor(dz[j])} · {_factor(w)} = {shown(w * dz[j])} to input {i}"
                    for i, w in enumerate(row, start=1)
                ]
            )
            text = f"{at}: {_unit(j)} sends dz times the weight, {parts}. dx so far: {_all(dx)}."
            self._show(text, **numbers, dz=[dx, dz], lit=(0, j))
        self.dW, self.db = self.dW + np.outer(dz, x), self.db + dz
        text = (
            f"{at}: each weight gains dz times its input. dW so far, row by row: {_rows(self.dW)};"
            f" db so far: {_all(self.db)}."
        )
        self._show(text, **numbers, dz=[dx, dz], edges="dW")

    def tell_sums(self) -> None:
        """Add the last picture: the sums over all samples."""
        text = (
            f"Done: dW, row by row, is {_rows(self.dW)}, and db is {_all(self.db)}; both are sums"
            " over the samples. Each sample keeps its own dx, a sum over the units."
        )
        self._show(text, edges="dW")

    def _show(self, caption: str, edges="weight", **parts) -> None:
        weights, biases = (self.dW, None) if edges == "dW" else (self.W, self.b)
        parts |= {"biases": [biases], "names": ["inputs", "units"], "title": self.title}
        figure, said = drawn_network([weights], edges=edges, **parts)
        self.frames.append(Picture(figure, f"{said} {caption}"))
        self.captions.append(caption)


def _unit(j: int) -> str:
    return f"unit {j + 1}"


def _all(values) -> str:
    return listed([shown(value) for value in values])


def _rows(array: np.ndarray) -> str:
    return "; ".join(", ".join(shown(value) for value in row) for row in array)


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
