"""What the instructor's side knows of a lesson's notebook: its cells, points, files and imports."""

import ast
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from lessonlib.errors import UserError
from lessonlib.grading.isolation import PACKAGE

MAX_FILES = 64 * 2**20  # bytes of data files beside a lesson


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
        """Return nbgrader's metadata as the gradebook has it: the learner's copy decides nothing."""
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
        files = [name.encode() + content for name, content in sorted(self.files.items())]
        return hashlib.sha256(b"\0".join([cells, *files])).hexdigest()


def load(course: CourseDirectory, lesson: str, notebook: str) -> Materials:
    """Return the materials of a notebook that is in the gradebook. Raises UserError if it is not."""
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    path = folder / f"{notebook}.ipynb"
    if not path.is_file():
        raise UserError(f"There is no notebook {path}.")
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            known = gradebook.find_notebook(notebook, lesson)
        except MissingEntry:
            raise UserError(f"The gradebook does not know {lesson} yet.") from None
        saved = {cell.name: cell.to_dict() for cell in known.source_cells}
        graded = [*known.grade_cells, *known.task_cells]
        points = {cell.name: float(cell.max_score) for cell in graded}
    source = nbformat.read(path, as_version=4)
    cells = tuple(_given(cell, saved, points) for cell in source.cells)
    files = _files(folder, course.ignore)
    return Materials(lesson, notebook, cells, files, visible_modules(cells))


def _given(cell, saved: dict, points: dict) -> Given:
    nbgrader = cell.metadata.get("nbgrader", {})
    name = nbgrader.get("grade_id", "")
    known = saved.get(name)
    if known is None:
        return Given("", cell.cell_type, cell.source, cell.source, None, None, *[False] * 4)
    locked = bool(known["locked"])
    return Given(
        name=name,
        cell_type=known["cell_type"] or cell.cell_type,
        source=known["source"] if locked else cell.source,
        stub=known["source"],
        checksum=known["checksum"],
        points=points.get(name),
        grade=bool(utils.is_grade(cell)),
        solution=bool(utils.is_solution(cell)),
        locked=locked,
        task=bool(utils.is_task(cell)),
    )


def _files(folder: Path, ignore: list[str]) -> dict[str, bytes]:
    """Return the files that a learner gets with the notebook; links are not followed."""
    paths = [Path(name) for name in find_all_files(str(folder), [*ignore, "*.ipynb"])]
    paths = [path for path in paths if path.is_file() and not path.is_symlink()]
    if sum(path.stat().st_size for path in paths) > MAX_FILES:
        raise UserError(f"The files beside {folder.name} are larger than {MAX_FILES >> 20} MiB.")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


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
