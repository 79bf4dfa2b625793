"""What Core wants QuickBooks' time entries to be: one a time line of every weekly payroll, by the day or the week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.ledger import LedgerKind, TimeEntry
from qbsync.domain.mapping import DESCRIPTION_FIELDS, MapKind, Posting, Preferences, RateSource
from qbsync.domain.payroll import OVERTIME_RULES, PayType, TimeLine, by_week, split_employee_week
from qbsync.domain.records import CoreKind, Employee, PayrollRow
from qbsync.domain.resolve import Resolved, Resolver, in_another_currency
from qbsync.domain.texts import hours_text
from qbsync.domain.want_item import class_of, item_of
from qbsync.domain.wanted import SyncKind, Wanted, mark_of
from qbsync.domain.week_issues import Calendar

DESCRIPTION_MAX = 4000  # QuickBooks' limit for a time entry's description


def want_time(
    book: CoreBook,
    resolver: Resolver,
    weeks: frozenset[date] | None = None,
    *,
    currency: str = "",
    concerns: Callable[[PayrollRow], bool] = lambda row: True,
) -> list[Wanted]:
    """One Wanted for each time line; `weeks` (dates that weeks end on) narrows them, None means all.

    `concerns` narrows them to the lines of some rows; overtime is worked out over whole weeks all the same.
    `currency` is the company's own where it keeps several: rates are in it, so customers must be kept in it.
    """
    preferences = resolver.mapping.preferences
    rule = OVERTIME_RULES[preferences.overtime_rule]
    calendar = Calendar(book.payroll_rows, preferences.week_end)
    wanted: list[Wanted] = []
    for (week_ending, employee_id), rows in book.employee_weeks().items():
        if weeks is not None and week_ending not in weeks:
            continue
        posting = _WeekPosting(book, resolver, employee_id, calendar, calendar.week_issues(rows), currency)
        lines = [line for line in split_employee_week(rows, rule) if concerns(line.row)]
        wanted += [posting.want(line) for line in (by_week(lines) if preferences.posting is Posting.WEEKLY else lines)]
    return wanted


@dataclass(frozen=True)
class _WeekPosting:
    """Posts the lines of one employee's week."""

    book: CoreBook
    resolver: Resolver
    employee_id: str
    calendar: Calendar
    week_issues: tuple[Issue, ...]
    currency: str = ""

    def want(self, line: TimeLine) -> Wanted:
        row = line.row
        employee = self.book.employees.get(row.employee)
        title = _title(line, employee)
        worker = self._worker(employee, title)
        customer = self._customer(row, title)
        item = item_of(self.resolver, line, title)
        shift_class = class_of(self.resolver, line, title)
        billing = self._billing(employee, title)
        issues = (
            *self._hours_issues(line, employee, title),
            *worker.issues,
            *customer.issues,
            *in_another_currency(self.resolver, LedgerKind.CUSTOMER, customer, self.currency, title),
            *item.issues,
            *shift_class.issues,
            *billing.issues,
        )
        content = None
        if worker.reference is not None:
            content = TimeEntry(
                worker_kind=worker.ledger_kind,
                worker=worker.reference,
                txn_date=line.day,
                minutes=line.minutes,
                customer=customer.reference,
                item=item.reference,
                billable=self.resolver.mapping.preferences.billable,
                hourly_rate=billing.rate,
                description=self._description(line, employee),
                class_ref=shift_class.reference,
            )
        return Wanted(
            kind=SyncKind.TIME_ENTRY,
            core_id=line.core_id,
            title=title,
            ledger_kind=LedgerKind.TIME_ACTIVITY,
            content=content,
            issues=issues,
            requires=(*worker.requires, *customer.requires, *item.requires),
            scope_date=row.week_ending,
            minutes=line.minutes,
        )

    def _hours_issues(self, line: TimeLine, employee: Employee | None, title: str) -> Iterator[Issue]:
        name = employee.name if employee else self.employee_id
        for issue in self.week_issues:
            yield replace(issue, record=title)
        for day in line.days or (line.day,):
            for issue in self.calendar.day_issues(self.employee_id, name, day):
                yield replace(issue, record=title)

    def _worker(self, employee: Employee | None, title: str) -> Resolved:
        if employee is None:
            return Resolved(issues=(_not_in_core("employee", self.employee_id, title),))
        resolved = self.resolver.name(MapKind.EMPLOYEE, employee.core_id, title)
        if employee.active or resolved.issues:
            return resolved
        left = Issue(
            record=title,
            field="employee",
            problem=f"{employee.name} is inactive in ProForge.",
            remedy="Check that these hours are right.",
            severity=Severity.WARNING,
            screen="core_data",
            tab=CoreKind.EMPLOYEE,
            row=employee.core_id,
        )
        return Resolved(
            reference=resolved.reference,
            ledger_kind=resolved.ledger_kind,
            requires=resolved.requires,
            issues=(left,),
        )

    def _customer(self, row: PayrollRow, title: str) -> Resolved:
        if row.project not in self.book.projects:
            return Resolved(issues=(_not_in_core("project", row.project, title),))
        return self.resolver.name(MapKind.PROJECT, row.project, title)

    def _billing(self, employee: Employee | None, title: str) -> _Billing:
        preferences = self.resolver.mapping.preferences
        if not preferences.billable or employee is None:
            return _Billing()
        by_bill = preferences.rate_source is RateSource.BILL_RATE
        rate = employee.bill_rate if by_bill else employee.pay_rate
        if rate is not None:
            return _Billing(rate=rate)
        missing = Issue(
            record=title,
            field="rate",
            problem=f"{employee.name} has no {'bill' if by_bill else 'pay'} rate, which billable time needs.",
            remedy="Enter it in ProForge, or turn billable off on the Mapping page, Timesheet.",
            screen="core_data",
            tab=CoreKind.EMPLOYEE,
            row=employee.core_id,
        )
        return _Billing(issues=(missing,))

    def _description(self, line: TimeLine, employee: Employee | None) -> str:
        code = self.book.cost_codes.get(line.row.cost_code)
        text = describe(
            self.resolver.mapping.preferences,
            employee=employee.name if employee else line.row.employee,
            project=line.row.project,
            cost_code=line.row.cost_code,
            cost_code_name=code.description if code else "",
            shift=line.row.shift.value,
            pay_type=line.pay_type.value,
            week_ending=line.row.week_ending.isoformat(),
        )
        mark = f"[{mark_of(line.core_id)}]"
        return f"{text[: DESCRIPTION_MAX - len(mark) - 1]} {mark}".strip()


