"""From a submission's bytes to its points: a function of nothing else.

It may run anywhere, as often as one likes: in this process, in a pool of processes, on a cluster.
"""

import time
import traceback
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode

from lessonlib.checks import Verdict
from lessonlib.errors import UserError
from lessonlib.grading.host import tests
from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.process import Gone, ServerGone
from lessonlib.grading.host.round import Round
from lessonlib.grading.host.tests import Examined
from lessonlib.grading.materials import Given, exercise_in
from lessonlib.grading.record import STATES, Record, Result
from lessonlib.grading.submission.outputs import error_output
from lessonlib.grading.submission.reading import Unreadable, encodable, read
from lessonlib.grading.submission.repair import Piece, Repaired, as_notebook, hidden_lines, repair
from lessonlib.grading.submission.syntax import UNREAD, parsed
from lessonlib.grading.task import Task
from lessonlib.mine.handed import handed_out

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}
NOT_SHOWN = "Not run while grading: no point depends on what this cell shows."


@dataclass(frozen=True)
class Graded:
    """An executed notebook, as text, and how it did."""

    notebook: str
    record: Record


def grade(task: Task) -> Graded:
    """Return the executed notebook and its record. Raises UserError if nothing can be isolated.

    Whatever the submission is, it gets a state and the points that its working parts earned.
    """
    return examine(task)[0]


def examine(task: Task) -> tuple[Graded, dict[str, Examined]]:
    """Return the grade, and by its name all that is known of each test that ran."""
    started = time.monotonic()
    notebook, record, examined = _grade(task)
    return _finished(task, notebook, record, time.monotonic() - started), examined


def stumbled(task: Task, why: str) -> Graded:
    """Return the grade of a submission that the grader could not cope with."""
    return _finished(task, *_nothing(task, "failed", f"The grader stumbled: {why}")[:2])


def _finished(task: Task, notebook: NotebookNode, record: Record, seconds: float = 0.0) -> Graded:
    record = replace(record, seconds=round(seconds, 3), fingerprint=task.fingerprint())
    record.write(notebook)
    text = encodable(nbformat.writes(notebook) + "\n")
    return Graded(text, Record.of_bytes(text.encode()) or record)


Grade = tuple[NotebookNode, Record, dict[str, Examined]]


def _grade(task: Task) -> Grade:
    if task.data is None:
        state = "refused" if task.fault else "missing"
        return _nothing(task, state, task.fault or " ".join(task.notes) or "There is no file.")
    try:
        return _executed(task, task.data)
    except Unreadable as error:
        return _nothing(task, "unreadable", str(error))
    except UserError:  # nothing can be isolated: that is the same for all
        raise
    except (Exception, Gone, ServerGone):  # a fault of ours must not take the class with it
        last = traceback.format_exc().strip().splitlines()[-1]
        return _nothing(task, "failed", f"The grader stumbled: {last}")


def _executed(task: Task, data: bytes) -> Grade:
    """Run a submission; once more from the start if the warm server was taken away meanwhile."""
    try:
        return _Run(task, repair(read(data), task.materials)).whole()
    except ServerGone:
        return _Run(task, repair(read(data), task.materials)).whole()


def _nothing(task: Task, state: str, why: str) -> Grade:
    """Return the empty lesson with no points, for a submission that cannot be run."""
    pieces = [Piece(c.source if c.locked else c.stub, c.cell_type, c if c.name else None)
              for c in task.materials.cells]  # fmt: skip
    notebook = as_notebook(pieces, task.materials)
    notebook.metadata = nbformat.from_dict(METADATA)
    results = []
    for cell, given in zip(notebook.cells, task.materials.cells, strict=True):
        if given.is_test:
            cell.outputs = [nbformat.from_dict(error_output(state, why, [why]))]
            results.append(Result(given.name, given.name, 0.0, given.most, why, state))
    return notebook, Record(state, "", tuple(results), (why,)), {}


# --- one submission ------------------------------------------------------------------------------


