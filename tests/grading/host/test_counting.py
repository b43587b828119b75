"""A group counts processes where the system gives one, and nothing of it is left."""

import os
import subprocess

import pytest

from lessonlib.grading.host import counting
from lessonlib.grading.host.counting import Group


@pytest.fixture
def group():
    group = Group()
    if group.path is None:
        pytest.skip("this system lets nobody make a group")
    yield group
    group.close()


def test_a_command_begins_in_the_group(group):
    command = group.around(["cat", "/proc/self/cgroup"])
    told = subprocess.run(command, capture_output=True, text=True).stdout
    assert group.path.name in told


def test_no_more_processes_begin_than_are_allowed(group):
    group.allow(5)
    flood = "for k in 1 2 3 4 5 6 7 8; do sleep 2 & done; wait"
    told = subprocess.run(group.around(["sh", "-c", flood]), capture_output=True, text=True)
    assert "fork" in told.stderr.lower()


def test_a_group_is_gone_when_it_is_closed(group):
    group.close()
    assert not group.path.exists()


def test_what_a_killed_grader_has_left_is_taken_away(group):
    os.utime(group.path, (0, 0))
    Group().close()
    assert not group.path.exists()


def test_without_a_group_a_command_stays_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(counting, "ROOT", tmp_path)
    group = Group()
    assert group.path is None and group.around(["ls"]) == ["ls"]
    group.allow(3)
    group.close()


def test_a_shells_pipes_run_while_their_children_end(says):
    source = (
        "import subprocess\nfor _ in range(40):\n"
        "    subprocess.run('echo a | cat | sort | head -n 1', shell=True, check=True)\nprint('ok')"
    )
    assert says(source) == "ok"
