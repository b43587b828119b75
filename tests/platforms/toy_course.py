"""A course of one small lesson, and a gradebook in which nothing has to be graded first."""

import nbformat
from nbformat import v4
from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook

LESSON = "07-toy"
MOST = 16.0
CONFIG = 'c = get_config()\nc.CourseDirectory.source_directory = "solutions"\n'


def make(root, lesson=LESSON):
    """Make the course's folder."""
    (root / "nbgrader_config.py").write_text(CONFIG)
    path = root / "solutions" / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# Toy")]), path)
    return root


def enter(root, points, pending=(), lesson=LESSON):
    """Enter a class as if it had been graded: points by id. The pending wait."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.add_assignment(lesson)
        book.add_notebook(lesson, lesson)
        for name, most in (("check", 10.0), ("why", 6.0)):
            book.add_grade_cell(name, lesson, lesson, max_score=most, cell_type="code")
        assignment = book.find_assignment(lesson)
        for who, score in points.items():
            _hand_in(book, assignment, who, min(score, 10.0),
                     None if who in pending else max(0.0, score - 10.0))  # fmt: skip
        book.db.commit()
    return root


def _hand_in(book, assignment, who, auto, manual):
    """Enter one learner's points, without a commit: it takes longer than all the rest."""
    submission = SubmittedAssignment(assignment_id=assignment.id, student_id=who)
    notebook = SubmittedNotebook(notebook_id=assignment.notebooks[0].id, assignment=submission)
    for cell in assignment.notebooks[0].grade_cells:
        grade = Grade(cell_id=cell.id, notebook=notebook)
        if cell.name == "check":
            grade.auto_score, grade.needs_manual_grade = auto, False
        else:
            grade.manual_score, grade.needs_manual_grade = manual, manual is None
    book.db.merge(Student(id=who))
    book.db.add(submission)
