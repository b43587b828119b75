"""Lesson 17: automatic differentiation in reverse mode, one number at a time."""

from dataclasses import replace

import numpy as np

from lessonlib.checks.exercise import by_key, by_position
from lessonlib.checks.plain import Opaque
from lessonlib.checks.wording import listing, not_written
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons import find
from lessonlib.lessons.questions import names_out_of, single_numbers
from lessonlib.lessons.scripts import autodiff as scripts
from lessonlib.lessons.scripts.autodiff import (
    CALLED_TWICE,
    FUNCTIONS,
    NOT_WRITTEN,
    NUMBER,
    STEPS,
    WAYS,
)

# --- what is left of earlier lessons, and a graph by hand ----------------------------------------


@exercise("autodiff.recall_1", points=1, unpack=single_numbers("bias_gradient"), reveal=False)
def recall_1():
    messages = [0.5, -1.0, 2.0]
    bias_gradient = sum(messages)
    return bias_gradient


@exercise(
    "autodiff.recall_2", points=1, unpack=single_numbers("tanh_slope"), rtol=1e-6, reveal=False
)
def recall_2():
    a = 0.6
    tanh_slope = 1 - a**2
    return tanh_slope


@exercise(
    "autodiff.by_hand", points=2, unpack=single_numbers("dv", "du", "da", "db", "dc"), reveal=False
)
def by_hand():
    a, b, c = 2, 3, -1
    u = a * b
    v = u + c
    dv = b
    du = dv
    dc = dv
    da = du * b
    db = v + du * a
    return dv, du, da, db, dc


# --- the engine ----------------------------------------------------------------------------------


