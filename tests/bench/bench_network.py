"""`lessonlib.nn.Network` beside the matrix products it cannot avoid, and beside its peers.

`make bench` runs this with one thread everywhere. Peers that are not installed are left out:
`pip install torch scikit-learn jax` into the environment adds them. All that is compared runs in
turns in one process, so that a slow moment of the machine slows everybody. A figure is the median
of the rounds; ends with 1 if a limit that the course promises is broken.
"""

import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from lessonlib.nn.network import Network

# JAX has a thread pool of its own, which OMP_NUM_THREADS does not reach.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

STEP_RATIO = 1.25  # one training step over its matrix products
XOR_MICROSECONDS = 20.0
SIZES, BATCH = (784, 256, 128, 10), 128
ROUNDS = 25
RNG = np.random.default_rng(0)

XOR_X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
XOR_Y = np.array([[0.0], [1], [1], [0]])


def in_turns(tasks: dict[str, Callable[[], int]]) -> dict[str, float]:
    """Return the median microseconds of a step of each task; a task returns its steps."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            started = time.perf_counter()
            steps = task()
            times[name].append((time.perf_counter() - started) / steps * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


# --- the large network: 784-256-128-10, batches of 128, float32 ---------------------------------


def large_tasks() -> dict[str, Callable[[], int]]:
    X = RNG.random((10 * BATCH, SIZES[0]), dtype=np.float32)
    labels = RNG.integers(SIZES[-1], size=len(X))
    tasks = {"its matrix products": products(), "lessonlib Network": ours(X, labels)}
    if importlib.util.find_spec("torch"):
        tasks["PyTorch, SGD"] = torch_steps(X, labels)
    if importlib.util.find_spec("sklearn"):
        tasks["scikit-learn MLPClassifier"] = sklearn_steps(X, labels)
    if importlib.util.find_spec("jax"):
        tasks["JAX, jit"] = jax_steps(X, labels)
    return tasks


def products() -> Callable[[], int]:
    """The eight products of a step, on ten batches in turn, so that none is in the cache."""
    batches = [RNG.random((SIZES[0], BATCH), dtype=np.float32) for _ in range(10)]
    A = [RNG.random((n, BATCH), dtype=np.float32) for n in SIZES]
    W = [RNG.random((n, k), dtype=np.float32) for n, k in pairwise(SIZES)]
    forward, dA = ([np.empty_like(a) for a in A] for _ in range(2))
    dW = [np.empty_like(w) for w in W]

    def run() -> int:
        for A[0] in batches:
            for layer, w in enumerate(W):
                np.dot(w.T, A[layer], out=forward[layer + 1])
                np.dot(A[layer], A[layer + 1].T, out=dW[layer])
                if layer:
                    np.dot(w, A[layer + 1], out=dA[layer])
        return len(batches)

    return run


def repeated(run: Callable[[], int], times: int) -> Callable[[], int]:
    return lambda: sum(run() for _ in range(times))


def ours(X, labels) -> Callable[[], int]:
    network = Network(SIZES, RNG, "relu", "softmax", dtype=np.float32)
    Y = np.eye(SIZES[-1], dtype=np.float32)[labels]

    def run() -> int:
        network.fit(X, Y, 0.01, 4, batch_size=BATCH, rng=RNG)
        return 4 * len(X) // BATCH

    return run


def torch_steps(X, labels) -> Callable[[], int]:
    import torch

    torch.set_num_threads(1)
    layers = [torch.nn.Linear(n, k) for n, k in pairwise(SIZES)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_of = torch.nn.CrossEntropyLoss()
    X, labels = torch.from_numpy(X), torch.from_numpy(labels)

    def run() -> int:
        order = torch.randperm(len(X))
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            optimiser.zero_grad()
            loss_of(model(X[rows]), labels[rows]).backward()
            optimiser.step()
        return len(X) // BATCH

    return run


def sklearn_steps(X, labels) -> Callable[[], int]:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(SIZES[1:-1], solver="sgd", momentum=0.0, batch_size=BATCH, alpha=0.0)

    def run() -> int:
        model.partial_fit(X, labels, classes=np.arange(SIZES[-1]))
        return len(X) // BATCH

    return run


def jax_steps(X, labels) -> Callable[[], int]:
    import jax
    import jax.numpy as jnp

    shapes = pairwise(SIZES)
    theta = [(jnp.asarray(RNG.normal(0, 0.05, s), jnp.float32), jnp.zeros(s[1])) for s in shapes]

    def loss(theta, X, y):
        for W, b in theta[:-1]:
            X = jax.nn.relu(X @ W + b)
        logits = X @ theta[-1][0] + theta[-1][1]
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(y)), y])

    @jax.jit
    def step(theta, X, y):
        return jax.tree.map(lambda t, g: t - 0.01 * g, theta, jax.grad(loss)(theta, X, y))

    def run() -> int:
        nonlocal theta
        order = RNG.permutation(len(X))
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            theta = step(theta, X[rows], labels[rows])
        jax.block_until_ready(theta)
        return len(X) // BATCH

    return run


# --- the small one: XOR, all four samples at every step -----------------------------------------


def small_tasks() -> dict[str, Callable[[], int]]:
    network = Network([2, 4, 1], RNG, "tanh", "sigmoid")

    def run() -> int:
        network.fit(XOR_X, XOR_Y, 0.1, 500)
        return 500

    tasks = {"lessonlib Network": run}
    if importlib.util.find_spec("torch"):
        tasks["PyTorch, SGD"] = torch_xor()
    if importlib.util.find_spec("jax"):
        tasks["JAX, jit"] = jax_xor()
    return tasks


def torch_xor() -> Callable[[], int]:
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    model = model.double()
    optimiser, loss_of = torch.optim.SGD(model.parameters(), lr=0.1), torch.nn.BCEWithLogitsLoss()
    X, Y = torch.from_numpy(XOR_X), torch.from_numpy(XOR_Y)

    def run() -> int:
        optimiser.zero_grad()
        loss_of(model(X), Y).backward()
        optimiser.step()
        return 1

    return repeated(run, 50)


def jax_xor() -> Callable[[], int]:
    import jax
    import jax.numpy as jnp

    theta = [jnp.asarray(RNG.normal(size=s), jnp.float32) for s in ((2, 4), (4,), (4, 1), (1,))]

    def loss(theta):
        Z = jnp.tanh(XOR_X @ theta[0] + theta[1]) @ theta[2] + theta[3]
        return jnp.mean(jnp.logaddexp(0, Z) - XOR_Y * Z)

    @jax.jit
    def step(theta):
        return jax.tree.map(lambda t, g: t - 0.1 * g, theta, jax.grad(loss)(theta))

    def run() -> int:
        nonlocal theta
        theta = step(theta)
        return 1

    return repeated(run, 200)


def table(title: str, times: dict[str, float], base: str) -> None:
    """Print a row a task, with its ratio to `base`: above 1 is slower."""
    print(f"\n{title}\n")
    print(f"{'':<28}{'microseconds a step':>20}{'ratio':>8}")
    for name, microseconds in times.items():
        print(f"{name:<28}{microseconds:>20.1f}{microseconds / times[base]:>8.2f}")


def main() -> int:
    large, small = in_turns(large_tasks()), in_turns(small_tasks())
    table(f"{'-'.join(map(str, SIZES))}, batch {BATCH}, float32", large, "its matrix products")
    table("XOR, 2-4-1, full batch", small, "lessonlib Network")
    ratio = large["lessonlib Network"] / large["its matrix products"]
    good = ratio <= STEP_RATIO and small["lessonlib Network"] <= XOR_MICROSECONDS
    kept = "kept" if good else "BROKEN"
    print(f"\nThe limits ({STEP_RATIO} and {XOR_MICROSECONDS:g} microseconds) are {kept}.")
    return 0 if good else 1


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("Set OMP_NUM_THREADS=1 first, or run: make bench")
    sys.exit(main())
