"""Pages with a learner's work, in a real browser: nothing in it runs, loads, covers or leads away.

With the environment's MATHJAX, a folder with MathJax 2.7.7, its mathematics are typeset as well.
"""

import mimetypes
import os
from pathlib import Path
from urllib.parse import urlparse

import nbformat
import pytest
from browsing import TOKEN
from forked import run
from graded_course import LESSON, RIGHT, grade, gradebook, hand_in, make
from pictures_of import PNG, PNG_URL
from submissions import path_of
from test_formgrader import server  # noqa: F401  (JupyterLab in the course's folder)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRITTEN = "start-explain"
MATHJAX = "cdnjs.cloudflare.com"
RUN = "alert('acted')"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\"><script>{RUN}</script></svg>"
HTML = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}"><img src="/logout"><img src="http://evil.example/x.png">',
    SVG,
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img onerror={RUN}&gt;">',
    f'<iframe src="/logout"></iframe><iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    '<object data="/logout"></object><embed src="/logout"><video src="/logout" autoplay></video>',
    '<form action="/logout"><button>Send</button><input type=image src="/logout"></form>',
    '<meta http-equiv=refresh content="0;url=/logout"><base href="http://evil.example/">',
    '<link rel=stylesheet href="http://evil.example/x.css"><style>@import "/logout";</style>',
    f'<a href="javascript:{RUN}">a</a><a href="/logout">b</a>',
    f'<a href="data:text/html,<script>{RUN}</script>">c</a>',
    '<a href="files/javascript:alert(1)">d</a><a href="http:logout" ping="/logout">e</a>',
    '<div class="modal-backdrop in">covered</div>',
    '<div class="navbar-fixed-top" id="notebook">bar</div>',
    '<a href="/logout" style="position:fixed;top:0;left:0;width:99em;height:99em;z-index:99">f</a>',
    f'<p id="{WRITTEN}" class="score" onclick="{RUN}" style="font-size:9999px">huge</p>',
    "<h1>" + "<div><h1>" * 20 + "larger and larger",
    "<sup>" * 200 + "higher and higher",
    "<font size=7><big><big><big>big</big></big></big></font><marquee>away</marquee>",
    "</div></div></div></div></body></html>out of its place",
    "<details><b><i><u><table><tr><td>never closed",
    f'<a name="{WRITTEN}">a name</a><label for="{WRITTEN}">a label</label>',
    "a" + "\u0301" * 900 + "\u202ereversed",
]
MARKDOWN = [
    *HTML,
    f"[a](javascript:{RUN}) [b](javascript&#58;{RUN}) [c][r]\n\n[r]: javascript:{RUN}",
    f"<javascript:{RUN}> [a](/logout) [b](http://127.0.0.1/logout)",
    "![a](/logout) ![b](http://evil.example/x.png) ![c](data:image/svg+xml;base64,PHN2Zy8+)",
    f'```mermaid\n<img src=x onerror="{RUN}">\n```',
    f"# {WRITTEN}\n\nnotebook\n---\n\n# <details></details><b></b>x",
    f'| a |\n|---|\n| <img src=x onerror="{RUN}"> |\n\nb\n: {SVG}',
    f"- [ ] <script>{RUN}</script>",
    "![a](attachment:none.png) ![b](attachment:image.png) <img src='attachment:image.png'>",
    f"<!-- <script>{RUN}</script> --> <!--> <script>{RUN}</script> -->",
]
MATHEMATICS = [
    rf"$\href{{javascript:{RUN}}}{{x}}$ and $\require{{action}}\toggle{{a}}{{b}}\endtoggle$",
    r"$\style{position:fixed;top:0;width:9999px;height:9999px}{x}$ $\class{modal-backdrop}{x}$",
    rf"$\cssId{{{WRITTEN}}}{{x}}$ $\unicode[9999px Arial]{{65}}$ $\bbox[9999px,red]{{x}}$",
    rf'$\mmlToken{{mi}}[href="javascript:{RUN}"]{{x}}$ $\def\frac{{x}}\frac{{1}}{{2}}$',
    r"$\rlap{\rule{900em}{900em}}$ $\raise500em{\Huge up}$ $\hspace{-90em}left$ $\kern-90em left$",
    r"$$\begin{matrix}a\\[-90em]b\end{matrix}$$",
    r"$\hr<!-- -->ef{javascript:alert(1)}{x}$",
]
SHOWS = """from IPython.display import HTML, Javascript, Latex, Markdown, SVG, display
for text in {html!r}:
    display(HTML(text))
for text in {markdown!r}:
    display(Markdown(text), Latex(text))
display(SVG(data={svg!r}), Javascript({run!r}))
bundle = dict.fromkeys(["text/vnd.mermaid", "application/vnd.jupyter.widget-view+json"], {svg!r})
display(bundle, raw=True)
display({{"text/html": "<script>" + {run!r} + "</script>"}}, raw=True, metadata={{
    "text/html": {{"isolated": True}}, "filenames": {{"image/png": "/logout"}}}})
display({{"image/png": {png!r}}}, raw=True, metadata={{"image/png": {{"width": '1 onload={run}'}}}})
print("\\x1b]8;;javascript:{run}\\x07link\\x1b]8;;\\x07", {svg!r})
# </pre></div><script>{run}</script>
raise ValueError({svg!r})
"""


