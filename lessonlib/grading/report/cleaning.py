"""Takes out of a text what no page and no table may hold, whoever wrote it."""

import re

MAX_LINE, MAX_TEXT = 200, 3_000  # characters

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")  # a terminal's colours
# Control characters, halves of surrogate pairs (UTF-8 has no place for them), and marks that turn
# the direction of the text around them.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def text(raw) -> str:
    """Return a text of several lines, fit for UTF-8 and for HTML, and not too long."""
    lines = _ESCAPES.sub("", str(raw)).replace("\r\n", "\n").replace("\t", "    ")
    return _cut(_FORBIDDEN.sub(UNKNOWN, lines), MAX_TEXT)


def line(raw) -> str:
    """Return a text in one line."""
    return _cut(" ".join(text(raw).split()), MAX_LINE)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
