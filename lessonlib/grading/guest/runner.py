"""Runs ordinary tests, in the submission's own process, from the source that was released.

A test is compiled and run here and not by IPython, whose transformers a learner's cell may have
changed. What it decides leaves as a verdict of plain bytes before anything else is said, made with
functions that were looked up before any learner's code ran. That is no proof: where a test passes
it is run again in forks, with one of its expected values changed, to see whether it can fail.
"""

import ast
import builtins
import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from inspect import CO_COROUTINE
from types import CodeType
from typing import Any, NamedTuple

from lessonlib.grading.guest.other_value import NAME, is_number, other_values
from lessonlib.grading.guest.restoring import Restorer
from lessonlib.grading.guest.shell import NotebookShell, text_of
from lessonlib.grading.guest.stopping import OutOfTime, Stuck, stoppable
from lessonlib.grading.protocol.wire import VERDICT, Wire

# What the functions below call: no learner's.
__builtins__ = vars(builtins).copy()  # type: ignore[assignment]  # a module by its type
_AWAIT, _TREE = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, ast.PyCF_ONLY_AST
_fork, _exit, _wait, _read, _write = os.fork, os._exit, os.waitpid, os.read, os.write
_ALIAS = "__meant_{}__"  # what a test's code calls a value whose name means something else now

MUTANT_SECONDS, MUTANT_SHARE = 1.0, 3.0  # what a mutant may take: so long, and so often the test
MUTANTS_SECONDS = 20.0  # what all of a test's may take
PATIENCE = 5.0  # times as long for a process's first: it waits for its memory, too


class Checks:
    """What a submission's process has in place of `lessonlib.check` and `judge`."""

    in_test = False

    def check(self, *_, **__) -> None:
        """Do nothing: the judge runs the checks elsewhere. In an ordinary test, say so."""
        if self.in_test:
            raise RuntimeError(
                "A check is judged outside, and only where it is a cell of its own: one statement, "
                'check("...", ...), with nothing beside it.'
            )


CHECKS = Checks()


class Outcome(NamedTuple):
    """What came of running a test: "passed", "failed" or "late"; the number at its end, if any."""

    how: bytes
    score: float | None = None
    error: BaseException | None = None

    def as_good_as(self, other: "Outcome") -> bool:
        """Return whether it earns what the other does."""
        if self.how != b"passed":
            return False
        if self.score is None or other.score is None:
            return self.score is None
        return self.score >= other.score


class Test(NamedTuple):
    """A test as the judge sends it (see `host.tests`).

    source:  its code without hidden lines: all that can be looked up while it runs.
    seconds: what all of its mutants may take.
    forks:   how many processes share them, each as it was before the test.
    """

    source: str
    code: str
    shows: bool
    binds: list[str]
    restore: list[str]
    exempt: list[str]
    trusted: bool
    mutants: list[str]
    quiet: bool
    seconds: float = MUTANTS_SECONDS
    forks: int = 1


class Runner:
    """Runs tests in a shell's namespace.

    complete: runs a coroutine to its end.
    in_child: what a fork has to do first.

    The session sets `calibration`, and `is_answer`: whether a code is a learner's.
    """

    calibration: type["Snapshot"]
    is_answer: Callable[[CodeType], bool]

    def __init__(self, shell: NotebookShell, restorer: Restorer, complete: Callable, in_child):
        self.shell, self.restorer = shell, restorer
        self.complete, self.in_child = complete, in_child
        self.undisturbed = _undisturbed(shell)

    def run(self, test: Test, wire: Wire) -> tuple[Outcome, list[str]]:
        """Run a test, send its verdict, try its mutants and send which of them pass as well.

        Return the outcome, and the names that were put back.
        """
        started = time.monotonic()
        snapshots = self._snapshots(test) if test.mutants else []
        if snapshots:
            self.shell.user_ns[NAME] = other_values()  # so that nobody knows a mutant by this name
        outcome, restored = self.once(test, test.code)
        self.shell.user_ns.pop(NAME, None)
        wire.send_body(VERDICT + _verdict(outcome))
        if test.mutants:
            survived = _survivors(snapshots, outcome, time.monotonic() - started)
            wire.send_body(VERDICT + survived)
        return outcome, restored

    def _snapshots(self, test: Test) -> list["Snapshot"]:
        """Fork the processes for a test's mutants; none if there may be no more processes."""
        made: list[Snapshot] = []
        try:
            if test.trusted:
                return [self.calibration(self, test, test.mutants)]
            for first in range(test.forks):
                made.append(Snapshot(self, test, test.mutants[first :: test.forks]))
        except OSError:
            while made:
                made.pop().end()
        return made

    def once(self, test: Test, code: str) -> tuple[Outcome, list[str]]:
        """Run a test's code, with what is the instructor's put back in its place."""
        self.shell.begin(test.quiet)
        before = self.restorer.state()
        changed = self.restorer.changed(test.restore, test.exempt)
        meant = self.restorer.meant(changed, [*test.exempt, *test.binds])
        put_back = [] if test.trusted else changed
        with (
            self.undisturbed(),
            self.restorer.put_back(put_back),
            self._aliases(test, meant) as names,
        ):
            outcome = self.complete(self._outcome(test, code, names))
        self.restorer.accept(before, test.binds, outcome.how == b"passed")
        return outcome, sorted({*changed, *meant})

    @contextlib.contextmanager
    def _aliases(self, test: Test, meant: dict[str, object]) -> Iterator[dict[str, str]]:
        """Give values a second name in the notebook, for the test's own code."""
        aliases = {} if test.trusted else {name: _ALIAS.format(name) for name in meant}
        self.shell.user_ns |= {alias: meant[name] for name, alias in aliases.items()}
        try:
            yield aliases
        finally:
            for alias in aliases.values():
                self.shell.user_ns.pop(alias, None)

    async def _outcome(self, test: Test, code: str, aliases: dict[str, str]) -> Outcome:
        CHECKS.in_test = True
        try:
            with stoppable(), self.shell.builtin_trap, self.shell.display_trap:
                file = self.shell.enter(test.source)
                body, last = _parts(code, file, aliases)
                await self._value(body)
                value = await self._value(last)
                score = _score(value) if test.shows else None
                hook = self.shell.displayhook
                hook(value) if score is None else hook.update_user_ns(value)
        except OutOfTime as error:
            return Outcome(b"late", None, error)
        except BaseException as error:
            return Outcome(b"failed", None, error)
        finally:
            CHECKS.in_test = False
            with contextlib.suppress(Exception, OutOfTime), stoppable():
                self.shell.leave()
        return Outcome(b"passed", score)

    async def _value(self, code):
        """Return what a code object evaluates to; with `await` at its top that is a coroutine."""
        value = eval(code, self.shell.user_ns) if code else None
        return await value if code and code.co_flags & CO_COROUTINE else value


