"""A small course with a class that hands in all sorts of things, and what its gradebook says."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from forked import run
from nbgrader.api import Gradebook
from submissions import ROOT, answered, path_of, solutions

LESSON = "00-start-here"
RIGHT = solutions(LESSON)
WRONG = {"start-column": "def column(values):\n    return values", "start-ready": "ready = False"}
EXITS = {**RIGHT, "start-row_sums": "def row_sums(Z):\n    import os\n    os._exit(1)"}
CLASS = {
    "ada": RIGHT,
    "ben": {},
    "cleo": {**RIGHT, **WRONG},
    "dan": EXITS,
    "eva": {name: text for name, text in RIGHT.items() if "shapes" not in name},
    "fay": {"start-column": RIGHT["start-column"]},
}
EVERYBODY = (*CLASS, "gus")  # whose submission is no notebook


def make(root: Path, students: Sequence[str] = EVERYBODY) -> Path:
    """Make the course; these students hand in."""
    shutil.copytree(ROOT / "solutions" / LESSON, root / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    give_secret(root)
    hand_in_all(root, [student for student in students if student in CLASS])
    if "gus" in students:
        hand_in(root, "gus", RIGHT)
        path_of(root / "submitted/gus", LESSON).write_text("{half a note")
    return root


def give_secret(root: Path) -> None:
    """Give a course the same secret as all others here, so that their grades can be compared."""
    (root / ".lessonlib").mkdir()
    (root / ".lessonlib" / "secret").write_bytes(b"the same in all of these courses")


def hand_in_all(root: Path, students: Sequence[str] = tuple(CLASS)) -> None:
    """Write the submissions of the class, or of some of it; fay has each cell twice."""
    for student in students:
        hand_in(root, student, CLASS[student])
    if "fay" not in students:
        return
    doubled = path_of(root / "submitted/fay", LESSON)
    notebook = nbformat.read(doubled, as_version=4)
    notebook.cells += [cell.copy() for cell in notebook.cells if "nbgrader" in cell.metadata]
    doubled.write_text(json.dumps(notebook))


def hand_in(root: Path, student: str, answers: dict[str, str]) -> None:
    """Write a learner's submission."""
    path = path_of(root / "submitted" / student, LESSON)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(path_of(ROOT / "course", LESSON), answers), path)


def grade(root: Path, *options: str, lesson: str = LESSON) -> str:
    """Grade the class at the command line and return what is told."""
    told = run(root, "lessonlib.cli", "grade", lesson, *options)
    assert told.returncode == 0, told.stderr
    return told.stdout


def gradebook(root: Path) -> Gradebook:
    """Open the course's gradebook."""
    return Gradebook(f"sqlite:///{root}/gradebook.db", "relu-to-backprop")


def dump(root: Path, lesson: str = LESSON) -> dict:
    """Return all that the gradebook says, without the ids that it gives and without times."""
    with gradebook(root) as book:
        assignment = book.find_assignment(lesson)
        (notebook,) = assignment.notebooks
        return {
            "students": sorted(student.id for student in book.students),
            "cells": sorted((c.name, c.source, c.checksum) for c in notebook.source_cells),
            "most": sorted((c.name, c.max_score) for c in notebook.grade_cells),
            "grades": sorted(
                (s.student_id, g.name, g.auto_score, g.manual_score, g.needs_manual_grade)
                for s in assignment.submissions
                for n in s.notebooks
                for g in n.grades
            ),
            "comments": sorted(
                (s.student_id, c.name, c.auto_comment)
                for s in assignment.submissions
                for n in s.notebooks
                for c in n.comments
            ),
        }


def executed(root: Path) -> dict[tuple[str, str], dict]:
    """Return the executed notebooks by learner and lesson, without how long each took."""
    found = {}
    for path in sorted((root / "autograded").glob("*/*/*.ipynb")):
        notebook = json.loads(path.read_text())
        notebook["metadata"]["lessonlib"].pop("seconds")
        found[path.parts[-3:-1]] = notebook
    return found
