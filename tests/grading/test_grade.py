"""From bytes to points: every submission ends in a state, with what its working parts earned."""

import json
import os
import pickle
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import pytest
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
from processes import LIMITS

from lessonlib.errors import UserError
from lessonlib.grading import grade as grading
from lessonlib.grading.grade import NOT_SHOWN, close_servers, grade, stumbled, warm_server
from lessonlib.grading.host.notebook import Notebook
from lessonlib.grading.host.process import Process
from lessonlib.grading.record import Record
from lessonlib.grading.task import Task

HIDDEN = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(31415) == 62830\n### END HIDDEN TESTS"
TOY = lesson_of(
    free("# A small lesson", "markdown"),
    free("import numpy as np"),
    answer("f", "def f(x):\n    return 2 * x", "def f(x):\n    raise NotImplementedError"),
    exam("check-f", HIDDEN, 2, stub="assert f(1) == 2"),
    replace(free("print(f(5))"), shows=True),
    locked("prepared", "rows = open('rows.csv').read().split(',')"),
    answer("g", "def g(x):\n    return len(x)", "def g(x):\n    raise NotImplementedError"),
    exam("check-g", "assert g(rows) == 3\n1.5", 3),
    answer("words", "Because.", "Your answer here.", "markdown", points=2.0),
    answer("code", "x = 1", "x = ...", points=1.0),
    files={"rows.csv": b"a,b,c"},
)
RIGHT = solutions_of(TOY)


@dataclass
class Plan:
    """What a model run gives."""

    mutants: dict = field(default_factory=dict)
    exempt: set = field(default_factory=set)


@pytest.fixture(scope="module", autouse=True)
def no_server_is_left():
    yield
    close_servers()


def task(answers=RIGHT, change=None, **more) -> Task:
    """Return the task of a submission with these answers; `change` gets its notebook."""
    notebook = handed_in(TOY, answers)
    if change is not None:
        change(notebook)
    limits = replace(LIMITS, cell_seconds=1.0)
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
    assert shown.metadata.lessonlib.not_run == NOT_SHOWN


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
    assert graded.record.notes == ("f does not compile: line 1: '(' was never closed.",)


def test_a_cell_that_is_longer_than_can_be_read_is_not_called_wrong():
    long = RIGHT["f"] + "\n" + "x = 1\n" * 11_000
    assert grade(task({**RIGHT, "f": long})).record.notes == ()


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


SECRETS = ("31415", "62830", "HIDDEN TESTS")


@pytest.mark.parametrize(
    "source",
    ["seen = []\ndef f(x):\n    seen.append(x)\n    return 2 * x",
     "def f(x):\n    print('x is', x)\n    return 2 * x",
     "def f(x):\n    print('x is', x)\n    return x",
     "def f(x):\n    raise ValueError(f'x is {x}')", "def f(x):\n    return (0, 2, [x])[min(x, 2)]",
     "import os\ndef f(x):\n    return 2 * x if x == 1 else os._exit(1)",
     "def f(x):\n    while x != 1:\n        pass\n    return 2",
     "import warnings\ndef f(x):\n    warnings.warn(f'x is {x}')\n    return x",
     "def f(x):\n    open('left', 'a').write(str(x))\n    return 2 * x"],
)  # fmt: skip
def test_nothing_of_a_hidden_test_is_shown(source):
    """Neither its text nor what it hands to a function, whether it passes or fails."""
    shows = (
        "import os\nprint(globals().get('seen'), In, os.listdir())\n"
        "print([k for k in dir() if '628' + '30' in str(globals().get(k))])\n"
        "print(open('left').read() if os.path.exists('left') else '')"
    )
    graded = grade(task({**RIGHT, "f": source},
                        change=lambda n: n.cells.append(cell_of(free(shows)))))  # fmt: skip
    told = str([c.get("outputs") for c in read(graded).cells])
    told += str([result.message for result in graded.record.results])
    assert not [secret for secret in SECRETS if secret in told], told


