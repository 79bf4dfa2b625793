"""Reads a set of ProForge exports: every row, the good ones kept and every fault listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbsync.domain.errors import BadInput, Severity
from qbsync.domain.intake import (
    DateOrder,
    HeadingReading,
    Reading,
    RowIssue,
    SheetReading,
    SourceFile,
    reference_names,
)
from qbsync.domain.records import CoreKind
from qbsync.proforge.bills import read_bills
from qbsync.proforge.cells import CellError, fold, read_text
from qbsync.proforge.dates import DateReader, SlashedDate, decide_order, slashed_date
from qbsync.proforge.headings import Match, matches, recognise
from qbsync.proforge.keeping import Keeper
from qbsync.proforge.lists import read_list, read_projects
from qbsync.proforge.payroll import SATURDAY, WeekLog, read_payroll
from qbsync.proforge.rows import SheetRows
from qbsync.proforge.tables import Table, read_tables

FILES_MAX = 100
HEADING_ROWS_MAX = 10  # titles may stand above the headings
_DATE_FIELDS = ("week_ending", "date", "due")
_ASIDES = {"notes", "note", "readme", "instructions", "help", "about"}

_Sheets = list[SheetRows | SheetReading]


def read_exports(
    files: Sequence[SourceFile], *, date_order: DateOrder | None = None, week_ends_on: int = SATURDAY
) -> Reading:
    """All that the files say, with every fault in them.

    `date_order` decides for dates that can be read two ways; `week_ends_on` (0 is Monday) is used for daily
    lines that state no week. Raises UnreadableFile for a file that cannot be read at all and AmbiguousDates
    for one whose dates can be read in two ways when no order is given.
    """
    if len(files) > FILES_MAX:
        raise BadInput(f"{len(files)} files are too many at once. Import at most {FILES_MAX}.")
    issues: list[RowIssue] = []
    sheets: _Sheets = []
    for file in files:
        found = _recognised(file, issues)
        _set_dates(file.name, [sheet for sheet in found if isinstance(sheet, SheetRows)], date_order)
        sheets += found
    rows = [sheet for sheet in sheets if isinstance(sheet, SheetRows)]
    keeper, weeks = Keeper(), WeekLog()
    _read_all(rows, keeper, weeks, week_ends_on)
    return Reading(
        sheets=tuple(_told(sheet) if isinstance(sheet, SheetRows) else sheet for sheet in sheets),
        records=keeper.records(),
        issues=(*issues, *(issue for sheet in rows for issue in _in_order(sheet.issues))),
        stated_weeks=weeks.stated(),
    )


def _read_all(sheets: Sequence[SheetRows], keeper: Keeper, weeks: WeekLog, week_ends_on: int) -> None:
    """The lists first, so that names in payrolls and bills can become numbers."""
    for sheet in sheets:
        if sheet.kind not in (CoreKind.PROJECT, CoreKind.PAYROLL_ROW, CoreKind.VENDOR_BILL):
            read_list(sheet, keeper)
    customers = reference_names(keeper.records())
    for sheet in sheets:
        if sheet.kind is CoreKind.PROJECT:
            read_projects(sheet, keeper, customers)
    names = reference_names(keeper.records())
    for sheet in sheets:
        if sheet.kind is CoreKind.PAYROLL_ROW:
            read_payroll(sheet, keeper, names, weeks, week_ends_on)
        elif sheet.kind is CoreKind.VENDOR_BILL:
            read_bills(sheet, keeper, names)


def _in_order(issues: Iterable[RowIssue]) -> list[RowIssue]:
    """By row; what concerns the whole sheet first."""
    return sorted(issues, key=lambda issue: issue.row or 0)


def _told(sheet: SheetRows) -> SheetReading:
    return SheetReading(
        file=sheet.file,
        sheet=sheet.sheet,
        kind=sheet.kind,
        rows_read=len(sheet.rows),
        rows_kept=sheet.kept,
        headings=sheet.match.headings,
        date_order=sheet.date_order,
    )


def _recognised(file: SourceFile, issues: list[RowIssue]) -> _Sheets:
    """The sheets of a file: those to be read, and those that could not be understood."""
    found: _Sheets = []
    for table in read_tables(file):
        headed, match = _headed(table, table.sheet or file.name)
        if match is None:
            if fold(table.sheet) not in _ASIDES:
                found.append(_unread(file.name, table))
                issues.append(_not_recognised(file.name, table))
        elif match.repeated:
            found.append(_unread(file.name, headed))
            issues.append(_repeated_heading(file.name, headed, match))
        else:
            found.append(_rows(file.name, headed, match))
    return found


def _headed(table: Table, title: str) -> tuple[Table, Match | None]:
    """The table under its real headings, which may stand below a title."""
    match = recognise(table.headings, title)
    if match is not None:
        return table, match
    for index in range(min(HEADING_ROWS_MAX, len(table.rows))):
        lower = table.headed_by(index)
        if (match := recognise(lower.headings, title)) is not None:
            return lower, match
    return table, None


def _rows(file: str, table: Table, match: Match) -> SheetRows:
    sheet = SheetRows(file=file, sheet=table.sheet, match=match, rows=table.rows, width=len(table.headings))
    if match.unknown:
        listed = ", ".join(f"'{heading}'" for heading in match.unknown)
        sheet.note(
            table.heading_row,
            "",
            f"Headings not recognised: {listed}; what stands below them was not read.",
            f"Rename a heading if it belongs to {match.layout.title}; otherwise nothing to do.",
            Severity.WARNING,
        )
    for column in _unnamed_columns(table):
        sheet.note(
            table.heading_row,
            f"column {column + 1}",
            "The column has no heading and was not read.",
            "Give it a heading if it matters.",
            Severity.WARNING,
        )
    return sheet


def _unnamed_columns(table: Table) -> list[int]:
    """Columns without a heading that hold something; right of the headings only in a workbook."""
    width = max((len(row.cells) for row in table.rows), default=0) if table.sheet else len(table.headings)
    blank = [column for column in range(width) if column >= len(table.headings) or not table.headings[column]]
    return [
        column
        for column in blank
        if any(column < len(row.cells) and row.cells[column] is not None for row in table.rows)
    ]


def _unread(file: str, table: Table) -> SheetReading:
    headings = tuple(HeadingReading(as_written=text, read_as="") for text in table.headings if text)
    return SheetReading(
        file=file, sheet=table.sheet, kind=None, rows_read=len(table.rows), rows_kept=0, headings=headings
    )


def _not_recognised(file: str, table: Table) -> RowIssue:
    near = matches(table.headings)[0]
    listed = ", ".join(f"'{heading[:40]}'" for heading in table.headings[:12] if heading)
    if near.known == 0:
        remedy = "Use the headings of a template."
    elif near.missing:
        remedy = f"To be read as {near.layout.title} it also needs: {', '.join(near.missing)}."
    else:
        remedy = "Name the sheet or file after what it lists, such as Customers or Vendors."
    return RowIssue(
        file=file,
        sheet=table.sheet,
        row=table.heading_row,
        column="",
        problem=f"What this sheet lists is not recognised from its headings: {listed}.",
        remedy=remedy,
    )


def _repeated_heading(file: str, table: Table, match: Match) -> RowIssue:
    return RowIssue(
        file=file,
        sheet=table.sheet,
        row=table.heading_row,
        column=match.repeated[0],
        problem=f"Two columns are headed '{match.repeated[0]}', so the sheet was not read.",
        remedy="Rename or remove one of them.",
    )


def _set_dates(name: str, sheets: Sequence[SheetRows], given: DateOrder | None) -> None:
    """One order for the whole file: the one given, else what its own dates show."""
    written = {id(sheet): _written_dates(sheet) for sheet in sheets}
    slashed = [each for sheet in sheets for each in written[id(sheet)] if isinstance(each, SlashedDate)]
    order = given or decide_order(name, slashed)
    for sheet in sheets:
        sheet.dates = DateReader(order)
        if any(isinstance(each, SlashedDate) for each in written[id(sheet)]):
            sheet.date_order = order
        elif written[id(sheet)]:
            sheet.date_order = DateOrder.ISO


def _written_dates(sheet: SheetRows) -> list[SlashedDate | str]:
    """The different texts of the date columns; a SlashedDate where the order is open."""
    found: list[SlashedDate | str] = []
    for name in _DATE_FIELDS:
        column = sheet.match.columns.get(name)
        if column is not None:
            texts = {row.cells[column] for row in sheet.rows if column < len(row.cells)}
            for text in _readable(cell for cell in texts if isinstance(cell, str)):
                found.append(slashed_date(text, ends_week=name == "week_ending") or text)
    return found


def _readable(cells: Iterable[str]) -> list[str]:
    texts = []
    for cell in sorted(cells):
        try:
            texts.append(read_text(cell))
        except CellError:
            continue  # said when the row is read
    return texts
