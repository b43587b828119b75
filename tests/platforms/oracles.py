"""How each platform reads what it imports, from its published behaviour, in our own words.

They share no code with what is tested. An oracle returns what the platform would change, and raises
Refused where it takes nothing of the file.
"""

import csv
import io
import re
from dataclasses import dataclass, field


class Refused(Exception):
    """The platform takes nothing of the file."""


@dataclass
class Imported:
    """What an import changes.

    grades: the new value for each (learner, assignment), where it differs from what was there.
    added:  assignments that are made, each with the most points; strangers: rows of nobody known.
    """

    grades: dict = field(default_factory=dict)
    added: dict = field(default_factory=dict)
    strangers: list = field(default_factory=list)


def rows_of(data, delimiter=","):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


# --- Canvas --------------------------------------------------------------------------------------


def canvas(data, users, assignments, grades):
    """Canvas: `users` are dicts (id, name, sortable, sis, login), `assignments` titles by id.

    The header begins with Student and ID; the student's columns end with Section. A heading with an
    id in brackets is that assignment, one with a known title too, any other makes a new one. A row
    finds its user by ID, else by SIS ids, else by the exact name. A cell that differs from the
    grade there is a change, an empty one too; EX excuses.
    """
    header, *rows = rows_of(data)
    if "Student" not in header[0] or "ID" not in header[1] or "Section" not in header:
        raise Refused("Invalid header row")
    start = header.index("Section") + 1
    columns = {at: _canvas_assignment(title, assignments)
               for at, title in enumerate(header[start:], start)
               if not re.search("(Current|Final) (Score|Points|Grade)", title)}  # fmt: skip
    done = Imported()
    most = next((row for row in rows if "Points Possible" in row[0]), None)
    for at, key in columns.items():
        if key not in assignments:
            done.added[key] = float(most[at]) if most and most[at].strip() else None
    for row in rows:
        if "Points Possible" in row[0] or all(
            re.fullmatch(r"\s*(Manual Posting)?\s*", c) for c in row
        ):
            continue
        user = _canvas_user(dict(zip(header[:start], row, strict=False)), users)
        if user is None:
            done.strangers.append(row[0])
            continue
        for at, key in columns.items():
            new, old = row[at].strip(), str(grades.get((user, key), ""))
            if not _same(new, old) and "read only" not in (most or row)[at]:
                done.grades[user, key] = new
    return done


def _same(new, old):
    try:
        return round(float(new), 2) == round(float(old), 2)
    except ValueError:
        return new == old


def _canvas_assignment(title, assignments):
    found = re.search(r"\((\d+)\)\s*$", title)
    if found and int(found[1]) in assignments:
        return int(found[1])
    return next((key for key, known in assignments.items() if known == title), title)


def _canvas_user(cells, users):
    for column, key in (("ID", "id"), ("SIS User ID", "sis"), ("SIS Login ID", "login")):
        for user in users:
            if cells.get(column) and cells[column] == str(user[key]):
                return user["id"]
    named = [u["id"] for u in users if cells["Student"] in (u["name"], u["sortable"])]
    return named[0] if named else None


# --- Moodle --------------------------------------------------------------------------------------


def moodle(data, identifies, column, users, item):
    """Moodle's gradebook: the teacher says which column identifies, by which field of `users`.

    One user that it does not know ends the import. A dash or nothing means no grade. What is no
    number, and a grade above 100, ends it too.
    """
    header, *rows = rows_of(data)
    header = [each.strip() for each in header]
    at, grade = header.index(column), header.index(item)
    done = Imported()
    for row in rows:
        known = [user for user in users if user[identifies] == row[at]]
        if not known:
            raise Refused(f"User mapping error: {row[at]}")
        text = row[grade].strip()
        if text in ("", "-"):
            continue
        if not re.fullmatch(r"-?\d+([.,]\d+)?", text) or float(text.replace(",", ".")) > 100:
            raise Refused(f"bad grade {text}")
        done.grades[known[0]["username"], item] = float(text.replace(",", "."))
    return done


def moodle_worksheet(data, words, participants, grades, comma=False):
    """Moodle's worksheet: `words` are Identifier, Grade, Last modified (grade) in its language.

    Without these three headings it takes nothing. A row is found by the number at the end of its
    identifier, and left if that is nobody's. Commas separate columns, whatever the language.
    """
    header, *rows = rows_of(data)
    if not set(words) <= set(header):
        raise Refused("a heading is missing")
    at, grade = header.index(words[0]), header.index(words[1])
    done = Imported()
    for row in rows:
        user = participants.get(int(re.search(r"(\d+)$", row[at])[1]))
        text = row[grade]
        if user is None or text in ("", "-"):
            continue
        assert comma or "," not in text
        value = float(text.replace(",", "."))
        if grades.get(user) != value:
            done.grades[user] = value
    return done


# --- Blackboard ----------------------------------------------------------------------------------


def blackboard(data, users, columns):
    """Blackboard's grade centre: users by Username, columns by the number after the last bar.

    A tab or a comma separates; UTF-16 and UTF-8 are told by their marks. A column without a number
    that it knows becomes a new column of text.
    """
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    own = {"Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"}
    done, known = Imported(), {}
    for at, heading in enumerate(header):
        found = re.search(r"\|(\d+)$", heading)
        if found and int(found[1]) in columns:
            known[at] = int(found[1])
        elif heading not in own:
            done.added[heading] = 0
    where = header.index("Username")
    for row in rows:
        if row[where] not in users:
            done.strangers.append(row[where])
            continue
        for at, column in known.items():
            if row[at] != columns[column].get(row[where], ""):
                done.grades[row[where], column] = row[at]
    return done


# --- Gradescope ----------------------------------------------------------------------------------


def gradescope(results):
    """Gradescope: a score, or tests that have scores; then the points that a learner gets."""
    levels = {"hidden", "after_due_date", "after_published", "visible"}
    tests = results.get("tests", [])
    for each in [results, *tests]:
        assert each.get("visibility", "visible") in levels
        assert isinstance(each.get("output", ""), str)
    for each in tests:
        assert isinstance(each["name"], str) and 0 <= each["score"] <= each["max_score"]
        assert each.get("status", "passed") in ("passed", "failed")
    if "score" not in results and not tests:
        raise Refused("neither a score nor tests")
    return results.get("score", sum(each["score"] for each in tests))
