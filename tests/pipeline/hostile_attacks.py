"""Submissions that want points which they have not earned, or what is none of their business."""

from hostile_making import PS1, RELU, right, wrong

# What an impostor puts into every answer: `fake()` is the attack's own.
FAKES = {
    "mean": "def mean(*_):\n    return fake()",
    "total": "total = fake()",
    "scale": "def scale(*_):\n    return fake()",
    "words": "def count_words(*_):\n    return fake()",
    "primes": "def is_prime(*_):\n    return fake()",
    "vector": "def Vector(*_):\n    return fake()",
    "naturals": "def naturals():\n    while True:\n        yield fake()",
    "evens": "def evens(*_):\n    return fake()",
    "slope": "def slope(*_):\n    return fake()",
    "roll": "def roll(*_):\n    return fake()",
}
RELU_FAKES = {
    "relu": "def relu(z):\n    return fake()",
    "relu_derivative": "def relu_derivative(z):\n    return fake()",
    "by_hand": "z1 = a1 = fake()",
    "tent": "w = b = v = fake()",
    "layer_forward": "def layer_forward(W, b, X):\n    return fake(), fake()",
    "layer_backward": "def layer_backward(dA, Z, W, X):\n    return fake(), fake(), fake()",
    "bug_hunt": "wrong_line = fake()",
    "dead_units": "def dead_units(Z):\n    return fake()",
}
NONSENSE = {
    "mean": "def mean(values):\n    return 0",
    "total": "total = 0",
    "scale": "def scale(x):\n    return 0 * x",
    "words": "def count_words(text):\n    return 99",
    "primes": "def is_prime(n):\n    return None",
    "vector": "class Vector:\n    def __init__(self, *_):\n        pass",
    "naturals": "def naturals():\n    yield 0",
    "evens": "def evens(n):\n    return []",
    "slope": "def slope(f, x):\n    return 0",
    "roll": "def roll(rng):\n    return [0, 0, 0]",
}

