"""Verdicts: right, wrong and impossible answers, and what the messages say."""

from dataclasses import replace

import numpy as np
import pytest
import toys
from toys import TOY, VALUES, row_stats

from lessonlib.checks import judge
from lessonlib.lessons import find

SCALE = 2.0


def said(verdict) -> str:
    return " ".join(verdict.message.split())


def test_a_right_answer_passes_in_one_line():
    verdict = judge(TOY, row_stats)
    assert (verdict.passed, verdict.points, verdict.mistake) == (True, 3, None)
    assert verdict.message == "✓ toy.row_stats: right. 3 of 3 points."


def test_half_right_gives_half_the_points_and_says_which_half():
    verdict = judge(TOY, lambda X, s: (X.mean(axis=1), X.sum(axis=1, keepdims=True)))
    assert (verdict.passed, verdict.points) == (False, 1.5)
    assert verdict.mistake == "scale left out"
    assert "Right: total." in said(verdict)
    assert "mean is wrong for 3 rows, 1 column" in said(verdict)
    assert "Looks like: scale left out. The mean was not scaled." in said(verdict)


def total_with(change):
    return lambda X, s: (row_stats(X, s)[0], change(row_stats(X, s)[1], X))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t, X: t * X.shape[1], "m times too large"),
        (lambda t, X: t / X.shape[0], "n times too small"),
        (lambda t, X: -t, "sign flipped"),
        (lambda t, X: t.T, "transposed"),
        (lambda t, X: t.ravel(), "a dimension lost"),
        (lambda t, X: t.sum(), "summed over everything"),
        (lambda t, X: t.astype(int), "cut to whole numbers"),
        (lambda t, X: t.round(1), "rounded"),
        (lambda t, X: 0 * t, "It is 0 throughout"),
        (lambda t, X: 0.7 * t, "Every number is 0.7 times what it should be"),
        (lambda t, X: t + 1e-7, "rounded, or done in float32"),
        (lambda t, X: np.where(t == t.max(), np.nan, t), "1 of 3 entries are nan"),
        (lambda t, X: X.sum(axis=0), "Its shape is (4,); the contract asks for (3, 1)"),
        (lambda t, X: t + t.T, "were perhaps broadcast to a table"),
        (lambda t, X: np.vstack([t[:1], t[1:] + 0.1]), "2 of 3 entries are wrong"),
        (lambda t, X: t if X.shape[1] == 1 else t + X, "It is right with one sample only"),
        (lambda t, X: t + 0.3 if X.shape[1] == 1 else t, "it goes wrong only with one sample"),
        (lambda t, X: None, "Does each branch end in a `return`?"),
        (lambda t, X: "many", "It is text"),
        (lambda t, X: t.sum, "a pair of parentheses is missing"),
        (lambda t, X: [[1, 2], [3]], "It is a list with 2 items"),
        (lambda t, X: np.zeros((3000, 3000)), "shape (3000, 3000)"),
        (lambda t, X: np.full_like(t, 0.123), "It is 0.123 throughout, whatever goes in"),
        (lambda t, X: t**2 + np.pi, "No entry is right"),
    ],
)
def test_what_is_seen_in_a_wrong_value(change, words):
    verdict = judge(TOY, total_with(change))
    assert not verdict.passed
    assert verdict.points == 1.5
    assert words in said(verdict)


def use_before_value(X, s):
    for x in X:
        total = total + x  # noqa: F821
    return total


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, s: None, "It returns None. Is the `return` missing"),
        (lambda X, s: 3.0, "It returns one value. The contract asks it to return 2 values"),
        (lambda X, s: "text", "It returns one value"),
        (lambda X, s: [1, 2, 3], "It returns 3 values"),
        (lambda X, s: {"mean": 1}, "It returns a dictionary"),
        (lambda X: X, "should take 2 parameters, in this order: X, scale. Yours takes: X."),
        (lambda X, s, extra: X, "should take 2 parameters"),
        (lambda X, s: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda X, s: X @ X, "the inner sizes must be equal. Here they are 4 and 3."),
        (lambda X, s: np.zeros(3, 1), "A shape is one argument"),
        (lambda X, s: np.hstack([X, np.ones(3)]), "Here one has 2 and another 1"),
        (lambda X, s: X @ 0, "On one side of the @ stands a single number."),
        (lambda X, s: np.zeros(1).__isub__(X), "written into an array of shape (1,)"),
        (lambda X, s: divmod(7, 2)["X"], "This looks up a name in a tuple"),
        (lambda X, s: max(0, X), "An array of answers was used"),
        (lambda X, s: undefined_name, "name 'undefined_name' is not defined"),  # noqa: F821
        (use_before_value, "The name total is used before this function has given it a value"),
        (3, "was given something of type int"),
        (None, "was given None"),
        (row_stats(np.ones((2, 2)), 1), "without parentheses after row_stats"),
    ],
)
def test_what_is_said_when_there_is_nothing_to_compare(answer, words):
    verdict = judge(TOY, answer)
    assert (verdict.passed, verdict.points) == (False, 0)
    assert words in said(verdict)
    assert "Traceback" not in verdict.message


def test_a_stub_is_told_that_it_is_one():
    def stub(X, scale):
        raise NotImplementedError

    assert "is not written yet" in said(judge(TOY, stub))


def test_a_stub_that_the_answer_calls_is_the_one_that_is_named():
    def total_of(X):
        raise NotImplementedError

    verdict = judge(TOY, lambda X, scale: (scale * X.mean(axis=1), total_of(X)))
    assert "row_stats uses your total_of, and that one is not written yet" in said(verdict)


