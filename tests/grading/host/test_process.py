"""A submission's process as the judge sees it: cells run, and its end is noticed in time."""

import time
from dataclasses import replace

import pytest
from processes import LIMITS, run, shown

from lessonlib.errors import UserError
from lessonlib.grading.host.process import GRACE, Gone, Process


def test_a_cell_runs_and_its_names_stay(process):
    run(process, "x = 3")
    ran = run(process, "print(x + 1)")
    assert (shown(ran), ran.error, ran.late, ran.how) == ("4\n", None, None, "ran")


def test_a_value_on_the_last_line_is_something_displayed_and_never_a_result(process):
    (output,) = run(process, "1.0").outputs
    assert output["output_type"] == "display_data"
    assert output["data"]["text/plain"] == "1.0"


def test_an_error_is_told_and_the_next_cell_runs(process):
    ran = run(process, "x = 1\nraise KeyError('k')")
    assert ran.error == "KeyError"
    assert ran.outputs[-1]["ename"] == "KeyError"
    assert shown(run(process, "print(x)")) == "1\n"


def test_a_cell_that_is_not_python_is_told(process):
    assert run(process, "def f(:").error == "SyntaxError"


def test_a_figure_arrives_as_a_picture(process):
    ran = run(process, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in output.get("data", {}) for output in ran.outputs), ran.outputs


def test_an_endless_cell_is_stopped_and_the_process_lives(process):
    run(process, "x = 1\ndef spin():\n    while True:\n        pass")
    started = time.monotonic()
    ran = run(process, "spin()", seconds=0.3)
    assert time.monotonic() - started < 0.3 + GRACE
    assert ran.late == ["spin"]
    assert ran.outputs == []
    assert shown(run(process, "print(x)")) == "1\n"


def test_a_bare_except_in_an_endless_loop_does_not_help_it(process):
    source = "while True:\n    try:\n        while True:\n            pass\n    except: pass"
    started = time.monotonic()
    with pytest.raises(Gone) as gone:
        run(process, source, seconds=0.2)
    assert gone.value.how == "timeout"
    assert time.monotonic() - started < 0.2 + GRACE + 2


def test_functions_that_were_put_aside_before_say_so(process):
    run(process, "def f():\n    return 1\ndef g():\n    return f()", f="timeout")
    ran = run(process, "g()")
    assert ran.error == "Stuck"
    assert "f did not come to an end before" in ran.outputs[-1]["evalue"]


@pytest.mark.parametrize(
    "source",
    ["import os\nos._exit(3)", "import ctypes\nctypes.string_at(0)", "import os\nos.abort()"],
    ids=["exit", "segfault", "abort"],
)
def test_the_end_of_the_process_is_noticed_at_once(process, source):
    started = time.monotonic()
    with pytest.raises(Gone) as gone:
        run(process, source)
    assert gone.value.how == "died"
    assert time.monotonic() - started < 3
    assert not process.open


def test_after_the_end_nothing_can_be_asked(process):
    process.close()
    with pytest.raises(Gone):
        run(process, "1")
    process.close()  # twice does no harm


def test_leaving_ipython_or_python_ends_nothing(process):
    run(process, "x = 1")
    for leave in ("exit()", "quit()", "import sys\nsys.exit(1)", "raise SystemExit",
                  "raise KeyboardInterrupt", "get_ipython().ask_exit()"):  # fmt: skip
        run(process, leave)
    assert shown(run(process, "print(x)")) == "1\n"


def test_the_lessons_files_lie_in_the_working_folder(server):
    files = {"data/points.csv": b"1,2\n", "picture.png": b"\x89PNG\x00"}
    process = Process(server, LIMITS, files)
    try:
        ran = run(process, "print(open('data/points.csv').read())\n"
                           "print(open('picture.png', 'rb').read())")  # fmt: skip
        assert shown(ran) == "1,2\n\nb'\\x89PNG\\x00'\n"
    finally:
        process.close()


def test_one_submission_leaves_nothing_for_the_next(server):
    first = Process(server, LIMITS, {"left.txt": b"1"})
    run(first, "import os, numpy, lessonlib\nleft = 1\nnumpy.pi = 3\nlessonlib.left = 1\n"
               "open('/tmp/left', 'w').write('x')\nos.environ['LEFT'] = '1'")  # fmt: skip
    first.close()
    second = Process(server, LIMITS, {})
    try:
        ran = run(second, "import os, numpy, lessonlib\n"
                          "print('left' in globals(), numpy.pi > 3, hasattr(lessonlib, 'left'),\n"
                          "      os.listdir('.'), os.path.exists('/tmp/left'), "
                          "os.environ.get('LEFT'))")  # fmt: skip
        assert shown(ran) == "False True False [] False None\n"
    finally:
        second.close()


def test_closing_ends_threads_and_all(process):
    run(process, "import threading, time\n"
                 "threading.Thread(target=lambda: time.sleep(600)).start()")  # fmt: skip
    started = time.monotonic()
    process.close()
    assert time.monotonic() - started < 3


WIRE = (
    "import gc\nwire = next(o for o in gc.get_objects() if type(o).__name__ == 'Wire')\n"
    "fd = wire.end.fileno()\n"
)


def test_a_forged_answer_is_dropped(process):
    """A submission may write on the judge's connection whatever it likes; it bears no digest."""
    forge = (
        "import os, struct\nbody = b'vpassed 99.0'\n"
        "os.write(fd, struct.pack('!QQQ16s', len(body), wire.turn, 1, bytes(16)) + body)"
    )
    assert run(process, f"{WIRE}{forge}").error is None
    assert shown(run(process, "print(1)")) == "1\n"


def test_a_submission_that_sends_by_the_graders_own_wire_gets_no_seal(process):
    forged = run(process, f"{WIRE}wire.send({{'outputs': [], 'error': None, 'late': None}})")
    assert forged.error == "IndexError"
    assert "grader seal" in process.evidence()
    assert shown(run(process, "print(1)")) == "1\n"


def test_noise_on_the_connection_ends_the_process(process):
    with pytest.raises(Gone) as gone:
        run(process, f"{WIRE}import os\nos.write(fd, b'\\xff' * 1000)")
    assert gone.value.how == "died"


def test_our_modules_are_no_longer_where_a_submission_looks_first(process):
    source = "import sys\nprint([n for n in sys.modules if n.startswith('lessonlib.grading')])"
    assert shown(run(process, source)) == "[]\n"


def test_a_process_that_cannot_be_locked_away_is_refused_and_the_server_lives(server):
    with pytest.raises(UserError, match="cannot be locked away on this machine: mount"):
        Process(server, replace(LIMITS, file_size="nonsense"), {})
    process = Process(server, LIMITS, {})
    try:
        assert shown(run(process, "print(1)")) == "1\n"
    finally:
        process.close()
