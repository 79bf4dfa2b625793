"""Runs as a process of its own: a workbook's bytes come in, its cells go out. Imports nothing of ours.

The library that reads workbooks ends its whole process when a damaged file makes it ask for too much memory.
Here only this process ends, and the file is refused.
"""

from __future__ import annotations

import io
import marshal
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY_BYTES_MAX = 3 * 1024**3
CELLS_MAX = 20_000_000
HIDDEN_ROWS_MAX = 20  # enough to see what a hidden sheet lists
LOCKED, DAMAGED, TOO_LARGE = 3, 4, 5  # exit codes

Written = str | float | bool | int  # an int is the ordinal of a date
Sheet = tuple[str, bool, list[list[Written]]]  # title, whether it is hidden, rows


def sheets_of(data: bytes) -> list[Sheet]:
    """All sheets, each row from the first on, a blank cell as "". Of a hidden one only the first rows."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return [
            (metadata.name, False, _rows(book, metadata.name))
            if metadata.visible is SheetVisibleEnum.Visible
            else (metadata.name, True, _first_rows(book, metadata.name))
            for metadata in book.sheets_metadata
        ]


def _rows(book: CalamineWorkbook, name: str) -> list[list[Written]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > CELLS_MAX:
        sys.exit(TOO_LARGE)
    return _cells(sheet, None)


def _first_rows(book: CalamineWorkbook, name: str) -> list[list[Written]]:
    """Nothing when it is damaged: a sheet that nobody sees is no reason to refuse the file."""
    try:
        return _cells(book.get_sheet_by_name(name), HIDDEN_ROWS_MAX)
    except (CalamineError, OSError, ValueError, OverflowError):
        return []


def _cells(sheet: CalamineSheet, rows_max: int | None) -> list[list[Written]]:
    rows = sheet.to_python(skip_empty_area=False, nrows=rows_max) if sheet.start is not None else []
    return [[_written(value) for value in row] for row in rows]


def _written(value: Any) -> Written:
    kind = value.__class__
    if kind is str or kind is float or kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is datetime or kind is date:
        return date(value.year, value.month, value.day).toordinal()
    if kind is time:
        return _span(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second))
    return _span(value) if kind is timedelta else float(value)


def _span(value: timedelta) -> str:
    """A time of day or a span of time as hours are typed: 7:30."""
    seconds = value.days * 86_400 + value.seconds + (value.microseconds >= 500_000)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _limit_memory() -> None:
    """Where the system knows such limits; elsewhere the size checks alone must do."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def main() -> None:
    _limit_memory()
    try:
        sheets = sheets_of(sys.stdin.buffer.read())
    except PasswordError:
        sys.exit(LOCKED)
    except (CalamineError, OSError, ValueError, OverflowError, MemoryError):
        sys.exit(DAMAGED)
    sys.stdout.buffer.write(marshal.dumps(sheets))


if __name__ == "__main__":
    main()
