"""What a submission shows is put into pages that people open: nothing in it may act there."""

import re
from functools import reduce
from html import escape

import nbformat
import pytest
from given_cells import ROOT
from pictures_of import PNG, PNG_URL, base64_of, jpeg

from lessonlib import plots
from lessonlib.grading.submission import markdown, sanitise
from lessonlib.grading.submission.sanitise import Allowance
from lessonlib.plots.picture import FRAME

PRINTED = {"output_type": "stream", "name": "stdout", "text": "x" * 2**20}
ERROR = {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["x"]}


def displayed(**data) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": {"evil": "x"}}


def shown(**data) -> dict:
    """Return what is kept of something that a cell displays."""
    (kept,) = sanitise.outputs([displayed(**data)])
    assert kept["metadata"] == {}
    return kept["data"]


def test_html_is_cleaned_and_the_text_beside_it_kept():
    data = {"text/html": "<b onclick=x>a</b><script>x</script>", "text/plain": "a"}
    assert shown(**data) == {"text/html": "<b>a</b>", "text/plain": "a"}
    assert shown(**{"text/html": ["<b>", "a"]}) == {"text/html": "<b>a</b>"}


def test_what_is_no_text_and_no_picture_is_left_out():
    acts = {
        "application/javascript": "alert(1)",
        "image/svg+xml": "<svg/>",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "application/vnd.plotly.v1+json": {},
        "text/vnd.mermaid": "<img src=x onerror=alert(1)>",
        "application/pdf": "x",
        "text/html+isolated": "<script>",
        "text/plain": "x",
    }
    assert shown(**acts) == {"text/plain": "x"}


def test_a_picture_is_kept():
    data = {"image/png": f"{PNG}\n", "image/jpeg": base64_of(jpeg())}
    assert shown(**data) == {"image/png": PNG, "image/jpeg": base64_of(jpeg())}
    assert shown(**{"image/png": 'AA" onerror="alert(1)', "text/plain": "x"}) == {"text/plain": "x"}


def test_markdown_and_mathematics_that_are_displayed_do_nothing():
    assert shown(**{"text/markdown": "**a** $b$"}) == {"text/markdown": "**a** $b$"}
    acts = shown(**{"text/markdown": "[a](javascript:alert(1))", "text/latex": r"$\href{x}{y}$"})
    assert "javascript" not in acts["text/markdown"]
    assert acts["text/latex"] == "$∖href{x}{y}$"
    assert shown(**{"text/latex": r"$\frac{1}{2}$"}) == {"text/latex": r"$\frac{1}{2}$"}


def test_markdown_that_is_displayed_has_no_attached_pictures():
    """nbconvert looks for them at the cell, finds none, and stops the whole class."""
    assert "](" not in shown(**{"text/markdown": "![a](attachment:b.png)"})["text/markdown"]


def test_streams_and_errors_keep_their_text_and_its_colours():
    stream = {"output_type": "stream", "name": "nowhere", "text": "<b>\x1b[31ma\x1b[2J\x07"}
    error = {"output_type": "error", "ename": "E", "evalue": 3, "traceback": ["\x1b[1mx"] * 1000}
    kept = sanitise.outputs([stream, error])
    assert kept[0] == {"output_type": "stream", "name": "stdout", "text": "<b>\x1b[31ma"}
    assert kept[1]["evalue"] == "3"
    assert kept[1]["traceback"] == ["\x1b[1mx"] * sanitise.MAX_TRACEBACK


def test_the_value_of_a_submissions_cell_is_no_result():
    """Only a test has a result: nbgrader would take a number for points."""
    output = {"output_type": "execute_result", "data": {"text/plain": "99"}, "metadata": {}}
    assert sanitise.outputs([output])[0]["output_type"] == "display_data"


MARKS = re.compile(r"<!-- (?:BEGIN|END) SOLUTION -->\n?")  # which no learner ever sees


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda p: p.stem
)
def test_what_the_course_itself_shows_is_kept_as_it_is(path):
    allowance = Allowance()
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            text = MARKS.sub("", cell.source)
            assert sanitise.written(text, {}, (), allowance).source == text
        else:
            assert sanitise.code(cell.source, allowance) == cell.source
            kept = sanitise.outputs(cell.outputs, allowance)
            for before, after in zip(cell.outputs, kept, strict=True):
                steps = "lesson-steps" in before.get("data", {}).get("text/html", "")
                assert _data(after, steps) == _data(before, steps)


def test_of_a_strip_its_pictures_and_all_its_words_are_left():
    strip = plots.downhill_steps([1.0, 2.0], [2.0, 4.0], [0.5, 1.1, 1.5], 0.25)
    html = shown(**{"text/html": strip.html(), "text/plain": repr(strip)})["text/html"]
    assert all(escape(caption, quote=False) in html for caption in strip.captions)
    assert escape(strip.summary, quote=False) in html
    assert "<img" in html
    assert 'alt="' in html
    assert not re.search("<(style|form|input|label|button|script)", html)


def _data(output: dict, steps: bool) -> dict:
    """Return what an output shows; a graded page is white, so a figure needs no frame there.

    Of pictures to step through, the words are compared: what is left of them has its own test.
    """
    data = output.get("data", {})
    texts = {kind: _without(data[kind], f' style="{FRAME}"', "<tbody>", "</tbody>")
             for kind in (["text/plain"] if steps else data)}  # fmt: skip
    return texts or output["text"]