class Value:
    """A number that remembers how it was made.

    data: the number. grad: dL/d(this), set by `L.backward()`.
    parents: (node, slope) for each node that it was made from; slope = d(this)/d(node).
    """

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def _made(self, data, *parents):
        return type(self)(data, parents)

    def _lifted(self, other):
        return other if isinstance(other, Value) else type(self)(other)

    def __add__(self, other):
        other = self._lifted(other)
        return self._made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __radd__(self, other):
        return self._lifted(other) + self

    def __neg__(self):
        return self._made(-self.data, (self, -1.0))

    def __sub__(self, other):
        other = self._lifted(other)
        return self._made(self.data - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self._lifted(other) - self

    def __mul__(self, other):
        other = self._lifted(other)
        return self._made(self.data * other.data, (self, other.data), (other, self.data))

    def __rmul__(self, other):
        return self._lifted(other) * self

    def __truediv__(self, other):
        other = self._lifted(other)
        data = self.data / other.data
        return self._made(data, (self, 1 / other.data), (other, -data / other.data))

    def __rtruediv__(self, other):
        return self._lifted(other) / self

    def __pow__(self, n):
        data = self.data**n
        slope = n * self.data ** (n - 1)
        return self._made(data, (self, slope))

    def relu(self):
        data = max(0.0, self.data)
        slope = 1.0 if self.data > 0 else 0.0
        return self._made(data, (self, slope))

    def tanh(self):
        data = np.tanh(self.data)
        slope = 1 - data**2
        return self._made(data, (self, slope))

    def exp(self):
        data = np.exp(self.data)
        slope = data
        return self._made(data, (self, slope))

    def log(self):
        data = np.log(self.data)
        slope = 1 / self.data
        return self._made(data, (self, slope))

    def backward(self):
        """Set .grad of this node to 1 and of each that it depends on to d(this)/d(node)."""
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


def _not_written(self, *others):
    raise NotImplementedError


def _visits(node, found: dict) -> dict:
    """Return the nodes that a node depends on, itself the first, as a recursion comes to them."""
    if node not in found:
        found[node] = None
        for parent, _ in node.parents:
            _visits(parent, found)
    return found


def _send_on(node) -> None:
    """Send on all that has arrived at a node so far, and so from each parent, at each arrival."""
    for parent, slope in node.parents:
        parent.grad += slope * node.grad
        _send_on(parent)


# --- putting the class to work: what value and backward share ------------------------------------


def _numbers(rng: np.random.Generator, factors=((), (), ())) -> list[Case]:
    """Powers of two: then also quotients come out with few digits."""

    def case(k, sizes, last, *tags):
        a, b = rng.permutation(sizes)[:2] * rng.permutation([1, -1])
        numbers = a.item(), b.item(), rng.choice(last).item(), *k
        about = listing([f"{name} = {x:g}" for name, x in zip("abck", numbers, strict=False)])
        return Case(numbers, about, tags=tags)

    return [
        case(factors[0], [0.5, 2.0, 4.0], [0.25, 4.0, 16.0]),
        case(factors[1], [0.25, 2.0, 4.0], [0.25, 4.0, 16.0]),
        case(factors[2], [2, 4], [4], "whole numbers"),
    ]


def _refuse_the_unusable(raw: dict) -> None:
    """Raise Malformed where a class cannot be put to work at all, or not one expression works."""
    if "no node" in raw:
        raise Malformed(
            f"Value(0.5), and then its .data and .grad, stopped with a {raw['no node']}. It must "
            "be possible to make a Value from a number alone, and to ask it for both."
        )
    if "no method" in raw:
        raise Malformed(
            f"Your Value has no method {raw['no method']} yet. Run the cell with `class Value`, "
            f"then the cell that gives it {raw['no method']}, in this order. Whoever runs the "
            "class's cell again gets a new class, without the method."
        )
    found = [value for name in STEPS for value in raw[name].values()]
    if all(isinstance(value, str) and value == NOT_WRITTEN for value in found):
        raise Malformed(not_written("Value"))


@gives("a new Value", *STEPS, "the operands afterwards", script=scripts.calculate)
def _calculated(raw: dict, case: Case) -> dict:
    _refuse_the_unusable(raw)
    return raw


exercise("autodiff.value", points=6, cases=_numbers, unpack=_calculated)(Value)


# --- the order -----------------------------------------------------------------------------------

_IN_ORDER = "each after what it depends on"
_NODES, _ORDER = "the collection of nodes", "their order"


@gives(_NODES, _ORDER, script=scripts.order_thrice)
def _order_in_words(raw: dict, case: Case) -> dict:
    """Say which nodes a list has, and whether each stands after what it depends on."""
    steps, labels = case.args
    orders = _orders(raw)
    if any(order is None for order in orders):
        raise Malformed(
            "It should return a list of nodes. A set, a dictionary or a single value does not say "
            "which comes first; None comes from a missing return."
        )
    later = _later(*orders)
    described = _described(orders[0], dict(zip(labels, steps, strict=False)), steps)
    return {**described, _NODES: later} if later else described


def _orders(raw: dict) -> list:
    if "no class" in raw:
        raise Malformed(
            "The check builds a graph with your class Value, and there is none beside "
            "topological_order. Run the cell with `class Value` first; the class must have that "
            "name."
        )
    if "no graph" in raw:
        raise Malformed(
            "Building a graph with your class Value, out of sums and products, stopped with "
            f"{raw['no graph']}. Get the check of autodiff.value to pass first."
        )
    return raw["orders"]


def _later(first: list, other: list, again: list) -> str:
    """Say what a call for another graph, or one for the same graph again, has that is wrong."""
    if any(label in first for label in other if label not in (None, NUMBER)):
        return "2nd call: nodes of the first are still there"
    if first == again:
        return ""
    return f"same call again: {len(again)} nodes, {len(first)} before"


def _described(order: list, names_of: dict[int, str], steps: dict) -> dict:
    """Say by name which nodes of ours stand in `order`; others, made on the way, are left out."""
    names = [names_of[label] for label in order if label in names_of]
    found = ", ".join(sorted(names))
    if set(order) == {NUMBER}:
        found = "numbers"
    elif len(found) > 50:
        found = f"{len(names)} entries, some of them again and again"
    return {_NODES: found or "none of them", _ORDER: _judged(names, steps)}


def _judged(names: list[str], steps: dict) -> str:
    for place, name in enumerate(names):
        step = steps[name].split() if isinstance(steps[name], str) else []
        for other in step[::2]:
            if other in names and other not in names[:place]:
                return f"{' '.join(names[:12])}: {name} before {other}"
    return _IN_ORDER


def _order_cases(rng: np.random.Generator) -> list[Case]:
    def case(steps, *tags):
        said = [f"{k} = {v if isinstance(v, str) else f'{v:g}'}" for k, v in steps.items()]
        labels = rng.permutation(100)[: 2 * len(steps)].tolist()
        return Case((steps, labels), ", ".join(said), tags=tags)

    a, b, c = (x.item() for x in rng.permutation([-4.0, -0.5, 0.25, 3.0, 2.0])[:3])
    equal, long = "numbers that are equal", {"c": "a + b", "d": "c * c", "e": "d * c"}
    return [
        case({"a": a, "b": b, "c": "a * b", "d": "c + a", "e": "d * c"}),
        case({"a": c, "b": a, "c": "b * a", "d": "c + b", "e": "c * d"}),
        case({"a": b}, "a single node"),
        case({"a": 2.0, "b": 2.0, "c": "a + b", "d": "a * b"}, equal),
        case({"a": b, "b": c, **long, "f": "e + d", "g": "c * f"}),
        case({"a": 2.0, "b": 2.0, "c": "a * b", "d": "c + b"}, equal),
    ]


@exercise("autodiff.topological_order", points=2, cases=_order_cases, unpack=_order_in_words)
def topological_order(value):
    """The nodes that `value` depends on, itself the last, each after what it depends on -> list."""
    order = []
    seen = set()
    stack = [(value, False)]
    while stack:
        node, parents_are_in = stack.pop()
        if parents_are_in:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in reversed(node.parents))
    return order


