"""Lesson 01: one layer of ReLU units, forward and backward. Samples stand in columns."""

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.data import seed_001
from lessonlib.lessons.drawing import layer, quarters, sizes_in_words

# --- relu.relu and relu.relu_derivative --------------------------------------------------------


def relu(z):
    """max(0, z), entry by entry."""
    return np.maximum(0, z)


def relu_derivative(z):
    """The slope of the ReLU: 1 where z > 0, else 0; 0 at 0 by agreement."""
    return (np.asarray(z) > 0).astype(float)


def _arrays(rng: np.random.Generator) -> list[Case]:
    table = quarters(rng, 3, 4)
    table[1, 2] = 0.0
    return [
        Case((np.array([-1.5, 0.0, 2.5]),), "z = [-1.5, 0, 2.5]"),
        Case((table,), "a table z of shape (3, 4)"),
        Case((np.array([[-3, 0, 2], [5, -1, 4]]),), "whole numbers", tags=("whole numbers",)),
        Case((quarters(rng, 2, 3, 2),), "an array z of shape (2, 3, 2)"),
    ]


def _overwrite(z):
    z[z < 0] = 0
    return z


def _overwrite_with_slope(z):
    z[z <= 0] = 0
    z[z > 0] = 1
    return z


RELU = Exercise(
    id="relu.relu",
    points=1,
    signature="relu(z) -> same shape",
    outputs=("relu(z)",),
    reference=relu,
    cases=_arrays,
    mistakes=(
        Mistake(
            "z overwritten",
            "Back-propagation will ask for z again, and the negative numbers would be gone.",
            wrong=_overwrite,
        ),
        Mistake(
            "one maximum for the whole array",
            "np.max looks for the largest entry of the array. The ReLU compares each entry with 0, "
            "on its own. Look for the NumPy function that compares two things entry by entry.",
            wrong=lambda z: np.max(z) * (np.max(z) > 0),
        ),
        Mistake(
            "absolute value",
            "The negative entries came out positive. The ReLU does not mirror them, it stops them: "
            "below zero the answer is 0.",
            wrong=np.abs,
        ),
        Mistake(
            "minimum instead of maximum",
            "The negative entries passed and the positive ones became 0, which is the ReLU the "
            "wrong way round. Draw the curve: flat on the left, rising on the right.",
            wrong=lambda z: np.minimum(0, z),
        ),
        Mistake(
            "the slope instead of the value",
            "You get 1 wherever z is positive. That is the derivative of the ReLU. The ReLU itself "
            "lets a positive number through as it is.",
            wrong=relu_derivative,
        ),
        Mistake(
            "nothing is stopped",
            "The answer is z itself: the negative entries pass unchanged. The ReLU puts 0 in their "
            "place.",
            wrong=lambda z: z.copy(),
        ),
        Mistake(
            "leaky",
            "Negative entries come out as small negative numbers. That is a leaky ReLU, a useful "
            "cousin. The plain ReLU gives exactly 0 there.",
            wrong=lambda z: np.where(z > 0, z, 0.01 * z),
        ),
        Mistake(
            "Python's max",
            "Python's own max wants one answer to the question which is larger. An array has one "
            "answer for each entry. Use NumPy's comparison of two things entry by entry.",
            wrong=lambda z: max(0, z),
        ),
    ),
    hints=(
        "Say in one sentence what happens to a single number: a negative one becomes 0, any other "
        "stays what it is. Try it on -1.5, on 0 and on 2.5 before you write any code.",
        "The same rule holds for every entry of the array, and no entry needs to know of another. "
        "So you need no loop. NumPy has functions that compare two things entry by entry and keep "
        "the larger one; the one you want is not np.max, which looks through one array only.",
        "Its name is np.maximum. It takes two things to compare. One of them is z. Which number is "
        "the other one? Return the result, and leave z itself alone.",
    ),
)

