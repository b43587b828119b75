"""Wrong answers whose spoilt lines are known: catalogued mistakes, and slips in right answers."""

import ast
import copy
import difflib
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from right_answers import EXERCISES, reference, right_answers
from slips import Kind, spoilt
from texts import Text, text_of

from lessonlib.exercises import Written
from lessonlib.exercises.slips import Editor, Slip
from lessonlib.lessons import find
from lessonlib.proof.judging import verdict_on

REFERENCE_SHARE = 0.3  # of the slips; the others are in variants and in learners' styles
SLOW, SLOW_SHARE = 10, 0.2  # an exercise that takes so many seconds comes less often
FRESH = range(1, 7)  # seeds; what is right on all of them is right


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that may be wrong, and where.

    exercise: judges it; without the mistake that it is, if it is a catalogued one.
    planted:  the numbers of the lines that were spoilt; None where nobody knows.
    slips:    what was done, by kind or by the mistake's name.
    within:   whether one edit of the kinds that the issue lists undoes each slip.
    """

    exercise: Written
    text: Text
    planted: frozenset[int] | None
    slips: tuple[str, ...]
    within: bool


def planted_lines(before: list[str], after: list[str]) -> frozenset[int]:
    """Return the lines of `after`, from 1, that differ; those on both sides of one left out."""
    lines: set[int] = set()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, _, _, start, end in matcher.get_opcodes():
        if what in ("replace", "insert"):
            lines.update(range(start + 1, end + 1))
        elif what == "delete":
            lines.update((start, start + 1))
    return frozenset(lines)


# --- catalogued mistakes ----------------------------------------------------------------------


def catalogued() -> Iterator[WrongAnswer]:
    """Yield every mistake of every exercise as an answer, with its own entry switched off."""
    for exercise in EXERCISES:
        right = reference(exercise)
        slips = {slip.name: slip for slip in exercise.text.mistakes}
        functions = dict(exercise.functions)
        for mistake in exercise.mistakes:
            if mistake.name in slips:
                text = right.changed(_tree(exercise, slips[mistake.name], right))
                planted = planted_lines(right.lines, text.lines)
            else:
                text, planted = _as_text(functions[mistake.name]), None
            yield WrongAnswer(
                _without(exercise, mistake.name), text, planted, (mistake.name,), False
            )


def _tree(exercise: Written, slip: Slip, right: Text) -> ast.Module:
    editor = Editor(exercise.source)
    for line in slip.lines:
        editor.take(line.code)
    editor.finish()
    module = importlib.import_module(exercise.source.answer.__module__)
    return text_of("", [editor.tree], vars(module)).tree


def _as_text(function) -> Text:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    around = vars(inspect.getmodule(function)) | inspect.getclosurevars(function).nonlocals
    return text_of("a mistake", tree.body, around)


def _without(exercise: Written, name: str) -> Written:
    """Return the exercise with one mistake less."""
    fewer = copy.copy(exercise)
    left = tuple(m for m in exercise.mistakes if m.name != name)
    object.__setattr__(fewer, "mistakes", left)
    return fewer


# --- slips in right answers -------------------------------------------------------------------


def slipped(rng: np.random.Generator, how_many: int) -> Iterator[WrongAnswer]:
    """Yield answers with so many slips, for ever. Some of them are right all the same."""
    while True:
        answer = _drawn(rng, how_many)
        if answer is not None:
            yield answer


def _drawn(rng: np.random.Generator, how_many: int) -> WrongAnswer | None:
    exercise = EXERCISES[rng.integers(len(EXERCISES))]
    if exercise.seconds > SLOW and rng.random() > SLOW_SHARE:
        return None
    texts = _texts(exercise.id)
    first = rng.random() < REFERENCE_SHARE or len(texts) == 1
    right = texts[0 if first else rng.integers(1, len(texts))]
    tree, kinds = right.tree, []
    for _ in range(how_many):
        found = _one_slip(tree, rng)
        if found is None:
            return None
        kinds.append(found[0])
        tree = found[1]
    text = right.changed(tree)
    planted = planted_lines(right.lines, text.lines)
    names, within = tuple(k.name for k in kinds), all(k.within for k in kinds)
    return WrongAnswer(exercise, text, planted, names, within) if planted else None


@cache
def _texts(exercise_id: str) -> tuple[Text, ...]:
    return tuple(right_answers(find(exercise_id)))


def _one_slip(tree: ast.Module, rng: np.random.Generator) -> tuple[Kind, ast.Module] | None:
    """Return a kind, the likelier the more often, and a tree with one slip of it."""
    found = list(spoilt(tree))
    kinds = list(dict.fromkeys(kind for kind, _ in found))
    if not kinds:
        return None
    weights = np.array([kind.weight for kind in kinds], dtype=float)
    chosen = kinds[rng.choice(len(kinds), p=weights / weights.sum())]
    ways = [make for kind, make in found if kind is chosen]
    new = ways[rng.integers(len(ways))]()
    return (chosen, new) if _is_python(new) else None


def _is_python(tree: ast.Module) -> bool:
    try:
        compile(ast.unparse(tree), "cell", "exec")
    except SyntaxError:
        return False
    return True


# --- is it wrong, and where could it be mended? -------------------------------------------------


def is_right_on_fresh_cases(exercise: Written, answer) -> bool:
    """Return whether an answer passes with inputs that no check has shown."""
    return all(passes(exercise, answer, seed) for seed in FRESH)


def passes(exercise: Written, answer, seed: int) -> bool:
    return verdict_on(exercise, answer, seed, fork=True).passed


def can_be_mended_in(wrong: WrongAnswer, line: int, folder) -> bool:
    """Return whether some single small change of this line makes the answer right."""
    for _, make in spoilt(wrong.text.tree):
        mended = wrong.text.changed(make())
        if planted_lines(wrong.text.lines, mended.lines) != {line} or not _is_python(mended.tree):
            continue
        answer = mended.loaded(folder)
        if passes(wrong.exercise, answer, 0) and is_right_on_fresh_cases(wrong.exercise, answer):
            return True
    return False
