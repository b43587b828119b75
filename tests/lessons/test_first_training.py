"""Lesson 06: its exercises, and every number that the seed printed for its XOR network."""

import autograd.numpy as anp
import nbformat
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract
from notebook_cells import ROOT, namespace

from lessonlib import judge
from lessonlib.lessons.first_training import backward, predict, train
from lessonlib.lessons.xor import XOR_X, XOR_Y, bce, forward
from lessonlib.nn import numeric_gradient, relative_error

# --- other right answers -----------------------------------------------------------------------


def sigmoid_of_the_seed(z):
    z = 1 / (1 + np.exp(-z))
    return z


def forward_of_the_seed(W1, W2, X):
    Z1 = np.dot(W1, X)
    A1 = sigmoid_of_the_seed(Z1)
    Z2 = np.dot(W2, A1)
    return Z1, A1, Z2, sigmoid_of_the_seed(Z2)


def backward_of_the_seed(W1, W2, X, Y, A1, P):
    m = X.shape[1]
    dZ2 = P - Y
    dW2 = np.dot(dZ2, A1.T) / m
    dZ1 = np.dot(W2.T, dZ2) * A1 * (1 - A1)
    dW1 = np.dot(dZ1, X.T) / m
    return np.reshape(dW1, W1.shape), np.reshape(dW2, W2.shape)


def backward_sample_by_sample(W1, W2, X, Y, A1, P):
    dW1, dW2, m = np.zeros(W1.shape), np.zeros(W2.shape), X.shape[1]
    for k in range(m):
        dZ2 = P[:, k] - Y[:, k]
        dZ1 = dZ2 @ W2 * A1[:, k] * (1 - A1[:, k])
        dW2 += np.outer(dZ2, A1[:, k]) / m
        dW1 += np.outer(dZ1, X[:, k]) / m
    return [dW1.tolist(), dW2.tolist()]


def train_of_the_seed(W1, W2, X, Y, learning_rate, epochs):
    m, losses = X.shape[1], []
    for _ in range(epochs):
        _, A1, _, P = forward_of_the_seed(W1, W2, X)
        losses.append(-(1 / m) * np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)))
        dW1, dW2 = backward_of_the_seed(W1, W2, X, Y, A1, P)
        W2 = W2 - learning_rate * dW2
        W1 = W1 - learning_rate * dW1
    return W1, W2, losses


def train_on_copies(W1, W2, X, Y, learning_rate, epochs):
    W1, W2, losses = W1.copy(), W2.copy(), np.zeros(epochs)
    for epoch in range(epochs):
        _, A1, _, P = forward(W1, W2, X)
        losses[epoch] = bce(P, Y)
        dW1, dW2 = backward(W1, W2, X, Y, A1, P)
        W1 -= learning_rate * dW1
        W2 -= learning_rate * dW2
    return [W1, W2, losses]


class TestFirstTraining(LessonContract):
    lesson_name = "06-first-training"
    variants = {
        "xor.backward": [backward_of_the_seed, backward_sample_by_sample],
        "xor.train": [train_of_the_seed, train_on_copies],
        "xor.predict": [
            lambda W1, W2, X: forward(W1, W2, X)[3].ravel() > 0.5,
            lambda W1, W2, X: [int(z >= 0) for z in forward(W1, W2, X)[2][0]],
            lambda W1, W2, X: np.rint(np.squeeze(forward(W1, W2, X)[3], axis=0)),
        ],
        "xor.symmetry": [{"symmetry": "C"}, {"symmetry": " c) "}],
        "xor.bug_hunt": [{"wrong_line": np.int64(3)}, {"wrong_line": 3.0}],
    }


# --- the seed's figures ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed_run():
    np.random.seed(2)
    W1, W2 = np.random.rand(2, 2), np.random.rand(1, 2)
    return train(W1, W2, XOR_X, XOR_Y, 0.1, 10_000)


def test_the_seeds_final_weights_to_the_printed_digits(seed_run):
    W1, W2, _ = seed_run
    assert np.array2string(W1, precision=8) == "[[0.6945972  0.69298621]\n [4.95603514 4.90910154]]"
    assert np.array2string(W2, precision=8) == "[[-8.76869413  6.71602913]]"


def test_the_seeds_losses_probabilities_and_predictions(seed_run):
    W1, W2, losses = seed_run
    assert len(losses) == 10_000
    assert f"{losses[0]:.10f} {losses[-1]:.10f}" == "0.7166445614 0.3974132847"
    P = forward(W1, W2, XOR_X)[3]
    assert [f"{p:.4f}" for p in P[0]] == ["0.2638", "0.6945", "0.6943", "0.4253"]
    assert predict(W1, W2, XOR_X).tolist() == [0, 1, 1, 0]


def test_the_seeds_loss_curve_never_rises(seed_run):
    assert np.all(np.diff(seed_run[2]) < 0)


def test_the_notebook_prints_the_seeds_numbers():
    text = notebook_output()
    for number in (
        "0.3974",
        *("0.69459720", "0.69298621", "4.95603514", "4.90910154", "-8.76869413", "6.71602913"),
        *("0.2638", "0.6945", "0.6943", "0.4253", "[0, 1, 1, 0]"),
    ):
        assert number in text, number


def notebook_output() -> str:
    notebook = nbformat.read(
        ROOT / "solutions/06-first-training/06-first-training.ipynb", as_version=4
    )
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert [out for out in outputs if out.get("name") == "stderr"] == []
    return "".join(out.text for out in outputs if out.output_type == "stream")


