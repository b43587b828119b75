"""Makes downloads as the platforms give them, of a class in which everything odd happens."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass

SIZE = 30


@dataclass(frozen=True)
class Learner:
    """A made-up learner, as the university's roster knows them."""

    number: int
    given: str
    family: str

    @property
    def id(self):
        return f"u{1000 + self.number}"

    @property
    def name(self):
        return f"{self.given} {self.family}"

    @property
    def email(self):
        return f"{self.id}@uni.example"

    @property
    def canvas(self):
        return 98000 + self.number

    @property
    def participant(self):
        return 551000 + self.number

    @property
    def github(self):
        return f"gh-{self.number}-dev"


ODD = [("Ada", "Müller"), ("Ada", "Müller"), ("Zoë", "O'Brien"), ("=cmd|' /C calc'!A0", "Bobby"),
       ("Jean, dit Jo", "Dupont"), ("Ana \"Nita\"", "García López"), ("+41", "Phone"),
       ("Nguyễn", "Văn An"), ("-Minus", "Sign"), ("@at", "Sign"), ("李", "小龙"),
       ("Jürgen", "Groß"), ("Eve", "=SUM(A1)")]  # fmt: skip


def learners(size=SIZE):
    """Return a class: equal names, commas, umlauts, quotes, and names that would be formulas."""
    plain = [(f"Given{number}", f"Family{number}") for number in range(size)]
    return [Learner(n, *each) for n, each in enumerate([*ODD, *plain][:size])]


def roster(path, people, columns=("id", "name", "email", "canvas_id", "participant id", "github")):
    """Write the roster."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for each in people:
            writer.writerow([each.id, each.name, each.email, each.canvas, each.participant,
                             each.github][: len(columns)])  # fmt: skip
    return path


def notebook(text):
    """Return a notebook's bytes."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": text, "id": "a"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ).encode()


def zipped(files):
    """Return the bytes of a zip with these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


JUNK = {"__MACOSX/._x.ipynb": b"\0mac", ".DS_Store": b"\0", "sub/.ipynb_checkpoints/x.ipynb": b"{}"}


def odd(number, name, data):
    """Return (ending or file, bytes) as learner `number` hands it in: every fourth oddly."""
    kinds = [
        {f"{name}.ipynb": data},
        {f"{name}.ipynb.txt": data},
        {f"{name}.json": data},
        {f"{name}.zip": zipped({f"hw/{name}.ipynb": data, "hw/data/mine.csv": b"1,2\n",
                                "hw/helper.py": b"x = 1\n", "__MACOSX/hw/._helper.py": b"\0"})},
    ]  # fmt: skip
    return kinds[number % 4]


def canvas(people, content):
    """Return Canvas's zip: name, perhaps LATE, two numbers, the learner's own file name."""
    files = dict(JUNK)
    for each in people:
        said = "".join(c for c in (each.family + each.given).lower() if c.isalnum())
        late = "_LATE" if each.number % 5 == 1 else ""
        for name, data in odd(each.number, "home work-1", content(each)).items():
            files[f"{said}{late}_{each.canvas}_{7000 + each.number}_{name}"] = data
    return zipped(files)


def moodle(people, content, flat=False):
    """Return Moodle's zip: a folder for each learner, or everything in one."""
    files = dict(JUNK)
    for each in people:
        said = "".join(c for c in each.name if c not in "\"'&<>|:\\/*?=!")
        for name, data in odd(each.number, "homework", content(each)).items():
            between = "_" if flat else "_/"
            files[f"{said}_{each.participant}_assignsubmission_file{between}{name}"] = data
        if each.number == 2:
            online = f"{said}_{each.participant}_assignsubmission_onlinetext"
            files[f"{online}{'_' if flat else '/'}onlinetext.html"] = b"<p>hello</p>"
    return zipped(files)


RECEIPT = """\
Name: {name} ({id})
Assignment: Homework 7
Date Submitted: Monday, March 2, 2026 2:05:{second:02} PM EST
Current Grade: Needs Grading

Submission Field:
There is no student submission text data for this assignment.

Files:
\tOriginal filename: homework.ipynb
"""


def blackboard(people, content):
    """Return Blackboard's zip: every third learner has an earlier attempt."""
    files = dict(JUNK)
    for each in people:
        stamps = (
            [("2026-03-01-23-59-59", notebook("an earlier attempt"))]
            if each.number % 3 == 0
            else []
        )
        for stamp, data in [*stamps, (f"2026-03-02-14-05-{each.number:02}", content(each))]:
            head = f"Homework 7_{each.id}_attempt_{stamp}"
            for name, inner in odd(each.number, "homework", data).items():
                files[f"{head}_{name}"] = inner
            files[f"{head}.txt"] = RECEIPT.format(
                name=each.name, id=each.id, second=each.number
            ).encode()
    return zipped(files)


