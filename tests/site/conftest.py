"""What the tests of the site share: a site, made once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import vehicle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def cache():
    """The folder that keeps what was downloaded: `LESSONLIB_CACHE`, never in the repository."""
    folder = os.environ.get("LESSONLIB_CACHE")
    if not folder:
        pytest.skip("LESSONLIB_CACHE names no folder for 110 MB of downloads; make test-site does")
    return Path(folder)


@pytest.fixture(scope="session")
def pyodide(cache):
    """A folder with Pyodide's release."""
    return vehicle.release(cache)


@pytest.fixture(scope="session")
def site(pyodide, tmp_path_factory):
    """The browser edition, made as `make site` makes it."""
    out = tmp_path_factory.mktemp("made") / "site"
    command = [sys.executable, "-m", "lessonlib.site", str(out), "--pyodide", str(pyodide)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return out
