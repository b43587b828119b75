"""The same grading as steps of `nbgrader autograde` and `nbgrader generate_feedback`.

`nbgrader_config.py` puts them into nbgrader's lists; everything else there stays nbgrader's own.
"""

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from lessonlib.grading.classroom.loading import load, task
from lessonlib.grading.examining import hidden_lines
from lessonlib.grading.grade import grade
from lessonlib.grading.limits import Limits
from lessonlib.grading.submission.repair import HIDDEN_TEST
from lessonlib.grading.submission.slicing import NOT_RUN


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

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the executed notebook. Raises UserError where submissions cannot be isolated."""
        where = resources["nbgrader"]
        course = _course_of(self)
        materials = load(course, where["assignment"], where["notebook"])
        limits = Limits(cell_seconds=self.cell_seconds)
        # The file itself, not `nb`: what nbgrader has read may have come through a link.
        graded = grade(task(course, materials, where["student"], limits, not self.unprotected))
        self.log.info("%s: %s", where["student"], graded.record.state)
        for note in graded.record.notes:
            self.log.warning("%s: %s", where["student"], note)
        return nbformat.reads(graded.notebook, as_version=4), resources


class HideTests(NbGraderPreprocessor):
    """Takes hidden tests out of the feedback that a learner gets."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        """Leave a line in the place of each hidden region; say which cells were not run."""
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
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=NOT_RUN)]
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
