"""What lesson 04 and extra x1 check: a network, eight planted bugs, seven claimed gradients.

Samples stand in columns. Nothing here answers an exercise, so the notebook imports it.
"""

from collections.abc import Callable

import numpy as np

from lessonlib.data import two_moons, xor
from lessonlib.exercises.reference import Reference
from lessonlib.exercises.slips import Line, Slip
from lessonlib.nn import relu, softmax


def forward(X, parameters):
    """One ReLU layer, then softmax: X (n_x, m) -> Z1 and A1 (n_h, m), P (n_y, m)."""
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = relu(Z1)
    P = softmax((parameters["W2"] @ A1 + parameters["b2"]).T).T
    return Z1, A1, P


def loss(X, Y, parameters):
    """The cross-entropy, mean over the m columns; complex where a parameter is."""
    P = forward(X, parameters)[-1]
    return -np.sum(Y * np.log(P)) / X.shape[1]


def gradients(X, Y, parameters):
    """The gradients of `loss`: {"dW1", "db1", "dW2", "db2"}, each shaped like its parameter."""
    m, W2 = X.shape[1], parameters["W2"]
    Z1, A1, P = forward(X, parameters)
    dZ2 = (P - Y) / m
    dW2 = dZ2 @ A1.T
    db2 = dZ2.sum(axis=1, keepdims=True)
    dZ1 = W2.T @ dZ2 * (Z1 > 0)
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


_BUGS = {  # as slips: the line that stands there instead, or one more
    "dW1 never filled in": "after dW1: dW1 = 0 * dW1",
    "dW1 with the wrong sign": "after dW1: dW1 = -dW1",
    "db1 divided by m twice": "after db1: db1 = db1 / m",
    "ReLU mask left out": "dZ1 = W2.T @ dZ2",
    "dW2 from Z1, not from A1": "dW2 = dZ2 @ Z1.T",
    "W2 updated before dW1": "after dW2: W2 = W2 - 0.5 * dW2",
    "1/m left out": "dZ2 = P - Y",
    "targets left out": "dZ2 = P / m",
}
PLANTED_BUGS = {
    name: Slip(name, "", (Line(0, code),), __file__).applied(Reference(gradients))
    for name, code in _BUGS.items()
}


# The notebook asks which of the three has no bug, with nothing but their training runs to go by.
ONE_OF_THREE = {
    "A": PLANTED_BUGS["dW2 from Z1, not from A1"],
    "B": gradients,
    "C": PLANTED_BUGS["ReLU mask left out"],
}


def right_run() -> str:
    """The letter of the three that has no bug."""
    return next(letter for letter, backward in ONE_OF_THREE.items() if backward is gradients)


def three_runs(steps: int = 150, learning_rate: float = 0.1) -> dict[str, list[float]]:
    """Train the same network with each of the three: letter -> the loss before each step."""
    X, y = two_moons(60, np.random.default_rng(0))
    X, Y = X.T, np.hstack([1 - y, y]).T
    return {letter: _run(back, X, Y, steps, learning_rate) for letter, back in ONE_OF_THREE.items()}


def _run(backward: Callable, X, Y, steps: int, learning_rate: float) -> list[float]:
    rng = np.random.default_rng(0)
    parameters = {
        "W1": rng.normal(size=(8, 2)),
        "b1": 0.1 * rng.normal(size=(8, 1)),
        "W2": 0.5 * rng.normal(size=(2, 8)),
        "b2": np.zeros((2, 1)),
    }
    losses = []
    for _ in range(steps):
        losses.append(loss(X, Y, parameters))
        grads = backward(X, Y, parameters)
        parameters = {n: old - learning_rate * grads["d" + n] for n, old in parameters.items()}
    return losses


def steps_down_to(smallest: int) -> np.ndarray:
    """Steps from 0.1 down to 10 to the power of -smallest, five for each power of ten."""
    digits = ("1", "1.6", "2.5", "4", "6.3")
    return np.array([float(f"{d}e-{k}") for k in range(smallest, 0, -1) for d in digits][:-4])


def forward_gradient(f: Callable, theta, h: float) -> np.ndarray:
    """The gradient of f at theta, a flat array, by forward differences."""
    return np.array([(f(theta + step) - f(theta)) / h for step in h * np.eye(len(theta))])


def small_network(size: float = 0.01):
    """X (3, 6), Y (2, 6) and the parameters of a 3-4-2 network with weights of that size."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3, 6))
    Y = np.eye(2)[:, [0, 1, 1, 0, 1, 1]]
    shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}
    return X, Y, {name: size * rng.normal(size=shape) for name, shape in shapes.items()}


def four_points(b1: float = 0.0):
    """X (2, 4), Y (2, 4) and the parameters of a 2-3-2 network on XOR's four points.

    All hidden biases are b1. With b1 = 0 the input (0, 0) puts each hidden unit on its kink.
    """
    X, y = xor()
    W1 = np.array([[-0.25, -1.25], [1.25, 0.75], [1.25, 1.0]])
    W2 = np.array([[0.75, 0.25, 0.5], [0.75, 1.0, -0.25]])
    parameters = {"W1": W1, "b1": np.full((3, 1), b1), "W2": W2, "b2": np.zeros((2, 1))}
    return X.T, np.hstack([1 - y, y]).T, parameters


xor_network = four_points  # as notebooks of the first edition call it


# --- seven claims: some hold, some do not ---------------------------------------------------


def candidates():
    """Seven claims: name -> (f, theta, gradient). Is this the gradient of f at theta?"""
    claims = _square, _softmax, _length, _product, _tiny, _corner, _layer
    return {claim.__name__[1:]: claim() for claim in claims}


def _square():
    """The mean of (theta - t)^2 over six entries."""
    theta = np.array([[1.5, -0.5, 2.0], [0.25, -1.0, 0.75]])
    t = np.array([[1.0, 0.5, -1.0], [0.5, 2.0, -0.5]])
    return lambda theta: np.mean((theta - t) ** 2), theta, 2 * (theta - t) / theta.size


def _softmax():
    """The cross-entropy of softmax(theta). The slip: p was rounded to three digits on the way."""
    theta, y = np.array([-0.25, 3.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0, 0.0])
    return lambda theta: -np.sum(y * np.log(softmax(theta))), theta, softmax(theta).round(3) - y


def _length():
    """The length of the vector theta."""
    theta = np.array([1.0, -2.0, 0.5, 1.5])
    return lambda theta: np.sqrt(np.sum(theta**2)), theta, theta / np.linalg.norm(theta)


def _product():
    """a^T theta b: the claimed gradient is transposed, and theta is square, so no shape tells."""
    theta = np.array([[1.0, 0.5, -1.0], [2.0, -0.5, 1.0], [0.0, 1.5, -2.0]])
    a, b = np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, -1.0])
    return lambda theta: a @ theta @ b, theta, np.outer(b, a)


def _tiny():
    """A sum of cubes times 1e-9; the claimed gradient has the wrong sign."""
    theta = np.array([1.0, -1.5, 2.0])
    return lambda theta: 1e-9 * np.sum(theta**3), theta, -3e-9 * theta**2


def _corner():
    """The sum of relu(theta): right, but one entry of theta is 0."""
    theta = np.array([1.5, -0.5, 0.0, 2.0])
    return lambda theta: np.sum(relu(theta)), theta, (theta > 0).astype(float)


def _layer():
    """The first layer's weights of the small network."""
    X, Y, parameters = small_network(size=1.0)
    right = gradients(X, Y, parameters)["dW1"]
    return lambda W1: loss(X, Y, {**parameters, "W1": W1}), parameters["W1"], right
