"""Lesson 12: networks of any depth, and a framework's gradients. Samples stand in rows."""

import re
from collections.abc import Iterable
from itertools import combinations, pairwise, zip_longest

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.evidence import UNTOLD
from lessonlib.checks.observing import describe
from lessonlib.data import two_moons, xor
from lessonlib.exercises import Case, exercise, gives
from lessonlib.lessons.deep_network.deep_forward import (
    activate,  # noqa: F401  in slips
    forward,
    initialize,
    network_cases,
    slope,
    unnamed,
    whole,
)
from lessonlib.lessons.drawing import quarters, stack
from lessonlib.lessons.questions import names_out_of, pairs_of_arrays
from lessonlib.lessons.scripts import deep_network as scripts
from lessonlib.reference import keras_two_hidden_layers

# --- backward -----------------------------------------------------------------------------------


def _by_name(names: str, labels: Iterable[str], pairs: list) -> dict:
    """Return {"dW1": …, "db1": …} for names "dW db"; empty arrays for layers that are not there."""
    none = np.zeros(0), np.zeros(0)
    return {
        name + label: array
        for label, pair in zip_longest(labels, pairs, fillvalue=none)
        for name, array in zip(names.split(), pair, strict=True)
    }


_FROM_THE_END = [f"[-{i}]" for i in (1, 2, 3, 4)]


@gives(*_by_name("dW db", _FROM_THE_END, []))
def _gradients_by_name(raw, case: Case) -> dict:
    pairs = pairs_of_arrays(raw, len(case.args[2]), "(dW, db)")
    return _by_name("dW db", _FROM_THE_END, pairs[::-1])


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    def args_of(X, parameters, hidden, output):
        P, caches = forward(X, parameters, hidden, output)
        m, n = P.shape
        one_hot, yes_or_no = np.eye(n)[rng.integers(n, size=m)], rng.integers(2, size=(m, n))
        targets = {"softmax": one_hot, "sigmoid": 1.0 * yes_or_no, "linear": quarters(rng, m, n)}
        Y = targets[output]
        if X.dtype.kind == "i":
            Y = (4 * Y).astype(int)
        # Where a class is graded P is no part of the caches: arguments cross one by one.
        return P.copy(), Y, parameters, caches, hidden

    first, *others = network_cases(rng, args_of)
    return [unnamed(first, 4), *others]


@exercise("deep.backward", points=6, cases=_gradient_cases, unpack=_gradients_by_name)
def backward(P, Y, parameters, caches, hidden="relu"):
    """The gradients of the loss that matches the output, mean over m, for samples in rows.

    Each dW (n_in, n), each db (n,). P, Y (m, n_out) -> [(dW, db), …].
    """
    grads = []
    dZ = (P - Y) / len(Y)
    for layer in reversed(range(len(parameters))):
        W = parameters[layer][0]
        A_prev = caches[layer]["A_prev"]
        dW = A_prev.T @ dZ
        db = dZ.sum(axis=0)
        grads.insert(0, (dW, db))
        if layer > 0:
            dA = dZ @ W.T
            dZ = dA * slope(A_prev, hidden)
    return grads


def _keras_network():
    """Return X, Y, the parameters and the number of samples of Keras's network."""
    net = keras_two_hidden_layers()
    parameters = [(net[f"W{i}"], np.zeros_like(net[f"db{i}"])) for i in (1, 2, 3)]
    return net["X"], net["Y"], parameters


@gives(*_by_name("dW db", "321", []))
def _six_gradients(raw: dict, case: Case) -> dict:
    return _by_name("dW db", "321", pairs_of_arrays(raw["grads"], 3, "(dW, db)")[::-1])


@exercise(
    "deep.framework_gradients",
    points=3,
    cases=lambda rng: [Case((), "Keras's network", {"m": 4})],
    unpack=_six_gradients,
    rtol=1e-5,
    reveal=False,
)
def framework_gradients():
    """-> grads = [(dW, db), …]."""
    X, Y, parameters = _keras_network()
    P, caches = forward(X, parameters, "sigmoid", "sigmoid")
    mean = backward(P, Y, parameters, caches, "sigmoid")
    grads = [(len(X) * dW, len(X) * db) for dW, db in mean]
    return grads


