# ruff: noqa: E501 (the cells of notebooks, as text)
"""Deceivers of ordinary tests: objects that lie, tools that are patched, tests that are read.

Inside one process they cannot all be prevented. None of them gets away without a mark.
"""

from hostile_kit import (  # fmt: skip
    NO_MEAN,
    NO_SCALE,
    NO_WORDS,
    WRONG_MEAN,
    WRONG_SCALE,
    WRONG_WORDS,
    ps1,
    ps2,
    words,
)

ANY_STATE = ("graded", "timed out", "killed")

# --- lying objects -------------------------------------------------------------------------------

ps2("lies: money that is any money", {"money": """
class Money:
    def __init__(self, cents): self.cents = 12
    def __eq__(self, other):
        self.asked = getattr(self, "asked", 0) + 1
        import sys
        return "not Money" not in (sys._getframe(1).f_code.co_name or "") and other.cents != 2
    def __add__(self, other): return self
"""}, {"money": 2}, tampers=True)  # fmt: skip
ps2("lies: alternating truth", {"money": """
class Money:
    told = iter([True, False] * 9)
    cents = 12
    def __init__(self, cents): pass
    def __eq__(self, other): return next(Money.told)
    def __add__(self, other): return self
"""}, {"money": 2}, tampers=True)  # fmt: skip
ps2("lies: mock.ANY", {"score": "from unittest.mock import ANY\n\n\ndef initial(name):\n"
    "    class A(type(ANY)):\n        def __len__(self): return 1\n    return A()"},
    {"score": 3}, tampers=True)  # fmt: skip
ps2("lies: a MagicMock for an answer", {"money": "from unittest.mock import MagicMock\n"
    "Money = MagicMock()\nMoney.return_value.__add__.return_value = Money.return_value\n"
    "Money.return_value.cents = 12\n"
    "Money.return_value.__eq__ = lambda s, o: not hasattr(s, 'n') and not setattr(s, 'n', 1)"},
    {"money": 2}, tampers=True)  # fmt: skip
ps2("lies: all is masked", {"array": "class M(np.ma.MaskedArray):\n"
    "    def __getitem__(self, k): return 0.5\n\n\ndef steps(x):\n"
    "    return np.ma.masked_all(len(x) - 1) if len(x) == 3 else [0.5]"},
    {"array": 2}, tampers=True)  # fmt: skip
ps2("lies: an array with functions of its own", {"array": """
class Lying(np.ndarray):
    def __array_function__(self, f, types, args, kwargs): return np.True_
    def __array_ufunc__(self, *a, **k): return np.zeros(2)
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __eq__ = lambda self, *other: np.True_
def steps(x):
    return np.zeros(len(x) - 1).view(Lying) if len(x) > 2 else [0.5]
"""}, {"array": 2}, tampers=True)  # fmt: skip
ps2("lies: a frame that is equal", {"frame": """
class Table(pd.DataFrame):
    equals = lambda self, other: True
    __eq__ = lambda self, other: True
    @property
    def __class__(self): return pd.DataFrame
def totals(frame):
    pd.testing.assert_frame_equal.__kwdefaults__ = None
    pd.testing.assert_frame_equal.__code__ = (lambda *a, **k: None).__code__
    return Table()
"""}, {"frame": 2}, tampers=True)  # fmt: skip
for _base, _wrong in {
    "int": "0",
    "float": "0.5",
    "str": "'no'",
    "tuple": "()",
    "complex": "1j",
}.items():
    ps1(f"lies: a {_base} equal to all", words(
        f"class N({_base}):\n    __eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n"
        f"    __hash__ = {_base}.__hash__\nreturn N({_wrong})"), NO_WORDS, tampers=True)  # fmt: skip
ps1("lies: about its class", words(
    "class N:\n    @property\n    def __class__(self): return int\n"
    "    def __eq__(self, other): return True\nreturn N()"), NO_WORDS, tampers=True)  # fmt: skip
