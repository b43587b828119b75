"""nbgrader's settings for this course: `solutions/` is the source, `course/` what learners get."""

import os
from pathlib import Path

import lessonlib
from lessonlib.building.stubs import release_preprocessors
from lessonlib.building.withheld import private_names

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "relu-to-backprop"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
# Everything in a lesson's folder is copied for the learner, except this: first the texts that
# notebooks are made from, with every solution in them. Other modules are the learner's.
c.CourseDirectory.ignore = [
    *private_names(Path(c.CourseDirectory.root) / c.CourseDirectory.source_directory),
    "*.pyc",
    "__pycache__",
    ".ipynb_checkpoints",
    ".virtual_documents",
    ".DS_Store",
    "feedback",
]

# A submission runs locked away and the tests run outside of it; see lessonlib/grading. Named, not
# imported: a learner's Validate button reads this file too.
c.Autograde.sanitize_preprocessors = ["lessonlib.grading.preprocessors.RepairAndExecute"]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.SaveAutoGrades",
    "lessonlib.grading.preprocessors.HoldMarked",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# What a learner gets back: a page of our own in place of nbgrader's.
c.GenerateFeedback.exporter_class = "lessonlib.grading.feedback.exporter.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "lessonlib.grading.preprocessors.GetWaiting",
    "lessonlib.grading.preprocessors.HideTests",
]

# Formgrader's page of a submission asks no other host for anything.
c.HTMLExporter.template_file = str(
    Path(lessonlib.__file__).parent / "grading/templates/formgrader.html.j2"
)
c.HTMLExporter.filters = {
    "markdown2html": "lessonlib.grading.formgrader.text",
    "learner": "lessonlib.grading.formgrader.learner",
    "titled": "lessonlib.grading.formgrader.titled",
}

# Stubs that keep the names and signatures the checks ask for.
c.GenerateAssignment.preprocessors = release_preprocessors()
