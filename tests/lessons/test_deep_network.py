"""Lesson 12: what counts as right and wrong, and the gradients that Keras printed in seed 000."""

import math
from itertools import pairwise

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge, nn
from lessonlib.data import spirals, two_moons, xor
from lessonlib.lessons import deep_network as two
from lessonlib.lessons import find
from lessonlib.lessons.deep_network import deep_forward as one
from lessonlib.nn.network import Network as FinishedNetwork
from lessonlib.reference import keras_two_hidden_layers

HIDDEN, OUTPUT = ("relu", "tanh", "sigmoid"), ("sigmoid", "softmax", "linear")

# --- other right answers -----------------------------------------------------------------------


def initialize_evenly(layer_sizes, rng, scheme="he"):
    """Uniform weights of the same spread are as good as normal ones."""
    parameters = ()
    for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:], strict=True):
        limit = np.sqrt(6 / (n_in if scheme == "he" else n_in + n_out))
        parameters += ([rng.uniform(-limit, limit, (n_in, n_out)), [0.0] * n_out],)
    return parameters


def initialize_scaled(layer_sizes, rng, scheme="he"):
    def weights(i, o):
        total = i + o if scheme == "glorot" else i
        return rng.standard_normal((i, o)) / (total / 2) ** 0.5

    return [(weights(i, o), np.zeros(o, dtype=int)) for i, o in pairwise(layer_sizes)]


def forward_with_tuples(X, parameters, hidden="relu", output="sigmoid"):
    """Caches in another form are right as well, if they hold what backward needs."""
    kinds = [hidden] * (len(parameters) - 1) + [output]
    A, caches = X, ()
    for (W, b), kind in zip(parameters, kinds, strict=True):
        Z = np.dot(A, W) + b[None, :]
        caches += (((A, W, b), Z),)
        A = one.activate(Z, kind)
    return [A, caches]


def forward_with_more_keys(X, parameters, hidden="relu", output="sigmoid"):
    caches = []
    for W, b in parameters:
        A_prev = caches[-1]["A"] if caches else np.asarray(X, float)
        Z = np.einsum("ij,jk->ik", A_prev, W) + b
        caches.append({"A_prev": A_prev, "W": W, "b": b, "Z": Z, "A": one.activate(Z, hidden)})
    caches[-1]["A"] = one.activate(caches[-1]["Z"], output)
    return caches[-1]["A"].copy(), caches


def forward_recursive(X, parameters, hidden="relu", output="sigmoid"):
    (W, b), rest = parameters[0], parameters[1:]
    Z = X @ W + b
    A = one.activate(Z, hidden if rest else output)
    cache = {"A_prev": X, "Z": Z, "A": A}
    if not rest:
        return A, [cache]
    P, caches = forward_recursive(A, rest, hidden, output)
    return P, [cache, *caches]


def scales_by_forward(X, parameters, hidden):
    return np.array([cache["A"].std() for cache in one.forward(X, parameters, hidden, hidden)[1]])


def scales_by_definition(X, parameters, hidden):
    scales, A = (), X
    for W, b in parameters:
        A = one.activate(A @ W + b, hidden)
        scales += (math.sqrt(np.mean(A**2) - np.mean(A) ** 2),)
    return scales


def bce_by_cases(Z, Y):
    """Both logarithms, each written so that nothing overflows."""
    with np.errstate(over="ignore"):
        yes = np.where(Z > 0, np.log1p(np.exp(-1.0 * Z)), -Z + np.log1p(np.exp(1.0 * Z)))
        no = np.where(Z > 0, Z + np.log1p(np.exp(-1.0 * Z)), np.log1p(np.exp(1.0 * Z)))
        return np.array(np.where(Y == 1, yes, no).sum(axis=1).mean())


def bce_by_loops(Z, Y):
    total = 0.0
    for z, y in zip(np.ravel(Z).tolist(), np.ravel(Y).tolist(), strict=True):
        total += max(z, 0) - z * y + math.log(1 + math.exp(-abs(z)))
    return total / Z.shape[0]


