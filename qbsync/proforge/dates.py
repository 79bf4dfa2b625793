"""Reads dates, and decides from a file's own dates whether its month or its day comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from qbsync.domain.errors import AmbiguousDates
from qbsync.domain.intake import DateOrder
from qbsync.proforge.cells import CellError, read_text, shown
from qbsync.proforge.grid import Cell

YEAR_MIN, YEAR_MAX = 1990, 2099
SERIAL_ORIGIN = date(1899, 12, 30)  # Excel's day 0
CENTURY_TURN = 70  # 69 is 2069, 70 is 1970
WEEKEND = {5, 6}  # ProForge's weeks end on a Saturday or Sunday

_TIME = re.compile(
    r"[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:[AP]M)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$", re.I
)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_COMPACT = re.compile(r"(20[0-9]{2})([01][0-9])([0-3][0-9])")
_SLASHED = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})")
_DAY_NAMED = re.compile(r"([0-9]{1,2})[- .]*([A-Za-z]{3,9})[-,. ]*([0-9]{4}|[0-9]{2})")
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})[-. ]*([0-9]{1,2})(?:st|nd|rd|th)?[-,. ]+([0-9]{4}|[0-9]{2})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+", re.I)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, kw_only=True)
class SlashedDate:
    """A date written as two numbers and a year, such as 9/26/2026."""

    text: str
    first: int
    second: int
    year: int
    ends_week: bool = False

    def read(self, order: DateOrder) -> date | None:
        month, day = (self.first, self.second) if order is DateOrder.MONTH_FIRST else (self.second, self.first)
        return _date(self.year, month, day)


class DateReader:
    """Reads the cells of one file in one order, and remembers them."""

    def __init__(self, order: DateOrder) -> None:
        self.order = order
        self._known: dict[Cell, date | None] = {}

    def read(self, cell: Cell) -> date | None:
        """The date; None when blank. Raises CellError."""
        if cell.__class__ is date:
            return _in_range(cell, cell)
        if cell in self._known:
            return self._known[cell]
        found = self._known[cell] = self._parse(cell)
        return found

    def _parse(self, cell: Cell) -> date | None:
        if isinstance(cell, Decimal):
            return _in_range(_serial(cell), cell)
        text = read_text(cell)
        if not text:
            return None
        if isinstance(cell, bool):
            raise _unreadable(cell)
        slashed = slashed_date(text)
        if slashed is None:
            return _in_range(_unambiguous(_without_time(text)), cell)
        if self.order is DateOrder.ISO:
            raise CellError(f"{shown(text)} does not begin with the year.", "Write a date such as 2026-11-21.")
        return _in_range(slashed.read(self.order), cell)


def slashed_date(text: str, *, ends_week: bool = False) -> SlashedDate | None:
    """The parts of a date whose order is not clear from its form, or None."""
    match = _SLASHED.fullmatch(_without_time(text))
    if match is None:
        return None
    return SlashedDate(text=text, first=int(match[1]), second=int(match[2]), year=_year(match[3]), ends_week=ends_week)


def decide_order(name: str, dates: Iterable[SlashedDate]) -> DateOrder:
    """The order in which a file's dates are to be read. Raises AmbiguousDates when nothing decides."""
    found = list(dates)
    if not found:
        return DateOrder.ISO
    for evidence in (_by_calendar, _by_weekend):
        month_first, day_first = evidence(found)
        if month_first != day_first:
            return DateOrder.MONTH_FIRST if month_first > day_first else DateOrder.DAY_FIRST
    open_dates = [each for each in found if each.first != each.second and max(each.first, each.second) <= 12]
    if open_dates:
        raise AmbiguousDates(name, open_dates[0].text)
    return DateOrder.MONTH_FIRST


def _by_calendar(dates: list[SlashedDate]) -> tuple[int, int]:
    """How many dates exist in one order only."""
    month_first = sum(1 for each in dates if each.first <= 12 < each.second)
    day_first = sum(1 for each in dates if each.second <= 12 < each.first)
    return month_first, day_first


def _by_weekend(dates: list[SlashedDate]) -> tuple[int, int]:
    """How many week-ending dates fall on a weekend in one order only."""
    month_first = day_first = 0
    for each in dates:
        if each.ends_week:
            in_month_first = _is_weekend(each.read(DateOrder.MONTH_FIRST))
            in_day_first = _is_weekend(each.read(DateOrder.DAY_FIRST))
            month_first += in_month_first and not in_day_first
            day_first += in_day_first and not in_month_first
    return month_first, day_first


def _is_weekend(day: date | None) -> bool:
    return day is not None and day.weekday() in WEEKEND


def _without_time(text: str) -> str:
    return _WEEKDAY.sub("", _TIME.sub("", text)).strip()


def _unambiguous(text: str) -> date | None:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_NAMED.fullmatch(text):
        return _date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_NAMED.fullmatch(text):
        return _date(_year(match[3]), _month(match[1]), int(match[2]))
    return None


def _serial(number: Decimal) -> date | None:
    """A number cell that Excel would show as a date, or digits such as 20260926."""
    whole = int(number)
    if match := _COMPACT.fullmatch(str(whole)):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if not 30_000 <= number < 80_000:
        return None
    return SERIAL_ORIGIN + timedelta(days=whole)


def _month(name: str) -> int:
    """1 to 12 for a name or its beginning, such as Sep or Sept; 0 for anything else."""
    begun = name.casefold()
    return next((number for number, month in enumerate(_MONTHS, start=1) if month.startswith(begun)), 0)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < CENTURY_TURN else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_range(day: date | None, cell: Cell) -> date:
    if day is None:
        raise _unreadable(cell)
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise CellError(f"{shown(cell)} is in the year {day.year}.", "Write a date such as 2026-11-21.")
    return day


def _unreadable(cell: Cell) -> CellError:
    return CellError(f"{shown(cell)} cannot be read as a date.", "Write a date such as 2026-11-21.")
