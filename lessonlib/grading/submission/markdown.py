"""Markdown that does nothing on the page it is put into: parsed by what makes the pages.

nbconvert turns Markdown into HTML for Formgrader and for feedback. The same parser reads a text
here; where the HTML that comes of it has nothing to be taken away, the text stays as it was
written, else the cleaned HTML takes its place.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

from lessonlib.grading.submission.markup import cleaned, defused, has_long_runs, printable
from lessonlib.grading.submission.pictures import DATA_URL, KINDS

MAX_MARKDOWN = 50_000  # characters, pictures not counted
MAX_MARKS = 10_000  # characters that mean something in Markdown, and lines
MAX_OPENERS = 200  # of mathematics: for each of them the parser looks for an end
MAX_CODE = 10_000  # characters of Python in a fence: colouring it takes its time
COLOURED = {"", "python", "python3", "py", "ipython", "ipython3", "text", "txt", "console", "bash"}
TOO_MUCH = "(too much text to show; it is in what was handed in)"
# A grey square: nbconvert refuses a notebook in which a picture is missing.
MISSING = (
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAE0lEQVR4nGNsYEAFTAyjAsNIAAAZ/wCQ9a7jHQAAAABJ"
    "RU5ErkJggg=="
)
_MEANS = "[]()<>*_`~$\\|#=!&-\n"
_OPENERS = ("\\\\[", "\\\\(", "\\begin{")
_UNREAD = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_[]$~\n"}

Attachments = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Written:
    """A text cell as a page may have it.

    attachments: the pictures that its text refers to, by name and kind.
    """

    source: str
    attachments: Attachments = field(default_factory=dict)


def harmless(
    source: str, attachments: Attachments | None = None, taken: Collection[str] = ()
) -> Written:
    """Return a text that shows the same as this one, and does nothing.

    taken: ids that the page has already: a heading is given one made of its text.
    """
    source, own = printable(source), attachments or {}
    if not fits(source):
        return Written(TOO_MUCH)
    try:
        read = _read(source, own, taken)
        clean = cleaned(read.html)
        if not read.acts and _same(read.html, clean):
            return Written(source, with_missing(own, read.missing))
        return Written(_in_one_line(clean) or escaped(source))
    except Exception:  # what the parser stumbles over here, it would on the page
        return Written(escaped(source))


def fits(source: str) -> bool:
    """Return whether a text is small enough to be parsed in no time."""
    size, openers = len(DATA_URL.sub("", source)), sum(map(source.count, _OPENERS))
    return size <= MAX_MARKDOWN and marks(source) <= MAX_MARKS and openers <= MAX_OPENERS


def marks(source: str) -> int:
    """Return how many characters of a text mean something to the parser: these take it time."""
    return sum(map(source.count, _MEANS))


def escaped(source: str) -> str:
    """Return a text as HTML that shows it letter by letter."""
    return f"<pre>{_unread(html.escape(defused(source), quote=False))}</pre>"


def missing_pictures(source: str, attachments: Attachments) -> set[str]:
    """Return the names of the pictures that a text of the lesson's own refers to in vain."""
    return _read(source, attachments, ()).missing if "attachment:" in source else set()


def with_missing(attachments: Attachments, missing: Collection[str]) -> Attachments:
    """Return the pictures with a grey square for each one that is missing."""
    return attachments | {name: {"image/png": MISSING} for name in missing}


# --- the parser ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """The HTML of a text, whether it is more than that, and the pictures that are missing."""

    html: str
    acts: bool
    missing: set[str]


def _read(source: str, attachments: Attachments, taken: Collection[str]) -> _Read:
    renderer_class, parser_class = _classes()
    renderer = renderer_class(escape=False, attachments=attachments)
    renderer.acts, renderer.missing, renderer.taken = False, set(), taken
    made = parser_class(renderer=renderer).render(source)
    return _Read(made.replace("\r\n", "\n").replace("\r", "\n"), renderer.acts, renderer.missing)


@cache
def _classes() -> tuple[type, type]:
    """Return nbconvert's renderer, without its decorations, and its parser."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """Writes as nh3 does, so that the two can be compared; no ids, classes or colours."""

        acts: bool
        missing: set[str]
        taken: Collection[str]

        def heading(self, text: str, level: int, **attrs) -> str:
            decorated = super().heading(text, level, **attrs)
            found = re.match(r'<h\d id="([^"]*)"', decorated)
            name = html.unescape(found[1]) if found else ""
            # It is written as XML, in which `<b></b>` becomes `<b />`: that never ends in HTML.
            self.acts = self.acts or name in self.taken or "></" in text
            return f"<h{level}>{text}</h{level}>\n"

        def block_code(self, code: str, info: str | None = None) -> str:
            language = (info or "").split(maxsplit=1)[:1]
            plain = "".join(language) in COLOURED
            # A diagram's text goes into the page as it is; some languages take for ever to colour.
            long = bool(language) and (len(code) > MAX_CODE or has_long_runs(code))
            self.acts = self.acts or not plain or long
            return f"<pre><code>{html.escape(code, quote=False)}</code></pre>\n"

        def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
            tag, where = "th" if head else "td", f' align="{align}"' if align else ""
            return f"<{tag}{where}>{text}</{tag}>\n"

        def task_list_item(self, text: str, checked: bool = False) -> str:
            return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

        def link(self, text: str, url: str, title: str | None = None) -> str:
            attributes = {
                "href": url,
                "title": title or None,
                "rel": "noopener noreferrer nofollow",
            }
            return f"<a{self.render_attrs(attributes)}>{text}</a>"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return super().image(text, url, title).replace(" />", ">")

        def linebreak(self) -> str:
            return "<br>\n"

        def thematic_break(self) -> str:
            return "<hr>\n"

        def _embed_image_or_attachment(self, src: str) -> str:
            name = src.removeprefix("attachment:")
            if name == src:
                return src
            found = self.attachments.get(name) or {"image/png": MISSING}
            self.missing |= {name} - self.attachments.keys()
            return next(f"data:{kind};base64,{found[kind]}" for kind in KINDS if kind in found)

    return Renderer, MarkdownWithMath


def _same(made: str, clean: str) -> bool:
    return _canonical(made) == _canonical(clean)


def _canonical(text: str) -> str:
    return text.replace("&quot;", '"').replace("\xa0", "&nbsp;").strip()


# --- HTML in Markdown ----------------------------------------------------------------------------


def _in_one_line(clean: str) -> str:
    """Return HTML as Markdown that means just that; "" if the parser should see more in it."""
    whole = f"<div>{clean.strip()}</div>"
    line = _unread(whole)
    means_that = _same(cleaned(line), whole) and _read(line, {}, ()).html.strip() == line
    return line if means_that else ""


def _unread(html: str) -> str:
    """Return HTML without a character that Markdown would read: a browser sees the same."""
    return html.translate(_UNREAD)
