"""Prints a fingerprint of all that `make test-site` covers, to tell whether it has to run again.

`make test-site` writes it to passed.txt when all has passed; `.ci/run` compares the two.
"""

import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PASSED = "tests/site/passed.txt"
COVERED = [
    # the pages, the lessons on them, and what their kernels may import
    *("course", "solutions", "lessonlib"),
    *(f":!lessonlib/{room}" for room in ("building", "grading", "platforms", "proof")),
    # what opens the course elsewhere
    *(".binder", ".devcontainer", "Dockerfile", "environment.yml"),
    # what all of that is made and tested with
    *(".ci", "Makefile", "pyproject.toml", "constraints.txt"),
    *("tests/site", "tests/keyboard.py", "tests/test_launch.py"),
]


def fingerprint(root: Path, paths: list[str]) -> str:
    """Return the SHA-256 of the names and contents of the files below these paths.

    Files that git ignores do not count, nor the one that the fingerprint is kept in.
    """
    digest = hashlib.sha256()
    for name in sorted(set(_files(root, paths)) - {PASSED}):
        content = (root / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(root, paths):
    """Return what git would commit now: new files too, and none that is deleted."""
    options = ["--cached", "--others", "--exclude-standard", "-z"]
    command = ["git", "ls-files", *options, "--", *paths]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


if __name__ == "__main__":
    print(fingerprint(ROOT, COVERED))
