"""The tables that platforms hand out and import: where names stand, where grades, and how written.

What each platform does with such a table is in docs/platforms.md.
"""

import re

from lessonlib.errors import UserError
from lessonlib.grading.report.table import safe
from lessonlib.platforms.roster import Learner, full_name
from lessonlib.platforms.scores import Scores
from lessonlib.platforms.sheets import Sheet

EXCUSED = "EX"


class Form:
    """A platform's table. `advice` says where to import it, `get` where to download one to fill."""

    advice = get = ""
    of_one_lesson = False

    def grades(self, sheet: Sheet) -> list[int]:
        """Return the columns of grades."""
        raise NotImplementedError

    def title(self, heading: str) -> str:
        """Return what an assignment is called in a heading."""
        return heading

    def most(self, sheet: Sheet, column: int) -> float | None:
        """Return the most points in a column; None where the table does not say."""
        return None

    def decimal(self, sheet: Sheet, column: int) -> str:
        """Return what stands before a number's decimals."""
        return "."

    def name(self, sheet: Sheet, row: list[str]) -> str:
        """Return a learner's name."""
        headings = [heading.strip().lower() for heading in sheet.header]
        return full_name(dict(zip(headings, row, strict=False)))

    def names(self, sheet: Sheet) -> list[int]:
        """Return the columns of names: nothing is matched by them, so they can be made harmless."""
        raise NotImplementedError

    def is_learner(self, row: list[str]) -> bool:
        """Return whether a row is a learner's."""
        return True

    def made(self, scores: Scores, learners: list[Learner]) -> tuple[Sheet, list[str]]:
        """Return a table of its own, and who cannot be in it. Raises UserError if it needs one."""
        raise UserError(f"Give the table to fill with --fill: {self.get}.")


# --- Canvas --------------------------------------------------------------------------------------


class Canvas(Form):
    """Canvas's gradebook: `Title (id)` columns, and a row of the most points."""

    advice = "in Canvas: Grades, Import"
    get = "in Canvas: Grades, Export"
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    ids = ("canvas_id", "canvas id", "canvas user id", "lms_user_id")

    def grades(self, sheet: Sheet) -> list[int]:
        """Return the columns that have an assignment's id and may be changed."""
        top = self._maxima(sheet)
        return [at for at, heading in enumerate(sheet.header)
                if re.search(r"\(\d+\)\s*$", heading) and "read only" not in top[at]]  # fmt: skip

    def title(self, heading: str) -> str:
        """Return the heading without the id."""
        return re.sub(r"\s*\(\d+\)\s*$", "", heading)

    def _maxima(self, sheet: Sheet) -> list[str]:
        rows = [row for row in sheet.rows if not self.is_learner(row)]
        found = [row for row in rows if "Points Possible" in row[0]]
        return found[0] if found else [""] * len(sheet.header)

    def most(self, sheet: Sheet, column: int) -> float | None:
        """Return what the row Points Possible says."""
        return as_number(self._maxima(sheet)[column])

    def names(self, sheet: Sheet) -> list[int]:
        """Return the first column, or the first two where family and given names are apart."""
        return [0, 1] if sheet.header[0] == "LastName" else [0]

    def is_learner(self, row: list[str]) -> bool:
        """Return whether a row is neither that of maxima nor one about hidden columns."""
        about = all(re.fullmatch(r"(?i)\s*(muted|manual posting.*)?\s*", cell) for cell in row)
        return "Points Possible" not in row[0] and not about

    def made(self, scores: Scores, learners: list[Learner]) -> tuple[Sheet, list[str]]:
        """Return a gradebook with one new assignment."""
        top = ["    Points Possible", "", "", "", "", number(scores.most)]
        rows, left = [top], []
        for each in learners:
            sis, login = (first(each.known, f"sis {what} id") for what in ("user", "login"))
            ids = [self._id(each), sis, login or first(each.known, "username", "login") or each.id]
            if any(safe(text) != text for text in ids):
                left.append(each.id)
                continue
            points = number(scores.points[each.id])
            rows.append([safe(each.name or each.id), *ids, "", points])
        return Sheet([*self.header, safe(scores.lesson)], rows), left

    def _id(self, learner: Learner) -> str:
        is_theirs = "sis login id" in learner.known or "sis user id" in learner.known
        return first(learner.known, *self.ids) or (learner.known.get("id", "") if is_theirs else "")


# --- Moodle --------------------------------------------------------------------------------------


