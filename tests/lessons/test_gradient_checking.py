"""Lesson 04: its exercises, the eight planted bugs, the kink, the claims, a revealing input."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on

from lessonlib import judge, nn
from lessonlib.data import seed_001
from lessonlib.lessons import find
from lessonlib.lessons.gradient_checking import relative_error
from lessonlib.lessons.suspect_gradients import (
    ONE_OF_THREE,
    PLANTED_BUGS,
    candidates,
    four_points,
    gradients,
    loss,
    right_run,
    small_network,
    three_runs,
)
from lessonlib.lessons.three_layers import backward, forward

# --- other right answers -----------------------------------------------------------------------


def with_one_entry_put_back(f, theta, h=1e-5):
    t, slopes = theta.astype(float), np.empty(theta.shape)
    for i in range(theta.size):
        old = t.flat[i]
        t.flat[i] = old + h
        above = f(t)
        t.flat[i] = old - h
        slopes.flat[i] = (above - f(t)) / (2 * h)
        t.flat[i] = old
    return slopes


def with_the_basis(f, theta, h=1e-5):
    basis = np.eye(theta.size).reshape(theta.size, *theta.shape)
    slopes = [0.5 * (f(theta + h * e) - f(theta - h * e)) / h for e in basis]
    return np.reshape(slopes, theta.shape)


def with_a_step_back_by_adding(f, theta, h=1e-5):
    t, slopes = np.array(theta, dtype=float), np.zeros(theta.shape)
    it = np.nditer(theta, flags=["multi_index"])
    for _ in it:
        t[it.multi_index] += h
        above = f(t.copy())
        t[it.multi_index] -= 2 * h
        below = f(t.copy())
        t[it.multi_index] += h
        slopes[it.multi_index] = above / (2 * h) - below / (2 * h)
    return slopes.tolist()


def root_of_squares(a, b):
    size = sum(np.sqrt(np.sum(np.square(v))) for v in (a, b))
    return 0 if size == 0 else float(np.sqrt(np.sum((a - b) ** 2)) / size)


def with_a_harmless_constant(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-15)


class TestGradientChecking(LessonContract):
    lesson_name = "04-gradient-checking"
    variants = {
        "gradcheck.recall_1": [{"dZ": np.array([3.0, 0, 0, -6])}, {"dZ": [[3], [0], [-0.0], [-6]]}],
        "gradcheck.recall_2": [
            {"dz3": (0.2 - 1, 0.7, 0.1)},
            {"dz3": np.array([[0.2], [0.7], [0.1]]) - [[1], [0], [0]]},
        ],
        "gradcheck.numeric_gradient": [
            with_one_entry_put_back,
            with_the_basis,
            with_a_step_back_by_adding,
            nn.numeric_gradient,
        ],
        "gradcheck.relative_error": [
            root_of_squares,
            with_a_harmless_constant,
            lambda a, b: np.array(nn.relative_error(a, b)),
        ],
        "gradcheck.best_step": [{"best_h": 1e-6}, {"best_h": 1e-4}, {"best_h": np.array([2e-5])}],
        "gradcheck.suspects": [
            {"suspects": ["tiny", "softmax", "product"]},
            {"suspects": np.array(["product", "tiny", "softmax"])},
            {"suspects": {"tiny": True, "softmax": True, "product": True, "corner": False}},
        ],
        "hand.revealing_input": [
            {"x": [[-3], [0], [4]]},
            {"x": np.array([[5.0], [0.0], [0.0]])},
            {"x": np.array([[-1.5], [1.5], [3.0]])},
        ],
    }


# --- the facts ---------------------------------------------------------------------------------


def errors(backward, method, X, Y, parameters):
    """The relative error of each gradient against a measured one, by name."""
    grads = backward(X, Y, parameters)

    def f_of(name):
        return lambda value: loss(X, Y, {**parameters, name: value})

    return {
        name: nn.relative_error(grads["d" + name], method(f_of(name), parameters[name]))
        for name in parameters
    }


def worst_error(backward, method, X, Y, parameters):
    return max(errors(backward, method, X, Y, parameters).values())


@pytest.mark.parametrize("method, limit", [(nn.numeric_gradient, 1e-6), (nn.complex_step, 1e-12)])
def test_eight_of_eight_planted_bugs_are_caught_without_a_false_alarm(method, limit):
    network = small_network(size=0.01)
    caught = [bug for bug in PLANTED_BUGS.values() if worst_error(bug, method, *network) > limit]
    assert len(caught) == len(PLANTED_BUGS) == 8
    for size in (0.01, 1.0):
        assert worst_error(gradients, method, *small_network(size)) < limit


def test_loose_tolerances_pass_six_of_eight_a_zero_and_a_flipped_sign_among_them():
    network = small_network(size=0.01)
    right = gradients(*network)
    passed = [
        bug
        for bug, wrong in PLANTED_BUGS.items()
        if all(np.allclose(wrong(*network)[n], right[n], rtol=1e-2, atol=1e-2) for n in right)
    ]
    assert len(passed) == 6
    assert {"dW1 never filled in", "dW1 with the wrong sign"} <= set(passed)


def test_xor_with_zero_biases_stands_on_the_kink():
    error = errors(gradients, nn.numeric_gradient, *four_points(b1=0.0))
    assert f"{error.pop('b1'):.2f}" == "0.27"
    assert max(error.values()) < 1e-9
    assert errors(gradients, nn.numeric_gradient, *four_points(b1=0.1))["b1"] == pytest.approx(
        1e-10, abs=2e-10
    )


def test_the_networks_gradients_agree_with_automatic_differentiation():
    X, Y, parameters = small_network(size=1.0)

    def oracle(parameters):
        A1 = anp.maximum(parameters["W1"] @ X + parameters["b1"], 0)
        Z2 = parameters["W2"] @ A1 + parameters["b2"]
        log_p = Z2 - anp.log(anp.sum(anp.exp(Z2), axis=0))
        return -anp.sum(Y * log_p) / X.shape[1]

    assert loss(X, Y, parameters) == pytest.approx(oracle(parameters), rel=1e-12)
    for name, theirs in grad(oracle)(parameters).items():
        mine = gradients(X, Y, parameters)["d" + name]
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-14)


def test_the_runs_with_a_bug_end_lower_than_the_right_one():
    ends = {letter: losses[-1] for letter, losses in three_runs().items()}
    assert max(ends, key=ends.get) == right_run() == "B"


def test_one_of_three_backward_passes_is_right():
    network = small_network(size=1.0)
    assert {
        letter: worst_error(backward, nn.numeric_gradient, *network) < 1e-6
        for letter, backward in ONE_OF_THREE.items()
    } == {"A": False, "B": True, "C": False}


def disagreement(name):
    f, theta, claimed = candidates()[name]
    return nn.relative_error(claimed, nn.numeric_gradient(f, theta))


def test_the_wrong_claims_differ_and_one_of_them_by_a_tenth_of_a_percent():
    f, theta, claimed = candidates()["softmax"]
    right = nn.complex_step(f, theta)
    share = np.linalg.norm(claimed - right) / np.linalg.norm(right)
    assert f"{share:.1%}" == "0.1%"
    assert disagreement("softmax") > 1e-4
    assert disagreement("product") > 0.1
    assert disagreement("tiny") == pytest.approx(1)


def test_numpys_own_tolerances_let_the_tiny_one_pass():
    f, theta, claimed = candidates()["tiny"]
    assert np.allclose(claimed, -claimed, atol=1e-7)
    assert claimed.max() < 0 < nn.numeric_gradient(f, theta).min()


def test_the_right_claims_agree_and_the_innocent_one_stands_on_a_kink():
    assert max(disagreement(name) for name in ("square", "length", "layer")) < 1e-9
    _, theta, claimed = candidates()["corner"]
    assert disagreement("corner") > 0.1
    assert np.sum(theta == 0) == 1
    np.testing.assert_array_equal(claimed, nn.relu_derivative(theta))


def test_the_lessons_relative_error_is_the_librarys():
    rng = np.random.default_rng(2)
    for shape in [(3,), (2, 4), (1, 1)]:
        a, b = rng.normal(size=shape), rng.normal(size=shape)
        assert relative_error(a, b) == pytest.approx(nn.relative_error(a, b), rel=1e-12)


# --- what must and must not be let through -----------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_any_central_difference_passes_and_no_one_sided_one_does(seed):
    exercise = find("gradcheck.numeric_gradient")
    assert verdict_on(exercise, with_a_step_back_by_adding, seed).passed

    def one_sided(f, theta, h=1e-5):
        basis = np.eye(theta.size).reshape(theta.size, *theta.shape)
        return np.reshape([(f(theta + h * e) - f(theta)) / h for e in basis], theta.shape)

    assert verdict_on(exercise, one_sided, seed).mistake == "forward difference"


def test_a_one_sided_difference_with_the_usual_step_only_is_seen():
    """Central for the large step, forward for the usual one: only its error of 1e-5 tells."""

    def sly(f, theta, h=1e-5):
        if h > 1e-3:
            return nn.numeric_gradient(f, theta, h)
        basis = np.eye(theta.size).reshape(theta.size, *theta.shape)
        return np.reshape([(f(theta + h * e) - f(theta)) / h for e in basis], theta.shape)

    for seed in range(5):
        verdict = verdict_on(find("gradcheck.numeric_gradient"), sly, seed)
        assert len([r for r in verdict.outputs if not r.right]) == 1


def test_an_error_of_a_tenth_of_a_percent_fails():
    def slightly_off(f, theta, h=1e-5):
        return 1.001 * nn.numeric_gradient(f, theta, h)

    assert not judge("gradcheck.numeric_gradient", slightly_off).passed


@pytest.mark.parametrize(
    ("h", "words"),
    [(3e-7, "rounding"), (3e-4, "truncation"), (1e-8, "forward"), (0.0, "above 0"), (20, "beyond")],
)
def test_a_wrong_step_is_told_where_it_lies(h, words):
    verdict = judge("gradcheck.best_step", best_h=h)
    assert not verdict.passed
    assert words in verdict.message
    assert "expected" not in verdict.message


@pytest.mark.parametrize("value", ["1e-5", [1e-5, 1e-6], 1e-5j, np.nan, None])
def test_what_is_no_step_is_refused(value):
    assert not judge("gradcheck.best_step", best_h=value).passed


@pytest.mark.parametrize(
    ("suspects", "words"),
    [
        ({}, "Nobody is accused"),
        ("tiny", "Some names are missing"),
        (3, "a set of names"),
        ({"tyni"}, "There is no tyni here"),
        ({"softmax", "product", "tiny", "square"}, "do not belong"),
    ],
)
def test_other_sets_get_an_answer_that_does_not_give_the_right_one(suspects, words):
    verdict = judge("gradcheck.suspects", suspects=suspects)
    assert not verdict.passed
    message = " ".join(verdict.message.split())
    assert words in message
    assert "expected" not in message


# --- an input that shows a missing mask ---------------------------------------------------------


@pytest.fixture
def net():
    return seed_001()


def without_mask_2(x, y, parameters, cache):
    """Return the gradients as seed 001 has them: layer 2's mask is missing."""
    all_fire = {**cache, "z2": np.ones_like(cache["z2"])}
    return backward(x, y, parameters, all_fire)


