"""Lesson 09: a real data set, 1,797 handwritten digits. Samples stand in rows."""

from functools import cache
from math import ceil, floor

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.observing import describe
from lessonlib.data import digits, held_back_digits
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import set_to
from lessonlib.nn import sigmoid

# --- digits.recall_1 and digits.recall_2 -------------------------------------------------------


def _three_numbers(raw: dict, case: Case) -> dict:
    numbers = as_numbers(raw["dz"])
    if numbers is None or numbers.size != 3:
        raise Malformed("dz should hold three numbers, one for each score.")
    return {"dz": numbers.ravel().astype(float)}


_P, _Y = np.array([0.2, 0.7, 0.1]), np.array([0.0, 0.0, 1.0])

RECALL_1 = Exercise(
    id="digits.recall_1",
    points=1,
    signature="dz = …",
    outputs=("dz",),
    returns="named",
    reference=set_to(dz=_P - _Y),
    unpack=_three_numbers,
    rtol=1e-6,
    reveal=False,
    mistakes=(
        Mistake(
            "the difference the wrong way round",
            "By your numbers the loss grows when the score of the right class grows. It is the "
            "other way round: raising that score helps. Which of the two columns comes first?",
            wrong=set_to(dz=_Y - _P),
        ),
        Mistake(
            "only the right class",
            "The wrong classes got no gradient. But their scores share the probability with the "
            "right one: whatever raises them takes something away from it.",
            wrong=set_to(dz=(_P - _Y) * _Y),
        ),
        Mistake(
            "the probabilities themselves",
            "These are the three probabilities. At the right class something has to be taken away, "
            "since there a higher score makes the loss smaller.",
            wrong=set_to(dz=_P),
        ),
        Mistake(
            "the softmax's slope once more",
            "You multiplied by p (1 - p) as well. In lesson 02 the slopes of the logarithm and of "
            "the softmax cancelled almost completely, so that a plain difference is left.",
            wrong=set_to(dz=(_P - _Y) * _P * (1 - _P)),
        ),
        Mistake(
            "the gradient at the probabilities",
            "That is how the loss changes with p. The question is one step further back: how it "
            "changes with the scores, in front of the softmax.",
            wrong=set_to(dz=-_Y / _P),
        ),
        Mistake(
            "divided by the number of classes",
            "You divided by 3. A mean is taken over samples, and here is one sample. Its classes "
            "share one loss.",
            wrong=set_to(dz=(_P - _Y) / 3),
        ),
        Mistake(
            "another class taken as the right one",
            "You took away 1 at the second class, which got the largest probability. The network "
            "would like that one. But the truth is the third.",
            wrong=set_to(dz=_P - np.array([0.0, 1.0, 0.0])),
        ),
    ),
    hints=(
        "You have derived this in lesson 02, and used it ever since as the first line of the way "
        "back. There is no logarithm in it and no exponential: almost everything cancels.",
        "Think of each class alone. A wrong class that got 0.2 should get less, so raising its "
        "score by a little costs 0.2 times that little. The right class got 0.1 and should have "
        "got 1: raising its score helps, so its number is negative. How much is it short of 1?",
        "So take the column of probabilities, and take away the one-hot column of the truth, which "
        "has its 1 at the third place. Three subtractions, no mean.",
    ),
)


def _one_number(raw: dict, case: Case) -> dict:
    number = as_numbers(raw["steps"])
    if number is None or number.size != 1:
        raise Malformed("steps should be one number.")
    return {"steps": float(number.ravel()[0])}


RECALL_2 = Exercise(
    id="digits.recall_2",
    points=1,
    signature="steps = …",
    outputs=("steps",),
    returns="named",
    reference=set_to(steps=360),
    unpack=_one_number,
    reveal=False,
    mistakes=(
        Mistake(
            "the last batch dropped",
            "You counted the full batches only. What is left over after them makes one more, "
            "shorter batch, for in an epoch every sample is used once.",
            wrong=set_to(steps=340),
        ),
        Mistake(
            "a broken number of batches",
            "There is no such thing as a part of a step. The samples left over after the full "
            "batches make a shorter batch, and that costs a whole step.",
            wrong=set_to(steps=20 * 1150 / 64),
        ),
        Mistake(
            "a single epoch",
            "That is one epoch. The run has 20 of them.",
            wrong=set_to(steps=18),
        ),
        Mistake(
            "one step for each epoch",
            "One step for each epoch is what training on all samples at once does. With batches "
            "there is a step after every batch.",
            wrong=set_to(steps=20),
        ),
        Mistake(
            "one step for each sample",
            "That would be batches of a single sample. Here 64 of them share one step.",
            wrong=set_to(steps=20 * 1150),
        ),
        Mistake(
            "batch size times epochs",
            "64 is how many samples one batch has, not how many batches there are. How often does "
            "64 fit into the samples?",
            wrong=set_to(steps=20 * 64),
        ),
    ),
    hints=(
        "In lesson 08 an epoch was cut into batches, and each batch made one step. So first find "
        "out how many batches one epoch has. Then think of all the epochs. Paper and pencil are "
        "enough.",
        "Every sample is used exactly once in an epoch. 64 times 17 is 1,088, so after 17 full "
        "batches some samples are still waiting. They are not thrown away: what did your "
        "minibatches do with the last few rows? Count that as well, and multiply by 20.",
    ),
)


# --- digits.split ------------------------------------------------------------------------------


