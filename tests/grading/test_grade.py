"""From bytes to points: every submission ends in a state, with what its working parts earned."""

import json
import os
import pickle
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from conftest import LIMITS
from given_cells import (
    answer,
    as_bytes,
    cell_of,
    course_lesson,
    exam,
    free,
    handed_in,
    lesson_of,
    locked,
    solutions_of,
)
from nbgrader.utils import compute_checksum, determine_grade

from lessonlib.errors import UserError
from lessonlib.grading import grade as grading
from lessonlib.grading.grade import Task, close_servers, grade, stumbled, warm_server
from lessonlib.grading.record import Record
from lessonlib.grading.submission.slicing import NOT_RUN

HIDDEN = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(31415) == 62830\n### END HIDDEN TESTS"
TOY = lesson_of(
    free("# A small lesson", "markdown"),
    free("import numpy as np"),
    answer("f", "def f(x):\n    return 2 * x", "def f(x):\n    raise NotImplementedError"),
    exam("check-f", HIDDEN, 2, stub="assert f(1) == 2"),
    free("print(f(5))"),
    locked("prepared", "rows = open('rows.csv').read().split(',')"),
    answer("g", "def g(x):\n    return len(x)", "def g(x):\n    raise NotImplementedError"),
    exam("check-g", "assert g(rows) == 3\n1.5", 3),
    answer("words", "Because.", "Your answer here.", "markdown", points=2.0),
    answer("code", "x = 1", "x = ...", points=1.0),
    files={"rows.csv": b"a,b,c"},
)
RIGHT = solutions_of(TOY)


@pytest.fixture(scope="module", autouse=True)
def no_server_is_left():
    yield
    close_servers()


def task(answers=RIGHT, change=None, **more) -> Task:
    """Return the task of a submission with these answers; `change` gets its notebook."""
    notebook = handed_in(TOY, answers)
    if change is not None:
        change(notebook)
    limits = replace(LIMITS, cell_seconds=1.0, call_seconds=0.5)
    return Task(TOY, as_bytes(notebook), **{"files": {}, "limits": limits, **more})


def points(graded) -> dict[str, float]:
    return {result.cell: result.points for result in graded.record.results}


def read(graded):
    notebook = nbformat.reads(graded.notebook, as_version=4)
    nbformat.validate(notebook)
    return notebook


def cell(graded, name):
    return next(c for c in read(graded).cells if c.get("id") == name)


# --- good and bad answers ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full():
    return grade(task())


def test_right_answers_get_what_the_tests_give(full):
    assert (full.record.state, full.record.notes) == ("graded", ())
    assert points(full) == {"check-f": 2.0, "check-g": 1.5}
    assert full.record.points == 3.5


def test_the_notebook_says_the_same_to_nbgrader(full):
    scores = {c.metadata.nbgrader.grade_id: determine_grade(c) for c in read(full).cells
              if c.metadata.get("nbgrader", {}).get("grade")}  # fmt: skip
    assert scores == {
        "check-f": (2.0, 2.0), "check-g": (1.5, 3.0), "words": (None, 2.0), "code": (None, 1.0),
    }  # fmt: skip


def test_an_empty_answer_in_words_is_known_to_nbgrader(full):
    words = cell(full, "words")
    words.metadata.nbgrader.checksum = compute_checksum(words)
    assert determine_grade(words) == (0, 2.0)


def test_the_record_is_in_the_notebook(full):
    record = Record.read(read(full))
    assert record == full.record
    assert record.seconds > 0


def test_the_stub_gets_nothing_and_is_graded():
    graded = grade(task({}))
    assert graded.record.state == "graded"
    assert points(graded) == {"check-f": 0.0, "check-g": 0.0}


def test_the_lessons_own_cells_that_only_show_are_not_run_and_say_so(full):
    (shown,) = [c for c in read(full).cells if c.source == "print(f(5))"]
    assert shown.outputs == [] and shown.execution_count is None
    assert shown.metadata.lessonlib.not_run == NOT_RUN


def test_a_learners_own_cells_run_and_show():
    graded = grade(task(change=lambda n: n.cells.append(cell_of(free("print('mine', g('ab'))")))))
    assert read(graded).cells[-1].outputs[0].text == "mine 2\n"


def test_files_of_the_lesson_and_of_the_learner_are_there_and_the_lessons_win():
    shows = "print(open('rows.csv').read(), open('own.txt').read())"
    graded = grade(
        task(change=lambda n: n.cells.append(cell_of(free(shows))),
             files={"rows.csv": b"x", "own.txt": b"mine"})
    )  # fmt: skip
    assert read(graded).cells[-1].outputs[0].text == "a,b,c mine\n"
    assert points(graded)["check-g"] == 1.5


def test_one_wrong_answer_costs_its_own_points_only():
    graded = grade(task({**RIGHT, "f": "def f(x):\n    return x"}))
    assert points(graded) == {"check-f": 0.0, "check-g": 1.5}


