"""A learner's feedback page, from a hand-made notebook: what it tells, and what it does not do."""

import re
import xml.etree.ElementTree as ET

import pytest
from nbformat import v4

from lessonlib import judge
from lessonlib.checks.showing import as_html
from lessonlib.grading.feedback.cells import in_order, with_alternatives
from lessonlib.grading.feedback.exporter import FeedbackPage
from lessonlib.grading.record import Record, Result
from lessonlib.lessons import find

TITLE, ANSWER, CHECK, WORDS = "# One layer", "relu-relu", "check-relu-relu", "relu-valley"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def verdict():
    """Return what a wrong `relu` is told, as the grader stores it."""
    told = judge("relu.relu", abs)
    page = as_html(told, find("relu.relu"))
    return v4.new_output("display_data", {"text/html": page, "text/plain": told.message})


def cell(kind, source, name="", comment="", outputs=(), **flags):
    made = getattr(v4, f"new_{kind}_cell")(source)
    if kind == "code":
        made.outputs = list(outputs)
    if name:
        own = {"grade_id": name, "grade": False, "solution": False, "task": False, "locked": False}
        made.metadata["nbgrader"] = own | {"comment": comment or None, "schema_version": 3} | flags
    return made


def notebook(*more, state="graded", notes=(), result_state="graded"):
    """Return an executed notebook as nbgrader's GetGrades leaves it: one check, one question."""
    no_points = v4.new_output(
        "error", ename="CheckFailed", evalue="", traceback=["relu: 0 points."]
    )
    made = v4.new_notebook(cells=[
        cell("markdown", f"{TITLE}\n\nWe need $\\max(0, z)$.\n\n## 1. A hinge\n\n"
             "<details><summary>Compare</summary>\n\nIt is **0**.\n\n</details>"),
        cell("markdown", "### Your turn: `relu`"),
        cell("code", "def relu(z):\n    return abs(z)", ANSWER, "Mind $z < 0$.", solution=True),
        cell("code", 'check("relu.relu", relu)', CHECK, grade=True, score=0.0, points=1.0,
             outputs=[verdict(), no_points]),
        cell("markdown", "### In your own words\n\nWhy?"),
        cell("markdown", "Because.", WORDS, grade=True, solution=True, score=0.0, points=2.0),
        *more,
    ])  # fmt: skip
    results = (Result(CHECK, "relu.relu", 0.0, 1.0, state=result_state),)
    Record(state, "", results, tuple(notes)).write(made)
    return made


def written(made, **known):
    """Return the page of a notebook."""
    facts = {"assignment": "01-relu", "notebook": "01-relu", "student": "ada", "learner": "Ada Wu",
             "score": 0.0, "max_score": 3.0, "late_penalty": 0, "waiting": {WORDS}}  # fmt: skip
    return FeedbackPage().from_notebook_node(made, {"nbgrader": facts | known})[0]


def text_of(page):
    """Return a page's text, without its styles."""
    return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_it_begins_with_the_lesson_the_learner_the_points_and_the_state():
    text = text_of(written(notebook()))
    assert text.startswith("One layer: feedback for Ada Wu Feedback One layer learner Ada Wu")
    assert "points 0 of 3" in text
    assert "In your own words waits for your instructor." in text
    assert "Everything in your notebook ran." in text


def test_each_exercise_has_its_name_points_verdict_and_comment():
    page = written(notebook())
    section = re.search(r'<section class="exercise".*?</section>', page, re.DOTALL)[0]
    text = text_of(section)
    assert text.startswith("relu relu.relu 0 of 1 point")
    assert "Looks like: absolute value." in text
    assert "Your instructor says: Mind" in text and "<math" in section
    assert "relu: 0 points." not in page  # the verdict says so
    assert page.count("Looks like: absolute value.") == 1  # and says it once


def test_points_of_a_person_are_points():
    made = notebook()
    made.cells[5].metadata.nbgrader.score = 1.5
    text = text_of(written(made, waiting=set(), score=1.5))
    assert "In your own words 1.5 of 2 right in part" in text
    assert "More points may come" not in text


def test_what_was_put_right_and_what_was_stopped_is_told():
    notes = ["relu-relu was there more than once.", f"{CHECK}: It came out differently."]
    text = text_of(written(notebook(state="timed out", notes=notes, result_state="timed out")))
    assert "Something did not come to an end and was stopped. The rest was graded." in text
    assert "relu-relu was there more than once." in text
    assert "It came out differently" not in text  # of a test, and for the instructor
    assert "Your code did not come to an end here and was stopped." in text


def test_what_does_not_compile_is_told_where_everything_else_ran():
    note = "relu-relu does not compile: line 2: invalid syntax."
    text = text_of(written(notebook(notes=[note])))
    assert f"Your notebook ran, except for this: {note}" in text


def test_lateness_is_told():
    assert "1.5 points were taken off for handing in late." in text_of(
        written(notebook(), late_penalty=1.5)
    )


