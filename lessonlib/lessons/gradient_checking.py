"""Lesson 03: how to know that a gradient is right. Samples stand in columns."""

from collections.abc import Callable

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of
from lessonlib.lessons.suspect_gradients import candidates
from lessonlib.nn import complex_step, numeric_gradient

# --- gradcheck.recall_1 and gradcheck.recall_2 -------------------------------------------------


def _numbers(name: str, count: int) -> Callable:
    """Return an `unpack` that takes so many numbers as a list, a row or a column."""

    def unpack(raw: dict, case: Case) -> dict:
        numbers = as_numbers(raw[name])
        if numbers is None or numbers.size != count:
            raise Malformed(f"{name} should hold {count} numbers, in the order of the question.")
        return {name: numbers.ravel().astype(float)}

    return unpack


def _value(name: str, value) -> Callable:
    return lambda: {name: value}


RECALL_1 = Exercise(
    id="gradcheck.recall_1",
    points=1,
    signature="dZ = …",
    outputs=("dZ",),
    returns="named",
    reference=_value("dZ", [3, 0, 0, -6]),
    unpack=_numbers("dZ", 4),
    reveal=False,
    mistakes=(
        Mistake(
            "mask left out",
            "This is dA as it came. The ReLU stands in the way: where it stopped the unit on the "
            "way forward, it stops the message on the way back. Look at Z for each of the four.",
            wrong=_value("dZ", [3, 4, 5, -6]),
        ),
        Mistake(
            "mask with >=",
            "One message passed that should not: the one of the unit whose Z is exactly 0. By "
            "agreement the slope of the ReLU is 0 there.",
            wrong=_value("dZ", [3, 4, 0, -6]),
        ),
        Mistake(
            "signs of dA instead of Z",
            "You let a message pass when the message itself is positive. A message may have either "
            "sign. What decides is Z, the number that went into the ReLU.",
            wrong=_value("dZ", [3, 4, 5, 0]),
        ),
        Mistake(
            "negative message stopped",
            "The last message is negative, and you stopped it. Only Z decides whether a message "
            "passes, and the Z of that unit is positive.",
            wrong=_value("dZ", [3, 0, 0, 0]),
        ),
        Mistake(
            "multiplied by the value of the ReLU",
            "You multiplied dA by relu(Z). The chain rule wants the slope of the ReLU there, which "
            "is 1 or 0.",
            wrong=_value("dZ", [4.5, 0, 0, -1.5]),
        ),
        Mistake(
            "multiplied by Z",
            "You multiplied dA by Z. The chain rule wants the slope of the ReLU at Z, which is 1 "
            "or 0.",
            wrong=_value("dZ", [4.5, 0, -10, -1.5]),
        ),
        Mistake(
            "the mask alone",
            "These are the slopes. They still have to be multiplied by the messages in dA, one by "
            "one.",
            wrong=_value("dZ", [1, 0, 0, 1]),
        ),
    ),
    hints=(
        "Take the four entries one at a time, each on its own. For each of them there is one "
        "number that went into the ReLU on the way forward (in Z) and one message that arrives on "
        "the way back (in dA).",
        "The chain rule multiplies the message by the slope of the step that it goes through. The "
        "slope of the ReLU is 1 where Z is above 0, and 0 elsewhere. In lesson 01 you agreed on a "
        "number for the corner, where Z is exactly 0.",
        "So write down four slopes first, each a 1 or a 0, by looking at Z alone. Then multiply "
        "each slope by its message. The sign of a message plays no part in the decision.",
    ),
)

RECALL_2 = Exercise(
    id="gradcheck.recall_2",
    points=1,
    signature="dz3 = …",
    outputs=("dz3",),
    returns="named",
    reference=_value("dz3", [-0.8, 0.7, 0.1]),
    unpack=_numbers("dz3", 3),
    reveal=False,
    mistakes=(
        Mistake(
            "y - p",
            "The sign is the wrong way round. A step of training goes against the gradient, and it "
            "should raise the score of the right class: so that entry of the gradient is negative.",
            wrong=_value("dz3", [0.8, -0.7, -0.1]),
        ),
        Mistake(
            "p itself",
            "These are the probabilities. The target has to come in: a gradient that does not know "
            "the right class cannot teach it.",
            wrong=_value("dz3", [0.2, 0.7, 0.1]),
        ),
        Mistake(
            "the right class only",
            "The wrong classes have a gradient too: their scores share in the sum below softmax's "
            "fraction, so lowering them lowers the loss.",
            wrong=_value("dz3", [-0.8, 0, 0]),
        ),
        Mistake(
            "gradient for p",
            "This is the gradient with respect to p, which is -y / p. It still has to go back "
            "through softmax. Both steps together give something simpler.",
            wrong=_value("dz3", [-5, 0, 0]),
        ),
        Mistake(
            "softmax taken for a sigmoid",
            "p (1 - p) is only the diagonal of the derivative of softmax, and the target is "
            "missing. For cross-entropy behind softmax the whole simplifies: look at lesson 02.",
            wrong=_value("dz3", [0.16, 0.21, 0.09]),
        ),
        Mistake(
            "another class taken for the right one",
            "You subtracted the 1 in another place. The 1 in y stands first, so the first class is "
            "the right one.",
            wrong=_value("dz3", [0.2, -0.3, 0.1]),
        ),
    ),
    hints=(
        "You had this in lesson 02, in output_gradient. Softmax and cross-entropy together have a "
        "gradient so simple that you can do it in your head: one subtraction for each class.",
        "Ask what the network should do to get better. The right class should get more "
        "probability, the wrong ones less. Training goes against the gradient. So the gradient is "
        "negative for the right class and positive for the others.",
        "Check it with a sum. Both p and y sum to 1, so the three numbers of the gradient must sum "
        "to 0. For each class it is the probability that the network gave, less the one that it "
        "should have given.",
    ),
)


