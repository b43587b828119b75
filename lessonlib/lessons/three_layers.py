"""Lesson 02: ReLU, ReLU, softmax; a whole backward pass on paper. Samples stand in columns."""

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.data import seed_001
from lessonlib.lessons.drawing import quarters
from lessonlib.nn import relu, relu_derivative, sigmoid

TINY = np.finfo(float).tiny  # the smallest normal float: its logarithm is -708, not -infinity

# --- hand.softmax ------------------------------------------------------------------------------


def softmax(Z):
    """p_i = exp(z_i) / sum_j exp(z_j), down each column. Z (n, m) -> (n, m).

    The largest entry of a column is taken away first: the quotient stays the same, and exp never
    sees a positive number.
    """
    E = np.exp(Z - np.max(Z, axis=0))  # (m,) is laid along the samples
    return E / np.sum(E, axis=0)


_EXTREME = "entries of ±1000"
_AT_1000 = "softmax(Z) at ±1000"


def _score_cases(rng: np.random.Generator) -> list[Case]:
    extreme = [[1000, -1000, 0.5, 1000], [998, -1001, -1, -1000], [999, -999.5, 2, -1000]]
    return [
        _scores(quarters(rng, 3, 2)),
        _scores(quarters(rng, 4, 1), "one sample"),
        _scores(rng.integers(-3, 4, size=(2, 3)), "whole numbers"),
        _scores(quarters(rng, 4, 5)),
        Case((np.array(extreme),), _EXTREME, {"n": 3, "m": 4}),
    ]


def _scores(Z, *tags: str) -> Case:
    n, m = Z.shape
    return Case((Z,), f"Z of shape {Z.shape}", {"n": n, "m": m}, tags)


def _apart(name: str, name_at_extremes: str):
    """Return an `unpack` that judges the extreme case by itself, as an output of its own."""

    def unpack(raw, case: Case) -> dict:
        extreme = case.about == _EXTREME
        return {name: None if extreme else raw, name_at_extremes: raw if extreme else None}

    return unpack


def _softmax_with(Z, largest):
    """The softmax, with `largest` taken away instead of each column's own maximum."""
    E = np.exp(Z - largest)
    return E / np.sum(E, axis=0)


def _exp_over_sum(axis=None, keepdims=False):
    """Return a softmax without the maximum that sums along an axis."""
    return lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=axis, keepdims=keepdims)


def _softmax_in_place(Z):
    Z -= np.max(Z, axis=0)
    return softmax(Z)


SOFTMAX = Exercise(
    id="hand.softmax",
    points=2,
    signature="softmax(Z) -> (n, m)",
    outputs=("softmax(Z)", _AT_1000),
    reference=softmax,
    cases=_score_cases,
    unpack=_apart("softmax(Z)", _AT_1000),
    mistakes=(
        Mistake(
            "no maximum taken away",
            "exp(1000) is too large for a float, and exp(-1000) is 0: the quotient becomes inf/inf "
            "or 0/0. Take the largest entry of each column away before exp. The quotient does not "
            "change, and no exponent is above 0.",
            wrong=_exp_over_sum(axis=0),
        ),
        Mistake(
            "one maximum for all samples",
            "The largest entry of the whole table was taken away. A column that lies far below it "
            "is then 0 everywhere, and 0/0 is nan. Each column needs its own maximum.",
            wrong=lambda Z: _softmax_with(Z, np.max(Z)),
        ),
        Mistake(
            "normalised over everything",
            "All entries together sum to 1. Each sample deserves its own share: every column "
            "should sum to 1 by itself. Look at the axis of your sum.",
            wrong=_exp_over_sum(),
        ),
        Mistake(
            "normalised along the rows",
            "Every row sums to 1. The samples stand in the columns, so it is down each column that "
            "the probabilities must sum to 1. Look at the axis of your sum.",
            wrong=_exp_over_sum(axis=1, keepdims=True),
        ),
        Mistake(
            "the maximum of each row",
            "The maximum was taken along the rows, so the entries of one column lost different "
            "amounts. Only what is the same for a whole column cancels in the quotient.",
            wrong=lambda Z: _softmax_with(Z, np.max(Z, axis=1, keepdims=True)),
        ),
        Mistake(
            "not normalised",
            "The exponentials are there, but they do not sum to 1. Divide each by the sum of its "
            "column.",
            wrong=np.exp,
        ),
        Mistake(
            "exponential left out",
            "The scores themselves were divided by their sum. Scores may be negative or sum to 0; "
            "exp makes them positive first.",
            wrong=lambda Z: Z / np.sum(Z, axis=0),
        ),
        Mistake(
            "sigmoid of each entry",
            "This is 1/(1 + exp(-z)), which looks at each entry alone. The softmax lets the "
            "entries of a column compete, so that they share 1 among them.",
            wrong=sigmoid,
        ),
        Mistake(
            "scores clipped",
            "Scores beyond a limit were cut down to it. That stops the overflow, and it also makes "
            "different scores equal. Taking away the maximum keeps their differences.",
            wrong=lambda Z: softmax(np.clip(Z, -500, 500)),
        ),
        Mistake(
            "Z overwritten",
            "The maximum was taken away from Z itself.",
            wrong=_softmax_in_place,
        ),
    ),
    hints=(
        "Three steps, and each column goes through them alone: exp of every entry, the sum down "
        "the column, and the quotient. Try it for one column on paper, as in the worked example.",
        "The rows are axis 0. To sum down the columns is to let the rows disappear, so name that "
        "axis, and keep it with keepdims=True. Check yourself: the sums down the columns of your "
        "result are all 1.",
        "For scores such as 1000 one step comes before exp. Find the largest entry of each column, "
        "with np.max and the same two arguments as the sum. Take it away from Z with a plain "
        "minus, so that Z itself is not touched. Go on with what you get.",
    ),
)


