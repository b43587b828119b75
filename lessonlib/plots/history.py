"""The way of each weight through a training run."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lessonlib.plots.lines import LOOKS, MARKERS
from lessonlib.plots.picture import GREY, STYLE, Picture, lay_out, number, styled

MOST_CURVES = 3 * len(LOOKS)  # that can be told apart in one panel: bare, circles, squares
MOST_SAID = 12  # curves that the text alternative follows one by one


@styled
def weight_history(history, title="Weights during training", xlabel="epoch", ylabel="weight"):
    """A curve for each weight over the epochs, one panel for each array.

    history {name: (epochs, ...) array}: the array's state after each epoch, the first one being
    where the training starts. ValueError for more curves than can be told apart in a panel.
    """
    history = {name: _states(name, states) for name, states in history.items()}
    rows = max((states[0].size + 1) // 2 for states in history.values())  # of the legends
    size = (0.6 + 3.1 * len(history), 3.8 + 0.22 * rows)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(history), sharex=True, squeeze=False)[0]
    figure.suptitle(title, weight=STYLE["axes.titleweight"], size=STYLE["axes.titlesize"])
    said = []
    for ax, (name, states) in zip(panels, history.items(), strict=True):
        ax.set(title=name, xlabel=xlabel, ylabel=ylabel)
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))  # there is no half epoch
        said += _draw_panel(ax, name, states)
    lay_out(figure)
    epochs = max(len(states) for states in history.values())
    text = f"{title}. Line plot of {ylabel} against {xlabel}, from 0 to {epochs - 1}."
    return Picture(figure, " ".join([text, *said]))


def _states(name, states):
    states = np.array(states, dtype=float)
    if states.ndim == 0 or states.size == 0:
        raise ValueError(f"{name} needs one state for each epoch: (epochs, ...)")
    if states[0].size > MOST_CURVES:
        raise ValueError(
            f"{name} has {states[0].size} weights: more than {MOST_CURVES} curves cannot be told"
            " apart"
        )
    return states


def _draw_panel(ax, name, states):
    """Draw an array's curves; the sentences about them."""
    indices = list(np.ndindex(states.shape[1:]))
    epochs, names = np.arange(len(states)), [_entry(name, index) for index in indices]
    curves = [states[(slice(None), *index)] for index in indices]
    for i, (label, curve) in enumerate(zip(names, curves, strict=True)):
        ax.plot(epochs, curve, label=label, linewidth=2, **_look(i, len(states)))
    low, high = ax.get_ylim()
    if low < 0 < high:
        ax.axhline(0, color=GREY, linewidth=0.6, zorder=0)
    if len(curves) > 1:
        ax.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.16),
            ncols=2,
            frameon=False,
            handlelength=3,
        )
    if len(curves) > MOST_SAID:
        return [
            f"{name}: {len(curves)} curves, from {number(states[0].min())} to"
            f" {number(states[0].max())} at the start and from {number(states[-1].min())} to"
            f" {number(states[-1].max())} at the end."
        ]
    return [
        f"{label} goes from {number(curve[0])} to {number(curve[-1])}."
        for label, curve in zip(names, curves, strict=True)
    ]


def _entry(name, index):
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _look(i, length):
    """Colour and dashes for the first curves, markers on top of them for further ones."""
    look = dict(LOOKS[i % len(LOOKS)])
    if i >= len(LOOKS):
        marker = MARKERS[i // len(LOOKS) - 1]
        look |= {"marker": marker, "markevery": max(1, length // 6), "markersize": 5}
    return look
