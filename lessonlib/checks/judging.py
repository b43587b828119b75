"""Judge an answer: ask it for its values, compare them, and say what is wrong."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from lessonlib.checks import evidence, wording
from lessonlib.checks.asking import Response, ask
from lessonlib.checks.comparing import describe
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise, Malformed
from lessonlib.checks.plain import Opaque, plain
from lessonlib.checks.surroundings import Surroundings, surroundings
from lessonlib.checks.verdict import OutputResult, Verdict

NOTHING = object()
Ask = Callable[[Exercise, object, list[Case]], list[Response]]
SLOW = 0.5  # of the time limit; from there on an answer is told that it is slow


def judge(
    exercise: Exercise,
    answer=NOTHING,
    rng: np.random.Generator | None = None,
    named: Mapping | None = None,
    ask: Ask = ask,
) -> Verdict:
    """Return the verdict on an answer.

    answer: the function or class, where the exercise asks for one.
    named:  the values by name, where the exercise asks for values.
    rng:    draws the cases; the same ones each time if it is left out.
    ask:    asks the answer for its values on the cases; by default in a fork of this process.

    A wrong, broken or endless answer gives a verdict, never an exception.
    """
    complaint, answer, named = _before_asking(exercise, answer, dict(named or {}))
    if complaint:
        return _rejected(exercise, wording.paragraph(complaint))
    cases = exercise.cases(np.random.default_rng(0) if rng is None else rng)
    diagnosis = Diagnosis(exercise, cases)
    if exercise.returns == "named":
        responses = [Response(value=plain(named)) for _ in cases]
        return replace(verdict_on(diagnosis, responses, Surroundings()), number=None)
    ask_again = partial(ask, exercise, answer)
    responses = ask_again(cases)
    around = Surroundings() if exercise.may_read_notebook else surroundings(answer)
    verdict = verdict_on(diagnosis, responses, around)
    if verdict.passed:
        return verdict
    from lessonlib.checks.failing import explained  # a right answer does without

    return explained(verdict, diagnosis, responses, around, ask_again, shown=rng is None)


# --- before the answer is asked ----------------------------------------------------------------


def _before_asking(exercise: Exercise, answer, named: dict) -> tuple[str, object, dict]:
    if exercise.returns != "named":
        return _not_usable(exercise, answer), answer, named
    if answer is not NOTHING and len(exercise.answer_names) == 1:
        named, answer = {exercise.answer_names[0]: answer}, NOTHING
    return _not_named(exercise, named), answer, named


def _not_named(exercise: Exercise, named: dict) -> str:
    names = exercise.answer_names
    call = ", ".join(f"{name}={name}" for name in names)
    missing = [name for name in names if name not in named]
    if missing:
        return f'The check needs {wording.listing(names)}: check("{exercise.id}", {call}).'
    unset = [name for name in names if named[name] is Ellipsis]
    if unset:
        verb = "are" if len(unset) > 1 else "is"
        return (
            f"{wording.listing(unset)} {verb} still `...`. Put your answer in its place in the "
            "cell above, run that cell, then run this one again."
        )
    return ""


def _not_usable(exercise: Exercise, answer) -> str:
    name = exercise.function
    if answer is NOTHING:
        return f'The check needs your function: check("{exercise.id}", {name}).'
    if not callable(answer):
        kind = "None" if answer is None else f"something of type {type(answer).__name__}"
        return (
            f"The check needs the function {name} itself, and was given {kind}. Write "
            f'check("{exercise.id}", {name}) without parentheses after {name}, and make sure '
            f"that no line of the notebook gives the name {name} another value."
        )
    return "" if exercise.script else _wrong_parameters(exercise, answer)


def _wrong_parameters(exercise: Exercise, answer) -> str:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # some NumPy functions do not tell
        return ""
    wanted = exercise.parameters
    try:
        signature.bind(*wanted)
        return ""
    except TypeError:
        has = ", ".join(signature.parameters) or "none"
        return (
            f"The function should take {len(wanted)} parameter{'s' * (len(wanted) != 1)}, in this "
            f"order: {', '.join(wanted)}. Yours takes: {has}. The contract is {exercise.signature}."
        )


# --- after it ----------------------------------------------------------------------------------


def verdict_on(diagnosis: Diagnosis, responses: list[Response], around: Surroundings) -> Verdict:
    """Return what the values of an answer on the cases say of it."""
    exercise, printed = diagnosis.exercise, responses[0].printed
    stopped = [i for i, response in enumerate(responses) if response.problem]
    if stopped:
        return _with_problem(diagnosis, diagnosis.shown(stopped), responses, around)
    try:
        outputs = unpacked(exercise, diagnosis.cases, responses)
    except Malformed as malformed:
        good = _where_it_gives_values(diagnosis, responses)
        bad = [i for i in range(len(responses)) if i not in good]
        number = diagnosis.shown(bad) if bad else None
        return _rejected(exercise, wording.paragraph(str(malformed)), printed, number=number)
    constant = evidence.one_constant([response.value for response in responses]) is not None
    results = diagnosis.results(outputs, constant)
    changed = sorted({i for response in responses for i in response.changed})
    if changed:
        return _with_changes(diagnosis, results, changed, responses)
    if all(result.right for result in results):
        advice = _advice(exercise, responses, _is_guarded(diagnosis, outputs))
        return _passed(exercise, results, advice, printed)
    recognised = any(result.mistake for result in results)
    return _failed(exercise, results, _notes(around, recognised), printed)


def _is_guarded(diagnosis: Diagnosis, outputs: list[dict]) -> bool:
    """Return whether a right answer owes it to the room that is left for a guard."""
    return bool(diagnosis.exercise.guard_rtol) and not all(
        diagnosis.is_exact(name, index, value)
        for index, each in enumerate(outputs)
        for name, value in each.items()
    )


def unpacked(exercise: Exercise, cases: list[Case], responses: list[Response]) -> list[dict]:
    """Return the outputs of each response. Raises Malformed."""
    for response in responses:
        if response.value is None:
            raise Malformed(
                "It returns None. Is the `return` missing, or is it indented into a branch or a "
                "loop that is not always reached? A function without `return` gives None."
            )
        if isinstance(response.value, Opaque) and exercise.unpack:
            raise Malformed(f"It returns {response.value.text}, which is not plain numbers.")
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_values(exercise, r.value, c) for r, c in zip(responses, cases, strict=True)]


def _values(exercise: Exercise, value, case: Case) -> dict:
    """Return the outputs in a value; whatever an `unpack` stumbles over is no plain right form."""
    try:
        return exercise.values(value, case)
    except Malformed:
        raise
    except Exception:
        what = describe(value)
        raise Malformed(
            f"The answer is {what}, which has not the form that the contract asks for: "
            f"{exercise.signature}."
        ) from None


def _share(exercise: Exercise, results: list[OutputResult]) -> float:
    right = sum(result.right for result in results)
    return round(exercise.points * right / len(results), 2)


def _passed(exercise, results, advice, printed) -> Verdict:
    head = f"✓ {exercise.id}: right. {wording.points_of(exercise.points, exercise.points)}."
    return Verdict(
        exercise.id,
        True,
        exercise.points,
        exercise.points,
        head,
        outputs=tuple(results),
        advice=tuple(advice),
        printed=printed,
        notes=tuple(advice),
    )


def _failed(exercise: Exercise, results, notes: list[str], printed: str) -> Verdict:
    points, wrong = _share(exercise, results), [r for r in results if not r.right]
    first = wrong[0]
    alike = [r.name for r in wrong if (r.mistake, r.reason) == (first.mistake, first.reason)]
    others = [r for r in wrong if r.name not in alike]
    head = _head(exercise, points, [r.name for r in results if r.right])
    mistake = next((r.mistake for r in wrong if r.mistake), None)
    return Verdict(
        exercise.id,
        False,
        points,
        exercise.points,
        head,
        mistake,
        tuple(results),
        printed=printed,
        number=first.number,
        why=wording.reason(first),
        wrong=wording.about_output(first, alike, exercise.reveal),
        notes=(*map(_in_short, others), *notes),
    )


def _head(exercise: Exercise, points: float, right: list[str], more: str = "") -> str:
    text = f"✗ {exercise.id}: not right yet, {wording.points_of(points, exercise.points)}."
    praise = f" Right: {wording.listing(right)}." if right else ""
    return wording.paragraph(text + praise + more)


def _in_short(result: OutputResult) -> str:
    name = wording.opening(result.name)
    if result.mistake:
        return f"{name} is wrong too. Looks like: {result.mistake}."
    return f"{name} is wrong too."


def _rejected(exercise: Exercise, text: str, printed: str = "", **more) -> Verdict:
    head = _head(exercise, 0.0, [])
    return Verdict(
        exercise.id, False, 0.0, exercise.points, head, printed=printed, wrong=text, **more
    )


def _with_problem(diagnosis, number: int, responses, around) -> Verdict:
    problem = responses[number].problem
    mistake, explanation = None, ""
    if problem.kind == "raised":
        mistake, explanation = _behind_the_error(diagnosis, responses)
    told = wording.about_problem(diagnosis.exercise, diagnosis.cases[number], problem)
    return _rejected(
        diagnosis.exercise, "\n".join(told), responses[0].printed,
        mistake=mistake, why=explanation, number=None if problem.kind == "stub" else number,
        notes=tuple(_notes(around, bool(mistake) or problem.kind != "raised")),
    )  # fmt: skip


def _behind_the_error(diagnosis: Diagnosis, responses) -> tuple[str | None, str]:
    """Return the name of the mistake behind an error, if there is one, and what to say of it.

    An answer that stops for some cases only is judged on the others.
    """
    mistake = diagnosis.whole(responses)
    if mistake:
        return mistake.name, f"Looks like: {mistake.name}. {mistake.why}"
    outputs = _where_it_gives_values(diagnosis, responses)
    if not outputs:
        return None, ""
    part = diagnosis.only(list(outputs))
    results = part.results(list(outputs.values()))
    stopped = [i for i in range(len(diagnosis.cases)) if i not in outputs]
    if all(result.right for result in results):
        elsewhere = f"It is right for {part.cases[0].about or 'other cases'}."
        return None, diagnosis.special(stopped) or elsewhere
    named = next((each for each in results if _may_stop_too(diagnosis, each, stopped)), None)
    if named is None:
        return None, ""
    return named.mistake, (
        f"Where it does not stop, {named.name} is wrong too. Looks like: {named.mistake}. "
        f"{named.reason}"
    )


def _may_stop_too(diagnosis: Diagnosis, result: OutputResult, stopped: list[int]) -> bool:
    """Return whether what a result was recognised as may stop where the answer did."""
    outputs = diagnosis.spoilt.get(result.mistake or "")
    return outputs is not None and not any(outputs[index] for index in stopped)


def _where_it_gives_values(diagnosis: Diagnosis, responses: list[Response]) -> dict[int, dict]:
    """Return the outputs of an answer by case, where it gives any."""
    outputs = {}
    for index, (case, response) in enumerate(zip(diagnosis.cases, responses, strict=False)):
        with contextlib.suppress(Malformed):
            if not response.problem and not response.changed:
                outputs[index] = unpacked(diagnosis.exercise, [case], [response])[0]
    return outputs


def _with_changes(diagnosis: Diagnosis, results, changed: list[int], responses) -> Verdict:
    exercise, printed = diagnosis.exercise, responses[0].printed
    text = wording.about_changes(exercise, changed)
    if not all(result.right for result in results):
        return _failed(exercise, results, [f"Also: {text}"], printed)
    mistake, points = diagnosis.whole(responses), round(exercise.points / 2, 2)
    why = mistake.why if mistake else ""
    head = _head(exercise, points, [], " The values are right.")
    name = mistake.name if mistake else "argument changed"
    number = diagnosis.shown(i for i, response in enumerate(responses) if response.changed)
    return Verdict(
        exercise.id, False, points, exercise.points, head, name, tuple(results), printed=printed,
        number=number, why=f"{text} {why}",
    )  # fmt: skip


def _notes(surroundings: Surroundings, recognised: bool) -> list[str]:
    """Return what else of the notebook may be the reason."""
    notes = []
    if surroundings.data:
        names = wording.listing([f"`{name}`" for name in surroundings.data])
        notes.append(
            f"Your function also reads {names} of the notebook, which the check cannot change. "
            "Use the arguments instead."
        )
    if surroundings.functions and not recognised:
        names = wording.listing(surroundings.functions)
        notes.append(f"It uses your {names}. If that has a check, did it pass?")
    return notes


def _advice(exercise: Exercise, responses: list[Response], guarded: bool) -> list[str]:
    advice = []
    if guarded:
        advice.append(
            "Its value is a little off, as with 1e-6 added inside a logarithm: that shifts every "
            "value. A smaller guard, such as 1e-15, does the same service."
        )
    warned = sorted({text for response in responses for text in response.warnings})
    if warned:
        advice.append(f"It gives a warning, which costs nothing: {warned[0]}.")
    if sum(response.seconds for response in responses) > SLOW * exercise.seconds:
        advice.append("It is slow. Could arrays do what the loop does?")
    return advice
