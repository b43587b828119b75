"""What a function's code reads besides its arguments."""

import dis
from types import CodeType, FunctionType, ModuleType


def data_globals(answer) -> list[str]:
    """Return the notebook's variables (not functions, classes or modules) that a function reads."""
    if not isinstance(answer, FunctionType):
        return []
    names = sorted(set(_global_names(answer.__code__)))
    return [name for name in names if _is_data(answer.__globals__, name)]


def _global_names(code: CodeType):
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)


def _is_data(namespace: dict, name: str) -> bool:
    value = namespace.get(name, dis)
    return not callable(value) and not isinstance(value, ModuleType)
