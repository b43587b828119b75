"""Lesson 00: how the notebooks answer, and three NumPy shapes. Samples stand in columns."""

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.plain import Opaque
from lessonlib.lessons.drawing import quarters

# --- start.ready -------------------------------------------------------------------------------


def _yes_or_no(raw: dict, case: Case) -> dict:
    ready = as_numbers(raw["ready"])
    if isinstance(raw["ready"], str):
        raise Malformed(
            "ready is a piece of text, for it stands in quotes. Python's own value for yes is "
            "written without quotes, with a capital letter."
        )
    if ready is None or ready.shape != () or ready not in (0, 1):
        raise Malformed("ready should be True or False, the values that Python has for yes and no.")
    return {"ready": bool(ready)}


READY = Exercise(
    id="start.ready",
    points=1,
    signature="ready = …",
    outputs=("ready",),
    returns="named",
    reference=lambda: {"ready": True},
    unpack=_yes_or_no,
    reveal=False,
    mistakes=(
        Mistake(
            "not ready yet",
            "So this is what a failed check looks like. It says what is wrong, shows your value, "
            "and tells you where to look. Nothing is lost: change the cell above, run it, and run "
            "the check again, as often as you like.",
            wrong=lambda: {"ready": False},
        ),
    ),
    hints=(
        "Run the check first, without any change. It fails, and says that ready is still three "
        "dots. The three dots are a gap in Python's own notation: where you see them, something "
        "of yours is missing.",
        "Python has two values for yes and no. They are written with a capital letter and without "
        "quotes. You are ready, so the answer is yes.",
        "Write True in place of the three dots. Run that cell with Shift and Enter, so that Python "
        "takes note of it. Then run the check below it once more.",
    ),
)


# --- start.column ------------------------------------------------------------------------------


def column(values):
    """The numbers of a flat sequence, one in each row. values (n,) -> (n, 1) float."""
    return np.array(values, dtype=float).reshape(-1, 1)


def _sequences(rng: np.random.Generator) -> list[Case]:
    return [
        Case(([1.5, -2.0, 0.5],), "the list [1.5, -2, 0.5]"),
        Case(((4, -1, 0, 2, 3),), "a tuple of five whole numbers", tags=("whole numbers",)),
        Case((quarters(rng, 4),), "an array of shape (4,)"),
        Case(([-0.75],), "the list [-0.75]", tags=("a single number",)),
    ]


def _set_shape(values):
    values = np.asarray(values)
    values.shape = (-1, 1)
    return values


COLUMN = Exercise(
    id="start.column",
    points=1,
    signature="column(values) -> (n, 1)",
    outputs=("column(values)",),
    reference=column,
    cases=_sequences,
    mistakes=(
        Mistake(
            "still flat",
            "The numbers are there, in a flat array with one size only. A column has two sizes: n "
            "rows and 1 column. Note that .T does nothing to a flat array, for it has no rows and "
            "columns to exchange.",
            wrong=lambda values: np.array(values, dtype=float),
        ),
        Mistake(
            "a row for a column",
            "This is a table with one row. A second pair of brackets gives that, and so does "
            "reshape with the sizes the other way round. Rows come first in a shape: a column is "
            "(n, 1).",
            wrong=lambda values: np.array(values, dtype=float).reshape(1, -1),
        ),
        Mistake(
            "a fixed number of rows",
            "The number of rows is written into your code, and another sequence has another "
            "length. Let NumPy count: a size of -1 means as many as there are.",
            wrong=lambda values: np.array(values, dtype=float).reshape(3, 1),
        ),
        Mistake(
            "a list has no reshape",
            "reshape belongs to NumPy's arrays, and a plain list does not know it. Make an array "
            "of the values first.",
            wrong=lambda values: values.reshape(-1, 1),
        ),
        Mistake(
            "a list cannot be indexed like an array",
            "Two indices in one pair of brackets are for NumPy's arrays. Make an array of the "
            "values first.",
            wrong=lambda values: values[:, None],
        ),
        Mistake(
            "the shape of the caller's array changed",
            "Setting .shape turns the array round for everybody who uses it. np.asarray makes no "
            "copy of an array. reshape gives you a new view and leaves the old one as it is.",
            wrong=_set_shape,
        ),
    ),
    hints=(
        "Look at the picture of the three shapes. The numbers stay the same and keep their order. "
        "Only their arrangement changes: each gets a row of its own.",
        "What comes in may be a list, and lists know nothing of shapes. So make an array of it "
        "first, with np.array. To get floats even from whole numbers, add dtype=float.",
        "An array has a method .reshape(rows, columns). The number of columns is 1. For the number "
        "of rows you may write -1: then NumPy counts for you, and your function works for any "
        "length. Return the result.",
    ),
)


