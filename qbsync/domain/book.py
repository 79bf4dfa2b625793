"""Core's records together, indexed by id: the wanted side of every decision."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qbsync.domain.codec import fingerprint
from qbsync.domain.records import (
    CoreKind,
    CoreRecord,
    CostCode,
    Customer,
    Employee,
    PayrollRow,
    Project,
    Status,
    Vendor,
    VendorBill,
    content_hash,
)
from qbsync.domain.wanted import SyncKind, key_of


@dataclass(frozen=True, kw_only=True)
class PayrollWeek:
    """A week of the payroll by its last day: how many rows it has, and how many of them are a draft."""

    ending: date
    rows: int
    drafts: int

    @property
    def is_draft(self) -> bool:
        """Whether nothing of it was submitted."""
        return self.drafts == self.rows


@dataclass(frozen=True, kw_only=True)
class CoreBook:
    """All records of Core that are not gone."""

    customers: dict[str, Customer]
    projects: dict[str, Project]
    employees: dict[str, Employee]
    cost_codes: dict[str, CostCode]
    vendors: dict[str, Vendor]
    payroll_rows: tuple[PayrollRow, ...]
    bills: tuple[VendorBill, ...]

    @classmethod
    def of(cls, records: Iterable[CoreRecord]) -> CoreBook:
        """Sort records of any kinds into a book."""
        by_type: dict[type, list[CoreRecord]] = defaultdict(list)
        for record in records:
            by_type[type(record)].append(record)
        return cls(
            customers={r.core_id: r for r in by_type[Customer] if isinstance(r, Customer)},
            projects={r.core_id: r for r in by_type[Project] if isinstance(r, Project)},
            employees={r.core_id: r for r in by_type[Employee] if isinstance(r, Employee)},
            cost_codes={r.core_id: r for r in by_type[CostCode] if isinstance(r, CostCode)},
            vendors={r.core_id: r for r in by_type[Vendor] if isinstance(r, Vendor)},
            payroll_rows=tuple(r for r in by_type[PayrollRow] if isinstance(r, PayrollRow)),
            bills=tuple(r for r in by_type[VendorBill] if isinstance(r, VendorBill)),
        )

    def records(self) -> Iterator[CoreRecord]:
        """All records, kind after kind."""
        for named in (self.customers, self.projects, self.employees, self.cost_codes, self.vendors):
            yield from named.values()
        yield from self.payroll_rows
        yield from self.bills

    def of_kind(self, kind: CoreKind) -> Iterable[CoreRecord]:
        """The records of one kind."""
        match kind:
            case CoreKind.CUSTOMER:
                return self.customers.values()
            case CoreKind.PROJECT:
                return self.projects.values()
            case CoreKind.EMPLOYEE:
                return self.employees.values()
            case CoreKind.COST_CODE:
                return self.cost_codes.values()
            case CoreKind.VENDOR:
                return self.vendors.values()
            case CoreKind.PAYROLL_ROW:
                return self.payroll_rows
            case CoreKind.VENDOR_BILL:
                return self.bills

    def names(self) -> dict[str, str]:
        """The name of each customer, project, vendor and employee, and of each cost code's item, by its key."""
        kinds: tuple[tuple[SyncKind, Mapping[str, Customer | Project | Vendor | Employee]], ...] = (
            (SyncKind.CUSTOMER, self.customers),
            (SyncKind.PROJECT, self.projects),
            (SyncKind.VENDOR, self.vendors),
            (SyncKind.EMPLOYEE, self.employees),
        )
        names = {key_of(kind, core_id): record.name for kind, found in kinds for core_id, record in found.items()}
        return names | {key_of(SyncKind.ITEM, code.core_id): code.item_name for code in self.cost_codes.values()}

    def weeks(self) -> list[PayrollWeek]:
        """The weeks of the payroll, newest first."""
        rows = Counter(row.week_ending for row in self.payroll_rows)
        drafts = Counter(row.week_ending for row in self.payroll_rows if row.status is Status.DRAFT)
        return [PayrollWeek(ending=week, rows=rows[week], drafts=drafts[week]) for week in sorted(rows, reverse=True)]

    def employee_weeks(self) -> dict[tuple[date, str], tuple[PayrollRow, ...]]:
        """The payroll rows of each employee's week: overtime is worked out over all of them."""
        weeks: dict[tuple[date, str], list[PayrollRow]] = defaultdict(list)
        for row in self.payroll_rows:
            weeks[row.week_ending, row.employee].append(row)
        return {key: tuple(rows) for key, rows in sorted(weeks.items())}


def week_hash(rows: Iterable[PayrollRow]) -> str:
    """A digest of an employee's week: any change of any row may move overtime between its lines."""
    return fingerprint(*sorted(content_hash(row) for row in rows))


class SourceHashes:
    """The present hash of all that each record is made of: tells whether Core changed after a preview."""

    def __init__(self, book: CoreBook) -> None:
        self._named: dict[SyncKind, dict[str, CoreRecord]] = {
            SyncKind.CUSTOMER: dict(book.customers),
            SyncKind.PROJECT: dict(book.projects),
            SyncKind.VENDOR: dict(book.vendors),
            SyncKind.EMPLOYEE: dict(book.employees),
            SyncKind.ITEM: dict(book.cost_codes),
        }
        self._weeks = {
            (week.isoformat(), employee): fingerprint(week_hash(rows), *_used(book, employee, rows))
            for (week, employee), rows in book.employee_weeks().items()
        }
        self._bills = {bill.core_id: fingerprint(content_hash(bill), *_on_lines(book, bill)) for bill in book.bills}

    def of(self, kind: SyncKind, core_id: str) -> str:
        """The hash of a record's source; "" when it is gone. A time entry's is its employee's whole week."""
        if kind is SyncKind.TIME_ENTRY:
            week, employee, *_ = core_id.split("|")
            return self._weeks.get((week, employee), "")
        if kind is SyncKind.BILL:
            return self._bills.get(core_id, "")
        record = self._named[kind].get(core_id)
        return content_hash(record) if record else ""


def _used(book: CoreBook, employee: str, rows: Iterable[PayrollRow]) -> list[str]:
    """The hashes of what an employee's rows refer to: a new rate or name changes what would be posted."""
    rows = tuple(rows)
    named: list[CoreRecord | None] = [book.employees.get(employee)]
    named += [book.projects.get(project) for project in sorted({row.project for row in rows})]
    named += [book.cost_codes.get(code) for code in sorted({row.cost_code for row in rows})]
    return [content_hash(record) for record in named if record is not None]


def _on_lines(book: CoreBook, bill: VendorBill) -> list[str]:
    """The hashes of what a bill refers to: a code's category may choose its account."""
    named: list[CoreRecord | None] = [book.vendors.get(bill.vendor)]
    named += [book.projects.get(project) for project in sorted({line.project for line in bill.lines})]
    named += [book.cost_codes.get(code) for code in sorted({line.cost_code for line in bill.lines})]
    return [content_hash(record) for record in named if record is not None]
