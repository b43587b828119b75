"""Where in the learner's own code a mistake is: the first step that differs, the edit that mends.

Nothing here is imported before a check has failed, and nothing here decides about points.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.failing import UNDEFINED
from lessonlib.checks.verdict import Location, Verdict
from lessonlib.locating.apart import apart
from lessonlib.locating.planted import is_planted
from lessonlib.locating.search import line_to_mend
from lessonlib.locating.source import source_of
from lessonlib.locating.steps import first_wrong

Cases = Callable[[], list[Case]]
SECONDS = 5.0  # for the first step that differs, however busy the machine is
LONGEST = 10  # seconds that an exercise may take: one run of such an answer is too much already


def locate(verdict: Verdict, exercise: Exercise, answer, cases: Cases) -> Verdict:
    """Return a failed verdict with the first step that differs, and the line that an edit mends.

    cases: draws those on which the answer failed.

    Code that is planted in a bug hunt is not located, nor what cannot be read back.
    """
    if exercise.returns == "named" or exercise.seconds > LONGEST:
        return verdict
    if not hasattr(exercise, "source") or source_of(answer) is None:
        return verdict
    drawn = cases()
    looked = apart(lambda: _looked(exercise, answer, drawn), SECONDS)
    if not looked:
        return verdict
    known = says_enough(verdict)
    step = Location(**looked["step"]) if looked["step"] and not known else None
    with _no_garbage():
        edit = line_to_mend(exercise, answer, drawn, step, parts=not known)
    return replace(verdict, step=step if _agree(step, edit) else None, edit=edit)


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage: thousands of edits would have all of the kernel looked through."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def says_enough(verdict: Verdict) -> bool:
    """Return whether the message names the line that stopped, and what it lacks.

    The line itself is seldom what has to be mended. Only an edit after which all is right helps.
    """
    return verdict.mistake in UNDEFINED.values()


def _agree(step: Location | None, edit: Location | None) -> bool:
    """Return whether both point at one line: where an edit of another mends, no step is accused."""
    return step is None or edit is None or (step.function, step.line) == (edit.function, edit.line)


def _looked(exercise: Exercise, answer, cases: list[Case]) -> dict | None:
    """Return the first step that differs; None where none may be looked for."""
    with contextlib.suppress(Exception):  # then nothing is said
        if not is_planted(exercise, answer, source_of(answer).globals, cases):
            return {"step": _step(exercise, answer, cases)}
    return None


def _step(exercise: Exercise, answer, cases: list[Case]) -> dict | None:
    with contextlib.suppress(Exception):  # an edit may be found all the same
        found = first_wrong(exercise, answer, cases)
        return found and asdict(found)
    return None
