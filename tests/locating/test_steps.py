"""The first step that differs: named where the evidence is there, and else not."""

import numpy as np
import pytest
from slipped import written

from lessonlib.lessons import find
from lessonlib.locating.steps import first_wrong


def located(exercise_id, text, seed=0):
    """Return the Location of a wrong answer, and check that its code is that of its line."""
    exercise = find(exercise_id)
    found = first_wrong(
        exercise, written(exercise, text), exercise.cases(np.random.default_rng(seed))
    )
    if found is not None:
        assert found.code == text.splitlines()[found.line - 1].strip()
    return found


BACKWARD = """\
def backward_propagation(parameters, cache, X, Y):
    W2, A1, A2 = parameters["W2"], cache["A1"], cache["A2"]
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
"""
COST = """\
def compute_cost(A2, Y):
    m = Y.shape[1]
    ones = Y * np.log(A2 + 1e-15)
    zeros = (1 - Y) * np.log(1 - A2 + 1e-15)
    total = np.sum(ones + zeros)
    return float(-total / m)
"""
UPDATE = """\
def update_parameters(parameters, grads, learning_rate):
    W1 = parameters["W1"] - learning_rate * grads["dW1"]
    b1 = parameters["b1"] - learning_rate * grads["db1"]
    W2 = parameters["W2"] - learning_rate * grads["dW2"]
    b2 = parameters["b2"] - learning_rate * grads["db2"]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
"""
TRAIN = """\
def train(w1, w2, x, y, lr, epochs):
    losses = []
    for i in range(epochs):
        z1, a1, z2, a2 = forward(w1, w2, x)
        losses.append(bce(a2, y))
        dw1, dw2 = backward(w1, w2, x, y, a1, a2)
        w1 = w1 - lr * dw1
        w2 = w2 - lr * dw2
    return w1, w2, losses
"""
MOMENTUM = """\
def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    velocity = beta * velocity + grad
    theta = theta - learning_rate * velocity
    return theta, velocity
"""
XOR_BACKWARD = """\
def slope(a):
    return a * (1 - a)

def backward(w1, w2, x, y, a1, a2):
    m = y.shape[1]
    dz2 = (a2 - y) / m
    dw2 = dz2 @ a1.T
    dz1 = (w2.T @ dz2) * slope(a1)
    dw1 = dz1 @ x.T
    return dw1, dw2
"""
ANSWERS = {
    "twolayer.backward_propagation": BACKWARD,
    "twolayer.compute_cost": COST,
    "twolayer.update_parameters": UPDATE,
    "xor.train": TRAIN,
    "training.momentum_step": MOMENTUM,
    "xor.backward": XOR_BACKWARD,
}

# Learners' slips that were unnamed or misled before: (exercise, right, wrong, line)
SLIPS = {
    "star for a product": (
        "twolayer.backward_propagation",
        "np.dot(W2.T, dZ2) * (1",
        "dZ2 * W2.T * (1",
        7,
    ),
    "in place": (
        "training.momentum_step",
        "theta = theta - learning_rate * velocity",
        "theta += -learning_rate * velocity",
        3,
    ),
    "one output only": (
        "twolayer.compute_cost",
        "np.sum(ones + zeros)",
        "float(np.dot(Y, np.log(A2 + 1e-15).T) + np.dot(1 - Y, np.log(1 - A2 + 1e-15).T))",
        5,
    ),
    "one sample only": (
        "twolayer.backward_propagation",
        "np.sum(dZ1, axis=1, keepdims=True) / m",
        "dZ1.reshape(-1, 1) / m",
        9,
    ),
    "guard in one of two logs": (
        "twolayer.compute_cost",
        "np.log(1 - A2 + 1e-15)",
        "np.log(1 - A2)",
        4,
    ),
    "sigmoid of the activation": (
        "xor.backward",
        "return a * (1 - a)",
        "return sigmoid(a) * (1 - a)",
        2,
    ),
    "product for entry by entry": (
        "twolayer.backward_propagation",
        "np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))",
        "np.dot(W2.T, dZ2) @ (1 - A1.T @ A1)",
        7,
    ),
    "m from the wrong axis": ("twolayer.compute_cost", "m = Y.shape[1]", "m = Y.shape[0]", 2),
    "b1 by db2": (
        "twolayer.update_parameters",
        'b1 = parameters["b1"] - learning_rate * grads["db1"]',
        'b1 = parameters["b1"] - learning_rate * grads["db2"]',
        3,
    ),
    "results exchanged": ("xor.backward", "return dw1, dw2", "return dw2, dw1", 10),
}


