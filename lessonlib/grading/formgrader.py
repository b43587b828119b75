"""What Formgrader shows of a submission: formulas without a script, and who and what it is about.

`nbgrader_config.py` names these as filters of the page's template, `templates/formgrader.html.j2`.
"""

import re

from markupsafe import Markup, escape
from nbformat import NotebookNode

from lessonlib.grading.feedback.cells import Cells
from lessonlib.grading.feedback.contents import under_headings

_LABEL = re.compile(r'(?<=<span class="nbgrader-label">)')  # nbgrader's, one on each of its cells


def text(source: str) -> Markup:
    """Return Markdown as HTML, its formulas as MathML."""
    return Cells().text(source)


def learner(resources: dict) -> Markup:
    """Return a learner's name and id, as the report has them."""
    names = (resources.get("first_name"), resources.get("last_name"))
    name, student = " ".join(filter(None, names)), resources["student"]
    return escape(f"{name} ({student})" if name else student)


def titled(page: str, cells: list[NotebookNode]) -> str:
    """Return a page on which each answer and each test says what exercise it belongs to."""
    titles = (f"{escape(title)}: " if title else "" for title, cell in under_headings(cells)
              if _has_label(cell.metadata.get("nbgrader", {})))  # fmt: skip
    return _LABEL.sub(lambda _: next(titles, ""), page)


def _has_label(own: dict) -> bool:
    return any(own.get(kind) for kind in ("solution", "grade", "task"))
