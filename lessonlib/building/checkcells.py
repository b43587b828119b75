"""What a check cell of a lesson is: one `check("id", …)` and nothing else.

The grader reads the cell instead of running it, so there must be nothing in it to run.
"""

import ast

from lessonlib.errors import UserError

FORMS = 'check("{id}", name) or check("{id}", a=a, b=b)'


def is_check_call(source: str) -> bool:
    """Return whether a cell's code is one `check("id", …)` as the grader reads it."""
    return _fault(source) == ""


def expect_check(source: str, exercise_id: str) -> None:
    """Raise UserError unless a cell is one call of `check` for this exercise."""
    fault = _fault(source) or _fault_of_id(source, exercise_id)
    if fault:
        raise UserError(f"a check cell is exactly {FORMS.format(id=exercise_id)}; {fault}.")


def _fault(source: str) -> str:
    """Say what keeps a cell from being a check; "" if nothing does."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"this is not Python ({error})"
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return "this is not one call and nothing else"
    return _fault_of_call(body[0].value)


def _fault_of_call(call: ast.expr) -> str:
    if not (isinstance(call, ast.Call) and _is_name(call.func, "check")):
        return "this does not call check"
    if not (call.args and _is_text(call.args[0])):
        return "the id, in quotes, comes first"
    if (len(call.args) == 2) == bool(call.keywords) or len(call.args) > 2:
        return "the answer is one name, or values by keyword"
    if call.keywords:
        return _fault_of_keywords(call.keywords)
    return "" if _is_name(call.args[1]) else "the answer is a plain name"


def _fault_of_keywords(keywords: list[ast.keyword]) -> str:
    odd = [each for each in keywords if each.arg is None or not _is_name(each.value, each.arg)]
    return f"{ast.unparse(odd[0])} should be a name equal to its keyword" if odd else ""


def _is_name(node: ast.expr, name: str | None = None) -> bool:
    return isinstance(node, ast.Name) and name in (None, node.id)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _fault_of_id(source: str, exercise_id: str) -> str:
    constants = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant))
    said = str(next(constants).value)
    return "" if said == exercise_id else f"this one checks {said}"
