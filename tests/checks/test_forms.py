"""Names for results of another form than the contract's, and the evidence that each needs."""

from dataclasses import replace
from types import FunctionType

import numpy as np
import pytest
import toys
from toys import TOY, row_stats

from lessonlib.checks import Case, Exercise, Malformed, Mistake, judge
from lessonlib.checks.asking import ask_here


def dict_stats(X, scale):
    mean, total = row_stats(X, scale)
    return {"mean": mean, "total": total, "dW1": mean**2}


def _cache(raw, case):
    first, cache = raw
    if "mean" not in cache:
        raise Malformed("The cache lacks 'mean'.")
    return {"first": first, "cached": cache["mean"]}


def cached_stats(X, scale):
    mean, total = row_stats(X, scale)
    return total + 1, {"mean": mean, "never asked for": total}


DICT = replace(TOY, outputs=("mean", "total", "dW1"), returns="dict", reference=dict_stats,
               mistakes=())  # fmt: skip
CACHED = replace(TOY, outputs=("first", "cached"), returns="value", reference=cached_stats,
                 unpack=_cache, mistakes=())  # fmt: skip


def _tables(rng: np.random.Generator) -> list[Case]:
    return [toys.case(rng, 3, 4), toys.case(rng, 2, 1, "one sample"), toys.case(rng, 5, 7)]


def one_value(reference) -> Exercise:
    return replace(TOY, outputs=("it",), returns="value", reference=reference, cases=_tables,
                   mistakes=())  # fmt: skip


MEAN = one_value(lambda X, scale: scale * X.mean())
COLUMN = one_value(lambda X, scale: scale * X.sum(axis=1, keepdims=True))
TABLE = one_value(lambda X, scale: scale * X + 1)
ZERO = one_value(lambda X, scale: X - X.mean(axis=1, keepdims=True))


def verdict(exercise: Exercise, answer):
    return judge(exercise, answer, ask=ask_here)


def name(exercise: Exercise, answer) -> str | None:
    told = verdict(exercise, answer)
    assert not told.passed
    return told.mistake


# --- several results -------------------------------------------------------------------------


def respelt(**spelling):
    return lambda X, s: {spelling.get(k, k): v for k, v in dict_stats(X, s).items()}


@pytest.mark.parametrize(
    ("exercise", "answer", "expected"),
    [
        (TOY, lambda X, s: None, "nothing returned"),
        (DICT, lambda X, s: None, "nothing returned"),
        (MEAN, lambda X, s: print(s * X.mean()), "nothing returned"),
        (TOY, lambda X, s: row_stats(X, s)[::-1], "results in another order"),
        (TOY, lambda X, s: row_stats(X, s)[0], "too few results"),
        (TOY, lambda X, s: row_stats(X, s)[1:], "too few results"),
        (TOY, lambda X, s: (*row_stats(X, s), s), "too many results"),
        (MEAN, lambda X, s: (X, s * X.mean()), "too many results"),
        (DICT, respelt(mean="Mean"), "keys in another spelling"),
        (DICT, respelt(dW1="dW_1", total="Total"), "keys in another spelling"),
        (DICT, respelt(total="sums"), "keys in another spelling"),
        (DICT, lambda X, s: {"mean": X.mean(axis=1)}, "keys missing"),
        (DICT, respelt(mean="total", total="mean"), "values under each other's keys"),
        (DICT, lambda X, s: tuple(dict_stats(X, s).values()), "a tuple for a dictionary"),
        (
            TOY,
            lambda X, s: dict(zip("ab", row_stats(X, s), strict=True)),
            "a dictionary for a tuple",
        ),
        (CACHED, lambda X, s: (X.sum(), {"MEAN": 1, "total": 2}), "keys in another spelling"),
        (CACHED, lambda X, s: (X.sum(), {"never asked for": 2}), "keys missing"),
        # What is counted needs no right value, if it was made: the message says it in words.
        (TOY, lambda X, s: X.sum() + 1, "too few results"),
        (TOY, lambda X, s: (X.sum(), X.max(), X.min()), "too many results"),
        (DICT, lambda X, s: (dict_stats(X, s),) * 2, "too many results"),
        (DICT, lambda X, s: {"mean": X.max()}, "keys missing"),
    ],
)
def test_a_result_of_another_form_is_named(exercise, answer, expected):
    assert name(exercise, answer) == expected


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (TOY, lambda X, s: (0.0, 0.0)),
        (TOY, lambda X, s: (row_stats(X, s)[1], row_stats(X, s)[1])),
        (TOY, lambda X, s: X),
        (TOY, lambda X, s: (1, 2, 3)),
        (MEAN, lambda X, s: (1.0, 2.0)),
        (CACHED, lambda X, s: (X.sum(), {"mean": 0.0})),
        (CACHED, lambda X, s: (X.sum(), {"another": 0.0})),
        (DICT, lambda X, s: {"mean": 0.0, "total": 0.0, "dW1": 0.0}),
    ],
)
def test_a_result_that_could_be_anything_has_no_name(exercise, answer):
    assert name(exercise, answer) is None


