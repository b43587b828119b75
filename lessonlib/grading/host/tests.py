"""Ordinary tests: what is sent of them to run inside, what they give, what a learner is told."""

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from IPython.core.displayhook import DisplayHook

from lessonlib.checks import Verdict
from lessonlib.checks.wording import paragraph
from lessonlib.grading.host.process import Tested
from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.submission.outputs import error_output, result_output, stream_output
from lessonlib.grading.submission.repair import hidden_lines
from lessonlib.grading.submission.syntax import names_in, parsed, plain_python


@dataclass
class Examined:
    """What came of a graded cell.

    state:      "graded"; "timed out" or "killed" if the answer had to be stopped or ended its
                process.
    note:       what the instructor should know of the test itself.
    marked:     why a person should look at it although it passed; "" if there is no reason.
    instructor: what only the instructor may read.
    tested:     what an ordinary test did, in detail.
    """

    points: float
    outputs: list[dict]
    verdicts: list[Verdict] = field(default_factory=list)
    state: str = "graded"
    note: str = ""
    marked: str = ""
    instructor: str = ""
    tested: Tested | None = None


# --- what is put back while a test runs ----------------------------------------------------------


class Watched:
    """What of an assignment the instructor's cells rely on: names that they bind, attributes."""

    def __init__(self, materials: Materials):
        self.cells = [cell for cell in materials.cells if cell.cell_type == "code"]

    @cached_property
    def free_sources(self) -> set[str]:
        """The texts of the instructor's own cells that nbgrader knows nothing of."""
        return {cell.source for cell in self.cells if not cell.name}

    @cached_property
    def changed_by_answers(self) -> frozenset[str]:
        """Names that the instructor's own answers bind or change: learners may do so too."""
        names = [names_in(cell.source) for cell in self.cells if cell.is_answer]
        return frozenset(name for each in names for name in each.binds | each.changes)

    @cached_property
    def attributes(self) -> list[str]:
        """Dotted names of modules' attributes that the tests use, aliases replaced."""
        known = dict(each for cell in self.cells for each in aliases(cell.source))
        found = {each for cell in self.cells if cell.locked for each in _dotted(cell.source, known)}
        return sorted(found | {name for name in known.values() if "." in name})

    def lasting(self, source: str) -> set[str]:
        """Return what a cell without nbgrader's metadata makes that is not to play with."""
        names = names_in(source)
        return {*names.imports, *names.functions, *names.classes}


def aliases(source: str) -> Iterator[tuple[str, str]]:
    """Yield what each name stands for that a cell imports: ("np", "numpy")."""
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.split(".")[0]
                yield alias.asname or whole, whole
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(source: str, aliases: dict[str, str]) -> Iterator[str]:
    for node in _nodes(source):
        path: list[str] = []
        while isinstance(node, ast.Attribute):
            path, node = [node.attr, *path], node.value
        if path and isinstance(node, ast.Name) and node.id in aliases:
            yield ".".join([aliases[node.id], *path])


def _nodes(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(parsed(source)))
    except (SyntaxError, RecursionError):
        return []


# --- running -------------------------------------------------------------------------------------


def request(source: str) -> dict:
    """Return what is to be known of a test to run it (see `guest.runner.Test`).

    Raises SyntaxError where it is not Python.
    """
    parsed(source)
    code = plain_python(source)
    binds = sorted(names_in(source).binds)
    return {
        "source": without_hidden(code), "code": code, "shows": not _is_quiet(code), "binds": binds,
    }  # fmt: skip


def without_hidden(source: str) -> str:
    """Return a test with blank lines for its hidden ones: each line keeps its number."""
    hidden = hidden_lines(source)
    lines = source.split("\n")
    return "\n".join("" if n in hidden else line for n, line in enumerate(lines, start=1))


def _is_quiet(code: str) -> bool:
    """Return whether a cell ends with a semicolon, so that IPython shows no value."""
    try:
        return DisplayHook.semicolon_at_end_of_expression(code)
    except Exception:  # no tokens of Python
        return False


def judged(given: Given, tested: Tested) -> Examined:
    """Return the points of a test that has run, and what a learner is told of it."""
    state = STATES.get(_stuck(tested) or tested.how, "graded")
    printed = [_harmless(output) for output in tested.outputs
               if output["output_type"] in ("stream", "display_data")]  # fmt: skip
    if tested.how != "passed":
        told = _told(STOPPED[state]) if state != "graded" else _failure(given, tested.error)
        return Examined(0.0, [*printed, told], state=state, tested=tested)
    points, note = _points(tested.score, given.most)
    return Examined(points, [*printed, *scored(points, given.most)], note=note, tested=tested)


