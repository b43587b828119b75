"""What Formgrader shows of a submission: formulas without a script, and the learner's name.

`nbgrader_config.py` names these as filters of the page's template, `templates/formgrader.html.j2`.
"""

from markupsafe import Markup, escape

from lessonlib.grading.feedback.cells import Cells


def text(source: str) -> Markup:
    """Return Markdown as HTML, its formulas as MathML."""
    return Cells().text(source)


def learner(resources: dict) -> Markup:
    """Return a learner's name and id, as the report has them."""
    names = (resources.get("first_name"), resources.get("last_name"))
    name, student = " ".join(filter(None, names)), resources["student"]
    return escape(f"{name} ({student})" if name else student)
