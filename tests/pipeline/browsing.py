"""JupyterLab in a real browser, for the tests that need one."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

TOKEN = "only-for-this-test"


def running_lab(root):
    """Start JupyterLab as `lessonlib learn` does, in this folder; yields its address."""
    return running(root, "learn", "--no-browser")


@contextmanager
def running(root, *command):
    """Run a command of lessonlib's that opens the course, in this folder; yield the address."""
    port = free_port()
    command = [sys.executable, "-m", "lessonlib.cli", *command, "--port", str(port)]
    with (root / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=root, env=environment(root), stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", process, root / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment(root):
    """Return settings of our own: nobody's JupyterLab is touched, and the page can be asked.

    Nothing tells its kernels that this is a test: they show what a learner sees.
    """
    config = root / "config"
    config.mkdir()
    (config / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return ours | {
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
        """Return the index of the first cell that displays a picture in HTML."""
        return self.page.evaluate(
            """jupyterapp.shell.currentWidget.content.widgets.findIndex(
                cell => cell.model.type === 'code' && cell.model.outputs.toJSON().some(
                    output => String(output.data?.['text/html']).includes('<img')))"""
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
