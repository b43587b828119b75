"""Reads what somebody handed in: whatever it is, it ends as a notebook or as a reason."""

import codecs
import json
import re
import warnings
from uuid import uuid4

import nbformat
from nbformat import NotebookNode

from lessonlib.grading.submission.pictures import attached

MAX_BYTES = 50 * 2**20
MAX_KEPT = 16 * 2**20  # bytes without outputs
MAX_PARTS, MAX_ALL_PARTS = 300_000, 1_000_000  # strings and brackets, without and with outputs
MAX_DEPTH = 100
MAX_CELLS = 5_000
MAX_SOURCE = 2**20  # characters in a cell
QUOTE = ord('"')
_TOKEN = re.compile(rb'"(?:outputs|widgets)"\s*:\s*[\[{]|"[^"]*"|[\[\]{}]')


class Unreadable(Exception):
    """There is no notebook in it; the text says why."""


def read(data: bytes) -> NotebookNode:
    """Return the notebook in these bytes, of any format version, without its outputs.

    Only sources, cell types, ids, nbgrader's ids and attached pictures are kept: nothing else of a
    submission counts.
    """
    if not data or data.isspace():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file has {len(data) >> 20} MiB; at most {MAX_BYTES >> 20} are read.")
    cells = _cells(_upgraded(_json(data)))
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a copied cell, on the instructor's screen
        return nbformat.v4.new_notebook(cells=[_cell(cell) for cell in cells])


def _json(data: bytes) -> dict:
    try:
        notebook = _decoded(_without_mark(data))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The file is not a notebook: {_where(str(error))}.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is not a notebook: it has no cells.")
    return notebook


def _without_mark(data: bytes) -> bytes:
    """Return a text as UTF-8 if a mark at its start says how an editor wrote it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _decoded(data: bytes):
    """Return what a notebook says beside its outputs."""
    kept = without_outputs(data)
    try:
        return _loads(kept.decode())
    except UnicodeDecodeError:
        pass
    try:
        return _loads(kept.decode("cp1252"))
    except ValueError:
        raise Unreadable("The file is not a notebook: it is not text.") from None


def _loads(text: str):
    """Return what JSON says; of its numbers only small whole ones, as nothing else is read."""
    return json.loads(text, parse_float=lambda _: 0, parse_int=_small, parse_constant=lambda _: 0)


def _small(digits: str) -> int:
    return int(digits) if len(digits) < 4 else 0


# --- before it is decoded ------------------------------------------------------------------------


def without_outputs(data: bytes) -> bytes:
    """Return a notebook's JSON with the outputs and the state of widgets cut out, line by line.

    They are most of a file, and nothing of them is read. Raises Unreadable where what is left
    would take too much memory.
    """
    # The same length, and no quotation mark that does not begin or end a string.
    plain = data.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
    kept: list[bytes] = []
    start, depth, cut, parts = 0, 0, None, 0
    for number, found in enumerate(_TOKEN.finditer(plain)):
        last = plain[found.end() - 1]
        opens = last in b"[{"
        depth += 1 if opens else -1 if last in b"]}" else 0
        parts += cut is None
        if parts > MAX_PARTS or number > MAX_ALL_PARTS or depth > MAX_DEPTH and cut is None:
            raise Unreadable("The file is not a notebook: it is damaged, or has too many parts.")
        if cut is None and opens and plain[found.start()] == QUOTE:
            kept, start, cut = [*kept, data[start : found.end()]], found.end(), depth - 1
        elif depth == cut:
            kept.append(b"\n" * plain.count(b"\n", start, found.start()))
            start, cut = found.start(), None
    end = data[start:] if cut is None else b"\n" * plain.count(b"\n", start)
    return _bounded([*kept, end])


def _bounded(parts: list[bytes]) -> bytes:
    size = sum(map(len, parts))
    if size > MAX_KEPT:
        raise Unreadable(
            f"The notebook has {size >> 20} MiB of text; at most {MAX_KEPT >> 20} are read."
        )
    return b"".join(parts)


def _where(error: str) -> str:
    """Return a JSON error in a form that a person can use."""
    found = re.search(r"line (\d+)", error)
    return f"it breaks off or is damaged in line {found.group(1)}" if found else "it is damaged"


def _upgraded(notebook: dict) -> dict:
    """Return a notebook of format 4; formats 2 and 3 kept their cells in worksheets."""
    if isinstance(notebook.get("cells"), list):
        return notebook
    try:
        return nbformat.convert(nbformat.from_dict(notebook), 4)
    except Exception:  # the converters stumble in many ways over what is no notebook
        raise Unreadable("The file is not a notebook: it has no cells.") from None


def _cells(notebook: dict) -> list[dict]:
    cells = [cell for cell in notebook.get("cells", []) if isinstance(cell, dict)]
    if not cells:
        raise Unreadable("The notebook has no cells.")
    return cells


def _cell(cell: dict) -> NotebookNode:
    kind = cell.get("cell_type")
    made = new_cell(kind if kind in ("code", "markdown") else "raw",
                    _text(cell.get("source", ""))[:MAX_SOURCE])  # fmt: skip
    name = _grade_id(cell)
    if name:
        made.metadata["nbgrader"] = {"grade_id": name}
    attachments = attached(cell.get("attachments"))
    if attachments and made.cell_type != "code":
        made["attachments"] = nbformat.from_dict(attachments)
    if isinstance(cell.get("id"), str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]):
        made["id"] = cell["id"]
    return made


def new_cell(kind: str, source: str) -> NotebookNode:
    """Return a cell as nbformat makes it, not validated one by one: the notebook is, as a whole."""
    own: dict = {"outputs": [], "execution_count": None} if kind == "code" else {}
    common = {"id": uuid4().hex, "cell_type": kind, "metadata": {}, "source": source}
    return nbformat.from_dict(common | own)


def _text(source) -> str:
    if isinstance(source, list):
        return encodable("".join(map(str, source)))
    return encodable(str(source))


def encodable(text: str) -> str:
    """Return a text that UTF-8 can hold: JSON can spell half a surrogate pair, a file cannot."""
    return text.encode("utf-8", "replace").decode()


def _grade_id(cell: dict) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return name if isinstance(name, str) else ""
