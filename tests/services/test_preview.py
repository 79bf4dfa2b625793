"""A Sync Preview shows everything that would happen, names every fault at once, and writes nothing to QuickBooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.errors import BadInput, OutcomeUnknown, PlanChanged, Throttled, Unavailable
from qbsync.domain.ledger import BillDocument, LedgerKind, TimeEntry, VendorCard
from qbsync.domain.mapping import MapKind
from qbsync.domain.plan import PlanStatus, Scope
from qbsync.domain.preview_request import STEPS
from qbsync.domain.records import Category, CostCode, Customer, Employee, Status, Vendor
from qbsync.domain.run import RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row, vendor_bill
from tests.services.desk import NOW, WHO, Desk, actions, create, open_desk, the_change, to

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
HOURS = f"time_entry:{MONDAY}"


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with one day of work and a bill of two lines."""
    return open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00", "20.50"))


def test_the_first_preview_makes_the_names_and_what_refers_to_them(desk: Desk):
    plan = desk.preview()
    assert actions(plan) == {
        "customer:C1": "create",
        "project:P1": "create",
        "vendor:V1": "create",
        "employee:E1": "link",
        "bill:VB-1": "create",
        HOURS: "create",
    }
    assert [change.seq for change in plan.changes] == [1, 2, 3, 4, 5, 6]
    assert the_change(plan, MONDAY).requires == ("project:P1",)
    assert (the_change(plan, MONDAY).minutes, the_change(plan, "VB-1").amount) == (480, Decimal("120.50"))
    assert (plan.status, plan.built_by, plan.built_at) == (PlanStatus.DRAFT, WHO, NOW + timedelta(seconds=1))
    assert desk.plans.get(plan.id) == plan


@pytest.mark.promise(25)
def test_a_preview_writes_nothing_to_quickbooks(desk: Desk):
    before = dict(desk.ledger.posted)
    desk.preview()
    assert desk.ledger.sends == []
    assert desk.ledger.posted == before
    assert desk.links.all(desk.connection.id) == []


def test_after_the_run_there_is_nothing_left_to_do(desk: Desk):
    assert desk.sync().status is RunStatus.DONE
    plan = desk.preview()
    assert set(actions(plan).values()) == {"skip"}
    assert len(plan.changes) == 6


def test_the_same_preview_twice_has_the_same_digest_and_another_hour_another(desk: Desk):
    first, second = desk.preview(), desk.preview()
    assert first.digest == second.digest
    assert desk.plans.get(first.id).status is PlanStatus.SUPERSEDED
    desk.load(payroll_row("8.25 0 0 0 0 0 0"))
    assert desk.preview().digest != first.digest


SIMILAR = [
    # in QuickBooks already                                            verdict
    (VendorCard(display_name="Granite Ready Mix"), "link"),
    (VendorCard(display_name="granite ready mix"), "conflict"),
    (VendorCard(display_name="Granite Ready Mix", city="Oakland"), "conflict"),
    (VendorCard(display_name="Granite Ready Mix Inc"), "create"),
]


@pytest.mark.parametrize(("card", "verdict"), SIMILAR)
def test_what_quickbooks_has_already_is_linked_or_asked_about(desk: Desk, card: VendorCard, verdict: str):
    posted = desk.ledger.add(LedgerKind.VENDOR, card)
    change = the_change(desk.preview(), "V1")
    assert change.action.value == verdict
    assert change.ledger_id == ("" if verdict == "create" else posted.id)


def test_linking_writes_nothing(desk: Desk):
    posted = desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix"))
    assert desk.sync("vendor:V1").status is RunStatus.DONE
    assert desk.ledger.sends == []
    assert {link.key: link.ledger_id for link in desk.links.all(desk.connection.id)} == {"vendor:V1": posted.id}


