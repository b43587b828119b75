"""When two values agree."""

import numpy as np
import pytest

from lessonlib.checks.comparing import agree

A = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("mine", "right"),
    [
        (A.tolist(), A),
        (A.astype(int), A),
        (tuple(map(tuple, A)), A),
        (A * (1 + 1e-10), A),
        (np.array(2.0), 2.0),
        (2, 2.0),
        (np.array([True, False]), np.array([1.0, 0.0])),
        ((4, 5), (4, 5)),
        ([4, 5], (4, 5)),
        (["a", "b"], {"a", "b"}),
        ({"x": 1, "y": 2, "z": 3}, {"x": 1, "y": 2}),
        ([(A, A[0]), (A, A[1])], [(A, A[0]), (A, A[1])]),
        (1, True),
        ("a", "a"),
    ],
)
def test_these_agree(mine, right):
    assert agree(mine, right, 1e-9)


@pytest.mark.parametrize(
    ("mine", "right"),
    [
        (A * (1 + 1e-6), A),
        (A[:, :1], A),
        (A.T, A),
        (A.ravel(), A),
        (np.array([2.0]), 2.0),
        (np.where(A > 3, np.nan, A), A),
        (np.where(A > 3, np.inf, A), A),
        ("2.0", 2.0),
        (None, 0.0),
        ([[1.0, 2.0], [3.0]], A),
        ({"x": 1}, {"x": 1, "y": 2}),
        ({"a"}, {"a", "b"}),
        ("b", "a"),
        (1, "1"),
        ([A], [A, A]),
        (1e-9, 0.0),
    ],
)
def test_these_do_not(mine, right):
    assert not agree(mine, right, 1e-9)


def test_nan_agrees_with_nan_only_when_asked_and_in_the_same_place():
    spoilt = np.array([1.0, np.nan, 3.0])
    assert not agree(spoilt, spoilt, 1e-9)
    assert agree(spoilt, spoilt, 1e-9, nan_too=True)
    assert not agree(spoilt[::-1] * 2, spoilt, 1e-9, nan_too=True)


def test_a_finite_value_never_agrees_with_infinity():
    assert not agree(3.0, np.inf, 1e-9, nan_too=True)
    assert not agree(np.array([1.0, 2.0]), np.array([1.0, -np.inf]), 1e-9, nan_too=True)
    assert agree(np.array([1.0, np.inf]), np.array([1.0, np.inf]), 1e-9, nan_too=True)