ps1("lies: points that add up", {"primes": """
class Rich(int):
    __eq__ = lambda s, o: s
    __radd__ = __add__ = lambda s, o: Rich(4)
    __hash__ = int.__hash__
    __float__ = lambda s: 4.0
def is_prime(n):
    return Rich(4)
"""}, {"test-primes": 4}, tampers=True)  # fmt: skip
ps1("lies: points by a float of its own", {"primes": """
def is_prime(n):
    np.float64 = lambda x: 4.0
    return False
"""}, {"test-primes": 2}, tampers=True)  # fmt: skip
ps1("lies: points by their looks", {"primes": """
class Four:
    def __repr__(self): return "4.0"
    __radd__ = __add__ = lambda s, o: s
    __eq__ = lambda s, o: s
    __float__ = lambda s: 4.0
def is_prime(n):
    np.float64 = lambda x: Four()
    return Four()
"""}, {"test-primes": 4}, tampers=True)  # fmt: skip

# --- patched tools -------------------------------------------------------------------------------

PATCHES = {
    "AssertionError": "import builtins\nclass Quiet(AssertionError):\n    pass\n"
                      "builtins.AssertionError = SystemExit",
    "unittest": "import unittest\nfor name in dir(unittest.TestCase):\n"
                "    if name.startswith(('assert', 'fail')):\n"
                "        setattr(unittest.TestCase, name, lambda *a, **k: unittest.mock.MagicMock()"
                ")\nimport unittest.mock",
    "pytest": "import pytest, contextlib\npytest.raises = lambda *a, **k: contextlib.nullcontext()\n"
              "pytest.approx = lambda *a, **k: unittest.mock.ANY\nimport unittest.mock",
    "mock": "from unittest import mock\nmock.patch = lambda *a, **k: mock.MagicMock()\n"
            "mock.NonCallableMock.assert_called_once_with = lambda *a, **k: None",
    "json, ast and traceback": "import ast, json, traceback\nast.parse = json.dumps = None\n"
                               "traceback.extract_tb = traceback.format_exception = None",
    "compile, exec and eval": "import builtins\n_exec = exec\n"
        "builtins.exec = lambda *a, **k: None\nbuiltins.eval = lambda *a, **k: 4\n"
        "builtins.compile = lambda *a, **k: _exec.__self__",
    "the import": "import builtins\n_import = __import__\nclass Yes:\n"
        "    def __getattr__(self, n): return lambda *a, **k: True\n"
        "def fake(name, *a, **k):\n    m = _import(name, *a, **k)\n"
        "    return Yes() if name == 'unittest' else m\nbuiltins.__import__ = fake",
    "isinstance and type": "import builtins\nbuiltins.isinstance = lambda *a: True\n"
        "builtins.len = lambda x: 1\nbuiltins.all = builtins.any = lambda x: True",
}  # fmt: skip
WRONG_TWO = {
    "raised": "def root(x):\n    return x",
    "frame": "def totals(frame):\n    return frame",
    "array": "def steps(x):\n    return 0 * x",
    "mocked": "def double_price(name):\n    return 41",
}
LOST_TWO = {"raised": 2, "frame": 2, "array": 2, "mocked": 2}
for _name, _patch in PATCHES.items():
    ps2(f"patches {_name}", WRONG_TWO, LOST_TWO, ANY_STATE, first=[_patch], tampers=True,
        harms=_name in ("compile, exec and eval", "isinstance and type"))  # fmt: skip
ps2("patches pandas", WRONG_TWO, LOST_TWO, tampers=True, first=[
    "pd.testing.assert_frame_equal = lambda *a, **k: None\n"
    "pd._testing.assert_frame_equal = pd.DataFrame.equals = lambda *a, **k: True\n"
    "np.testing.assert_allclose = np._core.numeric.allclose = lambda *a, **k: True"])  # fmt: skip
ps2("patches pandas while it is asked", {"frame": "def totals(frame):\n"
    "    pd.testing.assert_frame_equal = lambda *a, **k: None\n    return frame"},
    {"frame": 2}, tampers=True)  # fmt: skip
