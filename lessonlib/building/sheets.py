"""The glossary and the formula sheet, collected from the lessons so that they cannot drift.

A lesson marks a term where it explains it: `<dfn>term</dfn>`. The glossary quotes that sentence.
The formula sheet is the lessons' own cards, one below the other.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from lessonlib.errors import UserError

TERM = re.compile(r"<dfn>(.+?)</dfn>", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z$*`<(])")
CARD = "The formulas on one card"


@dataclass(frozen=True)
class Term:
    """A term, the sentence that explains it, and the lesson that the sentence stands in."""

    name: str
    sentence: str
    lesson: str


def write_sheets(root: Path, lessons: list[str]) -> None:
    """Write course/glossary.md and course/formulas.md from the notebooks in solutions/.

    A lesson whose notebook is not built yet is left out.
    """
    notebooks = {lesson: root / "solutions" / lesson / f"{lesson}.ipynb" for lesson in lessons}
    texts = {lesson: _texts(path) for lesson, path in notebooks.items() if path.is_file()}
    course = root / "course"
    (course / "glossary.md").write_text(glossary(texts), encoding="utf-8")
    (course / "formulas.md").write_text(formulas(texts), encoding="utf-8")


def _texts(path: Path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def glossary(texts: dict[str, list[str]]) -> str:
    """Return the glossary of all lessons. Raises UserError for a term that is explained twice."""
    lines = ["# Glossary", "", "Each term in the sentence of the lesson that explains it.", ""]
    for term in terms(texts):
        lines.append(f"- **{term.name}** ({_link(term.lesson)}): {term.sentence}")
    return "\n".join([*lines, ""])


def terms(texts: dict[str, list[str]]) -> list[Term]:
    """Return the terms that the lessons' Markdown cells explain, in alphabetical order.

    Raises UserError for a term that is explained twice.
    """
    found = [term for lesson, cells in texts.items() for term in _terms(lesson, cells)]
    _expect_once(found)
    return sorted(found, key=lambda term: term.name.lower())


def _terms(lesson: str, cells: list[str]) -> list[Term]:
    return [
        Term(_one_line(name), _without_marks(sentence), lesson)
        for cell in cells
        for sentence in _sentences(cell)
        for name in TERM.findall(sentence)
    ]


def _sentences(cell: str) -> list[str]:
    paragraphs = re.split(r"\n\s*\n|\n(?=[-#|>]|\d+\. )", cell)
    return [part for text in paragraphs for part in SENTENCE_END.split(_one_line(text))]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _without_marks(sentence: str) -> str:
    return TERM.sub(r"*\1*", sentence).removeprefix("- ")


def _expect_once(terms: list[Term]) -> None:
    first: dict[str, Term] = {}
    for term in terms:
        if term.name.lower() in first:
            lesson = first[term.name.lower()].lesson
            raise UserError(f"The term {term.name!r} is explained twice: mark it in {lesson} only.")
        first[term.name.lower()] = term


def formulas(texts: dict[str, list[str]]) -> str:
    """Return the formula cards of all lessons as one page."""
    parts = ["# Formula sheet", "", "The card at the end of each lesson.", ""]
    for lesson, cells in texts.items():
        card = _card("\n\n".join(cells))
        if card:
            parts += [f"## {_link(lesson)}", "", card, ""]
    return "\n".join(parts)


def _card(text: str) -> str:
    """Return what stands below the card's heading, up to the next heading."""
    found = re.search(rf"^#+ {CARD}\n(.*?)(?=^#+ |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return found.group(1).strip() if found else ""


def _link(lesson: str) -> str:
    number, _, name = lesson.partition("-")
    return f"[{number} {name.replace('-', ' ')}]({lesson}/{lesson}.ipynb)"
