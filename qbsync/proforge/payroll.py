"""Makes payroll rows of weekly rows (Monday … Sunday) or of daily lines (Date and Hours)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from qbsync.domain.errors import Severity
from qbsync.domain.intake import EmployeeWeek, Names, resolve_name
from qbsync.domain.records import CoreKind, PayrollRow, Shift, Status, payroll_row_id
from qbsync.domain.texts import day_text
from qbsync.proforge.cells import fold
from qbsync.proforge.dates import WEEKEND
from qbsync.proforge.keeping import Keeper
from qbsync.proforge.layouts import DAYS
from qbsync.proforge.rows import RowReader, SheetRows

SATURDAY = 5
Minutes = tuple[int, int, int, int, int, int, int]

STATUSES: Mapping[str, Status] = {
    **{fold(status.value): status for status in Status},
    "saved": Status.DRAFT,
    "submit": Status.SUBMITTED,
    "final": Status.SUBMITTED,
    "canceled": Status.CANCELLED,
    "void": Status.CANCELLED,
    "voided": Status.CANCELLED,
}
SHIFTS: Mapping[str, Shift] = {
    **{fold(shift.value): shift for shift in Shift},
    **{fold(f"{shift.value} shift"): shift for shift in Shift},
    "standard": Shift.DAY,
    "nights": Shift.NIGHT,
    "days": Shift.DAY,
}


@dataclass(kw_only=True)
class WeekLog:
    """Which employee-weeks the files mention, and which of them had a bad row, with its fault. None is an unknown."""

    mentioned: set[EmployeeWeek] = field(default_factory=set)
    spoiled: dict[tuple[date | None, str | None], str] = field(default_factory=dict)

    def good(self, week: date, employee: str) -> None:
        self.mentioned.add((week, employee))

    def bad(self, week: date | None, employee: str, fault: str) -> None:
        self.spoiled.setdefault((week, employee or None), fault)

    def stated(self) -> frozenset[EmployeeWeek]:
        """The employee-weeks all of whose rows were good."""
        if (None, None) in self.spoiled:
            return frozenset()
        return frozenset(
            (week, employee)
            for week, employee in self.mentioned
            if self.spoiled.keys().isdisjoint({(week, employee), (week, None), (None, employee)})
        )

    def doubted(self) -> dict[EmployeeWeek, str]:
        """The faults by week and employee ("" is anybody): what is stored of these, and was not read, may be old."""
        weeks = {week for week, _ in self.mentioned} | {week for week, _ in self.spoiled if week is not None}
        doubted: dict[EmployeeWeek, str] = {}
        for (week, employee), fault in self.spoiled.items():
            for each in weeks if week is None else (week,):
                doubted.setdefault((each, employee or ""), fault)
        return doubted


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What a row says beside its hours."""

    week: date | None
    status: Status
    employee: str
    project: str
    cost_code: str
    shift: Shift

    def row(self, week: date, minutes: Minutes) -> PayrollRow:
        return PayrollRow(
            core_id=payroll_row_id(week, self.employee, self.project, self.cost_code, self.shift),
            week_ending=week,
            status=self.status,
            employee=self.employee,
            project=self.project,
            cost_code=self.cost_code,
            shift=self.shift,
            minutes=minutes,
        )


def read_payroll(sheet: SheetRows, keeper: Keeper, names: Names, weeks: WeekLog, week_ends_on: int) -> None:
    """Read all rows of a payroll into the keeper, and log the employee-weeks."""
    note_missing_status(sheet, "hours")
    if any(day in sheet.match.columns for day in DAYS):
        _read_weekly(sheet, keeper, names, weeks)
    else:
        _read_daily(sheet, keeper, names, weeks, week_ends_on)


def note_missing_status(sheet: SheetRows, what: str) -> None:
    """Without a Status column nothing can be taken for final."""
    if "status" not in sheet.match.columns:
        sheet.note(
            None,
            "status",
            "There is no Status column, so everything was read as Draft.",
            f"Add a column Status with Draft or Submitted; only submitted {what} are synced.",
            Severity.WARNING,
        )


def read_status(row: RowReader) -> Status:
    has_column = "status" in row.columns
    return row.choice("status", "status", STATUSES, Status.DRAFT, blank=not has_column)


def _read_weekly(sheet: SheetRows, keeper: Keeper, names: Names, weeks: WeekLog) -> None:
    seen: set[date] = set()
    for row in sheet.readers():
        head = _head(row, names, row.needed_date("week_ending"))
        row.is_about(head.week)
        minutes: Minutes = tuple([row.minutes(day) for day in DAYS])  # type: ignore[assignment]
        if row.failed or head.week is None:
            weeks.bad(head.week, head.employee, row.failure)
            continue
        _warn_of_weekday(row, head.week, seen)
        if keeper.keep(head.row(head.week, minutes), sheet, row.number):
            weeks.good(head.week, head.employee)
        else:
            weeks.bad(head.week, head.employee, sheet.latest)


def _head(row: RowReader, names: Names, week: date | None) -> _Head:
    head = _Head(
        week=week,
        status=read_status(row),
        employee=resolve_name(names, CoreKind.EMPLOYEE, row.needed_id("employee")),
        project=resolve_name(names, CoreKind.PROJECT, row.needed_id("project")),
        cost_code=resolve_name(names, CoreKind.COST_CODE, row.needed_id("cost_code")),
        shift=row.choice("shift", "shift", SHIFTS, Shift.DAY),
    )
    parts = (
        f"week ending {day_text(week)}" if week else "",
        f"project {head.project}" if head.project else "",
        f"cost code {head.cost_code}" if head.cost_code else "",
    )
    row.is_called("Hours", whose=head.employee, detail=", ".join(part for part in parts if part))
    return head


