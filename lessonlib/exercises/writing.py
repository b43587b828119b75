"""The decorators: a reference becomes an exercise, and keeps on being a function."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lessonlib.checks import Case, Exercise, Mistake
from lessonlib.checks.exercise import Returns
from lessonlib.errors import UserError
from lessonlib.exercises import contract, texts
from lessonlib.exercises.reference import Reference, place

Cases = Callable[[np.random.Generator], list[Case]]
_WRITTEN: dict[str, "Written"] = {}


class Later(Sequence):
    """A tuple that is made when somebody looks at it: of an exercise that is right, never."""

    def __init__(self, make: Callable[[], Iterator]):
        self._make = make

    @cached_property
    def _items(self) -> tuple:
        return tuple(self._make())

    def __getitem__(self, index):
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, kw_only=True)
class Written(Exercise):
    """An exercise that was made from its reference: see `exercise`."""

    source: Reference
    functions: list[tuple[str, Callable]] = field(default_factory=list, hash=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments, without their defaults."""
        return contract.parameters(self.source.answer)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The names of the values that the learner sets."""
        return contract.names(self.source) if self.returns == "named" else ()

    @property
    def slips_file(self) -> Path:
        """The file with its hints and slips."""
        return Path(self.source.file).with_name(texts.FILE)

    @property
    def text(self) -> texts.Section:
        """What the lesson's `slips.txt` says of this exercise."""
        return texts.section(self.slips_file, self.id)

    @property
    def also_right(self) -> tuple[tuple[str, Callable], ...]:
        """Other right answers, each with its place."""
        slips = self.text.named(texts.ALSO_RIGHT)
        return tuple((slip.place, self.as_answer(slip.applied(self.source))) for slip in slips)

    def as_answer(self, answer: Callable) -> Callable:
        """Return a reference, or one with a slip, as a learner hands it in: values by name."""
        if self.returns != "named":
            return answer
        names = self.answer_names
        return lambda: dict(zip(names, answer() if len(names) > 1 else [answer()], strict=True))


def exercise(
    exercise_id: str,
    *,
    points: float,
    cases: Cases | None = None,
    outputs: Sequence[str] | None = None,
    returns: Returns | None = None,
    signature: str | None = None,
    **options: Any,
) -> Callable[[Callable], Callable]:
    """Make the decorated reference an exercise. It stays what it is, for others to call.

    exercise_id: "lesson.name", a public contract.
    cases:       draws the inputs from an `rng`, the smallest first.
    outputs:     the names of what is compared; by default those that `unpack` gives, or what the
                 reference returns by name, or the call itself, such as "relu(z)".
    returns:     how they arrive; read from the reference unless it returns a name for several.
    signature:   the contract, where it is not that of the reference but of one of its methods, such
                 as "Value.backward()".
    options:     what else an `Exercise` has.

    What is after `->` in the reference's docstring describes the result in the contract; without
    parameters, where the learner sets values, it is the whole contract.

    Raises UserError, with the line, for an id that is taken and for missing cases.
    """

    unpack = options.get("unpack")
    outputs = outputs or getattr(unpack, "outputs", None)
    options = {"script": getattr(unpack, "script", None), **options}

    def decorate(answer: Callable) -> Callable:
        source = Reference(answer)
        how = returns or contract.returns(source, None if outputs is None else tuple(outputs))
        how = "value" if how != "named" and unpack else how
        if how != "named" and cases is None:
            raise UserError(f"{source.place}: the exercise {exercise_id!r} has no cases.")
        drawn: dict[str, Any] = {} if cases is None else {"cases": cases}
        made = Written(
            id=exercise_id,
            points=points,
            signature=signature or contract.signature(source, how),
            outputs=tuple(outputs or contract.outputs(source, how)),
            returns=how,
            reference=answer,
            source=source,
            mistakes=Later(lambda: _mistakes(made)),
            hints=Later(lambda: iter(made.text.hints)),
            **drawn,
            **options,
        )
        object.__setattr__(made, "reference", made.as_answer(answer))
        _register(made)
        return answer

    return decorate


def gives(*outputs: str, script: Callable | None = None) -> Callable[[Callable], Callable]:
    """Say of an `unpack` function what it gives, and which script lets an answer work before it.

    Without names it gives the keys of the dictionary that stands in its last `return`.
    """

    def decorate(unpack: Callable) -> Callable:
        vars(unpack).update(outputs=outputs or contract.names(Reference(unpack)), script=script)
        return unpack

    return decorate


def _register(made: Written) -> None:
    known = _WRITTEN.get(made.id)
    if known and _origin(known) != _origin(made):
        raise UserError(
            f"{made.source.place}: the id {made.id!r} is taken by {known.source.name} "
            f"({known.source.place})."
        )
    _WRITTEN[made.id] = made


def _origin(made: Written) -> tuple[str, str]:
    return made.source.answer.__module__, made.source.answer.__qualname__


def _mistakes(made: Written) -> Iterator[Mistake]:
    for slip in made.text.mistakes:
        yield Mistake(slip.name, slip.why, made.as_answer(slip.applied(made.source)))
    for name, answer in made.functions:
        why = inspect.getdoc(answer) or ""
        yield Mistake(name, " ".join(why.split()), made.as_answer(answer))


def mistake(reference: Callable, name: str) -> Callable[[Callable], Callable]:
    """Make the decorated function a mistake of a reference: what no line can say.

    Its docstring tells the learner why. It comes after those in `slips.txt`.
    """

    def decorate(answer: Callable) -> Callable:
        made = next(each for each in _WRITTEN.values() if each.source.answer is reference)
        made.functions.append((name, answer))
        return answer

    return decorate


def written_in(module: str, prefixes: tuple[str, ...]) -> tuple[Written, ...]:
    """Return the exercises of a module or of a package's modules, in the order of `slips.txt`.

    Raises UserError for an id of another lesson and for one that only one of the two files has.
    """
    found = {e.id: e for e in _WRITTEN.values() if f"{_origin(e)[0]}.".startswith(f"{module}.")}
    if not found:
        raise UserError(f"{module} has no exercises: decorate a reference with @exercise.")
    path = next(iter(found.values())).slips_file
    order = texts.ids(path)
    for made in found.values():
        if made.id.split(".")[0] not in prefixes:
            known = " or ".join(map(repr, prefixes))
            raise UserError(f"{made.source.place}: {made.id!r} should begin with {known}.")
        if made.id not in order:
            raise UserError(f"{made.source.place}: there is no part [{made.id}] in {path}.")
    for name, (line, _) in order.items():
        if name not in found:
            raise UserError(f"{place(str(path), line)}: there is no exercise {name!r}.")
    return tuple(found[name] for name in order)
