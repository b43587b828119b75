"""Pictures that were pasted into a notebook's Markdown cells: nbformat's attachments.

A lesson's text can only name them, `![…](attachment:name.png)`; the notebook holds them.
"""

import re
from difflib import SequenceMatcher
from urllib.parse import unquote

from nbformat import NotebookNode

from lessonlib.errors import UserError

PICTURE = re.compile(r"""(?:\]\(\s*<?|src=["'])attachment:""")


def keep_attachments(notebook: NotebookNode, before: NotebookNode, lesson: str) -> None:
    """Take over the pictures of the notebook as it was. Raises UserError for one it lacks."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and PICTURE.search(cell.source):
            cell.attachments = _attachments(cell.source, before, lesson)


def _attachments(source: str, before: NotebookNode, lesson: str) -> dict:
    """Return what a cell names, from the cell that has it and whose text is nearest."""
    found = {}
    cells = sorted(before.cells, key=lambda cell: _likeness(cell.source, source), reverse=True)
    for rest in PICTURE.split(unquote(source))[1:]:
        held = ((name, cell) for cell in cells for name in cell.get("attachments", {}))
        fits = [(name, cell) for name, cell in held if _names(rest, name)]
        if not fits:
            raise UserError(
                f"{lesson}: no cell of the notebook has the picture {rest.split(')')[0]!r}. "
                "Paste it into the notebook in JupyterLab, and build again."
            )
        name, cell = fits[0]
        found[name] = cell.attachments[name]
    return found


def _likeness(text: str, other: str) -> float:
    return SequenceMatcher(None, text, other, autojunk=False).ratio()


def _names(rest: str, name: str) -> bool:
    """Return whether the name stands at the start of the text that follows `attachment:`."""
    return rest.startswith(name) and rest[len(name) :][:1] in ("", ")", ">", " ", '"', "'")


def drop_unused(cell: NotebookNode) -> None:
    """Drop the pictures that a cell's text does not name: those of an answer that was cleared."""
    text = cell.source + unquote(cell.source)
    for name in list(cell.get("attachments", {})):
        if f"attachment:{name}" not in text:
            del cell.attachments[name]
