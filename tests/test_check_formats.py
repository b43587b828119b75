"""What `lessonlib check --format` tells programs."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lessonlib.check_formats import written
from lessonlib.earned import Earned

ROOT = Path(__file__).parents[1]
RESULTS = [
    Earned("relu.relu", 2.0, 2.0, "✓ relu.relu"),
    Earned("relu.tent", 1.0, 2.0, "\x1b[31m✗ relu.tent: <not> right & yet\x1b[0m\x00"),
    Earned("relu.downhill", 0.0, 3.0, "", answered=False),
]


def test_json_has_each_exercise_and_the_sum():
    told = json.loads(written("01-relu-layer", RESULTS, "json"))
    assert (told["lesson"], told["points"], told["max_points"]) == ("01-relu-layer", 3.0, 7.0)
    assert [each["passed"] for each in told["exercises"]] == [True, False, False]
    assert told["exercises"][1]["message"].startswith("✗ relu.tent: <not> right & yet")
    assert told["exercises"][2]["answered"] is False


def test_junit_counts_what_is_wrong_and_what_is_not_answered():
    suite = ElementTree.fromstring(written("01-relu-layer", RESULTS, "junit"))
    assert suite.attrib == {
        "name": "01-relu-layer", "tests": "3", "failures": "1", "skipped": "1",
    }  # fmt: skip
    right, wrong, blank = suite.findall("testcase")
    assert right.find("failure") is None and right.find("skipped") is None
    assert wrong.find("failure").attrib == {"message": "1 of 2 points"}
    assert "<not> right & yet" in wrong.find("failure").text
    assert blank.find("skipped") is not None


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "code"), [("course", 1), ("solutions", 0)])
def test_the_command_ends_with_1_unless_all_is_right(folder, code):
    path = f"{folder}/00-start-here/00-start-here.ipynb"
    command = [sys.executable, "-m", "lessonlib.cli", "check", path, "--format", "junit"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (code, "")
    suite = ElementTree.fromstring(done.stdout)
    assert suite.get("name") == "00-start-here" and int(suite.get("tests")) >= 4
