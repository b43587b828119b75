"""Tells the host, at the moment it happens, what a learner's code does that only tampering needs.

An audit hook (PEP 578) cannot be removed, and what it has written to its pipe cannot be taken back.
It counts only what code of the learner's does itself, or has done by a helper that it called: what
a library does on its own is the library's business. Beside it, functions that decide a test are
compared with what they were, and before a test it is seen whether anything still runs beside it.

A line on the pipe is a code of `protocol.evidence.REASONS`, a space, and where: a place or a name.
"""

import builtins

# A private copy: functions of this module look built-ins up here, whatever becomes of the others.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a module by its type

import _ctypes
import _thread
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from operator import is_
from threading import Timer
from threading import enumerate as all_threads
from types import CodeType, FrameType, FunctionType, ModuleType

from lessonlib.grading.guest.hook import install

_OWN = ("lessonlib.grading", "lessonlib.checks")
_LESSONLIB = __file__.removesuffix("grading/guest/evidence.py")
STOP_SIGNAL = getattr(signal, "SIGRTMIN", 0) + 5  # the grader's own, for what takes too long

# Where functions decide a test. A name that is new there changes nothing, so it does not count.
_WATCHED = (
    "builtins math cmath operator json json.encoder json.decoder re copy random statistics time "
    "decimal fractions datetime itertools functools collections inspect traceback linecache ast io "
    "contextlib hashlib posixpath unittest unittest.case unittest.util unittest.mock doctest "
    "numpy numpy._core.numeric numpy._core.fromnumeric numpy._core._methods numpy._core.multiarray "
    "numpy._core.umath numpy._core.arrayprint numpy.lib._function_base_impl numpy.testing "
    "numpy.testing._private.utils numpy.linalg numpy.linalg._linalg numpy.random numpy.ma "
    "numpy.ma.core pandas pandas.testing pandas._testing pandas._testing.asserters "
    "pandas.core.frame pandas.core.series pandas.core.generic pandas.core.indexes.base "
    "pandas.core.arraylike pandas.core.dtypes.missing pytest _pytest.python_api _pytest.raises "
    "sympy sympy.core.basic sympy.core.expr sympy.core.numbers scipy.sparse torch torch.testing"
).split()
_CLASSES = (
    "unittest.case.TestCase unittest.mock.NonCallableMock unittest.mock.CallableMixin "
    "fractions.Fraction random.Random numpy.ma.core.MaskedArray pandas.core.generic.NDFrame "
    "pandas.core.frame.DataFrame pandas.core.series.Series pandas.core.indexes.base.Index "
    "pandas.core.arraylike.OpsMixin sympy.core.basic.Basic sympy.core.expr.Expr"
).split()
# Replaced in honest notebooks: what they print and read, how long they wait.
_TALK = "print input open help exit quit breakpoint display get_ipython copyright credits license"
_FREE = {"builtins": set(_TALK.split()), "time": {"sleep"}}


_ready: list["Watch"] = []


def get_ready() -> None:
    """Remember what is watched, once for all submissions that are forked from this process."""
    _ready.append(Watch())


class Evidence:
    """What one submission's process gives away. Made before any code of the learner's runs.

    descriptor: the writing end of the pipe.
    shell:      its IPython, whose transformers are looked at.
    seal:       of its messages, which the hook gives from now on.
    """

    def __init__(self, descriptor: int, shell=None, seal: Callable | None = None):
        self.shell = shell
        here = {"", os.getcwd()}
        roots = (_LESSONLIB, *(os.path.join(p, "") for p in sys.path if p not in here))
        self._watch = _ready[0] if _ready else Watch()
        self._stop = signal.getsignal(STOP_SIGNAL)
        _audit_memory()
        own = [module for name, module in sys.modules.items() if name.startswith(_OWN)]
        installed = install(descriptor, roots, seal, own)
        self._kinds, self._testing, self._note, self._kind, self._is_learners = installed

    # --- what the session says ---------------------------------------------------------------

    def trust(self, file: str) -> None:
        """Take code from this file, or of a cell with this name, for the instructor's."""
        if self._kinds.get(file) == "learner":
            self._note("disguise", file)
        self._kinds[file] = "instructor"

    def before_given(self, test: bool = False) -> None:
        """See what the learner's code has changed before the instructor's runs."""
        self._look(given=False)
        self._look_at_shell()
        if test:
            self._look_at_threads()
            self._look_at_signals()
        self._testing[0] = test

    def after_cell(self, given: bool) -> None:
        """A cell has run. What the instructor's has changed itself is meant so."""
        self._testing[0] = False
        if given:
            self._look(given=True)
        if any(map(self._is_learners, (sys.gettrace(), sys.getprofile()))):
            self._note("tracing", "")

    def _look(self, given: bool) -> None:
        for name, value in self._watch.changes():
            if not given or self._is_learners(value):
                self._note("patched", name)
        for name, value in self._watch.extend():
            if type(value) is FunctionType and self._is_learners(value):
                self._note("patched", name)

    def is_learners_code(self, code: CodeType) -> bool:
        """Return whether code is from a cell or a file of the learner's, and was not generated."""
        return code.co_filename != "<string>" and self._kind(code.co_filename) == "learner"

    # --- what is found without the hook ------------------------------------------------------

    def _look_at_shell(self) -> None:
        for name in ("ast_transformers", "input_transformers_post", "input_transformers_cleanup"):
            if any(map(self._is_learners, getattr(self.shell, name, ()))):
                self._note("transformers", name)

    def _look_at_threads(self) -> None:
        """Note threads in which a learner's code runs, or will after a while."""
        mine = _thread.get_ident()
        frame: FrameType | None
        for ident, frame in sys._current_frames().items():
            while frame is not None and ident != mine:
                if self._kind(frame.f_code.co_filename) == "learner":
                    self._note("thread", "")
                frame = frame.f_back
        for thread in all_threads():
            waiting = object.__getattribute__(thread, "__dict__").get("function")
            if issubclass(type(thread), Timer) and self._is_learners(waiting):
                self._note("thread", "")

    def _look_at_signals(self) -> None:
        if signal.getsignal(STOP_SIGNAL) is not self._stop:
            self._note("signal", "")
        timers = {signal.ITIMER_REAL: signal.SIGALRM, signal.ITIMER_VIRTUAL: signal.SIGVTALRM,
                  signal.ITIMER_PROF: signal.SIGPROF}  # fmt: skip
        for timer, number in timers.items():
            handler = signal.getsignal(number)
            if signal.getitimer(timer)[0] and callable(handler) and self._is_learners(handler):
                self._note("alarm", "")


