"""Alarms: what does not end is stopped, and the functions at work are remembered."""

import signal
import time

import pytest

from lessonlib.grading.inside.stopping import Stuck, TimeUp, at_most, culprits, put_aside


@pytest.fixture(autouse=True)
def alarm():
    """Leave this process's own alarm as it was."""
    before = signal.getsignal(signal.SIGALRM)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def spin():
    while True:
        pass


def stopped(seconds=0.05, function=spin):
    """Return the TimeUp that ended a function."""
    with pytest.raises(TimeUp) as raised, at_most(seconds):
        function()
    return raised.value


def test_what_is_in_time_is_left_alone():
    with at_most(5.0):
        value = sum(range(1000))
    assert value == 499_500
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_loop_is_stopped_in_time():
    started = time.monotonic()
    stopped(0.1)
    assert 0.1 <= time.monotonic() - started < 1.0


def test_a_bare_except_only_swallows_one_alarm():
    def stubborn():
        try:
            spin()
        except BaseException:
            spin()

    started = time.monotonic()
    stopped(0.05, stubborn)
    assert time.monotonic() - started < 1.0


def test_after_an_error_no_alarm_comes():
    with pytest.raises(KeyError), at_most(0.05):
        raise KeyError
    time.sleep(0.1)


def test_the_inner_time_ends_first_and_the_outer_goes_on():
    with pytest.raises(TimeUp), at_most(0.4):
        started = time.monotonic()
        stopped(0.05)
        assert time.monotonic() - started < 0.3
        spin()
    assert time.monotonic() - started < 1.5


def test_the_outer_time_counts_inside_too():
    started = time.monotonic()
    with pytest.raises(TimeUp), at_most(0.1), at_most(5.0):
        spin()
    assert time.monotonic() - started < 1.0


def test_an_alarm_that_was_held_back_comes_inside():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        with pytest.raises(TimeUp), at_most(0.05):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(0.1)
            with at_most(5.0):
                spin()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def outer():
    spin()


def test_the_culprits_are_the_notebooks_functions_at_work_the_outermost_first():
    names = {"f": outer, "g": spin, "other": alarm, "x": 3, "print": print}
    assert culprits(stopped(function=outer), names) == ["f", "g"]
    assert culprits(stopped(), names) == ["g"]


def test_the_culprit_of_the_first_of_two_alarms_is_found():
    def slow_to_handle():
        try:
            spin()
        except TimeUp:
            time.sleep(5)

    error = stopped(0.05, slow_to_handle)
    assert culprits(error, {"spin": spin}) == ["spin"]


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
    assert not issubclass(TimeUp, Exception)
