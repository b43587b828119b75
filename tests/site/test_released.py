"""Released lessons in the browser edition: all run, and one is solved by keyboard alone."""

import re
from pathlib import Path

import nbformat
import pytest
from edition import Learner, served
from keyboard import solve, verdicts

from lessonlib.lessons import LESSONS

pytestmark = [pytest.mark.site, pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
CHOSEN = [each for each in LESSONS if each.number <= "11"]
# What stands where an answer is not there yet.
STUBS = {"CheckFailed", "NameError", "NotImplementedError"}
WAITS = re.compile("not written yet|still `...`|not known yet")


@pytest.fixture(scope="module")
def newcomer(browser, site, tmp_path_factory):
    with served(site, tmp_path_factory.mktemp("site")) as (address, _):
        newcomer = Learner(browser, address)
        yield newcomer
        newcomer.close()


@pytest.mark.parametrize("lesson", CHOSEN, ids=lambda each: each.name)
def test_run_all_ends_at_the_first_question(newcomer, lesson):
    newcomer.open(f"{lesson.name}/{lesson.name}.ipynb")
    errors = [each for each in newcomer.run_all() if each["output_type"] == "error"]
    assert [each["ename"] for each in errors] == ["CheckFailed"]


@pytest.mark.parametrize("lesson", CHOSEN, ids=lambda each: each.name)
def test_each_cell_runs_or_waits_for_an_answer(newcomer, lesson):
    newcomer.open(f"{lesson.name}/{lesson.name}.ipynb")
    errors = [each for each in newcomer.run_each() if each["output_type"] == "error"]
    assert {each["ename"] for each in errors} <= STUBS
    told = ["\n".join(each["traceback"]) for each in errors if each["ename"] == "CheckFailed"]
    assert len(told) > 3 and all(map(WAITS.search, told)), told


def test_lesson_01_is_solved_with_the_keyboard_alone(newcomer):
    path = "01-relu-layer/01-relu-layer.ipynb"
    released, solved = (nbformat.read(ROOT / which / path, 4) for which in ("course", "solutions"))
    cells = (each for each in solved.cells if each.metadata.get("nbgrader", {}).get("solution"))
    newcomer.open(path)
    solve(newcomer.page, released, {each.metadata.nbgrader.grade_id: each.source for each in cells})
    told = [each for each in verdicts(newcomer.page) if each.startswith("✓")]
    assert len(told) == 6 and all(": right." in each for each in told)