# --- hand.cross_entropy ------------------------------------------------------------------------


def cross_entropy(P, Y):
    """-(1/m) sum_j sum_i Y_ij log P_ij: the mean over the columns. P, Y (n, m) -> float.

    Finite where P is 0: a sure mistake costs 708 instead of infinity.
    """
    return float(-np.sum(Y * np.log(np.maximum(P, TINY))) / np.shape(P)[1])


_GUARD = "the guard against log(0)"
_ZEROS = "a P with zeros, one of them at the target"


def _probability_cases(rng: np.random.Generator) -> list[Case]:
    P = np.array([[0.5, 0.0, 0.75, 0.25], [0.5, 0.25, 0.0, 0.5], [0.0, 0.75, 0.25, 0.25]])
    return [
        _probabilities(rng, 3, 2),
        _probabilities(rng, 4, 1, "one sample"),
        _probabilities(rng, 2, 3),
        _probabilities(rng, 3, 5),
        Case((P, np.eye(3)[:, [0, 2, 1, 1]]), _ZEROS, {"n": 3, "m": 4}),
    ]


def _probabilities(rng: np.random.Generator, n: int, m: int, *tags: str) -> Case:
    Y = np.eye(n)[:, rng.integers(n, size=m)]
    P = softmax(quarters(rng, n, m) / 2)
    return Case((P, Y), f"P and Y of shape {P.shape}", {"n": n, "m": m}, tags)


def _loss_apart(raw, case: Case) -> dict:
    """Judge the case with zeros by itself, and there take any large finite loss for the right one.

    How much a sure mistake costs depends on the guard that the answer chose.
    """
    if case.about != _ZEROS:
        return {"loss": raw, _GUARD: None}
    loss = as_numbers(raw)
    if loss is not None and loss.shape == () and np.isfinite(loss) and abs(loss) > 2:
        raw = float(np.sign(loss)) * cross_entropy(*case.args)
    return {"loss": None, _GUARD: raw}


def _log(P):
    return np.log(np.maximum(P, TINY))


def _loss_from(logarithm=_log, over=lambda P: P.shape[1]):
    """Return a cross-entropy with a spoilt logarithm or a spoilt divisor."""
    return lambda P, Y: -np.sum(Y * logarithm(P)) / over(P)


def _guard_in_place(P, Y):
    P[P < TINY] = TINY
    return cross_entropy(P, Y)


CROSS_ENTROPY = Exercise(
    id="hand.cross_entropy",
    points=2,
    signature="cross_entropy(P, Y) -> float",
    outputs=("loss", _GUARD),
    reference=cross_entropy,
    cases=_probability_cases,
    unpack=_loss_apart,
    rtol=1e-5,  # leaves room for the guards that people choose, such as 1e-7
    mistakes=(
        Mistake(
            "no guard for log(0)",
            "log(0) is minus infinity, and 0 times infinity is nan, even where the target is 0. "
            "Keep P away from 0 by a tiny amount before you take the logarithm. Any large finite "
            "loss counts as right here.",
            wrong=_loss_from(np.log),
        ),
        Mistake(
            "a sure mistake costs nothing",
            "Where P is 0 your logarithm became 0. So a net that is quite sure of the wrong class "
            "pays nothing for it. It should pay a lot: put a tiny number in place of P = 0, not a "
            "0 in place of the logarithm.",
            wrong=_loss_from(lambda P: np.log(np.where(P > 0, P, 1))),
        ),
        Mistake(
            "sum for mean",
            "The loss grows with the number of samples. Take the mean: divide by the number of "
            "columns.",
            wrong=_loss_from(over=lambda P: 1),
        ),
        Mistake(
            "mean over all entries",
            "You divided by n times m, and only m is meant. Each sample has n entries, but they "
            "make up one loss together. np.mean over the whole table divides too much.",
            wrong=_loss_from(over=np.size),
        ),
        Mistake(
            "m from the wrong axis",
            "You divided by the number of rows: those are the classes. The samples stand in the "
            "columns, and len(P) counts the rows.",
            wrong=_loss_from(over=len),
        ),
        Mistake(
            "minus left out",
            "A probability is at most 1, so its logarithm is negative or 0. The minus in the "
            "formula turns that into a cost.",
            wrong=_loss_from(over=lambda P: -P.shape[1]),
        ),
        Mistake(
            "log10 or log2 for the natural logarithm",
            "Every loss is off by one and the same factor. The formula has the natural logarithm, "
            "np.log.",
            wrong=_loss_from(lambda P: _log(P) / np.log(10)),
        ),
        Mistake(
            "yes-or-no cross-entropy",
            "You also added the terms with 1 - Y and 1 - P. They belong to outputs that are each a "
            "yes or no of its own. Here the classes share one softmax, and the class of the target "
            "is all that counts.",
            wrong=lambda P, Y: cross_entropy(P, Y) + cross_entropy(1 - P, 1 - Y),
        ),
        Mistake(
            "P and Y exchanged",
            "The logarithm was taken of Y. The targets are 0 and 1; it is the probabilities whose "
            "logarithm counts.",
            wrong=lambda P, Y: -np.sum(P * _log(Y)) / P.shape[1],
        ),
        Mistake(
            "logarithm of the mean",
            "You took the mean of the probabilities first and the logarithm of that. Each sample "
            "has its own logarithm; the mean comes last.",
            wrong=lambda P, Y: -_log(np.sum(P * Y) / P.shape[1]),
        ),
        Mistake(
            "one loss for each sample",
            "These are the losses of the samples, one by one. The contract asks for their mean, "
            "which is a single number.",
            wrong=lambda P, Y: -np.sum(Y * _log(P), axis=0),
        ),
        Mistake(
            "Y left out",
            "The logarithms of all entries went into the sum. Y picks the entry of the right "
            "class: multiply by it.",
            wrong=lambda P, Y: -np.sum(_log(P)) / P.shape[1],
        ),
        Mistake(
            "squared error",
            "This is the mean of the squared differences. The cross-entropy uses the logarithm of "
            "the probability that the target's class was given.",
            wrong=lambda P, Y: np.sum((P - Y) ** 2) / P.shape[1],
        ),
        Mistake(
            "P overwritten",
            "The guard was written into P.",
            wrong=_guard_in_place,
        ),
    ),
    hints=(
        "Y has a single 1 in each column, and zeros. So Y times the logarithm of P keeps one "
        "number in each column: the logarithm of the probability that the right class was given. "
        "The rest is a sum.",
        "The minus makes the sum positive. Then take the mean over the samples: they stand in the "
        "columns, so look for the size that counts columns. Divide once, and not by the number of "
        "classes.",
        "Where P is 0, np.log gives minus infinity. Let np.maximum compare P with a tiny number, "
        "such as 1e-300, before the logarithm. That makes a new array, and leaves P alone.",
    ),
)


