"""What build puts in at a check: the call, and each hint behind its own fold."""

from types import SimpleNamespace

import pytest

from lessonlib.building.checkpoints import exercise_of_course, folds
from lessonlib.building.source import read_lesson
from lessonlib.errors import UserError

TEXT = """\
# %% check="toy.double"

# %%
1

# %% check="toy.values"
check("toy.values", a=a, z=z)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. My own hint.
#
# </details>
"""
TOYS = {
    "toy.double": SimpleNamespace(
        id="toy.double", returns="value", function="double", hints=("First.", "`a < b`, c < d")
    ),
    "toy.values": SimpleNamespace(
        id="toy.values", returns="named", answer_names=("z", "a"), hints=("Unused.",)
    ),
}


@pytest.fixture
def cells(tmp_path):
    def read(text):
        (tmp_path / "01-toy.py").write_text(text)
        return read_lesson(tmp_path / "01-toy.py", lambda _: 1, TOYS.get).cells

    return read


def test_an_empty_check_gets_its_call_and_its_hints_below(cells):
    found = cells(TEXT)
    assert found[0].source == 'check("toy.double", double)'
    assert found[0].metadata.nbgrader.points == 1
    assert found[1].cell_type == "markdown"
    assert found[1].source.count("<details>") == found[1].source.count("</details>") == 2
    assert found[2].source == "1"


def test_a_lessons_own_call_and_hints_are_kept(cells):
    found = cells(TEXT)
    assert [cell.source for cell in found[3:4]] == ['check("toy.values", a=a, z=z)']
    assert len(found) == 5
    assert "My own hint" in found[4].source


def test_values_are_handed_over_by_name(cells):
    found = cells('# %% check="toy.values"\n\n# %%\n1\n')
    assert found[0].source == 'check("toy.values", z=z, a=a)'


def test_opening_a_hint_shows_no_other():
    first, second = folds(["One.", "Two."]).split("</details>")[:2]
    assert "Two." not in first and "One." not in second
    assert "Hint 1" in first and "Hint 2" in second


def test_a_hint_is_text_and_no_tag():
    text = folds(["x <b> y, and `x <b> y`, and __add__"])
    assert "x &lt;b> y, and `x <b> y`, and \\_\\_add\\_\\_" in text


def test_only_what_is_no_exercise_of_a_lesson_has_no_hints():
    assert exercise_of_course("toy.double") is None
    assert len(exercise_of_course("relu.relu").hints) == 3


def test_a_slip_that_does_not_fit_stops_the_build(monkeypatch):
    from lessonlib import lessons

    def broken():
        raise UserError("slips.txt, line 3: no")
        yield

    class Broken:
        hints = ()

        @property
        def mistakes(self):
            return list(broken())

    monkeypatch.setattr(lessons, "find", lambda _: Broken())
    with pytest.raises(UserError, match="line 3"):
        exercise_of_course("relu.relu")
