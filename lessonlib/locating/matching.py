"""The learner's values on the way beside those of the reference: what is right, what may not be.

Only plain values are looked at here. They may come from another process.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, takewhile

import numpy as np

from lessonlib.checks.asking import Response, respond
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.plain import Opaque, mark
from lessonlib.checks.verdict import Location
from lessonlib.checks.wording import listing
from lessonlib.locating.source import Source
from lessonlib.locating.tracing import (
    LOOPED,
    RECORDER,
    RETURNED,
    TESTED,
    Recorder,
    Spot,
    Trace,
    snapshot,
    steps_of,
)  # fmt: skip

_IN_WORDS = {
    RETURNED: "What is returned",
    LOOPED: "What the loop goes through",
    TESTED: "The condition",
}

Values = list[list]  # of one slot: for each case what it was given, in order
UNKNOWN, RIGHT = 3, 9  # of doubts: a value that the reference has not; the last, there is none
UNCHANGED, RUNS = "the arguments", "the end"  # stay the same; is reached


@dataclass(frozen=True)
class Step:
    """A value that the reference has on the way, case by case; it may have several names.

    functions: those in which it is made.
    lasting: whether a single value stands for many; not where its name gets another one later.
    """

    names: tuple[str, ...]
    values: Values
    functions: tuple[str, ...] = ()
    lasting: bool = True


@dataclass(frozen=True)
class Suspect:
    """A slot that may be wrong; the one with the least `doubt` is tried first."""

    spot: Spot
    slot: str
    doubt: int


# --- the reference ---


def steps(exercise: Exercise, reference: Source, cases: list[Case]) -> list[Step]:
    """Return the values that the reference has on the way, its arguments first."""
    tree, names, functions = steps_of(reference)
    recorder = Recorder([])
    answer = reference.compiled(tree, **{RECORDER: recorder})
    traces = []
    for case in cases:
        recorder.trace = Trace()
        respond(exercise, answer, case)
        traces.append(recorder.trace.values)
    keys = dict.fromkeys(key for trace in traces for key in trace)
    made = [
        Step(
            tuple(filter(None, [names.get(number)])),
            [trace.get((number, slot), []) for trace in traces],
            (functions[number],),
        )
        for number, slot in keys
    ]
    return [*_arguments(exercise, cases), *made]


def _arguments(exercise: Exercise, cases: list[Case]) -> Iterator[Step]:
    """Yield the arguments, what dictionaries and pairs among them hold, and each transposed."""
    names = exercise.parameters
    parts = [dict(_parts(dict(zip(names, snapshot(c.args), strict=False)))) for c in cases]
    for path in dict.fromkeys(path for part in parts for path in part):
        values = [[part[path]] if path in part else [] for part in parts]
        yield Step((str(path[-1]),), values)
        yield Step((), [[each.T for each in v if isinstance(each, np.ndarray)] for v in values])


def _parts(value, path: tuple = ()) -> Iterator[tuple]:
    if path:
        yield path, value
    if isinstance(value, dict):
        items: Iterable = value.items()
    else:
        items = enumerate(value) if isinstance(value, list | tuple) else ()
    for key, item in items:
        if len(path) < 3:
            yield from _parts(item, (*path, key))


# --- the comparison ----------------------------------------------------------------------------


class Comparison:
    """An answer's values on the way, compared with those of the reference.

    spots: the statements of the answer's code.
    runs:  (response, trace) for each case, as `tracing.recorded` gives them.
    """

    def __init__(
        self,
        exercise: Exercise,
        cases: list[Case],
        spots: list[Spot],
        runs: list[tuple],
        reference: Source,
    ):
        self.exercise, self.cases, self.spots, self.runs = exercise, cases, spots, runs
        self.diagnosis = Diagnosis(exercise, cases)
        self.steps = _different(steps(exercise, reference, cases))

    @property
    def traces(self) -> list[Trace]:
        """What was noted down, case by case."""
        return [trace for _, trace in self.runs]

    # --- what is right ---

    @cached_property
    def columns(self) -> dict[str, list[bool]]:
        """For each output, for the arguments and the end, in which cases it is right."""
        return self.in_columns(
            [self.flags(i, response) for i, (response, _) in enumerate(self.runs)]
        )

    def in_columns(self, flags: list[dict]) -> dict[str, list[bool]]:
        names = dict.fromkeys([*self.exercise.outputs, *self.diagnosis.right[0], UNCHANGED, RUNS])
        return {name: [each.get(name, False) for each in flags] for name in names}

    def flags(self, index: int, response: Response | None) -> dict[str, bool]:
        """Return what is right of a response: each output, the arguments, and that it ended."""
        if response is None:
            return {}
        rest = {UNCHANGED: not response.changed, RUNS: not response.problem}
        if response.problem:
            return rest
        try:
            outputs = self.exercise.values(response.value, self.cases[index])
        except Exception:  # Malformed, or whatever an unpack stumbles over
            return rest
        return {n: self.diagnosis.is_right(n, index, v) for n, v in outputs.items()} | rest

    @cached_property
    def _counters(self) -> dict[str, set[str]]:
        """By function the names that its loops give values."""
        found: dict[str, set[str]] = {spot.function: set() for spot in self.spots}
        for spot in self.spots:
            found[spot.function].update(spot.counts)
        return found

    @cached_property
    def _written(self) -> dict[str, set[str]]:
        """By function the names that its statements give values, or write into."""
        found: dict[str, set[str]] = {spot.function: set() for spot in self.spots}
        for spot in self.spots:
            found[spot.function].update(spot.slots)
        return found

    def is_right(self, values: Values, slot: str = "") -> bool:
        """Return whether these are values of the reference, in every case.

        slot: the reference has them under this name.
        """
        name = plain_name(slot)
        return any(
            self.fits(values, step)
            for step in self.steps
            if not slot or name in map(plain_name, step.names)
        )

    def alike(self, mine: Values, right: Values, lasting: bool = True) -> bool:
        """Return whether values agree in every case; `lasting`: one may stand for many."""
        return any(mine) and all(
            (len(a) == len(b) or (lasting and len(b) == 1)) and self._agreeing(a, b) == len(a)
            for a, b in zip(mine, right, strict=True)
            if a
        )

    def fits(self, mine: Values, step: Step, kinds_too: bool = False) -> bool:
        """Return whether values agree with a step; `kinds_too`: whole numbers only with such."""
        alike_kinds = not kinds_too or _kinds(mine) == _kinds(step.values)
        return alike_kinds and self.alike(mine, step.values, step.lasting)

    def _agreeing(self, mine: list, right: list) -> int:
        """Return how many values agree from the first one on."""
        pairs = zip(mine, right if len(right) != 1 else cycle(right), strict=False)
        rtol = max(self.exercise.rtol, 1e-9)
        return sum(1 for _ in takewhile(lambda pair: _agree(*pair, rtol), pairs))

    def reads_right(self, spot: Spot, slot: str) -> bool:
        """Return whether all that a statement reads is right, or nothing that could be wrong.

        In a loop what is wrong comes back to where it was made. So only that counts which was read
        up to the time when the slot went wrong.
        """
        return all(
            self._is_no_step(spot, name, self.noted("inputs", spot.number, name))
            or self._begins_right(spot, name, values)
            for name, values in self._read(spot, slot)
        )

    def _read(self, spot: Spot, slot: str) -> Iterator[tuple[str, Values]]:
        """Yield what a statement reads up to the time when the slot goes wrong."""
        stopped = spot.number in self._stopped
        until = self._until(self.noted("values", spot.number, slot), stopped)
        for name in spot.reads:
            values = self.noted("inputs", spot.number, name)
            # What it writes here comes back to it, and what nobody writes stays what it was, unless
            # the function is called again.
            stays = name not in self._written[spot.function] and all(map(self._is_one, values))
            once = name in spot.alters or stays
            yield name, [v[: 1 if once else n] for v, n in zip(values, until, strict=True)]

    def _is_one(self, values: list) -> bool:
        return self._agreeing(values, values[:1]) == len(values)

    def _is_short(self, spot: Spot, slot: str) -> bool:
        """Return whether a value that only repeats another has a name that stands for more.

        A route of the learner's own may lead there: what is read needs to be right only under a
        name that the reference has, too.
        """
        if spot.number in self._stopped or slot == RETURNED or not self._is_elsewhere(slot):
            return False
        return not any(
            self._named(spot, name) and not self._begins_right(spot, name, values)
            for name, values in self._read(spot, slot)
        )

    def _is_no_step(self, spot: Spot, name: str, values: Values) -> bool:
        """Return whether a name stands for nothing that a step computes, and nothing wrong."""
        return (
            name in self._counters[spot.function]
            or (is_neutral(values) and self._gives_right(spot, name))
            or (self._is_size(values) and not self._named(spot, name))
        )

    def _until(self, values: Values, stopped: bool) -> list[int]:
        """Return for each case at which time a slot goes wrong.

        If it never does that is the first time, or the one at which its statement was stopped.
        """
        agreeing = [
            [self._agreeing(a, b) for a, b in zip(values, step.values, strict=True)]
            for step in self.steps
        ]
        best = max(agreeing, key=sum)
        return [
            1 if n == len(v) and not stopped else n + 1 for n, v in zip(best, values, strict=True)
        ]

    def _begins_right(self, spot: Spot, name: str, values: Values) -> bool:
        """Return whether values are the reference's, under the same name if it has that name.

        Where an error came from, a list is not as good as an array.
        """
        steps = self._named(spot, name) or self.steps
        if spot.number in self._stopped:
            steps = [step for step in steps if _are_arrays(step.values) == _are_arrays(values)]
        return any(values) and any(
            all(
                self._agreeing(a, b) == len(a) and (step.lasting or len(b) >= len(a))
                for a, b in zip(values, step.values, strict=True)
            )
            for step in steps
        )

    def _named(self, spot: Spot, name: str) -> list[Step]:
        """Return the steps that have a name in the function of a spot."""
        is_answer = spot.function == self.spots[0].function  # whatever it is called
        function = self.exercise.source.name if is_answer else spot.function.split(".")[-1]
        return [
            step
            for step in self.steps
            if plain_name(name) in map(plain_name, step.names)
            and (not step.functions or function in step.functions)
        ]

    def _gives_right(self, spot: Spot, name: str) -> bool:
        """Return whether nothing wrong comes from a name that stands for no value of its own.

        What a function of the learner's gives is looked at, a generator of theirs is unknown, and
        a variable that is None holds what a function has forgotten to return.
        """
        helper = [each for each in self.spots if each.function.split(".")[-1] == name]
        given = [self.noted("values", each.number, RETURNED) for each in helper]
        given = [values for values in given if any(values)]
        if helper and not (given and all(self.is_right(values, RETURNED) for values in given)):
            return False
        made = [
            self.noted("values", each.number, name)
            for each in self.spots
            if each.function == spot.function and name in each.slots
        ]
        return not any(_is_generator(v) or (_is_nothing(v) and not self.is_right(v)) for v in made)

    def _is_size(self, values: Values) -> bool:
        whole = all(isinstance(each, int) for case in values for each in case)
        return whole and any(self.alike(values, sizes) for sizes in self._sizes)

    @cached_property
    def _sizes(self) -> list[Values]:
        found: dict[tuple, Values] = {}
        for index, case in enumerate(self.cases):
            for path, value in _parts(snapshot(case.args)):
                for axis, size in enumerate(
                    np.shape(value) if isinstance(value, np.ndarray) else ()
                ):
                    found.setdefault((path, axis), [[] for _ in self.cases])[index] = [size]
        return list(found.values())

    def noted(self, what: str, *key) -> Values:
        return [getattr(trace, what).get(key, []) for trace in self.traces]

    @property
    def wrong_columns(self) -> int:
        return sum(not all(column) for column in self.columns.values())

    # --- what may be wrong ---

    def suspects(self) -> Iterator["Suspect"]:
        """Yield the slots that may be wrong while all that they read is right, in order."""
        for number in self._order:
            spot = self.spots[number]
            for slot in spot.slots:
                if self._is_cut_off(spot, slot) or self._returns_nothing_new(spot, slot):
                    continue
                if self._is_item_right(spot, slot):
                    continue
                if slot != RETURNED and self._reads_another_name(spot):
                    continue
                doubt = self.doubt(spot, slot)
                if doubt < RIGHT and self.reads_right(spot, slot):
                    yield Suspect(spot, slot, doubt)
                elif doubt <= 1 and self._is_short(spot, slot):
                    yield Suspect(spot, slot, UNKNOWN)

    @cached_property
    def _order(self) -> list[int]:
        """The statements that cases went through which came out wrong, as they were first done."""
        done = [n for i in self._failing for n in self.traces[i].order]
        return list(dict.fromkeys([*done, *self._stopped]))

    @cached_property
    def _stopped(self) -> set[int]:
        """The statements that an error came from."""
        return {t.last for r, t in self.runs if r and r.problem and t.last >= 0}

    def _is_cut_off(self, spot: Spot, slot: str) -> bool:
        """Return whether an error further on cut a loop or a test off from what it leads to."""
        leads_on = slot in (LOOPED, TESTED) and spot.number not in self._stopped
        return leads_on and bool(self._stopped)

    def _returns_nothing_new(self, spot: Spot, slot: str) -> bool:
        """Return whether what is returned is made of what only repeats something, or is empty.

        The right value in the place of what is returned mends all, whatever was wrong before it.
        """
        if slot != RETURNED or spot.passes_on:
            return False
        read = (self.noted("inputs", spot.number, name) for name in spot.reads)
        return any(map(_is_empty, read)) or any(
            name in spot.reads and self.doubt(each, name) == 0
            for each in self.spots
            for name in each.slots
            if each.function == spot.function
        )

    def _is_item_right(self, spot: Spot, slot: str) -> bool:
        """Return whether a slot is the whole into which a statement writes, once, a right item."""
        names = (each for each in spot.slots if each.startswith(f"{slot}["))
        items = [self.noted("values", spot.number, name) for name in names]
        return bool(items) and all(
            self.is_right(item) and all(len(case) <= 1 for case in item) for item in items
        )

    def _reads_another_name(self, spot: Spot) -> bool:
        """Return whether a statement reads what is another one's value, under a name for good.

        The value is right, and may be one step short of what the name was to stand for.
        """
        given = [each for each in self.spots if each.function == spot.function]
        return any(
            all(each.renames for each in given if name in each.slots)
            for name in spot.reads
            if any(name in each.slots for each in given)
        )

    def doubt(self, spot: Spot, slot: str) -> int:
        """Return how likely a slot is right: from 0, least of all, to RIGHT.

        A value that only repeats what was there is likely to be one step short of what was meant,
        and so is one that has no name in the reference, and then one that it does not have at all.
        """
        values = self.noted("values", spot.number, slot)
        begun = self.is_begun(spot, slot)
        alike = [s for s in self.steps if self.fits(values, s, kinds_too=begun)]
        names = {plain_name(name) for step in alike for name in step.names}
        if spot.number in self._stopped:
            return 0
        own = self._named(spot, slot)  # what the same function of the reference has under its name
        is_named = plain_name(slot) in names and (not own or any(step in alike for step in own))
        if is_named or (begun and alike):
            return RIGHT
        if spot.passes_on:
            return 4 if self._all_is_there() else RIGHT
        if not alike:
            return RIGHT if any(self._goes_on(values, step) for step in self.steps) else UNKNOWN
        if self._is_copy(spot, values):
            return 0
        if self._is_double(spot, slot, values) or (names and self._is_elsewhere(slot)):
            return 1
        return RIGHT if names else 2

    def _goes_on(self, values: Values, step: Step) -> bool:
        """Return whether the reference begins with these values: the loop just ended too early."""
        pairs = list(zip(values, step.values, strict=True))
        longer = any(len(b) > len(a) > 0 for a, b in pairs)
        return longer and all(len(b) >= len(a) == self._agreeing(a, b) for a, b in pairs)

    def _is_copy(self, spot: Spot, values: Values) -> bool:
        """Return whether a value is just one that the statement reads."""
        read = (self.noted("inputs", spot.number, name) for name in spot.reads)
        return any(self.alike(values, each) for each in read)

    def _is_double(self, spot: Spot, slot: str, values: Values) -> bool:
        """Return whether another slot has the same value."""
        return any(
            self.alike(values, self.noted("values", other.number, name))
            for other in self.spots
            for name in other.slots
            if other.function == spot.function and name not in (slot, RETURNED)
        )

    def _all_is_there(self) -> bool:
        """Return whether all that is to be returned was computed, and only not returned right."""
        slots = [
            self.noted("values", spot.number, slot)
            for spot in self.spots
            for slot in spot.slots
            if slot != RETURNED
        ]
        return all(any(self.alike(part, mine) for mine in slots) for part in self.returned)

    def _is_elsewhere(self, slot: str) -> bool:
        """Return whether the reference has another value under the name of a slot."""
        names = (name for step in self.steps for name in step.names)
        return plain_name(slot) in map(plain_name, names)

    @property
    def _failing(self) -> list[int]:
        cases = range(len(self.cases))
        return [i for i in cases if not all(column[i] for column in self.columns.values())]

    def is_begun(self, spot: Spot, slot: str) -> bool:
        """Return whether a slot is merely begun here, to be filled by other statements."""
        others = (each for each in self.spots if each.function == spot.function)
        return slot not in spot.alters and any(slot in each.alters for each in others)

    @cached_property
    def returned(self) -> list[Values]:
        """What the reference returns, part by part."""
        name = f"{RETURNED} {self.exercise.source.name}"
        whole = next((step.values for step in self.steps if name in step.names), [])
        count = min((len(_items(each)) for case in whole for each in case), default=0)
        return [[[_items(each)[k] for each in case] for case in whole] for k in range(count)]

    # --- without putting anything in ---

    def first_named(self) -> Location | None:
        """Return the first step that differs from the reference's of the same name.

        That is less evidence than when a value can be put in. So nothing is said where a right
        output depends on the step, where it is a multiple of the reference's (a factor may come
        later), of an answer that stops, and of a class.
        """
        if "." in self.spots[0].function:
            return None
        if self._stopped or not all(t.complete for t in self.traces) or not self.wrong_columns:
            return None
        for spot, slot in ((each.spot, each.slot) for each in self.suspects()):
            named = not spot.passes_on and not spot.alters and self._is_elsewhere(slot)
            if named and self.has_numbers(spot, slot) and (spot.number, slot) not in self._cleared:
                return None if self._is_multiple(spot, slot) else self.location(spot, slot)
        return None

    def has_numbers(self, spot: Spot, slot: str) -> bool:
        numbers = [as_numbers(v) for case in self.noted("values", spot.number, slot) for v in case]
        return bool(numbers) and all(each is not None for each in numbers)

    @cached_property
    def _cleared(self) -> set[tuple[int, str]]:
        """The slots on which something right that is returned depends."""
        doubles = {(each.spot.number, each.slot) for each in self.suspects() if each.doubt <= 1}
        waiting = [
            (spot, slot)
            for spot in self.spots
            for slot in spot.slots
            for part in self.returned
            if self.alike(self.noted("values", spot.number, slot), part)
            and (spot.number, slot) not in doubles
        ]
        found: set[tuple[int, str]] = set()
        while waiting:
            spot, slot = waiting.pop()
            if (spot.number, slot) not in found:
                found.add((spot.number, slot))
                waiting += [
                    (each, name)
                    for each in self.spots
                    for name in each.slots
                    if each.function == spot.function and name in spot.reads
                ]
        return found

    def _is_multiple(self, spot: Spot, slot: str) -> bool:
        """Return whether a value is that of the reference's step of this name but for a factor."""
        name, mine = plain_name(slot), self.noted("values", spot.number, slot)
        return any(
            all(
                _proportional(a, b)
                for x, y in zip(mine, step.values, strict=True)
                for a, b in zip(x, y, strict=False)
            )
            for step in self.steps
            if name in map(plain_name, step.names)
        )

    # --- words ---

    def location(self, spot: Spot, slot: str) -> Location:
        whole = slot.partition("[")[0]  # nor is `grad` praised where `grad[i]` is wrong
        right = [f"`{name}`" for name in self._right_before(spot) if name not in (slot, whole)]
        praise = f"{listing(right)} {'is' if len(right) == 1 else 'are'} right. " if right else ""
        helper = "" if spot.function == self.spots[0].function else f" in `{spot.function}`"
        about = (
            f"{praise}{_IN_WORDS.get(slot, f'`{slot}`')}{helper} is not{'' if right else ' right'}"
        )
        return Location(spot.line, spot.code, spot.function, about)

    def _right_before(self, spot: Spot) -> list[str]:
        """Return the names of the last three steps before a spot that are right."""
        names: dict[str, None] = {}
        for number in dict.fromkeys(n for trace in self.traces for n in trace.order):
            if number == spot.number:
                break
            earlier = self.spots[number]
            for slot in earlier.slots if earlier.function == spot.function else ():
                if slot not in (RETURNED, LOOPED, TESTED):
                    names.pop(slot, None)
                    name = slot if self._is_elsewhere(slot) else ""
                    if self.is_right(self.noted("values", number, slot), name):
                        names[slot] = None
        return list(names)[-3:]


