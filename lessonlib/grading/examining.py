"""Runs test cells here, in the judge's process, on handles of what the submission defined."""

import ast
import contextlib
import hashlib
import io
import math
import time
import traceback
from dataclasses import dataclass, field

import numpy as np

import lessonlib
from lessonlib.checks import Case, Exercise, Verdict
from lessonlib.checks import judge as judge_exercise
from lessonlib.checks.asking import Problem, Response, TimeUp, Watchdog, respond
from lessonlib.checks.judging import NOTHING
from lessonlib.checks.wording import paragraph
from lessonlib.errors import UserError
from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.namespace import Namespace
from lessonlib.grading.remote.handles import OutOfTime, Remote
from lessonlib.grading.remote.kernel import Kernel, OutOfLives
from lessonlib.grading.remote.session import GRACE, Gone
from lessonlib.grading.submission.names import plain_python, root
from lessonlib.grading.submission.outputs import error_output, result_output, stream_output
from lessonlib.grading.submission.repair import hidden_lines
from lessonlib.lessons import find
from lessonlib.notebook import CheckFailed

PATIENCE = 2.0  # times the seconds of an exercise: a grader's machine does several things at once
FILE = "<test>"


@dataclass
class Examined:
    """What came of a test cell.

    state: "graded"; "timed out" or "killed" if the answer had to be stopped or ended its process.
    """

    points: float
    outputs: list[dict]
    verdicts: list[Verdict] = field(default_factory=list)
    state: str = "graded"
    note: str = ""


class Examiner:
    """Runs the locked cells of one submission, in order, each with the names it needs."""

    def __init__(self, materials: Materials, kernel: Kernel, seed: bytes):
        self.cells, self.kernel, self.seed = materials.cells, kernel, seed
        stand_ins = {lessonlib.check: self.check, lessonlib.judge: self.judge}
        self.namespace = Namespace(materials, stand_ins)
        self.verdicts: list[Verdict] = []
        self.stopped = ""  # how the answer in hand was stopped, if it was

    def prepare(self, given: Given) -> None:
        """Run a locked cell without points here too: what it makes is then the instructor's."""
        with contextlib.suppress(Exception, Gone, OutOfTime, TimeUp):
            try:
                self._execute(given, io.StringIO())
            except Gone:  # once more, without the functions that ended the process
                self._execute(given, io.StringIO())

    def examine(self, given: Given) -> Examined:
        """Run a test cell and return its points, and what the learner is told."""
        self.verdicts, self.stopped, printed = [], "", io.StringIO()
        note = ""
        try:
            value = self._execute(given, printed)
            points, note = _points(value, given.points)
            outputs = [*_printed(printed.getvalue(), given), *_scored(points, given.points)]
        except (Gone, OutOfTime, TimeUp) as stopped:
            self.stopped = _STATES[_how(stopped)]
            points, outputs = 0.0, [_told(_STOPPED[self.stopped])]
        except OutOfLives:
            self.stopped = "killed"
            points, outputs = 0.0, [_told(_NO_KERNEL)]
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            points = 0.0
            outputs = [*_printed(printed.getvalue(), given), _failure(error, given)]
        return Examined(points, outputs, self.verdicts, self.stopped or "graded", note)

    # --- running ---------------------------------------------------------------------------------

    def _execute(self, given: Given, printed: io.StringIO):
        """Run a cell and return the value of its last line, if that is an expression."""
        tree = ast.parse(plain_python(given.source))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self.kernel.revive()
        far, names = self.kernel.far, self.namespace.values
        seconds = self.kernel.limits.cell_seconds
        far.until = time.monotonic() + seconds
        try:
            with (
                Watchdog(seconds + 2 * GRACE),  # only if it is not the submission that is slow
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(io.StringIO()),
                np.errstate(),
            ):
                self.namespace.provide(self.cells.index(given), far.find)
                exec(compile(tree, FILE, "exec"), names)
                if last is None:
                    return None
                value = eval(compile(ast.Expression(last.value), FILE, "eval"), names)
                shown = isinstance(value, np.ndarray) and _is_shown(last.value, tree, names)
                return None if shown else value
        except (Gone, TimeUp) as stopped:  # either may leave a request without its answer
            self.blame(given, _how(stopped))
            raise
        finally:
            far.until = None

    def blame(self, given: Given, how: str) -> None:
        """Keep clear of the submission's functions that a cell uses when its process has ended."""
        reads = sorted(self.namespace.analysed[self.cells.index(given)].reads)
        values = self.namespace.values
        self.kernel.blame([name for name in reads if isinstance(values.get(name), Remote)], how)

    # --- checks ----------------------------------------------------------------------------------

    def judge(self, exercise_id: str, answer=NOTHING, /, *, rng=None, **named) -> Verdict:
        """Judge an answer of the submission, on inputs that are drawn now."""
        rng = rng or self._rng(exercise_id)
        if isinstance(answer, Remote):
            return judge_exercise(find(exercise_id), answer, rng, named, ask=self._ask)
        return judge_exercise(find(exercise_id), answer, rng, named)

    def check(self, exercise_id: str, answer=NOTHING, /, **named) -> float | None:
        """Do what `lessonlib.check` does while a class is graded, and remember the verdict."""
        try:
            verdict = self.judge(exercise_id, answer, **named)
        except UserError as error:
            raise CheckFailed(paragraph(str(error))) from None
        self.verdicts.append(verdict)
        if not verdict.passed and verdict.points <= 0:
            raise CheckFailed(verdict.message)
        print(verdict.message)
        return None if verdict.passed else verdict.points

    def _rng(self, exercise_id: str) -> np.random.Generator:
        """Return the generator of a check's inputs: the submission itself decides on the seed.

        So it cannot know them, they differ from learner to learner, and regrading repeats them.
        """
        digest = hashlib.sha256(self.seed + exercise_id.encode()).digest()
        return np.random.default_rng(list(digest))

    def _ask(self, exercise: Exercise, answer, cases: list[Case]) -> list[Response]:
        """Ask a handle; what `checks.asking.ask` does with a function of this process."""
        far, responses = answer._far, []
        outer, own = far.until, time.monotonic() + PATIENCE * exercise.seconds
        far.until, far.lenient = min(outer, own), True
        try:
            for case in cases:
                responses.append(respond(exercise, answer, case))
        except (OutOfTime, Gone) as stopped:
            if isinstance(stopped, Gone):
                self.kernel.blame([answer._about["name"]], stopped.how)
            self.stopped = _STATES[stopped.how]
            responses.append(Response(problem=Problem(stopped.how)))
        finally:
            far.until, far.lenient = outer, False
        return responses


