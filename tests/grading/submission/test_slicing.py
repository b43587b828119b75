"""Which cells need not run: the lesson's own that only show something, and no others."""

import pytest
from given_cells import answer, cell_of, course_lesson, exam, free, handed_in, lesson_of, locked

from lessonlib.grading.submission.repair import Piece, repair
from lessonlib.grading.submission.slicing import not_needed

IMPORTS = free("import numpy as np\nfrom lessonlib import check, plots")
ANSWER = answer("f", "def f(x):\n    return 2 * x", "def f(x):\n    raise NotImplementedError")
TEST = exam("check-f", 'check("toy.f", f)', 1)


def left_out(*shown: str, test: str = TEST.source, before: tuple[str, ...] = ()) -> list[str]:
    """Return which of these cells of the lesson's own, behind the answer, are left out.

    before: cells in front of the answer; they are all of a kind that runs.
    """
    cells = [free(source) for source in shown]
    materials = lesson_of(IMPORTS, *map(free, before), ANSWER, *cells, exam("check-f", test, 1))
    pieces = repair(handed_in(materials), materials).pieces
    places = not_needed(pieces, materials)
    return [piece.source for place, piece in enumerate(pieces) if place in places]


@pytest.mark.parametrize(
    "source",
    ["print(f(3))", "plots.function(np.linspace(0, 1), {'f': f})", "y = f(3)\nprint(y)",
     "for k in range(3):\n    print(k, np.sqrt(k))", "f(3)", "display(f)",
     "rng = np.random.default_rng(1)\nplots.lines(rng.normal(size=3))"],
)  # fmt: skip
def test_what_only_shows_is_left_out(source):
    assert left_out(source) == [source]


@pytest.mark.parametrize(
    "source",
    ["import os", "np.random.seed(3)", "np.random.normal()", "np.seterr(all='raise')", "del np",
     "np.pi = 3", "%matplotlib inline", "!ls", "def g():\n    global f\n    f = None",
     "np.set_printoptions(precision=3)", "check('toy.other', f)"],
)  # fmt: skip
def test_what_may_change_anything_runs(source):
    assert left_out(source) == []


def test_what_a_test_reads_runs():
    assert left_out("y = f(3)", test="assert y == 6") == []
    assert left_out("y = f(3)", "print(1)", test="assert y == 6") == ["print(1)"]


def test_what_another_needed_cell_reads_runs():
    assert left_out("k = 2", "y = k * 3", test="assert y == 6") == []


def test_what_a_needed_cell_adds_to_runs():
    assert left_out("y = f(3)", "y += 1", test="assert y == 7") == []


def test_what_changes_something_that_a_test_reads_runs():
    for change in ("data.append(1)", "data[0] = 1", "data += [1]", "change(data)"):
        assert left_out(change, test="assert len(data) == 1", before=("data = []",)) == []


def test_handing_a_function_over_does_not_count_as_changing_it():
    assert left_out("plots.function({'f': f})") == ["plots.function({'f': f})"]


def test_a_name_that_also_stands_for_data_counts():
    assert left_out("show(f)", "f = 3", test="assert f == 3") == []


def test_all_run_where_a_function_changes_names_of_the_notebook():
    source = "print(1)"
    assert left_out(source, before=("def g():\n    global f\n    f = 3",)) == []


def test_a_learners_own_cells_always_run():
    materials = lesson_of(IMPORTS, ANSWER, free("print(f(1))"), TEST)
    notebook = handed_in(materials)
    notebook.cells.insert(2, cell_of(free("print('mine')")))
    notebook.cells[3].source = "print(f(1))  # changed"
    pieces = repair(notebook, materials).pieces
    assert not_needed(pieces, materials) == set()


def test_answers_tests_and_locked_cells_always_run():
    materials = lesson_of(ANSWER, locked("shown", "print('locked')"), TEST)
    assert not_needed(repair(handed_in(materials), materials).pieces, materials) == set()


def test_text_is_not_a_cell_that_runs():
    materials = lesson_of(free("# Title", "markdown"), free("print(1)"))
    pieces = [Piece("# Title", "markdown"), Piece("print(1)", "code")]
    assert not_needed(pieces, materials) == {1}


def test_what_cannot_be_parsed_runs():
    assert left_out("def f(:") == []


def test_the_figures_of_a_lesson_are_left_out_and_its_data_is_not():
    materials = course_lesson("01-relu-layer")
    pieces = repair(handed_in(materials), materials).pieces
    places = not_needed(pieces, materials)
    kept = [p.source for i, p in enumerate(pieces) if p.cell_type == "code" and i not in places]
    assert len(places) >= 5
    assert any("import numpy as np" in source for source in kept)
    assert not any("plots." in source for source in kept if "import" not in source), kept
