"""A verdict in JupyterLab: seen in light and dark, narrow and large, by keyboard and by axe."""

import shutil

import pytest
from browsing import Notebook, running_lab
from submissions import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START, RELU = "00-start-here", "01-relu-layer"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = {"wide": 1200, "700 px": 700, "200 %": 350}  # at 200 %, 700 px have room for half as many
FORWARD = "def layer_forward(W, b, X):\n    Z = W @ X{}\n    return Z, np.maximum(Z, 0)"
LOOPING = "def relu(z):\n    while True:\n        pass"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    root = tmp_path_factory.mktemp("learner")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in (START, RELU):
        shutil.copytree(ROOT / "course" / name, root / "course" / name)
    with running_lab(root) as address:
        yield address


@pytest.fixture(scope="module")
def notebook(browser, lab, tmp_path_factory):
    """Lesson 01 with a wrong, a right, a stale and a looping answer, each told so."""
    notebook = Notebook(browser, lab, RELU, RELU, tmp_path_factory.mktemp("pictures"))
    notebook.run_all()
    notebook.told("check-relu-relu")
    notebook.type_and_check("relu-relu", LOOPING)
    notebook.type_and_check(
        "relu-relu_derivative", "def relu_derivative(z):\n    return (z > 0) * 1.0"
    )
    notebook.type_and_check("relu-layer_forward", FORWARD.format(""))
    notebook.type_and_check("relu-downhill", "def downhill(*start):\n    return [start[0]]")
    notebook.run("check-relu-downhill")
    yield notebook
    notebook.close()


CELLS = {
    "wrong": ("check-relu-layer_forward", "not right yet"),
    "right": ("check-relu-relu_derivative", "Lesson 01: "),
    "stale": ("check-relu-downhill", "Nothing was run since the last check"),
    "looping": ("check-relu-relu", "did not finish within 4 seconds"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_verdicts_can_be_read_by_everybody(notebook, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = notebook.page
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.evaluate(
        """async theme => {
            await jupyterapp.commands.execute('apputils:change-theme', {theme});
            if (jupyterapp.shell.leftCollapsed === false) jupyterapp.shell.collapseLeft();
        }""",
        THEMES[theme],
    )
    for name, (cell, words) in CELLS.items():
        shown = notebook.shown(notebook.index(cell), ".ll-verdict")
        assert words in shown.inner_text()
        shown.evaluate("node => node.scrollIntoView({block: 'center'})")
        notebook.picture(f"{name} {theme} {width}")
        assert shown.evaluate("node => node.scrollWidth <= node.clientWidth"), (name, "is cut off")
        found = Axe().run(page, context=".ll-verdict")
        assert found.violations_count == 0, found.generate_report()


def test_a_verdict_is_a_status_for_who_listens(notebook):
    notebook.shown(notebook.index("check-relu-layer_forward"), ".ll-verdict")
    session = notebook.page.context.new_cdp_session(notebook.page)
    nodes = {each["nodeId"]: each for each in session.send("Accessibility.getFullAXTree")["nodes"]}

    def text(node):
        own = node.get("name", {}).get("value", "") if not node.get("childIds") else ""
        return own + "".join(text(nodes[i]) for i in node.get("childIds", []) if i in nodes)

    said = [text(each) for each in nodes.values() if each.get("role", {}).get("value") == "status"]
    assert any("relu.layer_forward: not right yet, 0 of 2 points." in each for each in said), said


def test_folds_open_from_the_keyboard(notebook):
    shown = notebook.shown(notebook.index("check-relu-layer_forward"), ".ll-verdict")
    folds = shown.query_selector_all("details")
    titles = [fold.query_selector("summary").inner_text() for fold in folds]
    assert titles == ["Run it yourself, in a new cell", *(f"Hint {i} of 3" for i in (1, 2, 3))]
    for fold in folds:
        fold.query_selector("summary").focus()
        notebook.page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.open")
    assert "layer_forward(W, b, X)" in folds[0].inner_text()


def test_what_is_wrong_is_marked_and_the_run_ends_in_a_word(notebook):
    shown = notebook.shown(notebook.index("check-relu-layer_forward"), ".ll-verdict")
    marked = [cell.inner_text() for cell in shown.query_selector_all("td.ll-off")]
    assert marked and all(text.endswith("≠") for text in marked)
    told = notebook.told("check-relu-layer_forward")
    assert "relu.layer_forward is not right yet. If you ran all cells" in told
    assert "Traceback" not in told
