"""Lesson 12, its first half: starting a deep network, and forward through it. Samples in ROWS.

The exercises belong to lessonlib.lessons.deep_network, which has the second half.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.exercise import by_position
from lessonlib.checks.observing import describe
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import in_words, quarters
from lessonlib.lessons.questions import one_letter, pairs_of_arrays, use_of_rng
from lessonlib.lessons.scripts import deep_network as scripts
from lessonlib.nn import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh_derivative,
)

# --- what is left of lessons 04 and 11 ---------------------------------------------------------


@exercise("deep.recall_1", points=1, reveal=False)
def recall_1():
    weights = 2 * 4 + 4 * 3 + 3 * 1
    biases = 4 + 3 + 1
    count = weights + biases
    return count


@exercise("deep.recall_2", points=1, unpack=one_letter("evidence"), reveal=False)
def recall_2():
    """-> evidence = "a" … "d"."""
    evidence = "c"
    return evidence


# --- a start, and what it looks like ------------------------------------------------------------

# What a weight's standard deviation may be by, from n_in and n_out.
_SPREADS = {
    "sqrt(2 / n_in)": lambda i, o: np.sqrt(2 / i),
    "sqrt(2 / (n_in + n_out))": lambda i, o: np.sqrt(2 / (i + o)),
    "sqrt(1 / n_in)": lambda i, o: np.sqrt(1 / i),
    "sqrt(2 / n_out)": lambda i, o: np.sqrt(2 / o),
    "sqrt(1 / n_out)": lambda i, o: np.sqrt(1 / o),
    "sqrt(1 / (n_in + n_out))": lambda i, o: np.sqrt(1 / (i + o)),
    "2 / n_in": lambda i, o: 2 / i,
    "2 / (n_in + n_out)": lambda i, o: 2 / (i + o),
    "sqrt(2 / n_in) / sqrt(3)": lambda i, o: np.sqrt(2 / (3 * i)),
    "sqrt(2 / (n_in + n_out)) / sqrt(3)": lambda i, o: np.sqrt(2 / (3 * (i + o))),
    "1": lambda i, o: 1.0,
    "0.01": lambda i, o: 0.01,
    "0": lambda i, o: 0.0,
}


def _rule_of(weights: list[np.ndarray], layer_sizes: list[int]) -> str:
    """Return the rule that every layer's spread follows, within 8 %; say if the mean is off 0."""
    if not all(W.size and np.all(np.isfinite(W)) for W in weights):
        return "no finite numbers"
    if any(np.ptp(W) == 0 and np.any(W) for W in weights):
        return "all numbers of a layer the same"
    spreads = [np.std(W) for W in weights]
    off = any(np.abs(np.mean(W)) > 0.2 * np.std(W) for W in weights)
    for rule, spread in _SPREADS.items():
        wanted = [spread(*each) for each in pairwise(layer_sizes)]
        if np.allclose(spreads, wanted, rtol=0.08, atol=1e-12):
            return rule + ", not round 0" * off
    return "follows no known rule"


def _origin(he: list[np.ndarray], again: list[np.ndarray], other: list[np.ndarray]) -> str:
    """Return where the weights come from; `again` has an equal rng to that of `he`."""
    source = use_of_rng(he, again, other)
    first, third = (W.ravel()[:100] for W in (he[0], he[2]))
    repeated = source == "the rng decides" and agree(first, third, 1e-9)
    return "rng repeated in each layer" if repeated else source


def _start_of(biases: list[np.ndarray]) -> str:
    numbers = np.concatenate([b.ravel() for b in biases])
    if not np.all(np.isfinite(numbers)):
        return "not finite"
    if not np.any(numbers):
        return "all 0"
    return f"all {numbers[0]:g}" if np.ptp(numbers) == 0 else "not 0"


def _drawn_sizes(rng: np.random.Generator) -> list[Case]:
    """One case; the first layer and the third have equally many inputs."""
    seed, (i, h, o) = int(rng.integers(1000)), rng.integers(4, size=3).tolist()
    sizes = [80 + i, 30 + h, 80 + i, 25 + o]
    return [Case((sizes, seed), f"the sizes {'-'.join(map(str, sizes))}")]


@gives(script=scripts.initialize_often)
def _properties(raw: dict, case: Case) -> dict:
    sizes = case.args[0]
    drawn = {name: pairs_of_arrays(raw[name], len(sizes) - 1, "(W, b)") for name in raw}
    weights = {name: [W for W, _ in pairs] for name, pairs in drawn.items()}
    biases = [b for name in ("he", "glorot") for _, b in drawn[name]]
    return {
        "shape of W and b": ", ".join(f"{W.shape} and {b.shape}" for W, b in drawn["he"]),
        "spread for he": _rule_of(weights["he"], sizes),
        "spread for glorot": _rule_of(weights["glorot"], sizes),
        "start of the biases": _start_of(biases),
        "source of the weights": _origin(weights["he"], weights["again"], weights["other"]),
    }


