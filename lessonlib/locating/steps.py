"""The first step that differs: the learner's values on the way beside those of the reference.

A step is accused only on evidence: all that it reads is right, its own value is none of the
reference's, and with a value of the reference in its place more comes out right. A route of the
learner's own, whose values are not the reference's, is so left in peace.
"""

import inspect
import warnings

import numpy as np

from lessonlib.checks.asking import is_changed
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.plain import Opaque
from lessonlib.checks.verdict import Location
from lessonlib.checks.wording import listing
from lessonlib.locating.matching import (
    RIGHT,
    RUNS,
    UNCHANGED,
    Comparison,
    Step,
    Values,
    plain_name,
)
from lessonlib.locating.methods import exchanged
from lessonlib.locating.source import Source, source_of
from lessonlib.locating.tracing import (
    RECORDER,
    RETURNED,
    Recorder,
    Spot,
    Watched,
    recorded,
    responded,
)  # fmt: skip

MAX_RUNS = 400  # of the answer with another value put in
MAX_WORK = 400_000  # events in all these runs together


def first_wrong(exercise: Exercise, answer, cases: list[Case]) -> Location | None:
    """Return the first step of a wrong answer that is wrong; None where it cannot be told.

    It runs the answer: call it where the answer may do what it likes, see `apart`.
    """
    source, reference = source_of(answer), source_of(exercise.source.answer)
    if source is None or reference is None:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _Search(exercise, source, cases, reference).first_wrong()


