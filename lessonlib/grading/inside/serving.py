"""Answers the judge's requests: run a cell, tell what a name is, do something with a value."""

import builtins
import contextlib
import inspect
import operator
import os
import signal
import types
import warnings

import numpy as np

from lessonlib.checks.asking import MAX_PRINTED, learners_place
from lessonlib.checks.reading import surroundings
from lessonlib.grading.inside import notebook_shell
from lessonlib.grading.inside.lending import Loan
from lessonlib.grading.inside.stopping import Stuck, TimeUp, at_most, culprits, put_aside
from lessonlib.grading.remote import protocol
from lessonlib.grading.remote.crossing import pack, unpack, write_back
from lessonlib.grading.remote.wire import AnsweringWire, Broken
from lessonlib.grading.submission.outputs import error_output

OPERATIONS = {
    "call": lambda function, *args, **kwargs: function(*args, **kwargs),
    "enter": lambda value: type(value).__enter__(value),
    "exit": lambda value, *error: type(value).__exit__(value, *error),
    **{name: getattr(builtins, name) for name in protocol.BUILTINS},
    **{name: getattr(operator, name) for name in protocol.OPERATORS},
}


CONTAINERS = (tuple, list, dict, set, frozenset)


class Table:
    """The values that stay here, by the number under which the judge knows them."""

    def __init__(self):
        self.values: list = []
        self.numbers: dict[int, int] = {}
        self.by_value = True  # whether lists and the like of a class of the notebook are copied

    def export(self, value) -> dict:
        """Return what the judge needs to know of a value that stays here."""
        if self.by_value and isinstance(value, CONTAINERS):
            kind = next(kind for kind in CONTAINERS if isinstance(value, kind))
            return pack(kind(value), self.export)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.values)
            self.values.append(value)  # kept, so that no other value gets its id
        return {"handle": {"number": number, **_described(value)}}


def _described(value) -> dict:
    names = dir(type(value))
    described = {
        # An array gets here only if it is one of objects, and so it is called in every message.
        "type": "object array" if isinstance(value, np.ndarray) else type(value).__name__,
        "name": _name(value),
        "is_class": isinstance(value, type),
        "special": [name for name in protocol.SPECIAL if name in names],
    }
    if isinstance(value, type) and issubclass(value, BaseException):
        described["bases"] = _known_bases(value)
    if callable(value):
        described["parameters"] = _parameters(value)
        read = surroundings(value)
        described["reads"] = [read.data, read.functions]
    return described


def _name(value) -> str:
    """Return a function's name; any other object may do as it likes when it is asked."""
    try:
        return str(getattr(value, "__name__", ""))[:100]
    except Exception:
        return ""


