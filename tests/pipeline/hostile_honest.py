# ruff: noqa: E501 (the cells of notebooks, as text)
"""Honest answers that look odd: nothing of them is lost, and nothing is marked."""

from hostile_kit import PS1, ps1, ps2, relu, right, words

# --- objects that have a mind of their own -------------------------------------------------------

ps2("honest: an equality of the usual kind", {"money": """
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return self.cents == other.cents

    def __hash__(self):
        return hash(self.cents)

    def __add__(self, other):
        return type(self)(self.cents + other.cents)

    def __repr__(self):
        return f"Money({self.cents})"
"""})  # fmt: skip
ps2("honest: an equality with a tolerance", {"money": """
import functools

@functools.total_ordering
class Money:
    __slots__ = ("cents",)
    def __init__(self, cents): self.cents = float(cents)
    def __eq__(self, other): return abs(self.cents - other.cents) < 1e-9
    def __lt__(self, other): return self.cents < other.cents
    def __add__(self, other): return Money(self.cents + other.cents)
    __hash__ = None
"""})  # fmt: skip
ps2("honest: a dataclass", {"money": """
from dataclasses import dataclass

@dataclass(frozen=True, order=True)
class Money:
    cents: int
    def __add__(self, other): return Money(self.cents + other.cents)
"""})  # fmt: skip
ps2("honest: a namedtuple with sums", {"money": """
from collections import namedtuple

class Money(namedtuple("Money", "cents")):
    def __add__(self, other): return Money(self.cents + other.cents)
"""})  # fmt: skip
ps2("honest: money that is a number", {"money": """
class Money(int):
    @property
    def cents(self): return int(self)
    def __add__(self, other): return Money(int(self) + int(other))
"""})  # fmt: skip
ps2("honest: attributes made when they are asked for", {"money": """
class Money:
    def __init__(self, cents): self.__dict__["_all"] = {"cents": cents}
    def __getattr__(self, name):
        try: return self.__dict__["_all"][name]
        except KeyError: raise AttributeError(name) from None
    def __setattr__(self, name, value): raise TypeError("frozen")
    def __eq__(self, other): return self._all == other._all
    def __add__(self, other): return Money(self.cents + other.cents)
"""})  # fmt: skip
ps1("honest: a vector with all its methods", {"vector": """
from functools import singledispatchmethod

class Vector:
    def __init__(self, *parts): self.parts = np.array(parts)
    x = property(lambda self: self.parts[0])
    y = property(lambda self: self.parts[1])
    def __eq__(self, other): return bool((self.parts == other.parts).all())
    def __ne__(self, other): return not self == other
    def __add__(self, other): return Vector(*(self.parts + other.parts))
    def __mul__(self, factor): return Vector(*(self.parts * factor))
    __rmul__ = __mul__
    def __abs__(self): return np.sqrt((self.parts**2).sum())
    def __iter__(self): return iter(self.parts)
    def __bool__(self): return bool(self.parts.any())
    def __repr__(self): return f"Vector({', '.join(map(str, self))})"
"""})  # fmt: skip
ps1(
    "honest: a metaclass that counts",
    {
        "vector": """
class Counting(type):
    made = 0
    def __call__(cls, *args):
        Counting.made += 1
        return super().__call__(*args)

"""
        + right(PS1).cells[12].source.replace("class Vector:", "class Vector(metaclass=Counting):")
    },
)

# --- arrays and frames ---------------------------------------------------------------------------

ps2("honest: a frame of a class of its own", {"frame": """
class Table(pd.DataFrame):
    @property
    def _constructor(self): return Table

def totals(frame):
    table = Table(frame).groupby("city", as_index=False)["price"].sum()
    return pd.DataFrame(table)
"""})  # fmt: skip
ps2("honest: pandas in another way", {"frame": """
pd.set_option("display.max_rows", 5)
pd.options.mode.copy_on_write = True

def totals(frame):
    table = frame.pivot_table(index="city", values="price", aggfunc="sum").reset_index()
    table.columns.name = None
    return table[["city", "price"]]
"""})  # fmt: skip
ps2("honest: an array of a class of its own", {"array": """
class Steps(np.ndarray):
    def total(self): return float(self.sum())

def steps(x):
    return np.diff(x).view(Steps)
"""})  # fmt: skip
ps2("honest: masked arrays without a mask", {"array": "def steps(x):\n"
    "    return np.ma.masked_invalid(np.diff(np.ma.asarray(x)))"})  # fmt: skip
ps2("honest: a matrix", {"array": "def steps(x):\n    x = list(x)\n"
    "    return [float(b - a) for a, b in zip(x, x[1:])]"})  # fmt: skip
