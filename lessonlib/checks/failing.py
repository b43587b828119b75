"""What is said of a wrong answer beside its values: its inputs, and names the catalogue lacks.

A right answer never comes here.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lessonlib.checks import evidence, pasting, wording
from lessonlib.checks.asking import Response
from lessonlib.checks.comparing import as_numbers, same
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise, Malformed, Part
from lessonlib.checks.forms import NOTHING_RETURNED, Results, form_of
from lessonlib.checks.judging import unpacked, verdict_on
from lessonlib.checks.plain import Opaque, plain
from lessonlib.checks.shrinking import with_a_smaller_case
from lessonlib.checks.surroundings import Surroundings
from lessonlib.checks.verdict import Verdict

FRESH = 1  # seed of the cases with which a doubtful name is tried again


def explained(
    verdict: Verdict, diagnosis: Diagnosis, responses, around, ask_again, shown: bool
) -> Verdict:
    """Return the verdict on a wrong answer with its inputs, and with a name if one can be told.

    ask_again: asks the answer about a list of cases.
    shown:     whether the inputs may be shown; those of a grader are a secret.
    """
    if shown:
        larger, more = with_a_smaller_case(diagnosis, responses, ask_again)
        if larger is not diagnosis:
            diagnosis, responses = larger, more
            verdict = verdict_on(diagnosis, responses, around)
    verdict = _with_name(verdict, diagnosis, responses, around, ask_again)
    return _with_inputs(verdict, diagnosis, shown)


def _with_inputs(verdict: Verdict, diagnosis: Diagnosis, shown: bool) -> Verdict:
    """Return the verdict with the inputs that it is about, unless they are a secret."""
    case = diagnosis.cases[verdict.number or 0]
    if verdict.number is None or not case.args:
        return replace(verdict, number=None)
    number = case.of if isinstance(case, Part) else verdict.number
    text = pasting.inputs(diagnosis.exercise, case, number) if shown else ""
    return replace(verdict, number=number, inputs=text)


# --- names that no mistake of the catalogue has ------------------------------------------------


def _with_name(verdict: Verdict, diagnosis, responses, around, ask_again) -> Verdict:
    """Return the verdict; a name that little speaks for is asked for with fresh cases, too."""
    verdict = _first_named(verdict, diagnosis, responses, around, ask_again)
    if not _is_thin(verdict):
        return verdict
    fresh = diagnosis.elsewhere(diagnosis.exercise.cases(np.random.default_rng(FRESH)))
    told = ask_again(fresh.cases)
    again = _first_named(verdict_on(fresh, told, around), fresh, told, around, ask_again)
    if again.passed or again.mistake == verdict.mistake:
        return verdict
    if verdict.mistake not in {mistake.name for mistake in diagnosis.exercise.mistakes}:
        return replace(verdict, mistake=None)
    other = diagnosis.without(verdict.mistake)
    again = verdict_on(other, responses, around)
    return _with_name(again, other, responses, around, ask_again)


def _is_thin(verdict: Verdict) -> bool:
    """Return whether a name rests on few different numbers, or on a few cases that are right."""
    if verdict.mistake is None or not verdict.outputs:
        return False
    named = [r for r in verdict.outputs if not r.right and r.mistake]
    truths = all(_is_of_truth_values(result.mine) for result in named)
    return truths or verdict.mistake.startswith(("right with", "wrong with"))


def _is_of_truth_values(value) -> bool:
    numbers = as_numbers(value)
    return numbers is not None and bool(np.isin(numbers, (0, 1)).all())


def _first_named(verdict: Verdict, diagnosis, responses, around, ask_again) -> Verdict:
    if verdict.passed or verdict.mistake:
        return verdict
    return _named_later(verdict, diagnosis, responses, around, ask_again)


def _named_later(verdict: Verdict, diagnosis, responses, around, ask_again) -> Verdict:
    """Return the verdict with a name for what the answer did, if its values tell one."""
    wrong = [i for i in range(len(diagnosis.cases)) if not _is_right(diagnosis, responses, i)]
    form = _form(verdict, diagnosis, responses)
    if form:
        return wording.with_name(verdict, *form)
    if _is_right_with_floats(diagnosis, wrong, ask_again):
        return wording.with_name(verdict, *_TRUNCATED)
    name = _complaint(diagnosis, responses) or _circumstance(diagnosis, responses, wrong)
    name = name or _told_already(diagnosis.exercise, responses, around, wrong)
    return wording.with_name(verdict, name, "") if name else verdict


def _circumstance(diagnosis: Diagnosis, responses, wrong: list[int]) -> str | None:
    """Return "right with one sample only", or the like, if that is what all outputs are."""
    if len(responses) < len(diagnosis.cases):
        return None
    values = [response.value for response in responses if not response.problem]
    constant = evidence.one_constant(values) is not None
    return None if constant else diagnosis.circumstance(wrong)


def _form(verdict: Verdict, diagnosis: Diagnosis, responses) -> tuple[str, str] | None:
    """Return what was done to the form of the results, if the reference's values are in them."""
    if len(responses) < len(diagnosis.cases) or any(r.problem or r.changed for r in responses):
        return None
    complaint = "" if verdict.outputs else verdict.message
    mine = [response.value for response in responses]
    return form_of(Results(mine, diagnosis.raw, diagnosis.exercise.rtol, complaint))