def backward_by_samples(P, Y, parameters, caches, hidden="relu"):
    """The mean of the gradients of single samples, with slopes from Z."""
    slope = {
        "relu": lambda z: np.where(z > 0, 1, 0),
        "tanh": lambda z: 1 / np.cosh(z) ** 2,
        "sigmoid": lambda z: nn.sigmoid(z) * nn.sigmoid(-z),
    }[hidden]
    grads = [[np.zeros(W.shape), np.zeros(b.shape)] for W, b in parameters]
    for i in range(len(P)):
        dz = P[i] - Y[i]
        for k in range(len(parameters) - 1, -1, -1):
            grads[k][0] += np.outer(caches[k]["A_prev"][i], dz) / len(P)
            grads[k][1] += dz / len(P)
            if k:
                dz = (parameters[k][0] @ dz) * slope(caches[k - 1]["Z"][i])
    return grads


def backward_mean_at_the_end(P, Y, parameters, caches, hidden="relu"):
    """Sums all the way down, divided in every dW and db: the same numbers."""
    dZ, grads = P - Y, ()
    for k in reversed(range(len(parameters))):
        A_prev = caches[k]["A_prev"]
        grads = ((A_prev.T @ dZ / len(P), dZ.mean(axis=0).tolist()), *grads)
        dA = dZ @ parameters[k][0].T
        dZ = dA * (1 - np.tanh(caches[k - 1]["Z"]) ** 2 if hidden == "tanh" else 1) if k else None
        if k and hidden != "tanh":
            dZ = dA * one.slope(caches[k - 1]["A"], hidden)
    return grads


def update_with_arrays(parameters, grads, learning_rate):
    new = []
    for i in range(len(parameters)):
        pairs = zip(parameters[i], grads[i], strict=True)
        new.append([np.subtract(theta, np.multiply(learning_rate, d)) for theta, d in pairs])
    return tuple(new)


def update_copies(parameters, grads, learning_rate):
    new = [[np.array(theta, dtype=float) for theta in pair] for pair in parameters]
    for pair, gradients in zip(new, grads, strict=True):
        for theta, gradient in zip(pair, gradients, strict=True):
            theta -= learning_rate * gradient
    return new


class WithClasses(two.Network):
    """Predicts a class where there are classes, and writes its summary as Keras does."""

    def predict(self, X):
        P = super().predict(X)
        return {
            "sigmoid": (P > 0.5).astype(int),
            "softmax": P.argmax(axis=1),
            "linear": P,
        }[self.output]

    def summary(self):
        text = "Layer (type)   Output Shape   Param #\n"
        for W, b in self.parameters:
            i, o = W.shape
            text += f"dense ({i} x {o})   (None, {o})   {W.size + b.size}\n"
        return text + f"Total params: {sum(W.size + b.size for W, b in self.parameters)}\n"


