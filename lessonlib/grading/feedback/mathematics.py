"""TeX as MathML, which browsers show without a script and without a network.

What a formula becomes is looked at element by element: nothing in it may act, or leave its place.
A formula that cannot be read, or would become more than that, is shown as it was written.
"""

import html
import itertools
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

MAX_TEX = 1_000  # characters of a formula
MAX_IN_ALL = 60_000  # of all formulas of a page: reading them takes a second
MAX_DEPTH = 40  # of elements within elements
TAGS = frozenset(
    "math mfrac mi mn mo mover mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext "
    "mtr munder munderover".split()
)
SIGNS = frozenset("+-−±")
ENDS = frozenset([*")]}|‖!…⋯⊤", "..."])  # operators that something else may be added to
_YES_OR_NO, _SIZE = "true|false", r"[0-3](\.\d+)?em"
ATTRIBUTES = {
    "accent": _YES_OR_NO,
    "columnalign": "left|center|right",
    "columnspacing": "[0-2]em( [0-2]em){0,20}",
    "display": "block|inline",
    "displaystyle": _YES_OR_NO,
    "fence": _YES_OR_NO,
    "form": "prefix|infix|postfix",
    "mathvariant": "[a-z-]{1,30}",
    "maxsize": _SIZE,
    "minsize": _SIZE,
    "rowspacing": "[0-9]pt",
    "scriptlevel": "[0-2]",
    "stretchy": _YES_OR_NO,
    "width": _SIZE,
}


class Unfit(Exception):
    """A formula that is more than mathematics, or that is not understood."""


class Formulas:
    """Writes the formulas of one page, as many as anybody needs."""

    def __init__(self):
        self.left = MAX_IN_ALL

    def inline(self, tex: str) -> str:
        """Return a formula as HTML that stands in a line."""
        return self._mathml(tex, "inline") or f'<code class="tex">${html.escape(tex)}$</code>'

    def block(self, tex: str) -> str:
        """Return a formula as HTML with lines of its own; one that is too wide can be scrolled."""
        shown = self._mathml(tex, "block") or f'<code class="tex">$${html.escape(tex)}$$</code>'
        return f'<div class="formula" tabindex="0">{shown}</div>'

    def _mathml(self, tex: str, display: str) -> str:
        self.left -= len(tex)
        return mathml(tex, display) if self.left >= 0 else ""


@lru_cache(1_000)  # the pages of a class have most formulas in common
def mathml(tex: str, display: str) -> str:
    """Return a formula as MathML; "" where it cannot be, or may not. display: block or inline."""
    if len(tex) > MAX_TEX:
        return ""
    try:
        known = tex.replace("{aligned}", "{align*}")  # the converter knows only one of the two
        return _written(convert_to_element(known, display=display))
    except Exception:  # the converter has many errors of its own, and too deep a formula is another
        return ""


def _written(element: Element, depth: int = 0) -> str:
    """Return an element as HTML. Raises Unfit; nothing that the converter says is believed."""
    text = _text(element)
    if element.tag not in TAGS or depth > MAX_DEPTH or "\\" in text:
        raise Unfit
    _mark_signs(element)
    inside = _word(element) or "".join(_written(child, depth + 1) for child in element)
    return f"<{element.tag}{_attributes(element)}>{html.escape(text)}{inside}</{element.tag}>"


def _attributes(element: Element) -> str:
    """Return the attributes as HTML, which needs no name space. Raises Unfit."""
    given = {name: value for name, value in element.attrib.items() if name != "xmlns"}
    for name, value in given.items():
        if not re.fullmatch(ATTRIBUTES.get(name, "(?!)"), value):
            raise Unfit
    return "".join(f' {name}="{value}"' for name, value in given.items())


def _mark_signs(row: Element) -> None:
    """Say of each sign behind another operator that it belongs to what follows: x = -1, (-1)."""
    for before, sign in itertools.pairwise(row):
        if sign.tag == before.tag == "mo" and _text(sign) in SIGNS and _text(before) not in ENDS:
            sign.set("form", "prefix")


def _text(element: Element) -> str:
    return html.unescape(element.text or "")


def _word(row: Element) -> str:
    """Return upright letters side by side as the one name that they are: "relu", not "r e l u"."""
    letters = [child.text or "" for child in row
               if child.attrib == {"mathvariant": "normal"} and child.tag == "mi"]  # fmt: skip
    is_name = len(letters) == len(row) > 1 and "".join(letters).isalnum()
    return f"<mi>{''.join(letters)}</mi>" if is_name else ""
