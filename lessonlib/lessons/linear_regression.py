"""Lesson 06: from columns to rows; one neuron, then a stack of linear layers. Samples in ROWS."""

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.data import line
from lessonlib.lessons.drawing import quarters, sizes_in_words
from lessonlib.lessons.linear_network import (
    COUNT_PARAMETERS,
    GLOROT_UNIFORM,
    NETWORK_FORWARD,
    NETWORK_STEP,
    SUSPECTS,
    whole,
)
from lessonlib.lessons.questions import one_letter, set_to

# --- drawing: samples in rows ------------------------------------------------------------------


def _case(args: tuple, m: int, n_in: int, n_out: int, *tags: str) -> Case:
    about = sizes_in_words(n_in, n_out, m).replace("unit", "output")
    return Case(args, about, {"m": m, "n_in": n_in, "n_out": n_out}, tags)


def _batch(rng: np.random.Generator, m: int, n_in: int, n_out: int) -> tuple:
    """Return X (m, n_in), Y (m, n_out), W (n_in, n_out), b (n_out,)."""
    shapes = (m, n_in), (m, n_out), (n_in, n_out), (n_out,)
    return tuple(quarters(rng, *shape) for shape in shapes)


# --- linreg.recall_1 and linreg.recall_2 -------------------------------------------------------


def _numbers(*names: str):
    """Return an `unpack` that wants a single number under each name."""

    def unpack(raw: dict, case: Case) -> dict:
        values = {name: as_numbers(raw[name]) for name in names}
        for name, value in values.items():
            if value is None or value.size != 1:
                raise Malformed(f"{name} should be one number.")
        return {name: float(value.ravel()[0]) for name, value in values.items()}

    return unpack


def _dz(value: float):
    return lambda: {"dz": value}


RECALL_1 = Exercise(
    id="linreg.recall_1",
    points=1,
    signature="dz = …",
    outputs=("dz",),
    returns="named",
    reference=_dz(2 * (1 - 0.6**2)),
    unpack=_numbers("dz"),
    rtol=1e-3,
    reveal=False,
    mistakes=(
        Mistake(
            "the sigmoid's slope",
            "a (1 - a) is the slope of the sigmoid. That was the planted bug of lesson 05. The "
            "slope of tanh has another form: at a = 0 it must be 1, for tanh is steepest there.",
            wrong=_dz(2 * 0.6 * (1 - 0.6)),
        ),
        Mistake(
            "tanh applied twice",
            "The formula was given tanh(0.6). But 0.6 is the activation itself, behind the tanh: "
            "the slope can be written with a alone, so that z need not be kept.",
            wrong=_dz(2 * (1 - np.tanh(0.6) ** 2)),
        ),
        Mistake(
            "the slope alone",
            "That is the slope of tanh at this place. The chain rule multiplies it by what comes "
            "from behind.",
            wrong=_dz(1 - 0.6**2),
        ),
        Mistake(
            "a not squared",
            "The slope was taken as 1 - a. Try it where you know the slope: far to the left, a is "
            "nearly -1 and the curve is flat. 1 - a would be 2 there.",
            wrong=_dz(2 * (1 - 0.6)),
        ),
        Mistake(
            "the activation for its slope",
            "da was multiplied by the activation. The chain rule wants the slope of tanh there.",
            wrong=_dz(2 * 0.6),
        ),
        Mistake(
            "slope left out",
            "da was passed on unchanged. That would be right for a linear unit, with slope 1. The "
            "curve of tanh is flatter than that at a = 0.6.",
            wrong=_dz(2.0),
        ),
    ),
    hints=(
        "On the way back a gradient is multiplied by the slope of each step. Here the step is "
        "tanh, so dz is da times the slope of tanh at the place where the unit is.",
        "In lesson 05 you wrote that slope with the activation alone: it is 1 where a is 0, the "
        "steepest place, and 0 where a is 1 or -1, where the curve is flat. Which short formula "
        "with a square does that?",
        "The slope is 1 minus the square of a. With a = 0.6 the square is 0.36. Then multiply what "
        "is left by da, which is 2.",
    ),
)


RECALL_2 = Exercise(
    id="linreg.recall_2",
    points=1,
    signature="hidden_units = …",
    outputs=("hidden_units",),
    returns="named",
    reference=set_to(hidden_units="b"),
    unpack=one_letter("hidden_units"),
    reveal=False,
    mistakes=(
        Mistake(
            "units expected to part",
            "They start equal. To part, two of them would need different gradients. Go through "
            "one step: the same inputs, the same weights, the same activations. Where could a "
            "difference come from?",
            wrong=set_to(hidden_units="a"),
        ),
        Mistake(
            "nothing expected to move",
            "The weights are 0.5, not 0, so messages do pass through them, and the gradients are "
            "not zero. Something moves. Ask how the steps of the three units compare.",
            wrong=set_to(hidden_units="c"),
        ),
        Mistake(
            "an overflow expected",
            "Weights of 0.5 are moderate, and tanh never leaves -1 to 1: nothing grows without "
            "bound. Ask how the steps of the three units compare.",
            wrong=set_to(hidden_units="d"),
        ),
    ),
    hints=(
        "Take one step in your mind. All three units see the same inputs and have the same "
        "weights. What can you say about their three activations?",
        "On the way back each of them gets a message from the output, through a weight that is 0.5 "
        "for all three. So what can you say about their three gradients, and about their weights "
        "after the step?",
        "After one step the situation is the one at the start, with other numbers: the three are "
        "as alike as before, though they have moved. Repeat that a thousand times. Which of the "
        "four sentences describes the end? It is the reason why initial weights are random.",
    ),
)


# --- linreg.to_rows ----------------------------------------------------------------------------


def to_rows(W, b):
    """A layer written for columns, W (n_out, n_in), b (n_out, 1), rewritten for rows.

    Returns (n_in, n_out) and (n_out,), for (W X + b) transposed = X^T W^T + b^T.
    """
    return W.T, b.ravel()


def _column_layers(rng: np.random.Generator) -> list[Case]:
    def layer(n_out, n_in, *tags, change=lambda arrays: arrays):
        arrays = change((quarters(rng, n_out, n_in), quarters(rng, n_out, 1)))
        about = f"W of shape {(n_out, n_in)}, b of shape {(n_out, 1)}"
        return Case(arrays, about, {"n_out": n_out, "n_in": n_in}, tags)

    return [
        layer(3, 2),
        layer(1, 4, "one output"),
        layer(5, 3),
        layer(4, 1, "one input"),
        layer(2, 6, "whole numbers", change=whole),
    ]


def _flatten_in_place(W, b):
    b.shape = (b.size,)
    return W.T, b


TO_ROWS = Exercise(
    id="linreg.to_rows",
    points=2,
    signature="to_rows(W, b) -> (W_rows, b_rows)",
    outputs=("W_rows", "b_rows"),
    returns="tuple",
    reference=to_rows,
    cases=_column_layers,
    mistakes=(
        Mistake(
            "reshaped instead of transposed",
            "The shape is right, the numbers stand in the wrong places. reshape reads the table "
            "row by row and fills a new one row by row, so that weights change their unit. A row "
            "has to become a column as a whole.",
            wrong=lambda W, b: (W.reshape(W.shape[::-1]), b.ravel()),
        ),
        Mistake(
            "W left as it was",
            "W still has one row for each output. With samples in rows the product is X W, so the "
            "rows of W must meet the columns of X, which are the inputs.",
            wrong=lambda W, b: (W.copy(), b.ravel()),
        ),
        Mistake(
            "b left as a column",
            "b is still a column. Added to a table with one row for each sample, a column gives "
            "each sample a bias instead of each output. In rows b is flat: one size only.",
            wrong=lambda W, b: (W.T, b.copy()),
        ),
        Mistake(
            "b as a row with two sizes",
            "A row of shape (1, n_out) would add up rightly. But the contract, like NumPy, Keras "
            "and PyTorch, has b flat, with one size only, (n_out,), so that all gradients and "
            "updates agree on one shape.",
            wrong=lambda W, b: (W.T, b.T),
        ),
        Mistake(
            "all sizes of 1 squeezed away",
            "It is right except where there is only one output (or one input): squeeze removes "
            "every size of 1, those that should stay too. Say which dimension of b is to go, and "
            "leave W its two.",
            wrong=lambda W, b: (W.T.squeeze(), b.squeeze()),
        ),
        Mistake(
            "only the first bias",
            "b[0] is the first row of the column, with the bias of the first output in it. You "
            "want the first column, flat: all biases.",
            wrong=lambda W, b: (W.T, b[0]),
        ),
        Mistake(
            "W flattened too",
            "W has become one long row of numbers. It stays a table: only its rows and columns "
            "change places. It is b that becomes flat.",
            wrong=lambda W, b: (W.ravel(), b.ravel()),
        ),
        Mistake(
            "b reshaped in place",
            "Setting b.shape changes the array that came in. Let NumPy give you a flat array "
            "instead, and leave b as it is.",
            wrong=_flatten_in_place,
        ),
    ),
    hints=(
        "Look at the first two figures. What was a row of W, the weights of one unit, is a column "
        "now. What was a column of X, one sample, is a row. All is mirrored at the diagonal.",
        "For W that is one operation which you know from the backward pass: rows and columns "
        "change places. Beware of reshape: it can produce the same shape, but it keeps the order "
        "in which the numbers are read, so they land in other places.",
        "W_rows is the transposed W. For b_rows, the column becomes flat: ravel() does that, or "
        "you take all rows of its column 0. Return both, W_rows first.",
    ),
)


