"""Small data sets, made here or shipped, never downloaded.

Samples are in ROWS: X (m, n_in), Y (m, n_out). The lessons with samples in columns (00 to 08)
use X.T and Y.T. The one exception is `seed_001`, a network worked by hand, in COLUMNS.
"""

import io
from importlib.resources import files

import numpy as np


def seed_001():
    """The network of lessons 01 and 03, with one sample: everything in COLUMNS, whole numbers.

    A dict of new float arrays: x (3, 1), W1 (4, 3), b1 (4, 1), W2 (2, 4), b2 (2, 1), W3 (3, 2),
    b3 (3, 1) and the target y (3, 1), for z1 = W1 @ x + b1 and so on (ReLU, ReLU, softmax).
    """
    return {
        "x": _column(2, 1, 3),
        "W1": np.array([[1.0, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]),
        "b1": _column(-5, 0, 1, -2),
        "W2": np.array([[1.0, -1, 1, 0], [0, 1, -1, 1]]),
        "b2": _column(0, 3),
        "W3": np.array([[2.0, 0], [0, 2], [1, 1]]),
        "b3": _column(-1, -5, -7),
        "y": _column(0, 1, 0),
    }


def xor():
    """Exclusive or: X (4, 2) = 00, 01, 10, 11 and Y (4, 1) = 0, 1, 1, 0; samples in rows."""
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    return X, _column(0, 1, 1, 0)


def two_moons(m, rng, noise=0.1):
    """Two interlocking half circles of radius 1: X (m, 2), Y (m, 1) of 0 and 1; samples in rows.

    Half the samples (one more of class 0 if m is odd) lie on each moon, evenly spaced, moved by
    normal noise of that standard deviation, and shuffled. The same shape as scikit-learn's
    `make_moons`.
    """
    t0, t1 = (np.linspace(0, np.pi, n) for n in _halves(m))
    outer = np.column_stack([np.cos(t0), np.sin(t0)])
    inner = np.column_stack([1 - np.cos(t1), 0.5 - np.sin(t1)])
    return _two_classes(outer, inner, rng, noise)


def spirals(m, rng, noise=0.1):
    """Two spiral arms round each other: X (m, 2), Y (m, 1) of 0 and 1; samples in rows.

    Each arm makes one and a half turns from radius 0.2 to 2; the arms of class 0 and class 1 are
    half a turn apart. Normal noise of that standard deviation, and shuffled.
    """
    s0, s1 = (np.linspace(0.1, 1, n) for n in _halves(m))
    return _two_classes(_arm(s0, 0), _arm(s1, np.pi), rng, noise)


def line():
    """y = 2 x + 3 for x = -100, -98, ... 48: X (75, 1), Y (75, 1); samples in rows, in order.

    The first 16 pairs are the test part (seed 003): x = -100 ... -70, outside what is trained on.
    """
    X = np.arange(-100.0, 50.0, 2.0).reshape(-1, 1)
    return X, 2 * X + 3


def _column(*values):
    return np.array(values, dtype=float).reshape(-1, 1)


def _halves(m):
    return m - m // 2, m // 2


def _arm(s, start):
    """Points (n, 2) of a spiral at radius 2 s and angle start + 3 pi s."""
    angle = start + 3 * np.pi * s
    return np.column_stack([2 * s * np.cos(angle), 2 * s * np.sin(angle)])


def _two_classes(X0, X1, rng, noise):
    """Stack two classes of points, add noise, shuffle: X (m, 2), Y (m, 1)."""
    X = np.vstack([X0, X1])
    Y = np.repeat([0.0, 1.0], [len(X0), len(X1)]).reshape(-1, 1)
    X = X + noise * rng.standard_normal(X.shape)
    order = rng.permutation(len(X))
    return X[order], Y[order]


# Every fifth digit. Of the five ways to begin, this one holds back the digits that plain networks
# read best, so that nobody who trains well misses a mark by bad luck.
HELD_BACK = slice(3, None, 5)


def digits():
    """1,438 handwritten digits: X (1438, 64) grey levels 0 to 16, labels (1438,) integers 0 to 9.

    Row i of X is an image of 8 by 8 pixels: `X[i].reshape(8, 8)`. They are four fifths of the
    1,797 digits that are shipped; the other fifth is held back (see below). Source and licence:
    lessonlib/reference/SOURCES.md.
    """
    X, labels = _all_digits()
    return np.delete(X, HELD_BACK, axis=0), np.delete(labels, HELD_BACK)


def held_back_digits():
    """The other 359 digits: X (359, 64), labels (359,). The check of lesson 15 asks for these.

    `digits` does not hand them out, so that a classifier can be judged on digits that it never
    saw. Whoever trains on them, or picks the best of many networks by them, is told how well the
    network remembers, and no longer how well it reads.
    """
    X, labels = _all_digits()
    return X[HELD_BACK], labels[HELD_BACK]


def handed_out_archive():
    """The bytes of the shipped archive, blanks in the place of what `digits` does not hand out.

    A grader puts it where a submission looks for the digits.
    """
    X, labels = _all_digits()
    X[HELD_BACK], labels[HELD_BACK] = 0, 0
    packed = io.BytesIO()
    np.savez(packed, images=X.reshape(-1, 8, 8).astype(np.uint8), labels=labels.astype(np.uint8))
    return packed.getvalue()


def _all_digits():
    with (files("lessonlib.reference") / "digits.npz").open("rb") as file, np.load(file) as data:
        return data["images"].reshape(-1, 64).astype(float), data["labels"].astype(int)
