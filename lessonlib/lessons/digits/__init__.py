"""Lesson 15: a real data set, 1,797 handwritten digits. Samples stand in rows."""

from functools import cache
from math import ceil, floor

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.evidence import UNTOLD
from lessonlib.checks.exercise import by_position
from lessonlib.checks.observing import describe
from lessonlib.data import digits, held_back_digits
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import as_tagged, in_words, quarters
from lessonlib.lessons.questions import apart, numbers, rows_of, single_numbers
from lessonlib.lessons.scripts import digits as scripts
from lessonlib.nn import sigmoid  # noqa: F401  in a slip

# --- what is left of lessons 03 and 14 ---------------------------------------------------------


@exercise("digits.recall_1", points=1, unpack=numbers(3, "dz"), rtol=1e-6, reveal=False)
def recall_1():
    p = np.array([0.2, 0.7, 0.1])
    y = np.array([0.0, 0.0, 1.0])
    dz = p - y
    return dz


@exercise("digits.recall_2", points=1, unpack=single_numbers("steps"), reveal=False)
def recall_2():
    batches = ceil(1150 / 64)
    steps = 20 * batches
    return steps


# --- a split -----------------------------------------------------------------------------------

_PARTS = "X_train", "X_test", "y_train", "y_test"
_SIZES, _CONTENT, _DRAW = "the size of the parts", "the content of the parts", "the draw"
_UNKNOWN = f"{UNTOLD}: look at the shapes first"


@gives(_SIZES, _CONTENT, _DRAW, script=scripts.split_six_times)
def _split_in_words(raw: list, case: Case) -> dict:
    X, y, test_fraction, _ = case.args
    runs = [_four_parts(run) for run in raw]
    sizes = {_sizes_in_words(parts, X, test_fraction) for parts in runs}
    n_in = X.shape[1]
    usable = all(
        X_part.ndim == 2 and X_part.shape[1] == n_in and y_part.shape == X_part.shape[:1]
        for parts in runs
        for X_part, y_part in (parts[0::2], parts[1::2])
    )
    return {
        _SIZES: sizes.pop() if len(sizes) == 1 else "another one with each draw",
        _CONTENT: _content_in_words(runs, X, y) if usable else _UNKNOWN,
        _DRAW: _draw_in_words(runs, X) if usable else _UNKNOWN,
    }


def _four_parts(run) -> list[np.ndarray]:
    parts = {name: as_numbers(part) for name, part in by_position(run, _PARTS).items()}
    for name, part in parts.items():
        if part is None:
            raise Malformed(f"The place of {name} does not hold an array of numbers.")
    return list(parts.values())


def _sizes_in_words(parts: list, X, test_fraction: float) -> str:
    """Return the four shapes; a test part may be rounded up or down."""
    m, exact = len(X), test_fraction * len(X)
    n_train, n_test = (part.shape[0] if part.ndim else 0 for part in parts[:2])
    here = {}
    for n in (n_train, n_test) if n_train + n_test == m else ():
        if n in (floor(exact), ceil(exact)):
            here = {n: round(exact), m - n: m - round(exact)}
    shapes = [tuple(here.get(size, size) for size in part.shape) for part in parts]
    return ", ".join(map(str, shapes))


def _content_in_words(runs: list, X, y) -> str:
    twice = both = lost = False
    for X_train, X_test, y_train, y_test in runs:
        train, test = rows_of(X_train, X), rows_of(X_test, X)
        if None in train or None in test:
            return "rows that X does not have"
        if y_train.tolist() != y[train].tolist() or y_test.tolist() != y[test].tolist():
            labels = [*y_test.tolist(), *y_train.tolist()], [*y_train.tolist(), *y_test.tolist()]
            old = " in their old order" if y.tolist() in labels else " of other samples"
            return f"labels{old} beside the images"
        twice |= len({*train}) < len(train) or len({*test}) < len(test)
        both |= bool({*train} & {*test})
        lost |= len({*train, *test}) < len(X)
    faults = ["some samples twice in a part"] * twice
    faults += ["some samples in both parts"] * (both and not twice)
    faults += ["some samples in no part"] * lost
    return ", ".join(faults) or "each sample once, with its own label"