def _parts(code: str, file: str, aliases: dict[str, str]) -> tuple:
    """Return the code objects of a test: all but its last expression, and that."""
    tree = compile(code, file, "exec", _AWAIT | _TREE, True)
    if aliases:
        _rename(tree, aliases)
    last = tree.body.pop() if tree.body and type(tree.body[-1]) is ast.Expr else None
    body = compile(tree, file, "exec", _AWAIT, True) if tree.body else None
    return body, last and compile(ast.Expression(last.value), file, "eval", _AWAIT, True)


def _rename(tree: ast.AST, aliases: dict[str, str]) -> None:
    """Let a test's code use second names, except for names that it binds itself."""
    nodes: list[Any] = [tree]
    found: list[Any] = []
    bound: set[str] = set()
    while nodes:
        node = nodes.pop()
        kind = type(node)
        if kind is ast.Name:
            found.append(node)
            bound |= set() if type(node.ctx) is ast.Load else {node.id}
        elif kind is not ast.keyword:
            given = (getattr(node, field, None) for field in ("arg", "asname", "name"))
            bound |= {name.split(".")[0] for name in given if type(name) is str}
        for field in node._fields:
            value = getattr(node, field, None)
            nodes += [each for each in (value if type(value) is list else [value])
                      if isinstance(each, ast.AST)]  # fmt: skip
    for node in found:
        if node.id in aliases and node.id not in bound:
            node.id = aliases[node.id]


def _score(value) -> float | None:
    """Return a value that is exactly a plain number; None for any other."""
    try:
        return float(value) if is_number(value) else None
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _verdict(outcome: Outcome) -> bytes:
    score = b"-" if outcome.score is None else repr(outcome.score).encode()
    return b" ".join((outcome.how, score))


def described(error: BaseException, shell: NotebookShell) -> dict:
    """Return what an exception is, and the first line of the test that it went through."""
    line, step = 0, error.__traceback__
    while step is not None and not line:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == shell.file else 0
        step = step.tb_next
    stuck = [error.name, error.how] if isinstance(error, Stuck) else None
    name, text = "Exception", "an error that cannot be printed"
    with contextlib.suppress(OutOfTime), stoppable():  # a learner's class may print it
        name, text = type(error).__name__, text_of(error)
    return {"type": name, "text": text, "line": line, "stuck": stuck}


# --- the shell, as it was ------------------------------------------------------------------------


def _undisturbed(shell: NotebookShell) -> Callable:
    """Return a context in which a shell is as it is now, whatever a learner's cell has changed."""
    manager, own = shell.input_transformer_manager, set(vars(shell))
    places = [
        (shell, "input_transformer_manager"), (shell, "input_transformers_post"),
        (shell, "ast_transformers"), (shell.events, "callbacks"),
        *((manager, name) for name in vars(manager) if name.endswith(("transforms", "formers"))),
    ]  # fmt: skip
    clean = [_copy(getattr(*place)) for place in places]

    @contextlib.contextmanager
    def undisturbed() -> Iterator[None]:
        added = {name: value for name, value in vars(shell).items()
                 if name not in own and hasattr(type(shell), name)}  # fmt: skip
        theirs, trace, profile = (
            [getattr(*place) for place in places],
            sys.gettrace(),
            sys.getprofile(),
        )
        for name in added:
            del vars(shell)[name]
        _set(places, map(_copy, clean))
        sys.settrace(None)
        sys.setprofile(None)
        try:
            yield
        finally:
            sys.settrace(trace)
            sys.setprofile(profile)
            _set(places, theirs)
            vars(shell).update(added)

    return undisturbed


