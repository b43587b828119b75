"""The same grading as steps of `nbgrader autograde` and `nbgrader generate_feedback`.

`nbgrader_config.py` puts them into nbgrader's lists; everything else there stays nbgrader's own.
"""

import gc
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from lessonlib.grading.classroom.gradebook import marks, plainly
from lessonlib.grading.classroom.loading import load, task
from lessonlib.grading.classroom.private import secret
from lessonlib.grading.classroom.solution import expect_right, planned
from lessonlib.grading.classroom.supervisor import do_here
from lessonlib.grading.classroom.treatment import (
    Treated,
    hide_from_learner,
    seconds_in_all,
    settled,
    treat,
)
from lessonlib.grading.grade import NOT_SHOWN
from lessonlib.grading.model.plan import solution
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record
from lessonlib.grading.submission.repair import HIDDEN_TEST, hidden_lines
from lessonlib.printable import one_line


class RepairAndExecute(NbGraderPreprocessor):
    """Grades a submission locked away, with its tests outside.

    It is the one step of `Autograde.sanitize_preprocessors`: it needs the notebook as it was handed
    in, and what it returns is as nbgrader's own later steps want it.
    """

    unprotected = Bool(
        False, help="Run submissions without bubblewrap, with all rights of the grader."
    ).tag(config=True)
    cell_seconds = Float(Limits.cell_seconds, help="Wall time for each cell of a submission.").tag(
        config=True
    )

    anyway = Bool(False, help="Grade also where the lesson's own solution fails its tests.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the executed notebook. Raises UserError where submissions cannot be isolated."""
        where = resources["nbgrader"]
        treated = self._treated(where["assignment"], where["notebook"], where["student"])
        record = treated.record
        self.log.info("%s: %s", one_line(where["student"]), record.state)
        for note in record.notes:
            self.log.warning("%s: %s", one_line(where["student"]), one_line(note, 1000))
        return nbformat.reads(treated.notebook.decode(), as_version=4), resources

    def _treated(self, lesson: str, notebook: str, student: str) -> Treated:
        course, limits = _course_of(self), Limits(cell_seconds=self.cell_seconds)
        with plainly(course):
            how: dict[str, Any] = {
                "materials": load(course, lesson, notebook), "limits": limits,
                "protected": not self.unprotected, "secret": secret(course),
            }  # fmt: skip
            plan = planned(do_here, course, solution(**how))
            if not self.anyway:
                expect_right(lesson, [plan])
            # The file itself, not `nb`: what nbgrader has read may have come through a link.
            job = task(course, student, **how, plan=plan)
            seconds = seconds_in_all(limits)
            return settled(lambda: do_here(seconds, treat, job), lambda: job, seconds)


class HoldMarked(NbGraderPreprocessor):
    """Lets marked tests wait for a person; it comes after nbgrader's SaveAutoGrades."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Write into the gradebook that marked tests need a manual grade."""
        where = resources["nbgrader"]
        found = marks(Record.read(nb))
        if found:
            with Gradebook(where["db_url"]) as gradebook:
                for cell in found:
                    grade = gradebook.find_grade(
                        cell, where["notebook"], where["assignment"], where["student"]
                    )
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources


class GetWaiting(NbGraderPreprocessor):
    """Finds out what a feedback page tells beside the points; it comes after GetGrades."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Note down the learner's name and which cells wait for points; keep people's comments.

        nbgrader's own remark on an answer that was left as it was is none of the instructor's.
        """
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            learner = gradebook.find_student(where["student"])
            own = gradebook.find_submission_notebook(
                where["notebook"], where["assignment"], where["student"]
            )
            undecided = (g for g in own.grades if g.auto_score is None and g.manual_score is None)
            where["waiting"] = {grade.name for grade in undecided}
            said = {comment.name for comment in own.comments if comment.manual_comment}
            names = filter(None, (learner.first_name, learner.last_name))
            where["learner"] = " ".join(names) or where["student"]
        for cell in nb.cells:
            known = cell.metadata.get("nbgrader", {})
            if known.get("comment") and known.grade_id not in said:
                known.comment = None
        return nb, resources


class HideTests(NbGraderPreprocessor):
    """Takes hidden tests, and what only the instructor may read, out of a learner's feedback."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Go through the cells; first let go of the last page, a large circle of objects."""
        gc.collect()
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        """Leave a line in the place of each hidden region; say which cells were not run."""
        hide_from_learner(cell)
        hidden = hidden_lines(cell.source)
        if hidden:
            lines = cell.source.split("\n")
            first = {n for n in hidden if n - 1 not in hidden}
            cell.source = "\n".join(
                HIDDEN_TEST if n in first else line
                for n, line in enumerate(lines, start=1)
                if n in first or n not in hidden
            )
        if cell.metadata.get("lessonlib", {}).get("not_run"):
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=NOT_SHOWN)]
        return cell, resources


def _course_of(preprocessor: NbGraderPreprocessor) -> CourseDirectory:
    """Return the course of the converter that a preprocessor belongs to."""
    parent = preprocessor.parent
    while parent is not None:
        course = getattr(parent, "coursedir", None)
        if course is not None:
            return course
        parent = parent.parent
    return CourseDirectory(config=preprocessor.config)
