"""Ask an answer for its values, inside limits of time and memory.

On Linux the answer works in a forked child of the kernel: an endless loop, a huge allocation or a
crash ends the child, and the kernel, with all that the learner has defined, lives on. Elsewhere,
where forking a process full of threads is not safe, it works in a thread of its own, in which
`TimeUp` is raised at the end of its time. Either way only plain data comes back.
"""

import contextlib
import gc
import io
import linecache
import os
import select
import signal
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np

from lessonlib.checks.comparing import same
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.plain import dumps, loads, plain
from lessonlib.checks.watchdog import work_within

EXTRA_MEMORY = 2**30  # bytes that an answer may use on top of what the kernel has
MAX_PRINTED = 2_000  # characters of an answer's own printing that are passed on
_HEADER = struct.Struct("!Q")


@dataclass(frozen=True)
class Problem:
    """Why a case gave no value: "stub", "raised", "memory", "timeout" or "died".

    text: the error; of a stub the function that is not written yet, which may be one that the
          answer calls.
    line: the line of the answer's own code where it came from.
    """

    kind: str
    text: str = ""
    line: str = ""


@dataclass(frozen=True, eq=False)
class Response:
    """What an answer did with one case, as plain data."""

    value: object = None
    problem: Problem | None = None
    changed: list[int] = field(default_factory=list)
    printed: str = ""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def ask(exercise: Exercise, answer, cases: list[Case]) -> list[Response]:
    """Return one response a case; after a timeout or a crash the remaining cases are left out."""
    return (ask_in_child if can_fork() else ask_here)(exercise, answer, cases)


def can_fork() -> bool:
    """Return whether a process full of threads may be forked here."""
    return sys.platform == "linux" and hasattr(os, "fork")


def respond(exercise: Exercise, answer, case: Case) -> Response:
    """Let the answer work on one case in this process and note all that happens."""
    args, started = case.fresh_args(), time.perf_counter()
    value, problem, printed = None, None, io.StringIO()
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        try:
            value = plain(exercise.use(answer, args))
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            problem = _problem(error)
    return Response(
        value=value,
        problem=problem,
        changed=[i for i, arg in enumerate(args) if is_changed(case.args[i], arg)],
        printed=printed.getvalue()[:MAX_PRINTED],
        warnings=sorted({f"{w.category.__name__}: {w.message}"[:200] for w in caught}),
        seconds=time.perf_counter() - started,
    )


def is_changed(before, after) -> bool:
    """Return whether an argument is no longer what it was; functions and generators may differ."""
    if callable(before) or isinstance(before, np.random.Generator):
        return False
    return not same(plain(before), plain(after))


def _problem(error: BaseException) -> Problem:
    if isinstance(error, MemoryError):
        return Problem("memory")  # and nothing that needs more of it
    place = learners_place(error)
    if isinstance(error, NotImplementedError):
        return Problem("stub", place.function)
    text = f"{type(error).__name__}: {str(error)[:300]}"
    return Problem("raised", text, place.line)


class Place(NamedTuple):
    """Where in the answer's own code an error came from: a function, and the text of a line."""

    function: str = ""
    line: str = ""


def learners_place(error: BaseException) -> Place:
    """Return the last place in the answer's own code that the error went through."""
    if hasattr(error, "learners_place"):  # an error that came from another process
        return error.learners_place
    ours = (os.path.dirname(os.path.dirname(__file__)), os.path.dirname(np.__file__))
    last = None
    for frame, line in traceback.walk_tb(error.__traceback__):  # thousands, of endless recursion
        file = frame.f_code.co_filename
        if "/lib/python" not in file and not file.startswith(ours) and file[-4:] != ".pyx":
            last = frame, line
    if last is None:
        return Place()
    frame, line = last
    linecache.checkcache(frame.f_code.co_filename)
    text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
    return Place(frame.f_code.co_name, text.strip())


# --- in a forked child -------------------------------------------------------------------------


def ask_in_child(exercise: Exercise, answer, cases: list[Case]) -> list[Response]:
    """Ask in a forked child of this process, whatever the answer may do."""

    def work(say: Callable) -> None:
        for case in cases:
            response = respond(exercise, answer, case)
            problem = response.problem
            say({**vars(response), "problem": problem and asdict(problem)})

    with in_child(work) as reader:
        return _collect(reader, len(cases), time.monotonic() + exercise.seconds)


@contextlib.contextmanager
def in_child(work: Callable[[Callable], None]):
    """Let `work(say)` work in a forked child; give the pipe through which it says plain data."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
        pid = os.fork()
    if pid == 0:
        _be_the_child(work, writer)
    os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _be_the_child(work: Callable[[Callable], None], writer: int) -> None:
    """Write what is said to the pipe, then end without any of the kernel's clean-up."""

    def say(value) -> None:
        data = dumps(value)
        _write_all(writer, _HEADER.pack(len(data)) + data)

    try:
        gc.freeze()  # to look for garbage in what the kernel has would copy all of it
        _limit_memory()
        work(say)
    finally:
        os._exit(0)


def said(reader: int, deadline: float):
    """Return what a child says next. Raises TimeoutError, and EOFError for one that has ended."""
    (size,) = _HEADER.unpack(_read(reader, _HEADER.size, deadline))
    return loads(_read(reader, size, deadline))


def _limit_memory() -> None:
    import resource  # not on Windows

    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = used + EXTRA_MEMORY
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _collect(reader: int, count: int, deadline: float) -> list[Response]:
    responses: list[Response] = []
    while len(responses) < count:
        try:
            responses.append(_revive(said(reader, deadline)))
        except TimeoutError:
            return [*responses, Response(problem=Problem("timeout"))]
        except EOFError:
            return [*responses, Response(problem=Problem("died"))]
    return responses


def _read(fd: int, size: int, deadline: float) -> bytes:
    chunks = []
    while size:
        if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        chunk = os.read(fd, size)
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _revive(record: dict) -> Response:
    problem = record.pop("problem")
    return Response(problem=Problem(**problem) if problem else None, **record)


# --- in this process ---------------------------------------------------------------------------


def ask_here(exercise: Exercise, answer, cases: list[Case]) -> list[Response]:
    """Ask in a thread of this process: where it cannot be forked, or the answer is one of ours."""
    responses: list[Response] = []

    def work():
        for case in cases:
            responses.append(respond(exercise, answer, case))

    work_within(exercise.seconds, work)
    done = responses[: len(cases)]  # a thread that does not end may still add to the list
    return done if len(done) == len(cases) else [*done, Response(problem=Problem("timeout"))]
