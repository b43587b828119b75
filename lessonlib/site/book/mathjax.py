"""MathJax, from npm into a cache folder: formulas are set without asking another host."""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from lessonlib.errors import UserError

PACKAGE = "mathjax@3.2.2"
ARCHIVE = "mathjax-3.2.2.tgz"
SHA256 = "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09"
SCRIPT = "package/es5/tex-svg.js"  # draws the letters itself: there is no font to load


def script(cache: Path) -> bytes:
    """Return MathJax's script, which is downloaded if it is not in the cache.

    Raises UserError where npm is missing or cannot get it, or where it is not what it should be.
    """
    archive = cache / ARCHIVE
    if not archive.is_file():
        _download(cache)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise UserError(f"{archive} is damaged. Delete it and make the book again.")
    with tarfile.open(archive) as package:
        file = package.extractfile(SCRIPT)
        assert file is not None  # the hash says that it is there
        return file.read()


def _download(cache: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UserError("The book needs npm once, to get MathJax: install Node.js, then try again.")
    cache.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--silent", "--pack-destination", str(cache), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().split("\n")[0]
        raise UserError(f"npm could not get {PACKAGE}. Are you connected to the internet? {reason}")
