"""Lesson 04: its exercises, and every number that the seed printed for its XOR network."""

import warnings

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge
from lessonlib.lessons import find
from lessonlib.lessons import xor as lesson
from lessonlib.lessons.xor import X, Y, backward, bce, forward, linear_fit, predict, train
from lessonlib.nn import numeric_gradient, relative_error

# --- other right answers -----------------------------------------------------------------------


def fit_by_normal_equations(x, y):
    A = np.append(x, np.ones((1, x.shape[1])), axis=0)
    return (np.linalg.solve(A @ A.T, A @ y.T).T @ A).tolist()


def fit_by_projection(x, y):
    A = np.column_stack([np.ones(x.shape[1]), x.T])
    return y @ A @ np.linalg.pinv(A)


def fit_by_means(x, y):
    """Centre both, fit without a bias, put the mean of y back."""
    mean_x, mean_y = x.mean(axis=1, keepdims=True), y.mean()
    return (y - mean_y) @ np.linalg.pinv(x - mean_x) @ (x - mean_x) + mean_y


def sigmoid_of_the_seed(z):
    z = 1 / (1 + np.exp(-z))
    return z


def sigmoid_by_loop(z):
    flat = [1 / (1 + np.exp(-min(max(float(entry), -700), 700))) for entry in np.ravel(z)]
    return np.array(flat).reshape(np.shape(z))


def forward_of_the_seed(w1, w2, x):
    z1 = np.dot(w1, x)
    a1 = sigmoid_of_the_seed(z1)
    z2 = np.dot(w2, a1)
    return z1, a1, z2, sigmoid_of_the_seed(z2)


def forward_sample_by_sample(w1, w2, x):
    columns = [forward(w1, w2, x[:, [k]]) for k in range(x.shape[1])]
    return [np.hstack(arrays) for arrays in zip(*columns, strict=True)]


def bce_with_clip(a2, y):
    a2 = np.clip(a2, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2))


def bce_by_loop(a2, y):
    costs = [-np.log(max(a if t else 1 - a, 1e-300)) for a, t in zip(a2[0], y[0], strict=True)]
    return sum(costs) / len(costs)


def bce_with_a_little_added(a2, y):
    m = y.shape[1]
    return -(1 / m) * np.sum(y * np.log(a2 + 1e-9) + (1 - y) * np.log(1 - a2 + 1e-9))


def backward_of_the_seed(w1, w2, x, y, a1, a2):
    m = x.shape[1]
    dz2 = a2 - y
    dw2 = np.dot(dz2, a1.T) / m
    dz1 = np.dot(w2.T, dz2) * a1 * (1 - a1)
    dw1 = np.dot(dz1, x.T) / m
    return np.reshape(dw1, w1.shape), np.reshape(dw2, w2.shape)


def backward_sample_by_sample(w1, w2, x, y, a1, a2):
    dw1, dw2, m = np.zeros(w1.shape), np.zeros(w2.shape), x.shape[1]
    for k in range(m):
        dz2 = a2[:, k] - y[:, k]
        dz1 = dz2 @ w2 * a1[:, k] * (1 - a1[:, k])
        dw2 += np.outer(dz2, a1[:, k]) / m
        dw1 += np.outer(dz1, x[:, k]) / m
    return [dw1.tolist(), dw2.tolist()]


def train_of_the_seed(w1, w2, x, y, lr, epochs):
    m, losses = x.shape[1], []
    for _ in range(epochs):
        _, a1, _, a2 = forward_of_the_seed(w1, w2, x)
        losses.append(-(1 / m) * np.sum(y * np.log(a2) + (1 - y) * np.log(1 - a2)))
        dw1, dw2 = backward_of_the_seed(w1, w2, x, y, a1, a2)
        w2 = w2 - lr * dw2
        w1 = w1 - lr * dw1
    return w1, w2, losses


def train_on_copies(w1, w2, x, y, lr, epochs):
    w1, w2, losses = w1.copy(), w2.copy(), np.zeros(epochs)
    for epoch in range(epochs):
        _, a1, _, a2 = forward(w1, w2, x)
        losses[epoch] = bce(a2, y)
        dw1, dw2 = backward(w1, w2, x, y, a1, a2)
        w1 -= lr * dw1
        w2 -= lr * dw2
    return [w1, w2, losses]


