"""From a submission's bytes to its points: a function of nothing else.

It may run anywhere, as often as one likes: in this process, in a pool of processes, on a cluster.
"""

import contextlib
import hashlib
import threading
import time
import traceback
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessonlib.checks import Verdict
from lessonlib.errors import UserError
from lessonlib.grading.examining import Examined, Examiner
from lessonlib.grading.limits import Limits
from lessonlib.grading.materials import Given, Materials, digest, exercise_in, named_parts
from lessonlib.grading.record import STATES, Record, Result
from lessonlib.grading.remote.isolation import PACKAGE, Server
from lessonlib.grading.remote.kernel import Kernel, OutOfLives
from lessonlib.grading.remote.session import Gone, Ran, ServerGone
from lessonlib.grading.scratch import scratch
from lessonlib.grading.submission.outputs import error_output
from lessonlib.grading.submission.reading import Unreadable, encodable, read
from lessonlib.grading.submission.repair import (
    Piece,
    Repaired,
    as_notebook,
    hidden_lines,
    repair,
    visible,
)
from lessonlib.grading.submission.slicing import NOT_RUN, not_needed

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


@dataclass(frozen=True)
class Task:
    """All that one grade depends on.

    data:  the submitted file; None where there is none.
    files: what else the learner handed in, by relative path; the lesson's own files win.
    fault: why the file was not read, where it was not ("It is a link.").
    notes: what was odd about how it was handed in.
    """

    materials: Materials
    data: bytes | None
    files: dict[str, bytes]
    limits: Limits = Limits()
    protected: bool = True
    fault: str = ""
    notes: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Return a digest of all that the grade depends on."""
        how = repr((self.limits, self.protected, self.fault, self.notes, self.data is None))
        parts = [code_fingerprint(), self.materials.fingerprint(), how]
        return digest(*map(str.encode, parts), self.data or b"", *named_parts(self.files))


@cache
def code_fingerprint() -> str:
    """Return a digest of lessonlib's code: a check that has changed makes its grades stale."""
    report = PACKAGE / "grading" / "report"  # says how a class did, and changes nothing
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if report not in path.parents]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


@dataclass(frozen=True)
class Graded:
    """An executed notebook, as text, and how it did."""

    notebook: str
    record: Record


def grade(task: Task) -> Graded:
    """Return the executed notebook and its record. Raises UserError if nothing can be isolated.

    Whatever the submission is, it gets a state and the points that its working parts earned.
    """
    started = time.monotonic()
    with _ONE_AT_A_TIME:
        notebook, record = _grade(task)
    return _finished(task, notebook, replace(record, seconds=time.monotonic() - started))


def stumbled(task: Task, why: str) -> Graded:
    """Return the grade of a submission that the grader could not cope with."""
    return _finished(task, *_nothing(task, "failed", f"The grader stumbled: {why}"))


def _finished(task: Task, notebook: NotebookNode, record: Record) -> Graded:
    record = replace(record, seconds=round(record.seconds, 3), fingerprint=task.fingerprint())
    record.write(notebook)
    text = encodable(nbformat.writes(notebook) + "\n")
    return Graded(text, Record.of_text(text))


_ONE_AT_A_TIME = threading.Lock()  # tests share the process they run in: its output, its warnings


def _grade(task: Task) -> tuple[NotebookNode, Record]:
    if task.data is None:
        state = "refused" if task.fault else "missing"
        return _nothing(task, state, task.fault or " ".join(task.notes) or "There is no file.")
    try:
        return _executed(task)
    except Unreadable as error:
        return _nothing(task, "unreadable", str(error))
    except UserError:  # nothing can be isolated: that is the same for all
        raise
    except (Exception, Gone, ServerGone):  # a fault of ours must not take the class with it
        last = traceback.format_exc().strip().splitlines()[-1]
        return _nothing(task, "failed", f"The grader stumbled: {last}")


def _executed(task: Task) -> tuple[NotebookNode, Record]:
    """Run a submission; once more from the start if the warm server was taken away meanwhile."""
    try:
        return _Run(task, repair(read(task.data), task.materials)).whole()
    except ServerGone:
        return _Run(task, repair(read(task.data), task.materials)).whole()


def _nothing(task: Task, state: str, why: str) -> tuple[NotebookNode, Record]:
    """Return the empty lesson with no points, for a submission that cannot be run."""
    pieces = [Piece(c.source if c.locked else c.stub, c.cell_type, c if c.name else None)
              for c in task.materials.cells]  # fmt: skip
    notebook = as_notebook(pieces, task.materials)
    notebook.metadata = nbformat.from_dict(METADATA)
    results = []
    for cell in notebook.cells:
        given = _given_of(cell, task.materials)
        if given is not None and given.is_test:
            cell.outputs = [nbformat.from_dict(error_output(state, why, [why]))]
            results.append(Result(given.name, given.name, 0.0, given.points, None, why, state))
    return notebook, Record(state, "", tuple(results), (why,))


def _given_of(cell: NotebookNode, materials: Materials) -> Given | None:
    return materials.named.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


