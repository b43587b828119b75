"""Tries edited answers on cases, and gives back plain values: many in one fork.

Nothing here knows what is right. How far an edited answer may go is counted in lines, so that what
comes out depends on no machine; seconds are only there for what counts no lines. The code counts
them itself, at the beginning of each function and each round of a loop: with `sys.settrace` an
edited answer would take half as long again.
"""

import ast
import contextlib
import io
import math
import os
import pickle
import signal
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from itertools import count
from types import CodeType

import numpy as np

from lessonlib.checks.asking import can_fork, in_child, said
from lessonlib.checks.comparing import same
from lessonlib.checks.exercise import Case
from lessonlib.checks.plain import plain
from lessonlib.locating.edits import Edit
from lessonlib.locating.source import Source

FILE = "<edited>"
CHOSEN = "__lessonlib_edit__"  # the name under which edited code knows the number of its edit
BEGUN, ROUNDS = "__lessonlib_begun__", "__lessonlib_rounds__"  # what it counts its lines with
LINES = 4_000  # that an answer may run for one case, or it is not searched
ROOM = (4, 200)  # an edited answer may run so many times the lines of the answer, and so many more
ALL_LINES = 400_000  # of all edited answers together
ALL_BYTES = 8 * 2**20  # of all that they give
SLOW = 0.010  # seconds of processor time that an answer may take for a case, or it is not searched
STUCK = 0.05  # seconds of processor time after which an edited answer is stopped with its process
SILENT = 10.0  # seconds after which a fork is given up that says nothing, such as one that sleeps
BLOCKS = ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.While
LIVES = 4  # forks that may die or get stuck
ORIGINAL = -1  # the number of the answer as it is

# The number of an edit, and for each case nothing, or what tells its value from others of this case
# and, the first time that it comes, the value itself.
Tried = tuple[int, list[tuple]]


NOTHING = object()


class Spent(BaseException):
    """An edited answer has run too many lines."""


