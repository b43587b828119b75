"""How a step is taken: each optimiser changes the flat vector `theta` in place, given `grad`.

`grad` is scratch afterwards. All arrays are flat, of one size and one dtype.
"""

import numpy as np


class SGD:
    """theta <- theta - learning_rate * grad."""

    def __init__(self, theta: np.ndarray, learning_rate: float):
        self.learning_rate = learning_rate

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Take one step downhill."""
        np.multiply(grad, self.learning_rate, out=grad)
        np.subtract(theta, grad, out=theta)


class Momentum:
    """velocity <- beta * velocity + grad, theta <- theta - learning_rate * velocity (Polyak)."""

    def __init__(self, theta: np.ndarray, learning_rate: float, beta: float = 0.9):
        self.learning_rate, self.beta = learning_rate, beta
        self.velocity = np.zeros_like(theta)

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Take one step with the velocity that the gradients so far have built up."""
        self.velocity *= self.beta
        self.velocity += grad
        np.multiply(self.velocity, self.learning_rate, out=grad)
        np.subtract(theta, grad, out=theta)


class Adam:
    """Kingma and Ba, Adam (2015), algorithm 1: each entry has a step size of its own.

    m and v are running means of grad and grad**2; dividing by 1 - beta**t undoes their start at 0.
    """

    def __init__(self, theta, learning_rate: float, beta1=0.9, beta2=0.999, eps=1e-8):
        self.learning_rate, self.beta1, self.beta2, self.eps = learning_rate, beta1, beta2, eps
        self.m, self.v, self.t = np.zeros_like(theta), np.zeros_like(theta), 0

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Take one step: theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + eps)."""
        self.t += 1
        _move_towards(self.m, grad.copy(), 1 - self.beta1)
        _move_towards(self.v, np.square(grad, out=grad), 1 - self.beta2)
        np.sqrt(self.v, out=grad)
        grad *= (1 - self.beta2**self.t) ** -0.5
        grad += self.eps
        np.divide(self.m, grad, out=grad)
        grad *= self.learning_rate / (1 - self.beta1**self.t)
        np.subtract(theta, grad, out=theta)


def _move_towards(mean: np.ndarray, value: np.ndarray, share: float) -> None:
    """mean <- (1 - share) * mean + share * value, with `value` as scratch."""
    value -= mean
    value *= share
    mean += value


OPTIMISERS = {"sgd": SGD, "momentum": Momentum, "adam": Adam}