# --- linreg.predict ----------------------------------------------------------------------------


def predict(X, W, b):
    """P = X W + b. X (m, n_in), W (n_in, n_out), b (n_out,); P (m, n_out)."""
    return X @ W + b


def _models(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, *tags, change=lambda arrays: arrays):
        X, _, W, b = change(_batch(rng, m, n_in, n_out))
        return _case((X, W, b), m, n_in, n_out, *tags)

    return [
        case(4, 2, 3),
        case(1, 4, 2, "one sample"),
        case(5, 3, 1, "one output"),
        case(7, 5, 4),
        case(3, 4, 2, "whole numbers", change=whole),
    ]


PREDICT = Exercise(
    id="linreg.predict",
    points=1,
    signature="predict(X, W, b) -> (m, n_out)",
    outputs=("predict(X, W, b)",),
    reference=predict,
    cases=_models,
    mistakes=(
        Mistake(
            "the order of the columns convention",
            "W X + b belongs to samples in columns, as in lessons 01 to 05. Now a sample is a row "
            "of X, and its n_in numbers must meet the n_in rows of W. Which factor stands first?",
            wrong=lambda X, W, b: W @ X + b,
        ),
        Mistake(
            "samples in columns",
            "The numbers are right, but each sample has become a column. From this lesson on a "
            "sample is a row, on the way in and on the way out. Leave out the transpositions.",
            wrong=lambda X, W, b: W.T @ X.T + b[:, None],
        ),
        Mistake(
            "bias left out",
            "This is X W alone. Each output then adds its own bias, the same for every sample.",
            wrong=lambda X, W, b: X @ W,
        ),
        Mistake(
            "bias subtracted",
            "The bias went in with a minus. In P = X W + b it is added.",
            wrong=lambda X, W, b: X @ W - b,
        ),
        Mistake(
            "all biases added to each output",
            "Every output got the sum of all biases. b is flat already, with one number for each "
            "output: NumPy adds it to each row by itself, without a sum.",
            wrong=lambda X, W, b: X @ W + np.sum(b),
        ),
        Mistake(
            "one bias for all outputs",
            "Every output got the first bias. Add b as it is: NumPy puts its numbers under the "
            "columns of X W, one for each output.",
            wrong=lambda X, W, b: X @ W + b[0],
        ),
        Mistake(
            "b made a column",
            "A column would give a bias to each sample, not to each output. With samples in rows "
            "the flat b fits as it is: NumPy lays it along each row.",
            wrong=lambda X, W, b: X @ W + b.reshape(-1, 1),
        ),
        Mistake(
            "W transposed",
            "W is (n_in, n_out) already: its rows meet the columns of X as it stands. Write the "
            "shapes under the letters: (m, n_in) times (n_in, n_out).",
            wrong=lambda X, W, b: X @ W.T + b,
        ),
        Mistake(
            "elementwise product",
            "The star multiplies entry by entry. Here each row of X must meet each column of W: "
            "that is the matrix product, written @.",
            wrong=lambda X, W, b: X * W + b,
        ),
    ),
    hints=(
        "Write the shapes under the letters: X is (m, n_in), W is (n_in, n_out). In a matrix "
        "product the inner sizes must be equal, the outer ones are those of the result. Which "
        "order gives (m, n_out)?",
        "It is the formula of the earlier lessons with the factors exchanged, and without any "
        "transposition: the samples come first. The result has one row for each sample.",
        "The bias is flat, (n_out,). NumPy compares shapes from the right: n_out meets n_out, so "
        "the same biases are added to each row. So there is nothing to reshape: one product, one "
        "plus sign.",
    ),
)


# --- linreg.mse, mse_gradient, mae, mae_gradient -----------------------------------------------


def mse(Y_pred, Y):
    """The mean of the squared errors over all m n_out entries. Y_pred, Y (m, n_out)."""
    return np.mean((Y_pred - Y) ** 2)


def mse_gradient(Y_pred, Y):
    """How the MSE changes with each prediction: 2 (Y_pred - Y) / (m n_out)."""
    return 2 * (Y_pred - Y) / Y.size


def mae(Y_pred, Y):
    """The mean of the absolute errors over all m n_out entries. Y_pred, Y (m, n_out)."""
    return np.mean(np.abs(Y_pred - Y))


def mae_gradient(Y_pred, Y):
    """How the MAE changes with each prediction: sign(Y_pred - Y) / (m n_out), 0 where equal."""
    return np.sign(Y_pred - Y) / Y.size


def _predictions(rng: np.random.Generator) -> list[Case]:
    """Predictions and targets, one of them met exactly where there are several."""

    def case(m, n_out, *tags, change=lambda arrays: arrays):
        Y_pred, Y = change((quarters(rng, m, n_out), quarters(rng, m, n_out)))
        Y_pred[0, 0] = Y[0, 0] + 1
        Y_pred[-1, -1] = Y[-1, -1]
        about = f"{m} sample{'s' * (m > 1)}, {n_out} output{'s' * (n_out > 1)}"
        return Case((Y_pred, Y), about, {"m": m, "n_out": n_out}, tags)

    return [
        case(3, 2),
        case(5, 1, "one output"),
        case(1, 3, "one sample"),
        case(6, 4),
        case(4, 3, "whole numbers", change=whole),
    ]


def _error_in_place(loss_of_error):
    """Return a loss or gradient that writes the error into Y_pred."""

    def overwritten(Y_pred, Y):
        Y_pred -= Y
        return loss_of_error(Y_pred)

    return overwritten


_OVERWRITTEN = (
    "The error was written into Y_pred itself, and the predictions are gone for whoever needs them "
    "next. Give the difference a name of its own."
)
_FIRST_COLUMN = (
    "Only column 0 went in: right as long as there is one output, as for a line. Take the whole "
    "table, in which every entry counts."
)

