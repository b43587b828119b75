"""Which mistake gives the same values as a wrong answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from lessonlib.checks import evidence
from lessonlib.checks.asking import Problem, Response, respond
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.exercise import Case, Exercise, Malformed, Mistake, Part
from lessonlib.checks.plain import plain
from lessonlib.checks.verdict import OutputResult, Words


class Diagnosis:
    """The right values of an exercise on some cases, and, where wanted, those of its mistakes."""

    def __init__(self, exercise: Exercise, cases: list[Case]):
        self.exercise, self.cases = exercise, cases
        self._responses: dict[tuple[str, int], Response] = {}

    @cached_property
    def right(self) -> list[dict]:
        """The right outputs, case by case; an answer that gives none never asks for them."""
        with np.errstate(all="ignore"):
            pairs = zip(self.raw, self.cases, strict=True)
            return [plain(self.exercise.values(raw, case)) for raw, case in pairs]

    @cached_property
    def raw(self) -> list:
        """What the reference gives, case by case, in the form of the contract."""
        use, reference = self.exercise.use, self.exercise.reference
        with np.errstate(all="ignore"):
            return [plain(use(reference, case.fresh_args())) for case in self.cases]

    def elsewhere(self, cases: list[Case]) -> "Diagnosis":
        """Return the diagnosis of the same exercise on other cases."""
        return Diagnosis(self.exercise, cases)

    def only(self, indices: list[int]) -> "Diagnosis":
        """Return the diagnosis of some of the cases."""
        part = self.elsewhere([self.cases[i] for i in indices])
        part.right = [self.right[i] for i in indices]
        return part

    def shown(self, indices: Iterable[int]) -> int:
        """Return which of some cases a message shows: a part of one if there is, else the first.

        The first is the smallest whose sizes still tell rows from columns.
        """
        first, *more = indices
        return next((i for i in more if isinstance(self.cases[i], Part)), first)

    def without(self, name: str) -> "Diagnosis":
        """Return the diagnosis of the exercise as if it did not know one of its mistakes."""
        others = tuple(each for each in self.exercise.mistakes if each.name != name)
        rest = Diagnosis(replace(self.exercise, mistakes=others), self.cases)
        rest.right = self.right
        return rest

    def is_right(self, name: str, index: int, mine) -> bool:
        """Return whether `mine` is right for output `name` of case `index`."""
        return self.is_exact(name, index, mine) or bool(
            self.exercise.guard_rtol
            and agree(mine, self.right[index][name], self.exercise.guard_rtol)
        )

    def is_exact(self, name: str, index: int, mine) -> bool:
        """Return whether `mine` is right without any room for a guard."""
        return agree(mine, self.right[index][name], self.exercise.rtol)

    @cached_property
    def spoilt(self) -> dict[str, list[dict]]:
        """The outputs of each mistake, case by case; an empty dict where it gives none."""
        return {mistake.name: self._outputs(mistake) for mistake in self.exercise.mistakes}

    def _outputs(self, mistake: Mistake) -> list[dict]:
        return [self._outputs_of(mistake, index) for index in range(len(self.cases))]

    def _outputs_of(self, mistake: Mistake, index: int) -> dict:
        case = self.cases[index]
        try:
            with np.errstate(all="ignore"):
                return plain(self.exercise.values(self._response(mistake, index).value, case))
        except Exception:  # a mistake may raise where sizes differ
            return {}

    def _response(self, mistake: Mistake, index: int) -> Response:
        """Let a mistake work on a case, once for all who ask."""
        key = (mistake.name, index)
        if key not in self._responses:
            with np.errstate(all="ignore"):
                self._responses[key] = respond(self.exercise, mistake.wrong, self.cases[index])
        return self._responses[key]

    def results(self, mine: list[dict], constant: bool = False) -> list[OutputResult]:
        """Judge each output by itself, given the outputs of each case.

        constant: whether the answer gives one and the same number whatever goes in. Zeros agree
                  with whatever leaves one output 0. Then a mistake must explain all of them.
        """
        columns = {name: [outputs[name] for outputs in mine] for name in mine[0]}
        if not any(self.wrong_cases(name, column) for name, column in columns.items()):
            return [OutputResult(name, right=True) for name in columns]  # no mistake is looked at
        values = [value for column in columns.values() for value in column]
        constant = constant or evidence.one_constant(values) is not None
        jointly = constant or self.exercise.jointly
        accused = self._explaining_all(columns) if jointly else list(self.exercise.mistakes)
        return [self._result(name, columns, accused) for name in columns]

    def wrong_cases(self, name: str, mine: list) -> list[int]:
        """Return the cases for which one output is wrong."""
        return [i for i, value in enumerate(mine) if not self.is_right(name, i, value)]

    def _result(self, name: str, columns: dict[str, list], accused: list) -> OutputResult:
        mine = columns[name]
        wrong = self.wrong_cases(name, mine)
        if not wrong:
            return OutputResult(name, right=True)
        if not evidence.variety(mine):  # nan everywhere proves little
            accused = [m for m in accused if m in self._explaining_all(columns)]
        found = self._recognise(name, columns, accused)
        mistake, reason = found or (None, "")
        reason = reason or self._observe(name, mine, wrong)
        index = self.shown(wrong)
        values = self._said(mine[index]), self._said(self.right[index][name])
        return OutputResult(name, False, mistake, reason, *values, self.cases[index].about, index)

    def _said(self, value):
        """Return a text as words, unless a learner typed it: without `unpack`, or one letter."""
        is_ours = self.exercise.unpack and isinstance(value, str) and len(value) > 1
        return Words(value) if is_ours else value

    # --- which mistake it is -------------------------------------------------------------------

    def _recognise(self, name: str, columns: dict[str, list], accused: list):
        """Return the (name, why) of what gives these values, or None.

        Where several mistakes do, it is the one that explains the other outputs best: first of all
        those that are right.
        """
        mistakes = [m for m in accused if self._explains(m, name, columns[name])]
        if mistakes:
            kept = {n: c for n, c in columns.items() if not self.wrong_cases(n, c)}
            best = max(
                mistakes, key=lambda m: (self._explained(m, kept), self._explained(m, columns))
            )
            return best.name, best.why
        mine = columns[name]
        variety = 0 if self._is_text(mine) else evidence.variety(mine)
        if self.exercise.returns == "named" and evidence.is_typed_with_care(mine):
            variety = evidence.ENOUGH_FOR_ONE
        with np.errstate(all="ignore"):
            for candidate, why, values in self._combinations(name, mine, variety):
                if self._same(mine, values):
                    return candidate, why
            right = [right[name] for right in self.right]
            from lessonlib.checks import forms  # a right answer does without

            return forms.form_of_output(mine, right, self.exercise.rtol)

    def _explaining_all(self, columns: dict[str, list]) -> list[Mistake]:
        """Return the mistakes that explain every output that is wrong and can be told."""
        wrong = [
            name
            for name, mine in columns.items()
            if not all(evidence.is_untold(mine[index]) for index in self.wrong_cases(name, mine))
        ]
        return [
            mistake
            for mistake in self.exercise.mistakes
            if all(self._explains(mistake, name, columns[name]) for name in wrong)
        ]

    def _explained(self, mistake: Mistake, columns: dict[str, list]) -> int:
        return sum(self._explains(mistake, name, mine) for name, mine in columns.items())

    def _explains(self, mistake: Mistake, name: str, mine: list) -> bool:
        values = self._spoilt_values(mistake, name)
        if values is None or not self._same(mine, values):
            return False
        wrong = self.wrong_cases(name, mine)
        return not wrong or not all(evidence.is_untold(mine[index]) for index in wrong)

    def _spoilt_values(self, mistake: Mistake, name: str) -> list | None:
        """Return an output of a mistake in each case; None where it does not always give one."""
        outputs = self.spoilt[mistake.name]
        return [each[name] for each in outputs] if all(name in each for each in outputs) else None

    def _is_text(self, mine: list) -> bool:
        return any(as_numbers(value) is None for value in mine)

    def _combinations(
        self, name: str, mine: list, variety: int
    ) -> Iterator[tuple[str, str, Iterable]]:
        """Yield (name, why, values): each pattern, each on a mistake, two mistakes.

        variety: how many different numbers the answer gives; two things that went wrong need more
                 of them to be proved than one.
        The values are computed when they are asked for: mostly the first one settles it.
        """
        right = [right[name] for right in self.right]
        for pattern, values in self._spoilt_by_patterns(right):
            if variety >= evidence.ENOUGH_FOR_ONE:
                yield pattern.name, pattern.why, values
        if variety < evidence.ENOUGH_FOR_TWO:
            return
        if evidence.constant_factor(mine, right) is not None:
            return  # too many pairs make the same factor
        columns, whys = {}, {}
        for mistake in self.exercise.mistakes:
            values = self._spoilt_values(mistake, name)
            if values is not None:
                columns[mistake.name], whys[mistake.name] = values, mistake.why
        for first, values in columns.items():
            for pattern, spoilt in self._spoilt_by_patterns(values):
                why = evidence.together(whys[first], pattern.why)
                yield f"{first}, and {pattern.name}", why, spoilt
        for first, second, values in evidence.pairs_of_effects(columns, right, mine):
            why = evidence.together(whys[first], whys[second])
            yield f"{first}, and {second}", why, values

    def _spoilt_by_patterns(self, values: list) -> Iterator:
        arrays = [as_numbers(value) for value in values]
        numbers = [array for array in arrays if array is not None and array.dtype.kind != "c"]
        if len(numbers) < len(arrays):
            return  # most patterns have no meaning for complex numbers
        numbers = [array.astype(float) if array.dtype == bool else array for array in numbers]
        for pattern in self._observing.patterns(self.cases):
            yield pattern, map(pattern.spoil, numbers, self.cases)

    def _same(self, mine: list, values: Iterable) -> bool:
        rtol = self.exercise.rtol
        return all(agree(a, b, rtol, nan_too=True) for a, b in zip(mine, values, strict=True))

    # --- what else there is to see ---------------------------------------------------------------

    def _observe(self, name: str, mine: list, wrong: list[int]) -> str:
        index, right = self.shown(wrong), [right[name] for right in self.right]
        factor, constant = evidence.constant_factor(mine, right), self._constant(mine, right)
        if factor is not None:
            seen = f"Every number is {factor:.4g} times what it should be: look for a factor."
        elif constant and np.shape(mine[index]) == np.shape(right[index]):
            seen = constant
        else:
            seen = self._observing.observe(mine[index], right[index], self.exercise.rtol)
            seen = f"{seen} {constant}"
        return " ".join([*seen.split(), self.special(wrong)]).strip()

    def _constant(self, mine: list, right: list) -> str:
        """Return what is said of an answer that is the same number for all that goes in."""
        number = evidence.one_constant(mine)
        if number is None or evidence.variety(right) < 2 or not np.isfinite(number):
            return ""
        said = mine[0] if isinstance(mine[0], bool) else f"{number:g}"
        return f"It is {said} throughout, whatever goes in. Does it depend on the arguments at all?"

    def special(self, wrong: list[int]) -> str:
        """Return for which special cases the answer is right, or wrong, if only for those."""
        word, what = self._only(wrong)
        if word == "wrong":
            return f"Everywhere else it is right: it goes wrong only with {what}."
        return f"It is right with {what} only." if word else ""

    def circumstance(self, wrong: list[int]) -> str | None:
        """Return "right with one sample only", or "wrong with …", where that is no accident.

        Where the right values are all the same, a constant is right as well; and of some cases
        an exercise asks for less than of others, but not because of their sizes.
        """
        word, what = self._only(wrong)
        if word == "right" and not self._observing.is_of_sizes(what):
            return None
        good = [list(self.right[i].values()) for i in range(len(self.cases)) if i not in wrong]
        return f"{word} with {what} only" if word and evidence.tells(good) else None

    def _only(self, wrong: list[int]) -> tuple[str, str]:
        """Return whether an answer is "right" or "wrong" in some special cases only, and which."""
        good = [case for i, case in enumerate(self.cases) if i not in wrong]
        bad = [self.cases[i] for i in wrong]
        special_good, special_bad = (self._special_cases(cases) for cases in (good, bad))
        only_bad = _shared(special_bad) - set().union(*special_good)
        if good and only_bad:
            return "wrong", min(only_bad)
        only_good = _shared(special_good) - set().union(*special_bad)
        return ("right", min(only_good)) if only_good else ("", "")

    def _special_cases(self, cases: list[Case]) -> list[set[str]]:
        """Return what is peculiar to each of the cases."""
        return [set(self._observing.peculiarities(case)) for case in cases]

    @property
    def _observing(self):
        """What can be seen in wrong values: a right answer need not import it."""
        from lessonlib.checks import observing

        return observing

    # --- what does not end in values -------------------------------------------------------------

    def whole(self, responses: list[Response]) -> Mistake | None:
        """Return the mistake that fails, or spoils its arguments, just as the answer does."""
        for mistake in self.exercise.mistakes:
            if self._behaves_like(mistake, responses):
                return mistake
        return None

    def alike(self, one: Mistake, other: Mistake) -> bool:
        """Return whether two mistakes do the same in each case."""
        return self._behaves_like(other, [self._response(one, i) for i in range(len(self.cases))])

    def _behaves_like(self, mistake: Mistake, responses: list[Response]) -> bool:
        return all(
            self._alike(mine, self._response(mistake, index), self.cases[index])
            for index, mine in enumerate(responses[: len(self.cases)])
        )

    def _alike(self, mine: Response, theirs: Response, case: Case) -> bool:
        if mine.problem or theirs.problem:
            return _same_problem(mine.problem, theirs.problem)
        try:
            a, b = (self.exercise.values(r.value, case) for r in (mine, theirs))
        except Malformed:
            return False
        return mine.changed == theirs.changed and agree(a, b, self.exercise.rtol, nan_too=True)


def _shared(sets: list[set[str]]) -> set[str]:
    """Return what all of the sets have."""
    return set.intersection(*sets) if sets else set()


def _same_problem(mine: Problem | None, theirs: Problem | None) -> bool:
    if mine is None or theirs is None or mine.kind != theirs.kind:
        return False
    return mine.text == theirs.text or complaint(mine.text) == complaint(theirs.text)


def complaint(error: str) -> tuple:
    """Return what an error complains of, alike for all operations that complain of the same.

    `@` and `np.dot` name sizes that clash in other words, `a * b` and `b * a` name two shapes in
    another order, and += is refused as -= is.
    """
    clash = re.search(r"size (\d+) is different from (\d+)|: (\d+) \(dim \d\) != (\d+)", error)
    if clash:
        return ("sizes", frozenset(filter(None, clash.groups())))
    kind, _, text = error.partition(":")
    if "broadcast" in text:
        return (kind, "shapes", frozenset(re.findall(r"\([\d, ]*\)", text.replace(" ", ""))))
    return (kind, re.sub(r"ufunc '\w+'", "ufunc", text))