def _audit_memory() -> None:
    """Let the functions of ctypes that write into memory be audited as its others are."""

    def audited(function):
        def call(*args):
            sys.audit("ctypes.cast")
            return function(*args)

        return call

    for name in ("_cast", "memmove", "memset"):
        setattr(ctypes, name, audited(getattr(ctypes, name)))
    for module in (ctypes, _ctypes):  # no second way to make them
        for name in ("_cast_addr", "_memmove_addr", "_memset_addr", "_string_at_addr"):
            vars(module).pop(name, None)


# --- functions that decide a test ----------------------------------------------------------------


class Watch:
    """Remembers the functions of some modules, and of their classes, to tell which have changed."""

    def __init__(self):
        self.modules: dict[str, ModuleType | None] = {}
        self.spaces: list[_Space] = []
        list(self.extend())

    def extend(self) -> Iterator[tuple[str, object]]:
        """Begin to watch modules that were loaded since; yield what is in them."""
        for name in _WATCHED:
            module = sys.modules.get(name)
            if module is not None and name not in self.modules:
                self.modules[name] = module
                for space in _spaces(name, module):
                    self.spaces.append(space)
                    yield from zip(space.names(), space.values, strict=True)

    def changes(self) -> Iterator[tuple[str, object]]:
        """Yield (dotted name, new value) of what has changed since the last look."""
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                self.modules[name] = sys.modules.get(name)
                yield name, self.modules[name]
        for space in self.spaces:
            if not space.is_same():
                yield from space.renew()


class _Space:
    """The functions and classes in the namespace of a module or a class, as they were.

    inherited: what would be looked up elsewhere, and changes if it gets a value here.
    """

    def __init__(self, name: str, space: Mapping, inherited: dict):
        self.name, self.get = name, space.get
        free = _FREE.get(name, ())
        known = {key: space.get(key) for key, value in {**inherited, **space}.items()
                 if key not in free and _decides(value)}  # fmt: skip
        self.keys, self.values = list(known), list(known.values())

    def names(self) -> list[str]:
        return [f"{self.name}.{key}" for key in self.keys]

    def is_same(self) -> bool:
        return all(map(is_, map(self.get, self.keys), self.values))

    def renew(self) -> list[tuple[str, object]]:
        """Return what is another value now, and take it for the right one from now on."""
        old, self.values = self.values, list(map(self.get, self.keys))
        each = zip(self.names(), old, self.values, strict=True)
        return [(name, new) for name, before, new in each if new is not before]


def _decides(value) -> bool:
    return callable(value) or isinstance(value, property | classmethod | staticmethod)


def _spaces(name: str, module: ModuleType) -> Iterator[_Space]:
    """Yield the namespace of a module, and of the classes in it that tests rely on."""
    yield _Space(name, vars(module), {})
    for whole in _CLASSES:
        kind = vars(module).get(whole.rpartition(".")[2]) if whole.startswith(name) else None
        if isinstance(kind, type) and whole == f"{name}.{kind.__name__}":
            inherited: dict = {}
            for base in kind.__mro__[-1:0:-1]:
                inherited |= vars(base)
            yield _Space(whole, vars(kind), inherited)
