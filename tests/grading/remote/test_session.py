"""A submission's process as the judge sees it: cells run, and its end is noticed in time."""

import time
from dataclasses import replace

import pytest
from conftest import LIMITS

from lessonlib.errors import UserError
from lessonlib.grading.remote.session import GRACE, Gone, Session


def run(session, source, seconds=5.0, **aside):
    return session.run(source, seconds, aside)


def shown(ran) -> str:
    return "".join(output.get("text", "") for output in ran.outputs)


def test_a_cell_runs_and_its_names_stay(session):
    run(session, "x = 3")
    ran = run(session, "print(x + 1)")
    assert (shown(ran), ran.error, ran.late, ran.how) == ("4\n", None, None, "ran")


def test_a_value_on_the_last_line_is_something_displayed_and_never_a_result(session):
    (output,) = run(session, "1.0").outputs
    assert output["output_type"] == "display_data"
    assert output["data"]["text/plain"] == "1.0"


def test_an_error_is_told_and_the_next_cell_runs(session):
    ran = run(session, "x = 1\nraise KeyError('k')")
    assert ran.error == "KeyError"
    assert ran.outputs[-1]["ename"] == "KeyError"
    assert shown(run(session, "print(x)")) == "1\n"


def test_a_cell_that_is_not_python_is_told(session):
    assert run(session, "def f(:").error == "SyntaxError"


def test_a_figure_arrives_as_a_picture(session):
    ran = run(session, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in output.get("data", {}) for output in ran.outputs), ran.outputs


def test_an_endless_cell_is_stopped_and_the_process_lives(session):
    run(session, "x = 1\ndef spin():\n    while True:\n        pass")
    started = time.monotonic()
    ran = run(session, "spin()", seconds=0.3)
    assert time.monotonic() - started < 0.3 + GRACE
    assert ran.late == ["spin"]
    assert "stopped after 0.3 seconds in spin" in ran.outputs[-1]["evalue"]
    assert shown(run(session, "print(x)")) == "1\n"


def test_a_bare_except_in_an_endless_loop_does_not_help_it(session):
    source = "while True:\n    try:\n        while True:\n            pass\n    except: pass"
    started = time.monotonic()
    with pytest.raises(Gone) as gone:
        run(session, source, seconds=0.2)
    assert gone.value.how == "timeout"
    assert time.monotonic() - started < 0.2 + GRACE + 2


def test_functions_that_were_put_aside_before_say_so(session):
    run(session, "def f():\n    return 1\ndef g():\n    return f()", f="timeout")
    ran = run(session, "g()")
    assert ran.error == "Stuck"
    assert "f did not come to an end before" in ran.outputs[-1]["evalue"]


@pytest.mark.parametrize(
    "source",
    ["import os\nos._exit(3)", "import ctypes\nctypes.string_at(0)", "import os\nos.abort()"],
    ids=["exit", "segfault", "abort"],
)
def test_the_end_of_the_process_is_noticed_at_once(session, source):
    started = time.monotonic()
    with pytest.raises(Gone) as gone:
        run(session, source)
    assert gone.value.how == "died"
    assert time.monotonic() - started < 3
    assert not session.open


def test_after_the_end_nothing_can_be_asked(session):
    session.close()
    with pytest.raises(Gone):
        run(session, "1")
    session.close()  # twice does no harm


def test_leaving_ipython_or_python_ends_nothing(session):
    run(session, "x = 1")
    for leave in ("exit()", "quit()", "import sys\nsys.exit(1)", "raise SystemExit",
                  "raise KeyboardInterrupt", "get_ipython().ask_exit()"):  # fmt: skip
        run(session, leave)
    assert shown(run(session, "print(x)")) == "1\n"


def test_the_lessons_files_lie_in_the_working_folder(server):
    files = {"data/points.csv": b"1,2\n", "picture.png": b"\x89PNG\x00"}
    session = Session(server, LIMITS, files)
    try:
        ran = run(session, "print(open('data/points.csv').read())\n"
                           "print(open('picture.png', 'rb').read())")  # fmt: skip
        assert shown(ran) == "1,2\n\nb'\\x89PNG\\x00'\n"
    finally:
        session.close()


def test_one_submission_leaves_nothing_for_the_next(server):
    first = Session(server, LIMITS, {"left.txt": b"1"})
    run(first, "import os, numpy, lessonlib\nleft = 1\nnumpy.pi = 3\nlessonlib.left = 1\n"
               "open('/tmp/left', 'w').write('x')\nos.environ['LEFT'] = '1'")  # fmt: skip
    first.close()
    second = Session(server, LIMITS, {})
    try:
        ran = run(second, "import os, numpy, lessonlib\n"
                          "print('left' in globals(), numpy.pi > 3, hasattr(lessonlib, 'left'),\n"
                          "      os.listdir('.'), os.path.exists('/tmp/left'), "
                          "os.environ.get('LEFT'))")  # fmt: skip
        assert shown(ran) == "False True False [] False None\n"
    finally:
        second.close()


def test_closing_ends_threads_and_all(session):
    run(session, "import threading, time\n"
                 "threading.Thread(target=lambda: time.sleep(600)).start()")  # fmt: skip
    started = time.monotonic()
    session.close()
    assert time.monotonic() - started < 3


def test_a_forged_answer_ends_the_session(session):
    """A submission may write on the judge's connection whatever it likes."""
    forge = (
        "import gc, socket, struct\n"
        "from lessonlib.grading.remote.wire import Wire\n"
        "wire = next(o for o in gc.get_objects() if isinstance(o, Wire))\n"
        "wire.send({'outputs': [{'output_type': 'what'}], 'error': None, 'late': None})"
    )
    with pytest.raises(Gone) as gone:
        run(session, forge)
    assert gone.value.how == "died"


def test_a_process_that_cannot_be_locked_away_is_refused_and_the_server_lives(server):
    with pytest.raises(UserError, match="cannot be locked away on this machine: mount"):
        Session(server, replace(LIMITS, file_size="nonsense"), {})
    session = Session(server, LIMITS, {})
    try:
        assert shown(run(session, "print(1)")) == "1\n"
    finally:
        session.close()
