"""Lesson 01: its exercises, and the numbers of the seed's first layer."""

import itertools

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.data import seed_001
from lessonlib.lessons import find
from lessonlib.lessons.relu_layer import downhill, layer_forward


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


def downhill_sample_by_sample(w, x, y, learning_rate, steps):
    path = [float(w)]
    while len(path) <= steps:
        slope = 0.0
        for x_i, y_i in zip(x, y, strict=True):
            if path[-1] * x_i > 0:
                slope += (path[-1] * x_i - y_i) * x_i
        path.append(path[-1] - learning_rate * slope / len(x))
    return tuple(path)


def downhill_on_the_samples_that_fire(w, x, y, learning_rate, steps):
    path = np.empty(steps + 1)
    path[0] = w
    for k in range(steps):
        on = path[k] * x > 0
        path[k + 1] = path[k] - learning_rate * (path[k] * x[on] - y[on]) @ x[on] / x.size
    return path


def downhill_with_arrays_for_numbers(w, x, y, learning_rate, steps):
    places = [np.array(w)]
    for _ in range(steps):
        slope = np.mean((relu_by_loop(places[-1] * x) - y) * np.heaviside(places[-1] * x, 0) * x)
        places += [np.array(places[-1] - learning_rate * slope)]
    return places


class TestReluLayer(LessonContract):
    lesson_name = "01-relu-layer"
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
        "relu.downhill": [
            downhill_sample_by_sample,
            downhill_on_the_samples_that_fire,
            downhill_with_arrays_for_numbers,
        ],
    }


def test_the_first_layer_gives_the_seeds_numbers():
    net = seed_001()
    Z, A = layer_forward(net["W1"], net["b1"], net["x"])
    assert Z.ravel().tolist() == [-1, 3, 5, 3]
    assert A.ravel().tolist() == [0, 3, 5, 3]


def test_the_slope_of_a_step_agrees_with_automatic_differentiation():
    def loss(w, x, y):
        return anp.mean((anp.maximum(0, w * x) - y) ** 2) / 2

    for case in find("relu.downhill").cases(np.random.default_rng(5)):
        w, x, y, learning_rate, steps = case.args
        path = downhill(w, x, y, learning_rate, steps)
        assert len(path) == steps + 1 and path[0] == w
        for here, there in itertools.pairwise(path):
            step = learning_rate * grad(loss)(float(here), x, y)
            assert there == pytest.approx(here - step, rel=1e-12, abs=1e-12)


def test_no_pre_activation_on_the_way_is_0():
    for seed in range(20):
        for case in find("relu.downhill").cases(np.random.default_rng(seed)):
            path = downhill(*case.args)
            assert np.all(np.outer(path, case.args[1]) != 0)


def test_the_ice_cream_stand_gives_the_numbers_of_the_lesson():
    x, y = np.array([-1.0, 1.0, 1.0, 2.0]), np.array([0.0, 1.0, 3.0, 4.0])

    def loss(w):
        return np.mean((np.maximum(0, w * x) - y) ** 2) / 2

    assert loss(1.0) == 1
    assert downhill(1.0, x, y, 0.4, 1) == pytest.approx([1, 1.6])
    assert downhill(3.0, x, y, 0.4, 1) == pytest.approx([3, 2.4])
    assert downhill(0.5, x, y, 4 / 3, 4) == pytest.approx([0.5, 3.5, 0.5, 3.5, 0.5])
    ends = [loss(downhill(0.5, x, y, rate, 8)[-1]) > loss(0.5) for rate in (0.05, 0.4, 1.2, 1.4)]
    assert ends == [False, False, False, True]
    assert 10 < loss(downhill(0.5, x, y, 3, 1)[-1]) / loss(0.5) < 11
    assert downhill(-1.0, x[1:], y[1:], 0.4, 1000)[-1] == -1


@pytest.mark.parametrize(
    ("slope", "name", "word"),
    [
        (lambda w, x, e: np.mean(e * (w * x > 0) * -x), "uphill", "wrong way"),
        (lambda w, x, e: np.mean(e * x), "silent samples counted", "nudge"),
        (lambda w, x, e: 2 * np.mean(e * (w * x > 0) * x), "a factor of 2", "a half in front"),
        (lambda w, x, e: np.sum(e * (w * x > 0) * x), "sum instead of mean", "a mean"),
    ],
)
def test_the_slips_that_everyone_makes_are_named(slope, name, word):
    def answer(w, x, y, learning_rate, steps):
        path = [w]
        for _ in range(steps):
            w = w - learning_rate * slope(w, x, np.maximum(0, w * x) - y)
            path.append(w)
        return path

    verdict = judge("relu.downhill", answer)
    assert not verdict.passed
    assert verdict.mistake == name, verdict.message
    assert word in " ".join(verdict.message.split())


def test_a_wrong_tent_is_told_where_it_was_measured():
    verdict = judge("relu.tent", w=[1, 1, 1], b=[1, 0, -1], v=[1, -1, 1])
    assert "at x = 0.25, 0.5, 1" in " ".join(verdict.message.split())


def test_the_tents_height_is_a_pattern_of_its_own():
    verdict = verdict_on(find("relu.tent"), {"w": [1, 1, 1], "b": [1, 0, -1], "v": [2, -4, 2]})
    assert verdict.mistake == "twice too large"


def test_by_hand_never_shows_the_right_numbers():
    verdict = judge("relu.by_hand", z1=[1, 2, 3, 4], a1=[1, 2, 3, 4])
    assert "expected" not in verdict.message
    assert verdict.outputs[0].right is False
