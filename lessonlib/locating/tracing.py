"""What a function computes on the way: each line's values, as plain data, while it runs once more.

The function's own text is compiled again with a note after each statement. That gives what
`sys.settrace` would, line by line, and besides what it cannot: the value of a `return` and of each
part of an expression, and a place where another value can be put in.
"""

import ast
import copy
import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from lessonlib.checks.asking import Response, respond
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.plain import Opaque, plain
from lessonlib.checks.watchdog import TimeUp
from lessonlib.exercises.reference import DEFINITION, blocks
from lessonlib.locating.source import Source

MAX_EVENTS = 20_000
MAX_BYTES = 16 * 2**20  # of all values that are noted down
LARGEST = 2**18  # bytes of one value
MAX_LISTED = 1000
RECORDER = "__lessonlib_recorder__"
ATOMS = np.ndarray | np.generic | bool | int | float | complex | str | None  # made only once
COLLECTIONS = dict | list | tuple
RETURNED, LOOPED, TESTED = "return", "for", "if"  # slots that have no name in the code


class Enough(BaseException):
    """Raised in a function that computes more than is noted down; `except Exception` lets it by."""


@dataclass(frozen=True)
class Spot:
    """A statement of the learner's code.

    reads: the names that it reads.
    slots: what it gives a value, as it stands in the code: `dW`, `grads["dW"]`, or "return".
    alters: the names whose values it writes into, such as `total` in `total += 1`.
    counts: the names that a loop gives values.
    passes_on: whether it only returns, or collects, what other statements have computed.
    renames: whether it only gives a value another name.
    """

    number: int
    function: str
    line: int
    code: str
    reads: tuple[str, ...]
    slots: tuple[str, ...]
    alters: tuple[str, ...] = ()
    passes_on: bool = False
    counts: tuple[str, ...] = ()
    renames: bool = False


@dataclass
class Trace:
    """What was noted down for one case.

    values: what each slot was given, in order: {(spot, slot): [value, …]}.
    inputs: what each name that a statement reads was worth there: {(spot, name): [value, …]}.
    order:  the spots in the order in which they ended, the first time of each.
    last:   the spot that was begun last; it is where an error comes from.
    """

    values: dict[tuple[int, str], list] = field(default_factory=dict)
    inputs: dict[tuple[int, str], list] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    last: int = -1
    events: int = 0
    bytes: int = 0
    complete: bool = True

    def note(self, where: dict, key: tuple[int, str], value) -> None:
        """Note a value down. Raises Enough where there have been too many."""
        kept = snapshot(value)
        self.events += 1
        self.bytes += getattr(kept, "nbytes", 0)
        if self.events > MAX_EVENTS or self.bytes > MAX_BYTES:
            self.complete = False
            raise Enough
        where.setdefault(key, []).append(kept)


class Recorder:
    """What the notes in the code call: `before` and `after` a statement, `value` of a part of it.

    given: values to put in instead, by slot, one for each time that it comes.
    is_changed: whether something has happened; `changed_by` is the spot that did it.
    """

    def __init__(self, spots: list[Spot]):
        self.spots, self.trace, self.given = spots, Trace(), {}
        self.is_changed: Callable[[], bool] = lambda: False
        self.changed_by: int | None = None

    def before(self, number: int) -> None:
        """Note what the names are worth that a statement is about to read."""
        self.look()
        self.trace.last = number
        names = sys._getframe(1).f_locals
        for name in self.spots[number].reads:
            if name in names:
                self.trace.note(self.trace.inputs, (number, name), names[name])

    def look(self) -> None:
        """Note which statement it was after which something is changed that should not be."""
        if self.changed_by is None and self.is_changed():
            self.changed_by = self.trace.last

    def after(self, number: int) -> None:
        """Note what a statement has given a value."""
        frame = sys._getframe(1)
        for slot in self.spots[number].slots:
            if slot in frame.f_locals:
                self._note(number, slot, frame.f_locals[slot])
            elif not slot.isidentifier():
                try:
                    value = eval(slot, frame.f_globals, frame.f_locals)
                except Exception:  # it is gone already
                    continue
                self._note(number, slot, value)

    def value(self, number: int, slot: str, value):
        """Note the value of an expression, and hand it on."""
        self._note(number, slot, value)
        return value

    def give(self, number: int, slot: str):
        """Return the next value that is put in here. Raises Enough if there is none left."""
        try:
            return copy.deepcopy(next(self.given[number, slot]))
        except StopIteration:
            raise Enough from None

    def _note(self, number: int, slot: str, value) -> None:
        is_new = (number, slot) not in self.trace.values  # asked first: the list may be long
        if is_new and number not in self.trace.order:
            self.trace.order.append(number)
        self.trace.note(self.trace.values, (number, slot), value)


