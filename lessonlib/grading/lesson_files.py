"""The files of lessons: what a notebook may import of them, what is hidden, what a grade rests on.

A submission is graded where no lesson's answers can be read. A notebook may import functions of an
earlier lesson, though: those modules, and what they import, are shown.
"""

import ast
import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from lessonlib import lessons
from lessonlib.mine.handed import OURS


def imported(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules of lessons that pieces of code import, and what those import."""
    wanted = {module for source in sources for module in _imported(source)}
    found: set[str] = set()
    while wanted - found:
        module = (wanted - found).pop()
        found.add(module)
        for path in module_files(module).values():
            wanted |= _imported(path.read_text(encoding="utf-8"))
    return tuple(sorted(found))


def _imported(source: str) -> set[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # magics
        return set()
    froms = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module and not n.level]
    names = [f"{node.module}.{alias.name}" for node in froms for alias in node.names]
    names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {module for name in names if (module := _module_of(name))}


def _module_of(name: str) -> str:
    """Return the module that a dotted name of a lesson belongs to; a lesson is shown whole."""
    if name.startswith(f"{OURS}."):
        module = ".".join(name.split(".")[:3])
    else:
        own = [each.module for each in lessons.elsewhere()[0]]
        module = next((each for each in own if f"{name}.".startswith(f"{each}.")), "")
    return module if module and module_files(module) else ""


def module_files(module: str) -> dict[str, Path]:
    """Return a module's code, by the path below a folder for Python; not the slips beside it."""
    spec = find_spec(module)
    if spec is None or not spec.origin:
        return {}
    origin, parts = Path(spec.origin), module.split(".")
    top = origin.parents[len(parts) - (not spec.submodule_search_locations)]
    paths = origin.parent.rglob("*.py") if spec.submodule_search_locations else [origin]
    above = [top.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts))]
    return {p.relative_to(top).as_posix(): p for p in [*above, *sorted(paths)] if p.is_file()}


def folders() -> tuple[Path, ...]:
    """Return the folders with the answers of other packages' lessons, which are to be hidden."""
    return tuple(each.folder for each in lessons.elsewhere()[0])


def fingerprint(name: str) -> str:
    """Return a digest of a lesson's own files, code, texts and data: "" for no lesson of ours."""
    try:
        folder = lessons.lesson(name).folder
    except lessons.UserError:
        return ""
    parts = [
        part
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes())
    ]
    return digest(*parts)


def digest(*parts: bytes) -> str:
    """Return a digest of these parts, one of which cannot run into the next."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
