"""A submission comes back into the lesson's shape, and nothing that the learner wrote is lost."""

import itertools
import time

import nbformat
import pytest
from given_cells import answer, cell_of, exam, free, handed_in, lesson_of, locked
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum, determine_grade
from pictures_of import PNG

from lessonlib.grading.submission.markdown import MISSING
from lessonlib.grading.submission.markup import MAX_RUN
from lessonlib.grading.submission.repair import (
    LOST,
    MAX_COPIES,
    as_notebook,
    hidden_lines,
    repair,
    visible,
)

STUB = "def {0}(x):\n    raise NotImplementedError"
RIGHT = "def {0}(x):\n    return 2 * x"
HIDDEN = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(3) == 6\n### END HIDDEN TESTS"
IMPORTS = free("import numpy as np")
F = answer("f", RIGHT.format("f"), STUB.format("f"))
CHECK_F = exam("check-f", HIDDEN, 1, stub="assert f(1) == 2")
PREPARED = locked("prepared", "limit = 3\nnumbers = [1, 2, 3]")
G = answer("g", RIGHT.format("g"), STUB.format("g"))
CHECK_G = exam("check-g", "for n in numbers:\n    assert g(n) == 2 * n, 'g is not right'", 2)
WORDS = answer("words", "Because.", "Your answer here.", "markdown", points=2.0)
TOY = lesson_of(IMPORTS, F, CHECK_F, PREPARED, G, CHECK_G, WORDS)
ANSWERS = {"f": RIGHT.format("f"), "g": RIGHT.format("g"), "words": "It is twice as large."}


def submission():
    return handed_in(TOY, ANSWERS)


def names(repaired) -> list[str]:
    """Return the names of the lesson's cells in order; a learner's own cells show their source."""
    return [piece.given.name if piece.given else piece.source for piece in repaired.pieces]


IN_ORDER = ["import numpy as np", "f", "check-f", "prepared", "g", "check-g", "words"]


def source_of(repaired, name: str) -> str:
    return next(p.source for p in repaired.pieces if p.given and p.given.name == name)


def test_a_submission_in_order_is_left_as_it_is():
    repaired = repair(submission(), TOY)
    assert names(repaired) == IN_ORDER
    assert repaired.notes == []
    assert {name: source_of(repaired, name) for name in ANSWERS} == ANSWERS


@pytest.mark.parametrize("name", ["check-f", "check-g", "prepared"])
def test_a_deleted_locked_cell_is_put_back_where_it_belongs(name):
    notebook = submission()
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") != name]
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert repaired.notes == [f"Deleted and put back: {name}."]


def test_all_locked_cells_deleted_are_put_back():
    notebook = submission()
    notebook.cells = [c for c in notebook.cells if c.get("id") in (*ANSWERS, notebook.cells[0].id)]
    assert names(repair(notebook, TOY)) == IN_ORDER


def test_a_deleted_answer_is_put_back_empty():
    notebook = submission()
    del notebook.cells[1]
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert source_of(repaired, "f") == F.stub
    assert repaired.notes == ["Deleted and put back empty: f."]


def test_an_edited_test_counts_as_the_instructors():
    notebook = submission()
    notebook.cells[2].source = "pass"
    repaired = repair(notebook, TOY)
    assert repaired.notes == ["Edited and restored: check-f."]
    assert as_notebook(repaired.pieces, TOY).cells[2].source == HIDDEN


@pytest.mark.parametrize("source", [HIDDEN, "assert f(1) == 2", "assert f(1) == 2\n\n"])
def test_a_test_with_or_without_its_hidden_part_is_not_edited(source):
    notebook = submission()
    notebook.cells[2].source = source
    assert repair(notebook, TOY).notes == []


def test_a_test_that_was_moved_up_stands_behind_its_answer_again():
    notebook = submission()
    notebook.cells.insert(0, notebook.cells.pop(2))
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert repaired.notes == ["Moved and put back: check-f."]


def test_an_answer_that_was_moved_down_takes_its_test_along():
    notebook = submission()
    notebook.cells.append(notebook.cells.pop(1))
    order = names(repair(notebook, TOY))
    assert order.index("f") < order.index("check-f")
    assert order.index("g") < order.index("check-g")


def test_the_whole_notebook_upside_down_has_tests_behind_their_answers():
    notebook = submission()
    notebook.cells.reverse()
    order = names(repair(notebook, TOY))
    assert sorted(order) == sorted(IN_ORDER)
    for first, then in (("f", "check-f"), ("prepared", "check-g"), ("g", "check-g")):
        assert order.index(first) < order.index(then)


