"""From weekly payroll rows to time lines: which minutes are regular, overtime or double time, and why.

The parts of a row-day always add up to the row-day: minutes are only split, never made or dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from qbsync.domain.records import PayrollRow, Shift
from qbsync.domain.texts import hours_text

SHIFT_ORDER = {Shift.DAY: 0, Shift.SWING: 1, Shift.NIGHT: 2}


class PayType(StrEnum):
    """How a minute is paid. The value is what a reader sees."""

    REGULAR = "Regular"
    OVERTIME = "Overtime"
    DOUBLE = "Double time"


@dataclass(frozen=True, kw_only=True)
class OvertimeRule:
    """When work becomes overtime. Limits are minutes; None means that there is no such limit."""

    name: str
    title: str
    daily_limit: int | None = None
    weekly_limit: int | None = None
    double_daily_limit: int | None = None
    seventh_day: bool = False


OVERTIME_RULES = {
    rule.name: rule
    for rule in (
        OvertimeRule(name="federal", title="Over 40 hours a week (federal)", weekly_limit=40 * 60),
        OvertimeRule(name="daily", title="Over 8 hours a day", daily_limit=8 * 60),
        OvertimeRule(
            name="california",
            title="California: over 8 a day, 40 a week, seventh day; double over 12",
            daily_limit=8 * 60,
            weekly_limit=40 * 60,
            double_daily_limit=12 * 60,
            seventh_day=True,
        ),
        OvertimeRule(name="none", title="No overtime"),
    )
}


@dataclass(frozen=True, kw_only=True)
class TimeLine:
    """Minutes of one payroll row on one day under one pay type. `core_id` is stable over imports.

    Where hours are posted by the week, `days` are the days that were added up, and `day` is the one the week ends on.
    """

    row: PayrollRow
    day: date
    pay_type: PayType
    minutes: int
    explanation: str = ""  # why it is not regular; for the reader only
    days: tuple[date, ...] = ()

    @property
    def core_id(self) -> str:
        when = "week" if self.days else self.day.isoformat()
        return f"{self.row.core_id}|{when}|{self.pay_type.lower()}"


def day_of(week_ending: date, weekday: int) -> date:
    """The date in the week that ends on `week_ending` which falls on `weekday` (Monday is 0)."""
    return week_ending - timedelta(days=(week_ending.weekday() - weekday) % 7)


def days_of(row: PayrollRow) -> Iterator[tuple[date, int]]:
    """Each day of the row that has minutes, with them, in order of time."""
    pairs = ((day_of(row.week_ending, weekday), minutes) for weekday, minutes in enumerate(row.minutes))
    return iter(sorted(pair for pair in pairs if pair[1]))


def split_employee_week(rows: Sequence[PayrollRow], rule: OvertimeRule) -> list[TimeLine]:
    """Split one employee's week. Work is taken in order of day, then shift, then row: the last minutes bear it."""
    by_day: dict[date, list[tuple[PayrollRow, int]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (SHIFT_ORDER[row.shift], row.core_id)):
        for day, minutes in days_of(row):
            by_day[day].append((row, minutes))
    worked_all_week = rule.seventh_day and len(by_day) == 7
    lines: list[TimeLine] = []
    regular_so_far = 0
    for position, day in enumerate(sorted(by_day)):
        seventh = worked_all_week and position == 6
        day_so_far = 0
        for row, minutes in by_day[day]:
            parts = _split(minutes, day_so_far, regular_so_far, rule, seventh=seventh)
            day_so_far += minutes
            regular_so_far += sum(part for pay_type, part, _ in parts if pay_type is PayType.REGULAR)
            lines += [
                TimeLine(row=row, day=day, pay_type=pay_type, minutes=part, explanation=why)
                for pay_type, part, why in parts
            ]
    return lines


def by_week(lines: Iterable[TimeLine]) -> list[TimeLine]:
    """The lines of weeks, one a row and pay type: the minutes of its days added up, dated on the day the week ends."""
    whole: dict[tuple[str, PayType], list[TimeLine]] = defaultdict(list)
    for line in lines:
        whole[line.row.core_id, line.pay_type].append(line)
    return [
        replace(
            parts[0],
            day=parts[0].row.week_ending,
            minutes=sum(part.minutes for part in parts),
            explanation=" ".join(part.explanation for part in parts if part.explanation),
            days=tuple(part.day for part in parts),
        )
        for parts in whole.values()
    ]


def _split(
    minutes: int, day_so_far: int, regular_so_far: int, rule: OvertimeRule, *, seventh: bool
) -> list[tuple[PayType, int, str]]:
    """Split one row-day, given the minutes before it on that day and the regular minutes before it in the week."""
    double_from = rule.daily_limit if seventh else rule.double_daily_limit
    overtime_from = 0 if seventh else rule.daily_limit
    double = _beyond(minutes, day_so_far, double_from)
    daily = _beyond(minutes, day_so_far, overtime_from) - double
    weekly = _beyond(minutes - double - daily, regular_so_far, rule.weekly_limit)
    overtime = daily + weekly
    parts = (
        (PayType.REGULAR, minutes - overtime - double, ""),
        (PayType.OVERTIME, overtime, _why_overtime(daily, weekly, rule, seventh=seventh)),
        (PayType.DOUBLE, double, _why_double(double, double_from, seventh=seventh)),
    )
    return [part for part in parts if part[1]]


def _beyond(minutes: int, before: int, limit: int | None) -> int:
    """How many of `minutes` lie beyond `limit` when `before` minutes came first."""
    return 0 if limit is None else max(0, min(minutes, before + minutes - limit))


def _why_overtime(daily: int, weekly: int, rule: OvertimeRule, *, seventh: bool) -> str:
    reasons = []
    if daily:
        reasons.append(
            f"{hours_text(daily)} on the seventh day worked in the week"
            if seventh
            else f"{hours_text(daily)} beyond {hours_text(rule.daily_limit or 0)} that day"
        )
    if weekly:
        reasons.append(f"{hours_text(weekly)} beyond {hours_text(rule.weekly_limit or 0)} that week")
    return "Overtime: " + " and ".join(reasons) + "." if reasons else ""


def _why_double(double: int, limit: int | None, *, seventh: bool) -> str:
    where = "on the seventh day worked in the week" if seventh else "that day"
    return f"Double time: {hours_text(double)} beyond {hours_text(limit or 0)} {where}." if double else ""
