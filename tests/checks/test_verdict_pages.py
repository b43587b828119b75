"""A verdict in words and as HTML: the same parts, in the same order."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from toys import TOY, VALUES

from lessonlib.checks import judge
from lessonlib.checks.showing import as_html
from lessonlib.checks.verdict import Location
from lessonlib.grading.submission.markup import cleaned

STEP = Location(3, "mean = X.mean(axis=0)", "row_stats", "`total` is right. `mean` is not")
EDIT = Location(3, "axis=0", "row_stats", "along which axis it goes")


def wrong(X, scale):
    return scale * X.mean(axis=1) + (X[:, 0] > 1), X.sum(axis=1, keepdims=True)


def with_places(verdict):
    return replace(verdict, step=STEP, edit=EDIT, doubt="Nothing was run.")


def text_of(page: str) -> str:
    """Return the words of a page, in order, without its style."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class Tree(HTMLParser):
    """Reads a page and complains of what is not closed."""

    def __init__(self, page: str):
        super().__init__()
        self.open, self.tags, self.attributes = [], [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def assert_in_order(text: str, *parts: str) -> None:
    places = [text.find(part) for part in parts]
    assert -1 not in places and places == sorted(places), dict(zip(parts, places, strict=True))


PARTS = (
    "not right yet, 1.5 of 3 points",
    "Nothing was run.",
    "mean is wrong",
    "yours",
    "expected",
    "X = np.array([[",
    "`total` is right. `mean` is not: line 3",
    "mean = X.mean(axis=0)",
    "Look there at `axis=0`: along which axis it goes.",
    "entries is wrong",
)


def test_a_message_goes_from_what_to_where_to_why():
    message = " ".join(with_places(judge(TOY, wrong)).message.split())
    assert_in_order(message, *PARTS)
    assert "not: line 3, `mean = X.mean(axis=0)`. Look" in message


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [(3, STEP.code, "Look there: along which axis it goes."),
     (3, "axis=0", "Look there at `axis=0`: along which axis it goes."),
     (2, "X.T", "Look at line 2, `X.T`: along which axis it goes.")],
)  # fmt: skip
def test_a_line_is_named_once(line, code, said):
    verdict = replace(judge(TOY, wrong), step=STEP, edit=replace(EDIT, line=line, code=code))
    assert said in " ".join(verdict.message.split())
    assert said.replace("`", "") in text_of(as_html(verdict, TOY)).replace(" :", ":")


def test_who_is_told_the_line_need_not_look_for_it_by_hand():
    verdict = judge(TOY, lambda X, scale: (X.mean(axis=1) ** 3 + 1, X.sum(axis=1, keepdims=True)))
    for told in (lambda v: v.message, lambda v: text_of(as_html(v, TOY))):
        assert "Work the first one out by hand" in " ".join(told(verdict).split())
        assert "No entry is right." in told(replace(verdict, edit=EDIT))
        assert "by hand" not in " ".join(told(replace(verdict, edit=EDIT)).split())


def test_a_page_says_the_same_in_the_same_order():
    page = as_html(with_places(judge(TOY, wrong)), TOY)
    assert_in_order(text_of(page), *(part.replace("`", "") for part in PARTS[:-2]))
    assert "<code>axis=0</code>: along which axis" in page
    assert "Run it yourself" in page and "row_stats(X, scale)" in page


@pytest.mark.parametrize("answer", [wrong, lambda X, s: None, lambda X, s: X[99], lambda X, s: X])
def test_a_page_is_whole_and_does_nothing(answer):
    tree = Tree(as_html(judge(TOY, answer), TOY))
    assert not {"script", "img", "link", "iframe", "a"} & set(tree.tags)
    assert not [name for name, _ in tree.attributes if name.startswith("on") or name == "src"]
    assert ("role", "status") in tree.attributes


@pytest.mark.parametrize("harm", ["while True: pass", "exit = __import__('os')._exit(1)"])
def test_nobody_is_asked_to_run_what_had_to_be_stopped(harm):
    names = {}
    exec(f"def row_stats(X, scale):\n    {harm}", names)
    page = as_html(judge(replace(TOY, seconds=0.2), names["row_stats"]), TOY)
    assert "X = np.array" in page
    assert "Run it yourself" not in page
    assert "Run it yourself" in as_html(judge(TOY, lambda X, scale: X[99]), TOY)


def test_differing_entries_are_marked_by_a_sign():
    page = as_html(judge(TOY, wrong), TOY)
    assert re.findall(r'<td class="ll-off">[^<]* ≠</td>', page)
    assert page.count("≠") == page.count('class="ll-off"') < page.count("<td")


def test_numbers_that_differ_late_are_told_with_more_digits():
    verdict = judge(TOY, lambda X, s: (s * X.mean(axis=1) + 1e-6, X.sum(1, keepdims=True)))
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", as_html(verdict, TOY))
    assert len({cell.strip(" ≠") for cell in cells}) == len(cells)


def test_what_an_answer_says_is_text():
    def evil(X, scale):
        raise ValueError("<script>alert(1)</script> $\\href{x}{y}$ <b>bold</b>")

    page = as_html(judge(TOY, evil), TOY)
    assert "<script>" not in page and "<b>bold" not in page and "&lt;script&gt;" in page
    shown = as_html(judge(TOY, lambda X, s: ("<i>", "<i>")), TOY)
    assert "<i>" not in shown and "&lt;i&gt;" in shown


def test_typed_values_show_neither_the_right_ones_nor_which_are_wrong():
    page = as_html(judge(VALUES, named={"p": 4.0, "q": np.array([1.0, 7.0])}), VALUES)
    assert "yours" in page and "expected" not in page and "≠" not in page


def test_a_right_answer_says_how_far_one_is():
    page = as_html(judge(TOY, TOY.reference), TOY, "Lesson 01: 3 of 15 points so far.")
    assert text_of(page) == (
        "✓ toy.row_stats: right. 3 of 3 points. Lesson 01: 3 of 15 points so far."
    )
    assert "<details>" not in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [(np.zeros((30, 30)), "<pre"), (np.zeros((2, 2, 2)), "<pre"), ("text", "<pre"),
     (np.array([[True, False]]), "<td>True</td>"), (np.float64(2.5), "<td>2.5</td>"),
     (np.array([np.nan, 1e-9]), "nan"), (np.array([]), "<pre"), (None, "None")],
)  # fmt: skip
def test_any_value_can_be_shown(value, shown):
    verdict = judge(TOY, wrong)
    first = replace(verdict.outputs[0], mine=value)
    page = as_html(replace(verdict, outputs=(first, *verdict.outputs[1:])), TOY)
    assert Tree(page) and shown in page


def test_the_feedback_pages_cleaning_leaves_all_words():
    page = as_html(with_places(judge(TOY, wrong)), TOY)
    assert text_of(cleaned(page)) == text_of(page)