def test_a_notebook_without_exercises_or_record_has_a_page():
    made = v4.new_notebook(cells=[cell("markdown", "Only a text."), cell("raw", "<b>raw")])
    text = text_of(written(made, waiting=set()))
    assert "01-relu: feedback for Ada Wu" in text and "nothing in this notebook that gives" in text


def test_every_kind_of_output_is_shown():
    outputs = [
        v4.new_output("stream", text="printed \x1b[31mred\x1b[0m <b>"),
        v4.new_output("display_data", {"image/png": PIXEL}),
        v4.new_output("display_data", {"text/html": "<h1>HTML</h1><img src='x'>"}),
        v4.new_output("display_data", {"text/markdown": "**bold** $x^2$"}),
        v4.new_output("display_data", {"text/latex": "$$y$$"}),
        v4.new_output("display_data", {"application/x-unknown": "unknown"}),
        v4.new_output("execute_result", {"text/plain": "array([1])"}, execution_count=1),
        v4.new_output("error", ename="E", evalue="", traceback=["an <error>"]),
    ]
    page = written(notebook(cell("code", "%matplotlib inline\nshow()", outputs=outputs)))
    assert 'printed <span class="ansi-red-fg">red</span> &lt;b&gt;' in page
    assert f'src="data:image/png;base64,{PIXEL}" alt="No description' in page
    assert "<msup>" in page and "<strong>bold</strong>" in page and "<h3>HTML</h3>" in page
    assert "array([1])" in page and "an &lt;error&gt;" in page and "unknown" not in page
    assert all("alt=" in tag for tag in re.findall("<img[^>]*>", page))


def test_names_and_titles_do_not_become_markup():
    evil = "<script>alert(1)</script>"
    made = notebook(cell("markdown", f"### {evil}"))
    made.cells[0].source = f"# {evil}"
    made.cells[4].source = f"## Your turn: {evil}"
    page = written(made, learner=evil, student=evil, assignment=evil)
    head, _, cells = page.partition('id="notebook"')
    assert "<script" not in head and "&lt;script&gt;" in head
    assert cells.count("<script") == 3  # the texts themselves were made harmless when graded


def test_it_has_no_script_and_forbids_itself_all_but_its_own_styles_and_pictures():
    page = written(notebook())
    assert "<script" not in page and "://" not in page
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline';")


def levels(page):
    return [int(level) for level in re.findall(r"<h([1-6])", page)]


def test_headings_go_down_one_level_at_a_time():
    deep = cell("markdown", "# Mine\n\n##### deep\n\n###### deeper\n\n# Again")
    found = levels(written(notebook(deep)))
    assert found[0] == 1 and found.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(found, found[1:], strict=False))
    assert levels(in_order("<h1>a</h1><h4>b</h4><h2>c</h2><h6>d</h6>", 2)) == [3, 4, 4, 5]


def test_a_picture_with_a_description_keeps_it():
    assert with_alternatives('<img alt="A line" src="x">') == '<img alt="A line" src="x">'


def test_every_link_leads_to_a_place_on_the_page():
    page = written(notebook())
    ids = re.findall(r'id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'href="#([^"]*)"', page)
    assert len(targets) >= 6 and set(targets) <= set(ids)


def test_formulas_are_mathematics_for_a_browser():
    (formula,) = re.findall(r"<math.*?</math>", written(notebook()).partition('id="notebook"')[2])[
        :1
    ]
    assert "".join(ET.fromstring(formula).itertext()) == "max(0,z)"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(browser, tmp_path, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    matrix = r"$$W = \begin{pmatrix} 1 & 2 & 3 & 4 \\ 5 & 6 & 7 & 8 \end{pmatrix}" * 2 + "$$"
    more = [cell("markdown", matrix), cell("code", "x = 'a long line' * 2  # " + "words " * 40)]
    path = tmp_path / "page.html"
    path.write_text(written(notebook(*more)))
    view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, told = [], []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: told.append(message.text))
    view.goto(path.as_uri())
    assert (asked, told) == ([path.as_uri()], [])
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    is_dark = (
        view.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    )
    assert is_dark is (scheme == "dark")
    high = view.locator("math[display=block]").first.bounding_box()["height"]
    assert high > 30  # two rows, so it was typeset
    found = Axe().run(view)
    assert found.violations_count == 0, found.generate_report()
    view.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_fold_opens_by_keyboard_and_is_open_on_paper(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(written(notebook()))
    view = browser.new_page(color_scheme="dark")
    view.goto(path.as_uri())
    fold = view.locator("details:has(summary:text-is('Compare'))")
    assert fold.locator("summary").evaluate("e => getComputedStyle(e).display") == "list-item"
    folded = fold.locator("strong")
    assert not folded.is_visible()
    view.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 10
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    view.emulate_media(media="screen")
    fold.locator("summary").focus()
    view.keyboard.press("Enter")
    assert folded.is_visible()
    view.close()
