"""Where there are no threads, as in a browser, endless answers are stopped by watching the code."""

import itertools
import sys
import time
import warnings
from dataclasses import replace

import numpy as np
import pytest
from toys import TOY, row_stats

from lessonlib import notebook
from lessonlib.checks import asking, judge, watchdog

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12"
)
CASES = TOY.cases(np.random.default_rng(0))
QUICK = replace(TOY, seconds=0.3)


@pytest.fixture(autouse=True)
def no_threads_and_no_forks(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    monkeypatch.setattr(sys, "platform", "emscripten")


def swallowing(X, scale):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def deeper(X, scale):
    def down(n):
        try:
            return down(n + 1)
        except RecursionError:
            return down(n)

    return down(0)


def without_end():
    while True:
        yield 0


ENDLESS = {
    "loop": lambda X, s: [i for i in itertools.count()],
    "swallowing": swallowing,
    "generator": lambda X, s: max(without_end()),
    "calls from C": lambda X, s: max(map(lambda i: 0, itertools.count())),
    "sleeping": lambda X, s: [time.sleep(0.01) for _ in itertools.count()],
    "recursion": deeper,
}


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_answer_is_stopped_and_the_next_check_works(answer):
    started, streams, filters = time.monotonic(), (sys.stdout, sys.stderr), warnings.filters
    assert asking.ask(QUICK, answer, CASES)[-1].problem.kind == "timeout"
    assert time.monotonic() - started < 0.3 + 5 * watchdog.AGAIN_WATCHED
    assert (sys.stdout, sys.stderr) == streams
    assert warnings.filters is filters
    assert judge(QUICK, row_stats).passed


def test_a_right_answer_is_not_disturbed_and_nothing_is_left_watching():
    assert judge(TOY, row_stats).passed
    assert sys.monitoring.get_tool(0) is None


def test_a_debugger_keeps_its_place():
    sys.monitoring.use_tool_id(0, "debugger")
    try:
        assert asking.ask(QUICK, ENDLESS["loop"], CASES)[-1].problem.kind == "timeout"
        assert sys.monitoring.get_tool(0) == "debugger"
    finally:
        sys.monitoring.free_tool_id(0)


def test_watches_may_be_nested():
    """A cell is watched for its own time, and a check in it for the answer's."""

    class Stopped(BaseException):
        pass

    def cell():
        assert asking.ask(QUICK, ENDLESS["loop"], CASES)[-1].problem.kind == "timeout"
        while True:
            pass

    end = time.monotonic() + 1.0
    with pytest.raises(Stopped), watchdog.watching(lambda: time.monotonic() > end, Stopped):
        cell()


def layer_backward(dA, Z, W, X):
    dZ = dA * (Z > 0)
    dW = dZ @ X.T
    db = dZ[:, :1]
    return dW, db, W.T @ dZ


def test_a_wrong_answer_has_its_points_and_its_first_wrong_step():
    verdict = notebook.judge("relu.layer_backward", layer_backward)
    assert 0 < verdict.points < verdict.max_points
    assert verdict.step.code == "db = dZ[:, :1]"
    assert verdict.edit is None  # what is tried for that needs a process of its own
