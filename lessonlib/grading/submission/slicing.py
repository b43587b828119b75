"""Which cells need not run for a grade: the lesson's own, unchanged, that only show something.

A cell that prints a table or draws a figure costs as much as all tests together, and no point hangs
on it. One is left out only if nothing that does run reads any name that it binds or mentions.
"""

import ast

from lessonlib.grading.materials import Materials
from lessonlib.grading.submission.names import BUILTIN, Names, names_in, parsed, plain_python, root
from lessonlib.grading.submission.repair import Piece

SHOWS = {"plots"}  # of the modules: a line that calls it changes nothing
UNTOLD = {"get_ipython", "eval", "exec", "globals", "locals", "vars"}  # a magic is the first
NOT_RUN = "Not run while grading: no point depends on what this cell shows."


def not_needed(pieces: list[Piece], materials: Materials) -> set[int]:
    """Return the places of the cells that may be left out."""
    known = {cell.source for cell in materials.cells if not cell.name and cell.cell_type == "code"}
    imports = {name for cell in materials.cells for name in names_in(cell.source).imports}
    lasting = BUILTIN | imports | _functions(pieces)
    if any(_reaches_out(piece.source) for piece in pieces if piece.cell_type == "code"):
        return set()
    left_out: set[int] = set()
    needed: set[str] = set()
    for place in reversed(range(len(pieces))):
        piece = pieces[place]
        if _type(piece) != "code":
            continue
        names = names_in(_source(piece))
        own = piece.given is None and piece.source in known and _only_shows(piece.source, imports)
        if own and not _touched(piece.source, names, lasting) & needed:
            left_out.add(place)
        else:
            needed |= names.reads
    return left_out


def _type(piece: Piece) -> str:
    return piece.given.cell_type if piece.given else piece.cell_type


def _source(piece: Piece) -> str:
    return piece.given.source if piece.given and piece.given.locked else piece.source


def _reaches_out(source: str) -> bool:
    """Whether a cell may read or change names of which its text does not tell."""
    try:
        nodes = list(ast.walk(parsed(source)))
    except SyntaxError:
        return True
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    return bool(named & UNTOLD) or any(isinstance(node, ast.Global) for node in nodes)


def _only_shows(source: str, imports: set[str]) -> bool:
    """Whether a cell changes nothing but what its own names and those it mentions stand for."""
    if plain_python(source).strip() != source.strip():
        return False  # magics do as they like
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError):  # a lesson may show what is not Python
        return False
    return not any(_changes_a_module(node, imports) for node in nodes)


def _changes_a_module(node: ast.AST, imports: set[str]) -> bool:
    """Whether something may happen that no name of the notebook tells of."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Delete):
        return True
    if isinstance(node, ast.Attribute | ast.Subscript) and root(node) in imports:
        return isinstance(node.ctx, ast.Store | ast.Del) or _is_global_random(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return root(node.value.func) in imports - SHOWS
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
    """Whether a function's name says that it changes a setting."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.startswith("set") or name in ("use", "seed", "update", "chdir", "simplefilter")


def _functions(pieces: list[Piece]) -> set[str]:
    """Return the names that only ever stand for functions: handing one over changes nothing."""
    every = [names_in(_source(piece)) for piece in pieces if _type(piece) == "code"]
    defined = {name for names in every for name in names.functions}
    return defined - {name for names in every for name in names.binds - names.functions}


def _touched(source: str, names: Names, lasting: set[str]) -> set[str]:
    """Return the names that a cell binds, or mentions other than to call them."""
    tree = ast.parse(source)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    mentioned = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    }
    return names.binds | (mentioned & names.reads) - lasting
