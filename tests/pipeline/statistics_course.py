"""An assignment in the style of a course in statistics: simulation, estimates, tests, hashes."""

from random import Random

_rng = Random(11)
FILES = {
    "data/heights.csv": "id,group,height\n"
    + "".join(f"{k},{'AB'[k % 2]},{_rng.gauss(170 + 4 * (k % 2), 8):.1f}\n" for k in range(120)),
    "course_tools.py": '''"""What this course's notebooks use."""

import hashlib

import numpy as np


def digest(value):
    """Return a short digest of a value, so that a test need not show it."""
    return hashlib.sha1(f"{type(value).__name__}:{value}".encode()).hexdigest()[:10]


def close(mine, right, what="the value", tolerance=1e-6):
    """Raise AssertionError unless two numbers are close."""
    assert np.isclose(mine, right, rtol=tolerance), f"{what} is {mine}, which is not right"
''',
}

TEXT = r'''
=== set-up
--- text
# Problem set 3: estimates and tests

Hand in on Friday. Cells marked with *YOUR CODE HERE* are yours.
--- locked
import numpy as np
from course_tools import close, digest

np.random.seed(2024)
--- given
# Use this cell to try things out.
scratch = np.arange(3)

=== reading
--- text
Read `data/heights.csv` into two arrays, `heights` and `groups`.
--- answer
### BEGIN SOLUTION
import csv

with open("data/heights.csv") as file:
    rows = list(csv.DictReader(file))
heights = np.array([float(row["height"]) for row in rows])
groups = np.array([row["group"] for row in rows])
### END SOLUTION
--- wrong gives 2
rows = open("data/heights.csv").read().split("\n")[1:-1]
heights = np.array([float(row.split(",")[2]) for row in rows])
groups = [row.split(",")[1] for row in rows]
--- wrong
heights = np.loadtxt("data/heights.csv")
groups = None
--- wrong gives 1
rows = open("data/heights.csv").read().split("\n")[1:-2]
heights = np.array([float(row.split(",")[2]) for row in rows])
groups = np.array([row.split(",")[1] for row in rows])
--- test 1
assert isinstance(heights, np.ndarray), "heights should be an array"
assert heights.dtype == float and heights.ndim == 1
--- test 1
assert len(heights) == 120, f"there are 120 people, not {len(heights)}"
assert 150 < heights.min() and heights.max() < 200
--- test 1
assert digest(groups.shape) == digest((120,))
### BEGIN HIDDEN TESTS
assert set(groups.tolist()) == {"A", "B"}
assert (groups == "A").sum() == 60
### END HIDDEN TESTS

=== describing
--- answer
def describe(x):
    """Return the mean, the standard deviation (n - 1) and the median in a dictionary."""
    ### BEGIN SOLUTION
    return {"mean": np.mean(x), "sd": np.std(x, ddof=1), "median": np.median(x)}
    ### END SOLUTION
--- wrong gives 3.5
def describe(x):
    return {"mean": np.mean(x), "sd": np.std(x), "median": np.median(x)}
--- wrong gives 1.5
def describe(x):
    return {"mean": np.mean(x), "median": sorted(x)[len(x) // 2]}
--- test 1
assert isinstance(describe([1, 2]), dict), "return a dictionary"
--- test 1
summary = describe(np.array([1.0, 2.0, 3.0, 10.0]))
assert set(summary) == {"mean", "sd", "median"}, "the keys should be mean, sd and median"
--- test 2
points = 0
try:
    close(describe([1, 2, 6])["mean"], 3)
    points += 0.5
except Exception as problem:
    print("mean:", problem)
try:
    close(describe([1, 2, 6, 7])["median"], 4)
    points += 1
except Exception as problem:
    print("median:", problem)
try:
    close(describe([1, 2, 6])["sd"], np.sqrt(7))
    points += 0.5
except Exception as problem:
    print("sd:", problem)
points

=== simulating
--- answer
def roll_two(n, rng):
    """Return the sums of n rolls of two dice, drawn with the generator."""
    ### BEGIN SOLUTION
    return rng.integers(1, 7, size=(n, 2)).sum(axis=1)
    ### END SOLUTION
--- wrong gives 1
def roll_two(n, rng):
    return np.random.randint(2, 13, size=n)
--- wrong gives 2
def roll_two(n, rng):
    return rng.integers(1, 6, size=(n, 2)).sum(axis=1)
--- wrong
def roll_two(n):
    return np.random.randint(1, 7, size=n) + np.random.randint(1, 7, size=n)
--- test 1
rolls = roll_two(500, np.random.default_rng(1))
assert rolls.shape == (500,) and rolls.min() >= 2 and rolls.max() <= 12
--- test 1
first = roll_two(20, np.random.default_rng(5))
assert (first == roll_two(20, np.random.default_rng(5))).all(), "use the generator"
--- test 1
### BEGIN HIDDEN TESTS
many = roll_two(40_000, np.random.default_rng(0))
assert abs(many.mean() - 7) < 0.1, f"the mean of two dice is 7, not {many.mean():.2f}"
assert abs((many == 12).mean() - 1 / 36) < 0.005
### END HIDDEN TESTS

=== drawing
--- answer
# Draw 10 numbers from a normal distribution with np.random (its seed was set above).
### BEGIN SOLUTION
sample = np.random.normal(size=10)
### END SOLUTION
--- wrong
np.random.seed(1)
sample = np.random.normal(size=10)
--- wrong
sample = [0] * 10
--- test 1
expected = np.random.RandomState(2024).normal(size=10)
assert np.allclose(sample, expected), "do not set the seed again"

=== bootstrap
--- answer
def bootstrap(x, statistic, n, rng):
    """Return n values of a statistic of samples of x with replacement."""
    ### BEGIN SOLUTION
    return np.array([statistic(rng.choice(x, size=len(x))) for _ in range(n)])
    ### END SOLUTION
--- wrong gives 2
def bootstrap(x, statistic, n, rng):
    return np.array([statistic(rng.choice(x, size=len(x), replace=False)) for _ in range(n)])
--- wrong gives 2
def bootstrap(x, statistic, n, rng):
    return np.array([np.mean(rng.choice(x, size=len(x))) for _ in range(n)])
--- test 1
calls = []


def counting(values):
    calls.append(len(values))
    return np.mean(values)


means = bootstrap(np.arange(30.0), counting, 50, np.random.default_rng(0))
assert len(means) == 50 and set(calls) <= {30}
--- test 1
assert means.std() > 0.5, "draw with replacement"
--- test 1
### BEGIN HIDDEN TESTS
medians = bootstrap(np.array([0, 0, 0, 100.0]), np.median, 200, np.random.default_rng(0))
assert set(np.unique(medians)) <= {0, 50, 100} and medians.mean() < 50
assert len(calls) == 50, "ask the statistic once a sample"
### END HIDDEN TESTS

=== confidence
--- text
The 95 % interval of the mean height of group A, as a pair.
--- answer
### BEGIN SOLUTION
group_a = heights[groups == "A"]
half = 1.96 * group_a.std(ddof=1) / np.sqrt(len(group_a))
interval = (group_a.mean() - half, group_a.mean() + half)
### END SOLUTION
--- wrong gives 1
half = 1.96 * heights.std(ddof=1) / np.sqrt(len(heights))
interval = (heights.mean() - half, heights.mean() + half)
--- wrong
interval = heights.mean()
--- wrong
interval = [160, 180]
--- test 1
assert type(interval) is tuple and len(interval) == 2
assert interval[0] < interval[1]
--- test 1
a = np.genfromtxt("data/heights.csv", delimiter=",", skip_header=1, usecols=2)[::2]
close(sum(interval) / 2, a.mean(), "the middle")
### BEGIN HIDDEN TESTS
close(interval[1] - interval[0], 2 * 1.96 * a.std(ddof=1) / 60**0.5, "the width")
### END HIDDEN TESTS

=== testing
--- answer
def permutation_test(x, y, n=500, seed=0):
    """Return the p-value of a difference of means, from n permutations."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    both, seen = np.concatenate([x, y]), abs(np.mean(x) - np.mean(y))
    more = 0
    for _ in range(n):
        rng.shuffle(both)
        more += abs(both[: len(x)].mean() - both[len(x) :].mean()) >= seen
    return (more + 1) / (n + 1)
    ### END SOLUTION
--- wrong gives 1
def permutation_test(x, y, n=500, seed=0):
    rng = np.random.default_rng(seed)
    both, seen = np.concatenate([x, y]), abs(np.mean(x) - np.mean(y))
    more = 0
    for _ in range(n):
        rng.shuffle(both)
        more += abs(both[: len(x)].mean() - both[len(x) :].mean()) >= seen
    return more / n
--- wrong gives 1
def permutation_test(x, y, n=500, seed=0):
    return 0.5
--- test 1
import inspect

assert list(inspect.signature(permutation_test).parameters) == ["x", "y", "n", "seed"]
first, second = heights[groups == "A"], heights[groups == "B"]
assert len(first) == len(second) == 60
p_value = permutation_test(first, second)
assert 0 <= p_value <= 1
--- test 1
assert permutation_test(np.arange(20), np.arange(20) + 100) < 0.05
assert permutation_test(np.arange(20), np.arange(20)) > 0.5
--- test 1
before = np.arange(6.0)
permutation_test(before, before + 1, n=20)
assert before.tolist() == [0, 1, 2, 3, 4, 5], "your function changes its argument"
### BEGIN HIDDEN TESTS
assert permutation_test(np.zeros(9), np.ones(9) * 50, n=99) > 0, "a p-value is never 0"
### END HIDDEN TESTS

=== meaning
--- text
What does the p-value say about the two groups? Answer in two sentences.
--- question 3
### BEGIN SOLUTION
Were the groups alike, a difference as large would be seen that often. It is no probability that
they are alike.
### END SOLUTION
--- wrong
The groups are different with a probability of one minus p.
--- wrong
$p < 0.05$, so it is significant.

=== checking by hash
--- answer
# How many people are taller than 180 cm? An int.
### BEGIN SOLUTION
tall = int((heights > 180).sum())
### END SOLUTION
--- wrong
tall = (heights > 180).sum() + 0.5
--- wrong gives 1
tall = 1
--- test 1
assert digest(tall).isalnum() and type(tall) is int, "tall should be an int"
--- test 1
### BEGIN HIDDEN TESTS
assert digest(tall) == digest(int((a > 180).sum() + (heights[1::2] > 180).sum()))
### END HIDDEN TESTS
'''
