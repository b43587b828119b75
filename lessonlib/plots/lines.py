"""Curves over an axis: functions, hinges and their sum, losses."""

import itertools

import numpy as np

from lessonlib.nn import relu
from lessonlib.plots.picture import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    MINUS,
    ORANGE,
    PURPLE,
    Picture,
    axes,
    lay_out,
    listed,
    number,
    shown,
    styled,
)

# Colour and dashes change together: each curve is told apart without its colour.
LOOKS = (
    {"color": BLUE, "linestyle": "-"},
    {"color": ORANGE, "linestyle": (0, (5, 2))},
    {"color": GREEN, "linestyle": (0, (6, 1.5, 1.2, 1.5))},
    {"color": PURPLE, "linestyle": (0, (1.2, 1.2))},
    {"color": BLACK, "linestyle": (0, (8, 1.5, 1.2, 1.5, 1.2, 1.5))},
)
MARKERS = "os^Dv"
NUDGE = 1e-9  # how far from a jump its two sides are read


@styled
def function(x, curves, title="Function", xlabel="x", ylabel="y", jump=None, points=None):
    """Named curves over x.

    x (n,) positions; curves {name: f}, each f called with an array, or {name: (n,) values}.
    jump: a position where a callable curve may jump; it is broken there, with an open dot at
    each side's limit and a filled dot at its value. points: ((n,), (n,)) samples as crosses.
    """
    x = np.asarray(x, dtype=float)
    figure, ax = axes(6.2, 3.6, title, xlabel, ylabel)
    said = []
    for i, (name, f) in enumerate(curves.items()):
        x_i, y = x, np.asarray(f(x) if callable(f) else f, dtype=float)
        said.append(_say_curve(name, x, y))
        if jump is not None and callable(f) and _jumps(f, jump):
            said[-1] += _break_curve(ax, f, jump, LOOKS[i % len(LOOKS)]["color"])
            x_i, y = _split(x, y, jump)
        _draw_curve(ax, x_i, y, name, i)
    if points is not None:
        said.append(_mark_samples(ax, *points))
    _finish(ax, many=len(curves) > 1 or points is not None)
    alt = f"{title}. Line plot of {ylabel} against {xlabel}. " + " ".join(said)
    return Picture(figure, alt)


@styled
def hinge(w, b, v=None, interval=None, title="Hinges and their sum", xlabel="x", ylabel="y"):
    """The hinges v_i relu(w_i x + b_i), thin, and their sum over i, thick.

    w, b, v (n,), v all ones if it is not given; interval (low, high) of x, by default one unit
    beyond the outermost kinks x = -b_i / w_i. ValueError while one of them is still `...`.
    """
    if any(each is ... for each in (w, b, v)):
        raise ValueError("w, b and v hold a number for each hinge; one of them is still `...`")
    w, b = np.ravel(w).astype(float), np.ravel(b).astype(float)
    v = np.ones_like(w) if v is None else np.ravel(v).astype(float)
    kinks = -b[w != 0] / w[w != 0]
    low, high = _around(kinks) if interval is None else interval
    x = np.unique(np.concatenate([np.linspace(low, high, 201), kinks]))
    x = x[(low <= x) & (x <= high)]
    terms = v * relu(np.outer(x, w) + b)
    names = [_term(*wbv) for wbv in zip(w, b, v, strict=True)]
    figure, ax = axes(6.2, 3.8, title, xlabel, ylabel)
    ax.plot(x, terms.sum(axis=1), color=BLACK, linewidth=5, label="their sum")
    for i, name in enumerate(names):
        _draw_hinge(ax, x, terms[:, i], -b[i] / w[i] if w[i] else np.nan, name, i)
    _finish(ax, many=True)
    return Picture(figure, _say_hinges(title, names, kinks, (low, high), w, b, v))


@styled
def loss_curve(losses, title="Loss during training", xlabel="step", ylabel="loss"):
    """The loss after each step: losses (n,), or {name: (n,) losses} for several runs."""
    runs = losses if isinstance(losses, dict) else {"loss": losses}
    figure, ax = axes(6.2, 3.4, title, xlabel, ylabel)
    said = []
    for i, (name, run) in enumerate(runs.items()):
        run = np.asarray(run, dtype=float)
        _draw_curve(ax, np.arange(len(run)), run, name, i)
        said.append(_say_loss(name, run, xlabel))
    _finish(ax, many=len(runs) > 1)
    return Picture(figure, f"{title}. Line plot of {ylabel} against {xlabel}. " + " ".join(said))


def _draw_curve(ax, x, y, name, i):
    ax.plot(x, y, label=name, linewidth=2, **LOOKS[i % len(LOOKS)])


