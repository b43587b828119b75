"""An instructor in Formgrader, in a real browser, whose points stay what they are."""

import os
import subprocess
import sys

import nbformat
import problem_set
import pytest
from browsing import TOKEN, free_port, wait_for
from forked import run
from graded_course import LESSON, RIGHT, dump, gradebook, hand_in, make
from submissions import path_of

from lessonlib.grading.classroom.coordinator import Classroom
from lessonlib.grading.classroom.workers import LocalCrew
from lessonlib.grading.protocol.limits import Limits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRITTEN, CHECKED = "start-explain", "check-start-row_sums"
LIAR = """
class Liar(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0


def mean(values):
    return Liar()
"""


@pytest.fixture(scope="module")
def graded_now():
    """Grades an assignment of a course and returns how many were graded: one crew for all."""
    with LocalCrew(2) as crew:
        yield lambda root, name: sum(Classroom(root, name, Limits()).grade(crew).states.values())


@pytest.fixture(scope="module")
def course(tmp_path_factory, graded_now):
    root = make(tmp_path_factory.mktemp("formgrader"), ("ada", "ben", "fay"))
    graded_now(root, LESSON)
    hand_in_problem_set(root, "eve", {"mean": LIAR})
    hand_in_problem_set(root, "hal", {"words": "def count_words(text):\n    return 4"})
    graded_now(root, problem_set.NAME)
    return root


def hand_in_problem_set(root, student, answers):
    """Hand in an ordinary assignment, right but for these answers; make it if it is not there."""
    notebook = problem_set.source()
    place = path_of(root / "solutions", problem_set.NAME)
    if not place.exists():
        place.parent.mkdir(parents=True)
        nbformat.write(notebook, place)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    handed_in = path_of(root / "submitted" / student, problem_set.NAME)
    handed_in.parent.mkdir(parents=True)
    nbformat.write(notebook, handed_in)


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


def notebook_id(course, student, lesson):
    with gradebook(course) as book:
        return book.find_submission_notebook(lesson, lesson, student).id


def grades(course, student, lesson=LESSON):
    """Return (automatic, by hand, needs a person) of each graded cell."""
    rows = dump(course, lesson)["grades"]
    return {name: tuple(rest) for who, name, *rest in rows if who == student}


@pytest.fixture(scope="module")
def instructor(browser, server):
    """A browser that has been to JupyterLab, and so may change grades."""
    instructor = browser.new_context(viewport={"width": 1200, "height": 1000})
    instructor.set_default_timeout(60_000)
    with instructor.new_page() as page:
        page.goto(f"{server}/lab?token={TOKEN}", wait_until="domcontentloaded")
    yield instructor
    instructor.close()


@pytest.fixture
def page(instructor, server, course):
    """The page of a learner's notebook in Formgrader."""
    page = instructor.new_page()
    visit(page, server, course, "ada")
    page.wait_for_selector(f"input#{CHECKED}")
    yield page
    page.close()


def visit(page, server, course, student, lesson=LESSON):
    address = f"{server}/formgrader/submissions/{notebook_id(course, student, lesson)}/?index=0"
    page.goto(address, wait_until="domcontentloaded")


def test_the_list_of_the_class_leads_to_a_submission(page, server):
    page.goto(f"{server}/formgrader/gradebook", wait_until="domcontentloaded")
    page.click(f"td a:text-is('{LESSON}')")
    page.wait_for_url(f"**/gradebook/{LESSON}")
    page.click(f"td a:text-is('{LESSON}')")  # its notebook, which has the same name
    page.wait_for_selector("a:text-is('Submission #3')")
    page.click("a:text-is('Submission #1')")
    page.wait_for_selector(f"input#{CHECKED}")
    assert "/formgrader/submissions/" in page.url


def give(page, cell, points):
    """Type points into a cell's box and leave it, which saves them.

    The page listens to its boxes only when all grades have arrived: `networkidle`.
    """
    page.wait_for_load_state("networkidle")
    with page.expect_response(lambda r: "/formgrader/api/grade/" in r.url and r.ok):
        page.fill(f"input#{cell}", str(points))
        page.locator(f"input#{cell}").blur()


def test_the_notebook_is_shown_with_our_messages(page):
    assert "✓ start.row_sums: right." in page.inner_text("body")
    assert page.input_value(f"input#{WRITTEN}") == ""


def test_points_given_by_hand_survive_regrading(page, course, server, graded_now):
    give(page, WRITTEN, 1.5)
    give(page, CHECKED, 0.5)
    assert grades(course, "ada")[WRITTEN][1] == 1.5
    hand_in(course, "ada", {**RIGHT, "start-ready": "ready = False"})
    assert graded_now(course, LESSON) == 1
    after = grades(course, "ada")
    assert after[WRITTEN] == (None, 1.5, True)  # nbgrader asks a person to look once more
    assert after[CHECKED] == (1.0, 0.5, True)
    assert after["check-start-ready"] == (0.0, None, False)
    page.reload(wait_until="domcontentloaded")
    page.wait_for_function(f"document.querySelector('input#{CHECKED}')?.value === '0.5'")
    assert page.input_value(f"input#{WRITTEN}") == "1.5"


MARK = "it passes as well where another value is expected"


def test_a_marked_test_shows_why_and_a_decision_survives_regrading(
    page, course, server, graded_now
):
    ps1 = problem_set.NAME
    assert grades(course, "eve", ps1)["test-mean"] == (2.0, None, True)
    visit(page, server, course, "eve", ps1)
    page.wait_for_selector("input#test-mean")
    assert MARK in page.inner_text("body")
    give(page, "test-mean", 0)
    assert grades(course, "eve", ps1)["test-mean"] == (2.0, 0.0, False)
    (course / "submitted" / "eve" / ps1 / "notes.txt").write_text("Handed in again.")
    assert graded_now(course, ps1) == 1
    assert grades(course, "eve", ps1)["test-mean"] == (2.0, 0.0, False)


def test_only_the_instructor_reads_what_a_hidden_test_found(page, course, server):
    visit(page, server, course, "hal", problem_set.NAME)
    page.wait_for_selector("input#test-words")
    assert f"{problem_set.HIDDEN_CANARY} and more has three words" in page.inner_text("body")
    told = run(course, "nbgrader", "generate_feedback", problem_set.NAME)
    assert told.returncode == 0, told.stderr
    for student in ("eve", "hal"):
        feedback = course / "feedback" / student / problem_set.NAME / f"{problem_set.NAME}.html"
        text = feedback.read_text()
        assert "found something that is not right" in text or student == "eve"
        assert problem_set.HIDDEN_CANARY not in text
        assert MARK not in text and "For the instructor only" not in text
