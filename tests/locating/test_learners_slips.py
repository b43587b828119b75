"""Slips that learners made and that no name told: each is told by its line."""

import numpy as np
import pytest
from edited_answers import written

from lessonlib.lessons import find
from lessonlib.locating.search import line_to_mend

BACKWARD = """
def tanh_derivative(a):
    return 1 - a ** 2

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    A1 = cache["A1"]
    dZ2 = cache["A2"] - Y
    dA1 = {dA1}
    dZ1 = dA1 * tanh_derivative(A1)
    dW1 = dZ1 @ X.T / m
    db1 = {db1}
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    return {{"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}}
"""
PRODUCT = 'parameters["W2"].T @ dZ2'
SUM = "np.sum(dZ1, axis=1, keepdims=True) / m"
XOR = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(w1, w2, x, y, a1, a2):
    m = x.shape[1]
    dz2 = (a2 - y) / m
    dw2 = dz2 @ a1.T
    dz1 = (w2.T @ dz2) * {slope}
    dw1 = dz1 @ x.T
    return {results}
"""
COST = """
def compute_cost(A2, Y):
    m = Y.shape[1]
    A = np.maximum(A2, 1e-300)
    B = np.maximum(1 - A2, 1e-300)
    {total}
    return -float(total) / m
"""
UPDATE = """
def update_parameters(parameters, grads, learning_rate):
    new = {}
    new["W1"] = parameters["W1"] - learning_rate * grads["dW1"]
    new["b1"] = parameters["b1"] - learning_rate * grads["db2"]
    new["W2"] = parameters["W2"] - learning_rate * grads["dW2"]
    new["b2"] = parameters["b2"] - learning_rate * grads["db2"]
    return new
"""
IN_PLACE = """
def update_parameters(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads["d" + name]
    return parameters
"""
MOMENTUM = """
def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    velocity = beta * velocity + grad
    s = learning_rate * velocity
    theta += -s
    return theta, velocity
"""
FIT = """
def predict(X, W, b):
    return X @ W + b

def gradients(X, Y, W, b):
    E = 2 * (X @ W + b - Y) / Y.size
    return X.T @ E, E.sum(axis=0)

def fit(X, Y, learning_rate, epochs):
    W = np.zeros((X.shape[1], Y.shape[1]))
    b = np.zeros(Y.shape[1])
    losses = []
    for _ in range(epochs):
        losses.append(float(np.mean((predict(X, W, b) - Y) ** 2)))
        dW, db = gradients(X, Y, W, b)
    W = W - learning_rate * dW
    b = b - learning_rate * db
    return W, b, losses
"""
TWELVE = {
    "dZ2 * W2.T for a product": (
        "twolayer.backward_propagation",
        BACKWARD.format(dA1='dZ2 * parameters["W2"].T', db1=SUM), "dA1 = dZ2 *"),
    "reshape(1, -1) for one sample": (
        "twolayer.backward_propagation",
        BACKWARD.format(dA1=PRODUCT, db1="np.sum(dZ1, axis=1).reshape(1, -1) / m"), "db1 ="),
    "theta += -s in place": ("training.momentum_step", MOMENTUM, "theta += -s"),
    "float of a product for one output only": (
        "twolayer.compute_cost",
        COST.format(total="total = float(np.dot(Y, np.log(A).T)) + np.sum((1 - Y) * np.log(B))"),
        "total ="),
    "the caller's dictionary": ("twolayer.update_parameters", IN_PLACE, "parameters[name] ="),
    "a guard in one of two logs": (
        "twolayer.compute_cost",
        COST.format(total="total = np.sum(Y * np.log(A + 1e-2) + (1 - Y) * np.log(B))"),
        "total ="),
    "sigmoid(a) * (1 - a)": (
        "xor.backward", XOR.format(slope="sigmoid(a1) * (1 - a1)", results="dw1, dw2"), "dz1 ="),
    "half the cost": (
        "twolayer.compute_cost",
        COST.format(total="total = np.sum(Y * np.log(A) + (1 - Y) * np.log(B)) / 2"), "total ="),
    "b1 by db2": ("twolayer.update_parameters", UPDATE, 'new["b1"]'),
    "results exchanged": (
        "xor.backward", XOR.format(slope="a1 * (1 - a1)", results="dw2, dw1"), "return dw2"),
    "products for entries": (
        "twolayer.backward_propagation",
        BACKWARD.format(dA1=PRODUCT, db1=SUM).replace(
            "dA1 * tanh_derivative(A1)", "dA1 @ (1 - A1.T @ A1)"), "dZ1 ="),
    "update after the loop": ("linreg.fit", FIT, "W = W - learning_rate"),
}  # fmt: skip


@pytest.mark.parametrize("slip", TWELVE)
def test_a_slip_that_one_edit_mends_is_told_by_its_line(slip):
    name, code, begins = TWELVE[slip]
    exercise = find(name)
    found = line_to_mend(exercise, written(code), exercise.cases(np.random.default_rng(0)))
    assert found is not None
    assert found.code.startswith(begins)
