"""Takes the sting out of what a submission shows.

Formgrader and feedback put a learner's outputs and texts into pages that people open, in
Formgrader's case with the right to change grades. A script in them would run there.
"""

import re

import bleach
from bleach.css_sanitizer import CSSSanitizer

MAX_OUTPUTS = 12 * 2**20  # characters that the outputs of one cell may have
MAX_MARKS = 4_000  # tags and entities in a cell's HTML: cleaning takes its time
MAX_HTML = 100_000  # characters of it, pictures not counted
MAX_TRACEBACK = 100  # lines
IMAGES = ("image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PICTURE = re.compile(r"data:image/\w+;base64,[A-Za-z0-9+/=]*")
TOO_MUCH = "<em>(too much HTML to show)</em>"
TAGS = bleach.ALLOWED_TAGS | {
    "br", "caption", "dd", "details", "div", "dl", "dt", "h2", "h3", "h4", "h5", "h6", "hr", "img",
    "p", "pre", "span", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "u",
}  # fmt: skip
ATTRIBUTES = {
    "*": ["class", "style", "title"],
    "a": ["href"],
    "img": ["alt", "src", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}
_clean = bleach.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    protocols=["http", "https", "data"],
    css_sanitizer=CSSSanitizer(),
    strip=True,
)
# Tags that a text may have, if they have no attributes: the rest of Markdown needs none.
SIMPLE_TAG = re.compile(r"</?(?:b|br|code|details|em|i|kbd|p|pre|strong|sub|summary|sup|u)\s*/?>")


def outputs(received: list) -> list[dict]:
    """Return a cell's outputs as nbformat wants them, with nothing in them that could act.

    Raises KeyError, TypeError, ValueError or AttributeError where they are no outputs.
    """
    kept, size, cleaned = [], 0, _Budget()
    for output in received:
        if "text/html" in output.get("data", ()):
            output = {**output, "data": cleaned.within(output["data"])}
        harmless = _KINDS[output["output_type"]](output)
        size += len(repr(harmless))
        if size > MAX_OUTPUTS:
            break
        kept.append(harmless)
    return kept


class _Budget:
    """What is left of the HTML that a cell may show."""

    def __init__(self):
        self.marks, self.characters = MAX_MARKS, MAX_HTML

    def within(self, data: dict) -> dict:
        """Return what is displayed, its HTML replaced where it is too much."""
        html = PICTURE.sub("", str(data["text/html"]))
        self.marks -= html.count("<") + html.count("&")
        self.characters -= len(html)
        fits = self.marks >= 0 and self.characters >= 0
        return dict(data) if fits else {**data, "text/html": TOO_MUCH}


def text(source: str) -> str:
    """Return a learner's Markdown, or raw text, with all but the simplest tags made visible."""
    return re.sub(r"<(?=[A-Za-z/!?])", lambda m: _bracket(source, m.start()), source)


def _bracket(source: str, at: int) -> str:
    return "<" if SIMPLE_TAG.match(source, at) else "&lt;"


def _stream(output: dict) -> dict:
    name = "stderr" if output["name"] == "stderr" else "stdout"
    return {"output_type": "stream", "name": name, "text": str(output["text"])}


def _display(output: dict) -> dict:
    """A value that a cell shows is kept as something displayed: only a test has a result."""
    data = dict(output["data"])
    kept = {kind: _MIME[kind](str(data[kind])) for kind in _MIME if kind in data}
    images = {kind: str(data[kind]) for kind in IMAGES if kind in data}
    kept |= {kind: image for kind, image in images.items() if BASE64.fullmatch(image)}
    return {"output_type": "display_data", "data": kept, "metadata": {}}


def _error(output: dict) -> dict:
    return {
        "output_type": "error",
        "ename": str(output["ename"]),
        "evalue": str(output["evalue"]),
        "traceback": [str(line) for line in output["traceback"][:MAX_TRACEBACK]],
    }


_KINDS = {
    "stream": _stream,
    "display_data": _display,
    "execute_result": _display,
    "error": _error,
}
_MIME = {
    "text/plain": str,
    "text/html": lambda html: _clean.clean(html),
    "text/markdown": text,
    "text/latex": text,
}
