"""The definitions that a name needs, out of the code of a notebook or a module.

Only imports, functions, classes and assignments of plain values count as definitions. Where a name
is defined several times, the last definition holds, and the one before a line where that is run.
"""

import ast
import dis
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType

DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Dict, ast.Set,
    ast.UnaryOp, ast.BinOp, ast.expr_context, ast.operator, ast.unaryop,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Line:
    """A statement at the top of a piece of code; `place` is the number of the piece."""

    node: ast.stmt
    place: int


@dataclass(frozen=True, eq=False)
class Needed:
    """What a name needs: its definitions, in order, and the names that no definition makes."""

    lines: tuple[Line, ...]
    lacking: tuple[str, ...]


def lines_of(pieces: Iterable[str]) -> list[Line]:
    """Return the statements of pieces of code, in order; a piece that is no Python has none."""
    return [Line(node, i) for i, piece in enumerate(pieces) for node in parsed(piece)]


def parsed(piece: str) -> list[ast.stmt]:
    """Return the statements of a piece of code; none where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(piece).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def is_plain(node: ast.stmt) -> bool:
    """Return whether a statement is a definition: it calls nothing, but for decorators."""
    if isinstance(node, ast.Assign):
        targets = all(isinstance(t, ast.Name | ast.Tuple | ast.Attribute) for t in node.targets)
        return targets and _is_plain_value(node.value)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None and _is_plain_value(node.value)
    return isinstance(node, DEFINES)


def _is_plain_value(node: ast.AST) -> bool:
    if isinstance(node, ast.Lambda):
        return True
    return isinstance(node, PLAIN) and all(map(_is_plain_value, ast.iter_child_nodes(node)))


def needed(
    lines: list[Line], name: str, is_definition: Callable[[ast.stmt], bool] = is_plain
) -> Needed | None:
    """Return the definitions that a name needs; None where no definition makes it."""
    defined = [(i, bound(line.node)) for i, line in enumerate(lines) if is_definition(line.node)]
    chosen: set[int] = set()
    lacking: set[str] = set()
    todo = [(name, len(lines))]
    while todo:
        wanted, end = todo.pop()
        found = {*_last(defined, wanted, end), *_last(defined, wanted, len(lines))}
        if not found and any(wanted in _stored(line.node) for line in lines):
            lacking.add(wanted)
        todo += [(read, i) for i in found - chosen for read in reads(lines[i].node)]
        chosen |= found
    if not _last(defined, name, len(lines)):
        return None
    return Needed(tuple(lines[i] for i in sorted(chosen)), tuple(sorted(lacking)))


def _last(defined: list[tuple[int, set[str]]], name: str, end: int) -> set[int]:
    """Return the last line before `end` that makes a name, and those that add to it since."""
    whole = [i for i, names in defined if name in names and i < end]
    added = {i for i, names in defined if f"{name}." in names and whole and whole[-1] < i < end}
    return {*whole[-1:], *added}


def bound(node: ast.stmt) -> set[str]:
    """Return the names that a definition makes; "Value." where it adds something to Value."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {name for target in targets for name in _named(target)}


def _named(target: ast.expr | None) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        yield f"{target.value.id}."
    elif isinstance(target, ast.Tuple):
        for each in target.elts:
            yield from _named(each)


def _stored(node: ast.stmt) -> set[str]:
    """Return the names that a statement of any kind may make."""
    if isinstance(node, DEFINES):
        return set()
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return {each.id for each in names if isinstance(each.ctx, ast.Store)}


def reads(node: ast.stmt) -> set[str]:
    """Return the names that a statement reads, then or when its functions are called."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(ast.Module([node], []), "", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return set(_loaded(code))


def _loaded(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in LOADS:
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _loaded(constant)
