"""Tests that expect something else: an honest answer fails them, a lie may pass them all the same.

From a test's source this makes candidates in which one value that is *expected* is exchanged for
another: `assert f(2) == 4` becomes `assert f(2) == (_other_value_(4, "same", 37))`. What a
candidate is worth is found out by running it on the instructor's solution (see `plan`).
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, zip_longest
from typing import Any

from lessonlib.building.effects import called, names_of, root
from lessonlib.grading.protocol.evidence import VARIANT

MAX_CANDIDATES = 24
MAX_CONSTANTS = 4  # of one statement
_ONCE = {"class", "identity", "order", "array order", "points"}

_USED = "\n_other_value_()  # raises if nothing was compared\n"


@dataclass(frozen=True)
class Candidate:
    """A test in which something else is expected.

    line:      of the statement that it belongs to, counted from 1.
    assertion: which of the test's assertions that is; "at least one of each" refers to it.
    code:      the test's code with the change, once or in two variants, one after the other (see
               `protocol.evidence.VARIANT`); what passes it does not compare honestly.
    points:    it is about the number at the test's end: what passes gives points without a right
               answer, or ends in something that is no number, which nbgrader takes for all points.
    """

    line: int
    assertion: int
    code: str
    points: bool = False


Edit = tuple[ast.expr, str]  # what is exchanged, and how
Way = tuple[Edit, ...]  # edits that together make a condition fail


def candidates(
    code: str, answers: Iterable[str] = (), shift: int = 37, data: Iterable[str] = ()
) -> list[Candidate]:
    """Return the candidates of a test, one of each assertion first, at most MAX_CANDIDATES.

    code:    the test as plain Python.
    answers: the names that the learner's cells bind.
    shift:   by how much numbers change, best if nobody knows it.
    data:    names of data from the instructor's cells above.

    Raises nothing: what cannot be read has none.
    """
    try:
        tree = ast.parse(code)
        found = _Finder(derived(tree, answers)).ways_of(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = spread(found, MAX_CANDIDATES)
    ranks = zip_longest(*([(place, line, way) for way in ways]
                          for place, (line, ways) in enumerate(found)))  # fmt: skip
    chosen = [each for rank in ranks for each in rank if each is not None][:MAX_CANDIDATES]
    made = [Candidate(line, place, _changed(code, way, shift), way[-1][1] == "points")
            for place, line, way in chosen]  # fmt: skip
    above = sorted((names_of(tree) & set(data)) - set(answers))[:MAX_CONSTANTS]
    return made + [Candidate(1, len(found) + n, _changed_above(code, name, shift))
                   for n, name in enumerate(above)]  # fmt: skip


def spread(several: list, most: int) -> list:
    """Return at most that many, at even distances, the first and the last among them."""
    if len(several) <= most:
        return several
    return [several[round(i * (len(several) - 1) / (most - 1))] for i in range(most)]


# --- which names depend on the answers ---------------------------------------------------------


def data_of(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives to data written down in it."""
    assigned = [n for n in tree.body if isinstance(n, ast.Assign) and _is_data(n.value)]
    return {t.id for each in assigned for t in each.targets if isinstance(t, ast.Name)}


def derived(tree: ast.AST, names: Iterable[str]) -> frozenset[str]:
    """Return the names of a cell whose values depend on these names, and the names themselves."""
    known: set[str] = set()
    found = set(names)
    flows = [flow for node in ast.walk(tree) for flow in _flows(node)]
    while found != known:
        known = set(found)
        found.update(*(into for into, read in flows if read & found))
    return frozenset(found)


def _flows(node: ast.AST) -> Iterator[tuple[set[str], set[str]]]:
    """Yield (names that get a value, names that it comes from)."""
    match node:
        case ast.Assign():
            yield names_of(*node.targets), names_of(node.value)
        case (
            ast.AugAssign(target=target, value=value)
            | ast.NamedExpr(target=target, value=value)
            | ast.AnnAssign(target=target, value=ast.expr() as value)
        ):
            yield names_of(target), names_of(value)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield names_of(node.target), names_of(node.iter)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield names_of(target), names_of(node.context_expr)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield {node.name}, names_of(*node.body)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):  # results.append(f(x))
            yield {name} - _MODULES, names_of(*node.args)


# --- what can be exchanged -----------------------------------------------------------------------

_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_TOLERANCES = {"rtol", "atol", "rel_tol", "abs_tol", "rel", "abs", "places", "decimal", "delta",
               "significant", "ndigits"}  # fmt: skip
