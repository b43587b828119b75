"""Small changes to a function's code, one at a time: each is a bug that a check should notice."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def mutants(function: Callable) -> Iterator[tuple[str, Callable]]:
    """Yield (the changed code, the changed function) for each small change that there is."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    count = len(list(_changes(tree)))
    for which in range(count):
        changed = copy.deepcopy(tree)
        list(_changes(changed))[which]()
        ast.fix_missing_locations(changed)
        names = dict(function.__globals__)
        exec(compile(changed, "<mutant>", "exec"), names)
        yield _difference(tree, changed), names[function.__name__]


def _difference(before: ast.AST, after: ast.AST) -> str:
    """Return the first line in which two pieces of code differ, as it is afterwards."""
    lines = zip(ast.unparse(before).split("\n"), ast.unparse(after).split("\n"), strict=False)
    return next((b.strip() for a, b in lines if a != b), "")


def _changes(tree: ast.AST) -> Iterator[Callable[[], None]]:
    """Yield, for each place that can be changed, a function that changes it."""
    # NumPy takes -2 for -1 in a shape; zip's strict only guards what cannot happen.
    spared = {id(n.operand) for n in ast.walk(tree) if isinstance(n, ast.UnaryOp)}
    spared |= {id(n.value) for n in ast.walk(tree) if getattr(n, "arg", "") == "strict"}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            if type(node.op) in OPERATORS:
                yield lambda n=node: setattr(n, "op", OPERATORS[type(n.op)]())
            else:
                yield lambda n=node: _swap(n)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield lambda n=node: setattr(n, "ops", [COMPARISONS[type(n.ops[0])]()])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield lambda n=node: setattr(n, "op", ast.UAdd())
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            if id(node) not in spared:
                yield lambda n=node: setattr(n, "value", _other(n.value))
        yield from _without_transposition(node)


def _swap(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _other(value):
    return (not value) if isinstance(value, bool) else value + 1


def _without_transposition(parent: ast.AST) -> Iterator[Callable[[], None]]:
    for name, child in ast.iter_fields(parent):
        if isinstance(child, ast.Attribute) and child.attr == "T":
            yield lambda n=name, c=child: setattr(parent, n, c.value)
