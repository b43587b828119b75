"""A loss over two parameters, seen from above, with the ways of descent down it."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from lessonlib.plots.lines import LOOKS, MARKERS
from lessonlib.plots.picture import BLACK, GREY, Picture, axes, lay_out, number, styled

# From light in the valley to dark on the heights: the order survives without colour.
HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#ffffff", "#cddfe0", "#94b3b8"])
BANDS = 9
POINTS = 61  # of the grid along each axis
MOST_DOTS = 30  # on one path; a longer one has its line and its ends


@styled
def descent(
    loss,
    paths,
    window=None,
    minimum=None,
    title="Descent on the loss",
    xlabel="w",
    ylabel="b",
):
    """The loss as a landscape seen from above, light where it is low, and paths across it.

    loss: called with two numbers, gives one. paths: (k, 2) array of places, from the start to the
    end, or {name: (k, 2) array}. window: ((x from, x to), (y from, y to)), by default all places
    of the paths and some room; a path may leave it. minimum: a place (x, y) to be marked with a
    star. ValueError for a path that is not (k, 2), or places that are not finite.
    """
    paths = paths if isinstance(paths, dict) else {"the path": paths}
    paths = {name: _places(name, path) for name, path in paths.items()}
    (left, right), (low, high) = window or _around(paths, minimum)
    xs, ys = np.linspace(left, right, POINTS), np.linspace(low, high, POINTS)
    heights = np.array([[float(loss(x, y)) for x in xs] for y in ys])
    figure, ax = axes(6.2, 4.4, title, xlabel, ylabel)
    _draw_heights(figure, ax, xs, ys, heights)
    for i, (name, path) in enumerate(paths.items()):
        _draw_path(ax, path, name, i)
    if minimum is not None:
        look = {"marker": "*", "markersize": 15, "color": BLACK, "markeredgecolor": "white"}
        ax.plot(*minimum, linestyle="none", label="minimum", zorder=4, **look)
    ax.set(xlim=(left, right), ylim=(low, high))
    _finish(ax, many=len(paths) + (minimum is not None) > 1)
    said = [_say_path(name, path, loss, ax) for name, path in paths.items()]
    lowest, highest = number(heights.min()), number(heights.max())
    alt = (
        f"{title}. The loss over {xlabel} from {number(left)} to {number(right)} and {ylabel} from"
        f" {number(low)} to {number(high)}, seen from above: {lowest} at its lowest, {highest} at"
        " its highest."
    )
    if minimum is not None:
        alt += f" A star marks the minimum at {_place(minimum)}."
    return Picture(figure, " ".join([alt, *said]))


def _places(name, path):
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
        raise ValueError(f"{name} must be (k, 2), a place in each row, not {path.shape}")
    if not np.all(np.isfinite(path)):
        raise ValueError(f"{name} has a place that is not finite: cut the path before it")
    return path


def _around(paths, minimum):
    """The extent of all the places with a sixth of it on each side, 1 where they do not extend."""
    places = np.vstack([*paths.values(), *([] if minimum is None else [minimum])])
    low, high = places.min(axis=0), places.max(axis=0)
    room = np.where(high > low, (high - low) / 6, 1.0)
    return tuple(zip(low - room, high + room, strict=True))


def _draw_heights(figure, ax, xs, ys, heights):
    """Bands that get wider upwards: on a bowl, rings equally far apart."""
    if np.ptp(heights) == 0:
        return
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, BANDS + 1) ** 2
    bands = ax.contourf(xs, ys, heights, levels=levels, cmap=HEIGHTS)
    ax.contour(xs, ys, heights, levels=levels[1:-1], colors=GREY, linewidths=0.5)
    shown = levels[:: BANDS // 3]
    bar = figure.colorbar(bands, ax=ax, ticks=shown, label="loss")
    bar.ax.set_yticklabels([_rounded(level, levels[-1]) for level in shown])
    bar.outline.set_edgecolor(GREY)


def _rounded(level, highest):
    """A level in three digits; 0 where the scale could not show that it is more."""
    return number(float(f"{level:.3g}")) if abs(level) > abs(highest) / 1000 else "0"


def _draw_path(ax, path, name, i):
    """A line with a dot for each place; the start is a larger, hollow one."""
    look, marker = LOOKS[i % len(LOOKS)], MARKERS[i % len(MARKERS)]
    every = range(1, len(path)) if len(path) <= MOST_DOTS else [len(path) - 1]
    dots = {"marker": marker, "markersize": 5.5, "markevery": list(every)}
    ax.plot(*path.T, label=name, linewidth=1.8, markeredgecolor="white", zorder=3, **dots, **look)
    start = {"markerfacecolor": "white", "markeredgecolor": look["color"], "markeredgewidth": 2}
    ax.plot(*path[0], marker=marker, markersize=9, linestyle="none", zorder=3, **start)


def _finish(ax, many):
    if many:
        ax.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.17),
            ncols=2,
            frameon=False,
            handlelength=3,
        )
    lay_out(ax.figure)


def _place(place):
    return f"({number(place[0])}, {number(place[1])})"


def _say_path(name, path, loss, ax):
    losses = np.array([float(loss(*place)) for place in path])
    steps, rises = len(path) - 1, int(np.sum(losses[1:] > losses[:-1]))
    text = (
        f"{name[0].upper()}{name[1:]} leads in {steps} step{'s' * (steps != 1)} from"
        f" {_place(path[0])}, loss {number(losses[0])}, to {_place(path[-1])}, loss"
        f" {number(losses[-1])};"
    )
    text += f" the loss rises in {rises} of them." if rises else " the loss never rises."
    corners = np.array([ax.get_xlim(), ax.get_ylim()]).T
    outside = np.any((path < corners[0]) | (path > corners[1]), axis=1)
    if outside.any():
        text += f" It is outside the picture after step {int(outside.argmax())}."
    return text
