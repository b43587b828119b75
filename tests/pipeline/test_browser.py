"""A learner in JupyterLab, in a real browser: run, be told, answer, validate."""

import shutil

import nbformat
import pytest
from browsing import Notebook, running_lab
from submissions import ROOT, answered, path_of, solutions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START, RELU = "00-start-here", "01-relu-layer"
SUCCESS = "Success! Your notebook passes all the tests."
FULL, WRONG = "all-right", "one-wrong"  # copies of lesson 01, answered


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `lessonlib learn` starts it, on a copy of the course; gives its address."""
    root = tmp_path_factory.mktemp("learner")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in (START, RELU):
        shutil.copytree(ROOT / "course" / name, root / "course" / name)
    released, answers = path_of(root / "course", RELU), solutions(RELU)
    nbformat.write(answered(released, answers), released.with_name(f"{FULL}.ipynb"))
    answers["relu-layer_forward"] = "def layer_forward(W, b, X):\n    return W @ X, relu(W @ X)"
    nbformat.write(answered(released, answers), released.with_name(f"{WRONG}.ipynb"))
    with running_lab(root) as address:
        yield address


@pytest.fixture
def open_notebook(browser, lab, tmp_path):
    """Opens a notebook of a lesson: `open_notebook(lesson, name)`; screenshots go to tmp_path."""
    opened = []

    def open_it(lesson, name=None):
        opened.append(Notebook(browser, lab, lesson, name or lesson, tmp_path))
        return opened[-1]

    yield open_it
    for notebook in opened:
        notebook.close()


def assert_no_traceback(text):
    for sign in ("Traceback", "---->", "site-packages", "lessonlib/"):
        assert sign not in text, text


@pytest.mark.parametrize(
    ("lesson", "check", "told"),
    [
        (START, "check-start-ready", "ready is still ..."),
        (RELU, "check-relu-relu", "relu is not written yet"),
    ],
)
def test_running_all_stops_at_the_first_unanswered_check(open_notebook, lesson, check, told):
    notebook = open_notebook(lesson)
    notebook.run_all()
    text = notebook.told(check)
    assert told in text
    assert_no_traceback(text)
    above = notebook.page.evaluate(
        """end => jupyterapp.shell.currentWidget.content.widgets.slice(0, end + 1).filter(
            cell => cell.model.type === 'code').length""",
        notebook.index(check),
    )
    assert notebook.run_count() == above


def test_a_wrong_answer_is_told_its_mistake_and_a_right_one_that_it_is_right(open_notebook):
    notebook = open_notebook(RELU)
    notebook.run_all()
    text = notebook.type_and_check("relu-relu", "def relu(z):\n    return np.abs(z)")
    notebook.picture("wrong")
    assert "not right yet" in text
    assert "Looks like: absolute value." in text
    assert_no_traceback(text)
    text = notebook.type_and_check("relu-relu", "def relu(z):\n    return np.maximum(z, 0)")
    assert text.split("\n")[0] == "✓ relu.relu: right. 1 of 1 point."
    assert "Lesson 01: 1 of 10 points so far. Next: relu.relu_derivative." in text


def test_with_all_answers_the_figures_show_and_validate_succeeds(open_notebook):
    notebook = open_notebook(RELU, FULL)
    notebook.run_all()
    image = notebook.shown(notebook.first_figure(), "img[alt]")
    assert len(image.get_attribute("alt").split()) >= 8
    assert image.evaluate("image => image.complete && image.naturalWidth > 300")
    assert image.bounding_box()["width"] > 200
    notebook.picture("figure")
    text = notebook.validate()
    notebook.picture("dialog")
    assert SUCCESS in text


def test_validate_shows_our_message_for_one_wrong_answer(open_notebook):
    notebook = open_notebook(RELU, WRONG)
    text = notebook.validate()
    notebook.picture("dialog")
    assert text.count("The following cell failed") == 1
    assert "Looks like: bias left out." in text
    assert SUCCESS not in text
    assert_no_traceback(text)
