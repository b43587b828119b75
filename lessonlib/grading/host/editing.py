"""Looks for the line of a submission's function that one small edit would mend.

The edited functions work inside, on inputs drawn here; their values are compared here. It says
where a learner may look, and decides about no point.
"""

import hashlib
import time
from collections.abc import Iterator

from lessonlib.checks import Case, Exercise
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.verdict import Location
from lessonlib.grading.host.asking import Asked, unpacked
from lessonlib.grading.host.notebook import Notebook, OutOfLives
from lessonlib.grading.host.process import Gone
from lessonlib.locating.crossing import step_in
from lessonlib.locating.edits import ABOUT, Where
from lessonlib.locating.rules import MOST
from lessonlib.locating.search import Search
from lessonlib.locating.trying import LIVES, ORIGINAL, Tried

SECONDS = 20.0  # for all that is asked about one function, however busy the machine is
AT_ONCE = 100  # edited answers whose values come in one message
MOST_TEXT = 200  # characters of a line that is shown
MOST_KNOWN = 5_000
MOST_NOTED = 10_000  # values of a recording that are compared
_known: dict[bytes, tuple[int | None, Location | None]] = {}  # the edit that code was found with


def lines_of(
    inside: "Inside", exercise: Exercise, cases: list[Case], parts: bool = True
) -> tuple[Location | None, Location | None]:
    """Return the first line of a wrong function that gives a wrong value, and the one to mend.

    parts: whether it helps to know of one mistake among several.

    No value of the reference can be put into a submission, to see what that mends. So the first is
    believed only where an edit of the same line mends. Code that was searched before is only tried
    with the edit that was found then. None where nothing is sure, and where the process ends.
    """
    search = Search(inside, Diagnosis(exercise, cases), parts=parts)
    try:
        if search.before is None:
            return None, None
        step = search.step = _step(exercise, cases, inside.recorded) if parts else None
        edit = _edit(search, f"{exercise.id} {inside.text}".encode())
        sure = step and edit and (step.line, step.function) == (edit.line, edit.function)
        return (step if sure else None), edit
    except (Gone, OutOfLives):
        return None, None


def _step(exercise: Exercise, cases: list[Case], recorded: dict | None) -> Location | None:
    if recorded is None:
        return None
    try:
        noted = [v for r in recorded["runs"] for n in ("values", "inputs") for v in r["trace"][n]]
        few = len(recorded["spots"]) + sum(len(values) for *_, values in noted) <= MOST_NOTED
        return step_in(exercise, cases, recorded) if few else None
    except Exception:  # what no honest process records
        return None


def _edit(search: Search, code: bytes) -> Location | None:
    key = hashlib.sha256(code).digest()
    if key in _known:
        number, location = _known[key]
        return location if number is not None and search.mends(number) else None
    location = search.location()
    if len(_known) < MOST_KNOWN:
        _known[key] = search.found, location
    return location


class Inside:
    """The edited functions of a submission, which work where it does.

    count: how many edits there are.
    likely: how many come before those that put in what may be missing.
    text:  the function's code, without comments.
    """

    def __init__(self, notebook: Notebook, name: str, script: dict | None):
        self.notebook, self.name, self.script = notebook, name, script
        self.count, self.here, self.likely, self.text = 0, 0, 0, ""
        self.places: dict[int, Where] = {}
        self.recorded: dict | None = None
        self.until = time.monotonic() + SECONDS

    def tries(self, numbers: list[int], cases: list[Case]) -> Iterator[Tried]:
        """Let some of them work on cases; where a fork dies the next goes on behind its edit.

        Which that is, is known where each is told for itself: what was tried last had not been
        sent. So after a first death what has not come is asked for again, one by one.
        """
        waiting, at_once = list(numbers), AT_ONCE
        for _ in range(1 + LIVES):
            asked = self._ask(waiting, cases, at_once)
            yield from asked.tried
            waiting = waiting[len(asked.tried) + (at_once == 1) :]
            if asked.is_all or not waiting:
                return
            at_once = 1

    def where(self, numbers: list[int]) -> list[Where]:
        """Return where some of the edits are, of those that were tried on several cases."""
        return [self.places[number] for number in numbers]

    def _ask(self, numbers: list[int], cases: list[Case], at_once: int) -> "_Edited":
        asked = _Edited(self, cases)
        where = [number for number in numbers if len(cases) > 1 and number != ORIGINAL]
        question = {"do": "edited", "name": self.name, "script": self.script,
                    "numbers": numbers, "where": where, "at_once": at_once}  # fmt: skip
        asked.ask(question, max(0.0, self.until - time.monotonic()))
        self.places |= dict(zip(where, asked.places, strict=False))
        return asked


class _Edited(Asked):
    """Hears what comes of edited functions."""

    def __init__(self, inside: Inside, cases: list[Case]):
        super().__init__(inside.notebook, cases)
        self.inside, self.is_all = inside, False
        self.tried: list[Tried] = []
        self.places: list[Where] = []

    def take(self, message: dict, blobs: list) -> None:
        """Take what the function is, or what some of its edits have given."""
        if "source" in message:
            self.inside.text = str(message["source"])
            self.inside.count = min(int(message["count"]), MOST)
            self.inside.likely = min(int(message["likely"]), self.inside.count)
            self.places = [_where(*each) for each in message["where"]]
        elif "recorded" in message:
            self.inside.recorded = unpacked(self.notebook, message["recorded"], blobs)
        elif "tried" in message:
            self.tried += unpacked(self.notebook, message["tried"], blobs)
        else:
            self.is_all = True


def _where(kind: str, function: str, lines: list, code: str) -> Where:
    """Return a place that a submission told. Raises KeyError for a kind that there is not."""
    ABOUT[kind]
    return Where(
        kind, str(function)[:MOST_TEXT], tuple(map(int, lines)) or (0,), str(code)[:MOST_TEXT]
    )