RELU_DERIVATIVE = Exercise(
    id="relu.relu_derivative",
    points=1,
    signature="relu_derivative(z) -> same shape",
    outputs=("relu_derivative(z)",),
    reference=relu_derivative,
    cases=_arrays,
    mistakes=(
        Mistake(
            "z overwritten",
            "Forward propagation left z for later steps, and they would find ones and zeros.",
            wrong=_overwrite_with_slope,
        ),
        Mistake(
            "1 at zero",
            "It is right everywhere but at exactly z = 0. There the curve has a corner and no "
            "slope, and by agreement we take 0. Look at your comparison: >= counts zero as "
            "positive, > does not.",
            wrong=lambda z: (z >= 0).astype(float),
        ),
        Mistake(
            "the value instead of the slope",
            "Positive entries come out as they went in. That is the ReLU. Its slope is what you "
            "read off the curve: how much it rises for one step to the right.",
            wrong=relu,
        ),
        Mistake(
            "sign of z",
            "Negative entries give -1. But the ReLU is flat there: a small step to the left or "
            "right changes nothing, so its slope is 0.",
            wrong=np.sign,
        ),
        Mistake(
            "upside down",
            "Ones and zeros are exchanged. The slope is 1 where the curve rises, on the right.",
            wrong=lambda z: (z < 0).astype(float),
        ),
        Mistake(
            "one half at zero",
            "Only z = 0 is off. Averaging the slopes on both sides is a fair idea, and some "
            "libraries do it. In this course the slope at 0 is 0.",
            wrong=lambda z: np.heaviside(z, 0.5),
        ),
        Mistake(
            "a division by z",
            "0 divided by 0 is nan, and z may be exactly 0. Ask whether z is positive instead of "
            "dividing by it.",
            wrong=lambda z: np.maximum(0, z) / z,
        ),
    ),
    hints=(
        "Look at the picture of the ReLU. Left of 0 it is flat, so its slope there is 0. Right of "
        "0 it rises one up for one across, so its slope is 1. At 0 itself there is a corner; we "
        "agreed on 0.",
        "So the slope answers a question with yes or no: is this entry positive? In NumPy a "
        "comparison such as z > 3 asks that of every entry at once and gives an array of True and "
        "False.",
        "True and False count as 1 and 0 in NumPy. If you want numbers, turn the array of answers "
        "into floats with .astype(float). Only one detail is left: does your comparison say yes or "
        "no at exactly 0?",
    ),
)


# --- relu.by_hand ------------------------------------------------------------------------------


def _four_numbers(raw: dict, case: Case) -> dict:
    """Take four numbers in a row, in a column or in a list: on paper that is all the same."""
    outputs = {}
    for name in ("z1", "a1"):
        numbers = as_numbers(raw[name])
        if numbers is None or numbers.size != 4:
            raise Malformed(f"{name} should hold four numbers, one for each unit of the layer.")
        outputs[name] = numbers.ravel().astype(float)
    return outputs


def _seed_layer(x_of=lambda x: x, W_of=lambda W: W, b_of=lambda b: b, a_of=relu):
    """Return an answer to relu.by_hand in which one ingredient may be spoilt."""

    def values():
        net = seed_001()
        z1 = W_of(net["W1"]) @ x_of(net["x"]) + b_of(net["b1"])
        return {"z1": z1, "a1": a_of(z1)}

    return values


