"""The limits that each lesson of the second edition keeps, counted in what is built.

Held so far by lessons 00 to 11; the old lessons 12 to 17 are still to be rewritten. The extras are
exempt: they are optional, and no lesson needs one.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from lessonlib.building.readability import reading, terms_too_early
from lessonlib.building.timing import content

ROOT = Path(__file__).parents[2]
PATHS = sorted(ROOT.glob("course/*/*.ipynb"))
NEW = [path.stem for path in PATHS if path.stem[:2] <= "11"]
MINUTES, WORDS, BEFORE_CODE, SENTENCE = 75, 2_500, 400, 15
WORK_WITH_LINES = re.compile(r"bug_hunt|suspects|wrong on purpose|[Pp]ut in order")


@cache
def cells(folder: str, name: str):
    return nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4).cells


def text(name: str) -> str:
    return "\n\n".join(c.source for c in cells("course", name) if c.cell_type == "markdown")


def graded(name: str, cell_type: str) -> list[str]:
    found = [c for c in cells("course", name) if c.metadata.get("nbgrader", {}).get("grade")]
    return [c.metadata.nbgrader.grade_id for c in found if c.cell_type == cell_type]


def test_the_lessons_are_there():
    assert [name[:2] for name in NEW] == [f"{number:02}" for number in range(12)]


@pytest.mark.parametrize("name", NEW)
def test_a_lesson_is_one_evenings_work(name):
    counted = content(cells("course", name))
    assert counted.minutes <= (30 if name.startswith("00") else MINUTES) + 2.5  # the header's 5
    assert counted.words <= WORDS
    assert 5 <= len(graded(name, "code")) <= 9


@pytest.mark.parametrize("name", NEW)
def test_a_learner_is_soon_at_work_and_sentences_are_short(name):
    how = reading(cells("course", name))
    assert how.before_code <= BEFORE_CODE
    assert how.sentence <= SENTENCE
    assert how.long <= 3


@pytest.mark.parametrize("name", NEW)
def test_there_is_one_written_question_with_a_model_answer_and_a_rubric(name):
    (question,) = graded(name, "markdown")
    here = [c.metadata.get("nbgrader", {}).get("grade_id") for c in cells("course", name)]
    fold = cells("course", name)[here.index(question) + 1].source
    points = cells("course", name)[here.index(question)].metadata.nbgrader.points
    assert fold.startswith("<details><summary>Compare: a model answer")
    assert sum(map(int, re.findall(r"^- (\d) points?:", fold, re.MULTILINE))) == points


@pytest.mark.parametrize("name", NEW)
def test_there_is_something_more_for_who_wants_it(name):
    assert "\n### If you want more\n" in text(name)


@pytest.mark.parametrize("name", NEW[1:])
def test_something_moves(name):
    shown = [o.data.get("text/html", "") for c in cells("solutions", name)
             for o in c.get("outputs", []) if "data" in o]  # fmt: skip
    assert any('class="lesson-steps ' in html for html in shown)


def test_every_second_lesson_has_lines_to_find_or_to_order():
    has = [bool(WORK_WITH_LINES.search(" ".join([*graded(name, "code"), text(name)])))
           for name in NEW]  # fmt: skip
    assert all(first or second for first, second in zip(has, has[1:], strict=False))


def test_no_term_is_used_before_the_sentence_that_explains_it():
    lessons = {name: cells("course", name)[1:] for name in NEW}  # the first cell says what is ahead
    assert list(terms_too_early(lessons)) == []