@exercise("deep.initialize", points=2, cases=_drawn_sizes, unpack=_properties)
def initialize(layer_sizes, rng, scheme="he"):
    """W (n_in, n_out) normal, variance 2 / n_in for he, else 2 / (n_in + n_out); b (n_out,) zeros.

    Sizes, the input's first -> [(W, b), …].
    """
    parameters = []
    for n_in, n_out in pairwise(layer_sizes):
        variance = 2 / n_in if scheme == "he" else 2 / (n_in + n_out)
        W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        b = np.zeros(n_out)
        parameters.append((W, b))
    return parameters


# --- forward ------------------------------------------------------------------------------------


def activate(Z, kind):
    """The activation function called `kind`: relu, tanh, sigmoid, softmax (by rows) or linear."""
    functions = {"relu": relu, "tanh": np.tanh, "sigmoid": sigmoid, "softmax": softmax}
    return functions.get(kind, np.copy)(Z)


def slope(A, kind):
    """The slope of relu, tanh or sigmoid at each entry, read off the activation A."""
    slopes = {"relu": relu_derivative, "tanh": tanh_derivative, "sigmoid": sigmoid_derivative}
    return slopes[kind](A)


def small_network(rng: np.random.Generator, sizes: tuple, m: int, hidden: str = "relu") -> tuple:
    """Return (X, parameters), small numbers; relu: one Z is 0, and each layer partly silent."""
    while True:
        X = quarters(rng, m, sizes[0])
        parameters = [(quarters(rng, i, o) / 2, quarters(rng, o)) for i, o in pairwise(sizes)]
        W, b = parameters[0]
        b[0] = -(X[0] @ W[:, 0])
        sums = [cache["Z"] for cache in forward(X, parameters, hidden)[1][:-1]]
        if hidden != "relu" or all((Z > 0).any() and (Z < 0).any() for Z in sums):
            return X, parameters


def whole(parameters: list) -> list:
    """Return parameters like these in whole numbers."""
    return [(np.sign(W).astype(int), (4 * b).astype(int)) for W, b in parameters]


NETWORKS = (  # sizes, samples, activations, perhaps a tag; the first has those that need no name
    ((4, 2, 3), 5, "relu", "sigmoid"),
    ((2, 5, 4, 3), 6, "tanh", "softmax"),
    ((4, 3, 5, 6, 2), 7, "sigmoid", "linear"),
    ((3, 2), 4, "relu", "linear", "one layer"),
    ((2, 4, 3), 1, "tanh", "sigmoid", "one sample"),
    ((3, 5, 1), 4, "sigmoid", "sigmoid", "one output"),
    ((3, 4, 2), 5, "sigmoid", "softmax"),
    ((4, 2, 3), 5, "tanh", "linear", "whole numbers"),
)


def network_cases(rng: np.random.Generator, args_of: Callable, words="{} and {}") -> list[Case]:
    """Return a case for each network, with args_of(X, parameters, hidden, output) as arguments.

    words: how the activations are said, hidden and output.
    """
    cases = []
    for sizes, m, hidden, output, *tags in NETWORKS:
        X, parameters = small_network(rng, sizes, m, hidden)
        said = words.format(hidden, output)
        if "whole numbers" in tags:
            X, parameters, said = (4 * X).astype(int), whole(parameters), f"{said}, whole numbers"
        about = f"a {'-'.join(map(str, sizes))} network, {said}, {in_words(sample=m)}"
        args = args_of(X, parameters, hidden, output)
        cases.append(Case(args, about, {"m": m}, tuple(tags)))
    return cases


def unnamed(case: Case, count: int) -> Case:
    """Return the first network's case with so many arguments, those that name no activation."""
    about = case.about.replace("relu and sigmoid", "no activation named")
    return replace(case, args=case.args[:count], about=about)


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    """Every hidden activation with every output, from one to four layers."""
    first, *others = network_cases(rng, lambda *args: args)
    X, ((W, b), *layers), *_ = first.args
    far = replace(
        first,
        args=(X, [(8000 * W, b), *layers], "relu", "softmax"),
        about="a 4-2-3 network, relu and softmax, Z far from 0, 5 samples",
        tags=("numbers far from 0",),
    )
    return [unnamed(first, 2), *others, far]


@gives("P", "A_prev in the caches", "Z in the caches", "A in the caches")
def _forward_values(raw, case: Case) -> dict:
    """P, and from the caches all A_prev, all Z and all A, layer beside layer."""
    P, caches = by_position(raw, ("P", "caches")).values()
    count = len(case.args[1])
    if not isinstance(caches, list | tuple) or len(caches) != count:
        few = isinstance(caches, list | tuple) and len(caches) < count
        why = " A return inside the loop ends it in the first round." if few else ""
        raise Malformed(
            f"The second value should be a list with one cache for each of the {count} layers. It "
            f"is {describe(caches)}.{why}"
        )
    right = forward(*case.args)[1]
    caches = [_cache(*each) for each in zip(caches, right, range(count), strict=True)]
    blocks = {key: np.hstack([cache[key] for cache in caches]) for key in ("A_prev", "Z", "A")}
    return {"P": P} | {f"{key} in the caches": block for key, block in blocks.items()}


