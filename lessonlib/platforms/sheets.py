"""Tables as platforms write them: read, changed in a few cells, and written as they were."""

import codecs
import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.printable import one_line

MAX_BYTES = 64 * 2**20
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DELIMITERS = ",;\t"


@dataclass
class Sheet:
    """A table: its first row, and the others, each as long as that.

    encoding, delimiter: how it is written. Each cell is quoted: where a semicolon separates,
        "a;=1+1" would be two cells, and one of them a formula.
    """

    header: list[str]
    rows: list[list[str]]
    encoding: str = "utf-8"
    delimiter: str = ","

    def text(self) -> str:
        """Return the table as its platform reads it."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=self.delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([self.header, *self.rows])
        return file.getvalue()

    def write(self, path: Path) -> None:
        """Write the table beside its place, and move it there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(self.text().encode(self.encoding))
        os.replace(partial, path)


def read(path: Path) -> Sheet:
    """Return the table in a file. Raises UserError, in a sentence, where there is none."""
    name = one_line(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}.") from None
    if data.startswith(b"PK"):
        raise UserError(f"{name} is an Excel file. Save it as CSV and give that.")
    sheet = from_bytes(data)
    if sheet is None:
        raise UserError(f"{name} is no table: it needs a row of headings and one for each learner.")
    return sheet


def from_bytes(data: bytes) -> Sheet | None:
    """Return the table in these bytes; None where there is none."""
    encoding, text = _decoded(data)
    delimiter = max(DELIMITERS, key=lambda mark: _columns(text, mark))
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
                if any(cell.strip() for cell in row)]  # fmt: skip
    except csv.Error:
        return None
    if len(rows) < 2:
        return None
    width = len(rows[0])
    body = [row + [""] * (width - len(row)) for row in rows[1:]]
    return Sheet(rows[0], body, encoding, delimiter)


def _decoded(data: bytes) -> tuple[str, str]:
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return encoding, data.decode(encoding)
    except UnicodeDecodeError:  # as older spreadsheets save it
        return "cp1252", data.decode("cp1252", "replace")


def _columns(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
    except csv.Error:
        return 0
