"""`lessonlib update` and `reset`: a new release, and no answer lost."""

import pytest
from learners import ANSWER, LESSON, NOTEBOOK, answered, sources

from lessonlib.errors import UserError
from lessonlib.workspace import commands
from lessonlib.workspace.update import is_current, reset, update

TEXT, STUB = "cell-dd723bf76b", "relu-relu"
KEPT = f"{LESSON}.kept-1.ipynb"


def test_new_text_comes_and_answers_stay_byte_for_byte(course, home):
    answered(home / NOTEBOOK, STUB)
    answered(home / NOTEBOOK, "relu-valley", "Because it is *flat* there.")
    course.text("# New")
    assert not is_current(home)
    changes = update(home)
    found = sources(home / NOTEBOOK)
    assert found[TEXT] == "# New" and found[STUB] == ANSWER
    assert found["relu-valley"] == "Because it is *flat* there."
    assert changes.new == [NOTEBOOK] and changes.kept == {}
    assert is_current(home) and update(home).new == []


def test_what_nobody_has_touched_is_as_released(course, home):
    course.text("# New")
    course.files["glossary.md"] = b"# A longer glossary\n"
    course.files["02-the-way-back/02-the-way-back.ipynb"] = b"{}"
    update(home)
    assert {n: (home / n).read_bytes() for n in course.files} == course.files


def test_what_gives_way_is_kept_under_a_name(course, home, capsys):
    answered(home / NOTEBOOK, TEXT, "# Mine")
    (home / "glossary.md").write_text("My own glossary")
    before = (home / NOTEBOOK).read_bytes()
    course.text("# New")
    course.files["glossary.md"] = b"# Newer\n"
    commands.update(home)
    assert (home / LESSON / KEPT).read_bytes() == before
    assert (home / "glossary.kept-1.md").read_text() == "My own glossary"
    assert (home / "glossary.md").read_bytes() == b"# Newer\n"
    told = capsys.readouterr().out
    assert f"{NOTEBOOK}; as it was: {KEPT}" in told
    assert "glossary.md; as it was: glossary.kept-1.md" in told


def test_a_second_kept_copy_takes_the_next_name(course, home):
    for number, said in ((1, "one"), (2, "two")):
        answered(home / NOTEBOOK, TEXT, said)
        course.text(f"release {number}")
        update(home)
        kept = home / LESSON / f"{LESSON}.kept-{number}.ipynb"
        assert sources(kept)[TEXT] == said


def test_a_lesson_that_the_learner_removed_comes_with_its_next_release(course, home):
    (home / NOTEBOOK).unlink()
    assert update(home).new == [] and not (home / NOTEBOOK).exists()
    course.text("# New")
    update(home)
    assert (home / NOTEBOOK).read_bytes() == course.files[NOTEBOOK]


def test_a_damaged_notebook_is_told_and_left_as_it_is(course, home, capsys):
    (home / NOTEBOOK).write_bytes(b"{half a note")
    course.text("# New")
    commands.update(home)
    assert f"{NOTEBOOK} is no notebook that can be read" in capsys.readouterr().out
    assert (home / NOTEBOOK).read_bytes() == b"{half a note" and not is_current(home)


def test_what_the_course_no_longer_has_is_the_learners(course, home):
    del course.files["glossary.md"]
    assert update(home).departed == ["glossary.md"]
    assert (home / "glossary.md").is_file() and update(home).departed == []


def test_a_fresh_copy_and_the_old_one_kept(course, home):
    before = answered(home / NOTEBOOK, STUB).read_bytes()
    (home / LESSON / "notes.txt").write_text("my own")
    changes = reset(home, "1")
    assert (home / NOTEBOOK).read_bytes() == course.files[NOTEBOOK]
    assert changes.kept == {NOTEBOOK: home / LESSON / KEPT}
    assert (home / LESSON / KEPT).read_bytes() == before
    assert (home / LESSON / "notes.txt").read_text() == "my own"
    assert reset(home, LESSON).kept == {}


@pytest.mark.parametrize(
    ("name", "said"), [("77", "There is no lesson '77'"), ("02", "no fresh copy of 02-the-way")]
)
def test_a_lesson_that_is_not_there_cannot_be_fresh(home, name, said):
    with pytest.raises(UserError, match=said):
        reset(home, name)


def test_only_a_folder_that_was_started_is_brought_up_to_date(course, tmp_path):
    with pytest.raises(UserError, match="not a folder that lessonlib start has made"):
        update(tmp_path)
