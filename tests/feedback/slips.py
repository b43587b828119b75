"""What learners get wrong, as changes of code: written from wrong code and from lists of mistakes.

A kind of slip says what may stand in the place of one expression, or of one statement in its
block. Whether a search for one small edit could undo it is told by what the issue on feedback lists
as its operators, not by what the search has. Weights: how often each was seen, roughly.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lessonlib.exercises.reference import blocks

Options = list[ast.AST]


@dataclass(frozen=True)
class Kind:
    """A kind of slip.

    within:  whether one of the operators that the issue lists undoes it.
    change:  what may stand instead: of an expression a list of others, of a statement (with its
             block and the place in it) a list of blocks.
    on:      "expression", "statement", or "alike": in each expression of the function alike.
    """

    name: str
    within: bool
    weight: int
    on: str
    change: Callable


KINDS: list[Kind] = []


def kind(name: str, *, within: bool, weight: int = 2, on: str = "expression", alike: int = 0):
    """Make the decorated function a kind of slip; with `alike` also one at every place at once."""

    def decorate(change: Callable) -> Callable:
        KINDS.append(Kind(name, within, weight, on, change))
        if alike:
            KINDS.append(Kind(f"{name}, everywhere", False, alike, "alike", change))
        return change

    return decorate


# --- small tools ----------------------------------------------------------------------------


def _binary(node, *operators) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, operators)


def _with(node: ast.AST, **fields) -> ast.AST:
    """Return a copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _parsed(text: str, **parts: ast.expr) -> ast.expr:
    """Return an expression from text, with expressions for the names A, B in it."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node):
            return copy.deepcopy(parts[node.id]) if node.id in parts else node

    return Put().visit(ast.parse(text, mode="eval").body)


def _called(node) -> str:
    """Return what a call's function is called, without `np.`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def _renamed_call(node: ast.Call, name: str) -> ast.Call:
    if isinstance(node.func, ast.Attribute):
        return _with(node, func=_with(node.func, attr=name))
    return _with(node, func=ast.Name(name, ast.Load()))


def _is_number(node) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


# --- operators and operands -----------------------------------------------------------------


@kind("plus for minus", within=True, weight=4)
def _plus_for_minus(node, scope) -> Options:
    other = {ast.Add: ast.Sub, ast.Sub: ast.Add}
    return [_with(node, op=other[type(node.op)]())] if _binary(node, ast.Add, ast.Sub) else []


@kind("times for divided", within=True, weight=2)
def _times_for_divided(node, scope) -> Options:
    other = {ast.Mult: ast.Div, ast.Div: ast.Mult}
    return [_with(node, op=other[type(node.op)]())] if _binary(node, ast.Mult, ast.Div) else []


@kind("elementwise for matrix product", within=True, weight=7)
def _star(node, scope) -> Options:
    if _called(node) == "dot" and len(node.args) == 2:
        return [ast.BinOp(node.args[0], ast.Mult(), node.args[1])]
    return [_with(node, op=ast.Mult())] if _binary(node, ast.MatMult) else []


@kind("matrix product for elementwise", within=True, weight=2)
def _at(node, scope) -> Options:
    return [_with(node, op=ast.MatMult())] if _binary(node, ast.Mult) else []


@kind("elementwise and exchanged", within=False, weight=3)
def _star_exchanged(node, scope) -> Options:
    if not _binary(node, ast.MatMult):
        return []
    return [ast.BinOp(node.right, ast.Mult(), node.left)]


@kind("operands exchanged", within=True, weight=4)
def _exchanged(node, scope) -> Options:
    if _called(node) == "dot" and len(node.args) == 2:
        return [_with(node, args=node.args[::-1])]
    if _binary(node, ast.MatMult, ast.Sub, ast.Div, ast.Pow):
        return [_with(node, left=node.right, right=node.left)]
    return []


@kind("power", within=True, weight=2)
def _power(node, scope) -> Options:
    if _binary(node, ast.Pow):
        return [node.left, _with(node, op=ast.Mult())]
    return [node.args[0]] if _called(node) == "square" else []


# --- transposed or not ----------------------------------------------------------------------


def _is_turned(node) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


@kind("transposition left out", within=True, weight=5)
def _not_turned(node, scope) -> Options:
    return [node.value] if _is_turned(node) else []


