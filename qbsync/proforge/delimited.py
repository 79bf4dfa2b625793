"""Reads delimited text: UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab; line breaks inside quotes."""

from __future__ import annotations

import csv
import io
import re

from qbsync.domain.errors import UnreadableFile
from qbsync.proforge.grid import Table, TableRow, table_of

DELIMITERS = (",", ";", "\t")
SNIFFED_LINES = 20
SNIFFED_LETTERS = 100_000
_QUOTED = re.compile(r'(?<![^,;\t\r\n])"(?:[^"]|"")*"')
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
BINARY_SHARE_MAX = 0.02
_INERT = re.compile(r"'+[=+\-@\t\r]")


def read_delimited(name: str, data: bytes) -> Table:
    """The one table of a delimited file. Raises UnreadableFile."""
    text = _decoded(name, data)
    delimiter, body = _delimiter(text)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    rows: list[TableRow] = []
    number = 0
    try:
        for number, values in enumerate(reader, start=1):
            if any(values):
                rows.append(TableRow(number, tuple([_plain(value) for value in values])))
    except csv.Error as fault:
        raise UnreadableFile(
            name,
            f"A quotation mark after row {number} is never closed or stands in the wrong place.",
            "Export the file again, or open and save it in Excel.",
        ) from fault
    return table_of("", [row for row in rows if any(cell is not None for cell in row.cells)])


def _plain(value: str) -> str | None:
    """A cell without the apostrophe that keeps a text from running as a formula."""
    if value[:1] == "'" and _INERT.match(value):
        return value[1:]
    return value if value and not value.isspace() else None


def _decoded(name: str, data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and len(_BINARY.findall(text)) <= BINARY_SHARE_MAX * len(text):
            return text
    raise UnreadableFile(
        name,
        "This is not a text file that can be read.",
        "Export it as CSV (UTF-8) or as an Excel workbook.",
    )


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter and the text below Excel's own "sep=" line, if there is one."""
    first, _, rest = text.partition("\n")
    hint = first.strip("\r").casefold()
    if len(hint) == 5 and hint.startswith("sep=") and hint[4] in DELIMITERS:
        return hint[4], rest
    lines = _QUOTED.sub("", text[:SNIFFED_LETTERS]).splitlines()[:SNIFFED_LINES]
    return max(DELIMITERS, key=lambda mark: _use(lines, mark)), text


def _use(lines: list[str], mark: str) -> tuple[int, int]:
    """In how many lines a mark stands, and how often at most: a delimiter is in all of them."""
    counts = [line.count(mark) for line in lines]
    return sum(1 for count in counts if count), max(counts, default=0)
