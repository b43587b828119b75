"""Lesson 14: its exercises, three steps in a row, and what it promises about its numbers."""

import numpy as np
import pytest
from contract import LessonContract, verdict_on

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons.largest_rate import max_learning_rate
from lessonlib.lessons.training import (
    adam_step,
    initial_loss,
    l2_penalty,
    minibatches,
    momentum_step,
    should_stop,
)
from lessonlib.nn import cross_entropy, numeric_gradient
from lessonlib.nn.network import Network
from lessonlib.nn.optimisers import Adam, Momentum


def batches_in_a_list(X, Y, batch_size, rng):
    rows = np.arange(len(X))
    rng.shuffle(rows)
    cuts = np.split(rows, range(batch_size, len(X), batch_size))
    return [[X[cut].tolist(), Y[cut].tolist()] for cut in cuts]


def batches_from_shuffled_copies(X, Y, batch_size, rng):
    order = np.argsort(rng.random(X.shape[0]))
    X, Y = X[order], Y[order]
    while len(X):
        yield X[:batch_size], Y[:batch_size]
        X, Y = X[batch_size:], Y[batch_size:]


def batches_from_one_table(X, Y, batch_size, rng):
    table = rng.permutation(np.hstack([X, Y]))
    count = -(-len(X) // batch_size)
    cuts = (table[k * batch_size : (k + 1) * batch_size] for k in range(count))
    return ((cut[:, : X.shape[1]], cut[:, X.shape[1] :]) for cut in cuts)


def momentum_of_keras(theta, grad, velocity, learning_rate, beta=0.9):
    velocity = beta * velocity - learning_rate * grad
    return theta + velocity, velocity


def momentum_with_the_rate_inside(theta, grad, velocity, learning_rate, beta=0.9):
    velocity = learning_rate * grad + beta * velocity
    return [theta - velocity, velocity]


def momentum_by_loop(theta, grad, velocity, learning_rate, beta=0.9):
    new = np.array([beta * v + g for v, g in zip(velocity.flat, grad.flat, strict=True)])
    return theta - (learning_rate * new).reshape(theta.shape), new.reshape(theta.shape)


def adam_with_lists(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t += 1
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    move = (m / (1 - np.power(beta1, t))) / (eps + (v / (1 - beta2**t)) ** 0.5)
    return [theta - move * learning_rate, [m.tolist(), v.tolist(), float(t)]]


class AdamThatRemembers:
    """Keeps nothing itself: the state travels, in arrays of its own."""

    def __call__(self, theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        m, v, t = (np.array(part) for part in state)
        m = np.array(m * beta1 + grad * (1 - beta1))
        v = np.array(v * beta2 + grad * grad * (1 - beta2))
        root = np.sqrt(v) / np.sqrt(1 - beta2 ** (t + 1))
        return theta - learning_rate / (1 - beta1 ** (t + 1)) * m / (root + eps), (m, v, t + 1)


def penalty_without_the_half(parameters, strength):
    total = sum(float((W * W).sum()) for W, b in parameters)
    return strength * total, [(2 * strength * W, 0.0 * b) for W, b in parameters]


def penalty_by_loop(parameters, strength):
    total, grads = 0.0, []
    for W, b in parameters:
        for w in W.flat:
            total += w**2
        grads.append([(strength * W).tolist(), [0] * len(b)])
    return np.array(strength * total / 2), tuple(grads)


def stop_by_loop(losses, patience):
    best, waited = float("inf"), 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
    return waited >= patience


def stop_by_window(losses, patience):
    if len(losses) <= patience:
        return False
    return np.min(losses[-patience:]) >= np.min(losses[:-patience])


def loss_of_an_even_guess(n_classes):
    return cross_entropy(np.full((1, n_classes), 1 / n_classes), np.eye(n_classes)[:1])


class TestTraining(LessonContract):
    lesson_name = "training"
    variants = {
        "training.recall_1": [{"limit": 2 / 50}, {"limit": np.array([0.04])}],
        "training.recall_2": [{"fresh_points": "C"}, {"fresh_points": "(c)"}],
        "training.initial_loss": [
            lambda n_classes: -np.log(1 / n_classes),
            loss_of_an_even_guess,
            lambda n_classes: np.array(np.log(n_classes)),
        ],
        "training.minibatches": [
            batches_in_a_list,
            batches_from_shuffled_copies,
            batches_from_one_table,
        ],
        "training.best_rate": [
            {"best_rate": 0.3},
            {"best_rate": np.float64(1.0)},
            {"best_rate": 10**-0.25},
        ],
        "training.momentum_step": [
            momentum_of_keras,
            momentum_with_the_rate_inside,
            momentum_by_loop,
        ],
        "training.adam_step": [adam_with_lists, AdamThatRemembers()],
        "training.suspects": [
            {"suspects": ["E", "D"]},
            {"suspects": ("D", "E")},
            {"suspects": "D, E"},
        ],
        "training.l2_penalty": [penalty_without_the_half, penalty_by_loop],
        "training.should_stop": [stop_by_loop, stop_by_window],
    }  # fmt: skip


# --- the references hold ------------------------------------------------------------------------


def test_momentum_takes_the_steps_of_the_library():
    rng = np.random.default_rng(0)
    theta, velocity = rng.normal(size=5), np.zeros(5)
    flat, library = theta.copy(), Momentum(theta, 0.1, 0.8)
    for grad in rng.normal(size=(4, 5)):
        theta, velocity = momentum_step(theta, grad, velocity, 0.1, 0.8)
        library.step(flat, grad.copy())
    np.testing.assert_allclose(theta, flat, rtol=1e-12)


def test_adam_takes_the_steps_of_the_library():
    rng = np.random.default_rng(1)
    theta, state = rng.normal(size=5), (np.zeros(5), np.zeros(5), 0)
    flat, library = theta.copy(), Adam(theta, 0.1, 0.8, 0.95, 0.01)
    for grad in rng.normal(size=(4, 5)):
        theta, state = adam_step(theta, grad, state, 0.1, 0.8, 0.95, 0.01)
        library.step(flat, grad.copy())
    np.testing.assert_allclose(theta, flat, rtol=1e-12)


@pytest.mark.parametrize("size", [0.002, 200.0])
def test_adams_first_step_is_as_long_as_the_rate(size):
    theta, _ = adam_step(np.zeros(1), np.array([size]), (np.zeros(1), np.zeros(1), 0), 0.1)
    np.testing.assert_allclose(theta, -0.1, rtol=1e-5)


def test_momentum_under_a_constant_gradient_ends_ten_times_faster():
    theta, velocity = np.zeros(1), np.zeros(1)
    velocities = []
    for _ in range(200):
        theta, velocity = momentum_step(theta, np.array([2.0]), velocity, 0.1)
        velocities.append(velocity[0])
    np.testing.assert_allclose(velocities[:3], [2, 3.8, 5.42])
    np.testing.assert_allclose(velocities[-1], 20, rtol=1e-6)


def test_the_penaltys_gradient_is_its_slope():
    rng = np.random.default_rng(2)
    parameters = [
        (rng.normal(size=(3, 2)), rng.normal(size=2)),
        (rng.normal(size=(2, 4)), np.ones(4)),
    ]
    _, grads = l2_penalty(parameters, 0.3)
    for layer, (dW, db) in enumerate(grads):
        for k, mine in ((0, dW), (1, db)):

            def loss(theta, layer=layer, k=k):
                changed = [list(pair) for pair in parameters]
                changed[layer][k] = theta
                return l2_penalty(changed, 0.3)[0]

            numeric = numeric_gradient(loss, parameters[layer][k])
            np.testing.assert_allclose(mine, numeric, rtol=1e-7, atol=1e-9)


def test_the_initial_loss_is_that_of_an_undecided_network():
    for n in (2, 3, 10):
        net = Network([5, 8, n], np.random.default_rng(0), output="softmax")
        net.theta[:] = 0
        Y = np.eye(n)[np.arange(20) % n]
        np.testing.assert_allclose(net.loss(np.ones((20, 5)), Y), initial_loss(n))


def test_the_recalled_limit_is_lesson_06s():
    X = np.array([[-5.0], [5.0]])  # the Hessian of the MSE has the eigenvalues 50 and 2
    assert max_learning_rate(X) == pytest.approx(0.04)


def test_batches_leave_the_rest_for_the_last():
    X = np.arange(10.0).reshape(10, 1)
    batches = list(minibatches(X, 2 * X, 4, np.random.default_rng(0)))
    assert [len(X_b) for X_b, _ in batches] == [4, 4, 2]
    assert all(np.array_equal(Y_b, 2 * X_b) for X_b, Y_b in batches)


def test_should_stop_counts_from_the_best():
    losses = [3, 2, 1, 1.5, 1.25]
    assert [should_stop(losses[:k], 2) for k in range(1, 6)] == [False] * 4 + [True]
    assert should_stop(losses, 2) is True


# --- the planted Adam ---------------------------------------------------------------------------


def planted_adam(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The notebook's: right in the first step, wrong in every later one."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m = m / (1 - beta1**t)
    v_hat = v / (1 - beta2)
    theta = theta - learning_rate * m / (np.sqrt(v_hat) + eps)
    return theta, (m, v, t)


def steps(step, count, grad=2.0):
    theta, state = np.array([1.0]), (np.zeros(1), np.zeros(1), 0)
    for _ in range(count):
        theta, state = step(theta, np.array([grad]), state, 0.1)
    return theta


def test_the_planted_adam_is_right_for_one_step_only():
    np.testing.assert_allclose(steps(planted_adam, 1), steps(adam_step, 1), rtol=1e-12)
    assert np.abs(steps(planted_adam, 2) - steps(adam_step, 2)) > 0.1


def test_the_planted_adam_is_rejected_from_step_2_on():
    verdict = judge("training.adam_step", planted_adam)
    assert not verdict.passed
    right = {result.name for result in verdict.outputs if result.right}
    assert "theta after step 1" in right and "theta after step 2" not in right


def test_any_other_set_of_lines_is_rejected():
    exercise = find("training.suspects")
    for mask in range(64):
        letters = {letter for k, letter in enumerate("ABCDEF") if mask >> k & 1}
        verdict = verdict_on(exercise, {"suspects": letters})
        assert verdict.passed == (letters == {"D", "E"})
        assert "D, E" not in verdict.message or letters >= {"D", "E"}


# --- tricky rejections --------------------------------------------------------------------------


def test_a_global_count_is_told_from_a_count_in_the_state():
    count = {"t": 0}

    def answer(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        count["t"] += 1
        m, v, _ = state
        return adam_step(theta, grad, (m, v, count["t"] - 1), learning_rate, beta1, beta2, eps)

    verdict = judge("training.adam_step", answer)
    assert verdict.mistake == "t shared"
    assert "counted somewhere outside" in " ".join(verdict.message.split())


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda theta, m, v, t: (theta, m, v, t), "It returns 4 values"),
        (lambda theta, m, v, t: theta, "returns one array"),
        (lambda theta, m, v, t: (theta, {"m": m, "v": v, "t": t}), "three things (m, v, t)"),
        (lambda theta, m, v, t: (theta, (m, v)), "three things (m, v, t)"),
    ],
)
def test_another_form_of_adams_results_is_told_so(returned, words):
    def answer(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
        theta, (m, v, t) = adam_step(
            theta, grad, tuple(state)[:3], learning_rate, beta1, beta2, eps
        )
        return returned(theta, m, v, t)

    message = " ".join(judge("training.adam_step", answer).message.split())
    assert words in message, message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, Y, batch_size, rng: X, "pairs (X_b, Y_b)"),
        (lambda X, Y, batch_size, rng: (x for x in X), "pairs (X_b, Y_b)"),
        (lambda X, Y, batch_size, rng: iter([(1, 2)]), "pairs (X_b, Y_b)"),
        (lambda X, Y, batch_size, rng: None, "It returns None"),
    ],
)
def test_what_is_no_batch_is_told_so(answer, words):
    assert words in " ".join(judge("training.minibatches", answer).message.split())


