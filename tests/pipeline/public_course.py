"""Tests as instructors of public courses write them: hashes, messages, tries, scores, sub-tests."""

FILES = {
    "tests.py": '''"""Shared tests."""


def test_shape(frame, rows, columns):
    assert frame.shape == (rows, columns), f"Expected {(rows, columns)}, got {frame.shape}"
    return "ok"


class Grader:
    """Collects points over several cells."""

    def __init__(self):
        self.points, self.log = 0, []

    def check(self, question, passed, points=1):
        self.points += points if passed else 0
        self.log.append((question, passed))
        print(f"{question}: {'passed' if passed else 'failed'}")
        return passed
'''
}

TEXT = r'''
=== set-up
--- locked
from hashlib import sha1

import numpy as np

### DO NOT CHANGE THIS CELL
import warnings

warnings.simplefilter("ignore")

=== type and value by sha1
--- answer
### BEGIN SOLUTION
answer1_1 = 3.75
### END SOLUTION
--- wrong gives 1
answer1_1 = 3.7
--- wrong
answer1_1 = "3.75"
--- test 1
assert sha1(str(type(answer1_1)).encode("utf-8") + b"3f7a").hexdigest() == (
    sha1(b"<class 'float'>3f7a").hexdigest()
), "type of answer1_1 is not float. Please make sure it is float."
--- test 1
assert sha1(str(round(answer1_1, 2)).encode("utf-8") + b"3f7a").hexdigest() == (
    sha1(b"3.753f7a").hexdigest()
), "value of answer1_1 is not correct (rounded to 2 decimal places)"
print("Success!")

=== a dictionary by sha1
--- answer
### BEGIN SOLUTION
answer1_2 = {"b": 2, "a": [1.0, 2.0]}
### END SOLUTION
--- wrong
answer1_2 = {"b": 2, "a": [1, 2]}
--- test
assert sha1(str(sorted(answer1_2.keys())).encode()).hexdigest() == (
    sha1(b"['a', 'b']").hexdigest()
), "wrong keys"
assert sha1(str([answer1_2[k] for k in sorted(answer1_2)]).encode()).hexdigest() == (
    sha1(b"[[1.0, 2.0], 2]").hexdigest()
)

=== upper and lower case letters
--- answer
### BEGIN SOLUTION
answer1_3 = "C"
### END SOLUTION
--- wrong
answer1_3 = "c)"
--- test
assert sha1(str(answer1_3.lower()).encode()).hexdigest() == sha1(b"c").hexdigest()
assert len(answer1_3) == 1

=== otter
--- answer
def q2_1(x):
    ### BEGIN SOLUTION
    return x**2 + 1
    ### END SOLUTION
--- wrong
def q2_1(x):
    return x**2
--- test
test = {
    "name": "q2_1",
    "points": 2,
    "suites": [
        {
            "cases": [
                {"code": ">>> q2_1(2)\n5", "hidden": False},
                {"code": ">>> q2_1(0) == 1\nTrue", "hidden": False},
            ],
            "type": "doctest",
        }
    ],
}
import doctest

for case in test["suites"][0]["cases"]:
    parsed = doctest.DocTestParser().get_doctest(case["code"], globals(), "q2_1", None, 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(parsed, out=lambda text: None)
    assert runner.failures == 0, case["code"]

=== otter with functions
--- answer
def q2_2(words):
    ### BEGIN SOLUTION
    return {w: words.count(w) for w in words}
    ### END SOLUTION
--- wrong
def q2_2(words):
    return {w: 1 for w in words}
--- test
from unittest.mock import Mock

public = []


def test_case(points=1, hidden=False):
    def register(function):
        public.append((function, points))
        return function

    return register


@test_case(points=1)
def test_counts(env):
    assert env["q2_2"](["a", "b", "a"]) == {"a": 2, "b": 1}


@test_case(points=1)
def test_empty(env):
    assert env["q2_2"]([]) == {}


for function, _ in public:
    function(globals())

=== points by score
--- answer
def q3(n):
    ### BEGIN SOLUTION
    return [k for k in range(n) if k % 3 == 0]
    ### END SOLUTION
--- wrong gives 1
def q3(n):
    return [k for k in range(1, n) if k % 3 == 0]
--- wrong gives 2
def q3(n):
    return tuple(k for k in range(n) if k % 3 == 0)
--- test 4
score = 0
out = q3(7)
if type(out) == list:
    score += 1
else:
    print(f"-1: expected list, got {type(out)}")
if list(out) == [0, 3, 6]:
    score += 2
else:
    print(f"-2: q3(7) returned {out}")
if q3(0) == []:
    score += 1
score = score if list(out) == [0, 3, 6] else min(score, 1)
score

=== a loop over cases with its own messages
--- answer
def q4(year):
    ### BEGIN SOLUTION
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    ### END SOLUTION
--- wrong
def q4(year):
    return year % 4 == 0
--- test
test_cases = [
    ((2000,), True),
    ((1900,), False),
    ((2024,), True),
    ((2023,), False),
]
for i, (args, expected) in enumerate(test_cases, 1):
    actual = q4(*args)
    assert actual == expected, (
        f"Test {i} failed: q4{args}\n  Expected: {expected!r}\n  Actual:   {actual!r}"
    )
print(f"All {len(test_cases)} tests passed!")

=== tests in a module beside the notebook
--- answer
### BEGIN SOLUTION
matrix = np.ones((3, 4))
### END SOLUTION
--- wrong
matrix = np.ones((4, 3))
--- test
import tests

assert tests.test_shape(matrix, 3, 4) == "ok"
tests.test_shape(matrix.T, 4, 3);

=== a grader over several cells
--- locked
from tests import Grader

grader = Grader()
--- answer
def q5(x):
    ### BEGIN SOLUTION
    return abs(x)
    ### END SOLUTION
--- wrong gives 1
def q5(x):
    return x
--- test 1
assert grader.check("q5a", q5(3) == 3)
--- test 2
grader.check("q5b", q5(-3) == 3, points=2)
assert all(passed for _, passed in grader.log), grader.log
grader.points - 1

=== try, except and say
--- answer
def q6(a, b):
    ### BEGIN SOLUTION
    if b == 0:
        return None
    return a / b
    ### END SOLUTION
--- wrong
def q6(a, b):
    return a / b
--- test
try:
    assert q6(1, 0) is None
except ZeroDivisionError:
    print("Hint: what if b is zero?")
    raise
except Exception as e:
    print("Something else went wrong:", e)
    assert False
else:
    print("Good job")

=== a function that must not be there
--- answer
def q7(text):
    ### BEGIN SOLUTION
    out = ""
    for c in text:
        out = c + out
    return out
    ### END SOLUTION
--- wrong
def q7(text):
    return text[::-1]
--- test
import inspect
import re

code = inspect.getsource(q7)
assert not re.search(r"\[::-1\]|reversed\(", code), "please write a loop"
assert q7("abc") == "cba"

=== points for the exercises together
--- answer
def q8(grades):
    ### BEGIN SOLUTION
    return max(grades, key=grades.get)
    ### END SOLUTION
--- wrong gives 2
def q8(grades):
    return max(grades)
--- test 1
"""Check the answer for one student"""
assert q8({"a": 1}) == "a"
--- test 1
"""Check the answer for two students"""
assert q8({"a": 1, "b": 0}) == "a" or q8({"a": 1, "b": 0}) == "b"
--- test 1
# HIDDEN TEST
### BEGIN HIDDEN TESTS
assert q8({"a": 9, "b": 0}) == "a"
### END HIDDEN TESTS

=== a long table of expected values
--- answer
def q9(n):
    ### BEGIN SOLUTION
    return "FizzBuzz" if n % 15 == 0 else "Fizz" if n % 3 == 0 else "Buzz" if n % 5 == 0 else n
    ### END SOLUTION
--- wrong
def q9(n):
    return "Fizz" if n % 3 == 0 else "Buzz" if n % 5 == 0 else n
--- test
correct = "1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz".split()
student = [str(q9(n)) for n in range(1, 16)]
wrong = [n for n, (s, c) in enumerate(zip(student, correct), 1) if s != c]
assert not wrong, "wrong for n in " + ", ".join(map(str, wrong))
assert isinstance(q9(1), int)
'''