def test_the_seeds_missing_mask_does_not_show_on_its_input_but_on_ours(net):
    for x, shows in ((net["x"], False), (find("hand.revealing_input").reference()["x"], True)):
        cache = forward(x, net)
        right, seed = (f(x, net["y"], net, cache) for f in (backward, without_mask_2))
        assert any(not np.allclose(right[name], seed[name]) for name in ("dW1", "dW2")) == shows


@pytest.mark.parametrize(
    ("x", "name"),
    [
        ([2, 1, 3], "no silent unit in layer 2"),
        ([0, 0, 0], "no silent unit in layer 2"),
        ([-1, -1, -1], "layer 1 silent"),
        ([0, -1, 0], "layer 1 silent"),
        ([100, 0, 0], "no gradient left"),
    ],
)
def test_an_x_that_shows_nothing_is_told_why(x, name):
    verdict = judge("hand.revealing_input", np.array(x).reshape(-1, 1))
    assert not verdict.passed
    assert verdict.mistake == name


@pytest.mark.parametrize("seed", range(3))
def test_an_x_passes_just_where_the_gradients_differ(seed, net):
    rng = np.random.default_rng(seed)
    for _ in range(30):
        x = rng.integers(-6, 7, size=(3, 1))
        cache = forward(x, net)
        right, seed_ = (f(x, net["y"], net, cache) for f in (backward, without_mask_2))
        differ = max(np.max(np.abs(right[k] - seed_[k])) for k in ("dW1", "dW2")) > 1e-9
        assert judge("hand.revealing_input", x=x).passed == differ


@pytest.mark.parametrize(
    ("x", "word"),
    [
        ([-3, 0, 4], "shape (3, 1)"),
        ([[-3, 0, 4]], "shape (3, 1)"),
        ("x", "shape (3, 1)"),
        (np.full((3, 1), np.nan), "ordinary size"),
        (np.full((3, 1), 1e300), "ordinary size"),
    ],
)
def test_an_x_in_another_form_is_told_so(x, word):
    verdict = judge("hand.revealing_input", x=x)
    assert not verdict.passed
    assert word in " ".join(verdict.message.split())
