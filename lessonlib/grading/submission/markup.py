"""HTML and text that do nothing on the page they are put into: nothing runs, loads or covers it."""

import re
from functools import cache

from lessonlib.grading.submission.pictures import data_url

MAX_DEPTH = 60  # of tags within tags
MAX_COLOURS = 2_000  # changes of colour in a text
MAX_RUN = 1_000  # characters
MAX_ATTRIBUTE = 2_000  # characters; a picture has a limit of its own
TAGS = frozenset(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 "
    "h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s samp small source span strong "
    "sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES = {
    "*": {"title"},
    "a": {"href"},
    "img": {"alt", "src", "width", "height"},
    "ol": {"start"},
    "source": {"media", "srcset"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
WITHOUT_END = {"br", "hr", "img", "source"}
# A host needs a dot and letters behind it: `http:logout` and `http://127.0.0.1/` lead to the page's
# own server, as every address without a host does.
LINK = re.compile(r"https?://(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
MAIL = re.compile(r"mailto:[\w.+-]+@[\w.-]+", re.IGNORECASE)
_ALLOWED = {
    "align": re.compile(r"left|right|center"),
    "colspan": re.compile(r"\d{1,2}"),
    "rowspan": re.compile(r"\d{1,2}"),
    "start": re.compile(r"\d{1,4}"),
    "media": re.compile(r"\(prefers-reduced-motion: reduce\)"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "width": re.compile(r"\d{1,3}%?|[12]\d{3}"),
    "height": re.compile(r"\d{1,3}%?|[12]\d{3}"),
}


def cleaned(html: str) -> str:
    """Return HTML with nothing in it that acts, well formed, as a browser writes it."""
    clean = _cleaner(TAGS).clean(html)
    if not _is_flat(clean):
        clean = f"<pre>{_cleaner(frozenset()).clean(html)}</pre>"
    return defused(clean)


@cache
def _cleaner(tags: frozenset[str]):
    import nh3  # only where somebody shows HTML

    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag == "*" or tag in tags},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute may have; None takes it away."""
    if name in ("src", "srcset"):
        return data_url(value) or None
    if len(value) > MAX_ATTRIBUTE:
        return None
    if name == "href":
        return value if LINK.fullmatch(value) or MAIL.fullmatch(value) else None
    allowed = _ALLOWED.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


def _is_flat(clean: str) -> bool:
    """Whether tags are not nested too deep, and no heading makes another one larger still."""
    depth, headings = 0, 0
    for end, tag in re.findall(r"<(/?)([a-z0-9]+)", clean):
        if tag not in WITHOUT_END:
            step = -1 if end else 1
            depth += step
            headings += step if len(tag) == 2 and tag[0] == "h" else 0
        if depth > MAX_DEPTH or headings > 1:
            return False
    return True


# --- mathematics ---------------------------------------------------------------------------------

# What MathJax can do beside mathematics: link, load, style, name, move out of its place, and give
# the page's other formulas another meaning.
_MACROS = (
    "href url require class style cssId html[A-Za-z]* data mmlToken unicode bbox toggle mathtip "
    "texttip includegraphics def gdef edef xdef let newcommand renewcommand providecommand "
    "newenvironment renewenvironment DeclareMathOperator rule Rule Space raise lower moveleft "
    "moveright raisebox kern mkern hskip mskip mspace llap rlap smash mathllap mathrlap mathclap "
    "above abovewithdelims Huge huge"
).split()
_MACRO = re.compile(
    rf"\\(?=(?:{'|'.join(_MACROS)})(?![A-Za-z])|hspace(?!\*?\s?\{{\d?\d(?:\.\d\d?)?\s?[a-z]{{2}}\}}))"
)
_ROW = re.compile(r"\\\\(?=\*? ?\[\s?(?:[-+]|\.?\d{3}))")  # a row that starts far from the last one
_SEEN = "\N{SET MINUS}"


def defused(text: str) -> str:
    """Return a text whose mathematics is mathematics only; the rest of it can be seen, not used."""
    return _ROW.sub(_SEEN * 2, _MACRO.sub(_SEEN, text)) if "\\" in text else text


# --- text ----------------------------------------------------------------------------------------

_COLOUR = r"\x1b\[[0-9;]{0,20}m"
_CONTROL = re.compile(
    rf"({_COLOUR})|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
# Marks that are drawn above and below one letter, and can be piled over half a page.
_PILE = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def printable(text: str, colours: bool = False) -> str:
    """Return a text that UTF-8 can hold, without control characters but for lines and tabs.

    With `colours`, a terminal's colours are kept where there are not too many.
    """
    text = text.encode("utf-8", "replace").decode()
    if text.isascii() and text.isprintable():
        return text
    colours = colours and text.count("\x1b[") <= MAX_COLOURS
    return _PILE.sub(r"\1", _CONTROL.sub(r"\1" if colours else "", text))


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, and say if it was longer."""
    return text if len(text) <= most else f"{text[:most]}\n… (cut: {len(text)} characters)"


# The lexer that colours code looks at a run of these anew from each of its characters.
_RUN = re.compile(r"[\w.*]+|\s+")


def has_long_runs(code: str) -> bool:
    """Return whether code has a word or a gap that takes long to colour."""
    return any(found.end() - found.start() > MAX_RUN for found in _RUN.finditer(code))


def with_short_runs(code: str) -> str:
    """Return code with the middle of such words left out."""
    return _RUN.sub(lambda f: f[0] if len(f[0]) <= MAX_RUN else f"{f[0][:MAX_RUN]}…", code)