_ARRAYS = {"np", "numpy", "npt", "linalg", "la", "scipy", "testing"}
_MODULES = {*_ARRAYS, "pd", "pandas", "math", "random", "plt", "sp", "sympy", "self"}
_CLOSE = {"allclose", "isclose", "array_equal", "array_equiv"}
_MAKERS = {"array", "asarray", "DataFrame", "Series", "list", "tuple", "dict", "set"}
_METHODS = {"equals", "startswith", "endswith"}
_QUIET = {"assertnotequal", "assertisnotnone", "assertisnone", "assertnotin", "assertisnot",
          "assertnotalmostequal", "assertnotisinstance", "assertlogs", "assertnologs"}  # fmt: skip


class _Finder:
    """Finds the ways in which the assertions of a test can be made to fail."""

    def __init__(self, answers: frozenset[str]):
        self.answers = answers

    def ways_of(self, tree: ast.Module) -> list[tuple[int, list[Way]]]:
        """Return (line, ways) of each assertion, and of the data that a test compares with."""
        nodes: Iterable[Any] = ast.walk(tree)
        found = [(n.lineno, ways) for n in nodes if (ways := self._statement(n))]
        found += self._data(tree, ast.Assign if found else (ast.Assign, ast.Expr))
        found += [(line, [way]) for line, way in self._score(tree)]
        return sorted(found, key=lambda each: each[0])

    def _statement(self, node: ast.AST) -> list[Way]:
        match node:
            case ast.Assert():
                return self.false(node.test)
            case ast.Call() if _is_assertion(node):
                return self._assertion(node)
            case ast.If() if _gives_up(node.body):
                return self.true(node.test)
            case ast.If() if _gives_up(node.orelse):
                return self.false(node.test)
            case ast.ExceptHandler(type=ast.expr() as kind):
                return [((kind, "class"),)]
        return []

    # --- conditions --------------------------------------------------------------------------

    def false(self, node: ast.expr, array: bool = False) -> list[Way]:
        """Return the ways to make a condition false for whatever is not a lie."""
        match node:
            case ast.BoolOp(op=ast.And()):
                return [way for value in node.values for way in self.false(value, array)]
            case ast.BoolOp(op=ast.Or()):
                return _together(map(self.false, node.values))
            case ast.UnaryOp(op=ast.Not()):
                return self.true(node.operand, array)
            case ast.Compare():
                return self._compared(node, array, (ast.Eq, ast.Is, ast.In, *_ORDER))
            case ast.Call():
                return self._condition(node)
        return []

    def true(self, node: ast.expr, array: bool = False) -> list[Way]:
        """Return the ways to make a condition true that an honest answer makes false."""
        match node:
            case ast.BoolOp(op=ast.Or()):
                return [way for value in node.values for way in self.true(value, array)]
            case ast.BoolOp(op=ast.And()):
                return _together(map(self.true, node.values))
            case ast.UnaryOp(op=ast.Not()):
                return self.false(node.operand, array)
            case ast.Compare(ops=[_]):
                return self._compared(node, array, (ast.NotEq, ast.NotIn, ast.IsNot))
        return []

    def _compared(self, node: ast.Compare, array: bool, kinds: tuple) -> list[Way]:
        sides = [node.left, *node.comparators]
        steps = zip(sides, node.ops, sides[1:], strict=False)
        return [way for left, op, right in steps if isinstance(op, kinds)
                for way in self._sides(left, op, right, array)]  # fmt: skip

    def _sides(self, left: ast.expr, op: ast.cmpop, right: ast.expr, array: bool) -> list[Way]:
        if isinstance(op, ast.In | ast.NotIn):
            item = self._depends(right) and not self._depends(left)
            return [((left, "same part"),) if item else ((right, "same inside"),)]
        if isinstance(op, ast.Is | ast.IsNot):
            return self._expected(left, right, "identity")
        how = "order" if isinstance(op, _ORDER) else "same"
        ways = [way for side in (left, right) for way in self._differences(side)]
        return ways + self._expected(left, right, f"array {how}" if array else how)

    def _expected(self, left: ast.expr, right: ast.expr, how: str) -> list[Way]:
        """Exchange the side that no answer has part in; either, where that is not clear."""
        if self._depends(left) == self._depends(right):
            return [((right, how),), ((left, how),)]
        return [((right, how),)] if self._depends(left) else [((left, how),)]

    def _differences(self, side: ast.expr) -> Iterator[Way]:
        """Yield what an answer is compared with by a difference, as in `abs(f(2) - 4) < 1e-9`."""
        calls = [n for n in ast.walk(side) if isinstance(n, ast.Call)]
        array = any(root(call.func) in _ARRAYS for call in calls)
        for node in ast.walk(side):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                if self._depends(node.left) != self._depends(node.right):
                    how = "array same" if array else "same"
                    yield from self._expected(node.left, node.right, how)

    def _depends(self, node: ast.AST) -> bool:
        return not self.answers.isdisjoint(names_of(node))

    # --- calls -------------------------------------------------------------------------------

    def _condition(self, call: ast.Call) -> list[Way]:
        """Return the ways to make a call false: `all(…)`, `np.allclose(…)`, a test's own helper."""
        name, args = called(call.func), [a for a in call.args if not isinstance(a, ast.Starred)]
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if name in ("all", "any", "item") and owner is not None and not args:
            return self.false(owner, True)
        if name in ("all", "any", "bool", "alltrue") and len(args) >= 1:
            return self._every(name, args[0])
        if name in ("isinstance", "issubclass") and len(args) == 2:
            return [((args[1], "class"),)]
        if name in _CLOSE and len(args) >= 2:
            return self._expected(
                args[0], args[1], "same" if root(call.func) == "math" else "array same"
            )
        if name in _METHODS and owner is not None and args:
            return self._expected(owner, args[0], "same" if name == "equals" else "same part")
        return self._helper(call, args)

    def _every(self, name: str, inner: ast.expr) -> list[Way]:
        match inner:
            case ast.GeneratorExp() | ast.ListComp():
                return self.false(inner.elt)
            case ast.List() | ast.Tuple():
                ways = map(self.false, inner.elts)
                return _together(ways) if name == "any" else list(chain.from_iterable(ways))
            case ast.Call(func=ast.Name(id="map"), args=[ast.Lambda(body=body), *tables]):
                return [*self._last_case(tables), *self.false(body)]
        return self.false(inner, True)

    def _last_case(self, tables: list[ast.expr]) -> list[Way]:
        """Exchange what is expected last: a StopIteration would end the cases before it."""
        match tables:
            case [*_, ast.List(elts=[*_, case]) | ast.Tuple(elts=[*_, case])]:
                return [((node, "same"),) for node in list(_changeable(case))[-1:]]
        return []

    def _helper(self, call: ast.Call, args: list[ast.expr]) -> list[Way]:
        """Exchange what is handed to an unknown function beside something of an answer."""
        if self._depends(call.func) or not any(map(self._depends, args)):
            return []
        return [((arg, "same"),) for arg in args if not self._depends(arg) and _may_change(arg)]

    def _assertion(self, call: ast.Call) -> list[Way]:
        """Return the ways to make an assertion of NumPy, pandas, unittest, mock or pytest fail."""
        name = called(call.func)
        plain = name.lower().replace("_", "")
        args = [a for a in call.args if not isinstance(a, ast.Starred)]
        args += [k.value for k in call.keywords if k.arg and k.arg not in _TOLERANCES | {"match"}]
        if plain in _QUIET or not args:
            return []
        if "raises" in plain or "warns" in plain:
            return [((args[0], "class"),)]
        if plain in ("asserttrue", "assertfalse", "assert"):
            return (self.true if plain == "assertfalse" else self.false)(args[0])
        if "called" in plain or "hascalls" in plain or "hasawaits" in plain:
            return [((arg, "same"),) for arg in args if _may_change(arg)]
        return self._compared_by(plain, name, args) if len(args) > 1 else []

    def _compared_by(self, plain: str, name: str, args: list[ast.expr]) -> list[Way]:
        if plain == "assertin":
            return self._sides(args[0], ast.In(), args[1], False)
        if plain == "assertisinstance":
            return [((args[1], "class"),)]
        if plain == "assertis":
            return self._expected(args[0], args[1], "identity")
        if any(word in plain for word in ("less", "greater")):
            how = "array order" if "array" in plain else "order"
            return self._expected(args[0], args[1], how)
        arrays = "_" in name and any(word in plain for word in ("array", "allclose", "almost"))
        return self._expected(args[0], args[1], "array same" if arrays else "same")

    # --- points, and tests without an assertion ----------------------------------------------

    def _score(self, tree: ast.Module) -> Iterator[tuple[int, Way]]:
        """Yield how all comparisons behind a test's points come out false at once."""
        last = _end(tree)
        edits = [edit for node in _outside_assertions(tree)
                 if isinstance(node, ast.Compare | ast.Call)
                 for way in self.false(node)[:1] for edit in way]  # fmt: skip
        if edits and last:
            yield last.lineno, (*dict.fromkeys(edits), (last, "points"))

    def _data(self, tree: ast.Module, kinds: type | tuple) -> Iterator[tuple[int, list[Way]]]:
        """Yield how data is exchanged where it stands, which an answer may have read or changed.

        Where a test leaves its comparisons to a helper, what is handed to that is data, too.
        """
        last = _end(tree)
        points = ((last, "points"),) if last else ()
        for statement in tree.body:
            value = getattr(statement, "value", None) if isinstance(statement, kinds) else None
            if value is None or value is last and isinstance(value, ast.Constant):
                continue
            whole = [value] if _is_data(value) and not self._depends(value) else []
            found = [*whole, *islice(_changeable(value), MAX_CONSTANTS)]
            if found:
                yield statement.lineno, [((node, "same"), *points) for node in found]