# --- a step -------------------------------------------------------------------------------------


def _update_cases(rng: np.random.Generator) -> list[Case]:
    def case(sizes, rate, *tags):
        parameters, grads = stack(rng, *sizes), stack(rng, *sizes)
        if "whole numbers" in tags:
            parameters = whole(parameters)
        about = f"a {'-'.join(map(str, sizes))} network, learning rate {rate}"
        return Case((parameters, grads, rate), about, {}, tags)

    return [
        case((2, 3, 4), 0.5),
        case((3, 2, 4, 5), 0.1),
        case((3, 2), 2.0, "one layer"),
        case((4, 3, 2), 0.25, "whole numbers"),
    ]


@gives(*_by_name("W b", "123", []))
def _updated(raw, case: Case) -> dict:
    return _by_name("W b", "123", pairs_of_arrays(raw, len(case.args[0]), "(W, b)"))


@exercise("deep.update", points=1, cases=_update_cases, unpack=_updated)
def update(parameters, grads, learning_rate):
    """W - rate dW and b - rate db for each layer; the old arrays stay as they are -> new list."""
    new = []
    for (W, b), (dW, db) in zip(parameters, grads, strict=True):
        W = W - learning_rate * dW
        b = b - learning_rate * db
        new.append((W, b))
    return new


# --- a class ------------------------------------------------------------------------------------


def _networks(rng: np.random.Generator) -> list[Case]:
    """One case: all that the class is put to work on; samples and lines in an order of their own.

    A right network of another order, or of mirrored lines, learns as well.
    """
    seed = int(rng.integers(1000))
    own = [np.random.default_rng([seed, k]) for k in range(2)]
    order = rng.permutation(4)
    shuffled_xor = tuple(array[order] for array in xor())
    data = two_moons(80, own[0]), _three_corners(own[1]), _two_lines(rng)
    return [Case((seed, shuffled_xor, *data, _sizes_to_sum_up(rng)))]


def _two_lines(rng: np.random.Generator) -> tuple:
    """Return x (21, 1) and ±(2 x + 3), ±x as the columns of Y (21, 2), in either order."""
    x = np.linspace(-1, 1, 21).reshape(-1, 1)
    columns = [rng.choice([-1, 1]) * (2 * x + 3), rng.choice([-1, 1]) * x]
    return x, np.hstack([columns[k] for k in rng.permutation(2)])


def _sizes_to_sum_up(rng: np.random.Generator) -> list[int]:
    """Return sizes whose counts of parameters cannot be taken for any other number."""
    while True:
        sizes = (rng.permutation(8)[:4] + 2).tolist()
        pairs = list(pairwise(sizes))
        counts, weights = [i * o + o for i, o in pairs], [i * o for i, o in pairs]
        told, others = {*counts, sum(counts)}, {*sizes, *weights, sum(weights), 1, 2, 3}
        if len(told) == 4 and not told & others:
            return sizes


def _three_corners(rng):
    """Thirty points near the corners of a triangle: X (30, 2), Y (30, 3) one-hot."""
    Y = np.eye(3)[np.arange(30) % 3]
    return Y @ np.array([[1.5, 0.0], [-1.0, 1.0], [-1.0, -1.0]]) + 0.2 * rng.normal(size=(30, 2)), Y


def _decided(P) -> np.ndarray | None:
    """Return a class for each sample from probabilities or from classes; None where that fails."""
    P = as_numbers(P)
    if P is None or P.ndim not in (1, 2) or not np.all(np.isfinite(P)):
        return None
    if P.ndim == 2 and P.shape[1] > 1:
        return P.argmax(axis=1)
    if P.ndim == 1 and np.all(np.isin(P, (0, 1, 2))):
        return P.astype(int)
    return (P.ravel() > 0.5).astype(int)


def _share_right(P, Y) -> str:
    numbers = as_numbers(P)
    if numbers is not None and not np.all(np.isfinite(numbers)):
        return "nan or inf among the predictions"
    mine, right = _decided(P), _decided(Y)
    learnt = mine is not None and len(mine) == len(right) and np.mean(mine == right) >= 0.95
    return "at least 95 % right" if learnt else "less than 95 % right"


