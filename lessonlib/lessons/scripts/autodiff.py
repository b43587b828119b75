"""What works beside an answer to lesson 17."""

import re

import numpy as np

EXPRESSIONS = {
    "addition": ("a + b", "a + 8", "8 + a"),
    "minus sign": ("-a", "-b"),
    "subtraction": ("a - b", "a - 8", "8 - a"),
    "multiplication": ("a * b", "a * 8", "8 * a"),
    "power": ("a ** 3", "b ** -1", "c ** 0.5"),
    "division": ("a / b", "a / 8", "8 / a"),
}
FUNCTIONS = {"relu": ("a", "b", "zero"), "tanh": ("a", "b"), "exp": ("a", "b"), "log": ("c",)}

# Single steps and ways through a graph: by output and by what a learner reads, what is evaluated.
STEPS = {name: {text: text for text in texts} for name, texts in EXPRESSIONS.items()} | {
    name: {leaf.replace("zero", "0"): f"{leaf}.{name}()" for leaf in leaves}
    for name, leaves in FUNCTIONS.items()
}
WAYS = {
    "a chain": {"(a * b + 8) * c": "(a * b + 8) * c"},
    "a number used twice": {"a + a": "a + a", "a * a + a": "a * a + a"},
    "a result used twice": {
        "u * (u + a)": "(u := a * b) * (u + a)",
        "(u + a) * u": "((u := a * b) + a) * u",
    },
}
CALLED_TWICE = {"a second call": {"(u + a) * u": "((u := a * b) + a) * u"}}

NOT_WRITTEN, NUMBER = "not written", "a number"


def _outcome(compute, *args):
    """Return what `compute` gives; the kind of the error where an operation is missing or odd."""
    try:
        return compute(*args)
    except NotImplementedError:
        return NOT_WRITTEN
    except (TypeError, AttributeError) as error:
        return type(error).__name__


def _tried(compute, texts_of: dict) -> dict:
    return {
        name: {key: _outcome(compute, text) for key, text in texts.items()}
        for name, texts in texts_of.items()
    }


def _unusable(answer, *methods: str) -> dict:
    """Return what keeps `answer` from being put to work at all; {} if nothing does."""
    try:
        fresh = answer(0.5)
        fresh.data, fresh.grad  # noqa: B018
    except NotImplementedError:
        raise
    except Exception as error:
        return {"no node": f"{type(error).__name__}: {error}"}
    missing = [name for name in methods if not callable(getattr(fresh, name, None))]
    return {"no method": missing[0]} if missing else {}


# --- autodiff.value ----------------------------------------------------------------------------


def calculate(answer, a, b, c) -> dict:
    """Let a class calculate; return the numbers that come out, by operation and expression."""
    unusable = _unusable(answer)
    if unusable:
        return unusable

    def result(text):
        return _data(eval(text, {name: answer(number) for name, number in numbers.items()}))

    numbers = {"a": a, "b": b, "c": c, "zero": 0.0}
    fresh, left, right = answer(a), answer(a), answer(b)
    _outcome(lambda: (left + right, left * right, left.relu(), -left))
    return {
        "a new Value": {"data": fresh.data, "grad": fresh.grad},
        **_tried(result, STEPS),
        "the operands afterwards": {"a": left.data, "b": right.data, "grad of a": left.grad},
    }


def _data(result):
    """Return the number in a result, or in words what is there instead of one."""
    if result is None or isinstance(result, int | float | np.generic | np.ndarray):
        return "None" if result is None else "no Value"
    return "Value in Value" if hasattr(result.data, "grad") else result.data


# --- autodiff.topological_order ----------------------------------------------------------------


def order_thrice(answer, steps: dict, labels: list) -> dict:
    """Let the function put two graphs in order, and the first one again.

    steps:  {"a": 2.0, "b": -0.5, "c": "a * b"}; the last name is the node to start from.
    labels: a number for each node of the first graph, then for each of the second. The lists
            come back with these numbers, None for any other node, and NUMBER for a plain number.
    """
    maker = getattr(answer, "__globals__", {}).get("Value")
    if not callable(maker):
        return {"no class": True}
    try:
        graphs = [_graph(maker, steps), _graph(maker, steps)]
    except Exception as error:
        return {"no graph": type(error).__name__}
    orders = [_listed(answer(graph[-1])) for graph in (*graphs, graphs[0])]
    label_of = dict(zip(map(id, [*graphs[0], *graphs[1]]), labels, strict=True))
    return {"orders": [order and [_labelled(item, label_of) for item in order] for order in orders]}


def _graph(maker, steps: dict) -> list:
    nodes: dict = {}
    for name, step in steps.items():
        nodes[name] = eval(step, {}, nodes) if isinstance(step, str) else maker(step)
    return list(nodes.values())


def _listed(order) -> list | None:
    """Return a list or another thing with an order as a list, None for what has none."""
    if order is None or isinstance(order, set | frozenset | dict | str):
        return None
    return list(order) if hasattr(order, "__iter__") else None


def _labelled(item, label_of: dict):
    is_number = isinstance(item, int | float | np.generic)
    return NUMBER if is_number else label_of.get(id(item))


# --- autodiff.backward -------------------------------------------------------------------------


def differentiate(answer, a, b, c, k) -> dict:
    """Let a class differentiate; return the gradients, by operation and expression.

    Every single step u is followed by another one: the gradients are those of u * k, that of u
    itself the last of them.
    """
    unusable = _unusable(answer, "backward")
    if unusable:
        return unusable

    def grads(text, wanted, calls=1):
        nodes = {name: answer(number) for name, number in numbers.items()}
        end = eval(text, nodes)
        for _ in range(calls):
            end.backward()
        return [nodes[name].grad for name in wanted]

    def at_the_end():
        end = answer(a) * answer(b)
        end.backward()
        return {"data": end.data, "grad": end.grad}

    numbers = {"a": a, "b": b, "c": c, "zero": 0.0, "k": k}
    return {
        **_tried(lambda text: grads(f"(u := {text}) * k", [*_leaves(text), "u"]), STEPS),
        "the end itself": {"a * b": _outcome(at_the_end)},
        **_tried(lambda text: grads(text, _leaves(text)), WAYS),
        **_tried(lambda text: grads(text, _leaves(text), calls=2), CALLED_TWICE),
    }


def _leaves(text: str) -> list[str]:
    """Return the numbers in an expression that its value is made of, in the order a, b, c."""
    return sorted(set(re.findall(r"\b(?:[abc]|zero)\b", text)))