def split(X, y, test_fraction, rng):
    """Cut the samples into two parts at random. X (m, n), y (m,).

    Returns X_train, X_test, y_train, y_test; the test parts have test_fraction * m samples.
    """
    order = rng.permutation(len(X))
    n_test = round(test_fraction * len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


_PARTS = "X_train", "X_test", "y_train", "y_test"
_SIZES, _CONTENT, _DRAW = "the size of the parts", "the content of the parts", "the draw"
_UNKNOWN = "cannot be told: look at the shapes first"


def _split_six_times(answer, X, y, test_fraction, seed):
    """Let the answer split with the same generator twice, then with four others."""
    copies = [(X.copy(), y.copy()) for _ in range(5)]
    runs = [answer(X, y, test_fraction, np.random.default_rng(seed))]
    for place, (X_again, y_again) in enumerate(copies):
        rng = np.random.default_rng(seed + place)
        runs.append(answer(X_again, y_again, test_fraction, rng))
    return runs


def _split_in_words(raw: list, case: Case) -> dict:
    """Say in words which samples came into which part."""
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
    asked = f"It should return four arrays in this order: {', '.join(_PARTS)}"
    if not isinstance(run, list | tuple) or len(run) != 4:
        raise Malformed(f"{asked}. It returns {describe(run)}.")
    parts = [as_numbers(part) for part in run]
    for name, part in zip(_PARTS, parts, strict=True):
        if part is None:
            raise Malformed(f"{asked}. The place of {name} does not hold an array of numbers.")
    return parts


def _sizes_in_words(parts: list, X, test_fraction: float) -> str:
    """Return the four shapes; a test part may be rounded up or down."""
    m, exact = len(X), test_fraction * len(X)
    n_train, n_test = (part.shape[0] if part.ndim else 0 for part in parts[:2])
    if n_train + n_test == m:
        here = {n_train: n_train, n_test: n_test}
        for n in (n_train, n_test):
            if n in (floor(exact), ceil(exact)):
                here = {n: round(exact), m - n: m - round(exact)}
    else:
        here = {}
    shapes = [tuple(here.get(size, size) for size in part.shape) for part in parts]
    return ", ".join(map(str, shapes))


def _places(part: np.ndarray, X) -> list[int | None]:
    """Return which row of X each row of `part` is; None for one that X does not have."""
    numbers = {tuple(row): i for i, row in enumerate(X.tolist())}
    return [numbers.get(tuple(row)) for row in part.tolist()]


def _content_in_words(runs: list, X, y) -> str:
    twice = both = lost = False
    for X_train, X_test, y_train, y_test in runs:
        train, test = _places(X_train, X), _places(X_test, X)
        if None in train or None in test:
            return "rows that X does not have"
        if y_train.tolist() != y[train].tolist() or y_test.tolist() != y[test].tolist():
            labels = [*y_test.tolist(), *y_train.tolist()], [*y_train.tolist(), *y_test.tolist()]
            old = " in their old order" if y.tolist() in labels else " of other samples"
            return f"labels{old} beside the images"
        twice |= len({*train}) < len(train) or len({*test}) < len(test)
        both |= bool({*train} & {*test})
        lost |= len({*train, *test}) < len(X)
    if not (twice or both or lost):
        return "each sample once, with its own label"
    faults = ["some samples twice in a part"] * twice
    faults += ["some samples in both parts"] * (both and not twice)
    faults += ["some samples in no part"] * lost
    return ", ".join(faults)


def _draw_in_words(runs: list, X) -> str:
    first, again, *others = runs
    places = [_places(np.concatenate([X_test, X_train]), X) for X_train, X_test, *_ in runs]
    starts = [_places(np.concatenate([X_train, X_test]), X) for X_train, X_test, *_ in runs]
    old = list(range(len(X)))
    if all(old in (a, b) for a, b in zip(places, starts, strict=True)):
        return "none: all rows in their old order"
    if not agree(first, again, 0.0):
        return "another one with the same rng"
    tests = [frozenset(_places(X_test, X)) for _, X_test, *_ in (first, *others)]
    return "the same one with every rng" if len({*tests}) == 1 else "made with rng"


def _split_case(rng: np.random.Generator, m: int, n_in: int, test_fraction: float, *tags) -> Case:
    X = np.column_stack([np.arange(m) + 0.5, quarters(rng, m, n_in - 1)])[rng.permutation(m)]
    seed = int(rng.integers(2**31))
    about = f"{m} samples, test_fraction {test_fraction:g}"
    return Case((X, rng.permutation(m), test_fraction, seed), about, {"m": m}, tags)


def _split_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _split_case(rng, 8, 2, 0.25),
        _split_case(rng, 15, 3, 0.2),
        _split_case(rng, 10, 4, 0.25, "a test part that has to be rounded"),
        _split_case(rng, 12, 2, 0.75, "more samples to test than to train"),
    ]


def _split_by(draw, take=lambda X, y, train, test: (X[train], X[test], y[train], y[test])):
    """Return a split with a spoilt draw of the row numbers, or a spoilt way to take the rows."""

    def wrong(X, y, test_fraction, rng):
        m = len(X)
        train, test = draw(m, round(test_fraction * m), rng)
        return take(X, y, train, test)

    return wrong


def _cut(order, n_test: int):
    return order[n_test:], order[:n_test]


def _drawn(m: int, n_test: int, rng):
    return _cut(rng.permutation(m), n_test)


def _labels_apart(X, y, test_fraction, rng):
    n_test = round(test_fraction * len(X))
    X_train, X_test = (X[rows] for rows in _drawn(len(X), n_test, rng))
    y_train, y_test = (y[rows] for rows in _drawn(len(X), n_test, rng))
    return X_train, X_test, y_train, y_test


