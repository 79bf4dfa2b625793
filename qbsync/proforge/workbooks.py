"""Reads XLSX, XLS and ODS workbooks into plain cells. Numbers become exact decimals, never floats."""

from __future__ import annotations

import marshal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import isfinite

from qbsync.domain.errors import UnreadableFile
from qbsync.proforge import apart
from qbsync.proforge.archives import (
    SheetFaults,
    check_document_xml,
    check_spreadsheet_xml,
    damaged,
    open_archive,
    refused,
)
from qbsync.proforge.grid import Cell, Table, TableRow, table_of

ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NO_NUMBER = "#NUM!"  # as Excel shows what is no finite number
DECIMALS_MAX = 9  # what a float cell carries beyond this is the noise of binary fractions
READING_SECONDS_MAX = 60
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as a workbook does; the name of a file is not to be trusted."""
    return data.startswith((ZIP_MARK, OLE_MARK))


def read_workbook(name: str, data: bytes) -> list[Table]:
    """All sheets, of hidden ones the first rows. Raises UnreadableFile."""
    if data.startswith(OLE_MARK) and _ENCRYPTED in data:
        raise _locked(name)
    faults = _looked_into(name, data) if data.startswith(ZIP_MARK) else {}
    return [
        replace(_table(title, grid, {} if hidden else faults.get(title, {})), hidden=hidden)
        for title, hidden, grid in _read_apart(name, data)
    ]


def _locked(name: str) -> UnreadableFile:
    return UnreadableFile(
        name, "The file is protected by a password.", "Save a copy without the password and try again."
    )


def _looked_into(name: str, data: bytes) -> dict[str, SheetFaults]:
    with open_archive(name, data) as archive:
        parts = set(archive.namelist())
        if "xl/workbook.xml" in parts:
            return check_spreadsheet_xml(name, archive)
        if "content.xml" not in parts:
            raise damaged(name)
        check_document_xml(name, archive)
        return {}


def _read_apart(name: str, data: bytes) -> list[apart.Sheet]:
    """The cells, read by another process: a damaged file may end it, and must not end this one."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", apart.__file__],
            input=data,
            capture_output=True,
            timeout=READING_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise refused(name, f"it took more than {READING_SECONDS_MAX} seconds to read") from fault
    if done.returncode == apart.LOCKED:
        raise _locked(name)
    if done.returncode == apart.TOO_LARGE:
        raise refused(name, f"a sheet has more than {apart.CELLS_MAX:,} cells")
    if done.returncode != 0:
        raise damaged(name)
    sheets: list[apart.Sheet] = marshal.loads(done.stdout)  # noqa: S302  (written by our own child process)
    return sheets


def _table(title: str, grid: list[list[apart.Written]], faults: SheetFaults) -> Table:
    """The sheet's rows under their own numbers, blank ones left out."""
    numbers: dict[float, Decimal | str] = {}
    rows = [
        TableRow(index + 1, tuple([_cell(value, numbers) for value in values]))
        for index, values in enumerate(_with_faults(grid, faults))
        if any(value != "" for value in values)
    ]
    return table_of(title, rows)


def _with_faults(grid: list[list[apart.Written]], faults: SheetFaults) -> list[list[apart.Written]]:
    width = len(grid[0]) if grid else 0
    for (row, column), text in faults.items():
        while row >= len(grid):
            grid.append([""] * width)
        grid[row].extend([""] * (column + 1 - len(grid[row])))
        grid[row][column] = text
    return grid


def _cell(value: apart.Written, numbers: dict[float, Decimal | str]) -> Cell:
    """A written value as one of ours. `numbers` remembers the conversions of this sheet."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return date.fromordinal(value)
    known = numbers.get(value)
    if known is None:
        known = numbers[value] = exact_number(value) if isfinite(value) else NO_NUMBER
    return known


def exact_number(value: float) -> Decimal:
    """The decimal that a person sees in the cell: 0.1 + 0.2 is 0.3."""
    number = Decimal(repr(value))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS_MAX:
        number = round(number, DECIMALS_MAX)
    return Decimal(format(number.normalize(), "f"))
