"""Formulas on feedback pages: all of the lessons' are shown, and none of anybody's does more."""

import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest

from lessonlib.grading.feedback.mathematics import MAX_IN_ALL, Formulas, mathml

ROOT = Path(__file__).parents[3]
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(.+?)(?<![\\$])\$", re.DOTALL)


def formulas(path):
    """Yield the formulas of a notebook's texts, and whether each has lines of its own."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for found in FORMULA.finditer(cell.source):
                yield found[1] or found[2], bool(found[1])


def shape(made):
    """Return a formula's elements and texts, as a browser would read them."""
    return [(e.tag, e.text or "") for e in ET.fromstring(made).iter() if e.tag != "mrow"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda p: p.stem
)
def test_every_formula_of_a_lesson_is_shown(path):
    unread = [
        tex for tex, block in formulas(path) if not mathml(tex, "block" if block else "inline")
    ]
    assert unread == []


def test_a_fraction_an_index_and_a_power():
    assert shape(mathml(r"\frac{x_1}{y^2}", "inline")) == [
        ("math", ""), ("mfrac", ""), ("msub", ""), ("mi", "x"), ("mn", "1"),
        ("msup", ""), ("mi", "y"), ("mn", "2"),
    ]  # fmt: skip


def test_a_matrix_has_its_rows_and_brackets():
    made = mathml(r"\begin{pmatrix} 1 & -1 \\ 0 & 2 \end{pmatrix}", "block")
    found = shape(made)
    assert [text for tag, text in found if tag in ("mo", "mn")] == list("(1−102)")
    assert [tag for tag, _ in found].count("mtr") == 2


def test_a_name_is_one_word():
    assert ("mi", "relu") in shape(mathml(r"\mathrm{relu}(z)", "inline"))


@pytest.mark.parametrize(
    ("tex", "is_prefix"),
    [
        ("x = -1", True),
        ("(-1)", True),
        ("a - 1", False),
        (r"\ldots + 1", False),
        ("|x| - 1", False),
    ],
)
def test_a_sign_stands_close_to_what_it_belongs_to(tex, is_prefix):
    assert ('form="prefix"' in mathml(tex, "inline")) is is_prefix


RUN = "alert(1)"
MORE = [
    rf"\href{{javascript:{RUN}}}{{x}}",
    r"\style{position:fixed;top:0}{x}",
    r"\class{modal-backdrop}{x}",
    r"\hspace{-90em}left",
    r"\kern900em x",
    r"\raise500em{x}",
    r"\rlap{\rule{900em}{900em}}",
    r"\Huge x",
    r"\color{red}x",
    r"\unknown{x}",
    r"\frac{",
    r"x^2^3",
    "{" * 3_000,
    "{" * 900 + "x" + "}" * 900,
    r"\left(" * 300,
]


@pytest.mark.parametrize("tex", MORE, ids=lambda tex: tex[:20])
def test_what_is_more_than_mathematics_is_shown_as_it_was_written(tex):
    assert mathml(tex, "inline") == ""
    shown = Formulas().inline(tex)
    assert shown.startswith('<code class="tex">$') and "<" not in shown[18:].replace("</code>", "")


TEXTS = [r"\text{<img src=x onerror=alert(1)>}", "a < b", "a & b", r"\text{&lt;script&gt;}"]


@pytest.mark.parametrize("tex", TEXTS)
def test_no_text_becomes_markup(tex):
    made = mathml(tex, "inline")
    allowed = r"</?(math|mrow|mi|mo|mtext)( display=\"inline\")?>"
    assert not re.search("[<>]", re.sub(allowed, "", made))


def test_a_page_takes_no_more_formulas_than_anybody_needs():
    page = Formulas()
    started = time.process_time()
    shown = [page.inline("x + " * 240 + str(n)) for n in range(100)]
    typeset = ["<math" in each for each in shown]
    assert typeset[0] and not typeset[-1] and sum(typeset) * 960 <= MAX_IN_ALL
    assert time.process_time() - started < 20  # seconds; it takes one
