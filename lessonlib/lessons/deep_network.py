"""Lesson 07: networks of any depth, and a framework's gradients. Samples stand in rows."""

import re
from functools import lru_cache
from itertools import pairwise

import numpy as np

from lessonlib.checks import Case, Exercise, Mistake
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.observing import describe
from lessonlib.data import two_moons, xor
from lessonlib.lessons.deep_forward import (
    BCE_FROM_LOGITS,
    FORWARD,
    INITIALIZE,
    LAYER_SCALES,
    RECALL_1,
    RECALL_2,
    about,
    activate,
    forward,
    initialize,
    pairs_of_arrays,
    slope,
    small_network,
)
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of
from lessonlib.reference import keras_two_hidden_layers

NOTHING_THERE = np.zeros(0)  # stands for a layer that a shallower network does not have


# --- deep.backward -----------------------------------------------------------------------------


def backward(P, Y, parameters, caches, hidden="relu"):
    """[(dW, db), …] of the loss that matches the output, mean over m, for samples in rows.

    dZ_L = (P - Y) / m; dW = A_prev^T dZ, db = sum of dZ over the samples, and one layer down
    dZ = (dZ W^T) * slope. Each dW (n_in, n), each db (n,).
    """
    grads, dZ = [], (P - Y) / len(Y)
    for layer in reversed(range(len(parameters))):
        A_prev = caches[layer]["A_prev"]
        grads.append((A_prev.T @ dZ, dZ.sum(axis=0)))
        if layer > 0:
            dZ = dZ @ parameters[layer][0].T * slope(A_prev, hidden)
    return grads[::-1]


def _from_the_end(raw, count: int) -> dict:
    """Return dW[-1], db[-1], dW[-2] … dW[-4], db[-4]; an empty array where there is no layer."""
    pairs, outputs = pairs_of_arrays(raw, count, "(dW, db)"), {}
    for i in range(1, 5):
        dW, db = pairs[-i] if i <= count else (NOTHING_THERE, NOTHING_THERE)
        outputs[f"dW[-{i}]"], outputs[f"db[-{i}]"] = dW, db
    return outputs


def _targets(rng: np.random.Generator, output: str, m: int, n: int) -> np.ndarray:
    if output == "softmax":
        return np.eye(n)[rng.integers(0, n, size=m)]
    return quarters(rng, m, n) if output == "linear" else 1.0 * rng.integers(0, 2, size=(m, n))


def _gradients(rng, sizes: tuple, m: int, hidden: str, output: str, *tags: str) -> Case:
    X, parameters = small_network(rng, sizes, m, hidden)
    P, caches = forward(X, parameters, hidden, output)
    args = P, _targets(rng, output, m, sizes[-1]), parameters, caches, hidden
    return Case(args, about(sizes, f"{hidden} and {output}", m), {"m": m}, tags)


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    default = _gradients(rng, (3, 4, 2), 5, "relu", "sigmoid")
    X, parameters = small_network(rng, (2, 3, 4), 6, "tanh")
    X = (4 * X).astype(int)
    P, caches = forward(X, parameters, "tanh", "softmax")
    Y = _targets(rng, "softmax", 6, 4).astype(int)
    return [
        Case(default.args[:4], about((3, 4, 2), "no activation named", 5), {"m": 5}),
        _gradients(rng, (2, 5, 4, 3), 6, "tanh", "softmax"),
        _gradients(rng, (4, 3, 5, 6, 2), 7, "sigmoid", "linear"),
        _gradients(rng, (3, 2), 4, "relu", "softmax", "one layer"),
        _gradients(rng, (2, 5, 3, 1), 4, "relu", "linear", "one output"),
        _gradients(rng, (4, 2, 3), 1, "sigmoid", "sigmoid", "one sample"),
        Case(
            (P, Y, parameters, caches, "tanh"),
            about((2, 3, 4), "tanh and softmax, whole numbers", 6),
            {"m": 6},
            ("whole numbers",),
        ),
    ]


def _below(caches, layer, hidden):
    return slope(caches[layer]["A_prev"], hidden)


def _backward(start=None, steep=_below, dW=None, db=None, dA=None, step=None):
    """Return a backward pass with a spoilt step.

    start: (P, Y, m, hidden) -> dZ of the last layer; steep: (caches, layer, hidden) -> slopes one
    layer down; weights: (parameters, layer) -> W; dW: (dZ, A_prev); db: (dZ); dA: (dZ, W);
    step: (dA, slopes, m) -> dZ one layer down.
    """
    start = start or (lambda P, Y, m, hidden: (P - Y) / m)
    dW = dW or (lambda dZ, A_prev: A_prev.T @ dZ)
    db = db or (lambda dZ: dZ.sum(axis=0))
    dA = dA or (lambda dZ, W: dZ @ W.T)
    step = step or (lambda dA, slopes, m: dA * slopes)

    def wrong(P, Y, parameters, caches, hidden="relu"):
        m, grads = len(Y), []
        dZ = start(P, Y, m, hidden)
        for layer in reversed(range(len(parameters))):
            grads.insert(0, (dW(dZ, caches[layer]["A_prev"]), db(dZ)))
            if layer > 0:
                dZ = step(dA(dZ, parameters[layer][0]), steep(caches, layer, hidden), m)
        return grads

    return wrong


