"""After a run the books tie out: both sides' hours and money, with every difference explained."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.errors import Fault, Unavailable
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.run import Run
from qbsync.domain.tieout import TieOut
from qbsync.services.tieout import TyingOut
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row, vendor_bill
from tests.services.desk import Desk, open_desk

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
