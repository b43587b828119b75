"""The plane of two inputs, coloured by what a model predicts there."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from lessonlib.plots.picture import BLACK, GREY, Picture, axes, lay_out, listed, number, styled

# From light to dark as well as from orange to blue: the order survives without colour.
PREDICTIONS = LinearSegmentedColormap.from_list("predictions", ["#fdebd0", "#a9cbe0", "#3f86b8"])
BANDS = np.linspace(0, 1, 11)
POINTS = 161  # of the grid along each axis
FEW = 8  # samples that the text alternative lists one by one
CLASSES = (
    {"marker": "o", "markerfacecolor": "white", "markeredgecolor": BLACK},
    {"marker": "s", "markerfacecolor": BLACK, "markeredgecolor": "white"},
)
NAMES = ("circle", "square")


@styled
def decision_boundary(
    predict,
    X,
    y,
    samples="rows",
    title="What is predicted where",
    xlabel="x1",
    ylabel="x2",
    margin=0.35,
):
    """The plane, light where 0 and dark where 1 is predicted, with the samples on top.

    predict: called with points laid out as X is; gives a number between 0 and 1 (a probability or
    a class) for each, in any of the shapes (k,), (k, 1), (1, k). X (m, 2) with samples="rows" or
    (2, m) with samples="columns"; y m values 0 or 1: class 0 is drawn as circles, class 1 as
    squares. A line stands where the prediction is 0.5. margin: how far the plane goes beyond
    the samples, as a share of their width and height. ValueError where sizes do not fit.
    """
    points, y = _samples(X, y, samples)
    ask = _asker(predict, samples)
    at = ask(points)
    xs, ys, heights = _grid(ask, points, margin)
    figure, ax = axes(5.6, 4.3, title, xlabel, ylabel)
    bands = ax.contourf(xs, ys, np.clip(heights, 0, 1), levels=BANDS, cmap=PREDICTIONS)
    crossed = bool(heights.min() < 0.5 < heights.max())
    if crossed:
        ax.contour(xs, ys, heights, levels=[0.5], colors=BLACK, linewidths=2)
    bar = figure.colorbar(bands, ax=ax, ticks=[0, 0.25, 0.5, 0.75, 1], label="prediction")
    bar.outline.set_edgecolor(GREY)
    bar.ax.axhline(0.5, color=BLACK, linewidth=2)
    many = len(y) > 30
    for value, look in enumerate(CLASSES):
        here = points[y == value]
        ax.plot(*here.T, linestyle="none", markersize=5 if many else 10, **look)
    _legend(figure, y, crossed)
    lay_out(figure)
    return Picture(figure, _say(title, (xlabel, ylabel), points, y, at, heights, (xs, ys)))


def _samples(X, y, samples):
    """(m, 2) points and (m,) classes from either layout."""
    X, y = np.asarray(X, dtype=float), np.ravel(y)
    if samples not in ("rows", "columns"):
        raise ValueError(f'samples is "rows" or "columns", not {samples!r}')
    points = X.T if samples == "columns" else X
    if points.ndim != 2 or points.shape[1] != 2:
        shape = "(m, 2)" if samples == "rows" else "(2, m)"
        raise ValueError(f"X must be {shape} with samples in {samples}, not {X.shape}")
    if len(y) != len(points) or not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must hold 0 or 1 for each of the {len(points)} samples")
    return points, y.astype(int)


def _asker(predict, samples):
    """A function from (k, 2) points to (k,) predictions."""

    def ask(points):
        laid = points.T if samples == "columns" else points
        values = np.asarray(predict(laid.copy()), dtype=float)
        if values.size != len(points):
            raise ValueError(f"predict gave {values.size} numbers for {len(points)} points")
        return np.round(values.ravel(), 12)  # so that 0.5 is 0.5, whatever was rounded before

    return ask


def _grid(ask, points, margin):
    low, high = points.min(axis=0), points.max(axis=0)
    room = margin * np.where(high > low, high - low, 1.0)
    xs, ys = (np.linspace(a, b, POINTS) for a, b in zip(low - room, high + room, strict=True))
    places = np.column_stack([grid.ravel() for grid in np.meshgrid(xs, ys)])
    return xs, ys, ask(places).reshape(POINTS, POINTS)


def _legend(figure, y, crossed):
    dots = [
        Line2D([], [], linestyle="none", markersize=9, label=f"class {value}", **look)
        for value, look in enumerate(CLASSES)
        if np.any(y == value)
    ]
    line = [Line2D([], [], color=BLACK, linewidth=2, label="prediction 0.5")] if crossed else []
    figure.legend(handles=[*dots, *line], loc="outside lower center", ncols=3, frameon=False)


def _say(title, labels, points, y, at, heights, sides):
    spans = [
        f"{label} from {number(side[0])} to {number(side[-1])}"
        for label, side in zip(labels, sides, strict=True)
    ]
    counts = [
        f"{np.sum(y == value)} of class {value} ({name}s)" for value, name in enumerate(NAMES)
    ]
    right = int(np.sum((at >= 0.5) == (y == 1)))
    text = (
        f"{title}. The plane, {listed(spans)}, coloured by the prediction, with {len(y)} samples:"
        f" {listed(counts)}. {right} of {len(y)} are on the right side of 0.5."
    )
    if len(y) <= FEW:
        said = [
            f"{number(p)} at ({number(a)}, {number(b)}), class {value}"
            for (a, b), value, p in zip(points, y, at, strict=True)
        ]
        text += f" Predictions: {'; '.join(said)}."
    share = 100 * np.mean(heights >= 0.5)
    return text + (
        f" Over the plane they go from {number(heights.min())} to {number(heights.max())};"
        f" {share:.0f} % of it is at 0.5 or above."
    )
