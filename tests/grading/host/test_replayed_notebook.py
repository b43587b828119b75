"""A submission's notebook goes on when its process does not, and pays for each loop once."""

import time

import pytest
from processes import shown

from lessonlib.grading.host import notebook as notebooks
from lessonlib.grading.host.notebook import Aside, OutOfLives

SPIN = "def f(x):\n    while True:\n        pass"
END = "import os\ndef f(x):\n    os._exit(1)"


def printed(ran) -> str:
    return shown(ran).strip()


def run(notebook, source):
    return notebook.run(source, False, (), False)


def test(code, **more):
    """Return a test as it is sent inside."""
    empty = {"binds": [], "restore": [], "exempt": [], "mutants": []}
    flags = {"shows": True, "trusted": False, "quiet": False}
    return {"source": code, "code": code, **empty, **flags, **more}


test.__test__ = False


def test_cells_run_one_after_the_other(make):
    notebook = make()
    run(notebook, "x = 1")
    assert printed(run(notebook, "print(x + 1)")) == "2"
    assert notebook.lives == 1


def test_a_cell_that_ends_the_process_is_told_and_the_rest_goes_on(make):
    notebook = make(files={"a.txt": b"file"})
    run(notebook, "x = 1\nprint('once')")
    assert run(notebook, "import os\nos._exit(1)").how == "died"
    assert printed(run(notebook, "print(x, open('a.txt').read())")) == "1 file"
    assert notebook.lives == 2
    sources = [step["source"] for step in notebook.done]
    assert sources == ["x = 1\nprint('once')", "print(x, open('a.txt').read())"]


def test_a_cell_that_cannot_be_stopped_is_left_out_and_the_rest_goes_on(make):
    notebook = make(cell_seconds=0.2)
    stubborn = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    assert run(notebook, f"{stubborn}while True: pass").how == "timeout"
    assert printed(run(notebook, "print(1)")) == "1"


def test_an_endless_loop_costs_its_time_once(make):
    notebook = make(cell_seconds=0.3)
    run(notebook, SPIN)
    assert run(notebook, "f(1)").late == ["f"]
    started = time.monotonic()
    for _ in range(5):
        assert run(notebook, "f(1)").error == "Stuck"
    assert time.monotonic() - started < 1.0


def test_it_costs_its_time_once_even_if_the_process_ends_later(make):
    notebook = make(cell_seconds=0.5)
    run(notebook, SPIN)
    run(notebook, "f(1)")
    run(notebook, "import os\nos._exit(1)")
    started = time.monotonic()
    run(notebook, "y = 1")
    assert run(notebook, "f(1)").error == "Stuck"
    assert time.monotonic() - started < 2.0


def test_a_better_definition_below_counts(make):
    notebook = make(cell_seconds=0.3)
    run(notebook, SPIN)
    run(notebook, "f(1)")
    run(notebook, "def f(x):\n    return x + 1")
    assert printed(run(notebook, "print(f(1))")) == "2"
    run(notebook, "z = 1")
    assert notebook.test(test("assert f(1) == 2"), 0).how == "passed"


def test_a_better_definition_below_counts_in_a_new_process_too(make):
    notebook = make(cell_seconds=0.3)
    run(notebook, SPIN)
    run(notebook, "f(1)")
    run(notebook, "def f(x):\n    return x + 1")
    run(notebook, "import os\nos._exit(1)")
    started = time.monotonic()
    assert printed(run(notebook, "print(f(1))")) == "2"
    assert time.monotonic() - started < 2.0


def test_a_worse_definition_below_counts_too(make):
    notebook = make(cell_seconds=0.3)
    run(notebook, "def f(x):\n    return x + 1")
    run(notebook, SPIN)
    assert run(notebook, "f(1)").late == ["f"]
    assert run(notebook, "f(1)").error == "Stuck"