MSE = Exercise(
    id="linreg.mse",
    points=1,
    signature="mse(Y_pred, Y) -> float",
    outputs=("mse(Y_pred, Y)",),
    reference=mse,
    cases=_predictions,
    mistakes=(
        Mistake(
            "summed instead of averaged",
            "This is the sum of the squared errors. It grows with every sample that you add, even "
            "if the model stays as good as it was. The mean divides by how many entries there are.",
            wrong=lambda Y_pred, Y: np.sum((Y_pred - Y) ** 2),
        ),
        Mistake(
            "divided by the number of samples only",
            "The sum was divided by m. Here the mean goes over all entries of the table, samples "
            "times outputs: with two outputs there are twice as many errors to average.",
            wrong=lambda Y_pred, Y: np.sum((Y_pred - Y) ** 2) / len(Y),
        ),
        Mistake(
            "half the squared error",
            "There is a 1/2 in front. Some books put it there so that the 2 of the derivative "
            "cancels, and we shall do so for the network at the end. The MSE has none.",
            wrong=lambda Y_pred, Y: np.mean((Y_pred - Y) ** 2) / 2,
        ),
        Mistake(
            "the root taken",
            "This is the square root of the MSE, called RMSE. It is good for reporting, since it "
            "has the unit of Y. The MSE stops before the root.",
            wrong=lambda Y_pred, Y: np.sqrt(np.mean((Y_pred - Y) ** 2)),
        ),
        Mistake(
            "the absolute error",
            "You averaged the sizes of the errors. That is the MAE, which comes next. The MSE "
            "squares each error, so that large ones weigh more.",
            wrong=mae,
        ),
        Mistake(
            "squared after the mean",
            "First the errors were averaged, then the mean was squared. Errors of +1 and -1 would "
            "cancel and count as perfect. Square each error first, then take the mean.",
            wrong=lambda Y_pred, Y: np.mean(Y_pred - Y) ** 2,
        ),
        Mistake(
            "nothing squared",
            "The errors themselves were averaged, so that too high and too low cancel. Square each "
            "one first.",
            wrong=lambda Y_pred, Y: np.mean(Y_pred - Y),
        ),
        Mistake(
            "one mean for each output",
            "There is one number for each output. A loss is a single number: let the mean go over "
            "the whole table, without an axis.",
            wrong=lambda Y_pred, Y: np.mean((Y_pred - Y) ** 2, axis=0),
        ),
        Mistake(
            "one mean for each sample",
            "There is one number for each sample. A loss is a single number: let the mean go over "
            "the whole table, without an axis.",
            wrong=lambda Y_pred, Y: np.mean((Y_pred - Y) ** 2, axis=1),
        ),
        Mistake(
            "not averaged at all",
            "The squared errors come back as a table. A loss is a single number that says how bad "
            "all of them are: their mean.",
            wrong=lambda Y_pred, Y: (Y_pred - Y) ** 2,
        ),
        Mistake(
            "the first output only",
            _FIRST_COLUMN,
            wrong=lambda Y_pred, Y: np.mean((Y_pred[:, 0] - Y[:, 0]) ** 2),
        ),
        Mistake(
            "Y_pred overwritten",
            _OVERWRITTEN,
            wrong=_error_in_place(lambda error: np.mean(error**2)),
        ),
    ),
    hints=(
        "Read the name from right to left, for that is the order of the work: error, squared, "
        "mean. The error of a prediction is how far it lies from its target.",
        "Y_pred and Y are tables of the same shape, so one minus gives all the errors at once. "
        "Squaring works entry by entry too: in NumPy `** 2` does not multiply matrices. Do not "
        "write into Y_pred.",
        "np.mean without an axis averages all entries of a table, however many rows and columns "
        "it has, and gives one number. Difference, square, mean: that fits into one line.",
    ),
)

MSE_GRADIENT = Exercise(
    id="linreg.mse_gradient",
    points=2,
    signature="mse_gradient(Y_pred, Y) -> (m, n_out)",
    outputs=("mse_gradient(Y_pred, Y)",),
    reference=mse_gradient,
    cases=_predictions,
    mistakes=(
        Mistake(
            "the factor 2 missing",
            "This is the gradient of half the MSE. Squaring gives a factor of 2 when you derive "
            "it, and the MSE has no 1/2 that would cancel it.",
            wrong=lambda Y_pred, Y: (Y_pred - Y) / Y.size,
        ),
        Mistake(
            "divided by the number of samples only",
            "The mean of the MSE goes over all entries, samples times outputs. Each prediction's "
            "share in it is one entry's share, so the same count stands under the gradient.",
            wrong=lambda Y_pred, Y: 2 * (Y_pred - Y) / len(Y),
        ),
        Mistake(
            "not divided",
            "This is the gradient of the sum of the squared errors. The MSE is their mean, so each "
            "prediction has only its share: something has to stand under the 2.",
            wrong=lambda Y_pred, Y: 2 * (Y_pred - Y),
        ),
        Mistake(
            "the plain difference",
            "Y_pred - Y is the gradient of half the sum of the squared errors. The MSE has a 2 "
            "from the square and a division from the mean; both are missing.",
            wrong=lambda Y_pred, Y: Y_pred - Y,
        ),
        Mistake(
            "the loss instead of its gradient",
            "One number came back: the loss itself. The gradient says for each prediction how the "
            "loss would change if this prediction grew, so it is a table of that shape.",
            wrong=mse,
        ),
        Mistake(
            "the absolute error's gradient",
            "All entries have the same size, as they do for the absolute error. With the squared "
            "error a prediction that is twice as far off pulls twice as hard.",
            wrong=mae_gradient,
        ),
        Mistake(
            "the sign of the error lost",
            "All entries are positive. But a prediction that is too low should be told to grow: "
            "its gradient is negative. Derive the square, and keep the sign of what was squared.",
            wrong=lambda Y_pred, Y: 2 * np.abs(Y_pred - Y) / Y.size,
        ),
        Mistake(
            "the square not derived",
            "The errors are still squared. The derivative of a square is twice what was squared: "
            "the power goes down by one.",
            wrong=lambda Y_pred, Y: 2 * (Y_pred - Y) ** 2 / Y.size,
        ),
        Mistake(
            "summed over the samples",
            "The rows were added up. The gradient has one entry for each prediction, so it keeps "
            "the shape of Y_pred. The sum comes later, when it reaches the weights.",
            wrong=lambda Y_pred, Y: np.sum(2 * (Y_pred - Y) / Y.size, axis=0),
        ),
        Mistake(
            "Y_pred overwritten",
            _OVERWRITTEN,
            wrong=_error_in_place(lambda error: 2 * error / error.size),
        ),
    ),
    hints=(
        "Think of one prediction p with its target y. Its share in the loss is (p - y) squared, "
        "divided by the number of entries. How does that share change when p grows a little? The "
        "other shares do not change at all.",
        "The derivative of a square is twice what was squared, and the division stays as it is. "
        "Check the sign with common sense: a prediction that is too high makes the loss grow when "
        "it grows, so its gradient is positive.",
        "The number of entries is the number of rows times the number of columns; for an array Y "
        "NumPy knows it as Y.size. The result is a table of the shape of Y_pred: do not sum.",
    ),
)

MAE = Exercise(
    id="linreg.mae",
    points=1,
    signature="mae(Y_pred, Y) -> float",
    outputs=("mae(Y_pred, Y)",),
    reference=mae,
    cases=_predictions,
    mistakes=(
        Mistake(
            "no absolute value",
            "The errors were averaged with their signs, so that too high and too low cancel. It "
            "gives the right number only while all errors have the same sign. Take the size of "
            "each error first.",
            wrong=lambda Y_pred, Y: np.mean(Y - Y_pred),
        ),
        Mistake(
            "absolute value after the mean",
            "First the errors were averaged, with their signs, then the size of the mean was "
            "taken. By then +1 and -1 have cancelled. Take the size of each error first.",
            wrong=lambda Y_pred, Y: np.abs(np.mean(Y_pred - Y)),
        ),
        Mistake(
            "summed instead of averaged",
            "This is the sum of the absolute errors. The mean divides it by the number of entries.",
            wrong=lambda Y_pred, Y: np.sum(np.abs(Y_pred - Y)),
        ),
        Mistake(
            "divided by the number of samples only",
            "The sum was divided by m. Here the mean goes over all entries, samples times outputs.",
            wrong=lambda Y_pred, Y: np.sum(np.abs(Y_pred - Y)) / len(Y),
        ),
        Mistake(
            "the squared error",
            "The errors were squared: that is the MSE. The MAE takes the size of each error as it "
            "is.",
            wrong=mse,
        ),
        Mistake(
            "the root of the squared error",
            "This is the RMSE, the root of the mean square. It is near the MAE, but large errors "
            "weigh more in it. The MAE needs neither square nor root.",
            wrong=lambda Y_pred, Y: np.sqrt(np.mean((Y_pred - Y) ** 2)),
        ),
        Mistake(
            "one mean for each output",
            "There is one number for each output. A loss is a single number: let the mean go over "
            "the whole table, without an axis.",
            wrong=lambda Y_pred, Y: np.mean(np.abs(Y_pred - Y), axis=0),
        ),
        Mistake(
            "not averaged at all",
            "The absolute errors come back as a table. A loss is a single number: their mean.",
            wrong=lambda Y_pred, Y: np.abs(Y_pred - Y),
        ),
        Mistake(
            "the median",
            "You took the middle one of the absolute errors. It does not notice how large the "
            "largest are. The MAE takes their mean.",
            wrong=lambda Y_pred, Y: np.median(np.abs(Y_pred - Y)),
        ),
        Mistake(
            "the first output only",
            _FIRST_COLUMN,
            wrong=lambda Y_pred, Y: np.mean(np.abs(Y_pred[:, 0] - Y[:, 0])),
        ),
        Mistake(
            "Y_pred overwritten",
            _OVERWRITTEN,
            wrong=_error_in_place(lambda error: np.mean(np.abs(error))),
        ),
    ),
    hints=(
        "Again read the name from right to left: error, absolute, mean. Absolute means that only "
        "the size of an error counts, not whether the prediction is too high or too low.",
        "The order matters. If the mean came first, an error of +3 and one of -3 would cancel, and "
        "a bad model would look perfect. So each error becomes positive before anything is "
        "averaged.",
        "It is the line that you wrote for the MSE, with one change: NumPy's np.abs, which works "
        "entry by entry, takes the place of the square. The mean goes over the whole table, "
        "without an axis.",
    ),
)

