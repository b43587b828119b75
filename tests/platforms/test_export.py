"""A hundred learners go back to each platform: its oracle finds the right grades and no others."""

import csv
import io

import oracles
import pytest
import toy_course
from downloads import (
    ENGLISH,
    GERMAN,
    blackboard_table,
    canvas_table,
    canvas_users,
    learners,
    moodle_worksheet,
    roster,
    table,
)

from lessonlib.errors import UserError
from lessonlib.platforms import commands
from lessonlib.platforms.sheets import read

CLASS = learners(100)
POINTS = {each.id: float(f"{(each.number * 0.37) % 16:.2f}") for each in CLASS}
PENDING = {each.id for each in CLASS if each.number % 10 == 3}
ABSENT = {CLASS[50].id}
STRANGER = "u9999"
DUE = {who: points for who, points in POINTS.items() if who not in PENDING | ABSENT}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = toy_course.make(tmp_path_factory.mktemp("course"))
    graded = {who: points for who, points in POINTS.items() if who not in ABSENT}
    toy_course.enter(root, graded | {STRANGER: 5.0}, PENDING)
    roster(root / "students.csv", CLASS)
    return root


def export(root, platform, fill=None, every=False):
    """Export; return what is written."""
    commands.export(root, "" if every else "07", every, platform, fill, None)
    ending = fill.suffix if fill else ".csv"
    name = "all" if every and fill else toy_course.LESSON
    return (root / "reports" / f"{name}-{platform}{ending}").read_bytes()


def put(path, data):
    path.write_bytes(data)
    return path


def same(found, wanted):
    return found.keys() == wanted.keys() and all(
        abs(float(found[key]) - points) < 0.006 for key, points in wanted.items()
    )


# --- Canvas --------------------------------------------------------------------------------------

USERS = canvas_users(CLASS)


def test_canvas_gets_a_new_assignment_with_everybodys_points(root, capsys):
    done = oracles.canvas(export(root, "canvas"), USERS, {}, {})
    assert done.added == {toy_course.LESSON: toy_course.MOST}
    assert done.strangers == []
    wanted = {(each.canvas, toy_course.LESSON): DUE[each.id] for each in CLASS if each.id in DUE}
    assert same(done.grades, wanted)
    said = capsys.readouterr().out
    assert f"Left out, not in the roster, so the platform may not know them: {STRANGER}." in said
    assert "answers wait for your points: u1003, u1013" in said


def test_a_filled_canvas_table_changes_what_is_graded_and_nothing_else(root, tmp_path):
    excused, pending = CLASS[20], CLASS[13]
    grades = {(each.canvas, 12): "4.00" for each in CLASS}
    grades |= {(excused.canvas, 4711): "EX", (pending.canvas, 4711): "7.00"}
    filled = export(root, "canvas", put(tmp_path / "grades.csv", canvas_table(CLASS, grades)))
    titles = {12: "Essay", 4711: "Homework 7", 4712: "Homework 8"}
    done = oracles.canvas(filled, USERS, titles, grades)
    assert done.added == {}
    wanted = {(each.canvas, 4711): DUE[each.id] for each in CLASS
              if each.id in DUE and each is not excused}  # fmt: skip
    assert same(done.grades, {key: points for key, points in wanted.items()})


def test_points_are_scaled_to_the_platforms_maximum_and_it_is_said(root, tmp_path, capsys):
    path = put(tmp_path / "grades.csv", canvas_table(CLASS, {}, most="100.00"))
    done = oracles.canvas(export(root, "canvas", path), USERS, {4711: "Homework 7"}, {})
    who = CLASS[11]
    assert float(done.grades[who.canvas, 4711]) == pytest.approx(DUE[who.id] * 100 / 16, abs=0.01)
    assert "out of 16 points here and of 100 there" in capsys.readouterr().out


def test_all_lessons_go_into_one_filled_table_or_a_file_each(tmp_path):
    people, root = learners(3), toy_course.make(toy_course.make(tmp_path), lesson="08-more")
    roster(root / "students.csv", people)
    toy_course.enter(root, {each.id: 8.0 for each in people})
    toy_course.enter(root, {each.id: 4.0 for each in people[:2]}, {people[0].id}, lesson="08-more")
    commands.export(root, "", True, "canvas", None, None)
    assert len(list((root / "reports").iterdir())) == 2
    path = put(tmp_path / "grades.csv", canvas_table(people, {}))
    titles = {12: "Essay", 4711: "Homework 7", 4712: "Homework 8"}
    filled = export(root, "canvas", path, every=True)
    done = oracles.canvas(filled, canvas_users(people), titles, {})
    wanted = {(each.canvas, 4711): 8.0 for each in people} | {(people[1].canvas, 4712): 0.75}
    assert same(done.grades, wanted), "the second is out of 3 points there, and one is pending"


# --- Moodle --------------------------------------------------------------------------------------

MOODLERS = [{"username": each.id, "email": each.email, "idnumber": ""} for each in CLASS]


def test_moodle_knows_everybody_in_its_file(root):
    done = oracles.moodle(export(root, "moodle"), "email", "Email address", MOODLERS, "07-toy")
    assert same(done.grades, {(who, "07-toy"): points for who, points in DUE.items()})