BY_HAND = Exercise(
    id="relu.by_hand",
    points=2,
    signature="z1 = …, a1 = …",
    outputs=("z1", "a1"),
    returns="named",
    reference=_seed_layer(),
    unpack=_four_numbers,
    rtol=1e-6,
    reveal=False,
    mistakes=(
        Mistake(
            "bias left out",
            "Your numbers are W1 times x and nothing more. Each unit then adds its own bias, the "
            "number in the last column of the table, sign included.",
            wrong=_seed_layer(b_of=lambda b: 0 * b),
        ),
        Mistake(
            "bias subtracted",
            "The biases went in with the wrong sign. The first one is -5: adding it makes the sum "
            "smaller by 5.",
            wrong=_seed_layer(b_of=lambda b: -b),
        ),
        Mistake(
            "minus signs in W1 lost",
            "One weight of the first unit is negative: the second input counts against that unit.",
            wrong=_seed_layer(W_of=np.abs),
        ),
        Mistake(
            "x read backwards",
            "The first column of W1 belongs to the first input, which is 2. Go from left to right "
            "in W1 and from top to bottom in x.",
            wrong=_seed_layer(x_of=lambda x: x[::-1]),
        ),
        Mistake(
            "ReLU left out",
            "a1 is the same as z1. The activation a1 is what comes out behind the ReLU: a negative "
            "number is stopped and becomes 0.",
            wrong=_seed_layer(a_of=lambda z: z),
        ),
        Mistake(
            "absolute value for the ReLU",
            "The negative number came out positive. The ReLU does not mirror it: it becomes 0.",
            wrong=_seed_layer(a_of=np.abs),
        ),
        Mistake(
            "the slope instead of the value",
            "These ones and zeros are the slopes of the ReLU. a1 holds its values.",
            wrong=_seed_layer(a_of=relu_derivative),
        ),
    ),
    hints=(
        "Take one unit at a time. Each row of W1 is one unit: it has three weights, one for each "
        "number in x, and one bias in b1. So four rows give four numbers.",
        "For a row, multiply its first weight by the first input, its second by the second, its "
        "third by the third; add the three products, then add the bias. The worked example above "
        "does that for a layer with two units: put your finger on the same places here.",
        "The first row is [1, -1, 1] and x is [2, 1, 3]. The products are 2, -1 and 3. Add them, "
        "then add the first bias, which is -5. For a1 go through your four numbers once more: "
        "which of them does the ReLU stop?",
    ),
)


# --- relu.tent ---------------------------------------------------------------------------------

_STRETCHES = {
    "left of -1": np.array([-4.0, -2.5, -1.0]),
    "between -1 and 0": np.array([-0.75, -0.5, 0.0]),
    "between 0 and 1": np.array([0.25, 0.5, 1.0]),
    "right of 1": np.array([1.5, 2.0, 4.0]),
}


def _tent_heights(raw: dict, case: Case) -> dict:
    """Return the sum of the three hinges at three points of each stretch."""
    w, b, v = (_three_numbers(name, raw[name]) for name in ("w", "b", "v"))
    return {name: relu(np.outer(x, w) + b) @ v for name, x in _STRETCHES.items()}


def _three_numbers(name: str, value) -> np.ndarray:
    numbers = as_numbers(value)
    if numbers is None or numbers.shape != (3,):
        raise Malformed(f"{name} should hold three numbers, one for each hinge: shape (3,).")
    return numbers.astype(float)


def _hinges(w, b, v):
    return lambda: {"w": np.array(w), "b": np.array(b), "v": np.array(v)}


