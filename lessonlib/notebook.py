"""`check` for notebooks and `judge` for programs: both take an exercise's id and an answer."""

import ast
import copy
import json
import os
import sys
from dataclasses import replace

import numpy as np

from lessonlib.checks import Verdict
from lessonlib.checks import judge as judge_exercise
from lessonlib.checks.judging import NOTHING
from lessonlib.checks.wording import listing, paragraph
from lessonlib.errors import UserError
from lessonlib.lessons import find

RECORD = "LESSONLIB_VERDICTS"  # a file that `lessonlib check` collects the verdicts in
PLAIN = "LESSONLIB_PLAIN"  # set where a verdict is to be text in a notebook, too


class CheckFailed(AssertionError):
    """A check that did not pass. In a notebook it shows a few words and no traceback.

    shown: those words, where the message itself was shown already.
    """

    def __init__(self, message: str, shown: str = ""):
        super().__init__(message)
        self.shown = shown or message

    def _render_traceback_(self) -> list[str]:
        return self.shown.split("\n")


def judge(
    exercise_id: str, answer=NOTHING, /, *, rng: np.random.Generator | None = None, **named
) -> Verdict:
    """Return the verdict on an answer to the exercise with this id.

    answer: the function or class, by position; or the values by name: `judge(id, z1=z1, a1=a1)`.
    rng:    draws the check's inputs; the same ones each time if it is left out.

    Raises UserError for an unknown id, naming the nearest. A wrong answer raises nothing.
    """
    exercise, drawn = find(exercise_id), copy.deepcopy(rng)
    verdict = judge_exercise(exercise, answer, rng=rng, named=named)
    return verdict if verdict.passed else _located(verdict, exercise, answer, drawn)


def _located(verdict: Verdict, exercise, answer, rng: np.random.Generator | None) -> Verdict:
    """Return a failed verdict with the line that it comes from, where that can be told."""
    from lessonlib.locating import locate  # a right answer does without

    drawn = np.random.default_rng(0) if rng is None else rng
    return locate(verdict, exercise, answer, lambda: exercise.cases(drawn))


def check(exercise_id: str, answer=NOTHING, /, **named) -> float | None:
    """Judge an answer and say so below the cell; raise CheckFailed if it is not right yet.

    While nbgrader grades a class, an answer that is right in part returns its points instead of
    raising: that is how nbgrader takes partial credit.
    """
    try:
        verdict = judge(exercise_id, answer, **named)
    except UserError as error:
        raise CheckFailed(paragraph(str(error))) from None
    verdict = replace(verdict, doubt=_doubt(verdict, answer))
    _record(verdict)
    if verdict.printed:
        print(f"Your code printed:\n{verdict.printed.rstrip()}\n")
    if verdict.passed or _earns_part(verdict):
        if not _show(verdict):
            print(verdict.message)
        return None if verdict.passed else verdict.points
    stops = f"{exercise_id} is not right yet. If you ran all cells, the run stopped here."
    raise CheckFailed(verdict.message, stops if _show(verdict) else "") from None


def _earns_part(verdict: Verdict) -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "autograde" and verdict.points > 0


def _doubt(verdict: Verdict, answer) -> str:
    """Return why this may not be about what can be read in the notebook."""
    shell = _own_shell()
    if shell is None:
        return ""
    from lessonlib import freshness

    counts = vars(shell).setdefault("lessonlib_checks", {})
    return freshness.doubt(shell.user_ns.get("In", []), counts, verdict, answer)


def _own_shell():
    """Return the IPython shell that this runs in, if it does."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _show(verdict: Verdict) -> bool:
    """Show a verdict as HTML with its text beside it, and return True; False where text will do."""
    if not _is_looked_at():
        return False
    from IPython.display import display

    from lessonlib import recorded, standing
    from lessonlib.checks.showing import as_html

    standing.note(verdict)
    more = standing.so_far(verdict) if verdict.passed else ""
    page = as_html(verdict, find(verdict.exercise), more)
    shown = {"text/html": page, "text/plain": verdict.message}
    display(shown, raw=True, metadata=recorded.record(verdict))
    return True


def _is_looked_at() -> bool:
    """Return whether this is a page: no terminal, and no program that reads what is printed."""
    programs = (PLAIN, "NBGRADER_EXECUTION", "PYTEST_CURRENT_TEST")  # the last one is nbval's
    shell = _own_shell()
    shows = hasattr(shell, "kernel") or (shell is not None and sys.platform == "emscripten")
    return shows and not any(name in os.environ for name in programs)


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
    shell.set_custom_exc((NameError, NotImplementedError, TypeError, ValueError), explain)


def explain(shell, etype, error, tb, tb_offset=None) -> None:
    """Show an error of a cell, as a sentence where that says more than its traceback."""
    text = _sentence(error, shell.user_ns.get("In", [""])[-1], tb, shell.user_ns)
    if text:
        error._render_traceback_ = lambda: paragraph(text).split("\n")
    shell.showtraceback((etype, error, tb), tb_offset=tb_offset)


def _sentence(error: Exception, cell: str, tb, names: dict) -> str:
    if isinstance(error, NotImplementedError):
        return (
            "This cell uses a function that is not written yet: it still raises "
            "NotImplementedError. Write it in its cell above, run that cell, then this one again."
        )
    gaps = [name for name in _names_in(cell) if names.get(name) is Ellipsis]
    if gaps:
        return (
            f"This cell needs {listing(gaps)}, still `...` above. Put your answer there, run "
            "that cell, then run this one again."
        )
    at_top = tb is not None and tb.tb_next is not None and tb.tb_next.tb_next is None
    if isinstance(error, NameError) and at_top and "check(" in cell:
        from lessonlib import freshness

        broken = freshness.why_unknown(names.get("In", [""])[:-1], error.name)
        if broken:
            return f"{broken} {freshness.AGAIN}"
        if error.name == "check":
            return (
                "`check` is not known yet. Run the first code cell of this notebook, which imports "
                "it, and the cells below it. After a restart all cells above must be run once more."
            )
        return (
            f"The name {error.name} is not known yet. Run the cell above that makes it (click into "
            "it, then Shift+Enter), then run this cell again. After a restart all cells above "
            "must be run once more."
        )
    return ""


def _names_in(cell: str) -> list[str]:
    """Return the names of the notebook that a cell's code reads, each once, in order."""
    try:
        nodes = list(ast.walk(ast.parse(cell)))
    except SyntaxError:
        return []
    parameters = {node.arg for node in nodes if isinstance(node, ast.arg)}
    reads = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return [name for name in dict.fromkeys(reads) if name not in parameters]
