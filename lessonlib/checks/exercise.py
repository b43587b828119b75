"""An exercise: its contract, its cases, its reference, and the mistakes that people make in it."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True)
class Case:
    """One input of an exercise.

    args:  what the answer is called with, in the contract's order.
    about: how a message calls this case ("2 inputs, 3 units, 4 samples").
    sizes: the sizes behind the shapes, by symbol ({"m": 4}); a wrong factor is looked for here.
    tags:  what is special about the case ("one sample", "whole numbers"); an answer that is right
           only there, or wrong only there, is told so.
    """

    args: tuple = ()
    about: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def fresh_args(self) -> tuple:
        """Return a deep copy of the arguments: whoever gets it may spoil it."""
        return copy.deepcopy(self.args)


@dataclass(frozen=True)
class Mistake:
    """An executable wrong answer, with its name and an explanation for the learner.

    name:   a few words in the field's terms, the same in every message ("mask left out").
    why:    one to four sentences: the likely reason, then where to look. Never the solution's code.
    wrong:  the wrong answer itself, with the signature of a right one.
    change: or, by output, how the right value is spoilt: `change={"dW": lambda dW, case: dW.T}`.
    """

    name: str
    why: str
    wrong: Callable | None = None
    change: Mapping[str, Callable[[Any, Case], Any]] | None = None

    def __post_init__(self):
        if (self.wrong is None) == (self.change is None):
            raise ValueError(f"mistake {self.name!r} needs either `wrong` or `change`")


class Malformed(Exception):
    """Raised by an `unpack` function: the answer's value has not the form of the contract."""


Returns = Literal["value", "tuple", "dict", "named"]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What is asked, how an answer is measured, and what a wrong one probably did.

    id:        "lesson.name", a public contract.
    points:    the most that it gives.
    signature: the contract as a learner reads it, "layer_forward(W, b, X) -> (Z, A)".
    outputs:   the names of the values that are compared, each diagnosed by itself.
    returns:   how the outputs arrive: one "value", a "tuple" in that order, a "dict" with these
               keys, or "named" values of the notebook (`check(id, z1=z1, a1=a1)`).
    reference: a right answer.
    cases:     draws the inputs from an `rng`, the smallest first.
    mistakes:  likely wrong answers, the likeliest first.
    hints:     from nudge to near-answer.
    script:    how an answer is used on a case; by default it is called with the arguments.
    unpack:    turns the answer's plain value into the named outputs; by default by `returns`.
    rtol:      allowed norm of the difference relative to the norm of the right value.
    reveal:    whether a message may show the right value (not where typing it in is the exercise).
    seconds:   time for all cases together, before an endless loop is assumed.
    may_read_notebook: whether an answer may use variables of the notebook, such as a network that
               was trained there; otherwise a wrong one is told that it does.
    """

    id: str
    points: float
    signature: str
    outputs: tuple[str, ...]
    reference: Callable
    cases: Callable[[np.random.Generator], list[Case]] = lambda rng: [Case()]
    mistakes: tuple[Mistake, ...] = ()
    hints: tuple[str, ...] = ()
    returns: Returns = "value"
    script: Callable | None = None
    unpack: Callable[[Any, Case], dict[str, Any]] | None = None
    rtol: float = 1e-9
    reveal: bool = True
    seconds: float = 4.0
    may_read_notebook: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments in the contract, without their defaults."""
        inside = re.search(r"\((.*?)\)", self.signature)
        names = inside.group(1).split(",") if inside and inside.group(1) else []
        return tuple(name.split("=")[0].strip() for name in names)

    @property
    def function(self) -> str:
        """The name that the contract gives the answer."""
        return re.split(r"\W", self.signature.removeprefix("class "))[0]

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The names of the values that the contract asks for: "z1 = …, a1 = …" has z1 and a1."""
        parts = self.signature.split("=")[:-1]
        return tuple(part.split(",")[-1].split("…")[-1].strip() for part in parts)

    def use(self, answer, args: tuple):
        """Let `answer` work on `args` and return what it gives."""
        return self.script(answer, *args) if self.script else answer(*args)

    def values(self, raw, case: Case) -> dict[str, Any]:
        """Return the named outputs in the plain value `raw`. Raises Malformed."""
        return self.unpack(raw, case) if self.unpack else _UNPACK[self.returns](self, raw)

    def right(self, case: Case) -> dict[str, Any]:
        """Return the right outputs for a case."""
        return self.values(self.use(self.reference, case.fresh_args()), case)

    def spoilt(self, mistake: Mistake, case: Case) -> dict[str, Any]:
        """Return the outputs that `mistake` gives; with `change`, only those that it changes."""
        if mistake.wrong is not None:
            return self.values(self.use(mistake.wrong, case.fresh_args()), case)
        right = self.right(case)
        return {name: spoil(right[name], case) for name, spoil in mistake.change.items()}


def _single(exercise: Exercise, raw):
    return {exercise.outputs[0]: raw}


def _by_position(exercise: Exercise, raw):
    names = exercise.outputs
    contract = f"return {len(names)} values in this order: {', '.join(names)}"
    if isinstance(raw, dict):
        raise Malformed(f"It returns a dictionary. The contract asks it to {contract}.")
    if isinstance(raw, np.ndarray) and (raw.ndim == 0 or len(raw) != len(names)):
        raise Malformed(f"It returns one array. The contract asks it to {contract}.")
    if not isinstance(raw, list | tuple | np.ndarray):
        raise Malformed(f"It returns one value. The contract asks it to {contract}.")
    if len(raw) != len(names):
        raise Malformed(f"It returns {len(raw)} values. The contract asks it to {contract}.")
    return dict(zip(names, raw, strict=True))


def _by_key(exercise: Exercise, raw):
    keys = ", ".join(repr(name) for name in exercise.outputs)
    if not isinstance(raw, dict):
        raise Malformed(f"It should return a dictionary with the keys {keys}.")
    missing = [name for name in exercise.outputs if name not in raw]
    if missing:
        lacks = ", ".join(repr(name) for name in missing)
        has = ", ".join(repr(key) for key in raw) or "none"
        raise Malformed(f"The dictionary lacks {lacks}. The keys that it has: {has}.")
    return {name: raw[name] for name in exercise.outputs}


_UNPACK = {"value": _single, "tuple": _by_position, "dict": _by_key, "named": _by_key}