def test_a_cell_that_is_not_python_costs_its_own_points_only():
    graded = grade(task({**RIGHT, "f": "def f(x:\n    return"}))
    assert points(graded) == {"check-f": 0.0, "check-g": 1.5}
    assert graded.record.state == "graded"


def test_the_same_bytes_give_the_same_grade_twice(full):
    again = grade(task())
    assert again.record == full.record
    assert strip_times(again.notebook) == strip_times(full.notebook)


def strip_times(text: str) -> dict:
    notebook = json.loads(text)
    del notebook["metadata"]["lessonlib"]["seconds"]
    return notebook


# --- states --------------------------------------------------------------------------------------


def test_a_repaired_submission_says_what_was_repaired():
    def change(notebook):
        del notebook.cells[3]

    graded = grade(task(change=change))
    assert graded.record.state == "repaired"
    assert graded.record.notes == ("Deleted and put back: check-f.",)
    assert points(graded) == {"check-f": 2.0, "check-g": 1.5}


def test_notes_on_how_it_was_handed_in_are_kept():
    graded = grade(task(notes=("The file was called x.ipynb.",)))
    assert graded.record.state == "repaired"
    assert graded.record.notes == ("The file was called x.ipynb.",)


def test_an_endless_function_costs_one_exercise():
    started = time.monotonic()
    graded = grade(task({**RIGHT, "f": "def f(x):\n    while True: pass"}))
    assert graded.record.state == "timed out"
    assert points(graded) == {"check-f": 0.0, "check-g": 1.5}
    assert time.monotonic() - started < 8


def test_an_endless_cell_is_stopped_and_the_rest_runs():
    graded = grade(task({**RIGHT, "f": f"{RIGHT['f']}\nwhile True: pass"}))
    assert graded.record.state == "timed out"
    assert points(graded) == {"check-f": 2.0, "check-g": 1.5}
    assert "stopped after 1 seconds" in str(cell(graded, "f").outputs)


@pytest.mark.parametrize("end", ["import os; os._exit(1)", "import ctypes; ctypes.string_at(0)"])
def test_a_cell_that_ends_its_process_costs_itself(end):
    graded = grade(task({**RIGHT, "f": f"{RIGHT['f']}\n{end}"}))
    assert graded.record.state == "killed"
    assert points(graded) == {"check-f": 0.0, "check-g": 1.5}
    assert "ended the notebook's process" in str(cell(graded, "f").outputs)


def test_a_function_that_ends_its_process_costs_one_exercise():
    graded = grade(task({**RIGHT, "f": "import os\ndef f(x):\n    os._exit(1)"}))
    assert graded.record.state == "killed"
    assert points(graded) == {"check-f": 0.0, "check-g": 1.5}
    (result,) = (r for r in graded.record.results if r.cell == "check-f")
    assert result.state == "killed"


def test_more_memory_than_there_is_is_an_error_of_the_cell():
    graded = grade(task({**RIGHT, "f": f"{RIGHT['f']}\nnp.ones((10**6, 10**6))"}))
    assert graded.record.state == "graded"
    assert points(graded) == {"check-f": 2.0, "check-g": 1.5}


@pytest.mark.parametrize(
    ("data", "state"),
    [(b"", "unreadable"), (b"{", "unreadable"), (b"\x00\xff" * 50, "unreadable"),
     (b'{"cells": []}', "unreadable"), (b"[" * 10**6, "unreadable"), (None, "missing")],
)  # fmt: skip
def test_what_is_no_notebook_gets_a_state_and_no_points(data, state):
    graded = grade(Task(TOY, data, {}))
    assert graded.record.state == state
    assert points(graded) == {"check-f": 0.0, "check-g": 0.0}
    assert len(graded.record.notes) == 1
    assert all(result.state == state for result in graded.record.results)
    assert determine_grade(cell(graded, "check-f")) == (0, 2.0)


def test_a_file_that_was_not_read_is_refused():
    graded = grade(Task(TOY, None, {}, fault="It is a link."))
    assert graded.record.state == "refused"
    assert graded.record.notes == ("It is a link.",)


def test_a_fault_of_the_graders_is_said_to_be_one(monkeypatch):
    monkeypatch.setattr(grading, "repair", lambda *_: 1 / 0)
    graded = grade(task())
    assert graded.record.state == "failed"
    assert "ZeroDivisionError" in graded.record.notes[0]
    assert points(graded) == {"check-f": 0.0, "check-g": 0.0}


def test_a_fault_while_reading_takes_nobody_with_it(monkeypatch):
    monkeypatch.setattr(grading, "read", lambda data: 1 / 0)
    assert grade(task()).record.state == "failed"


def test_a_machine_that_cannot_isolate_is_no_fault_of_the_submission(monkeypatch):
    def refuse(*_):
        raise UserError("no bubblewrap")

    monkeypatch.setattr(grading, "warm_server", refuse)
    with pytest.raises(UserError, match="no bubblewrap"):
        grade(task())


def test_a_submission_that_took_its_worker_with_it_is_left_to_a_person():
    graded = stumbled(task(), "its worker ended")
    assert graded.record.state == "failed"
    assert "its worker ended" in graded.record.notes[0]
    assert graded.record.fingerprint == task().fingerprint()


