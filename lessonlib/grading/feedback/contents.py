"""What a feedback page tells: how the lesson went, each exercise, and the cells of the notebook."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup
from nbformat import NotebookNode
from nbgrader import utils

from lessonlib.grading.feedback.cells import Cells
from lessonlib.grading.materials import exercise_in
from lessonlib.grading.record import Record
from lessonlib.grading.report.notebooks import answers
from lessonlib.printable import one_line

STATES = {
    "graded": "Everything in your notebook ran.",
    "repaired": "Something was not as it was handed out. It was put right, and everything ran.",
    "timed out": "Something did not come to an end and was stopped. The rest was graded.",
    "killed": "Something ended the process that it ran in. The rest ran in a new one.",
    "unreadable": "There is no notebook in the file that you handed in.",
    "refused": "The file was not opened: it is a link, or too large.",
    "missing": "There is no file of yours.",
    "failed": "The grader itself stumbled. That is not your fault: please tell your instructor.",
}
EXCEPT = "Your notebook ran, except for this:"  # where it was graded as it is, and has notes
STOPPED = {
    "timed out": "Your code did not come to an end here and was stopped.",
    "killed": "Your code ended its process here.",
}
ENOUGH = 1e-9  # points are sums of shares


@dataclass(frozen=True)
class Exercise:
    """One graded cell.

    name:     the heading that it stands under in the notebook.
    points:   None while a person has to say.
    anchor:   the id of its part of the page; `cell` is that of its cell in the notebook below.
    verdict:  what the cell has shown.
    comments: the instructor's.
    stopped:  whether the learner's code had to be stopped, or ended its process, in words.
    """

    name: str
    exercise: str
    points: float | None
    max_points: float
    anchor: str
    cell: str
    verdict: list[Markup]
    comments: list[Markup]
    stopped: str = ""

    @property
    def outcome(self) -> str:
        """How it went: right, part, wrong, waiting, or practice where there are no points."""
        if self.points is None:
            return "waiting"
        if self.max_points <= 0:
            return "practice"
        if self.points >= self.max_points - ENOUGH:
            return "right"
        return "part" if self.points > 0 else "wrong"


@dataclass(frozen=True)
class Shown:
    """A cell of the notebook.

    exercise: the one that it grades; its verdict is told there.
    comment:  the instructor's, on the answer in this cell.
    """

    anchor: str
    html: Markup
    outputs: list[Markup] = field(default_factory=list)
    exercise: Exercise | None = None
    comment: Markup = Markup()


@dataclass(frozen=True)
class Page:
    """All that a page tells. penalty: the points taken off for handing in late."""

    title: str
    learner: str
    points: float
    max_points: float
    penalty: float
    state: str
    notes: list[str]
    exercises: list[Exercise]
    cells: list[Shown]

    @property
    def waiting(self) -> list[str]:
        """The names of the exercises that wait for a person's points."""
        return [each.name for each in self.exercises if each.outcome == "waiting"]


def page_of(notebook: NotebookNode, known: dict) -> Page:
    """Return what a page on an executed notebook tells.

    known: what nbgrader and `preprocessors.GetWaiting` have found out about it.
    """
    record, write = Record.read(notebook), Cells()
    exercises = dict(_exercises(notebook, known, record, write))
    notes = _notes(record) if record else []
    return Page(
        title=_title(notebook) or one_line(known["assignment"]),
        learner=one_line(known["learner"]),
        points=max(0.0, known["score"]),
        max_points=known["max_score"],
        penalty=known["late_penalty"],
        state=_state(record, notes) if record else "",
        notes=notes,
        exercises=list(exercises.values()),
        cells=list(_cells(notebook, exercises, write)),
    )


def _state(record: Record, notes: list[str]) -> str:
    return EXCEPT if notes and record.state == "graded" else STATES[record.state]


def _notes(record: Record) -> list[str]:
    """Return what was put right; what is amiss in a test is for the instructor."""
    tests = tuple(f"{result.cell}: " for result in record.results)
    return [one_line(note, 1_000) for note in record.notes if not note.startswith(tests)]


# --- exercises -----------------------------------------------------------------------------------


def _exercises(
    notebook: NotebookNode, known: dict, record: Record | None, write: Cells
) -> Iterator[tuple[int, Exercise]]:
    """Yield each graded cell's place in the notebook and what came of it."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    depends, comments = dict(answers(cells)), _comments(cells)
    results = {result.cell: result for result in record.results} if record else {}
    for place, (heading, cell) in enumerate(under_headings(notebook.cells)):
        own = cell.metadata.get("nbgrader", {})
        if utils.is_grade(cell) or utils.is_task(cell):
            name = own.grade_id
            state = results[name].state if name in results else "graded"
            said = [comments[each] for each in depends.get(name, (name,)) if each in comments]
            yield place, Exercise(
                heading or one_line(name), one_line(exercise_in(cell.source, name)),
                None if name in known["waiting"] else own.score, own.points,
                f"exercise-{place}", f"cell-{place}",
                write.outputs(cell), list(map(write.text, said)),
                STOPPED.get(state, ""),
            )  # fmt: skip


def _comments(cells: list[NotebookNode]) -> dict[str, str]:
    """Return the instructor's comments on the answers, by the answers' names."""
    names = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in cells}
    return {name: own["comment"] for name, own in names.items() if own.get("comment")}


def under_headings(cells: list[NotebookNode]) -> Iterator[tuple[str, NotebookNode]]:
    """Yield each cell with the last heading above it, as plain words."""
    heading = ""
    for cell in cells:
        heading = _last_heading(cell) or heading
        yield heading, cell


def _last_heading(cell: NotebookNode) -> str:
    """Return the last heading in a text, as plain words; "" where there is none."""
    if cell.cell_type != "markdown" or utils.is_solution(cell):
        return ""
    found = re.findall(r"^#{2,6}[ \t]+(.+?)[ \t#]*$", cell.source, re.MULTILINE)
    return _plain(found[-1]) if found else ""


def _title(notebook: NotebookNode) -> str:
    """Return the first heading of the highest level."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = next(filter(None, (re.search(r"^#[ \t]+(.+)$", text, re.M) for text in texts)), None)
    return _plain(found[1]) if found else ""


def _plain(heading: str) -> str:
    """Return "layer_forward" for "Your turn: `layer_forward`"."""
    words = re.sub(r"^Your turn[^:]*: *", "", heading)
    return one_line(re.sub(r"[`*$\\]", "", words[:1].upper() + words[1:]))


# --- the notebook --------------------------------------------------------------------------------


def _cells(notebook: NotebookNode, exercises: dict[int, Exercise], write: Cells) -> Iterator[Shown]:
    """Yield the cells of the notebook; what a graded one has shown is told with its exercise."""
    for place, cell in enumerate(notebook.cells):
        own, exercise = cell.metadata.get("nbgrader", {}), exercises.get(place)
        outputs = [] if exercise else write.outputs(cell)
        comment = write.text(own["comment"]) if own.get("comment") else Markup()
        yield Shown(f"cell-{place}", write.cell(cell), outputs, exercise, comment)
