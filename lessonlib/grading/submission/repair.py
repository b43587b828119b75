"""Brings a submission back into the lesson's shape, and says what was amiss.

Cells may have been deleted, copied, split, edited, moved or stripped of their metadata. What the
learner wrote is kept, all of it; tests, points and everything locked come from the instructor.
"""

import ast
import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field, replace

import nbformat
from nbformat import NotebookNode

from lessonlib.checks.wording import listing
from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.submission import markdown, sanitise
from lessonlib.grading.submission.markdown import Attachments
from lessonlib.grading.submission.reading import MAX_SOURCE, new_cell
from lessonlib.grading.submission.syntax import parsed, remembering

HIDDEN_TEST = "# (a hidden test)"
ALIKE = 0.8  # share of equal words from which a cell without an id counts as a known one
MAX_COMPARED = 300_000  # characters of cells without an id that are looked at for a known one
MAX_COPIES = 20  # of a cell that are put together again
LOST = "(This cell was missing in what was handed in; the answer may stand in another one.)"


@dataclass(frozen=True)
class Piece:
    """A cell on its way: the learner's source, and the cell of the lesson that it is, if any.

    runs: False for what was put back only for the looks: the answer may be in another cell.
    attachments: the pictures in a text, by name and kind.
    """

    source: str
    cell_type: str
    given: Given | None = None
    runs: bool = True
    attachments: Attachments = field(default_factory=dict, hash=False)


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
    ids = {cell.get("id", ""): place for place, cell in reversed(list(enumerate(cells)))}
    ways = {
        "content": lambda given: _by_id(given, pieces, ids) or _by_content(given, pieces),
        "place": lambda given: _by_place(given, pieces, materials),
    }
    for what, way in ways.items():
        known = {piece.given.name for piece in pieces if piece.given}
        for given in (each for name, each in named.items() if name not in known):
            for place in way(given):
                pieces[place] = _as(given, pieces[place])
                notes.append(f"{given.name} had lost its id and was recognised by its {what}.")
    return pieces


def _piece(cell: NotebookNode, named: dict[str, Given]) -> Piece:
    piece = Piece(cell.source, cell.cell_type, attachments=dict(cell.get("attachments", {})))
    given = named.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return piece if given is None else _as(given, piece)


def _as(given: Given, piece: Piece) -> Piece:
    """Return a piece as a cell of the lesson: it is of the lesson's kind, whatever it says."""
    return replace(piece, given=given, cell_type=given.cell_type)


def _by_id(given: Given, pieces: list[Piece], ids: dict[str, int]) -> list[int]:
    place = ids.get(given.name)
    return [place] if place is not None and pieces[place].given is None else []


def _by_content(given: Given, pieces: list[Piece]) -> list[int]:
    """Return where the cell is that defines what an answer's stub does, or reads like the cell."""
    compared = _compared(pieces)
    if given.is_answer:
        wanted = _defined(given.stub) if given.cell_type == "code" else set()
        return [i for i in compared if wanted and _defines(pieces[i].source, wanted)][:1]
    words = _words(given.stub)
    alike = [(_likeness(_words(pieces[i].source), words), -i) for i in compared
             if abs(len(pieces[i].source) - len(given.stub)) < 200]  # fmt: skip
    best, place = max(alike, default=(0.0, 0))
    return [-place] if best >= ALIKE else []


def _compared(pieces: list[Piece]) -> list[int]:
    """Return the places of unknown cells, as many as can be looked at in no time."""
    found, size = [], 0
    for place, piece in enumerate(pieces):
        if piece.given is None:
            size += len(piece.source) + 100
            if size > MAX_COMPARED:
                break
            found.append(place)
    return found


@remembering
def _words(source: str) -> Counter:
    return Counter(re.findall(r"\w+|[^\w\s]", source))


def _likeness(one: Counter, other: Counter) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _defines(source: str, wanted: Set[str]) -> bool:
    return all(name in source for name in wanted) and wanted <= _defined(source)


