"""Submissions that do not end, end too much, or use more than there is; on purpose or not."""

from hostile_making import PS1, RELU, right

SLOW = ("timed out",)
ENDED = ("timed out", "killed")
LATE = """
def {name}(*_):
    while True:
        pass
"""
BARE_EXCEPT = """
def mean(values):
    while True:
        try:
            while True:
                pass
        except:
            pass
"""
SWALLOWS_ALARMS = """
import signal


def mean(values):
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass
"""
TRACED = """
import sys


def mean(values):
    def trace(*_):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

    sys.settrace(trace)
    return sum(values) / len(values)
"""
REGEX = """
import re


def count_words(text):
    re.match(r"(a+)+$", "a" * 40 + "b")
    return len(text.split())
"""
SHOWS_FOR_EVER = """
class Picture:
    def __repr__(self):
        while True:
            pass


Picture()
"""
FORGETS_FOR_EVER = """
class Heavy:
    def __del__(self):
        while True:
            pass


heavy = Heavy()
del heavy
"""
METACLASS = """
class Meta(type):
    def __call__(cls, *_):
        while True:
            pass


class Vector(metaclass=Meta):
    def __init__(self, x, y):
        self.x, self.y = x, y
"""
HIDES = """
class Meta(type):
    def __dir__(cls):
        raise SystemExit

    def __getattribute__(cls, name):
        raise KeyError(name)


class Vector(metaclass=Meta):
    pass


class Mean:
    def __getattr__(self, name):
        return self.parts[name]


mean = Mean()
"""
ERROR_WITHOUT_END = """
class Wordy(Exception):
    def __str__(self):
        while True:
            pass


def mean(values):
    raise Wordy
"""
EXITS = {
    "mean": "import os\n\n\ndef mean(values):\n    os._exit(0)",
    "scale": "import ctypes\n\n\ndef scale(x):\n    return ctypes.string_at(0)",
    "words": "import os\n\n\ndef count_words(text):\n    os.abort()",
    "primes": "import os\n\n\ndef is_prime(n):\n    os._exit(1)",
    "vector": "import os\n\n\nclass Vector:\n    def __init__(self, *_):\n        os._exit(0)",
    "naturals": "import os\n\n\ndef naturals():\n    yield os._exit(0)",
    "evens": "import os\n\n\ndef evens(n):\n    os._exit(0)",
    "slope": "import os\n\n\ndef slope(f, x):\n    os._exit(0)",
}
SIGNALS = """
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
----
import os
import signal

os.killpg(0, signal.SIGKILL)
----
import os

os.kill(-1, 9)
----
import os

os.kill(os.getppid(), 9)
"""
LEAVES = """
exit()
----
import sys

sys.exit(3)
----
quit()
----
raise KeyboardInterrupt
----
get_ipython().ask_exit()
----
raise SystemExit
"""
BACKGROUND = """
import atexit
import threading
import time


def work():
    while True:
        time.sleep(0.001)
        print("still here")


atexit.register(work)
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
threading.Thread(target=work).start()
"""
OUTLIVES = """
import ctypes
import os
import subprocess
import sys
import time

ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
program = "import time; time.sleep(3000)  # left-behind-process"
for start in (
    lambda: subprocess.Popen([sys.executable, "-c", program], start_new_session=True),
    lambda: os.system(f"setsid {sys.executable} -c '{program}' &"),
):
    try:
        start()
    except OSError as error:
        print(error)
try:
    if os.fork() == 0:
        os.setsid()
        time.sleep(3000)
        os._exit(0)
except OSError as error:
    print(error)
"""
LITTERS = """
import os
import site

import lessonlib
import numpy

places = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/", "..", "../..", "../../..", "COURSE-ROOT"]
places += [os.path.expanduser("~"), *site.getsitepackages(), lessonlib.__path__[0]]
places += [numpy.__path__[0], "COURSE-ROOT/solutions/ps1", "COURSE-ROOT/submitted/zz-victim/ps1"]
for place in places:
    try:
        open(f"{place}/left-behind-by-a-submission.py", "w").write("print('left behind')")
    except OSError:
        pass
for module in (lessonlib, numpy):
    try:
        open(module.__file__, "a").write("\\n# left-behind-in-a-module\\n")
    except OSError as error:
        print(error)
"""
POISONS = """
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, 2, os.getppid(), os.getpid() - 1, os.getpid() + 1):
    for call in (lambda: libc.ptrace(16, pid, 0, 0), lambda: os.kill(pid, 19)):
        try:
            print(pid, call(), os.strerror(ctypes.get_errno()))
        except OSError as error:
            print(pid, error)
    try:
        with open(f"/proc/{pid}/mem", "r+b") as memory:
            memory.seek(2**20)
            memory.write(b"left-behind-in-memory")
    except OSError as error:
        print(pid, error)
import numpy as np

np.abs = np.subtract = np.random.default_rng = None
open("numpy.py", "w").write("raise SystemExit  # left-behind-as-a-module")
os.environ["PYTHONPATH"] = "/tmp"
os.chdir("/")
"""
FORKS = """
import multiprocessing
import os

while True:
    try:
        os.fork()
    except OSError:
        break
multiprocessing.Process(target=print).start()
"""
THREADS = """
import threading
import time

threading.stack_size(2**16)
try:
    while True:
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
except RuntimeError as error:
    print(error)
"""
EATS = """
hoard = []
while True:
    hoard.append(bytearray(2**28))
"""
FILLS = """
import os

for folder in ("/tmp", ".", "/dev/shm"):
    try:
        for number in range(1000):
            with open(f"{folder}/left-behind-{number}", "wb") as file:
                for _ in range(100):
                    file.write(b"x" * 2**20)
    except OSError as error:
        print(error)
"""
PRINTS = """
for _ in range(1000):
    print("x" * 10**6)
----
from IPython.display import HTML, display

for _ in range(300):
    display(HTML("<b>x</b>" * 50_000), {"text/plain": "y" * 10**6}, raw=False)
"""

