"""Reads a set of ProForge exports: every row, the good ones kept and every fault listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbsync.domain.errors import BadInput, Severity
from qbsync.domain.intake import (
    DateOrder,
    Reading,
    SheetReading,
    SourceFile,
    reference_names,
)
from qbsync.domain.records import CoreKind
from qbsync.proforge.bills import read_bills
from qbsync.proforge.cells import CellError, fold, read_text
from qbsync.proforge.dates import DateReader, SlashedDate, decide_order, slashed_date
from qbsync.proforge.headings import Match, recognise
from qbsync.proforge.keeping import Keeper
from qbsync.proforge.lists import read_list, read_projects
from qbsync.proforge.payroll import SATURDAY, WeekLog, read_payroll
from qbsync.proforge.rows import SheetRows
from qbsync.proforge.tables import Table, read_sheets
from qbsync.proforge.unread import (
    HEADING_ROWS_MAX,
    UnreadSheet,
    hidden,
    not_recognised,
    repeated_heading,
    weeks_not_stated,
)

FILES_MAX = 100
_DATE_FIELDS = ("week_ending", "date", "due")
_ASIDES = {"notes", "note", "readme", "instructions", "help", "about"}


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
    sheets: list[SheetRows | UnreadSheet] = []
    for file in files:
        found = _recognised(file)
        _set_dates(file.name, _to_read(found), date_order)
        sheets += found
    rows = _to_read(sheets)
    keeper, weeks, doubted_bills = Keeper(), WeekLog(), dict[str, str]()
    _read_all(rows, keeper, weeks, doubted_bills, week_ends_on)
    unread = [sheet for sheet in sheets if isinstance(sheet, UnreadSheet)]
    hours_unread = [sheet for sheet in unread if sheet.may_list_hours and weeks.mentioned]
    readings = (_told(sheet) if isinstance(sheet, SheetRows) else sheet.reading for sheet in sheets)
    return Reading(
        sheets=tuple(reading for reading in readings if reading is not None),
        records=keeper.records(),
        issues=(
            *(sheet.issue for sheet in unread),
            *(weeks_not_stated(sheet) for sheet in hours_unread),
            *(issue for sheet in rows for issue in sheet.told()),
        ),
        stated_weeks=frozenset() if hours_unread else weeks.stated(),
        doubted_weeks=weeks.doubted(),
        doubted_bills=doubted_bills,
    )


def _to_read(sheets: Iterable[SheetRows | UnreadSheet]) -> list[SheetRows]:
    return [sheet for sheet in sheets if isinstance(sheet, SheetRows)]


def _read_all(
    sheets: Sequence[SheetRows], keeper: Keeper, weeks: WeekLog, doubted_bills: dict[str, str], week_ends_on: int
) -> None:
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
            read_bills(sheet, keeper, names, doubted_bills)


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


def _recognised(file: SourceFile) -> list[SheetRows | UnreadSheet]:
    """The sheets of a file: those to be read, and those that could not be or that nobody sees."""
    sheets = (_recognised_one(file.name, table) for table in read_sheets(file))
    return [sheet for sheet in sheets if sheet is not None]


def _recognised_one(file: str, table: Table) -> SheetRows | UnreadSheet | None:
    headed, match = _headed(table, table.sheet or file)
    if table.hidden:
        return hidden(file, headed, match)
    if match is None:
        return None if fold(table.sheet) in _ASIDES else not_recognised(file, table)
    return repeated_heading(file, headed, match) if match.repeated else _rows(file, headed, match)


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
