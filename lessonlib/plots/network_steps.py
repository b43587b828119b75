"""A network's weights while it trains: its picture state by state, and who moved furthest."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessonlib.plots.diagram import network
from lessonlib.plots.picture import shown
from lessonlib.plots.stepper import Stepper, chosen, stepper

MOST_STATES = 16


def weight_steps(
    history: Mapping[int, Sequence],
    notes: Mapping[int, str],
    names: Sequence[str] | None = None,
    title: str = "The weights during training",
) -> Stepper:
    """A picture of the network for each state, with its weights on the edges; samples in ROWS.

    history {step: weights}, one (n_in, n_out) array a layer, of which at most 16 states are shown,
    the first and the last among them. notes {step: what its caption says of it}. names: one a
    column of units, as for `network`. ValueError for fewer than two states.
    """
    steps = [list(history)[k] for k in chosen(len(history), MOST_STATES)]
    start = history[steps[0]]
    frames = [network([W.T for W in history[step]], names=names, title=title) for step in steps]
    captions = [f"Step {step}: {notes[step]}.{_furthest(history[step], start)}" for step in steps]
    return stepper(frames, captions, " ".join(captions), title)


def _furthest(weights: Sequence, start: Sequence) -> str:
    """Name the weight that is furthest from where it started; "" for the start itself."""
    moves = [
        (W[place] - V[place], f"W{k}[{', '.join(map(str, place))}]")
        for k, (W, V) in enumerate(zip(weights, start, strict=True), start=1)
        for place in np.ndindex(W.shape)
    ]
    move, name = max(moves, key=lambda each: abs(each[0]))
    return f" Furthest from its start: {name}, by {shown(move)}." if move else ""
