"""What every test may rely on."""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Every process that a test starts uses this course's code, starts quickly and computes with one
# thread.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests/quick")])
os.environ["OMP_NUM_THREADS"] = "1"
# nbgrader calls alembic by its bare name, also where no environment was activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])

# What takes minutes begins first, each file in one process: else the last of them would go on alone
# while the other processors wait. The longest is the first. Those that start several graders at
# once come when the hostile class, whose limits are short, has been graded.
LONGEST = [
    "pipeline/test_hostile_class.py",
    "grading/test_every_exercise.py",
    "pipeline/test_grade_interrupted.py",
    "pipeline/test_idioms.py",
    "pipeline/test_like_nbgrader.py",
    "pipeline/test_nbgrader_round.py",
    "pipeline/test_browser.py",
    "pipeline/test_formgrader.py",
    "pipeline/test_pages_act.py",
    "pipeline/test_steps_in_lab.py",
    "pipeline/test_differences.py",
    "pipeline/test_grade_dask.py",
    "pipeline/test_grade_postgres.py",
    "pipeline/test_make.py",
    "pipeline/test_wheel.py",
    "site/test_released.py",
    "site/test_learner.py",
    "site/test_book.py",
]
RANK = {ROOT / "tests" / name: rank for rank, name in enumerate(LONGEST)}

# What waits for a clock or a browser may fail on a machine that has other work, and only there. It
# is tried once more, and the report counts it as rerun. Nothing else is: a trick that now and then
# goes unseen has to be found.
BY_THE_CLOCK = [
    "test_cli.py",
    "test_speed.py",
    "checks/test_asking.py",
    "locating/test_trying.py",
    "grading/test_grade.py",
    "grading/classroom/test_supervisor.py",
    "grading/classroom/test_workers.py",
    "grading/feedback/test_page.py",
    "grading/guest/test_stopping.py",
    "grading/host/test_checks.py",
    "grading/host/test_isolation.py",
    "grading/host/test_process.py",
    "grading/host/test_replayed_notebook.py",
    "grading/protocol/test_wire.py",
    "grading/report/test_course.py",
    "grading/report/test_report.py",
    "grading/submission/test_reading.py",
    "grading/submission/test_repair.py",
    "grading/submission/test_worst_inputs.py",
    "pipeline/test_browser.py",
    "pipeline/test_formgrader.py",
    "pipeline/test_grade_dask.py",
    "pipeline/test_grade_interrupted.py",
    "pipeline/test_grade_postgres.py",
    "pipeline/test_make.py",
    "pipeline/test_pages_act.py",
    "pipeline/test_steps_in_lab.py",
    "pipeline/test_verdicts.py",
    "plots/test_stepper.py",
    "site/test_learner.py",
    "site/test_released.py",
]
CLOCKS = [ROOT / "tests" / name for name in BY_THE_CLOCK]


def pytest_collection_modifyitems(items):
    """Put the files that take longest first; all others stay in their order."""
    items.sort(key=lambda item: RANK.get(item.path, len(RANK)))
    for item in items:
        if item.path in CLOCKS:
            item.add_marker(pytest.mark.flaky(reruns=1))


CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it the test is skipped, and on a build machine it fails."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing on the build machine")
        pytest.skip("there is no chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()
