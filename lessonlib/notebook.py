"""`check` for notebooks and `judge` for programs: both take an exercise's id and an answer."""

import ast
import json
import os
import sys

import numpy as np

from lessonlib.checks import Verdict
from lessonlib.checks import judge as judge_exercise
from lessonlib.checks.judging import NOTHING
from lessonlib.checks.wording import listing, paragraph
from lessonlib.errors import UserError
from lessonlib.lessons import find

RECORD = "LESSONLIB_VERDICTS"  # a file that `lessonlib check` collects the verdicts in


class CheckFailed(AssertionError):
    """A check that did not pass. In a notebook it shows its message and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")


def judge(
    exercise_id: str, answer=NOTHING, /, *, rng: np.random.Generator | None = None, **named
) -> Verdict:
    """Return the verdict on an answer to the exercise with this id.

    answer: the function or class, by position; or the values by name: `judge(id, z1=z1, a1=a1)`.
    rng:    draws the check's inputs; the same ones each time if it is left out.

    Raises UserError for an unknown id, naming the nearest. A wrong answer raises nothing.
    """
    return judge_exercise(find(exercise_id), answer, rng=rng, named=named)


def check(exercise_id: str, answer=NOTHING, /, **named) -> float | None:
    """Judge an answer and say so below the cell; raise CheckFailed if it is not right yet.

    While nbgrader grades a class, an answer that is right in part returns its points instead of
    raising: that is how nbgrader takes partial credit.
    """
    try:
        verdict = judge(exercise_id, answer, **named)
    except UserError as error:
        raise CheckFailed(paragraph(str(error))) from None
    _record(verdict)
    if verdict.printed:
        print(f"Your code printed:\n{verdict.printed.rstrip()}\n")
    if verdict.passed:
        print(verdict.message)
        return None
    if os.environ.get("NBGRADER_EXECUTION") == "autograde" and verdict.points > 0:
        print(verdict.message)
        return verdict.points
    raise CheckFailed(verdict.message) from None


def _record(verdict: Verdict) -> None:
    path = os.environ.get(RECORD)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(verdict.as_record()) + "\n")


# --- names that are not there yet --------------------------------------------------------------


def explain_unready_cells(shell) -> None:
    """Let a notebook explain in a sentence what a cell above lacks, where it can.

    A check whose cell above was not run, a stub that an example calls, a value that is still
    `...`: none is a reason for a page of traceback.
    """
    shell.set_custom_exc((NameError, NotImplementedError, TypeError, ValueError), _explain)


def _explain(shell, etype, error, tb, tb_offset=None):
    text = _sentence(error, shell.user_ns.get("In", [""])[-1], tb, shell.user_ns)
    if text:
        error._render_traceback_ = lambda: paragraph(text).split("\n")
    shell.showtraceback((etype, error, tb), tb_offset=tb_offset)


def _sentence(error: Exception, cell: str, tb, names: dict) -> str:
    gaps = [name for name in _names_in(cell) if names.get(name) is Ellipsis]
    if gaps:
        return (
            f"This cell needs {listing(gaps)}, still `...` above. Put your answer there, run "
            "that cell, then run this one again."
        )
    if isinstance(error, NotImplementedError):
        return (
            "This cell uses a function that is not written yet: it still raises "
            "NotImplementedError. Write it in its cell above, run that cell, then this one again."
        )
    at_top = tb is not None and tb.tb_next is not None and tb.tb_next.tb_next is None
    if isinstance(error, NameError) and at_top and "check(" in cell:
        return (
            f"The name {error.name} is not known yet. Run the cell above that makes it (click into "
            "it, then Shift+Enter), then run this cell again. After a restart all cells above "
            "must be run once more."
        )
    return ""


def _names_in(cell: str) -> list[str]:
    """Return the names that a cell's code reads, each once, in order."""
    try:
        nodes = ast.walk(ast.parse(cell))
    except SyntaxError:
        return []
    reads = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return list(dict.fromkeys(reads))


if "IPython" in sys.modules:
    _shell = sys.modules["IPython"].get_ipython()
    if _shell is not None:
        explain_unready_cells(_shell)