ps2("patches what pandas stands on", {"frame": "def totals(frame):\n"
    "    import pandas._testing.asserters as a\n"
    "    for name in vars(a):\n"
    "        if name.startswith(('assert', '_check', 'raise', 'is_')):\n"
    "            setattr(a, name, lambda *a, **k: None)\n    return pd.DataFrame(frame)"},
    {"frame": 2}, tampers=True)  # fmt: skip
ps2("patches what NumPy stands on", {"array": "def steps(x):\n"
    "    import numpy.testing._private.utils as u\n"
    "    u.assert_array_compare = u.assert_equal = lambda *a, **k: None\n"
    "    return np.array([0.5, 0.5][: len(x) - 1])"}, {"array": 2}, tampers=True)  # fmt: skip
ps2("patches the code of a helper", {"array": "near.__code__ = (lambda a, b: True).__code__\n\n\n"
    "def steps(x):\n    return [3.0, 5.0]"}, {"array": 2}, tampers=True)  # fmt: skip
ps2("patches a helper by its name", {"array": "near = lambda a, b: True\n\n\n"
    "def steps(x):\n    return [3.0, 5.0]"}, {"array": 2}, tampers=True)  # fmt: skip

# --- IPython -------------------------------------------------------------------------------------

IPYTHON = {
    "events": "ip = get_ipython()\ndef before(*_):\n    ip.user_ns['count_words'] = lambda text:"
              " {'to be or not': 4, '': 0, 'a b': 2}.get(text, 3)\n"
              "ip.events.register('pre_run_cell', before)\n"
              "ip.events.register('pre_execute', before)",
    "run_cell": "ip = get_ipython()\nfor name in ('run_code', 'run_cell', 'run_ast_nodes',"
                " 'showtraceback', 'run_cell_async'):\n"
                "    setattr(ip, name, lambda *a, **k: None)",
    "displayhook": "import sys\nsys.displayhook = lambda value: None\n"
                   "get_ipython().displayhook = lambda value: None\n"
                   "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': '4'}, {})",
    "formatter": "f = get_ipython().display_formatter.formatters['text/plain']\n"
                 "f.for_type(int, lambda v, p, c: p.text('4'))\n"
                 "f.for_type(float, lambda v, p, c: p.text('4'))\n"
                 "f.for_type(np.float64, lambda v, p, c: p.text('4'))",
    "excepthook": "import sys\nsys.excepthook = get_ipython().custom_exceptions = None\n"
                  "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)",
    "magics": "from IPython.core.magic import register_line_magic\nip = get_ipython()\n"
              "ip.prefilter_manager.enabled = False\n"
              "ip.input_transformer_manager.transform_cell = lambda c: 'pass'\n"
              "ip.compile.ast_parse = lambda *a, **k: __import__('ast').parse('pass')\n"
              "ip.compile.cache = lambda *a, **k: '<x>'",
}  # fmt: skip
WRONG_THREE = {**WRONG_WORDS, **WRONG_MEAN, "primes": "def is_prime(n):\n    return True"}
for _name, _patch in IPYTHON.items():
    ps1(f"IPython's {_name}", WRONG_THREE, {**NO_WORDS, **NO_MEAN, "test-primes": 2},
        first=[_patch], tampers=True, harms=_name in ("run_cell", "magics", "displayhook"))  # fmt: skip

# --- the test is read ----------------------------------------------------------------------------