# --- networks to draw inputs from --------------------------------------------------------------


def _network(rng: np.random.Generator, n_x: int, n_1: int, n_2: int, n_y: int) -> tuple:
    """Return (x, y, parameters, cache) where both masks matter.

    In each hidden layer the first unit has z = 0 exactly, another fires, and the gradient that
    arrives at every unit is not 0. A second layer of one unit fires.
    """
    while True:
        x, y = quarters(rng, n_x, 1), np.eye(n_y)[:, [rng.integers(n_y)]]
        parameters = _parameters(rng, x, n_1, n_2, n_y)
        cache = forward(x, parameters)
        if _both_masks_matter(y, parameters, cache):
            return x, y, parameters, cache


def _parameters(rng: np.random.Generator, x, n_1: int, n_2: int, n_y: int) -> dict:
    W1, b1 = quarters(rng, n_1, len(x)), quarters(rng, n_1, 1)
    W2, b2 = quarters(rng, n_2, n_1), quarters(rng, n_2, 1)
    b1[0] = -(W1[0] @ x)
    if n_2 > 1:
        b2[0] = -(W2[0] @ relu(W1 @ x + b1))
    W3, b3 = quarters(rng, n_y, n_2), quarters(rng, n_y, 1)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}


def _both_masks_matter(y, parameters: dict, cache: dict) -> bool:
    z1, z2 = cache["z1"], cache["z2"]
    da2 = parameters["W3"].T @ (cache["p"] - y)
    da1 = parameters["W2"].T @ (da2 * relu_derivative(z2))
    biases = np.concatenate([parameters["b1"], parameters["b2"]])
    alive = np.any(z2 > 0) and np.any(z1 > 0) and np.any(z1 < 0)
    silent = np.any(z2 < 0) or len(z2) < 3
    arrives = np.min(np.abs(da2)) > 0.05 and np.min(np.abs(da1)) > 0.05
    return bool(alive and silent and arrives and np.all(biases != 0) and np.max(cache["p"]) < 0.95)


def _in_words(parameters: dict) -> str:
    counts = [len(parameters[name]) for name in ("b1", "b2", "b3")]
    return "{} inputs, then {}, {} and {} units".format(parameters["W1"].shape[1], *counts)


def _network_case(rng: np.random.Generator, n_x: int, n_1: int, n_2: int, n_y: int, *tags) -> Case:
    x, y, parameters, cache = _network(rng, n_x, n_1, n_2, n_y)
    args = (x, y, parameters, cache)
    return Case(args, _in_words(parameters), {"n_x": n_x, "n_y": n_y}, tags)


def _seed_case() -> Case:
    """Seed 001's network, its whole numbers as integers."""
    whole = {name: array.astype(int) for name, array in seed_001().items()}
    x, y = whole.pop("x"), whole.pop("y")
    args = (x, y, whole, forward(x, whole))
    return Case(args, "the network of this lesson", {"n_x": 3, "n_y": 3}, ("whole numbers",))


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _network_case(rng, 4, 3, 2, 5),
        _seed_case(),
        _network_case(rng, 2, 3, 1, 4, "one unit in layer 2"),
        _network_case(rng, 2, 5, 3, 4),
        _network_case(rng, 5, 3, 4, 2),
    ]


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    """Return the same networks, of which forward propagation gets x and the parameters."""
    return [
        Case((case.args[0], case.args[2]), case.about, case.sizes, case.tags)
        for case in _backward_cases(rng)
    ]


# --- hand.forward ------------------------------------------------------------------------------


