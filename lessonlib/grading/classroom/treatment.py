"""One submission's grade as the coordinator needs it: a few facts, and the notebook as bytes.

The coordinator need not parse what a submission has made large.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from typing import Any

import nbformat
from nbformat import NotebookNode

from lessonlib.errors import UserError
from lessonlib.grading.classroom.supervisor import Late, Lost
from lessonlib.grading.grade import Graded, grade, stumbled
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record, Result
from lessonlib.grading.task import Task


def _alone(package: str, name: str) -> Any:
    """Import one module of a package without the package, which may bring in more than it needs."""
    whole: Any = find_spec(package)
    (folder,) = whole.submodule_search_locations
    spec: Any = spec_from_file_location(f"{package}_{name}", f"{folder}/{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


utils = _alone("nbgrader", "utils")  # nbgrader itself imports JupyterLab's server: a second a child
MARGIN = 60.0  # seconds beyond a submission's own, for all that is done with it on our side
INSTRUCTOR = "lessonlib_instructor"  # in an output's metadata: not for the learner's feedback
STUMBLED = "The grader stumbled: "


class Stumbled(Exception):
    """The grader failed: perhaps it does not in a fresh process."""


@dataclass(frozen=True)
class Treated:
    """What came of a submission.

    scores:   nbgrader's automatic score of each cell that has one; None where a person has to say.
    answered: whether each answer is another text than the one that was handed out.
    notebook: the executed notebook, as nbgrader's file.
    """

    scores: dict[str, float | None]
    answered: dict[str, bool]
    notebook: bytes

    @property
    def record(self) -> Record:
        """What the notebook's metadata say."""
        record = Record.of_bytes(self.notebook)
        assert record is not None  # it was written here
        return record


def seconds_in_all(limits: Limits) -> float:
    """Return the wall time after which a submission's treatment is ended in any case."""
    return limits.total_seconds + MARGIN


def treat(task: Task) -> bytes:
    """Grade a submission, in a worker's child process. Raises Stumbled where the grader failed."""
    graded = grade(task)
    if graded.record.state == "failed":
        raise Stumbled(" ".join(graded.record.notes).removeprefix(STUMBLED))
    return as_bytes(graded)


def settled(answer: Callable[[], bytes], task_of: Callable[[], Task], seconds: float) -> Treated:
    """Return what came of a submission; one whose grade could not be had gets a state that says so.

    answer:  gives what `treat` made, or raises what its supervisor does.
    seconds: what it got in all.
    """
    try:
        return of_bytes(answer())
    except UserError:  # the same for all
        raise
    except Late:
        why = f"it was not done after {seconds:.0f} seconds in all, and was ended"
    except Lost as error:
        why = str(error)
    except Exception as error:
        why = f"its worker ended or failed ({type(error).__name__}: {error})"
    return of_bytes(as_bytes(stumbled(task_of(), why)))


def as_bytes(graded: Graded) -> bytes:
    """Return a grade as bytes, with what the instructor is told below each test."""
    notebook = nbformat.reads(graded.notebook, as_version=4)
    facts = json.dumps([_scores(notebook), _answered(notebook)])
    show_to_instructor(notebook, graded.record)
    return f"{facts}\n{nbformat.writes(notebook)}\n".encode()


def of_bytes(data: bytes) -> Treated:
    """Return what `as_bytes` made bytes of."""
    facts, _, notebook = data.partition(b"\n")
    scores, answered = json.loads(facts)
    return Treated(scores, answered, notebook)


def _scores(notebook: NotebookNode) -> dict[str, float | None]:
    """As nbgrader's SaveAutoGrades does."""
    return {
        cell.metadata.nbgrader.grade_id:
            None if utils.is_task(cell) else utils.determine_grade(cell)[0]
        for cell in notebook.cells if utils.is_grade(cell) or utils.is_task(cell)
    }  # fmt: skip


def _answered(notebook: NotebookNode) -> dict[str, bool]:
    return {
        cell.metadata.nbgrader.grade_id:
            utils.is_task(cell)
            or cell.metadata.nbgrader.checksum != utils.compute_checksum(cell)
        for cell in notebook.cells if utils.is_solution(cell) or utils.is_task(cell)
    }  # fmt: skip


# --- what only the instructor reads --------------------------------------------------------------


def show_to_instructor(notebook: NotebookNode, record: Record) -> None:
    """Add to each test's outputs what only the instructor may read."""
    words = {result.cell: _words(result) for result in record.results}
    for cell in notebook.cells:
        text = words.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if text and cell.cell_type == "code":
            cell.outputs.append(nbformat.v4.new_output(
                "display_data", {"text/plain": text}, metadata={INSTRUCTOR: True}))  # fmt: skip


def hide_from_learner(cell: NotebookNode) -> None:
    """Take out of a cell's outputs what only the instructor may read."""
    if cell.cell_type == "code":
        cell.outputs = [o for o in cell.outputs if not o.get("metadata", {}).get(INSTRUCTOR)]


def _words(result: Result) -> str:
    lines = [f"Passed. {result.marked}"] if result.marked else []
    lines += [result.instructor] if result.instructor else []
    return "\n".join(["For the instructor only.", *lines]) if lines else ""