@kind("transposed too", within=True, weight=2)
def _turned(node, scope) -> Options:
    turned = lambda part: ast.Attribute(part, "T", ast.Load())  # noqa: E731
    if not _binary(node, ast.MatMult, ast.Mult):
        return []
    sides = {"left": node.left, "right": node.right}
    return [_with(node, **{s: turned(e)}) for s, e in sides.items() if isinstance(e, ast.Name)]


@kind("the other factor transposed", within=False, weight=3)
def _other_turned(node, scope) -> Options:
    if not _binary(node, ast.MatMult):
        return []
    left, right = node.left, node.right
    if _is_turned(left) and not _is_turned(right):
        return [_with(node, left=left.value, right=ast.Attribute(right, "T", ast.Load()))]
    if _is_turned(right) and not _is_turned(left):
        return [_with(node, left=ast.Attribute(left, "T", ast.Load()), right=right.value)]
    return []


# --- what is summed, and over which axis ------------------------------------------------------

SUMS = ("sum", "mean", "max", "min", "std", "any", "all", "argmax", "prod", "norm")


def _keyword(node, name: str) -> ast.keyword | None:
    return next((k for k in getattr(node, "keywords", []) if k.arg == name), None)


def _without_keyword(node: ast.Call, name: str) -> ast.Call:
    return _with(node, keywords=[k for k in node.keywords if k.arg != name])


@kind("another axis", within=True, weight=5, alike=2)
def _other_axis(node, scope) -> Options:
    axis = _keyword(node, "axis")
    if axis is None or not isinstance(axis.value, ast.Constant):
        return []
    other = ast.keyword("axis", ast.Constant(1 - axis.value.value))
    return [_with(node, keywords=[other if k is axis else k for k in node.keywords])]


@kind("no axis", within=True, weight=9, alike=4)
def _no_axis(node, scope) -> Options:
    if _keyword(node, "axis") is None:
        return []
    bare = _without_keyword(node, "axis")
    return [bare, _without_keyword(bare, "keepdims")]


@kind("keepdims left out", within=True, weight=6, alike=3)
def _no_keepdims(node, scope) -> Options:
    return [_without_keyword(node, "keepdims")] if _keyword(node, "keepdims") else []


@kind("not summed", within=True, weight=8, alike=3)
def _not_summed(node, scope) -> Options:
    if _called(node) not in ("sum", "mean"):
        return []
    if ast.unparse(node.func) in ("np.sum", "np.mean"):
        return node.args[:1]
    return [node.func.value] if isinstance(node.func, ast.Attribute) else []


@kind("sum for mean", within=False, weight=3)
def _sum_for_mean(node, scope) -> Options:
    other = {"sum": "mean", "mean": "sum"}.get(_called(node))
    return [_renamed_call(node, other)] if other else []


@kind("a mean of everything for sum / m", within=False, weight=3)
def _mean_of_all(node, scope) -> Options:
    if not _binary(node, ast.Div) or _called(node.left) != "sum":
        return []
    mean = _renamed_call(node.left, "mean")
    return [mean, _without_keyword(_without_keyword(mean, "axis"), "keepdims")]


# --- calls, factors, terms, masks, guards -----------------------------------------------------

NO_WRAPPERS = ("sum", "mean", "zeros", "range", "len", "shape", "zip", "enumerate", "append")


@kind("a call left out", within=True, weight=6)
def _no_call(node, scope) -> Options:
    if not isinstance(node, ast.Call) or _called(node) in NO_WRAPPERS:
        return []
    if len(node.args) == 1 and not node.keywords:
        return [node.args[0]]
    if isinstance(node.func, ast.Attribute) and not ast.unparse(node.func).startswith("np."):
        return [node.func.value]
    return []


@kind("a guard left out", within=True, weight=8, alike=4)
def _no_guard(node, scope) -> Options:
    if _called(node) in ("clip", "maximum", "minimum") and len(node.args) > 1:
        return [each for each in node.args if not isinstance(each, ast.Constant)][:1]
    if _called(node) == "where" and len(node.args) == 3:
        return node.args[1:]
    if isinstance(node, ast.IfExp):
        return [node.body]
    return []


@kind("a factor left out", within=True, weight=6, alike=3)
def _no_factor(node, scope) -> Options:
    if _binary(node, ast.Mult):
        return [node.left, node.right]
    return [node.left] if _binary(node, ast.Div) else []


@kind("a term left out", within=True, weight=5)
def _no_term(node, scope) -> Options:
    return [node.left, node.right] if _binary(node, ast.Add, ast.Sub) else []