def _steep(formula):
    """Return slopes by `formula(A, hidden)`, A being the activation one layer down."""
    return lambda caches, layer, hidden: formula(caches[layer]["A_prev"], hidden)


def _tanh_slope(formula):
    return _steep(lambda A, hidden: formula(A) if hidden == "tanh" else slope(A, hidden))


def _into_p(P, Y, m, hidden):
    P -= Y
    P /= m
    return P


def _caches_used_up(P, Y, parameters, caches, hidden="relu"):
    grads = backward(P, Y, parameters, caches, hidden)
    while caches:
        caches.pop()
    return grads


def _by_position(P, Y, parameters, caches, hidden="relu"):
    for layer in reversed(range(len(parameters))):
        A_prev = caches[layer][0]
    return A_prev


BACKWARD = Exercise(
    id="deep.backward",
    points=6,
    signature='backward(P, Y, parameters, caches, hidden="relu") -> [(dW, db), …]',
    outputs=tuple(f"{name}[-{i}]" for i in range(1, 5) for name in ("dW", "db")),
    reference=backward,
    cases=_gradient_cases,
    unpack=lambda raw, case: _from_the_end(raw, len(case.args[2])),
    mistakes=(
        Mistake(
            "mean left out",
            "These are m times too large: they belong to the sum over the samples. The loss is a "
            "mean, so divide by m, once, where dZ of the last layer is made.",
            wrong=_backward(start=lambda P, Y, m, hidden: P - Y),
        ),
        Mistake(
            "mean taken twice",
            "These are m times too small. (P - Y) / m holds the mean already, and every layer "
            "below inherits it. Divide nowhere else.",
            wrong=_backward(start=lambda P, Y, m, hidden: (P - Y) / m**2),
        ),
        Mistake(
            "mean taken again in each layer",
            "The last layer is right, the one below is m times too small, the next one m times "
            "m. dZ inherits the mean from the layer above. Divide once, at the start.",
            wrong=_backward(step=lambda dA, slopes, m: dA * slopes / m),
        ),
        Mistake(
            "sign of P - Y",
            "These have the wrong sign: a step against them would raise the loss. The difference "
            "at the output is P - Y, not Y - P.",
            wrong=_backward(start=lambda P, Y, m, hidden: (Y - P) / m),
        ),
        Mistake(
            "derivative applied twice at the output",
            "P (1 - P) was multiplied in. With the loss that matches the output it has cancelled: "
            "that is why dZ of the last layer is so short. Look at the first line of the card.",
            wrong=_backward(start=lambda P, Y, m, hidden: (P - Y) / m * P * (1 - P)),
        ),
        Mistake(
            "hidden slope at the output",
            "The loop multiplies by the hidden layers' slope in the last layer too. The last layer "
            "starts from dZ = (P - Y) / m, finished; slopes come in below it.",
            wrong=_backward(start=lambda P, Y, m, hidden: (P - Y) / m * slope(P, hidden)),
        ),
        Mistake(
            "slope left out",
            "The last layer is right. Below it the message passes the activation as if it were a "
            "straight line: multiply dZ W^T by the slope of the layer it arrives at.",
            wrong=_backward(step=lambda dA, slopes, m: dA),
        ),
        Mistake(
            "always the ReLU's slope",
            "It is right for ReLU networks only. The argument hidden says which activation the "
            "hidden layers have: hand it on to slope.",
            wrong=_backward(steep=_steep(lambda A, hidden: slope(A, "relu"))),
        ),
        Mistake(
            "the sigmoid's slope on a tanh layer",
            "It is right but for tanh layers: there A (1 - A) was taken, the slope of the sigmoid. "
            "The tanh has another one. This was the bug of lesson 05.",
            wrong=_backward(steep=_tanh_slope(lambda A: A * (1 - A))),
        ),
        Mistake(
            "the slope of tanh without the square",
            "It is right but for tanh layers: 1 - A was taken where 1 minus the square of A is "
            "meant.",
            wrong=_backward(steep=_tanh_slope(lambda A: 1 - A)),
        ),
        Mistake(
            "slope from Z",
            "slope wants the activation A and was given Z. For a ReLU that makes no difference, "
            "for tanh and sigmoid it does. The activation of the layer below is A_prev of this "
            "one.",
            wrong=_backward(steep=lambda caches, i, hidden: slope(caches[i - 1]["Z"], hidden)),
        ),
        Mistake(
            "activation applied twice",
            "The slope was taken at f(A), as if A were still Z: a formula for z was fed with the "
            "activation. For a ReLU that makes no difference, for tanh and sigmoid it does.",
            wrong=_backward(steep=_steep(lambda A, hidden: slope(activate(A, hidden), hidden))),
        ),
        Mistake(
            "slope of the wrong layer",
            "The slope was taken from this layer's own activation. The message has gone down "
            "through W already: it has arrived at the layer below, and that is where the slope "
            "counts. Compare the shapes.",
            wrong=_backward(steep=lambda caches, i, hidden: slope(caches[i]["A"], hidden)),
        ),
        Mistake(
            "W not transposed, or of another layer",
            "Forward, W leads from n_in numbers to n_out. Back, from n_out to n_in: W has to be "
            "turned round. And it must be this layer's own W, through which its numbers came. "
            "Write the shapes of dZ and W side by side.",
            wrong=_backward(dA=lambda dZ, W: dZ @ W),
        ),
        Mistake(
            "columns for rows",
            "W^T dZ is for samples in columns. Here they stand in rows: dZ is (m, n_out), and dZ "
            "comes first in the product.",
            wrong=_backward(dA=lambda dZ, W: W.T @ dZ),
        ),
        Mistake(
            "dW as for columns",
            "dZ A^T is for samples in columns. Here dW must be (n_in, n_out): write the shapes of "
            "A_prev and dZ, and turn the factor round that makes the samples meet.",
            wrong=_backward(dW=lambda dZ, A_prev: dZ @ A_prev.T),
        ),
        Mistake(
            "dW transposed",
            "dW has the shape (n_out, n_in). It must look like W, which is (n_in, n_out) here. "
            "Which factor has to stand first?",
            wrong=_backward(dW=lambda dZ, A_prev: dZ.T @ A_prev),
        ),
        Mistake(
            "db summed over everything",
            "All entries of dZ went into one number. Every unit has a bias of its own: add up over "
            "the samples only, that is down the rows.",
            wrong=_backward(db=lambda dZ: np.sum(dZ)),
        ),
        Mistake(
            "db not summed",
            "db is dZ itself, one row for each sample. All samples share the bias, so their "
            "messages add up.",
            wrong=_backward(db=lambda dZ: dZ.copy()),
        ),
        Mistake(
            "db summed over the units",
            "The sum ran along the rows, over the units. With samples in rows it must run down "
            "them: axis 0.",
            wrong=_backward(db=lambda dZ: dZ.sum(axis=1)),
        ),
        Mistake(
            "db kept as a row",
            "db has the shape (1, n). With samples in rows a bias is flat, (n,), and its gradient "
            "like it: sum without keepdims.",
            wrong=_backward(db=lambda dZ: dZ.sum(axis=0, keepdims=True)),
        ),
        Mistake(
            "db as a mean",
            "db is m times too small. dZ carries the 1/m already: add it up, do not take the mean "
            "again.",
            wrong=_backward(db=lambda dZ: dZ.mean(axis=0)),
        ),
        Mistake(
            "order reversed",
            "The gradients stand in the order in which they were found, the last layer first. The "
            "list should have the order of parameters: insert at the front, or turn it round.",
            wrong=lambda *args: backward(*args)[::-1],
        ),
        Mistake(
            "P overwritten",
            "The difference was written into P.",
            wrong=_backward(start=_into_p),
        ),
        Mistake(
            "caches used up",
            "The caches were taken out of the list with pop. Reach them by their number instead.",
            wrong=_caches_used_up,
        ),
        Mistake(
            "a cache read by position",
            "Each cache is a dictionary. Reach what is in it by name: 'A_prev', 'Z', 'A'. The "
            "check hands over caches of that form, however your own forward makes them.",
            wrong=_by_position,
        ),
    ),
    hints=(
        "Start at the output, where dZ = (P - Y) / m. From dZ a layer makes dW and db, with "
        "A_prev from its cache. Then the message goes one layer down, and everything repeats. So "
        "the loop runs over the layers from the last to the first: reversed(range(...)).",
        "Let the shapes lead you. dW must look like W, (n_in, n_out), and A_prev is (m, n_in), dZ "
        "is (m, n_out): the samples must meet in the middle. db is dZ added up over the samples. "
        "On the way down dZ (m, n_out) must become (m, n_in), with the help of W.",
        "The last step of a round is the slope of the layer below, slope(A_prev, hidden), times "
        "what came down, entry by entry. The first layer has nothing below it. Put each new pair "
        "at the front of the list: grads.insert(0, ...).",
    ),
)