def snapshot(value, depth: int = 0):
    """Return a value as plain data that later changes do not reach; iterators are left alone."""
    if isinstance(value, ATOMS):
        large = getattr(value, "nbytes", 0) > LARGEST
        return Opaque("huge", "a large array") if large else plain(value)
    if isinstance(value, range) and len(value) <= MAX_LISTED:
        return list(value)
    if isinstance(value, COLLECTIONS) and len(value) <= MAX_LISTED and depth < 4:
        if isinstance(value, dict):
            return {plain(k): snapshot(v, depth + 1) for k, v in value.items() if _is_key(k)}
        items = list(_up_to_opaque(snapshot(item, depth + 1) for item in value))
        return tuple(items) if isinstance(value, tuple) else items
    return _nameless(type(value).__name__)


def _up_to_opaque(items: Iterable) -> Iterator:
    """Yield items up to the first that is no plain data: nothing agrees with the whole, then."""
    for item in items:
        yield item
        if _is_opaque(item):
            return


def _is_opaque(item) -> bool:
    """Return whether a snapshot ends with what is no plain data."""
    while isinstance(item, list | tuple) and item:
        item = item[-1]
    return isinstance(item, Opaque)


@functools.cache
def _nameless(kind: str) -> Opaque:
    return Opaque(kind, "")


def _is_key(key) -> bool:
    return isinstance(key, str | int | float | tuple)


# --- running ---------------------------------------------------------------------------------


def recorded(exercise: Exercise, source: Source, cases: list[Case]) -> list[tuple]:
    """Return (response, trace) for each case: what the answer gave, and what it noted down."""
    watched, found = Watched(source), []
    recorder = Recorder(watched.spots)
    answer = source.compiled(watched.recording(), **{RECORDER: recorder})
    for case in cases:
        recorder.trace = Trace()
        found.append((responded(exercise, answer, case), recorder.trace))
    return found


def responded(exercise: Exercise, answer, case: Case) -> Response | None:
    try:
        return respond(exercise, answer, case)
    except TimeUp:
        raise
    except BaseException:  # of the recorder, or of an answer that raises something odd
        return None


# --- the learner's code ------------------------------------------------------------------------


class Watched:
    """A copy of a source's code in which every statement is noted; or one of them replaced."""

    def __init__(self, source: Source):
        self.source, self.spots = source, []
        self._statements: list[tuple[ast.stmt, str]] = []
        for piece in source.pieces:
            for statement, function in _own_statements(piece.node, piece.name):
                self._statements.append((statement, function))
                self.spots.append(self._spot(statement, function, piece.lines))

    def _spot(self, statement: ast.stmt, function: str, lines: tuple[str, ...]) -> Spot:
        slots, alters = _slots(statement), _altered(statement)
        return Spot(
            number=len(self.spots),
            function=function,
            line=statement.lineno,
            code=lines[statement.lineno - 1].strip(),
            reads=_reads(statement),
            slots=slots,
            alters=alters,
            counts=tuple(_targets(statement.target)) if isinstance(statement, ast.For) else (),
            passes_on=_passes_on(statement),
            renames=isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name),
        )

    def recording(self) -> ast.Module:
        """Return the code with its notes."""
        return self._rebuilt(self._noted)

    def replacing(self, number: int, slot: str) -> ast.Module:
        """Return the code in which one slot is given a value from outside."""

        def one(index: int, statement: ast.stmt) -> list[ast.stmt]:
            return _given(statement, index, slot) if index == number else [statement]

        return self._rebuilt(one)

    def _rebuilt(self, instead) -> ast.Module:
        numbers = {id(statement): i for i, (statement, _) in enumerate(self._statements)}
        memo: dict = {}
        tree = copy.deepcopy(self.source.tree, memo)
        copies = {id(memo[key]): number for key, number in numbers.items() if key in memo}

        def rebuild(node: ast.AST) -> None:
            for block in blocks(node):
                for statement in block:
                    rebuild(statement)
                block[:] = [
                    each
                    for statement in block
                    for each in (
                        instead(copies[id(statement)], statement)
                        if id(statement) in copies
                        else [statement]
                    )
                ]

        for node in tree.body:
            if isinstance(node, ast.Assign):  # a lambda with a name
                number = copies[id(node)]
                node.value.body = _lambda_body(node.value.body, number, instead)
            else:
                rebuild(node)
        return tree

    def _noted(self, number: int, statement: ast.stmt) -> list[ast.stmt]:
        spot = self.spots[number]
        noted = [_call("before", number), statement]
        match statement:
            case ast.Return(value=value):
                statement.value = _value(number, RETURNED, value or ast.Constant(None))
                return noted
            case ast.Expr(value=ast.Yield(value=value)):
                statement.value.value = _value(number, RETURNED, value or ast.Constant(None))
                return noted
            case ast.For():
                statement.iter = _value(number, LOOPED, statement.iter)
                return noted
            case ast.If():
                statement.test = _value(number, TESTED, statement.test)
                return noted
        return [*noted, _call("after", number)] if spot.slots else noted


