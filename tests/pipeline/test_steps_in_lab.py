"""A strip and a guess in JupyterLab, whose own shortcuts want the arrow keys too."""

import shutil

import nbformat
import pytest
from browsing import Notebook, running_lab
from submissions import ROOT

from lessonlib.building.source import METADATA

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "00-steps"
CELLS = [
    "from lessonlib import plots",
    "guess = ...",
    "plots.downhill_steps([1.0, 2.0], [2.0, 4.0], [0.5, 1.1, 1.5, 1.8], 0.25)",
    'plots.resolve(guess, "a result that waits")',
]


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    root = tmp_path_factory.mktemp("learner")
    path = root / "course" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), path)
    with running_lab(root) as lab:
        opened = Notebook(browser, lab, LESSON, LESSON, root)
        opened.run_all()
        opened.page.locator("form.lesson-steps").wait_for()
        yield opened
        opened.close()


def test_arrow_keys_step_and_the_notebook_stays_where_it_is(notebook):
    page = notebook.page
    chosen = page.locator("form.lesson-steps input:checked")
    page.locator("form.lesson-steps .next:visible").click()
    assert chosen.get_attribute("class") == "k2"
    for key, picture in (("ArrowRight", "k3"), ("ArrowDown", "k4"), ("ArrowLeft", "k3")):
        page.keyboard.press(key)
        assert chosen.get_attribute("class") == picture
    assert page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == 2


def test_an_open_guess_stops_nothing_and_shows_nothing(notebook):
    area = notebook.shown(len(CELLS) - 1, ".jp-OutputArea")
    told = notebook.page.wait_for_function("area => area.innerText.trim()", arg=area).json_value()
    assert "Here your guess comes first." in told
    assert "a result that waits" not in told
