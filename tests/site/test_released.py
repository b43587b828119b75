"""Released lessons in the browser edition: all run, all are solved, one by keyboard alone."""

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
# What would be the browser's fault, not that of an answer that is not there yet.
FAULTS = {"ImportError", "ModuleNotFoundError", "AttributeError", "OSError", "RuntimeError"}
WAITS = re.compile("not written yet|still `...`|not known yet")


@pytest.fixture(scope="module")
def address(site, tmp_path_factory):
    with served(site, tmp_path_factory.mktemp("site")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def newcomer(browser, address):
    newcomer = Learner(browser, address)
    yield newcomer
    newcomer.close()


@pytest.fixture(scope="module", params=CHOSEN, ids=lambda each: each.name)
def opened(newcomer, request):
    """A lesson whose kernel has just started, once for its tests: each start takes 20 seconds."""
    newcomer.open(f"{request.param.name}/{request.param.name}.ipynb")
    return request.param


def released(lesson):
    return nbformat.read(ROOT / "course" / lesson / f"{lesson}.ipynb", 4)


def solutions(lesson):
    """The answers, by the ids of their cells; all else is as in the released lesson."""
    solved = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", 4)
    cells = (each for each in solved.cells if each.metadata.get("nbgrader", {}).get("solution"))
    return {each.metadata.nbgrader.grade_id: each.source for each in cells}


def errors_in(outputs):
    return [each for each in outputs if each["output_type"] == "error"]


def name_of(error):
    """Return an error's name; this kernel gives "<class 'lessonlib.notebook.CheckFailed'>"."""
    return re.search(r"(\w+)'?>?$", error["ename"])[1]


def test_run_all_ends_at_the_first_question(newcomer, opened):
    assert [name_of(each) for each in errors_in(newcomer.run_all())] == ["CheckFailed"]


def test_each_cell_runs_or_waits_for_an_answer(newcomer, opened):
    outputs = newcomer.run_each()
    names = [name_of(each) for each in errors_in(outputs)]
    assert FAULTS.isdisjoint(names)
    told = "".join(str(each.get("data", {}).get("text/plain")) for each in outputs)
    assert names.count("CheckFailed") == len(opened.exercises) == len(WAITS.findall(told)), told


def test_every_check_of_the_solutions_passes(newcomer, opened):
    newcomer.fill(solutions(opened.name))
    outputs = newcomer.run_all()
    newcomer.save()  # later lessons look for it
    assert errors_in(outputs) == []
    notes = [each["metadata"].get("lessonlib") for each in outputs if "metadata" in each]
    points = {note["exercise"]: note["points"] for note in notes if note}
    assert points == {each.id: each.points for each in opened.exercises}


def test_lesson_01_is_solved_with_the_keyboard_alone(browser, address):
    learner, lesson = Learner(browser, address), "01-relu-layer"
    learner.open(f"{lesson}/{lesson}.ipynb")
    solve(learner.page, released(lesson), solutions(lesson))
    told = [each for each in verdicts(learner.page) if each.startswith("✓")]
    learner.close()
    assert len(told) == 6 and all(": right." in each for each in told)