# --- deep.framework_gradients ------------------------------------------------------------------


def _keras_network():
    """Return X, Y, the parameters and the number of samples of Keras's network."""
    net = keras_two_hidden_layers()
    parameters = [(net[f"W{i}"], np.zeros_like(net[f"db{i}"])) for i in (1, 2, 3)]
    return net["X"], net["Y"], parameters


def _framework(hidden="sigmoid", back="sigmoid", backward=backward, scale=4):
    """Return an answer to deep.framework_gradients in which one ingredient may be spoilt."""

    def values():
        X, Y, parameters = _keras_network()
        P, caches = forward(X, parameters, hidden, "sigmoid")
        grads = backward(P, Y, parameters, caches, back)
        return {"grads": [(scale * dW, scale * db) for dW, db in grads]}

    return values


def _six_gradients(raw: dict, case: Case) -> dict:
    pairs, outputs = pairs_of_arrays(raw["grads"], 3, "(dW, db)"), {}
    for i in (3, 2, 1):
        outputs[f"dW{i}"], outputs[f"db{i}"] = pairs[i - 1]
    return outputs


FRAMEWORK_GRADIENTS = Exercise(
    id="deep.framework_gradients",
    points=3,
    signature="grads = [(dW, db), …]",
    outputs=("dW3", "db3", "dW2", "db2", "dW1", "db1"),
    returns="named",
    reference=_framework(),
    unpack=_six_gradients,
    cases=lambda rng: [Case((), "Keras's network", {"m": 4})],
    rtol=1e-5,
    reveal=False,
    mistakes=(
        Mistake(
            "mean for sum",
            "Your gradients are a quarter of Keras's. Yours belong to the mean over the four "
            "samples, Keras's to the sum: it was given four losses and added up. Neither is "
            "wrong; to compare, bring both to the same loss.",
            wrong=_framework(scale=1),
        ),
        Mistake(
            "hidden layers taken for ReLU",
            "Every layer of this network is a sigmoid. forward and backward take ReLU where "
            "nothing is said: both need the argument hidden.",
            wrong=_framework(hidden="relu", back="relu"),
        ),
        Mistake(
            "ReLU on the way back only",
            "dW3 and db3 are right: forward was told of the sigmoid. backward takes ReLU where "
            "nothing is said. It needs the argument hidden too.",
            wrong=_framework(back="relu"),
        ),
        Mistake(
            "ReLU on the way forward only",
            "backward was told of the sigmoid, forward was not, so the caches come from ReLU "
            "layers. Both need the argument hidden.",
            wrong=_framework(hidden="relu"),
        ),
        Mistake(
            "derivative applied twice at the output",
            "P (1 - P) was multiplied in at the output. With the cross-entropy it has cancelled. "
            "Use your backward as the check accepted it.",
            wrong=_framework(
                backward=_backward(start=lambda P, Y, m, hidden: (P - Y) / m * P * (1 - P))
            ),
        ),
        Mistake(
            "order reversed",
            "The last layer's gradients stand first. The list should begin with the layer next to "
            "the input.",
            wrong=lambda: {"grads": _framework()()["grads"][::-1]},
        ),
    ),
    hints=(
        "Two calls do most of it: forward with the four samples and Keras's parameters, then "
        "backward. Every layer is a sigmoid, the hidden ones too. Where nothing is said, your "
        "functions take ReLU for the hidden layers: so say it, to both of them.",
        "Compare with what Keras printed. If every number of yours is the same factor away, look "
        "at what the two losses are: yours is the mean over the samples, and Keras was given one "
        "loss for each sample and added up what they ask for. How many samples are there? "
        "Multiply every dW and every db by that.",
    ),
)


