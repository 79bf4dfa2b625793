"""Writes tables that are safe to open in Excel; equal content gives equal bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from qbsync.proforge.grid import Cell

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TEXT_LENGTH_MAX = 32_767  # what an Excel cell holds
WIDTH_MAX = 50
# Files say nothing of when they were written, so that equal content gives equal bytes.
STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  (workbooks know no zones)
_RUNS = re.compile(r"'*[=+\-@\t\r]")  # with apostrophes before it, so that reading takes exactly one away
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

Rows = Iterable[Sequence[Cell | int]]


def write_csv(headings: Sequence[str], rows: Rows) -> bytes:
    """UTF-8 with its mark, so that Excel reads the accents; formula starts get a leading apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([inert(heading) for heading in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def inert(cell: Cell | int) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case Decimal():
            return format(cell, "f")
        case str():
            return f"'{cell}" if _RUNS.match(cell) else cell
        case _:
            return str(cell)


def write_xlsx(sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """A workbook with a sheet for each entry, the headings bold and kept in view."""
    book = Workbook(write_only=True)
    book.properties.creator = "QuickBooks Sync for ProForge Core"
    book.properties.created = STAMP
    for title, (headings, rows) in sheets.items():
        _write_sheet(book.create_sheet(title), headings, [tuple(row) for row in rows])
    stream = io.BytesIO()
    book.save(stream)
    return _stamped(stream.getvalue())


def _write_sheet(sheet: Any, headings: Sequence[str], rows: Sequence[Sequence[Cell | int]]) -> None:
    sheet.freeze_panes = "A2"
    for column, heading in enumerate(headings, start=1):
        longest = max((len(str(row[column - 1])) for row in rows[:200] if column <= len(row)), default=0)
        width = min(max(len(heading), longest) + 2, WIDTH_MAX)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.append([_heading_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([_sheet_cell(sheet, cell) for cell in row])


def _heading_cell(sheet: Any, heading: str) -> SheetCell:
    cell = _text_cell(sheet, heading)
    cell.font = Font(bold=True)
    return cell


def _sheet_cell(sheet: Any, cell: Cell | int) -> object:
    if isinstance(cell, str):
        text = _ILLEGAL.sub("", cell)[:TEXT_LENGTH_MAX]
        return _text_cell(sheet, text) if text.startswith(FORMULA_STARTS) else text
    return cell


def _text_cell(sheet: Any, text: str) -> SheetCell:
    cell: SheetCell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", text)[:TEXT_LENGTH_MAX])
    if text.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True  # stays a text even when somebody edits the cell
    return cell


def _stamped(data: bytes) -> bytes:
    """The same workbook with one fixed time in place of the times it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
