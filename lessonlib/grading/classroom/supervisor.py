"""Has jobs done in processes that can be killed, each of which costs nobody else anything.

Each thread that asks has one warm child process of its own (`child`). A job that is not done in
its time is ended with its child, and a new one takes its place; so is a child that crashes, whose
job is tried once more. The other threads do not notice.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import Pipe

from lessonlib.errors import UserError
from lessonlib.grading.classroom import child as inside

TRIES = 2
START_SECONDS = 120.0  # for a child to be ready, however busy the machine is
REST = 60.0  # seconds after which a child that did nothing is not relied upon any more


class Late(Exception):
    """A job was not done in its time, and was ended."""


class Lost(Exception):
    """A job failed, or ended its process; the text says how."""


class Supervisor:
    """Does jobs for any number of threads."""

    def __init__(self):
        self._own, self._lock = threading.local(), threading.Lock()
        self._children: set[_Child] = set()
        self._closed = False

    def do(self, seconds: float, function: Callable[..., bytes], *arguments) -> bytes:
        """Return what a function returns in this thread's child process.

        Raises Late where it takes longer than so many seconds, Lost where it fails or ends its
        process twice, and UserError as the function does or where no process can be started.
        """
        deadline = None
        for number in range(1, TRIES + 1):
            child = self._child()
            deadline = deadline or time.monotonic() + seconds
            try:
                return child.do(deadline, function, arguments)
            except Lost:
                if number == TRIES or self._closed:
                    raise
            finally:
                if child.is_over:
                    self._end(child)
        raise AssertionError("unreachable")

    def start(self) -> None:
        """Start this thread's child; whoever asks it for something is told if that fails."""
        with contextlib.suppress(Lost, UserError):
            self._child()

    def close(self, kill: bool = False) -> None:
        """End all children, and start no more: in good order, or at once."""
        with self._lock:
            self._closed = True
            children = list(self._children)
        for child in children:
            child.end(kill)

    def _child(self) -> "_Child":
        """Return this thread's child, ready; a new one where there is none."""
        child = getattr(self._own, "child", None)
        if child is not None and time.monotonic() - child.used < REST:
            return child
        if child is not None:
            self._end(child)
        with self._lock:
            if self._closed:
                raise Lost("the grading was stopped")
            self._own.child = child = _Child()
            self._children.add(child)
        child.expect_ready()
        return child

    def _end(self, child: "_Child") -> None:
        child.end(kill=True)
        self._own.child = None
        with self._lock:
            self._children.discard(child)


class _Child:
    """One child process, and the pipe that leads to it."""

    def __init__(self):
        self.pipe, theirs = Pipe()
        self.log = tempfile.TemporaryFile()
        self.is_over, self.used = False, time.monotonic()
        path = os.pathsep.join(filter(None, sys.path))
        with theirs:
            self.process = subprocess.Popen(
                # -P: whatever lies in the folder where the command was given is not imported.
                [sys.executable, "-P", "-m", inside.__name__, str(theirs.fileno()),
                 str(os.getpid())],
                pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONPATH": path},
            )  # fmt: skip

    def expect_ready(self) -> None:
        """Wait until it has imported what it needs. Raises UserError where it cannot start."""
        try:
            self._reply(time.monotonic() + START_SECONDS)
        except (Lost, Late) as error:
            raise UserError(f"A process for grading could not be started: {error}.") from None

    def do(self, deadline: float, function: Callable[..., bytes], arguments: tuple) -> bytes:
        """Have a job done; unless the reply says that the child goes on, it is over."""
        self.is_over = True
        kind, result = self._reply(deadline, function, arguments)
        if kind == inside.USER_ERROR:
            raise UserError(result.decode())
        if kind == inside.ERROR:
            self.is_over = True
            raise Lost(result.decode())
        return result

    def _reply(self, deadline: float, *job) -> tuple[bytes, bytes]:
        """Send a job, if there is one, and return the reply; the deadline kills the child."""
        left = max(deadline - time.monotonic(), 0.001)
        killer = threading.Timer(left, self.process.kill)
        killer.daemon = True
        killer.start()
        try:
            if job:
                self.pipe.send((left, *job))
            reply = self.pipe.recv_bytes(inside.MOST + 100)
        except (OSError, EOFError):
            if time.monotonic() >= deadline:
                raise Late from None
            raise Lost(self._how_it_ended()) from None
        finally:
            killer.cancel()
        self.is_over, self.used = reply[1:2] == inside.LEAVES, time.monotonic()
        return reply[:1], reply[2:]

    def _how_it_ended(self) -> str:
        self.end(kill=False)
        code = self.process.returncode
        if code < 0:
            return f"its process was ended by {signal.Signals(-code).name}"
        self.log.seek(0)
        lines = self.log.read(2**20).decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
        return f"its process ended ({last[:300]})"

    def end(self, kill: bool) -> None:
        """End the process if it has not ended yet: in good order, or at once."""
        if kill:
            self.process.kill()
        else:
            self.pipe.close()  # which it takes for the end
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self.process.kill()
        self.process.wait()


# --- for a cluster, whose workers know only functions --------------------------------------------

_HERE = Supervisor()
atexit.register(_HERE.close)


def do_here(seconds: float, function: Callable[..., bytes], *arguments) -> bytes:
    """As `Supervisor.do`, with this process's own supervisor."""
    return _HERE.do(seconds, function, *arguments)