# --- points --------------------------------------------------------------------------------------


def _points(value, most: float) -> tuple[float, str]:
    """Return the points that a test's last value stands for, and a note where it is odd.

    A number is a part of the points, within 0 and the maximum; False is none; anything else, and
    nothing, is all: no line of the test has complained. But what was made of an answer that is an
    array where it should be a number is no points.
    """
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, np.ndarray | complex):
        return 0.0, f"The test gives {type(value).__name__} for points."
    if isinstance(value, bool | np.bool_):
        return (most if value else 0.0), ""
    if isinstance(value, int | float | np.integer | np.floating):
        points = float(value)
        if math.isnan(points):
            return 0.0, "The test gives nan for points."
        clipped = min(max(points, 0.0), most)
        odd = f"The test gives {points:g} of {most:g} points."
        return clipped, "" if clipped == points else odd
    return most, ""


def _is_shown(node: ast.expr, tree: ast.Module, names: dict) -> bool:
    """Return whether a value is just what the submission returned: a test may show that at its end.

    node: the expression, or the name that the value was given in the cell.
    """
    if isinstance(node, ast.Name):
        targets = [(t, each.value) for each in tree.body if isinstance(each, ast.Assign)
                   for t in each.targets]  # fmt: skip
        given = [value for t, value in targets if isinstance(t, ast.Name) and t.id == node.id]
        node = given[-1] if given else node
    return isinstance(names.get(root(node)), Remote)


# --- what the learner is told --------------------------------------------------------------------

_STOPPED = {
    "timed out": "Your code did not come to an end in time and was stopped. Look for a loop that "
    "never ends.",
    "killed": "Your code ended the process that it ran in. Look for exit(), for a recursion "
    "without an end, or for very large arrays.",
}
_NO_KERNEL = (
    "The notebook's process ended again and again, or its time was over, so this was not run."
)


_STATES = {"timeout": "timed out", "died": "killed"}  # by how an answer was stopped


def _how(stopped: BaseException) -> str:
    return "timeout" if isinstance(stopped, TimeUp) else stopped.how


def _scored(points: float, most: float) -> list[dict]:
    """Return what nbgrader reads these points from."""
    if points >= most:
        return []
    if points <= 0:
        return [error_output("NoPoints", "0 points.", ["0 points."])]
    return [result_output(f"{points:.10g}")]


def _printed(text: str, given: Given) -> list[dict]:
    """Return what a test printed, unless it could be about a hidden test."""
    if not text or hidden_lines(given.source):
        return []
    return [stream_output(text)]


def _told(text: str) -> dict:
    lines = paragraph(text).split("\n")
    return error_output("Stopped", text, lines)


def _failure(error: BaseException, given: Given) -> dict:
    """Return what a learner may see of an error in a test: nothing of a hidden one."""
    if isinstance(error, SyntaxError) and error.filename in (FILE, "<unknown>", None):
        return error_output("SyntaxError", "The test itself is not Python.", ["The test itself is "
                            "not Python. Please tell your instructor."])  # fmt: skip
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    if hidden_lines(given.source) & set(lines):
        text = "A hidden test found something that is not right."
        return error_output("HiddenTest", text, [text])
    if isinstance(error, CheckFailed):
        return error_output("CheckFailed", str(error), str(error).split("\n"))
    name, text = type(error).__name__, str(error)[:2000]
    source = given.source.split("\n")
    shown = [f"    {source[n - 1].strip()}" for n in lines[:1] if 0 < n <= len(source)]
    return error_output(name, text, [*shown, f"{name}: {text}" if text else name])
