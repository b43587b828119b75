"""Lesson 07, its first half: starting a deep network, and forward through it. Samples in ROWS.

The exercises belong to lessonlib.lessons.deep_network, which has the second half.
"""

from itertools import pairwise

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.observing import describe
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import one_letter
from lessonlib.nn import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh_derivative,
)

# --- deep.recall_1 and deep.recall_2 -----------------------------------------------------------


def _count_is(count):
    return lambda: {"count": count}


RECALL_1 = Exercise(
    id="deep.recall_1",
    points=1,
    signature="count = …",
    outputs=("count",),
    returns="named",
    reference=_count_is(31),
    reveal=False,
    mistakes=(
        Mistake(
            "biases forgotten",
            "These are the weights alone. Every unit behind the input has a bias as well, and it "
            "is learnt like a weight.",
            wrong=_count_is(23),
        ),
        Mistake(
            "biases at the input",
            "Two too many: the inputs were given biases. They are not units, they are the numbers "
            "that come in. Only the three layers behind them have biases.",
            wrong=_count_is(33),
        ),
        Mistake(
            "units counted",
            "That is how many numbers stand in the circles. A parameter is what is learnt: a "
            "weight on an arrow, or a bias of a unit.",
            wrong=_count_is(10),
        ),
        Mistake(
            "biases alone",
            "These are the biases alone. There is a weight on every arrow, too.",
            wrong=_count_is(8),
        ),
        Mistake(
            "sizes multiplied",
            "All four sizes were multiplied with each other. Arrows lead from one layer to the "
            "next only: multiply neighbours, and add up.",
            wrong=_count_is(24),
        ),
        Mistake(
            "not added up",
            "Layer by layer that is right. The question is how many there are in all: add them up.",
            wrong=_count_is([12, 15, 4]),
        ),
    ),
    hints=(
        "Take one layer at a time. From 2 inputs to 4 units there is an arrow from each input to "
        "each unit, and every arrow has a weight. In lesson 06 you counted the same way for a "
        "network 1-2-2-1 and got 4, 6 and 3.",
        "A layer with n_in inputs and n_out units has a table of weights with n_in rows and n_out "
        "columns, and n_out biases. The input itself is no layer: nothing is learnt there. So "
        "2-4-3-1 has three layers: 2 to 4, 4 to 3, and 3 to 1. Count each, then add the three "
        "numbers up.",
    ),
)


def _evidence_is(letter: str):
    return lambda: {"evidence": letter}


RECALL_2 = Exercise(
    id="deep.recall_2",
    points=1,
    signature='evidence = "a" … "d"',
    outputs=("evidence",),
    returns="named",
    reference=_evidence_is("c"),
    unpack=one_letter("evidence"),
    reveal=False,
    mistakes=(
        Mistake(
            "trusts the falling loss",
            "A wrong gradient often points downhill too: it needs only to be less than a right "
            "angle away from the true one. Lesson 05's loss fell for hundreds of steps with a bug "
            "inside.",
            wrong=_evidence_is("a"),
        ),
        Mistake(
            "trusts the shapes",
            "Shapes are a good first look, and no more. A forgotten mask, a mean too many, or the "
            "slope of the wrong activation leave every shape as it should be.",
            wrong=_evidence_is("b"),
        ),
        Mistake(
            "trusts the result",
            "XOR is forgiving. Networks with a wrong backward pass have solved it from every "
            "start that was tried. They get there by a worse road.",
            wrong=_evidence_is("d"),
        ),
    ),
    hints=(
        "Ask of each answer: could a backward pass with a bug show the same? Think of the bug in "
        "lesson 05, where a tanh layer got the slope of the sigmoid. What did the shapes look like "
        "there? What did the loss do for hundreds of steps?",
        "Three of the answers look at the consequences of a gradient. Only one looks at the "
        "gradient itself, number by number, and holds it against something that was found without "
        "any backward pass. Lesson 03 was about nothing else.",
    ),
)


# --- pairs of arrays, layer by layer -----------------------------------------------------------