class _Run:
    """One submission from its first cell to its last.

    Where there are hidden tests it runs twice: once with them, for the points, in a process whose
    words go nowhere, and once without them, for what learners are shown.
    """

    def __init__(self, task: Task, repaired: Repaired):
        self.task, self.pieces = task, repaired.pieces
        self.notes = [*task.notes, *repaired.notes]
        self.state = "repaired" if self.notes else "graded"
        self.server = _server_for(task)

    def whole(self) -> Grade:
        """Run everything and return the executed notebook, the record, and what the tests did."""
        self.notes += [note for piece in self.pieces if (note := _syntax_fault(piece))]
        deadline = time.monotonic() + self.task.limits.total_seconds
        hides = any(hidden_lines(cell.source) for cell in self.task.materials.cells)
        scored = Round(self.task, self.pieces, self.server, deadline, quiet=hides)
        scored.run()
        shown = scored
        if hides:
            shown = Round(self.task, self.pieces, self.server, deadline, after=scored)
            shown.run()
        examined = {name: self._joined(name, scored, shown) for name in scored.examined}
        self.notes += [f"{name}: {each.note}" for name, each in examined.items() if each.note]
        named = self.task.materials.named
        results = tuple(_result(named[name], each) for name, each in examined.items())
        state = max(self.state, scored.state, shown.state, key=STATES.index)
        record = Record(state, "", results, tuple(self.notes))
        return self._notebook(shown, examined), record, examined

    def _joined(self, name: str, scored: Round, shown: Round) -> Examined:
        """Return what a test earned in the round that counts, told as the other one went."""
        counts, seen = scored.examined[name], shown.examined[name]
        given = self.task.materials.named[name]
        return counts if counts is seen else tests.joined(given, counts, seen)

    def _notebook(self, shown: Round, examined: dict[str, Examined]) -> NotebookNode:
        notebook = as_notebook(self.pieces, self.task.materials)
        notebook.metadata = nbformat.from_dict(METADATA)
        for place, (piece, cell) in enumerate(zip(self.pieces, notebook.cells, strict=True)):
            if cell.cell_type == "code":
                own = examined.get(piece.given.name) if piece.given else None
                outputs = own.outputs if own else shown.outputs.get(place, [])
                _keep(cell, outputs, place + 1, place in shown.skipped)
        return notebook


def _keep(cell: NotebookNode, outputs: list[dict], count: int, skipped: bool) -> None:
    for output in outputs:
        if output["output_type"] == "execute_result":
            output["execution_count"] = count
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    cell.execution_count = None if skipped else count
    if skipped:
        cell.metadata["lessonlib"] = {"not_run": NOT_SHOWN}


def _syntax_fault(piece: Piece) -> str:
    """Return a note on a learner's cell that is not Python; "" where it is."""
    learners = piece.given is None or not piece.given.locked
    if piece.cell_type != "code" or not piece.runs or not learners:
        return ""
    try:
        parsed(piece.source)
        return ""
    except RecursionError:
        where = "nested too deep"
    except SyntaxError as error:
        if str(error.msg).endswith(UNREAD):  # too long for us, which says nothing of the code
            return ""
        where = f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
    name = piece.given.name if piece.given else "A cell of the learner's own"
    return f"{name} does not compile: {where}."


def _result(given: Given, examined: Examined) -> Result:
    verdicts = examined.verdicts
    errors = [o["evalue"] for o in examined.outputs if o["output_type"] == "error"]
    exercise = verdicts[0].exercise if verdicts else exercise_in(given.source, given.name)
    mistakes = tuple(dict.fromkeys(name for v in verdicts for name in _mistakes(v)))
    message = verdicts[0].message if verdicts else "\n".join(errors)
    return Result(
        given.name, exercise, examined.points, given.most, message, examined.state, mistakes,
        examined.marked, examined.instructor,
    )  # fmt: skip


def _mistakes(verdict: Verdict) -> list[str]:
    named = [verdict.mistake, *(output.mistake for output in verdict.outputs)]
    return [name for name in named if name]


# --- the server of this process ------------------------------------------------------------------

_SERVERS: list[Server] = []  # one at the most


def warm_up(task: Task) -> bytes:
    """Start what a task needs, while there is nothing else to do."""
    _server_for(task)
    return b""


def _server_for(task: Task) -> Server:
    handed = handed_out(task.materials.lesson)
    return warm_server(task.materials.modules, task.protected, task.imports, handed)


def warm_server(
    modules: tuple[str, ...],
    protected: bool,
    imports: tuple[str, ...] = (),
    handed: dict[str, bytes] | None = None,
) -> Server:
    """Return this process's warm server, started anew for a lesson that may see other modules."""
    wanted = (modules, protected, imports, handed or {})
    for server in _SERVERS:
        if server.process.poll() is None and server.shows == wanted:
            return server
    close_servers()
    _SERVERS.append(Server(*wanted))
    return _SERVERS[0]


def close_servers() -> None:
    """End this process's server, if it has one."""
    while _SERVERS:
        _SERVERS.pop().close()