def _shuffle_in_place(X, y, test_fraction, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    n_test = round(test_fraction * len(X))
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


def _float_slice(X, y, test_fraction, rng):
    order = rng.permutation(len(X))
    n_test = test_fraction * len(X)
    return X[order[n_test:]], X[order[:n_test]], y[order[n_test:]], y[order[:n_test]]


SPLIT = Exercise(
    id="digits.split",
    points=2,
    signature="split(X, y, test_fraction, rng) -> (X_train, X_test, y_train, y_test)",
    outputs=(_SIZES, _CONTENT, _DRAW),
    reference=split,
    cases=_split_cases,
    script=_split_six_times,
    unpack=_split_in_words,
    mistakes=(
        Mistake(
            "X and y shuffled apart",
            "The images were put into one order and the labels into another, so a seven may be "
            "called a two. A network then learns noise. Draw one order of row numbers and use it "
            "for both.",
            wrong=_labels_apart,
        ),
        Mistake(
            "only X shuffled",
            "The rows of X were taken in the new order, those of y in the old one. Then the labels "
            "belong to other images. Take both with the same row numbers.",
            wrong=_split_by(
                lambda m, n_test, rng: (rng.permutation(m), n_test),
                lambda X, y, order, n_test: (
                    X[order[n_test:]],
                    X[order[:n_test]],
                    y[n_test:],
                    y[:n_test],
                ),
            ),
        ),
        Mistake(
            "not shuffled",
            "The rows were cut as they stood. Data often come in some order: by person, by day, by "
            "class. Then the two parts differ in kind. Draw the rows at random before you cut.",
            wrong=_split_by(lambda m, n_test, rng: _cut(np.arange(m), n_test)),
        ),
        Mistake(
            "test and training exchanged",
            "The shapes have changed places. Either the parts came back in another order, or "
            "test_fraction was taken for the share of the training. The contract names the "
            "training part first, and the test part has test_fraction of the samples.",
            wrong=_split_by(lambda m, n_test, rng: _cut(rng.permutation(m), m - n_test)),
        ),
        Mistake(
            "the four parts in another order",
            "You return X and y of the training first, then X and y of the test. The contract, "
            "like scikit-learn, keeps both X together and both y together: X_train, X_test, "
            "y_train, y_test.",
            wrong=_split_by(
                _drawn, lambda X, y, train, test: (X[train], y[train], X[test], y[test])
            ),
        ),
        Mistake(
            "drawn with replacement",
            "Some samples were drawn twice and others never. Drawing single row numbers works like "
            "throwing a die: a number may come again. You want to shuffle all of them once, like a "
            "pack of cards.",
            wrong=_split_by(lambda m, n_test, rng: _cut(rng.integers(m, size=m), n_test)),
        ),
        Mistake(
            "two orders drawn",
            "Some samples are in the training part and in the test part. The two parts were cut "
            "from two different shuffles. Draw one order and cut it once: what is not in the one "
            "part is then in the other.",
            wrong=_split_by(
                lambda m, n_test, rng: (rng.permutation(m)[n_test:], rng.permutation(m)[:n_test])
            ),
        ),
        Mistake(
            "all samples in the training part",
            "The training part has every sample, also those of the test part. A network could "
            "learn the test by heart. What goes into the one part must be left out of the other.",
            wrong=_split_by(lambda m, n_test, rng: _all_to_train(rng.permutation(m), n_test)),
        ),
        Mistake(
            "one sample lost",
            "One sample is in neither part. A slice up to n leaves out n itself, and a slice from "
            "n begins with it: use the same number for both, with no 1 added.",
            wrong=_split_by(lambda m, n_test, rng: _one_lost(rng.permutation(m), n_test)),
        ),
        Mistake(
            "a coin for each sample",
            "Each sample was sent to one of the parts by a throw of its own. Then the sizes are "
            "right on the average only. Shuffle, and cut at the wanted size.",
            wrong=_split_by(lambda m, n_test, rng: _by_coin(rng.random(m) < n_test / m)),
        ),
        Mistake(
            "the argument rng not used",
            "The parts are the same whatever rng is. There is a generator with a fixed seed inside "
            "your function, or no draw at all. The caller hands you a generator so as to decide: "
            "draw with that one.",
            wrong=_split_by(lambda m, n_test, rng: _drawn(m, n_test, np.random.default_rng(0))),
        ),
        Mistake(
            "drawn from somewhere else",
            "With an equal rng the parts come out different, so the draw does not come from rng. "
            "Perhaps it comes from np.random, or from a new generator without a seed. Nobody could "
            "repeat your experiment.",
            wrong=_split_by(lambda m, n_test, rng: _drawn(m, n_test, np.random.default_rng())),
        ),
        Mistake(
            "a slice at a broken number",
            "A fraction times a number of samples is a float, even if it looks whole. Python cuts "
            "at whole numbers only: round it first.",
            wrong=_float_slice,
        ),
        Mistake(
            "X and y shuffled in place",
            "Whoever called the function still has the arrays in their old order in mind. Shuffle "
            "row numbers and take the rows by them.",
            wrong=_shuffle_in_place,
        ),
    ),
    hints=(
        "Do not shuffle the images and do not shuffle the labels: shuffle the row numbers. "
        "rng.permutation(m) gives the numbers from 0 to m - 1 in random order. One such order is "
        "enough for everything.",
        "The test part gets test_fraction * m of them. That is a float, and a slice wants a whole "
        "number: round gives one. Cut the order there: the numbers before the cut are the test "
        "part, those from the cut on are the training part.",
        "An array of row numbers in brackets takes those rows. Take the training rows out of X, "
        "the test rows out of X, then the same two out of y. Return the four arrays in the order "
        "of the contract.",
    ),
)


def _all_to_train(order, n_test: int):
    return order, order[:n_test]


def _one_lost(order, n_test: int):
    return order[n_test + 1 :], order[:n_test]


def _by_coin(to_test):
    return np.flatnonzero(~to_test), np.flatnonzero(to_test)


# --- digits.standardize ------------------------------------------------------------------------


def standardize(X_train, X_test):
    """(X - mean) / spread, column by column, with the mean and the spread of X_train for both.

    X_train (m, n), X_test (k, n). The spread is the standard deviation; a column that is constant
    in X_train becomes 0.
    """
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    divisor = np.where(spread > 0, spread, np.inf)
    return (X_train - mean) / divisor, (X_test - mean) / divisor


def _tables(rng: np.random.Generator) -> list[Case]:
    def case(m, n, k, *tags, constant=True, factor=1.0, kind=float):
        while True:
            both = quarters(rng, m + k, n)
            if constant:
                both[:, 0] = 0.75
            X_train, X_test = (factor * both[:m]).astype(kind), (factor * both[m:]).astype(kind)
            spreads = X_train.std(axis=0)[int(constant) :]
            if (spreads > 0.1).all() and (abs(spreads - 1) > 0.01).all():
                break
        about = f"{m} rows to train, {k} to test, {n} column{'s' * (n > 1)}"
        return Case((X_train, X_test), about, {"m": m}, tags)

    return [
        case(5, 3, 2),
        case(4, 3, 1, "one row to test"),
        case(6, 1, 3, "one column", constant=False),
        case(7, 4, 5, "whole numbers", factor=4, kind=int),
        case(9, 5, 3),
    ]


def _standardize(
    of=lambda X_train, X_test: X_train,
    mean=lambda X: X.mean(axis=0),
    spread=lambda X: X.std(axis=0),
    constant=np.inf,
):
    """Return a standardisation with a spoilt ingredient; `of` is where the statistics are from."""

    def wrong(X_train, X_test):
        base = of(X_train, X_test)
        divisor = spread(base)
        divisor = np.where(divisor == 0, constant, divisor)
        return (X_train - mean(base)) / divisor, (X_test - mean(base)) / divisor

    return wrong


def _each_by_itself(X_train, X_test):
    return standardize(X_train, X_train)[0], standardize(X_test, X_test)[0]


def _spread_of_the_test(X_train, X_test):
    mean, spread = X_train.mean(axis=0), X_test.std(axis=0)
    divisor = np.where(spread > 0, spread, np.inf)
    return standardize(X_train, X_test)[0], (X_test - mean) / divisor


def _constants_kept(X_train, X_test):
    kept = X_train.std(axis=0) == 0
    parts = standardize(X_train, X_test)
    return tuple(np.where(kept, X, part) for X, part in zip((X_train, X_test), parts, strict=True))


def _constants_dropped(X_train, X_test):
    kept = X_train.std(axis=0) > 0
    return tuple(part[:, kept] for part in standardize(X_train, X_test))


def _min_max(X_train, X_test):
    lo, span = X_train.min(axis=0), np.ptp(X_train, axis=0)
    divisor = np.where(span > 0, span, np.inf)
    return (X_train - lo) / divisor, (X_test - lo) / divisor


def _standardize_in_place(X_train, X_test):
    parts = standardize(X_train, X_test)
    X_train[:], X_test[:] = parts
    return parts


def _minus_assigned(X_train, X_test):
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    X_train -= mean
    X_test -= mean
    return X_train / np.where(spread > 0, spread, 1), X_test / np.where(spread > 0, spread, 1)


STANDARDIZE = Exercise(
    id="digits.standardize",
    points=2,
    signature="standardize(X_train, X_test) -> (X_train, X_test)",
    outputs=("X_train", "X_test"),
    returns="tuple",
    reference=standardize,
    cases=_tables,
    rtol=1e-5,  # leaves room for a tiny number added to the standard deviation
    mistakes=(
        Mistake(
            "each part by its own statistics",
            "The test part was measured with its own mean and spread. Then the same image gets "
            "other numbers, depending on which images come with it. One ruler for both: the "
            "statistics of X_train.",
            wrong=_each_by_itself,
        ),
        Mistake(
            "statistics of both parts together",
            "Mean and spread were taken over training and test part together. That is a leak: the "
            "test has told something about itself before it begins. Take both from X_train alone.",
            wrong=_standardize(of=lambda X_train, X_test: np.vstack([X_train, X_test])),
        ),
        Mistake(
            "the spread of the test part",
            "The mean is that of X_train, as it should be, but the test part was divided by its "
            "own standard deviation. Use the one of X_train for both.",
            wrong=_spread_of_the_test,
        ),
        Mistake(
            "test part left as it was",
            "X_test came back as it went in. Either nothing was done to it, or mean and spread "
            "were taken after X_train had been scaled: then they are 0 and 1. Take them first, and "
            "use them twice.",
            wrong=lambda X_train, X_test: (standardize(X_train, X_test)[0], 1.0 * X_test),
        ),
        Mistake(
            "0/0 in a constant column",
            "A column that never changes has the standard deviation 0, and 0/0 is nan. One nan "
            "spoils every sum that it gets into, so the whole network. Look out for a spread of 0 "
            "before you divide.",
            wrong=_standardize(constant=0.0),
        ),
        Mistake(
            "one mean and one spread for all columns",
            "Mean and spread were taken over the whole table. Then a pixel that is mostly dark "
            "stays large and one that is mostly white stays small. Give each column its own: name "
            "the axis.",
            wrong=_standardize(mean=np.mean, spread=np.std),
        ),
        Mistake(
            "constant columns left as they are",
            "A column that is constant in X_train came back unchanged. The mean has to be taken "
            "away there too, so that it becomes 0.",
            wrong=_constants_kept,
        ),
        Mistake(
            "constant columns thrown away",
            "The columns without a spread are gone, so the shape has changed. A network has one "
            "input for each pixel. Keep the column, and let it be 0.",
            wrong=_constants_dropped,
        ),
        Mistake(
            "not divided by the spread",
            "Each column has the mean 0 now, but not the spread 1. Divide by the standard "
            "deviation as well.",
            wrong=_standardize(spread=lambda X: np.ones(X.shape[1])),
        ),
        Mistake(
            "mean not taken away",
            "The columns were divided by their spread and not shifted. First take away the mean, "
            "so that each column of X_train has the mean 0.",
            wrong=_standardize(mean=lambda X: 0.0),
        ),
        Mistake(
            "divided by the variance",
            "The variance is the mean of the squared distances. Its root is the standard "
            "deviation: that is what has to stand below the line.",
            wrong=_standardize(spread=lambda X: X.var(axis=0)),
        ),
        Mistake(
            "m - 1 for m",
            "Your standard deviation divides by m - 1, as statisticians do for small samples. The "
            "formula above, and NumPy if you do not ask for anything else, divide by m.",
            wrong=_standardize(spread=lambda X: X.std(axis=0, ddof=1)),
        ),
        Mistake(
            "min-max scaling",
            "This is the scaling of lesson 06, to the range from 0 to 1. Here the mean goes to 0, "
            "and the standard deviation becomes 1.",
            wrong=_min_max,
        ),
        Mistake(
            "along the rows",
            "Each image was scaled by its own mean and spread, over all its pixels. It is the "
            "pixels that shall become comparable: go down each column, over all the images.",
            wrong=lambda X_train, X_test: tuple(
                standardize(X.T, X.T)[0].T for X in (X_train, X_test)
            ),
        ),
        Mistake(
            "statistics along the wrong axis",
            "There is a mean and a spread for each row. There should be one for each column: the "
            "samples lie along axis 0, and that axis has to go.",
            wrong=_standardize(mean=lambda X: X.mean(axis=1), spread=lambda X: X.std(axis=1)),
        ),
        Mistake(
            "scaled in place",
            "The grey levels themselves would be gone, and a second call would scale them again.",
            wrong=_standardize_in_place,
        ),
        Mistake(
            "-= on an argument",
            "The sign -= writes into the array that came in. Arrays of whole numbers cannot hold "
            "the result and complain; others are changed without a word. Make new arrays.",
            wrong=_minus_assigned,
        ),
    ),
    hints=(
        "Each pixel is a column. For each you need two numbers, its mean and its standard "
        "deviation over the training images. NumPy's mean and std have an argument axis, as min "
        "and max had in lesson 06.",
        "Take both from X_train, and keep them under two names. Then use these two, unchanged, on "
        "X_train and on X_test. That the test part does not get the mean 0 is right so.",
        "Where the spread is 0, put another divisor in its place before you divide. "
        "np.where(condition, a, b) takes a where the condition holds and b elsewhere. Infinity, "
        "np.inf, is a good divisor for a column that never changes: whatever is divided by it "
        "becomes 0, in new images too.",
    ),
)


# --- digits.one_hot ----------------------------------------------------------------------------


def one_hot(labels, n_classes):
    """Row i has a 1 in column labels[i] and 0 elsewhere. labels (m,) -> (m, n_classes)."""
    return np.eye(n_classes)[labels]


def _label_cases(rng: np.random.Generator) -> list[Case]:
    def case(labels, n_classes, *tags):
        m = len(labels)
        about = f"labels {labels}, {n_classes} classes"
        return Case((np.array(labels), n_classes), about, {"m": m}, tags)

    return [
        case([2, 0, 2], 4),
        case([3], 5, "one sample"),
        case([1, 0, 0, 1, 1], 2),
        case([*rng.permutation([0, 7, 3, 5, 3, 8]).tolist(), 5], 10),
    ]


def _whole_columns(labels, n_classes):
    Y = np.zeros((len(labels), n_classes))
    Y[:, labels] = 1
    return Y


def _label_for_one(labels, n_classes):
    return one_hot(labels, n_classes) * np.asarray(labels)[:, None]


ONE_HOT = Exercise(
    id="digits.one_hot",
    points=1,
    signature="one_hot(labels, n_classes) -> (m, n_classes)",
    outputs=("one_hot(labels, n_classes)",),
    reference=one_hot,
    cases=_label_cases,
    mistakes=(
        Mistake(
            "n_classes not used",
            "The table ends with the largest label that occurs. A small batch may hold no 9, and "
            "would then get a column too few. Make as many columns as n_classes says.",
            wrong=lambda labels, n_classes: one_hot(labels, np.max(labels) + 1),
        ),
        Mistake(
            "only the classes that occur",
            "There is a column for each class that occurs, and the others are gone. Then column 3 "
            "means one digit today and another one tomorrow. Every class keeps its own column.",
            wrong=lambda labels, n_classes: np.eye(len(np.unique(labels)))[
                np.unique(labels, return_inverse=True)[1]
            ],
        ),
        Mistake(
            "labels counted from 1",
            "Every 1 stands one column too far to the left, and that of label 0 has jumped to the "
            "last column. Labels count from 0 here, and so do columns.",
            wrong=lambda labels, n_classes: one_hot(labels - 1, n_classes),
        ),
        Mistake(
            "a column for each sample",
            "Rows and columns are exchanged. Since lesson 06 a sample is a row: one row for each "
            "label, one column for each class.",
            wrong=lambda labels, n_classes: one_hot(labels, n_classes).T,
        ),
        Mistake(
            "ones in whole columns",
            "The ones went into all rows of those columns. A colon takes every row. You want one "
            "place in each row: the row's own number, paired with its label.",
            wrong=_whole_columns,
        ),
        Mistake(
            "the label where the 1 should be",
            "The right places hold the label itself. A one-hot row holds a 1 there, whatever the "
            "label is: it stands for the probability of the right class.",
            wrong=_label_for_one,
        ),
        Mistake(
            "ones and zeros exchanged",
            "The right class has the 0 and all the others have a 1. Turn the comparison round.",
            wrong=lambda labels, n_classes: 1 - one_hot(labels, n_classes),
        ),
        Mistake(
            "labels for column numbers of one row",
            "You got a single row. Each label needs a row of its own.",
            wrong=lambda labels, n_classes: np.eye(n_classes)[labels].sum(axis=0),
        ),
    ),
    hints=(
        "Write the table for the labels 2, 0, 2 and four classes on paper: three rows, four "
        "columns, a single 1 in each row. You need no arithmetic to find its column.",
        "np.eye(n) is a square table with ones on the diagonal: 1 in row 0 and column 0, 1 in row "
        "1 and column 1, and so on. So its row number 2 is just the row that label 2 needs.",
        "In split you took several rows at once, by putting an array of row numbers in brackets "
        "behind a table. The labels are such an array of row numbers. A number may occur in it "
        "more than once, and then its row is taken again. How large must the table np.eye be?",
    ),
)


# --- digits.softmax_cross_entropy --------------------------------------------------------------


def softmax_cross_entropy(logits, Y):
    """The cross-entropy of softmax(logits), and its gradient. logits and Y (m, n).

    loss = mean over the rows of (log sum_j exp(z_j) - z of the right class), dlogits = (P - Y)/m.
    Each row's largest logit is taken away first, which changes neither.
    """
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    log_P = shifted - log_sums
    return -np.sum(Y * log_P) / len(Y), (np.exp(log_P) - Y) / len(Y)


_EXTREME = "scores of ±1000"
_PAIR = "loss", "dlogits"
_PAIR_AT_1000 = "loss at ±1000", "dlogits at ±1000"


def _logit_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n, *tags, factor=1.0, kind=float):
        logits = (factor * quarters(rng, m, n)).astype(kind)
        Y = np.eye(n)[rng.integers(n, size=m)]
        about = f"{m} sample{'s' * (m > 1)}, {n} classes"
        return Case((logits, Y), about, {"m": m}, tags)

    extreme = [[1000, 998, 999], [-1000, -1001, -999.5], [0.5, -1, 2], [1000, -1000, -1000]]
    return [
        case(2, 3),
        case(1, 4, "one sample"),
        case(5, 2, "two classes"),
        case(3, 4, "whole numbers", factor=4, kind=int),
        case(6, 5),
        Case((np.array(extreme), np.eye(3)[[1, 2, 0, 1]]), _EXTREME, {"m": 4}, (_EXTREME,)),
    ]