def test_exchanged_zeros_are_no_other_order():
    """Two results that are 0 in every case cannot be told apart."""
    zeros = replace(TOY, reference=lambda X, s: (np.zeros(3), np.zeros((3, 1))), mistakes=())
    assert name(zeros, lambda X, s: (np.zeros((3, 1)), np.zeros(3))) is None


# --- one array -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "answer", "expected"),
    [
        (MEAN, lambda X, s: s * X, "not reduced"),
        (COLUMN, lambda X, s: s * X, "not reduced"),
        (COLUMN, lambda X, s: np.mean(s * X.sum(axis=1)), "reduced too far"),
        (TABLE, lambda X, s: (s * X + 1).mean(axis=0), "reduced too far"),
        (TABLE, lambda X, s: (X**2).T, "a shape transposed"),
        (COLUMN, lambda X, s: X.sum(axis=1) + s * X.sum(axis=1)[:, None], "broadcast to a table"),
        (TABLE, lambda X, s: [s * X[:1] + 1, s * X[1:] + 1], "a list for an array"),
        (TABLE, lambda X, s: [s * X + 1, X[:1]], "too many results"),
        (TABLE, lambda X, s: X.sum, "a function for its result"),
    ],
)
def test_an_array_of_another_form_is_named(exercise, answer, expected):
    assert name(exercise, answer) == expected


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (MEAN, lambda X, s: X),
        (MEAN, lambda X, s: np.zeros(X.shape)),
        (TABLE, lambda X, s: np.ones(X.shape[::-1])),
        (TABLE, lambda X, s: 0.0),
        (TABLE, lambda X, s: []),
        (TABLE, lambda X, s: [X, X[:1]]),
        (ZERO, lambda X, s: 0.0),
        (ZERO, lambda X, s: 1e-17 * X.sum(axis=1)),
        (COLUMN, lambda X, s: np.ones((len(X), len(X)))),
    ],
)
def test_an_array_that_could_be_anything_has_no_name(exercise, answer):
    assert name(exercise, answer) is None


# --- where it is right -----------------------------------------------------------------------


def test_an_answer_for_one_sample_only_is_called_so():
    assert name(TABLE, lambda X, s: s * X + X.shape[1]) == "right with one sample only"
    assert name(TABLE, lambda X, s: s * X + 1 / (X.shape[1] < 2)) == "right with one sample only"


def test_an_answer_that_stops_but_for_one_sample_is_called_so():
    def answer(X, s):
        assert X.shape[1] == 1
        return s * X + 1

    told = verdict(TABLE, answer)
    assert told.mistake == "right with one sample only"
    assert "It is right with one sample only." in " ".join(told.message.split())


def test_an_answer_that_goes_wrong_with_one_sample_is_called_so():
    assert name(TABLE, lambda X, s: s * X + min(X.shape[1] - 1, 1)) == "wrong with one sample only"