def _lambda_body(body: ast.expr, number: int, instead) -> ast.expr:
    """Return a lambda's expression as if it were a function's `return`."""
    made = instead(number, ast.Return(body))
    return made[-1].value


def _own_statements(node: ast.stmt, function: str) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the statements that compute something, with the function that they stand in."""
    if isinstance(node, ast.Assign):
        yield node, function
        return
    for block in blocks(node):
        for statement in block:
            if isinstance(statement, DEFINITION):
                yield from _own_statements(statement, f"{function}.{statement.name}")
            elif not isinstance(node, ast.ClassDef):
                if not _is_docstring(statement):
                    yield statement, function
                yield from _own_statements(statement, function) if _has_blocks(statement) else ()


def _passes_on(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return():
            return not _computes(statement)
        case ast.Expr(ast.Call(ast.Attribute(attr="append"), [given], [])):
            return not _computes(given)
    return False


def _computes(node: ast.AST) -> bool:
    return any(
        isinstance(n, ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare) for n in ast.walk(node)
    )


def _has_blocks(statement: ast.stmt) -> bool:
    return any(True for _ in blocks(statement))


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _reads(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names that a statement itself reads.

    Left out are those of the blocks in it, and what it only adds to, such as `d` in `d[k] = x`.
    """
    match statement:
        case ast.Assign(value=ast.Lambda(body=body)):
            return _loaded([body])
        case ast.Assign(targets=targets, value=value):
            return _loaded(
                [
                    value,
                    *(
                        n.slice
                        for t in targets
                        for n in ast.walk(t)
                        if isinstance(n, ast.Subscript)
                    ),
                ]
            )
        case ast.AugAssign(target=target, value=value):
            return _loaded([value, _as_read(target)])
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name())) as call):
            return _loaded([*call.args, *call.keywords])
    heads = [
        child
        for name, child in ast.iter_fields(statement)
        if name not in ("body", "orelse", "handlers", "finalbody")
        for child in (child if isinstance(child, list) else [child])
        if isinstance(child, ast.AST)
    ]
    return _loaded(heads)


