"""The submission's side of the conversation: what is told of names, and how they answer."""

import pytest
from processes import run

from lessonlib.grading.protocol.values import Packer, Unpacker


@pytest.fixture
def ask(process):
    """Run a cell, then put a question to the process; return all it says, the end last."""

    def ask(source, reply=None, blobs=(), **question):
        run(process, source)
        process.tell(question, blobs)
        said = []
        while not said or "end" not in said[-1] and question["do"] in ("ask", "values"):
            message, more = process.hear(10.0)
            if "callback" in message:
                process.reply(reply(message))
            else:
                said.append(message)
                said[-1] |= {"blobs": more} if more else {}
        return said

    return ask


def called(ask, source, *args, seconds=2.0, script=None, **more):
    """Return what comes of calling `f`."""
    packer = Packer(lambda function: 0)
    cases = [[packer.pack(arg) for arg in args]]
    question = {"name": "f", "script": script, "cases": cases, "seconds": seconds, **more}
    return ask(source, do="ask", blobs=packer.blobs, **question)


# --- what is told of a name ----------------------------------------------------------------------


def test_a_function_is_described(ask):
    source = "rate = 2\ndef f(x, *more, key=1):\n    return rate * x"
    (about,) = ask(source, do="describe", name="f")
    assert (about["type"], about["callable"], about["none"]) == ("function", True, False)
    assert about["parameters"] == [["x", 1, False], ["more", 2, False], ["key", 3, True]]
    assert about["reads"] == [["rate"], []]


@pytest.mark.parametrize(
    ("source", "kind"), [("f = 3", "int"), ("f = None", "NoneType"), ("f = [1]", "list")]
)
def test_what_is_no_function_is_described_as_such(ask, source, kind):
    (about,) = ask(source, do="describe", name="f")
    assert (about["type"], about["callable"], about["none"]) == (kind, False, kind == "NoneType")


def test_a_name_that_is_not_there_is_not_described(ask):
    assert ask("x = 1", do="describe", name="f") == [{}]


def test_plain_values_are_told_and_what_is_not_plain_is_named(ask):
    said = ask("a, b = 3, object()", do="values", names=["a", "b", "c"], seconds=2.0)
    assert [each.get("name") for each in said] == ["a", "b", None]
    assert said[0]["value"] == 3
    assert said[1]["value"]["opaque"][0] == "object"
    assert said[-1] == {"end": "ended"}


def test_a_generator_that_is_told_is_not_used_up(ask, process):
    said = ask("a = iter([1, 2])", do="values", names=["a"], seconds=2.0)
    assert said[0]["value"] == [1, 2]
    assert run(process, "print(list(a))").outputs[0]["text"] == "[1, 2]\n"


@pytest.mark.parametrize("trick", ["while True: pass", "import os; os._exit(1)", "return 1 / 0"])
def test_a_value_that_does_as_it_likes_when_it_is_looked_at_costs_itself(ask, process, trick):
    source = f"class A(list):\n    def __iter__(self):\n        {trick}\na, b = A([1]), 2"
    said = ask(source, do="values", names=["b", "a"], seconds=0.3)
    assert said[0]["value"] == 2
    assert run(process, "print(b)").outputs[0]["text"] == "2\n"


# --- what an answer does -------------------------------------------------------------------------


def test_a_call_tells_its_value_and_what_happened(ask):
    source = (
        "import warnings\ndef f(x):\n    print('hello')\n    warnings.warn('hm')\n"
        "    x.append(2)\n    return 7"
    )
    said, end = called(ask, source, [1])
    assert said["content"] == [7, [[1, 2]]]
    assert (said["printed"], said["warnings"]) == ("hello\n", ["UserWarning: hm"])
    assert said["problem"] is None and said["seconds"] >= 0
    assert end == {"end": "ended"}


