"""What somebody enters in QuickBooks after the preview is looked for before it is sent, so that nothing is doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qbsync.domain.decide import Choice
from qbsync.domain.errors import ConnectionExpired
from qbsync.domain.ledger import BillDocument, EmployeeCard, LedgerKind, Posted, TimeEntry, VendorCard
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import Employee, Shift, Vendor
from qbsync.domain.run import Run, RunStatus
from qbsync.services.appeared import LOOK_GOOD_FOR
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, actions, create, open_desk, the_change, to

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
BILL, HOURS, VENDOR = "bill:VB-1", f"time_entry:{MONDAY}", "vendor:V1"
LONG_AGO = int(LOOK_GOOD_FOR.total_seconds()) + 1


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk whose names are in QuickBooks, with a bill and a day of work to post."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))
    assert desk.sync("customer:C1", "project:P1", "employee:E1", VENDOR).status is RunStatus.DONE
    return desk


def typed_in(desk: Desk, run: Run, core_id: str, **fields: Any) -> Posted:
    """Somebody enters by hand what a confirmed run is about to create, without our mark."""
    change = the_change(desk.plans.get(run.plan_id), core_id)
    assert change.content is not None
    without_mark: dict[str, Any] = {"memo": ""} if isinstance(change.content, BillDocument) else {"description": ""}
    return desk.ledger.add(change.ledger_kind, replace(change.content, **{**without_mark, **fields}))


def test_a_bill_typed_in_after_the_preview_is_not_posted_again(desk: Desk):
    run = desk.confirm(desk.preview(), BILL)
    theirs = typed_in(desk, run, "VB-1")
    assert desk.push(run).status is RunStatus.FAILED
    assert desk.held(LedgerKind.BILL) == [theirs]
    outcome = desk.outcomes(run)["VB-1"]
    assert (outcome.status.value, outcome.ledger_id) == ("stale", theirs.id)
    assert outcome.message == (
        f"It was entered in QuickBooks meanwhile: Bill {theirs.id} there has the same vendor and number, "
        "so it was not sent."
    )
    assert outcome.remedy == "Build a new preview: it links the two, or shows how they differ."
    assert actions(desk.preview())[BILL] == "conflict"  # it says where the two differ


def test_the_other_rows_of_the_batch_go_on(desk: Desk):
    desk.load(vendor_bill("70.00", core_id="VB-2", number="INV-2"))
    run = desk.confirm(desk.preview(), BILL, "bill:VB-2")
    typed_in(desk, run, "VB-1")
    assert desk.push(run).status is RunStatus.PARTLY_FAILED
    assert desk.statuses(run) == {"VB-1": "stale", "VB-2": "done"}
    assert len(desk.held(LedgerKind.BILL)) == 2


def test_a_run_that_waited_for_its_consent_looks_at_hours_too(desk: Desk):
    run = desk.confirm(desk.preview(), HOURS)
    desk.clock.forward(days=20)
    theirs = typed_in(desk, run, MONDAY)
    assert desk.push(run).status is RunStatus.FAILED
    assert desk.held(LedgerKind.TIME_ACTIVITY) == [theirs]
    assert desk.statuses(run) == {MONDAY: "stale"}


def test_a_bill_typed_in_while_a_run_was_parked_on_its_consent_is_not_posted_again(desk: Desk):
    run = desk.confirm(desk.preview(), BILL)
    desk.ledger.fail_next_send(ConnectionExpired("The consent has ended."))
    assert desk.push(run).status is RunStatus.PAUSED
    desk.clock.forward(days=20)
    theirs = typed_in(desk, run, "VB-1")
    desk.connect()
    assert desk.push(run).status is RunStatus.FAILED
    assert desk.held(LedgerKind.BILL) == [theirs]
    assert desk.statuses(run) == {"VB-1": "stale"}


def test_a_name_typed_in_meanwhile_is_said_to_be_there(sqlite: Database):
    desk = open_desk(sqlite)
    run = desk.confirm(desk.preview(), VENDOR)
    desk.clock.forward(seconds=LONG_AGO)
    desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="granite ready mix"))
    desk.push(run)
    assert desk.statuses(run) == {"V1": "stale"}
    assert "entered in QuickBooks meanwhile" in desk.outcomes(run)["V1"].message


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"number": "OTHER"}, "another number"),
        ({"memo": "[PF-AAAAAAAAAA]"}, "it carries the mark of another record"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_looks_alike_stops_nothing(desk: Desk, fields: dict[str, object], why: str):
    run = desk.confirm(desk.preview(), BILL)
    typed_in(desk, run, "VB-1", **fields)
    assert desk.push(run).status is RunStatus.DONE, why
    assert len(desk.held(LedgerKind.BILL)) == 2


def test_our_own_records_are_never_taken_for_somebody_elses(desk: Desk):
    """Two workers' like entries of one day: the first is ours, and linked, when the second is sent."""
    assert desk.sync(BILL, HOURS).status is RunStatus.DONE
    (ours,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(ours.content, TimeEntry)
    desk.ledger.edit(ours.kind, ours.id, replace(ours.content, description=""))  # its mark was wiped off
    desk.load(payroll_row("8 0 0 0 0 0 0", shift=Shift.NIGHT))
    night = MONDAY.replace("Day", "Night")
    run = desk.confirm(desk.preview(), f"time_entry:{night}")
    desk.clock.forward(seconds=LONG_AGO)
    assert desk.push(run).status is RunStatus.DONE
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 2


def test_what_a_person_saw_when_choosing_to_create_another_stops_nothing(desk: Desk):
    run = desk.confirm(desk.preview(), BILL)
    typed_in(desk, run, "VB-1")
    desk.push(run)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.CREATE_ANOTHER, who=WHO)
    assert desk.sync(BILL).status is RunStatus.DONE
    assert len(desk.held(LedgerKind.BILL)) == 2


