"""The book as its readers get it: made once here, read as files and in a real browser."""

import re
import time
from collections import Counter
from pathlib import Path

import nbformat
import pages_of
import pytest
from bs4 import BeautifulSoup

from lessonlib.building.sheets import TERM
from lessonlib.building.stubs import Region, split
from lessonlib.errors import UserError
from lessonlib.site.book import build, mathjax

pytestmark = [pytest.mark.site, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "course").glob("*/*.ipynb"))
PRINT = "print/index.html"
REPOSITORY = "https://github.com/owner/name"
SECONDS = 60  # of the processor; it takes 20 of them
# Of what is right it need not tell; and MathJax's drawings are hidden from who reads the screen.
AXE = {
    "context": {"exclude": [["mjx-container > svg"]]},
    "options": {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        "resultTypes": ["violations"],
        "preload": False,
    },
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    pytest.importorskip("sphinx_book_theme")
    out = tmp_path_factory.mktemp("site") / "book"
    started = time.process_time()
    build(ROOT / "course", out, address="..", repository=REPOSITORY)
    assert time.process_time() - started < SECONDS
    return out


@pytest.fixture(scope="module")
def pages(book):
    """Each page as HTML, by its path in the book."""
    return {
        path.relative_to(book).as_posix(): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in sorted(book.rglob("*.html"))
        if "_static" not in path.parts
    }


def released(lesson):
    return nbformat.read(ROOT / "course" / lesson / f"{lesson}.ipynb", as_version=4).cells


def executed(lesson):
    return nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4).cells


def text_of(page):
    return " ".join(page.get_text().split())


# --- what is in it -------------------------------------------------------------------------------


def test_there_is_a_page_for_each_lesson_and_one_to_look_each_thing_up(pages):
    others = {"index", "map", "glossary", "formulas", "search", "print/index"}
    assert {name.removesuffix(".html") for name in pages} == {*LESSONS, *others}


def solution_lines(lesson):
    """The lines of a lesson's solutions that no released notebook has, each as one text."""
    for cell in executed(lesson):
        if cell.cell_type == "code":
            for region in split(cell.source):
                if isinstance(region, Region):
                    yield from ("".join(line.split("#")[0].split()) for line in region.lines)


def test_no_page_and_no_index_has_a_line_of_a_solution(book):
    """Looked for without any blanks: a page may break a line, and colours it in pieces."""
    public = "".join(
        "".join(cell.source.split()) for lesson in LESSONS for cell in released(lesson)
    )
    secret = {line for each in LESSONS for line in solution_lines(each) if line not in public}
    secret = {line for line in secret if len(line) >= 12}
    assert len(secret) > 250
    for path in book.rglob("*"):
        if path.suffix in {".html", ".js", ".ipynb", ".txt"} and path.name != "mathjax.js":
            raw = path.read_text(encoding="utf-8")
            seen = BeautifulSoup(raw, "html.parser").get_text() if path.suffix == ".html" else raw
            seen = "".join(seen.split())
            assert [line for line in secret if line in seen] == [], path


def test_no_page_shows_an_error_a_verdict_or_a_guess_of_the_instructors(pages):
    for name, page in pages.items():
        outputs = " ".join(each.get_text() for each in page.select(".cell_output"))
        for words in ("Traceback", "Error", "not right yet", "✓", "Your guess"):
            assert words not in outputs, name


@pytest.mark.parametrize("lesson", LESSONS)
def test_figures_and_steppers_are_those_of_the_lesson(pages, lesson):
    page, cells = pages[f"{lesson}.html"], executed(lesson)
    html = "".join(o.data.get("text/html", "") for c in cells for o in c.get("outputs", [])
                   if "data" in o)  # fmt: skip
    ran = BeautifulSoup(html, "html.parser")
    left_out = len(page.select(".left-out"))
    for kind in ("img[alt]", "form.lesson-steps"):
        # A cell that is left out had two pictures at most, and a strip of three has a still.
        assert (
            len(ran.select(kind)) - 2 * left_out <= len(page.select(kind)) <= len(ran.select(kind))
        )
    guesses = sum("plots.resolve(" in cell.source for cell in cells if cell.cell_type == "code")
    folds = [fold for fold in page.select("details.output") if "Guess" in fold.summary.text]
    assert guesses - left_out <= len(folds) <= guesses


def test_what_would_tell_an_answer_is_left_out(pages):
    """The tent of lesson 01: its picture has the three hinges that the learner is to choose."""
    page = pages["01-relu-layer.html"]
    assert len(page.select(".left-out")) == 1
    assert not page.find("img", alt=re.compile("Your three hinges"))
    assert page.find("img", alt=re.compile("A ramp out of two hinges"))


