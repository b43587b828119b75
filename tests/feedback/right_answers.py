"""Right answers as texts: the references, the variants of the tests, and learners' styles."""

import ast
import copy
import importlib
from collections.abc import Iterator
from pathlib import Path

from texts import DEFINITIONS, Text, locals_of, text_of

from lessonlib.exercises import Written
from lessonlib.exercises.reference import blocks
from lessonlib.lessons import LESSONS

LESSON_TESTS = Path(__file__).parents[1] / "lessons"
EXERCISES = [e for lesson in LESSONS for e in lesson.exercises if e.returns != "named"]


def right_answers(exercise: Written) -> Iterator[Text]:
    """Yield the reference, the tests' variants, and each of them in learners' styles."""
    for text in (reference(exercise), *variants(exercise.id)):
        yield text
        for style, restyle in STYLES.items():
            tree = restyle(copy.deepcopy(text.tree))
            restyled = text.changed(tree, f"{text.label}, {style}")
            if restyled.code != text.code:
                yield restyled


def reference(exercise: Written) -> Text:
    """Return the reference."""
    module = importlib.import_module(exercise.source.answer.__module__)
    return text_of("reference", [exercise.source.tree], vars(module))


# --- the tests' variants --------------------------------------------------------------------


def variants(exercise_id: str) -> Iterator[Text]:
    """Yield the right answers that the lesson's tests know, those that are functions."""
    for path in sorted(LESSON_TESTS.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for number, expression in enumerate(_listed(tree, exercise_id)):
            found = _definitions(tree, expression)
            if found:
                known = vars(importlib.import_module(path.stem))
                yield text_of(f"variant {number}", found, known)


def _listed(tree: ast.Module, exercise_id: str) -> list[ast.expr]:
    """Return what a test file has as `variants = {exercise_id: [...]}`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "variants":
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(value, ast.List) and ast.unparse(key) == repr(exercise_id):
                    return value.elts
    return []


def _definitions(tree: ast.Module, expression: ast.expr) -> list[ast.stmt]:
    """Return the definitions that an expression needs, its own last; none if it is no function."""
    known = {each.name: each for each in tree.body if isinstance(each, DEFINITIONS)}
    if isinstance(expression, ast.Lambda):
        returned = ast.Return(expression.body)
        own = ast.FunctionDef("answer", expression.args, [returned], [], None, None, type_params=[])
    elif isinstance(expression, ast.Name) and expression.id in known:
        own = known[expression.id]
    else:
        return []
    needed: list[ast.stmt] = []
    _add(ast.fix_missing_locations(own), known, needed)
    return needed


def _add(definition: ast.stmt, known: dict, needed: list[ast.stmt]) -> None:
    """Add a definition behind those that it uses, each once."""
    for node in ast.walk(definition):
        used = known.get(node.id) if isinstance(node, ast.Name) else None
        if used is not None and used is not definition and used not in needed:
            _add(used, known, needed)
    if definition not in needed:
        needed.append(definition)


# --- learners' styles -----------------------------------------------------------------------


def renamed(tree: ast.Module) -> ast.Module:
    """Give every local variable another name: dZ is called my_dZ."""
    outer = [f for each in tree.body for f in ([each], each.body)[isinstance(each, ast.ClassDef)]]
    for function in (each for each in outer if isinstance(each, ast.FunctionDef)):
        given = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        own = locals_of(function) - given
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in own:
                node.id = f"my_{node.id}"
    return tree


def split(tree: ast.Module) -> ast.Module:
    """Write each half of a long expression in a line of its own."""
    count = 0
    for block in _blocks(tree):
        for statement in list(block):
            for half in _halves(statement):
                count += 1
                name, place = f"part_{count}", block.index(statement)
                block.insert(place, ast.Assign([ast.Name(name, ast.Store())], half.get()))
                half.set(ast.Name(name, ast.Load()))
    return tree


class _Half:
    """One operand of an expression."""

    def __init__(self, parent: ast.expr, field: str):
        self.parent, self.field = parent, field

    def get(self) -> ast.expr:
        return getattr(self.parent, self.field)

    def set(self, value: ast.expr) -> None:
        setattr(self.parent, self.field, value)


def _halves(statement: ast.stmt) -> list[_Half]:
    value = getattr(statement, "value", None)
    if not isinstance(statement, ast.Assign | ast.Return | ast.AugAssign):
        return []
    if not isinstance(value, ast.BinOp):
        return []
    halves = [_Half(value, "left"), _Half(value, "right")]
    return [half for half in halves if isinstance(half.get(), ast.BinOp | ast.Call)]


def with_helpers(tree: ast.Module) -> ast.Module:
    """Move the longest expression of each function into a function of its own."""
    for number, function in enumerate(_functions(tree)):
        steps = [s for b in _blocks(function) for s in b if isinstance(s, ast.Assign | ast.Return)]
        inner = {each.name for each in _functions(function)}
        steps = [s for s in steps if isinstance(s.value, ast.BinOp | ast.Call)]
        steps = [s for s in steps if not inner & {getattr(n, "id", "") for n in ast.walk(s.value)}]
        if steps and function in tree.body:
            step = max(steps, key=lambda s: len(ast.unparse(s.value)))
            tree.body.insert(tree.body.index(function), _extracted(function, step, number))
    return tree


def _extracted(function: ast.FunctionDef, step: ast.stmt, number: int) -> ast.FunctionDef:
    read = [n.id for n in ast.walk(step.value) if isinstance(n, ast.Name)]
    inside = {n.id for n in ast.walk(step.value) if isinstance(n, ast.Name) and _stores(n)}
    names = [n for n in dict.fromkeys(read) if n in locals_of(function) - inside]
    helper = ast.parse(f"def helper_{number}({', '.join(names)}):\n    return 0").body[0]
    helper.body[0].value = step.value
    step.value = ast.parse(f"helper_{number}({', '.join(names)})", mode="eval").body
    return helper


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class _Idioms(ast.NodeTransformer):
    """np.dot for @, np.sum(x) for x.sum(), x ** 2 for np.square(x)."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return ast.Call(_numpy("dot"), [node.left, node.right], [])
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in ("sum", "mean", "max"):
            if ast.unparse(function.value) != "np":
                return ast.Call(_numpy(function.attr), [function.value, *node.args], node.keywords)
        if ast.unparse(function) == "np.square":
            return ast.BinOp(node.args[0], ast.Pow(), ast.Constant(2))
        return node


def _numpy(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


def idioms(tree: ast.Module) -> ast.Module:
    """Write the same in older NumPy."""
    return _Idioms().visit(tree)


STYLES = {
    "renamed": renamed,
    "split": split,
    "with helpers": with_helpers,
    "idioms": idioms,
}


def _functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _blocks(tree: ast.AST) -> list[list[ast.stmt]]:
    """Return the blocks of all statements in a tree."""
    return [b for node in ast.walk(tree) for b in blocks(node) if b and isinstance(b[0], ast.stmt)]
