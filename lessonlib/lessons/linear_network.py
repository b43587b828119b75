"""Lesson 06, its second half: a stack of linear layers. Samples in ROWS.

The exercises belong to lessonlib.lessons.linear_regression, which has the first half.
"""

import copy

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of


def seed_003():
    """The 1-2-2-1 linear network of seed 003 and its nine samples, in ROWS.

    Returns X (9, 1), Y (9, 1) and [(W1, b1), (W2, b2), (W3, b3)], new float arrays.
    """
    X = np.arange(32.0, 50.0, 2.0).reshape(-1, 1)
    W1 = np.array([[-0.29604465, -0.21134205]])
    W2 = np.array([[-0.29604465, -0.21134205], [0.01063002, 1.5165398]])
    W3 = np.array([[-0.29604465], [-0.21134205]])
    return X, 2 * X + 3, [(W1, np.zeros(2)), (W2, np.zeros(2)), (W3, np.zeros(1))]


def whole(arrays: tuple) -> tuple:
    """Return quarters as whole numbers, four times as large."""
    return tuple((4 * a).astype(int) for a in arrays)


# --- linreg.glorot_uniform ---------------------------------------------------------------------


def glorot_uniform(n_in, n_out, rng):
    """Uniform weights within ±sqrt(6 / (n_in + n_out)), shape (n_in, n_out).

    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward networks".
    """
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))


def _draws(answer, n_in: int, n_out: int, rng: np.random.Generator):
    """Return weights drawn twice from the same rng and once from another."""
    other = np.random.default_rng(rng.integers(2**32))
    rngs = copy.deepcopy(other), copy.deepcopy(other), rng
    return [answer(n_in, n_out, each) for each in rngs]


def _about_weights(raw: list, case: Case) -> dict:
    """Return shape, distribution and use of the rng in words: no two right answers draw alike."""
    draws = [as_numbers(each) for each in raw]
    if any(each is None for each in draws):
        raise Malformed("It should return an array of numbers, of shape (n_in, n_out).")
    n_in, n_out = case.args[:2]
    same, differs = np.array_equal(*draws[:2]), not np.array_equal(draws[1], draws[2])
    return {
        "shape": f"{draws[0].shape}",
        "weights": _spread(draws[0].ravel(), np.sqrt(6 / (n_in + n_out))),
        "rng": _use_of_rng(same, differs),
    }


def _use_of_rng(same: bool, differs: bool) -> str:
    if not same:
        return "the same rng gives other numbers each time"
    return "another rng gives other numbers" if differs else "another rng gives the same numbers"


def _spread(weights: np.ndarray, limit: float) -> str:
    """Say how weights lie that should be uniform within ±limit; the bands are 5 sigma wide."""
    width = weights.std() / (limit / np.sqrt(3))
    if len(np.unique(weights)) < weights.size / 2:
        return "the same number again and again"
    if abs(weights.mean()) > 0.15 * limit:
        return f"off centre, {width:.1f} times as wide as they should be"
    if abs(width - 1) > 0.12:
        return f"around 0, {width:.1f} times as wide as they should be"
    largest = np.max(np.abs(weights)) / limit
    if largest < 0.95:  # 400 uniform ones would all stay below it once in a thousand million times
        return "around 0, but none comes near the limits"
    if largest > 1 + 1e-9:
        return "around 0, but some lie outside the limits"
    return "spread evenly between the two limits"


def _glorot(draw):
    """Return an initialiser: draw(limit, size, rng, n_in, n_out)."""

    def spoilt(n_in, n_out, rng):
        return draw(np.sqrt(6 / (n_in + n_out)), (n_in, n_out), rng, n_in, n_out)

    return spoilt


