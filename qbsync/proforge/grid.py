"""The shape of a table read from a file, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

Cell = str | Decimal | date | bool | None


class TableRow(NamedTuple):
    """One row that is not blank. `number` is what Excel shows beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One sheet of a workbook, or one delimited file (then `sheet` is ""). A hidden one has its first rows only."""

    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    hidden: bool = False

    def headed_by(self, index: int) -> Table:
        """The same table, with row `index` of its rows as the headings and all above it left out."""
        row = self.rows[index]
        return table_of(self.sheet, [row, *self.rows[index + 1 :]])


def table_of(sheet: str, rows: list[TableRow]) -> Table:
    """A table from rows that are not blank; the first is the headings."""
    if not rows:
        return Table(sheet=sheet, heading_row=1, headings=(), rows=())
    headings = tuple(heading_text(cell) for cell in rows[0].cells)
    while headings and not headings[-1]:
        headings = headings[:-1]
    return Table(sheet=sheet, heading_row=rows[0].number, headings=headings, rows=tuple(rows[1:]))


def heading_text(cell: Cell) -> str:
    """A heading as people see it."""
    if cell is None:
        return ""
    return " ".join(str(cell).split())