# --- the way back --------------------------------------------------------------------------------


@gives(*STEPS, "the end itself", *WAYS, *CALLED_TWICE, script=scripts.differentiate)
def _differentiated(raw: dict, case: Case) -> dict:
    _refuse_the_unusable(raw)
    *_, k = case.args
    return raw | {
        name: {
            f"{name * (name in FUNCTIONS)}({key}) * k": _behind_k(value, k)
            for key, value in raw[name].items()
        }
        for name in STEPS
    }


def _behind_k(value, k: float):
    """Return the gradients of the leaves of u * k for one step u.

    Where the product with k itself goes back wrongly, they are scaled to what they would be: a
    slip in the product's rule shows in the products, and not in all the other operations.
    """
    if not isinstance(value, list):
        return value
    *grads, upstream = value
    if _is_a_number(upstream) and upstream != 0:
        grads = [grad * (k / upstream) if _is_a_number(grad) else grad for grad in grads]
    return grads


def _is_a_number(value) -> bool:
    return isinstance(value, int | float) and np.isfinite(value)


exercise(
    "autodiff.backward",
    points=4,
    signature="Value.backward()",
    cases=lambda rng: _numbers(rng, factors=((-3.0,), (5.0,), (-7.0,))),
    unpack=_differentiated,
)(Value)


# --- a bug hunt, and lesson 03's network ---------------------------------------------------------

_LINES = "ABCDEFG"


@exercise("autodiff.suspects", points=2, unpack=names_out_of(_LINES), reveal=False)
def suspects():
    """-> suspects = {"A", …}."""
    suspects = {"C", "E"}
    return suspects


_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


@gives("loss", *(f"d{name}" for name in _NAMES))
def _loss_and_grads(raw, case: Case) -> dict:
    loss, grads = by_position(raw, ("loss", "grads")).values()
    if isinstance(loss, Opaque):
        raise Malformed(f"The loss is {loss.kind}. Return the number in it, its .data.")
    if not isinstance(grads, dict):
        raise Malformed("The second thing to return is a dictionary with the keys dW1 to db3.")
    return {"loss": loss, **by_key(grads, [f"d{name}" for name in _NAMES])}


def _agrees_cases(rng: np.random.Generator) -> list[Case]:
    """The cases of lesson 03's backward, without the cache."""
    return [replace(case, args=case.args[:3]) for case in find("hand.backward").cases(rng)]


@exercise("autodiff.agrees", points=3, cases=_agrees_cases, unpack=_loss_and_grads, rtol=1e-8)
def agrees(x, y, parameters):
    """Lesson 03's network, ReLU, ReLU, softmax and cross-entropy, number by number.

    The gradients are {"dW1", …, "db3"}, shaped like the parameters.
    x (n_x, 1), y (n_y, 1), parameters -> (loss, grads).
    """

    def layer(W, b, a):
        return [
            sum((w * number for w, number in zip(row, a, strict=True)), start=bias)
            for row, (bias,) in zip(W, b, strict=True)
        ]

    nodes = {name: [[Value(w) for w in row] for row in parameters[name]] for name in _NAMES}
    z1 = layer(nodes["W1"], nodes["b1"], [number for (number,) in x])
    a1 = [z.relu() for z in z1]
    z2 = layer(nodes["W2"], nodes["b2"], a1)
    a2 = [z.relu() for z in z2]
    z3 = layer(nodes["W3"], nodes["b3"], a2)
    scores = [z.exp() for z in z3]
    total = sum(scores)
    p = [score / total for score in scores]
    loss = -sum(share.log() * target for share, (target,) in zip(p, y, strict=True))
    loss.backward()
    grads = {f"d{k}": np.array([[w.grad for w in row] for row in nodes[k]]) for k in _NAMES}
    return loss.data, grads
