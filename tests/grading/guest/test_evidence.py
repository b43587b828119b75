"""Evidence: tampering is written down, and nothing that honest notebooks do is."""

import os
import signal
import sys
import types

import pytest

from lessonlib.grading.guest.evidence import STOP_SIGNAL, Evidence, Watch
from lessonlib.grading.protocol.evidence import REASONS, in_words

LEARNER, TEST = "<ipython-input-1-abc>", "<ipython-input-2-def>"
WARM = ("numpy", "pandas", "sympy", "matplotlib.pyplot", "unittest.mock", "pytest", "doctest",
        "logging", "ctypes", "asyncio", "concurrent.futures", "IPython")  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def warm():
    for name in WARM:
        __import__(name)


class Shell:
    ast_transformers: list = []
    input_transformers_post: list = []
    input_transformers_cleanup: list = []


def evidence_of(snippet: str, test: str = "pass") -> list[str]:
    """Return what comes through the pipe when a cell and then a test run in a process."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        _run(writes, snippet, test)
        os._exit(0)
    os.close(writes)
    with open(reads) as pipe:
        lines = pipe.read().splitlines()
    os.waitpid(pid, 0)
    return lines


def _run(writes: int, snippet: str, test: str) -> None:
    signal.signal(STOP_SIGNAL, lambda *_: None)
    sys.settrace(None)  # where these tests are themselves measured
    sys.setprofile(None)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    names = vars(module)
    evidence = Evidence(writes, Shell)
    names["get_ipython"] = lambda: Shell
    # What a cell is compiled and run by is the grader's, as IPython is.
    try:
        exec(compile(snippet, LEARNER, "exec", dont_inherit=True), names)
    except BaseException as error:
        os.write(writes, f"error {error!r}\n".encode())
    evidence.after_cell(False)
    evidence.trust(TEST)
    evidence.before_given(test=True)
    try:
        exec(compile(test, TEST, "exec", dont_inherit=True), names)
    except BaseException as error:
        os.write(writes, f"error {error!r}\n".encode())
    evidence.after_cell(True)


HONEST = [
    "import pandas as pd\nd = pd.DataFrame({'a': [1, 2]})\n"
    "d.groupby('a').sum(); d.plot; repr(d)",
    "import pandas as pd\npd.DataFrame.mine = lambda self: 1\n"
    "pd.set_option('display.width', 99)",
    "import sympy\nx = sympy.symbols('x')\n"
    "sympy.lambdify(x, sympy.diff(x**2))(3); sympy.latex(x)",
    "import matplotlib.pyplot as plt\n"
    "plt.plot([1, 2]); plt.show = lambda: None; plt.close()",
    "import numpy as np\n"
    "np.float = float; np.seterr(all='ignore'); np.set_printoptions(precision=2)",
    "import numpy as np\nclass A(np.ndarray): pass\nnp.arange(3).view(A).sum()",
    "import numpy as np\n"
    "np.ma.array([1, 2], mask=[0, 1]).sum(); np.vectorize(abs)([1])",
    "from dataclasses import dataclass, field\n@dataclass(order=True)\nclass P:\n"
    "    x: int = 0\nP(1) < P(2)",
    "import enum\nclass C(enum.Enum):\n    A = enum.auto()\nC.A == C(1)",
    "from collections import namedtuple\nP = namedtuple('P', 'x y')\n"
    "P(1, 2) == (1, 2)",
    "from typing import NamedTuple, Generic, TypeVar, Protocol\nT = TypeVar('T')\n"
    "class N(NamedTuple):\n    x: int\nclass G(Generic[T]): pass\nG[int]()",
    "from unittest import mock\n"
    "with mock.patch('builtins.input', return_value='5'):\n    input()",
    "from unittest import mock\nm = mock.MagicMock()\n"
    "m(1); m.assert_called_once_with(1)",
    "from unittest import mock\nwith mock.patch('random.random', lambda: 0.5):\n"
    "    import random; random.random()",
    "import pytest\nwith pytest.raises(ValueError):\n    int('x')\n"
    "1 == pytest.approx(1)",
    "import doctest\ndef f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n"
    "doctest.testmod()",
    "import logging\n"
    "logging.basicConfig(); logging.warning('x'); logging.getLogger('a').info('b')",
    "import logging\ntry:\n    1 / 0\nexcept Exception:\n"
    "    logging.exception('x', stack_info=True)",
    "import warnings\nwarnings.warn('x'); warnings.simplefilter('ignore')\n"
    "with warnings.catch_warnings(record=True):\n    warnings.warn('y')",
    "import functools\n@functools.lru_cache\n"
    "def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nf(30)",
    "import functools\ndef d(f):\n    @functools.wraps(f)\n"
    "    def g(*a): return f(*a)\n    return g\n@d\ndef h(x): return x\n"
    "h(1); h.__name__; h.__wrapped__",
    "import timeit\ntimeit.timeit('1 + 1', number=10)",
    "import unittest\nclass T(unittest.TestCase):\n    maxDiff = None\n"
    "    def test_a(self): self.assertEqual(1, 1)\n"
    "unittest.main(argv=[''], exit=False)",
    "import unittest\nunittest.TestCase.maxDiff = None",
    "import inspect\ndef f(x: int = 3) -> int:\n    return x\n"
    "inspect.signature(f); inspect.getdoc(f)\n"
    "inspect.isfunction(f); inspect.getmembers(f)",
    "import inspect, json\n"
    "inspect.getsource(json.dumps); inspect.getsource(json.JSONEncoder)",
    "import inspect, numpy as np\n"
    "inspect.signature(np.mean); inspect.getfullargspec(np.testing.assert_equal)",
    "import inspect\ndef g():\n    yield 1\ninspect.getgeneratorstate(g())",
    "def f(x, y=2): return x\n"
    "f.__code__.co_varnames; f.__defaults__; f.__name__; f.__doc__; f.calls = 1",
    "def f(x, y=2): return x\n"
    "f.__defaults__ = (3,); f.__code__ = (lambda x, y: y).__code__; f(1)",
    "import traceback\ntry:\n    1 / 0\nexcept Exception as e:\n"
    "    traceback.print_exc(); traceback.format_exc()\n"
    "    traceback.print_exception(e); traceback.format_tb(e.__traceback__)",
    "import sys\ntry:\n    1 / 0\nexcept Exception as e:\n"
    "    sys.exc_info(); e.__traceback__.tb_lineno; e.with_traceback(None)",
    "import gc\ngc.collect(); gc.get_count(); gc.disable(); gc.enable()",
    "import copy, pickle\na = [1, [2]]\n"
    "copy.deepcopy(a); copy.copy(a); pickle.loads(pickle.dumps(a))",
    "def g():\n    x = yield 1\n    yield x\ni = g()\n"
    "next(i); i.send(2); list(i); i.close()",
    "import threading\nt = threading.Thread(target=lambda: None)\n"
    "t.start(); t.join()",
    "from concurrent.futures import ThreadPoolExecutor\n"
    "p = ThreadPoolExecutor(2)\nlist(p.map(abs, [1, 2]))",
    "import multiprocessing as m\n"
    "p = m.get_context('fork').Process(target=print)\np.start(); p.join()",
    "import subprocess\nsubprocess.run(['true'])",
    "import contextlib, io\n@contextlib.contextmanager\ndef c():\n    yield\n"
    "with c(), contextlib.redirect_stdout(io.StringIO()):\n    print(1)",
    "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 1\n"
    "asyncio.run(f())",
    "import sys\n"
    "sys.getsizeof([]); sys.setrecursionlimit(5000); sys.getrefcount(1); "
    "sys.path.append('.')",
    "import tracemalloc\n"
    "tracemalloc.start(); tracemalloc.take_snapshot(); tracemalloc.stop()",
    "import resource\nresource.getrusage(resource.RUSAGE_SELF)",
    "class A: pass\nclass B(A): pass\n"
    "A.__subclasses__(); B.__mro__; vars(B); type(B())",
    "exec('a = 1'); eval('a + 1'); compile('a', '<string>', 'eval'); "
    "compile('a', 'mine.py', 'eval')",
    "import ast\nast.dump(ast.parse('1 + 1')); ast.literal_eval('[1]')",
    "class V:\n    def __eq__(self, other): return True\n"
    "    def __hash__(self): return 1\nV() == 3; {V(): 1}",
    "print = lambda *a: None\nsum = 3\nlist = [1]\nmax = len",
    "import builtins\nbuiltins.print = lambda *a: None\n"
    "builtins.input = lambda *a: '5'",
    "import time\ntime.sleep = lambda s: None\ntime.perf_counter()",
    "import signal\ndef late(*_): raise TimeoutError\n"
    "signal.signal(signal.SIGALRM, late); signal.alarm(5); signal.alarm(0)",
    "import random, numpy as np\n"
    "random.seed(1); np.random.seed(1); np.random.default_rng(1).normal()",
    "import sys, io\n"
    "sys.stdout = io.StringIO(); print(1); sys.stdout = sys.__stdout__",
    "import cProfile, pstats\np = cProfile.Profile()\n"
    "p.enable(); sorted([1]); p.disable(); pstats.Stats(p)",
    "import numpy as np\na = np.arange(3)\n"
    "a.ctypes.data; a.__array_interface__; np.ctypeslib.as_ctypes(a)",
    "import ctypes\nclass Dynamic:\n"
    "    def __init__(self): self.A = (4 * ctypes.py_object)()\n"
    "Dynamic().A[0] = 1",
    "import collections, collections.abc\n"
    "collections.Callable = collections.abc.Callable",
    "import json, re, csv, datetime, decimal, fractions, itertools, pathlib, "
    "statistics, string, textwrap\n"
    "json.dumps({1: [2]}); re.sub('a', 'b', 'aa'); statistics.mean([1]); "
    "pathlib.Path('.').exists()",
    "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n"
    "try:\n    A()\nexcept TypeError: pass",
    "import sys, types\n"
    "m = types.ModuleType('mine'); sys.modules['mine'] = m; import mine; mine.x = 1",
    "import importlib, json\n"
    "importlib.import_module('json'); importlib.import_module('this')",
    "import weakref\nclass A: pass\n"
    "a = A(); weakref.ref(a)(); weakref.finalize(a, print)",
    "import scipy.sparse as s, numpy as np\n"
    "s.csr_matrix(np.eye(3)).toarray(); s.eye(3) @ np.ones(3)",
    "from sklearn.linear_model import LinearRegression\n"
    "LinearRegression().fit([[0], [1]], [0, 1])",
    "from IPython.display import display, HTML\n"
    "from IPython import get_ipython as g\nHTML('<b>x</b>')",
    "import operator, bisect, heapq, array, struct, hashlib, uuid, secrets, os\n"
    "hashlib.sha256(b'a').hexdigest(); uuid.uuid4(); os.listdir('.')",
    "class M(type):\n"
    "    def __new__(c, n, b, d): return super().__new__(c, n, b, d)\n"
    "class A(metaclass=M): __slots__ = ('x',)",
    "class A: pass\na = A()\na.__dict__['x'] = 1\n"
    "a.__class__ = type('B', (A,), {})\nA.f = lambda self: 1",
    "def f():\n    assert 1\n    return locals(), globals()\nf()",
]  # fmt: skip

TAMPERING = [
    ("frames", "import sys\nsys._getframe()"),
    ("frames", "import sys\nsys._current_frames()"),
    ("frames", "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_back"),
    ("frames", "import inspect\ninspect.currentframe().f_back"),
    ("frames", "import inspect\ninspect.stack()"),
    ("frames", "import inspect\ntry:\n    1 / 0\nexcept Exception:\n    inspect.trace()"),
    ("frames", "import traceback\nlist(traceback.walk_stack(None))"),
    ("frames", "import logging\nlogging.currentframe()"),
    ("frames", "def g():\n    yield\ng().gi_frame"),
    ("frames", "async def c(): pass\nx = c()\nx.cr_frame; x.close()"),
    ("frames", "exec('import sys; sys._getframe()')"),
    ("frames", "exec(compile('import sys; sys._getframe()', 'mine.py', 'exec'))"),
    ("objects", "import gc\ngc.get_objects()"),
    ("objects", "import gc\ngc.get_referrers(gc)"),
    ("objects", "from gc import get_referents as g\ng(g)"),
    ("memory", "import ctypes\nctypes.cast(id(1), ctypes.py_object)"),
    ("memory", "import ctypes\nctypes.memmove(id(5), id(5), 1)"),
    ("memory", "import ctypes\nctypes.c_long.from_address(id(5))"),
    ("memory", "import ctypes\nctypes.pythonapi.Py_IncRef"),
    ("memory", "import ctypes\nctypes.CDLL(None)"),
    ("memory", "import ctypes\nctypes.string_at(id(5), 4)"),
    ("memory", "try:\n    import _testcapi\nexcept ImportError: pass"),
    ("memory", "try:\n    __import__('_test' + 'internalcapi')\nexcept ImportError: pass"),
    ("code",
     "import numpy as np\n"
     "np.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__"),
    ("code", "import unittest\nunittest.TestCase.assertEqual.__defaults__ = (1,)"),
    ("code",
     "import numpy as np, unittest.mock as m\n"
     "m.patch.object(np.testing.assert_equal, '__code__', (lambda *a, **k: "
     "None).__code__).start()"),
    ("code", "import numpy as np\nsetattr(np.testing.assert_equal, '__kwdefaults__', {})"),
    ("tracing", "import sys\nsys.settrace(lambda *a: None); sys.settrace(None)"),
    ("tracing", "import sys\nsys.setprofile(lambda *a: None)"),
    ("hook", "import sys\nsys.addaudithook(lambda *a: None)"),
    ("transformers", "get_ipython().ast_transformers.append(lambda tree: tree)"),
    ("transformers",
     "class T:\n    def visit(self, tree): return tree\n"
     "get_ipython().ast_transformers.append(T())"),
    ("patched", "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None"),
    ("patched", "import numpy as np\nnp.allclose = np.any"),
    ("patched", "import numpy._core._methods as m\nm._all = lambda *a, **k: True"),
    ("patched", "import unittest\nunittest.TestCase.assertEqual = lambda *a: None"),
    ("patched", "import math\nmath.isclose = lambda *a, **k: True"),
    ("patched", "import builtins\nbuiltins.all = lambda *a: True"),
    ("patched", "import builtins\ndel builtins.abs"),
    ("patched", "import json\njson.dumps = lambda *a: '{}'"),
    ("patched", "import traceback\ntraceback.format_exc = lambda: ''"),
    ("patched", "import pandas as pd\npd.DataFrame.equals = lambda *a: True"),
    ("patched", "import pandas as pd\npd.testing.assert_frame_equal = lambda *a: None"),
    ("patched",
     "import pytest\n"
     "pytest.approx = lambda *a, **k: __import__('unittest.mock').mock.ANY"),
    ("patched", "import random\nrandom.random = lambda: 0.5"),
    ("patched", "import numpy as np\nnp.random.rand = lambda *a: 0.5"),
    ("patched", "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')"),
    ("patched",
     "from unittest import mock\n"
     "mock.patch('numpy.array_equal', return_value=True).start()"),
    ("patched", "import sympy\nsympy.core.basic.Basic.__eq__ = lambda *a: True"),
    ("disguise",
     "import numpy\n"
     "exec(compile('import sys; sys._getframe()', numpy.__file__, 'exec'))"),
    ("disguise", "def f(): pass\nf.__code__.replace(co_filename='/usr/lib/inspect.py')"),
    ("disguise", f"compile('1', {TEST!r}, 'exec')"),
    ("fork", "import os\nif not os.fork(): os._exit(0)"),
    ("thread",
     "import threading, time\n"
     "threading.Thread(target=lambda: time.sleep(9), daemon=True).start()"),
    ("thread",
     "import threading\nt = threading.Timer(9, lambda: None)\n"
     "t.daemon = True; t.start()"),
    ("alarm",
     "import signal\n"
     "signal.signal(signal.SIGALRM, lambda *a: None); signal.alarm(9)"),
    ("signal", "import signal\nsignal.signal(signal.SIGRTMIN + 5, lambda *a: None)"),
]  # fmt: skip


@pytest.mark.parametrize("snippet", HONEST)
def test_what_honest_notebooks_do_is_no_evidence(snippet):
    if "sklearn" in snippet:
        pytest.importorskip("sklearn")
    assert evidence_of(snippet) == []


@pytest.mark.parametrize("snippet", HONEST)
def test_nor_is_it_when_a_test_calls_it(snippet):
    lines = [f"    {line}" for line in snippet.split("\n")]
    lines = evidence_of("\n".join(["def answer():", *lines]), "answer()")
    assert lines == [] or "cProfile" in snippet  # a profile may read a test's values


@pytest.mark.parametrize("code, snippet", TAMPERING)
def test_tampering_is_written_down(code, snippet):
    lines = evidence_of(snippet)
    assert code in {line.split(" ")[0] for line in lines}
    assert not [line for line in lines if line.startswith("error")]
    assert len(in_words(lines)) > 20


@pytest.mark.parametrize(
    "snippet",
    ["import traceback\ndef answer(): traceback.extract_stack()",
     "import traceback\ndef answer(): traceback.print_stack()",
     "import pdb, io\ndef answer(): pdb.Pdb(stdin=io.StringIO('c')).set_trace()"],
)  # fmt: skip
def test_some_looks_at_the_stack_count_only_while_a_test_runs(snippet):
    assert evidence_of(snippet + "\n") == []
    codes = {line.split(" ")[0] for line in evidence_of(snippet, "answer()")}
    assert codes & {"frames", "tracing"}


def test_where_it_was_is_told():
    assert evidence_of("\n\nimport sys\nsys._getframe()") == [f"frames {LEARNER}:4"]
    patched = evidence_of("import numpy as np\nnp.allclose = print")
    assert "patched numpy.allclose" in patched


def test_what_a_test_itself_patches_is_the_instructors():
    test = "import random, builtins, sys\nrandom.random = lambda: 0.5\nbuiltins.all = any\n"
    test += "sys._getframe()"
    assert evidence_of("def f(): pass", test) == []


def test_what_an_answer_patches_while_a_test_runs_is_the_learners():
    snippet = "import numpy as np\ndef answer():\n    np.allclose = lambda *a: True"
    assert evidence_of(snippet, "answer()") == ["patched numpy.allclose"]


def test_a_learner_cannot_flood_the_pipe():
    lines = evidence_of("import sys\n" + "sys._getframe()\n" * 1000 + "sys._getframe(); " * 1000)
    assert 1 <= len(lines) <= 8


def test_a_name_that_a_learner_prepared_is_not_trusted_silently():
    assert any(
        line.startswith("disguise") for line in evidence_of(f"compile('1', {TEST!r}, 'exec')")
    )


def test_a_closed_pipe_disturbs_nobody():
    close = "import os\nfor n in range(3, 30):\n    try: os.close(n)\n    except OSError: pass\n"
    assert evidence_of(close + "import sys\nsys._getframe()") == []


def test_watching_takes_little_time():
    import time

    watch, taken = Watch(), []
    for _ in range(20):
        started = time.thread_time()
        assert list(watch.changes()) == []
        taken.append(time.thread_time() - started)
    assert min(taken) < 0.003


def test_reasons_leave_out_what_the_model_does_too():
    lines = ["frames x:3", "patched numpy.allclose", "fork x:4"]
    assert (
        in_words(lines, ["frames model:9", "patched random.random", "fork m:1"])
        == REASONS["patched"]
    )
    assert in_words(lines, lines) == ""
    assert in_words([]) == ""
