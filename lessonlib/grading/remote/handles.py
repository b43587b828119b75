"""Handles: what a submission defined and what is not plain data, as the judge can use it.

A handle passes attributes, calls, iteration and indexing on to the other side. It does *not* pass
on arithmetic and comparisons, for those would let a wrong answer compare itself with the right
one: `f(3) == 6` asks nobody, and is false where `f(3)` is no number. The exception are objects of
a class that the exercise itself asks for: their operators are what is being graded. With plain data
on the other side of the operator that holds only for objects that the test made itself, by the
class or by an operator: what an attribute or a method returns may be an impostor.
"""

import builtins
import inspect
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lessonlib.checks.asking import MAX_PRINTED, Place
from lessonlib.checks.reading import Surroundings
from lessonlib.grading.remote import protocol
from lessonlib.grading.remote.crossing import pack, unpack, write_back
from lessonlib.grading.remote.session import Gone, Session

ALL = frozenset(protocol.SPECIAL)
# What every handle passes on: none of these is handed an expected value to agree with.
HARMLESS = {
    "__call__": "call", "__iter__": "iter", "__next__": "next", "__len__": "len", "__int__": "int",
    "__float__": "float", "__complex__": "complex", "__index__": "index", "__getitem__": "getitem",
    "__setitem__": "setitem", "__delitem__": "delitem", "__enter__": "enter", "__exit__": "exit",
}  # fmt: skip
# What only an object of a class under test passes on.
WEIGHED = {
    **{protocol.special(name): name for name in (*protocol.BINARY, *protocol.COMPARISONS)},
    **{protocol.special(name): name for name in (*protocol.UNARY, "contains")},
    "__bool__": "bool", "__abs__": "abs", "__round__": "round", "__hash__": "hash",
    "__divmod__": "divmod",
}  # fmt: skip
REFLECTED = {
    f"__r{name.strip('_')}__": name for name in (*protocol.BINARY, "divmod")
}  # a plain number on the left


MAX_WARNINGS = 20  # of one call


class OutOfTime(BaseException):
    """What was asked of the submission did not end in time. Not for an `except Exception`.

    how: "timeout"; "died" where it was not even asked, because it had ended its process before.
    """

    def __init__(self, how: str = "timeout"):
        super().__init__(how)
        self.how = how


class RemoteError(Exception):
    """An exception of the submission's that has no built-in class."""


@dataclass(frozen=True)
class Trust:
    """Which operators of a value are passed on, and whether the test made the value itself."""

    methods: frozenset = frozenset()
    made_here: bool = False

    def of_result(self, op: str, is_class: bool) -> "Trust":
        """Return the trust in what comes of an operation on a value of this trust."""
        return Trust(self.methods, op in _OPERATORS or (op == "call" and is_class))


NONE = Trust()
_OPERATORS = {*protocol.BINARY, *protocol.UNARY, "abs", "round", "divmod"}


class Remote:
    """A value on the other side. Its class mirrors what the value can do."""

    __slots__ = ("_far", "_about", "_trust", "__weakref__")
    __array_ufunc__ = None  # NumPy leaves operators to the handle

    def __init__(self, far: "Far", about: dict, trust: "Trust"):
        for name, value in (("_far", far), ("_about", about), ("_trust", trust)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str):
        if name.startswith("__") and name.endswith("__"):
            return _own_attribute(self, name)
        return self._far.operate("getattr", self, name)

    def __setattr__(self, name: str, value):
        self._far.operate("setattr", self, name, value)

    def __delattr__(self, name: str):
        self._far.operate("delattr", self, name)

    def __repr__(self) -> str:
        return self._far.operate("repr", self)

    def __str__(self) -> str:
        return self._far.operate("str", self)

    def __format__(self, spec: str) -> str:
        return self._far.operate("format", self, spec)

    def __dir__(self):
        return self._far.operate("dir", self)

    def __instancecheck__(self, value) -> bool:
        return isinstance(value, Remote) and self._far.operate("isinstance", value, self) is True

    def __deepcopy__(self, memo):
        return self

    def notebook_surroundings(self) -> Surroundings:
        """Return what a function reads of its notebook (see `checks.reading`)."""
        data, functions = self._about.get("reads") or ([], [])
        return Surroundings([str(name) for name in data], [str(name) for name in functions])


def _own_attribute(handle: Remote, name: str):
    """Return one of the few double-underscore attributes that are worth an answer."""
    about = handle._about
    if name == "__name__" and about["name"]:
        return about["name"]
    if name == "__signature__" and about.get("parameters") is not None:
        return _signature(about["parameters"])
    if name == "__globals__" and "parameters" in about:
        return Globals(handle._far)
    raise AttributeError(f"{about['type']!r} object has no attribute {name!r}")


def _signature(parameters: list) -> inspect.Signature:
    """Return the signature that the other side told; a default's value does not matter."""
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [
            inspect.Parameter(str(name), _KINDS[int(kind)], default=None if default else empty)
            for name, kind, default in parameters
        ],
        __validate_parameters__=False,
    )


_KINDS = [
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
]


