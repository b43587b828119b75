"""Makes lessons in temporary folders."""

import importlib
import itertools
import sys

import pytest

from lessonlib.exercises import writing

COUNTER = itertools.count()


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Write a module and its slips, import it under a new name: `lesson(code, slips)`."""
    before = dict(writing._WRITTEN)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(code, slips=""):
        name = f"toy_lesson_{next(COUNTER)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(code)
        (folder / "slips.txt").write_text(slips)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield make
    writing._WRITTEN.clear()
    writing._WRITTEN.update(before)
    for name in [name for name in sys.modules if name.startswith("toy_lesson_")]:
        del sys.modules[name]
