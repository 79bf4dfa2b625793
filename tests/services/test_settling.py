"""A preview settles first what was sent and not answered, and acts by what people chose for conflicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.decide import Choice
from qbsync.domain.errors import BadInput, Unavailable
from qbsync.domain.ledger import BillDocument, Content, ExpenseLine, LedgerKind, Reference, TimeEntry, VendorCard
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import Customer, Employee, Project
from qbsync.domain.run import FAILURES_MAX, Run, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.doubles.ledger import TAKEN
from tests.services.desk import WHO, Desk, actions, create, open_desk, the_change

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
HOURS = f"time_entry:{MONDAY}"


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with one day of work, its names in QuickBooks already."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    assert desk.sync("customer:C1", "project:P1", "employee:E1").status is RunStatus.DONE
    return desk


def unanswered(desk: Desk, *, after_write: bool) -> Run:
    """The hours were sent until we gave up, and were never answered."""
    run = desk.confirm(desk.preview(), HOURS)
    for _ in range(FAILURES_MAX):
        desk.ledger.lose_next_answer(after_write=after_write)
        desk.push(run)
        desk.clock.forward(minutes=5)
    assert desk.statuses(run) == {MONDAY: "unanswered"}
    return run


def edited(desk: Desk, **fields: Any) -> None:
    """Somebody changes the hours in QuickBooks."""
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    desk.ledger.edit(entry.kind, entry.id, replace(entry.content, **fields))


def minutes(desk: Desk) -> list[int]:
    """What QuickBooks has for the hours."""
    held: list[Content] = [entry.content for entry in desk.held(LedgerKind.TIME_ACTIVITY)]
    return [content.minutes for content in held if isinstance(content, TimeEntry)]


def test_the_next_preview_finds_what_arrived_by_its_mark(desk: Desk):
    run = unanswered(desk, after_write=True)
    sends = list(desk.ledger.sends)
    plan = desk.preview()
    assert desk.ledger.sends == sends  # it looks, and sends nothing
    assert desk.statuses(run) == {MONDAY: "done"}
    assert actions(plan)[HOURS] == "skip"
    assert minutes(desk) == [480]


@pytest.mark.promise(9)
def test_what_somebody_edited_before_it_was_found_is_theirs_and_not_agreed(desk: Desk):
    unanswered(desk, after_write=True)
    edited(desk, minutes=300)
    found = the_change(desk.preview(), MONDAY)
    assert (found.action.value, found.reason) == ("conflict", "Edited in QuickBooks since the last sync: Hours.")
    assert minutes(desk) == [300]


@pytest.mark.promise(1)
def test_what_never_arrived_is_offered_again_and_then_posted_once(desk: Desk):
    run = unanswered(desk, after_write=False)
    assert actions(desk.preview())[HOURS] == "create"
    assert (desk.statuses(run), desk.outcomes(run)[MONDAY].message[:16]) == ({MONDAY: "failed"}, "It never reached")
    assert desk.sync(HOURS).status is RunStatus.DONE
    assert minutes(desk) == [480]


def test_what_may_still_be_under_way_is_not_sent_again(desk: Desk):
    run = unanswered(desk, after_write=False)
    desk.clock.forward(minutes=-4)
    change = the_change(desk.preview(), MONDAY)
    assert (change.action.value, change.can_run) == ("blocked", False)
    assert "may already have this" in change.reason
    assert desk.statuses(run) == {MONDAY: "unanswered"}


def test_what_somebody_typed_in_meanwhile_is_linked_and_not_posted_again(desk: Desk):
    unanswered(desk, after_write=True)
    (ours,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(ours.content, TimeEntry)
    desk.ledger.delete(ours.kind, ours.id)  # it never arrived …
    desk.ledger.add(ours.kind, replace(ours.content, description=""))  # … and the accountant entered it
    plan = desk.preview()
    assert actions(plan)[HOURS] == "conflict"
    assert minutes(desk) == [480]


SENT_LATE = [
    # operation   what the preview finds            how the row ended
    ("6 0 0 0 0 0 0", "an update that arrived", True, "done"),
    ("6 0 0 0 0 0 0", "an update that did not", False, "failed"),
    ("0 0 0 0 0 0 0", "a deletion that arrived", True, "done"),
    ("0 0 0 0 0 0 0", "a deletion that did not", False, "failed"),
]


@pytest.mark.parametrize(("hours", "what", "arrived", "status"), SENT_LATE, ids=[row[1] for row in SENT_LATE])
def test_changes_are_settled_by_what_quickbooks_holds(desk: Desk, hours: str, what: str, arrived: bool, status: str):
    desk.sync(HOURS)
    desk.load(payroll_row(hours))
    run = unanswered(desk, after_write=arrived)
    desk.preview()
    assert desk.statuses(run) == {MONDAY: status}
    assert minutes(desk) == ([] if hours[0] == "0" else [360]) if arrived else [480]


def test_what_never_left_is_not_said_to_be_there_perhaps(sqlite: Database):
    """Two projects of one request: one is skipped since its customer was refused, the other is never answered."""
    desk = open_desk(
        sqlite, Customer(core_id="C2", name="Bayline"), Project(core_id="P2", name="Bus Yard", customer="C2")
    )
    desk.map(create(MapKind.CUSTOMER, "C2", LedgerKind.CUSTOMER), create(MapKind.PROJECT, "P2", LedgerKind.CUSTOMER))
    desk.ledger.refuse(TAKEN, lambda asked: getattr(asked.content, "display_name", "") == "Bayline")
    run = desk.confirm(desk.preview(), "customer:C1", "customer:C2", "project:P1", "project:P2")
    desk.at_point = lambda point: lose_projects(desk) if point == "before_push" else None
    while desk.push(run).is_open:
        desk.clock.forward(minutes=5)
    assert desk.statuses(run) == {"C1": "done", "C2": "failed", "P1": "unanswered", "P2": "skipped"}

    desk.ledger.refuse_nothing()
    desk.clock.forward(minutes=-4)
    found = actions(desk.preview())
    assert (found["project:P1"], found["project:P2"]) == ("blocked", "create")


def lose_projects(desk: Desk) -> None:
    """Every answer after that of the customers is lost."""
    if desk.ledger.sends:
        desk.ledger.lose_next_answer(after_write=False)


def test_while_quickbooks_is_away_nothing_is_settled_and_no_plan_is_made(desk: Desk):
    run = unanswered(desk, after_write=True)
    latest = desk.plans.latest(desk.connection.id)
    desk.ledger.fail_next_read(Unavailable("Down."))
    with pytest.raises(Unavailable):
        desk.preview()
    assert desk.statuses(run) == {MONDAY: "unanswered"}
    assert desk.plans.latest(desk.connection.id) == latest


def test_a_company_without_open_questions_is_not_asked(desk: Desk):
    sends = list(desk.ledger.sends)
    assert desk.running.settle_unanswered(desk.connection.id) == frozenset()
    assert desk.ledger.sends == sends


def test_a_run_that_is_still_open_is_left_to_its_worker(desk: Desk):
    run = desk.confirm(desk.preview(), HOURS)
    desk.ledger.lose_next_answer(after_write=True)
    desk.push(run)
    sends = list(desk.ledger.sends)
    desk.preview()
    assert desk.ledger.sends == sends
    assert desk.statuses(run) == {MONDAY: "waiting"}


# choices -----------------------------------------------------------------------------------------------------

CHOICES = [
    # choice                    next preview  minutes after a run of it
    (Choice.KEEP_CORE, "update", [480]),
    (Choice.KEEP_QUICKBOOKS, "pull", [450]),
    (Choice.LEAVE, "conflict", [450]),
]


@pytest.mark.promise(9)
@pytest.mark.parametrize(("choice", "action", "after"), CHOICES, ids=[row[0].value for row in CHOICES])
def test_a_conflict_is_settled_as_a_person_chose(desk: Desk, choice: Choice, action: str, after: list[int]):
    desk.sync(HOURS)
    edited(desk, minutes=450)
    plan = desk.preview()
    change = the_change(plan, MONDAY)
    assert (change.action.value, change.can_run) == ("conflict", False)
    assert [(field.field, field.before, field.after) for field in change.fields] == [("Hours", "7 h 30 min", "8 h")]
    desk.previewing.choose(plan.id, change.seq, choice, who=WHO)
    assert actions(desk.preview())[HOURS] == action
    if action != "conflict":
        assert desk.sync(HOURS).status is RunStatus.DONE
        assert actions(desk.preview())[HOURS] == "skip"
    assert minutes(desk) == after


def test_a_new_edit_asks_anew(desk: Desk):
    desk.sync(HOURS)
    edited(desk, minutes=450)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, MONDAY).seq, Choice.KEEP_CORE, who=WHO)
    edited(desk, minutes=420)
    assert actions(desk.preview())[HOURS] == "conflict"


def test_the_last_choice_counts(desk: Desk):
    desk.sync(HOURS)
    edited(desk, minutes=450)
    plan = desk.preview()
    for choice in (Choice.KEEP_CORE, Choice.KEEP_QUICKBOOKS):
        desk.previewing.choose(plan.id, the_change(plan, MONDAY).seq, choice, who=WHO)
    assert actions(desk.preview())[HOURS] == "pull"


NOT_OFFERED = [
    # a row beside the conflict, the choice, what is said
    (None, Choice.CREATE_ANOTHER, "does not offer 'create another'"),
    (99, Choice.LEAVE, "Row 99 of preview .* is no conflict"),
]


@pytest.mark.parametrize(("off", "choice", "said"), NOT_OFFERED)
def test_only_what_a_conflict_offers_can_be_chosen_and_for_all_or_none(
    desk: Desk, off: int | None, choice: Choice, said: str
):
    desk.sync(HOURS)
    edited(desk, minutes=450)
    plan = desk.preview()
    conflict = the_change(plan, MONDAY)
    rows = [conflict.seq, off] if off else [conflict.seq]
    with pytest.raises(BadInput, match=said):
        desk.previewing.choose_for_all(plan.id, rows, choice, who=WHO)
    assert desk.links.choices(plan.connection_id) == {}


def delete_hours(desk: Desk) -> None:
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    desk.ledger.delete(entry.kind, entry.id)


ORPHANS = [
    # choice                   made again
    (Choice.KEEP_CORE, [480]),
    (Choice.KEEP_QUICKBOOKS, []),
]


@pytest.mark.promise(10)
@pytest.mark.parametrize(("choice", "after"), ORPHANS, ids=[row[0].value for row in ORPHANS])
def test_a_deletion_in_quickbooks_is_never_undone_by_itself(desk: Desk, choice: Choice, after: list[int]):
    desk.sync(HOURS)
    delete_hours(desk)
    plan = desk.preview()
    orphan = the_change(plan, MONDAY)
    assert (orphan.action.value, orphan.reason) == ("conflict", "Deleted in QuickBooks since the last sync.")
    desk.previewing.choose(plan.id, orphan.seq, choice, who=WHO)
    assert desk.sync(HOURS).status is RunStatus.DONE
    assert minutes(desk) == after
    assert actions(desk.preview())[HOURS] == "skip"
    if not after:
        desk.map(billable=True, description_template="{project_name}")
        desk.load(Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal("99"), pay_rate=Decimal("42.50")))
        assert actions(desk.preview())[HOURS] == "skip"  # another rate or text makes no new hours
        desk.load(payroll_row("9 0 0 0 0 0 0"))
        assert actions(desk.preview())[HOURS] == "create"  # accepted until Core changes it


SIMILAR = [
    # choice                     next preview  city afterwards
    (Choice.KEEP_CORE, "update", ""),
    (Choice.KEEP_QUICKBOOKS, "link", "Oakland"),
]


@pytest.mark.parametrize(("choice", "action", "city"), SIMILAR, ids=[row[0].value for row in SIMILAR])
def test_a_similar_record_is_taken_over_as_a_person_chose(desk: Desk, choice: Choice, action: str, city: str):
    desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix", city="Oakland"))
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "V1").seq, choice, who=WHO)
    assert actions(desk.preview())["vendor:V1"] == action
    assert desk.sync("vendor:V1").status is RunStatus.DONE
    held = [posted.content for posted in desk.held(LedgerKind.VENDOR)]
    assert held == [VendorCard(display_name="Granite Ready Mix", city=city)]
    assert actions(desk.preview())["vendor:V1"] == "skip"


@pytest.mark.promise(10)
@pytest.mark.parametrize("is_ours", [False, True], ids=["typed in there", "posted and edited there"])
def test_what_was_kept_stays_although_the_run_made_a_name_that_core_says_on_it(sqlite: Database, is_ours: bool):
    desk = open_desk(sqlite, vendor_bill())
    if is_ours:
        desk.sync()
    else:
        desk.sync("vendor:V1")
        desk.ledger.add(LedgerKind.BILL, filled_in(desk, "100.00"))
    desk.map(create(MapKind.PROJECT, "P2", LedgerKind.CUSTOMER))
    line = replace(vendor_bill().lines[0], project="P2")
    desk.load(Project(core_id="P2", name="Second", customer="C1"), replace(vendor_bill(), lines=(line,)))
    (bill,) = desk.held(LedgerKind.BILL)
    assert isinstance(bill.content, BillDocument)
    lines = tuple(replace(one, amount=Decimal("90.00")) for one in bill.content.lines)
    desk.ledger.edit(bill.kind, bill.id, replace(bill.content, lines=lines))
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.KEEP_QUICKBOOKS, who=WHO)
    desk.sync()
    (bill,) = desk.held(LedgerKind.BILL)
    assert bill.total == Decimal("90.00")
    assert actions(desk.preview())["bill:VB-1"] == "skip"


def filled_in(desk: Desk, amount: str) -> BillDocument:
    """Our bill as somebody types it in."""
    (vendor,), accounts = desk.held(LedgerKind.VENDOR), desk.ledger.entries(LedgerKind.ACCOUNT)
    line = ExpenseLine(amount=Decimal(amount), account=Reference(id=accounts[0].id))
    return BillDocument(
        vendor=Reference(id=vendor.id),
        number="INV-7",
        txn_date=date(2026, 11, 3),
        due_date=None,
        memo="",
        lines=(line,),
    )


def test_edits_of_different_fields_are_merged(desk: Desk):
    desk.sync(HOURS)
    edited(desk, billable=True, hourly_rate=None)
    desk.load(payroll_row("6 0 0 0 0 0 0"))
    change = the_change(desk.preview(), MONDAY)
    assert change.action.value == "update"
    assert isinstance(change.content, TimeEntry)
    assert (change.content.minutes, change.content.billable) == (360, True)


@pytest.mark.promise(2)
@pytest.mark.parametrize("arrived", [True, False], ids=["it arrived", "it is under way"])
def test_an_entry_put_back_whose_answer_was_lost_is_there_once(desk: Desk, arrived: bool):
    desk.sync(HOURS)
    delete_hours(desk)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, MONDAY).seq, Choice.KEEP_CORE, who=WHO)
    unanswered(desk, after_write=arrived)
    if arrived:
        assert actions(desk.preview())[HOURS] == "skip"
        assert minutes(desk) == [480]
    else:
        desk.clock.forward(minutes=-4)
        assert actions(desk.preview())[HOURS] == "blocked"


def test_a_choice_is_good_for_one_time(desk: Desk):
    desk.sync(HOURS)
    for _ in range(2):
        delete_hours(desk)
        plan = desk.preview()
        orphan = the_change(plan, MONDAY)
        assert orphan.action.value == "conflict"  # the second deletion asks anew
        desk.previewing.choose(plan.id, orphan.seq, Choice.KEEP_CORE, who=WHO)
        assert desk.sync(HOURS).status is RunStatus.DONE
