"""The loss of one weight as a valley, and the way down it: step by step, or rate by rate."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessonlib.nn import relu
from lessonlib.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    Picture,
    axes,
    lay_out,
    shown,
    standing_still,
    styled,
)
from lessonlib.plots.stepper import Stepper, chosen, stepper

POINTS = 241  # of the curve
ROOM = 1.7  # times the way from the start to the minimum, that the picture reaches to either side


def downhill_steps(
    x, y, path: Sequence[float], learning_rate: float, title="Down the valley of one weight"
) -> Stepper:
    """A picture for each place of a path, with the slope there and the step that follows.

    x, y (m,): the samples; the loss of a weight w is mean((relu(w x) − y)²)/2. path: the places
    w, the start first, as `relu.downhill` returns them. ValueError for fewer than two places.
    """
    valley = _Valley(x, y, path)
    path = _places(path)
    stops = chosen(len(path))
    captions = [valley.says_step(path, k, learning_rate) for k in stops]
    with standing_still():
        figures = [valley.drawn(path[: k + 1], title, tangent=True) for k in stops]
    frames = [
        Picture(figure, f"{title}. {valley.alt} {caption}")
        for figure, caption in zip(figures, captions, strict=True)
    ]
    summary = f"{valley.alt} {_says_path(valley, path, learning_rate)}"
    return stepper(frames, captions, summary, title)


def downhill_rates(
    x, y, paths: Mapping[float, Sequence[float]], title="The same start, other learning rates"
) -> Stepper:
    """A picture for each learning rate, with the whole path that it leads to.

    paths {learning rate: places w}, all from the same start; the rest as for `downhill_steps`.
    """
    paths = {rate: _places(path) for rate, path in paths.items()}
    valley = _Valley(x, y, next(iter(paths.values())))
    captions = [_says_path(valley, path, rate) for rate, path in paths.items()]
    with standing_still():
        figures = [valley.drawn(path, title) for path in paths.values()]
    frames = [
        Picture(figure, f"{title}. {valley.alt} {caption}")
        for figure, caption in zip(figures, captions, strict=True)
    ]
    return stepper(frames, captions, " ".join([valley.alt, *captions]), title)


class _Valley:
    """The loss of one weight over an interval around its minimum and a path's start."""

    def __init__(self, x, y, path: Sequence[float]):
        self.x, self.y = np.ravel(x).astype(float), np.ravel(y).astype(float)
        self.lowest = self._minimum()
        reach = ROOM * abs(float(path[0]) - self.lowest) or 1.0
        self.low, self.high = self.lowest - reach, self.lowest + reach
        self.curve = np.linspace(self.low, self.high, POINTS)
        self.heights = np.array([self.loss(w) for w in self.curve])

    @property
    def alt(self) -> str:
        return (
            f"The loss over the weight w from {shown(self.low)} to {shown(self.high)}, lowest at"
            f" w = {shown(self.lowest)} with {shown(self.loss(self.lowest))}."
        )

    def loss(self, w: float) -> float:
        return float(np.mean((relu(w * self.x) - self.y) ** 2) / 2)

    def slope(self, w: float) -> float:
        z = w * self.x
        return float(np.mean((relu(z) - self.y) * (z > 0) * self.x))

    def _minimum(self) -> float:
        """The best weight: for either sign the loss is a parabola over the samples that fire."""
        best = [0.0]
        for side in (self.x > 0, self.x < 0):
            x, y = self.x[side], self.y[side]
            best += [float(x @ y / (x @ x))] if len(x) else []
        return min(best, key=self.loss)

    @styled
    def drawn(self, path: np.ndarray, title: str, tangent=False):
        """A figure of the valley with a path on it; its last place is marked."""
        figure, ax = axes(5.2, 3.5, title, "weight w", "loss")
        ax.plot(self.curve, self.heights, color=GREY, linewidth=2)
        ax.set(xlim=(self.low, self.high), ylim=(-0.06 * self.top, 1.06 * self.top))
        with np.errstate(over="ignore"):
            heights = np.array([self.loss(w) for w in path])
        here = np.isfinite(heights) & (heights < 1e3 * self.top)
        ax.plot(path[here], heights[here], color=BLUE, linewidth=1.2, marker="o", markersize=5)
        if tangent and here[-1]:
            reach = 0.14 * (self.high - self.low)
            ends = path[-1] + np.array([-reach, reach])
            line = heights[-1] + self.slope(path[-1]) * (ends - path[-1])
            ax.plot(ends, line, color=ORANGE, linewidth=2, linestyle=(0, (5, 2)))
        if here[-1]:
            look = {"markerfacecolor": "white", "markeredgecolor": BLACK, "markeredgewidth": 2}
            ax.plot(path[-1:], heights[-1:], marker="o", markersize=11, zorder=4, **look)
        lay_out(figure)
        return figure

    @property
    def top(self) -> float:
        return float(self.heights.max()) or 1.0

    def says_step(self, path: np.ndarray, k: int, learning_rate: float) -> str:
        w, slope = path[k], self.slope(path[k])
        text = f"{_after(k)}: w = {shown(w)}, loss {shown(self.loss(w))}, slope {shown(slope)}."
        text += "" if self.low <= w <= self.high else " That is outside the picture."
        if k == len(path) - 1:
            return text
        step = shown(abs(learning_rate * slope))
        if slope == 0:
            return f"{text} Where the slope is 0, the weight stays."
        side = "left" if slope > 0 else "right"
        return f"{text} Next: {shown(learning_rate)} · {shown(abs(slope))} = {step} to the {side}."


def _places(path: Sequence[float]) -> np.ndarray:
    path = np.ravel(np.asarray(path, dtype=float))
    if len(path) < 2:
        raise ValueError(f"a path has a start and at least one step; here are {len(path)} places")
    return path


def _after(k: int) -> str:
    return "The start" if k == 0 else f"After step {k}"


def _says_path(valley: _Valley, path: np.ndarray, learning_rate: float) -> str:
    with np.errstate(over="ignore", invalid="ignore"):
        losses = np.array([valley.loss(w) for w in path])
    steps, rises = len(path) - 1, int(np.sum(losses[1:] > losses[:-1] + 1e-12))
    text = (
        f"Learning rate {shown(learning_rate)}: from w = {shown(path[0])} in {steps}"
        f" step{'s' * (steps != 1)} to w = {shown(path[-1])}; the loss goes from"
        f" {shown(losses[0])} to {shown(losses[-1])}"
    )
    return text + (f" and rises in {rises} of them." if rises else " and never rises.")
