"""Edits of whole statements: where a line stands, how far it is indented, what it writes into."""

import ast
from collections.abc import Iterator
from itertools import chain

from lessonlib.locating.edits import Edit, Scope

_BLOCKS = ("body", "orelse", "finalbody")
_COMPOUND = ast.For | ast.While | ast.If | ast.With | ast.Try | ast.FunctionDef


def every(function: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements inside a function, in order; those of inner functions as well."""
    for _, _, block in blocks(function):
        yield from block


def blocks(node: ast.AST) -> Iterator[tuple[ast.AST, str, list[ast.stmt]]]:
    """Yield each block inside a node with what holds it and the field it is in."""
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield node, name, block
            yield from chain.from_iterable(blocks(each) for each in block)


def edits_of(scope: Scope) -> Iterator[Edit]:
    """Yield the edits of a function's statements."""
    for holder, name, block in blocks(scope.function):
        for new, kind, lines, unlikely in _changed(holder, block, scope):
            where = scope.where(kind, *lines)
            yield Edit(where, holder, name, None, new or [ast.Pass()], unlikely)


def _changed(holder: ast.AST, block: list[ast.stmt], scope: Scope) -> Iterator[tuple]:
    yield from _without(block)
    yield from _moved(block)
    yield from _outside(block)
    yield from _inside(block)
    yield from _written_anew(block)
    yield from _with_return(holder, block, scope)
    if holder is scope.function:
        yield from _with_copies(block, scope)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _without(block) -> Iterator[tuple]:
    for i, each in enumerate(block):
        if not _is_text(each):
            yield [*block[:i], *block[i + 1 :]], "line too many", (each.lineno,), 0.0


def _moved(block) -> Iterator[tuple]:
    for i, each in enumerate(block):
        rest = [*block[:i], *block[i + 1 :]]
        for j in range(len(block)):
            if j != i and not _is_text(each) and not (j == i + 1):
                neighbour = (block[j].lineno,) if j == i - 1 else ()
                distance = abs(j - i) / 10
                yield [*rest[:j], each, *rest[j:]], "order", (each.lineno, *neighbour), distance


def _outside(block) -> Iterator[tuple]:
    """The last statements of a loop or branch, behind it."""
    for i, each in enumerate(block):
        inner = getattr(each, "body", None)
        if not isinstance(each, _COMPOUND) or len(inner) < 2:
            continue
        for count in range(1, min(len(inner), 4)):
            shorter = _with_body(each, inner[:-count])
            lines = tuple(s.lineno for s in inner[-count:])
            new = [*block[:i], shorter, *inner[-count:], *block[i + 1 :]]
            yield new, "indentation", lines, 0.1 * count
            longer = _with_body(each, inner[count:])
            lines = tuple(s.lineno for s in inner[:count])
            new = [*block[:i], *inner[:count], longer, *block[i + 1 :]]
            yield new, "indentation", lines, 0.1 * count + 0.2


def _inside(block) -> Iterator[tuple]:
    """The statements behind a loop or branch, or before it, inside it."""
    for i, each in enumerate(block):
        if not isinstance(each, ast.For | ast.While | ast.If | ast.With):
            continue
        for count in range(1, min(len(block) - i, 4)):
            behind = block[i + 1 : i + 1 + count]
            new = [*block[:i], _with_body(each, [*each.body, *behind]), *block[i + 1 + count :]]
            yield new, "indentation", tuple(s.lineno for s in behind), 0.1 * count
        for count in range(1, min(i + 1, 4)):
            before = block[i - count : i]
            new = [*block[: i - count], _with_body(each, [*before, *each.body]), *block[i + 1 :]]
            yield new, "indentation", tuple(s.lineno for s in before), 0.1 * count + 0.2


def _with_body(statement: ast.stmt, body: list[ast.stmt]) -> ast.stmt:
    fields = {name: value for name, value in ast.iter_fields(statement)}
    return ast.copy_location(type(statement)(**{**fields, "body": body}), statement)


def _written_anew(block) -> Iterator[tuple]:
    """`x -= y` as `x = x - y`, and the other way round; another operator in its place."""
    for i, each in enumerate(block):
        for new, kind, unlikely in _other_assignments(each):
            yield [*block[:i], new, *block[i + 1 :]], kind, (each.lineno,), unlikely


def _other_assignments(statement: ast.stmt) -> Iterator[tuple[ast.stmt, str, float]]:
    match statement:
        case ast.AugAssign(target=target, op=was, value=value):
            yield ast.Assign([target], ast.BinOp(_read(target), was, value)), "augmented", 0.0
            yield ast.Assign([target], value), "operator", 0.5
            for operator in (ast.Add, ast.Sub, ast.Mult, ast.Div):
                if not isinstance(was, operator):
                    yield ast.AugAssign(target, operator(), value), "operator", 0.0
        case ast.Assign(targets=[target], value=value):
            if isinstance(target, ast.Tuple) and 2 <= len(target.elts) <= 4:
                turned = ast.Tuple(list(reversed(target.elts)), ast.Store())
                yield ast.Assign([turned], value), "results", 0.2
            if isinstance(target, ast.Name | ast.Subscript | ast.Attribute):
                for operator in (ast.Add, ast.Mult):
                    yield ast.AugAssign(target, operator(), value), "operator", 0.6
            if isinstance(target, ast.Subscript) and isinstance(value, ast.expr):
                whole = ast.Subscript(target.value, ast.Slice(), ast.Store())
                yield ast.Assign([whole], value), "index", 0.8


def _read(target: ast.expr) -> ast.expr:
    """Return what reads the place that a statement assigns to."""
    fields = dict(ast.iter_fields(target))
    return type(target)(**{**fields, "ctx": ast.Load()})


def _with_return(holder, block, scope: Scope) -> Iterator[tuple]:
    last = block[-1]
    line = (last.lineno,)
    if isinstance(last, ast.Expr) and not _is_text(last):
        yield [*block[:-1], ast.Return(last.value)], "return", line, 0.0
    if holder is not scope.function or isinstance(last, ast.Return):
        return
    for name in reversed(scope.names):
        value = ast.Name(name, ast.Load())
        yield [*block, ast.Return(value)], "return", line, 0.1


def _with_copies(block, scope: Scope) -> Iterator[tuple]:
    """A copy of a parameter first, or one with floats."""
    for name in scope.parameters:
        written = [s.lineno for s in every(scope.function) if name in _written_into(s)]
        line = (min(written, default=scope.function.lineno),)
        for code, kind, unlikely in _COPIES:
            (copy,) = ast.parse(code.format(name=name)).body
            for node in ast.walk(copy):
                if hasattr(node, "lineno"):
                    node.lineno = node.end_lineno = block[0].lineno
            yield [copy, *block], kind, line, unlikely + (0.0 if written else 0.9)


_COPIES = (
    ("{name} = __import__('copy').deepcopy({name})", "copy", 0.0),
    ("{name} = __import__('numpy').array({name}, dtype=float)", "given floats", 0.0),
)


def _written_into(statement: ast.stmt) -> set[str]:
    """Return the names whose values a statement writes into."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    written = {each for each in targets if isinstance(each, ast.Subscript | ast.Attribute)}
    if isinstance(statement, ast.AugAssign):
        written.add(statement.target)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        written.add(statement.value.func)
    names = (node for each in written if each for node in ast.walk(each))
    return {node.id for node in names if isinstance(node, ast.Name)}
