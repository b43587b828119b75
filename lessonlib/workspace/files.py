"""How a file of a learner's is written: whole or not at all, and never over another one."""

import contextlib
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.workspace.merge import NoNotebook, as_bytes, parsed


def below(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder, in order; nothing hidden, and nothing that a link leads to."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not _is_hidden(each))
        yield from (Path(place, each) for each in sorted(names) if not _is_hidden(each))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def write(path: Path, content: bytes) -> None:
    """Write a file beside its place, then rename it: killed at any moment, one of the two is whole.

    Raises UserError, with the reason, where that is not possible.
    """
    beside = path.with_name(f".{path.stem}.part{path.suffix}")  # a browser goes by the suffix
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}. Nothing was lost.") from None


def read(path: Path) -> bytes | None:
    """Return what a file holds; None where there is none. Raises UserError, with the reason."""
    try:
        return content_of(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None


def content_of(path: Path) -> bytes:
    """Return what a file holds; of a notebook in a browser, what Jupyter would write on a disk.

    A browser keeps notebooks as values, and gives their text back without its line breaks.
    """
    content = path.read_bytes()
    if sys.platform == "emscripten" and path.suffix == ".ipynb":
        with contextlib.suppress(NoNotebook):
            return as_bytes(parsed(content))
    return content


def keep(path: Path) -> Path:
    """Keep what a file holds under a name beside it, and return that; once for the same bytes."""
    content = content_of(path)
    for number in count(1):
        kept = path.with_name(f"{path.stem}.kept-{number}{path.suffix}")
        held = read(kept)
        if held is None:
            write(kept, content)
        if held in (None, content):
            return kept
    raise AssertionError("count never ends")