def submission(path):
    """Put all of it into every kind of cell of a learner's notebook."""
    notebook = nbformat.read(path, as_version=4)
    written = next(each for each in notebook.cells if each.id == WRITTEN)
    written.source = "\n\n".join(["This answer stands here.", *MARKDOWN, *MATHEMATICS])
    written["attachments"] = {"image.png": {"image/png": PNG, "image/svg+xml": SVG}}
    texts = [*MARKDOWN, *MATHEMATICS]
    code = SHOWS.format(
        html=[*HTML, *MATHEMATICS], markdown=texts, svg=SVG, run=RUN.replace("'", ""), png=PNG
    )
    notebook.cells += [nbformat.v4.new_code_cell(code)]
    notebook.cells += [nbformat.v4.new_markdown_cell(text) for text in texts]
    notebook.cells += [nbformat.v4.new_raw_cell(text) for text in texts]
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of one honest learner and one whose pages would act, graded, with feedback."""
    root = make(tmp_path_factory.mktemp("pages"), ["ada"])
    hand_in(root, "eve", {**RIGHT, "start-ready": f'ready = "<img src=x onerror={RUN}>"'})
    submission(path_of(root / "submitted/eve", LESSON))
    grade(root)
    told = run(root, "nbgrader", "generate_feedback", LESSON)
    assert told.returncode == 0, told.stderr
    told = run(root, "lessonlib.cli", "report", LESSON)
    assert told.returncode == 0, told.stderr
    return root


class Visit:
    """A page that was opened, and all that it did."""

    def __init__(self, browser, address):
        self.page = browser.new_page(viewport={"width": 1200, "height": 1000})
        self.requested, self.acted = [], []
        self.page.on("dialog", lambda dialog: (self.acted.append(dialog.message), dialog.dismiss()))
        self.page.on("popup", lambda popup: self.acted.append(f"a window: {popup.url}"))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.route(lambda url: urlparse(url).hostname not in (None, "127.0.0.1", ""), answer)
        self.page.goto(address, wait_until="load")
        self.page.wait_for_timeout(1_000)

    def places(self, *own):
        """Return what was requested, without what is different for each submission."""
        places = {url.split("?")[0] for url in self.requested if not url.startswith("data:")}
        for part in own:
            places = {place.replace(part, "…") for place in places}
        return {place for place in places if MATHJAX not in place}

    def click_everything(self, within):
        """Click all that a learner's part of the page has to click, and come to be elsewhere."""
        before = self.page.url.split("#")[0]
        clicked = self.page.evaluate(CLICK, within)
        self.page.wait_for_timeout(300)
        assert self.page.url.split("#")[0] == before
        return clicked

    def covered(self, controls):
        """Return which of these controls cannot be reached with the mouse; there must be some."""
        assert self.page.locator(controls).count() > 5
        return self.page.evaluate(COVERED, controls)


