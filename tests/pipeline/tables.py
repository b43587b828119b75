"""Assignments as tables of text: each exercise an answer, its tests, and wrong answers.

`=== name of an exercise`, then its cells, each below a line that says what it is:

--- answer           the learner's cell, here right; it may have a BEGIN SOLUTION region
--- wrong gives 1    instead of the answer above; the exercise then gives 1 point (0 if not said)
--- test 1           a locked cell worth 1 point (2 if not said)
--- question 3       a written answer, for a person to grade
--- locked, given    the instructor's cells without points; the learner may change a given one
--- text             a Markdown cell

`nbgrader 2` behind one of these says that stock nbgrader gives 2 points there: it is wrong, and
docs/differences.md says why.
"""

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode, v4
from two_graders import cell

HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS.*?^### END HIDDEN TESTS\n?", re.DOTALL | re.MULTILINE)
MARKER = re.compile(r"^.*### (BEGIN|END) SOLUTION.*\n?", re.MULTILINE)


@dataclass
class Part:
    """A cell of an exercise; `wrong` are texts that may stand in its place."""

    kind: str
    text: str
    points: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def answered(self, variant: int) -> str:
        """Return what a learner has there: the right text, or a wrong one by number from 1."""
        right = HIDDEN.sub("", MARKER.sub("", self.text))
        return self.wrong[variant - 1] if 0 < variant <= len(self.wrong) else right

    def cell(self, name: str, text: str) -> NotebookNode:
        """Return the cell with this text."""
        if self.kind in ("given", "text"):
            new = v4.new_code_cell if self.kind == "given" else v4.new_markdown_cell
            return new(text, id=name[:64])
        settings = {
            "locked": {"locked": True},
            "test": {"grade": True, "locked": True, "points": self.points},
            "answer": {"solution": True},
            "question": {"kind": "markdown", "solution": True, "grade": True,
                         "points": self.points},
        }[self.kind]  # fmt: skip
        return cell(name, text, **settings)


@dataclass
class Exercise:
    """Cells that belong together.

    gives:    points with the right answer and with each wrong one.
    nbgrader: what nbgrader gives in its place, by variant, where it is wrong.
    """

    name: str
    parts: list[Part] = field(default_factory=list)
    gives: list[float] = field(default_factory=lambda: [0.0])
    nbgrader: dict[int, float] = field(default_factory=dict)

    def add(self, head: str, text: str) -> None:
        """Add a cell, or another text for the answer above."""
        kind, _, rest = head.partition(" ")
        said = dict(re.findall(r"(gives|nbgrader) ([\d.]+)", rest))
        if kind == "wrong":
            answers = [part for part in self.parts if part.kind in ("answer", "question")]
            answers[-1].wrong.append(text)
            self.gives.append(float(said.get("gives", 0)))
        else:
            points = float(rest or 2) if kind in ("test", "question") else 0.0
            self.parts.append(Part(kind, text, points))
            self.gives[0] += points if kind == "test" else 0
        if "nbgrader" in said:
            self.nbgrader[len(self.gives) - 1 if kind == "wrong" else 0] = float(said["nbgrader"])

    @property
    def slug(self) -> str:
        """The start of its cells' names."""
        return re.sub(r"\W+", "-", self.name).strip("-").lower()

    def named(self) -> list[tuple[str, Part]]:
        """Return its cells by nbgrader's name."""
        return [(f"{self.slug}-{n}", part) for n, part in enumerate(self.parts)]

    def tests(self) -> list[str]:
        """Return the names of its tests."""
        return [name for name, part in self.named() if part.kind == "test"]


def read(text: str) -> list[Exercise]:
    """Return the exercises of a table."""
    exercises = []
    for name, body in _sections(text, "==="):
        exercises.append(Exercise(name))
        for head, content in _sections(body, "---"):
            exercises[-1].add(head, content)
    return exercises


def _sections(text: str, mark: str) -> list[tuple[str, str]]:
    """Return the heads and bodies below lines that start with a mark."""
    pieces = re.split(rf"^{mark} (.*)\n", text, flags=re.MULTILINE)[1:]
    return [(head, body.strip("\n")) for head, body in zip(pieces[::2], pieces[1::2], strict=True)]


def source(exercises: list[Exercise]) -> NotebookNode:
    """Return the instructor's notebook."""
    return _notebook(exercises, lambda part: part.text)


def handed_in(exercises: list[Exercise], variant: int) -> NotebookNode:
    """Return a learner's notebook, with the wrong answers of this number where there are any."""
    return _notebook(exercises, lambda part: part.answered(variant))


def _notebook(exercises: list[Exercise], text_of) -> NotebookNode:
    named = [each for exercise in exercises for each in exercise.named()]
    return v4.new_notebook(
        cells=[part.cell(name, text_of(part)) for name, part in named], metadata=METADATA
    )


METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
}