def _loss_and_gradient(raw, case: Case) -> dict:
    """Judge the extreme case by itself, as two outputs of its own."""
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Malformed(
            f"It should return two values in this order: loss, dlogits. It returns {describe(raw)}."
        )
    here, elsewhere = (_PAIR_AT_1000, _PAIR) if case.about == _EXTREME else (_PAIR, _PAIR_AT_1000)
    return {name: None for name in _PAIR + _PAIR_AT_1000} | dict(zip(here, raw, strict=True))


def _softmax(logits, axis=1):
    E = np.exp(logits - np.max(logits, axis=axis, keepdims=True))
    return E / np.sum(E, axis=axis, keepdims=True)


def _exact_loss(logits, Y):
    return softmax_cross_entropy(logits, Y)[0]


def _right_gradient(logits, Y):
    return softmax_cross_entropy(logits, Y)[1]


def _pair(loss=_exact_loss, dlogits=_right_gradient):
    """Return an answer with a spoilt loss or a spoilt gradient."""
    return lambda logits, Y: (loss(logits, Y), dlogits(logits, Y))


def _from(P_of):
    """Return an answer that makes the probabilities first, in a spoilt way, and then all else."""

    def wrong(logits, Y):
        P = P_of(logits)
        return -np.sum(Y * np.log(P)) / len(Y), (P - Y) / len(Y)

    return wrong


