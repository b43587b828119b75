"""What the coordinator gets of a submission's grade, and what only the instructor reads of it."""

import json
from concurrent.futures import Future
from dataclasses import replace

import nbformat
import pytest
from given_cells import answer, as_bytes, exam, handed_in, lesson_of

from lessonlib.errors import UserError
from lessonlib.grading.classroom import treatment
from lessonlib.grading.classroom.supervisor import Late, Lost
from lessonlib.grading.classroom.treatment import (
    INSTRUCTOR,
    Stumbled,
    hide_from_learner,
    of_bytes,
    settled,
    show_to_instructor,
    treat,
)
from lessonlib.grading.grade import Graded, stumbled
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record, Result
from lessonlib.grading.task import Task

TOY = lesson_of(answer("f", "def f(x):\n    return 2 * x", "def f(x): ..."),
                exam("check-f", "assert f(1) == 2", 2))  # fmt: skip


def task():
    data = as_bytes(handed_in(TOY, {"f": "def f(x):\n    return 2 * x"}))
    return Task(TOY, data, {}, Limits(total_seconds=60))


def graded(*results, outputs=()):
    """Return a grade as the engine gives it."""
    made = stumbled(task(), "for this test")
    notebook = nbformat.reads(made.notebook, as_version=4)
    test = next(cell for cell in notebook.cells if cell.id == "check-f")
    test.outputs = list(outputs)
    record = replace(made.record, state="graded", results=results)
    record.write(notebook)
    return Graded(nbformat.writes(notebook) + "\n", record)


def there_and_back(one):
    return of_bytes(treatment.as_bytes(one))


def test_the_scores_are_nbgraders_and_the_answers_are_compared_with_what_was_handed_out():
    passed = there_and_back(graded(Result("check-f", "check-f", 2.0, 2.0)))
    error = nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
    failed = there_and_back(graded(Result("check-f", "check-f", 0.0, 2.0), outputs=[error]))
    assert passed.scores == {"check-f": 2.0}
    assert failed.scores == {"check-f": 0}
    assert set(passed.answered) == {"f"}


def test_a_notebook_with_nothing_for_the_instructor_stays_as_it_is_to_the_byte():
    one = graded(Result("check-f", "check-f", 2.0, 2.0))
    assert there_and_back(one).notebook.decode() == one.notebook
    assert there_and_back(one).record == one.record


def test_reasons_stand_below_the_test_and_change_no_score():
    one = graded(Result("check-f", "check-f", 2.0, 2.0, marked="It passes with 2 changed to 3.",
                        instructor="AssertionError: f(9)"))  # fmt: skip
    found = there_and_back(one)
    cell = next(cell for cell in json.loads(found.notebook)["cells"] if cell["id"] == "check-f")
    (output,) = cell["outputs"]
    text = "".join(output["data"]["text/plain"])
    assert "It passes with 2 changed to 3." in text and "AssertionError: f(9)" in text
    assert found.scores == {"check-f": 2.0}
    assert found.record.results[0].marked == "It passes with 2 changed to 3."


def test_they_are_taken_out_of_what_the_learner_gets():
    own = nbformat.v4.new_output("stream", text="mine")
    notebook = nbformat.v4.new_notebook()
    cell = nbformat.v4.new_code_cell("x", metadata={"nbgrader": {"grade_id": "t"}}, outputs=[own])
    notebook.cells = [cell, nbformat.v4.new_markdown_cell("text")]
    record = Record("graded", "f", (Result("t", "t", 1.0, 1.0, instructor="hidden"),))
    show_to_instructor(notebook, record)
    assert [o.get("metadata", {}).get(INSTRUCTOR) for o in cell.outputs] == [None, True]
    for each in notebook.cells:
        hide_from_learner(each)
    assert cell.outputs == [own]


def test_a_grader_that_stumbled_may_do_better_in_a_fresh_process(monkeypatch):
    monkeypatch.setattr(treatment, "grade", lambda each: stumbled(each, "MemoryError"))
    with pytest.raises(Stumbled, match="^MemoryError$"):
        treat(task())


# --- how it is settled ---------------------------------------------------------------------------


def outcome(error):
    future = Future()
    future.set_exception(error)
    return settled(future.result, task, 70)


@pytest.mark.parametrize(
    ("error", "why"),
    [(Late(), "not done after 70 seconds"), (Lost("its process was ended by SIGKILL"), "SIGKILL"),
     (RuntimeError("a cluster's own"), "its worker ended or failed")],
)  # fmt: skip
def test_a_grade_that_could_not_be_had_is_a_failed_one_with_a_reason(error, why):
    found = outcome(error)
    assert found.record.state == "failed"
    assert why in found.record.notes[0]
    assert found.scores == {"check-f": 0}
    assert found.record.fingerprint == task().fingerprint()


def test_an_error_for_the_user_ends_it_all():
    with pytest.raises(UserError):
        outcome(UserError("no bubblewrap"))


# --- what is already there -----------------------------------------------------------------------


def test_the_record_is_found_without_parsing_the_cells():
    one = graded(Result("check-f", "check-f", 2.0, 2.0, message='\n "metadata": {"lessonlib": 1'))
    data = one.notebook.encode()
    assert Record.of_bytes(data) == one.record
    broken = data.replace(b'"cells": [', b'"cells": [[[[', 1)
    assert Record.of_bytes(broken) == one.record


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"metadata": {}}', b"null", b"\xff"])
def test_what_is_not_ours_has_no_record(data):
    assert Record.of_bytes(data) is None


def test_a_notebook_in_another_layout_is_parsed_whole():
    one = graded(Result("check-f", "check-f", 2.0, 2.0))
    assert Record.of_bytes(json.dumps(json.loads(one.notebook)).encode()) == one.record
