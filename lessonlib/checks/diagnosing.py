"""Which mistake gives the same values as a wrong answer."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from lessonlib.checks.asking import Problem, Response, respond
from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.exercise import Case, Exercise, Malformed, Mistake
from lessonlib.checks.observing import observe, patterns
from lessonlib.checks.plain import plain
from lessonlib.checks.verdict import OutputResult


class Diagnosis:
    """The right values of an exercise on some cases, and, where wanted, those of its mistakes."""

    def __init__(self, exercise: Exercise, cases: list[Case]):
        self.exercise, self.cases = exercise, cases

    @cached_property
    def right(self) -> list[dict]:
        """The right outputs, case by case; an answer that gives none never asks for them."""
        with np.errstate(all="ignore"):
            return [plain(self.exercise.right(case)) for case in self.cases]

    def is_right(self, name: str, index: int, mine) -> bool:
        """Return whether `mine` is right for output `name` of case `index`."""
        return agree(mine, self.right[index][name], self.exercise.rtol)

    @cached_property
    def spoilt(self) -> dict[str, list[dict]]:
        """The outputs of each mistake, case by case; an empty dict where it gives none."""
        return {mistake.name: self._outputs(mistake) for mistake in self.exercise.mistakes}

    def _outputs(self, mistake: Mistake) -> list[dict]:
        outputs = []
        for case in self.cases:
            try:
                with np.errstate(all="ignore"):
                    outputs.append(plain(self.exercise.spoilt(mistake, case)))
            except Exception:  # a mistake may raise where sizes differ
                outputs.append({})
        return outputs

    def results(self, mine: list[dict]) -> list[OutputResult]:
        """Judge each output by itself, given the outputs of each case."""
        columns = {name: [outputs[name] for outputs in mine] for name in mine[0]}
        return [self._result(name, columns) for name in columns]

    def _result(self, name: str, columns: dict[str, list]) -> OutputResult:
        mine = columns[name]
        wrong = [i for i, value in enumerate(mine) if not self.is_right(name, i, value)]
        if not wrong:
            return OutputResult(name, right=True)
        mistake, reason = self._recognise(name, columns) or (None, self._observe(name, mine, wrong))
        index = wrong[0]
        return OutputResult(
            name, False, mistake, reason,
            mine[index], self.right[index][name], self.cases[index].about,
        )  # fmt: skip

    def _recognise(self, name: str, columns: dict[str, list]) -> tuple[str, str] | None:
        """Return the (name, why) of what gives these values.

        Where several mistakes do, it is the one that explains the other outputs best.
        """
        mistakes = [m for m in self.exercise.mistakes if self._explains(m, name, columns[name])]
        if mistakes:
            best = max(mistakes, key=lambda m: self._explained(m, columns))
            return best.name, best.why
        if any(as_numbers(value) is None for value in columns[name]):
            return None  # patterns are of numbers
        with np.errstate(all="ignore"):
            for candidate, why, values in self._combinations(name):
                if self._same(columns[name], values):
                    return candidate, why
        return None

    def _explained(self, mistake: Mistake, columns: dict[str, list]) -> int:
        return sum(self._explains(mistake, name, mine) for name, mine in columns.items())

    def _explains(self, mistake: Mistake, name: str, mine: list) -> bool:
        values = self._spoilt_values(mistake, name)
        return values is not None and self._same(mine, values)

    def _spoilt_values(self, mistake: Mistake, name: str) -> list | None:
        """Return an output of a mistake in each case; None where it does not always give one."""
        outputs = self.spoilt[mistake.name]
        return [each[name] for each in outputs] if all(name in each for each in outputs) else None

    def _combinations(self, name: str) -> Iterator[tuple[str, str, Iterable]]:
        """Yield (name, why, values) for each pattern, then for each on top of each mistake.

        The values are computed when they are asked for: mostly the first one settles it.
        """
        yield from self._spoilt_by_patterns("", "", [right[name] for right in self.right])
        for mistake in self.exercise.mistakes:
            values = self._spoilt_values(mistake, name)
            if values is not None:
                prefix, why = f"{mistake.name}, and ", f"{mistake.why} "
                yield from self._spoilt_by_patterns(prefix, why, values)

    def _spoilt_by_patterns(self, prefix: str, why: str, values: list) -> Iterator:
        arrays = [as_numbers(value) for value in values]
        if any(array is None for array in arrays):
            return
        if any(array.dtype.kind == "c" for array in arrays):
            return  # most patterns have no meaning for complex numbers
        arrays = [array.astype(float) if array.dtype == bool else array for array in arrays]
        for pattern in patterns(self.cases):
            spoilt = map(pattern.spoil, arrays, self.cases)
            yield prefix + pattern.name, why + pattern.why, spoilt

    def _same(self, mine: list, values: Iterable) -> bool:
        rtol = self.exercise.rtol
        return all(agree(a, b, rtol, nan_too=True) for a, b in zip(mine, values, strict=True))

    def _observe(self, name: str, mine: list, wrong: list[int]) -> str:
        index = wrong[0]
        seen = observe(mine[index], self.right[index][name], self.exercise.rtol)
        return f"{seen} {self._special(wrong)}".strip()

    def _special(self, wrong: list[int]) -> str:
        """Return for which special cases the answer is right, or wrong, if only for those."""
        good = [case for i, case in enumerate(self.cases) if i not in wrong]
        bad = [self.cases[i] for i in wrong]
        only_bad = _shared_tags(bad) - {tag for case in good for tag in case.tags}
        if good and only_bad:
            return f"Everywhere else it is right: it goes wrong only with {min(only_bad)}."
        only_good = _shared_tags(good) - {tag for case in bad for tag in case.tags}
        return f"It is right with {min(only_good)} only." if only_good else ""

    def whole(self, responses: list[Response]) -> Mistake | None:
        """Return the mistake that fails, or spoils its arguments, just as the answer does."""
        for mistake in self.exercise.mistakes:
            if mistake.wrong is not None and self._behaves_like(mistake, responses):
                return mistake
        return None

    def _behaves_like(self, mistake: Mistake, responses: list[Response]) -> bool:
        with np.errstate(all="ignore"):
            return all(
                self._alike(mine, respond(self.exercise, mistake.wrong, case), case)
                for mine, case in zip(responses, self.cases, strict=False)
            )

    def _alike(self, mine: Response, theirs: Response, case: Case) -> bool:
        if mine.problem or theirs.problem:
            return _same_problem(mine.problem, theirs.problem)
        try:
            a, b = (self.exercise.values(r.value, case) for r in (mine, theirs))
        except Malformed:
            return False
        return mine.changed == theirs.changed and agree(a, b, self.exercise.rtol, nan_too=True)


def _shared_tags(cases: list[Case]) -> set[str]:
    return set.intersection(*(set(case.tags) for case in cases)) if cases else set()


def _same_problem(mine: Problem | None, theirs: Problem | None) -> bool:
    if mine is None or theirs is None or mine.kind != theirs.kind:
        return False
    return mine.text == theirs.text or (clash(mine.text) == clash(theirs.text) != None)  # noqa: E711


def clash(text: str) -> frozenset[str] | None:
    """Return the two sizes that NumPy says do not fit, whether `@` or `np.dot` complained."""
    found = re.search(r"size (\d+) is different from (\d+)|: (\d+) \(dim \d\) != (\d+)", text)
    return frozenset(filter(None, found.groups())) if found else None
