"""Spreadsheets as plain rows by heading, for files that are not ProForge's own, such as an exported mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbsync.domain.errors import UnreadableFile
from qbsync.domain.intake import SourceFile
from qbsync.proforge.tables import read_tables
from qbsync.proforge.writing import write_csv, write_xlsx


class SpreadsheetFiles:
    """Reads the first sheet of a CSV or XLSX file, and writes either by the ending of its name."""

    def read(self, file: SourceFile) -> list[dict[str, str]]:
        """Each row as heading → text. Raises UnreadableFile."""
        tables = read_tables(file)
        if not tables:
            raise UnreadableFile(file.name, "It has no rows.", "Export the mapping, fill it in, and load that.")
        return [
            {heading: _text(cell) for heading, cell in zip(tables[0].headings, row.cells, strict=False)}
            for row in tables[0].rows
        ]

    def write(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
        if name.lower().endswith(".xlsx"):
            return write_xlsx({"Mapping": (headings, list(rows))})
        return write_csv(headings, list(rows))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
