"""A calculation as a graph: what was made of what, with a value and a gradient on each node."""

from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from lessonlib.plots.picture import (
    BLUE,
    ORANGE,
    Picture,
    drawing,
    number,
    shown,
    styled,
)

ACROSS, DOWN = 1.72, 1.05  # inches between two columns, between two places of a column
WIDTH, LINE = 1.15, 0.19  # inches: a node's box, a line of its text
MARGIN = 0.75
LONGEST_NAME = 16
MOST_NODES = 24
LOOKS = {
    "positive slope": {"color": BLUE, "linestyle": "-"},
    "negative slope": {"color": ORANGE, "linestyle": (0, (4, 1.8))},
    "slope 0": {"color": "#8c8c8c", "linestyle": (0, (1, 2.5))},
}
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


@styled
def graph(values, edges, grads=None, title="Graph"):
    """A calculation from left to right: a box for each node, an arrow to what is made of it.

    values {name: number, or None for an empty place}: the names are written in the boxes
    ("v = u + c"), at most 16 letters each. grads {name: number or None} are written below the
    values. edges [(name, name)] from what goes in to what comes out, or [(name, name, slope)]: then
    the slope stands beside the arrow. The same pair may occur twice (a * a).
    ValueError for a name that is unknown or too long, for a circle, and above 24 nodes.
    """
    edges = [(*edge, None)[:3] for edge in edges]
    grads = dict(grads or {})
    return Picture(drawn_graph(values, edges, grads, title), _say(title, values, edges, grads))


@styled
def drawn_graph(values, edges, grads, title, lit=None, messages=None):
    """The figure of a graph. lit: the node that sends; messages {place of an edge: number}.

    A message is drawn against its arrow, in place of the slope.
    """
    messages = messages or {}
    _check(values, edges, grads)
    columns = _columns(list(values), edges)
    places, bends = _places(columns, edges)
    slopes = [slope for *_, slope in edges if slope is not None]
    figure, ax = _frame(places, bends, title, 0.75 if slopes else 0.4)
    for k, edge in enumerate(edges):
        spots = [places[edge[0]], *bends[k], places[edge[1]]]
        _draw_edge(ax, spots, _twin(edges, k), edge[2], messages.get(k))
    for name, value in values.items():
        _draw_node(ax, places[name], name, value, grads, name == lit)
    _legend(figure, slopes)
    return figure


def _check(values: Mapping, edges: list, grads: dict) -> None:
    unknown = {name for edge in edges for name in edge[:2]} | set(grads)
    if unknown - set(values):
        raise ValueError(f"these are no nodes: {', '.join(sorted(unknown - set(values)))}")
    long = [name for name in values if len(name) > LONGEST_NAME]
    if long:
        raise ValueError(f"the name {long[0]!r} has more than {LONGEST_NAME} letters")
    if not 1 <= len(values) <= MOST_NODES:
        raise ValueError(f"{len(values)} nodes: from 1 to {MOST_NODES} can be read")


def _columns(names: list, edges: list) -> dict:
    """{name: column}: one to the right of all that goes in; inputs stand close to their use."""
    column = dict.fromkeys(names, 0)
    for _ in names:
        for source, target, _slope in edges:
            column[target] = max(column[target], column[source] + 1)
    if max(column.values()) >= len(names):
        raise ValueError("the arrows go round in a circle")
    inputs = set(names) - {target for _, target, _ in edges}
    for name in inputs:
        used = [column[target] for source, target, _ in edges if source == name]
        column[name] = min(used, default=1) - 1
    return column


def _places(column: dict, edges: list) -> tuple[dict, list]:
    """Where each node stands, and through which points each arrow goes, in inches.

    An arrow over several columns gets a place in each of them, so that it passes by the boxes.
    """
    rows: list[list] = [[] for _ in range(max(column.values()) + 1)]
    for name, i in column.items():
        rows[i].append(name)
    links, chains = [], []
    for k, (source, target, _) in enumerate(edges):
        chain = [(k, i) for i in range(column[source] + 1, column[target])]
        for _, i in chain:
            rows[i].append((k, i))
        chains.append(chain)
        links += list(zip([source, *chain], [*chain, target], strict=True))
    height = _untangled(rows, links)
    top = max(height.values())
    x = {item: MARGIN + ACROSS * i for i, row in enumerate(rows) for item in row}
    spots = {item: (x[item], 0.55 + DOWN * (top - height[item])) for item in x}
    return {name: spots[name] for name in column}, [[spots[s] for s in c] for c in chains]


def _untangled(rows: list[list], links: list) -> dict:
    """The height of each item, in places from the top: near its neighbours, a place apart."""
    height = {item: k - (len(row) - 1) / 2 for row in rows for k, item in enumerate(row)}
    for sweep in range(12):
        for row in rows if sweep % 2 else rows[::-1]:
            wish = {item: _middle(item, links, height) for item in row}
            row.sort(key=lambda item: wish[item])
            _spread(row, wish, height)
    lowest = min(height.values())
    return {item: h - lowest for item, h in height.items()}


