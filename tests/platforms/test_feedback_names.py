"""Feedback pages are named as Moodle's own download names what was handed in."""

import downloads
import pytest
import toy_course

from lessonlib.errors import UserError
from lessonlib.platforms import commands


@pytest.fixture
def heads_of(tmp_path, monkeypatch):
    """Return a function that gives what the pages' names begin with, for a download."""
    root, people = toy_course.make(tmp_path), downloads.learners()
    downloads.roster(root / "students.csv", people)
    given = []
    monkeypatch.setattr(commands.grading, "feedback", lambda *arguments: given.append(arguments))

    def heads_of(download):
        (tmp_path / "download.zip").write_bytes(download)
        commands.feedback(root, "07", tmp_path / "download.zip", None)
        return given[0][2]

    return heads_of


def content(learner):
    return downloads.notebook(f"by {learner.id}")


@pytest.mark.parametrize("flat", [False, True])
def test_the_pages_are_named_as_in_moodles_download(heads_of, flat):
    """Moodle takes each part of a path apart at `_`: name, number, `assignsubmission`, `file`."""
    people = downloads.learners()
    heads = heads_of(downloads.moodle(people, content, flat))
    assert heads.keys() == {each.id for each in people}
    for each in people:
        first, *rest = f"{heads[each.id]}page.html".split("/")
        _, number, *kind = first.split("_", 4)
        assert (number, kind[:2]) == (str(each.participant), ["assignsubmission", "file"])
        assert [kind[2:], rest] == ([["page.html"], []] if flat else [[""], ["page.html"]])


def test_another_platforms_download_is_refused(heads_of):
    with pytest.raises(UserError, match="download.zip is not Moodle's download"):
        heads_of(downloads.canvas(downloads.learners(), content))