MAE_GRADIENT = Exercise(
    id="linreg.mae_gradient",
    points=2,
    signature="mae_gradient(Y_pred, Y) -> (m, n_out)",
    outputs=("mae_gradient(Y_pred, Y)",),
    reference=mae_gradient,
    cases=_predictions,
    mistakes=(
        Mistake(
            "the difference instead of its sign",
            "Y_pred - Y is the gradient of half the squared error. It grows with the error. The "
            "absolute error has the same slope everywhere: it only asks whether the prediction is "
            "too high or too low.",
            wrong=lambda Y_pred, Y: Y_pred - Y,
        ),
        Mistake(
            "the error's size kept",
            "Larger errors have larger entries here. But the curve of the absolute value is a V: "
            "its slope is the same far out and near the corner. Only the sign of the error stays.",
            wrong=lambda Y_pred, Y: (Y_pred - Y) / Y.size,
        ),
        Mistake(
            "the squared error's gradient",
            "This is the gradient of the MSE. The absolute value is a V, with the same slope "
            "everywhere on a side: only the sign of the error is left.",
            wrong=mse_gradient,
        ),
        Mistake(
            "0 divided by 0",
            "Dividing the error by its own size gives the sign, except where a prediction is "
            "exactly right: there it is 0/0. NumPy has a function for the sign that gives 0 there.",
            wrong=lambda Y_pred, Y: (Y_pred - Y) / np.abs(Y_pred - Y) / Y.size,
        ),
        Mistake(
            "-1 where they are equal",
            "A prediction that is exactly right is still being pushed. There the V has its corner, "
            "and by agreement the slope is 0. Your question with two answers needs a third one.",
            wrong=lambda Y_pred, Y: np.where(Y_pred > Y, 1, -1) / Y.size,
        ),
        Mistake(
            "+1 where they are equal",
            "A prediction that is exactly right is still being pushed. There the V has its corner, "
            "and by agreement the slope is 0. Your question with two answers needs a third one.",
            wrong=lambda Y_pred, Y: np.where(Y_pred >= Y, 1, -1) / Y.size,
        ),
        Mistake(
            "0 where the prediction is too low",
            "Predictions that are too high are pushed down, but those that are too low get 0. That "
            "would be the slope of a ReLU. A V falls on its left side: slope -1.",
            wrong=lambda Y_pred, Y: (Y_pred > Y) / Y.size,
        ),
        Mistake(
            "not divided",
            "These are the signs alone. The MAE is a mean, so each prediction has only its share: "
            "divide by the number of entries.",
            wrong=lambda Y_pred, Y: np.sign(Y_pred - Y),
        ),
        Mistake(
            "divided by the number of samples only",
            "The mean of the MAE goes over all entries, samples times outputs. The same count "
            "stands under its gradient.",
            wrong=lambda Y_pred, Y: np.sign(Y_pred - Y) / len(Y),
        ),
        Mistake(
            "the loss instead of its gradient",
            "One number came back: the loss itself. The gradient has one entry for each "
            "prediction: the slope of the loss in that prediction.",
            wrong=mae,
        ),
        Mistake(
            "Y_pred overwritten",
            _OVERWRITTEN,
            wrong=_error_in_place(lambda error: np.sign(error) / error.size),
        ),
    ),
    hints=(
        "Draw the absolute value: a V with its corner at 0. What is its slope on the right, and on "
        "the left? Does the slope depend on how far you are from the corner?",
        "So each prediction gets +1 if it is too high, -1 if it is too low, and by agreement 0 if "
        "it is exactly right, at the corner. NumPy has a function that answers just that for every "
        "entry at once. A division by the size of the error is no good: it fails at 0.",
        "The function is np.sign. What goes in is the difference, prediction minus target. "
        "Then each entry is one share of a mean: divide by the number of entries, Y.size.",
    ),
)


# --- linreg.gradients --------------------------------------------------------------------------


def gradients(X, Y, W, b):
    """The MSE's gradients of a linear layer: dP = 2 (P - Y) / (m n_out), dW = X^T dP, db = sum dP.

    X (m, n_in), Y (m, n_out), W (n_in, n_out), b (n_out,). Returns dW, shaped like W, and db,
    shaped like b.
    """
    dP = mse_gradient(predict(X, W, b), Y)
    return X.T @ dP, dP.sum(axis=0)


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, *tags, change=lambda arrays: arrays):
        return _case(change(_batch(rng, m, n_in, n_out)), m, n_in, n_out, *tags)

    return [
        case(4, 2, 3),
        case(1, 4, 2, "one sample"),
        case(5, 3, 1, "one output"),
        case(7, 4, 2),
        case(6, 1, 3, "one input"),
        case(3, 4, 2, "whole numbers", change=whole),
    ]


def _gradients(dP=mse_gradient, P=predict, dW=None, db=None):
    """Return `gradients` with a spoilt step; dW and db are given (dP, X)."""
    dW = dW or (lambda dP, X: X.T @ dP)
    db = db or (lambda dP, X: dP.sum(axis=0))

    def spoilt(X, Y, W, b):
        errors = dP(P(X, W, b), Y)
        return dW(errors, X), db(errors, X)

    return spoilt


def _gradients_of_mean_weights_only(X, Y, W, b):
    error = predict(X, W, b) - Y
    return 2 * X.T @ error / Y.size, 2 * error.sum(axis=0) / Y.shape[1]


GRADIENTS = Exercise(
    id="linreg.gradients",
    points=3,
    signature="gradients(X, Y, W, b) -> (dW, db)",
    outputs=("dW", "db"),
    returns="tuple",
    reference=gradients,
    cases=_gradient_cases,
    mistakes=(
        Mistake(
            "db m times too long",
            "dW is a mean over the samples, db is their sum: it is m times too long. The loss "
            "divides once, for weights and biases alike. If dP has the division in it already, "
            "both get it by themselves.",
            wrong=_gradients_of_mean_weights_only,
        ),
        Mistake(
            "the factor 2 missing",
            "Both gradients are half of what they should be: that belongs to half the MSE. "
            "Deriving the square gives a 2. Use your mse_gradient for dP.",
            wrong=_gradients(dP=lambda P, Y: (P - Y) / Y.size),
        ),
        Mistake(
            "divided by the number of samples only",
            "The MSE is a mean over all entries, samples times outputs. You divide by the samples "
            "only, so with several outputs the gradients are too long. Use your mse_gradient for "
            "dP.",
            wrong=_gradients(dP=lambda P, Y: 2 * (P - Y) / len(Y)),
        ),
        Mistake(
            "no mean at all",
            "These are the gradients of the sum of the squared errors. The MSE is their mean. Use "
            "your mse_gradient for dP: it has the division in it.",
            wrong=_gradients(dP=lambda P, Y: 2 * (P - Y)),
        ),
        Mistake(
            "the mean taken twice",
            "dP from mse_gradient is divided by the number of entries already. Then db and dW were "
            "divided once more, by m. The mean over the samples is taken once: sum here.",
            wrong=_gradients(dW=lambda dP, X: X.T @ dP / len(X), db=lambda dP, X: dP.mean(axis=0)),
        ),
        Mistake(
            "target minus prediction",
            "The sign is turned round: the error must be prediction minus target. As it is, a step "
            "against this gradient would lead uphill.",
            wrong=_gradients(dP=lambda P, Y: 2 * (Y - P) / Y.size),
        ),
        Mistake(
            "bias left out of the prediction",
            "The predictions behind these gradients are X W, without b. The error must be that of "
            "the whole model.",
            wrong=_gradients(P=lambda X, W, b: X @ W),
        ),
        Mistake(
            "the absolute error's gradient",
            "dP holds signs only: that is the gradient of the MAE. The exercise asks for the MSE.",
            wrong=_gradients(dP=mae_gradient),
        ),
        Mistake(
            "samples in columns",
            "dW has one row for each output and db is a column: that is the convention of lessons "
            "01 to 05. With samples in rows a gradient has the shape of its W, (n_in, n_out), and "
            "of its b, (n_out,).",
            wrong=_gradients(
                dW=lambda dP, X: dP.T @ X, db=lambda dP, X: dP.T.sum(axis=1, keepdims=True)
            ),
        ),
        Mistake(
            "db with two sizes",
            "The sum kept a dimension: db came out as a table with one row. b is flat, and so is "
            "its gradient: let the sum drop the direction of the samples.",
            wrong=_gradients(db=lambda dP, X: dP.sum(axis=0, keepdims=True)),
        ),
        Mistake(
            "db summed over everything",
            "All entries of dP were added to one number. Each output has its own bias: sum over "
            "the samples only. They are the rows now, so give the axis that runs down the columns.",
            wrong=_gradients(db=lambda dP, X: np.sum(dP)),
        ),
        Mistake(
            "db summed over the outputs",
            "The sum ran along each row, over the outputs. That was the right axis with samples in "
            "columns. Now the samples are the rows, so it is the other axis.",
            wrong=_gradients(db=lambda dP, X: dP.sum(axis=1)),
        ),
        Mistake(
            "db not summed",
            "db is dP itself, with one row for each sample. But there is one b for all samples, so "
            "their shares add up.",
            wrong=_gradients(db=lambda dP, X: dP.copy()),
        ),
        Mistake(
            "X not transposed",
            "X is (m, n_in) and dP is (m, n_out): their inner sizes do not agree. dW must come out "
            "as (n_in, n_out), with the samples summed away. Which factor has to be turned round?",
            wrong=_gradients(dW=lambda dP, X: X @ dP),
        ),
        Mistake(
            "dW in the order of the columns convention",
            "dZ X^T was right with samples in columns. Here the samples are the rows of both X and "
            "dP, and they have to meet in the middle of the product. Which factor comes first, and "
            "which one is turned round?",
            wrong=_gradients(dW=lambda dP, X: dP @ X.T),
        ),
    ),
    hints=(
        "Two steps, as always on the way back. First: how does the loss change with each "
        "prediction? You have written that function already. Call its result dP; it has the shape "
        "of the predictions, and the mean is in it. Then nothing needs to be divided again.",
        "Second: from dP to W and b. Let the shapes lead you. dW must be (n_in, n_out), made of X "
        "(m, n_in) and dP (m, n_out). The size m has to meet m in the middle of the product, so "
        "one factor is turned round, and it stands first.",
        "For db, add the rows of dP: the samples run down the columns, which is axis 0. Without "
        "keepdims the result is flat, as b is. Return dW first, then db.",
    ),
)