def _complaint(diagnosis: Diagnosis, responses) -> str | None:
    """Return the name of what the message says in words of the form of the results.

    What is the same whatever goes in, or went in itself, was not made to have a form.
    """
    if any(response.problem for response in responses):
        return None
    try:
        unpacked(diagnosis.exercise, diagnosis.cases, responses)
    except Malformed as malformed:
        values = [response.value for response in responses]
        is_made = not (_are_one(values) or _went_in(values, diagnosis.cases))
        return malformed.name if is_made or malformed.name == NOTHING_RETURNED else None
    return None


def _are_one(values: list) -> bool:
    return evidence.one_constant(values) is not None or all(same(values[0], v) for v in values)


def _went_in(values: list, cases: list[Case]) -> bool:
    """Return whether each value is an argument of its case, an item of one, or several of them."""
    return all(
        _is_among(value, list(_flat(case.args))) for value, case in zip(values, cases, strict=False)
    )


def _is_among(value, given: list) -> bool:
    """Return whether a value is one of the given, or made of them; a generator is always one."""
    if isinstance(value, Opaque) or any(same(value, each) for each in given):
        return True
    items = value if isinstance(value, list | tuple) else ()
    return bool(items) and all(_is_among(each, given) for each in items)


def _flat(value) -> Iterator:
    """Yield a value, and what lists and tuples in it hold."""
    yield value
    for each in value if isinstance(value, list | tuple) else ():
        yield from _flat(each)


def _is_right_with_floats(diagnosis: Diagnosis, wrong: list[int], ask_again) -> bool:
    """Return whether the answer is right as soon as all numbers are floats."""
    with_floats = [case for i in wrong if (case := _as_floats(diagnosis.cases[i]))]
    if len(wrong) == len(diagnosis.cases) or len(with_floats) < len(wrong):
        return False
    again = diagnosis.elsewhere(with_floats)
    try:
        told = ask_again(with_floats)
        return all(_is_right(again, told, i) for i in range(len(wrong)))
    except Exception:  # the reference itself may need whole numbers
        return False


def _told_already(exercise: Exercise, responses, around: Surroundings, wrong) -> str | None:
    """Return the name of what the message says in words: of an error, of a name that is read."""
    errors = [r.problem.text for r in responses if r.problem and r.problem.kind == "raised"]
    kinds = {error.partition(":")[0] for error in errors}
    if len(kinds) == 1 and kinds <= UNDEFINED.keys():
        return UNDEFINED[kinds.pop()]
    steps = {step.name.lower() for step in getattr(exercise, "steps", ())}
    own = steps | {name.lower() for name in exercise.parameters}
    taken = [name for name in around.data if name.lower() in own]
    return "a name taken from the notebook" if taken and len(wrong) == len(responses) else None


UNDEFINED = {  # what an error says well enough: its line is where it came from
    "UnboundLocalError": "a name used before it has a value",
    "NameError": "a name that is not defined",
}


def _is_right(diagnosis: Diagnosis, responses: list[Response], index: int) -> bool:
    """Return whether an answer gave right values for one case, and left its arguments alone."""
    if index >= len(responses) or responses[index].problem or responses[index].changed:
        return False
    try:
        (outputs,) = unpacked(diagnosis.exercise, [diagnosis.cases[index]], [responses[index]])
    except Malformed:
        return False
    return all(diagnosis.is_right(name, index, value) for name, value in outputs.items())


def _as_floats(case: Case) -> Case | None:
    """Return the case with float arrays for whole ones; None where it has no whole ones."""
    args = tuple(map(_floats, case.args))
    return None if same(plain(list(args)), plain(list(case.args))) else replace(case, args=args)


def _floats(value):
    if isinstance(value, np.ndarray):
        return value.astype(float) if value.dtype.kind in "iu" else value
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_floats, value))
    return value


_TRUNCATED = (
    "whole numbers truncated",
    "With the same numbers as floats it is right. An array of integers can hold integers only: "
    "what is written into it loses its decimals, and += or -= is refused. Make an array of "
    "floats first.",
)
