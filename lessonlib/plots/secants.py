"""Two straight lines that measure a slope, for smaller and smaller steps."""

from collections.abc import Callable, Sequence

import numpy as np

from lessonlib.plots.picture import BLUE, GREY, ORANGE, Picture, axes, lay_out, shown, styled
from lessonlib.plots.stepper import Stepper, stepper

POINTS = 121  # of the curve
DASHES = (0, (5, 2))


def secants(
    f: Callable[[float], float],
    at: float,
    slope: float,
    steps: Sequence[float],
    title: str = "Two lines that measure a slope",
) -> Stepper:
    """A picture for each step h: the line from `at` to at + h, and the line from at - h to at + h.

    f: a function of one number; slope: its true slope at `at`, drawn as a thin line. ValueError for
    a step that is not above 0.
    """
    steps = [float(h) for h in steps]
    if not steps or min(steps) <= 0:
        raise ValueError("steps must be numbers above 0")
    frames, captions = [], []
    for h in steps:
        here, above, below = float(f(at)), float(f(at + h)), float(f(at - h))
        lines = {"one side": (above - here) / h, "both sides": (above - below) / (2 * h)}
        says = [f"{name} {_off(value, slope)}" for name, value in lines.items()]
        caption = f"h = {shown(h)}: {', '.join(says)}."
        figure = _drawn(f, at, slope, h, max(steps), lines, title)
        frames.append(Picture(figure, f"{title}, at x = {shown(at)}. {caption}"))
        captions.append(caption)
    summary = (
        f"A curve and its true slope {shown(slope)} at x = {shown(at)}; for each step the line to"
        f" the neighbour on the right, and the line through both. {' '.join(captions)}"
    )
    return stepper(frames, captions, summary, title)


def _off(value: float, slope: float) -> str:
    """'12.64, off by 0.64'."""
    return f"{value:.4f}, off by {abs(value - slope):.4f}"


@styled
def _drawn(f, at, slope, h, largest, lines, title):
    x = np.linspace(at - 1.25 * largest, at + 1.25 * largest, POINTS)
    y = np.array([float(f(each)) for each in x])
    figure, ax = axes(6.2, 3.6, title, "x", "f(x)")
    ax.plot(x, y, color=GREY, linewidth=2.4, label="f(x)")
    ax.plot(x, f(at) + slope * (x - at), color=GREY, linewidth=0.9, label="the true slope")
    looks = {"one side": (ORANGE, DASHES, at), "both sides": (BLUE, "-", at - h)}
    for name, (color, dashes, start) in looks.items():
        line = f(start) + lines[name] * (x - start)
        ax.plot(x, line, color=color, linestyle=dashes, linewidth=1.6, label=name)
    places = np.array([at - h, at, at + h])
    dots = {"color": BLUE, "linestyle": "none", "marker": "o", "markersize": 6, "zorder": 4}
    ax.plot(places, [float(f(each)) for each in places], **dots)
    room = 0.05 * np.ptp(y)
    ax.set(xlim=(x[0], x[-1]), ylim=(min(y.min(), 0) - room, y.max() + room))
    ax.legend(loc="upper left", frameon=False, handlelength=3.2)
    lay_out(figure)
    return figure