CLICK = """within => {
    const parts = [...document.querySelectorAll(within)];
    const found = parts.flatMap(part => [part, ...part.querySelectorAll('*')]);
    for (const each of found) {
        for (const what of ['mouseover', 'mousedown', 'focus', 'click']) {
            each.dispatchEvent(new MouseEvent(what, {bubbles: true, cancelable: true}));
        }
        each.click?.();
    }
    return found.length;
}"""
# The report's own links to each learner's; returns what they call themselves.
TAKE_LINKS = """[...document.querySelectorAll('.links a')].map(
    link => { link.remove(); return link.firstChild.textContent; })"""
COVERED = """controls => [...document.querySelectorAll(controls)].filter(control => {
    control.scrollIntoView({block: 'center'});
    const box = control.getBoundingClientRect();
    if (!box.width) return false;
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !(control === top || control.contains(top) || top?.contains(control) && top.closest(
        '.panel-heading, nav'));
}).map(control => control.outerHTML)"""


def answer(route):
    """Give MathJax where there is a copy of it, and nothing else from another machine."""
    folder, address = os.environ.get("MATHJAX"), urlparse(route.request.url)
    path = Path(folder or "/nowhere") / address.path.partition("/2.7.7/")[2]
    if address.hostname == MATHJAX and path.is_file():
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=path.read_bytes(), content_type=kind)
    else:
        route.abort()


def address_of(course, server, student):  # noqa: F811
    with gradebook(course) as book:
        own = book.find_submission_notebook(LESSON, LESSON, student).id
    return own, f"{server}/formgrader/submissions/{own}/?token={TOKEN}"


PARTS = ".text_cell_render, .output_subarea, .input_area"


def test_formgrader_shows_it_and_nothing_acts(course, server, browser):  # noqa: F811
    visits = {}
    for student in ("ada", "eve"):
        own, address = address_of(course, server, student)
        visit = Visit(browser, address)
        visit.page.wait_for_selector(f"input#{WRITTEN}")
        assert visit.covered("input.score, textarea.comment, nav a, .scoring-buttons button") == []
        assert visit.click_everything(PARTS) > 100
        assert visit.acted == []
        assert visit.page.locator(f"#{WRITTEN}").count() == 1
        visits[student] = visit.places(own)
        text = visit.page.inner_text("body")
        visit.page.close()
    assert visits["eve"] - visits["ada"] == set()
    assert "This answer stands here." in text


def test_the_feedback_page_shows_it_and_nothing_acts(course, browser):
    visits = {}
    for student in ("ada", "eve"):
        path = course / "feedback" / student / LESSON / f"{LESSON}.html"
        visit = Visit(browser, path.as_uri())
        assert visit.covered(".exercise a, main > section > nav a") == []
        assert visit.click_everything(".cell, .exercise") > 100
        assert visit.acted == []
        visits[student] = visit.places(str(student))
        text = visit.page.inner_text("body")
        visit.page.close()
    assert visits["eve"] - visits["ada"] == set()
    assert "This answer stands here." in text
    assert PNG_URL in path.read_text()


def test_the_notebook_itself_does_nothing_in_jupyterlab(course, server, browser):  # noqa: F811
    place = f"autograded/eve/{LESSON}/{LESSON}.ipynb"
    visit = Visit(browser, f"{server}/lab/tree/{place}?reset&token={TOKEN}")
    visit.page.wait_for_selector(".jp-RenderedMarkdown h1", timeout=60_000)
    for _ in range(30):  # cells are drawn when they come into sight
        visit.page.locator(".jp-WindowedPanel-outer").first.evaluate("e => e.scrollBy(0, 900)")
        visit.page.wait_for_timeout(100)
    assert visit.click_everything(".jp-RenderedMarkdown, .jp-RenderedHTML") > 20
    assert visit.acted == []
    assert not [url for url in visit.requested if "evil" in url or "logout" in url]
    visit.page.close()


def test_the_report_on_the_class_shows_it_and_nothing_acts(course, browser):
    (path,) = (course / "reports").glob("**/*.html")
    visit = Visit(browser, path.as_uri())
    assert set(visit.page.evaluate(TAKE_LINKS)) == {"submission", "feedback", "Formgrader"}
    assert visit.click_everything("body") > 20
    assert visit.acted == []
    assert visit.places() == {path.as_uri()}
    visit.page.close()
