"""Brings a submission back into the lesson's shape, and says what was amiss.

Cells may have been deleted, copied, split, edited, moved or stripped of their metadata. What the
learner wrote is kept, all of it; tests, points and everything locked come from the instructor.
"""

import ast
import difflib
from dataclasses import dataclass, field, replace

import nbformat
from nbformat import NotebookNode

from lessonlib.checks.wording import listing
from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.submission import harmless
from lessonlib.grading.submission.names import parsed

HIDDEN_TEST = "# (a hidden test)"
ALIKE = 0.8  # share of equal characters from which a cell without an id counts as a known one


@dataclass(frozen=True)
class Piece:
    """A cell on its way: the learner's source, and the cell of the lesson that it is, if any.

    runs: False for what was put back only for the looks: the answer may be in another cell.
    """

    source: str
    cell_type: str
    given: Given | None = None
    runs: bool = True


@dataclass
class Repaired:
    """A submission in the lesson's shape.

    notes: what was amiss, in sentences for the instructor.
    """

    pieces: list[Piece]
    notes: list[str] = field(default_factory=list)


def repair(submission: NotebookNode, materials: Materials) -> Repaired:
    """Return the cells to run, in order; each test stands behind the answers it needs."""
    notes: list[str] = []
    pieces = _recognised(submission.cells, materials, notes)
    pieces = _united(pieces, notes)
    _note_moved(pieces, materials, notes)
    pieces = _with_all_answers(pieces, materials, notes)
    return Repaired(_with_locked(pieces, materials, notes), notes)


# --- which cell is which -------------------------------------------------------------------------


def _recognised(cells: list[NotebookNode], materials: Materials, notes: list[str]) -> list[Piece]:
    named = materials.named
    pieces = [_piece(cell, named) for cell in cells]
    missing = [name for name in named if name not in {p.given.name for p in pieces if p.given}]
    for name in missing:
        place = _place_of(named[name], cells, pieces)
        if place is not None:
            pieces[place] = replace(pieces[place], given=named[name])
            notes.append(f"{name} had lost its id and was recognised by its content.")
    return pieces


def _piece(cell: NotebookNode, named: dict[str, Given]) -> Piece:
    given = named.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return Piece(cell.source, cell.cell_type, given)


def _place_of(given: Given, cells: list[NotebookNode], pieces: list[Piece]) -> int | None:
    """Return where a cell without its metadata is: by its notebook id, or by its text."""
    free = [i for i, piece in enumerate(pieces) if piece.given is None]
    for i in free:
        if cells[i].get("id") == given.name:
            return i
    if given.is_answer:
        return _same_definition(given, pieces, free)
    scores = [(difflib.SequenceMatcher(None, pieces[i].source, given.stub).ratio(), -i)
              for i in free if abs(len(pieces[i].source) - len(given.stub)) < 200]  # fmt: skip
    best, place = max(scores, default=(0.0, 0))
    return -place if best >= ALIKE else None


def _same_definition(given: Given, pieces: list[Piece], free: list[int]) -> int | None:
    """Return the code cell that defines what the stub defines."""
    wanted = _defined(given.stub) if given.cell_type == "code" else set()
    found = [i for i in free if wanted and wanted <= _defined(pieces[i].source)]
    return found[0] if found else None


def _defined(source: str) -> set[str]:
    try:
        body = parsed(source).body
    except SyntaxError:
        return set()
    names = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    targets = [t for n in body if isinstance(n, ast.Assign) for t in n.targets]
    return names | {t.id for t in targets if isinstance(t, ast.Name)}


# --- copies --------------------------------------------------------------------------------------


def _united(pieces: list[Piece], notes: list[str]) -> list[Piece]:
    """Let each cell of the lesson occur once; what a learner wrote in a copy is kept."""
    united: list[Piece] = []
    at: dict[str, int] = {}
    for piece in pieces:
        if piece.given is None or piece.given.name not in at:
            if piece.given is not None:
                at[piece.given.name] = len(united)
            united.append(piece)
            continue
        first = at[piece.given.name]
        _note_copy(piece.given, notes)
        if piece.given.locked:
            continue  # the instructor's text comes once
        merged = _merged(united[first], piece, adjacent=first == len(united) - 1)
        if merged is not None:
            united[first] = merged
        else:
            united.append(replace(piece, given=None))
    return united


def _note_copy(given: Given, notes: list[str]) -> None:
    note = f"{given.name} was there more than once."
    if note not in notes:
        notes.append(note)


def _merged(first: Piece, second: Piece, adjacent: bool) -> Piece | None:
    """Return one cell for a text in two parts, or for code that was split in two."""
    if second.source == first.source:
        return first
    joined = f"{first.source}\n{second.source}"
    if first.given.cell_type != "code":
        return replace(first, source=f"{first.source}\n\n{second.source}")
    halves = not (_is_python(first.source) and _is_python(second.source))
    return replace(first, source=joined) if adjacent and halves and _is_python(joined) else None


