"""Which names of a notebook a cell's code reads and binds."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from symtable import SymbolTable, symtable


@dataclass(frozen=True)
class Symbols:
    """The names of a cell.

    reads:       names of the notebook that its code looks up, inside functions too.
    reads_late:  those of them that a function looks up, when it is called.
    reads_first: those that it does not surely bind itself before.
    binds:       names that it gives a value, by assignment, def, class or import.
    """

    reads: frozenset[str]
    reads_late: frozenset[str]
    reads_first: frozenset[str]
    binds: frozenset[str]


def symbols_in(source: str) -> Symbols:
    """Return the names of a cell. Raises SyntaxError where it is not Python."""
    tree = ast.parse(source)
    top, *inner = _tables(symtable(source, "<cell>", "exec"))
    needed = set(_needed(tree))
    late = frozenset(name for table in inner for name in _reads(table, needed))
    reads = late | frozenset(_reads(top, needed))
    binds = frozenset(name for table in [top, *inner] for name in _binds(table))
    return Symbols(reads, late, reads & read_first(tree.body), binds)


def _tables(table: SymbolTable) -> Iterator[SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _reads(table: SymbolTable, needed: set[str]) -> Iterator[str]:
    """Yield what is looked up among the notebook's names, at the top or inside a function."""
    for symbol in table.get_symbols():
        used = symbol.is_referenced() or symbol.get_name() in needed
        if used and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()


def _binds(table: SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        bound = symbol.is_assigned() or symbol.is_imported()
        if bound and (table.get_type() == "module" or symbol.is_declared_global()):
            yield symbol.get_name()


def _needed(tree: ast.Module) -> Iterator[str]:
    """Yield the names that `+=` and `del` need to have a value already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign | ast.Delete):
            targets = node.targets if isinstance(node, ast.Delete) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | _COMPREHENSION


def read_first(body: list[ast.stmt]) -> set[str]:
    """Return the names that code looks up before it has surely given them a value."""
    first: dict[str, bool] = {}
    for statement in body:
        for name, binds in _in_order(statement):
            first.setdefault(name, binds)
    return {name for name, binds in first.items() if not binds}


def _in_order(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield names in the order in which code meets them, each with whether it gives a value."""
    if isinstance(node, ast.Name):
        yield node.id, isinstance(node.ctx, ast.Store)
    elif isinstance(node, SCOPE):
        yield from ((name, False) for name in _names(node) - _local(node))
    elif isinstance(node, ast.If | ast.While | ast.Try | ast.AugAssign):
        yield from ((name, False) for name in _names(node))  # a value is perhaps not given
    else:
        for child in _evaluated(node):
            yield from _in_order(child)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, True


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _local(scope: ast.AST) -> set[str]:
    """Return the names that a function or a comprehension has for itself."""
    if isinstance(scope, ast.ClassDef):
        return set()
    nodes = list(ast.walk(scope))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {each.arg for each in nodes if isinstance(each, ast.arg)}


def _evaluated(node: ast.AST) -> list[ast.AST]:
    """Return a node's children, values before the targets that get them."""
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter, node.target, *node.body, *node.orelse]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.withitem):
        return sorted(children, key=lambda child: isinstance(getattr(child, "ctx", 0), ast.Store))
    return children