def pairs_of_arrays(raw, count: int, one: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a list of `count` pairs of arrays. Raises Malformed where `raw` is anything else."""
    asked = f"a list with one pair {one} for each layer, the layer next to the input first"
    if not isinstance(raw, list | tuple):
        raise Malformed(f"It should be {asked}. It is {describe(raw)}.")
    if len(raw) == 2 * count and all(as_numbers(item) is not None for item in raw):
        raise Malformed(f"All arrays stand in one flat list. It should be {asked}.")
    if len(raw) != count:
        why = (
            "Does the loop reach every layer? A return inside it ends it in the first round."
            if len(raw) < count
            else "Is a layer in it twice? A number times a list repeats the list."
        )
        raise Malformed(
            f"The list has {len(raw)} item{'s' * (len(raw) != 1)}, for a network with {count} "
            f"layer{'s' * (count != 1)}. It should be {asked}. {why}"
        )
    return [_pair(item, place, one) for place, item in enumerate(raw)]


def _pair(item, place: int, one: str) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(item, list | tuple) and len(item) == 2:
        first, second = map(as_numbers, item)
        if first is not None and second is not None:
            return first, second
    raise Malformed(
        f"Item {place} of the list (counted from 0) is {describe(item)}. It should be a pair {one} "
        "of two arrays."
    )


def about(sizes: tuple, words: str, m: int) -> str:
    """Return "a 3-4-2 network, relu, 5 samples"."""
    return f"a {'-'.join(map(str, sizes))} network, {words}, {m} sample{'s' * (m != 1)}"


# --- deep.initialize ---------------------------------------------------------------------------


def initialize(layer_sizes, rng, scheme="he"):
    """[(W, b), …]: W (n_in, n_out) normal, spread sqrt(2/n_in) or sqrt(2/(n_in+n_out)); b zeros."""
    parameters = []
    for n_in, n_out in pairwise(layer_sizes):
        spread = np.sqrt(2 / n_in if scheme == "he" else 2 / (n_in + n_out))
        parameters.append((rng.normal(0, spread, size=(n_in, n_out)), np.zeros(n_out)))
    return parameters


def _initialize_often(answer, layer_sizes, seed):
    """Let an initialiser draw with the same rng twice, with another one, and with each scheme."""
    return {
        "he": answer(layer_sizes, np.random.default_rng(seed)),
        "again": answer(layer_sizes, np.random.default_rng(seed), "he"),
        "other": answer(layer_sizes, np.random.default_rng(seed + 1), "he"),
        "glorot": answer(layer_sizes, np.random.default_rng(seed), "glorot"),
    }


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
    spreads = [np.std(W) for W in weights]
    off = any(np.abs(np.mean(W)) > 0.2 * np.std(W) for W in weights)
    for rule, spread in _SPREADS.items():
        wanted = [spread(*each) for each in pairwise(layer_sizes)]
        if np.allclose(spreads, wanted, rtol=0.08, atol=1e-12):
            return rule + ", not round 0" * off
    return "follows no known rule"


def _origin(he: list[np.ndarray], again: list[np.ndarray], other: list[np.ndarray]) -> str:
    """Return where the weights come from; `again` has the same rng as `he`, `other` another."""

    def same(a, b):
        return all(agree(x, y, 1e-9) for x, y in zip(a, b, strict=True))

    if not same(he, again):
        return "not from rng alone: they differ from call to call"
    if same(he, other):
        return "not from rng: they are always the same"
    return "rng repeated in each layer" if same(he[:1], he[2:3]) else "rng"


def _properties(raw: dict, case: Case) -> dict:
    sizes = case.args[0]
    drawn = {name: pairs_of_arrays(raw[name], len(sizes) - 1, "(W, b)") for name in raw}
    weights = {name: [W for W, _ in pairs] for name, pairs in drawn.items()}
    biases = [b for name in ("he", "glorot") for _, b in drawn[name]]
    return {
        "shape of W and b": ", ".join(f"{W.shape} and {b.shape}" for W, b in drawn["he"]),
        "spread for he": _rule_of(weights["he"], sizes),
        "spread for glorot": _rule_of(weights["glorot"], sizes),
        "start of the biases": "not 0" if any(np.any(b) for b in biases) else "all 0",
        "source of the weights": _origin(weights["he"], weights["again"], weights["other"]),
    }


def _initializer(draw=None, b_of=np.zeros, shape_of=lambda i, o: (i, o)):
    """Return an initialiser that draws its weights by `draw(rng, scheme, n_in, n_out, size)`."""
    draw = draw or (lambda rng, s, i, o, size: rng.normal(0, _right_spread(s, i, o), size))

    def wrong(layer_sizes, rng, scheme="he"):
        return [
            (draw(rng, scheme, i, o, shape_of(i, o)), b_of(o)) for i, o in pairwise(layer_sizes)
        ]

    return wrong


def _right_spread(scheme: str, i: int, o: int) -> float:
    return np.sqrt(2 / i if scheme == "he" else 2 / (i + o))


def _normal(spread):
    """Return an initialiser with normal weights, by `spread(scheme, n_in, n_out)`."""
    return _initializer(lambda rng, s, i, o, size: spread(s, i, o) * rng.standard_normal(size))


def _fresh_rng(seed_or_none):
    def draw(rng, scheme, i, o, size):
        fresh = np.random.default_rng(seed_or_none)
        return fresh.normal(0, _right_spread(scheme, i, o), size)

    return draw


INITIALIZE = Exercise(
    id="deep.initialize",
    points=2,
    signature='initialize(layer_sizes, rng, scheme="he") -> [(W, b), …]',
    outputs=(
        "shape of W and b",
        "spread for he",
        "spread for glorot",
        "start of the biases",
        "source of the weights",
    ),
    reference=initialize,
    script=_initialize_often,
    unpack=_properties,
    cases=lambda rng: [Case(([80, 30, 80, 25], int(rng.integers(1000))), "the sizes 80-30-80-25")],
    mistakes=(
        Mistake(
            "columns for rows",
            "W has one row for each unit, as in lessons 01 to 05. From lesson 06 on the samples "
            "stand in rows, and W is (n_in, n_out): one row for each input.",
            wrong=_initializer(shape_of=lambda i, o: (o, i)),
        ),
        Mistake(
            "all shapes as for columns",
            "These are the shapes of lessons 01 to 05, where samples stood in columns. From lesson "
            "06 on they stand in rows: W is (n_in, n_out), one row for each input, and b is flat, "
            "(n_out,).",
            wrong=_initializer(b_of=lambda o: np.zeros((o, 1)), shape_of=lambda i, o: (o, i)),
        ),
        Mistake(
            "biases of two dimensions",
            "The biases have two dimensions. With samples in rows a bias is flat, (n_out,), and "
            "NumPy adds it to every row.",
            wrong=_initializer(b_of=lambda o: np.zeros((1, o))),
        ),
        Mistake(
            "no scaling",
            "Every layer has weights of spread 1. A unit that adds up 80 such products gets a sum "
            "of about 9, the next layer more, and so on. Divide the weights down as the rule says.",
            wrong=_normal(lambda s, i, o: 1.0),
        ),
        Mistake(
            "0.01 everywhere",
            "The factor 0.01 is good for one size of layer only. In deep networks the numbers "
            "shrink from layer to layer until nothing is left. The rule uses the sizes.",
            wrong=_normal(lambda s, i, o: 0.01),
        ),
        Mistake(
            "square root forgotten",
            "The rule gives the variance of the weights. rng.normal, and any factor in front of "
            "standard normal numbers, want the standard deviation: the root of it.",
            wrong=_normal(lambda s, i, o: _right_spread(s, i, o) ** 2),
        ),
        Mistake(
            "always he",
            'The scheme makes no difference. With "glorot" the variance is 2 / (n_in + n_out). '
            "Look for the place where you ask for the scheme.",
            wrong=_normal(lambda s, i, o: np.sqrt(2 / i)),
        ),
        Mistake(
            "always glorot",
            'The scheme makes no difference, not even the default one. With "he" the variance is '
            "2 / n_in, since a ReLU stops about half of what arrives.",
            wrong=_normal(lambda s, i, o: np.sqrt(2 / (i + o))),
        ),
        Mistake(
            "1 for the 2 in the rule",
            "The variance is half of what the rules ask for. Both have a 2 above the line.",
            wrong=_normal(lambda s, i, o: _right_spread(s, i, o) / np.sqrt(2)),
        ),
        Mistake(
            "n_out for n_in",
            "The spread follows the number of units. But what grows with the size of a layer is "
            "the sum inside each unit, and it has n_in terms.",
            wrong=_normal(lambda s, i, o: np.sqrt(2 / o) if s == "he" else np.sqrt(2 / (i + o))),
        ),
        Mistake(
            "uniform within one standard deviation",
            "Numbers drawn evenly from -s to s have a spread of s / sqrt(3), not s. Draw normal "
            "numbers, or widen the interval.",
            wrong=_initializer(
                lambda rng, s, i, o, size: rng.uniform(-1, 1, size) * _right_spread(s, i, o)
            ),
        ),
        Mistake(
            "only positive weights",
            "No weight is negative: rng.random and its relatives draw from 0 to 1. The weights "
            "should lie evenly round 0. Draw normal numbers.",
            wrong=_initializer(
                lambda rng, s, i, o, size: rng.random(size) * _right_spread(s, i, o) * np.sqrt(12)
            ),
        ),
        Mistake(
            "random biases",
            "The biases are random too. They may start at 0: the random weights make the units "
            "different already.",
            wrong=lambda sizes, rng, scheme="he": [
                (W, rng.normal(size=b.shape)) for W, b in initialize(sizes, rng, scheme)
            ],
        ),
        Mistake(
            "zero weights",
            "All weights are 0. Then all units of a layer do the same and get the same gradient, "
            "and never part: lesson 04's question on symmetry.",
            wrong=_normal(lambda s, i, o: 0.0),
        ),
        Mistake(
            "rng not used",
            "The weights do not come from rng: the same rng gave other weights the second time. "
            "Draw everything from rng, so that a run can be repeated.",
            wrong=_initializer(_fresh_rng(None)),
        ),
        Mistake(
            "a seed inside",
            "A fresh generator with a fixed seed is made inside, so every call and every layer "
            "starts with the same numbers. Draw from the rng that you are given.",
            wrong=_initializer(_fresh_rng(0)),
        ),
    ),
    hints=(
        "Each pair of neighbours in layer_sizes is a layer: 2-4-3-1 has the layers 2 to 4, 4 to 3 "
        "and 3 to 1. pairwise(layer_sizes) gives you the pairs (n_in, n_out) in this order.",
        "For each pair make W with the shape (n_in, n_out) and b with the shape (n_out,). The "
        "weights come from rng.normal(0, s, size=...), where s is a standard deviation: the square "
        "root of the variance in the table. The biases are zeros.",
        "Which variance it is depends on scheme. Decide that with an if inside the loop, for it "
        "needs n_in, and perhaps n_out. Append the pair (W, b) to a list and return the list. Make "
        "no generator of your own.",
    ),
)


# --- deep.forward ------------------------------------------------------------------------------


def activate(Z, kind):
    """The activation function called `kind`: relu, tanh, sigmoid, softmax (by rows) or linear."""
    functions = {"relu": relu, "tanh": np.tanh, "sigmoid": sigmoid, "softmax": softmax}
    return functions.get(kind, np.copy)(Z)


def slope(A, kind):
    """The slope of relu, tanh or sigmoid at each entry, read off the activation A."""
    slopes = {"relu": relu_derivative, "tanh": tanh_derivative, "sigmoid": sigmoid_derivative}
    return slopes[kind](A)


def forward(X, parameters, hidden="relu", output="sigmoid"):
    """P (m, n_out) and one cache a layer: A_prev (m, n_in), Z and A (m, n).

    Z = A_prev W + b and A = f(Z), with f = hidden in every layer but the last, output there.
    """
    A, caches = X, []
    for layer, (W, b) in enumerate(parameters, start=1):
        A_prev, Z = A, A @ W + b
        A = activate(Z, output if layer == len(parameters) else hidden)
        caches.append({"A_prev": A_prev, "Z": Z, "A": A})
    return A, caches


def small_network(rng: np.random.Generator, sizes: tuple, m: int, hidden: str = "relu") -> tuple:
    """Return (X, parameters), small numbers; relu: one Z is 0, and each layer partly silent."""
    while True:
        X = quarters(rng, m, sizes[0])
        parameters = [(quarters(rng, i, o) / 2, quarters(rng, o)) for i, o in pairwise(sizes)]
        W, b = parameters[0]
        b[0] = -(X[0] @ W[:, 0])
        _, caches = forward(X, parameters, hidden)
        if hidden != "relu" or all(_partly_silent(cache["Z"]) for cache in caches[:-1]):
            return X, parameters


def _partly_silent(Z: np.ndarray) -> bool:
    return bool(np.any(Z > 0) and np.any(Z < 0))


def _run(rng, sizes: tuple, m: int, hidden: str, output: str, *tags: str) -> Case:
    args = *small_network(rng, sizes, m, hidden), hidden, output
    return Case(args, about(sizes, f"{hidden} and {output}", m), {"m": m}, tags)


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    """Every hidden activation with every output, from one to four layers."""
    X, parameters = small_network(rng, (4, 2, 3), 5)
    whole = [(np.sign(W).astype(int), (4 * b).astype(int)) for W, b in parameters]
    large = [(8000 * W, b) for W, b in parameters[:1]] + parameters[1:]
    return [
        Case((X, parameters), about((4, 2, 3), "no activation named", 5), {"m": 5}),
        _run(rng, (2, 5, 4, 3), 6, "tanh", "softmax"),
        _run(rng, (4, 3, 5, 6, 2), 7, "sigmoid", "linear"),
        _run(rng, (3, 2), 4, "relu", "linear", "one layer"),
        _run(rng, (2, 4, 3), 1, "tanh", "sigmoid", "one sample"),
        _run(rng, (3, 5, 1), 4, "sigmoid", "sigmoid", "one output"),
        _run(rng, (3, 4, 2), 5, "sigmoid", "softmax"),
        Case(
            ((4 * X).astype(int), whole, "tanh", "linear"),
            about((4, 2, 3), "tanh and linear, whole numbers", 5),
            {"m": 5},
            ("whole numbers",),
        ),
        Case(
            (X, large, "relu", "softmax"),
            about((4, 2, 3), "relu and softmax, Z far from 0", 5),
            {"m": 5},
            ("numbers far from 0",),
        ),
    ]


def _forward_values(raw, case: Case) -> dict:
    """P, and from the caches all A_prev, all Z and all A, layer beside layer."""
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Malformed("It should return two values: P, and the list of caches.")
    P, caches = raw
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
    """Yield the arrays in nested lists, tuples and dictionaries."""
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _arrays(item)
    elif isinstance(value, np.ndarray):
        yield value


def _forward(kind=None, weigh=None, act=activate, keep=None):
    """Return a forward pass with a spoilt step.

    kind: (hidden, output, is_last) -> the activation's name; weigh: (A, W, b) -> Z;
    keep: (A_prev, Z, A) -> the same three, as they are kept.
    """
    kind = kind or (lambda hidden, output, last: output if last else hidden)
    weigh = weigh or (lambda A, W, b: A @ W + b)
    keep = keep or (lambda A_prev, Z, A: (A_prev, Z, A))

    def wrong(X, parameters, hidden="relu", output="sigmoid"):
        A, caches = X, []
        for i, (W, b) in enumerate(parameters):
            A_prev, Z = A, weigh(A, W, b)
            A = act(Z, kind(hidden, output, i == len(parameters) - 1))
            caches.append(dict(zip(("A_prev", "Z", "A"), keep(A_prev, Z, A), strict=True)))
        return A, caches

    return wrong


def _with_softmax(spoilt):
    return _forward(act=lambda Z, kind: spoilt(Z) if kind == "softmax" else activate(Z, kind))


def _whole_batch(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum()


def _over_samples(Z):
    return softmax(Z.T).T


def _without_maximum(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


def _one_maximum(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


def _keep_overwritten(A_prev, Z, A):
    return A_prev, A, A


def _empty_the_parameters(X, parameters, hidden="relu", output="sigmoid"):
    result = forward(X, list(parameters), hidden, output)
    while parameters:
        parameters.pop(0)
    return result


def _always_read_x(X, parameters, hidden="relu", output="sigmoid"):
    caches = []
    for i, (W, b) in enumerate(parameters):
        Z = X @ W + b
        A = activate(Z, output if i == len(parameters) - 1 else hidden)
        caches.append({"A_prev": X, "Z": Z, "A": A})
    return A, caches


FORWARD = Exercise(
    id="deep.forward",
    points=3,
    signature='forward(X, parameters, hidden="relu", output="sigmoid") -> (P, caches)',
    outputs=("P", "A_prev in the caches", "Z in the caches", "A in the caches"),
    reference=forward,
    cases=_forward_cases,
    unpack=_forward_values,
    mistakes=(
        Mistake(
            "activation of the last layer",
            "The last layer got the hidden activation. It has one of its own, output. How does "
            "your loop know that it has come to the last layer?",
            wrong=_forward(kind=lambda hidden, output, last: hidden),
        ),
        Mistake(
            "output activation everywhere",
            "Every layer got the activation of the output. It belongs to the last layer only; all "
            "others have hidden.",
            wrong=_forward(kind=lambda hidden, output, last: output),
        ),
        Mistake(
            "always ReLU",
            "The argument hidden makes no difference: the hidden layers are ReLU layers whatever "
            "it says. Hand it on to activate.",
            wrong=_forward(kind=lambda hidden, output, last: output if last else "relu"),
        ),
        Mistake(
            "always sigmoid",
            "The argument output makes no difference: the last layer is a sigmoid whatever it "
            "says. Hand it on to activate.",
            wrong=_forward(kind=lambda hidden, output, last: "sigmoid" if last else hidden),
        ),
        Mistake(
            "no output activation",
            "P is the last layer's Z. It still has to go through the activation called output; "
            "only a linear output leaves Z as it is.",
            wrong=_forward(kind=lambda hidden, output, last: "linear" if last else hidden),
        ),
        Mistake(
            "no hidden activation",
            "The hidden layers pass on Z. Without a bend between them, several layers are no more "
            "than one: a product of matrices is a matrix.",
            wrong=_forward(kind=lambda hidden, output, last: output if last else "linear"),
        ),
        Mistake(
            "bias left out",
            "Each layer is A W alone. Add b: it is (n_out,), and NumPy adds it to every row.",
            wrong=_forward(weigh=lambda A, W, b: A @ W),
        ),
        Mistake(
            "bias subtracted",
            "The biases went in with a minus. In Z = A W + b they are added.",
            wrong=_forward(weigh=lambda A, W, b: A @ W - b),
        ),
        Mistake(
            "softmax over the whole batch",
            "All probabilities of the batch add up to 1. A softmax belongs to one sample: each row "
            "has its own sum.",
            wrong=_with_softmax(_whole_batch),
        ),
        Mistake(
            "softmax over the samples",
            "The columns add up to 1. From lesson 06 on the samples stand in rows, so each row "
            "must add up to 1.",
            wrong=_with_softmax(_over_samples),
        ),
        Mistake(
            "softmax without the maximum",
            "exp of a large number is inf, and inf / inf is nan. Take each row's largest entry "
            "away first, or use the softmax of lessonlib.nn, which does.",
            wrong=_with_softmax(_without_maximum),
        ),
        Mistake(
            "one maximum for the whole batch",
            "A row far below the largest entry of the batch becomes 0 / 0. Each row needs its own "
            "maximum.",
            wrong=_with_softmax(_one_maximum),
        ),
        Mistake(
            "Z overwritten by the activation",
            "In the caches Z equals A. The activation was written into Z, or the same array was "
            "kept twice. Backward may need Z as it was.",
            wrong=_forward(keep=_keep_overwritten),
        ),
        Mistake(
            "every layer reads X",
            "The second layer was given X. It should read what the layer before it gave: let A "
            "stand for that, and change it at the end of each round.",
            wrong=_always_read_x,
        ),
        Mistake(
            "columns for rows",
            "W @ X is for samples in columns. Here they stand in rows: A is (m, n_in) and W is "
            "(n_in, n_out). Which of them must stand on the left?",
            wrong=_forward(weigh=lambda A, W, b: W @ A + b),
        ),
        Mistake(
            "W transposed",
            "With samples in rows W is (n_in, n_out) already, and needs no transposition. Write "
            "(m, n_in) and (n_in, n_out) side by side.",
            wrong=_forward(weigh=lambda A, W, b: A @ W.T + b),
        ),
        Mistake(
            "parameters used up",
            "The layers were taken out of the list with pop. Go through it with for instead.",
            wrong=_empty_the_parameters,
        ),
    ),
    hints=(
        "A network is a loop. Let A be X before the first round. In each round a layer reads A and "
        "makes Z, then the new A. After the last round A is P. Walk through it on paper for two "
        "layers before you write it.",
        "Keep the old A before you make the new one, since the cache needs it as A_prev. "
        "activate(Z, kind) does the bending; kind is hidden in every round but the last, and "
        "output in the last. enumerate(parameters) tells you which round it is.",
        "Inside the loop: A_prev = A; then Z from A_prev, W and b; then A = activate(Z, ...); then "
        "append a new dictionary with the three keys. The last round is the one whose number is "
        "len(parameters) - 1. Return A and caches behind the loop.",
    ),
)


# --- deep.layer_scales -------------------------------------------------------------------------


def layer_scales(X, parameters, hidden):
    """[std of A_1, …, std of A_L]: each over all entries, with `hidden` in every layer."""
    A, scales = X, []
    for W, b in parameters:
        A = activate(A @ W + b, hidden)
        scales.append(float(np.std(A)))
    return scales


def _scales_case(rng, sizes: tuple, m: int, hidden: str, *tags: str) -> Case:
    args = *small_network(rng, sizes, m, hidden), hidden
    return Case(args, about(sizes, hidden, m), {"m": m}, tags)


def _scales_cases(rng: np.random.Generator) -> list[Case]:
    X, parameters = small_network(rng, (3, 4, 2), 5)
    whole = [(np.sign(W).astype(int), (4 * b).astype(int)) for W, b in parameters]
    return [
        _scales_case(rng, (3, 4, 2), 5, "relu"),
        _scales_case(rng, (2, 5, 4, 3), 6, "tanh"),
        _scales_case(rng, (4, 3, 5, 2, 6), 7, "sigmoid"),
        _scales_case(rng, (3, 4), 1, "tanh", "one sample"),
        Case(
            ((4 * X).astype(int), whole, "relu"),
            about((3, 4, 2), "relu, whole numbers", 5),
            {"m": 5},
            ("whole numbers",),
        ),
    ]


def _scales(of=lambda Z, A: np.std(A), kind=lambda hidden, last: hidden, weigh=None):
    """Return an answer that measures each layer by `of(Z, A)`."""
    weigh = weigh or (lambda A, W, b: A @ W + b)

    def wrong(X, parameters, hidden):
        A, scales = X, []
        for i, (W, b) in enumerate(parameters):
            Z = weigh(A, W, b)
            A = activate(Z, kind(hidden, i == len(parameters) - 1))
            scales.append(of(Z, A))
        return scales

    return wrong


LAYER_SCALES = Exercise(
    id="deep.layer_scales",
    points=3,
    signature="layer_scales(X, parameters, hidden) -> list",
    outputs=("layer_scales(X, parameters, hidden)",),
    reference=layer_scales,
    cases=_scales_cases,
    mistakes=(
        Mistake(
            "Z measured",
            "You measured Z, before the activation. The question is how much of it the next layer "
            "gets to see: measure A.",
            wrong=_scales(of=lambda Z, A: np.std(Z)),
        ),
        Mistake(
            "sigmoid in the last layer",
            "Only the last number is off: that layer went through a sigmoid. Here every layer has "
            "the activation hidden. We want to compare layers of one kind, and there is no output.",
            wrong=_scales(kind=lambda hidden, last: "sigmoid" if last else hidden),
        ),
        Mistake(
            "no activation in the last layer",
            "Only the last number is off: that layer was left linear. Here every layer has the "
            "activation hidden.",
            wrong=_scales(kind=lambda hidden, last: "linear" if last else hidden),
        ),
        Mistake(
            "always ReLU",
            "The argument hidden makes no difference. Hand it on to activate, or to forward.",
            wrong=_scales(kind=lambda hidden, last: "relu"),
        ),
        Mistake(
            "the input counted as a layer",
            "There is one number too many: the first one is the spread of X. Start the list with "
            "the first layer's activations.",
            wrong=lambda X, parameters, hidden: [np.std(X), *layer_scales(X, parameters, hidden)],
        ),
        Mistake(
            "the last layer left out",
            "There is one number too few. Every layer in parameters counts, the last one too.",
            wrong=lambda X, parameters, hidden: layer_scales(X, parameters, hidden)[:-1] or [0.0],
        ),
        Mistake(
            "the weights measured",
            "These are the standard deviations of the weights. The activations are asked for: what "
            "comes out of each layer when X goes in.",
            wrong=lambda X, parameters, hidden: [np.std(W) for W, b in parameters],
        ),
        Mistake(
            "variance",
            "You returned variances. The standard deviation is the square root, in the units of "
            "the activations themselves.",
            wrong=_scales(of=lambda Z, A: np.var(A)),
        ),
        Mistake(
            "divided by one less",
            "That is the standard deviation with ddof=1. NumPy's np.std without further arguments "
            "is meant.",
            wrong=_scales(of=lambda Z, A: np.std(A, ddof=1)),
        ),
        Mistake(
            "mean of the units' spreads",
            "You took a standard deviation for each unit and then their mean. Take one over all "
            "entries of A: that also counts how far the units lie from each other.",
            wrong=_scales(of=lambda Z, A: np.mean(np.std(A, axis=0))),
        ),
        Mistake(
            "root mean square",
            "You took the root of the mean square: that measures the distance from 0. The standard "
            "deviation measures the distance from the mean.",
            wrong=_scales(of=lambda Z, A: np.sqrt(np.mean(A**2))),
        ),
        Mistake(
            "the mean",
            "These are the means of the activations. The question is how far they spread.",
            wrong=_scales(of=lambda Z, A: np.mean(A)),
        ),
        Mistake(
            "bias left out",
            "Each layer is A W alone. The bias belongs to it, even if it often starts at 0.",
            wrong=_scales(weigh=lambda A, W, b: A @ W),
        ),
    ),
    hints=(
        "It is a forward pass that keeps one number of each layer. Send X through the layers in "
        "order, and after each one ask: how far do these activations spread? NumPy's np.std "
        "answers that for all entries of an array at once.",
        "Every layer gets the same activation here, hidden, the last one too. So you need no "
        "question about the last round, and you may use activate directly. Your own forward would "
        "do as well, if you hand it hidden twice, and take A out of each cache.",
        "Start with A = X and an empty list. In each round make Z from A, W and b, then the new A "
        "from Z, and append the standard deviation of that A. The list has one number for each "
        "layer; X itself is not among them.",
    ),
)


# --- deep.bce_from_logits ----------------------------------------------------------------------


def bce_from_logits(Z, Y):
    """Binary cross-entropy of sigmoid(Z), summed over the outputs, mean over the m rows.

    max(Z, 0) - Z Y + log(1 + exp(-|Z|)), entry by entry: exp only ever sees a number <= 0.
    """
    Z, Y = np.asarray(Z, dtype=float), np.asarray(Y, dtype=float)
    losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    return float(losses.sum() / len(Z))


def _scores(rng: np.random.Generator, m: int, n: int, *tags: str) -> Case:
    Z, Y = quarters(rng, m, n), rng.integers(0, 2, size=(m, n)).astype(float)
    Y[0] = 1 - Y[-1] if m > 1 else 1  # both answers occur
    return _score_case(Z, Y, "", *tags)


def _score_case(Z, Y, words: str, *tags: str) -> Case:
    m, n = Z.shape
    about = f"{m} sample{'s' * (m != 1)}, {n} output{'s' * (n != 1)}{words}"
    return Case((Z, Y), about, {"m": m, "n_out": n}, tags)


def _logit_cases(rng: np.random.Generator) -> list[Case]:
    far = np.array([[1000.0, -0.5], [1000, 40], [1.5, 800]])
    answers = np.array([[0.0, 1], [1, 1], [0, 0]])
    whole = rng.integers(-3, 4, size=(5, 3)), rng.integers(0, 2, size=(5, 3))
    return [
        _scores(rng, 4, 2),
        _scores(rng, 3, 1, "one output"),
        _scores(rng, 1, 3, "one sample"),
        _score_case(far, answers, ", scores up to 1000", "scores of 1000"),
        _score_case(-far, answers, ", scores down to -1000", "scores of -1000"),
        _score_case(*whole, ", whole numbers", "whole numbers"),
    ]


def _by_logarithms(P_of, low=0.0):
    """Return the textbook formula on probabilities, which are kept `low` away from 0 and 1."""

    def wrong(Z, Y):
        P = np.clip(P_of(Z), low, 1 - low)
        return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / len(Z)

    return wrong


def _bce(losses, gather=lambda losses, m: losses.sum() / m):
    """Return an answer that adds up `losses(Z, Y)`, entry by entry."""
    return lambda Z, Y: gather(losses(1.0 * Z, Y), len(Z))


def _softplus(Z):
    return np.logaddexp(0, Z)


def _right_losses(Z, Y):
    return _softplus(Z) - Z * Y


def _clip_in_place(Z, Y):
    np.clip(Z, -500, 500, out=Z)
    return bce_from_logits(Z, Y)


BCE_FROM_LOGITS = Exercise(
    id="deep.bce_from_logits",
    points=2,
    signature="bce_from_logits(Z, Y) -> float",
    outputs=("bce_from_logits(Z, Y)",),
    reference=bce_from_logits,
    cases=_logit_cases,
    mistakes=(
        Mistake(
            "log(0)",
            "sigmoid(1000) is exactly 1 in floating point, and its complement exactly 0. The "
            "logarithm of that is -inf, and 0 times -inf is nan. Never make the probability: use "
            "the formula in Z.",
            wrong=_by_logarithms(sigmoid),
        ),
        Mistake(
            "probabilities kept away from 0 and 1",
            "A score of 1000 on the wrong side costs 1000. After clipping the probability at 1e-15 "
            "it costs 34.5, at most. Go without the probability: use the formula in Z.",
            wrong=_by_logarithms(sigmoid, 1e-15),
        ),
        Mistake(
            "probabilities clipped coarsely",
            "The probabilities were kept 1e-7 or so away from 0 and 1, which cuts the loss at 16. "
            "A score of 1000 on the wrong side costs 1000. Use the formula in Z.",
            wrong=_by_logarithms(sigmoid, 1e-7),
        ),
        Mistake(
            "a small number inside the logarithm",
            "Adding something like 1e-12 to the probability changes every loss a little, and cuts "
            "a loss of 1000 down to 28. Go without the probability: use the formula in Z.",
            wrong=lambda Z, Y: (
                -np.sum(Y * np.log(sigmoid(Z) + 1e-12) + (1 - Y) * np.log(1 - sigmoid(Z) + 1e-12))
                / len(Z)
            ),
        ),
        Mistake(
            "np.max for np.maximum",
            "np.max(Z, 0) gives one number for each column, the largest. np.maximum(Z, 0) compares "
            "every entry with 0, and that is the max in the formula.",
            wrong=_bce(lambda Z, Y: np.max(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))),
        ),
        Mistake(
            "exp overflows",
            "It is the right formula, written so that exp sees 1000 itself: the result is inf. In "
            "the formula above exp only sees a number that is at most 0.",
            wrong=_bce(lambda Z, Y: np.log(1 + np.exp(-Z)) + Z * (1 - Y)),
        ),
        Mistake(
            "exp overflows on the other side",
            "log(1 + exp(Z)) is inf for Z = 1000. For Z above 0 take Z out of the logarithm first: "
            "that is what the maximum and the absolute value in the formula do.",
            wrong=_bce(lambda Z, Y: np.log(1 + np.exp(Z)) - Z * Y),
        ),
        Mistake(
            "Z taken for a probability",
            "Z was put into the logarithm as if it lay between 0 and 1. It is the score before the "
            "sigmoid, and may be any number.",
            wrong=_by_logarithms(lambda Z: Z),
        ),
        Mistake(
            "only half of the formula",
            "Only samples with y = 1 count. Those with y = 0 have a loss too: it is small where "
            "the score is far below 0.",
            wrong=_bce(lambda Z, Y: Y * _softplus(-Z)),
        ),
        Mistake(
            "Z Y with a plus",
            "The term Z Y went in with a plus, so a high score is punished where y is 1. There it "
            "should be rewarded.",
            wrong=_bce(lambda Z, Y: _softplus(Z) + Z * Y),
        ),
        Mistake(
            "Z Y left out",
            "This is the loss if every y were 0. The term with Z Y rewards a high score where y "
            "is 1.",
            wrong=_bce(lambda Z, Y: _softplus(Z)),
        ),
        Mistake(
            "logarithm left out",
            "The last term is exp(-|Z|) alone. It should be the logarithm of 1 plus that.",
            wrong=_bce(lambda Z, Y: np.maximum(Z, 0) - Z * Y + np.exp(-np.abs(Z))),
        ),
        Mistake(
            "absolute value of the whole",
            "The maximum with 0 is for Z, and |Z| stands in the exponent only. Here |Z| took the "
            "place of the maximum.",
            wrong=_bce(lambda Z, Y: np.abs(Z) - Z * Y + np.log1p(np.exp(-np.abs(Z)))),
        ),
        Mistake(
            "mean over all entries",
            "The mean was taken over the m times n_out entries. Add up the outputs of a sample, "
            "then take the mean over the m samples: only then is dZ = (P - Y) / m its gradient.",
            wrong=_bce(_right_losses, lambda losses, m: losses.mean()),
        ),
        Mistake(
            "sum for mean",
            "The losses of all samples were added up. Divide by the number of samples, so that the "
            "loss does not grow with the batch.",
            wrong=_bce(_right_losses, lambda losses, m: losses.sum()),
        ),
        Mistake(
            "not reduced",
            "There is a loss for every entry. Add them up, and divide by the number of samples: "
            "one number.",
            wrong=_bce(_right_losses, lambda losses, m: losses),
        ),
        Mistake(
            "one loss for each output",
            "There is a loss for each output. Add up over the outputs as well: one number.",
            wrong=_bce(_right_losses, lambda losses, m: losses.mean(axis=0)),
        ),
        Mistake(
            "scores clipped",
            "The scores were cut off at 500 or so, inside Z itself. The formula needs no cutting: "
            "it is exact at any score.",
            wrong=_clip_in_place,
        ),
    ),
    hints=(
        "Do not make a probability at all. For Z = 1000 a float cannot tell 1 - P from 0, and the "
        "logarithm of that is lost. The formula above has rearranged everything so that only Z "
        "itself and a harmless exp are left.",
        "Take the formula entry by entry, as it stands: three terms, each the shape of Z. "
        "The first is np.maximum(Z, 0), the second the product of Z and Y. For the third you need "
        "np.abs, np.exp and np.log1p; np.log1p(x) is log(1 + x), precise even for tiny x.",
        "Then one number: the sum over all entries, divided by the number of samples, which is the "
        "number of rows. Try Z = 1000 with y = 0 on paper: the three terms are 1000, 0 and 0.",
    ),
)
