"""Lesson 03: its exercises, and every number that seed 001 printed."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract

from lessonlib import judge, nn
from lessonlib.data import seed_001
from lessonlib.lessons import find
from lessonlib.lessons.three_layers import (
    backward,
    cross_entropy,
    forward,
    output_gradient,
    softmax,
)

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
GRADIENTS = ("dW1", "db1", "dW2", "db2", "dW3", "db3")


def softmax_by_loop(Z):
    columns = []
    for z in Z.T.tolist():
        powers = [np.exp(score - max(z)) for score in z]
        columns.append([power / sum(powers) for power in powers])
    return np.array(columns).T.tolist()


def softmax_by_logarithms(Z):
    shifted = Z - Z.max(axis=0)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=0)))


def picked_losses(P, Y):
    return -np.mean(np.log(np.clip(P[Y == 1], 1e-12, 1)))


def loss_by_loop(P, Y):
    m = P.shape[1]
    return sum(-np.log(max(P[np.argmax(Y[:, k]), k], 1e-7)) for k in range(m)) / m


def forward_by_loop(x, parameters):
    values, a = {}, x
    for k in (1, 2, 3):
        z = np.dot(parameters[f"W{k}"], a) + parameters[f"b{k}"]
        a = z * (z > 0)
        values |= {f"z{k}": z, f"a{k}": a}
    return {**values, "p": softmax_by_loop(z)}


def forward_number_by_number(x, parameters):
    def z(k, a):
        W, b = parameters[f"W{k}"].tolist(), parameters[f"b{k}"].tolist()
        rows = zip(W, b, strict=True)
        return [[sum(w * c[0] for w, c in zip(row, a, strict=True)) + b[0]] for row, b in rows]

    z1 = z(1, x.tolist())
    a1 = [[max(0, v)] for [v] in z1]
    z2 = z(2, a1)
    a2 = [[max(0, v)] for [v] in z2]
    z3 = z(3, a2)
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "p": nn.softmax(np.array(z3).T).T}


def output_gradient_by_the_jacobian(p, y):
    p_flat = p[:, 0]
    return (np.diag(p_flat) - np.outer(p_flat, p_flat)) @ (-y / p)


def backward_by_outer_products(x, y, parameters, cache):
    dz3 = (cache["p"] - y)[:, 0]
    dz2 = np.where(cache["a2"][:, 0] > 0, dz3 @ parameters["W3"], 0)
    dz1 = np.where(cache["a1"][:, 0] > 0, dz2 @ parameters["W2"], 0)
    grads = {}
    for k, (dz, a) in enumerate([(dz1, x), (dz2, cache["a1"]), (dz3, cache["a2"])], start=1):
        grads[f"dW{k}"], grads[f"db{k}"] = np.outer(dz, a), dz.reshape(-1, 1)
    return grads


def backward_from_scratch(x, y, parameters, cache):
    """Does forward again, and cuts the silent units out of the matrices."""
    cache = forward_by_loop(x, parameters)
    dz3 = -(y - cache["p"])
    dz2 = np.diag((cache["z2"][:, 0] > 0) * 1) @ parameters["W3"].T @ dz3
    dz1 = np.diag((cache["z1"][:, 0] > 0) * 1.0) @ parameters["W2"].T @ dz2
    return {
        "db3": dz3, "db2": dz2.tolist(), "db1": dz1, "dz3": dz3,
        "dW3": (cache["a2"] @ dz3.T).T, "dW2": dz2 * cache["a1"].T, "dW1": dz1 * x.T,
    }  # fmt: skip


class TestThreeLayers(LessonContract):
    lesson_name = "03-three-layers-by-hand"
    variants = {
        "hand.softmax": [softmax_by_loop, softmax_by_logarithms, lambda Z: nn.softmax(Z.T).T],
        "hand.cross_entropy": [
            picked_losses,
            loss_by_loop,
            lambda P, Y: nn.cross_entropy(P.T, Y.T),
            lambda P, Y: np.mean(-np.sum(Y * np.log(P + 1e-15), axis=0)),
            lambda P, Y: -np.einsum("ij,ij->", Y, np.nan_to_num(np.log(P))) / len(P.T),
        ],
        "hand.forward": [forward_by_loop, forward_number_by_number],
        "hand.output_gradient": [
            output_gradient_by_the_jacobian,
            lambda p, y: (p - y).tolist(),
            lambda p, y: -(y - p),
        ],
        "hand.backward": [backward_by_outer_products, backward_from_scratch],
        "hand.rounding": [
            {"error": 0.009075, "reaches_layer_2": False},
            {"error": np.array([0.00907]), "reaches_layer_2": np.False_},
        ],
    }


# --- the seed ----------------------------------------------------------------------------------


@pytest.fixture
def net():
    return seed_001()


def printed(array, digits=1):
    """Return an array as the seed shows it: rounded, and without -0."""
    return (np.round(array, digits) + 0.0).tolist()


def test_forward_gives_the_seeds_numbers(net):
    cache = forward(net["x"], net)
    assert cache["z1"].ravel().tolist() == [-1, 3, 5, 3]
    assert cache["a1"].ravel().tolist() == [0, 3, 5, 3]
    assert cache["z2"].ravel().tolist() == cache["a2"].ravel().tolist() == [2, 4]
    assert cache["z3"].ravel().tolist() == [3, 3, -1]
    assert printed(cache["p"]) == [[0.5], [0.5], [0.0]]
    assert printed(cache["p"].ravel(), 6) == [0.495463, 0.495463, 0.009075]
    assert round(cross_entropy(cache["p"], net["y"]), 6) == 0.702263


def test_backward_from_the_rounded_p_gives_the_seeds_numbers(net):
    cache = forward(net["x"], net)
    grads = backward(net["x"], net["y"], net, {**cache, "p": np.round(cache["p"], 1)})
    assert printed(grads["db3"].T) == [[0.5, -0.5, 0]]
    assert printed(grads["dW3"].T) == [[1, -1, 0], [2, -2, 0]]
    assert printed(net["W3"].T @ grads["db3"]) == [[1], [-1]]
    assert printed(grads["db2"]) == [[1], [-1]]
    assert printed(grads["dW2"].T) == [[0, 0], [3, -3], [5, -5], [3, -3]]
    assert printed(net["W2"].T @ grads["db2"]) == [[1], [-2], [2], [-1]]
    assert printed(grads["db1"].T) == [[0, -2, 2, -1]]
    assert printed(grads["dW1"].T) == [[0, -4, 4, -2], [0, -2, 2, -1], [0, -6, 6, -3]]


def test_without_rounding_only_layer_3_differs(net):
    cache = forward(net["x"], net)
    grads = backward(net["x"], net["y"], net, cache)
    assert printed(grads["db3"].ravel(), 6) == [0.495463, -0.504537, 0.009075]
    np.testing.assert_allclose(net["W3"].T @ grads["db3"], [[1], [-1]], rtol=1e-14)
    np.testing.assert_allclose(grads["db1"], [[0], [-2], [2], [-1]], rtol=1e-14)
    np.testing.assert_allclose(grads["dW2"], [[0, 3, 5, 3], [0, -3, -5, -3]], rtol=1e-14)
    right = [[0, 0, 0], [-4, -2, -6], [4, 2, 6], [-2, -1, -3]]
    np.testing.assert_allclose(grads["dW1"], right, rtol=1e-14)


def test_what_rounding_does(net):
    values = find("hand.rounding").reference()
    assert round(values["error"], 6) == 0.009075
    assert values["reaches_layer_2"] is False


def without_mask_2(x, y, parameters, cache):
    """Return the gradients as seed 001 has them: layer 2's mask is missing."""
    all_fire = {**cache, "z2": np.ones_like(cache["z2"])}
    return backward(x, y, parameters, all_fire)


