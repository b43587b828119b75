"""A learner's notebook and a new release of it, made one, cell by cell.

Text and checks are the new release's, in its order. Answers are the learner's, as they are. Cells
of the learner's own stay behind the cell that they stood behind.
"""

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

Cell = dict
START = ""  # the place above the first cell


class NoNotebook(ValueError):
    """These bytes are no notebook."""


@dataclass(frozen=True)
class Merged:
    """The notebook that came of it; `replaced`: the learner's changes that it no longer has."""

    notebook: dict
    replaced: tuple[Cell, ...]


def parsed(content: bytes) -> dict:
    """Return the notebook in a file's bytes. Raises NoNotebook."""
    try:
        notebook = json.loads(content)
        whole = all(map(_is_cell, notebook["cells"])) and isinstance(notebook["metadata"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoNotebook from None
    if not whole:
        raise NoNotebook
    return notebook


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return isinstance(cell.get("cell_type"), str) and all(isinstance(each, str) for each in lines)


def as_bytes(notebook: dict) -> bytes:
    """Return a notebook as Jupyter writes it."""
    write = partial(json.dumps, notebook, indent=1, sort_keys=True, separators=(",", ": "))
    try:
        return (write(ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return (write() + "\n").encode()


def merge(handed_out: dict | None, mine: dict, new: dict) -> Merged:
    """Return the new release of a notebook with the learner's answers and own cells in it.

    handed_out: what the learner began with; None where that is not known.
    """
    before = _by_name(handed_out["cells"]) if handed_out else {}
    names = _names([*new["cells"], *before.values()], mine["cells"])
    theirs = {name: cell for name, cell in zip(names, mine["cells"], strict=True) if name}
    own = _own_cells(names, mine["cells"], before, _by_name(new["cells"]))
    cells, replaced = list(own[START]), []
    for cell in new["cells"]:
        name = _name(cell)
        merged = _merged(before.get(name), theirs.get(name), cell)
        if merged is cell and _is_changed(theirs.get(name), before.get(name), cell):
            replaced.append(theirs[name])
        cells += [merged, *own[name]]
    metadata = {**new["metadata"], **mine["metadata"]}
    return Merged({**new, "metadata": metadata, "cells": cells}, tuple(replaced))


def _merged(before: Cell | None, mine: Cell | None, new: Cell) -> Cell:
    """Return what stands in the place of a released cell: the new one, or the learner's."""
    if mine is None:
        return new
    written = before is None or _source(mine) != _source(before)
    as_before = before is not None and _same(before, new) and not _is_locked(new)
    if _same(mine, new) or (written and (_is_answer(new) or as_before)):
        return {**mine, "id": new["id"], "metadata": {**mine["metadata"], **new["metadata"]}}
    return new


def _same(one: Cell, other: Cell) -> bool:
    return one["cell_type"] == other["cell_type"] and _source(one) == _source(other)


def _is_changed(mine: Cell | None, before: Cell | None, new: Cell) -> bool:
    """Return whether a cell has something that the learner wrote and the release has not."""
    known = [_source(cell) for cell in (before, new) if cell is not None]
    return mine is not None and _source(mine) not in known


# --- which cell is which -----------------------------------------------------------------------


def _names(released: list[Cell], mine: list[Cell]) -> list[str]:
    """Return which released cell each of the learner's is: "" for one of their own.

    By id first, then by nbgrader's name for it (a copied cell has the same, and is their own), then
    by what it says: some programs save notebooks without ids.
    """
    found = [""] * len(mine)
    for of in (lambda c: c.get("id"), _grade_id, lambda c: (c["cell_type"], _source(c))):
        wanted = {of(cell): _name(cell) for cell in reversed(released) if of(cell)}
        for i, cell in enumerate(mine):
            name = wanted.get(of(cell), "")
            if not found[i] and name not in found:
                found[i] = name
    return found


def _own_cells(
    names: list[str], mine: list[Cell], before: dict[str, Cell], new: dict[str, Cell]
) -> dict[str, list[Cell]]:
    """Return the cells of the learner's own, by the name of the released cell that they follow.

    So is a cell that the release no longer has, where the learner has written something into it.
    """
    own, place = defaultdict(list), START
    for name, cell in zip(names, mine, strict=True):
        if name in new:
            place = name
        elif not name or _source(cell) != _source(before[name]):
            own[place].append(cell if cell.get("id") else {**cell, "id": secrets.token_hex(4)})
    return own


def _by_name(cells: list[Cell]) -> dict[str, Cell]:
    return {_name(cell): cell for cell in cells}


def _name(cell: Cell) -> str:
    """Return what a released cell is called in every release."""
    return _grade_id(cell) or cell["id"]


def _nbgrader(cell: Cell) -> dict:
    """Return what nbgrader says of a cell."""
    said = cell["metadata"].get("nbgrader")
    return said if isinstance(said, dict) else {}


def _grade_id(cell: Cell) -> str:
    return str(_nbgrader(cell).get("grade_id", ""))


def _is_answer(cell: Cell) -> bool:
    return bool(_nbgrader(cell).get("solution"))


def _is_locked(cell: Cell) -> bool:
    """Return whether a cell checks or grades, and is not for the learner to write in."""
    return bool(_nbgrader(cell).get("locked"))


def _source(cell: Cell) -> str:
    return "".join(cell["source"])