@remembering
def _defined(source: str) -> frozenset[str]:
    try:
        body = parsed(source).body
    except SyntaxError:
        return frozenset()
    names = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    targets = [t for n in body if isinstance(n, ast.Assign) for t in n.targets]
    return frozenset(names | {t.id for t in targets if isinstance(t, ast.Name)})


def _by_place(given: Given, pieces: list[Piece], materials: Materials) -> list[int]:
    """Return where an answer for a person to read is: between the cells that stood around it."""
    if not given.is_answer or given.cell_type == "code" and not given.grade:
        return []
    cells = materials.cells
    at, places = cells.index(given), _places_of(cells, pieces)
    before = next((p for p in reversed(places[:at]) if p is not None), -1)
    after = next((p for p in places[at + 1 :] if p is not None and p > before), len(pieces))
    texts = {cell.source for cell in cells if not cell.is_answer}
    return [
        place
        for place in range(before + 1, after)
        if pieces[place].given is None
        and (pieces[place].cell_type == "code") == (given.cell_type == "code")
        and pieces[place].source not in texts
    ][:1]


def _places_of(cells: tuple[Given, ...], pieces: list[Piece]) -> list[int | None]:
    """Return where each cell of the lesson is: by its name, or by its text if it has none."""
    places = _places(pieces)
    texts = {p.source: i for i, p in reversed(list(enumerate(pieces))) if p.given is None}
    return [places.get(cell.name) if cell.name else texts.get(cell.source) for cell in cells]


# --- copies --------------------------------------------------------------------------------------


def _united(pieces: list[Piece], notes: list[str]) -> list[Piece]:
    """Let each cell of the lesson occur once; what a learner wrote in a copy is kept."""
    united: list[Piece] = []
    at: dict[str, int] = {}
    copies: Counter[str] = Counter()
    for piece in pieces:
        if piece.given is None or piece.given.name not in at:
            if piece.given is not None:
                at[piece.given.name] = len(united)
            united.append(piece)
            continue
        first = at[piece.given.name]
        copies[piece.given.name] += 1
        _note_copy(piece.given, notes)
        if piece.given.locked:
            continue  # the instructor's text comes once
        few = copies[piece.given.name] <= MAX_COPIES
        merged = _merged(united[first], piece, first == len(united) - 1) if few else None
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
    if len(joined) > MAX_SOURCE:
        return None
    if first.cell_type != "code":
        both = f"{first.source}\n\n{second.source}"
        return replace(first, source=both, attachments=first.attachments | second.attachments)
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
    """Put back answer cells that were deleted, as the learner got them.

    One that a person grades says that it was missing: nbgrader gives 0 to what was not changed.
    """
    lost = [g for g in _missing(pieces, materials) if g.is_answer]
    by_hand = [g for g in lost if g.grade or g.task]
    for given in lost:
        source = _told_lost(given) if given in by_hand else given.stub
        place = _before_next(given, pieces, materials)
        pieces = [*pieces[:place], Piece(source, given.cell_type, given, False), *pieces[place:]]
    if lost:
        notes.append(f"Deleted and put back empty: {listing([g.name for g in lost])}.")
    if by_hand:
        names = listing([g.name for g in by_hand])
        notes.append(f"To be graded by hand, as the answer may stand in another cell: {names}.")
    return pieces


def _told_lost(given: Given) -> str:
    return f"{given.stub}\n# {LOST}" if given.cell_type == "code" else f"{given.stub}\n\n{LOST}"


def _missing(pieces: list[Piece], materials: Materials) -> list[Given]:
    present = _places(pieces)
    return [given for name, given in materials.named.items() if name not in present]


