"""Messages that flow back through a graph: one box after another sends its gradient on."""

from collections.abc import Mapping, Sequence

from lessonlib.plots.graph import drawn_graph
from lessonlib.plots.picture import Picture, listed, shown
from lessonlib.plots.stepper import Stepper, stepper

Edge = tuple[str, str, float]


def messages(
    values: Mapping[str, float], edges: Sequence[Edge], title: str = "Messages flow back"
) -> Stepper:
    """A calculation's graph on which gradients go back from the end, box by box.

    values {name: number}, and edges [(from, to, slope)] as for `graph`: the slope says how the box
    at the arrow's end moves with the one at its start. A box sends when all that it feeds have
    sent: to each input goes its gradient times the slope on the arrow. ValueError where not
    exactly one node is the end, and for whatever `graph` refuses.
    """
    end = _end_of(values, edges)
    grads = dict.fromkeys(values) | {end: 1.0}
    captions = [f"{end} is the end. Its own gradient is 1: nudge it, and it moves just as much."]
    figures = [drawn_graph(values, edges, grads, title)]
    for name in _senders(values, edges):
        sent = {k: grads[name] * slope for k, (_, to, slope) in enumerate(edges) if to == name}
        before = dict(grads)
        for k, message in sent.items():
            grads[edges[k][0]] = (grads[edges[k][0]] or 0.0) + message
        figures.append(drawn_graph(values, edges, grads, title, name, sent))
        captions.append(_says(name, edges, before, sent))
    captions.append(f"Done. The gradients: {_all_of(grads)}.")
    figures.append(drawn_graph(values, edges, grads, title))
    frames = [
        Picture(figure, f"{title}, picture {k}. {_says_graph(values, edges)} {caption}")
        for k, (figure, caption) in enumerate(zip(figures, captions, strict=True), start=1)
    ]
    return stepper(frames, captions, f"{_says_graph(values, edges)} {' '.join(captions)}", title)


def _end_of(values: Mapping, edges: Sequence[Edge]) -> str:
    ends = [name for name in values if all(source != name for source, *_ in edges)]
    if len(ends) != 1:
        raise ValueError(f"a graph has one end that feeds nothing, not {len(ends)}: {ends}")
    return ends[0]


def _senders(values: Mapping, edges: Sequence[Edge]) -> list[str]:
    """The nodes that have inputs, each after all that it feeds."""
    waiting = {name: {to for source, to, _ in edges if source == name} for name in values}
    order: list[str] = []
    while ready := [name for name in waiting if waiting[name] <= set(order)]:
        order += ready
        waiting = {name: fed for name, fed in waiting.items() if name not in ready}
    made = {to for _, to, _ in edges}
    return [name for name in order if name in made]


def _says(name: str, edges: Sequence[Edge], before: dict, sent: dict[int, float]) -> str:
    """'v = u+c sends 5 · 3 = 15 to u. b has now been sent two messages: −4 + 5 = 1.'"""
    parts = [
        f"{shown(before[name])} · {_factor(edges[k][2])} = {shown(message)} to {edges[k][0]}"
        for k, message in sent.items()
    ]
    text = f"{name} sends its gradient times the slope: {listed(parts)}."
    sums = dict(before)
    for k, message in sent.items():
        source, had = edges[k][0], sums[edges[k][0]]
        sums[source] = message if had is None else had + message
        if had is not None:
            total = f"{shown(had)} + {_factor(message)} = {shown(sums[source])}"
            text += f" {source} is used more than once, so its messages add up: {total}."
    return text


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)


def _all_of(grads: Mapping) -> str:
    return listed([f"{name.split(' ')[0]} {shown(grad or 0)}" for name, grad in grads.items()])


def _says_graph(values: Mapping, edges: Sequence[Edge]) -> str:
    made = {to for _, to, _ in edges}
    inputs = [f"{name} is {shown(value)}" for name, value in values.items() if name not in made]
    boxes = [f"{name} is {shown(value)}" for name, value in values.items() if name in made]
    return f"A graph. Inputs: {listed(inputs)}. Boxes: {listed(boxes)}."
