"""A Sphinx extension: in each lesson the first use of a term links to its entry in the glossary.

It looks at the text of a finished page, so code, formulas, headings and links stay as they are. A
fold is passed over, since a link in a closed fold is not seen.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

NOT_PROSE = (
    nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw,
    nodes.reference, addnodes.pending_xref, addnodes.toctree, nodes.comment,
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of `book_terms`, the names in the glossary, and of `book_lessons`, the pages."""
    app.add_config_value("book_terms", [], "env")
    app.add_config_value("book_lessons", [], "env")
    app.connect("doctree-read", _link_first_uses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _link_first_uses(app: Sphinx, page: nodes.document) -> None:
    if app.env.docname in app.config.book_lessons:
        link_first_uses(page, app.config.book_terms)


def link_first_uses(page: nodes.document, terms: list[str]) -> None:
    """Put a reference to the glossary into a page, where it uses a term for the first time."""
    names = {name.lower(): name for name in terms}
    longest_first = sorted(names, key=len, reverse=True)
    patterns = (r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    use = re.compile(rf"\b({'|'.join(patterns)})(?:e?s)?\b", re.IGNORECASE)
    _join_lines(page)
    for text in _prose(page):
        parts = _linked(str(text), use, names)
        if len(parts) > 1:
            text.parent.replace(text, parts)


def _join_lines(page: nodes.document) -> None:
    """Make one text of neighbours: MyST has one for each line, and a term may go over two."""
    for text in list(page.findall(nodes.Text)):
        siblings = text.parent.children
        place = siblings.index(text)
        if place and isinstance(siblings[place - 1], nodes.Text):
            text.parent[place - 1 : place + 1] = [nodes.Text(siblings[place - 1] + text)]


def _prose(page: nodes.document) -> list[nodes.Text]:
    """Return a page's texts outside of folds, which are HTML before and after what they hold."""
    found, fold = [], False
    for node in page.findall(lambda each: isinstance(each, nodes.raw | nodes.Text)):
        if isinstance(node, nodes.raw):
            opens, closes = node.astext().rfind("<details"), node.astext().rfind("</details")
            fold = opens > closes or fold and closes < 0
        elif not fold and not _is_within(node, NOT_PROSE):
            found.append(node)
    return found


def _is_within(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def _linked(text: str, use: re.Pattern, waiting: dict[str, str]) -> list[nodes.Node]:
    """Return a text in parts, links among them; each term that is linked waits no longer."""
    parts: list[nodes.Node] = []
    end = 0
    for found in use.finditer(text):
        name = waiting.pop(" ".join(found[1].lower().split()), None)
        if name is not None:
            parts += [nodes.Text(text[end : found.start()]), _link(found[0], name)]
            end = found.end()
    return [*parts, nodes.Text(text[end:])]


def _link(words: str, name: str) -> addnodes.pending_xref:
    link = addnodes.pending_xref(
        "", refdomain="std", reftype="term", reftarget=name, refexplicit=True, refwarn=True
    )
    link += nodes.inline("", words, classes=["xref", "std", "std-term"])
    return link
