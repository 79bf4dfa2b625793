"""The tables of Core's own records. They come before any connection and are shared by all (docs/adr/0002)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Text, false
from sqlmodel import Field, SQLModel

from qbsync.store.columns import ExactDecimal, UtcDateTime


class CoreColumns(SQLModel):
    """What every core table has: the id, a content hash ("" while in doubt), its import, and whether it is gone."""

    core_id: str = Field(primary_key=True)
    content_hash: str
    import_id: int | None = Field(default=None)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CoreCustomer(CoreColumns, table=True):
    __tablename__ = "core_customer"
    name: str
    contact: str
    email: str
    phone: str
    address: str
    city: str
    state: str
    postal_code: str


class CoreProject(CoreColumns, table=True):
    __tablename__ = "core_project"
    name: str
    customer: str
    status: str
    address: str
    city: str
    state: str
    postal_code: str
    prevailing_wage: bool
    retainage_percent: Decimal | None = Field(sa_type=ExactDecimal)
    contract_value: Decimal | None = Field(sa_type=ExactDecimal)


class CoreEmployee(CoreColumns, table=True):
    __tablename__ = "core_employee"
    name: str
    kind: str
    email: str
    classification: str
    pay_rate: Decimal | None = Field(sa_type=ExactDecimal)
    bill_rate: Decimal | None = Field(sa_type=ExactDecimal)
    active: bool


class CoreCostCode(CoreColumns, table=True):
    __tablename__ = "core_cost_code"
    description: str
    category: str


class CoreVendor(CoreColumns, table=True):
    __tablename__ = "core_vendor"
    name: str
    email: str
    phone: str
    address: str
    city: str
    state: str
    postal_code: str
    is_1099: bool
    active: bool


class CorePayrollRow(CoreColumns, table=True):
    __tablename__ = "core_payroll_row"
    week_ending: date = Field(index=True)
    status: str
    employee: str
    project: str
    cost_code: str
    shift: str
    minutes: str  # seven integers, Monday to Sunday, joined by blanks
    doubt: str = Field(default="", sa_column_kwargs={"server_default": ""})


class CoreVendorBill(CoreColumns, table=True):
    __tablename__ = "core_vendor_bill"
    vendor: str
    number: str
    bill_date: date = Field(index=True)
    due_date: date | None
    status: str
    total: Decimal = Field(sa_type=ExactDecimal)
    lines: str = Field(sa_type=Text)  # JSON
    purchase_order: str
    doubt: str = Field(default="", sa_column_kwargs={"server_default": ""})


class CoreImport(SQLModel, table=True):
    """One loading of files: what was read, and what came of it."""

    __tablename__ = "core_import"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    loaded_by: str
    files: str
    sheets: str = Field(sa_type=Text)  # JSON: the reading of each sheet
    counts: str = Field(sa_type=Text)  # JSON: new, changed, unchanged, retired by kind


class CoreImportIssue(SQLModel, table=True):
    """A problem of one row of one loading. An error is open until a later loading settles it, or a person does."""

    __tablename__ = "core_import_issue"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="core_import.id", index=True)
    file: str
    sheet: str
    row: int | None
    column: str
    problem: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)
    severity: str
    kind: str = Field(default="", sa_column_kwargs={"server_default": ""})  # "" where it was not recognised
    about: str = Field(default="", sa_column_kwargs={"server_default": ""})  # the week or the bill
    is_open: bool = Field(default=False, index=True, sa_column_kwargs={"server_default": false()})
