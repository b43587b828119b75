"""Lesson 05: a two-layer network with biases, tanh and a cache. Samples stand in columns."""

import copy
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.observing import describe
from lessonlib.data import two_moons
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of, one_letter, set_to
from lessonlib.nn import sigmoid

LAYERS = ("W1", "b1", "W2", "b2")
GRADIENTS = ("dW1", "db1", "dW2", "db2")

# Calculations with a spoilt step: a table of named steps, each a function of what is known so far.
Step = Callable[[SimpleNamespace], object]


def _follow(steps: dict[str, Step], spoilt: dict[str, Step], **given) -> SimpleNamespace:
    """Do the steps in order, some of them replaced by spoilt ones; return all that came of it."""
    known = SimpleNamespace(**given)
    for name, step in {**steps, **spoilt}.items():
        setattr(known, name, step(known))
    return known


# --- what is common to the cases ---------------------------------------------------------------


def _draw(rng: np.random.Generator, n_x: int, n_h: int, n_y: int, m: int, *tags: str) -> tuple:
    """Return (X, Y, parameters) of a network whose weights and biases are all away from 0."""
    whole = "whole numbers" in tags
    X = rng.choice([-2, -1, 1, 2], size=(n_x, m)) if whole else quarters(rng, n_x, m)
    Y = rng.integers(0, 2, size=(n_y, m))
    parameters = {
        "W1": quarters(rng, n_h, n_x) / 4,
        "b1": quarters(rng, n_h, 1) / 2,
        "W2": quarters(rng, n_y, n_h),
        "b2": quarters(rng, n_y, 1),
    }
    return X, Y if whole else Y.astype(float), parameters


def _case(args: tuple, n_x: int, n_h: int, n_y: int, m: int, *tags: str) -> Case:
    words = (
        _count(n_x, "input"),
        _count(n_h, "hidden unit"),
        _count(n_y, "output"),
        _count(m, "sample"),
    )
    return Case(args, ", ".join(words), {"m": m, "n_x": n_x, "n_h": n_h, "n_y": n_y}, tags)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


# The last one is for whole numbers; the first is what most messages show.
SIZES = (
    (5, 3, 2, 4),
    (4, 3, 2, 1, "one sample"),
    (2, 4, 1, 3, "one output"),
    (3, 1, 2, 5, "one hidden unit"),
    (4, 5, 3, 7),
    (3, 4, 2, 5, "whole numbers"),
)


# --- twolayer.recall_1 and twolayer.recall_2 -----------------------------------------------------


def _shape_typed_in(raw: dict, case: Case) -> dict:
    numbers = as_numbers(raw["db_shape"])
    if numbers is None or numbers.ndim > 1 or numbers.dtype.kind not in "iu":
        raise Malformed("db_shape should hold whole numbers in parentheses, such as (2, 7).")
    return {"db_shape": str(tuple(np.atleast_1d(numbers).tolist()))}


def _shape(*sizes: int):
    return lambda: {"db_shape": sizes}


RECALL_1 = Exercise(
    id="twolayer.recall_1",
    points=1,
    signature="db_shape = …",
    outputs=("db_shape",),
    returns="named",
    reference=_shape(4, 1),
    unpack=_shape_typed_in,
    reveal=False,
    mistakes=(
        Mistake(
            "one column for each sample",
            "That is the shape of dZ. There is one bias for each unit, and all samples share it, "
            "so their shares were added up. What is left of the sample direction?",
            wrong=_shape(4, 6),
        ),
        Mistake(
            "flat",
            "The four numbers are counted right. But the bias is a column in this lesson, with two "
            "sizes, and its gradient looks just like it.",
            wrong=_shape(4),
        ),
        Mistake(
            "a row for a column",
            "The units stand below each other, as the rows of W do. A shape names the rows first, "
            "then the columns.",
            wrong=_shape(1, 4),
        ),
        Mistake(
            "samples instead of units",
            "This counts the samples. A bias belongs to a unit, and the layer has four of them: "
            "the samples are what you sum over.",
            wrong=_shape(6, 1),
        ),
        Mistake(
            "inputs instead of units",
            "This counts the inputs. A bias belongs to a unit of the layer, however many inputs "
            "the unit reads. Which size of W counts the units?",
            wrong=_shape(3, 1),
        ),
        Mistake(
            "the shape of W",
            "That is the shape of W, and of dW. The bias has one number for each unit, not one for "
            "each connection.",
            wrong=_shape(4, 3),
        ),
        Mistake(
            "one number for the whole layer",
            "A single number would move all biases by the same step. Each unit has a bias of its "
            "own and needs a gradient of its own.",
            wrong=_shape(1, 1),
        ),
    ),
    hints=(
        "A gradient says for each number of an array how the loss changes with it. So it always "
        "has the shape of that array. Which array is db the gradient of, and what is the shape of "
        "that one?",
        "W is (4, 3): each row belongs to one unit, each column to one input. Every unit has one "
        "bias. In these lessons the biases stand below each other, in a column, so that NumPy can "
        "add them to every column of W X.",
        "The six samples all go through the same biases. Lesson 01 added up their shares along "
        "each row and kept the result a column. So the first size is the number of units. Which "
        "size is left where six samples were added up?",
    ),
)


RECALL_2 = Exercise(
    id="twolayer.recall_2",
    points=1,
    signature="verdict = …",
    outputs=("verdict",),
    returns="named",
    reference=set_to(verdict="b"),
    unpack=one_letter("verdict"),
    reveal=False,
    mistakes=(
        Mistake(
            "both taken as right",
            "A central difference in double precision agrees with a right gradient to about ten "
            "digits. With an error of 0.04 the two differ in the second digit. Rounding is never "
            "that large.",
            wrong=set_to(verdict="a"),
        ),
        Mistake(
            "both taken as wrong",
            "No numeric gradient agrees to the last digit: the formula and the rounding leave an "
            "error near 1e-10. Which of the two errors is of that kind?",
            wrong=set_to(verdict="c"),
        ),
        Mistake(
            "a smaller step as the cure",
            "At h = 1e-5 the check is at its best. A far smaller step subtracts two nearly equal "
            "losses and loses digits. An error of 0.04 does not come from the step.",
            wrong=set_to(verdict="d"),
        ),
    ),
    hints=(
        "Recall the figure of lesson 03 with the step size below and the error on the left. Where "
        "was the lowest point of the curve, and how small was the error of a right gradient there?",
        "A right gradient and its central difference at h = 1e-5 agree to about ten digits. So "
        "their relative error is somewhere near 1e-10, now and then 1e-8. The agreed limit is "
        "1e-6, far above that and far below any real slip.",
        "Now hold each of the two errors against that limit by itself. 6e-11 has ten zeros behind "
        "the point before the first digit. 4e-2 is four per cent. A check speaks about each "
        "gradient on its own.",
    ),
)


# --- twolayer.tanh_derivative --------------------------------------------------------------------


def tanh_derivative(a):
    """tanh'(z) = 1 - a^2 from the activation a = tanh(z), entry by entry."""
    return 1.0 - np.square(a)


def _activations(rng: np.random.Generator) -> list[Case]:
    return [
        Case((np.array([-0.8, 0.0, 0.5]),), "a = [-0.8, 0, 0.5]"),
        Case((np.tanh(quarters(rng, 3, 4)),), "activations of shape (3, 4)"),
        Case((0.6,), "the single number a = 0.6", tags=("a single number",)),
        Case((np.array([[-1, 0], [1, 1]]),), "whole numbers", tags=("whole numbers",)),
    ]


def _square_in_place(a):
    a *= a
    return 1 - a


TANH_DERIVATIVE = Exercise(
    id="twolayer.tanh_derivative",
    points=1,
    signature="tanh_derivative(a) -> same shape",
    outputs=("tanh_derivative(a)",),
    reference=tanh_derivative,
    cases=_activations,
    mistakes=(
        Mistake(
            "tanh applied to the activation",
            "It would be right if the argument were z. But the argument is the activation a, which "
            "is tanh(z) already: your function applies the tanh a second time.",
            wrong=lambda a: 1 - np.tanh(a) ** 2,
        ),
        Mistake(
            "sigmoid's slope",
            "a(1 - a) is the slope of the sigmoid. The tanh is another curve: its slope is 1 in "
            "the middle, where a = 0, and never negative. Try your formula at 0 and at -0.8.",
            wrong=lambda a: a * (1 - a),
        ),
        Mistake(
            "square forgotten",
            "You have 1 - a. For a = -0.8 that is 1.8, and the tanh is never steeper than 1. "
            "Something has to be done to a before it is taken away from 1.",
            wrong=lambda a: 1 - a,
        ),
        Mistake(
            "tanh applied, and not squared",
            "You have 1 - tanh(a). Two things are off: a is the activation already, and the slope "
            "takes away its square.",
            wrong=lambda a: 1 - np.tanh(a),
        ),
        Mistake(
            "plus for minus",
            "Your slope grows from the middle outwards. The tanh is steepest in the middle and "
            "flat far out, where a is close to 1 or -1: there the slope has to go to 0.",
            wrong=lambda a: 1 + np.square(a),
        ),
        Mistake(
            "the value instead of the slope",
            "This is tanh(a), the value of the function, and a is a value of it already. What is "
            "asked for is how steep the curve is at the place where its height is a.",
            wrong=np.tanh,
        ),
        Mistake(
            "1 - a, squared as a whole",
            "The square went round the whole difference. For a = -0.8 this gives more than 3, and "
            "the tanh is never steeper than 1. Only a is squared.",
            wrong=lambda a: np.square(1 - np.asarray(a)),
        ),
        Mistake(
            "differentiated twice",
            "-2a is what you get when 1 - a² is differentiated once more. The formula 1 - a² is "
            "the slope itself.",
            wrong=lambda a: -2.0 * np.asarray(a),
        ),
        Mistake(
            "^ for a power",
            "In Python ^ is not a power: it works on the bits of whole numbers, and floats have no "
            "such thing. A power is written with two stars.",
            wrong=lambda a: 1 - a ^ 2,
        ),
        Mistake(
            "a overwritten",
            "Here a is an array of the cache, and the backward pass still needs it for dW2.",
            wrong=_square_in_place,
        ),
    ),
    hints=(
        "Look at the picture of the tanh above. In the middle its height is 0 and its slope is 1. "
        "Far out its height is close to 1 or -1 and its slope is close to 0. Your formula has to "
        "give these numbers.",
        "The argument is the activation a, the height of the curve, not z. The forward pass has "
        "worked out the tanh already, so you need no tanh here at all, and no exponential.",
        "As a formula, the slope is one minus the square of the height. Try three values on paper: "
        "a = 0 gives 1, a = 0.5 gives 0.75, and a = -1 gives 0. Make a new array; do not write "
        "into a.",
    ),
)


