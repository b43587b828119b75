"""A learner's Markdown does nothing on the pages; what does nothing is kept as it was written."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import strip_files_prefix
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pictures_of import PNG, PNG_URL

from lessonlib.grading.submission.markdown import (
    MAX_MARKDOWN,
    MAX_MARKS,
    MISSING,
    TOO_MUCH,
    escaped,
    harmless,
    missing_pictures,
    with_missing,
)
from lessonlib.grading.submission.markup import ATTRIBUTES, LINK, MAIL, TAGS
from lessonlib.grading.submission.pictures import data_url

PICTURES = {"image.png": {"image/png": PNG}}
TAKEN = {"start-explain", "notebook"}


def shown(source: str, attachments=None) -> str:
    """Return the HTML of a text on the pages, as nbconvert's exporter makes it."""
    renderer = IPythonRenderer(escape=False, attachments=attachments or {})
    return strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source))


class Found(HTMLParser):
    """What a page has of tags and attributes, but for nbconvert's own decorations."""

    def __init__(self, html: str):
        super().__init__()
        self.faults, self.ids, self.open, self.deep = [], set(), [], 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS and (tag, dict(attrs).get("type")) != ("input", "checkbox"):
            self.faults.append(tag)
        for name, value in attrs:
            self.attribute(tag, name, value or "")
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def attribute(self, tag, name, value):
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | {"rel"}
        if name == "href":
            fine = LINK.fullmatch(value) or MAIL.fullmatch(value) or value[1:] in self.ids
        elif name == "src":
            fine = data_url(value)
        elif name == "id":
            self.ids.add(value)
            fine = re.fullmatch("h[1-6]", tag) and value not in TAKEN
        elif name == "class":
            fine = tag in ("span", "div", "code", "a", "input", "li") and DECORATION.match(value)
        elif name == "style":
            fine = tag in ("td", "th") and re.fullmatch("text-align:(left|right|center)", value)
        else:
            fine = name in allowed or tag == "input"
        if not fine:
            self.faults.append((tag, name, value))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)  # `<b />` never ends

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag}")

    def handle_comment(self, data):
        self.faults.append(f"<!--{data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


WITHOUT_END = ("br", "hr", "img", "input")
DECORATION = re.compile(r"highlight|anchor-link|task-list-item|[a-z][a-z0-9]?$|$|language-")


def assert_harmless(source: str, attachments=None) -> str:
    """Check what the pages make of a text, and return what is kept of it."""
    written = harmless(source, attachments, TAKEN)
    html = shown(written.source, written.attachments)
    found = Found(html)
    assert not found.faults and not found.open, (found.faults, found.open, html)
    assert not re.search(r"\\(href|require|class|style|def)(?![a-z])", html)
    return written.source


KEPT = [
    "plain words, \"quoted\" 'too' & so on; a < b > c; é ü “x” \u00a0 – …",
    "# Title\n\nand *em* **b** `code <b>` ~~s~~ <b>bold</b> a<br>b <kbd>x</kbd>",
    "H\n===\n\nh2\n---\n\n## *a* `b`",
    "$a<b$ and $$\\frac{1}{2}$$\n\n\\begin{align}a&=b\\\\c&=d\\end{align}",
    "so $a_1 * b_2 * c_3$ and \\\\(x\\\\) cost \\$5",
    "- a\n- b\n  - c\n\n1. x\n2. y\n\n5. five",
    "| a | b |\n|---|--:|\n| 1 | *2* |\n| $x$ | 3 |",
    '[x](https://a.example/d?e=f&g=h "t") <https://x.example> https://auto.example/link',
    "[r] and [s][r]\n\n[r]: https://a.example/x 'T'",
    "> quote\n\n---\n\n```python\nx = 1 < 2\n```\n\n```\ny\n```\n\n    indented",
    "- [ ] to do\n- [x] done",
    "term\n: what it means",
    "a\\*b &amp; &lt; &nbsp; a_b_c 2*3*4 [not a link] (x) a|b ^ {}",
    "![p](attachment:image.png) and ![q](attachment:image.png 'title')",
    f"![p]({PNG_URL})",
    "line  \nbreak\\\nx\r\ny\rz",
    "<details><summary>x</summary>y</details>",
    "<mail@x.example>",
    "",
    "\n\n",
]


@pytest.mark.parametrize("source", KEPT)
def test_what_does_nothing_is_kept_byte_for_byte(source):
    assert assert_harmless(source, PICTURES) == source


ACTS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<javascript:alert(1)> 'title')",
    "[x](\x01javascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "<javascript:alert(1)>",
    "<http:logout>",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[r]\n\n[R]:\n  <javascript:alert(1)>\n  'title'",
    "[a [b](javascript:alert(1)) c](https://a.example)",
    "[![x](/logout)](javascript:alert(1))",
    '[x](javascript:alert(1) "a\' onclick=\'alert(1)")',
    "![x](http://evil.example/x.png)",
    "![x](//evil.example/x.png)",
    "![x](/logout)",
    "![x][r]\n\n[r]: /logout",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](/logout)",
    "[x](#notebook)",
    "[x](files/javascript:alert(1))",
    "[x](/files/javascript:alert(1))",
    '<a href="files/javascript:alert(1)">x</a>',
    "[x](attachment:image.png)",
    '<div class="modal-backdrop">x</div>',
    'a <span class="modal-backdrop" style="position:fixed">x</span>',
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
    "```mermaid-x\n</pre><script>alert(1)</script>\n```",
    "```\"onmouseover=alert(1)\n```",
    "<!-- <script>alert(1)</script> -->",
    "<!-->\n<script>alert(1)</script>\n-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "# <![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    "<script>\nalert(1)\n</script>",
    "<style>* {display: none}</style>",
    "<pre>\n<script>alert(1)</script>\n</pre>",
    "<textarea>\n<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "x <img\nsrc=x\nonerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form action=/logout><input><button>b</button></form>",
    "<iframe src=/logout></iframe>",
    "<meta http-equiv=refresh content='0;url=/logout'>",
    "<base href=//evil.example>",
    "<a name=x id=notebook>z</a>",
    "<font size=100>x</font>",
    "<b>unclosed",
    "<details>",
    "</div></div></div></body>x",
    "<table><tr><td>x",
    "# start-explain",
    "start-explain\n-----",
    "# <b></b>x",
    "# <details></details>x",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\\\href{javascript:alert(1)}{x}$",
    "$$\\require{action}$$ \\begin{align}\\class{x}{y}\\end{align}",
    "$\\def\\frac{x}$",
    "$a$ <a href='javascript:alert(1)'>$b$</a>",
    "~~[x](javascript:alert(1))~~",
    "| [x](javascript:alert(1)) | <img src=x onerror=alert(1)> |\n|---|---|\n| <script> | x |",
    "term\n: [x](javascript:alert(1))",
    "- [ ] <img src=x onerror=alert(1)>",
    "> <script>alert(1)</script>",
    "1. <script>alert(1)</script>\n\n       <script>alert(1)</script>",
    "\\<script>alert(1)</script>",
    "`` ` `` <script>alert(1)</script>",
    "a\n<script>alert(1)</script>",
    "<div>\n\n[x](javascript:alert(1))\n\n</div>",
    "<pre>\n\n*x*</pre>\n\n[x](javascript:alert(1))",
    "```haskell\nx\n```",
    "\u202ereversed\u0000",
    "&lt;script&gt; <script>",
    "![x](attachment:none.png)[y](javascript:alert(1))",
]  # fmt: skip


