"""What a cell's code changes besides giving values to names, as far as its text tells.

What a library does is assumed: functions of modules leave their arguments as they are, except for
those that are listed.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lessonlib.building.symbols import read_first

PLOTS = {"plots"}  # of the modules: a line that calls it changes nothing
# Methods that leave their object as it is, and functions of NumPy that write to an argument.
LOOKS = frozenset(
    "all any argmax argmin argsort astype copy count cumsum dot endswith flatten format get index "
    "items join keys loss lower max mean min nonzero predict prod ravel replace reshape round "
    "split startswith std strip sum tolist trace transpose upper values var".split()
)
WRITES = frozenset("shuffle copyto put place putmask fill_diagonal at".split())
# Builtins after which a cell's text does not tell what it reads or changes, and others that act.
UNTOLD = frozenset("get_ipython eval exec globals locals vars __import__".split())
ACTS = frozenset("open input setattr delattr next breakpoint".split()) | UNTOLD
SETS = frozenset("use seed update chdir simplefilter filterwarnings".split())
BUILTIN = (frozenset(dir(builtins)) | {"display"}) - ACTS
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def reaches_out(tree: ast.Module) -> bool:
    """Whether a cell may read or change names of which its text does not tell."""
    nodes = list(ast.walk(tree))
    return bool(names_of(tree) & UNTOLD) or any(isinstance(node, ast.Global) for node in nodes)


def does_something(node: ast.AST, imports: frozenset[str]) -> bool:
    """Whether something may happen of which no name of the notebook tells."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Delete):
        return True
    if isinstance(node, ast.Name):
        return node.id in ACTS
    if isinstance(node, ast.Attribute | ast.Subscript) and root(node) in imports:
        return not isinstance(node.ctx, ast.Load) or _is_global_random(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return root(node.value.func) in imports - PLOTS
    return isinstance(node, ast.Call) and root(node.func) in imports and _sets(node.func)


def _is_global_random(node: ast.AST) -> bool:
    """Whether it is NumPy's global generator, whose every use changes all later ones."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in ("default_rng", "Generator", "PCG64")
    )


def _sets(function: ast.AST) -> bool:
    """Whether a function's name says that it changes a setting or a file."""
    return called(function).startswith(("set", "save", "write")) or called(function) in SETS


def called(function: ast.AST) -> str:
    """Return the last name of a function's: `assert_equal` of `np.testing.assert_equal`; or ""."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def root(node: ast.AST) -> str:
    """Return the name that an expression starts with: `a` of `a.b(c)[d]`; "" if with none."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def names_of(*nodes: ast.AST) -> set[str]:
    """Return all names in some code."""
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


def imported_by(cells: Iterable[ast.Module]) -> frozenset[str]:
    """Return the names of modules, and of what is imported from them."""
    nodes = (node for cell in cells for node in ast.walk(cell))
    imports = (node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    return frozenset(a.asname or a.name.split(".")[0] for node in imports for a in node.names)


def lasting_in(cells: list[ast.Module]) -> frozenset[str]:
    """Return the names that only ever stand for functions: to hand one over changes nothing."""
    defined = {node.name for cell in cells for node in cell.body if isinstance(node, FUNCTION)}
    nodes = (node for cell in cells for node in ast.walk(cell))
    return frozenset(defined - {n.id for n in nodes if isinstance(n, ast.Name) and _is_store(n)})


@dataclass(frozen=True)
class Writes:
    """What the functions of one name change: arguments, by place and by name, and global names."""

    arguments: frozenset[int | str] = frozenset()
    others: frozenset[str] = frozenset()

    def with_(self, more: "Writes") -> "Writes":
        """Return what the functions change of which one changes this and one changes `more`."""
        return Writes(self.arguments | more.arguments, self.others | more.others)


NUMPY = Writes(frozenset({"out"}))


def writers_in(cells: list[ast.Module]) -> dict[str, Writes]:
    """Return what the functions, methods and classes of a notebook change when they are called."""
    nodes = [node for cell in cells for node in ast.walk(cell)]
    functions = [node for node in nodes if isinstance(node, FUNCTION)]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    imports = imported_by(cells)
    writers: dict[str, Writes] = {}
    while (more := _found(functions, classes, imports, writers)) != writers:
        writers = more
    return writers


def _found(functions: list, classes: set[str], imports: frozenset[str], known: dict) -> dict:
    found: dict[str, Writes] = {}
    inner = {id(n) for f in functions for n in ast.walk(f) if n is not f}
    for function in functions:
        changed = changed_in(function, read_first(function.body), imports, known)
        writes, had = _writes(function, changed, id(function) in inner), found.get(function.name)
        found[function.name] = had.with_(writes) if had else writes
    made = found.get("__init__", Writes())
    called = frozenset(each - 1 if isinstance(each, int) else each for each in made.arguments)
    return found | {name: Writes(called, made.others) for name in classes}


def _writes(function: ast.FunctionDef, changed: set[str], inner: bool) -> Writes:
    """Return what a function changes; what an inner one does to others is its outer one's doing."""
    places = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    names = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    arguments = (changed & names) | {places.index(name) for name in changed if name in places}
    return Writes(frozenset(arguments), frozenset() if inner else frozenset(changed - names))


def changed_in(
    tree: ast.AST, first: Iterable[str], imports: frozenset[str], writers: dict[str, Writes]
) -> set[str]:
    """Return the names whose values some code changes in place, as its text has it.

    first: those that the code did not give a value itself; what it has made it may change.
    """
    nodes = list(ast.walk(tree))
    changed = {name for node in nodes for name in _changed_by(node, imports, writers)}
    behind = {name for node in nodes for name in _changed_behind(node, writers)}
    return (changed & set(first)) - imports - BUILTIN | behind


def _changed_behind(node: ast.AST, writers: dict[str, Writes]) -> frozenset[str]:
    """Return the global names that a function changes which is called here, or handed on."""
    named = isinstance(node, ast.Name | ast.Attribute)
    return writers.get(called(node), Writes()).others if named else frozenset()


def _changed_by(
    node: ast.AST, imports: frozenset[str], writers: dict[str, Writes]
) -> Iterator[str]:
    if isinstance(node, ast.Attribute | ast.Subscript) and _is_store(node):
        yield root(node)
    elif isinstance(node, ast.AugAssign):
        yield root(node.target)
    elif isinstance(node, ast.Call):
        method, name = isinstance(node.func, ast.Attribute), called(node.func)
        writes = writers.get(name, NUMPY)
        if method and (name not in LOOKS or 0 in writes.arguments):
            yield from {root(node.func)} - imports
        if method and name in WRITES:
            yield from names_of(*node.args)
        yield from names_of(*_written(node, writes, method))


def _written(call: ast.Call, writes: Writes, method: bool) -> Iterator[ast.AST]:
    """Yield the arguments of a call that its function changes; a method has its object before."""
    spread = any(isinstance(each, ast.Starred) for each in call.args)
    any_of_them = bool(writes.arguments) and writes is not NUMPY
    for place, argument in enumerate(call.args, start=int(method)):
        if place in writes.arguments or (spread and any_of_them):
            yield argument
    for keyword in call.keywords:
        if keyword.arg in writes.arguments or (keyword.arg is None and any_of_them):
            yield keyword.value


def _is_store(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)
