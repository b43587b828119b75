"""What the instructor's side knows of a lesson's notebook: its cells, points, files and imports."""

import ast
import json
import os
import re
from dataclasses import asdict, dataclass

from lessonlib.grading.lesson_files import digest, imported
from lessonlib.grading.submission.syntax import parsed

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
    shows: bool = False

    @property
    def most(self) -> float:
        """The most that it gives, 0 where nothing is graded."""
        return self.points or 0.0

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
    modules: of lessons that the notebook itself imports, such as "lessonlib.lessons.relu_layer".
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


def named_parts(files: dict[str, bytes]) -> list[bytes]:
    """Return the names and contents of files, in order, for a digest."""
    return [part for name, data in sorted(files.items()) for part in (os.fsencode(name), data)]


# --- what the notebook imports of the lessons --------------------------------------------------


def imported_modules(cells: tuple[Given, ...], files: dict[str, bytes]) -> tuple[str, ...]:
    """Return the modules that the cells import, other than files of the assignment itself."""
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    found = {module for source in sources for module in _modules(source)}
    own = {name.split("/")[0].removesuffix(".py") for name in files}
    return tuple(sorted(name for name in found if name.split(".")[0] not in own))


def _modules(source: str) -> set[str]:
    try:
        nodes = list(ast.walk(parsed(source)))
    except (SyntaxError, RecursionError):
        return set()
    names = {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module and not n.level}
    return names | {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}


def visible_modules(cells: tuple[Given, ...]) -> tuple[str, ...]:
    """Return the lessons' modules that the cells import, and what those import."""
    return imported(cell.stub for cell in cells if cell.cell_type == "code")
