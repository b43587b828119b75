"""Judges check cells: the answer works inside, on inputs drawn here, and is compared here.

A check cell is exactly one statement `check("id", name)` or `check("id", a=a, b=b)`. The locked
cell itself is read; what the submission calls `check` is never asked.
"""

import ast
import functools
import hashlib
import hmac
import inspect
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lessonlib.checks import Case, Exercise, Verdict
from lessonlib.checks import judge as judge_exercise
from lessonlib.checks.asking import Problem, Response
from lessonlib.checks.judging import NOTHING
from lessonlib.checks.showing import as_html
from lessonlib.checks.surroundings import Surroundings
from lessonlib.checks.wording import paragraph
from lessonlib.errors import UserError
from lessonlib.grading.host.asking import Asked, unpacked
from lessonlib.grading.host.editing import Inside, lines_of
from lessonlib.grading.host.notebook import Notebook, OutOfLives
from lessonlib.grading.host.process import Gone
from lessonlib.grading.host.tests import STATES, Examined, not_run, scored, stopped
from lessonlib.grading.submission.markup import defused
from lessonlib.grading.submission.outputs import display_output, error_output
from lessonlib.lessons import find
from lessonlib.locating import LONGEST, says_enough

PATIENCE = 2.0  # times the seconds of an exercise: a grader's machine does several things at once


class Check(NamedTuple):
    """What a check cell asks for: an exercise, and the names that are given to it."""

    exercise: str
    answer: str
    named: dict[str, str]


@lru_cache(maxsize=5_000)
def check_in(source: str) -> Check | None:
    """Return what a cell checks, if it is exactly one check; None for any other cell."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None
    call = body[0].value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    names = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    if call.func.id != "check" or not 1 <= len(call.args) <= 2 or len(names) == 0:
        return None
    exercise = call.args[0]
    if not isinstance(exercise, ast.Constant) or not isinstance(exercise.value, str):
        return None
    plain = [name.id for name in names if isinstance(name, ast.Name)]
    keys = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    if len(plain) < len(names) or len(keys) < len(call.keywords):
        return None
    answer = plain.pop(0) if len(call.args) == 2 else ""
    return Check(exercise.value, answer, dict(zip(keys, plain, strict=True)))


class Checker:
    """Judges the check cells of one submission.

    seed: what its inputs are drawn by, so that they differ from learner to learner and cannot be
          known, and regrading repeats them.
    """

    def __init__(self, notebook: Notebook, secret: bytes, submission: bytes):
        self.notebook = notebook
        self.seed = hmac.new(secret, hashlib.sha256(submission).digest(), "sha256").digest()
        self.stopped = ""  # how the answer in hand was stopped, if it was
        self.answered = False  # whether a function gave values, or raised an error of its own

    def examine(self, check: Check, points: float) -> Examined:
        """Judge what a check cell asks for."""
        self.stopped, self.answered = "", False
        try:
            verdict = self.located(self.judge(check), check)
        except UserError as error:
            text = paragraph(str(error))
            return Examined(0.0, [error_output("CheckFailed", text, text.split("\n"))], note=text)
        except Unknown as unknown:
            text = f"name {unknown.name!r} is not defined"
            return Examined(0.0, [error_output("NameError", text, [f"NameError: {text}"])])
        except Gone as gone:
            self.notebook.avoid([check.answer], gone.how)
            return stopped(STATES[gone.how])
        except OutOfLives:
            return not_run()
        return self._told(verdict, points)

    def _told(self, verdict: Verdict, most: float) -> Examined:
        state = STATES.get(self.stopped, "graded")
        page = defused(as_html(verdict, find(verdict.exercise)))
        shown = display_output(verdict.message, page)
        if not verdict.passed and verdict.points <= 0:
            told = error_output("CheckFailed", verdict.message, [f"{verdict.exercise}: 0 points."])
            return Examined(0.0, [shown, told], [verdict], state)
        points = min(most, most if verdict.passed else verdict.points)
        return Examined(points, [shown, *scored(points, most)], [verdict], state)

    def judge(self, check: Check, rng: np.random.Generator | None = None) -> Verdict:
        """Return the verdict on what a check is given. Raises Unknown, Gone or OutOfLives."""
        exercise, rng = find(check.exercise), rng or self.rng(check.exercise)
        named = self.values(check.named)
        if not check.answer:
            return judge_exercise(exercise, NOTHING, rng, named)
        if exercise.returns == "named":
            answer = self.values({"answer": check.answer})["answer"]
        else:
            answer = stand_in(check.answer, self.notebook.describe(check.answer))
        return judge_exercise(exercise, answer, rng, named, ask=self.ask)

    def located(self, verdict: Verdict, check: Check) -> Verdict:
        """Return a verdict, that on a wrong function with the line that it comes from."""
        exercise, limits = find(check.exercise), self.notebook.limits
        if verdict.passed or not self.answered or exercise.seconds > LONGEST:
            return verdict
        if self.notebook.deadline - time.monotonic() < limits.total_seconds / 2:
            return verdict  # what is left is for the cells that follow
        cases = exercise.cases(self.rng(exercise.id))
        fresh = exercise.cases(self.rng(f"{exercise.id}, fresh"))
        inside = Inside(self.notebook, check.answer, shipped(exercise.script))
        step, edit = lines_of(inside, exercise, [*cases, *fresh], parts=not says_enough(verdict))
        return replace(verdict, step=step, edit=edit)

    def rng(self, exercise: str) -> np.random.Generator:
        """Return the generator that draws the inputs of an exercise."""
        return np.random.default_rng(list(hmac.digest(self.seed, exercise.encode(), "sha256")))

    def values(self, names: dict[str, str]) -> dict[str, object]:
        """Return the plain values of names of the submission, by what the check calls them."""
        found: dict[str, object] = {}

        def answer(message: dict, blobs: list, reply: Callable) -> None:
            if message.get("name") in names.values():
                found[message["name"]] = unpacked(self.notebook, message["value"], blobs)

        if names:
            question = {"do": "values", "names": sorted(set(names.values()))}
            how = self.notebook.ask(question, self.notebook.limits.cell_seconds, answer)
            missing = [name for name in names.values() if name not in found]
            if missing and how != "ended":
                raise Gone(how)
            if missing:
                raise Unknown(missing[0])
        return {name: found[theirs] for name, theirs in names.items()}

    def ask(self, exercise: Exercise, answer: Any, cases: list[Case]) -> list[Response]:
        """Ask the submission's function; what `checks.asking.ask` does with one of this process."""
        asked = Asked(self.notebook, cases)
        question = {"do": "ask", "name": answer.name, "script": shipped(exercise.script)}
        how = asked.ask(question, PATIENCE * exercise.seconds)
        if len(asked.responses) < len(cases):
            self._stop(asked, answer.name, how)
        kinds = {each.problem.kind for each in asked.responses if each.problem}
        self.answered = kinds <= {"raised"}
        return asked.responses

    def _stop(self, asked: Asked, name: str, how: str) -> None:
        """Note how an answer ended before its time, and keep clear of the functions it ended in."""
        how = asked.stuck or ("timeout" if how == "timeout" or asked.late is not None else "died")
        self.stopped = how
        if not asked.stuck:
            self.notebook.avoid(asked.late or [name], how)
        asked.responses.append(Response(problem=Problem(how)))


