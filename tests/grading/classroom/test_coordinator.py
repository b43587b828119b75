"""A class is graded, kept and looked at; the grading itself is pretended here."""

import gc
import json
import os
import shutil
import sqlite3
import tracemalloc
from concurrent.futures import Executor, Future
from dataclasses import replace

import nbformat
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from lessonlib.errors import UserError
from lessonlib.grading.classroom import coordinator
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.classroom.supervisor import Late, Lost
from lessonlib.grading.classroom.treatment import INSTRUCTOR, as_bytes, treat
from lessonlib.grading.classroom.workers import Crew
from lessonlib.grading.grade import Graded, stumbled
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record, Result
from lessonlib.grading.task import Plan

LESSON = "toy"


def cell(name, source, **nbgrader):
    known = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}
    made = nbformat.v4.new_code_cell(source, metadata={
        "nbgrader": {**known, **nbgrader, "grade_id": name}})  # fmt: skip
    return {**made, "id": name}


ANSWER = cell("f", "### BEGIN SOLUTION\nf = abs\n### END SOLUTION", solution=True)
TEST = cell("check-f", "assert f(-1) == 1", grade=True, locked=True, points=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course that the gradebook knows: nbgrader takes its time to enter one."""
    root = tmp_path_factory.mktemp("made")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    folder = root / "source" / LESSON
    folder.mkdir(parents=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.from_dict(c) for c in (ANSWER, TEST)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    book.enter(*book.course_at(root), LESSON)
    return root


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    """A copy of it to work in."""
    for path in made.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(made)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(book, "BUSY_SECONDS", 0.2)
    return tmp_path


def hand_in(root, student, **told):
    """Write a submission: how it will be graded."""
    folder = root / "submitted" / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{LESSON}.ipynb").write_text(json.dumps(told))


def pretend(task):
    """Grade a submission as it asks for."""
    told = json.loads(task.data)
    if "raises" in told:
        raise {"late": Late(), "lost": Lost("its process was ended by SIGKILL"),
               "user": UserError("no bubblewrap")}[told["raises"]]  # fmt: skip
    notebook = nbformat.reads(stumbled(task, "x").notebook, as_version=4)
    for each in notebook.cells:
        each.outputs = []
    result = Result("check-f", "check-f", 2.0, 2.0, **told)
    record = Record("graded", task.fingerprint(), (result,))
    record.write(notebook)
    return as_bytes(Graded(nbformat.writes(notebook) + "\n", record))


class Pretended(Executor):
    def __init__(self, plan):
        self.plan, self.graded = plan, 0

    def submit(self, do, seconds, function, *arguments):
        future = Future()
        try:
            if function is treat:
                self.graded += 1
                future.set_result(pretend(*arguments))
            else:
                future.set_result(json.dumps(self.plan.as_json()).encode())
        except Exception as error:
            future.set_exception(error)
        return future


def grade(root, plan=Plan(), anyway=False, screen=None):  # noqa: B008
    """Grade the class; return the tally and how many submissions were graded."""
    crew = Crew(Pretended(plan), None, 2)
    tally = Classroom(root, LESSON, Limits()).grade(crew, screen, anyway)
    return tally, crew.executor.graded


def grades(root):
    """Return (automatic, by hand, needs a person) for each learner's test."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {s.student_id: (g.auto_score, g.manual_score, bool(g.needs_manual_grade))
                for s in gradebook.find_assignment(LESSON).submissions
                for n in s.notebooks for g in n.grades}  # fmt: skip