def test_a_stop_that_forgets_a_branch_is_told_so():
    def answer(losses, patience):
        if should_stop(losses, patience):
            return True

    message = " ".join(judge("training.should_stop", answer).message.split())
    assert "It returns None" in message and "branch" in message


def test_the_penaltys_half_must_go_with_its_gradients():
    def answer(parameters, strength):
        penalty, _ = penalty_without_the_half(parameters, strength)
        return penalty, l2_penalty(parameters, strength)[1]

    assert judge("training.l2_penalty", answer).mistake == "half only in the gradient"


def test_pairs_torn_apart_cost_only_their_share():
    def answer(X, Y, batch_size, rng):
        X, Y = rng.permutation(X), rng.permutation(Y)
        for start in range(0, len(X), batch_size):
            yield X[start : start + batch_size], Y[start : start + batch_size]

    verdict = judge("training.minibatches", answer)
    assert not verdict.passed and verdict.points == 2.0


@pytest.mark.parametrize("rate", [0.1, 3, 1e-3, 0, -1, 1e3, np.nan])
def test_rates_beside_the_band_are_rejected_without_telling_it(rate):
    verdict = judge("training.best_rate", best_rate=rate)
    assert not verdict.passed
    assert "expected" not in verdict.message and "0.5" not in verdict.message