class WithMomentumAndBatches(two.Network):
    """Another way of training and another start are right as long as it learns."""

    def __init__(self, layer_sizes, rng, hidden, output):
        self.rng, self.hidden, self.output = rng, hidden, output
        self.parameters = initialize_scaled(layer_sizes, rng)
        self.velocity = [(0 * W, 0 * b) for W, b in self.parameters]

    def fit(self, X, Y, learning_rate, epochs):
        for _ in range(epochs):
            for batch in np.array_split(self.rng.permutation(len(X)), max(1, len(X) // 40)):
                P, caches = one.forward(X[batch], self.parameters, self.hidden, self.output)
                grads = two.backward(P, Y[batch], self.parameters, caches, self.hidden)
                self.velocity = [
                    (0.5 * vW + 0.5 * dW, 0.5 * vb + 0.5 * db)
                    for (vW, vb), (dW, db) in zip(self.velocity, grads, strict=True)
                ]
                self.parameters = two.update(self.parameters, self.velocity, learning_rate)
        return self


class TheLibrarys(FinishedNetwork):
    """The course's finished network does all of it."""

    def summary(self):
        counts = [W.size + b.size for W, b in self.parameters]
        layers = zip(self.parameters, counts, strict=True)
        lines = [f"{W.shape[0]} -> {W.shape[1]}: {count}" for (W, b), count in layers]
        return "\n".join([*lines, str(sum(counts))])


def keras_gradients(scale=1.0):
    """What Keras printed, digit by digit."""
    net = keras_two_hidden_layers()
    return [(scale * net[f"dW{i}"], scale * net[f"db{i}"]) for i in (1, 2, 3)]


class TestDeepNetwork(LessonContract):
    lesson_name = "deep"
    variants = {
        "deep.recall_1": [{"count": 31.0}, {"count": np.int64(31)}],
        "deep.recall_2": [{"evidence": "C"}, {"evidence": " c)"}],
        "deep.initialize": [initialize_evenly, initialize_scaled],
        "deep.forward": [forward_with_tuples, forward_with_more_keys, forward_recursive],
        "deep.layer_scales": [scales_by_forward, scales_by_definition],
        "deep.bce_from_logits": [
            lambda Z, Y: np.sum(np.logaddexp(0, Z) - Y * Z) / len(Y),
            bce_by_cases,
            bce_by_loops,
        ],
        "deep.backward": [backward_by_samples, backward_mean_at_the_end],
        "deep.framework_gradients": [
            {"grads": keras_gradients()},
            {"grads": tuple([dW.tolist(), db.tolist()] for dW, db in keras_gradients())},
        ],
        "deep.update": [update_with_arrays, update_copies],
        "deep.network": [WithClasses, WithMomentumAndBatches, TheLibrarys],
        "deep.suspects": [
            {"suspects": ["db4", "dW4", "dW1"]},
            {"suspects": ("dW1", "db4", "dW4", "dW1")},
            {"suspects": "dW1, dW4, db4"},
        ],
    }


# --- the references against others -------------------------------------------------------------

ACTIVATIONS = {
    "relu": lambda Z: anp.maximum(Z, 0),
    "tanh": anp.tanh,
    "sigmoid": lambda Z: 1 / (1 + anp.exp(-Z)),
    "softmax": lambda Z: anp.exp(Z) / anp.sum(anp.exp(Z), axis=1, keepdims=True),
    "linear": lambda Z: Z,
}


def loss_of(output, P, Y):
    if output == "linear":
        return anp.sum((P - Y) ** 2) / (2 * len(Y))
    if output == "softmax":
        return -anp.sum(Y * anp.log(P)) / len(Y)
    return -anp.sum(Y * anp.log(P) + (1 - Y) * anp.log(1 - P)) / len(Y)


def plain_loss(parameters, X, Y, hidden, output):
    A = X
    for i, (W, b) in enumerate(parameters):
        A = ACTIVATIONS[output if i == len(parameters) - 1 else hidden](A @ W + b)
    return loss_of(output, A, Y)


def drawn(hidden, output, sizes, m=7):
    rng = np.random.default_rng([HIDDEN.index(hidden), OUTPUT.index(output), len(sizes)])
    parameters = one.initialize(sizes, rng, "glorot")
    parameters = [(W, 0.3 * rng.normal(size=b.shape)) for W, b in parameters]
    X = rng.normal(size=(m, sizes[0]))
    Y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], size=m)]
    return X, Y, parameters


@pytest.mark.parametrize("sizes", [(3, 2), (3, 5, 2), (4, 5, 3, 2), (2, 6, 5, 4, 3)])
@pytest.mark.parametrize("output", OUTPUT)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_backward_is_the_gradient_that_autograd_finds(hidden, output, sizes):
    X, Y, parameters = drawn(hidden, output, sizes)
    P, caches = one.forward(X, parameters, hidden, output)
    expected = autograd.grad(plain_loss)(parameters, X, Y, hidden, output)
    assert np.isclose(loss_of(output, P, Y), plain_loss(parameters, X, Y, hidden, output))
    for mine, theirs in zip(two.backward(P, Y, parameters, caches, hidden), expected, strict=True):
        np.testing.assert_allclose(mine[0], theirs[0], rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-9, atol=1e-14)