GLOROT_UNIFORM = Exercise(
    id="linreg.glorot_uniform",
    points=1,
    signature="glorot_uniform(n_in, n_out, rng) -> (n_in, n_out)",
    outputs=("shape", "weights", "rng"),
    reference=glorot_uniform,
    cases=lambda rng: [
        Case(
            (n_in, n_out, np.random.default_rng(rng.integers(2**32))),
            f"{n_in} inputs, {n_out} outputs",
        )
        for n_in, n_out in ((30, 20), (8, 60), (400, 1))
    ],  # fmt: skip
    script=_draws,
    unpack=_about_weights,
    mistakes=(
        Mistake(
            "only positive weights",
            "All weights are positive. rng.random gives numbers from 0 to 1; the interval should "
            "reach as far below 0 as above it.",
            wrong=_glorot(lambda limit, size, rng, *_: limit * rng.random(size)),
        ),
        Mistake(
            "normal instead of uniform",
            "The numbers have the right spread, but they come from a bell curve, and some lie "
            "outside the limits. Uniform means that each number between the limits is equally "
            "likely. The generator has a method of that name.",
            wrong=_glorot(lambda limit, size, rng, *_: rng.normal(0, limit / np.sqrt(3), size)),
        ),
        Mistake(
            "between -1 and 1 for every layer",
            "The numbers lie between -1 and 1, whatever the sizes are. The limit has to shrink as "
            "the layer grows: that is what the formula is for.",
            wrong=_glorot(lambda limit, size, rng, *_: rng.uniform(-1, 1, size)),
        ),
        Mistake(
            "the number of inputs only",
            "The limit was made from n_in alone (that is the rule of He). Glorot's rule puts the "
            "sum of inputs and outputs under the 6.",
            wrong=_glorot(
                lambda limit, size, rng, n_in, n_out: rng.uniform(-1, 1, size) * np.sqrt(6 / n_in)
            ),
        ),
        Mistake(
            "the standard deviation as the limit",
            "sqrt(2 / (n_in + n_out)) is the standard deviation that Glorot's rule aims at. A "
            "uniform distribution needs limits that lie further out: 6 in place of 2.",
            wrong=_glorot(lambda limit, size, rng, *_: rng.uniform(-1, 1, size) * limit / 3**0.5),
        ),
        Mistake(
            "the root left out",
            "The limit is 6 / (n_in + n_out), without the square root.",
            wrong=_glorot(lambda limit, size, rng, *_: rng.uniform(-1, 1, size) * limit**2),
        ),
        Mistake(
            "samples in columns",
            "The table has one row for each output: that is how W was in lessons 01 to 05. With "
            "samples in rows it is (n_in, n_out).",
            wrong=_glorot(
                lambda limit, size, rng, n_in, n_out: rng.uniform(-limit, limit, (n_out, n_in))
            ),
        ),
        Mistake(
            "one number for all weights",
            "All weights are equal: one number was drawn and spread. Equal units get equal "
            "gradients and never part (lesson 04). Give the size to the generator.",
            wrong=_glorot(lambda limit, size, rng, *_: np.full(size, rng.uniform(-limit, limit))),
        ),
        Mistake(
            "rng not used",
            "The numbers do not come from the rng that was handed in but from a source of their "
            "own, so nobody can repeat them. Call the methods of rng.",
            wrong=_glorot(lambda limit, size, rng, *_: np.random.uniform(-limit, limit, size)),
        ),
        Mistake(
            "a fixed seed inside",
            "Every call gives the same numbers, whatever rng is handed in: a generator with a "
            "fixed seed is made inside. Two layers of one size would then start equal. Use rng.",
            wrong=_glorot(
                lambda limit, size, rng, *_: np.random.default_rng(0).uniform(-limit, limit, size)
            ),
        ),
    ),
    hints=(
        "First the limit: the square root (np.sqrt) of 6 divided by the sum of the two sizes. For "
        "30 inputs and 20 outputs it is about 0.35. Larger layers have smaller weights.",
        "Then the numbers. They should be equally likely everywhere between minus the limit and "
        "plus the limit. The generator rng has a method for just that. Use rng, which was handed "
        "in, so that whoever calls the function decides about the seed.",
        "The method is rng.uniform. It takes the lower end, the upper end and, as size, the shape "
        "that you want. The shape is that of W with samples in rows: inputs first.",
    ),
)


