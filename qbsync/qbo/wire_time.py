"""Time activities: our time entries to and from QuickBooks' TimeActivity objects."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from qbsync.domain.ledger import LedgerKind, Reference, TimeEntry
from qbsync.qbo.wire_json import Json
from qbsync.qbo.wire_parts import day, number, put, put_reference, rate, reference, text

_CLOCK = ("StartTime", "EndTime", "BreakHours", "BreakMinutes", "BreakSeconds")
_DURATION = ("Hours", "Minutes", "Seconds")
_NOBODY = Reference(id="")


def read_time(record: Json) -> TimeEntry:
    """A TimeActivity object as a time entry, in minutes, however it was entered.

    What has been billed reads as billable. The rate of an entry that is not billable is None: QuickBooks
    writes 0 or the worker's usual rate there, and neither is of consequence.
    """
    worker_kind = LedgerKind.VENDOR if record.get("NameOf") == "Vendor" else LedgerKind.EMPLOYEE
    billable = record.get("BillableStatus") in ("Billable", "HasBeenBilled")
    return TimeEntry(
        worker_kind=worker_kind,
        worker=reference(record.get(f"{worker_kind}Ref")) or _NOBODY,
        txn_date=_date_of(record),
        minutes=minutes_of(record),
        customer=reference(record.get("CustomerRef")),
        item=reference(record.get("ItemRef")),
        billable=billable,
        hourly_rate=_rate_of(record) if billable else None,
        description=text(record.get("Description")),
        class_ref=reference(record.get("ClassRef")),
    )


def lay_time(entry: TimeEntry, record: Json) -> Json:
    """The TimeActivity object that says what the entry says, and else what `record` said."""
    _lay_worker(entry, record)
    _lay_duration(entry, record)
    record["TxnDate"] = entry.txn_date.isoformat()
    put_reference(record, "CustomerRef", entry.customer)
    put_reference(record, "ItemRef", entry.item)
    put(record, "Description", entry.description)
    if entry.class_ref is not None:
        put_reference(record, "ClassRef", entry.class_ref)
    if record.get("BillableStatus") != "HasBeenBilled":  # only an invoice may set or clear that one
        record["BillableStatus"] = "Billable" if entry.billable else "NotBillable"
    if entry.billable and entry.hourly_rate is not None:
        record["HourlyRate"] = rate(entry.hourly_rate)
    return record


def minutes_of(record: Json) -> int:
    """How long a TimeActivity object lasted, in whole minutes, breaks taken off; seconds are dropped."""
    if record.get("StartTime") and record.get("EndTime"):
        span = _instant(record, "EndTime") - _instant(record, "StartTime") - _span(record, "Break")
        return max(0, span // timedelta(minutes=1))
    return _span(record, "") // timedelta(minutes=1)


def _lay_worker(entry: TimeEntry, record: Json) -> None:
    other = LedgerKind.EMPLOYEE if entry.worker_kind is LedgerKind.VENDOR else LedgerKind.VENDOR
    record.pop(f"{other}Ref", None)
    record["NameOf"] = entry.worker_kind.value
    put_reference(record, f"{entry.worker_kind}Ref", entry.worker)


def _lay_duration(entry: TimeEntry, record: Json) -> None:
    """Clock times survive when neither day nor length changed. Both styles at once are refused (6390)."""
    unchanged = _has_duration(record) and _same_time(entry, record)
    if unchanged and record.get("StartTime"):
        _drop(record, _DURATION)
    elif not unchanged:
        _drop(record, (*_CLOCK, *_DURATION))
        record["Hours"], record["Minutes"] = divmod(entry.minutes, 60)


def _same_time(entry: TimeEntry, record: Json) -> bool:
    return minutes_of(record) == entry.minutes and _date_of(record) == entry.txn_date


def _has_duration(record: Json) -> bool:
    return any(key in record for key in (*_CLOCK, *_DURATION))


def _drop(record: Json, keys: tuple[str, ...]) -> None:
    for key in keys:
        record.pop(key, None)


def _date_of(record: Json) -> date:
    return day(record.get("TxnDate")) or day(record.get("StartTime")) or date.min


def _rate_of(record: Json) -> Decimal | None:
    return number(record.get("HourlyRate"))


def _span(record: Json, prefix: str) -> timedelta:
    return timedelta(
        hours=_whole(record.get(f"{prefix}Hours")),
        minutes=_whole(record.get(f"{prefix}Minutes")),
        seconds=_whole(record.get(f"{prefix}Seconds")),
    )


def _whole(value: Any) -> int:
    return int(number(value) or 0)


def _instant(record: Json, key: str) -> datetime:
    """A clock time comes as a full time or, as people's tools send it, as the time of day alone."""
    value = str(record[key])
    if "T" in value:
        return datetime.fromisoformat(value)
    found = time.fromisoformat(value)
    return datetime.combine(day(record.get("TxnDate")) or date(2000, 1, 1), found)
