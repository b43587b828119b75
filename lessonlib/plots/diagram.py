"""A network as nodes and edges, with its numbers on it."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from lessonlib.plots.picture import (
    BLUE,
    GREY,
    MINUS,
    ORANGE,
    PALE,
    Picture,
    drawing,
    listed,
    shown,
    styled,
)

ACROSS, DOWN = 2.5, 1.3  # inches between two layers, between two units of a layer
RADIUS, MARGIN = 0.29, 0.7
NARROWEST = 3.8  # inches from input to output that the legend below needs
POSITIVE = {"color": BLUE, "linestyle": "-"}
NEGATIVE = {"color": ORANGE, "linestyle": (0, (4, 1.8))}
ZERO = {"color": "#8c8c8c", "linestyle": (0, (1, 2.5))}
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


@styled
def network(
    weights, biases=None, values=None, z=None, dz=None, names=None, title="Network", edges="weight"
):
    """A network with a number on each edge and node; weights in COLUMN convention.

    weights: one (n_out, n_in) array a layer; the number on the edge from unit i to unit j is
    W[j, i], and stands near unit j, so that the numbers that arrive at a unit are its row of W.
    biases: one (n_out, 1) or (n_out,) array a layer, written below the units.
    values: one array a column of nodes (the input and each layer's output), inside the circles.
    z: one array a layer, above the units. dz: one array a layer, the gradients, below the units;
    one more, first, is that of the input.
    In each list None leaves a layer out. names: one a column of nodes. edges: what the edge
    numbers are, for the legend and the text alternative ("gradient" when they are dW).
    ValueError where the sizes do not fit.
    """
    figure, said = drawn_network(weights, biases, values, z, dz, names, title, edges)
    return Picture(figure, said)


@styled
def drawn_network(
    weights, biases=None, values=None, z=None, dz=None, names=None, title="", edges="", lit=None
):
    """The figure of a network and its text alternative; all but `lit` as for `network`.

    lit (layer, unit): only the edges into this unit are drawn in full, the others pale; unit None
    means all units of that layer.
    """
    weights = [np.asarray(W, dtype=float) for W in weights]
    sizes = _sizes(weights)
    names = names or ["input", *(f"layer {i + 1}" for i in range(len(weights)))]
    numbers = {
        "inside": _columns(values, sizes, "values"),
        "z": _columns(z, sizes, "z"),
        "b": _columns(biases, sizes, "biases"),
        "dz": _columns(dz, sizes, "dz"),
    }
    figure, ax, spots = _frame(sizes, names, title, values is not None)
    for layer, W in enumerate(weights):
        pale = {j for j in range(len(W)) if lit and lit not in ((layer, j), (layer, None))}
        _draw_edges(ax, W, spots[layer], spots[layer + 1], pale)
    for i, units in enumerate(spots):
        _draw_units(ax, units, {key: column[i] for key, column in numbers.items()}, i)
    _legend(figure, weights, edges)
    return figure, _say(title, names, sizes, weights, numbers, edges)


def _frame(sizes, names, title, filled):
    """The figure without a network yet: (figure, axes, the units' places by column)."""
    across = max(ACROSS, NARROWEST / (len(sizes) - 1))
    xs = [MARGIN + across * i for i in range(len(sizes))]
    width, height = xs[-1] + MARGIN, DOWN * max(sizes) + 0.1
    xlabel = "layers, from input to output" + (" (in each circle: its value)" if filled else "")
    figure, ax = drawing(width, height, title, xlabel, "units", 1.0)
    ax.xaxis.labelpad = 8
    ax.set_xticks(xs, names, size=10)
    ax.tick_params(length=0)
    return figure, ax, [_spots(x, n, height) for x, n in zip(xs, sizes, strict=True)]


def _sizes(weights):
    """[n_0, n_1, ...]; ValueError where one layer's outputs are not the next one's inputs."""
    sizes = [weights[0].shape[-1]]
    for layer, W in enumerate(weights, start=1):
        if W.ndim != 2 or W.shape[1] != sizes[-1]:
            raise ValueError(f"W{layer} is {W.shape}: it must have {sizes[-1]} columns")
        sizes.append(W.shape[0])
    return sizes


def _columns(arrays, sizes, name):
    """One flat array, or None, a column of nodes; a list without the input gets None for it."""
    arrays = list(arrays) if arrays is not None else [None] * len(sizes)
    arrays = [None] * (len(sizes) - len(arrays)) + arrays
    arrays = [None if a is None else np.asarray(a, dtype=float).ravel() for a in arrays]
    found = [n if a is None else len(a) for a, n in zip(arrays, sizes, strict=False)]
    if len(arrays) != len(sizes) or found != sizes:
        raise ValueError(f"{name} have {found} entries in the layers, the network {sizes} units")
    return arrays


def _spots(x, n, height):
    """Where the n units of the column at x stand: (x, y) in inches, the first on top."""
    middle = height / 2
    return [(x, middle + DOWN * ((n - 1) / 2 - i)) for i in range(n)]


def _draw_edges(ax, W, sources, targets, pale=()):
    largest = np.max(np.abs(W)) or 1.0
    # At this fraction of the way all the numbers of a layer stand in one column, equally far
    # apart: the n_in edges that meet at a unit have spread to 1 / (n_in + 1) of the units'
    # distance, which is also what is left between two units' groups.
    along = 1 - 1 / (len(sources) + 1) if len(sources) > 1 else 0.6
    for (j, i), w in np.ndenumerate(W):
        (x0, y0), (x1, y1) = sources[i], targets[j]
        look = POSITIVE if w > 0 else NEGATIVE if w < 0 else ZERO
        look = look if j not in pale else {**look, "color": PALE}
        ax.plot([x0, x1], [y0, y1], linewidth=1.0 + 1.4 * abs(w) / largest, zorder=1, **look)
        if j in pale:
            continue
        spot = (x0 + along * (x1 - x0), y0 + along * (y1 - y0))
        color = "black" if w else GREY
        ax.text(*spot, shown(w), ha="center", va="center", size=9, color=color, bbox=PLAIN)


def _draw_units(ax, units, numbers, column):
    """The circles of one column with their numbers; numbers {"inside", "z", "b", "dz"}."""
    names = {"b": "b", "dz": "dz" if column else "dx"}
    for k, (x, y) in enumerate(units):
        ax.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor="black", zorder=3))
        text = {key: shown(a[k]) for key, a in numbers.items() if a is not None}
        middle = {"ha": "center", "va": "center", "zorder": 4}
        if "inside" in text:
            ax.text(x, y, text["inside"], weight="bold", **middle)
        if "z" in text:
            ax.text(x, y + RADIUS + 0.12, f"z = {text['z']}", size=9, bbox=PLAIN, **middle)
        below = [f"{names[key]} = {text[key]}" for key in names if key in text]
        for line, words in enumerate(below):
            spot = y - RADIUS - 0.12 - 0.17 * line
            ax.text(x, spot, words, size=9, bbox=PLAIN, **middle)