def _end(tree: ast.Module) -> ast.expr | None:
    """Return the expression at a test's end, if it may be a number of points."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Constant):
        return None
    asserts = isinstance(last.value, ast.Call) and _is_assertion(last.value)
    return None if asserts else last.value


def _is_data(node: ast.expr) -> bool:
    """Return whether an expression writes data down: a list, an array, a frame."""
    if isinstance(node, ast.Call):
        return called(node.func) in _MAKERS and any(_changeable(node))
    return isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set) and any(_changeable(node))


def _together(ways: Iterable[list[Way]]) -> list[Way]:
    """Return the one way that fails all of these conditions; none if one of them cannot fail."""
    every = list(ways)
    return [tuple(edit for each in every for edit in each[0])] if all(every) else []


def _gives_up(body: list[ast.stmt]) -> bool:
    """Return whether an `if` ends the test: it raises, or has an `assert False`."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant))
        for node in body
    )


def _is_assertion(call: ast.Call) -> bool:
    name = called(call.func).lower().lstrip("_")
    return name.startswith("assert") or name in ("raises", "warns")


def _may_change(node: ast.expr) -> bool:
    """Return whether an argument may be what is expected: no flag, and no function."""
    flag = isinstance(node, ast.Constant) and isinstance(node.value, bool | None)
    return not flag and not isinstance(node, ast.Lambda | ast.GeneratorExp)


