"""Pulling brings back payments, edits and deletions, and overwrites nothing on either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.errors import Unavailable
from qbsync.domain.ledger import BillDocument, LedgerKind, TimeEntry
from qbsync.domain.link import Link
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import Desk, actions, open_desk

PAID_ON, PAID_LATER = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk whose bill of 120.50 and day of work are in QuickBooks."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00", "20.50"))
    assert desk.sync().status is RunStatus.DONE
    return desk


def bill(desk: Desk) -> Link:
    return next(link for link in desk.links.all(desk.connection.id) if link.ledger_kind is LedgerKind.BILL)


def paid(desk: Desk) -> tuple[str, str, date | None]:
    """The bill's state, what it still owes, and when it was last paid."""
    link = bill(desk)
    assert link.payment_state is not None
    return link.payment_state.value, str(link.balance), link.paid_on


PAYMENTS = [
    # amounts            state, still owed, paid on
    ([], ("unpaid", "120.50", None)),
    (["20.50"], ("partly paid", "100.00", PAID_ON)),
    (["20.50", "100.00"], ("paid", "0.00", PAID_LATER)),
]


@pytest.mark.parametrize(("amounts", "after"), PAYMENTS, ids=["none", "a part", "all of it"])
def test_payments_come_back_with_their_date_and_what_is_still_owed(
    desk: Desk, amounts: list[str], after: tuple[str, str, date | None]
):
    for amount, day in zip(amounts, (PAID_ON, PAID_LATER), strict=False):
        desk.ledger.pay(bill(desk).ledger_id, Decimal(amount), day)
    report = desk.pulling.pull(desk.connection.id)
    assert paid(desk) == after
    assert report.payments_moved == ((bill(desk).title,) if amounts else ())
    assert (report.bills_checked, report.edited, report.orphaned) == (1, (), ())
    assert desk.pulling.pulled_at(desk.connection.id) == report.pulled_at == desk.clock()


def test_a_payment_is_told_once_and_is_no_conflict(desk: Desk):
    desk.ledger.pay(bill(desk).ledger_id, Decimal("20.50"), PAID_ON)
    assert desk.pulling.pull(desk.connection.id).payments_moved != ()
    assert desk.pulling.pull(desk.connection.id).payments_moved == ()
    assert set(actions(desk.preview()).values()) == {"skip"}


def test_a_payment_taken_back_in_quickbooks_is_owed_again(desk: Desk):
    desk.ledger.pay(bill(desk).ledger_id, Decimal("120.50"), PAID_ON)
    desk.pulling.pull(desk.connection.id)
    desk.ledger.pay(bill(desk).ledger_id, Decimal("-120.50"), PAID_ON)
    assert desk.pulling.pull(desk.connection.id).payments_moved != ()
    assert paid(desk)[:2] == ("unpaid", "120.50")


def test_a_preview_brings_payments_back_as_well(desk: Desk):
    desk.ledger.pay(bill(desk).ledger_id, Decimal("20.50"), PAID_ON)
    desk.preview()
    assert paid(desk) == ("partly paid", "100.00", PAID_ON)
    (status,) = desk.pulling.payment_status(desk.connection.id)
    assert (status.core_id, status.total, status.balance) == ("VB-1", Decimal("120.50"), Decimal("100.00"))


@pytest.mark.promise(10)
def test_a_deleted_record_is_reported_as_orphaned_and_kept_linked(desk: Desk):
    link = bill(desk)
    desk.ledger.delete(LedgerKind.BILL, link.ledger_id)
    report = desk.pulling.pull(desk.connection.id)
    assert report.orphaned == (link.title,)
    assert bill(desk) == link


def test_a_vendor_made_inactive_is_reported_as_orphaned(desk: Desk):
    link = next(link for link in desk.links.all(desk.connection.id) if link.core_id == "V1")
    desk.ledger.deactivate(LedgerKind.VENDOR, link.ledger_id)
    assert desk.pulling.pull(desk.connection.id).orphaned == (link.title,)


def test_an_edit_is_reported_and_not_overwritten(desk: Desk):
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    desk.ledger.edit(entry.kind, entry.id, replace(entry.content, minutes=450))
    sends = list(desk.ledger.sends)
    report = desk.pulling.pull(desk.connection.id)
    assert [title.split(" · ")[0] for title in report.edited] == ["Ada Stone"]
    (held,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(held.content, TimeEntry)
    assert held.content.minutes == 450
    assert desk.ledger.sends == sends


def test_an_edited_amount_is_no_payment(desk: Desk):
    link = bill(desk)
    content = desk.ledger.posted[LedgerKind.BILL, link.ledger_id].content
    assert isinstance(content, BillDocument)
    first, *others = content.lines
    dearer = replace(content, lines=(replace(first, amount=first.amount + 10), *others))
    desk.ledger.edit(LedgerKind.BILL, link.ledger_id, dearer)
    report = desk.pulling.pull(desk.connection.id)
    assert (report.edited, report.payments_moved) == ((link.title,), ())
    assert paid(desk) == ("unpaid", "130.50", None)


def test_a_bill_that_was_edited_and_paid_is_both(desk: Desk):
    link = bill(desk)
    content = desk.ledger.posted[LedgerKind.BILL, link.ledger_id].content
    assert isinstance(content, BillDocument)
    desk.ledger.edit(LedgerKind.BILL, link.ledger_id, replace(content, memo="Asked about it"))
    desk.ledger.pay(link.ledger_id, Decimal("120.50"), PAID_ON)
    report = desk.pulling.pull(desk.connection.id)
    assert report.edited == report.payments_moved == (link.title,)
    assert bill(desk).agreed == link.agreed  # a pull agrees to nothing


@pytest.mark.promise(12)
def test_while_quickbooks_is_away_nothing_looks_deleted(desk: Desk):
    before, pulled_at = bill(desk), desk.pulling.pulled_at(desk.connection.id)
    desk.clock.forward(hours=1)
    desk.ledger.fail_next_read(Unavailable("Down."))
    with pytest.raises(Unavailable):
        desk.pulling.pull(desk.connection.id)
    assert bill(desk) == before
    assert desk.pulling.pulled_at(desk.connection.id) == pulled_at


def test_what_a_bill_in_another_currency_owes_is_told_in_the_companys_own(desk: Desk):
    desk.ledger.value_in(bill(desk).ledger_id, "EUR", Decimal("1.1"))
    desk.ledger.pay(bill(desk).ledger_id, Decimal("20.50"), PAID_ON)
    desk.pulling.pull(desk.connection.id)
    (status,) = desk.pulling.payment_status(desk.connection.id)
    assert (status.total, status.balance) == (Decimal("132.55"), Decimal("110.00"))
    assert desk.pulling.pull(desk.connection.id).payments_moved == ()