# --- the facts ---------------------------------------------------------------------------------


def test_with_biases_the_same_net_gets_far_lower(seed_run):
    names = namespace("solutions", "06-first-training")
    assert names["losses_with_biases"][0] == pytest.approx(seed_run[2][0])  # the same start
    assert len(names["losses_with_biases"]) == 10_000
    assert seed_run[2][-1] > 15 * names["losses_with_biases"][-1]


@pytest.mark.parametrize("row", [(0.4, 0.9), (-1.0, 0.3), (0.5, 0.5)])
def test_equal_weights_never_part(row):
    W1, W2, _ = train(np.array([row, row]), np.array([[0.3, 0.3]]), XOR_X, XOR_Y, 1.0, 2_000)
    assert np.array_equal(W1[0], W1[1]) and W2[0, 0] == W2[0, 1]
    assert not np.allclose(W1[0], row)  # but they do move
    assert predict(W1, W2, XOR_X).tolist() != [0, 1, 1, 0]


# --- the references ----------------------------------------------------------------------------


def some_net(n_x=3, n_h=4, n_y=2, m=5):
    rng = np.random.default_rng(7)
    W1, W2, X = rng.normal(size=(n_h, n_x)), rng.normal(size=(n_y, n_h)), rng.normal(size=(n_x, m))
    return W1, W2, X, rng.integers(0, 2, (n_y, m))


def total_loss(W1, W2, X, Y):
    A1 = 1 / (1 + anp.exp(-anp.dot(W1, X)))
    P = 1 / (1 + anp.exp(-anp.dot(W2, A1)))
    return -anp.sum(Y * anp.log(P) + (1 - Y) * anp.log(1 - P)) / Y.shape[1]


def test_the_gradients_agree_with_automatic_differentiation():
    W1, W2, X, Y = some_net()
    _, A1, _, P = forward(W1, W2, X)
    ours = backward(W1, W2, X, Y, A1, P)
    for k, mine in enumerate(ours):
        np.testing.assert_allclose(mine, grad(total_loss, k)(W1, W2, X, Y), rtol=1e-11)


def test_the_gradients_pass_the_check_of_lesson_04():
    W1, W2, _, _ = some_net(2, 3, 1)
    _, A1, _, P = forward(W1, W2, XOR_X)
    dW1, dW2 = backward(W1, W2, XOR_X, XOR_Y, A1, P)

    def loss(W1, W2):
        return bce(forward(W1, W2, XOR_X)[3], XOR_Y)

    assert relative_error(dW1, numeric_gradient(lambda w: loss(w, W2), W1)) < 1e-8
    assert relative_error(dW2, numeric_gradient(lambda w: loss(W1, w), W2)) < 1e-8


# --- what must not pass ------------------------------------------------------------------------


def hurried(W1, W2, X, Y, learning_rate, epochs):
    losses = []
    for _ in range(epochs):
        _, A1, _, P = forward(W1, W2, X)
        losses.append(bce(P, Y))
        W2 = W2 - learning_rate * (P - Y) @ A1.T / X.shape[1]
        W1 = W1 - learning_rate * (W2.T @ (P - Y) * A1 * (1 - A1)) @ X.T / X.shape[1]
    return W1, W2, losses


def test_the_hurried_update_looks_fine_by_its_loss_and_is_found_all_the_same(seed_run):
    np.random.seed(2)
    W1, W2, losses = hurried(np.random.rand(2, 2), np.random.rand(1, 2), XOR_X, XOR_Y, 0.1, 10_000)
    assert losses[-1] < seed_run[2][-1]  # even lower
    assert np.all(np.diff(losses) < 0)
    assert predict(W1, W2, XOR_X).tolist() == [0, 1, 1, 0]
    verdict = judge("xor.train", hurried)
    assert verdict.mistake == "W2 updated before dW1 uses it"
    assert "large" in verdict.message


def test_a_small_constant_error_in_a_gradient_is_found():
    def nearly(*args):
        dW1, dW2 = backward(*args)
        return 1.001 * dW1, dW2

    verdict = judge("xor.backward", nearly)
    assert verdict.points == 2 and not verdict.passed


@pytest.mark.parametrize(
    ("scale", "name"), [(lambda m: m, "m times too large"), (lambda m: 1 / m, "m times too small")]
)
def test_the_mean_is_taken_once(scale, name):
    def answer(*args):
        return [scale(args[2].shape[1]) * g for g in backward(*args)]

    assert judge("xor.backward", answer).mistake == name


def test_the_seeds_own_predict_stumbles_over_a_single_sample():
    def predict_of_the_seed(W1, W2, X):
        P = forward(W1, W2, X)[3]
        return np.squeeze(P) >= 0.5

    assert judge("xor.predict", predict_of_the_seed).mistake == "squeezed to a single number"


def test_a_training_that_keeps_its_rate_in_the_notebook_is_rejected():
    def answer(W1, W2, X, Y, learning_rate, epochs):
        return train(W1, W2, X, Y, 0.1, epochs)

    assert judge("xor.train", answer).points == 0


def test_a_question_wants_a_letter():
    for answer in ("e", 3, ["c"], ""):
        message = judge("xor.symmetry", symmetry=answer).message
        assert 'one letter in quotes, "a" to "d"' in " ".join(message.split())


def test_questions_never_show_the_right_answer():
    for verdict in (
        judge("xor.symmetry", symmetry="a"),
        judge("xor.bug_hunt", wrong_line=5),
    ):
        assert not verdict.passed and "expected" not in verdict.message
