"""Lesson 01: its exercises, and the numbers of the seed's first layer."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.data import seed_001
from lessonlib.lessons import find
from lessonlib.lessons.relu_layer import layer_backward, layer_forward


def relu_by_loop(z):
    flat = [max(0.0, float(entry)) for entry in np.ravel(z)]
    return np.array(flat).reshape(np.shape(z))


def slope_as_integers(z):
    return np.where(z > 0, 1, 0)


def forward_sample_by_sample(W, b, X):
    Z = np.column_stack([W @ X[:, k] + b[:, 0] for k in range(X.shape[1])])
    return [Z, Z * (Z > 0)]


def forward_by_sums(W, b, X):
    Z = np.einsum("ij,jk->ik", W, X) + b
    return Z.tolist(), np.where(Z > 0, Z, 0).tolist()


def backward_sample_by_sample(dA, Z, W, X):
    dW, db, dX = np.zeros(W.shape), np.zeros((len(W), 1)), np.zeros(X.shape)
    for k in range(X.shape[1]):
        dz = np.where(Z[:, k] > 0, dA[:, k], 0)
        dW += np.outer(dz, X[:, k])
        db[:, 0] += dz
        dX[:, k] = dz @ W
    return [dW, db, dX]


def backward_from_the_activation(dA, Z, W, X):
    A = np.maximum(Z, 0)
    dZ = np.copy(dA)
    dZ[A == 0] = 0
    return (X @ dZ.T).T, dZ @ np.ones((X.shape[1], 1)), (dZ.T @ W).T


def dead_by_loop(Z):
    return [max(row) <= 0 for row in Z.tolist()]


class TestReluLayer(LessonContract):
    prefix = "relu"
    variants = {
        "relu.relu": [relu_by_loop, lambda z: z * (z > 0), lambda z: (np.abs(z) + z) / 2],
        "relu.relu_derivative": [
            slope_as_integers,
            lambda z: z > 0,
            lambda z: np.heaviside(z, 0.0),
            lambda z: np.ceil(np.clip(z, 0, 1)),
        ],
        "relu.by_hand": [
            {"z1": np.array([-1, 3, 5, 3]), "a1": (0, 3, 5, 3)},
            {"z1": np.array([[-1.0], [3], [5], [3]]), "a1": np.array([[0.0], [3], [5], [3]])},
        ],
        "relu.tent": [
            {"w": [2, 1, 1], "b": [2, 0, -1], "v": [0.5, -2, 1]},
            {"w": np.array([-1, -1, -1]), "b": np.array([1, 0, -1]), "v": (1, -2, 1)},
            {"w": [1, 1, 1], "b": [-1, 1, 0], "v": [1, 1, -2]},
        ],
        "relu.layer_forward": [forward_sample_by_sample, forward_by_sums],
        "relu.layer_backward": [backward_sample_by_sample, backward_from_the_activation],
        "relu.bug_hunt": [{"wrong_line": np.int64(1)}, {"wrong_line": 1.0}],
        "relu.dead_units": [dead_by_loop, lambda Z: Z.max(axis=1) <= 0],
    }


def test_the_first_layer_gives_the_seeds_numbers():
    net = seed_001()
    Z, A = layer_forward(net["W1"], net["b1"], net["x"])
    assert Z.ravel().tolist() == [-1, 3, 5, 3]
    assert A.ravel().tolist() == [0, 3, 5, 3]


def test_the_gradients_agree_with_automatic_differentiation():
    rng = np.random.default_rng(3)
    W, b, X, dA = (rng.normal(size=s) for s in [(3, 2), (3, 1), (2, 5), (3, 5)])

    def loss(W, b, X):
        return anp.sum(dA * anp.maximum(0, W @ X + b))

    ours = layer_backward(dA, W @ X + b, W, X)
    theirs = [grad(loss, k)(W, b, X) for k in range(3)]
    for mine, oracle in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, oracle, rtol=1e-12, atol=1e-12)


def backward(mask=lambda Z: Z > 0, db=lambda dZ: dZ.sum(1, keepdims=True), scale=lambda m: 1):
    def answer(dA, Z, W, X):
        dZ = dA * mask(Z) * scale(X.shape[1])
        return dZ @ X.T, db(dZ), W.T @ dZ

    return answer


@pytest.mark.parametrize(
    ("answer", "name", "word"),
    [
        (backward(mask=lambda Z: 1), "mask left out", "mask"),
        (backward(mask=lambda Z: np.maximum(0, Z) >= 0), "mask left out", ">= 0"),
        (backward(mask=lambda Z: Z >= 0), "mask with >=", ">="),
        (backward(db=np.sum), "db summed over everything", "one number"),
        (backward(db=lambda dZ: dZ), "db not summed", "sum over the samples"),
        (backward(scale=lambda m: m), "m times too large", "number of samples"),
        (backward(scale=lambda m: 1 / m), "m times too small", "number of samples"),
        (
            lambda dA, Z, W, X: ((X @ (dA * (Z > 0)).T), *backward()(dA, Z, W, X)[1:]),
            "dW transposed",
            "rows and columns",
        ),
        (
            lambda dA, Z, W, X: (*backward()(dA, Z, W, X)[:2], np.dot(W, dA * (Z > 0))),
            "W not transposed in dX",
            "turned round",
        ),
    ],
)
def test_the_slips_that_everyone_makes_are_named(answer, name, word):
    verdict = judge("relu.layer_backward", answer)
    assert not verdict.passed
    assert verdict.mistake == name
    assert word in " ".join(verdict.message.split())


def test_two_different_slips_get_two_diagnoses():
    def answer(dA, Z, W, X):
        dZ = dA * (Z > 0)
        return X @ dZ.T, np.sum(dZ), W.T @ dZ

    verdict = judge("relu.layer_backward", answer)
    assert [result.mistake for result in verdict.outputs] == [
        "dW transposed",
        "db summed over everything",
        None,
    ]
    assert verdict.points == 1.33


def test_a_slip_on_top_of_a_slip_is_taken_apart():
    verdict = judge("relu.layer_backward", backward(mask=lambda Z: 1, scale=lambda m: m))
    assert verdict.mistake == "mask left out, and m times too large"


def test_the_tents_height_is_a_pattern_of_its_own():
    verdict = verdict_on(find("relu.tent"), {"w": [1, 1, 1], "b": [1, 0, -1], "v": [2, -4, 2]})
    assert verdict.mistake == "twice too large"


def test_by_hand_never_shows_the_right_numbers():
    verdict = judge("relu.by_hand", z1=[1, 2, 3, 4], a1=[1, 2, 3, 4])
    assert "expected" not in verdict.message
    assert verdict.outputs[0].right is False