def _draw_in_words(runs: list, X) -> str:
    first, again, *others = runs
    orders = [
        [rows_of(np.concatenate(pair), X) for pair in ((X_train, X_test), (X_test, X_train))]
        for X_train, X_test, *_ in runs
    ]
    if any(None in order for both in orders for order in both):
        return f"{UNTOLD} from rows that X does not have"
    if all(list(range(len(X))) in both for both in orders):
        return "none: all rows in their old order"
    if not agree(first, again, 0.0):
        return "another one with the same rng"
    tests = {frozenset(rows_of(X_test, X)) for _, X_test, *_ in (first, *others)}
    return "the same one with every rng" if len(tests) == 1 else "made with rng"


def _split_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, test_fraction, *tags):
        X = np.column_stack([np.arange(m) + 0.5, quarters(rng, m, n_in - 1)])[rng.permutation(m)]
        seed = int(rng.integers(2**31))
        about = f"{m} samples, test_fraction {test_fraction:g}"
        return Case((X, rng.permutation(m), test_fraction, seed), about, {"m": m}, tags)

    return [
        case(8, 2, 0.25),
        case(15, 3, 0.2),
        case(10, 4, 0.25, "a test part that has to be rounded"),
        case(12, 2, 0.75, "more samples to test than to train"),
    ]


@exercise("digits.split", points=2, cases=_split_cases, unpack=_split_in_words)
def split(X, y, test_fraction, rng):
    """Cut the samples at random; the test parts have test_fraction * m of them.

    X (m, n), y (m,) -> (X_train, X_test, y_train, y_test).
    """
    order = rng.permutation(len(X))
    n_test = round(test_fraction * len(X))
    test = order[:n_test]
    train = order[n_test:]
    return X[train], X[test], y[train], y[test]


# --- scaling, and labels as rows ---------------------------------------------------------------


def _tables(rng: np.random.Generator) -> list[Case]:
    def case(m, n, k, *tags, constant=True):
        while True:
            both = quarters(rng, m + k, n)
            if constant:
                both[:, 0] = 0.75
            X_train, X_test = as_tagged(tags, both[:m], both[m:])
            spreads = X_train.std(axis=0)[int(constant) :]
            if (spreads > 0.1).all() and (abs(spreads - 1) > 0.01).all():
                break
        about = f"{m} rows to train, {k} to test, {n} column{'s' * (n > 1)}"
        return Case((X_train, X_test), about, {"m": m}, tags)

    return [
        case(5, 3, 2),
        case(4, 3, 1, "one row to test"),
        case(6, 1, 3, "one column", constant=False),
        case(7, 4, 5, "whole numbers"),
        case(9, 5, 3),
    ]


# leaves room for a tiny number added to the standard deviation
@exercise("digits.standardize", points=2, cases=_tables, outputs=("X_train", "X_test"), rtol=1e-5)
def standardize(X_train, X_test):
    """(X - mean) / spread, column by column, with the mean and the spread of X_train for both.

    The spread is the standard deviation; a column that is constant in X_train becomes 0.
    X_train (m, n), X_test (k, n) -> (X_train, X_test).
    """
    mean = X_train.mean(axis=0)
    spread = X_train.std(axis=0)
    divisor = np.where(spread > 0, spread, np.inf)
    scaled_train = (X_train - mean) / divisor
    scaled_test = (X_test - mean) / divisor
    return scaled_train, scaled_test


def _label_cases(rng: np.random.Generator) -> list[Case]:
    def case(labels, n_classes, *tags):
        about = f"labels {labels}, {n_classes} classes"
        return Case((np.array(labels), n_classes), about, {"m": len(labels)}, tags)

    return [
        case([2, 0, 2], 4),
        case([3], 5, "one sample"),
        case([1, 0, 0, 1, 1], 2),
        case([*rng.permutation([0, 7, 3, 5, 3, 8]).tolist(), 5], 10),
    ]


