"""Lesson 08: from one step to a training run. Samples stand in rows."""

import copy
from collections.abc import Callable
from itertools import islice

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.observing import describe
from lessonlib.checks.plain import plain
from lessonlib.lessons.drawing import quarters
from lessonlib.lessons.questions import names_out_of, one_letter, set_to

# --- training.recall_1 and training.recall_2 ---------------------------------------------------


def _one_number(raw: dict, name: str) -> float:
    number = as_numbers(raw[name])
    if number is None or number.size != 1 or np.iscomplexobj(number):
        raise Malformed(f"{name} should be one number.")
    return float(number.ravel()[0])


RECALL_1 = Exercise(
    id="training.recall_1",
    points=1,
    signature="limit = …",
    outputs=("limit",),
    returns="named",
    reference=set_to(limit=0.04),
    unpack=lambda raw, case: {"limit": _one_number(raw, "limit")},
    rtol=1e-3,
    reveal=False,
    mistakes=(
        Mistake(
            "1 for the 2 above the line",
            "With this rate a step along the steepest direction ends in the bottom of the valley. "
            "One can go further: up to the place just as high on the other side.",
            wrong=set_to(limit=0.02),
        ),
        Mistake(
            "the fraction upside down",
            "A steeper valley needs a smaller rate, so the curvature stands below the line.",
            wrong=set_to(limit=25.0),
        ),
        Mistake(
            "the curvature itself",
            "That is how much the slope grows for each unit of the way. The limit gets smaller "
            "where the curvature gets larger. Lesson 06 had a fraction for it.",
            wrong=set_to(limit=50.0),
        ),
        Mistake(
            "a product for a fraction",
            "You multiplied. A steeper valley needs a smaller rate, so the curvature has to "
            "divide.",
            wrong=set_to(limit=100.0),
        ),
        Mistake(
            "the smallest curvature taken",
            "Along the flat direction a rate of 2 would do. But one rate serves both directions, "
            "and the steep one is the first to break out.",
            wrong=set_to(limit=2.0),
        ),
    ),
    hints=(
        "Think of a ball in a narrow valley. A small step ends on the same wall, a little lower. A "
        "larger one ends on the other wall. At the limit it arrives just as high as it started, "
        "and above the limit higher each time.",
        "Take the steepest direction alone: the loss is 25 w squared, which has the curvature 50 "
        "and the slope 50 w. One step of gradient descent leads from w to w - rate times 50 w. "
        "When is that exactly -w, as high on the other side? In lesson 06 the same number came "
        "from the largest eigenvalue of the Hessian.",
    ),
)


RECALL_2 = Exercise(
    id="training.recall_2",
    points=1,
    signature='fresh_points = "a" … "d"',
    outputs=("fresh_points",),
    returns="named",
    reference=set_to(fresh_points="c"),
    unpack=one_letter("fresh_points"),
    reveal=False,
    mistakes=(
        Mistake(
            "learnt by heart taken for understood",
            "Being right on the points that it was trained on proves a good memory. For a fresh "
            "point there must be a rule that connects the place with the label. Is there one here?",
            wrong=set_to(fresh_points="a"),
        ),
        Mistake(
            "neighbours expected to agree",
            "With real data neighbours often share their label, and then a network can be partly "
            "right. Here each label is a throw of its own: what does the label of one point say "
            "about the point beside it?",
            wrong=set_to(fresh_points="b"),
        ),
        Mistake(
            "worse than guessing",
            "To be wrong nearly always one has to know the labels too, and say the opposite. "
            "Nothing can be known about a throw of a coin, in either direction.",
            wrong=set_to(fresh_points="d"),
        ),
    ),
    hints=(
        "Lesson 05 trained a network on labels that came from a coin. Two numbers were compared "
        "there: how often it was right on its own points, and how often on points that it had not "
        "seen. They told different stories. Which of the two is asked for here?",
        "A fresh point gets its label from a fresh throw of the coin. Imagine that you know all 60 "
        "old throws by heart. How often would you guess the next throw? The network knows no more "
        "than you do.",
    ),
)


# --- training.initial_loss ---------------------------------------------------------------------


def initial_loss(n_classes):
    """The cross-entropy when all classes are equally likely: -log(1 / n_classes)."""
    return float(np.log(n_classes))


INITIAL_LOSS = Exercise(
    id="training.initial_loss",
    points=1,
    signature="initial_loss(n_classes) -> float",
    outputs=("initial_loss(n_classes)",),
    reference=initial_loss,
    cases=lambda rng: [
        Case((2,), "2 classes"),
        Case((3,), "3 classes"),
        Case((10,), "10 classes"),
        Case((int(rng.integers(100, 1000)),), "some hundred classes"),
        Case((1,), "1 class", tags=("a single class",)),
    ],
    mistakes=(
        Mistake(
            "the probability, not its loss",
            "That is the probability that an untrained network gives to the right class. The loss "
            "of a sample is made from it with a logarithm and a minus sign.",
            wrong=lambda n_classes: 1 / n_classes,
        ),
        Mistake(
            "log2 for the natural logarithm",
            "log2 gives the answer in bits. The cross-entropy of this course has the natural "
            "logarithm, np.log.",
            wrong=np.log2,
        ),
        Mistake(
            "log10 for the natural logarithm",
            "log10 counts decimal places. The cross-entropy of this course has the natural "
            "logarithm, np.log.",
            wrong=np.log10,
        ),
        Mistake(
            "minus sign lost",
            "The logarithm of a probability is never above 0, and a loss is never below it. The "
            "minus sign of the cross-entropy turns the one into the other.",
            wrong=lambda n_classes: np.log(1 / n_classes),
        ),
        Mistake(
            "summed over the classes",
            "You counted the logarithm once for each class. In the cross-entropy only the right "
            "class counts, for the others have a 0 in Y.",
            wrong=lambda n_classes: n_classes * np.log(n_classes),
        ),
        Mistake(
            "averaged over the classes",
            "You divided by the number of classes. The cross-entropy is the mean over the samples; "
            "over the classes it is a sum, with a single term that is not 0.",
            wrong=lambda n_classes: np.log(n_classes) / n_classes,
        ),
        Mistake(
            "always two classes",
            "Your answer does not depend on n_classes. With 10 classes to choose from, an "
            "untrained network is more surprised by the right one than with 2.",
            wrong=lambda n_classes: np.log(2),
        ),
        Mistake(
            "the share of wrong guesses",
            "That is how often blind guessing is wrong. The loss looks at the probability given to "
            "the right class, through a logarithm.",
            wrong=lambda n_classes: 1 - 1 / n_classes,
        ),
    ),
    hints=(
        "Before any training the network has no reason to prefer a class. So say first how much "
        "probability each of n classes gets, if all get the same and the sum is 1.",
        "The cross-entropy of one sample is minus the logarithm of the probability that the right "
        "class got. Every sample has the same loss here, so the mean over the samples is that loss "
        "as well. You need no data.",
        "Put your first answer into that sentence, with np.log, the natural logarithm. You can "
        "simplify it: the logarithm of 1/n is minus the logarithm of n, and the two minus signs "
        "cancel. Check it with two classes: 0.693.",
    ),
)


# --- training.minibatches ----------------------------------------------------------------------