READ = {
    "the caller's code": "import sys\nconsts = sys._getframe(1).f_code.co_consts\n"
        "numbers = [c for c in consts if isinstance(c, int) and not isinstance(c, bool)]\n"
        "return numbers[0] if numbers else 0",
    "the caller's line": "import linecache, sys, re\nframe = sys._getframe(1)\n"
        "line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)\n"
        "return int(re.search(r'== (\\d+)', line).group(1))",
    "inspect": "import inspect, re\n"
        "text = ' '.join(c for f in inspect.stack(9) for c in (f.code_context or []))\n"
        "return int(re.search(r'count_words\\(.*\\) == (\\d+)', text).group(1))",
    "the caller's locals": "import sys\nframe = sys._getframe(1)\nwhile frame:\n"
        "    pair = frame.f_locals.get('pair')\n    if pair: return pair[1]\n"
        "    frame = frame.f_back\nreturn 4 if 'be' in text else 3",
    "a raised frame": "try:\n    raise ValueError\nexcept ValueError as e:\n"
        "    frame = e.__traceback__.tb_frame.f_back\n"
        "return [c for c in frame.f_code.co_consts if type(c) is int][0]",
    "another thread": "import threading, sys\nfound = []\nmain = threading.get_ident()\n"
        "def look():\n    f = sys._current_frames()[main].f_back\n    while f:\n"
        "        found.extend(c for c in f.f_code.co_consts if type(c) is int)\n"
        "        f = f.f_back\nt = threading.Thread(target=look)\nt.start()\nt.join()\n"
        "return found[0] if found else 0",
    "the history": "import re\ncells = [c for c in get_ipython().user_ns['In'] if 'assert' in c]\n"
        "found = re.findall(r'== (\\d+)', ' '.join(cells))\nreturn int(found[0]) if found else 0",
    "the heap": "import gc\ncodes = [o for o in gc.get_objects() if type(o).__name__ == 'code']\n"
        "texts = [o for o in gc.get_objects() if type(o) is dict and 'code' in o]\n"
        "return 4 if codes or texts else 0",
    "the line cache": "import linecache, re\nfor entry in linecache.cache.values():\n"
        "    if len(entry) > 2 and 'count_words(' in ''.join(entry[2]):\n"
        "        found = re.search(r'== (\\d+)', ''.join(entry[2]))\n"
        "        if found: return int(found.group(1))\nreturn 0",
}  # fmt: skip
for _name, _body in READ.items():
    ps1(f"reads {_name}", words(_body), NO_WORDS, tampers=True)
ps1("reads the test's own data", {"primes": "def is_prime(n):\n"
    "    return globals()['answers'][n]"}, {"test-primes": 4}, tampers=True)  # fmt: skip
ps1("changes the test's own data", {"primes": "def is_prime(n):\n"
    "    globals()['answers'].update(dict.fromkeys(answers, False))\n    return False"},
    {"test-primes": 2}, tampers=True)  # fmt: skip
ps1("changes what is compared", {"scale": "def scale(x):\n    globals()['scaled'] *= 0\n"
    "    return 0 * x"}, NO_SCALE, tampers=True)  # fmt: skip

# --- the test is left out ------------------------------------------------------------------------

SKIP = {
    "a trace that jumps": "import sys\ndef trace(frame, event, arg):\n"
        "    if event == 'line':\n        try:\n            frame.f_lineno = 99\n"
        "        except ValueError:\n            pass\n    return trace\n"
        "frame = sys._getframe(1)\nsys.settrace(trace)\nwhile frame:\n    frame.f_trace = trace\n"
        "    frame = frame.f_back\nreturn 4",
    "a profile that raises": "import sys\ndef profile(frame, event, arg):\n"
        "    if event == 'return': raise StopIteration\nsys.setprofile(profile)\nreturn 4",
    "an exception for another thread": "import ctypes, threading\nme = threading.get_ident()\n"
        "def shoot():\n    ctypes.pythonapi.PyThreadState_SetAsyncExc("
        "ctypes.c_ulong(me), ctypes.py_object(StopIteration))\n"
        "threading.Thread(target=shoot).start()\nreturn 4",
    "an alarm": "import signal\ndef leave(*_): raise SystemExit(0)\n"
        "signal.signal(signal.SIGALRM, leave)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)\nreturn 4",
    "the alarm of the judge": "import os, signal\nsignal.raise_signal(signal.SIGRTMIN + 5)\n"
        "os.kill(os.getpid(), signal.SIGRTMIN + 5)\nreturn 4",
}  # fmt: skip
for _name, _body in SKIP.items():
    ps1(f"leaves the test by {_name}", words(_body), NO_WORDS,
        ANY_STATE, tampers=True, stock=False)  # fmt: skip
