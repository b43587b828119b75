"""Hands a class's points back: the table that a platform imports, made anew or filled.

Nothing that a platform would take for a change is in it unless it is one: who is not graded to the
last cell is left as the platform has them.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.grading.report.table import safe
from lessonlib.platforms import sheets
from lessonlib.platforms.forms import EXCUSED, Form, number
from lessonlib.platforms.roster import Learner, Roster, word_key
from lessonlib.platforms.scores import Scores
from lessonlib.platforms.sheets import Sheet
from lessonlib.printable import one_line


@dataclass
class Exported:
    """A table that a platform imports, and what is to be said of it.

    given:   how many grades are in it.
    notes:   what an instructor should know, in sentences.
    left:    who is not in it, by reason.
    """

    sheet: Sheet
    given: int = 0
    notes: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, why: str, who: list[str]) -> None:
        """Note that these are left out."""
        if who:
            self.left.setdefault(why, []).extend(sorted(map(one_line, who)))


PENDING = "answers wait for your points"
UNKNOWN = "not in the roster, so the platform may not know them"
UNFIT = "nothing that the platform could find them by, or it would be a formula"


def people(known: list[Learner], roster: Roster | None) -> list[Learner]:
    """Return the learners as the gradebook and, where it has them, the roster knows them."""
    listed = roster.learners if roster else []
    return list({each.id: each for each in [*known, *listed]}.values())


# --- made anew -----------------------------------------------------------------------------------


def make(form: Form, scores: Scores, known: list[Learner], roster: Roster | None) -> Exported:
    """Return a table of one lesson. Raises UserError if the platform wants its own one filled."""
    listed = {each.id for each in roster.learners} if roster else None
    graded = [each for each in people(known, roster) if each.id in scores.points]
    fit = [each for each in graded if listed is None or each.id in listed]
    strangers = [each.id for each in graded if listed is not None and each.id not in listed]
    sheet, unfit = form.made(scores, fit)
    made = Exported(sheet, len(fit) - len(unfit))
    made.leave(PENDING, list(scores.pending))
    made.leave(UNKNOWN, strangers)
    made.leave(UNFIT, unfit)
    return made


# --- filled --------------------------------------------------------------------------------------


def fill(
    form: Form, path: Path, lessons: list[Scores], known: list[Learner], roster: Roster | None
) -> Exported:
    """Return a platform's own table with the grades of these lessons, and nothing else changed.

    Raises UserError where the table is none of that platform's, or another course's.
    """
    sheet = sheets.read(path)
    columns = {scores.lesson: _column(form, sheet, scores, path, lessons) for scores in lessons}
    made = Exported(sheet)
    rows = _rows(form, sheet, path, Roster(people(known, roster)), made)
    for scores in lessons:
        _fill_column(form, made, scores, columns[scores.lesson], rows)
    for row in sheet.rows:
        for at in form.names(sheet):
            row[at] = safe(row[at])
    return made


def _column(form: Form, sheet: Sheet, scores: Scores, path: Path, lessons: list[Scores]) -> int:
    """Return the lesson's column. Raises UserError where none, or not one alone, may be it."""
    found = form.grades(sheet)
    if not found:
        raise UserError(
            f"{one_line(path)} has no column of grades. Download the table to fill {form.get}."
        )
    titles = {at: form.title(sheet.header[at]) for at in found}
    named = [at for at, title in titles.items() if word_key(scores.lesson) in word_key(title)]
    digits = scores.lesson.split("-")[0].lstrip("0")
    numbered = [at for at, title in titles.items()
                if digits and re.search(rf"(?<!\d)0*{re.escape(digits)}(?!\d)", title)]  # fmt: skip
    only = found if len(lessons) == len(found) == 1 else []
    best = named or numbered or only
    if len(best) != 1:
        there = ", ".join(one_line(sheet.header[at]) for at in best or found)
        raise UserError(
            f"Which column of {one_line(path)} is {scores.lesson}? There are: {there}. "
            "Delete the columns of other assignments from the file; is it this course's?"
        )
    return best[0]


def _rows(
    form: Form, sheet: Sheet, path: Path, roster: Roster, made: Exported
) -> dict[str, list[str]]:
    """Return each learner's row. Raises UserError where nobody is in this course."""
    edge = min(form.grades(sheet))
    found: list[tuple[str, list[str]]] = []
    strangers = []
    for row in filter(form.is_learner, sheet.rows):
        name = form.name(sheet, row)
        learner, _ = roster.find(tuple(row[:edge]), name)
        if learner:
            found.append((learner.id, row))
        else:
            strangers.append(name or row[0])
    if not found:
        raise UserError(
            f"None of the {len(strangers)} learners in {one_line(path)} is in this course's "
            "gradebook: is it another course's?"
        )
    several = {who for who, count in Counter(who for who, _ in found).items() if count > 1}
    made.leave("in several rows of the file", list(several))
    made.leave("in the file and not known here; left as they are", strangers)
    return {who: row for who, row in found if who not in several}


def _fill_column(
    form: Form, made: Exported, scores: Scores, column: int, rows: dict[str, list[str]]
) -> None:
    most = form.most(made.sheet, column)
    share = most / scores.most if most and scores.most else 1.0
    if abs(share - 1) > 1e-9:
        made.notes.append(f"{scores.lesson} is out of {scores.most:g} points here and of {most:g} "
                          "there: the points are scaled.")  # fmt: skip
    decimal, excused = form.decimal(made.sheet, column), []
    for who, points in scores.points.items():
        if who not in rows:
            continue
        if rows[who][column].strip().upper() == EXCUSED:
            excused.append(who)
            continue
        rows[who][column] = number(points * share, decimal)
        made.given += 1
    made.leave("excused there", excused)
    made.leave(PENDING, [who for who in scores.pending if who in rows])
    graded = [*scores.points, *scores.pending]
    made.leave("not in the file", [who for who in graded if who not in rows])
