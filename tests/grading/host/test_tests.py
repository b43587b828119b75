"""Ordinary tests from the outside: what is watched, what they give, and what a learner is told."""

import pytest
from given_cells import answer, exam, free, lesson_of, locked

from lessonlib.grading.host.process import Tested
from lessonlib.grading.host.tests import Watched, joined, judged, request, without_hidden

IMPORTS = (
    "import numpy as np\nimport os.path\nfrom numpy.testing import assert_allclose as close\n"
    "from . import own"
)
LESSON = lesson_of(
    free(IMPORTS),
    free("limit = 3\ndef helper(x):\n    return x\nclass Kept: pass"),
    locked("data", "rows = [1]\nother = 2"),
    answer("f", "rows = sorted(rows)\nother[0] = 1", "..."),
    exam("t", "np.testing.assert_equal(f(1), 2)\nos.path.exists('x')\nf.x.y\nnp.linalg.norm(x)", 1),
)


# --- what is watched -----------------------------------------------------------------------------


def test_attributes_that_tests_use_and_what_was_imported_are_watched_by_their_whole_names():
    assert Watched(LESSON).attributes == [
        "numpy.linalg", "numpy.linalg.norm", "numpy.testing", "numpy.testing.assert_allclose",
        "numpy.testing.assert_equal", "os.path", "os.path.exists",
    ]  # fmt: skip


def test_what_the_instructors_answers_change_is_known():
    assert {"rows", "other"} <= Watched(LESSON).changed_by_answers


def test_of_a_cell_that_learners_may_edit_only_what_is_no_data_is_lasting():
    watched = Watched(LESSON)
    assert watched.lasting(LESSON.cells[0].source) == {"np", "os", "close", "own"}
    assert watched.lasting(LESSON.cells[1].source) == {"helper", "Kept"}
    assert LESSON.cells[1].source in watched.free_sources


def test_a_test_is_sent_as_plain_python():
    sent = request("%matplotlib inline\nx = !ls\nassert x\nx;")
    assert "get_ipython().run_line_magic" in sent["code"]
    assert sent["source"] == sent["code"]
    assert (sent["binds"], sent["shows"]) == (["x"], False)
    assert request("x")["shows"] is True


def test_the_text_that_can_be_looked_up_has_no_hidden_lines():
    sent = request(TEST.source)
    assert "f(3) == 6" in sent["code"] and "f(3) == 6" not in sent["source"]
    assert sent["source"].count("\n") == sent["code"].count("\n")


def test_a_test_that_is_not_python_is_none():
    with pytest.raises(SyntaxError):
        request("assert f(3 == 6")


# --- points --------------------------------------------------------------------------------------

TEST = exam(
    "t", "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(3) == 6\n### END HIDDEN TESTS", 4
)


@pytest.mark.parametrize(
    ("score", "points", "note"),
    [(None, 4.0, ""), (2.5, 2.5, ""), (0.0, 0.0, ""), (4.0, 4.0, ""),
     (7.0, 4.0, "The test gives 7 of 4 points."), (-1.0, 0.0, "The test gives -1 of 4 points."),
     (float("inf"), 4.0, "The test gives inf of 4 points."),
     (float("nan"), 0.0, "The test gives nan for points.")],
)  # fmt: skip
def test_a_score_is_kept_within_the_points(score, points, note):
    examined = judged(TEST, Tested("passed", score))
    assert (examined.points, examined.note, examined.state) == (points, note, "graded")


@pytest.mark.parametrize(
    ("how", "state"), [("late", "timed out"), ("timeout", "timed out"), ("died", "killed")]
)
def test_a_test_that_was_stopped_says_how(how, state):
    examined = judged(TEST, Tested(how))
    assert (examined.points, examined.state) == (0.0, state)
    assert examined.outputs[-1]["ename"] == "Stopped"


@pytest.mark.parametrize(("how", "state"), [("timeout", "timed out"), ("died", "killed")])
def test_a_test_that_called_what_had_ended_badly_says_how_that_was(how, state):
    error = {"type": "Stuck", "text": "f ...", "line": 1, "stuck": ["f", how]}
    assert judged(TEST, Tested("failed", error=error)).state == state


def test_what_was_printed_is_shown_and_nothing_that_would_cost_points():
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": "a warning"},
        {"output_type": "display_data", "data": {"text/plain": "3"}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
    ]
    kept = judged(TEST, Tested("passed", outputs=outputs)).outputs
    assert [output["output_type"] for output in kept] == ["stream", "display_data"]
    assert kept[0]["name"] == "stdout"


# --- with and without hidden lines ---------------------------------------------------------------


def failed(line):
    return Tested("failed", error={"type": "E", "text": "why", "line": line, "stuck": None})


def both(counts, seen):
    return joined(TEST, judged(TEST, counts), judged(TEST, seen))


def told(examined) -> str:
    return str(examined.outputs)


def test_hidden_lines_are_blank_so_that_all_others_keep_their_numbers():
    assert without_hidden(TEST.source) == "assert f(1) == 2\n\n\n"


def test_a_failure_in_a_hidden_line_is_told_without_it():
    examined = both(failed(3), Tested("passed"))
    assert (examined.points, examined.note) == (0.0, "")
    assert "A hidden test" in told(examined) and "why" not in told(examined)
    assert "why" in examined.instructor


def test_a_failure_in_a_visible_line_is_told_as_it_is():
    examined = both(failed(1), failed(1))
    assert "E: why" in told(examined) and "assert f(1) == 2" in told(examined)


def test_points_stand_where_only_the_other_round_failed_and_it_is_said():
    examined = both(Tested("passed", 2.0), failed(1))
    assert (examined.points, examined.outputs[-1]["data"]) == (2.0, {"text/plain": "2"})
    assert "error" not in [output["output_type"] for output in examined.outputs]
    assert "without a seed" in examined.note and "without a seed" in told(examined)


def test_no_points_stand_too_where_only_the_round_that_counts_failed_visibly():
    examined = both(failed(1), Tested("passed"))
    assert examined.points == 0
    assert "without a seed" in examined.note
    assert "why" not in told(examined)


def test_a_loop_in_a_hidden_line_is_said_to_be_a_loop():
    examined = both(Tested("late"), Tested("passed"))
    assert (examined.points, examined.state) == (0.0, "timed out")
    assert "did not come to an end" in told(examined)
