"""Searches for the one small edit of a learner's code after which every case is right.

The edited answers work elsewhere (`trying.py`) and only their plain values are seen here, beside
the right ones. Saying nothing beats accusing the wrong line: where edits of different lines mend,
none is named, unless the values on the way have shown which line it is.
"""

import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from lessonlib.checks.asking import can_fork, in_child, said
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.verdict import Location
from lessonlib.checks.wording import listing
from lessonlib.locating.edits import Where, likely
from lessonlib.locating.rules import candidates
from lessonlib.locating.source import Source, source_of
from lessonlib.locating.trying import ORIGINAL, SILENT, Bench, Tried, as_a_fork, in_forks

MOST_ELSEWHERE = 300  # where the first wrong step is known, and nothing on its line mends
FRESH = 2**31  # draws cases that the check has not used
PROMISING = 40  # of those that are tried on all
Right = frozenset[tuple[int, str]]  # pairs of a case and an output


class Edited(Protocol):
    """The edited answers, wherever they work.

    count: how many there are, the likeliest first; known once some were tried.
    here:  how many of them change the line of the step; they come first.
    likely: where none does, how many come before all that put in what may be missing.
    """

    count: int
    here: int
    likely: int

    def tries(self, numbers: list[int], cases: list[Case]) -> Iterator[Tried]:
        """Let some of them work on cases, as `trying.Bench.values` does."""

    def where(self, numbers: list[int]) -> list[Where]:
        """Return where some of the edits are."""


@dataclass
class Search:
    """The search for one answer.

    edited:    its edited answers.
    diagnosis: the right values on the cases of the check and on fresh ones.
    step:      the line in which the first value differs, where that is known.
    parts:     whether an edit counts after which something else is still wrong.
    found:     the edit that was found.
    all_tried: whether no edit was left out, for having no time, by now.
    """

    edited: Edited
    diagnosis: Diagnosis
    step: Location | None = None
    parts: bool = True
    found: int | None = None
    all_tried: bool = True

    def location(self) -> Location | None:
        """Return the line in which one edit mends all, or a part; None where nothing is sure."""
        before = self.before
        wrong = None if before is None else self._first_wrong(before)
        if wrong is None:  # too slow to be tried, or right when it runs again
            return None
        promising: dict[int, Right] = {}
        for numbers in self._portions():
            promising |= self._promising(numbers, wrong, before)
            found = self._whole(promising)
            last = self.edited.here or numbers.stop == self.edited.count
            if found and (last or not self._adds()):
                return found
        return self._part(promising, before) if self.parts and self.all_tried else None

    def in_one_fork(self) -> Location | None:
        """Return the same, worked out where the edits work: no value has to cross.

        An edit that takes the fork along has all of them tried in forks, as `location` does.
        """
        if not can_fork():
            return None
        with in_child(self._search_here) as reader:
            try:
                self.found, location = said(reader, time.monotonic() + SILENT)
            except (TimeoutError, EOFError, ValueError):
                return self.location()
        return location and Location(**location)

    def _search_here(self, say: Callable) -> None:
        self.edited.is_here = True
        location = self.location()
        say([self.found, location and asdict(location)])

    def _portions(self) -> Iterator[range]:
        """Yield the edits that are tried at a time: those of the step's line, then the others.

        Where no line is known, those that put something in come last: what they do counts only
        where no other edit mends all.
        """
        here, count = self.edited.here, self.edited.count
        first = here or self.edited.likely
        last = min(count, here + MOST_ELSEWHERE) if here else count
        yield from filter(len, (range(first), range(first, last)))

    def _adds(self) -> bool:
        """Return whether the edit that was found puts something in."""
        return self.edited.where([self.found])[0].adds

    @cached_property
    def before(self) -> Right | None:
        """What the answer as it is has right; None where it is too slow to be tried."""
        return self._everywhere([ORIGINAL]).get(ORIGINAL)

    def mends(self, number: int) -> bool:
        """Return whether an edit makes every case right."""
        return self._is_whole(self._everywhere([number]).get(number, frozenset()))

    # --- what is right -------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the outputs."""
        return tuple(self.diagnosis.right[0])

    def _judged(
        self, numbers: list[int], indices: Sequence[int], kept: Set[str] = frozenset()
    ) -> Iterator[tuple[int, Right]]:
        """Yield the number of each edited answer with what it has right on some cases.

        kept: outputs without which it has nothing right.
        """
        known: dict[int, frozenset[str]] = {}
        for number, values in self.edited.tries(
            numbers, [self.diagnosis.cases[i] for i in indices]
        ):
            right: set[tuple[int, str]] = set()
            for index, given in zip(indices, values, strict=False):
                for value in given[1:]:  # it comes for the first time
                    known[given[0]] = self._right(index, value, kept)
                right |= {(index, name) for key in given[:1] for name in known.get(key, ())}
            yield number, frozenset(right)

    def _right(self, index: int, value, kept: Set[str]) -> frozenset[str]:
        """Return the outputs that a value has right for a case; none if one is not `kept`."""
        case, is_right = self.diagnosis.cases[index], self.diagnosis.is_right
        try:
            with np.errstate(all="ignore"):
                outputs = self.diagnosis.exercise.values(value, case)
                if not all(is_right(name, index, outputs[name]) for name in kept):
                    return frozenset()
                rest = outputs.keys() - kept
                return kept | {name for name in rest if is_right(name, index, outputs[name])}
        except Exception:  # whatever an `unpack` stumbles over has not the right form
            return frozenset()

    def _everywhere(self, numbers: list[int]) -> dict[int, Right]:
        """Return what some edited answers have right, on all cases."""
        return dict(self._judged(numbers, range(len(self.diagnosis.cases))))

    def _first_wrong(self, right: Right) -> int | None:
        every = range(len(self.diagnosis.cases))
        return next((i for i in every if any((i, n) not in right for n in self.names)), None)

    # --- the search ----------------------------------------------------------------------------

    def _promising(self, numbers: range, index: int, before: Right) -> dict[int, Right]:
        """Return what the edited answers have right that do better on one case."""
        had, better, number = frozenset((i, name) for i, name in before if i == index), [], None
        for number, right in self._judged(list(numbers), [index], {name for _, name in had}):
            if right > had:
                better.append((-len(right), number))
        self.all_tried &= number == numbers[-1]
        chosen = [number for _, number in sorted(better)[:PROMISING]]
        return self._everywhere(chosen) if chosen else {}

    def _whole(self, promising: dict[int, Right]) -> Location | None:
        return self._agreed(sorted(n for n, right in promising.items() if self._is_whole(right)))

    def _is_whole(self, right: Right) -> bool:
        return len(right) == len(self.diagnosis.cases) * len(self.names)

    def _part(self, promising: dict[int, Right], before: Right) -> Location | None:
        """Return the line of an edit that brings further, and leaves something to be mended."""
        by_gain: dict[frozenset[str], list[int]] = {}
        for number, right in sorted(promising.items()):
            gain = self._outputs(right) - self._outputs(before)
            if right > before and gain:
                by_gain.setdefault(gain, []).append(number)
        for gain in sorted(by_gain, key=len, reverse=True):
            found = self._agreed(by_gain[gain])
            if found and (self.step or not self._adds()):
                return replace(found, about=f"{found.about}. {self._and_more(gain)}")
        return None

    def _and_more(self, gain: frozenset[str]) -> str:
        said = (name if " " in name else f"`{name}`" for name in self.names if name in gain)
        names = listing(said)
        verb = "are" if len(gain) > 1 else "is"
        return f"With this mended, {names} {verb} right, and something else is still wrong"

    def _outputs(self, right: Right) -> frozenset[str]:
        """Return the outputs that are right for every case; a text is right too easily."""
        every = range(len(self.diagnosis.cases))
        told = [n for n in self.names if not isinstance(self.diagnosis.right[0][n], str)]
        return frozenset(n for n in told if all((i, n) in right for i in every))

    def _agreed(self, numbers: list[int]) -> Location | None:
        """Return the line that all of these edits change, or the one that the steps point at."""
        edits = dict(zip(numbers, self.edited.where(numbers) if numbers else [], strict=True))
        pointed = {n: edit for n, edit in edits.items() if self.step and edit.covers(self.step)}
        # What adds to a line is believed only where nothing changes what stands there already.
        edits = pointed or {n: e for n, e in edits.items() if not e.adds} or edits
        if not edits or not frozenset.intersection(*(edit.places for edit in edits.values())):
            return None
        self.found = min(edits)
        location = edits[self.found].location
        return replace(self.step, about=location.about) if pointed else location


