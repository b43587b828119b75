"""What a grading process may see of earlier lessons: the functions that go on, and no others.

A graded submission must not read an answer of its own lesson, whichever module that stands in. So
no lesson's module is shown for `mine`: of each only the definitions that an earlier exercise's
reference needs are written anew, without the decorators that make it an exercise.
"""

import ast
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import lessonlib
from lessonlib.lessons import LESSONS, find
from lessonlib.mine import HANDED
from lessonlib.mine.definitions import Line, bound, needed
from lessonlib.mine.ids import going_on

KIT = ("exercise", "mistake", "gives")
OURS = "lessonlib.lessons"
TOP = Path(lessonlib.__file__).parents[1]
Place = tuple[str, str]  # a module, and a name in it


class NotApart(Exception):
    """A reference needs a whole module of a lesson, which must not be shown."""


@cache
def handed_out(lesson: str) -> dict[str, bytes]:
    """Return the files that a lesson's grading shows for `mine`, by their path below the library.

    Nothing for an assignment that is no lesson of ours. A function that needs an answer of this or
    a later lesson is left out.
    """
    if lesson not in {each.name for each in LESSONS}:
        return {}
    secret = {
        place_of(each) for other in LESSONS if other.name >= lesson for each in other.exercises
    }
    found: dict[str, set[int]] = {}
    listed: dict[str, Place] = {}
    for exercise_id in going_on(before=lesson):
        place = place_of(find(exercise_id))
        try:
            parts = parts_of(place, secret)
        except NotApart:
            continue
        listed[exercise_id] = place
        for module, lines in parts.items():
            found.setdefault(module, set()).update(lines)
    return _files(listed, found)


def place_of(exercise) -> Place:
    """Return where an exercise's reference stands."""
    answer = exercise.source.answer
    return answer.__module__, answer.__qualname__


def parts_of(place: Place, secret: set[Place]) -> dict[str, set[int]]:
    """Return the lines, by module, that a reference needs.

    Raises NotApart where one of them is secret, or a whole module of a lesson.
    """
    parts: dict[str, set[int]] = {}
    todo, seen = [place], set()
    while todo:
        module, name = here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        lines = _lines(module)
        need = needed(lines, name, lambda node: True)
        if need is None:
            raise NotApart(f"{module}.{name}")
        if any((module, each) in secret for line in need.lines for each in bound(line.node)):
            raise NotApart(f"{module}.{name}")
        parts.setdefault(module, set()).update(line.place for line in need.lines)
        todo += [each for line in need.lines for each in _from_lessons(line.node)]
    return parts


def _from_lessons(node: ast.stmt) -> list[Place]:
    """Return what a statement imports from lessons. Raises NotApart for a whole module."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return []
    module = "." * getattr(node, "level", 0) + (getattr(node, "module", "") or "")
    for alias in node.names:
        if isinstance(node, ast.Import) and f"{alias.name}.".startswith(f"{OURS}."):
            raise NotApart(alias.name)
        if module.startswith(".") or _is_module(module, alias.name):
            raise NotApart(f"{module}.{alias.name}")
    return [(module, alias.name) for alias in node.names if module.startswith(f"{OURS}.")]


def _is_module(module: str, name: str) -> bool:
    """Return whether what is imported from lessons is a module, or all of one."""
    if not f"{module}.".startswith(f"{OURS}."):
        return False
    path = _path(module)
    own = {path.with_name(name), path.with_name(f"{name}.py")}
    return name == "*" or (path.stem == "__init__" and any(map(Path.exists, own)))


@cache
def _lines(module: str) -> list[Line]:
    """Return a module's statements, each with its number: one for each name that is imported."""
    statements: list[ast.stmt] = []
    for node in ast.parse(_path(module).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            each = [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
            statements += map(ast.fix_missing_locations, each)
        else:
            statements.append(_undecorated(node))
    return [Line(node, i) for i, node in enumerate(statements)]


def _undecorated(node: ast.stmt) -> ast.stmt:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        node.decorator_list = [each for each in node.decorator_list if not _is_kit(each)]
    return node


def _is_kit(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in KIT


def _path(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise NotApart(module)
    return Path(spec.origin)


def _files(listed: dict[str, Place], found: dict[str, set[int]]) -> dict[str, bytes]:
    files = {HANDED: json.dumps(listed).encode()}
    for module, chosen in found.items():
        path = _path(module).relative_to(TOP)
        code = [ast.unparse(line.node) for line in _lines(module) if line.place in chosen]
        for folder in path.parents[:-3]:  # below lessonlib/lessons
            files.setdefault(f"{folder.as_posix()}/__init__.py", b"")
        files[path.as_posix()] = "\n\n".join([*code, ""]).encode()
    return files
