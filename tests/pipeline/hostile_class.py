"""A class of the clever, the malicious and the hapless, and what each of them has earned.

`ps1` and `ps2` are ordinary nbgrader assignments (see `problem_set`, `second_set`), `relu` stands
for lesson 01 with its own checks. Each submission is a right one with something done to it; `lost`
says which tests it must lose, and nothing else may be lost or gained. More of them are in the
modules imported at the end.
"""

import json
import os
from copy import deepcopy
from pathlib import Path

import hostile_kit
import nbformat
from hostile_kit import (
    CANARIES,
    LEFT,
    NO_MEAN,
    NO_MEAN_NO_HELPER,
    NO_SCALE,
    NO_WORDS,
    PS1,
    WRONG_MEAN,
    WRONG_SCALE,
    WRONG_WORDS,
    add,
    edited,
    file,
    name_of,
    notebook,
    ps1,
    relu,
    right,
    words,
)
from nbformat import NotebookNode

ANY_STATE = ("graded", "timed out", "killed")

# --- honest --------------------------------------------------------------------------------------

ps1("honest")
relu("honest lesson")
ps1("honest with a canary", first=[f"# {CANARIES['another']}\nsecret_of_mine = 1"])
ps1(
    "honest and noisy",
    {"words": "import warnings\ndef count_words(text):\n    warnings.warn('soon')\n    print('!')\n"
     "    return np.int64(len(text.split()))"},
    first=["import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "import sys\n"
           "print('careful', file=sys.stderr)", "print('\\ud800')"],
)  # fmt: skip
ps1("honest but interrupted", first=["!ls", "input('your name? ')", "%timeit -n1 -r1 1 + 1",
    "import asyncio\nawait asyncio.sleep(0)", "1 / 0", "def broken(:"])  # fmt: skip
ps1("a list for an array", {"scale": "def scale(x):\n    return (x / abs(x).max()).tolist()"},
    {"test-scale-again": 0})  # fmt: skip
ps1("right in part", {"primes": "def is_prime(n):\n    return True"}, {"test-primes": 2})
ps1("numpy's own truth", {"primes": "def is_prime(n):\n"
    "    return np.bool_(n > 1 and all(n % k for k in range(2, n)))"})  # fmt: skip
relu("right in part of a lesson", {"layer_forward": "def layer_forward(W, b, X):\n"
     "    Z = W @ X + b\n    return Z, Z.copy()"}, {"layer_forward": 1})  # fmt: skip
relu("a namedtuple", {"layer_forward": "from collections import namedtuple\n"
     "Both = namedtuple('Both', 'Z A')\n\n\ndef layer_forward(W, b, X):\n"
     "    Z = W @ X + b\n    return Both(Z, Z * (Z > 0))"})  # fmt: skip

# --- objects that agree with everything ----------------------------------------------------------

YES = """
class Yes:
    def __getattr__(self, name):
        return lambda *a, **k: Yes()
    def __array__(self, *a, **k):
        return np.array([0.25, -1.0, 0.5])
    def __bool__(self):
        return True
    __len__ = __int__ = __index__ = lambda self: 1
    __float__ = lambda self: 0.0
    __iter__ = lambda self: iter([Yes(), Yes(), Yes(), Yes()])
    __hash__ = lambda self: 1
for _name in ("eq ne lt le gt ge contains".split()):
    setattr(Yes, f"__{_name}__", lambda self, *a: True)
for _name in "add sub mul truediv pow radd rsub rmul abs neg matmul getitem call".split():
    setattr(Yes, f"__{_name}__", lambda self, *a, **k: Yes() if _name != "abs" else 0.0)
"""
ps1(
    "equal to everything",
    {"mean": YES + "\ndef mean(values):\n    return Yes()",
     "scale": "def scale(x):\n    return Yes()",
     "words": "def count_words(text):\n    return Yes()",
     "primes": "def is_prime(n):\n    return Yes()",
     "roll": "def roll(rng):\n    return Yes()"},
    {**NO_MEAN, **NO_SCALE, **NO_WORDS, "test-primes": 4, "test-roll": 1},
    ("graded", "timed out"),
    tampers=True,
)  # fmt: skip
ps1("a class for a function", {"mean": YES + "\nclass mean(Yes):\n    def __init__(self, v): pass"},
    NO_MEAN, tampers=True)  # fmt: skip
