"""Grades a lesson on Gradescope: packs the autograder, and is what runs in it.

Gradescope unpacks the zip at /autograder/source, runs `setup.sh` once, and for each submission
`run_autograder`, which reads /autograder/submission and writes /autograder/results/results.json.
"""

import json
import secrets
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from packaging.requirements import Requirement

import lessonlib
from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom.inbox import MAX_EXTRA
from lessonlib.grading.classroom.loading import load
from lessonlib.grading.grade import close_servers, grade
from lessonlib.grading.host.isolation import find_bubblewrap
from lessonlib.grading.record import Record, Result
from lessonlib.grading.submission.reading import MAX_BYTES
from lessonlib.grading.task import Task
from lessonlib.platforms.collecting import Attempt, Chooser, Doubtful, File, beside
from lessonlib.platforms.layouts import Origin
from lessonlib.platforms.unpacking import opened
from lessonlib.project import MARKER

BASE = "/autograder"
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built. Python has to be 3.11 or newer.
set -euo pipefail
apt-get update
apt-get install -y bubblewrap
apt-get install -y python3.11 python3.11-venv || apt-get install -y python3 python3-venv
python=$(command -v python3.11 || command -v python3)
"$python" -m venv /autograder/venv
/autograder/venv/bin/pip install -r /autograder/source/requirements.txt
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission.
set -euo pipefail
base=${AUTOGRADER:-/autograder}
export PYTHONPATH=$base/source OMP_NUM_THREADS=1 PATH=$base/venv/bin:$PATH
exec "$base/venv/bin/python" -m lessonlib.platforms.autograder "$base"
"""
EXTRAS = ("lab", "instructor")  # what grading needs
NO_NOTEBOOK = "There is no notebook in what you handed in."

# --- packing -------------------------------------------------------------------------------------


def pack(course: CourseDirectory, lesson: str, path: Path) -> None:
    """Write the zip that Gradescope takes: this library, the lesson with its solution, scripts."""
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    files = {
        "setup.sh": SETUP.encode(),
        "run_autograder": RUN.encode(),
        "requirements.txt": "\n".join(_requirements()).encode() + b"\n",
        MARKER: (Path(course.root) / MARKER).read_bytes(),
        **_files(Path(lessonlib.__file__).parent, "lessonlib"),
        **_files(folder, f"{course.source_directory}/{lesson}"),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o755 if data.startswith(b"#!") else 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    partial.replace(path)


def _files(folder: Path, name: str) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in paths if "__pycache__" not in path.parts}  # fmt: skip


def _requirements() -> list[str]:
    """Return what the library needs to grade, in the versions that are installed here."""
    wanted = [each for each in map(Requirement, metadata.requires("lessonlib") or [])
              if each.name != "lessonlib"]  # fmt: skip
    names = [each.name for each in wanted if each.marker is None
             or any(each.marker.evaluate({"extra": extra}) for extra in EXTRAS)]  # fmt: skip
    try:
        return [f"{name}=={metadata.version(name)}" for name in names]
    except metadata.PackageNotFoundError as error:
        raise UserError(f"Install {error.name} first: the autograder needs it.") from None


# --- grading -------------------------------------------------------------------------------------


def results(base: Path) -> dict:
    """Grade the submission in Gradescope's folders and return what it wants to read."""
    course, config = book.course_at(base / "source")
    (lesson,) = book.lessons(course)
    notebook = book.notebooks(course, lesson)[0]
    book.enter(course, config, lesson)
    try:
        attempt = _handed_in(base / "submission", Chooser.of(course, lesson, notebook))
    except Doubtful as doubt:
        return _none(f"Only one notebook can be graded, and you handed in {doubt}.")
    if attempt is None:
        return _none(NO_NOTEBOOK)
    protected = _can_isolate()
    task = Task(load(course, lesson, notebook), *attempt, protected=protected,
                secret=secrets.token_bytes(32))  # fmt: skip
    try:
        return as_results(grade(task).record, protected)
    finally:
        close_servers()


def _handed_in(folder: Path, chooser: Chooser) -> tuple[bytes, dict[str, bytes]] | None:
    with opened(folder) as items:
        fit = [File(item, Origin((), item.path)) for item in items
               if not item.fault and not item.is_junk]  # fmt: skip
        books = [file for file in fit if file.is_notebook]
        if not books:
            return None
        chosen = chooser.choose(books)
        attempt = Attempt(chosen, beside(chosen, fit))
        files = {name: item.read(MAX_EXTRA) for name, item in attempt.files.items()}
        return chosen.item.read(MAX_BYTES), files


def _can_isolate() -> bool:
    """Return whether bubblewrap works in this container: many do not let it."""
    found = find_bubblewrap()
    command = [str(found), "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"]
    return found is not None and subprocess.run(command, capture_output=True).returncode == 0


def _none(why: str) -> dict:
    return {"score": 0.0, "output": why, "visibility": "visible"}


def as_results(record: Record, protected: bool) -> dict:
    """Return a record as Gradescope reads it; what a person grades is not in it."""
    return {
        "output": "\n".join(record.notes),
        "visibility": "visible",
        "tests": [_test(each) for each in record.results if each.max_points > 0],
        "score": round(record.points, 6),
        "extra_data": {"state": record.state, "protected": protected,
                       "marked": [each.cell for each in record.results if each.marked]},
    }  # fmt: skip


def _test(result: Result) -> dict:
    points = result.points or 0.0
    return {
        "name": result.exercise,
        "score": points,
        "max_score": result.max_points,
        "status": "passed" if points >= result.max_points else "failed",
        "output": result.message,
        "visibility": "visible",
    }


def main(base: str = BASE) -> None:
    """Grade, and write results.json beside its place first."""
    path = Path(base) / "results" / "results.json"
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(".results.json.partial")
    try:
        partial.write_text(json.dumps(results(Path(base)), indent=2), encoding="utf-8")
    except UserError as error:  # Gradescope tells the instructor that the autograder failed
        sys.exit(str(error))
    partial.replace(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
