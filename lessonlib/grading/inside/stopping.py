"""Stopping what does not end, and remembering which function it was."""

import contextlib
import signal
import types

AGAIN = 0.2  # seconds; a bare `except` in a loop swallows one TimeUp, so there are more


class TimeUp(BaseException):
    """Raised in a submission's code when its time is over; not an Exception, so rarely caught."""


class Stuck(BaseException):
    """Raised when a function is called that did not come to an end before."""

    def __init__(self, name: str):
        super().__init__(f"{name} did not come to an end before, so it was not run again")
        self.name = name

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextlib.contextmanager
def at_most(seconds: float):
    """Raise TimeUp in the block after so many seconds, again and again until it has left."""

    def stop(signum, frame):
        raise TimeUp

    signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        yield
    finally:
        _disarm()


def _disarm() -> None:
    """Switch the timer off; a last alarm may come in between."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            return
        except TimeUp:
            continue


def culprits(error: BaseException, names: dict) -> list[str]:
    """Return the notebook's functions at work when the error came, the outermost first."""
    codes, tb = [], error.__traceback__
    while tb is not None:
        codes.append(tb.tb_frame.f_code)
        tb = tb.tb_next
    own = {v.__code__: k for k, v in names.items() if isinstance(v, types.FunctionType)}
    return list(dict.fromkeys(own[code] for code in codes if code in own))


def put_aside(name: str, names: dict) -> None:
    """Replace a function that does not end by one that says so at once."""
    if isinstance(names.get(name), types.FunctionType):
        names[name] = _stub(name)


def _stub(name: str):
    def stub(*_, **__):
        raise Stuck(name)

    stub.__name__ = name
    return stub
