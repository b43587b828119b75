# ruff: noqa: E501 (the cells of notebooks, as text)
"""Those who take time and memory: of the judge, of the grader's process, of the machine."""

import json
from copy import deepcopy

import nbformat
from hostile_kit import (
    LEFT,
    NO_WORDS,
    PS1,
    add,
    file,
    ps1,
    ps2,
    relu,
    right,
    words,
)  # fmt: skip

SOME = ("graded", "repaired", "timed out", "killed")


def batched(names, size: int):
    """Yield tuples of so many names."""
    names = list(names)
    yield from (tuple(names[k : k + size]) for k in range(0, len(names), size))


# --- texts that are hard to read -----------------------------------------------------------------

TEXTS = {
    "newlines": "\n" * 100_000,
    "returns": "\r" * 100_000 + "\r\n" * 50_000,
    "blanks and newlines": " \n" * 200_000,
    "tabs": "\t" * 300_000,
    "form feeds": "\f\n" * 100_000,
    "magics": "%x\n" * 50_000,
    "percent signs": "%" * 400_000,
    "exclamation marks": "!" * 200_000 + "\n" + "!\n" * 50_000,
    "question marks": "a?\n" * 20_000 + "?" * 50_000,
    "brackets": "(" * 100_000,
    "pairs of brackets": "[" * 150 + "]" * 150 + "\n" + "[[" * 50_000 + "]]" * 50_000,
    "minus signs": "-" * 200_000 + "1",
    "a sum": "1" + "+1" * 30_000,
    "attributes": "x" + ".x" * 60_000,
    "comparisons": "1" + "<1" * 40_000,
    "nots": "not " * 50_000 + "1",
    "blocks": "\n".join(" " * k + "if 1:" for k in range(300)),
    "f-strings": "f'{" * 2_000,
    "quotes": '"""' * 100_001,
    "backslashes": "\\\n" * 100_000,
    "comments": "# x\n" * 150_000,
    "hidden marks": "### BEGIN HIDDEN TESTS\n" * 20_000 + "### END HIDDEN TESTS\n" * 20_000,
    "solution marks": "### BEGIN SOLUTION\n" * 30_000,
    "checks": "check('relu.relu', relu)\n" * 15_000 + "check(" * 50_000,
    "names": "def f():\n" * 20_000,
    "small answers": "".join(f"def f{k}(): pass\n" for k in range(30_000)),
    "null bytes": "x = 1\0" * 1_000,
    "marks above letters": "a" + "\u0301" * 300_000,
    "digits": "x = " + "9" * 200_000,
    "decorators": "@a\n" * 50_000,
    "a dictionary": "{" + "1:" * 50_000,
    "lambdas": "lambda:" * 20_000 + "0",
    "a million stars": "*" * 1_000_000,
}  # fmt: skip
for _names in batched(TEXTS, 2):
    ps1(f"hard to read: {' and '.join(_names)}", state=SOME, last=[TEXTS[n] for n in _names],
        stock=False)  # fmt: skip
ps1("hard to read: an answer of newlines", {"words": "\n" * 100_000 + right(PS1).cells[8].source
    + "\n" * 100_000}, stock=False)  # fmt: skip
ps1(
    "hard to read: a wrong answer of magics",
    {"words": "%x\n" * 20_000},
    NO_WORDS,
    SOME,
    stock=False,
)
relu("hard to read: in a lesson", state=SOME, last=["\n" * 100_000, "%a\n" * 50_000, "(" * 90_000],
     stock=False)  # fmt: skip