def test_the_loss_from_logits_is_the_cross_entropy_and_stays_exact():
    rng = np.random.default_rng(0)
    Z, Y = 3 * rng.normal(size=(6, 2)), rng.integers(0, 2, size=(6, 2))
    expected = nn.binary_cross_entropy(nn.sigmoid(Z), Y)
    np.testing.assert_allclose(one.bce_from_logits(Z, Y), expected, rtol=1e-13)
    assert one.bce_from_logits([[1000.0]], [[0.0]]) == 1000
    assert one.bce_from_logits([[1000.0]], [[1.0]]) == 0
    assert one.bce_from_logits([[-1000.0]], [[1.0]]) == 1000
    np.testing.assert_allclose(one.bce_from_logits([[-40.0]], [[0.0]]), np.exp(-40), rtol=1e-12)


def test_its_gradient_is_p_minus_y_over_m():
    rng = np.random.default_rng(1)
    Z, Y = rng.normal(size=(5, 3)), rng.integers(0, 2, size=(5, 3))
    numeric = nn.numeric_gradient(lambda Z: one.bce_from_logits(Z, Y), Z)
    assert nn.relative_error((nn.sigmoid(Z) - Y) / 5, numeric) < 1e-9


# --- what seed 000 printed ---------------------------------------------------------------------


def test_keras_s_gradients_come_out_to_its_printed_digits():
    """Seven digits in float32: float64 agrees to 1e-7, for the sum over the four samples."""
    grads = two.framework_gradients()
    for mine, printed in zip(grads, keras_gradients(), strict=True):
        for a, b in zip(mine, printed, strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-7)
    assert f"{grads[2][1][0]:.6f}" == "0.189592"
    assert f"{grads[0][0][1, 0]:.7f}" == "-0.0076951"


def test_they_are_the_gradients_of_the_sum():
    X, Y, parameters = two._keras_network()
    assert X.shape == (4, 2) and Y.shape == (4, 1)
    np.testing.assert_array_equal(np.hstack([X, Y]), np.hstack(xor()))

    def total(W3):
        changed = [*parameters[:2], (W3, parameters[2][1])]
        P, _ = one.forward(X, changed, "sigmoid", "sigmoid")
        return 4 * nn.binary_cross_entropy(P, Y)

    numeric = nn.numeric_gradient(total, parameters[2][0])
    np.testing.assert_allclose(numeric, keras_two_hidden_layers()["dW3"], atol=1e-7)


def test_the_printed_figures_come_with_the_package_and_are_new_each_time():
    net = keras_two_hidden_layers()
    assert set(net) == {f"{d}{W}{i}" for d in ("", "d") for W in "W" for i in (1, 2, 3)} | {
        "X", "Y", "db1", "db2", "db3"
    }  # fmt: skip
    assert [net[f"W{i}"].shape for i in (1, 2, 3)] == [(2, 4), (4, 3), (3, 1)]
    net["W1"][:] = 0
    assert keras_two_hidden_layers()["W1"][0, 0] == -0.78729033


@pytest.mark.parametrize(
    "factor, words", [(0.25, "quarter of Keras's"), (4.0, "4"), (-1.0, "sign")]
)
def test_another_factor_is_told(factor, words):
    message = " ".join(judge("deep.framework_gradients", keras_gradients(factor)).message.split())
    assert words in message
    assert "expected" not in message


# --- start and spread --------------------------------------------------------------------------


def test_he_keeps_the_scale_of_ten_relu_layers_and_glorot_that_of_tanh():
    X = np.random.default_rng(0).normal(size=(200, 60))
    sizes = [60] * 11
    he = one.initialize(sizes, np.random.default_rng(1))
    glorot = one.initialize(sizes, np.random.default_rng(1), "glorot")
    scales = one.layer_scales(X, he, "relu")
    assert len(scales) == 10 and all(0.3 < scale < 1.6 for scale in scales)
    assert one.layer_scales(X, glorot, "relu")[-1] < 0.1
    assert one.layer_scales(X, glorot, "tanh")[-1] > 0.15


@pytest.mark.parametrize("answer", [initialize_evenly, initialize_scaled, one.initialize])
def test_a_right_start_is_accepted_whatever_is_drawn(answer):
    exercise = find("deep.initialize")
    assert all(verdict_on(exercise, answer, seed).passed for seed in range(30))