class Globals:
    """The names of the submission's notebook, looked up when asked for."""

    def __init__(self, far: "Far"):
        self.far = far

    def get(self, name: str, default=None):
        """Return what the notebook means by a name."""
        return self.far.find([name], {}).get(name, default)


@lru_cache(maxsize=1_000)  # the names are the submission's
def _class(name: str, passed_on: frozenset) -> type:
    """Return the class of handles of a type of this name that pass these methods on."""
    methods = {each: _method(HARMLESS[each]) for each in passed_on if each in HARMLESS}
    methods |= {each: _weighed(WEIGHED[each]) for each in passed_on if each in WEIGHED}
    methods |= {each: _reflected(REFLECTED[each]) for each in passed_on if each in REFLECTED}
    if "__eq__" in methods and "__hash__" not in methods:
        methods["__hash__"] = object.__hash__
    methods["__doc__"] = property(lambda self: self._far.operate("getattr", self, "__doc__"))
    return type(name, (Remote,), {"__slots__": (), "__module__": __name__, **methods})


def _method(op: str) -> Callable:
    return lambda self, *args, **kwargs: self._far.operate(op, self, *args, **kwargs)


def _weighed(op: str) -> Callable:
    def method(self, *others):
        if not self._far.may(self, others):
            return NotImplemented
        return self._far.operate(op, self, *others)

    return method


def _reflected(op: str) -> Callable:
    def method(self, left):
        return self._far.operate(op, left, self) if self._far.may(self, [left]) else NotImplemented

    return method


class Far:
    """The other side: does something with values there, and brings back what comes of it.

    seconds: what one request may take.
    until:   when the whole of what is being asked has to be done, on the monotonic clock.
    lenient: pass every operator on; for a check's own script, which compares only plain data.
    late:    functions that did not come to an end in time.
    """

    def __init__(self, session: Session, seconds: float):
        self.session, self.seconds, self.until, self.lenient = session, seconds, None, False
        self.late: list[str] = []
        self.handles: dict[int, Remote] = {}
        self.exceptions: dict[int, type] = {}
        self.callbacks: list[Callable] = []
        self.lent: dict[str, list] = {}  # arguments that a value there may still use, by its number

    def find(self, names: list[str], classes: dict[str, frozenset]) -> dict:
        """Return what the submission means by those of the names that it has defined.

        classes: the names that the exercise wants to be classes, with the special methods that
                 their objects may pass on.
        """
        reply = self._ask({"do": "find", "names": names})
        found = reply.get("found")
        if not isinstance(found, dict):
            self._nonsense()
        return {
            name: self._unpack(packed, Trust(classes.get(name, frozenset())))
            for name, packed in found.items()
            if name in names
        }

    def may(self, value: Remote, others) -> bool:
        """Return whether an operator between a handle and other values is passed on."""
        return (
            self.lenient
            or value._trust.made_here
            or (len(others) > 0 and all(isinstance(other, Remote) for other in others))
        )

    def operate(self, op: str, *args, **kwargs):
        """Do something with values of the submission, as Python would here."""
        actor = args[0] if isinstance(args[0], Remote) else args[-1]
        trust = actor._trust.of_result(op, bool(actor._about["is_class"]))
        request = {
            "do": "operate",
            "op": op,
            "args": [pack(arg, self._export) for arg in args],
            "kwargs": pack(kwargs, self._export),
        }
        reply = self._ask(request)
        self._write_back([*args, *kwargs.values()], reply)
        return self._result(op, reply, trust)

    def _ask(self, request: dict) -> dict:
        """Send a request, answer what the submission asks meanwhile, and return its reply."""
        seconds = self._time_left()
        reply = self.session.ask({**request, "seconds": seconds}, seconds)
        deadline, late = time.monotonic() + seconds, None
        while "callback" in reply:
            try:
                answer = self._called_back(reply)
            except OutOfTime as error:  # our function had asked the submission for something
                late, answer = error, {"error": "TimeoutError", "text": "no time is left"}
            self.session.tell(answer)
            reply = self.session.hear(deadline - time.monotonic())
        if late:
            raise late
        return reply

    def _time_left(self) -> float:
        if self.until is None:
            return self.seconds
        left = min(self.seconds, self.until - time.monotonic())
        if left <= 0:
            raise OutOfTime
        return left

    def _write_back(self, handed: list, reply: dict) -> None:
        """Show in the arguments what the submission did to its copies of them.

        Those of an earlier call as well, if a generator or an object made by it still uses them.
        """
        self._restore(handed, reply.get("after"))
        if "later" in reply:
            number, after = _pair(reply["later"]) or self._nonsense()
            self._restore(self.lent.get(number, []), after)
        if "lent" in reply:
            self.lent[str(reply["lent"])] = handed

    def _restore(self, handed: list, after) -> None:
        if not isinstance(after, list) or len(after) != len(handed):
            self._nonsense()
        for arg, packed in zip(handed, after, strict=True):
            if packed is not None and not isinstance(arg, Remote) and not callable(arg):
                write_back(arg, self._unpack(packed, NONE))

    def _result(self, op: str, reply: dict, trust: Trust):
        _repeat(reply)
        if "value" in reply:
            return self._unpack(reply["value"], trust)
        if "late" in reply or "stuck" in reply:
            self.late += map(str, reply.get("late") or [])
            raise OutOfTime("died" if reply.get("how") == "died" else "timeout")
        error = reply.get("error")
        if not isinstance(error, dict):
            self._nonsense()
        raise self._exception(op, error)

    def _exception(self, op: str, error: dict) -> Exception:
        """Return an exception of this process for one of the submission's."""
        text, own = str(error.get("text", ""))[:MAX_PRINTED], error.get("class")
        kind = self._unpack(own, NONE) if own else _known(error)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RemoteError
        if issubclass(kind, StopIteration) and op != "next":
            kind = RuntimeError  # it would silently end a loop of the test's own
        name = re.sub(r"\W", "", str(error.get("type")))[:100]
        if name != kind.__name__:  # of a library, such as NumPy's UFuncTypeError: it keeps its name
            kind = type(name, (kind,), {})
        raised = kind.__new__(kind)
        raised.args = (text,)
        if str(raised) != text:  # a KeyError would put it in quotes once more
            raised = type(name, (kind,), {"__str__": lambda error: error.args[0]})(text)
        raised.learners_place = Place(*(str(error.get(key, ""))[:200] for key in Place._fields))
        return raised

    def _nonsense(self):
        """A reply that no honest process gives ends the session."""
        self.session.close()
        raise Gone("died")

    # --- values ----------------------------------------------------------------------------------

    def _unpack(self, packed, trust: Trust):
        try:
            return unpack(packed, lambda kind, content: self._import(kind, content, trust))
        except ValueError:
            self._nonsense()

    def _import(self, kind: str, about: dict, trust: Trust):
        if kind != "handle":
            raise ValueError(f"a {kind} cannot come out of there")
        number = int(about["number"])
        if "bases" in about:
            return self._exception_class(number, about)
        known = self.handles.get(number)
        if known is None or (trust.methods and not known._trust.methods):
            known = self.handles[number] = _handle(self, about, trust)
        return known

    def _exception_class(self, number: int, about: dict) -> type:
        """Return a class of this process: only such a one can stand behind an `except`."""
        if number not in self.exceptions:
            base = _first_exception(about["bases"])
            self.exceptions[number] = type(str(about["name"]), (base,), {})
        return self.exceptions[number]

    def _export(self, value) -> dict:
        if isinstance(value, Remote):
            if value._far is not self:
                raise Gone("died")  # of a process that has ended meanwhile
            return {"handle": value._about["number"]}
        if isinstance(value, range):
            return {"long range": [value.start, value.stop, value.step]}
        if callable(value):
            self.callbacks.append(value)
            return {"callback": len(self.callbacks) - 1}
        raise TypeError(
            f"a {type(value).__name__} cannot be handed to a submission: hand over plain data or a "
            "function"
        )

    def _called_back(self, question: dict) -> dict:
        """Return what one of our functions says to the submission's arguments."""
        try:
            function = self.callbacks[int(question["callback"])]
            packed = list(question["args"])
            args = [self._unpack(each, NONE) for each in packed]
        except (ValueError, TypeError, KeyError, IndexError):
            self._nonsense()
        try:
            value = pack(function(*args), self._export)
        except Exception as error:
            return {"error": type(error).__name__, "text": str(error)[:500]}
        after = [_plain_pack(arg) for arg in args]
        return {"value": value, "after": _differing(packed, after)}


