"""What a learner finds where the solution was.

Solution regions are read as nbgrader reads them: a line that contains the begin delimiter opens
one, a line that contains the end delimiter closes it, whatever else stands on that line.

nbgrader puts the same two lines over every solution. In a notebook whose tests are `check(…)`
cells, stubs keep the names and signatures that the checks ask for, which tells the learner what to
write. In every other notebook exactly that is hidden which nbgrader hides.
"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbgrader import preprocessors
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Dict, Unicode

from lessonlib.building.attachments import drop_unused
from lessonlib.building.checkcells import is_check_call
from lessonlib.building.withheld import WithholdText
from lessonlib.errors import UserError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
BEGIN_DELIMITER, END_DELIMITER = "BEGIN SOLUTION", "END SOLUTION"  # nbgrader's
RAISE = 'raise NotImplementedError("Replace this line with your code.")'
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
TEXT_STUB = "*Write your answer here.*"
SHOWS = "shows"  # the tag of a cell that only shows something; see showing.py


class ClearSolutions(preprocessors.ClearSolutions):
    """nbgrader's preprocessor, with stubs that keep names, signatures and docstrings."""

    code_stub = Dict(
        {**preprocessors.ClearSolutions.code_stub.default(), "python": RAISE},
        help="What replaces the solution's code, by the language of the notebook",
    ).tag(config=True)
    text_stub = Unicode(TEXT_STUB, help="What replaces a written answer").tag(config=True)

    def preprocess(self, nb, resources):
        """Clear every cell. Raises UserError for what nbgrader refuses, naming the cell."""
        self._keeps_names = any(map(_is_check, nb.cells))
        try:
            return super().preprocess(nb, resources)
        except ValueError as error:  # a language without a stub
            raise UserError(f"This notebook cannot be released: {error}.") from error

    def preprocess_cell(self, cell, resources, cell_index):
        try:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        except (RuntimeError, UserError) as error:
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")
            raise UserError(f"Cell {cell_index + 1} ({name}): {error}") from error
        if is_solution(cell):
            drop_unused(cell)
        return cell, resources

    def _replace_solution_region(self, cell, language):
        if cell.cell_type != "code":
            return super()._replace_solution_region(cell, language)
        delimiters = self.begin_solution_delimeter, self.end_solution_delimeter
        parts = split(cell.source, *delimiters)
        stub = self.code_stub[language]
        keeps_names = self._keeps_names and language == "python"
        cell.source = "\n".join(_shown(part, stub, keeps_names) for part in parts)
        return any(isinstance(part, Region) for part in parts)


def _is_check(cell) -> bool:
    return is_grade(cell) and is_check_call(cell.source)


class StripTags(NbGraderPreprocessor):
    """Removes the tag that tells the grader what it need not run."""

    def preprocess_cell(self, cell, resources, cell_index):
        tags = cell.metadata.get("tags", [])
        if SHOWS in tags:
            cell.metadata.tags = [tag for tag in tags if tag != SHOWS]
            if not cell.metadata.tags:
                del cell.metadata["tags"]
        return cell, resources


def release_preprocessors() -> list[type]:
    """nbgrader's own list for making a release, in its order, with our ClearSolutions in it."""
    from nbgrader.converters import GenerateAssignment

    stock = GenerateAssignment.preprocessors.default()
    ours = [ClearSolutions if each is preprocessors.ClearSolutions else each for each in stock]
    return [StripTags, WithholdText, *ours]


# --- regions -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Region:
    """A solution region of a cell: the lines between its delimiters, and how far it is indented."""

    indent: str
    lines: list[str] = field(default_factory=list)

    @property
    def margin(self) -> str:
        """How far a stub is indented: as the delimiter, or as the code if that stands at column 0.

        nbgrader would put the stub at column 0 of a function, which is no Python.
        """
        code = (line for line in self.lines if line.strip() and not line.lstrip().startswith("#"))
        return self.indent or _indent(next(code, ""))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def split(source: str, begin: str = BEGIN_DELIMITER, end: str = END_DELIMITER) -> list:
    """Return a cell's lines, with a Region in place of each solution region, as nbgrader has them.

    Raises UserError for a region inside another and for one without an end, as nbgrader does.
    """
    parts: list[str | Region] = []
    region: Region | None = None
    for line in source.split("\n"):
        if begin in line:
            _expect(region is None, f'a second "{begin}" before "{end}"')
            region = Region(_indent(line))
            parts.append(region)
        elif end in line:
            region = None
        else:
            (parts if region is None else region.lines).append(line)
    _expect(region is None, f'"{begin}" without "{end}"')
    return parts