# --- start.add_bias ----------------------------------------------------------------------------


def add_bias(Z, b):
    """Add bias i to row i of Z. Z (n, m), b (n,) or (n, 1) -> (n, m)."""
    return Z + np.reshape(b, (-1, 1))


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    whole = rng.integers(1, 9, size=(4, 5))
    return [
        _bias_case(quarters(rng, 2, 3), quarters(rng, 2, 1)),
        _bias_case(quarters(rng, 3, 3), _different(rng, 3), "as many samples as units"),
        _bias_case(quarters(rng, 4, 1), _different(rng, 4), "one sample"),
        _bias_case(quarters(rng, 3, 5), _different(rng, 3)),
        _bias_case(whole, np.array([[0.5], [-0.25], [1.5], [2.25]]), "whole numbers in Z"),
        _bias_case(quarters(rng, 1, 4), quarters(rng, 1), "one unit"),
    ]


def _bias_case(Z, b, *tags: str) -> Case:
    n, m = Z.shape
    return Case((Z, b), f"Z of shape {Z.shape} and b of shape {b.shape}", {"n": n, "m": m}, tags)


def _different(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return biases (n,) that all differ, so that a bias on the wrong row is seen."""
    return rng.permutation([-1.75, 0.5, 1.25, -0.25])[:n]


def _add_where_it_fits(Z, b):
    try:
        return Z + b
    except ValueError:
        return Z + np.reshape(b, (-1, 1))


def _add_into_z(Z, b):
    Z += np.reshape(b, (-1, 1))
    return Z


def _add_column_by_column(Z, b):
    result = np.zeros_like(Z)
    for j in range(Z.shape[1]):
        result[:, j] = Z[:, j] + np.ravel(b)
    return result


ADD_BIAS = Exercise(
    id="start.add_bias",
    points=2,
    signature="add_bias(Z, b) -> (n, m)",
    outputs=("add_bias(Z, b)",),
    reference=add_bias,
    cases=_bias_cases,
    mistakes=(
        Mistake(
            "a flat b added as it is",
            "NumPy lays a flat b along the last axis, so as a row: one number for each sample. "
            "Where n equals m that fits, and gives wrong numbers without a word. Give b its two "
            "sizes before you add it.",
            wrong=lambda Z, b: Z + b,
        ),
        Mistake(
            "b turned only where the sizes clash",
            "Where n equals m, and where there is one sample, a flat b fits as a row too: no "
            "error, wrong numbers. So an error, or a comparison of sizes, cannot tell you when to "
            "turn b. Turn it always.",
            wrong=_add_where_it_fits,
        ),
        Mistake(
            "the last axis after a transposition",
            "Transposing Z, adding, and transposing back is right for a flat b. A column b is then "
            "laid along the samples. Bring b into one and the same shape first, whichever it had.",
            wrong=lambda Z, b: (Z.T + b).T,
        ),
        Mistake(
            "b as a row",
            "A row (1, n) has one number for each sample, and is copied down the units. It should "
            "be the other way round: one number for each unit, copied over the samples.",
            wrong=lambda Z, b: Z + np.reshape(b, (1, -1)),
        ),
        Mistake(
            "b flattened",
            "A flat b is laid along the last axis, so it is copied down the units like a row. It "
            "should be copied over the samples: one number for each unit. That takes a column.",
            wrong=lambda Z, b: Z + np.ravel(b),
        ),
        Mistake(
            "an axis too many",
            "b[:, np.newaxis] and b[:, None] add an axis. That makes a flat b a column; a b that "
            "is a column already becomes a block with three sizes. Use what works for both.",
            wrong=lambda Z, b: Z + b[:, np.newaxis],
        ),
        Mistake(
            "the first bias for all units",
            "Every row got the first bias. Row i needs number i of b.",
            wrong=lambda Z, b: Z + np.ravel(b)[0],
        ),
        Mistake(
            "the sum of all biases",
            "Every row got the sum of all biases. Each unit has one of its own.",
            wrong=lambda Z, b: Z + np.sum(b),
        ),
        Mistake(
            "bias subtracted",
            "The biases went in with a minus. They are added, each with the sign that it has.",
            wrong=lambda Z, b: Z - np.reshape(b, (-1, 1)),
        ),
        Mistake(
            "Z overwritten",
            "+= writes into the caller's Z. And where Z holds whole numbers it cannot take up a "
            "bias such as 0.5. Make a new array: write the sum with a plain +.",
            wrong=_add_into_z,
        ),
        Mistake(
            "zeros_like of whole numbers",
            "np.zeros_like(Z) makes an array of the same kind as Z. If Z holds whole numbers, so "
            "does the new one, and what stands behind the point is cut off. Let + make the array.",
            wrong=_add_column_by_column,
        ),
    ),
    hints=(
        "Find the two pictures of a square Z above. The same three numbers are added, once as a "
        "row and once as a column. Which of the two gives each unit, that is each row, one number "
        "of its own?",
        "A column (n, 1) is copied sideways over all samples, and that is what we want. So the "
        "work is to make b a column, whatever shape it came in.",
        "You wrote the way to do that a moment ago: reshape with -1 rows and 1 column. It does no "
        "harm to a b that is a column already. Then add with a plain +, and return the sum. Do it "
        "always, without asking whether the sizes fit.",
    ),
)


# --- start.row_sums ----------------------------------------------------------------------------


def row_sums(Z):
    """The sum of each row, as a column. Z (n, m) -> (n, 1)."""
    return np.sum(Z, axis=1, keepdims=True)


def _tables(rng: np.random.Generator) -> list[Case]:
    return [
        _table(quarters(rng, 2, 3)),
        _table(rng.integers(1, 9, size=(4, 2)), "whole numbers"),
        _table(quarters(rng, 3, 1), "one sample"),
        _table(quarters(rng, 1, 4), "one unit"),
        _table(quarters(rng, 3, 5)),
    ]


def _table(Z, *tags: str) -> Case:
    n, m = Z.shape
    return Case((Z,), f"Z of shape {Z.shape}", {"n": n, "m": m}, tags)


def _add_up_in_first_column(Z):
    for j in range(1, Z.shape[1]):
        Z[:, 0] += Z[:, j]
    return Z[:, :1]


ROW_SUMS = Exercise(
    id="start.row_sums",
    points=1,
    signature="row_sums(Z) -> (n, 1)",
    outputs=("row_sums(Z)",),
    reference=row_sums,
    cases=_tables,
    mistakes=(
        Mistake(
            "flat instead of a column",
            "The sums are right. But NumPy drops the axis that it sums along, and leaves a flat "
            "array of shape (n,). Ask it to keep that axis with size 1.",
            wrong=lambda Z: np.sum(Z, axis=1),
        ),
        Mistake(
            "columns summed instead of rows",
            "These are the sums of the columns, one for each sample. Python's own sum does that, "
            "and so does axis=0. The axis that you name is the one that disappears: the samples "
            "should disappear, and they are axis 1.",
            wrong=lambda Z: np.sum(Z, axis=0),
        ),
        Mistake(
            "columns summed, and kept as a row",
            "These are the sums of the columns. The axis that you name is the one that is summed "
            "away. The samples should go, and they lie along axis 1.",
            wrong=lambda Z: np.sum(Z, axis=0, keepdims=True),
        ),
        Mistake(
            "everything summed",
            "You get one number for the whole table. Without an axis np.sum adds up all there is. "
            "Name the axis that should disappear.",
            wrong=np.sum,
        ),
        Mistake(
            "everything summed, and kept as a table",
            "You get one number for the whole table, in a table of its own. keepdims is right; the "
            "axis that should disappear is not named yet.",
            wrong=lambda Z: np.sum(Z, keepdims=True),
        ),
        Mistake(
            "mean for sum",
            "Each number is the mean of its row, so the sum divided by the number of samples. Here "
            "nothing is divided.",
            wrong=lambda Z: np.mean(Z, axis=1, keepdims=True),
        ),
        Mistake(
            "a row for a column",
            "The sums are right, but they lie in a row of shape (1, n). Each sum belongs to a row "
            "of Z, so it should stand beside that row.",
            wrong=lambda Z: np.sum(Z, axis=1).reshape(1, -1),
        ),
        Mistake(
            "Z overwritten",
            "The sums were collected in the first column of Z.",
            wrong=_add_up_in_first_column,
        ),
    ),
    hints=(
        "Do it on paper for the table in the cell above: add up each row, and write the sum to the "
        "right of its row. The sums then stand one below the other, in a column.",
        "np.sum takes axis=0 or axis=1. The axis that you name disappears: it is summed away. Z "
        "has n rows along axis 0 and m columns along axis 1. Which of the two should be gone "
        "afterwards?",
        "After the sum NumPy hands back a flat array. With keepdims=True the summed axis stays, "
        "with size 1, and your result is the column that was asked for. The whole function is one "
        "line.",
    ),
)


# --- start.shapes ------------------------------------------------------------------------------

N_IN, N, M = 5, 2, 7  # the sizes that the notebook gives: all different
_PRODUCTS = ("W @ X", "W @ X + b", "W.T @ dZ", "dZ @ X.T")
_FORM = "Write both sizes in parentheses, the rows first, such as (3, 4)."


def _shapes(*values):
    """Return an answer to start.shapes, in the order of the four products."""
    return lambda: {"shapes": dict(zip(_PRODUCTS, values, strict=True))}


def _rows_and_columns(raw: dict, case: Case) -> dict:
    """Return each shape as its rows and columns."""
    shapes = raw["shapes"]
    if not isinstance(shapes, dict):
        raise Malformed("shapes should be a dictionary, with one shape for each of four products.")
    missing = [product for product in _PRODUCTS if product not in shapes]
    if missing:
        raise Malformed(f'shapes lacks an entry for "{missing[0]}". Leave the four keys as given.')
    return {product: _two_sizes(product, shapes[product]) for product in _PRODUCTS}


def _two_sizes(product: str, shape) -> dict:
    if isinstance(shape, Opaque) and shape.kind == "ellipsis":
        raise Malformed(f"The shape of {product} is still `...`. {_FORM}")
    sizes = as_numbers(shape)
    if sizes is None or sizes.shape != (2,):
        raise Malformed(f"The shape of {product} should be two numbers. {_FORM}")
    return {"rows": sizes[0].item(), "columns": sizes[1].item()}


SHAPES = Exercise(
    id="start.shapes",
    points=2,
    signature='shapes = {"W @ X": (…), "W @ X + b": (…), "W.T @ dZ": (…), "dZ @ X.T": (…)}',
    outputs=_PRODUCTS,
    returns="named",
    reference=_shapes((N, M), (N, M), (N_IN, M), (N, N_IN)),
    unpack=_rows_and_columns,
    reveal=False,
    mistakes=(
        Mistake(
            "inner sizes kept",
            "You kept the two sizes that meet in the middle. They have to agree, and then they "
            "are used up. The two outer sizes remain.",
            wrong=_shapes((N_IN, N_IN), (N_IN, N_IN), (N, N), (M, M)),
        ),
        Mistake(
            "outer sizes exchanged",
            "You found the two sizes that remain, in the wrong order. The rows come from the left "
            "factor, the columns from the right one.",
            wrong=_shapes((M, N), (M, N), (M, N_IN), (N_IN, N)),
        ),
        Mistake(
            "transposition overlooked",
            "The .T exchanges rows and columns of the factor that it stands behind. Write the "
            "turned shape under that factor first. Then look which sizes meet, and which are left.",
            wrong=_shapes((N, M), (N, M), (N, M), (N, M)),
        ),
        Mistake(
            "shape of the left factor",
            "This is the shape of the left factor. Of that one only the rows remain. The columns "
            "of the product are those of the right factor.",
            wrong=_shapes((N, N_IN), (N, N_IN), (N_IN, N), (N, M)),
        ),
        Mistake(
            "shape of the right factor",
            "This is the shape of the right factor. Of that one only the columns remain. The rows "
            "of the product are those of the left factor.",
            wrong=_shapes((N_IN, M), (N_IN, M), (N, M), (M, N_IN)),
        ),
        Mistake(
            "b counted as one more column",
            "Adding b puts no column beside the others. b is added to each column that is there, "
            "entry by entry, and the shape stays what it was.",
            wrong=_shapes((N, M), (N, M + 1), (N_IN, M), (N, N_IN)),
        ),
        Mistake(
            "shape of b",
            "This is the shape of b itself. In a sum the smaller one is stretched to the larger "
            "one, never the other way round.",
            wrong=_shapes((N, M), (N, 1), (N_IN, M), (N, N_IN)),
        ),
    ),
    hints=(
        "Write the shape of each factor under its letter. Where a .T stands behind a letter, "
        "exchange the two sizes before you go on.",
        "In a product two sizes meet in the middle: the columns of the left factor and the rows of "
        "the right one. They must agree, and they disappear. What remains are the outer two, in "
        "the order in which they stand.",
        "For W @ X the sizes stand as (2, 5) (5, 7). The two fives meet. Which two are left? "
        "Adding b copies b over the columns and changes no size. For W.T the shape is (5, 2): put "
        "it before that of dZ, and read off the outer sizes again.",
    ),
)

EXERCISES = (READY, COLUMN, ADD_BIAS, ROW_SUMS, SHAPES)
