"""What the commands say on the screen, and that a name on it is only a name."""

import contextlib
import io
import subprocess
import sys

import pytest
from rich.console import Console

from lessonlib.grading import commands
from lessonlib.grading.classroom.coordinator import Tally
from lessonlib.grading.record import Record, Result
from lessonlib.printable import one_line, printable

EVIL = "\x1b]0;owned\x07\x1b[2J[red]ada\r\nben"


def shown(tally):
    """Return what is written to a wide terminal."""
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(told):
        patch.setattr(commands, "Console", lambda: Console(file=told, width=200))
        commands._show(tally, "05-toy")
    return told.getvalue()


def test_a_class_is_counted_by_state_and_the_odd_ones_stand_in_a_table():
    tally = Tally(unchanged=3)
    tally.add("ada", Record("graded", "f"))
    tally.add("ben", Record("killed", "f", notes=("It ended.",)))
    told = shown(tally)
    assert told.splitlines()[0] == "05-toy: 2 graded now (1 graded, 1 killed), 3 unchanged."
    assert "ben" in told and "It ended." in told and "ada" not in told


def test_a_marked_test_is_worth_a_look_and_says_why():
    tally = Tally()
    result = Result("check-f", "check-f", 2.0, 2.0, marked="It passes with 2 changed to 3.")
    tally.add("eve", Record("graded", "f", (result,)))
    told = shown(tally)
    assert "check-f passed. It passes with 2 changed to 3." in told


def test_neither_names_nor_notes_reach_the_terminal_raw():
    tally = Tally()
    tally.add(EVIL, Record("killed", "f", notes=(EVIL,)))
    told = shown(tally)
    assert "\x1b" not in told and "\x07" not in told and "\r" not in told
    assert told.count("[red]ada") == 2  # shown, not obeyed


def test_whom_it_waits_for_is_said_by_name():
    told = io.StringIO()
    bar = commands._Bar("05-toy", 60, None)
    bar.live.console = Console(file=told, width=200)
    bar.waits(["ada", "\x1b[2Jben", "[red]eve"])
    bar.waits(["ada"])
    assert told.getvalue().splitlines() == [
        "After 60 minutes, waiting for: ada, ben and [red]eve.",
        "After 120 minutes, waiting for: ada.",
    ]


@pytest.mark.parametrize(
    ("raw", "safe"),
    [("\x1b[31mred\x1b[0m", "red"), ("a\x07b", "a�b"), ("a\u202eb", "a�b"), ("a\udcffb", "a�b"),
     ("two\nlines", "two\nlines"), ("a\x9b31mb", "a�31mb"), ("naïve ☃", "naïve ☃")],
)  # fmt: skip
def test_a_text_is_printed_and_not_obeyed(raw, safe):
    assert printable(raw) == safe


def test_a_line_is_one_and_not_too_long():
    assert one_line("a\nb\tc\r\n d") == "a b c d"
    assert one_line("x" * 500, 10) == "x" * 9 + "…"


@pytest.mark.parametrize("command", ["grade", "collect", "report", "feedback", "export"])
def test_help_imports_nothing_heavy(command):
    """Measured by what it imports: seconds depend on the machine."""
    heavy = {"numpy", "nbgrader", "nbformat", "sqlalchemy", "matplotlib", "distributed"}
    code = (
        "import sys; from typer.testing import CliRunner; from lessonlib.cli import app; "
        f"print(CliRunner().invoke(app, ['{command}', '--help']).exit_code, "
        f"{heavy} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout == "0 set()\n", told.stderr
