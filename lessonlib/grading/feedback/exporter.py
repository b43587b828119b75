"""Makes a notebook's page for nbgrader's `generate_feedback`; `nbgrader_config.py` names it."""

import gc
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from lessonlib.checks.showing import STYLE
from lessonlib.checks.wording import listing, points_of
from lessonlib.grading.feedback.cells import in_order, with_alternatives
from lessonlib.grading.feedback.contents import page_of
from lessonlib.grading.pages import environment

TEMPLATES = Path(__file__).parent / "templates"

# What was imported stays: no need to go through it each time a page is let go of (`HideTests`).
gc.freeze()


class FeedbackPage(Exporter):
    """One file that needs no network, no script and no other file."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own exporters of HTML do
        self, nb: NotebookNode, resources: dict | None = None, **kw: Any
    ) -> tuple[str, dict]:
        """Return the page as HTML: all that is put into it is escaped, or was made harmless."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        page = page_of(notebook, resources["nbgrader"])
        return _template().render(page=page, verdict_style=Markup(STYLE)), resources


@cache
def _template() -> Template:
    """Return the page's template, compiled once for a class."""
    filled = environment(TEMPLATES, listing=listing, points_of=points_of, under=_under)
    return filled.get_template("feedback.html")


def _under(part: str, above: int) -> Markup:
    """Return a part of the page as it may stand under a heading of this level."""
    return Markup(with_alternatives(in_order(part, above)))
