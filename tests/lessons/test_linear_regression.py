"""Lesson 06: what counts as right and wrong, and every number that seed 003 printed."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge, nn
from lessonlib.data import line
from lessonlib.lessons import find
from lessonlib.lessons import linear_network as net
from lessonlib.lessons import linear_regression as one

# --- other right answers -----------------------------------------------------------------------


def predict_by_loops(X, W, b):
    P = [[float(bias) for bias in b] for _ in X]
    for i, k, j in np.ndindex(len(X), len(b), len(W)):
        P[i][k] += X[i, j] * W[j, k]
    return P


def gradients_by_loops(X, Y, W, b):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for x, y in zip(X, Y, strict=True):
        for k in range(len(b)):
            slope = 2 * (x @ W[:, k] + b[k] - y[k]) / Y.size
            dW[:, k] += slope * x
            db[k] += slope
    return [dW, db]


def fit_in_place(X, Y, learning_rate, epochs):
    """Its own arrays may be written into."""
    W, b, losses = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), np.zeros(epochs)
    for k in range(epochs):
        error = X @ W + b - Y
        losses[k] = (error**2).mean()
        W -= learning_rate * 2 * X.T @ error / error.size
        b -= learning_rate * 2 * error.mean(axis=0) / error.shape[1]
    return W, b, losses


def fit_with_one_table(X, Y, learning_rate, epochs):
    X1 = np.column_stack([X, np.ones(len(X))])
    S, losses = np.zeros((X1.shape[1], Y.shape[1])), []
    for _ in range(epochs):
        losses.append(float(np.square(X1 @ S - Y).mean()))
        S = S - learning_rate * 2 / Y.size * X1.T @ (X1 @ S - Y)
    return S[:-1], S[-1], tuple(losses)


def normal_equations(X, Y):
    X1 = np.column_stack([np.ones(len(X)), X])
    S = np.linalg.solve(X1.T @ X1, X1.T @ Y)
    return S[1:], S[0]


def centred(X, Y):
    W = np.linalg.pinv(X - X.mean(axis=0)) @ (Y - Y.mean(axis=0))
    return W, Y.mean(axis=0) - X.mean(axis=0) @ W


def rate_by_singular_value(X):
    return len(X) / np.linalg.norm(np.column_stack([X, np.ones(len(X))]), 2) ** 2


def rate_by_general_eigenvalues(X):
    X1 = np.insert(X.astype(float), 0, 1, axis=1)
    return 2 / max(abs(np.linalg.eigvals(2 * X1.T @ X1 / len(X))))


def scale_by_loops(X, lo, hi):
    scaled = np.zeros(X.shape)
    for k in range(X.shape[1]):
        if hi[k] != lo[k]:
            scaled[:, k] = (X[:, k] - lo[k]) / (hi[k] - lo[k])
    return scaled


def scale_with_nan_to_num(X, lo, hi):
    """Warns where a column is constant, which costs nothing."""
    return np.nan_to_num((X - lo) / (hi - lo))


def step_by_dense_backward(X, Y, parameters, learning_rate):
    inputs = [X]
    for W, b in parameters:
        inputs.append(nn.dense_forward(inputs[-1], W, b))
    dZ, new = (inputs[-1] - Y) / len(X), []
    for k in (2, 1, 0):
        dW, db, dX = nn.dense_backward(dZ, inputs[k], parameters[k][0])
        new.insert(
            0, [parameters[k][0] - learning_rate * dW, parameters[k][1] - learning_rate * db]
        )
        dZ = dX
    return tuple(new)


def step_with_mean_at_the_end(X, Y, parameters, learning_rate):
    (W1, b1), (W2, b2), (W3, b3) = parameters
    A1 = X @ W1 + b1
    A2 = A1 @ W2 + b2
    d3 = A2 @ W3 + b3 - Y
    d2 = d3 @ W3.T
    d1 = d2 @ W2.T
    rate = learning_rate / len(X)
    return [
        (W1 - rate * X.T @ d1, b1 - rate * d1.sum(0)),
        (W2 - rate * A1.T @ d2, b2 - rate * d2.sum(0)),
        (W3 - rate * A2.T @ d3, b3 - learning_rate * d3.mean(0)),
    ]


def forward_in_place(X, parameters):
    outputs = []
    for W, b in parameters:
        X = X @ W
        X += b
        outputs.append(X)
    return tuple(outputs)


def counts(sizes):
    return np.array([(sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1)])


class TestLinearRegression(LessonContract):
    prefix = "linreg"
    variants = {
        "linreg.recall_1": [{"dz": np.array([1.28])}, {"dz": 1.279999}, {"dz": 32 / 25}],
        "linreg.recall_2": [{"hidden_units": "B"}, {"hidden_units": " (b) "}],
        "linreg.to_rows": [
            lambda W, b: [np.transpose(W), b[:, 0]],
            lambda W, b: (np.swapaxes(W, 0, 1).copy(), np.squeeze(b, axis=1)),
            lambda W, b: ([list(column) for column in zip(*W, strict=True)], [x for (x,) in b]),
        ],
        "linreg.predict": [
            lambda X, W, b: np.einsum("ij,jk->ik", X, W) + b.reshape(1, -1),
            lambda X, W, b: (W.T @ X.T + b[:, None]).T,
            predict_by_loops,
        ],
        "linreg.mse": [
            lambda P, Y: np.sum((Y - P) ** 2) / (len(Y) * Y.shape[1]),
            lambda P, Y: float(np.linalg.norm(P - Y) ** 2 / P.size),
            lambda P, Y: np.array(((P - Y) ** 2).mean(axis=0).mean()),
        ],
        "linreg.mse_gradient": [
            lambda P, Y: (P - Y) * 2 / (P.shape[0] * P.shape[1]),
            lambda P, Y: (-2 / Y.size * (Y - P)).tolist(),
        ],
        "linreg.mae": [
            lambda P, Y: np.abs(Y - P).sum() / Y.size,
            lambda P, Y: np.mean(np.where(P > Y, P - Y, Y - P)),
        ],
        "linreg.mae_gradient": [
            lambda P, Y: ((P > Y).astype(float) - (P < Y)) / Y.size,
            lambda P, Y: np.where(P == Y, 0, np.where(P > Y, 1, -1)) / P.size,
        ],
        "linreg.gradients": [
            gradients_by_loops,
            lambda X, Y, W, b: (
                2 / Y.size * (X.T @ X @ W + np.outer(X.sum(0), b) - X.T @ Y),
                2 * np.mean(X @ W + b - Y, axis=0) / Y.shape[1],
            ),
        ],
        "linreg.fit": [fit_in_place, fit_with_one_table],
        "linreg.closed_form": [normal_equations, centred],
        "linreg.max_learning_rate": [rate_by_singular_value, rate_by_general_eigenvalues],
        "linreg.min_max_fit": [
            lambda X: [np.amin(X, 0), np.amax(X, 0)],
            lambda X: (np.sort(X, axis=0)[0], np.sort(X, axis=0)[-1]),
            lambda X: ([min(c) for c in X.T], [max(c) for c in X.T]),
        ],
        "linreg.min_max_transform": [scale_by_loops, scale_with_nan_to_num],
        "linreg.leak": [
            {"leaky_mae": 0, "honest_mae": 0.1056},
            {"leaky_mae": np.float64(1e-17), "honest_mae": np.array([24.5 / 232])},
        ],
        "linreg.glorot_uniform": [
            lambda a, b, rng: (2 * rng.random((a, b)) - 1) * np.sqrt(6 / (a + b)),
            lambda a, b, rng: rng.uniform(-1, 1, (b, a)).T / np.sqrt((a + b) / 6),
        ],
        "linreg.count_parameters": [counts, lambda sizes: tuple(int(n) for n in counts(sizes))],
        "linreg.network_forward": [
            forward_in_place,
            lambda X, parameters: [net.network_forward(X, parameters[:k])[-1] for k in (1, 2, 3)],
        ],
        "linreg.network_step": [step_by_dense_backward, step_with_mean_at_the_end],
        "linreg.suspects": [
            {"suspects": ["b3", "b2", "b1"]},
            {"suspects": ("b1", "b2", "b3", "b1")},
        ],
    }


# --- seed 003: the data and their scaling ------------------------------------------------------

FLOAT32 = 2e-6  # relative; the seed computed with seven digits


def same(mine, printed, rtol=FLOAT32):
    printed = np.array(printed)
    return np.shape(mine) == printed.shape and np.allclose(mine, printed, rtol=rtol, atol=1e-7)


def seed_parts():
    X, Y = line()
    return X[16:], X[:16], Y[16:], Y[:16]


def test_the_parts_have_the_printed_extent():
    parts = seed_parts()
    assert [part.max() for part in parts] == [48, -70, 99, -137]
    assert [part.min() for part in parts] == [-68, -100, -133, -197]


def test_the_scaled_training_part_has_the_printed_digits():
    x, _, y, _ = seed_parts()
    scaled = one.min_max_transform(x, *one.min_max_fit(x))
    printed = [0.0, 0.01724138, 0.03448276, 0.05172414, 0.06896552, 0.0862069, 0.10344828]
    assert np.round(scaled[:7, 0], 8).tolist() == printed
    assert np.round(scaled[-4:, 0], 8).tolist() == [0.94827586, 0.96551724, 0.98275862, 1.0]
    assert np.allclose(scaled, one.min_max_transform(y, *one.min_max_fit(y)), atol=1e-15)


def test_the_seeds_scaler_makes_y_equal_x_in_both_parts_whatever_the_truth_is():
    x_train, x_test, y_train, y_test = seed_parts()
    for x, y in ((x_train, y_train), (x_test, y_test), (x_test, 0.5 * x_test - 100)):
        own = [one.min_max_transform(a, *one.min_max_fit(a)) for a in (x, y)]
        assert np.allclose(*own, atol=1e-14)


def test_an_honest_scaling_of_the_test_part_lies_outside_0_to_1():
    x_train, x_test, _, _ = seed_parts()
    scaled = one.min_max_transform(x_test, *one.min_max_fit(x_train))
    assert scaled.max() < 0


def test_the_notebooks_planted_scaler_is_the_seeds():
    x_train, x_test, _, _ = seed_parts()
    train, test = namespace("solutions", "linreg")["planted_scaler"](x_train, x_test)
    assert train.min() == test.min() == 0 and train.max() == test.max() == 1


# --- seed 003: its network, forward and one step back ------------------------------------------


@pytest.fixture
def seed():
    return net.seed_003()


def test_the_forward_pass_has_the_printed_digits(seed):
    X, Y, parameters = seed
    A1, A2, P = net.network_forward(X, parameters)
    assert same(A1[[0, -1]], [[-9.473429, -6.7629457], [-14.210143, -10.144419]])
    assert same(A2[[0, -1]], [[2.7326677, -8.254143], [4.0990014, -12.381214]])
    assert same(
        P.ravel(),
        [0.9354558, 0.99392194, 1.052388, 1.1108539, 1.1693196]
        + [1.227786, 1.2862515, 1.3447179, 1.4031837],
    )
    assert same(one.mae(P, Y), 81.83067, rtol=2e-7)
    assert same((P - Y)[[0, 4, -1], 0], [-66.064545, -81.83068, -97.59682])


def step_gradients(step, seed, rate=1e-4):
    X, Y, parameters = seed
    new = step(X, Y, parameters, rate)
    return [
        ((W - V) / rate, (b - c) / rate) for (W, b), (V, c) in zip(parameters, new, strict=True)
    ]


def test_the_gradients_have_the_printed_digits(seed):
    (dW1, _), (dW2, _), (dW3, _) = step_gradients(net.network_step, seed)
    assert same(dW3, [[-284.00793], [857.8584]])
    assert same(dW2, [[-291.47955, -208.08308], [-208.08308, -148.54755]])
    assert same(dW1, [[-440.02707, 1076.4076]])


def test_the_messages_between_the_layers_have_the_printed_digits(seed):
    X, Y, ((W1, _), (W2, _), (W3, _)) = seed
    dZ3 = X @ W1 @ W2 @ W3 - Y
    dZ2 = dZ3 @ W3.T
    dZ1 = dZ2 @ W2.T
    assert same(dZ2[[0, -1]], [[19.558054, 13.962216], [28.893015, 20.626312]])
    assert same(dZ1[[0, -1]], [[-8.740861, 21.38216], [-12.912829, 31.587757]])


def test_the_new_weights_have_the_printed_digits(seed):
    (W1, _), (W2, _), (W3, b3) = net.network_step(*seed, 1e-4)
    assert same(W3, [[-0.26764387], [-0.2971279]])
    assert same(W2, [[-0.2668967, -0.19053374], [0.03143832, 1.5313946]])
    assert same(W1, [[-0.25204194, -0.3189828]])
    assert same(9 * b3, [0.0736476])  # which is why the seed's b3 is nine times too far


def test_the_planted_step_has_the_seeds_biases(seed):
    (_, b1), (_, b2), (_, b3) = namespace("solutions", "linreg")["planted_step"](*seed, 1e-4)
    assert same(b3, [0.0736476])
    assert same(b2, [-0.02180298, -0.01556484])
    assert same(b1, [0.00974416, -0.02383646])


def test_the_planted_step_trains_as_the_seeds_class_did(seed):
    X, Y, parameters = seed
    planted = namespace("solutions", "linreg")["planted_step"]
    state = planted(X, Y, parameters, 1e-4)
    assert same(one.mae(net.network_forward(X, state)[-1], Y), 78.28142, rtol=2e-7)
    _, (dW2, _), (dW3, _) = step_gradients(planted, (X, Y, state))
    assert same(dW3, [[-180.14333], [1405.5679]])
    assert same(dW2, [[-214.4124, -238.0324], [-272.11685, -302.09363]])


def test_the_seeds_second_run_ends_where_it_was_printed():
    """x = 0 ... 9: the printed state is after 39 steps, the next 100 epochs end at the last one."""
    planted = namespace("solutions", "linreg")["planted_step"]
    X = np.arange(10.0).reshape(-1, 1)
    Y, state = 2 * X + 3, net.seed_003()[2]
    seen = {}
    for k in range(140):
        seen[k] = net.network_forward(X, state)[-1], state
        state = planted(X, Y, state, 1e-4)
    assert same([one.mae(seen[k][0], Y) for k in (39, 40, 41)], [11.204785, 11.184079, 11.163118])
    assert same(seen[39][0][[0, -1], 0], [0.29319263, 1.2972373])
    (W1, b1), (W2, b2), (W3, b3) = seen[41][1]
    assert same(W1, [[-0.25944176, -0.32007408]]) and same(b1, [0.06223631, -0.18485752])
    assert same(W2, [[-0.27454513, -0.19226532], [0.03217968, 1.5361695]])
    assert same(b2, [0.45916638, 0.45879436]) and same(b3, [0.47333246])
    assert same(W3, [[-0.26574814], [-0.30259207]])
    first = [1.2841169, 2.1448314, 3.0055463, 3.866261, 4.7269754]
    last = [5.5876894, 6.4484053, 7.3091197, 8.169834, 9.030549]
    assert same(seen[139][0].ravel(), first + last)


def test_the_planted_step_is_wrong_in_the_three_biases_only():
    names = namespace("solutions", "linreg")
    X, Y, elsewhere = names["X"], names["Y"], names["elsewhere"]
    right = net.network_step(X, Y, elsewhere, 1e-4)
    planted = names["planted_step"](X, Y, elsewhere, 1e-4)
    values = zip(
        ("W1", "b1", "W2", "b2", "W3", "b3"), sum(right, ()), sum(planted, ()), strict=True
    )
    wrong = {name for name, a, b in values if not np.allclose(a, b, rtol=1e-9)}
    assert wrong == find("linreg.suspects").reference()["suspects"] == {"b1", "b2", "b3"}


def test_b2_taken_from_b3_shows_only_where_biases_are_not_zero(seed):
    X, Y, parameters = seed
    copied = net._step(old_b=net._b2_from_b3)
    assert np.allclose(copied(*seed, 1e-4)[1][1], net.network_step(*seed, 1e-4)[1][1])
    moved = [(W, b + 1 + k) for k, (W, b) in enumerate(parameters)]
    assert not np.allclose(
        copied(X, Y, moved, 1e-4)[1][1], net.network_step(X, Y, moved, 1e-4)[1][1]
    )


def test_seed_003_starts_every_layer_with_the_same_two_numbers(seed):
    (W1, _), (W2, _), (W3, _) = seed[2]
    assert np.array_equal(W1[0], W2[0]) and np.array_equal(W1[0], W3[:, 0])


def test_the_printed_glorot_weights_lie_within_the_limit_and_near_it():
    printed = [
        [0.39377618, -0.19760752, 0.17610478],
        [-0.6580951, 0.9120474, 0.59346676],
        [0.6893079, 0.9425578, 0.31834674],
    ]
    assert 0.9 < np.max(np.abs(printed)) <= np.sqrt(6 / (3 + 3))


def test_the_printed_layers_have_these_parameters():
    assert net.count_parameters([1, 2, 2, 1]) == [4, 6, 3]


def test_the_printed_first_bias_of_keras_is_the_mean_of_32_signs():
    signs = np.repeat([1.0, -1.0], [17, 15]).reshape(-1, 1)
    step = -0.01 * one.mae_gradient(signs, np.zeros((32, 1))).sum()
    assert step == pytest.approx(-0.000625, rel=1e-12)


# --- the mathematics ---------------------------------------------------------------------------


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape) for shape in ((7, 3), (7, 2), (3, 2), (2,))]


def test_a_layer_for_rows_says_the_same_as_the_one_for_columns(batch):
    X, _, W, b = batch
    W_rows, b_rows = one.to_rows(W.T, b.reshape(-1, 1))
    assert np.allclose(X @ W_rows + b_rows, (W.T @ X.T + b.reshape(-1, 1)).T)


@pytest.mark.parametrize(
    "loss, gradient", [(one.mse, one.mse_gradient), (one.mae, one.mae_gradient)]
)
def test_loss_gradients_are_those_that_are_measured(batch, loss, gradient):
    P, Y = batch[0][:, :2], batch[1]
    measured = nn.numeric_gradient(lambda P: loss(P, Y), P)
    assert nn.relative_error(gradient(P, Y), measured) < 1e-8


def test_the_losses_are_those_of_the_library(batch):
    P, Y = batch[0][:, :2], batch[1]
    assert one.mse(P, Y) == pytest.approx(nn.mse(P, Y), rel=1e-14)
    assert one.mae(P, Y) == pytest.approx(nn.mae(P, Y), rel=1e-14)


def test_gradients_are_those_of_automatic_differentiation(batch):
    X, Y, W, b = batch
    loss = autograd.grad(lambda W, b: anp.mean((anp.dot(X, W) + b - Y) ** 2), argnum=(0, 1))
    for mine, theirs in zip(one.gradients(X, Y, W, b), loss(W, b), strict=True):
        assert nn.relative_error(mine, theirs) < 1e-14


def test_network_step_goes_against_the_gradient_of_half_the_mse():
    rng = np.random.default_rng(2)
    X, Y = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    parameters = [
        (rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in ((2, 4), (4, 5), (5, 3))
    ]

    def loss(parameters):
        A = X
        for W, b in parameters:
            A = anp.dot(A, W) + b
        return anp.sum((A - Y) ** 2) / (2 * len(X))

    theirs = autograd.grad(loss)(parameters)
    mine = step_gradients(net.network_step, (X, Y, parameters), rate=1.0)
    for (dW, db), (dV, dc) in zip(mine, theirs, strict=True):
        assert nn.relative_error(dW, dV) < 1e-12
        assert nn.relative_error(db, dc) < 1e-12


def test_the_closed_form_is_where_the_gradient_is_zero_and_descent_ends_there(batch):
    X, Y, _, _ = batch
    W, b = one.closed_form(X, Y)
    assert max(np.abs(g).max() for g in one.gradients(X, Y, W, b)) < 1e-14
    rate = Y.shape[1] * one.max_learning_rate(X) / 2
    V, c, _ = one.fit(X, Y, rate, 2000)
    assert np.allclose(V, W, atol=1e-10) and np.allclose(c, b, atol=1e-10)


def test_the_closed_form_finds_the_seeds_line():
    W, b = one.closed_form(*line())
    assert W.item() == pytest.approx(2, rel=1e-12) and b.item() == pytest.approx(3, rel=1e-12)


def excess(X, Y, rate, epochs):
    """How far above the lowest MSE descent is after so many epochs."""
    W, b, _ = one.fit(X, Y, rate, epochs)
    return one.mse(one.predict(X, W, b), Y) - one.mse(one.predict(X, *one.closed_form(X, Y)), Y)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_out", [1, 2, 3])
def test_fit_converges_just_below_the_limit_and_diverges_just_above(seed, n_out):
    """The limit is for one output; the mean over m n_out entries raises it n_out times."""
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(1, 3, size=(9, 2)), rng.normal(size=(9, n_out))
    limit = n_out * one.max_learning_rate(X)
    assert excess(X, Y, 0.99 * limit, 900) < 1e-3 * excess(X, Y, 0.99 * limit, 300)
    assert excess(X, Y, 1.01 * limit, 900) > 1e3 * excess(X, Y, 1.01 * limit, 300)


def test_the_limit_is_2_over_the_largest_curvature_of_the_measured_hessian():
    X, Y = np.random.default_rng(5).normal(2, 1, size=(8, 2)), np.zeros((8, 1))

    def slope(theta):
        dW, db = one.gradients(X, Y, theta[:2].reshape(2, 1), theta[2:])
        return np.append(dW, db)

    hessian = np.array([slope(e) - slope(np.zeros(3)) for e in np.eye(3)])
    assert one.max_learning_rate(X) == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1], rel=1e-12)


def test_the_notebooks_worked_hessian_and_ratios_are_right():
    names = namespace("solutions", "linreg")
    assert one.max_learning_rate(names["x_small"]) == pytest.approx(0.238, abs=5e-4)
    for X, ratio in ((names["x_train"], 1369), (names["x_scaled"], 19)):
        flat, steep = names["curvatures"](X)
        assert round(steep / flat) == ratio
    assert one.max_learning_rate(np.array([[2], [2]])) == pytest.approx(0.2)  # the third hint


def test_a_stack_of_linear_layers_is_one_linear_layer(seed):
    X, _, parameters = seed
    moved = [(W, b + 0.5) for W, b in parameters]
    zero = net.network_forward(np.zeros((1, 1)), moved)[-1]
    slope = moved[0][0] @ moved[1][0] @ moved[2][0]
    assert np.allclose(net.network_forward(X, moved)[-1], X @ slope + zero)


# --- what is rejected, and in which words ------------------------------------------------------


def forward_in_columns(X, parameters):
    return [A.T for A in net.network_forward(X, parameters)]


def gradients_in_columns(X, Y, W, b):
    dW, db = one.gradients(X, Y, W, b)
    return dW.T, db.reshape(-1, 1)


@pytest.mark.parametrize(
    "exercise_id, answer, word",
    [
        ("linreg.predict", lambda X, W, b: np.dot(W, X) + b, "columns"),
        ("linreg.predict", lambda X, W, b: (X @ W + b).T, "columns"),
        ("linreg.network_forward", forward_in_columns, "columns"),
        ("linreg.glorot_uniform", lambda i, o, rng: net.glorot_uniform(o, i, rng), "columns"),
        ("linreg.gradients", gradients_in_columns, "columns"),
        ("linreg.to_rows", lambda W, b: (W.copy(), b.copy()), "rows"),
    ],
)
def test_the_other_convention_is_recognised(exercise_id, answer, word):
    verdict = verdict_on(find(exercise_id), answer)
    assert not verdict.passed and verdict.mistake
    assert word in verdict.message


def zeros(n_in, n_out, rng):
    return np.zeros((n_in, n_out))


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.mse", lambda P, Y: one.mse(P, Y) * 1.001),
        ("linreg.mse_gradient", lambda P, Y: one.mse_gradient(P, Y) * 0.999),
        ("linreg.mae_gradient", lambda P, Y: one.mae_gradient(P, Y).mean(axis=0)),
        ("linreg.gradients", lambda X, Y, W, b: (one.gradients(X, Y, W, b)[0], 0 * b)),
        ("linreg.gradients", lambda X, Y, W, b: one.gradients(X, Y, W, b)[::-1]),
        ("linreg.fit", lambda X, Y, rate, epochs: one.fit(X, Y, rate * 1.001, epochs)),
        ("linreg.closed_form", lambda X, Y: one.fit(X, Y, 0.05, 200)[:2]),
        ("linreg.max_learning_rate", lambda X: one.max_learning_rate(X) * 0.999),
        ("linreg.glorot_uniform", zeros),
        ("linreg.glorot_uniform", lambda a, b, rng: net.glorot_uniform(a, b, rng) * (5 / 6) ** 0.5),
        ("linreg.glorot_uniform", lambda i, o, rng: 0.9 * net.glorot_uniform(i, o, rng) + 0.02),
        ("linreg.count_parameters", lambda sizes: [4, 6, 3]),
        ("linreg.network_forward", lambda X, p: net.network_forward(X, p)[-1]),
        ("linreg.network_forward", lambda X, p: [X, *net.network_forward(X, p)]),
        ("linreg.network_step", lambda X, Y, p, rate: dict(enumerate(p))),
        ("linreg.network_step", lambda X, Y, p, rate: net.network_step(X, Y, p, rate)[::-1]),
    ],
)
def test_a_wrong_answer_without_a_name_is_rejected_too(exercise_id, answer):
    for seed in range(3):
        assert not verdict_on(find(exercise_id), answer, seed).passed


def scale_in_place(X, lo, hi):
    X -= lo
    return np.where(hi > lo, X / np.where(hi > lo, hi - lo, 1), 0)


def use_up_the_list(layer_sizes):
    counted = []
    while len(layer_sizes) > 1:
        n_in = layer_sizes.pop(0)
        counted.append((n_in + 1) * layer_sizes[0])
    return counted


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.min_max_transform", scale_in_place),
        ("linreg.network_step", net._step_in_place),
        ("linreg.count_parameters", use_up_the_list),
    ],
)
def test_arguments_must_be_left_as_they_are(exercise_id, answer):
    verdict = verdict_on(find(exercise_id), answer)
    assert not verdict.passed and verdict.mistake


@pytest.mark.parametrize(
    "names, problem",
    [
        ({"suspects": {"b2", "b7"}}, "There is no b7 here"),
        ({"suspects": 3}, "set of names"),
        ({"suspects": {"b2", "W1"}}, "wrong"),
    ],
)
def test_suspects_that_are_no_names_are_told_so(names, problem):
    verdict = judge("linreg.suspects", **names)
    assert verdict.points == 0 and problem in verdict.message
    assert "'b1'" not in verdict.message


def test_values_that_cannot_be_read_are_told_so():
    assert "one letter in quotes" in judge("linreg.recall_2", hidden_units="e").message
    assert "one number" in judge("linreg.recall_1", dz=[1, 2]).message
    assert "one number" in judge("linreg.leak", leaky_mae="zero", honest_mae=0.1).message


def test_value_exercises_never_show_the_right_value():
    assert "1.28" not in judge("linreg.recall_1", dz=7.0).message
    assert "0.1056" not in judge("linreg.leak", leaky_mae=0, honest_mae=7.0).message


def test_an_initialiser_is_judged_by_its_properties_for_many_generators():
    for seed in range(30):
        assert verdict_on(find("linreg.glorot_uniform"), net.glorot_uniform, seed).passed
