"""Alarms: what does not end is stopped, and the functions at work are remembered."""

import os
import signal
import threading
import time

import pytest

from lessonlib.grading.guest.stopping import (
    ALARM,
    OutOfTime,
    Stuck,
    culprits,
    listen,
    put_aside,
    stoppable,
)


@pytest.fixture(autouse=True)
def alarm():
    """Listen for alarms here, and leave the signal as it was."""
    before = signal.getsignal(ALARM)
    listen()
    yield
    signal.signal(ALARM, before)


def alarms(*seconds):
    """Send this process alarms after so many seconds each."""
    for each in seconds:
        threading.Timer(each, os.kill, (os.getpid(), ALARM)).start()


def spin():
    until = time.monotonic() + 10
    while time.monotonic() < until:
        pass


def outer():
    spin()


def stopped(function=spin, *seconds):
    """Return the OutOfTime that ended a function."""
    alarms(*(seconds or (0.05,)))
    with pytest.raises(OutOfTime) as raised, stoppable():
        function()
    return raised.value


def test_a_loop_is_stopped():
    started = time.monotonic()
    stopped()
    assert time.monotonic() - started < 2.0


def test_an_alarm_that_comes_late_does_nothing():
    with stoppable():
        pass
    os.kill(os.getpid(), ALARM)
    time.sleep(0.01)


def test_after_an_error_no_alarm_is_heard():
    with pytest.raises(KeyError), stoppable():
        raise KeyError
    os.kill(os.getpid(), ALARM)


def test_a_bare_except_only_swallows_one_alarm():
    def stubborn():
        try:
            spin()
        except BaseException:
            spin()

    stopped(stubborn, 0.05, 0.25)


def test_the_culprits_are_the_notebooks_functions_at_work_the_outermost_first():
    names = {"f": outer, "g": spin, "other": alarm, "x": 3, "print": print}
    assert culprits(stopped(outer), names) == ["f", "g"]
    assert culprits(stopped(), names) == ["g"]


def test_the_culprit_of_the_first_of_two_alarms_is_found():
    def slow_to_handle():
        try:
            spin()
        except OutOfTime:
            time.sleep(5)

    assert culprits(stopped(slow_to_handle, 0.05, 0.25), {"spin": spin}) == ["spin"]


def test_nobody_is_a_culprit_of_other_errors():
    assert culprits(KeyError(), {"f": outer}) == []


@pytest.mark.parametrize(
    ("how", "text"),
    [("timeout", "f did not come to an end before"), ("died", "f ended the notebook's process")],
)
def test_a_function_that_was_put_aside_says_why(how, text):
    names = {"f": outer, "x": 3}
    put_aside("f", how, names)
    put_aside("x", how, names)
    put_aside("nothing", how, names)
    assert names["x"] == 3 and "nothing" not in names
    with pytest.raises(Stuck, match=text) as stuck:
        names["f"](1, key=2)
    assert stuck.value.how == how
    assert names["f"].__name__ == "f"


def test_being_stuck_is_nothing_that_a_learner_catches():
    assert not issubclass(Stuck, Exception)
    assert not issubclass(OutOfTime, Exception)
