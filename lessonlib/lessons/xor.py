"""Lesson 04: XOR, what one layer cannot do. Samples stand in columns; no biases but by hand."""

import math

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import one_letter, set_to

X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])


# --- xor.recall_1 and xor.recall_2 -------------------------------------------------------------


def _three_numbers(raw: dict, case: Case) -> dict:
    numbers = as_numbers(raw["dz"])
    if numbers is None or numbers.size != 3:
        raise Malformed("dz should hold three numbers, one for each sample: [1, 2, 3], say.")
    return {"dz": numbers.ravel().astype(float)}


RECALL_1 = Exercise(
    id="xor.recall_1",
    points=1,
    signature="dz = …",
    outputs=("dz",),
    returns="named",
    reference=set_to(dz=[0, 0, 5]),
    unpack=_three_numbers,
    reveal=False,
    mistakes=(
        Mistake(
            "1 at zero",
            "The second sample sits exactly on the kink. By agreement the slope of the ReLU there "
            "is 0, so nothing flows back through it.",
            wrong=set_to(dz=[0, 5, 5]),
        ),
        Mistake(
            "mask left out",
            "You passed da on unchanged. On its way back it goes through the ReLU, and the ReLU "
            "lets the gradient through only where it let the value through.",
            wrong=set_to(dz=[5, 5, 5]),
        ),
        Mistake(
            "the value of the ReLU for its slope",
            "You multiplied by relu(z). The chain rule multiplies by the slope of the ReLU at z, "
            "and a slope of this curve is never 3.",
            wrong=set_to(dz=[0, 0, 15]),
        ),
        Mistake(
            "multiplied by z",
            "You multiplied by z itself. The chain rule multiplies by the slope of the ReLU at z: "
            "ask of each sample whether the curve rises there.",
            wrong=set_to(dz=[-10, 0, 15]),
        ),
        Mistake(
            "mask upside down",
            "You let the gradient through where the unit is silent. Think of the curve: where is "
            "it flat, so that a small change of z changes nothing?",
            wrong=set_to(dz=[5, 5, 0]),
        ),
        Mistake(
            "the slope alone",
            "These are the slopes of the ReLU, ones and zeros. They are half of the answer: da "
            "still has to be multiplied by them.",
            wrong=set_to(dz=[0, 0, 1]),
        ),
        Mistake(
            "half at zero",
            "The mean of the slopes on both sides is a fair idea for the sample on the kink. In "
            "this course the slope at 0 is 0.",
            wrong=set_to(dz=[0, 2.5, 5]),
        ),
    ),
    hints=(
        "Forward, a is relu(z). Backward, we know how much the loss changes with a, and want to "
        "know how much it changes with z. The chain rule puts the slope of the ReLU between the "
        "two.",
        "So each number of dz is the number of da above it, times the slope of the ReLU at the z "
        "above it. The slope has only two values. Draw the curve from lesson 01 and read it off "
        "three times.",
        "At -2 the curve is flat. At 3 it rises, one up for one across. At 0 there is a corner, "
        "and lesson 01 made an agreement about it. Multiply each slope by 5.",
    ),
)

RECALL_2 = Exercise(
    id="xor.recall_2",
    points=1,
    signature='verdict = "a" … "d"',
    outputs=("verdict",),
    returns="named",
    reference=set_to(verdict="b"),
    unpack=one_letter("verdict", "abcd"),
    reveal=False,
    mistakes=(
        Mistake(
            "a loose tolerance",
            "4e-3 looks small, but next to 2e-9 it is a million times too large. Lesson 03 caught "
            "an error of 0.1 % in a gradient: what did its relative error look like?",
            wrong=set_to(verdict="a"),
        ),
        Mistake(
            "the step blamed",
            "A bad step h spoils all four comparisons, and three of them agree to eight digits. "
            "With h = 1e-12 rounding would drown them too.",
            wrong=set_to(verdict="c"),
        ),
        Mistake(
            "one error taken for all",
            "Each gradient has a comparison of its own, and three came out well. An error in "
            "dW2 stays in dW2: no other gradient is computed from it.",
            wrong=set_to(verdict="d"),
        ),
    ),
    hints=(
        "Look at the four numbers as lesson 03 did: where the formula is right, how small does the "
        "relative error become with central differences and h = 1e-5? And what is left when a "
        "gradient is off by a little?",
        "The line that lesson 03 drew lies at 1e-6. Put each of the four numbers on one side of "
        "it. Then ask what a single bad number, among good ones, tells you about the place of the "
        "bug.",
        "The question says that no unit is near a kink, so the difference itself can be trusted. "
        "What remains is a formula. Which gradient does nothing else depend on? Read the four "
        "options again with that in mind.",
    ),
)


# --- xor.linear_fit ----------------------------------------------------------------------------


def _with_ones(x):
    return np.vstack([x, np.ones(np.shape(x)[1])])


def linear_fit(x, y):
    """Predictions (1, m) of the least-squares line w x + b; x (n_x, m), y (1, m)."""
    A = _with_ones(x)
    weights = np.linalg.lstsq(A.T, np.transpose(y))[0]
    return weights.T @ A


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case((X.copy(), Y.copy()), "the XOR table", {"n_x": 2, "m": 4}, ("the XOR table",)),
        Case((X.copy(), np.array([[0, 0, 0, 1]])), "the AND table", {"n_x": 2, "m": 4}),
        _fit_case(rng, 3, 7),
        _fit_case(rng, 1, 5, "one input"),
    ]


def _fit_case(rng: np.random.Generator, n_x: int, m: int, *tags: str) -> Case:
    x, y = quarters(rng, n_x, m), quarters(rng, 1, m)
    while np.linalg.cond(_with_ones(x)) > 20:  # so that any way to solve it gives the same digits
        x = quarters(rng, n_x, m)
    about = f"{n_x} input{'s' * (n_x > 1)}, {m} samples"
    return Case((x, y), about, {"n_x": n_x, "m": m}, tags)


def _line_through_origin(x, y):
    return np.linalg.lstsq(np.transpose(x), np.transpose(y))[0].T @ x


def _fit_of(table, y):
    return (table @ np.linalg.lstsq(table, y.T)[0]).T


def _all_of_lstsq(x, y):
    table = _with_ones(x).T
    return table @ np.linalg.lstsq(table, y.T)


_NOT_IN_ROWS = (
    "np.linalg.lstsq wants one row for each sample, and here each sample is a column. Transpose "
    "what goes in: the inputs with their ones, and y."
)


