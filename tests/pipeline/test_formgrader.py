"""An instructor in Formgrader, in a real browser, whose points stay what they are."""

import os
import subprocess
import sys

import pytest
from graded_course import LESSON, RIGHT, dump, grade, gradebook, hand_in, make
from test_browser import TOKEN, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRITTEN, CHECKED = "start-explain", "check-start-row_sums"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = make(tmp_path_factory.mktemp("formgrader"))
    grade(root)
    return root


@pytest.fixture(scope="module")
def server(course):
    """JupyterLab in the course's folder, as an instructor starts it; gives its address."""
    port, log = free_port(), course / "log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    root = ["--allow-root"] if os.geteuid() == 0 else []
    config = course / "config"
    config.mkdir()
    settings = os.environ | {"JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_DIR": str(config)}
    with log.open("w") as screen:
        process = subprocess.Popen(
            [*command, *root], cwd=course, env=settings, stdout=screen, stderr=screen
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def notebook_id(course, student):
    with gradebook(course) as book:
        return book.find_submission_notebook(LESSON, LESSON, student).id


def grades(course, student):
    """Return (automatic, by hand, needs a person) of each graded cell."""
    rows = dump(course)["grades"]
    return {name: tuple(rest) for who, name, *rest in rows if who == student}


@pytest.fixture
def page(browser, server, course):
    """The page of a learner's notebook in Formgrader."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(f"{server}/lab?token={TOKEN}", wait_until="domcontentloaded")
    address = f"{server}/formgrader/submissions/{notebook_id(course, 'ada')}/?index=0"
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector(f"input#{CHECKED}")
    yield page
    page.close()


def test_the_list_of_the_class_leads_to_a_submission(page, server):
    page.goto(f"{server}/formgrader/gradebook", wait_until="domcontentloaded")
    page.click(f"td a:text-is('{LESSON}')")
    page.wait_for_url(f"**/gradebook/{LESSON}")
    page.click(f"td a:text-is('{LESSON}')")  # its notebook, which has the same name
    page.wait_for_selector("a:text-is('Submission #7')")
    page.click("a:text-is('Submission #1')")
    page.wait_for_selector(f"input#{CHECKED}")
    assert "/formgrader/submissions/" in page.url


def give(page, cell, points):
    """Type points into a cell's box and leave it, which saves them."""
    with page.expect_response(lambda r: "/formgrader/api/grade/" in r.url and r.ok):
        page.fill(f"input#{cell}", str(points))
        page.locator(f"input#{cell}").blur()


def test_the_notebook_is_shown_with_our_messages(page):
    assert "✓ start.row_sums: right." in page.inner_text("body")
    assert page.input_value(f"input#{WRITTEN}") == ""


def test_points_given_by_hand_survive_regrading(page, course, server):
    give(page, WRITTEN, 1.5)
    give(page, CHECKED, 0.5)
    assert grades(course, "ada")[WRITTEN][1] == 1.5
    hand_in(course, "ada", {**RIGHT, "start-ready": "ready = False"})
    assert "1 graded now" in grade(course)
    after = grades(course, "ada")
    assert after[WRITTEN] == (None, 1.5, True)  # nbgrader asks a person to look once more
    assert after[CHECKED] == (1.0, 0.5, True)
    assert after["check-start-ready"] == (0.0, None, False)
    page.reload(wait_until="domcontentloaded")
    page.wait_for_function(f"document.querySelector('input#{CHECKED}')?.value === '0.5'")
    assert page.input_value(f"input#{WRITTEN}") == "1.5"
