"""The class report, from hand-made records and a small gradebook: nothing is graded here."""

import csv
import io
import json
import re
import resource
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pytest
import sqlalchemy
from nbformat import v4
from school import LESSON, MOST, RIGHT, STUBS, SUMMED, Page, School, lesson_cells, points, wrong

from lessonlib.errors import UserError
from lessonlib.grading.record import Result
from lessonlib.grading.report import summary, write
from lessonlib.grading.report.gathering import NO_RECORD
from lessonlib.grading.report.page import page
from lessonlib.grading.report.results import Cell, ClassResults, Entry, Learner, Outcome
from lessonlib.grading.report.table import safe, table
from lessonlib.printable import one_line, some_lines

TODAY = date(2026, 3, 9)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def small_class(school):
    """Four learners, one for each way to be read; `ada` and `bob` have made the same mistake."""
    school.hand_in("ada", points(half=0.0), results=[wrong()])
    school.hand_in("bob", points(half=0.0, why=0.0), results=[wrong()])
    school.hand_in("cleo", points())
    school.hand_in("dan", points(0.0, 0.0, 0.0), {}, state="unreadable", notes=["No notebook."])
    return school


# --- what an answer counts as --------------------------------------------------------------------


def test_right_in_part_wrong_waiting(school):
    school.hand_in("ada", points(double=1.0, half=0.0), results=[wrong()])
    assert school.outcomes("ada") == [Outcome.PART, Outcome.WRONG, Outcome.WAITING]


def test_full_points_are_right_though_their_shares_do_not_quite_add_up(school):
    school.hand_in("ada", points(double=0.6 + 0.3 + 1.1, half=4.0 - 1e-12))
    assert school.outcomes("ada")[:2] == [Outcome.RIGHT, Outcome.RIGHT]


def test_not_attempted_is_an_answer_as_it_was_handed_out(school):
    sources = {"toy-double": f"  {STUBS['toy-double']}\n", "toy-half": "def half(x): return x"}
    school.hand_in("ada", points(0.0, 0.0, 0.0), sources)
    assert school.outcomes("ada") == [Outcome.BLANK, Outcome.WRONG, Outcome.BLANK]


def test_points_of_a_person_win_over_the_automatic_ones(school):
    by_hand = {"check-toy-half": 4.0, "toy-why": 1.5}
    school.hand_in("ada", points(half=0.0), results=[wrong()], manual=by_hand)
    learner = school.learner("ada")
    assert learner.points == 2 + 4 + 1.5
    assert [e.outcome for e in learner.entries] == [Outcome.RIGHT, Outcome.RIGHT, Outcome.PART]
    assert learner.entries[1].mistakes == ("db not summed",)


def test_no_words_are_wrong_only_if_a_person_says_so(school):
    school.hand_in("ada", points(), {**RIGHT, "toy-why": "So."}, manual={"toy-why": 0.0})
    assert school.outcomes("ada")[2] is Outcome.WRONG


def test_points_given_before_the_last_grading_are_marked(school):
    school.hand_in("ada", points(), manual={"toy-why": 3.0})
    with school.gradebook() as book:
        book.find_grade("toy-why", LESSON, LESSON, "ada").needs_manual_grade = True
        book.db.commit()
    results = school.results()
    assert [each.who for each in summary.stale(results)] == [("ada",)]
    assert summary.waiting(results) == []
    assert results.learners[0].points == 9


def test_lateness_costs_what_nbgrader_exports(school):
    school.hand_in("ada", points(), late=1.5)
    school.hand_in("bob", points(1.0, 0.0), late=5.0)
    assert [each.points for each in school.results().learners] == [4.5, 0.0]
    assert "Points taken off for handing in late: 1.5." in school.learner("ada").notes


def test_extra_credit_counts(school):
    school.hand_in("ada", points())
    with school.gradebook() as book:
        book.find_grade("check-toy-half", LESSON, LESSON, "ada").extra_credit = 5.0
        book.db.commit()
    assert school.learner("ada").points == 11
    assert summary.spread(school.results()).bins[-1].high == 11  # and the scale has room for it