def _mark_samples(ax, x, y):
    """Draw a cross for each sample and say them."""
    look = {"linestyle": "none", "marker": "X", "markersize": 9, "markeredgecolor": "white"}
    ax.plot(x, y, color=BLACK, label="samples", zorder=4, **look)
    places = [f"{number(b)} at {number(a)}" for a, b in zip(x, y, strict=True)]
    return f"Crosses, the samples: {listed(places)}."


def _finish(ax, many):
    """Thin lines through the origin, room above and below, a legend if it says something."""
    ax.margins(y=0.08)
    low, high = ax.get_ylim()
    if low < 0 < high:
        ax.axhline(0, color=GREY, linewidth=0.6, zorder=0)
    left, right = ax.get_xlim()
    if left < 0 < right and -left > 0.1 * right:
        ax.axvline(0, color=GREY, linewidth=0.6, zorder=0)
    if many:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handlelength=3.2)
    _thin_out(ax)
    lay_out(ax.figure)


def _thin_out(ax):
    """Take fewer numbers along the axis until no two of them touch."""
    count = 9
    while count > 3:
        ax.figure.draw_without_rendering()
        boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
        if all(a.x1 + 4 < b.x0 for a, b in itertools.pairwise(boxes)):
            return
        count -= 2
        ax.locator_params(axis="x", nbins=count)


def _jumps(f, at):
    left, right = _sides(f, at)
    return abs(right - left) > 1e-6


def _sides(f, at):
    return [float(np.ravel(f(np.array([at + d])))[0]) for d in (-NUDGE, NUDGE)]


def _split(x, y, at):
    """The curve with a gap at the jump: nan there, so that no line joins the two sides."""
    i = np.searchsorted(x, at)
    keep = x != at
    y_gap = np.insert(y[keep], i, np.nan)
    return np.insert(x[keep], i, at), y_gap


def _break_curve(ax, f, at, color):
    """Draw a jump's dots and say them."""
    left, right = _sides(f, at)
    value = float(np.ravel(f(np.array([at])))[0])
    dots = {"linestyle": "none", "marker": "o", "markersize": 7, "color": color, "zorder": 4}
    ax.plot([at, at], [left, right], markerfacecolor="white", markeredgewidth=1.6, **dots)
    ax.plot([at], [value], **dots)
    return (
        f" It jumps at {number(at)} from {number(left)} to {number(right)};"
        f" the filled dot says that its value there is {number(value)}."
    )


def _draw_hinge(ax, x, y, kink, name, i):
    """One term with a marker at its kink."""
    mark = {"marker": MARKERS[i % len(MARKERS)], "markersize": 7, "markeredgecolor": "white"}
    here = [int(np.argmin(np.abs(x - kink)))] if x[0] <= kink <= x[-1] else []
    look = LOOKS[i % len(LOOKS)]
    ax.plot(x, y, label=name, linewidth=1.8, markevery=here, zorder=3, **mark, **look)


def _around(kinks):
    if kinks.size == 0:
        return -1.0, 1.0
    return float(kinks.min()) - 1, float(kinks.max()) + 1


def _term(w, b, v):
    """'2 relu(-x + 3)' as it is drawn: no factor 1, no + 0."""
    inside = _factor(w) + "x"
    if b != 0:
        inside += f" {'+' if b > 0 else MINUS} {shown(abs(b))}"
    return f"{_factor(v)}relu({inside})"


def _factor(c):
    return {1: "", -1: MINUS}.get(c, shown(c) + " ")


def _say_curve(name, x, y):
    low, high = int(np.nanargmin(y)), int(np.nanargmax(y))
    return (
        f"{name} goes from {number(y[0])} at {number(x[0])} to {number(y[-1])} at {number(x[-1])},"
        f" lowest {number(y[low])}, highest {number(y[high])}."
    )


def _say_hinges(title, names, kinks, interval, w, b, v):
    places = np.unique(np.concatenate([interval, kinks]))
    total = relu(np.outer(places, w) + b) @ v
    said = [f"{number(y)} at {number(x)}" for x, y in zip(places, total, strict=True)]
    words = listed([n.replace(MINUS, "-") for n in names])
    return (
        f"{title}. Thin lines: {words}, with kinks at x = {listed(kinks)}. The thick line is their"
        f" sum, straight between the kinks: {listed(said)}."
    )


def _say_loss(name, run, place):
    best = int(np.nanargmin(run))
    rises = int(np.sum(run[1:] > run[:-1]))
    text = (
        f"{name}: {number(run[0])} at {place} 0, {number(run[-1])} at {place} {len(run) - 1},"
        f" lowest {number(run[best])} at {place} {best};"
    )
    return text + (f" it rises in {rises} of its steps." if rises else " it never rises.")
