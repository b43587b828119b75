"""A network that trains: the finished form of what lessons 05 to 15 build. Samples in rows.

Two ideas make it quick. All parameters are views of one flat vector `theta`, and their gradients of
one flat vector `grad`: a step is a few operations on two vectors, whatever the number of layers.
And a bias is the weight of an input that is always 1: each layer's input carries a one for every
sample, W and b are stacked, and one matrix product makes Z = X W + b, one other both dW and db.

Inside, samples stand in columns, as in lessons 00 to 08: then the ones are the last row of an
array, and the rows above them are one block of memory, which NumPy goes through fastest.
"""

import difflib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from lessonlib.nn.inplace import HIDDEN, OUTPUT  # the fast path of activations and losses
from lessonlib.nn.optimisers import OPTIMISERS


class Network:
    """Dense layers of the given sizes, [n_in, ..., n_out].

    hidden: "relu", "tanh" or "sigmoid", between the layers.
    output: "sigmoid" (loss: binary cross-entropy), "softmax" (cross-entropy) or "linear" (half the
            squared error); each the mean over the samples, computed from the logits.

    Weights start as He et al. (2015) for relu, Glorot and Bengio (2010) otherwise; biases at 0.
    Raises ValueError for sizes that are no sizes and for unknown names.
    """

    def __init__(self, layer_sizes, rng, hidden="relu", output="sigmoid", dtype=np.float64):
        self.layer_sizes = _checked_sizes(layer_sizes)
        self.hidden, self.output = hidden, output
        self._activate, self._back = _named(HIDDEN, hidden, "hidden activation")
        self._predict, self._loss = _named(OUTPUT, output, "output")
        shapes = [(n + 1, n_next) for n, n_next in pairwise(self.layer_sizes)]
        self.theta = np.zeros(sum(rows * columns for rows, columns in shapes), dtype)
        self.grad = np.zeros_like(self.theta)
        self._stacked, self._d_stacked = _views(self.theta, shapes), _views(self.grad, shapes)
        self._transposed = [stacked.T for stacked in self._stacked]
        self._weights = [stacked[:-1] for stacked in self._stacked]
        for W, _ in self.parameters:
            W[:] = _start(W.shape, rng, hidden)

    @property
    def parameters(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """[(W, b), ...], W (n_in, n_out) and b (n_out,): views, so writing into them counts."""
        return [(stacked[:-1], stacked[-1]) for stacked in self._stacked]

    @property
    def gradients(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """[(dW, db), ...] of the last `loss_and_gradients`, in the same shapes."""
        return [(stacked[:-1], stacked[-1]) for stacked in self._d_stacked]

    def predict(self, X) -> np.ndarray:
        """The outputs for X (m, n_in): probabilities, or numbers if linear; (m, n_out)."""
        space = _Workspace(self, self._with_ones(X))
        self._forward(space)
        return self._predict(space.logits).T.copy()

    def loss_and_gradients(self, X, Y) -> float:
        """Return the mean loss on X (m, n_in), Y (m, n_out), and leave its gradient in `grad`."""
        X, Y = self._with_ones(X), self._targets(Y, len(X))
        return float(self._propagate(_Workspace(self, X), Y))

    def fit(
        self,
        X,
        Y,
        learning_rate=0.1,
        epochs=100,
        *,
        batch_size=None,
        rng=None,
        optimiser="sgd",
        l2=0.0,
        validation=None,
        patience=None,
        report: Callable[[int, dict], None] | None = None,
    ) -> dict[str, list[float]]:
        """Train on X (m, n_in), Y (m, n_out); return the losses, one for each epoch.

        batch_size: samples in a step, drawn anew with `rng` in each epoch; all samples if None.
        optimiser:  "sgd", "momentum" or "adam".
        l2:         strength of the penalty l2/2 * sum of the squared weights (biases are free).
        validation: (X, Y) that are never trained on; their losses are returned too.
        patience:   after so many epochs without a better validation loss training stops and takes
                    the best parameters back.
        report:     called with (epoch, losses) after each epoch.

        Raises ValueError for arrays that do not fit, FloatingPointError if the loss is not finite.
        """
        if patience is not None and validation is None:
            raise ValueError("`patience` watches the validation loss: give `validation` too")
        X, Y = self._with_ones(X), self._targets(Y, len(X))
        step = _named(OPTIMISERS, optimiser, "optimiser")(self.theta, learning_rate).step
        batches, best = _Batches(self, X, Y, batch_size, rng), _Best(self.theta, patience)
        kinds = ["loss", "validation_loss"] if validation else ["loss"]
        losses: dict[str, list[float]] = {kind: [] for kind in kinds}
        for epoch in range(epochs):
            losses["loss"].append(_finite(self._epoch(batches, step, l2), epoch, learning_rate))
            if validation:
                losses["validation_loss"].append(self.loss(*validation))
                best.see(losses["validation_loss"][-1], self.theta)
            if report:
                report(epoch, losses)
            if best.is_past:
                self.theta[:] = best.theta
                break
        return losses

    def loss(self, X, Y) -> float:
        """Return the mean loss on X (m, n_in), Y (m, n_out), without the penalty."""
        space = _Workspace(self, self._with_ones(X))
        self._forward(space)
        return float(self._loss(space.logits, self._targets(Y, len(X)), space.dZ[-1]))

    def summary(self) -> str:
        """Return a table with the shapes and the number of parameters of each layer."""
        lines = ["layer  W            b        activation  parameters"]
        names = [self.hidden] * (len(self._stacked) - 1) + [self.output]
        for number, ((W, b), name) in enumerate(zip(self.parameters, names, strict=True), start=1):
            shapes = f"{W.shape!s:<12} {b.shape!s:<8}"
            lines.append(f"{number:<5}  {shapes} {name:<10}  {W.size + b.size:>10,}")
        return "\n".join([*lines, f"{'in all':<40}{self.theta.size:>12,}"])

    def save(self, path) -> None:
        """Write sizes, names and parameters to a .npz file, without pickle.

        A path without the suffix .npz gets it, here and when it is loaded.
        """
        names = {"hidden": self.hidden, "output": self.output}
        np.savez(_with_suffix(path), layer_sizes=self.layer_sizes, theta=self.theta, **names)

    @classmethod
    def load(cls, path) -> "Network":
        """Read what `save` wrote. Raises ValueError if the file is anything else."""
        try:
            with np.load(_with_suffix(path), allow_pickle=False) as file:
                theta, sizes = file["theta"], file["layer_sizes"].tolist()
                names = str(file["hidden"]), str(file["output"])
            network = cls(sizes, np.random.default_rng(0), *names, dtype=theta.dtype)
            network.theta[:] = theta
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(f"{path} is not a saved network: {error}") from error
        return network

    # --- the inner loop ------------------------------------------------------------------------

    def _epoch(self, batches: "_Batches", step: Callable, l2: float) -> float:
        """Take a step for each batch and return the mean loss that they met."""
        total = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for space, targets, m in batches.drawn():
                total += m * self._propagate(space, targets)
                if l2:
                    self._add_penalty(l2)
                step(self.theta, self.grad)
        return total / len(batches.X)

    def _propagate(self, space: "_Workspace", Y: np.ndarray) -> float:
        self._forward(space)
        loss = self._loss(space.logits, Y, space.dZ[-1])
        self._backward(space)
        return loss

    def _forward(self, space: "_Workspace") -> None:
        for layer, activations in enumerate(space.activations):
            np.dot(self._transposed[layer], space.inputs[layer], out=activations)
            self._activate(activations)
        np.dot(self._transposed[-1], space.inputs[-1], out=space.logits)

    def _backward(self, space: "_Workspace") -> None:
        for layer in range(len(space.activations), 0, -1):
            np.dot(space.inputs[layer], space.dZ_transposed[layer], out=self._d_stacked[layer])
            dA = space.dZ[layer - 1]
            np.dot(self._weights[layer], space.dZ[layer], out=dA)
            self._back(space.activations[layer - 1], dA)
        np.dot(space.inputs[0], space.dZ_transposed[0], out=self._d_stacked[0])

    def _add_penalty(self, l2: float) -> None:
        for (W, _), (dW, _) in zip(self.parameters, self.gradients, strict=True):
            dW += l2 * W

    # --- what comes in -------------------------------------------------------------------------

    def _with_ones(self, X) -> np.ndarray:
        X = np.asarray(X, dtype=self.theta.dtype)
        if X.ndim != 2 or X.shape[1] != self.layer_sizes[0]:
            raise ValueError(f"X has shape {X.shape}; expected (m, {self.layer_sizes[0]})")
        return np.hstack([X, np.ones((len(X), 1), X.dtype)])

    def _targets(self, Y, m: int) -> np.ndarray:
        Y = np.asarray(Y, dtype=self.theta.dtype)
        if Y.shape != (m, self.layer_sizes[-1]):
            raise ValueError(f"Y has shape {Y.shape}; expected ({m}, {self.layer_sizes[-1]})")
        return Y.T.copy()


class _Workspace:
    """The arrays that one batch needs on its way: made once, written into at every step.

    X (m, n_in + 1) with its ones; all other arrays have the samples in columns.
    """

    def __init__(self, network: Network, X: np.ndarray):
        m, dtype, (_, *sizes) = len(X), X.dtype, network.layer_sizes
        self.X = X
        self.inputs = [X.T, *(np.ones((n + 1, m), dtype) for n in sizes[:-1])]
        self.activations = [inputs[:-1] for inputs in self.inputs[1:]]
        self.logits = np.empty((sizes[-1], m), dtype)
        self.dZ = [np.empty((n, m), dtype) for n in sizes]
        self.dZ_transposed = [dZ.T for dZ in self.dZ]


class _Batches:
    """The samples of an epoch in shuffled batches; the last one is shorter where it must be."""

    def __init__(self, network: Network, X, Y, batch_size: int | None, rng):
        if batch_size is not None and rng is None:
            raise ValueError("batches are drawn at random: give `rng` along with `batch_size`")
        self.X, self.Y, self.rng, self.size = X, Y, rng, batch_size or len(X)
        self.spaces = {m: _Workspace(network, X[:m].copy()) for m in self._lengths()}
        self.targets = {m: Y[:, :m].copy() for m in self.spaces}

    def _lengths(self) -> set[int]:
        full, rest = divmod(len(self.X), self.size)
        return ({self.size} if full else set()) | ({rest} if rest else set())

    def drawn(self):
        """Yield (workspace with the batch in it, targets, number of samples)."""
        if self.size >= len(self.X):
            yield self.spaces[len(self.X)], self.targets[len(self.X)], len(self.X)
            return
        order = self.rng.permutation(len(self.X))
        for start in range(0, len(order), self.size):
            rows = order[start : start + self.size]
            space, targets = self.spaces[len(rows)], self.targets[len(rows)]
            np.take(self.X, rows, axis=0, out=space.X, mode="clip")
            np.take(self.Y, rows, axis=1, out=targets, mode="clip")
            yield space, targets, len(rows)


class _Best:
    """The parameters with the lowest validation loss so far, and for how many epochs."""

    def __init__(self, theta: np.ndarray, patience: int | None):
        self.loss, self.theta, self.age, self.patience = np.inf, theta.copy(), 0, patience

    @property
    def is_past(self) -> bool:
        """Whether the best epoch was longer ago than anybody wants to wait."""
        return self.patience is not None and self.age >= self.patience

    def see(self, loss: float, theta: np.ndarray) -> None:
        self.age += 1
        if loss < self.loss:
            self.loss, self.age = loss, 0
            self.theta[:] = theta


def _checked_sizes(layer_sizes) -> list[int]:
    sizes = [int(size) for size in layer_sizes]
    if len(sizes) < 2 or min(sizes) < 1 or sizes != list(layer_sizes):
        raise ValueError(f"layer_sizes must be two or more whole numbers from 1, not {layer_sizes}")
    return sizes


def _named(table: dict, name: str, kind: str):
    if name in table:
        return table[name]
    nearest = difflib.get_close_matches(str(name), table, n=1, cutoff=0.0)[0]
    raise ValueError(f"there is no {kind} {name!r}; did you mean {nearest!r}?")


def _with_suffix(path) -> Path:
    """Return the path of a saved network: NumPy adds .npz where it is missing."""
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(f"{path.name}.npz")


def _views(vector: np.ndarray, shapes) -> list[np.ndarray]:
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    parts = zip(np.split(vector, ends[:-1]), shapes, strict=True)
    return [part.reshape(shape) for part, shape in parts]


def _start(shape: tuple[int, int], rng: np.random.Generator, hidden: str) -> np.ndarray:
    n_in, n_out = shape
    if hidden == "relu":
        return rng.normal(0.0, np.sqrt(2 / n_in), shape)
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, shape)


def _finite(loss: float, epoch: int, learning_rate: float) -> float:
    if not np.isfinite(loss):
        raise FloatingPointError(
            f"the loss is {loss} after epoch {epoch}: try a learning rate below {learning_rate:g}"
        )
    return float(loss)