ps2("honest: a lazy sequence", {"array": """
class Lazy:
    def __init__(self, x): self.x = x
    def __len__(self): return len(self.x) - 1
    def __getitem__(self, k):
        if not 0 <= k < len(self): raise IndexError
        return self.x[k + 1] - self.x[k]
    def __array__(self, dtype=None, copy=None): return np.array(list(self), dtype=dtype)

def steps(x):
    return Lazy(x)
"""})  # fmt: skip
ps1(
    "honest: errors of NumPy raise",
    first=["np.seterr(all='raise')\nnp.set_printoptions(precision=2)"],
)
ps2("honest: a series for an array", {"array": "def steps(x):\n"
    "    return pd.Series(x).diff().dropna().reset_index(drop=True)"})  # fmt: skip

# --- names ---------------------------------------------------------------------------------------

LOOP = {"primes": "def is_prime(n):\n    for k in range(2, n):\n        if n % k == 0:\n"
    "            return False\n    return n > 1"}  # fmt: skip
ps1("honest: everything of NumPy", LOOP, first=["from numpy import *\nfrom math import *"])
ps1("honest: everything of pylab", LOOP, first=["from pylab import *"])
ps1("honest: a sum that is a variable", last=["sum = 0\nfor n in (1, 2): sum += n"],
    first=["list = [1, 2]\nmax = 2\nround = 3\nmap = {}\nabs = 1"])  # fmt: skip
ps1(
    "honest: names that the tests use, too",
    first=[
        "x = 5\nv = w = 'v'\nnumbers = 3\nanswers = rng = same = None\nright = 0\nscaled = 1\nsecret = 2"
    ],
)
ps1("honest: a helper called as one of the tests' is", {"mean": "def assert_close(a, b):\n"
    "    return abs(a - b) < 1\n\n\ndef mean(values):\n    result = sum(values) / len(values)\n"
    "    assert assert_close(result, result)\n    return result"})  # fmt: skip
ps1("honest: functions made by exec", {"words": "exec('def count_words(text):\\n"
    "    return len(text.split())')\nglobals()['words'] = count_words"})  # fmt: skip
ps1("honest: a function with attributes", {"words": "def count_words(text):\n"
    "    count_words.calls += 1\n    return len(text.split())\n\n\ncount_words.calls = 0\n"
    "count_words.__doc__ = 'Counts.'\ncount_words.__name__ = 'counts'"})  # fmt: skip
ps1("honest: decorated and cached", {"words": "import functools\n\n\ndef logged(f):\n"
    "    @functools.wraps(f)\n    def inner(*a):\n        inner.log.append(a)\n"
    "        return f(*a)\n    inner.log = []\n    return inner\n\n\n@logged\n"
    "@functools.lru_cache(None)\ndef count_words(text):\n    return len(text.split())"})  # fmt: skip
ps1("honest: a callable object", {"words": "class Counter:\n    def __call__(self, text):\n"
    "        return len(text.split())\n\n\ncount_words = Counter()"})  # fmt: skip
ps1("honest: a variable that hides a module", last=["np = 3"], first=["import json\njson = '{}'"])

# --- how one works -------------------------------------------------------------------------------

ps2("honest: tries mock out", first=["""
from unittest import mock
with mock.patch("__main__.fetch", return_value=1) as fake:
    print(fetch("x"), fake.call_count)
from unittest.mock import ANY, MagicMock
double = MagicMock(return_value=3)
assert double() == 3 and {"a": 1} == {"a": ANY}
"""])  # fmt: skip
ps2("honest: tests of one's own", last=["""
import unittest
class TestMine(unittest.TestCase):
    def test_root(self):
        self.assertEqual(root(4), 2)
    def test_wrong(self):
        self.assertEqual(1, 2)
unittest.main(argv=["x"], exit=False)
""", "np.testing.assert_allclose([1.0], [1.0 + 1e-9])", """
def test_steps():
    assert list(steps([1, 2])) == [1]
test_steps()
import pytest
with pytest.raises(ValueError):
    root(-4)
"""])  # fmt: skip
ps2("honest: patches and undoes it", last=["""
old = shop.RATE
shop.RATE = 3
print(total_price([1]))
shop.RATE = old
import time
_sleep, time.sleep = time.sleep, lambda s: None
time.sleep(1000)
time.sleep = _sleep
"""])  # fmt: skip
ps1("honest: looks at itself", last=["""
import inspect, sys, gc, dis, traceback, linecache
print(inspect.getsource(mean), inspect.signature(mean))
dis.dis(mean)
print(sys._getframe().f_lineno, len(inspect.stack()) > 0)
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
gc.collect()
print(mean.__code__.co_varnames, sys.getrefcount(mean), sys.getsizeof(mean))
"""])  # fmt: skip
ps1("honest: sets a limit of its own", {"words": """
import signal, sys
sys.setrecursionlimit(5000)
def count_words(text):
    def ring(*_):
        raise TimeoutError
    old = signal.signal(signal.SIGALRM, ring)
    signal.alarm(5)
    try:
        return len(text.split())
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)
"""})  # fmt: skip
ps1("honest: threads, processes and what is done at the end", {"words": """
import atexit, threading, subprocess, logging, os, weakref
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
pool = ThreadPoolExecutor(2)
atexit.register(print, "bye")
logging.basicConfig(level=logging.INFO)
def _length(text):
    return len(text.split())
def count_words(text):
    logging.info("counting")
    assert pool.submit(_length, text).result() == _length(text)
    with get_context("fork").Pool(1) as other:
        assert other.apply(_length, (text,)) == _length(text)
    assert subprocess.run(["true"]).returncode == 0
    return _length(text)
"""}, last=["os.environ['MINE'] = '1'\npool.shutdown()"])  # fmt: skip
ps1("C functions through ctypes", {"words": """
import ctypes
libc = ctypes.CDLL(None)
def count_words(text):
    assert libc.abs(-3) == 3
    return len(text.split())
"""}, tampers=True)  # fmt: skip
ps1("honest: magics", first=["%load_ext autoreload\n%autoreload 2", "%matplotlib inline", "%%time\n1 + 1",
    "%timeit -n 2 -r 1 [1]", "!echo hello", "%%bash\necho from bash", "%who", "%pwd", "%precision 3",
    "%config InlineBackend.figure_format = 'png'", "%xmode Plain", "np.diff?"])  # fmt: skip
