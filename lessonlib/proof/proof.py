"""Proves an exercise: what is right passes, and whatever is wrong is rejected and named."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FunctionType

import numpy as np

from lessonlib.checks import Exercise, Mistake
from lessonlib.checks.asking import Response
from lessonlib.checks.plain import plain
from lessonlib.errors import UserError
from lessonlib.exercises import Written
from lessonlib.exercises.reference import place
from lessonlib.lessons import Lesson
from lessonlib.proof import words
from lessonlib.proof.answers import answer_in
from lessonlib.proof.judging import (
    as_answer,
    diagnosis,
    seeds,
    verdict_on,
    verdict_on_mistake,
)
from lessonlib.proof.mutants import Mutant, mutants

RIGHT_SEEDS, WRONG_SEEDS, MUTANT_SEEDS = 5, 3, 2
CHECKS = 5  # of which the middle one says what a check costs
SLOW = 0.5  # of the time after which a check is stopped; a slower machine would stop it
CONSTANTS = {"zeros": 0.0, "ones": 1.0, "0.1 throughout": 0.1}
AS_RIGHT = "is as right as the reference on every case"


@dataclass(frozen=True)
class Fault:
    """What is wrong with an exercise, and where: "slips.txt, line 31"."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}." if self.place else f"{self.text}."