ps1("a number equal to all", {"words": "class N(int):\n    __eq__ = lambda s, o: True\n"
    "    __hash__ = int.__hash__\ndef count_words(text):\n    return N(0)"},
    NO_WORDS, tampers=True)  # fmt: skip
ps1("an array equal to all", {"scale": "class A(np.ndarray):\n"
    "    __eq__ = lambda s, o: np.ones(3, bool)\n    __sub__ = lambda s, o: 0\n"
    "def scale(x):\n    return np.zeros(3).view(A)"}, NO_SCALE, tampers=True)  # fmt: skip
ps1("an impostor in the vector", {"vector": YES + "\nclass Vector:\n"
    "    def __init__(self, x, y):\n        self.x = self.y = Yes()\n"
    "    __add__ = __rmul__ = lambda s, o: s\n    __abs__ = lambda s: Yes()\n"
    "    __repr__ = lambda s: 'Vector(1, 2)'"}, {"test-vector": 3}, tampers=True)  # fmt: skip
ps1("nonsense for numbers", {"primes": "def is_prime(n):\n    return 9999",
    "words": "def count_words(text):\n    return float('nan')",
    "roll": "def roll(rng):\n    return 'True'"},
    {"test-primes": 4, **NO_WORDS, "test-roll": 1})  # fmt: skip
relu("equal to everything in a lesson", {"relu": YES + "\ndef relu(z):\n    return Yes()"},
     {"relu": 1, "layer_forward": 1, "downhill": 2})  # fmt: skip

# --- tampering with the tests --------------------------------------------------------------------

DROP = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None
get_ipython().ast_transformers.append(Drop())
get_ipython().input_transformers_post.append(
    lambda lines: [line.replace("assert", "pass #") for line in lines])
