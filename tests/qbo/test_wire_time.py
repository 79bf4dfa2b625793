"""Hours are read in minutes however they were entered, and updates leave invoices and clock times alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.ledger import (
    LedgerKind,
    Reference,
    TimeEntry,
)
from qbsync.qbo.wire import read_posted
from tests.qbo.wire_support import SERVER_FIELDS, time_in, updated


def stored_time(**fields):
    base = {"NameOf": "Employee", "EmployeeRef": {"value": "55"}, "TxnDate": "2026-11-20"}
    return {**SERVER_FIELDS, **base, **fields}


@pytest.mark.promise(20)
@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ({"Hours": 7, "Minutes": 30}, 450),
        ({"Hours": 7}, 420),
        ({"Minutes": 5}, 5),
        ({"Hours": 0, "Minutes": 0, "Seconds": 59}, 0),
        ({"StartTime": "2026-11-20T08:00:00-08:00", "EndTime": "2026-11-20T17:00:00-08:00"}, 540),
        (
            {
                "StartTime": "2026-11-20T08:00:00-08:00",
                "EndTime": "2026-11-20T17:00:00-08:00",
                "BreakHours": 0,
                "BreakMinutes": 45,
            },
            495,
        ),
        ({"StartTime": "2026-11-01T00:00:00-07:00", "EndTime": "2026-11-01T08:00:00-08:00"}, 540),
        ({"StartTime": "08:00:00-08:00", "EndTime": "12:15:00-08:00"}, 255),
        ({"StartTime": "2026-11-20T08:00:00", "EndTime": "2026-11-20T09:00:00", "Hours": 1}, 60),
        ({}, 0),
    ],
)
def test_hours_are_read_in_minutes_however_they_were_entered(fields, minutes):
    assert time_in(stored_time(**fields)).minutes == minutes


CLOCKED = {
    "StartTime": "2026-11-20T08:00:00-08:00",
    "EndTime": "2026-11-20T17:00:00-08:00",
    "BreakMinutes": 60,
}


def changed_time(stored, **changes):
    content = read_posted(LedgerKind.TIME_ACTIVITY, stored).content
    wanted = TimeEntry(**{**vars(content), **changes})
    return updated(LedgerKind.TIME_ACTIVITY, wanted, stored)


def test_clock_times_survive_an_update_that_does_not_change_the_hours():
    sent = changed_time(stored_time(**CLOCKED, Hours=8, Minutes=0), description="moved")
    assert sent["StartTime"] == CLOCKED["StartTime"]
    assert not sent.keys() & {"Hours", "Minutes"}


@pytest.mark.parametrize("change", [{"minutes": 450}, {"txn_date": date(2026, 11, 21)}])
def test_clock_times_give_way_when_the_hours_or_the_day_change(change):
    sent = changed_time(stored_time(**CLOCKED), **change)
    assert not sent.keys() & {"StartTime", "EndTime", "BreakMinutes"}
    assert (sent["Hours"], sent["Minutes"]) == divmod(change.get("minutes", 480), 60)


def test_hours_on_an_invoice_stay_on_it():
    stored = stored_time(Hours=8, Minutes=0, BillableStatus="HasBeenBilled", HourlyRate=75)
    content = time_in(stored)
    assert (content.billable, content.hourly_rate) == (True, Decimal(75))
    assert changed_time(stored, description="x")["BillableStatus"] == "HasBeenBilled"


def test_the_rate_of_hours_that_are_not_billable_says_nothing():
    stored = stored_time(Hours=8, BillableStatus="NotBillable", HourlyRate=75)
    assert time_in(stored).hourly_rate is None
    assert changed_time(stored, description="x")["HourlyRate"] == 75


def test_hours_move_from_an_employee_to_a_vendor():
    sent = changed_time(stored_time(Hours=8), worker_kind=LedgerKind.VENDOR, worker=Reference(id="46"))
    assert (sent["NameOf"], sent["VendorRef"]) == ("Vendor", {"value": "46"})
    assert "EmployeeRef" not in sent


@pytest.mark.promise(8)
def test_an_update_of_hours_keeps_class_and_pay_item():
    stored = stored_time(Hours=8, ClassRef={"value": "5"}, PayrollItemRef={"value": "6"}, CostRate=Decimal("31.5"))
    sent = changed_time(stored, minutes=60)
    assert (sent["ClassRef"], sent["PayrollItemRef"], sent["CostRate"]) == (
        {"value": "5"},
        {"value": "6"},
        Decimal("31.5"),
    )


def test_a_class_is_read_written_where_the_entry_has_one_and_else_left_alone():
    assert time_in(stored_time(ClassRef={"value": "7", "name": "Nights"})).class_ref == Reference(id="7")
    assert time_in(stored_time()).class_ref is None
    sent = changed_time(stored_time(ClassRef={"value": "7"}, Hours=8), class_ref=Reference(id="9"))
    assert sent["ClassRef"]["value"] == "9"
    kept = changed_time(stored_time(ClassRef={"value": "7"}, Hours=8), class_ref=None, minutes=450)
    assert kept["ClassRef"]["value"] == "7"