def _without_ids(count: int, size: int):
    """Many cells that look like answers, none of which says which it is."""
    made = right(PS1)
    texts = [
        cell.source for cell in made.cells if cell.metadata.get("nbgrader", {}).get("solution")
    ]
    for cell in made.cells:
        cell.metadata.pop("nbgrader", None)
        cell["id"] = "x" + cell["id"][:60]
    more = [nbformat.v4.new_code_cell(f"# {k}\n{text}\n" + ("# " + "x" * 98 + "\n") * (size // 100))
            for k in range(count) for text in texts]  # fmt: skip
    made.cells += more
    return made


add("hard to read: cells without ids", PS1, _without_ids(20, 20_000), state=SOME, stock=False)
ps1("hard to read: as many cells as are read", state=SOME, last=["1"] * 4_900, stock=False)
ps1(
    "hard to read: ten thousand cells",
    lost="all",
    state="unreadable",
    last=["1"] * 10_000,
    stock=False,
)
ps1("hard to read: more newlines than are read", lost="all", state="unreadable",
    last=["\n" * 400_000], stock=False)  # fmt: skip


def _metadata(made):
    deep: dict = {}
    inner = deep
    for _ in range(80):
        inner["x"] = {}
        inner = inner["x"]
    for cell in made.cells:
        cell.metadata["deep"], cell.metadata["long"] = deepcopy(deep), "x" * 200_000
    made.metadata["name"] = "y" * 10**6
    return made


add("hard to read: metadata", PS1, _metadata(right(PS1)), state=SOME, stock=False)
add("hard to read: a number in the notebook", PS1, file(json.dumps(
    {**right(PS1), "nbformat_minor": int("9" * 4000)}).encode()),
    state=("graded", "repaired"), stock=False)  # fmt: skip

# --- time ----------------------------------------------------------------------------------------

SLEEPY = "def count_words(text):\n    import time\n    time.sleep({})\n    return len(text.split())"
ps1("slow: just below the limit", {"words": SLEEPY.format(1.5)}, state=SOME,
    lost={"test-words": 2}, tampers=False, stock=False)  # fmt: skip
ps1("slow: only where it is hidden", words(
    "import time\nif 'canary' in text or 'secret' in text: time.sleep(10**6)\n"
    "return len(text.split())"), NO_WORDS, "timed out", stock=False)  # fmt: skip
_SLOW = "import time\ntime.sleep(10**6)"
ps1("slow: in every answer", {
    "mean": f"def mean(values):\n    {_SLOW.replace(chr(10), chr(10) + '    ')}",
    "scale": "def scale(x):\n    import time\n    time.sleep(10**6)",
    "words": "def count_words(t):\n    import time\n    time.sleep(10**6)",
    "primes": "def is_prime(n):\n    import time\n    time.sleep(10**6)",
    "naturals": "def naturals():\n    import time\n    time.sleep(10**6)",
    "roll": "def roll(rng):\n    import time\n    time.sleep(10**6)",
    "vector": "class Vector:\n    def __init__(self, *a):\n        import time\n"
    "        time.sleep(10**6)"}, "all", SOME, stock=False)  # fmt: skip
ps1("slow: in every cell", lost="all", state=("timed out", "killed"), stock=False,
    first=["import time\ntime.sleep(10**6)"] * 60)  # fmt: skip
IGNORES = """
import faulthandler, signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
"""
ps1("slow: deaf to signals", words("while True: pass"), NO_WORDS, ("timed out", "killed"),
    first=[IGNORES], tampers=True, stock=False)  # fmt: skip
ps1("slow: a pattern that goes back", words("import re\nreturn re.match('(a+)+$', 'a' * 64 + 'b')"),
    NO_WORDS, ("timed out", "killed"), stock=False)  # fmt: skip
ps1("slow: catches the end of its time", words(
    "while True:\n    try:\n        while True: pass\n    except BaseException: continue"),
    NO_WORDS, ("timed out", "killed"), stock=False)  # fmt: skip
ps1("slow: in a finaliser", {"words": "class Slow:\n    def __del__(self):\n        while True: pass\n"
    "def count_words(text):\n    Slow()\n    return len(text.split())"},
    NO_WORDS, ("timed out", "killed"), tampers=True, stock=False)  # fmt: skip
ps1("slow: in threads that go on", first=["import threading\ndef work():\n    while True: pass\n"
    "for _ in range(4): threading.Thread(target=work, daemon=True).start()"],
    state=SOME, tampers=True, stock=False)  # fmt: skip
ps2("slow: when it is compared", {"money": "class Money:\n    def __init__(self, cents): self.cents = cents\n"
    "    def __add__(self, other): return self\n    def __eq__(self, other):\n"
    "        while True: pass"}, {"money": 2}, ("timed out", "killed"), stock=False)  # fmt: skip

# --- memory --------------------------------------------------------------------------------------

LOST_RELU = {"relu": 1, "layer_forward": 1}
ps1("heavy: eight megabytes a cell", state=SOME, stock=False, first=[
    "print('x' * 8_000_000)"] * 15)  # fmt: skip
ps1("heavy: many small outputs", state=SOME, stock=False, first=[
    "from IPython.display import display\nfor k in range(20_000): display(k)"] * 3)  # fmt: skip
ps1("heavy: large pictures", state=SOME, stock=False, first=["""
import base64, os
from IPython.display import display
for _ in range(8):
    display({"image/png": base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + os.urandom(6_000_000)).decode()}, raw=True)
"""])  # fmt: skip
ps1("heavy: an error of many megabytes", words("raise ValueError('x' * 50_000_000)"), NO_WORDS, SOME,
    stock=False)  # fmt: skip
ps1(
    "heavy: errors by the thousand",
    words(
        "error = ValueError('x')\nfor _ in range(50_000):\n    new = ValueError('y')\n"
        "    new.__cause__ = error\n    error = new\nraise error"
    ),
    NO_WORDS,
    SOME,
    stock=False,
)
relu("heavy: long text among numbers", {"relu": "def relu(z):\n"
     "    return ['x' * 30_000_000, *np.maximum(z, 0).tolist()]"},
     LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: small strings", {"relu": "def relu(z):\n    return [str(k) for k in range(6_000_000)]"},
     LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: lists in lists", {"relu": "def relu(z):\n    a = []\n    for _ in range(200_000): a = [a]\n"
     "    return a"}, LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: a list in itself", {"relu": "def relu(z):\n    a = [z]\n    a.append(a)\n    return a"},
     LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: an array of gigabytes", {"relu": "def relu(z):\n"
     "    return np.lib.stride_tricks.as_strided(z.ravel()[:1], (10**6, 10**6), (0, 0))"},
     LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: megabytes of print", {"relu": "def relu(z):\n    print('y' * 10**8)\n"
     "    return np.maximum(z, 0)"}, {}, SOME, harms=True, stock=False)  # fmt: skip
