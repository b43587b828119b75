"""Slips: the lines that a learner wrote instead, put into the reference's code.

docs/writing-exercises.md has the table of what can be written.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from keyword import iskeyword
from typing import Any, NamedTuple

from lessonlib.errors import UserError
from lessonlib.exercises.reference import DEFINITION, Block, Reference, place, statements

_NTH = r"(?:(?P<nth>\d+)(?:st|nd|rd|th)\s+)?"
_PATH = re.compile(r"([A-Za-z_][\w.]*):[ \t]+(?=\S)")
_FORMS = {
    "without": re.compile(r"without\s+(?P<what>.+)"),
    "move": re.compile(r"move\s+(?P<what>.+?)\s+(?P<side>before|after)\s+(?P<there>.+)"),
    "add": re.compile(r"(?P<side>before|after)\s+(?P<there>.+?):\s+(?P<code>.+)", re.DOTALL),
    "instead": re.compile(_NTH + r"(?P<code>.+)", re.DOTALL),
}


class Unfitting(Exception):
    """A line of a slip that cannot be put into the reference; its text says why."""


class Spot(NamedTuple):
    """A statement of the reference and the block it stands in."""

    block: Block
    statement: ast.stmt

    def put(self, side: str, added: list[ast.stmt]) -> None:
        """Put statements "before" or "after" this one, or "instead" of it."""
        here = next(i for i, each in enumerate(self.block) if each is self.statement)
        start = here + (side == "after")
        self.block[start : start + (side == "instead")] = added


@dataclass(frozen=True)
class Line:
    """A statement of a slip, perhaps over several lines, and the first one's number in its file."""

    number: int
    code: str


@dataclass(frozen=True)
class Slip:
    """What a learner wrote instead, what it is called, and what the learner is told about it."""

    name: str
    why: str
    lines: tuple[Line, ...]
    file: str

    @property
    def place(self) -> str:
        """Where it stands: "xor/slips.txt, line 31"."""
        return place(self.file, self.lines[0].number)

    def applied(self, reference: Reference) -> Callable:
        """Return the reference with this slip. Raises UserError, with the line, if it fits not."""
        editor = Editor(reference)
        for line in self.lines:
            self._do(line, lambda text=line.code: editor.take(text))
        self._do(self.lines[-1], editor.finish)
        return reference.compiled(editor.tree)

    def _do(self, line: Line, action: Callable) -> None:
        try:
            action()
        except SyntaxError as error:
            raise self.fault(line.number, f"`{line.code}` is not Python: {error.msg}") from None
        except Unfitting as error:
            raise self.fault(line.number, str(error)) from None

    def fault(self, number: int, text: str) -> UserError:
        """Return the error for a line of this slip."""
        return UserError(f"{place(self.file, number)}, the slip {self.name!r}: {text}.")


