"""Asks a submission's function for its values, and hears what comes of it."""

from collections.abc import Callable

import numpy as np

from lessonlib.checks import Case
from lessonlib.checks.asking import Problem, Response
from lessonlib.checks.comparing import agree
from lessonlib.checks.plain import plain
from lessonlib.grading.host.notebook import Notebook
from lessonlib.grading.protocol.values import Packer, Unpacker, packed

MAX_PRINTED = 2_000


class Asked:
    """Hears what comes of a question, and answers what the submission's function asks meanwhile."""

    def __init__(self, notebook: Notebook, cases: list[Case]):
        self.notebook, self.cases = notebook, cases
        self.functions: list[Callable] = []
        self.responses: list[Response] = []
        self.late: list[str] | None = None
        self.stuck = ""

    def ask(self, question: dict, seconds: float) -> str:
        """Ask a question about the cases; return how it ended. Raises Gone or OutOfLives."""
        packer = Packer(export=self.number)
        cases = [[packer.pack(arg) for arg in case.fresh_args()] for case in self.cases]
        question = {**question, "cases": cases}
        return self.notebook.ask(question, seconds, self.hear, packer.blobs)

    def number(self, function: Callable) -> int:
        """Return the number of a function of this process."""
        if not callable(function):
            raise TypeError(f"a {type(function).__name__} cannot be handed to a submission")
        self.functions.append(function)
        return len(self.functions) - 1

    def hear(self, message: dict, blobs: list, reply: Callable) -> None:
        """Take a message of the submission's. Raises Gone for what no honest process says."""
        try:
            if "callback" in message:
                reply(*self._called(message, blobs))
            elif "late" in message:
                self.late = [str(name)[:100] for name in message["late"]]
            elif "stuck" in message:
                self.stuck = "died" if message["stuck"][1] == "died" else "timeout"
            else:
                self.take(message, blobs)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            self.notebook.end()

    def take(self, message: dict, blobs: list) -> None:
        """Take what the function has given for the next case."""
        self.responses.append(self._response(message, blobs))

    def _response(self, message: dict, blobs: list) -> Response:
        value, after = unpacked(self.notebook, message["content"], blobs, lambda number: _stays)
        before = self.cases[len(self.responses)].args
        problem = message["problem"] and Problem(*(str(each)[:500] for each in message["problem"]))
        pairs = zip(before, after, strict=True)
        return Response(
            value=plain(value),
            problem=problem,
            changed=[i for i, (old, new) in enumerate(pairs) if _changed(old, new)],
            printed=str(message["printed"])[:MAX_PRINTED],
            warnings=[str(warning)[:200] for warning in message["warnings"]][:20],
            seconds=float(message["seconds"]),
        )

    def _called(self, message: dict, blobs: list) -> tuple[dict, list[bytes]]:
        """Return what one of our functions says to the submission's arguments."""
        function = self.functions[int(message["callback"])]
        args = unpacked(self.notebook, message["args"], blobs, lambda number: _stays)
        try:
            value, more = packed(function(*args))
        except Exception as error:
            return {"error": [type(error).__name__, str(error)[:500]]}, []
        return {"value": value}, more


def _stays(*_):
    """Stand for what is no plain data and stayed where it was."""


def unpacked(notebook: Notebook, content, blobs: list, import_: Callable | None = None):
    """Return a value that came out. Raises Gone for what no honest process sends."""
    try:
        return Unpacker(blobs, import_ or _no_function).unpack(content)
    except ValueError:
        notebook.end()


def _no_function(number: int):
    raise ValueError("a function cannot come out of there")


def _changed(before, after) -> bool:
    """Return whether an argument is not as it was; 1 and 1.0 are equal, arrays of each are not."""
    if callable(before) or isinstance(before, np.random.Generator):
        return False
    before, after = plain(before), plain(after)
    if isinstance(before, np.ndarray):
        return not (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
        )
    return not agree(after, before, rtol=0.0)
