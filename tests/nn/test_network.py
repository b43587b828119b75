"""The finished network: gradients against automatic differentiation, training, files."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from lessonlib.nn import binary_cross_entropy, cross_entropy, numeric_gradient, sigmoid, softmax
from lessonlib.nn.network import Network
from lessonlib.nn.optimisers import OPTIMISERS

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
HIDDEN = {
    "relu": lambda z: anp.maximum(0, z),
    "tanh": anp.tanh,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
}


def draw(output: str, hidden: str = "tanh", sizes=(3, 5, 4, 2), m: int = 7, **more):
    rng = np.random.default_rng(2)
    network = Network(sizes, rng, hidden, output, **more)
    for _, b in network.parameters:
        b[:] = rng.normal(size=b.shape)
    X = rng.normal(size=(m, sizes[0]))
    Y = np.eye(sizes[-1])[rng.integers(sizes[-1], size=m)]
    return network, X, Y


def oracle_loss(parameters, X, Y, hidden, output):
    A = X
    for W, b in parameters[:-1]:
        A = HIDDEN[hidden](anp.dot(A, W) + b)
    Z = anp.dot(A, parameters[-1][0]) + parameters[-1][1]
    if output == "linear":
        return anp.sum((Z - Y) ** 2) / (2 * len(X))
    if output == "sigmoid":
        return anp.sum(anp.logaddexp(0, Z) - Y * Z) / len(X)
    Z = Z - anp.max(Z, axis=1, keepdims=True)
    return anp.sum(anp.log(anp.sum(anp.exp(Z), axis=1)) - anp.sum(Y * Z, axis=1)) / len(X)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("output", ["linear", "sigmoid", "softmax"])
@pytest.mark.parametrize("sizes", [(3, 2), (3, 5, 2), (3, 5, 4, 6, 2)])
def test_loss_and_gradients_agree_with_automatic_differentiation(hidden, output, sizes):
    network, X, Y = draw(output, hidden, sizes)
    parameters = [(W.copy(), b.copy()) for W, b in network.parameters]
    assert network.loss_and_gradients(X, Y) == pytest.approx(
        oracle_loss(parameters, X, Y, hidden, output), rel=1e-12
    )
    theirs = grad(oracle_loss)(parameters, X, Y, hidden, output)
    for (dW, db), (oracle_W, oracle_b) in zip(network.gradients, theirs, strict=True):
        np.testing.assert_allclose(dW, oracle_W, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(db, oracle_b, rtol=1e-10, atol=1e-13)


def test_the_gradient_is_that_of_the_flat_vector():
    network, X, Y = draw("softmax")
    theta = network.theta.copy()

    def loss(vector):
        network.theta[:] = vector
        return network.loss(X, Y)

    numeric = numeric_gradient(loss, theta)
    network.theta[:] = theta
    network.loss_and_gradients(X, Y)
    np.testing.assert_allclose(network.grad, numeric, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    ("output", "predict", "loss"),
    [("sigmoid", sigmoid, binary_cross_entropy), ("softmax", softmax, cross_entropy)],
)
def test_it_says_the_same_as_the_plain_formulas(output, predict, loss):
    network, X, Y = draw(output)
    (W1, b1), (W2, b2), (W3, b3) = network.parameters
    P = predict(np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3)
    np.testing.assert_allclose(network.predict(X), P, rtol=1e-13)
    assert network.loss(X, Y) == pytest.approx(loss(P, Y), rel=1e-12)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_the_loss_is_exact_for_huge_logits(output):
    network = Network([1, 2], np.random.default_rng(0), output=output)
    network.theta[:] = [1000.0, -1000.0, 0.0, 0.0]
    with np.errstate(all="raise", under="ignore"):
        sure_and_wrong = network.loss([[1.0]], [[0.0, 1.0]])
    assert sure_and_wrong == 2000.0
    assert np.all(np.isfinite(network.predict([[1.0]])))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_it_learns_xor(optimiser, hidden):
    network = Network([2, 8, 1], np.random.default_rng(1), hidden, "sigmoid")
    rate = {"sgd": 1.0, "momentum": 0.3, "adam": 0.05}[optimiser]
    losses = network.fit(*XOR, rate, 3000, optimiser=optimiser)["loss"]
    assert losses[-1] < 0.05 < losses[0]
    assert (network.predict(XOR[0]) > 0.5).ravel().tolist() == [False, True, True, False]


def test_one_step_of_each_optimiser_is_the_formula():
    rng = np.random.default_rng(0)
    start, grads = rng.normal(size=5), rng.normal(size=(3, 5))
    theta = {name: start.copy() for name in OPTIMISERS}
    steps = {name: OPTIMISERS[name](theta[name], 0.1) for name in OPTIMISERS}
    velocity, m, v = np.zeros(5), np.zeros(5), np.zeros(5)
    by_hand = {name: start.copy() for name in OPTIMISERS}
    for t, g in enumerate(grads, start=1):
        for name, optimiser in steps.items():
            optimiser.step(theta[name], g.copy())
        velocity = 0.9 * velocity + g
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        by_hand["sgd"] -= 0.1 * g
        by_hand["momentum"] -= 0.1 * velocity
        by_hand["adam"] -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    for name in OPTIMISERS:
        np.testing.assert_allclose(theta[name], by_hand[name], rtol=1e-12)


def test_batches_hold_every_sample_once_and_the_same_rng_gives_the_same_run():
    runs = []
    for _ in range(2):
        network, X, Y = draw("softmax", m=7)
        kept = X.copy(), Y.copy()
        losses = network.fit(X, Y, 0.1, 5, batch_size=3, rng=np.random.default_rng(4))
        runs.append((losses, network.theta.copy()))
        np.testing.assert_array_equal(X, kept[0])
        np.testing.assert_array_equal(Y, kept[1])
    assert runs[0][0] == runs[1][0]
    np.testing.assert_array_equal(runs[0][1], runs[1][1])


def test_an_epoch_of_batches_at_rate_zero_has_the_loss_of_all_samples():
    network, X, Y = draw("softmax", m=7)
    losses = network.fit(X, Y, 0.0, 1, batch_size=3, rng=np.random.default_rng(4))
    assert losses["loss"][0] == pytest.approx(network.loss(X, Y), rel=1e-12)


def test_the_penalty_spares_the_biases():
    network, X, Y = draw("linear", sizes=(3, 2))
    (W, b), before = network.parameters[0], network.theta.copy()
    network.loss_and_gradients(X, Y)
    dW, db = (gradient.copy() for gradient in network.gradients[0])
    W_before, b_before = W.copy(), b.copy()
    network.fit(X, Y, 0.1, 1, l2=0.5)
    np.testing.assert_allclose(W, W_before - 0.1 * (dW + 0.5 * W_before), rtol=1e-12)
    np.testing.assert_allclose(b, b_before - 0.1 * db, rtol=1e-12)
    assert not np.array_equal(before, network.theta)


def test_patience_stops_and_takes_the_best_parameters_back():
    network, X, Y = draw("softmax", m=20)
    validation = X + 3.0, np.roll(Y, 1, axis=1)  # the better it learns, the worse it does here
    losses = network.fit(X, Y, 0.5, 500, validation=validation, patience=3)
    assert len(losses["loss"]) < 500
    assert network.loss(*validation) == pytest.approx(min(losses["validation_loss"]))


def test_the_report_sees_every_epoch():
    network, X, Y = draw("softmax")
    seen = []
    network.fit(
        X, Y, 0.1, 3, report=lambda epoch, losses: seen.append((epoch, len(losses["loss"])))
    )
    assert seen == [(0, 1), (1, 2), (2, 3)]


def test_float32_stays_float32():
    network, X, Y = draw("softmax", dtype=np.float32)
    network.fit(X, Y, 0.1, 2, batch_size=4, rng=np.random.default_rng(0), optimiser="adam")
    assert network.theta.dtype == network.grad.dtype == network.predict(X).dtype == np.float32


def test_saved_and_loaded_it_predicts_the_same(tmp_path):
    network, X, _ = draw("softmax", hidden="relu")
    network.save(tmp_path / "network.npz")
    loaded = Network.load(tmp_path / "network.npz")
    np.testing.assert_array_equal(loaded.predict(X), network.predict(X))
    assert loaded.summary() == network.summary()


def test_a_name_without_a_suffix_is_saved_and_found_again(tmp_path):
    network = Network([2, 3, 1], np.random.default_rng(0))
    network.save(tmp_path / "net")
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]
    for name in ("net", "net.npz"):
        np.testing.assert_array_equal(Network.load(tmp_path / name).theta, network.theta)


def test_it_is_found_where_the_readme_says():
    import lessonlib.nn

    assert lessonlib.nn.Network is Network


def test_what_is_no_network_is_not_loaded(tmp_path):
    np.savez(tmp_path / "evil.npz", theta=np.array([print], dtype=object))
    (tmp_path / "text.npz").write_text("hello")
    for name in ("evil.npz", "text.npz"):
        with pytest.raises(ValueError, match="is not a saved network"):
            Network.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.npz")


def test_the_summary_counts_the_parameters():
    text = Network([1, 2, 2, 1], np.random.default_rng(0), output="linear").summary()
    assert [line.split()[-1] for line in text.splitlines()[1:]] == ["4", "6", "3", "13"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Network([3], np.random.default_rng(0)), "two or more whole numbers"),
        (lambda: Network([3, 0, 1], np.random.default_rng(0)), "two or more whole numbers"),
        (lambda: Network([3, 1.5], np.random.default_rng(0)), "two or more whole numbers"),
        (lambda: Network([3, 1], np.random.default_rng(0), "rellu"), "did you mean 'relu'"),
        (lambda: Network([3, 1], np.random.default_rng(0), output="max"), "no output 'max'"),
        (lambda: draw("linear")[0].predict(np.ones(3)), r"X has shape \(3,\); expected \(m, 3\)"),
        (lambda: draw("linear")[0].fit(np.ones((4, 3)), np.ones(4)), r"expected \(4, 2\)"),
        (lambda: draw("linear")[0].fit(*draw("linear")[1:], batch_size=2), "give `rng`"),
        (lambda: draw("linear")[0].fit(*draw("linear")[1:], optimiser="adem"), "mean 'adam'"),
        (lambda: draw("linear")[0].fit(*draw("linear")[1:], patience=2), "give `validation` too"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_run_that_diverges_says_so():
    network, X, Y = draw("linear", hidden="relu")
    with pytest.raises(FloatingPointError, match="try a learning rate below"):
        network.fit(X, Y, 1e6, 200)
