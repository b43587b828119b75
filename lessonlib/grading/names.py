"""What a cell's code reads, binds and changes, by name: enough to know what depends on what."""

import ast
import builtins
import dis
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType

from IPython.core.inputtransformer2 import TransformerManager


@dataclass(frozen=True)
class Names:
    """The names of a cell.

    reads:   names of the notebook that its code looks up, inside functions too.
    binds:   names that it gives a value, by assignment, def, class or import.
    imports: the import statement behind each name that is imported, as text.
    functions: names that it gives to functions, by def.
    classes: the special methods that each class defines, by the class's name.
    """

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    imports: dict[str, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    classes: dict[str, frozenset[str]] = field(default_factory=dict)


@lru_cache(maxsize=5_000)
def plain_python(source: str) -> str:
    """Return a cell's source with IPython's own syntax turned into calls."""
    return TransformerManager().transform_cell(source)


@lru_cache(maxsize=5_000)  # a class hands in the same cells again and again
def names_in(source: str) -> Names:
    """Return the names of a cell; none where it is not Python."""
    try:
        tree = ast.parse(plain_python(source))
        code = compile(tree, "<cell>", "exec")
    except (SyntaxError, ValueError):
        return Names()
    reads, binds = set(_reads(code)), set(_binds(code))
    functions = frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef))
    return Names(frozenset(reads), frozenset(binds), _imports(tree), functions, _classes(tree))


def _reads(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _reads(constant)


def _binds(code: CodeType, top: bool = True) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_GLOBAL" or (top and instruction.opname == "STORE_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _binds(constant, top=False)


def _imports(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                found[name] = ast.unparse(node)
    return found


def _classes(tree: ast.Module) -> dict[str, frozenset[str]]:
    """Return what each class's objects can do; everything, where it is inherited or decorated."""
    from lessonlib.grading.protocol import SPECIAL

    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            own = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)}
            own |= {t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets
                    if isinstance(t, ast.Name)}  # fmt: skip
            found[node.name] = frozenset(SPECIAL if node.bases or node.decorator_list else own)
    return found


BUILTIN = frozenset(dir(builtins))