# --- linreg.fit --------------------------------------------------------------------------------


def fit(X, Y, learning_rate, epochs):
    """Gradient descent on the MSE from W = 0, b = 0; losses[k] is the MSE before step k.

    X (m, n_in), Y (m, n_out). Returns W (n_in, n_out), b (n_out,) and a list of `epochs` losses.
    """
    W, b = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1])
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(X, W, b), Y))
        dW, db = gradients(X, Y, W, b)
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, losses


def _fits(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, rate, epochs, *tags, change=lambda arrays: arrays):
        X, Y, _, _ = change(_batch(rng, m, n_in, n_out))
        sizes = {"m": m, "n_in": n_in, "n_out": n_out, "epochs": epochs}
        about = f"{sizes_in_words(n_in, n_out, m).replace('unit', 'output')}, {epochs} epochs"
        return Case((X, Y, rate, epochs), about, sizes, tags)

    return [
        case(4, 2, 3, 0.25, 3),
        case(6, 1, 2, 0.125, 5, "one input"),
        case(7, 3, 1, 0.125, 20, "one output"),
        case(1, 4, 2, 0.0625, 3, "one sample"),
        case(5, 4, 3, 0.25 / 16, 4, "whole numbers", change=whole),
    ]


def _descend(
    gradients_of=gradients, loss=mse, after=False, extra=0, downhill=1, start=np.zeros, losses=list
):
    """Return a `fit` with a spoilt step."""

    def spoilt(X, Y, learning_rate, epochs):
        W, b = start((X.shape[1], Y.shape[1])), start(Y.shape[1])
        seen = []
        for _ in range(epochs + extra):
            before = loss(predict(X, W, b), Y)
            dW, db = gradients_of(X, Y, W, b)
            W, b = W - downhill * learning_rate * dW, b - downhill * learning_rate * db
            seen.append(loss(predict(X, W, b), Y) if after else before)
        return W, b, losses(seen)

    return spoilt


def _fit_one_after_the_other(X, Y, learning_rate, epochs):
    W, b, losses = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for _ in range(epochs):
        losses.append(mse(predict(X, W, b), Y))
        W = W - learning_rate * gradients(X, Y, W, b)[0]
        b = b - learning_rate * gradients(X, Y, W, b)[1]
    return W, b, losses


def _fit_with_last_loss(X, Y, learning_rate, epochs):
    W, b, losses = fit(X, Y, learning_rate, epochs)
    return W, b, [*losses, mse(predict(X, W, b), Y)]


def _gradients_without_bias(X, Y, W, b):
    return gradients(X, Y, W, b)[0], 0 * b


def _fit_into_whole_numbers(X, Y, learning_rate, epochs):
    W, b, losses = np.zeros((X.shape[1], Y.shape[1]), Y.dtype), np.zeros(Y.shape[1], Y.dtype), []
    for _ in range(epochs):
        losses.append(mse(predict(X, W, b), Y))
        dW, db = gradients(X, Y, W, b)
        W[:], b[:] = W - learning_rate * dW, b - learning_rate * db
    return W, b, losses


FIT = Exercise(
    id="linreg.fit",
    points=3,
    signature="fit(X, Y, learning_rate, epochs) -> (W, b, losses)",
    outputs=("W", "b", "losses"),
    returns="tuple",
    reference=fit,
    cases=_fits,
    mistakes=(
        Mistake(
            "W updated before db is computed",
            "db was computed with the new W. Both gradients belong to the same place, the one "
            "where you stand before the step. Compute both first, then update both.",
            wrong=_fit_one_after_the_other,
        ),
        Mistake(
            "losses measured after the step",
            "The list of losses lacks its start: the first one should be that of the zero weights. "
            "Note the loss before you take the step. W and b are not affected.",
            wrong=_descend(after=True),
        ),
        Mistake(
            "one loss too many",
            "There is one loss more than epochs. The contract wants one for each epoch, taken "
            "before its step; the loss behind the last step is not in it.",
            wrong=_fit_with_last_loss,
        ),
        Mistake(
            "uphill",
            "The loss grows with each step: the gradient points uphill, and it was added. To go "
            "down, step against it.",
            wrong=_descend(downhill=-1),
        ),
        Mistake(
            "the factor 2 missing",
            "Each step is half as long as it should be. Your gradients are those of half the MSE: "
            "use the function `gradients` that you wrote above.",
            wrong=_descend(gradients_of=_gradients(dP=lambda P, Y: (P - Y) / Y.size)),
        ),
        Mistake(
            "the bias step m times too long",
            "The bias takes steps that are m times too long: its gradient is a sum over the "
            "samples where it should be a mean. Use the function `gradients` that you wrote above.",
            wrong=_descend(gradients_of=_gradients_of_mean_weights_only),
        ),
        Mistake(
            "divided by the number of samples only",
            "With several outputs the steps are too long: the mean of the MSE goes over samples "
            "times outputs. Use the function `gradients` that you wrote above.",
            wrong=_descend(gradients_of=_gradients(dP=lambda P, Y: 2 * (P - Y) / len(Y))),
        ),
        Mistake(
            "bias never moved",
            "b is still 0 at the end, so the line has to go through the origin. Give b its step "
            "too, with its own gradient.",
            wrong=_descend(gradients_of=_gradients_without_bias),
        ),
        Mistake(
            "started from ones",
            "The first loss is not that of zero weights and biases. The contract starts at W = 0 "
            "and b = 0.",
            wrong=_descend(start=np.ones),
        ),
        Mistake(
            "one step too few",
            "The training stopped one step early. A range that starts at 1 and ends before epochs "
            "has one item less.",
            wrong=_descend(extra=-1),
        ),
        Mistake(
            "one step too many",
            "The training took one step more than epochs. range(epochs) has exactly epochs items.",
            wrong=_descend(extra=1),
        ),
        Mistake(
            "only the last loss",
            "losses is a single number. The contract wants the loss before each step, in a list: "
            "make it before the loop, and append to it in every round.",
            wrong=_descend(losses=lambda seen: seen[-1]),
        ),
        Mistake(
            "the wrong loss noted",
            "W and b are right. The list holds the absolute errors, and the model descends on the "
            "squared ones: note the MSE.",
            wrong=_descend(loss=mae),
        ),
        Mistake(
            "weights in an array of whole numbers",
            "With whole numbers in X and Y the weights became whole numbers too, and every small "
            "step was cut off. Start from an array of floats, whatever the data are.",
            wrong=_fit_into_whole_numbers,
        ),
    ),
    hints=(
        "Before the loop: W and b full of zeros, and an empty list. W is (n_in, n_out): n_in is "
        "the number of columns of X, n_out that of Y. In the loop: note the loss, compute the "
        "gradients, take the step.",
        "The order inside the loop matters twice. The loss is noted before the step, so the first "
        "one is that of zero weights. And dW and db are both computed before either W or b moves. "
        "You have a function that gives both at once.",
        "A step subtracts the learning rate times the gradient. Write the new value under the same "
        "name, W = W - …, and the same for b. After the loop return W, b and the list.",
    ),
)


