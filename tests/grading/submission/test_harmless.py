"""What a submission shows is put into pages that people open: nothing in it may act there."""

import time

import pytest

from lessonlib.grading.submission import harmless


def shown(**data):
    """Return what is kept of something that a cell displays."""
    output = {"output_type": "display_data", "data": data, "metadata": {"evil": "x"}}
    (kept,) = harmless.outputs([output])
    assert kept["metadata"] == {}
    return kept["data"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)></svg>",
        "<iframe src='data:text/html,x'></iframe>",
        "<a href='javascript:alert(1)'>here</a>",
        "<p style='background: url(javascript:alert(1))'>x</p>",
        "<form action=/formgrader><button>ok</button></form>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'></math>",
    ],
)
def test_html_that_acts_is_taken_apart(html):
    kept = shown(**{"text/html": html})["text/html"].lower()
    # `<` may be left as text, never as the start of one of these tags or attributes.
    assert not any(f"<{tag}" in kept for tag in ("script", "svg", "iframe", "form", "math"))
    assert "onerror" not in kept and "javascript:" not in kept


def test_a_figure_of_the_course_is_kept_whole():
    figure = '<img alt="Two moons" src="data:image/png;base64,iVBORw0KGgo=" width="480">'
    assert shown(**{"text/html": figure})["text/html"] == figure


def test_a_table_is_kept():
    table = '<table><tbody><tr><th scope="row">W</th><td>1</td></tr></tbody></table>'
    assert shown(**{"text/html": table})["text/html"] == table


def test_scripts_and_drawings_with_scripts_are_left_out():
    acts = {"application/javascript": "alert(1)", "image/svg+xml": "<svg/>", "text/plain": "x"}
    assert shown(**acts) == {"text/plain": "x"}


def test_an_image_is_base64_or_nothing():
    assert shown(**{"image/png": 'AA" onerror="alert(1)'}) == {}
    assert shown(**{"image/png": "iVBORw0KGgo=\n"}) == {"image/png": "iVBORw0KGgo=\n"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b and <b>bold</b>", "a < b and <b>bold</b>"),
        ("<details><summary>x</summary>", "<details><summary>x</summary>"),
        ("<script>x</script>", "&lt;script>x&lt;/script>"),
        ("<b onclick=x>", "&lt;b onclick=x>"),
        ("<!-- x --><?x", "&lt;!-- x -->&lt;?x"),
        ("$a<b$", "$a&lt;b$"),
    ],
)
def test_tags_in_a_text_are_made_visible(source, expected):
    assert harmless.text(source) == expected


def test_streams_and_errors_keep_their_text():
    stream = {"output_type": "stream", "name": "nowhere", "text": "<b>"}
    error = {"output_type": "error", "ename": "E", "evalue": 3, "traceback": ["x"] * 1000}
    kept = harmless.outputs([stream, error])
    assert kept[0] == {"output_type": "stream", "name": "stdout", "text": "<b>"}
    assert kept[1]["evalue"] == "3"
    assert len(kept[1]["traceback"]) == harmless.MAX_TRACEBACK


def test_the_value_of_a_submissions_cell_is_no_result():
    """Only a test has a result: nbgrader would take a number for points."""
    output = {"output_type": "execute_result", "data": {"text/plain": "99"}, "metadata": {}}
    assert harmless.outputs([output])[0]["output_type"] == "display_data"


def test_too_much_is_cut():
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 2**20}
    assert len(harmless.outputs([output] * 50)) == harmless.MAX_OUTPUTS // 2**20 - 1


@pytest.mark.parametrize("html", ["<b>x</b>" * 10**6, "<div>" * 20_000, "&lt;" * 10**6])
def test_html_that_would_take_long_to_clean_is_left_out(html):
    started = time.perf_counter()
    assert shown(**{"text/html": html, "text/plain": "x"}) == {
        "text/html": harmless.TOO_MUCH,
        "text/plain": "x",
    }
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "nonsense",
    [[3], [{}], [{"output_type": "none"}], [{"output_type": "stream"}],
     [{"output_type": "display_data", "data": 3, "metadata": {}}]],
)  # fmt: skip
def test_what_is_no_output_is_an_error(nonsense):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        harmless.outputs(nonsense)