ENDLESS = [
    right(
        PS1,
        "loops",
        "a loop in one function",
        {"mean": LATE.format(name="mean")},
        but={"mean": 0},
        states=SLOW,
    ),
    right(
        RELU,
        "loops-checks",
        "a loop in a function that no other uses",
        {"dead_units": LATE.format(name="dead_units")},
        but={"dead_units": 0},
        states=SLOW,
    ),
    right(
        RELU,
        "loops-used",
        "a loop in a function that another uses",
        {"relu_derivative": LATE.format(name="relu_derivative")},
        but={"relu_derivative": 0, "layer_backward": 0},
        states=SLOW,
    ),
    right(
        PS1,
        "loops-outside",
        "a loop at the top level, in a cell of its own",
        last="while True:\n    pass",
        states=SLOW,
    ),
    right(
        PS1,
        "loops-bare-except",
        "a loop that catches everything",
        {"mean": BARE_EXCEPT},
        but={"mean": 0},
        states=ENDED,
    ),
    right(
        PS1,
        "loops-without-alarms",
        "a loop that no signal reaches",
        {"mean": SWALLOWS_ALARMS},
        but={"mean": 0},
        states=ENDED,
    ),
    right(
        PS1,
        "loops-traced",
        "a loop in a trace function",
        {"mean": TRACED},
        but={"mean": 0},
        states=ENDED,
    ),
    right(
        PS1,
        "loops-in-c",
        "a sum that takes years",
        {"mean": "def mean(values):\n    return sum(range(10**14))"},
        but={"mean": 0},
        states=ENDED,
    ),
    right(
        PS1,
        "loops-in-powers",
        "a power that takes years",
        {"primes": "def is_prime(n):\n    return pow(7, 10**9) > n"},
        but={"primes": 0},
        states=ENDED,
    ),
    right(
        PS1,
        "loops-in-a-regex",
        "an expression that backtracks",
        {"words": REGEX},
        but={"words": 0},
        states=ENDED,
    ),
    right(PS1, "loops-when-shown", "a __repr__ without an end", last=SHOWS_FOR_EVER, states=ENDED),
    right(
        PS1, "loops-when-deleted", "a __del__ without an end", last=FORGETS_FOR_EVER, states=ENDED
    ),
    right(
        PS1,
        "loops-in-a-metaclass",
        "a class that cannot be called",
        {"vector": METACLASS},
        but={"vector": 0},
        states=SLOW,
    ),
    right(
        PS1,
        "loops-in-a-generator",
        "yields nothing, for ever",
        {"naturals": "def naturals():\n    while True:\n        if False:\n            yield 1"},
        but={"naturals": 0},
        states=SLOW,
    ),
    right(
        PS1,
        "yields-slowly",
        "each number in time, all of them too late",
        {
            "naturals": "import time\n\n\ndef naturals():\n    for n in range(1, 9):\n"
            "        time.sleep(1.7)\n        yield n"
        },
        but={"naturals": 0},
        states=SLOW,
    ),
    right(
        PS1,
        "sleeps",
        "waits for an hour",
        {"mean": "import time\n\n\ndef mean(values):\n    time.sleep(3600)\n    return 4"},
        but={"mean": 0},
        states=SLOW,
    ),
    right(
        PS1,
        "recurs",
        "calls itself without an end",
        {"mean": "import sys\n\n\ndef mean(values):\n    return mean(values)"},
        but={"mean": 0},
    ),
    right(
        PS1,
        "recurs-deep",
        "and has set no limit",
        {
            "mean": "import sys\n\n\ndef mean(values):\n    sys.setrecursionlimit(10**9)\n"
            "    return mean(values)"
        },
        but={"mean": 0},
        states=("graded", *ENDED),
    ),
    right(
        PS1,
        "error-without-end",
        "an error whose text takes for ever",
        {"mean": ERROR_WITHOUT_END},
        but={"mean": 0},
        states=ENDED,
    ),
]