class TestXor(LessonContract):
    prefix = "xor"
    variants = {
        "xor.recall_1": [{"dz": np.array([[0.0, 0.0, 5.0]])}, {"dz": (0, 0, 5)}],
        "xor.recall_2": [{"verdict": "B"}, {"verdict": "(b)"}],
        "xor.linear_fit": [fit_by_normal_equations, fit_by_projection, fit_by_means],
        "xor.relu_weights": [
            {"W1": [[1, -1], [-1, 1]], "b1": [[0], [0]], "W2": [[1, 1]], "b2": [[0]]},
            {"W1": [[1, 1], [-1, -1]], "b1": [[-1], [1]], "W2": [[-1, -1]], "b2": [[1]]},
            {
                "W1": np.array([[1.0, 1.0], [3.0, 3.0]]),
                "b1": np.array([[0.0], [-3.0]]),
                "W2": np.array([[1.0, -2 / 3]]),
                "b2": np.array([[0.0]]),
            },
        ],
        "xor.sigmoid": [
            sigmoid_of_the_seed,
            sigmoid_by_loop,
            lambda z: (1 + np.tanh(np.multiply(z, 0.5))) / 2,
            lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        ],
        "xor.sigmoid_derivative": [
            lambda a: a - a**2,
            lambda a: 0.25 - (a - 0.5) ** 2,
            lambda a: (np.asarray(a) * (1 - np.asarray(a))).tolist(),
        ],
        "xor.forward": [forward_of_the_seed, forward_sample_by_sample],
        "xor.bce": [bce_with_clip, bce_by_loop, bce_with_a_little_added],
        "xor.backward": [backward_of_the_seed, backward_sample_by_sample],
        "xor.train": [train_of_the_seed, train_on_copies],
        "xor.predict": [
            lambda w1, w2, x: forward(w1, w2, x)[3].ravel() > 0.5,
            lambda w1, w2, x: [int(z >= 0) for z in forward(w1, w2, x)[2][0]],
            lambda w1, w2, x: np.rint(np.squeeze(forward(w1, w2, x)[3], axis=0)),
        ],
        "xor.bug_hunt": [{"wrong_line": np.int64(3)}, {"wrong_line": 3.0}],
        "xor.symmetry": [{"symmetry": "C"}, {"symmetry": " c) "}],
    }


# --- the seed's figures ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed_run():
    np.random.seed(2)
    w1, w2 = np.random.rand(2, 2), np.random.rand(1, 2)
    return train(w1, w2, X, Y, 0.1, 10_000)


def test_the_seeds_final_weights_to_the_printed_digits(seed_run):
    w1, w2, _ = seed_run
    assert np.array2string(w1, precision=8) == "[[0.6945972  0.69298621]\n [4.95603514 4.90910154]]"
    assert np.array2string(w2, precision=8) == "[[-8.76869413  6.71602913]]"


def test_the_seeds_losses_probabilities_and_predictions(seed_run):
    w1, w2, losses = seed_run
    assert len(losses) == 10_000
    assert f"{losses[0]:.10f} {losses[-1]:.10f}" == "0.7166445614 0.3974132847"
    a2 = forward(w1, w2, X)[3]
    assert [f"{p:.4f}" for p in a2[0]] == ["0.2638", "0.6945", "0.6943", "0.4253"]
    assert predict(w1, w2, X).tolist() == [0, 1, 1, 0]


def test_the_seeds_loss_curve_never_rises(seed_run):
    assert np.all(np.diff(seed_run[2]) < 0)


def test_the_seeds_shapes_and_table():
    assert X.tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]] and Y.tolist() == [[0, 1, 1, 0]]
    assert (X.shape, Y.shape) == ((2, 4), (1, 4))


DRAWN = """
0.61927097 0.29965467 0.26682728 0.62113383 0.52914209
0.13457995 0.51357812 0.18443987 0.78533515 0.85397529
0.49423684 0.84656149 0.07964548 0.50524609 0.0652865
0.42812233 0.09653092 0.12715997 0.59674531 0.226012
0.10694568 0.22030621 0.34982629 0.46778748 0.20174323
0.64040673 0.48306984 0.50523672 0.38689265 0.79363745
0.58000418 0.1622986 0.70075235 0.96455108 0.50000836
0.88952006 0.34161365 0.56714413 0.42754596 0.43674726
0.77655918 0.53560417 0.95374223 0.54420816 0.08209492
"""