def gradescope(people, content):
    """Return Gradescope's zip: a folder for each submission, and one list of who it is from."""
    top, files, listed = "assignment_4711_export", dict(JUNK), []
    for each in people:
        folder = f"submission_{30000 + each.number}"
        for name, data in odd(each.number, "homework", content(each)).items():
            files[f"{top}/{folder}/{name}"] = data
        listed.append(
            f"{folder}:\n  :submitters:\n  - :name: {json.dumps(each.name)}\n"
            f"    :sid: {json.dumps(each.id)}\n    :email: {each.email}\n"
            f"  :created_at: 2026-03-02 14:05:{each.number:02}.000000000 Z\n"
            "  :score: 0.0\n  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n"
            "    tests: []\n"
        )
    files[f"{top}/submission_metadata.yml"] = "---\n" + "".join(listed)
    return zipped(files)


def github(people, content):
    """Return a zip of GitHub Classroom's repositories, and its table."""
    top, files = "homework-7-submissions", dict(JUNK)
    rows = ["assignment_name,github_username,roster_identifier,student_repository_name,"
            "submission_timestamp"]  # fmt: skip
    for each in people:
        name = f"homework-7-{each.github}"
        files[f"{top}/{name}/.git/HEAD"] = b"ref: refs/heads/main\n"
        files[f"{top}/{name}/README.md"] = b"# Homework\n"
        for file, data in odd(each.number, "homework", content(each)).items():
            files[f"{top}/{name}/{file}"] = data
        rows.append(f"homework-7,{each.github},,{name},2026-03-02 14:05:{each.number:02} UTC")
    files["grades.csv"] = "\n".join(rows) + "\n"
    return zipped(files)


# --- the tables that platforms hand out --------------------------------------------------------

ENGLISH = ("Identifier", "Grade", "Last modified (grade)")
GERMAN = ("ID", "Bewertung", "Zuletzt geändert (Bewertung)")


def table(rows, encoding="utf-8", delimiter=",", quoting=csv.QUOTE_MINIMAL):
    """Return a table's bytes."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(rows)
    return file.getvalue().encode(encoding)


def canvas_table(people, grades, most="16.00", title="Homework 7 (4711)"):
    """Return Canvas's gradebook, with grades by (id, assignment's id)."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (12)", title,
              "Homework 8 (4712)", "Final Score"]  # fmt: skip
    rows = [["    Points Possible", "", "", "", "", "5.00", most, "3.00", "(read only)"],
            ["", "", "", "", "", "", "Manual Posting", "", ""]]  # fmt: skip
    for each in people:
        old = grades.get((each.canvas, 4711), "")
        rows.append([f"{each.family}, {each.given}", each.canvas, f"sis{each.number}", each.id, "A",
                     grades.get((each.canvas, 12), ""), old, "", "0.00"])  # fmt: skip
    return table([header, *rows, ["Student, Test", "1", "", "", "A", "", "", "", ""]])


def canvas_users(people):
    """Return what Canvas knows of a class."""
    return [{"id": each.canvas, "name": each.name, "sortable": f"{each.family}, {each.given}",
             "sis": f"sis{each.number}", "login": each.id} for each in people]  # fmt: skip


def moodle_worksheet(people, language=ENGLISH):
    """Return a grading worksheet as Moodle writes it, in English or German."""
    german = language == GERMAN
    header = [language[0], "Vollständiger Name" if german else "Full name",
              "E-Mail-Adresse" if german else "Email address", "Status", language[1],
              "Bestwertung" if german else "Maximum grade",
              "Bewertung kann geändert werden" if german else "Grade can be changed",
              "Zuletzt geändert (Abgabe)" if german else "Last modified (submission)",
              language[2], "Feedback als Kommentar" if german else "Feedback comments"]  # fmt: skip
    word, most = ("Teilnehmer/in", "16,00") if german else ("Participant ", "16.00")
    rows = [[f"{word}{each.participant}", each.name, each.email, "Submitted", "", most,
             "Ja" if german else "Yes", "Monday, 2 March 2026, 2:05 PM", "-", "- well begun"]
            for each in people]  # fmt: skip
    return table([header, *rows], encoding="utf-8-sig")


def blackboard_table(people, encoding="utf-16", delimiter="\t"):
    """Return Blackboard's grade centre."""
    rows = [["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability",
             "Homework 7 [Total Pts: 16 Score] |98765",
             "Total [Total Pts: up to 0] |98766"]]  # fmt: skip
    rows += [[e.family, e.given, e.id, e.number, "", "Yes", "", ""] for e in people]
    return table(rows, encoding, delimiter, csv.QUOTE_ALL)


FORMS = {
    "canvas": canvas, "moodle": moodle, "moodle flat": lambda p, c: moodle(p, c, flat=True),
    "blackboard": blackboard, "gradescope": gradescope, "github": github,
}  # fmt: skip