# --- twolayer.initialize_parameters --------------------------------------------------------------


def initialize_parameters(n_x, n_h, n_y, rng):
    """Normal weights W1 (n_h, n_x), W2 (n_y, n_h); zero biases b1 (n_h, 1), b2 (n_y, 1)."""
    return {
        "W1": rng.standard_normal((n_h, n_x)),
        "b1": np.zeros((n_h, 1)),
        "W2": rng.standard_normal((n_y, n_h)),
        "b2": np.zeros((n_y, 1)),
    }


MANY = 500  # numbers from which on a distribution can be told from another


def _initializations(rng: np.random.Generator) -> list[Case]:
    return [_start(rng, 3, 4, 2), _start(rng, 50, 40, 30), _start(rng, 30, 60, 1)]


def _start(rng: np.random.Generator, n_x: int, n_h: int, n_y: int) -> Case:
    own = np.random.default_rng(rng.integers(2**32))
    words = f"{n_x} inputs, {n_h} hidden units, {_count(n_y, 'output')}"
    return Case((n_x, n_h, n_y, own), words, {"n_x": n_x, "n_h": n_h, "n_y": n_y})


def _initialize_thrice(answer, n_x, n_h, n_y, rng):
    """Call the answer with a rng, with an equal one, and with another one."""
    other = copy.deepcopy(rng)
    other.random(7)
    return [answer(n_x, n_h, n_y, copy.deepcopy(each)) for each in (rng, rng, other)]


def _start_in_words(raw: list, case: Case) -> dict:
    if any(each is None for each in raw):
        raise Malformed("It returns None. Is the `return` missing?")
    for each in raw:
        _expect_keys(each, LAYERS)
    first, again, other = raw
    return {
        "W1": _weights_in_words(first["W1"]),
        "b1": _biases_in_words(first["b1"]),
        "W2": _weights_in_words(first["W2"]),
        "b2": _biases_in_words(first["b2"]),
        "the use of rng": _randomness_in_words(first, again, other),
    }


def _expect_keys(raw, keys: tuple[str, ...]) -> None:
    names = ", ".join(repr(key) for key in keys)
    if not isinstance(raw, dict):
        raise Malformed(
            f"It returns {describe(raw)}. It should return a dictionary with the keys {names}."
        )
    missing = [repr(key) for key in keys if key not in raw]
    if missing:
        has = ", ".join(repr(key) for key in raw) or "none"
        raise Malformed(f"The dictionary lacks {', '.join(missing)}. The keys that it has: {has}.")


def _weights_in_words(value) -> str:
    W = as_numbers(value)
    return describe(value) if W is None else f"shape {W.shape}: {_spread_in_words(W)}"


def _spread_in_words(W: np.ndarray) -> str:
    flat = W.ravel()
    if not np.all(np.isfinite(flat)):
        return "nan or inf among them"
    if not flat.any():
        return "all 0"
    if np.all(flat == flat[0]):
        return "all equal"
    if W.ndim == 2 and len(W) > 1 and np.all(W == W[0]):
        return "each row the same"
    return _distribution_in_words(flat) if flat.size > MANY else "different numbers"


def _distribution_in_words(flat: np.ndarray) -> str:
    spread, middle = np.std(flat), np.mean(flat)
    if np.all(flat >= 0):
        return "all positive"
    if abs(middle) > 0.2 * spread:
        return "not around 0"
    if np.array_equal(flat, np.round(flat)):
        return "whole numbers only"
    if np.max(np.abs(flat)) < 1.8 * spread:
        return "spread evenly between two bounds"
    if spread > 3:
        return "normal, but far too wide"
    if spread < 1e-3:
        return "normal, but hardly different from 0"
    return "normal, around 0"


def _biases_in_words(value) -> str:
    b = as_numbers(value)
    if b is None:
        return describe(value)
    return f"shape {b.shape}: {'not all' if b.any() else 'all'} 0"


def _randomness_in_words(first: dict, again: dict, other: dict) -> str:
    if not _same_weights(first, again):
        return "an equal rng gave other weights"
    if _same_weights(first, other):
        return "another rng gave the same weights"
    return "the rng alone decides"


def _same_weights(one: dict, two: dict) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in ("W1", "W2"))


def _initialize(weights=None, bias=None, generator=None, **shapes):
    """Return an initializer with spoilt weights, biases, generator or shapes."""
    weights = weights or (lambda rng, shape: rng.standard_normal(shape))
    bias = bias or (lambda rng, shape: np.zeros(shape))
    steps = {
        "W1": lambda n_x, n_h, n_y: (n_h, n_x),
        "b1": lambda n_x, n_h, n_y: (n_h, 1),
        "W2": lambda n_x, n_h, n_y: (n_y, n_h),
        "b2": lambda n_x, n_h, n_y: (n_y, 1),
    } | shapes

    def initialize(n_x, n_h, n_y, rng):
        rng = generator() if generator else rng
        draw = {"W1": weights, "b1": bias, "W2": weights, "b2": bias}
        return {name: draw[name](rng, shape(n_x, n_h, n_y)) for name, shape in steps.items()}

    return initialize


INITIALIZE_PARAMETERS = Exercise(
    id="twolayer.initialize_parameters",
    points=2,
    signature='initialize_parameters(n_x, n_h, n_y, rng) -> {"W1", "b1", "W2", "b2"}',
    outputs=(*LAYERS, "the use of rng"),
    reference=initialize_parameters,
    cases=_initializations,
    script=_initialize_thrice,
    unpack=_start_in_words,
    mistakes=(
        Mistake(
            "even random numbers for normal ones",
            "rng.random draws evenly between 0 and 1, so every weight is positive. Normal numbers "
            "lie around 0 and have both signs. In NumPy the two names look alike: compare rand and "
            "randn, random and standard_normal.",
            wrong=_initialize(lambda rng, shape: rng.random(shape)),
        ),
        Mistake(
            "an even spread around 0",
            "The weights have both signs, but they are spread evenly between two bounds. The "
            "contract asks for normal numbers: many near 0, a few far out.",
            wrong=_initialize(lambda rng, shape: rng.uniform(-1, 1, shape)),
        ),
        Mistake(
            "weights all zero",
            "With equal weights all hidden units compute the same and get the same gradient, so "
            "they stay equal for ever, as you saw in lesson 04. Zeros are for the biases.",
            wrong=_initialize(lambda rng, shape: np.zeros(shape)),
        ),
        Mistake(
            "weights all equal",
            "All weights start with the same number. Then the hidden units do the same and learn "
            "the same. Each weight needs a random number of its own: tell the generator the shape.",
            wrong=_initialize(lambda rng, shape: np.ones(shape)),
        ),
        Mistake(
            "each row the same",
            "One row was drawn and used for every unit, so the units start as copies of each other "
            "and stay so. Draw the whole table at once: give the generator both sizes.",
            wrong=_initialize(
                lambda rng, shape: np.tile(rng.standard_normal((1, shape[1])), (shape[0], 1))
            ),
        ),
        Mistake(
            "biases not zero",
            "Random numbers are needed to make the units differ, and the weights do that already. "
            "The contract has the biases start at 0.",
            wrong=_initialize(bias=lambda rng, shape: rng.standard_normal(shape)),
        ),
        Mistake(
            "shapes exchanged",
            "Rows and columns are exchanged. With samples in columns, W stands on the left of X: "
            "it has one row for each unit and one column for each input.",
            wrong=_initialize(
                W1=lambda n_x, n_h, n_y: (n_x, n_h), W2=lambda n_x, n_h, n_y: (n_h, n_y)
            ),
        ),
        Mistake(
            "W2 reads the inputs",
            "W2 was given one column for each input of the network. What the second layer reads is "
            "the hidden layer. How many numbers does that send on?",
            wrong=_initialize(W2=lambda n_x, n_h, n_y: (n_y, n_x)),
        ),
        Mistake(
            "flat biases",
            "The biases are flat. NumPy lines a flat array up with the columns, so each number "
            "would go to a sample instead of a unit. A column has two sizes: one row for each "
            "unit, and 1.",
            wrong=_initialize(b1=lambda n_x, n_h, n_y: n_h, b2=lambda n_x, n_h, n_y: n_y),
        ),
        Mistake(
            "biases as rows",
            "The biases lie in a row. Each unit is a row of Z, so its bias has to stand in that "
            "row as well: a column, with the number of units first in its shape.",
            wrong=_initialize(b1=lambda n_x, n_h, n_y: (1, n_h), b2=lambda n_x, n_h, n_y: (1, n_y)),
        ),
        Mistake(
            "one bias for each input",
            "b1 counts the inputs. A bias belongs to the unit that adds it, so b1 has as many "
            "rows as W1, and b2 as many as W2.",
            wrong=_initialize(b1=lambda n_x, n_h, n_y: (n_x, 1), b2=lambda n_x, n_h, n_y: (n_h, 1)),
        ),
        Mistake(
            "the global generator",
            "Called twice with equal generators, it gave different weights. So the numbers come "
            "from somewhere else: from np.random, or from a new default_rng() without a seed. Draw "
            "from the argument rng, and every run can be repeated.",
            wrong=_initialize(generator=np.random.default_rng),
        ),
        Mistake(
            "a seed inside the function",
            "Two different generators gave the same weights. The function makes a generator of its "
            "own with a fixed seed. Draw from the argument rng: its caller decides on the seed.",
            wrong=_initialize(generator=lambda: np.random.default_rng(0)),
        ),
        Mistake(
            "far too wide",
            "The weights are so large that every tanh is at its flat end, where nothing is "
            "learned. Standard normal numbers, or smaller ones, will do.",
            wrong=_initialize(lambda rng, shape: 100 * rng.standard_normal(shape)),
        ),
    ),
    hints=(
        "Start with the four shapes. Each weight matrix has one row for each unit of its layer and "
        "one column for each number that the layer reads. The first layer reads the inputs, the "
        "second reads the hidden units. Each bias is a column.",
        "The biases start at 0: np.zeros takes a shape. The weights must differ, or the units "
        "would stay equal for ever, so they come from the generator that you were given.",
        "A NumPy generator has a method standard_normal, which takes a shape as well: two sizes in "
        "parentheses. Draw W1 from rng, then W2 from the same rng. Return a dictionary with the "
        "four names as its keys.",
    ),
)


