"""Which method of a class is wrong: with the reference's own in its place more comes out right.

Objects of two classes cannot be compared value by value. Methods can be exchanged.
"""

import ast
import copy
from collections.abc import Iterator

from lessonlib.locating.source import Source


def exchanged(source: Source, reference: Source) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name of each method, with the code in which it is the reference's.

    The name is that of `Spot.function`: "Value.tanh", or that of a function that was made a method
    later.
    """
    right = {m.name: m for m in _methods(reference.tree.body[0])}
    mine = source.pieces[0].name
    for method in _methods(source.tree.body[0]):
        if method.name in right:
            tree = copy.deepcopy(source.tree)
            _replace(tree.body[0], right[method.name])
            yield f"{mine}.{method.name}", _with_helpers(tree, right)
    for index, piece in enumerate(source.pieces):
        if index and piece.name in right and isinstance(piece.node, ast.FunctionDef):
            tree = copy.deepcopy(source.tree)
            tree.body[index] = copy.deepcopy(right[piece.name])
            yield piece.name, _with_helpers(tree, right)


def _methods(node: ast.stmt) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


def _replace(kind: ast.ClassDef, method: ast.FunctionDef) -> None:
    same = (isinstance(each, ast.FunctionDef) and each.name == method.name for each in kind.body)
    place = next(i for i, found in enumerate(same) if found)
    kind.body[place] = copy.deepcopy(method)


def _with_helpers(tree: ast.Module, right: dict[str, ast.FunctionDef]) -> ast.Module:
    """Return the code with those methods of the reference that only its other methods use."""
    known = {method.name for method in _methods(tree.body[0])}
    helpers = [m for name, m in right.items() if name not in known and not name.endswith("__")]
    tree.body[0].body += [copy.deepcopy(m) for m in helpers if m.name.startswith("_")]
    return tree