def _with_locked(pieces: list[Piece], materials: Materials, notes: list[str]) -> list[Piece]:
    """Put every locked cell behind the answers that come before it in the lesson."""
    edited = [p.given.name for p in pieces if p.given and _is_edited(p)]
    lost = [g.name for g in _missing(pieces, materials) if g.locked]
    own = {piece.given.name: piece for piece in pieces if piece.given}
    for name, given in materials.named.items():
        if given.locked and not _is_in_place(given, _places(pieces), materials):
            pieces = [piece for piece in pieces if piece.given is not given]
            place = _before_next(given, pieces, materials)
            pictures = own[name].attachments if name in own else {}
            back = Piece(given.source, given.cell_type, given, attachments=pictures)
            pieces = [*pieces[:place], back, *pieces[place:]]
    for names, what in ((edited, "Edited and restored"), (lost, "Deleted and put back")):
        if names:
            notes.append(f"{what}: {listing(names)}.")
    return pieces


def _note_moved(pieces: list[Piece], materials: Materials, notes: list[str]) -> None:
    """Say which locked cells are not where they were; later steps move others along with them."""
    here = [piece.given for piece in pieces if piece.given and piece.given.locked]
    places = _places(pieces)
    moved = [given.name for given in here if not _is_in_place(given, places, materials)]
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


def _places(pieces: list[Piece]) -> dict[str, int]:
    """Return where each known cell is, by its name."""
    return {piece.given.name: place for place, piece in enumerate(pieces) if piece.given}


def _is_in_place(given: Given, places: dict[str, int], materials: Materials) -> bool:
    """Return whether a cell is there, behind all cells that come before it in the lesson."""
    here = places.get(given.name)
    order = list(materials.named)
    earlier = [places.get(name, -1) for name in order[: order.index(given.name)]]
    return here is not None and all(place < here for place in earlier)


def _before_next(given: Given, pieces: list[Piece], materials: Materials) -> int:
    """Return the place for a cell: before the first one that comes after it in the lesson.

    So whatever the learner wrote in between, in cells of their own, has run by then.
    """
    places, order = _places(pieces), list(materials.named.values())
    at = list(materials.named).index(given.name)
    after = max((places.get(each.name, -1) + 1 for each in order[:at]), default=0)
    later = [places.get(each.name, -1) for each in order[at + 1 :] if not each.locked]
    return min((place for place in later if place >= after), default=len(pieces))


# --- the notebook again --------------------------------------------------------------------------


# Ids that the pages have beside those of the cells.
PAGE = {"notebook", "notebook-container", "statusmessage", "toc", "top"}


def as_notebook(pieces: list[Piece], materials: Materials) -> NotebookNode:
    """Return the pieces as a notebook with nbgrader's metadata, locked cells as they must be."""
    cells, seen = [], set()
    write = _Writing(materials)
    for number, piece in enumerate(pieces):
        cell, given = write.cell(piece), piece.given
        cell["id"] = given.name if given and given.name not in seen else f"cell-{number}"
        seen.add(cell["id"])
        if given:
            cell.metadata["nbgrader"] = nbformat.from_dict(given.metadata())
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


class _Writing:
    """Writes cells for the pages: the lesson's own as they are, the learner's made harmless."""

    def __init__(self, materials: Materials):
        self.own = {text for cell in materials.cells for text in (cell.source, cell.stub)}
        marks = ("{}", "{}-comment", "comment-{}", "{}_extra_credit")
        self.taken = PAGE | {mark.format(name) for name in materials.named for mark in marks}
        self.allowance = sanitise.Allowance()

    def cell(self, piece: Piece) -> NotebookNode:
        """Return a piece as a cell without metadata."""
        given = piece.given
        kind = given.cell_type if given else piece.cell_type
        source = given.source if given and given.locked else piece.source
        if kind == "markdown":
            return self._markdown(source, piece.attachments)
        if source not in self.own:
            source = getattr(sanitise, kind)(source, self.allowance)
        return new_cell(kind, source)

    def _markdown(self, source: str, pictures: Attachments) -> NotebookNode:
        if source in self.own:
            missing = markdown.missing_pictures(source, pictures)
            pictures = markdown.with_missing(pictures, missing)
        else:
            written = sanitise.written(source, pictures, self.taken, self.allowance)
            source, pictures = written.source, written.attachments
        cell = new_cell("markdown", source)
        if pictures:
            cell["attachments"] = nbformat.from_dict(pictures)
        return cell
