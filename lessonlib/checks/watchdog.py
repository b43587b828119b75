"""Ends work that takes too long, in this process: where it cannot be forked.

Where there are threads the work gets one of its own, in which `TimeUp` is raised. A Python in a
browser has none: there the code itself is watched, as it jumps back in a loop or calls.
"""

import contextlib
import contextvars
import ctypes
import sys
import sysconfig
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

GRACE = 1.0  # seconds in which a thread may end that was told to
AGAIN = 0.02  # seconds; a bare `except` in a loop swallows one TimeUp, so there are more
AGAIN_WATCHED = 0.2  # seconds; longer than anything takes that has to be done on the way out


class TimeUp(BaseException):
    """Not an Exception, so that an answer's own `except Exception` does not swallow it."""


def work_within(seconds: float, work: Callable[[], None]) -> None:
    """Let `work` work; after so many seconds `TimeUp` is raised in it, and not passed on."""
    thread = _Worker(work)
    with _kept_streams_and_filters():
        try:
            thread.start()
        except RuntimeError:  # there are no threads here
            _work_watched(seconds, work)
            return
        try:
            thread.join(seconds)
        finally:
            thread.stop()
    if thread.error is not None:
        raise thread.error


@contextlib.contextmanager
def _kept_streams_and_filters():
    """Put back what `respond` changes for a while, should it be stopped in putting it back."""
    streams, filters, show = (sys.stdout, sys.stderr), warnings.filters, warnings.showwarning
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        warnings.filters, warnings.showwarning = filters, show


# --- in a thread -------------------------------------------------------------------------------


class _Worker(threading.Thread):
    """A thread that works in the context of the one that made it, and can be told to stop.

    An asynchronous exception arrives when it likes. Here it can only arrive in a thread that ends
    with the work, never in one that goes on. A thread that swallows it for `GRACE` seconds, or
    computes in C and does not look, is left to itself.
    """

    def __init__(self, work: Callable[[], None]):
        super().__init__(daemon=True)
        self.work, self.context = work, contextvars.copy_context()
        self.error: Exception | None = None

    def run(self):
        try:
            self.context.run(self.work)
        except TimeUp:
            pass
        except Exception as error:  # of ours, not of the answer
            self.error = error

    def stop(self):
        """Raise TimeUp in the thread until it ends, or for so long as it has grace."""
        deadline, error = time.monotonic() + GRACE, ctypes.py_object(TimeUp)
        while self.is_alive() and time.monotonic() < deadline:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), error)
            self.join(AGAIN)


# --- watched, without a thread -----------------------------------------------------------------


def _work_watched(seconds: float, work: Callable[[], None]) -> None:
    deadline = time.monotonic() + seconds
    with contextlib.suppress(TimeUp), watching(lambda: time.monotonic() > deadline, TimeUp):
        work()


@contextlib.contextmanager
def watching(is_up: Callable[[], bool], error: type[BaseException]) -> Iterator[None]:
    """While this lasts, raise `error` in the Python code of this thread when `is_up()` says so.

    It is raised once more each `AGAIN_WATCHED` seconds, for code that swallows it. Nothing is
    raised in the standard library, which could be left in disorder, and a computation in C cannot
    be stopped. Before Python 3.12 nothing can.

    Python looks for no handler in the frame that jumps: a loop's own `except` or `finally` does not
    see the error, those of its callers do.
    """
    monitoring: Any = getattr(sys, "monitoring", None)
    tool = _free_tool(monitoring)
    if tool is None:
        yield
        return
    events = monitoring.events
    watch = _Watch(is_up, error)
    monitoring.use_tool_id(tool, "lessonlib")
    try:
        for event in (events.JUMP, events.PY_START, events.PY_RESUME):
            monitoring.register_callback(tool, event, watch.look)
        monitoring.set_events(tool, events.JUMP | events.PY_START | events.PY_RESUME)
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


def _free_tool(monitoring) -> int | None:
    """Return the number of a tool that nobody uses: a debugger or a profiler may have its own."""
    numbers = range(6) if monitoring else ()
    return next((each for each in numbers if monitoring.get_tool(each) is None), None)


class _Watch:
    """Looks at the clock each time that code jumps or begins; a microsecond each."""

    def __init__(self, is_up: Callable[[], bool], error: type[BaseException]):
        self.is_up, self.error = is_up, error
        self.thread, self.quiet_until = threading.get_ident(), 0.0

    def look(self, code: CodeType, *_place) -> None:
        """Raise the error if it is time, in code that may be stopped."""
        if not self.is_up() or not _may_stop(code) or threading.get_ident() != self.thread:
            return
        if time.monotonic() >= self.quiet_until:
            self.quiet_until = time.monotonic() + AGAIN_WATCHED
            raise self.error


_LIBRARY = tuple(sysconfig.get_path(each) for each in ("stdlib", "platstdlib"))
_ZIPPED = f"python{sys.version_info.major}{sys.version_info.minor}.zip"  # the library in a browser


def _may_stop(code: CodeType) -> bool:
    """Return whether code is neither the standard library's nor this module's."""
    file = code.co_filename
    if file == __file__ or file.startswith("<frozen") or _ZIPPED in file:
        return False
    return "site-packages" in file or not file.startswith(_LIBRARY)