def test_what_spells_an_answer_out_stands_behind_a_fold(pages):
    by_hand = pages["01-relu-layer.html"].find("img", alt=re.compile("Layer 1, before the ReLU"))
    assert "Answer first" in by_hand.find_parent("details").summary.text


# --- glossary, formulas, map ---------------------------------------------------------------------


def terms():
    """Each term and the lesson that explains it."""
    found = {}
    for lesson in LESSONS:
        for cell in released(lesson):
            for name in TERM.findall(cell.source) if cell.cell_type == "markdown" else []:
                found[" ".join(name.split())] = lesson
    return found


def term_links(page):
    return [link for link in page.select("article a[href*='glossary.html#term-']")]


def test_the_glossary_has_every_term_and_leads_back_to_its_lesson(pages):
    page = pages["glossary.html"]
    entries = {entry.contents[0].strip(): entry for entry in page.select("dt")}
    assert entries.keys() == terms().keys()
    for name, lesson in terms().items():
        assert entries[name].find_next("dd").find("a", href=f"{lesson}.html"), name


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_term_that_a_lesson_explains_is_linked_there_once(pages, lesson):
    linked = [link["href"].partition("#")[2] for link in term_links(pages[f"{lesson}.html"])]
    assert len(linked) == len(set(linked))
    for name, home in terms().items():
        if home == lesson:
            assert any(each.lower() == anchor(name).lower() for each in linked), name


def anchor(term):
    return "term-" + re.sub(r"[^\w-]+", "-", term).strip("-")


def test_the_first_use_is_the_one_that_is_linked(pages):
    page = pages["06-first-training.html"]
    for link in term_links(page):
        if link["href"].endswith("#term-epoch"):
            before = " ".join(link.find_all_previous(string=True)[::-1])
            prose = before[before.index("After this lesson") :]
            assert not re.search(r"(?<![\w.])epochs?\b(?! *[=,)])", prose)
            return
    pytest.fail("epoch is not linked")


def test_the_formula_sheet_has_each_lessons_card_and_the_map_each_lesson(pages):
    sheet = (ROOT / "course" / "formulas.md").read_text(encoding="utf-8")
    assert len(pages["formulas.html"].select("article h2")) == len(re.findall("^## ", sheet, re.M))
    links = {link["href"] for link in pages["map.html"].select("article table a")}
    assert {f"{lesson}.html" for lesson in LESSONS} <= {each.partition("#")[0] for each in links}
    row = links_of(pages["map.html"])["03 Three layers by hand"].find_parent("tr")
    assert "75" in row.text and "02" in [link.text for link in row.find_all("a")]


def links_of(page):
    return {link.text: link for link in page.select("article a")}


# --- links ---------------------------------------------------------------------------------------


def test_every_link_within_the_book_leads_somewhere(book, pages):
    for name, page in pages.items():
        ids = {each["id"] for each in page.find_all(id=True)}
        for link in page.select("[href], [src], form[action]"):
            target = link.get("href") or link.get("src") or link["action"]
            if re.match(r"[a-z]+:|\.\./notebooks/", target):
                continue
            path, _, fragment = target.partition("#")
            file = (book / name).parent / path.partition("?")[0] if path else book / name
            assert file.exists(), (name, target)
            if fragment and file.suffix == ".html":
                here = file.resolve().relative_to(book.resolve()).as_posix()
                known = ids if not path else {each["id"] for each in pages[here].find_all(id=True)}
                assert fragment in known, (name, target)


def test_a_lesson_can_be_opened_elsewhere(book, pages):
    links = {
        link.text: link["href"] for link in pages["03-three-layers-by-hand.html"].select(".ways a")
    }
    name = "03-three-layers-by-hand"
    assert links == {
        "Work on it in the browser": f"../notebooks/index.html?path={name}/{name}.ipynb",
        "Download the notebook": f"download/{name}.ipynb",
        "Open in Colab": "https://colab.research.google.com/github/owner/name/blob/gh-pages/book/"
        f"colab/{name}.ipynb",
        "Open in Binder": "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/my-course/"
        f"{name}/{name}.ipynb",
        "Open in Codespaces": "https://codespaces.new/owner/name",
    }
    assert (book / f"colab/{name}.ipynb").is_file()


def test_the_notebook_to_download_is_the_released_one(book):
    for lesson in LESSONS:
        there = nbformat.read(book / "download" / f"{lesson}.ipynb", as_version=4)
        assert there.cells == released(lesson)


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(book):
    with pages_of.served(book.parent) as address:
        yield f"{address}/book"