def test_a_function_that_ends_the_process_is_not_called_again(make):
    notebook = make()
    run(notebook, END)
    run(notebook, "def g(x):\n    return x")
    assert notebook.test(test("f(1)"), 0).how == "died"
    notebook.avoid(["f"], "died")
    ran = run(notebook, "f(1)")
    assert ran.error == "Stuck"
    assert "f ended the notebook's process before" in ran.outputs[-1]["evalue"]
    assert notebook.test(test("assert g(2) == 2"), 0).how == "passed"
    assert notebook.lives == 2


def test_a_test_that_is_taken_again_is_not_scored_anew(make):
    """What it makes is there again; its points are those of the first time."""
    notebook = make()
    run(notebook, "def f(x):\n    return x")
    first = notebook.test(test("import random\nrandom.seed(1)\nmade = f(7)\n0.5"), 0)
    assert (first.how, first.score) == ("passed", 0.5)
    assert notebook.test(test("import os\nos._exit(1)"), 0).how == "died"
    assert printed(run(notebook, "print(made)")) == "7"
    assert len(notebook.done) == 3


def test_a_loop_in_a_test_costs_its_time_once(make):
    notebook = make(cell_seconds=0.3)
    run(notebook, SPIN)
    late = notebook.test(test("f(1)"), 0)
    assert (late.how, late.late) == ("late", ["f"])
    started = time.monotonic()
    for _ in range(5):
        stuck = notebook.test(test("f(1)"), 0)
        assert (stuck.how, stuck.error["stuck"]) == ("failed", ["f", "timeout"])
    assert time.monotonic() - started < 1.0


def test_a_test_may_use_an_alarm_of_its_own(make):
    code = (
        "import signal, time\ndef ring(*_):\n    raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "try:\n    time.sleep(5)\n    raise AssertionError\nexcept TimeoutError:\n    pass"
    )
    assert make().test(test(code), 0).how == "passed"


def test_a_cell_that_ends_only_the_second_process_is_left_out_then(make):
    """Whoever counts processes in a file of their own gets a new file as well; time can tell."""
    notebook = make()
    run(notebook, "x = 1")
    run(notebook, "import time\nstart = time.time()")
    run(notebook, f"import os, time\nif time.time() > {time.time() + 1.5}:\n    os._exit(1)")
    run(notebook, SPIN.replace("f", "h", 1))
    notebook.aside["h"] = Aside(4, "timeout")
    time.sleep(1.6)
    run(notebook, "import os\nos._exit(1)")
    assert printed(run(notebook, "print(x)")) == "1"
    assert (notebook.lives, len(notebook.done)) == (3, 4)
    assert notebook.aside == {"h": Aside(3, "timeout")}


def test_random_numbers_are_the_same_when_cells_are_played_again(make):
    notebook = make()
    run(notebook, "import numpy as np\nrng = np.random.default_rng(3)")
    run(notebook, "x = rng.random()")
    before = printed(run(notebook, "print(x)"))
    run(notebook, "import os\nos._exit(1)")
    assert printed(run(notebook, "print(x)")) == before


def test_it_gives_up_in_the_end(make, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_LIVES", 3)
    notebook = make()
    for _ in range(3):
        assert run(notebook, "import os\nos._exit(1)").how == "died"
    with pytest.raises(OutOfLives):
        run(notebook, "1")


def test_the_time_for_everything_ends(make):
    notebook = make(total_seconds=0.5, cell_seconds=0.2)
    run(notebook, "x = 1")
    time.sleep(0.5)
    with pytest.raises(OutOfLives):
        run(notebook, "1")


def test_no_cell_gets_more_than_what_is_left_of_the_time(make):
    notebook = make(total_seconds=0.6, cell_seconds=60.0)
    started = time.monotonic()
    run(notebook, "while True: pass")
    assert time.monotonic() - started < 5


def test_a_closed_kernel_has_no_process(make):
    notebook = make()
    run(notebook, "x = 1")
    process = notebook.process
    notebook.close()
    assert (notebook.process, process.open) == (None, False)
    notebook.close()
