"""The gradebook: made whole or not at all, and what it cannot do is said in a sentence."""

import os
import shutil
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom.treatment import Treated
from lessonlib.grading.record import Record, Result
from lessonlib.grading.report.ledger import read_ledger


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "BUSY_SECONDS", 0.2)
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    return CourseDirectory(config=config)


@pytest.fixture
def file(tmp_path, course):
    """A gradebook as it should be."""
    book.create(course.db_url)
    return tmp_path / "gradebook.db"


def write(course):
    """Use the gradebook as the grading does."""
    with book.plainly(course):
        book.create(course.db_url)
        with book.opened(course) as gradebook:
            gradebook.update_or_create_student("ada")


def students(course):
    with book.opened(course) as gradebook:
        return [student.id for student in gradebook.students]


def schema(path):
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        version = database.execute("SELECT version_num FROM alembic_version").fetchall()
    return sorted(" ".join(sql.split()) for (sql,) in rows if "alembic" not in sql), version


def test_it_is_made_as_nbgrader_makes_it(file, tmp_path):
    theirs = tmp_path / "theirs.db"
    Gradebook(f"sqlite:///{theirs}").close()
    assert schema(file) == schema(theirs)


def test_one_that_is_there_stays_as_it_is(file, course):
    write(course)
    book.create(course.db_url)
    assert students(course) == ["ada"]


def test_an_empty_file_becomes_one(course, tmp_path):
    (tmp_path / "gradebook.db").touch()
    write(course)
    assert students(course) == ["ada"]


KILLED = """
import os, sys
from alembic.runtime.migration import MigrationContext
from lessonlib.grading.classroom import gradebook
MigrationContext.stamp = lambda *_: os._exit(9)
gradebook.create(sys.argv[1])
"""


def test_one_that_is_stopped_half_made_is_made_whole_the_next_time(course, tmp_path):
    told = subprocess.run([sys.executable, "-c", KILLED, course.db_url], timeout=60)
    assert told.returncode == 9
    write(course)
    assert students(course) == ["ada"]


# --- troubles ------------------------------------------------------------------------------------


def trouble(course):
    """Return what is said, which must be a sentence or two, without SQL."""
    with pytest.raises(UserError) as caught:
        write(course)
    said = str(caught.value)
    assert "\n" not in said and "sqlite3" not in said and "SQL" not in said
    return said


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_gradebook_is_in_use(file, course, how):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute(f"BEGIN {how}")
    assert "in use by another program" in trouble(course)
    other.execute("ROLLBACK")
    other.close()
    write(course)
    assert students(course) == ["ada"]


