"""The sizes in a matrix product, as labelled rectangles."""

from typing import NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from lessonlib.plots.picture import BLACK, BLUE, GREY, ORANGE, Picture, drawing, styled

UNIT, MOST_UNITS = 0.3, 8  # inches for one row or column; a longer side is drawn as 8
SIGN, SIZE, GAP = 0.4, 0.4, 0.1  # inches for a sign, for a size beside a side, after a part
FILL = "#d6e4f0"
# What a size's frame means, by dashes and by colour.
INNER = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": ORANGE, "linestyle": "--"}
OUTER = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": BLUE, "linestyle": "-"}


class _Part(NamedTuple):
    sign: str  # what stands before it
    name: str
    shape: tuple  # its own, as written
    drawn: tuple  # (rows, columns) after broadcasting
    frames: tuple  # of its row and column sizes


@styled
def shapes(
    left,
    right,
    bias=None,
    names=("W", "X", "b", "Z"),
    title="Which sizes must agree",
    columns="columns",
    rows="rows",
):
    """The product left @ right (+ bias) as rectangles with their sizes on the sides.

    left, right: (rows, columns); bias: (n, 1), (1, n) or (n,), drawn once and, dashed, with the
    copies that broadcasting makes; names of left, right, bias and result. The sizes in dashed
    frames must agree, those in solid frames are the result's. ValueError if the sizes do not fit.
    """
    left, right, result = tuple(left), tuple(right), (left[0], right[1])
    if left[1] != right[0]:
        raise ValueError(f"{left} @ {right}: {left[1]} columns do not meet {right[0]} rows")
    if bias is not None and not _broadcasts(bias, result):
        raise ValueError(f"a bias of shape {bias} does not broadcast to {result}")
    parts = _parts(left, right, bias, result, names)
    width = sum(SIGN * bool(p.sign) + SIZE + _side(p.drawn[1]) + GAP for p in parts)
    height = max(_side(p.drawn[0]) for p in parts) + 1.0
    figure, ax = drawing(max(width, 5.6), height, title, columns, rows, below=0.75)
    at, middle = max(0, 5.6 - width) / 2, height / 2
    for part in parts:
        at = _draw_part(ax, part, at, middle)
    _explain(ax)
    return Picture(figure, _say(title, left, right, bias, result, names))


def _broadcasts(bias, result):
    """Whether an array of shape bias stretches to result: from the right, each size 1 or equal."""
    pairs = zip(reversed(bias), reversed(result), strict=False)
    return len(bias) <= 2 and all(n in (1, m) for n, m in pairs)


def _parts(left, right, bias, result, names):
    parts = [
        _Part("", names[0], left, left, (OUTER, INNER)),
        _Part("@", names[1], right, right, (INNER, OUTER)),
        _Part("=", names[3], result, result, (OUTER, OUTER)),
    ]
    if bias is not None:
        parts.insert(2, _Part("+", names[2], tuple(bias), result, (None, None)))
    return parts


def _side(n):
    return UNIT * min(n, MOST_UNITS)


def _draw_part(ax, part, at, middle):
    """Draw one part from x = at on, centred on y = middle; where the next one starts."""
    if part.sign:
        ax.text(at + SIGN / 2, middle, part.sign, ha="center", va="center", size=15)
        at += SIGN
    x, top = at + SIZE, middle + _side(part.drawn[0]) / 2
    own = (1,) * (2 - len(part.shape)) + part.shape
    if own != part.drawn:  # the copies that broadcasting makes
        _draw_matrix(ax, x, top, part.drawn, edgecolor=GREY, linestyle=(0, (2, 2)), linewidth=0.8)
    _draw_matrix(ax, x, top, own, edgecolor=BLACK, facecolor=FILL, linewidth=0.9)
    _write_sizes(ax, part, own, x, top)
    return x + _side(part.drawn[1]) + GAP


def _draw_matrix(ax, x, top, shape, **look):
    """A rectangle of rows x columns cells, its top left corner at (x, top)."""
    cut = max(shape) > MOST_UNITS  # cells that were not counted would mislead
    n_rows, n_columns = (1, 1) if cut else shape
    height, width = _side(shape[0]) / n_rows, _side(shape[1]) / n_columns
    for i, j in np.ndindex(n_rows, n_columns):
        corner = (x + j * width, top - (i + 1) * height)
        ax.add_patch(Rectangle(corner, width, height, **{"facecolor": "white", **look}))


def _write_sizes(ax, part, own, x, top):
    """The name inside, the sizes on the sides, the shape below."""
    width, height = _side(own[1]), _side(own[0])
    at = {"ha": "center", "va": "center"}
    clear = {"facecolor": FILL, "edgecolor": "none", "pad": 1.5}
    ax.text(x + width / 2, top - height / 2, part.name, weight="bold", size=13, bbox=clear, **at)
    ax.text(x + width / 2, top + 0.2, f"{own[1]}", bbox=part.frames[1], **at)
    if len(part.shape) == 2:  # (n,) has no rows
        ax.text(x - 0.23, top - height / 2, f"{own[0]}", bbox=part.frames[0], **at)
    below = top - _side(part.drawn[0]) - 0.2
    ax.text(x + width / 2, below, f"{part.shape}", color=GREY, size=9, **at)


def _explain(ax):
    """One line under the label: what the two frames mean."""
    middle, y = ax.get_xlim()[1] / 2, -0.55
    text = {"size": 9, "va": "center"}
    ax.text(middle - 2.55, y, "n", bbox=INNER, **text)
    ax.text(middle - 2.3, y, "inner sizes: must agree", **text)
    ax.text(middle + 0.05, y, "n", bbox=OUTER, **text)
    ax.text(middle + 0.3, y, "outer sizes: those of the result", **text)


def _say(title, left, right, bias, result, names):
    w, x, b, z = names
    text = (
        f"{title}. {w} {left} @ {x} {right}: the {left[1]} columns of {w} meet the {right[0]} rows"
        f" of {x}; the result {z} {result} has the rows of {w} and the columns of {x}."
    )
    if bias is None:
        return text
    own = (1,) * (2 - len(bias)) + tuple(bias)
    copies = " and ".join(
        f"{n} {word}" for n, m, word in zip(result, own, ("rows", "columns"), strict=True) if n != m
    )
    return text + f" {b} {tuple(bias)} is added" + (f", copied over {copies}." if copies else ".")