class Proof:
    """What became of one exercise of a lesson whose notebooks are in `root`."""

    def __init__(self, root: Path, lesson: Lesson, exercise: Exercise):
        self.root, self.lesson, self.exercise = root, lesson, exercise

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong."""
        parts = (
            self.stub,
            self.solution,
            self.variants,
            self.rejection,
            self.twins,
            self.survivors,
            self.constants,
            self.words,
            self.cost,
        )
        return tuple(dict.fromkeys(fault for part in parts for fault in self._told(part)))

    def _told(self, part: Callable[[], Iterator[Fault]]) -> Iterator[Fault]:
        try:
            yield from part()
        except UserError as error:  # it has its place in it
            yield Fault("", str(error).rstrip("."))

    # --- what is handed out and what is right ---

    def stub(self) -> Iterator[Fault]:
        """The learner's copy fails, and says that nothing is written yet."""
        verdict = verdict_on(self.exercise, self._handed("course"))
        unwritten = "NotImplementedError" in verdict.message or "still `...`" in verdict.message
        if verdict.passed or verdict.points or not unwritten:
            yield self.fault("the stub is not rejected as one that is still to be written")

    def solution(self) -> Iterator[Fault]:
        """The solution cell passes on any inputs."""
        answer = self._handed("solutions")
        for seed in seeds(self.exercise, RIGHT_SEEDS):
            yield from self._passes("the solution cell", answer, seed)

    def _handed(self, folder: str):
        return answer_in(self.root, folder, self.lesson.name, self.exercise)

    def variants(self) -> Iterator[Fault]:
        """Other right answers pass."""
        for where, answer in getattr(self.exercise, "also_right", ()):
            answer = as_answer(self.exercise, answer)
            for seed in seeds(self.exercise, RIGHT_SEEDS):
                yield from self._passes("what is also right", answer, seed, where)

    def _passes(self, what: str, answer, seed: int, where: str = "") -> Iterator[Fault]:
        verdict = verdict_on(self.exercise, answer, seed)
        if not verdict.passed:
            said = " ".join(verdict.message.split()[:40])
            yield self.fault(f"{what} is rejected on inputs of seed {seed}: {said}", where)

    # --- what is wrong ---

    def rejection(self) -> Iterator[Fault]:
        """Every mistake is rejected and named as itself."""
        for mistake in self.exercise.mistakes:
            verdicts = [
                verdict_on_mistake(self.exercise, mistake, seed)
                for seed in seeds(self.exercise, WRONG_SEEDS)
            ]
            if any(verdict.passed for verdict in verdicts):
                yield self.about(mistake, AS_RIGHT)
            elif others := {v.mistake for v in verdicts} - {mistake.name}:
                yield self.about(mistake, f"is named {' or '.join(map(repr, others))}")

    def twins(self) -> Iterator[Fault]:
        """Any two mistakes differ on some case: in values, in errors, or in what they spoil."""
        made = [diagnosis(self.exercise, s) for s in seeds(self.exercise, WRONG_SEEDS)]
        for number, mistake in enumerate(self.exercise.mistakes):
            for other in self.exercise.mistakes[:number]:
                if all(each.alike(mistake, other) for each in made):
                    yield self.about(mistake, f"is told apart from {other.name!r} by no case")

    @cached_property
    def mutants(self) -> list[Mutant]:
        """The small changes to the reference."""
        function = isinstance(self.exercise.reference, FunctionType)
        named = self.exercise.returns == "named"
        return list(mutants(self.exercise.reference)) if function and not named else []

    def survivors(self) -> Iterator[Fault]:
        """No small bug in the reference gets past the check, but for those without a difference."""
        for mutant in self.mutants:
            passed = all(
                verdict_on(self.exercise, mutant.answer, seed).passed
                for seed in range(MUTANT_SEEDS)
            )
            if passed and mutant.code not in self.without_difference:
                file = self.exercise.reference.__code__.co_filename
                text = f"{self.exercise.id}: `{mutant.code}` {AS_RIGHT}"
                yield Fault(place(file, mutant.line), text)

    @cached_property
    def without_difference(self) -> set[str]:
        """The changes of which the lesson says that no input can show them."""
        if not isinstance(self.exercise, Written):
            return set()
        lines = self.exercise.text.named("no difference")
        return {line.code for slip in lines for line in slip.lines}

    def constants(self) -> Iterator[Fault]:
        """An answer of zeros, or of one number throughout, gets no name made of patterns."""
        if self.exercise.returns == "named":
            return
        own = {mistake.name for mistake in self.exercise.mistakes}
        for what, number in CONSTANTS.items():
            verdict = verdict_on(self.exercise, self.exercise.reference, how=_answering(number))
            names = {result.mistake for result in verdict.outputs if not result.right} - {None}
            for name in sorted(names - own):
                yield self.fault(f"{what} are named {name!r}")

    # --- words, and what it costs ---

    def words(self) -> Iterator[Fault]:
        """Hints, explanations and messages are short and plain, and give no solution away."""
        yield from map(self.fault, words.about_hints(self.exercise))
        written = isinstance(self.exercise, Written)
        code = words.telling(self.exercise.source.tree) if written else []
        for mistake in self.exercise.mistakes:
            message = verdict_on_mistake(self.exercise, mistake).message
            for text in words.about_explanation(mistake.name, mistake.why, code):
                yield self.about(mistake, text)
            for text in words.about_message(message):
                yield self.about(mistake, text)

    def cost(self) -> Iterator[Fault]:
        """A check of a right answer leaves a slower machine some time."""
        spent, allowed = self.milliseconds / 1e3, self.exercise.seconds
        if spent > SLOW * allowed:
            yield self.fault(f"a check takes {spent:.2g} s, and is stopped after {allowed:g} s")

    @cached_property
    def milliseconds(self) -> float:
        """What a check of a right answer costs: the middle of several."""
        times = []
        answer = as_answer(self.exercise, self.exercise.reference)
        while len(times) < CHECKS and sum(times) < 1.0:
            started = time.perf_counter()
            verdict_on(self.exercise, answer, fork=True)
            times.append(time.perf_counter() - started)
        return 1e3 * statistics.median(times)

    # --- places ---

    def fault(self, text: str, where: str = "") -> Fault:
        """Return a fault of the exercise as a whole, or of a place in it."""
        if not where and isinstance(self.exercise, Written):
            where = self.exercise.source.place
        return Fault(where, f"{self.exercise.id}: {text}")

    def about(self, mistake: Mistake, text: str) -> Fault:
        """Return a fault of one of its mistakes."""
        found = self._slips.get(mistake.name)
        if found is None:
            return self.fault(f"the mistake {mistake.name!r}: {text}")
        return Fault(found.place, f"{self.exercise.id}, the slip {mistake.name!r}: {text}")

    @cached_property
    def _slips(self) -> dict:
        slips = self.exercise.text.slips if isinstance(self.exercise, Written) else []
        return {slip.name: slip for slip in slips}


def _answering(number: float) -> Callable:
    """Return how to ask an answer that has one number in place of each of the right ones."""

    def ask(exercise: Exercise, answer, cases) -> list[Response]:
        raw = [plain(exercise.use(exercise.reference, case.fresh_args())) for case in cases]
        return [Response(value=_filled(value, number)) for value in raw]

    return ask


def _filled(value, number: float):
    if isinstance(value, np.ndarray):
        return np.full(value.shape, number)
    if isinstance(value, dict):
        return {key: _filled(item, number) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_filled(item, number) for item in value)
    return number if isinstance(value, float | int) and not isinstance(value, bool) else value


def prove(root: Path, lesson: Lesson) -> Iterator[Proof]:
    """Yield a proof for each exercise of a lesson. Raises UserError for one that is broken."""
    for exercise in lesson.exercises:
        yield Proof(root, lesson, exercise)
