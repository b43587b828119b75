"""The roster: who is in the class, and by what names, addresses and numbers platforms know them."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.grading.classroom.inbox import fault_of
from lessonlib.platforms.sheets import Sheet, read
from lessonlib.printable import one_line

NAME = "students.csv"
# The column that holds the id by which the gradebook knows a learner: the first of these, or else
# the first of all that holds ids.
IDS = (
    "id", "student_id", "student id", "username", "user name", "sis login id", "login",
    "id number", "email", "e-mail", "email address",
)  # fmt: skip
IDENTIFIES = re.compile(
    r"\b(id|sid|netid|uid)\b|_id\b|mail|user|login|identifier|number|nummer|matri|git", re.I
)
NAMES = re.compile(r"name|nom\b|prénom|nombre|apellido|^student$|^learner$", re.I)
PARTIAL = re.compile(r"first|given|fore|vor|last|family|sur|nach|prénom|apellido", re.I)
HANDED_IN = "last modified (submission)"


@dataclass(frozen=True)
class Learner:
    """A learner of the class.

    id:     what the gradebook calls them.
    known:  what else identifies them, by the heading of its column, in lower case.
    name:   the full name; "" where it is not known.
    handed: when they handed in, where the table says so.
    """

    id: str
    known: dict[str, str] = field(default_factory=dict, hash=False)
    name: str = ""
    handed: str = ""


def word_key(text: str) -> str:
    """Return what is left of a text where case, accents, blanks and marks do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def name_keys(name: str) -> set[str]:
    """Return the keys of a name's parts in any turn: Ada Lovelace, and Lovelace, Ada."""
    words = re.split(r"[\s,]+", name.strip(", "))
    return {word_key("".join(words[i:] + words[:i])) for i in range(len(words))} - {""}


class Roster:
    """The learners of a class, to be found by any of their ids, addresses and names."""

    def __init__(self, learners: list[Learner]):
        self.learners = learners
        self.ids: dict[str, set[Learner]] = {}
        self.names: dict[str, set[Learner]] = {}
        for learner in learners:
            for key in _id_keys(learner):
                self.ids.setdefault(key, set()).add(learner)
            for key in name_keys(learner.name or learner.id):
                self.names.setdefault(key, set()).add(learner)

    def find(self, ids: tuple[str, ...], name: str) -> tuple[Learner | None, str]:
        """Return whom these ids and this name belong to; or nobody, and why."""
        by_id = self._by_id(ids)
        by_name = set().union(*(self.names.get(key, set()) for key in name_keys(name)))
        both = by_id & by_name or by_id or by_name
        if by_id and by_name and not by_id & by_name:
            return None, f"its number is {_who(by_id)}'s and its name {_who(by_name)}'s"
        if len(both) > 1:
            return None, f"it may be any of these: {_who(both)}"
        return (both.pop(), "") if both else (None, "it matches nobody in the roster")

    def _by_id(self, ids: tuple[str, ...]) -> set[Learner]:
        found = [self.ids.get(id_key(each), set()) for each in ids if id_key(each)]
        return set().union(*(each for each in found if len(each) == 1))


def _who(learners: set[Learner]) -> str:
    return ", ".join(sorted(one_line(learner.id) for learner in learners))


def id_key(text: str) -> str:
    """Return an id or an address as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _id_keys(learner: Learner) -> set[str]:
    keys = {id_key(text) for text in (learner.id, *learner.known.values())}
    keys |= {key.partition("@")[0] for key in keys}  # the login of many an address
    keys |= {found[1] for key in keys if (found := re.fullmatch(r"\D{5,}(\d+)", key))}
    return keys - {""}  # the last: Moodle's "Participant 12345"


# --- reading one ---------------------------------------------------------------------------------


def read_roster(path: Path) -> Roster:
    """Return the roster in a table. Raises UserError where two learners have one id, or an odd one.

    Any table with an id and a name will do: nbgrader's, or one that a platform hands out.
    """
    sheet = read(path)
    learners = learners_of(sheet)
    seen: dict[str, int] = {}
    for place, learner in enumerate(learners, 1):
        who = one_line(learner.id)
        fault = fault_of(learner.id) or ("it has a slash" if "/" in learner.id else "")
        if fault:
            raise UserError(f"The id {who} in {one_line(path)} cannot be used: {fault}.")
        if learner.id in seen:
            raise UserError(
                f"Two learners in {one_line(path)} have the id {who}: numbers {seen[learner.id]} "
                f"and {place}. Give each an id of their own."
            )
        seen[learner.id] = place
    if not learners:
        raise UserError(
            f"{one_line(path)} names no learners: it needs a column id, and one called name."
        )
    return Roster(learners)


def learners_of(sheet: Sheet) -> list[Learner]:
    """Return the learners in a table; rows without an id are none (Canvas has one of maxima)."""
    headings = [heading.strip().lower() for heading in sheet.header]
    found = [(id_column(headings), row) for row in sheet.rows]
    return [_learner(headings, row, at) for at, row in found if at is not None and row[at].strip()]


def id_column(headings: list[str]) -> int | None:
    """Return which column holds the id; None if none does."""
    first = [headings.index(each) for each in IDS if each in headings]
    others = [at for at, heading in enumerate(headings) if _identifies(heading)]
    return next(iter([*first, *others]), None)


def _identifies(heading: str) -> bool:
    return bool(IDENTIFIES.search(heading))


def _learner(headings: list[str], row: list[str], at: int) -> Learner:
    cells = dict(zip(headings, map(str.strip, row), strict=False))
    known = {heading: text for heading, text in cells.items() if _identifies(heading) and text}
    return Learner(row[at].strip(), known, full_name(cells), cells.get(HANDED_IN, ""))


def full_name(cells: dict[str, str]) -> str:
    """Return the full name in a row, from one column or from its parts."""
    names = {h: text for h, text in cells.items() if NAMES.search(h) and not _identifies(h)}
    whole = [text for heading, text in names.items() if not PARTIAL.search(heading)]
    parts = sorted(names.items(), key=lambda each: not re.search("first|given|vor", each[0]))
    return whole[0] if whole else " ".join(text for _, text in parts)