def forward(x, parameters):
    """Forward propagation of one sample: ReLU, ReLU, softmax.

    x (n_x, 1); parameters W1 b1 W2 b2 W3 b3. Returns the cache {"z1", "a1", "z2", "a2", "z3", "p"}
    of columns: z1 = W1 x + b1, a1 = relu(z1), and so on; p = softmax(z3).
    """
    z1 = parameters["W1"] @ x + parameters["b1"]
    a1 = relu(z1)
    z2 = parameters["W2"] @ a1 + parameters["b2"]
    a2 = relu(z2)
    z3 = parameters["W3"] @ a2 + parameters["b3"]
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "p": softmax(z3)}


def _forward(step=lambda W, a, b: W @ a + b, act1=relu, act2=relu, last=softmax, on=lambda z, a: a):
    """Return a forward pass with a spoilt step; `on` says what the next layer is given."""

    def spoilt(x, parameters):
        W1, b1, W2, b2, W3, b3 = (parameters[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3"))
        z1 = step(W1, x, b1)
        a1 = act1(z1)
        z2 = step(W2, on(z1, a1), b2)
        a2 = act2(z2)
        z3 = step(W3, on(z2, a2), b3)
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "p": last(z3)}

    return spoilt


def _relu_in_place(z):
    z[z < 0] = 0
    return z


def _sum_into_bias(W, a, b):
    b += (W @ a).astype(b.dtype)
    return b


FORWARD = Exercise(
    id="hand.forward",
    points=3,
    signature="forward(x, parameters) -> cache",
    outputs=("z1", "a1", "z2", "a2", "z3", "p"),
    returns="dict",
    reference=forward,
    cases=_forward_cases,
    mistakes=(
        Mistake(
            "biases left out",
            "Each layer adds its bias b to the product W a. Look at the lines that make z1, z2 and "
            "z3.",
            wrong=_forward(lambda W, a, b: W @ a),
        ),
        Mistake(
            "biases subtracted",
            "The biases went in with a minus. They are added, each with the sign that it has.",
            wrong=_forward(lambda W, a, b: W @ a - b),
        ),
        Mistake(
            "z overwritten by the ReLU",
            "The ReLU wrote its zeros into z itself, so the cache holds the same numbers twice. "
            "Back-propagation needs z as it was. Make a new array for a.",
            wrong=_forward(act1=_relu_in_place, act2=_relu_in_place),
        ),
        Mistake(
            "no ReLU in layer 1",
            "a1 is the same as z1. Layer 1 has a ReLU: what is negative in z1 becomes 0 in a1.",
            wrong=_forward(act1=np.copy),
        ),
        Mistake(
            "no ReLU in layer 2",
            "a2 is the same as z2. Layer 2 has a ReLU, as layer 1 has. In the network of this "
            "lesson that does not show, for z2 is positive there. Here it does.",
            wrong=_forward(act2=np.copy),
        ),
        Mistake(
            "no ReLU at all",
            "Both hidden layers let negative numbers pass. Put the ReLU between z1 and a1, and "
            "between z2 and a2.",
            wrong=_forward(act1=np.copy, act2=np.copy),
        ),
        Mistake(
            "z handed on instead of a",
            "The next layer was given z, the number before the ReLU. What a layer hands on is its "
            "activation a. Look at the factors of W2 and W3.",
            wrong=_forward(on=lambda z, a: z),
        ),
        Mistake(
            "a ReLU before the softmax",
            "z3 went through a ReLU on its way to the softmax. Negative scores are welcome there: "
            "exp makes them small and positive.",
            wrong=_forward(last=lambda z: softmax(relu(z))),
        ),
        Mistake(
            "no softmax",
            "p is z3 as it is. Its entries should be positive and sum to 1: that is what the "
            "softmax is for.",
            wrong=_forward(last=np.copy),
        ),
        Mistake(
            "a ReLU for the softmax",
            "The third layer got a ReLU. It is the output layer, and its entries should be "
            "positive and sum to 1: the softmax does that.",
            wrong=_forward(last=relu),
        ),
        Mistake(
            "sigmoid for the softmax",
            "The last layer's entries do not sum to 1. Each went through the sigmoid alone; the "
            "softmax lets them share 1 among them.",
            wrong=_forward(last=sigmoid),
        ),
        Mistake(
            "softmax along the wrong axis",
            "p is 1 everywhere: each number was divided by itself. z3 is a column, so the sum must "
            "run down the column, along axis 0.",
            wrong=_forward(last=lambda z: softmax(z.T).T),
        ),
        Mistake(
            "p rounded to one digit",
            "Rounding is for printing. What goes on into back-propagation needs all its digits.",
            wrong=_forward(last=lambda z: np.round(softmax(z), 1)),
        ),
        Mistake(
            "x flattened",
            "x lost its second size. A flat result plus a column of biases is a table, and no "
            "error: you met that in lesson 00. Keep x a column of shape (n_x, 1).",
            wrong=lambda x, parameters: forward(x.ravel(), parameters),
        ),
        Mistake(
            "a weight matrix transposed",
            "W has one row for each unit and one column for each of its inputs, so it needs no "
            "transposition. Write the shapes under the factors.",
            wrong=_forward(lambda W, a, b: W.T @ a + b),
        ),
        Mistake(
            "factors in the wrong order",
            "In a matrix product the inner sizes must be equal. W is (n, n_in) and the column is "
            "(n_in, 1): which of them must stand on the left?",
            wrong=_forward(lambda W, a, b: a @ W + b),
        ),
        Mistake(
            "elementwise product",
            "The star multiplies entry by entry. Each row of W must meet the column: that is the "
            "matrix product, written @.",
            wrong=_forward(lambda W, a, b: W * a + b),
        ),
        Mistake(
            "a bias overwritten",
            "The product was added into the bias itself, so the next call would start from other "
            "parameters.",
            wrong=_forward(_sum_into_bias),
        ),
    ),
    hints=(
        "Six lines, one for each entry of the cache, in the order z1, a1, z2, a2, z3, p. Every z "
        "comes from the activation before it; every activation comes from its own z.",
        "A z is always made in the same way: weights times what came in, plus the bias. Layer 1 "
        "gets x. Layer 2 gets a1, not z1. The parameters are in a dictionary, so the first weight "
        'matrix is parameters["W1"].',
        "Layers 1 and 2 end with relu, the third with the softmax that you wrote above. Return a "
        "dictionary with the six names as keys, in quotes, and the arrays as values. Keep "
        "everything a column: no flattening on the way.",
    ),
)


# --- hand.output_gradient ----------------------------------------------------------------------


def output_gradient(p, y):
    """dL/dz3 of the cross-entropy behind a softmax, for one sample: p - y. All (n, 1)."""
    return p - y


def _output_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _output_case(rng, 3, "whole numbers in y"),
        _output_case(rng, 2),
        _output_case(rng, 5),
        _output_case(rng, 4, "whole numbers in y"),
    ]