def test_a_hidden_test_that_fails_is_said_to_be_one_and_the_instructor_reads_why():
    graded = grade(task({**RIGHT, "f": "def f(x):\n    return 2"}))
    (result,) = (r for r in graded.record.results if r.cell == "check-f")
    assert result.message == "A hidden test found something that is not right."
    assert result.instructor == "    assert f(31415) == 62830\nAssertionError"
    assert determine_grade(cell(graded, "check-f")) == (0, 2.0)


def test_a_visible_line_of_the_same_test_is_shown():
    graded = grade(task({**RIGHT, "f": "def f(x):\n    return 3"}))
    (result,) = (r for r in graded.record.results if r.cell == "check-f")
    assert "assert f(1) == 2" in str(cell(graded, "check-f").outputs)
    assert result.message == ""  # an assert without words


def lesson(test: str, *more, files=None):
    return lesson_of(TOY.cells[2], exam("check-f", test, 2), *more, files=files)


def graded_in(materials, answers, **more):
    handed = as_bytes(handed_in(materials, answers))
    return grade(Task(materials, handed, **{"files": {}, "limits": LIMITS, **more}))


def test_a_score_of_a_hidden_test_is_what_nbgrader_reads():
    hidden = "### BEGIN HIDDEN TESTS\nn += 0.5 * (f(2) == 4)\n### END HIDDEN TESTS"
    test = f"n = 1\n{hidden}\nn"
    graded = graded_in(lesson(test), {"f": RIGHT["f"]})
    assert points(graded) == {"check-f": 1.5}
    assert determine_grade(cell(graded, "check-f")) == (1.5, 2.0)


def test_a_hidden_check_shows_nothing_of_its_verdict():
    test = '### BEGIN HIDDEN TESTS\ncheck("relu.relu", relu)\n### END HIDDEN TESTS'
    materials = lesson_of(answer("a", "", ""), exam("check-a", test, 1))
    graded = graded_in(materials, {"a": "def relu(z):\n    return abs(z)"})
    shown = str(read(graded).cells) + graded.record.results[0].message
    assert points(graded) == {"check-a": 0.0}
    assert "absolute value" not in shown and "A hidden test" in shown
    assert "absolute value" in graded.record.results[0].instructor
    right = graded_in(materials, {"a": "def relu(z):\n    return z * (z > 0)"})
    assert points(right) == {"check-a": 1.0}


def test_where_the_two_rounds_disagree_it_is_said():
    test = (
        "import random\nassert random.SystemRandom().random() < 0.5\n"
        "### BEGIN HIDDEN TESTS\nassert f(1) == 2\n### END HIDDEN TESTS"
    )
    for _ in range(40):
        graded = graded_in(lesson(test), {"f": RIGHT["f"]})
        assert determine_grade(cell(graded, "check-f")) == (points(graded)["check-f"], 2.0)
        if graded.record.notes:
            break
    assert "drawn without a seed" in graded.record.notes[0]
    assert "drawn without a seed" in str(cell(graded, "check-f").outputs)


def test_nothing_of_this_machine_is_in_the_notebook():
    shows = "import os, sys\nprint(os.getcwd(), os.environ, sys.argv)\n1 / 0"
    graded = grade(task(change=lambda n: n.cells.append(cell_of(free(shows)))))
    for secret in (str(Path.cwd()), str(Path.home()), os.environ.get("USER", "nobody-at-all")):
        if len(secret) > 5:
            assert secret not in graded.notebook


