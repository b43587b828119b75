"""No exercise needs a name that was not shown before: NumPy's functions, and what lessons import.

`pytest -s tests/notebooks/test_names.py` prints which names each lesson is the first to use.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from lessonlib.lessons import LESSONS

ROOT = Path(__file__).parents[2]
NAMES = [each.name for each in LESSONS if each.module.startswith("lessonlib.lessons.")]

# Python itself, and the arithmetic of arrays, are what the course builds on.
TAKEN_FOR_GRANTED = {"np.array"}


def cells(folder: str, name: str) -> list:
    path = ROOT / folder / name / f"{name}.ipynb"
    return nbformat.read(path, as_version=4).cells


def numpy_names(source: str) -> set[str]:
    """Return the NumPy functions that code uses, such as np.sum and np.linalg.norm."""
    return mentioned(ast.unparse(ast.parse(source)))


def mentioned(text: str) -> set[str]:
    """Return the NumPy names that stand in a text."""
    return set(re.findall(r"\bnp\.(?:(?:linalg|random)\.)?[a-z_0-9]+", text))


def introductions() -> dict[str, str]:
    """Return for each NumPy name the lesson that shows it first, in text or in given code."""
    first: dict[str, str] = {}
    for name in NAMES:
        for cell in cells("course", name):
            for each in mentioned(cell.source):
                first.setdefault(each, name)
    return first


def needed(name: str) -> dict[str, set[str]]:
    """Return for each solution cell of a lesson the NumPy names in its answer."""
    answers = {}
    for solved in cells("solutions", name):
        meta = solved.metadata.get("nbgrader", {})
        if solved.cell_type == "code" and meta.get("solution"):
            answers[meta["grade_id"]] = numpy_names(solved.source) - TAKEN_FOR_GRANTED
    return answers


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_needs_only_names_that_were_shown_before_or_in_its_hints(name):
    shown = {each for each, lesson in introductions().items() if lesson < name}
    waiting: list[tuple[str, set[str]]] = []
    answers, missing = needed(name), {}
    for cell in cells("course", name):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        shown |= mentioned(cell.source)
        if grade_id in answers:
            waiting.append((grade_id, answers[grade_id] - shown))
        elif cell.cell_type == "markdown" and waiting:  # its hints stand right below the check
            grade_id, names = waiting.pop()
            missing |= {grade_id: names - shown} if names - shown else {}
    assert missing == {}


def test_the_names_and_their_introductions(capsys):
    table: dict[str, list[str]] = {name: [] for name in NAMES}
    for each, name in introductions().items():
        table[name].append(each)
    with capsys.disabled():
        for name, names in table.items():
            print(f"\n{name}: {', '.join(sorted(names))}", end="")
    assert "np.maximum" in table["01-relu-layer"]
