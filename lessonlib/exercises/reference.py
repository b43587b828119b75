"""The code of a reference: what it returns, and what a change to it compiles to."""

import ast
import inspect
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Block = list[ast.stmt]


class Reference:
    """A right answer together with its code, which is only read when somebody asks for it."""

    def __init__(self, answer: Callable):
        self.answer, self.name = answer, answer.__name__

    @property
    def file(self) -> str:
        """The path of the file that it stands in."""
        return inspect.getfile(self.answer)

    @property
    def place(self) -> str:
        """Where it begins, its decorators left out: "xor/__init__.py, line 12"."""
        return place(self.file, self.tree.lineno)

    @cached_property
    def tree(self) -> DEFINITION:
        """Its definition without decorators; the line numbers are those of the file."""
        lines, first = inspect.getsourcelines(self.answer)
        module = ast.parse(textwrap.dedent("".join(lines)))
        ast.increment_lineno(module, first - 1)
        definition = next(each for each in module.body if isinstance(each, DEFINITION))
        definition.decorator_list = []
        return definition

    @cached_property
    def returned(self) -> ast.expr | None:
        """What its last `return` gives."""
        found = [s for _, s in statements(self.tree) if isinstance(s, ast.Return)]
        return found[-1].value if found else None

    def compiled(self, tree: DEFINITION) -> Callable:
        """Return what a changed definition defines, among the names of the reference's module."""
        module = sys.modules.get(self.answer.__module__)
        names = dict(getattr(self.answer, "__globals__", None) or vars(module))
        whole = ast.fix_missing_locations(ast.Module([tree], []))
        exec(compile(whole, self.file, "exec"), names)
        return names[self.name]


def place(file: str, line: int) -> str:
    """Return a file, as seen from the working directory if it is below that, and a line."""
    seen = os.path.relpath(file)
    return f"{file if seen.startswith('..') else seen}, line {line}"


def statements(node: ast.AST, nested: bool = False) -> Iterator[tuple[Block, ast.stmt]]:
    """Yield each statement inside a node with the block it stands in, in order.

    Those of functions and classes inside it come only with `nested`.
    """
    for block in blocks(node):
        for statement in list(block):
            yield block, statement
            if nested or not isinstance(statement, DEFINITION):
                yield from statements(statement, nested)


def blocks(node: ast.AST) -> Iterator[Block]:
    """Yield the blocks of a statement: its body, the handlers', what follows `else`."""
    for name in ("body", "handlers", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if name == "handlers":
            for handler in block or []:
                yield handler.body
        elif isinstance(block, list):
            yield block