@kind("minus left out", within=True, weight=3)
def _no_minus(node, scope) -> Options:
    minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    return [node.operand] if minus and not _is_number(node.operand) else []


@kind("a factor too many", within=True, weight=3)
def _one_more_factor(node, scope) -> Options:
    if _binary(node, ast.Div):
        return [ast.BinOp(node, ast.Div(), node.right)]
    if _binary(node, ast.MatMult, ast.Sub):
        return [ast.BinOp(ast.Constant(c), ast.Mult(), node) for c in (2, 0.5)]
    return []


@kind("a call too many", within=True, weight=3)
def _one_more_call(node, scope) -> Options:
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return [_with(node, args=[node])]
    if _binary(node, ast.MatMult):
        return [_parsed("float(A)", A=node), _parsed("np.abs(A)", A=node)]
    return []


@kind("another function", within=False, weight=6)
def _other_function(node, scope) -> Options:
    others = {
        "log": ["log10", "log2", "log1p"], "exp": ["exp2", "expm1"], "maximum": ["minimum"],
        "minimum": ["maximum"], "max": ["min"], "min": ["max"], "argmax": ["argmin"],
        "tanh": ["sinh", "tan"], "sqrt": ["square"], "square": ["sqrt"], "norm": ["det"],
        "standard_normal": ["random"], "std": ["var"], "any": ["all"], "all": ["any"],
        "permutation": ["integers"], "uniform": ["normal"], "zeros": ["ones", "empty"],
        "zeros_like": ["ones_like"], "abs": ["sign"], "sign": ["abs"], "sum": ["max"],
        "floor": ["ceil"], "real": ["imag"], "imag": ["real"], "column_stack": ["vstack"],
        "eye": ["ones"], "append": ["extend"], "appendleft": ["append"],
    }  # fmt: skip
    names = {"relu_derivative": "relu", "tanh_derivative": "np.tanh", "sigmoid": "np.tanh"}
    if _called(node) in names:
        return [_with(node, func=_parsed(names[_called(node)]))]
    return [_renamed_call(node, other) for other in others.get(_called(node), [])]


# --- names, keys, constants, indices, comparisons ---------------------------------------------


@kind("another name", within=True, weight=7)
def _other_name(node, scope) -> Options:
    if not isinstance(node, ast.Name) or node.id not in scope.names:
        return []
    alike = [n for n in scope.names if n != node.id and _look_alike(n, node.id)]
    return [ast.Name(n, ast.Load()) for n in alike]


def _look_alike(one: str, two: str) -> bool:
    """Return whether two names are easily confused: Z1 and Z2, dZ and Z, W1 and b1."""
    strip = lambda name: name.removeprefix("my_").removeprefix("d").rstrip("123")  # noqa: E731
    return strip(one) == strip(two) or one[-1:] == two[-1:] and len(one) == len(two) <= 3


@kind("another key", within=True, weight=5)
def _other_key(node, scope) -> Options:
    if not isinstance(node, ast.Constant) or node.value not in scope.keys:
        return []
    alike = [k for k in scope.keys if k != node.value and _look_alike(k, node.value)]
    return [ast.Constant(k) for k in alike]


@kind("a misspelt key", within=True, weight=3)
def _misspelt(node, scope) -> Options:
    if not isinstance(node, ast.Constant) or node.value not in scope.keys:
        return []
    return [ast.Constant(node.value.swapcase()), ast.Constant(f"{node.value[0]}_{node.value[1:]}")]


@kind("another constant", within=True, weight=5)
def _other_constant(node, scope) -> Options:
    if not _is_number(node):
        return []
    others = {0: [1], 1: [0, 2], 2: [1, 3], 0.5: [0, 1]}.get(node.value)
    return [ast.Constant(v) for v in others or [node.value * 10, node.value + 1]]


@kind("an index left out", within=True, weight=4)
def _no_index(node, scope) -> Options:
    return [node.value] if isinstance(node, ast.Subscript) else []


@kind("m from the wrong axis", within=True, weight=5)
def _wrong_size(node, scope) -> Options:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".shape"):
        if isinstance(node.slice, ast.Constant) and node.slice.value in (0, 1):
            return [_with(node, slice=ast.Constant(1 - node.slice.value))]
    return [_parsed("A.shape[1]", A=node.args[0])] if _called(node) == "len" else []


