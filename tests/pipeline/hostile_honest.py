"""Submissions of people who mean well, with habits that a grader might stumble over."""

import problem_set
from hostile_making import PS1, RELU, right, wrong

NEIGHBOUR = "a-neighbour"
NEIGHBOUR_CANARY = "canary-of-a-neighbour"
WARNS = """
import sys
import warnings

import numpy as np


def scale(x):
    warnings.warn("about to divide")
    print("scaling", x, file=sys.stderr)
    np.log(-1.0), np.float64(1) / np.float64(0)
    return x / np.abs(x).max()
"""
SCALARS = {
    "mean": "def mean(values):\n    return np.mean(values)",
    "words": "def count_words(text):\n    return np.int64(len(text.split()))",
    "primes": "def is_prime(n):\n    return np.bool_(n > 1 and all(n % k for k in range(2, n)))",
    "evens": "def evens(n):\n    return np.arange(0, n, 2)",
    "slope": "def slope(f, x):\n    return np.float64((f(x + 1e-4) - f(x - 1e-4)) / 2e-4)",
}
MAGICS = """
!ls
----
%timeit -n 2 -r 1 mean([1, 2])
----
%matplotlib inline
%pwd
----
files = !ls
mean?
----
%%bash
echo hello
----
%%time
mean([1, 2, 3])
"""
PLOTS = """
import matplotlib.pyplot as plt

for _ in range(3):
    plt.figure()
    plt.plot([1, 2, 3])
    plt.show()
"""
AWAITS = """
import asyncio


async def later(value):
    await asyncio.sleep(0.01)
    return value


print(await later(3))
await asyncio.gather(later(1), later(2))
"""

HONEST = [
    right(
        PS1,
        NEIGHBOUR,
        "whose work the others may not see",
        first=f"note = '{NEIGHBOUR_CANARY}'\nprint(note)",
    ),
    right(RELU, f"{NEIGHBOUR}-checks", "right throughout"),
    wrong(PS1, "untouched", "as it was handed out"),
    wrong(RELU, "untouched-checks", "as it was handed out"),
    right(PS1, "warns", "warnings, and words on stderr", {"scale": WARNS}),
    right(
        RELU,
        "warns-checks",
        "warnings",
        {
            "relu": "import warnings\n\n\ndef relu(z):\n    warnings.warn('computing')\n"
            "    return z * (z > 0)"
        },
    ),
    right(PS1, "numpy-scalars", "NumPy's numbers and arrays for Python's", SCALARS),
    right(
        PS1,
        "partly",
        "three of four primes",
        {"primes": "def is_prime(n):\n    return all(n % k for k in range(2, n))"},
        but={"primes": 3},
    ),
    right(
        RELU,
        "partly-checks",
        "Z is right, A is not",
        {"layer_forward": "def layer_forward(W, b, X):\n    Z = W @ X + b\n    return Z, Z.copy()"},
        but={"layer_forward": 1},
    ),
    right(PS1, "plots", "figures", first=PLOTS, last=PLOTS),
    right(PS1, "asks", "input() in a cell", first="name = input('Your name? ')"),
    right(
        PS1,
        "slow",
        "takes its time, and is right",
        {
            "primes": "import time\n\n\ndef is_prime(n):\n    time.sleep(0.4)\n"
            "    return n > 1 and all(n % k for k in range(2, n))"
        },
    ),
    right(
        PS1,
        "not-installed",
        "a library that is not there, and is not used",
        first="import torch_that_is_not_there",
    ),
    right(PS1, "magics", "IPython's own syntax", last=MAGICS, states=("graded", "timed out")),
    right(
        RELU,
        "timed",
        "a magic on top of an answer that needs the lesson's own cells",
        {"by_hand": "%%time\nz1 = (W1 @ x + b1).ravel()\na1 = np.maximum(0, z1)"},
    ),
    right(PS1, "awaits", "await at the top level", first=AWAITS),
    right(
        RELU,
        "named-tuples",
        "a namedtuple for a tuple",
        {
            "layer_forward": "from collections import namedtuple\n\n"
            "Both = namedtuple('Both', 'Z A')\n\n\ndef layer_forward(W, b, X):\n"
            "    Z = W @ X + b\n    return Both(Z, np.maximum(Z, 0))"
        },
    ),
    right(
        PS1,
        "other-ways",
        "lambdas, callable objects, iterators, decorators",
        {
            "mean": "import functools\nimport operator\n\n"
            "mean = lambda values: functools.reduce(operator.add, values) / len(values)",
            "words": "class Counter:\n    def __call__(self, text):\n"
            "        return len(text.split())\n\n\ncount_words = Counter()",
            "primes": "@functools.lru_cache\ndef is_prime(n):\n"
            "    return n > 1 and all(n % k for k in range(2, n))",
            "naturals": "import itertools\n\nnaturals = functools.partial(itertools.count, 1)",
            "evens": "def evens(n):\n    return tuple(range(0, n, 2))",
        },
    ),
    right(
        PS1,
        "a-subclass",
        "the class inherits, and has slots",
        {
            "vector": "class Base:\n    __slots__ = ('x', 'y')\n\n"
            + problem_set.answers()["vector"]
            .replace("class Vector:", "class Vector(Base):")
            .replace("    def __init__", "    __slots__ = ()\n\n    def __init__")
        },
    ),
    right(
        PS1, "an-error-below", "a cell that fails, below everything", last="1 / 0\n----\nmean(3)"
    ),
    right(
        PS1,
        "one-typing-error",
        "a syntax error in one answer",
        {"mean": "def mean(values)\n    return sum(values) / len(values)"},
        but={"mean": 0},
    ),
    right(
        PS1,
        "prints-a-lot",
        "a few thousand lines",
        last="for n in range(5_000):\n    print(n, 'lines of output')",
    ),
    right(
        PS1,
        "reseeds",
        "global random state",
        first="import random\nrandom.seed(1)\n"
        "import numpy as np\nnp.random.seed(1)\nnp.seterr(all='raise')",
    ),
    right(
        PS1,
        "other-precision",
        "global settings",
        first="import numpy as np\nnp.set_printoptions(precision=1)\nimport decimal, locale, sys\n"
        "sys.setrecursionlimit(500)\nimport warnings\nwarnings.simplefilter('error')",
    ),
    right(
        PS1,
        "helper-names",
        "own functions with the names of the tests' helpers",
        first="def close(*_):\n    return False\n\n\nlimit, prices = 0, []",
        last="def close(*_):\n    return False",
    ),
]