ps1("honest: a shell above the answer", {"words": "!echo counting\n" + right(PS1).cells[8].source,
    "mean": "%pip --version\n" + right(PS1).cells[2].source})  # fmt: skip
relu("honest: a shell above the answer of a lesson", {
    "relu": "!echo rectify\n%pip --version\ndef relu(z):\n    return np.maximum(z, 0)"})  # fmt: skip
ps1("honest: much to show", first=[
    "from IPython.display import HTML, Markdown, display\nimport matplotlib.pyplot as plt\n"
    "display(HTML('<table><tr><td>1</td></tr></table>'), Markdown('**bold** $x^2$'))\n"
    "for k in range(3):\n    plt.plot([k, 1]); plt.show()\nprint('\\x1b[31mred\\x1b[0m' * 9)",
    "import sys\nfor k in range(100):\n    print(f'\\r{k} %', end='', file=sys.stderr)"])  # fmt: skip
ps1("honest: an answer by a generator", {"mean": "def mean(values):\n"
    "    total = n = 0\n    for n, value in enumerate(values, 1):\n"
    "        total += value\n    return total / n",
    "naturals": "import itertools\n\n\ndef naturals():\n    return itertools.count(1)",
    "primes": "def is_prime(n):\n    import re\n"
    "    return not re.match(r'^1?$|^(11+?)\\1+$', '1' * n)"})  # fmt: skip
ps1("honest: an answer that prints its steps", words(
    "print('Counting in', repr(text[:3]))\nparts = text.split()\nprint(f'{parts=}'[:9])\n"
    "return len(parts)"))  # fmt: skip
ps1("honest: warnings at every step", {"mean": "import warnings\n\n\ndef mean(values):\n"
    "    warnings.warn('this is slow', UserWarning)\n    return float(np.mean(values))"})  # fmt: skip
ps1(
    "honest: numbers of other kinds",
    {
        "mean": "from fractions import Fraction\n\n\n"
        "def mean(values):\n    return Fraction(sum(map(Fraction, values)), len(values))",
        "primes": "def is_prime(n):\n    return int(n > 1 and all(n % k for k in range(2, n)))",
    },
)
ps2("honest: text of its own class", {"score": "class Letter(str):\n    pass\n\n\n"
    "def initial(name):\n    return Letter(name[0].upper())"})  # fmt: skip
ps2(
    "honest: an error of its own class",
    {
        "raised": "class RootError(ValueError):\n    pass\n\n\n"
        "def root(x):\n    if x < 0:\n        raise RootError(f'{x} is negative')\n    return x**0.5"
    },
)
ps2("honest: pathlib, json, and files elsewhere", {"file": "import json, tempfile\n"
    "from pathlib import Path\n\n\ndef save(path, lines):\n"
    "    spare = Path(tempfile.gettempdir()) / 'spare.json'\n"
    "    spare.write_text(json.dumps(lines))\n"
    "    Path(path).write_text('\\n'.join(json.loads(spare.read_text())))"})  # fmt: skip
ps2("honest: a module of its own", {"shop": "%%writefile prices.py\nimport shop\n\n\n"
    "def total_price(prices):\n    return sum(map(shop.convert, prices))"},
    first=["%%writefile prices.py\nimport shop\n\n\ndef total_price(prices):\n"
           "    return sum(map(shop.convert, prices))\n",
           "from prices import total_price"])  # fmt: skip
