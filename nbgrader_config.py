"""nbgrader's settings for this course: `solutions/` is the source, `course/` what learners get."""

import os

from lessonlib.building.stubs import release_preprocessors

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "relu-to-backprop"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
# Everything in a lesson's folder is copied for the learner, except this. The `.py` beside a
# notebook is the lesson's text with every solution in it.
c.CourseDirectory.ignore = [
    "*.py",
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
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "lessonlib.grading.preprocessors.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Stubs that keep the names and signatures the checks ask for.
c.GenerateAssignment.preprocessors = release_preprocessors()