class Moodle(Form):
    """Moodle's gradebook: one column that identifies, and one for each lesson."""

    advice = "in Moodle: Grades, Import, CSV file"
    get = "in Moodle: Grades, Export, Plain text file"
    identity = {
        "Email address": ("email", "e-mail", "mail", "email address", "e-mail address"),
        "ID number": ("id number", "idnumber", "student id", "student_id", "matriculation number"),
        "Username": ("username", "user name", "login"),
    }

    def grades(self, sheet: Sheet) -> list[int]:
        """Return the columns of activities: they say of what kind they are, or in which form."""
        return [at for at, heading in enumerate(sheet.header)
                if ":" in heading or re.search(r"\([^()\d]+\)\s*$", heading)]  # fmt: skip

    def title(self, heading: str) -> str:
        """Return the activity's name."""
        return re.sub(r"\s*\([^()\d]+\)\s*$", "", heading.partition(":")[2] or heading)

    def names(self, sheet: Sheet) -> list[int]:
        """Return the columns before the first that identifies: given and family name."""
        return [0, 1]

    def made(self, scores: Scores, learners: list[Learner]) -> tuple[Sheet, list[str]]:
        """Return a table of one lesson, with those whom Moodle can find."""
        known = {heading: {each.id: first(each.known, *names) for each in learners}
                 for heading, names in self.identity.items()}  # fmt: skip
        full = [heading for heading, ids in known.items() if any(ids.values())]
        heading = full[0] if full else "Username"
        ids = known[heading] if full else {each.id: each.id for each in learners}
        fit = {who: text for who, text in ids.items() if text and safe(text) == text}
        rows = [[text, number(scores.points[who])] for who, text in fit.items()]
        return Sheet([heading, safe(scores.lesson)], rows), sorted(ids.keys() - fit.keys())


class MoodleWorksheet(Form):
    """The grading worksheet of one of Moodle's assignments, in whatever language it speaks."""

    advice = "in Moodle: the assignment, Submissions, Upload grading worksheet"
    get = "in Moodle: the assignment, Submissions, Download grading worksheet"
    of_one_lesson = True

    def grades(self, sheet: Sheet) -> list[int]:
        """Return the one column of grades: the maximum, the same for all, comes right after it."""
        named = [at for at, heading in enumerate(sheet.header) if heading.strip() == "Grade"]
        numeric = [at - 1 for at in range(3, len(sheet.header)) if self._holds_maxima(sheet, at)]
        return named or numeric[:1]

    def _holds_maxima(self, sheet: Sheet, at: int) -> bool:
        values = {row[at].strip() for row in sheet.rows}
        before = [row[at - 1].strip() for row in sheet.rows]
        if len(values) > 1 or not as_number(values.pop()):
            return False
        return all(text in ("", "-") or as_number(text) is not None for text in before)

    def most(self, sheet: Sheet, column: int) -> float | None:
        """Return the maximum in the next column."""
        return as_number(sheet.rows[0][column + 1]) if column + 1 < len(sheet.header) else None

    def decimal(self, sheet: Sheet, column: int) -> str:
        """Return a comma where the maxima have one."""
        after = sheet.rows[0][column + 1 : column + 2]
        return "," if after and "," in after[0] else "."

    def name(self, sheet: Sheet, row: list[str]) -> str:
        """Return the second column: the first identifies the participant."""
        return row[1]

    def names(self, sheet: Sheet) -> list[int]:
        """Return the second column."""
        return [1]


# --- Blackboard ----------------------------------------------------------------------------------


class Blackboard(Form):
    """Blackboard's grade centre in the original view: `Title [Total Pts: 16 Score] |id`."""

    advice = "in Blackboard: Full Grade Center, Work Offline, Upload"
    get = "in Blackboard: Full Grade Center, Work Offline, Download"

    def grades(self, sheet: Sheet) -> list[int]:
        """Return the columns that have an id of the system's."""
        return [at for at, heading in enumerate(sheet.header)
                if re.search(r"\|\s*\d+\s*$", heading)]  # fmt: skip

    def title(self, heading: str) -> str:
        """Return the heading without maximum and id."""
        return re.sub(r"\s*(\[[^\]]*\])?\s*\|\s*\d+\s*$", "", heading)

    def most(self, sheet: Sheet, column: int) -> float | None:
        """Return the first number in the brackets of the heading."""
        found = re.search(r"\[[^\]\d]*(\d+(?:[.,]\d+)?)[^\]]*\]\s*\|", sheet.header[column])
        return as_number(found[1]) if found else None

    def names(self, sheet: Sheet) -> list[int]:
        """Return family and given name."""
        return [0, 1]


FORMS: dict[str, Form] = {
    "canvas": Canvas(),
    "moodle": Moodle(),
    "moodle-worksheet": MoodleWorksheet(),
    "blackboard": Blackboard(),
}


def number(points: float, decimal: str = ".") -> str:
    """Return points as a platform reads them."""
    return f"{points:.6f}".rstrip("0").rstrip(".").replace(".", decimal)


def as_number(text: str) -> float | None:
    """Return the number in a cell; None where there is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def first(known: dict[str, str], *headings: str) -> str:
    """Return what the first of these columns says that there is."""
    return next((known[each] for each in headings if known.get(each)), "")
