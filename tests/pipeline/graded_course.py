"""A small course with a class that hands in all sorts of things, and what its gradebook says."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
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


def make(root: Path) -> Path:
    """Make the course and hand in; one of the submissions is no notebook."""
    shutil.copytree(ROOT / "solutions" / LESSON, root / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    hand_in_all(root)
    hand_in(root, "gus", RIGHT)
    path_of(root / "submitted/gus", LESSON).write_text("{half a note")
    return root


def hand_in_all(root: Path) -> None:
    """Write the submissions of the class; one has a cell twice."""
    for student, answers in CLASS.items():
        hand_in(root, student, answers)
    doubled = path_of(root / "submitted/fay", LESSON)
    notebook = nbformat.read(doubled, as_version=4)
    notebook.cells += [cell.copy() for cell in notebook.cells if "nbgrader" in cell.metadata]
    doubled.write_text(json.dumps(notebook))


def hand_in(root: Path, student: str, answers: dict[str, str]) -> None:
    """Write a learner's submission."""
    path = path_of(root / "submitted" / student, LESSON)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(path_of(ROOT / "course", LESSON), answers), path)


def run(root: Path, *command: str) -> subprocess.CompletedProcess:
    """Run a Python module in the course's folder."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
    )


def grade(root: Path, *options: str) -> str:
    """Grade the class at the command line and return what is told."""
    told = run(root, "lessonlib.cli", "grade", LESSON, *options)
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