def _agree(mine, right, rtol: float) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(right, np.ndarray) and mine.shape != right.shape:
        return False
    if isinstance(right, dict) and (not isinstance(mine, dict) or len(mine) != len(right)):
        return False  # else any dictionary has what an empty one has
    return agree(mine, right, rtol, nan_too=True)


def _proportional(mine, right) -> bool:
    a, b = as_numbers(mine), as_numbers(right)
    if a is None or b is None or a.shape != b.shape or a.size < 2:
        return a is not None and b is not None and a.size == b.size == 1
    a, b = a.ravel().astype(complex), b.ravel().astype(complex)
    return bool(abs(np.vdot(a, b)) >= (1 - 1e-9) * np.linalg.norm(a) * np.linalg.norm(b))


def _different(every: list[Step]) -> list[Step]:
    """Return the steps without those that repeat the values of another one; names are kept."""
    found: dict[tuple, Step] = {}
    for step in every:
        if any(step.values):
            key = mark(step.values)
            same = found.get(key, Step((), []))
            names, functions = same.names + step.names, same.functions + step.functions
            found[key] = Step(names, step.values, functions)
    return _with_lasting(list(found.values()))


def _with_lasting(every: list[Step]) -> list[Step]:
    many = (step for step in every if any(len(case) > 1 for case in step.values))
    changing = {plain_name(name) for step in many for name in step.names}
    return [
        replace(step, lasting=changing.isdisjoint(map(plain_name, step.names))) for step in every
    ]


