"""A line that is fitted to data, beside the place that its weight and bias have on the loss."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from lessonlib.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    Picture,
    lay_out,
    shown,
    standing_still,
    styled,
)
from lessonlib.plots.stepper import Stepper, chosen, stepper
from lessonlib.plots.surface import BANDS, HEIGHTS

POINTS = 61  # of the grid along each axis


def fitting_steps(
    x,
    y,
    path: Sequence[tuple[float, float]],
    window: Sequence[tuple[float, float]],
    minimum: tuple[float, float] | None = None,
    title: str = "A line finds its data",
    most: int = 16,
) -> Stepper:
    """A pair of pictures for each place of a path: the line w x + b, and (w, b) on the loss.

    x, y (m,) or (m, 1): the samples; the loss is mean((w x + b − y)²). path (k, 2): the places
    (w, b), the start first. window: ((w from, w to), (b from, b to)). minimum: a place for a star.
    most: so many frames at most. ValueError for fewer than two places.
    """
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) < 2:
        raise ValueError(f"path must be (k, 2) with k > 1, not {path.shape}")
    stops = chosen(len(path), most)
    captions = [_says(x, y, *path[k], k) for k in stops]
    setting = _setting(x, y, window, minimum)
    surface = _surface(x, y, window)  # once: all frames show the same one
    with standing_still():
        figures = [_drawn(x, y, path[: k + 1], surface, minimum, title) for k in stops]
    frames = [
        Picture(figure, f"{title}. {setting} {caption}")
        for figure, caption in zip(figures, captions, strict=True)
    ]
    return stepper(frames, captions, " ".join([setting, captions[0], captions[-1]]), title)


def _loss(x, y, w: float, b: float) -> float:
    return float(np.mean((w * x + b - y) ** 2))


def _surface(x, y, window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places for w and for b, and the loss at each pair of them: a row for each b."""
    ws, bs = (np.linspace(low, high, POINTS) for low, high in window)
    return ws, bs, np.array([[_loss(x, y, w, b) for w in ws] for b in bs])


def _setting(x, y, window, minimum) -> str:
    (left, right), (low, high) = window
    text = (
        f"Left: {len(x)} samples, x from {shown(x.min())} to {shown(x.max())}, y from"
        f" {shown(y.min())} to {shown(y.max())}, and the line w x + b. Right: the loss over w from"
        f" {shown(left)} to {shown(right)} and b from {shown(low)} to {shown(high)}, seen from"
        " above."
    )
    if minimum is None:
        return text
    return f"{text} A star marks the minimum at w = {shown(minimum[0])}, b = {shown(minimum[1])}."


def _says(x, y, w: float, b: float, k: int) -> str:
    where = "The start" if k == 0 else f"After step {k}"
    return f"{where}: w = {shown(w)}, b = {shown(b)}, loss {shown(_loss(x, y, w, b))}."


@styled
def _drawn(x, y, path: np.ndarray, surface, minimum, title: str) -> Figure:
    figure = Figure(figsize=(7.6, 3.7), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.12)  # inches, above the title as well
    data, seen = figure.subplots(1, 2)
    figure.suptitle(title, fontsize=12, fontweight="bold")
    _draw_line(data, x, y, *path[-1])
    _draw_path(seen, path, surface, minimum)
    lay_out(figure)
    return figure


def _draw_line(ax, x, y, w: float, b: float) -> None:
    """The samples, the line, and the errors between them."""
    room = 0.08 * np.ptp(x), 0.25 * np.ptp(y)
    ends = np.array([x.min() - room[0], x.max() + room[0]])
    ax.vlines(x, np.minimum(y, w * x + b), np.maximum(y, w * x + b), color=GREY, linewidth=0.8)
    ax.plot(ends, w * ends + b, color=ORANGE, linewidth=2.2)
    ax.plot(x, y, "o", color=BLUE, markersize=6, markeredgecolor="white", zorder=3)
    low, high = min(y.min(), 0) - room[1], max(y.max(), 0) + room[1]
    ax.set(xlabel="x", ylabel="y", xlim=ends, ylim=(low, high))


def _draw_path(ax, path: np.ndarray, surface, minimum) -> None:
    ws, bs, heights = surface
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, BANDS + 1) ** 2
    ax.contourf(ws, bs, heights, levels=levels, cmap=HEIGHTS)
    ax.contour(ws, bs, heights, levels=levels[1:-1], colors=GREY, linewidths=0.5)
    ax.plot(*path.T, color=BLUE, linewidth=1.6, marker="o", markersize=4.5, zorder=3)
    look = {"markerfacecolor": "white", "markeredgecolor": BLACK, "markeredgewidth": 2}
    ax.plot(*path[-1], marker="o", markersize=10, linestyle="none", zorder=5, **look)
    if minimum is not None:
        ax.plot(*minimum, marker="*", markersize=14, color=BLACK, markeredgecolor="white", zorder=4)
    ax.set(xlabel="weight w", ylabel="bias b", xlim=ws[[0, -1]], ylim=bs[[0, -1]])