ENDINGS = [
    right(
        PS1,
        "exits",
        "seven functions end the process, the last exercises are right",
        EXITS,
        but={
            "mean": 0,
            "scale": 0,
            "scale-again": 0,
            "words": 0,
            "primes": 0,
            "vector": 0,
            "naturals": 0,
            "evens": 0,
            "slope": 0,
        },
        states=("killed",),
    ),
    right(
        PS1,
        "exits-outside",
        "nine cells end the process, all answers are right",
        first="\n----\n".join(["import os\n\nos._exit(1)"] * 9),
        states=("killed",),
    ),
    right(
        PS1,
        "signals",
        "kills itself, its group, everybody",
        first=SIGNALS,
        states=("graded", "killed"),
    ),
    right(PS1, "leaves", "exit(), sys.exit(), quit(), KeyboardInterrupt", first=LEAVES),
    right(
        PS1,
        "raises",
        "errors of all kinds, out of tests",
        {
            "mean": "def mean(values):\n    raise KeyboardInterrupt",
            "scale": "class Own(BaseException):\n    def __str__(self):\n        raise self\n\n\n"
            "def scale(x):\n    raise Own",
            "words": "def count_words(text):\n    raise SystemExit(0)",
            "primes": "def is_prime(n):\n    raise GeneratorExit",
            "evens": "def evens(n):\n    raise type('A', (AssertionError,), {})",
            "slope": "def slope(f, x):\n    raise StopIteration(6.0)",
        },
        but={
            "mean": 0,
            "scale": 0,
            "scale-again": 0,
            "words": 0,
            "primes": 0,
            "evens": 0,
            "slope": 0,
        },
        states=("graded", "killed"),
    ),
    right(
        PS1,
        "hides",
        "objects that break when they are looked at",
        {"vector": HIDES},
        but={"vector": 0},
        states=("graded", "killed"),
    ),
    right(
        PS1,
        "background",
        "threads that print for ever, and exit handlers",
        first=BACKGROUND,
        states=("graded", "timed out"),
    ),
]

# With one worker, one after the other: each poisoner is followed by a victim that is all right.
POISONERS = [
    right(PS1, "b-outlives", "processes that would live on", first=OUTLIVES),
    right(PS1, "d-litters", "files for whoever comes next", first=LITTERS),
    right(PS1, "f-poisons", "reaches for the server and the next process", first=POISONS),
]
VICTIMS = [
    right(PS1, name, "follows a poisoner")
    for name in ("a-victim", "c-victim", "e-victim", "g-victim")
]

BOMBS = [
    right(PS1, "forks", "a fork bomb", first=FORKS, bomb=True, states=("graded", "killed")),
    right(
        PS1,
        "threads",
        "a thread bomb",
        first=THREADS,
        bomb=True,
        states=("graded", "timed out", "killed"),
    ),
    right(
        PS1,
        "eats",
        "a memory bomb",
        first=EATS,
        bomb=True,
        states=("graded", "timed out", "killed"),
    ),
    right(
        PS1,
        "eats-in-a-function",
        "a memory bomb in one exercise",
        {"mean": "def mean(values):\n    return sum([1.0] * 10**11)"},
        but={"mean": 0},
        bomb=True,
    ),
    right(PS1, "fills", "a disk bomb", first=FILLS, bomb=True, states=("graded", "timed out")),
    right(
        PS1,
        "prints",
        "a gigabyte of text, and of HTML",
        last=PRINTS,
        bomb=True,
        states=("graded", "timed out"),
    ),
]