def _exp_over_sum(logits):
    E = np.exp(logits)
    return E / np.sum(E, axis=1, keepdims=True)


def _one_maximum(logits):
    E = np.exp(logits - np.max(logits))
    return E / np.sum(E, axis=1, keepdims=True)


def _guarded(guard: float):
    return lambda logits, Y: -np.sum(Y * np.log(np.maximum(_softmax(logits), guard))) / len(Y)


def _maximum_forgotten(logits, Y):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - np.sum(Y * logits, axis=1))


def _own_answer(logits, Y):
    return _exact_loss(logits, np.eye(logits.shape[1])[np.argmax(logits, axis=1)])


def _yes_or_no(logits, Y):
    P = _softmax(logits)
    return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / len(Y)


def _of_each_sample(logits, Y):
    return np.array([_exact_loss(z[None], y[None]) for z, y in zip(logits, Y, strict=True)])


def _scale(output: int, factor):
    """Return an answer whose output number `output` is multiplied by factor(Y)."""

    def wrong(logits, Y):
        values = list(softmax_cross_entropy(logits, Y))
        values[output] = values[output] * factor(Y)
        return tuple(values)

    return wrong


def _logits_overwritten(logits, Y):
    logits -= np.max(logits, axis=1, keepdims=True)
    return softmax_cross_entropy(logits, Y)


_GUARDS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-300, float(np.finfo(float).tiny))