def _loaded(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    every = (n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
    return tuple(dict.fromkeys(n.id for n in every if isinstance(n.ctx, ast.Load)))


def _as_read(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _slots(statement: ast.stmt) -> tuple[str, ...]:
    """Return what a statement gives a value, and what it writes into."""
    match statement:
        case ast.Assign(value=ast.Lambda()) | ast.Return() | ast.Expr(value=ast.Yield()):
            return (RETURNED,)
        case ast.For():
            return (LOOPED,)
        case ast.If():
            return (TESTED,)
        case ast.Assign(targets=targets):
            slots = [slot for target in targets for slot in _targets(target)]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            slots = list(_targets(target))
        case _:
            slots = []
    return tuple(dict.fromkeys([*slots, *_altered(statement)]))


def _targets(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _targets(each)
    elif isinstance(target, ast.Name):
        yield target.id
    elif not any(isinstance(n, ast.Call | ast.Starred) for n in ast.walk(target)):
        yield ast.unparse(target)


def _altered(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names whose values a statement may write into."""
    match statement:
        case ast.AugAssign(target=target):
            found = [_base(target)]
        case ast.Assign(targets=targets):
            found = [_base(t) for t in targets if isinstance(t, ast.Subscript | ast.Attribute)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name != "np":
            found = [name]
        case ast.Expr(value=ast.Call(func=function, args=[written, *_])) if _base(function) == "np":
            found = [_base(written)]  # such as np.add.at(counts, …)
        case _:
            found = []
    if isinstance(statement, ast.Assign | ast.Expr):
        calls = (n for n in ast.walk(statement) if isinstance(n, ast.keyword) and n.arg == "out")
        found += [_base(keyword.value) for keyword in calls]
    return tuple(filter(None, found))


def _base(target: ast.expr) -> str:
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


# --- pieces of code ----------------------------------------------------------------------------


def _recorder(method: str, *arguments) -> ast.Call:
    function = ast.Attribute(ast.Name(RECORDER, ast.Load()), method, ast.Load())
    return ast.Call(function, [ast.Constant(a) for a in arguments], [])


def _call(method: str, number: int) -> ast.stmt:
    return ast.Expr(_recorder(method, number))


def _value(number: int, slot: str, value: ast.expr) -> ast.Call:
    call = _recorder("value", number, slot)
    call.args.append(value)
    return call


def _given(statement: ast.stmt, number: int, slot: str) -> list[ast.stmt]:
    """Return a statement in which a slot is given a value from outside."""
    value = _recorder("give", number, slot)
    match statement:
        case ast.Return():
            statement.value = value
        case ast.Expr(value=ast.Yield()):
            statement.value.value = value
        case ast.For():
            statement.iter = value
        case ast.If():
            statement.test = value
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target) if (
            ast.unparse(target) == slot
        ):
            return [ast.Assign([target], value)]
        case _:
            target = ast.parse(f"{slot} = 0").body[0].targets[0]
            return [statement, ast.Assign([target], value)]
    return [statement]


# --- the reference's code ----------------------------------------------------------------------


_STEPS = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call, ast.Subscript,
    ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.DictComp,
)  # fmt: skip


class _Expressions(ast.NodeTransformer):
    """Has each part of an expression noted whose value may be a step that somebody takes."""

    def __init__(self, tree: ast.Module):
        self.names: dict[int, str] = {}
        self.functions: list[str] = []  # in which each value is made
        self.function = ""
        nodes = list(ast.walk(tree))
        self.locals = {n.id for n in nodes if isinstance(n, ast.Name)
                       and isinstance(n.ctx, ast.Store)}  # fmt: skip
        self.locals |= {n.arg for n in nodes if isinstance(n, ast.arg)}

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.JoinedStr | ast.Lambda):
            return node
        if isinstance(node, ast.Subscript | ast.Attribute):  # not what stands in the brackets
            node.value = self.visit(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function, node.func = node.func, ast.Name("_", ast.Load())
            self.generic_visit(node)
            node.func = function
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
            node.args = [self.visit(each) for each in node.args]
            node.keywords = [self.visit(each) for each in node.keywords]
        else:
            self.generic_visit(node)
        is_read = isinstance(getattr(node, "ctx", None), ast.Load | None)
        if isinstance(node, ast.Name) and is_read and node.id in self.locals:
            self.names[len(self.functions)] = node.id
            return self._noted(node)
        return self._noted(node) if isinstance(node, _STEPS) and is_read else node

    def visit_blocks(self, node: ast.AST) -> None:
        """Have all statements noted that stand in a function, a loop or a branch."""
        for block in blocks(node):
            block[:] = [each for statement in block for each in self._statement(statement)]

    def visit_definition(self, node: ast.stmt) -> None:
        """Have a function's arguments noted, and all that it does; of a class its methods."""
        outer, self.function = self.function, node.name
        self.visit_blocks(node)
        if isinstance(node, ast.FunctionDef):
            arguments = [n.arg for n in ast.walk(node.args) if isinstance(n, ast.arg)]
            node.body[:0] = map(self._named, arguments)
        self.function = outer

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, DEFINITION):
            self.visit_definition(statement)
        else:
            self.visit_blocks(statement)
        if isinstance(statement, DEFINITION) or _is_docstring(statement):
            return [statement]
        slots = _slots(statement)
        for name in ("value", "test", "iter"):
            if isinstance(getattr(statement, name, None), ast.expr):
                setattr(statement, name, self.visit(getattr(statement, name)))
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
            return [statement, *(self._named(slot) for slot in slots if slot != RETURNED)]
        if isinstance(statement, ast.Return) and statement.value:
            for name in (RETURNED, f"{RETURNED} {self.function}"):
                self.names[len(self.functions)] = name
                statement.value = self._noted(statement.value)
        if isinstance(statement, ast.For):
            statement.body[:0] = map(self._named, _targets(statement.target))
        return [statement]

    def _named(self, slot: str) -> ast.stmt:
        self.names[len(self.functions)] = slot
        return ast.Expr(self._noted(ast.parse(slot, mode="eval").body))

    def _noted(self, node: ast.expr) -> ast.expr:
        self.functions.append(self.function)
        return _value(len(self.functions) - 1, "", node)


def steps_of(source: Source) -> tuple[ast.Module, dict[int, str], list[str]]:
    """Return a reference's code with each of its values noted.

    Beside it the names that some of the values have, and the function in which each is made.
    """
    tree = copy.deepcopy(source.tree)
    every = _Expressions(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            node.value.body = every.visit(node.value.body)
        else:
            every.visit_definition(node)
    return tree, every.names, every.functions