@kind("the number of all entries", within=False, weight=2)
def _all_entries(node, scope) -> Options:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".shape"):
        return [ast.Attribute(node.value.value, "size", ast.Load())]
    return [_parsed("A.size", A=node.args[0])] if _called(node) == "len" else []


@kind("a comparison", within=True, weight=4)
def _comparison(node, scope) -> Options:
    if not isinstance(node, ast.Compare):
        return []
    others = {
        ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt], ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt],
        ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
    }  # fmt: skip
    return [_with(node, ops=[o(), *node.ops[1:]]) for o in others.get(type(node.ops[0]), [])]


@kind("one round too few or too many", within=True, weight=3)
def _rounds(node, scope) -> Options:
    if _called(node) != "range":
        return []
    *start, end = node.args[:2]
    fewer, more = _parsed("A - 1", A=end), _parsed("A + 1", A=end)
    rest = node.args[2:]
    late = [] if start else [[ast.Constant(1), end]]
    return [_with(node, args=[*a, *rest]) for a in ([*start, fewer], [*start, more], *late)]


# --- parentheses ----------------------------------------------------------------------------


@kind("parentheses", within=True, weight=4)
def _parentheses(node, scope) -> Options:
    """a / (2 * h) as a / 2 * h; (a - b) * c as a - b * c."""
    if _binary(node, ast.Div) and _binary(node.right, ast.Mult, ast.Div):
        inner = node.right
        return [_with(inner, left=_with(node, right=inner.left))]
    if _binary(node, ast.Mult, ast.Div, ast.MatMult, ast.Pow) and _binary(
        node.left, ast.Add, ast.Sub
    ):
        inner = node.left
        return [_with(inner, right=_with(node, left=inner.right))]
    if _binary(node, ast.Mult, ast.MatMult) and _binary(node.right, ast.Add, ast.Sub):
        inner = node.right
        return [_with(inner, left=_with(node, right=inner.left))]
    return []


# --- formulas of their own --------------------------------------------------------------------


@kind("a formula of their own", within=False, weight=6)
def _own_formula(node, scope) -> Options:
    """1 - a² as 1 - a, a (1 - a) or with a slope applied twice."""
    texts = {
        "tanh_derivative": ["A * (1 - A)", "1 - np.tanh(np.tanh(A)) ** 2", "1 / np.cosh(A)"],
        "relu_derivative": ["(A >= 0) * 1.0", "np.maximum(A, 0)", "np.sign(A)"],
        "sigmoid": ["1 / (1 + np.exp(A))", "np.exp(A) / (1 + np.exp(2 * A))", "1 / 1 + np.exp(-A)"],
        "sigmoid_derivative": ["A - 1", "1 / (1 + np.exp(-A)) * (1 - A)"],
        "square": ["np.abs(A)", "2 * A"],
        "exp": ["1 + A", "np.log(A)"],
        "softmax": ["A / A.sum()", "np.exp(A) / np.exp(A).sum()"],
    }.get(_called(node), [])
    return [_parsed(text, A=node.args[0]) for text in texts if getattr(node, "args", None)]


@kind("1 - a for a slope", within=False, weight=3)
def _own_slope(node, scope) -> Options:
    if not (_binary(node, ast.Sub) and _is_number(node.left) and node.left.value == 1):
        return []
    a = node.right.left if _binary(node.right, ast.Pow, ast.Mult) else node.right
    texts = ("A * (1 - A)", "1 / (1 + A ** 2)", "(1 - A) ** 2")
    return [_parsed(text, A=a) for text in texts]


@kind("first sample or row only", within=False, weight=2)
def _first_only(node, scope) -> Options:
    if not _binary(node, ast.MatMult):
        return []
    return [_with(node, left=_parsed("A[:1]", A=node.left)),
            _with(node, right=_parsed("A[:, :1]", A=node.right))]  # fmt: skip


@kind("reshaped", within=False, weight=2)
def _reshaped(node, scope) -> Options:
    if not _is_turned(node):
        return []
    return [_parsed("A.reshape(-1, 1)", A=node.value), _parsed("A.reshape(1, -1)", A=node.value)]


@kind("whole numbers", within=False, weight=4)
def _whole(node, scope) -> Options:
    if _called(node) == "zeros" and node.args:
        return [_parsed("np.zeros(A, int)", A=node.args[0])]
    if _called(node) in ("zeros_like", "array") and _keyword(node, "dtype"):
        return [_without_keyword(node, "dtype")]
    return [node.func.value] if _called(node) == "astype" else []