class Local:
    """The edited answers of an answer of this process."""

    def __init__(self, source: Source, exercise: Exercise, step: Location | None = None):
        self.edits = candidates(source, step)
        self.bench = Bench(source, self.edits, exercise.use)
        self.count = len(self.edits)
        self.here = 0 if step is None else sum(edit.where.covers(step) for edit in self.edits)
        self.likely = likely(self.edits)
        self.is_here = False  # whether this process is there for the edits

    def tries(self, numbers: list[int], cases: list[Case]) -> Iterator[Tried]:
        """Let some of them work on cases, in forks of this process or, where it is one, here."""
        if self.is_here:
            return as_a_fork(self.bench.values(numbers, cases))
        return in_forks(self.bench, numbers, cases)

    def where(self, numbers: list[int]) -> list[Where]:
        """Return where some of the edits are."""
        return [self.edits[number].where for number in numbers]


def line_to_mend(
    exercise: Exercise,
    answer,
    cases: list[Case],
    step: Location | None = None,
    parts: bool = True,
) -> Location | None:
    """Return the line of a wrong answer in which one small edit makes every case right.

    step:  the first line that gives a wrong value, where that is known.
    parts: whether an edit counts that only makes more of it right.

    None where the code cannot be read back, where the answer is slow, and where nothing is sure.
    """
    source = source_of(answer)
    if source is None:
        return None
    fresh = exercise.cases(np.random.default_rng(FRESH))
    diagnosis = Diagnosis(exercise, [*cases, *fresh])
    return Search(Local(source, exercise, step), diagnosis, step, parts).in_one_fork()