def test_practice_without_points_is_neither_right_nor_wrong(school):
    school.hand_in("ada", points())
    with school.gradebook() as book:
        book.find_grade_cell("check-toy-double", LESSON, LESSON).max_score = 0.0
        book.db.commit()
    results = school.results()
    assert results.learners[0].entries[0].outcome is None
    assert [row.cell.label for row in summary.success(results)] == ["half", "why"]
    row = re.search(r"<tr><th scope=\"row\"><bdi>ada</bdi>.*</tr>", page(results, TODAY)).group()
    assert re.findall(r'<td class="(?!n)(\w+)">', row) == ["right", "waiting"]


# --- nobody is lost ------------------------------------------------------------------------------


def test_a_file_without_a_notebook_leaves_the_pictures_and_stays_on_the_list(small_class):
    results = small_class.results()
    assert [each.name for each in results.learners] == ["ada", "bob", "cleo", "dan"]
    assert [each.name for each in results.counted] == ["ada", "bob", "cleo"]
    assert {row.of for row in summary.success(results)} == {3}
    assert [each.name for each in summary.look_at(results)] == ["dan"]
    html, _ = small_class.written()
    assert "Points of 3 learners" in html
    assert "Left out: 1 learner without a notebook that could be run." in html


def test_points_that_a_person_gave_to_an_unreadable_file_count(school):
    nothing = points(0.0, 0.0, 0.0)
    school.hand_in("ada", nothing, {}, state="unreadable", manual={"check-toy-half": 3.0})
    assert school.outcomes("ada") == [None, Outcome.PART, None]
    assert school.learner("ada").points == 3


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"metadata": {"lessonlib": 3}}'])
def test_without_an_executed_notebook_the_points_remain(school, content):
    school.hand_in("ada", points(half=0.0), executed=False)
    if content is not None:
        path = school.root / "autograded/ada" / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(content)
    learner = school.learner("ada")
    assert (learner.state, learner.points, learner.notes) == ("graded", 2, (NO_RECORD,))
    assert [e.outcome for e in learner.entries] == [Outcome.RIGHT, Outcome.WRONG, Outcome.WAITING]


def test_handed_in_and_not_graded_yet(small_class):
    (small_class.root / "submitted" / "eve" / LESSON).mkdir(parents=True)
    eve = small_class.learner("eve")
    assert (eve.state, eve.points, eve.counts) == ("not graded yet", None, False)
    assert summary.look_at(small_class.results())[0] == eve


def test_who_has_not_handed_in_is_named(small_class):
    with small_class.gradebook() as book:
        book.add_student("finn")
    results = small_class.results()
    assert summary.absent(results) == ["finn"]
    assert "finn" not in [each.name for each in summary.look_at(results)]
    html, rows = small_class.written()
    assert re.search(r"<h3>Not handed in</h3>\s*<p>.*1 learner.*</p>\s*<p.*finn", html)
    assert '"finn","not handed in",0,9,"",' in rows


def test_what_had_to_be_stopped_is_named(school):
    endless = wrong("It did not finish.", (), state="timed out")
    gone = wrong("It ended.", (), "toy.double", state="killed")
    school.hand_in("ada", points(0.0, 0.0), results=[gone, endless], state="killed")
    notes = ("Did not come to an end: half.", "Ended its process: double.")
    assert school.learner("ada").notes == notes


def test_several_notebooks_in_one_lesson(tmp_path, empty_gradebook):
    school = School(tmp_path, empty_gradebook, "two")
    school.enter(["one", "two"])
    school.hand_in("ada", points(why=1.0), notebook="one")
    school.hand_in("ada", points(0.0, why=0.0), notebook="two", state="repaired", notes=["A copy."])
    school.hand_in("bob", points(), notebook="one", executed=False)
    ada, bob = school.results().learners
    assert (ada.points, ada.state, ada.notes) == (2 + 4 + 1 + 0 + 4, "repaired", ("A copy.",))
    assert len(ada.entries) == 6
    assert NO_RECORD in bob.notes
    assert school.results().max_points == 18
    headings = next(csv.reader(io.StringIO(school.written()[1])))
    assert headings[4:10] == [f"{each}: {cell}" for each in ("one", "two") for cell in MOST]


def test_a_cell_that_is_no_longer_in_the_notebook_keeps_its_points(school):
    path = school.root / "solutions" / LESSON / f"{LESSON}.ipynb"
    nbformat.write(v4.new_notebook(cells=lesson_cells(RIGHT)[2:]), path)
    school.hand_in("ada", points())
    names = [cell.name for cell in school.results().cells]
    assert names == ["check-toy-half", "toy-why", "check-toy-double"]


