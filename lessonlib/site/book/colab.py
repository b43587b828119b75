"""The copies of the lessons that Colab opens: with a first cell that installs lessonlib.

Colab has NumPy and Matplotlib, and not lessonlib, and it opens one notebook at a time: a notebook
that prepares the machine for another would have to be open beside it. A cell in each lesson would
be read by everybody and be of use in Colab alone. So only what Colab's button opens has the cell.
"""

from copy import deepcopy

from nbformat import NotebookNode, v4

CELL = """\
# Colab has no lessonlib yet: this installs it. Elsewhere the cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet git+{repository}\
"""


def for_colab(lesson: NotebookNode, repository: str) -> NotebookNode:
    """Return a released lesson with a first cell that, in Colab, installs lessonlib.

    repository: whatever `git clone` takes
    """
    copy = deepcopy(lesson)
    copy.cells.insert(0, v4.new_code_cell(CELL.format(repository=repository), id="install"))
    return copy
