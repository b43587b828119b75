"""What a function's code reads besides its arguments."""

import dis
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType


@dataclass(frozen=True)
class Surroundings:
    """Names of the notebook that a function reads: variables, and functions written there."""

    data: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)


def surroundings(answer) -> Surroundings:
    """Return what an answer reads of the notebook that it was written in.

    An answer that lives in another process tells it itself.
    """
    tells = getattr(type(answer), "notebook_surroundings", None)
    if tells is not None:
        return tells(answer)
    if not isinstance(answer, FunctionType):
        return Surroundings()
    names, known = sorted(set(global_names(answer.__code__))), answer.__globals__
    return Surroundings(
        data=[name for name in names if name in known and _is_data(known[name])],
        functions=[name for name in names if name in known and _is_own(known[name], answer)],
    )


def global_names(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from global_names(constant)


def _is_data(value) -> bool:
    return not callable(value) and not isinstance(value, ModuleType)


def _is_own(value, answer: FunctionType) -> bool:
    return (
        isinstance(value, FunctionType)
        and value.__module__ == "__main__"
        and value.__globals__ is answer.__globals__
        and value is not answer
    )
