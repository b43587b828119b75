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
