"""Small edits of a function's code: what somebody may have meant who wrote something else.

An edit puts one node, or one block of statements, in the place of another; nothing is copied. It is
described by where it is and by what kind of thing it changes, never by what it changes it to. The
rules by which they are made stand in `rules.py` and `statements.py`.
"""

import ast
import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lessonlib.checks.verdict import Location

# Kinds of edits with what is said of them, the likeliest first: counted on wrong answers of
# learners that a single edit mends.
ABOUT = {
    "product": "which of the factors are transposed, and in which order they stand",
    "axis": "what it works along: the axis, and whether that is kept",
    "operator": "the operator",
    "dropped": "something in it is too much",
    "transposed": "transposed or not",
    "swapped": "the order of the two sides",
    "arguments": "the order of the arguments",
    "results": "the order of the results",
    "comparison": "the comparison",
    "key": "the key",
    "name": "one of the names",
    "index": "the index",
    "constant": "the number",
    "parentheses": "what belongs together: the parentheses",
    "sign": "the sign",
    "other function": "which function is called",
    "augmented": "it writes into an array that others still use",
    "copy": "it writes into something that the function was given",
    "floats": "it can hold whole numbers only",
    "indentation": "how far it is indented",
    "return": "what is returned, and where",
    "order": "where it stands among the lines",
    "line too many": "whether this line belongs here",
    "added": "a factor or a term is missing",
    "reduced": "whether something is summed or averaged here",
    "function": "a function is missing",
    "given floats": "it works on whole numbers as they are given",
    "guard": "numbers that a logarithm or a division cannot take",
}
# What adds to the code can undo on one line what was done wrong on another.
ADDING = ("copy", "added", "reduced", "function", "given floats", "guard")
LOCATED = ast.expr | ast.stmt | ast.keyword | ast.arg  # what has a line
RANK = {kind: rank for rank, kind in enumerate(ABOUT)}


@dataclass(frozen=True)
class Where:
    """What is said of an edit: where it is, and what kind of thing it changes.

    function: the function that it stands in.
    lines:    the lines whose text it changes, the one to look at first.
    code:     that line's text.
    """

    kind: str
    function: str
    lines: tuple[int, ...]
    code: str

    @property
    def adds(self) -> bool:
        """Whether it puts something more into the code."""
        return self.kind in ADDING

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        """The lines, each with the outermost function or class that it stands in."""
        return frozenset((self.function.split(".")[0], line) for line in self.lines)

    def covers(self, step: Location) -> bool:
        """Return whether it changes the line of a step."""
        same = self.function.split(".")[0] == step.function.split(".")[0]
        return same and step.line in self.lines

    def is_behind(self, step: Location) -> bool:
        """Return whether it only changes lines of the same function that come after a step's."""
        return self.function == step.function and min(self.lines) > step.line

    @property
    def location(self) -> Location:
        """The line to look at, and what of it."""
        return Location(self.lines[0], self.code, self.function, ABOUT[self.kind])


