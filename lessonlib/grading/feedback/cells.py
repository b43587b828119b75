"""A notebook's cells as HTML: texts with their formulas, coloured code, and what code has shown."""

import html
import re
from collections.abc import Iterator

from ipython_pygments_lexers import IPython3Lexer
from markupsafe import Markup
from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter

from lessonlib.checks.showing import STYLE
from lessonlib.grading.feedback.mathematics import Formulas
from lessonlib.grading.submission.markup import cleaned

NO_ALT = "No description has been provided for this image"  # as nbconvert says it
DEEPEST = 6


class Cells:
    """Writes the cells of one page: what it has spent on formulas, it does not have twice."""

    def __init__(self):
        self.formulas = Formulas()

    def text(self, source: str, attachments: dict | None = None) -> Markup:
        """Return Markdown as HTML."""
        made = MarkdownWithMath(renderer=_Renderer(self.formulas, attachments or {})).render(source)
        return Markup(made)

    def cell(self, cell: NotebookNode) -> Markup:
        """Return what stands in a cell."""
        if cell.cell_type == "markdown":
            return self.text(cell.source, cell.get("attachments"))
        if cell.cell_type == "code":
            return Markup(f'<pre class="source">{_coloured(cell.source)}</pre>')
        return Markup(f"<pre>{cleaned(cell.source)}</pre>")

    def outputs(self, cell: NotebookNode) -> list[Markup]:
        """Return what a code cell has shown; of a test not the points, which stand beside it."""
        shown = list(cell.get("outputs", []))
        if cell.metadata.get("nbgrader", {}).get("grade"):
            shown = list(_without_points(shown))
        return [Markup(made) for made in map(self._output, shown) if made]

    def _output(self, output: NotebookNode) -> str:
        if output.output_type == "stream":
            return f"<pre>{ansi2html(output.text)}</pre>"
        if output.output_type == "error":
            return f'<pre class="error">{ansi2html(_joined(output.traceback))}</pre>'
        data = output.data
        for kind, write in self._kinds().items():
            if kind in data:
                return write(_joined(data[kind]))
        return ""

    def _kinds(self) -> dict:
        """Return how each kind of value is written, the ones that tell most first."""
        return {
            "text/html": lambda text: f'<div class="html">{text.replace(STYLE, "")}</div>',
            "text/markdown": self.text,
            "text/latex": self._latex,
            "image/png": lambda data: _picture("image/png", data),
            "image/jpeg": lambda data: _picture("image/jpeg", data),
            "text/plain": lambda text: f"<pre>{ansi2html(text)}</pre>",
        }

    def _latex(self, source: str) -> str:
        formula = re.fullmatch(r"(\$\$?)([^$]+)\1", source.strip())
        return self.formulas.block(formula[2]) if formula else f"<pre>{html.escape(source)}</pre>"


def _joined(lines) -> str:
    return lines if isinstance(lines, str) else "\n".join(lines)


def _picture(kind: str, data: str) -> str:
    return f'<img src="data:{kind};base64,{html.escape(data)}" alt="{NO_ALT}">'


def _coloured(source: str) -> str:
    return highlight(source, IPython3Lexer(stripnl=False), HtmlFormatter(nowrap=True))


def _without_points(outputs: list) -> Iterator[NotebookNode]:
    """Yield a test's outputs without its points, and without the error that a verdict explains."""
    explained = any(each.output_type == "display_data" for each in outputs)
    for output in outputs:
        name = output.get("ename", "")
        repeats = name == "NoPoints" or name == "CheckFailed" and explained
        if output.output_type != "execute_result" and not repeats:
            yield output


class _Renderer(IPythonRenderer):
    """nbconvert's own, which the sanitiser reads texts with, but for formulas, ids and diagrams."""

    def __init__(self, formulas: Formulas, attachments: dict):
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.formulas = formulas

    def inline_math(self, body: str) -> str:
        return self.formulas.inline(body)

    def block_math(self, body: str) -> str:
        return self.formulas.block(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self.formulas.block(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{html.escape(code)}</pre>"


# --- headings ------------------------------------------------------------------------------------


def in_order(page: str, above: int) -> str:
    """Return a part of a page with its headings below those above it, no level left out.

    above: the level of the heading that the part stands under.
    """
    last = above

    def lowered(found: re.Match) -> str:
        nonlocal last
        if not found[1]:
            last = min(int(found[2]) + above, last + 1, DEEPEST)
        return f"<{found[1]}h{last}"

    return re.sub(r"<(/?)h([1-6])(?=[\s>])", lowered, page)


def with_alternatives(page: str) -> str:
    """Return a part of a page that says of each picture without a description that it has none."""
    return re.sub(r"<img(?=\s)(?![^>]*\salt=)", f'<img alt="{NO_ALT}"', page)
