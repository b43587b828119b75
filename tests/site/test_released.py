"""Each released lesson of 00 to 11 runs in the browser edition as far as its first question."""

import re

import pytest
from edition import Learner, served

from lessonlib.lessons import LESSONS

pytestmark = [pytest.mark.site, pytest.mark.slow, pytest.mark.browser]

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