def _is_python(source: str) -> bool:
    try:
        parsed(source)
        return True
    except SyntaxError:
        return False


# --- what is missing -----------------------------------------------------------------------------


def _with_all_answers(pieces: list[Piece], materials: Materials, notes: list[str]) -> list[Piece]:
    """Put back answer cells that were deleted, as the learner got them."""
    present = {piece.given.name for piece in pieces if piece.given}
    lost = [g for g in materials.named.values() if g.is_answer and g.name not in present]
    for given in lost:
        place = _before_next(given, pieces, materials)
        empty = Piece(given.stub, given.cell_type, given, runs=False)
        pieces = [*pieces[:place], empty, *pieces[place:]]
    if lost:
        notes.append(f"Deleted and put back empty: {listing([g.name for g in lost])}.")
    return pieces


def _with_locked(pieces: list[Piece], materials: Materials, notes: list[str]) -> list[Piece]:
    """Put every locked cell behind the answers that come before it in the lesson."""
    present = {piece.given.name for piece in pieces if piece.given}
    edited = [p.given.name for p in pieces if _is_edited(p)]
    lost = [g.name for g in materials.named.values() if g.locked and g.name not in present]
    for given in materials.named.values():
        if given.locked and not _is_in_place(given, pieces, materials):
            pieces = [piece for piece in pieces if piece.given is not given]
            place = _before_next(given, pieces, materials)
            pieces = [*pieces[:place], Piece(given.source, given.cell_type, given), *pieces[place:]]
    for names, what in ((edited, "Edited and restored"), (lost, "Deleted and put back")):
        if names:
            notes.append(f"{what}: {listing(names)}.")
    return pieces


def _note_moved(pieces: list[Piece], materials: Materials, notes: list[str]) -> None:
    """Say which locked cells are not where they were; later steps move others along with them."""
    here = [piece.given for piece in pieces if piece.given and piece.given.locked]
    moved = [given.name for given in here if not _is_in_place(given, pieces, materials)]
    if moved:
        notes.append(f"Moved and put back: {listing(moved)}.")


def _is_edited(piece: Piece) -> bool:
    given = piece.given
    if given is None or not given.locked:
        return False
    hidden_removed = visible(given.source)
    return piece.source.strip() not in (given.source.strip(), hidden_removed.strip())


def visible(source: str) -> str:
    """Return a test without its hidden regions, as the learner got it."""
    hidden = hidden_lines(source)
    return "\n".join(t for i, t in enumerate(source.split("\n"), start=1) if i not in hidden)


def hidden_lines(source: str) -> set[int]:
    """Return the numbers of the lines of hidden tests, their marks included, from 1."""
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or "BEGIN HIDDEN TESTS" in line
        if inside:
            hidden.add(number)
        inside = inside and "END HIDDEN TESTS" not in line
    return hidden


def _index(given: Given, pieces: list[Piece]) -> int | None:
    return next((i for i, piece in enumerate(pieces) if piece.given is given), None)


def _is_in_place(given: Given, pieces: list[Piece], materials: Materials) -> bool:
    """Return whether a cell is there, behind all cells that come before it in the lesson."""
    order, here = list(materials.named.values()), _index(given, pieces)
    places = [_index(each, pieces) for each in order[: order.index(given)]]
    return here is not None and all(place is None or place < here for place in places)


def _before_next(given: Given, pieces: list[Piece], materials: Materials) -> int:
    """Return the place for a cell: before the first one that comes after it in the lesson.

    So whatever the learner wrote in between, in cells of their own, has run by then.
    """
    order = list(materials.named.values())
    at = order.index(given)
    earlier = [_index(each, pieces) for each in order[:at]]
    after = max((place + 1 for place in earlier if place is not None), default=0)
    later = [_index(each, pieces) for each in order[at + 1 :] if not each.locked]
    return min((place for place in later if place is not None and place >= after),
               default=len(pieces))  # fmt: skip


# --- the notebook again --------------------------------------------------------------------------


def as_notebook(pieces: list[Piece], materials: Materials) -> NotebookNode:
    """Return the pieces as a notebook with nbgrader's metadata, locked cells as they must be."""
    cells, seen = [], set()
    own = {text for cell in materials.cells for text in (cell.source, cell.stub)}
    for number, piece in enumerate(pieces):
        given = piece.given
        kind = given.cell_type if given else piece.cell_type
        source = given.source if given and given.locked else piece.source
        if kind != "code" and source not in own:
            source = harmless.text(source)
        cell = getattr(nbformat.v4, f"new_{kind}_cell")(source)
        cell["id"] = given.name if given and given.name not in seen else f"cell-{number}"
        seen.add(cell["id"])
        if given:
            cell.metadata["nbgrader"] = nbformat.from_dict(given.metadata())
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)
