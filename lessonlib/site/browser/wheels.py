"""Wheels that Pyodide's release does not have: lessonlib's own, and one that the kernel needs."""

import subprocess
import sys
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.site.browser.distribution import Record, record

COMM = "comm==0.2.3"  # JupyterLite's kernel imports it


def made(root: Path, folder: Path) -> list[Record]:
    """Build lessonlib's wheel from a clone, fetch the other, and return their records."""
    folder.mkdir(parents=True, exist_ok=True)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(root))
    _pip("download", "--only-binary=:all:", "--dest", str(folder), COMM)
    lessonlib, comm = (next(folder.glob(f"{name}-*.whl")) for name in ("lessonlib", "comm"))
    return [record(lessonlib, ["lessonlib"], ["numpy", "matplotlib"]), record(comm, ["comm"])]


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *arguments, "--no-deps"], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"pip {arguments[0]} did not work: {done.stderr.strip()[-600:]}")