def _output_case(rng: np.random.Generator, n: int, *tags: str) -> Case:
    y = np.eye(n, dtype=int if tags else float)[:, [rng.integers(n)]]
    return Case((softmax(quarters(rng, n, 1)), y), f"{n} classes", {"n": n}, tags)


def _subtract_in_place(p, y):
    p -= y
    return p


OUTPUT_GRADIENT = Exercise(
    id="hand.output_gradient",
    points=1,
    signature="output_gradient(p, y) -> dz3",
    outputs=("dz3",),
    reference=output_gradient,
    cases=_output_cases,
    mistakes=(
        Mistake(
            "y - p",
            "The sign is turned round. Where the probability is too large, more of z3 makes the "
            "loss larger: there the gradient must be positive.",
            wrong=lambda p, y: y - p,
        ),
        Mistake(
            "target left out",
            "This is p itself. Without y the gradient would be the same for every target.",
            wrong=lambda p, y: p.copy(),
        ),
        Mistake(
            "derivative of the loss alone",
            "-y/p is the derivative with respect to p. One step is missing: back through the "
            "softmax, from p to z3. Together the two steps give something shorter.",
            wrong=lambda p, y: -y / p,
        ),
        Mistake(
            "p (1 - p) multiplied on top",
            "The derivative of the softmax is in the result already: it cancelled against the "
            "derivative of the logarithm. Multiplying by p (1 - p) counts it twice.",
            wrong=lambda p, y: (p - y) * p * (1 - p),
        ),
        Mistake(
            "only the diagonal of the softmax",
            "You multiplied -y/p by p (1 - p). But every p depends on every z3, for the sum below "
            "the quotient has them all. The other terms are missing.",
            wrong=lambda p, y: -y * (1 - p),
        ),
        Mistake(
            "absolute difference",
            "All entries are positive. At the right class a larger z3 makes the loss smaller: the "
            "gradient is negative there.",
            wrong=lambda p, y: np.abs(p - y),
        ),
        Mistake(
            "mean over the classes",
            "You divided by the number of classes. There is one sample, and its classes are not "
            "averaged.",
            wrong=lambda p, y: (p - y) / len(p),
        ),
        Mistake(
            "p overwritten",
            "The difference was written into p.",
            wrong=_subtract_in_place,
        ),
    ),
    hints=(
        "Read the derivation above once more. The derivative of the loss and the derivative of the "
        "softmax are multiplied, and almost everything cancels. Which two vectors are left?",
        "Think of one entry. If the net gives a wrong class 0.3, its score should go down, so the "
        "gradient there is +0.3. If it gives the right class 0.3, 0.7 is lacking, so the gradient "
        "there is -0.7.",
        "Both fit one formula: a difference of two columns, with no product and no logarithm. "
        "Which comes first? Test the signs with the two numbers just given. Write a plain minus, "
        "so that neither column is changed.",
    ),
)


# --- hand.backward -----------------------------------------------------------------------------


def backward(x, y, parameters, cache):
    """The gradients of the cross-entropy for one sample (chain rule, from the output back).

    x (n_x, 1), y (n_y, 1), parameters and cache as in `forward`. Returns {"dW1", "db1", ...,
    "db3"}, each in the shape of its parameter: dz3 = p - y, dz2 = W3^T dz3 * relu'(z2),
    dz1 = W2^T dz2 * relu'(z1); each dW is dz times its layer's input transposed, each db is dz.
    """
    dz3 = output_gradient(cache["p"], y)
    dz2 = (parameters["W3"].T @ dz3) * relu_derivative(cache["z2"])
    dz1 = (parameters["W2"].T @ dz2) * relu_derivative(cache["z1"])
    return {
        "dW1": dz1 @ x.T,
        "db1": dz1,
        "dW2": dz2 @ cache["a1"].T,
        "db2": dz2,
        "dW3": dz3 @ cache["a2"].T,
        "db3": dz3,
    }


