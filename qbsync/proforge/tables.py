"""Reads any workbook or delimited file as tables and writes tables: the part without ProForge's words."""

from __future__ import annotations

from qbsync.domain.errors import UnreadableFile
from qbsync.domain.intake import SourceFile
from qbsync.proforge.delimited import read_delimited
from qbsync.proforge.grid import Cell, Table, TableRow
from qbsync.proforge.workbooks import is_workbook, read_workbook
from qbsync.proforge.writing import write_csv, write_xlsx

__all__ = ["Cell", "Table", "TableRow", "read_tables", "write_csv", "write_xlsx"]

MEGABYTE = 1024 * 1024
FILE_BYTES_MAX = 25 * MEGABYTE
ROWS_MAX = 250_000
COLUMNS_MAX = 500
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_tables(file: SourceFile) -> list[Table]:
    """All tables of a file; blank and hidden sheets are left out. Raises UnreadableFile with one clear sentence."""
    return [table for table in read_sheets(file) if not table.hidden]


def read_sheets(file: SourceFile) -> list[Table]:
    """All tables of a file, and the first rows of hidden sheets; blank ones are left out. Raises UnreadableFile."""
    if not file.data.strip():
        raise UnreadableFile(file.name, "The file is empty.", "Export it from ProForge again.")
    if len(file.data) > FILE_BYTES_MAX:
        size, limit = len(file.data) / MEGABYTE, FILE_BYTES_MAX // MEGABYTE
        raise UnreadableFile(
            file.name,
            f"The file has {size:.1f} MB; the limit is {limit} MB.",
            "Export fewer weeks at a time.",
        )
    tables = [table for table in _tables(file) if table.headings]
    shown = [table for table in tables if not table.hidden]
    if not any(table.rows for table in shown):
        raise UnreadableFile(
            file.name,
            "The file has headings and no rows." if shown else "The file is empty.",
            "Export it from ProForge again.",
        )
    for table in shown:
        _check_size(file.name, table)
    return tables


def _tables(file: SourceFile) -> list[Table]:
    if is_workbook(file.data):
        return read_workbook(file.name, file.data)
    if file.name.casefold().endswith(WORKBOOK_ENDINGS):
        raise UnreadableFile(
            file.name,
            "This is not an Excel or OpenDocument file, although its name says so.",
            "Open it in Excel, save it as .xlsx and try again.",
        )
    return [read_delimited(file.name, file.data)]


def _check_size(name: str, table: Table) -> None:
    if len(table.rows) > ROWS_MAX:
        raise UnreadableFile(
            name,
            f"A sheet has {len(table.rows):,} rows; the limit is {ROWS_MAX:,}.",
            "Export fewer weeks at a time.",
        )
    if len(table.headings) > COLUMNS_MAX:
        raise UnreadableFile(
            name,
            f"A sheet has {len(table.headings):,} columns; the limit is {COLUMNS_MAX}.",
            "Export the list from ProForge again, without the extra columns.",
        )