SOFTMAX_CROSS_ENTROPY = Exercise(
    id="digits.softmax_cross_entropy",
    points=4,
    signature="softmax_cross_entropy(logits, Y) -> (loss, dlogits)",
    outputs=(*_PAIR, *_PAIR_AT_1000),
    reference=softmax_cross_entropy,
    cases=_logit_cases,
    unpack=_loss_and_gradient,
    mistakes=(
        Mistake(
            "no maximum taken away",
            "exp(1000) is too large for a float, and exp(-1000) is 0: the quotient becomes inf/inf "
            "or 0/0. Take the largest logit of each row away first. Neither the loss nor the "
            "gradient changes by that.",
            wrong=_from(_exp_over_sum),
        ),
        Mistake(
            "one maximum for all samples",
            "The largest logit of the whole table was taken away. A row that lies far below it is "
            "then 0 everywhere, and 0/0 is nan. Each row needs its own maximum.",
            wrong=_from(_one_maximum),
        ),
        Mistake(
            "the logarithm of a probability",
            "The softmax is safe, but a probability of e to the power -2000 is 0 for a float, and "
            "its logarithm is lost. Do not make the probability: the logarithm of the quotient is "
            "a difference, and that stays exact.",
            wrong=_pair(loss=lambda logits, Y: -np.sum(Y * np.log(_softmax(logits))) / len(Y)),
        ),
        *(
            Mistake(
                f"probabilities kept above {guard:.0e}",
                "A guard keeps the logarithm finite, and makes it wrong: a mistake by 2000 is "
                "charged like a small one, and the loss no longer tells how bad it is. Work out "
                "the logarithm from the logits themselves, without a probability in between.",
                wrong=_pair(loss=_guarded(guard)),
            )
            for guard in _GUARDS
        ),
        Mistake(
            "the maximum put back on one side only",
            "The sum of the exponentials was made from shifted logits, and the logit of the right "
            "class was not shifted. The difference of the two is off by the maximum. Use the "
            "shifted logits in both places.",
            wrong=_pair(loss=_maximum_forgotten),
        ),
        Mistake(
            "softmax down the columns",
            "Every column sums to 1. Since lesson 06 the samples stand in rows, so maximum and sum "
            "go along each row. Look at the axis.",
            wrong=_from(lambda logits: _softmax(logits, axis=0)),
        ),
        Mistake(
            "softmax over the whole table",
            "All entries together sum to 1. Every sample has probabilities of its own: each row "
            "should sum to 1 by itself.",
            wrong=_from(lambda logits: _softmax(logits, axis=None)),
        ),
        Mistake(
            "sigmoid for softmax",
            "Each logit went through a sigmoid by itself. An image shows one digit only: its "
            "classes share the probability, and that is what the softmax does.",
            wrong=_from(sigmoid),
        ),
        Mistake(
            "gradient not divided by m",
            "dlogits is m times too large, with m the number of samples. The loss is a mean over "
            "the samples, so each sample has only a share of 1/m in it, and its gradient too.",
            wrong=_scale(1, len),
        ),
        Mistake(
            "gradient divided by m twice",
            "dlogits is m times too small. The 1/m of the mean belongs into the gradient once.",
            wrong=_scale(1, lambda Y: 1 / len(Y)),
        ),
        Mistake(
            "gradient divided by all entries",
            "dlogits was divided by m times the number of classes. The classes of a sample make up "
            "one loss together; the mean goes over the samples alone.",
            wrong=_scale(1, lambda Y: 1 / Y.shape[1]),
        ),
        Mistake(
            "gradient divided by the number of classes",
            "You divided dlogits by the number of columns. Those are the classes. The samples "
            "stand in rows, so their number is the first size.",
            wrong=_scale(1, lambda Y: len(Y) / Y.shape[1]),
        ),
        Mistake(
            "loss summed over the samples",
            "The loss grows with the number of samples. Take the mean: divide by the number of "
            "rows.",
            wrong=_scale(0, len),
        ),
        Mistake(
            "loss averaged over all entries",
            "You divided the loss by m times the number of classes. np.mean over the whole table "
            "does that. In each row a single entry counts, so divide by the number of rows.",
            wrong=_scale(0, lambda Y: 1 / Y.shape[1]),
        ),
        Mistake(
            "loss divided by the number of classes",
            "You divided the loss by the number of columns. Those are the classes. The samples "
            "stand in rows, so their number is the first size.",
            wrong=_scale(0, lambda Y: len(Y) / Y.shape[1]),
        ),
        Mistake(
            "Y - P for P - Y",
            "The gradient points the wrong way: a step against it would make the loss larger. For "
            "the right class it must be negative, since a higher logit helps there.",
            wrong=_scale(1, lambda Y: -1),
        ),
        Mistake(
            "P for P - Y",
            "dlogits is made from the probabilities alone, so it is positive everywhere. At the "
            "right class 1 has to be taken away before you divide by m.",
            wrong=_pair(dlogits=lambda logits, Y: _softmax(logits) / len(Y)),
        ),
        Mistake(
            "the softmax's slope once more",
            "P - Y has the slope of the softmax in it already. You multiplied by P (1 - P) a "
            "second time.",
            wrong=_pair(
                dlogits=lambda logits, Y: (
                    (_softmax(logits) - Y) * _softmax(logits) * (1 - _softmax(logits)) / len(Y)
                )
            ),
        ),
        Mistake(
            "the gradient at the probabilities",
            "That is how the loss changes with P. The contract asks for the logits, one step "
            "further back, in front of the softmax.",
            wrong=_pair(dlogits=lambda logits, Y: -Y / _softmax(logits) / len(Y)),
        ),
        Mistake(
            "P rounded on the way",
            "The probabilities were rounded before the gradient was made from them. Rounding is "
            "for printing: what goes into back-propagation needs all its digits.",
            wrong=_pair(dlogits=lambda logits, Y: (np.round(_softmax(logits), 2) - Y) / len(Y)),
        ),
        Mistake(
            "the class that the network likes best",
            "You took the largest logit of each row, which is the network's own answer. It would "
            "always be nearly content. The loss asks for the class that Y marks.",
            wrong=_pair(loss=_own_answer),
        ),
        Mistake(
            "yes-or-no cross-entropy",
            "You also added the terms with 1 - Y and 1 - P. They belong to outputs that are each a "
            "yes or no of its own. Here the classes share one softmax, and only the class that Y "
            "marks counts.",
            wrong=_pair(loss=_yes_or_no),
        ),
        Mistake(
            "one loss for each sample",
            "These are the losses of the samples, one by one. The contract asks for their mean, "
            "which is a single number.",
            wrong=_pair(loss=_of_each_sample),
        ),
        Mistake(
            "loss and gradient exchanged",
            "Both are there, in the wrong order. The contract returns the loss first.",
            wrong=lambda logits, Y: softmax_cross_entropy(logits, Y)[::-1],
        ),
        Mistake(
            "logits overwritten",
            "The maximum was taken away from the logits themselves.",
            wrong=_logits_overwritten,
        ),
    ),
    hints=(
        "Begin with what changes nothing: take each row's largest logit away from that row. "
        "np.max has axis and keepdims for it. From here on work with the shifted logits only, in "
        "every place.",
        "The loss of a row is a difference: the logarithm of the sum of its exponentials, minus "
        "the logit of the right class. If you keep that difference for all classes, with the minus "
        "turned round, you have the logarithm of every probability, and never made a quotient.",
        "Y times these logarithms, summed over everything, with a minus, and divided by the number "
        "of rows: that is the loss. exp of the same logarithms is P. The gradient is P minus Y, "
        "divided by the number of rows once.",
    ),
)


# --- digits.confusion_matrix -------------------------------------------------------------------


def confusion_matrix(y_true, y_pred, n_classes):
    """Entry (i, j): how many samples of class i were taken for class j. (n, n) whole numbers."""
    hits = one_hot(y_true, n_classes).T @ one_hot(y_pred, n_classes)
    return hits.astype(int)


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
        about = f"{m} sample{'s' * (m > 1)}, {n} classes"
        if m < 6:
            about = f"y_true {y_true.tolist()}, y_pred {y_pred.tolist()}, {n} classes"
        return Case((y_true, y_pred, n), about, {"m": m}, tags)

    return [
        case(5, 3),
        case(9, 4, "the last class missing", largest=2),
        case(1, 3, "one sample"),
        case(30, 6),
    ]


def _counted_once(y_true, y_pred, n_classes):
    counts = np.zeros((n_classes, n_classes), dtype=int)
    counts[y_true, y_pred] += 1
    return counts


def _share_of(sums):
    """Return a confusion matrix whose counts are divided by `sums` of it."""

    def wrong(y_true, y_pred, n_classes):
        counts = confusion_matrix(y_true, y_pred, n_classes)
        return counts / np.maximum(sums(counts), 1)

    return wrong


def _counts_only(where):
    """Return a confusion matrix that keeps only the counts that `where` picks."""

    def wrong(y_true, y_pred, n_classes):
        counts = confusion_matrix(y_true, y_pred, n_classes)
        return np.where(where(n_classes), counts, 0)

    return wrong


