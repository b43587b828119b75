"""The fast path says what `activations` and `losses` say; its samples stand in columns."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.nn.inplace import HIDDEN, OUTPUT

ACTIVATIONS = {
    "relu": (nn.relu, nn.relu_derivative),
    "tanh": (np.tanh, nn.tanh_derivative),
    "sigmoid": (nn.sigmoid, nn.sigmoid_derivative),
}
OUTPUTS = {
    "linear": (np.copy, lambda P, Y: np.sum((P - Y) ** 2) / (2 * len(P))),
    "sigmoid": (nn.sigmoid, nn.binary_cross_entropy),
    "softmax": (nn.softmax, nn.cross_entropy),
}


def targets(name: str, rng: np.random.Generator) -> np.ndarray:
    """Return Y (5, 3) of the kind that an output expects."""
    if name == "linear":
        return rng.normal(size=(5, 3))
    return np.eye(3)[rng.integers(3, size=5)]


def test_every_function_has_its_slow_twin():
    assert HIDDEN.keys() == ACTIVATIONS.keys()
    assert OUTPUT.keys() == OUTPUTS.keys()


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_layers_go_forward_and_back_as_the_formulas_do(name):
    rng = np.random.default_rng(1)
    Z, dA = 3 * rng.normal(size=(2, 4, 6))
    function, slope = ACTIVATIONS[name]
    A, dZ = Z.copy(), dA.copy()
    forward, back = HIDDEN[name]
    forward(A)
    np.testing.assert_allclose(A, function(Z), rtol=1e-12)
    expected = dA * slope(A.copy())
    back(A, dZ)
    np.testing.assert_allclose(dZ, expected, rtol=1e-9)


@pytest.mark.parametrize("name", OUTPUT)
def test_outputs_give_the_formulas_prediction_loss_and_gradient(name):
    rng = np.random.default_rng(2)
    Z, Y = 2 * rng.normal(size=(5, 3)), targets(name, rng)
    predict, loss = OUTPUT[name]
    function, formula = OUTPUTS[name]
    P = function(Z)
    np.testing.assert_allclose(predict(Z.T.copy()).T, P, rtol=1e-12)
    dZ = np.empty((3, 5))
    assert loss(Z.T.copy(), Y.T.copy(), dZ) == pytest.approx(formula(P, Y), rel=1e-12)
    np.testing.assert_allclose(dZ.T, (P - Y) / 5, rtol=1e-9, atol=1e-15)