@kind("a single number asked for", within=False, weight=2)
def _single(node, scope) -> Options:
    return [_parsed("np.squeeze(A)", A=node)] if _called(node) in ("sum", "mean") else []


# --- statements -----------------------------------------------------------------------------


@kind("a line left out", within=False, weight=4, on="statement")
def _no_line(block, place, scope) -> list[list[ast.stmt]]:
    if isinstance(block[place], ast.Return) or len(block) == 1:
        return []
    return [[*block[:place], *block[place + 1 :]]]


@kind("two lines exchanged", within=True, weight=4, on="statement")
def _lines_exchanged(block, place, scope) -> list[list[ast.stmt]]:
    pair = block[place : place + 2]
    if len(pair) < 2 or isinstance(pair[1], ast.Return):
        return []
    return [[*block[:place], *pair[::-1], *block[place + 2 :]]]


@kind("no return", within=True, weight=4, on="statement")
def _no_return(block, place, scope) -> list[list[ast.stmt]]:
    last = block[place]
    if not isinstance(last, ast.Return) or last.value is None:
        return []
    return [[*block[:place], ast.Expr(last.value)]]


@kind("printed, not returned", within=False, weight=2, on="statement")
def _printed(block, place, scope) -> list[list[ast.stmt]]:
    last = block[place]
    if not isinstance(last, ast.Return) or last.value is None:
        return []
    return [[*block[:place], ast.Expr(_parsed("print(A)", A=last.value))]]


@kind("return inside the loop", within=True, weight=4, on="statement")
def _early_return(block, place, scope) -> list[list[ast.stmt]]:
    if place + 1 >= len(block) or not isinstance(block[place], ast.For | ast.While):
        return []
    if not isinstance(block[place + 1], ast.Return):
        return []
    loop = _with(block[place], body=[*block[place].body, block[place + 1]])
    return [[*block[:place], loop, *block[place + 2 :]]]


@kind("last line of the loop behind it", within=True, weight=3, on="statement")
def _behind_the_loop(block, place, scope) -> list[list[ast.stmt]]:
    loop = block[place]
    if not isinstance(loop, ast.For | ast.While) or len(loop.body) < 2:
        return []
    shorter = _with(loop, body=loop.body[:-1])
    return [[*block[:place], shorter, loop.body[-1], *block[place + 1 :]]]


@kind("results exchanged", within=True, weight=5, on="statement")
def _results_exchanged(block, place, scope) -> list[list[ast.stmt]]:
    last = block[place]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple):
        return []
    e = last.value.elts
    orders = [[e[1], e[0], *e[2:]]] + ([[*e[:-2], e[-1], e[-2]]] if len(e) > 2 else [])
    return [_returning(block, place, _with(last.value, elts=order)) for order in orders]


@kind("too few or too many results", within=False, weight=3, on="statement")
def _results(block, place, scope) -> list[list[ast.stmt]]:
    last = block[place]
    if not isinstance(last, ast.Return) or last.value is None:
        return []
    if isinstance(last.value, ast.Tuple):
        e = last.value.elts
        return [_returning(block, place, v) for v in (e[0], _with(last.value, elts=[*e, e[0]]))]
    if isinstance(last.value, ast.Dict):
        fewer = _with(last.value, keys=last.value.keys[:-1], values=last.value.values[:-1])
        return [_returning(block, place, fewer)]
    return [_returning(block, place, ast.Tuple([last.value, last.value], ast.Load()))]


def _returning(block, place, value) -> list[ast.stmt]:
    return [*block[:place], ast.Return(value), *block[place + 1 :]]


@kind("another result", within=True, weight=3, on="statement")
def _other_result(block, place, scope) -> list[list[ast.stmt]]:
    last = block[place]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name):
        return []
    others = [n for n in scope.names if n != last.value.id]
    return [_returning(block, place, ast.Name(n, ast.Load())) for n in others]


@kind("in place", within=True, weight=8, on="statement")
def _in_place(block, place, scope) -> list[list[ast.stmt]]:
    step = block[place]
    if not isinstance(step, ast.Assign) or not isinstance(step.value, ast.BinOp):
        return []
    if ast.unparse(step.targets[0]) != ast.unparse(step.value.left):
        return []
    return [[*block[:place], ast.AugAssign(step.targets[0], step.value.op, step.value.right),
             *block[place + 1 :]]]  # fmt: skip


