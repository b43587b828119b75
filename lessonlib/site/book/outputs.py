"""What a reader of the book sees below the cells of a lesson.

The released notebooks come without outputs, and run as they are, most of their figures end in the
error of a stub. So the outputs are those of the instructor's notebook, which has run with right
answers. A cell that the learner fills in has none there, nor has a check; nor a cell that reads a
value which the learner is to find: its figure would tell it. What a *function* of the learner's
computes is shown: that is what the text speaks of, and it does not say how the function is written.
"""

import ast
import re
from contextlib import suppress
from html import escape

from bs4 import BeautifulSoup
from nbformat import NotebookNode, v4

from lessonlib.building.symbols import symbols_in
from lessonlib.errors import UserError

GUESS = "guess"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LEAST = 3  # so many numbers of an answer, in a row, are no chance
LEFT_OUT = (
    '<p class="left-out">What this cell shows depends on your answer. '
    "Run it in the lesson to see it.</p>"
)
GUESS_FIRST = "Guess first, then open: what happens"
ANSWER_FIRST = "Answer first, then open: what this cell shows"


def add_outputs(released: NotebookNode, executed: NotebookNode) -> None:
    """Give the cells of a released notebook the outputs that a reader may see.

    Raises UserError where the executed notebook is not the same lesson.
    """
    ran = {cell.id: cell for cell in executed.cells}
    hidden: set[str] = set()  # the names whose values are the learner's to find, or tell of them
    answers: list[list[float]] = []  # the numbers that the learner is to find
    for cell in (each for each in released.cells if each.cell_type == "code"):
        role = cell.metadata.get("nbgrader", {})
        if role.get("solution"):
            hidden |= _asked_for(cell.source)
            answers += _numbers_in(ran[cell.id].source)
        elif not role:
            _expect_same(cell, ran.get(cell.id))
            symbols = symbols_in(cell.source)
            tells = bool(symbols.reads_first & hidden - {GUESS})
            hidden = hidden | symbols.binds if tells else hidden - symbols.binds
            cell.outputs = _shown(ran[cell.id].outputs, tells, answers)


def _asked_for(stub: str) -> set[str]:
    """Return the names that a stub leaves to the learner as values: `name = ...`."""
    return {
        target.id
        for node in ast.walk(ast.parse(stub))
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "..."
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _numbers_in(solution: str) -> list[list[float]]:
    """Return the lists of numbers that an answer's code spells out."""
    found = []
    for node in ast.walk(ast.parse(solution)):
        if isinstance(node, ast.List):
            with suppress(ValueError, TypeError):
                found.append([float(each) for each in ast.literal_eval(node)])
    return [numbers for numbers in found if len(numbers) >= LEAST]


def _expect_same(cell: NotebookNode, ran: NotebookNode | None) -> None:
    if ran is None or ran.source != cell.source:
        raise UserError(
            f"The cell {cell.id} is not the same in solutions/ and in course/. "
            "Run make build, then make the book again."
        )


def _shown(
    outputs: list[NotebookNode], tells: bool, answers: list[list[float]]
) -> list[NotebookNode]:
    if tells and outputs:
        return [_html(LEFT_OUT)]
    return [_for_reading(output, answers) for output in outputs]


def _for_reading(output: NotebookNode, answers: list[list[float]]) -> NotebookNode:
    """Return an output without anybody's guess in it; behind a fold where it tells an answer."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    text = data.get("text/html", f"<pre>{escape(data['text/plain'])}</pre>")
    page = BeautifulSoup(text, "html.parser")
    if guess := page.find("th", string="Your guess"):
        for part in (guess, *page.find_all("td", limit=1), *page.find_all("p", limit=1)):
            part.decompose()
        return _html(_folded(page, GUESS_FIRST))
    if any(_has(data["text/plain"], numbers) for numbers in answers):
        return _html(_folded(page, ANSWER_FIRST))
    return _html(text) if "text/html" in data else output


def _html(text: str) -> NotebookNode:
    return v4.new_output("display_data", {"text/html": text})


def _folded(page: BeautifulSoup, summary: str) -> str:
    return f'<details class="output"><summary>{summary}</summary>{page}</details>'


def _has(text: str, numbers: list[float]) -> bool:
    """Whether a text has these numbers, one after the other and with no others between."""
    found = [float(each) for each in NUMBER.findall(text)]
    return any(found[k : k + len(numbers)] == numbers for k in range(len(found)))
