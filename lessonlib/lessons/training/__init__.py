"""Lesson 14: from one step to a training run. Samples stand in rows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.evidence import UNTOLD
from lessonlib.checks.exercise import by_position
from lessonlib.checks.observing import describe
from lessonlib.exercises import Case, Malformed, exercise, gives
from lessonlib.lessons.drawing import as_tagged, in_words, quarters, stack
from lessonlib.lessons.questions import (
    names_out_of,
    one_letter,
    pairs_of_arrays,
    rows_of,
    single_numbers,
    stretch,
)
from lessonlib.lessons.scripts import training as scripts

# --- what is left of lessons 08 and 09, and a loss to expect -----------------------------------


@exercise("training.recall_1", points=1, unpack=single_numbers("limit"), rtol=1e-3, reveal=False)
def recall_1():
    curvature = 50  # in the steepest direction
    limit = 2 / curvature
    return limit


@exercise("training.recall_2", points=1, unpack=one_letter("fresh_points"), reveal=False)
def recall_2():
    """-> fresh_points = "a" … "d"."""
    fresh_points = "c"
    return fresh_points


def _classes(rng: np.random.Generator) -> list[Case]:
    few = [Case((n,), f"{n} classes") for n in (2, 3, 10)]
    many = Case((int(rng.integers(100, 1000)),), "some hundred classes")
    return [*few, many, Case((1,), "1 class", tags=("a single class",))]


@exercise("training.initial_loss", points=1, cases=_classes)
def initial_loss(n_classes):
    """The cross-entropy when all are equally likely, -log(1 / n_classes): n_classes -> float."""
    return float(np.log(n_classes))


# --- batches -----------------------------------------------------------------------------------

_SIZES, _CONTENT, _ORDER = "the list of batch sizes", "the content of the batches", "the order"


@gives(_SIZES, _CONTENT, _ORDER, script=scripts.list_batches)
def _properties(raw: list, case: Case) -> dict:
    X, Y, size, _ = case.args
    first, equal, other = map(_pairs, raw)
    rows = [rows_of(X_b, X) for X_b, _ in first]
    order = _order(rows, len(X), size)
    if any(None in batch for batch in rows):
        order = f"{UNTOLD} from rows that X does not have"
    if order == "shuffled" and not agree(first, equal, 0.0):
        order = "shuffled, but not by rng"
    if order == "shuffled" and sum(map(len, rows)) > 1 and agree(first, other, 0.0):
        order = "shuffled, but alike with every rng"
    return {
        _SIZES: np.array([len(X_b) for X_b, _ in first]),
        _CONTENT: _contents(first, rows, X, Y),
        _ORDER: order,
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


def _contents(batches: list, rows: list[list], X: np.ndarray, Y: np.ndarray) -> str:
    """Say whether each sample came exactly once, as a row, with its own target beside it."""
    seen = [row for batch in rows for row in batch]
    if None in seen:
        return "rows that X does not have"
    if not seen:
        return "no samples"
    if any(Y_b.shape != (len(X_b), *Y.shape[1:]) for X_b, Y_b in batches):
        return "a Y_b of another form than Y"
    missing, again = len(set(seen)) < len(X), len(set(seen)) < len(seen)
    if missing or again:
        return " and ".join(["some samples twice"] * again + ["some samples never"] * missing)
    targets = [row for _, Y_b in batches for row in rows_of(Y_b, Y)]
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


def _batch_cases(rng: np.random.Generator) -> list[Case]:
    def case(m, n_in, n_out, size, *tags):
        X = np.column_stack([np.arange(m) + 0.5, quarters(rng, m, n_in - 1)])
        Y = np.column_stack([10.0 * np.arange(m), quarters(rng, m, n_out - 1)])
        order = rng.permutation(m)
        own = np.random.default_rng(rng.integers(2**32))
        about = f"{in_words(sample=m)}, batch_size {size}"
        return Case((X[order], Y[order], size, own), about, {"m": m}, tags)

    return [
        case(10, 3, 2, 4),
        case(17, 2, 3, 5),
        case(12, 2, 1, 3, "a batch size that divides m"),
        case(9, 4, 2, 20, "a batch size above m"),
        case(11, 2, 3, 1, "a batch size of 1"),
        case(1, 3, 2, 4, "one sample"),
    ]


@exercise("training.minibatches", points=3, cases=_batch_cases, unpack=_properties)
def minibatches(X, Y, batch_size, rng):
    """All samples once, shuffled by rng, batch_size at a time, then the rest.

    X, Y -> yields (X_b, Y_b).
    """
    m = len(X)
    order = rng.permutation(m)
    for start in range(0, m, batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], Y[rows]


# --- the best rate in a figure -----------------------------------------------------------------

_STRETCHES = (
    (0.0, "not a rate: a learning rate is above 0"),
    (0.02, "far left, where hardly anything was learnt"),
    (0.199, "left of the lowest stretch, on the slope"),
    (1.501, "on the lowest stretch"),
    (35.0, "right of the lowest stretch"),
)


@exercise("training.best_rate", points=2, unpack=stretch("best_rate", _STRETCHES), reveal=False)
def best_rate():
    best_rate = 0.5
    return best_rate


# --- optimisers: three steps in a row ----------------------------------------------------------

_THETAS = tuple(f"theta after step {k}" for k in (1, 2, 3))


def _thetas(steps: list) -> dict:
    return dict(zip(_THETAS, (step["theta"] for step in steps), strict=False))


def _three_steps(rng: np.random.Generator, start: Callable, *names: str) -> Callable:
    """Return what draws a case; start(theta) is its first state, names are those of settings."""

    def case(shape, rate, *settings, tags=()):
        theta, *grads = as_tagged(tags, *(quarters(rng, *shape) for _ in range(4)))
        said = [f"{name} = {value:g}" for name, value in zip(names, settings, strict=False)]
        said += [tag for tag in tags if tag == "whole numbers"]
        about = ", ".join([f"theta of shape {shape}", f"learning rate {rate:g}", *said])
        return Case((theta, grads, start(theta), rate, *settings), about, {}, tags)

    return case


def _momentum_cases(rng: np.random.Generator) -> list[Case]:
    case = _three_steps(rng, np.zeros_like, "beta")
    return [
        case((3,), 0.1),
        case((2, 3), 0.25, 0.5),
        case((4, 1), 0.05, 0.75),
        case((1,), 0.5, tags=("one parameter",)),
        case((2, 2), 0.5, 0.25, tags=("whole numbers",)),
    ]


@gives(*_THETAS, "velocity after step 3", script=scripts.three_steps)
def _momentum_values(raw: list, case: Case) -> dict:
    steps = [by_position(step, ("theta", "velocity")) for step in raw]
    velocities = _in_our_units([step["velocity"] for step in steps], case)
    return {**_thetas(steps), "velocity after step 3": velocities[-1]}


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


@exercise("training.momentum_step", points=2, cases=_momentum_cases, unpack=_momentum_values)
def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    """velocity <- beta velocity + grad, theta <- theta - learning_rate velocity, of any shape.

    theta, velocity -> (theta, velocity).
    """
    velocity = beta * velocity + grad
    theta = theta - learning_rate * velocity
    return theta, velocity


def _adam_cases(rng: np.random.Generator) -> list[Case]:
    def start(theta):
        return np.zeros(theta.shape), np.zeros(theta.shape), 0

    case = _three_steps(rng, start, "beta1", "beta2", "eps")
    quiet = case((4,), 0.1, tags=("a gradient of 0",))
    for grad in quiet.args[1]:
        grad[2] = 0.0
    return [
        case((3,), 0.1),
        case((2, 3), 0.25, 0.5, 0.75, 0.125),
        case((4, 1), 0.01, 0.75, 0.5),
        replace(quiet, about="theta of shape (4,), one gradient always 0"),
        case((1,), 0.5, 0.25, tags=("one parameter",)),
        case((3, 2), 0.5, 0.5, 0.875, 0.25, tags=("whole numbers",)),
        _on_the_way(case((2, 2), 0.1), int(rng.integers(2, 7))),
    ]


def _on_the_way(case: Case, t: int) -> Case:
    """Return a case whose state has already seen t steps; only t is looked at in the end.

    What goes wrong in theta from the second step on would go wrong in its first one here.
    """
    theta, grads, (m, v, _), *more = case.args
    about = f"{case.about}, t = {t} at the start"
    return replace(case, args=(theta, grads, (m, v, t), *more), about=about, hidden="only t")


def _is_counted_outside(steps: list, again: list) -> bool:
    """Return whether a second run has the same averages and nevertheless goes elsewhere."""

    def averages(steps):
        states = (step["state"] for step in steps)
        return [list(state[:2]) for state in states if isinstance(state, list | tuple)]

    alike = agree(averages(again), averages(steps), 1e-9, nan_too=True)
    return alike and not agree(again, steps, 1e-9, nan_too=True)


@gives(
    "t after step 3", *_THETAS, "m after step 3", "v after step 3", script=scripts.three_steps_twice
)
def _adam_values(raw: list, case: Case) -> dict:
    steps, again = ([by_position(step, ("theta", "state")) for step in run] for run in raw)
    state = steps[-1]["state"]
    if not (isinstance(state, list | tuple) and len(state) == 3):
        raise Malformed(
            "The state comes as three things (m, v, t) and should go back in the same form. It "
            f"goes back as {describe(state)}."
        )
    m, v, t = state
    if _is_counted_outside(steps, again):
        t = "not the same in a second run"
    others = {**_thetas(steps), "m after step 3": m, "v after step 3": v}
    if case.hidden == "only t":
        others = dict.fromkeys(others, 0.0)
    return {"t after step 3": t, **others}


# a misplaced eps of 1e-8 does not show; the one of a later case does
@exercise("training.adam_step", points=4, cases=_adam_cases, rtol=1e-7, unpack=_adam_values)
def adam_step(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam (Kingma and Ba 2015); state (m, v, t), m and v shaped like theta.

    theta, state -> (theta, state).
    """
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return theta, (m, v, t)