def test_one_preview_names_every_fault_of_every_record_at_once(desk: Desk):
    desk.load(
        payroll_row("25 0 0 0 0 0 0", status=Status.DRAFT, cost_code="99-999", employee="E9"),
        vendor_bill("10.00", core_id="VB-2", vendor="V9", number="", total=Decimal("12.00"), status=Status.DRAFT),
    )
    plan = desk.preview()
    hours = the_change(plan, "2026-11-22|E9|P1|99-999|Day|2026-11-16|regular")
    assert hours.action.value == "blocked"
    assert [issue.problem for issue in hours.issues] == [
        "The week ending 22 Nov 2026 is a draft.",
        "Max Pole has 25 h on 16 Nov 2026: more than a day has.",
        "Employee E9 (Max Pole) is not mapped.",
        "Cost code 99-999 is not mapped.",
    ]
    bill = the_change(plan, "VB-2")
    assert bill.action.value == "blocked"
    assert [issue.problem for issue in bill.issues] == [
        "The bill is a draft.",
        "The bill has no invoice number, so a second copy could not be told from it.",
        "The lines add up to 10.00, but the bill says 12.00.",
        "Vendor V9 is not among Core's vendors.",
    ]
    assert all(issue.remedy and issue.screen for issue in (*hours.issues, *bill.issues))
    assert actions(plan)[HOURS] == "create"  # the others go on


@pytest.mark.promise(14)
def test_a_blocked_parent_blocks_its_children_all_the_way_down(desk: Desk):
    desk.load(Customer(core_id="C1", name="Harborview: Partners"))
    plan = desk.preview()
    blocked = {key for key, action in actions(plan).items() if action == "blocked"}
    assert blocked == {"customer:C1", "project:P1", HOURS, "bill:VB-1"}
    assert "a colon" in the_change(plan, "C1").issues[0].problem
    for child, parent in (("P1", "customer C1"), (MONDAY, "project P1"), ("VB-1", "project P1")):
        (issue,) = the_change(plan, child).issues
        assert f"It needs {parent}, which is blocked" in issue.problem
        assert issue.follows  # it goes when the parent is mended


def test_a_conflict_of_a_parent_holds_its_children_back(desk: Desk):
    desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix", city="Oakland"))
    plan = desk.preview()
    assert (actions(plan)["vendor:V1"], actions(plan)["bill:VB-1"]) == ("conflict", "blocked")
    assert the_change(plan, "VB-1").issues[0].screen == "sync"


@pytest.mark.promise(14)
def test_a_target_that_became_inactive_blocks_what_posts_to_it(desk: Desk):
    labor = next(entry for entry in desk.ledger.entries(LedgerKind.ITEM))
    desk.ledger.deactivate(LedgerKind.ITEM, labor.id)
    hours = the_change(desk.preview(), MONDAY)
    assert hours.action.value == "blocked"
    assert "inactive" in hours.issues[0].problem


@pytest.mark.promise(17)
def test_bills_of_closed_months_are_blocked(desk: Desk):
    desk.ledger.close_books(through=date(2026, 11, 3))
    bill = the_change(desk.preview(), "VB-1")
    assert "books are closed through 3 Nov 2026" in bill.reason


SCOPES = [
    # asked for                                                     keys
    ({"kinds": frozenset({SyncKind.TIME_ENTRY})}, {"customer:C1", "project:P1", HOURS}),
    ({"kinds": frozenset({SyncKind.BILL})}, {"customer:C1", "project:P1", "vendor:V1", "bill:VB-1"}),
    ({"kinds": frozenset({SyncKind.PROJECT})}, {"customer:C1", "project:P1"}),
    ({"weeks": frozenset({date(2026, 11, 15)})}, {"customer:C1", "project:P1", "vendor:V1", "employee:E1"}),
]


@pytest.mark.parametrize(("scope", "keys"), SCOPES, ids=["hours", "bills", "projects", "another week"])
def test_a_narrowed_preview_brings_only_the_names_that_it_needs(desk: Desk, scope: dict[str, Any], keys: set[str]):
    assert set(actions(desk.preview(**scope))) == keys


@pytest.mark.promise(19)
def test_what_is_out_of_scope_is_not_taken_for_gone(desk: Desk):
    desk.sync()
    plan = desk.preview(kinds=frozenset({SyncKind.PROJECT}))
    assert set(actions(plan).values()) == {"skip"}
    plan = desk.preview(weeks=frozenset({WEEK - timedelta(days=7)}))
    assert HOURS not in actions(plan)
    assert set(actions(plan).values()) == {"skip"}