def test_what_came_after_that_choice_stops_it(desk: Desk):
    run = desk.confirm(desk.preview(), BILL)
    typed_in(desk, run, "VB-1")
    desk.push(run)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.CREATE_ANOTHER, who=WHO)
    run = desk.confirm(desk.preview(), BILL)
    desk.ledger.set_clock(desk.clock.forward(minutes=1))
    typed_in(desk, run, "VB-1")
    desk.push(run)
    assert desk.statuses(run) == {"VB-1": "stale"}


READS = [
    # what is created                  minutes since the preview   questions before it is sent
    ("bills are asked for each time", "bill", 0, ["bills_numbered"]),
    ("hours of a fresh preview are not", "hours", 0, []),
    ("hours of an old one are, once", "hours", 11, ["time_entries"]),
    ("names of a fresh preview are not", "names", 0, []),
    ("names of an old one are, once", "names", 11, ["by_names"]),
]


@pytest.mark.parametrize(("what", "minutes", "asked"), [row[1:] for row in READS], ids=[row[0] for row in READS])
def test_a_batch_costs_few_questions(sqlite: Database, what: str, minutes: int, asked: list[str]):
    bills = [vendor_bill("5", core_id=f"B{number}", number=str(number)) for number in range(9)]
    vendors = [Vendor(core_id="V2", name="Bay Rebar"), Vendor(core_id="V3", name="Crane Co")]
    desk = open_desk(sqlite, payroll_row("8 8 8 8 8 0 0"), *bills, *vendors)
    desk.map(*(create(MapKind.VENDOR, vendor.core_id, LedgerKind.VENDOR) for vendor in vendors))
    assert desk.sync("customer:C1", "project:P1", "employee:E1", VENDOR).status is RunStatus.DONE
    plan = desk.preview()
    keys = {
        "bill": [change.key for change in plan.changes if change.kind.value == "bill"],
        "hours": [change.key for change in plan.changes if change.kind.value == "time_entry"],
        "names": ["vendor:V2", "vendor:V3"],
    }[what]
    assert len(keys) > 1
    run = desk.confirm(plan, *keys)
    desk.clock.forward(minutes=minutes)
    desk.ledger.asked.clear()
    assert desk.push(run).status is RunStatus.DONE
    assert desk.ledger.asked == asked


def test_a_look_serves_the_batches_after_it_for_a_while(sqlite: Database):
    crew = [Employee(core_id=f"W{number}", name=f"Worker {number}") for number in range(10)]
    week = [payroll_row("8 8 8 8 8 8 8", employee=worker.core_id) for worker in crew]  # 80 entries: three batches
    desk = open_desk(sqlite, *crew, *week)
    for worker in crew:
        card = EmployeeCard(display_name=worker.name, given_name="Worker", family_name=worker.core_id)
        known = desk.ledger.add(LedgerKind.EMPLOYEE, card)
        desk.map(to(MapKind.EMPLOYEE, worker.core_id, LedgerKind.EMPLOYEE, known.id))
    assert desk.sync("customer:C1", "project:P1", "employee:E1").status is RunStatus.DONE
    plan = desk.preview()
    run = desk.confirm(plan, *[change.key for change in plan.changes if change.kind.value == "time_entry"])
    desk.clock.forward(minutes=11)
    desk.ledger.asked.clear()
    sends = len(desk.ledger.sends)
    desk.at_point = lambda point: six_minutes(desk) if point == "after_record" else None
    assert desk.push(run).status is RunStatus.DONE
    assert len(desk.ledger.sends) - sends == 3
    assert desk.ledger.asked == ["time_entries"] * 2  # the first look is too old for the last batch only


def six_minutes(desk: Desk) -> None:
    desk.clock.forward(minutes=6)
