"""The rules by which edits are made: for each kind of expression what else may have been meant.

A rule is a function that takes an expression and what its function has at hand, and yields the
kind of an edit, what to put in the expression's place, and how much less likely that is than
others of its kind (0 to 1).
"""

import ast
from collections.abc import Callable, Iterator
from itertools import islice, permutations, product
from types import FunctionType

from lessonlib.checks.verdict import Location
from lessonlib.locating import statements
from lessonlib.locating.edits import Edit, Place, Scope, functions, once, places
from lessonlib.locating.source import Source

MOST = 2_000  # edits that are tried
MOST_ADDING = 1_000  # behind so many none is tried that puts something in: hardly one of them mends
NODES = 200_000  # of code that is compiled, all edited answers together
Change = tuple[str, ast.expr, float]
Rule = Callable[[ast.expr, Scope, bool], Iterator[Change]]
_RULES: list[tuple[type, Rule]] = []


def candidates(source: Source, step: Location | None = None) -> list[Edit]:
    """Return the likeliest edits of a learner's code, each once: as many as can be tried.

    step: the first line that gives a wrong value, where that is known. What changes it comes
          first, and what only changes lines behind it is left out.
    """
    every = [edit for scope in scopes(source) for edit in _up_to(step, scope)]
    every.sort(key=lambda edit: _order(edit, step))
    tried = enumerate(islice(once(every), _room(source)))
    return [edit for place, edit in tried if place < MOST_ADDING or not edit.where.adds]