def _masked(da, z):
    return da * relu_derivative(z)


def _unmasked(da, z):
    return da


def _backward(
    output=output_gradient,
    mask2=_masked,
    mask1=_masked,
    down=lambda W, dz, da: W.T @ dz,
    dW=lambda dz, da, into, out: dz @ into["a"].T,
    db=lambda dz, da: dz,
):
    """Return a backward pass with a spoilt step; `into` and `out` hold z and a of two layers."""

    def spoilt(x, y, parameters, cache):
        dz3 = output(cache["p"], y)
        da2 = down(parameters["W3"], dz3, dz3)
        dz2 = mask2(da2, cache["z2"])
        da1 = down(parameters["W2"], dz2, da2)
        dz1 = mask1(da1, cache["z1"])
        ends = [{"z": x, "a": x}, *({"z": cache[f"z{k}"], "a": cache[f"a{k}"]} for k in (1, 2))]
        ends.append({"z": cache["z3"], "a": cache["p"]})
        grads = {}
        for k, (dz, da) in enumerate([(dz1, da1), (dz2, da2), (dz3, dz3)], start=1):
            grads[f"dW{k}"] = dW(dz, da, ends[k - 1], ends[k])
            grads[f"db{k}"] = db(dz, da)
        return grads

    return spoilt


def _gradients_of_the_next_layer(x, y, parameters, cache):
    grads = backward(x, y, parameters, cache)
    return {**grads, "db1": grads["db2"], "db2": grads["db3"]}


BACKWARD = Exercise(
    id="hand.backward",
    points=6,
    signature="backward(x, y, parameters, cache) -> grads",
    outputs=("dW1", "db1", "dW2", "db2", "dW3", "db3"),
    returns="dict",
    reference=backward,
    cases=_backward_cases,
    mistakes=(
        Mistake(
            "layer 2's mask left out",
            "What comes back through W3 is the gradient of a2. On its way to z2 it must pass the "
            "ReLU of layer 2: a unit that was silent lets nothing through. A mask from a2 >= 0 is "
            "no mask, for that is always true. In the lesson's own network this does not show.",
            wrong=_backward(mask2=_unmasked),
        ),
        Mistake(
            "layer 1's mask left out",
            "What comes back through W2 is the gradient of a1. On its way to z1 it must pass the "
            "ReLU of layer 1: multiply it by the slope there. A mask from a1 >= 0 is no mask, for "
            "that is always true.",
            wrong=_backward(mask1=_unmasked),
        ),
        Mistake(
            "both masks left out",
            "The gradient flows through silent units in both hidden layers. Behind each product "
            "with a turned weight matrix comes the slope of that layer's ReLU.",
            wrong=_backward(mask1=_unmasked, mask2=_unmasked),
        ),
        Mistake(
            "masks with >=",
            "It is right but where z is exactly 0. There the slope of the ReLU is 0 by agreement, "
            "so nothing flows back. Look at the comparison that makes your masks.",
            wrong=_backward(
                mask1=lambda da, z: da * (np.asarray(z) >= 0), mask2=lambda da, z: da * (z >= 0)
            ),
        ),
        Mistake(
            "the value of the ReLU for its slope",
            "You multiplied by the activation. The chain rule wants the slope of the ReLU: only "
            "ones and zeros.",
            wrong=_backward(mask1=lambda da, z: da * relu(z), mask2=lambda da, z: da * relu(z)),
        ),
        Mistake(
            "a ReLU on the gradient",
            "You stopped the gradient where the gradient is negative. It must be stopped where the "
            "unit was silent, so the mask comes from z, not from what flows back.",
            wrong=_backward(mask1=lambda da, z: relu(da), mask2=lambda da, z: relu(da)),
        ),
        Mistake(
            "layer 2's mask skipped on the way down",
            "dW2 and db2 are right. But for layer 1 you went on with the gradient of a2, as it was "
            "before the mask. Go on with dz2.",
            wrong=_backward(down=lambda W, dz, da: W.T @ da),
        ),
        Mistake(
            "y - p",
            "The first step has its sign turned round, and everything below it follows. At the "
            "output stands p - y.",
            wrong=_backward(output=lambda p, y: y - p),
        ),
        Mistake(
            "target left out",
            "You started from p, and the gradient would be the same for every target. At the "
            "output stands p - y.",
            wrong=_backward(output=lambda p, y: p),
        ),
        Mistake(
            "p rounded to one digit",
            "p lost its digits before the backward pass, so every gradient is off by a little. "
            "Round only what you print.",
            wrong=_backward(output=lambda p, y: np.round(p, 1) - y),
        ),
        Mistake(
            "p (1 - p) multiplied on top",
            "The slope of the softmax is in p - y already. Multiplying by p (1 - p) counts it "
            "twice.",
            wrong=_backward(output=lambda p, y: (p - y) * p * (1 - p)),
        ),
        Mistake(
            "derivative of the loss alone",
            "You started from -y/p, the derivative with respect to p. The step back through the "
            "softmax is missing. Both together are p - y.",
            wrong=_backward(output=lambda p, y: -y / p),
        ),
        Mistake(
            "a gradient transposed",
            "Rows and columns are exchanged. A gradient has the shape of what it belongs to: dW1 "
            "that of W1, db1 that of b1. Write the shapes of both factors side by side. Which one "
            "must be turned, and which stands first?",
            wrong=_backward(dW=lambda dz, da, into, out: into["a"] @ dz.T, db=lambda dz, da: dz.T),
        ),
        Mistake(
            "z for a in dW",
            "The weights of a layer are multiplied forward by the activation that comes in. So the "
            "same activation stands in their gradient: a1 for dW2, a2 for dW3, not z1 and z2.",
            wrong=_backward(dW=lambda dz, da, into, out: dz @ into["z"].T),
        ),
        Mistake(
            "the layer's own activation in dW",
            "dW was made with what the layer gives out. Its weights are multiplied by what comes "
            "in: x for dW1, a1 for dW2, a2 for dW3.",
            wrong=_backward(dW=lambda dz, da, into, out: dz @ out["a"].T),
        ),
        Mistake(
            "dW from before the mask",
            "dW was made from the gradient of the activation. The weights sit before the ReLU, so "
            "they need dz, which comes after the mask.",
            wrong=_backward(dW=lambda dz, da, into, out: da @ into["a"].T),
        ),
        Mistake(
            "db from before the mask",
            "db is the gradient of the activation. The bias sits before the ReLU, so it needs dz, "
            "which comes after the mask.",
            wrong=_backward(db=lambda dz, da: da),
        ),
        Mistake(
            "db summed to one number",
            "All entries of dz were added. There is one sample, so nothing is to be summed: each "
            "unit has its own bias, and db is dz.",
            wrong=_backward(db=lambda dz, da: np.sum(dz)),
        ),
        Mistake(
            "db of the next layer",
            "A line was copied and its number not changed: db1 comes from dz1, db2 from dz2.",
            wrong=_gradients_of_the_next_layer,
        ),
        Mistake(
            "weights not transposed on the way back",
            "Forward, W3 leads from layer 2 to layer 3. Back, it must lead from layer 3 to layer "
            "2, so it has to be turned round. Write the shapes under the factors.",
            wrong=_backward(down=lambda W, dz, da: W @ dz),
        ),
        Mistake(
            "elementwise on the way back",
            "The star multiplies entry by entry. Each unit feeds every unit of the next layer, so "
            "what comes back must be added up: that is the matrix product, written @.",
            wrong=_backward(down=lambda W, dz, da: W.T * dz),
        ),
        Mistake(
            "cache overwritten",
            "y was subtracted from p in the cache itself, or a mask was written into its z1 or z2.",
            wrong=_backward(output=_subtract_in_place),
        ),
    ),
    hints=(
        "Start at the output, where you have a function for dz3 already. Then the same three "
        "things come for each layer, from the last to the first: dW and db from its dz, and the "
        "way down to the dz of the layer below.",
        "dW is a column times a row: dz, and the transposed activation that came into the layer. "
        "db is dz. Compare the shapes with those of W and b.",
        "One step down is two moves. The turned weight matrix times dz gives the gradient of the "
        "activation below; the slope of the ReLU at that layer's z, times it entry by entry, gives "
        "dz. Do it once to get from dz3 to dz2, and once from dz2 to dz1. Return the six results "
        "under their names.",
    ),
)