def _pair(content) -> tuple[str, object] | None:
    is_pair = isinstance(content, list) and len(content) == 2
    return (str(content[0]), content[1]) if is_pair else None


def _differing(before: list, after: list) -> list:
    return [new if new != old else None for old, new in zip(before, after, strict=True)]


def _plain_pack(value):
    try:
        return pack(value, lambda each: {"single": "ellipsis"})
    except TypeError:
        return None


def _handle(far: Far, about: dict, trust: Trust) -> Remote:
    special = {str(name) for name in about["special"]}
    passed_on = special & (HARMLESS.keys() | (ALL if far.lenient else trust.methods))
    return _class(str(about["type"])[:50] or "object", frozenset(passed_on))(far, about, trust)


def _known(error: dict) -> type:
    """Return the built-in class of an exception."""
    return _first_exception([error.get("type"), *(error.get("bases") or [])])


def _first_exception(names: list) -> type:
    for name in names:
        kind = getattr(builtins, str(name), None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            return kind
    return RemoteError


def _repeat(reply: dict) -> None:
    """Print and warn here what the submission printed and warned of there."""
    printed = str(reply.get("printed") or "")[:MAX_PRINTED]
    if printed:
        print(printed, end="")
    for kind, text in (reply.get("warnings") or [])[:MAX_WARNINGS]:
        known = getattr(builtins, str(kind), None) or getattr(np.exceptions, str(kind), None)
        is_warning = isinstance(known, type) and issubclass(known, Warning)
        warnings.warn(str(text), known if is_warning else UserWarning, stacklevel=4)
