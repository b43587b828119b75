"""Draws inputs for checks: small numbers that a learner can follow on paper.

Multiples of a quarter are exact in floating point, so that a value meant to be exactly 0 is.
"""

import numpy as np

from lessonlib.checks import Case
from lessonlib.checks.observing import SIZE_WORDS


def quarters(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return multiples of 1/4 between -2 and 2, never 0, of the given shape."""
    return rng.choice(np.delete(np.arange(-8, 9), 8), size=shape) / 4


def arrays(rng: np.random.Generator) -> list[Case]:
    """Return cases for what works entry by entry: z with a 0 in it, in several shapes."""
    table = quarters(rng, 3, 4)
    table[1, 2] = 0.0
    return [
        Case((np.array([-1.5, 0.0, 2.5]),), "z = [-1.5, 0, 2.5]"),
        Case((table,), "a table z of shape (3, 4)"),
        Case((np.array([[-3, 0, 2], [5, -1, 4]]),), "whole numbers", tags=("whole numbers",)),
        Case((quarters(rng, 2, 3, 2),), "an array z of shape (2, 3, 2)"),
    ]


def as_tagged(tags: tuple[str, ...], *arrays: np.ndarray) -> tuple:
    """Return quarters as they are, and four times as large, as integers, for "whole numbers"."""
    return tuple((4 * a).astype(int) for a in arrays) if "whole numbers" in tags else arrays


def stack(rng: np.random.Generator, *sizes: int) -> list:
    """Return [(W, b), …] for layers of these sizes, for rows: W (n_in, n_out), b (n_out,)."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return [(quarters(rng, n_in, n_out), quarters(rng, n_out)) for n_in, n_out in pairs]


def in_words(**numbers: int) -> str:
    """Return "2 inputs, 1 hidden unit" for input=2, hidden_unit=1."""
    words = ((word.replace("_", " "), n) for word, n in numbers.items())
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in words)


def case_of(args: tuple, *tags: str, m: int, **sizes: int) -> Case:
    """Return a case that is told by its sizes: "2 inputs, 1 sample" for n_in=2 and m=1."""
    words = {SIZE_WORDS[symbol][len("the number of ") : -1]: n for symbol, n in sizes.items()}
    return Case(args, in_words(**words, sample=m), {"m": m, **sizes}, tags)


def net_case(args: tuple, n_x: int, n_h: int, n_y: int, m: int, *tags: str) -> Case:
    """Return a case about a network with one hidden layer."""
    return case_of(args, *tags, m=m, n_x=n_x, n_h=n_h, n_y=n_y)


def layer(rng: np.random.Generator, n_in: int, n: int, m: int) -> tuple:
    """Return (W, b, X) of a layer, samples in columns, with Z[0, 0] = 0 exactly on the kink.

    Where there are samples enough, every unit fires for some of them and is silent for others.
    Needs two entries of Z at least.
    """
    while True:
        W, b, X = quarters(rng, n, n_in), quarters(rng, n, 1), quarters(rng, n_in, m)
        b[0, 0] = -(W[0] @ X[:, 0])
        Z = W @ X + b
        mixed = np.all((Z > 0).any(axis=1) & (Z < 0).any(axis=1))
        if mixed if m > 2 else np.any(Z > 0):
            return W, b, X