def test_one_that_is_locked_in_the_middle_is_in_use_and_keeps_what_it_has(file, course, capfd):
    with pytest.raises(UserError, match="in use by another program"), book.plainly(course):
        with book.opened(course) as gradebook:
            gradebook.update_or_create_student("ada")
            other = sqlite3.connect(file, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            gradebook.update_or_create_student("ben")
    other.close()
    assert students(course) == ["ada"]
    assert capfd.readouterr().err == ""  # nbgrader would log a traceback


def test_a_read_only_gradebook_is_named(file, course):
    course.db_url = f"sqlite:///file:{file}?mode=ro&uri=true"  # root may write any file
    assert "read-only" in trouble(course)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write any file")
def test_a_gradebook_in_a_read_only_folder_is_named(file, course, tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert "cannot be" in trouble(course)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("text", ["hello", "student;points\nada;3\n" * 1000])
def test_a_text_is_no_gradebook(course, tmp_path, text):
    (tmp_path / "gradebook.db").write_text(text)
    assert "damaged, or no gradebook" in trouble(course)
    assert (tmp_path / "gradebook.db").read_text() == text


def test_a_folder_is_no_gradebook(course, tmp_path):
    (tmp_path / "gradebook.db").mkdir()
    assert "cannot be opened" in trouble(course)


def test_a_torn_gradebook_is_damaged(file, course):
    write(course)
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(data)
    assert "damaged" in trouble(course) or "older nbgrader" in trouble(course)


def becomes(file, version):
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", [version])


def test_a_gradebook_of_an_older_nbgrader_has_to_be_upgraded(file, course):
    becomes(file, "724cde206c17")
    assert "nbgrader db upgrade" in trouble(course)


def test_a_gradebook_of_a_newer_nbgrader_is_told_apart(file, course):
    becomes(file, "ffffffffffff")
    assert "newer nbgrader" in trouble(course)


def test_a_gradebook_that_lacks_a_column_may_be_old(file, course):
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE student DROP COLUMN lms_user_id")
    assert "older nbgrader" in trouble(course)


FULL = """
import sys
from pathlib import Path
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book

config = Config()
config.CourseDirectory.root = sys.argv[1]
course = CourseDirectory(config=config)
try:
    with book.plainly(course):
        book.create(course.db_url)
        with book.opened(course) as gradebook:
            gradebook.update_or_create_student("ada")
            if sys.argv[2] == "notebook":
                Path(sys.argv[1], "notebook").write_bytes(bytes(2**20))
            for number in range(10_000):
                gradebook.update_or_create_student(f"ada {number}")
except UserError as error:
    print(error)
with book.opened(course) as gradebook:
    assert gradebook.find_student("ada")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "said"),
    [("gradebook", "The gradebook cannot be written: the disk is full or broken."),
     ("notebook", "The disk cannot be used: No space left on device.")],
)  # fmt: skip
def test_a_full_disk_is_named_and_loses_nothing(tmp_path, what, said):
    if shutil.which("bwrap") is None:
        pytest.skip("a small disk is made with bubblewrap")
    small = ["bwrap", "--dev-bind", "/", "/", "--size", "400000", "--tmpfs", str(tmp_path)]
    command = [*small, sys.executable, "-c", FULL, str(tmp_path), what]
    told = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert told.returncode == 0, told.stderr
    assert told.stdout == f"{said} {book.KEPT}\n"
    assert told.stderr == ""


def test_a_report_on_a_damaged_gradebook_says_so(course, tmp_path):
    (tmp_path / "gradebook.db").write_text("hello")
    with pytest.raises(UserError, match="damaged"), book.plainly(course):
        read_ledger(course, "toy")


def test_another_driver_than_ours_is_said_to_be_missing(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    course.db_url = "postgresql://ada@localhost/grades"  # SQLAlchemy's own choice
    with pytest.raises(UserError, match=r"write db_url as postgresql\+psycopg://"):
        write(course)


def test_other_errors_are_no_gradebooks(course):
    with pytest.raises(ZeroDivisionError), book.plainly(course):
        raise ZeroDivisionError


# --- marked tests --------------------------------------------------------------------------------


def treated(marked="", score=2.0):
    """Return a submission's grade with one test, marked for this reason."""
    record = Record("graded", "f", (Result("check", "check", score, 2.0, marked=marked),))
    made = Treated({"check": score}, {}, b"")
    return SimpleNamespace(scores=made.scores, answered={}, record=record)


@pytest.fixture
def saved(file, course):
    """Give a function that saves a grade, and returns what the gradebook says of the test."""
    with book.opened(course) as gradebook:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        gradebook.add_grade_cell("check", "toy", "toy", max_score=2, cell_type="code")

        def save(now, before=None, decide=None):
            before = before and before.record
            book.save(gradebook, "toy", "ada", "toy", now, before)
            grade = gradebook.find_grade("check", "toy", "toy", "ada")
            if decide is not None:  # as Formgrader does
                grade.manual_score, grade.needs_manual_grade = decide, False
                gradebook.db.commit()
            return grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade)

        yield save


def test_a_marked_test_keeps_its_score_and_waits_for_a_person(saved):
    assert saved(treated("odd")) == (2.0, None, True)


def test_a_test_that_is_not_marked_waits_for_nobody(saved):
    assert saved(treated()) == (2.0, None, False)


def test_a_decision_is_not_asked_for_again_while_the_reason_is_the_same(saved):
    assert saved(treated("odd"), decide=1.0) == (2.0, 1.0, False)
    assert saved(treated("odd"), before=treated("odd")) == (2.0, 1.0, False)


def test_a_new_reason_is_asked_about_and_the_decision_stays(saved):
    saved(treated("odd"), decide=1.0)
    assert saved(treated("odder"), before=treated("odd")) == (2.0, 1.0, True)


def test_what_is_marked_still_is_asked_about_again(saved):
    saved(treated("odd"))
    assert saved(treated("odd"), before=treated("odd")) == (2.0, None, True)


def test_without_a_mark_points_given_by_hand_are_looked_at_again_as_nbgrader_does(saved):
    saved(treated(), decide=1.0)
    assert saved(treated(), before=treated()) == (2.0, 1.0, True)