def _stuck(tested: Tested) -> str:
    """Return how a function had ended before that it called; "" if there was none."""
    stuck = tested.error and tested.error["stuck"]
    return stuck[1] if stuck else ""


def _harmless(output: dict) -> dict:
    """Return an output that costs nothing: nbgrader takes all points for a warning on stderr."""
    return {**output, "name": "stdout"} if "name" in output else output


def _points(score: float | None, most: float) -> tuple[float, str]:
    """Return the points that a test's last value stands for, and a note where it is odd."""
    if score is None:
        return most, ""
    if math.isnan(score):
        return 0.0, "The test gives nan for points."
    clipped = min(max(score, 0.0), most)
    return clipped, "" if clipped == score else f"The test gives {score:g} of {most:g} points."


# --- what the learner is told --------------------------------------------------------------------

# By how an answer was stopped, and a test.
STATES = {"timeout": "timed out", "late": "timed out", "died": "killed"}
STOPPED = {
    "timed out": "Your code did not come to an end in time and was stopped. Look for a loop that "
    "never ends.",
    "killed": "Your code ended the process that it ran in. Look for exit(), for a recursion "
    "without an end, or for very large arrays.",
}
NOT_RUN = "The notebook's process ended again and again, or its time was over, so this was not run."


def scored(points: float, most: float) -> list[dict]:
    """Return what nbgrader reads these points from."""
    if points >= most:
        return []
    if points <= 0:
        return [error_output("NoPoints", "0 points.", ["0 points."])]
    return [result_output(f"{points:.10g}")]


def stopped(state: str) -> Examined:
    """Return what comes of a test whose answer had to be stopped, or ended its process."""
    return Examined(0.0, [_told(STOPPED[state])], state=state)


def not_run() -> Examined:
    """Return what comes of a test for which there was no process or no time left."""
    return Examined(0.0, [_told(NOT_RUN)], state="killed")


def not_python() -> Examined:
    """Return what comes of a test that does not compile."""
    text = "The test itself is not Python."
    lines = [f"{text} Please tell your instructor."]
    return Examined(0.0, [error_output("SyntaxError", text, lines)], note=text)


def _told(text: str) -> dict:
    return error_output("Stopped", text, paragraph(text).split("\n"))


def _failure(given: Given, error: dict | None) -> dict:
    error = error or {"type": "Error", "text": "", "line": 0}
    name, text, source = error["type"], error["text"], given.source.split("\n")
    shown = [f"    {source[n - 1].strip()}" for n in [error["line"]] if 0 < n <= len(source)]
    return error_output(name, text, [*shown, f"{name}: {text}" if text else name])


# --- with and without hidden lines ---------------------------------------------------------------

HIDDEN = "A hidden test found something that is not right."
UNSEEDED = (
    "came out differently with and without its hidden lines; data that is drawn without a seed may "
    "be the reason"
)


def joined(given: Given, counts: Examined, seen: Examined) -> Examined:
    """Return what a test earned with its hidden lines, told as it went without them."""
    failed, differs = counts.points <= 0, _differs(given, counts.tested, seen.tested)
    if failed and seen.points <= 0 and not differs:
        return replace(counts, outputs=seen.outputs)
    outputs = [each for each in seen.outputs if each["output_type"] in ("stream", "display_data")]
    if failed and counts.state == "graded":
        outputs.append(error_output("HiddenTest", HIDDEN, [HIDDEN]))
    elif failed:
        outputs += [each for each in counts.outputs if each["output_type"] == "error"]
    else:
        outputs += scored(counts.points, given.most)
    if differs:
        outputs.insert(0, stream_output(f"This test {UNSEEDED}.\n"))
    note = counts.note or (f"It {UNSEEDED}." if differs else "")
    told = "\n".join(each["evalue"] for each in counts.outputs if each["output_type"] == "error")
    instructor = "\n".join(_failure(given, counts.tested.error)["traceback"]
                           if counts.tested and counts.tested.error else [told])  # fmt: skip
    return replace(counts, outputs=outputs, instructor=instructor, note=note, verdicts=[])


def _differs(given: Given, counts: Tested | None, seen: Tested | None) -> bool:
    """Return whether the visible part of a test passed in one round and failed in the other."""
    if counts is None or seen is None or not {counts.how, seen.how} <= {"passed", "failed"}:
        return False
    line = counts.error["line"] if counts.error else 0
    visibly = "passed" if line in hidden_lines(given.source) else counts.how
    return visibly != seen.how
