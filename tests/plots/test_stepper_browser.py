"""A strip in a real browser: keyboard and buttons, no script, no request, any theme and width."""

import re

import pytest
import strips

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("steps") / "page.html"
    strip = strips.steps_down()
    # Twice the same strip on one page: neither may move the other.
    path.write_text(strips.PAGE.format(strip.html() * 2), encoding="utf-8")
    return path


@pytest.fixture
def open_page(browser, path):
    """Opens the page with these settings, without scripts; fails where it asks for anything."""
    pages, asked = [], []

    def open_it(width=800, **settings):
        settings = {"java_script_enabled": False} | settings
        page = browser.new_page(viewport={"width": width, "height": 900}, **settings)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def shown(page, strip=0):
    """The numbers of the pictures that are seen, and of the captions."""
    items = page.locator("form").nth(strip).locator("li")
    return [k for k in range(1, items.count() + 1) if items.nth(k - 1).locator("p").is_visible()]


def test_the_arrow_keys_step_and_enter_leaves_the_page_alone(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    for key, picture in (("ArrowRight", 2), ("ArrowDown", 3), ("ArrowLeft", 2), ("Enter", 2)):
        page.keyboard.press(key)
        assert shown(page) == [picture]
    assert shown(page, strip=1) == [1]
    assert page.url.endswith("page.html")


def test_the_buttons_step_there_and_back_and_stop_at_the_ends(open_page):
    page = open_page()
    form = page.locator("form").nth(1)
    back, forth = form.locator(".back:visible"), form.locator(".next:visible")
    assert back.count() == 0
    for picture in (2, 3, 4, 5):
        forth.click()
        assert shown(page, strip=1) == [picture]
    assert forth.count() == 0
    back.click()
    assert shown(page, strip=1) == [4]
    form.locator(".k2").click()
    assert shown(page, strip=1) == [2]
    assert shown(page) == [1]


def test_it_plays_to_the_end_and_stays_there(open_page):
    page = open_page()
    page.locator(".play").first.click()
    seen = []
    for _ in range(200):
        seen += [k for k in shown(page) if not seen or seen[-1] != k]
        if seen[-1] == 5:
            break
        page.wait_for_timeout(50)
    assert seen[-1] == 5 and seen == sorted(seen)
    page.wait_for_timeout(1500)
    assert shown(page) == [5]
    page.locator(".back:visible").first.click()
    assert shown(page) == [1]


def test_who_wants_no_motion_is_offered_none(open_page):
    page = open_page(reduced_motion="reduce")
    assert page.locator(".play:visible").count() == 0
    page.locator(".next:visible").first.click()
    assert shown(page) == [2]


@pytest.mark.parametrize("width", [350, 700])
def test_a_narrow_page_does_not_scroll_sideways(open_page, width):
    page = open_page(width, java_script_enabled=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".picture:visible").first.bounding_box()
    assert 0 <= box["x"] and box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_frame_stand_out_in_either_theme(open_page, scheme):
    page = open_page(color_scheme=scheme, java_script_enabled=True)
    ink, frame, paper = page.evaluate(
        """() => {
            const style = selector => getComputedStyle(document.querySelector(selector));
            return [style('.lesson-steps li p').color, style('.picture').borderTopColor,
                    style('.picture').backgroundColor];
        }"""
    )
    page_colour = (18, 18, 18) if scheme == "dark" else (255, 255, 255)
    assert contrast(channels(ink), page_colour) >= 7
    assert contrast(channels(frame), page_colour) >= 3
    assert channels(paper) == (255, 255, 255)


def channels(colour):
    return tuple(int(each) for each in re.findall(r"\d+", colour)[:3])


def contrast(one, other):
    def luminance(colour):  # WCAG 2
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_on_paper_stand_the_still_and_all_captions(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator(".still:visible").count() == 2
    assert shown(page) == [1, 2, 3, 4, 5]
    assert page.locator(".controls:visible").count() == 0


def test_a_reader_of_the_screen_finds_each_picture_by_its_caption(open_page):
    page = open_page()
    captions = strips.steps_down().captions
    form = page.locator("form").first
    assert form.get_by_role("radiogroup").count() == 1
    for caption in captions:
        form.get_by_role("radio", name=caption, exact=True).check()
        assert form.get_by_role("img").count() == 1
        assert caption in form.get_by_role("img").get_attribute("aria-label")


def test_axe_finds_no_fault(open_page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(java_script_enabled=True)
    assert axe.run(page).response["violations"] == []