class Bench:
    """Compiles edited answers and lets them work, in the process that it is in.

    use:   lets an answer work on arguments, as `Exercise.use` does.
    edits: what may be tried, each by its number.
    """

    def __init__(self, source: Source, edits: list[Edit], use: Callable):
        self.source, self.edits, self.use = source, edits, use
        self.count, self.limit = 0, math.inf
        self._begin()
        self.owner = {id(n): i for i, p in enumerate(source.tree.body) for n in ast.walk(p)}
        self.numbers: dict[tuple, list[int]] = {}  # of the edits of each place
        for number, edit in enumerate(edits):
            self.numbers.setdefault(edit.place, []).append(number)
        self.compiled: dict[tuple, CodeType | None] = {}  # with all edits of a place
        self.counters = [_Counters(node) for node in source.tree.body]
        self.codes = [self._code(i) for i in range(len(source.tree.body))]
        self.original = self.answer(ORIGINAL)

    def _begin(self) -> None:
        """Forget what was tried before: what is tried next may be tried in another process."""
        self.all_lines, self.all_bytes, self.is_slow = 0, 0, False
        self.marks: dict[tuple, int] = {}
        self.spoils = False  # whether the answer changes its arguments
        self.unfit: set[tuple] = set()  # places with what cannot be added there

    def answer(self, number: int) -> Callable:
        """Return the answer with an edit. Raises whatever its definition raises."""
        codes = list(self.codes)
        if number != ORIGINAL:
            edit = self.edits[number]
            codes[self.owner[id(edit.holder)]] = self._edited(edit)
        more = {} if "np" in self.source.globals else {"np": np}
        counting = {BEGUN: self._begun, ROUNDS: self._rounds}
        return self.source.defined(codes, {**more, **counting, CHOSEN: number})

    def _edited(self, edit: Edit) -> CodeType:
        """Return the code of a definition with an edit.

        All edits of one expression are compiled at once, as a choice between them: most of the time
        goes into what stands round it.
        """
        if not isinstance(edit.old, ast.expr) or isinstance(edit.old, ast.Starred):
            return self._with(edit)
        if edit.place not in self.compiled:
            self.compiled[edit.place] = self._together(edit)
        return self.compiled[edit.place] or self._with(edit)

    def _together(self, edit: Edit) -> CodeType | None:
        """Return the code with all edits of a place; None where one of them is no Python."""
        ways = [(n, self.edits[n].new) for n in self.numbers[edit.place]]
        choice = _choice([(ORIGINAL, edit.old), *ways])
        try:
            return self._with(replace(edit, new=choice))
        except (SyntaxError, ValueError):  # such as a star in a wrong place
            return None

    def _with(self, edit: Edit) -> CodeType:
        with edit.applied():
            return self._code(self.owner[id(edit.holder)], isinstance(edit.old, ast.expr))

    def _code(self, index: int, same_blocks: bool = True) -> CodeType:
        """Return the code of a definition; `same_blocks`: no edit has put others in their place."""
        node = self.source.tree.body[index]
        with (self.counters[index] if same_blocks else _Counters(node)).counting():
            return compile(ast.Module([node], []), FILE, "exec", dont_inherit=True)

    def value(self, answer: Callable, case: Case, limit: int, careful: bool = True):
        """Return the plain value for a case; `NOTHING` where there is none.

        limit: the lines that the answer may run.

        Where one is `careful`, there is none either where the answer changes its arguments.
        """
        args, self.count, self.limit = case.fresh_args(), 0, limit
        try:
            value = self.use(answer, args)
            spoilt = careful and not all(map(_is_unchanged, case.args, args))
            return NOTHING if spoilt else plain(value)
        except (Exception, Spent, SystemExit, KeyboardInterrupt):
            return NOTHING
        finally:
            self.all_lines += self.count
            self.limit = math.inf

    def _begun(self, lines: int) -> None:
        """Count the lines of a block that begins. Raises Spent where there have been too many."""
        self.count += lines
        if self.count > self.limit:
            raise Spent

    def _rounds(self, items: Iterable) -> Iterator:
        """Yield the items, each counted as a line."""
        for item in items:
            self._begun(1)
            yield item

    def values(self, numbers: list[int], cases: list[Case]) -> Iterator[Tried]:
        """Yield what each edited answer gives, case after case up to the first without a value.

        Nothing is yielded where the answer itself is too slow to be tried often, and it ends when
        all together have run many lines, or given many numbers.
        """
        self._begin()
        with _quiet():
            limits = [self._limit(case) for case in cases]
            self.is_slow = None in limits
            for number in numbers if not self.is_slow else ():
                yield number, self._each(number, cases, limits)
                if self.all_lines > ALL_LINES or self.all_bytes > ALL_BYTES:
                    return

    def _each(self, number: int, cases: list[Case], limits: list[int]) -> list[tuple]:
        found: list[tuple] = []
        operand = self._operand(number)
        if operand in self.unfit:
            return [()]
        try:
            answer = self.answer(number)
        except (Exception, SystemExit, KeyboardInterrupt):  # as an edited default value may
            return [()]
        for index, (case, limit) in enumerate(zip(cases, limits, strict=True)):
            value = self.value(answer, case, limit, careful=len(cases) > 1 or self.spoils)
            found.append(() if value is NOTHING else self._once(index, value))
            if value is NOTHING and number != ORIGINAL:
                self.unfit |= {operand} - {None}
                break
        return found

    def _operand(self, number: int) -> tuple | None:
        """Return the place of an edit that adds a factor or term, with what it adds.

        The sum is tried first. Where there is none, such as of shapes that do not fit each other,
        there is no product, quotient or difference either.
        """
        edit = None if number == ORIGINAL else self.edits[number]
        if edit is None or edit.where.kind != "added" or not isinstance(edit.new, ast.BinOp):
            return None
        return edit.place, id(edit.new.right)

    def _once(self, index: int, value) -> tuple:
        """Return a value with its number, or the number alone if it was given before."""
        text = pickle.dumps(value)  # equal only for equal values
        self.all_bytes += len(text)
        key = index, text
        known = key in self.marks
        number = self.marks.setdefault(key, len(self.marks))
        return (number,) if known else (number, value)

    def _limit(self, case: Case) -> int | None:
        """Return the lines that an edited answer may run for a case; None where it is slow."""
        started = time.process_time()
        value = self.value(self.original, case, LINES)
        slow = self.count > LINES or time.process_time() - started > SLOW
        if value is NOTHING:
            self.spoils |= self.value(self.original, case, LINES, careful=False) is not NOTHING
        return None if slow else ROOM[0] * self.count + ROOM[1]


