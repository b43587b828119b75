"""How two hidden ReLU units move the plane of two inputs, and fold it."""

import numpy as np

from lessonlib.plots.picture import (
    BLACK,
    GREY,
    Picture,
    axes,
    lay_out,
    listed,
    shown,
    standing_still,
    styled,
)
from lessonlib.plots.plane import CLASSES, NAMES
from lessonlib.plots.stepper import Stepper, stepper

STAGES = ((0, 0), (0.25, 0), (0.5, 0), (0.75, 0), (1, 0), (1, 0.25), (1, 0.5), (1, 0.75), (1, 1))
GRID = np.linspace(-0.5, 1.5, 9)  # the lines of the grid, in each direction
POINTS = 81  # of each line, so that it can bend
ROOM = 0.18  # of the picture's width, left free around the samples


def fold_steps(W, b, X, y, title="What the hidden layer does to the plane") -> Stepper:
    """Pictures of the plane on its way through a layer of two ReLU units.

    First every point moves to its sums W X + b, then the ReLU pushes what is below 0 up to 0.
    W (2, 2), b (2, 1), X (2, m) with samples in columns, y m classes 0 or 1. ValueError else.
    """
    W, b, X, y = (np.asarray(each, dtype=float) for each in (W, b, X, np.ravel(y)))
    if (W.shape, b.shape, X.shape) != ((2, 2), (2, 1), (2, y.size)):
        raise ValueError(
            f"W (2, 2), b (2, 1), X (2, m) and m classes are needed, not {W.shape}, {b.shape},"
            f" {X.shape} and {y.size} classes"
        )
    places = [_moved(W, b, X, *stage) for stage in STAGES]
    limits = _limits(places)
    names = ["".join(shown(entry) for entry in sample) for sample in X.T]
    captions = [_says(*stage, _said(names, at)) for stage, at in zip(STAGES, places, strict=True)]
    frames = []
    with standing_still():
        for stage, at, caption in zip(STAGES, places, captions, strict=True):
            lines = [_moved(W, b, line, *stage) for line in _grid()]
            figure = _drawn(title, lines, at, y, names, limits)
            frames.append(Picture(figure, f"{title}. {caption}"))
    looks = [
        f"{listed([n for n, c in zip(names, y, strict=True) if c == value])} are {NAMES[value]}s"
        for value in (0, 1)
        if np.any(y == value)
    ]
    summary = f"Of the samples {' and '.join(looks)}. {captions[0]} {captions[4]} {captions[-1]}"
    return stepper(frames, captions, summary, title)


def _moved(W, b, points, moved, folded):
    """Where points (2, k) are, a share of the way to W X + b and then of the way to its ReLU."""
    Z = (1 - moved) * points + moved * (W @ points + b)
    return np.where(Z < 0, (1 - folded) * Z, Z)


def _grid():
    along = np.linspace(GRID[0], GRID[-1], POINTS)
    for at in GRID:
        yield np.array([along, np.full(POINTS, at)])
        yield np.array([np.full(POINTS, at), along])


def _limits(places):
    low, high = np.min(places), np.max(places)
    room = ROOM * (high - low)
    return low - room, high + room


def _says(moved, folded, where):
    if moved == 0:
        return f"The plane of the two inputs: {where}."
    if moved < 1:
        return f"{_percent(moved)} of the way to the sums W1 X + b1."
    if folded == 0:
        return f"The sums W1 X + b1: {where}."
    if folded < 1:
        return f"The ReLU pushes what is below 0 up to 0: {_percent(folded)} done."
    return f"After the ReLU: {where}."


def _percent(share):
    return f"{100 * share:.0f} %"


def _together(names, at):
    """{(x, y): the names of the samples there}"""
    found = {}
    for name, place in zip(names, np.round(at.T, 9) + 0.0, strict=True):
        found.setdefault(tuple(place), []).append(name)
    return found


def _said(names, at):
    return "; ".join(
        f"{listed(here)} at ({shown(place[0])}, {shown(place[1])})"
        for place, here in _together(names, at).items()
    )


@styled
def _drawn(title, lines, at, y, names, limits):
    figure, ax = axes(5.0, 4.6, title, "input 1 → unit 1", "input 2 → unit 2")
    for line in lines:
        ax.plot(*line, color="#c2c2c2", linewidth=1)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    for value, look in enumerate(CLASSES):
        ax.plot(*at[:, y == value], linestyle="none", markersize=12, zorder=3, **look)
    for place, here in _together(names, at).items():
        ax.annotate(
            ", ".join(here),
            place,
            xytext=(9, 8),
            textcoords="offset points",
            color=BLACK,
            weight="bold",
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )
    ax.set(xlim=limits, ylim=limits, aspect="equal")
    lay_out(figure)
    return figure
