"""How far a learner is: notebooks run when their code has changed, and only then."""

import json
from pathlib import Path

import nbformat
import pytest

from lessonlib.earned import Earned
from lessonlib.errors import UserError
from lessonlib.standings import KEPT, next_of, standings


@pytest.fixture
def course(tmp_path):
    """A course of two lessons, and what runs them: it notes which, and gives one result each."""
    return Course(tmp_path)


class Course:
    def __init__(self, root: Path):
        self.root, self.ran, self.points = root, [], 1.0
        self.notebooks = [root / "course" / name / f"{name}.ipynb" for name in ("one", "two")]
        for path in self.notebooks:
            path.parent.mkdir(parents=True)
            self.write(path, "x = 1")

    def write(self, path: Path, code: str, answer: str = "*Write your answer here.*", output=""):
        asked = nbformat.v4.new_markdown_cell(answer)
        asked.metadata["nbgrader"] = {"grade": True, "solution": True, "grade_id": "explain"}
        cell = nbformat.v4.new_code_cell(code)
        cell.outputs = [nbformat.v4.new_output("stream", text=output)]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell, asked]), path)

    def run(self, path: Path) -> list[Earned]:
        self.ran.append(path.stem)
        if "broken" in path.read_text():
            raise UserError(f"{path} is damaged.")
        return [Earned(f"{path.stem}.first", self.points, 1.0, "told")]

    def look(self) -> list:
        self.ran.clear()
        return standings(self.root, self.notebooks, self.run, list)


def test_what_has_not_changed_is_not_run_again(course):
    first = course.look()
    assert sorted(course.ran) == ["one", "two"]
    assert course.look() == first and course.ran == []


def test_a_notebook_that_uses_earlier_ones_runs_again_when_one_of_them_changes(course):
    course.write(course.notebooks[1], "from lessonlib import mine")
    course.look()
    course.write(course.notebooks[0], "x = 12")
    course.look()
    assert sorted(course.ran) == ["one", "two"]


def test_changed_code_is_run_and_changed_outputs_and_texts_are_not(course):
    course.look()
    course.write(course.notebooks[0], "x = 1", "Because.", output="1\n")
    assert [each.written for each in course.look()] == [1, 0] and course.ran == []
    course.write(course.notebooks[1], "x = 2")
    course.points = 0.0
    assert [each.results[0].points for each in course.look()] == [1.0, 0.0]
    assert course.ran == ["two"]


def test_a_file_beside_the_notebook_may_be_what_it_reads(course):
    course.look()
    (course.notebooks[0].parent / "mine.py").write_text("y = 1")
    course.look()
    assert course.ran == ["one"]


@pytest.mark.parametrize("kept", ["", "[1]", "{", '{"one": {"is": 1}}', '{"one": 3, "two": []}'])
def test_what_was_kept_may_be_damaged(course, kept):
    course.look()
    (course.root / KEPT).write_text(kept)
    assert len(course.look()) == 2 and sorted(course.ran) == ["one", "two"]


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(course):
    (course.root / KEPT).parent.write_text("a file, not a folder")
    assert [each.results[0].passed for each in course.look()] == [True, True]


def test_a_fault_is_told_and_tried_again(course):
    course.notebooks[0].write_text("broken")
    one, two = course.look()
    assert one.fault == "one.ipynb is damaged." and two.results[0].passed
    course.look()
    assert course.ran == ["one"]
    assert set(json.loads((course.root / KEPT).read_text())) == {"two"}


def test_the_next_exercise_is_the_first_that_is_not_right(course):
    assert next_of(course.look()) is None
    course.points = 0.5
    course.write(course.notebooks[1], "x = 3")
    assert next_of(course.look()) == ("two.first", course.notebooks[1])
