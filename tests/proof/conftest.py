"""A lesson in a temporary folder, found by its entry point."""

import importlib
import sys

import pytest
from installed import install

from lessonlib import lessons
from lessonlib.building import new
from lessonlib.exercises import texts, writing

NAME, PREFIX = "20-batch-norm", "bnorm"


@pytest.fixture
def own_lesson(tmp_path, monkeypatch):
    """The lesson that `lessonlib new` makes, installed; call it to look for lessons anew."""
    written = dict(writing._WRITTEN)
    names = new.names(NAME, PREFIX, [])
    new._write(tmp_path, new._lesson(names, "batch_norm"))
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def again():
        for name in [name for name in sys.modules if name.split(".")[0] == "batch_norm"]:
            del sys.modules[name]
        for key in [key for key in writing._WRITTEN if key.startswith(f"{PREFIX}.")]:
            del writing._WRITTEN[key]
        texts.ids.cache_clear()
        lessons.elsewhere.cache_clear()
        importlib.invalidate_caches()
        return lessons

    again()
    yield again
    again()
    writing._WRITTEN.clear()
    writing._WRITTEN.update(written)
    monkeypatch.undo()
    lessons.elsewhere.cache_clear()