# --- linreg.closed_form ------------------------------------------------------------------------


def closed_form(X, Y):
    """The W and b of the smallest MSE: least squares with a column of ones for the bias.

    X (m, n_in), Y (m, n_out). Returns W (n_in, n_out) and b (n_out,).
    """
    ones = np.ones((len(X), 1))
    solution = np.linalg.lstsq(np.hstack([X, ones]), Y)[0]
    return solution[:-1], solution[-1]


def _scatters(rng: np.random.Generator) -> list[Case]:
    """Samples that no direction is missing in, with the sum of a line and some noise."""

    def case(m, n_in, n_out, *tags, change=lambda arrays: arrays):
        while True:
            X, Y, W, b = _batch(rng, m, n_in, n_out)
            if np.linalg.cond(np.hstack([X, np.ones((m, 1))])) < 8:
                return _case(change((X, X @ W + b + Y)), m, n_in, n_out, *tags)

    return [
        case(4, 1, 2, "one input"),
        case(6, 2, 3),
        case(7, 3, 1, "one output"),
        case(9, 4, 3),
        case(8, 2, 3, "whole numbers", change=lambda arrays: tuple(map(np.rint, whole(arrays)))),
    ]


def _solve(X, Y, design):
    return np.linalg.lstsq(design, Y)[0]


def _no_bias(X, Y):
    return _solve(X, Y, X), np.zeros(Y.shape[1])


def _wrong_end(X, Y):
    solution = _solve(X, Y, np.hstack([X, np.ones((len(X), 1))]))
    return solution[1:], solution[0]


def _bias_is_the_mean(X, Y):
    return closed_form(X, Y)[0], Y.mean(axis=0)


def _mean_not_in_w(X, Y):
    W = _solve(X, Y, X)
    return W, Y.mean(axis=0) - X.mean(axis=0) @ W


def _no_inverse(X, Y):
    X1 = np.hstack([X, np.ones((len(X), 1))])
    solution = X1.T @ Y / len(X)
    return solution[:-1], solution[-1]


def _inverse_entry_by_entry(X, Y):
    X1 = np.hstack([X, np.ones((len(X), 1))])
    solution = (1 / (X1.T @ X1)) @ X1.T @ Y
    return solution[:-1], solution[-1]


def _together(X, Y):
    return _solve(X, Y, np.hstack([X, np.ones((len(X), 1))]))


def _b_with_two_sizes(X, Y):
    solution = _together(X, Y)
    return solution[:-1], solution[-1:]


CLOSED_FORM = Exercise(
    id="linreg.closed_form",
    points=2,
    signature="closed_form(X, Y) -> (W, b)",
    outputs=("W", "b"),
    returns="tuple",
    reference=closed_form,
    cases=_scatters,
    mistakes=(
        Mistake(
            "no column of ones",
            "This is the best line through the origin: there is no bias in it. Give X one more "
            "column, full of ones; what it is multiplied by is the bias.",
            wrong=_no_bias,
        ),
        Mistake(
            "bias taken from the wrong end",
            "The solution has one row more than X has columns, and the extra one is the bias. It "
            "stands where you put the column of ones: first or last. You took it from the other "
            "end.",
            wrong=_wrong_end,
        ),
        Mistake(
            "the mean of Y as the bias",
            "The bias is what the model says at X = 0, and the mean of Y is what it says at the "
            "mean of X. They differ unless the mean of X is 0. Let the column of ones find it.",
            wrong=_bias_is_the_mean,
        ),
        Mistake(
            "bias added afterwards",
            "W was fitted without a bias, through the origin, and b added afterwards. They have to "
            "be found together: a line that must go through the origin has another slope.",
            wrong=_mean_not_in_w,
        ),
        Mistake(
            "the inverse left out",
            "X^T Y is only the right-hand side of the normal equations. The matrix X^T X on the "
            "left has still to be removed, by solving, not by dividing by m.",
            wrong=_no_inverse,
        ),
        Mistake(
            "inverse entry by entry",
            "1 divided by a matrix inverts each entry on its own. Solving a system of equations "
            "needs the inverse of the matrix as a whole, or better a solver of NumPy's linalg.",
            wrong=_inverse_entry_by_entry,
        ),
        Mistake(
            "W transposed",
            "W came out with one row for each output. With samples in rows it has one row for each "
            "input, as the solver gives it.",
            wrong=lambda X, Y: (closed_form(X, Y)[0].T, closed_form(X, Y)[1]),
        ),
        Mistake(
            "b with two sizes",
            "b came out as a table with one row. Take the row itself, not a slice of one row: b is "
            "flat, (n_out,).",
            wrong=_b_with_two_sizes,
        ),
    ),
    hints=(
        "A bias is a weight whose input is always 1. So give X one more column, full of ones. Then "
        "the whole model is one product, and only one table of unknowns is left: the rows of W, "
        "and b as one more row.",
        "NumPy's np.linalg.lstsq finds the table that makes the squared errors smallest. Give it "
        "the extended X and Y. It returns several things; the solution is the first of them. "
        "np.hstack puts tables side by side, np.ones makes the column of shape (m, 1).",
        "Cut the solution where you glued. If the ones are the last column, the last row is b and "
        "the rows above it are W. Take b with a single index, so that it is flat.",
    ),
)


# --- linreg.max_learning_rate ------------------------------------------------------------------


def max_learning_rate(X):
    """2 / the largest eigenvalue of the MSE's Hessian H = (2/m) [X 1]^T [X 1], for one output.

    X (m, n_in). Above it `fit` diverges: a step multiplies the distance from the minimum along an
    eigenvector of H by (1 - rate * eigenvalue). With n_out outputs the limit is n_out times this.
    """
    X1 = np.hstack([X, np.ones((len(X), 1))])
    hessian = 2 * X1.T @ X1 / len(X)
    return 2 / np.linalg.eigvalsh(hessian)[-1]


def _inputs(rng: np.random.Generator) -> list[Case]:
    def case(X, *tags):
        m, n_in = X.shape
        about = sizes_in_words(n_in, 1, m).replace("1 unit, ", "")
        return Case((X,), about, {"m": m, "n_in": n_in}, tags)

    return [
        case(quarters(rng, 4, 1), "one input"),
        case(quarters(rng, 7, 3)),
        case(quarters(rng, 1, 3), "one sample"),
        case(10 * quarters(rng, 6, 2)),
        case(*whole((quarters(rng, 5, 3),)), "whole numbers"),
    ]


def _rate(of_eigenvalues, ones=True, factor=lambda X: 2 / len(X)):
    """Return a `max_learning_rate` with a spoilt step."""

    def spoilt(X):
        X1 = np.hstack([X, np.ones((len(X), 1))]) if ones else X
        hessian = factor(X) * X1.T @ X1
        return of_eigenvalues(np.linalg.eigvalsh(hessian), hessian)

    return spoilt


