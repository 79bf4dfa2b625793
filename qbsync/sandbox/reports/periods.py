"""The periods that a report can name instead of two dates."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

ALL: Final = "All"
DEFAULT: Final = "This Fiscal Year-to-date"
FIRST_DAY: Final = date.min
LAST_DAY: Final = date.max
TO_DATE: Final = "-to-date"
UNITS: Final = ("Week", "Month", "Fiscal Quarter", "Fiscal Year", "Calendar Quarter", "Calendar Year")
MONTHS: Final = {"Month": 1, "Quarter": 3, "Year": 12}
STEPS: Final = {"Last": -1, "This": 0, "Next": 1}
MACROS: Final[Mapping[str, str]] = {
    name.lower(): name
    for name in (
        ALL,
        "Today",
        "Yesterday",
        *(f"{which} {unit}{end}" for which in ("This", "Last") for unit in UNITS for end in ("", TO_DATE)),
        *(f"Next {unit}" for unit in (*UNITS, "4 Weeks")),
    )
}


def period(macro: str, today: date, fiscal_month: int) -> tuple[date, date]:
    """First and last day of a macro, which is one of MACROS."""
    if macro == ALL:
        return FIRST_DAY, LAST_DAY
    if macro in {"Today", "Yesterday"}:
        day = today if macro == "Today" else today - timedelta(days=1)
        return day, day
    which, _, unit = macro.removesuffix(TO_DATE).partition(" ")
    step = STEPS[which]
    if "Week" in unit:
        first, last = _weeks(today, step, 4 if unit == "4 Weeks" else 1)
        same_day = today + timedelta(weeks=step)
    else:
        months = MONTHS[unit.split()[-1]]
        first, last = _months(today, step, months, fiscal_month if "Fiscal" in unit else 1)
        same_day = _same_day(today, step * months)
    return first, same_day if macro.endswith(TO_DATE) else last


def _weeks(today: date, step: int, count: int) -> tuple[date, date]:
    """Weeks begin on Sunday."""
    first = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=step)
    return first, first + timedelta(weeks=count, days=-1)


def _months(today: date, step: int, months: int, opening_month: int) -> tuple[date, date]:
    """The stretch of so many months that holds today, counted from the month that opens the year."""
    first = _month_start(_opening(today, months, opening_month), step * months)
    return first, _month_start(first, months) - timedelta(days=1)


def _opening(day: date, months: int, opening_month: int) -> date:
    into = (day.month - opening_month) % 12 % months
    return _month_start(day, -into)


def _month_start(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _same_day(day: date, months: int) -> date:
    """As far into that month, or its last day."""
    first = _month_start(day, months)
    last = _month_start(first, 1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def fiscal_year_start(day: date, fiscal_month: int) -> date:
    return _opening(day, 12, fiscal_month)