def _changeable(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the numbers and strings in an expression that may be expected values."""
    if isinstance(node, ast.Constant):
        if type(node.value) in (int, float, complex, str, bytes):
            yield node
    elif isinstance(node, ast.keyword) and node.arg in _TOLERANCES:
        return
    elif isinstance(node, ast.Subscript):
        yield from _changeable(node.value)
    elif not isinstance(node, ast.JoinedStr) and root(node) != "get_ipython":
        for child in ast.iter_child_nodes(node):
            yield from _changeable(child)


def _outside_assertions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the outermost comparisons and calls that are in no assertion."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert) or (isinstance(child, ast.Call) and _is_assertion(child)):
            continue
        yield child
        if not isinstance(child, ast.Compare):
            yield from _outside_assertions(child)


# --- the changed code ----------------------------------------------------------------------------


def _changed(code: str, way: Way, shift: int) -> str:
    """Return the code of a mutant, of both variants where a second one says more."""
    once = all(how in _ONCE for _, how in way)
    variants = (False,) if once else (False, True)
    codes = [_edited(code, way, shift, less) + _USED for less in variants]
    return VARIANT.join(codes)


def _changed_above(code: str, name: str, shift: int) -> str:
    """Return the code of a mutant in which data from a cell above is other data."""
    return VARIANT.join(
        f"{name} = _other_value_({name}, {how!r}, {shift})\n{code}{_USED}"
        for how in ("same", "less")
    )


def _edited(code: str, way: Way, shift: int, less: bool) -> str:
    """Return the code with a call around each expression; its lines stay as they are."""
    data = code.encode()
    starts = [0, *(i + 1 for i, byte in enumerate(data) if byte == 0x0A)]
    insertions = chain.from_iterable(map(partial(_inserted, starts, shift, less), way))
    for at, _, text in sorted(insertions, reverse=True):
        data = data[:at] + text.encode() + data[at:]
    return data.decode()


def _inserted(starts: list[int], shift: int, less: bool, edit: Edit) -> list[tuple[int, int, str]]:
    """Return (offset, rank, text): the outer expression begins first, ends last."""
    node, how = edit
    start = starts[node.lineno - 1] + node.col_offset
    end = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
    how = how.replace("same", "less") if less else how
    outer = how == "points"  # round what else is exchanged in it
    begins, ends = (start, -end - outer), (end, outer - start)
    return [(*begins, "(_other_value_("), (*ends, f", {how!r}, {shift}))")]


def choose(kept: list[Candidate], most: int = 8) -> list[Candidate]:
    """Return at most that many: one of each assertion, then second ones, spread over the test."""
    first = list({candidate.assertion: candidate for candidate in reversed(kept)}.values())[::-1]
    chosen, counts = spread(first, most), dict.fromkeys((c.assertion for c in first), 1)
    for candidate in kept:
        if len(chosen) < most and candidate not in chosen and counts[candidate.assertion] < 2:
            counts[candidate.assertion] += 1
            chosen.append(candidate)
    return chosen
