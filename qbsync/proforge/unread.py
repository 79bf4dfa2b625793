"""Sheets of an import that were not read: why, and whether hours may stand in them."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.errors import Severity
from qbsync.domain.intake import HeadingReading, RowIssue, SheetReading
from qbsync.domain.records import CoreKind
from qbsync.proforge.cells import fold
from qbsync.proforge.headings import Match, matches
from qbsync.proforge.layouts import LAYOUTS
from qbsync.proforge.tables import Table

HEADING_ROWS_MAX = 10  # titles may stand above the headings
HEADINGS_MIN = 2  # fewer known ones are found in any table


@dataclass(frozen=True, kw_only=True)
class UnreadSheet:
    """A sheet that was not read, with the reason. `reading` is None for one that people do not see."""

    issue: RowIssue
    reading: SheetReading | None
    may_list_hours: bool


def not_recognised(file: str, table: Table) -> UnreadSheet:
    """A sheet whose headings fit no kind, with what the nearest one would need."""
    near = matches(table.headings)[0]
    listed = ", ".join(f"'{heading[:40]}'" for heading in table.headings[:12] if heading)
    if near.known == 0:
        remedy = "Use the headings of a template."
    elif near.missing:
        remedy = f"To be read as {near.layout.title} it also needs: {', '.join(near.missing)}."
    else:
        remedy = "Name the sheet or file after what it lists, such as Customers or Vendors."
    issue = RowIssue(
        file=file,
        sheet=table.sheet,
        row=table.heading_row,
        column="",
        problem=f"What this sheet lists is not recognised from its headings: {listed}.",
        remedy=remedy,
    )
    return UnreadSheet(issue=issue, reading=_reading(file, table), may_list_hours=may_list_hours(file, table))


def repeated_heading(file: str, table: Table, match: Match) -> UnreadSheet:
    """A sheet in which two columns have one heading."""
    issue = RowIssue(
        file=file,
        sheet=table.sheet,
        row=table.heading_row,
        column=match.repeated[0],
        problem=f"Two columns are headed '{match.repeated[0]}', so the sheet was not read.",
        remedy="Rename or remove one of them.",
    )
    hours = match.layout.kind is CoreKind.PAYROLL_ROW
    return UnreadSheet(issue=issue, reading=_reading(file, table), may_list_hours=hours)


def hidden(file: str, table: Table, match: Match | None) -> UnreadSheet | None:
    """A hidden sheet that looks like one of our kinds; None for any other."""
    hours = match.layout.kind is CoreKind.PAYROLL_ROW if match else may_list_hours(file, table)
    if match is None and not hours:
        return None
    looks_like = match.layout.title if match else LAYOUTS[CoreKind.PAYROLL_ROW].title
    issue = RowIssue(
        file=file,
        sheet=table.sheet,
        row=None,
        column="",
        problem=f"The sheet is hidden, so it was not read, although it looks like {looks_like}.",
        remedy="Unhide it in Excel if it is meant, or delete it.",
        severity=Severity.WARNING,
    )
    return UnreadSheet(issue=issue, reading=None, may_list_hours=hours)


def weeks_not_stated(sheet: UnreadSheet) -> RowIssue:
    """What follows from hours that were not read: no week is known completely."""
    return RowIssue(
        file=sheet.issue.file,
        sheet=sheet.issue.sheet,
        row=None,
        column="",
        problem="Hours may stand in this sheet, so no employee's week counts as completely stated.",
        remedy="Rows of earlier imports are all kept. Mend the sheet or take it out, and import again.",
        severity=Severity.WARNING,
    )


def may_list_hours(file: str, table: Table) -> bool:
    """Whether a sheet is named like a payroll, or has a row whose headings fit one as well as any other kind."""
    title = fold(table.sheet or file)
    if any(hint in title for hint in LAYOUTS[CoreKind.PAYROLL_ROW].hints):
        return True
    lower = (table.headed_by(index) for index in range(min(HEADING_ROWS_MAX, len(table.rows))))
    return any(_fits_payroll(each) for each in (table, *lower))


def _fits_payroll(table: Table) -> bool:
    found = matches(table.headings)
    known = next(match.known for match in found if match.layout.kind is CoreKind.PAYROLL_ROW)
    return known >= HEADINGS_MIN and known == found[0].known


def _reading(file: str, table: Table) -> SheetReading:
    headings = tuple(HeadingReading(as_written=text, read_as="") for text in table.headings if text)
    return SheetReading(
        file=file, sheet=table.sheet, kind=None, rows_read=len(table.rows), rows_kept=0, headings=headings
    )
