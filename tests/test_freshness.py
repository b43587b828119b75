"""Where a check may judge an older answer than the one that can be read, it says so."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from lessonlib import judge
from lessonlib.freshness import doubt
from lessonlib.notebook import explain_unready_cells

START = "from lessonlib import check"
WRONG = "def relu(z):\n    return z"
CHECK = 'check("relu.relu", relu)'
SAME = "Nothing was run since the last check"


@pytest.fixture
def told(capsys):
    """Return a function that runs cells one after the other and gives what the last one says."""
    shell = InteractiveShell.instance()
    explain_unready_cells(shell)

    def told(*cells):
        for cell in cells:
            capsys.readouterr()
            shell.run_cell(cell, store_history=True)
        return " ".join(capsys.readouterr().out.split())

    yield told
    InteractiveShell.clear_instance()


def test_a_cell_that_does_not_compile(told):
    text = told(START, WRONG, CHECK, "def relu(z)\n    return z * (z > 0)", CHECK)
    assert "The cell that should make relu does not compile: line 1, expected ':'." in text
    assert "So this judges what was there before." in text and SAME not in text


def test_a_cell_that_does_not_compile_and_no_older_answer(told):
    text = told(START, "def relu(z:\n    return z", CHECK)
    assert text.startswith("The cell that should make relu does not compile: line 1")
    assert "Mend that cell, run it, then run this check again." in text


def test_a_cell_that_stops_before_its_function(told):
    text = told(START, WRONG, f"1 / 0\n{WRONG}0", CHECK)
    assert "The last cell that should make relu stopped before it did." in text
    assert "The last cell" not in told(WRONG, CHECK)


def test_a_check_that_is_run_again_and_nothing_else(told):
    assert SAME not in told(START, WRONG, CHECK)
    assert SAME in told(CHECK)
    assert SAME in told('check("relu.relu_derivative", relu)', CHECK)
    assert SAME not in told("print(relu(3))", CHECK)
    assert SAME not in told(WRONG, CHECK)
    assert SAME not in told("def relu(z):\n    return z * (z > 0)", CHECK)
    assert SAME not in told(CHECK)  # right it is, all the same


def test_values_by_name(told):
    by_hand = 'check("relu.by_hand", z1=z1, a1=a1)'
    assert SAME in told(START, "z1 = a1 = [1, 2, 3, 4]", by_hand, by_hand)
    assert "should make z1 does not compile" in told("z1 = [1, 2, 3\na1 = 0", by_hand)


def test_an_answer_and_its_check_in_one_cell(told):
    assert SAME not in told(START, f"{WRONG}\n{CHECK}", f"{WRONG}\n{CHECK}")


def test_a_check_that_is_not_imported_yet(told):
    text = told(CHECK)
    assert text.startswith("`check` is not known yet. Run the first code cell")


@pytest.mark.parametrize("cells", [[], [""], ["check("], ["%%time\ncheck('a', b)"], ["check()"]])
def test_odd_cells_are_no_reason_for_doubt(cells):
    verdict = judge("relu.relu", print)
    assert doubt(cells, {}, verdict, None) == ""
    assert doubt([*cells, "x = 1"], {"relu.relu": len(cells)}, verdict, print) == ""