class _Search(Comparison):
    """A comparison that can put the reference's values into the answer, and see what that mends."""

    def __init__(self, exercise, source: Source, cases: list[Case], reference: Source):
        self.source, self.reference, self.watched = source, reference, Watched(source)
        runs = recorded(exercise, source, cases)
        super().__init__(exercise, cases, self.watched.spots, runs, reference)
        self.left = min(MAX_RUNS, MAX_WORK // (1 + max(t.events for _, t in runs)))

    def first_wrong(self) -> Location | None:
        if not all(trace.complete for trace in self.traces):
            return None
        if all(map(all, self.columns.values())):
            return None  # it is right when it is run again
        if self.wrong_columns == 1 and not all(self.columns[UNCHANGED]):
            return self.first_change()
        if inspect.isclass(self.source.pieces[0].value):
            return self.first_wrong_method() or self.first_change()
        every, partly = list(self.suspects()), []
        for suspect in sorted(every, key=lambda each: each.doubt):
            gain = self.gain(suspect.spot, suspect.slot)
            if gain == self.wrong_columns:
                return self.location(suspect.spot, suspect.slot)
            if not suspect.spot.passes_on:
                partly.append((-gain, every.index(suspect)))
        gain, place = min(partly, default=(0, 0))
        if gain:
            return self.location(every[place].spot, every[place].slot)
        return self.first_change()

    def first_wrong_method(self) -> Location | None:
        """Return the line of a method with whose reference more comes out right."""
        gains = {}
        for name, tree in exchanged(self.source, self.reference):
            gains[name] = len(self._with(self.source.compiled(tree), Recorder([]), {}))
        best = max(gains.values(), default=0)
        named = [name for name, gain in gains.items() if gain == best]
        if not best or (best < self.wrong_columns and len(named) > 1):
            return None
        spots = [spot for spot in self.watched.spots if spot.function == named[0]]
        numbers = [(s, slot) for s in spots for slot in s.slots if self.has_numbers(s, slot)]
        wrong = [(s, slot) for s, slot in numbers if self.doubt(s, slot) < RIGHT]
        for spot, slot in wrong:
            if self.gain(spot, slot) == best:
                return self.location(spot, slot)
        returns = [spot for spot in spots if RETURNED in spot.slots]
        return None if wrong or len(returns) != 1 else self.location(returns[0], RETURNED)

    def first_change(self) -> Location | None:
        """Return the statement that writes into an argument, if one does."""
        changing = (i for i, (r, _) in enumerate(self.runs) if r and r.changed)
        index = next(changing, None)
        if index is None:
            return None
        case, recorder = _Kept(self.cases[index]), Recorder(self.watched.spots)
        answer = self.source.compiled(self.watched.recording(), **{RECORDER: recorder})
        recorder.is_changed = case.is_changed
        responded(self.exercise, answer, case)
        recorder.look()
        if recorder.changed_by is None:
            return None
        spot = self.watched.spots[recorder.changed_by]
        names = [self.exercise.parameters[i] for i in self.runs[index][0].changed]
        listed = listing([f"`{name}`" for name in names])
        belong = "belong" if len(names) > 1 else "belongs"
        about = f"{listed} {belong} to the caller, and must stay the same. Here it is written into"
        return Location(spot.line, spot.code, spot.function, about)

    # --- evidence ---

    def gain(self, spot: Spot, slot: str) -> int:
        """Return how many outputs a value of the reference makes right, put in here; 0 if none."""
        recorder = Recorder(self.watched.spots)
        tree = self.watched.replacing(spot.number, slot)
        answer = self.source.compiled(tree, **{RECORDER: recorder})
        best = 0
        for step in self._candidates(spot, slot):
            values = {(spot.number, slot): step.values}
            mended = self._with(answer, recorder, values)
            if len(mended) < self.wrong_columns:
                mended -= self._easily_right(spot)
            best = max(best, len(mended))
            if best == self.wrong_columns:
                break
        return best

    def _easily_right(self, spot: Spot) -> set[str]:
        """Return the outputs that are no evidence against a step while others stay wrong.

        Those are texts, such as "in order", which is true of nothing at all, and that the answer
        ends, unless it was this step that stopped it.
        """
        texts = {name for name, each in self.diagnosis.right[0].items() if isinstance(each, str)}
        return texts if spot.number in self._stopped else {*texts, RUNS}

    def _candidates(self, spot: Spot, slot: str) -> list[Step]:
        mine = self.noted("values", spot.number, slot)
        begun = self.is_begun(spot, slot)
        raised = [bool(r is None or r.problem) for r, _ in self.runs]
        fitting = [s for s in self.steps if _as_often(mine, s.values, raised)]
        fitting = [
            s
            for s in fitting
            if not self.fits(mine, s, kinds_too=begun) and not _has_opaque(s.values)
        ]
        if begun:
            fitting = [s for s in fitting if _is_constant(s.values)]
        return sorted(fitting, key=lambda s: _distance(spot, slot, mine, s))[:40]

    def _with(self, answer, recorder: Recorder, values: dict[tuple, Values]) -> set[str]:
        """Return which outputs become right with these values in slots, if none is lost."""
        flags = []
        for index, case in enumerate(self.cases):
            if self.left <= 0:
                return set()
            self.left -= 1
            recorder.given = {key: iter(each[index]) for key, each in values.items()}
            flags.append(self.flags(index, responded(self.exercise, answer, case)))
            if not self._promising(flags):
                return set()
        columns = self.in_columns(flags)
        return {name for name, c in columns.items() if all(c) and not all(self.columns[name])}

    def _promising(self, flags: list[dict]) -> bool:
        """Return whether some output that was wrong is right so far, and none is lost."""
        columns = self.in_columns(flags)
        gained = any(all(c) and not all(self.columns.get(n, [False])) for n, c in columns.items())
        kept = all(all(columns.get(n, [False])) for n, c in self.columns.items() if all(c))
        return gained and kept


class _Kept:
    """A case whose arguments can be looked at while the answer works on them."""

    def __init__(self, case: Case):
        self.args, self.live = case.args, case.fresh_args()

    def fresh_args(self) -> tuple:
        return self.live

    def is_changed(self) -> bool:
        return any(map(is_changed, self.args, self.live))


def _as_often(mine: Values, right: Values, raised: list[bool]) -> bool:
    return any(right) and all(
        len(b) >= len(a) if stopped else len(a) == len(b)
        for a, b, stopped in zip(mine, right, raised, strict=True)
    )


def _is_constant(values: Values) -> bool:
    """Return whether a value is what something begins with: nothing, or one number throughout."""
    numbers = [as_numbers(each) for case in values for each in case]
    return all(n is not None and len(set(n.ravel().tolist())) <= 1 for n in numbers)


def _has_opaque(values: Values) -> bool:
    return any(isinstance(each, Opaque) for case in values for each in case)


def _distance(spot: Spot, slot: str, mine: Values, step: Step) -> tuple:
    """Return how unlike a slot a step is: first by function, then by name, then by shape."""
    same_name = plain_name(slot) in map(plain_name, step.names)
    same_function = spot.function.split(".")[-1] in step.functions
    return not same_function, not same_name, _shapes(mine) != _shapes(step.values)


def _shapes(values: Values) -> list:
    return [
        np.shape(as_numbers(v)) if as_numbers(v) is not None else type(v) for c in values for v in c
    ]