class Unknown(Exception):
    """A name that the submission has not defined."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


# --- what stands for an answer here --------------------------------------------------------------


class StandIn:
    """Stands for a value of the submission's, with what the judge looks at before it asks."""

    def __init__(self, name: str, about: dict):
        self.name, self.about = name, about
        if about.get("parameters") is not None:
            self.__signature__ = _signature(about["parameters"])

    def notebook_surroundings(self) -> Surroundings:
        """Return what a function reads of its notebook (see `checks.surroundings`)."""
        data, functions = self.about["reads"]
        return Surroundings([str(name) for name in data], [str(name) for name in functions])


class Callee(StandIn):
    """Stands for something that can be called, but only inside."""

    def __call__(self, *_, **__):
        raise TypeError("this function lives in another process")


def stand_in(name: str, about: dict):
    """Return what stands for a value that is described so. Raises Unknown where there is none."""
    if not about:
        raise Unknown(name)
    if about["none"]:
        return None
    kind = (
        Callee if about["callable"] else type(str(about["type"])[:50] or "object", (StandIn,), {})
    )
    return kind(name, about)


_KINDS = [
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
]


def _signature(parameters: Iterable) -> inspect.Signature:
    """Return the signature that the other side told; a default's value does not matter."""
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [
            inspect.Parameter(str(name), _KINDS[int(kind)], default=None if default else empty)
            for name, kind, default in parameters
        ],
        __validate_parameters__=False,
    )


# --- scripts -------------------------------------------------------------------------------------


def shipped(script: Callable | None) -> dict | None:
    """Return an exercise's script as its source text, for a process that has no lesson.

    Raises UserError where the text would bring a lesson's answers along.
    """
    if script is None:
        return None
    fixed: list = []
    keywords: dict = {}
    while isinstance(script, functools.partial):
        fixed, keywords = [*script.args, *fixed], {**script.keywords, **keywords}
        script = script.func
    return {
        "source": _source_of(script.__module__), "function": script.__qualname__,
        "fixed": [fixed, keywords],
    }  # fmt: skip


@lru_cache(maxsize=200)
def _source_of(module: str) -> str:
    if "scripts" not in module.split("."):
        raise UserError(
            f"The script of an exercise is in {module}, where answers may be too, and its text is "
            'sent to where submissions run. Move it to a module called "scripts", or in a package '
            "of that name."
        )
    return inspect.getsource(sys.modules[module])