@pytest.mark.parametrize("exercise_id", ANSWERS)
def test_nothing_is_said_of_a_right_answer(exercise_id):
    assert located(exercise_id, ANSWERS[exercise_id]) is None


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_in_its_line(name):
    exercise_id, right, wrong, line = SLIPS[name]
    text = ANSWERS[exercise_id]
    assert text.count(right) == 1
    found = located(exercise_id, text.replace(right, wrong))
    assert found is not None and found.line == line


def test_a_dictionary_of_the_caller_is_written_into():
    found = located(
        "twolayer.update_parameters",
        "def update_parameters(parameters, grads, learning_rate):\n"
        "    for k in parameters:\n"
        '        parameters[k] = parameters[k] - learning_rate * grads["d" + k]\n'
        "    return parameters\n",
    )
    assert found.line == 3
    assert found.about.startswith("`parameters` belongs to the caller")


def test_an_update_behind_the_loop_is_not_taken_for_another_line():
    text = TRAIN.replace("        w1 =", "    w1 =").replace("        w2 =", "    w2 =")
    found = located("xor.train", text)
    assert found is None or found.line in (7, 8)


def test_what_is_right_is_named_too():
    text = BACKWARD.replace("np.dot(dZ1, X.T) / m", "np.dot(dZ1, X.T)")
    found = located("twolayer.backward_propagation", text)
    assert found.about == "`dW2`, `db2` and `dZ1` are right. `dW1` is not"
    assert found.function == "backward_propagation"


def test_another_route_is_left_in_peace():
    """Twice the half: none of these values is the reference's, and all of it is right."""
    text = COST.replace("return float(-total / m)", "return float(-2 * total / m)")
    text = text.replace("np.sum(ones + zeros)", "np.sum(ones + zeros) / 2")
    assert located("twolayer.compute_cost", text) is None
    wrong = text.replace("(1 - Y) *", "Y *")
    assert located("twolayer.compute_cost", wrong).line == 4


def test_a_loop_that_never_ends_and_an_answer_that_prints_or_exits(capsys):
    for body in ("while True:\n        z = z + 1", "raise SystemExit", "print('x' * 9)"):
        assert located(
            "relu.relu", f"def relu(z):\n    {body}\n    return z * 0 - 1\n"
        ) is None or ("print" in body)
    assert capsys.readouterr().out == ""


SCALES = """\
def layer_scales(X, parameters, hidden):
    A, scales = X, []
    for W, b in parameters:
        Z = A @ W + b
        A = activate(Z, hidden)
        scales.append(float(A))
    return scales
"""


def test_a_loop_is_not_blamed_for_an_error_inside_it():
    """Without its rounds there would be no error, and the list of results would be begun right."""
    assert located("deep.layer_scales", SCALES) is None


def test_a_return_inside_the_loop_is_not_taken_for_the_line_above_it():
    text = TRAIN.replace("    return", "        return")
    found = located("xor.train", text)
    assert found is None or found.line == 9


def test_a_helper_that_gives_something_wrong_is_not_blamed_on_its_caller():
    text = XOR_BACKWARD.replace(
        "def slope(a):\n    return a * (1 - a)", "def slope(a):\n    b = 1\n    return b - a"
    )
    found = located("xor.backward", text)
    assert found is None or found.line <= 3


def test_a_dictionary_does_not_agree_with_an_empty_one():
    """The reference begins with one; what is returned here is not the first step that is wrong."""
    found = located(
        "twolayer.update_parameters",
        UPDATE.replace('b2 = parameters["b2"] - learning_rate * grads["db2"]',
                       'b2 = (learning_rate * grads["db2"] - parameters["b2"]).tolist()'),
    )  # fmt: skip
    assert found is None or found.line == 5


def test_a_name_that_is_wrong_is_not_called_right_too():
    found = located(
        "linreg.network_forward",
        "def network_forward(X, parameters):\n    outputs = []\n    A = X\n"
        "    for W, b in parameters:\n        A = X @ W + b\n        outputs.append(A)\n"
        "    return outputs\n",
    )
    assert found is not None and found.about == "`outputs` is right. `A` is not"


def test_an_array_is_not_called_right_beside_its_wrong_entry():
    found = located(
        "gradcheck.complex_step",
        "def complex_step(f, theta, h=1e-20):\n    theta = np.array(theta, dtype=float)\n"
        "    grad = np.zeros(theta.shape)\n    for i in np.ndindex(theta.shape):\n"
        "        step = np.zeros(theta.shape)\n        step[i] = h\n"
        "        grad[i] = f(theta + 1j * step) / h\n    return grad\n",
    )
    assert found is not None and "`grad`" not in found.about and "`grad[i]`" in found.about