CONFUSION_MATRIX = Exercise(
    id="digits.confusion_matrix",
    points=2,
    signature="confusion_matrix(y_true, y_pred, n_classes) -> (n, n) int",
    outputs=("confusion_matrix(y_true, y_pred, n_classes)",),
    reference=confusion_matrix,
    cases=_prediction_cases,
    mistakes=(
        Mistake(
            "rows and columns exchanged",
            "An 8 that was read as a 3 has landed in row 3. In this course, as in scikit-learn, "
            "the row is the truth and the column is the answer. Look at the order of your two "
            "indices.",
            wrong=lambda y_true, y_pred, n: confusion_matrix(y_pred, y_true, n),
        ),
        Mistake(
            "each pair counted once",
            "A place that should hold 2 or more holds 1. With arrays of indices, += looks up the "
            "old values first and writes all the new ones afterwards, so a pair that comes again "
            "is lost. Count sample by sample.",
            wrong=_counted_once,
        ),
        Mistake(
            "n_classes not used",
            "The table ends with the largest label that occurs. If a class is missing from these "
            "samples, it still has its row and its column, full of zeros. Make the table from "
            "n_classes.",
            wrong=lambda y_true, y_pred, n: confusion_matrix(
                y_true, y_pred, max(np.max(y_true), np.max(y_pred)) + 1
            ),
        ),
        Mistake(
            "shares of each row",
            "Each row was divided by its sum. That shows the share of each class that is read "
            "rightly, and is a useful picture. The contract asks for the counts themselves.",
            wrong=_share_of(lambda counts: counts.sum(axis=1, keepdims=True)),
        ),
        Mistake(
            "shares of all samples",
            "The counts were divided by the number of samples. The contract asks for the counts "
            "themselves: whole numbers that add up to m.",
            wrong=_share_of(np.sum),
        ),
        Mistake(
            "shares of each column",
            "Each column was divided by its sum. The contract asks for the counts themselves.",
            wrong=_share_of(lambda counts: counts.sum(axis=0)),
        ),
        Mistake(
            "only the right answers counted",
            "Everything off the diagonal is 0. The samples that were read wrongly have a place "
            "too: the row of the truth, and the column of the answer. They are what the table is "
            "for.",
            wrong=_counts_only(lambda n: np.eye(n, dtype=bool)),
        ),
        Mistake(
            "only the wrong answers counted",
            "The diagonal is 0. The right answers belong there, so that the row of a class adds up "
            "to all its samples.",
            wrong=_counts_only(lambda n: ~np.eye(n, dtype=bool)),
        ),
        Mistake(
            "labels counted from 1",
            "Every count is one row too high and one column too far left, and class 0 has jumped "
            "to the end. Labels count from 0 here, and so do rows.",
            wrong=lambda y_true, y_pred, n: confusion_matrix(y_true - 1, y_pred - 1, n),
        ),
        Mistake(
            "the accuracy alone",
            "This is the share of right answers, one number. The table says more: which class is "
            "taken for which.",
            wrong=lambda y_true, y_pred, n: np.mean(y_true == y_pred),
        ),
        Mistake(
            "one count for each class",
            "You counted how often each class was read rightly. That is the diagonal. The contract "
            "asks for a table with a row for each true class and a column for each answer.",
            wrong=lambda y_true, y_pred, n: np.diag(confusion_matrix(y_true, y_pred, n)),
        ),
        Mistake(
            "a row for each sample",
            "The table has a row for each sample. It should have one for each class: every sample "
            "adds 1 to a single place of a table with n_classes rows and columns.",
            wrong=lambda y_true, y_pred, n: one_hot(y_true, n) * one_hot(y_pred, n),
        ),
    ),
    hints=(
        "Draw a table with three rows and three columns on paper, and go through the worked "
        "example sample by sample. For each you make one mark. Which row, and which column?",
        "Start with a table of zeros; np.zeros((n, n), dtype=int) makes one of whole numbers. A "
        "loop over the pairs of the two arrays, with zip, gives you the truth and the answer of "
        "one sample at a time. They are the row and the column of its mark.",
        "Inside the loop there is a single line: the entry at that place grows by 1. When the loop "
        "is over, return the table. The samples need no second look, and all entries together add "
        "up to their number.",
    ),
)


# --- digits.bug_hunt ---------------------------------------------------------------------------

BUG_HUNT = Exercise(
    id="digits.bug_hunt",
    points=1,
    signature="wrong_line = …",
    outputs=("wrong_line",),
    returns="named",
    reference=set_to(wrong_line=3),
    reveal=False,
    mistakes=(
        Mistake(
            "line 1 accused",
            "Line 1 says how many digits the test part gets, a fifth of all. The sizes of both "
            "parts are right. What is wrong is which digits are in them.",
            wrong=set_to(wrong_line=1),
        ),
        Mistake(
            "line 2 accused",
            "Line 2 shuffles the row numbers and takes the first fifth: a good test part, drawn "
            "fairly. But the training part must hold the others. Does it?",
            wrong=set_to(wrong_line=2),
        ),
        Mistake(
            "line 4 accused",
            "Line 4 takes the rows that it is told to take, the same ones from X and from y. Every "
            "image has its own label. Who tells it which rows?",
            wrong=set_to(wrong_line=4),
        ),
    ),
    hints=(
        "The count says that most of the test digits are also in the training part. So a sample "
        "can be on both lists of row numbers. Which lines make the two lists?",
        "rng.permutation shuffles. What does it give when it is called a second time? Take five "
        "cards, shuffle, and put the first one aside. Then shuffle all five again, and take away "
        "the last four. Is the card that you put aside never among them? Compare with your own "
        "split: how many shuffles does it make, and which line here makes the one too many?",
    ),
)


# --- digits.classifier -------------------------------------------------------------------------

ENOUGH = 0.97  # of the digits that the classifier never saw
ALONE = 8  # digits that are asked for one at a time as well
OLD = slice(None, None, 10)  # of the digits that are handed out, those that are asked for too
_READS = "classifier(X)"
_RIGHT = "at least 97 % right"


@cache
def _handed_out() -> tuple[np.ndarray, np.ndarray]:
    return digits()


def classifier(X):
    """The label of the most similar of the digits that are handed out. X (m, 64) -> (m,)."""
    return _nearest(X, *_handed_out())


def _nearest(X, known, labels):
    distances = np.sum(known * known, axis=1) - 2 * X @ known.T  # squared, less what all share
    return labels[np.argmin(distances, axis=1)]


def _read_digits(answer, X):
    """Ask for all digits, for some of them one at a time, and for some that were handed out."""
    alone = [X[[row]] for row in range(ALONE)]
    known = _handed_out()[0][OLD].copy()
    return {"new": answer(X), "alone": [answer(one) for one in alone], "known": answer(known)}


def _reading_in_words(raw: dict, case: Case) -> dict:
    """Say how well the digits were read, and what a bad reading looks like."""
    (X,) = case.args
    fault = _wrong_form(raw["new"], len(X))
    if fault:
        return {_READS: fault}
    new, truth = as_numbers(raw["new"]), _true_labels(X)
    known, old = as_numbers(raw["known"]), _handed_out()[1][OLD]
    knows_the_old = np.shape(known) == old.shape and np.mean(known == old) >= ENOUGH
    return {_READS: _quality(new, truth, _same_alone(raw["alone"], new), bool(knows_the_old))}


def _wrong_form(new, m: int) -> str:
    """Return what is wrong with the form of the labels, "" if nothing is. Raises Malformed."""
    if new is None:
        raise Malformed("It returns None. Is the `return` missing?")
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
    return "" if np.isin(labels, np.arange(-1, 11)).all() else "numbers that are no labels"


@cache
def _labels_by_image() -> dict[bytes, int]:
    parts = zip(_handed_out(), held_back_digits(), strict=True)
    X, labels = (np.concatenate(pair) for pair in parts)
    return {row.tobytes(): int(label) for row, label in zip(X, labels, strict=True)}


