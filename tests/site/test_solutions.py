"""All solutions of lessons 00 to 11 run in the browser edition, and every check passes."""

from pathlib import Path

import pytest
from edition import Learner, served

from lessonlib.lessons import LESSONS

pytestmark = [pytest.mark.site, pytest.mark.slow, pytest.mark.browser]

SOLUTIONS = Path(__file__).parents[2] / "solutions"
CHOSEN = [each for each in LESSONS if each.number <= "11"]


@pytest.fixture(scope="module")
def instructor(browser, site, tmp_path_factory):
    """Somebody whose list of files has the solutions in a folder of their own."""
    with served(site, tmp_path_factory.mktemp("site")) as (address, _):
        instructor = Learner(browser, address)
        instructor.open("00-start-here/00-start-here.ipynb")
        for lesson in CHOSEN:
            notebook = SOLUTIONS / lesson.name / f"{lesson.name}.ipynb"
            instructor.put(f"solutions/{lesson.name}", notebook)
        yield instructor
        instructor.close()


@pytest.mark.parametrize("lesson", CHOSEN, ids=lambda each: each.name)
def test_every_check_of_a_solution_passes(instructor, lesson):
    instructor.open(f"solutions/{lesson.name}/{lesson.name}.ipynb")
    outputs = instructor.run_all()
    errors = [each for each in outputs if each["output_type"] == "error"]
    assert errors == []
    notes = [each["metadata"].get("lessonlib") for each in outputs if "metadata" in each]
    points = {note["exercise"]: note["points"] for note in notes if note}
    assert points == {each.id: each.points for each in lesson.exercises}
