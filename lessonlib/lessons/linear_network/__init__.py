"""Lesson 11: a stack of linear layers, forward and one step back. Samples in ROWS."""

from dataclasses import replace

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import as_tagged, in_words, quarters, stack
from lessonlib.lessons.questions import names_out_of, pairs_of_arrays, use_of_rng
from lessonlib.lessons.scripts import drawing as scripts

# --- weights to start from ---------------------------------------------------------------------


@gives("the shape", "the spread of the weights", "the use of rng", script=scripts.draw_thrice)
def _about_weights(raw: list, case: Case) -> dict:
    """Return shape, distribution and use of the rng in words: no two right answers draw alike."""
    draws = [as_numbers(each) for each in raw]
    if any(each is None for each in draws):
        raise Malformed("It should return an array of numbers, of shape (n_in, n_out).")
    n_in, n_out = case.args[:2]
    return {
        "the shape": f"{draws[0].shape}",
        "the spread of the weights": _spread(draws[0].ravel(), np.sqrt(6 / (n_in + n_out))),
        "the use of rng": use_of_rng(*([each] for each in draws)),
    }


def _spread(weights: np.ndarray, limit: float) -> str:
    """Say how weights lie that should be uniform within ±limit; the bands are 5 sigma wide."""
    if not weights.size:
        return "none at all"
    if not np.all(np.isfinite(weights)):
        return "nan or inf among them"
    width = weights.std() / (limit / np.sqrt(3))
    if len(np.unique(weights)) < weights.size / 2:
        return "the same number again and again"
    off = abs(weights.mean()) > 0.15 * limit
    if off or abs(width - 1) > 0.12:
        return f"{'off centre' if off else 'around 0'}, {width:.1f} times as wide as they should be"
    largest = np.max(np.abs(weights)) / limit
    if largest < 0.95:  # 400 uniform ones would all stay below it once in a thousand million times
        return "around 0, but none comes near the limits"
    if largest > 1 + 1e-9:
        far = "far" if largest > 1.2 else "just"  # of 400 normal ones some lie far outside
        return f"around 0, but some lie {far} outside the limits"
    return "spread evenly between the two limits"


def _sizes(rng: np.random.Generator) -> list[Case]:
    def case(n_in: int, n_out: int) -> Case:
        own = np.random.default_rng(rng.integers(2**32))
        return Case((n_in, n_out, own), f"{n_in} inputs, {n_out} outputs")

    first, second, third = case(30, 20), case(8, 60), case(400, 1)
    return [first, second, third, case(30, 20 + int(rng.integers(1, 9)))]


@exercise("linreg.glorot_uniform", points=1, cases=_sizes, unpack=_about_weights)
def glorot_uniform(n_in, n_out, rng):
    """Uniform weights within ±sqrt(6 / (n_in + n_out)) -> (n_in, n_out).

    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward networks".
    """
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))


# --- sizes -------------------------------------------------------------------------------------


def _networks(rng: np.random.Generator) -> list[Case]:
    last = [int(n) for n in rng.choice(np.arange(2, 12), size=5, replace=False)]
    sizes = [1, 2, 2, 1], [3, 5, 2], [4, 1, 6, 2, 3], [7, 2], last
    return [Case((each,), f"the sizes {'-'.join(map(str, each))}") for each in sizes]


@exercise("linreg.count_parameters", points=1, cases=_networks)
def count_parameters(layer_sizes):
    """Weights and biases of each layer, such as [4, 6, 3] for [1, 2, 2, 1]: sizes -> list."""
    pairs = zip(layer_sizes[:-1], layer_sizes[1:], strict=True)
    counts = [n_in * n_out + n_out for n_in, n_out in pairs]
    return counts


# --- forward and one step back -----------------------------------------------------------------


def _stacks(rng: np.random.Generator) -> list[Case]:
    """X, Y and a network of three layers. In the whole-number case all arrays are integers."""

    def case(m, sizes, *tags):
        X, Y = as_tagged(tags, quarters(rng, m, sizes[0]), quarters(rng, m, sizes[-1]))
        parameters = [as_tagged(tags, *pair) for pair in stack(rng, *sizes)]
        about = f"a {'-'.join(map(str, sizes))} network, {in_words(sample=m)}"
        return Case((X, Y, parameters), about, {"m": m, "n_out": sizes[-1]}, tags)

    return [
        case(5, (2, 3, 4, 1), "one output"),
        case(6, (2, 4, 3, 5)),
        case(1, (3, 2, 4, 2), "one sample"),
        case(4, (5, 1, 3, 2), "one unit"),
        case(3, (2, 4, 5, 2), "whole numbers"),
    ]


@exercise(
    "linreg.network_forward",
    points=2,
    cases=lambda rng: [replace(case, args=case.args[::2]) for case in _stacks(rng)],
    outputs=("A1", "A2", "P"),
    returns="tuple",
)
def network_forward(X, parameters):
    """Every layer's output, the last one being the prediction: A = (A below) W + b, A below = X.

    Linear layers, no ReLU. X (m, n_x); parameters [(W, b), ...], W (n_in, n_out), b (n_out,)
    -> [A1, A2, P].
    """
    A, outputs = X, []
    for W, b in parameters:
        A = A @ W + b
        outputs.append(A)
    return outputs


_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


@gives(*_NAMES)
def _six_arrays(raw, case: Case) -> dict:
    pairs = pairs_of_arrays(raw, 3, "(W, b)")
    return dict(zip(_NAMES, [array for pair in pairs for array in pair], strict=True))


def _step_cases(rng: np.random.Generator) -> list[Case]:
    return [replace(case, args=(*case.args, 0.03125)) for case in _stacks(rng)]


@exercise("linreg.network_step", points=4, cases=_step_cases, unpack=_six_arrays)
def network_step(X, Y, parameters, learning_rate):
    """One step of gradient descent on 1/(2m) sum (P - Y)^2 for a stack of linear layers.

    X (m, n_x), Y (m, n_y), parameters [(W, b), ...] -> new parameters.
    """
    *inputs, P = [X, *network_forward(X, parameters)]
    dZ = (P - Y) / len(X)
    updated = []
    for (W, b), A in zip(reversed(parameters), reversed(inputs), strict=True):
        dW = A.T @ dZ
        db = dZ.sum(axis=0)
        W_new = W - learning_rate * dW
        b_new = b - learning_rate * db
        updated.append((W_new, b_new))
        dZ = dZ @ W.T
    return updated[::-1]


@exercise("linreg.suspects", points=3, unpack=names_out_of(_NAMES), reveal=False)
def suspects():
    suspects = {"b1", "b2", "b3"}
    return suspects
