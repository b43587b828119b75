"""The course in Notebook 7, as `lessonlib start FOLDER --notebook --port 0` opens it."""

import re
import subprocess
import sys
import time

import pytest
from browsing import TOKEN, environment, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMMAND = [sys.executable, "-m", "lessonlib.cli", "start", "course", "--notebook", "--no-browser"]


def port_told(log):
    """Return the port that the screen names, once it does."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := re.search(r"in Jupyter Notebook on port (\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    root = tmp_path_factory.mktemp("learner")
    log = root / "log"
    with log.open("w") as screen:
        process = subprocess.Popen(
            [*COMMAND, "--port", "0"], cwd=root, env=environment(root), stdout=screen, stderr=screen
        )
        try:
            address = f"http://127.0.0.1:{port_told(log)}"
            wait_for(f"{address}/api", process, log)
            page = browser.new_page(viewport={"width": 1000, "height": 800})
            page.set_default_timeout(60_000)
            page.goto(f"{address}/?token={TOKEN}", wait_until="domcontentloaded")
            page.locator(".jp-Notebook .jp-Cell").first.wait_for()
            page.locator("[data-status=idle]").first.wait_for()
            yield page
            page.close()
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_it_opens_on_lesson_00(page):
    assert page.url.partition("?")[0].endswith("/notebooks/00-start-here/00-start-here.ipynb")
    assert page.title() == "00-start-here"  # with no dot: nothing is unsaved


def test_each_landmark_is_there_once(page):
    for role in ("banner", "navigation", "main"):
        assert page.get_by_role(role).count() == 1


def test_nothing_there_is_for_instructors_or_alarms_learners(page):
    menus = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert menus == ["File", "Edit", "View", "Run", "Kernel", "Settings", "Help"]
    assert page.get_by_text("Not Trusted").count() == 0