def _warn_of_weekday(row: RowReader, week: date, seen: set[date]) -> None:
    """Once for each week: most weeks end on a Saturday or Sunday, so another day may be a slip."""
    if week not in seen and week.weekday() not in WEEKEND:
        row.warn(
            "week_ending",
            f"{day_text(week)} is a {DAYS[week.weekday()].title()}; weeks usually end on a weekend.",
            "Check the date; the seven days of the row are read as those that end on it.",
        )
    seen.add(week)


@dataclass(kw_only=True)
class _Days:
    """The daily lines of one payroll row."""

    head: _Head
    week: date
    first_row: int
    minutes: dict[int, tuple[int, int]] = field(default_factory=dict)  # weekday → minutes, row
    lines: int = 0
    bad_row: int = 0


def _read_daily(sheet: SheetRows, keeper: Keeper, names: Names, weeks: WeekLog, week_ends_on: int) -> None:
    gathered: dict[str, _Days] = {}
    assumed = 0
    for row in sheet.readers():
        day = row.needed_date("date")
        assumed += not row.has("week_ending")
        week = _week_of(row, day, week_ends_on)
        row.is_about(week)
        head = _head(row, names, week)
        minutes = row.minutes("hours")
        if day is not None and week is not None and head.employee:
            _gather(gathered, row, head, (week, day, minutes))
        if row.failed:
            weeks.bad(week, head.employee, row.failure)
    for days in gathered.values():
        if _keep_days(days, sheet, keeper):
            weeks.good(days.week, days.head.employee)
        else:
            weeks.bad(days.week, days.head.employee, sheet.latest)
    _note_assumed_week(sheet, week_ends_on, assumed)


def _note_assumed_week(sheet: SheetRows, week_ends_on: int, lines: int) -> None:
    """Where overtime begins depends on where a week ends, so what was taken for granted is said."""
    if lines:
        day = DAYS[week_ends_on].title()
        sheet.note(
            None,
            "week_ending",
            f"{lines} daily {'line states' if lines == 1 else 'lines state'} no week, so "
            f"{'it was' if lines == 1 else 'they were'} read as of weeks that end on a {day}.",
            "If yours end on another day, set QBSYNC_WEEK_ENDS_ON, or add a column Week Ending Date.",
            Severity.WARNING,
        )


def _week_of(row: RowReader, day: date | None, week_ends_on: int) -> date | None:
    """The week that the row states, else the one that ends on or after the day."""
    if row.has("week_ending"):
        week = row.date("week_ending")
        if week is not None and day is not None and not 0 <= (week - day).days <= 6:
            row.fault(
                "date",
                f"{day_text(day)} is not in the week that ends on {day_text(week)}.",
                "Mend the Date or the Week Ending Date.",
            )
        return week
    return None if day is None else day + timedelta(days=(week_ends_on - day.weekday()) % 7)


def _gather(gathered: dict[str, _Days], row: RowReader, head: _Head, spent: tuple[date, date, int]) -> None:
    week, day, minutes = spent
    core_id = payroll_row_id(week, head.employee, head.project, head.cost_code, head.shift)
    days = gathered.setdefault(core_id, _Days(head=head, week=week, first_row=row.number))
    if not row.failed and head.status is not days.head.status:
        earlier_status = days.head.status.value
        row.fault(
            "status",
            f"The row is {head.status.value}; row {days.first_row} of the same work is {earlier_status}.",
            "Give all days of one employee, project and cost code in a week the same status.",
        )
    earlier = days.minutes.get(day.weekday())
    if not row.failed and earlier is not None:
        _repeated_day(row, day, minutes, earlier)
    elif not row.failed:
        days.minutes[day.weekday()] = (minutes, row.number)
        days.lines += 1
    if row.failed and not days.bad_row:
        days.bad_row = row.number


def _repeated_day(row: RowReader, day: date, minutes: int, earlier: tuple[int, int]) -> None:
    if earlier[0] == minutes:
        row.warn(
            "",
            f"The hours of {day_text(day)} repeat row {earlier[1]}.",
            "The repeated row was left out; nothing to do.",
        )
    else:
        row.fault(
            "hours",
            f"The hours of {day_text(day)} were already given in row {earlier[1]}, with another number.",
            "Add the two up in ProForge, or keep one of them.",
        )


def _keep_days(days: _Days, sheet: SheetRows, keeper: Keeper) -> bool:
    """Keep the row if all its lines were good: a part of it would look like fewer hours."""
    if days.bad_row:
        if days.lines:
            others = "other day" if days.lines == 1 else f"{days.lines} other days"
            sheet.note(
                days.first_row,
                "",
                f"The {others} of the same work: left out because of row {days.bad_row}.",
                f"Mend row {days.bad_row} and import the file again.",
                Severity.WARNING,
            )
        return False
    by_day = {weekday: minutes for weekday, (minutes, _) in days.minutes.items()}
    minutes: Minutes = tuple([by_day.get(weekday, 0) for weekday in range(7)])  # type: ignore[assignment]
    return keeper.keep(days.head.row(days.week, minutes), sheet, days.first_row, lines=days.lines)
