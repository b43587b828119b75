"""Reads what somebody handed in: whatever it is, it ends as a notebook or as a reason."""

import json
import re
import warnings

import nbformat
from nbformat import NotebookNode

MAX_BYTES = 50 * 2**20
MAX_CELLS = 5_000
MAX_SOURCE = 2**20  # characters in a cell


class Unreadable(Exception):
    """There is no notebook in it; the text says why."""


def read(data: bytes) -> NotebookNode:
    """Return the notebook in these bytes, of any format version, without its outputs.

    Only sources, cell types, ids and nbgrader's ids are kept: nothing else of a submission counts.
    """
    if not data.strip():
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
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        notebook = _other_encoding(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The file is not a notebook: {_where(str(error))}.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is not a notebook: it has no cells.")
    return notebook


def _other_encoding(data: bytes) -> dict:
    for encoding in ("utf-16", "cp1252"):
        try:
            return json.loads(data.decode(encoding))
        except (ValueError, RecursionError):
            continue
    raise Unreadable("The file is not a notebook: it is not text.")


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
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
    }.get(str(cell.get("cell_type")), nbformat.v4.new_raw_cell)
    made = make(_text(cell.get("source", ""))[:MAX_SOURCE])
    name = _grade_id(cell)
    if name:
        made.metadata["nbgrader"] = {"grade_id": name}
    if isinstance(cell.get("id"), str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]):
        made["id"] = cell["id"]
    return made


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