# --- hand.rounding -----------------------------------------------------------------------------


def rounding():
    """What seed 001's rounding of p does: its largest error in dz3, and whether W3^T passes it."""
    net = seed_001()
    p = forward(net["x"], net)["p"]
    difference = output_gradient(np.round(p, 1), net["y"]) - output_gradient(p, net["y"])
    reaches = np.max(np.abs(net["W3"].T @ difference)) > 1e-12
    return {"error": float(np.max(np.abs(difference))), "reaches_layer_2": bool(reaches)}


def _error_and_yes_or_no(raw: dict, case: Case) -> dict:
    error, reaches = as_numbers(raw["error"]), as_numbers(raw["reaches_layer_2"])
    if error is None or error.size != 1 or error.dtype.kind == "b":
        raise Malformed("error should be one number: the largest error among the entries of dz3.")
    if reaches is None or reaches.size != 1 or reaches.item() not in (0, 1):
        raise Malformed("reaches_layer_2 should be True or False, without quotes.")
    return {"error": float(error.item()), "reaches_layer_2": bool(reaches.item())}


def _rounding(error=lambda difference: np.max(np.abs(difference)), reaches=False):
    """Return an answer to hand.rounding with a spoilt error or a spoilt yes or no."""

    def values():
        net = seed_001()
        p = forward(net["x"], net)["p"]
        return {"error": error(np.round(p, 1) - p), "reaches_layer_2": reaches}

    return values


