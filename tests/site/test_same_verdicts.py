"""The browser edition's Python gives the verdicts of the desktop's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.site, pytest.mark.slow]

HERE = Path(__file__).parent
LESSONS = ["relu_layer", "the_way_back", "three_layers", "xor", "linear_regression"]


def last_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_right_answers_and_mistakes_of_five_lessons_get_the_same_verdict(site):
    assert shutil.which("node"), "node is not here; it comes with npm, which the site needs"
    tests = [f"test_{name}" for name in LESSONS]
    desktops = last_line(
        sys.executable, str(HERE / "verdicts.py"), str(HERE.parent / "lessons"), *tests
    )
    browsers = last_line("node", str(HERE / "verdicts.mjs"), str(site), str(HERE.parent), *tests)
    print(f"{len(desktops)} verdicts")
    assert len(desktops) > 100
    assert browsers == desktops
