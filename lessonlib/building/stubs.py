"""What a learner finds where the solution was.

nbgrader puts the same two lines over every solution. A stub that keeps the names and signatures
that the check below it asks for tells the learner what to write, so that is what stands here.
"""

import ast
import textwrap
from collections.abc import Iterator

from nbgrader import preprocessors
from traitlets import Dict, Unicode

from lessonlib.errors import UserError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
RAISE = 'raise NotImplementedError("Replace this line with your code.")'
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
TEXT_STUB = "*Write your answer here.*"


class ClearSolutions(preprocessors.ClearSolutions):
    """nbgrader's preprocessor, with stubs that keep names, signatures and docstrings."""

    code_stub = Dict({"python": RAISE}, help="What replaces a solution cell without a region").tag(
        config=True
    )
    text_stub = Unicode(TEXT_STUB, help="What replaces a written answer").tag(config=True)

    def _replace_solution_region(self, cell, language):
        if cell.cell_type != "code":
            return super()._replace_solution_region(cell, language)
        solved, cell.source = cell.source, cleared(cell.source)
        return cell.source != solved


def release_preprocessors() -> list[type]:
    """nbgrader's own list for making a release, in its order, with our ClearSolutions in it."""
    from nbgrader.converters import GenerateAssignment

    stock = GenerateAssignment.preprocessors.default()
    return [ClearSolutions if each is preprocessors.ClearSolutions else each for each in stock]


def cleared(source: str) -> str:
    """Return the source of a code cell with a stub in place of each solution region."""
    lines: list[str] = []
    region: list[str] | None = None
    for line in source.split("\n"):
        mark = line.strip()
        if mark == BEGIN:
            _expect(region is None, f"a second {BEGIN} before {END}", source)
            region, indent = [], line[: len(line) - len(line.lstrip())]
        elif mark == END:
            _expect(region is not None, f"{END} without {BEGIN}", source)
            lines.append(indent + RAISE if indent else _stub("\n".join(region)))
            region = None
        else:
            (lines if region is None else region).append(line)
    _expect(region is None, f"{BEGIN} without {END}", source)
    return "\n".join(lines)


def _expect(holds: bool, fault: str, source: str) -> None:
    if not holds:
        raise UserError(f"A solution cell has {fault}:\n{textwrap.indent(source, '    ')}")


def _stub(region: str) -> str:
    """Return the stub of a region at the top level of a cell: its names, without their values."""
    try:
        body = ast.parse(region).body
    except SyntaxError as error:
        raise UserError(
            f"A solution region is not valid Python ({error.msg}):\n"
            f"{textwrap.indent(region, '    ')}"
        ) from None
    return _joined(list(_stubs(body, region.split("\n")))) or RAISE


def _joined(stubs: list[str]) -> str:
    """Join stubs as the style guide spaces them: definitions two lines apart, values none."""
    text = ""
    for before, stub in zip([None, *stubs], stubs, strict=False):
        if before is not None:
            text += "\n\n\n" if "\n" in before or "\n" in stub else "\n"
        text += stub
    return text


def _stubs(body: list[ast.stmt], lines: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for node in body:
        if isinstance(node, DEFINITION):
            yield _definition(node, lines)
            continue
        for name in _assigned(node):
            if name not in seen:
                seen.add(name)
                yield f"{name} = ..."


def _assigned(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement assigns, in order; `_name` is scratch and stays hidden."""
    targets = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        yield from (name for name in _names(target) if not name.startswith("_"))
    if not isinstance(node, DEFINITION | ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _assigned(child)


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _names(each)
    elif isinstance(target, ast.Starred):
        yield from _names(target.value)


def _definition(node: DEFINITION, lines) -> str:
    """Return the header and docstring as written, and a body that waits for the learner."""
    header = _header(node, lines)
    if not isinstance(node, ast.ClassDef):
        return f"{header}\n{_margin(node)}    {RAISE}"
    inside = [_definition(each, lines) for each in node.body if isinstance(each, ast.FunctionDef)]
    return "\n\n".join([header, *inside]) if inside else f"{header}\n{_margin(node)}    ..."


def _margin(node: ast.stmt) -> str:
    return " " * node.col_offset


def _header(node: DEFINITION, lines) -> str:
    """Return the source from the first decorator to the docstring, or to the body without one."""
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        end = first.end_lineno, first.end_col_offset
    else:
        # A comment above the first statement would give the idea away.
        decorators = getattr(first, "decorator_list", [])
        end = min((each.lineno, each.col_offset) for each in [*decorators, first])
    text = _slice(lines, _start(node), *end)
    if ast.get_docstring(node) is None:
        text = [line for line in text if line.strip(" \t@") and not line.lstrip().startswith("#")]
    return "\n".join(text).rstrip()


def _start(node) -> int:
    return min(each.lineno for each in [*node.decorator_list, node])


def _slice(lines: list[str], start: int, stop: int, column: int) -> list[str]:
    """Return lines `start` to `stop`, the last up to a column, which `ast` counts in bytes."""
    last = lines[stop - 1].encode()[:column].decode()
    return [*lines[start - 1 : stop - 1], last]