# --- gradcheck.numeric_gradient ----------------------------------------------------------------


def _readable(theta):
    return theta[0] ** 3 + 2 * theta[0] * theta[1]


def _coupled(rng: np.random.Generator, *shape: int) -> Callable:
    """Return an f of an array of that shape in which every coordinate feels every other.

    The 1/64 keeps its slopes at whole numbers theta from being whole numbers themselves.
    """
    c, d = quarters(rng, *shape) + 1 / 64, quarters(rng, *shape)
    return lambda theta: np.sum(c * theta**3) + np.sum(d * theta) ** 2


def _points(rng: np.random.Generator) -> list[Case]:
    """Cases for any method, all with its own step."""
    table, block = quarters(rng, 3, 2), quarters(rng, 2, 3, 2)
    whole = np.array([[2, -1, 3]])
    return [
        Case((_coupled(rng, 3, 2), table), "a table theta of shape (3, 2)"),
        Case((_coupled(rng, 2, 3, 2), block), "an array theta of shape (2, 3, 2)"),
        Case(
            (_coupled(rng), np.array(1.25)), "one number theta, of shape ()", tags=("one number",)
        ),
        Case((_coupled(rng, 1, 3), whole), "theta = [[2, -1, 3]]", tags=("whole numbers",)),
    ]


def _readable_case(*h: float) -> Case:
    step = f" with h = {h[0]}" if h else ""
    text = f"f = theta[0]**3 + 2 * theta[0] * theta[1] at theta = [1, 3]{step}"
    tags = ("a step other than the usual one",) if h else ()
    return Case((_readable, np.array([1.0, 3.0]), *h), text, tags=tags)


def _central_cases(rng: np.random.Generator) -> list[Case]:
    return [_readable_case(0.1), *_points(rng), _readable_case()]


def _by(rule: Callable, default: float = 1e-5) -> Callable:
    """Return a gradient made coordinate by coordinate: rule(f, theta, step, h)."""

    def gradient(f, theta, h=default):
        theta = theta.astype(float)
        grad = np.zeros_like(theta)
        for i in np.ndindex(theta.shape):
            step = np.zeros_like(theta)
            step[i] = h
            grad[i] = rule(f, theta, step, h)
        return grad

    return gradient


def _in_place(working_copy: Callable, back: Callable) -> Callable:
    """Return central differences that move entries of an array and then call back(t, i, old, h)."""

    def gradient(f, theta, h=1e-5):
        t = working_copy(theta)
        grad = np.zeros(theta.shape)
        for i in np.ndindex(theta.shape):
            old = t[i]
            t[i] += h
            above = f(t)
            t[i] -= 2 * h
            grad[i] = (above - f(t)) / (2 * h)
            back(t, i, old, h)
        return grad

    return gradient


def _leave(t, i, old, h):
    pass


def _add_back(t, i, old, h):
    t[i] += h


def _whole_numbers_moved(f, theta, h=1e-5):
    t, grad = theta.copy(), np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        old = t[i]
        t[i] = old + h
        above = f(t)
        t[i] = old - h
        grad[i] = (above - f(t)) / (2 * h)
        t[i] = old
    return grad