def test_the_seeds_further_draws_to_the_printed_digits():
    np.random.seed(2)
    np.random.rand(6)  # w1 and w2
    assert float(np.random.rand()) == 0.2046486340378425
    further = np.concatenate(
        [np.random.rand(*sizes).ravel() for sizes in ((5,), (2, 5), (2, 3, 5))]
    )
    assert [f"{number:.8f}".rstrip("0") for number in further] == DRAWN.split()


def test_the_notebook_prints_the_seeds_numbers():
    text = notebook_output()
    for number in (
        *("0.7166445614", "0.3974132847"),
        *("0.69459720", "0.69298621", "4.95603514", "4.90910154", "-8.76869413", "6.71602913"),
        *("0.20464863", "0.61927097", "0.52914209", "0.13457995", "0.06528650"),
        *("0.42812233", "0.08209492"),
        *("0.2638", "0.6945", "0.6943", "0.4253", "[0, 1, 1, 0]"),
    ):
        assert number in text, number


def notebook_output() -> str:
    import nbformat
    from notebook_cells import ROOT

    notebook = nbformat.read(ROOT / "solutions/04-xor/04-xor.ipynb", as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert [out for out in outputs if out.get("name") == "stderr"] == []
    return "".join(out.text for out in outputs if out.output_type == "stream")


# --- the facts ---------------------------------------------------------------------------------


def test_the_best_line_says_one_half_everywhere():
    np.testing.assert_allclose(linear_fit(X, Y), np.full((1, 4), 0.5), atol=1e-15)


def test_no_line_on_a_grid_gets_all_four_right():
    w, v, b = np.meshgrid(*[np.linspace(-3, 3, 25)] * 3)
    heights = [w * x1 + v * x2 + b > 0 for x1, x2 in X.T]
    assert max(sum(h == t for h, t in zip(heights, Y[0], strict=True)).flat) == 3


def test_with_biases_the_same_net_gets_far_lower(seed_run):
    names = namespace("solutions", "xor")
    assert names["losses_with_biases"][0] == pytest.approx(seed_run[2][0])  # the same start
    assert len(names["losses_with_biases"]) == 10_000
    assert seed_run[2][-1] > 15 * names["losses_with_biases"][-1]


def test_without_biases_the_first_sample_always_sees_the_mean_of_w2():
    rng = np.random.default_rng(1)
    w1, w2 = rng.normal(size=(2, 2)), rng.normal(size=(1, 2))
    assert forward(w1, w2, X)[2][0, 0] == pytest.approx(w2.mean())


@pytest.mark.parametrize("row", [(0.4, 0.9), (-1.0, 0.3), (0.5, 0.5)])
def test_equal_weights_never_part(row):
    w1, w2, _ = train(np.array([row, row]), np.array([[0.3, 0.3]]), X, Y, 1.0, 2_000)
    assert np.array_equal(w1[0], w1[1]) and w2[0, 0] == w2[0, 1]
    assert not np.allclose(w1[0], row)  # but they do move
    assert predict(w1, w2, X).tolist() != [0, 1, 1, 0]


# --- the references ----------------------------------------------------------------------------


def some_net(n_x=3, n_h=4, n_y=2, m=5):
    rng = np.random.default_rng(7)
    w1, w2, x = rng.normal(size=(n_h, n_x)), rng.normal(size=(n_y, n_h)), rng.normal(size=(n_x, m))
    return w1, w2, x, rng.integers(0, 2, (n_y, m))


def total_loss(w1, w2, x, y):
    a1 = 1 / (1 + anp.exp(-anp.dot(w1, x)))
    a2 = 1 / (1 + anp.exp(-anp.dot(w2, a1)))
    return -anp.sum(y * anp.log(a2) + (1 - y) * anp.log(1 - a2)) / y.shape[1]


def test_the_gradients_agree_with_automatic_differentiation():
    w1, w2, x, y = some_net()
    _, a1, _, a2 = forward(w1, w2, x)
    ours = backward(w1, w2, x, y, a1, a2)
    for k, mine in enumerate(ours):
        np.testing.assert_allclose(mine, grad(total_loss, k)(w1, w2, x, y), rtol=1e-11)


def test_the_gradients_pass_the_check_of_lesson_03():
    w1, w2, _, _ = some_net(2, 3, 1)
    _, a1, _, a2 = forward(w1, w2, X)
    dw1, dw2 = backward(w1, w2, X, Y, a1, a2)

    def loss(w1, w2):
        return bce(forward(w1, w2, X)[3], Y)

    assert relative_error(dw1, numeric_gradient(lambda w: loss(w, w2), w1)) < 1e-8
    assert relative_error(dw2, numeric_gradient(lambda w: loss(w1, w), w2)) < 1e-8


def test_the_slope_of_the_sigmoid_is_its_derivative():
    z = np.linspace(-6, 6, 41)
    slopes = lesson.sigmoid_derivative(lesson.sigmoid(z))
    oracle = [grad(lambda t: 1 / (1 + anp.exp(-t)))(t) for t in z]
    np.testing.assert_allclose(slopes, oracle, rtol=1e-12)


def test_the_reference_sigmoid_is_silent_and_exact_far_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = lesson.sigmoid(np.array([-1000, -40, 0, 40, 1000]))
    np.testing.assert_allclose(a, [0, np.exp(-40), 0.5, 1, 1], rtol=1e-15)


# --- what must not pass ------------------------------------------------------------------------


def hurried(w1, w2, x, y, lr, epochs):
    losses = []
    for _ in range(epochs):
        _, a1, _, a2 = forward(w1, w2, x)
        losses.append(bce(a2, y))
        w2 = w2 - lr * (a2 - y) @ a1.T / x.shape[1]
        w1 = w1 - lr * (w2.T @ (a2 - y) * a1 * (1 - a1)) @ x.T / x.shape[1]
    return w1, w2, losses


def test_the_hurried_update_looks_fine_by_its_loss_and_is_found_all_the_same(seed_run):
    np.random.seed(2)
    w1, w2, losses = hurried(np.random.rand(2, 2), np.random.rand(1, 2), X, Y, 0.1, 10_000)
    assert losses[-1] < seed_run[2][-1]  # even lower
    assert np.all(np.diff(losses) < 0)
    assert predict(w1, w2, X).tolist() == [0, 1, 1, 0]
    verdict = judge("xor.train", hurried)
    assert verdict.mistake == "w2 updated before dw1 uses it"
    assert "large" in verdict.message


def test_a_small_constant_error_in_a_gradient_is_found():
    def nearly(*args):
        dw1, dw2 = backward(*args)
        return 1.001 * dw1, dw2

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
    def predict_of_the_seed(w1, w2, x):
        a2 = forward(w1, w2, x)[3]
        return np.squeeze(a2) >= 0.5

    assert judge("xor.predict", predict_of_the_seed).mistake == "squeezed to a single number"


def test_the_seeds_sigmoid_passes_with_a_word_about_its_warning():
    verdict = judge("xor.sigmoid", sigmoid_of_the_seed)
    assert verdict.passed
    assert "overflow" in verdict.message and "costs nothing" in verdict.message


def test_two_slips_in_the_loss_get_two_diagnoses():
    def answer(a2, y):
        return -np.sum(y * np.log(a2) + (1 - y) * np.log(1 - a2))

    outputs = judge("xor.bce", answer).outputs
    assert [out.mistake for out in outputs] == ["m times too large", "no guard for log(0)"]


def test_a_training_that_keeps_its_rate_in_the_notebook_is_rejected():
    def answer(w1, w2, x, y, lr, epochs):
        return train(w1, w2, x, y, 0.1, epochs)

    assert judge("xor.train", answer).points == 0


def test_weights_of_the_wrong_shape_are_told_the_shape():
    flat = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [[0]]}
    verdict = verdict_on(find("xor.relu_weights"), flat)
    assert not verdict.passed
    message = " ".join(verdict.message.split())
    assert "b1 is of shape (2,); it should have shape (2, 1)" in message


def test_a_question_wants_a_letter():
    for answer in ("e", 3, ["c"], ""):
        message = judge("xor.symmetry", symmetry=answer).message
        assert 'one letter in quotes, "a" to "d"' in " ".join(message.split())


def test_questions_never_show_the_right_answer():
    for verdict in (
        judge("xor.symmetry", symmetry="a"),
        judge("xor.recall_1", dz=[1, 2, 3]),
        judge("xor.recall_2", verdict="a"),
        judge("xor.bug_hunt", wrong_line=5),
    ):
        assert not verdict.passed and "expected" not in verdict.message