def test_nothing_that_an_answer_does_reaches_a_later_cell(ask, process):
    source = (
        "import numpy as np\nseen = []\ndef f(x):\n    seen.append(x)\n    np.pi = 3\n"
        "    np.random.seed(0)\n    open('left', 'w').close()\n    return x\nnp.random.seed(7)"
    )
    called(ask, source, 1)
    shown = run(process, "print(seen, np.pi > 3, np.random.rand())").outputs[0]["text"]
    assert shown.startswith("[] True 0.0763")


def test_an_error_tells_its_text_and_its_line(ask):
    said, _ = called(ask, "def f(x):\n    return {}[x]  # here", "k")
    assert said["problem"] == ["raised", "KeyError: 'k'", "return {}[x]  # here"]


def test_a_loop_is_late_and_its_functions_are_named(ask):
    said = called(ask, "def g():\n    while True: pass\ndef f(x):\n    g()", 1, seconds=0.2)
    assert said == [{"late": ["f", "g"]}, {"end": "timeout"}]


def test_what_no_alarm_can_stop_is_killed(ask, process):
    source = (
        "import signal\ndef f(x):\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "    while True: pass"
    )
    assert called(ask, source, 1, seconds=0.2) == [{"end": "timeout"}]
    assert run(process, "1").error is None


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_an_answer_that_ends_its_process_ends_a_fork(ask, process, end):
    assert called(ask, f"import os\ndef f(x):\n    {end}", 1) == [{"end": "ended"}]
    assert run(process, "print(1)").outputs[0]["text"] == "1\n"


def test_processes_that_an_answer_leaves_end_with_it(ask, process):
    later = "sleep 0.4; touch left"
    source = f"import subprocess\ndef f(x):\n    subprocess.Popen({later!r}, shell=True)"
    called(ask, source, 1)
    waits = "import os, time\ntime.sleep(0.8)\nprint(os.listdir())"
    assert run(process, waits).outputs[0]["text"] == "[]\n"


def test_a_function_that_is_handed_over_is_asked(ask):
    def reply(message):
        assert Unpacker([]).unpack(message["args"]) == [20]
        return {"value": 21}

    said, _ = called(ask, "def f(g):\n    return g(20) * 2", len, reply=reply)
    assert said["content"][0] == 42


def test_an_error_of_a_function_that_is_handed_over_can_be_caught(ask):
    source = "def f(g):\n    try:\n        g(1)\n    except KeyError as e:\n        return str(e)"
    said, _ = called(ask, source, len, reply=lambda _: {"error": ["KeyError", "no"]})
    assert said["content"][0] == "'no'"


SCRIPT = "import math\n\ndef use(word, answer, x, end=''):\n    return [word, answer(x), end]"


def test_a_script_is_shipped_as_its_text_with_its_first_arguments(ask):
    script = {"source": SCRIPT, "function": "use", "fixed": [["a"], {"end": "z"}]}
    said, _ = called(ask, "def f(x):\n    return x + 1", 2, script=script)
    assert said["content"][0] == ["a", 3, "z"]


def test_an_error_below_a_script_is_of_the_learners_line(ask):
    script = {"source": SCRIPT, "function": "use", "fixed": [["a"], {}]}
    said, _ = called(ask, "def f(x):\n    return x / 0  # mine", 2, script=script)
    text = "ZeroDivisionError: division by zero"
    assert said["problem"] == ["raised", text, "return x / 0  # mine"]


def test_much_that_is_printed_or_warned_of_is_cut(ask):
    source = (
        "import warnings\ndef f(x):\n    print('a' * 100_000)\n    for k in range(100):\n"
        "        warnings.warn('b' * 1000 + str(k))"
    )
    said, _ = called(ask, source, 1)
    assert len(said["printed"]) == 2_000
    assert len(said["warnings"]) <= 20 and max(map(len, said["warnings"])) == 200


def test_files_are_written_into_the_folder_and_no_error_ends_the_process(ask, process):
    for name in ("a/b.txt", "a/b.txt", "/usr/x", "a"):
        assert ask("", do="write", name=name, blobs=[b"abc"]) == [{}]
    assert run(process, "print(open('a/b.txt').read())").outputs[0]["text"] == "abcabc\n"