def _parameters(value) -> list | None:
    """Return (name, kind, has a default) of each parameter; None where Python does not tell."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except Exception:
        return None
    return [[p.name, int(p.kind), p.default is not inspect.Parameter.empty] for p in parameters]


def _known_bases(error: type) -> list[str]:
    return [c.__name__ for c in error.__mro__ if getattr(builtins, c.__name__, None) is c]


class Server:
    """Serves one submission until the judge hangs up."""

    def __init__(self, wire: AnsweringWire, shell: notebook_shell.NotebookShell):
        self.wire, self.shell, self.table = wire, shell, Table()
        self.loans: dict[int, Loan] = {}  # by the number of the value that may go on using them
        self.stuck: dict = {}  # code objects of functions that did not end, and their names

    def serve(self) -> None:
        """Answer one request after the other."""
        with contextlib.suppress(Broken):
            while True:
                self.wire.send(self._answer(self.wire.receive()))

    def _answer(self, request: dict) -> dict:
        return getattr(self, f"do_{request.pop('do')}")(**request)

    def do_write(self, name: str, part: dict) -> dict:
        """Add to a file in the working folder; one that does not fit there is left out."""
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
            with open(name, "ab") as file:
                file.write(unpack(part, self._import))
        return {}

    def do_run(self, source: str, seconds: float, aside: dict) -> dict:
        """Run a cell. `aside`: the functions that ended badly in an earlier life of this kernel."""
        late = None
        try:
            with at_most(seconds):
                outputs = self.shell.run(source)
        except TimeUp as error:
            self.shell.error, outputs = error, self.shell.outputs
        error = self.shell.error
        if isinstance(error, TimeUp):
            late = self._put_aside(error)
            outputs[:] = [o for o in outputs if o["output_type"] != "error"]
            outputs.append(_late_output(seconds, late))
        for name, how in aside.items():
            put_aside(name, how, self.shell.user_ns)
        failed = type(error).__name__ if error else None
        return {"outputs": list(outputs), "error": failed, "late": late}

    def do_find(self, names: list, seconds: float) -> dict:
        """Return those of the names that the submission has defined, with what they mean."""
        known, found, self.table.by_value = self.shell.user_ns, {}, True
        for name in filter(known.__contains__, names):
            with contextlib.suppress(BaseException), at_most(seconds):  # a look may run code
                found[name] = pack(known[name], self.table.export)
        return {"found": found}

    def do_operate(self, op: str, args: list, kwargs: dict, seconds: float) -> dict:
        """Do something with values of the submission, and tell all that comes of it."""
        values, named = unpack(args, self._import), unpack(kwargs, self._import)
        packed = [*args, *(content for _, content in kwargs["dict"])]
        loan = Loan([*values, *named.values()], packed)
        self.shell.outputs = notebook_shell.Outputs()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            reply = self._outcome(OPERATIONS[op], values, named, seconds)
        reply["printed"] = self._printed()
        reply["warnings"] = [[w.category.__name__, _text(w.message)[:200]] for w in caught[:20]]
        reply["after"] = loan.changes(self.table.export, seconds)
        self._lend(reply, loan, self._loan_of(values[0]), seconds)
        return reply

    def _loan_of(self, value) -> Loan | None:
        """Return the loan of what an operation is done with, or of the object it is a method of."""
        owner = value.__self__ if isinstance(value, types.MethodType) else value
        return self.loans.get(self.table.numbers.get(id(owner)))

    def _lend(self, reply: dict, loan: Loan, earlier: Loan | None, seconds: float) -> None:
        """Keep a loan with what came of the call; tell what became of an earlier one."""
        if earlier is not None:
            reply["later"] = [earlier.number, earlier.changes(self.table.export, seconds)]
        value = reply.get("value")
        if isinstance(value, dict) and "handle" in value:
            number = value["handle"]["number"]
            if loan.can_change:
                self.loans[number], loan.number, reply["lent"] = loan, number, number
            elif earlier is not None:
                self.loans.setdefault(number, earlier)

    def _outcome(self, operation, values: list, named: dict, seconds: float) -> dict:
        function = values[0] if values else None
        # A function that returns a namedtuple returns plain data; an object of a class stays here.
        self.table.by_value = isinstance(function, types.FunctionType)
        if isinstance(function, types.MethodType):
            function = function.__func__
        if isinstance(function, types.FunctionType) and function.__code__ in self.stuck:
            return {"stuck": self.stuck[function.__code__], "how": "timeout"}
        try:
            with at_most(seconds):
                return {"value": pack(operation(*values, **named), self.table.export)}
        except TimeUp as error:
            return {"late": self._put_aside(error)}
        except Stuck as error:
            return {"stuck": error.name, "how": error.how}
        except BaseException as error:
            return {"error": self._error(error)}

    def _error(self, error: BaseException) -> dict:
        own, place = type(error).__module__ == "__main__", learners_place(error)
        return {
            "type": type(error).__name__,
            "bases": _known_bases(type(error)),
            "text": _text(error)[:2000],
            "function": place.function[:200],
            "line": place.line[:200],
            "class": self.table.export(type(error)) if own else None,
        }

    def _put_aside(self, error: TimeUp) -> list[str]:
        """Remember the functions that did not end; whoever calls them is told so at once."""
        names = culprits(error, self.shell.user_ns)
        for name in names:
            self.stuck[self.shell.user_ns[name].__code__] = name
            put_aside(name, "timeout", self.shell.user_ns)
        return names

    def _printed(self) -> str:
        texts = [o["text"] for o in self.shell.outputs if o["output_type"] == "stream"]
        return "".join(texts)[:MAX_PRINTED]

    # --- values of the judge's -----------------------------------------------------------------

    def _import(self, kind: str, content):
        if kind == "handle":
            return self.table.values[int(content)]
        if kind == "callback":
            return self._callback(int(content))
        if kind == "long range":
            return range(*content)
        raise ValueError(f"a {kind} cannot come in here")

    def _callback(self, number: int):
        """Return a function that asks the judge's function of this number."""

        def asked(*args):
            packed = [pack(arg, self.table.export) for arg in args]
            reply = self._ask({"callback": number, "args": packed})
            if "error" in reply:
                known = getattr(builtins, reply["error"], RuntimeError)
                raise known(reply["text"])
            for arg, after in zip(args, reply["after"], strict=True):
                if after is not None:
                    write_back(arg, unpack(after, self._import))
            return unpack(reply["value"], self._import)

        return asked

    def _ask(self, message: dict) -> dict:
        """Return the judge's answer to a question; before it, the judge may have some of its own.

        So it is where a function of the judge's calls one of the submission's.
        """
        outputs, by_value = self.shell.outputs, self.table.by_value
        with _no_alarm():
            self.wire.send(message)
            reply = self.wire.receive()
            while "do" in reply:
                self.wire.send(self._answer(reply))
                reply = self.wire.receive()
        self.shell.outputs, self.table.by_value = outputs, by_value
        return reply


@contextlib.contextmanager
def _no_alarm():
    """Keep a message whole: an alarm waits until it is through."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "an error that cannot be printed"


def _late_output(seconds: float, names: list[str]) -> dict:
    where = f" in {names[-1]}" if names else ""
    text = f"This cell was stopped after {seconds:g} seconds{where}. The cells below went on."
    return error_output("TimeoutError", text, [f"TimeoutError: {text}"])
