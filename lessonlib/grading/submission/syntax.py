"""A cell as plain Python, and what its code reads, binds and changes, by name.

Whatever takes too long to read counts as what is not Python.
"""

import ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps

from IPython.core.inputtransformer2 import TransformerManager

from lessonlib.building.effects import BUILTIN, LOOKS, WRITES, root
from lessonlib.building.symbols import symbols_in

MAX_CODE = 60_000  # characters in a cell
MAX_WORK = 200_000  # characters that IPython reads: the whole cell anew for each magic
PROMPTS = ("In [", ">>>", "...")  # IPython takes them away from what was copied elsewhere
MAX_REMEMBERED = 4_000  # characters in a cell
LINE = 10  # characters that a line counts for beside its own
UNREAD = "than can be read"  # how the reason ends where nobody knows if it is Python
MAX_LINE = 2_000  # characters in a line of a cell that asks for help with `?`


def remembering(function):
    """Remember what came of short cells: a class hands in the same ones again and again."""
    remembered = lru_cache(maxsize=2_000)(function)
    return wraps(function)(
        lambda source: (remembered if len(source) <= MAX_REMEMBERED else function)(source)
    )


@remembering
def plain_python(source: str) -> str:
    """Return a cell's source with IPython's own syntax turned into calls. Raises SyntaxError."""
    if len(source) > MAX_CODE:
        raise SyntaxError(f"more {UNREAD}")
    if not any(prompt in source for prompt in PROMPTS) and _is_python(source):
        return source if source.endswith("\n") else f"{source}\n"
    lines = source.splitlines()
    asks = any(line.rstrip().endswith("?") for line in lines)
    if asks and len(max(lines, key=len)) > MAX_LINE:
        raise SyntaxError(f"a longer line {UNREAD}")
    try:
        return _Transformer().transform_cell(source)
    except (ValueError, RuntimeError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


def _is_python(source: str) -> bool:
    try:
        _tree(source)
        return True
    except SyntaxError:
        return False


class _Transformer(TransformerManager):
    """IPython's, which gives up where there is too much to transform."""

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """Transform one magic after the other, each in a round. Raises SyntaxError."""
        left, changed = MAX_WORK, True
        while changed:
            if left < 0:
                raise SyntaxError(f"more magics {UNREAD}")
            changed, lines = self.do_one_token_transform(lines)
            left -= sum(map(len, lines)) + LINE * len(lines)
        return lines


def parsed(source: str) -> ast.Module:
    """Return a cell's syntax tree. Raises SyntaxError, also where it is nested too deep to read."""
    return _tree(plain_python(source))


@contextmanager
def _quietly() -> Iterator[None]:
    """Let no warning about a learner's code reach the instructor's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _tree(code: str) -> ast.Module:
    try:
        with _quietly():
            return ast.parse(code)
    except (ValueError, RuntimeError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


# --- names ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """The names of a cell.

    reads:   names of the notebook that its code looks up, inside functions too.
    binds:   names that it gives a value, by assignment, def, class or import.
    imports, functions, classes: names that it binds by these.
    changes: names whose values it may change in place: by a method, by `x[0] = …`, by handing them
             to a function of the notebook.
    """

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


@remembering
def names_in(source: str) -> Names:
    """Return the names of a cell; none where it is not Python."""
    try:
        return _names(source)
    except (SyntaxError, RecursionError):
        return Names()


def _names(source: str) -> Names:
    tree = parsed(source)
    with _quietly():
        symbols = symbols_in(plain_python(source))
    found = (
        _imports(tree),
        (node.name for node in tree.body if isinstance(node, ast.FunctionDef)),
        (node.name for node in tree.body if isinstance(node, ast.ClassDef)), _changes(tree),
    )  # fmt: skip
    return Names(symbols.reads, symbols.binds, *map(frozenset, found))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)


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
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method and method not in LOOKS:
        yield root(call.func)
    harmless = method not in WRITES if method else root(call.func) in BUILTIN
    if not harmless:
        yield from (root(arg) for arg in [*call.args, *(k.value for k in call.keywords)])
