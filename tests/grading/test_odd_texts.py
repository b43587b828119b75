"""Texts that UTF-8 cannot hold, though JSON can spell them and a disk bear them, stop no class."""

import json
import os

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.classroom import inbox
from lessonlib.grading.grade import stumbled
from lessonlib.grading.materials import Materials
from lessonlib.grading.record import Record
from lessonlib.grading.submission.reading import encodable, read
from lessonlib.grading.task import Task

HALF = "\ud800"  # half a surrogate pair
ODD_NAME = os.fsdecode(b"\xff.txt")
MATERIALS = Materials("toy", "toy", (), {}, ())


@pytest.mark.parametrize("source", [f"# {HALF}", ["# ", HALF]])
def test_a_source_is_read_as_what_a_file_can_hold(source):
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    notebook = read(json.dumps({"cells": [cell], "nbformat": 4}).encode())
    assert notebook.cells[0].source == "# ?"


def test_other_texts_stay_as_they_are():
    assert encodable("Σ dW·x, zoë, \N{SNAKE}") == "Σ dW·x, zoë, \N{SNAKE}"


def test_a_message_with_half_a_pair_can_be_written(tmp_path):
    graded = stumbled(Task(MATERIALS, b"{}", {}), f"ValueError: {HALF}")
    path = tmp_path / "toy.ipynb"
    path.write_text(graded.notebook, encoding="utf-8")
    assert graded.record.notes == ("The grader stumbled: ValueError: ?",)
    assert Record.of_file(path) == graded.record == Record.read(nbformat.read(path, 4))


def test_a_file_with_an_odd_name_counts_in_the_fingerprint():
    one, other = (Task(MATERIALS, b"{}", {ODD_NAME: data}).fingerprint() for data in (b"1", b"2"))
    assert one != other


def test_a_learners_folder_with_an_odd_name_is_named(tmp_path):
    (tmp_path / "submitted" / os.fsdecode(b"zo\xeb") / "toy").mkdir(parents=True)
    with pytest.raises(UserError, match="its name is not UTF-8; please rename the folder"):
        inbox.students(CourseDirectory(root=str(tmp_path)), "toy")
