"""Judges answers by the hundred: the right values and those of all mistakes are made once."""

from functools import cache
from unittest.mock import patch

import numpy as np

from lessonlib.checks import Exercise, Mistake, Verdict, judge, judging
from lessonlib.checks.asking import ask, ask_here
from lessonlib.checks.diagnosing import Diagnosis


def verdict_on(exercise: Exercise, answer, seed: int = 0, fork: bool = False, how=None) -> Verdict:
    """Judge an answer, a function or class or a dict of values, on cases drawn from `seed`.

    With `fork` it is asked in a forked child, as in a notebook; else in this process, which takes
    a third of the time. `how` asks it in another way.
    """
    answers, named = ([], {"named": answer}) if exercise.returns == "named" else ([answer], {})
    options = {"rng": np.random.default_rng(seed), "ask": how or (ask if fork else ask_here)}
    with patch.object(judging, "Diagnosis", lambda exercise, _: diagnosis(exercise, seed)):
        return judge(exercise, *answers, **named, **options)


@cache
def diagnosis(exercise: Exercise, seed: int) -> Diagnosis:
    """Return the right values and those of all mistakes, made once for all answers to a seed."""
    return Diagnosis(exercise, exercise.cases(np.random.default_rng(seed)))


def seeds(exercise: Exercise, count: int) -> range:
    """Return the seeds to try: fewer for the few exercises that take seconds to judge."""
    return range(count if exercise.seconds <= 10 else 1)


def as_answer(exercise: Exercise, wrong):
    """Return a wrong or another right answer as a learner would hand it in."""
    return wrong() if exercise.returns == "named" else wrong


@cache
def verdict_on_mistake(exercise: Exercise, mistake: Mistake, seed: int = 0) -> Verdict:
    """Judge the wrong answer that a mistake stands for: once, for all who want to know."""
    return verdict_on(exercise, as_answer(exercise, mistake.wrong), seed)