def _expect(holds: bool, fault: str) -> None:
    if not holds:
        raise UserError(f"the cell has {fault}.")


def expect_names(source: str) -> None:
    """Raise UserError for a region of a lesson whose names and signatures a stub cannot keep."""
    for part in split(source):
        if isinstance(part, Region) and not part.margin:
            try:
                _body(part)
            except SyntaxError as error:
                raise UserError(f"a solution region is not valid Python ({error.msg}).") from None


# --- stubs ---------------------------------------------------------------------------------------


def cleared(source: str, stub: str = RAISE) -> str:
    """Return the source of a code cell with a stub in place of each solution region.

    The stub keeps names and signatures, or is `stub` where the region is not Python.
    """
    return "\n".join(_shown(part, stub, keeps_names=True) for part in split(source))


def _shown(part: str | Region, stub: str, keeps_names: bool) -> str:
    if isinstance(part, str):
        return part
    named = _named_stub(part, stub) if keeps_names and not part.margin else ""
    return named or textwrap.indent(stub, part.margin)


def _named_stub(region: Region, stub: str) -> str:
    """Return the names of a region at the top of a cell without their values; "" if it has none."""
    try:
        text = _joined(list(_stubs(_body(region), region.lines, stub)))
        ast.parse(text)
    except SyntaxError:  # magics, code that ends outside of the region, a docstring on one line
        return ""
    return text


def _body(region: Region) -> list[ast.stmt]:
    """Return a region's statements. Raises SyntaxError, also where lines cannot be told apart."""
    text = "\n".join(region.lines)
    if "\r" in text or "\f" in text:
        raise SyntaxError("it has a carriage return or a form feed in it")
    try:
        return ast.parse(text).body
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


def _joined(stubs: list[str]) -> str:
    """Join stubs as the style guide spaces them: definitions two lines apart, values none."""
    text = ""
    for before, stub in zip([None, *stubs], stubs, strict=False):
        if before is not None:
            text += "\n\n\n" if "\n" in before or "\n" in stub else "\n"
        text += stub
    return text


def _stubs(body: list[ast.stmt], lines: list[str], stub: str) -> Iterator[str]:
    seen: set[str] = set()
    for node in body:
        if isinstance(node, DEFINITION):
            yield _definition(node, lines, stub)
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


def _definition(node: DEFINITION, lines: list[str], stub: str) -> str:
    """Return the header and docstring as written, and a body that waits for the learner."""
    header = _header(node, lines)
    if not isinstance(node, ast.ClassDef):
        return f"{header}\n{textwrap.indent(stub, _margin(node) + '    ')}"
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
    inside = [_definition(each, lines, stub) for each in methods]
    return "\n\n".join([header, *inside]) if inside else f"{header}\n{_margin(node)}    ..."


def _margin(node: ast.stmt) -> str:
    return " " * node.col_offset


def _header(node: DEFINITION, lines: list[str]) -> str:
    """Return the source from the first decorator to the docstring, or to the body without one."""
    first = node.body[0]
    decorators = getattr(first, "decorator_list", [])
    end = min((each.lineno, each.col_offset) for each in [*decorators, first])
    # A comment above the docstring or the first statement would give the idea away.
    header = [
        line
        for line in _slice(lines, _start(node), *end)
        if line.strip(" \t@") and not line.lstrip().startswith("#")
    ]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno  # only a tree that nobody has parsed has none
        header += _slice(lines, first.lineno, first.end_lineno, first.end_col_offset)
    return "\n".join(header).rstrip()


def _start(node) -> int:
    return min(each.lineno for each in [*node.decorator_list, node])


def _slice(lines: list[str], start: int, stop: int, column: int | None) -> list[str]:
    """Return lines `start` to `stop`, the last up to a column, which `ast` counts in bytes."""
    last = lines[stop - 1].encode()[:column].decode()
    return [*lines[start - 1 : stop - 1], last]