TENT = Exercise(
    id="relu.tent",
    points=2,
    signature="w = …, b = …, v = …",
    outputs=tuple(_STRETCHES),
    returns="named",
    reference=_hinges([1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [1.0, -2.0, 1.0]),
    unpack=_tent_heights,
    rtol=1e-6,
    mistakes=(
        Mistake(
            "the roof does not turn at 0",
            "Behind 0 the sum stays level. One hinge of height -1 only stops the rise. To turn a "
            "rise into a fall the second hinge has to take away twice as much.",
            wrong=_hinges([1, 1, 1], [1, 0, -1], [1, -1, 0]),
        ),
        Mistake(
            "the middle hinge too weak",
            "The middle hinge stops the rise but does not turn it. After 0 the slope should be -1: "
            "count what the first hinge still adds.",
            wrong=_hinges([1, 1, 1], [1, 0, -1], [1, -1, 1]),
        ),
        Mistake(
            "no third hinge",
            "Up to 1 the tent stands. Behind 1 the sum goes on falling, for nothing stops it. The "
            "third hinge must open at 1 and cancel the fall.",
            wrong=_hinges([1, 1, 1], [1, 0, -1], [1, -2, 0]),
        ),
        Mistake(
            "all hinges at 0",
            "Without biases every hinge opens at 0. A hinge opens where w x + b is 0, that is at "
            "-b / w. Where do you want the three?",
            wrong=_hinges([1, 1, 1], [0, 0, 0], [1, -2, 1]),
        ),
        Mistake(
            "shifted by 1",
            "The tent has the right form in the wrong place, one step to the right. The sign of a "
            "bias is the reason: with b = +1 the hinge opens at -1.",
            wrong=_hinges([1, 1, 1], [0, -1, -2], [1, -2, 1]),
        ),
    ),
    hints=(
        "A hinge relu(w x + b) is flat until w x + b reaches 0, and straight from there on. First "
        "mark on paper the three places where the tent bends: -1, 0 and 1. Each needs one hinge.",
        "With w = 1 a hinge opens at -b. So the three biases follow from the three places. Now "
        "only the heights v are left, and you can choose them from left to right.",
        "Between -1 and 0 only the first hinge is open, and the slope should be 1. Between 0 and 1 "
        "the first two are open, and the slope should be -1: so what must the second one add? "
        "Behind 1 all three are open, and the slopes must add up to 0.",
    ),
)


# --- relu.layer_forward ------------------------------------------------------------------------


def layer_forward(W, b, X):
    """Z = W X + b and A = relu(Z). W (n, n_in), b (n, 1), X (n_in, m); both results (n, m)."""
    Z = W @ X + b
    return Z, relu(Z)


def _case(args: tuple, n_in: int, n: int, m: int, *tags: str) -> Case:
    return Case(args, sizes_in_words(n_in, n, m), {"m": m, "n": n, "n_in": n_in}, tags)


def _layers(rng: np.random.Generator) -> list[Case]:
    return [
        _case(layer(rng, 2, 3, 4), 2, 3, 4),
        _case(layer(rng, 3, 2, 1), 3, 2, 1, "one sample"),
        _case(layer(rng, 4, 1, 3), 4, 1, 3, "one unit"),
        _case(layer(rng, 5, 4, 7), 5, 4, 7),
        _case(tuple((4 * a).astype(int) for a in layer(rng, 3, 4, 2)), 3, 4, 2, "whole numbers"),
    ]


def _forward(z_of, a_of=relu):
    """Return a forward pass with a spoilt step."""

    def forward(W, b, X):
        Z = z_of(W, b, X)
        return Z, a_of(Z)

    return forward


def _relu_into_z(W, b, X):
    Z = W @ X + b
    return np.maximum(Z, 0, out=Z), Z


LAYER_FORWARD = Exercise(
    id="relu.layer_forward",
    points=2,
    signature="layer_forward(W, b, X) -> (Z, A)",
    outputs=("Z", "A"),
    returns="tuple",
    reference=layer_forward,
    cases=_layers,
    mistakes=(
        Mistake(
            "ReLU left out",
            "A equals Z. The activation is what comes out behind the ReLU.",
            wrong=_forward(lambda W, b, X: W @ X + b, a_of=np.copy),
        ),
        Mistake(
            "Z overwritten by the ReLU",
            "Z has lost its negative numbers: the ReLU was written into Z itself, or was applied "
            "before Z was kept. Backward needs Z as it was before the ReLU.",
            wrong=_relu_into_z,
        ),
        Mistake(
            "bias left out",
            "This is W X alone. Each unit adds its own bias, to every sample.",
            wrong=_forward(lambda W, b, X: W @ X),
        ),
        Mistake(
            "bias subtracted",
            "The bias went in with a minus. In Z = W X + b it is added.",
            wrong=_forward(lambda W, b, X: W @ X - b),
        ),
        Mistake(
            "one bias for all units",
            "Every unit got the same bias. b has one row for each unit: add it as the column that "
            "it is, and NumPy stretches it over the samples.",
            wrong=_forward(lambda W, b, X: W @ X + b[0, 0]),
        ),
        Mistake(
            "all biases added to each unit",
            "Every unit got the sum of all biases. Add b as the column that it is, without a sum.",
            wrong=_forward(lambda W, b, X: W @ X + np.sum(b)),
        ),
        Mistake(
            "Z and A exchanged",
            "Both arrays are right, in the wrong order. The contract returns Z first, then A.",
            wrong=lambda W, b, X: layer_forward(W, b, X)[::-1],
        ),
        Mistake(
            "bias added behind the ReLU",
            "The bias belongs inside: it decides where the unit starts to fire. Add it to W X "
            "first, then apply the ReLU to the sum.",
            wrong=lambda W, b, X: (W @ X + b, relu(W @ X) + b),
        ),
        Mistake(
            "X before W",
            "In a matrix product the inner sizes must be equal. W is (n, n_in) and X is "
            "(n_in, m): which of them must stand on the left?",
            wrong=_forward(lambda W, b, X: X @ W + b),
        ),
        Mistake(
            "W transposed",
            "W has one row for each unit already, so it needs no transposition. Write the shapes "
            "under the factors: (n, n_in) times (n_in, m).",
            wrong=_forward(lambda W, b, X: W.T @ X + b),
        ),
        Mistake(
            "elementwise product",
            "The star multiplies entry by entry. Here each row of W must meet each column of X: "
            "that is the matrix product, written @ in Python.",
            wrong=_forward(lambda W, b, X: W * X + b),
        ),
    ),
    hints=(
        "You have done this for one sample on paper: products, sum, bias, ReLU. Now the samples "
        "stand side by side in X, one in each column, and W X does all of them at once.",
        "Write the shapes under the letters. W is (n, n_in), X is (n_in, m): the inner sizes "
        "agree, and the product is (n, m), one row for each unit and one column for each sample. "
        "b is (n, 1), and NumPy adds it to every column by itself.",
        "The function is three lines: make Z with @ and +; make A from Z, with the relu that you "
        "wrote above; return both, Z first. Take care that making A does not write into Z.",
    ),
)


# --- relu.layer_backward -----------------------------------------------------------------------


def layer_backward(dA, Z, W, X):
    """Gradients of a ReLU layer, summed over the samples (chain rule).

    dA, Z (n, m); W (n, n_in); X (n_in, m). Returns dW (n, n_in), db (n, 1), dX (n_in, m):
    dZ = dA * relu'(Z), dW = dZ X^T, db = sum of dZ over the samples, dX = W^T dZ.
    """
    dZ = dA * relu_derivative(Z)
    return dZ @ X.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ


def _gradient_case(rng: np.random.Generator, n_in: int, n: int, m: int, *tags: str) -> Case:
    W, b, X = layer(rng, n_in, n, m)
    return _case((quarters(rng, n, m), W @ X + b, W, X), n_in, n, m, *tags)


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _gradient_case(rng, 2, 3, 4),
        _gradient_case(rng, 3, 2, 1, "one sample"),
        _gradient_case(rng, 4, 1, 3, "one unit"),
        _gradient_case(rng, 5, 4, 7),
        _gradient_case(rng, 3, 5, 6),
    ]