# --- deep.update -------------------------------------------------------------------------------


def update(parameters, grads, learning_rate):
    """A new list [(W - rate dW, b - rate db), …]; the old arrays stay as they are."""
    return [
        (W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(parameters, grads, strict=True)
    ]


def _steps(rng: np.random.Generator, sizes: tuple, rate: float, *tags: str) -> Case:
    parameters, grads = (
        [(quarters(rng, i, o), quarters(rng, o)) for i, o in pairwise(sizes)] for _ in range(2)
    )
    about = f"a {'-'.join(map(str, sizes))} network, learning rate {rate}"
    return Case((parameters, grads, rate), about, {}, tags)


def _update_cases(rng: np.random.Generator) -> list[Case]:
    parameters, grads, _ = _steps(rng, (4, 3, 2), 1).args
    whole = [(np.sign(W).astype(int), (4 * b).astype(int)) for W, b in parameters]
    return [
        _steps(rng, (2, 3, 4), 0.5),
        _steps(rng, (3, 2, 4, 5), 0.1),
        _steps(rng, (3, 2), 2.0, "one layer"),
        Case((whole, grads, 0.25), "whole numbers in the parameters", {}, ("whole numbers",)),
    ]


def _updated(raw, case: Case) -> dict:
    """Return W1, b1, W2 … b3; an empty array where there is no layer."""
    count = len(case.args[0])
    pairs, outputs = pairs_of_arrays(raw, count, "(W, b)"), {}
    for i in range(3):
        W, b = pairs[i] if i < count else (NOTHING_THERE, NOTHING_THERE)
        outputs[f"W{i + 1}"], outputs[f"b{i + 1}"] = W, b
    return outputs


def _update(step):
    """Return an answer that moves each layer by `step(W, b, dW, db, rate)`."""

    def wrong(parameters, grads, learning_rate):
        pairs = zip(parameters, grads, strict=True)
        return [step(W, b, dW, db, learning_rate) for (W, b), (dW, db) in pairs]

    return wrong


def _in_place(parameters, grads, learning_rate):
    for (W, b), (dW, db) in zip(parameters, grads, strict=True):
        W -= learning_rate * dW
        b -= learning_rate * db
    return parameters


def _into_the_list(parameters, grads, learning_rate):
    for i, new in enumerate(update(parameters, grads, learning_rate)):
        parameters[i] = new
    return parameters


UPDATE = Exercise(
    id="deep.update",
    points=1,
    signature="update(parameters, grads, learning_rate) -> new list",
    outputs=("W1", "b1", "W2", "b2", "W3", "b3"),
    reference=update,
    cases=_update_cases,
    unpack=_updated,
    mistakes=(
        Mistake(
            "uphill",
            "The step goes along the gradient, where the loss rises. Take it away instead.",
            wrong=_update(lambda W, b, dW, db, rate: (W + rate * dW, b + rate * db)),
        ),
        Mistake(
            "learning rate left out",
            "The whole gradient was taken away, whatever the rate. Multiply it by the rate first.",
            wrong=_update(lambda W, b, dW, db, rate: (W - dW, b - db)),
        ),
        Mistake(
            "divided by the rate",
            "The gradient was divided by the learning rate. A small rate means small steps: "
            "multiply.",
            wrong=_update(lambda W, b, dW, db, rate: (W - dW / rate, b - db / rate)),
        ),
        Mistake(
            "biases forgotten",
            "The biases did not move. They learn as the weights do, from their own gradient.",
            wrong=_update(lambda W, b, dW, db, rate: (W - rate * dW, b.copy())),
        ),
        Mistake(
            "weights forgotten",
            "The weights did not move. They learn as the biases do, from their own gradient.",
            wrong=_update(lambda W, b, dW, db, rate: (W.copy(), b - rate * db)),
        ),
        Mistake(
            "W moved by db",
            "W was moved by the gradient of the biases. NumPy stretches it over the rows and does "
            "not complain. A copied line, perhaps?",
            wrong=_update(lambda W, b, dW, db, rate: (W - rate * db, b - rate * db)),
        ),
        Mistake(
            "nothing moves",
            "The parameters come back as they were. Is the new list built from the new arrays?",
            wrong=_update(lambda W, b, dW, db, rate: (W.copy(), b.copy())),
        ),
        Mistake(
            "only the step returned",
            "These are the gradients times the rate. Take them away from the parameters.",
            wrong=_update(lambda W, b, dW, db, rate: (rate * dW, rate * db)),
        ),
        Mistake(
            "gradients from the other end",
            "The first layer was given the last layer's gradient. grads has the order of "
            "parameters: go through both lists together from the front.",
            wrong=lambda parameters, grads, rate: update(parameters, grads[::-1], rate),
        ),
        Mistake(
            "arrays changed in place",
            "Also, W -= ... fails when W holds whole numbers.",
            wrong=_in_place,
        ),
        Mistake(
            "the old list filled anew",
            "The new arrays went into the caller's list. Start with an empty list of your own.",
            wrong=_into_the_list,
        ),
    ),
    hints=(
        "One step of gradient descent, for each layer: the new W is the old W minus the learning "
        "rate times dW, and the same for b. Nothing else happens; no mean, no loop over samples. "
        "The gradients have the shapes of the parameters, so the subtraction is entry by entry.",
        "Go through both lists together: zip(parameters, grads) gives you ((W, b), (dW, db)) for "
        "each layer. Start with an empty list and append a pair of new arrays in each round. "
        "Write W - ..., not W -= ...: the second form would change the caller's array, and the "
        "check looks for that.",
    ),
)


# --- deep.network ------------------------------------------------------------------------------


class Network:
    """A network of any depth: parameters, and what can be done with them."""

    def __init__(self, layer_sizes, rng, hidden, output):
        self.hidden, self.output = hidden, output
        self.parameters = initialize(layer_sizes, rng, "he" if hidden == "relu" else "glorot")

    def fit(self, X, Y, learning_rate, epochs):
        """Take `epochs` steps of gradient descent on the whole batch."""
        for _ in range(epochs):
            P, caches = forward(X, self.parameters, self.hidden, self.output)
            grads = backward(P, Y, self.parameters, caches, self.hidden)
            self.parameters = update(self.parameters, grads, learning_rate)

    def predict(self, X):
        """P (m, n_out)."""
        return forward(X, self.parameters, self.hidden, self.output)[0]

    def summary(self):
        """A line of text for each layer, with the shape of W and the number of parameters."""
        counts = [W.size + b.size for W, b in self.parameters]
        rows = zip(self.parameters, counts, strict=True)
        lines = [f"{i}  {W.shape}  {count}" for i, ((W, _), count) in enumerate(rows, start=1)]
        return "\n".join(["layer  W  parameters", *lines, f"total  {sum(counts)}"])


SUMMARY_SIZES = [4, 5, 3, 2]
_KINDS = ("relu", "tanh", "sigmoid")


def _put_to_work(answer, seed):
    """Let a class make networks, train them and predict; return what they say.

    What the classes of this module do is remembered: a diagnosis asks every one of them.
    """
    ours = answer is Network or any(answer is mistake.wrong for mistake in NETWORK.mistakes)
    return (_remembered if ours else _work)(answer, seed)


@lru_cache(maxsize=200)
def _remembered(answer, seed):
    return _work(answer, seed)


def _work(answer, seed):

    def rng(k):
        return np.random.default_rng([seed, k])

    X, Y = xor()
    moons, sides = two_moons(80, rng(0))
    corners, which = _three_corners(rng(1))
    x = np.linspace(-1, 1, 21).reshape(-1, 1)
    for_xor = answer([2, 6, 1], rng(2), "tanh", "sigmoid")
    for_moons = answer([2, 24, 24, 1], rng(3), "relu", "sigmoid")
    for_corners = answer([2, 8, 3], rng(4), "tanh", "softmax")
    for_line = answer([1, 8, 2], rng(5), "tanh", "linear")
    for_summary = answer(SUMMARY_SIZES, rng(6), "sigmoid", "softmax")
    for_xor.fit(X, Y, 1.0, 300)
    first = for_xor.predict(X)
    for_xor.fit(X, Y, 0.01, 1)
    for_moons.fit(moons, sides, 0.5, 350)
    for_corners.fit(corners, which, 0.5, 100)
    for_line.fit(x, np.hstack([2 * x + 3, -x]), 0.1, 500)
    fresh = [answer([2, 5, 2], rng(7), kind, "linear").predict(moons) for kind in _KINDS]
    return {
        "xor": first,
        "xor again": for_xor.predict(X),
        "moons": for_moons.predict(moons),
        "sides": sides,
        "corners": for_corners.predict(corners),
        "which": which,
        "line": for_line.predict(x),
        "fresh": fresh,
        "twin": answer([2, 5, 2], rng(7), "relu", "linear").predict(moons),
        "summary": for_summary.summary(),
        "unchanged": bool(np.array_equal(np.hstack([X, Y]), np.hstack(xor()))),
    }


def _three_corners(rng):
    """Thirty points near the corners of a triangle: X (30, 2), Y (30, 3) one-hot."""
    Y = np.eye(3)[np.arange(30) % 3]
    return Y @ np.array([[1.5, 0.0], [-1.0, 1.0], [-1.0, -1.0]]) + 0.2 * rng.normal(size=(30, 2)), Y


def _decided(P) -> np.ndarray | None:
    """Return a class for each sample from probabilities or from classes; None where that fails."""
    P = as_numbers(P)
    if P is None or P.ndim not in (1, 2):
        return None
    if P.ndim == 2 and P.shape[1] > 1:
        return P.argmax(axis=1)
    if P.ndim == 1 and np.all(np.isin(P, (0, 1, 2))):
        return P.astype(int)
    return (P.ravel() > 0.5).astype(int)


def _share_right(P, Y) -> str:
    mine, right = _decided(P), _decided(Y)
    learnt = mine is not None and len(mine) == len(right) and np.mean(mine == right) >= 0.95
    return "at least 95 % right" if learnt else "less than 95 % right"


def _near_the_lines(P) -> str:
    P, x = as_numbers(P), np.linspace(-1, 1, 21)
    if P is None or P.shape != (21, 2):
        return "not two numbers for each sample"
    error = np.abs(P - np.column_stack([2 * x + 3, -x]))
    return "within 0.5 everywhere" if np.all(error < 0.5) else "far off in places"


def _told_apart(fresh: list) -> str:
    arrays = [as_numbers(P) for P in fresh]
    pairs = [(0, 1), (0, 2), (1, 2)]
    same = any(a is not None and agree(a, arrays[j], 1e-9) for i, j in pairs for a in [arrays[i]])
    return "makes no difference" if same else "makes a difference"


def _told_in(text) -> str:
    """Return which of shapes, counts and total a summary of SUMMARY_SIZES tells."""
    if not isinstance(text, str):
        return f"not text but {describe(text)}"
    layers = list(pairwise(SUMMARY_SIZES))
    counts = [i * o + o for i, o in layers]
    numbers = re.findall(r"\d+", text)
    told = {
        "the shapes": all(re.search(rf"\b{i}\W*(by|x|to)?\W*{o}\b", text) for i, o in layers),
        "the counts": all(str(count) in numbers for count in counts),
        "the total": str(sum(counts)) in numbers,
    }
    return ", ".join(name for name, there in told.items() if there) or "none of it"


def _behaviour(raw: dict, case: Case) -> dict:
    return {
        "XOR": _decided(raw["xor"]),
        "XOR after one more small step": _decided(raw["xor again"]),
        "the two moons": _share_right(raw["moons"], raw["sides"]),
        "three classes, softmax": _share_right(raw["corners"], raw["which"]),
        "two straight lines, linear": _near_the_lines(raw["line"]),
        "predict, for 80 samples and 2 outputs": describe(raw["fresh"][0]),
        "the argument hidden": _told_apart(raw["fresh"]),
        "an rng in the same state": (
            "the same network" if agree(raw["twin"], raw["fresh"][0], 1e-9) else "another network"
        ),
        "what summary() tells": _told_in(raw["summary"]),
        "X and Y after fit": "as before" if raw["unchanged"] else "changed",
    }


def _network_with(**methods):
    """Return the right class with some methods replaced."""
    return type("Network", (Network,), methods)


def _step(self, X, Y, learning_rate):
    P, caches = forward(X, self.parameters, self.hidden, self.output)
    return update(
        self.parameters, backward(P, Y, self.parameters, caches, self.hidden), learning_rate
    )


def _fit_forgets(self, X, Y, learning_rate, epochs):
    for _ in range(epochs):
        _step(self, X, Y, learning_rate)


def _fit_once(self, X, Y, learning_rate, epochs):
    self.parameters = _step(self, X, Y, learning_rate)


def _fit_uphill(self, X, Y, learning_rate, epochs):
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            self.parameters = _step(self, X, Y, -learning_rate)


def _fit_afresh(self, X, Y, learning_rate, epochs):
    sizes = [len(self.parameters[0][0]), *(W.shape[1] for W, _ in self.parameters)]
    self.parameters = initialize(sizes, np.random.default_rng(0))
    Network.fit(self, X, Y, learning_rate, epochs)


def _fit_scales_x(self, X, Y, learning_rate, epochs):
    X -= X.mean(axis=0)
    Network.fit(self, X, Y, learning_rate, epochs)


def _set_up(kind_of=lambda hidden, output: (hidden, output), draw=initialize):
    def set_up(self, layer_sizes, rng, hidden, output):
        self.hidden, self.output = kind_of(hidden, output)
        self.parameters = draw(layer_sizes, rng)

    return set_up


def _set_up_the_class(self, layer_sizes, rng, hidden, output):
    cls = type(self)
    cls.hidden, cls.output, cls.parameters = hidden, output, initialize(layer_sizes, rng)


def _zeros(layer_sizes, rng):
    return [(0 * W, b) for W, b in initialize(layer_sizes, rng)]


def _run_of(self, X):
    return forward(X, self.parameters, self.hidden, self.output)


def _summary_without_biases(self):
    lines = [f"{W.shape}: {W.size}" for W, _ in self.parameters]
    return "\n".join([*lines, f"total {sum(W.size for W, _ in self.parameters)}"])


def _summary_without_total(self):
    return "\n".join(f"{W.shape}: {W.size + b.size}" for W, b in self.parameters)


NETWORK = Exercise(
    id="deep.network",
    points=5,
    signature="class Network(layer_sizes, rng, hidden, output)",
    outputs=(
        "XOR",
        "XOR after one more small step",
        "the two moons",
        "three classes, softmax",
        "two straight lines, linear",
        "predict, for 80 samples and 2 outputs",
        "the argument hidden",
        "an rng in the same state",
        "what summary() tells",
        "X and Y after fit",
    ),
    reference=Network,
    script=_put_to_work,
    unpack=_behaviour,
    cases=lambda rng: [Case((int(rng.integers(1000)),))],
    seconds=15.0,
    mistakes=(
        Mistake(
            "what is learnt gets lost",
            "fit works out new parameters and does not keep them: a variable of the method is "
            "gone when it ends. Put them into self.parameters in every round.",
            wrong=_network_with(fit=_fit_forgets),
        ),
        Mistake(
            "one step only",
            "fit gets no further than one step, however many epochs it is asked for. forward, "
            "backward and update belong into the loop, all three; each round must start from the "
            "parameters of the last one, and a return must stand behind the loop.",
            wrong=_network_with(fit=_fit_once),
        ),
        Mistake(
            "uphill",
            "Training makes it worse: the loss grows with every step. Look at the sign in update, "
            "or at how fit calls it.",
            wrong=_network_with(fit=_fit_uphill),
        ),
        Mistake(
            "fit starts afresh",
            "A second call of fit forgets the first: it draws new weights. Draw them once, in "
            "__init__, so that training can be continued.",
            wrong=_network_with(fit=_fit_afresh),
        ),
        Mistake(
            "the data overwritten",
            "fit changes X itself, and whoever called it still needs X. Work on arrays of your "
            "own.",
            wrong=_network_with(fit=_fit_scales_x),
        ),
        Mistake(
            "always ReLU",
            "The argument hidden makes no difference. Keep it in self.hidden, and hand it on to "
            "forward and to backward.",
            wrong=_network_with(__init__=_set_up(lambda hidden, output: ("relu", output))),
        ),
        Mistake(
            "always sigmoid",
            "The output is a sigmoid whatever is asked for: it cannot reach numbers above 1. Keep "
            "output in self.output, and hand it on to forward.",
            wrong=_network_with(__init__=_set_up(lambda hidden, output: (hidden, "sigmoid"))),
        ),
        Mistake(
            "zero weights",
            "All weights start at 0, so all units of a layer stay alike and learn as one. Use your "
            "initialize.",
            wrong=_network_with(__init__=_set_up(draw=_zeros)),
        ),
        Mistake(
            "rng not used",
            "Two networks from an rng in the same state differ: the weights come from somewhere "
            "else. Hand rng on to initialize.",
            wrong=_network_with(
                __init__=_set_up(draw=lambda sizes, rng: initialize(sizes, np.random.default_rng()))
            ),
        ),
        Mistake(
            "one set of parameters for all networks",
            "A second network takes the first one's parameters away. They were stored in the class "
            "or in the notebook. In __init__ and in fit, store them in self.",
            wrong=_network_with(__init__=_set_up_the_class),
        ),
        Mistake(
            "predict gives the caches too",
            "forward returns P and the caches; predict should return P alone.",
            wrong=_network_with(predict=_run_of),
        ),
        Mistake(
            "predictions flat",
            "predict gives a flat array. It should keep a row for each sample and a column for "
            "each output, as forward does.",
            wrong=_network_with(predict=lambda self, X: _run_of(self, X)[0].ravel()),
        ),
        Mistake(
            "predictions transposed",
            "predict has a column for each sample. From lesson 06 on the samples stand in rows.",
            wrong=_network_with(predict=lambda self, X: _run_of(self, X)[0].T),
        ),
        Mistake(
            "summary printed, not returned",
            "summary() gave None. It should return its text; whoever wants to see it can print it.",
            wrong=_network_with(summary=lambda self: None),
        ),
        Mistake(
            "biases not counted",
            "The summary counts weights only. A layer with n_out units has n_out biases as well, "
            "and they are learnt too.",
            wrong=_network_with(summary=_summary_without_biases),
        ),
        Mistake(
            "total missing",
            "The summary has the layers but no total. Add up the counts of the layers.",
            wrong=_network_with(summary=_summary_without_total),
        ),
    ),
    hints=(
        "The class adds no mathematics. It holds what belongs together: the two kinds of "
        "activation and the parameters. __init__ keeps them in self, the other methods use them. "
        "You have written every function that they call.",
        "fit is a loop of three lines, repeated epochs times: P and caches from forward, grads "
        "from backward, and self.parameters from update. predict is one call of forward, of which "
        "you return P alone. Hand self.hidden and self.output on each time.",
        "summary returns text. Build a list of lines: for each (W, b) one with W.shape and W.size "
        '+ b.size, and one more with the total. "\\n".join(lines) makes one text of them.',
    ),
)


# --- deep.suspects -----------------------------------------------------------------------------


_NAMES = [f"{name}{i}" for i in (1, 2, 3, 4) for name in ("dW", "db")]


def _suspects(*names: str):
    return lambda: {"suspects": set(names)}


SUSPECTS = Exercise(
    id="deep.suspects",
    points=3,
    signature='suspects = {"dW2", …}',
    outputs=("suspects",),
    returns="named",
    reference=_suspects("dW4", "db4", "dW1"),
    unpack=names_out_of(_NAMES),
    reveal=False,
    mistakes=(
        Mistake(
            "the small errors missed",
            "You found the loud error. A gradient that is off by a per cent is wrong too, and "
            "nobody sees it in its digits. Right ones agree to 1e-6 or better here: who else does "
            "not?",
            wrong=_suspects("dW1"),
        ),
        Mistake(
            "the loud error missed",
            "What you named is wrong. One more is, and by much more. Check every layer, not the "
            "output alone.",
            wrong=_suspects("dW4", "db4"),
        ),
        Mistake(
            "a bias gradient missed",
            "What you named is wrong, and one name is missing. A gradient of the biases can be "
            "wrong as well: check the db too.",
            wrong=_suspects("dW1", "dW4"),
        ),
        Mistake(
            "one of three",
            "That one is wrong, but it is not alone. Run the comparison for all eight and sort "
            "them by their relative error: there is a wide gap between the wrong and the right.",
            wrong=_suspects("dW4"),
        ),
        Mistake(
            "everything below accused",
            "An error at the output need not go down. Look at what the loop starts from: is it the "
            "spoilt number, or a fresh one? The relative errors tell you without any reading.",
            wrong=_suspects(*_NAMES),
        ),
        Mistake(
            "weight and bias accused together",
            "Too many: in one layer only one of the two is wrong. They are made from different "
            "arrays there. Look at each relative error by itself.",
            wrong=_suspects("dW1", "db1", "dW4", "db4"),
        ),
        Mistake(
            "the right ones named",
            "You named those that agree with the numeric gradient. The suspects are the others: a "
            "large relative error means that something is wrong.",
            wrong=_suspects("db1", "dW2", "db2", "dW3", "db3"),
        ),
        Mistake(
            "nobody accused",
            "There are wrong ones among the eight. Perhaps your tolerance lets them pass: a "
            "relative error of 1e-2 is no agreement. Right gradients reach 1e-6 or better here.",
            wrong=_suspects(),
        ),
        Mistake(
            "all weights accused",
            "Some of these are right, and one that is wrong has not been named. Do not go by the "
            "kind, but by the relative error of each of the eight.",
            wrong=_suspects("dW1", "dW2", "dW3", "dW4"),
        ),
    ),
    hints=(
        "Do not read the code for the bug: measure. relative_errors takes the parameters, the "
        "planted gradients, X, Y and the two activations, and prints an error for each of the "
        "eight arrays. Right gradients come out far below 1e-6. Where is the gap?",
        "The table needs no eye for detail: write the eight errors down in order of size. Some are "
        "below 1e-8. The others are larger by a factor of a hundred thousand or more, even those "
        "that look small. An error of a tenth of a per cent is an error.",
        "Only then read. Two lines of the planted code are to blame. One works with numbers that "
        "were made for reading, the other multiplies by something a second time. Ask for each of "
        "them which gradients are made from it.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    INITIALIZE,
    FORWARD,
    LAYER_SCALES,
    BCE_FROM_LOGITS,
    BACKWARD,
    FRAMEWORK_GRADIENTS,
    UPDATE,
    NETWORK,
    SUSPECTS,
)