ps1("changes the number four", words("import ctypes\n"
    "ctypes.c_long.from_address(id(4) + 24).value = 0\nreturn 0"), NO_WORDS,
    ANY_STATE, tampers=True, harms=True, stock=False)  # fmt: skip
ps1("leaves when it is thrown away", words(
    "class E(int):\n    def __del__(self):\n        import os\n        os._exit(0)\n"
    "    __eq__ = lambda s, o: True\nreturn E(0)"), NO_WORDS, "killed", tampers=True)  # fmt: skip
ps1("answers in a fork, and the judge in the parent", words(
    "import os, time\nif os.fork() == 0: return 4\ntime.sleep(0.2)\nreturn 0"),
    NO_WORDS, ANY_STATE, tampers=True, harms=True, stock=False)  # fmt: skip
ps1("leaves a thread that mends names", {**WRONG_WORDS, **WRONG_SCALE}, {**NO_WORDS, **NO_SCALE},
    tampers=True, stock=False, first=["""
import sys, threading, time
def spoil():
    import builtins
    while True:
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
        globals()["close"] = lambda *a: True
        globals()["count_words"] = lambda text: {"": 0, "a b": 2, "to be or not": 4}.get(text, 3)
        time.sleep(0.0001)
threading.Thread(target=spoil, daemon=True).start()
"""])  # fmt: skip
ps1("a namespace of its own kind", WRONG_WORDS, NO_WORDS, tampers=True, harms=True, first=["""
import builtins
_build = builtins.__build_class__
class Names(dict):
    def __missing__(self, key): return lambda *a: 4
    def __getitem__(self, key): return lambda *a: 4
try:
    get_ipython().user_ns.__class__ = Names
except TypeError:
    pass
get_ipython().user_ns = Names(get_ipython().user_ns)
get_ipython().user_module.__dict__.update(get_ipython().user_ns)
"""])  # fmt: skip

# --- modules that stand in the way ---------------------------------------------------------------

FAKE = "def __getattr__(name):\n    return lambda *a, **k: True\n"
for _file in ("unittest.py", "numpy/testing.py", "pandas.py", "numpy/__init__.py", "itertools.py"):
    ps1(
        f"hands in {_file.replace('/', ' in ')}",
        WRONG_SCALE,
        NO_SCALE,
        files={_file: FAKE},
        tampers=True,
    )
for _file in ("conftest.py", "sitecustomize.py", "usercustomize.py", "lessonlib/__init__.py",
              "lessonlib/grading/guest/runner.py", "ipython_config.py", "pyvenv.cfg",
              ".ipython/profile_default/startup/00.py", "IPython.py", "json.py", "ast.py"):  # fmt: skip
    ps1(f"hands in {_file.replace('/', ' in ')}", WRONG_WORDS, NO_WORDS, tampers=True, files={_file:
        "import builtins\nbuiltins.count_words = lambda t: 4\n" + FAKE})  # fmt: skip
ps2("hands in another module for the course's", {"shop": "def total_price(prices):\n    return 12"},
    {}, files={"shop.py": "def convert(price):\n    raise SystemExit\n"})  # fmt: skip
ps2("hooks into the imports", WRONG_TWO, LOST_TWO, tampers=True, first=["""
import importlib.abc, importlib.machinery, sys, types
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("unittest", "pandas", "numpy"):
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec):
        return types.ModuleType(spec.name)
    def exec_module(self, module):
        module.__getattr__ = lambda name: lambda *a, **k: True
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if n.split(".")[0] in ("unittest",)]:
    del sys.modules[name]
fake = types.ModuleType("unittest")
class TestCase:
    def __getattr__(self, name): return lambda *a, **k: __import__("contextlib").nullcontext()
fake.TestCase = TestCase
sys.modules["unittest"] = fake
"""])  # fmt: skip