def minibatches(X, Y, batch_size, rng):
    """Yield (X_b, Y_b): all samples once, shuffled by rng, batch_size at a time, then the rest."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], Y[rows]


def _list_batches(answer, X, Y, batch_size, rng):
    """Go once through the batches, once more with an equal rng, and once with another one."""
    other = np.random.default_rng(rng.integers(2**32) + 1)
    rounds = [(X, Y, rng), (X.copy(), Y.copy(), copy.deepcopy(rng)), (X.copy(), Y.copy(), other)]
    listed = [_listed(answer(X, Y, batch_size, own), len(X)) for X, Y, own in rounds]
    return None if listed[0] is None else listed


def _listed(batches, m: int):
    """Return all batches in a list, at most a few more than there can be."""
    if _is_pair_of_arrays(batches):  # returned, not yielded
        return [plain(batches)]
    if batches is None or isinstance(batches, np.ndarray | dict | str | int | float):
        return batches
    return [plain(batch) for batch in islice(batches, m + 3)]


def _is_pair_of_arrays(value) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(item, np.ndarray) and item.ndim > 1 for item in value)
    )


def _properties(raw: list, case: Case) -> dict:
    """Say in words what came out in the batches."""
    X, Y, size, _ = case.args
    first, equal, other = map(_pairs, raw)
    rows = [_rows(X_b, X) for X_b, _ in first]
    order = _order(rows, len(X), size)
    if order == "shuffled" and not _same(first, equal):
        order = "shuffled, but not by rng"
    if order == "shuffled" and sum(map(len, rows)) > 1 and _same(first, other):
        order = "shuffled, but alike with every rng"
    return {
        "the list of batch sizes": np.array([len(X_b) for X_b, _ in first]),
        "the content of the batches": _contents(first, rows, X, Y),
        "the order": order,
    }


def _pairs(batches) -> list[tuple[np.ndarray, np.ndarray]]:
    asked = "It should yield pairs (X_b, Y_b) of arrays, one pair for each batch"
    if not isinstance(batches, list):
        raise Malformed(f"{asked}. It gives {describe(batches)}.")
    pairs = []
    for place, batch in enumerate(batches):
        if not isinstance(batch, list | tuple) or len(batch) != 2:
            raise Malformed(f"{asked}. Item {place} (counted from 0) is {describe(batch)}.")
        X_b, Y_b = map(as_numbers, batch)
        if X_b is None or Y_b is None or X_b.ndim == 0 or Y_b.ndim == 0:
            raise Malformed(f"{asked}. Item {place} (counted from 0) does not hold two arrays.")
        pairs.append((X_b, Y_b))
    return pairs


def _rows(part: np.ndarray, whole: np.ndarray) -> list[int | None]:
    """Return which row of `whole` each row of `part` is; None for one that is not there."""
    numbers = {tuple(row): i for i, row in enumerate(whole.tolist())}
    return [numbers.get(tuple(np.ravel(row).tolist())) for row in part]


def _same(a: list, b: list) -> bool:
    return len(a) == len(b) and all(
        agree(mine, theirs, 0.0)
        for one, two in zip(a, b, strict=True)
        for mine, theirs in zip(one, two, strict=True)
    )


def _contents(batches: list, rows: list[list], X: np.ndarray, Y: np.ndarray) -> str:
    """Say whether each sample came exactly once, as a row, with its own target beside it."""
    seen = [row for batch in rows for row in batch]
    if None in seen:
        return "rows that X does not have"
    if any(Y_b.shape != (len(X_b), *Y.shape[1:]) for X_b, Y_b in batches):
        return "a Y_b of another form than Y"
    missing, again = len(set(seen)) < len(X), len(set(seen)) < len(seen)
    if missing or again:
        return " and ".join(["some samples twice"] * again + ["some samples never"] * missing)
    targets = [row for _, Y_b in batches for row in _rows(Y_b, Y)]
    if targets == seen:
        return "each sample once, with its own target"
    still = targets == list(range(len(Y)))
    return f"each sample once, but {'Y in its old order' if still else 'other targets beside it'}"


def _order(rows: list[list], m: int, size: int) -> str:
    seen = [row for batch in rows for row in batch]
    if m > 1 and seen and seen == list(range(len(seen))):
        return "as it was in X"
    if None in seen or not 1 < size < m:
        return "shuffled"
    if all({row // size for row in batch} == {k} for k, batch in enumerate(rows)):
        return "shuffled inside each batch only"
    if all(batch == list(range(batch[0], batch[0] + len(batch))) for batch in rows if batch):
        return "the batches shuffled, the samples not"
    return "shuffled"


def _batch_case(rng: np.random.Generator, m: int, n_in: int, n_out: int, size: int, *tags) -> Case:
    X = np.column_stack([np.arange(m) + 0.5, quarters(rng, m, n_in - 1)])
    Y = np.column_stack([10.0 * np.arange(m), quarters(rng, m, n_out - 1)])
    order = rng.permutation(m)
    own = np.random.default_rng(rng.integers(2**32))
    about = f"{m} sample{'s' * (m != 1)}, batch_size {size}"
    return Case((X[order], Y[order], size, own), about, {"m": m}, tags)


def _batch_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _batch_case(rng, 10, 3, 2, 4),
        _batch_case(rng, 17, 2, 3, 5),
        _batch_case(rng, 12, 2, 1, 3, "a batch size that divides m"),
        _batch_case(rng, 9, 4, 2, 20, "a batch size above m"),
        _batch_case(rng, 11, 2, 3, 1, "a batch size of 1"),
        _batch_case(rng, 1, 3, 2, 4, "one sample"),
    ]


def _batches_by(order_of=None, rows_of=None, take=lambda X, Y, rows: (X[rows], Y[rows])):
    """Return a generator with a spoilt order, spoilt cuts or a spoilt way to take the rows."""
    order_of = order_of or (lambda m, rng: rng.permutation(m))
    rows_of = rows_of or _cuts

    def wrong(X, Y, batch_size, rng):
        order = order_of(len(X), rng)
        for rows in rows_of(order, batch_size, rng):
            yield take(X, Y, rows)

    return wrong


def _cuts(order, size, rng):
    return [order[start : start + size] for start in range(0, len(order), size)]


def _whole_batches_only(order, size, rng):
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _filled_up(order, size, rng):
    return [*_whole_batches_only(order, size, rng), *([order[-size:]] if len(order) % size else [])]


def _one_more(order, size, rng):
    return [order[k * size : (k + 1) * size] for k in range(len(order) // size + 1)]


def _batches_in_any_order(order, size, rng):
    cuts = _cuts(order, size, rng)
    return [cuts[k] for k in rng.permutation(len(cuts))]


def _again_and_again(order, size, rng):
    while True:
        yield from _cuts(order, size, rng)


def _return_first(X, Y, batch_size, rng):
    return next(minibatches(X, Y, batch_size, rng))


def _order_of_columns(X, Y, batch_size, rng):
    order = rng.permutation(X.shape[1])
    for start in range(0, X.shape[1], batch_size):
        rows = order[start : start + batch_size]
        yield X[:, rows], Y[:, rows]


def _two_orders(X, Y, batch_size, rng):
    first, second = rng.permutation(len(X)), rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        yield X[first[rows]], Y[second[rows]]


def _only_x_shuffled(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], Y[start : start + batch_size]


def _shuffle_in_place(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], Y[:] = X[order], Y[order]
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], Y[start : start + batch_size]


MINIBATCHES = Exercise(
    id="training.minibatches",
    points=3,
    signature="minibatches(X, Y, batch_size, rng) -> yields (X_b, Y_b)",
    outputs=(
        "the list of batch sizes",
        "the content of the batches",
        "the order",
    ),
    reference=minibatches,
    script=_list_batches,
    unpack=_properties,
    cases=_batch_cases,
    mistakes=(
        Mistake(
            "not shuffled",
            "The samples come in the order of the table. Data often lies there sorted by class, "
            "and then a batch shows a single one. Draw an order with rng first, and take the rows "
            "in that order.",
            wrong=_batches_by(order_of=lambda m, rng: np.arange(m)),
        ),
        Mistake(
            "pairs torn apart",
            "X and Y were shuffled each in its own way, so a sample meets the target of another. "
            "Training would learn nothing. Draw one order, and use it for both.",
            wrong=_two_orders,
        ),
        Mistake(
            "only X shuffled",
            "The rows of X move and those of Y stay: a sample meets the target of another. Use the "
            "same row numbers for both.",
            wrong=_only_x_shuffled,
        ),
        Mistake(
            "the rest dropped",
            "The last samples, too few for a whole batch, never come. Some libraries do that on "
            "request; here every sample is used, and the last batch is shorter. A slice that runs "
            "over the end gives what there is.",
            wrong=_batches_by(rows_of=_whole_batches_only),
        ),
        Mistake(
            "the last batch filled up",
            "The last batch was made as long as the others, so some samples come twice. It may be "
            "shorter: a slice that runs over the end gives what there is.",
            wrong=_batches_by(rows_of=_filled_up),
        ),
        Mistake(
            "an empty batch at the end",
            "Where the batches come out even, one more follows with nothing in it. The mean over "
            "no samples is nan. Look at where your loop ends: let the starts go up to the number "
            "of samples, in steps of batch_size.",
            wrong=_batches_by(rows_of=_one_more),
        ),
        Mistake(
            "drawn with replacement",
            "Each place in the batches was drawn by itself, so some samples come several times and "
            "others never. Shuffle all the row numbers once, then cut them into pieces.",
            wrong=_batches_by(order_of=lambda m, rng: rng.integers(0, m, size=m)),
        ),
        Mistake(
            "batch_size taken for the number of batches",
            "You cut the samples into batch_size pieces. batch_size is the number of samples in "
            "one piece.",
            wrong=_batches_by(rows_of=lambda order, size, rng: np.array_split(order, size)),
        ),
        Mistake(
            "batches of nearly equal size",
            "The rest was spread over all batches. Here every batch but the last has batch_size "
            "samples, and the last has what is left.",
            wrong=_batches_by(
                rows_of=lambda order, size, rng: np.array_split(order, -(-len(order) // size))
            ),
        ),
        Mistake(
            "the batches shuffled, the samples not",
            "The pieces come in random order, but in each of them neighbours of the table stay "
            "together. Shuffle first, then cut.",
            wrong=_batches_by(order_of=lambda m, rng: np.arange(m), rows_of=_batches_in_any_order),
        ),
        Mistake(
            "shuffled inside each batch only",
            "The same samples sit in the same batch every time; only their places in it change. "
            "The mean over a batch does not notice that. Shuffle first, then cut.",
            wrong=_batches_by(
                order_of=lambda m, rng: np.arange(m),
                rows_of=lambda order, size, rng: [
                    rng.permutation(rows) for rows in _cuts(order, size, rng)
                ],
            ),
        ),
        Mistake(
            "return for yield",
            "A return ends the function: only the first batch came out. With yield the function "
            "hands a batch over, waits, and goes on in its loop.",
            wrong=_return_first,
        ),
        Mistake(
            "it never ends",
            "After the last batch it starts over, for ever. One call is one round through the "
            "data: each sample once. The loop for the rounds belongs to whoever calls.",
            wrong=_batches_by(rows_of=_again_and_again),
        ),
        Mistake(
            "a seed inside",
            "Another rng gave the same batches. There is a generator with a fixed seed inside, so "
            "every round would repeat the first. Draw from the rng that comes as an argument.",
            wrong=_batches_by(order_of=lambda m, rng: np.random.default_rng(0).permutation(m)),
        ),
        Mistake(
            "rng not used",
            "An equal rng gave other batches, so the order comes from somewhere else. Draw from "
            "the rng that comes as an argument, so that a run can be repeated.",
            wrong=_batches_by(order_of=lambda m, rng: np.random.default_rng().permutation(m)),
        ),
        Mistake(
            "columns for rows",
            "The batches were cut from the columns, as the samples stood in lessons 01 to 05. Here "
            "each sample is a row: number the rows, and take whole rows.",
            wrong=_order_of_columns,
        ),
        Mistake(
            "Y flattened",
            "Y_b lost its second dimension. With P of shape (k, 1) the difference P - Y_b would "
            "become a (k, k) table. Taking rows keeps the columns.",
            wrong=_batches_by(take=lambda X, Y, rows: (X[rows], Y[rows].ravel())),
        ),
        Mistake(
            "the data itself shuffled",
            "Shuffling a table in place moves the rows for everybody who uses it. Shuffle row "
            "numbers, and leave the tables alone.",
            wrong=_shuffle_in_place,
        ),
    ),
    hints=(
        "Do not shuffle the tables themselves. Shuffle row numbers: rng.permutation(m) gives the "
        "numbers from 0 to m - 1 in random order. Draw them once, before the loop, so that no "
        "sample is lost or taken twice.",
        "Then cut the list of numbers into pieces, as the worked example does with the seven "
        "letters. Let a loop run over the starts: range can count from 0 in steps of batch_size. "
        "For the last piece nothing special is needed: a slice that runs over the end stops there.",
        "Each piece is an array of row numbers. Put it in brackets behind X, and behind Y as well, "
        "and you have the batch. Hand the pair over with yield, inside the loop.",
    ),
)


# --- training.best_rate ------------------------------------------------------------------------

_STRETCHES = (
    (0.0, "not a rate: a learning rate is above 0"),
    (0.02, "far left, where hardly anything was learnt"),
    (0.199, "left of the lowest stretch, on the slope"),
    (1.501, "on the lowest stretch"),
    (35.0, "right of the lowest stretch"),
)


def _place_of_rate(raw: dict, case: Case) -> dict:
    """Say on which stretch of the figure the rate lies."""
    rate = _one_number(raw, "best_rate")
    places = [words for limit, words in _STRETCHES if rate <= limit]
    return {"best_rate": places[0] if places else "beyond the right edge of the figure"}


BEST_RATE = Exercise(
    id="training.best_rate",
    points=2,
    signature="best_rate = …",
    outputs=("best_rate",),
    returns="named",
    reference=set_to(best_rate=0.5),
    unpack=_place_of_rate,
    reveal=False,
    mistakes=(
        Mistake(
            "the safest rate",
            "A very small rate is safe, and slow: after all its epochs the loss stands near where "
            "it began. You may also have read the height of the lowest point instead of the place "
            "below it on the axis of the rates.",
            wrong=set_to(best_rate=0.001),
        ),
        Mistake(
            "still on the slope",
            "To the right of your rate the loss is lower still, with the same number of epochs. Go "
            "on until the curve is at its lowest.",
            wrong=set_to(best_rate=0.1),
        ),
        Mistake(
            "over the edge",
            "There the steps are so large that training breaks down: the three runs lie far apart, "
            "and high. The best rate is on the other side of that edge, with some room to it.",
            wrong=set_to(best_rate=3.0),
        ),
        Mistake(
            "exponent for the number",
            "A rate must be above 0. Did you type the exponent of a power of ten? The axis shows "
            "the rates themselves.",
            wrong=set_to(best_rate=-0.5),
        ),
        Mistake(
            "not on the axis",
            "The figure ends before that rate. Read the place on the lower axis: 0.01 is ten times "
            "0.001, and each mark with a number is about three times the one to its left.",
            wrong=set_to(best_rate=50.0),
        ),
    ),
    hints=(
        "Every dot is one training run with the same number of epochs. Its place from left to "
        "right is the learning rate, its height is the loss at the end. You want the rate whose "
        "runs end lowest.",
        "Follow the line from the left. At first it hardly falls: the steps are too short to get "
        "anywhere. Then it falls steeply, reaches a valley, and jumps up: there the steps are so "
        "long that training breaks.",
        "Put your finger on the valley and go straight down to the lower axis. Each mark is about "
        "three times the one before it. Any rate on the lowest stretch counts; the middle of it "
        "keeps a distance from the edge.",
    ),
)


# --- optimisers: three steps in a row ----------------------------------------------------------


def _three_steps(asked: str, usable=lambda state: True):
    """Return a script: three steps, each from where the last one ended, while that is possible."""

    def script(answer, theta, grads, state, *settings):
        steps = []
        for grad in grads:
            step = answer(theta, grad, state, *settings)
            if step is None:
                return None
            if not isinstance(step, list | tuple) or len(step) != 2:
                return {"wrong form": step, "asked": asked}
            steps.append(plain(step))
            theta, state = step
            if not usable(state):
                break
        return {"steps": steps}

    return script


def _steps(raw) -> list:
    """Return the three pairs (theta, state). Raises Malformed where one step gave no pair."""
    if "steps" not in raw:
        step = raw["wrong form"]
        kind = f"{len(step)} values" if isinstance(step, list | tuple) else describe(step)
        raise Malformed(f"It should return {raw['asked']}. It returns {kind}.")
    return raw["steps"]


def _steps_case(rng, shape: tuple, rate: float, start, *settings, names=(), tags=(), whole=False):
    theta = quarters(rng, *shape)
    grads = [quarters(rng, *shape) for _ in range(3)]
    if whole:
        theta, *grads = ((4 * each).astype(int) for each in (theta, *grads))
    said = [f"{name} = {value:g}" for name, value in zip(names, settings, strict=True)]
    about = ", ".join([f"theta of shape {shape}", f"learning rate {rate:g}", *said])
    if whole:
        about += ", whole numbers"
    return Case((theta, grads, start(theta), rate, *settings), about, {}, tags)


# --- training.momentum_step --------------------------------------------------------------------


def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    """velocity <- beta velocity + grad, theta <- theta - learning_rate velocity; any shape."""
    velocity = beta * velocity + grad
    return theta - learning_rate * velocity, velocity


def _momentum_cases(rng: np.random.Generator) -> list[Case]:
    def case(shape, rate, *beta, **more):
        return _steps_case(
            rng, shape, rate, np.zeros_like, *beta, names=("beta",) * len(beta), **more
        )

    return [
        case((3,), 0.1),
        case((2, 3), 0.25, 0.5),
        case((4, 1), 0.05, 0.75),
        case((1,), 0.5, tags=("one parameter",)),
        case((2, 2), 0.5, 0.25, tags=("whole numbers",), whole=True),
    ]


def _momentum_values(raw: dict, case: Case) -> dict:
    steps = _steps(raw)
    velocities = _in_our_units([velocity for _, velocity in steps], case)
    return {
        **{f"theta after step {k}": theta for k, (theta, _) in enumerate(steps, start=1)},
        "velocity after step 3": velocities[-1],
    }


def _in_our_units(velocities: list, case: Case) -> list:
    """Take a velocity that has the learning rate in it, with either sign, for ours.

    Keras writes velocity <- beta velocity - rate grad, theta <- theta + velocity: the same steps.
    """
    theta, grads, velocity, rate, *beta = case.fresh_args()
    ours = []
    for grad in grads:
        _, velocity = momentum_step(theta, grad, velocity, rate, *beta)
        ours.append(velocity)
    for factor in (-rate, rate):
        if all(agree(v, factor * u, 1e-9) for v, u in zip(velocities, ours, strict=True)):
            return ours
    return velocities


def _momentum(
    velocity_of=lambda v, g, lr, beta: beta * v + g,
    step_of=lambda v_new, v, g, lr, beta: lr * v_new,
    keep=lambda v_new, v: v_new,
):
    def wrong(theta, grad, velocity, learning_rate, beta=0.9):
        new = velocity_of(velocity, grad, learning_rate, beta)
        theta = theta - step_of(new, velocity, grad, learning_rate, beta)
        return theta, keep(new, velocity)

    return wrong


def _momentum_moves_theta(theta, grad, velocity, learning_rate, beta=0.9):
    velocity = beta * velocity + grad
    theta -= learning_rate * velocity
    return theta, velocity


def _momentum_moves_velocity(theta, grad, velocity, learning_rate, beta=0.9):
    velocity *= beta
    velocity += grad
    return theta - learning_rate * velocity, velocity


def _exchanged(theta, grad, velocity, learning_rate, beta=0.9):
    theta, velocity = momentum_step(theta, grad, velocity, learning_rate, beta)
    return velocity, theta


MOMENTUM_STEP = Exercise(
    id="training.momentum_step",
    points=2,
    signature="momentum_step(theta, grad, velocity, learning_rate, beta=0.9) -> (theta, velocity)",
    outputs=(
        "theta after step 1",
        "theta after step 2",
        "theta after step 3",
        "velocity after step 3",
    ),
    reference=momentum_step,
    script=_three_steps("two things, theta and velocity"),
    unpack=_momentum_values,
    cases=_momentum_cases,
    mistakes=(
        Mistake(
            "velocity forgotten",
            "Every step is plain gradient descent: what was built up before has no effect. The new "
            "velocity keeps a share beta of the old one.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: g),
        ),
        Mistake(
            "the old velocity returned",
            "The first step is right. But the velocity that you return is the one that came in, so "
            "the next step starts from zero again. Return the new one.",
            wrong=_momentum(keep=lambda new, old: old),
        ),
        Mistake(
            "stepped with the old velocity",
            "The first step goes nowhere, and each later one comes a step late: theta moves by the "
            "velocity from before this gradient. First renew the velocity, then move.",
            wrong=_momentum(step_of=lambda new, v, g, lr, beta: lr * v),
        ),
        Mistake(
            "an average instead of a sum",
            "You gave the gradient the weight 1 - beta. That is a running average, as Adam will "
            "use it, and a fair way to write momentum; with beta = 0.9 its steps are ten times "
            "shorter. Here the gradient goes in whole.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: beta * v + (1 - beta) * g),
        ),
        Mistake(
            "uphill",
            "theta moves along the gradient, and the loss would grow. The step is taken away.",
            wrong=_momentum(step_of=lambda new, v, g, lr, beta: -lr * new),
        ),
        Mistake(
            "gradient subtracted from the velocity",
            "The gradient went into the velocity with a minus, and the step was subtracted as "
            "well: two minus signs lead uphill. Keep one of them.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: beta * v - g),
        ),
        Mistake(
            "learning rate used twice",
            "The velocity has the learning rate in it already, and the step multiplies by it "
            "again. One of the two places is enough.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: beta * v + lr * g),
        ),
        Mistake(
            "learning rate left out",
            "theta moves by the whole velocity. The learning rate says how large a share of it is "
            "taken.",
            wrong=_momentum(step_of=lambda new, v, g, lr, beta: new),
        ),
        Mistake(
            "beta on the gradient",
            "beta multiplies the gradient, and the old velocity stays whole: nothing ever slows "
            "down. It is the old velocity that fades.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: v + beta * g),
        ),
        Mistake(
            "beta times everything",
            "beta multiplies the gradient too, so the very first step is too short. Only the old "
            "velocity fades; the new gradient goes in whole.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: beta * (v + g)),
        ),
        Mistake(
            "beta left out",
            "The old velocity is kept whole, without friction: the steps never get shorter. Only a "
            "share beta of it is kept.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: v + g),
        ),
        Mistake(
            "beta fixed at 0.9",
            "It is right with the default and wrong with any other beta. Use the argument.",
            wrong=_momentum(velocity_of=lambda v, g, lr, beta: 0.9 * v + g),
        ),
        Mistake(
            "a step too far ahead",
            "After the velocity was renewed, the gradient was added once more for the step. That "
            "is Nesterov's momentum, a useful cousin. Here the step is the learning rate times the "
            "new velocity.",
            wrong=_momentum(step_of=lambda new, v, g, lr, beta: lr * (beta * new + g)),
        ),
        Mistake(
            "theta and velocity exchanged",
            "The two results come in the wrong order. The contract asks for theta first.",
            wrong=_exchanged,
        ),
        Mistake(
            "theta overwritten",
            "The step was written into theta itself, where whole numbers have no room for it. Give "
            "the new theta an array of its own: a plain assignment instead of -=.",
            wrong=_momentum_moves_theta,
        ),
        Mistake(
            "velocity overwritten",
            "The new velocity was written into the old one, where whole numbers have no room for "
            "it. Give it an array of its own: a plain assignment instead of *= and +=.",
            wrong=_momentum_moves_velocity,
        ),
    ),
    hints=(
        "Two things change, one after the other. First the velocity: part of it fades, and the new "
        "gradient is added. Then theta moves by the new velocity. Go through the table above once "
        "more with your finger on the two formulas.",
        "Both formulas are one line of NumPy each, for theta of any shape: no loop and no if. For "
        "the new velocity you need velocity, beta and grad; for the new theta you need theta, "
        "learning_rate and the velocity that you have this moment made.",
        "Make new arrays with =, +, - and *, and avoid += and its relatives: they would write into "
        "the arrays that came in. At the end return both results, theta first.",
    ),
)


# --- training.adam_step ------------------------------------------------------------------------


def adam_step(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam (Kingma and Ba 2015); state (m, v, t), m and v shaped like theta."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def _zero_state(theta):
    return np.zeros_like(theta, dtype=float), np.zeros_like(theta, dtype=float), 0


def _adam_cases(rng: np.random.Generator) -> list[Case]:
    def case(shape, rate, *settings, **more):
        names = ("beta1", "beta2", "eps")[: len(settings)]
        return _steps_case(rng, shape, rate, _zero_state, *settings, names=names, **more)

    quiet = case((4,), 0.1, tags=("a gradient of 0",))
    for grad in quiet.args[1]:
        grad[2] = 0.0
    return [
        case((3,), 0.1),
        case((2, 3), 0.25, 0.5, 0.75, 0.125),
        case((4, 1), 0.01, 0.75, 0.5),
        Case(quiet.args, "theta of shape (4,), one gradient always 0", {}, quiet.tags),
        case((1,), 0.5, 0.25, tags=("one parameter",)),
        case((3, 2), 0.5, 0.5, 0.875, 0.25, tags=("whole numbers",), whole=True),
    ]


def _steps_twice(answer, theta, grads, state, *settings):
    """Take three steps, then the same three again: a count kept elsewhere would show."""
    once = _three_steps("two things, theta and the state", _is_state)
    spare = copy.deepcopy((theta, grads, state))
    first = once(answer, theta, grads, state, *settings)
    if first is None or "steps" not in first:
        return first
    return {**first, "again": once(answer, *spare, *settings)}


def _adam_values(raw: dict, case: Case) -> dict:
    steps = _steps(raw)
    state = steps[-1][1]
    if not _is_state(state):
        raise Malformed(
            "The state comes as three things (m, v, t) and should go back in the same form. It "
            f"goes back as {describe(state)}."
        )
    m, v, t = state
    if not agree(_steps(raw["again"]), steps, 1e-9, nan_too=True):
        t = "not the same in a second run"
    return {
        "t after step 3": t,
        **{f"theta after step {k}": theta for k, (theta, _) in enumerate(steps, start=1)},
        "m after step 3": m,
        "v after step 3": v,
    }


def _is_state(state) -> bool:
    return isinstance(state, list | tuple) and len(state) == 3


def _adam(
    t_of=lambda t: t + 1,
    m_of=lambda m, g, beta1: beta1 * m + (1 - beta1) * g,
    v_of=lambda v, g, m, beta2: beta2 * v + (1 - beta2) * g**2,
    m_hat_of=lambda m, beta1, t: m / (1 - beta1**t),
    v_hat_of=lambda v, beta2, t: v / (1 - beta2**t),
    move=lambda m_hat, v_hat, eps: m_hat / (np.sqrt(v_hat) + eps),
    keep=lambda m, v, t, m_hat, v_hat: (m, v, t),
):
    """Return an Adam with a spoilt line."""

    def wrong(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        m, v, t = state
        t = t_of(t)
        m = m_of(m, grad, beta1)
        v = v_of(v, grad, m, beta2)
        m_hat, v_hat = m_hat_of(m, beta1, t), v_hat_of(v, beta2, t)
        theta = theta - learning_rate * move(m_hat, v_hat, eps)
        return theta, keep(m, v, t, m_hat, v_hat)

    return wrong


def _from_zero(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Use t before it is raised."""
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = (np.divide(a, 1 - b**t) for a, b in ((m, beta1), (v, beta2)))
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


