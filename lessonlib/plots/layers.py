"""What happens to numbers on their way through many layers: their spread, layer by layer."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from lessonlib.plots.lines import LOOKS, MARKERS
from lessonlib.plots.picture import BLUE, STYLE, Picture, axes, lay_out, number, shown, styled

EDGE = 0.05  # of the interval, at either end, that the text alternative counts as saturated


@styled
def layer_scales(
    scales,
    title="How large the numbers are, layer by layer",
    xlabel="layer, from the input to the output",
    ylabel="standard deviation",
):
    """A curve for each network: one number a layer, on a scale of powers of ten.

    scales {name: (L,) numbers above 0}, layer 1 first; a number that is not above 0 leaves a gap.
    ValueError for more curves than can be told apart.
    """
    scales = {name: np.ravel(np.asarray(values, dtype=float)) for name, values in scales.items()}
    if not 1 <= len(scales) <= len(LOOKS):
        raise ValueError(f"1 to {len(LOOKS)} networks can be told apart, not {len(scales)}")
    figure, ax = axes(6.6, 3.8, title, xlabel, ylabel)
    for i, (name, values) in enumerate(scales.items()):
        mark = {"marker": MARKERS[i], "markersize": 6, "markeredgecolor": "white"}
        heights = np.where(values > 0, values, np.nan)
        ax.plot(np.arange(1, len(values) + 1), heights, label=name, linewidth=2, **mark, **LOOKS[i])
    most = max(map(len, scales.values()))
    ax.set_yscale("log")
    ax.set_xticks(np.arange(1, most + 1))
    ax.grid(axis="y", color="#dddddd", linewidth=0.6)
    _plain_powers(ax)
    if len(scales) > 1:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handlelength=3.6)
    lay_out(figure)
    said = [_say_scales(name, values) for name, values in scales.items()]
    alt = f"{title}. Line plot of {ylabel}, in powers of ten, against {xlabel}. {' '.join(said)}"
    return Picture(figure, alt)


@styled
def layer_histograms(
    layers,
    interval=(-1.0, 1.0),
    title="Where the activations lie, layer by layer",
    xlabel="activation",
    bins=25,
    names=None,
):
    """A row of histograms for each network, one for each layer.

    layers {name: [A1, A2, ...]}, arrays of any shape; names of the layers, by default "layer 1" and
    so on; interval (low, high) is the range of every
    histogram, and values outside are counted in its outermost bars. Each histogram has its own
    height: only its form counts. ValueError where the networks differ in depth.
    """
    depth = {len(arrays) for arrays in layers.values()}
    if len(depth) != 1:
        raise ValueError(f"every network needs the same number of layers, not {sorted(depth)}")
    columns = depth.pop()
    names = names or [f"layer {i}" for i in range(1, columns + 1)]
    figure = Figure(figsize=(0.6 + 1.35 * columns, 0.8 + 1.5 * len(layers)), layout="constrained")
    panels = figure.subplots(len(layers), columns, sharex=True, squeeze=False)
    figure.supylabel(f"how many {xlabel}s lie there", size=9)
    figure.suptitle(title, weight=STYLE["axes.titleweight"], size=STYLE["axes.titlesize"])
    said = []
    for row, (name, arrays) in zip(panels, layers.items(), strict=True):
        for i, (ax, A) in enumerate(zip(row, arrays, strict=True)):
            values = np.clip(np.ravel(A).astype(float), *interval)
            ax.hist(values, bins=bins, range=interval, color=BLUE)
            ax.set_title(names[i], size=9, weight="normal", pad=4)
            ax.set(xlim=interval, yticks=[], xticks=[interval[0], np.mean(interval), interval[1]])
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value)))
            ax.set_xlabel(xlabel if ax in panels[-1] else "", size=9)
            ax.set_ylabel(name if i == 0 else "", size=9)
        said.append(f"{name}: {_say_histograms(names, arrays, interval)}.")
    lay_out(figure)
    low, high = map(number, interval)
    alt = f"{title}. Histograms of the {xlabel} from {low} to {high}. {' '.join(said)}"
    return Picture(figure, alt)


def _plain_powers(ax):
    """Label the powers of ten as 1e-06 … 0.01, 1, 100, at most seven of them."""
    ax.yaxis.set_major_locator(LogLocator(base=10, numticks=7))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _say_scales(name, values):
    """'relu: 0.8 in layer 1, 0.75 in layer 10, about 0.99 times from layer to layer.'"""
    text = f"{name}: {number(values[0])} in layer 1"
    if len(values) == 1:
        return text + "."
    text += f", {number(values[-1])} in layer {len(values)}"
    if np.all(values > 0):
        factor = (values[-1] / values[0]) ** (1 / (len(values) - 1))
        text += f", about {number(factor)} times from layer to layer"
    return text + "."


def _say_histograms(names, arrays, interval):
    width = EDGE * (interval[1] - interval[0])
    parts = []
    for layer, A in zip(names, arrays, strict=True):
        A = np.ravel(A).astype(float)
        at_an_end = np.mean((A <= interval[0] + width) | (A >= interval[1] - width))
        parts.append(f"{layer} has spread {number(np.std(A))}, {100 * at_an_end:.0f} % at an end")
    return "; ".join(parts)
