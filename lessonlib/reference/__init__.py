"""Numbers that other programs printed, to hold ours against. They come with the package."""

import json
from importlib.resources import files

import numpy as np


def keras_two_hidden_layers() -> dict[str, np.ndarray]:
    """Return what Keras printed for a network with two hidden layers on XOR; samples in rows.

    The network is 2-4-3-1, sigmoid everywhere, every bias 0. A dict of new float arrays: X (4, 2),
    Y (4, 1), the weights W1 (2, 4), W2 (4, 3), W3 (3, 1), and the gradients dW1, db1 … dW3, db3 of
    the SUM over the four samples of the binary cross-entropy, in float32 and rounded as printed.
    """
    text = files(__name__).joinpath("keras_two_hidden_layers.json").read_text(encoding="utf-8")
    figures = json.loads(text)
    about = ("source", "network")
    return {name: np.array(value, float) for name, value in figures.items() if name not in about}
