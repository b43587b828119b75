"""An exercise: its contract, its cases, its reference, and the mistakes that people make in it."""

import ast
import copy
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from lessonlib.checks.comparing import describe
from lessonlib.checks.forms import NOTHING_RETURNED, TOO_FEW, TOO_MANY


@dataclass(frozen=True, eq=False)
class Case:
    """One input of an exercise.

    args:   what the answer is called with, in the contract's order.
    about:  how a message calls this case ("2 inputs, 3 units, 4 samples").
    sizes:  the sizes behind the shapes, by symbol ({"m": 4}); a wrong factor is looked for here.
    tags:   what is special about the case ("one sample", "whole numbers"); an answer that is right
            only there, or wrong only there, is told so.
    hidden: what `unpack` needs and the answer is not given, such as fresh points to try it on.
    """

    args: tuple = ()
    about: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    hidden: Any = None

    def fresh_args(self) -> tuple:
        """Return a deep copy of the arguments: whoever gets it may spoil it."""
        return copy.deepcopy(self.args)


@dataclass(frozen=True, eq=False)
class Part(Case):
    """A part of one of an exercise's cases, with fewer samples; `of` is that one's number."""

    of: int = 0


@dataclass(frozen=True, eq=False)
class Mistake:
    """An executable wrong answer, with its name and an explanation for the learner.

    name:  a few words in the field's terms, the same in every message ("mask left out").
    why:   one to four sentences: the likely reason, then where to look. Never the solution's code.
    wrong: the wrong answer itself, with the signature of a right one.
    """

    name: str
    why: str
    wrong: Callable


class Malformed(Exception):
    """Raised by an `unpack` function: the answer's value has not the form of the contract.

    name: of what was done, where the form alone tells it.
    """

    def __init__(self, complaint: str, name: str | None = None):
        super().__init__(complaint)
        self.name = name


Returns = Literal["value", "tuple", "dict", "named"]


@dataclass(frozen=True, eq=False, kw_only=True)
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
    guard_rtol: the same for an answer that keeps a small guard in a logarithm, such as 1e-6: it is
               right as well, and gets advice. 0 where no guard belongs.
    reveal:    whether a message may show the right value (not where typing it in is the exercise).
    seconds:   time for all cases together, before an endless loop is assumed.
    jointly:   whether a mistake is named only where it explains all that is wrong, for outputs that
               tell too little one by one ("less than 95 % right").
    may_read_notebook: whether an answer may use variables of the notebook, such as a network that
               was trained there; otherwise a wrong one is told that it does.
    """

    id: str
    points: float
    signature: str
    outputs: tuple[str, ...]
    reference: Callable
    cases: Callable[[np.random.Generator], list[Case]] = lambda rng: [Case()]
    mistakes: Sequence[Mistake] = ()
    hints: Sequence[str] = ()
    returns: Returns = "value"
    script: Callable | None = None
    unpack: Callable[[Any, Case], dict[str, Any]] | None = None
    rtol: float = 1e-9
    guard_rtol: float = 0.0
    reveal: bool = True
    seconds: float = 4.0
    jointly: bool = False
    may_read_notebook: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments in the contract, without their defaults."""
        arguments = _arguments(self.signature)
        each = [*arguments.posonlyargs, *arguments.args] if arguments else []
        return tuple(argument.arg for argument in each)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of what a case holds: the arguments, or what a script makes them of."""
        if not self.script:
            return self.parameters
        _, *names = inspect.signature(self.script).parameters.values()
        positional = [each.name for each in names if each.kind is each.POSITIONAL_OR_KEYWORD]
        more = any(each.kind is each.VAR_POSITIONAL for each in names)
        return (*positional, *(self.parameters[len(positional) :] if more else ()))

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
        return self.unpack(raw, case) if self.unpack else _UNPACK[self.returns](raw, self.outputs)

    def right(self, case: Case) -> dict[str, Any]:
        """Return the right outputs for a case."""
        return self.values(self.use(self.reference, case.fresh_args()), case)


def _arguments(signature: str) -> ast.arguments | None:
    """Return the arguments in "name(a, b=(1, 2)) -> …" as Python reads them; None without any."""
    start = signature.find("(")
    for end in (i for i, sign in enumerate(signature) if sign == ")" and i > start >= 0):
        try:
            parsed = ast.parse(f"lambda {signature[start + 1 : end]}: 0", mode="eval").body
        except SyntaxError:  # a parenthesis within
            continue
        if isinstance(parsed, ast.Lambda):
            return parsed.args
    return None


def by_position(raw, names: Sequence[str]) -> dict[str, Any]:
    """Return values by name that came in this order. Raises Malformed where they did not."""
    contract = f"return {len(names)} values in this order: {', '.join(names)}"
    if isinstance(raw, dict):
        what, name = "a dictionary", None
    elif isinstance(raw, list | tuple) and len(raw) == len(names):
        return dict(zip(names, raw, strict=True))
    elif isinstance(raw, list | tuple):
        what, name = f"{len(raw)} values", TOO_FEW if len(raw) < len(names) else TOO_MANY
    elif raw is None:
        what, name = "None", NOTHING_RETURNED
    else:
        what, name = "one array" if isinstance(raw, np.ndarray) else "one value", TOO_FEW
    raise Malformed(f"It returns {what}. The contract asks it to {contract}.", name)


def _by_position_or_row(raw, names: Sequence[str]) -> dict[str, Any]:
    is_a_stack = isinstance(raw, np.ndarray) and raw.ndim > 0 and len(raw) == len(names)
    return by_position(list(raw) if is_a_stack else raw, names)


def by_key(raw, keys: Sequence[str]) -> dict[str, Any]:
    """Return the values under these keys of a dictionary. Raises Malformed where one is missing."""
    wanted = ", ".join(map(repr, keys))
    if not isinstance(raw, dict):
        raise Malformed(
            f"It returns {describe(raw)}. It should return a dictionary with the keys {wanted}.",
            NOTHING_RETURNED if raw is None else TOO_MANY if _holds(raw, keys) else None,
        )
    lacks = ", ".join(repr(key) for key in keys if key not in raw)
    if lacks:
        has = ", ".join(repr(key) for key in raw) or "none"
        name = "keys missing" if any(key in raw for key in keys) else None
        raise Malformed(f"The dictionary lacks {lacks}. The keys that it has: {has}.", name)
    return {key: raw[key] for key in keys}


def _holds(raw, keys: Sequence[str]) -> bool:
    """Return whether a dictionary with these keys stands among other things."""
    among = raw if isinstance(raw, list | tuple) else ()
    return any(isinstance(each, dict) and set(keys) <= set(each) for each in among)


_UNPACK = {
    "value": lambda raw, names: {names[0]: raw},
    "tuple": _by_position_or_row,
    "dict": by_key,
    "named": by_key,
}