@exercise("digits.one_hot", points=1, cases=_label_cases)
def one_hot(labels, n_classes):
    """Row i has a 1 in column labels[i] and 0 elsewhere. labels (m,) -> (m, n_classes)."""
    table = np.eye(n_classes)
    return table[labels]


# --- the loss, and its gradient ----------------------------------------------------------------

_EXTREME = "scores of ±1000"


def _logit_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n, *tags):
        (logits,) = as_tagged(tags, quarters(rng, m, n))
        Y = np.eye(n)[rng.integers(n, size=m)]
        about = f"{in_words(sample=m)}, {n} classes"
        return Case((logits, Y), about, {"m": m}, tags)

    extreme = [[1000, 998, 999], [-1000, -1001, -999.5], [0.5, -1, 2], [1000, -1000, -1000]]
    return [
        case(2, 3),
        case(1, 4, "one sample"),
        case(5, 2, "two classes"),
        case(3, 4, "whole numbers"),
        case(6, 5),
        Case((np.array(extreme), np.eye(3)[[1, 2, 0, 1]]), _EXTREME, {"m": 4}, (_EXTREME,)),
    ]


_LOSS_AND_GRADIENT = apart(_EXTREME, loss="loss at ±1000", dlogits="dlogits at ±1000")


@exercise("digits.softmax_cross_entropy", points=4, cases=_logit_cases, unpack=_LOSS_AND_GRADIENT)
def softmax_cross_entropy(logits, Y):
    """The cross-entropy of softmax(logits), and its gradient (P - Y) / m.

    Finite for any logits: no probability is made on the way. logits, Y (m, n) -> (loss, dlogits).
    """
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    log_P = shifted - log_sums
    P = np.exp(log_P)
    loss = -np.sum(Y * log_P) / len(Y)
    dlogits = (P - Y) / len(Y)
    return loss, dlogits


# --- which is taken for which ------------------------------------------------------------------


def _prediction_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n, *tags, largest=None):
        """Labels of which some pairs occur twice, with more of one confusion than of its mirror."""
        while True:
            y_true, y_pred = rng.integers((largest or n - 1) + 1, size=(2, m))
            counts = confusion_matrix(y_true, y_pred, n)
            wrong = counts - np.diag(np.diag(counts))
            rich = counts.max() > 1 and wrong.sum() > 1 and (counts != counts.T).any()
            uneven = not np.isin(counts.sum(axis=1), (0, 1)).all() and np.trace(counts) > 0
            if m == 1 or (rich and uneven and (y_true == 0).any() and (y_pred == 0).any()):
                break
        about = f"{in_words(sample=m)}, {n} classes"
        if m < 6:
            about = f"y_true {y_true.tolist()}, y_pred {y_pred.tolist()}, {n} classes"
        return Case((y_true, y_pred, n), about, {"m": m}, tags)

    return [
        case(5, 3),
        case(9, 4, "the last class missing", largest=2),
        case(1, 3, "one sample"),
        case(30, 6),
    ]


@exercise("digits.confusion_matrix", points=2, cases=_prediction_cases)
def confusion_matrix(y_true, y_pred, n_classes):
    """Entry (i, j): how many samples of class i were taken for class j. Labels -> (n, n) int."""
    counts = one_hot(y_true, n_classes).T @ one_hot(y_pred, n_classes)
    return counts.astype(int)


@exercise("digits.bug_hunt", points=1, reveal=False)
def bug_hunt():
    wrong_line = 3
    return wrong_line


# --- a classifier ------------------------------------------------------------------------------

ENOUGH = 0.97  # of the digits that the classifier never saw
OLD = slice(None, None, 10)  # of the digits that are handed out, those that are asked for too
_READS = "classifier(X)"