LINEAR_FIT = Exercise(
    id="xor.linear_fit",
    points=2,
    signature="linear_fit(x, y) -> predictions (1, m)",
    outputs=("linear_fit(x, y)",),
    reference=linear_fit,
    cases=_fit_cases,
    mistakes=(
        Mistake(
            "no bias",
            "The line is forced through the origin: it predicts 0 where all inputs are 0. Give it "
            "a bias, as a weight on an input that is 1 for every sample.",
            wrong=_line_through_origin,
        ),
        Mistake(
            "0.5 written down",
            "For the XOR table 0.5 is what comes out, but it has to come out of the data. The "
            "check asks for other tables too.",
            wrong=lambda x, y: np.full((1, np.shape(x)[1]), 0.5),
        ),
        Mistake(
            "the mean of y",
            "Every sample gets the mean of y, as if the inputs did not matter. For XOR the best "
            "line does just that; for other tables the inputs help. Fit weights for them.",
            wrong=lambda x, y: np.full((1, np.shape(x)[1]), np.mean(y)),
        ),
        Mistake(
            "the weights instead of the predictions",
            "These are the weights and the bias of the line. One step is left: use them on every "
            "sample, to get one prediction for each.",
            wrong=lambda x, y: np.linalg.lstsq(_with_ones(x).T, np.transpose(y))[0],
        ),
        Mistake(
            "classes instead of values",
            "You rounded the line to 0 and 1. Hand back its height as it is: that it never leaves "
            "0.5 is the point of the exercise.",
            wrong=lambda x, y: (np.round(linear_fit(x, y), 9) >= 0.5).astype(int),
        ),
        Mistake(
            "the errors instead of the predictions",
            "You hand back how far the line misses each y. The contract asks for the height of the "
            "line itself at each sample.",
            wrong=lambda x, y: y - linear_fit(x, y),
        ),
        Mistake(
            "samples not in rows",
            _NOT_IN_ROWS,
            wrong=lambda x, y: np.linalg.lstsq(_with_ones(x), y)[0],
        ),
        Mistake(
            "inputs not turned round",
            _NOT_IN_ROWS,
            wrong=lambda x, y: _fit_of(np.column_stack([x, np.ones(x.shape[1])]), y),
        ),
        Mistake(
            "as many ones as in the example",
            "Your column of ones has three entries, as in the worked example. It needs one for "
            "each sample, and their number is the second size of x.",
            wrong=lambda x, y: _fit_of(np.column_stack([x.T, np.ones(3)]), y),
        ),
        Mistake(
            "as many ones as inputs",
            "Your column of ones has one entry for each input. It needs one for each sample. The "
            "samples stand in columns, so their number is the second size of x; len(x) gives the "
            "first.",
            wrong=lambda x, y: _fit_of(np.column_stack([x.T, np.ones(len(x))]), y),
        ),
        Mistake(
            "all that lstsq returns",
            "np.linalg.lstsq returns four things together. The weights are the first of them: "
            "take them out with [0], as in the worked example.",
            wrong=_all_of_lstsq,
        ),
    ),
    hints=(
        "The worked example has one input. Here there may be several, one in each row of x. "
        "Nothing else changes: one weight for each input, one for the ones.",
        "Turn x round first, so that each sample is a row, and put a column of ones beside it: "
        "np.column_stack does that. y has to be turned round as well. Write the shapes down: (m, "
        "n_x + 1) for the table, (m, 1) for y.",
        "np.linalg.lstsq gives several things; the weights are the first, with shape (n_x + 1, 1). "
        "The table times the weights gives the predictions as a column (m, 1). The contract wants "
        "them as a row.",
    ),
)


# --- xor.relu_weights --------------------------------------------------------------------------

_SHAPES = {"W1": (2, 2), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1)}
_EXAMPLES = {
    "W1": "[[1, 2], [3, 4]]",
    "b1": "[[1], [2]]",
    "W2": "[[1, 2]]",
    "b2": "[[1]]",
}


def _net_output(raw: dict, case: Case) -> dict:
    """Return what the net with these weights says to 00, 01, 10 and 11."""
    W1, b1, W2, b2 = (_shaped(name, raw[name]) for name in _SHAPES)
    return {"the output for 00, 01, 10, 11": (W2 @ np.maximum(0, W1 @ X + b1) + b2)[0]}


def _shaped(name: str, value) -> np.ndarray:
    numbers = as_numbers(value)
    if numbers is None or numbers.shape != _SHAPES[name]:
        has = "no table of numbers" if numbers is None else f"of shape {numbers.shape}"
        raise Malformed(
            f"{name} is {has}; it should have shape {_SHAPES[name]}, written like "
            f"np.array({_EXAMPLES[name]}). Mind the number of square brackets."
        )
    return numbers.astype(float)


def _net(W1, b1, W2, b2=0.0):
    return set_to(W1=W1, b1=np.reshape(b1, (2, 1)), W2=[W2], b2=[[b2]])


RELU_WEIGHTS = Exercise(
    id="xor.relu_weights",
    points=3,
    signature="W1 = …, b1 = …, W2 = …, b2 = …",
    outputs=("the output for 00, 01, 10, 11",),
    returns="named",
    reference=_net([[1, 1], [1, 1]], [0, -1], [1, -2]),
    unpack=_net_output,
    rtol=1e-6,
    mistakes=(
        Mistake(
            "OR instead of XOR",
            "Three answers are right, only two ones together should give 0 again. There the first "
            "unit gives 2 already: how much must the second one take away?",
            wrong=_net([[1, 1], [1, 1]], [0, -1], [1, -1]),
        ),
        Mistake(
            "the sum of the inputs",
            "The net counts its ones: 0, 1, 1, 2. That is a good first unit. Now a second unit has "
            "to fire for two ones only, and take the surplus away.",
            wrong=_net([[1, 1], [1, 1]], [0, -1], [1, 0]),
        ),
        Mistake(
            "AND instead of XOR",
            "The net fires only when both inputs are 1. Such a unit is useful, but to subtract: "
            "first something must fire when there is at least one 1.",
            wrong=_net([[1, 1], [1, 1]], [0, -1], [0, 1]),
        ),
        Mistake(
            "both units open at 0",
            "Both units see the same sum and bend at the same place, so together they still make "
            "one straight rise or fall. Let the second one open later: that is what its bias is "
            "for.",
            wrong=_net([[1, 1], [1, 1]], [0, 0], [1, -2]),
        ),
        Mistake(
            "the sign of the second bias",
            "The second unit opens too early. It should be silent for a sum of 1 and fire for 2, "
            "so its bias has to hold it back: is it negative?",
            wrong=_net([[1, 1], [1, 1]], [0, 1], [1, -2]),
        ),
        Mistake(
            "the difference with its sign",
            "The net gives 1 on one side and -1 on the other, as x1 - x2 does. The two units "
            "caught one side each; the output should add them, not subtract one.",
            wrong=_net([[1, -1], [-1, 1]], [0, 0], [1, -1]),
        ),
        Mistake(
            "only 10 is seen",
            "The net fires for 10 and not for 01. A unit that sees x1 - x2 is silent when x2 is "
            "the larger one: the other unit can look the other way.",
            wrong=_net([[1, -1], [-1, 1]], [0, 0], [1, 0]),
        ),
        Mistake(
            "only 01 is seen",
            "The net fires for 01 and not for 10. A unit that sees x2 - x1 is silent when x1 is "
            "the larger one: the other unit can look the other way.",
            wrong=_net([[1, -1], [-1, 1]], [0, 0], [0, 1]),
        ),
        Mistake(
            "upside down",
            "Ones and zeros are exchanged: the net fires when both inputs are equal. Turn the "
            "signs in W2 round, and see what b2 must be then.",
            wrong=_net([[1, 1], [1, 1]], [0, -1], [-1, 2], 1.0),
        ),
        Mistake(
            "always 0.5",
            "That is the best that a line can do. The hidden units do not bend anything yet: look "
            "at what each of them gives for the four inputs.",
            wrong=_net([[0, 0], [0, 0]], [0, 0], [0, 0], 0.5),
        ),
        Mistake(
            "always 0",
            "The output never moves. The hidden units never fire, or they cancel each other, or "
            "their weights in W2 are 0. Work out a1 for the input 11 by hand.",
            wrong=_net([[0, 0], [0, 0]], [0, 0], [0, 0]),
        ),
    ),
    hints=(
        "Both inputs count alike in XOR, so only their sum matters: it is 0, 1, 1 or 2. On a line "
        "of sums you need a curve that is 0 at 0, 1 at 1 and 0 again at 2. You have built such a "
        "tent in lesson 01.",
        "Let both units see the sum: weights 1 and 1. The first opens at sum 0 and gives 0, 1, 1, "
        "2. Only its last answer is wrong. The second should be silent until the sum is 1: that "
        "decides its bias, and it then gives 0, 0, 0, 1.",
        "Now the output adds the two, each with its weight in W2. The first keeps weight 1. For "
        "the input 11 it brings 2, the second brings 1, and the result should be 0: how often must "
        "you take the second one away? b2 can stay 0.",
    ),
)


# --- xor.sigmoid and xor.sigmoid_derivative ----------------------------------------------------