SEEN = """() => ({
    lang: document.documentElement.lang, title: document.title,
    headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
        .filter(h => h.checkVisibility()).map(h => +h.tagName[1]),
    width: document.documentElement.scrollWidth,
    unset: [...document.querySelectorAll('.math')]
        .filter(each => !each.querySelector('mjx-container')).length,
    wrong: document.querySelectorAll('[data-mjx-error], mjx-merror').length,
    silent: [...document.querySelectorAll('mjx-container')]
        .filter(each => !each.querySelector('mjx-assistive-mml math')).length,
})"""


def sweep(browser, address, pages, **settings):
    """What a browser says of each page, with the faults that axe finds.

    But of the one to print, which axe sees in parts.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    seen = {}
    with pages_of.shown(browser, address, **settings) as (page, elsewhere):
        for name in pages.keys() - {PRINT}:
            page.goto(f"{address}/{name}")
            page.evaluate("window.MathJax?.startup.promise")
            page.wait_for_timeout(100)  # book.js waits for the same
            faults = axe.run(page, **AXE).response["violations"]
            seen[name] = {**page.evaluate(SEEN), "faults": faults}
    return seen, elsewhere


@pytest.fixture(scope="module")
def wide(browser, address, pages):
    return sweep(browser, address, pages, color_scheme="light")


@pytest.fixture(scope="module")
def narrow(browser, address, pages):
    return sweep(browser, address, pages, color_scheme="dark", width=400)


def test_no_page_asks_another_host_for_anything(wide, narrow):
    assert wide[1] + narrow[1] == []


@pytest.mark.parametrize("look", ["wide", "narrow"])
def test_axe_finds_no_fault_of_level_a_or_aa_on_any_page(look, request):
    """In the light and wide, in the dark and 400 pixels narrow."""
    seen, _ = request.getfixturevalue(look)
    told = {
        (fault["id"], node["html"][:160]): name
        for name, facts in seen.items()
        for fault in facts["faults"]
        for node in fault["nodes"]
    }
    assert told == {}


ALONE = """k => {
    window.parts ??= [...document.querySelectorAll('.toctree-wrapper > section')];
    window.place ??= parts[0].parentElement;
    parts.forEach(part => part.remove());
    place.append(parts[k]);
    return parts.length;
}"""


def test_axe_finds_no_fault_of_level_a_or_aa_on_the_page_to_print(browser, address):
    """It has all of the others in it, which are too many for axe: one after the other is left."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults, part, parts = {}, 0, 1
    with pages_of.shown(browser, address) as (page, _):
        page.set_default_timeout(120_000)
        page.goto(f"{address}/{PRINT}")
        page.evaluate("MathJax.startup.promise")
        while part < parts:
            parts = page.evaluate(ALONE, part)
            for fault in axe.run(page, **AXE).response["violations"]:
                faults[fault["id"], part] = fault["nodes"][0]["html"][:160]
            part += 1
    assert faults == {}
    assert parts == len(LESSONS) + len(["map", "glossary", "formulas"])


def test_no_name_on_the_page_to_print_stands_twice(pages):
    """Nor a name that a link or a label speaks of and that is not there."""
    page = pages[PRINT]
    ids = Counter(each["id"] for each in page.find_all(id=True))
    assert {each: count for each, count in ids.items() if count > 1} == {}
    links = {each["href"][1:] for each in page.select("a[href^='#']")}
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        links |= set(" ".join(each[attribute] for each in page.select(f"[{attribute}]")).split())
    assert links - ids.keys() == set()


def test_each_page_has_a_language_a_title_of_its_own_and_one_first_heading(wide):
    seen, _ = wide
    assert {facts["lang"] for facts in seen.values()} == {"en"}
    assert len({facts["title"] for facts in seen.values()}) == len(seen)
    for name, facts in seen.items():
        levels = facts["headings"]
        assert levels[0] == 1 and levels.count(1) == 1, name
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), name


def test_every_formula_is_set_and_can_be_read_aloud(wide):
    seen, _ = wide
    for name, facts in seen.items():
        assert (facts["unset"], facts["wrong"], facts["silent"]) == (0, 0, 0), name


def test_no_page_scrolls_sideways_at_400_pixels(narrow):
    seen, _ = narrow
    assert {name: facts["width"] for name, facts in seen.items() if facts["width"] > 400} == {}


def test_the_search_finds_a_word_by_keyboard_alone(browser, address):
    with pages_of.shown(browser, address) as (page, _):
        page.goto(f"{address}/index.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("topological")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a")
        found = page.locator("#search-results li > a").evaluate_all("all => all.map(a => a.href)")
        assert any("17-autodiff.html" in each for each in found)