def _cache(mine, right: dict, layer: int) -> dict:
    """Return a layer's cache as a dictionary; in another form, if it holds all that is needed."""
    if not (isinstance(mine, dict) and mine.keys() >= right.keys()):
        found = list(_arrays(mine))
        has = {key for key in right if any(agree(array, right[key], 1e-9) for array in found)}
        if "A_prev" in has and len(has) > 1:
            return right
        raise Malformed(
            f"caches[{layer}] is {describe(mine)}. It should be a dictionary with the keys "
            "'A_prev', 'Z' and 'A': what the layer got, its sum, and what it gave."
        )
    arrays = {key: as_numbers(mine[key]) for key in right}
    for key, array in arrays.items():
        if array is None or array.shape != right[key].shape:
            raise Malformed(
                f"caches[{layer}][{key!r}] is {describe(mine[key])}; it should have the shape "
                f"{right[key].shape}. {_why_another_shape(arrays, right)}"
            )
    return arrays


def _why_another_shape(arrays: dict, right: dict) -> str:
    if agree(arrays["A_prev"], right["A"], 1e-9) and agree(arrays["A"], right["A"], 1e-9):
        return "That is what this layer gave. Keep what it was given before you make the new A."
    return "Is this cache a dictionary of its own, made inside the loop, from this layer's arrays?"


def _arrays(value):
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _arrays(item)
    elif isinstance(value, np.ndarray):
        yield value


@exercise("deep.forward", points=3, cases=_forward_cases, unpack=_forward_values)
def forward(X, parameters, hidden="relu", output="sigmoid"):
    """P (m, n_out) and one cache a layer: A_prev (m, n_in), Z and A (m, n).

    X (m, n_in), [(W, b), …] -> (P, caches).
    """
    A, caches = X, []
    for layer, (W, b) in enumerate(parameters, start=1):
        A_prev = A
        kind = output if layer == len(parameters) else hidden
        Z = A_prev @ W + b
        A = activate(Z, kind)
        caches.append({"A_prev": A_prev, "Z": Z, "A": A})
    return A, caches


def _scales_cases(rng: np.random.Generator) -> list[Case]:
    return network_cases(rng, lambda X, parameters, hidden, _: (X, parameters, hidden), words="{}")


@exercise("deep.layer_scales", points=3, cases=_scales_cases)
def layer_scales(X, parameters, hidden):
    """[std of A_1, …, std of A_L], each over all entries, with `hidden` in every layer -> list."""
    A, scales = X, []
    for W, b in parameters:
        Z = A @ W + b
        A = activate(Z, hidden)
        scales.append(float(np.std(A)))
    return scales


# --- the loss from scores -----------------------------------------------------------------------


def _logit_cases(rng: np.random.Generator) -> list[Case]:
    def case(Z, Y, words="", *tags):
        m, n = Z.shape
        about = in_words(sample=m, output=n) + words
        return Case((Z, Y), about, {"m": m, "n_out": n}, tags)

    def drawn(m, n, *tags):
        Z, Y = quarters(rng, m, n), rng.integers(0, 2, size=(m, n)).astype(float)
        Y[0] = 1 - Y[-1] if m > 1 else 1  # both answers occur
        return case(Z, Y, "", *tags)

    far = np.array([[1000.0, -0.5], [1000, 40], [1.5, 800]])
    answers = np.array([[0.0, 1], [1, 1], [0, 0]])
    in_whole = rng.integers(-3, 4, size=(5, 3)), rng.integers(0, 2, size=(5, 3))
    return [
        drawn(4, 2),
        drawn(3, 1, "one output"),
        drawn(1, 3, "one sample"),
        case(np.array([[0.25, 0.75], [0.5, 0.25]]), np.eye(2), ", scores between 0 and 1"),
        case(far, answers, ", scores up to 1000", "scores of 1000"),
        case(-far, answers, ", scores down to -1000", "scores of -1000"),
        case(*in_whole, ", whole numbers", "whole numbers"),
    ]


@exercise("deep.bce_from_logits", points=2, cases=_logit_cases)
def bce_from_logits(Z, Y):
    """Binary cross-entropy of sigmoid(Z), summed over the outputs, mean over the m rows.

    max(Z, 0) - Z Y + log(1 + exp(-|Z|)), entry by entry: exp only ever sees a number <= 0.
    Z, Y (m, n_out) -> float.
    """
    Z, Y = np.asarray(Z, dtype=float), np.asarray(Y, dtype=float)
    losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    return float(losses.sum() / len(Z))
