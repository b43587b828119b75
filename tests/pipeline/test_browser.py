"""A learner in JupyterLab, in a real browser: run, be told, answer, validate."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from submissions import ROOT, answered, path_of, solutions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START, RELU = "00-start-here", "01-relu-layer"
TOKEN = "only-for-this-test"
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
    answers["relu-dead_units"] = "def dead_units(Z):\n    return (Z <= 0).any(axis=1)"
    nbformat.write(answered(released, answers), released.with_name(f"{WRONG}.ipynb"))
    port = free_port()
    with (root / "log").open("w") as log:
        command = [sys.executable, "-m", "lessonlib.cli", "learn", "--no-browser", "--port"]
        process = subprocess.Popen(
            [*command, str(port)], cwd=root, env=environment(root), stdout=log, stderr=log
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api", process, root / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment(root):
    """Return settings of our own: nobody's JupyterLab is touched, and the page can be asked."""
    config = root / "config"
    config.mkdir()
    (config / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n")
    return os.environ | {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_TOKEN": TOKEN,
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, log):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


class Notebook:
    """A notebook open in JupyterLab. Cells are found by their nbgrader id."""

    IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    FIND = """id => [...jupyterapp.shell.currentWidget.content.widgets].findIndex(
        cell => (cell.model.getMetadata('nbgrader') ?? {}).grade_id === id)"""

    def __init__(self, browser, lab, lesson, name, pictures):
        self.page = browser.new_page(viewport={"width": 1200, "height": 900})
        self.page.set_default_timeout(60_000)
        self.pictures, self.name = pictures, name
        address = f"{lab}/lab/tree/course/{lesson}/{name}.ipynb?reset&token={TOKEN}"
        self.page.goto(address, wait_until="domcontentloaded")
        self.page.wait_for_function(f"window.jupyterapp && {self.IDLE}")

    def run_all(self):
        """Run all cells, as the menu does: it stops at the first error."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")

    def index(self, cell):
        index = self.page.evaluate(self.FIND, cell)
        assert index >= 0, f"there is no cell {cell}"
        return index

    def type_and_check(self, cell, source):
        """Type an answer into a solution cell, run it and the check below; return what is told."""
        index = self.index(cell)
        self.page.evaluate(
            """async ([index, source]) => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.widgets[index].model.sharedModel.setSource(source);
                notebook.deselectAll();
                notebook.activeCellIndex = index;
                await jupyterapp.commands.execute('notebook:run-cell');
            }""",
            [index, source],
        )
        return self.run(f"check-{cell}")

    def run(self, cell):
        self.page.evaluate(
            """async index => {
                jupyterapp.shell.currentWidget.content.activeCellIndex = index;
                await jupyterapp.commands.execute('notebook:run-cell');
            }""",
            self.index(cell),
        )
        return self.told(cell)

    def told(self, cell):
        """Return the text below a cell as the page shows it."""
        area = self.shown(self.index(cell), ".jp-OutputArea")
        return self.page.wait_for_function("area => area.innerText.trim()", arg=area).json_value()

    def shown(self, index, selector):
        """Scroll to a cell and return the part of it that this selector finds."""
        node = self.page.evaluate_handle(
            """async index => {
                const notebook = jupyterapp.shell.currentWidget.content;
                await notebook.scrollToItem(index);
                return notebook.widgets[index].node;
            }""",
            index,
        )
        return node.as_element().wait_for_selector(selector)

    def run_count(self):
        """Return how many code cells have run."""
        return self.page.evaluate(
            """jupyterapp.shell.currentWidget.content.widgets.filter(
                cell => cell.model.executionCount).length"""
        )

    def first_figure(self):
        """Return the index of the first cell that displays HTML."""
        return self.page.evaluate(
            """jupyterapp.shell.currentWidget.content.widgets.findIndex(
                cell => cell.model.type === 'code' && cell.model.outputs.toJSON().some(
                    output => output.data && 'text/html' in output.data))"""
        )

    def validate(self):
        """Press the Validate button and return what its dialog says."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) jp-button.validate-button").click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.wait_for(timeout=120_000)
        return dialog.inner_text()

    def close(self):
        """Leave the page, and no kernel for the next one to find."""
        self.picture("end")
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()

    def picture(self, name):
        path = self.pictures / f"{self.name}-{name}.png"
        self.page.screenshot(path=path)
        print(f"screenshot: {path}")


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
        (START, "check-start-ready", "ready is still `...`"),
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
    assert text == "✓ relu.relu: right. 1 of 1 point."


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
    assert "Looks like: any for all." in text
    assert SUCCESS not in text
    assert_no_traceback(text)
