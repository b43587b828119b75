"""How a lesson reads, counted: sentences, the words before the first own code, terms too early.

`python -m lessonlib.building.timing` prints it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from nbformat import NotebookNode

from lessonlib.building.prose import FOLD, FORMULA, TAG, WORD, words
from lessonlib.building.sheets import TERM

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
TABLE_ROW = re.compile(r"^\|.*$", re.MULTILINE)
BLOCK_END = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*>]|\d+\.)\s)")
SENTENCE_END = re.compile(r"(?<=[.!?:;])[\"')*_]*\s+")
LONG = 30  # words; a sentence that is longer is hard to read aloud


@dataclass(frozen=True)
class Reading:
    """How a notebook reads.

    before_code: the words before the first cell that the learner fills in with code; None if there
                 is no such cell.
    sentence:    the words of a sentence on average.
    long:        how many sentences have more than LONG words.
    """

    before_code: int | None
    sentence: float
    long: int


def reading(cells: list[NotebookNode]) -> Reading:
    """Measure the prose of a learner's notebook; folds (hints, answers) do not count."""
    lengths = [len(WORD.findall(each)) for cell in cells for each in sentences(prose(cell))]
    return Reading(
        before_code=_words_before_code(cells),
        sentence=mean(lengths) if lengths else 0.0,
        long=sum(length > LONG for length in lengths),
    )


def _words_before_code(cells: list[NotebookNode]) -> int | None:
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            text = "\n\n".join(c.source for c in cells[:index] if c.cell_type == "markdown")
            return words(FOLD.sub("", text))
    return None


def prose(cell: NotebookNode) -> str:
    """Return the sentences of a cell: no folds, headings, tables; a formula or code is one word."""
    if cell.cell_type != "markdown":
        return ""
    text = TABLE_ROW.sub("", HEADING.sub("", FOLD.sub("", cell.source)))
    return TAG.sub(" ", CODE.sub("x", FORMULA.sub("x", text)))


def sentences(text: str) -> list[str]:
    """Return the sentences of some prose, each on one line; an entry of a list is one as well."""
    blocks = (" ".join(block.split()) for block in BLOCK_END.split(text))
    parts = (part for block in blocks for part in SENTENCE_END.split(block))
    return [part for part in parts if WORD.search(part)]


def terms_too_early(lessons: dict[str, list[NotebookNode]]) -> Iterator[tuple[str, str, str]]:
    """Yield (term, lesson, sentence) for each first use of a term before it is explained.

    A term is explained in the cell that marks it, `<dfn>term</dfn>`; the lessons come in order.
    """
    cells = [(lesson, cell) for lesson, each in lessons.items() for cell in each]
    for index, (_, cell) in enumerate(cells):
        for term in TERM.findall(cell.source) if cell.cell_type == "markdown" else []:
            early = _first_use(" ".join(term.split()), cells[:index])
            if early:
                yield (" ".join(term.split()), *early)


def _first_use(term: str, cells: list[tuple[str, NotebookNode]]) -> tuple[str, str] | None:
    used = re.compile(rf"\b{re.escape(term)}s?\b", re.IGNORECASE)
    for lesson, cell in cells:
        for sentence in sentences(prose(cell)):
            if used.search(sentence):
                return lesson, sentence
    return None