def test_a_mistake_that_raises_is_recognised_by_the_sizes_that_clash():
    verdict = judge(TOY, lambda X, s: (np.dot(X, X), X))
    assert verdict.mistake == "needs a square"


def test_right_values_from_a_changed_argument_are_worth_half():
    def spoil(X, scale):
        value = row_stats(X.copy(), scale)
        X[:] = 0
        return value

    verdict = judge(TOY, spoil)
    assert (verdict.passed, verdict.points, verdict.mistake) == (False, 1.5, "argument changed")
    assert "changes its argument X" in said(verdict)


def test_a_function_that_reads_the_notebook_is_told_so():
    def answer(X, scale):
        return SCALE * X.mean(axis=1) + 1, X.sum(axis=1, keepdims=True)

    assert "reads `SCALE` of the notebook" in said(judge(TOY, answer))


def test_where_the_contract_allows_it_reading_the_notebook_is_not_mentioned():
    def answer(X, scale):
        return SCALE * X.mean(axis=1) + 1, X.sum(axis=1, keepdims=True)

    verdict = judge(replace(TOY, may_read_notebook=True), answer)
    assert not verdict.passed and "of the notebook" not in said(verdict)


def test_warnings_cost_nothing_and_are_mentioned():
    def answer(X, scale):
        np.log(0 * X)
        return row_stats(X, scale)

    verdict = judge(TOY, answer)
    assert (verdict.passed, verdict.points) == (True, 3)
    assert "which costs nothing" in said(verdict)


def test_a_class_or_a_partial_is_as_good_as_a_function():
    class Stats:
        def __call__(self, X, scale):
            return row_stats(X, scale)

    assert judge(TOY, Stats()).passed


def test_values_are_judged_by_name():
    assert judge(VALUES, named={"p": 4, "q": (1, 2)}).passed
    verdict = judge(VALUES, named={"p": 4, "q": [1, 3]})
    assert verdict.points == 1
    assert "expected" not in verdict.message and "2." not in said(verdict).split("yours")[1]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({}, "The check needs p and q"),
        ({"p": 1}, "The check needs p and q"),
        ({"p": ..., "q": 1}, "p is still `...`"),
        ({"p": ..., "q": ...}, "p and q are still `...`"),
        ({"p": None, "q": "x"}, "p is wrong"),
    ],
)
def test_values_that_are_missing_or_not_filled_in(named, words):
    verdict = judge(VALUES, named=named)
    assert verdict.points == 0
    assert words in said(verdict)


def test_the_same_verdict_each_time_and_another_case_for_another_rng():
    wrong = total_with(lambda t, X: t + 1)
    assert judge(TOY, wrong).message == judge(TOY, wrong).message
    other = judge(TOY, wrong, rng=np.random.default_rng(5))
    assert other.message != judge(TOY, wrong).message


def test_an_answer_of_yes_and_no_that_nothing_explains_gets_a_verdict():
    verdict = judge(find("relu.dead_units"), lambda Z: np.arange(len(Z)) % 2 == 0)
    assert not verdict.passed
    assert "entries are wrong; the first is at index" in said(verdict)


def test_a_right_value_that_is_complex_breaks_nothing():
    complex_toy = replace(TOY, reference=lambda X, s: (1j * X.mean(axis=1), X[:, :1]), mistakes=())
    assert not judge(complex_toy, lambda X, s: (X.mean(axis=1), X[:, :1])).passed


def test_a_difference_in_the_last_digits_only_breaks_nothing():
    strict = replace(TOY, rtol=1e-13)
    verdict = judge(strict, total_with(lambda t, X: t * (1 + 1e-11)))
    assert "The first digits are right" in said(verdict)


def test_a_set_is_shown_in_the_same_order_each_time():
    names = replace(VALUES, outputs=("p",), signature="p = …", reference=lambda: {"p": {"b"}})
    assert "{'a', 'c', 'x'}" in judge(names, named={"p": {"x", "c", "a"}}).message


def test_no_line_of_a_message_is_too_wide_for_the_validate_button():
    wide = replace(TOY, cases=lambda rng: [toys.case(rng, 9, 3)], mistakes=())
    verdict = judge(wide, lambda X, s: (X.mean(axis=1) + 1e-3 * np.pi, X.sum(axis=0)))
    assert max(map(len, verdict.message.split("\n"))) <= 76, verdict.message


def test_a_value_that_an_exercise_cannot_take_apart_gets_a_sentence():
    fragile = replace(TOY, unpack=lambda raw, case: {"mean": raw[0][:], "total": raw[1]})
    verdict = judge(fragile, lambda X, s: 3.0)
    assert "has not the form that the contract asks for" in said(verdict)


@pytest.mark.parametrize(
    ("signature", "parameters"),
    [
        ("f(x, shape=(2, 3)) -> y", ("x", "shape")),
        ('f(x, text="a)b, c", y=1) -> z', ("x", "text", "y")),
        ("f(x, f=max(1, 2), *, key=None) -> y", ("x", "f")),
        ("Value.backward()", ()),
        ("class Network(layer_sizes, rng)", ("layer_sizes", "rng")),
        ("z1 = …, a1 = …", ()),
    ],
)
def test_a_signature_is_read_as_python_reads_it(signature, parameters):
    assert replace(TOY, signature=signature).parameters == parameters