def _counts_outside() -> Callable:
    """Return an Adam that counts all its calls in one place, whatever they are for."""
    calls = []

    def wrong(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        calls.append(None)
        state = (*state[:2], len(calls) - 1)
        return adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)

    return wrong


def _betas_exchanged(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(theta, grad, state, learning_rate, beta2, beta1, eps)


def _v_averaged_with_beta1(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    v_short = beta1 * v + (1 - beta1) * grad**2
    step = _adam(v_of=lambda v, g, m, beta2: v_short)
    return step(theta, grad, state, learning_rate, beta1, beta2, eps)


def _v_corrected_with_beta1(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    step = _adam(v_hat_of=lambda v, beta2, t: v / (1 - beta1**t))
    return step(theta, grad, state, learning_rate, beta1, beta2, eps)


def _betas_fixed(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(theta, grad, state, learning_rate, 0.9, 0.999, eps)


def _rms(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Divide the gradient itself by its size."""
    _, (m, v, t) = adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)
    return theta - learning_rate * grad / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


def _fast_form(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Correct the learning rate instead of the moments: eps then stands elsewhere."""
    _, (m, v, t) = adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) + eps), (m, v, t)


def _adam_moves_theta(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    new, state = adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)
    theta -= theta - new
    return theta, state


def _adam_moves_moments(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    new, (m_new, v_new, t) = adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)
    m[:], v[:] = m_new, v_new
    return new, (m, v, t)


ADAM_STEP = Exercise(
    id="training.adam_step",
    points=4,
    signature=(
        "adam_step(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8) "
        "-> (theta, state)"
    ),
    outputs=(
        "t after step 3",
        "theta after step 1",
        "theta after step 2",
        "theta after step 3",
        "m after step 3",
        "v after step 3",
    ),
    reference=adam_step,
    script=_steps_twice,
    unpack=_adam_values,
    cases=_adam_cases,
    rtol=1e-7,  # a misplaced eps of 1e-8 does not show; the one of a later case does
    mistakes=(
        Mistake(
            "gradient not squared",
            "v has to be the average of the squared gradients. Without the square it can become "
            "negative, and then its root is nan. Look at what goes into v.",
            wrong=_adam(v_of=lambda v, g, m, beta2: beta2 * v + (1 - beta2) * g),
        ),
        Mistake(
            "t from 0",
            "In the first step t was still 0 where the corrections use it: beta to the power 0 is "
            "1, so you divide by 1 - 1. The first step has t = 1: raise t before anything needs "
            "it.",
            wrong=_from_zero,
        ),
        Mistake(
            "t never raised",
            "The first step is right, and every later one is corrected as if it were the first. "
            "Return a t that is one higher than the t that came in.",
            wrong=_adam(keep=lambda m, v, t, m_hat, v_hat: (m, v, t - 1)),
        ),
        Mistake(
            "t shared",
            "The same three steps gave other numbers the second time: t is counted somewhere "
            "outside, for all calls together. Each parameter has its own t, which comes in with "
            "its state and goes back with it.",
            wrong=_counts_outside(),
        ),
        Mistake(
            "corrected moments stored back",
            "The first step is right, and all later ones are wrong. The corrected m and v are for "
            "this step only; what you return must be the averages before the correction, or the "
            "next step corrects them once more. Give the corrected ones names of their own.",
            wrong=_adam(keep=lambda m, v, t, m_hat, v_hat: (m_hat, v_hat, t)),
        ),
        Mistake(
            "corrected m stored back",
            "The first step is right, and all later ones are wrong. The corrected m is for this "
            "step only; what you return must be m before the correction, or the next step corrects "
            "it once more. Give the corrected one a name of its own.",
            wrong=_adam(keep=lambda m, v, t, m_hat, v_hat: (m_hat, v, t)),
        ),
        Mistake(
            "corrected v stored back",
            "The first step is right, and all later ones are wrong. The corrected v is for this "
            "step only; what you return must be v before the correction, or the next step corrects "
            "it once more. Give the corrected one a name of its own.",
            wrong=_adam(keep=lambda m, v, t, m_hat, v_hat: (m, v_hat, t)),
        ),
        Mistake(
            "no correction",
            "m and v start at 0, so at first they are far too small, and v by more than m. Without "
            "the two corrections the first steps have the wrong length. Divide each by 1 - beta to "
            "the power t, with its own beta.",
            wrong=_adam(m_hat_of=lambda m, beta1, t: m, v_hat_of=lambda v, beta2, t: v),
        ),
        Mistake(
            "only m corrected",
            "v starts at 0 too, and needs its own correction, with beta2.",
            wrong=_adam(v_hat_of=lambda v, beta2, t: v),
        ),
        Mistake(
            "only v corrected",
            "m starts at 0 too, and needs its own correction, with beta1.",
            wrong=_adam(m_hat_of=lambda m, beta1, t: m),
        ),
        Mistake(
            "the power t left out",
            "The first step is right, for there t is 1. Later the corrections should fade, and "
            "yours do not. In each of them beta stands to the power t.",
            wrong=_adam(
                m_hat_of=lambda m, beta1, t: m / (1 - beta1),
                v_hat_of=lambda v, beta2, t: v / (1 - beta2),
            ),
        ),
        Mistake(
            "times t instead of to the power t",
            "The first step is right, for there t is 1. In the corrections beta is raised to the "
            "power t: two stars in Python. You multiplied by t.",
            wrong=_adam(
                m_hat_of=lambda m, beta1, t: m / (1 - beta1 * t),
                v_hat_of=lambda v, beta2, t: v / (1 - beta2 * t),
            ),
        ),
        Mistake(
            "sums instead of averages",
            "The new gradient goes into m, and its square into v, with the weight 1. For an "
            "average the weights add up to 1: beta for the old value, 1 - beta for the new one.",
            wrong=_adam(
                m_of=lambda m, g, beta1: beta1 * m + g,
                v_of=lambda v, g, m, beta2: beta2 * v + g**2,
            ),
        ),
        Mistake(
            "weights of old and new exchanged",
            "Old and new have changed places: with beta = 0.9 nine tenths should stay from the old "
            "value, and one tenth come from the new gradient.",
            wrong=_adam(
                m_of=lambda m, g, beta1: (1 - beta1) * m + beta1 * g,
                v_of=lambda v, g, m, beta2: (1 - beta2) * v + beta2 * g**2,
            ),
        ),
        Mistake(
            "beta1 and beta2 exchanged",
            "beta1 belongs to m, the average of the gradients, and beta2 to v, the average of "
            "their squares, in the averages and in the corrections.",
            wrong=_betas_exchanged,
        ),
        Mistake(
            "v averaged with beta1",
            "In v the old value is weighted with beta1. v has a longer memory than m, and its own "
            "beta2. A copied line that was not changed everywhere?",
            wrong=_v_averaged_with_beta1,
        ),
        Mistake(
            "v corrected with beta1",
            "The correction of v is made with beta1. v was averaged with beta2, so beta2 has to "
            "stand in its correction. A copied line that was not changed everywhere?",
            wrong=_v_corrected_with_beta1,
        ),
        Mistake(
            "betas fixed",
            "It is right with the defaults and wrong with other betas. Use the arguments.",
            wrong=_betas_fixed,
        ),
        Mistake(
            "the moment squared, not the gradient",
            "v is made from the square of m. It should be made from the square of the new "
            "gradient: v asks how large the gradients are, whatever their signs.",
            wrong=_adam(v_of=lambda v, g, m, beta2: beta2 * v + (1 - beta2) * m**2),
        ),
        Mistake(
            "one size for all entries",
            "The squares were added up to one number, so all entries are divided by the same. In "
            "Adam each entry has its own v: square entry by entry, and do not sum.",
            wrong=_adam(v_of=lambda v, g, m, beta2: beta2 * v + (1 - beta2) * np.sum(g**2)),
        ),
        Mistake(
            "root left out",
            "The step is divided by v itself. v has squared units: only its root can be compared "
            "with m, and makes the first step as long as the learning rate.",
            wrong=_adam(move=lambda m_hat, v_hat, eps: m_hat / (v_hat + eps)),
        ),
        Mistake(
            "eps inside the root",
            "eps was added to v before the root was taken. It should be added to the root. With "
            "1e-8 you hardly see it; with a larger eps you do.",
            wrong=_adam(move=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat + eps)),
        ),
        Mistake(
            "eps left out",
            "An entry whose gradient has always been 0 gives 0 divided by 0, which is nan. eps is "
            "added below the line to prevent that.",
            wrong=_adam(move=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat)),
        ),
        Mistake(
            "eps outside the fraction",
            "A pair of parentheses is missing: first the division is done, then eps is added. eps "
            "belongs below the line, beside the root.",
            wrong=_adam(move=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat) + eps),
        ),
        Mistake(
            "eps before the correction",
            "You corrected the learning rate in place of the two moments. That is the paper's "
            "quicker form, but eps then weighs more in the first steps. Correct m and v "
            "themselves, then add eps to the root.",
            wrong=_fast_form,
        ),
        Mistake(
            "the gradient for its average",
            "Above the line stands the gradient of this step, and m has no effect. The step "
            "follows the corrected m.",
            wrong=_rms,
        ),
        Mistake(
            "uphill",
            "theta moves along the gradient, and the loss would grow. The step is taken away.",
            wrong=_adam(move=lambda m_hat, v_hat, eps: -m_hat / (np.sqrt(v_hat) + eps)),
        ),
        Mistake(
            "theta overwritten",
            "The step was written into theta itself, where whole numbers have no room for it. Give "
            "the new theta an array of its own: a plain assignment instead of -=.",
            wrong=_adam_moves_theta,
        ),
        Mistake(
            "m and v overwritten",
            "The new averages were written into the arrays of the state that came in.",
            wrong=_adam_moves_moments,
        ),
    ),
    hints=(
        "Take the six formulas above and write one line of code for each, in that order. "
        "Take the state apart first, into m, v and t. Raise t by one before any other line: the "
        "first step has t = 1.",
        "All operations work entry by entry, so theta may have any shape, and no loop is needed. "
        "The square of an array is written with two stars, and so is beta to the power t. m goes "
        "with beta1, v goes with beta2, in the averages and in the corrections.",
        "Give the two corrected arrays names of their own, such as m_hat and v_hat. The step uses "
        "them; the state that you return holds m, v and t without correction. Below the line eps "
        "is added to the root: mind the parentheses. Avoid += on arrays that came in.",
    ),
)