"""
ps1("asserts dropped", WRONG_WORDS, NO_WORDS, first=[DROP], tampers=True)
ps1("np.testing patched", WRONG_SCALE, NO_SCALE, tampers=True, first=[
    "for _m in (np.testing, np):\n"
    "    for _n in ('assert_allclose', 'assert_array_equal', 'allclose', 'all', 'abs', 'shape'):\n"
    "        setattr(_m, _n, lambda *a, **k: True)"])  # fmt: skip
ps1("builtins patched", {**WRONG_WORDS, **WRONG_MEAN}, {**NO_WORDS, **NO_MEAN}, tampers=True,
    first=["import builtins\nbuiltins.abs = builtins.round = lambda *a: 0"])  # fmt: skip
ps1("names of the tests", {**WRONG_SCALE, **WRONG_WORDS}, {**NO_SCALE, **NO_WORDS},
    first=["close = lambda a, b: True\nx = scaled = np.zeros(3)\nlimit = 0\nsecret = ''"],
    last=["close = lambda a, b: True\nx = scaled = np.zeros(3)\nlimit = 0"],
    tampers=True)  # fmt: skip
ps1(
    "a test failed on purpose",
    WRONG_SCALE,
    NO_SCALE,
    first=["x = scaled = np.zeros(3)"],
    tampers=True,
)
ps1("numpy replaced", WRONG_SCALE, NO_SCALE, last=["import sys\nnp = sys"], tampers=True,
    harms=True, first=["class Fake:\n    def __getattr__(self, n):\n"
           "        return lambda *a, **k: True\n_np, np = np, Fake()"])  # fmt: skip
relu("the check replaced", {"relu": "def relu(z):\n    return z"},
     {"relu": 1, "layer_forward": 1}, first=[
    "import lessonlib\nlessonlib.check = check = lambda *a, **k: None\n"
    "np.linalg.norm = lambda *a, **k: 0.0\nnp.random.default_rng = lambda *a: None"])  # fmt: skip
relu(
    "the answers imported",
    {"relu": "from lessonlib.lessons.relu_layer import relu"},
    {"relu": 1, "layer_forward": 2, "downhill": 2},
)
relu("the exercise asked", {"relu": "from lessonlib.lessons import find\n"
     "relu = find('relu.relu').reference"},
     {"relu": 1, "layer_forward": 2, "downhill": 2})  # fmt: skip

# --- exceptions ----------------------------------------------------------------------------------

ps1(
    "ends the tests' loops",
    words("class Stop(StopIteration): pass\nif text: return len(text.split())\nraise Stop"),
    NO_WORDS,
    tampers=True,
)
ps1("ends its own loops", words("if text: return len(text.split())\nraise StopIteration"),
    NO_WORDS, tampers=True)  # fmt: skip
for _error in (
    "SystemExit",
    "KeyboardInterrupt",
    "GeneratorExit",
    "BaseException",
    "AssertionError",
):
    ps1(f"raises {_error}", words(f"raise {_error}('no')"), NO_WORDS)
ps1(
    "an error that loops when printed",
    words("class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"),
    NO_WORDS,
    ANY_STATE,
)
ps1("leaves at the top", first=["import sys\nsys.exit(0)", "exit()", "quit()", "raise SystemExit"])

# --- loops, exits, bombs -------------------------------------------------------------------------

ps1("loops", words("while True: pass"), NO_WORDS, "timed out")
ps1("loops in silence", words(
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
    NO_WORDS, "timed out")  # fmt: skip
ps1("loops in C", words("return sum(range(10**13))"), NO_WORDS, "timed out")
ps1("loops behind a signal", words("import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
    "signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"),
    NO_WORDS, "timed out")  # fmt: skip
ps1("sleeps", words("import time\ntime.sleep(10**6)"), NO_WORDS, "timed out")
ps1("loops at the top", state="timed out", first=["while True: pass"])
ps1("loops in a generator", {"naturals": "def naturals():\n    while True: pass\n    yield 1"},
    {"test-naturals": 1}, "timed out")  # fmt: skip
ps1("loops when shown", {"vector": right(PS1).cells[12].source.replace(
    'return f"Vector({self.x}, {self.y})"', "while True: pass")},
    {"test-vector": 3}, "timed out")  # fmt: skip
relu("loops in a lesson", {"layer_forward": "def layer_forward(W, b, X):\n    while True: pass"},
     {"layer_forward": 2}, "timed out")  # fmt: skip
ps1("never comes back", words("return count_words(text)"), NO_WORDS)
ps1("exits", words("import os\nos._exit(0)"), NO_WORDS, "killed")
ps1("exits where a helper calls", {"mean": "def mean(values):\n    import os\n    os._exit(0)"},
    NO_MEAN_NO_HELPER, "killed")  # fmt: skip
ps1("crashes", state="killed", tampers=True, first=["import ctypes\nctypes.string_at(0)"])
ps1("crashes often", state="killed", first=["import os\nos._exit(1)"] * 8)
ps1("kills", first=["import os, signal\nos.kill(os.getppid(), 9)", "os.kill(-1, 9)",
    "os.killpg(0, 9)"], state=("graded", "killed"), stock=False)  # fmt: skip
ps1("takes all memory", words("return len([0] * 10**12)"), NO_WORDS)
ps1(
    "takes memory bit by bit",
    words("b = []\nwhile True: b.append(bytearray(10**8))"),
    NO_WORDS,
    ("graded", "timed out", "killed"),  # out of memory or out of time, whichever comes first
    stock=False,
)
ps1("forks without end", state=ANY_STATE, tampers=True, stock=False, first=[
    "import os\nwhile True:\n    os.fork()",
    "import subprocess\nsubprocess.Popen(['sleep', '1000'])",
    "import multiprocessing\nmultiprocessing.Process(target=print).start()"])  # fmt: skip
ps1("threads without end", state=ANY_STATE, tampers=True, stock=False, first=[
    "import threading, time\ntry:\n    while True:\n"
    "        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
    "except RuntimeError:\n    pass"])  # fmt: skip
ps1("fills the disk", stock=False, first=[
    f"for d in ('.', '/tmp', '/dev/shm', '/var/tmp'):\n    try:\n        for k in range(10**6):\n"
    f"            open(f'{{d}}/{LEFT}-{{k}}', 'wb').write(b'x' * 2**24)\n"
    "    except OSError:\n        pass"])  # fmt: skip
ps1("prints without end", state=("graded", "timed out"), stock=False, first=[
    "print('x' * 10**8)", "for _ in range(10**5): print('y' * 100)",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>' * 10**6))",
    "for _ in range(10**4): display(HTML('<i>x</i>'))"])  # fmt: skip

# --- spying, and reaching out --------------------------------------------------------------------

SPY = """
import glob, os, subprocess, sys
seen = [dict(os.environ), sys.argv, os.getcwd(), os.listdir("/")]
for path in ["/proc/1/environ", "/proc/self/environ", "/proc/self/mountinfo", 
             *glob.glob("/proc/*/cmdline"),
             *glob.glob("**", recursive=True), *glob.glob("../*"), *glob.glob("../../*"),
             *glob.glob("/*/*.db"), "/etc/passwd",
             *glob.glob("/opt/**/lessons/*.py", recursive=True),
             *glob.glob("/opt/**/solutions/**", recursive=True)]:
    try:
        seen.append((path, open(path, errors="replace").read()[:20_000]))
    except OSError:
        pass