def _room(source: Source) -> int:
    """Return how many edits are tried; a long function costs more to compile."""
    size = max(sum(1 for _ in ast.walk(node)) for node in source.tree.body)
    return min(MOST, NODES // size)


def _up_to(step: Location | None, scope: Scope) -> Iterator[Edit]:
    """Yield the edits that may matter to a step; in a loop a later line comes before it, too."""
    loops = any(isinstance(node, ast.For | ast.While) for node in ast.walk(scope.function))
    for edit in edits_of(scope):
        if step is None or loops or not edit.where.is_behind(step):
            yield edit


def scopes(source: Source) -> Iterator[Scope]:
    """Yield the functions of a learner's code with what each has at hand."""
    own = [name for name, value in source.globals.items() if _is_own(value, source)]
    for piece in source.pieces:
        for name, function in functions(piece.node, piece.name):
            yield Scope(name, function, tuple(n for n in own if n != name), piece.lines)


def _is_own(value, source: Source) -> bool:
    """Return whether a value is a function of one argument, the learner's or handed out."""
    if not isinstance(value, FunctionType) or value.__name__.startswith("_"):
        return False
    root = str(value.__module__).split(".")[0]
    known = root == "lessonlib" or value.__module__ == source.pieces[0].value.__module__
    return known and value.__code__.co_argcount == 1


def _order(edit: Edit, step: Location | None) -> tuple:
    elsewhere = step is not None and not edit.where.covers(step)
    return elsewhere, edit.rank, edit.where.lines


def edits_of(scope: Scope) -> Iterator[Edit]:
    """Yield the edits of one function, not in any order that counts."""
    yield from statements.edits_of(scope)
    for statement in statements.every(scope.function):
        for place in places(statement):
            yield from _edits_at(place, scope)


def _edits_at(place: Place, scope: Scope) -> Iterator[Edit]:
    node = place.node
    for types, rule in _RULES:
        if isinstance(node, types):
            for kind, new, unlikely in rule(node, scope, place.is_whole):
                if _belongs_elsewhere(kind, node, scope):
                    continue
                where = scope.where(kind, node.lineno, place.statement.lineno)
                yield Edit(where, place.holder, place.name, place.index, new, unlikely)


def _belongs_elsewhere(kind: str, node: ast.expr, scope: Scope) -> bool:
    """Return whether an edit does to a variable what could be done where it gets its value."""
    return isinstance(node, ast.Name) and node.id in scope.passed_on and kind != "name"


def rule(types) -> Callable[[Rule], Rule]:
    """Make the decorated function a rule for expressions of these types."""

    def decorate(function: Rule) -> Rule:
        _RULES.append((types, function))
        return function

    return decorate


# --- what expressions are made of --------------------------------------------------------------


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _numpy(name: str, *args: ast.expr, **keywords) -> ast.Call:
    named = [ast.keyword(key, ast.Constant(value)) for key, value in keywords.items()]
    return ast.Call(ast.Attribute(_name("np"), name, ast.Load()), list(args), named)


def _size(name: str, axis: int) -> ast.Subscript:
    shape = ast.Attribute(_name(name), "shape", ast.Load())
    return ast.Subscript(shape, ast.Constant(axis), ast.Load())


def _transposed(node: ast.expr) -> ast.expr:
    """Return the transpose of an expression; of a transpose what it is the transpose of."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def _operation(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left, operator, right)


def _called(node: ast.Call) -> str:
    """Return the last part of what a call calls: "sum" of np.sum(x) and of x.sum()."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_module(node: ast.expr) -> bool:
    """Return whether an expression stands for a module, as far as names tell."""
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def _arguments(node: ast.Call) -> list[ast.expr]:
    """Return what a call works on: with a method, the object first."""
    method = isinstance(node.func, ast.Attribute) and not _dotted_module(node.func.value)
    first = [node.func.value] if method else []
    return [*first, *(a for a in node.args if not isinstance(a, ast.Starred))]


def _dotted_module(node: ast.expr) -> bool:
    return _is_module(node) or (isinstance(node, ast.Attribute) and _is_module(node.value))


def _with(node: ast.Call, func=None, args=None, keywords=None) -> ast.Call:
    """Return a call with something else in it."""
    return ast.Call(
        node.func if func is None else func,
        node.args if args is None else args,
        node.keywords if keywords is None else keywords,
    )


_MATRIX = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp
_PRODUCTS = {"dot": ast.MatMult, "matmul": ast.MatMult, "multiply": ast.Mult}


def _factors(node: ast.expr) -> tuple[ast.expr, type, ast.expr] | None:
    """Return the two sides of a product and its operator, however it is written; or None."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Mult):
        return node.left, type(node.op), node.right
    if isinstance(node, ast.Call) and _called(node) in _PRODUCTS:
        both = _arguments(node)
        return (both[0], _PRODUCTS[_called(node)], both[1]) if len(both) == 2 else None
    return None


# --- products, operators, operands -------------------------------------------------------------


@rule(ast.BinOp | ast.Call)
def _other_product(node, scope, whole) -> Iterator[Change]:
    """A @ B as B @ A, A.T @ B, … and each of them entry by entry."""
    factors = _factors(node)
    if factors is None:
        return
    left, was, right = factors
    for operator, turned in product((was, ast.Mult, ast.MatMult), (0, 1)):
        one, two = (right, left) if turned else (left, right)
        for a, b in product((one, _transposed(one)), (two, _transposed(two))):
            changed = (operator is not was) + turned + (a is not one) + (b is not two)
            if operator is ast.Mult and was is ast.Mult and turned and changed == 1:
                continue
            yield "product", _operation(a, operator(), b), changed / 5
    if was is ast.MatMult:
        yield "product", _numpy("sum", _operation(left, ast.Mult(), right)), 0.7
        yield "product", _numpy("sum", _operation(left, ast.Mult(), _transposed(right))), 0.7
        yield "product", _numpy("outer", left, right), 0.9


@rule(ast.BinOp)
def _entry_by_entry(node, scope, whole) -> Iterator[Change]:
    """All matrix products of an expression entry by entry, (A.T @ A) @ B as A * A * B."""
    if isinstance(node.op, ast.MatMult):
        yield "product", _without_products(node), 0.9


def _without_products(node: ast.expr) -> ast.expr:
    if not isinstance(node, ast.BinOp):
        return node
    left, right = _without_products(node.left), _without_products(node.right)
    if not isinstance(node.op, ast.MatMult):
        return _operation(left, node.op, right)
    first = getattr(left, "attr", "") == "T" and ast.dump(left.value) == ast.dump(right)
    return _operation(left.value if first else left, ast.Mult(), right)


_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow)


@rule(ast.BinOp)
def _other_operator(node, scope, whole) -> Iterator[Change]:
    for operator in _OPERATORS:
        if not isinstance(node.op, operator):
            yield "operator", _operation(node.left, operator(), node.right), 0.3
    if isinstance(node.op, ast.FloorDiv):
        yield "operator", _operation(node.left, ast.Div(), node.right), 0.0


@rule(ast.BinOp)
def _other_side(node, scope, whole) -> Iterator[Change]:
    yield "swapped", _operation(node.right, node.op, node.left), 0.0
    yield "dropped", node.left, 0.2
    yield "dropped", node.right, 0.2


@rule(ast.BinOp)
def _other_parentheses(node, scope, whole) -> Iterator[Change]:
    """(a + b) * c as a + b * c, and the other way round."""
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):
        inner = _operation(left.right, node.op, right)
        yield "parentheses", _operation(left.left, left.op, inner), 0.0
        inner = _operation(left.left, node.op, right)  # (a - b) ** 2 as a ** 2 - b
        yield "parentheses", _operation(inner, left.op, left.right), 0.3
    if isinstance(right, ast.BinOp):
        inner = _operation(left, node.op, right.left)
        yield "parentheses", _operation(inner, right.op, right.right), 0.0
    if isinstance(left, ast.UnaryOp):
        inner = _operation(left.operand, node.op, right)
        yield "parentheses", ast.UnaryOp(left.op, inner), 0.2


@rule(ast.Call)
def _parentheses_of_a_call(node, scope, whole) -> Iterator[Change]:
    """f(a + b) as f(a) + b and as a + f(b)."""
    if node.args and isinstance(node.args[0], ast.BinOp):
        inner, rest = node.args[0], node.args[1:]
        first = _with(node, args=[inner.left, *rest])
        yield "parentheses", _operation(first, inner.op, inner.right), 0.5
        last = _with(node, args=[inner.right, *rest])
        yield "parentheses", _operation(inner.left, inner.op, last), 0.5


@rule(ast.BinOp)
def _into_the_call(node, scope, whole) -> Iterator[Change]:
    """f(a) + b as f(a + b), and a + f(b) likewise."""
    if isinstance(node.left, ast.Call) and node.left.args:
        inner = _operation(node.left.args[0], node.op, node.right)
        yield "parentheses", _with(node.left, args=[inner, *node.left.args[1:]]), 0.6
    if isinstance(node.right, ast.Call) and node.right.args:
        inner = _operation(node.left, node.op, node.right.args[0])
        yield "parentheses", _with(node.right, args=[inner, *node.right.args[1:]]), 0.6


@rule(_MATRIX)
def _turned(node, scope, whole) -> Iterator[Change]:
    if not _is_module(node):
        yield "transposed", _transposed(node), 0.0


@rule(ast.UnaryOp)
def _without_sign(node, scope, whole) -> Iterator[Change]:
    yield "sign", node.operand, 0.0


@rule(_MATRIX | ast.Constant | ast.Compare)
def _with_sign(node, scope, whole) -> Iterator[Change]:
    if not _is_module(node) and not isinstance(node, ast.Compare):
        yield "sign", ast.UnaryOp(ast.USub(), node), 0.1
    if isinstance(node, ast.Compare | ast.Call | ast.BinOp):
        yield "sign", ast.UnaryOp(ast.Invert(), node), 0.9


# --- what is called ----------------------------------------------------------------------------

_REDUCING = (
    "sum", "mean", "max", "min", "any", "all", "prod", "argmax", "argmin", "norm", "std", "cumsum",
)  # fmt: skip
_AXES = ({}, {"axis": 1}, {"axis": 0}, {"axis": -1}, {"axis": 2})
_LIKE = (
    ("sum", "mean", "max", "min", "prod", "median", "std", "norm"),
    ("any", "all"),
    ("argmax", "argmin", "argsort"),
    ("maximum", "minimum", "where"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("tanh", "sin", "cos", "exp", "log", "sqrt", "square", "abs", "sign"),
    ("log", "log2", "log10", "log1p"),
    ("exp", "expm1"),
    ("zeros", "ones", "empty"),
    ("zeros_like", "ones_like", "empty_like"),
    ("vstack", "hstack", "column_stack"),
    ("standard_normal", "random", "normal", "uniform"),
    ("rand", "randn"),
    ("int", "float", "round"),
    ("shuffle", "permutation"),
    ("floor", "ceil", "round"),
)


@rule(ast.Call)
def _other_axis(node, scope, whole) -> Iterator[Change]:
    if _called(node) not in _REDUCING:
        return
    rest = [k for k in node.keywords if k.arg not in ("axis", "keepdims")]
    args = node.args[: 1 - (len(_arguments(node)) > len(node.args))]
    for axis in _AXES:
        for keeps in ({}, {"keepdims": True}):
            named = {**axis, **keeps}
            keywords = [ast.keyword(key, ast.Constant(value)) for key, value in named.items()]
            yield "axis", _with(node, args=args, keywords=[*rest, *keywords]), 0.1 * len(named)
    yield "axis", _numpy("cumsum", *_arguments(node)[:1]), 0.9


@rule(ast.Call)
def _other_function(node, scope, whole) -> Iterator[Change]:
    """np.max(x) as np.mean(x), relu(z) as relu_derivative(z)."""
    name = _called(node)
    for family in _LIKE:
        for other in family if name in family else ():
            if other != name and isinstance(node.func, ast.Attribute):
                func = ast.Attribute(node.func.value, other, ast.Load())
                yield "other function", _with(node, func=func), 0.2
    if name in ("max", "min", "sum", "abs") and isinstance(node.func, ast.Name):
        other = {"max": "maximum", "min": "minimum"}.get(name, name)
        yield "other function", _numpy(other, *node.args), 0.0
    if isinstance(node.func, ast.Name):
        for other in scope.own:
            if other != name:
                yield "other function", _with(node, func=_name(other)), 0.4


@rule(ast.Call)
def _without_call(node, scope, whole) -> Iterator[Change]:
    for each in _arguments(node)[:3]:
        yield "dropped", each, 0.0
    for index in range(len(node.keywords)):
        kept = [k for i, k in enumerate(node.keywords) if i != index]
        yield "dropped", _with(node, keywords=kept), 0.1
    if len(node.args) > 1:
        yield "dropped", _with(node, args=node.args[:-1]), 0.1
        yield "dropped", _with(node, args=node.args[1:]), 0.3


@rule(ast.Call)
def _other_arguments(node, scope, whole) -> Iterator[Change]:
    for i, j in _pairs(len(node.args)):
        yield "arguments", _with(node, args=_swapped(node.args, i, j)), 0.1 * (i + j - 1)
    if _called(node) == "reshape":
        first = [] if len(_arguments(node)) > len(node.args) else node.args[:1]
        for shape in ((-1, 1), (1, -1), (-1,)):
            sizes = ast.Tuple([ast.Constant(size) for size in shape], ast.Load())
            yield "arguments", _with(node, args=[*first, sizes]), 0.3
    if isinstance(node.func, ast.Attribute) and node.args and not _dotted_module(node.func.value):
        func = ast.Attribute(node.args[0], node.func.attr, ast.Load())
        yield "arguments", _with(node, func=func, args=[node.func.value, *node.args[1:]]), 0.2


def _pairs(size: int) -> list[tuple[int, int]]:
    return [(i, j) for j in range(size) for i in range(j)]


def _swapped(items: list, i: int, j: int) -> list:
    items = list(items)
    items[i], items[j] = items[j], items[i]
    return items


# --- names, keys, numbers, comparisons ---------------------------------------------------------


@rule(ast.Name)
def _other_name(node, scope, whole) -> Iterator[Change]:
    for other in scope.names if node.id in scope.names else scope.parameters:
        if other != node.id and not _is_module(node):
            yield "name", _name(other), 0.0 if _alike(node.id, other) else 0.4


def _alike(one: str, other: str) -> bool:
    """Return whether two names differ by a letter or by what they begin or end with."""
    short, long = sorted((one, other), key=len)
    differing = sum(a != b for a, b in zip(one, other, strict=False))
    return short in long or (len(one) == len(other) and differing == 1)


@rule(ast.Attribute)
def _other_attribute(node, scope, whole) -> Iterator[Change]:
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "other"):
        for other in scope.attributes:
            if other != node.attr:
                yield "name", ast.Attribute(node.value, other, ast.Load()), 0.3
        if node.value.id == "self" and "other" in scope.names:
            yield "name", ast.Attribute(_name("other"), node.attr, ast.Load()), 0.0
        elif node.value.id == "other":
            yield "name", ast.Attribute(_name("self"), node.attr, ast.Load()), 0.0


@rule(ast.Constant)
def _other_key(node, scope, whole) -> Iterator[Change]:
    if node.value in scope.keys and isinstance(node.value, str):
        for other in scope.keys:
            if other != node.value:
                yield "key", ast.Constant(other), 0.0 if _alike(node.value, other) else 0.4


@rule(ast.Constant)
def _other_number(node, scope, whole) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value), 0.0
    elif isinstance(value, int | float):
        near = (value + 1, value - 1, -value, 0, 1, 2, 0.5)
        for other in dict.fromkeys((*near, value * 2, value / 2, value * 10, value / 10)):
            if other != value:
                yield "constant", ast.Constant(other), 0.2
        if value:
            yield "constant", ast.Constant(1 / value), 0.5
        for name in scope.parameters:
            yield "constant", _name(name), 0.6
            for axis in (1, 0):
                yield "constant", _size(name, axis), 0.7


@rule(ast.Compare)
def _other_comparison(node, scope, whole) -> Iterator[Change]:
    for operator in (ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq):
        if not isinstance(node.ops[0], operator):
            changed = [operator(), *node.ops[1:]]
            yield "comparison", ast.Compare(node.left, changed, node.comparators), 0.0
    if len(node.comparators) == 1:
        turned = ast.Compare(node.comparators[0], node.ops, [node.left])
        yield "comparison", turned, 0.2


@rule(ast.BoolOp)
def _other_condition(node, scope, whole) -> Iterator[Change]:
    other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield "comparison", ast.BoolOp(other, node.values), 0.0
    for value in node.values:
        yield "dropped", value, 0.3


@rule(ast.IfExp)
def _other_branch(node, scope, whole) -> Iterator[Change]:
    yield "dropped", node.body, 0.2
    yield "dropped", node.orelse, 0.2
    yield "swapped", ast.IfExp(node.test, node.orelse, node.body), 0.1


# --- indices -----------------------------------------------------------------------------------


@rule(ast.Subscript)
def _other_index(node, scope, whole) -> Iterator[Change]:
    yield "dropped", node.value, 0.0
    for index in _indices(node.slice):
        yield "index", ast.Subscript(node.value, index, ast.Load()), 0.2


def _indices(index: ast.expr) -> Iterator[ast.expr]:
    everything = ast.Slice()
    match index:
        case ast.Tuple(elts=items) if len(items) > 1:
            yield ast.Tuple(list(reversed(items)), ast.Load())
            for i, item in enumerate(items):
                yield item
                for other in (*_indices(item), everything):
                    yield ast.Tuple([*items[:i], other, *items[i + 1 :]], ast.Load())
        case ast.Slice(lower=lower, upper=upper, step=step):
            yield from (ast.Slice(upper, lower, step), ast.Slice(None, None, step))
            yield from (ast.Slice(lower, None, step), ast.Slice(None, upper, step))
            yield ast.Slice(lower, upper, ast.Constant(-1))
            for one, two in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                yield ast.Slice(_shifted(lower, one), _shifted(upper, two), step)
        case ast.Constant(value=int()) | ast.Name() | ast.BinOp():
            yield ast.Tuple([everything, index], ast.Load())
            yield _shifted(index, 1)
            yield _shifted(index, -1)
            yield ast.Slice(index, _shifted(index, 1))  # keeps the axis


def _shifted(index: ast.expr | None, by: int) -> ast.expr | None:
    if index is None or by == 0:
        return ast.Constant(by) if by else index
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return ast.Constant(index.value + by)
    return _operation(index, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))


@rule(ast.Call)
def _other_range(node, scope, whole) -> Iterator[Change]:
    if _called(node) not in ("range", "arange") or not node.args:
        return
    last = node.args[min(len(node.args), 2) - 1]
    first = node.args[0] if len(node.args) > 1 else ast.Constant(0)
    bounds = ((0, 1), (1, 0), (1, 1), (0, -1), (-1, 0))
    for one, two in bounds:
        args = [_shifted(first, one), _shifted(last, two), *node.args[2:]]
        yield "constant", _with(node, args=args), 0.0
    down = [_shifted(last, -1), _shifted(first, -1), ast.Constant(-1)]
    yield "order", _with(node, args=down), 0.3


@rule(ast.Name | ast.Attribute | ast.Call)
def _the_other_way(node, scope, whole) -> Iterator[Change]:
    if not whole and isinstance(node, ast.Call) and _called(node) == "reversed":
        return
    if isinstance(node, ast.Call) and _called(node) in ("range", "zip", "enumerate"):
        yield "order", ast.Call(_name("reversed"), [node], []), 0.4
    if isinstance(node, ast.Name | ast.Attribute) and not whole and not _is_module(node):
        yield "order", ast.Call(_name("reversed"), [node], []), 0.9
        for index in (-1, 0):
            yield "index", ast.Subscript(node, ast.Constant(index), ast.Load()), 0.8


# --- what is missing ---------------------------------------------------------------------------

_FUNCTIONS = (
    "exp",
    "log",
    "sqrt",
    "square",
    "abs",
    "tanh",
    "sign",
    "transpose",
    "asarray",
    "trace",
)
_FLOATS = (
    "array",
    "asarray",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full",
    "zeros",
    "full_like",
)


@rule(ast.expr)
def _with_function(node, scope, whole) -> Iterator[Change]:
    if isinstance(node, ast.Constant | ast.Tuple | ast.Slice | ast.Dict) or _is_module(node):
        return
    likely = 0.0 if whole else 0.5
    for name in scope.own:
        yield "function", ast.Call(_name(name), [node], []), likely
    for name in _FUNCTIONS:
        yield "function", _numpy(name, node), likely + 0.2
    for name in ("sum", "mean", "max")[: 3 if whole else 1]:
        for axis in _AXES[:3]:
            for keeps in ({}, {"keepdims": True}):
                yield "reduced", _numpy(name, node, **axis, **keeps), likely
    yield "function", ast.Call(_name("float"), [node], []), likely + 0.4
    yield "function", _numpy("maximum", node, ast.Constant(0)), likely + 0.4
    yield "copy", ast.Call(ast.Attribute(node, "copy", ast.Load()), [], []), likely


@rule(ast.expr)
def _with_operand(node, scope, whole) -> Iterator[Change]:
    """A factor or a term more, of what the function has at hand."""
    if not whole and not isinstance(node, ast.BinOp | ast.Call):
        return
    if isinstance(node, ast.Tuple | ast.Dict | ast.List | ast.Constant | ast.Lambda):
        return
    unlikely = 0.0 if whole else 0.5
    for operand, less in _operands(node, scope):
        for operator in (ast.Add, ast.Mult, ast.Div, ast.Sub):  # see `trying.Bench._operand`
            yield "added", _operation(node, operator(), operand), unlikely + less
    for number in (1, 2):
        yield "added", _operation(ast.Constant(number), ast.Sub(), node), unlikely + 0.1
        yield "added", _operation(ast.Constant(number), ast.Div(), node), unlikely + 0.4
    yield "added", _operation(node, ast.Pow(), ast.Constant(2)), unlikely


def _operands(node: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, float]]:
    names = [name for name in scope.names if scope.since[name] < node.lineno]
    for name in names:
        yield _name(name), 0.1
    for number in (2, 1, 0.5):
        yield ast.Constant(number), 0.2
    for name in scope.parameters:
        yield ast.Attribute(_name(name), "size", ast.Load()), 0.3
        for axis in (1, 0):
            yield _size(name, axis), 0.3
        positive = ast.Compare(_name(name), [ast.Gt()], [ast.Constant(0)])
        yield positive, 0.35
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.args[0], ast.Name):
        for name in names:
            yield _with(node, args=[_name(name)]), 0.3
    for function, name in product(scope.own, names):
        yield ast.Call(_name(function), [_name(name)], []), 0.4


@rule(ast.Call)
def _guarded(node, scope, whole) -> Iterator[Change]:
    if _called(node) in ("log", "sqrt") and len(node.args) == 1:
        small = _operation(node.args[0], ast.Add(), ast.Constant(1e-15))
        yield "guard", _with(node, args=[small]), 0.0
    if _called(node) == "exp" and len(node.args) == 1:
        for axis in ({"axis": 0, "keepdims": True}, {"axis": -1, "keepdims": True}, {}):
            smaller = _operation(node.args[0], ast.Sub(), _numpy("max", node.args[0], **axis))
            yield "guard", _with(node, args=[smaller]), 0.1


@rule(ast.BinOp)
def _guarded_division(node, scope, whole) -> Iterator[Change]:
    if isinstance(node.op, ast.Div):
        for small in (1e-12, 1e-8):
            below = _operation(node.right, ast.Add(), ast.Constant(small))
            yield "guard", _operation(node.left, ast.Div(), below), 0.2


@rule(ast.Call)
def _with_floats(node, scope, whole) -> Iterator[Change]:
    if _called(node) in _FLOATS:
        others = [k for k in node.keywords if k.arg != "dtype"]
        dtype = ast.keyword("dtype", _name("float"))
        yield "floats", _with(node, keywords=[*others, dtype]), 0.0
        if others != node.keywords:
            yield "floats", _with(node, keywords=others), 0.1
    if _called(node) == "copy":
        function = ast.Attribute(_arguments(node)[0], "astype", ast.Load())
        if _arguments(node):
            yield "floats", ast.Call(function, [_name("float")], []), 0.0


# --- several at once ---------------------------------------------------------------------------


@rule(ast.Tuple | ast.List)
def _other_order(node, scope, whole) -> Iterator[Change]:
    items, size = node.elts, len(node.elts)
    if not 2 <= size <= 8:
        return
    orders = permutations(range(size)) if size <= 4 else _few_orders(size)
    for order in orders:
        if list(order) != list(range(size)):
            yield "results", type(node)([items[i] for i in order], ast.Load()), 0.0
    for index in range(size):
        kept = [item for i, item in enumerate(items) if i != index]
        yield "results", type(node)(kept, ast.Load()), 0.5


def _few_orders(size: int) -> Iterator[list[int]]:
    yield list(reversed(range(size)))
    for i, j in _pairs(size):
        yield _swapped(list(range(size)), i, j)


@rule(ast.Dict)
def _other_values(node, scope, whole) -> Iterator[Change]:
    for i, j in _pairs(len(node.values)):
        yield "results", ast.Dict(node.keys, _swapped(node.values, i, j)), 0.1
    for i, key in enumerate(node.keys):
        for name in scope.names:
            spelt = isinstance(key, ast.Constant) and key.value != name
            if spelt and ast.unparse(node.values[i]) == name:
                keys = [*node.keys[:i], ast.Constant(name), *node.keys[i + 1 :]]
                yield "key", ast.Dict(keys, node.values), 0.2
