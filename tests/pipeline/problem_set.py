"""An ordinary nbgrader assignment: plain asserts, hidden tests, classes, no `check` anywhere."""

import nbformat
from nbformat import NotebookNode

NAME = "ps1"
SOLUTION_CANARY = "canary-of-the-solutions"
HIDDEN_CANARY = "canary-of-the-hidden-tests"

MEAN = """
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION
"""
TEST_MEAN = """
numbers = [3, 1, 8]
assert mean(numbers) == 4
assert abs(mean([0.1, 0.2]) - 0.15) < 1e-9
assert numbers == [3, 1, 8]
"""
# Locked, without points. It shows what the learner's function does, so it stops where that does.
CLOSE = """
def close(mine, right):
    same = np.shape(mine) == np.shape(right)
    return same and bool(np.all(np.abs(np.subtract(mine, right)) < 1e-9))


print("The mean of 1, 2 and 6 is", mean([1, 2, 6]))
limit = 4
"""
SCALE = f"""
def scale(x):
    ### BEGIN SOLUTION
    # {SOLUTION_CANARY}
    return x / np.abs(x).max()
    ### END SOLUTION
"""
TEST_SCALE = """
x = np.array([1.0, -4.0, 2.0])
scaled = np.array([0.25, -1.0, 0.5])
np.testing.assert_allclose(scale(x), scaled)
assert close(scale(np.array([[2.0, 1.0]])), np.array([[1.0, 0.5]]))
np.testing.assert_array_equal(x, [1.0, -4.0, 2.0])
"""
TEST_SCALE_AGAIN = """
assert close(scale(-x), -scaled)
assert close(scale(limit * x), scaled)
"""
WORDS = """
def count_words(text):
    ### BEGIN SOLUTION
    return len(text.split())
    ### END SOLUTION
"""
TEST_WORDS = f"""
assert count_words("to be or not") == 4
### BEGIN HIDDEN TESTS
secret = "{HIDDEN_CANARY} and more"
assert count_words(secret) == 3, f"{{secret}} has three words"
assert all(map(lambda pair: count_words(pair[0]) == pair[1], [("a b", 2), ("", 0)]))
### END HIDDEN TESTS
"""
PRIMES = """
def is_prime(n):
    ### BEGIN SOLUTION
    return n > 1 and all(n % k for k in range(2, n))
    ### END SOLUTION
"""
TEST_PRIMES = """
answers = {1: False, 2: True, 9: False, 13: True}
right = sum(is_prime(n) == answer for n, answer in answers.items())
np.float64(right)
"""
VECTOR = """
class Vector:
    ### BEGIN SOLUTION
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __rmul__(self, factor):
        return Vector(factor * self.x, factor * self.y)

    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"
    ### END SOLUTION
"""
TEST_VECTOR = """
v, w = Vector(1, 2), Vector(3, 5)
assert v == Vector(1, 2)
assert not v == w
assert v + w == Vector(4, 7)
assert (v + w).x == 4 and (v + w).y == 7
assert 2 * v == Vector(2, 4)
assert abs(Vector(3, 4)) == 5
assert repr(v) == "Vector(1, 2)"
"""
NATURALS = """
def naturals():
    ### BEGIN SOLUTION
    n = 1
    while True:
        yield n
        n += 1
    ### END SOLUTION
"""
TEST_NATURALS = """
from itertools import islice

assert list(islice(naturals(), 4)) == [1, 2, 3, 4]
assert sum(islice(naturals(), 3, 5)) == 9
"""
ROLL = """
def roll(rng):
    ### BEGIN SOLUTION
    return rng.integers(1, 7, size=3)
    ### END SOLUTION
"""
TEST_ROLL = """
rng, same = np.random.default_rng(5), np.random.default_rng(5)
np.testing.assert_array_equal(roll(rng), same.integers(1, 7, size=3))
np.testing.assert_array_equal(roll(rng), same.integers(1, 7, size=3))
"""
EXPLAIN = """
Why is the mean of words no number? Say it in a sentence.

### BEGIN SOLUTION
Words cannot be added to a number, and the mean divides a sum.
### END SOLUTION
"""
POINTS = {
    "test-mean": 2,
    "test-scale": 2,
    "test-scale-again": 1,
    "test-words": 2,
    "test-primes": 4,
    "test-vector": 3,
    "test-naturals": 1,
    "test-roll": 1,
}


def source() -> NotebookNode:
    """Return the instructor's notebook."""
    cells = [
        nbformat.v4.new_markdown_cell("# Problem set 1"),
        nbformat.v4.new_code_cell("import numpy as np"),
        _answer("mean", MEAN),
        _test("mean", TEST_MEAN),
        _nbgrader("helper-close", CLOSE, locked=True),
        _answer("scale", SCALE),
        _test("scale", TEST_SCALE),
        _test("scale-again", TEST_SCALE_AGAIN),
        _answer("words", WORDS),
        _test("words", TEST_WORDS),
        _answer("primes", PRIMES),
        _test("primes", TEST_PRIMES),
        _answer("vector", VECTOR),
        _test("vector", TEST_VECTOR),
        _answer("naturals", NATURALS),
        _test("naturals", TEST_NATURALS),
        _answer("roll", ROLL),
        _test("roll", TEST_ROLL),
        _nbgrader("explain", EXPLAIN, "markdown", solution=True, grade=True, points=2),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
}


def _answer(name: str, text: str) -> NotebookNode:
    return _nbgrader(name, text, solution=True)


def _test(name: str, text: str) -> NotebookNode:
    name = f"test-{name}"
    return _nbgrader(name, text, grade=True, locked=True, points=POINTS[name])


def _nbgrader(name: str, text: str, kind: str = "code", **settings) -> NotebookNode:
    cell = getattr(nbformat.v4, f"new_{kind}_cell")(text.strip(), id=name)
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": name,
        "cell_type": kind,
        **{"grade": False, "locked": False, "solution": False, "task": False},
        **settings,
    }
    return cell