def test_hours_taken_out_of_core_are_offered_for_deletion_but_not_ticked(desk: Desk):
    desk.sync()
    desk.load(payroll_row("0 0 0 0 0 0 0"))
    gone = the_change(desk.preview(), MONDAY)
    assert (gone.action.value, gone.ticked_by_default, gone.can_run) == ("delete", False, True)
    assert gone.minutes == 480
    desk.sync(HOURS)
    assert [entry.content for entry in desk.held(LedgerKind.TIME_ACTIVITY)] == []


def test_hours_that_move_within_a_week_go_all_or_none(desk: Desk):
    desk.sync()
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    plan = desk.preview()
    moved = [change for change in plan.changes if change.together]
    assert sorted(change.action.value for change in moved) == ["create", "delete"]
    assert not any(change.ticked_by_default for change in moved)  # half of it would count the hours twice
    with pytest.raises(BadInput, match="go together"):
        desk.confirm(plan, HOURS)
    run = desk.push(desk.confirm(plan, *(change.key for change in moved)))
    assert run.status is RunStatus.DONE
    held = [entry.content for entry in desk.held(LedgerKind.TIME_ACTIVITY)]
    assert [(entry.txn_date.weekday(), entry.minutes) for entry in held if isinstance(entry, TimeEntry)] == [(1, 480)]


def test_hours_that_move_from_an_entry_that_cannot_go_are_held_back(desk: Desk):
    desk.sync()
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    desk.ledger.posted[entry.kind, entry.id] = replace(entry, billed=True)
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    changes = [change for change in desk.preview().changes if change.kind is SyncKind.TIME_ENTRY]
    assert [change.action.value for change in changes] == ["blocked", "blocked"]
    assert any("cannot be taken out" in change.reason for change in changes)


def test_when_the_deletion_of_a_move_proves_stale_the_addition_is_not_sent_either(desk: Desk):
    desk.sync()
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    plan = desk.preview()
    run = desk.confirm(plan, *(change.key for change in plan.changes if change.together))
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    desk.ledger.edit(entry.kind, entry.id, replace(entry.content, description="by hand"))
    assert desk.push(run).status is RunStatus.FAILED
    assert set(desk.statuses(run).values()) == {"stale"}
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 1


def test_a_rate_that_was_corrected_on_both_sides_is_no_conflict(desk: Desk):
    desk.map(billable=True)
    desk.sync()
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    desk.ledger.edit(entry.kind, entry.id, replace(entry.content, hourly_rate=Decimal("105")))
    desk.load(Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal("105"), pay_rate=Decimal("42.50")))
    assert actions(desk.preview())[HOURS] == "link"


def test_a_vendor_may_be_linked_to_the_record_that_a_1099_worker_is_mapped_to(desk: Desk):
    desk.load(Vendor(core_id="V2", name="Max Pole"))
    held = desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Max Pole"))
    desk.map(to(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR, held.id), create(MapKind.VENDOR, "V2", LedgerKind.VENDOR))
    assert actions(desk.preview())["vendor:V2"] == "link"


def test_fewer_hours_and_a_row_less_are_no_move(desk: Desk):
    desk.load(payroll_row("8 8 0 0 0 0 0"))
    desk.sync()
    desk.load(payroll_row("0 6 0 0 0 0 0"))
    found = {change.action.value: change.ticked_by_default for change in desk.preview().changes if change.minutes}
    assert (found["update"], found["delete"]) == (True, False)


BILLED_AT = Decimal("95")


def test_a_new_rate_counts_for_new_hours_only(desk: Desk):
    desk.map(billable=True)
    desk.sync()
    desk.load(Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal("120"), pay_rate=Decimal("42.50")))
    assert actions(desk.preview())[HOURS] == "skip"
    desk.load(CostCode(core_id="03-300", description="Concrete labour", category=Category.LABOR))
    renamed = next(change for change in desk.preview().changes if change.key == HOURS)
    assert [one.field for one in renamed.fields] == ["Description"]  # and not what they are billed at
    desk.load(payroll_row("8 4 0 0 0 0 0"))
    desk.sync()
    rates = {
        entry.content.minutes: entry.content.hourly_rate
        for entry in desk.held(LedgerKind.TIME_ACTIVITY)
        if isinstance(entry.content, TimeEntry)
    }
    assert rates == {480: BILLED_AT, 240: Decimal("120")}


