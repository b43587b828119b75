"""HTML and text that do nothing on the page they are put into."""

import pytest
from pictures_of import PNG_URL

from lessonlib.grading.submission.markup import (
    MAX_COLOURS,
    MAX_DEPTH,
    MAX_RUN,
    cleaned,
    cut,
    defused,
    has_long_runs,
    printable,
    with_short_runs,
)

REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>alert(1)</script>x", "x"),
        ("<style>* {display: none}</style>x", "x"),
        ("<img src=x onerror=alert(1)>", "<img>"),
        ("<svg onload=alert(1)><script>alert(1)</script></svg>", ""),
        ("<iframe src='data:text/html,x'></iframe>", ""),
        ("<form action=/formgrader><input><button>ok</button></form>", "ok"),
        ("<p style='position: fixed'>x</p>", "<p>x</p>"),
        ('<div class="modal-backdrop" id="notebook">x</div>', "<div>x</div>"),
        ("<meta http-equiv=refresh content=0><base href=//evil.example>x", "x"),
        ("<a name=top>x</a>", f"<a {REL}>x</a>"),
        ("<font size=100><big>x</big></font><marquee>y</marquee>", "xy"),
        ("<math><mi//xlink:href='data:x,<script>alert(1)</script>'></math>", ""),
        ("<!-- x --><?php x ?>y", "y"),
        ("</div></div></body>x", "x"),
        ("<details><summary>x", "<details><summary>x</summary></details>"),
        ("<object data=x></object><embed src=x><video src=x autoplay></video>", ""),
        ("<template><img src=x onerror=alert(1)></template>", ""),
        ("<b onclick=x title='a\"b'>x</b>", '<b title="a&quot;b">x</b>'),
        (
            "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
            "&lt;p title='<img>'&gt;",
        ),
    ],
)
def test_html_that_acts_is_taken_apart(html, expected):
    assert cleaned(html) == expected


@pytest.mark.parametrize(
    "href",
    ["https://a.example/b?c=d&e=f#g", "http://www.b.example", "HTTPS://c.example:8080/",
     "https://é.example/", "mailto:a.b+c@d.example"],
)  # fmt: skip
def test_links_to_other_hosts_are_kept(href):
    assert f'href="{href}"'.replace("&", "&amp;") in cleaned(f'<a href="{href}">x</a>')


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
     "javascript&#58;alert(1)", "vbscript:x", "data:text/html,x", "/logout", "//evil.example",
     "logout", "#top", "?x", "http:logout", "https:/logout", "http://localhost/logout",
     "http://127.0.0.1:8888/logout", "http://[::1]/", "http://2130706433/", "files/javascript:x",
     "https://a.example:1@evil", "mailto:a@b.example?body=x", "file:///etc/passwd", "\\\\evil"],
)  # fmt: skip
def test_no_other_address_is(href):
    assert cleaned(f'<a href="{href}">x</a>') == f"<a {REL}>x</a>"


@pytest.mark.parametrize(
    "src",
    ["http://evil.example/x.png", "/logout", "x.png", "data:image/svg+xml;base64,PHN2Zy8+",
     "data:image/png;base64,PHN2Zy8+", "data:text/html,x", "javascript:alert(1)", "//evil.example",
     "attachment:x.png"],
)  # fmt: skip
def test_no_picture_is_fetched(src):
    assert cleaned(f'<img alt="x" src="{src}">') == '<img alt="x">'


def test_a_figure_of_the_course_is_kept_whole():
    figure = f'<img alt="Two moons" src="{PNG_URL}" width="480">'
    assert cleaned(figure) == figure


def test_a_film_of_the_course_has_its_still_picture():
    still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{PNG_URL}">'
    film = f'<picture>{still}<img alt="x" src="{PNG_URL}"></picture>'
    assert cleaned(film) == film
    assert cleaned('<source media="x" srcset="/logout 2x">') == "<source>"


@pytest.mark.parametrize("size", ["99999", "-1", "calc(1px)", "1e9", "3000"])
def test_a_picture_has_no_odd_size(size):
    assert cleaned(f'<img alt="x" width="{size}" height="{size}">') == '<img alt="x">'