def test_nothing_to_report_is_said_in_a_sentence_and_makes_no_file(tmp_path):
    school = School(tmp_path)
    with pytest.raises(UserError, match="Nothing of toy is graded yet. First run: lessonlib grade"):
        write(school.course, LESSON)
    assert [path.name for path in tmp_path.iterdir()] == ["solutions"]


@pytest.mark.parametrize("lesson", [LESSON, "another"])
def test_a_gradebook_without_submissions_is_nothing_to_report(school, lesson):
    with pytest.raises(UserError, match=f"Nothing of {lesson} is graded yet"):
        write(school.course, lesson)


def test_a_class_of_which_nothing_could_be_run_has_a_page_that_says_so(school):
    nothing = points(0.0, 0.0, 0.0)
    school.hand_in("ada", nothing, {}, state="missing", notes=["There is no file."])
    html, rows = school.written()
    assert "Nothing that was handed in could be run" in html
    assert 'class="bar"' not in html
    assert "There is no file." in html
    assert rows.split("\r\n")[1].startswith('"ada","missing",0,9,0,0,0,')


# --- mistakes ------------------------------------------------------------------------------------


def test_mistakes_are_counted_the_most_frequent_first(small_class):
    double = wrong("plus", ("plus for times",), "toy.double")
    small_class.hand_in("eve", points(0.0, 0.0), results=[double, wrong("longer " + SUMMED)])
    first, second = summary.mistakes(small_class.results())
    assert (first.title, first.cells[0].exercise, first.count) == ("db not summed", "toy.half", 3)
    assert first.who == ("ada", "bob", "eve")
    assert (second.title, second.who) == ("plus for times", ("eve",))


def test_two_slips_in_one_answer_are_two_mistakes(school):
    both = wrong("both", ("db not summed", "dW transposed"))
    school.hand_in("ada", points(half=0.0), results=[both])
    assert [slip.title for slip in summary.mistakes(school.results())] == [
        "dW transposed", "db not summed",
    ]  # fmt: skip


def test_the_example_is_the_message_that_is_about_nothing_else(school):
    school.hand_in("ada", points(half=0.0), results=[wrong("x", ("db not summed", "other"))])
    school.hand_in("bob", points(half=0.0), results=[wrong("much longer but only this")])
    slip = next(s for s in summary.mistakes(school.results()) if s.title == "db not summed")
    assert (slip.told, slip.example) == ("bob", "much longer but only this")


def test_the_same_name_in_two_exercises_is_two_mistakes(school):
    two = [wrong("m", ("sum for mean",), "toy.double"), wrong("m", ("sum for mean",))]
    school.hand_in("ada", points(0.0, 0.0), results=two)
    slips = summary.mistakes(school.results())
    assert [(s.title, s.cells[0].label) for s in slips] == [
        ("sum for mean", "double"), ("sum for mean", "half"),
    ]  # fmt: skip


def test_other_wrong_answers_stand_together_if_only_numbers_differ(school):
    text = "✗ toy.half: not right yet, 0 of 4 points.\nhalf stopped with an error for {} samples:\n"
    text += "    IndexError: {} is out of bounds\n    in your line: x[{}]"
    for name, number in (("ada", 4), ("bob", -12), ("cleo", 1.5e-7)):
        message = text.format(number, number, number)
        school.hand_in(name, points(half=0.0), results=[wrong(message, ())])
    (slip,) = summary.others(school.results())
    assert slip.who == ("ada", "bob", "cleo")
    assert slip.title == "half stopped with an error: IndexError: 4 is out of bounds"


