"""A notebook without a kernel: cells run inside, and their outputs are a notebook's."""

import pytest
from processes import run

from lessonlib.grading.guest.shell import (
    MAX_OUTPUTS,
    MAX_RICH,
    MAX_TEXT,
    Outputs,
)


@pytest.fixture
def outputs_of(process):
    """Run a cell in a submission's process and return its outputs."""
    return lambda source: run(process, source).outputs


def text(outputs) -> str:
    return "".join(output.get("text", "") for output in outputs)


def test_what_is_printed_in_pieces_is_one_text(outputs_of):
    (output,) = outputs_of("for k in range(3):\n    print(k, end=' ', flush=True)")
    assert output == {"output_type": "stream", "name": "stdout", "text": "0 1 2 "}


def test_errors_have_a_stream_of_their_own(outputs_of):
    found = outputs_of("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')")
    assert [(o["name"], o["text"]) for o in found] == [
        ("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n"),
    ]  # fmt: skip


def test_output_around_python_goes_nowhere_and_harms_nothing(outputs_of):
    found = outputs_of("import os\nos.write(1, b'x')\nos.write(2, b'y')\nprint('z')")
    assert text(found).endswith("z\n")


def test_display_and_the_last_value_are_shown_in_order(outputs_of):
    found = outputs_of("from IPython.display import Markdown\ndisplay(Markdown('**a**'))\n1 + 1")
    assert "**a**" in str(found[0]["data"])
    assert found[1]["data"]["text/plain"] == "2"


def test_a_semicolon_hides_the_last_value(outputs_of):
    assert outputs_of("1 + 1;") == []


def test_clearing_leaves_what_comes_after(outputs_of):
    found = outputs_of("from IPython.display import clear_output\nprint('a')\nclear_output()\n"
                       "print('b')")  # fmt: skip
    assert text(found) == "b\n"


def test_an_error_has_its_name_its_text_and_its_lines(outputs_of):
    (error,) = outputs_of("def f(x):\n    return 1 / x\n\nf(0)")
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    shown = "\n".join(error["traceback"])
    assert "return 1 / x" in shown
    assert "\x1b[" not in shown  # no colours


def test_no_path_of_the_isolation_leads_into_the_library(outputs_of):
    (error,) = outputs_of("import numpy as np\nnp.zeros(2) @ np.zeros(3)")
    assert "lessonlib/grading" not in "\n".join(error["traceback"])


def test_magics_work_as_far_as_they_harm_nothing(outputs_of):
    assert outputs_of("%matplotlib inline") == []
    assert "per loop" in text(outputs_of("%timeit -n 1 -r 1 1"))


def test_a_command_runs_and_its_words_are_the_cells(outputs_of):
    assert text(outputs_of("!echo one; echo two >&2")) == "one\ntwo\n"
    assert text(outputs_of("found = !echo 3\nprint(found)")) == "['3']\n"
    assert text(outputs_of("x = 'y'\n!echo {x} $x")) == "y y\n"
    assert text(outputs_of("%%bash\necho four")) == "four\n"


@pytest.mark.parametrize("line", ["!false", "!no-such-command", "%pip install nothing-at-all"])
def test_a_command_that_fails_costs_nothing_below_it(outputs_of, line):
    assert text(outputs_of(f"{line}\nprint('on')")).endswith("on\n")
    assert text(outputs_of("print(_exit_code != 0)")) == "True\n"


def test_input_is_refused_in_words(outputs_of):
    for ask in ("input('name? ')", "import getpass\ngetpass.getpass()"):
        (error,) = outputs_of(ask)
        assert error["ename"] == "StdinNotImplementedError"
        assert "does not support input requests" in error["evalue"]


def test_reading_from_the_keyboard_finds_nothing(outputs_of):
    assert text(outputs_of("import sys\nprint(repr(sys.stdin.read()))")) == "''\n"


def test_figures_are_shown_once_and_closed(outputs_of):
    for last in ("plt.show()", ""):
        shown = outputs_of(f"import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n{last}")
        assert [set(output["data"]) for output in shown] == [{"image/png", "text/plain"}]
    assert text(outputs_of("print(plt.get_fignums())")) == "[]\n"


def test_cells_know_their_numbers_and_nothing_is_written_to_disk(outputs_of):
    outputs_of("a = 1")
    assert text(outputs_of("print(In[-1] == 'print(In[-1])', len(In) > 2)")).endswith("True\n")
    found = text(outputs_of("import os\nprint([f for f in os.listdir('.')], "
                            "os.path.exists(os.path.expanduser('~/.ipython')))"))  # fmt: skip
    assert found == "[] False\n"


def test_a_quiet_cell_shows_nothing_and_does_the_same(process):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\nprint(1)\ndisplay(2)\n1 / 0"
    ran = run(process, source, quiet=True)
    assert (ran.outputs, ran.error) == ([], "ZeroDivisionError")
    assert text(run(process, "print(plt.get_fignums())").outputs) == "[]\n"


@pytest.mark.parametrize(
    ("source", "says"),
    [("import asyncio\nawait asyncio.sleep(0.01, result=3)", "3"),
     ("import asyncio\nasyncio.run(asyncio.sleep(0))", "running event loop"),
     ("1 + 1\n_", "2"), ("'a'\n", "'a'"), ("import sys\n__name__, sys.path[0]", "'__main__', ''")],
)  # fmt: skip
def test_it_is_like_a_kernel_in_this(outputs_of, source, says):
    outputs_of("1 + 1")
    (output,) = outputs_of(source)
    assert says in (output.get("evalue") or output["data"]["text/plain"])


def test_a_task_in_the_background_gets_its_turn(outputs_of):
    outputs_of("import asyncio\nseen = []\nasync def later():\n    seen.append(1)")
    outputs_of("task = asyncio.create_task(later())")
    assert text(outputs_of("print(seen)")) == "[1]\n"


def test_a_class_of_the_notebook_can_be_pickled_and_a_function_inspected(outputs_of):
    source = (
        "import inspect, pickle\nclass A: pass\ndef f(x):\n    return x\n"
        "print(type(pickle.loads(pickle.dumps(A()))) is A, inspect.getsource(f))"
    )
    assert text(outputs_of(source)) == "True def f(x):\n    return x\n\n"


# --- how much ------------------------------------------------------------------------------------


def test_too_much_text_is_cut_and_said_so():
    outputs = Outputs()
    outputs.write("stdout", "a" * (MAX_TEXT - 2))
    outputs.write("stdout", "bcd")
    outputs.write("stdout", "e" * 1000)
    assert text(outputs).endswith("bc\n[the rest is left out]\n")
    assert len(text(outputs)) < MAX_TEXT + 50


def test_text_in_many_small_streams_is_bounded_too():
    outputs = Outputs()
    for k in range(2 * MAX_OUTPUTS):
        outputs.write(("stdout", "stderr")[k % 2], "a")
    assert len(outputs) == MAX_OUTPUTS


def test_too_many_or_too_large_pictures_are_left_out():
    outputs = Outputs()
    picture = {"output_type": "display_data", "data": {"image/png": "a" * (MAX_RICH // 3)}}
    for _ in range(10):
        outputs.add(picture)
    assert len(outputs) == 2
    many = Outputs()
    for _ in range(2 * MAX_OUTPUTS):
        many.add({"output_type": "display_data", "data": {}})
    assert len(many) == MAX_OUTPUTS


def test_a_cell_that_prints_for_ever_stays_small(process):
    ran = run(process, "while True:\n    print('a' * 1000)", 0.5)
    assert ran.late == []
    assert len(text(ran.outputs)) < MAX_TEXT + 200
