"""Small files made in a test's own words."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook

from qbsync.domain.intake import DateOrder, Reading, SourceFile
from qbsync.proforge.files import read_exports

PAYROLL = (
    "Week Ending Date,Status,Employee,Project,Cost Code,Shift,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
)
BILLS = "Bill ID,Vendor,Invoice Number,Invoice Date,Description,Amount,Project,Cost Code,Total Amount,Status"


def source(text: str | bytes, name: str = "file.csv") -> SourceFile:
    return SourceFile(name=name, data=text if isinstance(text, bytes) else text.encode())


def lines(*rows: str) -> str:
    return "\r\n".join(rows) + "\r\n"


def read(*rows: str, name: str = "file.csv", date_order: DateOrder | None = None) -> Reading:
    """Read one delimited file given row by row."""
    return read_exports([source(lines(*rows), name)], date_order=date_order)


def workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook as somebody's Excel would save it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def told(reading: Reading) -> list[str]:
    """The messages of a reading."""
    return [str(issue) for issue in reading.issues]