def test_weights_of_one_layer_only_are_not_enough():
    def first_layer_only(layer_sizes, rng, scheme="he"):
        return one.initialize(layer_sizes[:2], rng, scheme)

    verdict = judge("deep.initialize", first_layer_only)
    assert verdict.points == 0
    assert "The list has 1 item, for a network with 3 layers" in verdict.message


# --- forms -------------------------------------------------------------------------------------


def test_caches_without_what_backward_needs_are_refused():
    def only_activations(X, parameters, hidden="relu", output="sigmoid"):
        P, caches = one.forward(X, parameters, hidden, output)
        return P, [(cache["A"],) for cache in caches]

    verdict = judge("deep.forward", only_activations)
    assert not verdict.passed
    assert "'A_prev', 'Z' and 'A'" in verdict.message


def test_one_dictionary_for_all_layers_is_refused():
    def shared(X, parameters, hidden="relu", output="sigmoid"):
        P, caches = one.forward(X, parameters, hidden, output)
        return P, [caches[-1]] * len(caches)

    verdict = judge("deep.forward", shared)
    assert "a dictionary of its own" in verdict.message


def test_a_cache_of_what_the_layer_gave_is_told_so():
    def too_late(X, parameters, hidden="relu", output="sigmoid"):
        P, caches = one.forward(X, parameters, hidden, output)
        return P, [{**cache, "A_prev": cache["A"]} for cache in caches]

    def nothing(X, parameters, hidden="relu", output="sigmoid"):
        P, caches = one.forward(X, parameters, hidden, output)
        return P, [{**cache, "A_prev": None} for cache in caches]

    message = " ".join(judge("deep.forward", too_late).message.split())
    assert "That is what this layer gave." in message
    assert "a dictionary of its own" in " ".join(judge("deep.forward", nothing).message.split())


def test_a_return_inside_the_loop_is_told_so():
    def early(X, parameters, hidden="relu", output="sigmoid"):
        P, caches = one.forward(X, parameters, hidden, output)
        return P, caches[:1]

    message = " ".join(judge("deep.forward", early).message.split())
    assert "A return inside the loop ends it in the first round." in message


def test_p_alone_is_refused():
    def alone(X, parameters, hidden="relu", output="sigmoid"):
        return one.forward(X, parameters, hidden, output)[0]

    message = " ".join(judge("deep.forward", alone).message.split())
    assert "2 values in this order: P, caches" in message


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda grads: [array for pair in grads for array in pair], "one flat list"),
        (lambda grads: dict(enumerate(grads)), "a dict"),
        (lambda grads: grads[1:], "Does the loop reach every layer?"),
        (lambda grads: 4 * grads, "A number times a list repeats the list."),
        (lambda grads: [None, *grads[1:]], "Item 0 of the list"),
        (lambda grads: [dW for dW, db in grads], "Item 0 of the list"),
    ],
)
def test_gradients_in_another_form_are_refused_in_words(change, words):
    verdict = judge("deep.backward", lambda *args: change(two.backward(*args)))
    assert verdict.points == 0
    assert words in " ".join(verdict.message.split())


def test_biases_left_alone_cost_half():
    def without_biases(*args):
        return [(dW, np.zeros_like(db)) for dW, db in two.backward(*args)]

    assert judge("deep.backward", without_biases).points == 3


def test_an_error_of_a_tenth_of_a_per_cent_is_noticed():
    def nearly(*args):
        grads = two.backward(*args)
        return [(1.001 * grads[0][0], grads[0][1]), *grads[1:]]

    assert not judge("deep.backward", nearly).passed


