"""Pictures in a submission: PNG and JPEG of bounded size, looked at before a browser does."""

import base64
import binascii
import re
import struct

MAX_PICTURE = 4 * 2**20  # characters of base64
MAX_SIDE, MAX_PIXELS = 10_000, 40_000_000  # a small file can say that it is very large
MAX_ATTACHED = 50  # pictures in a cell
KINDS = ("image/png", "image/jpeg")
DATA_URL = re.compile(r"data:(image/png|image/jpeg);base64,([A-Za-z0-9+/]*={0,2})")
_HEIGHT_AND_WIDTH = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG's segments that tell them


def picture(kind: str, data) -> str:
    """Return a picture's base64 without line breaks; "" where it is none of this kind."""
    text = "".join(_words(data).split())
    if kind not in KINDS or not 0 < len(text) <= MAX_PICTURE:
        return ""
    try:
        size = (_png if kind == "image/png" else _jpeg)(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, struct.error, IndexError):
        return ""
    width, height = size
    fits = 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS
    return text if fits else ""


def data_url(url: str) -> str:
    """Return a `data:` address if it is that of a picture, else ""."""
    found = DATA_URL.fullmatch(url)
    return url if found and picture(found[1], found[2]) else ""


def attached(raw) -> dict[str, dict[str, str]]:
    """Return the pictures among what is attached to a cell, by name and kind."""
    if not isinstance(raw, dict):
        return {}
    kept = {}
    for name, bundle in list(raw.items())[:MAX_ATTACHED]:
        kinds = bundle if isinstance(bundle, dict) else {}
        checked = {kind: picture(kind, kinds[kind]) for kind in KINDS if kind in kinds}
        pictures = {kind: data for kind, data in checked.items() if data}
        if pictures and len(name) <= 200 and name.isprintable():
            kept[name] = pictures
    return kept


def _words(data) -> str:
    if isinstance(data, list):
        return "".join(part for part in data if isinstance(part, str))
    return data if isinstance(data, str) else ""


def _png(data: bytes) -> tuple[int, int]:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        raise ValueError("no PNG")
    return struct.unpack(">II", data[16:24])


def _jpeg(data: bytes) -> tuple[int, int]:
    if not data.startswith(b"\xff\xd8\xff"):
        raise ValueError("no JPEG")
    at = 2
    while data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker in _HEIGHT_AND_WIDTH:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)
    raise ValueError("a JPEG without a size")
