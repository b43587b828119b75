"""What works beside an answer to lesson 17."""

import operator

import numpy as np

EXPRESSIONS = {
    "addition": {
        "a + b": lambda a, b, c: a + b,
        "a + 8": lambda a, b, c: a + 8,
        "8 + a": lambda a, b, c: 8 + a,
    },
    "minus sign": {"-a": lambda a, b, c: -a, "-b": lambda a, b, c: -b},
    "subtraction": {
        "a - b": lambda a, b, c: a - b,
        "a - 8": lambda a, b, c: a - 8,
        "8 - a": lambda a, b, c: 8 - a,
    },
    "multiplication": {
        "a * b": lambda a, b, c: a * b,
        "a * 8": lambda a, b, c: a * 8,
        "8 * a": lambda a, b, c: 8 * a,
    },
    "power": {
        "a ** 3": lambda a, b, c: a**3,
        "b ** -1": lambda a, b, c: b**-1,
        "c ** 0.5": lambda a, b, c: c**0.5,
    },
    "division": {
        "a / b": lambda a, b, c: a / b,
        "a / 8": lambda a, b, c: a / 8,
        "8 / a": lambda a, b, c: 8 / a,
    },
}
FUNCTIONS = {"relu": ("a", "b", "0"), "tanh": ("a", "b"), "exp": ("a", "b"), "log": ("c",)}


def _outcome(compute):
    """Return what `compute` gives; the kind of the error where an operation is missing or odd."""
    try:
        return compute()
    except (NotImplementedError, TypeError, AttributeError) as error:
        return {"error": type(error).__name__}


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
    found = {
        name: {text: _outcome(lambda f=f: _data(f(*map(answer, (a, b, c))))) for text, f in each}
        for name, each in ((n, e.items()) for n, e in EXPRESSIONS.items())
    }
    numbers = {"a": a, "b": b, "c": c, "0": 0.0}
    for name, leaves in FUNCTIONS.items():
        found[name] = {
            leaf: _outcome(lambda n=name, x=numbers[leaf]: _data(getattr(answer(x), n)()))
            for leaf in leaves
        }
    fresh, left, right = answer(a), answer(a), answer(b)
    _outcome(lambda: (left + right, left * right, left.relu(), -left))
    return {
        "a new Value": {"data": fresh.data, "grad": fresh.grad},
        **found,
        "the operands afterwards": {"a": left.data, "b": right.data, "grad of a": left.grad},
    }


def _data(result):
    """Return the number in a result; where there is none, what kind of thing is there instead."""
    if result is None or isinstance(result, int | float | np.generic | np.ndarray):
        return {"not a node": type(result).__name__}
    return {"node in node": True} if hasattr(result.data, "grad") else result.data


# --- autodiff.topological_order ----------------------------------------------------------------


def order_thrice(answer, steps: dict, labels: list) -> dict:
    """Let the function put two graphs in order, and the first one again.

    steps:  {"a": 2.0, "b": -0.5, "c": "a * b"}; the last name is the node to start from.
    labels: a number for each node of the first graph, then for each of the second. The lists
            come back with these numbers; further nodes count on from the largest. A plain number
            in a list comes back as {"number": …}.
    """
    maker = getattr(answer, "__globals__", {}).get("Value")
    if not callable(maker):
        return {"no class": True}
    try:
        graphs = [_graph(maker, steps), _graph(maker, steps)]
    except Exception as error:
        return {"no graph": type(error).__name__}
    nodes, labels = [*graphs[0], *graphs[1]], list(labels)
    calls = [answer(graph[-1]) for graph in (*graphs, graphs[0])]
    return {"orders": [_labelled(order, nodes, labels) for order in map(_listed, calls)]}


def _graph(maker, steps: dict) -> list:
    nodes: dict = {}
    for name, step in steps.items():
        if not isinstance(step, str):
            nodes[name] = maker(step)
            continue
        left, sign, right = step.split()
        nodes[name] = (operator.add if sign == "+" else operator.mul)(nodes[left], nodes[right])
    return list(nodes.values())


def _listed(order) -> list | None:
    """Return a list or another thing with an order as a list, None for what has none."""
    if order is None or isinstance(order, set | frozenset | dict | str):
        return None
    return list(order) if hasattr(order, "__iter__") else None


def _labelled(order: list | None, nodes: list, labels: list) -> list | None:
    """Return a list of nodes as numbers; nodes that are met for the first time are added."""
    return None if order is None else [_label_of(item, nodes, labels) for item in order]


def _label_of(item, nodes: list, labels: list):
    if isinstance(item, int | float | np.generic):
        return {"number": item}
    for node, label in zip(nodes, labels, strict=True):
        if node is item:
            return label
    nodes.append(item)
    labels.append(max(labels) + 1)
    return labels[-1]


# --- autodiff.backward -------------------------------------------------------------------------


def differentiate(answer, a, b, c, k) -> dict:
    """Let a class differentiate; return the gradients, by operation and expression.

    Every single step u is followed by another one: the gradients are those of u * k, that of u
    itself the last of them.
    """
    unusable = _unusable(answer, "backward")
    if unusable:
        return unusable
    numbers = {"a": a, "b": b, "c": c, "0": 0.0, "k": k}

    def grads(expression, names, calls=1):
        leaves = {name: answer(number) for name, number in numbers.items()}
        *made, end = expression(leaves)
        for _ in range(calls):
            end.backward()
        return [*(leaves[name].grad for name in names), *(node.grad for node in made)]

    def of(expression, names, calls=1):
        return _outcome(lambda: grads(expression, names, calls))

    found = {
        name: {text: of(_times_k(f), _names_in(text)) for text, f in each.items()}
        for name, each in EXPRESSIONS.items()
    }
    for name, leaves in FUNCTIONS.items():
        found[name] = {leaf: of(_function_times_k(name, leaf), [leaf]) for leaf in leaves}
    return {
        **found,
        "the end itself": {"a * b": _outcome(lambda: _end_of(answer, a, b))},
        "a chain": {"(a * b + 8) * c": of(lambda n: [(n["a"] * n["b"] + 8) * n["c"]], "abc")},
        "a number used twice": {
            "a + a": of(lambda n: [n["a"] + n["a"]], "a"),
            "a * a + a": of(lambda n: [n["a"] * n["a"] + n["a"]], "a"),
        },
        "a result used twice": {
            "u * (u + a)": of(_shared, "ab"),
            "(u + a) * u": of(_shared_turned, "ab"),
        },
        "a second call": {"(u + a) * u": of(_shared_turned, "ab", calls=2)},
    }


def _names_in(text: str) -> list[str]:
    return [name for name in "abc" if name in text.replace("-", " ").split()]


def _times_k(f):
    def expression(n: dict) -> tuple:
        u = f(n["a"], n["b"], n["c"])
        return u, u * n["k"]

    return expression


def _function_times_k(name: str, leaf: str):
    def expression(n: dict) -> tuple:
        u = getattr(n[leaf], name)()
        return u, u * n["k"]

    return expression


def _end_of(answer, a, b) -> dict:
    end = answer(a) * answer(b)
    end.backward()
    return {"data": end.data, "grad": end.grad}


def _shared(n: dict) -> tuple:
    u = n["a"] * n["b"]
    return (u * (u + n["a"]),)


def _shared_turned(n: dict) -> tuple:
    u = n["a"] * n["b"]
    return ((u + n["a"]) * u,)