@pytest.mark.parametrize(
    ("message", "gist"),
    [
        ("✗ a.b: not right yet, 1 of 4 points. Right:\ndW and dX.\ndb is wrong for 3 units:\n    "
         "yours     4", "db is wrong"),
        ("✗ a.b: not right yet, 0 of 1 point.\nb did not finish within 4 seconds for 2 units and "
         "was stopped. Look", "b did not finish within 4 seconds"),
        ("name 'w' is not defined", "name 'w' is not defined"),
        ("x" * 500, "x" * 109 + "…"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_gist_is_what_a_message_says_without_its_values(message, gist):
    assert summary.gist(message) == gist


def test_an_untouched_answer_makes_no_mistake(school):
    blank = wrong("half is not written yet", ())
    school.hand_in("ada", points(0.0, 0.0, 0.0), {}, results=[blank])
    results = school.results()
    assert summary.mistakes(results) == summary.others(results) == []


# --- how many have how many points ---------------------------------------------------------------


def class_of(*scores, most=10.0):
    """Return a class with these points in its only exercise."""
    cell = Cell(LESSON, "check-toy-a", "toy.a", "a", most)
    kinds = {0: Outcome.WRONG, most: Outcome.RIGHT}
    learners = [
        Learner(f"learner-{n:03d}", "graded", s, (Entry(s, kinds.get(s, Outcome.PART)),))
        for n, s in enumerate(scores)
    ]
    return ClassResults(LESSON, (cell,), tuple(learners))


def test_each_learner_is_in_one_bin_and_all_points_are_in_the_last():
    spread = summary.spread(class_of(0.0, 0.4, 0.5, 9.9, 10.0, 10.0))
    assert sum(each.count for each in spread.bins) == 6
    assert [each.count for each in spread.bins][:2] == [2, 1]
    assert (spread.bins[-1].high, spread.bins[-1].count) == (10.0, 3)
    assert max(each.share for each in spread.bins) == spread.bins[-1].share == 100
    assert spread.median == (0.5 + 9.9) / 2


@pytest.mark.parametrize("most", [0.5, 1, 3, 27, 100, 333, 5000])
def test_the_bins_cover_the_scale_without_a_gap(most):
    bins = summary.spread(class_of(0.0, float(most), most=float(most))).bins
    assert 1 <= len(bins) <= summary.MOST_BINS
    assert (bins[0].low, bins[-1].high) == (0, most)
    assert all(a.high == b.low for a, b in zip(bins, bins[1:], strict=False))
    assert [bins[0].count, bins[-1].count] == [1, 1]


def test_the_share_that_is_right_is_told():
    (row,) = summary.success(class_of(10.0, 10.0, 5.0, 0.0))
    counts = [2, 1, 1, 0, 0]  # right, in part, wrong, not attempted, waiting
    assert (list(row.counts.values()), row.of, row.percent) == (counts, 4, 50)


def test_those_with_the_fewest_points_come_first():
    names = [each.name for each in summary.by_points(class_of(10.0, 0.0, 5.0))]
    assert names == ["learner-001", "learner-002", "learner-000"]


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def hostile_class(school):
    """Names and messages that try to become markup, formulas or broken files."""
    name = "<img src=x onerror=alert(1)>"
    message = f'{HOSTILE}</pre></details><b onclick="x">&amp; {{{{ 7*7 }}}} \x1b[31m'
    bad = wrong(message + "\ud800\x00\u202e", ("<i>db</i>",))
    notes = ["</td><script src=//evil.example/x.js></script>"]
    for student in (HOSTILE, name, "=1+1", '" onload="alert(1)'):
        executed = "/" not in student
        school.hand_in(student, points(half=0.0), results=[bad], executed=executed,
                       state="repaired", notes=notes)  # fmt: skip
    return school


def test_nothing_from_a_submission_becomes_markup(hostile_class):
    html, _ = hostile_class.written()
    parsed = Page(html)
    assert {"script", "img", "b", "i"} & {tag for tag, _ in parsed.elements} == {"b"}
    assert all(set(each) <= {"class"} for each in parsed.all("b"))  # ours
    assert not [a for _, each in parsed.elements for a in each if a.startswith("on")]
    assert HOSTILE in parsed.text and "<i>db</i>" in parsed.text and "{{ 7*7 }}" in parsed.text
    assert parsed.faults == [] and parsed.open == []


def test_what_utf8_or_a_page_cannot_hold_is_replaced(hostile_class):
    html, rows = hostile_class.written()  # written and read back as UTF-8
    assert not re.search("[\x00-\x08\x1b\u202e]", html + rows)
    assert "{{ 7*7 }} \ufffd\ufffd\ufffd" in Page(html).text


def test_the_page_loads_nothing_and_forbids_itself_scripts(hostile_class):
    parsed = Page(hostile_class.written()[0])
    loaded = [(tag, name, value) for tag, each in parsed.elements for name, value in each.items()
              if name in ("src", "href", "srcset", "data", "action", "xlink:href")]  # fmt: skip
    allowed = ("#", "../submitted/", "../feedback/", "http://localhost:8888/formgrader/")
    assert {(tag, name) for tag, name, _ in loaded} == {("a", "href")}
    assert all(value.startswith(allowed) for _, _, value in loaded)
    policy = next(each for each in parsed.all("meta") if "http-equiv" in each)["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "@import" not in parsed.text
    assert "url(" not in parsed.text


def test_the_page_has_the_structure_that_a_screen_reader_needs(small_class):
    html, _ = small_class.written()
    parsed = Page(html)
    assert parsed.faults == [] and parsed.open == []
    assert parsed.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = [each["id"] for _, each in parsed.elements if "id" in each]
    assert len(ids) == len(set(ids))
    named = [each[a].split() for _, each in parsed.elements for a in each if a == "aria-labelledby"]
    assert {name for names in named for name in names} <= set(ids)
    inside = {each["href"] for each in parsed.all("a") if each["href"].startswith("#")}
    assert {address[1:] for address in inside} <= set(ids)
    assert all(each.get("scope") in ("row", "col") for each in parsed.all("th"))
    assert len(parsed.all("caption")) == len(parsed.all("table")) == 4
    assert all(e["tabindex"] == "0" for e in parsed.all("div") if e.get("role") == "region")


def test_bars_are_as_long_as_the_numbers_beside_them(small_class):
    html, _ = small_class.written()
    bins = re.findall(r'<span class="bar" style="width: (.*?)"></span> (\d+)</td>', html)
    assert [each for each in bins if each[1] != "0"] == [("100.00%", "2"), ("50.00%", "1")]
    half = re.search(r'<tr><th scope="row">half</th>.*?</tr>', html).group()
    parts = re.findall(r'<span class="(\w+)" style="flex: (\d+)"></span>', half)
    assert parts == [("right", "1"), ("wrong", "2")]
    numbers = re.findall(r'<td class="n">(\d*)</td>', half)
    assert numbers == ["4", "1", "2", "0", "0", "33"]  # right, wrong, not attempted, waiting, in %


def test_the_page_says_how_the_class_did(small_class):
    text = " ".join(Page(small_class.written()[0]).text.split())
    assert "toy: how the class did" in text
    assert "median of 9 points 2" in text
    assert "2 × db not summed toy.half ada, bob What ada was told ✗ toy.half: not right" in text
    assert "why: 2 learners ada, cleo" in text  # wait for points
    assert "dan unreadable 0 No notebook." in text


def test_many_names_are_folded(school):
    for n in range(13):
        school.hand_in(f"learner-{n:02d}", points(half=0.0), results=[wrong()])
    html, _ = school.written()
    assert "<summary>Who: 13 learners</summary>" in html


def test_the_same_grades_give_the_same_bytes(small_class, hostile_class):
    first = [path.read_bytes() for path in write(small_class.course, LESSON)]
    with small_class.gradebook() as book:  # what the database does between may change its order
        book.db.execute(sqlalchemy.text("VACUUM"))
    again = [path.read_bytes() for path in write(small_class.course, LESSON)]
    assert first == again


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_browser_the_page_runs_nothing_fits_and_prints_what_is_folded(hostile_class, browser):
    address = write(hostile_class.course, LESSON)[0].as_uri()
    view = browser.new_page(viewport={"width": 360, "height": 800})
    asked, told = [], []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: told.append(message.text))
    view.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    view.goto(address)
    assert (asked, told) == ([address], [])
    assert view.evaluate("document.documentElement.scrollWidth") <= 360
    table = view.get_by_role("region", name="Points of each learner")
    assert "wrong, 0" in table.aria_snapshot()
    folded = view.locator("#mistakes details pre").first
    view.locator("#mistakes details").first.evaluate("each => { each.open = false; }")
    assert not folded.is_visible()
    view.emulate_media(media="print")
    assert folded.evaluate("text => text.checkVisibility({contentVisibilityAuto: true})")
    assert folded.bounding_box()["height"] > 10


# --- the table -----------------------------------------------------------------------------------


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_has_a_row_for_each_learner_and_a_column_for_each_cell(small_class):
    _, text = small_class.written()
    rows = rows_of(text)
    assert list(rows[0]) == ["student", "state", "points", "max_points", *MOST, "mistakes", "notes"]
    assert [row["student"] for row in rows] == ["ada", "bob", "cleo", "dan"]
    assert rows[0] == {
        "student": "ada", "state": "graded", "points": "2", "max_points": "9",
        "check-toy-double": "2", "check-toy-half": "0", "toy-why": "",
        "mistakes": "half: db not summed", "notes": "",
    }  # fmt: skip
    assert (rows[3]["state"], rows[3]["notes"]) == ("unreadable", "No notebook.")


def test_the_table_is_as_rfc_4180_has_it(hostile_class):
    _, text = hostile_class.written()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert '"""' in text  # a quotation mark is doubled inside of quotation marks
    assert [row["student"] for row in rows_of(text)] == [
        '" onload="alert(1)', "<img src=x onerror=alert(1)>", HOSTILE, "'=1+1",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\uff1d1"])
def test_no_text_becomes_a_formula(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["ada", "a=b", "3-4", "", "'=1"])
def test_other_texts_stay_as_they_are(text):
    assert safe(text) == text


def test_mistakes_and_notes_are_no_formulas_either(school):
    school.hand_in("ada", points(half=0.0), notes=["=cmd|' /C calc'!A0"], state="repaired")
    (row,) = rows_of(table(school.results()))
    assert row["notes"] == "'=cmd|' /C calc'!A0"


def test_points_have_no_needless_digits(school):
    school.hand_in("ada", points(double=0.1 + 0.2, half=4 / 3))
    (row,) = rows_of(table(school.results()))
    assert (row["check-toy-double"], row["check-toy-half"]) == ("0.3", "1.333333333")


# --- texts ---------------------------------------------------------------------------------------


def test_a_long_text_is_cut_and_says_so():
    assert some_lines("x" * 10_000) == "x" * 2_999 + "…"
    assert some_lines("a\r\n\tb\x1b[31mc") == "a\n    bc"


def test_a_line_has_no_line_breaks_and_mathematics_stays():
    assert one_line("Σ dW·x\r\n\tα ≤ 1 ") == "Σ dW·x α ≤ 1"


def test_a_text_stays_one_cell_where_a_semicolon_separates(small_class):
    small_class.hand_in("a;=1+1;b", points())
    _, text = small_class.written()
    row = next(line for line in text.splitlines() if "=1+1" in line)
    assert row.startswith('"a;=1+1;b","graded",')
    assert next(csv.reader([row], delimiter=";"))[0].startswith("a;=1+1;b")


# --- marked tests --------------------------------------------------------------------------------


def marked(school, student, decided=False):
    """Hand in a submission with a test that is marked, and a person's decision about it."""
    result = Result(
        "check-toy-half", "toy.half", 4.0, 4.0, marked="It passes whatever is expected."
    )
    school.hand_in(student, points(), results=[result],
                   manual={"check-toy-half": 1.0} if decided else None)  # fmt: skip
    with school.gradebook() as book:
        found = book.find_grade("check-toy-half", LESSON, LESSON, student)
        found.needs_manual_grade = not decided
        book.db.commit()


def test_a_marked_test_keeps_its_points_and_is_shown_with_the_reason(small_class):
    marked(small_class, "eve")
    learner = small_class.learner("eve")
    assert learner.entries[1].points == 4.0
    why = "check-toy-half passed. It passes whatever is expected."
    assert learner.notes == (why,)
    html, text = small_class.written()
    assert why in html and why in text


def test_what_a_person_has_decided_is_shown_no_more(small_class):
    marked(small_class, "eve", decided=True)
    assert small_class.learner("eve").notes == ()
    assert small_class.learner("eve").entries[1].points == 1.0


def test_the_instructor_reads_the_error_of_a_hidden_test(small_class):
    hidden = wrong("A hidden test failed.", (), instructor="AssertionError: half(7) is 3.5")
    small_class.hand_in("eve", points(half=0.0), results=[hidden])
    assert "half(7) is 3.5" in small_class.learner("eve").entries[1].message


# --- links, groups, and a class of 300 -----------------------------------------------------------


def test_each_learner_is_one_click_away(small_class):
    for step, name in (("submitted", f"{LESSON}.ipynb"), ("feedback", f"{LESSON}.html")):
        path = small_class.root / step / "ada" / LESSON / name
        path.parent.mkdir(parents=True)
        path.touch()
    with small_class.gradebook() as book:
        own = book.find_submission_notebook(LESSON, LESSON, "ada").id
    assert [(link.words, link.address) for link in small_class.learner("ada").links] == [
        ("submission", "../submitted/ada/toy/toy.ipynb"),
        ("feedback", "../feedback/ada/toy/toy.html"),
        ("Formgrader", f"http://localhost:8888/formgrader/submissions/{own}/"),
    ]
    assert [link.words for link in small_class.learner("bob").links] == ["Formgrader"]
    html, _ = small_class.written()
    assert '<a href="../feedback/ada/toy/toy.html">feedback' in html


def test_a_name_cannot_lead_a_link_elsewhere(school):
    name = 'a "b#c?d%2e'
    school.hand_in(name, points())
    path = school.root / "submitted" / name / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.touch()
    link = school.learner(name).links[0]
    assert link.address == "../submitted/a%20%22b%23c%3Fd%252e/toy/toy.ipynb"


def test_mean_and_spread_stand_beside_the_median():
    spread = summary.spread(class_of(1.0, 2.0, 9.0))
    assert (spread.median, spread.mean) == (2.0, 4.0)
    assert spread.deviation == pytest.approx((38 / 3) ** 0.5)
    assert "4 ± 3.56" in page(class_of(1.0, 2.0, 9.0), TODAY)


def test_the_page_names_its_day(small_class):
    assert "Made on 9 March 2026" in page(small_class.results(), TODAY)


def test_nothing_returned_is_one_group_whatever_the_exercise(school):
    none = [
        wrong("It returns None.", ("nothing returned",), f"toy.{e}") for e in ("double", "half")
    ]
    school.hand_in("ada", points(0.0, 0.0), results=none)
    school.hand_in("bob", points(half=0.0), results=none[1:])
    (slip,) = summary.mistakes(school.results())
    assert (slip.title, slip.who, slip.count) == ("nothing returned", ("ada", "bob"), 2)
    assert [cell.exercise for cell in slip.cells] == ["toy.double", "toy.half"]


def test_mistakes_of_one_learner_each_are_said_to_be(school, small_class):
    assert "No mistake was made by two learners" not in small_class.written()[0]
    small_class.hand_in("bob", points())
    assert "No mistake was made by two learners" in small_class.written()[0]


def test_what_does_not_compile_is_named_with_its_learner_and_waits_for_a_look(school):
    told = "toy-half does not compile: line 2: invalid syntax."
    undefined = wrong("name 'half' is not defined", ())
    school.hand_in("ada", points(half=0.0), results=[undefined], notes=[told])
    results = school.results()
    assert [(each.name, each.notes) for each in summary.look_at(results)] == [("ada", (told,))]
    (slip,) = summary.others(results)
    assert (slip.title, slip.who) == (told, ("ada",))


def test_a_class_of_300_has_its_report_in_seconds(school):
    """Notebooks are as large as those of the lessons. It takes three seconds of a processor."""
    school.hand_in("learner-000", points(half=0.0), results=[wrong()])
    _multiply(school, 300, b"x" * 200_000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.copy(Path(__file__).parents[3] / "nbgrader_config.py", school.root)
    command = [sys.executable, "-m", "lessonlib.cli", "report", LESSON]
    told = subprocess.run(command, cwd=school.root, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert told.returncode == 0, told.stderr
    assert len(rows_of((school.root / f"reports/{LESSON}.csv").read_text())) == 300
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10


def _multiply(school, count, padding):
    """Give a class so many learners who did what the first one did, in notebooks of some size."""
    first = school.root / "autograded/learner-000" / LESSON / f"{LESSON}.ipynb"
    made = json.loads(first.read_text())
    made["cells"][1]["outputs"] = [v4.new_output("stream", text=padding.decode())]
    with school.gradebook() as book, book.db.no_autoflush:
        for n in range(count):
            who = f"learner-{n:03d}"
            book.update_or_create_student(who)
            book.update_or_create_submission(LESSON, who)
            path = school.root / "autograded" / who / LESSON / f"{LESSON}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, sort_keys=True, indent=1))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(small_class, browser, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    small_class.hand_in("Maximiliane Hohenstein-Wagner (1234567)", points(half=0.0))
    address = write(small_class.course, LESSON)[0].as_uri()
    view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(address)
    assert asked == [address]
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    name = view.locator(".matrix bdi", has_text="Maximiliane").first
    assert name.bounding_box()["width"] >= 90  # pixels: no letter stands below another
    found = Axe().run(view)
    assert found.violations_count == 0, found.generate_report()
    view.close()
