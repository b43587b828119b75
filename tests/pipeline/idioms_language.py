"""Idioms of ordinary tests that ask Python itself: sources, types, names, exceptions, mocks."""

TEXT = r'''
=== the source says how it was done
--- answer
def total_of(values):
    total = 0
    for value in values:
        total += value
    return total
--- wrong gives 1
def total_of(values):
    return sum(values)
--- wrong
def total_of(values):
    return sum(values) + 1
--- test 1
assert total_of([1, 2, 3]) == 6
--- test 1
import inspect

assert "sum(" not in inspect.getsource(total_of), "write the loop yourself"

=== the source of a method, by its lines
--- answer
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()
--- wrong
class Stack(list):
    push = list.append
--- test
import inspect

lines, start = inspect.getsourcelines(Stack.push)
assert "def push" in lines[0] and start == 5
assert "append" in inspect.getsource(Stack.__dict__["push"])
stack = Stack()
stack.push(3)
assert stack.pop() == 3

=== the source is parsed
--- answer
def flatten_rows(rows):
    return [x for row in rows for x in row]
--- wrong
def flatten_rows(rows):
    flat = []
    for row in rows:
        flat += row
    return flat
--- test
import ast
import inspect
import textwrap

tree = ast.parse(textwrap.dedent(inspect.getsource(flatten_rows)))
assert any(isinstance(node, ast.ListComp) for node in ast.walk(tree))
assert not any(isinstance(node, ast.For) for node in ast.walk(tree))
assert flatten_rows([[1], [2, 3]]) == [1, 2, 3]

=== the signature
--- answer
def power(base, exponent=2, *, modulus=None):
    """Return the power."""
    return pow(base, exponent, modulus)
--- wrong
def power(base, exponent):
    """Return the power."""
    return base**exponent
--- wrong
power = lambda *args, **kwargs: 9
--- test
import inspect

parameters = inspect.signature(power).parameters
assert list(parameters) == ["base", "exponent", "modulus"]
assert parameters["exponent"].default == 2
assert parameters["modulus"].kind is inspect.Parameter.KEYWORD_ONLY
assert power(3) == 9 and power(3, 3, modulus=5) == 2

=== the code object
--- answer
def is_even(n):
    half = n // 2
    return 2 * half == n
--- wrong
def is_even(n):
    return n % 2 == 0
--- test
assert is_even.__code__.co_argcount == 1
assert is_even.__code__.co_varnames == ("n", "half")
assert "is_odd" not in is_even.__code__.co_names
assert is_even(4) and not is_even(3)

=== the docstring and the name
--- answer
def celsius(f):
    """Convert Fahrenheit to Celsius."""
    return (f - 32) * 5 / 9
--- wrong
def celsius(f):
    return (f - 32) * 5 / 9
--- wrong
celsius = lambda f: (f - 32) * 5 / 9
--- test
assert celsius.__name__ == "celsius"
assert celsius.__doc__ is not None and "Celsius" in celsius.__doc__
assert round(celsius(212)) == 100

=== annotations
--- answer
def repeat(word: str, times: int = 2) -> str:
    return word * times
--- wrong
def repeat(word, times=2):
    return word * times
--- test
from typing import get_type_hints

assert repeat.__annotations__ == {"word": str, "times": int, "return": str}
assert get_type_hints(repeat)["return"] is str
assert repeat.__defaults__ == (2,)
assert repeat("ab") == "abab"

=== the instance's dictionary
--- answer
class Account:
    rate = 0.02

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
--- wrong
class Account:
    rate = 0.02
    owner, balance = "Ada", 0

    def __init__(self, *a):
        pass
--- test
account = Account("Ada")
assert account.__dict__ == {"owner": "Ada", "balance": 0} == vars(account)
assert "rate" in Account.__dict__ and hasattr(account, "rate")
assert Account.__module__ == "__main__" and Account.__qualname__ == "Account"

=== exact types
--- answer
def split_name(full):
    first, last = full.split()
    return (first, last)
--- wrong
def split_name(full):
    return full.split()
--- test
result = split_name("Ada Lovelace")
assert type(result) is tuple
assert type(result[0]) == str
assert result == ("Ada", "Lovelace")

=== a whole number, not a float
--- answer
def half(n):
    return n // 2
--- wrong
def half(n):
    return n / 2
--- test
assert isinstance(half(8), int), f"expected an int, got {type(half(8)).__name__}"
assert half(8) == 4

=== inheritance
--- answer
class Shape:
    def area(self):
        raise NotImplementedError


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2
--- wrong
class Shape:
    def area(self):
        raise NotImplementedError


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2
--- test
assert issubclass(Square, Shape) and Square.__bases__ == (Shape,)
assert Square.__mro__[1] is Shape
assert isinstance(Square(2), Shape) and Square(3).area() == 9

=== the test subclasses a class of the learner's
--- answer
class Animal:
    sound = "..."

    def speak(self):
        return f"{type(self).__name__} says {self.sound}"
--- wrong
class Animal:
    def speak(self):
        return "Animal says ..."
--- test
class Cow(Animal):
    sound = "moo"

    def speak(self):
        return super().speak() + "!"


assert Cow().speak() == "Cow says moo!"

=== an abstract class
--- answer
from abc import ABC, abstractmethod


class Instrument(ABC):
    @abstractmethod
    def play(self):
        ...
--- wrong
class Instrument:
    def play(self):
        ...
--- test
import pytest

with pytest.raises(TypeError):
    Instrument()


class Piano(Instrument):
    def play(self):
        return "plink"


assert Piano().play() == "plink"

=== a class with its own equality
--- answer
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents

    def __hash__(self):
        return hash(self.cents)

    def __add__(self, other):
        return Money(self.cents + other.cents)

    def __lt__(self, other):
        return self.cents < other.cents

    def __repr__(self):
        return f"Money({self.cents})"
--- wrong
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        return Money(self.cents + other.cents)
--- test
assert Money(1) + Money(2) == Money(3)
assert Money(1) != Money(2)
assert len({Money(1), Money(1)}) == 1
assert sorted([Money(3), Money(1)])[0] == Money(1)
assert repr(Money(5)) == "Money(5)"

=== a property with a setter
--- answer
class Thermostat:
    def __init__(self):
        self._degrees = 20

    @property
    def degrees(self):
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < 0:
            raise ValueError("too cold")
        self._degrees = value
--- wrong
class Thermostat:
    degrees = 20
--- test
import pytest

assert isinstance(Thermostat.degrees, property)
thermostat = Thermostat()
thermostat.degrees = 5
assert thermostat.degrees == 5
with pytest.raises(ValueError, match="cold"):
    thermostat.degrees = -1

=== a context manager
--- answer
class Recorder:
    def __init__(self):
        self.events = []

    def __enter__(self):
        self.events.append("in")
        return self

    def __exit__(self, kind, error, trace):
        self.events.append(kind.__name__ if kind else "out")
        return kind is KeyError
--- wrong
from contextlib import contextmanager


@contextmanager
def Recorder():
    yield None
--- test
recorder = Recorder()
with recorder as inside:
    assert inside is recorder
with recorder:
    raise KeyError("a")
assert recorder.events == ["in", "out", "in", "KeyError"]

=== a context manager of contextlib
--- answer
from contextlib import contextmanager


@contextmanager
def doubled(values):
    values += values
    yield values
    del values[len(values) // 2 :]
--- wrong
from contextlib import contextmanager


@contextmanager
def doubled(values):
    yield values * 2
--- test
given = [1, 2]
with doubled(given) as seen:
    assert seen is given and seen == [1, 2, 1, 2]
assert given == [1, 2]

=== a decorator
--- answer
import functools


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
--- wrong
def counted(function):
    function.calls = 2
    return function
--- test
@counted
def greet(name):
    """Greet."""
    return "hi " + name


assert greet("Bo") == "hi Bo" and greet("Cy") == "hi Cy" and greet("Di") == "hi Di"
assert greet.calls == 3 and greet.__name__ == "greet" and greet.__wrapped__ is not greet

=== closures
--- answer
def make_counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step
--- wrong
_count = 0


def make_counter():
    def step():
        global _count
        _count += 1
        return _count

    return step
--- test
one, other = make_counter(), make_counter()
assert [one(), one(), other()] == [1, 2, 1]
assert one.__closure__[0].cell_contents == 2

=== recursion, counted by the test
--- answer
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
--- wrong
def fact(n):
    result = 1
    for k in range(2, n + 1):
        result *= k
    return result
--- wrong
def fact(n):
    return n * fact(n - 1)
--- test
calls = 0
_fact = fact


def fact(n):
    global calls
    calls += 1
    return _fact(n)


try:
    assert fact(5) == 120
    assert calls == 5, f"fact called itself {calls - 1} times"
finally:
    fact = _fact

=== the limit of recursion
--- answer
def depth(tree):
    return 1 + max(map(depth, tree), default=0)
--- wrong
def depth(tree):
    return 1 + depth(tree)
--- test
assert depth([]) == 1
assert depth([[], [[]]]) == 3
import pytest

loop = []
loop.append(loop)
with pytest.raises(RecursionError):
    depth(loop)

=== a generator
--- answer
def countdown(n):
    while n > 0:
        yield n
        n -= 1
--- wrong
def countdown(n):
    return list(range(n, 0, -1))
--- test
import types

gen = countdown(3)
assert isinstance(gen, types.GeneratorType)
assert next(gen) == 3
assert list(gen) == [2, 1]
try:
    next(gen)
    assert False, "it should be used up"
except StopIteration:
    pass

=== a generator that is sent values
--- answer
def running_mean():
    total, count, mean = 0.0, 0, None
    while True:
        total += yield mean
        count += 1
        mean = total / count
--- wrong
def running_mean():
    value = None
    while True:
        value = yield value
--- test
averager = running_mean()
next(averager)
assert averager.send(10) == 10
assert averager.send(20) == 15
averager.close()

=== an iterator is consumed once
--- answer
def evens(values):
    return filter(lambda value: value % 2 == 0, values)
--- wrong
def evens(values):
    return [value for value in values if value % 2 == 0]
--- test
it = evens(range(7))
assert list(it) == [0, 2, 4, 6]
assert list(it) == []
assert iter(it) is it

=== an iterator class
--- answer
class Countdown:
    def __init__(self, start):
        self.now = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.now == 0:
            raise StopIteration
        self.now -= 1
        return self.now + 1
--- wrong
class Countdown:
    def __init__(self, start):
        self.start = start

    def __getitem__(self, index):
        if index == self.start:
            raise IndexError
        return self.start - index
--- test
counting = Countdown(2)
assert iter(counting) is counting and next(counting) == 2
assert list(Countdown(3)) == [3, 2, 1]
assert sum(Countdown(4)) == 10
assert max(Countdown(5)) == 5 and 2 in Countdown(3)

=== what the argument consumed
--- answer
def first_two(iterator):
    return [next(iterator), next(iterator)]
--- wrong
def first_two(iterator):
    return list(iterator)[:2]
--- test
source = iter("abcd")
assert first_two(source) == ["a", "b"]
assert list(source) == ["c", "d"]

=== Counter and defaultdict
--- answer
from collections import Counter, defaultdict


def letters(word):
    return Counter(word)


def by_length(words):
    groups = defaultdict(list)
    for word in words:
        groups[len(word)].append(word)
    return groups
--- wrong
def letters(word):
    return {letter: word.count(letter) for letter in word}


def by_length(words):
    return {len(word): [word] for word in words}
--- test
from collections import Counter, defaultdict

assert letters("banana").most_common(1) == [("a", 3)]
assert letters("ab") + letters("bc") == Counter("abbc")
groups = by_length(["a", "bb", "c"])
assert groups == {1: ["a", "c"], 2: ["bb"]} and isinstance(groups, defaultdict)
assert groups[7] == []

=== a namedtuple
--- answer
from collections import namedtuple

Point = namedtuple("Point", "x y")


def midpoint(p, q):
    return Point((p.x + q.x) / 2, (p.y + q.y) / 2)
--- wrong
from collections import namedtuple

Point = namedtuple("Point", "x y")


def midpoint(p, q):
    return (p.x + q.x) / 2, (p.y + q.y) / 2
--- test
middle = midpoint(Point(0, 0), Point(2, 4))
assert middle == (1, 2) and middle.y == 2
assert Point._fields == ("x", "y") and middle._replace(x=5) == Point(5, 2)

=== Fraction and Decimal
--- answer
from decimal import Decimal
from fractions import Fraction


def third():
    return Fraction(1, 3)


def price(text):
    return Decimal(text) * 3
--- wrong
def third():
    return 1 / 3


def price(text):
    return float(text) * 3
--- test
from decimal import Decimal
from fractions import Fraction

assert third() == Fraction(1, 3) and third() * 3 == 1 and third().denominator == 3
assert price("0.1") == Decimal("0.3")
assert str(price("0.10")) == "0.30"

=== dates
--- answer
from datetime import date, datetime, timedelta


def next_friday(day):
    return day + timedelta(days=(4 - day.weekday()) % 7)
--- wrong
from datetime import date, datetime, timedelta


def next_friday(day):
    return str(day + timedelta(days=(4 - day.weekday()) % 7))
--- test
import datetime as dt

assert next_friday(dt.date(2024, 2, 28)) == dt.date(2024, 3, 1)
assert next_friday(dt.datetime(2024, 2, 28, 12)).hour == 12
assert next_friday(dt.date(2024, 3, 1)) - dt.date(2024, 3, 1) == dt.timedelta(0)

=== a dataclass
--- answer
from dataclasses import dataclass, field


@dataclass(order=True, frozen=True)
class Item:
    price: float
    name: str = field(compare=False)
    tags: tuple = ()
--- wrong
class Item:
    def __init__(self, price, name, tags=()):
        self.price, self.name, self.tags = price, name, tags
--- test
import dataclasses

import pytest

assert dataclasses.is_dataclass(Item)
assert [f.name for f in dataclasses.fields(Item)] == ["price", "name", "tags"]
assert Item(1, "a") == Item(1, "b") < Item(2, "a")
assert dataclasses.asdict(Item(1, "a")) == {"price": 1, "name": "a", "tags": ()}
with pytest.raises(dataclasses.FrozenInstanceError):
    Item(1, "a").price = 2

=== an Enum
--- answer
from enum import Enum, auto


class Suit(Enum):
    CLUBS = auto()
    HEARTS = auto()

    def is_red(self):
        return self is Suit.HEARTS
--- wrong
class Suit:
    CLUBS = 1
    HEARTS = 2
--- test
assert [suit.name for suit in Suit] == ["CLUBS", "HEARTS"]
assert Suit(2) is Suit.HEARTS and Suit["CLUBS"].value == 1
assert Suit.HEARTS.is_red() and not Suit.CLUBS.is_red()

=== sets, frozensets, bytes and complex numbers
--- answer
def kinds():
    return {frozenset({1, 2}): b"\x00\xff", "z": 3 + 4j, "range": range(3), "none": None}
--- wrong
def kinds():
    return {frozenset({1, 2}): "ab", "z": 3 + 4j, "range": [0, 1, 2], "none": None}
--- test
found = kinds()
assert found[frozenset([2, 1])] == bytes([0, 255])
assert abs(found["z"]) == 5.0 and found["range"] == range(3) and found["none"] is None
assert list(found) == [frozenset({1, 2}), "z", "range", "none"]

=== the same object, and a copy
--- answer
def appended(values, value):
    return [*values, value]
--- wrong
def appended(values, value):
    values.append(value)
    return values
--- test
given = [1]
result = appended(given, 2)
assert result == [1, 2] and result is not given and given == [1]
assert id(result) != id(given)

=== changed in place
--- answer
def double_all(values):
    for i, value in enumerate(values):
        values[i] = 2 * value
--- wrong
def double_all(values):
    return [2 * value for value in values]
--- test
numbers = [1, 2]
alias = numbers
assert double_all(numbers) is None
assert alias == [2, 4] and alias is numbers

=== shared nested objects
--- answer
import copy


def shallow(rows):
    return list(rows)


def deep(rows):
    return copy.deepcopy(rows)
--- wrong
def shallow(rows):
    return [list(row) for row in rows]


def deep(rows):
    return list(rows)
--- test
rows = [[1], [2]]
assert shallow(rows)[0] is rows[0]
assert deep(rows)[0] is not rows[0] and deep(rows) == rows

=== errors and their words
--- answer
def checked_sqrt(x):
    if x < 0:
        raise ValueError(f"cannot take the root of {x}")
    return x**0.5
--- wrong
def checked_sqrt(x):
    if x < 0:
        raise ValueError("negative")
    return x**0.5
--- wrong
def checked_sqrt(x):
    return abs(x) ** 0.5
--- test
import pytest

with pytest.raises(ValueError, match=r"root of -\d+") as caught:
    checked_sqrt(-4)
assert str(caught.value) == "cannot take the root of -4"
assert checked_sqrt(9) == 3

=== errors, caught by hand
--- answer
class EmptyError(LookupError):
    def __init__(self, what):
        super().__init__(f"{what} is empty")
        self.what = what


def last(values):
    if not values:
        raise EmptyError("values")
    return values[-1]
--- wrong
class EmptyError(LookupError):
    pass


def last(values):
    return values[-1]
--- test
try:
    last([])
except EmptyError as error:
    assert error.what == "values" and error.args == ("values is empty",)
    assert isinstance(error, LookupError)
else:
    raise AssertionError("no error was raised")
assert last([1, 2]) == 2

=== a chained error
--- answer
def parse_age(text):
    try:
        return int(text)
    except ValueError as error:
        raise TypeError("no age") from error
--- wrong
def parse_age(text):
    try:
        return int(text)
    except ValueError:
        raise TypeError("no age") from None
--- test
try:
    parse_age("x")
except TypeError as error:
    cause = error.__cause__
assert isinstance(cause, ValueError)
assert parse_age("7") == 7

=== unittest inside a cell
--- answer
def slug(title):
    return "-".join(title.lower().split())
--- wrong
def slug(title):
    return title.lower()
--- test
import io
import unittest


class TestSlug(unittest.TestCase):
    def test_words(self):
        self.assertEqual(slug("To Be"), "to-be")

    def test_one(self):
        self.assertEqual(slug("One"), "one")


suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestSlug)
report = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
assert report.wasSuccessful(), f"{len(report.failures)} failed"

=== unittest's main
--- answer
def shout(text):
    return text.upper() + "!"
--- wrong
def shout(text):
    return text.upper()
--- test
import io
import sys
import unittest
from contextlib import redirect_stderr


class TestShout(unittest.TestCase):
    def test_it(self):
        self.assertEqual(shout("a"), "A!")


with redirect_stderr(io.StringIO()):
    program = unittest.main(argv=["x", "TestShout"], exit=False)
assert program.result.wasSuccessful()

=== the assert methods of unittest
--- answer
def stats(values):
    return {"mean": sum(values) / len(values), "max": max(values)}
--- wrong
def stats(values):
    return {"mean": sum(values), "max": max(values)}
--- test
from unittest import TestCase

tc = TestCase()
tc.assertAlmostEqual(stats([1, 2])["mean"], 1.5)
tc.assertDictEqual(stats([2, 2]), {"mean": 2.0, "max": 2})
tc.assertRaises(ZeroDivisionError, stats, [])
with tc.assertRaisesRegex(ZeroDivisionError, "division"):
    stats([])
tc.assertCountEqual(stats([1]), ["max", "mean"])

=== doctest
--- answer
def double(x):
    """Double it.

    >>> double(2)
    4
    >>> double("ab")
    'abab'
    """
    return 2 * x
--- wrong
def double(x):
    """Double it.

    >>> double(2)
    4
    """
    return x
--- wrong
def double(x):
    return 2 * x
--- test
import doctest
import io
from contextlib import redirect_stdout

finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
examples = finder.find(double, "double", globs=globals())
with redirect_stdout(io.StringIO()):
    results = [runner.run(each) for each in examples]
assert sum(r.attempted for r in results) >= 1 and not any(r.failed for r in results)

=== doctest of what the notebook has
--- answer
def triple_it(x):
    """Triple it.

    >>> triple_it(3)
    9
    """
    return 3 * x
--- wrong
def triple_it(x):
    """Triple it.

    >>> triple_it(3)
    9
    """
    return x
--- test
import doctest
import io
from contextlib import redirect_stdout

with redirect_stdout(io.StringIO()) as told:
    doctest.run_docstring_examples(triple_it, globals(), name="triple_it")
assert told.getvalue() == "", told.getvalue()

=== mock patches a helper of the notebook
--- locked
def fetch_price(name):
    raise ConnectionError("there is no network")
--- answer
def in_euro(name):
    return round(fetch_price(name) * 0.9, 2)
--- wrong
def in_euro(name):
    return 9.0
--- test
from unittest import mock

with mock.patch("__main__.fetch_price", return_value=10.0) as fake:
    assert in_euro("tea") == 9.0
fake.assert_called_once_with("tea")
with mock.patch.object(__import__("__main__"), "fetch_price", side_effect=[1, 2]):
    assert [in_euro("a"), in_euro("b")] == [0.9, 1.8]

=== mock patches a library
--- answer
import random
import time


def dice():
    time.sleep(100)
    return random.randint(1, 6)
--- wrong
import random


def dice():
    return random.randint(1, 6)
--- test
from unittest.mock import patch

with patch("random.randint", return_value=4) as rolled, patch("time.sleep") as slept:
    assert dice() == 4
rolled.assert_called_with(1, 6)
slept.assert_called_once()

=== mock objects are handed in
--- answer
def notify(mailer, people):
    for person in people:
        mailer.send(person, subject="hi")
    return mailer.count()
--- wrong
def notify(mailer, people):
    return 2
--- test
from unittest.mock import MagicMock, call

mailer = MagicMock()
mailer.count.return_value = 2
assert notify(mailer, ["a", "b"]) == 2
assert mailer.send.call_args_list == [call("a", subject="hi"), call("b", subject="hi")]

=== mock's ANY and spec
--- answer
class Repository:
    def load(self, key):
        return 1


def lookup(repository, key):
    return {"key": key, "value": repository.load(key)}
--- wrong
class Repository:
    def load(self, key):
        return 1


def lookup(repository, key):
    return {"key": key, "value": repository.fetch(key)}
--- test
from unittest.mock import ANY, create_autospec

repository = create_autospec(Repository, instance=True)
assert lookup(repository, "k") == {"key": "k", "value": ANY}
repository.load.assert_called_once_with("k")

=== input is patched
--- answer
def ask_age():
    return int(input("age? ")) + 1
--- wrong
def ask_age():
    return 42
--- test
from unittest.mock import patch

with patch("builtins.input", return_value="41") as asked:
    assert ask_age() == 42
asked.assert_called_once_with("age? ")
with patch("builtins.input", side_effect=["1", "x"]):
    assert ask_age() == 2

=== input is replaced by hand
--- answer
def ask_twice():
    return [input(), input()]
--- wrong
def ask_twice():
    return [input()]
--- test
answers = iter(["yes", "no"])
_input = input
input = lambda prompt="": next(answers)
try:
    assert ask_twice() == ["yes", "no"]
finally:
    input = _input

=== print is counted
--- answer
def chatter(n):
    for _ in range(n):
        print("hello")
--- wrong
def chatter(n):
    print("hello\n" * n)
--- test
import builtins

printed = []
original = builtins.print
builtins.print = lambda *args, **kwargs: printed.append(args)
try:
    chatter(3)
finally:
    builtins.print = original
assert printed == [("hello",)] * 3

=== what was printed
--- answer
def table(n):
    for k in range(1, n + 1):
        print(k, k**2, sep="\t")
--- wrong
def table(n):
    for k in range(1, n + 1):
        print(k, k**2)
--- test
import io
from contextlib import redirect_stdout

buffer = io.StringIO()
with redirect_stdout(buffer):
    table(2)
assert buffer.getvalue() == "1\t1\n2\t4\n", repr(buffer.getvalue())

=== capsys by hand
--- answer
def hello(name):
    print(f"Hello, {name}!")
--- wrong
def hello(name):
    return f"Hello, {name}!"
--- test
import io
import sys

old, sys.stdout = sys.stdout, io.StringIO()
try:
    hello("Bo")
    out = sys.stdout.getvalue()
finally:
    sys.stdout = old
assert out.strip() == "Hello, Bo!"

=== what goes to stderr
--- answer
import sys


def complain():
    print("careful", file=sys.stderr)
    return True
--- wrong
def complain():
    return True
--- test
import io
from contextlib import redirect_stderr

with redirect_stderr(io.StringIO()) as told:
    assert complain()
assert "careful" in told.getvalue()

=== a test deletes a function
--- answer
def square_of(n):
    return n * n


def sum_of_squares_to(n):
    return sum(square_of(k) for k in range(1, n + 1))
--- wrong gives 1
def square_of(n):
    return n * n


def sum_of_squares_to(n):
    return sum(k * k for k in range(1, n + 1))
--- test 1
assert sum_of_squares_to(3) == 14
--- test 1
kept = square_of
del square_of
try:
    sum_of_squares_to(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares_to does not use square_of")
finally:
    square_of = kept

=== a test replaces a function, and leaves it so
--- answer
def unit():
    return "m"


def length(x):
    return f"{x} {unit()}"
--- wrong gives 1
def unit():
    return "m"


def length(x):
    return f"{x} m"
--- test 1
assert length(3) == "3 m"
--- test 1
unit = lambda: "km"
assert length(3) == "3 km"

=== a helper with a counter
--- locked
comparisons = 0


def less(a, b):
    global comparisons
    comparisons += 1
    return a < b
--- answer
def minimum(values):
    best = values[0]
    for value in values[1:]:
        if less(value, best):
            best = value
    return best
--- wrong
def minimum(values):
    return min(values)
--- test
comparisons = 0
assert minimum([3, 1, 2]) == 1
assert comparisons == 2, f"{comparisons} comparisons"

=== a global of the learner's
--- answer
balance = 10


def deposit(amount):
    global balance
    balance += amount
--- wrong
balance = 10


def deposit(amount):
    balance = amount
--- test
before = balance
deposit(5)
assert balance == before + 5
balance = 100
deposit(1)
assert balance == 101

=== globals and dir
--- answer
apples, pears = 3, 4
fruit = apples + pears
--- wrong
apples = 3
fruit = 7
--- test
assert "pears" in globals(), "define pears"
assert {"apples", "fruit"} <= set(dir())
assert {"apples", "pears"} <= vars().keys()
assert globals()["fruit"] == 7

=== a variable is not there any more
--- answer
temporary = 3
del temporary
--- wrong
temporary = 3
--- test
try:
    temporary
except NameError:
    gone = True
else:
    gone = False
assert gone

=== eval and exec
--- answer
def area_of(w, h):
    return w * h


formula = "area_of(2, h)"
--- wrong
def area_of(w, h):
    return w + h


formula = "area_of(2, h)"
--- test
h = 5
assert eval(formula) == 10
assert eval("area_of(a, 3)", globals(), {"a": 3}) == 9
exec("made_by_exec = area_of(7, 7)")
assert made_by_exec == 49
scope = {"area_of": area_of}
exec(compile("r = area_of(1, 1)", "<t>", "exec"), scope)
assert scope["r"] == 1

=== a loop over cases with its own words
--- answer
def grade_of(points):
    return "A" if points >= 90 else "B" if points >= 80 else "C"
--- wrong
def grade_of(points):
    return "A" if points > 90 else "B" if points > 80 else "C"
--- test
for points, expected in [(95, "A"), (90, "A"), (89, "B"), (12, "C")]:
    result = grade_of(points)
    assert result == expected, f"grade_of({points}) is {result}, expected {expected}"

=== lru_cache
--- answer
from functools import lru_cache


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
--- wrong
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
--- test
fib.cache_clear()
assert fib(20) == 6765
info = fib.cache_info()
assert info.misses == 21 and info.currsize == 21
assert fib.__wrapped__(1) == 1

=== partial, reduce and operator
--- answer
from functools import partial, reduce
import operator

add_five = partial(operator.add, 5)
product_of = partial(reduce, operator.mul)
--- wrong
add_five = lambda x: x + 5
product_of = lambda values: 24
--- test
from functools import partial

assert isinstance(add_five, partial) and add_five.args == (5,)
assert add_five(1) == 6 and product_of([2, 3, 4]) == 24 and product_of([7]) == 7

=== itertools
--- answer
from itertools import chain, combinations, groupby


def pairs(values):
    return combinations(values, 2)


def runs(text):
    return [(k, len(list(g))) for k, g in groupby(text)]
--- wrong
from itertools import permutations


def pairs(values):
    return permutations(values, 2)


def runs(text):
    return [(k, text.count(k)) for k in text]
--- test
import itertools

assert list(pairs("abc")) == [("a", "b"), ("a", "c"), ("b", "c")]
assert isinstance(pairs("abc"), itertools.combinations)
assert runs("aabc") == [("a", 2), ("b", 1), ("c", 1)]

=== regular expressions
--- answer
import re

phone = re.compile(r"(?P<area>\d{3})-(?P<rest>\d{4})")
--- wrong
phone = r"(?P<area>\d{3})-(?P<rest>\d{4})"
--- test
import re

assert isinstance(phone, re.Pattern)
assert phone.search("call 555-1234").groupdict() == {"area": "555", "rest": "1234"}
assert phone.sub(r"\g<rest>", "555-1234") == "1234"

=== match statements and the walrus
--- answer
def describe(thing):
    match thing:
        case {"kind": kind, **rest}:
            return f"{kind} with {len(rest)}"
        case [first, *_] if (n := len(thing)) > 1:
            return f"{n} from {first}"
        case int() | float():
            return "number"
        case _:
            return "?"
--- wrong
def describe(thing):
    return "number"
--- test
assert describe({"kind": "cat", "age": 3}) == "cat with 1"
assert describe([1, 2]) == "2 from 1"
assert describe(2.5) == "number" and describe(None) == "?"

=== f-strings
--- answer
def debug(x):
    return f"{x=} {x!r:>6} {x:.2f}"
--- wrong
def debug(x):
    return f"x={x}"
--- test
value = 1.5
assert debug(value) == "x=1.5    1.5 1.50"
assert f"{value = }" == "value = 1.5"

=== star arguments and unpacking
--- answer
def spread(first, *middle, last=None, **named):
    return first, middle, last, named
--- wrong
def spread(first, middle=(), last=None, **named):
    return first, middle, last, named
--- test
assert spread(1, 2, 3, last=4, a=5) == (1, (2, 3), 4, {"a": 5})
assert spread(*[1], **{"b": 2}) == (1, (), None, {"b": 2})

=== lambdas and higher functions
--- answer
def compose(*functions):
    def composed(x):
        for function in reversed(functions):
            x = function(x)
        return x

    return composed
--- wrong
def compose(*functions):
    return functions[0]
--- test
assert compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11
assert compose(str, len, list)("abc") == "3"
assert callable(compose()) and compose()(7) == 7

=== a learner's function calls the test's
--- answer
def integrate(f, a, b, n=1000):
    step = (b - a) / n
    return sum(f(a + (k + 0.5) * step) for k in range(n)) * step
--- wrong
def integrate(f, a, b, n=1000):
    return f(b) - f(a)
--- test
import math

seen = []


def spy(x):
    seen.append(x)
    return x * x


assert abs(integrate(spy, 0, 3) - 9) < 1e-4
assert len(seen) == 1000 and min(seen) > 0
assert math.isclose(integrate(math.sin, 0, math.pi), 2, rel_tol=1e-4)

=== threads
--- answer
import threading


def in_parallel(functions):
    results = [None] * len(functions)

    def work(place):
        results[place] = functions[place]()

    workers = [threading.Thread(target=work, args=(k,)) for k in range(len(functions))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results
--- wrong
def in_parallel(functions):
    return [function() for function in functions]
--- test
import threading

names = set()
ready = threading.Barrier(3, timeout=2)


def task():
    names.add(threading.current_thread().name)
    try:
        ready.wait()
    except threading.BrokenBarrierError:
        raise AssertionError("not at the same time") from None
    return 1


assert in_parallel([task] * 3) == [1, 1, 1]
assert len(names) == 3

=== a pool of threads
--- answer
from concurrent.futures import ThreadPoolExecutor


def map_all(function, values):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(function, values))
--- wrong
def map_all(function, values):
    return map(function, values)
--- test
import time

assert map_all(lambda x: x**2, range(4)) == [0, 1, 4, 9]
started = time.perf_counter()
map_all(lambda x: time.sleep(0.2), range(4))
assert time.perf_counter() - started < 0.75

=== logging
--- answer
import logging

log = logging.getLogger("course")


def risky(x):
    if x < 0:
        log.warning("negative: %s", x)
    return abs(x)
--- wrong
def risky(x):
    return abs(x)
--- test
import logging
from unittest import TestCase

with TestCase().assertLogs("course", level="WARNING") as logs:
    assert risky(-2) == 2
assert logs.output == ["WARNING:course:negative: -2"]

=== warnings are recorded
--- answer
import warnings


def old_way(x):
    warnings.warn("use new_way", DeprecationWarning)
    return x
--- wrong
def old_way(x):
    return x
--- test
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert old_way(3) == 3
assert len(caught) == 1 and issubclass(caught[0].category, DeprecationWarning)
assert "new_way" in str(caught[0].message)
import pytest

with pytest.warns(DeprecationWarning, match="use"):
    old_way(1)

=== pickling
--- answer
class Pet:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return type(other) is Pet and other.name == self.name
--- wrong
def make():
    class Pet:
        def __init__(self, name):
            self.name = name

    return Pet


Pet = make()
--- test
import pickle

rex = Pet("Rex")
again = pickle.loads(pickle.dumps(rex))
assert again == rex and again is not rex

=== weak references and slots
--- answer
class Slim:
    __slots__ = ("x", "__weakref__")

    def __init__(self, x):
        self.x = x
--- wrong
class Slim:
    def __init__(self, x):
        self.x = x
--- test
import gc
import sys
import weakref

slim = Slim(1)
reference = weakref.ref(slim)
assert reference() is slim and not hasattr(slim, "__dict__")
del slim
gc.collect()
assert reference() is None

=== a metaclass and __init_subclass__
--- answer
class Plugin:
    registry = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.registry.append(cls.__name__)
--- wrong
class Plugin:
    registry = ["Csv", "Json"]
--- test
Plugin.registry.clear()


class Csv(Plugin):
    pass


class Json(Plugin):
    pass


assert Plugin.registry == ["Csv", "Json"]

=== operators of a container
--- answer
class Polynomial:
    def __init__(self, *coefficients):
        self.c = list(coefficients)

    def __call__(self, x):
        return sum(c * x**k for k, c in enumerate(self.c))

    def __getitem__(self, k):
        return self.c[k]

    def __len__(self):
        return len(self.c)

    def __mul__(self, factor):
        return Polynomial(*(factor * c for c in self.c))

    __rmul__ = __mul__

    def __bool__(self):
        return any(self.c)
--- wrong
class Polynomial:
    def __init__(self, *coefficients):
        self.c = list(coefficients)

    def __call__(self, x):
        return sum(self.c)
--- test
p = Polynomial(1, 0, 2)
assert p(3) == 19 and p[2] == 2 and len(p) == 3
assert (2 * p)(1) == 6 and (p * 2)[0] == 2
assert not Polynomial(0, 0) and list(p) == [1, 0, 2]

=== a linked list of objects
--- answer
class Node:
    def __init__(self, value, following=None):
        self.value, self.next = value, following


def reverse(head):
    previous = None
    while head:
        head.next, previous, head = previous, head, head.next
    return previous
--- wrong
class Node:
    def __init__(self, value, following=None):
        self.value, self.next = value, following


def reverse(head):
    return head
--- test
a = Node(1, Node(2, Node(3)))
b = reverse(a)
assert (b.value, b.next.value, b.next.next.value) == (3, 2, 1)
assert b.next.next is a and a.next is None

=== a monkeypatched method, undone
--- answer
class Robot:
    def step(self):
        return 1

    def walk(self, n):
        return sum(self.step() for _ in range(n))
--- wrong
class Robot:
    def step(self):
        return 1

    def walk(self, n):
        return n
--- test
original = Robot.step
Robot.step = lambda self: 2
try:
    assert Robot().walk(3) == 6
finally:
    Robot.step = original
assert Robot().walk(3) == 3

=== builtins are watched
--- answer
def order(values):
    result = list(values)
    for i in range(len(result)):
        for j in range(len(result) - 1 - i):
            if result[j] > result[j + 1]:
                result[j], result[j + 1] = result[j + 1], result[j]
    return result
--- wrong
def order(values):
    return sorted(values)
--- test
def forbidden(*args, **kwargs):
    raise AssertionError("do not use sorted")


sorted, _sorted = forbidden, sorted
try:
    assert order([3, 1, 2]) == [1, 2, 3]
finally:
    sorted = _sorted
assert sorted([2, 1]) == [1, 2]

=== a trace of what is called
--- answer
def helper_a():
    return 1


def helper_b():
    return helper_a() + 1
--- wrong
def helper_a():
    return 1


def helper_b():
    return 2
--- test
import sys

names = []


def tracer(frame, event, arg):
    if event == "call":
        names.append(frame.f_code.co_name)


old = sys.getprofile()
sys.setprofile(tracer)
try:
    helper_b()
finally:
    sys.setprofile(old)
assert [n for n in names if n.startswith("helper_")] == ["helper_b", "helper_a"]

=== sizes, hashes and identities
--- answer
def dedupe(values):
    return list(dict.fromkeys(values))
--- wrong
def dedupe(values):
    return sorted(set(values))
--- test
import hashlib
import sys

result = dedupe("cabbac")
assert hashlib.sha1(str(result).encode()).hexdigest() == (
    hashlib.sha1(b"['c', 'a', 'b']").hexdigest()
)
assert hash(tuple(result)) == hash(("c", "a", "b")) and sys.getsizeof(result) > 0

=== exception groups
--- answer
def all_errors(jobs):
    errors = []
    for job in jobs:
        try:
            job()
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("several", errors)
--- wrong
def all_errors(jobs):
    return len(jobs)
--- test
def fail():
    raise KeyError("k")


try:
    all_errors([fail, lambda: 1 / 0, print])
except* KeyError as group:
    keys = len(group.exceptions)
except* ZeroDivisionError:
    pass
assert keys == 1

=== a test that runs only as a script
--- answer
def main():
    return "ran"
--- wrong
def main():
    print("ran")
--- test
if __name__ == "__main__":
    assert main() == "ran"
else:
    raise AssertionError("not the main module")
import sys

assert sys.modules["__main__"].main is main
'''
