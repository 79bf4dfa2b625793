"""What Core wants QuickBooks to hold: one Wanted a record, with every issue found, not just the first."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import Content, LedgerKind
from qbsync.domain.records import CoreKind


class SyncKind(StrEnum):
    """The kinds of record that are kept in step. The value is stored with links and changes."""

    CUSTOMER = "customer"
    PROJECT = "project"
    ITEM = "item"  # of a cost code that has none in QuickBooks
    VENDOR = "vendor"
    EMPLOYEE = "employee"
    BILL = "bill"
    TIME_ENTRY = "time_entry"


PHASES = tuple(SyncKind)  # the order of a run: what others refer to comes first
NAME_SYNC_KINDS = (SyncKind.CUSTOMER, SyncKind.PROJECT, SyncKind.ITEM, SyncKind.VENDOR, SyncKind.EMPLOYEE)

TITLES = {
    SyncKind.CUSTOMER: "Customer",
    SyncKind.PROJECT: "Project",
    SyncKind.ITEM: "Service item",
    SyncKind.VENDOR: "Vendor",
    SyncKind.EMPLOYEE: "Employee",
    SyncKind.BILL: "Vendor bill",
    SyncKind.TIME_ENTRY: "Time entry",
}

SYNCED_AS = {  # what is made in QuickBooks of a record of Core
    CoreKind.CUSTOMER: SyncKind.CUSTOMER,
    CoreKind.PROJECT: SyncKind.PROJECT,
    CoreKind.EMPLOYEE: SyncKind.EMPLOYEE,
    CoreKind.COST_CODE: SyncKind.ITEM,  # only where the mapping asks for one
    CoreKind.VENDOR: SyncKind.VENDOR,
    CoreKind.PAYROLL_ROW: SyncKind.TIME_ENTRY,  # one row becomes several entries
    CoreKind.VENDOR_BILL: SyncKind.BILL,
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One record as Core wants it.

    `content` is None where it cannot be worked out because of an issue. `link_to` is the QuickBooks id that
    the mapping names: such a record is linked and never written. `requires` are the keys of records that must
    be in QuickBooks first. Minutes and amount are what the record adds to the totals.
    """

    kind: SyncKind
    core_id: str
    title: str
    ledger_kind: LedgerKind
    content: Content | None
    issues: tuple[Issue, ...] = ()
    link_to: str = ""
    link_name: str = ""  # of that record, for the reader
    requires: tuple[str, ...] = ()
    scope_date: date | None = None  # the week's end, or the bill's date
    minutes: int = 0
    amount: Decimal = Decimal(0)

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)


def key_of(kind: SyncKind, core_id: str) -> str:
    """The name of a record among all kinds; also what follows `new:` in a reference to one still to be made."""
    return f"{kind.value}:{core_id}"


def mark_of(core_id: str) -> str:
    """A short mark written into QuickBooks' text fields, by which a record is found again: `PF-` and 10 letters."""
    digest = hashlib.sha256(core_id.encode()).digest()
    return "PF-" + base64.b32encode(digest)[:10].decode()
