"""What a learner waits for, in processor time: what else runs on the machine hardly counts.

Checks are timed in a process of their own, as large as a learner's: a check forks, and to fork one
that has run a thousand tests takes many times as long.
"""

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from lessonlib import judge
from lessonlib.lessons import LESSONS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
COMMANDS = [("--help",), ("hint", "relu.tent"), ("check", "missing.ipynb"), ("check", "77")]
# Bytecode is kept, as it is on a learner's machine; the first of several runs makes it.
AS_A_LEARNERS = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
HEAVY = {"matplotlib", "nbclient", "nbformat", "nbgrader", "jupyter_client", "IPython", "scipy"}


def spent(who: int = resource.RUSAGE_CHILDREN) -> float:
    """Return the processor time of this process's children so far, or of the process itself."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def seconds(*words: str, times: int = 4) -> float:
    """Return what a fresh Python needs for its arguments, at the best of several times."""
    each = []
    for _ in range(times):
        before = spent()
        subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, env=AS_A_LEARNERS)
        each.append(spent() - before)
    return min(each)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_short_answer_comes_within_half_a_second(words):
    assert seconds("-m", "lessonlib.cli", *words) <= 0.5


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_short_answer_imports_nothing_that_takes_long(words):
    command = [sys.executable, "-X", "importtime", "-m", "lessonlib.cli", *words]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr
    lines = [line for line in told.splitlines() if line.startswith("import time:")]
    imported = {line.split("|")[-1].strip().split(".")[0] for line in lines}
    assert "lessonlib" in imported
    assert not imported & HEAVY


def test_check_is_imported_in_little_more_time_than_numpy():
    python = seconds("-c", "pass")
    numpy = seconds("-c", "import numpy") - python
    check = seconds("-c", "from lessonlib import check") - python
    assert check <= 1.8 * numpy


def milliseconds(exercise, answer, enough: float) -> float:
    """Return what a check costs, with the process that it forks, at the best of three times.

    enough: it is not tried again when it cost so little.
    """
    answers, named = ([], answer) if exercise.returns == "named" else ([answer], {})
    best, tries = np.inf, 3
    while best > enough and tries:
        before = spent() + spent(resource.RUSAGE_SELF)
        judge(exercise.id, *answers, **named)
        best = min(best, 1e3 * (spent() + spent(resource.RUSAGE_SELF) - before))
        tries -= 1
    return best


def right(exercise):
    return exercise.reference


def wrong(exercise):
    return exercise.mistakes[0].wrong


def taken(answer_of: Callable, enough: float = 0) -> list[float]:
    """Return what the checks of an answer to each exercise cost, in a fresh process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(taken_here, answer_of, enough).result()


def taken_here(answer_of: Callable, enough: float) -> list[float]:
    exercises = [e for lesson in LESSONS for e in lesson.exercises if e.seconds <= 4]
    assert len(exercises) > 75
    with np.errstate(all="ignore"):
        answers = [(each, answer_of(each)) for each in exercises]
        return [
            milliseconds(each, answer() if each.returns == "named" else answer, enough)
            for each, answer in answers
        ]


def test_a_right_answer_is_checked_within_15_milliseconds_in_the_middle():
    """On a slow or busy machine within a fifth of what it needs for `import numpy`."""
    numpy_takes = 1e3 * (seconds("-c", "import numpy") - seconds("-c", "pass"))
    assert statistics.median(taken(right)) <= max(15, numpy_takes / 5)


def test_a_wrong_answer_is_checked_within_a_second_in_19_of_20_cases():
    assert np.percentile(taken(wrong, enough=1_000), 95) <= 1_000