# --- twolayer.forward_propagation ----------------------------------------------------------------


def forward_propagation(X, parameters):
    """Z1 = W1 X + b1, A1 = tanh(Z1), Z2 = W2 A1 + b2, A2 = sigmoid(Z2), samples in columns.

    X (n_x, m), W1 (n_h, n_x), b1 (n_h, 1), W2 (n_y, n_h), b2 (n_y, 1). Returns A2 (n_y, m) and the
    cache with Z1, A1 (n_h, m), Z2, A2 (n_y, m).
    """
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for sizes in SIZES:
        X, _, parameters = _draw(rng, *sizes)
        cases.append(_case((X, parameters), *sizes))
    return cases


CACHED = ("Z1", "A1", "Z2", "A2")


def _forward_outputs(raw, case: Case) -> dict:
    contract = "It should return two values: A2, then the cache, a dictionary."
    if isinstance(raw, dict):
        raise Malformed(f"It returns one dictionary. {contract}")
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Malformed(f"It returns {describe(raw)}. {contract}")
    A2, cache = raw
    if isinstance(A2, dict):
        raise Malformed(f"The dictionary stands first. {contract}")
    if not isinstance(cache, dict):
        raise Malformed(
            f"The second value is {describe(cache)}. The cache should be a dictionary with the "
            "keys 'Z1', 'A1', 'Z2' and 'A2', so that each is found by its name."
        )
    missing = [repr(name) for name in CACHED if name not in cache]
    if missing:
        raise Malformed(f"The cache lacks {', '.join(missing)}. Backward will look for it there.")
    return {**{f'cache["{name}"]': cache[name] for name in CACHED}, "A2": A2}


_FORWARD: dict[str, Step] = {
    "Z1": lambda v: v.W1 @ v.X + v.b1,
    "A1": lambda v: np.tanh(v.Z1),
    "Z2": lambda v: v.W2 @ v.A1 + v.b2,
    "A2": lambda v: sigmoid(v.Z2),
    "returned": lambda v: v.A2,
}


def _forward(steps=_FORWARD, cached=CACHED, **spoilt: Step):
    """Return a forward pass with spoilt steps."""

    def forward(X, parameters):
        known = _follow(steps, spoilt, X=X, **parameters)
        return known.returned, {name: getattr(known, name) for name in cached}

    return forward


def _tanh_into_z(X, parameters):
    A2, cache = forward_propagation(X, parameters)
    return A2, {**cache, "Z1": cache["A1"], "Z2": cache["A2"]}


def _softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


FORWARD_PROPAGATION = Exercise(
    id="twolayer.forward_propagation",
    points=2,
    signature="forward_propagation(X, parameters) -> (A2, cache)",
    outputs=(*(f'cache["{name}"]' for name in CACHED), "A2"),
    reference=forward_propagation,
    cases=_forward_cases,
    unpack=_forward_outputs,
    mistakes=(
        Mistake(
            "sigmoid in the hidden layer",
            "The hidden layer went through the sigmoid, as it did in lesson 04. In this network it "
            "has a tanh; the sigmoid is for the output only.",
            wrong=_forward(A1=lambda v: sigmoid(v.Z1)),
        ),
        Mistake(
            "tanh at the output",
            "The output went through a tanh and can be negative. A2 is read as a probability, "
            "between 0 and 1: that is what the sigmoid is for.",
            wrong=_forward(A2=lambda v: np.tanh(v.Z2)),
        ),
        Mistake(
            "activations exchanged",
            "The sigmoid sits in the hidden layer and the tanh at the output. It should be the "
            "other way round: tanh first, sigmoid last.",
            wrong=_forward(A1=lambda v: sigmoid(v.Z1), A2=lambda v: np.tanh(v.Z2)),
        ),
        Mistake(
            "ReLU in the hidden layer",
            "The hidden layer went through the ReLU of lessons 01 and 02. In this network the "
            "hidden units have a tanh, which keeps the sign.",
            wrong=_forward(A1=lambda v: np.maximum(0, v.Z1)),
        ),
        Mistake(
            "no tanh",
            "A1 equals Z1: the hidden layer has no activation. Then the two layers together are "
            "one straight function, and nothing curved can be learned.",
            wrong=_forward(A1=lambda v: 1 * v.Z1),
        ),
        Mistake(
            "tanh skipped on the way",
            "A1 is right, but Z2 was made from Z1. The second layer reads what comes out behind "
            "the tanh.",
            wrong=_forward(Z2=lambda v: v.W2 @ v.Z1 + v.b2),
        ),
        Mistake(
            "no sigmoid",
            "A2 equals Z2. The output still has to go through the sigmoid, which turns any number "
            "into one between 0 and 1.",
            wrong=_forward(A2=lambda v: 1 * v.Z2),
        ),
        Mistake(
            "sigmoid upside down",
            "A2 is 1 minus what it should be. In the sigmoid the exponent has a minus: exp(-z). "
            "Without it large inputs give small outputs.",
            wrong=_forward(A2=lambda v: sigmoid(-v.Z2)),
        ),
        Mistake(
            "softmax at the output",
            "The outputs of each sample were made to sum to 1. Here each output is a yes or no of "
            "its own, between 0 and 1 by itself: a sigmoid, entry by entry.",
            wrong=_forward(A2=lambda v: _softmax(v.Z2)),
        ),
        Mistake(
            "rounded to classes",
            "A2 is 0 or 1. That is a decision, and it can be made later. The cost and the backward "
            "pass need the probability itself.",
            wrong=_forward(A2=lambda v: (sigmoid(v.Z2) > 0.5).astype(float)),
        ),
        Mistake(
            "b1 left out",
            "This is W1 X alone. New in this lesson: each hidden unit adds a bias of its own.",
            wrong=_forward(Z1=lambda v: v.W1 @ v.X),
        ),
        Mistake(
            "b2 left out",
            "This is W2 A1 alone. The output layer has a bias too.",
            wrong=_forward(Z2=lambda v: v.W2 @ v.A1),
        ),
        Mistake(
            "both biases left out",
            "Z1 is W1 X alone, as in lesson 04. This network has a bias for every unit.",
            wrong=_forward(Z1=lambda v: v.W1 @ v.X, Z2=lambda v: v.W2 @ v.A1),
        ),
        Mistake(
            "b1 added twice",
            "The second layer added b1, the bias of the hidden units. A line was copied and not "
            "changed everywhere: W2 goes with b2.",
            wrong=_forward(Z2=lambda v: v.W2 @ v.A1 + v.b1),
        ),
        Mistake(
            "the sizes of inputs and hidden units meet",
            "One factor counts inputs where the other counts hidden units. Three slips do that: X "
            "or W1 in the second layer, where A1 and W2 belong, or a transposed W1 in the first. "
            "Write the shapes under the letters.",
            wrong=_forward(Z2=lambda v: v.W2 @ v.X + v.b2),
        ),
        Mistake(
            "X before W1",
            "W1 is (n_h, n_x) and X is (n_x, m). The inner sizes of a product must agree: which of "
            "the two has to stand on the left?",
            wrong=_forward(Z1=lambda v: v.X @ v.W1 + v.b1),
        ),
        Mistake(
            "activations cached under Z",
            "The cache holds the activations under the names of the sums: Z1 equals A1, Z2 equals "
            "A2. One name was used for both, or the activation was written into the array itself.",
            wrong=_tanh_into_z,
        ),
        Mistake(
            "Z2 returned for A2",
            "The cache is right, but the first value that comes back is Z2. Return the "
            "probability, A2, in front of the cache.",
            wrong=_forward(returned=lambda v: v.Z2),
        ),
    ),
    hints=(
        "Four steps, two for each layer: first the weighted sums with their biases, then the "
        "activation. The drawing of the network above has the four names in it.",
        "Write the shapes under the letters. W1 is (n_h, n_x) and X is (n_x, m), so the product is "
        "(n_h, m). The bias b1 is a column, and NumPy adds it to every column. The second layer "
        "does the same with A1 in the place of X.",
        "np.tanh makes A1 from Z1. sigmoid, imported above, makes A2 from Z2. Give each of the "
        "four a name of its own, put them into a dictionary under these names, and return A2 "
        "first, then the dictionary.",
    ),
)