def test_a_learners_own_cells_stay_where_they_are():
    notebook = submission()
    notebook.cells.insert(2, cell_of(free("helper = 1")))
    notebook.cells.append(cell_of(free("print('done')")))
    expected = [*IN_ORDER[:2], "helper = 1", *IN_ORDER[2:], "print('done')"]
    assert names(repair(notebook, TOY)) == expected


def test_what_was_written_below_a_deleted_test_runs_before_it():
    notebook = submission()
    notebook.cells[2] = cell_of(free("def f(x):\n    return x + x"))
    order = names(repair(notebook, TOY))
    assert order.index("def f(x):\n    return x + x") < order.index("check-f")


# --- copies --------------------------------------------------------------------------------------


def test_a_copied_test_runs_once():
    notebook = submission()
    notebook.cells.insert(3, notebook.cells[2].copy())
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert repaired.notes == ["check-f was there more than once."]


def test_a_copied_answer_that_was_not_changed_is_one():
    notebook = submission()
    notebook.cells.insert(2, notebook.cells[1].copy())
    assert names(repair(notebook, TOY)) == IN_ORDER


def test_a_second_attempt_in_a_copy_counts():
    notebook = submission()
    copy = nbformat.from_dict({**notebook.cells[1], "source": "def f(x):\n    return x + x"})
    notebook.cells[1].source = "def f(x):\n    return x"
    notebook.cells.insert(2, copy)
    repaired = repair(notebook, TOY)
    order = names(repaired)
    assert order.index("f") < order.index(copy.source) < order.index("check-f")


def test_an_answer_that_was_split_in_two_is_one_again():
    notebook = submission()
    halves = "def f(x):\n    y = 2 * (", "        x)\n    return y"
    first, second = (nbformat.from_dict({**notebook.cells[1], "source": half}) for half in halves)
    notebook.cells[1:2] = [first, second]
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert source_of(repaired, "f") == "\n".join(halves)


def test_words_in_two_parts_are_one_text():
    notebook = submission()
    part = nbformat.from_dict({**notebook.cells[-1], "source": "And it is even."})
    notebook.cells.append(part)
    repaired = repair(notebook, TOY)
    assert source_of(repaired, "words") == "It is twice as large.\n\nAnd it is even."


# --- cells without their metadata ----------------------------------------------------------------


def stripped(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict({})
        cell["id"] = f"other-{number}"
    return notebook


def test_cells_without_any_ids_are_recognised():
    repaired = repair(stripped(submission()), TOY)
    assert names(repaired) == IN_ORDER
    assert source_of(repaired, "f") == ANSWERS["f"]
    assert source_of(repaired, "g") == ANSWERS["g"]
    assert "f had lost its id and was recognised by its content." in repaired.notes


def test_the_notebooks_own_ids_tell_cells_too():
    notebook = submission()
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert source_of(repaired, "words") == ANSWERS["words"]


def test_an_answer_in_pieces_of_ones_own_is_found_by_what_it_defines():
    notebook = submission()
    notebook.cells[1] = cell_of(free("factor = 2\n\ndef f(x):\n    return factor * x"))
    repaired = repair(notebook, TOY)
    assert names(repaired) == IN_ORDER
    assert "factor" in source_of(repaired, "f")


def test_a_cell_that_claims_to_be_another_kind_has_the_lessons_kind():
    notebook = submission()
    notebook.cells[1] = nbformat.v4.new_markdown_cell(ANSWERS["f"])
    notebook.cells[1].metadata["nbgrader"] = {"grade_id": "f"}
    assert as_notebook(repair(notebook, TOY).pieces, TOY).cells[1].cell_type == "code"


def test_unknown_ids_are_a_learners_own_cells():
    notebook = submission()
    odd = cell_of(free("x = 1"))
    odd.metadata["nbgrader"] = {"grade_id": "check-h"}
    notebook.cells.append(odd)
    assert names(repair(notebook, TOY))[-1] == "x = 1"


def test_a_written_answer_without_its_metadata_is_found_where_its_question_stood():
    asked, more = free("Why?", "markdown"), answer("more", "b", "Your answer.", "markdown", 1.0)
    lesson = lesson_of(IMPORTS, F, CHECK_F, asked, WORDS, free("And?", "markdown"), more, CHECK_G)
    notebook = handed_in(lesson, {"f": ANSWERS["f"], "words": "It doubles.", "more": "It is even."})
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell("A note of my own."))
    repaired = repair(stripped(notebook), lesson)
    assert source_of(repaired, "words") == "It doubles."
    assert source_of(repaired, "more") == "It is even."
    assert "words had lost its id and was recognised by its place." in repaired.notes
    assert "A note of my own." in names(repaired)


