"""What every exercise of a lesson has to stand up to.

A lesson's test file names its `prefix` and, for each exercise, at least two other right answers:

    class TestReluLayer(LessonContract):
        prefix = "relu"
        variants = {"relu.relu": [lambda z: z * (z > 0), ...], "relu.by_hand": [{"z1": ...}, ...]}

An answer is a function or class, or, where the exercise asks for values, a dict of them.
"""

import re
from functools import cache
from unittest.mock import patch

import numpy as np
from notebook_cells import answers_in

from lessonlib.checks import Exercise, Mistake, Verdict, judge, judging
from lessonlib.checks.asking import ask, ask_here
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.lessons import lesson


def verdict_on(exercise: Exercise, answer, seed: int = 0, fork: bool = True) -> Verdict:
    """Judge an answer on cases drawn from `seed`.

    For seed 0 it is asked in a forked child, as in a notebook; else, or where `fork` is False, in
    this process, which takes a third of the time.
    """
    how = {"rng": np.random.default_rng(seed), "ask": ask if fork and seed == 0 else ask_here}
    answers, named = ([], {"named": answer}) if exercise.returns == "named" else ([answer], {})
    with patch.object(judging, "Diagnosis", lambda exercise, _: diagnosis(exercise, seed)):
        return judge(exercise, *answers, **named, **how)


@cache
def diagnosis(exercise: Exercise, seed: int) -> Diagnosis:
    """Return the right values and those of all mistakes, made once for all answers to a seed."""
    return Diagnosis(exercise, exercise.cases(np.random.default_rng(seed)))


def seeds(exercise: Exercise, count: int) -> range:
    """Return the seeds to try: fewer for the few exercises that take seconds to judge."""
    return range(count if exercise.seconds <= 10 else 1)


def as_answer(exercise: Exercise, mistake: Mistake):
    """Return the wrong answer that a mistake stands for, as a learner would hand it in."""
    if mistake.wrong is not None:
        return mistake.wrong() if exercise.returns == "named" else mistake.wrong
    return _spoilt(exercise, mistake)


def _spoilt(exercise: Exercise, mistake: Mistake):
    """Rebuild an answer from right values, some of them changed; the arguments tell the case."""

    def answer(*args):
        case = next(c for c in _cases(exercise) if _equal(c.args, args))
        values = {**exercise.right(case), **exercise.spoilt(mistake, case)}
        order = [values[name] for name in exercise.outputs]
        return {"value": order[0], "tuple": tuple(order), "dict": values}[exercise.returns]

    return answer


def _cases(exercise: Exercise):
    return (case for seed in range(5) for case in exercise.cases(np.random.default_rng(seed)))


def _equal(a, b) -> bool:
    return str(a) == str(b)


@cache
def verdict_on_mistake(exercise: Exercise, mistake: Mistake, seed: int = 0) -> Verdict:
    """Judge the wrong answer that a mistake stands for: once, for all who want to know."""
    return verdict_on(exercise, as_answer(exercise, mistake), seed, fork=False)


class LessonContract:
    """Five things that are true of every exercise, and a few that are true of its words."""

    prefix: str
    variants: dict[str, list]

    def exercise(self, exercise_id: str) -> Exercise:
        return next(e for e in lesson(self.prefix).exercises if e.id == exercise_id)

    def test_the_stub_fails(self, exercise_id):
        exercise = self.exercise(exercise_id)
        verdict = verdict_on(exercise, answers_in("course", exercise))
        assert not verdict.passed
        assert verdict.points == 0
        assert re.search("NotImplementedError|still `...`", verdict.message), verdict.message

    def test_the_solution_passes(self, exercise_id):
        exercise = self.exercise(exercise_id)
        answer = answers_in("solutions", exercise)
        for seed in seeds(exercise, 5):
            verdict = verdict_on(exercise, answer, seed)
            assert verdict.passed, verdict.message
            assert verdict.points == exercise.points

    def test_there_are_two_other_right_answers(self, exercise_id):
        assert len(self.variants[exercise_id]) >= 2

    def test_a_variant_passes(self, exercise_id, index):
        exercise = self.exercise(exercise_id)
        verdict = verdict_on(exercise, self.variants[exercise_id][index], seed=index)
        assert verdict.passed, verdict.message

    def test_a_mistake_is_rejected_and_named(self, exercise_id, name):
        exercise = self.exercise(exercise_id)
        mistake = next(m for m in exercise.mistakes if m.name == name)
        for seed in seeds(exercise, 3):
            verdict = verdict_on_mistake(exercise, mistake, seed)
            assert not verdict.passed
            assert verdict.points < exercise.points
            assert verdict.mistake == name, verdict.message

    def test_a_mistakes_message_is_short_and_plain(self, exercise_id, name):
        exercise = self.exercise(exercise_id)
        mistake = next(m for m in exercise.mistakes if m.name == name)
        message = verdict_on_mistake(exercise, mistake).message
        prose = [line for line in message.split("\n") if not line.startswith("    ")]
        words = len(" ".join(prose).split())
        assert 20 <= words <= 120, f"{words} words:\n{message}"
        assert max(map(len, message.split("\n"))) <= 76, message

    def test_hints_lead_from_nudge_to_near_answer(self, exercise_id):
        hints = self.exercise(exercise_id).hints
        assert len(hints) >= 2
        assert 80 <= sum(len(hint.split()) for hint in hints) <= 160