@kind("an argument overwritten", within=False, weight=8, on="statement")
def _overwritten(block, place, scope) -> list[list[ast.stmt]]:
    """dZ = A2 - Y as A2 -= Y; dZ = A2."""
    step = block[place]
    if not isinstance(step, ast.Assign) or not _binary(step.value, ast.Add, ast.Sub, ast.Mult):
        return []
    left = step.value.left
    if not isinstance(left, ast.Name | ast.Subscript):
        return []
    stored = _with(left, ctx=ast.Store())
    return [[*block[:place], ast.AugAssign(stored, step.value.op, step.value.right),
             ast.Assign(step.targets, left), *block[place + 1 :]]]  # fmt: skip


@kind("a copied line", within=False, weight=6, on="statement")
def _copied_line(block, place, scope) -> list[list[ast.stmt]]:
    """What one line gives is written in another, too: db1 = … as in db2."""
    step = block[place]
    if not isinstance(step, ast.Assign) or not isinstance(step.targets[0], ast.Name):
        return []
    others = [s for s in block[:place] if isinstance(s, ast.Assign)
              and isinstance(s.targets[0], ast.Name)
              and _look_alike(s.targets[0].id, step.targets[0].id)]  # fmt: skip
    return [[*block[:place], _with(step, value=s.value), *block[place + 1 :]] for s in others]


# --- where they fit -------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """What can be confused in a cell: names of values, and keys."""

    names: tuple[str, ...]
    keys: tuple[str, ...]


def scope_of(tree: ast.Module) -> Scope:
    """Return the names that get a value and the keys that are looked up or made."""
    names, keys = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.arg) and node.arg != "self":
            names.append(node.arg)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            keys.append(node.slice.value)
        elif isinstance(node, ast.Dict):
            keys += [k.value for k in node.keys if isinstance(k, ast.Constant)]
    return Scope(*(tuple(dict.fromkeys(found)) for found in (names, _texts(keys))))


def _texts(keys: list) -> list[str]:
    return [key for key in keys if isinstance(key, str) and key]


def spoilt(tree: ast.Module) -> Iterator[tuple[Kind, Callable[[], ast.Module]]]:
    """Yield each slip that fits a cell: its kind, and a function that makes the spoilt tree."""
    scope = scope_of(tree)
    for kind_ in KINDS:
        for choice in range(len(_options(kind_, tree, scope))):
            yield kind_, lambda k=kind_, c=choice: _made(k, tree, scope, c)


def _made(kind_: Kind, tree: ast.Module, scope: Scope, choice: int) -> ast.Module:
    new = copy.deepcopy(tree)
    _options(kind_, new, scope)[choice]()
    return ast.fix_missing_locations(copy.deepcopy(new))


def _options(kind_: Kind, tree: ast.Module, scope: Scope) -> list[Callable[[], None]]:
    """Return, for each way in which a kind can spoil a tree, what does it."""
    if kind_.on == "statement":
        return [
            lambda b=block, new=new: b.__setitem__(slice(None), new)
            for block in _blocks(tree)
            for place in range(len(block))
            for new in kind_.change(block, place, scope)
        ]
    places = [
        [lambda p=put, new=new: p(new) for new in kind_.change(node, scope)]
        for node, put in expressions(tree)
    ]
    if kind_.on == "expression":
        return [option for each in places for option in each]
    first = [each[0] for each in places if each]
    return [lambda: [each() for each in first]] if len(first) > 1 else []


def _blocks(tree: ast.Module) -> list[list[ast.stmt]]:
    return [
        block
        for node in ast.walk(tree)
        if not isinstance(node, ast.Module)
        for block in blocks(node)
        if block and isinstance(block[0], ast.stmt)
    ]


def expressions(tree: ast.AST) -> Iterator[tuple[ast.expr, Callable]]:
    """Yield each expression that is read, inner ones first, with a function that replaces it."""
    for name, value in ast.iter_fields(tree):
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or isinstance(child, ast.arguments | ast.JoinedStr):
                continue
            yield from expressions(child)
            if isinstance(child, ast.expr) and not isinstance(
                getattr(child, "ctx", None), ast.Store
            ):
                yield child, _putter(tree, name, place if isinstance(value, list) else None)


def _putter(parent: ast.AST, name: str, place: int | None) -> Callable[[ast.AST], None]:
    if place is None:
        return lambda new: setattr(parent, name, new)
    return lambda new: getattr(parent, name).__setitem__(place, new)
