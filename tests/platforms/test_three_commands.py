"""From a platform's zip to the file that it imports: collect, grade, export."""

import shutil
import subprocess
import sys

import nbformat
import oracles
import pytest
import toy_course
from downloads import (
    ENGLISH,
    FORMS,
    blackboard_table,
    canvas_table,
    canvas_users,
    learners,
    moodle,
    moodle_worksheet,
    notebook,
    roster,
)
from nbgrader.api import Gradebook
from submissions import ROOT, answered, path_of, solutions

from lessonlib.platforms import commands

CLASS = learners()
WAYS = {
    "canvas": "canvas", "moodle": "moodle-worksheet", "moodle flat": "moodle",
    "blackboard": "blackboard", "gradescope": "canvas", "github": "canvas",
}  # fmt: skip


def table_of(platform):
    if platform == "canvas":
        return canvas_table(CLASS, {})
    return moodle_worksheet(CLASS) if platform == "moodle-worksheet" else blackboard_table(CLASS)


def imported(platform, data):
    """Return the grades that the platform would have afterwards, by the learners' ids."""
    if platform == "canvas":
        titles = {12: "Essay", 4711: "Homework 7", 4712: "Homework 8"}
        grades = oracles.canvas(data, canvas_users(CLASS), titles, {}).grades
        ids = {each.canvas: each.id for each in CLASS}
        return {ids[user]: float(grade) for (user, _), grade in grades.items()}
    if platform == "blackboard":
        users = {each.id for each in CLASS}
        grades = oracles.blackboard(data, users, {98765: {}, 98766: {}}).grades
        return {user: float(grade) for (user, _), grade in grades.items()}
    if platform == "moodle":
        users = [{"username": each.id, "email": each.email} for each in CLASS]
        grades = oracles.moodle(data, "email", "Email address", users, "07-toy").grades
        return {user: grade for (user, _), grade in grades.items()}
    participants = {each.participant: each.id for each in CLASS}
    return oracles.moodle_worksheet(data, ENGLISH, participants, {}).grades


@pytest.mark.parametrize(("form", "platform"), WAYS.items())
def test_from_each_platforms_zip_to_its_import_file(tmp_path, form, platform):
    """The points stand for a grading: each learner's number, found in what was collected."""
    root = toy_course.make(tmp_path)
    roster(root / "students.csv", CLASS)
    (root / "class.zip").write_bytes(FORMS[form](CLASS, lambda each: notebook(f"#{each.number}#")))
    commands.collect(root, "07", root / "class.zip", None, False)
    found = {path.parts[-3]: float(path.read_text().split("#")[1]) / 2
             for path in (root / "submitted").glob("*/*/07-toy.ipynb")}  # fmt: skip
    toy_course.enter(root, found)
    fill = None
    if platform != "moodle":
        fill = root / ("grades.xls" if platform == "blackboard" else "grades.csv")
        fill.write_bytes(table_of(platform))
    commands.export(root, "07", False, platform, fill, None)
    (path,) = (root / "reports").iterdir()
    assert imported(platform, path.read_bytes()) == {each.id: each.number / 2 for each in CLASS}


def lessonlib(root, *words):
    command = [sys.executable, "-m", "lessonlib.cli", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_small_class_is_really_graded_on_the_way(tmp_path):
    lesson = "00-start-here"
    shutil.copytree(ROOT / "solutions" / lesson, tmp_path / "solutions" / lesson)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    right, people = solutions(lesson), learners(4)
    wrong = {**right, "start-column": "def column(values):\n    return values"}

    def content(each):
        answers = wrong if each.number == 1 else right
        made = answered(path_of(ROOT / "course", lesson), answers)
        return nbformat.writes(made).encode()

    (tmp_path / "class.zip").write_bytes(moodle(people, content))
    (tmp_path / "sheet.csv").write_bytes(moodle_worksheet(people))
    roster(tmp_path / "students.csv", people)
    assert "4 taken in." in lessonlib(tmp_path, "collect", "00", "class.zip")
    lessonlib(tmp_path, "grade", "00", "--workers", "1")
    export = ["export", "00", "--for", "moodle-worksheet", "--fill", "sheet.csv"]
    told = lessonlib(tmp_path, *export)
    assert "answers wait for your points: u1000, u1001, u1002 and u1003" in told
    give_points(tmp_path, lesson)
    assert "the points are scaled" in lessonlib(tmp_path, *export)
    data = (tmp_path / "reports" / f"{lesson}-moodle-worksheet.csv").read_bytes()
    participants = {each.participant: each.id for each in people}
    grades = oracles.moodle_worksheet(data, ENGLISH, participants, {}).grades
    assert 0 < grades.pop(people[1].id) < 16
    assert grades == {each.id: 16.0 for each in people if each.number != 1}


def give_points(root, lesson):
    """Give all points to the answers in words, as an instructor does in Formgrader."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "relu-to-backprop") as book:
        for submission in book.find_assignment(lesson).submissions:
            for grade in submission.notebooks[0].grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = grade.max_score, False
        book.db.commit()