class Editor:
    """A copy of a reference's code, into which the lines of a slip are put one after the other."""

    def __init__(self, reference: Reference):
        self.reference, self.tree = reference, copy.deepcopy(reference.tree)
        self.before = ast.dump(self.tree)
        self.originals = [each for _, each in statements(self.tree, nested=True)]
        self.waiting: list[ast.stmt] = []  # have no counterpart: they go with the next that has
        self.placed: dict[tuple[ast.AST, str], Spot] = {}  # what this slip has put in, and where
        self.last: Spot | None = None

    def take(self, text: str) -> None:
        """Carry out one line of a slip."""
        path = ""
        if (address := _PATH.match(text)) and not iskeyword(address[1]):
            path, text = address[1], text[address.end() :]
        form, found = next((n, m) for n, p in _FORMS.items() if (m := p.fullmatch(text)))
        getattr(self, f"_{form}")(self._scope(path), **found.groupdict())

    def finish(self) -> None:
        """Put in what still waits. Raises Unfitting if nothing was changed."""
        if self.waiting:
            if self.last is None:
                raise Unfitting(self._no_line(self.tree, target(self.waiting[0])))
            self.last.put("after", self.waiting)
        if ast.dump(self.tree) == self.before:
            raise Unfitting(f"it leaves {self.reference.name} as it is")

    # --- the forms of a line ---

    def _instead(self, scope, nth, code) -> None:
        for statement in ast.parse(code).body:
            key = target(statement)
            if (scope, key) in self.placed and not nth:
                self._note(scope, key, self.placed[scope, key], "after", statement)
                continue
            spots = self._spots(scope, key)
            if not spots and not nth:
                self.waiting.append(statement)
            else:
                spot = self._only(scope, spots, key, nth)
                self._note(scope, key, spot, "instead", _with_body_of(statement, spot.statement))

    def _without(self, scope, what) -> None:
        spot = self._find(scope, what)
        spot.put("instead", [ast.Pass()] if len(spot.block) == 1 else [])

    def _move(self, scope, what, side, there) -> None:
        moved = self._find(scope, what)
        goal = self._find(scope, there)
        moved.put("instead", [])
        goal.put(side, [moved.statement])

    def _add(self, scope, side, there, code) -> None:
        self._find(scope, there).put(side, ast.parse(code).body)

    def _note(self, scope, key: str, spot: Spot, side: str, statement: ast.stmt) -> None:
        spot.put(side, [*self.waiting, statement])
        self.waiting = []
        self.placed[scope, key] = self.last = Spot(spot.block, statement)

    # --- where a line belongs ---

    def _scope(self, path: str) -> ast.AST:
        """Return the method or inner function with this address, such as "Value.__mul__"."""
        scope: ast.AST = self.tree
        for name in path.removeprefix(f"{self.reference.name}.").split(".") if path else []:
            found = [s for _, s in statements(scope, nested=True) if isinstance(s, DEFINITION)]
            inner = next((each for each in found if each.name == name), None)
            if inner is None:
                raise Unfitting(f"{self.reference.name} has no function {name}")
            scope = inner
        return scope

    def _find(self, scope: ast.AST, where: str) -> Spot:
        found = re.fullmatch(_NTH + "(.+)", where.strip())
        assert found  # the form that led here has something between its words
        nth, name = found.groups()
        return self._only(scope, self._spots(scope, _normal(name)), _normal(name), nth)

    def _spots(self, scope: ast.AST, key: str) -> list[Spot]:
        """Return where the reference has this; in functions inside only if it is nowhere else."""
        for nested in (False, True):
            found = [Spot(*pair) for pair in statements(scope, nested)]
            found = [s for s in found if target(s.statement) in (key, f"def {key}")]
            found = [s for s in found if any(s.statement is each for each in self.originals)]
            if found:
                return found
        return []

    def _only(self, scope: ast.AST, spots: list[Spot], key: str, nth: str | None) -> Spot:
        if not spots or int(nth or 1) > len(spots):
            raise Unfitting(self._no_line(scope, key, nth))
        if len(spots) > 1 and not nth:
            where = " and ".join(str(spot.statement.lineno) for spot in spots)
            raise Unfitting(
                f"`{key}` stands in lines {where} of {self.reference.name}: say which, "
                f"as in `2nd {key}`, or in which function, as in `__add__: {key}`"
            )
        return spots[int(nth or 1) - 1]

    def _no_line(self, scope: ast.AST, key: str, nth: str | None = None) -> str:
        every = (target(each) for _, each in statements(scope, nested=True))
        has = ", ".join(dict.fromkeys(each for each in every if each[0] not in "'\""))
        again = f" a {nth}. time" if nth and int(nth) > 1 else ""
        return f"{self.reference.name} ({self.reference.place}) has no `{key}`{again}: it has {has}"


def target(statement: ast.stmt) -> str:
    """Return by what a statement is found: what it assigns, or its first word."""
    match statement:
        case ast.Assign():
            return " = ".join(map(ast.unparse, statement.targets))
        case ast.AugAssign() | ast.AnnAssign():
            return ast.unparse(statement.target)
        case ast.For():
            return f"for {ast.unparse(statement.target)}"
        case ast.FunctionDef():
            return f"def {statement.name}"
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function)
        case ast.Expr(value=ast.Yield()):
            return "yield"
        case ast.Expr():
            return ast.unparse(statement)
    return type(statement).__name__.lower()


def _normal(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval").body)
    except SyntaxError:  # "return", "for k"
        return text


def _with_body_of(new: Any, old: Any) -> ast.stmt:  # those with a body have no class in common
    """Return `new`; where its body is `...`, with the body of the statement it stands for."""
    body = getattr(new, "body", None)
    if isinstance(body, list) and [ast.unparse(each) for each in body] == ["..."]:
        new.body = old.body
        if getattr(old, "orelse", None) and not new.orelse:
            new.orelse = old.orelse
    return new


def grouped(lines: Iterable[tuple[int, str]]) -> list[Line]:
    """Return the statements in a slip's lines: an indented line goes on with the one above it."""
    found: list[Line] = []
    for number, text in lines:
        if found and re.match(r"\s|[)\]}]|(else|elif|except|finally)\b", text):
            found[-1] = replace(found[-1], code=f"{found[-1].code}\n{text}")
        else:
            found.append(Line(number, text))
    return found