def test_moodle_would_refuse_a_stranger(root, tmp_path):
    """What the oracle is for: without a roster the stranger is in the file."""
    (root / "students.csv").rename(root / "hidden.csv")
    try:
        data = export(root, "moodle")
    finally:
        (root / "hidden.csv").rename(root / "students.csv")
    with pytest.raises(oracles.Refused, match=STRANGER):
        oracles.moodle(data, "username", "Username", MOODLERS, "07-toy")


def test_a_filled_moodle_gradebook_keeps_the_dash_of_what_is_pending(root, tmp_path):
    rows = [["First name", "Last name", "ID number", "Email address", "Assignment: Toy 7 (Real)",
             "Course total (Real)"]]  # fmt: skip
    rows += [[each.given, each.family, "", each.email, "-", "-"] for each in CLASS]
    filled = export(root, "moodle", put(tmp_path / "grades.csv", table(rows)))
    item = "Assignment: Toy 7 (Real)"
    done = oracles.moodle(filled, "email", "Email address", MOODLERS, item)
    assert same(done.grades, {(who, item): points for who, points in DUE.items()})


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_a_worksheet_is_filled_in_its_own_language(root, tmp_path, language):
    path = put(tmp_path / "sheet.csv", moodle_worksheet(CLASS, language))
    filled = export(root, "moodle-worksheet", path)
    people = {each.participant: each.id for each in CLASS}
    done = oracles.moodle_worksheet(filled, language, people, {}, comma=language == GERMAN)
    assert same(done.grades, DUE)
    before, after = read(path), read(root / "reports" / "07-toy-moodle-worksheet.csv")
    for old, new in zip(before.rows, after.rows, strict=True):
        changed = {at for at in range(len(old)) if old[at] != new[at]}
        assert changed <= {1, 4}, "names are made harmless, grades filled, nothing else"


# --- Blackboard ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how"),
    [("gc.xls", {"encoding": "utf-16", "delimiter": "\t"}),
     ("gc.csv", {"encoding": "utf-8-sig", "delimiter": ","})],
)  # fmt: skip
def test_a_blackboard_table_is_filled_and_stays_in_its_form(root, tmp_path, name, how):
    path = put(tmp_path / name, blackboard_table(CLASS, **how))
    filled = export(root, "blackboard", path)
    done = oracles.blackboard(filled, {each.id for each in CLASS}, {98765: {}, 98766: {}})
    assert (done.added, done.strangers) == ({}, [])
    assert same(done.grades, {(who, 98765): points for who, points in DUE.items()})
    assert filled[:4] == path.read_bytes()[:4]


# --- spreadsheets --------------------------------------------------------------------------------


def test_no_name_is_a_formula_and_every_cell_is_quoted(root, tmp_path):
    made = export(root, "canvas").decode()
    filled = export(root, "canvas", put(tmp_path / "grades.csv", canvas_table(CLASS, {}))).decode()
    for text in (made, filled):
        names = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
        assert len(names) > 80 and not [name for name in names if name[:1] in tuple("=+-@")]
        assert all(line.startswith('"') for line in text.splitlines())
    assert "'=SUM(A1), Eve" in filled and "'+41 Phone" in made


# --- what cannot be ------------------------------------------------------------------------------


def files(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def refused(root, *args, **how):
    """Return the sentence with which an export ends; nothing may have been written."""
    before = files(root)
    with pytest.raises(UserError) as told:
        export(root, *args, **how)
    assert files(root) == before
    return str(told.value)


def test_an_export_before_anything_was_graded(tmp_path):
    toy_course.make(tmp_path)
    assert "Nothing of 07-toy is graded yet" in refused(tmp_path, "canvas")
    with pytest.raises(UserError, match="Nothing is graded yet"):
        export(tmp_path, "canvas", every=True)


def test_a_file_to_fill_of_another_course(root, tmp_path):
    rows = [["Student", "ID", "SIS Login ID", "Section", "Homework 7 (1)"],
            *[[f"Stranger {n}", 5000 + n, f"x{n}", "A", ""] for n in range(5)]]  # fmt: skip
    said = refused(root, "canvas", put(tmp_path / "other.csv", table(rows)))
    assert "None of the 5 learners" in said and "another course's" in said


def test_a_file_to_fill_without_the_lessons_column(root, tmp_path):
    path = put(tmp_path / "grades.csv", canvas_table(CLASS, {}, title="Homework 9 (4711)"))
    assert "Which column of" in refused(root, "canvas", path)


@pytest.mark.parametrize("platform", ["moodle-worksheet", "blackboard"])
def test_a_table_that_has_to_be_filled_is_asked_for(root, platform):
    assert "--fill" in refused(root, platform)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\0\0\0", b"one line", b"a,b\n1,2\n"])
def test_a_file_to_fill_that_is_no_such_table(root, tmp_path, data):
    (tmp_path / "grades.csv").write_bytes(data)
    assert "grades.csv" in refused(root, "canvas", tmp_path / "grades.csv")


def test_a_file_to_fill_that_is_not_there(root, tmp_path):
    assert "cannot be read" in refused(root, "canvas", tmp_path / "none.csv")


def test_a_worksheet_for_all_lessons(root, tmp_path):
    path = put(tmp_path / "sheet.csv", moodle_worksheet(CLASS))
    with pytest.raises(UserError, match="one assignment's"):
        export(root, "moodle-worksheet", path, every=True)
