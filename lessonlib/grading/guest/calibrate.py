"""Finds out, on the instructor's solution, which mutants of a test are worth anything.

A mutant can be used if the solution fails it, if its answers are called with the same arguments as
before, so that only what is *expected* has changed, and if no plain constant in place of the
answers passes both the test and the mutant: such a test says nothing about what passes it.
"""

import contextlib
import os
import random
import re
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from types import CodeType, FunctionType

import numpy as np

from lessonlib.grading.guest.runner import Outcome, Snapshot
from lessonlib.grading.protocol.evidence import LATE, VARIANT

SLOW, FEW = 1.0, 2  # a test of so many seconds gets so few mutants
PASSES = b"p"
MAX_CALLS = 20_000  # that are compared
MAX_TEXT = 10_000  # characters of an argument
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}|\bid='\d+'")
# What a comparison calls differs with what is compared.
_COMPARING = frozenset(
    "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __bool__ __contains__ __len__ __repr__ "
    "__str__ __sub__ __rsub__ __array__ __getattr__ __iter__ __next__ __instancecheck__".split()
)
CONSTANTS: tuple = (None, 0, 1, "", [], {}, True, False, float("nan"), np.array([]))


class Calibration(Snapshot):
    """Takes the place of a test's snapshot while the instructor's solution is run.

    Of each mutant it says "p" if it cannot be used, as if it had passed.
    """

    def __init__(self, *args):
        self.compared: dict[CodeType, bool] = {}  # which calls are compared
        super().__init__(*args)

    def patience(self, seconds: float) -> float:
        """Give one mutant as much time as all."""
        return self.test.seconds

    def told(self, snapshots: list[Snapshot]) -> bytes:
        """Return the numbers of those that cannot be used, and LATE if not all were reached."""
        usable = {number for number, letter in enumerate(self.letters) if letter == b"f"[0]}
        useless = b",".join(b"%d" % n for n in range(len(self.mutants)) if n not in usable)
        return useless if self.is_done() else useless + b" " + LATE

    def _wait_and_try(self, told: int, says: int) -> None:
        said = os.read(told, 100).split()
        if not said:
            return
        code, score = self.test.code, said[1] != b"-"
        runs = self._in_fork(lambda: b"|".join([self._recorded(code), self._recorded(code)]))
        calls = runs[: len(runs) // 2]
        apart = self._in_fork if runs != calls + b"|" + calls else _here
        trivial = [
            answer
            for answer in _constants()
            if apart(partial(self._passes_with, answer, code, score)) == PASSES
        ]
        most = len(self.mutants) if float(said[2]) < SLOW else FEW
        for number, each in enumerate(self.mutants):
            usable = number < most and apart(partial(self._usable, each, calls, trivial))
            os.write(says, b"f" if usable == PASSES else b"p")
        signal.pause()

    def _in_fork(self, work: Callable[[], bytes]) -> bytes:
        """Return what a function returns in a fork: what it changes there is not kept."""
        reads, writes = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self.runner.in_child()
                os.write(writes, work())
            finally:
                os._exit(0)
        os.close(writes)
        with open(reads, "rb") as pipe:
            found = pipe.read()
        os.waitpid(pid, 0)
        return found

    def _usable(self, code: str, calls: bytes, trivial: list) -> bytes:
        agree = all(self._agrees(each, calls) for each in code.split(VARIANT))
        passes = any(self._passes_with(answer, code) == PASSES for answer in trivial)
        return PASSES if agree and not passes else b"-"

    def _agrees(self, code: str, calls: bytes) -> bool:
        """Return whether a mutant fails by what it expects, and by nothing else."""
        changed = self._recorded(code)
        return changed[:1] == b"f" and calls[:1] == b"p" and calls[1:].startswith(changed[1:])

    def _recorded(self, code: str) -> bytes:
        """Return b"p" or b"f", if the code passes or fails, and a digest of each call."""
        found: list[bytes] = []

        def trace(frame, *_) -> None:  # nothing: only calls are told, no lines
            code = frame.f_code
            if code not in self.compared:
                is_answer = self.runner.is_answer(code) and code.co_name not in _COMPARING
                self.compared[code] = is_answer
            if self.compared[code] and len(found) < MAX_CALLS:
                found.append(_digest(code, frame.f_locals))

        with self._anew():
            outcome = self._traced(code, trace)
        if isinstance(outcome.error, SyntaxError | NameError):  # not of what is expected
            return b"?"
        return {b"passed": b"p", b"failed": b"f"}.get(outcome.how, b"?") + b"".join(found)

    def _traced(self, code: str, trace) -> Outcome:
        """Run a code, its calls traced; nothing that a learner could have changed is put back."""

        @contextlib.contextmanager
        def undisturbed() -> Iterator[None]:
            sys.settrace(trace)
            try:
                yield
            finally:
                sys.settrace(None)

        self.runner.undisturbed = undisturbed
        return self._outcome(code)

    def _passes_with(self, answer: Callable, code: str, score: bool = False) -> bytes:
        """Return whether a code passes where each function of the answers is another.

        score: only if there is a number at its end, too.
        """
        with self._anew():
            for name, value in list(self.names.items()):
                if isinstance(value, FunctionType) and self.runner.is_answer(value.__code__):
                    self.names[name] = answer
            outcome = self._traced(code, None)
        passes = outcome.how == b"passed" and (outcome.score is not None or not score)
        return PASSES if passes else b"-"

    @contextlib.contextmanager
    def _anew(self) -> Iterator[None]:
        """Draw the same random numbers again, too."""
        states = random.getstate(), np.random.get_state()
        try:
            with super()._anew():
                yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


def _here(work: Callable[[], bytes]) -> bytes:
    return work()


def _constants() -> list[Callable]:
    """Return plain answers: a constant each, and what was handed in."""
    constants = [lambda *_, value=value, **__: value for value in CONSTANTS]
    return [*constants, lambda *args, **__: args[0] if args else None]


def _digest(code: CodeType, names: dict) -> bytes:
    """Return a digest of a call: the function and what its parameters are."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 4) + bool(code.co_flags & 8)  # *args and **kwargs
    parts = [code.co_qualname, *(_text(names.get(name)) for name in code.co_varnames[:count])]
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).digest()


def _text(value) -> str:
    """Return a value as text in which no address stands, so that two runs can be compared."""
    try:
        if isinstance(value, np.ndarray) and value.dtype.kind != "O":
            return f"{value.dtype} {value.shape} {blake2b(value.tobytes()).hexdigest()}"
        return _ADDRESS.sub("@", repr(value)[:MAX_TEXT])
    except Exception:
        return type(value).__name__
