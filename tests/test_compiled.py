"""What Python has compiled in a browser is kept, and the next start uses it."""

import importlib
import sys
import zipfile

import pytest

from lessonlib import compiled

SOURCE = "def answer():\n    return 17\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A place for compiled files, with Python's settings as they were afterwards."""
    monkeypatch.setattr(compiled, "PLACE", tmp_path / "compiled")
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return compiled.PLACE


@pytest.fixture
def imported(monkeypatch):
    """Import a module from a place, as in a new Python, and forget it in the end."""

    def imported(name, place):
        monkeypatch.syspath_prepend(str(place))
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield imported
    for name in ("kept_package", "kept_library"):
        sys.modules.pop(name, None)


def test_what_was_compiled_of_a_package_comes_back(place):
    kept = place / "lib/site-packages/kept.pyc"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(bytes(compiled.HEADER) + b"code")
    packed = compiled.packages()
    kept.unlink()
    assert compiled.restore(packed) is True
    assert kept.read_bytes() == compiled.UNCHECKED + b"code"


def test_the_source_is_not_looked_at(place, imported, tmp_path):
    """What was unpacked anew has another time, and is the same."""
    compiled.restore(b"")
    (tmp_path / "kept_package.py").write_text(SOURCE)
    cached = imported("kept_package", tmp_path).__cached__
    with open(cached, "r+b") as file:
        file.write(compiled.UNCHECKED)
    (tmp_path / "kept_package.py").write_text(SOURCE.replace("17", "18 + 1"))
    assert imported("kept_package", tmp_path).answer() == 17


def test_the_learners_own_files_are_not_kept(place, tmp_path):
    compiled.restore(b"")
    mine = place / "drive/mine.pyc"
    mine.parent.mkdir()
    mine.write_bytes(bytes(20))
    compiled.restore(compiled.packages())
    assert not list(place.glob("lib/**/*.pyc"))


@pytest.mark.parametrize("damaged", [b"", b"no zip", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_damaged_is_as_nothing(place, damaged):
    assert compiled.restore(damaged) is False


def test_the_library_gets_what_was_compiled_of_it(tmp_path, monkeypatch, imported):
    library = tmp_path / "python.zip"
    with zipfile.ZipFile(library, "w") as archive:
        archive.writestr("kept_library.py", SOURCE)
        archive.writestr("never_imported.py", SOURCE)
    monkeypatch.setattr(compiled, "LIBRARY", library)
    imported("kept_library", library)
    library.write_bytes(compiled.library())
    with zipfile.ZipFile(library) as archive:
        assert archive.namelist() == ["kept_library.py", "never_imported.py", "kept_library.pyc"]
    module = imported("kept_library", library)
    assert module.answer() == 17
    assert module.__file__.endswith(".pyc")
    assert module.__loader__.get_source("kept_library") == SOURCE
    assert compiled.library() == library.read_bytes()  # nothing twice
