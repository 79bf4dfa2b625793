"""A record that was deleted in QuickBooks and typed in there anew, under another id, is never made a second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from qbsync.domain.decide import Choice
from qbsync.domain.ledger import BillDocument, Content, LedgerKind, Posted, TimeEntry
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, actions, open_desk, the_change

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
HOURS, BILL, VENDOR = f"time_entry:{MONDAY}", "bill:VB-1", "vendor:V1"
KINDS = {HOURS: LedgerKind.TIME_ACTIVITY, BILL: LedgerKind.BILL, VENDOR: LedgerKind.VENDOR}


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """One day of work and a bill, both in QuickBooks."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))
    assert desk.sync().status is RunStatus.DONE
    return desk


def same(content: Content) -> Content:
    """As a person types it in: without our mark."""
    match content:
        case TimeEntry():
            return replace(content, description="")
        case BillDocument():
            return replace(content, memo="")
    return content


def on_another_day(content: Content) -> Content:
    assert isinstance(content, BillDocument)
    return replace(content, memo="", txn_date=date(2026, 1, 2))


def take_out(desk: Desk, key: str) -> Content:
    (ours,) = [one for one in desk.held(KINDS[key]) if key != VENDOR or "Granite" in str(one.content)]
    if key == VENDOR:
        desk.ledger.deactivate(ours.kind, ours.id)
    else:
        desk.ledger.delete(ours.kind, ours.id)
    return ours.content


def enter_anew(desk: Desk, key: str, typed: Callable[[Content], Content] = same) -> Posted:
    """Somebody deletes our record (or makes it inactive) and enters it once more."""
    return desk.ledger.add(KINDS[key], typed(take_out(desk, key)))


ANEW = [
    # record                how it was typed in              the next preview
    ("hours", HOURS, same, "conflict"),
    ("a bill", BILL, same, "conflict"),
    ("a bill under another date", BILL, on_another_day, "conflict"),
    ("a bill that was copied, with our mark", BILL, lambda content: content, "link"),
    ("a vendor", VENDOR, same, "link"),
]


@pytest.mark.promise(10)
@pytest.mark.parametrize(("key", "typed", "action"), [row[1:] for row in ANEW], ids=[row[0] for row in ANEW])
def test_what_was_entered_anew_is_found_and_never_made_again(
    desk: Desk, key: str, typed: Callable[[Content], Content], action: str
):
    theirs = enter_anew(desk, key, typed)
    change = the_change(desk.preview(), key.partition(":")[2])
    assert (change.action.value, change.ledger_id) == (action, theirs.id)
    assert change.reason.startswith("It was deleted in QuickBooks and entered there anew")


def test_who_chose_to_make_it_again_is_asked_once_more_when_somebody_was_faster(desk: Desk):
    content = take_out(desk, BILL)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.KEEP_CORE, who=WHO)
    assert actions(desk.preview())[BILL] == "create"
    desk.ledger.add(LedgerKind.BILL, same(content))
    assert actions(desk.preview())[BILL] == "conflict"


def test_what_is_made_again_is_looked_for_before_it_is_sent_whatever_quickbooks_clock_says(desk: Desk):
    content = take_out(desk, BILL)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.KEEP_CORE, who=WHO)
    run = desk.confirm(desk.preview(), BILL)
    theirs = desk.ledger.add(LedgerKind.BILL, same(content))
    assert theirs.updated_at is not None
    assert theirs.updated_at < desk.plans.built_at(run.plan_id)
    desk.push(run)
    assert desk.statuses(run) == {"VB-1": "stale"}
    assert desk.held(LedgerKind.BILL) == [theirs]


CHOICES = [
    # choice                   what the preview offers   bills afterwards
    (Choice.KEEP_CORE, "update", 1),
    (Choice.KEEP_QUICKBOOKS, "link", 1),
    (Choice.CREATE_ANOTHER, "create", 2),
    (Choice.LEAVE, "conflict", 1),
]


@pytest.mark.parametrize(("choice", "action", "bills"), CHOICES, ids=[str(row[0]) for row in CHOICES])
def test_a_person_decides_over_the_one_that_differs(desk: Desk, choice: Choice, action: str, bills: int):
    theirs = enter_anew(desk, BILL)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, choice, who=WHO)
    plan = desk.preview()
    assert actions(plan)[BILL] == action
    if action != "conflict":
        assert desk.push(desk.confirm(plan, BILL)).status is RunStatus.DONE
        assert actions(desk.preview())[BILL] == "skip"
    assert len(desk.held(LedgerKind.BILL)) == bills
    linked = next(link.ledger_id for link in desk.links.all(desk.connection.id) if link.key == BILL)
    assert (linked == theirs.id) is (action in ("update", "link"))


def test_a_record_that_stands_for_another_one_is_not_taken_for_it(sqlite: Database):
    """Two bills of one vendor share a number: the one that is gone does not take over the other's record."""
    desk = open_desk(sqlite, vendor_bill("100.00"))
    assert desk.sync().status is RunStatus.DONE
    take_out(desk, BILL)
    assert actions(desk.preview())[BILL] == "conflict"
    assert the_change(desk.preview(), "VB-1").reason.startswith("Deleted in QuickBooks")