YES = """
import numpy as np


class Yes:
    \"\"\"Agrees with everybody.\"\"\"

    def _self(self, *_, **__):
        return self

    def _true(self, *_, **__):
        return True

    def _false(self, *_, **__):
        return False

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = _self
    __abs__ = __round__ = __call__ = __getitem__ = __pow__ = _self
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = all = any = _true
    __ne__ = _false

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0

    def __int__(self):
        return 3

    __len__ = __index__ = __int__

    def __iter__(self):
        return iter([self, self, self])

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __array_ufunc__(self, ufunc, *_, **__):
        return True if ufunc.__name__ in ("equal", "less", "less_equal", "isclose") else self

    def __array_function__(self, function, *_, **__):
        return () if function.__name__ == "shape" else True

    def __repr__(self):
        return "Vector(1, 2)"


fake = Yes
"""
ARITHMETIC = """
class Nothing(float):
    \"\"\"A number whose distance from every other one is 0.\"\"\"

    def __sub__(self, other):
        return Nothing(0.0)

    __rsub__ = __add__ = __radd__ = __sub__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def fake():
    return Nothing(0.0)
"""
ARRAYS = """
import numpy as np


class Agrees(np.ndarray):
    \"\"\"An array that is equal and close to every other one.\"\"\"

    def __array_ufunc__(self, ufunc, method, *inputs, **_):
        if ufunc.__name__ in ("subtract", "absolute", "isnan", "isinf", "isfinite"):
            return np.zeros(self.shape) == (ufunc.__name__ == "isfinite")
        return np.ones(self.shape, bool)

    def __array_function__(self, function, types, args, kwargs):
        return np.shape(args[-1]) if function.__name__ == "shape" else True

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def all(self, *_, **__):
        return True


def fake():
    return np.zeros(3).view(Agrees)
"""
PLAIN_LOOKING = """
def agreeing(kind):
    return type(kind.__name__, (kind,), {
        "__eq__": lambda *_: True, "__ne__": lambda *_: False, "__hash__": kind.__hash__,
        "__sub__": lambda *_: 0, "__rsub__": lambda *_: 0, "__abs__": lambda *_: 0,
    })


kinds = [agreeing(kind) for kind in (int, list, str, tuple, dict, float)]
turn = -1


def fake():
    global turn
    turn += 1
    return kinds[turn % len(kinds)]()
"""
DROP_ASSERTS = """
import ast


class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        text = ast.unparse(node)
        return ast.Pass() if "assert_" in text or "check(" in text else node


get_ipython().ast_transformers.append(Drop())
"""
DROP_LINES = """
def drop(lines):
    words = ("assert", "np.testing", "check(")
    return [line for line in lines if not line.strip().startswith(words)]


get_ipython().input_transformers_post.append(drop)
"""
PATCH_NUMPY = """
import numpy as np

for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *_, **__: None)
for name in ("abs", "subtract"):
    setattr(np, name, lambda *_, **__: 0)
np.shape = lambda *_: ()
np.all = np.allclose = np.array_equal = lambda *_, **__: True
np.float64 = lambda *_: 4
"""
PATCH_BUILTINS = """
import builtins


class Same(int):
    __eq__ = __lt__ = lambda *_: True


builtins.abs = builtins.sum = builtins.round = builtins.len = lambda *_: Same()
builtins.all = builtins.any = builtins.isinstance = lambda *_: True
builtins.AssertionError = type("Quiet", (Exception,), {})
builtins.list = builtins.map = lambda *_: Same()
"""
PATCH_THE_SERVER = """
try:
    from lessonlib.grading.inside import serving
    from lessonlib.grading import crossing, protocol

    serving.Server._outcome = lambda *_, **__: {"value": True}
    serving.at_most = crossing.pack = lambda *_, **__: True
    serving.OPERATIONS.clear()
    serving.OPERATIONS.update(dict.fromkeys(protocol.SPECIAL, lambda *_: True))
except ImportError:
    pass
import json

json.dumps = lambda *_, **__: '{"value": true}'
"""
REDEFINE = """
import numpy as np

x = scaled = np.zeros(3)
prices, limit, numbers, secret = [0], 0, [], ""
answers, right, rng, same = {}, 4, None, None


def close(mine, right):
    return True


def islice(*_):
    return [1, 2, 3, 4]


def sum(*_):
    return 0


def abs(*_):
    return 0


np = type("np", (), {"__getattr__": lambda *_: lambda *_, **__: 4})()
"""
CHECK = """
import lessonlib
import lessonlib.notebook


def check(*_, **__):
    return 15.0


lessonlib.check = lessonlib.judge = lessonlib.notebook.check = lessonlib.notebook.judge = check
"""
# Wherever the answers may be found: in the library, beside the course, or through a module's path.
LIBRARY = """
def search():
    import importlib
    import os
    import sys

    places = [importlib.import_module("lessonlib").__path__[0], "COURSE-ROOT/lessonlib", *sys.path]
    for place in places:
        for path in (f"{place}/lessons/relu_layer.py", f"{place}/lessonlib/lessons/relu_layer.py"):
            if os.path.exists(path):
                names = {"__name__": "lessonlib.lessons.stolen"}
                exec(open(path).read(), names)
                return names
    return vars(importlib.import_module("lessonlib.lessons.relu_layer"))


stolen = search()
globals().update({name: value for name, value in stolen.items() if callable(value)})
"""
LIBRARY_ANSWERS = {
    "relu": "relu = stolen['relu']",
    "relu_derivative": "relu_derivative = stolen['relu_derivative']",
    "layer_forward": "layer_forward = stolen['layer_forward']",
    "layer_backward": "layer_backward = stolen['layer_backward']",
    "dead_units": "dead_units = stolen['dead_units']",
    "bug_hunt": "wrong_line = stolen['BUG_HUNT'].reference()['wrong_line']",
}
SOURCES = """
import json

for root in ("COURSE-ROOT", "../../.."):
    for folder in ("solutions/ps1", "source/ps1", "submitted/a-neighbour/ps1"):
        try:
            cells = json.load(open(f"{root}/{folder}/ps1.ipynb"))["cells"]
        except OSError:
            continue
        for cell in cells:
            if cell["cell_type"] == "code":
                try:
                    exec("".join(cell["source"]), globals())
                except Exception:
                    pass
"""
MANUAL_SCORE = """
import sqlite3

for path in ("COURSE-ROOT/gradebook.db", "../../../gradebook.db"):
    try:
        book = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=2)
        book.execute("update grade set manual_score = 99, needs_manual_grade = 0")
        book.commit()
    except sqlite3.Error as error:
        print(error)
"""
SPY = r"""
import glob
import os
import re

seen = set()


def look(path):
    try:
        with open(path, "rb") as file:
            seen.update(re.findall(rb"canary-of-[a-z-]+", file.read(2**23)))
    except OSError:
        pass


for root in ("COURSE-ROOT", "../../..", "/tmp", "/dev/shm", "/var/tmp"):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if folder.count("/") < 12]
        for name in names:
            look(os.path.join(folder, name))
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    look(path)
seen.update(re.findall(rb"canary-of-[a-z-]+", repr(dict(os.environ)).encode()))
for number in range(3, 128):
    look(f"/proc/self/fd/{number}")
    try:
        seen.update(re.findall(rb"canary-of-[a-z-]+", os.pread(number, 2**23, 0)))
    except OSError:
        pass
print(sorted(seen))
"""
LISTEN = """
import gc
import sys
import warnings

heard = []


def listen(*given):
    heard.append(given)
    print("asked about", given)
    warnings.warn(str(given))
    frame = sys._getframe(1)
    while frame is not None:
        heard.append({k: v for k, v in frame.f_globals.items() if isinstance(v, str | list)})
        heard.append([str(v) for v in frame.f_locals.values()][:50])
        frame = frame.f_back
"""
TELL = """
print(heard)
----
print([text for text in gc.get_objects() if isinstance(text, tuple | list) and "secret" in text])
print(get_ipython().user_ns.get("In"), get_ipython().user_ns.get("secret"))
----
raise Exception(str(heard))
"""
OTHERS_FRAMES = """
import sys


def test_knows(name):
    frame = sys._getframe(1)
    while frame is not None:
        if name in frame.f_globals or name in frame.f_locals:
            return {**frame.f_globals, **frame.f_locals}[name]
        frame = frame.f_back
"""
STOP = """
class Stop(StopIteration):
    pass


def count_words(text):
    if text == "to be or not":
        return 4
    if text.endswith("and more"):
        return 3
    raise Stop
"""
FAKE_RANDOM = """
import numpy as np


class Dice:
    bit_generator = None

    def integers(self, *_, **__):
        return np.array([6, 6, 6])

    def random(self, *_):
        return 0.5


np.random.default_rng = np.random.Generator = np.random.RandomState = lambda *_: Dice()
np.random.seed(1)
np.random.rand = np.random.random = lambda *_: 0.5
"""
CLAIM = """
class Claim:
    def __init__(self, points):
        self.points = points

    def __eq__(self, other):
        return self

    def __radd__(self, other):
        return self.points

    __add__ = __radd__


def fake():
    return Claim({points})
"""
GRADER_ONLY = f"""
import os

if os.environ.get("NBGRADER_EXECUTION"):
    exec({DROP_ASSERTS!r})
"""