def test_hours_on_an_invoice_are_neither_changed_nor_removed(desk: Desk):
    desk.sync()
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    desk.ledger.posted[entry.kind, entry.id] = replace(entry, billed=True)
    for hours in ("6 0 0 0 0 0 0", "0 0 0 0 0 0 0"):
        desk.load(payroll_row(hours))
        change = the_change(desk.preview(), MONDAY)
        assert (change.action.value, "invoice" in change.reason) == ("blocked", True)


@pytest.mark.promise(16)
def test_a_bill_entered_by_hand_on_another_day_is_found_by_its_number(sqlite: Database):
    desk = open_desk(sqlite, vendor_bill("100.00"))
    desk.sync()
    (ours,) = desk.held(LedgerKind.BILL)
    assert isinstance(ours.content, BillDocument)
    desk.ledger.delete(ours.kind, ours.id)
    by_hand = replace(ours.content, number="INV-8", memo="", txn_date=date(2026, 8, 3))
    desk.ledger.add(LedgerKind.BILL, by_hand)
    desk.load(vendor_bill("100.00", core_id="VB-2", number="INV-8"))
    change = the_change(desk.preview(), "VB-2")
    assert change.action.value == "conflict"
    assert "Date" in [field.field for field in change.fields]


def test_a_record_that_the_mapping_names_is_not_taken_by_another(desk: Desk):
    desk.load(Vendor(core_id="V2", name="Granite Ready Mix"))
    held = desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix"))
    desk.map(to(MapKind.VENDOR, "V1", LedgerKind.VENDOR, held.id), create(MapKind.VENDOR, "V2", LedgerKind.VENDOR))
    change = the_change(desk.preview(), "V2")
    assert change.ledger_id != held.id
    assert change.action.value in ("create", "blocked")


@pytest.mark.promise(19)
def test_a_row_missing_from_a_whole_week_is_gone_too(desk: Desk):
    desk.sync()
    desk.load(whole_weeks=[(WEEK, "E1")])
    assert actions(desk.preview())[HOURS] == "delete"


def test_a_name_that_was_unmapped_stays_as_it_is(desk: Desk):
    desk.sync()
    desk.map(without="V1")
    plan = desk.preview()
    assert "vendor:V1" not in actions(plan)
    assert desk.held(LedgerKind.VENDOR) != []


def test_a_name_mapped_to_another_record_is_linked_there_and_no_longer_written(desk: Desk):
    desk.sync()
    other = desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Concrete"))
    desk.map(to(MapKind.VENDOR, "V1", LedgerKind.VENDOR, other.id))
    change = the_change(desk.preview(), "V1")
    assert (change.action.value, change.ledger_id, change.link_only) == ("link", other.id, True)
    assert change.reason == '"Granite Concrete" in QuickBooks is it, as the mapping says.'

    desk.sync("vendor:V1")
    desk.map(create(MapKind.VENDOR, "V1", LedgerKind.VENDOR, name="Granite Again"))
    assert the_change(desk.preview(), "V1").action.value == "create"
    assert len(desk.held(LedgerKind.VENDOR)) == 2


@pytest.mark.promise(18)
@pytest.mark.parametrize("error", [Unavailable("Down."), Throttled(NOW), OutcomeUnknown("Cut off.")])
def test_an_incomplete_reading_makes_no_plan(desk: Desk, error: Exception):
    desk.sync()
    latest = desk.plans.latest(desk.connection.id)
    desk.ledger.fail_next_read(error)  # type: ignore[arg-type]
    with pytest.raises(type(error)):
        desk.preview()
    assert desk.plans.latest(desk.connection.id) == latest


def test_people_who_wait_are_told_what_is_being_done(desk: Desk):
    told: list[str] = []
    desk.previewing.build(desk.connection.id, Scope(), who=WHO, tell=told.append)
    assert tuple(told) == STEPS


@pytest.mark.promise(25)
def test_a_preview_of_a_machine_whose_clock_is_ahead_posts_no_hours_again(desk: Desk):
    run = desk.confirm(desk.preview())
    desk.clock.forward(minutes=1)
    ahead = desk.preview()  # the run is still going on
    desk.clock.forward(minutes=-1)
    desk.push(run)
    desk.clock.forward(minutes=2)
    with pytest.raises(PlanChanged, match="Another sync ended after"):
        desk.confirm(ahead)
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 1
