"""One row of a recognised sheet, read field by field; every fault is noted where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from qbsync.domain.errors import Severity
from qbsync.domain.intake import DateOrder, RowIssue, week_of
from qbsync.domain.records import CoreKind
from qbsync.domain.row_names import UNNAMED, RowName
from qbsync.proforge.cells import (
    CellError,
    Choice,
    read_choice,
    read_id,
    read_mark,
    read_minutes,
    read_money,
    read_text,
    shown,
)
from qbsync.proforge.dates import DateReader
from qbsync.proforge.grid import Cell, TableRow
from qbsync.proforge.headings import Match

Value = TypeVar("Value")
EXAMPLE_MARK = "EXAMPLE-"  # begins the ids of a template's example row
MARKED_CELLS = 6  # how far from the left such a mark is looked for
TOTALS = {"total", "totals", "grand total", "sum", "subtotal"}


@dataclass(kw_only=True)
class SheetRows:
    """A sheet whose kind is known, with its rows, the faults found so far and the count of rows kept."""

    file: str
    sheet: str
    match: Match
    rows: tuple[TableRow, ...]
    width: int
    dates: DateReader = field(default_factory=lambda: DateReader(DateOrder.ISO))
    date_order: DateOrder | None = None
    issues: list[RowIssue] = field(default_factory=list)
    kept: int = 0
    abouts: dict[int, str] = field(default_factory=dict)  # row → the week or the bill that it speaks of
    names: dict[int, RowName] = field(default_factory=dict)  # row → what people call its record

    @property
    def kind(self) -> CoreKind:
        return self.match.layout.kind

    @property
    def latest(self) -> str:
        """The problem found last, with its place."""
        return f"{self.issues[-1].place}: {self.issues[-1].problem}"

    def note(self, row: int | None, name: str, problem: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
        self.issues.append(
            RowIssue(
                file=self.file,
                sheet=self.sheet,
                row=row,
                column=self.match.layout.heading(name) or name,
                problem=problem,
                remedy=remedy,
                severity=severity,
            )
        )

    def told(self) -> list[RowIssue]:
        """The faults with what each is about, by row; what concerns the whole sheet first.

        In a sheet of one week an unreadable week can only be that one.
        """
        known = set(self.abouts.values())
        only = next(iter(known)) if self.kind is CoreKind.PAYROLL_ROW and len(known) == 1 else ""
        issues = sorted(self.issues, key=lambda issue: issue.row or 0)
        return [self._placed(one, only) for one in issues]

    def _placed(self, issue: RowIssue, only: str) -> RowIssue:
        """The fault with its kind, its record, and what it is about: `only` where its row does not tell."""
        name, about = self.names.get(issue.row or 0, UNNAMED), self.abouts.get(issue.row or 0, only)
        if self.kind is CoreKind.PAYROLL_ROW:
            about = week_of(about, name.whose)
        return replace(issue, kind=self.kind, about=about, record=name)

    def readers(self) -> list[RowReader]:
        """The rows to read; a template's example row and a totals row are left out, and said so."""
        return [reader for reader in (RowReader(self, row) for row in self.rows) if not self._left_out(reader)]

    def _left_out(self, reader: RowReader) -> bool:
        texts = [cell for cell in reader.cells[:MARKED_CELLS] if isinstance(cell, str)]
        if any(text.startswith(EXAMPLE_MARK) for text in texts):
            why = "This is the example row of the template; it was left out."
        elif any(text.strip().casefold().rstrip(":") in TOTALS for text in texts) and reader.lacks_needed():
            why = "This is a row of totals; it was left out."
        else:
            return False
        self.note(reader.number, "", why, "Nothing to do.", Severity.WARNING)
        return True


class RowReader:
    """Reads the fields of one row. The first fault is kept as `failure` and reading goes on, so that all are found."""

    __slots__ = ("cells", "columns", "failure", "number", "sheet")

    def __init__(self, sheet: SheetRows, row: TableRow) -> None:
        self.sheet = sheet
        self.number, self.cells = row
        self.columns: Mapping[str, int] = sheet.match.columns
        self.failure = ""
        if len(self.cells) > sheet.width and not sheet.sheet and self._extra() is not None:
            self.fault(
                "",
                f"The row has more cells than there are headings: {shown(self._extra())}.",
                "Put the text in quotation marks, or give the column a heading.",
            )

    @property
    def failed(self) -> bool:
        return bool(self.failure)

    def _extra(self) -> Cell:
        return next((cell for cell in self.cells[self.sheet.width :] if cell is not None), None)

    def cell(self, name: str) -> Cell:
        column = self.columns.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def has(self, name: str) -> bool:
        """Whether the row has something in this field."""
        cell = self.cell(name)
        return cell is not None and not (isinstance(cell, str) and cell.isspace())

    def lacks_needed(self) -> bool:
        return any(each.needed and not self.has(each.name) for each in self.sheet.match.layout.fields)

    def is_about(self, about: dt.date | str | None) -> None:
        """Say of which week or bill the row is, where that could be read."""
        if about:
            self.sheet.abouts[self.number] = about if isinstance(about, str) else about.isoformat()

    def is_called(self, what: str, *, whose: str = "", detail: str = "") -> None:
        """Say what the row's record is called, as far as the row tells."""
        self.sheet.names[self.number] = RowName(what=what, whose=whose, detail=detail)

    def fault(self, name: str, problem: str, remedy: str) -> None:
        self.sheet.note(self.number, name, problem, remedy)
        self.failure = self.failure or self.sheet.latest

    def warn(self, name: str, problem: str, remedy: str) -> None:
        self.sheet.note(self.number, name, problem, remedy, Severity.WARNING)

    def read(self, name: str, parse: Callable[[Cell], Value], default: Value) -> Value:
        """The field as `parse` gives it; after a fault, the default."""
        try:
            return parse(self.cell(name))
        except CellError as fault:
            self.fault(name, fault.problem, fault.remedy)
            return default

    def needed(self, name: str, parse: Callable[[Cell], Value], default: Value) -> Value:
        if not self.has(name):
            heading = self.sheet.match.layout.heading(name)
            self.fault(name, f"{heading} is missing.", "Fill it in and import the file again.")
            return default
        return self.read(name, parse, default)

    def text(self, name: str) -> str:
        return self.read(name, read_text, "")

    def id(self, name: str) -> str:
        return self.read(name, read_id, "")

    def needed_id(self, name: str) -> str:
        return self.needed(name, read_id, "")

    def money(self, name: str) -> Decimal | None:
        return self.read(name, read_money, None)

    def minutes(self, name: str) -> int:
        return self.read(name, read_minutes, 0)

    def mark(self, name: str) -> bool:
        return self.read(name, read_mark, False)

    def date(self, name: str) -> dt.date | None:
        return self.read(name, self.sheet.dates.read, None)

    def needed_date(self, name: str) -> dt.date | None:
        return self.needed(name, self.sheet.dates.read, None)

    def choice(
        self, name: str, what: str, accepted: Mapping[str, Choice], default: Choice, *, blank: bool = True
    ) -> Choice:
        """One of a list. A blank cell gives the default where `blank` allows it."""
        if blank and not self.has(name):
            return default
        return self.read(name, lambda cell: read_choice(cell, what, accepted), default)