relu("heavy: names and types", {"relu": "class relu:\n    __name__ = 'x' * 10**7\n"
     "    def __new__(cls, z): return type('T' * 10**6, (), {})()"},
     LOST_RELU, SOME, harms=True, stock=False)  # fmt: skip
ps1("heavy: empty files", state=SOME, stock=False, first=[f"""
import os
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for k in range(200_000):
            os.close(os.open(f"{{folder}}/{LEFT}-{{k}}", os.O_CREAT))
    except OSError as error:
        print(error)
"""])  # fmt: skip
ps1("heavy: folders in folders", state=SOME, stock=False, first=["""
import os
try:
    for _ in range(20_000):
        os.mkdir("d")
        os.chdir("d")
except OSError as error:
    print(error)
"""])  # fmt: skip
ps1("heavy: children that each take a little", stock=False, state=SOME, tampers=True, harms=True, first=["""
import os, time
for _ in range(20):
    try:
        if os.fork() == 0:
            b = bytearray(200_000_000)
            b[::4096] = b"x" * len(b[::4096])
            time.sleep(30)
            os._exit(0)
    except OSError:
        break
"""])  # fmt: skip
ps1("heavy: zombies", stock=False, state=SOME, tampers=True, harms=True, first=["""
import os
try:
    for _ in range(5_000):
        if os.fork() == 0: os._exit(0)
except OSError as error:
    print(error)
"""])  # fmt: skip
ps1("heavy: a bomb in the shell", stock=False, state=SOME, tampers=True, harms=True, first=["!f() { f | f & }; f",
    "%%bash\nwhile true; do sleep 100 & done"])  # fmt: skip
ps1("heavy: orphans that go on", stock=False, state=SOME, first=["""
import os, subprocess, sys
for _ in range(5):
    subprocess.Popen([sys.executable, "-c", "import os\\nos.setsid()\\nwhile True: pass"],
                     start_new_session=True)
"""])  # fmt: skip
ps1("heavy: pipes and descriptors", stock=False, state=SOME, first=["""
import os, socket
kept = []
try:
    while True: kept.append(os.pipe())
except OSError:
    pass
try:
    while True: kept.append(socket.socketpair())
except OSError:
    pass
for a, b in (p for p in kept if isinstance(p[0], int)):
    os.close(a), os.close(b)
kept.clear()
"""])  # fmt: skip
ps1("heavy: memory of other kinds", stock=False, state=SOME, tampers=True, first=["""
import ctypes, mmap
kept = []
try:
    for _ in range(64):
        m = mmap.mmap(-1, 64 * 2**20)
        m[::4096] = b"x" * len(m[::4096])
        kept.append(m)
except (OSError, MemoryError, ValueError):
    pass
finally:  # also where its time was up: else what it keeps ends a test later on
    kept.clear()
libc = ctypes.CDLL(None)
print(libc.syscall(319, b"x", 0), libc.shmget(0, 2**30, 0o1600), libc.syscall(240, b"q", 64, 0, 0))
"""])  # fmt: skip
ps1("heavy: unlimited, it asks", stock=False, state=SOME, first=["""
import resource
for name in "AS CPU FSIZE NOFILE NPROC".split():
    name = f"RLIMIT_{name}"
    try:
        resource.setrlimit(getattr(resource, name), (-1, -1))
        print("RAISED", name)
    except (OSError, ValueError):
        pass
"""])  # fmt: skip