MAX_LEARNING_RATE = Exercise(
    id="linreg.max_learning_rate",
    points=2,
    signature="max_learning_rate(X) -> float",
    outputs=("max_learning_rate(X)",),
    reference=max_learning_rate,
    cases=_inputs,
    mistakes=(
        Mistake(
            "bias left out",
            "The column of ones is missing: b is a parameter too, and it adds to the curvature. "
            "Without it your limit is too high, and a rate just below it could diverge.",
            wrong=_rate(lambda e, H: 2 / e[-1], ones=False),
        ),
        Mistake(
            "1 over the eigenvalue",
            "At 1 over the largest eigenvalue, the steepest direction reaches its minimum in one "
            "step. It still converges beyond that, jumping across. The limit, where it jumps as "
            "far as it was, is further out.",
            wrong=_rate(lambda e, H: 1 / e[-1]),
        ),
        Mistake(
            "the 2 of the MSE left out",
            "Your Hessian belongs to half the MSE. The square gives a 2, so the curvature is twice "
            "as large, and the limit half as high.",
            wrong=_rate(lambda e, H: 2 / e[-1], factor=lambda X: 1 / len(X)),
        ),
        Mistake(
            "the mean left out",
            "Your Hessian belongs to the sum of the squared errors. The MSE is their mean: its "
            "curvature is m times smaller.",
            wrong=_rate(lambda e, H: 2 / e[-1], factor=lambda X: 2),
        ),
        Mistake(
            "the 2 and the mean left out",
            "Your Hessian is [X 1]^T [X 1] alone. Derive the MSE twice: the square gives a 2, and "
            "the mean a division by m.",
            wrong=_rate(lambda e, H: 2 / e[-1], factor=lambda X: 1),
        ),
        Mistake(
            "the smallest eigenvalue",
            "You took the flattest direction. Descent diverges as soon as it does so in any "
            "direction, and the steepest one is the first.",
            wrong=_rate(lambda e, H: 2 / e[np.abs(e).argmin()]),
        ),
        Mistake(
            "a limit for each direction",
            "There is one limit for each eigenvalue. A step moves along all directions at once, so "
            "the lowest of these limits counts: that of the largest eigenvalue.",
            wrong=_rate(lambda e, H: 2 / e),
        ),
        Mistake(
            "the eigenvalue itself",
            "This is the largest curvature, not a rate. The more curved the bowl is, the shorter "
            "the steps have to be: the limit is 2 divided by it.",
            wrong=_rate(lambda e, H: e[-1]),
        ),
        Mistake(
            "the sum of the eigenvalues",
            "The curvatures of all directions were added (that is the trace). Your limit is safe "
            "but too low. Only the largest one decides.",
            wrong=_rate(lambda e, H: 2 / np.sum(e)),
        ),
        Mistake(
            "the largest entry of the Hessian",
            "The entries of the Hessian are the curvatures along W and b alone. The steepest "
            "direction usually lies between them: ask for the eigenvalues.",
            wrong=_rate(lambda e, H: 2 / np.max(H)),
        ),
        Mistake(
            "a root too many",
            "The largest singular value of the extended X must be squared to give the eigenvalue "
            "of [X 1]^T [X 1].",
            wrong=lambda X: len(X) / np.linalg.norm(np.hstack([X, np.ones((len(X), 1))]), 2),
        ),
    ),
    hints=(
        "The limit is set by the steepest direction of the bowl. Its curvature is the largest "
        "eigenvalue of the Hessian, and the Hessian is written above: a factor, times the "
        "transposed table, times the table.",
        "The table is X with a column of ones, the one that you used in closed_form: b is a "
        "parameter like the others. The factor comes from the MSE: 2 from the square, 1/m from "
        "the mean.",
        "np.linalg.eigvalsh gives the eigenvalues of a symmetric matrix in rising order, so the "
        "largest is the last. The limit is 2 divided by it. For X = [[2], [2]] the table's product "
        "is [[8, 4], [4, 2]], the factor is 1, the largest eigenvalue 10 and the limit 0.2.",
    ),
)


# --- linreg.min_max_fit, min_max_transform and leak --------------------------------------------


def min_max_fit(X):
    """The smallest and the largest value of each column. X (m, n) -> lo (n,), hi (n,)."""
    return X.min(axis=0), X.max(axis=0)


def min_max_transform(X, lo, hi):
    """(X - lo) / (hi - lo), column by column; 0 for a column with hi = lo. Shape of X."""
    return (X - lo) / np.where(hi == lo, np.inf, hi - lo)


def _tables(rng: np.random.Generator) -> list[Case]:
    def case(m, n, *tags, change=lambda arrays: arrays):
        (X,) = change((quarters(rng, m, n) - 3,))
        X[:, 0] += 4 + np.arange(m) * 2
        return Case((X,), f"{m} samples, {n} columns", {"m": m, "n": n}, tags)

    return [
        case(4, 2),
        case(5, 3),
        case(3, 1, "one column"),
        case(6, 4, "whole numbers", change=whole),
    ]


MIN_MAX_FIT = Exercise(
    id="linreg.min_max_fit",
    points=1,
    signature="min_max_fit(X) -> (lo, hi)",
    outputs=("lo", "hi"),
    returns="tuple",
    reference=min_max_fit,
    cases=_tables,
    mistakes=(
        Mistake(
            "one number for all columns",
            "You looked through the whole table at once. Each column has its own unit and range "
            "(metres here, years there), so each needs its own smallest and largest value: give "
            "the axis.",
            wrong=lambda X: (X.min(), X.max()),
        ),
        Mistake(
            "along the rows",
            "There is one number for each sample. You want one for each column, so the search has "
            "to run over the samples. They are the rows now: it is the other axis.",
            wrong=lambda X: (X.min(axis=1), X.max(axis=1)),
        ),
        Mistake(
            "lo and hi exchanged",
            "Both are there, in the wrong order: the contract has the smallest values first.",
            wrong=lambda X: (X.max(axis=0), X.min(axis=0)),
        ),
        Mistake(
            "the largest in size",
            "You compared sizes without signs. With -5 and 3, the largest value is 3, though -5 is "
            "larger in size: leave the signs on.",
            wrong=lambda X: (np.abs(X).min(axis=0), np.abs(X).max(axis=0)),
        ),
        Mistake(
            "the range instead of the largest value",
            "hi is the distance from the smallest to the largest value. The contract asks for the "
            "largest value itself; the distance is taken later.",
            wrong=lambda X: (X.min(axis=0), X.max(axis=0) - X.min(axis=0)),
        ),
        Mistake(
            "mean and spread",
            "You computed the mean and the standard deviation, which is another way of scaling. "
            "Here the smallest and the largest value are asked for.",
            wrong=lambda X: (X.mean(axis=0), X.std(axis=0)),
        ),
        Mistake(
            "two sizes kept",
            "The numbers are right, as tables with one row. The contract asks for flat arrays, "
            "with one number for each column.",
            wrong=lambda X: (X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)),
        ),
        Mistake(
            "first and last row",
            "You took the first and the last row, perhaps because the data were sorted. Here they "
            "are not: look for the smallest and largest of each column.",
            wrong=lambda X: (X[0], X[-1]),
        ),
        Mistake(
            "X sorted in place",
            "X.sort() sorts the table that came in, and the samples fall apart: each column is "
            "sorted for itself.",
            wrong=lambda X: (X.sort(axis=0), (X[0], X[-1]))[1],
        ),
    ),
    hints=(
        "Each column is a quantity of its own: x in kilometres, perhaps, beside an age in years. "
        "So there are as many smallest values as columns, and as many largest ones.",
        "NumPy arrays have the methods min and max. Without an axis they look through the whole "
        "table. With an axis they look along that direction and remove it: a table of shape "
        "(m, n) becomes a flat array.",
        "You want the direction of the samples to disappear, and n numbers to be left. The "
        "samples are the rows of X, so it is axis 0. Return two arrays, the smallest values first. "
        "Nothing is sorted, and X stays as it is.",
    ),
)


def _to_scale(rng: np.random.Generator) -> list[Case]:
    """Tables with the statistics of other tables, so that some values lie outside; one constant."""

    def case(m, n, *tags, constant=False, change=lambda arrays: arrays):
        train, X = change((quarters(rng, 5, n), quarters(rng, m, n)))
        train[:2, :] = train.max(axis=0) + 1, train.min(axis=0) - 1
        X[0, 0] = train[0, 0] + 2
        if constant:
            train[:, -1] = X[:, -1] = train[0, -1]
        args = X, train.min(axis=0), train.max(axis=0)
        tags = (*tags, "a constant column") if constant else tags
        return Case(args, f"{m} sample{'s' * (m > 1)}, {n} columns", {"m": m, "n": n}, tags)

    return [
        case(4, 2),
        case(5, 3, constant=True),
        case(1, 4, "one sample"),
        case(3, 2, "whole numbers", change=whole),
        case(6, 5),
    ]


