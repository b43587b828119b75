"""Lists the files of a download: a folder or a zip, with zips in it as if they were folders.

Nothing is unpacked onto the disk, no link is followed, and no zip is believed: how much it may hold
is bounded before anything of it is read.
"""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from lessonlib.errors import UserError
from lessonlib.grading.classroom.inbox import expect_ordinary, read_ordinary, reason
from lessonlib.printable import one_line

MIB = 2**20
MAX_UNPACKED = 4096 * MIB  # bytes in the zip of a class
MAX_NESTED = 64 * MIB  # bytes of a zip in it, packed and unpacked
MAX_ENTRIES = 100_000
UTF8 = 0x800  # the bit of an entry that says how its name is written
MAX_DEPTH = 3  # zips in zips
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others may swell while they are read
DAMAGED = (zipfile.BadZipFile, NotImplementedError, ValueError, zlib.error, EOFError)
JUNK_FOLDERS = {
    "__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git", ".virtual_documents",
}  # fmt: skip
JUNK_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Item:
    """A file of a download.

    path:  where it lies in the download; a zip counts as a folder.
    read:  returns its bytes, at most so many. Raises OSError where that cannot be.
    fault: why it cannot be read at all, if so.
    """

    path: PurePosixPath
    read: Callable[[int], bytes]
    fault: str = ""

    @property
    def is_junk(self) -> bool:
        """Whether a system or a program left it there, and no learner."""
        name = self.path.name
        left = name in JUNK_FILES or name.startswith("._") or name.endswith(".pyc")
        return left or not JUNK_FOLDERS.isdisjoint(self.path.parts)


Opener = Callable[[Item], zipfile.ZipFile]


@contextmanager
def opened(source: Path) -> Iterator[list[Item]]:
    """Give the files of a folder or a zip, in order; they can be read until this ends.

    Raises UserError if there is neither, or if the zip cannot be opened safely.
    """
    opener = lru_cache(maxsize=2)(_opened)  # a learner's files are read one after the other
    if source.is_dir():
        yield _sorted(_in_folder(source, opener))
        return
    with _whole(source) as archive:
        yield _sorted(_in_zip(lambda: archive, PurePosixPath(), opener, 1))


def _opened(item: Item) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(item.read(MAX_NESTED)))


def _sorted(items: Iterator[Item]) -> list[Item]:
    return sorted(items, key=lambda item: str(item.path))


# --- folders -------------------------------------------------------------------------------------


def _in_folder(source: Path, opener: Opener) -> Iterator[Item]:
    unread: list[OSError] = []
    for top, folders, names in os.walk(source, onerror=unread.append):
        here = PurePosixPath(Path(top).relative_to(source).as_posix())
        links = [name for name in folders if (Path(top) / name).is_symlink()]
        odd = [name for name in folders if name.lower().endswith(".ipynb")]
        junk = JUNK_FOLDERS.intersection(folders)
        for name in {*names, *links, *odd, *junk}:
            yield from _file(Path(top) / name, here / name, opener)
        folders[:] = set(folders) - {*links, *odd, *junk}
    for error in unread:
        where = PurePosixPath(Path(error.filename).relative_to(source).as_posix())
        yield _unreadable(where, reason(error))


def _file(path: Path, where: PurePosixPath, opener: Opener) -> Iterator[Item]:
    item = Item(where, lambda most: read_ordinary(path, most), _fault_of_file(path))
    yield from _nested(item, opener, 1) if _is_zip(item) else [item]


def _fault_of_file(path: Path) -> str:
    try:
        expect_ordinary(path.lstat())
    except OSError as error:
        return reason(error)
    return ""


def _unreadable(where: PurePosixPath, fault: str) -> Item:
    def read(most: int) -> bytes:
        raise OSError(0, fault)

    return Item(where, read, fault)


# --- zips ----------------------------------------------------------------------------------------


def _is_zip(item: Item) -> bool:
    return item.path.suffix.lower() == ".zip" and not item.fault and not item.is_junk


def _whole(source: Path) -> zipfile.ZipFile:
    """Return the zip of a class. Raises UserError where that is none, or cannot be trusted."""
    if not source.exists():
        raise UserError(f"There is no folder {one_line(source)}, and no zip of that name.")
    fault = "it is no zip, or a damaged one"
    if source.is_file():
        with suppress(*DAMAGED):
            archive = zipfile.ZipFile(source)
            fault = _fault_of_zip(archive, MAX_UNPACKED)
    if fault:
        raise UserError(f"{one_line(source.name)} was not opened: {fault}.")
    return archive


def _fault_of_zip(archive: zipfile.ZipFile, most: int) -> str:
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        return f"it holds {len(entries)} files, and at most {MAX_ENTRIES} are read"
    if size > most:
        return f"it unpacks to {size // MIB} MiB, and at most {most // MIB} are read"
    for entry in entries:
        parts = _parts(entry)
        if ".." in parts or parts[:1] == ("/",):
            return f"the path {one_line(entry.filename)} in it leads out of it"
    return ""


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = entry.filename
    if not entry.flag_bits & UTF8:  # many write UTF-8 all the same, and do not say so
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/")).parts


def _in_zip(
    archive: Callable[[], zipfile.ZipFile], where: PurePosixPath, opener: Opener, depth: int
) -> Iterator[Item]:
    for entry in archive().infolist():
        parts = _parts(entry)
        if entry.is_dir() or not parts:
            continue
        item = Item(where.joinpath(*parts), _reader(archive, entry), _fault_of_entry(entry))
        yield from _nested(item, opener, depth + 1) if _is_zip(item) else [item]


def _reader(
    archive: Callable[[], zipfile.ZipFile], entry: zipfile.ZipInfo
) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        size = entry.file_size  # what is unpacked never exceeds it
        if size > most:
            raise OSError(0, f"it has {size // MIB} MiB, and at most {most // MIB} are read")
        try:
            return archive().read(entry)
        except DAMAGED:
            raise OSError(0, "it is damaged in the zip") from None

    return read


def _fault_of_entry(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG):
        return "it is no ordinary file"
    if entry.flag_bits & 1:
        return "it is locked with a password"
    return "" if entry.compress_type in PACKED else "it is packed as no platform packs"


def _nested(item: Item, opener: Opener, depth: int) -> Iterator[Item]:
    """Yield what is in a zip in the download; a bad one is a fault of its own and of no other."""
    fault = (
        f"it is a zip in a zip, {depth} deep" if depth > MAX_DEPTH else _fault_within(item, opener)
    )
    if fault:
        yield _unreadable(item.path, fault)
    else:
        yield from _in_zip(lambda: opener(item), item.path, opener, depth)


def _fault_within(item: Item, opener: Opener) -> str:
    try:
        return _fault_of_zip(opener(item), MAX_NESTED)
    except DAMAGED:
        return "it is no zip, or a damaged one"
    except OSError as error:
        return reason(error)