def test_nothing_is_written_beside_the_grader():
    before = sorted(Path.cwd().iterdir())
    test = "open('left.txt', 'w').write('x')\nassert open('rows.csv')"
    graded = graded_in(lesson(test, files={"rows.csv": b""}), {"f": RIGHT["f"]})
    assert points(graded) == {"check-f": 2.0}
    assert sorted(Path.cwd().iterdir()) == before


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
     {"fault": "x"}, {"notes": ("x",)}, {"protected": False}, {"secret": b"s"},
     {"trusted": True}, {"plan": Plan()}, {"plan": Plan({"t": [("1", "x")]})},
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
    other = warm_server(("lessonlib.lessons.questions",), True)
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
    """Out of memory, say, while a test runs: the submission starts anew."""
    run, killed = Notebook.test, []

    def once(self, *args):
        if not killed:
            killed.append(self.server.process.pid)
            self.server.process.kill()
            self.server.process.wait()
        return run(self, *args)

    monkeypatch.setattr(Notebook, "test", once)
    expected = grade(task()).record
    assert killed
    monkeypatch.undo()
    assert expected == grade(task()).record
    assert (expected.state, expected.points) == ("graded", 3.5)


# --- marks ---------------------------------------------------------------------------------------

LIAR = "class Liar(int):\n    def __eq__(self, other): return True\ndef f(x):\n    return Liar()"
MUTANTS = {"check-f": [("1", "assert f(1) == 3"), ("2", "assert f(1) == 2 and f(31415) == 1")]}


def marks(graded) -> dict[str, str]:
    return {result.cell: result.marked for result in graded.record.results}


def test_a_test_that_passes_whatever_it_expects_keeps_its_points_and_is_marked():
    graded = grade(task({**RIGHT, "f": LIAR}, plan=Plan(MUTANTS)))
    assert points(graded)["check-f"] == 2.0
    assert "another value is expected" in marks(graded)["check-f"]
    assert marks(graded)["check-g"] == ""


def test_an_honest_answer_is_not_marked():
    graded = grade(task(plan=Plan(MUTANTS)))
    assert points(graded)["check-f"] == 2.0
    assert set(marks(graded).values()) == {""}


def test_mutants_of_one_name_count_together():
    one = {"check-f": [("1", "assert f(1) == 3"), ("1", "raise KeyError")]}
    assert marks(grade(task({**RIGHT, "f": LIAR}, plan=Plan(one))))["check-f"] == ""


def test_evidence_marks_unless_it_is_exempt(monkeypatch):
    monkeypatch.setattr(Process, "evidence", lambda self: ("frames here", "hook"))
    assert "reads the frames" in marks(grade(task()))["check-g"]
    assert set(marks(grade(task(plan=Plan(exempt={"frames", "hook"})))).values()) == {""}


def test_a_test_that_gives_nothing_is_not_marked(monkeypatch):
    monkeypatch.setattr(Process, "evidence", lambda self: ("frames",))
    assert set(marks(grade(task({}))).values()) == {""}


# --- how much ------------------------------------------------------------------------------------


def test_outputs_are_bounded_in_a_notebook_and_points_are_not(full):
    big = [cell_of(free("print('a' * 90_000)")) for _ in range(20)]
    limits = replace(LIMITS, output_bytes=500_000)
    graded = grade(task(change=lambda n: n.cells.extend(big), limits=limits))
    assert points(graded) == points(full)
    assert 300_000 < len(graded.notebook) < 700_000
    assert "it was too much to show" in read(graded).cells[-1].outputs[0].text


def test_the_time_of_a_submission_is_one_for_both_rounds():
    started = time.monotonic()
    slow = "import time\nfor _ in range(100): time.sleep(0.1)"
    limits = replace(LIMITS, cell_seconds=5.0, total_seconds=1.0)
    graded = grade(task({**RIGHT, "f": f"{RIGHT['f']}\n{slow}"}, limits=limits))
    assert time.monotonic() - started < 8
    assert graded.record.state == "killed"


# --- without isolation ---------------------------------------------------------------------------


def test_unprotected_the_same_submission_gets_the_same(full):
    graded = grade(task(protected=False))
    assert graded.record.results == full.record.results