# --- linreg.count_parameters -------------------------------------------------------------------


def count_parameters(layer_sizes):
    """Weights and biases of each layer: n_in n_out + n_out. [1, 2, 2, 1] -> [4, 6, 3]."""
    pairs = zip(layer_sizes[:-1], layer_sizes[1:], strict=True)
    return [n_in * n_out + n_out for n_in, n_out in pairs]


def _networks(rng: np.random.Generator) -> list[Case]:
    last = [int(n) for n in rng.choice(np.arange(2, 12), size=5, replace=False)]
    sizes = [1, 2, 2, 1], [3, 5, 2], [4, 1, 6, 2, 3], [7, 2], last
    return [Case((each,), f"the sizes {'-'.join(map(str, each))}") for each in sizes]


def _counts(of_layer):
    return lambda sizes: [of_layer(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]


COUNT_PARAMETERS = Exercise(
    id="linreg.count_parameters",
    points=1,
    signature="count_parameters(layer_sizes) -> list",
    outputs=("count_parameters(layer_sizes)",),
    reference=count_parameters,
    cases=_networks,
    mistakes=(
        Mistake(
            "biases left out",
            "These are the weights alone. Each unit of a layer also has one bias.",
            wrong=_counts(lambda n_in, n_out: n_in * n_out),
        ),
        Mistake(
            "a bias for each input",
            "You added one bias for each input of the layer. It is the units, the outputs of the "
            "layer, that have a bias each.",
            wrong=_counts(lambda n_in, n_out: n_in * n_out + n_in),
        ),
        Mistake(
            "one bias for the whole layer",
            "You added a single bias for each layer. Every unit of the layer has its own.",
            wrong=_counts(lambda n_in, n_out: n_in * n_out + 1),
        ),
        Mistake(
            "sizes added",
            "The sizes were added. Every input is joined with every unit, so there are inputs "
            "times units weights.",
            wrong=_counts(lambda n_in, n_out: n_in + n_out),
        ),
        Mistake(
            "one total",
            "This is the number for the whole network. The contract asks for a list, with one "
            "number for each layer that has weights.",
            wrong=lambda sizes: sum(count_parameters(sizes)),
        ),
        Mistake(
            "the total added to the list",
            "The list ends with the total. It should have one number for each layer that has "
            "weights, and nothing more.",
            wrong=lambda sizes: [*count_parameters(sizes), sum(count_parameters(sizes))],
        ),
        Mistake(
            "the input counted as a layer",
            "The list begins with a number for the input. The input has no weights and no biases: "
            "four sizes make three layers.",
            wrong=lambda sizes: [0, *count_parameters(sizes)],
        ),
        Mistake(
            "the last layer forgotten",
            "The last layer is missing: the loop stops one step early. Four sizes make three "
            "layers.",
            wrong=lambda sizes: count_parameters(sizes)[:-1],
        ),
    ),
    hints=(
        "Take the first layer of 1-2-2-1: one input, two units. How many lines lead from the "
        "input to the units? Each is a weight. And how many biases are there?",
        "In general every input of a layer is joined with each of its units, and each unit has one "
        "bias. The inputs of a layer are the units of the layer before it. So a layer needs two "
        "neighbouring sizes of the list.",
        "Four sizes make three layers, so go through the neighbouring pairs: the sizes without the "
        "last one, side by side with the sizes without the first one. zip does that. For each pair "
        "append inputs times units, plus units.",
    ),
)


# --- linreg.network_forward --------------------------------------------------------------------


def network_forward(X, parameters):
    """Every layer's output, the last one being the prediction: A = (A before) W + b, A before = X.

    X (m, n_x); parameters [(W, b), ...], W (n_in, n_out), b (n_out,). Linear layers, no ReLU.
    """
    outputs = []
    for W, b in parameters:
        X = X @ W + b
        outputs.append(X)
    return outputs


def _stack(rng: np.random.Generator, *sizes: int) -> list:
    """Return [(W, b), ...] for layers of these sizes."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return [(quarters(rng, n_in, n_out), quarters(rng, n_out)) for n_in, n_out in pairs]


def _stacks(rng: np.random.Generator) -> list[Case]:
    """X, Y and a network of three layers. In the whole-number case all arrays are integers."""

    def case(m, sizes, *tags, change=lambda arrays: arrays):
        X, Y = change((quarters(rng, m, sizes[0]), quarters(rng, m, sizes[-1])))
        parameters = [change(pair) for pair in _stack(rng, *sizes)]
        about = f"a {'-'.join(map(str, sizes))} network, {m} sample{'s' * (m > 1)}"
        symbols = {"m": m, "n_out": sizes[-1]}
        return Case((X, Y, parameters), about, symbols, tags)

    return [
        case(5, (2, 3, 4, 1), "one output"),
        case(6, (2, 4, 3, 5)),
        case(1, (3, 2, 4, 2), "one sample"),
        case(4, (5, 1, 3, 2), "one unit"),
        case(3, (2, 4, 5, 2), "whole numbers", change=whole),
    ]


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    cases = _stacks(rng)
    return [Case((c.args[0], c.args[2]), c.about, c.sizes, c.tags) for c in cases]


def _three_outputs(raw, case: Case) -> dict:
    names = ("A1", "A2", "P")
    if not isinstance(raw, list | tuple):
        raise Malformed(
            "It should return a list with the outputs of all three layers, [A1, A2, P]. One array, "
            "or something else, came back."
        )
    if len(raw) != len(names):
        what = "The input itself is not in it. " if len(raw) == 4 else ""
        raise Malformed(
            f"It returns a list of {len(raw)}. The contract asks for the outputs of the three "
            f"layers, [A1, A2, P]. {what}Append one array in each round of the loop."
        )
    return dict(zip(names, raw, strict=True))


def _run(layer):
    """Return a forward pass out of a spoilt layer(A, W, b, k), k counted from 0."""

    def forward(X, parameters):
        outputs = []
        for k, (W, b) in enumerate(parameters):
            X = layer(X, W, b, k)
            outputs.append(X)
        return outputs

    return forward


def _each_from_x(X, parameters):
    return [X @ W + b for W, b in parameters]


def _running_sum(X, parameters):
    outputs, A = [], X.copy()
    for W, b in parameters:
        A = A @ W
        A += b
        outputs.append(A)
    return outputs


NETWORK_FORWARD = Exercise(
    id="linreg.network_forward",
    points=2,
    signature="network_forward(X, parameters) -> [A1, A2, P]",
    outputs=("A1", "A2", "P"),
    reference=network_forward,
    cases=_forward_cases,
    unpack=_three_outputs,
    mistakes=(
        Mistake(
            "ReLU between the layers",
            "The negative numbers are gone: there is a ReLU behind the layers. This network is "
            "linear throughout: what a layer computes goes on as it is.",
            wrong=_run(lambda A, W, b, k: np.maximum(0, A @ W + b)),
        ),
        Mistake(
            "ReLU behind the hidden layers",
            "There is a ReLU behind the hidden layers. This network is linear throughout: what a "
            "layer computes goes on as it is.",
            wrong=_run(lambda A, W, b, k: np.maximum(0, A @ W + b) if k < 2 else A @ W + b),
        ),
        Mistake(
            "biases left out",
            "The biases are missing. Each layer is a product plus its own b.",
            wrong=_run(lambda A, W, b, k: A @ W),
        ),
        Mistake(
            "biases subtracted",
            "The biases went in with a minus. Each layer adds its b.",
            wrong=_run(lambda A, W, b, k: A @ W - b),
        ),
        Mistake(
            "bias of the last layer left out",
            "The hidden layers are right. The last layer is a layer like the others: it adds its "
            "bias too.",
            wrong=_run(lambda A, W, b, k: A @ W + b * (k < 2)),
        ),
        Mistake(
            "all biases added to each unit",
            "Every unit got the sum of its layer's biases. b is flat already: add it as it is, and "
            "each unit gets its own.",
            wrong=_run(lambda A, W, b, k: A @ W + np.sum(b)),
        ),
        Mistake(
            "X into every layer",
            "Each layer was given X itself. Only the first one sees it: every later layer takes "
            "what the one before it gave.",
            wrong=_each_from_x,
        ),
        Mistake(
            "the order of the columns convention",
            "W A + b belongs to samples in columns. With samples in rows the product is A W: the "
            "rows of W meet the columns of A.",
            wrong=_run(lambda A, W, b, k: W @ A + b),
        ),
        Mistake(
            "samples in columns",
            "Each sample has become a column, and the numbers are right otherwise. From this "
            "lesson on a sample is a row, in X and in every output.",
            wrong=lambda X, parameters: [A.T for A in network_forward(X, parameters)],
        ),
        Mistake(
            "the list backwards",
            "The three arrays are right, but the last one comes first. Append each output at the "
            "end of the list.",
            wrong=lambda X, parameters: network_forward(X, parameters)[::-1],
        ),
    ),
    hints=(
        "One layer is your predict: a product and a bias. A network does it again and again, and "
        "what comes out of one layer goes into the next one.",
        "Keep one name for the current output, and start it as X. Go through the list of "
        "parameters, `for W, b in parameters`, replace the current output by what the layer makes "
        "of it, and append it to a list.",
        "With samples in rows a layer is the current output @ W + b. Write it with = and not with "
        "an assignment into the array, so that X and the outputs in the list stay as they are. "
        "There is no ReLU in this network. Return the list: three arrays, the prediction last.",
    ),
)


# --- linreg.network_step -----------------------------------------------------------------------


def network_step(X, Y, parameters, learning_rate):
    """One step of gradient descent on 1/(2m) sum (P - Y)^2 for a stack of linear layers.

    X (m, n_x), Y (m, n_y), parameters [(W, b), ...]; returns new parameters. For the last layer
    dZ = (P - Y) / m; dW = A^T dZ, db = sum of dZ, and dZ W^T is the dZ of the layer before.
    """
    inputs = [X, *network_forward(X, parameters)]
    dZ = (inputs.pop() - Y) / len(X)
    updated = []
    for (W, b), A in zip(reversed(parameters), reversed(inputs), strict=True):
        updated.append((W - learning_rate * A.T @ dZ, b - learning_rate * dZ.sum(axis=0)))
        dZ = dZ @ W.T
    return updated[::-1]


_PARAMETER_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def _six_arrays(raw, case: Case) -> dict:
    contract = "the new parameters as a list of three pairs, [(W1, b1), (W2, b2), (W3, b3)]"
    if not isinstance(raw, list | tuple) or len(raw) != 3:
        raise Malformed(f"It should return {contract}.")
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in raw):
        raise Malformed(f"Each item of the list should be a pair (W, b). Return {contract}.")
    return dict(zip(_PARAMETER_NAMES, [a for pair in raw for a in pair], strict=True))


def _step_cases(rng: np.random.Generator) -> list[Case]:
    return [Case((*c.args, 0.03125), c.about, c.sizes, c.tags) for c in _stacks(rng)]


def _step(
    dP=lambda P, Y: (P - Y) / len(Y),
    forward=network_forward,
    db=lambda dZ: dZ.sum(axis=0),
    dW=lambda A, dZ: A.T @ dZ,
    back=lambda dZ, W, new_W: dZ @ W.T,
    sign=-1,
    old_b=lambda parameters, k: parameters[k][1],
    inputs_of=lambda inputs: inputs,
):
    """Return `network_step` with a spoilt step."""

    def spoilt(X, Y, parameters, learning_rate):
        inputs = inputs_of([X, *forward(X, parameters)])
        dZ = dP(inputs.pop(), Y)
        updated = []
        for k in (2, 1, 0):
            W = parameters[k][0]
            new_W = W + sign * learning_rate * dW(inputs[k], dZ)
            updated.append((new_W, old_b(parameters, k) + sign * learning_rate * db(dZ)))
            dZ = back(dZ, W, new_W)
        return updated[::-1]

    return spoilt


def _step_in_place(X, Y, parameters, learning_rate):
    new = network_step(X, Y, parameters, learning_rate)
    for (W, b), (new_W, new_b) in zip(parameters, new, strict=True):
        W -= W - new_W
        b -= b - new_b
    return parameters


def _step_seed(X, Y, parameters, learning_rate):
    """Seed 003: dW a mean, db a sum; its b2 comes from b3."""
    return _long_biases(X, old_b=_b2_from_b3)(X, Y, parameters, learning_rate)


def _step_long_biases(X, Y, parameters, learning_rate):
    return _long_biases(X)(X, Y, parameters, learning_rate)


def _long_biases(X, **more):
    """Return a step in which dW is divided by m and db is not."""
    return _step(dP=lambda P, Y: P - Y, dW=lambda A, dZ: A.T @ dZ / len(X), **more)


def _b2_from_b3(parameters, k):
    return parameters[2 if k == 1 else k][1]


def _masked_step(X, Y, parameters, learning_rate):
    """Multiply dZ on the way back by the slope of a ReLU that the network does not have."""
    A1, A2, P = network_forward(X, parameters)
    (W1, b1), (W2, b2), (W3, b3) = parameters
    d3 = (P - Y) / len(X)
    d2 = d3 @ W3.T * (A2 > 0)
    d1 = d2 @ W2.T * (A1 > 0)
    new = []
    for W, b, A, dZ in ((W1, b1, X, d1), (W2, b2, A1, d2), (W3, b3, A2, d3)):
        new.append((W - learning_rate * A.T @ dZ, b - learning_rate * dZ.sum(axis=0)))
    return new


def _gradients_only(X, Y, parameters, learning_rate):
    new = network_step(X, Y, parameters, 1.0)
    return [(W - V, b - c) for (W, b), (V, c) in zip(parameters, new, strict=True)]


NETWORK_STEP = Exercise(
    id="linreg.network_step",
    points=4,
    signature="network_step(X, Y, parameters, learning_rate) -> new parameters",
    outputs=_PARAMETER_NAMES,
    reference=network_step,
    cases=_step_cases,
    unpack=_six_arrays,
    mistakes=(
        Mistake(
            "weights updated too early",
            "Only the last layer is right. On the way back dZ went through the new weights instead "
            "of those that made the prediction. All gradients belong to the old parameters: send "
            "dZ back before a weight changes, or keep the old ones.",
            wrong=_step(back=lambda dZ, W, new_W: dZ @ new_W.T),
        ),
        Mistake(
            "bias steps m times too long",
            "The weights are right, and every bias step is m times too long: dW was divided by m, "
            "db was only summed. Both belong to the same mean. Put the division into dZ at the "
            "start, and everything behind it has it.",
            wrong=_step_long_biases,
        ),
        Mistake(
            "copied from the layer above",
            "A line was copied and one name was not changed: b2 starts from b3, and becomes b3 "
            "minus its step. And the biases are summed where the weights are averaged.",
            wrong=_step_seed,
        ),
        Mistake(
            "b2 from b3",
            "A line was copied and one name was not changed: b2 becomes b3 minus its step. While "
            "all biases are zero nothing shows. Look at which bias each line starts from.",
            wrong=_step(old_b=_b2_from_b3),
        ),
        Mistake(
            "the MSE instead of half of it",
            "Every step is twice as long, or the division is by m n_out: you took dZ from "
            "mse_gradient. Here the loss is 1/(2m) times the sum: the 1/2 cancels the 2, and only "
            "m stands below.",
            wrong=_step(dP=lambda P, Y: 2 * (P - Y) / Y.size),
        ),
        Mistake(
            "divided by all entries",
            "The difference was divided by the number of entries, samples times outputs. The loss "
            "of this step is 1/(2m) times the sum: divide by the number of samples, m.",
            wrong=_step(dP=lambda P, Y: (P - Y) / Y.size),
        ),
        Mistake(
            "no mean at all",
            "Every step is m times too long: dZ at the end is P - Y without the division by m. "
            "Divide once, at the start of the way back.",
            wrong=_step(dP=lambda P, Y: P - Y),
        ),
        Mistake(
            "the mean taken twice",
            "dZ is divided by m at the start, and the gradients are divided once more, or averaged "
            "where they should be summed. The mean over the samples is taken once.",
            wrong=_step(db=lambda dZ: dZ.mean(axis=0), dW=lambda A, dZ: A.T @ dZ / len(dZ)),
        ),
        Mistake(
            "the absolute error's gradient",
            "The way back starts with signs: that is the gradient of the absolute error. For half "
            "the squared error it starts with the difference P - Y itself, divided by m.",
            wrong=_step(dP=lambda P, Y: np.sign(P - Y) / len(Y)),
        ),
        Mistake(
            "uphill",
            "The steps go uphill: learning rate times gradient was added, or the error was taken "
            "as Y - P. To make the loss smaller, step against the gradient.",
            wrong=_step(sign=1),
        ),
        Mistake(
            "gradients instead of parameters",
            "These are the gradients. The function returns new parameters: the old ones minus "
            "learning rate times gradient.",
            wrong=_gradients_only,
        ),
        Mistake(
            "nothing moved",
            "The parameters came back as they were. Did you return the old list instead of the new "
            "one?",
            wrong=lambda X, Y, parameters, learning_rate: parameters,
        ),
        Mistake(
            "biases not moved",
            "The weights took their step, the biases did not. Each bias has its gradient too: dZ "
            "of its layer, summed over the samples.",
            wrong=_step(db=lambda dZ: 0 * dZ.sum(axis=0)),
        ),
        Mistake(
            "bias gradients summed over everything",
            "Each layer's biases all took the same step: dZ was summed to a single number. Sum "
            "over the samples only, down the columns.",
            wrong=_step(db=lambda dZ: np.sum(dZ)),
        ),
        Mistake(
            "a ReLU's slope on the way back",
            "dZ was stopped where an activation is not positive. That is the mask of a ReLU, and "
            "this network has none: its layers are linear, with slope 1 everywhere.",
            wrong=_masked_step,
        ),
        Mistake(
            "each layer's own output for its input",
            "dW needs what went into the layer, and got what came out of it. The first layer's "
            "input is X, the second one's is A1, the third one's is A2.",
            wrong=_step(inputs_of=lambda inputs: [*inputs[1:], inputs[-1]]),
        ),
        Mistake(
            "a factor not turned round",
            "In two places a factor has to be turned round. For dW the samples, which are rows "
            "now, have to meet in the middle, and what went into the layer stands first. For the "
            "way back it is W that leads the other way.",
            wrong=_step(back=lambda dZ, W, new_W: dZ @ W),
        ),
        Mistake(
            "W elementwise on the way back",
            "A star multiplies entry by entry. Each unit feeds all the units of the next layer, so "
            "their shares must be added: that is the matrix product, written @.",
            wrong=_step(back=lambda dZ, W, new_W: dZ * W.T),
        ),
        Mistake(
            "samples in columns",
            "dW came out with one row for each output of its layer, as in lessons 01 to 05, and "
            "does not fit its W any more. With samples in rows, what went into the layer, turned "
            "round, is the first factor.",
            wrong=_step(dW=lambda A, dZ: dZ.T @ A),
        ),
        Mistake(
            "parameters overwritten",
            "W -= … writes into the old arrays; the caller, who may want to compare or to go back, "
            "has lost them. Make new arrays, and a new list of pairs.",
            wrong=_step_in_place,
        ),
    ),
    hints=(
        "Forward first: your network_forward gives A1, A2 and P. Then go back from the end. For "
        "this loss the last layer's dZ is P - Y divided by m: all samples, one division, and none "
        "later.",
        "Each layer needs two things: dZ of its own output, and what went into it (A2 for the "
        "third layer, A1 for the second, X for the first). From them come dW and db, as in "
        "gradients. The layers are linear, so there is no mask.",
        "Before you go to the layer below, send dZ through the old weights, turned round: "
        "dZ @ W.T. Compute all six gradients first; then make the new parameters, old minus "
        "learning rate times gradient, as a new list of three pairs. Check the names in each line.",
    ),
)


# --- linreg.suspects ---------------------------------------------------------------------------


def _suspect(*names: str):
    return lambda: {"suspects": set(names)}


SUSPECTS = Exercise(
    id="linreg.suspects",
    points=3,
    signature="suspects = …",
    outputs=("suspects",),
    returns="named",
    reference=_suspect("b1", "b2", "b3"),
    unpack=names_out_of(_PARAMETER_NAMES),
    reveal=False,
    mistakes=(
        Mistake(
            "the copied line only",
            "b2 is wrong, and you have seen the name that was not changed. There is a second bug, "
            "and it touches more than one parameter. Compare the two steps of each of the six.",
            wrong=_suspect("b2"),
        ),
        Mistake(
            "the long steps only",
            "These take steps that are too long, that is right. One more does so too, and in its "
            "case another bug covers it. Compare each of the six with the right step.",
            wrong=_suspect("b1", "b3"),
        ),
        Mistake(
            "one of them missing",
            "What you name is wrong indeed, but the list is not complete. A bug in a function that "
            "several lines call shows in all of them.",
            wrong=_suspect("b2", "b3"),
        ),
        Mistake(
            "one of them missing, the first layer",
            "What you name is wrong indeed, but the list is not complete. Go on to the very last "
            "lines, where the way back ends, and to the very first ones.",
            wrong=_suspect("b1", "b2"),
        ),
        Mistake(
            "one of three",
            "What you name is wrong indeed, but it is not alone. The same function makes the step "
            "of other parameters too.",
            wrong=_suspect("b1"),
        ),
        Mistake(
            "one of three, the last layer",
            "What you name is wrong indeed, but it is not alone. The same function makes the step "
            "of other parameters too.",
            wrong=_suspect("b3"),
        ),
        Mistake(
            "all of them",
            "Some of the six take exactly the right step. A bug on the way back spreads to all "
            "that lies below it, but not every bug is on that way. Compare each of the six.",
            wrong=_suspect(*_PARAMETER_NAMES),
        ),
        Mistake(
            "the weights",
            "These are the ones whose planted and right step agree, as the two printed lines do "
            "for W3. Name those that differ.",
            wrong=_suspect("W1", "W2", "W3"),
        ),
        Mistake(
            "the whole second layer",
            "The second layer's lines look alike, but its weights take the right step. And "
            "other layers have a wrong step too.",
            wrong=_suspect("W2", "b2"),
        ),
        Mistake(
            "none",
            "The loss goes down, so it is tempting to find nothing wrong. But a descent with wrong "
            "steps still descends. Compare each of the six steps with the right one.",
            wrong=_suspect(),
        ),
    ),
    hints=(
        "Do not read the code for bugs at first: let it contradict itself. You have a step that "
        "passed its check. Take one with each function, from the same place, and compare the new "
        "parameters pair by pair.",
        "Take the parameters of the cell above, whose biases are not zero: a bug that mixes up two "
        "biases is invisible while both are 0. Where the two results agree, the update is right. "
        "Where they differ, it is not.",
        "Several parameters can share one bug, if one function computes their steps; and one "
        "parameter can suffer from two. Name every parameter whose new value differs, as text, in "
        "curly braces.",
    ),
)
