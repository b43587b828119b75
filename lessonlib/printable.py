"""What of a text that somebody else wrote may go to a terminal, a log or the report."""

import re

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# Control characters, halves of surrogate pairs, line separators, and marks that turn the direction
# of the text around them. A line feed stays.
_UNPRINTABLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def printable(raw: object) -> str:
    """Return a text that a terminal shows and does not obey; its lines stay lines."""
    return _UNPRINTABLE.sub(UNKNOWN, _COLOURS.sub("", str(raw)))


def one_line(raw: object, most: int = 200) -> str:
    """Return a text in one line of at most so many characters."""
    return _cut(" ".join(printable(" ".join(str(raw).split())).split()), most)


def some_lines(raw: object, most: int = 3_000) -> str:
    """Return a text of several lines, of at most so many characters."""
    lines = str(raw).replace("\r\n", "\n").replace("\t", "    ")
    return _cut(printable(lines), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
