"""A submission's kernel goes on when its process does not, and pays for each loop once."""

import time
from dataclasses import replace

import pytest
from conftest import LIMITS

from lessonlib.grading.remote import kernel as kernels
from lessonlib.grading.remote.kernel import Aside, Kernel, OutOfLives
from lessonlib.grading.remote.session import Gone

SPIN = "def f(x):\n    while True:\n        pass"
END = "import os\ndef f(x):\n    os._exit(1)"


@pytest.fixture
def make(server):
    """Return a function that starts a kernel."""
    made = []

    def make(files=None, **limits):
        made.append(Kernel(server, replace(LIMITS, **limits), files or {}))
        return made[-1]

    yield make
    for kernel in made:
        kernel.close()


def printed(ran) -> str:
    return "".join(output.get("text", "") for output in ran.outputs).strip()


def find(kernel, name):
    kernel.revive()
    return kernel.far.find([name], {})[name]


def test_cells_run_one_after_the_other(make):
    kernel = make()
    kernel.run("x = 1")
    assert printed(kernel.run("print(x + 1)")) == "2"
    assert kernel.lives == 1


def test_a_cell_that_ends_the_process_is_told_and_the_rest_goes_on(make):
    kernel = make(files={"a.txt": b"file"})
    kernel.run("x = 1\nprint('once')")
    assert kernel.run("import os\nos._exit(1)").how == "died"
    assert printed(kernel.run("print(x, open('a.txt').read())")) == "1 file"
    assert kernel.lives == 2
    assert kernel.done == ["x = 1\nprint('once')", "print(x, open('a.txt').read())"]


def test_a_cell_that_cannot_be_stopped_is_left_out_and_the_rest_goes_on(make):
    kernel = make(cell_seconds=0.2)
    stubborn = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
    assert kernel.run(f"{stubborn}while True: pass").how == "timeout"
    assert printed(kernel.run("print(1)")) == "1"


def test_an_endless_loop_costs_its_time_once(make):
    kernel = make(cell_seconds=0.3)
    kernel.run(SPIN)
    assert kernel.run("f(1)").late == ["f"]
    started = time.monotonic()
    for _ in range(5):
        assert kernel.run("f(1)").error == "Stuck"
    assert time.monotonic() - started < 1.0


def test_it_costs_its_time_once_even_if_the_process_ends_later(make):
    kernel = make(cell_seconds=0.5)
    kernel.run(SPIN)
    kernel.run("f(1)")
    kernel.run("import os\nos._exit(1)")
    started = time.monotonic()
    kernel.run("y = 1")
    assert kernel.run("f(1)").error == "Stuck"
    assert time.monotonic() - started < 2.0


def test_a_better_definition_below_counts(make):
    kernel = make(cell_seconds=0.3)
    kernel.run(SPIN)
    kernel.run("f(1)")
    kernel.run("def f(x):\n    return x + 1")
    assert printed(kernel.run("print(f(1))")) == "2"
    kernel.run("z = 1")
    assert find(kernel, "f")(1) == 2


def test_a_better_definition_below_counts_in_a_new_process_too(make):
    kernel = make(cell_seconds=0.3)
    kernel.run(SPIN)
    kernel.run("f(1)")
    kernel.run("def f(x):\n    return x + 1")
    kernel.run("import os\nos._exit(1)")
    started = time.monotonic()
    assert printed(kernel.run("print(f(1))")) == "2"
    assert time.monotonic() - started < 2.0


def test_a_worse_definition_below_counts_too(make):
    kernel = make(cell_seconds=0.3)
    kernel.run("def f(x):\n    return x + 1")
    kernel.run(SPIN)
    assert kernel.run("f(1)").late == ["f"]
    assert kernel.run("f(1)").error == "Stuck"


def test_a_function_that_ends_the_process_is_not_called_again(make):
    kernel = make()
    kernel.run(END)
    kernel.run("def g(x):\n    return x")
    f = find(kernel, "f")
    with pytest.raises(Gone):
        f(1)
    kernel.blame(["f"], "died")
    ran = kernel.run("f(1)")
    assert ran.error == "Stuck"
    assert "f ended the notebook's process before" in ran.outputs[-1]["evalue"]
    assert find(kernel, "g")(2) == 2
    assert kernel.lives == 2


def test_blaming_nobody_is_a_new_process(make):
    kernel = make()
    kernel.run("x = 1")
    kernel.blame(["", None], "died")
    assert kernel.aside == {}
    assert printed(kernel.run("print(x)")) == "1"
    assert kernel.lives == 2


def test_a_cell_that_ends_only_the_second_process_is_left_out_then(make):
    """Whoever counts processes in a file of their own gets a new file as well; time can tell."""
    kernel = make()
    kernel.run("x = 1")
    kernel.run("import time\nstart = time.time()")
    kernel.run(f"import os, time\nif time.time() > {time.time() + 1.5}:\n    os._exit(1)")
    kernel.run(SPIN.replace("f", "h", 1))
    kernel.aside["h"] = Aside(4, "timeout")
    time.sleep(1.6)
    kernel.blame([], "died")
    assert printed(kernel.run("print(x)")) == "1"
    assert (kernel.lives, len(kernel.done), kernel.aside) == (3, 4, {"h": Aside(3, "timeout")})


def test_random_numbers_are_the_same_when_cells_are_played_again(make):
    kernel = make()
    kernel.run("import numpy as np\nrng = np.random.default_rng(3)")
    kernel.run("x = rng.random()")
    before = printed(kernel.run("print(x)"))
    kernel.blame([], "died")
    assert printed(kernel.run("print(x)")) == before


def test_it_gives_up_in_the_end(make, monkeypatch):
    monkeypatch.setattr(kernels, "MAX_LIVES", 3)
    kernel = make()
    for _ in range(3):
        assert kernel.run("import os\nos._exit(1)").how == "died"
    with pytest.raises(OutOfLives):
        kernel.run("1")


def test_the_time_for_everything_ends(make):
    kernel = make(total_seconds=0.5, cell_seconds=0.2)
    kernel.run("x = 1")
    time.sleep(0.5)
    with pytest.raises(OutOfLives):
        kernel.run("1")
    with pytest.raises(OutOfLives):
        kernel.revive()


def test_no_cell_gets_more_than_what_is_left_of_the_time(make):
    kernel = make(total_seconds=0.6, cell_seconds=60.0)
    started = time.monotonic()
    kernel.run("while True: pass")
    assert time.monotonic() - started < 5


def test_a_closed_kernel_has_no_process(make):
    kernel = make()
    kernel.run("x = 1")
    session = kernel.session
    kernel.close()
    assert (kernel.session, kernel.far, session.open) == (None, None, False)
    kernel.close()