@exercise("training.suspects", points=3, unpack=names_out_of("ABCDEF"), reveal=False)
def suspects():
    """-> suspects = {"A", …}."""
    suspects = {"D", "E"}
    return suspects


# --- a penalty on large weights ----------------------------------------------------------------


def _penalty_cases(rng: np.random.Generator) -> list[Case]:
    def case(sizes: tuple, strength: float, *tags: str) -> Case:
        parameters = [as_tagged(tags, *pair) for pair in stack(rng, *sizes)]
        about = f"a {'-'.join(map(str, sizes))} network, strength {strength:g}"
        return Case((parameters, strength), about, {}, tags)

    return [
        case((2, 3), 0.3),
        case((3, 4, 2), 0.1),
        case((4, 2, 5, 3), 3.0),
        case((3, 1), 0.25, "one output"),
        case((2, 3, 4), 0.75, "whole numbers"),
    ]


@gives("penalty", "dW", "db")
def _penalty_values(raw, case: Case) -> dict:
    penalty, grads = by_position(raw, ("penalty", "gradients")).values()
    if as_numbers(penalty) is None or as_numbers(penalty).size != 1:
        raise Malformed(f"The penalty should be one number. It is {describe(penalty)}.")
    pairs = pairs_of_arrays(grads, len(case.args[0]), "(dW, db)")
    return _halved_together({"penalty": penalty, **_by_kind(pairs)}, case)


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