@dataclass(frozen=True, eq=False)
class Edit:
    """One small change: `holder.name`, or its item `index`, becomes `new`.

    unlikely: added to the rank of its kind.
    """

    where: Where
    holder: ast.AST
    name: str
    index: int | None
    new: object
    unlikely: float = 0.0

    @property
    def rank(self) -> float:
        """How unlikely it is beside edits of other kinds."""
        return RANK[self.where.kind] + self.unlikely

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Make the change in the tree for as long as the context lasts."""
        old = self.old
        self._put(located(self.new, old))
        try:
            yield
        finally:
            self._put(old)

    @property
    def place(self) -> tuple:
        """Where it makes its change: equal for those that change the same node or block."""
        return id(self.holder), self.name, self.index

    @property
    def old(self):
        """What stands in its place."""
        place = getattr(self.holder, self.name)
        return place if self.index is None else place[self.index]

    def _put(self, new) -> None:
        if self.index is None:
            setattr(self.holder, self.name, new)
        else:
            getattr(self.holder, self.name)[self.index] = new


@dataclass(frozen=True)
class Place:
    """An expression of a function, with the node that holds it and the statement it is part of."""

    node: ast.expr
    holder: ast.AST
    name: str
    index: int | None
    statement: ast.stmt
    is_whole: bool  # a whole right side, a whole item of what is returned


@dataclass
class Scope:
    """What a function has at hand: the material that its edits are made of."""

    name: str
    function: ast.FunctionDef
    own: tuple[str, ...]  # the learner's functions of one argument that it may call
    lines: tuple[str, ...]  # of the cell that it stands in
    names: list[str] = field(default_factory=list)  # parameters and variables, in order
    since: dict[str, int] = field(default_factory=dict)  # the line in which a name gets a value
    parameters: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    passed_on: set[str] = field(default_factory=set)  # variables that are set once and read once

    def __post_init__(self):
        arguments = self.function.args
        each = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self.parameters = [argument.arg for argument in each if argument.arg != "self"]
        self.names = list(self.parameters)
        self.since = dict.fromkeys(self.names, 0)
        for node in ast.walk(self.function):
            self._note(node)
        self.passed_on = self._passed_on()
        for name in ("names", "keys", "attributes"):
            setattr(self, name, list(dict.fromkeys(getattr(self, name))))

    def _passed_on(self) -> set[str]:
        nodes = [node for node in ast.walk(self.function) if isinstance(node, ast.Name)]
        count = Counter((node.id, type(node.ctx)) for node in nodes)
        set_once = {name for name in self.names if count[name, ast.Store] == 1}
        return {name for name in set_once - {*self.parameters} if count[name, ast.Load] == 1}

    def where(self, kind: str, *lines: int) -> Where:
        """Return what is said of an edit of these lines of the function."""
        code = self.lines[lines[0] - 1].strip()
        return Where(kind, self.name, tuple(dict.fromkeys(lines)), code)

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                self.names.append(name)
                self.since[name] = min(node.lineno, self.since.get(name, node.lineno))
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                self.keys.append(key)
            case ast.Dict(keys=keys):
                self.keys += [k.value for k in keys if isinstance(k, ast.Constant)]
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                self.attributes.append(name)


def functions(node: ast.AST, name: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions in a definition by name, "Value.backward" for a method.

    Those inside a function are a part of it.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield name, node
    elif isinstance(node, ast.ClassDef):
        for each in node.body:
            yield from functions(each, f"{name}.{getattr(each, 'name', '')}")


def places(statement: ast.stmt) -> Iterator[Place]:
    """Yield the expressions of a statement that give a value, the outer ones first.

    Statements inside it are left out, and so is what is assigned to.
    """
    for name, value in ast.iter_fields(statement):
        if name in ("decorator_list", "returns", "args", "annotation"):
            continue
        for index, node in _expressions(value):
            whole = isinstance(statement, ast.Return | ast.Assign | ast.AugAssign | ast.Expr)
            yield from _inside(Place(node, statement, name, index, statement, whole))


def _expressions(value) -> Iterator[tuple[int | None, ast.expr]]:
    if isinstance(value, ast.expr):
        yield None, value
    elif isinstance(value, list):
        yield from ((i, node) for i, node in enumerate(value) if isinstance(node, ast.expr))


def _inside(place: Place) -> Iterator[Place]:
    node = place.node
    if not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        yield place
    listed = place.is_whole and isinstance(node, ast.Tuple | ast.List | ast.Dict)
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and name == "func" and isinstance(value, ast.Attribute):
            yield from _inside(Place(value.value, value, "value", None, place.statement, False))
            continue
        for index, each in _expressions(value):
            yield from _inside(Place(each, node, name, index, place.statement, listed))
        for keyword in value if name == "keywords" else ():
            yield from _inside(Place(keyword.value, keyword, "value", None, place.statement, False))
        for part in value if name == "generators" else ():
            yield from _inside(Place(part.iter, part, "iter", None, place.statement, False))


def likely(edits: Iterable[Edit]) -> int:
    """Return how many edits are likelier than all that put in what may be missing."""
    return sum(edit.rank < RANK["added"] for edit in edits)


def once(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield those edits that make something else of their place than it is, or one before made."""
    code, seen = _Code(), set()
    for edit in edits:
        made = edit.place, code.number(edit.new)
        if made not in seen and made[1] != code.number(edit.old):
            seen.add(made)
            yield edit


class _Code:
    """Numbers code by what is written: the same has one number, wherever it stands."""

    def __init__(self):
        self.numbers: dict[tuple, int] = {}
        self.known: dict[int, int] = {}  # by the id of a node

    def number(self, value) -> int:
        if id(value) in self.known:
            return self.known[id(value)]
        match value:
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as positive)):
                return self.number(ast.Constant(-positive))
        if isinstance(value, ast.AST):
            key = (type(value), *(self.number(getattr(value, f, None)) for f in value._fields))
        elif isinstance(value, list):
            key = (list, *map(self.number, value))
        else:
            key = (type(value), value)  # 1, 1.0 and True are equal
        number = self.numbers.setdefault(key, len(self.numbers))
        if hasattr(value, "lineno"):  # it stands in the code, and is used in many edits
            self.known[id(value)] = number
        return number


def located(new, old):
    """Give what is new in a node, or a block, the line that is replaced; what has one keeps it."""
    if isinstance(new, list):
        return [located(each, old[0]) for each in new]
    waiting = [new]
    while waiting:  # `ast.copy_location` and `ast.iter_child_nodes` take four times as long
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, ast.AST) and not hasattr(node, "lineno"):
            if isinstance(node, LOCATED):
                node.lineno, node.col_offset = old.lineno, old.col_offset
            waiting += [getattr(node, name, None) for name in node._fields]
    return new