def _copy(value):
    if isinstance(value, dict):
        return {name: list(each) for name, each in value.items()}
    return list(value) if isinstance(value, list) else value


def _set(places: list[tuple], values: Iterable) -> None:
    for (owner, name), value in zip(places, values, strict=True):
        setattr(owner, name, value)


# --- mutants -------------------------------------------------------------------------------------


def _survivors(snapshots: list["Snapshot"], outcome: Outcome, seconds: float) -> bytes:
    """Let the mutants run if the test has passed; return the numbers of those that pass too.

    "?" where a process has ended itself before all were tried, or there is none.
    """
    if not snapshots:
        return b"?"
    try:
        if outcome.how != b"passed":
            return b""
        deadline = time.monotonic() + snapshots[0].test.seconds
        for snapshot in snapshots:
            snapshot.hear_all(outcome, seconds, deadline)
        return snapshots[0].told(snapshots)
    except OSError:
        return b"?"
    finally:
        for snapshot in snapshots:
            snapshot.end()


class Snapshot:
    """A fork from before a test, which waits; told so, it runs some mutants of it, one by one.

    It says of each whether it passes as well, as soon as that is known.
    """

    def __init__(self, runner: Runner, test: Test, mutants: list[str]):
        self.runner, self.test = runner, test._replace(quiet=True, mutants=[])
        self.mutants, self.names = mutants, runner.shell.user_ns
        self.letters, self.ended = b"", False
        told, self.tell = os.pipe()
        self.hear, says = os.pipe()
        self.pid = _fork()
        if self.pid == 0:
            try:
                os.setsid()  # what the mutants start is of one group, which ends with this
                os.close(self.tell)
                os.close(self.hear)
                runner.in_child()
                self._wait_and_try(told, says)
            finally:
                _exit(0)
        os.close(told)
        os.close(says)

    def hear_all(self, outcome: Outcome, seconds: float, deadline: float) -> None:
        """Let the mutants run, after a test that took so long; hear a letter for each, in time."""
        _write(self.tell, b"%s %r" % (_verdict(outcome), seconds))
        each = self.patience(seconds)
        while not self.is_done():
            patience = each if self.letters else each * PATIENCE
            left = max(0.0, min(patience, deadline - time.monotonic()))
            chunk = _read(self.hear, 4096) if select.select([self.hear], [], [], left)[0] else b""
            if not chunk:
                break
            self.letters += chunk

    def is_done(self) -> bool:
        """Return whether it has said something of each mutant."""
        return len(self.letters) >= len(self.mutants)

    def patience(self, seconds: float) -> float:
        """Return how long a mutant of a test may take that took so long itself."""
        return max(MUTANT_SECONDS, MUTANT_SHARE * seconds)

    def told(self, snapshots: list["Snapshot"]) -> bytes:
        """Return what the judge is told: a mutant that took too long has not passed."""
        passed = [b"%d" % (first + len(snapshots) * place)
                  for first, each in enumerate(snapshots)
                  for place, letter in enumerate(each.letters) if letter == b"p"[0]]  # fmt: skip
        lost = any([each.end() for each in snapshots if not each.is_done()])
        return b"?" if lost and not passed else b",".join(passed)

    def end(self) -> bool:
        """End the process, once; return whether it had ended itself."""
        if self.ended:
            return False
        self.ended = True
        for pipe in (self.tell, self.hear):
            with contextlib.suppress(OSError):
                os.close(pipe)
        with contextlib.suppress(OSError):
            time.sleep(0 if self.is_done() else 0.05)  # it closes its files before it has ended
            ended, status = _wait(self.pid, os.WNOHANG)
            if ended:
                return os.WIFEXITED(status)
            os.killpg(self.pid, signal.SIGKILL)
            _wait(self.pid, 0)
        return False

    # --- in the fork -----------------------------------------------------------------------------

    def _wait_and_try(self, told: int, says: int) -> None:
        said = _read(told, 100).split()
        if not said:
            return
        real = Outcome(said[0], None if said[1] == b"-" else float(said[1]))
        for code in self.mutants:
            with self._anew():
                passes = self._outcome(code).as_good_as(real)
            _write(says, b"p" if passes else b"f")
        signal.pause()  # until the parent ends this: only what ends itself looks as if it did

    def _outcome(self, code: str) -> Outcome:
        return self.runner.once(self.test, code)[0]

    @contextlib.contextmanager
    def _anew(self) -> Iterator[None]:
        """Give the names of the notebook their values back after a block."""
        before = dict(self.names)
        self.names[NAME] = other_values()
        try:
            yield
        finally:
            self.names.clear()
            self.names.update(before)