# --- twolayer.compute_cost -----------------------------------------------------------------------

SMALLEST = 1e-15  # a probability counts as at least that; so its logarithm is finite


def compute_cost(A2, Y):
    """-(1/m) sum of Y log A2 + (1 - Y) log(1 - A2): over outputs summed, over samples the mean.

    A2, Y (n_y, m) -> float; finite where A2 is 0 or 1.
    """
    yes, no = np.maximum(A2, SMALLEST), np.maximum(1 - A2, SMALLEST)
    return float(-np.sum(Y * np.log(yes) + (1 - Y) * np.log(no)) / np.shape(Y)[1])


def _cost_cases(rng: np.random.Generator) -> list[Case]:
    cases = [
        _cost_case(rng, 2, 3),
        _cost_case(rng, 3, 1, "one sample"),
        _cost_case(rng, 1, 4, "one output"),
        _cost_case(rng, 2, 7),
        _cost_case(rng, 3, 5, "certain and right"),
        _cost_case(rng, 2, 4, "certain and wrong"),
    ]
    for case in cases[-2:]:
        A2, Y = case.args
        Y[0, :2] = [1.0, 0.0]
        A2[0, :2] = Y[0, :2] if "certain and right" in case.tags else 1 - Y[0, :2]
    return cases


def _cost_case(rng: np.random.Generator, n_y: int, m: int, *tags: str) -> Case:
    A2, Y = sigmoid(quarters(rng, n_y, m)), rng.integers(0, 2, size=(n_y, m)).astype(float)
    Y[0, 0] = 0.0  # both halves of the formula have work to do, also for one sample
    Y[-1, -1] = 1.0
    words = ", ".join([_count(n_y, "output"), _count(m, "sample"), *tags[:1]])
    return Case((A2, Y), words, {"m": m, "n_y": n_y}, tags)


AT_CERTAINTY = "the cost, also where A2 is 0 or 1"


def _cost_outputs(raw, case: Case) -> dict:
    """The value twice: without the two cases in which A2 reaches 0 or 1, and with them.

    There the value depends a little on the guard, and for a sample that is certain and wrong it
    depends on nothing else: any finite cost will do.
    """
    certain = {"certain and right", "certain and wrong"} & set(case.tags)
    if not certain:
        return {"the cost": raw, AT_CERTAINTY: raw}
    number, right = as_numbers(raw), compute_cost(*case.args)
    finite = number is not None and np.all(np.isfinite(number))
    near = finite and ("certain and wrong" in certain or np.all(np.abs(number - right) < 1e-5))
    return {"the cost": 0.0, AT_CERTAINTY: right if near else raw}


def _cost(of, smallest=SMALLEST):
    """Return a cost made from the two guarded logarithms, Y and m."""

    def cost(A2, Y):
        yes, no = np.log(np.maximum(A2, smallest)), np.log(np.maximum(1 - A2, smallest))
        return of(yes, no, Y, Y.shape[1])

    return cost


