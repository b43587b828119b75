"""Small pictures for tests, and what a notebook holds of them."""

import base64
import struct
import zlib


def png(width: int = 3, height: int = 2) -> bytes:
    """Return a grey PNG of this size; a large one is only a few bytes, too."""
    rows = zlib.compress(b"\x00" * (width // 8 + 2) * min(height, 10))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """Return the start of a JPEG of this size."""
    size = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 0)
    return b"\xff\xd8" + b"\xff\xe0\x00\x04ab" + size + b"\xff\xd9"


def base64_of(data: bytes) -> str:
    """Return what stands in a notebook."""
    return base64.b64encode(data).decode()


PNG = base64_of(png())
PNG_URL = f"data:image/png;base64,{PNG}"
