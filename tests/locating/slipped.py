"""Catalogued slips as answers: the reference with another line, and other names for its values."""

import ast
import copy
import difflib
import linecache
from collections.abc import Iterator
from dataclasses import dataclass

from lessonlib.exercises.reference import statements
from lessonlib.exercises.slips import Editor, Slip
from lessonlib.lessons import lessons


@dataclass(frozen=True)
class Slipped:
    """A wrong answer, and the lines of its text in which it is wrong."""

    exercise: object
    name: str
    answer: object
    text: str
    lines: frozenset[int]


def exercises() -> Iterator:
    """Yield the exercises that ask for a function or a class."""
    for lesson in lessons():
        yield from (each for each in lesson.exercises if each.returns != "named")


def slipped(exercise, renamed: bool = True) -> Iterator[Slipped]:
    """Yield an exercise's catalogued slips as a learner would have written them."""
    for slip in exercise.text.mistakes:
        editor = Editor(exercise.source)
        for line in slip.lines:
            editor.take(line.code)
        editor.finish()
        yield made(exercise, slip, editor.tree, renamed)


def made(exercise, slip: Slip, tree: ast.stmt, renamed: bool) -> Slipped:
    original = exercise.source.tree
    names = _locals(original) if renamed else {}
    right, wrong = (_text(each, names) for each in (original, tree))
    return Slipped(exercise, slip.name, written(exercise, wrong), wrong, _changed(right, wrong))


def written(exercise, text: str):
    """Return the function of a text, among the names of the reference, as if from a cell."""
    file = f"<answer {exercise.id} {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {**vars(__import__(exercise.source.answer.__module__, fromlist=["_"]))}
    names["__name__"] = "__main__"
    exec(compile(text, file, "exec"), names)
    return names[exercise.source.name]


def _text(tree: ast.stmt, names: dict[str, str]) -> str:
    return ast.unparse(ast.fix_missing_locations(_Renamed(names).visit(copy.deepcopy(tree)))) + "\n"


def _changed(right: str, wrong: str) -> frozenset[int]:
    """Return the lines of a wrong text that a right one has otherwise, or those around a gap."""
    matcher = difflib.SequenceMatcher(None, right.splitlines(), wrong.splitlines(), False)
    lines: set[int] = set()
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind != "equal":
            lines |= set(range(start + 1, end + 1)) or {start, start + 1}
    return frozenset(lines)


def _locals(tree: ast.stmt) -> dict[str, str]:
    """Return other names for the values of a function; its parameters keep theirs."""
    if isinstance(tree, ast.ClassDef):
        return {}
    arguments = {argument.arg for argument in ast.walk(tree) if isinstance(argument, ast.arg)}
    stored = [n.id for _, s in statements(tree) for n in ast.walk(s) if isinstance(n, ast.Name)
              and isinstance(n.ctx, ast.Store)]  # fmt: skip
    return {n: f"my_{i}" for i, n in enumerate(dict.fromkeys(stored)) if n not in arguments}


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node
