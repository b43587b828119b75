"""A lesson's text, read: percent cells in, a notebook with nbgrader's metadata out.

Authors write short forms in a cell's header, so that the text stays readable:

    # %% solution="relu-relu"                             a cell that the learner fills in
    # %% check="relu.relu"                                the locked, graded cell below it; an empty
                                                          one is filled, and hints put below
    # %% [markdown] written="relu-explain" points=2       a question to answer in words
    # %% [markdown] rubric="relu-explain"                 what earns its points, put behind a fold
                                                          together with the model answer
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from lessonlib.building.checkcells import expect_check
from lessonlib.building.checkpoints import (
    ExerciseOf,
    exercise_of_course,
    fill_calls,
    with_hints,
)
from lessonlib.building.rubrics import fill_rubrics
from lessonlib.building.stubs import (
    BEGIN,
    BEGIN_DELIMITER,
    END,
    END_DELIMITER,
    Region,
    expect_names,
    split,
)
from lessonlib.errors import UserError

PointsOf = Callable[[str], float]

SHORT_FORMS = {"solution": "code", "check": "code", "written": "markdown"}
# What jupytext notes down to write the text back as it was; it says nothing about the lesson.
JUPYTEXT_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "title", "cell_depth"}
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    # No version number: it would change with every machine that builds.
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def read_lesson(
    path: Path, points_of: PointsOf, exercise_of: ExerciseOf = exercise_of_course
) -> NotebookNode:
    """Return the lesson in a percent file as a notebook that has not been run.

    `points_of` tells what an exercise is worth: a check cell names its exercise, not its points.
    `exercise_of` returns the exercise itself, for its hints, or None for one that has none.
    """
    cells = _percent_cells(path)
    exercises = fill_calls(cells, exercise_of)
    fill_rubrics(cells)
    for number, cell in enumerate(cells, start=1):
        try:
            _expand(cell, points_of)
            _expect_regions_in_answers(cell)
        except UserError as error:
            raise UserError(f"{path.name}, cell {number}: {error}") from None
    cells = list(with_hints(cells, exercises))
    _give_ids(cells, path.name)
    return nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA))


def _percent_cells(path: Path) -> list[NotebookNode]:
    try:
        cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    except Exception as error:  # jupytext has no error of its own for text that it cannot read
        raise UserError(f"{path.name} is not a lesson in percent format: {error}") from error
    if not any(cell.source.strip() for cell in cells):
        raise UserError(f'{path.name} has no cells. A cell begins with a line "# %%".')
    return cells


def _expand(cell: NotebookNode, points_of: PointsOf) -> None:
    """Replace a short form in the cell's metadata by what nbgrader reads."""
    metadata = cell.metadata
    broken = metadata.get("incorrectly_encoded_metadata")
    if broken:
        raise UserError(f'the header "{broken}" cannot be read. Write it like check="relu.relu".')
    for key in JUPYTEXT_KEYS & metadata.keys():
        del metadata[key]
    forms = SHORT_FORMS.keys() & metadata.keys()
    if len(forms) > 1:
        raise UserError(f"a cell is one of {', '.join(sorted(forms))}, not several.")
    for form in forms:
        _expect_type(cell, form)
        if form == "check":
            expect_check(cell.source, metadata[form])
        metadata["nbgrader"] = _nbgrader(form, metadata.pop(form), metadata, points_of)


def _expect_type(cell: NotebookNode, form: str) -> None:
    if cell.cell_type != SHORT_FORMS[form]:
        raise UserError(f"{form}= belongs to a {SHORT_FORMS[form]} cell, not {cell.cell_type}.")


def _nbgrader(form: str, name: str, metadata: NotebookNode, points_of: PointsOf) -> NotebookNode:
    """Return nbgrader's metadata for a cell; graded by hand where the answer is in words."""
    grade_id = name.replace(".", "-")
    expanded = nbformat.from_dict(
        {
            "grade": form != "solution",
            "grade_id": f"check-{grade_id}" if form == "check" else grade_id,
            "locked": form == "check",
            "schema_version": 3,
            "solution": form != "check",
            "task": False,
        }
    )
    if form == "check":
        expanded["points"] = _points(name, points_of)
    elif form == "written":
        if "points" not in metadata:
            raise UserError(f'the question "{name}" needs its points, such as points=2.')
        expanded["points"] = metadata.pop("points")
    return expanded


def _points(exercise_id: str, points_of: PointsOf) -> float:
    try:
        return points_of(exercise_id)
    except LookupError as error:
        raise UserError(str(error.args[0] if error.args else error)) from error


def _expect_regions_in_answers(cell: NotebookNode) -> None:
    """An answer without marks would reach the learner, or take the question with it.

    nbgrader takes more than this: an END alone, a region that is not Python. In a lesson's text
    that is a slip, and the author had better hear of it.
    """
    answer = cell.metadata.get("nbgrader", {}).get("solution", False)
    regions = sum(isinstance(part, Region) for part in split(cell.source))
    if answer and not regions:
        raise UserError(f"an answer stands between {BEGIN} and {END}; here is none.")
    if regions and not answer:
        raise UserError(f'{BEGIN} is only for cells with solution="…" or written="…".')
    if answer and cell.cell_type == "markdown" and BEGIN in cell.source:
        raise UserError(
            f"{BEGIN} would be a heading in a text. Write <!-- {BEGIN_DELIMITER} --> and "
            f"<!-- {END_DELIMITER} --> there."
        )
    if regions != _ends(cell.source):
        raise UserError(f"{BEGIN} and {END} do not come in pairs.")
    if answer and cell.cell_type == "code":
        expect_names(cell.source)


def _ends(source: str) -> int:
    lines = source.split("\n")
    return sum(END_DELIMITER in line and BEGIN_DELIMITER not in line for line in lines)


def _give_ids(cells: list[NotebookNode], lesson: str) -> None:
    """Give each cell an id that depends on nothing but its text, so that rebuilding is silent."""
    grade_ids = [cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata]
    twice = [name for name, count in Counter(grade_ids).items() if count > 1]
    if twice:
        raise UserError(f"{lesson} has more than one cell with the id {', '.join(twice)}.")
    seen: Counter[str] = Counter()
    for cell in cells:
        cell.id = _id(cell, seen)


def _id(cell: NotebookNode, seen: Counter[str]) -> str:
    if "nbgrader" in cell.metadata:
        return cell.metadata.nbgrader.grade_id
    digest = hashlib.sha1(cell.source.encode(), usedforsecurity=False).hexdigest()[:10]
    seen[digest] += 1
    return f"cell-{digest}" if seen[digest] == 1 else f"cell-{digest}-{seen[digest]}"
