"""One loss over two parameters, and where each of several learning rates leads on it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from lessonlib.plots.picture import Picture, shown
from lessonlib.plots.stepper import Stepper, stepper
from lessonlib.plots.surface import descent


def ravine_rates(
    loss: Callable[[float, float], float],
    paths: Mapping[float, Sequence],
    window: Sequence[tuple[float, float]],
    minimum: tuple[float, float],
    title: str = "One ravine, other learning rates",
    xlabel: str = "w1",
    ylabel: str = "w2",
) -> Stepper:
    """A picture of the loss seen from above for each learning rate, with its path.

    paths {learning rate: (k, 2) places}, all from the same start; loss, window and minimum as for
    `descent`. A path is drawn up to where it is no longer finite.
    """
    frames, captions = [], []
    for rate, path in paths.items():
        path = np.asarray(path, dtype=float)
        finite = np.all(np.isfinite(path), axis=-1).argmin() or len(path)
        path = path if np.all(np.isfinite(path)) else path[:finite]
        name = f"learning rate {rate:g}"
        picture = descent(loss, {name: path}, window, minimum, title, xlabel, ylabel)
        captions.append(_says(name, loss, path, window))
        frames.append(Picture(picture.figure, picture.alt))
    return stepper(frames, captions, " ".join(captions), title)


def _says(name: str, loss: Callable, path: np.ndarray, window) -> str:
    losses = np.array([float(loss(*place)) for place in path])
    steps, rises = len(path) - 1, int(np.sum(losses[1:] > losses[:-1]))
    text = f"{name[0].upper()}{name[1:]}: loss {shown(losses[0])} at the start, "
    text += f"{shown(losses[-1])} after {steps} steps; it "
    how_many = "each" if rises == steps else rises
    text += f"rises in {how_many} of them." if rises else "never rises."
    low, high = np.transpose(window)
    outside = np.any((path < low) | (path > high), axis=1)
    return text + (f" Step {int(outside.argmax())} leaves the picture." if outside.any() else "")
