"""Lesson 00: its exercises, and the trap of the square table."""

import numpy as np
import pytest
from contract import LessonContract

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons.start_here import N_IN, add_bias, column, row_sums
from lessonlib.lessons.start_here import M as N_SAMPLES
from lessonlib.lessons.start_here import N as N_UNITS


def add_bias_row_by_row(Z, b):
    return [[z + float(np.ravel(b)[i]) for z in row] for i, row in enumerate(Z)]


def add_bias_to_a_copy(Z, b):
    result = np.array(Z, dtype=float)
    for i in range(len(b)):
        result[i] += b[i]
    return result


def row_sums_by_loop(Z):
    return [[sum(row)] for row in Z.tolist()]


SHAPES = {"W @ X": (2, 7), "W @ X + b": (2, 7), "W.T @ dZ": (5, 7), "dZ @ X.T": (2, 5)}


class TestStartHere(LessonContract):
    lesson_name = "00-start-here"
    variants = {
        "start.ready": [{"ready": np.True_}, {"ready": 1}],
        "start.column": [
            lambda values: [[float(value)] for value in values],
            lambda values: np.array([values], dtype=float).T,
            lambda values: np.array(values)[:, np.newaxis],  # whole numbers stay whole: accepted
            lambda values: np.vstack(list(values)),
        ],
        "start.add_bias": [
            add_bias_row_by_row,
            add_bias_to_a_copy,
            lambda Z, b: (Z.T + np.ravel(b)).T,
            lambda Z, b: Z + b if b.ndim == 2 else Z + b[:, None],
        ],
        "start.row_sums": [
            row_sums_by_loop,
            lambda Z: Z.sum(axis=1).reshape(-1, 1),
            lambda Z: Z @ np.ones((Z.shape[1], 1)),
        ],
        "start.shapes": [
            {"shapes": {key: list(shape) for key, shape in SHAPES.items()}},
            {"shapes": {**SHAPES, "W @ X": np.zeros((2, 7)).shape, "of my own": (1, 1)}},
        ],
    }


def test_the_references_do_what_their_names_say():
    assert column((1, 2)).tolist() == [[1.0], [2.0]]
    assert add_bias(np.zeros((2, 2)), np.array([1, 2])).tolist() == [[1, 1], [2, 2]]
    assert row_sums(np.array([[1, 2], [3, 4]])).tolist() == [[3], [7]]


def test_the_shapes_are_those_that_numpy_gives():
    W, X, b, dZ = (
        np.ones(shape)
        for shape in [(N_UNITS, N_IN), (N_IN, N_SAMPLES), (N_UNITS, 1), (N_UNITS, N_SAMPLES)]
    )
    made = {"W @ X": W @ X, "W @ X + b": W @ X + b, "W.T @ dZ": W.T @ dZ, "dZ @ X.T": dZ @ X.T}
    assert {key: array.shape for key, array in made.items()} == SHAPES
    assert len({N_IN, N_UNITS, N_SAMPLES}) == 3


def one_square_case(exercise_id):
    cases = find(exercise_id).cases(np.random.default_rng(0))
    return [case for case in cases if case.sizes["n"] == case.sizes["m"]]


def test_a_square_table_with_a_flat_bias_is_among_the_cases():
    (case,) = one_square_case("start.add_bias")
    Z, b = case.args
    assert b.ndim == 1
    assert "as many samples as units" in case.tags
    assert not np.allclose(Z + b, add_bias(Z, b))


def test_what_is_wrong_only_for_a_square_table_is_told_so():
    def answer(Z, b):
        if b.ndim == 1 and Z.shape[0] == Z.shape[1]:
            return Z + b
        return add_bias(Z, b)

    verdict = judge("start.add_bias", answer)
    assert not verdict.passed
    assert "goes wrong only with as many samples as units" in " ".join(verdict.message.split())


@pytest.mark.parametrize(
    ("exercise", "answer", "name", "word"),
    [
        ("column", lambda values: list(values), "still flat", "one size only"),
        ("column", lambda values: np.asarray(values).T, "still flat", ".T does nothing"),
        ("column", lambda values: [values], "a row for a column", "Rows come first"),
        ("add_bias", lambda Z, b: np.add(Z, b), "a flat b added as it is", "without a word"),
        ("add_bias", lambda Z, b: Z + b.flatten(), "b flattened", "takes a column"),
        ("add_bias", lambda Z, b: Z + b.reshape(1, -1), "b as a row", "copied over the samples"),
        ("row_sums", sum, "columns summed instead of rows", "Python's own sum"),
        ("row_sums", lambda Z: [sum(row) for row in Z], "flat instead of a column", "keep"),
        ("row_sums", lambda Z: Z.sum(), "everything summed", "one number"),
    ],
)
def test_the_slips_that_everyone_makes_are_named(exercise, answer, name, word):
    verdict = judge(f"start.{exercise}", answer)
    assert not verdict.passed
    assert verdict.mistake == name, verdict.message
    assert word in " ".join(verdict.message.split())


def test_each_shape_is_diagnosed_by_itself():
    wrong = {**SHAPES, "W @ X": (5, 5), "dZ @ X.T": (2, 7)}
    verdict = judge("start.shapes", shapes=wrong)
    assert [each.mistake for each in verdict.outputs] == [
        "inner sizes kept",
        None,
        None,
        "transposition overlooked",
    ]
    assert verdict.points == 1
    assert "expected" not in verdict.message


def test_a_wrong_shape_is_shown_as_the_pair_that_was_written():
    verdict = judge("start.shapes", shapes={**SHAPES, "W.T @ dZ": (7, 5)})
    assert "yours     [7 5]" in verdict.message
    assert "rows'" not in verdict.message


@pytest.mark.parametrize(
    ("shapes", "word"),
    [
        ({**SHAPES, "W @ X": ...}, "The shape of W @ X is still `...`"),
        ({**SHAPES, "W @ X": "(2, 7)"}, "should be two numbers"),
        ({**SHAPES, "W @ X": (2,)}, "should be two numbers"),
        ({"W @ X": (2, 7)}, 'lacks an entry for "W @ X + b"'),
        ((2, 7), "a dictionary"),
        (..., "shapes is still `...`"),
    ],
)
def test_shapes_in_another_form_are_told_so(shapes, word):
    verdict = judge("start.shapes", shapes=shapes)
    assert not verdict.passed
    assert verdict.points == 0
    assert word in " ".join(verdict.message.split())


@pytest.mark.parametrize(
    ("ready", "word"),
    [(False, "what a failed check looks like"), ("True", "quotes"), (2, "True or False")],
)
def test_not_being_ready_is_explained(ready, word):
    verdict = judge("start.ready", ready=ready)
    assert not verdict.passed
    assert word in " ".join(verdict.message.split())
