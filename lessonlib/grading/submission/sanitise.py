"""Takes the sting out of what a submission shows.

Formgrader and feedback put a learner's outputs and texts into pages that people open, in
Formgrader's case with the right to change grades. A script in them would run there. And a class is
held in memory by whoever grades it: one notebook must not have more than its share.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass

from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.submission import markdown
from lessonlib.grading.submission.markdown import Attachments, Written
from lessonlib.grading.submission.markup import cleaned, cut, defused, printable, with_short_runs
from lessonlib.grading.submission.outputs import error_output, stream_output
from lessonlib.grading.submission.pictures import DATA_URL, KINDS, picture

MAX_CELL = 4 * 2**20  # characters that the outputs of one cell may have
MAX_TEXT = 200_000  # of one stream, value or error, or of a cell's code
MAX_HTML = 100_000  # of one cell's HTML and Markdown, pictures not counted
MAX_MARKS = 10_000  # tags and the like in it: reading them takes its time
MAX_TRACEBACK = 100  # lines
TAG = 10
OVERHEAD = 1_000  # characters that an output counts for, however small it is
TOO_MUCH = "<em>(too much HTML to show)</em>"
LEFT_OUT = "(The rest was left out: it was too much to show.)\n"
CODE_LEFT_OUT = "# (left out: too much to show; it is in what was handed in)"


@dataclass
class Allowance:
    """What a notebook may still show: one object for all of its cells.

    characters: of outputs.
    html:       of HTML and text, pictures not counted.
    marks:      tags and entities in HTML, and what means something in Markdown.
    code:       of code, which takes time to colour; a word or a sign costs TAG of them besides.
    """

    characters: int = Limits.output_bytes
    html: int = 600_000
    marks: int = 60_000
    code: int = 400_000
    whole: "Allowance | None" = None

    def for_cell(self) -> "Allowance":
        """Return a cell's share; what it spends is spent here too."""
        shares = (
            min(self.characters, MAX_CELL),
            min(self.html, MAX_HTML),
            min(self.marks, MAX_MARKS),
        )
        return Allowance(*shares, whole=self)

    def spend(self, characters: int = 0, html: int = 0, marks: int = 0) -> bool:
        """Take these off; return False and take nothing where they are not there."""
        left = self.characters - characters, self.html - html, self.marks - marks
        if min(left) < 0:
            return False
        self.characters, self.html, self.marks = left
        return self.whole is None or self.whole.spend(characters, html, marks)

    def spend_text(self, text: str, marks: int) -> bool:
        """Take off what it costs to read and to show a text."""
        return self.spend(html=len(DATA_URL.sub("", text)), marks=marks)


# --- outputs -------------------------------------------------------------------------------------


def outputs(received: list, allowance: Allowance | None = None) -> list[dict]:
    """Return a cell's outputs as nbformat wants them, with nothing in them that could act.

    An error is always kept, if only in short, so that no test passes for want of space. Raises
    KeyError, TypeError, ValueError or AttributeError where they are no outputs.
    """
    share = (allowance or Allowance()).for_cell()
    kept, full = [], False
    for output in received:
        kind = output["output_type"]
        if full and kind != "error":
            continue
        harmless = _KINDS[kind](output, share)
        if not full and share.spend(characters=OVERHEAD + _size(harmless)):
            kept.append(harmless)
            continue
        kept += [] if full else [stream_output(LEFT_OUT)]
        full = True
        if kind == "error":
            return [*kept, error_output(harmless["ename"][:100], harmless["evalue"][:500], [])]
    return kept


def _size(output: dict) -> int:
    values = [*output.values(), *output.get("data", {}).values(), *output.get("traceback", [])]
    return sum(len(value) for value in values if isinstance(value, str))


def _joined(value) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _text(value, colours: bool = True, most: int = MAX_TEXT) -> str:
    return cut(printable(_joined(value)[: 2 * most], colours), most)


def _stream(output: dict, share: Allowance) -> dict:
    name = "stderr" if output["name"] == "stderr" else "stdout"
    return {"output_type": "stream", "name": name, "text": _text(output["text"])}


def _display(output: dict, share: Allowance) -> dict:
    """A value that a cell shows is kept as something displayed: only a test has a result."""
    data = dict(output["data"])
    kept = {kind: _MIME[kind](data[kind], share) for kind in _MIME if kind in data}
    kept |= {kind: picture(kind, data[kind]) for kind in KINDS if kind in data}
    kept = {kind: shown for kind, shown in kept.items() if shown}
    if not kept and "text/html" in data:
        kept = {"text/html": TOO_MUCH}
    return {"output_type": "display_data", "data": kept, "metadata": {}}


def _html(value, share: Allowance) -> str:
    """Return cleaned HTML; "" where it is too much: then the text beside it is shown."""
    given = _joined(value)
    fits = len(given) <= MAX_CELL and share.spend_text(given, given.count("<") + given.count("&"))
    return cleaned(printable(given)) if fits else ""


def _markdown(value, share: Allowance) -> str:
    given = _joined(value)
    fits = len(given) <= MAX_CELL and share.spend_text(given, markdown.marks(given))
    return text(given) if fits else ""


def _error(output: dict, share: Allowance) -> dict:
    lines = list(output["traceback"])[:MAX_TRACEBACK]
    return {
        "output_type": "error",
        "ename": _text(output["ename"], False, 200),
        "evalue": _text(output["evalue"], False, 20_000),
        "traceback": [_text(line, True, MAX_TEXT // MAX_TRACEBACK) for line in lines],
    }


_KINDS = {
    "stream": _stream,
    "display_data": _display,
    "execute_result": _display,
    "error": _error,
}
_MIME = {
    "text/plain": lambda value, share: _text(value),
    "text/html": _html,
    "text/markdown": _markdown,
    "text/latex": lambda value, share: defused(_text(value, False, MAX_HTML)),
}


# --- cells ---------------------------------------------------------------------------------------


def text(source: str) -> str:
    """Return Markdown that shows the same and does nothing; it has no attached pictures."""
    written = markdown.harmless(source)
    return markdown.escaped(source) if written.attachments else written.source


def written(
    source: str, attachments: Attachments, taken: Collection[str], allowance: Allowance
) -> Written:
    """Return a learner's Markdown cell, with the pictures in it, as a page may have it."""
    fits = allowance.for_cell().spend_text(source, markdown.marks(source))
    return markdown.harmless(source, attachments, taken) if fits else Written(markdown.TOO_MUCH)


def raw(source: str, allowance: Allowance) -> str:
    """Return a learner's raw cell: nbconvert takes it for HTML, which it is not."""
    if not allowance.for_cell().spend_text(source, 0):
        return markdown.TOO_MUCH
    return defused(html.escape(printable(source), quote=False))


def code(source: str, allowance: Allowance) -> str:
    """Return a cell's code as a page shows it: shorter, where colouring it takes long or much.

    Each word and sign is a tag on the page, which takes more than a kilobyte to make.
    """
    most = min(MAX_TEXT, allowance.code)
    whole = with_short_runs(source[:most])
    shown = whole[: _affordable(whole, allowance)]
    left_out = shown != whole or len(source) > most
    return f"{shown}\n{CODE_LEFT_OUT}" if left_out else shown


def _affordable(source: str, allowance: Allowance) -> int:
    """Return how many characters of a code may be shown, and take off what they cost."""
    end, cost = 0, 0
    for count, part in enumerate(re.finditer(r"\w+|[^\w\s]|\s+", source), start=1):
        if part.end() + TAG * count > allowance.code:
            break
        end, cost = part.end(), part.end() + TAG * count
    allowance.code -= cost
    return end
