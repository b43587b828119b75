"""The course's page, from hand-made results: who handed in what, when, what stays, who is quiet."""

from datetime import date, datetime

import pytest
from school import LESSON, Page, School, points, wrong

from lessonlib.errors import UserError
from lessonlib.grading.report import course, write_course
from lessonlib.grading.report.page import course_page
from lessonlib.grading.report.results import (
    NOT_HANDED_IN,
    Cell,
    ClassResults,
    Entry,
    Learner,
    Outcome,
)

MARCH = [datetime(2026, 3, day, 12) for day in (2, 9, 23)]  # Mondays; nothing came in on the 16th


def lesson(name, when, **scores):
    """Return a lesson with one exercise of 4 points; a score of None is not handed in."""
    cell = Cell(name, "check-toy-a", "toy.a", "a", 4.0)
    learners = [_learner(who, score, when) for who, score in sorted(scores.items())]
    return ClassResults(name, (cell,), tuple(learners))


def _learner(who, score, when):
    if score is None:
        return Learner(who, NOT_HANDED_IN, 0.0, (Entry(),))
    outcome = {0: Outcome.WRONG, 4: Outcome.RIGHT}.get(score, Outcome.PART)
    mistakes = ("nothing returned",) if score == 0 else ()
    return Learner(who, "graded", score, (Entry(score, outcome, mistakes),), when=when)


@pytest.fixture
def lessons():
    """Three lessons: ben stops after the first; dan, new, hands in the last one only."""
    return [
        lesson("01-relu", MARCH[0], ada=4.0, ben=0.0, cleo=0.0),
        lesson("02-back", MARCH[1], ada=3.0, ben=None, cleo=0.0, dan=None),
        lesson("03-check", MARCH[2], ada=0.0, ben=None, cleo=4.0, dan=1.0),
    ]


def test_each_learner_has_a_mark_for_each_lesson(lessons):
    rows = {row.name: row for row in course.rows(lessons)}
    assert list(rows) == ["ada", "ben", "cleo", "dan"]
    assert [mark.outcome for mark in rows["ada"].marks] == [
        Outcome.RIGHT, Outcome.PART, Outcome.WRONG,
    ]  # fmt: skip
    assert [mark.outcome for mark in rows["dan"].marks[:2]] == [Outcome.BLANK, Outcome.BLANK]
    assert (rows["cleo"].points, rows["cleo"].handed_in, rows["ben"].handed_in) == (4.0, 3, 1)


def test_a_week_in_which_nothing_came_in_is_there_too(lessons):
    found = [(week.monday, week.counts) for week in course.weeks(lessons)]
    assert found == [
        (date(2026, 3, 2), (3, 0, 0)),
        (date(2026, 3, 9), (0, 2, 0)),
        (date(2026, 3, 16), (0, 0, 0)),
        (date(2026, 3, 23), (0, 0, 3)),
    ]


def test_what_came_in_at_a_time_not_known_is_counted():
    (week,) = course.weeks([lesson("01-relu", None, ada=4.0, ben=None)])
    assert (week.monday, week.counts) == (None, (1,))


def test_a_mistake_stays_where_it_is_made_in_more_than_one_lesson(lessons):
    (stays,) = course.lasting(lessons)
    assert (stays.mistake, stays.counts, stays.again) == ("nothing returned", (2, 1, 1), ("cleo",))
    assert course.lasting(lessons[:1]) == []


def test_who_began_and_stopped_has_gone_quiet(lessons):
    latest, gone = course.quiet(lessons)
    assert latest == ["02-back", "03-check"]
    assert [(each.name, each.last, each.when) for each in gone] == [
        ("ben", "01-relu", date(2026, 3, 2))
    ]


def test_a_lesson_that_few_have_handed_in_makes_nobody_quiet(lessons):
    begun = lesson("04-xor", MARCH[2], ada=4.0, ben=None, cleo=None, dan=None)
    latest, gone = course.quiet([*lessons, begun])
    assert latest == ["02-back", "03-check"] and [each.name for each in gone] == ["ben"]


def test_one_lesson_makes_nobody_quiet(lessons):
    assert course.quiet(lessons[:1]) == ([], [])


def test_the_page_says_all_of_it(lessons):
    text = " ".join(Page(course_page(lessons, {}, date(2026, 3, 30))).text.split())
    assert "Made on 30 March 2026" in text
    assert (
        "none of the latest: 02-back and 03-check. learner the last lesson handed in on ben 01"
        in text
    )
    assert "nothing returned 2 1 1 cleo" in text
    assert "16 March 2026 0 23 March 2026 3 3" in text


def test_the_course_is_written_from_the_gradebook(school):
    school.hand_in("ada", points(half=0.0), results=[wrong()])
    path = write_course(school.course)
    assert path == school.root / "reports/course.html"
    assert f"{LESSON} (9) ada 2" in " ".join(Page(path.read_text()).text.split())


def test_a_course_of_which_nothing_is_graded_has_no_page(tmp_path):
    with pytest.raises(UserError, match="Nothing is graded yet"):
        write_course(School(tmp_path).course)
    assert not (tmp_path / "reports").exists()


HOSTILE = "<script>alert(1)</script>"


def test_nothing_from_a_submission_becomes_markup(lessons):
    hostile = lesson(HOSTILE, MARCH[0], **{HOSTILE: 0.0, '"><img src=x onerror=alert(1)>': None})
    parsed = Page(course_page([*lessons, hostile], {}, date(2026, 3, 30)))
    assert not {"script", "img"} & {tag for tag, _ in parsed.elements}
    assert HOSTILE in parsed.text and parsed.faults == [] and parsed.open == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(lessons, browser, tmp_path, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "course.html"
    path.write_text(course_page(lessons, {}, date(2026, 3, 30)))
    view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(view)
    assert found.violations_count == 0, found.generate_report()
    view.close()