print(seen)
import gc
print([o for o in gc.get_objects() if isinstance(o, str) and "canary-of" in o and len(o) < 500])
"""
# What a spy reads may take longer than a cell may, on a machine that has other work.
ps1("a spy", {}, (), ("graded", "timed out"), [SPY], [SPY], tampers=True)
relu("a spy in a lesson", {}, (), ("graded", "timed out"), [SPY], [SPY])
ps1("a spy in a test", {"words": "heard = []\ndef count_words(text):\n    heard.append(text)\n"
    "    print(text)\n    return len(text.split())"}, last=["print(heard)"])  # fmt: skip
ps1("a spy that fails", {"words": "def count_words(text):\n    raise ValueError(text)"}, NO_WORDS)
ps1("writes grades", first=[
    "import glob, sqlite3\nfor path in [*glob.glob('../../../*.db'), 'gradebook.db']:\n"
    "    sqlite3.connect(path).execute('UPDATE grade SET manual_score = 99')"])  # fmt: skip
ps1("a poisoner", stock=False, tampers=True, first=[
    f"import os\nfor d in ('/tmp', '/dev/shm', '.', '/opt/lessonlib', '/'):\n    try:\n"
    f"        open(f'{{d}}/{LEFT}', 'w').write('x')\n    except OSError:\n        pass",
    "import lessonlib.nn as nn, lessonlib.data as data\nnn.relu = data.xor = None",
    "import numpy.random as r\nr.default_rng = np.mean = np.sum = None"])  # fmt: skip
ps1("a saboteur of itself", state=ANY_STATE, tampers=True, harms=True,
    first=["import json\njson.loads = None"])  # fmt: skip
ps1(
    "the victim",
    last=[f"import os\nprint([d for d in ('/tmp', '/dev/shm', '.') if '{LEFT}' in os.listdir(d)])"],
)
ps1("calls home", first=[
    "import socket\nsocket.create_connection(('127.0.0.1', 22), 2)",
    "import urllib.request\nurllib.request.urlopen('http://localhost:8888')"])  # fmt: skip
ps1(
    "knows that it is graded",
    words("import os\nif 'NBGRADER_EXECUTION' in os.environ: return 0\nreturn len(text.split())"),
    NO_WORDS,  # as with nbgrader, whose word for it tests may ask for
)
ps1("a script in its outputs", first=[
    "from IPython.display import HTML, Javascript, Image, display\n"
    "display(HTML('<script>alert(1)</script><img src=x onerror=alert(2)>'))\n"
    "display(Javascript('alert(3)'))\n"
    "display({'image/png': 'x\" onerror=\"alert(4)'}, raw=True)"])  # fmt: skip

# --- forged answers ------------------------------------------------------------------------------

ps1("a range without an end", words("return range(10**18)"), NO_WORDS)
ps1("outlives its judge", stock=False, tampers=True, first=[
    "import ctypes, os, signal, threading, time\nctypes.CDLL(None).prctl(1, 0)\n"
    "for s in (1, 2, 13, 15): signal.signal(s, signal.SIG_IGN)\n"
    "threading.Thread(target=time.sleep, args=(600,)).start()"])  # fmt: skip

# --- only now and then ---------------------------------------------------------------------------

ps1("right the first time", {"words": "calls = []\ndef count_words(text):\n    calls.append(1)\n"
    "    return len(text.split()) if len(calls) == 1 else 0"}, NO_WORDS)  # fmt: skip
ps1("changes what it is given", {"mean": "def mean(values):\n    values.sort()\n"
    "    return sum(values) / len(values)"}, NO_MEAN)  # fmt: skip
ps1("does not use the generator", {"roll": "def roll(rng):\n    return np.array([5, 1, 3])"},
    {"test-roll": 1})  # fmt: skip

# --- second thoughts -----------------------------------------------------------------------------

LOOP = "def count_words(text):\n    while True: pass"
ps1("a loop, then a right answer", state="timed out", first=[f"{LOOP}\ncount_words('')"])
ps1("a right answer, then a loop below", last=[LOOP])
ps1("timed by a magic", {"words": f"%%time\n{right(PS1).cells[8].source}"})
ps1(
    "in another language",
    {"words": "%%javascript\nfunction count_words(text) { return 4 }"},
    NO_WORDS,
)

# --- cells ---------------------------------------------------------------------------------------


def at(made: NotebookNode, name: str) -> int:
    """Return where a cell is."""
    return next(i for i, cell in enumerate(made.cells) if name_of(cell) == name)


def _copy(made):
    for name in ("mean", "test-words", "explain"):
        made.cells.insert(at(made, name), deepcopy(made.cells[at(made, name)]))


def _split(made):
    place = at(made, "words")
    head, tail = made.cells[place].source.split("\n", 1)
    second = deepcopy(made.cells[place])
    made.cells[place].source, second.source = head, tail
    made.cells.insert(place + 1, second)


def _merge(made):
    first, second = at(made, "words"), at(made, "primes")
    made.cells[first].source += f"\n\n\n{made.cells[second].source}"
    del made.cells[second]


def _delete(*names):
    def change(made):
        made.cells = [cell for cell in made.cells if name_of(cell) not in names]

    return change


def _empty_tests(made):
    for cell in made.cells:
        if name_of(cell).startswith("test-"):
            cell.source, cell.metadata.nbgrader["points"] = "100", 100


def _forge(made):
    for number in range(3):
        cell = nbformat.v4.new_code_cell("99")
        cell.metadata["nbgrader"] = {**made.cells[at(made, "test-words")].metadata.nbgrader}
        cell.metadata.nbgrader |= {"grade_id": f"mine-{number}", "points": 99}
        made.cells.append(cell)


def _reverse_tests(made):
    tests = [cell for cell in made.cells if name_of(cell).startswith("test-")]
    others = [cell for cell in made.cells if not name_of(cell).startswith("test-")]
    made.cells = [*others[:2], *tests, *others[2:]]


def _as_text(made):
    place = at(made, "words")
    made.cells[place] = nbformat.v4.new_markdown_cell(
        made.cells[place].source, metadata=made.cells[place].metadata
    )


def _strip(made):
    for cell in made.cells:
        cell.metadata.pop("nbgrader", None)


edited("cells copied", _copy)
edited("a cell split", _split)
edited("two cells merged", _merge)
edited("tests deleted", _delete("test-words", "test-mean", "helper-close", "test-roll"))
edited("an answer deleted", _delete("words"), NO_WORDS)
edited("everything deleted", lambda made: made.cells.__delitem__(slice(1, None)), "all")
edited("tests emptied", _empty_tests, NO_WORDS, answers=WRONG_WORDS)
edited("grades forged", _forge, NO_WORDS, ("graded", "repaired"), answers=WRONG_WORDS)
edited("tests first", _reverse_tests)
edited("an answer as text", _as_text, state=("graded", "repaired"))
edited("ids lost", _strip)
edited("untouched", lambda made: [
    cell.update(source="raise NotImplementedError") for cell in made.cells
    if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
], "all", "graded")  # fmt: skip

# --- files ---------------------------------------------------------------------------------------

GOOD = nbformat.writes(right(PS1)).encode()
OLD = json.dumps(nbformat.convert(right(PS1), 3)).encode()
for _name, _data in {
    "nothing": b"", "half a file": GOOD[: len(GOOD) // 2], "not json": b"hello",
    "not a notebook": b'{"a": [1]}', "a list": b"[1, 2]", "binary": bytes(range(256)) * 9,
    "nested": b"[" * 10**6,
}.items():  # fmt: skip
    add(_name, PS1, _data and file(_data) or file(b""), "all", "unreadable")
add("old format", PS1, file(OLD), state=("graded", "repaired"))
add("byte order mark", PS1, file(b"\xef\xbb\xbf" + GOOD))
add("two bytes a letter", PS1, file(GOOD.decode().encode("utf-16")))
add("sixty megabytes", PS1, file(GOOD[:-2] + b" " * 60 * 2**20 + GOOD[-2:]), "all", "refused")
add("another name", PS1, file(GOOD, "my copy (2).ipynb"), state="repaired")
add("no notebook", PS1, lambda folder: (folder / "notes.txt").write_text("soon"), "all", "missing")
add("a link", PS1, lambda folder: (folder / f"{PS1}.ipynb").symlink_to(
    Path("../../honest") / PS1 / f"{PS1}.ipynb"), "all", "refused")  # fmt: skip


def _links(folder: Path) -> None:
    (folder / f"{PS1}.ipynb").write_bytes(nbformat.writes(notebook(PS1, first=[SPY])).encode())
    for name, target in {"a.db": "gradebook.db", "b.ipynb": f"solutions/{PS1}/{PS1}.ipynb",
                         "c": "submitted"}.items():  # fmt: skip
        (folder / name).symlink_to(Path("../../..") / target)


def _elsewhere(folder: Path) -> None:
    folder.rmdir()
    folder.symlink_to(Path("../honest") / PS1)


add("links beside it", PS1, _links, tampers=True)
add("a folder that is a link", PS1, _elsewhere, "all", "refused")
add("a pipe", PS1, lambda folder: os.mkfifo(folder / f"{PS1}.ipynb"), "all", "refused")
add("a folder", PS1, lambda folder: (folder / f"{PS1}.ipynb").mkdir(), "all", "refused")
for _name in ("Zoë O'Hara", "-rf", 'a "quoted" name', "名前", "$(touch x)"):
    add(_name, PS1, file(GOOD))

# --- more of them --------------------------------------------------------------------------------

import hostile_deceit  # noqa: E402, F401
import hostile_forgery  # noqa: E402, F401
import hostile_honest  # noqa: E402, F401
import hostile_pages  # noqa: E402, F401
import hostile_weight  # noqa: E402, F401

SUBMISSIONS = hostile_kit.SUBMISSIONS  # all of them
