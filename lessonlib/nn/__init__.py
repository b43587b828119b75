"""The mathematics of small neural networks: NumPy only, samples in rows.

A batch is X (m, n_in), a layer is W (n_in, n_out) and b (n_out,), and Z = X @ W + b is (m, n_out).
The elementwise functions (relu, sigmoid and their derivatives) serve samples in columns as well.
"""

from lessonlib.nn.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh_derivative,
)
from lessonlib.nn.gradcheck import complex_step, numeric_gradient, relative_error
from lessonlib.nn.layers import dense_backward, dense_forward
from lessonlib.nn.losses import binary_cross_entropy, cross_entropy, mae, mse
from lessonlib.nn.network import Network

__all__ = [
    "Network",
    "binary_cross_entropy",
    "complex_step",
    "cross_entropy",
    "dense_backward",
    "dense_forward",
    "mae",
    "mse",
    "numeric_gradient",
    "relative_error",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "tanh_derivative",
]