def test_a_written_answer_that_was_never_written_is_found_there_too():
    notebook = handed_in(TOY, {name: ANSWERS[name] for name in "fg"})
    repaired = repair(stripped(notebook), TOY)
    assert source_of(repaired, "words") == WORDS.stub
    made = as_notebook(repaired.pieces, TOY).cells[-1]
    assert made.source == WORDS.stub  # nbgrader gives 0 for what was not changed


def test_code_for_a_person_to_grade_is_found_by_its_place():
    plot = answer("plot", "draw()", "# draw", points=3.0)
    lesson = lesson_of(IMPORTS, F, CHECK_F, plot, CHECK_G)
    notebook = handed_in(lesson, {"f": ANSWERS["f"], "plot": "print('a plot')"})
    assert source_of(repair(stripped(notebook), lesson), "plot") == "print('a plot')"


def test_a_written_answer_that_is_not_there_is_for_a_person_to_grade():
    notebook = submission()
    notebook.cells.insert(1, notebook.cells.pop())  # its place is another one now
    notebook.cells[1].metadata, notebook.cells[1]["id"] = nbformat.from_dict({}), "other"
    repaired = repair(notebook, TOY)
    assert names(repaired)[-1] == "words" and "It is twice as large." in names(repaired)
    made = as_notebook(repaired.pieces, TOY).cells[-1]
    made.metadata.nbgrader.checksum = checksum_of(WORDS)
    assert determine_grade(made) == (None, 2.0)
    assert LOST in made.source
    assert repaired.notes[-1] == (
        "To be graded by hand, as the answer may stand in another cell: words."
    )


def checksum_of(given) -> str:
    """Return nbgrader's checksum of a cell as the learner got it."""
    cell = cell_of(given)
    cell.metadata["nbgrader"] = nbformat.from_dict(given.metadata())
    return compute_checksum(cell)


def test_code_for_a_person_to_grade_that_is_not_there_says_so_in_a_comment():
    plot = answer("plot", "draw()", "# draw", points=3.0)
    lesson = lesson_of(F, plot, CHECK_F)
    notebook = handed_in(lesson, {"f": ANSWERS["f"]})
    del notebook.cells[1]
    assert source_of(repair(notebook, lesson), "plot") == f"# draw\n# {LOST}"


# --- too much ------------------------------------------------------------------------------------


def test_a_cell_that_was_copied_a_thousand_times_takes_no_minutes():
    notebook = submission()
    grows = [nbformat.from_dict({**notebook.cells[1], "source": text})
             for text in ["if x:\n    pass", *["elif x:\n    pass"] * 2_000]]  # fmt: skip
    notebook.cells[1:2] = grows
    started = time.perf_counter()
    repaired = repair(notebook, TOY)
    assert time.perf_counter() - started < 3
    assert len(repaired.pieces) == len(IN_ORDER) + 2_000 - MAX_COPIES


@pytest.mark.parametrize(
    "source", ["x = 1\n" * 1_000, "assert f(1) == 3", "(" * 6_000, "\n" * 3_000]
)
def test_thousands_of_cells_without_an_id_take_no_minutes(source):
    cells = [exam(f"check-{n}", f"assert f({n}) == {2 * n}", 1) for n in range(60)]
    lesson = lesson_of(F, *cells, WORDS)
    notebook = nbformat.v4.new_notebook(cells=[cell_of(free(source)) for _ in range(3_000)])
    started = time.process_time()
    as_notebook(repair(notebook, lesson).pieces, lesson)
    assert time.process_time() - started < 6


# --- hidden tests --------------------------------------------------------------------------------


def test_hidden_lines_are_those_between_the_marks_and_the_marks():
    assert hidden_lines(HIDDEN) == {2, 3, 4}
    assert hidden_lines("a\nb") == set()
    assert hidden_lines("a\n# BEGIN HIDDEN TESTS\nb") == {2, 3}
    two = "### BEGIN HIDDEN TESTS\na\n### END HIDDEN TESTS\nb\n### BEGIN HIDDEN TESTS\nc"
    assert hidden_lines(two) == {1, 2, 3, 5, 6}


def test_what_is_visible_is_the_rest():
    assert visible(HIDDEN) == "assert f(1) == 2"


# --- the notebook again --------------------------------------------------------------------------


def test_the_notebook_has_nbgraders_metadata_and_the_instructors_tests():
    notebook = as_notebook(repair(submission(), TOY).pieces, TOY)
    nbformat.validate(notebook)
    graded = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    assert list(graded) == IN_ORDER[1:]
    assert graded["check-f"].metadata.nbgrader.points == 1
    assert graded["check-f"].source == HIDDEN
    assert graded["f"].source == ANSWERS["f"]
    assert "points" not in graded["f"].metadata.nbgrader