def test_a_pandas_frame_still_reads_as_a_table():
    pandas = pytest.importorskip("pandas")
    html = pandas.DataFrame({"a": [1, 2], "b": ["<x>", "y"]}).to_html()
    kept = cleaned(html)
    assert "<tr><th>0</th><td>1</td><td>&lt;x&gt;</td></tr>" in "".join(kept.split())
    assert cleaned(kept) == kept


def test_what_is_nested_too_deep_is_shown_as_text():
    assert cleaned("<div>" * MAX_DEPTH + "x").count("<div>") == MAX_DEPTH
    assert cleaned("<div>" * (MAX_DEPTH + 1) + "x") == "<pre>x</pre>"


def test_headings_do_not_make_each_other_larger():
    assert cleaned("<h1>x</h1><h2>y</h2>") == "<h1>x</h1><h2>y</h2>"
    assert cleaned("<h1><div><h1>x") == "<pre>x</pre>"


# --- mathematics ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "macro",
    [r"\href{javascript:alert(1)}{x}", r"\url{x}", r"\require{action}", r"\class{modal}{x}",
     r"\style{position:fixed}{x}", r"\cssId{notebook}{x}", r"\htmlClass{x}{y}", r"\htmlData{x}{y}",
     r"\mmlToken{mi}[href=x]{y}", r"\unicode[x]{65}", r"\bbox[999px]{x}", r"\def\frac{x}",
     r"\renewcommand{\frac}[2]{x}", r"\let\alpha\beta", r"\rule{999em}{999em}", r"\smash{x}",
     r"\llap{x}", r"\raise99em{x}", r"\hspace{-50em}", r"\hspace{500em}", r"\hspace*{500em}",
     r"\kern-50em", r"\Huge x"],
)  # fmt: skip
def test_macros_that_are_no_mathematics_are_shown(macro):
    assert defused(f"${macro}$") == f"${macro.replace(chr(92), chr(0x2216), 1)}$"


def test_a_macro_cannot_be_put_together_from_pieces():
    assert r"\href" not in cleaned(r"$\hr<!-- -->ef{javascript:alert(1)}{x}$")
    assert r"\href" not in cleaned(r"$\hr<wbr>ef{javascript:alert(1)}{x}$")
    assert r"\href" not in cleaned(r"$\h&#114;ef{javascript:alert(1)}{x}$")


@pytest.mark.parametrize(
    "text",
    [r"$\frac{1}{2} \hspace{1cm} \alpha$", r"\begin{align} a &= b \\ c &= d \end{align}",
     r"\\[2pt] \urlencoded \classes \definitely \rules \left( \hspace{0.5 em}", "C:\\new"],
)  # fmt: skip
def test_mathematics_stays(text):
    assert defused(text) == text


def test_rows_stay_near_each_other():
    assert defused(r"a \\[-50em] b \\[999em] c") == "a ∖∖[-50em] b ∖∖[999em] c"


# --- text ----------------------------------------------------------------------------------------


def test_control_characters_are_removed():
    text = "a\x00\x08\x1b[2Jb\x1b]8;;http://evil.example\x07c\x1b]8;;\x1b\\d\x7f\u202ee\n\tf\ud800"
    assert printable(text) == "abcde\n\tf?"


def test_colours_are_kept_where_the_page_shows_them():
    red = "\x1b[31mred\x1b[0m \x1b[1A"
    assert printable(red, colours=True) == "\x1b[31mred\x1b[0m "
    assert printable(red) == "red "
    assert printable("\x1b[31mx" * (MAX_COLOURS + 1), colours=True) == "x" * (MAX_COLOURS + 1)


def test_marks_are_not_piled_up():
    assert printable("e\u0301 a\u0308\u0323") == "e\u0301 a\u0308\u0323"
    assert len(printable("a" + "\u0301" * 500)) == 5


def test_what_is_cut_says_so():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc\n… (cut: 4 characters)"


def test_long_runs_are_shortened():
    short, long = "a.b " * 5_000, "a." * MAX_RUN
    assert with_short_runs(short) == short and not has_long_runs(short)
    assert with_short_runs(f"x = {long}") == f"x = {long[:MAX_RUN]}…" and has_long_runs(long)