def test_the_first_tab_leads_past_the_menu_and_a_fold_opens_by_key(browser, address):
    with pages_of.shown(browser, address) as (page, _):
        page.goto(f"{address}/01-relu-layer.html")
        page.keyboard.press("Tab")
        assert "Skip to main content" in page.evaluate("document.activeElement.textContent")
        fold = page.locator("article details").first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.open")


def test_a_strip_of_pictures_steps_in_the_book(browser, address):
    with pages_of.shown(browser, address) as (page, _):
        page.goto(f"{address}/01-relu-layer.html")
        strip = page.locator("form.lesson-steps").first
        strip.locator(".next:visible").first.click()
        assert strip.locator("li:visible p:visible").count() >= 1
        assert strip.locator(".k2").is_checked()


def test_in_the_dark_the_words_of_a_strip_stand_on_the_pages_own_ground(browser, address):
    with pages_of.shown(browser, address, color_scheme="dark") as (page, _):
        page.goto(f"{address}/01-relu-layer.html")
        strip = page.locator("form.lesson-steps").first
        grounds = strip.evaluate(
            """strip => {
                const seen = [];
                for (let each = strip; each !== document.body; each = each.parentElement)
                    seen.push(getComputedStyle(each).backgroundColor);
                return seen;
            }"""
        )
        ink = strip.evaluate("strip => getComputedStyle(strip).color")
    clear = "rgba(0, 0, 0, 0)"
    assert {each for each in grounds if each != clear} <= {"rgb(18, 18, 18)"}
    assert min(map(int, re.findall(r"\d+", ink)[:3])) > 190


def test_dark_and_light_differ_and_formulas_follow(browser, address):
    colours = {}
    for scheme in ("light", "dark"):
        with pages_of.shown(browser, address, color_scheme=scheme) as (page, _):
            page.goto(f"{address}/01-relu-layer.html")
            page.wait_for_selector("mjx-container svg")
            colours[scheme] = page.evaluate(
                "[getComputedStyle(document.body).backgroundColor,"
                " getComputedStyle(document.querySelector('mjx-container')).color]"
            )
    assert colours["light"][0] != colours["dark"][0] and colours["light"][1] != colours["dark"][1]


def test_the_whole_course_prints_from_one_page(browser, address):
    with pages_of.shown(browser, address) as (page, elsewhere):
        page.set_default_timeout(120_000)
        page.goto(f"{address}/{PRINT}")
        page.evaluate("MathJax.startup.promise")
        for lesson in LESSONS:
            assert page.locator(f"#document-{lesson}, [id='document-{lesson}']").count() == 1
        page.emulate_media(media="print")
        hints = page.locator("article details:not([open]):not(.output)")
        assert hints.count() > 100 and not any(hints.nth(k).is_visible() for k in range(20))
        assert page.locator("nav:visible").count() == 0
        strips = page.locator("form.lesson-steps").count()
        assert page.locator(".still:visible").count() == strips > 10
    assert elsewhere == []


def test_a_lesson_prints_with_its_pictures_and_without_what_is_folded(browser, address, tmp_path):
    with pages_of.shown(browser, address) as (page, _):
        page.goto(f"{address}/01-relu-layer.html")
        page.emulate_media(media="print")
        assert page.locator(".ways:visible").count() == 0
        assert not page.locator("article details").first.is_visible()
        page.pdf(path=tmp_path / "lesson.pdf")
    assert (tmp_path / "lesson.pdf").stat().st_size > 100_000


# --- bad input, and what it needs ----------------------------------------------------------------


def test_without_solutions_or_lessons_it_says_so_and_keeps_the_old_book(tmp_path):
    out = tmp_path / "book"
    out.mkdir()
    (out / "old").write_text("")
    (tmp_path / "course").mkdir()
    with pytest.raises(UserError, match="There are no lessons in"):
        build(tmp_path / "course", out)
    lesson = tmp_path / "course" / "01-relu-layer"
    lesson.mkdir()
    (lesson / "01-relu-layer.ipynb").write_text("{}")
    with pytest.raises(UserError, match="01-relu-layer.ipynb"):
        build(tmp_path / "course", out)
    assert (out / "old").exists()


def test_a_damaged_download_is_not_used(tmp_path):
    (tmp_path / mathjax.ARCHIVE).write_bytes(b"half of it")
    with pytest.raises(UserError, match=r"is damaged\. Delete it"):
        mathjax.script(tmp_path)


def test_without_npm_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="needs npm once"):
        mathjax.script(tmp_path / "cache")


def test_an_address_that_is_no_repository_is_refused(tmp_path):
    with pytest.raises(UserError, match="should look like"):
        build(ROOT / "course", tmp_path / "book", repository="https://example.org/course")