_handed_out = cache(digits)


def _nearest(X, known, labels):
    distances = np.sum(known * known, axis=1) - 2 * X @ known.T  # squared, less what all share
    return labels[np.argmin(distances, axis=1)]


@gives(_READS, script=scripts.read_digits)
def _reading_in_words(raw: dict, case: Case) -> dict:
    """Say how well the digits were read, and what a bad reading looks like."""
    truth, old = case.hidden
    fault = _wrong_form(raw["new"], len(truth))
    if fault:
        return {_READS: fault}
    new, read = as_numbers(raw["new"]), as_numbers(raw["known"])
    knows_the_old = np.shape(read) == old.shape and np.mean(read == old) >= ENOUGH
    return {_READS: _quality(new, truth, _same_alone(raw["alone"], new), bool(knows_the_old))}


def _wrong_form(new, m: int) -> str:
    """Return what is wrong with the form of the labels, "" if nothing is. Raises Malformed."""
    labels = as_numbers(new)
    if labels is None:
        raise Malformed(f"It should return {m} labels in an array. It returns {describe(new)}.")
    forms = {
        (m, 10): "a row of 10 numbers for each digit",
        (10, m): "a column of 10 numbers for each digit",
        (10,): "10 labels for all digits together",
        (): "one label for all digits together",
        (m, 1): "labels in a column",
    }
    if labels.shape in forms:
        return forms[labels.shape]
    if labels.shape != (m,):
        raise Malformed(
            f"It returns an array of shape {labels.shape}. The contract asks for one label for "
            f"each of the {m} rows of X: shape ({m},)."
        )
    if np.isin(labels, np.arange(-1, 11)).all():
        return ""
    shares = np.all((labels >= 0) & (labels <= 1)) and np.ptp(labels) > 0
    return "numbers between 0 and 1" if shares else "numbers that are no labels"


def _same_alone(alone: list, new: np.ndarray) -> bool:
    """Whether nearly every digit got the same label alone as among the others."""
    pairs = zip(map(as_numbers, alone), new, strict=False)
    same = [np.array_equal(np.ravel(label), [together]) for label, together in pairs]
    return sum(same) > 0.7 * len(same)


def _quality(new: np.ndarray, truth: np.ndarray, same_alone: bool, knows_the_old: bool) -> str:
    share = float(np.mean(new == truth))
    if share > 0.5 and not same_alone:
        return "right in a crowd; alone, a digit gets another label"
    if share >= ENOUGH:
        return "at least 97 % right"
    for shift, words in ((1, "labels one too high"), (-1, "labels one too low")):
        if np.mean(new - shift == truth) > 0.8:
            return words
    old = "nearly all" if knows_the_old else "no more"
    if share >= 0.9:
        return f"90 to 97 % right; of your own digits {old}"
    if knows_the_old:
        return f"below 90 % right; of your own digits {old}"
    if len(np.unique(new)) == 1:
        return "the same label for every digit"
    return "between 20 and 90 % right" if share > 0.2 else "no better than guessing"


def _unseen(rng: np.random.Generator) -> list[Case]:
    drawn = []
    for X, labels in (held_back_digits(), [array[OLD] for array in _handed_out()]):
        order = rng.permutation(len(labels))
        drawn.append((X[order], labels[order]))
    (new, truth), (known, old) = drawn
    return [Case((new, known), f"{len(new)} digits that it never saw", hidden=(truth, old))]


def _is_new(X):
    own = {row.tobytes() for row in _handed_out()[0]}
    return np.array([row.tobytes() not in own for row in X])


@exercise(
    "digits.classifier",
    points=8,
    cases=_unseen,
    unpack=_reading_in_words,
    seconds=20.0,
    may_read_notebook=True,
)
def classifier(X):
    """The label of the most similar of the digits that are handed out. X (m, 64) -> labels."""
    labels = _nearest(X, *_handed_out())
    return labels
