"""In a learner's kernel: their own function, if it passes its check, or the library's."""

import ast
import json
import linecache
import warnings
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from lessonlib import freshness
from lessonlib.checks.asking import ask
from lessonlib.checks.diagnosing import Diagnosis
from lessonlib.checks.judging import verdict_on
from lessonlib.checks.surroundings import Surroundings
from lessonlib.checks.wording import is_unanswered, listing
from lessonlib.errors import UserError
from lessonlib.lessons import LESSONS, Lesson, find, lesson_of
from lessonlib.mine.definitions import Line, Needed, lines_of, needed, parsed
from lessonlib.mine.ids import going_on, why_not
from lessonlib.project import find_home, find_root, lessons_in

_KEPT: dict[str, tuple[str, object]] = {}  # by id: the code that was read, and what came of it
_TOLD: set[str] = set()
NOT_WRITTEN = "lesson {} has none of yours yet"


@dataclass(frozen=True, eq=False)
class Code:
    """The code cells of a notebook that count for one exercise, and the name of its answer."""

    cells: tuple[str, ...]
    name: str

    @cached_property
    def lines(self) -> list[Line]:
        """The statements of the cells."""
        return lines_of(self.cells)


class NotUsed(Exception):
    """Says why the learner's own is not used."""


def given(exercise_id: str):
    """Return the learner's own function or class, or the library's, which is said in a line.

    Raises UserError for an unknown id, for one that no function goes on of, and for one of this
    lesson or a later one.
    """
    exercise, lesson, here = find(exercise_id), lesson_of(exercise_id), _lesson_here()
    if why_not(exercise):
        raise UserError(why_not(exercise))
    if here and lesson.name >= here.name:
        raise UserError(_too_early(exercise, lesson, here))
    if _is_instructors():
        return exercise.reference
    try:
        return _own(exercise, lesson)
    except NotUsed as why:
        _tell(f"mine.{exercise_id} is the library's: {why}.")
        return exercise.reference


def known() -> list[str]:
    """Return the ids that can be asked for here."""
    here = _lesson_here()
    return going_on(here.name if here else "")


def _too_early(exercise, lesson: Lesson, here: Lesson) -> str:
    if lesson == here:
        return f"{exercise.id} is asked in this lesson: use your own {exercise.function}."
    return f"{exercise.id} is asked in lesson {lesson.number}, which comes after this one."


def _tell(line: str) -> None:
    """Print a line, once in a kernel."""
    if line not in _TOLD:
        _TOLD.add(line)
        print(line)


# --- where this is -----------------------------------------------------------------------------


def _lesson_here() -> Lesson | None:
    """Return the lesson whose folder this kernel works in, as each notebook's does."""
    return next((each for each in LESSONS if each.name == Path.cwd().name), None)


def _is_instructors() -> bool:
    """Return whether this is an instructor's notebook: one in `solutions/`, as built."""
    try:
        return find_root() / "solutions" in Path.cwd().parents
    except UserError:
        return False


def _notebook_of(lesson: Lesson) -> Path:
    """Return the learner's notebook of a lesson. Raises NotUsed where there is none."""
    here, below = Path.cwd(), Path(lesson.name, f"{lesson.name}.ipynb")
    places = [here.parent / below, here / below.name]
    try:
        places.append(lessons_in(find_home()) / below)
    except UserError:
        pass
    for path in places:
        if path.is_file():
            return path
    raise NotUsed(f"there is no notebook of lesson {lesson.number} beside this one")


# --- what is in it -----------------------------------------------------------------------------


def _own(exercise, lesson: Lesson):
    """Return the learner's own answer, which has passed its check. Raises NotUsed."""
    code = _code_for(exercise, lesson)
    need = needed(code.lines, code.name)
    broken = freshness.why_unknown(list(code.cells), code.name)
    if broken:
        raise NotUsed(f"lesson {lesson.number} has this to mend: {broken.rstrip('.')}")
    if need is None:
        raise NotUsed(NOT_WRITTEN.format(lesson.number))
    text = "\n".join(f"{line.place}: {ast.unparse(line.node)}" for line in need.lines)
    if exercise.id not in _KEPT or _KEPT[exercise.id][0] != text:
        _KEPT[exercise.id] = text, _judged(exercise, lesson, code, need)
    answer = _KEPT[exercise.id][1]
    if isinstance(answer, NotUsed):
        raise answer
    return answer


