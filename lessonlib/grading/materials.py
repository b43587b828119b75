"""What the instructor's side knows of a lesson's notebook: its cells, points, files and imports."""

import ast
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass

from lessonlib.grading.remote.isolation import PACKAGE

CHECK = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")


def exercise_in(source: str, otherwise: str) -> str:
    """Return the id in a test's `check("…")`; `otherwise`, the cell's own name, in another test."""
    found = CHECK.search(source)
    return found.group(1) if found else otherwise


@dataclass(frozen=True)
class Given:
    """A cell of the instructor's notebook.

    name:     its nbgrader id; "" where it has none.
    source:   the instructor's text, hidden tests included.
    stub:     what the learner got to see in its place.
    points:   the most that it gives; None where nothing is graded.
    """

    name: str
    cell_type: str
    source: str
    stub: str
    checksum: str | None
    points: float | None
    grade: bool
    solution: bool
    locked: bool
    task: bool

    @property
    def is_test(self) -> bool:
        """Whether its code gives points."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def is_answer(self) -> bool:
        """Whether the learner writes in it."""
        return self.solution or self.task

    def metadata(self) -> dict:
        """Return nbgrader's metadata as the gradebook has it; a learner's copy decides nothing."""
        nbgrader = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
        }
        return nbgrader if self.points is None else {**nbgrader, "points": self.points}


@dataclass(frozen=True)
class Materials:
    """A lesson's notebook as the grader needs it.

    files:   what lies beside it for the learner, by relative path.
    modules: those of `lessonlib.lessons` that the notebook itself imports.
    """

    lesson: str
    notebook: str
    cells: tuple[Given, ...]
    files: dict[str, bytes]
    modules: tuple[str, ...]

    @property
    def named(self) -> dict[str, Given]:
        """The cells that nbgrader knows, by name, in order."""
        return {cell.name: cell for cell in self.cells if cell.name}

    def fingerprint(self) -> str:
        """Return a digest of all that a grade depends on beside the submission."""
        cells = json.dumps([asdict(cell) for cell in self.cells]).encode()
        return digest(cells, *named_parts(self.files))


def digest(*parts: bytes) -> str:
    """Return a digest of these parts, one of which cannot run into the next."""
    return hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()


def named_parts(files: dict[str, bytes]) -> list[bytes]:
    """Return the names and contents of files, in order, for a digest."""
    return [part for name, data in sorted(files.items()) for part in (os.fsencode(name), data)]


# --- what the notebook imports of the lessons --------------------------------------------------


def visible_modules(cells: tuple[Given, ...]) -> tuple[str, ...]:
    """Return the modules of `lessonlib.lessons` that the cells import, and what those import."""
    wanted = {m for cell in cells if cell.cell_type == "code" for m in _imported(cell.stub)}
    found: set[str] = set()
    while wanted - found:
        module = (wanted - found).pop()
        found.add(module)
        path = PACKAGE / "lessons" / f"{module}.py"
        wanted |= _imported(path.read_text(encoding="utf-8")) if path.is_file() else set()
    return tuple(sorted(m for m in found if (PACKAGE / "lessons" / f"{m}.py").is_file()))


def _imported(source: str) -> set[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # magics
        return set()
    names = [f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names
             if n.module]  # fmt: skip
    names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    start = "lessonlib.lessons."
    return {name.removeprefix(start).split(".")[0] for name in names if name.startswith(start)}
