"""What an exercise asks for, read from its reference: parameters, outputs, the form of a result."""

import ast
import inspect
import re
from collections.abc import Callable

from lessonlib.checks.exercise import Returns
from lessonlib.exercises.reference import Reference


def parameters(answer: Callable) -> tuple[str, ...]:
    """Return the names that an answer is called with; of a class those that have no default."""
    found = inspect.signature(answer).parameters.values()
    wanted = [p for p in found if p.default is p.empty or not inspect.isclass(answer)]
    return tuple(parameter.name for parameter in wanted)


def returns(reference: Reference, outputs: tuple[str, ...] | None) -> Returns:
    """Return how the outputs arrive; without parameters they are values that the learner sets."""
    if inspect.isclass(reference.answer):
        return "value"
    if not parameters(reference.answer):
        return "named"
    if isinstance(reference.returned, ast.Tuple):
        return "tuple" if outputs is None or len(outputs) == len(names(reference)) else "value"
    return "dict" if isinstance(reference.returned, ast.Dict) else "value"


def names(reference: Reference) -> tuple[str, ...]:
    """Return the names of what is returned: of a tuple its items', of a dictionary its keys."""
    value = reference.returned
    if isinstance(value, ast.Dict):
        return tuple(ast.literal_eval(key) for key in value.keys if key)
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    return tuple(ast.unparse(item) for item in items if item is not None)


def outputs(reference: Reference, how: Returns) -> tuple[str, ...]:
    """Return the names of the outputs; a single result is called like the call that makes it."""
    return (call(reference),) if how == "value" else names(reference)


def call(reference: Reference) -> str:
    """Return "relu(z)"."""
    return f"{reference.name}({', '.join(parameters(reference.answer))})"


def signature(reference: Reference, how: Returns) -> str:
    """Return the contract as a learner reads it: "layer_forward(W, b, X) -> (Z, A)"."""
    if how == "named":
        return _promise(reference) or ", ".join(f"{name} = …" for name in names(reference))
    if inspect.isclass(reference.answer):
        return f"class {call(reference)}"
    listed = ", ".join(map(repr, names(reference)) if how == "dict" else names(reference))
    forms = {"tuple": f"({listed})", "dict": f"{{{listed}}}"}
    result = _promise(reference) or forms.get(how, "")
    return f"{reference.name}({_with_defaults(reference)}){' -> ' * bool(result)}{result}"


def _with_defaults(reference: Reference) -> str:
    """Return the parameters, those with a default as in "rate=0.9, eps=1e-8, scheme="he""."""
    found = inspect.signature(reference.answer).parameters.values()
    text = ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in found)
    return text.replace("e-0", "e-").replace("'", '"')


def _promise(reference: Reference) -> str:
    """Return what the docstring has behind its last arrow, up to the end of the sentence."""
    found = re.findall(r"->\s*(.+?)(?:\.\s|\.$|\n|$)", inspect.getdoc(reference.answer) or "")
    return found[-1] if found else ""