def is_neutral(values: Values) -> bool:
    """Return whether a name stands for what no step computes: a function, a text, nothing."""
    every = [each for case in values for each in case]
    return all(each is None or isinstance(each, Opaque | str | bool) for each in every)


def _is_generator(values: Values) -> bool:
    every = [each for case in values for each in case]
    return any(isinstance(each, Opaque) and each.kind == "Generator" for each in every)


def _are_arrays(values: Values) -> set[bool]:
    return {isinstance(each, np.ndarray) for case in values for each in case}


def _is_empty(values: Values) -> bool:
    """Return whether values are collections that nothing was put into."""
    every = [each for case in values for each in case]
    return bool(every) and all(isinstance(e, list | dict | tuple) and not e for e in every)


def _is_nothing(values: Values) -> bool:
    return any(each is None for case in values for each in case)


def _kinds(values: Values) -> set:
    """Return the kinds of number in arrays: "f" and "i" are alike until something is added."""
    arrays = (each for case in values for each in case if isinstance(each, np.ndarray))
    return {array.dtype.kind for array in arrays}


def _items(value) -> list:
    return (
        list(value.values() if isinstance(value, dict) else value)
        if isinstance(value, dict | tuple)
        else [value]
    )


def plain_name(name: str) -> str:
    key = re.fullmatch(r"\w+\[[\"'](\w+)[\"']\]", name)
    return (key[1] if key else name).replace("_", "").lower()