# --- the mathematics ---------------------------------------------------------------------------


def loss_of(parameters, x, y):
    """The loss in the smallest number of words, for autograd; softmax and logarithm in one."""
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in NAMES)
    a1 = anp.maximum(0, anp.dot(W1, x) + b1)
    a2 = anp.maximum(0, anp.dot(W2, a1) + b2)
    z3 = anp.dot(W3, a2) + b3
    return anp.log(anp.sum(anp.exp(z3))) - anp.sum(y * z3)


def random_net(seed, sizes=(3, 5, 4, 2)):
    rng = np.random.default_rng(seed)
    parameters = {}
    for k, (n_in, n) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), start=1):
        parameters[f"W{k}"], parameters[f"b{k}"] = (
            rng.normal(size=(n, n_in)),
            rng.normal(size=(n, 1)),
        )
    y = np.eye(sizes[-1])[:, [rng.integers(sizes[-1])]]
    return rng.normal(size=(sizes[0], 1)), y, parameters


@pytest.mark.parametrize("seed", range(5))
def test_the_gradients_agree_with_automatic_differentiation(seed):
    x, y, parameters = random_net(seed)
    ours = backward(x, y, parameters, forward(x, parameters))
    theirs = grad(loss_of)(parameters, x, y)
    for name in NAMES:
        assert ours[f"d{name}"].shape == parameters[name].shape
        np.testing.assert_allclose(ours[f"d{name}"], theirs[name], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_agree_with_measured_slopes(name):
    x, y, parameters = random_net(7)

    def loss(theta):
        cache = forward(x, {**parameters, name: theta})
        return cross_entropy(cache["p"], y)

    measured = nn.numeric_gradient(loss, parameters[name])
    right = backward(x, y, parameters, forward(x, parameters))[f"d{name}"]
    assert nn.relative_error(right, measured) < 1e-6


def test_the_output_gradient_is_the_slope_of_softmax_and_loss_together():
    z, y = np.array([[0.3], [-1.2], [2.0]]), np.array([[0.0], [1.0], [0.0]])
    measured = nn.numeric_gradient(lambda z: cross_entropy(softmax(z), y), z)
    assert nn.relative_error(output_gradient(softmax(z), y), measured) < 1e-9


def test_softmax_is_the_librarys_with_samples_in_columns():
    Z = np.random.default_rng(1).normal(scale=300, size=(4, 6))
    np.testing.assert_allclose(softmax(Z), nn.softmax(Z.T).T, rtol=1e-14)


# --- the inputs that are drawn ------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_both_masks_matter_in_every_network_but_the_lessons(seed):
    cases = find("hand.backward").cases(np.random.default_rng(seed))
    for case in cases:
        if case.about == "the network of this lesson":
            continue
        x, y, parameters, cache = case.args
        z1, z2 = cache["z1"], cache["z2"]
        assert np.any(z1 == 0) and np.any(z1 < 0) and np.any(z1 > 0)
        assert np.any(z2 > 0)
        assert np.any(z2 == 0) or "one unit in layer 2" in case.tags
        assert all(np.all(parameters[name] != 0) for name in ("b1", "b2", "b3"))
        if len(z2) > 1:
            right, spoilt = (f(*case.args) for f in (backward, without_mask_2))
            assert not np.allclose(right["dW2"], spoilt["dW2"])
            assert not np.allclose(right["dW1"], spoilt["dW1"])


def test_the_networks_have_sizes_that_tell_everything_apart():
    cases = find("hand.backward").cases(np.random.default_rng(0))
    for case in cases:
        _, y, parameters, _ = case.args
        sizes = [parameters["W1"].shape[1], *(len(parameters[b]) for b in ("b1", "b2", "b3"))]
        assert len(set(sizes)) == 4 or case.about == "the network of this lesson"


# --- what is said -------------------------------------------------------------------------------


def spoilt_backward(**changes):
    """Return a backward pass with some of its results replaced."""

    def answer(x, y, parameters, cache):
        grads = backward(x, y, parameters, cache)
        return {**grads, **{name: change(grads) for name, change in changes.items()}}

    return answer


def seeds_softmax(values):
    exp_values = np.exp(values)
    return exp_values / np.sum(exp_values)


def seeds_backward(x, y, parameters, cache):
    """Seed 001's way back: p rounded, no mask in layer 2."""
    dz3 = np.round(cache["p"], 1) - y
    dz2 = parameters["W3"].T @ dz3
    dz1 = (parameters["W2"].T @ dz2) * (cache["z1"] > 0)
    weights = {"dW3": dz3 @ cache["a2"].T, "dW2": dz2 @ cache["a1"].T, "dW1": dz1 @ x.T}
    return {**weights, "db3": dz3, "db2": dz2, "db1": dz1}


def test_the_seeds_own_softmax_is_wrong_for_many_samples():
    verdict = judge("hand.softmax", seeds_softmax)
    assert verdict.mistake == "normalised over everything"
    assert verdict.points == 0


def test_the_seeds_own_backward_pass_is_rejected():
    verdict = judge("hand.backward", seeds_backward)
    assert not verdict.passed
    assert {result.name: result.mistake for result in verdict.outputs}["db3"] == (
        "p rounded to one digit"
    )


def test_two_different_slips_get_two_diagnoses():
    answer = spoilt_backward(dW1=lambda g: g["dW1"].T, db3=lambda g: np.sum(g["db3"]))
    verdict = judge("hand.backward", answer)
    assert {r.name: r.mistake for r in verdict.outputs if not r.right} == {
        "dW1": "a gradient transposed",
        "db3": "db summed to one number",
    }
    assert verdict.points == 4


@pytest.mark.parametrize("name", GRADIENTS)
def test_each_gradient_earns_a_point_of_its_own(name):
    verdict = judge("hand.backward", spoilt_backward(**{name: lambda g: 1.001 * g[name]}))
    assert [result.name for result in verdict.outputs if not result.right] == [name]
    assert verdict.points == 5


def test_a_missing_gradient_is_named():
    verdict = judge("hand.backward", lambda *args: {"dW1": backward(*args)["dW1"]})
    assert verdict.points == 0
    assert "lacks 'db1', 'dW2'" in " ".join(verdict.message.split())


def test_a_mask_that_looks_right_is_not():
    def mask_from_the_activation(x, y, parameters, cache):
        z1 = np.where(cache["a1"] >= 0, 1.0, -1.0)
        z2 = np.where(cache["a2"] >= 0, 1.0, -1.0)
        return backward(x, y, parameters, {**cache, "z1": z1, "z2": z2})

    verdict = judge("hand.backward", mask_from_the_activation)
    assert verdict.mistake == "both masks left out"


@pytest.mark.parametrize("eps", [1e-7, 1e-9, 1e-15, 1e-300])
@pytest.mark.parametrize("divide", [lambda P: P.shape[1], lambda P: 1, len, np.size])
def test_a_divisor_is_judged_whatever_the_guard(eps, divide):
    def answer(P, Y):
        return -np.sum(Y * np.log(np.maximum(P, eps))) / divide(P)

    verdict = judge("hand.cross_entropy", answer)
    names = {len: "m from the wrong axis", np.size: "mean over all entries"}
    right = divide(np.ones((1, 7))) == 7 and divide not in names
    assert verdict.passed == right
    assert verdict.mistake == (None if right else names.get(divide, "sum for mean"))


def test_no_name_is_given_that_an_output_which_is_right_refutes():
    def z1_handed_on(x, parameters):
        cache = forward(x, parameters)
        z2 = parameters["W2"] @ cache["z1"] + parameters["b2"]
        z3 = parameters["W3"] @ nn.relu(z2) + parameters["b3"]
        return {**cache, "z2": z2, "a2": nn.relu(z2), "z3": z3, "p": softmax(z3)}

    verdict = judge("hand.forward", z1_handed_on)
    assert verdict.outputs[1].name == "a1" and verdict.outputs[1].right
    assert verdict.mistake == "z handed on instead of a"


def test_a_missing_guard_is_told_beside_another_slip():
    verdict = judge("hand.cross_entropy", lambda P, Y: -np.sum(Y * np.log(P)))
    assert [r.mistake for r in verdict.outputs] == ["sum for mean", "no guard for log(0)"]
    assert "The guard against log(0) is wrong too." in " ".join(verdict.message.split())


@pytest.mark.parametrize(
    ("error", "reaches", "word"),
    [
        ("0.009", False, "one number"),
        (True, False, "one number"),
        ([0.009, 0.0], False, "one number"),
        (0.009075, "no", "True or False"),
        (0.009075, 7, "True or False"),
        (0.009075, True, "Multiply the error"),
        (0.0091, False, "rounded"),
    ],
)
def test_what_is_wrong_about_rounding_is_told(error, reaches, word):
    verdict = judge("hand.rounding", error=error, reaches_layer_2=reaches)
    assert not verdict.passed
    assert word in " ".join(verdict.message.split())


def test_no_message_shows_the_right_value_of_a_question():
    verdict = judge("hand.rounding", error=0.3, reaches_layer_2=True)
    assert "expected" not in verdict.message
    assert "0.00907" not in verdict.message
