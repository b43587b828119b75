"""Where a site or a book is made: beside the one that it replaces, so that nobody sees a half."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lessonlib.errors import UserError


@contextmanager
def replaced(out: Path, mark: str) -> Iterator[Path]:
    """Yield the path of a folder to make; once it is made, it takes the place of `out`.

    mark: a file in what a former run has made, which is replaced; if this run fails, it stays.

    Raises UserError for a folder with something else in it.
    """
    if out.exists() and any(out.iterdir()) and not (out / mark).exists():
        raise UserError(f"{out} has something else in it. Name a new folder.")
    beside, old = (out.with_name(f".{out.name}.{kind}") for kind in ("part", "old"))
    for folder in (beside, old):
        shutil.rmtree(folder, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    yield beside
    if out.exists():
        out.rename(old)
    beside.rename(out)
    shutil.rmtree(old, ignore_errors=True)
