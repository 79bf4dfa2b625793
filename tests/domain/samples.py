"""A small contractor for the domain's tests: records of Core, QuickBooks' lists, and a mapping between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences
from qbsync.domain.records import (
    Category,
    CoreRecord,
    CostCode,
    Customer,
    Employee,
    EmployeeKind,
    PayrollRow,
    Project,
    Shift,
    Status,
    Vendor,
    VendorBill,
    VendorBillLine,
    payroll_row_id,
)
from qbsync.domain.resolve import Lists, Resolver

WEEK = date(2026, 11, 22)  # a Sunday


def payroll_row(hours: str = "8 0 0 0 0 0 0", **given: Any) -> PayrollRow:
    """Hours Monday to Sunday of one employee on one project."""
    values: dict[str, Any] = {
        "week_ending": WEEK,
        "status": Status.SUBMITTED,
        "employee": "E1",
        "project": "P1",
        "cost_code": "03-300",
        "shift": Shift.DAY,
        "minutes": tuple(round(float(hour) * 60) for hour in hours.split()),
        **given,
    }
    made = payroll_row_id(*(values[name] for name in ("week_ending", "employee", "project", "cost_code", "shift")))
    return PayrollRow(core_id=made, **values)


def vendor_bill(*amounts: str, **given: Any) -> VendorBill:
    """A submitted bill of Granite Ready Mix, one line an amount."""
    lines = tuple(
        VendorBillLine(description=f"Load {number}", amount=Decimal(amount), project="P1", cost_code="03-310")
        for number, amount in enumerate(amounts or ("100.00",), start=1)
    )
    values: dict[str, Any] = {
        "core_id": "VB-1",
        "vendor": "V1",
        "number": "INV-7",
        "bill_date": date(2026, 11, 3),
        "due_date": date(2026, 12, 3),
        "status": Status.SUBMITTED,
        "total": sum((line.amount for line in lines), Decimal(0)),
        "lines": lines,
        **given,
    }
    return VendorBill(**values)


NAMES: tuple[CoreRecord, ...] = (
    Customer(core_id="C1", name="Harborview Partners"),
    Project(core_id="P1", name="Harborview Tower", customer="C1"),
    Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal("95"), pay_rate=Decimal("42.50")),
    Employee(core_id="E9", name="Max Pole", kind=EmployeeKind.CONTRACTOR),
    CostCode(core_id="03-300", description="Concrete labor", category=Category.LABOR),
    CostCode(core_id="03-310", description="Ready mix", category=Category.MATERIALS),
    Vendor(core_id="V1", name="Granite Ready Mix"),
)

ENTRIES = (
    ListEntry(kind=LedgerKind.CUSTOMER, id="58", name="Harborview Partners", full_name="Harborview Partners"),
    ListEntry(
        kind=LedgerKind.CUSTOMER,
        id="59",
        name="Harborview Tower",
        full_name="Harborview Partners:Harborview Tower",
        parent_id="58",
        is_job=True,
    ),
    ListEntry(kind=LedgerKind.CUSTOMER, id="60", name="Old Mill", full_name="Old Mill", active=False),
    ListEntry(kind=LedgerKind.EMPLOYEE, id="55", name="Ada Stone", full_name="Ada Stone"),
    ListEntry(kind=LedgerKind.VENDOR, id="31", name="Granite Ready Mix", full_name="Granite Ready Mix"),
    ListEntry(kind=LedgerKind.ITEM, id="2", name="Labor", full_name="Labor", type="Service"),
    ListEntry(kind=LedgerKind.ITEM, id="3", name="Overtime", full_name="Overtime", type="Service"),
    ListEntry(kind=LedgerKind.ITEM, id="4", name="Rebar", full_name="Rebar", type="Inventory", expense_account_id="7"),
    ListEntry(kind=LedgerKind.ITEM, id="5", name="Gone", full_name="Gone", type="Service", active=False),
    ListEntry(
        kind=LedgerKind.ACCOUNT, id="7", name="Job Materials", full_name="Job Materials", type="Cost of Goods Sold"
    ),
    ListEntry(kind=LedgerKind.ACCOUNT, id="8", name="Supplies", full_name="Supplies", type="Expense"),
    ListEntry(kind=LedgerKind.ACCOUNT, id="9", name="Closed", full_name="Closed", type="Expense", active=False),
)

RULES = (
    MappingRule(kind=MapKind.CUSTOMER, core_id="C1", ledger_kind=LedgerKind.CUSTOMER, ledger_id="58"),
    MappingRule(kind=MapKind.PROJECT, core_id="P1", ledger_kind=LedgerKind.CUSTOMER, ledger_id="59"),
    MappingRule(kind=MapKind.EMPLOYEE, core_id="E1", ledger_kind=LedgerKind.EMPLOYEE, ledger_id="55"),
    MappingRule(kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="2"),
    MappingRule(kind=MapKind.COST_CODE, core_id="03-310", ledger_kind=LedgerKind.ACCOUNT, ledger_id="7"),
    MappingRule(kind=MapKind.VENDOR, core_id="V1", ledger_kind=LedgerKind.VENDOR, ledger_id="31"),
)


def rule(kind: MapKind, core_id: str, ledger_kind: LedgerKind, ledger_id: str = "", **given: str) -> MappingRule:
    return MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, ledger_id=ledger_id, **given)


def book(*records: CoreRecord, without: str = "") -> CoreBook:
    """The contractor's book with more records; later ones take the place of earlier ones of the same id."""
    return CoreBook.of(record for record in (*NAMES, *records) if record.core_id != without)


def mapping(*changed: MappingRule, without: str = "", **preferences: Any) -> MappingSet:
    """The contractor's mapping with other rules laid over it."""
    index = {(one.kind, one.core_id, one.project): one for one in (*RULES, *changed) if one.core_id != without}
    return MappingSet(version=1, rules=tuple(index.values()), preferences=Preferences(**preferences))


def lists(*more: ListEntry, without: str = "") -> Lists:
    found: dict[LedgerKind, list[ListEntry]] = {}
    for entry in (*ENTRIES, *more):
        if entry.id != without:
            found.setdefault(entry.kind, []).append(entry)
    return Lists.of(found)


def resolver(
    mapped: MappingSet | None = None,
    listed: Lists | None = None,
    links: dict[str, tuple[LedgerKind, str]] | None = None,
) -> Resolver:
    return Resolver(mapped or mapping(), listed or lists(), links or {})


def problems(issues: tuple[Issue, ...]) -> list[str]:
    """What is wrong, in the order in which it is said."""
    return [issue.problem for issue in issues]