def test_right_for_one_hidden_layer_only_is_not_right():
    """The mask of the last hidden layer is right, those below are left out."""

    def masks_once(P, Y, parameters, caches, hidden="relu"):
        dZ, grads = (P - Y) / len(Y), []
        for k in reversed(range(len(parameters))):
            grads.insert(0, (caches[k]["A_prev"].T @ dZ, dZ.sum(axis=0)))
            dZ = dZ @ parameters[k][0].T
            if k == len(parameters) - 1 and k > 0:
                dZ = dZ * one.slope(caches[k]["A_prev"], hidden)
        return grads

    verdict = judge("deep.backward", masks_once)
    assert [each.name for each in verdict.outputs if each.right][:4] == [
        "dW[-1]", "db[-1]", "dW[-2]", "db[-2]"
    ]  # fmt: skip
    assert not verdict.passed


# --- the class ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [two.Network, WithClasses, WithMomentumAndBatches])
def test_a_right_network_learns_from_every_start(answer):
    exercise = find("deep.network")
    for seed in range(12):
        verdict = verdict_on(exercise, answer, seed)
        assert verdict.passed, verdict.message


def test_a_network_learns_the_spirals():
    X, Y = spirals(200, np.random.default_rng(6))
    net = two.Network([2, 32, 32, 1], np.random.default_rng(7), "relu", "sigmoid")
    net.fit(X, Y, 0.5, 1500)
    X, Y = spirals(200, np.random.default_rng(8))
    assert np.mean((net.predict(X) > 0.5) == Y) > 0.97


def test_a_stack_of_linear_layers_does_not_learn_the_moons():
    class Straight(two.Network):
        def predict(self, X):
            for W, b in self.parameters:
                X = X @ W + b
            return nn.sigmoid(X)

        def fit(self, X, Y, learning_rate, epochs):
            X1 = np.column_stack([X, np.ones(len(X))])
            line = np.linalg.lstsq(X1, 2 * Y - 1, rcond=None)[0]
            self.parameters = [(line[:-1], line[-1])]

    X, Y = two_moons(80, np.random.default_rng(0))
    net = Straight([2, 1], np.random.default_rng(1), "relu", "sigmoid")
    net.fit(X, Y, 1, 1)
    assert np.mean((net.predict(X) > 0.5) == Y) < 0.95
    outputs = {each.name: each.right for each in judge("deep.network", Straight).outputs}
    assert not outputs["XOR"] and not outputs["the two moons"]


@pytest.mark.parametrize(
    "text, told",
    [
        ("(4, 5) 25\n(5, 3) 18\n(3, 2) 8\ntotal 51", "the shapes, the counts, the total"),
        ("4x5: 25; 5x3: 18; 3x2: 8; 51", "the shapes, the counts, the total"),
        ("25, 18 and 8 make 51", "the counts, the total"),
        ("a network", "none of it"),
        (3, "not text but one number"),
    ],
)
def test_a_summary_is_read_for_shapes_counts_and_total(text, told):
    assert two._told_in(text, [4, 5, 3, 2]) == told


# --- the planted code --------------------------------------------------------------------------


def planted_errors(seed):
    """The relative errors of the notebook's planted gradients, by name."""
    names = namespace("solutions", "deep")
    X, Y, parameters = names["network_to_check"]([3, 6, 5, 4, 3], m=20, seed=seed)
    P, caches = one.forward(X, parameters, "tanh", "softmax")
    grads = names["planted_backward"](P, Y, parameters, caches, "tanh")
    right = two.backward(P, Y, parameters, caches, "tanh")
    return {
        f"{name}{i + 1}": nn.relative_error(grads[i][k], right[i][k])
        for i in range(4)
        for k, name in enumerate(("dW", "db"))
    }


@pytest.mark.parametrize("seed", [9, 0, 1])
def test_the_suspects_are_the_wrong_ones_two_of_them_by_less_than_a_per_cent(seed):
    errors = planted_errors(seed)
    wrong = {name for name, error in errors.items() if error > 1e-6}
    assert wrong == two.suspects()
    assert all(errors[name] < 1e-14 for name in errors.keys() - wrong)
    assert all(1e-4 < errors[name] < 1e-2 for name in ("dW4", "db4"))
    assert errors["dW1"] > 0.02


def test_an_unknown_name_among_the_suspects_is_told():
    assert "There is no W1 here" in judge("deep.suspects", {"W1", "dW4"}).message
    assert "a set of names" in judge("deep.suspects", 3).message