def _unguarded(A2, Y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / Y.shape[1]


def _nansum(A2, Y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / Y.shape[1]


def _clip_in_place(A2, Y):
    np.clip(A2, SMALLEST, 1 - SMALLEST, out=A2)
    return compute_cost(A2, Y)


COMPUTE_COST = Exercise(
    id="twolayer.compute_cost",
    points=2,
    signature="compute_cost(A2, Y) -> float",
    outputs=("the cost", AT_CERTAINTY),
    reference=compute_cost,
    cases=_cost_cases,
    unpack=_cost_outputs,
    rtol=1e-6,
    mistakes=(
        Mistake(
            "no guard for log(0)",
            "A sigmoid can reach exactly 0 or 1. Then one of the logarithms is that of 0, and the "
            "cost is nan or inf. Lesson 04 kept the probabilities a tiny step away from 0 and 1 "
            "before the logarithm.",
            wrong=_unguarded,
        ),
        Mistake(
            "nan left out of the sum",
            "0 times log(0) is nan, and leaving nan out hides it. But a network that is certain "
            "and wrong still costs infinitely much, and no gradient comes of that. Guard the "
            "logarithm itself.",
            wrong=_nansum,
        ),
        Mistake(
            "only the half with Y",
            "Samples with Y = 0 cost nothing in your sum. The formula has two halves: one counts "
            "where Y is 1, the other where Y is 0.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes) / m),
        ),
        Mistake(
            "only the half with 1 - Y",
            "Samples with Y = 1 cost nothing in your sum. The formula has two halves: one counts "
            "where Y is 1, the other where Y is 0.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum((1 - Y) * no) / m),
        ),
        Mistake(
            "log A2 in both halves",
            "Both halves have the logarithm of A2. Where Y is 0 the network should be sure of no, "
            "and the probability of no is 1 - A2: it belongs into the second logarithm.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes + (1 - Y) * yes) / m),
        ),
        Mistake(
            "the halves exchanged",
            "A network that is sure and right pays most in your formula. log A2 goes with Y, and "
            "log(1 - A2) with 1 - Y.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum((1 - Y) * yes + Y * no) / m),
        ),
        Mistake(
            "minus between the halves",
            "One half was subtracted from the other. Both are costs, so they add up, and one minus "
            "stands in front of the whole sum.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes - (1 - Y) * no) / m),
        ),
        Mistake(
            "mean over the outputs too",
            "You divided by the number of all entries. The mean is over the samples only: each "
            "sample pays the sum over its outputs. With one output the two are the same.",
            wrong=_cost(lambda yes, no, Y, m: -np.mean(Y * yes + (1 - Y) * no)),
        ),
        Mistake(
            "m from the wrong axis",
            "You divided by the number of rows of Y. The samples are the columns: m is the second "
            "size of Y. len(Y) counts rows, too.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes + (1 - Y) * no) / len(Y)),
        ),
        Mistake(
            "sum instead of mean",
            "You added up over the samples and did not divide. The cost is what a sample pays on "
            "the average, so that a large batch and a small one can be compared.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes + (1 - Y) * no)),
        ),
        Mistake(
            "minus forgotten",
            "The logarithm of a probability is never positive, so the sum is not either. A cost "
            "should be positive: the formula starts with a minus.",
            wrong=_cost(lambda yes, no, Y, m: np.sum(Y * yes + (1 - Y) * no) / m),
        ),
        Mistake(
            "each sample with each other",
            "Y.T @ log A2 pairs every sample with every other, m times m of them. Each sample "
            "should meet its own prediction only: multiply entry by entry, then sum.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y.T @ yes + (1 - Y).T @ no) / m),
        ),
        Mistake(
            "each output with each other",
            "A matrix product of Y and log A2 transposed is right for a single output. With more "
            "it pairs every output with every other. Multiply entry by entry, then sum.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y @ yes.T + (1 - Y) @ no.T) / m),
        ),
        Mistake(
            "squared error",
            "This is the mean of the squared differences. For yes and no the lesson uses the "
            "binary cross-entropy, with logarithms.",
            wrong=lambda A2, Y: np.sum((A2 - Y) ** 2) / Y.shape[1],
        ),
        Mistake(
            "not added up",
            "There is a cost for each entry. A cost is one number for the whole batch: add up the "
            "entries.",
            wrong=_cost(lambda yes, no, Y, m: -(Y * yes + (1 - Y) * no) / m),
        ),
        Mistake(
            "one cost for each output",
            "There is one cost for each output. Add these up as well: one number says how bad the "
            "whole network is.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes + (1 - Y) * no, 1) / m),
        ),
        Mistake(
            "one cost for each sample",
            "There is one cost for each sample. Take their mean: one number says how bad the "
            "network is on the whole batch.",
            wrong=_cost(lambda yes, no, Y, m: -np.sum(Y * yes + (1 - Y) * no, 0)),
        ),
        Mistake(
            "A2 overwritten",
            "The clipped probabilities were written into A2, which also lies in the cache.",
            wrong=_clip_in_place,
        ),
    ),
    hints=(
        "For one entry: if Y is 1, the cost is minus the logarithm of A2; if Y is 0, it is minus "
        "the logarithm of 1 - A2. Multiplying by Y and by 1 - Y picks the right one without an if.",
        "All of it works entry by entry on whole arrays. Then add up everything with np.sum and "
        "divide by m once. The samples are the columns of Y, so m is the second size in its shape.",
        "Before the logarithms, keep the probabilities away from 0 and 1 by a tiny amount such as "
        "1e-15: np.clip gives you a new array that is cut at two bounds. Use it in both "
        "logarithms, and mind the minus in front.",
    ),
)


# --- twolayer.backward_propagation ---------------------------------------------------------------


def backward_propagation(parameters, cache, X, Y):
    """Gradients of the cost, means over the m samples; each has the shape of what it belongs to.

    dZ2 = A2 - Y, dW2 = dZ2 A1^T / m, db2 = mean of dZ2 over the samples; dA1 = W2^T dZ2,
    dZ1 = dA1 (1 - A1^2), dW1 = dZ1 X^T / m, db1 = mean of dZ1 over the samples.
    """
    m = np.shape(X)[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dZ1 = (parameters["W2"].T @ dZ2) * tanh_derivative(A1)
    return {
        "dW1": dZ1 @ np.transpose(X) / m,
        "db1": dZ1.sum(axis=1, keepdims=True) / m,
        "dW2": dZ2 @ A1.T / m,
        "db2": dZ2.sum(axis=1, keepdims=True) / m,
    }


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for sizes in SIZES:
        X, Y, parameters = _draw(rng, *sizes)
        cache = forward_propagation(X, parameters)[1]
        cases.append(_case((parameters, cache, X, Y), *sizes))
    return cases


_BACKWARD: dict[str, Step] = {
    "m": lambda v: v.X.shape[1],
    "dZ2": lambda v: v.A2 - v.Y,
    "dA1": lambda v: v.W2.T @ v.dZ2,
    "slope": lambda v: 1 - v.A1**2,
    "dZ1": lambda v: v.dA1 * v.slope,
    "dW1": lambda v: v.dZ1 @ v.X.T / v.m,
    "db1": lambda v: v.dZ1.sum(axis=1, keepdims=True) / v.m,
    "dW2": lambda v: v.dZ2 @ v.A1.T / v.m,
    "db2": lambda v: v.dZ2.sum(axis=1, keepdims=True) / v.m,
}


def _backward(steps=_BACKWARD, names=GRADIENTS, **spoilt: Step):
    """Return a backward pass with spoilt steps."""

    def backward(parameters, cache, X, Y):
        known = _follow(steps, spoilt, X=X, Y=Y, **parameters, **cache)
        return {name: getattr(known, name) for name in names}

    return backward


def planted_backward(parameters, cache, X, Y):
    """The bug of the hunt: the tanh layer differentiated with the sigmoid's a (1 - a)."""
    return _backward(slope=lambda v: v.A1 * (1 - v.A1))(parameters, cache, X, Y)


def _alias_output(parameters, cache, X, Y):
    dZ2 = cache["A2"]
    dZ2 -= Y
    return _backward(dZ2=lambda v: dZ2)(parameters, cache, X, Y)


BACKWARD_PROPAGATION = Exercise(
    id="twolayer.backward_propagation",
    points=6,
    signature='backward_propagation(parameters, cache, X, Y) -> {"dW1", "db1", "dW2", "db2"}',
    outputs=GRADIENTS,
    returns="dict",
    reference=backward_propagation,
    cases=_backward_cases,
    mistakes=(
        Mistake(
            "sigmoid's slope on the tanh layer",
            "The hidden layer was differentiated with a(1 - a), the slope of the sigmoid. The "
            "hidden units have a tanh. You have written its slope above. Where A1 is negative, "
            "a(1 - a) even has the wrong sign.",
            wrong=planted_backward,
        ),
        Mistake(
            "slope of the tanh left out",
            "dA1 was used as if it were dZ1. Between A1 and Z1 lies the tanh, and going back "
            "through it means multiplying by its slope, entry by entry.",
            wrong=_backward(slope=lambda v: 1.0),
        ),
        Mistake(
            "tanh applied to A1 again",
            "The slope was taken as 1 - tanh(A1)². A1 is the tanh of Z1 already. Hand the "
            "activation to the formula that wants an activation, or the sum Z1 to the one that "
            "wants a sum.",
            wrong=_backward(slope=lambda v: 1 - np.tanh(v.A1) ** 2),
        ),
        Mistake(
            "slope made from Z1",
            "1 - Z1² is not the slope: the formula wants the activation. Which of the arrays in "
            "the cache is it that lies between -1 and 1?",
            wrong=_backward(slope=lambda v: 1 - v.Z1**2),
        ),
        Mistake(
            "square forgotten in the slope",
            "The slope was taken as 1 - A1. The slope of the tanh is never more than 1, and "
            "this is, wherever A1 is negative. Compare with your tanh_derivative.",
            wrong=_backward(slope=lambda v: 1 - v.A1),
        ),
        Mistake(
            "the activation for its slope",
            "dA1 was multiplied by A1 itself. The chain rule wants the slope of the tanh there.",
            wrong=_backward(slope=lambda v: v.A1),
        ),
        Mistake(
            "ReLU's slope on the tanh layer",
            "A mask of ones and zeros lay over dA1: that is the slope of the ReLU in lesson 01. "
            "This hidden layer has a tanh, and its slope is never 0.",
            wrong=_backward(slope=lambda v: (v.Z1 > 0).astype(float)),
        ),
        Mistake(
            "sigmoid's slope applied again at the output",
            "A2 - Y is dZ2 already: in it the slope of the sigmoid and that of the logarithm have "
            "cancelled. You multiplied by A2(1 - A2) once more.",
            wrong=_backward(dZ2=lambda v: (v.A2 - v.Y) * v.A2 * (1 - v.A2)),
        ),
        Mistake(
            "Y minus A2",
            "The sign is reversed: the difference at the output was taken the wrong way round. If "
            "A2 is too large, the gradient has to be positive, so that the step makes it smaller.",
            wrong=_backward(dZ2=lambda v: v.Y - v.A2),
        ),
        Mistake(
            "slope made from A2",
            "The slope of the hidden layer was made from A2, the output. It has other sizes than "
            "dA1, unless there is one output. Each layer's slope is made from its own activation.",
            wrong=_backward(slope=lambda v: 1 - v.A2**2),
        ),
        Mistake(
            "m from the wrong axis",
            "You divided by the number of inputs. X.shape[0] and len(X) count its rows, and the "
            "samples are its columns: m is the second size.",
            wrong=_backward(m=lambda v: len(v.X)),
        ),
        Mistake(
            "m taken as the number of outputs",
            "You divided by the number of outputs. Y.shape[0] and len(Y) count the rows of Y, and "
            "the samples are its columns: m is the second size.",
            wrong=_backward(m=lambda v: len(v.Y)),
        ),
        Mistake(
            "mean left out",
            "The gradients are summed over the samples, and the cost is their mean. Each of the "
            "four has to be divided by m, once. Did you divide the weights' gradients only, or "
            "none?",
            wrong=_backward(m=lambda v: 1),
        ),
        Mistake(
            "divided by m twice",
            "The mean over the samples was taken twice: once in dZ2, which everything is made of, "
            "and once more later, or with np.mean on top of 1/m. Once is enough.",
            wrong=_backward(m=lambda v: v.X.shape[1] ** 2),
        ),
        Mistake(
            "db summed over everything",
            "All entries of dZ became one number, the same step for every bias of the layer. Each "
            "unit has its own bias. Sum over the samples only, along each row, and keep the result "
            "a column.",
            wrong=_backward(db1=lambda v: np.sum(v.dZ1) / v.m, db2=lambda v: np.sum(v.dZ2) / v.m),
        ),
        Mistake(
            "db averaged over everything",
            "np.mean without an axis averages over units and samples together and gives one "
            "number. Each unit has its own bias: average along each row, and keep the result a "
            "column.",
            wrong=_backward(db1=lambda v: np.mean(v.dZ1), db2=lambda v: np.mean(v.dZ2)),
        ),
        Mistake(
            "db not summed",
            "The bias gradient still has a column for each sample. All samples share one bias, so "
            "their shares add up: sum along each row, and keep the result a column.",
            wrong=_backward(db1=lambda v: v.dZ1 / v.m, db2=lambda v: v.dZ2 / v.m),
        ),
        Mistake(
            "db summed over the units",
            "The sum ran down the columns, over the units. It is the samples that add up, and they "
            "lie along the other axis.",
            wrong=_backward(
                db1=lambda v: v.dZ1.sum(axis=0, keepdims=True) / v.m,
                db2=lambda v: v.dZ2.sum(axis=0, keepdims=True) / v.m,
            ),
        ),
        Mistake(
            "flat db",
            "The numbers are right, but they lie in a flat array. Subtracted from a column of "
            "biases, it would give a whole table. np.sum keeps the dimension if you ask it to.",
            wrong=_backward(
                db1=lambda v: v.dZ1.sum(axis=1) / v.m, db2=lambda v: v.dZ2.sum(axis=1) / v.m
            ),
        ),
        Mistake(
            "dW1 from dA1",
            "The slope of the tanh did not reach dW1: it was made from dA1. W1 sits in front of "
            "the tanh, so it needs dZ1.",
            wrong=_backward(dW1=lambda v: v.dA1 @ v.X.T / v.m),
        ),
        Mistake(
            "db1 from dA1",
            "The slope of the tanh did not reach db1: it was made from dA1. b1 sits in front of "
            "the tanh, so it needs dZ1.",
            wrong=_backward(db1=lambda v: v.dA1.sum(axis=1, keepdims=True) / v.m),
        ),
        Mistake(
            "db2 from dZ1",
            "db2 was summed from dZ1, so it has a number for each hidden unit. A line was copied "
            "and not changed everywhere: layer 2 needs dZ2.",
            wrong=_backward(db2=lambda v: v.dZ1.sum(axis=1, keepdims=True) / v.m),
        ),
        Mistake(
            "db1 from dZ2",
            "db1 was summed from dZ2, so it has a number for each output. A line was copied and "
            "not changed everywhere: layer 1 needs dZ1.",
            wrong=_backward(db1=lambda v: v.dZ2.sum(axis=1, keepdims=True) / v.m),
        ),
        Mistake(
            "dW2 with X",
            "dW2 was made with X. Each gradient of weights is made with what its layer reads, and "
            "the second layer reads A1.",
            wrong=_backward(dW2=lambda v: v.dZ2 @ v.X.T / v.m),
        ),
        Mistake(
            "dW2 with Z1",
            "dW2 was made with Z1, which has the right shape. But the second layer reads what "
            "comes out behind the tanh.",
            wrong=_backward(dW2=lambda v: v.dZ2 @ v.Z1.T / v.m),
        ),
        Mistake(
            "dW1 with A1",
            "dW1 was made with A1. Each gradient of weights is made with what its layer reads, and "
            "the first layer reads X.",
            wrong=_backward(dW1=lambda v: v.dZ1 @ v.A1.T / v.m),
        ),
        Mistake(
            "dW1 from dZ2 and X",
            "dW1 was made from dZ2, so it has a row for each output. A line was copied and not "
            "changed everywhere: layer 1 needs dZ1.",
            wrong=_backward(dW1=lambda v: v.dZ2 @ v.X.T / v.m),
        ),
        Mistake(
            "dW2 from dZ1",
            "dW2 was made from dZ1, so it has a row for each hidden unit. A line was copied and "
            "not changed everywhere: layer 2 needs dZ2.",
            wrong=_backward(dW2=lambda v: v.dZ1 @ v.A1.T / v.m),
        ),
        Mistake(
            "dW transposed",
            "Rows and columns are exchanged. A gradient has the shape of its weights, one row for "
            "each unit. Which factor stands on the left, and which one is turned round?",
            wrong=_backward(dW1=lambda v: v.X @ v.dZ1.T / v.m, dW2=lambda v: v.A1 @ v.dZ2.T / v.m),
        ),
        Mistake(
            "layers exchanged",
            "The gradients of layer 1 stand under the names of layer 2, and the other way round. "
            "Look at the dictionary that you return.",
            wrong=lambda *args: dict(
                zip(("dW2", "db2", "dW1", "db1"), backward_propagation(*args).values(), strict=True)
            ),
        ),
        Mistake(
            "first sample only",
            "Only the first sample went in. The matrix product with a transposed factor sums over "
            "all samples by itself.",
            wrong=_backward(
                dW1=lambda v: v.dZ1[:, :1] @ v.X[:, :1].T,
                db1=lambda v: v.dZ1[:, :1],
                dW2=lambda v: v.dZ2[:, :1] @ v.A1[:, :1].T,
                db2=lambda v: v.dZ2[:, :1],
            ),
        ),
        Mistake(
            "star for the matrix product",
            "W2.T * dZ2 multiplies entry by entry. That works by chance when there is one output. "
            "Each hidden unit feeds all outputs, and their shares must be added: that is @.",
            wrong=_backward(dA1=lambda v: v.W2.T * v.dZ2),
        ),
        Mistake(
            "W2 not turned round",
            "Forward, W2 leads from n_h hidden units to n_y outputs. Back, the same weights must "
            "lead from n_y to n_h. So it is W2, not W1, and its rows and columns have to change "
            "places.",
            wrong=_backward(dA1=lambda v: v.W2 @ v.dZ2),
        ),
        Mistake(
            "X not transposed",
            "dZ1 is (n_h, m) and X is (n_x, m): their inner sizes do not agree. dW1 should come "
            "out as (n_h, n_x), with the samples summed away. Which factor has to be turned round?",
            wrong=_backward(dW1=lambda v: v.dZ1 @ v.X / v.m),
        ),
        Mistake(
            "A1 not transposed",
            "dZ2 is (n_y, m) and A1 is (n_h, m): their inner sizes do not agree. dW2 should come "
            "out as (n_y, n_h), with the samples summed away. Which factor has to be turned round?",
            wrong=_backward(dW2=lambda v: v.dZ2 @ v.A1 / v.m),
        ),
        Mistake(
            "cache overwritten",
            "Two slips do it: dZ2 = A2 makes a second name for the same array, and -= then writes "
            "into both; or the slope was worked out inside A1.",
            wrong=_alias_output,
        ),
    ),
    hints=(
        "Go backward through the four steps of the forward pass. At the output, the sigmoid and "
        "the cost together give dZ2 as the difference of A2 and Y, as in lesson 04. From dZ2 come "
        "dW2 and db2, and the message for the hidden layer.",
        "The message for A1 is the transposed W2 times dZ2. Going through the tanh, it is "
        "multiplied entry by entry by the slope that you wrote above. That is dZ1. From there, "
        "layer 1 works like layer 2, with X in the place of A1.",
        "Let shapes lead you: each gradient looks like its parameter. dW is dZ times what the "
        "layer reads, transposed. db is the sum of dZ along each row, with keepdims=True. All four "
        "are divided by m, the number of columns of X.",
    ),
)


# --- twolayer.update_parameters ------------------------------------------------------------------


def update_parameters(parameters, grads, learning_rate):
    """theta - learning_rate * dtheta for each of the four, as a new dict of new arrays."""
    return {name: parameters[name] - learning_rate * grads["d" + name] for name in LAYERS}


def _update_cases(rng: np.random.Generator) -> list[Case]:
    rates = (0.5, 2.5, 0.3, 1.5, 0.05, 2)
    return [_update_case(rng, rate, *sizes) for sizes, rate in zip(SIZES, rates, strict=True)]


def _update_case(rng: np.random.Generator, rate: float, *sizes) -> Case:
    X, Y, parameters = _draw(rng, *sizes[:4])
    grads = backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y)
    case = _case((parameters, grads, rate), *sizes[:4])
    about = f"{case.about.rsplit(', ', 1)[0]}, learning rate {rate:g}"
    return Case(case.args, about, {k: v for k, v in case.sizes.items() if k != "m"}, ())


def _update(names=LAYERS, **spoilt: Step):
    """Return an update with a spoilt rule: "every" for all four, or one rule by name."""

    def update(parameters, grads, learning_rate):
        rule = spoilt.get("every", lambda v, name: v[name] - v["rate"] * v["d" + name])
        known = {**parameters, **grads, "rate": learning_rate}
        new = {name: rule(known, name) for name in names}
        return {**new, **{n: f(known) for n, f in spoilt.items() if n != "every"}}

    return update


def _update_in_place(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * grads["d" + name]
    return parameters


def _scale_gradients_in_place(parameters, grads, learning_rate):
    for name in grads:
        grads[name] *= learning_rate
    return {name: value - grads["d" + name] for name, value in parameters.items()}


UPDATE_PARAMETERS = Exercise(
    id="twolayer.update_parameters",
    points=2,
    signature="update_parameters(parameters, grads, learning_rate) -> new dict",
    outputs=LAYERS,
    returns="dict",
    reference=update_parameters,
    cases=_update_cases,
    mistakes=(
        Mistake(
            "parameters updated in place",
            "The caller's own parameters were changed. Copying the dictionary is not enough: the "
            "copy holds the same arrays, and -= writes into them.",
            wrong=_update_in_place,
        ),
        Mistake(
            "uphill",
            "The step was added. The gradient points to where the cost grows, and you want it to "
            "fall: go the other way.",
            wrong=_update(every=lambda v, n: v[n] + v["rate"] * v["d" + n]),
        ),
        Mistake(
            "learning rate left out",
            "The whole gradient was subtracted. The learning rate decides how much of it is taken "
            "in one step: multiply by it.",
            wrong=_update(every=lambda v, n: v[n] - v["d" + n]),
        ),
        Mistake(
            "divided by the learning rate",
            "The gradient was divided by the learning rate, so a small rate gives a huge step. "
            "Multiply instead.",
            wrong=_update(every=lambda v, n: v[n] - v["d" + n] / v["rate"]),
        ),
        Mistake(
            "a fixed learning rate",
            "The steps are right for a rate of 0.01 only: a number was written into the function, "
            "or a value of the notebook was used. Take the argument learning_rate.",
            wrong=_update(every=lambda v, n: v[n] - 0.01 * v["d" + n]),
        ),
        Mistake(
            "the step instead of the new value",
            "You return the step by itself. The new parameter is the old one minus the step.",
            wrong=_update(every=lambda v, n: v["rate"] * v["d" + n]),
        ),
        Mistake(
            "nothing changed",
            "The old values came back. Perhaps the new ones were worked out under other names, and "
            "the dictionary was filled with the old.",
            wrong=_update(every=lambda v, n: 1.0 * v[n]),
        ),
        Mistake(
            "biases not updated",
            "This bias has not moved. Weights and biases learn alike, each with its own gradient.",
            wrong=_update(b1=lambda v: 1.0 * v["b1"], b2=lambda v: 1.0 * v["b2"]),
        ),
        Mistake(
            "b2 from W2",
            "The new b2 started from W2 and became a table. A line was copied and not changed "
            "everywhere: each parameter starts from its own old value.",
            wrong=_update(b2=lambda v: v["W2"] - v["rate"] * v["db2"]),
        ),
        Mistake(
            "b1 from W1",
            "The new b1 started from W1 and became a table. A line was copied and not changed "
            "everywhere: each parameter starts from its own old value.",
            wrong=_update(b1=lambda v: v["W1"] - v["rate"] * v["db1"]),
        ),
        Mistake(
            "W1 with db1",
            "The new W1 was made with db1, which NumPy stretched over the columns without a word. "
            "Each parameter is changed by its own gradient.",
            wrong=_update(W1=lambda v: v["W1"] - v["rate"] * v["db1"]),
        ),
        Mistake(
            "W2 with db2",
            "The new W2 was made with db2, which NumPy stretched over the columns without a word. "
            "Each parameter is changed by its own gradient.",
            wrong=_update(W2=lambda v: v["W2"] - v["rate"] * v["db2"]),
        ),
        Mistake(
            "b1 with db2",
            "b1 was changed by db2, which has a number for each output. A line was copied and not "
            "changed everywhere: b1 goes with db1.",
            wrong=_update(b1=lambda v: v["b1"] - v["rate"] * v["db2"]),
        ),
        Mistake(
            "b2 with db1",
            "b2 was changed by db1, which has a number for each hidden unit. A line was copied and "
            "not changed everywhere: b2 goes with db2.",
            wrong=_update(b2=lambda v: v["b2"] - v["rate"] * v["db1"]),
        ),
        Mistake(
            "layers exchanged",
            "The values of layer 1 stand under the names of layer 2, and the other way round. Look "
            "at the dictionary that you return.",
            wrong=lambda *args: dict(
                zip(("W2", "b2", "W1", "b1"), update_parameters(*args).values(), strict=True)
            ),
        ),
        Mistake(
            "gradients looked up under the parameters' names",
            'The gradients have names of their own, with a d in front: that of W1 is grads["dW1"].',
            wrong=lambda parameters, grads, learning_rate: {
                name: parameters[name] - learning_rate * grads[name] for name in LAYERS
            },
        ),
        Mistake(
            "gradients overwritten",
            "The learning rate was multiplied into the gradients themselves.",
            wrong=_scale_gradients_in_place,
        ),
    ),
    hints=(
        "Each parameter takes one step against its gradient: the old value minus the learning rate "
        "times the gradient. You did the same with two matrices in lesson 04; here there are four "
        "arrays, each with a gradient of its own.",
        "Return a new dictionary with new arrays, so that the caller can still compare old and "
        "new. Writing W1 = W1 - ... makes a new array; writing W1 -= ... changes the old one.",
        "The names help: the gradient of W1 is called dW1, that of b2 is db2. So either write four "
        "lines and check each letter twice, or loop over the four names and put a d in front with "
        "a plus between two strings.",
    ),
)


# --- twolayer.suspects ---------------------------------------------------------------------------


def _suspects(*names: str):
    return lambda: {"suspects": set(names)}


def _suspected(name: str, why: str, *names: str) -> Mistake:
    return Mistake(name, why, wrong=_suspects(*names))


SUSPECTS = Exercise(
    id="twolayer.suspects",
    points=3,
    signature="suspects = …",
    outputs=("suspects",),
    returns="named",
    reference=_suspects("dW1", "db1"),
    unpack=names_out_of(GRADIENTS),
    reveal=False,
    mistakes=(
        _suspected(
            "none suspected",
            "A set without names says that all four are right. One of them at least is far off: "
            "print the four relative errors and look for those that are not near 1e-10.",
        ),
        _suspected(
            "all suspected",
            "Some of the four agree with the numeric gradient to about ten digits. Does your loss "
            "for the numeric gradient put theta in the place of the right parameter, and leave the "
            "other three as they are?",
            *GRADIENTS,
        ),
        _suspected(
            "the right ones named",
            "You named the two that pass. A small error means that the gradient agrees with the "
            "numeric one; a suspect has a large error.",
            "dW2", "db2",
        ),
        _suspected(
            "its bias let go",
            "It is wrong, and it is not alone. The error has to come from somewhere: what is that "
            "gradient made of, and which other one is made of the same?",
            "dW1",
        ),
        _suspected(
            "its weights let go",
            "It is wrong, and it is not alone. The error has to come from somewhere: what is that "
            "gradient made of, and which other one is made of the same?",
            "db1",
        ),
        _suspected(
            "weights suspected, biases let go",
            "A slip in dZ spoils the weights and the bias of its layer alike. Check all four by "
            "number, and do not sort them by kind.",
            "dW1", "dW2",
        ),
        _suspected(
            "biases suspected, weights let go",
            "A slip in dZ spoils the weights and the bias of its layer alike. Check all four by "
            "number, and do not sort them by kind.",
            "db1", "db2",
        ),
        *(
            _suspected(
                f"{innocent} suspected too",
                f"One of your three is innocent. {innocent} agrees with its numeric gradient to "
                "about ten digits. Print the error next to each name: the wrong ones are off by "
                "far more than that.",
                "dW1", "db1", innocent,
            )
            for innocent in ("dW2", "db2")
        ),
        *(
            Mistake(
                f"{' and '.join(names)} suspected",
                "Not all of these are wrong, or not all the wrong ones are here. Print the error "
                "next to each name, and compare every one of the four with 1e-6.",
                wrong=_suspects(*names),
            )
            for names in (
                ("dW2",), ("db2",), ("dW1", "db2"), ("db1", "dW2"),
                ("dW1", "dW2", "db2"), ("db1", "dW2", "db2"),
            )
        ),
    ),
    hints=(
        "Do for all four names what the worked example above does for one. A gradient is right if "
        "it agrees with the numeric gradient of the cost. It does not help to stare at the code: "
        "all shapes are right.",
        "For each name, make a loss that takes theta, puts it in the place of that one parameter, "
        "runs the forward pass and returns the cost. numeric_gradient takes this loss and the "
        "parameter's values.",
        "Then print relative_error of the planted gradient and the numeric one, four lines in all. "
        "Two kinds of errors will appear: near 1e-10, and far above 1e-6. The names with the "
        "large errors are your suspects.",
    ),
)  # fmt: skip


# --- twolayer.fit --------------------------------------------------------------------------------


def fit(X, Y, n_h, learning_rate, epochs, rng):
    """Train by gradient descent on the whole batch. X (n_x, m), Y (n_y, m) -> parameters."""
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0], rng)
    for _ in range(epochs):
        _, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters


ENOUGH = 0.95  # of the points on the right side of the boundary


def _moons(rng: np.random.Generator) -> list[Case]:
    return [
        _moons_case(rng, 120, 8, 2.0, 3000),
        _moons_case(rng, 150, 6, 2.0, 3500),
        _moons_case(rng, 100, 10, 1.5, 3500),
    ]


def _moons_case(rng: np.random.Generator, m: int, n_h: int, rate: float, epochs: int) -> Case:
    (X, Y), (X_fresh, Y_fresh) = two_moons(m, rng), two_moons(400, rng)
    own = np.random.default_rng(rng.integers(2**32))
    args = X.T, Y.T, n_h, rate, epochs, own, X_fresh.T, Y_fresh.T
    words = f"{m} points, n_h = {n_h}, learning rate {rate:g}, {epochs} epochs"
    return Case(args, words, {"m": m, "n_h": n_h})


def _train_and_try(answer, X, Y, n_h, learning_rate, epochs, rng, X_fresh, Y_fresh):
    """Train with the answer; say in words what came of it, and how a failure looks."""

    def run(epochs, rate=learning_rate):
        return answer(X, Y, n_h, rate, epochs, copy.deepcopy(rng))

    parameters = run(epochs)
    if not isinstance(parameters, dict) or any(name not in parameters for name in LAYERS):
        return parameters
    outputs = "accuracy on these points", "accuracy on fresh points"
    wanted = _shapes_in_words(initialize_parameters(len(X), n_h, len(Y), copy.deepcopy(rng)))
    shapes = _shapes_in_words(parameters)
    if shapes != wanted:
        return dict.fromkeys(outputs, f"wrong shapes: {shapes}")
    shares = [_share_right(parameters, *points) for points in ((X, Y), (X_fresh, Y_fresh))]
    low = min(shares) < ENOUGH
    symptom = _symptom(run, parameters, X, Y, learning_rate) if low else ""
    return {
        name: "at least 95 %" if share >= ENOUGH else f"below 95 %: {symptom}"
        for name, share in zip(outputs, shares, strict=True)
    }


def _shapes_in_words(parameters: dict) -> str:
    return ", ".join(str(np.shape(parameters[name])) for name in LAYERS)


def _share_right(parameters: dict, X, Y) -> float:
    try:
        return float(np.mean((forward_propagation(X, parameters)[0] > 0.5) == (Y > 0.5)))
    except Exception:  # something else than numbers
        return 0.0


def _symptom(run, trained: dict, X, Y, rate: float) -> str:
    """Return what a failing training does, seen in very short runs from the same start."""
    try:
        one, two, three = (run(epochs) for epochs in (1, 2, 3))
        if _near(one, two):
            return "nothing moves" if _near(one, run(1, 2 * rate)) else "only one step is made"
        if _near(one, run(1, 2 * rate)):
            return "the learning rate makes no difference"
        if not _near(run(1, 1e-12), run(2, 1e-12)):
            return "each epoch starts anew"
        if any(np.array_equal(one[name], two[name]) for name in LAYERS):
            still = [name for name in LAYERS if np.array_equal(one[name], two[name])]
            return f"{', '.join(still)} never moved"
        if all(_near({"": two[n] - one[n]}, {"": three[n] - two[n]}) for n in LAYERS):
            return "each step is the same as the first"
        if len(trained["W1"]) > 1 and np.allclose(trained["W1"], trained["W1"][0]):
            return "all hidden units are alike"
        costs = [compute_cost(forward_propagation(X, run(n, 0.1))[0], Y) for n in (1, 20)]
        return "the cost rises" if costs[1] > costs[0] else "the cost falls, but not far enough"
    except Exception:
        return "no reason found"


def _near(one: dict, two: dict) -> bool:
    return all(np.allclose(one[name], two[name], rtol=1e-9, atol=1e-11) for name in one)


def _fit_in_words(raw, case: Case) -> dict:
    if not isinstance(raw, dict) or FIT.outputs[0] not in raw:
        _expect_keys(raw, LAYERS)
    return raw


def _fit(start=initialize_parameters, each=None, rounds=lambda epochs: min(epochs, 40), rate=None):
    """Return a training with a spoilt start or epoch; short, for more epochs would not help it."""
    each = each or (lambda p, cache, X, Y, rate: _descend(p, cache, X, Y, rate))

    def fit(X, Y, n_h, learning_rate, epochs, rng):
        parameters = start(X.shape[0], n_h, Y.shape[0], rng)
        for _ in range(rounds(epochs)):
            _, cache = forward_propagation(X, parameters)
            parameters = each(parameters, cache, X, Y, rate or learning_rate)
        return parameters

    return fit


def _descend(parameters, cache, X, Y, rate):
    return update_parameters(parameters, backward_propagation(parameters, cache, X, Y), rate)


def _only(*names: str):
    def each(parameters, cache, X, Y, rate):
        new = _descend(parameters, cache, X, Y, rate)
        return {name: new[name] if name in names else parameters[name] for name in LAYERS}

    return each


def _restart_each_epoch(X, Y, n_h, learning_rate, epochs, rng):
    for _ in range(min(epochs, 40)):
        parameters = _fit(rounds=lambda _: 1)(X, Y, n_h, learning_rate, 1, rng)
    return parameters


def _cache_not_taken_out(X, Y, n_h, learning_rate, epochs, rng):
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0], rng)
    return backward_propagation(parameters, forward_propagation(X, parameters), X, Y)


