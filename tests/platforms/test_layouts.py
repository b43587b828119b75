"""A class of thirty as each platform hands it out: nobody is lost or mixed up."""

from datetime import datetime

import pytest
from dateutil.tz import tzlocal
from downloads import FORMS, learners, moodle_worksheet, notebook, roster
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from lessonlib.platforms.collecting import Chooser, carry_out, plan
from lessonlib.platforms.roster import read_roster
from lessonlib.platforms.unpacking import opened

LESSON = "07-toy"
CLASS = learners()


def content(learner):
    return notebook(f"written by {learner.id}")


@pytest.fixture(scope="module", params=FORMS)
def taken(request, tmp_path_factory):
    """Return the platform, the course's folder, and what was planned."""
    root = tmp_path_factory.mktemp("course")
    download = root / "download.zip"
    download.write_bytes(FORMS[request.param](CLASS, content))
    course = CourseDirectory(root=str(root))
    known = read_roster(roster(root / "students.csv", CLASS))
    with opened(download) as items:
        made = plan(items, LESSON, Chooser.of(course, LESSON, "toy"), known)
        carry_out(made, course, LESSON, "toy")
    return request.param, root, made


def place(root, learner):
    return root / "submitted" / learner.id / LESSON


def test_everybody_gets_their_own_notebook_and_nobody_elses(taken):
    _, root, made = taken
    for each in CLASS:
        assert (place(root, each) / "toy.ipynb").read_bytes() == content(each)
    assert len(list((root / "submitted").iterdir())) == len(CLASS)
    assert (made.left, made.absent) == ([], [])


def test_what_lay_beside_a_notebook_lies_beside_it(taken):
    _, root, _ = taken
    for each in CLASS:
        files = {path.relative_to(place(root, each)).as_posix()
                 for path in place(root, each).rglob("*") if path.is_file()}  # fmt: skip
        others = {"data/mine.csv", "helper.py"} if each.number % 4 == 3 else set()
        assert files - {"timestamp.txt", "README.md"} == {"toy.ipynb", *others}


def test_what_no_learner_wrote_is_ignored_and_listed(taken):
    _, _, made = taken
    ignored = made.ignored["what systems and platforms add"]
    assert {"__MACOSX/._x.ipynb", ".DS_Store", "sub/.ipynb_checkpoints/x.ipynb"} <= set(ignored)


def test_the_time_of_handing_in_is_kept_with_its_zone(taken):
    form, root, _ = taken
    for each in CLASS:
        path = place(root, each) / "timestamp.txt"
        if form in ("canvas", "moodle", "moodle flat"):  # their names do not tell
            assert not path.exists()
            continue
        hour = 19 if form == "blackboard" else 14  # it says EST, the others UTC
        when = parse_utc(path.read_text().strip())
        assert (when.hour, when.minute, when.second) == (hour, 5, each.number)


def test_the_latest_attempt_counts_and_earlier_ones_are_kept_and_named(taken):
    form, root, made = taken
    earlier = {each.id for each in CLASS if each.number % 3 == 0 and form == "blackboard"}
    assert {who for who, _ in made.several} == earlier
    for who in earlier:
        kept = root / "downloaded" / LESSON / "earlier" / who / "2026-03-01-23-59-59"
        assert [path.read_bytes() for path in kept.iterdir()] == [notebook("an earlier attempt")]


def test_moodles_worksheet_serves_as_a_roster_and_tells_the_times(tmp_path):
    (tmp_path / "class.zip").write_bytes(FORMS["moodle"](CLASS, content))
    (tmp_path / "sheet.csv").write_bytes(moodle_worksheet(CLASS))
    known = read_roster(tmp_path / "sheet.csv")
    with opened(tmp_path / "class.zip") as items:
        made = plan(items, LESSON, Chooser("toy", frozenset()), known)
    assert [taking.who for taking in made.takings] == sorted(each.email for each in CLASS)
    assert {taking.handed for taking in made.takings} == {
        datetime(2026, 3, 2, 14, 5, tzinfo=tzlocal())
    }


def test_without_a_roster_everybody_is_still_apart(taken, tmp_path):
    form, root, _ = taken
    with opened(root / "download.zip") as items:
        made = plan(items, LESSON, Chooser.of(CourseDirectory(root=str(tmp_path)), LESSON, "toy"),
                    None)  # fmt: skip
    fit = [each for each in CLASS if "*" not in each.name]
    assert len({taking.who for taking in made.takings}) == len(fit) == len(made.takings)
