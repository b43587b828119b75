"""Formgrader's page of a submission, made as its server makes it."""

import re
from pathlib import Path

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).parents[2]
RESOURCES = {
    "assignment_id": "01", "notebook_id": "01-relu-layer", "submission_id": "7", "index": 0,
    "total": 2, "base_url": "", "student": "ada", "first_name": "Ada", "last_name": "<b>Lovelace",
    "notebook_path": "autograded/ada/01/01-relu-layer.ipynb",
}  # fmt: skip


def exported(template: str, resources: dict) -> str:
    config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [template_path]
    cells = [
        v4.new_markdown_cell("The slope is $2x$:\n\n$$y = \\frac{a}{b}$$\n\n**so**"),
        v4.new_markdown_cell("### Your turn: `relu` <b>"),
        graded(v4.new_code_cell("relu = abs"), solution=True),
        v4.new_markdown_cell("Then the test."),
        graded(v4.new_code_cell("check('relu.relu', relu)"), grade=True, points=2),
        v4.new_markdown_cell("### In your own words"),
        graded(v4.new_markdown_cell("So."), grade=True, solution=True, points=1),
        graded(v4.new_code_cell("locked = 1")),
    ]
    notebook = v4.new_notebook(cells=cells)
    made, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)
    return made


def graded(cell, **own):
    kinds = {"solution": False, "grade": False, "task": False}
    cell.metadata["nbgrader"] = {"grade_id": cell.id, "schema_version": 3, **kinds, **own}
    return cell


@pytest.fixture(scope="module")
def page() -> str:
    return exported("formgrade", dict(RESOURCES))


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_other_pages_of_nbconvert_are_made_as_ever(template):
    assert "<strong>so</strong>" in exported(template, {"metadata": {"name": "01"}})


def test_nothing_is_loaded_from_another_host(page):
    loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"([^\"]*)\"", page)
    assert len(loaded) > 5
    assert all(address.startswith("/formgrader/static/") for address in loaded)
    assert "mathjax" not in page.lower()


def test_formulas_are_mathml(page):
    assert page.count("<math") == 2 and "<mfrac>" in page
    assert "<strong>so</strong>" in page


def test_the_learner_is_named_and_can_write_no_markup(page):
    assert "01-relu-layer: Ada &lt;b&gt;Lovelace (ada)</span>" in page


def test_the_page_can_be_graded(page):
    assert '<html lang="en">' in page and "formgrade.js" in page and "Submission 1 / 2" in page


def test_each_answer_and_each_test_says_what_exercise_it_belongs_to(page):
    labels = re.findall(r'<span class="nbgrader-label">(.*?)</span>', page)
    titles = [re.sub("<code>.*</code>", "its id", label) for label in labels]
    assert titles == ["relu &lt;b&gt;: Student's answer", "relu &lt;b&gt;: its id",
                      "In your own words: Student's answer"]  # fmt: skip
