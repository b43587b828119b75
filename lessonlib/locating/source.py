"""The learner's own code as text: read back, and never believed unless it is what runs.

A cell's text is in `linecache`, where IPython puts it; a module's is in its file. Either may have
changed since. So the text is compiled again, and counts only where the same bytecode comes out.
"""

import __future__

import ast
import inspect
import linecache
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from types import CodeType, FunctionType, MappingProxyType

from lessonlib.checks.surroundings import global_names

_FUTURE = reduce(or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


@dataclass(frozen=True)
class Piece:
    """A function or class that the learner wrote, with the cell or file in which it stands.

    node:  its definition; line numbers are those of the cell as JupyterLab shows them.
    lines: the whole cell, as JupyterLab shows it.
    file:  what the cell is called in a traceback.
    shift: lines at the top of the cell that the running code's numbers leave out.
    """

    name: str
    value: object
    node: ast.stmt
    lines: tuple[str, ...]
    file: str
    shift: int = 0


@dataclass(frozen=True)
class Source:
    """An answer's own code: the answer first, then the own functions and classes that it uses."""

    pieces: tuple[Piece, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the cell in which the answer stands."""
        return self.pieces[0].lines

    @property
    def text(self) -> str:
        """The code without comments or layout: equal where the same was written."""
        return ast.unparse(self.tree)

    @property
    def functions(self) -> dict[str, object]:
        """The functions (and classes) by name."""
        return {piece.name: piece.value for piece in self.pieces}

    @property
    def globals(self) -> dict:
        """The names among which the answer works: in a notebook all that it has defined."""
        return _function_in(self.pieces[0].value).__globals__

    @cached_property
    def tree(self) -> ast.Module:
        """Their definitions, in the order of `functions`. Whoever changes it works on a copy."""
        return ast.Module([piece.node for piece in self.pieces], [])

    def compiled(self, tree: ast.Module, **more) -> Callable:
        """Return the answer that a changed copy of `tree` defines.

        It works among a copy of the names, so the notebook's own stay what they are, and with
        `more` names beside them. Raises whatever the definitions raise, such as SyntaxError.
        What it prints comes to nothing.
        """
        codes = []
        for piece, node in zip(self.pieces, tree.body, strict=True):
            module = ast.fix_missing_locations(ast.Module([node], []))
            flags = _function_in(piece.value).__code__.co_flags & _FUTURE
            codes.append(compile(module, piece.file, "exec", flags, True))
        return self.defined(codes, more)

    def defined(self, codes: Iterable[CodeType], more: Mapping = MappingProxyType({})) -> Callable:
        """Return the answer that the compiled definitions make, among a copy of the names."""
        names = {"print": _print_nothing, **self.globals, **more}
        for code in codes:
            exec(code, names)
        for piece in self.pieces:
            _attach(piece.value, names[piece.name], names)
        return names[self.pieces[0].name]


def _print_nothing(*_, **__) -> None:
    """Stand for `print` where code runs often: writing an array out takes longer than the rest."""


def source_of(answer) -> Source | None:
    """Return an answer's own code; None where it cannot be read back as it runs.

    That is so for what was typed in a terminal or made by `exec`, for C functions and those of a
    library, for functions that another one makes (closures), below a magic such as %%capture, and
    for a text that has changed since it was run.
    """
    first = _piece(answer)
    if first is None:
        return None
    pieces = {first.name: first}
    waiting = [first]
    while waiting:
        for name, value in _own(waiting.pop()).items():
            found = None if name in pieces else _piece(value)
            if found is not None and found.name == name:
                pieces[name] = found
                waiting.append(found)
    return Source(tuple(pieces.values()))


# --- one definition ----------------------------------------------------------------------------


def _piece(value) -> Piece | None:
    function = _function_in(value)
    if function is None:
        return None
    code = function.__code__
    if code.co_filename.startswith(_LIBRARIES):
        return None
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    try:
        module = ast.parse(text)
        known = _compiled(text, code.co_flags & _FUTURE)
    except (SyntaxError, ValueError, RecursionError):
        return None
    node = next(
        (each for each in module.body if _first(each) <= code.co_firstlineno <= each.end_lineno),
        None,
    )
    if node is None or not all(each.__code__ in known for each in _written_functions(value)):
        return None
    name = _name(node, value, function)
    shift = _lines_cut_off(code.co_filename, text, function.__globals__)
    if name is None or shift is None:
        return None
    ast.increment_lineno(node, shift)
    lines = (*[""] * shift, *text.splitlines())
    return Piece(name, value, node, lines, code.co_filename, shift)


def _compiled(text: str, flags: int) -> set[CodeType]:
    """Return the code of every function in a text.

    IPython compiles a cell statement by statement; that gives other code below an `import`.
    """
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    whole = ast.parse(text)
    modules = [whole, *(ast.Module([statement], []) for statement in whole.body)]
    return {c for m in modules for c in _codes(compile(m, "<again>", "exec", flags, True))}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _first(statement: ast.stmt) -> int:
    """Return the first line of a statement, its decorators taken along as Python does."""
    return min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])


def _name(node: ast.stmt, value, function: FunctionType) -> str | None:
    """Return the name that a statement of the cell defines, if `value` is what it defines."""
    match node:
        case ast.ClassDef() if inspect.isclass(value):
            return node.name if node.name == value.__name__ else None
        case ast.FunctionDef() if _first(node) == function.__code__.co_firstlineno:
            return node.name if node.name == function.__code__.co_name else None
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return name if function.__code__.co_name == "<lambda>" else None
    return None


def _lines_cut_off(file: str, text: str, names: dict) -> int | None:
    """Return how many blank lines at the top of a cell IPython leaves out.

    None where that cannot be told: below a magic such as %%capture.
    """
    try:
        shell = names["get_ipython"]()
        number = shell.compile._filename_map[file]
    except Exception:  # no notebook, or no cell
        return 0
    try:
        raw = shell.history_manager.input_hist_raw[number].splitlines()
    except Exception:  # a shell without a history
        return None
    shift = next((i for i, line in enumerate(raw) if line.strip()), 0)
    below = len(raw) - shift == len(text.splitlines()) and not raw[shift].startswith("%%")
    return shift if below else None


# --- functions and classes ---------------------------------------------------------------------


def _function_in(value) -> FunctionType | None:
    """Return the Python function behind a value: below its decorators, or a class's first one."""
    if inspect.isclass(value):
        return next(iter(_written_functions(value)), None)
    try:
        found = inspect.unwrap(value)
    except ValueError:  # goes round in a circle
        return None
    return found if isinstance(found, FunctionType) else None


def _written_functions(value) -> list[FunctionType]:
    """Return the function itself, or those in the body of a class."""
    if not inspect.isclass(value):
        return [_function_in(value)]
    inside = f"{value.__qualname__}."
    return [each for each in _members(value).values() if each.__qualname__.startswith(inside)]


def _members(kind: type) -> dict[str, FunctionType]:
    """Return the functions of a class by name, those that were attached to it later among them."""
    found = {}
    for name, member in vars(kind).items():
        member = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if isinstance(member, FunctionType):
            found[name] = member
    return found


def _own(piece: Piece) -> dict[str, object]:
    """Return the functions and classes of the same notebook or module that a piece uses."""
    function = _function_in(piece.value)
    used = {
        name: each
        for each in _written_functions(piece.value)
        for name in global_names(each.__code__)
    }
    names = {name: function.__globals__.get(name) for name in used}
    if inspect.isclass(piece.value):
        attached = [
            f for f in _members(piece.value).values() if f not in _written_functions(piece.value)
        ]
        names |= {each.__name__: each for each in attached}
    return {name: value for name, value in names.items() if _is_beside(value, function)}


def _is_beside(value, function: FunctionType) -> bool:
    other = _function_in(value) if callable(value) else None
    return (
        other is not None
        and other.__globals__ is function.__globals__
        and getattr(value, "__module__", None) == function.__module__
    )


def _attach(old, new, names: dict) -> None:
    """Give a class that was made anew what had been attached to the old one."""
    if inspect.isclass(old):
        for name, member in vars(old).items():
            if name not in vars(new) and isinstance(member, FunctionType):
                again = names.get(member.__name__)
                setattr(new, name, again if callable(again) else member)