# --- training.suspects -------------------------------------------------------------------------


def planted_adam(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The notebook's Adam with wrong lines: right in the first step, wrong in every later one."""
    m, v, t = state
    t = t + 1  # line A
    m = beta1 * m + (1 - beta1) * grad  # line B
    v = beta2 * v + (1 - beta2) * grad**2  # line C
    m = m / (1 - beta1**t)  # line D
    v_hat = v / (1 - beta2)  # line E
    theta = theta - learning_rate * m / (np.sqrt(v_hat) + eps)  # line F
    return theta, (m, v, t)


_LINES = "ABCDEF"


def _accused(name: str, why: str, letters: str) -> Mistake:
    return Mistake(name, why, wrong=set_to(suspects=set(letters)))


SUSPECTS = Exercise(
    id="training.suspects",
    points=3,
    signature='suspects = {"A", …}',
    outputs=("suspects",),
    returns="named",
    reference=set_to(suspects={"D", "E"}),
    unpack=names_out_of(_LINES),
    reveal=False,
    mistakes=(
        _accused(
            "only the stored correction found",
            "That one is wrong, and it is not alone. A second line goes wrong from step 2 on, "
            "though what it is given is right. Go through the rows of the table once more: where "
            "is a right number turned into a wrong one?",
            "D",
        ),
        _accused(
            "only the missing power found",
            "That one is wrong, and it is not alone. Another part of the state is spoilt from step "
            "2 on. In which row does its first wrong number stand, and what had been stored there "
            "at the end of step 1?",
            "E",
        ),
        _accused(
            "the average of the gradients accused",
            "The number behind line B is wrong in step 2. But B is an honest formula: nine tenths "
            "of the old, one tenth of the new. Was the old number that it was given the right one? "
            "Who wrote that?",
            "BE",
        ),
        _accused(
            "victim and culprit accused together",
            "Line B only passes on what it was given at the start of step 2. A line that is right "
            "for right input is innocent. Who spoilt its input?",
            "BDE",
        ),
        _accused(
            "the victim alone accused",
            "Line B computes an honest average of what it is given. In step 2 it is given a number "
            "that should not be there. Who left it there? And one more line is wrong, on its own.",
            "B",
        ),
        _accused(
            "the step accused too",
            "Line F divides what it is given, and does that well. With right moments its step "
            "would be right. Accuse only the lines that turn right numbers into wrong ones.",
            "DEF",
        ),
        _accused(
            "the step alone accused",
            "The step is wrong, that is true. But F does only what its formula says with what it "
            "is given. Go up the column of step 2 and look for the first wrong number.",
            "F",
        ),
        _accused(
            "the average of the squares accused",
            "Look at the row of line C: it agrees with the honest v in all three steps. So C is "
            "innocent, and something goes wrong behind it.",
            "CD",
        ),
        _accused(
            "the averages for their corrections",
            "B and C are honest averages: compare the row of line C with the honest v. What is "
            "done with the averages afterwards is the question.",
            "BC",
        ),
        _accused(
            "the count accused too",
            "Line A counts 1, 2, 3, as it should. The first step has t = 1 where the corrections "
            "need it.",
            "ADE",
        ),
        _accused(
            "an honest average accused too",
            "Line C agrees with the honest v in all three steps. The other two that you named are "
            "a good catch.",
            "CDE",
        ),
        _accused(
            "all accused",
            "Four of the six are innocent. Accuse only the lines that turn right numbers into "
            "wrong ones, and let go those that were given wrong numbers.",
            _LINES,
        ),
        _accused(
            "nobody accused",
            "The first step is right to the last digit, and still the third is far off. So some "
            "lines are wrong. Look at the column of step 2.",
            "",
        ),
    ),
    hints=(
        "The gradient is 2 in every step, so an honest Adam is easy to foresee: the corrected m is "
        "2 each time, the corrected v is 4, and every step is as long as the learning rate. The "
        "column of step 1 agrees with that. Where does step 2 break off?",
        "Go down the column of step 2 and compare with the honest m and v below. A line is guilty "
        "if it was given right numbers and made a wrong one. A line that was given a wrong number "
        "is a victim.",
        "Line B gets a wrong old m in step 2: what did step 1 store under that name, and which "
        "line wrote it? Line E gets a right v: what should the divisor be when t is 2? Now write "
        "down the two letters.",
    ),
)


# --- training.l2_penalty -----------------------------------------------------------------------


def l2_penalty(parameters, strength):
    """strength / 2 times the sum of all squared weights, and its gradients [(dW, db), …]."""
    penalty = 0.5 * strength * sum(np.sum(W**2) for W, _ in parameters)
    return penalty, [(strength * W, np.zeros(b.shape)) for W, b in parameters]


def _stack(rng: np.random.Generator, *sizes: int) -> list:
    return [
        (quarters(rng, n_in, n_out), quarters(rng, n_out))
        for n_in, n_out in zip(sizes, sizes[1:], strict=False)
    ]


def _penalty_case(parameters: list, strength: float, *tags: str) -> Case:
    sizes = [parameters[0][0].shape[0], *(len(b) for _, b in parameters)]
    words = f"a {'-'.join(map(str, sizes))} network, strength {strength:g}"
    return Case((parameters, strength), words, {}, tags)


def _penalty_cases(rng: np.random.Generator) -> list[Case]:
    whole = [((4 * W).astype(int), (4 * b).astype(int)) for W, b in _stack(rng, 2, 3, 4)]
    return [
        _penalty_case(_stack(rng, 2, 3), 0.3),
        _penalty_case(_stack(rng, 3, 4, 2), 0.1),
        _penalty_case(_stack(rng, 4, 2, 5, 3), 3.0),
        _penalty_case(_stack(rng, 3, 1), 0.25, "one output"),
        _penalty_case(whole, 0.75, "whole numbers"),
    ]


def _penalty_values(raw, case: Case) -> dict:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Malformed("It should return two things: the penalty, and the list of gradients.")
    penalty, grads = raw
    layers = len(case.args[0])
    if as_numbers(penalty) is None or as_numbers(penalty).size != 1:
        raise Malformed(f"The penalty should be one number. It is {describe(penalty)}.")
    if not isinstance(grads, list | tuple) or len(grads) != layers:
        raise Malformed(
            f"The gradients should be a list with one pair (dW, db) for each of the {layers} "
            f"layer{'s' * (layers != 1)}. It is {describe(grads)}."
        )
    pairs = [_gradient_pair(item, place) for place, item in enumerate(grads)]
    return _halved_together({"penalty": penalty, **_by_kind(pairs)}, case)


def _gradient_pair(item, place: int) -> tuple:
    if not isinstance(item, list | tuple) or len(item) != 2 or any(each is None for each in item):
        raise Malformed(
            f"Item {place} of the gradients (counted from 0) should be a pair (dW, db) of two "
            f"arrays. For db that means zeros, in the shape of b."
        )
    return item


def _by_kind(pairs: list) -> dict:
    """Return all dW and all db; of a single layer the array itself."""
    dW, db = ([pair[k] for pair in pairs] for k in (0, 1))
    return {"dW": dW, "db": db} if len(pairs) > 1 else {"dW": dW[0], "db": db[0]}


def _halved_together(outputs: dict, case: Case) -> dict:
    """Take strength times the sum, without the half, for ours where its gradients go with it."""
    penalty, grads = l2_penalty(*case.fresh_args())
    doubled = {"penalty": 2 * penalty, **_by_kind([(2 * dW, db) for dW, db in grads])}
    if all(agree(outputs[name], value, 1e-9) for name, value in doubled.items()):
        return {"penalty": penalty, **_by_kind(grads)}
    return outputs


def _penalty(
    part=lambda W, b: np.sum(W**2),
    gradient=lambda W, b, s: (s * W, np.zeros(b.shape)),
    scale=lambda s: 0.5 * s,
):
    def wrong(parameters, strength):
        penalty = scale(strength) * sum(part(W, b) for W, b in parameters)
        return penalty, [gradient(W, b, strength) for W, b in parameters]

    return wrong


def _shrink_in_place(parameters, strength):
    penalty = 0.5 * strength * sum(np.sum(W**2) for W, _ in parameters)
    for W, b in parameters:
        W *= strength
        b[:] = 0
    return penalty, parameters


def _last_layer_only(parameters, strength):
    for W, _ in parameters:
        penalty = 0.5 * strength * np.sum(W**2)
    return penalty, [(strength * W, np.zeros(b.shape)) for W, b in parameters]


L2_PENALTY = Exercise(
    id="training.l2_penalty",
    points=2,
    signature="l2_penalty(parameters, strength) -> (penalty, [(dW, db), …])",
    outputs=("penalty", "dW", "db"),
    reference=l2_penalty,
    unpack=_penalty_values,
    cases=_penalty_cases,
    mistakes=(
        Mistake(
            "biases penalised",
            "The biases went in too. They only shift, they do not make a curve steeper, so they "
            "are left free: no share in the penalty, and a gradient of zeros.",
            wrong=_penalty(
                part=lambda W, b: np.sum(W**2) + np.sum(b**2),
                gradient=lambda W, b, s: (s * W, s * b),
            ),
        ),
        Mistake(
            "gradient for biases that are free",
            "The penalty is right: it leaves the biases out. So a change of a bias changes "
            "nothing, and db must be zeros, in the shape of b.",
            wrong=_penalty(gradient=lambda W, b, s: (s * W, s * b)),
        ),
        Mistake(
            "half only in the penalty",
            "The penalty has the factor 1/2, and the gradients are twice what belongs to it. The "
            "slope of half a square is the number itself.",
            wrong=_penalty(gradient=lambda W, b, s: (2 * s * W, np.zeros(b.shape))),
        ),
        Mistake(
            "half only in the gradient",
            "The gradients are those of half the sum of squares, but the penalty has lost its "
            "factor 1/2. A gradient must belong to its loss.",
            wrong=_penalty(scale=lambda s: s),
        ),
        Mistake(
            "strength left out of the gradient",
            "The gradients are the weights themselves. The strength multiplies the penalty, so it "
            "multiplies its slope too.",
            wrong=_penalty(gradient=lambda W, b, s: (W.copy(), np.zeros(b.shape))),
        ),
        Mistake(
            "strength left out",
            "The strength has no effect, neither on the penalty nor on the gradients.",
            wrong=_penalty(
                scale=lambda s: 0.5, gradient=lambda W, b, s: (W.copy(), np.zeros(b.shape))
            ),
        ),
        Mistake(
            "absolute values for squares",
            "You added up the sizes of the weights. That is the L1 penalty, which pushes all "
            "weights towards 0 with the same force. L2 takes the squares.",
            wrong=_penalty(
                part=lambda W, b: np.sum(np.abs(W)),
                gradient=lambda W, b, s: (s * np.sign(W), np.zeros(b.shape)),
                scale=lambda s: s,
            ),
        ),
        Mistake(
            "square of the sum",
            "The weights were added first and squared afterwards, so positive and negative ones "
            "cancel. Square each weight, then add.",
            wrong=_penalty(part=lambda W, b: np.sum(W) ** 2),
        ),
        Mistake(
            "mean for sum",
            "You took the mean of the squares in each layer. The penalty is their sum, over all "
            "weights of all layers.",
            wrong=_penalty(
                part=lambda W, b: np.mean(W**2),
                gradient=lambda W, b, s: (s * W / W.size, np.zeros(b.shape)),
            ),
        ),
        Mistake(
            "root of the sum",
            "You took the root of the sum of squares, the length. The penalty uses the squares "
            "themselves, which is why its slope is so plain.",
            wrong=_penalty(part=lambda W, b: np.sqrt(np.sum(W**2))),
        ),
        Mistake(
            "the last layer only",
            "The penalty counts only the last layer: each round of your loop overwrites what the "
            "one before it found. Add up over the layers.",
            wrong=_last_layer_only,
        ),
        Mistake(
            "sign flipped in the gradient",
            "The gradient points the wrong way: the step against it would make the weights grow. "
            "The penalty grows when a positive weight grows, so its slope there is positive.",
            wrong=_penalty(gradient=lambda W, b, s: (-s * W, np.zeros(b.shape))),
        ),
        Mistake(
            "a number for db",
            "db is a single 0. It should be zeros in the shape of the bias, so that it can be "
            "added to the other gradient, entry by entry.",
            wrong=_penalty(gradient=lambda W, b, s: (s * W, 0.0)),
        ),
        Mistake(
            "parameters overwritten",
            "The gradients were written into the weights and biases themselves, and whole numbers "
            "have no room for them. Make new arrays: a product with *, zeros with np.zeros.",
            wrong=_shrink_in_place,
        ),
    ),
    hints=(
        "Two results are asked for. The first is one number: square all weights of all layers, add "
        "them up, and multiply by half the strength. Go through the layers with a loop over the "
        "pairs (W, b); the biases stay out.",
        "The second is the slope of that number with respect to each weight and bias. Take a "
        "single weight w: its share is strength / 2 times w squared. How fast does that grow with "
        "w? No other weight has a part in it. And how does the penalty change when a bias changes?",
        "So dW is an array like W, the strength times each entry, and db holds zeros: np.zeros "
        "makes them, in the shape of b. Collect one pair for each layer in a list.",
    ),
)


# --- training.should_stop ----------------------------------------------------------------------


def should_stop(losses, patience):
    """Whether the lowest of the losses came patience or more epochs ago (the first, if several)."""
    return bool(len(losses) - 1 - np.argmin(losses) >= patience)


def _after_each_loss(answer, losses, patience):
    """Ask after each loss in turn, as a training loop would."""
    decisions = []
    for k in range(1, len(losses) + 1):
        so_far = losses[:k]
        decisions.append(answer(so_far, patience))
        if so_far != losses[:k]:
            losses[:] = so_far  # an answer that spoils its argument is told so
            break
    return decisions if any(each is not None for each in decisions) else None


def _decisions(raw, case: Case) -> dict:
    numbers = as_numbers(raw)
    wanted = len(case.args[0])
    if numbers is None or numbers.ndim != 1:
        first = next(each for each in raw if as_numbers(each) is None or np.ndim(each))
        hint = " Does each branch end in a `return`?" if first is None else ""
        raise Malformed(f"It should return True or False. It returned {describe(first)}.{hint}")
    if len(numbers) == wanted and set(numbers.tolist()) <= {0, 1}:
        numbers = numbers.astype(bool)
    return {"should_stop after each loss": numbers}


def _loss_case(losses: list, patience: int, *tags: str) -> Case:
    listed = ", ".join(f"{loss:g}" for loss in losses)
    return Case((losses, patience), f"losses [{listed}], patience {patience}", {}, tags)


def _stop_cases(rng: np.random.Generator) -> list[Case]:
    noise = (np.abs(quarters(rng, 8)) + 1).tolist()
    return [
        _loss_case([3.0, 2.0, 1.0, 1.5, 1.25, 2.0], 2),
        _loss_case([4.0, 2.0, 2.5, 2.25, 1.75, 2.0, 1.8, 1.9], 3),
        _loss_case([5, 4, 4, 4, 4, 3], 3, "a plateau"),
        _loss_case([3.0, 2.5, 2.75, 2.6, 2.0], 1),
        _loss_case([4.0, 3.0, 2.0, 1.5, 1.0], 2, "a loss that always falls"),
        _loss_case(noise, 4),
    ]


def _waits(stop=lambda waited, patience: waited >= patience, best=np.argmin):
    def wrong(losses, patience):
        return bool(stop(len(losses) - 1 - best(losses), patience))

    return wrong


def _last_lowest(losses):
    return len(losses) - 1 - np.argmin(losses[::-1])


def _any_rise(losses, patience):
    return len(losses) > 1 and losses[-1] > losses[-2]


def _rises_in_a_row(losses, patience):
    recent = losses[-patience - 1 :]
    return len(recent) > patience and all(b > a for a, b in zip(recent, recent[1:], strict=False))


def _against_one_earlier(losses, patience):
    return len(losses) > patience and losses[-1] >= losses[-1 - patience]


def _first_epochs_only(losses, patience):
    return min(losses[-patience:]) >= min(losses[:-patience])


def _rises_in_all(losses, patience):
    return sum(b >= a for a, b in zip(losses, losses[1:], strict=False)) >= patience


def _sort_in_place(losses, patience):
    last = losses[-1]
    losses.sort()
    return last > losses[0] and len(losses) > patience


SHOULD_STOP = Exercise(
    id="training.should_stop",
    points=2,
    signature="should_stop(losses, patience) -> bool",
    outputs=("should_stop after each loss",),
    reference=should_stop,
    script=_after_each_loss,
    unpack=_decisions,
    cases=_stop_cases,
    mistakes=(
        Mistake(
            "one epoch too late",
            "The rule waits for one epoch more than it should. Count on your fingers: with "
            "patience 2, the second loss in a row without a new lowest one says stop. Look at your "
            "comparison with patience.",
            wrong=_waits(lambda waited, patience: waited > patience),
        ),
        Mistake(
            "one epoch too early",
            "The rule stops one epoch before it should. Count on your fingers: with patience 2, "
            "the second loss in a row without a new lowest one says stop, and not the first.",
            wrong=_waits(lambda waited, patience: waited >= patience - 1 and waited > 0),
        ),
        Mistake(
            "patience not used",
            "It stops at the first loss that is not the lowest so far. A single bad epoch is often "
            "noise: patience says how many of them are forgiven.",
            wrong=_waits(lambda waited, patience: waited > 0),
        ),
        Mistake(
            "any rise stops it",
            "You compare the last loss with the one before it. Losses go up and down. Compare with "
            "the lowest so far, and count the epochs since then.",
            wrong=_any_rise,
        ),
        Mistake(
            "rises in a row counted",
            "You wait for several rises in a row. A loss that jumps up and then jitters far above "
            "its best would never be stopped. Compare with the lowest so far.",
            wrong=_rises_in_a_row,
        ),
        Mistake(
            "compared with one earlier loss",
            "You compare the last loss with a single one, some epochs back. That one may be high "
            "by chance. What counts is the lowest of all, and how long ago it was.",
            wrong=_against_one_earlier,
        ),
        Mistake(
            "all rises counted",
            "You count every epoch that was worse than the one before it, since the beginning. A "
            "new lowest loss should wipe the slate clean: count from there.",
            wrong=_rises_in_all,
        ),
        Mistake(
            "an equal loss taken for an improvement",
            "On a plateau the loss is as low as before, but no lower. That is no improvement, so "
            "the waiting goes on from the first time it was reached. Several losses may be the "
            "lowest: take the first of them.",
            wrong=_waits(best=_last_lowest),
        ),
        Mistake(
            "stops while it improves",
            "True and False are exchanged: it stops while the loss still falls.",
            wrong=_waits(lambda waited, patience: waited < patience),
        ),
        Mistake(
            "the highest for the lowest",
            "You look for the highest loss. The best epoch is the one with the lowest.",
            wrong=_waits(best=np.argmax),
        ),
        Mistake(
            "too few losses not thought of",
            "In the first epochs there are no more losses than patience, and a part of the list is "
            "empty. Its minimum is an error. Nothing should stop that early: the answer is False.",
            wrong=_first_epochs_only,
        ),
        Mistake(
            "an index too far back",
            "In the first epochs there are fewer losses than patience, so that place of the list "
            "does not exist. Nothing should stop that early: the answer is False.",
            wrong=lambda losses, patience: losses[-1] >= losses[-1 - patience],
        ),
        Mistake(
            "losses overwritten",
            "Sorting the list destroys the order of the epochs, and the curve can no longer be "
            "drawn.",
            wrong=_sort_in_place,
        ),
    ),
    hints=(
        "Take the losses 3, 2, 1, 1.5, 1.25 and patience 2. In which epoch was the lowest, counted "
        "from 0? How many epochs have come after it? That number is what patience is compared "
        "with.",
        "So you need the position of the lowest loss. np.argmin gives it, and where several are "
        "equally low it gives the first, which is what we want. The position of the last loss is "
        "one less than how many there are.",
        "The number of epochs since the best is the difference of the two positions. The answer is "
        "a comparison of that difference with patience; stop as soon as it has been reached. At "
        "the start the difference is 0, so no extra case is needed.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    INITIAL_LOSS,
    MINIBATCHES,
    BEST_RATE,
    MOMENTUM_STEP,
    ADAM_STEP,
    SUSPECTS,
    L2_PENALTY,
    SHOULD_STOP,
)