# --- what is shown -------------------------------------------------------------------------------


def test_no_hidden_test_enters_the_submissions_process():
    """Neither the text of the test nor what it hands to a function can be shown."""
    spy = "seen = []\ndef f(x):\n    seen.append(x)\n    return 2 * x\n"
    shows = "print(seen, In, [k for k in dir() if '628' + '30' in str(globals().get(k))])"
    graded = grade(task({**RIGHT, "f": spy},
                        change=lambda n: n.cells.append(cell_of(free(shows)))))  # fmt: skip
    assert points(graded)["check-f"] == 2.0
    shown = str([c.get("outputs") for c in read(graded).cells])
    assert "31415" not in shown
    assert "62830" not in shown


def test_nothing_of_this_machine_is_in_the_notebook():
    shows = "import os, sys\nprint(os.getcwd(), os.environ, sys.argv)\n1 / 0"
    graded = grade(task(change=lambda n: n.cells.append(cell_of(free(shows)))))
    for secret in (str(Path.cwd()), str(Path.home()), os.environ.get("USER", "nobody-at-all")):
        if len(secret) > 5:
            assert secret not in graded.notebook


def test_the_tests_work_in_a_folder_of_their_own(monkeypatch):
    before = Path.cwd()
    own = exam("check-g", "open('left.txt', 'w').write('x')\nassert open('rows.csv')", 3)
    cells = tuple(own if c.name == "check-g" else c for c in TOY.cells)
    materials = replace(TOY, cells=cells)
    graded = grade(Task(materials, as_bytes(handed_in(materials, RIGHT)), {}, LIMITS))
    assert points(graded)["check-g"] == 3.0
    assert Path.cwd() == before
    assert not Path("left.txt").exists()


def test_half_a_character_is_no_reason_to_fail():
    graded = grade(task(change=lambda n: n.cells.append(cell_of(free("print('\\ud800')")))))
    assert graded.record.state == "graded"
    graded.notebook.encode()


# --- the function of nothing else ----------------------------------------------------------------


def test_a_task_and_its_grade_can_be_sent_to_another_process(full):
    sent = pickle.loads(pickle.dumps(task()))
    assert sent.fingerprint() == task().fingerprint()
    assert pickle.loads(pickle.dumps(full)) == full


@pytest.mark.parametrize(
    "other",
    [{"data": b"{}"}, {"data": None}, {"files": {"a": b"1"}}, {"limits": LIMITS},
     {"fault": "x"}, {"notes": ("x",)}, {"protected": False},
     {"materials": replace(TOY, files={"rows.csv": b"a"})}],
    ids=str,
)  # fmt: skip
def test_whatever_a_grade_depends_on_is_in_the_fingerprint(other):
    assert replace(task(), **other).fingerprint() != task().fingerprint()


def test_no_part_runs_into_the_next():
    files = [{"a": b"bc"}, {"ab": b"c"}, {"a": b"b\0c\0d"}, {"a": b"b", "c": b"d"}, {}]
    prints = {task(files=each).fingerprint() for each in files}
    prints |= {replace(TOY, files=each).fingerprint() for each in files}
    assert len(prints) == 2 * len(files)
    assert Task(TOY, None, {}).fingerprint() != Task(TOY, b"", {}).fingerprint()


# --- the warm server -----------------------------------------------------------------------------


def test_the_server_stays_warm_for_the_same_lesson():
    first = warm_server((), True)
    assert warm_server((), True) is first
    other = warm_server(("questions",), True)
    assert other is not first
    assert first.process.poll() is not None


def test_a_server_that_has_died_is_replaced():
    server = warm_server((), True)
    server.process.kill()
    server.process.wait()
    assert grade(task()).record.state == "graded"


def test_closing_the_servers_leaves_none():
    server = warm_server((), True)
    close_servers()
    assert server.process.poll() is not None
    close_servers()


# --- a lesson of the course ----------------------------------------------------------------------


def test_an_untouched_lesson_gets_nothing():
    materials = course_lesson("01-relu-layer")
    graded = grade(Task(materials, as_bytes(handed_in(materials)), {}))
    assert graded.record.state == "graded"
    assert set(points(graded).values()) == {0.0}
    messages = " ".join(" ".join(result.message for result in graded.record.results).split())
    assert "relu is not written yet" in messages


def test_a_server_that_is_taken_away_costs_the_learner_nothing(monkeypatch):
    """Out of memory, say, while an answer is being asked: the submission starts anew."""
    examine, killed = grading.Examiner.examine, []

    def once(self, given):
        if not killed:
            killed.append(self.kernel.server.process.pid)
            self.kernel.server.process.kill()
            self.kernel.server.process.wait()
        return examine(self, given)

    monkeypatch.setattr(grading.Examiner, "examine", once)
    expected = grade(task()).record
    assert killed
    monkeypatch.undo()
    assert expected == grade(task()).record
    assert (expected.state, expected.points) == ("graded", 3.5)
