"""Arrays as pictures: cells with their numbers in them."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import FancyBboxPatch, Rectangle

from lessonlib.plots.picture import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    Picture,
    drawing,
    number,
    shown,
    styled,
)

SIGNS = LinearSegmentedColormap.from_list("signs", [ORANGE, "#ffffff", BLUE])
CELL_W, CELL_H, GAP = 0.62, 0.42, 0.5  # inches
LETTER = 0.11  # inches, about, for a letter of a name
MOST_CELLS = 200


@styled
def heatmap(arrays, masks=None, title="Arrays", rows="row", columns="column"):
    """Arrays side by side as cells with their numbers, blue above 0, orange below, white at 0.

    arrays {name: (n,) or (n, m) array}; (n,) is drawn as beads on a string: it is no table, and
    neither a row nor a column.
    masks {name: boolean array of that array's shape}: True cells are switched off, drawn grey
    and hatched. rows and columns say what a row and a column stand for. All arrays share
    one colour scale. ValueError above 200 cells or for more than two axes.
    """
    arrays = {name: _numbers(name, a) for name, a in arrays.items()}
    masks = {name: np.asarray(mask, dtype=bool) for name, mask in (masks or {}).items()}
    height, widths = _extent(arrays)
    figure, ax = drawing(sum(widths) + GAP * (len(widths) - 1) + 0.2, height, title, columns, rows)
    largest = max(np.max(np.abs(a), initial=0.0) for a in arrays.values()) or 1.0
    left = 0.1
    for (name, a), width in zip(arrays.items(), widths, strict=True):
        _draw_array(ax, name, a, masks.get(name), (left + width / 2, height - 0.55), largest)
        left += width + GAP
    said = [_say_array(name, a, masks.get(name)) for name, a in arrays.items()]
    alt = f"{title}. Rows: {rows}; columns: {columns}. " + " ".join(said)
    return Picture(figure, alt)


def _numbers(name, a):
    a = np.asarray(a, dtype=float)
    if not 1 <= a.ndim <= 2 or a.size == 0:
        raise ValueError(f"{name} must be (n,) or (n, m) with at least one number, not {a.shape}")
    if a.size > MOST_CELLS:
        raise ValueError(f"{name} has {a.size} numbers: more than {MOST_CELLS} cannot be read")
    return a


def _extent(arrays):
    """Height of the drawing and each array's width, in inches; room for names is in both."""
    tables = {name: np.atleast_2d(a) for name, a in arrays.items()}
    height = max(t.shape[0] for t in tables.values()) * CELL_H + 0.65
    return height, [max(t.shape[1] * CELL_W, LETTER * len(n)) for n, t in tables.items()]


def _draw_array(ax, name, a, mask, top_middle, largest):
    table = np.atleast_2d(a)
    off = np.zeros(table.shape, dtype=bool) if mask is None else mask.reshape(table.shape)
    x0, y0 = top_middle[0] - table.shape[1] * CELL_W / 2, top_middle[1]
    ax.text(top_middle[0], y0 + 0.3, name, ha="center", va="bottom", weight="bold")
    ax.text(top_middle[0], y0 + 0.1, f"{a.shape}", ha="center", color=GREY, size=9)
    if a.ndim == 1:
        string = x0 - 0.08, x0 + a.size * CELL_W + 0.08
        ax.plot(string, [y0 - CELL_H / 2] * 2, color=GREY, linewidth=1.2, zorder=0)
    outline = Rectangle if a.ndim == 2 else _bead
    for (i, j), value in np.ndenumerate(table):
        corner = x0 + j * CELL_W, y0 - (i + 1) * CELL_H
        _draw_cell(ax, outline, corner, value, off[i, j], largest)


def _bead(corner, width, height, **look):
    x, y = corner
    style = f"round,pad=0,rounding_size={0.4 * height}"
    return FancyBboxPatch((x + 0.06, y + 0.03), width - 0.12, height - 0.06, style, **look)


def _draw_cell(ax, outline, corner, value, off, largest):
    color = PALE if off else SIGNS(0.5 + 0.5 * value / largest)
    hatch = "////" if off else None
    look = {"facecolor": color, "edgecolor": "#9a9a9a", "hatch": hatch}
    ax.add_patch(outline(corner, CELL_W, CELL_H, **look))
    x, y = corner
    label = ax.text(
        x + CELL_W / 2, y + CELL_H / 2, shown(value), ha="center", va="center", color=_ink(color)
    )
    if off:  # the hatching must not run through the number
        label.set_bbox({"facecolor": PALE, "edgecolor": "none", "pad": 1})


def _ink(background):
    """Black or white, whichever is further from the background (its WCAG luminance)."""
    channels = np.array(to_rgb(background))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "white" if linear @ [0.2126, 0.7152, 0.0722] < 0.18 else "black"


def _say_array(name, a, mask):
    text = f"{name} {a.shape}: "
    if a.size <= 30:
        rows = [", ".join(number(value) for value in row) for row in np.atleast_2d(a)]
        text += "; ".join(rows) + "."
    else:
        text += f"{a.size} numbers from {number(a.min())} to {number(a.max())}."
    if mask is not None:
        text += f" {int(mask.sum())} of {mask.size} cells are switched off."
    return text