def _backward(mask=relu_derivative, dW=None, db=None, dX=None):
    """Return a backward pass with a spoilt step; each step is given (dZ, dA, Z, W, X)."""
    dW = dW or (lambda dZ, dA, Z, W, X: dZ @ X.T)
    db = db or (lambda dZ, dA, Z, W, X: dZ.sum(axis=1, keepdims=True))
    dX = dX or (lambda dZ, dA, Z, W, X: W.T @ dZ)

    def backward(dA, Z, W, X):
        values = dA * mask(Z), dA, Z, W, X
        return dW(*values), db(*values), dX(*values)

    return backward


def _mask_in_place(dA, Z, W, X):
    dA[Z <= 0] = 0
    return dA @ X.T, dA.sum(axis=1, keepdims=True), W.T @ dA


def _mask_into_z(dA, Z, W, X):
    Z[Z <= 0] = 0
    Z[Z > 0] = 1
    return _backward(mask=lambda Z: Z)(dA, Z, W, X)


LAYER_BACKWARD = Exercise(
    id="relu.layer_backward",
    points=4,
    signature="layer_backward(dA, Z, W, X) -> (dW, db, dX)",
    outputs=("dW", "db", "dX"),
    returns="tuple",
    reference=layer_backward,
    cases=_gradient_cases,
    mistakes=(
        Mistake(
            "mask left out",
            "The gradient also flows through units that the ReLU has stopped. Two slips give these "
            "numbers: dA is used where dZ is meant, or the mask asks whether the activation is "
            ">= 0, which is always true. Make the mask from Z, with >, and multiply dA by it "
            "first.",
            wrong=_backward(mask=np.ones_like),
        ),
        Mistake(
            "mask with >=",
            "It is right but where Z is exactly 0. There the slope of the ReLU is 0 by agreement, "
            "so nothing flows back. Look at the comparison that makes your mask: >= lets zero "
            "pass.",
            wrong=_backward(mask=lambda Z: (Z >= 0).astype(float)),
        ),
        Mistake(
            "the value of the ReLU for its slope",
            "dA was multiplied by relu(Z). The chain rule wants the slope of the ReLU there: only "
            "ones and zeros. You have written a function for it above.",
            wrong=_backward(mask=relu),
        ),
        Mistake(
            "multiplied by Z",
            "dA was multiplied by Z itself. The chain rule wants the slope of the ReLU at Z.",
            wrong=_backward(mask=lambda Z: Z),
        ),
        Mistake(
            "mask upside down",
            "The gradient flows just where the unit is silent. Look at the direction of the "
            "comparison that makes your mask.",
            wrong=_backward(mask=lambda Z: (Z <= 0).astype(float)),
        ),
        Mistake(
            "db summed over everything",
            "All entries of dZ were added to one number, which would be the same step for every "
            "bias. Each unit has its own bias: sum over the samples only, that is along each row, "
            "and keep the result a column.",
            wrong=_backward(db=lambda dZ, *_: np.sum(dZ)),
        ),
        Mistake(
            "db not summed",
            "db is dZ itself, with one column for each sample. But there is only one bias for all "
            "samples, so their shares add up: sum over the samples, and keep the result a column.",
            wrong=_backward(db=lambda dZ, *_: dZ.copy()),
        ),
        Mistake(
            "db summed over the units",
            "The sum ran down the columns, over the units. Every unit has its own bias; it is the "
            "samples that add up. They lie along the other axis.",
            wrong=_backward(db=lambda dZ, *_: dZ.sum(axis=0)),
        ),
        Mistake(
            "db from dA",
            "db was summed from dA. The bias sits before the ReLU, so it needs dZ, which is dA "
            "after the mask.",
            wrong=_backward(db=lambda dZ, dA, *_: dA.sum(axis=1, keepdims=True)),
        ),
        Mistake(
            "dW transposed",
            "dW came out with rows and columns exchanged. It must have the shape of W, which is "
            "(n, n_in). Write the shapes of dZ and X side by side and see which one must be "
            "transposed, and which stands first.",
            wrong=_backward(dW=lambda dZ, dA, Z, W, X: X @ dZ.T),
        ),
        Mistake(
            "dW from dA",
            "dW was made from dA. The weights sit before the ReLU, so they need dZ, which is dA "
            "after the mask.",
            wrong=_backward(dW=lambda dZ, dA, Z, W, X: dA @ X.T),
        ),
        Mistake(
            "dW from the first sample only",
            "Only the first sample went into dW. The matrix product with the transposed X sums "
            "over all samples by itself.",
            wrong=_backward(dW=lambda dZ, dA, Z, W, X: dZ[:, :1] @ X[:, :1].T),
        ),
        Mistake(
            "dX from dA",
            "dX was made from dA. The way back to X leads through the ReLU first, so it needs dZ, "
            "which is dA after the mask.",
            wrong=_backward(dX=lambda dZ, dA, Z, W, X: W.T @ dA),
        ),
        Mistake(
            "W not transposed in dX",
            "Forward, W leads from n_in inputs to n units. Back, dX must lead from n units to n_in "
            "inputs: W has to be turned round. Write the shapes under the factors of dX.",
            wrong=_backward(dX=lambda dZ, dA, Z, W, X: W @ dZ),
        ),
        Mistake(
            "X not transposed in dW",
            "dZ is (n, m) and X is (n_in, m): their inner sizes do not agree. dW must come out as "
            "(n, n_in), with the samples summed away. Which factor has to be turned round?",
            wrong=_backward(dW=lambda dZ, dA, Z, W, X: dZ @ X),
        ),
        Mistake(
            "dX elementwise",
            "A star multiplies entry by entry. Each input feeds every unit, so all their shares "
            "must be added: that is the matrix product, written @.",
            wrong=_backward(dX=lambda dZ, dA, Z, W, X: W.T * dZ),
        ),
        Mistake(
            "dA overwritten",
            "The mask was written into dA.",
            wrong=_mask_in_place,
        ),
        Mistake(
            "Z overwritten",
            "The mask was written into Z.",
            wrong=_mask_into_z,
        ),
    ),
    hints=(
        "Go back through the layer in the opposite order. The last thing forward was the ReLU, so "
        "the first thing backward is its slope: dZ is dA where the unit fired, and 0 where it was "
        "stopped. It has the shape of Z.",
        "Then three results come from dZ. Let the shapes lead you: dW must look like W, db like b, "
        "dX like X. Write (n, m), (n_in, m) and (n, n_in) under the letters, and turn factors "
        "round until the inner sizes agree.",
        "dW is a matrix product of dZ and the transposed X: it sums over the samples by itself. "
        "For db you sum yourself, along each row, with keepdims=True. dX is the transposed W times "
        "dZ. No mean anywhere.",
    ),
)


