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


# --- evidence that is none ---------------------------------------------------------------------


FORWARD = """\
def hidden(z):
    {sigmoid}

def forward(W1, W2, X):
    Z1 = W1 @ X
    A1 = hidden(Z1)
    Z2 = W2 @ A1
    P = sigmoid(Z2)
    return Z1, A1, Z2, P
"""


def test_what_a_helper_forgot_to_return_is_not_blamed_on_the_line_that_stopped():
    text = FORWARD.format(sigmoid="print(1 / (1 + np.exp(-z)))")
    found = located("xor.forward", text)
    assert found is None or found.line in (2, 6)


def test_a_number_that_is_as_large_as_an_axis_is_not_taken_for_its_size():
    """W2 has one row, so 1.0 would be right to read: and Z2 would be the first that is wrong."""
    text = FORWARD.format(sigmoid="below = 1\n    z = 1 / below\n    return z")
    found = located("xor.forward", text.replace("P = sigmoid(Z2)", "P = hidden(Z2)"))
    assert found is None or found.line in (2, 3, 4)


def test_the_line_that_stopped_is_not_blamed_for_what_it_reads():
    found = located(
        "digits.standardize",
        "def standardize(X_train, X_test):\n    mean = X_train * 1\n"
        "    spread = X_train.std(axis=0) + 1\n    scaled_train = (X_train - mean) / spread\n"
        "    scaled_test = (X_test - mean) / spread\n    return scaled_train, scaled_test\n",
    )
    assert found is None or found.line in (2, 3)


def test_a_value_that_only_lets_the_answer_end_is_no_evidence():
    """With nothing on the stack there is no error, and the order of no nodes is right."""
    found = located(
        "autodiff.topological_order",
        "def topological_order(value):\n    order = []\n    stack = [value]\n"
        "    while stack:\n        node = stack.pop()\n        order.append(node)\n"
        "        stack.extend(node.parents.keys())\n    return order\n",
    )
    assert found is None or found.line == 7


def test_an_empty_list_is_not_right_to_return():
    """The reference begins with one, too; here a line is missing that fills it."""
    found = located(
        "linreg.network_forward",
        "def packed(outputs):\n    return tuple(outputs)\n\n"
        "def network_forward(X, parameters):\n    outputs = []\n    return packed(outputs)\n",
    )
    assert found is None or found.line in (5, 6)


def test_what_is_divided_by_one_is_not_wrong_before_that_one():
    """P only repeats E, since the largest entry of E is 1."""
    found = located(
        "hand.softmax",
        "def softmax(Z):\n    E = np.exp(Z - np.max(Z, axis=0))\n    total = np.max(E)\n"
        "    P = E / total\n    return P\n",
    )
    assert found is not None and found.line == 3


BLAMELESS = {
    # Line 3 is wrong: `push` is the rate, and the factor `grad` is missing.
    "reads another name": ("training.momentum_step", """\
def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    kept = beta
    push = learning_rate
    velocity = kept - push
    return theta + velocity, velocity
"""),
    # Line 3 is wrong: it adds nothing to what line 2 only begins.
    "begins": ("digits.confusion_matrix", """\
def confusion_matrix(y_true, y_pred, n_classes):
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (y_true, y_pred), 0)
    return counts
"""),
    # What writes the other entries is missing.
    "writes a right entry": ("relu.downhill", """\
def downhill(w, x, y, learning_rate, steps):
    path = np.empty(steps + 1)
    path[0] = w
    for k in range(steps):
        on = path[k] * x > 0
    return path
"""),
    # Line 9 is wrong: it hands the corrected m on, which comes back with the next step.
    "gets what the last call returned": ("training.adam_step", """\
def adam_step(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    theta = theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return theta, (m_hat, v, t)
"""),
}  # fmt: skip


@pytest.mark.parametrize("line", BLAMELESS)
def test_a_line_is_not_blamed_that(line):
    assert located(*BLAMELESS[line]) is None


def test_a_name_is_praised_only_for_its_own_value():
    """`db2` is a value of the reference, but not its db2."""
    text = BACKWARD.replace("np.sum(dZ2, axis=1, keepdims=True) / m", "Y")
    text = text.replace("np.dot(W2.T, dZ2) * (1", "np.dot(W2.T, dZ2) * (2")
    found = located("twolayer.backward_propagation", text)
    assert found.about == "`m`, `dZ2` and `dW2` are right. `dZ1` is not"


def test_an_array_that_a_list_stands_for_is_missed_before_the_line_that_needs_it():
    found = located(
        "start.column", "def column(values):\n    flat = values\n    return flat.reshape(-1, 1)\n"
    )
    assert found is None or found.line == 2


def test_what_is_returned_is_not_blamed_where_a_name_only_repeats_an_argument():
    found = located(
        "gradcheck.crosses_kink",
        "def crosses_kink(z, step):\n    low, high = z, z\n    return (low < 0) & (high > 0)\n",
    )
    assert found is None or found.line == 2
