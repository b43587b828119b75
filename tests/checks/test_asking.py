"""Answers that never return, eat memory, crash or spoil: the process that asked lives on."""

import os
import signal
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toys import TOY, row_stats

from lessonlib.checks import asking, judge, watchdog
from lessonlib.lessons import find

RNG = np.random.default_rng(0)
CASES = TOY.cases(RNG)
WAYS = [
    pytest.param(asking.ask_in_child, marks=pytest.mark.skipif(sys.platform != "linux", reason="")),
    asking.ask_here,
]


def forever(X, scale):
    while True:
        pass


def forever_and_swallowing(X, scale):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            pass


@pytest.mark.parametrize("ask", WAYS)
def test_a_right_answer_gives_a_response_a_case(ask):
    responses = ask(TOY, row_stats, CASES)
    assert [len(response.value) for response in responses] == [2, 2, 2]
    assert all(not response.problem and not response.changed for response in responses)


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("answer", [forever, forever_and_swallowing])
def test_an_endless_answer_is_stopped(ask, answer):
    started = time.monotonic()
    responses = ask(TOY, answer, CASES)
    assert responses[-1].problem.kind == "timeout"
    assert time.monotonic() - started < TOY.seconds + 1


def test_without_fork_answers_are_asked_in_a_thread(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    assert judge(TOY, row_stats).passed
    assert "did not finish within 1 second" in judge(TOY, forever).message
    for exercise_id in ("relu.layer_backward", "linreg.glorot_uniform", "autodiff.value"):
        assert judge(find(exercise_id), find(exercise_id).reference).passed


def test_where_there_are_no_threads_either_an_answer_is_asked_all_the_same(monkeypatch):
    def no_threads(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", no_threads)
    assert judge(TOY, row_stats, ask=asking.ask_here).passed


def test_time_that_is_up_just_when_the_work_is_done_hits_nobody():
    """The exception that stops an answer must not arrive in whoever asked."""
    close = replace(TOY, seconds=0.002, cases=lambda rng: CASES[:1])
    for pause in np.tile(np.linspace(0.0005, 0.0035, 31), 10):

        def in_time_or_not(X, scale, pause=pause):
            end = time.perf_counter() + pause
            while time.perf_counter() < end:
                pass
            return row_stats(X, scale)

        (response,) = asking.ask_here(close, in_time_or_not, CASES[:1])
        assert response.problem is None or response.problem.kind == "timeout"
    assert threading.active_count() < 20


def test_an_answer_that_cannot_be_stopped_is_left_to_itself(capsys):
    def asleep(X, scale):
        time.sleep(3.0)

    started, streams, filters = time.monotonic(), (sys.stdout, sys.stderr), warnings.filters
    assert asking.ask_here(replace(TOY, seconds=0.1), asleep, CASES)[-1].problem.kind == "timeout"
    assert time.monotonic() - started < 0.1 + watchdog.GRACE + 0.5
    assert (sys.stdout, sys.stderr) == streams
    assert warnings.filters is filters


def test_numpys_error_state_is_that_of_the_notebook_in_a_thread_too():
    with np.errstate(all="raise"):
        (response,) = asking.ask_here(TOY, lambda X, s: np.log(0.0 * X), CASES[:1])
    assert "FloatingPointError" in response.problem.text


def test_large_values_are_read_quickly():
    patient = replace(TOY, seconds=20.0)
    started = time.process_time()
    (response,) = asking.ask_in_child(patient, lambda X, s: np.ones(31 * 2**17), CASES[:1])
    assert response.value.nbytes == 31 * 2**20
    assert time.process_time() - started < 4.0


def test_even_a_bare_except_or_a_long_computation_in_c_is_stopped():
    def bare(X, scale):
        while True:
            try:
                time.sleep(0.001)
            except:  # noqa: E722
                pass

    def power(X, scale):
        return 7 ** (7**10)

    for answer in (bare, power):
        started = time.monotonic()
        assert asking.ask(TOY, answer, CASES)[-1].problem.kind in ("timeout", "memory")
        assert time.monotonic() - started < TOY.seconds + 1


def test_a_huge_allocation_ends_in_a_message():
    assert asking.ask(TOY, lambda X, s: np.ones((10**5, 10**5)), CASES)[0].problem.kind == "memory"

    def hoard(X, scale):
        kept = []
        while True:
            kept.append(np.ones(10**7))

    patient = replace(TOY, seconds=30.0)
    assert asking.ask(patient, hoard, CASES)[0].problem.kind == "memory"


def test_a_crash_of_the_answer_is_not_ours():
    assert asking.ask(TOY, lambda X, s: os._exit(3), CASES)[0].problem.kind == "died"
    assert (
        asking.ask(TOY, lambda X, s: os.kill(os.getpid(), signal.SIGKILL), CASES)[0].problem.kind
        == "died"
    )


def test_exit_is_an_error_like_any_other():
    problem = asking.ask(TOY, lambda X, s: sys.exit("bye"), CASES)[0].problem
    assert problem.kind == "raised"
    assert "bye" in problem.text


def test_what_an_answer_does_to_its_arguments_is_noticed_and_undone():
    def spoil(X, scale):
        value = row_stats(X.copy(), scale)
        X += 1
        return value

    before = CASES[0].args[0].copy()
    for ask in (asking.ask_in_child, asking.ask_here):
        assert [response.changed for response in ask(TOY, spoil, CASES)] == [[0], [0], [0]]
    np.testing.assert_array_equal(CASES[0].args[0], before)


def test_the_line_of_the_error_is_the_answers_own():
    def broken(X, scale):
        return np.linalg.inv(X)  # here

    problem = asking.ask(TOY, broken, CASES)[0].problem
    assert problem.line == "return np.linalg.inv(X)  # here"


def test_printing_and_warnings_are_kept_for_later(capsys):
    def chatty(X, scale):
        print("shape", X.shape)
        print("secret", file=sys.stderr)
        np.log(0.0 * X)
        return row_stats(X, scale)

    response = asking.ask(TOY, chatty, CASES)[0]
    assert response.printed == "shape (3, 4)\n"
    assert "divide by zero" in response.warnings[0]
    assert capsys.readouterr() == ("", "")


def children():
    """Return this process's children; other tests may have servers of their own running."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_no_child_is_left_behind():
    before = children()
    asking.ask(TOY, forever, CASES)
    asking.ask(TOY, row_stats, CASES)
    assert children() == before
