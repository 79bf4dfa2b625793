"""Hours that an earlier file had, and that this one, which states a worker's week whole, has no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qbsync.domain.errors import Severity
from qbsync.domain.intake import EmployeeWeek, Reading, RowIssue
from qbsync.domain.records import CoreKind, PayrollRow
from qbsync.domain.row_names import RowName
from qbsync.domain.texts import day_text, hours_text

NAMED_MAX = 3  # rows of a week that are named; more are counted


def gone_issues(reading: Reading, stored: Sequence[PayrollRow]) -> Iterator[RowIssue]:
    """A warning for each worker's week of which `stored` rows are gone with this reading."""
    of_week: dict[EmployeeWeek, list[PayrollRow]] = defaultdict(list)
    gone = reading.gone((row.core_id, (row.week_ending, row.employee)) for row in stored)
    for row in stored:
        if row.core_id in gone:
            of_week[row.week_ending, row.employee].append(row)
    sheet = reading.sheet_of(CoreKind.PAYROLL_ROW)
    for (week_ending, employee), rows in sorted(of_week.items()):
        yield RowIssue(
            file=sheet.file if sheet else "",
            sheet=sheet.sheet if sheet else "",
            row=None,
            column="",
            problem=f"Gone are {_named(rows)}: an earlier file had them, and this one has the week without them.",
            remedy="If they were left out by mistake, load all rows of that worker's week.",
            severity=Severity.WARNING,
            kind=CoreKind.PAYROLL_ROW,
            about=week_ending.isoformat(),
            record=RowName(what="Hours", whose=employee, detail=f"week ending {day_text(week_ending)}"),
        )


def _named(rows: Sequence[PayrollRow]) -> str:
    """`15 h 45 min on project 24-106, cost code 06-100; 2 rows more`."""
    named = [
        f"{hours_text(sum(row.minutes))} on project {row.project}, cost code {row.cost_code}"
        for row in rows[:NAMED_MAX]
    ]
    more = len(rows) - len(named)
    if more:
        named.append(f"{more} {'row' if more == 1 else 'rows'} more")
    return "; ".join(named)