class _Run:
    """One submission from its first cell to its last."""

    def __init__(self, task: Task, repaired: Repaired):
        self.task, self.pieces, self.notes = task, repaired.pieces, [*task.notes, *repaired.notes]
        self.state = "repaired" if self.notes else "graded"
        self.results: list[Result] = []
        lessons = task.materials.files  # first, and never replaced
        files = {**lessons, **task.files, **lessons}
        server = warm_server(task.materials.modules, task.protected)
        self.kernel = Kernel(server, task.limits, files)
        self.examiner = Examiner(task.materials, self.kernel, hashlib.sha256(task.data).digest())

    def whole(self) -> tuple[NotebookNode, Record]:
        """Run everything and return the executed notebook and the record."""
        notebook = as_notebook(self.pieces, self.task.materials)
        notebook.metadata = nbformat.from_dict(METADATA)
        skipped = not_needed(self.pieces, self.task.materials)
        try:
            with scratch() as folder, contextlib.chdir(folder):
                self._all(notebook, skipped)
        finally:
            self.kernel.close()
        if any(hidden_lines(cell.source) for cell in self.task.materials.cells):
            self._show_anew(notebook, skipped)
        return notebook, Record(self.state, "", tuple(self.results), tuple(self.notes))

    def _all(self, notebook: NotebookNode, skipped: set[int]) -> None:
        """Run each cell, in a folder where the tests find the lesson's files and harm none."""
        _lay_out(self.task.materials.files)
        for place, (piece, cell) in enumerate(zip(self.pieces, notebook.cells, strict=True)):
            if cell.cell_type == "code":
                outputs = [] if place in skipped else self._run(piece)
                self._keep(cell, outputs, place + 1, place in skipped)

    def _show_anew(self, notebook: NotebookNode, skipped: set[int]) -> None:
        """Take what the cells show from a kernel that no test asks anything.

        Else a cell below a hidden test could print what the test had handed to a function.
        """
        old = self.kernel
        self.kernel = Kernel(old.server, self.task.limits, old.files, dict(old.aside), old.late)
        try:
            for place, (piece, cell) in enumerate(zip(self.pieces, notebook.cells, strict=True)):
                is_test = piece.given is not None and piece.given.is_test
                if cell.cell_type == "code" and not is_test and place not in skipped:
                    self._keep(cell, self._run_inside(_own_source(piece)), place + 1, False)
        finally:
            self.kernel.close()

    def _keep(self, cell: NotebookNode, outputs: list[dict], count: int, skipped: bool) -> None:
        for output in outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        cell.execution_count = None if skipped else count
        if skipped:
            cell.metadata["lessonlib"] = {"not_run": NOT_RUN}

    def _run(self, piece: Piece) -> list[dict]:
        given = piece.given
        if given is not None and given.is_test:
            return self._examine(given)
        if given is None or not given.locked:
            return self._run_inside(_own_source(piece))
        self.examiner.prepare(given)
        outputs = self._run_inside(_own_source(piece))
        if self.kernel.session is None:  # ended: once more, without the functions that it calls
            self.examiner.blame(given, self.kernel.ended)
            outputs = self._run_inside(_own_source(piece))
        return outputs

    def _examine(self, given: Given) -> list[dict]:
        examined = self.examiner.examine(given)
        self._worsen(examined.state)
        if examined.note:
            self.notes.append(f"{given.name}: {examined.note}")
        self.results.append(_result(given, examined))
        return examined.outputs

    def _run_inside(self, source: str) -> list[dict]:
        if not source.strip():
            return []
        try:
            ran = self.kernel.run(source)
        except OutOfLives:
            text = "Not run: the notebook's process ended too often, or its time was over."
            self._worsen("killed")
            return [error_output("NotRun", text, [text])]
        self._worsen(_state_of(ran))
        return ran.outputs or _how_it_ended(ran)

    def _worsen(self, state: str) -> None:
        self.state = max(self.state, state, key=STATES.index)


def _own_source(piece: Piece) -> str:
    """Return what the submission's process may know of a cell: nothing hidden."""
    if not piece.runs:
        return ""
    locked = piece.given is not None and piece.given.locked
    return visible(piece.given.source) if locked else piece.source


def _lay_out(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _result(given: Given, examined: Examined) -> Result:
    verdicts = examined.verdicts
    errors = [o["evalue"] for o in examined.outputs if o["output_type"] == "error"]
    exercise = verdicts[0].exercise if len(verdicts) == 1 else exercise_in(given.source, given.name)
    mistakes = tuple(dict.fromkeys(name for v in verdicts for name in _mistakes(v)))
    message = verdicts[0].message if verdicts else "\n".join(errors)
    return Result(
        given.name, exercise, examined.points, given.points, next(iter(mistakes), None), message,
        examined.state, mistakes,
    )  # fmt: skip


def _mistakes(verdict: Verdict) -> list[str]:
    named = [verdict.mistake, *(output.mistake for output in verdict.outputs)]
    return [name for name in named if name]


def _state_of(ran: Ran) -> str:
    if ran.how == "died":
        return "killed"
    return "timed out" if ran.how == "timeout" or ran.late is not None else "graded"


def _how_it_ended(ran: Ran) -> list[dict]:
    texts = {
        "died": "This cell ended the notebook's process. The cells below ran in a new one.",
        "timeout": "This cell did not come to an end. The cells below ran in a new process.",
    }
    text = texts.get(ran.how)
    return [error_output("Ended", text, [text])] if text else []


# --- the server of this process ------------------------------------------------------------------

_SERVERS: dict[str, Server] = {}


def warm_server(modules: tuple[str, ...], protected: bool) -> Server:
    """Return this process's warm server, started anew for a lesson that imports other modules."""
    server = _SERVERS.get("warm")
    if server is not None and (server.modules, server.protected) == (modules, protected):
        if server.process.poll() is None:
            return server
    if server is not None:
        server.close()
    _SERVERS["warm"] = Server(modules, protected)
    return _SERVERS["warm"]


def close_servers() -> None:
    """End this process's server, if it has one."""
    while _SERVERS:
        _SERVERS.popitem()[1].close()
