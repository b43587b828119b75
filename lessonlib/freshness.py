"""Whether a check judges what its learner sees: the kernel only knows what was run."""

import ast
import linecache
import re
from types import FunctionType

from lessonlib.checks import Verdict

AGAIN = "Mend that cell, run it, then run this check again."


def doubt(cells: list[str], counts: dict[str, int], verdict: Verdict, answer) -> str:
    """Return why a check may have judged an older version of an answer; "" if nothing says so.

    cells:  the code of all cells that were run, in order; the last one is the check's.
    counts: how many cells had run at the last check of each exercise; this one is noted.
    answer: what was judged; where it is a function, its own code tells which cell it is from.
    """
    *above, check = cells or [""]
    names = _given(check)
    before, counts[verdict.exercise] = counts.get(verdict.exercise), len(cells)
    broken = next(filter(None, (why_unknown(above, name) for name in names)), "")
    if broken:
        return f"{broken} So this judges what was there before. {AGAIN}"
    if names and _is_older(above, names[0], answer):
        return (
            f"The last cell that should make {names[0]} stopped before it did. So this judges the "
            f"one from before. {AGAIN}"
        )
    if verdict.passed or before is None or not all(map(_is_check, cells[before:])):
        return ""
    return (
        "Nothing was run since the last check, so this is the same answer. If you have changed "
        "it, click into its cell, press Shift+Enter, then run this check again."
    )


def why_unknown(cells: list[str], name: str) -> str:
    """Return that the last cell which should make a name is no Python; "" if it is."""
    cell = next((cell for cell in reversed(cells) if _makes(cell, name)), "")
    try:
        ast.parse(cell)
    except SyntaxError as error:
        return (
            f"The cell that should make {name} does not compile: line {error.lineno}, {error.msg}."
        )
    except (ValueError, RecursionError, MemoryError):
        return f"The cell that should make {name} does not compile."
    return ""


# --- what the cells say ------------------------------------------------------------------------


def _given(cell: str) -> list[str]:
    """Return the names that a check is given: `relu` in `check("relu.relu", relu)`."""
    call = next(filter(_is_call, ast.walk(_parsed(cell))), None)
    values = [*call.args[1:], *(each.value for each in call.keywords)] if call else []
    return [value.id for value in values if isinstance(value, ast.Name)]


def _is_check(cell: str) -> bool:
    """Return whether a cell does nothing but check."""
    body = _parsed(cell).body
    return bool(body) and all(isinstance(s, ast.Expr) and _is_call(s.value) for s in body)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "check"


def _parsed(cell: str) -> ast.Module:
    """Return a cell's code; none where it is no Python."""
    try:
        return ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _makes(cell: str, name: str) -> bool:
    """Return whether a cell defines a name, or would if it were Python."""
    if name not in cell:
        return False
    body = _parsed(cell).body
    if not body:
        word = re.escape(name)
        return bool(re.search(rf"^(?:def|class) +{word}\b|^{word}\s*=[^=]", cell, re.MULTILINE))
    return any(name in _made(statement) for statement in body)


def _made(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]


def _is_older(cells: list[str], name: str, answer) -> bool:
    """Return whether a function comes from another cell than the last one that defines it."""
    if not isinstance(answer, FunctionType):
        return False
    own = "".join(linecache.getlines(answer.__code__.co_filename)).strip()
    last = next((cell.strip() for cell in reversed(cells) if _makes(cell, name)), "")
    defines = f"def {name}"
    return defines in last and defines in own and own != last