def decide(root, student, points):
    """Give points by hand, as Formgrader does."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        found = gradebook.find_grade("check-f", LESSON, LESSON, student)
        found.manual_score, found.needs_manual_grade = points, False
        gradebook.db.commit()


def autograded(root, student):
    return root / "autograded" / student / LESSON / f"{LESSON}.ipynb"


def test_a_class_is_graded_once(root):
    hand_in(root, "ada")
    hand_in(root, "ben")
    tally, count = grade(root)
    assert (dict(tally.states), tally.unchanged, count) == ({"graded": 2}, 0, 2)
    tally, count = grade(root)
    assert (dict(tally.states), tally.unchanged, count) == ({}, 2, 0)
    assert grades(root) == {"ada": (2.0, None, False), "ben": (2.0, None, False)}
    assert sorted(os.listdir(autograded(root, "ada").parent)) == [f"{LESSON}.ipynb"]


def test_progress_is_told(root):
    hand_in(root, "ada")
    hand_in(root, "ben")
    told = []

    class Screen(coordinator.Screen):
        def done(self, done, total):
            told.append((done, total))

    grade(root, screen=Screen())
    assert told == [(1, 2), (2, 2), (2, 2)]


@pytest.mark.parametrize(
    ("raises", "why"),
    [("late", "not done after 960 seconds"), ("lost", "its process was ended by SIGKILL")],
)
def test_a_submission_that_could_not_be_graded_costs_nobody_else_and_is_tried_again(
    root, raises, why
):
    hand_in(root, "ada", raises=raises)
    hand_in(root, "ben")
    tally, _ = grade(root)
    assert dict(tally.states) == {"failed": 1, "graded": 1}
    ((who, state, said),) = tally.look_at
    assert (who, state) == ("ada", "failed") and why in said
    assert grades(root) == {"ada": (0.0, None, False), "ben": (2.0, None, False)}
    hand_in(root, "ada")
    assert grade(root)[1] == 1
    assert grades(root)["ada"] == (2.0, None, False)


def test_where_nothing_can_be_isolated_nothing_is_written(root):
    hand_in(root, "ada", raises="user")
    with pytest.raises(UserError, match="no bubblewrap"):
        grade(root)
    assert not autograded(root, "ada").exists()


def test_a_name_that_nbgrader_cannot_work_with_is_named_and_the_others_graded(root):
    hand_in(root, "ada")
    hand_in(root, "a[b]\n\x1b[2J")
    tally, count = grade(root)
    assert count == 1
    ((who, state, why),) = tally.look_at
    assert state == "left out" and "rename" in why and who.isprintable()
    assert list(grades(root)) == ["ada"]


# --- marked tests --------------------------------------------------------------------------------


def test_a_marked_test_waits_for_a_person_who_can_read_why(root):
    hand_in(root, "eve", marked="It passes with 1 changed to 2.")
    tally, _ = grade(root)
    assert grades(root) == {"eve": (2.0, None, True)}
    assert tally.look_at == [("eve", "graded", "check-f passed. It passes with 1 changed to 2.")]
    cells = json.loads(autograded(root, "eve").read_text())["cells"]
    (output,) = cells[1]["outputs"]
    assert output["metadata"] == {INSTRUCTOR: True}
    assert "It passes with 1 changed to 2." in "".join(output["data"]["text/plain"])


def test_a_decision_survives_regrading_and_is_asked_for_again_only_for_another_reason(root):
    hand_in(root, "eve", marked="odd")
    grade(root)
    decide(root, "eve", 1.0)
    hand_in(root, "eve", marked="odd", message="another text")
    assert grade(root)[1] == 1
    assert grades(root) == {"eve": (2.0, 1.0, False)}
    hand_in(root, "eve", marked="odder")
    grade(root)
    assert grades(root) == {"eve": (2.0, 1.0, True)}


def test_a_decision_survives_a_run_that_was_stopped_in_the_middle(root, monkeypatch):
    hand_in(root, "eve", marked="odd")
    grade(root)
    decide(root, "eve", 1.0)
    hand_in(root, "eve", marked="odd", message="another text")
    with monkeypatch.context() as patch:

        def stop(*_):
            raise KeyboardInterrupt

        patch.setattr(Classroom, "_date", stop)
        with pytest.raises(KeyboardInterrupt):
            grade(root)
    assert not autograded(root, "eve").exists()
    assert grade(root)[1] == 1
    assert grades(root) == {"eve": (2.0, 1.0, False)}
    assert sorted(os.listdir(autograded(root, "eve").parent)) == [f"{LESSON}.ipynb"]


# --- the instructor's own solution ---------------------------------------------------------------


FAULTY = Plan(faults=("check-f, line 1: AssertionError: f(-1)", "check-g: NameError\x1b[2J"))


def test_by_a_faulty_solution_nobody_is_graded_and_each_fault_is_named(root):
    hand_in(root, "ada")
    with pytest.raises(UserError) as caught:
        grade(root, FAULTY)
    assert str(caught.value).split("\n") == [
        "The solution of toy fails its own tests, so nothing was graded:",
        "  check-f, line 1: AssertionError: f(-1)",
        "  check-g: NameError",
        "Mend it, or say --anyway.",
    ]
    assert not autograded(root, "ada").exists()


def test_anyway_grades_and_says_so(root):
    hand_in(root, "ada")
    tally, count = grade(root, FAULTY, anyway=True)
    assert count == 1
    assert [each[:2] for each in tally.look_at] == [("the solution of toy", "faulty")] * 2


def test_what_is_only_odd_about_the_solution_is_said_and_stops_nobody(root):
    hand_in(root, "ada")
    tally, count = grade(root, Plan(advice=("check-f: its last line decides nothing.",)))
    assert count == 1
    assert tally.look_at == [
        ("the solution of toy", "odd", "check-f: its last line decides nothing.")
    ]


OTHER = replace(Plan(), mutants={"check-f": [("1", "assert f(-1) == 2")]})


def test_what_comes_of_the_solution_is_remembered(root):
    hand_in(root, "ada")
    grade(root)
    assert grade(root, OTHER)[1] == 0


def test_what_comes_of_the_solution_is_part_of_what_a_grade_depends_on(root):
    hand_in(root, "ada")
    grade(root)
    shutil.rmtree(root / ".lessonlib" / "model")
    assert grade(root, OTHER)[1] == 1


def test_a_solution_that_cannot_be_graded_is_a_fault(root, monkeypatch):
    class Ends(Crew):
        def call(self, *_):
            raise Lost("its process was ended by SIGKILL")

    hand_in(root, "ada")
    with pytest.raises(UserError, match="could not be graded, its process was ended by SIGKILL"):
        Classroom(root, LESSON, Limits()).grade(Ends(Pretended(Plan()), None, 2))


# --- the gradebook in the middle -----------------------------------------------------------------


def test_a_gradebook_that_is_locked_in_the_middle_loses_nothing(root):
    for student in ("ada", "ben", "cleo"):
        hand_in(root, student)
    other = sqlite3.connect(root / "gradebook.db", isolation_level=None)

    class Screen(coordinator.Screen):
        def done(self, done, total):
            if done == 1:
                other.execute("BEGIN IMMEDIATE")

    with pytest.raises(UserError, match="in use by another program"):
        grade(root, screen=Screen())
    other.execute("ROLLBACK")
    tally, count = grade(root)
    assert (tally.unchanged, count) == (1, 2)
    assert grades(root) == dict.fromkeys(("ada", "ben", "cleo"), (2.0, None, False))


def test_a_folder_that_cannot_be_written_is_named(root):
    hand_in(root, "ada")
    (root / "autograded").mkdir()
    (root / "autograded" / "ada").write_text("a file")
    with pytest.raises(UserError, match="autograded/ada.* cannot be used: "):
        grade(root)


# --- a large class -------------------------------------------------------------------------------

GROWING = {"student", "submitted_assignment", "submitted_notebook", "grade", "comment"}
FEW, MANY = 40, 120
KIB = 2**10


class Repeating(Pretended):
    """Grades the first submission, and says of all others the same."""

    same = None

    def submit(self, do, seconds, function, *arguments):
        if function is not treat:
            return super().submit(do, seconds, function, *arguments)
        self.graded += 1
        self.same = self.same or pretend(*arguments)
        future = Future()
        future.set_result(self.same)
        return future


class Noting(coordinator.Silent):
    """Notes what each submission costs the gradebook, and twice how much memory is held.

    costs: how many statements and how many transactions; last: the statements for the last one.
    """

    def __init__(self):
        self.costs, self.held = [], []
        self.statements, self.commits = [], 0

    def hears(self, connection, cursor, statement, parameters, *_):
        self.statements.append((statement, parameters))

    def hears_commit(self, connection):
        self.commits += 1

    def done(self, done, total):
        if len(self.costs) == total:  # it is told twice that all is done
            return
        self.costs.append((len(self.statements), self.commits))
        self.last, self.statements, self.commits = self.statements, [], 0
        if done in (FEW, total):
            gc.collect()
            self.held.append(tracemalloc.get_traced_memory()[0])


@pytest.fixture
def noted(root):
    """What a large class asks and holds, from its first submission to its last."""
    for number in range(MANY):
        hand_in(root, f"learner-{number:03}")
    noting = Noting()
    heard = {"before_cursor_execute": noting.hears, "commit": noting.hears_commit}
    for name, hears in heard.items():
        event.listen(Engine, name, hears)
    tracemalloc.start()
    try:
        crew = Crew(Repeating(Plan()), None, 2)
        Classroom(root, LESSON, Limits()).grade(crew, noting)
    finally:
        tracemalloc.stop()
        for name, hears in heard.items():
            event.remove(Engine, name, hears)
    return noting


def scanned(database, statement, parameters):
    """Return the tables that a statement reads from end to end, as SQLite plans it."""
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return {row[3].split()[1] for row in plan if row[3].startswith("SCAN")}


def test_no_submission_costs_more_than_another_however_many_came_before(noted, root):
    (cost,) = set(noted.costs[1:])  # the first also enters the lesson
    assert cost == (len(noted.last), 1)
    with sqlite3.connect(root / "gradebook.db") as database:
        for statement, parameters in noted.last:
            assert scanned(database, statement, parameters) & GROWING == set(), statement
    assert len(grades(root)) == MANY
    few, many = noted.held
    assert many - few < (MANY - FEW) * KIB // 2
