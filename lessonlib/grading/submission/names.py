"""What a cell's code reads, binds and changes, by name: enough to know what depends on what."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from symtable import SymbolTable, symtable

from IPython.core.inputtransformer2 import TransformerManager

MAGIC = re.compile(r"^\s*[!%?/,;]|=\s*[!%]|\?\s*$", re.MULTILINE)
MAX_MAGIC = 100  # lines in a cell: IPython reads the whole cell anew for each of them


@dataclass(frozen=True)
class Names:
    """The names of a cell.

    reads:   names of the notebook that its code looks up, inside functions too.
    binds:   names that it gives a value, by assignment, def, class or import.
    imports: the import statement behind each name that is imported, as text.
    functions: names that it gives to functions, by def.
    classes: the special methods that each class defines, by the class's name.
    changes: names whose values it may change in place: by a method, by `x[0] = …`, by handing them
             to a function of the notebook.
    """

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    imports: dict[str, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    changes: frozenset[str] = frozenset()


@lru_cache(maxsize=5_000)
def plain_python(source: str) -> str:
    """Return a cell's source with IPython's own syntax turned into calls. Raises SyntaxError."""
    if len(MAGIC.findall(source)) > MAX_MAGIC:
        raise SyntaxError("more magics than can be read")
    try:
        return TransformerManager().transform_cell(source)
    except (ValueError, RuntimeError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


def parsed(source: str) -> ast.Module:
    """Return a cell's syntax tree. Raises SyntaxError, also where it is nested too deep to read."""
    try:
        return ast.parse(plain_python(source))
    except (ValueError, RuntimeError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


@lru_cache(maxsize=5_000)  # a class hands in the same cells again and again
def names_in(source: str) -> Names:
    """Return the names of a cell; none where it is not Python."""
    try:
        tree = parsed(source)
        # Not the compiled code, which lacks what comes after an `assert False`.
        table = symtable(plain_python(source), "<cell>", "exec")
    except (SyntaxError, RecursionError):
        return Names()
    reads, binds = _reads(table, _changed(tree)), _binds(table)
    functions = frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef))
    return Names(
        frozenset(reads), frozenset(binds), _imports(tree), functions, _classes(tree),
        frozenset(_changes(tree)),
    )  # fmt: skip


def _changed(tree: ast.Module) -> set[str]:
    """Return the names that `+=` and `del` need to have a value already."""
    targets = [n.target for n in ast.walk(tree) if isinstance(n, ast.AugAssign)]
    targets += [t for n in ast.walk(tree) if isinstance(n, ast.Delete) for t in n.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def root(node: ast.AST) -> str:
    """Return the name that an expression starts with: `a` of `a.b(c)[d]`; "" if with none."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _reads(table: SymbolTable, changed: set[str]) -> Iterator[str]:
    """Yield what is looked up among the notebook's names, at the top or inside a function."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        used = symbol.is_referenced() or symbol.get_name() in changed
        if used and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _reads(child, changed)


def _binds(table: SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        bound = symbol.is_assigned() or symbol.is_imported()
        if bound and (top or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _binds(child)


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
    from lessonlib.grading.remote.protocol import SPECIAL

    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            own = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)}
            own |= {t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets
                    if isinstance(t, ast.Name)}  # fmt: skip
            found[node.name] = frozenset(SPECIAL if node.bases or node.decorator_list else own)
    return found


BUILTIN = frozenset(dir(builtins))
# Methods that leave their object as it is, and functions of NumPy that do not leave an argument so.
LOOKS = frozenset(
    "all any argmax argmin argsort astype copy count cumsum dot endswith flatten format get index "
    "items join keys lower max mean min nonzero prod ravel replace reshape round split startswith "
    "std strip sum tolist trace transpose upper values var".split()
)
WRITES = frozenset("shuffle copyto put place putmask fill_diagonal".split())


def _changes(tree: ast.Module) -> Iterator[str]:
    """Yield the names whose values a cell may change in place; rather one too many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield root(node)
        elif isinstance(node, ast.AugAssign):
            yield root(node.target)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            yield node.value.id  # two names for one thing from here on
        elif isinstance(node, ast.Call):
            yield from _changed_by_call(node)


def _changed_by_call(call: ast.Call) -> Iterator[str]:
    method = isinstance(call.func, ast.Attribute)
    if method and call.func.attr not in LOOKS:
        yield root(call.func)
    harmless = call.func.attr not in WRITES if method else root(call.func) in BUILTIN
    if not harmless:
        yield from (root(arg) for arg in [*call.args, *(k.value for k in call.keywords)])
