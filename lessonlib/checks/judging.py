"""Judge an answer: ask it for its values, compare them, and say what is wrong."""

import inspect
import warnings
from collections.abc import Callable, Mapping

import numpy as np

from lessonlib.checks import wording
from lessonlib.checks.asking import Problem, Response, ask
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.exercise import Case, Exercise, Malformed
from lessonlib.checks.observing import describe
from lessonlib.checks.plain import Opaque, plain
from lessonlib.checks.reading import Surroundings, surroundings
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
    else:
        responses = ask(exercise, answer, cases)
    around = Surroundings() if exercise.may_read_notebook else surroundings(answer)
    return _verdict(diagnosis, responses, around)


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
            f'check("{exercise.id}", {name}) without parentheses behind {name}, and make sure '
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


def _verdict(diagnosis: Diagnosis, responses: list[Response], around: Surroundings) -> Verdict:
    exercise, printed = diagnosis.exercise, responses[0].printed
    for case, response in zip(diagnosis.cases, responses, strict=False):
        if response.problem:
            return _with_problem(diagnosis, case, response.problem, responses, around)
    try:
        outputs = _unpacked(exercise, diagnosis.cases, responses)
    except Malformed as malformed:
        return _rejected(exercise, wording.paragraph(str(malformed)), printed)
    results = diagnosis.results(outputs)
    changed = sorted({i for response in responses for i in response.changed})
    if changed:
        return _with_changes(diagnosis, results, changed, responses)
    if all(result.right for result in results):
        return _passed(exercise, results, _advice(exercise, responses), printed)
    recognised = any(result.mistake for result in results)
    return _failed(exercise, results, _notes(around, recognised), printed)


def _unpacked(exercise: Exercise, cases: list[Case], responses: list[Response]) -> list[dict]:
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
    message = "\n".join([head, *map(wording.paragraph, advice)])
    return Verdict(
        exercise.id, True, exercise.points, exercise.points, message,
        outputs=tuple(results), advice=tuple(advice), printed=printed,
    )  # fmt: skip


def _failed(exercise: Exercise, results, notes: list[str], printed: str) -> Verdict:
    points, wrong = _share(exercise, results), [r for r in results if not r.right]
    first = wrong[0]
    alike = [r.name for r in wrong if (r.mistake, r.reason) == (first.mistake, first.reason)]
    others = [r for r in wrong if r.name not in alike]
    parts = [
        _head(exercise, points, [r.name for r in results if r.right]),
        wording.about_output(first, alike, exercise.reveal),
        *(wording.paragraph(_in_short(result)) for result in others),
        *map(wording.paragraph, notes),
    ]
    mistake = next((r.mistake for r in wrong if r.mistake), None)
    return Verdict(
        exercise.id, False, points, exercise.points, "\n".join(parts), mistake, tuple(results),
        printed=printed,
    )  # fmt: skip


def _head(exercise: Exercise, points: float, right: list[str], more: str = "") -> str:
    text = f"✗ {exercise.id}: not right yet, {wording.points_of(points, exercise.points)}."
    praise = f" Right: {wording.listing(right)}." if right else ""
    return wording.paragraph(text + praise + more)


def _in_short(result: OutputResult) -> str:
    if result.mistake:
        return f"{result.name} is wrong too. Looks like: {result.mistake}."
    return f"{result.name} is wrong too."


def _rejected(exercise: Exercise, text: str, printed: str = "", mistake=None) -> Verdict:
    message = f"{_head(exercise, 0.0, [])}\n{text}"
    return Verdict(
        exercise.id, False, 0.0, exercise.points, message, mistake, printed=printed
    )  # fmt: skip


def _with_problem(diagnosis, case: Case, problem: Problem, responses, around) -> Verdict:
    exercise, printed = diagnosis.exercise, responses[0].printed
    mistake = diagnosis.whole(responses) if problem.kind == "raised" else None
    explanation = f"Looks like: {mistake.name}. {mistake.why}" if mistake else ""
    parts = [
        *wording.about_problem(exercise, case, problem),
        *([wording.paragraph(explanation)] if explanation else []),
        *map(wording.paragraph, _notes(around, bool(mistake) or problem.kind != "raised")),
    ]
    return _rejected(exercise, "\n".join(parts), printed, mistake and mistake.name)


def _with_changes(diagnosis: Diagnosis, results, changed: list[int], responses) -> Verdict:
    exercise, printed = diagnosis.exercise, responses[0].printed
    text = wording.about_changes(exercise, changed)
    if not all(result.right for result in results):
        return _failed(exercise, results, [f"Also: {text}"], printed)
    mistake, points = diagnosis.whole(responses), round(exercise.points / 2, 2)
    why = mistake.why if mistake else ""
    head = _head(exercise, points, [], " The values are right.")
    message = f"{head}\n{wording.paragraph(f'{text} {why}')}"
    name = mistake.name if mistake else "argument changed"
    return Verdict(
        exercise.id, False, points, exercise.points, message, name, tuple(results), printed=printed
    )


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


def _advice(exercise: Exercise, responses: list[Response]) -> list[str]:
    advice = []
    warned = sorted({text for response in responses for text in response.warnings})
    if warned:
        advice.append(f"It gives a warning, which costs nothing: {warned[0]}.")
    if sum(response.seconds for response in responses) > SLOW * exercise.seconds:
        advice.append("It is slow. Could arrays do what the loop does?")
    return advice
