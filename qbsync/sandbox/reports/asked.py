"""What a caller wants of a report: which days, and whose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import LABELS
from qbsync.sandbox.company.store import id_number
from qbsync.sandbox.reports.periods import ALL, DEFAULT, FIRST_DAY, MACROS, fiscal_year_start, period

ALWAYS: Final = {"format", "minorversion", "accounting_method"}
DATES: Final = {"start_date", "end_date", "date_macro"}
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
FILTERS: Final = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee", "department": "Department"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The days of a report, both ends included, and the ids that it is narrowed to."""

    first: date
    last: date
    macro: str | None
    year_start: date  # of the fiscal year that holds the last day, or today when all days are asked for
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def first_day(self) -> str:
        return self.first.isoformat()

    @property
    def last_day(self) -> str:
        return self.last.isoformat()

    @property
    def day_before(self) -> str:
        return "" if self.first == FIRST_DAY else (self.first - timedelta(days=1)).isoformat()

    def lets(self, name: str, key: str | None) -> bool:
        """Is this one of the ids that were asked for?"""
        return name not in self.only or key in self.only[name]


def read_wish(
    books: Books, given: Mapping[str, str], *, filters: Collection[str], moment: bool, default: str = DEFAULT
) -> Wanted:
    """Refuses what this report does not know: a filter that is passed over would give wrong sums."""
    dates = {*DATES, "report_date"} if moment else DATES
    for name in given:
        if name not in {*ALWAYS, *dates, *filters}:
            raise faults.unknown_property(name)
    if given.get("accounting_method", "Accrual").lower() != "accrual":
        raise faults.unsupported(f"report with accounting_method {given['accounting_method']}")
    month = _fiscal_month(books)
    first, last, macro = _days(books, given, month, moment=moment, default=default)
    only = {name: _ids(books, name, given[name]) for name in filters if given.get(name)}
    year_start = fiscal_year_start(books.clock.today() if macro == ALL else last, month)
    return Wanted(first=first, last=last, macro=macro, year_start=year_start, only=only)


def _fiscal_month(books: Books) -> int:
    card = books.store.get(books.realm, "Preferences", 1)
    name = card.body["AccountingInfoPrefs"].get("FirstMonthOfFiscalYear", "January") if card else "January"
    return MONTHS.index(name) + 1


def _days(
    books: Books, given: Mapping[str, str], month: int, *, moment: bool, default: str
) -> tuple[date, date, str | None]:
    named = [name for name in ("date_macro", "start_date", "end_date", "report_date") if name in given]
    if "report_date" in named:
        if len(named) > 1:
            raise RefusalError("2600", "Give report_date or a period, not both", "report_date")
        return FIRST_DAY, _day(given, "report_date"), None
    if named == ["start_date", "end_date"]:
        first, last = _day(given, "start_date"), _day(given, "end_date")
        if first > last:
            raise RefusalError("2190", f"Invalid Date Range : {first} is after {last}", "end_date")
        return first, last, None
    if "date_macro" in named and len(named) > 1:
        raise RefusalError("2600", "Give date_macro or start_date and end_date, not both", "date_macro")
    if named and named != ["date_macro"]:
        raise faults.missing("end_date" if named == ["start_date"] else "start_date")
    today = books.clock.today()
    if moment and not named:
        return FIRST_DAY, today, None
    macro = MACROS.get(given.get("date_macro", default).lower())
    if macro is None:
        raise faults.bad_choice("date_macro", given["date_macro"])
    return *period(macro, today, month), macro


def _day(given: Mapping[str, str], name: str) -> date:
    try:
        return parse_date(given[name])
    except ValueError:
        raise RefusalError("2060", f"Invalid Date format : {given[name]}, use YYYY-MM-DD", name) from None


def _ids(books: Books, name: str, text: str) -> frozenset[str]:
    """Ids divided by commas, each of a record that is there."""
    kind, found = FILTERS[name], set()
    for key in text.split(","):
        number = id_number(key.strip())
        if number is None:
            raise RefusalError("2030", f"Invalid ID : {key}", name)
        if books.store.get(books.realm, kind, number) is None:
            raise faults.no_such_reference(LABELS[kind], str(number), name)
        found.add(str(number))
    return frozenset(found)


def header(books: Books, name: str, wanted: Wanted, moment: str, *, empty: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"Time": moment, "ReportName": name}
    if wanted.macro is not None:
        told["DateMacro"] = wanted.macro.lower()
    told["ReportBasis"] = "Accrual"
    if wanted.first != FIRST_DAY:
        told["StartPeriod"] = wanted.first_day
    if wanted.macro != ALL:
        told["EndPeriod"] = wanted.last_day
    told |= {"SummarizeColumnsBy": "Total", "Currency": books.home_currency()}
    for key, ids in wanted.only.items():
        told[key.capitalize()] = ",".join(sorted(ids, key=int))
    told["Option"] = [{"Name": "NoReportData", "Value": str(empty).lower()}]
    return told
