"""ProForge Core's records, as its screens name them. Hours are integer minutes, money is Decimal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class CoreKind(StrEnum):
    """The kinds of record that Core hands us. The value names the table and the file."""

    CUSTOMER = "customer"
    PROJECT = "project"
    EMPLOYEE = "employee"
    COST_CODE = "cost_code"
    VENDOR = "vendor"
    PAYROLL_ROW = "payroll_row"
    VENDOR_BILL = "vendor_bill"


class Status(StrEnum):
    """Whether a document is final in Core. Only submitted ones are synced."""

    DRAFT = "Draft"
    SUBMITTED = "Submitted"
    CANCELLED = "Cancelled"  # only while a file is read: the record is then gone from Core


class Shift(StrEnum):
    """The shift of a payroll row; blank in Core means Day."""

    DAY = "Day"
    SWING = "Swing"
    NIGHT = "Night"


class Category(StrEnum):
    """The category of a cost code. Blank in Core means Other."""

    MATERIALS = "Materials"
    LABOR = "Labor"
    SUBCONTRACTOR = "Subcontractor"
    EQUIPMENT = "Equipment"
    OTHER = "Other"


class EmployeeKind(StrEnum):
    """Who is paid: a person on the payroll, or a 1099 worker who is a vendor in QuickBooks."""

    EMPLOYEE = "Employee"
    CONTRACTOR = "1099"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who a project is built for. `core_id` is the customer's number, else its name."""

    core_id: str
    name: str
    contact: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A job. `core_id` is its number; `customer` is a Customer's core_id ("" when none is given)."""

    core_id: str
    name: str
    customer: str = ""
    status: str = "Active"
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    prevailing_wage: bool = False
    retainage_percent: Decimal | None = None
    contract_value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Employee:
    """Somebody whose hours are entered. `core_id` is the employee number. Rates are dollars an hour."""

    core_id: str
    name: str
    kind: EmployeeKind = EmployeeKind.EMPLOYEE
    email: str = ""
    classification: str = ""
    pay_rate: Decimal | None = None
    bill_rate: Decimal | None = None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class CostCode:
    """A code of the company's master list. `core_id` is the code itself, such as 03-300."""

    core_id: str
    description: str
    category: Category = Category.OTHER

    @property
    def item_name(self) -> str:
        """What its item is called where one is made in QuickBooks."""
        return f"{self.core_id} {self.description}".strip()


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """Who sends us bills. `core_id` is the vendor's number, else its name."""

    core_id: str
    name: str
    email: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    is_1099: bool = False
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class PayrollRow:
    """One row of a weekly payroll: employee × project × cost code × shift, with minutes a day.

    `minutes` has seven integers, Monday to Sunday as ProForge's screen shows them. `week_ending` is
    the last day of the week; the seven days are the seven that end on it. The references hold the
    core_ids as the file wrote them. `core_id` is made by `payroll_row_id`. `doubt` is the fault of a row
    of its employee's week that could not be read ("" when all of them were).
    """

    core_id: str
    week_ending: date
    status: Status
    employee: str
    project: str
    cost_code: str
    shift: Shift
    minutes: tuple[int, int, int, int, int, int, int]
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class VendorBillLine:
    """One line of a vendor bill. `project` and `cost_code` are core_ids, possibly empty."""

    description: str
    amount: Decimal
    project: str = ""
    cost_code: str = ""


@dataclass(frozen=True, kw_only=True)
class VendorBill:
    """A vendor's invoice. `total` is what the document states, which may differ from its lines.

    `core_id` is ProForge's bill id where the file has one, else made by `vendor_bill_id`.
    `doubt` is the fault of a newer version that could not be read ("" when this is the newest).
    """

    core_id: str
    vendor: str
    number: str
    bill_date: date
    due_date: date | None
    status: Status
    total: Decimal
    lines: tuple[VendorBillLine, ...]
    purchase_order: str = ""
    doubt: str = ""

    @property
    def lines_total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


CoreRecord = Customer | Project | Employee | CostCode | Vendor | PayrollRow | VendorBill

RECORD_TYPES: dict[CoreKind, type[CoreRecord]] = {
    CoreKind.CUSTOMER: Customer,
    CoreKind.PROJECT: Project,
    CoreKind.EMPLOYEE: Employee,
    CoreKind.COST_CODE: CostCode,
    CoreKind.VENDOR: Vendor,
    CoreKind.PAYROLL_ROW: PayrollRow,
    CoreKind.VENDOR_BILL: VendorBill,
}


def kind_of(record: CoreRecord) -> CoreKind:
    """The kind of a record."""
    return next(kind for kind, record_type in RECORD_TYPES.items() if type(record) is record_type)


def payroll_row_id(week_ending: date, employee: str, project: str, cost_code: str, shift: Shift) -> str:
    """The stable id of a payroll row: ProForge has one row for each of these combinations."""
    return "|".join((week_ending.isoformat(), employee, project, cost_code, shift))


def vendor_bill_id(vendor: str, number: str) -> str:
    """The id of a bill whose file gives no bill id."""
    return f"{vendor}|{number}"


def content_hash(record: CoreRecord) -> str:
    """A digest of everything the record says; equal records have equal digests."""
    said = asdict(record)
    if not said.get("doubt"):
        said.pop("doubt", None)  # nothing that the record says: its digest is the one it always had
    text = json.dumps(said, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