@pytest.mark.parametrize("source", ACTS)
def test_what_acts_is_taken_out(source):
    kept = assert_harmless(source, PICTURES)
    assert kept != source
    assert_harmless(kept)


@pytest.mark.parametrize("source", [*KEPT, *ACTS])
def test_letter_by_letter_everything_is_harmless(source):
    found = Found(shown(escaped(source)))
    assert not found.faults and not found.open


def test_the_rest_of_a_text_that_acts_is_still_there():
    source = "**Because** $a_1 * b_2$ is `x_1` in\n\n```python\nfor i in x:\n    y[i] *= 2\n```\n"
    kept = assert_harmless(
        f"{source}\n[x](javascript:alert(1)) ![p](attachment:image.png)", PICTURES
    )
    assert "\n" not in kept
    html = shown(kept)
    assert "<strong>Because</strong>" in html
    for entity, sign in (("&#36;", "$"), ("&#95;", "_"), ("&#42;", "*"), ("&#10;", "\n")):
        html = html.replace(entity, sign)
    assert "$a_1 * b_2$" in html and "<code>x_1</code>" in html
    assert PNG_URL in html


def test_a_picture_that_is_missing_stops_no_page():
    source = "![x](attachment:none.png)"
    written = harmless(source, PICTURES)
    assert written.source == source
    assert written.attachments == PICTURES | {"none.png": {"image/png": MISSING}}
    assert MISSING in shown(written.source, written.attachments)


def test_the_lessons_own_text_is_asked_what_it_misses():
    source = "![x](attachment:image.png) ![y](attachment:none.png) <div class=own>"
    assert missing_pictures(source, PICTURES) == {"none.png"}
    assert missing_pictures("no picture <div class=own>", {}) == set()
    assert with_missing(PICTURES, {"none.png"}).keys() == {"image.png", "none.png"}


@pytest.mark.parametrize(
    "source",
    ["x" * (MAX_MARKDOWN + 1), "*" * (MAX_MARKS + 1), "\\begin{a}" * 300, "\\\\[" * 300],
    ids=lambda source: source[:9],
)
def test_what_would_take_long_is_not_read(source):
    assert harmless(source).source == TOO_MUCH
    assert shown(TOO_MUCH).count("<") == 2


def test_a_large_picture_in_a_text_is_no_long_text():
    data = "A" * 3 * MAX_MARKDOWN
    assert harmless(f"![x](data:image/png;base64,{data})").source != TOO_MUCH


PIECES = st.sampled_from(
    ["[x](", ")", "javascript:alert(1)", "https://a.example", "<a href='", "'>", "<b>", "</b>",
     "`", "```", "```mermaid\n", "\n", "\n\n", "    ", "> ", "- ", "# ", "start-explain", "$",
     "$$", "\\", "\\[", "\\begin{a}", "\\end{a}", "<!--", "-->", "<script>", "</script>",
     "onerror=", "<img src=", "![", "](", "attachment:", "image.png", "[r]: ", "[r]", "|",
     "|-|\n", "*", "_", "~~", "&#", "58;", "&lt;", "<div>", "</div>", "<pre>", "</pre>", '"',
     "<", ">", "=", "---", "\\href{", "}", "x", " ", "<details>", "<?", "?>", "<![CDATA[",
     "]]>", "files/", "- [ ] ", "a\n: ", "\t", "http:"]
)  # fmt: skip


@settings(deadline=None, max_examples=400, derandomize=True)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_however_a_text_is_put_together_it_is_harmless(source):
    assert_harmless(source, PICTURES)
