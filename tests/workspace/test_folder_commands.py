"""`lessonlib start`, `reset`, `pack` and `unpack`, as a learner types them."""

import subprocess
import sys
from pathlib import Path

import pytest
from learners import ANSWER, NOTEBOOK, answered, sources


def lessonlib(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lessonlib", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder in which somebody has started the course, and answered an exercise."""
    place = tmp_path_factory.mktemp("place")
    told = lessonlib("start", "my-course", "--no-open", cwd=place)
    assert told.stdout.startswith(f"The course is in {place / 'my-course'}.")
    answered(place / "my-course" / NOTEBOOK, "relu-relu")
    return place


def test_what_was_packed_is_unpacked_elsewhere(place):
    told = lessonlib("pack", cwd=place / "my-course").stdout
    assert told.startswith(f"Packed: {place / 'my-course.zip'}\n")
    lessonlib("start", "elsewhere", "--no-open", cwd=place)
    told = lessonlib("unpack", "../my-course.zip", cwd=place / "elsewhere").stdout
    assert told.startswith(f"Taken from ../my-course.zip:\n  {NOTEBOOK}\n")
    assert sources(place / "elsewhere" / NOTEBOOK)["relu-relu"] == ANSWER
    told = lessonlib("reset", "01", cwd=place / "elsewhere").stdout
    assert f"  {NOTEBOOK}; as it was: 01-relu-layer.kept-1.ipynb\n" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "."], "is not empty: it has"),
        (["update"], "There is no course in this folder or above it."),
        (["pack"], "lessonlib start my-course"),
        (["unpack", "missing.zip"], "There is no course in this folder"),
        (["reset", "01"], "There is no course in this folder"),
    ],
)
def test_bad_input_gets_a_sentence(tmp_path, arguments, said):
    (tmp_path / "notes.txt").touch()
    done = lessonlib(*arguments, cwd=tmp_path)
    assert done.returncode == 1 and said in done.stderr
    assert "Traceback" not in done.stderr and len(list(tmp_path.iterdir())) == 1
