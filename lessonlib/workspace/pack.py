"""`lessonlib pack` and `lessonlib unpack`: a learner's work as one file, to take along."""

import io
import zipfile
import zlib
from itertools import chain, count
from pathlib import Path, PurePosixPath

from lessonlib.errors import UserError
from lessonlib.project import STARTED
from lessonlib.workspace import folder, release
from lessonlib.workspace.files import keep, read, write
from lessonlib.workspace.update import Changes

LIMIT = 200_000_000  # bytes, unpacked
DAMAGED = "{} is damaged, or no package that lessonlib has made. Nothing was changed."


def pack(home: Path, to: Path | None = None) -> Path:
    """Write all that is in a learner's folder into one file, and return its path.

    to: where; beside the folder if it is not said. A file that is there is not overwritten.
    """
    folder.expect_started(home)
    handed_out = release.files_in(home / folder.HANDED_OUT)
    packed = {
        STARTED: read(home / STARTED) or b"",
        **{f"{folder.HANDED_OUT}/{name}": content for name, content in handed_out.items()},
        **{n: c for n, c in release.files_in(home).items() if not _is_package(n)},
    }
    if sum(map(len, packed.values())) > LIMIT:
        raise UserError(f"There are more than {LIMIT // 1_000_000} MB of files in {home}.")
    path = _free(to or home.with_name(f"{home.name}.zip"))
    write(path, _zipped(packed))
    return path


def _is_package(name: str) -> bool:
    """Return whether this is what an earlier `pack` has made, which lies beside the lessons."""
    return name.startswith("my-course") and name.endswith(".zip")


def _free(path: Path) -> Path:
    """Return the path, or the next one with a number, at which there is no file yet."""
    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(each for each in chain([path], others) if not each.exists())


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(file: Path, home: Path) -> tuple[str, Changes]:
    """Take a package into a learner's folder; return the version that made it, and what changed.

    A file there that nobody has worked on gives way to the packed one. Where both have been worked
    on, the one that was there is kept under another name. Raises UserError, before anything is
    changed, for what is no package.
    """
    folder.expect_started(home)
    packed, changes = _unzipped(file), Changes()
    version = folder.version_of(packed.pop(STARTED, None), str(file))
    before = {
        name.removeprefix(f"{folder.HANDED_OUT}/"): packed.pop(name)
        for name in [*packed]
        if name.startswith(f"{folder.HANDED_OUT}/")
    }
    _expect_inside([*packed, *before], file, home)
    for name, content in packed.items():
        _take(home, name, content, before.get(name), changes)
    return version, changes


def _unzipped(file: Path) -> dict[str, bytes]:
    """Return all that is in a package. Raises UserError for what is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in entries) > LIMIT:
                raise UserError(f"{file} would take more than {LIMIT // 1_000_000} MB unpacked.")
            return {each.filename: archive.read(each) for each in entries}
    except FileNotFoundError:
        raise UserError(f"There is no file {file}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        raise UserError(DAMAGED.format(file)) from None
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from None


def _expect_inside(names: list[str], file: Path, home: Path) -> None:
    """Complain about a name that leads out of the learner's folder, or into its hidden part."""
    for name in names:
        parts = PurePosixPath(name).parts
        plain = parts and not any(part.startswith(".") or part == "/" for part in parts)
        inside = (home / name).parent.resolve().is_relative_to(home.resolve())
        if not plain or not inside or any(sign in name for sign in "\\:\0"):
            raise UserError(
                f"{file} has a file that does not belong into a course: {name!r}. "
                "Nothing was changed."
            )


def _take(home: Path, name: str, content: bytes, before: bytes | None, changes: Changes) -> None:
    path, handed_out = home / name, folder.handed_out(home, name)
    here = read(path)
    if here is not None and content in (here, before):
        return  # the same, or nothing that the learner has done
    if here not in (None, read(handed_out)):
        changes.kept[name] = keep(path)
    if before is not None:
        write(handed_out, before)
    write(path, content)
    changes.new.append(name)
