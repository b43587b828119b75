"""Stopping what does not end, and remembering which function it was."""

import contextlib
import signal
import time
import traceback
import types

AGAIN = 0.2  # seconds; a bare `except` in a loop swallows one TimeUp, so there are more


class TimeUp(BaseException):
    """Raised in a submission's code when its time is over; not an Exception, so rarely caught."""

    def _render_traceback_(self) -> list[str]:
        return []  # the next alarm does not wait until a long one is drawn


WHAT_IT_DID = {"timeout": "did not come to an end", "died": "ended the notebook's process"}


class Stuck(BaseException):
    """Raised when a function is called that ended badly before; how: a key of WHAT_IT_DID."""

    def __init__(self, name: str, how: str):
        super().__init__(f"{name} {WHAT_IT_DID[how]} before, so it was not run again")
        self.name, self.how = name, how

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextlib.contextmanager
def at_most(seconds: float):
    """Raise TimeUp in the block after so many seconds, again and again until it has left.

    Inside another such block the time of that one goes on, and counts as well.
    """

    def stop(signum, frame):
        raise TimeUp

    (outer, _), started = signal.getitimer(signal.ITIMER_REAL), time.monotonic()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds), AGAIN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        yield
    finally:
        _disarm()
        if outer:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            signal.signal(signal.SIGALRM, stop)
            left = outer - (time.monotonic() - started)
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-3), AGAIN)


def _disarm() -> None:
    """Switch the timer off; a last alarm may come in between."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            return
        except TimeUp:
            continue


def culprits(error: BaseException | None, names: dict) -> list[str]:
    """Return the notebook's functions at work when the error came, the outermost first."""
    codes = []
    while error is not None:
        codes += [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
        error = error.__context__  # an alarm that came while an earlier one was handled
    own = {v.__code__: k for k, v in names.items() if isinstance(v, types.FunctionType)}
    return list(dict.fromkeys(own[code] for code in codes if code in own))


def put_aside(name: str, how: str, names: dict) -> None:
    """Replace a function that ended badly by one that says so at once."""
    if isinstance(names.get(name), types.FunctionType):
        names[name] = _stub(name, how)


def _stub(name: str, how: str):
    def stub(*_, **__):
        raise Stuck(name, how)

    stub.__name__ = name
    return stub