def _true_labels(X: np.ndarray) -> np.ndarray:
    return np.array([_labels_by_image()[row.tobytes()] for row in X])


def _same_alone(alone: list, new: np.ndarray) -> bool:
    """Whether nearly every digit got the same label alone as among the others."""
    labels = [as_numbers(label) for label in alone]
    same = [
        label is not None and label.size == 1 and label.item() == together
        for label, together in zip(labels, new[: len(labels)], strict=True)
    ]
    return sum(same) > 0.7 * len(same)


def _quality(new: np.ndarray, truth: np.ndarray, same_alone: bool, knows_the_old: bool) -> str:
    share = float(np.mean(new == truth))
    if share > 0.5 and not same_alone:
        return "right in a crowd; alone, a digit gets another label"
    if share >= ENOUGH:
        return _RIGHT
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
    X, _ = held_back_digits()
    return [Case((rng.permutation(X),), f"{len(X)} digits that it never saw")]


def _table(X):
    """A row of ten numbers for each digit, for wrong ways to go on from there."""
    return np.eye(10)[_true_labels(X)]


def _misread(when):
    """Return a classifier that is wrong where `when` holds of an image, (m, 64) -> (m,) bool."""
    return lambda X: (_true_labels(X) + 3 * when(X)) % 10


def _is_new(X):
    own = {row.tobytes() for row in _handed_out()[0]}
    return np.array([row.tobytes() not in own for row in X])


def _every(n: int):
    """Return a test that holds of about one image in n: by how much ink there is."""
    return lambda X: X.sum(axis=1) % n == 0


def _read_in_place(X):
    labels = _true_labels(X)
    X /= 16
    return labels


CLASSIFIER = Exercise(
    id="digits.classifier",
    points=8,
    signature="classifier(X) -> labels",
    outputs=(_READS,),
    may_read_notebook=True,
    reference=classifier,
    cases=_unseen,
    script=_read_digits,
    unpack=_reading_in_words,
    seconds=20.0,
    mistakes=(
        Mistake(
            "a table instead of labels",
            "You return ten numbers for each digit: probabilities, or a one-hot row. The contract "
            "asks for one label each. The class with the largest probability is the answer: look "
            "for its place along each row.",
            wrong=_table,
        ),
        Mistake(
            "a table with the samples in columns",
            "You return ten numbers for each digit, and each digit is a column. The contract asks "
            "for one label for each row of X: the place of the largest probability.",
            wrong=lambda X: _table(X).T,
        ),
        Mistake(
            "argmax down the columns",
            "There are ten answers, one for each class: which image looks most like a 0, which "
            "most like a 1, and so on. You want one answer for each image. Look along the rows.",
            wrong=lambda X: np.argmax(_table(X), axis=0),
        ),
        Mistake(
            "argmax over the whole table",
            "There is one number for all digits. Without an axis argmax looks through the whole "
            "table. Name the axis along which the ten classes lie.",
            wrong=lambda X: np.argmax(_table(X)),
        ),
        Mistake(
            "labels in a column",
            "The labels stand in a column of shape (m, 1). The contract asks for a flat array, "
            "(m,), like the labels that come with the data.",
            wrong=lambda X: _true_labels(X)[:, None],
        ),
        Mistake(
            "the probability instead of its place",
            "These are no labels. You probably return how large the largest probability is. The "
            "label is where it stands: its column number.",
            wrong=lambda X: np.full(len(X), 0.75),
        ),
        Mistake(
            "labels one too high",
            "Nearly every label is one too high: 4 for a 3. Columns count from 0, and column 0 "
            "stands for the digit 0, so nothing has to be added.",
            wrong=lambda X: _true_labels(X) + 1,
        ),
        Mistake(
            "labels one too low",
            "Nearly every label is one too low: 3 for a 4. Column 0 stands for the digit 0, so "
            "nothing has to be taken away.",
            wrong=lambda X: _true_labels(X) - 1,
        ),
        Mistake(
            "scaled by the crowd",
            "The label of a digit depends on which digits come with it. So X is scaled with its "
            "own mean and spread inside your function. Use the statistics of the digits that you "
            "trained on: a single image has no spread.",
            wrong=lambda X: _true_labels(X) if len(X) > 1 else np.zeros(1, dtype=int),
        ),
        Mistake(
            "the same label for every digit",
            "Every image gets the same label. Perhaps there is a nan inside: then argmax gives 0 "
            "always. Or the training never moved, or the pixels come in on a wrong scale. Print a "
            "few rows of what goes into the network, and of what comes out.",
            wrong=lambda X: np.zeros(len(X), dtype=int),
        ),
        Mistake(
            "learnt by heart",
            "The digits that you have are read well, new ones are not. That is a good memory and a "
            "poor rule. Keep a validation part, watch both losses, and use what lesson 08 did "
            "against overfitting.",
            wrong=lambda X: np.where(_is_new(X), 0, _true_labels(X)),
        ),
        Mistake(
            "overfitted a little",
            "You are close. The digits that you have are read nearly all, new ones less well: the "
            "network has begun to learn by heart. Try a penalty, fewer units or fewer epochs, more "
            "training digits, or copies that are moved by a pixel.",
            wrong=_misread(lambda X: _is_new(X) & _every(20)(X)),
        ),
        Mistake(
            "not trained enough",
            "You are close. Even some of the digits that you have are misread, so there is more to "
            "learn before overfitting is a danger. Try more epochs, another learning rate, or more "
            "hidden units.",
            wrong=_misread(_every(16)),
        ),
        Mistake(
            "far from good",
            "Better than guessing, far from good, on old digits too. Either the training stopped "
            "early, or X is not treated as the training digits were. It comes in as grey levels "
            "from 0 to 16: whatever you did to those before the training has to be done here.",
            wrong=_misread(_every(2)),
        ),
        Mistake(
            "no better than guessing",
            "One label in ten is right, as by throwing a die, on old digits too. Are images and "
            "labels still paired after all your shuffling? Does the training reach a low loss? "
            "Does your function use the trained network, and not a new one?",
            wrong=_misread(_every(1)),
        ),
        Mistake(
            "X overwritten",
            "The images were scaled in place. Whoever asks twice gets two answers.",
            wrong=_read_in_place,
        ),
    ),
    hints=(
        "Everything is there already: split, standardize, one_hot, and the Network of section 7 "
        "with its fit. Begin with what section 7 did, and measure on your validation part. If that "
        "is clearly below 97 %, the check can wait.",
        "To get from 96 to 98: more hidden units, the copies that are moved by a pixel, a weak "
        "penalty, and a second call of fit with a smaller learning rate. In the end train once "
        "more on all the digits that you have, validation part included.",
        "classifier gets raw grey levels. Call standardize with the digits that you trained on as "
        "its first argument and X as its second, and use the second result. Then predict gives a "
        "row of ten probabilities for each digit; np.argmax with axis=1 finds the place of the "
        "largest.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    SPLIT,
    STANDARDIZE,
    ONE_HOT,
    SOFTMAX_CROSS_ENTROPY,
    CONFUSION_MATRIX,
    BUG_HUNT,
    CLASSIFIER,
)