def _without(text: str, *parts: str) -> str:
    return reduce(lambda left, part: left.replace(part, ""), parts, text.replace("&#x27;", "'"))


# --- how much ------------------------------------------------------------------------------------


def size(outputs: list[dict]) -> int:
    return len(repr(outputs))


def test_a_long_text_is_cut_and_says_so():
    (kept,) = sanitise.outputs([PRINTED])
    assert len(kept["text"]) < sanitise.MAX_TEXT + 100
    assert kept["text"].endswith(f"(cut: {2 * sanitise.MAX_TEXT} characters)")


def test_a_cell_shows_so_much():
    kept = sanitise.outputs([PRINTED] * 500)
    assert kept[-1]["text"] == sanitise.LEFT_OUT
    assert size(kept) < sanitise.MAX_CELL + 10_000


def test_a_notebook_shows_so_much_in_all_its_cells():
    allowance = Allowance()
    cells = [sanitise.outputs([PRINTED] * 500, allowance) for _ in range(20)]
    assert size(cells) < Allowance().characters + 100_000
    assert all(cell[-1]["text"] == sanitise.LEFT_OUT for cell in cells)


def test_many_small_outputs_are_too_many():
    small = {"output_type": "stream", "name": "stdout", "text": ""}
    assert len(sanitise.outputs([small] * 100_000)) <= sanitise.MAX_CELL // sanitise.OVERHEAD + 1


@pytest.mark.parametrize("count", [1, 500])
def test_an_error_is_kept_where_there_is_no_room(count):
    kept = sanitise.outputs([PRINTED] * count + [ERROR], Allowance(characters=10))
    assert [output["output_type"] for output in kept] == ["stream", "error"]
    short = sanitise.outputs([{**ERROR, "evalue": "x" * 9_000}], Allowance(characters=10))[-1]
    assert (short["ename"], len(short["evalue"]), short["traceback"]) == (ERROR["ename"], 500, [])


@pytest.mark.parametrize(
    "html", ["<b>x</b>" * 10**5, "<div>" * 20_000, "&lt;" * 10**5, "x" * 200_000, "<" * 5 * 2**20]
)
def test_html_that_is_too_much_leaves_the_text_beside_it(html):
    assert shown(**{"text/html": html, "text/plain": "x"}) == {"text/plain": "x"}
    assert shown(**{"text/html": html}) == {"text/html": sanitise.TOO_MUCH}


def test_the_html_of_a_whole_notebook_is_bounded():
    allowance = Allowance()
    table = displayed(**{"text/html": "<td>x</td>" * 4_000, "text/plain": "x"})
    kept = [sanitise.outputs([table], allowance)[0]["data"] for _ in range(50)]
    assert "text/html" in kept[0]
    assert sum("text/html" in data for data in kept) == Allowance().marks // 8_000


def test_a_picture_in_html_is_no_long_html():
    html = f'<img alt="x" src="{PNG_URL}">' * 1_000
    assert shown(**{"text/html": html}) == {"text/html": html}


@pytest.mark.parametrize(
    "nonsense",
    [[3], [{}], [{"output_type": "none"}], [{"output_type": "stream"}], [{"output_type": ["x"]}],
     [{"output_type": "display_data", "data": 3, "metadata": {}}]],
)  # fmt: skip
def test_what_is_no_output_is_an_error(nonsense):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        sanitise.outputs(nonsense)


# --- cells ---------------------------------------------------------------------------------------


def test_a_raw_cell_is_shown_as_it_was_written():
    assert sanitise.raw("plain & simple", Allowance()) == "plain &amp; simple"
    raw = sanitise.raw('<div class="modal-backdrop">\x00$\\href{x}{y}$', Allowance())
    assert raw == '&lt;div class="modal-backdrop"&gt;$∖href{x}{y}$'


def test_code_is_shown_as_it_was_written():
    code = "def f(x):\n    return [\n        1.5, 'é\t'\n    ]"
    assert sanitise.code(code, Allowance()) == code


def test_code_that_takes_long_to_colour_is_shortened():
    assert sanitise.code("a." * 50_000, Allowance()) == "a." * 500 + "…"
    allowance = Allowance()
    shown = [sanitise.code("x = 1\n" * 10_000, allowance) for _ in range(20)]
    assert sum(map(len, shown)) < Allowance().code + 5_000
    assert shown[-1].endswith(sanitise.CODE_LEFT_OUT)


def test_code_of_many_small_parts_is_cut_sooner():
    shown = sanitise.code("x=[" + "1," * 90_000 + "]", Allowance())
    assert shown.endswith(f"\n{sanitise.CODE_LEFT_OUT}")
    assert 30_000 < len(shown) < 40_000


def test_the_text_of_a_whole_notebook_is_bounded():
    allowance = Allowance()
    texts = [sanitise.written("x " * 20_000, {}, (), allowance).source for _ in range(50)]
    assert texts[0] == "x " * 20_000
    assert texts[-1] == markdown.TOO_MUCH
    assert sanitise.raw("x", Allowance(html=0)) == markdown.TOO_MUCH


def test_a_text_as_such():
    assert sanitise.text("**a**") == "**a**"
    assert "javascript" not in sanitise.text("[a](javascript:alert(1))")
