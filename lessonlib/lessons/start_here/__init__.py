"""Lesson 00: how the notebooks answer, and three NumPy shapes. Samples are columns."""

import numpy as np

from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.plain import Opaque
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import quarters


def _yes_or_no(raw: dict, case: Case) -> dict:
    ready = as_numbers(raw["ready"])
    if isinstance(raw["ready"], str):
        raise Malformed(
            "ready is a piece of text, because of the quotes. Write Python's value for yes without "
            "quotes, and with a capital letter."
        )
    if ready is None or ready.shape != () or ready not in (0, 1):
        raise Malformed("ready should be True or False, Python's values for yes and no.")
    return {"ready": bool(ready)}


@exercise("start.ready", points=1, unpack=_yes_or_no, reveal=False)
def ready():
    ready = True
    return ready


# --- a column, a bias, sums of rows ------------------------------------------------------------


def _sequences(rng: np.random.Generator) -> list[Case]:
    return [
        Case(([1.5, -2.0, 0.5],), "the list [1.5, -2, 0.5]"),
        Case(((4, -1, 0, 2, 3),), "a tuple of five whole numbers", tags=("whole numbers",)),
        Case((quarters(rng, 4),), "an array of shape (4,)"),
        Case(([-0.75],), "the list [-0.75]", tags=("a single number",)),
    ]


@exercise("start.column", points=1, cases=_sequences)
def column(values):
    """The numbers of a flat sequence, one in each row, as floats. values (n,) -> (n, 1)."""
    flat = np.array(values, dtype=float)
    return flat.reshape(-1, 1)


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    whole = rng.integers(1, 9, size=(4, 5))
    return [
        _case((quarters(rng, 2, 3), quarters(rng, 2, 1))),
        _case((quarters(rng, 3, 3), _different(rng, 3)), "as many samples as units"),
        _case((quarters(rng, 4, 1), _different(rng, 4)), "one sample"),
        _case((quarters(rng, 3, 5), _different(rng, 3))),
        _case((whole, np.array([[0.5], [-0.25], [1.5], [2.25]])), "whole numbers in Z"),
        _case((quarters(rng, 1, 4), quarters(rng, 1)), "one unit"),
    ]


def _case(args: tuple, *tags: str) -> Case:
    """Return a case with a table Z (n, m), and perhaps with biases b."""
    n, m = args[0].shape
    about = " and ".join(f"{name} of shape {a.shape}" for name, a in zip("Zb", args, strict=False))
    return Case(args, about, {"n": n, "m": m}, tags)


def _different(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return biases (n,) that all differ, so that a bias on the wrong row is seen."""
    return rng.permutation([-1.75, 0.5, 1.25, -0.25])[:n]


@exercise("start.add_bias", points=2, cases=_bias_cases)
def add_bias(Z, b):
    """Add bias i to row i of Z. Z (n, m), b (n,) or (n, 1) -> (n, m)."""
    b_column = np.reshape(b, (-1, 1))
    return Z + b_column


def _tables(rng: np.random.Generator) -> list[Case]:
    return [
        _case((quarters(rng, 2, 3),)),
        _case((rng.integers(1, 9, size=(4, 2)),), "whole numbers"),
        _case((quarters(rng, 3, 1),), "one sample"),
        _case((quarters(rng, 1, 4),), "one unit"),
        _case((quarters(rng, 3, 5),)),
    ]


@exercise("start.row_sums", points=1, cases=_tables)
def row_sums(Z):
    """The sum of each row, as a column. Z (n, m) -> (n, 1)."""
    return np.sum(Z, axis=1, keepdims=True)


# --- the shapes of products --------------------------------------------------------------------

N_IN, N, M = 5, 2, 7  # the sizes that the notebook gives: all different
_PRODUCTS = ("W @ X", "W @ X + b", "W.T @ dZ", "dZ @ X.T")
_FORM = "Write both sizes in parentheses, the rows first, such as (3, 4)."


@gives(*_PRODUCTS)
def _rows_and_columns(raw: dict, case: Case) -> dict:
    shapes = raw["shapes"]
    if not isinstance(shapes, dict):
        raise Malformed("shapes should be a dictionary, with one shape for each of four products.")
    missing = [product for product in _PRODUCTS if product not in shapes]
    if missing:
        raise Malformed(f'shapes lacks an entry for "{missing[0]}". Leave the four keys as given.')
    return {product: _two_sizes(product, shapes[product]) for product in _PRODUCTS}


def _two_sizes(product: str, shape) -> tuple:
    if isinstance(shape, Opaque) and shape.kind == "ellipsis":
        raise Malformed(f"The shape of {product} is still `...`. {_FORM}")
    sizes = as_numbers(shape)
    if sizes is None or sizes.shape != (2,):
        raise Malformed(f"The shape of {product} should be two numbers. {_FORM}")
    return sizes[0].item(), sizes[1].item()


@exercise("start.shapes", points=2, unpack=_rows_and_columns, reveal=False)
def shapes():
    """-> shapes = {"W @ X": (…), "W @ X + b": (…), "W.T @ dZ": (…), "dZ @ X.T": (…)}."""
    sizes = (N, M), (N, M), (N_IN, M), (N, N_IN)
    shapes = dict(zip(_PRODUCTS, sizes, strict=True))
    return shapes
