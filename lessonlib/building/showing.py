"""Which cells of a lesson only show something, so that no point depends on them.

A cell that prints a table or draws a figure costs as much as all checks together. It is found here,
once, in the instructor's own notebook, and tagged there; the grader may leave it out.

A cell is tagged if all that it changes are names, and if no cell that is left reads one of these,
or has later use for what this one has had in its hands. Where the code does not tell, it stays.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from lessonlib.building import effects
from lessonlib.building.stubs import SHOWS
from lessonlib.building.symbols import Symbols, symbols_in


def tag_showing(notebook: NotebookNode) -> None:
    """Give the tag to the cells of a lesson that only show something, and to no others."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    showing = _showing([_Cell(cell.source, "nbgrader" not in cell.metadata) for cell in cells])
    for place, cell in enumerate(cells):
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag != SHOWS]
        if tags or place in showing:
            cell.metadata["tags"] = tags + [SHOWS] * (place in showing)


@dataclass(frozen=True)
class _Cell:
    """A code cell. `given` are the lesson's own, which are neither answers nor checks."""

    source: str
    given: bool

    @cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax tree; None where it is not Python."""
        try:
            return ast.parse(self.source)
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree)) if self.tree else []

    @cached_property
    def symbols(self) -> Symbols:
        return symbols_in(self.source)

    @property
    def made(self) -> frozenset[str]:
        """The names whose values it has surely made itself."""
        return self.symbols.binds - self.symbols.reads_first


def _showing(cells: list[_Cell]) -> set[int]:
    """Return the places of the cells that only show something.

    None does if one of the cells may read or change names of which its text does not tell.
    """
    trees = [cell.tree for cell in cells if cell.tree]
    if len(trees) < len(cells) or any(map(effects.reaches_out, trees)):
        return set()
    imports, writers = effects.imported_by(trees), effects.writers_in(trees)
    showing = {
        place
        for place, cell in enumerate(cells)
        if cell.given
        and cell.tree
        and not any(effects.does_something(node, imports) for node in cell.nodes)
        and not effects.changed_in(cell.tree, cell.symbols.reads_first, imports, writers)
        - cell.made
    }
    lasting = effects.BUILTIN | imports | effects.lasting_in(trees)
    while needed := {place for place in showing if _is_needed(place, showing, cells, lasting)}:
        showing -= needed
    return showing


def _is_needed(place: int, showing: set[int], cells: list[_Cell], lasting: frozenset[str]) -> bool:
    """Whether a cell that is left reads what this one makes, or what it has had in its hands.

    Or has the same text: the grader knows a cell by its text.
    """
    left = [each for each in range(len(cells)) if each not in showing]
    if any(cells[each].source == cells[place].source for each in left):
        return True
    read = {name for each in left if each > place for name in cells[each].symbols.reads}
    # A function looks names up when it is called: one that stands above may be called below.
    read |= {name for each in left if each < place for name in cells[each].symbols.reads_late}
    symbols = cells[place].symbols
    handled = _handled(cells[place].nodes) & symbols.reads - lasting
    return bool((symbols.binds | handled) & read)


def _handled(nodes: list[ast.AST]) -> set[str]:
    """Return the names that a cell mentions other than to call them, or to have them drawn."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    harmless = {id(call.func) for call in calls} | {id(each) for each in _drawn(calls)}
    named = (node for node in nodes if isinstance(node, ast.Name))
    return {node.id for node in named if id(node) not in harmless}


def _drawn(calls: list[ast.Call]) -> Iterator[ast.AST]:
    """Yield what is handed to this library's plots as it is: they leave it as it is."""
    given: list[ast.AST] = [each for call in calls if effects.root(call.func) in effects.PLOTS
             for each in (*call.args, *(keyword.value for keyword in call.keywords))]  # fmt: skip
    while given:
        each = given.pop()
        yield each
        if isinstance(each, ast.List | ast.Tuple | ast.Dict | ast.Subscript):
            given += ast.iter_child_nodes(each)