class _Counters:
    """Where a definition counts its lines: each function, each loop, and what is like one.

    What stands in a branch is not counted; without a loop or a function it ends soon.
    """

    def __init__(self, node: ast.stmt):
        nodes = {id(n): n for n in ast.walk(node)}.values()  # one may stand there several times
        self.blocks = [each.body for each in nodes if isinstance(each, BLOCKS)]
        self.begins = [_statement(f"{BEGUN}({len(block)})") for block in self.blocks]
        self.parts = [n for n in nodes if isinstance(n, ast.comprehension) and not n.is_async]

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Have the definition count for as long as the context lasts."""
        for block, begin in zip(self.blocks, self.begins, strict=True):
            block.insert(0, begin)
        for part in self.parts:
            rounds = _statement(f"{ROUNDS}()").value
            rounds.args, part.iter = [part.iter], rounds
        try:
            yield
        finally:
            for block in self.blocks:
                del block[0]
            for part in self.parts:
                part.iter = part.iter.args[0]


def _statement(code: str) -> ast.stmt:
    return ast.parse(code).body[0]


def _choice(ways: list[tuple[int, ast.expr]]) -> ast.expr:
    """Return what is the one of some expressions whose number is `CHOSEN`; they are in order."""
    if len(ways) == 1:
        return ways[0][1]
    half = len(ways) // 2
    chosen, middle = ast.Name(CHOSEN, ast.Load()), ast.Constant(ways[half][0])
    is_before = ast.Compare(chosen, [ast.Lt()], [middle])
    return ast.IfExp(is_before, _choice(ways[:half]), _choice(ways[half:]))


def _is_unchanged(before, after) -> bool:
    if callable(before) or isinstance(before, np.random.Generator):
        return True
    return same(plain(before), plain(after))


@contextlib.contextmanager
def _quiet():
    nothing = io.StringIO()
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        warnings.simplefilter("ignore")
        yield


# --- many in one fork ----------------------------------------------------------------------------


def in_forks(bench: Bench, numbers: list[int], cases: list[Case]) -> Iterator[Tried]:
    """Yield what `bench.values` does, from forks of this process; nothing where it cannot fork.

    One that dies, or is stuck, takes the edit with it that it was at; the next goes on behind it.
    """
    waiting, lives = list(numbers), LIVES if can_fork() else 0
    while waiting and lives:

        def work(say: Callable, numbers=waiting) -> None:
            for each in as_a_fork(bench.values(numbers, cases)):
                say(each)
            say(None)

        with in_child(work) as reader:
            done = yield from _heard(reader)
        waiting, lives = [] if done is None else waiting[done + 1 :], lives - 1


def as_a_fork(tried: Iterator[Tried]) -> Iterator[Tried]:
    """Yield the same; what libraries print is not seen, and who counts no lines ends the fork."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        signal.setitimer(signal.ITIMER_PROF, STUCK)
        each = next(tried, None)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if each is None:
            return
        yield each


def _heard(reader: int) -> Generator[Tried, None, int | None]:
    """Yield what a fork says. Return how much that was; None where it has said all."""
    for done in count():
        try:
            tried = said(reader, time.monotonic() + SILENT)
        except (TimeoutError, EOFError, ValueError):
            return done
        if tried is None:
            return None
        yield tried
