"""Other values: unlike the first, on both sides of it, and as plausible."""

import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import sympy

from lessonlib.grading.guest.other_value import Other, other_values


def test_another_value_is_unlike_the_first():
    def other(value, how):
        return Other(how, 37).of(value)

    plain = [0, 1.5, -3, 2 + 1j, "a", b"a", None, [], [1], (), (1, "b"), {}, {"a": 1}, {1}, set()]
    rare = [frozenset(), float("inf"), np.float32(2), np.int8(4), range(3), object(), int]
    for value in plain + rare:
        for how in ("same", "less"):
            assert other(value, how) != value
    for array in ([1.0, 2.0], [1 + 1j], [True, False], ["a"], [], [np.inf, np.nan], [None]):
        for how in ("same", "less", "array same", "array less", "array order"):
            assert not np.array_equal(other(np.array(array), how), np.array(array))
    assert not other(pd.DataFrame({"a": [1]}), "same").equals(pd.DataFrame({"a": [1]}))
    for number in (0, 1.5, np.float64(3), True):
        nan = other(number, "order")
        assert not (nan < 1e99 or nan > -1e99)


def test_numbers_lie_on_both_sides_and_not_far_away():
    for value in (0, 4, -4, 1.5, Fraction(1, 2), Decimal("2.5")):
        high, low = Other("same", 37).of(value), Other("less", 37).of(value)
        assert low <= -37 and 37 <= high <= 37 + 2 * abs(value)


def test_texts_stay_texts_of_their_kind():
    assert Other("same", 3).of("to be, 42") == "yt gj, 97"
    assert len(Other("same part", 3).of("ab")) == 10
    assert Other("same", 3).of("--") != "--"


def test_an_object_is_copied_with_other_attributes():
    class Point:
        def __init__(self, x):
            self.x = x

        def __eq__(self, other):
            return self.x == other.x

    point = Point(3)
    other = Other("same", 37).of(point)
    assert type(other) is Point and other != point and point.x == 3


def test_frames_keep_their_shape_and_labels():
    frame = pd.DataFrame({"n": [1, 2], "t": ["a", "b"], "b": [True, False]}, index=["x", "y"])
    other = Other("same", 37).of(frame)
    assert (list(other.columns), list(other.index)) == (["n", "t", "b"], ["x", "y"])
    assert not (other == frame).any().any()
    series = Other("less", 37).of(pd.Series([1, 2], name="s"))
    assert (list(series), series.name) == ([-39.0, -41.0], "s")
    assert list(Other("same", 37).of(pd.Index([1, 2]))) == [39.0, 41.0]


@pytest.mark.parametrize("value", [sympy.Symbol("x") ** 2, datetime.date(2020, 1, 1), len, int])
def test_what_is_not_known_becomes_something_else(value):
    assert Other("same", 37).of(value) != value


def test_an_array_has_two_elements_at_least_where_an_empty_one_would_agree():
    for value in (4, [4], np.array([4]), np.array([])):
        assert Other("array same", 37).of(value).shape == (2,)
    assert Other("array same", 37).of([1, 2, 3]).shape == (3,)
    assert type(Other("array same", 37).of(["a"])) is list


def test_what_no_mutant_used_is_said():
    other = other_values()
    with pytest.raises(AssertionError):
        other()
    assert other(4, "same", 37) == 45
    other()
    with pytest.raises(AssertionError):
        other()


@pytest.mark.parametrize("value", [2, 0.5, np.float64(1), "2", None, [1], True])
def test_points_are_numbers_above_zero_and_whatever_is_none(value):
    assert other_values()(value, "points", 37) is None


@pytest.mark.parametrize("value", [0, 0.0, -1, np.int64(0), float("nan")])
def test_no_points_are_none(value):
    with pytest.raises(AssertionError):
        other_values()(value, "points", 37)
