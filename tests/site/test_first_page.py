"""The first page: readable for everybody, and honest where this browser cannot do it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from edition import served

pytestmark = [pytest.mark.site, pytest.mark.browser]

# What opens by itself has done so a second after the page is restored.
SETTLED = "jupyterapp.restored.then(() => new Promise(done => setTimeout(done, 1000)))"


@pytest.fixture(scope="module")
def address(site, tmp_path_factory):
    with served(site, tmp_path_factory.mktemp("site")) as (address, _):
        yield address


@pytest.fixture
def opened(browser, address):
    """Opens the page in a window of its own, after a script that changes the browser."""
    contexts = []

    def opened(script="", **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        if script:
            page.add_init_script(script)
        page.goto(f"{address}/index.html")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(opened, scheme):
    found = Axe().run(opened(color_scheme=scheme)).response["violations"]
    assert [each["id"] for each in found] == []


def test_it_fits_a_narrow_window(opened):
    page = opened(viewport={"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_says_what_is_loaded_and_fetches_it_meanwhile(opened):
    page = opened()
    assert "32 MB" in page.inner_text("main")
    page.wait_for_function("document.getElementById('kept').textContent.includes('all here')")
    assert not page.is_visible("#problem")


def test_every_lesson_that_it_links_is_there(opened, site):
    links = opened().eval_on_selector_all("ol a", "links => links.map(each => each.href)")
    paths = [link.partition("path=")[2] for link in links]
    assert len(paths) == len(list(site.glob("files/*/*.ipynb")))
    assert all((site / "files" / path).is_file() for path in paths)


@pytest.mark.parametrize(("width", "is_open"), [(1200, True), (700, False)])
def test_the_lab_that_it_links_shows_the_list_of_files_where_there_is_room(opened, width, is_open):
    page = opened(viewport={"width": width, "height": 800})
    page.get_by_text("All of it in JupyterLab").click()
    page.wait_for_function("window.jupyterapp")
    page.evaluate(SETTLED)
    assert page.get_by_role("region", name="File Browser Section").is_visible() == is_open


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("delete window.WebAssembly", "has no WebAssembly"),
        ("delete Navigator.prototype.serviceWorker", "in a window that is not private"),
        ("indexedDB.open = () => { throw new Error() }", "This browser keeps nothing here"),
    ],
)
def test_what_a_browser_lacks_is_said(opened, script, says):
    page = opened(script)
    page.wait_for_selector("#problem:visible")
    assert says in page.inner_text("#problem")