def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry; exp only ever sees a number below or at 0."""
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def sigmoid_derivative(a):
    """The slope of the sigmoid, a (1 - a), where its value is a."""
    a = np.asarray(a)
    return a * (1.0 - a)


def _sigmoid_cases(rng: np.random.Generator) -> list[Case]:
    far = np.array([[-1000.0, -30.0, 0.25], [1000.0, 40.0, -2.0]])
    whole = np.array([[-3, 0, 2], [5, -1, 4]])
    return [
        Case((np.array([-1.5, 0.0, 2.5]),), "z = [-1.5, 0, 2.5]"),
        Case((quarters(rng, 3, 4),), "a table z of shape (3, 4)"),
        Case((whole,), "whole numbers", tags=("whole numbers",)),
        Case((far,), "z from -1000 to 1000", tags=("numbers as large as 1000",)),
    ]


def _activations(rng: np.random.Generator) -> list[Case]:
    return [
        Case((np.array([0.25, 0.5, 0.9]),), "a = [0.25, 0.5, 0.9]"),
        Case((sigmoid(quarters(rng, 3, 4)),), "a table a of shape (3, 4)"),
        Case((np.array([[0, 1, 1], [1, 0, 0]]),), "a of zeros and ones", tags=("zeros and ones",)),
        Case((sigmoid(quarters(rng, 2, 3, 2)),), "an array a of shape (2, 3, 2)"),
    ]


def _plain_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _filled_sigmoid(z):
    a = np.zeros_like(z)
    a[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    a[z < 0] = np.exp(z[z < 0]) / (1 + np.exp(z[z < 0]))
    return a


def _cut_in_place(z):
    z[z < -500] = -500
    z[z > 500] = 500
    return _plain_sigmoid(z)


def _sign_in_place(z):
    z *= -1
    return 1 / (1 + np.exp(z))


def _one_question(z):
    return 1 / (1 + np.exp(-z)) if z >= 0 else np.exp(z) / (1 + np.exp(z))


SIGMOID = Exercise(
    id="xor.sigmoid",
    points=1,
    signature="sigmoid(z) -> same shape",
    outputs=("sigmoid(z)",),
    reference=sigmoid,
    cases=_sigmoid_cases,
    mistakes=(
        Mistake(
            "the exponential without its minus",
            "The curve falls where it should rise: large z give values near 0. The formula has "
            "exp(-z), with a minus.",
            wrong=lambda z: 1 / (1 + np.exp(z)),
        ),
        Mistake(
            "exp of a large number",
            "exp(1000) is inf for NumPy, and inf / inf is nan. Find a form in which exp only ever "
            "sees a number that is 0 or negative, or keep z within bounds first.",
            wrong=lambda z: np.exp(z) / (1 + np.exp(z)),
        ),
        Mistake(
            "parentheses left out",
            "Python divides before it adds: without parentheses 1 is divided by 1 only, and the "
            "exponential is added to that.",
            wrong=lambda z: 1 / 1 + np.exp(-z),
        ),
        Mistake(
            "minus for plus below",
            "Below the line stands 1 + exp(-z). With a minus the curve leaves the band between 0 "
            "and 1, and at z = 0 you divide by 0.",
            wrong=lambda z: 1 / (1 - np.exp(-z)),
        ),
        Mistake(
            "tanh",
            "That is the hyperbolic tangent: it runs from -1 to 1. The sigmoid has the same form, "
            "but runs from 0 to 1 and is 0.5 at z = 0.",
            wrong=np.tanh,
        ),
        Mistake(
            "the slope instead of the value",
            "You get a hill that is highest at 0. That is the slope of the sigmoid. Its value "
            "rises from 0 to 1.",
            wrong=lambda z: sigmoid(z) * (1 - sigmoid(z)),
        ),
        Mistake(
            "an array of whole numbers filled",
            "np.zeros_like(z) takes over the type of z. If z holds whole numbers, so does the new "
            "array, and 0.73 written into it becomes 0. Make the new array hold floats.",
            wrong=_filled_sigmoid,
        ),
        Mistake(
            "z cut in place",
            "Keeping z within bounds is a good way, but do it on a copy.",
            wrong=_cut_in_place,
        ),
        Mistake(
            "the sign of z turned in place",
            "Write -z where you need it, without storing it in z.",
            wrong=_sign_in_place,
        ),
        Mistake(
            "math.exp",
            "The functions of Python's math module take one number. NumPy has its own exp, which "
            "takes a whole array.",
            wrong=lambda z: 1 / (1 + math.exp(-z)),
        ),
        Mistake(
            "an if for the whole array",
            "An if wants one answer, and each entry of z has its own. np.where asks entry by "
            "entry.",
            wrong=_one_question,
        ),
    ),
    hints=(
        "Write the formula down as it stands: one over one plus the exponential of minus z. np.exp "
        "takes a whole array, so you need no loop. Put parentheses round all that stands below the "
        "line.",
        "Then think of z = -1000. exp(1000) has 435 digits, more than a float can hold: NumPy says "
        "inf and warns. The warning costs no points, but a cure is near: let exp see only numbers "
        "that are not above 0.",
        "One way: e = exp of minus the absolute value of z is always between 0 and 1. For z >= 0 "
        "the sigmoid is 1 / (1 + e); for z < 0, multiply above and below the line by e. np.where "
        "chooses entry by entry.",
    ),
)

SIGMOID_DERIVATIVE = Exercise(
    id="xor.sigmoid_derivative",
    points=1,
    signature="sigmoid_derivative(a) -> same shape",
    outputs=("sigmoid_derivative(a)",),
    reference=sigmoid_derivative,
    cases=_activations,
    mistakes=(
        Mistake(
            "sigmoid applied again",
            "a is the sigmoid's value already, and you put it through the sigmoid a second time. "
            "That would be right for z. The contract hands you a.",
            wrong=lambda a: sigmoid(a) * (1 - sigmoid(a)),
        ),
        Mistake(
            "the slope of tanh",
            "1 - a² is the slope of tanh. The sigmoid's is a product of two things: a itself, "
            "and how far a is from 1.",
            wrong=lambda a: 1 - a**2,
        ),
        Mistake(
            "parentheses left out",
            "Python multiplies before it subtracts: a * 1 - a is 0. Put parentheses round the "
            "difference.",
            wrong=lambda a: a * 1 - a,
        ),
        Mistake(
            "one factor missing",
            "1 - a is only one of the two factors. The slope is small at both ends: for a near 1 "
            "and for a near 0.",
            wrong=lambda a: 1 - a,
        ),
        Mistake(
            "a squared",
            "The square of a fits only where a is 0.5, for there a and 1 - a are the same. Try "
            "another row of the table: by what must 0.9820 be multiplied to give 0.0177?",
            wrong=lambda a: a**2,
        ),
        Mistake(
            "the slope of the ReLU",
            "Ones and zeros are the slope of a ReLU. The sigmoid has no corner; its slope changes "
            "smoothly and is 0.25 at most.",
            wrong=lambda a: (a > 0).astype(float),
        ),
        Mistake(
            "a overwritten",
            "The activations are needed once more, for the gradient of the next weights.",
            wrong=lambda a: np.multiply(a, 1 - a, out=a),
        ),
    ),
    hints=(
        "Differentiate 1 / (1 + exp(-z)) once with the chain rule, and you get exp(-z) divided by "
        "the square of 1 + exp(-z). That does not look friendly. Now split it into two fractions.",
        "One of the two fractions is 1 / (1 + exp(-z)): that is a. The other one is exp(-z) / (1 + "
        "exp(-z)). Add the two fractions: what is their sum? So the other one can be written with "
        "a as well.",
        "The slope is a product: a, times how far a is from 1. Test it: for a = 0.5 it is 0.25, "
        "and at both ends, a = 0 and a = 1, it is 0. z is not needed at all.",
    ),
)


# --- xor.forward -------------------------------------------------------------------------------


def forward(w1, w2, x):
    """Two sigmoid layers without biases.

    w1 (n_h, n_x), w2 (n_y, n_h), x (n_x, m) -> z1, a1 (n_h, m), z2, a2 (n_y, m).
    """
    z1 = w1 @ x
    a1 = sigmoid(z1)
    z2 = w2 @ a1
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def _about(n_x: int, n_h: int, n_y: int, m: int) -> str:
    counts = ((n_x, "input"), (n_h, "hidden unit"), (n_y, "output"), (m, "sample"))
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts)


def _sizes(n_x: int, n_h: int, n_y: int, m: int) -> dict:
    return {"m": m, "n_x": n_x, "n_h": n_h, "n_y": n_y}


def _forward_case(rng: np.random.Generator, sizes: tuple, tags=(), scale=1) -> Case:
    n_x, n_h, n_y, m = sizes
    w1, w2, x = quarters(rng, n_h, n_x), quarters(rng, n_y, n_h), quarters(rng, n_x, m)
    return Case((scale * w1, scale * w2, x), _about(*sizes), _sizes(*sizes), tags)


def _xor_case(rng: np.random.Generator, *more, about="", tags=()) -> Case:
    """The XOR table before three hidden units; `more` goes behind (w1, w2, x)."""
    args = quarters(rng, 3, 2), quarters(rng, 1, 3), X.copy(), *more
    about = about or "the XOR table, 3 hidden units"
    return Case(args, about, _sizes(2, 3, 1, 4), ("one output unit", *tags))


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _xor_case(rng),
        _forward_case(rng, (3, 4, 2, 5)),
        _forward_case(rng, (4, 2, 3, 1), ("one sample",)),
        _forward_case(rng, (3, 2, 4, 6), ("numbers as large as 1000",), scale=1000),
    ]


def _spoilt_forward(z1_of=np.matmul, f1=sigmoid, z2_of=lambda w2, a1, z1, x: w2 @ a1, f2=sigmoid):
    def spoilt(w1, w2, x):
        z1 = z1_of(w1, x)
        a1 = f1(z1)
        z2 = z2_of(w2, a1, z1, x)
        return z1, a1, z2, f2(z2)

    return spoilt


def _reordered_forward(w1, w2, x):
    z1, a1, z2, a2 = forward(w1, w2, x)
    return z1, z2, a1, a2


def _z_overwritten(w1, w2, x):
    _, a1, _, a2 = forward(w1, w2, x)
    return a1, a1, a2, a2


FORWARD = Exercise(
    id="xor.forward",
    points=2,
    signature="forward(w1, w2, x) -> (z1, a1, z2, a2)",
    outputs=("z1", "a1", "z2", "a2"),
    returns="tuple",
    reference=forward,
    cases=_forward_cases,
    mistakes=(
        Mistake(
            "sigmoid left out at the output",
            "a2 equals z2. The output unit has a sigmoid too: that is what makes its answer a "
            "probability between 0 and 1.",
            wrong=_spoilt_forward(f2=np.copy),
        ),
        Mistake(
            "sigmoid left out in the hidden layer",
            "a1 equals z1. Without a bend between them two layers are one straight layer, which "
            "cannot do XOR.",
            wrong=_spoilt_forward(f1=np.copy),
        ),
        Mistake(
            "hidden activations skipped",
            "z2 was made from z1. The second layer sees what leaves the first one, and that is a1.",
            wrong=_spoilt_forward(z2_of=lambda w2, a1, z1, x: w2 @ z1),
        ),
        Mistake(
            "ReLU in the hidden layer",
            "a1 is the ReLU of z1. The hidden units of this lesson's net have sigmoids, like the "
            "output.",
            wrong=_spoilt_forward(f1=lambda z: np.maximum(0, z)),
        ),
        Mistake(
            "tanh in the hidden layer",
            "a1 is the tanh of z1. That is a good choice, and lesson 05 makes it. Here the hidden "
            "units have sigmoids.",
            wrong=_spoilt_forward(f1=np.tanh),
        ),
        Mistake(
            "classes instead of probabilities",
            "a2 holds zeros and ones. Training needs the probabilities; rounding to a class comes "
            "last, in predict.",
            wrong=_spoilt_forward(f2=lambda z: (z >= 0).astype(float)),
        ),
        Mistake(
            "both z before both a",
            "The four arrays are right, in another order. The contract returns z1, a1, z2, a2.",
            wrong=_reordered_forward,
        ),
        Mistake(
            "z overwritten by a",
            "z1 and z2 hold what comes out behind the sigmoid. Give the activations names of their "
            "own, so that all four arrays survive.",
            wrong=_z_overwritten,
        ),
        Mistake(
            "x before w1",
            "In a matrix product the inner sizes must be equal. w1 is (n_h, n_x) and x is (n_x, "
            "m): which of them must stand on the left?",
            wrong=_spoilt_forward(z1_of=lambda w1, x: x @ w1),
        ),
        Mistake(
            "w1 transposed",
            "w1 has one row for each hidden unit already, so it needs no transposition. Write the "
            "shapes under the factors.",
            wrong=_spoilt_forward(z1_of=lambda w1, x: w1.T @ x),
        ),
        Mistake(
            "elementwise product",
            "The star multiplies entry by entry. Each row of w1 must meet each column of x: that "
            "is the matrix product, written @.",
            wrong=_spoilt_forward(z1_of=lambda w1, x: w1 * x),
        ),
        Mistake(
            "w2 transposed",
            "w2 has one row for each output already. Write the shapes under the factors: (n_y, "
            "n_h) times (n_h, m).",
            wrong=_spoilt_forward(z2_of=lambda w2, a1, z1, x: w2.T @ a1),
        ),
    ),
    hints=(
        "It is the layer of lesson 01 twice, with two differences: the bend is a sigmoid, and "
        "there are no biases. The second layer sees what leaves the first one.",
        "Write the shapes under the letters. w1 is (n_h, n_x) and x is (n_x, m), so z1 is (n_h, "
        "m), and a1 has the same shape. w2 is (n_y, n_h): it meets a1, and z2 is (n_y, m).",
        "Four lines, one for each of z1, a1, z2 and a2, in this order: a matrix product, your "
        "sigmoid, a matrix product, your sigmoid. Return all four, since going back needs them.",
    ),
)


# --- xor.bce -----------------------------------------------------------------------------------

TINY = np.finfo(float).tiny
_EXACT = "bce where a2 is 0 or 1"


def _log(p):
    return np.log(np.maximum(p, TINY))


def bce(a2, y):
    """Binary cross-entropy: the mean over the m samples of -(y log a2 + (1 - y) log(1 - a2)).

    a2, y (1, m) -> float, finite where a2 is 0 or 1.
    """
    a2, y = np.asarray(a2), np.asarray(y)
    return float(-np.sum(y * _log(a2) + (1 - y) * _log(1 - a2)) / y.shape[1])


def _bce_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _bce_case(np.array([[0.25, 0.75, 0.5, 0.125]]), Y.copy(), "the XOR table"),
        _bce_case(sigmoid(quarters(rng, 1, 1)), np.array([[1.0]]), "1 sample", "one sample"),
        _bce_case(sigmoid(quarters(rng, 1, 7)), rng.permuted([[0, 1, 0, 0, 1, 1, 0]], axis=1)),
        _bce_case(np.array([[0.0, 1.0, 1.0]]), np.array([[0, 1, 1]]), _RIGHT, "certain"),
        _bce_case(np.array([[0.0, 1.0]]), np.array([[1, 1]]), _WRONG, "certain"),
    ]


_RIGHT = "a2 = [[0, 1, 1]], y = [[0, 1, 1]]"
_WRONG = "a2 = [[0, 1]], y = [[1, 1]]"


def _bce_case(a2, y, about="7 samples", *tags: str) -> Case:
    return Case((a2, y), about, {"m": y.shape[1]}, tags)


def _loss_and_guard(raw, case: Case) -> dict:
    """Let the exact cases speak only of their own output, and the others only of theirs.

    How large the loss of a certain mistake becomes is the guard's choice; it must be finite.
    """
    if "certain" not in case.tags:
        return {"bce(a2, y)": raw, _EXACT: ""}
    number = as_numbers(raw)
    if number is None or number.shape != () or not np.isfinite(number):
        return {"bce(a2, y)": 0.0, _EXACT: raw}
    if case.about == _RIGHT:
        return {"bce(a2, y)": 0.0, _EXACT: "0, or nearly" if abs(number) < 1e-5 else raw}
    return {"bce(a2, y)": 0.0, _EXACT: "large, but finite" if number > 5 else raw}


def _spoilt_bce(term, reduce=lambda terms, m: np.sum(terms) / m, log=_log):
    """Return a loss whose terms, or whose sum, or whose logarithm is spoilt."""

    def spoilt(a2, y):
        with np.errstate(all="ignore"):
            return -reduce(term(a2, y, log), np.shape(y)[1])

    return spoilt


def _both_halves(a2, y, log):
    return y * log(a2) + (1 - y) * log(1 - a2)


def _raised_in_place(a2, y):
    a2[a2 == 0] = 1e-15
    a2[a2 == 1] = 1 - 1e-15
    return bce(a2, y)


BCE = Exercise(
    id="xor.bce",
    points=2,
    signature="bce(a2, y) -> float",
    outputs=("bce(a2, y)", _EXACT),
    reference=bce,
    cases=_bce_cases,
    unpack=_loss_and_guard,
    rtol=1e-6,
    mistakes=(
        Mistake(
            "no guard for log(0)",
            "log(0) is minus infinity, and 0 times that is nan: one answer that is certain, even a "
            "right one, spoils the loss. Keep what goes into the logarithm a little away from 0.",
            wrong=_spoilt_bce(_both_halves, log=np.log),
        ),
        Mistake(
            "nan swept aside",
            "nansum leaves nan out and keeps infinity: an answer that is certain and wrong still "
            "costs an infinite loss. Keep what goes into the logarithm a little away from 0.",
            wrong=_spoilt_bce(_both_halves, lambda terms, m: np.nansum(terms) / m, np.log),
        ),
        Mistake(
            "only the y = 1 half",
            "Samples with y = 0 cost nothing at all, however wrong they are. The second half, (1 - "
            "y) log(1 - a2), is for them.",
            wrong=_spoilt_bce(lambda a2, y, log: y * log(a2)),
        ),
        Mistake(
            "only the y = 0 half",
            "Samples with y = 1 cost nothing at all, however wrong they are. The first half, y log "
            "a2, is for them.",
            wrong=_spoilt_bce(lambda a2, y, log: (1 - y) * log(1 - a2)),
        ),
        Mistake(
            "log(a2) in both halves",
            "Both halves use the logarithm of a2. For y = 0 the chance of being right is 1 - a2, "
            "and the second half wants the logarithm of that.",
            wrong=_spoilt_bce(lambda a2, y, log: y * log(a2) + (1 - y) * log(a2)),
        ),
        Mistake(
            "minus between the halves",
            "The second half was subtracted. Both halves are costs: add them first, then put one "
            "minus in front of the sum.",
            wrong=_spoilt_bce(lambda a2, y, log: y * log(a2) - (1 - y) * log(1 - a2)),
        ),
        Mistake(
            "a2 and y exchanged",
            "The logarithm was taken of y, the 0 and 1 of the table. It belongs to the prediction: "
            "the target only chooses which half counts.",
            wrong=_spoilt_bce(lambda a2, y, log: _both_halves(y, a2, log)),
        ),
        Mistake(
            "every sample against every other",
            "A matrix product paired each target with each prediction, m times m pairs. Sample i "
            "meets prediction i only: multiply entry by entry.",
            wrong=_spoilt_bce(
                lambda a2, y, log: np.transpose(y) @ log(a2) + np.transpose(1 - y) @ log(1 - a2)
            ),
        ),
        Mistake(
            "one number in a table",
            "The number is right, but it comes as a table of shape (1, 1), as a product of a row "
            "and a column does. The contract asks for a plain float.",
            wrong=_spoilt_bce(_both_halves, lambda terms, m: np.sum(terms, keepdims=True) / m),
        ),
        Mistake(
            "one loss for each sample",
            "You hand back the cost of every sample. The loss is one number for all of them: their "
            "mean.",
            wrong=_spoilt_bce(_both_halves, lambda terms, m: terms),
        ),
        Mistake(
            "squared error",
            "That is the mean of the squared differences. It is a loss as well, but this exercise "
            "asks for the cross-entropy, with logarithms.",
            wrong=lambda a2, y: float(np.mean((a2 - y) ** 2)),
        ),
        Mistake(
            "a2 pushed away from 0 and 1 in place",
            "Keeping a2 away from 0 and 1 is the right idea, but do it on a copy.",
            wrong=_raised_in_place,
        ),
    ),
    hints=(
        "Take one sample. If y is 1, the cost is -log(a2); if y is 0, it is -log(1 - a2). The "
        "formula writes both in one line, because y and 1 - y switch one of them off.",
        "Do that for the whole row at once: two products, entry by entry, added. Then one minus, "
        "one sum, and one division by m, the number of samples. m is the second size of y.",
        "Last the guard: log(0) is minus infinity. np.maximum or np.clip keeps a number away from "
        "0 before the logarithm sees it; 1e-15 is small enough not to be noticed elsewhere. Guard "
        "both logarithms.",
    ),
)


# --- xor.backward ------------------------------------------------------------------------------


def backward(w1, w2, x, y, a1, a2):
    """Gradients of the mean binary cross-entropy: dw1 (n_h, n_x), dw2 (n_y, n_h).

    dz2 = (a2 - y) / m, dw2 = dz2 a1^T, dz1 = (w2^T dz2) * a1 (1 - a1), dw1 = dz1 x^T.
    """
    m = np.shape(x)[1]
    dz2 = (a2 - y) / m
    dz1 = (w2.T @ dz2) * sigmoid_derivative(a1)
    return dz1 @ np.transpose(x), dz2 @ a1.T


def _backward_args(w1, w2, x, y):
    _, a1, _, a2 = forward(w1, w2, x)
    return w1, w2, x, y, a1, a2


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    first = _xor_case(rng, Y.copy())
    return [
        Case(_backward_args(*first.args), first.about, first.sizes, first.tags),
        _backward_case(rng, 3, 4, 2, 5),
        _backward_case(rng, 4, 2, 3, 1, "one sample"),
        _backward_case(rng, 2, 5, 3, 6),
    ]


def _backward_case(rng: np.random.Generator, n_x: int, n_h: int, n_y: int, m: int, *tags) -> Case:
    sizes = n_x, n_h, n_y, m
    w1, w2, x = _forward_case(rng, sizes).args
    y = rng.integers(0, 2, (n_y, m))
    return Case(_backward_args(w1, w2, x, y), _about(*sizes), _sizes(*sizes), tags)


def _spoilt_backward(
    dz2=lambda a2, y, m: (a2 - y) / m,
    back=lambda w2, dz2: w2.T @ dz2,
    slope=sigmoid_derivative,
    dw1=lambda dz1, x, a1, dz2: dz1 @ np.transpose(x),
    dw2=lambda dz2, a1, x: dz2 @ a1.T,
    m_of=lambda x, y: np.shape(x)[1],
):
    """Return a backward pass with a spoilt step."""

    def spoilt(w1, w2, x, y, a1, a2):
        out = dz2(a2, y, m_of(x, y))
        hidden = back(w2, out) * slope(a1)
        return dw1(hidden, x, a1, out), dw2(out, a1, x)

    return spoilt


def _parentheses_missing(w1, w2, x, y, a1, a2):
    dz2 = (a2 - y) / np.shape(x)[1]
    dz1 = (w2.T @ dz2) * a1 * 1 - a1
    return dz1 @ np.transpose(x), dz2 @ a1.T


def _a2_in_place(w1, w2, x, y, a1, a2):
    dz2 = a2
    dz2 -= y
    return _spoilt_backward(dz2=lambda a2, y, m: dz2 / m)(w1, w2, x, y, a1, a2)


def _a1_in_place(w1, w2, x, y, a1, a2):
    dw2 = backward(w1, w2, x, y, a1, a2)[1]
    a1 *= 1 - a1
    return _spoilt_backward(slope=lambda a1: a1)(w1, w2, x, y, a1, a2)[0], dw2


BACKWARD = Exercise(
    id="xor.backward",
    points=4,
    signature="backward(w1, w2, x, y, a1, a2) -> (dw1, dw2)",
    outputs=("dw1", "dw2"),
    returns="tuple",
    reference=backward,
    cases=_backward_cases,
    mistakes=(
        Mistake(
            "the output's slope applied again",
            "You multiplied a2 - y by a2 (1 - a2). With the cross-entropy that slope has cancelled "
            "already: a2 - y is the gradient for z2, nothing to add. With the squared error it "
            "would stay.",
            wrong=_spoilt_backward(dz2=lambda a2, y, m: (a2 - y) * a2 * (1 - a2) / m),
        ),
        Mistake(
            "the hidden slope left out",
            "w2 brought the gradient back to a1, but it still has to go through the hidden "
            "sigmoid: multiply by its slope, entry by entry. A ReLU mask, a1 > 0, gives these "
            "numbers too, since a1 is always above 0.",
            wrong=_spoilt_backward(slope=np.ones_like),
        ),
        Mistake(
            "sigmoid applied again",
            "The hidden slope was made from sigmoid(a1). a1 is the sigmoid's value already: its "
            "slope comes from a1 itself.",
            wrong=_spoilt_backward(slope=lambda a: sigmoid_derivative(sigmoid(a))),
        ),
        Mistake(
            "the slope of tanh",
            "1 - a1² is the slope of tanh. The hidden units here have sigmoids, whose slope you "
            "wrote above.",
            wrong=_spoilt_backward(slope=lambda a: 1 - a**2),
        ),
        Mistake(
            "half of the hidden slope",
            "You multiplied by a1 only. The sigmoid's slope has two factors: a1, and how far a1 "
            "is from 1.",
            wrong=_spoilt_backward(slope=lambda a: a),
        ),
        Mistake(
            "parentheses left out",
            "Python multiplies before it subtracts, so in ... * a1 * 1 - a1 the last a1 is taken "
            "away from the whole product. Put parentheses round the difference.",
            wrong=_parentheses_missing,
        ),
        Mistake(
            "m from the number of inputs",
            "You divided by the first size of x, the number of inputs. The samples stand in "
            "columns, so m is the second size. len(x) counts rows, too.",
            wrong=_spoilt_backward(m_of=lambda x, y: np.shape(x)[0]),
        ),
        Mistake(
            "m from the number of outputs",
            "You divided by the first size of y, the number of outputs. The samples stand in "
            "columns, so m is the second size. With one output, as in XOR, you divided by 1.",
            wrong=_spoilt_backward(m_of=lambda x, y: np.shape(y)[0]),
        ),
        Mistake(
            "dw1 and dw2 exchanged",
            "Both gradients are right, in the wrong order. The contract returns dw1 first, though "
            "dw2 is computed first.",
            wrong=lambda *args: backward(*args)[::-1],
        ),
        Mistake(
            "dw2 from x",
            "dw2 was made with x. The second layer saw a1, so its weights get their gradient from "
            "dz2 and a1.",
            wrong=_spoilt_backward(dw2=lambda dz2, a1, x: dz2 @ np.transpose(x)),
        ),
        Mistake(
            "dw1 from a1",
            "dw1 was made with a1. The first layer saw x, so its weights get their gradient from "
            "dz1 and x.",
            wrong=_spoilt_backward(dw1=lambda dz1, x, a1, dz2: dz1 @ a1.T),
        ),
        Mistake(
            "w2 not transposed",
            "Forward, w2 leads from n_h units to n_y outputs. Back, the gradient goes from outputs "
            "to units, so w2 has to be turned round. Write the shapes under the factors.",
            wrong=_spoilt_backward(back=lambda w2, dz2: w2 @ dz2),
        ),
        Mistake(
            "elementwise product with w2",
            "The star is right for one output only, by luck of broadcasting. Each hidden unit "
            "feeds every output, so their shares must be added: that is the matrix product.",
            wrong=_spoilt_backward(back=lambda w2, dz2: w2.T * dz2),
        ),
        Mistake(
            "outputs added before w2",
            "Right for one output only: the errors of all outputs were added first, and each "
            "output has its own weight on the way back. The matrix product with the transposed w2 "
            "does both.",
            wrong=_spoilt_backward(back=lambda w2, dz2: w2[:1].T * dz2.sum(axis=0, keepdims=True)),
        ),
        Mistake(
            "x not transposed",
            "dz1 is (n_h, m) and x is (n_x, m): their inner sizes do not agree. dw1 must come out "
            "as (n_h, n_x). Which factor has to be turned round?",
            wrong=_spoilt_backward(dw1=lambda dz1, x, a1, dz2: dz1 @ x),
        ),
        Mistake(
            "a1 not transposed",
            "dz2 is (n_y, m) and a1 is (n_h, m): their inner sizes do not agree. dw2 must come out "
            "as (n_y, n_h). Which factor has to be turned round?",
            wrong=_spoilt_backward(dw2=lambda dz2, a1, x: dz2 @ a1),
        ),
        Mistake(
            "a2 overwritten",
            "dz2 = a2 is a second name for the same array, not a copy.",
            wrong=_a2_in_place,
        ),
        Mistake(
            "a1 overwritten",
            "The slope was written into a1.",
            wrong=_a1_in_place,
        ),
    ),
    hints=(
        "Go back in the opposite order. The last thing forward was the output's sigmoid with the "
        "cross-entropy; together they give dz2 = a2 - y. Divide it by m here, once, and every "
        "gradient below is a mean already.",
        "dw2 is built like dW in lesson 01: the gradient behind the layer, and what the layer saw, "
        "turned round. For the hidden layer, lead dz2 back through w2, then through the slope of "
        "the hidden sigmoid.",
        "Four lines. dz2 is the difference over m. dw2 is dz2 times a1 transposed. dz1 is w2 "
        "transposed times dz2, then times the slope from a1, entry by entry. dw1 is dz1 times x "
        "transposed. Return dw1 first.",
    ),
)


# --- xor.train ---------------------------------------------------------------------------------


def train(w1, w2, x, y, lr, epochs):
    """Gradient descent: new weights and the loss of each epoch, taken before its update.

    Both gradients come from the same weights; w1 and w2 of the caller stay as they are.
    """
    losses = []
    for _ in range(epochs):
        _, a1, _, a2 = forward(w1, w2, x)
        losses.append(bce(a2, y))
        dw1, dw2 = backward(w1, w2, x, y, a1, a2)
        w1, w2 = w1 - lr * dw1, w2 - lr * dw2
    return w1, w2, losses


def _train_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _xor_case(rng, Y.copy(), 8.0, 1, about="one epoch at rate 8", tags=("one epoch",)),
        _train_case(rng, (3, 4, 1, 5), 2.0, 3),
        _train_case(rng, (4, 2, 1, 3), 0.5, 12),
        _xor_case(rng, Y.copy(), 0.1, 25, about="the XOR table, rate 0.1, 25 epochs"),
    ]


def _train_case(rng: np.random.Generator, sizes: tuple, lr: float, epochs: int) -> Case:
    case = _forward_case(rng, sizes)
    y = rng.permuted(np.arange(sizes[-1])[None] % 2, axis=1)
    about = f"{_about(*sizes)}, rate {lr:g}, {epochs} epochs"
    return Case((*case.args, y, lr, epochs), about, case.sizes)


def _loss(w1, w2, x, y):
    return bce(forward(w1, w2, x)[3], y)


def _gradients(w1, w2, x, y):
    return backward(*_backward_args(w1, w2, x, y))


def _w2_first(w1, w2, x, y, lr):
    """Update w2, then go back through the new w2 with the old activations."""
    w1, w2, x, y, a1, a2 = _backward_args(w1, w2, x, y)
    new = w2 - lr * backward(w1, w2, x, y, a1, a2)[1]
    return w1 - lr * backward(w1, new, x, y, a1, a2)[0], new


def _forward_between(w1, w2, x, y, lr):
    w2 = w2 - lr * _gradients(w1, w2, x, y)[1]
    return w1 - lr * _gradients(w1, w2, x, y)[0], w2


def _w1_first(w1, w2, x, y, lr):
    w1 = w1 - lr * _gradients(w1, w2, x, y)[0]
    return w1, w2 - lr * _gradients(w1, w2, x, y)[1]


def _step(w1, w2, x, y, lr):
    dw1, dw2 = _gradients(w1, w2, x, y)
    return w1 - lr * dw1, w2 - lr * dw2


def _spoilt_train(step=_step, count=lambda epochs: epochs):
    def spoilt(w1, w2, x, y, lr, epochs):
        losses = []
        for _ in range(count(epochs)):
            losses.append(_loss(w1, w2, x, y))
            w1, w2 = step(w1, w2, x, y, lr)
        return w1, w2, losses

    return spoilt


def _with_losses(pick):
    """Return a right training whose losses are spoilt; pick is given all epochs + 1 of them."""

    def spoilt(w1, w2, x, y, lr, epochs):
        new_w1, new_w2, losses = train(w1, w2, x, y, lr, epochs)
        return new_w1, new_w2, pick([*losses, _loss(new_w1, new_w2, x, y)])

    return spoilt


def _gradients_once(w1, w2, x, y, lr, epochs):
    dw1, dw2 = _gradients(w1, w2, x, y)
    loss = _loss(w1, w2, x, y)
    return w1 - epochs * lr * dw1, w2 - epochs * lr * dw2, [loss] * epochs


def _in_place(w1, w2, x, y, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(_loss(w1, w2, x, y))
        dw1, dw2 = _gradients(w1, w2, x, y)
        w1 -= lr * dw1
        w2 -= lr * dw2
    return w1, w2, losses


def _scaled_step(factor):
    """Return a step whose rate is multiplied by factor(m, lr)."""
    return lambda w1, w2, x, y, lr: _step(w1, w2, x, y, lr * factor(np.shape(x)[1], lr))


TRAIN = Exercise(
    id="xor.train",
    points=4,
    signature="train(w1, w2, x, y, lr, epochs) -> (w1, w2, losses)",
    outputs=("w1", "w2", "losses"),
    returns="tuple",
    reference=train,
    cases=_train_cases,
    mistakes=(
        Mistake(
            "w2 updated before dw1 uses it",
            "dw1 leads through w2, and it found the new w2 instead of the one that made these "
            "predictions. Compute both gradients first, then update both weights. With a small "
            "rate this is hardly seen, which is why the check takes a large one.",
            wrong=_spoilt_train(_w2_first),
        ),
        Mistake(
            "forward again between the two updates",
            "w2 was updated, then the net ran forward once more before dw1. One epoch is one "
            "forward pass, both gradients from it, then both updates.",
            wrong=_spoilt_train(_forward_between),
        ),
        Mistake(
            "w1 updated before dw2",
            "dw2 was computed after w1 had moved. One epoch is one forward pass, both gradients "
            "from it, then both updates.",
            wrong=_spoilt_train(_w1_first),
        ),
        Mistake(
            "uphill",
            "The weights go up the slope: the gradient was added. It points to where the loss "
            "grows, so the step goes the other way.",
            wrong=_spoilt_train(_scaled_step(lambda m, lr: -1)),
        ),
        Mistake(
            "the rate left out",
            "The whole gradient was subtracted, whatever lr says. Each step is the gradient times "
            "the learning rate.",
            wrong=_spoilt_train(_scaled_step(lambda m, lr: 1 / lr)),
        ),
        Mistake(
            "1/m missing in the gradients",
            "Each step is m times too long: the gradients are sums over the samples. They should "
            "be those of the mean loss, as in your backward.",
            wrong=_spoilt_train(_scaled_step(lambda m, lr: m)),
        ),
        Mistake(
            "1/m twice in the gradients",
            "Each step is m times too short. backward has divided by m already: do not divide "
            "again in the loop.",
            wrong=_spoilt_train(_scaled_step(lambda m, lr: 1 / m)),
        ),
        Mistake(
            "w1 never updated",
            "Only the second layer learns; w1 comes back as it was. Both weights take a step in "
            "every epoch.",
            wrong=_spoilt_train(lambda w1, w2, x, y, lr: (w1, _step(w1, w2, x, y, lr)[1])),
        ),
        Mistake(
            "w2 never updated",
            "Only the first layer learns; w2 comes back as it was. Both weights take a step in "
            "every epoch.",
            wrong=_spoilt_train(lambda w1, w2, x, y, lr: (_step(w1, w2, x, y, lr)[0], w2)),
        ),
        Mistake(
            "only one epoch done",
            "The loop ended after its first round. Look at how far the `return` is indented: "
            "inside the loop it leaves the function at once.",
            wrong=_spoilt_train(count=lambda epochs: 1),
        ),
        Mistake(
            "one epoch too few",
            "One step is missing at the end. range(1, epochs) has one number less than "
            "range(epochs).",
            wrong=_spoilt_train(count=lambda epochs: epochs - 1),
        ),
        Mistake(
            "one epoch too many",
            "There is one step more than asked for. Count the rounds of your loop for epochs = 1.",
            wrong=_spoilt_train(count=lambda epochs: epochs + 1),
        ),
        Mistake(
            "gradients taken once, before the loop",
            "Every step goes in the same direction, the one that was right at the start. The "
            "forward and the backward pass belong into the loop.",
            wrong=_gradients_once,
        ),
        Mistake(
            "losses recorded after the update",
            "Your list is one step ahead. The first entry should be the loss of the weights that "
            "came in, before anything has moved; so record the loss before you update.",
            wrong=_with_losses(lambda losses: losses[1:]),
        ),
        Mistake(
            "one loss too many",
            "The list has one entry more than there are epochs. The contract asks for one loss for "
            "each epoch, taken before its update, and none after the last.",
            wrong=_with_losses(lambda losses: losses),
        ),
        Mistake(
            "only the last loss",
            "You hand back one number. The contract asks for the loss of every epoch, in a list: "
            "start an empty one before the loop and append to it.",
            wrong=_with_losses(lambda losses: losses[-2]),
        ),
        Mistake(
            "the list emptied in each epoch",
            "The list holds a single loss, that of the last epoch. `losses = []` stands inside the "
            "loop, it seems: make the list once, before it.",
            wrong=_with_losses(lambda losses: losses[-2:-1]),
        ),
        Mistake(
            "the caller's weights changed",
            "w1 = w1 - ... makes a new array and leaves the caller's alone.",
            wrong=_in_place,
        ),
    ),
    hints=(
        "One epoch has four parts: forward, note the loss, backward, update. Write it for one "
        "epoch first, run it, then put a loop around it. You have functions for the first three "
        "parts.",
        "The order matters. The loss is noted before the update, so that losses[0] belongs to the "
        "weights that came in. And both gradients must be there before either weight moves.",
        "Start with an empty list. In a loop that runs epochs times, call forward, append the "
        "loss, call backward, then replace w1 by w1 minus lr times its gradient, and w2 likewise. "
        "Do not write -=, which changes the caller's arrays. Return behind the loop.",
    ),
)


# --- xor.predict -------------------------------------------------------------------------------


def predict(w1, w2, x):
    """The class of each sample, (m,) of 0 and 1: 1 where a2 is 0.5 or more."""
    return (forward(w1, w2, x)[3][0] >= 0.5).astype(int)


def _predict_cases(rng: np.random.Generator) -> list[Case]:
    seven, one = (_clear_case(rng, *each) for each in ((3, 7), (4, 1, "one sample")))
    return [_clear_case(rng, 2, 4), one, seven, _clear_case(rng, 4, 5, scale=400)]


def _clear_case(rng: np.random.Generator, n_x: int, m: int, *tags: str, scale=1) -> Case:
    """Nothing near 0.5, both classes, and some z2 between 0 and 0.5 where there is room."""
    sizes = n_x, 3, 1, m
    while True:
        case = _forward_case(rng, sizes, tags, scale)
        _, _, z2, a2 = forward(*case.args)
        if np.min(np.abs(a2 - 0.5)) > 0.01 and (m == 1 or _is_telling(z2, scale)):
            return case


def _is_telling(z2, scale) -> bool:
    small = (0 < z2) & (z2 < 0.5)
    return bool((z2 < 0).any() and (z2 > 0).any() and (small.any() or scale > 1))


def _squeezed(w1, w2, x):
    return (np.squeeze(forward(w1, w2, x)[3]) >= 0.5).astype(int)


def _without_bend(w1, w2, x):
    return (sigmoid(w2 @ (w1 @ x))[0] >= 0.5).astype(int)


PREDICT = Exercise(
    id="xor.predict",
    points=1,
    signature="predict(w1, w2, x) -> (m,)",
    outputs=("predict(w1, w2, x)",),
    reference=predict,
    cases=_predict_cases,
    mistakes=(
        Mistake(
            "probabilities instead of classes",
            "These are the probabilities. One step is left: 1 where the probability is 0.5 or "
            "more, 0 elsewhere.",
            wrong=lambda w1, w2, x: forward(w1, w2, x)[3][0],
        ),
        Mistake(
            "a row kept",
            "The classes are right, but they come as a table with one row, (1, m). The contract "
            "asks for a flat array (m,): take the first row out.",
            wrong=lambda w1, w2, x: predict(w1, w2, x)[None],
        ),
        Mistake(
            "the probabilities as a table",
            "You hand back a2 as it is: a table (1, m) of probabilities. Ask of each whether it is "
            "0.5 or more, and make the answers a flat array (m,).",
            wrong=lambda w1, w2, x: forward(w1, w2, x)[3],
        ),
        Mistake(
            "squeezed to a single number",
            "np.squeeze takes away every size that is 1. With one sample nothing is left of the "
            "array, and the shape is () instead of (1,). Take the first row of a2 instead, or say "
            "which axis to squeeze.",
            wrong=_squeezed,
        ),
        Mistake(
            "z2 compared with 0.5",
            "You compared z2, the number before the sigmoid. Either compare a2 with 0.5, or z2 "
            "with the number that the sigmoid turns into 0.5.",
            wrong=lambda w1, w2, x: (forward(w1, w2, x)[2][0] >= 0.5).astype(int),
        ),
        Mistake(
            "upside down",
            "Zeros and ones are exchanged. a2 is the probability of class 1, so a large a2 means "
            "1.",
            wrong=lambda w1, w2, x: 1 - predict(w1, w2, x),
        ),
        Mistake(
            "argmax of a single output",
            "argmax asks which output is the largest. There is one output only, so the answer is "
            "always 0. Compare its probability with 0.5 instead.",
            wrong=lambda w1, w2, x: np.argmax(forward(w1, w2, x)[3], axis=0),
        ),
        Mistake(
            "one answer for all samples",
            "You get one number for the whole batch. Each sample has a class of its own: compare "
            "the array, and keep what comes out.",
            wrong=lambda w1, w2, x: int(np.all(forward(w1, w2, x)[3] >= 0.5)),
        ),
        Mistake(
            "the hidden sigmoid left out",
            "The classes are those of a net without a bend, which is one straight layer. Use "
            "forward to get a2, it has both sigmoids.",
            wrong=_without_bend,
        ),
    ),
    hints=(
        "The net gives probabilities, the learner wants classes. Where a probability is 0.5 or "
        "more, the class is 1, elsewhere 0. forward has all you need: which of its four results "
        "are the probabilities?",
        "a2 has shape (1, m): one row. Compare it with 0.5, and you get a row of True and False. "
        "Those count as ones and zeros; .astype(int) turns them into numbers.",
        "What is left is the shape: (m,) is the first row taken out, with the index 0. Beware of "
        "np.squeeze: for a batch of one sample it takes away too much. Try your function on a "
        "single column, x[:, :1].",
    ),
)


# --- xor.bug_hunt and xor.symmetry -------------------------------------------------------------

BUG_HUNT = Exercise(
    id="xor.bug_hunt",
    points=1,
    signature="wrong_line = …",
    outputs=("wrong_line",),
    returns="named",
    reference=set_to(wrong_line=3),
    reveal=False,
    mistakes=(
        Mistake(
            "line 1 accused",
            "Line 1 runs the net on the weights that came in, and that is what an epoch starts "
            "with. Go on to what happens to those weights afterwards.",
            wrong=set_to(wrong_line=1),
        ),
        Mistake(
            "line 2 accused",
            "Line 2 gets dw2 from the same weights that line 1 has used, and the table says that "
            "w2 is right. Look at what is wrong in the table, and at the lines that lead there.",
            wrong=set_to(wrong_line=2),
        ),
        Mistake(
            "the victim taken for the culprit",
            "Line 4 does hand back a wrong dw1, but as a line it is right. One of the things that "
            "it reads is no longer what it was in line 1. Which line changed it?",
            wrong=set_to(wrong_line=4),
        ),
        Mistake(
            "line 5 accused",
            "By line 5 both gradients are there, so w1 may move. Ask the same of the other update: "
            "are both gradients there when it happens?",
            wrong=set_to(wrong_line=5),
        ),
    ),
    hints=(
        "Each of the five lines is right by itself. So look at their order. For each line, note "
        "which weights it reads, and whether they still are the ones that the forward pass in line "
        "1 has used.",
        "The table says that w2 is right and w1 is not. So dw1 is wrong. It is made of x, y, a1, "
        "a2 and w2: which of these has changed since line 1?",
        "An epoch is one forward pass, then both gradients from it, then both updates. Lay a "
        "finger on each of the two updates, and look whether a gradient is still computed behind "
        "it. That update stands too early.",
    ),
)

SYMMETRY = Exercise(
    id="xor.symmetry",
    points=2,
    signature='symmetry = "a" … "d"',
    outputs=("symmetry",),
    returns="named",
    reference=set_to(symmetry="c"),
    unpack=one_letter("symmetry", "abcd"),
    reveal=False,
    mistakes=(
        Mistake(
            "gradients of zero",
            "Something does move: run the experiment and compare the first row of w1 before and "
            "after. The gradients are not 0, so ask how the two rows' gradients compare.",
            wrong=set_to(symmetry="a"),
        ),
        Mistake(
            "parting by the samples",
            "The samples do differ, but both units see all four of them. What would one unit have "
            "to see, or feel on the way back, that its twin does not?",
            wrong=set_to(symmetry="b"),
        ),
        Mistake(
            "parting by rounding",
            "Rounding happens, but twins are rounded alike: the same operations on the same "
            "numbers give the same digits. Look at what the experiment prints for the difference "
            "of the rows.",
            wrong=set_to(symmetry="d"),
        ),
    ),
    hints=(
        "Run the experiment below the question, then explain what it prints. Start with the first "
        "epoch: both units have the same weights and see the same samples. What do you know of "
        "their activations?",
        "Then go back. dz1 has one row for each hidden unit: the unit's weight in w2, times dz2, "
        "times the slope from its a1. Which of these three things could differ between twins?",
        "If all three are equal, so are the two rows of dw1, and both rows of w1 take the same "
        "step. After the step you are where you began: two equal units. Now think of 10,000 such "
        "steps, and of how many different units the net has in the end.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    LINEAR_FIT,
    RELU_WEIGHTS,
    SIGMOID,
    SIGMOID_DERIVATIVE,
    FORWARD,
    BCE,
    BACKWARD,
    TRAIN,
    PREDICT,
    BUG_HUNT,
    SYMMETRY,
)