@exercise("training.l2_penalty", points=2, cases=_penalty_cases, unpack=_penalty_values)
def l2_penalty(parameters, strength):
    """strength / 2 times the sum of all squared weights, and its gradients.

    parameters [(W, b), …] -> (penalty, [(dW, db), …]).
    """
    penalty, grads = 0.0, []
    for W, b in parameters:
        penalty += 0.5 * strength * np.sum(W**2)
        dW = strength * W
        db = np.zeros(b.shape)
        grads.append((dW, db))
    return penalty, grads


# --- when to stop ------------------------------------------------------------------------------


@gives("should_stop after each loss", script=scripts.ask_after_each_loss)
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


def _stop_cases(rng: np.random.Generator) -> list[Case]:
    def case(patience, losses, *tags):
        listed = ", ".join(f"{loss:g}" for loss in losses)
        return Case((losses, patience), f"losses [{listed}], patience {patience}", {}, tags)

    return [
        case(2, [3.0, 2.0, 1.0, 1.5, 1.25, 2.0]),
        case(3, [4.0, 2.0, 2.5, 2.25, 1.75, 2.0, 1.8, 1.9]),
        case(3, [5, 4, 4, 4, 4, 3], "a plateau"),
        case(1, [3.0, 2.5, 2.75, 2.6, 2.0]),
        case(2, [4.0, 3.0, 2.0, 1.5, 1.0], "a loss that always falls"),
        case(4, (np.abs(quarters(rng, 8)) + 1).tolist()),
    ]


@exercise("training.should_stop", points=2, cases=_stop_cases, unpack=_decisions)
def should_stop(losses, patience):
    """Whether the lowest loss (the first, if several) came patience or more epochs ago -> bool."""
    best = np.argmin(losses)
    waited = len(losses) - 1 - best
    return bool(waited >= patience)
