"""Lesson 01 is solved with the keyboard alone, in JupyterLab and in Notebook 7."""

import json
import time
import urllib.request

import nbformat
import pytest
from browsing import TOKEN, running
from keyboard import solve, verdicts
from submissions import ROOT, path_of, solutions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "01-relu-layer"
VIEWS = {"JupyterLab": ("lab/tree", ()), "Notebook": ("notebooks", ("--notebook",))}


def wait_for_kernel(address):
    """Wait until the page is connected: before, both views silently leave a cell as it is."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{address}/api/kernels?token={TOKEN}") as answer:
            if any(each["connections"] for each in json.load(answer)):
                return
        time.sleep(0.2)
    raise AssertionError("no kernel was connected")


@pytest.mark.parametrize("view", VIEWS)
def test_lesson_01_is_solved_with_the_keyboard_alone(browser, tmp_path, view):
    place, options = VIEWS[view]
    released = nbformat.read(path_of(ROOT / "course", LESSON), as_version=4)
    with running(tmp_path, "start", "course", "--no-browser", *options) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/{place}/{LESSON}/{LESSON}.ipynb?token={TOKEN}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        wait_for_kernel(address)
        solve(page, released, solutions(LESSON))
        page.screenshot(path=tmp_path / "end.png")
        told = [each for each in verdicts(page) if each.startswith("✓")]
        assert len(told) == 6 and all(": right." in each for each in told)
        page.wait_for_function("!document.title.includes('*')")  # it is saved
        page.close()
    kept = nbformat.read(path_of(tmp_path / "course", LESSON), as_version=4)
    ours = {c.metadata.nbgrader.grade_id: c.source for c in kept.cells if "nbgrader" in c.metadata}
    assert solutions(LESSON).items() <= ours.items()