def _legend(figure, weights, edges):
    flat = np.concatenate([W.ravel() for W in weights])
    kinds = [
        (POSITIVE, f"positive {edges}", np.any(flat > 0)),
        (NEGATIVE, f"negative {edges}", np.any(flat < 0)),
        (ZERO, f"{edges} 0", np.any(flat == 0)),
    ]
    lines = [
        Line2D([], [], linewidth=2, label=label, **look) for look, label, there in kinds if there
    ]
    figure.legend(handles=lines, loc="lower center", ncols=3, frameon=False, handlelength=3)


def _say(title, names, sizes, weights, numbers, edges):
    text = f"{title}. A network of {len(sizes)} columns of {listed([str(n) for n in sizes])} units."
    for i, name in enumerate(names):
        text += f" {name[0].upper()}{name[1:]}"
        if i:
            rows = "; ".join(", ".join(shown(w) for w in row) for row in weights[i - 1])
            text += f" ({edges}s row by row: {rows})".replace(MINUS, "-")
        for key, words in (("b", "b"), ("z", "z"), ("inside", "output"), ("dz", "dz")):
            if numbers[key][i] is not None:
                words = words if i else {"output": "values", "dz": "dx"}.get(words, words)
                text += f", {words} {listed(numbers[key][i])}"
        text += "."
    return text
