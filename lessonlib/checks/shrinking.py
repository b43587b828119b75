"""A smaller input on which an answer fails in the same way: with fewer samples.

Only samples are taken away. Without some of them an input is still one: what belongs to a sample
stands in one place along one axis. Fewer units would part the weights from the values that were
computed with them, and so would rounder numbers; what is drawn is round already.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, islice

import numpy as np

from lessonlib.checks.asking import Response
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise, Part
from lessonlib.checks.pasting import pasted

SAMPLES, INPUTS = "m", ("n_in", "n_x")
MOST = 24  # cases that are tried, all in one fork
PATIENCE = 0.5  # of an exercise's time; an answer that took longer is not asked again


def with_a_smaller_case(diagnosis: Diagnosis, responses: list[Response], ask) -> tuple:
    """Return the diagnosis and the responses with one more case, if a smaller one fails likewise.

    ask: asks the answer about a list of cases. The new case, the last one, is a part of the first
         that fails: the same outputs are wrong in it, and all have the right shape in both. What a
         shape tells is clearer where there are as many samples as were drawn.
    """
    if not _may_ask_again(diagnosis.exercise, responses):
        return diagnosis, responses
    wrong = [_wrong_outputs(diagnosis, index, each) for index, each in enumerate(responses)]
    index = next((i for i, names in enumerate(wrong) if names), None)
    if index is None:
        return diagnosis, responses
    candidates = fewer_samples(diagnosis.cases, index, diagnosis.exercise.input_names)
    sound = (case for case in candidates if _is_sound(diagnosis, case))
    part = diagnosis.elsewhere(list(islice(sound, MOST)))
    for number, response in enumerate(ask(part.cases) if part.cases else []):
        if _wrong_outputs(part, number, response) == wrong[index]:
            larger = diagnosis.elsewhere([*diagnosis.cases, part.cases[number]])
            larger.right = [*diagnosis.right, part.right[number]]
            return larger, [*responses, response]
    return diagnosis, responses


def _may_ask_again(exercise: Exercise, responses: list[Response]) -> bool:
    """Return whether an answer gave values everywhere, and quickly."""
    seconds = sum(response.seconds for response in responses)
    stopped = any(response.problem or response.changed for response in responses)
    return not stopped and not exercise.script and seconds < PATIENCE * exercise.seconds


def _wrong_outputs(diagnosis: Diagnosis, index: int, response: Response) -> list[str]:
    """Return which outputs have wrong numbers; none where one is not even of the right shape."""
    if response.problem or response.changed:
        return []
    right = diagnosis.right[index]
    try:
        outputs = diagnosis.exercise.values(response.value, diagnosis.cases[index])
    except Exception:  # not of the form that the contract asks for
        return []
    if any(_shape(outputs[name]) != _shape(right[name]) for name in outputs):
        return []
    return [name for name, value in outputs.items() if not diagnosis.is_right(name, index, value)]


def _shape(value) -> tuple[int, ...]:
    """Return the shape of an array or a number; () for all else."""
    numbers = as_numbers(value)
    return () if numbers is None else numbers.shape


def _is_sound(diagnosis: Diagnosis, case: Case) -> bool:
    """Return whether the reference makes something of a case, without any nan."""
    try:
        with np.errstate(invalid="raise", divide="raise"):
            diagnosis.exercise.right(case)
    except Exception:
        return False
    return True


# --- fewer samples -----------------------------------------------------------------------------


def fewer_samples(cases: list[Case], index: int, names: tuple[str, ...]) -> Iterator[Part]:
    """Yield a case with some of its samples only, few first, if it can be shown in full.

    There are never fewer of them than an exercise has in another case, of no smaller network.
    """
    case = cases[index]
    m = case.sizes.get(SAMPLES, 0)
    if case.tags or list(case.sizes.values()).count(m) != 1 or case.hidden is not None:
        return
    for count in range(_fewest(cases, case), m):
        for kept in _chosen(m, count):
            try:
                args = tuple(_only(arg, m, kept) for arg in case.args)
            except _Unclear:
                return
            if pasted(names, args):
                yield _part(case, index, args, m, count)


class _Unclear(Exception):
    """An array that may have its samples along two axes."""


def _fewest(cases: list[Case], case: Case) -> int:
    """Return with how few samples a network of as many inputs, or more, is checked."""
    inputs = [key for key in case.sizes if key in INPUTS]
    return min(
        other.sizes[SAMPLES]
        for other in cases
        if SAMPLES in other.sizes
        and all(other.sizes.get(key, 0) >= case.sizes[key] for key in inputs)
    )


def _chosen(m: int, count: int) -> Iterable[tuple[int, ...]]:
    return combinations(range(m), count) if count < 3 else [tuple(range(count))]


def _only(value, m: int, kept: tuple[int, ...]):
    """Return a value with these samples only. Raises _Unclear."""
    if isinstance(value, np.ndarray):
        axes = [axis for axis, size in enumerate(value.shape) if size == m]
        if len(axes) > 1:
            raise _Unclear
        return np.take(value, kept, axis=axes[0]) if axes else value
    if isinstance(value, dict):
        return {key: _only(item, m, kept) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_only(item, m, kept) for item in value)
    return value


def _part(case: Case, of: int, args: tuple, m: int, count: int) -> Part:
    about, found = re.subn(rf"\b{m} (\w+?)s?\b", _counted(count), case.about)
    return Part(args, about if found else "", {**case.sizes, SAMPLES: count}, of=of)


def _counted(count: int) -> str:
    return rf"{count} \1{'s' * (count != 1)}"
