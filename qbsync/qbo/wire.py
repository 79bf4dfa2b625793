"""Translate between QuickBooks' JSON objects and our nouns, both ways. Pure: no network, no clock.

What is read from what we wrote equals what we wrote. Three things QuickBooks fills in by itself when we
say nothing, and they then differ: a bill's due date, a time entry's item, and the rate of hours that are
not billable (which we always read as None).
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    EmployeeCard,
    ItemCard,
    LedgerKind,
    Operation,
    Posted,
    TimeEntry,
    VendorCard,
    WriteItem,
)
from qbsync.qbo import wire_bills, wire_names, wire_time
from qbsync.qbo.wire_json import Json
from qbsync.qbo.wire_names import read_entry
from qbsync.qbo.wire_parts import amount, moment, number, text, without

__all__ = ["read_entry", "read_posted", "request_item"]

_READ_ONLY_EVERYWHERE = {"MetaData", "domain", "sparse", "time", "status"}
_READ_ONLY: dict[LedgerKind, set[str]] = {
    LedgerKind.CUSTOMER: {"Balance", "BalanceWithJobs", "FullyQualifiedName", "Level", "IsProject"},
    LedgerKind.VENDOR: {"Balance"},
    LedgerKind.EMPLOYEE: {"V4IDPseudonym"},
    LedgerKind.ITEM: {"FullyQualifiedName", "Level"},
    LedgerKind.TIME_ACTIVITY: {"TimeChargeId", "HoursInEmployeeTimeZone"},
    LedgerKind.BILL: {"TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "RecurDataRef"},
    LedgerKind.VENDOR_CREDIT: {"TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "RecurDataRef"},
}


def read_posted(kind: LedgerKind, record: Json) -> Posted:
    """A QuickBooks object as we compare it. Raises BadInput for a kind whose content we do not keep."""
    is_bill = kind in (LedgerKind.BILL, LedgerKind.VENDOR_CREDIT)
    return Posted(
        kind=kind,
        id=str(record["Id"]),
        sync_token=text(record.get("SyncToken")) or "0",
        content=_read_content(kind, record),
        active=bool(record.get("Active", True)),
        total=amount(record["TotalAmt"]) if is_bill and "TotalAmt" in record else None,
        balance=amount(record["Balance"]) if is_bill and "Balance" in record else None,
        exchange_rate=(number(record.get("ExchangeRate")) or Decimal(1)) if is_bill else Decimal(1),
        payment_ids=wire_bills.payment_ids(record) if is_bill else (),
        billed=record.get("BillableStatus") == "HasBeenBilled",
        updated_at=moment((record.get("MetaData") or {}).get("LastUpdatedTime")),
        raw=record,
    )


def _read_content(kind: LedgerKind, record: Json) -> Content:
    match kind:
        case LedgerKind.CUSTOMER:
            return wire_names.read_customer(record)
        case LedgerKind.VENDOR:
            return wire_names.read_vendor(record)
        case LedgerKind.EMPLOYEE:
            return wire_names.read_employee(record)
        case LedgerKind.TIME_ACTIVITY:
            return wire_time.read_time(record)
        case LedgerKind.BILL | LedgerKind.VENDOR_CREDIT:
            return wire_bills.read_bill(record)
        case LedgerKind.ITEM:
            return wire_names.read_item(record)
        case LedgerKind.ACCOUNT | LedgerKind.CLASS | LedgerKind.BILL_PAYMENT:
            raise BadInput(f"{kind} records are only listed, not compared.")
    assert_never(kind)


def request_item(item: WriteItem) -> Json:
    """One write as a member of BatchItemRequest. Raises BadInput when something is missing from it."""
    operation = "update" if item.operation is Operation.DEACTIVATE else item.operation.value
    return {"bId": item.bid, "operation": operation, item.kind.value: _request_object(item)}


def _request_object(item: WriteItem) -> Json:
    match item.operation:
        case Operation.CREATE:
            return _lay(_content(item), {}, item.kind)
        case Operation.UPDATE:
            return _lay(_content(item), _base(item), item.kind)
        case Operation.DEACTIVATE:
            return {**_base(item), "Active": False}
        case Operation.DELETE:
            posted = _posted(item)
            return {"Id": posted.id, "SyncToken": posted.sync_token}
    assert_never(item.operation)


def _lay(content: Content, record: Json, kind: LedgerKind) -> Json:
    match content:
        case CustomerCard():
            return wire_names.lay_customer(content, record)
        case VendorCard():
            return wire_names.lay_vendor(content, record)
        case EmployeeCard():
            return wire_names.lay_employee(content, record)
        case ItemCard():
            return wire_names.lay_item(content, record)
        case TimeEntry():
            return wire_time.lay_time(content, record)
        case BillDocument():
            return wire_bills.lay_bill(content, record, kind)
    assert_never(content)


def _base(item: WriteItem) -> Json:
    """The record as QuickBooks holds it, whole, without what only QuickBooks may write."""
    posted = _posted(item)
    kept = without(posted.raw, _READ_ONLY_EVERYWHERE | _READ_ONLY.get(item.kind, set()))
    return {**kept, "Id": posted.id, "SyncToken": posted.sync_token, "sparse": False}


def _content(item: WriteItem) -> Content:
    if item.content is None:
        raise BadInput(f"Write {item.bid} ({item.operation} {item.kind}) says nothing to write.")
    return item.content


def _posted(item: WriteItem) -> Posted:
    if item.posted is None:
        raise BadInput(f"Write {item.bid} ({item.operation} {item.kind}) does not say which record it means.")
    return item.posted
