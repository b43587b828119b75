"""Makes learners' notebooks: a released one, with answers typed into its cells."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]


def path_of(folder: Path, lesson: str) -> Path:
    return folder / lesson / f"{lesson}.ipynb"


def solutions(lesson: str) -> dict[str, str]:
    """Return the lesson's own answers, the one in words included, by their cells' ids."""
    notebook = nbformat.read(path_of(ROOT / "solutions", lesson), as_version=4)
    cells = (each for each in notebook.cells if each.metadata.get("nbgrader", {}).get("solution"))
    return {each.metadata.nbgrader.grade_id: each.source for each in cells}


def answered(released: Path, answers: dict[str, str]) -> NotebookNode:
    """Return the released notebook with these answers in the cells of these ids."""
    notebook = nbformat.read(released, as_version=4)
    left = dict(answers)
    for each in notebook.cells:
        nbgrader = each.metadata.get("nbgrader", {})
        if nbgrader.get("solution") and nbgrader.grade_id in left:
            each.source = left.pop(nbgrader.grade_id)
    assert not left, f"the notebook has no cells for {', '.join(left)}"
    return notebook
