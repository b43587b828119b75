"""The folder of submissions: read with care, and nothing is followed out of it."""

import os

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lessonlib.errors import UserError
from lessonlib.grading.classroom import inbox
from lessonlib.grading.submission.reading import MAX_BYTES

LESSON = "05-toy"


@pytest.fixture
def course(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    return CourseDirectory(config=config)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submitted" / "ada" / LESSON
    folder.mkdir(parents=True)
    return folder


def put(path, content=b"{}"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# --- who is there --------------------------------------------------------------------------------


def test_learners_come_in_order(course, tmp_path):
    for name in ("zoe", "ada", "Bob"):
        (tmp_path / "submitted" / name / LESSON).mkdir(parents=True)
    (tmp_path / "submitted" / "eve" / "04-other").mkdir(parents=True)
    assert inbox.students(course, LESSON) == ["Bob", "ada", "zoe"]


def test_a_learner_whose_folder_is_a_dangling_link_is_not_lost(course, tmp_path):
    (tmp_path / "submitted" / "eve").mkdir(parents=True)
    os.symlink("nowhere", tmp_path / "submitted" / "eve" / LESSON)
    assert inbox.students(course, LESSON) == ["eve"]


def test_a_file_among_the_learners_is_no_learner(course, folder, tmp_path):
    put(tmp_path / "submitted" / "notes.txt")
    assert inbox.students(course, LESSON) == ["ada"]


def test_no_submissions_say_what_to_do(course, tmp_path):
    with pytest.raises(UserError, match="lessonlib collect"):
        inbox.students(course, LESSON)
    (tmp_path / "submitted").mkdir()
    with pytest.raises(UserError, match=f"Nobody has handed in {LESSON}"):
        inbox.students(course, LESSON)


@pytest.mark.parametrize(
    ("name", "why"),
    [("a\nb", "control characters"), ("a\x1b[31mb", "control characters"), ("a\x85b", "control"),
     ("a\u2028b", "control"), ("a[b]", "patterns"), ("a*", "patterns"), ("a?b", "patterns"),
     (".ada", "begins with a dot"), ("a" * 129, "longer than 128"),
     (os.fsdecode(b"\xff\xfe"), "not UTF-8")],
)  # fmt: skip
def test_a_folder_whose_name_nbgrader_cannot_work_with_is_named_and_left(course, folder, name, why):
    (folder.parents[1] / name / LESSON).mkdir(parents=True)
    assert inbox.students(course, LESSON) == ["ada"]
    ((shown, said),) = inbox.left_out(course, LESSON).items()
    assert why in said and said.endswith("please rename the folder")
    assert shown.isprintable()


@pytest.mark.parametrize(
    "name", ["ada b", "ada.b", "Ünal", "a'b", 'a"b', "a(b)", "a{b}", "-a", "<b>"]
)
def test_other_names_are_fit(name):
    assert inbox.fault_of(name) == ""


def test_a_class_of_nothing_but_such_folders_is_told_why(course, tmp_path):
    (tmp_path / "submitted" / "a*b" / LESSON).mkdir(parents=True)
    with pytest.raises(UserError, match=r"Left out: a\*b: its name has one of"):
        inbox.students(course, LESSON)


# --- what is there -------------------------------------------------------------------------------


def test_the_notebook_and_other_small_files_are_taken(folder):
    put(folder / "toy.ipynb", b"notebook")
    put(folder / "data" / "mine.csv", b"1,2")
    put(folder / "helper.py", b"x = 1")
    taken = inbox.take(folder, "toy")
    assert taken.data == b"notebook"
    assert taken.files == {"data/mine.csv": b"1,2", "helper.py": b"x = 1"}
    assert (taken.fault, taken.notes) == ("", ())


def test_what_nobody_needs_is_left(folder):
    put(folder / "toy.ipynb")
    for name in (".hidden", ".ipynb_checkpoints/toy.ipynb", "__pycache__/a.pyc", "b.pyc",
                 "timestamp.txt", "other.ipynb", ".git/config"):  # fmt: skip
        put(folder / name)
    assert inbox.take(folder, "toy").files == {}


def test_a_notebook_of_another_name_is_taken_and_noted(folder):
    put(folder / "Toy final (2).IPYNB", b"notebook")
    taken = inbox.take(folder, "toy")
    assert taken.data == b"notebook"
    assert taken.notes == ("The file was called Toy final (2).IPYNB.",)


def test_several_notebooks_of_other_names_are_left_to_a_person(folder):
    put(folder / "a.ipynb")
    put(folder / "b.ipynb")
    taken = inbox.take(folder, "toy")
    assert taken.data is None
    assert "a.ipynb, b.ipynb" in taken.notes[0]


def test_an_empty_folder_has_no_notebook(folder):
    assert inbox.take(folder, "toy") == inbox.HandedIn(None, {})


def secret(tmp_path):
    return put(tmp_path / "secret" / "toy.ipynb", b"the instructor's")


def test_a_link_to_a_notebook_is_not_followed(folder, tmp_path):
    os.symlink(secret(tmp_path), folder / "toy.ipynb")
    taken = inbox.take(folder, "toy")
    assert taken.data is None
    assert "toy.ipynb was not read" in taken.fault


def test_a_link_of_another_name_is_not_followed(folder, tmp_path):
    os.symlink(secret(tmp_path), folder / "mine.ipynb")
    assert inbox.take(folder, "toy").data is None


@pytest.mark.parametrize("level", ["lesson", "learner"])
def test_a_folder_that_is_a_link_is_not_followed(tmp_path, level):
    secret(tmp_path)
    learner = tmp_path / "submitted" / "eve"
    if level == "lesson":
        learner.mkdir(parents=True)
        os.symlink(tmp_path / "secret", learner / LESSON)
    else:
        put(tmp_path / "else" / LESSON / "toy.ipynb")
        learner.parent.mkdir()
        os.symlink(tmp_path / "else", learner)
    taken = inbox.take(learner / LESSON, "toy")
    assert taken.data is None
    assert "link" in taken.fault


def test_links_among_the_other_files_are_left(folder, tmp_path):
    put(folder / "toy.ipynb")
    os.symlink(secret(tmp_path), folder / "stolen.txt")
    os.symlink(tmp_path / "secret", folder / "stolen")
    os.symlink(folder, folder / "loop")
    assert inbox.take(folder, "toy").files == {}


def test_a_pipe_does_not_stop_the_reading(folder):
    os.mkfifo(folder / "toy.ipynb")
    taken = inbox.take(folder, "toy")
    assert taken.data is None
    assert "no ordinary file" in taken.fault


def test_a_pipe_among_the_other_files_is_left(folder):
    put(folder / "toy.ipynb")
    os.mkfifo(folder / "pipe")
    assert inbox.take(folder, "toy").files == {}


def test_a_folder_in_the_notebooks_place_is_refused(folder):
    (folder / "toy.ipynb").mkdir()
    assert "not read" in inbox.take(folder, "toy").fault


def test_a_huge_notebook_is_refused_unread(folder):
    with (folder / "toy.ipynb").open("wb") as file:
        file.truncate(MAX_BYTES + 2**20)
    assert "has 51 MiB, and at most 50 are read" in inbox.take(folder, "toy").fault


def test_other_files_are_taken_as_far_as_they_are_small(folder, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_EXTRA", 10)
    put(folder / "toy.ipynb")
    put(folder / "a.txt", b"123456")
    put(folder / "b.txt", b"123456")
    put(folder / "c.txt", b"1234")
    assert list(inbox.take(folder, "toy").files) == ["a.txt", "c.txt"]


def test_no_more_other_files_are_taken_than_anybody_needs(folder, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_FILES", 3)
    put(folder / "toy.ipynb")
    for number in range(9):
        put(folder / f"{number}.txt")
    assert list(inbox.take(folder, "toy").files) == ["0.txt", "1.txt", "2.txt"]


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    put(tmp_path / "submitted" / "ada" / LESSON)
    assert inbox.take(tmp_path / "submitted" / "ada" / LESSON, "toy").data is None


def test_a_name_is_told_without_what_a_terminal_obeys(folder):
    put(folder / "\x1b[2Jtoy\n.ipynb")
    assert inbox.take(folder, "toy").notes == ("The file was called toy .ipynb.",)


def test_a_folder_that_cannot_be_read_is_refused_in_words(folder, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(inbox.Path, "iterdir", refuse)  # root may read everything
    fault = inbox.take(folder, "toy").fault
    assert fault == f"{LESSON} was not read: Permission denied."
