"""Below a question to answer in words: a model answer and what earns the points, behind a fold.

A rubric's cell names its question, `# %% [markdown] rubric="relu-explain"`, and lists what earns
the points. The model answer is the question's own solution, so that it stands in one place.
"""

from nbformat import NotebookNode

from lessonlib.building.stubs import Region, split
from lessonlib.errors import UserError

FOLD = """<details><summary>Compare: a model answer, and what earns the points</summary>

{answer}

**What earns the points**

{rubric}

</details>"""


def fill_rubrics(cells: list[NotebookNode]) -> None:
    """Put the model answer and a fold round each rubric. Raises UserError: no such question."""
    answers = {c.metadata["written"]: model_answer(c) for c in cells if "written" in c.metadata}
    for cell in cells:
        name = cell.metadata.pop("rubric", None)
        if name is None:
            continue
        if name not in answers:
            raise UserError(
                f'rubric="{name}" belongs to no question: there is no written="{name}".'
            )
        cell.source = FOLD.format(answer=answers[name], rubric=cell.source.strip())


def model_answer(cell: NotebookNode) -> str:
    """Return what a question's cell holds between the marks of its solution."""
    parts = [part for part in split(cell.source) if isinstance(part, Region)]
    return "\n".join(line for part in parts for line in part.lines).strip()