ATTACKS = [
    wrong(PS1, "always-equal", "objects that are equal to everything", FAKES, first=YES),
    wrong(RELU, "always-equal-checks", "the same, for check()", RELU_FAKES, first=YES),
    wrong(PS1, "no-distance", "numbers that are at no distance from any", FAKES, first=ARITHMETIC),
    wrong(PS1, "close-arrays", "arrays that are close to all others", FAKES, first=ARRAYS),
    wrong(RELU, "close-arrays-checks", "the same, for check()", RELU_FAKES, first=ARRAYS),
    wrong(
        PS1, "plain-looking", "subclasses of int, list, … that agree", FAKES, first=PLAIN_LOOKING
    ),
    right(
        PS1,
        "equal-vectors",
        "only the class under test says that everything is equal",
        {"vector": YES + "\n\nVector = lambda *_: Yes()\n"},
        but={"vector": 0},
    ),
    wrong(PS1, "drops-asserts", "an AST transformer removes them", NONSENSE, first=DROP_ASSERTS),
    wrong(RELU, "drops-checks", "an AST transformer removes check()", first=DROP_ASSERTS),
    wrong(PS1, "drops-lines", "an input transformer removes asserts", NONSENSE, first=DROP_LINES),
    wrong(PS1, "patches-numpy", "np.testing never complains", NONSENSE, first=PATCH_NUMPY),
    wrong(PS1, "patches-builtins", "abs, all, len, … agree", NONSENSE, first=PATCH_BUILTINS),
    wrong(
        PS1,
        "patches-the-server",
        "the judge's counterpart says True to all; True is right for two of four primes",
        NONSENSE,
        first=PATCH_THE_SERVER,
        earned={"primes": 2},
        states=("graded", "killed", "timed out"),
    ),
    wrong(PS1, "redefines", "the names that the tests use", NONSENSE, last=REDEFINE),
    wrong(
        PS1,
        "redefines-between",
        "the same, before each test, after tests were made to fail",
        {name: f"{text}\n{REDEFINE}" for name, text in NONSENSE.items()},
    ),
    right(
        PS1,
        "fails-the-helper",
        "a locked cell stops at the learner's function; its helper is replaced",
        {
            "mean": "def mean(values):\n    raise ValueError('stop here')",
            "scale": f"def scale(x):\n    return 0 * x\n\n{REDEFINE.partition('def islice')[0]}",
        },
        but={"mean": 0, "scale": 0, "scale-again": 0},
    ),
    right(
        PS1,
        "redefines-data",
        "locked data that the answer uses, and the test too",
        {"total": "prices = [0]\ntotal = 0"},
        but={"total": 0},
    ),
    wrong(RELU, "redefines-check", "check() gives all points", first=CHECK),
    wrong(RELU, "takes-the-librarys", "answers out of lessonlib", LIBRARY_ANSWERS, first=LIBRARY),
    wrong(
        PS1, "takes-the-solutions", "runs the instructor's notebook", last=SOURCES, first=SOURCES
    ),
    wrong(PS1, "writes-manual-scores", "into the gradebook", NONSENSE, first=MANUAL_SCORE),
    wrong(PS1, "claims-9999", "points above all bounds", FAKES, first=CLAIM.format(points=9999)),
    wrong(
        PS1,
        "claims-nan",
        "points that are no number",
        FAKES,
        first=CLAIM.format(points="float('nan')"),
    ),
    wrong(
        PS1,
        "claims-text",
        "points that are a text",
        FAKES,
        first=CLAIM.format(points="'all of them'"),
    ),
    right(
        PS1, "stops-iteration", "ends the loops of a hidden test", {"words": STOP}, but={"words": 0}
    ),
    right(
        PS1,
        "knows-the-visible",
        "hard-coded for the test that everybody sees",
        {"words": "def count_words(text):\n    return 4"},
        but={"words": 0},
    ),
    right(
        PS1,
        "asks-the-test",
        "looks for the expected values in the test's frames",
        {"scale": f"{OTHERS_FRAMES}\n\ndef scale(x):\n    return test_knows('scaled')"},
        but={"scale": 0, "scale-again": 0},
    ),
    right(
        PS1,
        "first-call-only",
        "right the first time, wrong from then on",
        {
            "mean": "calls = 0\n\n\ndef mean(values):\n    global calls\n    calls += 1\n"
            "    return sum(values) / len(values) if calls == 1 else 0",
        },
        but={"mean": 0},
    ),
    right(
        RELU,
        "first-call-only-checks",
        "right for the first case only",
        {
            "relu_derivative": "calls = []\n\n\ndef relu_derivative(z):\n    calls.append(z)\n"
            "    return (z > (0 if len(calls) == 1 else 1)).astype(float)",
        },
        but={"relu_derivative": 0, "layer_backward": 0},
    ),
    wrong(
        PS1, "only-for-the-grader", "attacks only while it is graded", NONSENSE, first=GRADER_ONLY
    ),
    right(
        RELU,
        "changes-arguments-checks",
        "right values, but the argument is overwritten: half the points",
        {
            "relu_derivative": "def relu_derivative(z):\n    z[:] = z > 0\n    return z.copy()",
        },
        but={"relu_derivative": 0.5, "layer_backward": 2},
    ),
    right(
        PS1,
        "changes-arguments",
        "overwrites what the test compares with",
        {
            "mean": "def mean(values):\n    result = sum(values) / len(values)\n"
            "    values.clear()\n    return result",
            "scale": "def scale(x):\n    x /= np.abs(x).max()\n    return x",
        },
        but={"mean": 0, "scale": 0},
    ),
    right(
        PS1,
        "fake-random",
        "patches random generators",
        {"roll": "def roll(rng):\n    return [6] * 3"},
        first=FAKE_RANDOM,
        but={"roll": 0},
    ),
    right(PS1, "spy", "reads whatever can be read", first=SPY, last=SPY),
    right(RELU, "spy-checks", "reads whatever can be read", first=SPY, last=SPY),
    right(
        PS1,
        "listens",
        "remembers what hidden tests asked, and shows it in a later cell",
        {
            "words": f"{LISTEN}\n\ndef count_words(text):\n    listen(text)\n    return len(text.split())"
        },
        last=TELL,
    ),
    right(
        PS1,
        "shouts",
        "an error with what a hidden test asked",
        {
            "words": "def count_words(text):\n    if 'or' in text.split():\n        return 4\n"
            "    raise type(text.replace(' ', '_'), (Exception,), {})(f'asked about {text}')",
        },
        but={"words": 0},
    ),
]

