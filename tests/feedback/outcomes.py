"""What a verdict told of a wrong answer: its name, its line, a wrong one of either, or neither."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from corpus import WrongAnswer, can_be_mended_in, is_right_on_fresh_cases, passes

from lessonlib import notebook
from lessonlib.checks import Verdict
from lessonlib.checks.verdict import Location
from lessonlib.exercises import Written
from lessonlib.locating.search import Search
from lessonlib.proof.judging import verdict_on

AGAIN = (1, 2)  # seeds; a name that is not given for other inputs, too, was given by chance


@dataclass(frozen=True)
class Outcome:
    """What came of judging a wrong answer.

    named, located:   a right name, a right line: one of those that were spoilt, or one in which a
                      single change mends the answer. error_there: Python's own error was there.
    misnamed, misled: a name that is not given again, a line in which nothing mends the answer.
    accepted:         it passed, and does not with other inputs.
    """

    wrong: WrongAnswer
    verdict: Verdict
    seconds: float
    named: bool = False
    located: bool = False
    error_there: bool = False
    misnamed: bool = False
    misled: bool = False
    accepted: bool = False

    @property
    def found(self) -> bool:
        return self.named or self.located

    @property
    def false(self) -> bool:
        return self.misnamed or self.misled


def timed(exercise: Written, answer) -> tuple[Verdict, float]:
    """Judge an answer as a notebook does; return the verdict and the processor's seconds."""
    with patch.object(notebook, "find", lambda _: exercise):
        before = _spent()
        verdict = notebook.judge(exercise.id, answer)
        return verdict, _spent() - before


def _spent() -> float:
    """Return what this process and those that it forked have used so far."""
    every = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in every)


def outcome(wrong: WrongAnswer, folder: Path) -> Outcome | None:
    """Judge an answer and score the verdict; None if the answer is right after all."""
    try:
        answer = wrong.text.loaded(folder)
    except Exception:  # a definition that cannot be run is no answer yet
        return None
    with searches() as made:
        verdict, seconds = timed(wrong.exercise, answer)
    if verdict.passed:
        right = is_right_on_fresh_cases(wrong.exercise, answer)
        return None if right else Outcome(wrong, verdict, seconds, accepted=True)
    named = verdict.mistake is not None
    misnamed = named and not _is_named_again(wrong.exercise, answer, verdict.mistake)
    place = verdict.edit or verdict.step
    located = place is not None and (
        _is_right_line(wrong, place.line, folder) or _is_mended(wrong.exercise, place, made)
    )
    return Outcome(
        wrong, verdict, seconds, named and not misnamed, located, _error_there(wrong, verdict),
        misnamed, place is not None and not located,
    )  # fmt: skip


@contextmanager
def searches() -> Iterator[list[tuple[Search, Location | None]]]:
    """Yield a list of the searches for an edit in the block, and of where they found one."""
    made: list[tuple[Search, Location | None]] = []
    in_one_fork = Search.in_one_fork

    def noted(search: Search) -> Location | None:
        found = in_one_fork(search)
        made.append((search, found))
        return found

    with patch.object(Search, "in_one_fork", noted):
        yield made


def _is_mended(exercise: Written, place: Location, made: list) -> bool:
    """Return whether the edit found in this line makes the answer right, on inputs not seen yet."""
    found = [search for search, where in made if where == place]
    answers = [search.edited.bench.answer(search.found) for search in found]
    return any(passes(exercise, a, 0) and is_right_on_fresh_cases(exercise, a) for a in answers)


def _is_named_again(exercise: Written, answer, name: str) -> bool:
    return all(verdict_on(exercise, answer, s, fork=True).mistake == name for s in AGAIN)


def _is_right_line(wrong: WrongAnswer, line: int, folder: Path) -> bool:
    if wrong.planted is not None and line in wrong.planted:
        return True
    return can_be_mended_in(wrong, line, folder)


def _error_there(wrong: WrongAnswer, verdict: Verdict) -> bool:
    """Return whether the message shows one of the spoilt lines as that where Python stopped."""
    lines = [line.strip() for line in verdict.message.split("\n") if "in your line:" in line]
    shown = lines[0].removeprefix("in your line:").removesuffix("[...]").strip() if lines else ""
    spoilt = (wrong.text.lines[n - 1].strip() for n in wrong.planted or () if n)
    return bool(shown) and any(line.startswith(shown) for line in spoilt)
