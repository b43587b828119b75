"""Answers the judge's requests to one submission, one after the other."""

import asyncio
import contextlib
import gc
import inspect
import os
from collections.abc import Callable, Coroutine

from lessonlib.checks.surroundings import surroundings
from lessonlib.grading.guest.answers import Answers
from lessonlib.grading.guest.calibrate import Calibration
from lessonlib.grading.guest.evidence import Evidence
from lessonlib.grading.guest.restoring import Restorer
from lessonlib.grading.guest.runner import Runner, Test, described
from lessonlib.grading.guest.shell import NotebookShell
from lessonlib.grading.guest.stopping import OutOfTime, culprits, put_aside, stoppable
from lessonlib.grading.protocol.wire import Broken, Wire

_getpid, _exit = os.getpid, os._exit
LINGER = 3  # times that tasks in the background get their turn after a cell


class Session:
    """Serves one submission until the judge hangs up.

    attributes: dotted names of what tests use, watched from now on.
    evidence:   the descriptor of the evidence pipe; `watching` writes to it.
    """

    def __init__(self, wire: Wire, shell: NotebookShell, attributes: list[str], evidence: int,
                 watching: Evidence):  # fmt: skip
        self.wire, self.shell, self.evidence, self.watching = wire, shell, evidence, watching
        shell.announce = watching.trust
        self.loop, self.pid = _new_loop(), _getpid()
        self.restorer = Restorer(shell.user_ns, attributes)
        self.runner = Runner(shell, self.restorer, self.complete, self.in_child)
        self.runner.calibration, self.runner.is_answer = Calibration, watching.is_learners_code
        self.answers = Answers(shell.user_ns, wire, self.in_child)

    def serve(self) -> None:
        """Answer one request after the other."""
        with contextlib.suppress(Broken):
            while True:
                request, blobs = self.wire.receive()
                reply = getattr(self, f"do_{request.pop('do')}")(blobs=blobs, **request)
                self.wire.send(reply)

    def complete(self, coroutine: Coroutine):
        """Run a coroutine in this session's loop, as a cell runs in a kernel's.

        A fork that the learner's code has made, and that comes back from it, ends here: only one
        process may answer.
        """
        try:
            return self.loop.run_until_complete(coroutine)
        finally:
            if _getpid() != self.pid:
                _exit(0)

    def in_child(self) -> None:
        """What a fork of this process does first: it keeps nothing that is this process's own."""
        gc.freeze()  # a collection would copy the memory that both share
        self.wire.close()
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, self.evidence)
        os.close(nothing)
        self.loop, self.pid = _new_loop(), _getpid()

    # --- requests --------------------------------------------------------------------------------

    def do_write(self, name: str, blobs: list) -> dict:
        """Add to a file in the working folder; one that does not fit there is left out."""
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
            with open(name, "ab") as file:
                file.write(blobs[0])
        return {}

    def do_run(
        self, source: str, given: bool, binds: list, aside: dict, quiet: bool, blobs
    ) -> dict:
        """Run a cell; `given`: it is the instructor's text."""
        before = self.restorer.state() if given else {}
        if given:
            self.watching.before_given()
        error = self._error_of(lambda: self.complete(self._cell(source, quiet, given)))
        self.watching.after_cell(given)
        if given:
            self.restorer.accept(before, binds, error is None)
        late = self._late(error)
        self._put_aside(aside)
        outputs = [output for output in self.shell.outputs
                   if late is None or output["output_type"] != "error"]  # fmt: skip
        return {"outputs": outputs, "error": error and type(error).__name__, "late": late}

    async def _cell(self, source: str, quiet: bool, given: bool) -> BaseException | None:
        with stoppable():
            error = await self.shell.run(source, quiet, given)
            for _ in range(LINGER):
                await asyncio.sleep(0)
        return error

    def do_test(self, aside: dict, blobs: list, **test) -> dict:
        """Run an ordinary test; its verdict has gone out before this reply."""
        self.watching.before_given(test=True)
        outcome, restored = self.runner.run(Test(**test), self.wire)
        self.watching.after_cell(True)
        late = self._late(outcome.error)
        self._put_aside(aside)
        error = outcome.error and described(outcome.error, self.shell)
        return {
            "outputs": list(self.shell.outputs), "error": error, "late": late, "restored": restored,
        }  # fmt: skip

    def do_describe(self, name: str, blobs: list) -> dict:
        """Say what a name stands for, as far as a check wants to know before it asks."""
        if name not in self.shell.user_ns:
            return {}
        value = self.shell.user_ns[name]
        read = surroundings(value)
        return {
            "type": type(value).__name__[:100], "callable": callable(value),
            "none": value is None, "parameters": _parameters(value),
            "reads": [read.data, read.functions],
        }  # fmt: skip

    def do_values(self, names: list, seconds: float, blobs: list) -> dict:
        """Tell plain values, a message each."""
        return {"end": self.answers.values(names, seconds)}

    def do_ask(self, name: str, script: dict | None, cases: list, seconds: float, blobs) -> dict:
        """Let a function answer, a message a case."""
        return {"end": self.answers.ask(name, script, cases, blobs, seconds)}

    def do_edited(self, seconds: float, blobs: list, **question) -> dict:
        """Tell what small edits of a function's code give, a message for many."""
        return {"end": self.answers.edited(blobs=blobs, seconds=seconds, **question)}

    def do_aside(self, aside: dict, blobs: list) -> dict:
        """Call functions no more that have ended badly."""
        self._put_aside(aside)
        return {}

    # --- what did not end ------------------------------------------------------------------------

    def _error_of(self, run: Callable) -> BaseException | None:
        try:
            return run()
        except BaseException as error:
            return error

    def _late(self, error: BaseException | None) -> list[str] | None:
        """Return which functions did not end, and call them no more; None if all was in time."""
        if not isinstance(error, OutOfTime):
            return None
        names = culprits(error, self.shell.user_ns)
        self._put_aside(dict.fromkeys(names, "timeout"))
        return names

    def _put_aside(self, aside: dict) -> None:
        for name, how in aside.items():
            put_aside(name, how, self.shell.user_ns)


def _new_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def _parameters(value) -> list | None:
    """Return (name, kind, has a default) of each parameter; None where Python does not tell."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except Exception:
        return None
    return [[p.name, int(p.kind), p.default is not inspect.Parameter.empty] for p in parameters]