# --- relu.bug_hunt -----------------------------------------------------------------------------

BUG_HUNT = Exercise(
    id="relu.bug_hunt",
    points=1,
    signature="wrong_line = …",
    outputs=("wrong_line",),
    returns="named",
    reference=lambda: {"wrong_line": 1},
    reveal=False,
    mistakes=(
        Mistake(
            "line 2 accused",
            "Line 2 makes dW. But the table shows a broken promise of a bias, and line 2 has no "
            "part in db. What do dW, db and dX all depend on?",
            wrong=lambda: {"wrong_line": 2},
        ),
        Mistake(
            "line 3 accused",
            "Line 3 sums what it is given, along the right direction: three of the four promises "
            "are kept. For the silent unit it is given something that should not be there. Where "
            "does that come from?",
            wrong=lambda: {"wrong_line": 3},
        ),
        Mistake(
            "line 4 accused",
            "Line 4 makes dX, which the table does not show at all. Look for what reaches the bias "
            "of the silent unit.",
            wrong=lambda: {"wrong_line": 4},
        ),
    ),
    hints=(
        "Look at the table. Three promises are kept, and one is not. Which unit is it, and what "
        "was special about that unit when you worked the layer out on paper? Look at its z1 and "
        "its a1.",
        "That unit is silent: a small change of its bias changes nothing. So something should have "
        "stopped its message on the way back. Which line of the four is there to stop messages?",
        "Now ask that line about the silent unit. Its activation is exactly 0. The line compares "
        "an activation with 0. Say the comparison aloud with 0 in both places: is the answer yes "
        "or no? And can it ever be no?",
    ),
)


