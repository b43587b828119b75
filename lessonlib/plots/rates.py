"""The loss that training ends with, over the learning rate."""

import numpy as np

from lessonlib.plots.picture import BLUE, GREY, ORANGE, Picture, axes, lay_out, number, styled

TOP = 1.6  # times the undecided loss: what is higher, or not finite, is drawn at the upper edge


@styled
def rate_sweep(
    rates,
    losses,
    undecided,
    title="Loss after training, over the learning rate",
    xlabel="learning rate",
    ylabel="loss at the end",
):
    """A dot for each run, a line through the middle run of each rate.

    rates (n,) above 0, on a logarithmic axis; losses (runs, n), the loss at the end of each run, or
    (n,) for one run; undecided: the loss of a network that gives all classes the same, a dashed
    line. A run that ends far above it, or with nan, is a triangle at the upper edge. ValueError
    where sizes do not fit.
    """
    rates, losses = np.asarray(rates, dtype=float), np.atleast_2d(np.asarray(losses, dtype=float))
    if rates.ndim != 1 or not np.all(rates > 0) or losses.shape[1:] != rates.shape:
        raise ValueError("rates must be (n,) numbers above 0 and losses (runs, n)")
    top = TOP * undecided
    losses = np.where(np.isfinite(losses), losses, np.inf)
    middle = np.median(losses, axis=0)
    figure, ax = axes(6.6, 3.9, title, xlabel, ylabel)
    ax.plot(rates, np.minimum(middle, top), color=BLUE, linewidth=2, label="the middle run")
    _draw_runs(ax, rates, losses, top)
    look = {"color": GREY, "linewidth": 1.4, "linestyle": (0, (5, 3))}
    ax.axhline(undecided, label="undecided", **look)
    ax.set(xscale="log", ylim=(-0.04 * top, 1.06 * top))
    _mark_rates(ax, rates)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, labelspacing=0.8)
    lay_out(figure)
    return Picture(figure, _say(title, (xlabel, ylabel), rates, losses, middle, undecided, top))


def _draw_runs(ax, rates, losses, top):
    inside = losses <= top
    places = np.broadcast_to(rates, losses.shape)
    dots = {"linestyle": "none", "markeredgecolor": "white", "zorder": 3}
    ax.plot(places[inside], losses[inside], "o", color=BLUE, markersize=6, label="a run", **dots)
    if not inside.all():
        above = np.full(np.sum(~inside), top)
        label = "a run that ends higher"
        ax.plot(places[~inside], above, "^", color=ORANGE, markersize=9, label=label, **dots)


def _mark_rates(ax, rates):
    """Marks at 1 and 3 times each power of ten, written as plain numbers."""
    powers = range(
        int(np.floor(np.log10(rates.min()))) - 1, int(np.ceil(np.log10(rates.max()))) + 1
    )
    marks = [m * 10.0**k for k in powers for m in (1, 3)]
    marks = [mark for mark in marks if rates.min() * 0.9 <= mark <= rates.max() * 1.1]
    ax.set_xticks(marks, [f"{mark:.10f}".rstrip("0").rstrip(".") for mark in marks], rotation=45)
    ax.set_xticks([], minor=True)
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.6)
    ax.set_axisbelow(True)


def _say(title, labels, rates, losses, middle, undecided, top):
    xlabel, ylabel = labels
    runs = len(losses)
    each = [f"{_loss(loss)} at {rate:.2g}" for rate, loss in zip(rates, middle, strict=True)]
    text = (
        f"{title}. {ylabel[0].upper()}{ylabel[1:]} against {xlabel}, which is on a logarithmic"
        f" axis, {runs} run{'s' * (runs != 1)} for each rate. An undecided"
        f" network has {number(undecided)}. The middle run: {', '.join(each)}."
    )
    high = int(np.sum(losses > top))
    return text + (f" {high} runs end above {number(top)}." if high > 1 else "")


def _loss(loss):
    return number(loss) if np.isfinite(loss) else "no finite loss"
