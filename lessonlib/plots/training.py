"""How a network changes while it trains: its decision boundary, state by state."""

from collections.abc import Callable, Mapping

import numpy as np

from lessonlib.plots.picture import shown, standing_still
from lessonlib.plots.plane import decision_boundary
from lessonlib.plots.stepper import Stepper, chosen, stepper

MOST_STATES = 12  # the whole plane changes from one to the next: more would not be small


def boundary_steps(
    predict: Callable,
    history: Mapping[int, object],
    X,
    y,
    samples: str = "rows",
    title: str = "The decision boundary during training",
    **labels,
) -> Stepper:
    """A picture of the plane for each state of a network, from the start of its training on.

    history {epoch: parameters}, of which at most 12 are shown, the first and the last among them;
    predict(parameters, X) gives a number between 0 and 1 for each sample. X, y, samples and labels
    (xlabel, ylabel, margin) as for `decision_boundary`. ValueError for fewer than two states.
    """
    epochs = [list(history)[k] for k in chosen(len(history), MOST_STATES)]
    frames, captions = [], []
    with standing_still():
        for epoch in epochs:
            ask = _asker(predict, history[epoch])
            frames.append(decision_boundary(ask, X, y, samples, title=title, **labels))
            captions.append(f"Epoch {epoch}: {_right(ask(np.array(X, dtype=float)), y)}.")
    return stepper(frames, captions, " ".join(captions), title)


def _asker(predict: Callable, parameters) -> Callable:
    return lambda X: predict(parameters, X)


def _right(predictions, y) -> str:
    classes, predictions = np.ravel(y), np.ravel(predictions)
    right = int(np.sum((predictions >= 0.5) == (classes == 1)))
    low, high = shown(predictions.min()), shown(predictions.max())
    return (
        f"{right} of {len(classes)} samples on the right side of the boundary;"
        f" the predictions go from {low} to {high}"
    )