def _stale_gradients(X, Y, n_h, learning_rate, epochs, rng):
    start = initialize_parameters(X.shape[0], n_h, Y.shape[0], rng)
    _, cache = forward_propagation(X, start)
    return _descend(start, cache, X, Y, learning_rate * min(epochs, 40))


FIT = Exercise(
    id="twolayer.fit",
    points=3,
    signature="fit(X, Y, n_h, learning_rate, epochs, rng) -> parameters",
    outputs=("accuracy on these points", "accuracy on fresh points"),
    reference=fit,
    cases=_moons,
    script=_train_and_try,
    unpack=_fit_in_words,
    seconds=20,
    mistakes=(
        Mistake(
            "the update is lost",
            "The parameters that come back are those of the start. update_parameters returns a new "
            "dictionary and leaves the old one alone: give its result the name that the loop goes "
            "on with.",
            wrong=_fit(rounds=lambda epochs: 0),
        ),
        Mistake(
            "only one step",
            "One epoch or a thousand, the result is the same. Either the return is indented into "
            "the loop and ends it after the first round, or every round starts from the same old "
            "parameters.",
            wrong=_fit(rounds=lambda epochs: 1),
        ),
        Mistake(
            "a new start in each epoch",
            "The parameters are drawn anew in every epoch, so nothing that was learned is kept. "
            "Initialize once, in front of the loop.",
            wrong=_restart_each_epoch,
        ),
        Mistake(
            "gradients computed once",
            "All steps go in the same direction, that of the first gradient. After each step the "
            "network is another one: the forward and the backward pass belong inside the loop.",
            wrong=_stale_gradients,
        ),
        Mistake(
            "learning rate ignored",
            "The result does not depend on the learning rate. A number was written into the "
            "function, or a value of the notebook was used. Pass the argument on.",
            wrong=_fit(rate=0.01),
        ),
        Mistake(
            "uphill",
            "The cost rises from step to step: the parameters go along the gradient instead of "
            "against it. Look for a sign that is reversed twice or never.",
            wrong=_fit(each=lambda p, cache, X, Y, rate: _descend(p, cache, X, Y, -rate)),
        ),
        Mistake(
            "hidden units all alike",
            "After training, all hidden units have the same weights. They started equal, so they "
            "got equal gradients. Start with initialize_parameters and the rng you were given.",
            wrong=_fit(
                start=lambda n_x, n_h, n_y, rng: {
                    name: np.full_like(value, 0.5)
                    for name, value in initialize_parameters(n_x, n_h, n_y, rng).items()
                }
            ),
        ),
        Mistake(
            "layer 1 does not learn",
            "W1 and b1 stay as they were drawn. Only the second layer is updated. All four "
            "parameters have to take the step.",
            wrong=_fit(each=_only("W2", "b2")),
        ),
        Mistake(
            "layer 2 does not learn",
            "W2 and b2 stay as they were drawn. Only the first layer is updated. All four "
            "parameters have to take the step.",
            wrong=_fit(each=_only("W1", "b1")),
        ),
        Mistake(
            "n_h ignored",
            "The hidden layer always has four units. The number was written into the function: "
            "pass the argument n_h on.",
            wrong=_fit(start=lambda n_x, n_h, n_y, rng: initialize_parameters(n_x, 4, n_y, rng)),
        ),
        Mistake(
            "both values of forward in one name",
            "forward_propagation returns two things, A2 and the cache. With one name on the left, "
            "that name holds both. Backward wants the cache alone: write two names on the left.",
            wrong=_cache_not_taken_out,
        ),
        Mistake(
            "samples counted as inputs",
            "The sizes were read off the wrong axis. X is (n_x, m): its rows are the inputs, its "
            "columns the samples, and shape[1] counts the columns. How many inputs has a point?",
            wrong=lambda X, Y, n_h, learning_rate, epochs, rng: forward_propagation(
                X, initialize_parameters(X.shape[1], n_h, Y.shape[1], rng)
            ),
        ),
        Mistake(
            "too few steps",
            "It learns, and stops too early. Every epoch is one step: the loop has to run as many "
            "times as the argument epochs says.",
            wrong=_fit(rounds=lambda epochs: min(epochs, 10)),
        ),
    ),
    hints=(
        "You have all the parts. First the parameters: how many inputs and outputs there are can "
        "be read off the shapes of X and Y. Then a loop over the epochs.",
        "Each round has three lines: a forward pass, which gives the cache; a backward pass, which "
        "gives the gradients; an update, which gives new parameters. The next round has to start "
        "from these new ones, so give them the same name as the old.",
        "Keep the first line, which draws the parameters, in front of the loop, and the return "
        "behind it, not indented. Use the arguments n_h, learning_rate, epochs and rng, and no "
        "number of your own.",
    ),
)


