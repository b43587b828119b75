"""A second ordinary assignment for the hostile class: frames, objects, mocks, files, scores."""

from tables import handed_in, read, source

NAME = "ps2"
HIDDEN_CANARY = "canary-of-the-second-set"
FILES = {
    "data/orders.csv": "city,price\nA,10\nB,20\nA,30\n",
    "shop.py": "RATE = 2\n\n\ndef convert(price):\n    return RATE * price\n",
}

TEXT = f'''
=== start
--- text
# Problem set 2
--- locked
import numpy as np
import pandas as pd
import shop


def fetch(name):
    raise ConnectionError("not while grading")


def near(mine, right):
    return abs(mine - right) < 1e-6

=== frame
--- answer
def totals(frame):
    ### BEGIN SOLUTION
    return frame.groupby("city", as_index=False)["price"].sum()
    ### END SOLUTION
--- test 2
orders = pd.read_csv("data/orders.csv")
expected = pd.DataFrame({{"city": ["A", "B"], "price": [40, 20]}})
pd.testing.assert_frame_equal(totals(orders), expected)
assert len(orders) == 3

=== money
--- answer
class Money:
    ### BEGIN SOLUTION
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return self.cents == other.cents

    def __add__(self, other):
        return Money(self.cents + other.cents)
    ### END SOLUTION
--- test 2
assert Money(1) + Money(2) == Money(3)
assert (Money(5) + Money(7)).cents == 12
assert not Money(1) == Money(2)

=== mocked
--- answer
def double_price(name):
    ### BEGIN SOLUTION
    return 2 * fetch(name)
    ### END SOLUTION
--- test 2
from unittest import mock

with mock.patch("__main__.fetch", return_value=21) as fetched:
    assert double_price("tea") == 42
fetched.assert_called_once_with("tea")

=== array
--- answer
def steps(x):
    ### BEGIN SOLUTION
    return np.diff(x)
    ### END SOLUTION
--- test 2
np.testing.assert_allclose(steps(np.array([1.0, 4.0, 9.0])), [3.0, 5.0])
assert near(steps(np.array([0.0, 0.5]))[0], 0.5)

=== score
--- answer
def initial(name):
    ### BEGIN SOLUTION
    return name[0].upper()
    ### END SOLUTION
--- test 3
points = 0
if initial("ada") == "A":
    points += 1
if initial("Bo") == "B":
    points += 1
if len(initial("x")) == 1:
    points += 1
points

=== raised
--- answer
def root(x):
    ### BEGIN SOLUTION
    if x < 0:
        raise ValueError("no root of a negative number")
    return x**0.5
    ### END SOLUTION
--- test 2
import unittest

case = unittest.TestCase()
case.assertEqual(root(9), 3)
with case.assertRaisesRegex(ValueError, "negative"):
    root(-1)

=== secret
--- answer
def vowels(text):
    ### BEGIN SOLUTION
    return sum(c in "aeiou" for c in text)
    ### END SOLUTION
--- test 2
assert vowels("banana") == 3
### BEGIN HIDDEN TESTS
hidden_text = "{HIDDEN_CANARY}"
assert vowels(hidden_text) == 7, hidden_text
### END HIDDEN TESTS

=== file
--- answer
def save(path, lines):
    ### BEGIN SOLUTION
    with open(path, "w") as file:
        file.write("\\n".join(lines))
    ### END SOLUTION
--- test 1
save("saved.txt", ["a", "b"])
assert open("saved.txt").read().split() == ["a", "b"]

=== shop
--- answer
def total_price(prices):
    ### BEGIN SOLUTION
    return sum(shop.convert(price) for price in prices)
    ### END SOLUTION
--- test 1
assert total_price([1, 2, 3]) == 12

=== essay
--- question 2
### BEGIN SOLUTION
It depends.
### END SOLUTION
'''
EXERCISES = read(TEXT)
POINTS = {
    name: part.points
    for exercise in EXERCISES
    for name, part in exercise.named()
    if part.kind == "test"
}


def instructor():
    """Return the instructor's notebook."""
    return source(EXERCISES)


def right():
    """Return a right submission."""
    return handed_in(EXERCISES, 0)
