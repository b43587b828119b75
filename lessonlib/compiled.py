"""What Python has compiled in a browser, to be kept for the next visit.

Packages and Python's own library come as source, and to compile what a lesson imports takes longer
than all else of a start. The browser keeps what `packages` and `library` return. Python starts with
the library that was kept, and `restore` takes in the packages.
"""

import io
import marshal
import sys
import zipfile
import zipimport
import zlib
from importlib.util import MAGIC_NUMBER
from pathlib import Path

PLACE = Path("/compiled")  # beside the packages and the notebooks: nobody is to see it
LIBRARY = Path(f"/lib/python{sys.version_info.major}{sys.version_info.minor}.zip")
HEADER = 16  # bytes: Python's version, flags, and the time and size or the hash of the source
# PEP 552: it is right by its source's hash, and the source is not looked at. It is newly unpacked.
UNCHECKED = MAGIC_NUMBER + b"\x01\x00\x00\x00" + bytes(8)


def restore(packed: bytes) -> bool:
    """Take in what an earlier visit has kept, and let Python keep what it compiles from now on.

    packed: what `packages` returned, with the same packages and the same Python; or nothing.

    Returns whether it was whole.
    """
    PLACE.mkdir(exist_ok=True)  # Python, looking for it, would make it where the notebook lies
    sys.pycache_prefix = str(PLACE)
    sys.dont_write_bytecode = False
    try:
        files = marshal.loads(zlib.decompress(packed))
    except (zlib.error, EOFError, ValueError, TypeError):
        return False
    for name, code in files.items():
        path = PLACE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(code)
    return True


def packages() -> bytes:
    """Return what was compiled of the packages, and nothing of the learner's own files."""
    files = {
        path.relative_to(PLACE).as_posix(): UNCHECKED + path.read_bytes()[HEADER:]
        for path in sorted(PLACE.glob("lib/**/*.pyc"))
    }
    return zlib.compress(marshal.dumps(files), level=1)


def library() -> bytes:
    """Return Python's own library, a zip file, with the modules compiled that are in use."""
    whole = io.BytesIO(LIBRARY.read_bytes())
    with zipfile.ZipFile(whole, "a") as archive:
        names = set(archive.namelist())
        for name, module in sorted(sys.modules.items()):
            loader = getattr(module, "__loader__", None)
            if not isinstance(loader, zipimport.zipimporter):
                continue
            place = Path(loader.get_filename(name)).relative_to(LIBRARY).with_suffix(".pyc")
            if place.as_posix() not in names:
                archive.writestr(place.as_posix(), UNCHECKED + marshal.dumps(loader.get_code(name)))
    return whole.getvalue()
