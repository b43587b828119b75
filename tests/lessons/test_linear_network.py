"""Lesson 11: what counts as right and wrong, and every number that seed 003 printed of its net."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge, nn
from lessonlib.lessons import find
from lessonlib.lessons import linear_network as net

LESSON = "11-linear-network"

# --- other right answers -----------------------------------------------------------------------


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


class TestLinearNetwork(LessonContract):
    lesson_name = LESSON
    variants = {
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


# --- seed 003: its network, forward and one step back ------------------------------------------

FLOAT32 = 2e-6  # relative; the seed computed with seven digits


def same(mine, printed, rtol=FLOAT32):
    printed = np.array(printed)
    return np.shape(mine) == printed.shape and np.allclose(mine, printed, rtol=rtol, atol=1e-7)


@pytest.fixture
def seed():
    """The 1-2-2-1 network of seed 003 and its nine samples: X (9, 1), Y (9, 1), [(W, b), …]."""
    X = np.arange(32.0, 50.0, 2.0).reshape(-1, 1)
    W1 = np.array([[-0.29604465, -0.21134205]])
    W2 = np.array([[-0.29604465, -0.21134205], [0.01063002, 1.5165398]])
    W3 = np.array([[-0.29604465], [-0.21134205]])
    return X, 2 * X + 3, [(W1, np.zeros(2)), (W2, np.zeros(2)), (W3, np.zeros(1))]


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
    assert same(nn.mae(P, Y), 81.83067, rtol=2e-7)
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
    (_, b1), (_, b2), (_, b3) = namespace("solutions", LESSON)["planted_step"](*seed, 1e-4)
    assert same(b3, [0.0736476])
    assert same(b2, [-0.02180298, -0.01556484])
    assert same(b1, [0.00974416, -0.02383646])


def test_the_planted_step_trains_as_the_seeds_class_did(seed):
    X, Y, parameters = seed
    planted = namespace("solutions", LESSON)["planted_step"]
    state = planted(X, Y, parameters, 1e-4)
    assert same(nn.mae(net.network_forward(X, state)[-1], Y), 78.28142, rtol=2e-7)
    _, (dW2, _), (dW3, _) = step_gradients(planted, (X, Y, state))
    assert same(dW3, [[-180.14333], [1405.5679]])
    assert same(dW2, [[-214.4124, -238.0324], [-272.11685, -302.09363]])


def test_the_seeds_second_run_ends_where_it_was_printed(seed):
    """x = 0 ... 9: the printed state is after 39 steps, the next 100 epochs end at the last one."""
    planted = namespace("solutions", LESSON)["planted_step"]
    X = np.arange(10.0).reshape(-1, 1)
    Y, state = 2 * X + 3, seed[2]
    seen = {}
    for k in range(140):
        seen[k] = net.network_forward(X, state)[-1], state
        state = planted(X, Y, state, 1e-4)
    assert same([nn.mae(seen[k][0], Y) for k in (39, 40, 41)], [11.204785, 11.184079, 11.163118])
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
    names = namespace("solutions", LESSON)
    X, Y, elsewhere = names["X"], names["Y"], names["elsewhere"]
    right = net.network_step(X, Y, elsewhere, 1e-4)
    planted = names["planted_step"](X, Y, elsewhere, 1e-4)
    values = zip(
        ("W1", "b1", "W2", "b2", "W3", "b3"), sum(right, ()), sum(planted, ()), strict=True
    )
    wrong = {name for name, a, b in values if not np.allclose(a, b, rtol=1e-9)}
    assert wrong == find("linreg.suspects").reference()["suspects"] == {"b1", "b2", "b3"}


def wrong_step(name):
    return next(m.wrong for m in find("linreg.network_step").mistakes if m.name == name)


def test_b2_taken_from_b3_shows_only_where_biases_are_not_zero(seed):
    X, Y, parameters = seed
    copied = wrong_step("b2 from b3")
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


def test_a_list_that_is_too_long_is_told_by_its_items():
    verdict = judge("linreg.count_parameters", lambda sizes: [2, *counts(sizes)])
    assert "It has 4 items; the contract asks for 3." in verdict.message


def test_the_notebook_shows_the_printed_digits(capsys):
    names = namespace("solutions", LESSON)
    assert same(9 * names["rows"]["dZ3"].ravel(), [-66.064545, -97.59682])
    assert same(names["rows"]["dW3"].ravel(), [-284.00793, 857.8584])
    assert same(names["planted_errors"][:2], [81.83067, 78.28142], rtol=2e-7)


def test_the_notebooks_claims_about_its_training_are_true(seed):
    names = namespace("solutions", LESSON)
    assert max(names["moved"], key=names["moved"].get) == "W1"
    assert names["errors"][5] < 0.5 < 20 < names["errors"][4]
    X, Y, state = seed
    for _ in range(100_000):
        state = net.network_step(X, Y, state, 1e-4)
    assert net.network_forward(np.zeros((1, 1)), state)[-1].item() < 2.1  # on its way to 3


def test_the_notebooks_sizes_shrink_grow_and_stay():
    size_after = namespace("solutions", LESSON)["size_after"]
    assert size_after(10, 0.1) < 0.01 and size_after(10, 0.3) > 100
    assert size_after(10, np.sqrt(6 / 200)) == pytest.approx(1, abs=0.05)


def test_with_a_relu_every_unit_of_layer_1_is_dead(seed):
    """What the stretch task finds."""
    X, _, ((W1, b1), *_) = seed
    assert np.all(X @ W1 + b1 < 0)


# --- the mathematics ---------------------------------------------------------------------------


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


def test_a_stack_of_linear_layers_is_one_linear_layer(seed):
    X, _, parameters = seed
    moved = [(W, b + 0.5) for W, b in parameters]
    zero = net.network_forward(np.zeros((1, 1)), moved)[-1]
    slope = moved[0][0] @ moved[1][0] @ moved[2][0]
    assert np.allclose(net.network_forward(X, moved)[-1], X @ slope + zero)


# --- what is rejected, and in which words ------------------------------------------------------


def forward_in_columns(X, parameters):
    return [A.T for A in net.network_forward(X, parameters)]


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.network_forward", forward_in_columns),
        ("linreg.glorot_uniform", lambda i, o, rng: net.glorot_uniform(o, i, rng)),
    ],
)
def test_the_other_convention_is_recognised(exercise_id, answer):
    verdict = verdict_on(find(exercise_id), answer)
    assert not verdict.passed and verdict.mistake
    assert "columns" in verdict.message


def zeros(n_in, n_out, rng):
    return np.zeros((n_in, n_out))


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
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


def use_up_the_list(layer_sizes):
    counted = []
    while len(layer_sizes) > 1:
        n_in = layer_sizes.pop(0)
        counted.append((n_in + 1) * layer_sizes[0])
    return counted


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("linreg.network_step", wrong_step("parameters overwritten")),
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


def test_an_initialiser_is_judged_by_its_properties_for_many_generators():
    for seed in range(30):
        assert verdict_on(find("linreg.glorot_uniform"), net.glorot_uniform, seed).passed