def _code_for(exercise, lesson: Lesson) -> Code:
    """Return the cells above an exercise's check; all of them where none of those answers it."""
    cells = _cells(_notebook_of(lesson), lesson)
    calls = ((i, call) for i, cell in enumerate(cells) if (call := _check_of(cell, exercise.id)))
    end, call = next(calls, (len(cells), None))
    answers = [each.id for each in call.args[1:] if isinstance(each, ast.Name)] if call else []
    name = answers[0] if answers else exercise.function
    above = Code(tuple(cells[:end]), name)
    made = needed(above.lines, name) or freshness.why_unknown(list(above.cells), name)
    return above if made else Code(tuple(cells), name)


def _cells(path: Path, lesson: Lesson) -> list[str]:
    """Return the code cells of a notebook. Raises NotUsed for a file that is none."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        return list(map(_without_magics, code))
    except (OSError, ValueError, KeyError, TypeError):
        raise NotUsed(f"the notebook of lesson {lesson.number} cannot be read") from None


def _without_magics(cell: str) -> str:
    """Return a cell as plain Python, with the same lines."""
    lines = cell.splitlines()
    return "\n".join("" if line.startswith(("%", "!", "?")) else line for line in lines)


def _check_of(cell: str, exercise_id: str) -> ast.Call | None:
    """Return the call in a cell that checks an exercise."""
    if exercise_id not in cell:
        return None
    for node in (each for line in parsed(cell) for each in ast.walk(line)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check" and node.args:
            if ast.unparse(node.args[0]) == repr(exercise_id):
                return node
    return None


# --- whether it is right -----------------------------------------------------------------------


def _judged(exercise, lesson: Lesson, code: Code, need: Needed):
    """Return the learner's answer, or a NotUsed where it does not pass its check."""
    yours = f"yours in lesson {lesson.number}"
    try:
        answer = _run(need.lines, code, lesson.name)[code.name]
    except (Exception, SystemExit) as error:
        if need.lacking:
            return NotUsed(f"{yours} {_lacks(need)}")
        return NotUsed(f"{yours} stops with {type(error).__name__} where it is defined")
    fault = _fault(exercise, answer)
    if is_unanswered(fault):
        return NotUsed(NOT_WRITTEN.format(lesson.number))
    if fault:
        return NotUsed(f"{yours} {_lacks(need) if need.lacking else 'does not pass its check'}")
    return answer


def _lacks(need: Needed) -> str:
    return f"needs {listing(list(need.lacking))}, which the notebook computes"


def _run(lines: tuple[Line, ...], code: Code, name: str) -> dict:
    """Run definitions in a namespace of their own; an error in them shows the notebook's lines."""
    names: dict = {"__name__": name}
    for line in _with_classes(lines, code):
        file = f"{name}, code cell {line.place + 1}"
        source = code.cells[line.place]
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
        with warnings.catch_warnings(), nullcontext() if line in lines else suppress(Exception):
            warnings.simplefilter("ignore")
            exec(compile(ast.Module([line.node], []), file, "exec"), names)
    return names


def _with_classes(lines: tuple[Line, ...], code: Code) -> list[Line]:
    """Return these lines and what the notebook's classes need: a check makes objects of them."""
    classes = (line.node.name for line in code.lines if isinstance(line.node, ast.ClassDef))
    needs = (needed(code.lines, name) for name in classes)
    chosen = {*lines, *(line for need in needs if need for line in need.lines)}
    return [line for line in code.lines if line in chosen]


def _fault(exercise, answer) -> str:
    """Return the message of a check, run in a fork as a check is; "" where it passes."""
    plainly = replace(exercise, mistakes=())  # which mistake it is does not matter here
    cases = plainly.cases(np.random.default_rng(0))
    responses = ask(plainly, answer, cases)
    verdict = verdict_on(Diagnosis(plainly, cases), responses, Surroundings())
    return "" if verdict.passed else verdict.message