MIN_MAX_TRANSFORM = Exercise(
    id="linreg.min_max_transform",
    points=2,
    signature="min_max_transform(X, lo, hi) -> same shape",
    outputs=("min_max_transform(X, lo, hi)",),
    reference=min_max_transform,
    cases=_to_scale,
    mistakes=(
        Mistake(
            "0 divided by 0",
            "It is right except in a constant column. There hi equals lo, and 0/0 is nan, which "
            "spreads through everything behind it. A constant column tells the model nothing: "
            "make it 0.",
            wrong=lambda X, lo, hi: (X - lo) / (hi - lo),
        ),
        Mistake(
            "X's own statistics",
            "You used the smallest and largest values of this X, and not the lo and hi that were "
            "handed in. That is a leak: test data would be measured with a ruler of their own. "
            "Every table is scaled with the training part's lo and hi.",
            wrong=lambda X, lo, hi: min_max_transform(X, *min_max_fit(X)),
        ),
        Mistake(
            "one lo and hi for all columns",
            "All columns were scaled with the same two numbers. lo and hi have one number for each "
            "column: use them as they are, and NumPy lays them along each row.",
            wrong=lambda X, lo, hi: (X - lo.min()) / (hi.max() - lo.min()),
        ),
        Mistake(
            "divided by hi",
            "The smallest value was subtracted, and then hi was the divisor. After the subtraction "
            "the largest value is hi - lo: divide by that, so that it becomes 1.",
            wrong=lambda X, lo, hi: (X - lo) / hi,
        ),
        Mistake(
            "lo not subtracted",
            "The smallest value does not become 0. Move the column first, so that it starts at 0, "
            "then shrink it.",
            wrong=lambda X, lo, hi: X / np.where(hi > lo, hi - lo, 1),
        ),
        Mistake(
            "clipped to 0 and 1",
            "Values below lo or above hi were cut off. New data may lie outside the training "
            "range, and the model must see how far: let them be negative, or larger than 1.",
            wrong=lambda X, lo, hi: np.clip(min_max_transform(X, lo, hi), 0, 1),
        ),
        Mistake(
            "a small number added to the range",
            "Adding a tiny number to every divisor avoids 0/0, but it makes all the other columns "
            "slightly wrong too. Treat the constant column alone.",
            wrong=lambda X, lo, hi: (X - lo) / (hi - lo + 1e-8),
        ),
        Mistake(
            "between -1 and 1",
            "The range is -1 to 1. That is a scale that people use too; the contract asks for 0 "
            "at lo and 1 at hi.",
            wrong=lambda X, lo, hi: np.where(hi > lo, 2 * min_max_transform(X, lo, hi) - 1, 0),
        ),
        Mistake(
            "upside down",
            "The smallest value became 1 and the largest 0. Look at which end you subtract.",
            wrong=lambda X, lo, hi: np.where(hi > lo, 1 - min_max_transform(X, lo, hi), 0),
        ),
        Mistake(
            "an if for the whole array",
            "lo == hi has one answer for each column, and `if` wants a single one. Choose column "
            "by column, with np.where, or replace the zeros among the divisors.",
            wrong=lambda X, lo, hi: 0 * X if hi == lo else (X - lo) / (hi - lo),
        ),
    ),
    hints=(
        "Two moves turn the range from lo to hi into the range from 0 to 1. First shift, so that "
        "lo lands on 0. Where does hi land then? Divide by that.",
        "lo and hi are flat, with one number for each column. NumPy lays them along each row of X, "
        "so no loop is needed. Use the lo and hi that come in: new data are measured with the "
        "training part's ruler, and may land outside 0 to 1.",
        "In a constant column hi - lo is 0. Look out for it before you divide: np.where(span == 0, "
        "1, span) gives a divisor that is never 0. Such a column then comes out as 0 by itself, "
        "since X - lo is 0 there.",
    ),
)


def other_line():
    """Seed 003's line, and a test part that lies on another one.

    Returns x_train, y_train (59, 1) with y = 2 x + 3 and x_test, y_false (16, 1) with
    y = 0.5 x - 100.
    """
    X, Y = line()
    return X[16:], Y[16:], X[:16], 0.5 * X[:16] - 100


_X_TRAIN, _Y_TRAIN, _X_TEST, _Y_FALSE = other_line()


def _scaled_mae(x_ruler, y_ruler, average=mae) -> float:
    """The error of "scaled y = scaled x" on the test part, scaled by the range of the rulers."""
    x = min_max_transform(_X_TEST, *min_max_fit(x_ruler))
    y = min_max_transform(_Y_FALSE, *min_max_fit(y_ruler))
    return float(average(x, y))


def _maes(leaky: float, honest: float):
    return lambda: {"leaky_mae": leaky, "honest_mae": honest}


_LEAKY, _HONEST = _scaled_mae(_X_TEST, _Y_FALSE), _scaled_mae(_X_TRAIN, _Y_TRAIN)


LEAK = Exercise(
    id="linreg.leak",
    points=2,
    signature="leaky_mae = …, honest_mae = …",
    outputs=("leaky_mae", "honest_mae"),
    returns="named",
    reference=_maes(_LEAKY, _HONEST),
    unpack=_numbers("leaky_mae", "honest_mae"),
    rtol=2e-3,
    reveal=False,
    mistakes=(
        Mistake(
            "the two exchanged",
            "The two numbers are there, under each other's names. The planted scaler, which "
            "measures the test part with its own ruler, is the leaky one.",
            wrong=_maes(_HONEST, _LEAKY),
        ),
        Mistake(
            "both with the planted scaler",
            "Both numbers come from a test part that was scaled with its own smallest and largest "
            "values. For the honest one take lo and hi from the training part.",
            wrong=_maes(_LEAKY, _LEAKY),
        ),
        Mistake(
            "both honest",
            "Both numbers come from the training part's ruler. The leaky one is what the planted "
            "scaler makes of the test part: use planted_scaler for it.",
            wrong=_maes(_HONEST, _HONEST),
        ),
        Mistake(
            "statistics of all the data",
            "lo and hi were taken from training and test part together. That is a leak too, though "
            "a smaller one: at training time the test part is not known.",
            wrong=_maes(
                _LEAKY,
                _scaled_mae(np.vstack([_X_TRAIN, _X_TEST]), np.vstack([_Y_TRAIN, _Y_FALSE])),
            ),
        ),
        Mistake(
            "y scaled with x's ruler",
            "The targets were scaled with the lo and hi of x. x and y have different ranges, so "
            "each needs its own min_max_fit, on the training part.",
            wrong=_maes(_LEAKY, _scaled_mae(_X_TRAIN, _X_TRAIN)),
        ),
        Mistake(
            "only y honest",
            "x was still scaled with the test part's own values. Both x and y of the test part are "
            "measured with the training part's rulers.",
            wrong=_maes(_LEAKY, _scaled_mae(_X_TEST, _Y_TRAIN)),
        ),
        Mistake(
            "only x honest",
            "y was still scaled with the test part's own values. Both x and y of the test part are "
            "measured with the training part's rulers.",
            wrong=_maes(_LEAKY, _scaled_mae(_X_TRAIN, _Y_FALSE)),
        ),
        Mistake(
            "in the unit of y",
            "This is the error in the unit of y. The question asks for it in scaled numbers: "
            "compare scaled x with scaled y.",
            wrong=_maes(_LEAKY, 232 * _HONEST),
        ),
        Mistake(
            "without absolute values",
            "The errors were averaged with their signs. The MAE takes the size of each error.",
            wrong=_maes(
                _LEAKY, _scaled_mae(_X_TRAIN, _Y_TRAIN, average=lambda x, y: np.mean(x - y))
            ),
        ),
    ),
    hints=(
        "The model says: scaled y equals scaled x. So its prediction for the test part is the "
        "scaled x_test itself, and its error is the difference from the scaled y_false. Your mae "
        "does the rest, twice.",
        "For leaky_mae let planted_scaler scale the training part and the test part as it likes, "
        "x and y separately, and take what it returns for the test part. Then put x and y side by "
        "side in mae.",
        "For honest_mae get lo and hi of x_train by min_max_fit, and use them to scale x_test with "
        "min_max_transform. Do the same with y_train and y_false: y has a ruler of its own. The "
        "test part's own smallest and largest values appear nowhere.",
    ),
)


EXERCISES = (
    RECALL_1,
    RECALL_2,
    TO_ROWS,
    PREDICT,
    MSE,
    MSE_GRADIENT,
    MAE,
    MAE_GRADIENT,
    GRADIENTS,
    FIT,
    CLOSED_FORM,
    MAX_LEARNING_RATE,
    MIN_MAX_FIT,
    MIN_MAX_TRANSFORM,
    LEAK,
    GLOROT_UNIFORM,
    COUNT_PARAMETERS,
    NETWORK_FORWARD,
    NETWORK_STEP,
    SUSPECTS,
)
