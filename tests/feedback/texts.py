"""Answers as texts, in files of their own: what a learner has in a cell, line by line."""

import ast
import copy
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

DEFINITIONS = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Text:
    """A cell that defines an answer: its definitions, the answer last, and what it uses.

    label: where it comes from: "reference", "variant 2", "reference, renamed".
    uses:  by name, what the notebook would have imported or defined above.
    """

    label: str
    tree: ast.Module
    uses: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the answer is called."""
        return self.tree.body[-1].name

    @cached_property
    def code(self) -> str:
        """The cell: a statement a line."""
        return ast.unparse(self.tree) + "\n"

    @property
    def lines(self) -> list[str]:
        return self.code.split("\n")

    def changed(self, tree: ast.Module, label: str = "") -> "Text":
        """Return the text of another tree that uses the same."""
        return Text(label or self.label, ast.fix_missing_locations(tree), self.uses)

    def loaded(self, folder: Path) -> Callable:
        """Write the cell to a file, run it, and return the answer; it can be read back."""
        path = str(folder / f"cell_{len(list(folder.iterdir()))}.py")
        Path(path).write_text(self.code, encoding="utf-8")
        linecache.checkcache(path)
        names = {"__name__": "__main__", **self.uses}
        exec(compile(self.code, path, "exec", dont_inherit=True), names)
        return names[self.name]


def text_of(label: str, definitions: list[ast.stmt], known: dict) -> Text:
    """Return the text of some definitions, the answer's last.

    known: the names of the module that they come from. A constant of it is written out where it
           is read: a learner would have typed it.
    """
    tree = ast.Module([_bare(copy.deepcopy(each)) for each in definitions], [])
    own = {each.name for each in definitions}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - own
    literals = {name: _literal(known[name]) for name in read & known.keys()}
    literals = {name: literal for name, literal in literals.items() if literal is not None}
    tree = ast.fix_missing_locations(_WrittenOut(literals).visit(tree))
    used = {n for n, value in known.items() if n in read or inspect.isclass(value)}
    return Text(label, tree, {"np": np} | {n: known[n] for n in used - literals.keys()})


def _bare(definition: DEFINITIONS) -> DEFINITIONS:
    """Drop decorators and docstrings."""
    for node in ast.walk(definition):
        if isinstance(node, DEFINITIONS):
            node.decorator_list = []
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return definition


def _literal(value) -> ast.expr | None:
    """Return a constant as an expression; None for functions, modules and arrays."""
    if not isinstance(value, int | float | str | tuple | list | dict):
        return None
    try:
        expression = ast.parse(repr(value), mode="eval").body
        return expression if ast.literal_eval(expression) == value else None
    except (ValueError, SyntaxError):
        return None


class _WrittenOut(ast.NodeTransformer):
    def __init__(self, literals: dict[str, ast.expr]):
        self.literals = literals

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.literals and isinstance(node.ctx, ast.Load):
            return copy.deepcopy(self.literals[node.id])
        return node


def locals_of(function: ast.FunctionDef) -> set[str]:
    """Return the names that a function gives a value, its parameters included."""
    stored = {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return stored | {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
