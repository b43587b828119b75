"""Idioms of ordinary tests that belong to a notebook: order, magics, outputs, points."""

TEXT = r'''
=== an answer that is used by a later one
--- answer
base_rate = 0.05
--- wrong gives 1
base_rate = 0.5
--- test 1
assert base_rate == 0.05
--- answer
def interest(amount):
    return amount * base_rate
--- test 1
assert interest(100) == 100 * base_rate

=== a test makes a name for a later answer
--- answer
def load_numbers():
    return [3, 1, 2]
--- wrong
def load_numbers():
    return None
--- test 1
numbers_of_test = sorted(load_numbers())
assert numbers_of_test == [1, 2, 3]
--- answer
largest = numbers_of_test[-1]
--- test 1
assert largest == 3

=== names of a failed test
--- answer
def head_of(values):
    return values[0]
--- wrong gives 1
def head_of(values):
    return values[-1]
--- test 1
items_of_test = ["x", "y"]
assert head_of(items_of_test) == "x"
--- test 1
assert items_of_test == ["x", "y"]

=== a name is made anew below
--- answer
setting = "first"
--- wrong gives 1
setting = "other"
--- test 1
assert setting == "first"
--- answer
setting = setting + " second"
--- test 1
assert setting.endswith(" second")

=== a locked cell between
--- answer
def price_of(item):
    return {"tea": 3, "cake": 4}[item]
--- wrong
def price_of(item):
    return 3
--- locked
bill = price_of("tea") + price_of("cake")
menu = ["tea", "cake"]
--- test
assert bill == 7
assert [price_of(item) for item in menu] == [3, 4]

=== a locked helper tests
--- locked
def expect(value, right, what="it"):
    assert value == right, f"{what} is {value!r}, it should be {right!r}"
    return True
--- answer
def initials(name):
    return "".join(word[0] for word in name.split())
--- wrong
def initials(name):
    return name[:2]
--- test
expect(initials("Ada Lovelace"), "AL", "initials")
assert expect(initials("B"), "B")

=== partial credit, a number
--- answer
def is_vowel(c):
    return c in "aeiou"
--- wrong gives 1
def is_vowel(c):
    return True
--- test 2
score = 0
if is_vowel("a"):
    score += 0.5
if is_vowel("e"):
    score += 0.5
if not is_vowel("x"):
    score += 0.5
if not is_vowel("y") and is_vowel("u"):
    score += 0.5
score

=== partial credit, nothing for zero
--- answer
def upper_all(words):
    return [word.upper() for word in words]
--- wrong
def upper_all(words):
    return words
--- test 2
points = sum(a == b for a, b in zip(upper_all(["a", "b"]), ["A", "B"]))
points

=== partial credit in a helper
--- locked
def award(*cases):
    """Points for cases that hold, each a function."""
    earned = 0
    for case in cases:
        try:
            earned += bool(case())
        except Exception as error:
            print("lost:", type(error).__name__)
    return earned
--- answer
def at(values, place):
    return values[place] if place < len(values) else None
--- wrong gives 1
def at(values, place):
    return values[place]
--- test 2
award(lambda: at([1], 0) == 1, lambda: at([1], 5) is None)

=== partial credit that nobody asked for
--- answer
def greeting():
    return "hello"
--- wrong
def greeting():
    return "goodbye"
--- test 2
assert greeting() == "hello"
greeting();

=== a last expression that is no number
--- answer
def names():
    return ["a", "b"]
--- wrong
def names():
    return []
--- test 2
assert len(names()) == 2
None

=== a printed remark is no number
--- answer
def count_to(n):
    return list(range(1, n + 1))
--- wrong
def count_to(n):
    return []
--- test 2
assert count_to(3) == [1, 2, 3]
print("1.0 well done")

=== something is displayed
--- answer
def word():
    return "shown"
--- wrong
def word():
    return 3
--- test 2
from IPython.display import HTML, display

display(HTML(f"<b>{word()}</b>"))
assert word().upper() == "SHOWN"

=== hidden tests
--- answer
def add_up(a, b):
    return a + b
--- wrong
def add_up(a, b):
    return {(1, 2): 3}[a, b]
--- test
assert add_up(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add_up(5, 5) == 10
for a in range(3):
    assert add_up(a, -a) == 0
### END HIDDEN TESTS

=== only hidden tests
--- answer
secret_answer = 42
--- wrong
secret_answer = 41
--- test
# Your answer is tested here.
### BEGIN HIDDEN TESTS
assert secret_answer == 42
### END HIDDEN TESTS

=== hidden partial credit
--- answer
def digits(n):
    return [int(c) for c in str(n)]
--- wrong gives 1
def digits(n):
    return [n]
--- test 2
### BEGIN HIDDEN TESTS
earned = 0
earned += digits(7) == [7]
earned += digits(12) == [1, 2]
earned
### END HIDDEN TESTS

=== hidden tests make names for a later test
--- answer
def negated(x):
    return -x
--- wrong
def negated(x):
    return x
--- test 1
### BEGIN HIDDEN TESTS
hidden_cases = [1, 2, 3]
assert negated(1) == -1
### END HIDDEN TESTS
--- test 1
### BEGIN HIDDEN TESTS
assert [negated(x) for x in hidden_cases] == [-1, -2, -3]
### END HIDDEN TESTS

=== tests in try and except that print
--- answer
def reciprocal(x):
    return 1 / x
--- wrong gives 1
def reciprocal(x):
    return 1
--- test
earned = 0
try:
    assert reciprocal(1) == 1
    earned += 1
except AssertionError:
    print("reciprocal(1) is wrong")
try:
    reciprocal(0)
    print("no error for zero")
except ZeroDivisionError:
    earned += 1
earned

=== %timeit -o
--- answer
def quick(n):
    return n * (n + 1) // 2
--- wrong
def quick(n):
    return sum(range(n))
--- test
assert quick(10) == 55
timing = %timeit -o -q -n 10 -r 2 quick(100)
assert timing.best < 0.01 and timing.loops == 10

=== %%capture
--- answer
def announce():
    print("ready")
    print("steady")
--- wrong
def announce():
    print("go")
--- given
%%capture announced
announce()
--- test
assert announced.stdout.split() == ["ready", "steady"]

=== %%capture in the test
--- answer
def count_down():
    for k in (3, 2, 1):
        print(k)
--- wrong
def count_down():
    print(3)
--- test
from IPython.utils.capture import capture_output

with capture_output() as captured:
    count_down()
assert captured.stdout == "3\n2\n1\n"

=== %%time above a test
--- answer
def identity(x):
    return x
--- wrong
def identity(x):
    return None
--- test
%%time
assert identity(4) == 4

=== %%time above an answer
--- answer
%%time
def timed(x):
    return x + 1
--- wrong
%%time
def timed(x):
    return x
--- test
assert timed(1) == 2

=== a shell's output
--- answer
with open("shell.txt", "w") as file:
    file.write("one\ntwo\n")
--- wrong
with open("shell.txt", "w") as file:
    file.write("three\n")
--- test
listed = !cat shell.txt
assert list(listed) == ["one", "two"]
!rm shell.txt

=== %%writefile and %run
--- answer
%%writefile tool_of_mine.py
def tool():
    return "hammer"


if __name__ == "__main__":
    made_by_run = tool()
--- wrong
%%writefile tool_of_mine.py
def tool():
    return "saw"
--- test
%run tool_of_mine.py
assert made_by_run == "hammer"
import tool_of_mine

assert tool_of_mine.tool() == "hammer"

=== %pip and !echo above an answer
--- answer
!echo nothing
%matplotlib inline
def after_magic():
    return 1
--- wrong
!echo nothing
def after_magic():
    return 2
--- test
assert after_magic() == 1

=== top-level await
--- answer
import asyncio


async def fetch(n):
    await asyncio.sleep(0)
    return n * 2
--- wrong
def fetch(n):
    return n * 2
--- test
assert await fetch(4) == 8
results = await asyncio.gather(fetch(1), fetch(2))
assert results == [2, 4] and asyncio.iscoroutinefunction(fetch)

=== an async generator
--- answer
async def ticks(n):
    for k in range(n):
        yield k
--- wrong
def ticks(n):
    yield from range(n)
--- test
import inspect

seen = [tick async for tick in ticks(3)]
assert seen == [0, 1, 2] and inspect.isasyncgenfunction(ticks)
async with asyncio.timeout(5):
    assert [t async for t in ticks(1)] == [0]

=== In, Out and the last result
--- answer
6 * 7
--- wrong
6 * 8
--- test
assert _ == 42

=== get_ipython in a test
--- answer
def magic_free():
    return 5
--- wrong
def magic_free():
    return 6
--- test
ip = get_ipython()
assert ip is not None and ip.user_ns["magic_free"]() == 5
ip.run_line_magic("time", "None")
assert ip.ev("magic_free() + 1") == 6

=== a function is asked for its help
--- answer
def helpful():
    """I help."""
--- wrong
def helpful():
    pass
--- test
import pydoc

assert "I help." in pydoc.render_doc(helpful)
helpful?

=== star imports
--- answer
from math import *

circle = pi * 2**2
--- wrong
circle = 3.14 * 2**2
--- test
from math import *

assert isclose(circle, pi * 4) and floor(circle) == 12

=== a test that says what it thinks
--- answer
def mean_of(values):
    return sum(values) / len(values)
--- wrong
def mean_of(values):
    return sum(values) // len(values)
--- test
got = mean_of([1, 2])
assert got == 1.5, f"""
mean_of([1, 2]) gave {got!r}.
Did you use // where / is meant?
"""
print("Test passed!")

=== a syntax error in the answer
--- answer
def fine():
    return 1
--- wrong
def fine(:
    return 1
--- test
assert fine() == 1

=== an error above a definition
--- answer
ratio = 4 / 2
def halved(x):
    return x / 2
--- wrong
ratio = 4 / 0
def halved(x):
    return x / 2
--- test
assert halved(4) == 2

=== an untouched stub
--- answer
def to_do():
    return "done"
--- wrong
# YOUR CODE HERE
raise NotImplementedError()
--- test
assert to_do() == "done"

=== a question and its multiple choice
--- answer
choice = "b"
--- wrong
choice = "c"
--- test
assert choice in ("a", "b", "c", "d"), "choose a, b, c or d"
assert choice.lower() == "b"

=== a hash hides the answer
--- answer
n_samples = 150
--- wrong
n_samples = 151
--- test
from hashlib import sha1

assert sha1(str(type(n_samples)).encode("utf-8")).hexdigest() == (
    sha1(b"<class 'int'>").hexdigest()
), "type of n_samples is not int"
assert sha1(str(n_samples).encode("utf-8")).hexdigest() == (
    "13682ac418603aa0966369d46bbf282f562acf47"
), "n_samples is wrong"
print("Success!")

=== a test defines what is tested below
--- answer
def apply_to(f, x):
    return f(x)
--- wrong gives 1
def apply_to(f, x):
    return x
--- test 1
def tripled(x):
    return 3 * x


assert callable(apply_to)
--- test 1
assert apply_to(tripled, 2) == 6

=== a test restores what it changed
--- answer
class Config:
    debug = False


def mode():
    return "debug" if Config.debug else "normal"
--- wrong
class Config:
    debug = False


def mode():
    return "normal"
--- test
Config.debug = True
try:
    assert mode() == "debug"
finally:
    Config.debug = False
assert mode() == "normal"

=== a learner who overwrites a builtin
--- answer
list = [1, 2, 3]
total_of_list = sum(list)
del list
--- wrong
total_of_list = 0
--- test
assert total_of_list == 6 and list("ab") == ["a", "b"]

=== a list of outputs is compared
--- answer
def outcome(n):
    return {"n": n, "even": n % 2 == 0, "name": f"n{n}"}
--- wrong
def outcome(n):
    return {"n": n, "even": True, "name": f"n{n}"}
--- test
expected = [
    {"n": 1, "even": False, "name": "n1"},
    {"n": 2, "even": True, "name": "n2"},
]
for n, right in enumerate(expected, start=1):
    mine = outcome(n)
    assert set(mine) == set(right), f"keys are {sorted(mine)}"
    for key in right:
        assert mine[key] == right[key], f"{key} of {n}"

=== a warning in the answer's cell only
--- given
import warnings
--- answer
warnings.warn("this was only said above")
quiet = 1
--- wrong
quiet = 2
--- test
assert quiet == 1

=== a right answer that warns
--- answer nbgrader 0
def warns():
    warnings.warn("right all the same")
    return 1
--- wrong
def warns():
    return 2
--- test
assert warns() == 1

=== a right answer that writes to stderr
--- answer nbgrader 0
import sys


def writes():
    print("debug", file=sys.stderr)
    return 1
--- wrong
def writes():
    return 2
--- test
assert writes() == 1

=== partial credit, a NumPy number
--- answer
def positive(x):
    return x > 0
--- wrong gives 1 nbgrader 2
def positive(x):
    return True
--- test
import numpy as np

cases = {1: True, -1: False}
np.float64(sum(positive(x) == right for x, right in cases.items()))
'''
