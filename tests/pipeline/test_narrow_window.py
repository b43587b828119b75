"""JupyterLab in a narrow window, as `lessonlib start FOLDER` opens it: a lesson has all of it."""

import pytest
from browsing import TOKEN, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "01-relu-layer/01-relu-layer.ipynb"
# What opens by itself has done so a second after the page is restored.
SETTLED = "jupyterapp.restored.then(() => new Promise(done => setTimeout(done, 1000)))"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running(tmp_path_factory.mktemp("learner"), "start", "course", "--no-browser") as address:
        yield address


@pytest.fixture
def opened(browser, address, tmp_path):
    """Opens the lesson in a window; without `reset` it is laid out as the last was."""
    pages = []

    def opened(width, reset="&reset"):
        page = browser.new_page(viewport={"width": width, "height": 800})
        pages.append(page)
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab/tree/{LESSON}?token={TOKEN}{reset}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.evaluate(SETTLED)
        page.screenshot(path=tmp_path / f"{width}.png")
        return page

    yield opened
    for page in pages:
        page.close()


def files(page):
    return page.get_by_role("region", name="File Browser Section")


def lesson_share(page):
    """Return how much of the window's width the lesson has."""
    notebook = page.locator(".jp-Notebook").bounding_box()
    return notebook["width"] / page.viewport_size["width"]


def test_in_a_wide_window_the_list_of_files_is_open(opened):
    assert files(opened(1200)).is_visible()


@pytest.mark.parametrize("reset", ["&reset", ""])
def test_in_a_narrow_one_it_is_closed_and_a_key_opens_it(opened, reset):
    page = opened(700, reset)
    assert not files(page).is_visible()
    assert lesson_share(page) > 0.85
    page.keyboard.press("Control+b")
    files(page).wait_for()


def test_it_closes_as_the_window_becomes_narrow(opened):
    page = opened(1200)
    page.set_viewport_size({"width": 700, "height": 800})
    files(page).wait_for(state="hidden")
