"""The record in a graded notebook: written, read again, and told from what others left there."""

import json

import nbformat
import pytest

from lessonlib.grading.record import KEY, STATES, Record, Result

RESULTS = (
    Result("check-f", "toy.f", 1.5, 2.0, "Looks like …", mistakes=("mask left out",)),
    Result("check-g", "toy.g", 0.0, 1.0, "", "timed out"),
    Result("words", "words", None, 2.0),
)
RECORD = Record("timed out", "abc", RESULTS, ("A note.",), 1.25)


@pytest.fixture
def notebook():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    RECORD.write(notebook)
    return nbformat.reads(nbformat.writes(notebook), as_version=4)


def test_what_was_written_is_read(notebook):
    found = Record.read(notebook)
    assert found == RECORD
    assert found.seconds == RECORD.seconds


def test_a_notebook_with_a_record_is_valid(notebook):
    nbformat.validate(notebook)


def test_the_time_it_took_makes_no_record_another(notebook):
    assert Record("graded", "a", seconds=1.0) == Record("graded", "a", seconds=2.0)


def test_points_are_those_of_the_tests():
    assert RECORD.points == 1.5
    assert Record("missing", "").points == 0


def test_a_file_gives_its_record(notebook, tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)
    assert Record.of_file(path) == RECORD


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", '"a"', "{}", '{"metadata": 3}', '{"metadata": {}}',
     json.dumps({"metadata": {KEY: None}}), json.dumps({"metadata": {KEY: {}}}),
     json.dumps({"metadata": {KEY: "fingerprint"}}),
     json.dumps({"metadata": {KEY: {"fingerprint": "a"}}}),
     json.dumps({"metadata": {KEY: {"fingerprint": "a", "state": "graded", "results": [{"x": 1}],
                                    "notes": [], "seconds": 0}}})],
)  # fmt: skip
def test_a_file_without_a_record_of_ours_gives_none(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    assert Record.of_file(path) is None


def test_no_file_gives_none(tmp_path):
    assert Record.of_file(tmp_path / "none.ipynb") is None
    assert Record.of_file(tmp_path) is None


def test_states_are_ordered_from_good_to_bad():
    assert STATES[0] == "graded"
    assert STATES.index("repaired") < STATES.index("timed out") < STATES.index("killed")
    assert STATES[-1] == "failed"