def test_square_sizes_are_seen():
    exercise = replace(TABLE, cases=lambda rng: [toys.case(rng, *s) for s in ((3, 4), (3, 3))])
    answer = lambda X, s: s * X + len(X) - X.shape[1] + 1  # noqa: E731
    assert name(exercise, answer) == "right with equal sizes only"


def test_a_constant_that_happens_to_be_right_for_one_sample_has_no_name():
    """The row's mean is taken away: of one sample nothing is left."""
    assert name(ZERO, lambda X, s: np.zeros(X.shape)) is None


def test_all_cases_are_run_after_one_that_stops():
    seen = []

    def answer(X, s):
        seen.append(X.shape)
        raise ValueError

    verdict(TABLE, answer)
    assert seen == [(3, 4), (2, 1), (5, 7)]


# --- names of Python's errors, and of the notebook ---------------------------------------------


def test_a_name_without_a_value_is_named():
    def before(X, s):
        total = total + X  # noqa: F821
        return total

    assert name(TABLE, before) == "a name used before it has a value"
    assert name(TABLE, lambda X, s: never_made) == "a name that is not defined"  # noqa: F821


def in_a_notebook(text: str, **names) -> FunctionType:
    names["__name__"] = "__main__"
    exec(text, names)
    return names["answer"]


def test_an_argument_that_is_read_from_the_notebook_is_named():
    X = np.arange(12.0).reshape(3, 4)
    answer = in_a_notebook("def answer(x, scale): return scale * X + 1", X=X)
    told = verdict(TABLE, answer)
    assert told.mistake == "a name taken from the notebook"
    assert "also reads `X` of the notebook" in " ".join(told.message.split())


def test_a_constant_of_the_notebook_is_no_reason():
    answer = in_a_notebook("def answer(X, scale): return scale * X + tiny + X**2", tiny=1e-9)
    assert name(TABLE, answer) is None


def test_what_else_was_recognised_comes_before_the_notebook():
    answer = in_a_notebook("def answer(x, scale): return -(scale * x + 1) + 0 * S", S=1.0)
    assert name(TABLE, answer) == "sign flipped"


# --- names that little speaks for --------------------------------------------------------------


def _signs(numbers: np.ndarray):
    """An exercise in truth values; in the first check it is asked of these numbers."""

    def cases(rng):
        rows = numbers if rng.random() == FIRST else rng.integers(1, 20, (12, 3))
        return [Case((rows, 1.0)), Case((rows + 1, 1.0))]

    wrong = Mistake("largest for mean", "Not the largest.", wrong=lambda X, s: X.max(axis=1) > 12)
    return replace(one_value(lambda X, s: X.mean(axis=1) > 12), cases=cases, mistakes=(wrong,))


FIRST = np.random.default_rng(0).random()
TELLING_NOTHING = np.array([[1, 1, 1], [1, 1, 30], [1, 20, 30], [1, 1, 15]])


def test_a_name_that_rests_on_truth_values_is_tried_with_fresh_ones():
    """The last one above 12 is what the largest tells here, and not elsewhere."""
    exercise = _signs(TELLING_NOTHING)
    assert name(exercise, lambda X, s: X.max(axis=1) > 12) == "largest for mean"
    assert name(exercise, lambda X, s: X[:, 2] > 12) is None


def test_a_factor_is_not_put_together_from_two_mistakes():
    half = Mistake("half", "Half of it.", wrong=lambda X, s: 0.5 * s * X.mean())
    exercise = replace(MEAN, mistakes=(half,))
    message = " ".join(verdict(exercise, lambda X, s: 0.25 * s * X.mean()).message.split())
    assert name(exercise, lambda X, s: 0.25 * s * X.mean()) is None
    assert "Every number is 0.25 times what it should be" in message


def test_two_equal_results_are_too_many_and_not_unreduced():
    assert name(TABLE, lambda X, s: (s * X + 1, s * X + 1)) == "too many results"
