"""After a run the books tie out: both sides' hours and money, with every difference explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.decide import Action, Choice
from qbsync.domain.errors import Fault, Unavailable
from qbsync.domain.ledger import BillDocument, LedgerKind, TimeEntry
from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.plan import minutes_of
from qbsync.domain.records import Status
from qbsync.domain.run import Run
from qbsync.domain.tieout import TieOut, moved_by
from qbsync.services.tieout import TyingOut
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, open_desk

CLOSED = Fault(code="6210", message="Account Period Closed", detail="The account period has closed.")


def tie_out(desk: Desk, run: Run) -> TieOut:
    return TyingOut(links=desk.links, plans=desk.plans, runs=desk.runs).run(run.id)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """Fifteen hours and a quarter, and a bill of 120.50."""
    return open_desk(sqlite, payroll_row("8 7.25 0 0 0 0 0"), vendor_bill("100.00", "20.50"))


def test_a_run_without_failures_leaves_no_difference(desk: Desk):
    result = tie_out(desk, desk.sync())
    assert (result.core_minutes, result.posted_minutes) == (915, 915)
    assert (result.core_amount, result.posted_amount) == (Decimal("120.50"), Decimal("120.50"))
    assert (result.ties, result.differences) == (True, ())


def test_what_was_refused_is_a_difference_with_its_reason(desk: Desk):
    desk.ledger.refuse(CLOSED, lambda asked: asked.kind is LedgerKind.BILL)
    run = desk.sync()
    result = tie_out(desk, run)
    assert (result.core_amount, result.posted_amount) == (Decimal("120.50"), Decimal(0))
    (difference,) = result.differences
    assert (difference.records, difference.amount) == (1, Decimal("120.50"))
    assert difference.reason == desk.outcomes(run)["VB-1"].message
    assert result.ties  # it is explained


def test_what_was_not_ticked_is_a_difference_too(desk: Desk):
    result = tie_out(desk, desk.sync("customer:C1", "project:P1", "vendor:V1", "bill:VB-1"))
    assert [(one.reason, one.records, one.minutes) for one in result.differences] == [("Not ticked: create.", 2, 915)]
    assert result.ties


def test_the_totals_of_a_run_do_not_change_when_a_later_one_writes(desk: Desk):
    first = desk.sync()
    desk.load(payroll_row("6 7.25 0 0 0 0 0"))
    second = desk.sync()
    assert (tie_out(desk, first).posted_minutes, tie_out(desk, first).ties) == (915, True)
    assert (tie_out(desk, second).posted_minutes, tie_out(desk, second).ties) == (795, True)


def test_a_run_that_waits_in_the_middle_explains_nothing_away(desk: Desk):
    run = desk.confirm(desk.preview())
    desk.ledger.fail_next_send(Unavailable("Down."))
    result = tie_out(desk, desk.push(run))
    assert (result.posted_minutes, result.posted_amount) == (0, Decimal(0))
    assert [one.reason for one in result.differences] == ["It is waiting."]
    assert result.ties


def test_a_week_is_added_up_on_both_sides(sqlite: Database):
    first, before = (WEEK - timedelta(days=days) for days in (6, 7))
    bill = vendor_bill("100.00", "20.50", bill_date=first)
    older = vendor_bill("7.00", core_id="VB-0", number="INV-0", bill_date=before)
    desk = open_desk(sqlite, payroll_row("8 7.25 0 0 0 0 0"), bill, older)
    week = TyingOut(links=desk.links, plans=desk.plans, runs=desk.runs).week

    def totals(week_ending: date = WEEK) -> tuple[int, int, Decimal, Decimal]:
        found = week(desk.connection.id, desk.core.book(), week_ending)
        return found.core_minutes, found.posted_minutes, found.core_amount, found.posted_amount

    assert totals() == (915, 0, Decimal("120.50"), Decimal(0))
    desk.sync("customer:C1", "project:P1", "vendor:V1", "bill:VB-1")
    assert totals() == (915, 0, Decimal("120.50"), Decimal("120.50"))
    desk.sync()
    assert totals() == (915, 915, Decimal("120.50"), Decimal("120.50"))
    desk.load(payroll_row("6 7.25 0 0 0 0 0"))
    assert totals() == (795, 915, Decimal("120.50"), Decimal("120.50"))
    assert totals(before) == (0, 0, Decimal("7.00"), Decimal("7.00"))


def test_hours_that_are_gone_in_core_and_stay_on_an_invoice_are_quickbooks_alone(desk: Desk):
    desk.sync()
    for entry in desk.held(LedgerKind.TIME_ACTIVITY):
        desk.ledger.posted[entry.kind, entry.id] = replace(entry, billed=True)
    desk.load(payroll_row("8 0 0 0 0 0 0"), vendor_bill("7.00", core_id="VB-2", number="INV-8"))
    result = tie_out(desk, desk.sync())
    assert (result.core_minutes, result.posted_minutes) == (480, 915)
    assert [(one.minutes, "stands on an invoice" in one.reason) for one in result.differences] == [(-435, True)]
    assert result.ties


def test_hours_without_a_mapping_that_are_left_alone_are_still_cores(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), payroll_row("8 0 0 0 0 0 0", employee="E9"))
    one = next(change for change in desk.preview().changes if "|E9|" in change.core_id)
    alone = LeftAlone(
        kind=one.kind, core_id=one.core_id, title=one.title, reason="Paid by hand.", who=WHO, at=desk.clock()
    )
    desk.left_alone.add(desk.connection.id, alone)
    result = tie_out(desk, desk.sync())
    assert (result.core_minutes, result.posted_minutes) == (960, 480)
    assert [(one.minutes, one.reason) for one in result.differences] == [(480, alone.sentence)]


def test_an_edited_entry_that_is_kept_although_core_has_it_no_more_is_counted(desk: Desk):
    desk.sync()
    tuesday = next(one for one in desk.held(LedgerKind.TIME_ACTIVITY) if minutes_of(one.content) == 435)
    assert isinstance(tuesday.content, TimeEntry)
    desk.ledger.edit(tuesday.kind, tuesday.id, replace(tuesday.content, minutes=300))
    desk.load(payroll_row("8 0 0 0 0 0 0"))
    plan = desk.preview()
    (conflict,) = [change for change in plan.changes if change.action is Action.CONFLICT]
    desk.previewing.choose(plan.id, conflict.seq, Choice.KEEP_QUICKBOOKS, who=WHO)
    result = tie_out(desk, desk.sync())
    assert (result.core_minutes, result.posted_minutes) == (480, 780)
    kept = "QuickBooks' values are kept, as was chosen."
    assert [(one.minutes, one.reason) for one in result.differences] == [(-300, kept)]


def test_an_update_that_keeps_an_edit_made_in_quickbooks_says_so(desk: Desk):
    desk.sync()
    (bill,) = desk.held(LedgerKind.BILL)
    assert isinstance(bill.content, BillDocument)
    lines = (replace(bill.content.lines[0], amount=Decimal("90.00")), bill.content.lines[1])
    desk.ledger.edit(bill.kind, bill.id, replace(bill.content, lines=lines))
    desk.load(vendor_bill("100.00", "20.50", due_date=date(2026, 12, 20)))
    plan = desk.preview()
    update = next(change for change in plan.changes if change.core_id == "VB-1")
    assert (update.action, moved_by(update)) == (Action.UPDATE, (0, Decimal(0)))
    result = tie_out(desk, desk.push(desk.confirm(plan)))
    assert (result.core_amount, result.posted_amount) == (Decimal("120.50"), Decimal("110.50"))
    reason = "Fields that were edited in QuickBooks are kept."
    assert [(one.amount, one.reason) for one in result.differences] == [(Decimal("10.00"), reason)]
    assert result.ties


def test_a_bill_that_core_cancelled_counts_in_its_week_until_it_is_out_of_quickbooks(sqlite: Database):
    desk = open_desk(sqlite, vendor_bill(bill_date=WEEK))
    desk.sync()
    desk.load(vendor_bill(bill_date=WEEK, status=Status.CANCELLED))
    week = TyingOut(links=desk.links, plans=desk.plans, runs=desk.runs).week
    found = week(desk.connection.id, desk.core.book(), WEEK)
    assert (found.core_amount, found.posted_amount) == (Decimal(0), Decimal("100.00"))