# --- twolayer.random_labels ----------------------------------------------------------------------

RANDOM_LABELS = Exercise(
    id="twolayer.random_labels",
    points=2,
    signature="random_labels = …",
    outputs=("random_labels",),
    returns="named",
    reference=set_to(random_labels="c"),
    unpack=one_letter("random_labels"),
    reveal=False,
    mistakes=(
        Mistake(
            "a larger network as the cure",
            "More units and more epochs do raise the number on the points it was trained on. Fresh "
            "points have their labels from new coin flips: what could a network know about them?",
            wrong=set_to(random_labels="a"),
        ),
        Mistake(
            "a weak rule found",
            "Of 100 coin flips about half are heads, give or take 5. So 52 of 100 is what guessing "
            "gives. And a rule would have to come from somewhere: how were the labels made?",
            wrong=set_to(random_labels="b"),
        ),
        Mistake(
            "the bug alone blamed",
            "The planted gradients were wrong, and right ones reach more on the training points. "
            "But think of fresh points, labelled by new coin flips: can right gradients help?",
            wrong=set_to(random_labels="d"),
        ),
    ),
    hints=(
        "Ask how the labels were made. A coin was flipped for each point, without a look at where "
        "the point lies. So what does a point's place say about its label?",
        "Keep two numbers apart. The share on the training points can be pushed up: a large "
        "network bends its boundary round single points and learns them by heart. The share on "
        "fresh points asks for something else: a rule that also holds for them.",
        "For fresh coin flips there is no rule. Whoever predicts them, network or person, is right "
        "about half of the time. Which of the four statements says that?",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    TANH_DERIVATIVE,
    INITIALIZE_PARAMETERS,
    FORWARD_PROPAGATION,
    COMPUTE_COST,
    BACKWARD_PROPAGATION,
    UPDATE_PARAMETERS,
    SUSPECTS,
    FIT,
    RANDOM_LABELS,
)
