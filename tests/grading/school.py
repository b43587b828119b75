"""A course with hand-made records and a small gradebook: nothing is graded there."""

import json
import shutil
from html.parser import HTMLParser

import nbformat
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from lessonlib.grading.record import Record, Result
from lessonlib.grading.report import write
from lessonlib.grading.report.gathering import gather

LESSON = "toy"
STUBS = {"toy-double": "def double(x): ...", "toy-half": "def half(x): ...", "toy-why": "Why?"}
CHECKS = {
    "check-toy-double": 'check("toy.double", double)',
    "check-toy-half": "check( 'toy.half', half)",
}
MOST = {"check-toy-double": 2.0, "check-toy-half": 4.0, "toy-why": 3.0}
RIGHT = {"toy-double": "def double(x): return 2 * x", "toy-half": "def half(x): return x / 2"}
SUMMED = "✗ toy.half: not right yet, 0 of 4 points.\nLooks like: db not summed."


def lesson_cells(sources):
    """Return the cells of the toy lesson, with these sources in its answers."""
    text = {**STUBS, **sources}
    return [
        _cell("code", "toy-double", text["toy-double"], solution=True),
        _cell("code", "check-toy-double", "", grade=True, locked=True, points=2),
        _cell("code", "toy-half", text["toy-half"], solution=True),
        _cell("code", "check-toy-half", "", grade=True, locked=True, points=4),
        _cell("markdown", "toy-why", text["toy-why"], solution=True, grade=True, points=3),
    ]


def _cell(kind, name, source, grade=False, solution=False, locked=False, points=None):
    known = {"grade_id": name, "grade": grade, "solution": solution, "locked": locked}
    known |= {"task": False, "schema_version": 3, "cell_type": kind, "points": points}
    return getattr(v4, f"new_{kind}_cell")(source, metadata={"nbgrader": known})


class School:
    """A course with one lesson; `hand_in` puts a learner into it as if they had been graded."""

    def __init__(self, root, gradebook=None, lesson=LESSON):
        self.root, self.lesson = root, lesson
        self.course = CourseDirectory(root=str(root), source_directory="solutions")
        path = root / "solutions" / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(v4.new_notebook(cells=lesson_cells(RIGHT)), path)
        if gradebook is not None:
            shutil.copy(gradebook, root / "gradebook.db")

    def gradebook(self):
        return Gradebook(self.course.db_url, self.course.course_id)

    def enter(self, notebooks=(LESSON,)):
        """Let the gradebook know the lesson."""
        with self.gradebook() as book:
            book.add_assignment(self.lesson)
            for notebook in notebooks:
                where = (notebook, self.lesson)
                book.add_notebook(*where)
                for name, most in MOST.items():
                    kind = "markdown" if name in STUBS else "code"
                    book.add_grade_cell(name, *where, max_score=most, cell_type=kind)
                for name in STUBS:
                    book.add_solution_cell(name, *where)
                for name, source in {**STUBS, **CHECKS}.items():
                    book.add_source_cell(name, *where, source=source, cell_type="code")

    def hand_in(self, student, points, sources=RIGHT, results=(), state="graded", notes=(),
                notebook=LESSON, executed=True, manual=None, late=0.0):  # fmt: skip
        """points: the automatic ones by cell, None where a person has to give them."""
        with self.gradebook() as book:
            book.update_or_create_student(student)
            with book.db.no_autoflush:
                book.update_or_create_submission(self.lesson, student)
            own = book.find_submission_notebook(notebook, self.lesson, student)
            own.late_submission_penalty = late
            for grade in own.grades:
                grade.auto_score = points.get(grade.name)
                grade.manual_score = (manual or {}).get(grade.name)
                unknown = grade.auto_score is None and grade.manual_score is None
                grade.needs_manual_grade = unknown
            book.db.commit()
        if executed:
            record = Record(state, "fingerprint", tuple(results), tuple(notes))
            self.execute(student, sources, record, notebook)

    def execute(self, student, sources, record, notebook=LESSON):
        path = self.root / "autograded" / student / self.lesson / f"{notebook}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        executed = v4.new_notebook(cells=lesson_cells(sources))
        record.write(executed)
        path.write_text(json.dumps(executed))  # in ASCII, so that it can hold half a surrogate pair

    def results(self):
        return gather(self.course, self.lesson)

    def learner(self, name):
        return next(each for each in self.results().learners if each.name == name)

    def outcomes(self, name):
        return [entry.outcome for entry in self.learner(name).entries]

    def written(self):
        html, table = write(self.course, self.lesson)
        return html.read_text(encoding="utf-8"), table.read_bytes().decode("utf-8")


def points(double=2.0, half=4.0, why=None):
    return dict(zip(MOST, (double, half, why), strict=True))


def wrong(message=SUMMED, mistakes=("db not summed",), exercise="toy.half", **more):
    cell = f"check-{exercise.replace('.', '-')}"
    return Result(cell, exercise, 0.0, MOST[cell], message, mistakes=mistakes, **more)


INLINE = {"b", "bdi", "code", "span"}
VOID = {"meta", "rect", "path", "line", "circle", "br", "col", "link", "img", "input"}


class Page(HTMLParser):
    """A page's elements: (name, attributes) each, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.text, self.faults = [], [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.text += "" if tag in INLINE else " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.text += data

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]
