"""Time entries: who worked when, for whom, on which service, and whether it may be billed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.clock import PACIFIC
from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

WORKER_REFS = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}
DURATION = ("Hours", "Minutes", "Seconds")
BREAK = ("BreakHours", "BreakMinutes", "BreakSeconds")
HOURS_MAX = 8760
BILLED = "HasBeenBilled"  # set and taken back by invoices alone


def _check_worker(body: dict[str, Any]) -> None:
    """NameOf says which of the two references is meant; the other must be absent (6290)."""
    wanted = WORKER_REFS.get(body.get("NameOf", ""))
    if wanted is None:
        raise RefusalError("6300", "NameOf must be Employee or Vendor", "NameOf")
    if (set(WORKER_REFS.values()) - {wanted}) & body.keys():
        raise RefusalError("6290", "Give EmployeeRef or VendorRef, the one that NameOf says", "NameOf")
    if wanted not in body:
        raise RefusalError("6300", f"{wanted} is missing for NameOf {body['NameOf']}", wanted)


def _check_time(body: dict[str, Any]) -> None:
    clocked: list[str] = [name for name in ("StartTime", "EndTime") if name in body]
    timed = [name for name in DURATION if name in body]
    if clocked and any(body[name] for name in timed):
        raise RefusalError("6390", "Give Hours and Minutes, or StartTime and EndTime, not both")
    if clocked:
        _check_clocked(body, clocked)
    else:
        _check_duration(body)


def _check_duration(body: dict[str, Any]) -> None:
    if not any(body.get(name) for name in DURATION):
        raise RefusalError("6340", "Give Hours and Minutes, or StartTime and EndTime", "Hours")
    if any(name in body for name in BREAK):
        raise RefusalError("6360", "A break needs StartTime and EndTime", "BreakHours")
    if body.get("Hours") == HOURS_MAX and body.get("Minutes"):
        raise RefusalError("6380", f"With {HOURS_MAX} hours the minutes must be 0", "Minutes")
    body.setdefault("Hours", 0)
    body.setdefault("Minutes", 0)


def _check_clocked(body: dict[str, Any], clocked: list[str]) -> None:
    if len(clocked) == 1:
        raise RefusalError("6350", "StartTime and EndTime go together", clocked[0])
    for name in DURATION:
        body.pop(name, None)
    start, end = (_on_day(body["TxnDate"], body[name]) for name in ("StartTime", "EndTime"))
    if start >= end:
        raise RefusalError("6370", "StartTime must be before EndTime", "StartTime")
    hours, minutes, seconds = (int(body.get(name, 0)) for name in BREAK)
    if timedelta(hours=hours, minutes=minutes, seconds=seconds) > end - start:
        raise RefusalError("6360", "The break is longer than the time between StartTime and EndTime", "BreakHours")
    body.update(StartTime=start.isoformat(), EndTime=end.isoformat())


def _on_day(day: str, text: str) -> datetime:
    """A full date-time stays; a time of day falls on the entry's date. Without an offset it is Pacific."""
    moment = datetime.fromisoformat(text if "T" in text else f"{day}T{text}")
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)


def _check_billing(books: Books, draft: Draft) -> None:
    body = draft.body
    before = draft.old.body["BillableStatus"] if draft.old else "NotBillable"
    if books.readings.billable_status == "read-only" or (before == BILLED and "BillableStatus" not in body):
        body["BillableStatus"] = before
    status = body.setdefault("BillableStatus", "NotBillable")
    if status == BILLED and before != BILLED:
        raise RefusalError("2170", "Invalid Enumeration : HAS_BEEN_BILLED", "BillableStatus")
    if status == "NotBillable":
        return
    if "CustomerRef" not in body:
        raise RefusalError("6310", "A billable time entry needs a customer", "CustomerRef")
    if "HourlyRate" not in body:
        raise RefusalError("6330", "A billable time entry needs an hourly rate", "HourlyRate")


def _set_service(books: Books, body: dict[str, Any]) -> None:
    if "ItemRef" not in body:
        body["ItemRef"] = {"value": books.default_time_item()}
    item = books.referred("Item", body["ItemRef"]["value"], "ItemRef")
    if item.body["Type"] != "Service":
        raise faults.business(f"{item.body['Name']} is not a service item, only those can be used for time", "ItemRef")


def _guard_billed(books: Books, old: Record | None, new: Record | None) -> None:
    """An invoice that stands names this entry: it may change, and no app can delete it. On the website people may."""
    if books.actor.on_website or old is None or new is not None:
        return
    if old.body["BillableStatus"] == BILLED:
        raise RefusalError("800", f"TimeActivity {old.id} is on an invoice, take it off there first")


def _complete(books: Books, draft: Draft) -> None:
    body = draft.body
    if books.preference("TimeTrackingFeatureEnabled") != "true":
        raise RefusalError("5030", "Feature Not Supported Error : time tracking is off in this company")
    body.setdefault("TxnDate", books.clock.today().isoformat())
    _check_worker(body)
    _check_time(body)
    _check_billing(books, draft)
    _set_service(books, body)
    body.setdefault("HourlyRate", Decimal(0))
    body.setdefault("Taxable", False)


def _hours() -> f.Field:
    return f.whole(0, HOURS_MAX, code="6380")


def _sixtieths(code: str = "6380") -> f.Field:
    return f.whole(0, 59, code=code)


def _class() -> f.Field:
    """Whether an entry has a class while classes go on lines is one of the readings."""
    per_txn = f.ref("Class", while_on=(f.CLASS_PER_TXN,))
    always = f.ref("Class", while_on=(f.CLASS_PER_TXN, f.CLASS_PER_LINE))

    def check(books: Books, name: str, value: Any) -> Any:
        return (always if books.readings.time_class == "always" else per_txn).check(books, name, value)

    return f.Field(check=check, refers="Class")


def _payroll_item() -> f.Field:
    """Only a company with QuickBooks Payroll has such items."""

    def check(books: Books, name: str, value: Any) -> Any:
        f.ref_value(name, value)
        raise RefusalError("5030", "Feature Not Supported Error : this company has no QuickBooks Payroll", name)

    return f.Field(check=check)


TIME_ACTIVITY = Kind(
    name="TimeActivity",
    id_space="TimeActivity",
    deletable=True,
    fields={
        "TxnDate": f.day(),
        "NameOf": f.text(100),
        "EmployeeRef": f.ref("Employee"),
        "VendorRef": f.ref("Vendor"),
        "CustomerRef": f.ref("Customer"),
        "ItemRef": f.ref("Item"),
        "ClassRef": _class(),
        "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
        "ProjectRef": f.ref("Project"),
        "PayrollItemRef": _payroll_item(),
        "BillableStatus": f.choice("Billable", "NotBillable", "HasBeenBilled"),
        "Taxable": f.flag(),
        "HourlyRate": f.number(0, code="6330"),
        "CostRate": f.number(0),
        "Hours": _hours(),
        "Minutes": _sixtieths(),
        "Seconds": _sixtieths(),
        "StartTime": f.moment(),
        "EndTime": f.moment(),
        "BreakHours": f.whole(0, HOURS_MAX, code="6360"),
        "BreakMinutes": _sixtieths("6360"),
        "BreakSeconds": _sixtieths("6360"),
        "Description": f.text(4000),
        "TransactionLocationType": f.read_only(),
        "TimeChargeId": f.read_only(),
        "HoursInEmployeeTimeZone": f.read_only(),
        "TimeZone": f.read_only(),
    },
    filters=filters(TxnDate="date", BillableStatus="text", ProjectRef="ref"),
    complete=_complete,
    effects=_guard_billed,
)