def _step_never_reset(f, theta, h=1e-5):
    theta = theta.astype(float)
    grad, step = np.zeros_like(theta), np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        step[i] = h
        grad[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return grad


def _first_only(method: Callable, default: float) -> Callable:
    def gradient(f, theta, h=default):
        right = method(f, theta, h)
        grad = np.zeros(theta.shape)
        grad.flat[0] = right.flat[0]
        return grad

    return gradient


def _in_arrays_like_theta(indices: Callable) -> Callable:
    """Return central differences whose step and gradient are made by zeros_like(theta)."""

    def gradient(f, theta, h=1e-5):
        grad = np.zeros_like(theta)
        for i in indices(theta):
            step = np.zeros_like(theta)
            step[i] = h
            grad[i] = (f(theta + step) - f(theta - step)) / (2 * h)
        return grad

    return gradient


def _rows_moved(count: Callable) -> Callable:
    def gradient(f, theta, h=1e-5):
        grad = np.zeros(theta.shape)
        for i in range(count(theta)):
            above, below = theta.astype(float), theta.astype(float)
            above[i] += h
            below[i] -= h
            grad[i] = (f(above) - f(below)) / (2 * h)
        return grad

    return gradient


def _two_loops(f, theta, h=1e-5):
    grad = np.zeros(theta.shape)
    for i in range(theta.shape[0]):
        for j in range(theta.shape[1]):
            above, below = theta.astype(float), theta.astype(float)
            above[i, j] += h
            below[i, j] -= h
            grad[i, j] = (f(above) - f(below)) / (2 * h)
    return grad


def _flattened(f, theta, h=1e-5):
    flat = _by(lambda f, theta, step, h: (f(theta + step) - f(theta - step)) / (2 * h))
    return flat(f, theta.ravel(), h).reshape(theta.shape)


def _single_coordinate(f, theta, h=1e-5):
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        grad[i] = (f(theta[i] + h) - f(theta[i] - h)) / (2 * h)
    return grad


def _at_once(f, theta, h=1e-5):
    return (f(theta + h) - f(theta - h)) / (2 * h)


_ROWS = (
    "Your loop counts along the first axis only. In a table it moves a whole row at once, and a "
    "single number has no axis to count along. Visit every entry: np.ndindex(theta.shape) gives "
    "the index of each, for any shape."
)

NUMERIC_GRADIENT = Exercise(
    id="gradcheck.numeric_gradient",
    points=3,
    signature="numeric_gradient(f, theta, h=1e-5) -> array like theta",
    outputs=("numeric_gradient(f, theta)",),
    reference=numeric_gradient,
    cases=_central_cases,
    rtol=1e-7,
    mistakes=(
        Mistake(
            "forward difference",
            "You compare a step up with no step at all. That works, but its error shrinks only as "
            "fast as h does. The central difference steps h up and h down, so the error shrinks "
            "with the square of h.",
            wrong=_by(lambda f, theta, step, h: (f(theta + step) - f(theta)) / h),
        ),
        Mistake(
            "backward difference",
            "You compare a step down with no step at all. The central difference steps to both "
            "sides, and its error is far smaller.",
            wrong=_by(lambda f, theta, step, h: (f(theta) - f(theta - step)) / h),
        ),
        Mistake(
            "one-sided, over 2 h",
            "You step to one side only, and divide by 2 h. From theta to theta + h the way is h. "
            "The way is 2 h when the lower point is theta - h.",
            wrong=_by(lambda f, theta, step, h: (f(theta + step) - f(theta)) / (2 * h)),
        ),
        Mistake(
            "divided by 2, then multiplied by h",
            "Python works from left to right: / 2 * h divides by 2 and then multiplies by h. What "
            "you divide by is 2 h as a whole, so it needs parentheses.",
            wrong=_by(lambda f, theta, step, h: (f(theta + step) - f(theta - step)) / 2 * h),
        ),
        Mistake(
            "divided by h instead of 2 h",
            "Every entry is twice too large. From theta - h to theta + h the way is not h.",
            wrong=_by(lambda f, theta, step, h: (f(theta + step) - f(theta - step)) / h),
        ),
        Mistake(
            "difference not divided",
            "This is how much f changes, not how steep it is. A slope is rise over run: divide by "
            "the distance between the two points.",
            wrong=_by(lambda f, theta, step, h: f(theta + step) - f(theta - step)),
        ),
        Mistake(
            "h not used",
            "With the usual step it is right. With another h the answer does not change: your code "
            "has a step of its own. Use the h that you are given.",
            wrong=lambda f, theta, h=1e-5: numeric_gradient(f, theta),
        ),
        Mistake(
            "all coordinates moved at once",
            "You add h to the whole of theta, so all coordinates move together and their slopes "
            "melt into one number. Move one coordinate, measure, and go on to the next.",
            wrong=_at_once,
        ),
        Mistake(
            "all coordinates moved at once, parentheses missing",
            "You add h to the whole of theta, so all slopes melt into one number: move one "
            "coordinate, measure, and go on to the next. And / 2 * h divides by 2, then multiplies "
            "by h: put parentheses round 2 * h.",
            wrong=lambda f, theta, h=1e-5: (f(theta + h) - f(theta - h)) / 2 * h,
        ),
        Mistake(
            "the same number everywhere",
            "Every coordinate gets the same slope. You add h to the whole of theta, also inside "
            "the loop. Only the coordinate whose slope you want may move.",
            wrong=lambda f, theta, h=1e-5: np.full(theta.shape, _at_once(f, theta, h)),
        ),
        Mistake(
            "whole numbers lose the step",
            "theta holds integers here, and so does its copy. Put 2.00001 into it and it keeps 2. "
            "Make the copy an array of floats.",
            wrong=_whole_numbers_moved,
        ),
        Mistake(
            "step in an array of integers",
            "theta holds integers here, and zeros_like(theta) makes more of them. A step of "
            "0.00001 put into such an array becomes 0, so nothing moves. The step needs an array "
            "of floats, and so does the gradient.",
            wrong=_in_arrays_like_theta(lambda theta: np.ndindex(theta.shape)),
        ),
        Mistake(
            "gradient in an array of integers",
            "theta holds integers here, and zeros_like(theta) makes more of them: each slope loses "
            "what stands behind the point. The gradient needs an array of floats.",
            wrong=lambda f, theta, h=1e-5: numeric_gradient(f, theta, h).astype(theta.dtype),
        ),
        Mistake(
            "coordinates not put back",
            "The first entry is right, the later ones are measured in the wrong place: each "
            "coordinate that was moved stays moved. Put it back before you go on.",
            wrong=_in_place(lambda theta: theta.astype(float), _leave),
        ),
        Mistake(
            "theta itself moved and not put back",
            "You move entries of theta itself and leave them there. So later slopes are measured "
            "in the wrong place, and whole numbers lose the step. Work on a copy of floats and put "
            "each entry back.",
            wrong=_in_place(lambda theta: theta, _leave),
        ),
        Mistake(
            "steps added to whole numbers",
            "theta holds integers here and cannot hold 2.00001: after += h and -= 2 * h it stands "
            "somewhere else. Work on a copy of floats.",
            wrong=_in_place(lambda theta: theta, _add_back),
        ),
        Mistake(
            "put back by adding",
            "You do step back, but + h - 2 h + h does not quite cancel in floating point: the last "
            "digit stays off. np.asarray makes no copy of floats; np.array does.",
            wrong=_in_place(lambda theta: np.asarray(theta, dtype=float), _add_back),
        ),
        Mistake(
            "the step never reset",
            "The first entry is right. From the second on, the earlier coordinates move along: "
            "your step array still has h in their places. Start each round with zeros.",
            wrong=_step_never_reset,
        ),
        Mistake(
            "only the first entry",
            "Only the first slope is there. The `return` probably stands inside the loop, so the "
            "function ends after one round. Look at how far it is indented.",
            wrong=_first_only(numeric_gradient, 1e-5),
        ),
        Mistake("the first axis only", _ROWS, wrong=_rows_moved(len)),
        Mistake("first axis by shape[0]", _ROWS, wrong=_rows_moved(lambda theta: theta.shape[0])),
        Mistake(
            "the first axis only, in arrays like theta",
            _ROWS,
            wrong=_in_arrays_like_theta(lambda theta: range(len(theta))),
        ),
        Mistake(
            "two axes expected",
            "Two nested loops expect a table. But theta may be one number, a row, or have three "
            "axes. np.ndindex(theta.shape) gives the index of each entry, for any shape.",
            wrong=_two_loops,
        ),
        Mistake(
            "f given a flattened theta",
            "f expects theta in its own shape: it may be a weight matrix in there. Count through "
            "the entries as you like, but hand the whole array over in its shape.",
            wrong=_flattened,
        ),
        Mistake(
            "f given a single coordinate",
            "You hand f only the coordinate that moves. f needs all of theta, with that one "
            "coordinate moved and the others in their places.",
            wrong=_single_coordinate,
        ),
    ),
    hints=(
        "Do one coordinate by hand first, as in the worked example: f with that coordinate a "
        "little higher, f with it a little lower, the difference, divided by the distance. "
        "Everything else in theta stays where it is.",
        "Then do it for every coordinate. np.ndindex(theta.shape) gives the index of each entry, "
        "whatever the shape. Collect the slopes in an array of float zeros with the shape of "
        "theta; if theta holds integers, make a float copy first.",
        "In each round make a fresh array of zeros like theta with h in one place, and call it "
        "step. Then f has to be asked twice: for theta with the step added and for theta with the "
        "step taken away. Divide the difference by (2 * h), with the parentheses. Return after the "
        "loop.",
    ),
)


# --- gradcheck.relative_error ------------------------------------------------------------------


def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||) over all entries; 0 for two zeros."""
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return np.linalg.norm(a - b) / size if size > 0 else 0.0


def _pairs(rng: np.random.Generator) -> list[Case]:
    pair = np.array([3.0, 4.0]), np.array([4.0, 3.0])
    tables = quarters(rng, 2, 3), quarters(rng, 2, 3) + 0.125
    small = 1e-4 * quarters(rng, 4), 1e-4 * (quarters(rng, 4) + 0.125)
    return [
        Case(pair, "a = [3, 4], b = [4, 3]"),
        Case(tables, "two tables of shape (2, 3)"),
        Case((np.zeros(3), np.zeros(3)), "two arrays of zeros", tags=("two zeros",)),
        Case((quarters(rng, 2, 2), np.zeros((2, 2))), "a against zeros", tags=("one zero",)),
        Case(small, "two arrays of about 0.0001", tags=("small numbers",)),
    ]


def _ratio(above: Callable, below: Callable) -> Callable:
    """Return above(a, b) / below(a, b), and 0 for two zeros."""

    def error(a, b):
        return above(a, b) / below(a, b) if np.any(a) or np.any(b) else 0.0

    return error


def _distance(a, b):
    return np.linalg.norm(a - b)


def _sizes(a, b):
    return np.linalg.norm(a) + np.linalg.norm(b)


def _each(a, b):
    return np.abs(a - b) / np.where(np.abs(a) + np.abs(b) > 0, np.abs(a) + np.abs(b), 1)


def _each_unguarded(a, b):
    with np.errstate(all="ignore"):
        return np.abs(a - b) / (np.abs(a) + np.abs(b))


def _zero_for_any_zero(a, b):
    return _distance(a, b) / _sizes(a, b) if np.any(a) and np.any(b) else 0.0


def _one_norm_for_all(of: Callable) -> Callable:
    return _ratio(lambda a, b: of(a - b), lambda a, b: of(a) + of(b))


RELATIVE_ERROR = Exercise(
    id="gradcheck.relative_error",
    points=1,
    signature="relative_error(a, b) -> float",
    outputs=("relative_error(a, b)",),
    reference=relative_error,
    cases=_pairs,
    rtol=1e-6,
    mistakes=(
        Mistake(
            "0 divided by 0",
            "Two arrays of zeros are equal, so their error is 0. The formula divides 0 by 0 there "
            "and gives nan. Treat that case before you divide.",
            wrong=lambda a, b: _distance(a, b) / _sizes(a, b),
        ),
        Mistake(
            "not divided",
            "This is the distance alone. Whether it is large depends on how large the gradients "
            "are: 0.001 is nothing beside 50 and everything beside 0.001.",
            wrong=_distance,
        ),
        Mistake(
            "parentheses missing",
            "Python divides before it adds, so only the first norm stands below the line. The sum "
            "of both norms needs parentheses.",
            wrong=lambda a, b: _distance(a, b) / np.linalg.norm(a) + np.linalg.norm(b),
        ),
        Mistake(
            "measured against a alone",
            "Below the line stands the norm of a only. Put both norms there, so that neither of "
            "the two gradients is taken for the true one and only two zeros can make it 0.",
            wrong=lambda a, b: _distance(a, b) / np.linalg.norm(a),
        ),
        Mistake(
            "measured against b alone",
            "Below the line stands the norm of b only. If b is all zeros, that divides by 0. Put "
            "both norms there.",
            wrong=lambda a, b: _distance(a, b) / np.linalg.norm(b),
        ),
        Mistake(
            "the larger norm",
            "Below the line stands the larger of the two norms. Some books do that. Here it is "
            "their sum.",
            wrong=_ratio(_distance, lambda a, b: max(np.linalg.norm(a), np.linalg.norm(b))),
        ),
        Mistake(
            "norm of the sum",
            "Below the line stands the norm of a + b. If a is -b, a flipped sign, that would be 0. "
            "Take the two norms first and add them afterwards.",
            wrong=_ratio(_distance, lambda a, b: np.linalg.norm(a + b)),
        ),
        Mistake(
            "difference of the norms",
            "Above the line you compare the lengths. Two arrows of one length may point in "
            "different directions. Subtract the arrays first, then take the norm.",
            wrong=_ratio(lambda a, b: abs(np.linalg.norm(a) - np.linalg.norm(b)), _sizes),
        ),
        Mistake(
            "entry by entry",
            "You get an error for each entry. An entry near 0 would then raise a false alarm. Take "
            "norms, which look at all entries together, and return one number.",
            wrong=_each,
        ),
        Mistake(
            "entry by entry, 0 divided by 0",
            "You get an error for each entry, and nan where both are 0. Take norms, which look at "
            "all entries together, and return one number; then only two arrays of zeros are a "
            "case of their own.",
            wrong=_each_unguarded,
        ),
        Mistake(
            "the worst entry",
            "This is the largest of the entries' own errors. An entry near 0 would raise a false "
            "alarm. Take norms of the whole arrays instead.",
            wrong=lambda a, b: np.max(_each(a, b)),
        ),
        Mistake(
            "the mean over the entries",
            "This is the mean of the entries' own errors. Take the norms of the whole arrays and "
            "divide once.",
            wrong=lambda a, b: np.mean(_each(a, b)),
        ),
        Mistake(
            "squares without the root",
            "These are sums of squares. A norm is the square root of that sum.",
            wrong=_one_norm_for_all(lambda v: np.sum(v**2)),
        ),
        Mistake(
            "sums of sizes for norms",
            "You add up absolute values. The norm here is the usual length: the root of the sum "
            "of the squares. np.linalg.norm gives it.",
            wrong=_one_norm_for_all(lambda v: np.sum(np.abs(v))),
        ),
        Mistake(
            "another norm of a table",
            "For a table np.linalg.norm with the argument 2 is a different norm. Without it, the "
            "squares of all entries are summed, whatever the shape.",
            wrong=_one_norm_for_all(lambda v: np.linalg.norm(v, 2)),
        ),
        Mistake(
            "a constant added below",
            "For large gradients it is right. For small ones the 1e-8 below the line counts, and "
            "makes the error look smaller than it is. Treat two zeros as a case of its own.",
            wrong=lambda a, b: _distance(a, b) / (_sizes(a, b) + 1e-8),
        ),
        Mistake(
            "0 as soon as one is zero",
            "A gradient of zeros against one that is not zero would pass as perfect. It is as "
            "wrong as can be. Only when both are zero is the error 0.",
            wrong=_zero_for_any_zero,
        ),
    ),
    hints=(
        "The double bars mean the length of an array, taken as one long arrow: the root of the sum "
        "of the squares of all its entries. np.linalg.norm gives it, for a row and for a table.",
        "You need three lengths: of the difference, of a, and of b. Only the first stands above "
        "the line. The other two are added below it, in parentheses. The result is one number.",
        "One case is left. If both arrays are zero, you would divide 0 by 0. They are equal, so "
        "the answer is 0. Ask whether the sum below the line is 0 before you divide by it. Do not "
        "add a small constant there: it would hide the errors of small gradients.",
    ),
)


# --- gradcheck.best_step -----------------------------------------------------------------------

_ROUNDING = "left of the lowest stretch, on the rounding branch"
_STRETCHES = (
    (0.0, "not a step: a step is above 0"),
    (1e-15, "too far left: no right digit is left there"),
    (3e-9, _ROUNDING),
    (5e-8, "where the forward difference is best"),
    (0.999e-6, _ROUNDING),
    (1.001e-4, "on the lowest stretch"),
    (1.0, "right of the lowest stretch, on the truncation branch"),
)


def _place_of_step(raw: dict, case: Case) -> dict:
    """Say on which stretch of the figure the step lies."""
    number = as_numbers(raw["best_h"])
    if number is None or number.size != 1 or np.iscomplexobj(number):
        raise Malformed("best_h should be one number, such as 0.5 or 5e-1.")
    h = float(number.ravel()[0])
    places = [words for limit, words in _STRETCHES if h <= limit]
    return {"best_h": places[0] if places else "beyond the right edge of the figure"}


BEST_STEP = Exercise(
    id="gradcheck.best_step",
    points=1,
    signature="best_h = …",
    outputs=("best_h",),
    returns="named",
    reference=_value("best_h", 1e-5),
    unpack=_place_of_step,
    reveal=False,
    mistakes=(
        Mistake(
            "step too small",
            "On this branch rounding rules: f above and f below agree in nearly all digits, and "
            "their difference keeps few. Perhaps you took the smallest step, or read the height "
            "of the lowest point instead of the place below it on the h axis.",
            wrong=_value("best_h", 1e-10),
        ),
        Mistake(
            "step too large",
            "On this branch the formula's own error rules: it is a hundred times smaller for each "
            "ten times smaller step. So there is still something to gain to the left.",
            wrong=_value("best_h", 1e-2),
        ),
        Mistake(
            "best step of the other curve",
            "That is the valley of the forward difference. The central difference has its own, "
            "further to the right and much deeper. The legend says which of the curves it is.",
            wrong=_value("best_h", 1e-8),
        ),
        Mistake(
            "step lost in rounding",
            "Here theta + h is theta, to the last digit, so f is the same above and below and the "
            "difference says nothing. Go to the right until the error is smallest.",
            wrong=_value("best_h", 1e-20),
        ),
        Mistake(
            "exponent for the number",
            "A step must be above 0. Did you type the exponent alone, or lose the e? The number "
            "with one zero before its 1, 0.1, is written 1e-1.",
            wrong=_value("best_h", -5),
        ),
        Mistake(
            "sign of the exponent",
            "That step is larger than 1. Small numbers have a minus in the exponent: 1e1 is 10, "
            "and 1e-1 is 0.1.",
            wrong=_value("best_h", 1e5),
        ),
    ),
    hints=(
        "Look at the curve of the central difference alone. It has two branches that meet in a "
        "valley. You want the step at which the error is smallest.",
        "Put your finger on the lowest stretch of that curve and go straight down to the axis "
        "below, where the step h is written. The axis on the left is the error; that is not asked. "
        "Each mark on the lower axis is a power of ten.",
        "The valley is wide, so you need no exact place: any step in the lowest stretch counts. "
        "Write the power of ten as Python does, with e: a thousandth is 1e-3. To the right of the "
        "valley truncation rules, to the left rounding does; your step lies between them.",
    ),
)


# --- gradcheck.complex_step --------------------------------------------------------------------


def _complex_cases(rng: np.random.Generator) -> list[Case]:
    return [_readable_case(), *_points(rng), _readable_case(0.1)]


def _imaginary(rule: Callable) -> Callable:
    """Return a gradient made coordinate by coordinate: rule(f at the moved theta, h)."""
    return _by(lambda f, theta, step, h: rule(f(theta + 1j * step), h), default=1e-20)


def _complex_values(f, theta, h=1e-20):
    grad = np.zeros(theta.shape, dtype=complex)
    for i in np.ndindex(theta.shape):
        t = theta.astype(complex)
        t[i] += 1j * h
        grad[i] = f(t) / h
    return grad


def _imaginary_never_reset(f, theta, h=1e-20):
    t, grad = theta.astype(complex), np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        t[i] += 1j * h
        grad[i] = np.imag(f(t)) / h
    return grad


def _imaginary_put_into_floats(f, theta, h=1e-20):
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        step = np.zeros(theta.shape)
        step[i] = 1j * h
        grad[i] = np.imag(f(theta + step)) / h
    return grad


def _real(raw, case: Case) -> dict:
    """Return the slopes; for complex ones only that they are: no two answers need the same."""
    numbers = as_numbers(raw)
    if numbers is not None and np.iscomplexobj(numbers):
        raw = "complex numbers" if np.any(numbers.imag) else numbers.real
    return {"complex_step(f, theta)": raw}


COMPLEX_STEP = Exercise(
    id="gradcheck.complex_step",
    points=2,
    signature="complex_step(f, theta, h=1e-20) -> array like theta",
    outputs=("complex_step(f, theta)",),
    reference=complex_step,
    cases=_complex_cases,
    unpack=_real,
    mistakes=(
        Mistake(
            "the step is not imaginary",
            "Everything is 0, for f never saw an imaginary part. Two slips do that: the 1j is "
            "missing, or theta is still an array of floats, which drops the imaginary part that "
            "you put into it.",
            wrong=_by(lambda f, theta, step, h: np.imag(f(theta + step)) / h, default=1e-20),
        ),
        Mistake(
            "an imaginary step in an array of floats",
            "np.zeros makes an array of floats, and 1j * h does not fit into it. Leave the step a "
            "float, and multiply the whole step by 1j where you add it to theta.",
            wrong=_imaginary_put_into_floats,
        ),
        Mistake(
            "real part instead of the imaginary part",
            "You divide f itself by h: the real part is the value of f. The slope is in the "
            "imaginary part. An array of floats keeps the real part only, with a warning.",
            wrong=_imaginary(lambda value, h: np.real(value) / h),
        ),
        Mistake(
            "imaginary part not taken",
            "The result is complex. Its real part is the value of f, which is not asked. The slope "
            "is in the imaginary part: take that before you divide.",
            wrong=_complex_values,
        ),
        Mistake(
            "absolute value for the imaginary part",
            "The absolute value of a complex number mixes both parts, and here the value of f "
            "drowns the slope. Take the imaginary part.",
            wrong=_imaginary(lambda value, h: np.abs(value) / h),
        ),
        Mistake(
            "not divided by h",
            "The imaginary part is h times the slope. It is of size 1e-20 here: divide it by h.",
            wrong=_imaginary(lambda value, h: np.imag(value)),
        ),
        Mistake(
            "divided by 2 h",
            "The 2 belongs to the central difference, which goes h up and h down. Here f is asked "
            "once, one step of h away.",
            wrong=_imaginary(lambda value, h: np.imag(value) / (2 * h)),
        ),
        Mistake(
            "central difference",
            "You subtract two values of f. With a step of 1e-20 they are equal to the last digit, "
            "so nothing is left. The complex step subtracts nothing: it reads the slope off the "
            "imaginary part.",
            wrong=_by(
                lambda f, theta, step, h: (f(theta + step) - f(theta - step)) / (2 * h),
                default=1e-20,
            ),
        ),
        Mistake(
            "h not used",
            "With the usual step it is right. With another h the answer does not change: your code "
            "has a step of its own. Use the h that you are given.",
            wrong=lambda f, theta, h=1e-20: complex_step(f, theta),
        ),
        Mistake(
            "all coordinates moved at once",
            "You add the step to the whole of theta, and all slopes end up in one number. Move one "
            "coordinate at a time.",
            wrong=lambda f, theta, h=1e-20: np.imag(f(theta + 1j * h)) / h,
        ),
        Mistake(
            "the step never reset",
            "The first entry is right. The later ones are sums: the earlier coordinates still "
            "carry their imaginary part. Take it away again, or start each round afresh.",
            wrong=_imaginary_never_reset,
        ),
        Mistake(
            "gradient in an array of integers",
            "theta holds integers here, and zeros_like(theta) makes more of them: each slope loses "
            "what stands behind the point. The gradient needs an array of floats.",
            wrong=lambda f, theta, h=1e-20: complex_step(f, theta, h).astype(theta.dtype),
        ),
        Mistake(
            "only the first entry",
            "Only the first slope is there. The `return` probably stands inside the loop. Look at "
            "how far it is indented.",
            wrong=_first_only(complex_step, 1e-20),
        ),
        Mistake(
            "f given a flattened theta",
            "f expects theta in its own shape. Count through the entries as you like, but hand "
            "the whole array over in its shape.",
            wrong=lambda f, theta, h=1e-20: complex_step(f, theta.ravel(), h).reshape(theta.shape),
        ),
    ),
    hints=(
        "The loop is the one of numeric_gradient: one coordinate at a time, a float array for the "
        "slopes. Only the line inside changes. There is one call of f in it, and no subtraction.",
        "The step is imaginary: h times 1j, which is how Python writes the imaginary unit. Add it "
        "to one coordinate. An array of floats cannot hold it; a float array plus a complex one "
        "gives a complex array by itself.",
        "Make the array step as before, with h in one place. Ask f for theta + 1j * step. Of what "
        "comes back, np.imag takes the part that you need. Then only one division is left.",
    ),
)


# --- gradcheck.crosses_kink --------------------------------------------------------------------


def crosses_kink(z, dz):
    """Where the sign of z changes between z - dz and z + dz; dz a number or an array like z."""
    return np.sign(z - dz) != np.sign(z + dz)


def _kink_cases(rng: np.random.Generator) -> list[Case]:
    row, whole = np.array([-0.25, 0.5, 0.0, 2.0, -2.0]), np.array([-3, 0, 2, 5])
    return [
        Case((row, 0.75), "z = [-0.25, 0.5, 0, 2, -2], dz = 0.75"),
        _kink_case(rng, 2, 4),
        _kink_case(rng, 5, 3),
        Case((whole, np.array([4, 1, -3, 1])), "z = [-3, 0, 2, 5], dz = [4, 1, -3, 1]"),
        Case((np.array([[0.5]]), np.array([[0.625]])), "one unit, one sample", tags=("one unit",)),
    ]


def _kink_case(rng: np.random.Generator, n: int, m: int) -> Case:
    """Entries that cross with either sign of z and of dz, and entries that do not; none touches."""
    z = np.abs(quarters(rng, n, m)) + 0.5
    z.flat[:5] = [0.25, -0.5, 0.0, 0.25, -0.25]
    z.flat[5] *= -1
    dz = np.full((n, m), 0.125)
    dz.flat[:5] = [0.375, 0.625, 0.125, -0.375, -0.625]
    order = rng.permutation(n * m)
    z, dz = (v.ravel()[order].reshape(n, m) for v in (z, dz))
    return Case((z, dz), f"z and dz of shape ({n}, {m})", {"n": n, "m": m})


CROSSES_KINK = Exercise(
    id="gradcheck.crosses_kink",
    points=2,
    signature="crosses_kink(z, dz) -> bool array",
    outputs=("crosses_kink(z, dz)",),
    reference=crosses_kink,
    cases=_kink_cases,
    mistakes=(
        Mistake(
            "upwards only",
            "You compare z with z + dz. The central difference also goes down, to z - dz, and "
            "that side may be the one that crosses. Look at both ends.",
            wrong=lambda z, dz: np.sign(z) != np.sign(z + dz),
        ),
        Mistake(
            "downwards only",
            "You compare z with z - dz. The central difference also goes up, to z + dz, and that "
            "side may be the one that crosses. Look at both ends.",
            wrong=lambda z, dz: np.sign(z) != np.sign(z - dz),
        ),
        Mistake(
            "size of z not taken",
            "Every negative z counts as crossing, even one far away from 0. What matters is how "
            "far z is from 0, on either side: its absolute value.",
            wrong=lambda z, dz: z < np.abs(dz),
        ),
        Mistake(
            "no absolute values",
            "z < dz looks at the signs. A z far below 0 does not cross, and a negative dz can "
            "cross as well as a positive one. Compare how far z is from 0 with how far it moves.",
            wrong=lambda z, dz: z < dz,
        ),
        Mistake(
            "negative dz forgotten",
            "A negative dz never crosses in your answer. But z is moved by +dz and by -dz, so the "
            "sign of dz makes no difference: only its size does.",
            wrong=lambda z, dz: np.abs(z) < dz,
        ),
        Mistake(
            "yes and no exchanged",
            "True and False are exchanged: you marked the entries that stay on their side.",
            wrong=lambda z, dz: np.abs(z) > np.abs(dz),
        ),
        Mistake(
            "z exactly 0 missed",
            "An entry that stands exactly on the kink is not marked, though it goes to both "
            "sides. Multiplying z itself by its neighbour gives 0 there, which is not below 0. "
            "Compare the two ends with each other.",
            wrong=lambda z, dz: (z * (z + dz) < 0) | (z * (z - dz) < 0),
        ),
        Mistake(
            "only z exactly 0",
            "You mark only what stands exactly on the kink. A z close to it crosses too, if the "
            "step is longer than the way to 0.",
            wrong=lambda z, dz: np.asarray(z) == 0,
        ),
        Mistake(
            "one answer for all",
            "You get one True or False for the whole array. Answer for each entry on its own.",
            wrong=lambda z, dz: np.any(np.abs(z) < np.abs(dz)),
        ),
        Mistake(
            "chained comparison",
            "Python reads a < 0 < b as two questions joined by `and`, which wants a single yes or "
            "no. An array has one answer for each entry: ask both questions separately and join "
            "them with &, or compare sizes.",
            wrong=lambda z, dz: (z - np.abs(dz)) < 0 < (z + np.abs(dz)),
        ),
        Mistake(
            "silent units marked",
            "You mark every z that is not above 0. A silent unit crosses the kink only if the step "
            "can carry it over.",
            wrong=lambda z, dz: np.asarray(z) <= 0,
        ),
    ),
    hints=(
        "Draw a line with 0 in the middle, and put z on it. The central difference looks at two "
        "places, one dz away on either side. Are the two places on different sides of 0?",
        "It does not matter whether dz is positive or negative: one place is z + dz, the other "
        "z - dz. Nor does it matter on which side of 0 z starts. What matters is whether the way "
        "to 0 is shorter than the step.",
        "There are two good ways to write it, each one line. Either compare np.sign of both "
        "places; or compare the distance of z from 0 with the length of the step, both by np.abs. "
        "NumPy answers for each entry by itself.",
    ),
)


# --- gradcheck.suspects ------------------------------------------------------------------------

_WRONG = frozenset({"softmax", "product", "tiny"})


def _accuse(*names: str) -> Callable:
    return _value("suspects", set(names))


_SMALL_MISSED = (
    "One wrong gradient is still free: its numbers look right to three digits. Your relative_error "
    "does not miss it. What is the largest error that rounding can explain?"
)
_TINY_MISSED = (
    "One wrong gradient is still free: all its numbers are so small that any absolute tolerance "
    "lets it pass. Look at the relative error of each, and only at that."
)
_CORNER_ACCUSED = (
    "One of those that you accuse is innocent. A numeric gradient can be wrong itself: look at the "
    "point where it was taken, and ask crosses_kink."
)

SUSPECTS = Exercise(
    id="gradcheck.suspects",
    points=3,
    signature="suspects = …",
    outputs=("suspects",),
    returns="named",
    reference=_accuse(*_WRONG),
    unpack=names_out_of(candidates()),
    reveal=False,
    mistakes=(
        Mistake("the small error missed", _SMALL_MISSED, wrong=_accuse("product", "tiny")),
        Mistake("an innocent one accused", _CORNER_ACCUSED, wrong=_accuse(*_WRONG, "corner")),
        Mistake(
            "small error missed, an innocent one accused",
            f"{_SMALL_MISSED} {_CORNER_ACCUSED}",
            wrong=_accuse("product", "tiny", "corner"),
        ),
        Mistake("the tiny gradient missed", _TINY_MISSED, wrong=_accuse("softmax", "product")),
        Mistake(
            "tiny gradient missed, an innocent one accused",
            f"{_TINY_MISSED} {_CORNER_ACCUSED}",
            wrong=_accuse("softmax", "product", "corner"),
        ),
        Mistake(
            "only what a loose tolerance sees",
            "You found what is wrong in the first digit. Two more are wrong: one by less than you "
            "can see in the printed numbers, one in numbers too small for an absolute tolerance. "
            "The relative error shows both.",
            wrong=_accuse("product"),
        ),
        Mistake(
            "loose tolerance, and an innocent one accused",
            f"You found what is wrong in the first digit; two smaller ones are missing, and the "
            f"relative error shows both. {_CORNER_ACCUSED}",
            wrong=_accuse("product", "corner"),
        ),
        Mistake(
            "the right ones named",
            "These are the ones that are right. The suspects are the others.",
            wrong=_accuse(*set(candidates()) - _WRONG),
        ),
        Mistake(
            "the ones that agree named",
            "These are the ones whose numbers agree. The suspects are among the others; one of "
            "the others is innocent all the same.",
            wrong=_accuse("square", "length", "layer"),
        ),
        Mistake(
            "everybody accused",
            "A numeric gradient is never exact: rounding alone leaves about 1e-10. Only an error "
            "far above that is a reason to accuse. Compare with 1e-6.",
            wrong=_accuse(*candidates()),
        ),
        Mistake(
            "nobody accused",
            "Nobody is accused, and some are wrong. Print the relative error between each claimed "
            "gradient and your own numeric gradient.",
            wrong=_accuse(),
        ),
    ),
    hints=(
        "Do for every candidate what you did for the eight planted bugs: your numeric_gradient of "
        "f at theta, and the relative_error between that and the claimed gradient. A loop of three "
        "lines prints them all.",
        "Accuse nobody for an error that rounding explains: about 1e-10 is normal, and 1e-6 is a "
        "fair limit. Do not judge by the printed digits, nor by the size of the numbers.",
        "An error above the limit means that the two do not agree. It does not say which of them "
        "is wrong. A numeric gradient fails where f has a corner. Print theta for each one that is "
        "left. For one of them f is a sum of ReLUs, and theta itself is what goes into them.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    NUMERIC_GRADIENT,
    RELATIVE_ERROR,
    BEST_STEP,
    COMPLEX_STEP,
    CROSSES_KINK,
    SUSPECTS,
)
