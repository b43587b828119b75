"""Small changes to a function's code, one at a time: each is a bug that a check should notice."""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lessonlib.exercises.reference import Reference

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


class Mutant(NamedTuple):
    """A changed function: the line as it is now, its number in the file, the function."""

    code: str
    line: int
    answer: Callable


def mutants(function: Callable) -> Iterator[Mutant]:
    """Yield the function with each small change that there is."""
    reference = Reference(function)
    for which, (line, _) in enumerate(_changes(reference.tree)):
        changed = copy.deepcopy(reference.tree)
        list(_changes(changed))[which][1]()
        yield Mutant(_difference(reference.tree, changed), line, reference.compiled(changed))


def _difference(before: ast.AST, after: ast.AST) -> str:
    """Return the first line in which two pieces of code differ, as it is afterwards."""
    lines = zip(ast.unparse(before).split("\n"), ast.unparse(after).split("\n"), strict=False)
    return next((b.strip() for a, b in lines if a != b), "")


def _changes(tree: ast.AST) -> Iterator[tuple[int, Callable[[], None]]]:
    """Yield, for each place that can be changed, its line and a function that changes it."""
    # NumPy takes -2 for -1 in a shape; zip's strict only guards what cannot happen.
    spared = {id(n.operand) for n in ast.walk(tree) if isinstance(n, ast.UnaryOp)}
    spared |= {id(n.value) for n in ast.walk(tree) if getattr(n, "arg", "") == "strict"}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.BinOp):
            if type(node.op) in OPERATORS:
                yield line, lambda n=node: setattr(n, "op", OPERATORS[type(n.op)]())
            else:
                yield line, lambda n=node: _swap(n)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield line, lambda n=node: setattr(n, "ops", [COMPARISONS[type(n.ops[0])]()])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield line, lambda n=node: setattr(n, "op", ast.UAdd())
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            if id(node) not in spared:
                yield line, lambda n=node: setattr(n, "value", _other(n.value))
        for name, child in ast.iter_fields(node):
            if isinstance(child, ast.Attribute) and child.attr == "T":  # without transposition
                yield child.lineno, lambda n=name, p=node, c=child: setattr(p, n, c.value)


def _swap(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _other(value):
    return (not value) if isinstance(value, bool) else value + 1
