"""The course's lessons, and how to find an exercise by its id.

A lesson is a package with a `slips.txt`, whose first line names it and the first parts of its ids.
Ours are in this folder; any other package says where its own are by an entry point of the group
`lessonlib.lessons`, as docs/writing-exercises.md shows.

Nothing is imported before one of its exercises is asked for, and a lesson that is broken keeps
nobody from the others.
"""

import difflib
import re
import traceback
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from lessonlib.errors import UserError

GROUP = "lessonlib.lessons"
HERE = Path(__file__).parent
SLIPS = "slips.txt"


@dataclass(frozen=True)
class Lesson:
    """A lesson: its folder's name, the first parts of its exercises' ids, and its module.

    Several lessons may share a first part: `relu.relu` is asked in 01, `relu.bug_hunt` in 02.
    """

    name: str
    prefixes: tuple[str, ...]
    module: str

    @property
    def number(self) -> str:
        """The number that the folder's name starts with."""
        return self.name.split("-")[0]

    @property
    def folder(self) -> Path:
        """The folder of its code and texts."""
        return Path(find_spec(self.module).origin).parent

    @cached_property
    def exercises(self) -> tuple:
        """The lesson's exercises, in the order in which the notebook asks them.

        Raises UserError, with file and line, for a lesson that cannot be imported.
        """
        from lessonlib.exercises import written_in

        try:
            import_module(self.module)
        except UserError as error:
            raise UserError(f"The lesson {self.name} cannot be used. {error}") from None
        except Exception as error:
            raise UserError(
                f"The lesson {self.name} cannot be imported: {_place(error, self.module)}: "
                f"{type(error).__name__}: {error}."
            ) from error
        return written_in(self.module, self.prefixes)


def _place(error: Exception, module: str) -> str:
    """Return the file and the line in which an import failed."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "importlib" not in f.filename]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if len(frames) > 1 else module


# --- where lessons are -------------------------------------------------------------------------


def _lesson_in(folder: Path, module: str) -> Lesson:
    """Return the lesson of a folder. Raises UserError where its `slips.txt` does not name it."""
    with (folder / SLIPS).open(encoding="utf-8") as file:
        found = re.fullmatch(r"\[([\w-]+):\s*(\w+(?:,\s*\w+)*)\]", file.readline().strip())
    if not found:
        raise UserError(
            f"{folder / SLIPS}, line 1: it should name the lesson and the first part of its "
            "exercises' ids, as in [01-relu-layer: relu]."
        )
    return Lesson(found[1], tuple(re.split(r",\s*", found[2])), module)


def _ours() -> tuple[list[Lesson], list[str]]:
    found, faults = [], []
    for path in HERE.glob(f"*/{SLIPS}"):
        try:
            found.append(_lesson_in(path.parent, f"{__name__}.{path.parent.name}"))
        except UserError as error:
            faults.append(str(error))
    return sorted(found, key=lambda lesson: lesson.name), faults


LESSONS, _FAULTS = _ours()


@cache
def elsewhere() -> tuple[tuple[Lesson, ...], tuple[str, ...]]:
    """Return the lessons of other packages, and a sentence for each that cannot be found."""
    from importlib.metadata import entry_points  # takes a while, and most checks do without

    lessons, faults = [], []
    for point in sorted(entry_points(group=GROUP)):
        try:
            lessons.append(_lesson_at(point, [*LESSONS, *lessons]))
        except UserError as error:
            package = point.dist.name if point.dist else "a package"
            faults.append(f"The entry point {point.name!r} of {package}: {error}")
    return tuple(lessons), tuple(faults)


def _lesson_at(point, known: list[Lesson]) -> Lesson:
    try:
        spec = find_spec(point.value)
    except Exception as error:
        raise UserError(f"{point.value} cannot be found: {error}.") from None
    if spec is None or not spec.submodule_search_locations or not spec.origin:
        raise UserError(f"there is no package {point.value}.")
    if not (Path(spec.origin).parent / SLIPS).is_file():
        raise UserError(f"{Path(spec.origin).parent} has no {SLIPS}.")
    found = _lesson_in(Path(spec.origin).parent, point.value)
    for other in known:
        if found.name == other.name or set(found.prefixes) & set(other.prefixes):
            called = f"{found.name} ({', '.join(found.prefixes)})"
            raise UserError(f"{called} is taken by {other.module}.")
    return found


def lessons() -> list[Lesson]:
    """Return all lessons: ours and those of other packages, in order."""
    return sorted([*LESSONS, *elsewhere()[0]], key=lambda lesson: lesson.name)


# --- finding ---------------------------------------------------------------------------------


def find(exercise_id: str):
    """Return the Exercise with this id. Raises UserError, naming the nearest id there is."""
    return _found(exercise_id)[1]


def lesson_of(exercise_id: str) -> Lesson:
    """Return the lesson that asks the exercise with this id. Raises UserError as `find` does."""
    return _found(exercise_id)[0]


def _found(exercise_id: str) -> tuple:
    prefix = str(exercise_id).split(".")[0]
    ours = [lesson for lesson in LESSONS if prefix in lesson.prefixes]
    for lesson in ours or [lesson for lesson in elsewhere()[0] if prefix in lesson.prefixes]:
        for exercise in lesson.exercises:
            if exercise.id == exercise_id:
                return lesson, exercise
    raise UserError(_unknown(str(exercise_id)))


def lesson(name: str) -> Lesson:
    """Return the (first) lesson with this number, folder name or part of ids. Raises UserError."""
    for each in lessons():
        if name in (each.number, each.name, *each.prefixes) or name.zfill(2) == each.number:
            return each
    known = ", ".join(each.name for each in lessons())
    raise UserError(" ".join([f"There is no lesson {name!r}. The lessons: {known}.", *faults()]))


def faults() -> tuple[str, ...]:
    """Return a sentence for each lesson that cannot be found."""
    return (*_FAULTS, *elsewhere()[1])


def _unknown(exercise_id: str) -> str:
    known = [exercise.id for lesson in lessons() for exercise in _usable(lesson)]
    near = difflib.get_close_matches(exercise_id, known, n=1, cutoff=0.0)
    meant = f"There is no exercise {exercise_id!r}. Did you mean {near[0]!r}?"
    return " ".join([meant, *faults()])


def _usable(lesson: Lesson) -> tuple:
    try:
        return lesson.exercises
    except UserError:
        return ()