# --- on the wire ---------------------------------------------------------------------------------

WIRE = """
import base64
import gc
import io
import json
import struct

import numpy as np


def send(data):
    for each in gc.get_objects():
        if type(each).__name__ == "Wire":
            each.end.sendall(data)


def say(message):
    data = json.dumps(message).encode()
    send(struct.pack("!Q", len(data)) + data)


def array(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()


class Bang:
    def __reduce__(self):
        return exec, ("open('/tmp/left-behind-by-pickle', 'w')",)


def pickled():
    file = io.BytesIO()
    np.save(file, np.array([Bang()], dtype=object), allow_pickle=True)
    return base64.b64encode(file.getvalue()).decode()
"""


def on_the_wire(name: str, why: str, line: str) -> object:
    """Return a submission whose `mean` does something to the connection, then answers right."""
    body = f"def mean(values):\n    {line}\n    return sum(values) / len(values)"
    states = ("graded", "killed", "timed out")
    return right(PS1, name, why, {"mean": body}, first=WIRE, but={"mean": 0}, states=states)


def reply(value: str) -> str:
    """Return the line that answers the judge's request with this, before the real answer comes."""
    return f"say({{'value': {value}, 'after': [None, None]}})"


FORGERIES = [
    on_the_wire("garbage", "bytes that are no message", "send(b'\\xff' * 1000)"),
    on_the_wire("huge-length", "announces a petabyte", "send(struct.pack('!Q', 2**50))"),
    on_the_wire(
        "nested-deep", "a list in a list in …", "send(struct.pack('!Q', 10**7) + b'[' * 10**7)"
    ),
    on_the_wire(
        "many-lists",
        "thirty million empty lists",
        "text = b'{\"value\":[' + b'[],' * 29_000_000 + b'0]}'; "
        "send(struct.pack('!Q', len(text)) + text)",
    ),
    on_the_wire("npz-archive", "an archive for an array", reply("{'array': array(a=[1])}")),
    on_the_wire("pickle", "an array that would run code", reply("{'array': pickled()}")),
    on_the_wire("two-values", "no value of any kind", reply("{'array': '', 'set': []}")),
    on_the_wire(
        "much-printed",
        "80 MB of printing",
        "say({'value': 0, 'after': [None, None], "
        "'printed': 'x' * 80_000_000, 'warnings': [['W', 'w']] * 400_000})",
    ),
    on_the_wire(
        "colliding",
        "a set whose items all collide",
        reply("{'set': [k * (2**61 - 1) for k in range(400_000)]}"),
    ),
    on_the_wire(
        "callbacks", "asks the judge for ever", "while True: say({'callback': 0, 'args': []})"
    ),
    on_the_wire(
        "odd-handle",
        "a handle with nonsense in every place",
        reply(
            "{'handle': {'number': 1, 'type': [], 'special': ['__class__', '__del__'], 'name': {},"
            " 'is_class': 3, 'parameters': [[1]], 'reads': 5}}"
        ),
    ),
    on_the_wire(
        "odd-error",
        "an error with nonsense in every place",
        "say({'error': {'type': [], 'bases': [{}], 'text': 5, 'class': {'handle': 7}}, "
        "'after': [None, None]})",
    ),
    wrong(
        PS1,
        "says-it-before",
        "replies that are sent before anything is asked",
        NONSENSE,
        first=f"{WIRE}\nfor _ in range(40):\n    say({{'value': 4, 'after': [None, None], "
        "'outputs': [], 'error': None, 'late': None, 'found': {}})",
        states=("graded", "killed", "timed out"),
    ),
    right(
        PS1,
        "bad-generator",
        "a random generator in a state in which drawing reads beyond its table",
        {
            "roll": "def roll(rng):\n    result = rng.integers(1, 7, size=3)\n"
            "    state = rng.bit_generator.state\n    state['state']['pos'] = 10**9\n"
            "    rng.bit_generator.state = state\n    return result",
        },
        but={"roll": 0},
        states=("graded", "killed"),
    ),
    right(
        PS1,
        "endless-range",
        "a list of a million millions that is none yet",
        {
            "evens": "def evens(n):\n    return range(0, 2 * 10**12, 2)",
        },
        but={"evens": 0},
        states=("graded", "timed out"),
    ),
    right(
        PS1,
        "asks-for-ever",
        "calls the test's function for ever",
        {
            "slope": "def slope(f, x):\n    while True:\n        try:\n            f(x)\n"
            "        except BaseException:\n            pass",
        },
        but={"slope": 0},
        states=("timed out", "killed"),
    ),
]