def _middle(item, links: list, height: dict) -> float:
    near = [height[b] for a, b in links if a == item] + [height[a] for a, b in links if b == item]
    return float(np.mean(near)) if near else height[item]


def _spread(row: list, wish: dict, height: dict) -> None:
    """Give the items of a column, in this order, heights near their wishes and 1 apart."""
    spots = [wish[item] for item in row]
    for _ in range(60):
        for i in range(len(row) - 1):
            lack = 1 - (spots[i + 1] - spots[i])
            if lack > 0:
                spots[i] -= lack / 2
                spots[i + 1] += lack / 2
    height.update(zip(row, spots, strict=True))


def _frame(places: dict, bends: list, title: str, below: float):
    spots = [*places.values(), *(spot for bend in bends for spot in bend)]
    width = max(max(x for x, _ in spots) + MARGIN, 4.2)
    height = max(y for _, y in spots) + 0.5
    return drawing(width, height, title, "from the inputs to the end", "", below)


def _twin(edges: list, k: int) -> int:
    """0 for the only arrow between two nodes; -1 and 1 for two of them."""
    same = [i for i, edge in enumerate(edges) if edge[:2] == edges[k][:2]]
    return 0 if len(same) == 1 else (1 if same.index(k) else -1)


def _draw_edge(ax, spots: list, twin: int, slope, message=None) -> None:
    points = np.array(spots, dtype=float) + [0, 0.13 * twin]
    points[0, 0] += WIDTH / 2
    points[-1, 0] -= WIDTH / 2 + 0.02
    look = {"color": "#4a4a4a", "linestyle": "-"} if slope is None else LOOKS[_kind(slope)]
    head, width = ("-|>", 1.4) if message is None else ("<|-", 3)
    ax.add_patch(
        FancyArrowPatch(
            path=_smooth(points),
            arrowstyle=head,
            mutation_scale=12,
            linewidth=width,
            zorder=1,
            shrinkA=0,
            shrinkB=0,
            **look,
        )
    )
    label = slope if message is None else message
    if label is not None:
        x, y = _halfway(points[-2:] if len(points) > 2 else points)
        weight = "normal" if message is None else "bold"
        words = {"size": 9, "weight": weight, "ha": "center", "va": "center"}
        ax.text(x, y, shown(label), bbox=PLAIN, zorder=2, **words)


def _smooth(points: np.ndarray) -> Path:
    """A curve that leaves and arrives level, and runs level past each box on its way."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for i, (start, end) in enumerate(zip(points[:-1], points[1:], strict=True)):
        start = start + [WIDTH / 2, 0] if i else start
        end = end - [WIDTH / 2, 0] if i < len(points) - 2 else end
        if i:
            vertices.append(start)
            codes.append(Path.LINETO)
        reach = 0.45 * (end[0] - start[0])
        vertices += [start + [reach, 0], end - [reach, 0], end]
        codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def _halfway(points: np.ndarray) -> np.ndarray:
    start, end = points
    if end[0] - start[0] > ACROSS - WIDTH + 0.1:  # from a bend: the curve starts behind the boxes
        start = start + [WIDTH / 2, 0]
    return (start + end) / 2


def _kind(slope) -> str:
    return "positive slope" if slope > 0 else "negative slope" if slope < 0 else "slope 0"


def _draw_node(ax, spot, name, value, grads, lit=False) -> None:
    lines = [name, f"value {_text(value)}"]
    if name in grads:
        lines.append(f"grad {_text(grads[name])}")
    height = LINE * len(lines) + 0.16
    x, y = spot
    box = FancyBboxPatch(
        (x - WIDTH / 2, y - height / 2),
        WIDTH,
        height,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor="white",
        edgecolor="black",
        zorder=3,
        linewidth=3 if lit else 1,
    )
    ax.add_patch(box)
    for i, text in enumerate(lines):
        at = y + LINE * ((len(lines) - 1) / 2 - i)
        weight = "bold" if i == 0 else "normal"
        size = 9 if len(text) <= 13 else 8
        style = "italic" if text.startswith("grad ") else "normal"
        ax.text(
            x, at, text, ha="center", va="center", size=size, weight=weight, style=style, zorder=4
        )


def _text(value) -> str:
    return "…" if value is None else shown(value)


def _legend(figure, slopes: list) -> None:
    kinds = [name for name in LOOKS if any(_kind(slope) == name for slope in slopes)]
    lines = [Line2D([], [], linewidth=2, label=name, **LOOKS[name]) for name in kinds]
    if lines:
        figure.legend(handles=lines, loc="lower center", ncols=3, frameon=False, handlelength=3)


def _say(title, values, edges, grads) -> str:
    text = f"{title}. A graph of {len(values)} nodes and {len(edges)} arrows."
    for name, value in values.items():
        text += f" {name}: value {_said(value)}"
        text += f", grad {_said(grads[name])}" if name in grads else ""
        made = [(a, slope) for a, b, slope in edges if b == name]
        if made:
            parts = [a if s is None else f"{a} with slope {number(s)}" for a, s in made]
            text += f"; made of {' and '.join(parts)}"
        text += "."
    return text


def _said(value) -> str:
    return "left open" if value is None else number(value)
