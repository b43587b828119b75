"""The fold below a question in words: the model answer of the question's cell, and its rubric."""

import pytest

from lessonlib.building.source import read_lesson
from lessonlib.errors import UserError

QUESTION = """\
# %% [markdown] written="toy-why" points=2
# <!-- BEGIN SOLUTION -->
# Because the slope is 0.
# <!-- END SOLUTION -->

"""
RUBRIC = """\
# %% [markdown] rubric="toy-why"
# - 1 point: the slope is 0.
# - 1 point: so the step is 0.
"""


def cells(tmp_path, text):
    path = tmp_path / "20-toy.py"
    path.write_text(text)
    return read_lesson(path, {}.__getitem__).cells


def test_a_rubric_shows_the_model_answer_and_what_earns_the_points(tmp_path):
    question, fold = cells(tmp_path, QUESTION + RUBRIC)
    assert fold.source.startswith("<details><summary>Compare")
    assert fold.source.endswith("- 1 point: so the step is 0.\n\n</details>")
    assert "\n\nBecause the slope is 0.\n\n**What earns the points**\n\n- 1 point" in fold.source
    assert "SOLUTION" not in fold.source
    assert "nbgrader" not in fold.metadata
    assert "rubric" not in fold.metadata
    assert question.metadata.nbgrader.points == 2


def test_a_rubric_needs_its_question(tmp_path):
    with pytest.raises(UserError, match='there is no written="toy-why"'):
        cells(tmp_path, RUBRIC)
