"""All feedback pages of a lesson in one file, from hand-made records: nothing is graded here."""

import shutil
import zipfile
from pathlib import Path

import pytest
from school import LESSON, School, points

from lessonlib.errors import UserError
from lessonlib.grading import commands

ROOT = Path(__file__).parents[3]


def packed(root):
    return root / "reports" / f"{LESSON}-feedback.zip"


@pytest.fixture
def two(school):
    """Two learners in a course with our settings."""
    shutil.copy(ROOT / "nbgrader_config.py", school.root)
    school.hand_in("ada", points())
    school.hand_in("ben größe", points(half=0.0))
    return school


def test_each_page_bears_its_learners_id_first(two, capsys):
    commands.feedback(two.root, LESSON)
    with zipfile.ZipFile(packed(two.root)) as file:
        assert file.namelist() == [f"ada_{LESSON}.html", f"ben größe_{LESSON}.html"]
        page = file.read(f"ada_{LESSON}.html").decode()
    assert "feedback for ada</title>" in page and "2 of 2" in page
    assert (
        "Written: reports/toy-feedback.zip, with the pages of 2 learners."
        in capsys.readouterr().out
    )
    assert [path.name for path in (two.root / "reports").iterdir()] == ["toy-feedback.zip"]


def test_pages_bear_the_names_that_are_given_and_whoever_has_none_is_said(two, capsys):
    commands.feedback(two.root, LESSON, {"ada": "Ada L_551_assignsubmission_file_/"})
    with zipfile.ZipFile(packed(two.root)) as file:
        assert file.namelist() == [f"Ada L_551_assignsubmission_file_/{LESSON}.html"]
    told = capsys.readouterr().out
    assert "Left out, not in the download: ben größe." in told and "pages of 1 learners" in told


def test_points_and_comments_given_since_are_on_the_pages_that_are_made_again(two):
    commands.feedback(two.root, LESSON)
    with two.gradebook() as book:
        book.find_grade("toy-why", LESSON, LESSON, "ada").manual_score = 2.5
        book.find_comment("toy-why", LESSON, LESSON, "ada").manual_comment = "Well *said*."
        book.find_comment("toy-half", LESSON, LESSON, "ada").auto_comment = "No response."
        book.db.commit()
    commands.feedback(two.root, LESSON)
    with zipfile.ZipFile(packed(two.root)) as file:
        page = file.read(f"ada_{LESSON}.html").decode()
    assert "2.5 of 3" in page and "Well <em>said</em>." in page
    assert "No response" not in page  # nbgrader says so, and no person


def test_a_page_that_cannot_be_made_is_named_and_nothing_is_packed(two):
    (two.root / "autograded/ada" / LESSON / f"{LESSON}.ipynb").write_text("{")
    with pytest.raises(UserError, match="The feedback page of ada could not be made, so nothing"):
        commands.feedback(two.root, LESSON)
    assert not packed(two.root).exists()
    assert (two.root / "feedback/ben größe" / LESSON / f"{LESSON}.html").is_file()


def test_nothing_graded_is_a_sentence_and_makes_no_file(tmp_path):
    school = School(tmp_path)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UserError, match="Nothing of toy is graded yet. First run: lessonlib grade"):
        commands.feedback(school.root, LESSON)
    assert sorted(tmp_path.iterdir()) == before