# --- relu.dead_units ---------------------------------------------------------------------------


def dead_units(Z):
    """Which units (rows) are never above 0 on any sample (column)? Z (n, m) -> (n,) bool."""
    return ~np.any(np.asarray(Z) > 0, axis=1)


def _dead_cases(rng: np.random.Generator) -> list[Case]:
    return [_dead_case(rng, 4, 3), _dead_case(rng, 5, 6), _dead_case(rng, 6, 2)]


def _dead_case(rng: np.random.Generator, n: int, m: int) -> Case:
    """Two dead units, one of them with a 0; one alive for a single sample; one mostly alive."""
    Z = quarters(rng, n, m)
    Z[:2] = -np.abs(Z[:2])
    Z[0, -1] = 0.0
    Z[2], Z[2, 0] = -2.0, 0.25
    Z[3], Z[3, 0] = 1.5, -0.25
    return Case((rng.permutation(Z),), f"{n} units, {m} samples", {"n": n, "m": m})


DEAD_UNITS = Exercise(
    id="relu.dead_units",
    points=2,
    signature="dead_units(Z) -> (n,) bool",
    outputs=("dead_units(Z)",),
    reference=dead_units,
    cases=_dead_cases,
    mistakes=(
        Mistake(
            "any for all",
            "Your rule calls a unit dead when one sample leaves it silent. That happens to healthy "
            "units too. Dead means silent on all samples.",
            wrong=lambda Z: (Z <= 0).any(axis=1),
        ),
        Mistake(
            "zero counted as alive",
            "A unit whose highest Z is exactly 0 gives 0 and passes no gradient: it is dead. Look "
            "at the comparison: is 0 above 0?",
            wrong=lambda Z: (Z < 0).all(axis=1),
        ),
        Mistake(
            "alive units marked",
            "True and False are exchanged: you marked the living units.",
            wrong=lambda Z: (Z > 0).any(axis=1),
        ),
        Mistake(
            "samples for units",
            "There is one answer for each sample; there should be one for each unit. Units are the "
            "rows of Z, so the question must be asked along each row.",
            wrong=lambda Z: (Z <= 0).all(axis=0),
        ),
        Mistake(
            "average for all",
            "A unit can be negative on the average and still fire for a few samples. Then it "
            "learns, and is not dead. Ask each sample, not their mean.",
            wrong=lambda Z: Z.mean(axis=1) <= 0,
        ),
        Mistake(
            "one answer for the whole layer",
            "You get one True or False for the layer. Ask for each unit on its own: give the axis "
            "to look along.",
            wrong=lambda Z: (Z <= 0).all(),
        ),
        Mistake(
            "Z overwritten",
            "The ReLU was written into Z.",
            wrong=lambda Z: ~np.maximum(Z, 0, out=Z).any(axis=1),
        ),
    ),
    hints=(
        "Look at the heat map above and find a row that is grey from left to right. That unit "
        "never fires. A row with a single coloured cell is alive: for that one sample it learns.",
        "Put it as a question with yes or no. For one entry: is it above 0? For one unit: is that "
        "so for any of its samples? A unit is dead when the answer is no.",
        "Z > 0 asks the first question of all entries at once. np.any and np.all gather the "
        "answers; with axis=1 they do so along each row, and give one answer for each unit. The "
        "sign ~ in front turns yes into no.",
    ),
)

EXERCISES = (
    RELU,
    RELU_DERIVATIVE,
    BY_HAND,
    TENT,
    LAYER_FORWARD,
    LAYER_BACKWARD,
    BUG_HUNT,
    DEAD_UNITS,
)