def test_a_learner_decides_on_no_points():
    notebook = submission()
    notebook.cells[2].metadata["nbgrader"].update(points=100, grade=False, locked=False)
    made = as_notebook(repair(notebook, TOY).pieces, TOY).cells[2].metadata.nbgrader
    assert (made.points, made.grade, made.locked) == (1, True, True)


def test_ids_are_unique():
    notebook = submission()
    own = [cell_of(free(f"x = {n}")) for n in range(3)]
    for cell in own:
        cell["id"] = "f"
    notebook.cells += own
    made = as_notebook(repair(notebook, TOY).pieces, TOY)
    ids = [cell.id for cell in made.cells]
    assert len(set(ids)) == len(ids)


def test_what_a_learner_wrote_does_nothing_on_a_page_and_the_lessons_own_text_is_as_it_was():
    own = free('<div class="own">\n\n[x](/home) **b**</div>', "markdown")
    lesson = lesson_of(own, WORDS, F)
    notebook = handed_in(lesson, {"words": "[x](javascript:alert(1))", "f": "a." * 90_000})
    notebook.cells.append(nbformat.v4.new_raw_cell("<img src=/logout>"))
    notebook.cells.append(nbformat.v4.new_markdown_cell("# words\n\n**b**"))
    made = as_notebook(repair(notebook, lesson).pieces, lesson).cells
    assert made[0].source == own.source
    assert "javascript" not in made[1].source
    assert len(made[2].source) == MAX_RUN + 1
    assert made[3].source == "&lt;img src=/logout&gt;"
    assert made[4].source.startswith("<div><h1>words</h1>")  # the id of a control on the page


def test_pasted_pictures_stay_with_the_text():
    notebook = submission()
    picture, source = {"a.png": {"image/png": PNG}}, "![a](attachment:a.png) ![b](attachment:b.png)"
    notebook.cells[-1].source, notebook.cells[-1]["attachments"] = source, picture
    notebook.cells.append(nbformat.from_dict({**notebook.cells[-1], "source": "More."}))
    made = as_notebook(repair(notebook, TOY).pieces, TOY)
    nbformat.validate(made)
    assert made.cells[-1].source == f"{source}\n\nMore."
    assert made.cells[-1].attachments == picture | {"b.png": {"image/png": MISSING}}


def test_a_picture_that_is_missing_in_the_lessons_own_text_changes_nothing_else():
    own = locked("own", "![a](attachment:a.png) <i class=own>i</i>", "markdown")
    lesson = lesson_of(F, own)
    notebook = handed_in(lesson, {"f": ANSWERS["f"]})
    made = as_notebook(repair(notebook, lesson).pieces, lesson).cells[1]
    assert (made.source, made.attachments) == (own.source, {"a.png": {"image/png": MISSING}})
    picture = {"a.png": {"image/png": PNG}}
    notebook.cells[1]["attachments"] = picture
    notebook.cells.reverse()
    assert as_notebook(repair(notebook, lesson).pieces, lesson).cells[1].attachments == picture


# --- whatever happens ----------------------------------------------------------------------------

CELLS = st.sampled_from(range(len(TOY.cells)))
NUMBERS = itertools.count()


@settings(deadline=None, max_examples=150, derandomize=True)
@drawn(st.lists(st.tuples(CELLS, st.sampled_from(["as it is", "edited", "stripped", "cut"])),
                max_size=12))  # fmt: skip
def test_however_cells_are_mixed_each_comes_once_and_tests_come_after(mixture):
    notebook = nbformat.v4.new_notebook(cells=[mixed(*each) for each in mixture])
    repaired = repair(notebook, TOY)
    order = [name for name in names(repaired) if name in IN_ORDER[1:]]
    assert sorted(order) == sorted(IN_ORDER[1:])
    for place, given in enumerate(TOY.cells):
        if given.locked:
            earlier = [cell.name for cell in TOY.cells[:place] if cell.name]
            assert all(order.index(name) < order.index(given.name) for name in earlier)
    nbformat.validate(as_notebook(repaired.pieces, TOY))


def mixed(place: int, how: str):
    given = TOY.cells[place]
    cell = cell_of(given, ANSWERS.get(given.name))
    if how == "edited":
        cell.source += "\nextra = 1"
    if how == "stripped":
        cell.metadata = nbformat.from_dict({})
    if how == "cut":
        cell.source = cell.source[: len(cell.source) // 2]
    cell["id"] = f"cell-{next(NUMBERS)}"
    return cell
