"""Pyodide's release: Python for browsers, its packages, and the lock file that names them."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

from lessonlib.errors import UserError

LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
NEEDED = ("numpy", "matplotlib", "micropip", "ipython", "jedi")

# With what we add, of ours and of JupyterLite's kernel: all of it is loaded at the start.
PACKAGES = [*NEEDED, "comm", "ipykernel", "piplite", "pyodide-kernel", "lessonlib"]

# Pyodide's lock file knows a package by such a record.
Record = dict


class Distribution:
    """A release of Pyodide, in a folder or at an address."""

    def __init__(self, place: str):
        self.place = place.rstrip("/")
        self.is_remote = "://" in place
        self.lock = self._lock()
        self.packages = closure(self.lock["packages"], NEEDED)

    def _lock(self) -> dict:
        try:
            if self.is_remote:
                with urlopen(f"{self.place}/{LOCK}", timeout=60) as answer:
                    lock = json.loads(answer.read())
            else:
                lock = json.loads(Path(self.place, LOCK).read_text(encoding="utf-8"))
            lock["info"], lock["packages"]["numpy"]
        except (OSError, ValueError, KeyError, TypeError):
            raise UserError(
                f"{self.place} is not a release of Pyodide, or cannot be reached: it has no "
                f"{LOCK}. Nothing was changed."
            ) from None
        return lock

    def write(self, folder: Path, ours: Iterable[Record]) -> None:
        """Write the lock file with our own packages in it, and all that it names if it is here."""
        folder.mkdir(parents=True, exist_ok=True)
        for record in self.packages.values():
            if self.is_remote:
                record["file_name"] = urljoin(f"{self.place}/", record["file_name"])
            else:
                self._copy(record["file_name"], folder, record["sha256"])
        for name in CORE if not self.is_remote else ():
            self._copy(name, folder)
        packages = self.packages | {each["name"]: each for each in ours}
        lock = {"info": self.lock["info"], "packages": dict(sorted(packages.items()))}
        (folder / LOCK).write_text(json.dumps(lock, indent=1), encoding="utf-8")

    def _copy(self, name: str, folder: Path, expected: str = "") -> None:
        try:
            shutil.copyfile(Path(self.place, name), folder / name)
        except OSError as error:
            raise UserError(f"{self.place} lacks {name}: {error.strerror}.") from None
        if expected and sha256(folder / name) != expected:
            raise UserError(f"{name} in {self.place} is not the file that its {LOCK} names.")


def closure(packages: dict[str, Record], wanted: Iterable[str]) -> dict[str, Record]:
    """Return the records of packages and of all that they need."""
    todo, found = list(wanted), {}
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = dict(packages[name])
            todo += [each.lower().replace("_", "-") for each in packages[name]["depends"]]
    return found


def record(wheel: Path, imports: list[str], depends: Iterable[str] = ()) -> Record:
    """Return the record of a wheel of our own, by the name that the wheel itself has."""
    name, version = wheel.name.split("-")[:2]
    return {
        "name": name.replace("_", "-"),
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": imports,
        "depends": list(depends),
    }


def sha256(path: Path) -> str:
    """Return a file's SHA-256, as the lock file writes it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