def _near_the_lines(P, lines) -> str:
    P = as_numbers(P)
    if P is None or P.shape != lines.shape:
        return "not two numbers for each sample"
    error = np.abs(P - lines)
    return "within 0.5 everywhere" if np.all(error < 0.5) else "far off in places"


def _told_apart(fresh: list) -> str:
    arrays = [as_numbers(P) for P in fresh]
    if not all(a is None or (a.size and np.all(np.isfinite(a))) for a in arrays):
        return f"{UNTOLD} from these predictions"
    if all(a is not None and np.ptp(a, axis=0).max() == 0 for a in arrays):
        return "every sample gets the same prediction"
    pairs = combinations(arrays, 2)
    same = any(a is not None and agree(a, b, 1e-9) for a, b in pairs)
    return "makes no difference" if same else "makes a difference"


def _twins(one, two) -> str:
    numbers = as_numbers(one)
    if numbers is not None and not np.all(np.isfinite(numbers)):
        return f"{UNTOLD} from nan or inf"
    return "the same network" if agree(one, two, 1e-9) else "another network"


def _told_in(text, sizes: list[int]) -> str:
    """Return which of shapes, counts and total a summary of a network of these sizes tells."""
    if not isinstance(text, str):
        return f"not text but {describe(text)}"
    layers = list(pairwise(sizes))
    counts = [i * o + o for i, o in layers]
    numbers = re.findall(r"\d+", text)
    told = {
        "the shapes": all(re.search(rf"\b{i}\W*(by|x|to)?\W*{o}\b", text) for i, o in layers),
        "the counts": all(str(count) in numbers for count in counts),
        "the total": str(sum(counts)) in numbers,
    }
    return ", ".join(name for name, there in told.items() if there) or "none of it"


@gives(script=scripts.make_train_predict)
def _behaviour(raw: dict, case: Case) -> dict:
    _, in_order, (_, sides), (_, which), (_, lines), sizes = case.args
    untouched = agree(raw["xor afterwards"], list(in_order), 0.0)
    return {
        "XOR": _decided(raw["xor"]),
        "XOR after one more small step": _decided(raw["xor again"]),
        "the two moons": _share_right(raw["moons"], sides),
        "three classes, softmax": _share_right(raw["corners"], which),
        "two straight lines, linear": _near_the_lines(raw["lines"], lines),
        "predict, for 80 samples and 2 outputs": describe(raw["fresh"][0]),
        "the argument hidden": _told_apart(raw["fresh"]),
        "an rng in the same state": _twins(raw["twin"], raw["fresh"][0]),
        "what summary() tells": _told_in(raw["summary"], sizes),
        "X and Y after fit": "as before" if untouched else "changed",
    }


@exercise("deep.network", points=5, cases=_networks, unpack=_behaviour, jointly=True, seconds=15.0)
class Network:
    """A network of any depth: parameters, and what can be done with them."""

    def __init__(self, layer_sizes, rng, hidden, output):
        self.hidden = hidden
        self.output = output
        scheme = "he" if self.hidden == "relu" else "glorot"
        self.parameters = initialize(layer_sizes, rng, scheme)

    def fit(self, X, Y, learning_rate, epochs):
        """Take `epochs` steps of gradient descent on the whole batch."""
        for _ in range(epochs):
            P, caches = forward(X, self.parameters, self.hidden, self.output)
            grads = backward(P, Y, self.parameters, caches, self.hidden)
            self.parameters = update(self.parameters, grads, learning_rate)

    def predict(self, X):
        """P (m, n_out)."""
        P, caches = forward(X, self.parameters, self.hidden, self.output)
        return P

    def summary(self):
        """A line of text for each layer, with the shape of W and the number of parameters."""
        counts = [W.size + b.size for W, b in self.parameters]
        shapes = [W.shape for W, b in self.parameters]
        lines = [f"{shape}  {count}" for shape, count in zip(shapes, counts, strict=True)]
        return "\n".join([*lines, f"total  {sum(counts)}"])


_NAMES = list(_by_name("dW db", "1234", []))


@exercise("deep.suspects", points=3, unpack=names_out_of(_NAMES), reveal=False)
def suspects():
    """-> suspects = {"dW2", …}."""
    suspects = {"dW4", "db4", "dW1"}
    return suspects