ROUNDING = Exercise(
    id="hand.rounding",
    points=2,
    signature="error = …, reaches_layer_2 = …",
    outputs=("error", "reaches_layer_2"),
    returns="named",
    reference=rounding,
    unpack=_error_and_yes_or_no,
    rtol=1e-3,
    reveal=False,
    mistakes=(
        Mistake(
            "it does reach layer 2",
            "It looks as if it had to: layer 3 is wrong, and layer 2 is computed from it. But look "
            "at what arrives. Multiply the error, as a column, by the transposed W3, and use what "
            "the first two errors have in common.",
            wrong=_rounding(reaches=True),
        ),
        Mistake(
            "the error of one of the first two entries",
            "Two entries are off by this much. Asked is the largest error, and there are three "
            "entries.",
            wrong=_rounding(lambda difference: np.abs(difference[0, 0])),
        ),
        Mistake(
            "errors added up",
            "This is the sum of the three errors. Asked is the largest of them.",
            wrong=_rounding(lambda difference: np.sum(np.abs(difference))),
        ),
        Mistake(
            "mean error",
            "This is the mean of the three errors. Asked is the largest of them.",
            wrong=_rounding(lambda difference: np.mean(np.abs(difference))),
        ),
        Mistake(
            "length of the error",
            "This is the norm: the root of the sum of the squares. Asked is the largest error of a "
            "single entry.",
            wrong=_rounding(np.linalg.norm),
        ),
        Mistake(
            "with a sign",
            "The size is right. An error is asked for without its sign: take the absolute value.",
            wrong=_rounding(lambda difference: np.min(difference)),
        ),
        Mistake(
            "an entry of dz3 itself",
            "This is how large the gradient is, not how far it is off. Compare the rounded dz3 "
            "with the exact one, entry by entry.",
            wrong=_rounding(lambda difference: 0.5),
        ),
        Mistake(
            "no error",
            "0 means that the two gradients are equal. They are not: print both with six digits. "
            "Was the exact one made from a p that is not rounded?",
            wrong=_rounding(lambda difference: 0.0),
        ),
    ),
    hints=(
        "Make dz3 twice: from p with all its digits, and from np.round(p, 1). Print both with six "
        "digits, one beside the other, and look at the difference entry by entry.",
        "np.abs takes the signs away, np.max finds the largest. That is the first answer. For the "
        "second, multiply both versions of dz3 by the transposed W3. That product is all that "
        "layer 2 ever gets to see. Are the two results different?",
        "A difference of about 1e-16 is no difference: it is the last digit of a float. To see the "
        "reason, write down the three errors. Two are equal, and all three add up to 0. Then look "
        "at the two columns of W3, which are (2, 0, 1) and (0, 2, 1).",
    ),
)


# --- hand.revealing_input ----------------------------------------------------------------------

_SHOWS = "dW1 or dW2 changes"
_ALL_FIRE = "both units of layer 2 fire"
_LAYER_1_SILENT = "all four units of layer 1 are silent"
_NO_GRADIENT = "hardly any gradient comes back"


def _what_x_shows(raw: dict, case: Case) -> dict:
    """Return, in words, what leaving out layer 2's mask does on the answer's x."""
    x = as_numbers(raw["x"])
    if x is None or x.shape != (3, 1):
        raise Malformed("x should be a column of three numbers, one in each row: shape (3, 1).")
    if x.dtype.kind not in "biuf" or not np.all(np.abs(x) < 1e6):
        raise Malformed("x should hold three numbers of ordinary size.")
    net = seed_001()
    cache = forward(x, net)
    right = backward(x, net["y"], net, cache)
    without = _backward(mask2=_unmasked)(x, net["y"], net, cache)
    if any(np.max(np.abs(right[name] - without[name])) > 1e-9 for name in ("dW1", "dW2")):
        return {"x": _SHOWS}
    if np.all(cache["z2"] > 0):
        return {"x": _ALL_FIRE}
    return {"x": _NO_GRADIENT if np.any(cache["a1"] > 0) else _LAYER_1_SILENT}


def _column(*values):
    return lambda: {"x": np.reshape(np.array(values, dtype=float), (-1, 1))}


REVEALING_INPUT = Exercise(
    id="hand.revealing_input",
    points=3,
    signature="x = …",
    outputs=("x",),
    returns="named",
    reference=_column(-3, 0, 4),
    unpack=_what_x_shows,
    reveal=False,
    mistakes=(
        Mistake(
            "no silent unit in layer 2",
            "On your x both entries of z2 are positive. The mask of layer 2 is then all ones, and "
            "leaving it out changes nothing, as with the lesson's own x. You need an x for which "
            "one entry of z2 is below 0. Print z2 for your x.",
            wrong=_column(2, 1, 3),
        ),
        Mistake(
            "layer 1 silent",
            "On your x a unit of layer 2 is stopped, and still nothing shows. All of a1 is 0, so "
            "dW2 is 0 with and without the mask; and the mask of layer 1 stops the rest. You need "
            "an x for which some units of layer 1 fire.",
            wrong=_column(-2, -1, -3),
        ),
        Mistake(
            "no gradient left",
            "On your x a unit of layer 2 is silent, which is what it takes. But the net is so "
            "sure of the right class that p equals y, and no gradient comes back at all. Look for "
            "an x with smaller numbers, or one that the net gets wrong.",
            wrong=_column(100, 0, 0),
        ),
    ),
    hints=(
        "The mask of layer 2 matters only if it holds a 0. So look for an x for which an entry of "
        "z2 is negative. Try several, and print z2 each time; the figure of the network helps to "
        "guess.",
        "z2 is made from a1. The second unit of layer 2 adds a1's second and fourth number and its "
        "bias 3, and takes the third one away. So the third unit of layer 1 must fire strongly, "
        "while the second and fourth stay small.",
        "The third unit of layer 1 adds up the second and third input. The second adds up the "
        "first and second. A large third input together with a negative first one does both. The "
        "fourth unit adds the first and third input: keep their sum small.",
    ),
)

EXERCISES = (
    SOFTMAX,
    CROSS_ENTROPY,
    FORWARD,
    OUTPUT_GRADIENT,
    BACKWARD,
    ROUNDING,
    REVEALING_INPUT,
)