@dataclass(frozen=True, kw_only=True)
class _Billing:
    rate: Decimal | None = None
    issues: tuple[Issue, ...] = ()


def describe(preferences: Preferences, **fields: str) -> str:
    """The description template filled in; only the known names between braces are replaced."""
    text = preferences.description_template
    for name in DESCRIPTION_FIELDS:
        text = text.replace("{" + name + "}", fields.get(name, ""))
    return " ".join(text.split())


def _title(line: TimeLine, employee: Employee | None) -> str:
    who = employee.name if employee else line.row.employee
    pay = "" if line.pay_type is PayType.REGULAR else f" {line.pay_type.value.lower()}"
    hours = f"{hours_text(line.minutes)}{pay}"
    when = f"{'week ending ' if line.days else ''}{line.day:%a %d %b %Y}"
    return f"{who} · {when} · {line.row.project} · {line.row.cost_code} · {hours}"


def _not_in_core(noun: str, core_id: str, title: str) -> Issue:
    return Issue(
        record=title,
        field=noun,
        problem=f"{noun.capitalize()} {core_id or '(blank)'} is not among Core's {noun}s.",
        remedy=f"Load the {noun}s export that has it.",
        screen="core_data",
        tab=CoreKind.PAYROLL_ROW,
        row=core_id,
    )
